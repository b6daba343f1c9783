//! The `socket` connector: rows from a TCP connection to whoever sends them (`nc -l 9999`), with the options of the one in
//! Flink's documentation: `hostname`, `port`, `byte-delimiter`, `format`.
//!
//! It is for trying things out. What was sent can't be read again: after a failure the job goes on with what comes next. Only
//! this machine is reached (F6). The table ends when the other side closes the connection.

mod source;

use yeoul_engine::catalog::{OptionError, SourceAbilities, TableSpec};
use yeoul_engine::connections::{ConnectError, SourceRequest};
use yeoul_engine::plan::ChangelogMode;
use yeoul_engine::source::Source;
use yeoul_format::Format;

use crate::kafka::Malformed;
use crate::options::{Given, fault, format_fault};
use source::SocketSource;

pub(crate) const KEYS: &[&str] = &["hostname", "port", "byte-delimiter", "format"];

/// A `socket` table's options.
struct Options {
    port: u16,
    /// Where a row ends.
    delimiter: u8,
    format: Format,
}

impl Options {
    fn parse(table: &TableSpec) -> Result<Options, OptionError> {
        let given = Given::new(table);
        let format = given.format("format", "")?;
        let prefix = format!("{}.", format.name());
        given.refuse_others(KEYS, std::slice::from_ref(&prefix))?;
        if let Some(column) = table.metadata.first() {
            let message = format!("column `{}`: the connector has no metadata", column.name);
            return Err(fault("connector", message, "leave the METADATA column out"));
        }
        if let Format::Parquet(_) = format {
            return Err(fault("format", "format `parquet` is for files", "use `raw`, `csv` or `json`"));
        }
        format.check(&table.physical).map_err(|error| format_fault("format", &prefix, error))?;
        let host = given.required("hostname", "127.0.0.1")?;
        if !matches!(host, "127.0.0.1" | "localhost" | "::1") {
            let message = format!("`{host}` is another machine");
            return Err(fault("hostname", message, "write '127.0.0.1', and forward the port from there"));
        }
        given.required("port", "9999")?;
        Ok(Options { port: number(&given, "port", 0)?, delimiter: number(&given, "byte-delimiter", 10)?, format })
    }
}

fn number<T: TryFrom<i64>>(given: &Given<'_>, key: &str, default: i64) -> Result<T, OptionError> {
    let value = given.integer(key)?.unwrap_or(default);
    T::try_from(value).map_err(|_| fault(key, format!("`{value}` is no value of `{key}`"), "write a smaller number"))
}

/// Checks a table that is about to be read.
pub(crate) fn check_source(table: &TableSpec) -> Result<SourceAbilities, OptionError> {
    Options::parse(table)?;
    Ok(SourceAbilities { bounded: false, upsert: false, mode: ChangelogMode::APPEND, metadata: Vec::new() })
}

/// Opens a table to be read: connects.
pub(crate) fn source(request: SourceRequest<'_>) -> Result<Box<dyn Source>, ConnectError> {
    let table = request.table;
    let failed = |reason: String| ConnectError { table: table.name.clone(), reason };
    let options = Options::parse(table);
    let options =
        options.map_err(|error| failed(format!("option `{}`: {}; {}", error.key, error.message, error.help)))?;
    let malformed = match (request.keep_malformed, options.format.ignores_errors()) {
        (true, _) => Malformed::Kept,
        (false, true) => Malformed::Ignored,
        (false, false) => Malformed::Refused,
    };
    Ok(Box::new(SocketSource::open(&options, &request, malformed).map_err(failed)?))
}
