//! A query over unbounded input at a terminal: its rows as a table that changes in place, until Ctrl-C.
//!
//! Of an updating query all rows are kept, and the first ones shown; of one that only appends the last ones.

use std::collections::VecDeque;
use std::fmt::Write;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use arrow::array::RecordBatch;
use arrow::compute::concat_batches;
use arrow::error::ArrowError;
use yeoul_engine::materialize::Materialized;
use yeoul_engine::plan::{JobPlan, Target};
use yeoul_engine::sink::{Prepared, Restored, Sink, SinkError};
use yeoul_format::text;
use yeoul_row::{RowBatch, RowType};

use crate::fault::{Fault, OrUsage};
use crate::jobs::{Environment, job_options};
use crate::output::{print_text, table};
use crate::run_file::Runner;

/// How often the table is looked at.
const EVERY: Duration = Duration::from_millis(150);
/// How many rows of an appending query are kept.
const TAIL_ROWS: usize = 1000;
/// Lines of a table besides its rows, and the prompt's.
const FRAME_LINES: usize = 7;

/// Runs a query until its input ends, or Ctrl-C. `size`: the terminal's columns and rows.
///
/// # Errors
/// A query that can't be started, or fails.
pub fn run(plan: &JobPlan, runner: &Runner, size: (usize, usize)) -> Result<(), Fault> {
    let Some(branch) = plan.branches.iter().find(|branch| matches!(branch.target, Target::Collect)) else {
        return Err(Fault::failed("no query"));
    };
    let schema = branch.input.schema.clone();
    let key = branch.input.upsert_keys.first().cloned().unwrap_or_default();
    let appends = branch.input.mode.is_append();
    let rows = LiveRows::new(&schema, appends, &key);
    let Environment { connections, store, clock, .. } = runner.environment.clone();
    let options = job_options(plan, true)?;
    let sink: Box<dyn Sink> = Box::new(rows.clone());
    let handle =
        Arc::new(yeoul_engine::start(plan.clone(), options, connections, store, clock, Some(sink)).or_usage()?);
    runner.interrupt.stops(handle.clone())?;
    let mut screen = Screen { size, appends, drawn: 0 };
    loop {
        let ended = handle.wait_timeout(EVERY)?;
        if let Some((shown, count)) = rows.changed(ended.is_some())? {
            screen.draw(&shown, count, &schema)?;
        }
        if ended.is_some() {
            return Ok(());
        }
    }
}

/// The rows of a query that goes on.
#[derive(Clone)]
struct LiveRows(Arc<Mutex<Inner>>);

struct Inner {
    rows: Rows,
    /// How many rows there are, kept or not.
    count: usize,
    changed: bool,
}

enum Rows {
    /// The last ones.
    Tail(Arc<RowType>, VecDeque<RecordBatch>),
    All(Box<Materialized>),
}

impl LiveRows {
    fn new(schema: &Arc<RowType>, appends: bool, key: &[usize]) -> LiveRows {
        let rows = match appends {
            true => Rows::Tail(schema.clone(), VecDeque::new()),
            false => Rows::All(Box::new(Materialized::new(schema.to_arrow(), key))),
        };
        LiveRows(Arc::new(Mutex::new(Inner { rows, count: 0, changed: false })))
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The rows and how many there are, if they changed since the last call, or in any case if `asked`.
    fn changed(&self, asked: bool) -> Result<Option<(RecordBatch, usize)>, ArrowError> {
        let mut inner = self.lock();
        if !std::mem::take(&mut inner.changed) && !asked {
            return Ok(None);
        }
        let rows = match &inner.rows {
            Rows::Tail(schema, batches) => concat_batches(&schema.to_arrow(), batches)?,
            Rows::All(rows) => rows.rows()?,
        };
        let count = if let Rows::All(_) = inner.rows { rows.num_rows() } else { inner.count };
        Ok(Some((rows, count)))
    }
}

impl Inner {
    fn apply(&mut self, batch: &RowBatch) -> Result<(), ArrowError> {
        self.changed = true;
        self.count += batch.rows();
        match &mut self.rows {
            Rows::All(rows) => rows.apply(batch)?,
            Rows::Tail(_, batches) => {
                let rows = batch.columns.num_rows();
                batches.push_back(batch.columns.slice(rows.saturating_sub(TAIL_ROWS), rows.min(TAIL_ROWS)));
                let mut kept: usize = batches.iter().map(RecordBatch::num_rows).sum();
                while let Some(first) = batches.front().filter(|first| kept - first.num_rows() >= TAIL_ROWS) {
                    kept -= first.num_rows();
                    batches.pop_front();
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
        self.lock().apply(batch).map_err(|error| SinkError::Row(error.to_string()))
    }

    fn prepare(&mut self, _last: bool) -> Result<Prepared, SinkError> {
        Ok(Prepared::default())
    }

    fn committed(&mut self) -> Result<(), SinkError> {
        Ok(())
    }
}

/// The part of the terminal that a table is drawn on.
struct Screen {
    /// Columns and rows.
    size: (usize, usize),
    /// Whether rows only come, so that the last ones are news.
    appends: bool,
    /// How many lines were drawn last.
    drawn: usize,
}

impl Screen {
    /// Draws the rows in place of those before.
    fn draw(&mut self, rows: &RecordBatch, count: usize, schema: &RowType) -> Result<(), Fault> {
        let room = self.size.1.saturating_sub(FRAME_LINES).max(1);
        let kept = rows.num_rows().min(room);
        let start = if self.appends { rows.num_rows() - kept } else { 0 };
        let shown = rows.slice(start, kept);
        let mut lines = text::table(&[shown], schema)?;
        if kept < count {
            let _ = writeln!(lines, "{kept} of {count} rows");
        } else {
            lines.push_str(&table::count(count));
        }
        let lines: Vec<String> = lines.lines().map(|line| cut(line, self.size.0)).collect();
        let back = if self.drawn > 0 { format!("\x1b[{}A\x1b[J", self.drawn) } else { String::new() };
        self.drawn = lines.len();
        print_text(&format!("{back}{}\n", lines.join("\n")))
    }
}

/// As much of a line as fits; wide characters count twice.
fn cut(line: &str, columns: usize) -> String {
    let mut used = 0;
    let fits = |c: &char| {
        used += if *c >= '\u{1100}' { 2 } else { 1 };
        used < columns.max(2)
    };
    line.chars().take_while(fits).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_cut_to_the_terminal() {
        assert_eq!(cut("abcdef", 4), "abc");
        assert_eq!(cut("여울", 4), "여");
        assert_eq!(cut("ab", 80), "ab");
    }
}
