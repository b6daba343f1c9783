//! The options of the `kafka` connector, with the keys of Flink's.

use std::collections::BTreeMap;

use yeoul_engine::catalog::{OptionError, TableSpec};
use yeoul_format::{Format, suggest};
use yeoul_log::Isolation;
use yeoul_log::batch::Compression;
use yeoul_row::RowType;

use super::upsert;
use crate::options::{Given, fault, format_fault};

/// The keys that the connector has, without the formats' and the client's own.
pub(crate) const KEYS: &[&str] = &[
    "topic",
    "topic-pattern",
    "properties.bootstrap.servers",
    "properties.group.id",
    "properties.auto.offset.reset",
    "properties.compression.type",
    "properties.isolation.level",
    "format",
    "value.format",
    "key.format",
    "key.fields",
    "key.fields-prefix",
    "value.fields-include",
    "scan.startup.mode",
    "scan.startup.specific-offsets",
    "scan.startup.timestamp-millis",
    "scan.bounded.mode",
    "scan.bounded.specific-offsets",
    "scan.bounded.timestamp-millis",
    "scan.topic-partition-discovery.interval",
    "scan.parallelism",
    "scan.watermark.emit.strategy",
    "scan.watermark.alignment.group",
    "scan.watermark.alignment.max-drift",
    "scan.watermark.alignment.update-interval",
    "scan.watermark.idle-timeout",
    "sink.partitioner",
    "sink.parallelism",
    "sink.delivery-guarantee",
    "sink.transactional-id-prefix",
    "sink.transaction-naming-strategy",
];

/// Where a group begins that has not committed anything (`properties.auto.offset.reset`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Reset {
    Earliest,
    Latest,
    /// The job fails.
    None,
}

const GROUP: &str = "properties.group.id";

/// Where reading begins.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Startup {
    /// Where a group stands, and where it begins if it does not.
    Group(Reset),
    Earliest,
    Latest,
    /// The first record whose timestamp, in milliseconds, is not before this.
    Timestamp(i64),
    /// By partition; the others are read from their beginning.
    Offsets(BTreeMap<i32, i64>),
}

/// Where reading ends.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Bounded {
    Never,
    Latest,
    Timestamp(i64),
    Offsets(BTreeMap<i32, i64>),
    /// Where the group stands when reading begins.
    Group,
}

/// Which partition a row goes to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Partitioner {
    /// By the key's hash; rows without a key fill one partition after the other.
    Default,
    /// The first one.
    Fixed,
    /// The next one.
    RoundRobin,
}

/// The physical columns' places: which of them the key has, which the value.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Layout {
    pub(crate) value: Format,
    /// Places, in the table's physical columns, of the value's.
    pub(crate) value_columns: Vec<usize>,
    pub(crate) key: Option<KeyLayout>,
}

/// How a key is made of columns.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct KeyLayout {
    pub(crate) format: Format,
    /// Places, in the table's physical columns, of the key's.
    pub(crate) columns: Vec<usize>,
    /// The key's fields as they are named in the key.
    pub(crate) row: RowType,
}

/// A `kafka` table's options.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct KafkaOptions {
    /// Whether records are upserts by their key (`upsert-kafka`).
    pub(crate) upsert: bool,
    pub(crate) topics: Vec<String>,
    pub(crate) layout: Layout,
    pub(crate) partitioner: Partitioner,
    pub(crate) compression: Compression,
}

/// What a scan needs besides.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct ScanOptions {
    /// The group for which offsets are committed with checkpoints.
    pub(crate) group: Option<String>,
    pub(crate) startup: Startup,
    pub(crate) bounded: Bounded,
    /// What is read of producers' transactions. What jobs write is committed for every reader.
    pub(crate) isolation: Isolation,
}

impl KafkaOptions {
    /// Reads and checks the options; `own` are the addresses at which the platform itself listens.
    pub(crate) fn parse(table: &TableSpec, own: &[String]) -> Result<KafkaOptions, OptionError> {
        let given = Given::new(table);
        if given.get("connector") == Some(upsert::NAME) {
            return upsert::parse(&given, table, own);
        }
        let formats = Formats::parse(&given)?;
        given.refuse_others(KEYS, &formats.prefixes())?;
        if !table.primary_key.is_empty() {
            let message = "a `kafka` table has no primary key: nothing keeps two rows of one key apart";
            return Err(fault("connector", message, "write 'upsert-kafka', or remove `PRIMARY KEY`"));
        }
        check_address(&given, own)?;
        check_client(&given)?;
        given.flag("properties.allow.auto.create.topics", true)?;
        given.integer("scan.parallelism")?;
        given.parallelism("sink.parallelism")?;
        Ok(KafkaOptions {
            upsert: false,
            topics: topics(&given)?,
            layout: formats.layout(&given, table)?,
            partitioner: partitioner(&given)?,
            compression: compression(&given)?,
        })
    }
}

