//! Aggregate functions as columnar accumulators, with Flink's result types and overflow rules.
//!
//! Reading order: [`cells`] (values of few physical kinds), [`accumulator`] (the trait), [`sums`], [`extremes`],
//! [`counted`] (how often values are there, and extremes that can be taken back), [`ordered`] (first and last values that
//! can), [`lists`] (values in order); then one file per family of functions, and [`calls`], which makes them.

mod accumulator;
mod bags;
mod bitmaps;
mod calls;
pub(crate) mod cells;
mod counted;
mod deviations;
mod distinct;
mod distinct_integers;
mod encoded;
mod extremes;
mod json_members;
mod lists;
mod ordered;
mod percentile;
mod sums;
#[cfg(test)]
mod tests;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::buffer::BooleanBuffer;
use arrow::datatypes::Schema;
use arrow::error::ArrowError;
use yeoul_base::decode::{DecodeError, Decoder};
use yeoul_row::RowKind;
use yeoul_sql::plan::{Aggregate, AggregateFunction};

use self::accumulator::{Accumulator, Rows};
use self::cells::Cells;
use crate::operator::OperatorError;
use crate::state::StateColumns;

/// All aggregates of one operator, and how many rows each group holds.
pub(crate) struct AggregateColumns {
    rows: sums::Count,
    calls: Vec<Call>,
}

struct Call {
    function: AggregateFunction,
    arguments: Vec<usize>,
    filter: Option<usize>,
    accumulator: Box<dyn Accumulator>,
}

impl AggregateColumns {
    /// Accumulators for these calls over rows of this schema, which may be taken back if `retracts`.
    ///
    /// # Errors
    /// A call that isn't supported.
    pub(crate) fn new(aggregates: &[Aggregate], input: &Schema, retracts: bool) -> Result<AggregateColumns, String> {
        let calls = aggregates.iter().map(|aggregate| Call::new(aggregate, input, retracts));
        Ok(AggregateColumns { rows: sums::Count::default(), calls: calls.collect::<Result<_, _>>()? })
    }

    /// Folds a batch in: the row in place `i` belongs to the group `slots[i]`.
    pub(crate) fn update(
        &mut self,
        slots: &[u32],
        batch: &RecordBatch,
        kinds: Option<&[RowKind]>,
    ) -> Result<(), ArrowError> {
        self.rows.update(&Rows { slots, mask: None, kinds }, &[]);
        for call in &mut self.calls {
            let mask = call.filter.map(|place| truth(batch.column(place)));
            let cells = call.arguments.iter().map(|place| Cells::of(batch.column(*place)));
            call.accumulator.update(&Rows { slots, mask, kinds }, &cells.collect::<Result<Vec<Cells>, _>>()?);
        }
        Ok(())
    }

    /// Whether groups can be merged; else the name of the aggregate that can't.
    pub(crate) fn unmergeable(&self) -> Option<AggregateFunction> {
        self.calls.iter().find(|call| !call.accumulator.merges()).map(|call| call.function)
    }

    /// Adds what slot `from` holds to slot `into`, as if its rows had come behind those of `into`. `from` stays.
    pub(crate) fn merge(&mut self, into: u32, from: u32) {
        let (into, from) = (into as usize, from as usize);
        self.rows.merge(into, from);
        self.calls.iter_mut().for_each(|call| call.accumulator.merge(into, from));
    }

    /// Adds what `bytes` hold, as [`StateColumns::write`] wrote it, to slot `into`, by way of the empty slot `aside`.
    pub(crate) fn merge_written(&mut self, into: u32, aside: u32, bytes: &[u8]) -> Result<(), DecodeError> {
        self.read(aside as usize, &mut Decoder::new(bytes))?;
        self.merge(into, aside);
        self.reset(aside as usize);
        Ok(())
    }

    /// How many rows a group holds.
    pub(crate) fn rows(&self, slot: u32) -> i64 {
        self.rows.get(slot)
    }

    /// The result columns for some groups.
    pub(crate) fn evaluate(&self, slots: &[u32]) -> Result<Vec<ArrayRef>, OperatorError> {
        self.calls.iter().map(|call| call.accumulator.evaluate(slots)).collect()
    }
}

/// Where a BOOLEAN column is true.
fn truth(column: &ArrayRef) -> BooleanBuffer {
    let column = column.as_boolean();
    match column.nulls() {
        Some(nulls) => column.values() & nulls.inner(),
        None => column.values().clone(),
    }
}

impl StateColumns for AggregateColumns {
    fn grow(&mut self, slots: usize) {
        self.rows.grow(slots);
        self.calls.iter_mut().for_each(|call| call.accumulator.grow(slots));
    }

    fn reset(&mut self, slot: usize) {
        self.rows.reset(slot);
        self.calls.iter_mut().for_each(|call| call.accumulator.reset(slot));
    }

    fn write(&self, slot: usize, bytes: &mut Vec<u8>) {
        self.rows.write(slot, bytes);
        self.calls.iter().for_each(|call| call.accumulator.write(slot, bytes));
    }

    fn read(&mut self, slot: usize, bytes: &mut Decoder<'_>) -> Result<(), DecodeError> {
        self.rows.read(slot, bytes)?;
        self.calls.iter_mut().try_for_each(|call| call.accumulator.read(slot, bytes))
    }

    fn bytes(&self) -> usize {
        self.rows.bytes() + self.calls.iter().map(|call| call.accumulator.bytes()).sum::<usize>()
    }
}
