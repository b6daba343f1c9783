//! Reads the files of a table, once: one file, or every file of a folder in the order of their names. Names that begin
//! with `.` or `_` are left out.
//!
//! A split is a file, named from the project's folder on; a row's position is the byte at which it begins, and a split's
//! position that of the next row. A file that is read up is kept among the positions, so that a restart doesn't read it
//! again.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use arrow::array::{ArrayRef, BinaryBuilder, Int64Array, RecordBatch, RecordBatchOptions, StringArray};
use arrow::compute;
use arrow::datatypes::SchemaRef;
use bytes::Bytes;
use yeoul_base::disk::{EntryKind, OpenMode, parent_of};
use yeoul_base::{Disk, DiskFile};
use yeoul_engine::catalog::{MetadataColumn, TableSpec};
use yeoul_engine::source::{Failure, Poll, Positions, Source, SourceBatch, SourceError, SplitLag};
use yeoul_format::{Format, FormatError, RowDecoder, RowError, Split, Splitter};
use yeoul_row::{DataType, LogicalType, RowType};

use super::options::file_columns;
use crate::kafka::Malformed;

/// What one read takes, unless a row is longer.
const READ_BYTES: usize = 1 << 20;
/// The longest row.
const ROW_BYTES_MAX: usize = 64 << 20;
/// A poll ends behind the row with which it has decoded this much.
const POLL_BYTES_MAX: usize = 8 << 20;

/// The metadata keys on offer, with their types.
pub(crate) fn metadata() -> Vec<(&'static str, DataType)> {
    vec![
        ("file.path", LogicalType::STRING.not_null()),
        ("file.name", LogicalType::STRING.not_null()),
        ("file.size", LogicalType::BigInt.not_null()),
    ]
}

/// The files of a table in reading order.
///
/// # Errors
/// Says what is missing or can't be read.
pub(crate) fn files_of(disk: &dyn Disk, path: &Path) -> Result<Vec<PathBuf>, String> {
    let failed = |error: std::io::Error| format!("can't read `{}`: {error}", path.display());
    match disk.kind(path).map_err(failed)? {
        Some(EntryKind::File) => Ok(vec![path.to_path_buf()]),
        None => Err(format!("there is no file or folder `{}`", path.display())),
        Some(EntryKind::Other) => Err(format!("`{}` is neither a file nor a folder", path.display())),
        Some(EntryKind::Folder) => {
            let mut files = Vec::new();
            for entry in disk.list(path).map_err(failed)? {
                match entry.kind {
                    _ if entry.name.starts_with(['.', '_']) => {}
                    EntryKind::File => files.push(path.join(&entry.name)),
                    EntryKind::Folder => files.extend(files_of(disk, &path.join(&entry.name))?),
                    EntryKind::Other => {
                        let link = path.join(&entry.name);
                        return Err(format!("`{}` is a link or a device, which is not followed", link.display()));
                    }
                }
            }
            Ok(files)
        }
    }
}

/// Where a column of the scan comes from.
enum Column {
    /// Its place among the decoded columns.
    File(usize),
    Metadata(MetadataColumn),
}

/// Reads the files of one table.
pub(crate) struct FileSource {
    disk: Arc<dyn Disk>,
    table: String,
    decoder: RowDecoder,
    splitter: Splitter,
    columns: Vec<Column>,
    schema: SchemaRef,
    keep_raw: bool,
    malformed: Malformed,
    files: Vec<FileSplit>,
    /// The file that is being read.
    open: Option<OpenFile>,
}

struct FileSplit {
    path: PathBuf,
    name: Arc<str>,
    bytes: u64,
    /// The position of the next row.
    next: u64,
}

/// A file that is being read.
struct OpenFile {
    place: usize,
    file: Arc<dyn DiskFile>,
    /// It keeps its length from read to read, so that it is not cleared for each.
    buffer: Vec<u8>,
    /// How much of the buffer holds bytes of the file.
    filled: usize,
    /// How much of these was taken.
    taken: usize,
    /// The position behind the buffer.
    behind: u64,
}

/// What a scan of files is made of.
pub(crate) struct FileScan<'a> {
    pub(crate) table: &'a TableSpec,
    pub(crate) format: &'a Format,
    pub(crate) projection: &'a [usize],
    pub(crate) fields: &'a [Option<Vec<usize>>],
    pub(crate) keep_raw: bool,
    pub(crate) malformed: Malformed,
}

