//! Rows, arrays and maps: access, construction, casts, texts.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, ListArray, MapArray, StructArray, UInt32Array, make_comparator, new_null_array,
};
use arrow::buffer::OffsetBuffer;
use arrow::compute::{SortOptions, concat, take};
use arrow::datatypes::{self as ar, DataType as ArrowType, Int32Type};
use datafusion::error::Result;
use datafusion::scalar::ScalarValue;
use yeoul_row::{DataType, LogicalType};

use super::cast::convert;
use super::cast_text::write_value;
use super::function::{Call, Kernel};
use super::{ExprContext, row_error};

/// The kernel of a function over nested values.
pub(super) fn kernel(name: &str) -> Option<Kernel> {
    Some(match name {
        "field" => field,
        "row" => row,
        "array" => array,
        "array_get" => array_get,
        "map_get" => map_get,
        _ => return None,
    })
}

/// The field of a row at a constant place; NULL where the row is.
fn field(call: &Call<'_>) -> Result<ArrayRef> {
    let rows = call.array(0)?;
    let Some(ScalarValue::Int32(Some(place))) = call.constant(1) else {
        return Err(row_error("a field has a constant place"));
    };
    let rows = rows.as_struct();
    let place = usize::try_from(*place).unwrap_or(usize::MAX);
    let column = rows.columns().get(place).ok_or_else(|| row_error("a row has no such field"))?;
    match rows.nulls() {
        None => Ok(column.clone()),
        Some(nulls) => {
            let absent = arrow::array::BooleanArray::new(!nulls.inner(), None);
            Ok(arrow::compute::nullif(column, &absent)?)
        }
    }
}

fn row(call: &Call<'_>) -> Result<ArrayRef> {
    let ArrowType::Struct(fields) = call.result_arrow() else { return Err(row_error("ROW makes a row")) };
    let columns: Result<Vec<ArrayRef>> = (0..call.args.len()).map(|place| call.array(place)).collect();
    Ok(Arc::new(StructArray::try_new(fields, columns?, None)?))
}

fn array(call: &Call<'_>) -> Result<ArrayRef> {
    let ArrowType::List(item) = call.result_arrow() else { return Err(row_error("ARRAY makes an array")) };
    let columns: Vec<ArrayRef> = (0..call.args.len()).map(|place| call.array(place)).collect::<Result<_>>()?;
    let length = columns.len();
    if length == 0 {
        return Ok(new_null_array(&ArrowType::List(item), call.rows));
    }
    let all = concat(&columns.iter().map(|column| column.as_ref()).collect::<Vec<_>>())?;
    let rows = call.rows as u32;
    let places = (0..rows).flat_map(|row| (0..length as u32).map(move |column| column * rows + row));
    let values = take(&all, &UInt32Array::from_iter_values(places), None)?;
    let offsets = OffsetBuffer::from_repeated_length(length, call.rows);
    Ok(Arc::new(ListArray::try_new(item, offsets, values, None)?))
}

/// The element at a place from 1.
fn array_get(call: &Call<'_>) -> Result<ArrayRef> {
    let (arrays, places) = (call.array(0)?, call.array(1)?);
    let (arrays, places) = (arrays.as_list::<i32>(), places.as_primitive::<Int32Type>());
    let found = (0..arrays.len()).map(|row| {
        let (from, to) = (arrays.value_offsets()[row], arrays.value_offsets()[row + 1]);
        let valid = arrays.is_valid(row) && places.is_valid(row);
        let place = if valid { places.value(row) } else { 0 };
        (place >= 1 && place <= to - from).then(|| (from + place - 1) as u32)
    });
    Ok(take(arrays.values(), &found.collect::<UInt32Array>(), None)?)
}

/// The value of a key.
fn map_get(call: &Call<'_>) -> Result<ArrayRef> {
    let (maps, wanted) = (call.array(0)?, call.array(1)?);
    let maps: &MapArray = maps.as_map();
    let wanted = arrow::compute::cast(&wanted, maps.keys().data_type())?;
    let order = make_comparator(maps.keys(), &wanted, SortOptions::default())?;
    let found = (0..maps.len()).map(|row| {
        if maps.is_null(row) || wanted.is_null(row) {
            return None;
        }
        let range = maps.value_offsets()[row] as usize..maps.value_offsets()[row + 1] as usize;
        range.rev().find(|entry| order(*entry, row).is_eq()).map(|entry| entry as u32)
    });
    Ok(take(maps.values(), &found.collect::<UInt32Array>(), None)?)
}

/// Whether a type is made of others.
pub(super) fn is_nested(logical: &LogicalType) -> bool {
    matches!(logical, LogicalType::Array(_) | LogicalType::Map(..) | LogicalType::Multiset(_) | LogicalType::Row(_))
}

