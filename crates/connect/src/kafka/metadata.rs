//! What a record says besides key and value, as columns: the metadata keys of Flink's `kafka` connector.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BinaryBuilder, Int32Array, Int64Array, MapBuilder, MapFieldNames, StringArray, StringBuilder,
    TimestampMillisecondArray,
};
use arrow::compute;
use arrow::error::ArrowError;
use yeoul_engine::catalog::{MetadataColumn, OptionError, TableSpec};
use yeoul_format::suggest;
use yeoul_log::batch::{BatchHeader, Record};
use yeoul_row::{DataType, LogicalType};

use crate::options::fault;

/// The keys that a scan offers, with their types.
pub(crate) fn readable() -> Vec<(&'static str, DataType)> {
    let headers = LogicalType::Map(Box::new(LogicalType::STRING.not_null()), Box::new(LogicalType::BYTES.nullable()));
    vec![
        ("topic", LogicalType::STRING.not_null()),
        ("partition", LogicalType::Int.not_null()),
        ("headers", headers.not_null()),
        ("leader-epoch", LogicalType::Int.nullable()),
        ("offset", LogicalType::BigInt.not_null()),
        ("timestamp", LogicalType::TimestampLtz(3).not_null()),
        ("timestamp-type", LogicalType::STRING.not_null()),
    ]
}

/// The keys that a sink writes, with their types.
pub(crate) fn writable() -> Vec<(&'static str, DataType)> {
    let keys = readable().into_iter().filter(|(key, _)| matches!(*key, "headers" | "timestamp"));
    keys.map(|(key, data_type)| (key, data_type.with_nullable(true))).collect()
}

/// Checks the metadata columns of a table that is read against the keys on offer. Their types are the planner's: it casts what the
/// connector doesn't.
pub(crate) fn check_names<'a>(
    mut columns: impl Iterator<Item = &'a MetadataColumn>,
    offered: &[(&'static str, DataType)],
) -> Result<(), OptionError> {
    columns.try_for_each(|column| offered_type(column, offered).map(drop))
}

fn offered_type<'a>(
    column: &MetadataColumn,
    offered: &'a [(&'static str, DataType)],
) -> Result<&'a DataType, OptionError> {
    let known: Vec<&str> = offered.iter().map(|(key, _)| *key).collect();
    let found = offered.iter().find(|(key, _)| *key == column.key);
    found.map(|(_, data_type)| data_type).ok_or_else(|| {
        let message = format!("column `{}`: the connector has no metadata `{}`", column.name, column.key);
        fault("connector", message, suggest(&column.key, &known))
    })
}

