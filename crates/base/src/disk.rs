//! Files, as the durable parts of Yeoul see them: the [`Disk`] trait, which a simulated disk implements too,
//! and [`RealDisk`], the operating system's.
//!
//! What a caller may rely on after a power cut, on any implementation:
//! - bytes of a file: those that were written before a [`DiskFile::sync_data`] or [`DiskFile::sync_all`] that returned `Ok`;
//! - a name (created, renamed, removed): once [`Disk::sync_dir`] of its folder returned `Ok` afterwards;
//! - nothing else. Unflushed bytes may be there, not be there, or be there in part.
//!
//! A flush that failed must not be tried again: the system may have marked the lost pages clean.

use std::fs::File;
use std::io::{self, IoSlice};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustix::fs::{FallocateFlags, FlockOperation, OFlags};

/// How a file is opened. A symbolic link is never followed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OpenMode {
    /// An existing file, to be read.
    Read,
    /// An existing file, to be read and written.
    Write,
    /// A new file, to be read and written; an error of kind `AlreadyExists` if the name is taken.
    CreateNew,
}

/// What a name in a folder stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EntryKind {
    /// An ordinary file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link, a device, a socket.
    Other,
}

/// A name in a folder.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct DirEntry {
    /// The last part of the path; a name that is not UTF-8 is shown with replacement characters.
    pub name: String,
    /// What the name stands for.
    pub kind: EntryKind,
}

impl PartialOrd for EntryKind {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for EntryKind {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (*self as u8).cmp(&(*other as u8))
    }
}

/// The room on a disk.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DiskSpace {
    /// All of it, in bytes.
    pub total: u64,
    /// What this user may still use, in bytes.
    pub free: u64,
}

/// A held lock; dropping it lets go.
pub trait DiskLock: Send + Sync {}

/// A folder tree of files.
pub trait Disk: Send + Sync + 'static {
    /// Opens a file.
    ///
    /// # Errors
    /// Those of the system; a symbolic link is refused.
    fn open(&self, path: &Path, mode: OpenMode) -> io::Result<Arc<dyn DiskFile>>;

    /// Creates one folder. Its name is durable after a `sync_dir` of its parent.
    ///
    /// # Errors
    /// Those of the system, `AlreadyExists` among them.
    fn create_dir(&self, path: &Path) -> io::Result<()>;

    /// What a path stands for; nothing if there is no such name. A symbolic link is followed only to a folder.
    ///
    /// # Errors
    /// Those of the system, without `NotFound`.
    fn kind(&self, path: &Path) -> io::Result<Option<EntryKind>>;

    /// The names in a folder, sorted.
    ///
    /// # Errors
    /// Those of the system.
    fn list(&self, dir: &Path) -> io::Result<Vec<DirEntry>>;

    /// Gives a file another name in the same folder; a file of that name is replaced.
    ///
    /// # Errors
    /// Those of the system.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Removes a file's name. Open handles go on reading.
    ///
    /// # Errors
    /// Those of the system.
    fn remove_file(&self, path: &Path) -> io::Result<()>;

    /// Removes an empty folder.
    ///
    /// # Errors
    /// Those of the system.
    fn remove_dir(&self, path: &Path) -> io::Result<()>;

    /// Makes the names in a folder durable.
    ///
    /// # Errors
    /// Those of the system; after one, nothing is known of the names changed before.
    fn sync_dir(&self, dir: &Path) -> io::Result<()>;

    /// The room on the disk that holds a path; nothing where that is not known.
    ///
    /// # Errors
    /// Those of the system.
    fn space(&self, _path: &Path) -> io::Result<Option<DiskSpace>> {
        Ok(None)
    }

    /// Takes an exclusive lock on a file, which is created if need be; `None` if someone else holds it.
    ///
    /// # Errors
    /// Those of the system.
    fn lock(&self, path: &Path) -> io::Result<Option<Box<dyn DiskLock>>>;
}

/// An open file. Reads and writes name their place, so that a handle can be shared.
pub trait DiskFile: Send + Sync {
    /// Fills the buffer from `offset`; an error of kind `UnexpectedEof` if the file ends before.
    ///
    /// # Errors
    /// Those of the system.
    fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()>;

