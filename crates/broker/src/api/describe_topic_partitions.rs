//! `DescribeTopicPartitions`: topics in detail, page by page (KIP-966).

use kafka_protocol::messages::describe_topic_partitions_response::{
    Cursor, DescribeTopicPartitionsResponsePartition, DescribeTopicPartitionsResponseTopic,
};
use kafka_protocol::messages::{DescribeTopicPartitionsRequest, DescribeTopicPartitionsResponse, TopicName};

use crate::context::{Context, LEADER_EPOCH, NODE, topic_name, topic_uuid};
use crate::error_code;

/// The most partitions of one answer, whatever the client asks for.
const PARTITIONS_MAX: usize = 2_000;

pub(crate) fn answer(
    context: &Context,
    _: i16,
    request: DescribeTopicPartitionsRequest,
) -> DescribeTopicPartitionsResponse {
    let mut names: Vec<TopicName> = request.topics.into_iter().map(|topic| topic.name).collect();
    if names.is_empty() {
        names = context.log().topics().iter().map(|topic| topic_name(&topic.name)).collect();
    }
    names.sort_by(|one, other| one.as_str().cmp(other.as_str()));
    names.dedup();
    let (from_topic, mut from_partition) = match &request.cursor {
        Some(cursor) => (cursor.topic_name.as_str(), cursor.partition_index.max(0)),
        None => ("", 0),
    };
    let mut left = usize::try_from(request.response_partition_limit).unwrap_or(1).clamp(1, PARTITIONS_MAX);
    let mut topics = Vec::new();
    let mut next = None;
    for name in names.into_iter().filter(|name| name.as_str() >= from_topic) {
        if left == 0 {
            next = Some(Cursor::default().with_topic_name(name).with_partition_index(0));
            break;
        }
        let first = if name.as_str() == from_topic { std::mem::take(&mut from_partition) } else { 0 };
        let (topic, rest) = describe(context, name, first, &mut left);
        topics.push(topic);
        next = rest;
        if next.is_some() {
            break;
        }
    }
    DescribeTopicPartitionsResponse::default().with_topics(topics).with_next_cursor(next)
}

/// A topic's partitions from `first` on, as many as there is room for, and where to go on.
fn describe(
    context: &Context,
    name: TopicName,
    first: i32,
    left: &mut usize,
) -> (DescribeTopicPartitionsResponseTopic, Option<Cursor>) {
    let described = DescribeTopicPartitionsResponseTopic::default().with_name(Some(name.clone()));
    let Some(topic) = context.log().topic(&name) else {
        return (described.with_error_code(error_code::no_topic(&name).code()), None);
    };
    let room = i32::try_from(*left).unwrap_or(i32::MAX);
    let end = first.saturating_add(room).min(topic.partitions);
    let partitions: Vec<_> = (first..end).map(partition).collect();
    *left -= partitions.len();
    let next = (end < topic.partitions).then(|| Cursor::default().with_topic_name(name).with_partition_index(end));
    (described.with_topic_id(topic_uuid(topic.id)).with_partitions(partitions), next)
}

fn partition(index: i32) -> DescribeTopicPartitionsResponsePartition {
    DescribeTopicPartitionsResponsePartition::default()
        .with_partition_index(index)
        .with_leader_id(NODE)
        .with_leader_epoch(LEADER_EPOCH)
        .with_replica_nodes(vec![NODE])
        .with_isr_nodes(vec![NODE])
        // Java's admin client can't take the null that the protocol allows.
        .with_eligible_leader_replicas(Some(Vec::new()))
        .with_last_known_elr(Some(Vec::new()))
}
