//! The source: events of a range of numbers. Its position is the next event's number, so that it goes on exactly.

use std::sync::Arc;
use std::time::Duration;

use arrow::array::{Int64Array, RecordBatch, RecordBatchOptions};
use arrow::datatypes::{Schema, SchemaRef};
use yeoul_base::Clock;
use yeoul_engine::source::{Poll, Positions, Source, SourceBatch, SourceError, SplitLag};

use super::columns;
use super::event::{Event, event};
use super::options::Options;

/// The one split.
const SPLIT: &str = "0";

/// The most events of one batch, whatever is asked for.
const BATCH_EVENTS_MAX: usize = 8192;

/// Reads a generated table.
pub(super) struct NexmarkSource {
    pub(super) options: Options,
    pub(super) schema: SchemaRef,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) next: i64,
    /// When the first event was made, by the clock, and which it was: for `rate.limited`.
    pub(super) begun: Option<(Duration, i64)>,
    pub(super) split: Arc<str>,
}

impl NexmarkSource {
    pub(super) fn new(options: Options, schema: Schema, clock: Arc<dyn Clock>) -> NexmarkSource {
        let schema = Arc::new(schema);
        NexmarkSource { options, schema, clock, next: 0, begun: None, split: Arc::from(SPLIT) }
    }

    /// How many events may be made now.
    fn due(&mut self) -> i64 {
        let left = self.options.events.saturating_sub(self.next);
        if !self.options.limited {
            return left;
        }
        let now = self.clock.elapsed();
        let (begin, first) = *self.begun.get_or_insert((now, self.next));
        let passed = i64::try_from(now.saturating_sub(begin).as_millis()).unwrap_or(i64::MAX);
        let since = i128::from(passed) * i128::from(self.options.rate) / 1000;
        let allowed = i64::try_from(since).unwrap_or(i64::MAX).saturating_add(first).saturating_sub(self.next);
        left.min(allowed)
    }

    fn batch(&self, count: i64) -> Result<SourceBatch, SourceError> {
        let events: Vec<Event> = (self.next..self.next + count).map(|number| event(&self.options, number)).collect();
        let fields = self.schema.fields().iter();
        let arrays = fields.map(|field| columns::column(field.name(), field.data_type(), &events));
        let unreadable = |error: arrow::error::ArrowError| SourceError::Unreadable(format!("nexmark: {error}"));
        let arrays = arrays.collect::<Result<Vec<_>, _>>().map_err(unreadable)?;
        let options = RecordBatchOptions::new().with_row_count(Some(events.len()));
        let columns = RecordBatch::try_new_with_options(self.schema.clone(), arrays, &options).map_err(unreadable)?;
        Ok(SourceBatch {
            split: self.split.clone(),
            columns,
            kinds: None,
            positions: Int64Array::from_iter_values(self.next..self.next + count),
            raw: None,
            failed: Vec::new(),
            ignored: 0,
        })
    }
}

impl Source for NexmarkSource {
    fn restore(&mut self, positions: &Positions) -> Result<(), SourceError> {
        self.next = positions.get(SPLIT).copied().unwrap_or(0).max(0);
        Ok(())
    }

    fn poll(&mut self, rows_max: usize) -> Result<Poll, SourceError> {
        if self.next >= self.options.events {
            return Ok(if self.options.keep_alive { Poll::Pending } else { Poll::End });
        }
        let most = i64::try_from(rows_max.min(BATCH_EVENTS_MAX)).unwrap_or(1);
        let count = self.due().min(most);
        if count <= 0 {
            return Ok(Poll::Pending);
        }
        let batch = self.batch(count)?;
        self.next += count;
        Ok(Poll::Batch(batch))
    }

    fn wait(&mut self, timeout: Duration) {
        let until_next = Duration::from_millis(1)
            .max(Duration::from_nanos(1_000_000_000 / u64::try_from(self.options.rate).unwrap_or(1).max(1)));
        std::thread::park_timeout(until_next.min(timeout));
    }

    fn positions(&self) -> Positions {
        Positions::from([(SPLIT.to_owned(), self.next)])
    }

    fn lag(&self) -> Vec<SplitLag> {
        let end = (self.options.events < i64::MAX).then_some(self.options.events);
        vec![SplitLag { split: SPLIT.to_owned(), position: self.next, end }]
    }
}
