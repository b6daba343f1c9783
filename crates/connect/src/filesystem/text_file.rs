//! A file of rows one behind the other: read in pieces, cut into rows.

use std::io::{self, Read};
use std::sync::Arc;

use yeoul_base::DiskFile;
use yeoul_engine::source::SourceError;
use yeoul_format::{Split, Splitter};

use super::packed::{Packing, unpacked};

/// What one read takes, unless a row is longer.
const READ_BYTES: usize = 1 << 20;
/// The longest row.
const ROW_BYTES_MAX: usize = 64 << 20;

/// A file that is being read.
pub(super) struct TextFile {
    /// The file's name, for people.
    name: Arc<str>,
    content: Content,
    /// It keeps its length from read to read, so that it is not cleared for each.
    buffer: Vec<u8>,
    /// How much of the buffer holds bytes of the file.
    filled: usize,
    /// How much of these was taken.
    taken: usize,
    /// The position behind the buffer.
    behind: u64,
}

/// Where bytes come from.
enum Content {
    /// A file of so many bytes.
    Plain(Arc<dyn DiskFile>, u64),
    /// A compressed file; whether its end was met.
    Packed(Box<dyn Read + Send>, bool),
}

impl TextFile {
    /// Reads a file of so many bytes from `next` on.
    pub(super) fn new(name: Arc<str>, file: Arc<dyn DiskFile>, bytes: u64, next: u64) -> TextFile {
        TextFile::of(name, Content::Plain(file, bytes), next)
    }

    /// Reads a compressed file of so many bytes; `next` is a byte of what it holds.
    ///
    /// # Errors
    /// What isn't compressed so, or holds less.
    pub(super) fn packed(
        name: Arc<str>,
        file: Arc<dyn DiskFile>,
        bytes: u64,
        packing: Packing,
        next: u64,
    ) -> io::Result<TextFile> {
        let mut content = unpacked(file, bytes, packing)?;
        let passed = io::copy(&mut content.by_ref().take(next), &mut io::sink())?;
        if passed < next {
            let text = format!("the job has read it up to byte {next}, but it holds {passed} now");
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, text));
        }
        Ok(TextFile::of(name, Content::Packed(content, false), next))
    }

    fn of(name: Arc<str>, content: Content, next: u64) -> TextFile {
        TextFile { name, content, buffer: Vec::new(), filled: 0, taken: 0, behind: next }
    }

    /// Whether nothing is behind the buffer.
    fn ends(&self) -> bool {
        match &self.content {
            Content::Plain(_, bytes) => self.behind >= *bytes,
            Content::Packed(_, ended) => *ended,
        }
    }

    /// The next row: its bytes are [`TextFile::bytes_of`] it until it is [taken](TextFile::take). None at the end of the file.
    pub(super) fn row(&mut self, splitter: &Splitter) -> Result<Option<Split>, SourceError> {
        loop {
            let rest = self.buffer.get(self.taken..self.filled).unwrap_or_default();
            let ends = self.ends();
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
        // A row that isn't whole in what was read is read on in growing steps, so that it is looked at a few times only.
        let wanted = READ_BYTES.max(self.filled);
        let read = self.content.read_behind(&mut self.buffer, self.filled, wanted, self.behind);
        let read = read.map_err(|error| SourceError::Unreadable(format!("can't read `{}`: {error}", self.name)))?;
        self.filled += read;
        self.behind += read as u64;
        Ok(())
    }
}

impl Content {
    /// Reads at most `wanted` bytes into the buffer from `start` on; they stand at `at`. How many there were.
    fn read_behind(&mut self, buffer: &mut Vec<u8>, start: usize, wanted: usize, at: u64) -> io::Result<usize> {
        let wanted = match self {
            Content::Plain(_, bytes) => wanted.min(usize::try_from(*bytes - at).unwrap_or(usize::MAX)),
            Content::Packed(..) => wanted,
        };
        if buffer.len() < start + wanted {
            buffer.resize(start + wanted, 0);
        }
        let room = buffer.get_mut(start..start + wanted).unwrap_or_default();
        match self {
            Content::Plain(file, _) => file.read_exact_at(room, at).map(|()| wanted),
            Content::Packed(content, ended) => {
                let read = content.read(room)?;
                *ended = read == 0;
                Ok(read)
            }
        }
    }
}
