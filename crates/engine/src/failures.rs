//! Rows that an operator can't accept: on their way to the job's failure topic.

use arrow::array::Array;
use bytes::Bytes;
use yeoul_row::{Origin, RowBatch};

use crate::operator::OperatorError;
use crate::sink::FailureSink;
use crate::source::Failure;

/// An operator's way to a failure topic.
pub(crate) struct Failures {
    sink: Box<dyn FailureSink>,
}

impl Failures {
    /// Reports to this sink.
    pub(crate) fn new(sink: Box<dyn FailureSink>) -> Failures {
        Failures { sink }
    }

    /// Reports failures as they are.
    pub(crate) fn write(&mut self, failures: &[Failure]) -> Result<(), OperatorError> {
        Ok(self.sink.write(failures)?)
    }

    /// Reports rows of a batch, each with its own reason.
    pub(crate) fn report(
        &mut self,
        batch: &RowBatch,
        rows: &[usize],
        cause: &'static str,
        reason: impl Fn(usize) -> String,
    ) -> Result<(), OperatorError> {
        let Some(origin) = &batch.origin else { return Ok(()) };
        let failures: Vec<Failure> = rows.iter().map(|row| failure(origin, *row, cause, reason(*row))).collect();
        self.write(&failures)
    }

    /// Tokens of what was written since the last call.
    pub(crate) fn prepare(&mut self) -> Result<Vec<Bytes>, OperatorError> {
        Ok(self.sink.prepare()?)
    }
}

fn failure(origin: &Origin, row: usize, cause: &'static str, reason: String) -> Failure {
    let raw = if row < origin.raw.len() { Bytes::copy_from_slice(origin.raw.value(row)) } else { Bytes::new() };
    Failure { cause, reason, split: origin.split.clone(), position: origin.positions.value(row), raw }
}
