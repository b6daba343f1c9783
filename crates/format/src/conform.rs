//! Arrays as a file has them, in the layout of a table's types: whole numbers of another width that fit, texts and bytes,
//! decimals and times of other precisions, rows by their fields' names.
//!
//! Nothing is guessed: a number stays a number, a text a text. A value that doesn't fit fails.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, Int64Array, ListArray, MapArray, StructArray, TimestampMicrosecondArray,
    TimestampMillisecondArray, TimestampNanosecondArray, new_null_array,
};
use arrow::compute::{CastOptions, cast_with_options};
use arrow::datatypes::{DataType, Int64Type, TimeUnit};
use arrow::error::ArrowError;
use yeoul_row::{LogicalType, RowType};

/// The array in the layout of a type.
///
/// # Errors
/// An array of another kind, or a value that the type can't hold.
pub(crate) fn conform(array: &ArrayRef, logical: &LogicalType) -> Result<ArrayRef, ArrowError> {
    match (logical, array.data_type()) {
        (_, DataType::Null) => Ok(new_null_array(&logical.to_arrow(), array.len())),
        (LogicalType::Row(row), DataType::Struct(_)) => rows(array.as_struct(), row),
        (LogicalType::Array(element), DataType::List(_)) => {
            let list = array.as_list::<i32>();
            let values = conform(list.values(), &element.logical)?;
            let DataType::List(field) = logical.to_arrow() else { return Err(other(array, logical)) };
            Ok(Arc::new(ListArray::try_new(field, list.offsets().clone(), values, list.nulls().cloned())?))
        }
        (LogicalType::Map(key, value), DataType::Map(..)) => map(array.as_map(), logical, &key.logical, &value.logical),
        (LogicalType::Multiset(element), DataType::Map(..)) => {
            map(array.as_map(), logical, &element.logical, &LogicalType::Int)
        }
        (LogicalType::Timestamp(_) | LogicalType::TimestampLtz(_), DataType::Timestamp(unit, _)) => {
            times(array, *unit, &logical.to_arrow())
        }
        (_, found) if is_kin(logical, found) => {
            cast_with_options(array, &logical.to_arrow(), &CastOptions { safe: false, ..CastOptions::default() })
        }
        _ => Err(other(array, logical)),
    }
}

fn other(array: &dyn Array, logical: &LogicalType) -> ArrowError {
    ArrowError::SchemaError(format!("the file has `{}`, the table says `{logical}`", array.data_type()))
}

/// Whether values of an Arrow type may be those of a logical type.
fn is_kin(logical: &LogicalType, found: &DataType) -> bool {
    let is_bytes = matches!(
        found,
        DataType::Utf8
            | DataType::LargeUtf8
            | DataType::Binary
            | DataType::LargeBinary
            | DataType::FixedSizeBinary(_)
            | DataType::Utf8View
            | DataType::BinaryView
    );
    match logical {
        LogicalType::Boolean => *found == DataType::Boolean,
        LogicalType::TinyInt | LogicalType::SmallInt | LogicalType::Int | LogicalType::BigInt => found.is_integer(),
        LogicalType::Float => *found == DataType::Float32,
        LogicalType::Double => matches!(found, DataType::Float32 | DataType::Float64),
        LogicalType::Decimal(..) => found.is_decimal() || found.is_integer(),
        LogicalType::Date => *found == DataType::Date32,
        LogicalType::Time(_) => matches!(found, DataType::Time32(_) | DataType::Time64(_)),
        LogicalType::Char(_) | LogicalType::Varchar(_) | LogicalType::Binary(_) | LogicalType::Varbinary(_) => is_bytes,
        _ => false,
    }
}

fn rows(values: &StructArray, row: &RowType) -> Result<ArrayRef, ArrowError> {
    let columns = row.fields.iter().map(|field| match values.column_by_name(&field.name) {
        Some(column) => conform(column, &field.data_type.logical),
        None => Ok(new_null_array(&field.data_type.logical.to_arrow(), values.len())),
    });
    let columns = columns.collect::<Result<Vec<_>, _>>()?;
    if columns.is_empty() {
        return Ok(Arc::new(StructArray::new_empty_fields(values.len(), values.nulls().cloned())));
    }
    Ok(Arc::new(StructArray::try_new(row.to_arrow_fields(), columns, values.nulls().cloned())?))
}

