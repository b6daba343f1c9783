//! An operator that is given rows between two watermarks at a time.
//!
//! What updates rows emits what a batch changes in sum, behind one watermark. Where an operator above goes by event time that is
//! too little: a row that was there when its window ended must have been emitted, although the same batch takes it back later. So
//! the batch is cut wherever the watermark rises within it.

use yeoul_base::Timestamp;
use yeoul_row::{RowBatch, Watermarks};

use crate::checkpoint::StateChange;
use crate::operator::{Operator, OperatorError, Output, WarmUp};
use crate::runtime::message::Signal;
use crate::state::StateEntries;

/// Gives batches to an operator in pieces.
pub(crate) struct Stepwise(pub(crate) Box<dyn Operator>);

/// The rows from one place to another: no watermark rises between them.
fn piece(batch: &RowBatch, from: usize, to: usize) -> RowBatch {
    let start = batch.watermarks.before(from);
    let end = if to < batch.rows() { batch.watermarks.before(to) } else { batch.watermarks.end };
    RowBatch {
        columns: batch.columns.slice(from, to - from),
        kinds: batch.kinds.as_ref().and_then(|kinds| kinds.get(from..to)).map(Into::into),
        watermarks: Watermarks { start, before: None, end },
        origin: None,
    }
}

impl Operator for Stepwise {
    fn restore(&mut self, entries: &StateEntries) -> Result<(), OperatorError> {
        self.0.restore(entries)
    }

    fn process(&mut self, port: usize, batch: RowBatch, out: &mut Output) -> Result<(), OperatorError> {
        let watermarks = &batch.watermarks;
        let rises = (1..batch.rows()).filter(|row| watermarks.before(*row) > watermarks.before(*row - 1));
        let ends: Vec<usize> = rises.chain([batch.rows()]).collect();
        if ends.len() == 1 {
            return self.0.process(port, batch, out);
        }
        let mut from = 0;
        for to in ends {
            self.0.process(port, piece(&batch, from, to), out)?;
            from = to;
        }
        Ok(())
    }

    fn watermark(&mut self, port: usize, signal: Signal, out: &mut Output) -> Result<(), OperatorError> {
        self.0.watermark(port, signal, out)
    }

    fn tick(&mut self, now: Timestamp, out: &mut Output) -> Result<(), OperatorError> {
        self.0.tick(now, out)
    }

    fn next_tick(&self) -> Option<Timestamp> {
        self.0.next_tick()
    }

    fn snapshot(&mut self, changes: &mut Vec<StateChange>) -> Result<(), OperatorError> {
        self.0.snapshot(changes)
    }

    fn prepare(&mut self) -> Result<Vec<bytes::Bytes>, OperatorError> {
        self.0.prepare()
    }

    fn warm_up(&mut self) -> Result<WarmUp, OperatorError> {
        self.0.warm_up()
    }
}
