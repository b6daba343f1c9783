//! Rows as JSON objects, in the conventions of Flink's `json` format: timestamps in the SQL form, an instant with `Z`
//! behind it, decimals as plain and exact numbers, binary values in base64, doubles as Java writes them, NaN and
//! infinities as strings, a map as an object, a `VARIANT` as what it holds.
//!
//! [`JsonRows`] resolves the columns' types once, then appends row after row to a buffer. A row's text follows from
//! the Arrow types alone, so results of ad-hoc queries are written by the code that writes tables.

use std::io::Write as _;

use arrow::array::{Array, ArrowPrimitiveType, AsArray, RecordBatch};
use arrow::datatypes as ar;
use thiserror::Error;

use crate::{bitmap, text, variant};

/// A column of a type that has no JSON form here; cast it first.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
#[error("column `{column}` of type `{data_type}` can't be written as JSON; cast it to a text")]
pub struct NoJson {
    /// The column's name.
    pub column: String,
    /// Its Arrow type.
    pub data_type: String,
}

/// Appends the value of a row.
type Writer<'a> = Box<dyn Fn(usize, &mut Vec<u8>) + Send + Sync + 'a>;

/// Writes the rows of one batch.
pub struct JsonRows<'a> {
    /// Each column's quoted name with the colon behind it, and its values.
    columns: Vec<(Vec<u8>, Writer<'a>)>,
}

impl<'a> JsonRows<'a> {
    /// Resolves the columns of a batch.
    ///
    /// # Errors
    /// A column whose type has no JSON form.
    pub fn new(batch: &'a RecordBatch) -> Result<JsonRows<'a>, NoJson> {
        let schema = batch.schema();
        let named = schema.fields().iter().zip(batch.columns());
        let columns = named.map(|(field, array)| Ok((label(field.name()), writer(field.name(), array.as_ref())?)));
        Ok(JsonRows { columns: columns.collect::<Result<_, NoJson>>()? })
    }

    /// Appends row `row` as an object, without a line end.
    pub fn write(&self, row: usize, out: &mut Vec<u8>) {
        write_object(&self.columns, row, out);
    }

    /// Appends the value of one column in one row; nothing for a column that there is not.
    pub fn write_value(&self, column: usize, row: usize, out: &mut Vec<u8>) {
        if let Some((_, write)) = self.columns.get(column) {
            write(row, out);
        }
    }
}

fn write_object(columns: &[(Vec<u8>, Writer<'_>)], row: usize, out: &mut Vec<u8>) {
    out.push(b'{');
    for (place, (label, write)) in columns.iter().enumerate() {
        if place > 0 {
            out.push(b',');
        }
        out.extend_from_slice(label);
        write(row, out);
    }
    out.push(b'}');
}

fn label(name: &str) -> Vec<u8> {
    let mut label = Vec::with_capacity(name.len() + 3);
    text::write_quoted(name, &mut label);
    label.push(b':');
    label
}

/// The writer of a column, NULLs included.
fn writer<'a>(name: &str, array: &'a dyn Array) -> Result<Writer<'a>, NoJson> {
    let write = values(name, array)?;
    if array.null_count() == 0 {
        return Ok(write);
    }
    Ok(Box::new(move |row, out| if array.is_null(row) { out.extend_from_slice(b"null") } else { write(row, out) }))
}

/// The writer of a column's values that aren't NULL.
fn values<'a>(name: &str, array: &'a dyn Array) -> Result<Writer<'a>, NoJson> {
    Ok(match array.data_type() {
        ar::DataType::Null => Box::new(|_, out| out.extend_from_slice(b"null")),
        ar::DataType::Boolean => {
            let array = array.as_boolean();
            Box::new(|row, out| out.extend_from_slice(if array.value(row) { b"true" } else { b"false" }))
        }
        ar::DataType::Utf8 => {
            let array = array.as_string::<i32>();
            Box::new(|row, out| text::write_quoted(array.value(row), out))
        }
        ar::DataType::LargeUtf8 => {
            let array = array.as_string::<i64>();
            Box::new(|row, out| text::write_quoted(array.value(row), out))
        }
        ar::DataType::Utf8View => {
            let array = array.as_string_view();
            Box::new(|row, out| text::write_quoted(array.value(row), out))
        }
        ar::DataType::Binary => {
            let array = array.as_binary::<i32>();
            Box::new(|row, out| text::write_base64(array.value(row), out))
        }
        ar::DataType::LargeBinary => {
            let array = array.as_binary::<i64>();
            // Flink's tables carry nothing but `VARIANT` like this; an ad-hoc query may have other bytes.
            Box::new(|row, out| {
                let bytes = array.value(row);
                variant::write_json(bytes, out).unwrap_or_else(|| text::write_base64(bytes, out));
            })
        }
        ar::DataType::BinaryView => {
            let array = array.as_binary_view();
            Box::new(|row, out| quoted(out, |out| bitmap::write_text(array.value(row), out).unwrap_or_default()))
        }
        ar::DataType::Decimal128(_, scale) => {
            let (array, scale) = (array.as_primitive::<ar::Decimal128Type>(), usize::try_from(*scale).unwrap_or(0));
            Box::new(move |row, out| text::write_decimal(array.value(row), scale, out))
        }
        ar::DataType::Float32 => {
            let array = array.as_primitive::<ar::Float32Type>();
            Box::new(|row, out| write_float(array.value(row), f64::from(array.value(row)), out))
        }
        ar::DataType::Float64 => {
            let array = array.as_primitive::<ar::Float64Type>();
            Box::new(|row, out| write_float(array.value(row), array.value(row), out))
        }
        ar::DataType::List(_) => list(name, array)?,
        ar::DataType::Map(..) => map(name, array)?,
        ar::DataType::Struct(_) => object(array)?,
        ar::DataType::Timestamp(unit, zone) => timestamp(array, *unit, zone.is_some()),
        _ => return whole_number_or_date(name, array),
    })
}

