//! Groups over the wire: each API in each version, what is stored, what a restart finds.
#![allow(clippy::unwrap_used, reason = "a test that can't go on has failed")]

mod support;

use std::time::Duration;

use bytes::Bytes;
use kafka_protocol::ResponseError;
use kafka_protocol::messages::join_group_request::JoinGroupRequestProtocol;
use kafka_protocol::messages::leave_group_request::MemberIdentity;
use kafka_protocol::messages::offset_commit_request::{OffsetCommitRequestPartition, OffsetCommitRequestTopic};
use kafka_protocol::messages::offset_delete_request::{OffsetDeleteRequestPartition, OffsetDeleteRequestTopic};
use kafka_protocol::messages::offset_fetch_request::{OffsetFetchRequestGroup, OffsetFetchRequestTopic};
use kafka_protocol::messages::sync_group_request::SyncGroupRequestAssignment;
use kafka_protocol::messages::*;
use kafka_protocol::protocol::StrBytes;
use support::{TestBroker, Wire, batch, eventually};
use yeoul_base::PartitionId;
use yeoul_broker::BrokerConfig;
use yeoul_log::TopicConfig;
use yeoul_log::batch::Compression;

fn text(text: &str) -> StrBytes {
    StrBytes::from_string(text.to_owned())
}

fn group(name: &str) -> GroupId {
    GroupId(text(name))
}

fn topic() -> TopicName {
    TopicName(text("t"))
}

/// A broker whose topic `t` has two partitions, and a connection to it.
async fn start() -> (TestBroker, Wire) {
    let broker = TestBroker::start().await;
    broker.topic("t", 2).await;
    let wire = Wire::connect(broker.addr()).await;
    (broker, wire)
}

fn join(name: &str, member: &str) -> JoinGroupRequest {
    let protocol = JoinGroupRequestProtocol::default().with_name(text("range")).with_metadata(subscription());
    JoinGroupRequest::default()
        .with_group_id(group(name))
        .with_member_id(text(member))
        .with_session_timeout_ms(10_000)
        .with_protocol_type(text("consumer"))
        .with_protocols(vec![protocol])
}

/// A subscription to `t` in the consumers' own format.
fn subscription() -> Bytes {
    Bytes::from_static(&[0, 0, 0, 0, 0, 1, 0, 1, b't', 0xff, 0xff, 0xff, 0xff])
}

/// The only member of a group, joined and synced in these versions.
async fn member(wire: &mut Wire, name: &str, version: i16) -> (String, i32) {
    let timeout = |it: JoinGroupRequest| if version >= 1 { it.with_rebalance_timeout_ms(10_000) } else { it };
    let mut joined = wire.call(&timeout(join(name, "")), version).await;
    if version >= 4 {
        assert_eq!(joined.error_code, ResponseError::MemberIdRequired.code(), "version {version}");
        joined = wire.call(&timeout(join(name, &joined.member_id)), version).await;
    }
    assert_eq!((joined.error_code, joined.members.len()), (0, 1), "version {version}");
    assert_eq!((joined.leader.clone(), joined.protocol_name), (joined.member_id.clone(), Some(text("range"))));
    let version = version.min(5);
    let assignment =
        SyncGroupRequestAssignment::default().with_member_id(joined.member_id.clone()).with_assignment("all".into());
    let sync = SyncGroupRequest::default()
        .with_group_id(group(name))
        .with_generation_id(joined.generation_id)
        .with_member_id(joined.member_id.clone())
        .with_assignments(vec![assignment]);
    let named =
        |it: SyncGroupRequest| it.with_protocol_type(Some(text("consumer"))).with_protocol_name(Some(text("range")));
    let synced = wire.call(&if version >= 5 { named(sync) } else { sync }, version).await;
    assert_eq!((synced.error_code, synced.assignment), (0, Bytes::from_static(b"all")), "version {version}");
    (joined.member_id.to_string(), joined.generation_id)
}

