//! `OffsetFetch`: how far groups have come, durably.

use std::collections::{BTreeMap, BTreeSet};

use kafka_protocol::ResponseError;
use kafka_protocol::messages::offset_fetch_request::{OffsetFetchRequestGroup, OffsetFetchRequestTopics};
use kafka_protocol::messages::offset_fetch_response::{
    OffsetFetchResponseGroup, OffsetFetchResponsePartition, OffsetFetchResponsePartitions, OffsetFetchResponseTopic,
    OffsetFetchResponseTopics,
};
use kafka_protocol::messages::{GroupId, OffsetFetchRequest, OffsetFetchResponse, TopicName};
use kafka_protocol::protocol::StrBytes;
use yeoul_base::PartitionId;
use yeoul_log::CommittedOffset;

use crate::api::repeats::{Repeats, TOO_OFTEN};
use crate::context::{Context, topic_name};

/// The first version that asks for several groups.
const SEVERAL_GROUPS: i16 = 8;
/// The first version with an error for the whole answer.
const TOP_ERROR: i16 = 2;
/// The first version with leader epochs.
const LEADER_EPOCHS: i16 = 5;

pub(crate) fn answer(context: &Context, version: i16, request: OffsetFetchRequest) -> OffsetFetchResponse {
    let mut named = Named { groups: Repeats::new(), partitions: Repeats::new() };
    if version >= SEVERAL_GROUPS {
        let groups = request.groups.into_iter();
        let groups = groups.map(|group| fetch(context, group, request.require_stable, &mut named)).collect();
        return OffsetFetchResponse::default().with_groups(groups);
    }
    let topics = request.topics.map(|topics| {
        let same = topics.into_iter().map(|topic| {
            OffsetFetchRequestTopics::default().with_name(topic.name).with_partition_indexes(topic.partition_indexes)
        });
        same.collect()
    });
    let group = OffsetFetchRequestGroup::default().with_group_id(request.group_id).with_topics(topics);
    in_old_words(fetch(context, group, request.require_stable, &mut named), version)
}

/// One group's answer in the words of versions before 8.
fn in_old_words(group: OffsetFetchResponseGroup, version: i16) -> OffsetFetchResponse {
    let partition = |it: OffsetFetchResponsePartitions| {
        let partition = OffsetFetchResponsePartition::default()
            .with_partition_index(it.partition_index)
            .with_committed_offset(it.committed_offset)
            .with_metadata(it.metadata)
            .with_error_code(it.error_code);
        if version >= LEADER_EPOCHS {
            partition.with_committed_leader_epoch(it.committed_leader_epoch)
        } else {
            partition
        }
    };
    let topic = |it: OffsetFetchResponseTopics| {
        OffsetFetchResponseTopic::default()
            .with_name(it.name)
            .with_partitions(it.partitions.into_iter().map(partition).collect())
    };
    let response = OffsetFetchResponse::default().with_topics(group.topics.into_iter().map(topic).collect());
    if version >= TOP_ERROR { response.with_error_code(group.error_code) } else { response }
}

/// What a request has named so far.
struct Named {
    groups: Repeats<GroupId>,
    /// Of those that something is committed for.
    partitions: Repeats<(GroupId, TopicName, i32)>,
}

fn fetch(
    context: &Context,
    asked: OffsetFetchRequestGroup,
    stable: bool,
    named: &mut Named,
) -> OffsetFetchResponseGroup {
    let group = asked.group_id.clone();
    let name = group.0.to_string();
    let response = OffsetFetchResponseGroup::default().with_group_id(asked.group_id);
    if !named.groups.admits(group.clone()) {
        return response.with_error_code(TOO_OFTEN.code());
    }
    if let Err(error) = context.groups().check_fetch(&name, asked.member_id.as_deref(), asked.member_epoch) {
        return response.with_error_code(error.code());
    }
    let unstable = if stable { context.transactions().open_offsets(&name) } else { BTreeSet::new() };
    let found = |topic: &str, number: i32, committed: Option<CommittedOffset>| {
        let is_unstable = unstable.contains(&(topic.to_owned(), number));
        partition(number, committed.filter(|_| !is_unstable), is_unstable)
    };
    let topics = match asked.topics {
        None => all(context, &name, found),
        Some(topics) => topics
            .into_iter()
            .map(|topic| {
                let each = |&number: &i32| {
                    let committed = context.log().committed_offset(&name, &topic.name, PartitionId(number));
                    let place = || (group.clone(), topic.name.clone(), number);
                    if committed.is_some() && !named.partitions.admits(place()) {
                        return partition(number, None, false).with_error_code(TOO_OFTEN.code());
                    }
                    found(&topic.name, number, committed)
                };
                let partitions = topic.partition_indexes.iter().map(each).collect();
                OffsetFetchResponseTopics::default().with_name(topic.name).with_partitions(partitions)
            })
            .collect(),
    };
    response.with_topics(topics)
}

fn all(
    context: &Context,
    name: &str,
    found: impl Fn(&str, i32, Option<CommittedOffset>) -> OffsetFetchResponsePartitions,
) -> Vec<OffsetFetchResponseTopics> {
    let mut topics: BTreeMap<String, Vec<OffsetFetchResponsePartitions>> = BTreeMap::new();
    for offset in context.log().committed_offsets(name) {
        let partition = found(&offset.topic, offset.partition.0, Some(offset.committed));
        topics.entry(offset.topic).or_default().push(partition);
    }
    let topic = |(name, partitions): (String, _)| {
        OffsetFetchResponseTopics::default().with_name(TopicName(topic_name(&name).0)).with_partitions(partitions)
    };
    topics.into_iter().map(topic).collect()
}

fn partition(number: i32, committed: Option<CommittedOffset>, is_unstable: bool) -> OffsetFetchResponsePartitions {
    let error = if is_unstable { ResponseError::UnstableOffsetCommit.code() } else { 0 };
    let partition = OffsetFetchResponsePartitions::default().with_partition_index(number).with_error_code(error);
    match committed {
        None => {
            partition.with_committed_offset(-1).with_committed_leader_epoch(-1).with_metadata(Some(StrBytes::default()))
        }
        Some(committed) => partition
            .with_committed_offset(committed.offset.0)
            .with_committed_leader_epoch(committed.leader_epoch)
            .with_metadata(Some(StrBytes::from_string(committed.metadata))),
    }
}
