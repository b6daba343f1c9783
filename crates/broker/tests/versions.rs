//! Every API in every version that is announced gets an answer that decodes, without an error.
#![allow(clippy::unwrap_used, reason = "a test that can't go on has failed")]

mod support;

use std::time::Duration;

use bytes::Bytes;
use kafka_protocol::ResponseError;
use kafka_protocol::messages::*;
use kafka_protocol::protocol::StrBytes;
use support::{TestBroker, Wire, batch};
use uuid::Uuid;
use yeoul_log::batch::Compression;

fn text(text: &'static str) -> StrBytes {
    StrBytes::from_static_str(text)
}

fn topic(name: &str) -> TopicName {
    TopicName(StrBytes::from_string(name.to_owned()))
}

async fn announced(wire: &mut Wire) -> Vec<(i16, i16, i16)> {
    let answer = wire.call(&ApiVersionsRequest::default(), 0).await;
    answer.api_keys.iter().map(|api| (api.api_key, api.min_version, api.max_version)).collect()
}

/// The versions that are announced of an API.
async fn versions(wire: &mut Wire, key: ApiKey) -> std::ops::RangeInclusive<i16> {
    let all = announced(wire).await;
    let (_, min, max) = all.into_iter().find(|(found, ..)| *found == key as i16).expect("it is announced");
    min..=max
}

#[tokio::test]
async fn the_announced_apis_are_those_of_the_main_road() {
    let broker = TestBroker::start().await;
    let mut wire = Wire::connect(broker.addr()).await;
    let keys: Vec<i16> = announced(&mut wire).await.iter().map(|(key, ..)| *key).collect();
    assert!(keys.is_sorted_by(|one, other| one < other), "each once, in order: {keys:?}");
    for key in [0, 1, 2, 3, 10, 18, 19, 20, 22, 23, 32, 60, 75] {
        assert!(keys.contains(&key), "no {key} in {keys:?}");
    }
}

#[tokio::test]
async fn api_versions_is_answered_in_each_version_and_a_newer_one_in_version_0() {
    let broker = TestBroker::start().await;
    let mut wire = Wire::connect(broker.addr()).await;
    let all = announced(&mut wire).await.len();
    for version in versions(&mut wire, ApiKey::ApiVersions).await {
        let request = ApiVersionsRequest::default();
        let named = request.clone().with_client_software_name(text("n")).with_client_software_version(text("1"));
        let answer = wire.call(if version >= 3 { &named } else { &request }, version).await;
        assert_eq!((answer.error_code, answer.api_keys.len()), (0, all), "version {version}");
    }
    // The header of a newer version can't be known: what matters are its first eight bytes.
    use tokio::io::AsyncWriteExt;
    wire.stream.write_all(&[0, 0, 0, 14, 0, 18, 0, 99, 0, 0, 0, 42, 0, 1, b'c', 0, 9, 9]).await.unwrap();
    let (number, answer) = wire.receive::<ApiVersionsRequest>(0).await;
    assert_eq!((number, answer.error_code), (42, ResponseError::UnsupportedVersion.code()));
    let own: Vec<_> = answer.api_keys.iter().map(|api| (api.api_key, api.min_version, api.max_version)).collect();
    assert_eq!(own, [(18, 0, 4)]);
    assert!(!announced(&mut wire).await.is_empty(), "the connection goes on");
}

#[tokio::test]
async fn old_versions_of_produce_are_announced_and_refused() {
    let broker = TestBroker::start().await;
    let mut wire = Wire::connect(broker.addr()).await;
    assert_eq!(versions(&mut wire, ApiKey::Produce).await, 0..=13);
    use tokio::io::AsyncWriteExt;
    wire.stream.write_all(&[0, 0, 0, 10, 0, 0, 0, 2, 0, 0, 0, 1, 0xff, 0xff]).await.unwrap();
    assert!(wire.is_closed().await);
}

