//! The simulated disk.
//!
//! It knows two versions of everything: what a process sees, and what a power cut would leave. Bytes move from the
//! one to the other by a flush of their file, names by a flush of their folder. [`SimDisk::after_crash`] decides what
//! became of the rest: lost, kept (the system flushed early), or torn: each block for itself, and of each folder's
//! names those changed first.
//!
//! A flush that fails loses what it was to flush, though the process still sees it: as a page cache does.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::{self, IoSlice};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use yeoul_base::disk::{DirEntry, DiskLock, EntryKind, OpenMode, parent_of};
use yeoul_base::{Disk, DiskFile};

/// What a power cut does to what was not flushed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Crash {
    /// All of it is lost.
    Drop,
    /// All of it is there: the system had flushed it by itself.
    Keep,
    /// Each block of so many bytes is lost or there, by a seed.
    Tear {
        /// The size of a block in bytes.
        block: usize,
        /// What decides.
        seed: u64,
    },
}

/// A fault to come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fault {
    /// The power goes before the operation of this number: it and all later ones fail.
    PowerOff(u64),
    /// The flush of this number (of a file or a folder) fails, once.
    FlushOnce(u64),
    /// The flush of this number and all later ones fail.
    FlushForGood(u64),
    /// The operation of this number fails, once.
    Once(u64),
}

/// A bug of the software above, played by the disk, to see that the checker finds it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Bug {
    /// Flushes of write-ahead log files are not done.
    SkippedFlush,
    /// A flush is done only at the next operation: the acknowledgement comes first.
    EarlyAcknowledgement,
    /// Flushes of folders are not done.
    MissingFolderFlush,
}

#[derive(Clone, Debug)]
enum Change {
    Write { at: usize, bytes: Vec<u8> },
    Length(usize),
}

#[derive(Clone, Default, Debug)]
struct Inode {
    seen: Vec<u8>,
    durable: Vec<u8>,
    /// What is seen and not durable, in order.
    pending: Vec<Change>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Node {
    File(u64),
    Folder,
}

/// One change of a folder's names, which happens whole or not at all.
#[derive(Clone, Debug)]
struct NameChange {
    removed: Option<String>,
    added: Option<(String, Node)>,
}

#[derive(Clone, Default, Debug)]
struct Folder {
    seen: BTreeMap<String, Node>,
    durable: BTreeMap<String, Node>,
    pending: Vec<NameChange>,
}

#[derive(Default)]
struct State {
    inodes: HashMap<u64, Inode>,
    folders: BTreeMap<PathBuf, Folder>,
    locks: HashSet<PathBuf>,
    next_inode: u64,
    operations: u64,
    flushes: u64,
    fault: Option<Fault>,
    bug: Option<Bug>,
    /// A flush that a bug put off.
    due: Option<u64>,
}

/// See the module. Clones are one disk.
#[derive(Clone, Default)]
pub struct SimDisk {
    state: Arc<Mutex<State>>,
}

impl SimDisk {
    /// An empty disk with a durable root folder.
    #[must_use]
    pub fn new() -> SimDisk {
        let disk = SimDisk::default();
        disk.lock().folders.insert(PathBuf::from("/"), Folder::default());
        disk
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets a fault come. Operations and flushes are counted from the disk's beginning.
    pub fn inject(&self, fault: Fault) {
        self.lock().fault = Some(fault);
    }

    /// Plants a bug.
    pub fn plant(&self, bug: Bug) {
        self.lock().bug = Some(bug);
    }

    /// How many operations were done.
    #[must_use]
    pub fn operations(&self) -> u64 {
        self.lock().operations
    }

    /// How many flushes were done, of files and folders.
    #[must_use]
    pub fn flushes(&self) -> u64 {
        self.lock().flushes
    }

    /// The disk as it is when the power comes back. This one is not changed.
    #[must_use]
    pub fn after_crash(&self, crash: Crash) -> SimDisk {
        let state = self.lock();
        let seed = if let Crash::Tear { seed, .. } = crash { seed } else { 0 };
        let mut random = SmallRng::seed_from_u64(seed);
        let mut after = State { next_inode: state.next_inode, ..State::default() };
        for (path, folder) in &state.folders {
            after.folders.insert(path.clone(), folder.after(crash, &mut random));
        }
        let mut ids: Vec<u64> = state.inodes.keys().copied().collect();
        ids.sort_unstable();
        for (id, inode) in ids.into_iter().filter_map(|id| Some((id, state.inodes.get(&id)?))) {
            after.inodes.insert(id, inode.after(crash, &mut random));
        }
        after.remove_unreachable();
        SimDisk { state: Arc::new(Mutex::new(after)) }
    }

    /// The disk as a killed process leaves it: all that it saw is there, though not durable.
    #[must_use]
    pub fn after_kill(&self) -> SimDisk {
        let state = self.lock();
        let after = State {
            inodes: state.inodes.clone(),
            folders: state.folders.clone(),
            next_inode: state.next_inode,
            ..State::default()
        };
        SimDisk { state: Arc::new(Mutex::new(after)) }
    }

    /// All files, by path, as a process sees them.
    #[must_use]
    pub fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let state = self.lock();
        let mut files = Vec::new();
        for (path, folder) in &state.folders {
            for (name, node) in &folder.seen {
                let Node::File(id) = node else { continue };
                files.push((path.join(name), state.inodes.get(id).map(|it| it.seen.clone()).unwrap_or_default()));
            }
        }
        files
    }

