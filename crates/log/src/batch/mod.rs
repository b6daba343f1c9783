//! Kafka's record batches (format v2, KIP-98), the only shape in which records come in, lie and go out.
//!
//! ```text
//! at   bytes
//!  0     8   base offset           ┐ patched by the log, outside the CRC
//!  8     4   length behind here    │
//! 12     4   leader epoch          ┘ patched by the log, outside the CRC
//! 16     1   magic, 2
//! 17     4   CRC-32C of all that follows
//! 21     2   attributes: bits 0-2 codec, 3 timestamps are the log's, 4 transactional, 5 control, 6 delete horizon
//! 23     4   last offset delta
//! 27     8   base timestamp        milliseconds
//! 35     8   max timestamp
//! 43     8   producer id           -1: none
//! 51     2   producer epoch
//! 53     4   base sequence
//! 57     4   number of records
//! 61         records, compressed together by the codec
//! ```
//! A record: length, attributes (one byte), timestamp delta, offset delta, key, value, headers; all numbers but
//! the attributes are zigzag varints, a length of -1 is null. The source is Kafka's `DefaultRecordBatch`.

mod build;
mod committed;
mod compress;
mod control;
mod header;
mod record;
mod retain;
mod stream;
mod validate;

pub use build::BatchBuilder;
pub use committed::{AbortedTransaction, CommittedFilter};
pub use compress::Compression;
pub(crate) use control::MARKER_BYTES;
pub use control::Marker;
pub use header::{BATCH_HEADER_BYTES, BatchHeader, Batches, batches};
pub use record::{Header, Headers, Record, RecordIter, Records, records};
pub(crate) use retain::{Retained, emptied, retain};
pub(crate) use validate::{
    NO_TIMESTAMP, SeenRecord, Walked, check_crc, places, rewrite_base, rewrite_timestamps, validate,
};

use thiserror::Error;
use yeoul_base::decode::DecodeError;

/// Why bytes are not sound record batches.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum BatchError {
    /// Nothing there.
    #[error("there is no batch")]
    Empty,
    /// The bytes end within a batch.
    #[error("the batch is cut off: {found} bytes of {needed}")]
    Cut {
        /// How many bytes are there.
        found: usize,
        /// How many it takes.
        needed: usize,
    },
    /// The length says less than a header, or a negative number.
    #[error("the batch says that it has {0} bytes")]
    Length(i64),
    /// Another format than v2.
    #[error("the batch has format {0}, and only format 2 is taken; use a client of Kafka 0.11 or later")]
    Magic(i8),
    /// The checksum does not fit.
    #[error("the batch's CRC is {found:#010x}, and its bytes have {expected:#010x}")]
    Crc {
        /// What the header says.
        found: u32,
        /// What the bytes have.
        expected: u32,
    },
    /// The number of records is not one that can be, or not that of the offset deltas.
    #[error("the batch says {records} records and a last offset delta of {last_delta}")]
    Count {
        /// The number of records.
        records: i32,
        /// The last offset delta.
        last_delta: i32,
    },
    /// A record's offset delta is not its place in the batch.
    #[error("record {place} of the batch has offset delta {found}")]
    OffsetDelta {
        /// The record's place, from 0.
        place: i32,
        /// What it says.
        found: i32,
    },
    /// A record's length is not that of its fields.
    #[error("record {place} of the batch says {said} bytes and has {found}")]
    RecordLength {
        /// The record's place, from 0.
        place: i32,
        /// The length it says.
        said: i64,
        /// The length of its fields.
        found: usize,
    },
    /// Bytes behind the last record.
    #[error("the batch has {0} bytes behind its last record")]
    Trailing(usize),
    /// A field can't be read.
    #[error("the batch {0}")]
    Decode(#[from] DecodeError),
    /// A codec that there is not.
    #[error("the batch is compressed by codec {0}, which there is not")]
    Codec(i16),
    /// The compressed bytes can't be decompressed.
    #[error("the batch can't be decompressed as {codec}: {reason}")]
    Decompress {
        /// The codec.
        codec: &'static str,
        /// What the decoder said.
        reason: String,
    },
    /// It decompresses to more than may be.
    #[error("the batch decompresses to more than {0} bytes; send smaller batches")]
    Bomb(usize),
    /// A control batch, which only the log writes.
    #[error("the batch has the control bit, which clients may not set")]
    Control,
    /// Part of a transaction, where there is none.
    #[error("the batch is part of a transaction, and its request names none; set `transactional.id`")]
    Transactional,
    /// More than one batch at once from an idempotent producer.
    #[error("an idempotent producer sent several batches for one partition at once; send one")]
    Several,
    /// Producer id, epoch and sequence do not fit together.
    #[error("the batch has producer {producer}, epoch {epoch} and sequence {sequence}, which do not fit together")]
    Producer {
        /// The producer's id.
        producer: i64,
        /// Its epoch.
        epoch: i16,
        /// The first sequence.
        sequence: i32,
    },
}
