//! Arrays as sets: `ARRAY_DISTINCT`, `ARRAY_UNION`, `ARRAY_EXCEPT`, `ARRAY_INTERSECT`. Elements keep the order in which they come
//! first. Equal elements have equal bytes in Arrow's row format, so that any type can be looked up by hash.

use std::sync::Arc;

use ahash::AHashSet;
use arrow::array::{Array, ArrayRef, ListArray};
use arrow::row::{RowConverter, Rows, SortField};
use datafusion::error::Result;

use super::arrays::{Chosen, lists, range};
use super::function::{Call, Kernel};

/// The kernel of a function of sets.
pub(super) fn kernel(name: &str) -> Option<Kernel> {
    Some(match name {
        "array_distinct" => distinct,
        "array_union" => |call| combine(call, |_, _, _| true),
        "array_except" => {
            |call| combine(call, |second, element, from_second| !from_second && !second.contains(element))
        }
        "array_intersect" => {
            |call| combine(call, |second, element, from_second| !from_second && second.contains(element))
        }
        _ => return None,
    })
}

/// The elements as bytes.
fn encoded(columns: &[&ArrayRef]) -> Result<Vec<Rows>> {
    let Some(first) = columns.first() else { return Ok(Vec::new()) };
    let converter = RowConverter::new(vec![SortField::new(first.data_type().clone())])?;
    let rows = columns.iter().map(|column| converter.convert_columns(&[Arc::clone(column)]));
    Ok(rows.collect::<Result<_, _>>()?)
}

fn distinct(call: &Call<'_>) -> Result<ArrayRef> {
    let list = lists(call, 0)?;
    let rows = encoded(&[list.values()])?;
    let mut chosen = Chosen::new(call.rows);
    let mut seen: AHashSet<&[u8]> = AHashSet::new();
    for row in 0..call.rows {
        if list.is_null(row) {
            chosen.push_null();
            continue;
        }
        seen.clear();
        chosen.push(range(&list, row).filter(|place| seen.insert(bytes(&rows, 0, *place))).map(|place| (0, place)));
    }
    chosen.finish(call, &[list.values()])
}

fn bytes(rows: &[Rows], column: usize, place: usize) -> &[u8] {
    rows[column].row(place).data()
}

/// Whether an element is kept: the second array's elements, the element, and whether it is the second array's own.
type Keep = fn(&AHashSet<&[u8]>, &[u8], bool) -> bool;

fn combine(call: &Call<'_>, keep: Keep) -> Result<ArrayRef> {
    let both: [ListArray; 2] = [lists(call, 0)?, lists(call, 1)?];
    let rows = encoded(&[both[0].values(), both[1].values()])?;
    let mut chosen = Chosen::new(call.rows);
    let (mut seen, mut second): (AHashSet<&[u8]>, AHashSet<&[u8]>) = Default::default();
    for row in 0..call.rows {
        if both.iter().any(|list| list.is_null(row)) {
            chosen.push_null();
            continue;
        }
        seen.clear();
        second.clear();
        second.extend(range(&both[1], row).map(|place| bytes(&rows, 1, place)));
        let elements = (0..2).flat_map(|column| range(&both[column], row).map(move |place| (column, place)));
        chosen.push(elements.filter(|(column, place)| {
            let element = bytes(&rows, *column, *place);
            keep(&second, element, *column == 1) && seen.insert(element)
        }));
    }
    chosen.finish(call, &[both[0].values(), both[1].values()])
}
