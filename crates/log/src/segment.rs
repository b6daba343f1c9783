//! Segment objects: the cold data of one partition, written once, verified, never changed.
//!
//! ```text
//! header, 64 bytes:  "YEOULSEG" (8), format version (4), key (8), topic id (16), partition (4), first offset (8),
//!                    zero (12), CRC-32C of what is before (4)
//! blocks:            whole batches, verbatim, about 64 KiB a block; a larger batch is a block of its own
//! index, per block:  first offset (8), place in the file (8), size (4), CRC-32C of the block (4), greatest timestamp (8)
//! trailer, 48 bytes: "YSEGTAIL" (8), offset behind the last record (8), place of the index (8), blocks (4),
//!                    CRC-32C of the index (4), log's time at the last append (8), zero (4), CRC-32C of the trailer (4)
//! ```
//! Numbers are big-endian. A segment counts only once an index checkpoint names it; others are removed at a start.
//! Compaction takes records out: offsets may leave gaps then, but the last batch always ends at the segment's end, so
//! that a read from any offset within finds a batch.

use std::io::{self, IoSlice};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use yeoul_base::decode::Decoder;
use yeoul_base::disk::OpenMode;
use yeoul_base::{Disk, DiskFile, PartitionId, TopicId};

use crate::checksum;
use crate::encode::Encoder;
use crate::error::ReadError;
use crate::partition::SegmentRef;

const MAGIC: &[u8; 8] = b"YEOULSEG";
const TRAILER_MAGIC: &[u8; 8] = b"YSEGTAIL";
const VERSION: u32 = 1;
const HEADER: usize = 64;
const TRAILER: usize = 48;
const BLOCK_ENTRY: usize = 32;
/// A block is closed when it has so many bytes.
const BLOCK_BYTES: usize = 64 << 10;

/// Some batches that lie, are checked and are read together.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Block {
    pub(crate) base: i64,
    pub(crate) at: u64,
    pub(crate) bytes: u32,
    crc: u32,
    pub(crate) max_timestamp: i64,
}

/// A segment's name in its partition's folder: its first offset, and its generation unless that is the first.
pub(crate) fn segment_name(segment: &SegmentRef) -> String {
    match (segment.base, segment.generation) {
        (base, 0) => format!("{base:020}.seg"),
        (base, generation) => format!("{base:020}.{generation}.seg"),
    }
}

/// Writes a segment from front to back.
pub(crate) struct SegmentWriter {
    path: PathBuf,
    file: Arc<dyn DiskFile>,
    at: u64,
    block: Vec<u8>,
    block_base: i64,
    block_timestamp: i64,
    blocks: Vec<Block>,
    segment: SegmentRef,
}

impl SegmentWriter {
    /// Begins a segment. The folder is there; a file of the name is a cut attempt's and is replaced.
    pub(crate) fn create(
        disk: &dyn Disk,
        dir: &Path,
        owner: (u64, TopicId, PartitionId),
        segment: SegmentRef,
    ) -> io::Result<SegmentWriter> {
        let path = dir.join(segment_name(&segment));
        match disk.remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let file = disk.open(&path, OpenMode::CreateNew)?;
        file.write_all_at(&[IoSlice::new(&header(owner, segment.base))], 0)?;
        Ok(SegmentWriter {
            path,
            file,
            at: HEADER as u64,
            block: Vec::with_capacity(BLOCK_BYTES),
            block_base: segment.base,
            block_timestamp: i64::MIN,
            blocks: Vec::new(),
            segment,
        })
    }

    /// Adds a batch; `end` is the offset behind it.
    pub(crate) fn push(&mut self, batch: &[u8], base: i64, end: i64, max_timestamp: i64) -> io::Result<()> {
        if !self.block.is_empty() && self.block.len() + batch.len() > BLOCK_BYTES {
            self.end_block()?;
        }
        if self.block.is_empty() {
            self.block_base = base;
            self.block_timestamp = max_timestamp;
        }
        self.block.extend_from_slice(batch);
        self.block_timestamp = self.block_timestamp.max(max_timestamp);
        self.segment.end = end;
        self.segment.bytes += batch.len() as u64;
        self.segment.max_timestamp = self.segment.max_timestamp.max(max_timestamp);
        Ok(())
    }

