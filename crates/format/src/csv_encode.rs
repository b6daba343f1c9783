//! Values as CSV, in the text that Flink's `csv` format writes: no header, NULL as the null literal, and quotes
//! wherever its writer (Jackson's, with loose checks) sets them: around longer texts, and around any with a character
//! up to the delimiter.

use yeoul_row::{bitmap, text, variant};

use crate::error::EncodeError;
use crate::options::CsvOptions;
use crate::temporal::TimestampFormat;
use crate::view::{Value, View};
use crate::{decimal, temporal};

/// Texts of more characters than this are quoted without a look.
const CHECKED_CHARS_MAX: usize = 24;

/// Appends a row and its line feed.
pub(crate) fn write_row(
    fields: &[(String, View<'_>)],
    row: usize,
    options: &CsvOptions,
    out: &mut Vec<u8>,
) -> Result<(), EncodeError> {
    let mut field = Vec::new();
    for (place, (name, view)) in fields.iter().enumerate() {
        if place > 0 {
            out.push(options.field_delimiter);
        }
        field.clear();
        let is_text = write_value(view.value(row), name, options, &mut field)?;
        if is_text && needs_quotes(&field, options) {
            write_quoted(&field, options, out)
        } else {
            out.extend_from_slice(&field)
        }
    }
    out.push(b'\n');
    Ok(())
}

fn needs_quotes(text: &[u8], options: &CsvOptions) -> bool {
    let Some(quote) = options.quote else { return false };
    let safe_from = options.field_delimiter.max(quote).max(b'\r') + 1;
    let chars = || std::str::from_utf8(text).map_or(text.len(), |text| text.chars().count());
    text.iter().any(|byte| *byte < safe_from || Some(*byte) == options.escape)
        || text.len() > CHECKED_CHARS_MAX && chars() > CHECKED_CHARS_MAX
}

fn write_quoted(text: &[u8], options: &CsvOptions, out: &mut Vec<u8>) {
    let quote = options.quote.unwrap_or(b'"');
    out.push(quote);
    for byte in text {
        if *byte == quote || Some(*byte) == options.escape {
            // A quote is doubled, also where there is an escape character.
            out.push(*byte);
        }
        out.push(*byte);
    }
    out.push(quote);
}

/// Appends a value without quotes; says whether it is text.
fn write_value(value: Value<'_>, column: &str, options: &CsvOptions, out: &mut Vec<u8>) -> Result<bool, EncodeError> {
    match value {
        Value::Null => {
            out.extend_from_slice(options.null_literal.as_deref().unwrap_or_default().as_bytes());
            return Ok(false);
        }
        Value::Boolean(value) => out.extend_from_slice(if value { b"true" } else { b"false" }),
        Value::Integer(value) | Value::Months(value) | Value::Millis(value) => {
            out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
        }
        Value::Float(value) => text::write_java_float(value, f64::from(value), out),
        Value::Double(value) => text::write_java_float(value, value, out),
        Value::Decimal(unscaled, scale) if options.scientific_decimals && !options.plain_decimals => {
            decimal::write_stripped(unscaled, scale, out);
        }
        Value::Decimal(unscaled, scale) => text::write_decimal(unscaled, usize::from(scale), out),
        other => return write_text(other, column, options, out).map(|()| true),
    }
    Ok(false)
}

fn write_text(value: Value<'_>, column: &str, options: &CsvOptions, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    match value {
        Value::Date(days) => text::write_date(days, out),
        Value::Time(nanos) => text::write_time(nanos, out),
        Value::Timestamp(value, of) => {
            temporal::write_timestamp(value, of.unit, TimestampFormat::Sql, of.instant, out);
        }
        Value::Text(value) => out.extend_from_slice(value.as_bytes()),
        Value::Bytes(bytes) => {
            let mut quoted = Vec::new();
            text::write_base64(bytes, &mut quoted);
            out.extend(quoted.iter().filter(|byte| **byte != b'"'));
        }
        Value::Bitmap(bytes) => bitmap::write_text(bytes, out).unwrap_or_default(),
        Value::Variant(bytes) => variant::write_json(bytes, out).unwrap_or_default(),
        Value::List(elements, places) => {
            let start = places.start;
            for place in places {
                write_element(elements.value(place), place > start, column, options, out)?;
            }
        }
        Value::Row(fields, row) => {
            for (place, (_, view)) in fields.iter().enumerate() {
                write_element(view.value(row), place > 0, column, options, out)?;
            }
        }
        _ => {
            let reason = "`csv` can't carry a map; use `json`".to_owned();
            return Err(EncodeError::Value { column: column.to_owned(), reason });
        }
    }
    Ok(())
}

fn write_element(
    value: Value<'_>,
    delimited: bool,
    column: &str,
    options: &CsvOptions,
    out: &mut Vec<u8>,
) -> Result<(), EncodeError> {
    if delimited {
        out.extend_from_slice(options.array_delimiter.as_bytes());
    }
    write_value(value, column, options, out).map(drop)
}
