//! An idempotent producer of whole batches.

use std::collections::HashMap;
use std::time::Duration;

use bytes::Bytes;
use kafka_protocol::ResponseError;
use kafka_protocol::messages::produce_request::{PartitionProduceData, TopicProduceData};
use kafka_protocol::messages::{InitProducerIdRequest, ProduceRequest, TopicName};
use yeoul_base::Offset;
use yeoul_log::batch::BatchBuilder;

use super::admin::text;
use super::error::ClientError;
use super::session::Client;

/// The version of `Produce` that is used: the last that names topics.
const PRODUCE_VERSION_MAX: i16 = 12;
/// How long a broker may take to store a batch, in milliseconds.
const PRODUCE_TIMEOUT_MS: i32 = 30_000;
/// The answer is wanted when the batch is on all replicas.
const ACKS_ALL: i16 = -1;

/// A batch that is stored.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Delivered {
    /// The first record's offset; nothing if the broker knows only that it has the batch already.
    pub base_offset: Option<Offset>,
    /// How many records there are.
    pub records: usize,
}

/// Sends batches one after the other, each until it is stored. What is sent again after a lost answer is stored once.
#[derive(Debug)]
pub struct Producer {
    client: Client,
    id: i64,
    epoch: i16,
    /// The next sequence of each partition.
    sequences: HashMap<(String, i32), i32>,
}

impl Producer {
    /// Asks for a producer's identity.
    ///
    /// # Errors
    /// [`ClientError`], after retries where they can help.
    pub async fn new(mut client: Client) -> Result<Producer, ClientError> {
        let request = InitProducerIdRequest::default().with_transactional_id(None).with_transaction_timeout_ms(0);
        let mut tried = 0;
        loop {
            match identity(&mut client, &request).await {
                Ok((id, epoch)) => return Ok(Producer::of(client, id, epoch)),
                Err(error) if client.again(&error, &mut tried).await => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// A producer with an identity that the broker gave.
    pub(super) fn of(client: Client, id: i64, epoch: i16) -> Producer {
        Producer { client, id, epoch, sequences: HashMap::new() }
    }

    /// The client, for what is not producing.
    pub fn client(&mut self) -> &mut Client {
        &mut self.client
    }

    /// Stores a batch: returns when the broker has acknowledged it.
    ///
    /// # Errors
    /// [`ClientError`], after retries where they can help. Whether the batch was stored is then not known, and a later
    /// batch to the partition may be refused as out of order: make a new producer, and look at what the topic holds.
    pub async fn send(&mut self, topic: &str, partition: i32, batch: BatchBuilder) -> Result<Delivered, ClientError> {
        let records = batch.len();
        let key = (topic.to_owned(), partition);
        let sequence = self.sequences.get(&key).copied().unwrap_or(0);
        let batch = batch.producer(self.id, self.epoch, sequence).finish();
        let batch = batch.map_err(|error| ClientError::Batch { topic: topic.to_owned(), error })?;
        let base_offset = self.store(topic, partition, &batch).await?;
        self.sequences.insert(key, next_sequence(sequence, records));
        Ok(Delivered { base_offset, records })
    }

    async fn store(&mut self, topic: &str, partition: i32, batch: &Bytes) -> Result<Option<Offset>, ClientError> {
        let mut tried = 0;
        loop {
            match self.store_once(topic, partition, batch).await {
                Err(ClientError::Refused { error: ResponseError::DuplicateSequenceNumber, .. }) => return Ok(None),
                Err(error) if self.client.again(&error, &mut tried).await => {}
                result => return result,
            }
        }
    }

    async fn store_once(&mut self, topic: &str, partition: i32, batch: &Bytes) -> Result<Option<Offset>, ClientError> {
        let data = PartitionProduceData::default().with_index(partition).with_records(Some(batch.clone()));
        let data = TopicProduceData::default().with_name(TopicName(text(topic))).with_partition_data(vec![data]);
        let request = ProduceRequest::default()
            .with_acks(ACKS_ALL)
            .with_timeout_ms(PRODUCE_TIMEOUT_MS)
            .with_topic_data(vec![data]);
        let response =
            self.client.ask_leader((topic, partition), &request, PRODUCE_VERSION_MAX, Duration::ZERO).await?;
        let stored = response.responses.iter().flat_map(|topic| &topic.partition_responses).next();
        let stored = stored.ok_or_else(|| ClientError::UnknownPartition { topic: topic.to_owned(), partition })?;
        let doing = || format!("to store a batch in `{topic}`, partition {partition}");
        ClientError::check(stored.error_code, doing, stored.error_message.as_deref())?;
        Ok((stored.base_offset >= 0).then_some(Offset(stored.base_offset)))
    }
}

async fn identity(client: &mut Client, request: &InitProducerIdRequest) -> Result<(i64, i16), ClientError> {
    let response = client.ask(request, 4).await?;
    ClientError::check(response.error_code, || "a producer id".to_owned(), None)?;
    Ok((response.producer_id.0, response.producer_epoch))
}

/// Sequences begin again at 0 behind the greatest number.
fn next_sequence(sequence: i32, records: usize) -> i32 {
    let next = (i64::from(sequence) + records as i64) % (i64::from(i32::MAX) + 1);
    i32::try_from(next).expect("it is less than the modulus")
}
