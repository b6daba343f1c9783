//! Writes files, exactly once.
//!
//! Rows wait in memory, and with each checkpoint in the sink's state, until their file is worth it (Flink's rolling
//! policy, the same for every format). Then the file is written under a hidden name, flushed with its folder, and named
//! in the checkpoint's record; it gets its own name once that record is durable. After a crash, `open` gives the files of the
//! record their names and removes the other hidden ones: no checkpoint knows them.
//!
//! Of a partitioned table, folders that are over are marked besides ([`super::commit`]).
//!
//! A file is called `part-<id>-0-<n>.<format>`; `id` follows from job and branch, `n` counts. Until it is committed,
//! it is called the same with `.` before and `.inprogress` behind.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use arrow::array::UInt32Array;
use arrow::compute;
use bytes::Bytes;
use parquet::errors::ParquetError;
use yeoul_base::decode::{DecodeError, Decoder};
use yeoul_base::disk::{EntryKind, OpenMode};
use yeoul_base::{Clock, Disk, JobName};
use yeoul_engine::catalog::TableSpec;
use yeoul_engine::sink::{Prepared, Restored, Sink, SinkError};
use yeoul_row::{RowBatch, RowKind, RowType};

use super::commit::Commits;
use super::hidden_file::HiddenFile;
use super::listing::unescaped;
use super::options::{FileOptions, file_columns};
use super::part::{FileError, Part};
use super::partitions::Partitions;
use crate::durable_dirs::DurableDirs;

/// When rows that wait take more than this, in bytes, the largest part becomes a file before its time.
const WAITING_BYTES_MAX: u64 = 64 << 20;
const HIDDEN_END: &str = ".inprogress";

/// A file that is written, and its place: `day=2013-02-08` and `part-…-0-7.parquet`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Rolled {
    folder: String,
    name: String,
}

/// Writes one branch into the files of one table.
pub(crate) struct FileSink {
    table: String,
    disk: Arc<dyn Disk>,
    clock: Arc<dyn Clock>,
    root: PathBuf,
    durable_dirs: DurableDirs,
    options: FileOptions,
    partitions: Partitions,
    /// The columns that files hold, and their places.
    row: RowType,
    columns: Vec<usize>,
    /// How this sink's files begin: `part-<id>-0-`.
    prefix: String,
    next_file: u64,
    next_key: u64,
    parts: BTreeMap<String, Part>,
    commits: Commits,
    /// Written, and named by no checkpoint yet.
    rolled: Vec<Rolled>,
    /// Named by the checkpoint that is being committed.
    committing: Vec<Rolled>,
    /// State of rows that are in files now.
    obsolete: Vec<Bytes>,
    /// Whether rows that wait go into the checkpoint.
    saves: bool,
    /// When the rolling policy was looked at, by the clock's steady time.
    checked: Duration,
}

impl FileSink {
    pub(crate) fn new(
        disk: Arc<dyn Disk>,
        clock: Arc<dyn Clock>,
        (job, branch): (&JobName, &str),
        table: &TableSpec,
        options: FileOptions,
        root: PathBuf,
    ) -> FileSink {
        let places = 0..table.physical.fields.len();
        let checked = clock.elapsed();
        FileSink {
            table: table.name.clone(),
            partitions: Partitions::new(table, &options.default_partition),
            row: file_columns(table),
            columns: places.filter(|place| !table.partition_keys.contains(place)).collect(),
            prefix: format!("part-{}-0-", id_of(&format!("{job}\0{branch}\0{}", table.name))),
            commits: Commits::new(options.commit.clone()),
            disk,
            clock,
            root,
            durable_dirs: DurableDirs::default(),
            options,
            next_file: 0,
            next_key: 0,
            parts: BTreeMap::new(),
            rolled: Vec::new(),
            committing: Vec::new(),
            obsolete: Vec::new(),
            saves: true,
            checked,
        }
    }

    fn unwritable(&self, error: &dyn std::fmt::Display) -> SinkError {
        SinkError::Unwritable(format!("table `{}`: can't write to `{}`: {error}", self.table, self.root.display()))
    }

