//! `AlterPartitionReassignments` and `ListPartitionReassignments` (KIP-455), as a cluster of one broker answers: every
//! partition is where it can be, and nothing is on its way.

use kafka_protocol::ResponseError;
use kafka_protocol::messages::alter_partition_reassignments_request::{ReassignablePartition, ReassignableTopic};
use kafka_protocol::messages::alter_partition_reassignments_response::{
    ReassignablePartitionResponse, ReassignableTopicResponse,
};
use kafka_protocol::messages::{
    AlterPartitionReassignmentsRequest, AlterPartitionReassignmentsResponse, ListPartitionReassignmentsRequest,
    ListPartitionReassignmentsResponse,
};
use kafka_protocol::protocol::StrBytes;

use crate::context::{Context, NODE};

pub(crate) fn alter(
    context: &Context,
    version: i16,
    request: AlterPartitionReassignmentsRequest,
) -> AlterPartitionReassignmentsResponse {
    let responses = request.topics.into_iter().map(|topic| alter_topic(context, topic)).collect();
    let response = AlterPartitionReassignmentsResponse::default().with_error_message(None).with_responses(responses);
    if version >= 1 {
        return response.with_allow_replication_factor_change(request.allow_replication_factor_change);
    }
    response
}

fn alter_topic(context: &Context, asked: ReassignableTopic) -> ReassignableTopicResponse {
    let has = context.log().topic(&asked.name).map_or(0, |topic| topic.partitions);
    let result = |partition: ReassignablePartition| {
        let result = ReassignablePartitionResponse::default().with_partition_index(partition.partition_index);
        match refusal(has, &partition) {
            None => result.with_error_message(None),
            Some((error, message)) => {
                let message = StrBytes::from_static_str(message);
                result.with_error_code(error.code()).with_error_message(Some(message))
            }
        }
    };
    let partitions = asked.partitions.into_iter().map(result).collect();
    ReassignableTopicResponse::default().with_name(asked.name).with_partitions(partitions)
}

fn refusal(has: i32, asked: &ReassignablePartition) -> Option<(ResponseError, &'static str)> {
    if !(0..has).contains(&asked.partition_index) {
        return Some((ResponseError::UnknownTopicOrPartition, "there is no such partition"));
    }
    match asked.replicas.as_deref() {
        None => Some((ResponseError::NoReassignmentInProgress, "the partition is not on its way anywhere")),
        Some([only]) if *only == NODE => None,
        Some(_) => Some((ResponseError::InvalidReplicaAssignment, "there is one broker, 1; name it alone")),
    }
}

pub(crate) fn list(
    _context: &Context,
    _version: i16,
    _request: ListPartitionReassignmentsRequest,
) -> ListPartitionReassignmentsResponse {
    ListPartitionReassignmentsResponse::default().with_error_message(None)
}
