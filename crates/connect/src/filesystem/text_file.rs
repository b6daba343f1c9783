//! A file of rows one behind the other: read in pieces, cut into rows.

use std::sync::Arc;

use yeoul_base::DiskFile;
use yeoul_engine::source::SourceError;
use yeoul_format::{Split, Splitter};

/// What one read takes, unless a row is longer.
const READ_BYTES: usize = 1 << 20;
/// The longest row.
const ROW_BYTES_MAX: usize = 64 << 20;

/// A file that is being read.
pub(super) struct TextFile {
    /// The file's name, for people.
    name: Arc<str>,
    file: Arc<dyn DiskFile>,
    /// How many bytes the file has.
    bytes: u64,
    /// It keeps its length from read to read, so that it is not cleared for each.
    buffer: Vec<u8>,
    /// How much of the buffer holds bytes of the file.
    filled: usize,
    /// How much of these was taken.
    taken: usize,
    /// The position behind the buffer.
    behind: u64,
}

impl TextFile {
    /// Reads a file of so many bytes from `next` on.
    pub(super) fn new(name: Arc<str>, file: Arc<dyn DiskFile>, bytes: u64, next: u64) -> TextFile {
        TextFile { name, file, bytes, buffer: Vec::new(), filled: 0, taken: 0, behind: next }
    }

    /// The next row: its bytes are [`TextFile::bytes_of`] it until it is [taken](TextFile::take). None at the end of the file.
    pub(super) fn row(&mut self, splitter: &Splitter) -> Result<Option<Split>, SourceError> {
        loop {
            let rest = self.buffer.get(self.taken..self.filled).unwrap_or_default();
            let ends = self.behind >= self.bytes;
            if let Some(found) = splitter.first(rest, ends) {
                return Ok(Some(found));
            }
            if ends {
                return Ok(None);
            }
            if rest.len() > ROW_BYTES_MAX {
                let at = self.behind - rest.len() as u64;
                let text = format!("`{}`: the row at byte {at} is longer than {ROW_BYTES_MAX} bytes", self.name);
                return Err(SourceError::Unreadable(text));
            }
            self.read()?;
        }
    }

    /// A row's bytes.
    pub(super) fn bytes_of(&self, row: Split) -> &[u8] {
        self.buffer.get(self.taken..self.taken + row.row).unwrap_or_default()
    }

    /// Goes behind a row.
    pub(super) fn take(&mut self, row: Split) {
        self.taken += row.next;
    }

    /// Reads on behind what is left of the buffer.
    fn read(&mut self) -> Result<(), SourceError> {
        self.buffer.copy_within(self.taken..self.filled, 0);
        self.filled -= self.taken;
        self.taken = 0;
        let left = usize::try_from(self.bytes - self.behind).unwrap_or(usize::MAX);
        // A row that isn't whole in what was read is read on in growing steps, so that it is looked at a few times only.
        let wanted = left.min(READ_BYTES.max(self.filled));
        let (start, end) = (self.filled, self.filled + wanted);
        if self.buffer.len() < end {
            self.buffer.resize(end, 0);
        }
        let read = self.file.read_exact_at(self.buffer.get_mut(start..end).unwrap_or_default(), self.behind);
        read.map_err(|error| SourceError::Unreadable(format!("can't read `{}`: {error}", self.name)))?;
        self.filled = end;
        self.behind += wanted as u64;
        Ok(())
    }
}
