//! `PERCENTILE`: exact, interpolated between the two nearest values. A group keeps each distinct value with its count.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Float64Array, ListArray};
use arrow::buffer::{NullBuffer, OffsetBuffer};
use arrow::datatypes::{DataType, FieldRef};
use arrow::error::ArrowError;

use super::accumulator::Rows;
use super::cells::Cells;
use super::counted::{Counted, OfCounts, OverCounts};
use super::deviations::to_double;
use crate::operator::OperatorError;
use crate::state::KeyEncoder;

/// Percentiles of each group's values.
pub(crate) struct Percentile {
    /// From 0 to 1.
    fractions: Vec<f64>,
    /// The field of the result's elements, where it is an array.
    item: Option<FieldRef>,
    per_one: f64,
    encoder: KeyEncoder,
}

impl Percentile {
    /// Percentiles at these fractions, of numbers; `scale` is that of decimals. `result` is `DOUBLE` or an array of it.
    pub(crate) fn over(
        fractions: Vec<f64>,
        scale: i8,
        result: &DataType,
    ) -> Result<OverCounts<Percentile>, ArrowError> {
        let item = match result {
            DataType::List(item) => Some(item.clone()),
            _ => None,
        };
        let encoder = KeyEncoder::new(&[0], vec![DataType::Float64])?;
        let per_one = 10_f64.powi(i32::from(scale));
        Ok(OverCounts::new(Percentile { fractions, item, per_one, encoder }))
    }

    /// A group's percentiles, in the order of the fractions; `None` where it holds no value.
    fn of(&self, counted: &Counted, slot: u32) -> Result<Option<Vec<f64>>, OperatorError> {
        let counts: Vec<i64> = counted.of(slot).values().copied().collect();
        let total: i64 = counts.iter().sum();
        if total <= 0 {
            return Ok(None);
        }
        let values = self.encoder.decode(counted.of(slot).keys().map(|value| &**value))?;
        let Some(values) = values.first() else { return Ok(None) };
        let values: &Float64Array = arrow::array::AsArray::as_primitive(values);
        Ok(Some(self.fractions.iter().map(|fraction| at(values.values(), &counts, total, *fraction)).collect()))
    }
}

/// The value at `fraction` of the way through sorted values, each of which is there `counts` times.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "places are interpolated, as in Flink"
)]
fn at(values: &[f64], counts: &[i64], total: i64, fraction: f64) -> f64 {
    let place = fraction * (total - 1) as f64 + 1.0;
    let (lower, higher) = (place.floor() as i64, place.ceil() as i64);
    let (mut next, mut passed) = (0, counts.first().copied().unwrap_or_default());
    while passed < lower && next + 1 < values.len() {
        next += 1;
        passed += counts[next];
    }
    match values.get(next + 1) {
        Some(above) if passed < higher => (higher as f64 - place) * values[next] + (place - lower as f64) * above,
        _ => values[next],
    }
}

impl OfCounts for Percentile {
    fn count(&self, counted: &mut Counted, rows: &Rows<'_>, inputs: &[Cells]) {
        let [cells, frequencies @ ..] = inputs else { return };
        let numbers = (0..rows.slots.len()).map(|row| to_double(cells, row, self.per_one));
        let numbers: ArrayRef = Arc::new(Float64Array::from_iter_values(numbers));
        let Ok(keys) = self.encoder.encode_columns(&[numbers], rows.slots.len()) else { return };
        let frequency = |row: usize| match frequencies.first() {
            None => 1,
            Some(Cells::Int(counts)) if counts.is_valid(row) => counts.value(row).max(0),
            Some(_) => 0,
        };
        rows.without_nulls(cells).each(|row, slot, adds| match frequency(row) {
            0 => {}
            count => {
                counted.change(slot, keys.key(row), if adds { count } else { -count });
            }
        });
    }

    fn evaluate(&self, counted: &Counted, slots: &[u32]) -> Result<ArrayRef, OperatorError> {
        let groups = slots.iter().map(|slot| self.of(counted, *slot)).collect::<Result<Vec<_>, _>>()?;
        let Some(item) = &self.item else {
            let values = groups.into_iter().map(|group| group.and_then(|group| group.first().copied()));
            return Ok(Arc::new(values.collect::<Float64Array>()));
        };
        let there: NullBuffer =
            groups.iter().map(|group| group.as_ref().is_some_and(|group| !group.is_empty())).collect();
        let offsets = OffsetBuffer::from_lengths(groups.iter().map(|group| group.as_ref().map_or(0, Vec::len)));
        let values = Float64Array::from_iter_values(groups.into_iter().flatten().flatten());
        Ok(Arc::new(ListArray::try_new(item.clone(), offsets, Arc::new(values), Some(there))?))
    }
}
