//! Aggregates per key, updating: emits a group's new result, and takes the old one back.
//!
//! The changes of one group within a batch are folded into one; nothing is emitted where the result stays the same.
//! A group that holds no rows any more is deleted. State: one entry per group.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, RecordBatch, UInt32Array};
use arrow::compute::{concat_batches, take_record_batch};
use arrow::datatypes::{DataType, SchemaRef};
use yeoul_base::Timestamp;
use yeoul_row::{RowBatch, RowKind, Watermarks};

use super::combine::Combined;
use crate::aggregate::AggregateColumns;
use crate::checkpoint::StateChange;
use crate::operator::{Operator, OperatorError, Output};
use crate::runtime::message::Signal;
use crate::state::{Budget, KeyEncoder, KeyedState, StateEntries, StateTtl};

/// Aggregates per key.
pub(crate) struct GroupAggregate {
    encoder: KeyEncoder,
    state: KeyedState<AggregateColumns>,
    schema: SchemaRef,
    slots: Vec<u32>,
    /// Whether a result is due at the end also where no row came.
    of_nothing: bool,
    /// How the rows come that were combined before; none: as they are.
    combined: Option<Combined>,
}

/// The groups that a batch touches, each once, in the order of their last rows: what is behind sees changes as they came.
struct Touched {
    slots: Vec<u32>,
    existed: Vec<bool>,
}

impl GroupAggregate {
    /// Groups rows of schema `input` by the columns at `keys`; the result has `schema`.
    pub(crate) fn new(
        node: u32,
        keys: &[usize],
        input: &SchemaRef,
        schema: SchemaRef,
        columns: AggregateColumns,
        budget: Arc<Budget>,
    ) -> Result<GroupAggregate, OperatorError> {
        let types: Vec<DataType> = keys.iter().map(|place| input.field(*place).data_type().clone()).collect();
        let encoder = KeyEncoder::new(keys, types)?;
        let state = KeyedState::new(node, 0, budget, columns);
        Ok(GroupAggregate { encoder, state, schema, slots: Vec::new(), of_nothing: false, combined: None })
    }

    /// Gives a result at the end also where no row came, if `wanted` (a global aggregate in batch).
    pub(crate) fn of_nothing(self, wanted: bool) -> GroupAggregate {
        GroupAggregate { of_nothing: wanted, ..self }
    }

    /// The same operator over rows that were combined before, if they were: then `input` and `keys` are theirs.
    pub(crate) fn of_combined(self, combined: Option<Combined>) -> GroupAggregate {
        GroupAggregate { combined, ..self }
    }

    /// Folds rows into the groups at `slots`.
    fn fold(&mut self, batch: &RowBatch) -> Result<(), OperatorError> {
        match self.combined {
            Some(combined) => combined.merge(&batch.columns, &self.slots, &mut self.state),
            None => Ok(self.state.values_mut().update(&self.slots, &batch.columns, batch.kinds.as_deref())?),
        }
    }

    /// The same operator, whose state lives for a time only, where one is given.
    pub(crate) fn living(mut self, ttl: Option<StateTtl>) -> GroupAggregate {
        self.state = self.state.living(ttl);
        self
    }

    /// The rows that count: what is taken back of a group that is gone says nothing (Flink's rule).
    fn of_living_groups(&mut self, batch: RowBatch) -> Result<RowBatch, OperatorError> {
        self.state.forget_expired();
        if !self.state.expires() || batch.kinds.is_none() {
            return Ok(batch);
        }
        let keys = self.encoder.encode(&batch.columns)?;
        let mut kept = Vec::with_capacity(batch.rows());
        for row in 0..batch.rows() {
            if batch.kind(row).adds() {
                self.state.slot(keys.key(row));
            } else if self.state.find(keys.key(row)).is_none() {
                continue;
            }
            kept.push(row as u32);
        }
        Ok(if kept.len() == batch.rows() { batch } else { batch.take(&UInt32Array::from(kept))? })
    }

    fn touched(&self) -> Touched {
        let mut last: Vec<(u32, usize)> = self.slots.iter().copied().zip(0..).collect();
        last.sort_unstable();
        last.dedup_by(|(slot, row), (kept, last)| {
            let same = slot == kept;
            *last = if same { *row } else { *last };
            same
        });
        last.sort_unstable_by_key(|(_, row)| *row);
        let slots: Vec<u32> = last.into_iter().map(|(slot, _)| slot).collect();
        let existed = slots.iter().map(|slot| self.state.values().rows(*slot) > 0).collect();
        Touched { slots, existed }
    }

    fn result(&self, slots: &[u32]) -> Result<RecordBatch, OperatorError> {
        let mut columns: Vec<ArrayRef> = self.encoder.decode(slots.iter().map(|slot| self.state.key(*slot)))?;
        columns.extend(self.state.values().evaluate(slots)?);
        let options = arrow::array::RecordBatchOptions::new().with_row_count(Some(slots.len()));
        Ok(RecordBatch::try_new_with_options(self.schema.clone(), columns, &options)?)
    }

