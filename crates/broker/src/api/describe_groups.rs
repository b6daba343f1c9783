//! `DescribeGroups`: classic groups with their members. A group of KIP-848's protocol is described by
//! `ConsumerGroupDescribe`.

use kafka_protocol::ResponseError;
use kafka_protocol::messages::describe_groups_response::{DescribedGroup, DescribedGroupMember};
use kafka_protocol::messages::{DescribeGroupsRequest, DescribeGroupsResponse, GroupId};
use kafka_protocol::protocol::StrBytes;

use crate::api::repeats::{Repeats, TOO_OFTEN};
use crate::context::Context;
use crate::group::classic::{ClassicGroup, State};
use crate::group::group::Group;
use crate::group::member::Member;

/// The first version with operations that the client may do.
const OPERATIONS: i16 = 3;
/// The first version with static names.
const INSTANCES: i16 = 4;
/// The first version in which a group that is not there is an error.
const NOT_FOUND: i16 = 6;
/// What can be done with a group, as bits: read (3), delete (6), describe (8).
pub(crate) const GROUP_OPERATIONS: i32 = 1 << 3 | 1 << 6 | 1 << 8;

pub(crate) fn answer(context: &Context, version: i16, request: DescribeGroupsRequest) -> DescribeGroupsResponse {
    let operations = (version >= OPERATIONS && request.include_authorized_operations).then_some(GROUP_OPERATIONS);
    let mut repeats = Repeats::new();
    let describe = |id: GroupId| {
        if !repeats.admits(id.clone()) {
            return DescribedGroup::default().with_group_id(id).with_error_code(TOO_OFTEN.code());
        }
        let described = describe(context, version, id);
        // Of what is not there, nothing is said but that.
        match operations {
            Some(operations) if described.error_code == 0 => described.with_authorized_operations(operations),
            _ => described,
        }
    };
    DescribeGroupsResponse::default().with_groups(request.groups.into_iter().map(describe).collect())
}

fn describe(context: &Context, version: i16, id: GroupId) -> DescribedGroup {
    let name = id.0.to_string();
    let found = context.groups().with(&name, false, |_, inner| match &inner.group {
        Group::Classic(group) => Ok(tell(version, group)),
        Group::Consumer(_) => Err("is not a classic group; ask with `ConsumerGroupDescribe`"),
    });
    match found.unwrap_or(Err("is not there")) {
        Ok(described) => described.with_group_id(id),
        Err(why) => {
            let gone = DescribedGroup::default().with_group_id(id).with_group_state(StrBytes::from_static_str("Dead"));
            if version < NOT_FOUND {
                return gone;
            }
            let message = StrBytes::from_string(format!("group `{name}` {why}"));
            gone.with_error_code(ResponseError::GroupIdNotFound.code()).with_error_message(Some(message))
        }
    }
}

fn tell(version: i16, group: &ClassicGroup) -> DescribedGroup {
    let text = |text: &str| StrBytes::from_string(text.to_owned());
    let stable = group.state == State::Stable;
    // What members got stays theirs until the next generation; what they said is shown while it counts.
    let member = |member: &Member| {
        let shown = DescribedGroupMember::default()
            .with_member_id(text(&member.id))
            .with_client_id(text(&member.client.id))
            .with_client_host(text(&member.client.host));
        let shown = if version >= INSTANCES {
            shown.with_group_instance_id(member.instance.as_deref().map(text))
        } else {
            shown
        };
        let shown = shown.with_member_assignment(member.assignment.clone());
        if !stable {
            return shown;
        }
        shown.with_member_metadata(member.metadata(group.protocol.as_deref()))
    };
    let protocol = if stable { group.protocol.as_deref() } else { None };
    DescribedGroup::default()
        .with_group_state(text(group.state.name()))
        .with_protocol_type(text(group.protocol_type.as_deref().unwrap_or_default()))
        .with_protocol_data(text(protocol.unwrap_or_default()))
        .with_members(group.members.values().map(member).collect())
}