    /// Replaces a file's bytes, durable: for damage.
    pub fn overwrite(&self, path: &Path, bytes: &[u8]) {
        let mut state = self.lock();
        if let Ok(Node::File(id)) = state.node(path) {
            let inode = Inode { seen: bytes.to_vec(), durable: bytes.to_vec(), pending: Vec::new() };
            state.inodes.insert(id, inode);
        }
    }
}

impl Inode {
    fn apply(bytes: &mut Vec<u8>, change: &Change) {
        match change {
            Change::Length(length) => bytes.resize(*length, 0),
            Change::Write { at, bytes: written } => {
                let end = at + written.len();
                if bytes.len() < end {
                    bytes.resize(end, 0);
                }
                if let Some(place) = bytes.get_mut(*at..end) {
                    place.copy_from_slice(written);
                }
            }
        }
    }

    fn change(&mut self, change: Change) {
        Inode::apply(&mut self.seen, &change);
        self.pending.push(change);
    }

    fn flush(&mut self) {
        for change in std::mem::take(&mut self.pending) {
            Inode::apply(&mut self.durable, &change);
        }
    }

    fn after(&self, crash: Crash, random: &mut SmallRng) -> Inode {
        let mut left = self.durable.clone();
        for change in &self.pending {
            match (crash, change) {
                (Crash::Drop, _) => {}
                (Crash::Keep, change) => Inode::apply(&mut left, change),
                (Crash::Tear { .. }, Change::Length(_)) => {
                    if random.random() {
                        Inode::apply(&mut left, change);
                    }
                }
                (Crash::Tear { block, .. }, Change::Write { at, bytes }) => tear(&mut left, *at, bytes, block, random),
            }
        }
        Inode { seen: left.clone(), durable: left, pending: Vec::new() }
    }
}

/// Writes each block, or does not.
fn tear(left: &mut Vec<u8>, mut at: usize, mut bytes: &[u8], block: usize, random: &mut SmallRng) {
    // How much of a write arrives differs from write to write: nearly all, nearly nothing, or half.
    let share = [0.05, 0.5, 0.95][random.random_range(0..3)];
    while !bytes.is_empty() {
        let length = (block - at % block).min(bytes.len());
        let (now, later) = bytes.split_at(length);
        if random.random_bool(share) {
            Inode::apply(left, &Change::Write { at, bytes: now.to_vec() });
        }
        at += length;
        bytes = later;
    }
}

impl Folder {
    fn apply(names: &mut BTreeMap<String, Node>, change: &NameChange) {
        if let Some(name) = &change.removed {
            names.remove(name);
        }
        if let Some((name, node)) = &change.added {
            names.insert(name.clone(), *node);
        }
    }

    fn change(&mut self, removed: Option<String>, added: Option<(String, Node)>) {
        let change = NameChange { removed, added };
        Folder::apply(&mut self.seen, &change);
        self.pending.push(change);
    }

