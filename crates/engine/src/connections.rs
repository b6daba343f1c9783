//! Where a job gets its sources and sinks from. Implemented above this crate.

use std::sync::Arc;

use arrow::array::RecordBatch;
use thiserror::Error;
use yeoul_base::JobName;

use crate::catalog::TableSpec;
use crate::plan::ViewSpec;
use crate::sink::{FailureSink, Sink};
use crate::source::Source;

/// Opens sources and sinks.
pub trait Connections: Send + Sync {
    /// A source that reads a table.
    ///
    /// # Errors
    /// Options or a place that can't be read.
    fn source(&self, request: SourceRequest<'_>) -> Result<Box<dyn Source>, ConnectError>;

    /// A sink that writes a table; `branch` names the branch, distinct within the job.
    ///
    /// # Errors
    /// Options or a place that can't be written.
    fn sink(&self, job: &JobName, branch: &str, table: &TableSpec) -> Result<Box<dyn Sink>, ConnectError>;

    /// A sink that maintains a served table.
    ///
    /// # Errors
    /// A name that is served already.
    fn view(&self, job: &JobName, view: &ViewSpec) -> Result<Box<dyn Sink>, ConnectError>;

    /// A sink for rows that the job could not accept.
    ///
    /// # Errors
    /// A topic that can't be written.
    fn failures(&self, job: &JobName, topic: &str) -> Result<Box<dyn FailureSink>, ConnectError>;
}

/// What a job wants to read.
#[derive(Clone, Copy, Debug)]
pub struct SourceRequest<'a> {
    /// The job.
    pub job: &'a JobName,
    /// The table.
    pub table: &'a TableSpec,
    /// Which of [`TableSpec::readable`]'s columns, in order.
    pub projection: &'a [usize],
    /// For each of these columns, which fields of its rows are read (`None`: all). A source may put anything in the place of the
    /// others, or not know of this.
    pub fields: &'a [Option<Vec<usize>>],
    /// Whether each row's original bytes are wanted.
    pub keep_raw: bool,
    /// Whether rows that can't be decoded are returned as failures; otherwise they fail the job, unless the table's
    /// format is told to ignore them.
    pub keep_malformed: bool,
    /// Which partitions are wanted; none: all.
    pub prune: Option<&'a Prune>,
    /// What a source that makes rows up by chance is to begin with (`yeoul.datagen.seed`); none: anything.
    pub seed: Option<i64>,
}

/// Says of a partition whether any of its rows may be wanted: given one row of the columns that are read, NULL but for those of the
/// partition.
#[derive(Clone)]
pub struct Prune(pub Arc<dyn Fn(&RecordBatch) -> bool + Send + Sync>);

impl Prune {
    /// Whether rows of this partition may be wanted.
    #[must_use]
    pub fn keeps(&self, row: &RecordBatch) -> bool {
        (self.0)(row)
    }
}

impl std::fmt::Debug for Prune {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Prune")
    }
}

/// Why a table can't be opened.
#[derive(Debug, Error)]
#[error("table `{table}`: {reason}")]
pub struct ConnectError {
    /// The table.
    pub table: String,
    /// Why, and what to do.
    pub reason: String,
}
