//! Columns under construction. Unlike Arrow's builders they can be cut back, so that a row that turns out to be bad
//! in its last field leaves nothing behind.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BinaryArray, BooleanArray, BooleanBufferBuilder, Decimal128Array, ListArray, MapArray, NullArray,
    NullBufferBuilder, PrimitiveArray, StringArray, StructArray, TimestampMicrosecondArray, TimestampMillisecondArray,
    TimestampNanosecondArray,
};
use arrow::buffer::{Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow::datatypes::{self as ar, ArrowNativeType, ArrowPrimitiveType, TimeUnit};
use arrow::error::ArrowError;
use yeoul_row::{DataType, LogicalType, RowType};

/// Values of one type, and which of them are NULL.
pub(crate) struct Values<T> {
    values: Vec<T>,
    valid: NullBufferBuilder,
}

impl<T: Copy + Default> Values<T> {
    fn new() -> Values<T> {
        Values { values: Vec::new(), valid: NullBufferBuilder::new(0) }
    }

    fn zeros(rows: usize) -> Values<T> {
        let mut valid = NullBufferBuilder::new(0);
        valid.append_n_non_nulls(rows);
        Values { values: vec![T::default(); rows], valid }
    }

    pub(crate) fn push(&mut self, value: T) {
        self.values.push(value);
        self.valid.append_non_null();
    }

    fn push_nulls(&mut self, rows: usize) {
        self.values.resize(self.values.len() + rows, T::default());
        self.valid.append_n_nulls(rows);
    }

    fn truncate(&mut self, rows: usize) {
        self.values.truncate(rows);
        self.valid.truncate(rows);
    }
}

impl<T: ArrowNativeType> Values<T> {
    fn finish<P: ArrowPrimitiveType<Native = T>>(&mut self) -> PrimitiveArray<P> {
        // The next batch will be about as long.
        let capacity = self.values.len();
        let values = std::mem::replace(&mut self.values, Vec::with_capacity(capacity));
        let valid = self.valid.finish();
        PrimitiveArray::new(ScalarBuffer::from(values), valid)
    }
}

/// Texts or bytes, one behind the other.
pub(crate) struct Texts {
    bytes: Vec<u8>,
    offsets: Vec<i32>,
    valid: NullBufferBuilder,
}

impl Texts {
    fn new() -> Texts {
        Texts { bytes: Vec::new(), offsets: vec![0], valid: NullBufferBuilder::new(0) }
    }

    fn len(&self) -> usize {
        self.offsets.len() - 1
    }

    /// The buffer, to which a value's bytes are appended before [`end`](Texts::end).
    pub(crate) fn buffer(&mut self) -> &mut Vec<u8> {
        &mut self.bytes
    }

    /// Ends the value whose bytes were appended.
    pub(crate) fn end(&mut self) {
        self.offsets.push(offset(self.bytes.len()));
        self.valid.append_non_null();
    }

    pub(crate) fn push(&mut self, value: &[u8]) {
        self.bytes.extend_from_slice(value);
        self.end();
    }

    fn push_nulls(&mut self, rows: usize) {
        self.offsets.resize(self.offsets.len() + rows, offset(self.bytes.len()));
        self.valid.append_n_nulls(rows);
    }

    fn truncate(&mut self, rows: usize) {
        self.offsets.truncate(rows + 1);
        let end = self.offsets.last().copied().unwrap_or_default();
        self.bytes.truncate(usize::try_from(end).unwrap_or_default());
        self.valid.truncate(rows);
    }

    fn finish(&mut self) -> (OffsetBuffer<i32>, Buffer, Option<NullBuffer>) {
        let mut next = Vec::with_capacity(self.offsets.len());
        next.push(0);
        let offsets = std::mem::replace(&mut self.offsets, next);
        let capacity = self.bytes.len();
        let bytes = std::mem::replace(&mut self.bytes, Vec::with_capacity(capacity));
        (OffsetBuffer::new(ScalarBuffer::from(offsets)), Buffer::from_vec(bytes), self.valid.finish())
    }
}

/// An Arrow offset. A decoder ends its batch far below this limit (`BATCH_BYTES_MAX` of its callers).
fn offset(bytes: usize) -> i32 {
    i32::try_from(bytes).expect("a batch is cut long before it holds 2 GiB of text")
}

/// The rows of a list or a map: where each one's elements end.
pub(crate) struct Spans {
    offsets: Vec<i32>,
    valid: NullBufferBuilder,
}

impl Spans {
    fn new() -> Spans {
        Spans { offsets: vec![0], valid: NullBufferBuilder::new(0) }
    }

    fn len(&self) -> usize {
        self.offsets.len() - 1
    }

    /// Ends a value whose elements reach to `end`.
    pub(crate) fn end(&mut self, end: usize) {
        self.offsets.push(offset(end));
        self.valid.append_non_null();
    }

    fn push_nulls(&mut self, rows: usize) {
        let end = self.offsets.last().copied().unwrap_or_default();
        self.offsets.resize(self.offsets.len() + rows, end);
        self.valid.append_n_nulls(rows);
    }

    /// Cuts back to `rows` values; returns how many elements these have.
    fn truncate(&mut self, rows: usize) -> usize {
        self.offsets.truncate(rows + 1);
        self.valid.truncate(rows);
        usize::try_from(self.offsets.last().copied().unwrap_or_default()).unwrap_or_default()
    }

    fn finish(&mut self) -> (OffsetBuffer<i32>, Option<NullBuffer>) {
        let offsets = std::mem::replace(&mut self.offsets, vec![0]);
        (OffsetBuffer::new(ScalarBuffer::from(offsets)), self.valid.finish())
    }
}

/// What a column holds.
pub(crate) enum Data {
    Null(usize),
    Boolean(BooleanBufferBuilder, NullBufferBuilder),
    TinyInt(Values<i8>),
    SmallInt(Values<i16>),
    /// `INT`, months, days since 1970 and milliseconds of a day.
    Int(Values<i32>),
    /// `BIGINT`, milliseconds, and timestamps in the unit of their precision.
    BigInt(Values<i64>),
    Float(Values<f32>),
    Double(Values<f64>),
    Decimal(Values<i128>),
    Text(Texts),
    Bytes(Texts),
    List(Spans, Box<Column>),
    Map(Spans, Box<Column>, Box<Column>),
    /// Fields, which rows are there, and how many rows: the fields may lag behind by rows that are NULL
    /// ([`catch_up`]).
    Row(Vec<Column>, NullBufferBuilder, usize),
    /// So many values of a field that nobody reads ([`Column::leave_out`]): they are checked, not kept.
    Unread(usize),
}

/// A column under construction.
pub(crate) struct Column {
    /// The type of its values.
    pub(crate) logical: LogicalType,
    pub(crate) data: Data,
}

impl Column {
    /// An empty column of a type.
    pub(crate) fn new(data_type: &DataType) -> Column {
        Column { logical: data_type.logical.clone(), data: empty(&data_type.logical) }
    }

    /// How many values it has.
    pub(crate) fn len(&self) -> usize {
        match &self.data {
            Data::Null(rows) | Data::Row(_, _, rows) | Data::Unread(rows) => *rows,
            Data::Boolean(values, _) => values.len(),
            Data::TinyInt(values) => values.values.len(),
            Data::SmallInt(values) => values.values.len(),
            Data::Int(values) => values.values.len(),
            Data::BigInt(values) => values.values.len(),
            Data::Float(values) => values.values.len(),
            Data::Double(values) => values.values.len(),
            Data::Decimal(values) => values.values.len(),
            Data::Text(texts) | Data::Bytes(texts) => texts.len(),
            Data::List(spans, _) | Data::Map(spans, _, _) => spans.len(),
        }
    }

    pub(crate) fn push_null(&mut self) {
        self.push_nulls(1);
    }

    /// Appends NULLs; those of a row reach its fields when these are next needed.
    pub(crate) fn push_nulls(&mut self, rows: usize) {
        match &mut self.data {
            Data::Null(have) | Data::Unread(have) => *have += rows,
            Data::Boolean(values, valid) => {
                values.append_n(rows, false);
                valid.append_n_nulls(rows);
            }
            Data::TinyInt(values) => values.push_nulls(rows),
            Data::SmallInt(values) => values.push_nulls(rows),
            Data::Int(values) => values.push_nulls(rows),
            Data::BigInt(values) => values.push_nulls(rows),
            Data::Float(values) => values.push_nulls(rows),
            Data::Double(values) => values.push_nulls(rows),
            Data::Decimal(values) => values.push_nulls(rows),
            Data::Text(texts) | Data::Bytes(texts) => texts.push_nulls(rows),
            Data::List(spans, _) | Data::Map(spans, _, _) => spans.push_nulls(rows),
            Data::Row(_, valid, have) => {
                valid.append_n_nulls(rows);
                *have += rows;
            }
        }
    }

    /// Leaves the values of a field out that nobody reads; they are still checked as they come. Values of some types are
    /// decoded all the same.
    pub(crate) fn leave_out(&mut self) {
        let can = matches!(
            self.logical,
            LogicalType::Char(_)
                | LogicalType::Varchar(_)
                | LogicalType::Int
                | LogicalType::BigInt
                | LogicalType::Timestamp(_)
                | LogicalType::TimestampLtz(_)
        );
        if can {
            self.data = Data::Unread(0);
        }
    }

    /// Cuts the column back to its first `rows` values.
    pub(crate) fn truncate(&mut self, rows: usize) {
        match &mut self.data {
            Data::Null(have) | Data::Unread(have) => *have = rows.min(*have),
            Data::Boolean(values, valid) => {
                values.truncate(rows);
                valid.truncate(rows);
            }
            Data::TinyInt(values) => values.truncate(rows),
            Data::SmallInt(values) => values.truncate(rows),
            Data::Int(values) => values.truncate(rows),
            Data::BigInt(values) => values.truncate(rows),
            Data::Float(values) => values.truncate(rows),
            Data::Double(values) => values.truncate(rows),
            Data::Decimal(values) => values.truncate(rows),
            Data::Text(texts) | Data::Bytes(texts) => texts.truncate(rows),
            Data::List(spans, element) => element.truncate(spans.truncate(rows)),
            Data::Map(spans, key, value) => {
                let entries = spans.truncate(rows);
                key.truncate(entries);
                value.truncate(entries);
            }
            Data::Row(fields, valid, have) => {
                fields.iter_mut().for_each(|field| field.truncate(rows));
                valid.truncate(rows);
                *have = rows.min(*have);
            }
        }
    }

    /// The values so far as an array; the column is empty then.
    pub(crate) fn finish(&mut self) -> Result<ArrayRef, ArrowError> {
        let array: ArrayRef = match &mut self.data {
            Data::Null(rows) => Arc::new(NullArray::new(std::mem::take(rows))),
            Data::Boolean(values, valid) => Arc::new(BooleanArray::new(values.finish(), valid.finish())),
            Data::TinyInt(values) => Arc::new(values.finish::<ar::Int8Type>()) as ArrayRef,
            Data::SmallInt(values) => Arc::new(values.finish::<ar::Int16Type>()),
            Data::Int(values) => finish_int(&self.logical, values),
            Data::BigInt(values) => finish_bigint(&self.logical, values),
            Data::Float(values) => Arc::new(values.finish::<ar::Float32Type>()),
            Data::Double(values) => Arc::new(values.finish::<ar::Float64Type>()),
            Data::Decimal(values) => Arc::new(decimal_of(&self.logical, values)?),
            Data::Text(texts) => {
                let (offsets, bytes, valid) = texts.finish();
                Arc::new(StringArray::try_new(offsets, bytes, valid)?)
            }
            Data::Bytes(texts) => {
                let (offsets, bytes, valid) = texts.finish();
                Arc::new(BinaryArray::try_new(offsets, bytes, valid)?)
            }
            Data::List(spans, element) => Arc::new(finish_list(&self.logical, spans, element)?),
            Data::Map(spans, key, value) => Arc::new(finish_map(&self.logical, spans, key, value)?),
            Data::Unread(rows) => unread(&self.logical, std::mem::take(rows)),
            Data::Row(fields, valid, rows) => {
                catch_up(fields, *rows);
                let arrays = fields.iter_mut().map(Column::finish).collect::<Result<Vec<_>, _>>()?;
                let nulls = valid.finish();
                Arc::new(row_of(&self.logical, arrays, nulls, std::mem::take(rows))?)
            }
        };
        Ok(array)
    }
}

/// Brings the fields of a row to `rows` values, behind rows that were NULL.
pub(crate) fn catch_up(fields: &mut [Column], rows: usize) {
    for field in fields {
        let behind = rows.saturating_sub(field.len());
        if behind > 0 {
            field.push_nulls(behind);
        }
    }
}

/// Empty columns for a row's fields.
pub(crate) fn columns_of(row: &RowType) -> Vec<Column> {
    row.fields.iter().map(|field| Column::new(&field.data_type)).collect()
}

fn empty(logical: &LogicalType) -> Data {
    match logical {
        LogicalType::Null => Data::Null(0),
        LogicalType::Boolean => Data::Boolean(BooleanBufferBuilder::new(0), NullBufferBuilder::new(0)),
        LogicalType::TinyInt => Data::TinyInt(Values::new()),
        LogicalType::SmallInt => Data::SmallInt(Values::new()),
        LogicalType::Int | LogicalType::IntervalYearMonth | LogicalType::Date | LogicalType::Time(_) => {
            Data::Int(Values::new())
        }
        LogicalType::BigInt
        | LogicalType::IntervalDayTime
        | LogicalType::Timestamp(_)
        | LogicalType::TimestampLtz(_) => Data::BigInt(Values::new()),
        LogicalType::Float => Data::Float(Values::new()),
        LogicalType::Double => Data::Double(Values::new()),
        LogicalType::Decimal(..) => Data::Decimal(Values::new()),
        LogicalType::Char(_) | LogicalType::Varchar(_) => Data::Text(Texts::new()),
        // No format carries a VARIANT or BITMAP; tables are checked when they are opened.
        LogicalType::Binary(_) | LogicalType::Varbinary(_) | LogicalType::Variant | LogicalType::Bitmap => {
            Data::Bytes(Texts::new())
        }
        LogicalType::Array(element) => Data::List(Spans::new(), Box::new(Column::new(element))),
        LogicalType::Map(key, value) => map_data(key, value),
        LogicalType::Multiset(element) => map_data(element, &LogicalType::Int.not_null()),
        LogicalType::Row(row) => Data::Row(columns_of(row), NullBufferBuilder::new(0), 0),
    }
}

fn map_data(key: &DataType, value: &DataType) -> Data {
    Data::Map(Spans::new(), Box::new(Column::new(key)), Box::new(Column::new(value)))
}

fn finish_int(logical: &LogicalType, values: &mut Values<i32>) -> ArrayRef {
    match logical {
        LogicalType::Date => Arc::new(values.finish::<ar::Date32Type>()),
        LogicalType::Time(_) => Arc::new(values.finish::<ar::Time32MillisecondType>()),
        _ => Arc::new(values.finish::<ar::Int32Type>()),
    }
}

/// Values that stand for those that nobody reads.
fn unread(logical: &LogicalType, rows: usize) -> ArrayRef {
    match logical {
        LogicalType::Char(_) | LogicalType::Varchar(_) => {
            Arc::new(StringArray::new(OffsetBuffer::new_zeroed(rows), Buffer::from(&[]), None))
        }
        LogicalType::Int => finish_int(logical, &mut Values::zeros(rows)),
        _ => finish_bigint(logical, &mut Values::zeros(rows)),
    }
}

fn finish_bigint(logical: &LogicalType, values: &mut Values<i64>) -> ArrayRef {
    let ar::DataType::Timestamp(unit, zone) = logical.to_arrow() else {
        return Arc::new(values.finish::<ar::Int64Type>());
    };
    match unit {
        TimeUnit::Microsecond => {
            let array: TimestampMicrosecondArray = values.finish();
            Arc::new(array.with_timezone_opt(zone))
        }
        TimeUnit::Nanosecond => {
            let array: TimestampNanosecondArray = values.finish();
            Arc::new(array.with_timezone_opt(zone))
        }
        TimeUnit::Second | TimeUnit::Millisecond => {
            let array: TimestampMillisecondArray = values.finish();
            Arc::new(array.with_timezone_opt(zone))
        }
    }
}

fn decimal_of(logical: &LogicalType, values: &mut Values<i128>) -> Result<Decimal128Array, ArrowError> {
    let array: Decimal128Array = values.finish();
    match logical.to_arrow() {
        ar::DataType::Decimal128(precision, scale) => array.with_precision_and_scale(precision, scale),
        other => Err(ArrowError::SchemaError(format!("`{other}` is not a decimal"))),
    }
}

fn finish_list(logical: &LogicalType, spans: &mut Spans, element: &mut Column) -> Result<ListArray, ArrowError> {
    let ar::DataType::List(field) = logical.to_arrow() else {
        return Err(ArrowError::SchemaError(format!("`{logical}` is not an array")));
    };
    let (offsets, valid) = spans.finish();
    ListArray::try_new(field, offsets, element.finish()?, valid)
}

fn finish_map(
    logical: &LogicalType,
    spans: &mut Spans,
    key: &mut Column,
    value: &mut Column,
) -> Result<MapArray, ArrowError> {
    let ar::DataType::Map(field, sorted) = logical.to_arrow() else {
        return Err(ArrowError::SchemaError(format!("`{logical}` is not a map")));
    };
    let ar::DataType::Struct(fields) = field.data_type().clone() else {
        return Err(ArrowError::SchemaError(format!("`{logical}` has no entries")));
    };
    let entries = StructArray::try_new(fields, vec![key.finish()?, value.finish()?], None)?;
    let (offsets, valid) = spans.finish();
    MapArray::try_new(field, offsets, entries, valid, sorted)
}

fn row_of(
    logical: &LogicalType,
    arrays: Vec<ArrayRef>,
    valid: Option<NullBuffer>,
    rows: usize,
) -> Result<StructArray, ArrowError> {
    let ar::DataType::Struct(fields) = logical.to_arrow() else {
        return Err(ArrowError::SchemaError(format!("`{logical}` is not a row")));
    };
    if arrays.is_empty() {
        return Ok(StructArray::new_empty_fields(rows, valid));
    }
    StructArray::try_new(fields, arrays, valid)
}
