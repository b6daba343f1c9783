//! Arrow arrays looked at as Flink's values: downcast once per batch, read once per row by every encoder.

use arrow::array::{
    Array, AsArray, BinaryArray, BinaryViewArray, BooleanArray, Decimal128Array, Float32Array, Float64Array, Int8Array,
    Int16Array, Int32Array, Int64Array, LargeBinaryArray, ListArray, MapArray, RecordBatch, StringArray, StructArray,
};
use arrow::compute;
use arrow::datatypes::{self as ar, TimeUnit};
use yeoul_row::{LogicalType, RowType};

use crate::error::EncodeError;

/// A column, downcast.
pub(crate) enum View<'a> {
    Null,
    Boolean(&'a BooleanArray),
    TinyInt(&'a Int8Array),
    SmallInt(&'a Int16Array),
    Int(&'a Int32Array),
    BigInt(&'a Int64Array),
    /// An interval of months.
    Months(&'a Int32Array),
    /// An interval of milliseconds.
    Millis(&'a Int64Array),
    Float(&'a Float32Array),
    Double(&'a Float64Array),
    Decimal(&'a Decimal128Array, u8),
    Date(Int32Array),
    Time(Int32Array),
    Timestamp(Int64Array, Moments),
    Text(&'a StringArray),
    Bytes(&'a BinaryArray),
    Variant(&'a LargeBinaryArray),
    Bitmap(&'a BinaryViewArray),
    List(&'a ListArray, Box<View<'a>>),
    Map(&'a MapArray, Box<View<'a>>, Box<View<'a>>),
    Row(&'a StructArray, Vec<(String, View<'a>)>),
}

/// What the integers of timestamps are.
#[derive(Clone, Copy)]
pub(crate) struct Moments {
    pub(crate) unit: TimeUnit,
    /// Whether they are instants.
    pub(crate) instant: bool,
    /// How many digits of a second the type has.
    pub(crate) digits: u8,
}

/// A value.
pub(crate) enum Value<'a> {
    Null,
    Boolean(bool),
    Integer(i64),
    /// An interval of months.
    Months(i64),
    /// An interval of milliseconds.
    Millis(i64),
    Float(f32),
    Double(f64),
    Decimal(i128, u8),
    Date(i64),
    /// Nanoseconds of a day.
    Time(i64),
    Timestamp(i64, Moments),
    Text(&'a str),
    Bytes(&'a [u8]),
    /// A `VARIANT`: see [`yeoul_row::variant`].
    Variant(&'a [u8]),
    /// A `BITMAP`: see [`yeoul_row::bitmap`].
    Bitmap(&'a [u8]),
    /// The elements from one place to another.
    List(&'a View<'a>, std::ops::Range<usize>),
    Map(&'a View<'a>, &'a View<'a>, std::ops::Range<usize>),
    Row(&'a [(String, View<'a>)], usize),
}

/// The columns of a batch, downcast to the types that `row` announces.
pub(crate) fn views<'a>(batch: &'a RecordBatch, row: &RowType) -> Result<Vec<(String, View<'a>)>, EncodeError> {
    if batch.num_columns() != row.fields.len() {
        let columns = |count: usize| format!("{count} columns");
        let (found, expected) = (columns(batch.num_columns()), columns(row.fields.len()));
        return Err(EncodeError::Layout { column: "*".to_owned(), found, expected });
    }
    fields_of(batch.columns(), row)
}

fn fields_of<'a>(arrays: &'a [arrow::array::ArrayRef], row: &RowType) -> Result<Vec<(String, View<'a>)>, EncodeError> {
    let pairs = row.fields.iter().zip(arrays);
    let viewed = pairs.map(|(field, array)| {
        let layout = || EncodeError::Layout {
            column: field.name.clone(),
            found: array.data_type().to_string(),
            expected: field.data_type.to_string(),
        };
        Ok((field.name.clone(), view(array.as_ref(), &field.data_type.logical)?.ok_or_else(layout)?))
    });
    viewed.collect()
}

/// The array as values of a type; none if it doesn't hold such.
fn view<'a>(array: &'a dyn Array, logical: &LogicalType) -> Result<Option<View<'a>>, EncodeError> {
    Ok(match logical {
        LogicalType::Null => Some(View::Null),
        LogicalType::Variant => array.as_binary_opt().map(View::Variant),
        LogicalType::Bitmap => array.as_byte_view_opt().map(View::Bitmap),
        LogicalType::Boolean => array.as_boolean_opt().map(View::Boolean),
        LogicalType::TinyInt => array.as_primitive_opt().map(View::TinyInt),
        LogicalType::SmallInt => array.as_primitive_opt().map(View::SmallInt),
        LogicalType::Int => array.as_primitive_opt().map(View::Int),
        LogicalType::BigInt => array.as_primitive_opt().map(View::BigInt),
        LogicalType::IntervalYearMonth => array.as_primitive_opt().map(View::Months),
        LogicalType::IntervalDayTime => array.as_primitive_opt().map(View::Millis),
        LogicalType::Float => array.as_primitive_opt().map(View::Float),
        LogicalType::Double => array.as_primitive_opt().map(View::Double),
        LogicalType::Decimal(_, scale) => array.as_primitive_opt().map(|values| View::Decimal(values, *scale)),
        LogicalType::Date => array.as_primitive_opt::<ar::Date32Type>().map(|days| View::Date(days.reinterpret_cast())),
        LogicalType::Time(_) => {
            array.as_primitive_opt::<ar::Time32MillisecondType>().map(|millis| View::Time(millis.reinterpret_cast()))
        }
        LogicalType::Timestamp(digits) => moments(array, *digits, false),
        LogicalType::TimestampLtz(digits) => moments(array, *digits, true),
        LogicalType::Char(_) | LogicalType::Varchar(_) => array.as_string_opt().map(View::Text),
        LogicalType::Binary(_) | LogicalType::Varbinary(_) => array.as_binary_opt().map(View::Bytes),
        LogicalType::Array(element) => match array.as_list_opt::<i32>() {
            Some(list) => {
                view(list.values().as_ref(), &element.logical)?.map(|values| View::List(list, Box::new(values)))
            }
            None => None,
        },
        LogicalType::Map(key, value) => map_view(array, &key.logical, &value.logical)?,
        LogicalType::Multiset(element) => map_view(array, &element.logical, &LogicalType::Int)?,
        LogicalType::Row(row) => match array.as_struct_opt() {
            Some(values) => Some(View::Row(values, fields_of(values.columns(), row)?)),
            None => None,
        },
    })
}

fn moments<'a>(array: &dyn Array, digits: u8, instant: bool) -> Option<View<'a>> {
    let ar::DataType::Timestamp(unit, _) = array.data_type() else { return None };
    let integers = compute::cast(array, &ar::DataType::Int64).ok()?;
    let moments = Moments { unit: *unit, instant, digits };
    Some(View::Timestamp(integers.as_primitive_opt::<ar::Int64Type>()?.clone(), moments))
}

fn map_view<'a>(array: &'a dyn Array, key: &LogicalType, value: &LogicalType) -> Result<Option<View<'a>>, EncodeError> {
    let Some(map) = array.as_map_opt() else { return Ok(None) };
    let keys = view(map.keys().as_ref(), key)?;
    let values = view(map.values().as_ref(), value)?;
    Ok(keys.zip(values).map(|(keys, values)| View::Map(map, Box::new(keys), Box::new(values))))
}

impl<'a> View<'a> {
    /// The value in row `row`.
    pub(crate) fn value(&'a self, row: usize) -> Value<'a> {
        if self.is_null(row) {
            return Value::Null;
        }
        match self {
            View::Null => Value::Null,
            View::Boolean(values) => Value::Boolean(values.value(row)),
            View::TinyInt(values) => Value::Integer(i64::from(values.value(row))),
            View::SmallInt(values) => Value::Integer(i64::from(values.value(row))),
            View::Int(values) => Value::Integer(i64::from(values.value(row))),
            View::BigInt(values) => Value::Integer(values.value(row)),
            View::Months(values) => Value::Months(i64::from(values.value(row))),
            View::Millis(values) => Value::Millis(values.value(row)),
            View::Float(values) => Value::Float(values.value(row)),
            View::Double(values) => Value::Double(values.value(row)),
            View::Decimal(values, scale) => Value::Decimal(values.value(row), *scale),
            View::Date(values) => Value::Date(i64::from(values.value(row))),
            View::Time(values) => Value::Time(i64::from(values.value(row)) * 1_000_000),
            View::Timestamp(values, moments) => Value::Timestamp(values.value(row), *moments),
            View::Text(values) => Value::Text(values.value(row)),
            View::Bytes(values) => Value::Bytes(values.value(row)),
            View::Variant(values) => Value::Variant(values.value(row)),
            View::Bitmap(values) => Value::Bitmap(values.value(row)),
            View::List(list, values) => Value::List(values, span(list.value_offsets(), row)),
            View::Map(map, keys, values) => Value::Map(keys, values, span(map.value_offsets(), row)),
            View::Row(_, fields) => Value::Row(fields, row),
        }
    }

    fn is_null(&self, row: usize) -> bool {
        match self {
            View::Null => true,
            View::Boolean(values) => values.is_null(row),
            View::TinyInt(values) => values.is_null(row),
            View::SmallInt(values) => values.is_null(row),
            View::Int(values) => values.is_null(row),
            View::BigInt(values) | View::Millis(values) => values.is_null(row),
            View::Months(values) => values.is_null(row),
            View::Float(values) => values.is_null(row),
            View::Double(values) => values.is_null(row),
            View::Decimal(values, _) => values.is_null(row),
            View::Date(values) | View::Time(values) => values.is_null(row),
            View::Timestamp(values, ..) => values.is_null(row),
            View::Text(values) => values.is_null(row),
            View::Bytes(values) => values.is_null(row),
            View::Variant(values) => values.is_null(row),
            View::Bitmap(values) => values.is_null(row),
            View::List(values, _) => values.is_null(row),
            View::Map(values, ..) => values.is_null(row),
            View::Row(values, _) => values.is_null(row),
        }
    }
}

fn span(offsets: &[i32], row: usize) -> std::ops::Range<usize> {
    let at = |place: usize| offsets.get(place).and_then(|offset| usize::try_from(*offset).ok()).unwrap_or_default();
    at(row)..at(row + 1)
}