impl FileSource {
    pub(crate) fn new(
        disk: Arc<dyn Disk>,
        scan: &FileScan<'_>,
        files: Vec<(PathBuf, String)>,
    ) -> Result<FileSource, FormatError> {
        let table = scan.table;
        let physical = table.physical.fields.len();
        let (mut decoded, mut fields_read) = (Vec::new(), Vec::new());
        let mut columns = Vec::new();
        for (at, place) in scan.projection.iter().enumerate() {
            match table.metadata.get(place.wrapping_sub(physical)) {
                Some(column) => columns.push(Column::Metadata(column.clone())),
                None => {
                    columns.push(Column::File(decoded.len()));
                    decoded.push(*place);
                    fields_read.push(scan.fields.get(at).cloned().flatten());
                }
            }
        }
        let readable = table.readable();
        let fields = scan.projection.iter().filter_map(|place| readable.fields.get(*place).cloned());
        let split = |(path, name): (PathBuf, String)| FileSplit { path, name: Arc::from(name), bytes: 0, next: 0 };
        Ok(FileSource {
            disk,
            table: table.name.clone(),
            decoder: RowDecoder::new(scan.format, &file_columns(table), &decoded)?.reading(&fields_read),
            splitter: Splitter::new(scan.format),
            columns,
            schema: RowType::new(fields.collect()).to_arrow(),
            keep_raw: scan.keep_raw,
            malformed: scan.malformed,
            files: files.into_iter().map(split).collect(),
            open: None,
        })
    }

    /// The file to read from: the open one, or the next that isn't read up.
    fn file(&mut self) -> Result<Option<OpenFile>, SourceError> {
        if let Some(open) = self.open.take() {
            return Ok(Some(open));
        }
        for (place, split) in self.files.iter_mut().enumerate() {
            let failed =
                |error: std::io::Error| SourceError::Unreadable(format!("can't read `{}`: {error}", split.name));
            if split.bytes > 0 && split.next >= split.bytes {
                continue;
            }
            let file = self.disk.open(&split.path, OpenMode::Read).map_err(failed)?;
            split.bytes = file.len().map_err(failed)?;
            if split.next > split.bytes {
                let text = format!(
                    "the job has read `{}` up to byte {}, but it has {} now; start the job with `--fresh`",
                    split.name, split.next, split.bytes
                );
                return Err(SourceError::Unreadable(text));
            }
            if split.next < split.bytes {
                return Ok(Some(OpenFile { place, file, buffer: Vec::new(), filled: 0, taken: 0, behind: split.next }));
            }
        }
        Ok(None)
    }

    /// Takes rows of an open file; true if it is read up.
    fn take(&mut self, open: &mut OpenFile, rows_max: usize, gathered: &mut Gathered) -> Result<bool, SourceError> {
        while gathered.rows() < rows_max && self.decoder.bytes() < POLL_BYTES_MAX {
            let Some(split) = self.files.get_mut(open.place) else { return Ok(true) };
            let Some(found) = open.row(&self.splitter, split)? else { return Ok(true) };
            let row = open.buffer.get(open.taken..open.taken + found.row).unwrap_or_default();
            let position = i64::try_from(split.next).unwrap_or(i64::MAX);
            match self.decoder.push(row) {
                Ok(true) => (0..self.decoder.pushed()).for_each(|_| gathered.push(position, row)),
                Ok(false) => {}
                Err(error) => match failure(&self.table, self.malformed, split, position, &error, row)? {
                    Some(failed) => gathered.failed.push(failed),
                    None => gathered.ignored += 1,
                },
            }
            open.taken += found.next;
            split.next += found.next as u64;
        }
        Ok(false)
    }

    fn finish(&mut self, place: usize, gathered: Gathered) -> Result<SourceBatch, arrow::error::ArrowError> {
        let decoded = self.decoder.finish()?;
        let rows = gathered.positions.len();
        let (name, path, bytes) = match self.files.get(place) {
            Some(split) => (split.name.clone(), split.path.clone(), split.bytes),
            None => (Arc::from(""), PathBuf::new(), 0),
        };
        let column = |column: &Column| -> Result<ArrayRef, arrow::error::ArrowError> {
            match column {
                Column::File(place) => Ok(decoded.column(*place).clone()),
                Column::Metadata(column) => {
                    let array: ArrayRef = match column.key.as_str() {
                        "file.size" => Arc::new(Int64Array::from(vec![i64::try_from(bytes).unwrap_or(i64::MAX); rows])),
                        "file.name" => texts(&path.file_name().unwrap_or_default().to_string_lossy(), rows),
                        _ => texts(&path.display().to_string(), rows),
                    };
                    compute::cast(&array, &column.data_type.logical.to_arrow())
                }
            }
        };
        let columns = self.columns.iter().map(column).collect::<Result<Vec<_>, _>>()?;
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        let columns = RecordBatch::try_new_with_options(self.schema.clone(), columns, &options)?;
        let positions = Int64Array::from(gathered.positions);
        let raw = gathered.raw.map(|mut raw| raw.finish());
        Ok(SourceBatch { split: name, columns, positions, raw, failed: gathered.failed, ignored: gathered.ignored })
    }
}

fn texts(text: &str, rows: usize) -> ArrayRef {
    Arc::new(StringArray::from_iter_values(std::iter::repeat_n(text, rows)))
}

