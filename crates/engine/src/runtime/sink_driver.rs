//! Drives one sink: checks and counts what it is given, and takes it through checkpoints.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use arrow::array::{Array, BooleanArray};
use arrow::compute;
use bytes::Bytes;
use yeoul_row::{RowBatch, RowType};

use crate::checkpoint::{StateChange, StateOwner};
use crate::counters::Fates;
use crate::operator::OperatorError;
use crate::options::NotNull;
use crate::sink::{Prepared, Restored, Sink};
use crate::state::Budget;

/// What a sink is driven with.
pub(crate) struct SinkSettings {
    /// The branch's place in the job.
    pub(crate) branch: u32,
    /// The branch's name.
    pub(crate) name: String,
    /// The target's columns.
    pub(crate) schema: Arc<RowType>,
    /// Whether rows that come are still the sources' own.
    pub(crate) counts: bool,
    /// What becomes of a row with a NULL in a column that takes none.
    pub(crate) not_null: NotNull,
    /// The job's memory.
    pub(crate) budget: Arc<Budget>,
}

/// A sink and what belongs to it.
pub(crate) struct SinkDriver {
    /// The branch's place in the job.
    pub(crate) branch: u32,
    /// What became of the rows.
    pub(crate) fates: Fates,
    /// The watermark at the sink, for people.
    pub(crate) watermark: Arc<AtomicI64>,
    sink: Box<dyn Sink>,
    settings: SinkSettings,
    /// The places of the columns that take no NULL.
    required: Vec<usize>,
    /// The bytes that the budget knows of.
    held: u64,
}

impl SinkDriver {
    /// Drives the sink of a branch.
    pub(crate) fn new(sink: Box<dyn Sink>, settings: SinkSettings) -> SinkDriver {
        let (fates, watermark) = (Fates::default(), Arc::new(AtomicI64::new(i64::MIN)));
        let fields = settings.schema.fields.iter().enumerate();
        let required = fields.filter(|(_, field)| !field.data_type.nullable).map(|(place, _)| place).collect();
        SinkDriver { branch: settings.branch, fates, watermark, sink, settings, required, held: 0 }
    }

    /// Starts with what the last checkpoint kept.
    pub(crate) fn open(&mut self, restored: Restored) -> Result<(), OperatorError> {
        if !self.settings.budget.tracks() {
            self.sink.forgets();
        }
        self.sink.open(restored)?;
        self.account()
    }

    /// Delivers rows.
    pub(crate) fn write(&mut self, batch: &RowBatch) -> Result<(), OperatorError> {
        match self.without_nulls(batch)? {
            Some(kept) => self.deliver(&kept)?,
            None => self.deliver(batch)?,
        }
        self.reach(batch.watermarks.end);
        self.account()
    }

    fn deliver(&mut self, batch: &RowBatch) -> Result<(), OperatorError> {
        self.sink.write(batch)?;
        self.fates.output += batch.rows() as u64;
        if self.settings.counts {
            self.fates.applied += batch.rows() as u64;
        }
        Ok(())
    }

    /// Counts what the sink holds against the job's memory.
    fn account(&mut self) -> Result<(), OperatorError> {
        let held = self.sink.held_bytes();
        let before = std::mem::replace(&mut self.held, held);
        Ok(self.settings.budget.exchange(before, held)?)
    }

    /// Notes the watermark.
    pub(crate) fn reach(&mut self, watermark: i64) {
        self.sink.watermark(watermark);
        self.watermark.fetch_max(watermark, Ordering::Relaxed);
    }

    /// Flink's `table.exec.sink.not-null-enforcer`: none if every row may be delivered; else those that may, the others counted
    /// as refused.
    fn without_nulls(&mut self, batch: &RowBatch) -> Result<Option<RowBatch>, OperatorError> {
        let mut keep: Option<BooleanArray> = None;
        for place in &self.required {
            let Some(column) = batch.columns.columns().get(*place).filter(|column| column.null_count() > 0) else {
                continue;
            };
            if self.settings.not_null == NotNull::Error {
                return Err(self.null_in(*place));
            }
            let valid = compute::is_not_null(column)?;
            keep = Some(keep.map_or(Ok(valid.clone()), |keep| compute::and(&keep, &valid))?);
        }
        let Some(keep) = keep else { return Ok(None) };
        let kept = batch.filter(&keep)?;
        if self.settings.counts {
            self.fates.refused += (batch.rows() - kept.rows()) as u64;
        }
        Ok(Some(kept))
    }

    fn null_in(&self, place: usize) -> OperatorError {
        let field = self.settings.schema.fields.get(place).map_or("?", |field| field.name.as_str());
        OperatorError::Row(format!(
            "column `{field}` of `{}` is NOT NULL, and a row has NULL there; filter such rows out, or \
             `SET 'table.exec.sink.not-null-enforcer' = 'drop'`",
            self.settings.name
        ))
    }

    /// Makes what was written ready to be committed.
    pub(crate) fn prepare(
        &mut self,
        last: bool,
        changes: &mut Vec<StateChange>,
    ) -> Result<(Bytes, Vec<Bytes>), OperatorError> {
        let Prepared { outputs, record, changes: changed } = self.sink.prepare(last)?;
        let owner = StateOwner::Sink(self.branch);
        changes.extend(changed.into_iter().map(|(key, value)| StateChange { owner, key, value, is_first: false }));
        self.account()?;
        Ok((record, outputs))
    }

    /// Shows what the committed checkpoint covers.
    pub(crate) fn committed(&mut self) -> Result<(), OperatorError> {
        self.sink.committed()?;
        self.account()
    }
}
