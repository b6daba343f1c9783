//! `CAST` and `TRY_CAST` between all but texts (see `cast_text`): integers narrow by wrapping, floating point saturates as
//! in Java, decimals round half up and are NULL where they don't fit.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, ArrowPrimitiveType, AsArray, BooleanArray, Decimal128Array, Float64Array, Int64Array,
    PrimitiveArray, new_null_array,
};
use arrow::compute::cast as arrow_cast;
use arrow::datatypes::{
    DataType as ArrowType, Decimal128Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, i256,
};
use datafusion::error::Result;
use yeoul_row::{DataType, LogicalType, types::unit_of};

use super::arithmetic::{fit, rescale};
use super::calendar::{DAY, per_second, to_instant, to_local};
use super::cast_length::fit_bytes;
use super::cast_text::{from_text, to_text};
use super::function::{Call, Kernel};
use super::nested::cast_nested;
use super::{ExprContext, row_error};
use crate::aggregate::cells::to_int;

/// The kernel of a cast.
pub(super) fn kernel(name: &str) -> Option<Kernel> {
    Some(match name {
        "cast" => |call| convert(&call.array(0)?, &call.types[0], call.result, false, call.context),
        "try_cast" => |call| convert(&call.array(0)?, &call.types[0], call.result, true, call.context),
        "exact_decimal" => exact_decimal,
        _ => return None,
    })
}

/// A column of type `from` as one of type `to`. `lenient`: what can't be cast becomes NULL.
pub(super) fn convert(
    array: &ArrayRef,
    from: &DataType,
    to: &DataType,
    lenient: bool,
    context: &ExprContext,
) -> Result<ArrayRef> {
    let target = to.logical.to_arrow();
    if from.logical == to.logical && !matches!(to.logical, LogicalType::Char(_) | LogicalType::Varchar(_)) {
        return Ok(array.clone());
    }
    match (&from.logical, &to.logical) {
        (LogicalType::Null, _) => Ok(new_null_array(&target, array.len())),
        (_, LogicalType::Char(_) | LogicalType::Varchar(_)) => to_text(array, from, to, context),
        (LogicalType::Char(_) | LogicalType::Varchar(_), _) => from_text(array, to, lenient, context),
        (from_logical, to_logical) if from_logical.is_numeric() && to_logical.is_numeric() => number(array, &target),
        (from_logical, LogicalType::Boolean) if from_logical.is_numeric() => to_boolean(array),
        (LogicalType::Boolean, to_logical) if to_logical.is_numeric() => {
            number(&arrow_cast(array, &ArrowType::Int32)?, &target)
        }
        (LogicalType::Binary(_) | LogicalType::Varbinary(_), LogicalType::Binary(_) | LogicalType::Varbinary(_)) => {
            fit_bytes(array.as_binary::<i32>(), &from.logical, &to.logical)
        }
        (from_logical, to_logical) if is_moment(from_logical) && is_moment(to_logical) => {
            moment(array, from, to, context)
        }
        (LogicalType::IntervalYearMonth | LogicalType::IntervalDayTime, LogicalType::Int | LogicalType::BigInt)
        | (LogicalType::Int, LogicalType::IntervalYearMonth)
        | (LogicalType::BigInt, LogicalType::IntervalDayTime) => number(array, &target),
        _ => cast_nested(array, from, to, lenient, context),
    }
}

fn to_boolean(array: &ArrayRef) -> Result<ArrayRef> {
    let values = doubles(array)?;
    Ok(Arc::new(values.iter().map(|value| value.map(|value| value != 0.0)).collect::<BooleanArray>()))
}

/// A column of numbers as doubles.
pub(super) fn doubles(array: &ArrayRef) -> Result<Float64Array> {
    Ok(match array.data_type() {
        ArrowType::Decimal128(_, scale) => {
            let power = 10_f64.powi(i32::from(*scale));
            // Below 2^53 both the digits and the power of ten are exact, so that the quotient is the nearest double.
            let exact = |value: i128| value.unsigned_abs() < (1 << 53) && *scale <= 22;
            #[expect(clippy::cast_precision_loss, reason = "the value is below 2^53")]
            let near = |value: i128| if exact(value) { value as f64 / power } else { parsed(value, *scale) };
            array.as_primitive::<Decimal128Type>().unary(near)
        }
        _ => arrow_cast(array, &ArrowType::Float64)?.as_primitive::<Float64Type>().clone(),
    })
}

fn parsed(value: i128, scale: i8) -> f64 {
    format!("{value}e{}", -i32::from(scale)).parse().unwrap_or(f64::NAN)
}