impl ScanOptions {
    /// Reads and checks what only a scan needs.
    pub(crate) fn parse(table: &TableSpec) -> Result<ScanOptions, OptionError> {
        let given = Given::new(table);
        let group = given.get(GROUP).map(str::to_owned);
        // What a key holds follows from all of its records.
        let is_upsert = given.get("connector") == Some(upsert::NAME);
        let startup = if is_upsert { Startup::Earliest } else { startup(&given)? };
        Ok(ScanOptions { startup, bounded: bounded(&given)?, isolation: isolation(&given)?, group })
    }
}

pub(super) struct Formats {
    value: Format,
    /// `format` or `value.format`: which of them names the value's format.
    value_key: &'static str,
    value_prefix: String,
    key: Option<Format>,
}

impl Formats {
    fn parse(given: &Given<'_>) -> Result<Formats, OptionError> {
        let (value_key, prefix) = match (given.get("format"), given.get("value.format")) {
            (Some(_), Some(_)) => {
                let message = "`format` and `value.format` are given, and both name the value's format";
                return Err(fault("value.format", message, "remove one of them"));
            }
            (None, Some(_)) => ("value.format", "value."),
            _ => ("format", ""),
        };
        let value = given.format(value_key, prefix)?;
        let key = given.get("key.format").map(|_| given.format("key.format", "key.")).transpose()?;
        Formats::new(value_key, prefix, value, key)
    }

    /// Formats of keys and values, whose options begin with `prefix`; `value_key` names the value's.
    pub(super) fn new(
        value_key: &'static str,
        prefix: &str,
        value: Format,
        key: Option<Format>,
    ) -> Result<Formats, OptionError> {
        if matches!(value, Format::Parquet(_)) || matches!(key, Some(Format::Parquet(_))) {
            let message = "format `parquet` is for files, not for records";
            return Err(fault(value_key, message, "use `json`, `csv` or `raw`"));
        }
        let value_prefix = format!("{prefix}{}.", value.name());
        Ok(Formats { value, value_key, value_prefix, key })
    }

    pub(super) fn prefixes(&self) -> Vec<String> {
        let key = self.key.as_ref().map(|key| format!("key.{}.", key.name()));
        key.into_iter().chain([self.value_prefix.clone(), "properties.".to_owned()]).collect()
    }

    fn layout(mut self, given: &Given<'_>, table: &TableSpec) -> Result<Layout, OptionError> {
        let key = match self.key.take() {
            Some(format) => {
                let names: Vec<&str> = given.required("key.fields", "id")?.split(';').map(str::trim).collect();
                Some(key_layout(format, &names, given, table)?)
            }
            None => None,
        };
        if key.is_none() {
            for option in ["key.fields", "key.fields-prefix"] {
                if given.get(option).is_some_and(|value| !value.is_empty()) {
                    return Err(fault(option, format!("`{option}` needs a key format"), "add `'key.format' = 'raw'`"));
                }
            }
        }
        self.layout_with(key, given, table)
    }

    /// What key and value hold where the key is that of the table.
    pub(super) fn by_primary_key(mut self, given: &Given<'_>, table: &TableSpec) -> Result<Layout, OptionError> {
        let fields = table.primary_key.iter().filter_map(|place| table.physical.fields.get(*place));
        let names: Vec<&str> = fields.map(|field| field.name.as_str()).collect();
        let key = self.key.take().map(|format| key_layout(format, &names, given, table)).transpose()?;
        self.layout_with(key, given, table)
    }

    /// What key and value hold, with this key.
    fn layout_with(self, key: Option<KeyLayout>, given: &Given<'_>, table: &TableSpec) -> Result<Layout, OptionError> {
        let except_key = given.one_of("value.fields-include", &["ALL", "EXCEPT_KEY"])? == "EXCEPT_KEY";
        let in_key = |place: &usize| key.as_ref().is_some_and(|key| key.columns.contains(place));
        if except_key && key.is_none() {
            let message = "`EXCEPT_KEY` needs a key format";
            return Err(fault("value.fields-include", message, "add `key.format` and `key.fields`"));
        }
        let value_columns: Vec<usize> =
            (0..table.physical.fields.len()).filter(|place| !except_key || !in_key(place)).collect();
        let fields = value_columns.iter().filter_map(|place| table.physical.fields.get(*place).cloned());
        let row = RowType::new(fields.collect());
        self.value.check(&row).map_err(|error| format_fault(self.value_key, &self.value_prefix, error))?;
        Ok(Layout { value: self.value, value_columns, key })
    }
}

