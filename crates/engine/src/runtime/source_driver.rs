//! Drives one source: polls it, attaches where rows came from, counts, and reports rows that can't be decoded.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use arrow::array::{Array, BinaryArray};
use bytes::Bytes;
use yeoul_row::{Origin, RowBatch, Watermarks};

use super::queue::lock;
use crate::counters::Fates;
use crate::failures::Failures;
use crate::operator::OperatorError;
use crate::operators::watermark::Splits;
use crate::source::{Poll, Positions, Source, SourceBatch};

/// How often the figures for people are refreshed.
const FIGURES_EVERY: Duration = Duration::from_millis(200);

/// Figures of a source, for people.
#[derive(Clone, Debug, Default)]
pub(crate) struct SourceFigures {
    /// Rows behind the end of what is there, if known.
    pub(crate) lag: Option<u64>,
    /// Rows read, over restarts.
    pub(crate) rows: u64,
    /// The watermark, in milliseconds.
    pub(crate) watermark: Option<i64>,
}

/// A source and what belongs to it.
pub(crate) struct SourceDriver {
    /// The scan's node id.
    pub(crate) node: u32,
    /// What became of its rows.
    pub(crate) fates: Fates,
    /// Whether its input has ended.
    pub(crate) ended: bool,
    /// Figures for people.
    pub(crate) figures: Arc<Mutex<SourceFigures>>,
    source: Box<dyn Source>,
    splits: Arc<Splits>,
    failures: Option<Failures>,
    rows_max: usize,
    /// How many rows it may still read; `None`: any number.
    left: Option<u64>,
    refreshed: Duration,
    known: Vec<String>,
}

impl SourceDriver {
    /// Drives `source`, at most `rows_max` rows at a time.
    pub(crate) fn new(
        node: u32,
        source: Box<dyn Source>,
        splits: Arc<Splits>,
        failures: Option<Failures>,
        rows_max: usize,
    ) -> SourceDriver {
        SourceDriver {
            node,
            fates: Fates::default(),
            ended: false,
            figures: Arc::default(),
            source,
            splits,
            failures,
            rows_max,
            left: None,
            refreshed: Duration::ZERO,
            known: Vec::new(),
        }
    }

    /// The same driver, which reads so many rows and then no more.
    pub(crate) fn limited(self, rows: Option<u64>) -> SourceDriver {
        SourceDriver { left: rows, ..self }
    }

    /// Whether it has read all that it may.
    pub(crate) fn is_spent(&self) -> bool {
        self.left == Some(0) && !self.ended
    }

    /// Whether it can be waited on: whether it has a split.
    pub(crate) fn has_splits(&self) -> bool {
        self.source.has_one_watermark() || !self.known.is_empty()
    }

    /// Goes on where the last checkpoint stood.
    pub(crate) fn restore(&mut self, positions: Option<&Positions>) -> Result<(), OperatorError> {
        if let Some(positions) = positions {
            self.source.restore(positions)?;
        }
        self.announce_splits();
        Ok(())
    }

    /// Tells the watermark operator of splits that it doesn't know.
    fn announce_splits(&mut self) {
        if self.source.has_one_watermark() {
            return;
        }
        let all = self.source.splits();
        if all.len() == self.known.len() {
            return;
        }
        let new: Vec<String> = all.into_iter().filter(|name| !self.known.contains(name)).collect();
        self.splits.found(new.iter().cloned());
        self.known.extend(new);
    }

    /// The next rows; `None` if there are none now.
    pub(crate) fn poll(&mut self) -> Result<Option<RowBatch>, OperatorError> {
        if self.is_spent() {
            return Ok(None);
        }
        let left = self.left.map_or(usize::MAX, |left| usize::try_from(left).unwrap_or(usize::MAX));
        match self.source.poll(self.rows_max.min(left))? {
            Poll::Batch(batch) => self.take(batch).map(Some),
            Poll::Pending => Ok(None),
            Poll::End => {
                self.ended = true;
                Ok(None)
            }
        }
    }

    fn take(&mut self, batch: SourceBatch) -> Result<RowBatch, OperatorError> {
        let read = (batch.columns.num_rows() + batch.failed.len()) as u64 + batch.ignored;
        self.fates.input += read;
        self.left = self.left.map(|left| left.saturating_sub(read));
        self.fates.filter("ignored", usize::try_from(batch.ignored).unwrap_or(usize::MAX));
        self.fates.failed += batch.failed.len() as u64;
        if let Some(failures) = self.failures.as_mut().filter(|_| !batch.failed.is_empty()) {
            failures.write(&batch.failed)?;
        }
        if !self.source.has_one_watermark() {
            self.splits.set_current(&batch.split);
        }
        let origin = batch.raw.map(|raw| Origin { split: batch.split, positions: batch.positions, raw });
        debug_assert!(origin.as_ref().is_none_or(|origin: &Origin| is_complete(&origin.raw, &batch.columns)));
        let watermarks = Watermarks::NONE;
        Ok(RowBatch { columns: batch.columns, kinds: batch.kinds, watermarks, origin: origin.map(Arc::new) })
    }

    /// Blocks until more may be there.
    pub(crate) fn wait(&mut self, timeout: Duration) {
        self.source.wait(timeout);
    }

    /// Behind everything that was read.
    pub(crate) fn positions(&mut self) -> Positions {
        self.announce_splits();
        self.source.positions()
    }

    /// Tokens of failures that were staged since the last call.
    pub(crate) fn prepare(&mut self) -> Result<Vec<Bytes>, OperatorError> {
        self.failures.as_mut().map_or_else(|| Ok(Vec::new()), Failures::prepare)
    }

    /// Refreshes the figures for people, now and then or when `forced`.
    pub(crate) fn refresh(&mut self, now: Duration, watermark: i64, forced: bool) {
        if !forced && now < self.refreshed + FIGURES_EVERY {
            return;
        }
        self.refreshed = now;
        let mut figures = lock(&self.figures);
        figures.rows = self.fates.input;
        figures.watermark = (watermark != i64::MIN).then_some(watermark);
        let behind =
            self.source.lag().into_iter().map(|lag| lag.end.map(|end| end.saturating_sub(lag.position).max(0)));
        figures.lag = behind.sum::<Option<i64>>().map(i64::cast_unsigned);
    }
}

fn is_complete(raw: &BinaryArray, columns: &arrow::array::RecordBatch) -> bool {
    raw.len() == columns.num_rows()
}
