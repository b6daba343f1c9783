//! What admin clients ask, byte by byte: settings, partitions, deleted records, and what a cluster of one broker answers.
#![allow(clippy::unwrap_used, reason = "a test that can't go on has failed")]

mod support;

use std::time::Duration;

use kafka_protocol::ResponseError;
use kafka_protocol::messages::*;
use kafka_protocol::protocol::StrBytes;
use support::{TestBroker, Wire, batch};
use yeoul_base::{Offset, PartitionId};
use yeoul_log::batch::Compression;

fn text(text: &str) -> StrBytes {
    StrBytes::from_string(text.to_owned())
}

fn topic(name: &str) -> TopicName {
    TopicName(text(name))
}

/// Key, value and source of each setting of a resource.
async fn settings(wire: &mut Wire, kind: i8, name: &str) -> Vec<(String, String, i8)> {
    use kafka_protocol::messages::describe_configs_request::DescribeConfigsResource;
    let resource = DescribeConfigsResource::default()
        .with_resource_type(kind)
        .with_resource_name(text(name))
        .with_configuration_keys(None);
    let request = DescribeConfigsRequest::default().with_resources(vec![resource]).with_include_synonyms(true);
    let mut answer = wire.call(&request, 4).await;
    let result = answer.results.pop().unwrap();
    assert_eq!(result.error_code, 0, "{result:?}");
    for setting in &result.configs {
        // A default that Kafka's broker has under several names is told without its name.
        let nameless = setting.config_source == 5 && setting.synonyms.is_empty();
        let source = setting.synonyms.first().map(|it| it.source);
        assert!(nameless || source == Some(setting.config_source), "{setting:?}");
        assert!(setting.config_type > 0);
    }
    let shown = |it: describe_configs_response::DescribeConfigsResourceResult| {
        (it.name.to_string(), it.value.unwrap().to_string(), it.config_source)
    };
    result.configs.into_iter().map(shown).collect()
}

fn value<'a>(settings: &'a [(String, String, i8)], key: &str) -> (&'a str, i8) {
    let found = settings.iter().find(|it| it.0 == key).unwrap_or_else(|| panic!("no `{key}`"));
    (&found.1, found.2)
}

async fn alter(
    wire: &mut Wire,
    name: &str,
    changes: &[(&str, i8, Option<&str>)],
    validate_only: bool,
) -> (i16, String) {
    alter_resource(wire, (2, name), changes, validate_only).await
}

async fn alter_resource(
    wire: &mut Wire,
    (kind, name): (i8, &str),
    changes: &[(&str, i8, Option<&str>)],
    validate_only: bool,
) -> (i16, String) {
    use kafka_protocol::messages::incremental_alter_configs_request::*;
    let change = |(key, operation, value): &(&str, i8, Option<&str>)| {
        let change = AlterableConfig::default().with_name(text(key)).with_config_operation(*operation);
        change.with_value(value.map(text))
    };
    let resource = AlterConfigsResource::default()
        .with_resource_type(kind)
        .with_resource_name(text(name))
        .with_configs(changes.iter().map(change).collect());
    let request =
        IncrementalAlterConfigsRequest::default().with_resources(vec![resource]).with_validate_only(validate_only);
    let mut answer = wire.call(&request, 1).await;
    let result = answer.responses.pop().unwrap();
    (result.error_code, result.error_message.map(|message| message.to_string()).unwrap_or_default())
}

