//! `BITMAP`: sets of integers, made of arrays and bytes, combined, and taken apart.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BinaryViewArray, BinaryViewBuilder, Int32Builder, Int64Array, ListBuilder,
};
use arrow::datatypes::Int32Type;
use datafusion::error::{DataFusionError, Result};
use yeoul_row::bitmap::{RoaringBitmap, decode, encode, write_text};

use super::function::{Call, Kernel};
use super::row_error;

/// The kernel of a function of `BITMAP`.
pub(super) fn kernel(name: &str) -> Option<Kernel> {
    Some(match name {
        "bitmap_build" => build,
        "bitmap_from_bytes" => from_bytes,
        "bitmap_and" => |call| combine(call, |a, b| a & b),
        "bitmap_or" => |call| combine(call, |a, b| a | b),
        "bitmap_xor" => |call| combine(call, |a, b| a ^ b),
        "bitmap_andnot" => |call| combine(call, |a, b| a - b),
        "bitmap_cardinality" => cardinality,
        "bitmap_to_array" => to_array,
        "bitmap_to_bytes" => to_bytes,
        "bitmap_to_string" => to_string,
        _ => return None,
    })
}

/// The set of an array's integers; NULLs are left out.
fn build(call: &Call<'_>) -> Result<ArrayRef> {
    let arrays = call.array(0)?;
    let arrays = arrays.as_list::<i32>();
    write_sets(call, |row| {
        if arrays.is_null(row) {
            return Ok(None);
        }
        let numbers = arrays.value(row);
        Ok(Some(numbers.as_primitive::<Int32Type>().iter().flatten().map(i32::cast_unsigned).collect()))
    })
}

fn from_bytes(call: &Call<'_>) -> Result<ArrayRef> {
    let bytes = call.bytes(0)?;
    write_sets(call, |row| {
        if bytes.is_null(row) {
            return Ok(None);
        }
        let set = decode(bytes.value(row));
        set.map(Some).ok_or_else(|| row_error("the bytes are no BITMAP: they must be what `BITMAP_TO_BYTES` gives"))
    })
}

fn combine(call: &Call<'_>, both: fn(RoaringBitmap, RoaringBitmap) -> RoaringBitmap) -> Result<ArrayRef> {
    let (left, right) = (call.array(0)?, call.array(1)?);
    let (left, right) = (left.as_binary_view(), right.as_binary_view());
    write_sets(call, |row| match (set_at(left, row)?, set_at(right, row)?) {
        (Some(left), Some(right)) => Ok(Some(both(left, right))),
        _ => Ok(None),
    })
}

/// A set for each row.
fn write_sets(call: &Call<'_>, mut make: impl FnMut(usize) -> Result<Option<RoaringBitmap>>) -> Result<ArrayRef> {
    let mut builder = BinaryViewBuilder::new();
    for row in 0..call.rows {
        builder.append_option(make(row)?.map(encode));
    }
    Ok(Arc::new(builder.finish()))
}

/// The set of a row; `None` where it is NULL.
fn set_at(sets: &BinaryViewArray, row: usize) -> Result<Option<RoaringBitmap>> {
    if sets.is_null(row) {
        return Ok(None);
    }
    decode(sets.value(row)).map(Some).ok_or_else(unreadable)
}

fn unreadable() -> DataFusionError {
    row_error("the bytes of a BITMAP can't be read")
}

fn cardinality(call: &Call<'_>) -> Result<ArrayRef> {
    let sets = call.array(0)?;
    let sets = sets.as_binary_view();
    let count = |row| Ok(set_at(sets, row)?.map(|set| i64::try_from(set.len()).unwrap_or(i64::MAX)));
    Ok(Arc::new((0..call.rows).map(count).collect::<Result<Int64Array>>()?))
}

fn to_array(call: &Call<'_>) -> Result<ArrayRef> {
    let sets = call.array(0)?;
    let sets = sets.as_binary_view();
    let mut lists = ListBuilder::new(Int32Builder::new());
    for row in 0..call.rows {
        let set = set_at(sets, row)?;
        let there = set.is_some();
        lists.values().append_slice(&set.iter().flatten().map(u32::cast_signed).collect::<Vec<i32>>());
        lists.append(there);
    }
    Ok(Arc::new(lists.finish()))
}

fn to_bytes(call: &Call<'_>) -> Result<ArrayRef> {
    Ok(arrow::compute::cast(&call.array(0)?, &call.result_arrow())?)
}

fn to_string(call: &Call<'_>) -> Result<ArrayRef> {
    let sets = call.array(0)?;
    call.try_write_texts(|row, out| {
        if sets.is_null(row) {
            return Ok(None);
        }
        bitmap_text(&sets, row, out)?;
        Ok(Some(()))
    })
}

/// Appends the `BITMAP` of a row as a text. It is not NULL.
pub(super) fn bitmap_text(array: &ArrayRef, row: usize, out: &mut String) -> Result<()> {
    let mut text = Vec::new();
    write_text(array.as_binary_view().value(row), &mut text).ok_or_else(unreadable)?;
    out.push_str(&String::from_utf8_lossy(&text));
    Ok(())
}
