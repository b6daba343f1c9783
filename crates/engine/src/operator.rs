//! What an operator is: a synchronous object that takes rows and watermarks and emits the same.
//!
//! Invariants: an operator keeps nothing between batches outside the keyed-state interface
//! ([`crate::state`]) but what can be rebuilt from it; it emits no row under a watermark that it has
//! not forwarded.

use thiserror::Error;
use yeoul_base::Timestamp;
use yeoul_row::RowBatch;

use crate::checkpoint::StateChange;
use crate::counters::Fates;
use crate::runtime::message::{Event, Signal};
use crate::sink::SinkError;
use crate::source::SourceError;
use crate::state::{StateEntries, StateError};

/// Computes one node of the plan.
pub(crate) trait Operator: Send {
    /// Takes back what the last checkpoint kept. Called once, first.
    fn restore(&mut self, entries: &StateEntries) -> Result<(), OperatorError> {
        let _ = entries;
        Ok(())
    }

    /// Takes rows that arrive at input `port`.
    fn process(&mut self, port: usize, batch: RowBatch, out: &mut Output) -> Result<(), OperatorError>;

    /// Takes a watermark that arrives at input `port` without rows.
    fn watermark(&mut self, port: usize, signal: Signal, out: &mut Output) -> Result<(), OperatorError> {
        let _ = port;
        out.watermark(signal);
        Ok(())
    }

    /// The engine's clock moved on.
    fn tick(&mut self, now: Timestamp, out: &mut Output) -> Result<(), OperatorError> {
        let _ = (now, out);
        Ok(())
    }

    /// When `tick` is wanted next.
    fn next_tick(&self) -> Option<Timestamp> {
        None
    }

    /// Adds the state that changed since the last call.
    fn snapshot(&mut self, changes: &mut Vec<StateChange>) -> Result<(), OperatorError> {
        let _ = changes;
        Ok(())
    }

    /// Tokens of failures that were staged since the last call, for the checkpoint to show.
    fn prepare(&mut self) -> Result<Vec<bytes::Bytes>, OperatorError> {
        Ok(Vec::new())
    }

    /// Work that must be done before the operator takes any row, one piece a call; whether there is more.
    fn warm_up(&mut self) -> Result<WarmUp, OperatorError> {
        Ok(WarmUp::Done)
    }
}

/// How far an operator is before its first row.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum WarmUp {
    /// It can take rows.
    Done,
    /// It wants another call at once.
    More,
    /// It waits for input of its own.
    Waiting,
}

/// Collects what an operator emits, and counts what becomes of its rows.
#[derive(Debug, Default)]
pub(crate) struct Output {
    /// In order.
    pub(crate) events: Vec<Event>,
    /// What became of the rows that the operator took.
    pub(crate) fates: Fates,
    /// Whether these rows are still the sources' own, whose fates are counted; behind an aggregation they aren't.
    pub(crate) counts: bool,
}

impl Output {
    /// Counts rows that the query leaves out.
    pub(crate) fn filtered(&mut self, cause: &'static str, rows: usize) {
        if self.counts {
            self.fates.filter(cause, rows);
        }
    }

    /// Counts rows that took part in what is delivered.
    pub(crate) fn applied(&mut self, rows: usize) {
        if self.counts {
            self.fates.applied += rows as u64;
        }
    }

    /// Counts rows that the watermark has passed.
    pub(crate) fn late(&mut self, rows: usize) {
        if self.counts {
            self.fates.late += rows as u64;
        }
    }

    /// Counts rows that can't be computed.
    pub(crate) fn failed(&mut self, rows: usize) {
        if self.counts {
            self.fates.failed += rows as u64;
        }
    }

    /// Emits rows; of an empty batch only its watermark.
    pub(crate) fn batch(&mut self, batch: RowBatch) {
        if batch.rows() > 0 {
            self.events.push(Event::Batch(batch));
        } else {
            self.watermark(Signal::active(batch.watermarks.end));
        }
    }

    /// Emits a watermark.
    pub(crate) fn watermark(&mut self, signal: Signal) {
        self.events.push(Event::Watermark(signal));
    }
}

/// Why an operator can't go on; fails its job.
#[derive(Debug, Error)]
pub(crate) enum OperatorError {
    /// An expression has no value for a row, or a row breaks a rule.
    #[error("{0}")]
    Row(String),
    /// Arrow refuses what should be possible.
    #[error("columns don't fit: {0}")]
    Arrow(#[from] arrow::error::ArrowError),
    /// State can't be kept or read.
    #[error(transparent)]
    State(#[from] StateError),
    /// A source fails.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// A sink fails.
    #[error(transparent)]
    Sink(#[from] SinkError),
}

impl OperatorError {
    /// Whether it comes of the rows themselves, so that it comes again whenever they are read.
    pub(crate) fn is_of_rows(&self) -> bool {
        use OperatorError::{Arrow, Row, Sink, Source};
        matches!(self, Row(_) | Arrow(_) | Source(SourceError::Malformed { .. }) | Sink(SinkError::Row(_)))
    }
}

impl From<datafusion::error::DataFusionError> for OperatorError {
    fn from(error: datafusion::error::DataFusionError) -> OperatorError {
        OperatorError::Row(crate::compute::message_of(&error))
    }
}