#[tokio::test]
async fn a_topics_settings_are_described_with_their_sources_and_changed_one_by_one() {
    let broker = TestBroker::start().await;
    let mut wire = Wire::connect(broker.addr()).await;
    broker.topic("t", 1).await;
    let before = settings(&mut wire, 2, "t").await;
    assert!(before.len() > 30, "{}", before.len());
    assert_eq!(value(&before, "retention.ms"), ("604800000", 5));
    let changes = [("retention.ms", 0, Some("5")), ("cleanup.policy", 2, Some("compact"))];
    assert_eq!(alter(&mut wire, "t", &changes, true).await.0, 0);
    assert_eq!(settings(&mut wire, 2, "t").await, before, "it was only looked whether it can be");
    assert_eq!(alter(&mut wire, "t", &changes, false).await.0, 0);
    let after = settings(&mut wire, 2, "t").await;
    assert_eq!(value(&after, "retention.ms"), ("5", 1));
    assert_eq!(value(&after, "cleanup.policy"), ("delete,compact", 1));
    assert_eq!(alter(&mut wire, "t", &[("retention.ms", 1, None)], false).await.0, 0);
    assert_eq!(value(&settings(&mut wire, 2, "t").await, "retention.ms"), ("604800000", 5));
    let (code, message) = alter(&mut wire, "t", &[("retention.m", 0, Some("5"))], false).await;
    assert_eq!(code, ResponseError::InvalidConfig.code());
    assert!(message.contains("`retention.ms`"), "{message}");
    let (code, _) = alter(&mut wire, "none", &[("retention.ms", 0, Some("5"))], false).await;
    assert_eq!(code, ResponseError::UnknownTopicOrPartition.code());
}

#[tokio::test]
async fn the_older_way_to_alter_replaces_all_that_was_set() {
    use kafka_protocol::messages::alter_configs_request::*;
    let broker = TestBroker::start().await;
    let mut wire = Wire::connect(broker.addr()).await;
    broker.topic("t", 1).await;
    for version in 0..=2 {
        let set = AlterableConfig::default().with_name(text("segment.ms")).with_value(Some(text("7")));
        let resource =
            AlterConfigsResource::default().with_resource_type(2).with_resource_name(text("t")).with_configs(vec![set]);
        let before = alter(&mut wire, "t", &[("retention.ms", 0, Some("5"))], false).await;
        assert_eq!(before.0, 0);
        let answer = wire.call(&AlterConfigsRequest::default().with_resources(vec![resource]), version).await;
        assert_eq!(answer.responses[0].error_code, 0);
        let after = settings(&mut wire, 2, "t").await;
        assert_eq!((value(&after, "segment.ms"), value(&after, "retention.ms")), (("7", 1), ("604800000", 5)));
    }
}

#[tokio::test]
async fn a_brokers_settings_are_those_that_clients_look_at() {
    let broker = TestBroker::start().await;
    let mut wire = Wire::connect(broker.addr()).await;
    let settings = settings(&mut wire, 4, "1").await;
    assert_eq!(value(&settings, "default.replication.factor"), ("1", 5));
    assert_eq!(value(&settings, "num.partitions"), ("1", 4));
    assert_eq!(value(&settings, "message.max.bytes"), ("1048588", 5));
    let config = yeoul_broker::BrokerConfig::default();
    for (key, enforced) in [
        ("transaction.max.timeout.ms", config.transaction_timeout_max),
        ("group.min.session.timeout.ms", config.groups.session_min),
        ("group.max.session.timeout.ms", config.groups.session_max),
        ("group.consumer.session.timeout.ms", config.groups.consumer_session),
        ("group.consumer.heartbeat.interval.ms", config.groups.consumer_heartbeat),
        // What `a_groups_settings_hold_for_its_members` is refused beyond.
        ("group.consumer.min.session.timeout.ms", Duration::from_millis(45_000)),
        ("group.consumer.max.session.timeout.ms", Duration::from_millis(60_000)),
        ("group.consumer.max.heartbeat.interval.ms", Duration::from_millis(15_000)),
        ("group.initial.rebalance.delay.ms", config.groups.initial_rebalance_delay),
    ] {
        assert_eq!(value(&settings, key).0.parse(), Ok(enforced.as_millis()), "{key}");
    }
    assert!(settings.is_sorted());
}