    /// Old and new results as a changelog, in one batch.
    fn changes(&self, touched: &Touched, old: RecordBatch, watermarks: Watermarks) -> Result<RowBatch, OperatorError> {
        let new = self.result(&touched.slots)?;
        let same = equal_rows(&old, &new)?;
        let count = touched.slots.len() as u32;
        let (mut places, mut kinds) = (Vec::new(), Vec::new());
        for (row, (slot, existed)) in (0..count).zip(touched.slots.iter().zip(&touched.existed)) {
            let exists = self.state.values().rows(*slot) > 0;
            match (existed, exists) {
                (false, true) => push(&mut places, &mut kinds, count + row, RowKind::Insert),
                (true, false) => push(&mut places, &mut kinds, row, RowKind::Delete),
                (true, true) if !same[row as usize] => {
                    push(&mut places, &mut kinds, row, RowKind::UpdateBefore);
                    push(&mut places, &mut kinds, count + row, RowKind::UpdateAfter);
                }
                _ => {}
            }
        }
        let both = concat_batches(&self.schema, [&old, &new])?;
        let columns = take_record_batch(&both, &UInt32Array::from(places))?;
        let kinds = kinds.iter().any(|kind| *kind != RowKind::Insert).then(|| kinds.into());
        Ok(RowBatch { columns, kinds, watermarks, origin: None })
    }

    fn remove_empty(&mut self, touched: &Touched) {
        for slot in &touched.slots {
            // A group whose rows were taken back before they came holds less than none: it must be remembered.
            if self.state.values().rows(*slot) == 0 {
                self.state.remove(*slot);
            }
        }
    }
}

fn push(places: &mut Vec<u32>, kinds: &mut Vec<RowKind>, place: u32, kind: RowKind) {
    places.push(place);
    kinds.push(kind);
}

/// For each row, whether both batches hold the same values (NULL is NULL, NaN is NaN).
fn equal_rows(left: &RecordBatch, right: &RecordBatch) -> Result<Vec<bool>, OperatorError> {
    let mut same = vec![true; left.num_rows()];
    for (left, right) in left.columns().iter().zip(right.columns()) {
        if left.data_type() == &DataType::Null {
            continue;
        }
        if left.data_type().is_nested() {
            let encoder = KeyEncoder::new(&[0], vec![left.data_type().clone()])?;
            let encode = |column: &ArrayRef| encoder.encode_columns(std::slice::from_ref(column), column.len());
            let (left, right) = (encode(left)?, encode(right)?);
            same.iter_mut().enumerate().for_each(|(row, same)| *same = *same && left.key(row) == right.key(row));
            continue;
        }
        let equal = arrow::compute::kernels::cmp::not_distinct(left, right)?;
        same.iter_mut().enumerate().for_each(|(row, same)| *same = *same && equal.value(row));
    }
    Ok(same)
}

impl Operator for GroupAggregate {
    fn restore(&mut self, entries: &StateEntries) -> Result<(), OperatorError> {
        Ok(self.state.restore(entries)?)
    }

    fn process(&mut self, _port: usize, batch: RowBatch, out: &mut Output) -> Result<(), OperatorError> {
        out.applied(self.combined.map_or(batch.rows(), |combined| combined.count(&batch.columns)));
        let batch = self.of_living_groups(batch)?;
        let keys = self.encoder.encode(&batch.columns)?;
        self.state.slots(&keys, &mut self.slots);
        let touched = self.touched();
        let old = self.result(&touched.slots)?;
        touched.slots.iter().for_each(|slot| self.state.mark(*slot));
        self.fold(&batch)?;
        let watermarks = Watermarks { before: None, ..batch.watermarks };
        out.batch(self.changes(&touched, old, watermarks)?);
        self.remove_empty(&touched);
        Ok(self.state.account()?)
    }

    fn watermark(&mut self, _port: usize, signal: Signal, out: &mut Output) -> Result<(), OperatorError> {
        if signal.watermark == i64::MAX && std::mem::take(&mut self.of_nothing) && self.state.live().next().is_none() {
            let (slot, _) = self.state.slot(&[]);
            let result = self.result(&[slot])?;
            self.state.remove(slot);
            out.batch(RowBatch::inserts(result, Watermarks::NONE));
        }
        out.watermark(signal);
        Ok(())
    }

    fn tick(&mut self, _now: Timestamp, _out: &mut Output) -> Result<(), OperatorError> {
        self.state.forget_expired();
        Ok(())
    }

    fn snapshot(&mut self, changes: &mut Vec<StateChange>) -> Result<(), OperatorError> {
        self.state.snapshot(changes);
        Ok(())
    }
}
