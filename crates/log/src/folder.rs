//! The data folder: what lies where, whose it is, and the lock on it.
//!
//! ```text
//! LOCK                                     held (flock) by the process that has the folder open
//! log.meta                                 whose the folder is, see below
//! wal/<number>.wal                         the write-ahead log, see `wal`
//! index/<sequence>.a.idx, …b.idx           index checkpoints, twice each, see `snapshot`
//! segments/<topic id>/<partition>/<first offset>.seg    cold data, see `segment`
//! ```
//! `log.meta`, 46 bytes: "YEOULLOG", format version (4), key (8), cluster id (22 ASCII), CRC-32C of what is before (4).

use std::io;
use std::path::{Path, PathBuf};

use uuid::Uuid;
use yeoul_base::decode::Decoder;
use yeoul_base::disk::{DirEntry, DiskLock, EntryKind, create_dir_durable, parent_of, read_file, write_file_durable};
use yeoul_base::{Disk, TopicId};

use crate::checksum;
use crate::encode::Encoder;
use crate::error::OpenError;

const MAGIC: &[u8; 8] = b"YEOULLOG";
const VERSION: u32 = 1;
const META_BYTES: usize = 46;
const CLUSTER_ID_BYTES: usize = 22;
/// What may lie in the folder.
const NAMES: [(&str, EntryKind); 6] = [
    ("LOCK", EntryKind::File),
    ("log.meta", EntryKind::File),
    ("log.meta.tmp", EntryKind::File),
    ("wal", EntryKind::Folder),
    ("index", EntryKind::Folder),
    ("segments", EntryKind::Folder),
];

/// An open data folder.
pub(crate) struct Folder {
    pub(crate) dir: PathBuf,
    /// A random number that marks the folder's own bytes.
    pub(crate) key: u64,
    pub(crate) cluster_id: String,
    /// Whether it was made just now.
    pub(crate) is_new: bool,
    _lock: Box<dyn DiskLock>,
}

impl Folder {
    pub(crate) fn wal(&self) -> PathBuf {
        self.dir.join("wal")
    }

    pub(crate) fn index(&self) -> PathBuf {
        self.dir.join("index")
    }

    pub(crate) fn segments(&self) -> PathBuf {
        self.dir.join("segments")
    }

    pub(crate) fn topic(&self, topic: TopicId) -> PathBuf {
        self.segments().join(topic.to_string())
    }

    /// Opens a folder, or makes one where there is nothing.
    pub(crate) fn open(disk: &dyn Disk, dir: &Path) -> Result<Folder, OpenError> {
        create_dir_durable(disk, dir).map_err(|source| unusable("create", dir, source))?;
        flush_name(disk, dir)?;
        let entries = disk.list(dir).map_err(|source| unusable("list", dir, source))?;
        check_names(dir, &entries)?;
        let lock_path = dir.join("LOCK");
        let lock = disk.lock(&lock_path).map_err(|source| unusable("lock", &lock_path, source))?;
        let lock = lock.ok_or_else(|| OpenError::Locked { path: dir.to_path_buf() })?;
        let is_new = !entries.iter().any(|entry| entry.name == "log.meta");
        if is_new {
            check_unused(disk, dir, &entries)?;
            make_meta(disk, dir)?;
        }
        let (key, cluster_id) = read_meta(disk, &dir.join("log.meta"))?;
        let folder = Folder { dir: dir.to_path_buf(), key, cluster_id, is_new, _lock: lock };
        for part in [folder.wal(), folder.index(), folder.segments()] {
            create_dir_durable(disk, &part).map_err(|source| unusable("create", &part, source))?;
        }
        // A killed process may have left names that are not durable yet.
        disk.sync_dir(dir).map_err(|source| unusable("flush", dir, source))?;
        Ok(folder)
    }
}

/// Makes the folder's own name durable, which a killed process may have left undone. A parent that this user may not
/// read was not made by this user either.
fn flush_name(disk: &dyn Disk, dir: &Path) -> Result<(), OpenError> {
    let parent = parent_of(dir);
    match disk.sync_dir(&parent) {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(()),
        other => other.map_err(|source| unusable("flush", &parent, source)),
    }
}

fn unusable(doing: &'static str, path: &Path, source: io::Error) -> OpenError {
    let remedy = match source.kind() {
        io::ErrorKind::PermissionDenied => "give this user the right to read and write it, or name another folder",
        io::ErrorKind::ReadOnlyFilesystem => "mount the disk writable, or name another folder",
        io::ErrorKind::NotADirectory => "something else has the name; move it away, or name another folder",
        io::ErrorKind::StorageFull => "make room on the disk",
        _ => "check the disk, or name another folder",
    };
    OpenError::Io { doing, path: path.to_path_buf(), source, remedy }
}

