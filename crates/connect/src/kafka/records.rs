//! Records of one partition into columns: value, key and metadata, put together as the scan's projection wants them.

use std::sync::Arc;

use arrow::array::{ArrayRef, BinaryArray, BinaryBuilder, BooleanArray, Int64Array, RecordBatch, RecordBatchOptions};
use arrow::compute::kernels::zip::zip;
use arrow::datatypes::SchemaRef;
use arrow::error::ArrowError;
use bytes::Bytes;
use yeoul_engine::catalog::{MetadataColumn, TableSpec};
use yeoul_engine::source::{Failure, SourceBatch};
use yeoul_format::{Format, FormatError, RowDecoder, RowError};
use yeoul_log::batch::{BatchHeader, Record};
use yeoul_row::{RowKind, RowType};

use super::metadata::MetadataBuilder;
use super::options::KafkaOptions;

/// Where a column of the scan comes from.
#[derive(Clone, Debug)]
enum Column {
    /// Its place among the decoded columns of the value.
    Value(usize),
    /// Its place among the decoded columns of the key.
    Key(usize),
    /// In the value and, where a record has none, in the key: its places there.
    Both(usize, usize),
    /// Its place among the metadata columns that are read.
    Metadata(usize),
}

/// What a scan makes of records.
pub(crate) struct RecordColumns {
    value: RowDecoder,
    key: Option<RowDecoder>,
    metadata: Vec<MetadataColumn>,
    columns: Vec<Column>,
    schema: SchemaRef,
    keep_raw: bool,
    /// Whether records are upserts by their key.
    upsert: bool,
    /// Whether a record without a key gives no row, as in Flink: its format makes nothing of it.
    needs_key: bool,
}

/// The records of one poll, decoded so far.
pub(crate) struct Gathered {
    split: Arc<str>,
    metadata: Vec<MetadataBuilder>,
    positions: Vec<i64>,
    /// For upserts, each row's kind.
    kinds: Vec<RowKind>,
    raw: Option<BinaryBuilder>,
    failed: Vec<Failure>,
    ignored: u64,
}

impl RecordColumns {
    pub(crate) fn new(
        table: &TableSpec,
        options: &KafkaOptions,
        projection: &[usize],
        fields: &[Option<Vec<usize>>],
        keep_raw: bool,
    ) -> Result<RecordColumns, FormatError> {
        let (physical, layout) = (table.physical.fields.len(), &options.layout);
        let (mut value, mut key, mut metadata) = (Vec::new(), Vec::new(), Vec::new());
        let (mut columns, mut value_fields) = (Vec::new(), Vec::new());
        for (at, place) in projection.iter().enumerate() {
            let in_value = layout.value_columns.iter().position(|column| column == place);
            let in_key = layout.key.as_ref().and_then(|key| key.columns.iter().position(|column| column == place));
            if in_value.is_some() {
                value_fields.push(fields.get(at).cloned().flatten());
            }
            columns.push(match (in_value, in_key) {
                (Some(column), Some(key_column)) if options.upsert => {
                    Column::Both(added(&mut value, column), added(&mut key, key_column))
                }
                (Some(column), _) => Column::Value(added(&mut value, column)),
                (None, Some(column)) => Column::Key(added(&mut key, column)),
                (None, None) => Column::Metadata(added(&mut metadata, place.saturating_sub(physical))),
            });
        }
        let in_value = layout.value_columns.iter().filter_map(|place| table.physical.fields.get(*place).cloned());
        let value = RowDecoder::new(&layout.value, &RowType::new(in_value.collect()), &value)?.reading(&value_fields);
        let key = match &layout.key {
            Some(layout) if !key.is_empty() => Some(RowDecoder::new(&layout.format, &layout.row, &key)?),
            _ => None,
        };
        let metadata = metadata.into_iter().filter_map(|place| table.metadata.get(place).cloned()).collect();
        let readable = table.readable();
        let fields = projection.iter().filter_map(|place| readable.fields.get(*place).cloned()).collect();
        let schema = RowType::new(fields).to_arrow();
        let needs_key = layout.key.as_ref().is_some_and(|key| !matches!(key.format, Format::Raw(_)));
        Ok(RecordColumns { value, key, metadata, columns, schema, keep_raw, upsert: options.upsert, needs_key })
    }

    /// Begins a batch of records of one partition.
    pub(crate) fn begin(&self, split: &Arc<str>, topic: &Arc<str>, partition: i32) -> Gathered {
        let metadata = self.metadata.iter().filter_map(|column| MetadataBuilder::new(column, topic, partition));
        let raw = self.keep_raw.then(BinaryBuilder::new);
        let (split, metadata) = (split.clone(), metadata.collect());
        Gathered { split, metadata, positions: Vec::new(), kinds: Vec::new(), raw, failed: Vec::new(), ignored: 0 }
    }

    /// How many bytes the rows so far came from.
    pub(crate) fn bytes(&self) -> usize {
        self.value.bytes()
    }

    /// Decodes a record; the error is that of a row that can't be decoded.
    pub(crate) fn push(
        &mut self,
        gathered: &mut Gathered,
        header: &BatchHeader,
        record: &Record<'_>,
    ) -> Result<Result<(), RowError>, ArrowError> {
        let pushed = match self.decode(record) {
            Ok(pushed) => pushed,
            Err(error) => return Ok(Err(error)),
        };
        if pushed == 0 {
            gathered.ignore();
        }
        let kind = if record.value.is_some() { RowKind::UpdateAfter } else { RowKind::Delete };
        for _ in 0..pushed {
            if self.upsert {
                gathered.kinds.push(kind);
            }
            gathered.positions.push(header.base_offset.0 + i64::from(record.offset_delta));
            if let Some(raw) = &mut gathered.raw {
                raw.append_value(record.value.unwrap_or_default());
            }
            gathered.metadata.iter_mut().try_for_each(|column| column.push(header, record))?;
        }
        Ok(Ok(()))
    }

