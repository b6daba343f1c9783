//! One file of the write-ahead log.

use std::io::{self, IoSlice};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use bytes::{Bytes, BytesMut};
use yeoul_base::decode::Decoder;
use yeoul_base::disk::{OpenMode, parent_of};
use yeoul_base::{Disk, DiskFile, Offset};

use crate::batch::rewrite_base;
use crate::checksum;
use crate::encode::Encoder;
use crate::error::{OpenError, ReadError};

use super::group::read_entry;
use super::{BLOCK, ENTRY_HEADER, Kind, VERSION};

const MAGIC: &[u8; 8] = b"YEOULWAL";
const HEADER: usize = 32;

/// An open file of the write-ahead log.
pub(crate) struct WalFile {
    pub(crate) number: u32,
    pub(crate) path: PathBuf,
    pub(crate) file: Arc<dyn DiskFile>,
    /// Its size, which it got when it was made.
    pub(crate) bytes: u64,
    /// The version in its header; the current one if it has none that is whole.
    pub(crate) version: u32,
    /// The log's time at its last group, at the latest; milliseconds.
    pub(crate) last_time: AtomicI64,
    /// The log's time at its first group, at the earliest; `i64::MAX` as long as there is none.
    pub(crate) first_time: AtomicI64,
}

/// The name of a file in the folder `wal`.
pub(crate) fn file_name(number: u32) -> String {
    format!("{number:020}.wal")
}

/// The number in a file's name; nothing if the name is another.
pub(crate) fn file_number(name: &str) -> Option<u32> {
    let digits = name.strip_suffix(".wal").filter(|digits| digits.len() == 20)?;
    digits.parse().ok().filter(|&number| number > 0)
}

impl WalFile {
    /// Makes a file of zeros with its header, flushed, its name durable. What a cut attempt left is replaced:
    /// the caller knows that no group was ever written under this number.
    pub(crate) fn create(disk: &dyn Disk, dir: &Path, number: u32, key: u64, bytes: u64) -> io::Result<WalFile> {
        let path = dir.join(file_name(number));
        match disk.remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let file = disk.open(&path, OpenMode::CreateNew)?;
        if let Err(error) = fill(&*file, &header(VERSION, number, key), bytes) {
            // What a full disk gave is given back, as far as that goes.
            drop(disk.remove_file(&path));
            return Err(error);
        }
        disk.sync_dir(&parent_of(&path))?;
        Ok(WalFile::of(number, path, file, bytes, VERSION))
    }

    fn of(number: u32, path: PathBuf, file: Arc<dyn DiskFile>, bytes: u64, version: u32) -> WalFile {
        let (last_time, first_time) = (AtomicI64::new(i64::MIN), AtomicI64::new(i64::MAX));
        WalFile { number, path, file, bytes, version, last_time, first_time }
    }

    /// A group was written, or is replayed, with the log's time.
    pub(crate) fn note_time(&self, time: i64) {
        self.last_time.store(time, Ordering::Relaxed);
        self.first_time.fetch_min(time, Ordering::Relaxed);
    }

    /// Opens a file. The flag tells whether its header is whole; without it, nothing in the file counts.
    pub(crate) fn open(disk: &dyn Disk, dir: &Path, number: u32, key: u64) -> Result<(WalFile, bool), OpenError> {
        let path = dir.join(file_name(number));
        let failed = |source| OpenError::Io {
            doing: "open",
            path: path.clone(),
            source,
            remedy: "give this user the right to read and write it",
        };
        let file = disk.open(&path, OpenMode::Write).map_err(failed)?;
        let bytes = file.len().map_err(failed)?;
        let mut found = [0; HEADER];
        if bytes >= HEADER as u64 {
            file.read_exact_at(&mut found, 0).map_err(failed)?;
        }
        let version = version_of(&found).unwrap_or(VERSION);
        if version > VERSION {
            return Err(OpenError::NewerVersion { path, found: version, known: VERSION });
        }
        let whole = found.as_slice() == header(version, number, key).as_slice();
        Ok((WalFile::of(number, path, file, bytes, version), whole))
    }

    pub(crate) fn damaged(&self, position: u64, reason: &'static str) -> ReadError {
        ReadError::Damaged { path: self.path.clone(), position, reason }
    }

    pub(crate) fn failed(&self, source: io::Error) -> ReadError {
        ReadError::Io { path: self.path.clone(), source: Arc::new(source) }
    }
}

fn fill(file: &dyn DiskFile, header: &[u8], bytes: u64) -> io::Result<()> {
    file.allocate(bytes)?;
    file.write_all_at(&[IoSlice::new(header)], 0)?;
    file.sync_all()
}

fn header(version: u32, number: u32, key: u64) -> Vec<u8> {
    let mut out = Encoder::default();
    out.raw(MAGIC);
    out.u32(version);
    out.u64(key);
    out.u64(u64::from(number));
    let check = crc32c::crc32c(&out.0);
    out.u32(check);
    out.0
}

/// The version in a header whose checksum fits.
fn version_of(header: &[u8; HEADER]) -> Option<u32> {
    let (checked, check) = header.split_at(HEADER - 4);
    let fits = checksum::fits_stored(checked, check) && header.starts_with(MAGIC);
    let mut from = Decoder::new(header.get(8..)?);
    from.u32().ok().filter(|_| fits)
}

/// Reads the batches of some entries that lie in `first..end` of a file, and checks each: `wanted` has each entry's
/// place, its batch's size and the base offset that the batch is served with.
pub(crate) fn read_entry_batch(
    file: &WalFile,
    first: u64,
    end: u64,
    wanted: &[(u64, usize, Offset)],
) -> Result<Vec<Bytes>, ReadError> {
    // An index may lie; nothing is allocated for what can't be there.
    let Some(span) = end.checked_sub(first).filter(|_| end <= file.bytes) else {
        return Err(file.damaged(first, "the index names a batch behind the file's end"));
    };
    let mut buffer = BytesMut::zeroed(usize::try_from(span).unwrap_or(0));
    file.file.read_exact_at(&mut buffer, first).map_err(|error| file.failed(error))?;
    for &(at, bytes, base) in wanted {
        let local = usize::try_from(at - first).unwrap_or(usize::MAX);
        let (entry, _) = read_entry(&buffer, local).map_err(|reason| file.damaged(at, reason))?;
        let is_batch = matches!(entry.kind, Kind::Batch | Kind::Staged);
        if !is_batch || entry.payload.len() != bytes {
            return Err(file.damaged(at, "another entry lies where a batch was"));
        }
        if entry.kind == Kind::Batch && entry.payload.get(..8) != Some(&base.0.to_be_bytes()) {
            return Err(file.damaged(at, "a batch has another offset"));
        }
        if let Some(batch) = buffer.get_mut(local + ENTRY_HEADER..) {
            rewrite_base(batch, base);
        }
    }
    let all = buffer.freeze();
    let batch = |&(at, bytes, _): &(u64, usize, Offset)| {
        let local = usize::try_from(at - first).unwrap_or(usize::MAX) + ENTRY_HEADER;
        all.slice(local..local + bytes)
    };
    Ok(wanted.iter().map(batch).collect())
}

/// Where a file's groups begin, in bytes.
pub(crate) const GROUPS_FROM: u64 = BLOCK;
