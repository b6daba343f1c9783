//! What a job reads from. A source is synchronous: it returns what is there and can be waited on.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use arrow::array::{BinaryArray, Int64Array, RecordBatch};
use bytes::Bytes;
use thiserror::Error;
use yeoul_row::RowKind;

/// For each split (a partition, a file), the position of the next row to read.
pub type Positions = BTreeMap<String, i64>;

/// Reads one table for one job.
///
/// Protocol: [`divide`](Source::divide) and then [`restore`](Source::restore), each at most once and first; then
/// [`poll`](Source::poll) until `End`.
pub trait Source: Send {
    /// Leaves to others all splits but those of subtask `subtask` of `of`: each split is one subtask's, also one that is
    /// found later. Positions of others' splits are passed over then. False: it can't tell its splits apart, and
    /// nothing has changed.
    fn divide(&mut self, subtask: usize, of: usize) -> bool {
        let _ = (subtask, of);
        false
    }

    /// Goes on at `positions`; splits that it doesn't name start where the table's options say.
    ///
    /// # Errors
    /// A position that can't be read any more, with what became of the rows.
    fn restore(&mut self, positions: &Positions) -> Result<(), SourceError>;

    /// What is there now, of one split, `rows_max` rows at most. Doesn't block.
    ///
    /// # Errors
    /// What can't be read, or a row that can't be decoded where the table has nowhere to put it.
    fn poll(&mut self, rows_max: usize) -> Result<Poll, SourceError>;

    /// Blocks until more may be there, or `timeout` is over.
    fn wait(&mut self, timeout: Duration);

    /// Behind everything that `poll` has returned.
    fn positions(&self) -> Positions;

    /// The splits that there are, named as [`SourceBatch::split`] names them: each holds the watermark back until it has one.
    fn splits(&self) -> Vec<String> {
        self.positions().into_keys().collect()
    }

    /// Whether all splits share one watermark, as with sources that read one split behind the other.
    fn has_one_watermark(&self) -> bool {
        false
    }

    /// How far each split is behind its end, for people.
    fn lag(&self) -> Vec<SplitLag>;
}

/// What a poll found.
#[derive(Debug)]
#[allow(clippy::large_enum_variant, reason = "there is one at a time, and a box would be an allocation per batch")]
pub enum Poll {
    /// Rows.
    Batch(SourceBatch),
    /// Nothing now, perhaps later.
    Pending,
    /// Nothing, ever again: bounded input is read.
    End,
}

/// Rows of one split, in its order.
#[derive(Debug)]
pub struct SourceBatch {
    /// The split.
    pub split: Arc<str>,
    /// The decoded rows: the columns that the scan's projection names.
    pub columns: RecordBatch,
    /// Each decoded row's kind; `None`: all are inserts.
    pub kinds: Option<Arc<[RowKind]>>,
    /// Each decoded row's position.
    pub positions: Int64Array,
    /// Each decoded row's original bytes, where [`SourceRequest::keep_raw`](crate::connections::SourceRequest) asked for them.
    pub raw: Option<BinaryArray>,
    /// Rows that could not be decoded.
    pub failed: Vec<Failure>,
    /// How many rows the table's format is told to pass over (`json.ignore-parse-errors`, values of NULL).
    pub ignored: u64,
}

/// A row that a job could not accept: what goes to a failure topic.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Failure {
    /// Why, as a word to count by: `malformed`, `late`, `null-rowtime`.
    pub cause: &'static str,
    /// Why, for people.
    pub reason: String,
    /// The split that it came from.
    pub split: Arc<str>,
    /// Its position there.
    pub position: i64,
    /// Its original bytes.
    pub raw: Bytes,
}

/// How far a split is read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SplitLag {
    /// The split.
    pub split: String,
    /// The next position to read.
    pub position: i64,
    /// The position behind the last row that is there, if known.
    pub end: Option<i64>,
}

/// Why a source can't go on.
#[derive(Debug, Error)]
pub enum SourceError {
    /// A row can't be decoded, and the table has nowhere to put it.
    #[error(
        "{table}: row {position} of `{split}` can't be decoded: {reason}; set `yeoul.dead-letter.topic` to put such rows aside"
    )]
    Malformed {
        /// The table.
        table: String,
        /// The split.
        split: String,
        /// The row's position.
        position: i64,
        /// What is wrong with it.
        reason: String,
    },
    /// What is read from is gone, unreadable or damaged.
    #[error("{0}")]
    Unreadable(String),
}
