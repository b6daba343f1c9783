//! Functions of numbers.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Decimal128Array, Float64Array, Int64Array};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Decimal128Type, Int32Type, i256};
use datafusion::error::Result;

use super::arithmetic::{fit, rescale, ten_to};
use super::cast::{decimal_of, doubles};
use super::function::{Call, Kernel};
use crate::aggregate::cells::to_int;

/// The kernel of a function of numbers.
pub(super) fn kernel(name: &str) -> Option<Kernel> {
    Some(match name {
        "abs" => |call| signed(call, i64::wrapping_abs, f64::abs, i128::wrapping_abs),
        "sign" => sign,
        "ceil" => |call| whole(call, f64::ceil, |value, unit| value + (unit - value.rem_euclid(unit)) % unit),
        "floor" => |call| whole(call, f64::floor, |value, unit| value - value.rem_euclid(unit)),
        "round" => |call| round(call, true),
        "truncate" => |call| round(call, false),
        _ => return None,
    })
}

/// A function of one number that keeps its type.
fn signed(call: &Call<'_>, int: fn(i64) -> i64, float: fn(f64) -> f64, decimal: fn(i128) -> i128) -> Result<ArrayRef> {
    let values = call.array(0)?;
    match values.data_type() {
        DataType::Float32 | DataType::Float64 => {
            let mapped: Float64Array = doubles(&values)?.unary(float);
            Ok(cast(&mapped, values.data_type())?)
        }
        DataType::Decimal128(precision, scale) => {
            let mapped: Decimal128Array = values.as_primitive::<Decimal128Type>().unary(decimal);
            Ok(Arc::new(mapped.with_precision_and_scale(*precision, *scale)?))
        }
        _ => wrap(to_int(&values)?.unary(int), values.data_type()),
    }
}

/// Integers in a narrower type, as Java narrows them.
#[expect(clippy::cast_possible_truncation, reason = "narrowing is what Java does")]
fn wrap(values: Int64Array, data_type: &DataType) -> Result<ArrayRef> {
    let narrowed: Int64Array = match data_type {
        DataType::Int8 => values.unary(|value| i64::from(value as i8)),
        DataType::Int16 => values.unary(|value| i64::from(value as i16)),
        DataType::Int32 => values.unary(|value| i64::from(value as i32)),
        _ => values,
    };
    Ok(cast(&narrowed, data_type)?)
}

/// -1, 0 or 1 in the argument's type.
fn sign(call: &Call<'_>) -> Result<ArrayRef> {
    let scale = match call.array(0)?.data_type() {
        DataType::Decimal128(_, scale) => *scale,
        _ => 0,
    };
    let unit = 10_i128.pow(u32::from(scale.unsigned_abs()));
    let values = call.array(0)?;
    if let DataType::Decimal128(precision, scale) = values.data_type() {
        let signs: Decimal128Array = values.as_primitive::<Decimal128Type>().unary(|value| value.signum() * unit);
        return Ok(Arc::new(signs.with_precision_and_scale(*precision, *scale)?));
    }
    let float = |value: f64| if value == 0.0 || value.is_nan() { value } else { value.signum() };
    signed(call, i64::signum, float, i128::signum)
}

/// `FLOOR` and `CEIL`: decimals lose their fraction.
fn whole(call: &Call<'_>, float: fn(f64) -> f64, decimal: fn(i128, i128) -> i128) -> Result<ArrayRef> {
    let values = call.array(0)?;
    let DataType::Decimal128(_, scale) = values.data_type() else {
        return signed(call, |value| value, float, |value| value);
    };
    let unit = 10_i128.pow(u32::from(scale.unsigned_abs()));
    let whole: Decimal128Array = values.as_primitive::<Decimal128Type>().unary(|value| decimal(value, unit) / unit);
    match call.result_arrow() {
        DataType::Decimal128(precision, scale) => {
            let power = 10_i128.pow(u32::from(scale.unsigned_abs()));
            let scaled: Decimal128Array = whole.unary(|value| value.saturating_mul(power));
            Ok(Arc::new(scaled.with_precision_and_scale(precision, scale)?))
        }
        other => Ok(cast(&whole.with_precision_and_scale(38, 0)?, &other)?),
    }
}

/// `ROUND` (half away from zero) and `TRUNCATE`, to so many digits behind the point; negative: before it.
fn round(call: &Call<'_>, half_up: bool) -> Result<ArrayRef> {
    let values = call.array(0)?;
    let digits = if call.args.len() > 1 { Some(cast(&call.array(1)?, &DataType::Int32)?) } else { None };
    let digits = |row: usize| match &digits {
        Some(digits) => digits.is_valid(row).then(|| digits.as_primitive::<Int32Type>().value(row)),
        None => Some(0),
    };
    match values.data_type() {
        DataType::Float32 | DataType::Float64 => {
            let doubles = doubles(&values)?;
            let rounded =
                doubles.iter().enumerate().map(|(row, value)| Some(round_double(value?, digits(row)?, half_up)));
            Ok(cast(&rounded.collect::<Float64Array>(), values.data_type())?)
        }
        DataType::Decimal128(_, scale) => round_decimals(call, &values, *scale, digits, half_up),
        _ => {
            let ints = to_int(&values)?;
            let rounded = ints.iter().enumerate().map(|(row, value)| {
                let value = round_digits(i256::from_i128(i128::from(value?)), 0, digits(row)?, half_up)?;
                i64::try_from(value.to_i128()?).ok()
            });
            wrap(rounded.collect(), values.data_type())
        }
    }
}

fn round_decimals(
    call: &Call<'_>,
    values: &ArrayRef,
    scale: i8,
    digits: impl Fn(usize) -> Option<i32>,
    half_up: bool,
) -> Result<ArrayRef> {
    let DataType::Decimal128(precision, to) = call.result_arrow() else {
        return Err(super::row_error("a decimal is rounded to a decimal"));
    };
    let rounded = values.as_primitive::<Decimal128Type>().iter().enumerate().map(|(row, value)| {
        let value = round_digits(i256::from_i128(value?), scale, digits(row)?, half_up)?;
        fit(rescale(value, scale, to)?, precision)
    });
    Ok(Arc::new(rounded.collect::<Decimal128Array>().with_precision_and_scale(precision, to)?))
}

/// An unscaled value with all digits behind `digits` zero.
fn round_digits(value: i256, scale: i8, digits: i32, half_up: bool) -> Option<i256> {
    let cut = i32::from(scale) - digits;
    let Some(unit) = u32::try_from(cut).ok().filter(|cut| *cut > 0) else { return Some(value) };
    let Some(unit) = ten_to(unit) else { return Some(i256::ZERO) };
    let rest = value.checked_rem(unit)?;
    let down = value.checked_sub(rest)?;
    let up = half_up && rest.wrapping_abs().checked_mul(i256::from_i128(2))? >= unit;
    match (up, value.is_negative()) {
        (false, _) => Some(down),
        (true, false) => down.checked_add(unit),
        (true, true) => down.checked_sub(unit),
    }
}

/// As Java rounds: the number's shortest text is what is rounded, so that 0.35 is 0.4.
fn round_double(value: f64, digits: i32, half_up: bool) -> f64 {
    let scale = digits.clamp(-18, 18);
    if !value.is_finite() || value.abs() >= 1e15 {
        return value;
    }
    let Some(exact) = decimal_of(&value.to_string(), 38, 18) else { return value };
    let rounded = round_digits(i256::from_i128(exact), 18, scale, half_up).and_then(i256::to_i128);
    rounded.and_then(|rounded| format!("{rounded}e-18").parse().ok()).unwrap_or(value)
}
