//! The `kafka` and `upsert-kafka` connectors, for topics of the platform's own log, which it reads and writes in this process (decision 10).

mod failures;
mod groups;
mod metadata;
mod murmur;
pub(crate) mod options;
mod records;
mod sink;
mod source;
mod staging;
pub(crate) mod upsert;

use std::sync::Arc;

use yeoul_base::limits::BATCH_BYTES_MAX;
use yeoul_base::{Clock, JobName};
use yeoul_engine::catalog::{OptionError, SinkAbilities, SourceAbilities, TableSpec};
use yeoul_engine::connections::{ConnectError, SourceRequest};
use yeoul_engine::plan::ChangelogMode;
use yeoul_engine::sink::{FailureSink, Sink};
use yeoul_engine::source::Source;
use yeoul_log::batch::Compression;
use yeoul_log::{Log, Topic, TopicConfig};

use crate::options::fault;
use crate::outputs::Outputs;
use failures::TopicFailures;
pub(crate) use groups::Groups;
use options::{Bounded, KafkaOptions, ScanOptions};
use records::RecordColumns;
use sink::KafkaSink;
use source::KafkaSource;
pub(crate) use source::Malformed;
use staging::Staging;

/// What the connector needs of the platform.
#[derive(Clone)]
pub(crate) struct Kafka {
    /// The addresses at which the platform's own listener is configured.
    pub(crate) addresses: Vec<String>,
    /// The log behind it; absent where tables are only checked.
    pub(crate) log: Option<Log>,
    pub(crate) outputs: Arc<Outputs>,
    pub(crate) groups: Arc<Groups>,
    pub(crate) clock: Arc<dyn Clock>,
}

impl Kafka {
    /// Checks a table that is about to be read.
    pub(crate) fn check_source(&self, table: &TableSpec) -> Result<SourceAbilities, OptionError> {
        let options = KafkaOptions::parse(table, &self.addresses)?;
        let scan = ScanOptions::parse(table)?;
        refuse_partitions(table)?;
        let metadata = metadata::readable();
        metadata::check_names(table.metadata.iter(), &metadata)?;
        let (bounded, upsert) = (scan.bounded != Bounded::Never, options.upsert);
        let mode = ChangelogMode { updates: upsert, deletes: upsert };
        Ok(SourceAbilities { bounded, mode, upsert, metadata })
    }

    /// Checks a table that is about to be written.
    pub(crate) fn check_sink(&self, table: &TableSpec) -> Result<SinkAbilities, OptionError> {
        let options = KafkaOptions::parse(table, &self.addresses)?;
        refuse_partitions(table)?;
        if let [_, second, ..] = options.topics.as_slice() {
            let message = format!("a table of several topics can't be written to (`{second}` is the second)");
            return Err(fault("topic", message, "name one topic"));
        }
        let metadata = metadata::writable();
        metadata::check(table.metadata.iter().filter(|column| !column.is_virtual), &metadata)?;
        let upsert = options.upsert;
        check_delivery(table)?;
        Ok(SinkAbilities { mode: ChangelogMode { updates: upsert, deletes: upsert }, upsert, metadata })
    }

    fn log(&self, table: &str) -> Result<&Log, ConnectError> {
        let reason = "no log is open in this process; run the project with `yeoul run <folder>`";
        self.log.as_ref().ok_or_else(|| ConnectError { table: table.to_owned(), reason: reason.to_owned() })
    }