/// What becomes of a row that can't be decoded; none if it is passed over.
fn failure(
    table: &str,
    malformed: Malformed,
    split: &FileSplit,
    position: i64,
    error: &RowError,
    row: &[u8],
) -> Result<Option<Failure>, SourceError> {
    let reason = error.to_string();
    match malformed {
        Malformed::Kept => {
            let (split, raw) = (split.name.clone(), Bytes::copy_from_slice(row));
            Ok(Some(Failure { cause: "malformed", reason, split, position, raw }))
        }
        Malformed::Ignored => Ok(None),
        Malformed::Refused => {
            let (table, split) = (table.to_owned(), split.name.to_string());
            Err(SourceError::Malformed { table, split, position, reason })
        }
    }
}

/// Rows of one poll.
struct Gathered {
    positions: Vec<i64>,
    raw: Option<BinaryBuilder>,
    failed: Vec<Failure>,
    ignored: u64,
}

impl Gathered {
    fn rows(&self) -> usize {
        self.positions.len() + self.failed.len()
    }

    fn push(&mut self, position: i64, row: &[u8]) {
        self.positions.push(position);
        if let Some(raw) = &mut self.raw {
            raw.append_value(row);
        }
    }
}

impl OpenFile {
    /// The next row, in the buffer from `taken` on; none at the end of the file.
    fn row(&mut self, splitter: &Splitter, split: &FileSplit) -> Result<Option<Split>, SourceError> {
        loop {
            let rest = self.buffer.get(self.taken..self.filled).unwrap_or_default();
            let ends = self.behind >= split.bytes;
            if let Some(found) = splitter.first(rest, ends) {
                return Ok(Some(found));
            }
            if ends {
                return Ok(None);
            }
            if rest.len() > ROW_BYTES_MAX {
                let text =
                    format!("`{}`: the row at byte {} is longer than {ROW_BYTES_MAX} bytes", split.name, split.next);
                return Err(SourceError::Unreadable(text));
            }
            self.read(split)?;
        }
    }

    /// Reads on behind what is left of the buffer.
    fn read(&mut self, split: &FileSplit) -> Result<(), SourceError> {
        self.buffer.copy_within(self.taken..self.filled, 0);
        self.filled -= self.taken;
        self.taken = 0;
        let left = usize::try_from(split.bytes - self.behind).unwrap_or(usize::MAX);
        // A row that isn't whole in what was read is read on in growing steps, so that it is looked at a few times only.
        let wanted = left.min(READ_BYTES.max(self.filled));
        let (start, end) = (self.filled, self.filled + wanted);
        if self.buffer.len() < end {
            self.buffer.resize(end, 0);
        }
        let read = self.file.read_exact_at(self.buffer.get_mut(start..end).unwrap_or_default(), self.behind);
        read.map_err(|error| SourceError::Unreadable(format!("can't read `{}`: {error}", split.name)))?;
        self.filled = end;
        self.behind += wanted as u64;
        Ok(())
    }
}

impl Source for FileSource {
    fn restore(&mut self, positions: &Positions) -> Result<(), SourceError> {
        let known: BTreeMap<&str, i64> = positions.iter().map(|(name, position)| (name.as_str(), *position)).collect();
        for split in &mut self.files {
            split.next = known.get(&*split.name).and_then(|position| u64::try_from(*position).ok()).unwrap_or(0);
        }
        let gone = positions.iter().find(|(name, _)| !self.files.iter().any(|split| &*split.name == name.as_str()));
        match gone {
            Some((name, _)) => {
                let folder = parent_of(Path::new(name));
                let text = format!("`{name}`, which the job was reading, is gone from `{}`", folder.display());
                Err(SourceError::Unreadable(text + "; put it back, or start the job with `--fresh`"))
            }
            None => Ok(()),
        }
    }

    fn poll(&mut self, rows_max: usize) -> Result<Poll, SourceError> {
        let Some(mut open) = self.file()? else { return Ok(Poll::End) };
        let raw = self.keep_raw.then(BinaryBuilder::new);
        let mut gathered = Gathered { positions: Vec::new(), raw, failed: Vec::new(), ignored: 0 };
        let place = open.place;
        if !self.take(&mut open, rows_max, &mut gathered)? {
            self.open = Some(open);
        }
        let batch = self.finish(place, gathered);
        batch.map(Poll::Batch).map_err(|error| SourceError::Unreadable(error.to_string()))
    }

    fn wait(&mut self, _timeout: Duration) {}

    fn positions(&self) -> Positions {
        let position = |split: &FileSplit| (split.name.to_string(), i64::try_from(split.next).unwrap_or(i64::MAX));
        self.files.iter().map(position).collect()
    }

    fn lag(&self) -> Vec<SplitLag> {
        let bytes = |bytes: u64| i64::try_from(bytes).unwrap_or(i64::MAX);
        let lag = |split: &FileSplit| {
            let end = (split.bytes > 0).then(|| bytes(split.bytes));
            SplitLag { split: split.name.to_string(), position: bytes(split.next), end }
        };
        self.files.iter().map(lag).collect()
    }
}
