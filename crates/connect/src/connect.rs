//! Which connector a table is: the one place that knows them all. It validates tables for the SQL front end, and opens
//! them for the engine.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use yeoul_base::{Clock, Disk, JobName, RealDisk, SystemClock};
use yeoul_engine::catalog::{Connectors, OptionError, SinkAbilities, SourceAbilities, TableSpec};
use yeoul_engine::connections::{ConnectError, Connections, SourceRequest};
use yeoul_engine::plan::ViewSpec;
use yeoul_engine::sink::{FailureSink, Sink};
use yeoul_engine::source::Source;
use yeoul_format::suggest;
use yeoul_log::Log;

use crate::blackhole::{self, Blackhole};
use crate::checkpoint_store::LogCheckpointStore;
use crate::datagen;
use crate::filesystem::Filesystem;
use crate::filesystem::place::Places;
use crate::kafka::Kafka;
use crate::nexmark;
use crate::options::fault;
use crate::outputs::Outputs;
use crate::print::{self, Terminal};
use crate::socket;

/// Every connector's name.
pub(crate) const NAMES: &[&str] =
    &["kafka", "upsert-kafka", "filesystem", "datagen", "nexmark", "socket", "print", "blackhole"];

/// Makes the sink of a served table. Implemented by what serves them.
pub trait Views: Send + Sync {
    /// A sink that maintains the served table `view` for `job`.
    ///
    /// # Errors
    /// A name that is served already, or a process that serves none.
    fn view(&self, job: &JobName, view: &ViewSpec) -> Result<Box<dyn Sink>, ConnectError>;
}

impl<F> Views for F
where
    F: Fn(&JobName, &ViewSpec) -> Result<Box<dyn Sink>, ConnectError> + Send + Sync,
{
    fn view(&self, job: &JobName, view: &ViewSpec) -> Result<Box<dyn Sink>, ConnectError> {
        self(job, view)
    }
}

/// What connectors reach. Set the fields that differ from [`ConnectConfig::new`]'s.
pub struct ConnectConfig {
    /// The project's folder: relative paths begin here, and tables' files lie in it.
    pub folder: PathBuf,
    /// Folders besides that one in which tables' files may lie.
    pub roots: Vec<PathBuf>,
    /// The addresses of the platform's own Kafka listener as configured (`127.0.0.1:9092`); none: tables of the `kafka`
    /// connector are refused.
    pub kafka_addresses: Vec<String>,
    /// The log behind that listener; none: `kafka` tables are only checked, not opened.
    pub log: Option<Log>,
    /// What serves tables; none: served tables are refused.
    pub views: Option<Arc<dyn Views>>,
    /// Where files are.
    pub disk: Arc<dyn Disk>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Where the `print` connector prints.
    pub terminal: Terminal,
}

impl ConnectConfig {
    /// Files of `folder`, and nothing else: no log, no views; the real disk and clock; printing to standard output.
    #[must_use]
    pub fn new(folder: impl Into<PathBuf>) -> ConnectConfig {
        ConnectConfig {
            folder: folder.into(),
            roots: Vec::new(),
            kafka_addresses: Vec::new(),
            log: None,
            views: None,
            disk: Arc::new(RealDisk),
            clock: Arc::new(SystemClock::new()),
            terminal: Arc::new(Mutex::new(std::io::stdout())),
        }
    }
}

/// All connectors.
pub struct Connect {
    kafka: Kafka,
    filesystem: Filesystem,
    views: Option<Arc<dyn Views>>,
    terminal: Terminal,
    clock: Arc<dyn Clock>,
}

enum Connector {
    Kafka,
    Filesystem,
    Datagen,
    Nexmark,
    Socket,
    Print,
    Blackhole,
}

impl Connect {
    /// Connectors that reach what `config` says.
    #[must_use]
    pub fn new(config: ConnectConfig) -> Connect {
        let kafka = Kafka {
            addresses: config.kafka_addresses,
            log: config.log,
            outputs: Arc::new(Outputs::default()),
            groups: Arc::default(),
            clock: config.clock.clone(),
        };
        let places = Places::new(config.folder, config.roots);
        let (disk, planned) = (config.disk, Arc::default());
        let filesystem = Filesystem { places, disk, clock: config.clock.clone(), planned };
        Connect { kafka, filesystem, views: config.views, terminal: config.terminal, clock: config.clock }
    }

    /// The store that keeps checkpoints in the log, with larger pieces of state in files under `dir` (one folder per
    /// job); none without a log. Output of this `Connect`'s sinks can be committed by this store alone.
    #[must_use]
    pub fn checkpoint_store(&self, dir: impl Into<PathBuf>) -> Option<LogCheckpointStore> {
        let (log, outputs, groups) = (self.kafka.log.clone()?, self.kafka.outputs.clone(), self.kafka.groups.clone());
        Some(LogCheckpointStore::new(log, self.filesystem.disk.clone(), dir.into(), outputs, groups))
    }
}