#[tokio::test]
async fn metadata_lists_and_creates_topics_in_each_version() {
    use kafka_protocol::messages::metadata_request::MetadataRequestTopic;
    let broker = TestBroker::start().await;
    let mut wire = Wire::connect(broker.addr()).await;
    let range = versions(&mut wire, ApiKey::Metadata).await;
    for version in range.clone() {
        let name = topic(&format!("made-by-{version}"));
        let wanted = MetadataRequestTopic::default().with_name(Some(name.clone()));
        let request = MetadataRequest::default().with_topics(Some(vec![wanted])).with_allow_auto_topic_creation(true);
        let answer = wire.call(&request, version).await;
        assert_eq!((answer.brokers.len(), answer.topics.len()), (1, 1), "version {version}");
        assert_eq!(i32::from(broker.addr().port()), answer.brokers[0].port);
        assert_eq!(answer.brokers[0].host.as_str(), "127.0.0.1");
        let made = &answer.topics[0];
        assert_eq!((made.error_code, made.partitions.len(), &made.name), (0, 1, &Some(name)), "version {version}");
        assert_eq!(made.topic_id.is_nil(), version < 10);
        if version >= 12 {
            let by_id = MetadataRequestTopic::default().with_name(None).with_topic_id(made.topic_id);
            let answer = wire.call(&MetadataRequest::default().with_topics(Some(vec![by_id])), version).await;
            assert_eq!((answer.topics[0].error_code, &answer.topics[0].name), (0, &made.name));
        }
    }
    for version in range.clone() {
        let all = MetadataRequest::default().with_topics((version == 0).then(Vec::new));
        let answer = wire.call(&all, version).await;
        assert_eq!(answer.topics.len(), range.clone().count(), "version {version}");
    }
}

#[tokio::test]
async fn a_topic_is_not_made_when_the_client_or_its_name_forbids_it() {
    use kafka_protocol::messages::metadata_request::MetadataRequestTopic;
    let broker = TestBroker::start().await;
    let mut wire = Wire::connect(broker.addr()).await;
    let ask = |name: &str| {
        let wanted = MetadataRequestTopic::default().with_name(Some(topic(name)));
        MetadataRequest::default().with_topics(Some(vec![wanted]))
    };
    let answer = wire.call(&ask("t").with_allow_auto_topic_creation(false), 12).await;
    assert_eq!(answer.topics[0].error_code, ResponseError::UnknownTopicOrPartition.code());
    let answer = wire.call(&ask("no spaces").with_allow_auto_topic_creation(true), 12).await;
    assert_eq!(answer.topics[0].error_code, ResponseError::InvalidTopicException.code());
    assert!(broker.log.topics().is_empty());
}

fn produce(name: &TopicName, id: Uuid, version: i16, records: Bytes) -> ProduceRequest {
    use kafka_protocol::messages::produce_request::*;
    let data = PartitionProduceData::default().with_index(0).with_records(Some(records));
    let data = TopicProduceData::default().with_partition_data(vec![data]);
    let data = if version >= 13 { data.with_topic_id(id) } else { data.with_name(name.clone()) };
    ProduceRequest::default().with_acks(-1).with_timeout_ms(1000).with_topic_data(vec![data])
}

fn fetch(name: &TopicName, id: Uuid, version: i16, offset: i64) -> FetchRequest {
    use kafka_protocol::messages::fetch_request::*;
    let wanted =
        FetchPartition::default().with_partition(0).with_fetch_offset(offset).with_partition_max_bytes(1 << 20);
    let wanted = FetchTopic::default().with_partitions(vec![wanted]);
    let wanted = if version >= 13 { wanted.with_topic_id(id) } else { wanted.with_topic(name.clone()) };
    let request = FetchRequest::default().with_max_bytes(1 << 20).with_min_bytes(1).with_max_wait_ms(10);
    request.with_topics(vec![wanted])
}

