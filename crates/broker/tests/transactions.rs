//! Transactions over the wire, on the old path and on that of KIP-890: what is committed is read, what is aborted is
//! not, and zombies, delayed requests and lost answers change nothing.
#![allow(clippy::unwrap_used, reason = "a test that can't go on has failed")]

mod support;

use std::time::Duration;

use kafka_protocol::ResponseError;
use kafka_protocol::messages::*;
use kafka_protocol::protocol::StrBytes;
use support::{TestBroker, Wire};
use yeoul_base::{PartitionId, Timestamp};
use yeoul_broker::BrokerConfig;
use yeoul_broker::client::OffsetAt;
use yeoul_log::batch::BatchBuilder;

fn text(text: &'static str) -> StrBytes {
    StrBytes::from_static_str(text)
}

fn topic() -> TopicName {
    TopicName(text("t"))
}

/// Which way a client goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Path {
    Old,
    New,
}

impl Path {
    fn produce(self) -> i16 {
        if self == Path::Old { 10 } else { 12 }
    }

    fn end(self) -> i16 {
        if self == Path::Old { 1 } else { 5 }
    }
}

/// A transactional producer, by hand.
struct Producer {
    wire: Wire,
    path: Path,
    id: &'static str,
    producer: i64,
    epoch: i16,
    /// The next sequence, by partition.
    sequences: [i32; 2],
}

impl Producer {
    async fn start(broker: &TestBroker, id: &'static str, path: Path) -> Producer {
        let mut wire = Wire::connect(broker.addr()).await;
        let answer = wire.call(&init(id, 60_000), 4).await;
        assert_eq!(answer.error_code, 0);
        let (producer, epoch) = (answer.producer_id.0, answer.producer_epoch);
        Producer { wire, path, id, producer, epoch, sequences: [0; 2] }
    }

    fn id(&self) -> TransactionalId {
        TransactionalId(text(self.id))
    }

    /// Adds a partition by request, as the old path does.
    async fn add(&mut self, partition: i32) -> i16 {
        use kafka_protocol::messages::add_partitions_to_txn_request::*;
        let wanted = AddPartitionsToTxnTopic::default().with_name(topic()).with_partitions(vec![partition]);
        let request = AddPartitionsToTxnRequest::default()
            .with_v3_and_below_transactional_id(self.id())
            .with_v3_and_below_producer_id(ProducerId(self.producer))
            .with_v3_and_below_producer_epoch(self.epoch)
            .with_v3_and_below_topics(vec![wanted]);
        let answer = self.wire.call(&request, 0).await;
        answer.results_by_topic_v3_and_below[0].results_by_partition[0].partition_error_code
    }

    fn batch(&self, partition: i32, value: &str) -> bytes::Bytes {
        let mut batch =
            BatchBuilder::new().producer(self.producer, self.epoch, self.sequences[partition as usize]).transactional();
        batch.push(None, Some(value.as_bytes()), Timestamp(1), &[]);
        batch.finish().unwrap()
    }

    async fn produce(&mut self, partition: i32, value: &str) -> i16 {
        use kafka_protocol::messages::produce_request::*;
        let data =
            PartitionProduceData::default().with_index(partition).with_records(Some(self.batch(partition, value)));
        let data = TopicProduceData::default().with_name(topic()).with_partition_data(vec![data]);
        let request = ProduceRequest::default().with_acks(-1).with_topic_data(vec![data]);
        let request = request.with_transactional_id(Some(self.id()));
        let code = self.wire.call(&request, self.path.produce()).await.responses[0].partition_responses[0].error_code;
        if code == 0 {
            self.sequences[partition as usize] += 1;
        }
        code
    }

    /// Writes a value by the client's own path.
    async fn send(&mut self, partition: i32, value: &str) {
        if self.path == Path::Old {
            assert_eq!(self.add(partition).await, 0);
        }
        assert_eq!(self.produce(partition, value).await, 0, "{value}");
    }

    async fn try_end(&mut self, commit: bool) -> EndTxnResponse {
        let request = EndTxnRequest::default()
            .with_transactional_id(self.id())
            .with_producer_id(ProducerId(self.producer))
            .with_producer_epoch(self.epoch)
            .with_committed(commit);
        self.wire.call(&request, self.path.end()).await
    }

