//! A query's changes as Flink's SQL client shows them in its mode `tableau`: a table that grows by a line for each change, with
//! its row kind before it.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

use arrow::array::RecordBatch;
use yeoul_engine::sink::{Prepared, Restored, Sink, SinkError};
use yeoul_format::text::{self, Look};
use yeoul_row::{RowBatch, RowType};

use super::grid::Grid;
use super::rows::write_out;
use crate::fault::Fault;

/// What stands for NULL.
pub const NULL: &str = "<NULL>";
/// How wide a column of texts gets, unless a setting says otherwise: Flink's default.
pub const COLUMN_WIDTH_MAX: usize = 30;

/// Prints every change as it comes. Clone it to tell the end.
#[derive(Clone)]
pub struct Tableau {
    schema: Arc<RowType>,
    grid: Arc<Grid>,
    look: Look,
    /// How many changes came; none before the header is there.
    rows: Arc<Mutex<Option<u64>>>,
}

impl Tableau {
    /// Prints changes of `schema`, their texts at most `width_max` columns wide.
    #[must_use]
    pub fn new(schema: Arc<RowType>, width_max: usize, look: Look) -> Tableau {
        let grid = Arc::new(Grid::of_types(&schema, "op", width_max));
        Tableau { schema, grid, look, rows: Arc::default() }
    }

    /// Tells how many changes came; to be called once the query has ended.
    ///
    /// # Errors
    /// Standard output that can't be written.
    pub fn end(&self) -> Result<(), Fault> {
        let rows = *self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        super::print_text(&match rows.unwrap_or(0) {
            0 => "Empty set".to_owned(),
            1 => format!("{}\nReceived a total of 1 row", self.grid.rule()),
            rows => format!("{}\nReceived a total of {rows} rows", self.grid.rule()),
        })
    }

    fn print(&self, batch: &RowBatch) -> Result<(), Fault> {
        let mut rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        let mut out = String::new();
        if rows.is_none() && batch.rows() > 0 {
            let rule = self.grid.rule();
            let _ = writeln!(out, "{rule}\n{}\n{rule}", self.grid.header());
        }
        for (row, cells) in text::cells(&batch.columns, &self.schema, self.look)?.into_iter().enumerate() {
            let line: Vec<String> = std::iter::once(batch.kind(row).text().to_owned()).chain(cells).collect();
            let _ = writeln!(out, "{}", self.grid.line(&line));
        }
        if batch.rows() > 0 {
            *rows = Some(rows.unwrap_or(0) + batch.rows() as u64);
        }
        Ok(write_out(out.as_bytes())?)
    }
}

/// The final rows of a query in batch mode, as Flink's SQL client shows them.
///
/// # Errors
/// Columns that aren't those of `schema`.
pub fn final_rows(rows: &RecordBatch, schema: &RowType, look: Look) -> Result<String, Fault> {
    let mut grid = Grid::new(schema, None, COLUMN_WIDTH_MAX);
    let cells = text::cells(rows, schema, look)?;
    cells.iter().for_each(|row| grid.fit(row));
    let (rule, header) = (grid.rule(), grid.header());
    let lines: String = cells.iter().map(|row| grid.line(row) + "\n").collect();
    Ok(match cells.len() {
        0 => "Empty set\n".to_owned(),
        1 => format!("{rule}\n{header}\n{rule}\n{lines}{rule}\n1 row in set\n"),
        rows => format!("{rule}\n{header}\n{rule}\n{lines}{rule}\n{rows} rows in set\n"),
    })
}

impl Sink for Tableau {
    fn open(&mut self, _restored: Restored) -> Result<(), SinkError> {
        Ok(())
    }

    fn write(&mut self, batch: &RowBatch) -> Result<(), SinkError> {
        self.print(batch).map_err(|fault| SinkError::Row(format!("{fault:?}")))
    }

    fn prepare(&mut self, _last: bool) -> Result<Prepared, SinkError> {
        Ok(Prepared::default())
    }

    fn committed(&mut self) -> Result<(), SinkError> {
        Ok(())
    }
}
