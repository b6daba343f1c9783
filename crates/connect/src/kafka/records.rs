//! Records of one partition into columns: value, key and metadata, put together as the scan's projection wants them.

use std::sync::Arc;

use arrow::array::{ArrayRef, BinaryArray, BinaryBuilder, Int64Array, RecordBatch, RecordBatchOptions};
use arrow::datatypes::SchemaRef;
use arrow::error::ArrowError;
use bytes::Bytes;
use yeoul_engine::catalog::{MetadataColumn, TableSpec};
use yeoul_engine::source::{Failure, SourceBatch};
use yeoul_format::{FormatError, RowDecoder, RowError};
use yeoul_log::batch::{BatchHeader, Record};
use yeoul_row::RowType;

use super::metadata::MetadataBuilder;
use super::options::Layout;

/// Where a column of the scan comes from.
#[derive(Clone, Debug)]
enum Column {
    /// Its place among the decoded columns of the value.
    Value(usize),
    /// Its place among the decoded columns of the key.
    Key(usize),
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
}

/// The records of one poll, decoded so far.
pub(crate) struct Gathered {
    split: Arc<str>,
    metadata: Vec<MetadataBuilder>,
    positions: Vec<i64>,
    raw: Option<BinaryBuilder>,
    failed: Vec<Failure>,
    ignored: u64,
}

impl RecordColumns {
    pub(crate) fn new(
        table: &TableSpec,
        layout: &Layout,
        projection: &[usize],
        fields: &[Option<Vec<usize>>],
        keep_raw: bool,
    ) -> Result<RecordColumns, FormatError> {
        let physical = table.physical.fields.len();
        let (mut value, mut key, mut metadata) = (Vec::new(), Vec::new(), Vec::new());
        let mut columns = Vec::new();
        let mut value_fields = Vec::new();
        for (at, place) in projection.iter().enumerate() {
            let in_value = layout.value_columns.iter().position(|column| column == place);
            let in_key = layout.key.as_ref().and_then(|key| key.columns.iter().position(|column| column == place));
            columns.push(match (in_value, in_key) {
                (Some(column), _) => {
                    value_fields.push(fields.get(at).cloned().flatten());
                    Column::Value(added(&mut value, column))
                }
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
        Ok(RecordColumns { value, key, metadata, columns, schema, keep_raw })
    }

    /// Begins a batch of records of one partition.
    pub(crate) fn begin(&self, split: &Arc<str>, topic: &Arc<str>, partition: i32) -> Gathered {
        let metadata = self.metadata.iter().filter_map(|column| MetadataBuilder::new(column, topic, partition));
        let raw = self.keep_raw.then(BinaryBuilder::new);
        let (split, metadata) = (split.clone(), metadata.collect());
        Gathered { split, metadata, positions: Vec::new(), raw, failed: Vec::new(), ignored: 0 }
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
        for _ in 0..pushed {
            gathered.positions.push(header.base_offset.0 + i64::from(record.offset_delta));
            if let Some(raw) = &mut gathered.raw {
                raw.append_value(record.value.unwrap_or_default());
            }
            gathered.metadata.iter_mut().try_for_each(|column| column.push(header, record))?;
        }
        Ok(Ok(()))
    }

    /// Decodes value and key, both or none; returns the record's rows: none without a value (as Flink has it), several
    /// where the value is a JSON array.
    fn decode(&mut self, record: &Record<'_>) -> Result<usize, RowError> {
        let Some(rows) = self.decode_key(record)? else { return self.decode_value(record) };
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
        let columns = self.columns.iter().filter_map(|column| column_of(column, &value, key.as_ref(), &metadata));
        let options = RecordBatchOptions::new().with_row_count(Some(gathered.positions.len()));
        let columns = RecordBatch::try_new_with_options(self.schema.clone(), columns.collect(), &options)?;
        Ok(SourceBatch {
            split: gathered.split,
            columns,
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

fn column_of(
    column: &Column,
    value: &RecordBatch,
    key: Option<&RecordBatch>,
    metadata: &[ArrayRef],
) -> Option<ArrayRef> {
    match column {
        Column::Value(place) => value.columns().get(*place).cloned(),
        Column::Key(place) => key?.columns().get(*place).cloned(),
        Column::Metadata(place) => metadata.get(*place).cloned(),
    }
}

/// Adds to a list; returns the place.
fn added(list: &mut Vec<usize>, item: usize) -> usize {
    list.push(item);
    list.len() - 1
}

/// Decodes a record's key, NULLs if there is none; returns how many rows that makes.
fn push_key(decoder: &mut RowDecoder, record: &Record<'_>) -> Result<usize, RowError> {
    let pushed = record.key.map_or(Ok(false), |key| decoder.push(key)).map_err(in_key)?;
    if pushed {
        return Ok(decoder.pushed());
    }
    decoder.push_nulls();
    Ok(1)
}

fn in_key(error: RowError) -> RowError {
    RowError { reason: format!("key: {}", error.reason), at: error.at }
}
