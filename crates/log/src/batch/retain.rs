//! Taking records out of a batch, as compaction does (Kafka's `MemoryRecords.filterTo`, KIP-534): offsets, producer and
//! codec stay; the batch covers the offsets that it covered, with fewer records in it.

use yeoul_base::Timestamp;

use super::build::{put_varlong, write_crc};
use super::compress::compress;
use super::header::{BATCH_HEADER_BYTES, BatchHeader, LENGTH_END};
use super::record::{Record, records};
use super::{BatchError, Compression};

/// The attribute that says that the base timestamp is the time from which on tombstones may go.
pub(super) const DELETE_HORIZON: i16 = 0x40;

/// What is left of a batch.
#[derive(Debug)]
pub(crate) enum Retained {
    /// All of it, as it is.
    All,
    /// Some records, in a batch of their own.
    Some(Vec<u8>),
    /// No records.
    Nothing,
}

/// Keeps the records for which `keep` says so; it gets each with its offset. With a horizon, the batch is marked with
/// it, its tombstones to go then. `bytes_max` bounds what the batch decompresses to.
pub(crate) fn retain(
    batch: &[u8],
    bytes_max: usize,
    horizon: Option<Timestamp>,
    mut keep: impl FnMut(i64, &Record<'_>) -> bool,
) -> Result<Retained, BatchError> {
    let records = records(batch, bytes_max)?;
    let mut header = *records.header();
    let base = horizon.unwrap_or(header.base_timestamp);
    let mut rewriter = Rewriter { from: header.base_timestamp, to: base, body: Vec::new(), scratch: Vec::new() };
    let (mut kept, mut greatest) = (0, i64::MIN);
    let mut walk = records.iter();
    while let Some((record, span)) = walk.next_spanned() {
        let record = record?;
        // Of bytes that nobody has judged yet the sum may be beyond what there is.
        if keep(header.base_offset.0.wrapping_add(i64::from(record.offset_delta)), &record) {
            kept += 1;
            greatest = greatest.max(record.timestamp.0);
            rewriter.push(records.body().get(span).unwrap_or_default())?;
        }
    }
    if kept == 0 {
        return Ok(Retained::Nothing);
    }
    if kept == header.records && horizon.is_none() {
        return Ok(Retained::All);
    }
    header.attributes |= if horizon.is_some() { DELETE_HORIZON } else { 0 };
    header.base_timestamp = base;
    header.max_timestamp = Timestamp(greatest);
    header.records = kept;
    let body = match header.compression()? {
        Compression::None => rewriter.body,
        codec => compress(codec, &rewriter.body)
            .map_err(|error| BatchError::Decompress { codec: codec.name(), reason: error.to_string() })?,
    };
    assemble(&header, &body).map(Retained::Some)
}

/// A batch without records, which covers the offsets of another.
pub(crate) fn emptied(header: &BatchHeader) -> Result<Vec<u8>, BatchError> {
    let timestamps = (Timestamp(-1), Timestamp(-1));
    let empty = BatchHeader {
        attributes: header.attributes & !DELETE_HORIZON & !0x07,
        base_timestamp: timestamps.0,
        max_timestamp: timestamps.1,
        records: 0,
        ..*header
    };
    assemble(&empty, &[])
}

/// Copies records, with timestamps that count from another base.
struct Rewriter {
    from: Timestamp,
    to: Timestamp,
    body: Vec<u8>,
    scratch: Vec<u8>,
}

impl Rewriter {
    /// Takes one record's bytes, its length included.
    fn push(&mut self, raw: &[u8]) -> Result<(), BatchError> {
        if self.from == self.to {
            self.body.extend_from_slice(raw);
            return Ok(());
        }
        let mut decoder = yeoul_base::decode::Decoder::new(raw);
        decoder.varlong()?;
        let attributes = decoder.u8()?;
        let timestamp = self.from.0.wrapping_add(decoder.varlong()?);
        let rest = raw.get(decoder.position()..).unwrap_or_default();
        self.scratch.clear();
        self.scratch.push(attributes);
        put_varlong(&mut self.scratch, timestamp.wrapping_sub(self.to.0));
        self.scratch.extend_from_slice(rest);
        put_varlong(&mut self.body, self.scratch.len() as i64);
        self.body.extend_from_slice(&self.scratch);
        Ok(())
    }
}

fn assemble(header: &BatchHeader, body: &[u8]) -> Result<Vec<u8>, BatchError> {
    let size = BATCH_HEADER_BYTES + body.len();
    let length = i32::try_from(size - LENGTH_END).map_err(|_| BatchError::Length(size as i64))?;
    let mut batch = Vec::with_capacity(size);
    batch.extend_from_slice(&header.base_offset.0.to_be_bytes());
    batch.extend_from_slice(&length.to_be_bytes());
    batch.extend_from_slice(&header.leader_epoch.to_be_bytes());
    batch.push(2);
    batch.extend_from_slice(&[0; 4]);
    batch.extend_from_slice(&header.attributes.to_be_bytes());
    batch.extend_from_slice(&header.last_offset_delta.to_be_bytes());
    batch.extend_from_slice(&header.base_timestamp.0.to_be_bytes());
    batch.extend_from_slice(&header.max_timestamp.0.to_be_bytes());
    batch.extend_from_slice(&header.producer_id.to_be_bytes());
    batch.extend_from_slice(&header.producer_epoch.to_be_bytes());
    batch.extend_from_slice(&header.base_sequence.to_be_bytes());
    batch.extend_from_slice(&header.records.to_be_bytes());
    batch.extend_from_slice(body);
    write_crc(&mut batch);
    Ok(batch)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::{BatchBuilder, check_crc};

    const MOST: usize = 1 << 20;

    fn batch(codec: Compression, times: [i64; 3]) -> Vec<u8> {
        let mut builder = BatchBuilder::new().compression(codec).producer(7, 2, 40);
        for (number, time) in times.into_iter().enumerate() {
            let value = format!("value {number}");
            let value = (number != 1).then_some(value.as_bytes());
            builder.push(Some(b"key"), value, Timestamp(time), &[("h", None), ("h", Some(b"x"))]);
        }
        builder.finish().unwrap().to_vec()
    }

    /// Offset, timestamp and value of each record.
    fn shown(batch: &[u8]) -> Vec<(i64, i64, Option<String>)> {
        let header = BatchHeader::parse(batch).unwrap();
        check_crc(&header, batch).unwrap();
        let records = records(batch, MOST).unwrap();
        let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
        let all = records.iter().map(Result::unwrap);
        all.map(|it| {
            assert_eq!(it.headers.count(), 2);
            (header.base_offset.0 + i64::from(it.offset_delta), it.timestamp.0, it.value.map(text))
        })
        .collect()
    }

    #[test]
    fn records_that_stay_keep_offset_time_and_headers_in_each_codec() {
        for codec in Compression::ALL {
            let whole = batch(codec, [10, 30, 20]);
            let Retained::Some(part) = retain(&whole, MOST, None, |offset, _| offset != 0).unwrap() else {
                panic!("a record went")
            };
            assert_eq!(shown(&part), shown(&whole)[1..], "{codec:?}");
            let (old, new) = (BatchHeader::parse(&whole).unwrap(), BatchHeader::parse(&part).unwrap());
            assert_eq!(new.compression().unwrap(), codec);
            assert_eq!((new.last_offset_delta, new.base_sequence, new.records), (old.last_offset_delta, 40, 2));
            assert_eq!(new.max_timestamp, Timestamp(30));
        }
    }

    #[test]
    fn a_horizon_takes_the_base_timestamps_place_and_changes_no_time() {
        for times in [[10, 30, 20], [i64::MIN, i64::MAX, 0]] {
            let whole = batch(Compression::Zstd, times);
            let horizon = Timestamp(5_000_000);
            let Retained::Some(marked) = retain(&whole, MOST, Some(horizon), |_, _| true).unwrap() else {
                panic!("the batch is marked")
            };
            assert_eq!(shown(&marked), shown(&whole));
            let header = BatchHeader::parse(&marked).unwrap();
            assert_eq!(header.delete_horizon(), Some(horizon));
            let Retained::Some(part) = retain(&marked, MOST, None, |offset, _| offset == 2).unwrap() else {
                panic!("a record stays")
            };
            assert_eq!(shown(&part), shown(&whole)[2..]);
        }
    }

    #[test]
    fn offsets_at_their_limits_are_walked() {
        let mut whole = batch(Compression::None, [1, 2, 3]);
        whole[..8].copy_from_slice(&i64::MAX.to_be_bytes());
        let mut offsets = Vec::new();
        let keep = |offset, _: &Record<'_>| {
            offsets.push(offset);
            true
        };
        assert!(matches!(retain(&whole, MOST, None, keep), Ok(Retained::All)));
        assert_eq!(offsets, [i64::MAX, i64::MIN, i64::MIN + 1]);
    }

    #[test]
    fn a_batch_that_keeps_all_or_nothing_is_not_written_anew() {
        let whole = batch(Compression::None, [1, 2, 3]);
        assert!(matches!(retain(&whole, MOST, None, |_, _| true), Ok(Retained::All)));
        assert!(matches!(retain(&whole, MOST, None, |_, _| false), Ok(Retained::Nothing)));
        let empty = emptied(&BatchHeader::parse(&whole).unwrap()).unwrap();
        let header = BatchHeader::parse(&empty).unwrap();
        assert_eq!((header.records, header.last_offset_delta, header.bytes), (0, 2, 61));
        assert!(shown(&empty).is_empty());
    }
}
