//! Committed offsets.

use kafka_protocol::messages::offset_commit_request::OffsetCommitRequestTopic;
use kafka_protocol::messages::offset_commit_response::{OffsetCommitResponsePartition, OffsetCommitResponseTopic};
use kafka_protocol::messages::offset_delete_response::{OffsetDeleteResponsePartition, OffsetDeleteResponseTopic};
use kafka_protocol::messages::offset_fetch_request::{OffsetFetchRequestGroup, OffsetFetchRequestTopic};
use kafka_protocol::messages::offset_fetch_response::{
    OffsetFetchResponseGroup, OffsetFetchResponsePartition, OffsetFetchResponsePartitions, OffsetFetchResponseTopic,
    OffsetFetchResponseTopics,
};
use kafka_protocol::messages::*;
use kafka_protocol::protocol::StrBytes;

use super::{GROUP, Screened, TOPIC, take};
use crate::acl::gate::Gate;
use crate::acl::words::Operation::{Delete, Describe, Read};

/// The first version of `OffsetFetch` that asks for many groups.
const MANY_GROUPS: i16 = 8;
/// The first version of `OffsetFetch` with an error for all of the response.
const GROUP_ERROR: i16 = 2;

pub(super) fn commit(mut request: OffsetCommitRequest, gate: &Gate) -> Screened<OffsetCommitRequest> {
    if !gate.group(Read, &request.group_id) {
        let topics = request.topics.into_iter().map(|topic| denied_commit(topic, GROUP));
        return Screened::Refused(OffsetCommitResponse::default().with_topics(topics.collect()));
    }
    let allowed = |topic: &OffsetCommitRequestTopic| gate.topic_or_id(Read, &topic.name, topic.topic_id);
    let denied = take(&mut request.topics, allowed);
    Screened::without(request, denied, |response, denied| {
        response.topics.extend(denied.into_iter().map(|topic| denied_commit(topic, TOPIC)));
    })
}

fn denied_commit(topic: OffsetCommitRequestTopic, error: i16) -> OffsetCommitResponseTopic {
    let partition = |index| OffsetCommitResponsePartition::default().with_partition_index(index).with_error_code(error);
    let partitions = topic.partitions.iter().map(|committed| partition(committed.partition_index));
    OffsetCommitResponseTopic::default()
        .with_partitions(partitions.collect())
        .with_name(topic.name)
        .with_topic_id(topic.topic_id)
}

pub(super) fn fetch(request: OffsetFetchRequest, gate: &Gate) -> Screened<OffsetFetchRequest> {
    if gate.version >= MANY_GROUPS { fetch_groups(request, gate) } else { fetch_one(request, gate) }
}

fn fetch_one(mut request: OffsetFetchRequest, gate: &Gate) -> Screened<OffsetFetchRequest> {
    if !gate.group(Describe, &request.group_id) {
        if gate.version >= GROUP_ERROR {
            return Screened::Refused(OffsetFetchResponse::default().with_error_code(GROUP));
        }
        let topics = request.topics.unwrap_or_default().into_iter().map(|topic| denied_fetch(topic, GROUP));
        return Screened::Refused(OffsetFetchResponse::default().with_topics(topics.collect()));
    }
    let Some(topics) = &mut request.topics else {
        return Screened::finishing(request, |gate, response| {
            response.topics.retain(|topic| gate.topic(Describe, &topic.name));
        });
    };
    let denied = take(topics, |topic| gate.topic(Describe, &topic.name));
    Screened::without(request, denied, |response, denied| {
        response.topics.extend(denied.into_iter().map(|topic| denied_fetch(topic, TOPIC)));
    })
}

fn denied_fetch(topic: OffsetFetchRequestTopic, error: i16) -> OffsetFetchResponseTopic {
    let partition = |index: &i32| {
        let none = OffsetFetchResponsePartition::default().with_committed_offset(-1);
        none.with_metadata(Some(StrBytes::default())).with_partition_index(*index).with_error_code(error)
    };
    OffsetFetchResponseTopic::default()
        .with_partitions(topic.partition_indexes.iter().map(partition).collect())
        .with_name(topic.name)
}

fn fetch_groups(mut request: OffsetFetchRequest, gate: &Gate) -> Screened<OffsetFetchRequest> {
    let denied_groups = take(&mut request.groups, |group| gate.group(Describe, &group.group_id));
    let denied_topics: Vec<_> = request.groups.iter_mut().map(|group| take_topics(group, gate)).collect();
    Screened::finishing(request, move |gate, response| {
        // The groups are answered in the order in which they were asked for.
        for (group, denied) in response.groups.iter_mut().zip(denied_topics) {
            group.topics.retain(|topic| gate.topic_or_id(Describe, &topic.name, topic.topic_id));
            group.topics.extend(denied);
        }
        response.groups.extend(
            denied_groups
                .into_iter()
                .map(|group| OffsetFetchResponseGroup::default().with_group_id(group.group_id).with_error_code(GROUP)),
        );
    })
}

/// Takes the topics out of a group's question that may not be seen, as they are answered.
fn take_topics(group: &mut OffsetFetchRequestGroup, gate: &Gate) -> Vec<OffsetFetchResponseTopics> {
    let Some(topics) = &mut group.topics else { return Vec::new() };
    let denied = take(topics, |topic| gate.topic_or_id(Describe, &topic.name, topic.topic_id));
    let partition = |index: &i32| {
        let none = OffsetFetchResponsePartitions::default().with_committed_offset(-1);
        none.with_metadata(Some(StrBytes::default())).with_partition_index(*index).with_error_code(TOPIC)
    };
    let denied = denied.into_iter().map(|topic| {
        OffsetFetchResponseTopics::default()
            .with_partitions(topic.partition_indexes.iter().map(partition).collect())
            .with_name(topic.name)
            .with_topic_id(topic.topic_id)
    });
    denied.collect()
}

pub(super) fn delete(mut request: OffsetDeleteRequest, gate: &Gate) -> Screened<OffsetDeleteRequest> {
    if !gate.group(Delete, &request.group_id) {
        return Screened::Refused(OffsetDeleteResponse::default().with_error_code(GROUP));
    }
    let denied = take(&mut request.topics, |topic| gate.topic(Read, &topic.name));
    Screened::without(request, denied, |response, denied| {
        response.topics.extend(denied.into_iter().map(|topic| {
            let partition =
                |index| OffsetDeleteResponsePartition::default().with_partition_index(index).with_error_code(TOPIC);
            let partitions = topic.partitions.iter().map(|asked| partition(asked.partition_index));
            OffsetDeleteResponseTopic::default().with_partitions(partitions.collect()).with_name(topic.name)
        }));
    })
}
