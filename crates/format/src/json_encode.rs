//! Values as JSON, in the text that Flink's `json` format writes.

use yeoul_row::{bitmap, text, variant};

use crate::error::EncodeError;
use crate::options::{JsonOptions, MapNullKey};
use crate::view::{Value, View};
use crate::{decimal, temporal};

/// Appends an object of the row's fields.
pub(crate) fn write_row(
    fields: &[(String, View<'_>)],
    row: usize,
    options: &JsonOptions,
    out: &mut Vec<u8>,
) -> Result<(), EncodeError> {
    out.push(b'{');
    let start = out.len();
    for (name, view) in fields {
        let value = view.value(row);
        if options.ignore_null_fields && matches!(value, Value::Null) {
            continue;
        }
        if out.len() > start {
            out.push(b',');
        }
        text::write_quoted(name, out);
        out.push(b':');
        write_value(value, options, out)?;
    }
    out.push(b'}');
    Ok(())
}

fn write_value(value: Value<'_>, options: &JsonOptions, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    match value {
        Value::Null => out.extend_from_slice(b"null"),
        Value::Boolean(true) => out.extend_from_slice(b"true"),
        Value::Boolean(false) => out.extend_from_slice(b"false"),
        Value::Integer(value) | Value::Months(value) | Value::Millis(value) => {
            out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
        }
        Value::Float(value) if value.is_finite() => text::write_java_float(value, f64::from(value), out),
        Value::Double(value) if value.is_finite() => text::write_java_float(value, value, out),
        // JSON has no such numbers; Flink writes them as text, and reads that.
        Value::Float(value) => quoted(out, |out| text::write_java_float(value, f64::from(value), out)),
        Value::Double(value) => quoted(out, |out| text::write_java_float(value, value, out)),
        Value::Decimal(unscaled, scale) if options.plain_decimals => {
            text::write_decimal(unscaled, usize::from(scale), out)
        }
        Value::Decimal(unscaled, scale) => decimal::write_stripped(unscaled, scale, out),
        Value::Date(days) => quoted(out, |out| text::write_date(days, out)),
        Value::Time(nanos) => quoted(out, |out| text::write_time(nanos, out)),
        Value::Timestamp(value, of) => {
            quoted(out, |out| temporal::write_timestamp(value, of.unit, options.timestamp_format, of.instant, out));
        }
        Value::Text(value) => text::write_quoted(value, out),
        Value::Bytes(bytes) => text::write_base64(bytes, out),
        Value::Bitmap(bytes) => quoted(out, |out| bitmap::write_text(bytes, out).unwrap_or_default()),
        Value::Variant(bytes) => variant::write_json(bytes, out).unwrap_or_else(|| out.extend_from_slice(b"null")),
        Value::List(elements, places) => return write_list(elements, places, options, out),
        Value::Map(keys, values, places) => return write_map(keys, values, places, options, out),
        Value::Row(fields, row) => return write_row(fields, row, options, out),
    }
    Ok(())
}

fn quoted(out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
    out.push(b'"');
    write(out);
    out.push(b'"');
}

fn write_list(
    elements: &View<'_>,
    places: std::ops::Range<usize>,
    options: &JsonOptions,
    out: &mut Vec<u8>,
) -> Result<(), EncodeError> {
    out.push(b'[');
    for place in places.clone() {
        if place > places.start {
            out.push(b',');
        }
        write_value(elements.value(place), options, out)?;
    }
    out.push(b']');
    Ok(())
}

fn write_map(
    keys: &View<'_>,
    values: &View<'_>,
    places: std::ops::Range<usize>,
    options: &JsonOptions,
    out: &mut Vec<u8>,
) -> Result<(), EncodeError> {
    out.push(b'{');
    let start = out.len();
    for place in places {
        let key = match (keys.value(place), &options.map_null_key) {
            (Value::Text(key), _) => key,
            (_, MapNullKey::Drop) => continue,
            (_, MapNullKey::Literal(literal)) => literal.as_str(),
            (_, MapNullKey::Fail) => return Err(null_key()),
        };
        if out.len() > start {
            out.push(b',');
        }
        text::write_quoted(key, out);
        out.push(b':');
        write_value(values.value(place), options, out)?;
    }
    out.push(b'}');
    Ok(())
}

fn null_key() -> EncodeError {
    let reason = "a map has a NULL key; set `json.map-null-key.mode` to `DROP` or `LITERAL`".to_owned();
    EncodeError::Value { column: "map".to_owned(), reason }
}