#[tokio::test]
async fn partitions_are_added_and_records_deleted_in_each_version() {
    use kafka_protocol::messages::create_partitions_request::*;
    use kafka_protocol::messages::delete_records_request::*;
    let broker = TestBroker::start().await;
    let mut wire = Wire::connect(broker.addr()).await;
    let id = broker.topic("t", 1).await;
    for version in 0..=3 {
        let total = i32::from(version) + 2;
        let asked = CreatePartitionsTopic::default().with_name(topic("t")).with_count(total).with_assignments(None);
        let request = CreatePartitionsRequest::default().with_topics(vec![asked]);
        let answer = wire.call(&request, version).await;
        assert_eq!(answer.results[0].error_code, 0);
        assert_eq!(broker.log.topic("t").unwrap().partitions, total);
        let again = wire.call(&request, version).await;
        assert_eq!(again.results[0].error_code, ResponseError::InvalidPartitions.code());
    }
    broker.log.append(id, PartitionId(4), batch(10, Compression::None).finish().unwrap()).await.unwrap();
    for (version, offset, start, error) in
        [(0, 3, 3, None), (1, 11, -1, Some(ResponseError::OffsetOutOfRange)), (2, -1, 10, None)]
    {
        let partition = DeleteRecordsPartition::default().with_partition_index(4).with_offset(offset);
        let asked = DeleteRecordsTopic::default().with_name(topic("t")).with_partitions(vec![partition]);
        let answer = wire.call(&DeleteRecordsRequest::default().with_topics(vec![asked]), version).await;
        let result = &answer.topics[0].partitions[0];
        let code = error.map_or(0, |error: ResponseError| error.code());
        assert_eq!((result.low_watermark, result.error_code), (start, code), "version {version}");
    }
    assert_eq!(broker.bounds(id, 4).log_start, Offset(10));
}

#[tokio::test]
async fn a_keyless_record_on_a_compacted_topic_is_refused_with_its_code() {
    use kafka_protocol::messages::produce_request::*;
    let broker = TestBroker::start().await;
    let mut wire = Wire::connect(broker.addr()).await;
    broker.topic("t", 1).await;
    assert_eq!(alter(&mut wire, "t", &[("cleanup.policy", 0, Some("compact"))], false).await.0, 0);
    let mut keyless = yeoul_log::batch::BatchBuilder::new();
    keyless.push(None, Some(b"value"), yeoul_base::Timestamp(1), &[]);
    let partition = PartitionProduceData::default().with_records(Some(keyless.finish().unwrap()));
    let data = TopicProduceData::default().with_name(topic("t")).with_partition_data(vec![partition]);
    let answer = wire.call(&ProduceRequest::default().with_acks(-1).with_topic_data(vec![data]), 9).await;
    let refused = &answer.responses[0].partition_responses[0];
    assert_eq!(refused.error_code, ResponseError::InvalidRecord.code());
}

