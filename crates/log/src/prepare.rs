//! What is done to batches before they are queued, in the caller's thread: checks, and the log's own time.

use bytes::Bytes;
use yeoul_base::Timestamp;

use crate::batch::{BatchError, BatchHeader, NO_TIMESTAMP, SeenRecord, Walked, places, rewrite_timestamps, validate};
use crate::error::AppendError;
use crate::queue::Prepared;
use crate::topic::Topic;
use crate::topic_config::TimestampType;

/// The most records of a batch that are told to be wrong, so that a refusal is never large.
const WRONG_RECORDS_MAX: usize = 10_000;

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

/// Checks what the topic's settings say of single records.
fn check_records(
    topic: &Topic,
    header: &BatchHeader,
    batch: &[u8],
    walked: &Walked,
    now: Timestamp,
) -> Result<(), AppendError> {
    let config = &topic.config;
    if walked.is_keyless && config.is_compacted() {
        let records = places(header, batch, WRONG_RECORDS_MAX, |record| !record.has_key);
        return Err(AppendError::NoKey { topic: topic.name.clone(), records });
    }
    let (earliest, latest) = config.timestamps(now.0);
    let too_old = walked.earliest.0 < earliest;
    let fits = !too_old && walked.latest.0 <= latest;
    if fits || config.timestamp_type() == TimestampType::LogAppendTime {
        return Ok(());
    }
    let found = if too_old { walked.earliest.0 } else { walked.latest.0 };
    let is_wrong =
        |record: &SeenRecord| record.timestamp != NO_TIMESTAMP && !(earliest..=latest).contains(&record.timestamp.0);
    let records = places(header, batch, WRONG_RECORDS_MAX, is_wrong);
    Err(AppendError::TimestampOutOfRange { topic: topic.name.clone(), found, earliest, latest, records })
}

fn prepare_one(topic: &Topic, rest: &Bytes, now: Timestamp) -> Result<Prepared, AppendError> {
    let bytes = BatchHeader::size(rest)?;
    let limit = topic.config.max_message_bytes();
    if bytes > limit {
        return Err(AppendError::TooLarge { topic: topic.name.clone(), bytes, limit });
    }
    let header = BatchHeader::parse(rest)?;
    let batch = rest.slice(..header.bytes);
    let walked = validate(&header, &batch)?;
    let greatest = walked.latest;
    check_records(topic, &header, &batch, &walked, now)?;
    let log_append_time = (topic.config.timestamp_type() == TimestampType::LogAppendTime).then_some(now);
    let timestamp = log_append_time.unwrap_or(greatest);
    if log_append_time.is_none() && timestamp == header.max_timestamp && !header.has_log_append_time() {
        return Ok(Prepared { header, bytes: batch, log_append_time });
    }
    let bytes = rewrite_timestamps(&batch, timestamp, log_append_time.is_some());
    let header = BatchHeader::parse(&bytes)?;
    Ok(Prepared { header, bytes, log_append_time })
}
