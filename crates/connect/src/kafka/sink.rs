//! Writes rows into a topic of the platform's own log, exactly once: what is written is staged, and shows up with the
//! checkpoint.

use std::sync::Arc;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{Int64Type, TimestampMillisecondType};
use arrow::{compute, datatypes as ar};
use yeoul_base::{Clock, PartitionId, Timestamp};
use yeoul_engine::catalog::TableSpec;
use yeoul_engine::sink::{Prepared, Restored, Sink, SinkError};
use yeoul_format::{BatchRows, EncodeError, Format, FormatError, RowEncoder};
use yeoul_row::{RowBatch, RowKind, RowType};

use super::metadata::written_place;
use super::murmur::partition_of;
use super::options::{KafkaOptions, Partitioner};
use super::staging::{NewRecord, Staging};

/// Writes one branch into one topic.
pub(crate) struct KafkaSink {
    table: String,
    staging: Staging,
    value: Encoded,
    key: Option<Encoded>,
    timestamp: Option<usize>,
    headers: Option<usize>,
    partitioner: Partitioner,
    /// Whether rows are upserts by their key: one that goes is a record without a value.
    upsert: bool,
    /// The partition of the next row without a key.
    turn: i32,
    clock: Arc<dyn Clock>,
}

/// Some of the columns, and how they become bytes.
struct Encoded {
    columns: Vec<usize>,
    encoder: RowEncoder,
    /// Whether the format ends a row itself with a line feed, which a record doesn't need.
    ends_line: bool,
}

impl Encoded {
    fn new(format: &Format, columns: Vec<usize>, row: &RowType) -> Result<Encoded, FormatError> {
        let ends_line = matches!(format, Format::Csv(_));
        Ok(Encoded { columns, encoder: RowEncoder::of_records(format, row)?, ends_line })
    }

    /// What of a row's bytes goes into a record.
    fn trim<'a>(&self, bytes: &'a [u8]) -> &'a [u8] {
        bytes.strip_suffix(b"\n").filter(|_| self.ends_line).unwrap_or(bytes)
    }
}

/// A record's headers, in a form that can be lent.
type OwnedHeaders = Vec<(String, Option<Vec<u8>>)>;

impl KafkaSink {
    pub(crate) fn new(
        table: &TableSpec,
        options: &KafkaOptions,
        staging: Staging,
        clock: Arc<dyn Clock>,
    ) -> Result<KafkaSink, FormatError> {
        let layout = &options.layout;
        let fields = layout.value_columns.iter().filter_map(|place| table.physical.fields.get(*place).cloned());
        let value = Encoded::new(&layout.value, layout.value_columns.clone(), &RowType::new(fields.collect()))?;
        let key = match &layout.key {
            Some(key) => Some(Encoded::new(&key.format, key.columns.clone(), &key.row)?),
            None => None,
        };
        Ok(KafkaSink {
            table: table.name.clone(),
            staging,
            value,
            key,
            timestamp: written_place(table, "timestamp"),
            headers: written_place(table, "headers"),
            partitioner: options.partitioner,
            upsert: options.upsert,
            turn: 0,
            clock,
        })
    }

    fn partition(&self, key: Option<&[u8]>) -> PartitionId {
        match (self.partitioner, key) {
            (Partitioner::Fixed, _) => PartitionId(0),
            (Partitioner::Default, Some(key)) => partition_of(key, self.staging.partitions()),
            _ => PartitionId(self.turn),
        }
    }

    fn next_turn(&mut self) {
        self.turn = (self.turn + 1) % self.staging.partitions().max(1);
    }

    fn fault(&self, error: &dyn std::fmt::Display) -> SinkError {
        SinkError::Row(format!("table `{}`: {error}", self.table))
    }

    fn timestamps(&self, batch: &RecordBatch) -> Result<Option<Vec<Option<i64>>>, SinkError> {
        let Some(column) = self.timestamp.and_then(|place| batch.columns().get(place)) else { return Ok(None) };
        let millis = ar::DataType::Timestamp(ar::TimeUnit::Millisecond, None);
        let millis = compute::cast(column, &millis).map_err(|error| self.fault(&error))?;
        let values = millis.as_primitive_opt::<TimestampMillisecondType>();
        let values = values.map(|values| values.reinterpret_cast::<Int64Type>());
        Ok(values.map(|values| values.iter().collect()))
    }

    fn headers_of(&self, batch: &RecordBatch, row: usize) -> OwnedHeaders {
        let column = self.headers.and_then(|place| batch.columns().get(place));
        column.and_then(|column| header_list(column.as_ref(), row)).unwrap_or_default()
    }

