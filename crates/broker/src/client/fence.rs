//! A producer that comes in the place of another, of which something may still be on its way.
//!
//! Both have one transactional id, so the new one has the id of the old with the next epoch (KIP-360). The partitions
//! learn of the epoch by the markers of a transaction without records that is aborted in all of them: what the old one
//! sent lies before the marker, or is refused (`INVALID_PRODUCER_EPOCH`). What is sent afterwards are ordinary batches, which every
//! reader sees at once; the transaction is over.
//!
//! That holds as long as the broker remembers the transactional id (`transactional.id.expiration.ms`, 7 days).

use std::time::Duration;

use kafka_protocol::ResponseError;
use kafka_protocol::messages::add_partitions_to_txn_request::AddPartitionsToTxnTopic;
use kafka_protocol::messages::{
    AddPartitionsToTxnRequest, EndTxnRequest, InitProducerIdRequest, ProducerId, TopicName, TransactionalId,
};
use kafka_protocol::protocol::Request;

use super::admin::text;
use super::coordinator::Coordinated;
use super::error::ClientError;
use super::produce::Producer;
use super::session::Client;

/// How long the fencing transaction may be open, in milliseconds.
const TIMEOUT_MS: i32 = 60_000;
/// The last version of `InitProducerId` of clients whose epoch does not change with each transaction (KIP-890).
const INIT_VERSION_MAX: i16 = 4;
/// The last version of `AddPartitionsToTxn` that clients use.
const ADD_VERSION_MAX: i16 = 3;
/// The last version of `EndTxn` that leaves the producer its epoch.
const END_VERSION_MAX: i16 = 4;

/// A transactional id, and who has it now.
struct Fence<'a> {
    client: &'a mut Client,
    name: TransactionalId,
    producer: ProducerId,
    epoch: i16,
}

impl Producer {
    /// An idempotent producer in the place of all that had the transactional id before: when this returns, what they sent
    /// to the topic's partitions is there and can be read, or never will be there.
    ///
    /// # Errors
    /// [`ClientError`], after retries where they can help.
    pub async fn fencing(
        mut client: Client,
        transactional_id: &str,
        topic: &str,
        partitions: usize,
    ) -> Result<Producer, ClientError> {
        let name = TransactionalId(text(transactional_id));
        let mut fence = Fence { client: &mut client, name, producer: ProducerId(-1), epoch: -1 };
        fence.take_id().await?;
        // The first epoch: there was nobody before.
        if fence.epoch > 0 {
            fence.add(topic, partitions).await?;
            fence.abort().await?;
            // Where markers are written after the answer, a second one comes when they are.
            fence.abort().await?;
        }
        let (producer, epoch) = (fence.producer.0, fence.epoch);
        Ok(Producer::of(client, producer, epoch))
    }
}

impl Fence<'_> {
    async fn take_id(&mut self) -> Result<(), ClientError> {
        let request = InitProducerIdRequest::default()
            .with_transactional_id(Some(self.name.clone()))
            .with_transaction_timeout_ms(TIMEOUT_MS);
        let response = self.ask(&request, INIT_VERSION_MAX, |response| Some(response.error_code)).await?;
        (self.producer, self.epoch) = (response.producer_id, response.producer_epoch);
        Ok(())
    }

    async fn add(&mut self, topic: &str, partitions: usize) -> Result<(), ClientError> {
        let partitions = (0..i32::try_from(partitions).unwrap_or(i32::MAX)).collect();
        let topic = AddPartitionsToTxnTopic::default().with_name(TopicName(text(topic))).with_partitions(partitions);
        let request = AddPartitionsToTxnRequest::default()
            .with_v3_and_below_transactional_id(self.name.clone())
            .with_v3_and_below_producer_id(self.producer)
            .with_v3_and_below_producer_epoch(self.epoch)
            .with_v3_and_below_topics(vec![topic]);
        let not_tried = ResponseError::OperationNotAttempted.code();
        let answer = self.ask(&request, ADD_VERSION_MAX, |response| {
            let topics = response.results_by_topic_v3_and_below.iter();
            let codes = topics.flat_map(|topic| &topic.results_by_partition);
            let mut refused = codes.map(|it| it.partition_error_code).filter(|&code| code != 0 && code != not_tried);
            refused.next()
        });
        answer.await.map(drop)
    }

    async fn abort(&mut self) -> Result<(), ClientError> {
        let request = EndTxnRequest::default()
            .with_transactional_id(self.name.clone())
            .with_producer_id(self.producer)
            .with_producer_epoch(self.epoch)
            .with_committed(false);
        self.ask(&request, END_VERSION_MAX, |response| Some(response.error_code)).await.map(drop)
    }

    /// Asks the broker that keeps the transactional id, again where that can help.
    async fn ask<Q: Request>(
        &mut self,
        request: &Q,
        version_max: i16,
        code: impl Fn(&Q::Response) -> Option<i16>,
    ) -> Result<Q::Response, ClientError> {
        let mut tried = 0;
        loop {
            match self.ask_once(request, version_max, &code).await {
                Err(error) if self.client.again(&error, &mut tried).await => {}
                answer => return answer,
            }
        }
    }

    async fn ask_once<Q: Request>(
        &mut self,
        request: &Q,
        version_max: i16,
        code: impl Fn(&Q::Response) -> Option<i16>,
    ) -> Result<Q::Response, ClientError> {
        let address = self.client.coordinator_of(Coordinated::Transaction, &self.name.0).await?;
        let answer = self.client.ask_address(&address, request, version_max, Duration::ZERO).await?;
        let doing = || format!("a producer with transactional id `{}`", &*self.name.0);
        ClientError::check(code(&answer).unwrap_or(0), doing, None)?;
        Ok(answer)
    }
}
