//! Reads the files of a table: once, or for ever, looking for new ones.
//!
//! A split is a file, named from the project's folder on. A row's position is the byte at which it begins (of what a compressed
//! file holds), in Parquet its number; a split's position is that of the next row. A file that is read up is kept among the
//! positions, so that a restart doesn't read it again; of a folder that is watched, its end is kept besides (`name#end`), so that
//! it may go.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use arrow::array::{
    ArrayRef, BinaryArray, BinaryBuilder, Int64Array, RecordBatch, RecordBatchOptions, StringArray, new_null_array,
};
use arrow::compute;
use arrow::datatypes::SchemaRef;
use arrow::error::ArrowError;
use bytes::Bytes;
use yeoul_base::Disk;
use yeoul_base::disk::{OpenMode, parent_of};
use yeoul_engine::catalog::{MetadataColumn, TableSpec};
use yeoul_engine::connections::Prune;
use yeoul_engine::source::{Failure, Poll, Positions, Source, SourceBatch, SourceError, SplitLag};
use yeoul_format::{Format, FormatError, RowDecoder, RowError, Splitter};
use yeoul_row::{DataType, LogicalType, RowType};

use super::listing::Found;
use super::options::file_columns;
use super::packed::packing_of;
use super::parquet_source::ParquetSource;
use super::partition_values::{PartitionValues, repeated};
use super::place::Places;
use super::text_file::TextFile;
use super::watch::Watch;
use crate::kafka::Malformed;
use crate::raw::as_json;

/// A poll ends behind the row with which it has decoded this much.
const POLL_BYTES_MAX: usize = 8 << 20;
/// Ends the key of a file's end among the positions.
const END_MARK: &str = "#end";
/// The longest that a watching source sleeps.
const WAIT_MAX: Duration = Duration::from_millis(100);

/// The metadata keys on offer, with their types.
pub(crate) fn metadata() -> Vec<(&'static str, DataType)> {
    vec![
        ("file.path", LogicalType::STRING.not_null()),
        ("file.name", LogicalType::STRING.not_null()),
        ("file.size", LogicalType::BigInt.not_null()),
    ]
}

/// Where a column of the scan comes from.
enum Column {
    /// Its place among the decoded columns.
    File(usize),
    /// Its place among the partition's columns.
    Partition(usize),
    Metadata(MetadataColumn),
}

/// How the bytes of a file become rows.
enum Reading {
    Text(Box<RowDecoder>, Splitter),
    /// The columns to read.
    Parquet(RowType),
}

/// Reads the files of one table.
pub(crate) struct FileSource {
    disk: Arc<dyn Disk>,
    places: Places,
    table: String,
    reading: Reading,
    columns: Vec<Column>,
    row: RowType,
    schema: SchemaRef,
    keep_raw: bool,
    malformed: Malformed,
    partitions: PartitionValues,
    prune: Option<Prune>,
    files: Vec<FileSplit>,
    known: HashSet<Arc<str>>,
    /// The files before this one are read up.
    first: usize,
    /// The file that is being read, by its place.
    open: Option<(usize, Open)>,
    watch: Option<Watch>,
}

struct FileSplit {
    path: PathBuf,
    name: Arc<str>,
    /// The values of the partition's columns: one row.
    partition: RecordBatch,
    /// How many bytes the file has; 0 before it was opened.
    bytes: u64,
    /// The position behind its last row, once it was opened; of a compressed file, once it was read up.
    end: Option<u64>,
    /// The position of the next row.
    next: u64,
}

impl FileSplit {
    fn is_read(&self) -> bool {
        self.end.is_some_and(|end| self.next >= end)
    }
}

/// A file that is being read.
enum Open {
    Text(TextFile),
    Parquet(Box<ParquetSource>),
}

