//! Printing a top-level `SELECT`: its final rows, new rows as they come, or every change as it comes.

use std::collections::BTreeMap;
use std::io::{ErrorKind, Write};
use std::sync::Arc;

use arrow::array::RecordBatch;
use yeoul_engine::sink::{Prepared, Restored, Sink, SinkError};
use yeoul_format::text::{self, Look};
use yeoul_format::{EncodeError, Format, RowEncoder};
use yeoul_row::{RowBatch, RowType};

use super::Output;
use crate::fault::Fault;

/// Prints the final rows.
///
/// # Errors
/// A column that the format can't carry, or standard output that can't be written.
pub fn print(rows: &RecordBatch, schema: &RowType, output: Output, look: Look) -> Result<(), Fault> {
    if output == Output::Table {
        let table = text::table(std::slice::from_ref(rows), schema, look)?;
        return super::print_text(&(table + &super::table::count(rows.num_rows())));
    }
    if output == Output::Tableau {
        return super::print_text(&super::tableau::final_rows(rows, schema, look)?);
    }
    let mut out = header(schema, output).into_bytes();
    if let Some(lines) = Lines::new(schema, output)? {
        lines.write(rows, &mut out)?;
    }
    super::print_text(&String::from_utf8(out)?)
}

fn names(schema: &RowType) -> Vec<String> {
    schema.fields.iter().map(|field| field.name.clone()).collect()
}

/// Rows in one of Flink's formats, a line each.
struct Lines(RowEncoder);

impl Lines {
    /// As JSON lines, or as CSV; nothing for the other outputs.
    fn new(schema: &RowType, output: Output) -> Result<Option<Lines>, Fault> {
        let (name, options) = match output {
            Output::Jsonl => ("json", vec![("encode.decimal-as-plain-number", "true")]),
            Output::Csv => ("csv", Vec::new()),
            Output::Table | Output::Changelog | Output::Tableau => return Ok(None),
        };
        let options: BTreeMap<String, String> =
            options.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
        let format = Format::parse(name, &options).map_err(|error| Fault::failed(error.message))?;
        Ok(Some(Lines(RowEncoder::shown(&format, schema).map_err(|error| Fault::usage(error.message))?)))
    }

    fn write(&self, rows: &RecordBatch, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        let bound = self.0.bind(rows)?;
        for row in 0..rows.num_rows() {
            bound.write(row, out)?;
            out.extend_from_slice(self.0.row_end());
        }
        Ok(())
    }
}

/// What stands before the rows.
fn header(schema: &RowType, output: Output) -> String {
    if output == Output::Csv { super::csv_line(&names(schema)) } else { String::new() }
}

/// Prints new rows as they come, so that they need no memory.
pub struct RowPrinter {
    lines: Lines,
    out: Vec<u8>,
}

impl RowPrinter {
    /// Prints rows of `schema`; nothing where `output` needs all rows at once, or isn't for rows.
    ///
    /// # Errors
    /// A column that the format can't carry.
    pub fn new(schema: &RowType, output: Output) -> Result<Option<RowPrinter>, Fault> {
        let out = header(schema, output).into_bytes();
        Ok(Lines::new(schema, output)?.map(|lines| RowPrinter { lines, out }))
    }

    fn print(&mut self) -> Result<(), SinkError> {
        let printed = write_out(&self.out);
        self.out.clear();
        printed
    }
}

impl Sink for RowPrinter {
    fn open(&mut self, _restored: Restored) -> Result<(), SinkError> {
        self.print()
    }

    fn write(&mut self, batch: &RowBatch) -> Result<(), SinkError> {
        let written = self.lines.write(&batch.columns, &mut self.out);
        written.map_err(|error| SinkError::Row(error.to_string()))?;
        self.print()
    }

    fn prepare(&mut self, _last: bool) -> Result<Prepared, SinkError> {
        Ok(Prepared::default())
    }

    fn committed(&mut self) -> Result<(), SinkError> {
        Ok(())
    }
}

/// Writes to standard output; where nobody reads it any more, the process ends.
///
/// # Errors
/// Standard output that can't be written.
pub fn write_out(bytes: &[u8]) -> Result<(), SinkError> {
    let mut out = std::io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        // Whoever read the rows has enough of them: nothing is left to do, and no state to keep.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => std::process::exit(0),
        written => written.map_err(|error| SinkError::Unwritable(format!("standard output: {error}"))),
    }
}

/// Prints every change as it comes, as Flink's `print` connector does: `+I[a, 4]`.
pub struct ChangelogPrinter {
    schema: Arc<RowType>,
}

impl ChangelogPrinter {
    /// Prints rows of `schema`.
    #[must_use]
    pub fn new(schema: Arc<RowType>) -> ChangelogPrinter {
        ChangelogPrinter { schema }
    }
}

impl Sink for ChangelogPrinter {
    fn open(&mut self, _restored: Restored) -> Result<(), SinkError> {
        Ok(())
    }

    fn write(&mut self, batch: &RowBatch) -> Result<(), SinkError> {
        let mut lines = Vec::new();
        let written = text::write_print(
            &batch.columns,
            &self.schema,
            |row| batch.kind(row),
            |line| {
                lines.extend_from_slice(line);
                lines.push(b'\n');
            },
        );
        written.map_err(|error| SinkError::Row(error.to_string()))?;
        write_out(&lines)
    }

    fn prepare(&mut self, _last: bool) -> Result<Prepared, SinkError> {
        Ok(Prepared::default())
    }

    fn committed(&mut self) -> Result<(), SinkError> {
        Ok(())
    }
}
