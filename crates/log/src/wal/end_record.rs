//! The payload of [`Kind::EndTransaction`]: a transaction's end in all its partitions, as one entry.
//!
//! ```text
//! 0      8     producer
//! 8      2     epoch of the markers
//! 10     1     1: committed, 0: aborted
//! 11     1     zero
//! 12     4     coordinator epoch
//! 16     8     time of the log, milliseconds
//! 24     4     number of markers
//! 28     4     size of the rows
//! 32           markers, 96 bytes each: an entry of kind `Batch` (with its own header and checksum) that holds the
//!              control batch, and zeros up to a multiple of 8
//!              rows: what else becomes true with it, see [`table`](crate::table)
//! ```
//! The markers are whole entries so that readers find them as they find any batch; that the entry around them is one
//! makes the end indivisible.

use yeoul_base::decode::{DecodeError, Decoder};
use yeoul_base::{Offset, Timestamp};

use crate::batch::{BATCH_HEADER_BYTES, MARKER_BYTES, Marker, rewrite_base};
use crate::encode::Encoder;
use crate::table::{Row, decode_rows, encode_rows};

use super::entry::{Kind, entry_header};
use super::{ENTRY_HEADER, align_entry};

/// What lies before the markers.
const HEAD: usize = 32;
/// What a marker takes.
const MARKER_ENTRY: usize = (ENTRY_HEADER + MARKER_BYTES).div_ceil(8) * 8;

/// Where a transaction's marker lies, and its offset.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct MarkerPlace {
    pub(crate) slot: u32,
    pub(crate) base: i64,
    /// Where its entry begins, from the payload's start.
    pub(crate) at: u32,
}

/// See the module.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct EndRecord {
    pub(crate) producer: i64,
    pub(crate) epoch: i16,
    pub(crate) marker: Marker,
    pub(crate) time: i64,
    /// The partitions' slots, and the offsets that the markers take.
    pub(crate) markers: Vec<(u32, i64)>,
    pub(crate) rows: Vec<Row>,
}

/// The size of a marker's batch.
pub(crate) const MARKER_SIZE: u32 = MARKER_BYTES as u32;

impl EndRecord {
    /// What [`encode`](EndRecord::encode) makes, in bytes.
    pub(crate) fn size(markers: usize, rows: usize) -> usize {
        HEAD + markers * MARKER_ENTRY + rows
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut rows = Encoder::default();
        encode_rows(&self.rows, &mut rows);
        let size = EndRecord::size(self.markers.len(), rows.0.len());
        let mut out = Encoder(Vec::with_capacity(size));
        out.i64(self.producer);
        out.i16(self.epoch);
        out.raw(&[u8::from(self.marker.commit), 0]);
        out.i32(self.marker.coordinator_epoch);
        out.i64(self.time);
        out.count(self.markers.len());
        out.count(rows.0.len());
        let mut batch = self.marker.to_batch(self.producer, self.epoch, Timestamp(self.time));
        for &(slot, base) in &self.markers {
            rewrite_base(&mut batch, Offset(base));
            let head = batch.get(..BATCH_HEADER_BYTES).unwrap_or_default();
            out.raw(&entry_header(Kind::Batch, slot, batch.len(), head).0);
            out.raw(&batch);
            out.0.resize(align_entry(out.0.len()), 0);
        }
        out.raw(&rows.0);
        out.0
    }

    pub(crate) fn decode(payload: &[u8]) -> Result<EndRecord, DecodeError> {
        let mut from = Decoder::new(payload);
        let (producer, epoch) = (from.i64()?, from.i16()?);
        let [commit, _] = from.array()?;
        let marker = Marker { commit: commit == 1, coordinator_epoch: from.i32()? };
        let time = from.i64()?;
        let at = from.position();
        let (count, rows) = (from.i32()?, from.i32()?);
        let count = from.check_count(at, i64::from(count), MARKER_ENTRY)?;
        let mut markers = Vec::with_capacity(count);
        for _ in 0..count {
            let mut entry = Decoder::new(from.bytes(MARKER_ENTRY)?);
            entry.bytes(12)?;
            markers.push((entry.u32()?, entry.i64()?));
        }
        let rows = from.check_count(at, i64::from(rows), 1)?;
        let rows = decode_rows(&mut Decoder::new(from.bytes(rows)?))?;
        Ok(EndRecord { producer, epoch, marker, time, markers, rows })
    }

    /// Where the markers lie.
    pub(crate) fn places(&self) -> impl Iterator<Item = MarkerPlace> {
        self.markers.iter().zip(0_u32..).map(|(&(slot, base), index)| MarkerPlace {
            slot,
            base,
            at: HEAD as u32 + index * MARKER_ENTRY as u32,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::group::read_entry;
    use super::*;
    use crate::batch::BatchHeader;
    use crate::table::{Table, rows_bytes};

    fn record() -> EndRecord {
        EndRecord {
            producer: 42,
            epoch: 3,
            marker: Marker { commit: true, coordinator_epoch: 1 },
            time: 1_700_000_000_000,
            markers: vec![(1, 10), (7, 0), (9, i64::MAX)],
            rows: vec![Row::new(Table::TRANSACTIONS, &b"id"[..], &b"state"[..])],
        }
    }

    #[test]
    fn it_survives_as_bytes() {
        let bytes = record().encode();
        assert!(bytes.len() <= EndRecord::size(3, rows_bytes(&record().rows)));
        assert_eq!(EndRecord::decode(&bytes).unwrap(), record());
        for cut in 0..bytes.len() {
            assert!(EndRecord::decode(bytes.get(..cut).unwrap()).is_err(), "cut at {cut}");
        }
    }

    #[test]
    fn each_marker_is_an_entry_of_its_own() {
        let bytes = record().encode();
        for place in record().places() {
            let (entry, _) = read_entry(&bytes, place.at as usize).unwrap();
            assert_eq!((entry.kind, entry.slot), (Kind::Batch, place.slot));
            let header = BatchHeader::parse(entry.payload).unwrap();
            assert_eq!((header.base_offset, header.producer_id), (Offset(place.base), 42));
            assert_eq!(header.bytes, MARKER_SIZE as usize);
        }
    }
}