/// What a scan of files is made of.
pub(crate) struct FileScan<'a> {
    pub(crate) table: &'a TableSpec,
    pub(crate) format: &'a Format,
    pub(crate) projection: &'a [usize],
    pub(crate) fields: &'a [Option<Vec<usize>>],
    pub(crate) keep_raw: bool,
    pub(crate) malformed: Malformed,
    /// What a NULL of a partition column is called.
    pub(crate) default_partition: &'a str,
    /// Which partitions are wanted.
    pub(crate) prune: Option<&'a Prune>,
}

/// Rows of one file, decoded: the columns that are read from files.
struct Taken {
    decoded: RecordBatch,
    positions: Vec<i64>,
    raw: Option<BinaryArray>,
    failed: Vec<Failure>,
    ignored: u64,
}

impl FileSource {
    pub(crate) fn new(disk: Arc<dyn Disk>, places: Places, scan: &FileScan<'_>) -> Result<FileSource, FormatError> {
        let table = scan.table;
        let physical = table.physical.fields.len();
        let (mut decoded, mut fields_read) = (Vec::new(), Vec::new());
        let mut columns = Vec::new();
        for (at, place) in scan.projection.iter().enumerate() {
            let key = table.partition_keys.iter().position(|key| key == place);
            columns.push(match (table.metadata.get(place.wrapping_sub(physical)), key) {
                (Some(column), _) => Column::Metadata(column.clone()),
                (None, Some(key)) => Column::Partition(key),
                (None, None) => {
                    // Files don't have the partition's columns.
                    let before = table.partition_keys.iter().filter(|key| *key < place).count();
                    decoded.push(place - before);
                    fields_read.push(scan.fields.get(at).cloned().flatten());
                    Column::File(decoded.len() - 1)
                }
            });
        }
        let readable = table.readable();
        let fields = scan.projection.iter().filter_map(|place| readable.fields.get(*place).cloned());
        let row = RowType::new(fields.collect());
        Ok(FileSource {
            disk,
            places,
            table: table.name.clone(),
            reading: reading(scan.format, &file_columns(table), &decoded, &fields_read)?,
            columns,
            schema: row.to_arrow(),
            row,
            keep_raw: scan.keep_raw,
            malformed: scan.malformed,
            partitions: PartitionValues::new(table, scan.default_partition)?,
            prune: scan.prune.cloned(),
            files: Vec::new(),
            known: HashSet::new(),
            first: 0,
            open: None,
            watch: None,
        })
    }

    /// Looks for new files, too.
    pub(crate) fn watching(self, watch: Watch) -> FileSource {
        FileSource { watch: Some(watch), ..self }
    }

    /// Takes files in, behind those that there are; known ones are left out.
    ///
    /// # Errors
    /// A folder's name that is no value of its column.
    pub(crate) fn add(&mut self, found: Vec<Found>) -> Result<(), String> {
        for Found { path, partition } in found {
            let name: Arc<str> = Arc::from(self.places.shown(&path));
            if self.known.insert(name.clone()) {
                let partition = self.partitions.read(&partition)?;
                if !self.wants(&partition) {
                    continue;
                }
                self.files.push(FileSplit { path, name, partition, bytes: 0, end: None, next: 0 });
            }
        }
        Ok(())
    }

    /// Whether rows of a partition may be wanted.
    fn wants(&self, partition: &RecordBatch) -> bool {
        let Some(prune) = &self.prune else { return true };
        let columns = self.columns.iter().zip(self.schema.fields()).map(|(column, field)| match column {
            Column::Partition(place) => partition.column(*place).clone(),
            _ => new_null_array(field.data_type(), 1),
        });
        RecordBatch::try_new(self.schema.clone(), columns.collect()).map_or(true, |row| prune.keeps(&row))
    }