#[tokio::test]
async fn what_each_version_produces_each_version_fetches_byte_for_byte() {
    let broker = TestBroker::start().await;
    let id = broker.topic("t", 1).await;
    let (name, id) = (topic("t"), Uuid::from_bytes(id.0));
    let mut wire = Wire::connect(broker.addr()).await;
    let sent = batch(3, Compression::Lz4).finish().unwrap();
    let mut next = 0;
    for version in 3..=13 {
        let answer = wire.call(&produce(&name, id, version, sent.clone()), version).await;
        let stored = &answer.responses[0].partition_responses[0];
        assert_eq!((stored.error_code, stored.base_offset), (0, next), "version {version}");
        next += 3;
    }
    for version in 4..=18 {
        let answer = wire.call(&fetch(&name, id, version, 6), version).await;
        assert_eq!((answer.error_code, answer.session_id), (0, 0));
        let found = &answer.responses[0].partitions[0];
        assert_eq!((found.error_code, found.high_watermark, found.last_stable_offset), (0, next, next));
        let records = found.records.clone().unwrap();
        assert_eq!(records.len(), sent.len() * 9, "version {version}");
        assert_eq!(records[..8], 6_i64.to_be_bytes());
        assert_eq!(records[16..sent.len()], sent[16..], "version {version}");
    }
}

#[tokio::test]
async fn a_fetch_names_what_is_wrong_with_each_partition() {
    let broker = TestBroker::start().await;
    let id = Uuid::from_bytes(broker.topic("t", 1).await.0);
    let mut wire = Wire::connect(broker.addr()).await;
    for version in 4..=18 {
        let code = |answer: FetchResponse| answer.responses[0].partitions[0].error_code;
        let beyond = wire.call(&fetch(&topic("t"), id, version, 1), version).await;
        assert_eq!(code(beyond), ResponseError::OffsetOutOfRange.code(), "version {version}");
        let nobody = wire.call(&fetch(&topic("u"), Uuid::from_u128(1), version, 0), version).await;
        let unknown =
            if version >= 13 { ResponseError::UnknownTopicId } else { ResponseError::UnknownTopicOrPartition };
        assert_eq!(code(nobody), unknown.code(), "version {version}");
        let nothing = wire.call(&fetch(&topic("t"), id, version, 0), version).await;
        assert_eq!(nothing.responses[0].partitions[0].records, Some(Bytes::new()), "version {version}");
    }
}

#[tokio::test]
async fn list_offsets_finds_places_by_name_and_by_time_in_each_version() {
    use kafka_protocol::messages::list_offsets_request::*;
    let broker = TestBroker::start().await;
    let id = broker.topic("t", 1).await;
    let sent = batch(3, Compression::None).finish().unwrap();
    broker.log.append(id, yeoul_base::PartitionId(0), sent).await.unwrap();
    let mut wire = Wire::connect(broker.addr()).await;
    for version in versions(&mut wire, ApiKey::ListOffsets).await {
        for (time, offset, found_time) in [(-2, 0, -1), (-1, 3, -1), (-3, 2, 1002), (1001, 1, 1001), (9999, -1, -1)] {
            let wanted = ListOffsetsPartition::default().with_partition_index(0).with_timestamp(time);
            let wanted = ListOffsetsTopic::default().with_name(topic("t")).with_partitions(vec![wanted]);
            let answer = wire.call(&ListOffsetsRequest::default().with_topics(vec![wanted]), version).await;
            let found = &answer.topics[0].partitions[0];
            let expected = if time == -3 && version < 7 {
                (ResponseError::UnsupportedVersion.code(), -1, -1)
            } else {
                (0, offset, found_time)
            };
            assert_eq!((found.error_code, found.offset, found.timestamp), expected, "{version} {time}");
        }
    }
}

