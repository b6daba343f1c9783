//! The files of a job's state, in a folder of its own.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use yeoul_base::disk::{EntryKind, parent_of, read_file, write_file_durable};
use yeoul_base::{Disk, JobName};

use super::encode::{self, Piece};
use crate::durable_dirs::DurableDirs;

/// The largest piece that is read.
const PIECE_BYTES_MAX: usize = 4 << 30;
/// How piece files end.
const ENDING: &str = ".piece";

/// The pieces of one job.
pub(crate) struct Pieces {
    disk: Arc<dyn Disk>,
    dir: PathBuf,
}

impl Pieces {
    pub(crate) fn new(disk: Arc<dyn Disk>, dir: &Path, job: &JobName) -> Pieces {
        Pieces { disk, dir: dir.join(folder_name(job)) }
    }

    /// Writes changes as a piece, durably.
    pub(crate) fn write(&self, dirs: &DurableDirs, name: String, changes: &[u8]) -> io::Result<Piece> {
        // The folder of all jobs' state, and the platform's data folder above it.
        let root = parent_of(&parent_of(&self.dir));
        dirs.make(self.disk.as_ref(), &root, &self.dir)?;
        let file = encode::piece(changes);
        write_file_durable(self.disk.as_ref(), &self.dir.join(&name), &file)?;
        Ok(Piece { name, bytes: file.len() as u64, crc: crc32c::crc32c(&file) })
    }

    /// The changes of a piece; the error names the file and what is wrong with it.
    pub(crate) fn read(&self, piece: &Piece) -> Result<Vec<u8>, String> {
        let path = self.dir.join(&piece.name);
        let fault = |reason: String| format!("`{}` can't be used: {reason}", path.display());
        let file = read_file(self.disk.as_ref(), &path, PIECE_BYTES_MAX).map_err(|error| fault(error.to_string()))?;
        encode::read_piece(piece, &file).map(<[u8]>::to_vec).map_err(fault)
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
