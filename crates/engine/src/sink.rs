//! What a job delivers to. A sink holds back what it is given until a checkpoint commits it.

use bytes::Bytes;
use thiserror::Error;
use yeoul_row::RowBatch;

use crate::source::Failure;

/// Delivers one branch of one job.
///
/// Protocol: [`open`](Sink::open) once; then any number of [`write`](Sink::write); at each checkpoint
/// [`prepare`](Sink::prepare), and once the checkpoint's record is durable [`committed`](Sink::committed).
/// Nothing written becomes visible to any reader before `committed`'s record is durable (C2, C3).
/// Between `prepare` and its `committed` nothing is written: a sink chain waits for the commit.
pub trait Sink: Send {
    /// Starts, with what the last committed checkpoint kept for this sink (`Restored::default()` for a new job).
    /// Finishes a commit that a crash cut off, and removes what was never committed.
    ///
    /// # Errors
    /// A target that can't be written.
    fn open(&mut self, restored: Restored) -> Result<(), SinkError>;

    /// Told before [`open`](Sink::open) where the job ends with its process: nobody will load its checkpoints, so that rows that
    /// wait need not be in them ([`Prepared::changes`]).
    fn forgets(&mut self) {}

    /// Takes rows.
    ///
    /// # Errors
    /// Rows or a target that can't be written; the job fails and goes on from its last checkpoint.
    fn write(&mut self, batch: &RowBatch) -> Result<(), SinkError>;

    /// The watermark has moved, without rows or behind them.
    fn watermark(&mut self, watermark: i64) {
        let _ = watermark;
    }

    /// Makes everything written so far ready to be committed; `last` when the input has ended.
    ///
    /// # Errors
    /// As `write`.
    fn prepare(&mut self, last: bool) -> Result<Prepared, SinkError>;

    /// The checkpoint that the last `prepare` was for is durable: shows what it covers. Idempotent.
    ///
    /// # Errors
    /// As `write`.
    fn committed(&mut self) -> Result<(), SinkError>;

    /// Bytes in memory, about, that the sink holds on to: they count against `yeoul.state.memory` (C7).
    fn held_bytes(&self) -> u64 {
        0
    }
}

/// What a sink adds to a checkpoint.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Prepared {
    /// Tokens of staged output that the checkpoint store makes visible with the checkpoint's own record.
    pub outputs: Vec<Bytes>,
    /// What `open` needs to finish this commit after a crash.
    pub record: Bytes,
    /// The sink's state that changed since the last `prepare`: a key's new value, or `None` where it goes.
    pub changes: Vec<(Bytes, Option<Bytes>)>,
}

/// What the last checkpoint kept for a sink.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Restored {
    /// [`Prepared::record`] of that checkpoint; empty for a new job.
    pub record: Bytes,
    /// The sink's state.
    pub state: Vec<(Bytes, Bytes)>,
}

/// Takes the rows that a job could not accept. Like a [`Sink`], it shows them only with the checkpoint.
pub trait FailureSink: Send {
    /// Takes rows.
    ///
    /// # Errors
    /// A target that can't be written.
    fn write(&mut self, failures: &[Failure]) -> Result<(), SinkError>;

    /// Makes everything written so far ready to be committed: tokens, as [`Prepared::outputs`].
    ///
    /// # Errors
    /// As `write`.
    fn prepare(&mut self) -> Result<Vec<Bytes>, SinkError>;
}

/// Why a sink can't go on.
#[derive(Debug, Error)]
pub enum SinkError {
    /// A row that the target can't hold.
    #[error("{0}")]
    Row(String),
    /// The target can't be written.
    #[error("{0}")]
    Unwritable(String),
}
