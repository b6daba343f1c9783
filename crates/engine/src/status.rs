//! What a job tells of itself: states, figures, and the fate of every input row (C6).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A job at one moment.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct JobStatus {
    /// The job's name.
    pub name: String,
    /// What it does now.
    pub state: JobState,
    /// Why it failed.
    pub error: Option<String>,
    /// The last committed checkpoint; 0: none.
    pub checkpoint: u64,
    /// When that was committed, in milliseconds since 1970.
    pub checkpoint_at: i64,
    /// How long it took, in milliseconds.
    pub checkpoint_ms: u64,
    /// Bytes of operator state in memory.
    pub state_bytes: u64,
    /// The sources.
    pub sources: Vec<SourceStatus>,
    /// The branches.
    pub branches: Vec<BranchStatus>,
}

/// What a job does.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum JobState {
    /// Not running yet.
    #[default]
    Starting,
    /// Running.
    Running,
    /// Its bounded input is read and everything delivered.
    Finished,
    /// Stopped by the user, with a last checkpoint.
    Stopped,
    /// Failed; `error` says why.
    Failed,
}

/// One source of a job.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct SourceStatus {
    /// The table.
    pub table: String,
    /// The topic, or whatever the table reads.
    pub reads: String,
    /// Rows read since the job began, over restarts.
    pub rows: u64,
    /// Rows behind the end of what is there, if known.
    pub lag: Option<u64>,
    /// The watermark in milliseconds; none before the first.
    pub watermark: Option<i64>,
}

/// One branch of a job. Every input row has exactly one fate:
/// `input = applied + filtered + late + refused + failed + waiting`. All count over restarts, as of the last checkpoint
/// or later.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct BranchStatus {
    /// The branch.
    pub name: String,
    /// The table, view or topic that it delivers to.
    pub writes: String,
    /// Rows that its sources read.
    pub input: u64,
    /// Rows that took part in what was delivered.
    pub applied: u64,
    /// Rows that the query left out, by cause: `where`, `duplicate`, `no-match`, `ignored` (by the format).
    pub filtered: BTreeMap<String, u64>,
    /// Rows behind the watermark.
    pub late: u64,
    /// Rows that a check refused.
    pub refused: u64,
    /// Rows that could not be decoded or computed.
    pub failed: u64,
    /// Rows in windows that are still open.
    pub waiting: u64,
    /// Rows delivered; counted apart.
    pub output: u64,
    /// The watermark at the sink in milliseconds; none before the first.
    pub watermark: Option<i64>,
}
