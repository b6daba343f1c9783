//! Reading: offsets, batches, records.

use std::time::Duration;

use bytes::Bytes;
use kafka_protocol::messages::fetch_request::{FetchPartition, FetchTopic};
use kafka_protocol::messages::list_offsets_request::{ListOffsetsPartition, ListOffsetsTopic};
use kafka_protocol::messages::{BrokerId, FetchRequest, ListOffsetsRequest, TopicName};
use yeoul_base::limits::BATCH_DECOMPRESSED_BYTES_MAX;
use yeoul_base::{Offset, Timestamp};
use yeoul_log::batch::{self, AbortedTransaction, BatchError, BatchHeader, CommittedFilter, Record};

use super::admin::text;
use super::error::ClientError;
use super::session::Client;

/// The version of `Fetch` that is used: the last that names topics.
const FETCH_VERSION_MAX: i16 = 12;
/// What a client that is no broker calls itself as a replica.
const NO_REPLICA: BrokerId = BrokerId(-1);
/// Only what transactions have committed is read.
const READ_COMMITTED: i8 = 1;
/// How much is read at a time where the last record is looked for.
const LOOK_BACK_BYTES: i32 = 1 << 20;

/// A place in a partition, by name or by time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OffsetAt {
    /// The first offset that is kept.
    Earliest,
    /// The offset behind the last record.
    Latest,
    /// The first record whose timestamp is at or behind this.
    Time(Timestamp),
}

/// What a fetch gave.
#[derive(Clone, Debug)]
pub struct Fetched {
    /// Batches, whole but for the last, which a broker may cut off. The first may begin before what was asked for.
    pub batches: Bytes,
    /// The transactions in it that were aborted.
    pub aborted: Vec<AbortedTransaction>,
    /// What was asked for.
    pub from: Offset,
    /// The offset behind the last record that can be read.
    pub high_watermark: Offset,
    /// The first offset that is kept.
    pub log_start: Offset,
}

/// A record with its place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FetchedRecord {
    /// Its offset.
    pub offset: Offset,
    /// Its timestamp.
    pub timestamp: Timestamp,
    /// Its key; nothing for null.
    pub key: Option<Vec<u8>>,
    /// Its value; nothing for null.
    pub value: Option<Vec<u8>>,
    /// Its headers, in order.
    pub headers: Vec<(Vec<u8>, Option<Vec<u8>>)>,
}

impl Fetched {
    /// Calls the function with each record from the offset that was asked for on, and its offset. Markers of
    /// transactions and what was aborted are passed over. Returns the offset to go on from.
    ///
    /// # Errors
    /// [`BatchError`]: a batch can't be read.
    pub fn each(&self, mut visit: impl FnMut(Offset, &Record<'_>)) -> Result<Offset, BatchError> {
        let mut next = self.from;
        let mut rest = &self.batches[..];
        let mut filter = CommittedFilter::new(&self.aborted);
        while let Some((header, bytes)) = whole_batch(&mut rest)? {
            next = next.max(header.last_offset().plus(1));
            if !filter.takes(&header, bytes)? {
                continue;
            }
            for record in &batch::records(bytes, BATCH_DECOMPRESSED_BYTES_MAX)? {
                let record = record?;
                let offset = header.base_offset.plus(i64::from(record.offset_delta));
                if offset >= self.from {
                    visit(offset, &record);
                }
            }
        }
        Ok(next)
    }

    /// The records from the offset that was asked for on, and the offset to go on from.
    ///
    /// # Errors
    /// [`BatchError`]: a batch can't be read.
    pub fn records(&self) -> Result<(Vec<FetchedRecord>, Offset), BatchError> {
        let mut records = Vec::new();
        let next = self.each(|offset, record| records.push(owned(offset, record)))?;
        Ok((records, next))
    }
}

/// Takes the next batch off; nothing at the end, or where the broker cut the last batch off.
fn whole_batch<'a>(rest: &mut &'a [u8]) -> Result<Option<(BatchHeader, &'a [u8])>, BatchError> {
    let size = match BatchHeader::size(rest) {
        Ok(size) => size,
        Err(BatchError::Cut { .. }) => return Ok(None),
        Err(error) => return Err(error),
    };
    let Some((batch, behind)) = rest.split_at_checked(size) else { return Ok(None) };
    *rest = behind;
    Ok(Some((BatchHeader::parse(batch)?, batch)))
}

fn owned(offset: Offset, record: &Record<'_>) -> FetchedRecord {
    let headers = record.headers.map(|header| (header.key.to_vec(), header.value.map(<[u8]>::to_vec)));
    FetchedRecord {
        offset,
        timestamp: record.timestamp,
        key: record.key.map(<[u8]>::to_vec),
        value: record.value.map(<[u8]>::to_vec),
        headers: headers.collect(),
    }
}

impl Client {
    /// The offset at a place; nothing if no record is that late.
    ///
    /// # Errors
    /// [`ClientError`], after retries where they can help.
    pub async fn offset(&mut self, topic: &str, partition: i32, at: OffsetAt) -> Result<Option<Offset>, ClientError> {
        let mut tried = 0;
        loop {
            match self.offset_once(topic, partition, at).await {
                Err(error) if self.again(&error, &mut tried).await => {}
                result => return result,
            }
        }
    }

