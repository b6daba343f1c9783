//! What a batch must be before the log takes it: what Kafka checks, and nothing less.

use bytes::{Bytes, BytesMut};
use yeoul_base::limits::BATCH_DECOMPRESSED_BYTES_MAX;
use yeoul_base::{Offset, Timestamp};

use crate::checksum;

use super::build::write_crc;
use super::header::{BATCH_HEADER_BYTES, BatchHeader, CRC_FROM};
use super::{BatchError, Compression, records, stream};

const ATTRIBUTES_AT: usize = 21;
const MAX_TIMESTAMP_AT: usize = 35;
const LEADER_EPOCH_AT: usize = 12;

/// What a record has that has no timestamp; no bound on timestamps holds for it.
pub(crate) const NO_TIMESTAMP: Timestamp = Timestamp(-1);

/// What was seen of a batch's records.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Walked {
    /// Of those that have a timestamp.
    pub(crate) earliest: Timestamp,
    pub(crate) latest: Timestamp,
    /// Whether a record has no key.
    pub(crate) is_keyless: bool,
}

/// Checks one whole batch from a producer.
pub(crate) fn validate(header: &BatchHeader, batch: &[u8]) -> Result<Walked, BatchError> {
    check_crc(header, batch)?;
    check_header(header)?;
    let mut walked = Walked { earliest: Timestamp(i64::MAX), latest: Timestamp(i64::MIN), is_keyless: false };
    walk(header, batch, |place, record| walked.take(place, record))?;
    Ok(walked)
}

/// The places of the records that are wrong, in a batch that [`validate`] took; the first so many.
pub(crate) fn places(
    header: &BatchHeader,
    batch: &[u8],
    most: usize,
    is_wrong: impl Fn(&SeenRecord) -> bool,
) -> Vec<i32> {
    let mut found = Vec::new();
    let walked = walk(header, batch, |place, record| {
        if found.len() < most && is_wrong(&record) {
            found.push(place);
        }
        Ok(())
    });
    debug_assert!(walked.is_ok(), "it was walked before");
    found
}

/// What a walk sees of a record.
pub(crate) struct SeenRecord {
    pub(crate) offset_delta: i32,
    pub(crate) timestamp: Timestamp,
    pub(crate) has_key: bool,
}

/// Walks over a batch's records, decompressing within the bound.
fn walk(
    header: &BatchHeader,
    batch: &[u8],
    mut each: impl FnMut(i32, SeenRecord) -> Result<(), BatchError>,
) -> Result<(), BatchError> {
    if header.compression()? == Compression::None {
        return walk_plain(header, batch, each);
    }
    stream::walk(header, batch, BATCH_DECOMPRESSED_BYTES_MAX, |place, seen| {
        let created = Timestamp(header.base_timestamp.0.wrapping_add(seen.timestamp_delta));
        let timestamp = if header.has_log_append_time() { header.max_timestamp } else { created };
        each(place, SeenRecord { offset_delta: seen.offset_delta, timestamp, has_key: seen.has_key })
    })
}

/// Walks over records that lie there as they are.
fn walk_plain(
    header: &BatchHeader,
    batch: &[u8],
    mut each: impl FnMut(i32, SeenRecord) -> Result<(), BatchError>,
) -> Result<(), BatchError> {
    let records = records(batch, BATCH_DECOMPRESSED_BYTES_MAX)?;
    let mut walk = records.iter();
    for place in 0..header.records {
        let Some(record) = walk.next().transpose()? else { break };
        let (offset_delta, timestamp) = (record.offset_delta, record.timestamp);
        each(place, SeenRecord { offset_delta, timestamp, has_key: record.key.is_some() })?;
    }
    match walk.bytes_left() {
        0 => Ok(()),
        left => Err(BatchError::Trailing(left)),
    }
}

impl Walked {
    fn take(&mut self, place: i32, record: SeenRecord) -> Result<(), BatchError> {
        if record.offset_delta != place {
            return Err(BatchError::OffsetDelta { place, found: record.offset_delta });
        }
        if record.timestamp != NO_TIMESTAMP {
            self.earliest = self.earliest.min(record.timestamp);
        }
        self.latest = self.latest.max(record.timestamp);
        self.is_keyless |= !record.has_key;
        Ok(())
    }
}

/// Checks that the bytes are those that the header's CRC was made of.
pub(crate) fn check_crc(header: &BatchHeader, batch: &[u8]) -> Result<(), BatchError> {
    let expected = crc32c::crc32c(batch.get(CRC_FROM..header.bytes).unwrap_or_default());
    if checksum::is(expected, header.crc) { Ok(()) } else { Err(BatchError::Crc { found: header.crc, expected }) }
}

fn check_header(header: &BatchHeader) -> Result<(), BatchError> {
    if header.records < 1 || header.last_offset_delta != header.records - 1 {
        return Err(BatchError::Count { records: header.records, last_delta: header.last_offset_delta });
    }
    if header.is_control() {
        return Err(BatchError::Control);
    }
    let (producer, epoch, sequence) = (header.producer_id, header.producer_epoch, header.base_sequence);
    let fits = if producer >= 0 { epoch >= 0 && sequence >= 0 } else { producer == -1 && !header.is_transactional() };
    if fits { Ok(()) } else { Err(BatchError::Producer { producer, epoch, sequence }) }
}

/// The batch with the greatest timestamp put in, and marked as the log's own time if it is that.
pub(crate) fn rewrite_timestamps(batch: &[u8], greatest: Timestamp, log_append_time: bool) -> Bytes {
    let mut rewritten = BytesMut::from(batch);
    if let Some(place) = rewritten.get_mut(MAX_TIMESTAMP_AT..MAX_TIMESTAMP_AT + 8) {
        place.copy_from_slice(&greatest.0.to_be_bytes());
    }
    if let Some(attributes) = rewritten.get_mut(ATTRIBUTES_AT + 1) {
        *attributes = (*attributes & !0x08) | if log_append_time { 0x08 } else { 0 };
    }
    write_crc(&mut rewritten);
    rewritten.freeze()
}

/// Puts base offset and leader epoch 0 into a batch's beginning: the 12 bytes that the log patches.
pub(crate) fn rewrite_base(batch: &mut [u8], base: Offset) {
    debug_assert!(batch.len() >= BATCH_HEADER_BYTES.min(16), "a batch begins with its base offset");
    if let Some(place) = batch.get_mut(..8) {
        place.copy_from_slice(&base.0.to_be_bytes());
    }
    if let Some(place) = batch.get_mut(LEADER_EPOCH_AT..LEADER_EPOCH_AT + 4) {
        place.copy_from_slice(&[0; 4]);
    }
}
