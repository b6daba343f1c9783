//! Which watermark was in force when each row of a batch arrived.
//!
//! Flink moves the watermark between records, so a row is judged against the watermark of the rows *before* it,
//! also when both sit in one batch: with `ts - 1 s` and rows at 1, 2, 20, 3, 19, 21 s, the row at 3 s is late (19 s
//! is in force), the row at 19 s is not. A batch therefore carries the watermark before each of its rows; where it
//! is the same for all rows, only that one value.

use std::sync::Arc;

/// The watermarks around the rows of one batch, in milliseconds of event time (`i64::MIN`: none yet).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Watermarks {
    /// In force before the first row.
    pub start: i64,
    /// In force before each row, non-decreasing; `None`: `start` before every row.
    pub before: Option<Arc<[i64]>>,
    /// In force behind the last row; never below any other value here.
    pub end: i64,
}

impl Watermarks {
    /// No watermark yet.
    pub const NONE: Watermarks = Watermarks { start: i64::MIN, before: None, end: i64::MIN };

    /// One watermark before and behind all rows.
    #[must_use]
    pub fn steady(watermark: i64) -> Watermarks {
        Watermarks { start: watermark, before: None, end: watermark }
    }

    /// The watermark before row `row`.
    #[must_use]
    pub fn before(&self, row: usize) -> i64 {
        self.before.as_ref().and_then(|before| before.get(row).copied()).unwrap_or(self.start)
    }

    /// The watermarks around the rows at `rows`.
    #[must_use]
    pub fn select(&self, rows: &[usize]) -> Watermarks {
        let before = self.before.as_ref().map(|_| rows.iter().map(|row| self.before(*row)).collect());
        Watermarks { start: self.start, before, end: self.end }
    }
}