    fn end_block(&mut self) -> io::Result<()> {
        self.file.write_all_at(&[IoSlice::new(&self.block)], self.at)?;
        self.blocks.push(Block {
            base: self.block_base,
            at: self.at,
            bytes: u32::try_from(self.block.len()).expect("a block is at most a batch's size"),
            crc: crc32c::crc32c(&self.block),
            max_timestamp: self.block_timestamp,
        });
        self.at += self.block.len() as u64;
        self.block.clear();
        Ok(())
    }

    /// Completes the segment, flushes it and reads it back. The folder's names are for the caller to flush.
    pub(crate) fn finish(mut self) -> io::Result<SegmentRef> {
        if !self.block.is_empty() {
            self.end_block()?;
        }
        let index = encode_blocks(&self.blocks);
        let trailer = trailer(&self.segment, self.at, self.blocks.len(), &index);
        self.file.write_all_at(&[IoSlice::new(&index), IoSlice::new(&trailer)], self.at)?;
        self.file.sync_all()?;
        self.verify()?;
        Ok(self.segment)
    }

    /// Takes back a segment that was not completed.
    pub(crate) fn abandon(self, disk: &dyn Disk) {
        // What can't be removed now goes at the next start.
        drop(disk.remove_file(&self.path));
    }

    fn verify(&self) -> io::Result<()> {
        let invalid = |error: ReadError| io::Error::new(io::ErrorKind::InvalidData, error.to_string());
        let segment = Segment::load(self.path.clone(), Arc::clone(&self.file)).map_err(invalid)?;
        if segment.blocks != self.blocks {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "a segment reads back with another index"));
        }
        segment.check().map_err(invalid)
    }
}

fn header((key, topic, partition): (u64, TopicId, PartitionId), base: i64) -> Vec<u8> {
    let mut out = Encoder::default();
    out.raw(MAGIC);
    out.u32(VERSION);
    out.u64(key);
    out.raw(&topic.0);
    out.i32(partition.0);
    out.i64(base);
    out.raw(&[0; 12]);
    let check = crc32c::crc32c(&out.0);
    out.u32(check);
    out.0
}

fn encode_blocks(blocks: &[Block]) -> Vec<u8> {
    let mut out = Encoder(Vec::with_capacity(blocks.len() * BLOCK_ENTRY));
    for block in blocks {
        out.i64(block.base);
        out.u64(block.at);
        out.u32(block.bytes);
        out.u32(block.crc);
        out.i64(block.max_timestamp);
    }
    out.0
}

fn trailer(segment: &SegmentRef, index_at: u64, blocks: usize, index: &[u8]) -> Vec<u8> {
    let mut out = Encoder(Vec::with_capacity(TRAILER));
    out.raw(TRAILER_MAGIC);
    out.i64(segment.end);
    out.u64(index_at);
    out.count(blocks);
    out.u32(crc32c::crc32c(index));
    out.i64(segment.appended);
    out.u32(0);
    let check = crc32c::crc32c(&out.0);
    out.u32(check);
    out.0
}

/// An open segment.
pub(crate) struct Segment {
    path: PathBuf,
    file: Arc<dyn DiskFile>,
    pub(crate) blocks: Vec<Block>,
}

impl Segment {
    /// Opens a segment and reads its index.
    pub(crate) fn open(disk: &dyn Disk, dir: &Path, wanted: &SegmentRef) -> Result<Segment, ReadError> {
        let path = dir.join(segment_name(wanted));
        match disk.open(&path, OpenMode::Read) {
            Ok(file) => Segment::load(path, file),
            Err(source) => Err(ReadError::Io { path, source: Arc::new(source) }),
        }
    }