fn whole_number_or_date<'a>(name: &str, array: &'a dyn Array) -> Result<Writer<'a>, NoJson> {
    Ok(match array.data_type() {
        ar::DataType::Int8 => integer::<ar::Int8Type>(array),
        ar::DataType::Int16 => integer::<ar::Int16Type>(array),
        ar::DataType::Int32 => integer::<ar::Int32Type>(array),
        ar::DataType::Int64 => integer::<ar::Int64Type>(array),
        ar::DataType::UInt8 => integer::<ar::UInt8Type>(array),
        ar::DataType::UInt16 => integer::<ar::UInt16Type>(array),
        ar::DataType::UInt32 => integer::<ar::UInt32Type>(array),
        ar::DataType::UInt64 => integer::<ar::UInt64Type>(array),
        ar::DataType::Date32 => {
            let array = array.as_primitive::<ar::Date32Type>();
            Box::new(|row, out| quoted(out, |out| text::write_date(i64::from(array.value(row)), out)))
        }
        ar::DataType::Time32(ar::TimeUnit::Millisecond) => {
            let array = array.as_primitive::<ar::Time32MillisecondType>();
            Box::new(|row, out| quoted(out, |out| text::write_time(i64::from(array.value(row)) * 1_000_000, out)))
        }
        other => return Err(NoJson { column: name.to_owned(), data_type: other.to_string() }),
    })
}

fn integer<T: ArrowPrimitiveType<Native: std::fmt::Display>>(array: &dyn Array) -> Writer<'_> {
    let array = array.as_primitive::<T>();
    Box::new(|row, out| {
        // Writing to a vector can't fail.
        let _ = write!(out, "{}", array.value(row));
    })
}

fn write_float(value: impl std::fmt::LowerExp, wide: f64, out: &mut Vec<u8>) {
    if wide.is_finite() {
        text::write_java_float(value, wide, out)
    } else {
        quoted(out, |out| text::write_java_float(value, wide, out))
    }
}

fn quoted(out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
    out.push(b'"');
    write(out);
    out.push(b'"');
}

fn timestamp(array: &dyn Array, unit: ar::TimeUnit, instant: bool) -> Writer<'_> {
    let write = move |value: i64, out: &mut Vec<u8>| {
        quoted(out, |out| {
            text::write_timestamp(value, unit, out);
            out.extend_from_slice(if instant { b"Z" } else { b"" });
        });
    };
    match unit {
        ar::TimeUnit::Second => {
            let array = array.as_primitive::<ar::TimestampSecondType>();
            Box::new(move |row, out| write(array.value(row), out))
        }
        ar::TimeUnit::Millisecond => {
            let array = array.as_primitive::<ar::TimestampMillisecondType>();
            Box::new(move |row, out| write(array.value(row), out))
        }
        ar::TimeUnit::Microsecond => {
            let array = array.as_primitive::<ar::TimestampMicrosecondType>();
            Box::new(move |row, out| write(array.value(row), out))
        }
        ar::TimeUnit::Nanosecond => {
            let array = array.as_primitive::<ar::TimestampNanosecondType>();
            Box::new(move |row, out| write(array.value(row), out))
        }
    }
}

