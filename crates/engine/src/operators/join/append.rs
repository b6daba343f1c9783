//! Inner joins of two sides whose rows are never taken back: each row is joined with the rows of the other side that came
//! before it, and kept. Nothing is counted and nothing looked for but the key, and rows stay in their columns ([`ChunkStore`]).
//!
//! State: the rows of each side (tables 0 and 1), the watermarks (table 2). A row with a NULL in its key is not kept.

use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, RecordBatch, RecordBatchOptions, UInt32Array, new_null_array};
use arrow::compute::take;
use arrow::datatypes::{Field, Schema, SchemaRef};
use yeoul_row::{RowBatch, Watermarks};

use super::JoinSettings;
use super::chunks::{Arrival, ChunkStore};
use super::pairs::PAIRS_MAX;
use crate::checkpoint::StateChange;
use crate::operator::{Operator, OperatorError, Output};
use crate::operators::merged_watermark::MergedWatermark;
use crate::runtime::message::Signal;
use crate::state::{Budget, StateEntries};

/// Joins two streams of inserts.
pub(crate) struct AppendJoin {
    settings: JoinSettings,
    sides: [ChunkStore; 2],
    watermark: MergedWatermark,
    /// For each side, the columns that the residual condition reads.
    residual: [Vec<usize>; 2],
    /// The columns of both sides, of which those that the condition doesn't read are NULL when it is asked.
    both: SchemaRef,
}

/// Rows that have come, and for each a row of the other side.
#[derive(Default)]
struct Pairs {
    own: Vec<u32>,
    other: Vec<u32>,
}

impl Pairs {
    /// The pairs for which `hold` is true.
    fn that(&self, hold: &[bool]) -> Pairs {
        let kept = |side: &[u32]| side.iter().zip(hold).filter(|(_, hold)| **hold).map(|(row, _)| *row).collect();
        Pairs { own: kept(&self.own), other: kept(&self.other) }
    }
}

impl AppendJoin {
    /// Joins as `settings` say, which are those of an inner join.
    pub(crate) fn new(node: u32, settings: JoinSettings, budget: Arc<Budget>) -> Result<AppendJoin, OperatorError> {
        let hasher = ahash::RandomState::new();
        let store = |side: usize| {
            let keys = settings.keys(side);
            ChunkStore::new(node, side as u8, keys, &settings.sides[side], hasher.clone(), budget.clone())
        };
        let sides = [store(0)?, store(1)?];
        let width = settings.sides[0].fields().len();
        let read = settings.residual.as_ref().map(crate::compute::Compiled::columns).unwrap_or_default();
        let (left, right): (Vec<usize>, Vec<usize>) = read.into_iter().partition(|place| *place < width);
        let residual = [left, right.into_iter().map(|place| place - width).collect()];
        let watermark = MergedWatermark::new(node, 2, 2, budget);
        let fields = settings.both.fields().iter().map(|field| field.as_ref().clone().with_nullable(true));
        let both = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
        Ok(AppendJoin { settings, sides, watermark, residual, both })
    }

    /// The pairs of the rows from `first` on, as many rows as make a bounded number; the place of the next row.
    fn pairs(&self, port: usize, arrival: &Arrival, first: usize) -> (Pairs, usize) {
        let other = &self.sides[1 - port];
        let mut pairs = Pairs::default();
        for row in first..arrival.len() {
            let start = pairs.other.len();
            other.matching(arrival, row, &mut pairs.other);
            pairs.other[start..].reverse();
            pairs.own.resize(pairs.other.len(), row as u32);
            if pairs.own.len() >= PAIRS_MAX {
                return (pairs, row + 1);
            }
        }
        (pairs, arrival.len())
    }

