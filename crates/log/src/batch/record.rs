//! The records of a batch.

use std::borrow::Cow;

use yeoul_base::Timestamp;
use yeoul_base::decode::Decoder;

use super::BatchError;
use super::compress::decompress;
use super::header::{BATCH_HEADER_BYTES, BatchHeader};

/// The fewest bytes that a record takes: a length, attributes, two deltas, two nulls, no headers.
const RECORD_BYTES_MIN: usize = 7;

/// One record.
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    /// Its offset, from the batch's base offset.
    pub offset_delta: i32,
    /// Its timestamp: the producer's, or the log's if the topic is so.
    pub timestamp: Timestamp,
    /// Its key; nothing for null.
    pub key: Option<&'a [u8]>,
    /// Its value; nothing for null.
    pub value: Option<&'a [u8]>,
    /// Its headers, in order; the same key may occur again.
    pub headers: Headers<'a>,
}

/// One header of a record.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Header<'a> {
    /// The key: UTF-8 by Kafka's word, which nobody checks.
    pub key: &'a [u8],
    /// The value; nothing for null.
    pub value: Option<&'a [u8]>,
}

/// A record's headers, read as they are walked.
#[derive(Clone, Copy, Debug)]
pub struct Headers<'a> {
    decoder: Decoder<'a>,
    left: usize,
}

impl Headers<'_> {
    /// How many headers are left to be walked.
    #[must_use]
    pub fn count(&self) -> usize {
        self.left
    }
}

impl<'a> Iterator for Headers<'a> {
    type Item = Header<'a>;

    fn next(&mut self) -> Option<Header<'a>> {
        self.left = self.left.checked_sub(1)?;
        // The record was walked when it was read, so that its headers are whole.
        read_header(&mut self.decoder).ok()
    }
}

/// A batch's records, decompressed; see [`records`].
#[derive(Clone, Debug)]
pub struct Records<'a> {
    header: BatchHeader,
    body: Cow<'a, [u8]>,
}

/// Decompresses a batch's records into at most `bytes_max` bytes. The CRC is not checked here.
///
/// # Errors
/// [`BatchError`]: not a whole batch, an unknown codec, or more than the bound.
pub fn records(batch: &[u8], bytes_max: usize) -> Result<Records<'_>, BatchError> {
    let header = BatchHeader::parse(batch)?;
    let compressed = batch.get(BATCH_HEADER_BYTES..header.bytes).unwrap_or_default();
    let body = decompress(header.compression()?, compressed, bytes_max)?;
    Ok(Records { header, body })
}

impl Records<'_> {
    /// The records' bytes, decompressed.
    pub(super) fn body(&self) -> &[u8] {
        &self.body
    }

    /// The batch's header.
    #[must_use]
    pub fn header(&self) -> &BatchHeader {
        &self.header
    }

    /// The records in order.
    #[must_use]
    pub fn iter(&self) -> RecordIter<'_> {
        RecordIter { header: self.header, decoder: Decoder::new(&self.body), place: 0 }
    }
}

impl<'a> IntoIterator for &'a Records<'_> {
    type Item = Result<Record<'a>, BatchError>;
    type IntoIter = RecordIter<'a>;

    fn into_iter(self) -> RecordIter<'a> {
        self.iter()
    }
}

/// Walks a batch's records; ends after the first error.
#[derive(Clone, Debug)]
pub struct RecordIter<'a> {
    header: BatchHeader,
    decoder: Decoder<'a>,
    place: i32,
}

impl<'a> RecordIter<'a> {
    /// How many bytes lie behind the records that were walked.
    pub(super) fn bytes_left(&self) -> usize {
        self.decoder.remaining()
    }

    /// The next record, and where its bytes lie in the body, its length included.
    pub(super) fn next_spanned(&mut self) -> Option<(Result<Record<'a>, BatchError>, std::ops::Range<usize>)> {
        let start = self.decoder.position();
        let record = self.next()?;
        Some((record, start..self.decoder.position()))
    }

    fn read(&mut self) -> Result<Record<'a>, BatchError> {
        let start = self.decoder.position();
        let said = self.decoder.varlong()?;
        let length = self.decoder.check_count(start, said, 1)?;
        let from = self.decoder.position();
        let record = read_fields(&mut self.decoder, &self.header)?;
        let found = self.decoder.position() - from;
        if found != length {
            return Err(BatchError::RecordLength { place: self.place, said, found });
        }
        Ok(record)
    }
}

impl<'a> Iterator for RecordIter<'a> {
    type Item = Result<Record<'a>, BatchError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.place >= self.header.records {
            return None;
        }
        let record = self.read();
        self.place = if record.is_ok() { self.place + 1 } else { i32::MAX };
        Some(record)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = usize::try_from(self.header.records - self.place.min(self.header.records)).unwrap_or(0);
        (0, Some(left.min(self.decoder.remaining() / RECORD_BYTES_MIN + 1)))
    }
}

#[inline]
fn read_fields<'a>(decoder: &mut Decoder<'a>, header: &BatchHeader) -> Result<Record<'a>, BatchError> {
    decoder.u8()?;
    let timestamp_delta = decoder.varlong()?;
    let offset_delta = decoder.varint()?;
    let key = read_nullable(decoder)?;
    let value = read_nullable(decoder)?;
    let headers = read_headers(decoder)?;
    let created = Timestamp(header.base_timestamp.0.wrapping_add(timestamp_delta));
    let timestamp = if header.has_log_append_time() { header.max_timestamp } else { created };
    Ok(Record { offset_delta, timestamp, key, value, headers })
}

#[inline]
fn read_nullable<'a>(decoder: &mut Decoder<'a>) -> Result<Option<&'a [u8]>, BatchError> {
    let at = decoder.position();
    let length = decoder.varint()?;
    if length == -1 {
        return Ok(None);
    }
    let length = decoder.check_count(at, i64::from(length), 1)?;
    Ok(Some(decoder.bytes(length)?))
}

#[inline]
fn read_headers<'a>(decoder: &mut Decoder<'a>) -> Result<Headers<'a>, BatchError> {
    let at = decoder.position();
    let said = decoder.varint()?;
    let count = decoder.check_count(at, i64::from(said), 2)?;
    let headers = Headers { decoder: *decoder, left: count };
    for _ in 0..count {
        read_header(decoder)?;
    }
    Ok(headers)
}

fn read_header<'a>(decoder: &mut Decoder<'a>) -> Result<Header<'a>, BatchError> {
    let at = decoder.position();
    let length = decoder.varint()?;
    let length = decoder.check_count(at, i64::from(length), 1)?;
    let key = decoder.bytes(length)?;
    Ok(Header { key, value: read_nullable(decoder)? })
}