fn map(map: &MapArray, logical: &LogicalType, key: &LogicalType, value: &LogicalType) -> Result<ArrayRef, ArrowError> {
    let DataType::Map(field, sorted) = logical.to_arrow() else { return Err(other(map, logical)) };
    let DataType::Struct(fields) = field.data_type() else { return Err(other(map, logical)) };
    let columns = vec![conform(map.keys(), key)?, conform(map.values(), value)?];
    let entries = StructArray::try_new(fields.clone(), columns, None)?;
    Ok(Arc::new(MapArray::try_new(field, map.offsets().clone(), entries, map.nulls().cloned(), sorted)?))
}

/// Times in another unit, rounded down: also those before 1970.
fn times(array: &ArrayRef, unit: TimeUnit, to: &DataType) -> Result<ArrayRef, ArrowError> {
    let DataType::Timestamp(to_unit, zone) = to else { return Err(ArrowError::SchemaError("no time".to_owned())) };
    let integers = cast_with_options(array, &DataType::Int64, &CastOptions::default())?;
    let integers = integers.as_primitive::<Int64Type>();
    let (from, into) = (per_second(unit), per_second(*to_unit));
    let scaled: Int64Array = if from >= into {
        integers.unary(|time: i64| time.div_euclid(from / into))
    } else {
        let far = || ArrowError::ComputeError("a time is too far from 1970 for its type".to_owned());
        integers.try_unary(|time: i64| time.checked_mul(into / from).ok_or_else(far))?
    };
    let (_, values, nulls) = scaled.into_parts();
    Ok(match to_unit {
        TimeUnit::Nanosecond => Arc::new(TimestampNanosecondArray::new(values, nulls).with_timezone_opt(zone.clone())),
        TimeUnit::Microsecond => {
            Arc::new(TimestampMicrosecondArray::new(values, nulls).with_timezone_opt(zone.clone()))
        }
        _ => Arc::new(TimestampMillisecondArray::new(values, nulls).with_timezone_opt(zone.clone())),
    })
}

fn per_second(unit: TimeUnit) -> i64 {
    match unit {
        TimeUnit::Second => 1,
        TimeUnit::Millisecond => 1_000,
        TimeUnit::Microsecond => 1_000_000,
        TimeUnit::Nanosecond => 1_000_000_000,
    }
}

#[cfg(test)]
mod tests {
    use arrow::array::{BinaryArray, Int8Array, Int32Array, StringArray};

    use super::*;

    #[test]
    fn values_of_other_widths_fit_or_fail() {
        let wide: ArrayRef = Arc::new(Int32Array::from(vec![Some(127), None]));
        let narrow = conform(&wide, &LogicalType::TinyInt).unwrap();
        assert_eq!(narrow.as_any().downcast_ref::<Int8Array>(), Some(&Int8Array::from(vec![Some(127), None])));
        let large: ArrayRef = Arc::new(Int32Array::from(vec![128]));
        assert!(conform(&large, &LogicalType::TinyInt).is_err());
        assert!(conform(&large, &LogicalType::STRING).is_err());
        let bad: ArrayRef = Arc::new(BinaryArray::from(vec![b"\xff".as_slice()]));
        assert!(conform(&bad, &LogicalType::STRING).is_err());
        let text: ArrayRef = Arc::new(StringArray::from(vec!["1"]));
        assert!(conform(&text, &LogicalType::Int).is_err());
    }

    #[test]
    fn times_before_1970_are_rounded_down() {
        let nanos: ArrayRef = Arc::new(TimestampNanosecondArray::from(vec![-1]));
        let millis = conform(&nanos, &LogicalType::Timestamp(3)).unwrap();
        assert_eq!(millis.as_any().downcast_ref::<TimestampMillisecondArray>().map(|it| it.value(0)), Some(-1));
        let far: ArrayRef = Arc::new(TimestampMillisecondArray::from(vec![i64::MAX]));
        assert!(conform(&far, &LogicalType::Timestamp(9)).is_err());
    }
}