    /// The pairs for which the residual condition holds; only the columns that it reads are looked up.
    fn checked(&self, port: usize, arrival: &Arrival, pairs: Pairs) -> Result<Pairs, OperatorError> {
        let Some(residual) = self.settings.residual.as_ref().filter(|_| !pairs.own.is_empty()) else {
            return Ok(pairs);
        };
        let rows = pairs.own.len();
        let mut columns: Vec<Option<ArrayRef>> = vec![None; self.both.fields().len()];
        let width = self.settings.sides[0].fields().len();
        for side in [0, 1] {
            let found = self.side(side, port, arrival, &pairs, &self.residual[side])?;
            for (place, column) in self.residual[side].iter().zip(found) {
                columns[side * width + place] = Some(column);
            }
        }
        let unread = |(column, field): (Option<ArrayRef>, &Arc<Field>)| {
            column.unwrap_or_else(|| new_null_array(field.data_type(), rows))
        };
        let columns = columns.into_iter().zip(self.both.fields()).map(unread).collect();
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        let batch = RecordBatch::try_new_with_options(self.both.clone(), columns, &options)?;
        let holds = residual.evaluate(&RowBatch::inserts(batch, Watermarks::NONE))?;
        let holds = holds.as_boolean();
        let holds: Vec<bool> = holds.iter().map(|hold| hold == Some(true)).collect();
        Ok(pairs.that(&holds))
    }

    /// For each pair, columns of its row of `side`.
    fn side(
        &self,
        side: usize,
        port: usize,
        arrival: &Arrival,
        pairs: &Pairs,
        wanted: &[usize],
    ) -> Result<Vec<ArrayRef>, OperatorError> {
        if side != port {
            return Ok(self.sides[side].columns(&pairs.other, wanted)?);
        }
        let rows = UInt32Array::from(pairs.own.clone());
        let column = |place: &usize| take(arrival.columns.column(*place), &rows, None);
        Ok(wanted.iter().map(column).collect::<Result<_, _>>()?)
    }

    fn emit(
        &self,
        port: usize,
        arrival: &Arrival,
        pairs: &Pairs,
        watermark: i64,
        out: &mut Output,
    ) -> Result<(), OperatorError> {
        if pairs.own.is_empty() {
            return Ok(());
        }
        let all = |side: usize| -> Vec<usize> { (0..self.settings.sides[side].fields().len()).collect() };
        let mut columns = self.side(0, port, arrival, pairs, &all(0))?;
        columns.extend(self.side(1, port, arrival, pairs, &all(1))?);
        let options = RecordBatchOptions::new().with_row_count(Some(pairs.own.len()));
        let rows = RecordBatch::try_new_with_options(self.settings.schema.clone(), columns, &options)?;
        out.batch(RowBatch::inserts(rows, Watermarks::steady(watermark)));
        Ok(())
    }
}

impl Operator for AppendJoin {
    fn restore(&mut self, entries: &StateEntries) -> Result<(), OperatorError> {
        for side in &mut self.sides {
            side.restore(entries)?;
        }
        Ok(self.watermark.restore(entries)?)
    }

    fn process(&mut self, port: usize, batch: RowBatch, out: &mut Output) -> Result<(), OperatorError> {
        if self.settings.decides[port] {
            out.applied(batch.rows());
        }
        let watermarks = self.watermark.merge(port, &batch.watermarks);
        let arrival = self.sides[port].arrival(&batch.columns)?;
        let mut first = 0;
        while first < arrival.len() {
            let (pairs, next) = self.pairs(port, &arrival, first);
            let pairs = self.checked(port, &arrival, pairs)?;
            self.emit(port, &arrival, &pairs, watermarks.start, out)?;
            first = next;
        }
        self.sides[port].add(arrival)?;
        self.sides[port].account()?;
        out.watermark(Signal::active(watermarks.end));
        Ok(())
    }

    fn watermark(&mut self, port: usize, signal: Signal, out: &mut Output) -> Result<(), OperatorError> {
        if let Some(signal) = self.watermark.advance(port, signal) {
            out.watermark(signal);
        }
        Ok(())
    }

    fn snapshot(&mut self, changes: &mut Vec<StateChange>) -> Result<(), OperatorError> {
        for side in &mut self.sides {
            side.snapshot(changes)?;
        }
        self.watermark.snapshot(changes);
        Ok(())
    }
}