fn connector_of(table: &TableSpec) -> Result<Connector, OptionError> {
    let missing = || {
        let message = "the option `connector` is missing".to_owned();
        fault("connector", message, format!("add `'connector' = '…'` to its WITH options; {}", suggest("", NAMES)))
    };
    match table.options.get("connector").map(String::as_str).ok_or_else(missing)? {
        "kafka" | "upsert-kafka" => Ok(Connector::Kafka),
        "filesystem" => Ok(Connector::Filesystem),
        "datagen" => Ok(Connector::Datagen),
        "nexmark" => Ok(Connector::Nexmark),
        "socket" => Ok(Connector::Socket),
        "print" => Ok(Connector::Print),
        "blackhole" => Ok(Connector::Blackhole),
        other => Err(fault("connector", format!("unknown connector `{other}`"), suggest(other, NAMES))),
    }
}

fn only_written(name: &str) -> OptionError {
    let message = format!("`{name}` tables can't be read, only written to");
    fault("connector", message, "read from `kafka` or `filesystem`")
}

fn only_read(name: &str) -> OptionError {
    let message = format!("`{name}` tables can't be written, only read");
    fault("connector", message, "write to `kafka`, `filesystem`, `print` or `blackhole`")
}

fn connect_error(table: &TableSpec, error: &OptionError) -> ConnectError {
    let reason = format!("option `{}`: {}; {}", error.key, error.message, error.help);
    ConnectError { table: table.name.clone(), reason }
}

impl Connectors for Connect {
    fn source(&self, table: &TableSpec) -> Result<SourceAbilities, OptionError> {
        match connector_of(table)? {
            Connector::Kafka => self.kafka.check_source(table),
            Connector::Filesystem => self.filesystem.check_source(table),
            Connector::Datagen => datagen::check_source(table),
            Connector::Nexmark => nexmark::check_source(table),
            Connector::Socket => socket::check_source(table),
            Connector::Print => Err(only_written("print")),
            Connector::Blackhole => Err(only_written("blackhole")),
        }
    }

    fn sink(&self, table: &TableSpec) -> Result<SinkAbilities, OptionError> {
        match connector_of(table)? {
            Connector::Kafka => self.kafka.check_sink(table),
            Connector::Filesystem => self.filesystem.check_sink(table),
            Connector::Datagen => Err(only_read("datagen")),
            Connector::Nexmark => Err(only_read("nexmark")),
            Connector::Socket => Err(only_read("socket")),
            Connector::Print => print::check_sink(table),
            Connector::Blackhole => blackhole::check_sink(table),
        }
    }

    fn writes(&self, table: &TableSpec) {
        if let Ok(Connector::Filesystem) = connector_of(table) {
            self.filesystem.plan_write(table);
        }
    }
}

impl Connections for Connect {
    fn source(&self, request: SourceRequest<'_>) -> Result<Box<dyn Source>, ConnectError> {
        match connector_of(request.table).map_err(|error| connect_error(request.table, &error))? {
            Connector::Kafka => self.kafka.source(request),
            Connector::Filesystem => self.filesystem.source(request),
            Connector::Datagen => {
                datagen::source(request, self.clock.clone()).map_err(|error| connect_error(request.table, &error))
            }
            Connector::Nexmark => {
                nexmark::source(request, self.clock.clone()).map_err(|error| connect_error(request.table, &error))
            }
            Connector::Socket => socket::source(request),
            Connector::Print => Err(connect_error(request.table, &only_written("print"))),
            Connector::Blackhole => Err(connect_error(request.table, &only_written("blackhole"))),
        }
    }

    fn sink(&self, job: &JobName, branch: &str, table: &TableSpec) -> Result<Box<dyn Sink>, ConnectError> {
        match connector_of(table).map_err(|error| connect_error(table, &error))? {
            Connector::Kafka => self.kafka.sink(job, table),
            Connector::Filesystem => self.filesystem.sink(job, branch, table),
            Connector::Datagen => Err(connect_error(table, &only_read("datagen"))),
            Connector::Nexmark => Err(connect_error(table, &only_read("nexmark"))),
            Connector::Socket => Err(connect_error(table, &only_read("socket"))),
            Connector::Print => print::sink(table, &self.terminal).map_err(|error| connect_error(table, &error)),
            Connector::Blackhole => Ok(Box::new(Blackhole)),
        }
    }

    fn view(&self, job: &JobName, view: &ViewSpec) -> Result<Box<dyn Sink>, ConnectError> {
        let unserved = || ConnectError {
            table: view.name.clone(),
            reason: "this process serves no tables; run the project with `yeoul run <folder>`".to_owned(),
        };
        self.views.as_ref().ok_or_else(unserved)?.view(job, view)
    }

    fn failures(&self, job: &JobName, topic: &str) -> Result<Box<dyn FailureSink>, ConnectError> {
        self.kafka.failures(job, topic)
    }
}
