//! `SyncGroup`: a member of a classic group asks for its assignment; the leader brings everyone's.

use bytes::Bytes;
use kafka_protocol::ResponseError;
use kafka_protocol::messages::{SyncGroupRequest, SyncGroupResponse};
use kafka_protocol::protocol::StrBytes;

use crate::context::Context;
use crate::group::classic::{Claim, Synced};
use crate::group::classic_sync::Sync;

/// The first version that tells the protocol.
const PROTOCOL: i16 = 5;

pub(crate) async fn answer(context: Context, version: i16, request: SyncGroupRequest) -> SyncGroupResponse {
    let assignments = request.assignments.iter();
    let sync = Sync {
        claim: Claim {
            member: &request.member_id,
            instance: request.group_instance_id.as_deref(),
            generation: request.generation_id,
        },
        protocol_type: request.protocol_type.as_deref(),
        protocol: request.protocol_name.as_deref(),
        assignments: assignments.map(|it| (it.member_id.to_string(), Bytes::copy_from_slice(&it.assignment))).collect(),
    };
    if version >= PROTOCOL && (sync.protocol_type.is_none() || sync.protocol.is_none()) {
        return failed(ResponseError::InconsistentGroupProtocol);
    }
    let synced = tokio::select! {
        synced = context.groups().sync(&request.group_id, sync) => synced,
        () = context.hung_up() => Err(ResponseError::CoordinatorNotAvailable),
        () = context.shared.closed() => Err(ResponseError::CoordinatorNotAvailable),
    };
    synced.map_or_else(failed, |synced| response(version, synced))
}

fn failed(error: ResponseError) -> SyncGroupResponse {
    SyncGroupResponse::default().with_error_code(error.code()).with_protocol_type(None).with_protocol_name(None)
}

fn response(version: i16, synced: Synced) -> SyncGroupResponse {
    let response = SyncGroupResponse::default().with_assignment(synced.assignment);
    if version < PROTOCOL {
        return response;
    }
    let text = StrBytes::from_string;
    response.with_protocol_type(synced.protocol_type.map(text)).with_protocol_name(synced.protocol.map(text))
}
