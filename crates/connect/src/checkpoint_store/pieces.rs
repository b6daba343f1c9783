//! The files of a job's state, in a folder of its own.

use std::io::{self, IoSlice};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use yeoul_base::disk::{DiskFile, EntryKind, OpenMode, parent_of, read_file};
use yeoul_base::{Disk, JobName};
use yeoul_engine::checkpoint::StateOwner;

use super::encode::{self, Piece, SEAL_BYTES};
use crate::durable_dirs::DurableDirs;

/// The largest piece that is read.
const PIECE_BYTES_MAX: usize = 4 << 30;
/// How piece files end.
const ENDING: &str = ".piece";
/// What goes to the disk at once.
const WRITE_BYTES: usize = 1 << 20;

/// The pieces of one job.
pub(crate) struct Pieces {
    disk: Arc<dyn Disk>,
    dir: PathBuf,
}

impl Pieces {
    pub(crate) fn new(disk: Arc<dyn Disk>, dir: &Path, job: &JobName) -> Pieces {
        Pieces { disk, dir: dir.join(folder_name(job)) }
    }

    /// Begins a piece.
    pub(crate) fn create(&self, dirs: &DurableDirs, name: String) -> io::Result<PieceWriter> {
        // The folder of all jobs' state, and the platform's data folder above it.
        let root = parent_of(&parent_of(&self.dir));
        dirs.make(self.disk.as_ref(), &root, &self.dir)?;
        let temporary = self.dir.join(format!("{name}.tmp"));
        match self.disk.remove_file(&temporary) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let file = self.disk.open(&temporary, OpenMode::CreateNew)?;
        let path = self.dir.join(&name);
        Ok(PieceWriter { disk: self.disk.clone(), file, temporary, path, name, waiting: Vec::new(), body: 0, crc: 0 })
    }

    /// The changes of a piece; the error names the file and what is wrong with it.
    pub(crate) fn read(&self, piece: &Piece) -> Result<Bytes, String> {
        let path = self.dir.join(&piece.name);
        let fault = |reason: String| format!("`{}` can't be used: {reason}", path.display());
        let file = read_file(self.disk.as_ref(), &path, PIECE_BYTES_MAX).map_err(|error| fault(error.to_string()))?;
        encode::read_piece(piece, &Bytes::from(file)).map_err(fault)
    }

    /// Appends the changes of a piece to another, so that it is never in memory as a whole; the inner error names the file and what is
    /// wrong with it, and what was appended is of no use then.
    pub(crate) fn copy(&self, piece: &Piece, to: &mut PieceWriter) -> io::Result<Result<(), String>> {
        let path = self.dir.join(&piece.name);
        let fault = |reason: String| Ok(Err(format!("`{}` can't be used: {reason}", path.display())));
        let opened = self.disk.open(&path, OpenMode::Read).and_then(|file| Ok((file.len()?, file)));
        let file = match opened {
            Ok((bytes, file)) if bytes == piece.bytes => file,
            Ok(_) => return fault(encode::OTHER_FILE.to_owned()),
            Err(error) => return fault(error.to_string()),
        };
        let (mut part, mut at, mut crc) = (Vec::new(), 0, 0);
        while at < piece.bytes {
            part.resize(usize::try_from(piece.bytes - at).unwrap_or(WRITE_BYTES).min(WRITE_BYTES), 0);
            if let Err(error) = file.read_exact_at(&mut part, at) {
                return fault(error.to_string());
            }
            crc = crc32c::crc32c_append(crc, &part);
            let head = if at == 0 { SEAL_BYTES.min(part.len()) } else { 0 };
            if let Err(reason) = if at == 0 { encode::check_piece_head(&part) } else { Ok(()) } {
                return fault(reason);
            }
            to.put_encoded(&part[head..])?;
            at += part.len() as u64;
        }
        if crc == piece.crc { Ok(Ok(())) } else { fault(encode::OTHER_FILE.to_owned()) }
    }

