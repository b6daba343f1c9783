//! Requests with bytes changed at random: whatever they have become, no handler panics, and others are served.
//! `YEOUL_SLOW=1` sends a hundred times as many.
#![allow(clippy::unwrap_used, reason = "a test that can't go on has failed")]

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

use kafka_protocol::messages::*;
use kafka_protocol::protocol::StrBytes;
use support::{TestBroker, Wire, batch, frame};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use yeoul_log::batch::Compression;

const ROUNDS: usize = 100;

fn text(text: &'static str) -> StrBytes {
    StrBytes::from_static_str(text)
}

fn topic() -> TopicName {
    TopicName(text("t"))
}

fn produce(version: i16) -> Vec<u8> {
    use kafka_protocol::messages::produce_request::*;
    let records = batch(3, Compression::Snappy).finish().unwrap();
    let data = PartitionProduceData::default().with_records(Some(records));
    let data = TopicProduceData::default().with_name(topic()).with_partition_data(vec![data]);
    frame(&ProduceRequest::default().with_acks(-1).with_topic_data(vec![data]), version, 1).to_vec()
}

fn fetch(version: i16) -> Vec<u8> {
    use kafka_protocol::messages::fetch_request::*;
    let wanted = FetchPartition::default().with_partition_max_bytes(1000);
    let wanted = FetchTopic::default().with_topic(topic()).with_partitions(vec![wanted]);
    frame(&FetchRequest::default().with_max_bytes(1000).with_topics(vec![wanted]), version, 1).to_vec()
}

fn list_offsets(version: i16) -> Vec<u8> {
    use kafka_protocol::messages::list_offsets_request::*;
    let wanted = ListOffsetsPartition::default().with_timestamp(-1);
    let wanted = ListOffsetsTopic::default().with_name(topic()).with_partitions(vec![wanted]);
    frame(&ListOffsetsRequest::default().with_topics(vec![wanted]), version, 1).to_vec()
}

fn create_topics(version: i16) -> Vec<u8> {
    use kafka_protocol::messages::create_topics_request::*;
    let setting = CreatableTopicConfig::default().with_name(text("retention.ms")).with_value(Some(text("1000")));
    let wanted = CreatableTopic::default().with_name(TopicName(text("u"))).with_num_partitions(3);
    let wanted = wanted.with_configs(vec![setting]);
    frame(&CreateTopicsRequest::default().with_topics(vec![wanted]), version, 1).to_vec()
}

fn metadata(version: i16) -> Vec<u8> {
    use kafka_protocol::messages::metadata_request::*;
    let wanted = MetadataRequestTopic::default().with_name(Some(topic()));
    frame(&MetadataRequest::default().with_topics(Some(vec![wanted])), version, 1).to_vec()
}

fn describe_configs(version: i16) -> Vec<u8> {
    use kafka_protocol::messages::describe_configs_request::*;
    let wanted = DescribeConfigsResource::default().with_resource_type(2).with_resource_name(text("t"));
    frame(&DescribeConfigsRequest::default().with_resources(vec![wanted]), version, 1).to_vec()
}

fn describe_topic_partitions() -> Vec<u8> {
    use kafka_protocol::messages::describe_topic_partitions_request::*;
    let cursor = Cursor::default().with_topic_name(topic()).with_partition_index(1);
    let wanted = TopicRequest::default().with_name(topic());
    let request = DescribeTopicPartitionsRequest::default().with_topics(vec![wanted]).with_cursor(Some(cursor));
    frame(&request.with_response_partition_limit(5), 0, 1).to_vec()
}

