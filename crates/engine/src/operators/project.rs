//! Computes columns.

use arrow::array::{RecordBatch, RecordBatchOptions};
use arrow::datatypes::SchemaRef;
use yeoul_row::RowBatch;

use crate::compute::Compiled;
use crate::operator::{Operator, OperatorError, Output};

/// One expression per output column.
pub(crate) struct Project {
    exprs: Vec<Compiled>,
    schema: SchemaRef,
}

impl Project {
    /// Computes `exprs`, whose values make up `schema`.
    pub(crate) fn new(exprs: Vec<Compiled>, schema: SchemaRef) -> Project {
        Project { exprs, schema }
    }
}

impl Operator for Project {
    fn process(&mut self, _port: usize, batch: RowBatch, out: &mut Output) -> Result<(), OperatorError> {
        let columns: Result<Vec<_>, _> = self.exprs.iter().map(|expr| expr.evaluate(&batch)).collect();
        let options = RecordBatchOptions::new().with_row_count(Some(batch.rows()));
        let columns = RecordBatch::try_new_with_options(self.schema.clone(), columns?, &options)?;
        out.batch(batch.with_columns(columns));
        Ok(())
    }
}
