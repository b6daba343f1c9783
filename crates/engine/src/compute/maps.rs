//! Maps: construction, and their keys, values and entries.

use std::sync::Arc;

use ahash::AHashMap;
use arrow::array::{Array, ArrayRef, AsArray, ListArray, MapArray, StructArray, UInt32Array};
use arrow::buffer::{NullBuffer, OffsetBuffer};
use arrow::compute::{concat, interleave, take};
use arrow::datatypes::DataType;
use arrow::row::{RowConverter, SortField};
use datafusion::error::Result;

use super::arrays::{lists, range};
use super::function::{Call, Kernel};
use super::row_error;

/// The kernel of a function of maps.
pub(super) fn kernel(name: &str) -> Option<Kernel> {
    Some(match name {
        "map" => map,
        "map_keys" => |call| parts(call, MapArray::keys),
        "map_values" => |call| parts(call, MapArray::values),
        "map_entries" => entries,
        "map_from_arrays" => from_arrays,
        "map_union" => union,
        _ => return None,
    })
}

/// A column of maps of these entries.
pub(super) fn map_of(
    call: &Call<'_>,
    keys: ArrayRef,
    values: ArrayRef,
    offsets: OffsetBuffer<i32>,
    nulls: Option<NullBuffer>,
) -> Result<ArrayRef> {
    let DataType::Map(field, _) = call.result_arrow() else { return Err(row_error("the result is a map")) };
    let DataType::Struct(fields) = field.data_type() else { return Err(row_error("a map has entries")) };
    let entries = StructArray::try_new(fields.clone(), vec![keys, values], None)?;
    Ok(Arc::new(MapArray::try_new(field, offsets, entries, nulls, false)?))
}

/// `MAP[k, v, …]`: all keys of a row, and all values, row by row.
fn map(call: &Call<'_>) -> Result<ArrayRef> {
    let columns: Vec<ArrayRef> = (0..call.args.len()).map(|place| call.array(place)).collect::<Result<_>>()?;
    let pairs = columns.len() / 2;
    let gather = |first: usize| -> Result<ArrayRef> {
        let columns: Vec<&dyn Array> = columns.iter().skip(first).step_by(2).map(|column| column.as_ref()).collect();
        let all = concat(&columns)?;
        let (rows, pairs) = (call.rows as u32, pairs as u32);
        let places = (0..rows).flat_map(|row| (0..pairs).map(move |pair| pair * rows + row));
        Ok(take(&all, &UInt32Array::from_iter_values(places), None)?)
    };
    let keys = gather(0)?;
    if keys.null_count() > 0 {
        return Err(row_error("a key of a map can't be NULL"));
    }
    map_of(call, keys, gather(1)?, OffsetBuffer::from_repeated_length(pairs, call.rows), None)
}

fn parts(call: &Call<'_>, part: fn(&MapArray) -> &ArrayRef) -> Result<ArrayRef> {
    let array = call.array(0)?;
    let maps = array.as_map();
    let DataType::List(item) = call.result_arrow() else { return Err(row_error("the result is an array")) };
    let values = part(maps).clone();
    Ok(Arc::new(ListArray::try_new(item, maps.offsets().clone(), values, maps.nulls().cloned())?))
}

fn entries(call: &Call<'_>) -> Result<ArrayRef> {
    let array = call.array(0)?;
    let maps = array.as_map();
    let DataType::List(item) = call.result_arrow() else { return Err(row_error("the result is an array")) };
    let DataType::Struct(fields) = item.data_type() else { return Err(row_error("an entry is a row")) };
    let entries = StructArray::try_new(fields.clone(), vec![maps.keys().clone(), maps.values().clone()], None)?;
    Ok(Arc::new(ListArray::try_new(item, maps.offsets().clone(), Arc::new(entries), maps.nulls().cloned())?))
}

fn from_arrays(call: &Call<'_>) -> Result<ArrayRef> {
    let (keys, values) = (lists(call, 0)?, lists(call, 1)?);
    let mut places: [Vec<u32>; 2] = Default::default();
    let (mut lengths, mut valid) = (Vec::with_capacity(call.rows), Vec::with_capacity(call.rows));
    for row in 0..call.rows {
        let there = keys.is_valid(row) && values.is_valid(row);
        valid.push(there);
        let (own_keys, own_values) = (range(&keys, row), range(&values, row));
        if !there {
            lengths.push(0);
            continue;
        }
        if own_keys.len() != own_values.len() {
            return Err(row_error(format!(
                "MAP_FROM_ARRAYS takes arrays of one length, these have {} and {} elements",
                own_keys.len(),
                own_values.len()
            )));
        }
        lengths.push(own_keys.len());
        places[0].extend(own_keys.map(|place| place as u32));
        places[1].extend(own_values.map(|place| place as u32));
    }
    let [key_places, value_places] = places.map(UInt32Array::from);
    let keys = take(keys.values(), &key_places, None)?;
    if keys.null_count() > 0 {
        return Err(row_error("a key of a map can't be NULL"));
    }
    let values = take(values.values(), &value_places, None)?;
    map_of(call, keys, values, OffsetBuffer::from_lengths(lengths), Some(NullBuffer::from(valid)))
}

/// Of a key's values the last one stays, at the key's first place.
fn union(call: &Call<'_>) -> Result<ArrayRef> {
    let arrays: Vec<ArrayRef> = (0..call.args.len()).map(|place| call.array(place)).collect::<Result<_>>()?;
    let maps: Vec<&MapArray> = arrays.iter().map(|array| array.as_map()).collect();
    let Some(first) = maps.first() else { return Err(row_error("MAP_UNION needs a map")) };
    let converter = RowConverter::new(vec![SortField::new(first.key_type().clone())])?;
    let keys = maps.iter().map(|map| converter.convert_columns(&[map.keys().clone()]));
    let keys = keys.collect::<Result<Vec<_>, _>>()?;
    let (mut elements, mut lengths, mut valid): (Vec<[(usize, usize); 2]>, _, _) = (Vec::new(), Vec::new(), Vec::new());
    let mut known: AHashMap<&[u8], usize> = AHashMap::new();
    for row in 0..call.rows {
        known.clear();
        let before = elements.len();
        let there = maps.iter().all(|map| map.is_valid(row));
        valid.push(there);
        for (column, map) in maps.iter().enumerate().filter(|_| there) {
            for entry in map.value_offsets()[row] as usize..map.value_offsets()[row + 1] as usize {
                let at = *known.entry(keys[column].row(entry).data()).or_insert(elements.len());
                match elements.get_mut(at) {
                    Some([_, value]) => *value = (column, entry),
                    None => elements.push([(column, entry); 2]),
                }
            }
        }
        lengths.push(elements.len() - before);
    }
    let gather = |part: usize, columns: Vec<&dyn Array>| {
        interleave(&columns, &elements.iter().map(|pair| pair[part]).collect::<Vec<_>>())
    };
    let keys = gather(0, maps.iter().map(|map| map.keys().as_ref()).collect())?;
    let values = gather(1, maps.iter().map(|map| map.values().as_ref()).collect())?;
    map_of(call, keys, values, OffsetBuffer::from_lengths(lengths), Some(NullBuffer::from(valid)))
}
