//! Comparisons and tests. Floating point compares as in Java: NaN equals nothing, -0.0 equals 0.0.

use std::cmp::Ordering;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, Datum, Float64Array, make_comparator};
use arrow::compute::kernels::boolean::{and_kleene, is_not_null, is_null, not, or_kleene};
use arrow::compute::kernels::cmp;
use arrow::compute::{SortOptions, cast};
use arrow::datatypes::{DataType, Float64Type};
use arrow::error::ArrowError;
use datafusion::error::Result;
use datafusion::logical_expr::ColumnarValue;

use super::function::{Call, Kernel};

/// The kernel of a comparison or test.
pub(super) fn kernel(name: &str) -> Option<Kernel> {
    Some(match name {
        "equals" => |call| compare(call, cmp::eq, |order| order == Some(Ordering::Equal)),
        "not_equals" => |call| compare(call, cmp::neq, |order| order != Some(Ordering::Equal)),
        "less_than" => |call| compare(call, cmp::lt, |order| order == Some(Ordering::Less)),
        "less_or_equal" => |call| compare(call, cmp::lt_eq, |order| order.is_some_and(Ordering::is_le)),
        "greater_than" => |call| compare(call, cmp::gt, |order| order == Some(Ordering::Greater)),
        "greater_or_equal" => |call| compare(call, cmp::gt_eq, |order| order.is_some_and(Ordering::is_ge)),
        "is_distinct_from" => |call| Ok(Arc::new(not(&same(call)?)?)),
        "is_not_distinct_from" => |call| Ok(Arc::new(same(call)?)),
        "is_null" => |call| Ok(Arc::new(is_null(&call.array(0)?)?)),
        "is_not_null" => |call| Ok(Arc::new(is_not_null(&call.array(0)?)?)),
        "is_true" => |call| test(call, |value| value == Some(true)),
        "is_not_true" => |call| test(call, |value| value != Some(true)),
        "is_false" => |call| test(call, |value| value == Some(false)),
        "is_not_false" => |call| test(call, |value| value != Some(false)),
        "not" => |call| Ok(Arc::new(not(call.array(0)?.as_boolean())?)),
        "in" => is_in,
        "coalesce" | "ifnull" => coalesce,
        "greatest" => |call| extreme(call, Ordering::Greater),
        "least" => |call| extreme(call, Ordering::Less),
        _ => return None,
    })
}

fn test(call: &Call<'_>, holds: fn(Option<bool>) -> bool) -> Result<ArrayRef> {
    let values = call.array(0)?;
    let tested: Vec<bool> = values.as_boolean().iter().map(holds).collect();
    Ok(Arc::new(BooleanArray::from(tested)))
}

type Compare = fn(&dyn Datum, &dyn Datum) -> Result<BooleanArray, ArrowError>;

/// Compares the first two arguments. `holds` decides for floats, where `None` means that there is no order.
fn compare(call: &Call<'_>, exact: Compare, holds: fn(Option<Ordering>) -> bool) -> Result<ArrayRef> {
    let result = compare_places(call, 0, 1, exact, holds)?;
    Ok(Arc::new(result))
}

fn compare_places(
    call: &Call<'_>,
    left: usize,
    right: usize,
    exact: Compare,
    holds: fn(Option<Ordering>) -> bool,
) -> Result<BooleanArray> {
    let data_type = call.args[left].data_type();
    if data_type.is_floating() {
        return floats(&call.array(left)?, &call.array(right)?, holds);
    }
    if data_type.is_nested() {
        return nested(&call.array(left)?, &call.array(right)?, holds);
    }
    let result = match (&call.args[left], &call.args[right]) {
        (ColumnarValue::Array(left), ColumnarValue::Scalar(right)) => exact(left, &right.to_scalar()?)?,
        (ColumnarValue::Scalar(left), ColumnarValue::Array(right)) => exact(&left.to_scalar()?, right)?,
        _ => exact(&call.array(left)?, &call.array(right)?)?,
    };
    Ok(result)
}

fn doubles(array: &ArrayRef) -> Result<Float64Array> {
    Ok(cast(array, &DataType::Float64)?.as_primitive::<Float64Type>().clone())
}

fn floats(left: &ArrayRef, right: &ArrayRef, holds: fn(Option<Ordering>) -> bool) -> Result<BooleanArray> {
    let (left, right) = (doubles(left)?, doubles(right)?);
    let pairs = left.iter().zip(right.iter());
    Ok(pairs.map(|(left, right)| Some(holds(left?.partial_cmp(&right?)))).collect())
}

fn nested(left: &ArrayRef, right: &ArrayRef, holds: fn(Option<Ordering>) -> bool) -> Result<BooleanArray> {
    let order = make_comparator(left, right, SortOptions::default())?;
    let rows = 0..left.len();
    Ok(rows.map(|row| (left.is_valid(row) && right.is_valid(row)).then(|| holds(Some(order(row, row))))).collect())
}

/// Whether both are NULL, or both are there and equal.
fn same(call: &Call<'_>) -> Result<BooleanArray> {
    let equal = compare_places(call, 0, 1, cmp::eq, |order| order == Some(Ordering::Equal))?;
    let (left, right) = (call.array(0)?, call.array(1)?);
    let rows = 0..equal.len();
    Ok(rows
        .map(|row| Some(if equal.is_valid(row) { equal.value(row) } else { left.is_null(row) && right.is_null(row) }))
        .collect())
}

fn is_in(call: &Call<'_>) -> Result<ArrayRef> {
    let mut found: Option<BooleanArray> = None;
    for place in 1..call.args.len() {
        let equal = compare_places(call, 0, place, cmp::eq, |order| order == Some(Ordering::Equal))?;
        found = Some(match found {
            Some(found) => or_kleene(&found, &equal)?,
            None => equal,
        });
    }
    Ok(Arc::new(found.unwrap_or_else(|| BooleanArray::from(vec![false; call.rows]))))
}

fn coalesce(call: &Call<'_>) -> Result<ArrayRef> {
    let mut result = call.array(0)?;
    for place in 1..call.args.len() {
        if result.null_count() == 0 {
            break;
        }
        let other = call.array(place)?;
        result = arrow::compute::kernels::zip::zip(&is_not_null(&result)?, &result, &other)?;
    }
    Ok(result)
}

/// The first of the greatest (or least) arguments; NULL if any is NULL.
fn extreme(call: &Call<'_>, wanted: Ordering) -> Result<ArrayRef> {
    let mut result = one_nan(call.array(0)?);
    for place in 1..call.args.len() {
        let other = one_nan(call.array(place)?);
        let order = make_comparator(&other, &result, SortOptions::default())?;
        let replace: BooleanArray = (0..other.len()).map(|row| Some(order(row, row) == wanted)).collect();
        let valid = and_kleene(&is_not_null(&result)?, &is_not_null(&other)?)?;
        let chosen = arrow::compute::kernels::zip::zip(&replace, &other, &result)?;
        result = arrow::compute::nullif(&chosen, &not(&valid)?)?;
    }
    Ok(result)
}

/// Doubles that are no number are the greatest, whatever the sign that computing gave them.
fn one_nan(array: ArrayRef) -> ArrayRef {
    let Some(doubles) = array.as_primitive_opt::<Float64Type>() else { return array };
    Arc::new(doubles.unary::<_, Float64Type>(|value| if value.is_nan() { f64::NAN } else { value }))
}