#[tokio::test]
async fn topics_are_created_described_and_deleted_in_each_version() {
    use kafka_protocol::messages::create_topics_request::*;
    use kafka_protocol::messages::delete_topics_request::*;
    let broker = TestBroker::start().await;
    let mut wire = Wire::connect(broker.addr()).await;
    for version in versions(&mut wire, ApiKey::CreateTopics).await {
        let setting = CreatableTopicConfig::default().with_name(text("retention.ms")).with_value(Some(text("5000")));
        let creatable = CreatableTopic::default()
            .with_name(topic(&format!("t{version}")))
            .with_num_partitions(2)
            .with_replication_factor(3)
            .with_configs(vec![setting]);
        let request = CreateTopicsRequest::default().with_topics(vec![creatable]);
        let tried = wire.call(&request.clone().with_validate_only(true), version).await;
        assert_eq!(tried.topics[0].error_code, 0);
        let answer = wire.call(&request, version).await;
        assert_eq!((answer.topics[0].error_code, &answer.topics[0].error_message), (0, &None), "version {version}");
        if version >= 5 {
            let configs = answer.topics[0].configs.as_ref().unwrap();
            let own = configs.iter().find(|entry| entry.config_source == 1).unwrap();
            assert_eq!((own.name.as_str(), own.value.as_deref()), ("retention.ms", Some("5000")));
            assert_eq!((answer.topics[0].num_partitions, answer.topics[0].replication_factor), (2, 1));
        }
        let again = wire.call(&request, version).await;
        assert_eq!(again.topics[0].error_code, ResponseError::TopicAlreadyExists.code());
    }
    for (count, version) in (2..=7).rev().zip(versions(&mut wire, ApiKey::DeleteTopics).await) {
        let name = topic(&format!("t{count}"));
        let request = DeleteTopicsRequest::default();
        let request = match version {
            ..6 => request.with_topic_names(vec![name]),
            _ => {
                let id = Uuid::from_bytes(broker.log.topic(&name).unwrap().id.0);
                request.with_topics(vec![DeleteTopicState::default().with_name(None).with_topic_id(id)])
            }
        };
        assert_eq!(wire.call(&request, version).await.responses[0].error_code, 0, "version {version}");
        assert_ne!(wire.call(&request, version).await.responses[0].error_code, 0, "version {version}");
    }
    assert!(broker.log.topics().is_empty());
}

#[tokio::test]
async fn settings_are_described_with_their_sources_in_each_version() {
    use kafka_protocol::messages::describe_configs_request::*;
    let broker = TestBroker::start().await;
    broker.topic("t", 1).await;
    let mut wire = Wire::connect(broker.addr()).await;
    for version in versions(&mut wire, ApiKey::DescribeConfigs).await {
        let of = |kind: i8, name: &'static str| {
            DescribeConfigsResource::default().with_resource_type(kind).with_resource_name(text(name))
        };
        let all = of(2, "t").with_configuration_keys(None);
        let one = of(2, "t").with_configuration_keys(Some(vec![text("cleanup.policy")]));
        let node = of(4, "1").with_configuration_keys(None);
        let nobody = of(2, "u").with_configuration_keys(None);
        let request = DescribeConfigsRequest::default().with_resources(vec![all, one, node, nobody]);
        let answer = wire.call(&request.with_include_synonyms(true), version).await;
        let found: Vec<_> = answer.results.iter().map(|result| (result.error_code, result.configs.len())).collect();
        assert!(found[0].1 >= 5 && found[2].1 >= 5, "{found:?}");
        assert_eq!(found[1], (0, 1), "version {version}");
        assert_eq!(found[3], (ResponseError::UnknownTopicOrPartition.code(), 0));
        assert_eq!(answer.results[1].configs[0].value.as_deref(), Some("delete"));
    }
}

#[tokio::test]
async fn producer_ids_differ_and_a_transactional_id_keeps_its_own_in_each_version() {
    let broker = TestBroker::start().await;
    let mut wire = Wire::connect(broker.addr()).await;
    let mut seen = Vec::new();
    for version in versions(&mut wire, ApiKey::InitProducerId).await {
        let plain = InitProducerIdRequest::default().with_transactional_id(None);
        let answer = wire.call(&plain, version).await;
        assert_eq!((answer.error_code, answer.producer_epoch), (0, 0));
        assert!(!seen.contains(&answer.producer_id));
        seen.push(answer.producer_id);
        let transactional = plain.with_transactional_id(Some(TransactionalId(text("t"))));
        let untimed = wire.call(&transactional.clone().with_transaction_timeout_ms(0), version).await;
        assert_eq!(untimed.error_code, ResponseError::InvalidTransactionTimeout.code());
        let answer = wire.call(&transactional.with_transaction_timeout_ms(1000), version).await;
        // The versions begin at 0, as the epochs do.
        assert_eq!((answer.error_code, answer.producer_epoch), (0, version));
    }
}

