//! Keeps rows for which a predicate is true.

use arrow::array::{Array, AsArray};
use yeoul_row::RowBatch;

use crate::compute::Compiled;
use crate::operator::{Operator, OperatorError, Output};

/// `WHERE`
pub(crate) struct Filter {
    predicate: Compiled,
}

impl Filter {
    /// Keeps rows for which `predicate`, a BOOLEAN, is true.
    pub(crate) fn new(predicate: Compiled) -> Filter {
        Filter { predicate }
    }
}

impl Operator for Filter {
    fn process(&mut self, _port: usize, batch: RowBatch, out: &mut Output) -> Result<(), OperatorError> {
        let keep = self.predicate.evaluate(&batch)?;
        let keep = keep.as_boolean();
        if keep.null_count() == 0 && keep.true_count() == batch.rows() {
            out.batch(batch);
            return Ok(());
        }
        let kept = batch.filter(keep)?;
        out.filtered("where", batch.rows() - kept.rows());
        out.batch(kept);
        Ok(())
    }
}