    async fn end(&mut self, commit: bool) {
        let answer = self.try_end(commit).await;
        assert_eq!(answer.error_code, 0);
        if self.path == Path::New {
            assert_eq!((answer.producer_id.0, answer.producer_epoch), (self.producer, self.epoch + 1));
            (self.epoch, self.sequences) = (answer.producer_epoch, [0; 2]);
        }
    }

    async fn commit_offset(&mut self, offset: i64, version: i16) -> i16 {
        use kafka_protocol::messages::txn_offset_commit_request::*;
        let partition = TxnOffsetCommitRequestPartition::default().with_committed_offset(offset);
        let wanted = TxnOffsetCommitRequestTopic::default().with_name(topic()).with_partitions(vec![partition]);
        let request = TxnOffsetCommitRequest::default()
            .with_transactional_id(self.id())
            .with_group_id(GroupId(text("g")))
            .with_producer_id(ProducerId(self.producer))
            .with_producer_epoch(self.epoch)
            .with_topics(vec![wanted]);
        self.wire.call(&request, version).await.topics[0].partitions[0].error_code
    }
}

fn init(id: &'static str, timeout: i32) -> InitProducerIdRequest {
    let request = InitProducerIdRequest::default().with_transactional_id(Some(TransactionalId(text(id))));
    request.with_transaction_timeout_ms(timeout).with_producer_id(ProducerId(-1)).with_producer_epoch(-1)
}

/// What a reader of committed records sees.
async fn committed(broker: &TestBroker, partition: i32) -> Vec<String> {
    let mut client = broker.client().await;
    let end = client.offset("t", partition, OffsetAt::Latest).await.unwrap().unwrap();
    let mut next = yeoul_base::Offset(0);
    let mut found = Vec::new();
    while next < end {
        let fetched = client.fetch("t", partition, next, Duration::from_secs(5), 1 << 20).await.unwrap();
        let (records, behind) = fetched.records().unwrap();
        found.extend(records.into_iter().map(|record| String::from_utf8(record.value.unwrap()).unwrap()));
        next = behind;
    }
    found
}

fn committed_offset(broker: &TestBroker) -> Option<i64> {
    broker.log.committed_offset("g", "t", PartitionId(0)).map(|committed| committed.offset.0)
}

#[tokio::test]
async fn both_paths_commit_and_abort_side_by_side() {
    let broker = TestBroker::start().await;
    broker.topic("t", 2).await;
    let mut old = Producer::start(&broker, "old", Path::Old).await;
    let mut new = Producer::start(&broker, "new", Path::New).await;
    for round in 0..6 {
        for (producer, name) in [(&mut old, "old"), (&mut new, "new")] {
            producer.send(0, &format!("{name} {round}")).await;
            producer.send(1, &format!("{name} {round}")).await;
        }
        old.end(round % 2 == 0).await;
        new.end(round % 3 == 0).await;
    }
    for partition in [0, 1] {
        let expected = ["old 0", "new 0", "old 2", "new 3", "old 4"];
        assert_eq!(committed(&broker, partition).await, expected, "partition {partition}");
    }
}

#[tokio::test]
async fn the_aborted_list_and_the_last_stable_offset_are_in_each_version_of_fetch() {
    use kafka_protocol::messages::fetch_request::*;
    let broker = TestBroker::start().await;
    let id = broker.topic("t", 1).await;
    let mut producer = Producer::start(&broker, "p", Path::New).await;
    producer.send(0, "aborted").await;
    producer.end(false).await;
    producer.send(0, "open").await;
    let mut wire = Wire::connect(broker.addr()).await;
    for (version, level) in (4..=18).flat_map(|version| [(version, 0), (version, 1)]) {
        let wanted = FetchPartition::default().with_partition_max_bytes(1 << 20);
        let wanted = FetchTopic::default().with_partitions(vec![wanted]);
        let uuid = uuid::Uuid::from_bytes(id.0);
        let wanted = if version >= 13 { wanted.with_topic_id(uuid) } else { wanted.with_topic(topic()) };
        let request = FetchRequest::default().with_max_bytes(1 << 20).with_isolation_level(level);
        let answer = wire.call(&request.with_topics(vec![wanted]), version).await;
        let found = &answer.responses[0].partitions[0];
        assert_eq!((found.high_watermark, found.last_stable_offset), (3, 2), "version {version}");
        let batches = yeoul_log::batch::batches(found.records.as_ref().unwrap()).count();
        assert_eq!(batches, if level == 1 { 2 } else { 3 }, "version {version}");
        let aborted = found
            .aborted_transactions
            .as_ref()
            .map(|all| all.iter().map(|one| (one.producer_id.0, one.first_offset)).collect::<Vec<_>>());
        assert_eq!(aborted, (level == 1).then(|| vec![(producer.producer, 0)]), "version {version}");
    }
}

