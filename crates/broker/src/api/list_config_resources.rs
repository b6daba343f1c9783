//! `ListConfigResources` (KIP-1142): what has settings. Version 0 asked for subscriptions of clients' metrics only, of
//! which there are none.

use kafka_protocol::ResponseError;
use kafka_protocol::messages::list_config_resources_response::ConfigResource;
use kafka_protocol::messages::{ListConfigResourcesRequest, ListConfigResourcesResponse};
use kafka_protocol::protocol::StrBytes;

use crate::config_resource::{BROKER, BROKER_LOGGER, CLIENT_METRICS, GROUP, TOPIC};
use crate::context::{Context, NODE};

/// The first version that asks for types of resources.
const TYPES: i16 = 1;

pub(crate) fn answer(
    context: &Context,
    version: i16,
    request: ListConfigResourcesRequest,
) -> ListConfigResourcesResponse {
    let response = ListConfigResourcesResponse::default();
    if version < TYPES {
        return response;
    }
    let mut types = request.resource_types;
    if types.is_empty() {
        types = vec![TOPIC, BROKER, BROKER_LOGGER, CLIENT_METRICS, GROUP];
    }
    types.sort_unstable();
    types.dedup();
    let mut resources = Vec::new();
    for kind in types {
        let resource = |name: String| {
            ConfigResource::default().with_resource_name(StrBytes::from_string(name)).with_resource_type(kind)
        };
        match kind {
            TOPIC => resources.extend(context.log().topics().iter().map(|topic| resource(topic.name.clone()))),
            BROKER | BROKER_LOGGER => resources.push(resource(NODE.0.to_string())),
            GROUP => resources.extend(context.groups().groups_with_settings().into_iter().map(resource)),
            CLIENT_METRICS => {}
            _ => return response.with_error_code(ResponseError::UnsupportedVersion.code()),
        }
    }
    response.with_config_resources(resources)
}
