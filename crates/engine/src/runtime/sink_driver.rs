//! Drives one sink: checks and counts what it is given, and takes it through checkpoints.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use arrow::array::Array;
use bytes::Bytes;
use yeoul_row::{RowBatch, RowType};

use crate::checkpoint::{StateChange, StateOwner};
use crate::counters::Fates;
use crate::operator::OperatorError;
use crate::sink::{Prepared, Restored, Sink};

/// A sink and what belongs to it.
pub(crate) struct SinkDriver {
    /// The branch's place in the job.
    pub(crate) branch: u32,
    /// What became of the rows.
    pub(crate) fates: Fates,
    /// The watermark at the sink, for people.
    pub(crate) watermark: Arc<AtomicI64>,
    sink: Box<dyn Sink>,
    name: String,
    schema: Arc<RowType>,
    counts: bool,
}

impl SinkDriver {
    /// Drives the sink of a branch. `counts`: whether rows that come are still the sources' own.
    pub(crate) fn new(
        branch: u32,
        name: String,
        sink: Box<dyn Sink>,
        schema: Arc<RowType>,
        counts: bool,
    ) -> SinkDriver {
        let (fates, watermark) = (Fates::default(), Arc::new(AtomicI64::new(i64::MIN)));
        SinkDriver { branch, fates, watermark, sink, name, schema, counts }
    }

    /// Starts with what the last checkpoint kept.
    pub(crate) fn open(&mut self, restored: Restored) -> Result<(), OperatorError> {
        Ok(self.sink.open(restored)?)
    }

    /// Delivers rows.
    pub(crate) fn write(&mut self, batch: &RowBatch) -> Result<(), OperatorError> {
        self.check_not_null(batch)?;
        self.sink.write(batch)?;
        self.fates.output += batch.rows() as u64;
        if self.counts {
            self.fates.applied += batch.rows() as u64;
        }
        self.reach(batch.watermarks.end);
        Ok(())
    }

    /// Notes the watermark.
    pub(crate) fn reach(&self, watermark: i64) {
        self.watermark.fetch_max(watermark, Ordering::Relaxed);
    }

    /// Flink's `table.exec.sink.not-null-enforcer = 'ERROR'`.
    fn check_not_null(&self, batch: &RowBatch) -> Result<(), OperatorError> {
        let columns = self.schema.fields.iter().zip(batch.columns.columns());
        for (field, column) in columns.filter(|(field, _)| !field.data_type.nullable) {
            if column.null_count() > 0 {
                let (field, name) = (&field.name, &self.name);
                return Err(OperatorError::Row(format!(
                    "column `{field}` of `{name}` is NOT NULL, and a row has NULL there; filter such rows out"
                )));
            }
        }
        Ok(())
    }

    /// Makes what was written ready to be committed.
    pub(crate) fn prepare(
        &mut self,
        last: bool,
        changes: &mut Vec<StateChange>,
    ) -> Result<(Bytes, Vec<Bytes>), OperatorError> {
        let Prepared { outputs, record, changes: changed } = self.sink.prepare(last)?;
        let owner = StateOwner::Sink(self.branch);
        changes.extend(changed.into_iter().map(|(key, value)| StateChange { owner, key, value }));
        Ok((record, outputs))
    }

    /// Shows what the committed checkpoint covers.
    pub(crate) fn committed(&mut self) -> Result<(), OperatorError> {
        Ok(self.sink.committed()?)
    }
}
