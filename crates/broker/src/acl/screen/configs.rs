//! Settings of topics, groups and the broker.

use kafka_protocol::messages::alter_configs_response::AlterConfigsResourceResponse;
use kafka_protocol::messages::describe_configs_response::DescribeConfigsResult;
use kafka_protocol::messages::incremental_alter_configs_response as incremental;
use kafka_protocol::messages::*;

use super::{CLUSTER, GROUP, Screened, TOPIC, take};
use crate::acl::gate::Gate;
use crate::acl::words::Operation::{self, AlterConfigs, DescribeConfigs};

/// Kinds of resources that have settings, as Kafka numbers them; what is neither a topic nor a group is the cluster's.
const TOPIC_SETTINGS: i8 = 2;
const GROUP_SETTINGS: i8 = 32;

fn allowed(gate: &Gate, operation: Operation, kind: i8, name: &str) -> bool {
    match kind {
        TOPIC_SETTINGS => gate.topic(operation, name),
        GROUP_SETTINGS => gate.group(operation, name),
        _ => gate.cluster(operation),
    }
}

fn error(kind: i8) -> i16 {
    match kind {
        TOPIC_SETTINGS => TOPIC,
        GROUP_SETTINGS => GROUP,
        _ => CLUSTER,
    }
}

pub(super) fn describe(mut request: DescribeConfigsRequest, gate: &Gate) -> Screened<DescribeConfigsRequest> {
    let denied = take(&mut request.resources, |resource| {
        allowed(gate, DescribeConfigs, resource.resource_type, &resource.resource_name)
    });
    Screened::without(request, denied, |response, denied| {
        response.results.extend(denied.into_iter().map(|resource| {
            DescribeConfigsResult::default()
                .with_error_code(error(resource.resource_type))
                .with_error_message(None)
                .with_resource_type(resource.resource_type)
                .with_resource_name(resource.resource_name)
        }));
    })
}

pub(super) fn alter(mut request: AlterConfigsRequest, gate: &Gate) -> Screened<AlterConfigsRequest> {
    let denied = take(&mut request.resources, |resource| {
        allowed(gate, AlterConfigs, resource.resource_type, &resource.resource_name)
    });
    Screened::without(request, denied, |response, denied| {
        response.responses.extend(denied.into_iter().map(|resource| {
            AlterConfigsResourceResponse::default()
                .with_error_code(error(resource.resource_type))
                .with_error_message(None)
                .with_resource_type(resource.resource_type)
                .with_resource_name(resource.resource_name)
        }));
    })
}

pub(super) fn alter_incrementally(
    mut request: IncrementalAlterConfigsRequest,
    gate: &Gate,
) -> Screened<IncrementalAlterConfigsRequest> {
    let denied = take(&mut request.resources, |resource| {
        allowed(gate, AlterConfigs, resource.resource_type, &resource.resource_name)
    });
    Screened::without(request, denied, |response, denied| {
        response.responses.extend(denied.into_iter().map(|resource| {
            incremental::AlterConfigsResourceResponse::default()
                .with_error_code(error(resource.resource_type))
                .with_error_message(None)
                .with_resource_type(resource.resource_type)
                .with_resource_name(resource.resource_name)
        }));
    })
}

pub(super) fn list_resources(request: ListConfigResourcesRequest, gate: &Gate) -> Screened<ListConfigResourcesRequest> {
    Screened::whole(gate.cluster(DescribeConfigs), request, |_| {
        ListConfigResourcesResponse::default().with_error_code(CLUSTER)
    })
}