fn add_partitions_to_txn(version: i16) -> Vec<u8> {
    use kafka_protocol::messages::add_partitions_to_txn_request::*;
    let wanted = AddPartitionsToTxnTopic::default().with_name(topic()).with_partitions(vec![0, 1]);
    let request = AddPartitionsToTxnRequest::default();
    let id = TransactionalId(text("id"));
    let request = if version < 4 {
        request.with_v3_and_below_transactional_id(id).with_v3_and_below_topics(vec![wanted])
    } else {
        let one = AddPartitionsToTxnTransaction::default().with_transactional_id(id).with_topics(vec![wanted]);
        request.with_transactions(vec![one])
    };
    frame(&request, version, 1).to_vec()
}

fn txn_offset_commit(version: i16) -> Vec<u8> {
    use kafka_protocol::messages::txn_offset_commit_request::*;
    let wanted = TxnOffsetCommitRequestPartition::default().with_committed_metadata(Some(text("m")));
    let wanted = TxnOffsetCommitRequestTopic::default().with_name(topic()).with_partitions(vec![wanted]);
    let request = TxnOffsetCommitRequest::default().with_transactional_id(TransactionalId(text("id")));
    frame(&request.with_group_id(GroupId(text("g"))).with_topics(vec![wanted]), version, 1).to_vec()
}

fn transactions() -> Vec<Vec<u8>> {
    use kafka_protocol::messages::describe_producers_request::TopicRequest;
    let id = || TransactionalId(text("id"));
    let init = InitProducerIdRequest::default().with_transactional_id(Some(id())).with_transaction_timeout_ms(1000);
    let offsets = AddOffsetsToTxnRequest::default().with_transactional_id(id()).with_group_id(GroupId(text("g")));
    let end = EndTxnRequest::default().with_transactional_id(id());
    let wanted = TopicRequest::default().with_name(topic()).with_partition_indexes(vec![0]);
    let list = ListTransactionsRequest::default().with_state_filters(vec![text("Ongoing")]);
    let list = list.with_transactional_id_pattern(Some(text("i.*(d|e)")));
    let mut samples = vec![
        frame(&offsets, 3, 1).to_vec(),
        frame(&DescribeProducersRequest::default().with_topics(vec![wanted]), 0, 1).to_vec(),
        frame(&DescribeTransactionsRequest::default().with_transactional_ids(vec![id()]), 0, 1).to_vec(),
        frame(&list, 2, 1).to_vec(),
    ];
    samples.extend([0, 4].map(|version| frame(&init, version, 1).to_vec()));
    samples.extend([1, 5].map(|version| frame(&end, version, 1).to_vec()));
    samples.extend([0, 3, 5].map(add_partitions_to_txn));
    samples.extend([0, 5].map(txn_offset_commit));
    samples
}

fn of_groups() -> Vec<Vec<u8>> {
    use kafka_protocol::messages::join_group_request::JoinGroupRequestProtocol;
    use kafka_protocol::messages::leave_group_request::MemberIdentity;
    use kafka_protocol::messages::offset_commit_request::*;
    let group = || GroupId(text("g"));
    let protocol = JoinGroupRequestProtocol::default().with_name(text("range")).with_metadata("topics".into());
    let join = JoinGroupRequest::default().with_group_id(group()).with_session_timeout_ms(10_000);
    let join = join.with_protocol_type(text("consumer")).with_protocols(vec![protocol]);
    let place = OffsetCommitRequestPartition::default().with_committed_offset(7);
    let commit = OffsetCommitRequestTopic::default().with_name(topic()).with_partitions(vec![place]);
    let commit = OffsetCommitRequest::default().with_group_id(group()).with_topics(vec![commit]);
    let member = MemberIdentity::default().with_member_id(text("m"));
    let beat = ConsumerGroupHeartbeatRequest::default()
        .with_group_id(GroupId(text("h")))
        .with_member_id(text("m"))
        .with_rebalance_timeout_ms(10_000)
        .with_subscribed_topic_names(Some(vec![topic()]))
        .with_subscribed_topic_regex(Some(text("t.*")))
        .with_topic_partitions(Some(Vec::new()));
    vec![
        frame(&join, 2, 1).to_vec(),
        frame(&join.with_member_id(text("m")), 5, 1).to_vec(),
        frame(&SyncGroupRequest::default().with_group_id(group()).with_member_id(text("m")), 3, 1).to_vec(),
        frame(&HeartbeatRequest::default().with_group_id(group()).with_member_id(text("m")), 3, 1).to_vec(),
        frame(&LeaveGroupRequest::default().with_group_id(group()).with_members(vec![member]), 4, 1).to_vec(),
        frame(&commit.with_generation_id_or_member_epoch(-1), 8, 1).to_vec(),
        frame(&OffsetFetchRequest::default().with_group_id(group()).with_topics(None), 7, 1).to_vec(),
        frame(&DescribeGroupsRequest::default().with_groups(vec![group()]), 5, 1).to_vec(),
        frame(&ListGroupsRequest::default(), 5, 1).to_vec(),
        frame(&DeleteGroupsRequest::default().with_groups_names(vec![group()]), 2, 1).to_vec(),
        frame(&beat, 1, 1).to_vec(),
    ]
}

