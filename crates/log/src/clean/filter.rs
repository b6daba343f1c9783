//! Which records compaction keeps, batch by batch.

use std::cell::RefCell;
use std::collections::HashSet;

use bytes::Bytes;
use yeoul_base::Timestamp;
use yeoul_base::limits::BATCH_DECOMPRESSED_BYTES_MAX;

use crate::batch::{BatchError, BatchHeader, Record, Retained, emptied, records, retain};

use super::keys::LatestKeys;

/// What compaction goes by.
pub(super) struct Filter<'a> {
    pub(super) keys: &'a LatestKeys,
    /// What lies before is deleted, whatever it is.
    pub(super) log_start: i64,
    /// The log's time.
    pub(super) now: i64,
    /// When tombstones and markers may go that are met for the first time.
    pub(super) horizon: i64,
    /// The producers that have records of a transaction left whose marker is still to come. Batches are met in their order,
    /// from the partition's beginning.
    pub(super) waiting: RefCell<HashSet<i64>>,
}

/// What is left of a batch, and when the first of its tombstones, or the marker that it is, may go.
pub(super) struct Left {
    /// Nothing: the batch has no records any more.
    pub(super) batch: Option<Bytes>,
    pub(super) horizon: i64,
}

impl Filter<'_> {
    pub(super) fn apply(&self, header: &BatchHeader, batch: &Bytes) -> Result<Left, BatchError> {
        if header.records == 0 {
            return Ok(Left { batch: None, horizon: i64::MAX });
        }
        if header.is_control() {
            return self.apply_to_marker(header, batch);
        }
        let left = self.apply_to_records(header, batch)?;
        if header.is_transactional() && left.batch.is_some() {
            self.waiting.borrow_mut().insert(header.producer_id);
        }
        Ok(left)
    }

    /// A marker stays for as long as its transaction has records here, and from then on as long as a tombstone does: who
    /// reads the transaction's last record is to see its end, too.
    fn apply_to_marker(&self, header: &BatchHeader, batch: &Bytes) -> Result<Left, BatchError> {
        let is_needed = self.waiting.borrow_mut().remove(&header.producer_id);
        match header.delete_horizon() {
            _ if is_needed => Ok(Left { batch: Some(batch.clone()), horizon: i64::MAX }),
            None => Ok(Left { batch: Some(mark(batch.clone(), self.horizon)?), horizon: self.horizon }),
            Some(horizon) if horizon.0 <= self.now => Ok(Left { batch: None, horizon: i64::MAX }),
            Some(horizon) => Ok(Left { batch: Some(batch.clone()), horizon: horizon.0 }),
        }
    }

    fn apply_to_records(&self, header: &BatchHeader, batch: &Bytes) -> Result<Left, BatchError> {
        let horizon = header.delete_horizon().map(|time| time.0);
        let due = horizon.is_some_and(|horizon| horizon <= self.now);
        let mut tombstones = false;
        let retained = retain(batch, BATCH_DECOMPRESSED_BYTES_MAX, None, |offset, record| {
            let keeps = self.keeps(offset, record, due);
            tombstones |= keeps && record.value.is_none();
            keeps
        })?;
        let left = match retained {
            Retained::All => batch.clone(),
            Retained::Some(part) => Bytes::from(part),
            Retained::Nothing => return Ok(Left { batch: None, horizon: i64::MAX }),
        };
        match (tombstones, horizon) {
            (false, _) => Ok(Left { batch: Some(left), horizon: i64::MAX }),
            (true, Some(horizon)) => Ok(Left { batch: Some(left), horizon }),
            (true, None) => Ok(Left { batch: Some(mark(left, self.horizon)?), horizon: self.horizon }),
        }
    }

    fn keeps(&self, offset: i64, record: &Record<'_>, tombstones_are_due: bool) -> bool {
        // A topic may have been given records without keys before it was compacted: they have nothing to be kept for.
        let Some(key) = record.key else { return false };
        let tombstone_goes = tombstones_are_due && record.value.is_none();
        offset >= self.log_start && !tombstone_goes && !self.keys.has_later(key, offset)
    }
}

fn mark(batch: Bytes, horizon: i64) -> Result<Bytes, BatchError> {
    match retain(&batch, BATCH_DECOMPRESSED_BYTES_MAX, Some(Timestamp(horizon)), |_, _| true)? {
        Retained::Some(marked) => Ok(Bytes::from(marked)),
        Retained::All | Retained::Nothing => Ok(batch),
    }
}

/// The batch that holds the place of one without records at a segment's end.
pub(super) fn placeholder(header: &BatchHeader) -> Result<Bytes, BatchError> {
    emptied(header).map(Bytes::from)
}

/// Takes a batch's keys in. False if there are too many keys.
pub(super) fn collect(keys: &mut LatestKeys, header: &BatchHeader, batch: &[u8]) -> Result<bool, BatchError> {
    if header.is_control() || header.records == 0 {
        return Ok(true);
    }
    let records = records(batch, BATCH_DECOMPRESSED_BYTES_MAX)?;
    for record in &records {
        let record = record?;
        let offset = header.base_offset.0 + i64::from(record.offset_delta);
        if let Some(key) = record.key
            && !keys.put(key, offset)
        {
            return Ok(false);
        }
    }
    Ok(true)
}
