//! Records into the log: batches per partition, acknowledged after the flush.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::http::StatusCode;
use bytes::BytesMut;
use yeoul_base::{PartitionId, Timestamp};
use yeoul_log::batch::BatchBuilder;
use yeoul_log::{AppendError, CreateTopicError, Log, Topic, TopicConfig};

use crate::fault::Fault;

/// What a record costs in its batch besides its key and value, at most.
const RECORD_OVERHEAD_BYTES: usize = 64;

/// One record on its way.
pub(crate) struct Record<'a> {
    pub(crate) key: Option<std::borrow::Cow<'a, [u8]>>,
    pub(crate) value: &'a [u8],
}

/// Headers that all records of a request carry.
pub(crate) type RecordHeaders = Vec<(String, Vec<u8>)>;

/// Where records of a request went in one partition.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Written {
    pub(crate) partition: i32,
    /// Of the first record.
    pub(crate) offset: i64,
    pub(crate) records: usize,
}

/// The topic of a name, created if it isn't there.
pub(crate) async fn topic(log: &Log, name: &str) -> Result<Arc<Topic>, Fault> {
    if let Some(topic) = log.topic(name) {
        return Ok(topic);
    }
    match log.create_topic(name, log.config().default_partitions, TopicConfig::default()).await {
        Ok(topic) => Ok(topic),
        Err(CreateTopicError::Exists(_)) => log.topic(name).ok_or_else(|| gone(name)),
        Err(CreateTopicError::Unavailable(error)) => {
            Err(Fault::unavailable(error.to_string(), seconds(error.retriable)))
        }
        Err(error) => Err(Fault::bad(error.to_string(), "name a topic like `landing.shop.orders`")),
    }
}

fn gone(topic: &str) -> Fault {
    Fault::new(StatusCode::CONFLICT, format!("topic `{topic}` was deleted at this moment"), "send it again")
}

fn seconds(retriable: bool) -> u32 {
    if retriable { 5 } else { 60 }
}

/// Batches under construction for one partition.
struct Batches {
    done: BytesMut,
    open: BatchBuilder,
    records: usize,
}

/// Appends records, each to its partition; resolves after the flush.
pub(crate) async fn append(
    log: &Log,
    topic: &Topic,
    records: Vec<(PartitionId, Record<'_>)>,
    headers: &RecordHeaders,
    now: Timestamp,
) -> Result<Vec<Written>, Fault> {
    let batches = batches(topic, records, headers, now)?;
    log.room().await;
    let mut pending = Vec::new();
    for (partition, (count, bytes)) in batches {
        pending.push((partition, count, log.append(topic.id, partition, bytes.freeze())));
    }
    let mut written = Vec::new();
    for (partition, records, appended) in pending {
        let appended = appended.await.map_err(|error| refused(&topic.name, &error))?;
        written.push(Written { partition: partition.0, offset: appended.base_offset.0, records });
    }
    Ok(written)
}

/// For each partition, how many records there are, and their batches.
fn batches(
    topic: &Topic,
    records: Vec<(PartitionId, Record<'_>)>,
    headers: &RecordHeaders,
    now: Timestamp,
) -> Result<BTreeMap<PartitionId, (usize, BytesMut)>, Fault> {
    let bytes_max = topic.config.max_message_bytes();
    let headers: Vec<(&str, Option<&[u8]>)> =
        headers.iter().map(|(name, value)| (name.as_str(), Some(value.as_slice()))).collect();
    let headers_bytes: usize = headers.iter().map(|(name, value)| name.len() + value.map_or(0, <[u8]>::len) + 10).sum();
    let mut partitions: BTreeMap<PartitionId, Batches> = BTreeMap::new();
    for (partition, record) in records {
        let new = || Batches { done: BytesMut::new(), open: BatchBuilder::new(), records: 0 };
        let batches = partitions.entry(partition).or_insert_with(new);
        let key = record.key.as_deref();
        let bytes = record.value.len() + key.map_or(0, <[u8]>::len) + headers_bytes + RECORD_OVERHEAD_BYTES;
        if batches.open.bytes() + bytes > bytes_max {
            batches.close()?;
        }
        batches.open.push(key, Some(record.value), now, &headers);
        batches.records += 1;
        if batches.open.bytes() > bytes_max {
            let error = format!("a record is larger than topic `{}` takes, {bytes_max} bytes", topic.name);
            return Err(Fault::too_large(error, "raise the topic's `max.message.bytes`; no record was taken"));
        }
    }
    let closed = partitions.into_iter().map(|(partition, mut batches)| {
        batches.close()?;
        Ok((partition, (batches.records, batches.done)))
    });
    closed.collect()
}

impl Batches {
    fn close(&mut self) -> Result<(), Fault> {
        let open = std::mem::take(&mut self.open);
        if !open.is_empty() {
            let batch = open.finish().map_err(|error| Fault::bad(error.to_string(), "send fewer records"))?;
            self.done.extend_from_slice(&batch);
        }
        Ok(())
    }
}

fn refused(topic: &str, error: &AppendError) -> Fault {
    match error {
        AppendError::Unavailable(unavailable) => Fault::unavailable(error.to_string(), seconds(unavailable.retriable)),
        AppendError::Busy { .. } => Fault::unavailable(error.to_string(), 1),
        AppendError::UnknownTopic(_) => gone(topic),
        AppendError::TooLarge { .. } => Fault::too_large(error.to_string(), "send fewer records, or smaller ones"),
        _ => Fault::bad(error.to_string(), "see the platform's log"),
    }
}
