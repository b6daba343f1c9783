//! `LeaveGroup`: members leave a group: one that goes, or several that a tool takes out.

use kafka_protocol::ResponseError;
use kafka_protocol::messages::leave_group_request::MemberIdentity;
use kafka_protocol::messages::leave_group_response::MemberResponse;
use kafka_protocol::messages::{LeaveGroupRequest, LeaveGroupResponse};

use crate::context::Context;

/// The first version in which several can leave.
const SEVERAL: i16 = 3;

pub(crate) fn answer(context: &Context, version: i16, request: LeaveGroupRequest) -> LeaveGroupResponse {
    let group = request.group_id.0.as_str();
    if group.is_empty() {
        return LeaveGroupResponse::default().with_error_code(ResponseError::InvalidGroupId.code());
    }
    if version < SEVERAL {
        let left = context.groups().leave(group, &[(&request.member_id, None)]);
        let error = left.into_iter().find_map(Result::err);
        return LeaveGroupResponse::default().with_error_code(error.map_or(0, |error| error.code()));
    }
    let members: Vec<(&str, Option<&str>)> =
        request.members.iter().map(|it| (it.member_id.as_str(), it.group_instance_id.as_deref())).collect();
    let left = context.groups().leave(group, &members);
    let tell = |(member, result): (&MemberIdentity, Result<(), _>)| {
        MemberResponse::default()
            .with_member_id(member.member_id.clone())
            .with_group_instance_id(member.group_instance_id.clone())
            .with_error_code(result.err().map_or(0, |error: ResponseError| error.code()))
    };
    LeaveGroupResponse::default().with_members(request.members.iter().zip(left).map(tell).collect())
}
