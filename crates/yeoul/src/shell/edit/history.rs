//! What was typed in before, over sessions: a file of one entry a line, its line breaks written `\n`, readable by its owner alone.
//!
//! Each session adds to the file's end, so that sessions side by side lose nothing of each other; when a session begins and the file
//! has grown beyond twice what is kept, the older half is left out.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// How many entries are kept.
const ENTRIES_MAX: usize = 2000;
/// How much of a file is read.
const FILE_BYTES_MAX: u64 = 64 << 20;
/// The longest entry that is kept.
const ENTRY_BYTES_MAX: usize = 64 << 10;
/// Readable and writable by its owner alone.
const MODE: u32 = 0o600;
/// As that, for folders.
const FOLDER_MODE: u32 = 0o700;

/// Entries, the oldest first.
#[derive(Default)]
pub struct History {
    entries: Vec<String>,
    path: Option<PathBuf>,
}

impl History {
    /// The entries of a file, which need not be there yet.
    ///
    /// # Errors
    /// A file that can't be read or shortened; entries are then kept for this session alone.
    pub fn open(path: &Path) -> io::Result<History> {
        let mut entries: Vec<String> = read(path)?.lines().filter(|line| !line.is_empty()).map(unescape).collect();
        if entries.len() > 2 * ENTRIES_MAX {
            entries.drain(..entries.len() - ENTRIES_MAX);
            rewrite(path, &entries)?;
        }
        Ok(History { entries, path: Some(path.to_owned()) })
    }

    /// The entries.
    #[must_use]
    pub fn entries(&self) -> &[String] {
        &self.entries
    }

    /// Adds what was typed in; not what begins with a space, is too long, or is what was typed in just before.
    ///
    /// # Errors
    /// A file that can't be written. The entry is there for this session all the same.
    pub fn add(&mut self, text: &str) -> io::Result<()> {
        let entry = text.trim_end();
        let unwanted = entry.is_empty() || entry.starts_with(char::is_whitespace) || entry.len() > ENTRY_BYTES_MAX;
        if unwanted || self.entries.last().is_some_and(|last| last == entry) {
            return Ok(());
        }
        if self.entries.len() >= 2 * ENTRIES_MAX {
            self.entries.drain(..ENTRIES_MAX);
        }
        self.entries.push(entry.to_owned());
        let Some(path) = &self.path else { return Ok(()) };
        if let Some(folder) = path.parent() {
            fs::DirBuilder::new().recursive(true).mode(FOLDER_MODE).create(folder)?;
        }
        let mut file = OpenOptions::new().append(true).create(true).mode(MODE).open(path)?;
        // One write, so that the lines of two sessions don't mix.
        file.write_all(format!("{}\n", escape(entry)).as_bytes())
    }

    /// The last entry before `place` that holds `text`.
    #[must_use]
    pub fn find(&self, text: &str, place: usize) -> Option<usize> {
        let before = self.entries.get(..place.min(self.entries.len())).unwrap_or_default();
        before.iter().rposition(|entry| entry.contains(text))
    }
}

fn read(path: &Path) -> io::Result<String> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(String::new()),
        Err(error) => return Err(error),
    };
    let mut bytes = Vec::new();
    file.take(FILE_BYTES_MAX).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Writes a new file and puts it in the old one's place.
fn rewrite(path: &Path, entries: &[String]) -> io::Result<()> {
    let new = path.with_extension(format!("new-{}", std::process::id()));
    let lines: String = entries.iter().map(|entry| escape(entry) + "\n").collect();
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(MODE).open(&new)?;
    file.write_all(lines.as_bytes())?;
    fs::rename(&new, path)
}

fn escape(entry: &str) -> String {
    entry.replace('\\', "\\\\").replace('\n', "\\n").replace('\r', "\\r")
}

fn unescape(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('n') => out.push('\n'),
                Some('r') => out.push('\r'),
                other => out.extend(other),
            },
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn at(folder: &tempfile::TempDir) -> PathBuf {
        folder.path().join("deep").join("history")
    }

    #[test]
    fn entries_come_back_in_the_next_session() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = at(&folder);
        let mut first = History::open(&path).expect("no file yet");
        for text in ["SELECT 1;", "SELECT\n'\\n';\n", "SELECT\n'\\n';", " secret;", ""] {
            first.add(text).expect("written");
        }
        let second = History::open(&path).expect("a file");
        assert_eq!(second.entries(), ["SELECT 1;", "SELECT\n'\\n';"]);
        let mode = fs::metadata(&path).expect("a file").permissions().mode();
        assert_eq!(mode & 0o777, MODE);
    }

    #[test]
    fn sessions_side_by_side_keep_each_others_entries() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = at(&folder);
        let (mut one, mut other) = (History::open(&path).expect("one"), History::open(&path).expect("other"));
        one.add("a;").expect("written");
        other.add("b;").expect("written");
        assert_eq!(History::open(&path).expect("a file").entries(), ["a;", "b;"]);
    }

    #[test]
    fn a_long_file_is_shortened() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("history");
        let lines: String = (0..=2 * ENTRIES_MAX).map(|entry| format!("SELECT {entry};\n")).collect();
        fs::write(&path, lines).expect("written");
        let history = History::open(&path).expect("a file");
        assert_eq!(history.entries().len(), ENTRIES_MAX);
        assert_eq!(fs::read_to_string(&path).expect("text").lines().count(), ENTRIES_MAX);
        assert_eq!(history.entries().last().map(String::as_str), Some("SELECT 4000;"));
    }

    #[test]
    fn entries_are_found_by_what_they_hold() {
        let mut history = History::default();
        for text in ["SELECT a;", "SHOW TABLES;", "SELECT b;"] {
            history.add(text).expect("kept");
        }
        assert_eq!(
            (history.find("SELECT", 3), history.find("SELECT", 2), history.find("DROP", 3)),
            (Some(2), Some(0), None)
        );
    }
}