fn commit(name: &str, member: &str, generation: i32, offset: i64) -> OffsetCommitRequest {
    let partition = OffsetCommitRequestPartition::default()
        .with_committed_offset(offset)
        .with_committed_metadata(Some(text("noted")));
    let unknown = OffsetCommitRequestPartition::default().with_partition_index(7);
    let topic = OffsetCommitRequestTopic::default().with_name(topic()).with_partitions(vec![partition, unknown]);
    OffsetCommitRequest::default()
        .with_group_id(group(name))
        .with_member_id(text(member))
        .with_generation_id_or_member_epoch(generation)
        .with_topics(vec![topic])
}

fn codes(response: &OffsetCommitResponse) -> Vec<i16> {
    response.topics[0].partitions.iter().map(|partition| partition.error_code).collect()
}

#[tokio::test]
async fn a_group_is_joined_synced_and_left_in_each_version() {
    let (_broker, mut wire) = start().await;
    for version in 0..=9 {
        let name = format!("g{version}");
        let (id, generation) = member(&mut wire, &name, version).await;
        let beat = HeartbeatRequest::default().with_group_id(group(&name)).with_member_id(text(&id));
        let beat = beat.with_generation_id(generation);
        assert_eq!(wire.call(&beat, version.min(4)).await.error_code, 0, "version {version}");
        let wrong = beat.with_generation_id(generation + 1);
        let refused = wire.call(&wrong, version.min(4)).await.error_code;
        assert_eq!(refused, ResponseError::IllegalGeneration.code(), "version {version}");
        let leave = LeaveGroupRequest::default().with_group_id(group(&name));
        if version < 3 {
            assert_eq!(wire.call(&leave.with_member_id(text(&id)), version).await.error_code, 0);
        } else {
            let members = vec![MemberIdentity::default().with_member_id(text(&id))];
            let left = wire.call(&leave.with_members(members), version.min(5)).await;
            assert_eq!((left.error_code, left.members[0].error_code), (0, 0), "version {version}");
        }
    }
}

#[tokio::test]
async fn offsets_are_committed_and_fetched_in_each_version() {
    let (broker, mut wire) = start().await;
    let unknown = ResponseError::UnknownTopicOrPartition.code();
    for version in 2..=9 {
        let committed = wire.call(&commit("simple", "", -1, i64::from(version)), version).await;
        assert_eq!(codes(&committed), [0, unknown], "version {version}");
        let stored = broker.log.committed_offset("simple", "t", PartitionId(0)).unwrap();
        assert_eq!((stored.offset.0, stored.metadata.as_str()), (i64::from(version), "noted"));
    }
    for version in 1..=7 {
        let asked = OffsetFetchRequestTopic::default().with_name(topic()).with_partition_indexes(vec![0, 1]);
        let request = OffsetFetchRequest::default().with_group_id(group("simple")).with_topics(Some(vec![asked]));
        let fetched = wire.call(&request, version).await;
        let found: Vec<i64> = fetched.topics[0].partitions.iter().map(|it| it.committed_offset).collect();
        assert_eq!(found, [9, -1], "version {version}");
        assert_eq!(fetched.topics[0].partitions[0].metadata, Some(text("noted")));
    }
    for version in 8..=9 {
        let asked = ["simple", "nobody"]
            .map(|name| OffsetFetchRequestGroup::default().with_group_id(group(name)).with_topics(None));
        let fetched = wire.call(&OffsetFetchRequest::default().with_groups(asked.to_vec()), version).await;
        assert_eq!(fetched.groups[0].topics[0].partitions[0].committed_offset, 9, "version {version}");
        assert_eq!((fetched.groups[1].error_code, fetched.groups[1].topics.len()), (0, 0));
    }
}

#[tokio::test]
async fn commits_of_strangers_and_of_old_generations_are_refused() {
    let (_broker, mut wire) = start().await;
    let (id, generation) = member(&mut wire, "g", 5).await;
    let mut refused = async |member: &str, generation: i32| {
        let answer = wire.call(&commit("g", member, generation, 1), 8).await;
        ResponseError::try_from_code(codes(&answer)[0])
    };
    assert_eq!(refused("stranger", generation).await, Some(ResponseError::UnknownMemberId));
    assert_eq!(refused("", -1).await, Some(ResponseError::UnknownMemberId));
    assert_eq!(refused(&id, generation - 1).await, Some(ResponseError::IllegalGeneration));
    assert_eq!(refused(&id, generation).await, None);
}

