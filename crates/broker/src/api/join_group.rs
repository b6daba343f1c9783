//! `JoinGroup`: a member comes into a classic group, or comes back. The answer waits until the group has come together.

use std::time::Duration;

use bytes::Bytes;
use kafka_protocol::ResponseError;
use kafka_protocol::messages::join_group_response::JoinGroupResponseMember;
use kafka_protocol::messages::{JoinGroupRequest, JoinGroupResponse};
use kafka_protocol::protocol::StrBytes;
use uuid::Uuid;

use crate::context::Context;
use crate::group::classic::Joined;
use crate::group::classic_join::Join;
use crate::group::member::ClientIdentity;

/// The first version with a rebalance timeout of its own.
const REBALANCE_TIMEOUT: i16 = 1;
/// The first version whose clients come back with the id that they are given (KIP-394).
const ID_FIRST: i16 = 4;
/// The first version that can answer without a protocol, and tells the protocol's type.
const PROTOCOL_TYPE: i16 = 7;
/// The first version whose leaders can be told not to assign (KIP-814).
const SKIP_ASSIGNMENT: i16 = 9;

pub(crate) async fn answer(
    context: Context,
    version: i16,
    client: ClientIdentity,
    request: JoinGroupRequest,
) -> JoinGroupResponse {
    let group = request.group_id.0.to_string();
    let member = request.member_id.to_string();
    let join = read(version, client, request);
    let joined = tokio::select! {
        joined = context.groups().join(&group, join) => joined,
        () = context.hung_up() => Joined::refused(ResponseError::CoordinatorNotAvailable, &member),
        () = context.shared.closed() => Joined::refused(ResponseError::CoordinatorNotAvailable, &member),
    };
    response(version, joined)
}

/// A request's parts, none of which holds on to its frame.
fn read(version: i16, client: ClientIdentity, request: JoinGroupRequest) -> Join {
    let session_timeout = millis(request.session_timeout_ms);
    let rebalance_timeout =
        if version >= REBALANCE_TIMEOUT { millis(request.rebalance_timeout_ms) } else { session_timeout };
    let protocols = request.protocols.into_iter();
    Join {
        member: request.member_id.to_string(),
        instance: request.group_instance_id.map(|instance| instance.to_string()),
        client,
        session_timeout,
        rebalance_timeout,
        protocol_type: request.protocol_type.to_string(),
        protocols: protocols.map(|it| (it.name.to_string(), Bytes::copy_from_slice(&it.metadata))).collect(),
        fresh: Uuid::new_v4().to_string(),
        wants_id_first: version >= ID_FIRST,
        can_skip_assignment: version >= SKIP_ASSIGNMENT,
    }
}

fn millis(millis: i32) -> Duration {
    Duration::from_millis(u64::try_from(millis).unwrap_or(0))
}

fn response(version: i16, joined: Joined) -> JoinGroupResponse {
    let text = StrBytes::from_string;
    let tell = |(id, instance, metadata): (String, Option<String>, Bytes)| {
        JoinGroupResponseMember::default()
            .with_member_id(text(id))
            .with_group_instance_id(instance.map(text))
            .with_metadata(metadata)
    };
    let protocol = joined.protocol.map(text);
    let protocol = if version >= PROTOCOL_TYPE { protocol } else { Some(protocol.unwrap_or_default()) };
    let response = JoinGroupResponse::default()
        .with_error_code(joined.error.map_or(0, |error| error.code()))
        .with_generation_id(joined.generation)
        .with_protocol_name(protocol)
        .with_leader(text(joined.leader))
        .with_member_id(text(joined.member_id))
        .with_members(joined.members.into_iter().map(tell).collect());
    let response =
        if version >= PROTOCOL_TYPE { response.with_protocol_type(joined.protocol_type.map(text)) } else { response };
    if version >= SKIP_ASSIGNMENT { response.with_skip_assignment(joined.skip_assignment) } else { response }
}
