//! Rows of record batches into bytes: one [`RowEncoder`] for every format that is written row by row.

use std::sync::Arc;

use arrow::array::RecordBatch;
use yeoul_row::{DataType, Field, LogicalType, RowType};

use crate::error::{EncodeError, FormatError};
use crate::options::{Format, RawOptions};
use crate::view::{Value, View, views};
use crate::{csv_encode, json_encode};

/// Encodes rows of one table.
#[derive(Clone, Debug)]
pub struct RowEncoder {
    format: Format,
    row: RowType,
}

/// The rows of one batch, ready to be encoded.
pub struct BatchRows<'a> {
    format: &'a Format,
    fields: Vec<(String, View<'a>)>,
}

impl RowEncoder {
    /// An encoder of rows of these columns.
    ///
    /// # Errors
    /// A column that the format can't carry, or a format that isn't written row by row.
    pub fn new(format: &Format, row: &RowType) -> Result<RowEncoder, FormatError> {
        format.check(row)?;
        if matches!(format, Format::Parquet(_)) {
            let message = "format `parquet` writes files, not rows".to_owned();
            return Err(FormatError { key: String::new(), message, help: "write `json` or `csv`".to_owned() });
        }
        Ok(RowEncoder { format: format.clone(), row: row.clone() })
    }

    /// An encoder of records: as [`RowEncoder::new`], but CSV writes all digits of a decimal, as Flink's does in records and not in
    /// files.
    ///
    /// # Errors
    /// As [`RowEncoder::new`].
    pub fn of_records(format: &Format, row: &RowType) -> Result<RowEncoder, FormatError> {
        let mut encoder = RowEncoder::new(format, row)?;
        if let Format::Csv(options) = &mut encoder.format {
            options.plain_decimals = true;
        }
        Ok(encoder)
    }

    /// An encoder for people and programs that ask for rows: as [`RowEncoder::new`], and `VARIANT` and `BITMAP` are
    /// written as what they hold, which Flink's formats don't do.
    ///
    /// # Errors
    /// As [`RowEncoder::new`].
    pub fn shown(format: &Format, row: &RowType) -> Result<RowEncoder, FormatError> {
        let encoder = RowEncoder::new(format, &with_texts(row))?;
        Ok(RowEncoder { row: row.clone(), ..encoder })
    }

    /// The rows of a batch of these columns.
    ///
    /// # Errors
    /// Other columns than announced.
    pub fn bind<'a>(&'a self, batch: &'a RecordBatch) -> Result<BatchRows<'a>, EncodeError> {
        Ok(BatchRows { format: &self.format, fields: views(batch, &self.row)? })
    }

    /// What stands behind each row in a file: nothing for `csv`, whose rows end themselves.
    #[must_use]
    pub fn row_end(&self) -> &'static [u8] {
        if matches!(self.format, Format::Csv(_)) { b"" } else { b"\n" }
    }
}

impl BatchRows<'_> {
    /// Appends row `row`; false where the format carries it as an absent value (NULL in `raw`).
    ///
    /// # Errors
    /// A value that the format can't express; `out` may hold a part of the row then.
    pub fn write(&self, row: usize, out: &mut Vec<u8>) -> Result<bool, EncodeError> {
        match self.format {
            Format::Json(options) => json_encode::write_row(&self.fields, row, options, out).map(|()| true),
            Format::Csv(options) => csv_encode::write_row(&self.fields, row, options, out).map(|()| true),
            Format::Raw(options) => Ok(self.fields.first().is_some_and(|(_, view)| write_raw(view, row, options, out))),
            Format::Parquet(_) => Ok(false),
        }
    }
}

/// The same columns, texts in place of `VARIANT` and `BITMAP`.
fn with_texts(row: &RowType) -> RowType {
    let field = |field: &Field| Field::new(&field.name, with_text(&field.data_type));
    RowType::new(row.fields.iter().map(field).collect())
}

fn with_text(data_type: &DataType) -> DataType {
    let boxed = |inner: &DataType| Box::new(with_text(inner));
    let logical = match &data_type.logical {
        LogicalType::Variant | LogicalType::Bitmap => LogicalType::STRING,
        LogicalType::Array(element) => LogicalType::Array(boxed(element)),
        LogicalType::Map(key, value) => LogicalType::Map(key.clone(), boxed(value)),
        LogicalType::Row(row) => LogicalType::Row(Arc::new(with_texts(row))),
        other => other.clone(),
    };
    DataType { logical, nullable: data_type.nullable }
}

fn write_raw(view: &View<'_>, row: usize, options: &RawOptions, out: &mut Vec<u8>) -> bool {
    let number = |bytes: &[u8], out: &mut Vec<u8>| match options.big_endian {
        true => out.extend(bytes),
        false => out.extend(bytes.iter().rev()),
    };
    match (view.value(row), view) {
        (Value::Boolean(value), _) => out.push(u8::from(value)),
        (Value::Integer(value), View::TinyInt(_)) => number(&value.to_be_bytes()[7..], out),
        (Value::Integer(value), View::SmallInt(_)) => number(&value.to_be_bytes()[6..], out),
        (Value::Integer(value), View::Int(_)) => number(&value.to_be_bytes()[4..], out),
        (Value::Integer(value), _) => number(&value.to_be_bytes(), out),
        (Value::Float(value), _) => number(&value.to_be_bytes(), out),
        (Value::Double(value), _) => number(&value.to_be_bytes(), out),
        (Value::Text(text), _) => out.extend_from_slice(text.as_bytes()),
        (Value::Bytes(bytes), _) => out.extend_from_slice(bytes),
        _ => return false,
    }
    true
}
