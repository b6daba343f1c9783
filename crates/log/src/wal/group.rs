//! Putting a group together, and reading one.

use std::io::IoSlice;
use std::ops::Range;

use bytes::Bytes;
use yeoul_base::Offset;
use yeoul_base::decode::Decoder;

use crate::batch::{BATCH_HEADER_BYTES, BatchHeader, check_crc, rewrite_base};
use crate::checksum;
use crate::encode::Encoder;

use super::entry::{Entry, Kind, entry_header};
use super::{ENTRY_HEADER, GROUP_HEADER, align_block, align_entry};

const MAGIC: [u8; 4] = *b"YGRP";
/// A batch up to this size is copied beside its header; a larger one is written from where it lies.
const COPY_BYTES_MAX: usize = 2048;

/// A group's header.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct GroupHeader {
    pub(crate) entries: u32,
    pub(crate) sequence: u64,
    /// Header and entries, without the padding.
    pub(crate) bytes: u64,
    pub(crate) time: i64,
    pub(crate) key: u64,
    pub(crate) file: u64,
    checks: u32,
}

impl GroupHeader {
    fn encode(&self) -> Vec<u8> {
        let mut out = Encoder(Vec::with_capacity(GROUP_HEADER));
        out.raw(&MAGIC);
        out.u32(self.entries);
        out.u64(self.sequence);
        out.u64(self.bytes);
        out.i64(self.time);
        out.u64(self.key);
        out.u64(self.file);
        out.u32(self.checks);
        let check = crc32c::crc32c(&out.0);
        out.u32(check);
        out.u64(0);
        out.0
    }

    /// Reads a header that belongs to this data folder and file; nothing if there is none.
    pub(crate) fn parse(bytes: &[u8], key: u64, file: u32) -> Option<GroupHeader> {
        if !bytes.starts_with(&MAGIC) {
            return None;
        }
        let computed = crc32c::crc32c(bytes.get(..52)?);
        let mut from = Decoder::new(bytes.get(4..GROUP_HEADER)?);
        let header = GroupHeader {
            entries: from.u32().ok()?,
            sequence: from.u64().ok()?,
            bytes: from.u64().ok()?,
            time: from.i64().ok()?,
            key: from.u64().ok()?,
            file: from.u64().ok()?,
            checks: from.u32().ok()?,
        };
        let own = header.key == key && header.file == u64::from(file);
        let fits = checksum::is(computed, from.u32().ok()?);
        (fits && own && header.bytes >= GROUP_HEADER as u64).then_some(header)
    }

    /// The entries of a whole group; `Err` says what is broken.
    pub(crate) fn entries<'a>(&self, group: &'a [u8]) -> Result<Vec<Entry<'a>>, &'static str> {
        let count = usize::try_from(self.entries).unwrap_or(usize::MAX);
        if count > group.len() / ENTRY_HEADER {
            return Err("the group says that it has more entries than fit");
        }
        let mut entries = Vec::with_capacity(count);
        let mut at = GROUP_HEADER;
        let mut checks = 0;
        for _ in 0..count {
            let (entry, check) = read_entry(group, at)?;
            checks = crc32c::crc32c_append(checks, &check.to_be_bytes());
            at += align_entry(ENTRY_HEADER + entry.payload.len());
            entries.push(entry);
        }
        if checksum::is(checks, self.checks) { Ok(entries) } else { Err("the group's checksum is wrong") }
    }
}

/// Reads and checks the entry at a place of some bytes.
pub(crate) fn read_entry(bytes: &[u8], at: usize) -> Result<(Entry<'_>, u32), &'static str> {
    let short = "an entry ends behind its group";
    let mut from = Decoder::new(bytes.get(at..).ok_or(short)?);
    let size = usize::try_from(from.u32().map_err(|_| short)?).unwrap_or(usize::MAX);
    let check = from.u32().map_err(|_| short)?;
    let kind = Kind::from_number(from.u8().map_err(|_| short)?).ok_or("an entry is of no known kind")?;
    let zeros = from.bytes(3).map_err(|_| short)?;
    let slot = from.u32().map_err(|_| short)?;
    let payload = from.bytes(size).map_err(|_| short)?;
    let checked = payload.get(..kind.checked_bytes(size)).unwrap_or_default();
    if !checksum::is(entry_header(kind, slot, size, checked).1, check) || zeros != [0; 3] {
        return Err("an entry's checksum is wrong");
    }
    if matches!(kind, Kind::Batch | Kind::Staged) {
        check_batch(payload)?;
    }
    Ok((Entry { kind, slot, at, payload }, check))
}

fn check_batch(payload: &[u8]) -> Result<(), &'static str> {
    let header = BatchHeader::parse(payload).map_err(|_| "a batch's header is wrong")?;
    if header.bytes != payload.len() {
        return Err("a batch's length is wrong");
    }
    check_crc(&header, payload).map_err(|_| "a batch's CRC is wrong")
}

