//! The shapes against the codec: what the codec writes has the shape, and nothing of it can be missing.

use bytes::{Bytes, BytesMut};
use kafka_protocol::messages::*;
use kafka_protocol::protocol::{Encodable, StrBytes};
use uuid::Uuid;

use super::{admin_samples, check, *};
use crate::apis::{APIS, Api};

mod security;

pub(super) fn text(text: &'static str) -> StrBytes {
    StrBytes::from_static_str(text)
}

pub(super) fn topic(name: &'static str) -> TopicName {
    TopicName(text(name))
}

pub(super) fn encoded(request: &impl Encodable, version: i16) -> Bytes {
    let mut bytes = BytesMut::new();
    request.encode(&mut bytes, version).unwrap();
    bytes.freeze()
}

fn produce(version: i16) -> Bytes {
    use kafka_protocol::messages::produce_request::*;
    let partition = PartitionProduceData::default().with_index(3).with_records(Some(Bytes::from_static(b"records")));
    let empty = PartitionProduceData::default().with_index(4).with_records(None);
    let data = TopicProduceData::default().with_partition_data(vec![partition, empty]);
    let data = if version >= 13 { data.with_topic_id(Uuid::from_u128(7)) } else { data.with_name(topic("t")) };
    encoded(&ProduceRequest::default().with_acks(-1).with_topic_data(vec![data.clone(), data]), version)
}

fn fetch(version: i16) -> Bytes {
    use kafka_protocol::messages::fetch_request::*;
    let partition = FetchPartition::default().with_partition(1).with_partition_max_bytes(100);
    let partition = if version >= 17 { partition.with_replica_directory_id(Uuid::from_u128(9)) } else { partition };
    let wanted = FetchTopic::default().with_partitions(vec![partition.clone(), partition]);
    let forgotten = ForgottenTopic::default().with_partitions(vec![1, 2, 3]);
    let (wanted, forgotten) = if version >= 13 {
        (wanted.with_topic_id(Uuid::from_u128(7)), forgotten.with_topic_id(Uuid::from_u128(8)))
    } else {
        (wanted.with_topic(topic("t")), forgotten.with_topic(topic("u")))
    };
    let request = FetchRequest::default().with_topics(vec![wanted]);
    let request = if version >= 7 { request.with_forgotten_topics_data(vec![forgotten]) } else { request };
    let request = if version >= 15 {
        request.with_replica_state(ReplicaState::default().with_replica_id(BrokerId(5)).with_replica_epoch(6))
    } else {
        request
    };
    let request = if version >= 11 { request.with_rack_id(text("rack")) } else { request };
    encoded(&if version >= 12 { request.with_cluster_id(Some(text("cluster"))) } else { request }, version)
}

fn list_offsets(version: i16) -> Bytes {
    use kafka_protocol::messages::list_offsets_request::*;
    let partition = ListOffsetsPartition::default().with_timestamp(-1);
    let wanted = ListOffsetsTopic::default().with_name(topic("t")).with_partitions(vec![partition.clone(), partition]);
    encoded(&ListOffsetsRequest::default().with_topics(vec![wanted]), version)
}

fn metadata(version: i16) -> Bytes {
    use kafka_protocol::messages::metadata_request::*;
    let wanted = MetadataRequestTopic::default().with_name(Some(topic("t")));
    encoded(&MetadataRequest::default().with_topics(Some(vec![wanted.clone(), wanted])), version)
}

fn find_coordinator(version: i16) -> Bytes {
    let request = FindCoordinatorRequest::default();
    let request = match version {
        ..4 => request.with_key(text("group")),
        _ => request.with_coordinator_keys(vec![text("a"), text("b")]),
    };
    encoded(&request, version)
}

fn api_versions(version: i16) -> Bytes {
    let request = ApiVersionsRequest::default();
    let named = request.clone().with_client_software_name(text("n")).with_client_software_version(text("1"));
    encoded(if version >= 3 { &named } else { &request }, version)
}

