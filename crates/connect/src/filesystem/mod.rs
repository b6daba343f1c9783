//! The `filesystem` connector: files of JSON lines or CSV in; Parquet, JSON lines or CSV out.

mod options;
mod part;
mod partitions;
pub(crate) mod place;
mod sink;
mod source;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use yeoul_base::{Clock, Disk, JobName};
use yeoul_engine::catalog::{OptionError, SinkAbilities, SourceAbilities, TableSpec};
use yeoul_engine::connections::{ConnectError, SourceRequest};
use yeoul_engine::plan::ChangelogMode;
use yeoul_engine::sink::Sink;
use yeoul_engine::source::Source;
use yeoul_format::{Format, suggest};

use crate::kafka::Malformed;
use crate::options::fault;
use options::FileOptions;
use place::Places;
use sink::FileSink;
use source::{FileScan, FileSource};

/// What the connector needs of the platform.
#[derive(Clone)]
pub(crate) struct Filesystem {
    pub(crate) places: Places,
    pub(crate) disk: Arc<dyn Disk>,
    pub(crate) clock: Arc<dyn Clock>,
    /// Where tables are about to be written: such a place need not exist before it is read.
    pub(crate) planned: Arc<Mutex<BTreeSet<PathBuf>>>,
}

impl Filesystem {
    /// Checks a table that is about to be read.
    pub(crate) fn check_source(&self, table: &TableSpec) -> Result<SourceAbilities, OptionError> {
        self.files(table)?;
        Ok(SourceAbilities { bounded: true, mode: ChangelogMode::APPEND, metadata: source::metadata() })
    }

    /// Whether nothing is at a place yet, which a statement before this one writes to.
    fn is_planned(&self, real: &Path) -> bool {
        let planned = self.planned.lock().unwrap_or_else(PoisonError::into_inner);
        self.disk.kind(real).is_ok_and(|kind| kind.is_none()) && planned.iter().any(|place| real.starts_with(place))
    }

    /// A table's options and its files with the names that they are shown by.
    fn files(&self, table: &TableSpec) -> Result<(FileOptions, Vec<(PathBuf, String)>), OptionError> {
        let options = FileOptions::parse(table)?;
        if let Format::Parquet(_) = options.format {
            return Err(fault("format", "Parquet files can't be read yet", "read `json` or `csv`"));
        }
        if !table.partition_keys.is_empty() {
            let message = "reading a table that is `PARTITIONED BY` is not supported yet";
            return Err(fault("connector", message, "leave `PARTITIONED BY` out, and name one of its folders"));
        }
        for column in &table.metadata {
            let known: Vec<&str> = source::metadata().iter().map(|(key, _)| *key).collect();
            if !known.contains(&column.key.as_str()) {
                let message = format!("column `{}`: the connector has no metadata `{}`", column.name, column.key);
                return Err(fault("connector", message, suggest(&column.key, &known)));
            }
        }
        let real = self.places.resolve(&options.path)?;
        let listed = match self.is_planned(&real) {
            true => Ok(Vec::new()),
            false => source::files_of(self.disk.as_ref(), &real),
        };
        let files = listed.map_err(|message| {
            fault(
                "path",
                message.replace(&real.display().to_string(), &options.path),
                "check the path; it begins in the project's folder",
            )
        })?;
        let named = files.into_iter().map(|file| {
            let name = self.places.shown(&file);
            (file, name)
        });
        Ok((options, named.collect()))
    }

    /// Opens a table to be read.
    pub(crate) fn source(&self, request: SourceRequest<'_>) -> Result<Box<dyn Source>, ConnectError> {
        let table = request.table;
        let (options, files) = self.files(table).map_err(|error| connect_error(table, &error))?;
        let malformed = match (request.keep_malformed, options.format.ignores_errors()) {
            (true, _) => Malformed::Kept,
            (false, true) => Malformed::Ignored,
            (false, false) => Malformed::Refused,
        };
        let (projection, fields, keep_raw) = (request.projection, request.fields, request.keep_raw);
        let scan = FileScan { table, format: &options.format, projection, fields, keep_raw, malformed };
        let source = FileSource::new(self.disk.clone(), &scan, files);
        Ok(Box::new(source.map_err(|error| ConnectError { table: table.name.clone(), reason: error.to_string() })?))
    }

    /// Checks a table that is about to be written.
    pub(crate) fn check_sink(&self, table: &TableSpec) -> Result<SinkAbilities, OptionError> {
        let options = FileOptions::parse(table)?;
        self.places.resolve(&options.path)?;
        Ok(SinkAbilities { mode: ChangelogMode::APPEND, upsert: false, metadata: Vec::new() })
    }

    /// Notes that a statement writes a table.
    pub(crate) fn plan_write(&self, table: &TableSpec) {
        let real = FileOptions::parse(table).and_then(|options| self.places.resolve(&options.path));
        if let Ok(real) = real {
            self.planned.lock().unwrap_or_else(PoisonError::into_inner).insert(real);
        }
    }

    /// Opens a table to be written.
    pub(crate) fn sink(&self, job: &JobName, branch: &str, table: &TableSpec) -> Result<Box<dyn Sink>, ConnectError> {
        let options = FileOptions::parse(table).map_err(|error| connect_error(table, &error))?;
        let root = self.places.resolve(&options.path).map_err(|error| connect_error(table, &error))?;
        let (disk, clock) = (self.disk.clone(), self.clock.clone());
        Ok(Box::new(FileSink::new(disk, clock, (job, branch), table, options, root)))
    }
}

fn connect_error(table: &TableSpec, error: &OptionError) -> ConnectError {
    ConnectError {
        table: table.name.clone(),
        reason: format!("option `{}`: {}; {}", error.key, error.message, error.help),
    }
}