    fn write_rows(&mut self, batch: &RecordBatch, kind: impl Fn(usize) -> RowKind) -> Result<(), SinkError> {
        let value_batch = part_of(batch, &self.value.columns).map_err(|error| self.fault(&error))?;
        let key_batch = match &self.key {
            Some(key) => Some(part_of(batch, &key.columns).map_err(|error| self.fault(&error))?),
            None => None,
        };
        let timestamps = self.timestamps(batch)?;
        let value_encoder = self.value.encoder.clone();
        let values = value_encoder.bind(&value_batch).map_err(|error| self.fault(&error))?;
        let key_encoder = self.key.as_ref().map(|key| key.encoder.clone());
        let keys = match (&key_encoder, &key_batch) {
            (Some(encoder), Some(batch)) => Some(encoder.bind(batch).map_err(|error| self.fault(&error))?),
            _ => None,
        };
        let now = self.clock.now();
        let (mut value, mut key) = (Vec::new(), Vec::new());
        for row in 0..batch.num_rows() {
            // A row that is replaced right behind needs no tombstone; one whose replacement a filter left out does.
            if kind(row) == RowKind::UpdateBefore
                && row + 1 < batch.num_rows()
                && kind(row + 1) == RowKind::UpdateAfter
                && same_key(keys.as_ref(), row).map_err(|error| self.fault(&error))?
            {
                continue;
            }
            value.clear();
            key.clear();
            let has_value = kind(row).adds() && values.write(row, &mut value).map_err(|error| self.fault(&error))?;
            let has_key = match &keys {
                Some(keys) => keys.write(row, &mut key).map_err(|error| self.fault(&error))?,
                None => false,
            };
            let key = self.key.as_ref().filter(|_| has_key).map(|encoded| encoded.trim(&key));
            let timestamp = timestamps.as_ref().and_then(|times| times.get(row).copied().flatten());
            let headers = self.headers_of(batch, row);
            let headers: Vec<(&str, Option<&[u8]>)> =
                headers.iter().map(|(name, value)| (name.as_str(), value.as_deref())).collect();
            let record = NewRecord {
                key,
                value: has_value.then(|| self.value.trim(&value)),
                timestamp: timestamp.map_or(now, Timestamp),
                headers: &headers,
            };
            let partition = self.partition(key);
            let ended = self.staging.push(partition, &record)?;
            if ended || self.partitioner == Partitioner::RoundRobin {
                self.next_turn();
            }
        }
        Ok(())
    }
}

/// Whether a row and the next one have the same key.
fn same_key(keys: Option<&BatchRows<'_>>, row: usize) -> Result<bool, EncodeError> {
    let Some(keys) = keys else { return Ok(false) };
    let (mut own, mut next) = (Vec::new(), Vec::new());
    keys.write(row, &mut own)?;
    keys.write(row + 1, &mut next)?;
    Ok(own == next)
}

/// Some columns of a batch.
fn part_of(batch: &RecordBatch, columns: &[usize]) -> Result<RecordBatch, arrow::error::ArrowError> {
    batch.project(columns)
}

fn header_list(column: &dyn Array, row: usize) -> Option<OwnedHeaders> {
    let map = column.as_map_opt().filter(|map| map.is_valid(row))?;
    let entries = map.value(row);
    let (keys, values) = (entries.column(0).as_string_opt::<i32>()?, entries.column(1).as_binary_opt::<i32>()?);
    let value = |entry: usize| values.is_valid(entry).then(|| values.value(entry).to_vec());
    Some((0..entries.len()).map(|entry| (keys.value(entry).to_owned(), value(entry))).collect())
}

impl Sink for KafkaSink {
    fn open(&mut self, _restored: Restored) -> Result<(), SinkError> {
        Ok(())
    }

    fn write(&mut self, batch: &RowBatch) -> Result<(), SinkError> {
        let kinds = batch.kinds.as_ref().filter(|_| !self.upsert);
        if let Some(kind) = kinds.and_then(|kinds| kinds.iter().find(|kind| **kind != RowKind::Insert)) {
            return Err(self.fault(&format!("a `{}` row came, but the topic takes new rows only", kind.text())));
        }
        self.write_rows(&batch.columns, |row| batch.kind(row))
    }

    fn prepare(&mut self, _last: bool) -> Result<Prepared, SinkError> {
        let outputs = self.staging.flush()?;
        self.next_turn();
        Ok(Prepared { outputs, ..Prepared::default() })
    }

    fn committed(&mut self) -> Result<(), SinkError> {
        Ok(())
    }
}
