//! The operating system's disk with a hook before each operation, which lets it happen, makes it wait, or fails it.

use std::io::{self, IoSlice};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use yeoul_base::disk::{DirEntry, DiskLock, EntryKind, OpenMode};
use yeoul_base::{Disk, DiskFile, RealDisk};

/// What is about to happen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Operation {
    /// A file is opened to be read.
    OpenToRead,
    /// A file is opened to be written, or made.
    OpenToWrite,
    /// A folder's names are listed.
    List,
    /// A name is made, changed or removed.
    ChangeName,
    /// A lock is taken.
    Lock,
    /// A folder is flushed.
    FlushFolder,
    /// Bytes are read.
    Read,
    /// Bytes are written, or the length is set.
    Write,
    /// Room is reserved.
    Allocate,
    /// A file is flushed.
    Flush,
}

impl Operation {
    /// Whether something on the disk changes by it.
    #[must_use]
    pub fn changes_something(self) -> bool {
        !matches!(self, Operation::OpenToRead | Operation::List | Operation::Read)
    }
}

/// What is asked before each operation; an error is what the operation gives then.
pub trait Hook: Send + Sync + 'static {
    /// Before an operation on a path.
    ///
    /// # Errors
    /// What the operation is to fail with.
    fn before(&self, operation: Operation, path: &Path) -> io::Result<()>;
}

impl<F: Fn(Operation, &Path) -> io::Result<()> + Send + Sync + 'static> Hook for F {
    fn before(&self, operation: Operation, path: &Path) -> io::Result<()> {
        self(operation, path)
    }
}

/// See the module.
#[derive(Clone)]
pub struct HookedDisk(Arc<dyn Hook>);

struct HookedFile {
    file: Arc<dyn DiskFile>,
    path: PathBuf,
    hook: Arc<dyn Hook>,
}

impl HookedDisk {
    /// The real disk, with a hook.
    #[must_use]
    pub fn new(hook: impl Hook) -> HookedDisk {
        HookedDisk(Arc::new(hook))
    }
}

impl Disk for HookedDisk {
    fn open(&self, path: &Path, mode: OpenMode) -> io::Result<Arc<dyn DiskFile>> {
        let operation = if mode == OpenMode::Read { Operation::OpenToRead } else { Operation::OpenToWrite };
        self.0.before(operation, path)?;
        let file = RealDisk.open(path, mode)?;
        Ok(Arc::new(HookedFile { file, path: path.to_path_buf(), hook: Arc::clone(&self.0) }))
    }
    fn create_dir(&self, path: &Path) -> io::Result<()> {
        self.0.before(Operation::ChangeName, path)?;
        RealDisk.create_dir(path)
    }
    fn kind(&self, path: &Path) -> io::Result<Option<EntryKind>> {
        RealDisk.kind(path)
    }
    fn list(&self, dir: &Path) -> io::Result<Vec<DirEntry>> {
        self.0.before(Operation::List, dir)?;
        RealDisk.list(dir)
    }
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.0.before(Operation::ChangeName, from)?;
        RealDisk.rename(from, to)
    }
    fn remove_file(&self, path: &Path) -> io::Result<()> {
        self.0.before(Operation::ChangeName, path)?;
        RealDisk.remove_file(path)
    }
    fn remove_dir(&self, path: &Path) -> io::Result<()> {
        self.0.before(Operation::ChangeName, path)?;
        RealDisk.remove_dir(path)
    }
    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        self.0.before(Operation::FlushFolder, dir)?;
        RealDisk.sync_dir(dir)
    }
    fn lock(&self, path: &Path) -> io::Result<Option<Box<dyn DiskLock>>> {
        self.0.before(Operation::Lock, path)?;
        RealDisk.lock(path)
    }
}

impl DiskFile for HookedFile {
    fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        self.hook.before(Operation::Read, &self.path)?;
        self.file.read_exact_at(buffer, offset)
    }
    fn write_all_at(&self, parts: &[IoSlice<'_>], offset: u64) -> io::Result<()> {
        self.hook.before(Operation::Write, &self.path)?;
        self.file.write_all_at(parts, offset)
    }
    fn allocate(&self, bytes: u64) -> io::Result<()> {
        self.hook.before(Operation::Allocate, &self.path)?;
        self.file.allocate(bytes)
    }
    fn set_len(&self, bytes: u64) -> io::Result<()> {
        self.hook.before(Operation::Write, &self.path)?;
        self.file.set_len(bytes)
    }
    fn len(&self) -> io::Result<u64> {
        self.file.len()
    }
    fn sync_data(&self) -> io::Result<()> {
        self.hook.before(Operation::Flush, &self.path)?;
        self.file.sync_data()
    }
    fn sync_all(&self) -> io::Result<()> {
        self.hook.before(Operation::Flush, &self.path)?;
        self.file.sync_all()
    }
}