fn list<'a>(name: &str, array: &'a dyn Array) -> Result<Writer<'a>, NoJson> {
    let array = array.as_list::<i32>();
    let write = writer(name, array.values().as_ref())?;
    Ok(Box::new(move |row, out| {
        out.push(b'[');
        for (place, element) in span(array.value_offsets(), row).enumerate() {
            if place > 0 {
                out.push(b',');
            }
            write(element, out);
        }
        out.push(b']');
    }))
}

/// A map is an object; a key that isn't a text is written as its text.
fn map<'a>(name: &str, array: &'a dyn Array) -> Result<Writer<'a>, NoJson> {
    let array = array.as_map();
    let (keys, values) = (writer(name, array.keys().as_ref())?, writer(name, array.values().as_ref())?);
    Ok(Box::new(move |row, out| {
        out.push(b'{');
        let mut key = Vec::new();
        for (place, entry) in span(array.value_offsets(), row).enumerate() {
            if place > 0 {
                out.push(b',');
            }
            key.clear();
            keys(entry, &mut key);
            if key.first() == Some(&b'"') {
                out.extend_from_slice(&key)
            } else {
                quoted(out, |out| out.extend_from_slice(&key))
            }
            out.push(b':');
            values(entry, out);
        }
        out.push(b'}');
    }))
}

fn object(array: &dyn Array) -> Result<Writer<'_>, NoJson> {
    let array = array.as_struct();
    let named = array.fields().iter().zip(array.columns());
    let fields = named.map(|(field, array)| Ok((label(field.name()), writer(field.name(), array.as_ref())?)));
    let fields = fields.collect::<Result<Vec<_>, NoJson>>()?;
    Ok(Box::new(move |row, out| write_object(&fields, row, out)))
}

/// The elements of row `row`, by the offsets of a list or a map.
fn span(offsets: &[i32], row: usize) -> std::ops::Range<usize> {
    let at = |place: usize| offsets.get(place).and_then(|offset| usize::try_from(*offset).ok()).unwrap_or(0);
    at(row)..at(row + 1)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{
        ArrayRef, BinaryArray, BooleanArray, Decimal128Array, Float64Array, Int64Array, ListArray, StringArray,
        TimestampMicrosecondArray, TimestampMillisecondArray,
    };

    use super::*;

    fn line(array: impl Array + 'static, row: usize) -> String {
        let batch = RecordBatch::try_from_iter([("c", Arc::new(array) as ArrayRef)]).unwrap();
        let mut out = Vec::new();
        JsonRows::new(&batch).unwrap().write_value(0, row, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_row_is_an_object_with_its_columns_in_order() {
        let columns: [(&str, ArrayRef); 3] = [
            ("o\"k", Arc::new(BooleanArray::from(vec![true]))),
            ("n", Arc::new(Int64Array::from(vec![None]))),
            ("s", Arc::new(StringArray::from(vec!["a\n\u{1}é<"]))),
        ];
        let batch = RecordBatch::try_from_iter(columns).unwrap();
        let mut out = Vec::new();
        JsonRows::new(&batch).unwrap().write(0, &mut out);
        assert_eq!(String::from_utf8(out).unwrap(), r#"{"o\"k":true,"n":null,"s":"a\n\u0001é<"}"#);
    }

    #[test]
    fn timestamps_have_the_sql_form() {
        assert_eq!(line(TimestampMillisecondArray::from(vec![1_360_299_600_120]), 0), r#""2013-02-08 05:00:00.12""#);
        let instant = TimestampMicrosecondArray::from(vec![1]).with_timezone("UTC");
        assert_eq!(line(instant, 0), r#""1970-01-01 00:00:00.000001Z""#);
    }

    #[test]
    fn decimals_are_plain_and_exact() {
        let cents = |value: i128| line(Decimal128Array::from(vec![value]).with_precision_and_scale(38, 2).unwrap(), 0);
        assert_eq!((cents(-1).as_str(), cents(1250).as_str(), cents(0).as_str()), ("-0.01", "12.50", "0.00"));
    }

    #[test]
    fn doubles_are_javas_and_what_json_lacks_is_a_string() {
        let texts = [(1e10, "1.0E10"), (0.001, "0.001"), (12.0, "12.0"), (f64::NAN, "\"NaN\""), (-0.0, "-0.0")];
        for (value, text) in texts {
            assert_eq!(line(Float64Array::from(vec![value]), 0), text);
        }
    }

    #[test]
    fn bytes_are_base64_and_lists_arrays() {
        assert_eq!(line(BinaryArray::from(vec![b"abcd".as_slice()]), 0), "\"YWJjZA==\"");
        let list = ListArray::from_iter_primitive::<ar::Int32Type, _, _>([None, Some(vec![Some(1), None])]);
        assert_eq!((line(list.clone(), 0).as_str(), line(list, 1).as_str()), ("null", "[1,null]"));
    }
}
