//! Control batches: the markers that end a transaction in a partition, as Kafka writes them (KIP-98).
//!
//! A marker is a batch with the bits *transactional* and *control*, of the transaction's producer, with one record:
//! ```text
//! key:    version (2) 0, type (2): 0 abort, 1 commit
//! value:  version (2) 0, coordinator epoch (4)
//! ```

use yeoul_base::Timestamp;

use super::build::{put_nullable, put_varlong, write_crc};
use super::header::{BATCH_HEADER_BYTES, LENGTH_END};
use super::{BatchError, records};

/// The bits of a marker's attributes: transactional and control.
const ATTRIBUTES: i16 = 0x30;
/// The size of a marker's only record, with its length.
const RECORD_BYTES: usize = 17;
/// The size of a marker.
pub(crate) const MARKER_BYTES: usize = BATCH_HEADER_BYTES + RECORD_BYTES;
/// A marker decompresses to nothing more than itself.
const RECORDS_BYTES_MAX: usize = 1024;

/// What a marker says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Marker {
    /// Whether the transaction is committed, or aborted.
    pub commit: bool,
    /// The epoch of the coordinator that wrote it.
    pub coordinator_epoch: i32,
}

impl Marker {
    /// The batch for a producer's transaction, with base offset 0.
    pub(crate) fn to_batch(self, producer: i64, epoch: i16, time: Timestamp) -> Vec<u8> {
        let mut batch = Vec::with_capacity(MARKER_BYTES);
        batch.extend_from_slice(&0_i64.to_be_bytes());
        batch.extend_from_slice(&length_field().to_be_bytes());
        batch.extend_from_slice(&0_i32.to_be_bytes());
        batch.push(2);
        batch.extend_from_slice(&[0; 4]);
        batch.extend_from_slice(&ATTRIBUTES.to_be_bytes());
        batch.extend_from_slice(&0_i32.to_be_bytes());
        batch.extend_from_slice(&time.0.to_be_bytes());
        batch.extend_from_slice(&time.0.to_be_bytes());
        batch.extend_from_slice(&producer.to_be_bytes());
        batch.extend_from_slice(&epoch.to_be_bytes());
        batch.extend_from_slice(&(-1_i32).to_be_bytes());
        batch.extend_from_slice(&1_i32.to_be_bytes());
        self.put_record(&mut batch);
        write_crc(&mut batch);
        batch
    }

    fn put_record(self, batch: &mut Vec<u8>) {
        let [type_high, type_low] = i16::from(self.commit).to_be_bytes();
        let [a, b, c, d] = self.coordinator_epoch.to_be_bytes();
        put_varlong(batch, (RECORD_BYTES - 1) as i64);
        batch.extend_from_slice(&[0, 0, 0]);
        put_nullable(batch, Some(&[0, 0, type_high, type_low]));
        put_nullable(batch, Some(&[0, 0, a, b, c, d]));
        batch.push(0);
    }

    /// Reads a control batch; nothing for a control batch of another type, which readers pass over.
    ///
    /// # Errors
    /// [`BatchError`]: not a whole batch.
    pub fn read(batch: &[u8]) -> Result<Option<Marker>, BatchError> {
        let records = records(batch, RECORDS_BYTES_MAX)?;
        let Some(record) = records.iter().next().transpose()? else { return Ok(None) };
        let commit = match record.key {
            Some([_, _, 0, 0, ..]) => false,
            Some([_, _, 0, 1, ..]) => true,
            _ => return Ok(None),
        };
        let coordinator_epoch = match record.value {
            Some([_, _, a, b, c, d, ..]) => i32::from_be_bytes([*a, *b, *c, *d]),
            _ => -1,
        };
        Ok(Some(Marker { commit, coordinator_epoch }))
    }
}

fn length_field() -> i32 {
    (MARKER_BYTES - LENGTH_END) as i32
}

#[cfg(test)]
mod tests {
    use super::super::{BatchHeader, check_crc};
    use super::*;

    #[test]
    fn a_marker_is_read_as_it_was_written() {
        for commit in [false, true] {
            let marker = Marker { commit, coordinator_epoch: 7 };
            let batch = marker.to_batch(42, 3, Timestamp(5));
            assert_eq!(batch.len(), MARKER_BYTES);
            let header = BatchHeader::parse(&batch).unwrap();
            assert_eq!(check_crc(&header, &batch), Ok(()));
            assert!(header.is_control() && header.is_transactional());
            assert_eq!((header.producer_id, header.producer_epoch, header.base_sequence), (42, 3, -1));
            assert_eq!((header.records, header.last_offset_delta), (1, 0));
            assert_eq!(Marker::read(&batch).unwrap(), Some(marker));
        }
    }

    #[test]
    fn the_record_lies_as_kip_98_has_it() {
        let batch = Marker { commit: true, coordinator_epoch: 7 }.to_batch(42, 3, Timestamp(5));
        let record = batch.get(BATCH_HEADER_BYTES..).unwrap();
        assert_eq!(record, [32, 0, 0, 0, 8, 0, 0, 0, 1, 12, 0, 0, 0, 0, 0, 7, 0]);
    }
}