/// Casts a nested value part by part.
pub(super) fn cast_nested(
    array: &ArrayRef,
    from: &DataType,
    to: &DataType,
    lenient: bool,
    context: &ExprContext,
) -> Result<ArrayRef> {
    match (&from.logical, &to.logical, to.logical.to_arrow()) {
        (LogicalType::Row(from), LogicalType::Row(to), ArrowType::Struct(fields)) => {
            let rows = array.as_struct();
            let types = from.fields.iter().zip(&to.fields).zip(rows.columns());
            let columns =
                types.map(|((from, to), column)| convert(column, &from.data_type, &to.data_type, lenient, context));
            Ok(Arc::new(StructArray::try_new(fields, columns.collect::<Result<_>>()?, rows.nulls().cloned())?))
        }
        (LogicalType::Array(from), LogicalType::Array(to), ArrowType::List(item)) => {
            let list = array.as_list::<i32>();
            let values = convert(list.values(), from, to, lenient, context)?;
            Ok(Arc::new(ListArray::try_new(item, list.offsets().clone(), values, list.nulls().cloned())?))
        }
        (LogicalType::Map(k, v), LogicalType::Map(l, w), ArrowType::Map(field, _)) => {
            let map = array.as_map();
            let keys = convert(map.keys(), k, l, lenient, context)?;
            let values = convert(map.values(), v, w, lenient, context)?;
            cast_map(map, keys, values, &field)
        }
        (LogicalType::Multiset(from), LogicalType::Multiset(to), ArrowType::Map(field, _)) => {
            let map = array.as_map();
            cast_map(map, convert(map.keys(), from, to, lenient, context)?, map.values().clone(), &field)
        }
        _ => Err(row_error(format!("{} can't be cast to {}", from.logical, to.logical))),
    }
}

/// A map with other keys and values.
fn cast_map(map: &MapArray, keys: ArrayRef, values: ArrayRef, field: &ar::FieldRef) -> Result<ArrayRef> {
    let ArrowType::Struct(fields) = field.data_type() else { return Err(row_error("a map has entries")) };
    let entries = StructArray::try_new(fields.clone(), vec![keys, values], None)?;
    Ok(Arc::new(MapArray::try_new(field.clone(), map.offsets().clone(), entries, map.nulls().cloned(), false)?))
}

/// Appends a nested value: `(a, b)`, `[a, b]`, `{k=v}`; NULL parts are `NULL`.
pub(super) fn write_nested(
    array: &ArrayRef,
    row: usize,
    data_type: &DataType,
    context: &ExprContext,
    out: &mut String,
) -> Result<()> {
    match &data_type.logical {
        LogicalType::Row(types) => {
            out.push('(');
            for (place, (field, column)) in types.fields.iter().zip(array.as_struct().columns()).enumerate() {
                separate(place, out);
                write_part(column, row, &field.data_type, context, out)?;
            }
            out.push(')');
        }
        LogicalType::Array(item) => {
            let list = array.as_list::<i32>();
            out.push('[');
            for (place, entry) in range(list.value_offsets(), row).enumerate() {
                separate(place, out);
                write_part(list.values(), entry, item, context, out)?;
            }
            out.push(']');
        }
        LogicalType::Map(key, value) => {
            let map = array.as_map();
            out.push('{');
            for (place, entry) in range(map.value_offsets(), row).enumerate() {
                separate(place, out);
                write_part(map.keys(), entry, key, context, out)?;
                out.push('=');
                write_part(map.values(), entry, value, context, out)?;
            }
            out.push('}');
        }
        LogicalType::Multiset(element) => {
            let (map, count) = (array.as_map(), LogicalType::Int.not_null());
            out.push('{');
            for (place, entry) in range(map.value_offsets(), row).enumerate() {
                separate(place, out);
                write_part(map.keys(), entry, element, context, out)?;
                out.push('=');
                write_part(map.values(), entry, &count, context, out)?;
            }
            out.push('}');
        }
        other => return Err(row_error(format!("{other} can't be cast to a text"))),
    }
    Ok(())
}

fn range(offsets: &[i32], row: usize) -> std::ops::Range<usize> {
    offsets[row] as usize..offsets[row + 1] as usize
}

fn separate(place: usize, out: &mut String) {
    if place > 0 {
        out.push_str(", ");
    }
}

fn write_part(
    array: &ArrayRef,
    row: usize,
    data_type: &DataType,
    context: &ExprContext,
    out: &mut String,
) -> Result<()> {
    if array.is_null(row) {
        out.push_str("NULL");
        return Ok(());
    }
    write_value(array, row, data_type, context, out)
}