    fn bad_row(&self, error: &dyn std::fmt::Display) -> SinkError {
        SinkError::Row(format!("table `{}`: {error}", self.table))
    }

    fn folder(&self, folder: &str) -> PathBuf {
        if folder.is_empty() { self.root.clone() } else { self.root.join(folder) }
    }

    /// Writes the rows of a folder into a file with a hidden name.
    fn roll(&mut self, folder: &str) -> Result<(), SinkError> {
        let Some(mut part) = self.parts.remove(folder) else { return Ok(()) };
        self.obsolete.append(&mut part.keys);
        let name = format!("{}{}.{}", self.prefix, self.next_file, self.options.format.name());
        self.next_file += 1;
        let dir = self.folder(folder);
        let file = self.create_hidden(&dir, &name).map_err(|error| self.unwritable(&error))?;
        let written = part.write(&self.options.format, &self.row, file).map_err(|error| self.not_written(&error));
        let finished = |file: HiddenFile| file.finish().and_then(|()| self.disk.sync_dir(&dir));
        if let Err(fault) = written.and_then(|file| finished(file).map_err(|error| self.unwritable(&error))) {
            // A piece of a file is nobody's; if it stays, the next start removes it.
            let _ = self.disk.remove_file(&dir.join(hidden(&name)));
            return Err(fault);
        }
        self.rolled.push(Rolled { folder: folder.to_owned(), name });
        Ok(())
    }

    fn create_hidden(&self, dir: &Path, name: &str) -> std::io::Result<HiddenFile> {
        self.durable_dirs.make(self.disk.as_ref(), &self.root, dir)?;
        HiddenFile::create(self.disk.as_ref(), &dir.join(hidden(name)))
    }

    /// What is wrong when rows don't become a file: the disk, or a row.
    fn not_written(&self, error: &FileError) -> SinkError {
        let of_disk = error.downcast_ref::<std::io::Error>().is_some()
            || matches!(error.downcast_ref(), Some(ParquetError::External(cause)) if cause.is::<std::io::Error>());
        if of_disk { self.unwritable(error) } else { self.bad_row(error) }
    }

    /// Keeps what waits within its bound, and no part larger than a file may be.
    fn bound(&mut self) -> Result<(), SinkError> {
        let limit = self.options.rolling.file_bytes;
        let large: Vec<String> =
            self.parts.iter().filter(|(_, part)| part.bytes >= limit).map(|(folder, _)| folder.clone()).collect();
        large.iter().try_for_each(|folder| self.roll(folder))?;
        while self.parts.values().map(|part| part.bytes).sum::<u64>() > WAITING_BYTES_MAX {
            let largest = self.parts.iter().max_by_key(|(_, part)| part.bytes).map(|(folder, _)| folder.clone());
            let Some(largest) = largest else { break };
            self.roll(&largest)?;
        }
        Ok(())
    }

    fn roll_due(&mut self, last: bool) -> Result<(), SinkError> {
        let elapsed = self.clock.elapsed();
        let look = elapsed.saturating_sub(self.checked) >= self.options.rolling.check;
        if !last && !look {
            return Ok(());
        }
        self.checked = elapsed;
        let now = self.clock.now().0;
        let rolling = self.options.rolling;
        let due = self.parts.iter().filter(|(_, part)| last || part.due(&rolling, now));
        let due: Vec<String> = due.map(|(folder, _)| folder.clone()).collect();
        due.iter().try_for_each(|folder| self.roll(folder))
    }

    /// Gives a file its own name, unless it has it.
    fn show(&self, rolled: &Rolled) -> std::io::Result<()> {
        let dir = self.folder(&rolled.folder);
        let (from, to) = (dir.join(hidden(&rolled.name)), dir.join(&rolled.name));
        if self.disk.kind(&from)?.is_some() {
            self.disk.rename(&from, &to)?;
        } else if self.disk.kind(&to)?.is_none() {
            // Flushed before the record was, so somebody has taken it away since.
            tracing::warn!(table = %self.table, file = %to.display(), "a committed file is gone");
            return Ok(());
        }
        self.disk.sync_dir(&dir)
    }