/// Checks the metadata columns of a table that is written against the keys on offer.
pub(crate) fn check<'a>(
    columns: impl Iterator<Item = &'a MetadataColumn>,
    offered: &[(&'static str, DataType)],
) -> Result<(), OptionError> {
    for column in columns {
        let data_type = offered_type(column, offered)?;
        if !casts(&data_type.logical, &column.data_type.logical) {
            let message = format!(
                "column `{}` is `{}`, but metadata `{}` is `{data_type}`",
                column.name, column.data_type, column.key
            );
            return Err(fault("connector", message, format!("declare it as `{}`", data_type.logical)));
        }
    }
    Ok(())
}

/// Whether the connector casts metadata of one type to another.
fn casts(from: &LogicalType, to: &LogicalType) -> bool {
    match (from, to) {
        (LogicalType::TimestampLtz(_), LogicalType::TimestampLtz(_)) => true,
        (LogicalType::Int | LogicalType::BigInt, to) => to.is_integer() || *to == LogicalType::STRING,
        (LogicalType::Map(..), LogicalType::Map(key, value)) => {
            key.logical == LogicalType::STRING && value.logical == LogicalType::BYTES
        }
        _ => from == to,
    }
}

/// The metadata of the rows of one batch, for one column.
pub(crate) struct MetadataBuilder {
    data_type: LogicalType,
    values: Values,
}

enum Values {
    Topic(Arc<str>, usize),
    Partition(i32, usize),
    Headers(Box<MapBuilder<StringBuilder, BinaryBuilder>>),
    LeaderEpoch(Vec<i32>),
    Offset(Vec<i64>),
    Timestamp(Vec<i64>),
    TimestampType(Vec<bool>),
}

impl MetadataBuilder {
    /// A builder for records of one partition; none for an unknown key.
    pub(crate) fn new(column: &MetadataColumn, topic: &Arc<str>, partition: i32) -> Option<MetadataBuilder> {
        let values = match column.key.as_str() {
            "topic" => Values::Topic(topic.clone(), 0),
            "partition" => Values::Partition(partition, 0),
            "headers" => Values::Headers(Box::new(headers_builder())),
            "leader-epoch" => Values::LeaderEpoch(Vec::new()),
            "offset" => Values::Offset(Vec::new()),
            "timestamp" => Values::Timestamp(Vec::new()),
            "timestamp-type" => Values::TimestampType(Vec::new()),
            _ => return None,
        };
        Some(MetadataBuilder { data_type: column.data_type.logical.clone(), values })
    }

    /// Adds what a record says.
    pub(crate) fn push(&mut self, header: &BatchHeader, record: &Record<'_>) -> Result<(), ArrowError> {
        match &mut self.values {
            Values::Topic(_, rows) | Values::Partition(_, rows) => *rows += 1,
            Values::LeaderEpoch(epochs) => epochs.push(header.leader_epoch),
            Values::Offset(offsets) => offsets.push(header.base_offset.0 + i64::from(record.offset_delta)),
            Values::Timestamp(times) => times.push(record.timestamp.0),
            Values::TimestampType(types) => types.push(header.has_log_append_time()),
            Values::Headers(builder) => push_headers(builder, record)?,
        }
        Ok(())
    }

    /// The column, in the type that the table declares.
    pub(crate) fn finish(self) -> Result<ArrayRef, ArrowError> {
        let array: ArrayRef = match self.values {
            Values::Topic(topic, rows) => Arc::new(StringArray::from_iter_values(std::iter::repeat_n(&*topic, rows))),
            Values::Partition(partition, rows) => Arc::new(Int32Array::from(vec![partition; rows])),
            Values::LeaderEpoch(epochs) => Arc::new(Int32Array::from(epochs)),
            Values::Offset(offsets) => Arc::new(Int64Array::from(offsets)),
            Values::Timestamp(times) => Arc::new(TimestampMillisecondArray::from(times).with_timezone("UTC")),
            Values::TimestampType(types) => {
                let names = types.iter().map(|appended| if *appended { "LogAppendTime" } else { "CreateTime" });
                Arc::new(StringArray::from_iter_values(names))
            }
            Values::Headers(mut builder) => Arc::new(builder.finish()),
        };
        compute::cast(&array, &self.data_type.to_arrow())
    }
}

fn headers_builder() -> MapBuilder<StringBuilder, BinaryBuilder> {
    let names = MapFieldNames { entry: "entries".to_owned(), key: "key".to_owned(), value: "value".to_owned() };
    MapBuilder::new(Some(names), StringBuilder::new(), BinaryBuilder::new())
}

/// A header's key that comes again: the last counts, as in the map that Flink makes.
fn push_headers(builder: &mut MapBuilder<StringBuilder, BinaryBuilder>, record: &Record<'_>) -> Result<(), ArrowError> {
    let headers: Vec<_> = record.headers.collect();
    for (place, header) in headers.iter().enumerate() {
        if headers.iter().skip(place + 1).any(|later| later.key == header.key) {
            continue;
        }
        builder.keys().append_value(String::from_utf8_lossy(header.key));
        builder.values().append_option(header.value);
    }
    builder.append(true)
}

/// The place of a written metadata column among what a sink is given.
pub(crate) fn written_place(table: &TableSpec, key: &str) -> Option<usize> {
    let mut written = table.metadata.iter().filter(|column| !column.is_virtual);
    written.position(|column| column.key == key).map(|place| table.physical.fields.len() + place)
}
