//! Arithmetic: integers wrap, their division by zero fails, decimals are exact and NULL where they don't fit.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, ArrowNativeTypeOp, ArrowPrimitiveType, AsArray, Datum, Decimal128Array, PrimitiveArray,
};
use arrow::compute::kernels::arity::{try_binary, unary};
use arrow::compute::kernels::numeric::{add_wrapping, div, mul_wrapping, rem, sub_wrapping};
use arrow::datatypes::{DataType, Decimal128Type, Int8Type, Int16Type, Int32Type, Int64Type, i256};
use arrow::error::ArrowError;
use datafusion::error::Result;
use datafusion::logical_expr::ColumnarValue;

use super::function::{Call, Kernel};
use super::row_error;

/// The kernel of an arithmetic operator.
pub(super) fn kernel(name: &str) -> Option<Kernel> {
    Some(match name {
        "plus" => |call| if is_decimal(call) { decimal(call, Operation::Plus) } else { numbers(call, add_wrapping) },
        "minus" => |call| if is_decimal(call) { decimal(call, Operation::Minus) } else { numbers(call, sub_wrapping) },
        "times" => |call| if is_decimal(call) { decimal(call, Operation::Times) } else { numbers(call, mul_wrapping) },
        "divide" => |call| if is_decimal(call) { decimal(call, Operation::Divide) } else { divide(call) },
        "mod" => |call| if is_decimal(call) { decimal(call, Operation::Modulo) } else { modulo(call) },
        "interval_plus" => |call| numbers(call, add_wrapping),
        "interval_minus" => |call| numbers(call, sub_wrapping),
        "interval_times" => interval_times,
        "negate" => |call| negate(&call.array(0)?),
        _ => return None,
    })
}

fn is_decimal(call: &Call<'_>) -> bool {
    call.args.iter().any(|arg| matches!(arg.data_type(), DataType::Decimal128(..)))
}

type Wrapping = fn(&dyn Datum, &dyn Datum) -> Result<ArrayRef, ArrowError>;

fn numbers(call: &Call<'_>, operation: Wrapping) -> Result<ArrayRef> {
    Ok(match (&call.args[0], &call.args[1]) {
        (ColumnarValue::Array(left), ColumnarValue::Scalar(right)) => operation(left, &right.to_scalar()?)?,
        (ColumnarValue::Scalar(left), ColumnarValue::Array(right)) => operation(&left.to_scalar()?, right)?,
        _ => operation(&call.array(0)?, &call.array(1)?)?,
    })
}

/// Months are `i32`, milliseconds `i64`; the factor is a BIGINT.
fn interval_times(call: &Call<'_>) -> Result<ArrayRef> {
    let interval = call.array(0)?;
    let factor = arrow::compute::cast(&call.array(1)?, interval.data_type())?;
    Ok(mul_wrapping(&interval, &factor)?)
}

const ZERO: &str = "division by zero";

fn checked<T: ArrowPrimitiveType>(
    left: &ArrayRef,
    right: &ArrayRef,
    operation: fn(T::Native, T::Native) -> T::Native,
) -> Result<ArrayRef> {
    let (left, right) = (left.as_primitive::<T>(), right.as_primitive::<T>());
    let result: PrimitiveArray<T> = try_binary(left, right, |left, right| {
        if right.is_zero() { Err(ArrowError::ComputeError(ZERO.to_owned())) } else { Ok(operation(left, right)) }
    })
    .map_err(|error| match error {
        ArrowError::ComputeError(text) => row_error(text),
        other => other.into(),
    })?;
    Ok(Arc::new(result))
}

fn divide(call: &Call<'_>) -> Result<ArrayRef> {
    let (left, right) = (call.array(0)?, call.array(1)?);
    match left.data_type() {
        DataType::Int8 => checked::<Int8Type>(&left, &right, i8::wrapping_div),
        DataType::Int16 => checked::<Int16Type>(&left, &right, i16::wrapping_div),
        DataType::Int32 => checked::<Int32Type>(&left, &right, i32::wrapping_div),
        DataType::Int64 => checked::<Int64Type>(&left, &right, i64::wrapping_div),
        // Floating point has an infinity for it.
        DataType::Float32 | DataType::Float64 => numbers(call, div),
        other => Err(row_error(format!("`{other}` can't be divided"))),
    }
}

fn modulo(call: &Call<'_>) -> Result<ArrayRef> {
    let (left, right) = (call.array(0)?, call.array(1)?);
    match left.data_type() {
        DataType::Int8 => checked::<Int8Type>(&left, &right, i8::wrapping_rem),
        DataType::Int16 => checked::<Int16Type>(&left, &right, i16::wrapping_rem),
        DataType::Int32 => checked::<Int32Type>(&left, &right, i32::wrapping_rem),
        DataType::Int64 => checked::<Int64Type>(&left, &right, i64::wrapping_rem),
        DataType::Float32 | DataType::Float64 => numbers(call, rem),
        other => Err(row_error(format!("`{other}` has no remainder"))),
    }
}

