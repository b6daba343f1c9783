//! `FindCoordinator`: this node, for groups and for transactional ids.

use kafka_protocol::ResponseError;
use kafka_protocol::messages::find_coordinator_response::Coordinator;
use kafka_protocol::messages::{BrokerId, FindCoordinatorRequest, FindCoordinatorResponse};
use kafka_protocol::protocol::StrBytes;

use crate::context::{Context, NODE};

/// The kinds of keys that there are: consumer groups and transactional ids. Share groups (2) are not served.
const KINDS: [i8; 2] = [0, 1];
/// The first version that asks for many keys at a time.
const MANY_KEYS: i16 = 4;

pub(crate) fn answer(context: &Context, version: i16, request: FindCoordinatorRequest) -> FindCoordinatorResponse {
    let refusal = (!KINDS.contains(&request.key_type)).then_some(ResponseError::InvalidRequest);
    if version >= MANY_KEYS {
        let keys = request.coordinator_keys.into_iter();
        return FindCoordinatorResponse::default()
            .with_coordinators(keys.map(|key| coordinator(context, key, refusal)).collect());
    }
    let found = coordinator(context, request.key, refusal);
    let response = FindCoordinatorResponse::default()
        .with_error_code(found.error_code)
        .with_node_id(found.node_id)
        .with_host(found.host)
        .with_port(found.port);
    if version >= 1 { response.with_error_message(found.error_message) } else { response }
}

fn coordinator(context: &Context, key: StrBytes, refusal: Option<ResponseError>) -> Coordinator {
    let found = Coordinator::default().with_key(key);
    if let Some(error) = refusal {
        return found.with_node_id(BrokerId(-1)).with_port(-1).with_error_code(error.code()).with_error_message(Some(
            StrBytes::from_static_str("only consumer groups (0) and transactional ids (1) have a coordinator"),
        ));
    }
    let (host, port) = context.advertised();
    found.with_node_id(NODE).with_host(host).with_port(port).with_error_message(None)
}
