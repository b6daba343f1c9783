//! The `print` connector: each row on standard output, as Flink shows it (`+I[JFK, 3]`), when it comes by.
//!
//! It shows what passes, at once and also again after a restart, as Flink's does; it is for looking, not for delivering.

use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

use yeoul_engine::catalog::{OptionError, SinkAbilities, TableSpec};
use yeoul_engine::plan::ChangelogMode;
use yeoul_engine::sink::{Prepared, Restored, Sink, SinkError};
use yeoul_format::text::write_print;
use yeoul_row::{RowBatch, RowType};

use crate::options::Given;

pub(crate) const KEYS: &[&str] = &["print-identifier", "standard-error", "sink.parallelism"];

/// Where rows are printed.
pub type Terminal = Arc<Mutex<dyn Write + Send>>;

/// The row kinds that `print` and `blackhole` take: all.
pub(crate) const EVERY_KIND: ChangelogMode = ChangelogMode { updates: true, deletes: true };

struct PrintOptions {
    identifier: String,
    standard_error: bool,
}

fn parse(table: &TableSpec) -> Result<PrintOptions, OptionError> {
    let given = Given::new(table);
    given.refuse_others(KEYS, &[])?;
    given.parallelism("sink.parallelism")?;
    let identifier = given.get("print-identifier").map(|name| format!("{name}> ")).unwrap_or_default();
    Ok(PrintOptions { identifier, standard_error: given.flag("standard-error", false)? })
}

pub(crate) fn check_sink(table: &TableSpec) -> Result<SinkAbilities, OptionError> {
    parse(table).map(|_| SinkAbilities { mode: EVERY_KIND, upsert: false, metadata: Vec::new() })
}

pub(crate) fn sink(table: &TableSpec, terminal: &Terminal) -> Result<Box<dyn Sink>, OptionError> {
    let options = parse(table)?;
    let terminal: Terminal =
        if options.standard_error { Arc::new(Mutex::new(std::io::stderr())) } else { terminal.clone() };
    Ok(Box::new(PrintSink { identifier: options.identifier, row: table.writable(), terminal }))
}

struct PrintSink {
    identifier: String,
    row: RowType,
    terminal: Terminal,
}

impl Sink for PrintSink {
    fn open(&mut self, _restored: Restored) -> Result<(), SinkError> {
        Ok(())
    }

    fn write(&mut self, batch: &RowBatch) -> Result<(), SinkError> {
        let mut text = Vec::new();
        write_print(
            &batch.columns,
            &self.row,
            |row| batch.kind(row),
            |line| {
                text.extend_from_slice(self.identifier.as_bytes());
                text.extend_from_slice(line);
                text.push(b'\n');
            },
        )
        .map_err(|error| SinkError::Row(error.to_string()))?;
        let mut terminal = self.terminal.lock().unwrap_or_else(PoisonError::into_inner);
        let written = terminal.write_all(&text).and_then(|()| terminal.flush());
        written.map_err(|error| SinkError::Unwritable(format!("can't print: {error}")))
    }

    fn prepare(&mut self, _last: bool) -> Result<Prepared, SinkError> {
        Ok(Prepared::default())
    }

    fn committed(&mut self) -> Result<(), SinkError> {
        Ok(())
    }
}
