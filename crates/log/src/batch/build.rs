//! Making a batch of records.

use bytes::Bytes;
use yeoul_base::Timestamp;

use super::compress::compress;
use super::header::{BATCH_HEADER_BYTES, CRC_FROM, LENGTH_END};
use super::{BatchError, Compression};

/// Collects records, and makes one batch of them.
#[derive(Clone, Debug, Default)]
pub struct BatchBuilder {
    compression: Compression,
    /// Id, epoch and first sequence of an idempotent producer.
    producer: Option<(i64, i16, i32)>,
    transactional: bool,
    base_timestamp: i64,
    max_timestamp: i64,
    records: i32,
    body: Vec<u8>,
    /// The record being written, since its length comes first.
    scratch: Vec<u8>,
}

impl BatchBuilder {
    /// A batch without compression and without a producer.
    #[must_use]
    pub fn new() -> BatchBuilder {
        BatchBuilder::default()
    }

    /// Compresses the records.
    #[must_use]
    pub fn compression(mut self, compression: Compression) -> BatchBuilder {
        self.compression = compression;
        self
    }

    /// Makes it a batch of an idempotent producer; `sequence` is the first record's.
    #[must_use]
    pub fn producer(mut self, id: i64, epoch: i16, sequence: i32) -> BatchBuilder {
        self.producer = Some((id, epoch, sequence));
        self
    }

    /// Makes it part of the producer's transaction.
    #[must_use]
    pub fn transactional(mut self) -> BatchBuilder {
        self.transactional = true;
        self
    }

    /// How many records there are.
    #[must_use]
    pub fn len(&self) -> usize {
        usize::try_from(self.records).unwrap_or(0)
    }

    /// Whether there are no records yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.records == 0
    }

    /// The size so far in bytes, before compression.
    #[must_use]
    pub fn bytes(&self) -> usize {
        BATCH_HEADER_BYTES + self.body.len()
    }

    /// Adds a record; `None` is null.
    pub fn push(
        &mut self,
        key: Option<&[u8]>,
        value: Option<&[u8]>,
        timestamp: Timestamp,
        headers: &[(&str, Option<&[u8]>)],
    ) {
        if self.records == 0 {
            self.base_timestamp = timestamp.0;
            self.max_timestamp = timestamp.0;
        }
        self.max_timestamp = self.max_timestamp.max(timestamp.0);
        let mut record = std::mem::take(&mut self.scratch);
        record.clear();
        record.push(0);
        put_varlong(&mut record, timestamp.0.wrapping_sub(self.base_timestamp));
        put_varlong(&mut record, i64::from(self.records));
        put_nullable(&mut record, key);
        put_nullable(&mut record, value);
        put_varlong(&mut record, headers.len() as i64);
        for (key, value) in headers {
            put_nullable(&mut record, Some(key.as_bytes()));
            put_nullable(&mut record, *value);
        }
        put_varlong(&mut self.body, record.len() as i64);
        self.body.extend_from_slice(&record);
        self.scratch = record;
        self.records += 1;
    }

    /// Makes the batch, with base offset 0.
    ///
    /// # Errors
    /// [`BatchError::Empty`] without records; [`BatchError::Length`] if it is larger than a batch can be;
    /// [`BatchError::Decompress`] if the codec fails.
    pub fn finish(self) -> Result<Bytes, BatchError> {
        if self.records == 0 {
            return Err(BatchError::Empty);
        }
        let body = match self.compression {
            Compression::None => self.body,
            codec => compress(codec, &self.body)
                .map_err(|error| BatchError::Decompress { codec: codec.name(), reason: error.to_string() })?,
        };
        let size = BATCH_HEADER_BYTES + body.len();
        let length = i32::try_from(size - LENGTH_END).map_err(|_| BatchError::Length(size as i64))?;
        let (producer_id, epoch, sequence) = self.producer.unwrap_or((-1, -1, -1));
        let mut batch = Vec::with_capacity(size);
        batch.extend_from_slice(&0_i64.to_be_bytes());
        batch.extend_from_slice(&length.to_be_bytes());
        batch.extend_from_slice(&0_i32.to_be_bytes());
        batch.push(2);
        batch.extend_from_slice(&[0; 4]);
        let attributes = self.compression.number() | if self.transactional { 0x10 } else { 0 };
        batch.extend_from_slice(&attributes.to_be_bytes());
        batch.extend_from_slice(&(self.records - 1).to_be_bytes());
        batch.extend_from_slice(&self.base_timestamp.to_be_bytes());
        batch.extend_from_slice(&self.max_timestamp.to_be_bytes());
        batch.extend_from_slice(&producer_id.to_be_bytes());
        batch.extend_from_slice(&epoch.to_be_bytes());
        batch.extend_from_slice(&sequence.to_be_bytes());
        batch.extend_from_slice(&self.records.to_be_bytes());
        batch.extend_from_slice(&body);
        write_crc(&mut batch);
        Ok(Bytes::from(batch))
    }
}

/// Computes a batch's CRC and puts it into its place.
pub(super) fn write_crc(batch: &mut [u8]) {
    let crc = crc32c::crc32c(batch.get(CRC_FROM..).unwrap_or_default());
    if let Some(place) = batch.get_mut(CRC_FROM - 4..CRC_FROM) {
        place.copy_from_slice(&crc.to_be_bytes());
    }
}

pub(super) fn put_nullable(out: &mut Vec<u8>, bytes: Option<&[u8]>) {
    put_varlong(out, bytes.map_or(-1, |bytes| bytes.len() as i64));
    out.extend_from_slice(bytes.unwrap_or_default());
}

pub(super) fn put_varlong(out: &mut Vec<u8>, value: i64) {
    let mut rest = ((value << 1) ^ (value >> 63)).cast_unsigned();
    while rest >= 0x80 {
        out.push((rest as u8 & 0x7f) | 0x80);
        rest >>= 7;
    }
    out.push(rest as u8);
}
