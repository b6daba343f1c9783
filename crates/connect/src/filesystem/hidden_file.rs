//! A file that is written piece by piece, so that it is never in memory as a whole.

use std::io::{self, IoSlice, Write};
use std::path::Path;
use std::sync::Arc;

use yeoul_base::Disk;
use yeoul_base::disk::{DiskFile, OpenMode};

/// What goes to the disk at once.
const PIECE_BYTES: usize = 1 << 20;

/// A new file and what is not on the disk of it yet.
pub(super) struct HiddenFile {
    file: Arc<dyn DiskFile>,
    /// How long the file is.
    written: u64,
    piece: Vec<u8>,
}

impl HiddenFile {
    /// A new, empty file.
    ///
    /// # Errors
    /// Those of the system; there is a file of this name.
    pub(super) fn create(disk: &dyn Disk, path: &Path) -> io::Result<HiddenFile> {
        let file = disk.open(path, OpenMode::CreateNew)?;
        Ok(HiddenFile { file, written: 0, piece: Vec::with_capacity(PIECE_BYTES) })
    }

    /// Writes what is left; when this returns, the file's bytes are durable, its name behind a `sync_dir` of its folder.
    pub(super) fn finish(mut self) -> io::Result<()> {
        self.flush()?;
        self.file.sync_all()
    }
}

impl Write for HiddenFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.piece.extend_from_slice(bytes);
        if self.piece.len() >= PIECE_BYTES {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.write_all_at(&[IoSlice::new(&self.piece)], self.written)?;
        self.written += self.piece.len() as u64;
        self.piece.clear();
        Ok(())
    }
}