/// The key of the columns of these names.
fn key_layout(
    format: Format,
    key_names: &[&str],
    given: &Given<'_>,
    table: &TableSpec,
) -> Result<KeyLayout, OptionError> {
    let prefix = given.get("key.fields-prefix").unwrap_or_default();
    let names: Vec<&str> = table.physical.fields.iter().map(|field| field.name.as_str()).collect();
    let mut columns = Vec::new();
    let mut fields = Vec::new();
    for name in key_names.iter().copied() {
        let place = table.physical.index_of(name);
        let unknown = || fault("key.fields", format!("the table has no column `{name}`"), suggest(name, &names));
        let place = place.ok_or_else(unknown)?;
        let mut field = table.physical.fields.get(place).cloned().ok_or_else(unknown)?;
        let Some(bare) = name.strip_prefix(prefix) else {
            let message = format!("column `{name}` doesn't begin with `{prefix}`");
            return Err(fault("key.fields-prefix", message, "name key columns with the prefix, or remove it"));
        };
        if bare.is_empty() {
            let message = format!("column `{name}` has no name behind `{prefix}`");
            return Err(fault("key.fields-prefix", message, "name the column with more than the prefix"));
        }
        field.name = bare.to_owned();
        columns.push(place);
        fields.push(field);
    }
    if !prefix.is_empty() && given.one_of("value.fields-include", &["ALL", "EXCEPT_KEY"])? == "ALL" {
        let message = "a key prefix needs `'value.fields-include' = 'EXCEPT_KEY'`";
        return Err(fault("key.fields-prefix", message, "add it, or remove the prefix"));
    }
    let row = RowType::new(fields);
    let options = format!("key.{}.", format.name());
    format.check(&row).map_err(|error| format_fault("key.format", &options, error))?;
    Ok(KeyLayout { format, columns, row })
}

pub(super) fn topics(given: &Given<'_>) -> Result<Vec<String>, OptionError> {
    if given.get("topic-pattern").is_some() {
        return Err(fault(
            "topic-pattern",
            "topic patterns are not supported yet",
            "name the topics in `topic`, with `;` between them",
        ));
    }
    let mut topics: Vec<String> = Vec::new();
    for topic in given.required("topic", "landing.shop.orders")?.split(';').map(str::trim) {
        yeoul_log::check_topic_name(topic)
            .map_err(|error| fault("topic", error.to_string(), "use letters, digits, `.`, `_` and `-`"))?;
        // One that is named twice is read once.
        if !topics.iter().any(|other| other == topic) {
            topics.push(topic.to_owned());
        }
    }
    Ok(topics)
}

/// An address in one spelling.
fn normal(address: &str) -> String {
    address.trim().to_ascii_lowercase().replace("localhost:", "127.0.0.1:").replace("[::1]:", "127.0.0.1:")
}

pub(super) fn check_address(given: &Given<'_>, own: &[String]) -> Result<(), OptionError> {
    const KEY: &str = "properties.bootstrap.servers";
    let example = own.first().map_or("127.0.0.1:9092", String::as_str);
    let servers = given.required(KEY, example)?;
    let Some(first) = own.first() else {
        let message = "this run opens no log, so that there is no `kafka` table to read or write";
        return Err(fault(KEY, message, "put the file into a folder and run that: `yeoul run <folder>`"));
    };
    let is_own = |address: &str| own.iter().any(|own| normal(own) == normal(address));
    if servers.split(',').any(is_own) {
        return Ok(());
    }
    let message =
        format!("`{servers}` is not the platform's own listener, and other Kafka clusters can't be reached yet");
    Err(fault(KEY, message, format!("write '{first}', or change `listen.kafka` in yeoul.toml")))
}

/// Options of the Kafka client: there is none in between, so that what tunes it has no meaning here; what changes the
/// meaning of the table is refused.
pub(super) fn check_client(given: &Given<'_>) -> Result<(), OptionError> {
    for (key, value) in given.iter() {
        let Some(name) = key.strip_prefix("properties.") else { continue };
        let secured = name.starts_with("sasl.") || name.starts_with("ssl.");
        if secured || name == "security.protocol" && !value.eq_ignore_ascii_case("PLAINTEXT") {
            let message = "the platform's own listener is read in-process, without a login";
            return Err(fault(key, message, "remove the option"));
        }
        if name.contains("serializer") || name.contains("interceptor") {
            return Err(fault(key, "Java classes can't be loaded", "remove the option"));
        }
    }
    Ok(())
}

fn partitioner(given: &Given<'_>) -> Result<Partitioner, OptionError> {
    given.one_of("sink.delivery-guarantee", &["at-least-once", "exactly-once", "none"])?;
    const KEY: &str = "sink.partitioner";
    match given.exactly_one_of(KEY, &["default", "fixed", "round-robin"])? {
        "fixed" => Ok(Partitioner::Fixed),
        "round-robin" if given.get("key.fields").is_some() => {
            let message = "`round-robin` is for records without a key, and `key.fields` is set";
            Err(fault(KEY, message, "write 'default' or 'fixed', or remove `key.fields`"))
        }
        "round-robin" => Ok(Partitioner::RoundRobin),
        _ => Ok(Partitioner::Default),
    }
}