fn create_topics(version: i16) -> Bytes {
    use kafka_protocol::messages::create_topics_request::*;
    let assignment = CreatableReplicaAssignment::default().with_broker_ids(vec![BrokerId(1), BrokerId(2)]);
    let config = CreatableTopicConfig::default().with_name(text("retention.ms")).with_value(Some(text("1")));
    let null = CreatableTopicConfig::default().with_name(text("retention.bytes")).with_value(None);
    let creatable = CreatableTopic::default()
        .with_name(topic("t"))
        .with_assignments(vec![assignment])
        .with_configs(vec![config, null]);
    encoded(&CreateTopicsRequest::default().with_topics(vec![creatable]).with_validate_only(true), version)
}

fn delete_topics(version: i16) -> Bytes {
    use kafka_protocol::messages::delete_topics_request::*;
    let request = DeleteTopicsRequest::default();
    let request = match version {
        ..6 => request.with_topic_names(vec![topic("a"), topic("b")]),
        _ => request.with_topics(vec![
            DeleteTopicState::default().with_name(Some(topic("a"))),
            DeleteTopicState::default().with_name(None).with_topic_id(Uuid::from_u128(7)),
        ]),
    };
    encoded(&request, version)
}

fn init_producer_id(version: i16) -> Bytes {
    let request = InitProducerIdRequest::default().with_transactional_id(Some(TransactionalId(text("t"))));
    encoded(&request, version)
}

fn transactional_id() -> TransactionalId {
    TransactionalId(text("transactional"))
}

fn add_partitions_to_txn(version: i16) -> Bytes {
    use kafka_protocol::messages::add_partitions_to_txn_request::*;
    let wanted = AddPartitionsToTxnTopic::default().with_name(topic("t")).with_partitions(vec![0, 1]);
    let request = AddPartitionsToTxnRequest::default();
    let request = if version < 4 {
        request.with_v3_and_below_transactional_id(transactional_id()).with_v3_and_below_topics(vec![wanted])
    } else {
        let one = AddPartitionsToTxnTransaction::default();
        let one = one.with_transactional_id(transactional_id()).with_topics(vec![wanted.clone(), wanted]);
        request.with_transactions(vec![one.clone(), one])
    };
    encoded(&request, version)
}

fn add_offsets_to_txn(version: i16) -> Bytes {
    let request = AddOffsetsToTxnRequest::default().with_transactional_id(transactional_id());
    encoded(&request.with_group_id(GroupId(text("group"))), version)
}

fn write_txn_markers(version: i16) -> Bytes {
    use kafka_protocol::messages::write_txn_markers_request::*;
    let wanted = WritableTxnMarkerTopic::default().with_name(topic("t")).with_partition_indexes(vec![0, 1]);
    let marker = WritableTxnMarker::default().with_topics(vec![wanted.clone(), wanted]);
    encoded(&WriteTxnMarkersRequest::default().with_markers(vec![marker.clone(), marker]), version)
}

fn end_txn(version: i16) -> Bytes {
    encoded(&EndTxnRequest::default().with_transactional_id(transactional_id()).with_committed(true), version)
}

fn txn_offset_commit(version: i16) -> Bytes {
    use kafka_protocol::messages::txn_offset_commit_request::*;
    let partition = TxnOffsetCommitRequestPartition::default().with_committed_metadata(Some(text("m")));
    let wanted = TxnOffsetCommitRequestTopic::default().with_name(topic("t")).with_partitions(vec![partition]);
    let request = TxnOffsetCommitRequest::default().with_transactional_id(transactional_id());
    let request = request.with_group_id(GroupId(text("group"))).with_topics(vec![wanted]);
    let request = if version >= 3 { request.with_member_id(text("member")).with_generation_id(3) } else { request };
    encoded(&request, version)
}

fn describe_producers(version: i16) -> Bytes {
    use kafka_protocol::messages::describe_producers_request::*;
    let wanted = TopicRequest::default().with_name(topic("t")).with_partition_indexes(vec![0, 1]);
    encoded(&DescribeProducersRequest::default().with_topics(vec![wanted]), version)
}

fn list_transactions(version: i16) -> Bytes {
    let request = ListTransactionsRequest::default().with_state_filters(vec![text("Ongoing")]);
    let request = request.with_producer_id_filters(vec![ProducerId(1), ProducerId(2)]);
    let request = if version >= 1 { request.with_duration_filter(5) } else { request };
    encoded(&if version >= 2 { request.with_transactional_id_pattern(Some(text("a.*"))) } else { request }, version)
}