fn number(array: &ArrayRef, target: &ArrowType) -> Result<ArrayRef> {
    match (array.data_type(), target) {
        (_, ArrowType::Float64) => Ok(Arc::new(doubles(array)?)),
        (ArrowType::Decimal128(..), ArrowType::Float32) => Ok(arrow_cast(&doubles(array)?, target)?),
        (_, ArrowType::Decimal128(precision, scale)) => to_decimal(array, *precision, *scale),
        (_, ArrowType::Float32) => Ok(arrow_cast(array, target)?),
        (ArrowType::Decimal128(_, scale), _) => {
            let whole = |value: i128| whole_of(value, *scale);
            narrow(&array.as_primitive::<Decimal128Type>().unary::<_, Int64Type>(whole), target)
        }
        (ArrowType::Float32 | ArrowType::Float64, _) => from_double(array, target),
        _ => narrow(&to_int(array)?, target),
    }
}

/// The parts of decimals before the point.
pub(super) fn whole_numbers(array: &ArrayRef) -> Result<Int64Array> {
    Ok(number(array, &ArrowType::Int64)?.as_primitive::<Int64Type>().clone())
}

/// The part before the point, as Java's `BigDecimal.longValue` narrows it.
#[expect(clippy::cast_possible_truncation, reason = "narrowing is what Java does")]
fn whole_of(value: i128, scale: i8) -> i64 {
    (value / 10_i128.pow(u32::from(scale.unsigned_abs()))) as i64
}

/// Java's narrowing of a `long`.
#[expect(clippy::cast_possible_truncation, reason = "narrowing is what Java does")]
fn narrow(values: &Int64Array, target: &ArrowType) -> Result<ArrayRef> {
    Ok(match target {
        ArrowType::Int8 => Arc::new(values.unary::<_, Int8Type>(|value| value as i8)),
        ArrowType::Int16 => Arc::new(values.unary::<_, Int16Type>(|value| value as i16)),
        ArrowType::Int32 => Arc::new(values.unary::<_, Int32Type>(|value| value as i32)),
        _ => Arc::new(values.clone()),
    })
}

/// Java's narrowing of a `double`: to `int` and `long` it saturates (NaN is 0), to shorter types through `int`.
#[expect(clippy::cast_possible_truncation, reason = "narrowing is what Java does")]
fn from_double(array: &ArrayRef, target: &ArrowType) -> Result<ArrayRef> {
    let values = doubles(array)?;
    Ok(match target {
        ArrowType::Int64 => Arc::new(values.unary::<_, Int64Type>(|value| value as i64)),
        ArrowType::Int32 => Arc::new(values.unary::<_, Int32Type>(|value| value as i32)),
        ArrowType::Int16 => Arc::new(values.unary::<_, Int16Type>(|value| value as i32 as i16)),
        ArrowType::Int8 => Arc::new(values.unary::<_, Int8Type>(|value| value as i32 as i8)),
        other => return Err(row_error(format!("a DOUBLE can't be cast to `{other}`"))),
    })
}

fn to_decimal(array: &ArrayRef, precision: u8, scale: i8) -> Result<ArrayRef> {
    let values: Decimal128Array = match array.data_type() {
        ArrowType::Decimal128(_, from) => map(array.as_primitive::<Decimal128Type>(), |value| {
            rescale(i256::from_i128(value), *from, scale).and_then(|value| fit(value, precision))
        }),
        // The digits that tell a double from its neighbours are what is rounded.
        ArrowType::Float32 | ArrowType::Float64 => {
            map(&doubles(array)?, |value| decimal_of(&value.to_string(), precision, scale))
        }
        _ => map(&to_int(array)?, |value| {
            rescale(i256::from_i128(i128::from(value)), 0, scale).and_then(|value| fit(value, precision))
        }),
    };
    Ok(Arc::new(values.with_precision_and_scale(precision, scale)?))
}

/// A double's binary value as a decimal; NULL where it doesn't fit.
fn exact_decimal(call: &Call<'_>) -> Result<ArrayRef> {
    let LogicalType::Decimal(precision, scale) = call.result.logical else {
        return Err(row_error("a double is made a DECIMAL here"));
    };
    let scale = scale.cast_signed();
    let values = map(&doubles(&call.array(0)?)?, |value| decimal_of(&format!("{value:.60}"), precision, scale));
    Ok(Arc::new(values.with_precision_and_scale(precision, scale)?))
}

fn map<T: ArrowPrimitiveType>(array: &PrimitiveArray<T>, value: impl Fn(T::Native) -> Option<i128>) -> Decimal128Array {
    array.iter().map(|item| item.and_then(&value)).collect()
}