    /// Rolls the folders that are over, so that their files belong to the same checkpoint as their end.
    fn end_partitions(&mut self, last: bool) -> Result<(), SinkError> {
        let values = |folder: &str| partition_values(folder);
        let due = self.commits.take_due(self.clock.now().0, last, values).map_err(|error| self.bad_row(&error))?;
        due.iter().try_for_each(|folder| self.roll(folder))
    }

    /// Marks the folders that are over.
    fn mark_partitions(&self) -> std::io::Result<()> {
        let Some((name, folders)) = self.commits.finishing() else { return Ok(()) };
        for folder in folders {
            let dir = self.folder(folder);
            self.durable_dirs.make(self.disk.as_ref(), &self.root, &dir)?;
            let path = dir.join(name);
            if self.disk.kind(&path)?.is_none() {
                self.disk.open(&path, OpenMode::CreateNew)?.sync_all()?;
            }
            self.disk.sync_dir(&dir)?;
        }
        Ok(())
    }

    /// Removes this sink's hidden files, and finds the greatest number of a file.
    fn sweep(&mut self, dir: &Path) -> std::io::Result<()> {
        if self.disk.kind(dir)? != Some(EntryKind::Folder) {
            return Ok(());
        }
        for entry in self.disk.list(dir)? {
            match entry.kind {
                EntryKind::Folder => self.sweep(&dir.join(&entry.name))?,
                EntryKind::File => {
                    let visible = entry.name.strip_prefix('.').unwrap_or(&entry.name);
                    let Some(number) = visible.strip_prefix(&self.prefix) else { continue };
                    if entry.name.ends_with(HIDDEN_END) {
                        self.disk.remove_file(&dir.join(&entry.name))?;
                    } else if let Some(number) = number.split('.').next().and_then(|number| number.parse::<u64>().ok())
                    {
                        self.next_file = self.next_file.max(number + 1);
                    }
                }
                EntryKind::Other => {}
            }
        }
        Ok(())
    }

    fn restore_rows(&mut self, state: Vec<(Bytes, Bytes)>) -> Result<(), SinkError> {
        for (key, value) in state {
            let number = key.first_chunk::<8>().map(|number| u64::from_be_bytes(*number));
            let folder = key.get(8..).and_then(|folder| std::str::from_utf8(folder).ok()).map(str::to_owned);
            let (Some(number), Some(folder)) = (number, folder) else {
                return Err(self.unwritable(&"the checkpoint's rows have an unknown key"));
            };
            self.next_key = self.next_key.max(number + 1);
            let restored = self.parts.entry(folder).or_default().restore(key, &value);
            restored.map_err(|error| self.unwritable(&format!("the checkpoint's rows can't be read: {error}")))?;
        }
        Ok(())
    }
}

impl Sink for FileSink {
    fn forgets(&mut self) {
        self.saves = false;
    }

    fn open(&mut self, restored: Restored) -> Result<(), SinkError> {
        let record = read_record(&restored.record, &mut self.commits);
        let (next_file, files) =
            record.map_err(|error| self.unwritable(&format!("the checkpoint's record {error}")))?;
        self.next_file = next_file;
        files.iter().try_for_each(|file| self.show(file)).map_err(|error| self.unwritable(&error))?;
        self.mark_partitions().map_err(|error| self.unwritable(&error))?;
        self.commits.finished();
        let root = self.root.clone();
        self.sweep(&root).map_err(|error| self.unwritable(&error))?;
        self.restore_rows(restored.state)
    }

    fn write(&mut self, batch: &RowBatch) -> Result<(), SinkError> {
        let kinds = batch.kinds.as_ref();
        if let Some(kind) = kinds.and_then(|kinds| kinds.iter().find(|kind| **kind != RowKind::Insert)) {
            return Err(self.bad_row(&format!("a `{}` row came, but files take new rows only", kind.text())));
        }
        let folders = self.partitions.split(&batch.columns).map_err(|error| self.bad_row(&error))?;
        let kept = batch.columns.project(&self.columns).map_err(|error| self.bad_row(&error))?;
        let now = self.clock.now().0;
        for (folder, rows) in folders {
            let whole = rows.len() == kept.num_rows();
            let taken = match whole {
                true => Ok(kept.clone()),
                false => compute::take_record_batch(&kept, &UInt32Array::from(rows)),
            };
            let taken = taken.map_err(|error| self.bad_row(&error))?;
            if taken.num_rows() > 0 {
                self.commits.touch(&folder, now);
                self.parts.entry(folder).or_default().push(taken, now);
            }
        }
        self.commits.reach(batch.watermarks.end);
        self.bound()
    }