    /// Writes all parts, one behind the other, from `offset` on.
    ///
    /// # Errors
    /// Those of the system; then any part may have been written.
    fn write_all_at(&self, parts: &[IoSlice<'_>], offset: u64) -> io::Result<()>;

    /// Makes the file at least `bytes` long, with zeros and with room on the disk reserved.
    ///
    /// # Errors
    /// Those of the system, a full disk among them.
    fn allocate(&self, bytes: u64) -> io::Result<()>;

    /// Cuts the file, or makes it longer with zeros.
    ///
    /// # Errors
    /// Those of the system.
    fn set_len(&self, bytes: u64) -> io::Result<()>;

    /// The file's length in bytes.
    ///
    /// # Errors
    /// Those of the system.
    fn len(&self) -> io::Result<u64>;

    /// Whether the file has no bytes.
    ///
    /// # Errors
    /// Those of the system.
    fn is_empty(&self) -> io::Result<bool> {
        Ok(self.len()? == 0)
    }

    /// Flushes the bytes and what is needed to find them again (`fdatasync`).
    ///
    /// # Errors
    /// Those of the system; after one, nothing is known of the bytes written before.
    fn sync_data(&self) -> io::Result<()>;

    /// Flushes the bytes and all of the file's attributes (`fsync`).
    ///
    /// # Errors
    /// As [`sync_data`](DiskFile::sync_data).
    fn sync_all(&self) -> io::Result<()>;
}

/// Creates a folder and those above it that are missing, each new name durable. A folder that is there already is
/// left alone: whether its name is durable is for the caller to know.
///
/// # Errors
/// Those of the system; `NotADirectory` if something else has the name.
pub fn create_dir_durable(disk: &dyn Disk, path: &Path) -> io::Result<()> {
    match disk.kind(path)? {
        Some(EntryKind::Folder) => return Ok(()),
        Some(_) => return Err(io::Error::new(io::ErrorKind::NotADirectory, "not a folder")),
        None => {}
    }
    let parent = parent_of(path);
    create_dir_durable(disk, &parent)?;
    match disk.create_dir(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    disk.sync_dir(&parent)
}

/// The folder that holds a path's last name; `.` for a bare name.
#[must_use]
pub fn parent_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_path_buf(),
        Some(_) => PathBuf::from("."),
        None => path.to_path_buf(),
    }
}

/// Writes a small file whole or not at all: under a temporary name, flushed, renamed, its folder flushed.
///
/// # Errors
/// Those of the system; then the old file, if any, still has the name.
pub fn write_file_durable(disk: &dyn Disk, path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut temporary = path.as_os_str().to_owned();
    temporary.push(".tmp");
    let temporary = PathBuf::from(temporary);
    match disk.remove_file(&temporary) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let file = disk.open(&temporary, OpenMode::CreateNew)?;
    file.write_all_at(&[IoSlice::new(bytes)], 0)?;
    file.sync_all()?;
    disk.rename(&temporary, path)?;
    disk.sync_dir(&parent_of(path))
}

/// Reads a whole file of at most `bytes_max` bytes.
///
/// # Errors
/// Those of the system; `InvalidData` if the file is larger.
pub fn read_file(disk: &dyn Disk, path: &Path, bytes_max: usize) -> io::Result<Vec<u8>> {
    let file = disk.open(path, OpenMode::Read)?;
    let bytes = usize::try_from(file.len()?).unwrap_or(usize::MAX);
    if bytes > bytes_max {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "the file is larger than it can be"));
    }
    let mut buffer = vec![0; bytes];
    file.read_exact_at(&mut buffer, 0)?;
    Ok(buffer)
}

/// The operating system's disk.
#[derive(Clone, Copy, Default, Debug)]
pub struct RealDisk;

struct RealFile(File);
struct RealLock(#[expect(dead_code, reason = "held for its lock, which goes when the file is closed")] File);

impl DiskLock for RealLock {}

impl Disk for RealDisk {
    fn open(&self, path: &Path, mode: OpenMode) -> io::Result<Arc<dyn DiskFile>> {
        let no_follow = i32::try_from(OFlags::NOFOLLOW.bits()).unwrap_or_default();
        let file = File::options()
            .read(true)
            .write(mode != OpenMode::Read)
            .create_new(mode == OpenMode::CreateNew)
            .mode(0o600)
            .custom_flags(no_follow)
            .open(path)?;
        Ok(Arc::new(RealFile(file)))
    }

    fn create_dir(&self, path: &Path) -> io::Result<()> {
        std::fs::create_dir(path)
    }

    fn kind(&self, path: &Path) -> io::Result<Option<EntryKind>> {
        let metadata = match std::fs::symlink_metadata(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            other => other?,
        };
        let links_to_folder = metadata.is_symlink() && std::fs::metadata(path).is_ok_and(|target| target.is_dir());
        Ok(Some(if links_to_folder { EntryKind::Folder } else { kind_of(metadata.file_type()) }))
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<DirEntry>> {
        let mut entries = Vec::new();
        for entry in std::fs::read_dir(dir)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            entries.push(DirEntry { name, kind: kind_of(entry.file_type()?) });
        }
        entries.sort();
        Ok(entries)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        std::fs::rename(from, to)
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        std::fs::remove_file(path)
    }

    fn remove_dir(&self, path: &Path) -> io::Result<()> {
        std::fs::remove_dir(path)
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        File::open(dir)?.sync_all()
    }

    fn space(&self, path: &Path) -> io::Result<Option<DiskSpace>> {
        let found = rustix::fs::statvfs(path)?;
        let bytes = |blocks: u64| blocks.saturating_mul(found.f_frsize);
        Ok(Some(DiskSpace { total: bytes(found.f_blocks), free: bytes(found.f_bavail) }))
    }

    fn lock(&self, path: &Path) -> io::Result<Option<Box<dyn DiskLock>>> {
        let no_follow = i32::try_from(OFlags::NOFOLLOW.bits()).unwrap_or_default();
        let file = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .custom_flags(no_follow)
            .open(path)?;
        match rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(Some(Box::new(RealLock(file)))),
            Err(rustix::io::Errno::WOULDBLOCK) => Ok(None),
            Err(errno) => Err(errno.into()),
        }
    }
}

