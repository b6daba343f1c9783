//! The `filesystem` connector: files of JSON lines, CSV or Parquet, in folders by partition, in and out.

mod commit;
mod hidden_file;
mod listing;
pub(crate) mod options;
mod packed;
mod parquet_source;
mod part;
mod partition_time;
mod partition_values;
mod partitions;
pub(crate) mod place;
mod sink;
mod source;
mod text_file;
mod watch;

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
use listing::{Found, files_of};
use options::FileOptions;
use packed::packing_of;
use partition_values::check_types;
use place::Places;
use sink::FileSink;
use source::{FileScan, FileSource};
use watch::Watch;

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
        let (options, _) = self.files(table)?;
        let bounded = options.monitor.is_none();
        Ok(SourceAbilities { bounded, upsert: false, mode: ChangelogMode::APPEND, metadata: source::metadata() })
    }

    /// Whether nothing is at a place yet, which a statement before this one writes to.
    fn is_planned(&self, real: &Path) -> bool {
        let planned = self.planned.lock().unwrap_or_else(PoisonError::into_inner);
        self.is_absent(real) && planned.iter().any(|place| real.starts_with(place))
    }

    /// A table's options and its files.
    fn files(&self, table: &TableSpec) -> Result<(FileOptions, Vec<Found>), OptionError> {
        let options = FileOptions::parse(table)?;
        check_types(table).map_err(|message| fault("connector", message, "partition by a text, number or time"))?;
        for column in &table.metadata {
            let known: Vec<&str> = source::metadata().iter().map(|(key, _)| *key).collect();
            if !known.contains(&column.key.as_str()) {
                let message = format!("column `{}`: the connector has no metadata `{}`", column.name, column.key);
                return Err(fault("connector", message, suggest(&column.key, &known)));
            }
        }
        let real = self.places.resolve(&options.path)?;
        let listed = match self.is_planned(&real) || options.monitor.is_some() && self.is_absent(&real) {
            true => Ok(Vec::new()),
            false => files_of(self.disk.as_ref(), &real, &partition_names(table)),
        };
        let files = listed.map_err(|message| {
            fault(
                "path",
                message.replace(&real.display().to_string(), &options.path),
                "check the path; it begins in the project's folder",
            )
        })?;
        if !matches!(options.format, Format::Parquet(_)) {
            check_packing(&files)?;
        }
        Ok((options, files))
    }

    fn is_absent(&self, real: &Path) -> bool {
        self.disk.kind(real).is_ok_and(|kind| kind.is_none())
    }

    /// Opens a table to be read.
    pub(crate) fn source(&self, request: SourceRequest<'_>) -> Result<Box<dyn Source>, ConnectError> {
        let table = request.table;
        let failed = |reason: String| ConnectError { table: table.name.clone(), reason };
        let (options, files) = self.files(table).map_err(|error| connect_error(table, &error))?;
        let malformed = match (request.keep_malformed, options.format.ignores_errors()) {
            (true, _) => Malformed::Kept,
            (false, true) => Malformed::Ignored,
            (false, false) => Malformed::Refused,
        };
        let (projection, fields) = (request.projection, request.fields);
        let (keep_raw, format) = (request.keep_raw, &options.format);
        let default_partition = &options.default_partition;
        let scan = FileScan {
            table,
            format,
            projection,
            fields,
            keep_raw,
            malformed,
            default_partition,
            prune: request.prune,
        };
        let source = FileSource::new(self.disk.clone(), self.places.clone(), &scan);
        let mut source = source.map_err(|error| failed(error.to_string()))?;
        source.add(files).map_err(failed)?;
        let Some(interval) = options.monitor else { return Ok(Box::new(source)) };
        let root = self.places.resolve(&options.path).map_err(|error| connect_error(table, &error))?;
        let (disk, clock, keys) = (self.disk.clone(), self.clock.clone(), partition_names(table));
        let next = clock.elapsed() + interval;
        Ok(Box::new(source.watching(Watch { disk, clock, root, keys, interval, next })))
    }

    /// Checks a table that is about to be written.
    pub(crate) fn check_sink(&self, table: &TableSpec) -> Result<SinkAbilities, OptionError> {
        let options = FileOptions::parse(table)?;
        self.places.resolve(&options.path)?;
        options.check_sink(table)?;
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

/// Refuses files that are compressed as can't be read.
fn check_packing(files: &[Found]) -> Result<(), OptionError> {
    files.iter().try_for_each(|file| {
        let name = file.path.file_name().unwrap_or_default().to_string_lossy();
        let refused = |message| fault("path", format!("`{name}`: {message}"), "compress it as `.gz` or `.zst`");
        packing_of(&file.path).map(drop).map_err(refused)
    })
}

/// The names of a table's partition columns.
fn partition_names(table: &TableSpec) -> Vec<String> {
    let fields = table.partition_keys.iter().filter_map(|place| table.physical.fields.get(*place));
    fields.map(|field| field.name.clone()).collect()
}

fn connect_error(table: &TableSpec, error: &OptionError) -> ConnectError {
    ConnectError {
        table: table.name.clone(),
        reason: format!("option `{}`: {}; {}", error.key, error.message, error.help),
    }
}
