//! The rows of a query that goes on, while somebody looks at them.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arrow::array::RecordBatch;
use arrow::error::ArrowError;
use yeoul_engine::materialize::Materialized;
use yeoul_engine::sink::{Prepared, Restored, Sink, SinkError};
use yeoul_format::EncodeError;
use yeoul_format::text::{self, Look};
use yeoul_row::{RowBatch, RowKind, RowType};
use yeoul_sql::settings;

use crate::fault::Fault;

/// What is kept of a query's rows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Keep {
    /// The last rows of a query that only appends.
    Last,
    /// The last changes, with their row kinds.
    Changes,
    /// All rows of a query that changes them.
    All,
}

/// Rows; clone it to look at what a job's sink was given.
#[derive(Clone)]
pub struct LiveRows {
    inner: Arc<Mutex<Inner>>,
    schema: Arc<RowType>,
    look: Look,
}

struct Inner {
    kept: Kept,
    rows_max: usize,
    changed: bool,
}

enum Kept {
    Tail(Tail),
    All(Box<Materialized>),
}

/// The last rows that came.
#[derive(Default)]
struct Tail {
    batches: VecDeque<(RecordBatch, Option<Arc<[RowKind]>>)>,
    rows: usize,
    /// How many were there before them.
    dropped: usize,
    with_kinds: bool,
}

/// Some rows, as texts.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Window {
    /// The number of the first one, from 0.
    pub start: usize,
    /// The rows.
    pub rows: Vec<Vec<String>>,
    /// Numbers below this one are not kept any more.
    pub first: usize,
    /// How many rows there are, kept or not.
    pub total: usize,
}

impl LiveRows {
    /// No rows yet. `key` holds the places of the columns that identify a row, `rows_max` says how many are kept.
    #[must_use]
    pub fn new(schema: &Arc<RowType>, keep: Keep, key: &[usize], rows_max: usize, look: Look) -> LiveRows {
        let kept = match keep {
            Keep::All => Kept::All(Box::new(Materialized::new(schema.to_arrow(), key))),
            Keep::Last | Keep::Changes => Kept::Tail(Tail { with_kinds: keep == Keep::Changes, ..Tail::default() }),
        };
        let inner = Arc::new(Mutex::new(Inner { kept, rows_max, changed: false }));
        LiveRows { inner, schema: schema.clone(), look }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether rows have changed since the last call.
    #[must_use]
    pub fn take_changed(&self) -> bool {
        std::mem::take(&mut self.lock().changed)
    }

    /// `count` rows from the one with number `start` on, or those nearest to them.
    ///
    /// # Errors
    /// Arrow's.
    pub fn window(&self, start: usize, count: usize) -> Result<Window, Fault> {
        let inner = self.lock();
        match &inner.kept {
            Kept::All(rows) => {
                let total = rows.count();
                let start = start.min(total.saturating_sub(count));
                let rows = rows.window(start, count)?;
                Ok(Window { start, rows: text::cells(&rows, &self.schema, self.look)?, first: 0, total })
            }
            Kept::Tail(tail) => Ok(tail.window(&self.schema, self.look, start, count)?),
        }
    }
}

impl Tail {
    fn push(&mut self, batch: &RowBatch, rows_max: usize) {
        let rows = batch.rows();
        self.rows += rows;
        self.batches.push_back((batch.columns.clone(), batch.kinds.clone().filter(|_| self.with_kinds)));
        while let Some((first, _)) = self.batches.front().filter(|(first, _)| self.rows - first.num_rows() >= rows_max)
        {
            self.rows -= first.num_rows();
            self.dropped += first.num_rows();
            self.batches.pop_front();
        }
    }