#[tokio::test]
async fn the_coordinator_of_groups_and_transactions_is_this_node_in_each_version() {
    let broker = TestBroker::start().await;
    let mut wire = Wire::connect(broker.addr()).await;
    for version in versions(&mut wire, ApiKey::FindCoordinator).await {
        let request = FindCoordinatorRequest::default();
        let request = match version {
            ..4 => request.with_key(text("g")),
            _ => request.with_coordinator_keys(vec![text("g")]),
        };
        let found = |answer: FindCoordinatorResponse| match answer.coordinators.first() {
            Some(one) => (one.error_code, one.port),
            None => (answer.error_code, answer.port),
        };
        let port = i32::from(broker.addr().port());
        assert_eq!(found(wire.call(&request, version).await), (0, port), "version {version}");
        if version >= 1 {
            assert_eq!(found(wire.call(&request.clone().with_key_type(1), version).await), (0, port));
            let refused = ResponseError::InvalidRequest.code();
            assert_eq!(found(wire.call(&request.with_key_type(9), version).await), (refused, -1));
        }
    }
}

#[tokio::test]
async fn the_cluster_the_epoch_and_the_partitions_are_described_in_each_version() {
    use kafka_protocol::messages::describe_topic_partitions_request::*;
    use kafka_protocol::messages::offset_for_leader_epoch_request::*;
    let broker = TestBroker::start().await;
    broker.topic("t", 5).await;
    let mut wire = Wire::connect(broker.addr()).await;
    for version in versions(&mut wire, ApiKey::DescribeCluster).await {
        let answer = wire.call(&DescribeClusterRequest::default(), version).await;
        assert_eq!((answer.error_code, answer.brokers.len()), (0, 1));
        assert_eq!(answer.cluster_id.as_str(), broker.log.cluster_id());
    }
    for version in versions(&mut wire, ApiKey::OffsetForLeaderEpoch).await {
        let wanted = OffsetForLeaderPartition::default().with_partition(0).with_leader_epoch(0);
        let wanted = OffsetForLeaderTopic::default().with_topic(topic("t")).with_partitions(vec![wanted]);
        let answer = wire.call(&OffsetForLeaderEpochRequest::default().with_topics(vec![wanted]), version).await;
        let end = &answer.topics[0].partitions[0];
        assert_eq!((end.error_code, end.leader_epoch, end.end_offset), (0, 0, 0));
    }
    let wanted = vec![TopicRequest::default().with_name(topic("t"))];
    let request = DescribeTopicPartitionsRequest::default().with_topics(wanted).with_response_partition_limit(3);
    let page = wire.call(&request, 0).await;
    let cursor = page.next_cursor.unwrap();
    assert_eq!((page.topics[0].partitions.len(), cursor.partition_index), (3, 3));
    let cursor = Cursor::default().with_topic_name(cursor.topic_name).with_partition_index(3);
    let page = wire.call(&request.with_cursor(Some(cursor)), 0).await;
    assert_eq!((page.topics[0].partitions.len(), page.next_cursor), (2, None));
}

#[tokio::test]
async fn a_fetch_waits_for_records_and_no_longer_than_it_was_told() {
    let broker = TestBroker::start().await;
    let id = broker.topic("t", 1).await;
    let name = topic("t");
    let uuid = Uuid::from_bytes(id.0);
    let mut reader = Wire::connect(broker.addr()).await;
    let waiting = fetch(&name, uuid, 12, 0).with_max_wait_ms(60_000);
    reader.send(&waiting, 12).await;
    let sent = batch(1, Compression::None).finish().unwrap();
    broker.log.append(id, yeoul_base::PartitionId(0), sent.clone()).await.unwrap();
    let (_, answer) = reader.receive::<FetchRequest>(12).await;
    assert_eq!(answer.responses[0].partitions[0].records.as_ref().map(Bytes::len), Some(sent.len()));
    // More than there is: the time runs out, and what there is comes.
    let more = fetch(&name, uuid, 12, 0).with_max_wait_ms(50).with_min_bytes(1 << 19);
    let answer = reader.call(&more, 12).await;
    assert_eq!(answer.responses[0].partitions[0].records.as_ref().map(Bytes::len), Some(sent.len()));
    // A waiting fetch does not hold up a shutdown.
    reader.send(&fetch(&name, uuid, 12, 1).with_max_wait_ms(60_000), 12).await;
    tokio::time::timeout(Duration::from_secs(4), broker.handle.shutdown()).await.expect("the shutdown waits");
}
