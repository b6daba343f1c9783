//! A source of constant rows.

use std::sync::Arc;
use std::time::Duration;

use arrow::array::{Int64Array, RecordBatch};

use crate::source::{Poll, Positions, Source, SourceBatch, SourceError, SplitLag};

/// The one split of constant rows.
const SPLIT: &str = "values";

/// Reads constant rows, once.
pub(crate) struct ValuesSource {
    rows: RecordBatch,
    position: usize,
}

impl ValuesSource {
    /// Reads these rows.
    pub(crate) fn new(rows: RecordBatch) -> ValuesSource {
        ValuesSource { rows, position: 0 }
    }
}

impl Source for ValuesSource {
    fn restore(&mut self, positions: &Positions) -> Result<(), SourceError> {
        let position = positions.get(SPLIT).copied().unwrap_or_default();
        self.position = usize::try_from(position).unwrap_or_default().min(self.rows.num_rows());
        Ok(())
    }

    fn poll(&mut self, rows_max: usize) -> Result<Poll, SourceError> {
        let rows = rows_max.min(self.rows.num_rows() - self.position);
        if rows == 0 {
            return Ok(Poll::End);
        }
        let from = self.position as i64;
        let columns = self.rows.slice(self.position, rows);
        self.position += rows;
        let positions = Int64Array::from_iter_values(from..from + rows as i64);
        Ok(Poll::Batch(SourceBatch {
            split: Arc::from(SPLIT),
            columns,
            kinds: None,
            positions,
            raw: None,
            failed: Vec::new(),
            ignored: 0,
        }))
    }

    fn wait(&mut self, _timeout: Duration) {}

    fn positions(&self) -> Positions {
        Positions::from([(SPLIT.to_owned(), self.position as i64)])
    }

    fn lag(&self) -> Vec<SplitLag> {
        let end = Some(self.rows.num_rows() as i64);
        vec![SplitLag { split: SPLIT.to_owned(), position: self.position as i64, end }]
    }
}