#[tokio::test]
async fn groups_are_listed_described_and_deleted_in_each_version() {
    let (_broker, mut wire) = start().await;
    let (id, _) = member(&mut wire, "busy", 5).await;
    wire.call(&commit("idle", "", -1, 3), 8).await;
    for version in 0..=5 {
        let listed = wire.call(&ListGroupsRequest::default(), version).await;
        let names: Vec<String> = listed.groups.iter().map(|it| it.group_id.0.to_string()).collect();
        assert_eq!(names, ["busy", "idle"], "version {version}");
    }
    let stable = ListGroupsRequest::default().with_states_filter(vec![text("stable")]);
    assert_eq!(wire.call(&stable, 5).await.groups.len(), 1);
    for version in 0..=6 {
        let asked = DescribeGroupsRequest::default().with_groups(vec![group("busy"), group("nobody")]);
        let described = wire.call(&asked, version).await;
        let [busy, nobody] = &described.groups[..] else { panic!("two were asked for") };
        assert_eq!((busy.group_state.as_str(), busy.members[0].member_id.as_str()), ("Stable", id.as_str()));
        assert_eq!(nobody.group_state.as_str(), "Dead", "version {version}");
    }
    for version in 0..=2 {
        let asked = DeleteGroupsRequest::default().with_groups_names(vec![group("busy"), group("nobody")]);
        let deleted = wire.call(&asked, version).await;
        let codes: Vec<i16> = deleted.results.iter().map(|it| it.error_code).collect();
        assert_eq!(codes, [ResponseError::NonEmptyGroup.code(), ResponseError::GroupIdNotFound.code()]);
    }
    let idle = DeleteGroupsRequest::default().with_groups_names(vec![group("idle")]);
    assert_eq!(wire.call(&idle, 2).await.results[0].error_code, 0);
    assert_eq!(wire.call(&ListGroupsRequest::default(), 5).await.groups.len(), 1);
}

#[tokio::test]
async fn one_who_is_fenced_does_not_make_the_group_rebalance_by_leaving() {
    let (_broker, mut wire) = start().await;
    let (known, generation) = member(&mut wire, "g", 5).await;
    for (who, instance) in [("stranger", None), ("stranger", Some("name"))] {
        let leaving = MemberIdentity::default().with_member_id(text(who)).with_group_instance_id(instance.map(text));
        let leave = LeaveGroupRequest::default().with_group_id(group("g")).with_members(vec![leaving]);
        let left = wire.call(&leave, 5).await;
        assert_eq!((left.error_code, left.members[0].error_code), (0, ResponseError::UnknownMemberId.code()));
    }
    let beat = HeartbeatRequest::default().with_group_id(group("g")).with_member_id(text(&known));
    assert_eq!(wire.call(&beat.with_generation_id(generation), 4).await.error_code, 0, "it is not asked to join again");
}

#[tokio::test]
async fn offsets_of_a_topic_that_members_read_are_not_deleted() {
    let (broker, mut wire) = start().await;
    broker.topic("other", 1).await;
    let (id, generation) = member(&mut wire, "g", 5).await;
    wire.call(&commit("g", &id, generation, 5), 8).await;
    let delete = |name: &str| {
        let partition = OffsetDeleteRequestPartition::default();
        let topic =
            OffsetDeleteRequestTopic::default().with_name(TopicName(text(name))).with_partitions(vec![partition]);
        OffsetDeleteRequest::default().with_group_id(group("g")).with_topics(vec![topic])
    };
    let refused = wire.call(&delete("t"), 0).await;
    assert_eq!(refused.topics[0].partitions[0].error_code, ResponseError::GroupSubscribedToTopic.code());
    assert_eq!(wire.call(&delete("other"), 0).await.topics[0].partitions[0].error_code, 0);
    let leave = LeaveGroupRequest::default().with_group_id(group("g")).with_member_id(text(&id));
    wire.call(&leave, 1).await;
    assert_eq!(wire.call(&delete("t"), 0).await.topics[0].partitions[0].error_code, 0);
    assert!(broker.log.committed_offset("g", "t", PartitionId(0)).is_none());
}