    /// Opens a table to be read.
    pub(crate) fn source(&self, request: SourceRequest<'_>) -> Result<Box<dyn Source>, ConnectError> {
        let table = request.table;
        let failed = |reason: String| ConnectError { table: table.name.clone(), reason };
        let options = KafkaOptions::parse(table, &self.addresses).map_err(|error| failed(text(&error)))?;
        let scan = ScanOptions::parse(table).map_err(|error| failed(text(&error)))?;
        let log = self.log(&table.name)?;
        let topics = options.topics.iter().map(|topic| self.topic(&table.name, topic, options.upsert));
        let topics = topics.collect::<Result<Vec<Arc<Topic>>, _>>()?;
        let columns = RecordColumns::new(table, &options, request.projection, request.fields, request.keep_raw);
        let columns = columns.map_err(|error| failed(error.to_string()))?;
        let malformed = match (request.keep_malformed, options.layout.value.ignores_errors()) {
            (true, _) => Malformed::Kept,
            (false, true) => Malformed::Ignored,
            (false, false) => Malformed::Refused,
        };
        let source = KafkaSource::new(log.clone(), &table.name, &topics, &scan, columns, malformed);
        let source = source.map_err(|error| failed(error.to_string()))?;
        if let Some(group) = &scan.group {
            source.commit_for(&self.groups, request.job, group);
        }
        Ok(Box::new(source))
    }

    /// Opens a table to be written.
    pub(crate) fn sink(&self, job: &JobName, table: &TableSpec) -> Result<Box<dyn Sink>, ConnectError> {
        let failed = |reason: String| ConnectError { table: table.name.clone(), reason };
        let options = KafkaOptions::parse(table, &self.addresses).map_err(|error| failed(text(&error)))?;
        let topic = options.topics.first().map(String::as_str).unwrap_or_default();
        let topic = self.topic(&table.name, topic, options.upsert)?;
        let log = self.log(&table.name)?.clone();
        let staging = Staging::new(log, self.outputs.clone(), job, topic, options.compression);
        let sink = KafkaSink::new(table, &options, staging, self.clock.clone());
        Ok(Box::new(sink.map_err(|error| failed(error.to_string()))?))
    }

    /// Opens a topic for rows that a job could not accept.
    pub(crate) fn failures(&self, job: &JobName, topic: &str) -> Result<Box<dyn FailureSink>, ConnectError> {
        let failed = |reason: String| ConnectError { table: topic.to_owned(), reason };
        let log = self.log(topic)?;
        // A row that was refused is never too large to be put aside.
        let mut config = TopicConfig::default();
        let set = config.set("max.message.bytes", &BATCH_BYTES_MAX.to_string());
        set.map_err(|error| failed(error.to_string()))?;
        let topic = staging::topic_or_new(log, topic, config).map_err(|error| failed(error.to_string()))?;
        let staging = Staging::new(log.clone(), self.outputs.clone(), job, topic, Compression::None);
        Ok(Box::new(TopicFailures::new(job, staging, self.clock.clone())))
    }

    /// The topic of a table, created if there is none: one of upserts keeps each key's last record, the others all of them.
    fn topic(&self, table: &str, name: &str, upsert: bool) -> Result<Arc<Topic>, ConnectError> {
        let failed = |reason: String| ConnectError { table: table.to_owned(), reason };
        let mut config = TopicConfig::default();
        if upsert {
            config.set("cleanup.policy", "compact").map_err(|error| failed(error.to_string()))?;
        }
        staging::topic_or_new(self.log(table)?, name, config).map_err(|error| failed(error.to_string()))
    }
}

/// As in Flink: a transaction needs a name. Here there is none, and delivery is exactly once in any case.
fn check_delivery(table: &TableSpec) -> Result<(), OptionError> {
    let asked =
        table.options.get("sink.delivery-guarantee").is_some_and(|value| value.eq_ignore_ascii_case("exactly-once"));
    if asked && !table.options.contains_key("sink.transactional-id-prefix") {
        let message = "`exactly-once` needs a `sink.transactional-id-prefix`";
        return Err(fault("sink.delivery-guarantee", message, "add `'sink.transactional-id-prefix' = '…'`"));
    }
    Ok(())
}

fn refuse_partitions(table: &TableSpec) -> Result<(), OptionError> {
    if table.partition_keys.is_empty() {
        return Ok(());
    }
    Err(fault("connector", "a `kafka` table can't be `PARTITIONED BY`", "set a key with `key.format` and `key.fields`"))
}

fn text(error: &OptionError) -> String {
    format!("option `{}`: {}; {}", error.key, error.message, error.help)
}
