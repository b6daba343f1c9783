//! A transactional producer that waits for each answer, or loses it and asks again over a new connection.

use std::collections::HashMap;

use bytes::Bytes;
use kafka_protocol::ResponseError;
use kafka_protocol::messages::*;
use kafka_protocol::protocol::{Request, StrBytes};
use yeoul_base::Timestamp;
use yeoul_log::batch::BatchBuilder;

use crate::cluster::{Cluster, Down, TOPIC};
use crate::support::Wire;

/// How often a request is sent again while another step of the transactional id is on its way.
const TRIES_MAX: usize = 10_000;

pub struct Producer {
    name: String,
    /// Whether it goes the way of KIP-890.
    new_path: bool,
    wire: Option<Wire>,
    identity: (i64, i16),
    sequences: HashMap<i32, i32>,
}

impl Producer {
    pub fn new(number: usize) -> Producer {
        let (name, new_path) = (format!("p{number}"), number % 2 == 1);
        Producer { name, new_path, wire: None, identity: (-1, -1), sequences: HashMap::new() }
    }

    pub fn goes_new_path(&self) -> bool {
        self.new_path
    }

    fn id(&self) -> TransactionalId {
        TransactionalId(StrBytes::from_string(self.name.clone()))
    }

    /// The connection is lost, and the identity with it.
    pub fn forget(&mut self) {
        self.wire = None;
        self.identity = (-1, -1);
    }

    async fn ask<Q: Request>(&mut self, cluster: &Cluster, request: &Q, version: i16) -> Q::Response {
        let mut wire = match self.wire.take() {
            Some(wire) => wire,
            None => Wire::connect(cluster.addr()).await,
        };
        let response = wire.call(request, version).await;
        self.wire = Some(wire);
        response
    }

    /// Sends a request, and goes away without its answer.
    async fn lose<Q: Request>(&mut self, cluster: &Cluster, request: &Q, version: i16) {
        let mut wire = Wire::connect(cluster.addr()).await;
        wire.send(request, version).await;
    }

    /// A new incarnation.
    pub async fn init(&mut self, cluster: &Cluster) -> Result<(), Down> {
        let request = InitProducerIdRequest::default()
            .with_transactional_id(Some(self.id()))
            .with_transaction_timeout_ms(60_000)
            .with_producer_id(ProducerId(-1))
            .with_producer_epoch(-1);
        for _ in 0..TRIES_MAX {
            let answer = self.ask(cluster, &request, 4).await;
            if is_done(answer.error_code, "the start of a producer")? {
                self.identity = (answer.producer_id.0, answer.producer_epoch);
                self.sequences.clear();
                return Ok(());
            }
        }
        panic!("a producer is not let in");
    }

    pub async fn ready(&mut self, cluster: &Cluster) -> Result<(), Down> {
        if self.identity.0 < 0 { self.init(cluster).await } else { Ok(()) }
    }

    async fn add_partition(&mut self, cluster: &Cluster, partition: i32) -> Result<(), Down> {
        use kafka_protocol::messages::add_partitions_to_txn_request::*;
        let wanted = AddPartitionsToTxnTopic::default().with_name(topic()).with_partitions(vec![partition]);
        let request = AddPartitionsToTxnRequest::default()
            .with_v3_and_below_transactional_id(self.id())
            .with_v3_and_below_producer_id(ProducerId(self.identity.0))
            .with_v3_and_below_producer_epoch(self.identity.1)
            .with_v3_and_below_topics(vec![wanted]);
        for _ in 0..TRIES_MAX {
            let answer = self.ask(cluster, &request, 0).await;
            let code = answer.results_by_topic_v3_and_below[0].results_by_partition[0].partition_error_code;
            if is_done(code, "a partition")? {
                return Ok(());
            }
        }
        panic!("a partition is not added");
    }

    fn batch(&self, partition: i32, values: &[u64]) -> Bytes {
        let sequence = self.sequences.get(&partition).copied().unwrap_or(0);
        let mut batch = BatchBuilder::new().producer(self.identity.0, self.identity.1, sequence).transactional();
        for value in values {
            batch.push(None, Some(value.to_string().as_bytes()), Timestamp(1), &[]);
        }
        batch.finish().unwrap()
    }