#[tokio::test]
async fn a_topic_that_is_created_anew_begins_without_offsets() {
    let (broker, mut wire) = start().await;
    wire.call(&commit("g", "", -1, 5), 8).await;
    let old = broker.log.topic("t").unwrap();
    broker.log.delete_topic(old.id).await.unwrap();
    broker.log.create_topic("t", 2, TopicConfig::default()).await.unwrap();
    let asked = OffsetFetchRequestTopic::default().with_name(topic()).with_partition_indexes(vec![0]);
    let request = OffsetFetchRequest::default().with_group_id(group("g")).with_topics(Some(vec![asked]));
    assert_eq!(wire.call(&request, 7).await.topics[0].partitions[0].committed_offset, -1);
}

fn consumer_beat(member: &str, epoch: i32) -> ConsumerGroupHeartbeatRequest {
    let beat = ConsumerGroupHeartbeatRequest::default()
        .with_group_id(group("new"))
        .with_member_id(text(member))
        .with_member_epoch(epoch)
        .with_topic_partitions(None)
        .with_subscribed_topic_names(None);
    if epoch > 0 {
        return beat;
    }
    beat.with_rebalance_timeout_ms(10_000)
        .with_subscribed_topic_names(Some(vec![topic()]))
        .with_topic_partitions(Some(Vec::new()))
}

#[tokio::test]
async fn a_consumer_group_is_joined_described_and_left_in_each_version() {
    let (_broker, mut wire) = start().await;
    for version in 0..=1 {
        let name = if version == 0 { "" } else { "own-id" };
        let joined = wire.call(&consumer_beat(name, 0), version).await;
        assert_eq!(joined.error_code, 0, "version {version}: {:?}", joined.error_message);
        let assigned = joined.assignment.unwrap();
        assert_eq!(assigned.topic_partitions[0].partitions, [0, 1]);
        let id = joined.member_id.unwrap();
        let quiet = wire.call(&consumer_beat(&id, joined.member_epoch), version).await;
        assert_eq!((quiet.error_code, quiet.assignment.is_none()), (0, true));
        let fenced = wire.call(&consumer_beat(&id, joined.member_epoch + 5), version).await;
        assert_eq!(fenced.error_code, ResponseError::FencedMemberEpoch.code());
        let committed = wire.call(&commit("new", &id, joined.member_epoch, 4), 9).await;
        assert_eq!(codes(&committed)[0], 0);
        let stale = wire.call(&commit("new", &id, joined.member_epoch - 1, 4), 9).await;
        assert_eq!(codes(&stale)[0], ResponseError::StaleMemberEpoch.code());
        let asked = ConsumerGroupDescribeRequest::default().with_group_ids(vec![group("new"), group("nobody")]);
        let described = wire.call(&asked, version).await;
        assert_eq!(described.groups[0].group_state.as_str(), "Stable");
        assert_eq!(described.groups[0].members[0].assignment.topic_partitions[0].topic_name, topic());
        assert_eq!(described.groups[1].error_code, ResponseError::GroupIdNotFound.code());
        // One of the other protocol comes beside it, and has the group when the last of this one has left.
        let classic = wire.call(&join("new", "").with_rebalance_timeout_ms(10_000), 1).await;
        assert_eq!((classic.error_code, classic.leader.as_str()), (0, ""));
        let described = wire.call(&asked, 1).await;
        let mut kinds: Vec<i8> = described.groups[0].members.iter().map(|it| it.member_type).collect();
        kinds.sort_unstable();
        assert_eq!(kinds, [0, 1]);
        assert_eq!(wire.call(&consumer_beat(&id, -1), version).await.member_epoch, -1);
        let beat = HeartbeatRequest::default().with_group_id(group("new")).with_member_id(classic.member_id.clone());
        let called = wire.call(&beat.with_generation_id(classic.generation_id), 1).await;
        assert_eq!(called.error_code, ResponseError::RebalanceInProgress.code());
        let left = LeaveGroupRequest::default().with_group_id(group("new")).with_member_id(classic.member_id);
        assert_eq!(wire.call(&left, 0).await.error_code, 0);
    }
}

