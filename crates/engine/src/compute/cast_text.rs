//! Casts to and from texts, as Flink writes and reads them.

use std::fmt::Write;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BinaryBuilder, BooleanArray, Decimal128Array, Float64Array, Int64Array, StringArray,
    StringBuilder,
};
use arrow::datatypes::{Decimal128Type, Float32Type, Float64Type};
use datafusion::error::Result;
use yeoul_row::{DataType, LogicalType, types::unit_of};

use super::calendar::{
    date_text, in_unit, parse_date, parse_time, parse_timestamp, per_second, time_text, timestamp_text, to_instant,
    to_local,
};
use super::cast::{cut, decimal_of};
use super::cast_length::{fit_bytes, fit_texts};
use super::{ExprContext, row_error};
use crate::aggregate::cells::{Cells, to_int};

/// A column as texts: `CHAR(n)` is padded with blanks, longer texts are cut.
pub(super) fn to_text(array: &ArrayRef, from: &DataType, to: &DataType, context: &ExprContext) -> Result<ArrayRef> {
    let texts: StringArray = if from.logical.is_character() {
        array.as_string::<i32>().clone()
    } else {
        let mut builder = StringBuilder::new();
        let mut text = String::new();
        for row in 0..array.len() {
            if array.is_null(row) {
                builder.append_null();
                continue;
            }
            text.clear();
            write_value(array, row, from, context, &mut text)?;
            builder.append_value(&text);
        }
        builder.finish()
    };
    fit_texts(&texts, &from.logical, &to.logical)
}

/// Appends one value as Flink's `CAST(… AS STRING)` writes it. The value is not NULL.
pub(super) fn write_value(
    array: &ArrayRef,
    row: usize,
    data_type: &DataType,
    context: &ExprContext,
    out: &mut String,
) -> Result<()> {
    match &data_type.logical {
        LogicalType::Boolean => out.push_str(if array.as_boolean().value(row) { "TRUE" } else { "FALSE" }),
        LogicalType::Float => float_text(array.as_primitive::<Float32Type>().value(row), out),
        LogicalType::Double => double_text(array.as_primitive::<Float64Type>().value(row), out),
        LogicalType::Decimal(..) => out.push_str(&array.as_primitive::<Decimal128Type>().value_as_string(row)),
        LogicalType::Binary(_) | LogicalType::Varbinary(_) => {
            out.push_str(&String::from_utf8_lossy(array.as_binary::<i32>().value(row)));
        }
        LogicalType::Char(_) | LogicalType::Varchar(_) => out.push_str(array.as_string::<i32>().value(row)),
        LogicalType::Bitmap => super::bitmaps::bitmap_text(array, row, out)?,
        LogicalType::Variant => super::variants::variant_text(array, row, out)?,
        logical if super::nested::is_nested(logical) => {
            super::nested::write_nested(array, row, data_type, context, out)?
        }
        logical => {
            let value = to_int(&array.slice(row, 1))?.value(0);
            write_int(value, logical, context, out);
        }
    }
    Ok(())
}

fn write_int(value: i64, logical: &LogicalType, context: &ExprContext, out: &mut String) {
    match logical {
        LogicalType::Date => date_text(value, out),
        LogicalType::Time(precision) => time_text(value.saturating_mul(1_000_000), *precision, out),
        LogicalType::Timestamp(precision) => timestamp_text(value, unit_of(*precision), *precision, out),
        LogicalType::TimestampLtz(precision) => {
            let unit = unit_of(*precision);
            let per_milli = (per_second(unit) / 1000).max(1);
            let local = to_local(value.div_euclid(per_milli), context.zone);
            let local = local.saturating_mul(per_milli).saturating_add(value.rem_euclid(per_milli));
            timestamp_text(local, unit, *precision, out);
        }
        LogicalType::IntervalYearMonth => {
            let sign = if value < 0 { '-' } else { '+' };
            let months = value.unsigned_abs();
            let _ = write!(out, "{sign}{}-{:02}", months / 12, months % 12);
        }
        LogicalType::IntervalDayTime => {
            let sign = if value < 0 { '-' } else { '+' };
            let millis = value.unsigned_abs();
            let (days, rest) = (millis / 86_400_000, millis % 86_400_000);
            let (hours, minutes, seconds) = (rest / 3_600_000, rest / 60_000 % 60, rest / 1000 % 60);
            let _ = write!(out, "{sign}{days} {hours:02}:{minutes:02}:{seconds:02}.{:03}", rest % 1000);
        }
        _ => {
            let _ = write!(out, "{value}");
        }
    }
}