/// A stretch of a group: bytes that were put together for it, or a batch's own.
enum Piece {
    Arena(Range<usize>),
    Shared(Bytes),
}

/// A group being put together. Batches are not copied, but for small ones.
pub(crate) struct GroupBuilder {
    /// Where the group begins in its file.
    start: u64,
    arena: Vec<u8>,
    /// Where the stretch of the arena begins that is not yet a piece.
    open: usize,
    pieces: Vec<Piece>,
    bytes: usize,
    entries: u32,
    checks: u32,
}

impl GroupBuilder {
    /// A group without entries, at a place of its file.
    pub(crate) fn new(start: u64) -> GroupBuilder {
        let arena = vec![0; GROUP_HEADER];
        GroupBuilder { start, arena, open: 0, pieces: Vec::new(), bytes: GROUP_HEADER, entries: 0, checks: 0 }
    }

    /// Whether there is nothing to write.
    pub(crate) fn is_empty(&self) -> bool {
        self.entries == 0
    }

    /// Adds an entry. Returns its place in the file.
    pub(crate) fn push(&mut self, kind: Kind, slot: u32, payload: &[u8]) -> u32 {
        let (header, check) = entry_header(kind, slot, payload.len(), payload);
        let at = self.begin(header, check);
        self.arena.extend_from_slice(payload);
        self.end(payload.len());
        at
    }

    /// Adds a batch with its base offset patched. Returns its place in the file.
    pub(crate) fn push_batch(&mut self, kind: Kind, slot: u32, base: Offset, batch: &Bytes) -> u32 {
        let mut head = [0; BATCH_HEADER_BYTES];
        head.copy_from_slice(batch.get(..BATCH_HEADER_BYTES).expect("a validated batch has a header"));
        rewrite_base(&mut head, base);
        let (header, check) = entry_header(kind, slot, batch.len(), &head);
        let at = self.begin(header, check);
        self.arena.extend_from_slice(&head);
        let rest = batch.slice(BATCH_HEADER_BYTES..);
        if rest.len() <= COPY_BYTES_MAX {
            self.arena.extend_from_slice(&rest);
        } else {
            self.close_piece();
            self.pieces.push(Piece::Shared(rest));
        }
        self.end(batch.len());
        at
    }

    fn begin(&mut self, header: [u8; ENTRY_HEADER], check: u32) -> u32 {
        let at = self.start + self.bytes as u64;
        self.arena.extend_from_slice(&header);
        self.entries += 1;
        self.checks = crc32c::crc32c_append(self.checks, &check.to_be_bytes());
        u32::try_from(at).expect("a file is smaller than 4 GiB")
    }

    fn end(&mut self, payload: usize) {
        let size = ENTRY_HEADER + payload;
        let padded = align_entry(size);
        self.arena.resize(self.arena.len() + padded - size, 0);
        self.bytes += padded;
    }

    fn close_piece(&mut self) {
        if self.open < self.arena.len() {
            self.pieces.push(Piece::Arena(self.open..self.arena.len()));
            self.open = self.arena.len();
        }
    }

    /// Completes the group; what it takes in the file follows from [`SealedGroup::end`].
    pub(crate) fn seal(mut self, sequence: u64, time: i64, key: u64, file: u32) -> SealedGroup {
        let padded = align_block(self.bytes as u64);
        let padding = padded - self.bytes as u64;
        self.arena.resize(self.arena.len() + usize::try_from(padding).unwrap_or(0), 0);
        self.close_piece();
        let header = GroupHeader {
            entries: self.entries,
            sequence,
            bytes: self.bytes as u64,
            time,
            key,
            file: u64::from(file),
            checks: self.checks,
        };
        if let Some(place) = self.arena.get_mut(..GROUP_HEADER) {
            place.copy_from_slice(&header.encode());
        }
        SealedGroup { start: self.start, end: self.start + padded, arena: self.arena, pieces: self.pieces }
    }
}

/// A group as it will lie in its file.
pub(crate) struct SealedGroup {
    pub(crate) start: u64,
    /// Where the next group begins.
    pub(crate) end: u64,
    arena: Vec<u8>,
    pieces: Vec<Piece>,
}

impl SealedGroup {
    pub(crate) fn parts(&self) -> Vec<IoSlice<'_>> {
        self.pieces.iter().map(|piece| IoSlice::new(self.bytes_of(piece))).collect()
    }

    fn bytes_of<'a>(&'a self, piece: &'a Piece) -> &'a [u8] {
        match piece {
            Piece::Arena(range) => self.arena.get(range.clone()).unwrap_or_default(),
            Piece::Shared(bytes) => bytes,
        }
    }
}