fn kind_of(kind: std::fs::FileType) -> EntryKind {
    match (kind.is_file(), kind.is_dir()) {
        (true, _) => EntryKind::File,
        (_, true) => EntryKind::Folder,
        _ => EntryKind::Other,
    }
}

/// The most parts that one `pwritev` takes on Linux.
const PARTS_MAX: usize = 1024;

impl DiskFile for RealFile {
    fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        self.0.read_exact_at(buffer, offset)
    }

    fn write_all_at(&self, parts: &[IoSlice<'_>], mut offset: u64) -> io::Result<()> {
        for chunk in parts.chunks(PARTS_MAX) {
            offset = write_chunk(&self.0, chunk, offset)?;
        }
        Ok(())
    }

    fn allocate(&self, bytes: u64) -> io::Result<()> {
        match rustix::fs::fallocate(&self.0, FallocateFlags::empty(), 0, bytes) {
            Err(rustix::io::Errno::OPNOTSUPP) if self.0.metadata()?.len() < bytes => self.0.set_len(bytes),
            other => Ok(other?),
        }
    }

    fn set_len(&self, bytes: u64) -> io::Result<()> {
        self.0.set_len(bytes)
    }

    fn len(&self) -> io::Result<u64> {
        Ok(self.0.metadata()?.len())
    }

    fn sync_data(&self) -> io::Result<()> {
        self.0.sync_data()
    }

    fn sync_all(&self) -> io::Result<()> {
        self.0.sync_all()
    }
}

/// Writes the parts; one call does nearly always, what it leaves is written part by part. Returns the end.
fn write_chunk(file: &File, parts: &[IoSlice<'_>], offset: u64) -> io::Result<u64> {
    let mut skip = rustix::io::retry_on_intr(|| rustix::io::pwritev(file, parts, offset))?;
    let mut at = offset + skip as u64;
    for part in parts {
        let done = skip.min(part.len());
        skip -= done;
        let rest = part.get(done..).unwrap_or_default();
        file.write_all_at(rest, at)?;
        at += rest.len() as u64;
    }
    Ok(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> PathBuf {
        let name = format!("yeoul-disk-{}-{:?}", std::process::id(), std::thread::current().id());
        let path = std::env::temp_dir().join(name);
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir(&path).unwrap();
        path
    }

    #[test]
    fn many_parts_are_written_in_order() {
        let dir = folder();
        let file = RealDisk.open(&dir.join("f"), OpenMode::CreateNew).unwrap();
        let bytes: Vec<u8> = (0..5000_u32).flat_map(u32::to_le_bytes).collect();
        let parts: Vec<IoSlice<'_>> = bytes.chunks(3).map(IoSlice::new).collect();
        file.write_all_at(&parts, 7).unwrap();
        let mut back = vec![0; bytes.len()];
        file.read_exact_at(&mut back, 7).unwrap();
        assert_eq!(back, bytes);
        std::fs::remove_dir_all(dir).unwrap();
    }

    #[test]
    fn a_lock_is_exclusive_until_it_is_dropped() {
        let dir = folder();
        let first = RealDisk.lock(&dir.join("LOCK")).unwrap();
        assert!(first.is_some());
        assert!(RealDisk.lock(&dir.join("LOCK")).unwrap().is_none());
        drop(first);
        assert!(RealDisk.lock(&dir.join("LOCK")).unwrap().is_some());
        std::fs::remove_dir_all(dir).unwrap();
    }

    #[test]
    fn a_symbolic_link_is_not_followed_to_a_file() {
        let dir = folder();
        std::fs::write(dir.join("target"), b"x").unwrap();
        std::os::unix::fs::symlink(dir.join("target"), dir.join("link")).unwrap();
        assert!(RealDisk.open(&dir.join("link"), OpenMode::Read).is_err());
        assert_eq!(RealDisk.kind(&dir.join("link")).unwrap(), Some(EntryKind::Other));
        std::fs::remove_dir_all(dir).unwrap();
    }

    #[test]
    fn folders_are_created_with_those_above_them() {
        let dir = folder();
        create_dir_durable(&RealDisk, &dir.join("a/b/c")).unwrap();
        create_dir_durable(&RealDisk, &dir.join("a/b/c")).unwrap();
        write_file_durable(&RealDisk, &dir.join("a/b/c/f"), b"hello").unwrap();
        assert_eq!(read_file(&RealDisk, &dir.join("a/b/c/f"), 5).unwrap(), b"hello");
        assert!(read_file(&RealDisk, &dir.join("a/b/c/f"), 4).is_err());
        std::fs::remove_dir_all(dir).unwrap();
    }
}
