//! Functions of arrays. Results are made by choosing elements: one list of places per batch, then one copy.

use std::cmp::Ordering;
use std::ops::Range;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, DynComparator, Int32Array, ListArray, UInt32Array, make_comparator,
};
use arrow::buffer::{NullBuffer, OffsetBuffer};
use arrow::compute::{SortOptions, interleave, take};
use arrow::datatypes::DataType;
use datafusion::error::Result;

use super::function::{Call, Kernel};
use super::row_error;

/// The kernel of a function of arrays.
pub(super) fn kernel(name: &str) -> Option<Kernel> {
    Some(match name {
        "cardinality" => cardinality,
        "element" => element,
        "array_append" => |call| extend(call, false),
        "array_prepend" => |call| extend(call, true),
        "array_concat" => concat,
        "array_contains" => contains,
        "array_position" => position,
        "array_remove" => remove,
        "array_reverse" => reverse,
        "array_slice" => slice,
        "array_sort" => sort,
        "array_max" => |call| extreme(call, Ordering::Greater),
        "array_min" => |call| extreme(call, Ordering::Less),
        "array_join" => join,
        _ => return None,
    })
}

/// The argument at `place` as arrays.
pub(super) fn lists(call: &Call<'_>, place: usize) -> Result<ListArray> {
    Ok(call.array(place)?.as_list::<i32>().clone())
}

/// Where a row's elements are.
pub(super) fn range(list: &ListArray, row: usize) -> Range<usize> {
    let offsets = list.value_offsets();
    offsets[row] as usize..offsets[row + 1] as usize
}

/// Arrays that are made of elements of other columns.
pub(super) struct Chosen {
    /// Column and place of each element.
    elements: Vec<(usize, usize)>,
    lengths: Vec<usize>,
    valid: Vec<bool>,
}

impl Chosen {
    /// For so many rows.
    pub(super) fn new(rows: usize) -> Chosen {
        Chosen { elements: Vec::new(), lengths: Vec::with_capacity(rows), valid: Vec::with_capacity(rows) }
    }

    /// The next row's array.
    pub(super) fn push(&mut self, elements: impl IntoIterator<Item = (usize, usize)>) {
        let before = self.elements.len();
        self.elements.extend(elements);
        self.lengths.push(self.elements.len() - before);
        self.valid.push(true);
    }

    /// The next row's NULL.
    pub(super) fn push_null(&mut self) {
        self.lengths.push(0);
        self.valid.push(false);
    }

    /// The column of arrays, of elements of these columns.
    pub(super) fn finish(self, call: &Call<'_>, columns: &[&ArrayRef]) -> Result<ArrayRef> {
        let DataType::List(item) = call.result_arrow() else { return Err(row_error("the result is an array")) };
        let columns: Vec<&dyn Array> = columns.iter().map(|column| column.as_ref()).collect();
        let values = interleave(&columns, &self.elements)?;
        let values = if values.data_type() == item.data_type() {
            values
        } else {
            arrow::compute::cast(&values, item.data_type())?
        };
        let offsets = OffsetBuffer::from_lengths(self.lengths);
        Ok(Arc::new(ListArray::try_new(item, offsets, values, Some(NullBuffer::from(self.valid)))?))
    }
}

/// NULLs are equal to each other, and less than all else.
pub(super) fn order(left: &ArrayRef, right: &ArrayRef) -> Result<DynComparator> {
    Ok(make_comparator(left, right, SortOptions::default())?)
}

fn cardinality(call: &Call<'_>) -> Result<ArrayRef> {
    let array = call.array(0)?;
    let offsets = match array.data_type() {
        DataType::Map(..) => array.as_map().offsets().clone(),
        _ => array.as_list::<i32>().offsets().clone(),
    };
    let counts = (0..array.len()).map(|row| array.is_valid(row).then(|| offsets[row + 1] - offsets[row]));
    Ok(Arc::new(counts.collect::<Int32Array>()))
}

