//! `UNION ALL`: all rows of all inputs; the watermark is the smallest of the inputs'.
//!
//! State: the watermarks ([`MergedWatermark`]).

use std::sync::Arc;

use yeoul_row::RowBatch;

use super::merged_watermark::MergedWatermark;
use crate::checkpoint::StateChange;
use crate::operator::{Operator, OperatorError, Output};
use crate::runtime::message::Signal;
use crate::state::{Budget, StateEntries};

/// Merges inputs of equal column types.
pub(crate) struct Union {
    watermark: MergedWatermark,
    /// For each input, whether this node decides the fates of its rows.
    decides: Vec<bool>,
}

impl Union {
    /// Merges as many inputs as `decides` has entries: whether the fates of an input's rows are decided here.
    pub(crate) fn new(node: u32, decides: Vec<bool>, budget: Arc<Budget>) -> Union {
        Union { watermark: MergedWatermark::new(node, 0, decides.len(), budget), decides }
    }
}

impl Operator for Union {
    fn restore(&mut self, entries: &StateEntries) -> Result<(), OperatorError> {
        Ok(self.watermark.restore(entries)?)
    }

    fn process(&mut self, port: usize, batch: RowBatch, out: &mut Output) -> Result<(), OperatorError> {
        if self.decides[port] {
            out.applied(batch.rows());
        }
        let watermarks = self.watermark.merge(port, &batch.watermarks);
        out.batch(RowBatch { watermarks, ..batch });
        Ok(())
    }

    fn watermark(&mut self, port: usize, signal: Signal, out: &mut Output) -> Result<(), OperatorError> {
        if let Some(signal) = self.watermark.advance(port, signal) {
            out.watermark(signal);
        }
        Ok(())
    }

    fn snapshot(&mut self, changes: &mut Vec<StateChange>) -> Result<(), OperatorError> {
        self.watermark.snapshot(changes);
        Ok(())
    }
}
