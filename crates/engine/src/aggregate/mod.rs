//! Aggregate functions as columnar accumulators, with Flink's result types and overflow rules.
//!
//! Reading order: [`cells`] (values of few physical kinds), [`accumulator`] (the trait), [`sums`], [`extremes`],
//! [`counted`] (distinct values, and extremes that can be taken back), [`distinct`] (distinct integers), [`ordered`] (first and last values that can).

mod accumulator;
pub(crate) mod cells;
mod counted;
mod distinct;
mod extremes;
mod ordered;
mod sums;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::buffer::BooleanBuffer;
use arrow::datatypes::{DataType, Schema};
use arrow::error::ArrowError;
use yeoul_base::decode::{DecodeError, Decoder};
use yeoul_row::RowKind;
use yeoul_sql::plan::{Aggregate, AggregateFunction};

use self::accumulator::{Accumulator, Rows};
use self::cells::Cells;
use self::counted::{Distinct, RetractableExtreme};
use self::distinct::DistinctIntegers;
use self::extremes::{Extreme, Pick};
use self::ordered::Ordered;
use crate::state::StateColumns;

/// All aggregates of one operator, and how many rows each group holds.
pub(crate) struct AggregateColumns {
    rows: sums::Count,
    calls: Vec<Call>,
}

struct Call {
    function: AggregateFunction,
    argument: Option<usize>,
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
        self.rows.update(&Rows { slots, mask: None, kinds }, None);
        for call in &mut self.calls {
            let mask = call.filter.map(|place| truth(batch.column(place)));
            let cells = call.argument.map(|place| Cells::of(batch.column(place))).transpose()?;
            call.accumulator.update(&Rows { slots, mask, kinds }, cells.as_ref());
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

    /// How many rows a group holds.
    pub(crate) fn rows(&self, slot: u32) -> i64 {
        self.rows.get(slot)
    }

    /// The result columns for some groups.
    pub(crate) fn evaluate(&self, slots: &[u32]) -> Result<Vec<ArrayRef>, ArrowError> {
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

impl Call {
    fn new(aggregate: &Aggregate, input: &Schema, retracts: bool) -> Result<Call, String> {
        let argument = aggregate.args.first().copied();
        let argument_type = argument.map_or(DataType::Null, |place| input.field(place).data_type().clone());
        let unsupported = || format!("{:?} over `{argument_type}` is not supported yet", aggregate.function);
        if matches!(argument_type, ref nested if cells::CellKind::of(nested).is_none()) {
            return Err(unsupported());
        }
        let mut accumulator = accumulator_of(aggregate, &argument_type, retracts).ok_or_else(unsupported)?;
        let kind = cells::CellKind::of(&argument_type);
        if aggregate.distinct && argument.is_some() && kind == Some(cells::CellKind::Int) {
            accumulator = Box::new(DistinctIntegers::new(accumulator));
        } else if aggregate.distinct && argument.is_some() {
            let distinct = Distinct::new(argument_type.clone(), accumulator);
            accumulator = Box::new(distinct.map_err(|error| error.to_string())?);
        }
        Ok(Call { function: aggregate.function, argument, filter: aggregate.filter, accumulator })
    }
}

fn accumulator_of(aggregate: &Aggregate, argument: &DataType, retracts: bool) -> Option<Box<dyn Accumulator>> {
    let result = aggregate.data_type.logical.to_arrow();
    match aggregate.function {
        AggregateFunction::Count => Some(Box::new(sums::Count::default())),
        AggregateFunction::Sum => sums::sum_of(argument, result),
        AggregateFunction::Avg => sums::avg_of(argument, result),
        AggregateFunction::Min => extreme(Pick::Min, result, retracts),
        AggregateFunction::Max => extreme(Pick::Max, result, retracts),
        AggregateFunction::FirstValue => ordered(Pick::First, result, retracts),
        AggregateFunction::LastValue => ordered(Pick::Last, result, retracts),
    }
}

fn ordered(pick: Pick, result: DataType, retracts: bool) -> Option<Box<dyn Accumulator>> {
    if retracts {
        return Some(Box::new(Ordered::new(pick, result).ok()?));
    }
    extreme(pick, result, false)
}

fn extreme(pick: Pick, result: DataType, retracts: bool) -> Option<Box<dyn Accumulator>> {
    if retracts {
        return Some(Box::new(RetractableExtreme::new(pick, result).ok()?));
    }
    Some(Box::new(Extreme::new(pick, result)?))
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