#[tokio::test]
async fn what_only_a_cluster_has_is_answered_as_a_cluster_of_one_does() {
    let broker = TestBroker::start().await;
    let mut wire = Wire::connect(broker.addr()).await;
    broker.topic("t", 2).await;
    for version in 1..=4 {
        let answer = wire.call(&DescribeLogDirsRequest::default().with_topics(None), version).await;
        let topics = &answer.results[0].topics;
        assert_eq!((topics.len(), topics[0].partitions.len()), (1, 2), "version {version}");
    }
    for version in 0..=2 {
        let asked =
            elect_leaders_request::TopicPartitions::default().with_topic(topic("t")).with_partitions(vec![0, 9]);
        let answer = wire.call(&ElectLeadersRequest::default().with_topic_partitions(Some(vec![asked])), version).await;
        let codes: Vec<i16> =
            answer.replica_election_results[0].partition_result.iter().map(|result| result.error_code).collect();
        let expected = [ResponseError::ElectionNotNeeded, ResponseError::UnknownTopicOrPartition];
        assert_eq!(codes, expected.map(|error| error.code()));
    }
    for version in 0..=1 {
        use kafka_protocol::messages::alter_partition_reassignments_request::*;
        let partition = |replicas: Option<Vec<i32>>| {
            let replicas = replicas.map(|all| all.into_iter().map(BrokerId).collect());
            ReassignablePartition::default().with_replicas(replicas)
        };
        let partitions = vec![partition(Some(vec![1])), partition(Some(vec![1, 2])), partition(None)];
        let asked = ReassignableTopic::default().with_name(topic("t")).with_partitions(partitions);
        let answer = wire.call(&AlterPartitionReassignmentsRequest::default().with_topics(vec![asked]), version).await;
        let codes: Vec<i16> = answer.responses[0].partitions.iter().map(|result| result.error_code).collect();
        let refused = [ResponseError::InvalidReplicaAssignment, ResponseError::NoReassignmentInProgress];
        assert_eq!(codes, [0, refused[0].code(), refused[1].code()]);
    }
    assert!(wire.call(&ListPartitionReassignmentsRequest::default(), 0).await.topics.is_empty());
    for version in 0..=2 {
        use kafka_protocol::messages::describe_quorum_request::*;
        let asked = TopicData::default()
            .with_topic_name(topic("__cluster_metadata"))
            .with_partitions(vec![PartitionData::default()]);
        let answer = wire.call(&DescribeQuorumRequest::default().with_topics(vec![asked]), version).await;
        assert_eq!(answer.topics[0].partitions[0].leader_id, BrokerId(1));
    }
    for version in 0..=1 {
        let answer = wire.call(&ListConfigResourcesRequest::default(), version).await;
        assert_eq!(answer.config_resources.len(), if version == 0 { 0 } else { 3 });
    }
    let subscriptions = wire.call(&GetTelemetrySubscriptionsRequest::default(), 0).await;
    assert!(!subscriptions.client_instance_id.is_nil() && subscriptions.requested_metrics.is_empty());
    let pushed = PushTelemetryRequest::default().with_client_instance_id(subscriptions.client_instance_id);
    assert_eq!(wire.call(&pushed, 0).await.error_code, 0);
}

fn fetch(id: i32, epoch: i32, wait_ms: i32, topics: &[(&str, i64)]) -> FetchRequest {
    use kafka_protocol::messages::fetch_request::*;
    let topics = topics.iter().map(|(name, offset)| {
        let partition = FetchPartition::default().with_fetch_offset(*offset).with_partition_max_bytes(1 << 20);
        FetchTopic::default().with_topic(topic(name)).with_partitions(vec![partition])
    });
    FetchRequest::default()
        .with_max_wait_ms(wait_ms)
        .with_min_bytes(1)
        .with_max_bytes(1 << 20)
        .with_session_id(id)
        .with_session_epoch(epoch)
        .with_topics(topics.collect())
}

#[tokio::test]
async fn a_fetch_session_names_what_changed_and_is_told_what_moved() {
    let broker = TestBroker::start().await;
    let mut wire = Wire::connect(broker.addr()).await;
    let (a, _b) = (broker.topic("a", 1).await, broker.topic("b", 1).await);
    let begun = wire.call(&fetch(0, 0, 0, &[("a", 0), ("b", 0)]), 12).await;
    let id = begun.session_id;
    assert!(id > 0);
    assert_eq!(begun.responses.len(), 2);
    let quiet = wire.call(&fetch(id, 1, 0, &[]), 12).await;
    assert_eq!((quiet.session_id, quiet.responses.len()), (id, 0));
    broker.log.append(a, PartitionId(0), batch(3, Compression::None).finish().unwrap()).await.unwrap();
    let moved = wire.call(&fetch(id, 2, 0, &[]), 12).await;
    assert_eq!(moved.responses.len(), 1);
    assert!(moved.responses[0].partitions[0].records.as_ref().is_some_and(|records| !records.is_empty()));
    let next = wire.call(&fetch(id, 3, 0, &[("a", 3)]), 12).await;
    assert!(next.responses.is_empty(), "it has read on, and nothing moved");
    let wrong = wire.call(&fetch(id, 9, 0, &[]), 12).await;
    assert_eq!(wrong.error_code, ResponseError::InvalidFetchSessionEpoch.code());
    let unknown = wire.call(&fetch(id ^ 1, 1, 0, &[]), 12).await;
    assert_eq!(unknown.error_code, ResponseError::FetchSessionIdNotFound.code());
}