fn offset_for_leader_epoch(version: i16) -> Bytes {
    use kafka_protocol::messages::offset_for_leader_epoch_request::*;
    let partition = OffsetForLeaderPartition::default().with_partition(1);
    let wanted = OffsetForLeaderTopic::default().with_topic(topic("t")).with_partitions(vec![partition]);
    encoded(&OffsetForLeaderEpochRequest::default().with_topics(vec![wanted]), version)
}

fn describe_configs(version: i16) -> Bytes {
    use kafka_protocol::messages::describe_configs_request::*;
    let all = DescribeConfigsResource::default().with_resource_name(text("t")).with_configuration_keys(None);
    let some = all.clone().with_configuration_keys(Some(vec![text("a"), text("b")]));
    encoded(&DescribeConfigsRequest::default().with_resources(vec![all, some]), version)
}

fn describe_topic_partitions(version: i16) -> Bytes {
    use kafka_protocol::messages::describe_topic_partitions_request::*;
    let wanted = TopicRequest::default().with_name(topic("t"));
    let cursor = Cursor::default().with_topic_name(topic("t")).with_partition_index(5);
    let request = DescribeTopicPartitionsRequest::default().with_topics(vec![wanted]).with_cursor(Some(cursor));
    encoded(&request, version)
}

fn offset_commit(version: i16) -> Bytes {
    use kafka_protocol::messages::offset_commit_request::*;
    let partition = OffsetCommitRequestPartition::default().with_committed_metadata(Some(text("noted")));
    let none = OffsetCommitRequestPartition::default().with_committed_metadata(None);
    let wanted = OffsetCommitRequestTopic::default().with_name(topic("t")).with_partitions(vec![partition, none]);
    let request = OffsetCommitRequest::default().with_group_id(GroupId(text("g"))).with_member_id(text("m"));
    let request = if version >= 7 { request.with_group_instance_id(Some(text("i"))) } else { request };
    encoded(&request.with_topics(vec![wanted.clone(), wanted]), version)
}

fn offset_fetch(version: i16) -> Bytes {
    use kafka_protocol::messages::offset_fetch_request::*;
    if version >= 8 {
        let wanted = OffsetFetchRequestTopics::default().with_name(topic("t")).with_partition_indexes(vec![1, 2]);
        let all = OffsetFetchRequestGroup::default().with_group_id(GroupId(text("g"))).with_topics(None);
        let all = if version >= 9 { all.with_member_id(Some(text("m"))).with_member_epoch(3) } else { all };
        let some = all.clone().with_topics(Some(vec![wanted.clone(), wanted]));
        return encoded(&OffsetFetchRequest::default().with_groups(vec![all, some]), version);
    }
    let wanted = OffsetFetchRequestTopic::default().with_name(topic("t")).with_partition_indexes(vec![1, 2]);
    let request = OffsetFetchRequest::default().with_group_id(GroupId(text("g")));
    encoded(&request.with_topics(Some(vec![wanted.clone(), wanted])), version)
}

fn join_group(version: i16) -> Bytes {
    use kafka_protocol::messages::join_group_request::*;
    let protocol =
        JoinGroupRequestProtocol::default().with_name(text("range")).with_metadata(Bytes::from_static(b"topics"));
    let request = JoinGroupRequest::default()
        .with_group_id(GroupId(text("g")))
        .with_member_id(text("m"))
        .with_protocol_type(text("consumer"))
        .with_protocols(vec![protocol.clone(), protocol]);
    let request = if version >= 5 { request.with_group_instance_id(Some(text("i"))) } else { request };
    encoded(&if version >= 8 { request.with_reason(Some(text("why"))) } else { request }, version)
}

fn heartbeat(version: i16) -> Bytes {
    let request = HeartbeatRequest::default().with_group_id(GroupId(text("g"))).with_member_id(text("m"));
    encoded(&if version >= 3 { request.with_group_instance_id(Some(text("i"))) } else { request }, version)
}

fn leave_group(version: i16) -> Bytes {
    use kafka_protocol::messages::leave_group_request::*;
    let request = LeaveGroupRequest::default().with_group_id(GroupId(text("g")));
    if version < 3 {
        return encoded(&request.with_member_id(text("m")), version);
    }
    let member = MemberIdentity::default().with_member_id(text("m")).with_group_instance_id(Some(text("i")));
    let member = if version >= 5 { member.with_reason(Some(text("why"))) } else { member };
    encoded(&request.with_members(vec![member.clone(), member]), version)
}

