//! `ElectLeaders`: this node leads every partition, and always did.

use kafka_protocol::ResponseError;
use kafka_protocol::messages::elect_leaders_request::TopicPartitions;
use kafka_protocol::messages::elect_leaders_response::{PartitionResult, ReplicaElectionResult};
use kafka_protocol::messages::{ElectLeadersRequest, ElectLeadersResponse};
use kafka_protocol::protocol::StrBytes;

use crate::context::Context;

pub(crate) fn answer(context: &Context, _version: i16, request: ElectLeadersRequest) -> ElectLeadersResponse {
    // Where all are asked for, those that need none are left out, and these are all.
    let asked = request.topic_partitions.unwrap_or_default();
    let results = asked.into_iter().map(|topic| not_needed(context, topic)).collect();
    ElectLeadersResponse::default().with_replica_election_results(results)
}

fn not_needed(context: &Context, asked: TopicPartitions) -> ReplicaElectionResult {
    let has = context.log().topic(&asked.topic).map_or(0, |topic| topic.partitions);
    let result = |index: i32| {
        let (error, message) = if (0..has).contains(&index) {
            (ResponseError::ElectionNotNeeded, "this node leads the partition, as it should")
        } else {
            (ResponseError::UnknownTopicOrPartition, "there is no such partition")
        };
        let result = PartitionResult::default().with_partition_id(index).with_error_code(error.code());
        result.with_error_message(Some(StrBytes::from_static_str(message)))
    };
    let results = asked.partitions.into_iter().map(result).collect();
    ReplicaElectionResult::default().with_topic(asked.topic).with_partition_result(results)
}