#[tokio::test]
async fn a_client_that_hangs_up_is_not_waited_for() {
    let broker = TestBroker::start().await;
    broker.topic("a", 1).await;
    let mut wire = Wire::connect(broker.addr()).await;
    wire.send(&fetch(0, -1, 200_000, &[("a", 0)]), 12).await;
    // Answered first, so that the fetch is under way.
    support::eventually("the fetch", || broker.handle.metrics().figures().bytes_in > 0).await;
    drop(wire);
    let open = || broker.handle.metrics().figures().connections_open;
    let gone = async {
        while open() > 0 {
            tokio::task::yield_now().await;
        }
    };
    assert!(tokio::time::timeout(Duration::from_secs(20), gone).await.is_ok(), "the connection stays open");
}

#[tokio::test]
async fn a_groups_settings_hold_for_its_members() {
    const GROUP: i8 = 32;
    const SESSION: &str = "consumer.session.timeout.ms";
    const HEARTBEAT: &str = "consumer.heartbeat.interval.ms";
    let broker = TestBroker::start().await;
    let mut wire = Wire::connect(broker.addr()).await;
    broker.topic("t", 1).await;
    let before = settings(&mut wire, GROUP, "g").await;
    assert_eq!((value(&before, SESSION), value(&before, HEARTBEAT)), (("45000", 5), ("5000", 5)));
    let set = [(SESSION, 0, Some("50000")), (HEARTBEAT, 0, Some("7000"))];
    assert_eq!(alter_resource(&mut wire, (GROUP, "g"), &set, true).await.0, 0);
    assert_eq!(value(&settings(&mut wire, GROUP, "g").await, SESSION), ("45000", 5), "it was only checked");
    assert_eq!(alter_resource(&mut wire, (GROUP, "g"), &set, false).await.0, 0);
    let (code, message) = alter_resource(&mut wire, (GROUP, "g"), &[(SESSION, 0, Some("1"))], false).await;
    assert_eq!(code, ResponseError::InvalidConfig.code());
    assert!(message.contains("45000 to 60000"), "{message}");
    assert_eq!(alter_resource(&mut wire, (GROUP, ""), &set, false).await.0, ResponseError::InvalidRequest.code());
    assert_eq!(value(&settings(&mut wire, GROUP, "g").await, SESSION), ("50000", 8));
    let listed = wire.call(&ListConfigResourcesRequest::default().with_resource_types(vec![GROUP]), 1).await;
    let names: Vec<&str> = listed.config_resources.iter().map(|it| it.resource_name.as_str()).collect();
    assert_eq!(names, ["g"]);
    let join = ConsumerGroupHeartbeatRequest::default()
        .with_group_id(GroupId(text("g")))
        .with_member_id(text("member"))
        .with_rebalance_timeout_ms(1000)
        .with_subscribed_topic_names(Some(vec![topic("t")]))
        .with_topic_partitions(Some(Vec::new()));
    assert_eq!(wire.call(&join, 1).await.heartbeat_interval_ms, 7000);
    assert_eq!(alter_resource(&mut wire, (GROUP, "g"), &[(HEARTBEAT, 1, None)], false).await.0, 0);
    let again = join.with_member_id(text("second"));
    assert_eq!(wire.call(&again, 1).await.heartbeat_interval_ms, 5000);
}