    async fn offset_once(&mut self, topic: &str, partition: i32, at: OffsetAt) -> Result<Option<Offset>, ClientError> {
        let timestamp = match at {
            OffsetAt::Latest => -1,
            OffsetAt::Earliest => -2,
            OffsetAt::Time(time) => time.0,
        };
        let wanted = ListOffsetsPartition::default().with_partition_index(partition).with_timestamp(timestamp);
        let wanted = ListOffsetsTopic::default().with_name(TopicName(text(topic))).with_partitions(vec![wanted]);
        let request = ListOffsetsRequest::default()
            .with_replica_id(NO_REPLICA)
            .with_isolation_level(READ_COMMITTED)
            .with_topics(vec![wanted]);
        let response = self.ask_leader((topic, partition), &request, 7, Duration::ZERO).await?;
        let found = response.topics.iter().flat_map(|topic| &topic.partitions).next();
        let found = found.ok_or_else(|| ClientError::UnknownPartition { topic: topic.to_owned(), partition })?;
        ClientError::check(found.error_code, || format!("offsets of `{topic}`, partition {partition}"), None)?;
        Ok((found.offset >= 0).then_some(Offset(found.offset)))
    }

    /// Fetches batches from an offset on, `bytes_max` at most (but at least one batch if there is any); waits up to
    /// `wait` until there are some.
    ///
    /// # Errors
    /// [`ClientError`], after retries where they can help; [`ClientError::Refused`] with `OffsetOutOfRange` where
    /// the offset is not kept (any more), or not there yet.
    pub async fn fetch(
        &mut self,
        topic: &str,
        partition: i32,
        from: Offset,
        wait: Duration,
        bytes_max: i32,
    ) -> Result<Fetched, ClientError> {
        let mut tried = 0;
        loop {
            match self.fetch_once(topic, partition, from, wait, bytes_max).await {
                Err(error) if self.again(&error, &mut tried).await => {}
                result => return result,
            }
        }
    }

    async fn fetch_once(
        &mut self,
        topic: &str,
        partition: i32,
        from: Offset,
        wait: Duration,
        bytes_max: i32,
    ) -> Result<Fetched, ClientError> {
        let wanted = FetchPartition::default()
            .with_partition(partition)
            .with_fetch_offset(from.0)
            .with_partition_max_bytes(bytes_max);
        let wanted = FetchTopic::default().with_topic(TopicName(text(topic))).with_partitions(vec![wanted]);
        let request = FetchRequest::default()
            .with_replica_id(NO_REPLICA)
            .with_max_wait_ms(i32::try_from(wait.as_millis()).unwrap_or(i32::MAX))
            .with_min_bytes(1)
            .with_max_bytes(bytes_max)
            .with_isolation_level(READ_COMMITTED)
            .with_session_epoch(-1)
            .with_topics(vec![wanted]);
        let response = self.ask_leader((topic, partition), &request, FETCH_VERSION_MAX, wait).await?;
        let doing = || format!("to read `{topic}`, partition {partition}, from offset {from}");
        ClientError::check(response.error_code, doing, None)?;
        let found = response.responses.into_iter().flat_map(|topic| topic.partitions).next();
        let found = found.ok_or_else(|| ClientError::UnknownPartition { topic: topic.to_owned(), partition })?;
        ClientError::check(found.error_code, doing, None)?;
        let aborted = found.aborted_transactions.unwrap_or_default();
        let aborted = aborted.iter().map(|one| (one.producer_id.0, one.first_offset));
        Ok(Fetched {
            aborted: aborted.map(|(producer, first)| AbortedTransaction { producer, first, last: i64::MAX }).collect(),
            batches: found.records.unwrap_or_default(),
            from,
            high_watermark: Offset(found.last_stable_offset),
            log_start: Offset(found.log_start_offset),
        })
    }

    /// The last record of a partition; nothing if it has none.
    ///
    /// # Errors
    /// [`ClientError`], after retries where they can help.
    pub async fn last_record(&mut self, topic: &str, partition: i32) -> Result<Option<FetchedRecord>, ClientError> {
        let start = self.offset(topic, partition, OffsetAt::Earliest).await?.unwrap_or(Offset::ZERO);
        let mut end = self.offset(topic, partition, OffsetAt::Latest).await?.unwrap_or(Offset::ZERO);
        // Behind it may be markers and gaps, however many: each step back is twice as wide as the one before.
        let mut step = 1_i64;
        while end > start {
            let from = start.max(end.plus(-step));
            let last = self.last_record_in(topic, partition, from, end).await?;
            if last.is_some() {
                return Ok(last);
            }
            end = from;
            step = step.saturating_mul(2);
        }
        Ok(None)
    }

    /// The last record from an offset on and before another.
    async fn last_record_in(
        &mut self,
        topic: &str,
        partition: i32,
        from: Offset,
        end: Offset,
    ) -> Result<Option<FetchedRecord>, ClientError> {
        let (mut last, mut at) = (None, from);
        while at < end {
            let fetched = self.fetch(topic, partition, at, Duration::ZERO, LOOK_BACK_BYTES).await?;
            let wrong = |error| ClientError::Batch { topic: topic.to_owned(), error };
            let (mut records, next) = fetched.records().map_err(wrong)?;
            last = records.pop().or(last);
            if next <= at {
                break;
            }
            at = next;
        }
        Ok(last)
    }
}
