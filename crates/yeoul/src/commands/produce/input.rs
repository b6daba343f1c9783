//! Where `yeoul produce` reads its lines: a file or standard input, of which it is known whether more has come already.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::os::fd::{AsFd, AsRawFd};
use std::path::Path;

use crate::fault::Fault;

/// The longest line that is taken.
const LINE_BYTES_MAX: u64 = 16 << 20;
/// How much is read at a time.
const BUFFER_BYTES: usize = 64 << 10;

/// Lines that end with one byte.
pub(super) struct Input {
    reader: BufReader<File>,
    /// What is read, for people.
    place: String,
    delimiter: u8,
    /// How many lines were read.
    lines: u64,
}

impl Input {
    /// The file, or standard input.
    pub(super) fn open(file: Option<&Path>, delimiter: u8) -> Result<Input, Fault> {
        let (opened, place) = match file {
            Some(path) => (File::open(path), format!("`{}`", path.display())),
            None => (io::stdin().as_fd().try_clone_to_owned().map(File::from), "standard input".to_owned()),
        };
        let opened = opened.map_err(|error| Fault::usage(format!("can't read {place}: {error}")))?;
        Ok(Input { reader: BufReader::with_capacity(BUFFER_BYTES, opened), place, delimiter, lines: 0 })
    }

    /// Reads the next line, without its end; false at the end.
    pub(super) fn read(&mut self, line: &mut Vec<u8>) -> Result<bool, Fault> {
        line.clear();
        let read = (&mut self.reader).take(LINE_BYTES_MAX + 1).read_until(self.delimiter, line);
        if read.map_err(|error| Fault::usage(format!("can't read {}: {error}", self.place)))? == 0 {
            return Ok(false);
        }
        self.lines += 1;
        if line.len() as u64 > LINE_BYTES_MAX {
            let (number, place) = (self.lines, &self.place);
            let wrong =
                format!("record {number} of {place} is longer than {LINE_BYTES_MAX} bytes; what was before it is sent");
            return Err(Fault::usage(wrong));
        }
        if line.last() == Some(&self.delimiter) {
            line.pop();
        }
        Ok(true)
    }

    /// Whether the next line is not there yet.
    pub(super) fn would_wait(&self) -> Result<bool, Fault> {
        let has_line = self.reader.buffer().contains(&self.delimiter);
        Ok(!has_line && !is_ready(self.reader.get_ref())?)
    }
}

/// Whether something can be read now, the end included.
fn is_ready(file: &File) -> io::Result<bool> {
    let mut asked = libc::pollfd { fd: file.as_raw_fd(), events: libc::POLLIN, revents: 0 };
    // SAFETY: the call reads and writes one `pollfd`, which `asked` is, and keeps no pointer to it.
    match unsafe { libc::poll(&raw mut asked, 1, 0) } {
        0 => Ok(false),
        1.. => Ok(true),
        _ => match io::Error::last_os_error() {
            error if error.kind() == io::ErrorKind::Interrupted => Ok(false),
            error => Err(error),
        },
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::os::fd::OwnedFd;

    use super::*;

    #[test]
    fn it_would_wait_only_where_no_whole_line_has_come_and_the_end_has_not() {
        let (theirs, mut ours) = io::pipe().expect("a pipe");
        let reader = BufReader::with_capacity(BUFFER_BYTES, File::from(OwnedFd::from(theirs)));
        let mut input = Input { reader, place: "a pipe".to_owned(), delimiter: b'\n', lines: 0 };
        let mut line = Vec::new();
        assert!(input.would_wait().expect("it can be asked"));
        ours.write_all(b"a\nb\nc").expect("a reader");
        for (expected, waits) in [("a", false), ("b", true)] {
            assert!(input.read(&mut line).expect("a line"));
            assert_eq!((line.as_slice(), input.would_wait().expect("it can be asked")), (expected.as_bytes(), waits));
        }
        drop(ours);
        assert!(!input.would_wait().expect("it can be asked"), "the end has come");
        assert!(input.read(&mut line).expect("the last line") && line == b"c");
        assert!(!input.read(&mut line).expect("the end"));
    }

    #[test]
    fn a_folder_is_named_when_it_can_not_be_read() {
        let folder = std::env::temp_dir();
        let read = Input::open(Some(&folder), b'\n').and_then(|mut input| input.read(&mut Vec::new()));
        let fault = read.expect_err("a folder has no lines");
        assert!(matches!(&fault, Fault::Usage(error) if error.to_string().contains(folder.to_str().unwrap_or("?"))));
    }
}