    /// The file to read from: the open one, or the next that isn't read up.
    fn file(&mut self) -> Result<Option<(usize, Open)>, SourceError> {
        if let Some(open) = self.open.take() {
            return Ok(Some(open));
        }
        while let Some(split) = self.files.get_mut(self.first) {
            if !split.is_read() {
                let open = opened(self.disk.as_ref(), &self.reading, split)?;
                if split.end.is_some_and(|end| split.next > end) {
                    return Err(shrunk(split));
                }
                if !split.is_read() {
                    return Ok(Some((self.first, open)));
                }
            }
            self.first += 1;
        }
        Ok(None)
    }

    /// Takes rows of an open file, and whether there may be more.
    fn take(&mut self, place: usize, open: &mut Open, rows_max: usize) -> Result<(Taken, bool), SourceError> {
        let Some(split) = self.files.get_mut(place) else { return Err(SourceError::Unreadable("no file".to_owned())) };
        let malformed = Bad { table: &self.table, malformed: self.malformed };
        match (open, &mut self.reading) {
            (Open::Text(file), Reading::Text(decoder, splitter)) => {
                take_text(file, decoder, splitter, split, &malformed, (rows_max, self.keep_raw))
            }
            (Open::Parquet(file), Reading::Parquet(row)) => {
                let failed = |error: &dyn std::fmt::Display| unreadable(split, error);
                let batch = file.take(rows_max).map_err(|error| failed(&error))?;
                let more = batch.is_some();
                let decoded = batch.unwrap_or_else(|| RecordBatch::new_empty(row.to_arrow()));
                let next = split.next + decoded.num_rows() as u64;
                let position = |row: u64| i64::try_from(row).unwrap_or(i64::MAX);
                let positions = (split.next..next).map(position).collect();
                split.next = if more { next } else { split.end.unwrap_or(next) };
                let more = !split.is_read();
                Ok((Taken { decoded, positions, raw: None, failed: Vec::new(), ignored: 0 }, more))
            }
            _ => Err(SourceError::Unreadable("a file of another format".to_owned())),
        }
    }

    fn finish(&self, place: usize, taken: Taken) -> Result<SourceBatch, ArrowError> {
        let Some(split) = self.files.get(place) else { return Err(ArrowError::ComputeError("no file".to_owned())) };
        let rows = taken.positions.len();
        let columns = self.columns.iter().map(|column| match column {
            Column::File(place) => Ok(taken.decoded.column(*place).clone()),
            Column::Partition(place) => repeated(split.partition.column(*place), rows),
            Column::Metadata(column) => metadata_column(column, split, rows),
        });
        let columns = columns.collect::<Result<Vec<_>, _>>()?;
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        let columns = RecordBatch::try_new_with_options(self.schema.clone(), columns, &options)?;
        let raw = match taken.raw {
            Some(raw) => Some(raw),
            None => self.keep_raw.then(|| as_json(&columns, &self.row)),
        };
        Ok(SourceBatch {
            split: split.name.clone(),
            columns,
            kinds: None,
            positions: Int64Array::from(taken.positions),
            raw,
            failed: taken.failed,
            ignored: taken.ignored,
        })
    }

    fn look(&mut self) -> Result<(), SourceError> {
        let Some(watch) = &mut self.watch else { return Ok(()) };
        let found = watch.look().map_err(SourceError::Unreadable)?;
        self.add(found).map_err(SourceError::Unreadable)
    }
}

fn reading(
    format: &Format,
    row: &RowType,
    projection: &[usize],
    fields: &[Option<Vec<usize>>],
) -> Result<Reading, FormatError> {
    if let Format::Parquet(_) = format {
        let fields = projection.iter().filter_map(|place| row.fields.get(*place).cloned());
        return Ok(Reading::Parquet(RowType::new(fields.collect())));
    }
    let decoder = RowDecoder::new(format, row, projection)?.reading(fields);
    Ok(Reading::Text(Box::new(decoder), Splitter::new(format)))
}