fn element(call: &Call<'_>) -> Result<ArrayRef> {
    let list = lists(call, 0)?;
    let mut places = Vec::with_capacity(call.rows);
    for row in 0..call.rows {
        let range = range(&list, row);
        if list.is_valid(row) && range.len() > 1 {
            return Err(row_error("ELEMENT takes an array of at most one element"));
        }
        places.push((list.is_valid(row) && !range.is_empty()).then_some(range.start as u32));
    }
    Ok(take(list.values(), &UInt32Array::from(places), None)?)
}

fn extend(call: &Call<'_>, front: bool) -> Result<ArrayRef> {
    let (list, elements) = (lists(call, 0)?, call.array(1)?);
    let mut chosen = Chosen::new(call.rows);
    for row in 0..call.rows {
        if list.is_null(row) {
            chosen.push_null();
            continue;
        }
        let own = range(&list, row).map(|place| (0, place));
        if front { chosen.push([(1, row)].into_iter().chain(own)) } else { chosen.push(own.chain([(1, row)])) }
    }
    chosen.finish(call, &[list.values(), &elements])
}

fn concat(call: &Call<'_>) -> Result<ArrayRef> {
    let columns: Vec<ListArray> = (0..call.args.len()).map(|place| lists(call, place)).collect::<Result<_>>()?;
    let mut chosen = Chosen::new(call.rows);
    for row in 0..call.rows {
        if columns.iter().any(|list| list.is_null(row)) {
            chosen.push_null();
            continue;
        }
        let all = columns.iter().enumerate();
        chosen.push(all.flat_map(|(column, list)| range(list, row).map(move |place| (column, place))));
    }
    chosen.finish(call, &columns.iter().map(ListArray::values).collect::<Vec<_>>())
}

/// The places of the elements that are equal to the second argument.
fn found<'a>(list: &'a ListArray, order: &'a DynComparator, row: usize) -> impl Iterator<Item = usize> + 'a {
    range(list, row).enumerate().filter(move |(_, place)| order(*place, row).is_eq()).map(|(at, _)| at)
}

fn contains(call: &Call<'_>) -> Result<ArrayRef> {
    let (list, elements) = (lists(call, 0)?, call.array(1)?);
    let order = order(list.values(), &elements)?;
    let holds = (0..call.rows).map(|row| list.is_valid(row).then(|| found(&list, &order, row).next().is_some()));
    Ok(Arc::new(holds.collect::<BooleanArray>()))
}

fn position(call: &Call<'_>) -> Result<ArrayRef> {
    let (list, elements) = (lists(call, 0)?, call.array(1)?);
    let order = order(list.values(), &elements)?;
    let places = (0..call.rows).map(|row| {
        let there = list.is_valid(row) && elements.is_valid(row);
        there.then(|| found(&list, &order, row).next().and_then(|at| i32::try_from(at + 1).ok()).unwrap_or(0))
    });
    Ok(Arc::new(places.collect::<Int32Array>()))
}

fn remove(call: &Call<'_>) -> Result<ArrayRef> {
    let (list, elements) = (lists(call, 0)?, call.array(1)?);
    let order = order(list.values(), &elements)?;
    choose(call, &list, |row, range, keep| {
        keep.extend(range.filter(|place| !order(*place, row).is_eq()));
    })
}

/// Arrays of some of each array's own elements, whose places `pick` appends.
fn choose(
    call: &Call<'_>,
    list: &ListArray,
    mut pick: impl FnMut(usize, Range<usize>, &mut Vec<usize>),
) -> Result<ArrayRef> {
    let mut chosen = Chosen::new(call.rows);
    let mut places = Vec::new();
    for row in 0..call.rows {
        if list.is_null(row) {
            chosen.push_null();
            continue;
        }
        places.clear();
        pick(row, range(list, row), &mut places);
        chosen.push(places.iter().map(|place| (0, *place)));
    }
    chosen.finish(call, &[list.values()])
}

fn reverse(call: &Call<'_>) -> Result<ArrayRef> {
    let list = lists(call, 0)?;
    choose(call, &list, |_, range, places| places.extend(range.rev()))
}

