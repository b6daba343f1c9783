//! A file's lines, each bounded.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

/// The longest line that is read.
const LINE_BYTES_MAX: u64 = 1 << 20;

/// Yields a file's lines without their ends; blank ones are passed over.
pub struct Lines {
    reader: BufReader<File>,
    number: u64,
}

impl Lines {
    /// Opens `path`.
    ///
    /// # Errors
    /// A file that isn't there or can't be read.
    pub fn open(path: &Path) -> io::Result<Lines> {
        Ok(Lines { reader: BufReader::new(File::open(path)?), number: 0 })
    }

    /// The next line; nothing at the end.
    fn read(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut line = Vec::new();
        self.number += 1;
        if (&mut self.reader).take(LINE_BYTES_MAX + 1).read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        if line.last() == Some(&b'\n') {
            line.pop();
        } else if line.len() as u64 > LINE_BYTES_MAX {
            let message = format!("line {} is longer than {LINE_BYTES_MAX} bytes; is it a file of lines?", self.number);
            return Err(io::Error::new(io::ErrorKind::InvalidData, message));
        }
        if line.last() == Some(&b'\r') {
            line.pop();
        }
        Ok(Some(line))
    }
}

impl Iterator for Lines {
    type Item = io::Result<Vec<u8>>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.read().transpose()? {
                Ok(line) if line.is_empty() => {}
                line => return Some(line),
            }
        }
    }
}