fn sync_group(version: i16) -> Bytes {
    use kafka_protocol::messages::sync_group_request::*;
    let assignment =
        SyncGroupRequestAssignment::default().with_member_id(text("m")).with_assignment(Bytes::from_static(b"mine"));
    let request = SyncGroupRequest::default().with_group_id(GroupId(text("g"))).with_member_id(text("m"));
    let request = request.with_assignments(vec![assignment.clone(), assignment]);
    let request = if version >= 3 { request.with_group_instance_id(Some(text("i"))) } else { request };
    let named =
        |it: SyncGroupRequest| it.with_protocol_type(Some(text("consumer"))).with_protocol_name(Some(text("r")));
    encoded(&if version >= 5 { named(request) } else { request }, version)
}

fn list_groups(version: i16) -> Bytes {
    let request = ListGroupsRequest::default();
    let request = if version >= 4 { request.with_states_filter(vec![text("Stable"), text("Empty")]) } else { request };
    encoded(&if version >= 5 { request.with_types_filter(vec![text("classic")]) } else { request }, version)
}

fn offset_delete(version: i16) -> Bytes {
    use kafka_protocol::messages::offset_delete_request::*;
    let partition = OffsetDeleteRequestPartition::default().with_partition_index(3);
    let wanted =
        OffsetDeleteRequestTopic::default().with_name(topic("t")).with_partitions(vec![partition.clone(), partition]);
    encoded(&OffsetDeleteRequest::default().with_group_id(GroupId(text("g"))).with_topics(vec![wanted]), version)
}

fn consumer_group_heartbeat(version: i16) -> Bytes {
    use kafka_protocol::messages::consumer_group_heartbeat_request::*;
    let owned = TopicPartitions::default().with_topic_id(Uuid::from_u128(7)).with_partitions(vec![1, 2]);
    let request = ConsumerGroupHeartbeatRequest::default()
        .with_group_id(GroupId(text("g")))
        .with_member_id(text("m"))
        .with_instance_id(Some(text("i")))
        .with_rack_id(Some(text("rack")))
        .with_subscribed_topic_names(Some(vec![topic("a"), topic("b")]))
        .with_server_assignor(Some(text("uniform")))
        .with_topic_partitions(Some(vec![owned.clone(), owned]));
    encoded(&if version >= 1 { request.with_subscribed_topic_regex(Some(text("x.*"))) } else { request }, version)
}

fn groups() -> Vec<GroupId> {
    vec![GroupId(text("a")), GroupId(text("b"))]
}

/// A request of an API, as the codec writes it.
pub(crate) fn sample(key: ApiKey, version: i16) -> Bytes {
    match key {
        ApiKey::OffsetCommit => offset_commit(version),
        ApiKey::OffsetFetch => offset_fetch(version),
        ApiKey::JoinGroup => join_group(version),
        ApiKey::Heartbeat => heartbeat(version),
        ApiKey::LeaveGroup => leave_group(version),
        ApiKey::SyncGroup => sync_group(version),
        ApiKey::DescribeGroups => encoded(&DescribeGroupsRequest::default().with_groups(groups()), version),
        ApiKey::ListGroups => list_groups(version),
        ApiKey::DeleteGroups => encoded(&DeleteGroupsRequest::default().with_groups_names(groups()), version),
        ApiKey::OffsetDelete => offset_delete(version),
        ApiKey::ConsumerGroupHeartbeat => consumer_group_heartbeat(version),
        ApiKey::ConsumerGroupDescribe => {
            encoded(&ConsumerGroupDescribeRequest::default().with_group_ids(groups()), version)
        }
        ApiKey::Produce => produce(version),
        ApiKey::Fetch => fetch(version),
        ApiKey::ListOffsets => list_offsets(version),
        ApiKey::Metadata => metadata(version),
        ApiKey::FindCoordinator => find_coordinator(version),
        ApiKey::ApiVersions => api_versions(version),
        ApiKey::CreateTopics => create_topics(version),
        ApiKey::DeleteTopics => delete_topics(version),
        ApiKey::InitProducerId => init_producer_id(version),
        ApiKey::AddPartitionsToTxn => add_partitions_to_txn(version),
        ApiKey::AddOffsetsToTxn => add_offsets_to_txn(version),
        ApiKey::EndTxn => end_txn(version),
        ApiKey::TxnOffsetCommit => txn_offset_commit(version),
        ApiKey::WriteTxnMarkers => write_txn_markers(version),
        ApiKey::DescribeProducers => describe_producers(version),
        ApiKey::DescribeTransactions => {
            let request = DescribeTransactionsRequest::default();
            encoded(&request.with_transactional_ids(vec![transactional_id(), transactional_id()]), version)
        }
        ApiKey::ListTransactions => list_transactions(version),
        ApiKey::OffsetForLeaderEpoch => offset_for_leader_epoch(version),
        ApiKey::DescribeConfigs => describe_configs(version),
        ApiKey::DescribeCluster => encoded(&DescribeClusterRequest::default(), version),
        ApiKey::DescribeTopicPartitions => describe_topic_partitions(version),
        other => admin_samples::sample(other, version)
            .or_else(|| security::sample(other, version))
            .unwrap_or_else(|| panic!("no sample of {other:?}: add one with the API")),
    }
}