    pub(crate) fn load(path: PathBuf, file: Arc<dyn DiskFile>) -> Result<Segment, ReadError> {
        let failed = |source| ReadError::Io { path: path.clone(), source: Arc::new(source) };
        let damaged = |position, reason| ReadError::Damaged { path: path.clone(), position, reason };
        let size = file.len().map_err(failed)?;
        let Some(trailer_at) = size.checked_sub(TRAILER as u64).filter(|&at| at >= HEADER as u64) else {
            return Err(damaged(size, "the segment is cut off"));
        };
        let mut trailer = [0; TRAILER];
        file.read_exact_at(&mut trailer, trailer_at).map_err(failed)?;
        let (index_at, count, crc) =
            read_trailer(&trailer).ok_or_else(|| damaged(trailer_at, "the segment's trailer is wrong"))?;
        let index_bytes = count as u64 * BLOCK_ENTRY as u64;
        if index_at.checked_add(index_bytes) != Some(trailer_at) {
            return Err(damaged(trailer_at, "the segment's index is not where it should be"));
        }
        let mut index = vec![0; usize::try_from(index_bytes).unwrap_or(0)];
        file.read_exact_at(&mut index, index_at).map_err(failed)?;
        if !checksum::fits(&index, crc) {
            return Err(damaged(index_at, "the segment's index has a wrong checksum"));
        }
        let blocks = read_blocks(&index, count).ok_or_else(|| damaged(index_at, "the segment's index is cut off"))?;
        let lies_inside =
            |block: &Block| block.at.checked_add(u64::from(block.bytes)).is_some_and(|end| end <= index_at);
        if !blocks.iter().all(lies_inside) {
            return Err(damaged(index_at, "the segment's index names a block that lies outside"));
        }
        Ok(Segment { path, file, blocks })
    }

    /// Reads a block's batches and checks them.
    pub(crate) fn read(&self, block: &Block) -> Result<Bytes, ReadError> {
        let mut bytes = BytesMut::zeroed(block.bytes as usize);
        let failed = |source| ReadError::Io { path: self.path.clone(), source: Arc::new(source) };
        self.file.read_exact_at(&mut bytes, block.at).map_err(failed)?;
        if checksum::fits(&bytes, block.crc) {
            return Ok(bytes.freeze());
        }
        let reason = "a block's checksum is wrong";
        Err(ReadError::Damaged { path: self.path.clone(), position: block.at, reason })
    }

    /// Reads all of it and checks it.
    pub(crate) fn check(&self) -> Result<(), ReadError> {
        self.blocks.iter().try_for_each(|block| self.read(block).map(drop))
    }

    /// The place of the block that holds an offset.
    pub(crate) fn find(&self, offset: i64) -> usize {
        self.blocks.partition_point(|block| block.base <= offset).saturating_sub(1)
    }
}

fn read_trailer(trailer: &[u8; TRAILER]) -> Option<(u64, usize, u32)> {
    let (checked, check) = trailer.split_at(TRAILER - 4);
    if !checksum::fits_stored(checked, check) || !checked.starts_with(TRAILER_MAGIC) {
        return None;
    }
    let mut from = Decoder::new(checked.get(16..)?);
    let index_at = from.u64().ok()?;
    let count = usize::try_from(from.u32().ok()?).ok()?;
    Some((index_at, count, from.u32().ok()?))
}

fn read_blocks(index: &[u8], count: usize) -> Option<Vec<Block>> {
    let mut from = Decoder::new(index);
    let mut blocks = Vec::with_capacity(count);
    for _ in 0..count {
        blocks.push(Block {
            base: from.i64().ok()?,
            at: from.u64().ok()?,
            bytes: from.u32().ok()?,
            crc: from.u32().ok()?,
            max_timestamp: from.i64().ok()?,
        });
    }
    Some(blocks)
}