#[tokio::test]
async fn a_new_producer_fences_the_zombie_and_aborts_what_it_left() {
    let broker = TestBroker::start().await;
    broker.topic("t", 1).await;
    for path in [Path::Old, Path::New] {
        let mut zombie = Producer::start(&broker, "p", path).await;
        zombie.send(0, "by the zombie").await;
        let mut heir = Producer::start(&broker, "p", path).await;
        assert_eq!((heir.producer, heir.epoch), (zombie.producer, zombie.epoch + 1), "{path:?}");
        assert_eq!(zombie.produce(0, "late").await, ResponseError::InvalidProducerEpoch.code());
        let fenced =
            if path == Path::Old { ResponseError::InvalidProducerEpoch } else { ResponseError::ProducerFenced };
        assert_eq!(zombie.try_end(true).await.error_code, fenced.code());
        heir.send(0, "by the heir").await;
        heir.end(true).await;
    }
    assert_eq!(committed(&broker, 0).await, ["by the heir", "by the heir"]);
}

#[tokio::test]
async fn a_delayed_batch_opens_no_transaction_that_nobody_ends() {
    let broker = TestBroker::start().await;
    let id = broker.topic("t", 1).await;
    let mut old = Producer::start(&broker, "old", Path::Old).await;
    old.send(0, "x").await;
    old.end(true).await;
    assert_eq!(old.produce(0, "delayed").await, ResponseError::InvalidTxnState.code());
    let mut new = Producer::start(&broker, "new", Path::New).await;
    new.send(0, "y").await;
    let begun = (new.epoch, new.sequences);
    new.end(true).await;
    let current = (new.epoch, new.sequences);
    (new.epoch, new.sequences) = begun;
    assert_eq!(new.produce(0, "delayed").await, ResponseError::InvalidProducerEpoch.code());
    (new.epoch, new.sequences) = current;
    let bounds = broker.bounds(id, 0);
    assert_eq!(bounds.last_stable, bounds.high_watermark, "nothing hangs");
    assert_eq!(committed(&broker, 0).await, ["x", "y"]);
}

#[tokio::test]
async fn an_end_whose_answer_was_lost_is_answered_again_from_a_new_connection() {
    let broker = TestBroker::start().await;
    broker.topic("t", 1).await;
    for path in [Path::Old, Path::New] {
        let mut producer = Producer::start(&broker, "p", path).await;
        producer.send(0, "once").await;
        let first = producer.try_end(true).await;
        producer.wire = Wire::connect(broker.addr()).await;
        let again = producer.try_end(true).await;
        assert_eq!(first, again, "{path:?}");
        assert_eq!(producer.try_end(false).await.error_code, ResponseError::InvalidTxnState.code());
    }
    assert_eq!(committed(&broker, 0).await, ["once", "once"]);
}

#[tokio::test]
async fn offsets_are_committed_with_the_records_or_not_at_all() {
    let broker = TestBroker::start().await;
    broker.topic("t", 1).await;
    let mut old = Producer::start(&broker, "old", Path::Old).await;
    assert_eq!(old.commit_offset(5, 3).await, ResponseError::InvalidTxnState.code(), "the group is added first");
    let group = AddOffsetsToTxnRequest::default().with_transactional_id(old.id()).with_group_id(GroupId(text("g")));
    let group = group.with_producer_id(ProducerId(old.producer)).with_producer_epoch(old.epoch);
    for version in 0..=4 {
        assert_eq!(old.wire.call(&group, version).await.error_code, 0, "version {version}");
    }
    for version in 0..=4 {
        assert_eq!(old.commit_offset(5 + i64::from(version), version).await, 0, "version {version}");
    }
    assert_eq!(committed_offset(&broker), None, "it counts with the commit");
    old.end(true).await;
    assert_eq!(committed_offset(&broker), Some(9));
    let mut new = Producer::start(&broker, "new", Path::New).await;
    assert_eq!(new.commit_offset(20, 5).await, 0);
    new.end(false).await;
    assert_eq!(committed_offset(&broker), Some(9), "the abort took it back");
    assert_eq!(new.commit_offset(21, 5).await, 0);
    new.end(true).await;
    assert_eq!(committed_offset(&broker), Some(21));
}