/// Refuses a folder with names that are not a log's, or that stand for something else (a link, say).
fn check_names(dir: &Path, entries: &[DirEntry]) -> Result<(), OpenError> {
    for entry in entries {
        let path = dir.join(&entry.name);
        let Some((_, kind)) = NAMES.iter().find(|(name, _)| *name == entry.name) else {
            let reason = format!("a log's folder does not hold `{}`", entry.name);
            return Err(OpenError::Foreign { path, reason });
        };
        if entry.kind != *kind {
            let reason = format!("a {} is expected there, not a link or something else", describe(*kind));
            return Err(OpenError::Foreign { path, reason });
        }
    }
    Ok(())
}

fn describe(kind: EntryKind) -> &'static str {
    if kind == EntryKind::Folder { "folder" } else { "file" }
}

/// Refuses to begin anew where a log was: its `log.meta` was lost.
fn check_unused(disk: &dyn Disk, dir: &Path, entries: &[DirEntry]) -> Result<(), OpenError> {
    for entry in entries.iter().filter(|entry| entry.kind == EntryKind::Folder) {
        let path = dir.join(&entry.name);
        let inside = disk.list(&path).map_err(|source| unusable("list", &path, source))?;
        if !inside.is_empty() {
            let reason = "it is missing, and a log is there".to_owned();
            return Err(OpenError::Damaged { path: dir.join("log.meta"), position: 0, reason });
        }
    }
    Ok(())
}

fn make_meta(disk: &dyn Disk, dir: &Path) -> Result<(), OpenError> {
    let mut out = Encoder::default();
    out.raw(MAGIC);
    out.u32(VERSION);
    out.u64(Uuid::new_v4().as_u64_pair().0);
    out.raw(base64_url(Uuid::new_v4().as_bytes()).as_bytes());
    let check = crc32c::crc32c(&out.0);
    out.u32(check);
    let path = dir.join("log.meta");
    write_file_durable(disk, &path, &out.0).map_err(|source| unusable("write", &path, source))
}

fn read_meta(disk: &dyn Disk, path: &Path) -> Result<(u64, String), OpenError> {
    let bytes = read_file(disk, path, 1 << 16).map_err(|source| unusable("read", path, source))?;
    let damaged =
        |reason: &str| OpenError::Damaged { path: path.to_path_buf(), position: 0, reason: reason.to_owned() };
    if !bytes.starts_with(MAGIC) {
        return Err(damaged("it does not begin as Yeoul's"));
    }
    let Some((checked, check)) = bytes.get(..META_BYTES).map(|meta| meta.split_at(META_BYTES - 4)) else {
        return Err(damaged("it is cut off"));
    };
    if !checksum::fits_stored(checked, check) {
        return Err(damaged("its checksum is wrong"));
    }
    let short = |_| damaged("it is cut off");
    let mut from = Decoder::new(checked.get(8..).unwrap_or_default());
    let found = from.u32().map_err(short)?;
    if found > VERSION {
        return Err(OpenError::NewerVersion { path: path.to_path_buf(), found, known: VERSION });
    }
    let key = from.u64().map_err(short)?;
    let id = from.bytes(CLUSTER_ID_BYTES).map_err(short)?;
    Ok((key, String::from_utf8_lossy(id).into_owned()))
}

/// Sixteen bytes as Kafka shows them: base64 for URLs, without padding, 22 characters.
fn base64_url(bytes: &[u8; 16]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let bits = u128::from_be_bytes(*bytes);
    let letter = |index: u32| {
        // 22 letters of 6 bits are 132 bits: the last letter carries two, and four zeros.
        let six = if index == 21 { (bits << 4) & 63 } else { (bits >> (122 - 6 * index)) & 63 };
        char::from(LETTERS.get(six as usize).copied().unwrap_or(b'A'))
    };
    (0..22).map(letter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_shown_as_kafka_does() {
        assert_eq!(base64_url(&[0; 16]), "A".repeat(22));
        assert_eq!(base64_url(&[0xff; 16]), format!("{}w", "_".repeat(21)));
        assert_eq!(base64_url(b"0123456789abcdef"), "MDEyMzQ1Njc4OWFiY2RlZg");
    }
}
