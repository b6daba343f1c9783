//! `DescribeCluster`: one node, which is its own controller.

use kafka_protocol::ResponseError;
use kafka_protocol::messages::describe_cluster_response::DescribeClusterBroker;
use kafka_protocol::messages::{DescribeClusterRequest, DescribeClusterResponse};
use kafka_protocol::protocol::StrBytes;

use crate::context::{Context, NODE};

/// The kind of endpoint that clients connect to (the other is a controller's).
const BROKERS: i8 = 1;
/// The kind that the controllers of a cluster have.
const CONTROLLERS: i8 = 2;

pub(crate) fn answer(context: &Context, version: i16, request: DescribeClusterRequest) -> DescribeClusterResponse {
    if version >= 1 && request.endpoint_type != BROKERS {
        let error = match request.endpoint_type {
            CONTROLLERS => ResponseError::MismatchedEndpointType,
            _ => ResponseError::UnsupportedEndpointType,
        };
        return DescribeClusterResponse::default()
            .with_error_code(error.code())
            .with_endpoint_type(BROKERS)
            .with_error_message(Some(StrBytes::from_static_str("this is a broker's endpoint, not a controller's")));
    }
    let (host, port) = context.advertised();
    let node = DescribeClusterBroker::default().with_broker_id(NODE).with_host(host).with_port(port);
    DescribeClusterResponse::default()
        .with_cluster_id(StrBytes::from_string(context.log().cluster_id().to_owned()))
        .with_controller_id(NODE)
        .with_brokers(vec![node])
}