/// Opens a file where it is to be read on; its end is known then, but of a compressed one.
fn opened(disk: &dyn Disk, reading: &Reading, split: &mut FileSplit) -> Result<Open, SourceError> {
    let failed =
        |error: &dyn std::fmt::Display| SourceError::Unreadable(format!("can't read `{}`: {error}", split.name));
    let file = disk.open(&split.path, OpenMode::Read).map_err(|error| failed(&error))?;
    let bytes = file.len().map_err(|error| failed(&error))?;
    let open = match reading {
        Reading::Text(..) => {
            if let Some(packing) = packing_of(&split.path).map_err(|error| failed(&error))? {
                let packed = TextFile::packed(split.name.clone(), file, bytes, packing, split.next);
                let packed = packed.map_err(|error| failed(&error))?;
                split.bytes = bytes;
                return Ok(Open::Text(packed));
            }
            Open::Text(TextFile::new(split.name.clone(), file, bytes, split.next))
        }
        Reading::Parquet(row) => {
            let source = ParquetSource::new(file, bytes, row, split.next);
            Open::Parquet(Box::new(source.map_err(|error| unreadable(split, &error))?))
        }
    };
    split.bytes = bytes;
    split.end = Some(match &open {
        Open::Text(_) => bytes,
        Open::Parquet(source) => source.rows(),
    });
    Ok(open)
}

fn unreadable(split: &FileSplit, error: &dyn std::fmt::Display) -> SourceError {
    SourceError::Unreadable(format!("can't read `{}` as a Parquet file: {error}", split.name))
}

fn shrunk(split: &FileSplit) -> SourceError {
    SourceError::Unreadable(format!(
        "the job has read `{}` up to {}, but it ends at {} now; start the job with `--fresh`",
        split.name,
        split.next,
        split.end.unwrap_or_default()
    ))
}

/// Takes rows of a text file; `limits`: how many rows at most, and whether their bytes are kept.
fn take_text(
    file: &mut TextFile,
    decoder: &mut RowDecoder,
    splitter: &Splitter,
    split: &mut FileSplit,
    bad: &Bad<'_>,
    (rows_max, keep_raw): (usize, bool),
) -> Result<(Taken, bool), SourceError> {
    let (mut positions, mut failed, mut ignored, mut more) = (Vec::new(), Vec::new(), 0, true);
    let mut raw = keep_raw.then(BinaryBuilder::new);
    while positions.len() + failed.len() < rows_max && decoder.bytes() < POLL_BYTES_MAX {
        let Some(found) = file.row(splitter)? else {
            more = false;
            split.end = Some(split.next);
            break;
        };
        let row = file.bytes_of(found);
        let position = i64::try_from(split.next).unwrap_or(i64::MAX);
        match decoder.push(row) {
            Ok(true) => (0..decoder.pushed()).for_each(|_| {
                positions.push(position);
                raw.iter_mut().for_each(|raw| raw.append_value(row));
            }),
            Ok(false) => {}
            Err(error) => match bad.row(split, position, &error, row)? {
                Some(failure) => failed.push(failure),
                None => ignored += 1,
            },
        }
        file.take(found);
        split.next += found.next as u64;
    }
    let decoded = decoder.finish().map_err(|error| SourceError::Unreadable(error.to_string()))?;
    Ok((Taken { decoded, positions, raw: raw.map(|mut raw| raw.finish()), failed, ignored }, more))
}

/// What becomes of rows that can't be decoded.
struct Bad<'a> {
    table: &'a str,
    malformed: Malformed,
}

impl Bad<'_> {
    /// What becomes of one; none if it is passed over.
    fn row(
        &self,
        split: &FileSplit,
        position: i64,
        error: &RowError,
        row: &[u8],
    ) -> Result<Option<Failure>, SourceError> {
        let reason = error.to_string();
        match self.malformed {
            Malformed::Kept => {
                let (split, raw) = (split.name.clone(), Bytes::copy_from_slice(row));
                Ok(Some(Failure { cause: "malformed", reason, split, position, raw }))
            }
            Malformed::Ignored => Ok(None),
            Malformed::Refused => {
                let (table, split) = (self.table.to_owned(), split.name.to_string());
                Err(SourceError::Malformed { table, split, position, reason })
            }
        }
    }
}

