//! Values of few physical kinds: what accumulators work on, whatever the SQL type is.
//!
//! Integers, booleans, dates, times, timestamps and intervals are `i64`; `FLOAT` and `DOUBLE` are `f64`; decimals are
//! `i128`; texts, bytes, `VARIANT` and `BITMAP` are bytes. Arrays, maps and rows stay as they are.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BinaryArray, Decimal128Array, Float64Array, Int64Array, new_null_array};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Decimal128Type, Float64Type, Int64Type, TimeUnit};
use arrow::error::ArrowError;

/// A column as one of the physical kinds.
#[derive(Clone, Debug)]
pub(crate) enum Cells {
    /// Everything that fits 64 bits exactly.
    Int(Int64Array),
    /// Floating point.
    Float(Float64Array),
    /// Unscaled decimals.
    Decimal(Decimal128Array),
    /// Texts and bytes.
    Bytes(BinaryArray),
    /// Arrays, maps, multisets and rows.
    Nested(ArrayRef),
}

/// Which physical kind holds a type.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum CellKind {
    /// [`Cells::Int`]
    Int,
    /// [`Cells::Float`]
    Float,
    /// [`Cells::Decimal`]
    Decimal,
    /// [`Cells::Bytes`]
    Bytes,
}

impl CellKind {
    /// The kind that holds a type; `None` for nested types.
    pub(crate) fn of(data_type: &DataType) -> Option<CellKind> {
        Some(match data_type {
            DataType::Float32 | DataType::Float64 => CellKind::Float,
            DataType::Decimal128(..) => CellKind::Decimal,
            DataType::Utf8 | DataType::Binary | DataType::LargeBinary | DataType::BinaryView => CellKind::Bytes,
            DataType::Boolean | DataType::Date32 | DataType::Time32(_) | DataType::Timestamp(..) | DataType::Null => {
                CellKind::Int
            }
            other if other.is_integer() => CellKind::Int,
            _ => return None,
        })
    }
}

impl Cells {
    /// A column's cells.
    pub(crate) fn of(array: &ArrayRef) -> Result<Cells, ArrowError> {
        Ok(match CellKind::of(array.data_type()) {
            Some(CellKind::Int) => Cells::Int(to_int(array)?),
            Some(CellKind::Float) => {
                Cells::Float(cast(array, &DataType::Float64)?.as_primitive::<Float64Type>().clone())
            }
            Some(CellKind::Decimal) => Cells::Decimal(array.as_primitive::<Decimal128Type>().clone()),
            Some(CellKind::Bytes) => Cells::Bytes(cast(array, &DataType::Binary)?.as_binary::<i32>().clone()),
            None => Cells::Nested(array.clone()),
        })
    }

    /// Which rows are NULL.
    pub(crate) fn nulls(&self) -> Option<&arrow::buffer::NullBuffer> {
        match self {
            Cells::Int(array) => array.nulls(),
            Cells::Float(array) => array.nulls(),
            Cells::Decimal(array) => array.nulls(),
            Cells::Bytes(array) => array.nulls(),
            Cells::Nested(array) => array.nulls(),
        }
    }

    /// The column of type `data_type` with these cells.
    pub(crate) fn into_array(self, data_type: &DataType) -> Result<ArrayRef, ArrowError> {
        match (self, data_type) {
            (Cells::Int(array), DataType::Null) => Ok(new_null_array(&DataType::Null, array.len())),
            (Cells::Int(array), _) => from_int(array, data_type),
            (Cells::Float(array), _) => cast(&array, data_type),
            (Cells::Decimal(array), DataType::Decimal128(precision, scale)) => {
                Ok(Arc::new(array.with_precision_and_scale(*precision, *scale)?))
            }
            (Cells::Decimal(array), _) => cast(&array, data_type),
            (Cells::Bytes(array), _) => cast(&array, data_type),
            (Cells::Nested(array), _) => Ok(array),
        }
    }
}

/// 64-bit integers with a column's values; timestamps keep their unit.
pub(crate) fn to_int(array: &ArrayRef) -> Result<Int64Array, ArrowError> {
    let array = match array.data_type() {
        DataType::Date32 | DataType::Time32(_) => cast(array, &DataType::Int32)?,
        _ => array.clone(),
    };
    Ok(cast(&array, &DataType::Int64)?.as_primitive::<Int64Type>().clone())
}

fn from_int(array: Int64Array, data_type: &DataType) -> Result<ArrayRef, ArrowError> {
    match data_type {
        DataType::Date32 | DataType::Time32(_) => cast(&cast(&array, &DataType::Int32)?, data_type),
        _ => cast(&array, data_type),
    }
}

/// Event times in milliseconds, rounded down. NULL where the column is.
pub(crate) fn to_millis(array: &ArrayRef) -> Result<Int64Array, ArrowError> {
    let values = to_int(array)?;
    let per_milli = match array.data_type() {
        DataType::Timestamp(TimeUnit::Microsecond, _) => 1_000,
        DataType::Timestamp(TimeUnit::Nanosecond, _) => 1_000_000,
        _ => return Ok(values),
    };
    Ok(values.unary(|value| value.div_euclid(per_milli)))
}

/// A timestamp column from milliseconds; saturates at the unit's limits.
pub(crate) fn from_millis(values: Int64Array, data_type: &DataType) -> Result<ArrayRef, ArrowError> {
    let per_milli = match data_type {
        DataType::Timestamp(TimeUnit::Microsecond, _) => 1_000,
        DataType::Timestamp(TimeUnit::Nanosecond, _) => 1_000_000,
        _ => 1,
    };
    let values: Int64Array = values.unary(|value: i64| value.saturating_mul(per_milli));
    cast(&values, data_type)
}
