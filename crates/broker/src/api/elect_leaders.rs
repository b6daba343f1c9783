//! `ElectLeaders`: this node leads every partition, and always did.

use kafka_protocol::ResponseError;
use kafka_protocol::messages::elect_leaders_request::TopicPartitions;
use kafka_protocol::messages::elect_leaders_response::{PartitionResult, ReplicaElectionResult};
use kafka_protocol::messages::{ElectLeadersRequest, ElectLeadersResponse};
use kafka_protocol::protocol::StrBytes;

use crate::context::Context;

/// What is said of a partition.
type Answer = (ResponseError, &'static str);

const UNKNOWN_KIND: Answer = (ResponseError::InvalidRequest, "there is no such kind of election");
/// The kinds of election: back to the preferred replica (0), and of one that may have missed records (1).
const KINDS: std::ops::RangeInclusive<i8> = 0..=1;

pub(crate) fn answer(context: &Context, version: i16, request: ElectLeadersRequest) -> ElectLeadersResponse {
    let known = version < 1 || KINDS.contains(&request.election_type);
    // Where all are asked for, those that need none are left out, and these are all.
    let asked = request.topic_partitions.unwrap_or_default();
    if !known {
        let results = asked.into_iter().map(|topic| answered(topic, |_| UNKNOWN_KIND)).collect();
        let response = ElectLeadersResponse::default().with_replica_election_results(results);
        return response.with_error_code(ResponseError::InvalidRequest.code());
    }
    let results = asked.into_iter().map(|topic| not_needed(context, topic)).collect();
    ElectLeadersResponse::default().with_replica_election_results(results)
}

fn not_needed(context: &Context, asked: TopicPartitions) -> ReplicaElectionResult {
    let has = context.log().topic(&asked.topic).map_or(0, |topic| topic.partitions);
    answered(asked, |index| match (0..has).contains(&index) {
        true => (ResponseError::ElectionNotNeeded, "this node leads the partition, as it should"),
        false => (ResponseError::UnknownTopicOrPartition, "there is no such partition"),
    })
}

fn answered(asked: TopicPartitions, answer: impl Fn(i32) -> Answer) -> ReplicaElectionResult {
    let result = |index: i32| {
        let (error, message) = answer(index);
        let result = PartitionResult::default().with_partition_id(index).with_error_code(error.code());
        result.with_error_message(Some(StrBytes::from_static_str(message)))
    };
    let results = asked.partitions.into_iter().map(result).collect();
    ReplicaElectionResult::default().with_topic(asked.topic).with_partition_result(results)
}