fn each_version(test: impl Fn(&Api, i16, bool, Bytes)) {
    for api in APIS {
        for version in api.min..=api.max {
            let flexible = api.key.request_header_version(version) >= 2;
            test(api, version, flexible, sample(api.key, version));
        }
    }
}

#[test]
fn what_the_codec_writes_has_the_shape_of_its_version() {
    each_version(|api, version, flexible, body| {
        let walked = check(&body, api.shape, version, flexible);
        assert_eq!(walked, Ok(body.len()), "{:?} version {version}", api.key);
    });
}

#[test]
fn a_request_that_is_cut_anywhere_is_refused() {
    each_version(|api, version, flexible, body| {
        for end in 0..body.len() {
            let walked = check(&body[..end], api.shape, version, flexible);
            assert!(walked.is_err(), "{:?} version {version} cut at {end}", api.key);
        }
    });
}

#[test]
fn no_number_that_is_put_anywhere_gets_past_the_bytes_that_are_there() {
    let numbers: [&[u8]; 10] = [
        &[0x7f, 0xff, 0xff, 0xff],
        &[0x01, 0x31, 0x2d, 0x00],
        &[0xff, 0xff, 0xff, 0xff, 0x0f],
        &[0x80; 5],
        &[0],
        &[1],
        &[2],
        &[0x7f],
        &[0x80],
        &[0xff],
    ];
    each_version(|api, version, flexible, body| {
        for at in 0..body.len() {
            for number in numbers {
                let mut changed = body.to_vec();
                let end = (at + number.len()).min(changed.len());
                changed[at..end].copy_from_slice(&number[..end - at]);
                let Ok(walked) = check(&changed, api.shape, version, flexible) else { continue };
                // What has the shape, the codec reads to the same end, or refuses for what it says.
                let mut left = Bytes::from(changed);
                let total = left.len();
                if RequestKind::decode(api.key, &mut left, version).is_ok() {
                    assert_eq!(total - left.len(), walked, "{:?} version {version} at {at}", api.key);
                }
            }
        }
    });
}

#[test]
fn a_tag_that_does_not_fill_its_size_is_refused() {
    // The cluster's name in the last tag of a fetch: one tag, number 0, a size, the text.
    let body = fetch(12);
    let (start, end) = body.split_at(body.len() - 11);
    assert_eq!(end, [1, 0, 8, 8, b'c', b'l', b'u', b's', b't', b'e', b'r']);
    for size in [0, 7, 9] {
        let changed = [start, &[1, 0, size], &end[3..], &[0; 4]].concat();
        assert!(check(&changed, FETCH, 12, true).is_err(), "size {size}");
    }
}

#[test]
fn twenty_million_empty_names_are_too_many() {
    let mut body = 200_000_i32.to_be_bytes().to_vec();
    body.resize(4 + 2 * 200_000, 0);
    let refused = check(&body, METADATA, 0, false);
    assert_eq!(refused, Err(DecodeError::Count { at: 0, count: 200_000 }));
}
