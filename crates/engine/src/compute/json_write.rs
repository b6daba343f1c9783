//! Values as JSON: `JSON_OBJECT`, `JSON_ARRAY`, `JSON_STRING`. Keys are written in their order, decimals with all digits.

use std::fmt::Write;

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::{Decimal128Type, Float32Type, Float64Type};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use datafusion::error::Result;
use yeoul_row::{DataType, LogicalType, types::unit_of};

use super::calendar::{date_text, per_second, time_text};
use super::cast_text::{double_text, float_text};
use super::function::{Call, Kernel};
use super::json_parse::{Json, parse};
use super::row_error;
use super::variants::variant_text;
use crate::aggregate::cells::to_int;

/// The kernel of a function that makes JSON.
pub(super) fn kernel(name: &str) -> Option<Kernel> {
    Some(match name {
        "json_object" => |call| make(call, true),
        "json_array" => |call| make(call, false),
        "json_string" => json_string,
        _ => return None,
    })
}

/// Appends a JSON tree, without blanks.
pub(super) fn write_json(value: &Json<'_>, out: &mut String) {
    match value {
        Json::Null => out.push_str("null"),
        Json::Boolean(value) => out.push_str(if *value { "true" } else { "false" }),
        Json::Number(text) => out.push_str(&big_decimal_text(text)),
        Json::Text(text) => write_text(text, out),
        Json::Array(items) => {
            out.push('[');
            for (place, item) in items.iter().enumerate() {
                separate(place, out);
                write_json(item, out);
            }
            out.push(']');
        }
        Json::Object(fields) => {
            out.push('{');
            for (place, (key, field)) in fields.iter().enumerate() {
                separate(place, out);
                write_text(key, out);
                out.push(':');
                write_json(field, out);
            }
            out.push('}');
        }
    }
}

fn separate(place: usize, out: &mut String) {
    if place > 0 {
        out.push(',');
    }
}

/// Appends a JSON string.
pub(crate) fn write_text(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c < ' ' => {
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

/// A number's text as Java's `BigDecimal` writes it: `1e3` is `1E+3`, `1.0E-5` is `0.000010`.
pub(super) fn big_decimal_text(text: &str) -> String {
    let Some(at) = text.find(['e', 'E']) else {
        return if text == "-0" { "0".to_owned() } else { text.to_owned() };
    };
    let (mantissa, exponent) = (&text[..at], text[at + 1..].parse::<i64>().unwrap_or(0));
    let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |mantissa| ("-", mantissa));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = [whole, fraction].concat();
    let digits = match digits.trim_start_matches('0') {
        "" => "0",
        digits => digits,
    };
    let scale = fraction.len() as i64 - exponent;
    let adjusted = digits.len() as i64 - 1 - scale;
    if scale >= 0 && adjusted >= -6 {
        let scale = usize::try_from(scale).unwrap_or(0);
        let padded = format!("{digits:0>width$}", width = scale + 1);
        let (whole, fraction) = padded.split_at(padded.len() - scale);
        let point = if fraction.is_empty() { "" } else { "." };
        return format!("{sign}{whole}{point}{fraction}");
    }
    let (first, rest) = digits.split_at(1);
    let point = if rest.is_empty() { "" } else { "." };
    format!("{sign}{first}{point}{rest}E{adjusted:+}")
}

/// `json_object(absent, raw, k, v, …)`, `json_array(absent, raw, v, …)`: `raw` has a letter for each value, `r` for a value
/// that is JSON already.
fn make(call: &Call<'_>, object: bool) -> Result<ArrayRef> {
    let absent = call.constant_text(0) == Some("ABSENT");
    let raw: Vec<bool> = call.constant_text(1).unwrap_or("").chars().map(|c| c == 'r').collect();
    let step = if object { 2 } else { 1 };
    let values: Vec<(usize, ArrayRef)> = (2 + step - 1..call.args.len())
        .step_by(step)
        .map(|place| Ok((place, call.array(place)?)))
        .collect::<Result<_>>()?;
    let mut order: Vec<(Option<&str>, usize)> = values
        .iter()
        .enumerate()
        .map(|(at, (place, _))| (if object { call.constant_text(place - 1) } else { None }, at))
        .collect();
    if object {
        // In the order of keys, of a repeated one the last value.
        order.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(&a.1)));
        order.dedup_by(|a, b| a.0 == b.0);
    }
    call.try_write_texts(|row, out| {
        out.push(if object { '{' } else { '[' });
        let mut written = 0;
        for (key, at) in &order {
            let (place, value) = &values[*at];
            if absent && value.is_null(row) {
                continue;
            }
            separate(written, out);
            written += 1;
            if let Some(key) = key {
                write_text(key, out);
                out.push(':');
            }
            match raw.get(*at) {
                Some(true) if value.is_valid(row) => write_raw(value.as_string::<i32>().value(row), out)?,
                _ => write_value(value, row, &call.types[*place], out)?,
            }
        }
        out.push(if object { '}' } else { ']' });
        Ok(Some(()))
    })
}