/// Java's `Double.toString`: `1.0`, `1.0E10`, `1.0E-5`, `NaN`, `Infinity`.
pub(super) fn double_text(value: f64, out: &mut String) {
    java_text(value, format!("{:e}", value.abs()), out);
}

/// Java's `Float.toString`.
pub(super) fn float_text(value: f32, out: &mut String) {
    java_text(f64::from(value), format!("{:e}", value.abs()), out);
}

/// Java's text of a number from its shortest scientific one (`1.25e2`).
fn java_text(value: f64, scientific: String, out: &mut String) {
    if value.is_nan() {
        out.push_str("NaN");
        return;
    }
    if value.is_sign_negative() {
        out.push('-');
    }
    if value.is_infinite() {
        out.push_str("Infinity");
        return;
    }
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or_default();
    let digits: String = mantissa.chars().filter(|c| *c != '.').collect();
    if (-3..7).contains(&exponent) || value == 0.0 {
        plain_text(&digits, exponent, out);
        return;
    }
    let (first, rest) = digits.split_at(1);
    let rest = if rest.is_empty() { "0" } else { rest };
    let _ = write!(out, "{first}.{rest}E{exponent}");
}

fn plain_text(digits: &str, exponent: i32, out: &mut String) {
    if exponent < 0 {
        out.push_str("0.");
        out.extend(std::iter::repeat_n('0', exponent.unsigned_abs() as usize - 1));
        out.push_str(digits);
        return;
    }
    let whole = exponent.unsigned_abs() as usize + 1;
    let padded: String = digits.chars().chain(std::iter::repeat('0')).take(whole).collect();
    let fraction = digits.get(whole..).filter(|fraction| !fraction.is_empty()).unwrap_or("0");
    let _ = write!(out, "{padded}.{fraction}");
}

/// Texts as another type. What can't be read fails, or becomes NULL if `lenient`.
pub(super) fn from_text(array: &ArrayRef, to: &DataType, lenient: bool, context: &ExprContext) -> Result<ArrayRef> {
    let texts = array.as_string::<i32>();
    let fail = |text: &str| row_error(format!("`{text}` can't be cast to {}; TRY_CAST gives NULL instead", to.logical));
    match &to.logical {
        LogicalType::Boolean => read::<bool, BooleanArray>(texts, lenient, &fail, parse_boolean),
        LogicalType::Double | LogicalType::Float => {
            let values = read_values(texts, lenient, &fail, parse_double)?;
            Ok(Cells::Float(values.into_iter().collect::<Float64Array>()).into_array(&to.logical.to_arrow())?)
        }
        LogicalType::Decimal(precision, scale) => {
            let scale = *scale as i8;
            let parse = |text: &str| {
                is_number(text.trim()).then(|| decimal_of(text.trim(), *precision, scale)).filter(Option::is_some)
            };
            let values = read_values(texts, lenient, &fail, parse)?;
            let values: Decimal128Array = values.into_iter().map(Option::flatten).collect();
            Ok(Arc::new(values.with_precision_and_scale(*precision, scale)?))
        }
        LogicalType::Binary(_) | LogicalType::Varbinary(_) => {
            let mut builder = BinaryBuilder::new();
            texts.iter().for_each(|text| builder.append_option(text.map(str::as_bytes)));
            fit_bytes(&builder.finish(), &LogicalType::STRING, &to.logical)
        }
        logical => {
            let parse =
                int_parser(logical, context).ok_or_else(|| row_error(format!("a text can't be cast to {logical}")))?;
            let values = read_values(texts, lenient, &fail, parse)?;
            Ok(Cells::Int(values.into_iter().collect::<Int64Array>()).into_array(&logical.to_arrow())?)
        }
    }
}