    fn after(&self, crash: Crash, random: &mut SmallRng) -> Folder {
        let kept = match crash {
            Crash::Drop => 0,
            Crash::Keep => self.pending.len(),
            Crash::Tear { .. } => random.random_range(0..=self.pending.len()),
        };
        let mut names = self.durable.clone();
        for change in self.pending.iter().take(kept) {
            Folder::apply(&mut names, change);
        }
        Folder { seen: names.clone(), durable: names, pending: Vec::new() }
    }
}

fn not_found() -> io::Error {
    io::Error::new(io::ErrorKind::NotFound, "no such name")
}

fn broken() -> io::Error {
    io::Error::other("the simulated disk failed")
}

fn name_of(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

impl State {
    /// Counts an operation; an error if a fault has come.
    fn operate(&mut self) -> io::Result<()> {
        let off = matches!(self.fault, Some(Fault::PowerOff(at)) if self.operations >= at);
        if let Some(inode) = self.due.take().filter(|_| !off).and_then(|id| self.inodes.get_mut(&id)) {
            inode.flush();
        }
        let number = self.operations;
        self.operations += 1;
        match self.fault {
            Some(Fault::PowerOff(at)) if number >= at => Err(broken()),
            Some(Fault::Once(at)) if number == at => Err(broken()),
            _ => Ok(()),
        }
    }

    /// Counts a flush; tells whether it fails.
    fn flush_fails(&mut self) -> bool {
        let number = self.flushes;
        self.flushes += 1;
        match self.fault {
            Some(Fault::FlushOnce(at)) => number == at,
            Some(Fault::FlushForGood(at)) => number >= at,
            _ => false,
        }
    }

    fn folder(&mut self, path: &Path) -> io::Result<&mut Folder> {
        self.folders.get_mut(path).ok_or_else(not_found)
    }

    fn node(&self, path: &Path) -> io::Result<Node> {
        let folder = self.folders.get(&parent_of(path)).ok_or_else(not_found)?;
        folder.seen.get(&name_of(path)).copied().ok_or_else(not_found)
    }

    /// Forgets folders whose name was lost, and files without a name.
    fn remove_unreachable(&mut self) {
        let mut reachable = HashSet::from([PathBuf::from("/")]);
        let mut files = HashSet::new();
        // A folder sorts behind the one that holds it.
        for (path, folder) in &self.folders {
            if !reachable.contains(path) {
                continue;
            }
            for (name, node) in &folder.seen {
                match node {
                    Node::Folder => drop(reachable.insert(path.join(name))),
                    Node::File(id) => drop(files.insert(*id)),
                }
            }
        }
        self.folders.retain(|path, _| reachable.contains(path));
        self.inodes.retain(|id, _| files.contains(id));
    }
}

struct SimFile {
    disk: SimDisk,
    id: u64,
    is_wal: bool,
}

struct SimLock {
    disk: SimDisk,
    path: PathBuf,
}

impl DiskLock for SimLock {}

impl Drop for SimLock {
    fn drop(&mut self) {
        self.disk.lock().locks.remove(&self.path);
    }
}

impl Disk for SimDisk {
    fn open(&self, path: &Path, mode: OpenMode) -> io::Result<Arc<dyn DiskFile>> {
        let mut state = self.lock();
        state.operate()?;
        let id = match (state.node(path), mode) {
            (Ok(_), OpenMode::CreateNew) => return Err(io::ErrorKind::AlreadyExists.into()),
            (Ok(Node::Folder), _) => return Err(io::ErrorKind::IsADirectory.into()),
            (Ok(Node::File(id)), _) => id,
            (Err(_), OpenMode::CreateNew) => {
                let id = state.next_inode;
                state.next_inode += 1;
                state.folder(&parent_of(path))?.change(None, Some((name_of(path), Node::File(id))));
                state.inodes.insert(id, Inode::default());
                id
            }
            (Err(error), _) => return Err(error),
        };
        let is_wal = path.extension().is_some_and(|extension| extension == "wal");
        Ok(Arc::new(SimFile { disk: self.clone(), id, is_wal }))
    }

    fn create_dir(&self, path: &Path) -> io::Result<()> {
        let mut state = self.lock();
        state.operate()?;
        if state.node(path).is_ok() {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        state.folder(&parent_of(path))?.change(None, Some((name_of(path), Node::Folder)));
        state.folders.insert(path.to_path_buf(), Folder::default());
        Ok(())
    }

    fn kind(&self, path: &Path) -> io::Result<Option<EntryKind>> {
        let mut state = self.lock();
        state.operate()?;
        if path == Path::new("/") {
            return Ok(Some(EntryKind::Folder));
        }
        Ok(state.node(path).ok().map(|node| match node {
            Node::File(_) => EntryKind::File,
            Node::Folder => EntryKind::Folder,
        }))
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<DirEntry>> {
        let mut state = self.lock();
        state.operate()?;
        let kind = |node: &Node| if *node == Node::Folder { EntryKind::Folder } else { EntryKind::File };
        let names = &state.folder(dir)?.seen;
        Ok(names.iter().map(|(name, node)| DirEntry { name: name.clone(), kind: kind(node) }).collect())
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut state = self.lock();
        state.operate()?;
        let node = state.node(from)?;
        assert_eq!(parent_of(from), parent_of(to), "a name is changed within its folder");
        state.folder(&parent_of(to))?.change(Some(name_of(from)), Some((name_of(to), node)));
        Ok(())
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        let mut state = self.lock();
        state.operate()?;
        state.node(path)?;
        state.folder(&parent_of(path))?.change(Some(name_of(path)), None);
        Ok(())
    }

    fn remove_dir(&self, path: &Path) -> io::Result<()> {
        let mut state = self.lock();
        state.operate()?;
        if !state.folder(path)?.seen.is_empty() {
            return Err(io::ErrorKind::DirectoryNotEmpty.into());
        }
        state.folder(&parent_of(path))?.change(Some(name_of(path)), None);
        Ok(())
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        let mut state = self.lock();
        state.operate()?;
        let fails = state.flush_fails();
        let skip = state.bug == Some(Bug::MissingFolderFlush);
        let folder = state.folder(dir)?;
        if fails {
            return Err(broken());
        }
        if !skip {
            folder.durable = folder.seen.clone();
            folder.pending.clear();
        }
        Ok(())
    }

    fn lock(&self, path: &Path) -> io::Result<Option<Box<dyn DiskLock>>> {
        if self.kind(path)?.is_none() {
            self.open(path, OpenMode::CreateNew)?;
        }
        let free = self.lock().locks.insert(path.to_path_buf());
        Ok(free.then(|| Box::new(SimLock { disk: self.clone(), path: path.to_path_buf() }) as Box<dyn DiskLock>))
    }
}

impl SimFile {
    fn with<T>(&self, action: impl FnOnce(&mut Inode) -> io::Result<T>) -> io::Result<T> {
        let mut state = self.disk.lock();
        state.operate()?;
        action(state.inodes.get_mut(&self.id).ok_or_else(not_found)?)
    }
}

impl DiskFile for SimFile {
    fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        self.with(|inode| {
            let from = usize::try_from(offset).unwrap_or(usize::MAX);
            let end = from.saturating_add(buffer.len());
            let bytes = inode.seen.get(from..end).ok_or(io::ErrorKind::UnexpectedEof)?;
            buffer.copy_from_slice(bytes);
            Ok(())
        })
    }

    fn write_all_at(&self, parts: &[IoSlice<'_>], offset: u64) -> io::Result<()> {
        let bytes: Vec<u8> = parts.iter().flat_map(|part| part.iter().copied()).collect();
        self.with(|inode| {
            inode.change(Change::Write { at: usize::try_from(offset).unwrap_or(usize::MAX), bytes });
            Ok(())
        })
    }

    fn allocate(&self, bytes: u64) -> io::Result<()> {
        let length = usize::try_from(bytes).unwrap_or(usize::MAX);
        self.with(|inode| {
            if inode.seen.len() < length {
                inode.change(Change::Length(length));
            }
            Ok(())
        })
    }

    fn set_len(&self, bytes: u64) -> io::Result<()> {
        self.with(|inode| {
            inode.change(Change::Length(usize::try_from(bytes).unwrap_or(usize::MAX)));
            Ok(())
        })
    }

    fn len(&self) -> io::Result<u64> {
        self.with(|inode| Ok(inode.seen.len() as u64))
    }

    fn sync_data(&self) -> io::Result<()> {
        let mut state = self.disk.lock();
        state.operate()?;
        let fails = state.flush_fails();
        let bug = state.bug;
        let inode = state.inodes.get_mut(&self.id).ok_or_else(not_found)?;
        if fails {
            inode.pending.clear();
            return Err(broken());
        }
        match bug {
            Some(Bug::SkippedFlush) if self.is_wal => {}
            Some(Bug::EarlyAcknowledgement) if self.is_wal => state.due = Some(self.id),
            _ => inode.flush(),
        }
        Ok(())
    }

    fn sync_all(&self) -> io::Result<()> {
        self.sync_data()
    }
}