    fn watermark(&mut self, watermark: i64) {
        self.commits.reach(watermark);
    }

    fn prepare(&mut self, last: bool) -> Result<Prepared, SinkError> {
        self.roll_due(last)?;
        self.end_partitions(last)?;
        let mut changes: Vec<(Bytes, Option<Bytes>)> = Vec::new();
        for (folder, part) in self.parts.iter_mut().filter(|_| self.saves) {
            let key = Bytes::from([&self.next_key.to_be_bytes()[..], folder.as_bytes()].concat());
            let saved = part.save(key.clone());
            let saved = saved.map_err(|error| SinkError::Row(format!("table `{}`: {error}", self.table)))?;
            if let Some(value) = saved {
                self.next_key += 1;
                changes.push((key, Some(value)));
            }
        }
        changes.extend(self.obsolete.drain(..).map(|key| (key, None)));
        self.committing.append(&mut self.rolled);
        let record = write_record(self.next_file, &self.committing, &self.commits);
        Ok(Prepared { outputs: Vec::new(), record, changes })
    }

    fn committed(&mut self) -> Result<(), SinkError> {
        let shown = self.committing.iter().try_for_each(|file| self.show(file));
        shown.map_err(|error| self.unwritable(&error))?;
        self.committing.clear();
        self.mark_partitions().map_err(|error| self.unwritable(&error))?;
        self.commits.finished();
        Ok(())
    }

    fn held_bytes(&self) -> u64 {
        self.parts.values().map(|part| part.bytes).sum()
    }
}

fn hidden(name: &str) -> String {
    format!(".{name}{HIDDEN_END}")
}

/// An id in the form of a UUID that is always the same for one text.
fn id_of(text: &str) -> String {
    let word = |seed: u32| crc32c::crc32c_append(seed, text.as_bytes());
    let (a, b, c, d) = (word(0), word(0x9e37_79b9), word(0x7f4a_7c15), word(0xf39c_c060));
    format!("{a:08x}-{:04x}-{:04x}-{:04x}-{:04x}{d:08x}", b >> 16, b & 0xffff, c >> 16, c & 0xffff)
}

/// A folder's columns and values.
fn partition_values(folder: &str) -> Vec<(String, String)> {
    let level = |level: &str| level.split_once('=').map(|(key, value)| (unescaped(key), unescaped(value)));
    let pairs = folder.split('/').filter_map(level);
    pairs.filter_map(|(key, value)| Some((key?, value?))).collect()
}

/// The record of a checkpoint: the next file's number u64, a count u32, and so many folders and names (texts); then the partitions
/// that aren't committed.
fn write_record(next_file: u64, files: &[Rolled], commits: &Commits) -> Bytes {
    let mut out = next_file.to_be_bytes().to_vec();
    out.extend(u32::try_from(files.len()).unwrap_or(u32::MAX).to_be_bytes());
    for text in files.iter().flat_map(|file| [&file.folder, &file.name]) {
        out.extend(u32::try_from(text.len()).unwrap_or(u32::MAX).to_be_bytes());
        out.extend(text.as_bytes());
    }
    commits.write(&mut out);
    Bytes::from(out)
}

fn read_record(record: &[u8], commits: &mut Commits) -> Result<(u64, BTreeSet<Rolled>), DecodeError> {
    if record.is_empty() {
        return Ok((0, BTreeSet::new()));
    }
    let mut decoder = Decoder::new(record);
    let next_file = decoder.u64()?;
    let mut files = BTreeSet::new();
    for _ in 0..decoder.count(8)? {
        files.insert(Rolled { folder: decoder.text()?.to_owned(), name: decoder.text()?.to_owned() });
    }
    commits.read(&mut decoder)?;
    Ok((next_file, files))
}