fn metadata_column(column: &MetadataColumn, split: &FileSplit, rows: usize) -> Result<ArrayRef, ArrowError> {
    let texts = |text: &str| -> ArrayRef { Arc::new(StringArray::from_iter_values(std::iter::repeat_n(text, rows))) };
    let array: ArrayRef = match column.key.as_str() {
        "file.size" => Arc::new(Int64Array::from(vec![i64::try_from(split.bytes).unwrap_or(i64::MAX); rows])),
        "file.name" => texts(&split.path.file_name().unwrap_or_default().to_string_lossy()),
        _ => texts(&split.path.display().to_string()),
    };
    compute::cast(&array, &column.data_type.logical.to_arrow())
}

impl Source for FileSource {
    fn restore(&mut self, positions: &Positions) -> Result<(), SourceError> {
        self.first = 0;
        self.look()?;
        let number = |key: &str| positions.get(key).and_then(|position| u64::try_from(*position).ok());
        for split in &mut self.files {
            split.next = number(&split.name).unwrap_or(0);
            split.end = number(&format!("{}{END_MARK}", split.name));
        }
        let is_over = |name: &str| number(&format!("{name}{END_MARK}")).is_some_and(|end| number(name) >= Some(end));
        let names = positions.keys().filter(|name| !name.ends_with(END_MARK));
        let gone = names.filter(|name| !self.known.contains(name.as_str())).find(|name| !is_over(name));
        match gone {
            Some(name) => {
                let folder = parent_of(Path::new(name));
                let text = format!("`{name}`, which the job was reading, is gone from `{}`", folder.display());
                Err(SourceError::Unreadable(text + "; put it back, or start the job with `--fresh`"))
            }
            None => Ok(()),
        }
    }

    fn poll(&mut self, rows_max: usize) -> Result<Poll, SourceError> {
        let mut file = self.file()?;
        if file.is_none() && self.watch.is_some() {
            self.look()?;
            file = self.file()?;
        }
        let Some((place, mut open)) = file else {
            return Ok(if self.watch.is_some() { Poll::Pending } else { Poll::End });
        };
        let (taken, more) = self.take(place, &mut open, rows_max)?;
        if more {
            self.open = Some((place, open));
        }
        let batch = self.finish(place, taken);
        batch.map(Poll::Batch).map_err(|error| SourceError::Unreadable(error.to_string()))
    }

    fn wait(&mut self, timeout: Duration) {
        let Some(watch) = &self.watch else { return };
        let pause = watch.pause().clamp(Duration::from_millis(1), WAIT_MAX);
        std::thread::park_timeout(pause.min(timeout));
    }

    fn positions(&self) -> Positions {
        let number = |position: u64| i64::try_from(position).unwrap_or(i64::MAX);
        let ends = self.files.iter().filter(|split| self.watch.is_some() && split.is_read());
        let ends = ends.filter_map(|split| Some((format!("{}{END_MARK}", split.name), number(split.end?))));
        self.files.iter().map(|split| (split.name.to_string(), number(split.next))).chain(ends).collect()
    }

    fn splits(&self) -> Vec<String> {
        self.files.iter().map(|split| split.name.to_string()).collect()
    }

    fn has_one_watermark(&self) -> bool {
        true
    }

    fn lag(&self) -> Vec<SplitLag> {
        let number = |position: u64| i64::try_from(position).unwrap_or(i64::MAX);
        let lag = |split: &FileSplit| SplitLag {
            split: split.name.to_string(),
            position: number(split.next),
            end: split.end.filter(|end| *end > 0).map(number),
        };
        self.files.iter().map(lag).collect()
    }
}