pub(super) fn compression(given: &Given<'_>) -> Result<Compression, OptionError> {
    const KEY: &str = "properties.compression.type";
    let name = given.one_of(KEY, &["none", "gzip", "snappy", "lz4", "zstd"])?;
    Compression::from_name(name).ok_or_else(|| fault(KEY, format!("unknown codec `{name}`"), "write 'zstd'"))
}

/// As the Kafka consumer in Flink: without the option also what is open or aborted is read.
fn isolation(given: &Given<'_>) -> Result<Isolation, OptionError> {
    match given.one_of("properties.isolation.level", &["read_uncommitted", "read_committed"])? {
        "read_committed" => Ok(Isolation::Committed),
        _ => Ok(Isolation::Uncommitted),
    }
}

fn startup(given: &Given<'_>) -> Result<Startup, OptionError> {
    const KEY: &str = "scan.startup.mode";
    let modes = ["group-offsets", "earliest-offset", "latest-offset", "timestamp", "specific-offsets"];
    match given.one_of(KEY, &modes)? {
        "earliest-offset" => Ok(Startup::Earliest),
        "latest-offset" => Ok(Startup::Latest),
        "timestamp" => Ok(Startup::Timestamp(millis(given, "scan.startup.timestamp-millis")?)),
        "specific-offsets" => Ok(Startup::Offsets(offsets(given, "scan.startup.specific-offsets")?)),
        _ if given.get(GROUP).is_some() => Ok(Startup::Group(reset(given)?)),
        _ => {
            let message = if given.get(KEY).is_some() {
                "starting from a group's committed offsets needs the group"
            } else {
                "without it reading starts from a group's committed offsets, and no group is named"
            };
            let help = "set 'properties.group.id', or write 'earliest-offset', 'latest-offset', 'timestamp' or 'specific-offsets'";
            Err(fault(KEY, message, help))
        }
    }
}

fn reset(given: &Given<'_>) -> Result<Reset, OptionError> {
    Ok(match given.one_of("properties.auto.offset.reset", &["none", "earliest", "latest"])? {
        "earliest" => Reset::Earliest,
        "latest" => Reset::Latest,
        _ => Reset::None,
    })
}

fn bounded(given: &Given<'_>) -> Result<Bounded, OptionError> {
    const KEY: &str = "scan.bounded.mode";
    match given.one_of(KEY, &["unbounded", "latest-offset", "timestamp", "specific-offsets", "group-offsets"])? {
        "latest-offset" => Ok(Bounded::Latest),
        "timestamp" => Ok(Bounded::Timestamp(millis(given, "scan.bounded.timestamp-millis")?)),
        "specific-offsets" => Ok(Bounded::Offsets(offsets(given, "scan.bounded.specific-offsets")?)),
        "group-offsets" if given.get(GROUP).is_some() => Ok(Bounded::Group),
        "group-offsets" => {
            let message = "ending at a group's committed offsets needs the group";
            Err(fault(KEY, message, "set 'properties.group.id'"))
        }
        _ => Ok(Bounded::Never),
    }
}

fn millis(given: &Given<'_>, key: &str) -> Result<i64, OptionError> {
    given.required(key, "1360281600000")?;
    Ok(given.integer(key)?.unwrap_or_default())
}

/// `partition:0,offset:42;partition:1,offset:300`
fn offsets(given: &Given<'_>, key: &str) -> Result<BTreeMap<i32, i64>, OptionError> {
    let example = "partition:0,offset:42;partition:1,offset:300";
    let text = given.required(key, example)?;
    if given.get("topic").is_some_and(|topics| topics.contains(';')) {
        let message = "offsets by partition are those of one topic, and the table has several";
        return Err(fault("topic", message, "name one topic, and read the tables of several by UNION ALL"));
    }
    let pairs = text.split(';').map(str::trim).filter(|pair| !pair.is_empty());
    let parsed: Option<BTreeMap<i32, i64>> = pairs.map(offset_pair).collect();
    parsed.ok_or_else(|| fault(key, format!("`{text}` is not a list of offsets"), format!("write '{example}'")))
}

fn offset_pair(pair: &str) -> Option<(i32, i64)> {
    let (partition, offset) = pair.split_once(',')?;
    let partition = partition.trim().strip_prefix("partition:")?.trim().parse().ok()?;
    let offset = offset.trim().strip_prefix("offset:")?.trim().parse().ok()?;
    (partition >= 0 && offset >= 0).then_some((partition, offset))
}