#[tokio::test]
async fn a_group_of_others_than_consumers_does_not_go_over_to_the_consumer_protocol() {
    let (_broker, mut wire) = start().await;
    let worker = join("workers", "").with_protocol_type(text("connect")).with_rebalance_timeout_ms(10_000);
    assert_eq!(wire.call(&worker, 1).await.error_code, 0);
    let refused = wire.call(&consumer_beat("late", 0).with_group_id(group("workers")), 1).await;
    assert_eq!(refused.error_code, ResponseError::GroupIdNotFound.code());
    assert!(refused.error_message.unwrap().contains("not consumers"));
    // And a worker does not come into a group of consumers.
    assert_eq!(wire.call(&consumer_beat("own-id", 0), 1).await.error_code, 0);
    let worker = worker.with_group_id(group("new"));
    assert_eq!(wire.call(&worker, 1).await.error_code, ResponseError::InconsistentGroupProtocol.code());
}

#[tokio::test]
async fn offsets_expire_where_nobody_reads_and_stay_where_somebody_does() {
    let mut config = BrokerConfig::default();
    config.groups.offsets_retention = Duration::ZERO;
    config.groups.offsets_check = Duration::from_millis(20);
    let broker = TestBroker::start_with(config).await;
    broker.topic("t", 2).await;
    let mut wire = Wire::connect(broker.addr()).await;
    let (id, generation) = member(&mut wire, "busy", 5).await;
    assert_eq!(codes(&wire.call(&commit("busy", &id, generation, 5), 8).await)[0], 0);
    assert_eq!(codes(&wire.call(&commit("idle", "", -1, 5), 8).await)[0], 0);
    let committed = |name: &str| broker.log.committed_offset(name, "t", PartitionId(0)).is_some();
    eventually("the idle group's offset expires", || !committed("idle")).await;
    assert!(committed("busy"));
    let leave = LeaveGroupRequest::default().with_group_id(group("busy")).with_member_id(text(&id));
    wire.call(&leave, 1).await;
    eventually("the offset of a group that all left expires", || !committed("busy")).await;
    eventually("nothing is left of the groups", || broker.log.rows(yeoul_log::Table::GROUPS).is_empty()).await;
}

#[tokio::test]
async fn lag_is_told_in_records_and_time() {
    let (broker, mut wire) = start().await;
    let topic = broker.log.topic("t").unwrap();
    let records = batch(4, Compression::Lz4).finish().unwrap();
    broker.log.append(topic.id, PartitionId(0), records).await.unwrap();
    wire.call(&commit("g", "", -1, 3), 8).await;
    let lags = broker.handle.groups().lags();
    let [lag] = lags.as_slice() else { panic!("one partition was committed: {lags:?}") };
    assert_eq!((lag.group.as_str(), lag.topic.as_str(), lag.partition, lag.records, lag.lost), ("g", "t", 0, 1, 0));
    // The record at offset 3 has the time 1003, in 1970.
    let now = broker.log.clock().now().0;
    assert!(lag.age_ms.is_some_and(|age| (now - 1003 - 60_000..=now - 1003).contains(&age)), "{lag:?}");
    assert!(lag.kept_ms.is_some_and(|kept| kept < 60_000), "retention goes by the append: {lag:?}");
    wire.call(&commit("g", "", -1, -7), 8).await;
    assert_eq!(broker.handle.groups().lags()[0].lost, 0, "below 0 is the beginning");
    wire.call(&commit("g", "", -1, 4), 8).await;
    let lags = broker.handle.groups().lags();
    assert_eq!((lags[0].records, lags[0].age_ms, lags[0].kept_ms), (0, Some(0), None));
}