    fn window(&self, schema: &RowType, look: Look, start: usize, count: usize) -> Result<Window, EncodeError> {
        let total = self.dropped + self.rows;
        let start = start.min(total.saturating_sub(count)).max(self.dropped);
        let mut window = Window { start, first: self.dropped, total, rows: Vec::new() };
        let mut skip = start - self.dropped;
        for (batch, kinds) in &self.batches {
            let from = skip.min(batch.num_rows());
            skip -= from;
            let taken = (batch.num_rows() - from).min(count - window.rows.len());
            if taken > 0 {
                let cells = text::cells(&batch.slice(from, taken), schema, look)?;
                let kind = |row: usize| {
                    kinds.as_ref().and_then(|kinds| kinds.get(from + row)).copied().unwrap_or(RowKind::Insert)
                };
                window.rows.extend(cells.into_iter().enumerate().map(|(row, cells)| match self.with_kinds {
                    true => std::iter::once(kind(row).text().to_owned()).chain(cells).collect(),
                    false => cells,
                }));
            }
        }
        Ok(window)
    }
}

impl Inner {
    fn apply(&mut self, batch: &RowBatch) -> Result<(), SinkError> {
        self.changed = true;
        let rows_max = self.rows_max;
        match &mut self.kept {
            Kept::Tail(tail) => tail.push(batch, rows_max),
            Kept::All(rows) => {
                rows.apply(batch).map_err(|error: ArrowError| SinkError::Row(error.to_string()))?;
                if rows.count() > rows_max {
                    return Err(SinkError::Row(format!(
                        "the result has more than {rows_max} rows; raise `{}`, or show changes: \
                         `SET '{}' = 'changelog'`",
                        settings::MAX_ROWS,
                        settings::RESULT_MODE
                    )));
                }
            }
        }
        Ok(())
    }
}

impl Sink for LiveRows {
    fn open(&mut self, _restored: Restored) -> Result<(), SinkError> {
        Ok(())
    }

    fn write(&mut self, batch: &RowBatch) -> Result<(), SinkError> {
        if batch.rows() == 0 { Ok(()) } else { self.lock().apply(batch) }
    }

    fn prepare(&mut self, _last: bool) -> Result<Prepared, SinkError> {
        Ok(Prepared::default())
    }

    fn committed(&mut self) -> Result<(), SinkError> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use arrow::array::Int64Array;
    use yeoul_row::{DataType, Field, LogicalType, Watermarks};

    use super::*;
    use crate::output::collected::plain;

    fn schema() -> Arc<RowType> {
        Arc::new(RowType::new(vec![Field::new("n", DataType { logical: LogicalType::BigInt, nullable: true })]))
    }

    fn batch(kind: RowKind, numbers: std::ops::Range<i64>) -> RowBatch {
        let column = Int64Array::from_iter_values(numbers);
        let rows = column.len();
        let columns = RecordBatch::try_new(schema().to_arrow(), vec![Arc::new(column)]).expect("a column");
        let inserts = RowBatch::inserts(columns, Watermarks::NONE);
        if kind == RowKind::Insert { inserts } else { RowBatch { kinds: Some(vec![kind; rows].into()), ..inserts } }
    }

    fn column(window: &Window) -> Vec<String> {
        window.rows.iter().map(|row| row.join(" ")).collect()
    }

    #[test]
    fn of_an_appending_query_the_last_rows_are_kept() {
        let mut rows = LiveRows::new(&schema(), Keep::Last, &[], 10, plain());
        for round in 0..10 {
            rows.write(&batch(RowKind::Insert, round * 4..round * 4 + 4)).expect("rows");
        }
        let window = rows.window(usize::MAX, 3).expect("rows");
        assert_eq!(
            (window.start, window.total, column(&window)),
            (37, 40, vec!["37".into(), "38".into(), "39".into()])
        );
        let window = rows.window(0, 2).expect("rows");
        assert_eq!((window.start, window.first, column(&window)), (28, 28, vec!["28".into(), "29".into()]));
        assert!(rows.take_changed() && !rows.take_changed());
    }

    #[test]
    fn changes_are_shown_with_their_kinds() {
        let mut rows = LiveRows::new(&schema(), Keep::Changes, &[], 10, plain());
        rows.write(&batch(RowKind::Insert, 1..2)).expect("rows");
        rows.write(&batch(RowKind::Delete, 1..2)).expect("rows");
        assert_eq!(column(&rows.window(0, 9).expect("rows")), ["+I 1", "-D 1"]);
    }

    #[test]
    fn too_many_rows_are_refused_by_the_setting_that_bounds_them() {
        let mut rows = LiveRows::new(&schema(), Keep::All, &[0], 10, plain());
        rows.write(&batch(RowKind::UpdateAfter, 0..10)).expect("as many as may be");
        assert_eq!(rows.window(8, 5).expect("rows").start, 5);
        let error = rows.write(&batch(RowKind::UpdateAfter, 10..11)).expect_err("one too many");
        assert!(error.to_string().contains("max-table-result.rows"), "{error}");
    }
}
