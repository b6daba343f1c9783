//! Rows of bytes into record batches: one [`RowDecoder`] for every format that is read row by row.

use arrow::array::{RecordBatch, RecordBatchOptions};
use arrow::datatypes::SchemaRef;
use arrow::error::ArrowError;
use yeoul_row::{LogicalType, RowType};

use crate::column::{Column, Data, columns_of};
use crate::csv_decode::CsvDecoder;
use crate::error::{FormatError, RowError};
use crate::json_decode::{JsonDecoder, RowPlan};
use crate::json_scan::Scanner;
use crate::options::{Format, JsonOptions, RawOptions};

/// The most bytes that the rows of one batch come from. A column's text can be six times as long (escapes that were
/// written out), which must stay below the 2 GiB that Arrow's offsets reach.
const BATCH_BYTES_MAX: usize = 256 << 20;
/// U+FEFF in UTF-8.
pub(crate) const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Decodes rows into columns.
///
/// Invariant: all columns have the same number of values whenever [`push`](RowDecoder::push) is not running; a row that fails leaves no
/// trace.
pub struct RowDecoder {
    kind: Kind,
    columns: Vec<Column>,
    schema: SchemaRef,
    rows: usize,
    pushed: usize,
    bytes: usize,
    scratch: Vec<u8>,
}

enum Kind {
    Json(JsonOptions, RowPlan),
    Csv(CsvDecoder),
    Raw(RawOptions),
}

impl RowDecoder {
    /// A decoder of rows of the table `row`, of which the columns at `projection` are decoded, in that order, each
    /// once.
    ///
    /// # Errors
    /// A column that the format can't carry, or a format that isn't read row by row.
    pub fn new(format: &Format, row: &RowType, projection: &[usize]) -> Result<RowDecoder, FormatError> {
        format.check(row)?;
        let fields = projection.iter().filter_map(|place| row.fields.get(*place).cloned());
        let projected = RowType::new(fields.collect());
        let kind = match format {
            Format::Json(options) => Kind::Json(options.clone(), RowPlan::new(&projected)),
            Format::Csv(options) => {
                let slots = (0..row.fields.len()).map(|column| projection.iter().position(|place| *place == column));
                Kind::Csv(CsvDecoder::new(options.clone(), slots.collect()))
            }
            Format::Raw(options) => Kind::Raw(options.clone()),
            Format::Parquet(_) => {
                return Err(FormatError {
                    key: String::new(),
                    message: "format `parquet` is of files, not of rows".to_owned(),
                    help: "read `json` or `csv`".to_owned(),
                });
            }
        };
        let (columns, schema) = (columns_of(&projected), projected.to_arrow());
        Ok(RowDecoder { kind, columns, schema, rows: 0, pushed: 0, bytes: 0, scratch: Vec::new() })
    }

    /// The same decoder for readers that want, of the rows in column `i`, nothing but the fields at `fields[i]` (`None`: all).
    /// What the others hold is checked where the format is `json`, and left out; in their place stand values without meaning.
    #[must_use]
    pub fn reading(mut self, fields: &[Option<Vec<usize>>]) -> RowDecoder {
        if matches!(self.kind, Kind::Json(..)) {
            for (column, fields) in self.columns.iter_mut().zip(fields) {
                if let (Data::Row(all, ..), Some(wanted)) = (&mut column.data, fields) {
                    let unread = all.iter_mut().enumerate().filter(|(place, _)| !wanted.contains(place));
                    unread.for_each(|(_, field)| field.leave_out());
                }
            }
        }
        self
    }

    /// The columns that it makes.
    #[must_use]
    pub fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// Decodes one row, or the rows of a JSON array ([`pushed`](RowDecoder::pushed) says how many); false if the bytes hold none
    /// (an empty text, a CSV comment).
    ///
    /// # Errors
    /// What is wrong with the row, of which nothing is kept; also if the batch would come from more than 256 MiB.
    pub fn push(&mut self, bytes: &[u8]) -> Result<bool, RowError> {
        if self.bytes.saturating_add(bytes.len()) > BATCH_BYTES_MAX {
            return Err(RowError::new("too large for its batch", 0));
        }
        match self.decode(bytes) {
            Ok(rows) => {
                self.pushed = rows;
                self.rows += rows;
                self.bytes += bytes.len();
                Ok(rows > 0)
            }
            Err(error) => {
                let rows = self.rows;
                self.columns.iter_mut().for_each(|column| column.truncate(rows));
                Err(error)
            }
        }
    }