fn negate(array: &ArrayRef) -> Result<ArrayRef> {
    Ok(match array.data_type() {
        DataType::Int8 => Arc::new(unary::<_, _, Int8Type>(array.as_primitive::<Int8Type>(), i8::wrapping_neg)),
        DataType::Int16 => Arc::new(unary::<_, _, Int16Type>(array.as_primitive::<Int16Type>(), i16::wrapping_neg)),
        DataType::Int32 => Arc::new(unary::<_, _, Int32Type>(array.as_primitive::<Int32Type>(), i32::wrapping_neg)),
        DataType::Int64 => Arc::new(unary::<_, _, Int64Type>(array.as_primitive::<Int64Type>(), i64::wrapping_neg)),
        _ => arrow::compute::kernels::numeric::neg_wrapping(array)?,
    })
}

/// Ten to the `power`; nothing where that is no 256-bit number.
pub(super) fn ten_to(power: u32) -> Option<i256> {
    i256::from_i128(10).checked_pow(power)
}

#[derive(Clone, Copy)]
enum Operation {
    Plus,
    Minus,
    Times,
    Divide,
    Modulo,
}

/// The precision and scale of a decimal column, and its values; integers are decimals of scale 0.
fn operand(array: &ArrayRef) -> Result<(i8, Decimal128Array)> {
    let array = match array.data_type() {
        DataType::Decimal128(..) => array.clone(),
        _ => arrow::compute::cast(array, &DataType::Decimal128(38, 0))?,
    };
    let DataType::Decimal128(_, scale) = array.data_type() else { return Err(row_error("not a decimal")) };
    Ok((*scale, array.as_primitive::<Decimal128Type>().clone()))
}

fn decimal(call: &Call<'_>, operation: Operation) -> Result<ArrayRef> {
    let ((left_scale, left), (right_scale, right)) = (operand(&call.array(0)?)?, operand(&call.array(1)?)?);
    let DataType::Decimal128(precision, scale) = call.result_arrow() else {
        return decimal_to_other(call, operation);
    };
    let scales = Scales { left: left_scale, right: right_scale, result: scale };
    let mut values = Vec::with_capacity(left.len());
    for (left, right) in left.iter().zip(right.iter()) {
        values.push(match left.zip(right) {
            Some((_, 0)) if matches!(operation, Operation::Divide | Operation::Modulo) => return Err(row_error(ZERO)),
            Some((left, right)) => scales.compute(operation, left, right).and_then(|value| fit(value, precision)),
            None => None,
        });
    }
    Ok(Arc::new(Decimal128Array::from(values).with_precision_and_scale(precision, scale)?))
}

/// The result of two decimals in a type that is no decimal (a remainder by an integer).
fn decimal_to_other(call: &Call<'_>, operation: Operation) -> Result<ArrayRef> {
    let result = yeoul_row::LogicalType::Decimal(38, 0).nullable();
    Ok(arrow::compute::cast(&decimal(&Call { result: &result, ..*call }, operation)?, &call.result_arrow())?)
}

/// The value where it has at most `precision` digits.
pub(super) fn fit(value: i256, precision: u8) -> Option<i128> {
    let value = value.to_i128()?;
    (value.unsigned_abs() < 10_u128.pow(u32::from(precision))).then_some(value)
}

struct Scales {
    left: i8,
    right: i8,
    result: i8,
}

impl Scales {
    fn compute(&self, operation: Operation, left: i128, right: i128) -> Option<i256> {
        let (left, right) = (i256::from_i128(left), i256::from_i128(right));
        match operation {
            Operation::Plus => self.aligned(left, right, |left, right| left.checked_add(right)),
            Operation::Minus => self.aligned(left, right, |left, right| left.checked_sub(right)),
            Operation::Modulo => self.aligned(left, right, |left, right| left.checked_rem(right)),
            Operation::Times => rescale(left.checked_mul(right)?, self.left + self.right, self.result),
            Operation::Divide => {
                let shift = i32::from(self.result) + i32::from(self.right) - i32::from(self.left);
                let power = ten_to(shift.unsigned_abs())?;
                let (left, right) =
                    if shift >= 0 { (left.checked_mul(power)?, right) } else { (left, right.checked_mul(power)?) };
                divide_half_up(left, right)
            }
        }
    }

    fn aligned(&self, left: i256, right: i256, operation: fn(i256, i256) -> Option<i256>) -> Option<i256> {
        let scale = self.left.max(self.right);
        let (left, right) = (rescale(left, self.left, scale)?, rescale(right, self.right, scale)?);
        rescale(operation(left, right)?, scale, self.result)
    }
}

/// The value with another scale, rounded half away from zero.
pub(super) fn rescale(value: i256, from: i8, to: i8) -> Option<i256> {
    let power = ten_to(u32::from(from.abs_diff(to)))?;
    if to >= from { value.checked_mul(power) } else { divide_half_up(value, power) }
}

fn divide_half_up(left: i256, right: i256) -> Option<i256> {
    let (quotient, rest) = (left.checked_div(right)?, left.checked_rem(right)?);
    let twice = rest.wrapping_abs().checked_mul(i256::from_i128(2))?;
    if twice < right.wrapping_abs() {
        return Some(quotient);
    }
    let negative = left.is_negative() != right.is_negative();
    if negative { quotient.checked_sub(i256::ONE) } else { quotient.checked_add(i256::ONE) }
}