type Fail<'a> = &'a dyn Fn(&str) -> datafusion::error::DataFusionError;

fn read<T, A: Array + FromIterator<Option<T>> + 'static>(
    texts: &StringArray,
    lenient: bool,
    fail: Fail<'_>,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<ArrayRef> {
    Ok(Arc::new(read_values(texts, lenient, fail, parse)?.into_iter().collect::<A>()))
}

fn read_values<T>(
    texts: &StringArray,
    lenient: bool,
    fail: Fail<'_>,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<Vec<Option<T>>> {
    let mut values = Vec::with_capacity(texts.len());
    for text in texts {
        let value = text.and_then(&parse);
        match text {
            Some(text) if value.is_none() && !lenient => return Err(fail(text)),
            _ => values.push(value),
        }
    }
    Ok(values)
}

fn parse_boolean(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "t" | "true" | "y" | "yes" | "1" => Some(true),
        "f" | "false" | "n" | "no" | "0" => Some(false),
        _ => None,
    }
}

/// Java's `Double.parseDouble`: also with a trailing `d` or `f`.
fn parse_double(text: &str) -> Option<f64> {
    let text = text.trim();
    match text {
        "NaN" => return Some(f64::NAN),
        "Infinity" | "+Infinity" => return Some(f64::INFINITY),
        "-Infinity" => return Some(f64::NEG_INFINITY),
        _ => {}
    }
    let text = text.strip_suffix(['d', 'D', 'f', 'F']).unwrap_or(text);
    if is_number(text) { text.parse().ok() } else { None }
}

/// Digits with a sign, a point, an exponent.
pub(super) fn is_number(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().any(|byte| byte.is_ascii_digit())
        && text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b'.' | b'e' | b'E'))
        && text.parse::<f64>().is_ok()
}

/// Flink's integers: digits, and a fraction that is cut off.
fn parse_integer(text: &str) -> Option<i64> {
    let text = text.trim();
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = whole.strip_prefix(['+', '-']).unwrap_or(whole);
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if (digits.is_empty() && fraction.is_empty()) || !is_digits(digits) || !is_digits(fraction) {
        return None;
    }
    if digits.is_empty() { Some(0) } else { whole.parse().ok() }
}

/// Reads a text; `None` for one that can't be.
type Parser<'a> = Box<dyn Fn(&str) -> Option<i64> + 'a>;

/// How a text is read as a type that [`Cells::Int`] holds.
fn int_parser<'a>(logical: &'a LogicalType, context: &'a ExprContext) -> Option<Parser<'a>> {
    let within = |min: i64, max: i64| {
        Box::new(move |text: &str| parse_integer(text).filter(|value| (min..=max).contains(value)))
    };
    Some(match logical {
        LogicalType::TinyInt => within(i64::from(i8::MIN), i64::from(i8::MAX)),
        LogicalType::SmallInt => within(i64::from(i16::MIN), i64::from(i16::MAX)),
        LogicalType::Int => within(i64::from(i32::MIN), i64::from(i32::MAX)),
        LogicalType::BigInt => within(i64::MIN, i64::MAX),
        LogicalType::Date => Box::new(parse_date),
        LogicalType::Time(precision) => Box::new(|text| Some(cut(parse_time(text.trim())? / 1_000_000, *precision))),
        LogicalType::Timestamp(precision) => Box::new(move |text| local_timestamp(text, *precision)),
        LogicalType::TimestampLtz(precision) => Box::new(move |text| {
            let local = local_timestamp(text, *precision)?;
            let per_milli = (per_second(unit_of(*precision)) / 1000).max(1);
            let instant = to_instant(local.div_euclid(per_milli), context.zone);
            instant.checked_mul(per_milli)?.checked_add(local.rem_euclid(per_milli))
        }),
        _ => return None,
    })
}

fn local_timestamp(text: &str, precision: u8) -> Option<i64> {
    let (days, nanos) = parse_timestamp(text)?;
    let step = 10_i64.pow(9 - u32::from(precision.min(9)));
    in_unit(days, nanos - nanos % step, unit_of(precision))
}
