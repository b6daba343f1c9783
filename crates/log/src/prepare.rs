//! What is done to batches before they are queued, in the caller's thread: checks, and the log's own time.

use bytes::Bytes;
use yeoul_base::Timestamp;

use crate::batch::{BatchError, BatchHeader, rewrite_timestamps, validate};
use crate::error::AppendError;
use crate::queue::Prepared;
use crate::topic::{TimestampType, Topic};

/// Checks one or more batches, and puts in the time where the topic's is the log's.
pub(crate) fn prepare(topic: &Topic, batches: &Bytes, now: Timestamp) -> Result<Vec<Prepared>, AppendError> {
    let mut prepared = Vec::with_capacity(1);
    let mut at = 0;
    while at < batches.len() {
        let rest = batches.slice(at..);
        let batch = prepare_one(topic, &rest, now)?;
        at += batch.header.bytes;
        prepared.push(batch);
    }
    match prepared.as_slice() {
        [] => Err(BatchError::Empty.into()),
        [_] => Ok(prepared),
        several if several.iter().any(|batch| batch.header.producer_id >= 0) => Err(BatchError::Several.into()),
        _ => Ok(prepared),
    }
}

fn prepare_one(topic: &Topic, rest: &Bytes, now: Timestamp) -> Result<Prepared, AppendError> {
    let bytes = BatchHeader::size(rest)?;
    let limit = topic.config.max_message_bytes();
    if bytes > limit {
        return Err(AppendError::TooLarge { topic: topic.name.clone(), bytes, limit });
    }
    let header = BatchHeader::parse(rest)?;
    let batch = rest.slice(..header.bytes);
    let greatest = validate(&header, &batch)?;
    let log_append_time = (topic.config.timestamp_type() == TimestampType::LogAppendTime).then_some(now);
    let timestamp = log_append_time.unwrap_or(greatest);
    if log_append_time.is_none() && timestamp == header.max_timestamp && !header.has_log_append_time() {
        return Ok(Prepared { header, bytes: batch, log_append_time });
    }
    let bytes = rewrite_timestamps(&batch, timestamp, log_append_time.is_some());
    let header = BatchHeader::parse(&bytes)?;
    Ok(Prepared { header, bytes, log_append_time })
}
