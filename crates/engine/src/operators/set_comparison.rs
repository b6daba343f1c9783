//! `INTERSECT` and `EXCEPT`, each `ALL` or distinct, of changelogs.
//!
//! How often a row is in the result follows from how often it is in each input; what changes is emitted. A row that
//! is in neither input is forgotten.
//!
//! State: how often each row is in each input (table 0: key: the row, value: two counts), the watermarks (table 1).

use std::sync::Arc;

use arrow::array::{RecordBatch, RecordBatchOptions, UInt32Array};
use arrow::datatypes::{DataType, SchemaRef};
use yeoul_base::Timestamp;
use yeoul_base::decode::{DecodeError, Decoder};
use yeoul_row::{RowBatch, RowKind, Watermarks};
use yeoul_sql::plan::SetOperation;

use super::merged_watermark::MergedWatermark;
use crate::checkpoint::StateChange;
use crate::operator::{Operator, OperatorError, Output};
use crate::runtime::message::Signal;
use crate::state::{Budget, KeyEncoder, KeyedState, StateColumns, StateEntries, StateTtl};

/// How often each row is in each input.
#[derive(Debug, Default)]
struct Counts(Vec<[i64; 2]>);

impl StateColumns for Counts {
    fn grow(&mut self, slots: usize) {
        self.0.resize(slots, [0, 0]);
    }

    fn reset(&mut self, slot: usize) {
        self.0[slot] = [0, 0];
    }

    fn write(&self, slot: usize, bytes: &mut Vec<u8>) {
        self.0[slot].iter().for_each(|count| bytes.extend(count.to_be_bytes()));
    }

    fn read(&mut self, slot: usize, bytes: &mut Decoder<'_>) -> Result<(), DecodeError> {
        self.0[slot] = [bytes.i64()?, bytes.i64()?];
        Ok(())
    }

    fn bytes(&self) -> usize {
        self.0.len() * size_of::<[i64; 2]>()
    }
}

/// Compares how often rows are in two inputs.
pub(crate) struct SetComparison {
    operation: SetOperation,
    all: bool,
    encoder: KeyEncoder,
    state: KeyedState<Counts>,
    watermark: MergedWatermark,
    schema: SchemaRef,
    /// For each input, whether the fates of its rows are decided here.
    decides: [bool; 2],
}

impl SetComparison {
    /// Compares inputs whose columns have the types of `schema`.
    pub(crate) fn new(
        node: u32,
        operation: SetOperation,
        all: bool,
        schema: SchemaRef,
        decides: [bool; 2],
        budget: Arc<Budget>,
    ) -> Result<SetComparison, OperatorError> {
        let types: Vec<DataType> = schema.fields().iter().map(|field| field.data_type().clone()).collect();
        let places: Vec<usize> = (0..types.len()).collect();
        let encoder = KeyEncoder::new(&places, types)?;
        let state = KeyedState::new(node, 0, budget.clone(), Counts::default());
        let watermark = MergedWatermark::new(node, 1, 2, budget);
        Ok(SetComparison { operation, all, encoder, state, watermark, schema, decides })
    }

    /// The same operator, whose state lives for a time only, where one is given.
    pub(crate) fn living(mut self, ttl: Option<StateTtl>) -> SetComparison {
        self.state = self.state.living(ttl);
        self
    }

    /// How often a row that is in the inputs so often is in the result.
    fn times(&self, [left, right]: [i64; 2]) -> i64 {
        let (left, right) = (left.max(0), right.max(0));
        match (self.operation, self.all) {
            (SetOperation::Intersect, true) => left.min(right),
            (SetOperation::Intersect, false) => left.min(right).min(1),
            (SetOperation::Except, true) => (left - right).max(0),
            (SetOperation::Except, false) => i64::from(left > 0 && right == 0),
        }
    }

    /// Folds one row in; how much more (or less) often it is in the result.
    fn change(&mut self, port: usize, slot: u32, kind: RowKind) -> i64 {
        self.state.mark(slot);
        let before = self.state.values().0[slot as usize];
        let counts = &mut self.state.values_mut().0[slot as usize];
        counts[port] += if kind.adds() { 1 } else { -1 };
        let now = *counts;
        if now == [0, 0] {
            self.state.remove(slot);
        }
        self.times(now) - self.times(before)
    }
}

impl Operator for SetComparison {
    fn restore(&mut self, entries: &StateEntries) -> Result<(), OperatorError> {
        self.state.restore(entries)?;
        Ok(self.watermark.restore(entries)?)
    }

    fn process(&mut self, port: usize, batch: RowBatch, out: &mut Output) -> Result<(), OperatorError> {
        if self.decides[port] {
            out.applied(batch.rows());
        }
        let watermarks = self.watermark.merge(port, &batch.watermarks);
        self.state.forget_expired();
        let keys = self.encoder.encode(&batch.columns)?;
        let (mut places, mut kinds) = (Vec::new(), Vec::new());
        for row in 0..batch.rows() {
            // A row that goes frees its slot, so each is looked up when its turn comes.
            let (slot, _) = self.state.slot(keys.key(row));
            let change = self.change(port, slot, batch.kind(row));
            let kind = if change > 0 { RowKind::Insert } else { RowKind::Delete };
            for _ in 0..change.abs() {
                places.push(row as u32);
                kinds.push(kind);
            }
        }
        let taken = arrow::compute::take_record_batch(&batch.columns, &UInt32Array::from(places))?;
        let options = RecordBatchOptions::new().with_row_count(Some(taken.num_rows()));
        let columns = RecordBatch::try_new_with_options(self.schema.clone(), taken.columns().to_vec(), &options)?;
        let kinds = kinds.iter().any(|kind| *kind != RowKind::Insert).then(|| kinds.into());
        let watermarks = Watermarks { before: None, ..watermarks };
        out.batch(RowBatch { columns, kinds, watermarks, origin: None });
        Ok(self.state.account()?)
    }

    fn watermark(&mut self, port: usize, signal: Signal, out: &mut Output) -> Result<(), OperatorError> {
        if let Some(signal) = self.watermark.advance(port, signal) {
            out.watermark(signal);
        }
        Ok(())
    }

    fn tick(&mut self, _now: Timestamp, _out: &mut Output) -> Result<(), OperatorError> {
        self.state.forget_expired();
        Ok(())
    }

    fn snapshot(&mut self, changes: &mut Vec<StateChange>) -> Result<(), OperatorError> {
        self.state.snapshot(changes);
        self.watermark.snapshot(changes);
        Ok(())
    }
}