    /// How many rows the bytes hold, all of which are appended.
    fn decode(&mut self, bytes: &[u8]) -> Result<usize, RowError> {
        match &mut self.kind {
            Kind::Json(..) if bytes.is_empty() => Ok(0),
            Kind::Json(options, plan) => {
                let bytes = past_mark(bytes);
                check_utf8(bytes)?;
                let mut decoder = JsonDecoder { scanner: Scanner::new(bytes), options, scratch: &mut self.scratch };
                decoder.rows(plan, &mut self.columns, self.rows)
            }
            Kind::Csv(decoder) => {
                let bytes = past_mark(bytes);
                check_utf8(bytes)?;
                decoder.row(bytes, &mut self.columns, self.rows).map(usize::from)
            }
            Kind::Raw(options) => {
                self.columns.first_mut().map_or(Ok(()), |column| raw(bytes, column, options))?;
                Ok(1)
            }
        }
    }

    /// How many rows the last successful [`push`](RowDecoder::push) or [`push_absent`](RowDecoder::push_absent) added.
    #[must_use]
    pub fn pushed(&self) -> usize {
        self.pushed
    }

    /// Decodes an absent value (a Kafka record without one): a NULL in `raw`, nothing elsewhere, as in Flink.
    pub fn push_absent(&mut self) -> bool {
        let takes = matches!(self.kind, Kind::Raw(_));
        self.pushed = usize::from(takes);
        if takes {
            self.push_nulls();
        }
        takes
    }

    /// Adds a row of NULLs.
    pub fn push_nulls(&mut self) {
        self.columns.iter_mut().for_each(Column::push_null);
        self.rows += 1;
    }

    /// Takes the last row back.
    pub fn undo(&mut self) {
        self.rows = self.rows.saturating_sub(1);
        let rows = self.rows;
        self.columns.iter_mut().for_each(|column| column.truncate(rows));
    }

    /// How many rows were decoded since the last [`finish`](RowDecoder::finish).
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// How many bytes these rows came from: a measure for what the batch holds.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// The rows decoded since the last call.
    ///
    /// # Errors
    /// Arrow's, which would be a mistake of this crate.
    pub fn finish(&mut self) -> Result<RecordBatch, ArrowError> {
        let arrays = self.columns.iter_mut().map(Column::finish).collect::<Result<Vec<_>, _>>()?;
        let options = RecordBatchOptions::new().with_row_count(Some(std::mem::take(&mut self.rows)));
        self.bytes = 0;
        RecordBatch::try_new_with_options(self.schema.clone(), arrays, &options)
    }
}

/// The bytes behind a byte order mark, which some programs write in front of a text.
fn past_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes)
}

fn check_utf8(bytes: &[u8]) -> Result<(), RowError> {
    match std::str::from_utf8(bytes) {
        Ok(_) => Ok(()),
        Err(error) => Err(RowError::new("not UTF-8", error.valid_up_to())),
    }
}

fn raw(bytes: &[u8], column: &mut Column, options: &RawOptions) -> Result<(), RowError> {
    let fault =
        |logical: &LogicalType| RowError::new(format!("{} bytes are not a `{logical}`", bytes.len()), bytes.len());
    let logical = column.logical.clone();
    match &mut column.data {
        Data::Text(texts) => {
            check_utf8(bytes)?;
            texts.push(bytes);
        }
        Data::Bytes(texts) => texts.push(bytes),
        Data::Boolean(values, valid) => {
            let [byte] = bytes else { return Err(fault(&logical)) };
            values.append(*byte != 0);
            valid.append_non_null();
        }
        Data::TinyInt(values) => values.push(i8::from_be_bytes(number(bytes, options).ok_or_else(|| fault(&logical))?)),
        Data::SmallInt(values) => {
            values.push(i16::from_be_bytes(number(bytes, options).ok_or_else(|| fault(&logical))?))
        }
        Data::Int(values) => values.push(i32::from_be_bytes(number(bytes, options).ok_or_else(|| fault(&logical))?)),
        Data::BigInt(values) => values.push(i64::from_be_bytes(number(bytes, options).ok_or_else(|| fault(&logical))?)),
        Data::Float(values) => values.push(f32::from_be_bytes(number(bytes, options).ok_or_else(|| fault(&logical))?)),
        Data::Double(values) => values.push(f64::from_be_bytes(number(bytes, options).ok_or_else(|| fault(&logical))?)),
        _ => return Err(fault(&logical)),
    }
    Ok(())
}

/// Exactly `N` bytes, the highest first.
fn number<const N: usize>(bytes: &[u8], options: &RawOptions) -> Option<[u8; N]> {
    let mut bytes: [u8; N] = bytes.try_into().ok()?;
    if !options.big_endian {
        bytes.reverse();
    }
    Some(bytes)
}