    /// Removes the files that `kept` doesn't name: they belong to no checkpoint.
    pub(crate) fn remove_others(&self, kept: &[Piece]) -> io::Result<()> {
        if self.disk.kind(&self.dir)? != Some(EntryKind::Folder) {
            return Ok(());
        }
        for entry in self.disk.list(&self.dir)? {
            let is_kept = kept.iter().any(|piece| piece.name == entry.name);
            if entry.kind == EntryKind::File && !is_kept && entry.name.contains(ENDING) {
                self.disk.remove_file(&self.dir.join(&entry.name))?;
            }
        }
        Ok(())
    }

    /// The name of a new piece.
    pub(crate) fn name(checkpoint: u64) -> String {
        format!("{checkpoint:020}{ENDING}")
    }
}

/// A piece that is written change by change, so that it is never in memory as a whole.
pub(crate) struct PieceWriter {
    disk: Arc<dyn Disk>,
    file: Arc<dyn DiskFile>,
    /// Where it is until it is whole.
    temporary: PathBuf,
    path: PathBuf,
    name: String,
    /// Encoded, and not on the disk yet.
    waiting: Vec<u8>,
    /// Bytes of changes on the disk, and their checksum.
    body: usize,
    crc: u32,
}

impl PieceWriter {
    /// Appends a change.
    pub(crate) fn put(&mut self, owner: StateOwner, key: &[u8], value: Option<&[u8]>) -> io::Result<()> {
        match value.filter(|value| value.len() >= WRITE_BYTES) {
            Some(large) => {
                encode::put_change_head(&mut self.waiting, owner, key, large.len());
                self.put_encoded(large)
            }
            None => {
                encode::put_change(&mut self.waiting, owner, key, value);
                if self.waiting.len() >= WRITE_BYTES { self.write() } else { Ok(()) }
            }
        }
    }

    /// Appends encoded changes, from where they are.
    pub(crate) fn put_encoded(&mut self, changes: &[u8]) -> io::Result<()> {
        self.write()?;
        self.append(changes)
    }

    /// Brings what waits to the disk.
    fn write(&mut self) -> io::Result<()> {
        let mut waiting = std::mem::take(&mut self.waiting);
        self.append(&waiting)?;
        waiting.clear();
        self.waiting = waiting;
        Ok(())
    }

    fn append(&mut self, changes: &[u8]) -> io::Result<()> {
        self.file.write_all_at(&[IoSlice::new(changes)], (SEAL_BYTES + self.body) as u64)?;
        self.body += changes.len();
        self.crc = crc32c::crc32c_append(self.crc, changes);
        Ok(())
    }

    /// Ends the piece: when this returns, it is durable.
    pub(crate) fn finish(mut self) -> io::Result<Piece> {
        self.write()?;
        let head = encode::piece_head(self.crc);
        self.file.write_all_at(&[IoSlice::new(&head)], 0)?;
        self.file.sync_all()?;
        self.disk.rename(&self.temporary, &self.path)?;
        self.disk.sync_dir(&parent_of(&self.path))?;
        let crc = crc32c::crc32c_combine(crc32c::crc32c(&head), self.crc, self.body);
        Ok(Piece { name: self.name, bytes: (SEAL_BYTES + self.body) as u64, crc })
    }
}

/// A job's name as the name of a folder: what isn't plain is written as `%` and two digits, so that no two jobs share a
/// folder and none leads out of it.
fn folder_name(job: &JobName) -> String {
    const NAME_BYTES_MAX: usize = 120;
    let mut name = String::new();
    for byte in job.0.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'-' => name.push(char::from(byte)),
            other => name.push_str(&format!("%{other:02x}")),
        }
    }
    if name.len() > NAME_BYTES_MAX {
        name.truncate(NAME_BYTES_MAX);
        name.push_str(&format!("%%{:08x}{}", crc32c::crc32c(job.0.as_bytes()), job.0.len()));
    }
    name
}