#[tokio::test]
async fn what_takes_too_long_is_aborted_by_itself() {
    let broker = TestBroker::start().await;
    broker.topic("t", 1).await;
    let mut producer = Producer::start(&broker, "p", Path::New).await;
    let answer = producer.wire.call(&init("p", 1), 4).await;
    producer.epoch = answer.producer_epoch;
    producer.send(0, "too slow").await;
    let waiting = async {
        while !broker.log.open_transactions().is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(support::PATIENCE, waiting).await.expect("the transaction is aborted");
    assert_eq!(producer.try_end(true).await.error_code, ResponseError::InvalidTxnState.code());
    assert!(committed(&broker, 0).await.is_empty());
    // Its producer may abort, which is done, and goes on with the epoch that it is given.
    let aborted = producer.try_end(false).await;
    assert_eq!((aborted.error_code, aborted.producer_epoch), (0, producer.epoch + 1));
    producer.epoch = aborted.producer_epoch;
    assert_eq!(producer.try_end(false).await.error_code, 0);
}

#[tokio::test]
async fn a_timeout_beyond_the_brokers_is_refused() {
    let config = BrokerConfig { transaction_timeout_max: Duration::from_secs(5), ..BrokerConfig::default() };
    let broker = TestBroker::start_with(config).await;
    let mut wire = Wire::connect(broker.addr()).await;
    assert_eq!(wire.call(&init("p", 5000), 4).await.error_code, 0);
    let refused = wire.call(&init("p", 5001), 4).await;
    assert_eq!(refused.error_code, ResponseError::InvalidTransactionTimeout.code());
}

#[tokio::test]
async fn partitions_are_added_and_verified_by_the_batched_form() {
    use kafka_protocol::messages::add_partitions_to_txn_request::*;
    let broker = TestBroker::start().await;
    broker.topic("t", 2).await;
    let mut producer = Producer::start(&broker, "p", Path::Old).await;
    let ask = |partitions: Vec<i32>, verify| {
        let wanted = AddPartitionsToTxnTopic::default().with_name(topic()).with_partitions(partitions);
        let one = AddPartitionsToTxnTransaction::default()
            .with_transactional_id(TransactionalId(text("p")))
            .with_producer_id(ProducerId(producer.producer))
            .with_producer_epoch(producer.epoch)
            .with_verify_only(verify)
            .with_topics(vec![wanted]);
        AddPartitionsToTxnRequest::default().with_transactions(vec![one])
    };
    let codes = |answer: AddPartitionsToTxnResponse| -> Vec<i16> {
        let partitions = &answer.results_by_transaction[0].topic_results[0].results_by_partition;
        partitions.iter().map(|partition| partition.partition_error_code).collect()
    };
    let (verify, add, half) = (ask(vec![0], true), ask(vec![0], false), ask(vec![1, 9], false));
    let not_yet = [ResponseError::InvalidTxnState, ResponseError::TransactionAbortable];
    for (version, expected) in (4..=5).zip(not_yet) {
        assert_eq!(codes(producer.wire.call(&verify, version).await), [expected.code()]);
    }
    let refused = [ResponseError::OperationNotAttempted.code(), ResponseError::UnknownTopicOrPartition.code()];
    assert_eq!(codes(producer.wire.call(&half, 5).await), refused);
    assert_eq!(codes(producer.wire.call(&add, 4).await), [0]);
    assert_eq!(codes(producer.wire.call(&verify, 5).await), [0]);
}

#[tokio::test]
async fn transactions_and_producers_are_listed_and_described() {
    use kafka_protocol::messages::describe_producers_request::TopicRequest;
    let broker = TestBroker::start().await;
    broker.topic("t", 1).await;
    let mut producer = Producer::start(&broker, "p", Path::New).await;
    producer.send(0, "x").await;
    let asked = DescribeTransactionsRequest::default()
        .with_transactional_ids(vec![TransactionalId(text("p")), TransactionalId(text("nobody"))]);
    let states = producer.wire.call(&asked, 0).await.transaction_states;
    assert_eq!((states[0].transaction_state.as_str(), states[0].producer_id.0), ("Ongoing", producer.producer));
    assert_eq!((&states[0].topics[0].topic, &states[0].topics[0].partitions), (&topic(), &vec![0]));
    assert_eq!(states[1].error_code, ResponseError::TransactionalIdNotFound.code());
    for (state, pattern, expected) in
        [("Ongoing", None, 1), ("Empty", None, 0), ("Ongoing", Some("p+"), 1), ("Ongoing", Some("q"), 0)]
    {
        let asked = ListTransactionsRequest::default().with_state_filters(vec![text(state)]);
        let asked = asked.with_transactional_id_pattern(pattern.map(text)).with_duration_filter(-1);
        let answer = producer.wire.call(&asked, 2).await;
        assert_eq!((answer.error_code, answer.transaction_states.len()), (0, expected), "{state} {pattern:?}");
    }
    let unknown = ListTransactionsRequest::default().with_state_filters(vec![text("Ongoin")]).with_duration_filter(-1);
    assert_eq!(producer.wire.call(&unknown, 1).await.unknown_state_filters, [text("Ongoin")]);
    let wanted = TopicRequest::default().with_name(topic()).with_partition_indexes(vec![0, 5]);
    let answer = producer.wire.call(&DescribeProducersRequest::default().with_topics(vec![wanted]), 0).await;
    let partitions = &answer.topics[0].partitions;
    let active = &partitions[0].active_producers[0];
    assert_eq!((active.producer_id.0, active.current_txn_start_offset), (producer.producer, 0));
    assert_eq!(partitions[1].error_code, ResponseError::UnknownTopicOrPartition.code());
}

#[tokio::test]
async fn clients_are_told_of_the_feature_that_bumps_epochs() {
    let broker = TestBroker::start().await;
    let mut wire = Wire::connect(broker.addr()).await;
    let named = ApiVersionsRequest::default().with_client_software_name(text("n"));
    for version in 3..=4 {
        let answer = wire.call(&named.clone().with_client_software_version(text("1")), version).await;
        let level = answer.finalized_features.iter().find(|feature| feature.name.as_str() == "transaction.version");
        assert_eq!(level.map(|feature| feature.max_version_level), Some(2));
        assert!(answer.finalized_features_epoch >= 0);
    }
}

/// What a group's members are told of where it stands: the offset, and the error.
async fn fetched_offset(producer: &mut Producer) -> (i64, i16) {
    use kafka_protocol::messages::offset_fetch_request::OffsetFetchRequestTopic;
    let wanted = OffsetFetchRequestTopic::default().with_name(topic()).with_partition_indexes(vec![0]);
    let request = OffsetFetchRequest::default().with_group_id(GroupId(text("g"))).with_topics(Some(vec![wanted]));
    let answer = producer.wire.call(&request.with_require_stable(true), 7).await;
    let found = &answer.topics[0].partitions[0];
    (found.committed_offset, found.error_code)
}

#[tokio::test]
async fn a_group_waits_for_offsets_that_an_open_transaction_holds() {
    let broker = TestBroker::start().await;
    broker.topic("t", 1).await;
    let mut producer = Producer::start(&broker, "p", Path::New).await;
    for (offset, commit) in [(5, true), (6, false), (7, true)] {
        assert_eq!(producer.commit_offset(offset, 5).await, 0);
        assert_eq!(fetched_offset(&mut producer).await.1, ResponseError::UnstableOffsetCommit.code());
        producer.end(commit).await;
        assert_eq!(fetched_offset(&mut producer).await, (if commit { offset } else { 5 }, 0));
    }
}

#[tokio::test]
async fn a_member_that_is_none_commits_no_offsets_in_a_transaction() {
    use kafka_protocol::messages::txn_offset_commit_request::*;
    let broker = TestBroker::start().await;
    broker.topic("t", 1).await;
    let mut producer = Producer::start(&broker, "p", Path::New).await;
    let partition = TxnOffsetCommitRequestPartition::default().with_committed_offset(5);
    let wanted = TxnOffsetCommitRequestTopic::default().with_name(topic()).with_partitions(vec![partition]);
    let request = TxnOffsetCommitRequest::default()
        .with_transactional_id(producer.id())
        .with_group_id(GroupId(text("g")))
        .with_producer_id(ProducerId(producer.producer))
        .with_producer_epoch(producer.epoch)
        .with_member_id(text("nobody"))
        .with_generation_id(3)
        .with_topics(vec![wanted]);
    let code = producer.wire.call(&request, 5).await.topics[0].partitions[0].error_code;
    assert_ne!(code, 0);
    assert_eq!(fetched_offset(&mut producer).await, (-1, 0), "nothing is held up by it");
}

#[tokio::test]
async fn a_group_that_is_deleted_does_not_come_back_by_a_transaction() {
    let broker = TestBroker::start().await;
    broker.topic("t", 1).await;
    for path in [Path::Old, Path::New] {
        let mut producer = Producer::start(&broker, "p", path).await;
        let group = AddOffsetsToTxnRequest::default().with_transactional_id(producer.id());
        let group = group.with_group_id(GroupId(text("g"))).with_producer_id(ProducerId(producer.producer));
        assert_eq!(producer.wire.call(&group.with_producer_epoch(producer.epoch), 3).await.error_code, 0);
        let version = if path == Path::Old { 3 } else { 5 };
        assert_eq!(producer.commit_offset(5, version).await, 0);
        let request = DeleteGroupsRequest::default().with_groups_names(vec![GroupId(text("g"))]);
        assert_eq!(producer.wire.call(&request, 2).await.results[0].error_code, 0);
        producer.end(true).await;
        assert_eq!(committed_offset(&broker), None, "{path:?}");
        assert_eq!(fetched_offset(&mut producer).await, (-1, 0), "nothing is held up by it");
        let gone = producer.wire.call(&request, 2).await.results[0].error_code;
        assert_eq!(gone, ResponseError::GroupIdNotFound.code(), "{path:?}");
    }
}

/// What an operator's abort of a partition's transaction is answered with.
async fn abort(producer: &mut Producer, partition: i32, epoch: i16, commit: bool) -> i16 {
    use kafka_protocol::messages::write_txn_markers_request::*;
    let wanted = WritableTxnMarkerTopic::default().with_name(topic()).with_partition_indexes(vec![partition]);
    let marker = WritableTxnMarker::default()
        .with_producer_id(ProducerId(producer.producer))
        .with_producer_epoch(epoch)
        .with_transaction_result(commit)
        .with_topics(vec![wanted]);
    let answer = producer.wire.call(&WriteTxnMarkersRequest::default().with_markers(vec![marker]), 1).await;
    answer.markers[0].topics[0].partitions[0].error_code
}

#[tokio::test]
async fn an_operator_aborts_a_transaction_that_hangs() {
    let broker = TestBroker::start().await;
    broker.topic("t", 2).await;
    for path in [Path::Old, Path::New] {
        let mut producer = Producer::start(&broker, "p", path).await;
        producer.send(0, "kept").await;
        producer.end(true).await;
        producer.send(0, "aborted").await;
        producer.send(1, "aborted").await;
        let (epoch, unknown) = (producer.epoch, ResponseError::UnknownTopicOrPartition.code());
        assert_eq!(abort(&mut producer, 9, epoch, false).await, unknown);
        assert_eq!(abort(&mut producer, 0, epoch, true).await, ResponseError::InvalidRequest.code());
        let fenced = ResponseError::InvalidProducerEpoch.code();
        assert_eq!(abort(&mut producer, 0, epoch - 1, false).await, fenced);
        assert_eq!(broker.log.open_transactions().len(), 1);
        assert_eq!(abort(&mut producer, 0, epoch, false).await, 0);
        assert!(broker.log.open_transactions().is_empty(), "{path:?}: it is over in all partitions");
        assert_ne!(producer.produce(0, "late").await, 0, "{path:?}: its producer is fenced");
        assert_ne!(producer.try_end(true).await.error_code, 0, "{path:?}");
        let mut next = Producer::start(&broker, "p", path).await;
        let epoch = next.epoch;
        assert_eq!(abort(&mut next, 0, epoch, false).await, 0, "there is nothing to abort");
        next.send(1, "after").await;
        next.end(true).await;
    }
    assert_eq!(committed(&broker, 0).await, ["kept", "kept"]);
    assert_eq!(committed(&broker, 1).await, ["after", "after"]);
}