/// The unscaled value of a number's text (`-1.5`, `1e3`), rounded half up; `None` where it is no number or too large.
pub(super) fn decimal_of(text: &str, precision: u8, scale: i8) -> Option<i128> {
    let (mantissa, exponent) = match text.find(['e', 'E']) {
        Some(at) => (&text[..at], text[at + 1..].parse::<i32>().ok()?),
        None => (text, 0),
    };
    let negative = mantissa.starts_with('-');
    let digits = mantissa.strip_prefix(['-', '+']).unwrap_or(mantissa);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all: String = [whole, fraction].concat();
    if all.is_empty() || !all.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let all = all.trim_start_matches('0');
    // The value is 0.all * 10^point; digits from `keep` on are cut off, the first of them rounds.
    let point = i64::try_from(all.len()).ok()? - i64::try_from(fraction.len()).ok()? + i64::from(exponent);
    let keep = point + i64::from(scale);
    if keep > i64::from(precision) {
        return if all.is_empty() { Some(0) } else { None };
    }
    if keep < 0 || all.is_empty() {
        return Some(0);
    }
    let keep = usize::try_from(keep).ok()?;
    let kept: String = all.chars().chain(std::iter::repeat('0')).take(keep).collect();
    let up = all.as_bytes().get(keep).is_some_and(|digit| *digit >= b'5');
    let value = if kept.is_empty() { 0 } else { kept.parse::<i128>().ok()? } + i128::from(up);
    let value = if negative { -value } else { value };
    fit(i256::from_i128(value), precision)
}

fn is_moment(logical: &LogicalType) -> bool {
    logical.is_timestamp() || matches!(logical, LogicalType::Date | LogicalType::Time(_))
}

/// Between dates, times, timestamps and instants. Everything goes through local milliseconds or the finer unit.
fn moment(array: &ArrayRef, from: &DataType, to: &DataType, context: &ExprContext) -> Result<ArrayRef> {
    let target = to.logical.to_arrow();
    let (per_from, per_to) = (units(&from.logical), units(&to.logical));
    let values = to_int(array)?;
    let zone = context.zone;
    let shift = |value: i64, per: i64, by: fn(i64, chrono_tz::Tz) -> i64| {
        let per_milli = per / 1000;
        let millis = value.div_euclid(per_milli);
        by(millis, zone).saturating_mul(per_milli).saturating_add(value.rem_euclid(per_milli))
    };
    let is_instant = |data_type: &DataType| matches!(data_type.logical, LogicalType::TimestampLtz(_));
    let convert = |value: i64| {
        let local = match &from.logical {
            LogicalType::Date => value.saturating_mul(DAY),
            LogicalType::TimestampLtz(_) if !is_instant(to) => shift(value, per_from, to_local),
            _ => value,
        };
        let scaled = scale(local, per_from, per_to);
        let scaled = truncate(scaled, &to.logical, per_to);
        match &to.logical {
            // Milliseconds before 1970 are cut off towards it, as Flink does, but for instants.
            LogicalType::Date if is_instant(from) => scaled.div_euclid(DAY),
            LogicalType::Date => scaled / DAY,
            LogicalType::Time(precision) => cut(scaled, *precision).rem_euclid(DAY),
            LogicalType::TimestampLtz(_) if !is_instant(from) => shift(scaled, per_to, to_instant),
            _ => scaled,
        }
    };
    let converted: Int64Array = values.unary(convert);
    Ok(crate::aggregate::cells::Cells::Int(converted).into_array(&target)?)
}

/// How many of a moment's units make a second; dates and times count as milliseconds.
fn units(logical: &LogicalType) -> i64 {
    match logical {
        LogicalType::Timestamp(precision) | LogicalType::TimestampLtz(precision) => per_second(unit_of(*precision)),
        _ => 1000,
    }
}

fn scale(value: i64, from: i64, to: i64) -> i64 {
    if to >= from { value.saturating_mul(to / from) } else { value.div_euclid(from / to) }
}

/// Cuts off digits that the precision doesn't have.
fn truncate(value: i64, logical: &LogicalType, per_second: i64) -> i64 {
    let (LogicalType::Timestamp(precision) | LogicalType::TimestampLtz(precision)) = logical else { return value };
    let step = (per_second / 10_i64.pow(u32::from(*precision)).min(per_second)).max(1);
    // Digits of whole milliseconds are cut off towards 1970, as Flink does; those behind them towards the past.
    if *precision < 3 { value - value % step } else { value - value.rem_euclid(step) }
}

/// Milliseconds with so many digits of the second's fraction.
pub(super) fn cut(millis: i64, precision: u8) -> i64 {
    millis - millis % 10_i64.pow(3 - u32::from(precision.min(3)))
}