/// From a place to another, both included; negative ones count from the end, and 0 is the first.
fn slice(call: &Call<'_>) -> Result<ArrayRef> {
    let (list, starts) = (lists(call, 0)?, call.ints(1)?);
    let ends = call.optional_ints(2)?;
    let mut chosen = Chosen::new(call.rows);
    for row in 0..call.rows {
        let end = ends.as_ref().map_or(Some(i64::MAX), |ends| ends.get(row));
        let (true, Some(start), Some(end)) = (list.is_valid(row), starts.get(row), end) else {
            chosen.push_null();
            continue;
        };
        let range = range(&list, row);
        let length = range.len() as i64;
        let from_front = |place: i64| match place {
            0 => 1,
            place if place < 0 => place.saturating_add(length + 1),
            place => place,
        };
        let (start, end) = (from_front(start).max(1), from_front(end).min(length));
        let picked = if start > end { 0..0 } else { (start - 1) as usize..end as usize };
        chosen.push(picked.map(|at| (0, range.start + at)));
    }
    chosen.finish(call, &[list.values()])
}

/// `ARRAY_SORT(array [, ascending [, nulls first]])`
fn sort(call: &Call<'_>) -> Result<ArrayRef> {
    let list = lists(call, 0)?;
    let flags: Vec<ArrayRef> = (1..call.args.len()).map(|place| call.array(place)).collect::<Result<_>>()?;
    let flag = |place: usize, row: usize, otherwise: bool| match flags.get(place) {
        Some(flags) => flags.is_valid(row).then(|| flags.as_boolean().value(row)),
        None => Some(otherwise),
    };
    let values = list.values();
    let order = order(values, values)?;
    let mut chosen = Chosen::new(call.rows);
    let mut places: Vec<usize> = Vec::new();
    for row in 0..call.rows {
        let ascending = flag(0, row, true);
        let nulls_first = flag(1, row, ascending.unwrap_or(true));
        let (true, Some(ascending), Some(nulls_first)) = (list.is_valid(row), ascending, nulls_first) else {
            chosen.push_null();
            continue;
        };
        places.clear();
        places.extend(range(&list, row));
        places.sort_by(|a, b| match (values.is_null(*a), values.is_null(*b)) {
            (false, false) => {
                if ascending {
                    order(*a, *b)
                } else {
                    order(*b, *a)
                }
            }
            (a, b) => {
                if nulls_first {
                    b.cmp(&a)
                } else {
                    a.cmp(&b)
                }
            }
        });
        chosen.push(places.iter().map(|place| (0, *place)));
    }
    chosen.finish(call, &[values])
}

fn extreme(call: &Call<'_>, wanted: Ordering) -> Result<ArrayRef> {
    let list = lists(call, 0)?;
    let values = list.values();
    let order = order(values, values)?;
    let best = (0..call.rows).map(|row| {
        let there = range(&list, row).filter(|place| list.is_valid(row) && values.is_valid(*place));
        let best = there.reduce(|best, place| if order(place, best) == wanted { place } else { best });
        best.map(|place| place as u32)
    });
    Ok(take(values, &best.collect::<UInt32Array>(), None)?)
}

/// `ARRAY_JOIN(array, separator [, text for NULL])`
fn join(call: &Call<'_>) -> Result<ArrayRef> {
    let (list, separators) = (lists(call, 0)?, call.texts(1)?);
    let replacements = call.optional_texts(2)?;
    let values = list.values().as_string::<i32>().clone();
    call.write_texts(|row, text| {
        let separator = separators.get(row).filter(|_| list.is_valid(row))?;
        let replacement = match &replacements {
            Some(replacements) => Some(replacements.get(row)?),
            None => None,
        };
        let parts = range(&list, row)
            .filter_map(|place| if values.is_valid(place) { Some(values.value(place)) } else { replacement });
        for (at, part) in parts.enumerate() {
            if at > 0 {
                text.push_str(separator);
            }
            text.push_str(part);
        }
        Some(())
    })
}
