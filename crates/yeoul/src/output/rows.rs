//! Printing a top-level `SELECT`: its final rows, or every change as it comes.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Arc;

use arrow::array::RecordBatch;
use yeoul_engine::sink::{Prepared, Restored, Sink, SinkError};
use yeoul_format::{Format, RowEncoder, text};
use yeoul_row::{RowBatch, RowType};

use super::Output;
use crate::fault::Fault;

/// Prints the final rows.
///
/// # Errors
/// A column that the format can't carry, or standard output that can't be written.
pub fn print(rows: &RecordBatch, schema: &RowType, output: Output) -> Result<(), Fault> {
    let text = match output {
        Output::Table => text::table(std::slice::from_ref(rows), schema)? + &super::table::count(rows.num_rows()),
        Output::Jsonl => encode(rows, schema, "json", &[("encode.decimal-as-plain-number", "true")])?,
        Output::Csv => super::csv_line(&names(schema)) + &encode(rows, schema, "csv", &[])?,
        // Every change was printed as it came.
        Output::Changelog => String::new(),
    };
    super::print_text(&text)
}

fn names(schema: &RowType) -> Vec<String> {
    schema.fields.iter().map(|field| field.name.clone()).collect()
}

/// The rows in one of Flink's formats, a line each.
fn encode(rows: &RecordBatch, schema: &RowType, format: &str, options: &[(&str, &str)]) -> Result<String, Fault> {
    let options: BTreeMap<String, String> =
        options.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    let format = Format::parse(format, &options).map_err(|error| Fault::failed(error.message))?;
    let encoder = RowEncoder::new(&format, schema).map_err(|error| Fault::usage(error.message))?;
    let bound = encoder.bind(rows)?;
    let mut out = Vec::new();
    for row in 0..rows.num_rows() {
        bound.write(row, &mut out)?;
        out.extend_from_slice(encoder.row_end());
    }
    Ok(String::from_utf8(out)?)
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
        let mut out = std::io::stdout().lock();
        out.write_all(&lines).and_then(|()| out.flush()).map_err(|error| SinkError::Unwritable(error.to_string()))
    }

    fn prepare(&mut self, _last: bool) -> Result<Prepared, SinkError> {
        Ok(Prepared::default())
    }

    fn committed(&mut self) -> Result<(), SinkError> {
        Ok(())
    }
}