    /// Decodes value and key, both or none; returns the record's rows: none without a value (as Flink has it; but of upserts
    /// the row that goes), several where the value is a JSON array.
    fn decode(&mut self, record: &Record<'_>) -> Result<usize, RowError> {
        if self.needs_key && record.key.is_none_or(<[u8]>::is_empty) {
            return Ok(0);
        }
        let Some(rows) = self.decode_key(record)? else { return self.decode_value(record) };
        if rows == 0 {
            return Ok(0);
        }
        let decoded = self.decode_value(record);
        let wanted = *decoded.as_ref().unwrap_or(&0);
        if let Some(decoder) = &mut self.key {
            (wanted..rows).for_each(|_| decoder.undo());
            for _ in rows..wanted {
                push_key(decoder, record)?;
            }
        }
        decoded
    }

    fn decode_value(&mut self, record: &Record<'_>) -> Result<usize, RowError> {
        let pushed = match record.value {
            Some(value) => self.value.push(value)?,
            None if self.upsert => {
                self.value.push_nulls();
                return Ok(1);
            }
            None => self.value.push_absent(),
        };
        Ok(if pushed { self.value.pushed() } else { 0 })
    }

    /// The rows that the key added; nothing if keys aren't read.
    fn decode_key(&mut self, record: &Record<'_>) -> Result<Option<usize>, RowError> {
        self.key.as_mut().map(|decoder| push_key(decoder, record)).transpose()
    }

    /// Ends the batch.
    pub(crate) fn finish(&mut self, gathered: Gathered) -> Result<SourceBatch, ArrowError> {
        let value = self.value.finish()?;
        let key = self.key.as_mut().map(RowDecoder::finish).transpose()?;
        let metadata = gathered.metadata.into_iter().map(MetadataBuilder::finish).collect::<Result<Vec<_>, _>>()?;
        let parts = Parts { value: &value, key: key.as_ref(), metadata: &metadata, kinds: &gathered.kinds };
        let columns = self.columns.iter().filter_map(|column| parts.column(column).transpose());
        let columns = columns.collect::<Result<Vec<_>, _>>()?;
        let options = RecordBatchOptions::new().with_row_count(Some(gathered.positions.len()));
        let columns = RecordBatch::try_new_with_options(self.schema.clone(), columns, &options)?;
        Ok(SourceBatch {
            split: gathered.split,
            columns,
            kinds: self.upsert.then(|| gathered.kinds.into()),
            positions: Int64Array::from(gathered.positions),
            raw: gathered.raw.map(|mut raw| -> BinaryArray { raw.finish() }),
            failed: gathered.failed,
            ignored: gathered.ignored,
        })
    }
}

impl Gathered {
    /// How many records were taken in, decoded or failed.
    pub(crate) fn records(&self) -> usize {
        self.positions.len() + self.failed.len()
    }

    /// Counts a record that gives no row: one without a value, or one that the format is told to pass over.
    pub(crate) fn ignore(&mut self) {
        self.ignored += 1;
    }

    /// Puts a row that can't be decoded aside.
    pub(crate) fn fail(&mut self, cause: &'static str, reason: String, position: i64, raw: Option<&[u8]>) {
        let raw = Bytes::copy_from_slice(raw.unwrap_or_default());
        self.failed.push(Failure { cause, reason, split: self.split.clone(), position, raw });
    }
}

/// The columns that were decoded.
struct Parts<'a> {
    value: &'a RecordBatch,
    key: Option<&'a RecordBatch>,
    metadata: &'a [ArrayRef],
    kinds: &'a [RowKind],
}

impl Parts<'_> {
    fn column(&self, column: &Column) -> Result<Option<ArrayRef>, ArrowError> {
        let of_key = |place: usize| self.key.and_then(|key| key.columns().get(place)).cloned();
        Ok(match column {
            Column::Value(place) => self.value.columns().get(*place).cloned(),
            Column::Key(place) => of_key(*place),
            Column::Metadata(place) => self.metadata.get(*place).cloned(),
            Column::Both(place, key_place) => {
                let Some((value, key)) = self.value.columns().get(*place).zip(of_key(*key_place)) else {
                    return Ok(None);
                };
                if !self.kinds.contains(&RowKind::Delete) {
                    return Ok(Some(value.clone()));
                }
                let gone: BooleanArray = self.kinds.iter().map(|kind| Some(*kind == RowKind::Delete)).collect();
                Some(zip(&gone, &key, value)?)
            }
        })
    }
}

/// Adds to a list, unless it is there; returns the place.
fn added(list: &mut Vec<usize>, item: usize) -> usize {
    list.iter().position(|other| *other == item).unwrap_or_else(|| {
        list.push(item);
        list.len() - 1
    })
}

/// Decodes a record's key; returns how many rows that makes: none of a key that isn't there, but in `raw`.
fn push_key(decoder: &mut RowDecoder, record: &Record<'_>) -> Result<usize, RowError> {
    let pushed = match record.key {
        Some(key) => decoder.push(key).map_err(in_key)?,
        None => decoder.push_absent(),
    };
    Ok(if pushed { decoder.pushed() } else { 0 })
}

fn in_key(error: RowError) -> RowError {
    RowError { reason: format!("key: {}", error.reason), at: error.at }
}