fn write_raw(text: &str, out: &mut String) -> Result<()> {
    let value = parse(text).ok_or_else(|| row_error(format!("`{text}` is no JSON")))?;
    write_json(&value, out);
    Ok(())
}

fn json_string(call: &Call<'_>) -> Result<ArrayRef> {
    let values = call.array(0)?;
    call.try_write_texts(|row, out| {
        if values.is_null(row) {
            return Ok(None);
        }
        write_value(&values, row, &call.types[0], out)?;
        Ok(Some(()))
    })
}

/// Appends one value of a column.
fn write_value(array: &ArrayRef, row: usize, data_type: &DataType, out: &mut String) -> Result<()> {
    if array.is_null(row) {
        out.push_str("null");
        return Ok(());
    }
    match &data_type.logical {
        LogicalType::Char(_) | LogicalType::Varchar(_) => write_text(array.as_string::<i32>().value(row), out),
        LogicalType::Boolean => out.push_str(if array.as_boolean().value(row) { "true" } else { "false" }),
        LogicalType::Float => {
            let mut text = String::new();
            float_text(array.as_primitive::<Float32Type>().value(row), &mut text);
            write_float(&text, out);
        }
        LogicalType::Double => {
            let mut text = String::new();
            double_text(array.as_primitive::<Float64Type>().value(row), &mut text);
            write_float(&text, out);
        }
        LogicalType::Decimal(..) => out.push_str(&array.as_primitive::<Decimal128Type>().value_as_string(row)),
        LogicalType::Binary(_) | LogicalType::Varbinary(_) => {
            out.push('"');
            STANDARD.encode_string(array.as_binary::<i32>().value(row), out);
            out.push('"');
        }
        LogicalType::Variant => variant_text(array, row, out)?,
        LogicalType::Timestamp(precision) | LogicalType::TimestampLtz(precision) => {
            let instant = matches!(data_type.logical, LogicalType::TimestampLtz(_));
            write_moment(to_int(&array.slice(row, 1))?.value(0), *precision, instant, out);
        }
        LogicalType::Array(item) => {
            let list = array.as_list::<i32>();
            let (from, to) = (list.value_offsets()[row] as usize, list.value_offsets()[row + 1] as usize);
            out.push('[');
            for place in from..to {
                separate(place - from, out);
                write_value(list.values(), place, item, out)?;
            }
            out.push(']');
        }
        LogicalType::Map(_, value) => write_map(array, row, value, out)?,
        LogicalType::Row(types) => {
            let mut fields: Vec<_> = types.fields.iter().zip(array.as_struct().columns()).collect();
            fields.sort_by(|a, b| a.0.name.cmp(&b.0.name));
            out.push('{');
            for (place, (field, column)) in fields.into_iter().enumerate() {
                separate(place, out);
                write_text(&field.name, out);
                out.push(':');
                write_value(column, row, &field.data_type, out)?;
            }
            out.push('}');
        }
        _ => {
            let _ = write!(out, "{}", to_int(&array.slice(row, 1))?.value(0));
        }
    }
    Ok(())
}

fn write_map(array: &ArrayRef, row: usize, value: &DataType, out: &mut String) -> Result<()> {
    let map = array.as_map();
    let keys = map.keys().as_string::<i32>();
    let mut entries: Vec<usize> = (map.value_offsets()[row] as usize..map.value_offsets()[row + 1] as usize).collect();
    entries.sort_by(|a, b| keys.value(*a).cmp(keys.value(*b)));
    out.push('{');
    for (place, entry) in entries.into_iter().enumerate() {
        separate(place, out);
        write_text(keys.value(entry), out);
        out.push(':');
        write_value(map.values(), entry, value, out)?;
    }
    out.push('}');
    Ok(())
}

/// NaN and infinities are texts.
fn write_float(text: &str, out: &mut String) {
    if text.ends_with(|c: char| c.is_ascii_digit()) {
        out.push_str(&big_decimal_text(text))
    } else {
        write_text(text, out)
    }
}

/// `2024-02-29T13:14:15.678`; an instant has a `Z` behind it. Fractions end with their last digit that isn't 0.
fn write_moment(value: i64, precision: u8, instant: bool, out: &mut String) {
    let per_day = per_second(unit_of(precision)) * 86_400;
    let nanos = value.rem_euclid(per_day) * (1_000_000_000 / per_second(unit_of(precision)));
    let digits = (0..9).find(|digits| nanos % 10_i64.pow(9 - digits) == 0).unwrap_or(9) as u8;
    out.push('"');
    date_text(value.div_euclid(per_day), out);
    out.push('T');
    time_text(nanos, digits, out);
    out.push_str(if instant { "Z\"" } else { "\"" });
}

#[cfg(test)]
mod tests {
    use super::big_decimal_text;

    #[test]
    fn numbers_are_written_as_big_decimals() {
        let cases =
            [("1e3", "1E+3"), ("1.0E-5", "0.000010"), ("1.0E10", "1.0E+10"), ("1.50", "1.50"), ("-2.5e-1", "-0.25")];
        for (text, expected) in cases {
            assert_eq!(big_decimal_text(text), expected);
        }
    }
}