    fn produce_request(&self, partition: i32, records: Bytes) -> ProduceRequest {
        use kafka_protocol::messages::produce_request::*;
        let data = PartitionProduceData::default().with_index(partition).with_records(Some(records));
        let data = TopicProduceData::default().with_name(topic()).with_partition_data(vec![data]);
        ProduceRequest::default().with_acks(-1).with_topic_data(vec![data]).with_transactional_id(Some(self.id()))
    }

    fn produce_version(&self) -> i16 {
        if self.new_path { 12 } else { 10 }
    }

    /// Sends values as one batch; `lost` times without waiting for the answer, and then once more. Gives the offset of
    /// the first.
    pub async fn send(&mut self, cluster: &Cluster, partition: i32, values: &[u64], lost: usize) -> Result<i64, Down> {
        if !self.new_path {
            self.add_partition(cluster, partition).await?;
        }
        let request = self.produce_request(partition, self.batch(partition, values));
        let version = self.produce_version();
        for _ in 0..lost {
            self.lose(cluster, &request, version).await;
        }
        for _ in 0..TRIES_MAX {
            let answer = self.ask(cluster, &request, version).await;
            let stored = &answer.responses[0].partition_responses[0];
            if is_done(stored.error_code, "a batch")? {
                *self.sequences.entry(partition).or_default() += values.len() as i32;
                return Ok(stored.base_offset);
            }
        }
        panic!("a batch is not taken");
    }

    /// Sends values once more with the next sequence: a bug, since they are there twice then.
    pub async fn send_twice(&mut self, cluster: &Cluster, partition: i32, values: &[u64]) -> Result<i64, Down> {
        self.send(cluster, partition, values, 0).await?;
        self.send(cluster, partition, values, 0).await
    }

    /// Another incarnation comes, and then the old one sends: it must be refused.
    pub async fn be_fenced(&mut self, cluster: &Cluster, partition: i32, value: u64) -> Result<(), Down> {
        let late = self.produce_request(partition, self.batch(partition, &[value]));
        self.init(cluster).await?;
        let answer = self.ask(cluster, &late, self.produce_version()).await;
        let code = answer.responses[0].partition_responses[0].error_code;
        assert_ne!(code, 0, "the batch of a zombie was taken");
        Ok(())
    }

    /// Ends the transaction; `lost` times without waiting for the answer first.
    pub async fn end(&mut self, cluster: &Cluster, commit: bool, lost: usize) -> Result<(), Down> {
        let request = EndTxnRequest::default()
            .with_transactional_id(self.id())
            .with_producer_id(ProducerId(self.identity.0))
            .with_producer_epoch(self.identity.1)
            .with_committed(commit);
        let version = if self.new_path { 5 } else { 1 };
        for _ in 0..lost {
            self.lose(cluster, &request, version).await;
        }
        for _ in 0..TRIES_MAX {
            let answer = self.ask(cluster, &request, version).await;
            if is_done(answer.error_code, "an end")? {
                if self.new_path {
                    self.identity = (answer.producer_id.0, answer.producer_epoch);
                    self.sequences.clear();
                }
                return Ok(());
            }
        }
        panic!("a transaction does not end");
    }
}

pub fn topic() -> TopicName {
    TopicName(StrBytes::from_static_str(TOPIC))
}

/// Whether a request is done; false: it is to be sent again.
fn is_done(code: i16, what: &str) -> Result<bool, Down> {
    const AGAIN: [ResponseError; 1] = [ResponseError::ConcurrentTransactions];
    // Without its disk the broker takes nothing.
    const DOWN: [ResponseError; 3] =
        [ResponseError::KafkaStorageError, ResponseError::NotEnoughReplicas, ResponseError::CoordinatorNotAvailable];
    match code {
        0 => Ok(true),
        code if AGAIN.iter().any(|error| error.code() == code) => Ok(false),
        code if DOWN.iter().any(|error| error.code() == code) => Err(Down),
        code => panic!("{what} was refused with code {code}"),
    }
}
