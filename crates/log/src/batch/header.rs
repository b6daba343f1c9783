//! A batch's header, and the walk from batch to batch.

use yeoul_base::decode::Decoder;
use yeoul_base::{Offset, Timestamp};

use super::{BatchError, Compression};

/// The size of a batch without its records.
pub const BATCH_HEADER_BYTES: usize = 61;
/// The bytes before those that the length counts: base offset and length.
pub(super) const LENGTH_END: usize = 12;
/// Where the bytes that the CRC covers begin.
pub(super) const CRC_FROM: usize = 21;

/// What a batch says of itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BatchHeader {
    /// The first record's offset; what a producer sends here has no meaning.
    pub base_offset: Offset,
    /// The size of the whole batch in bytes, header included.
    pub bytes: usize,
    /// The partition leader's epoch.
    pub leader_epoch: i32,
    /// The checksum that the batch carries.
    pub crc: u32,
    /// Codec and flags, see the module.
    pub attributes: i16,
    /// The last record's offset, from the base.
    pub last_offset_delta: i32,
    /// What the records' timestamp deltas count from.
    pub base_timestamp: Timestamp,
    /// The greatest timestamp.
    pub max_timestamp: Timestamp,
    /// The idempotent producer, -1 for none.
    pub producer_id: i64,
    /// The producer's epoch, -1 for none.
    pub producer_epoch: i16,
    /// The first record's number in the producer's sequence, -1 for none.
    pub base_sequence: i32,
    /// How many records there are.
    pub records: i32,
}

impl BatchHeader {
    /// Reads the header of the batch that the bytes begin with. The CRC is not checked here.
    ///
    /// # Errors
    /// [`BatchError::Cut`], [`BatchError::Length`], [`BatchError::Magic`]: not the beginning of a whole batch.
    pub fn parse(bytes: &[u8]) -> Result<BatchHeader, BatchError> {
        let size = BatchHeader::size(bytes)?;
        if bytes.len() < size {
            return Err(BatchError::Cut { found: bytes.len(), needed: size });
        }
        BatchHeader::parse_fields(bytes, size)
    }

    /// The size of the batch that the bytes begin with, in bytes; all of it need not be there.
    ///
    /// # Errors
    /// [`BatchError::Cut`], [`BatchError::Length`], [`BatchError::Magic`].
    pub fn size(bytes: &[u8]) -> Result<usize, BatchError> {
        if bytes.len() < BATCH_HEADER_BYTES {
            return Err(BatchError::Cut { found: bytes.len(), needed: BATCH_HEADER_BYTES });
        }
        let mut decoder = Decoder::new(bytes);
        decoder.bytes(8)?;
        let length = decoder.i32()?;
        let size = usize::try_from(length).map_or(0, |length| length + LENGTH_END);
        decoder.bytes(4)?;
        match decoder.i8()? {
            2 if size >= BATCH_HEADER_BYTES => Ok(size),
            2 => Err(BatchError::Length(i64::from(length))),
            other => Err(BatchError::Magic(other)),
        }
    }

    fn parse_fields(bytes: &[u8], size: usize) -> Result<BatchHeader, BatchError> {
        let mut decoder = Decoder::new(bytes);
        let base_offset = Offset(decoder.i64()?);
        decoder.bytes(4)?;
        let leader_epoch = decoder.i32()?;
        decoder.bytes(1)?;
        Ok(BatchHeader {
            base_offset,
            bytes: size,
            leader_epoch,
            crc: decoder.u32()?,
            attributes: decoder.i16()?,
            last_offset_delta: decoder.i32()?,
            base_timestamp: Timestamp(decoder.i64()?),
            max_timestamp: Timestamp(decoder.i64()?),
            producer_id: decoder.i64()?,
            producer_epoch: decoder.i16()?,
            base_sequence: decoder.i32()?,
            records: decoder.i32()?,
        })
    }

    /// The codec of the records.
    ///
    /// # Errors
    /// [`BatchError::Codec`] for one that there is not.
    pub fn compression(&self) -> Result<Compression, BatchError> {
        Compression::from_attributes(self.attributes)
    }

    /// The last record's offset.
    #[must_use]
    pub fn last_offset(&self) -> Offset {
        self.base_offset.plus(i64::from(self.last_offset_delta))
    }

    /// Whether the timestamps are those of the append.
    #[must_use]
    pub fn has_log_append_time(&self) -> bool {
        self.attributes & 0x08 != 0
    }

    /// Whether the batch is part of a transaction.
    #[must_use]
    pub fn is_transactional(&self) -> bool {
        self.attributes & 0x10 != 0
    }

    /// From when on its tombstones may go (KIP-534); nothing if compaction did not come upon any yet.
    #[must_use]
    pub fn delete_horizon(&self) -> Option<Timestamp> {
        (self.attributes & super::retain::DELETE_HORIZON != 0).then_some(self.base_timestamp)
    }

    /// Whether the batch holds a marker, not records.
    #[must_use]
    pub fn is_control(&self) -> bool {
        self.attributes & 0x20 != 0
    }
}

/// Walks from batch to batch; see [`batches`].
#[derive(Clone, Debug)]
pub struct Batches<'a> {
    rest: &'a [u8],
}

/// The batches in some bytes, each with its header. Ends after the first error.
#[must_use]
pub fn batches(bytes: &[u8]) -> Batches<'_> {
    Batches { rest: bytes }
}

impl<'a> Iterator for Batches<'a> {
    type Item = Result<(BatchHeader, &'a [u8]), BatchError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let bytes = std::mem::take(&mut self.rest);
        Some(BatchHeader::parse(bytes).map(|header| {
            let (batch, rest) = bytes.split_at(header.bytes);
            self.rest = rest;
            (header, batch)
        }))
    }
}
