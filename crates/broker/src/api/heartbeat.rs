//! `Heartbeat`: a member of a classic group says that it lives, and learns whether it has to join again.

use kafka_protocol::messages::{HeartbeatRequest, HeartbeatResponse};

use crate::context::Context;
use crate::group::classic::Claim;

pub(crate) fn answer(context: &Context, _: i16, request: HeartbeatRequest) -> HeartbeatResponse {
    let claim = Claim {
        member: &request.member_id,
        instance: request.group_instance_id.as_deref(),
        generation: request.generation_id,
    };
    let heard = context.groups().heartbeat(&request.group_id, claim);
    HeartbeatResponse::default().with_error_code(heard.err().map_or(0, |error| error.code()))
}
