//! The write-ahead log's files, byte for byte. All numbers are big-endian; every checksum is CRC-32C.
//!
//! A file `wal/<number, 20 digits>.wal` is made at its full size, of zeros, before it is used:
//! ```text
//! at     bytes
//! 0      8     "YEOULWAL"
//! 8      4     format version: 2; 1 has the same bytes and no entries of kind 9 and above
//! 12     8     key: a random number of the data folder, so that strange bytes are not taken for its own
//! 20     8     the file's number
//! 28     4     checksum of bytes 0..28
//! 4096         groups, each beginning at a multiple of 4096, so that no write touches a flushed block again
//! ```
//! A group is what one flush made durable:
//! ```text
//! 0      4     "YGRP"
//! 4      4     number of entries
//! 8      8     sequence: the groups' number, without gaps, over all files
//! 16     8     size in bytes, header and entries, without the padding to 4096
//! 24     8     time of the log, milliseconds, never going back (see `trusted_time`)
//! 32     8     key, as in the file's header
//! 40     8     the file's number
//! 48     4     checksum of the entries' checksums, in order
//! 52     4     checksum of bytes 0..52
//! 56     8     zero
//! 64           entries, each beginning at a multiple of 8
//! ```
//! An entry:
//! ```text
//! 0      4     size of the payload
//! 4      4     checksum of bytes 0..4, 8..16 and of the payload; of a batch only its header (61 bytes), which
//!              carries the CRC of the rest
//! 8      1     kind, see [`Kind`]
//! 9      3     zero
//! 12     4     slot: the partition's number in this data folder; 0 where there is none
//! 16           payload
//! ```
//!
//! What follows from it: a group is whole or it is not there; a group that is not whole is the tail that a power
//! cut left if no group of that sequence or a later one begins behind it, and else damage.

mod end_record;
mod entry;
mod file;
mod group;
mod scan;

pub(crate) use end_record::{EndRecord, MARKER_SIZE, MarkerPlace};
pub(crate) use entry::{CommitRecord, CommittedBatch, Entry, Kind, TopicRecord};
pub(crate) use file::{GROUPS_FROM, WalFile, file_name, file_number, read_entry_batch};
pub(crate) use group::{GroupBuilder, GroupHeader};
pub(crate) use scan::{ScanStep, Scanner};

/// What groups and file headers are aligned to, in bytes.
pub(crate) const BLOCK: u64 = 4096;
/// The version of the files that this code writes. Files of earlier versions are read, and not written to any more:
/// the code that made them would take an entry of a newer kind for a broken tail, and cut it off.
pub(crate) const VERSION: u32 = 2;
/// The size of a group's header.
pub(crate) const GROUP_HEADER: usize = 64;
/// The size of an entry's header.
pub(crate) const ENTRY_HEADER: usize = 16;

/// The next multiple of [`BLOCK`].
pub(crate) fn align_block(bytes: u64) -> u64 {
    bytes.div_ceil(BLOCK) * BLOCK
}

/// The next multiple of 8.
pub(crate) fn align_entry(bytes: usize) -> usize {
    bytes.div_ceil(8) * 8
}
