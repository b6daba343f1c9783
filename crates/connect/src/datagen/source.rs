//! The source. Its positions are the next row's number and the seed, so that it goes on exactly.

use std::sync::Arc;
use std::time::Duration;

use arrow::array::{Int64Array, RecordBatch, RecordBatchOptions};
use arrow::datatypes::SchemaRef;
use yeoul_base::Clock;
use yeoul_engine::connections::SourceRequest;
use yeoul_engine::source::{Poll, Positions, Source, SourceBatch, SourceError, SplitLag};
use yeoul_row::RowType;

use super::options::{Generator, Options};
use super::random::Key;
use super::values::{Maker, Value};
use crate::raw::as_json;

/// The one split.
const SPLIT: &str = "0";
/// The seed among the positions.
const SEED: &str = "0#seed";
/// The most rows of one batch, whatever is asked for.
const BATCH_ROWS_MAX: usize = 8192;
/// What a batch takes in memory, about.
const BATCH_BYTES: i64 = 4 << 20;
/// The longest wait for the next row.
const WAIT_MAX: Duration = Duration::from_millis(50);

/// Makes the rows of a table.
pub(super) struct GeneratedSource {
    rows_per_second: i64,
    /// How many rows there are.
    rows: i64,
    /// The columns that are read, with their places in the table.
    columns: Vec<(u64, Generator)>,
    row: RowType,
    schema: SchemaRef,
    keep_raw: bool,
    /// How many rows a batch has at most.
    batch_rows: i64,
    clock: Arc<dyn Clock>,
    seed: i64,
    next: i64,
    /// When the first row was made, by the clock, and which it was.
    begun: Option<(Duration, i64)>,
    split: Arc<str>,
}

impl GeneratedSource {
    pub(super) fn new(options: Options, request: &SourceRequest<'_>, clock: Arc<dyn Clock>) -> GeneratedSource {
        let readable = request.table.readable();
        let fields = request.projection.iter().filter_map(|place| readable.fields.get(*place).cloned());
        let row = RowType::new(fields.collect());
        let column = |place: &usize| Some((*place as u64, options.columns.get(*place)?.clone()));
        let row_bytes: i64 = options.columns.iter().map(Generator::bytes).sum();
        GeneratedSource {
            rows_per_second: options.rows_per_second,
            rows: options.rows_max(),
            columns: request.projection.iter().filter_map(column).collect(),
            schema: row.to_arrow(),
            row,
            keep_raw: request.keep_raw,
            batch_rows: BATCH_BYTES / row_bytes.max(1) + 1,
            seed: request.seed.unwrap_or_else(|| drawn_seed(clock.as_ref())),
            clock,
            next: 0,
            begun: None,
            split: Arc::from(SPLIT),
        }
    }

    /// How many rows may be made now: the first at once, the others at their rate.
    fn due(&mut self) -> i64 {
        let now = self.clock.elapsed();
        let (begin, first) = *self.begun.get_or_insert((now, self.next));
        let passed = i128::try_from(now.saturating_sub(begin).as_micros()).unwrap_or(i128::MAX);
        let since = passed.saturating_mul(i128::from(self.rows_per_second)) / 1_000_000 + 1;
        let allowed = i64::try_from(since).unwrap_or(i64::MAX).saturating_add(first).saturating_sub(self.next);
        allowed.min(self.rows - self.next)
    }

    fn batch(&self, count: i64) -> Result<SourceBatch, arrow::error::ArrowError> {
        let rows = self.next..self.next + count;
        let (seed, now) = (Key::of_seed(self.seed), self.clock.now().0);
        let mut arrays = Vec::with_capacity(self.columns.len());
        for (place, generator) in &self.columns {
            let column = seed.part(*place);
            let value = |row: i64| Value { key: column.part(row.cast_unsigned()), row };
            let values: Vec<Value> = rows.clone().map(value).collect();
            arrays.push(Maker { values: &values, now }.array(generator)?);
        }
        let positions = Int64Array::from_iter_values(rows);
        let options = RecordBatchOptions::new().with_row_count(Some(positions.len()));
        let columns = RecordBatch::try_new_with_options(self.schema.clone(), arrays, &options)?;
        let raw = self.keep_raw.then(|| as_json(&columns, &self.row));
        let (split, failed) = (self.split.clone(), Vec::new());
        Ok(SourceBatch { split, columns, kinds: None, positions, raw, failed, ignored: 0 })
    }
}

/// A seed that differs from job to job.
fn drawn_seed(clock: &dyn Clock) -> i64 {
    let nanos = i64::try_from(clock.elapsed().as_nanos() & u128::from(u32::MAX)).unwrap_or_default();
    clock.now().0.rotate_left(24) ^ nanos
}

impl Source for GeneratedSource {
    fn restore(&mut self, positions: &Positions) -> Result<(), SourceError> {
        self.next = positions.get(SPLIT).copied().unwrap_or(0).clamp(0, self.rows);
        self.seed = positions.get(SEED).copied().unwrap_or(self.seed);
        Ok(())
    }

    fn poll(&mut self, rows_max: usize) -> Result<Poll, SourceError> {
        if self.next >= self.rows {
            return Ok(Poll::End);
        }
        let most = i64::try_from(rows_max.min(BATCH_ROWS_MAX)).unwrap_or(1);
        let count = self.due().min(most).min(self.batch_rows);
        if count <= 0 {
            return Ok(Poll::Pending);
        }
        let batch = self.batch(count).map_err(|error| SourceError::Unreadable(format!("datagen: {error}")))?;
        self.next += count;
        Ok(Poll::Batch(batch))
    }

    fn wait(&mut self, timeout: Duration) {
        let rate = u64::try_from(self.rows_per_second).unwrap_or(1).max(1);
        let until_next = Duration::from_nanos(1_000_000_000 / rate).clamp(Duration::from_millis(1), WAIT_MAX);
        std::thread::park_timeout(until_next.min(timeout));
    }

    fn positions(&self) -> Positions {
        Positions::from([(SPLIT.to_owned(), self.next), (SEED.to_owned(), self.seed)])
    }

    fn splits(&self) -> Vec<String> {
        vec![SPLIT.to_owned()]
    }

    fn lag(&self) -> Vec<SplitLag> {
        let end = (self.rows < i64::MAX).then_some(self.rows);
        vec![SplitLag { split: SPLIT.to_owned(), position: self.next, end }]
    }
}
