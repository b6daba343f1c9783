//! A request that names one thing thousands of times, or asks for thousands of things, costs no more than there is: what is
//! named again is answered a hundred times, and the memory of one request stays bounded.
#![allow(clippy::unwrap_used, reason = "a test that can't go on has failed")]

mod counting;
mod support;

use kafka_protocol::ResponseError;
use kafka_protocol::messages::create_topics_request::CreatableTopic;
use kafka_protocol::messages::describe_configs_request::DescribeConfigsResource;
use kafka_protocol::messages::metadata_request::MetadataRequestTopic;
use kafka_protocol::messages::offset_commit_request::{OffsetCommitRequestPartition, OffsetCommitRequestTopic};
use kafka_protocol::messages::offset_fetch_request::{OffsetFetchRequestGroup, OffsetFetchRequestTopics};
use kafka_protocol::messages::*;
use kafka_protocol::protocol::StrBytes;
use support::{TestBroker, Wire};

/// How often each thing is named.
const NAMED: usize = 50_000;
/// What is answered in full: once, and so often again.
const ANSWERED: usize = 101;
/// What may be allocated for it, the request itself, both of its readings and the test's own of the answer included.
const GROWTH_MAX: usize = 96 << 20;
const REFUSED: i16 = 42;

fn text(text: &str) -> StrBytes {
    StrBytes::from_string(text.to_owned())
}

fn topic(name: &str) -> TopicName {
    TopicName(text(name))
}

fn partitions(count: i32, metadata: &str) -> OffsetCommitRequest {
    let partition = |index| {
        let partition = OffsetCommitRequestPartition::default().with_partition_index(index).with_committed_offset(0);
        partition.with_committed_metadata(Some(text(metadata)))
    };
    let topic =
        OffsetCommitRequestTopic::default().with_name(topic("t")).with_partitions((0..count).map(partition).collect());
    OffsetCommitRequest::default()
        .with_group_id(GroupId(text("g")))
        .with_generation_id_or_member_epoch(-1)
        .with_topics(vec![topic])
}

/// How many of the codes are none, and how many say that something was named too often.
fn counted(codes: impl Iterator<Item = i16>) -> (usize, usize) {
    let codes: Vec<i16> = codes.collect();
    let of = |wanted: i16| codes.iter().filter(|&&code| code == wanted).count();
    (of(0), of(REFUSED))
}

#[tokio::test]
async fn what_is_named_over_and_over_is_answered_so_often_and_no_more() {
    assert_eq!(ResponseError::InvalidRequest.code(), REFUSED);
    let broker = TestBroker::start().await;
    broker.topic("t", 100).await;
    let mut wire = Wire::connect(broker.addr()).await;
    let committed = wire.call(&partitions(100, &"m".repeat(1000)), 8).await;
    assert!(committed.topics[0].partitions.iter().all(|partition| partition.error_code == 0));

    let resource = DescribeConfigsResource::default().with_resource_type(2).with_resource_name(text("t"));
    let request = DescribeConfigsRequest::default().with_resources(vec![resource.with_configuration_keys(None); NAMED]);
    let (growth, answer) = counting::growth(wire.call(&request, 1)).await;
    assert_eq!(counted(answer.results.iter().map(|it| it.error_code)), (ANSWERED, NAMED - ANSWERED));
    assert!(growth < GROWTH_MAX, "settings: {growth}");

    let request = DescribeGroupsRequest::default().with_groups(vec![GroupId(text("g")); NAMED]);
    let (growth, answer) = counting::growth(wire.call(&request, 4)).await;
    assert_eq!(counted(answer.groups.iter().map(|it| it.error_code)), (ANSWERED, NAMED - ANSWERED));
    assert!(growth < GROWTH_MAX, "groups: {growth}");

    let group = OffsetFetchRequestGroup::default().with_group_id(GroupId(text("g"))).with_topics(None);
    let request = OffsetFetchRequest::default().with_groups(vec![group.clone(); NAMED]);
    let (growth, answer) = counting::growth(wire.call(&request, 8)).await;
    assert_eq!(counted(answer.groups.iter().map(|it| it.error_code)), (ANSWERED, NAMED - ANSWERED));
    assert!(growth < GROWTH_MAX, "offsets of groups: {growth}");

    let same = OffsetFetchRequestTopics::default().with_name(topic("t")).with_partition_indexes(vec![7; NAMED]);
    let request = OffsetFetchRequest::default().with_groups(vec![group.with_topics(Some(vec![same]))]);
    let (growth, answer) = counting::growth(wire.call(&request, 8)).await;
    let codes = answer.groups[0].topics[0].partitions.iter().map(|it| it.error_code);
    assert_eq!(counted(codes), (ANSWERED, NAMED - ANSWERED));
    assert!(growth < GROWTH_MAX, "offsets of a partition: {growth}");
}

#[tokio::test]
async fn one_request_makes_so_many_partitions_and_no_more() {
    let broker = TestBroker::start().await;
    let mut wire = Wire::connect(broker.addr()).await;
    let create = |count: usize, partitions: i32| {
        let new =
            |number| CreatableTopic::default().with_name(topic(&format!("c{number}"))).with_num_partitions(partitions);
        let topics = (0..count).map(|number| new(number).with_replication_factor(1)).collect();
        CreateTopicsRequest::default().with_topics(topics).with_validate_only(true)
    };
    let policy = ResponseError::PolicyViolation.code();
    for (count, partitions, code) in [(10, 1000, 0), (11, 1000, policy), (10_001, 1, policy)] {
        let answer = wire.call(&create(count, partitions), 7).await;
        assert!(answer.topics.iter().all(|it| it.error_code == code), "{count} of {partitions}");
        assert_eq!(answer.topics.len(), count);
    }
    let answer = wire.call(&create(1, 10_001), 7).await;
    assert_eq!(answer.topics[0].error_code, ResponseError::InvalidPartitions.code(), "one topic with too many says so");

    let wanted = |number: usize| MetadataRequestTopic::default().with_name(Some(topic(&format!("m{number}"))));
    let request = MetadataRequest::default().with_topics(Some((0..10_050).map(wanted).collect()));
    let answer = wire.call(&request.with_allow_auto_topic_creation(true), 9).await;
    let made = answer.topics.iter().filter(|it| it.error_code == 0).count();
    assert_eq!((made, broker.log.topics().len()), (10_000, 10_000));
}

/// How long a request of many names may take, where each costs the same.
const MANY_TIME_MAX: std::time::Duration = std::time::Duration::from_secs(8);

#[tokio::test]
async fn each_of_many_groups_costs_the_same() {
    let broker = TestBroker::start().await;
    let mut wire = Wire::connect(broker.addr()).await;
    let group = |number: usize| OffsetFetchRequestGroup::default().with_group_id(GroupId(text(&format!("g{number}"))));
    let groups: Vec<_> = (0..2 * NAMED).map(|number| group(number).with_topics(None)).collect();
    let began = tokio::time::Instant::now();
    let answer = wire.call(&OffsetFetchRequest::default().with_groups(groups), 8).await;
    assert_eq!(counted(answer.groups.iter().map(|it| it.error_code)), (2 * NAMED, 0));
    assert!(began.elapsed() < MANY_TIME_MAX, "{:?} for {} groups", began.elapsed(), 2 * NAMED);
}