fn samples() -> Vec<Vec<u8>> {
    let delete = DeleteTopicsRequest::default().with_topic_names(vec![TopicName(text("u"))]);
    let coordinator = FindCoordinatorRequest::default().with_key(text("g"));
    let mut samples = vec![
        frame(&ApiVersionsRequest::default(), 0, 1).to_vec(),
        frame(&delete, 3, 1).to_vec(),
        frame(&coordinator, 2, 1).to_vec(),
        frame(&InitProducerIdRequest::default().with_transactional_id(None), 4, 1).to_vec(),
        frame(&DescribeClusterRequest::default(), 1, 1).to_vec(),
        describe_topic_partitions(),
    ];
    samples.extend([3, 8, 9, 12].map(produce));
    samples.extend([4, 7, 11, 12].map(fetch));
    samples.extend([1, 4, 6, 10].map(list_offsets));
    samples.extend([2, 4, 5, 7].map(create_topics));
    samples.extend([0, 4, 9, 12].map(metadata));
    samples.extend([1, 3, 4].map(describe_configs));
    samples.extend(transactions());
    samples.extend(of_groups());
    samples
}

/// A small generator of numbers (xorshift), so that a failure can be repeated.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }
}

fn mutate(frame: &mut [u8], numbers: &mut Numbers) {
    for _ in 0..=numbers.below(4) {
        // The key and the version stay more often than not, so that the bodies are reached.
        let from = if numbers.below(8) == 0 { 4 } else { 8 };
        let at = from + numbers.below(frame.len() - from);
        frame[at] = match numbers.below(4) {
            0 => 0xff,
            1 => 0,
            _ => numbers.below(256) as u8,
        };
    }
}

#[tokio::test]
async fn a_request_of_changed_bytes_is_answered_or_refused_and_nothing_panics() {
    let panics = Arc::new(AtomicUsize::new(0));
    let count = panics.clone();
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        count.fetch_add(1, SeqCst);
        usual(panic);
    }));
    let broker = TestBroker::start().await;
    broker.topic("t", 2).await;
    let rounds = if std::env::var_os("YEOUL_SLOW").is_some() { 100 * ROUNDS } else { ROUNDS };
    let mut numbers = Numbers(0x5eed);
    for _ in 0..rounds {
        for mut frame in samples() {
            mutate(&mut frame, &mut numbers);
            let mut wire = Wire::connect(broker.addr()).await;
            wire.stream.write_all(&frame).await.unwrap();
            // An answer, or the end; a fetch that has become a long one is left alone.
            let _ = tokio::time::timeout(Duration::from_millis(50), wire.stream.read_u8()).await;
        }
    }
    let answer = Wire::connect(broker.addr()).await.call(&MetadataRequest::default(), 12).await;
    assert_eq!(answer.brokers.len(), 1);
    broker.handle.shutdown().await;
    assert_eq!(panics.load(SeqCst), 0);
}
