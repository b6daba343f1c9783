//! Checkpoints: source positions, state and output of a job, moved together by one durable record.

use std::collections::BTreeMap;

use bytes::Bytes;
use thiserror::Error;
use yeoul_base::JobName;

use crate::source::Positions;

/// Keeps checkpoints. The durable one writes to the log.
pub trait CheckpointStore: Send + Sync {
    /// The last committed checkpoint of `job`, its state whole.
    ///
    /// # Errors
    /// A piece that is missing or damaged, by name.
    fn load(&self, job: &JobName) -> Result<Option<Snapshot>, CheckpointError>;

    /// Commits: when this returns, the checkpoint is durable and its outputs are visible, all or nothing.
    /// At most one commit of a job is under way at a time.
    ///
    /// # Errors
    /// The store can't be written; nothing of the checkpoint will ever be visible, unless the error is `Unknown`.
    fn commit(&self, job: &JobName, checkpoint: Checkpoint) -> Result<(), CheckpointError>;

    /// Drops all that is kept of `job` (`--fresh`).
    ///
    /// # Errors
    /// The store can't be written.
    fn forget(&self, job: &JobName) -> Result<(), CheckpointError>;
}

/// What one checkpoint adds.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Checkpoint {
    /// Its number, from 1, growing by 1.
    pub id: u64,
    /// The plan's fingerprint ([`crate::plan::JobPlan::fingerprint`]).
    pub fingerprint: Vec<String>,
    /// For each scan (by node id), the positions that this checkpoint includes.
    pub positions: BTreeMap<u32, Positions>,
    /// State that changed since the checkpoint before.
    pub changes: Vec<StateChange>,
    /// For each sink (by branch), what finishes its commit after a crash.
    pub records: BTreeMap<u32, Bytes>,
    /// Tokens of staged output to be made visible.
    pub outputs: Vec<Bytes>,
}

/// One changed entry of keyed state.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StateChange {
    /// Whose: operators and sinks have distinct spaces.
    pub owner: StateOwner,
    /// The key; the keyed-state interface puts key group and version into it.
    pub key: Bytes,
    /// The new value; `None`: the entry goes.
    pub value: Option<Bytes>,
    /// Whether the checkpoint before is known to have no such entry: what this one writes then supersedes nothing that is kept.
    pub is_first: bool,
}

/// Whose state an entry is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum StateOwner {
    /// An operator, by the plan node's id.
    Operator(u32),
    /// A sink, by the branch's place in the job.
    Sink(u32),
}

/// A committed checkpoint, whole.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Snapshot {
    /// Its number.
    pub id: u64,
    /// The fingerprint of the plan that wrote it.
    pub fingerprint: Vec<String>,
    /// For each scan, where to go on.
    pub positions: BTreeMap<u32, Positions>,
    /// All state.
    pub state: Vec<(StateOwner, Bytes, Bytes)>,
    /// For each sink, its record.
    pub records: BTreeMap<u32, Bytes>,
}

/// Why a checkpoint can't be kept or read.
#[derive(Debug, Error)]
pub enum CheckpointError {
    /// A piece is missing or damaged.
    #[error("checkpoint of job `{job}`: {reason}; start the job with `--fresh` to begin anew")]
    Damaged {
        /// The job.
        job: String,
        /// Which piece, and what is wrong with it.
        reason: String,
    },
    /// The store can't be written; nothing of this checkpoint will become visible.
    #[error("checkpoint not committed: {0}")]
    Refused(String),
    /// Whether the checkpoint is durable isn't known; the job must load again before it goes on.
    #[error("checkpoint's outcome unknown: {0}")]
    Unknown(String),
}
