//! The options of the `filesystem` connector, with the keys of Flink's.

use std::time::Duration;

use yeoul_engine::catalog::{OptionError, TableSpec};
use yeoul_format::Format;
use yeoul_row::RowType;

use super::commit::CommitOptions;
use crate::options::{Given, fault, format_fault};

pub(crate) const KEYS: &[&str] = &[
    "path",
    "format",
    "partition.default-name",
    "source.report-statistics",
    "source.monitor-interval",
    "source.path.regex-pattern",
    "scan.parallelism",
    "scan.watermark.emit.strategy",
    "scan.watermark.alignment.group",
    "scan.watermark.alignment.max-drift",
    "scan.watermark.alignment.update-interval",
    "scan.watermark.idle-timeout",
    "sink.rolling-policy.file-size",
    "sink.rolling-policy.rollover-interval",
    "sink.rolling-policy.inactivity-interval",
    "sink.rolling-policy.check-interval",
    "sink.shuffle-by-partition.enable",
    "sink.partition-commit.trigger",
    "sink.partition-commit.delay",
    "sink.partition-commit.watermark-time-zone",
    "sink.partition-commit.policy.kind",
    "sink.partition-commit.policy.class",
    "sink.partition-commit.success-file.name",
    "partition.time-extractor.kind",
    "partition.time-extractor.class",
    "partition.time-extractor.timestamp-pattern",
    "partition.time-extractor.timestamp-formatter",
    "auto-compaction",
    "compaction.file-size",
    "compaction.parallelism",
    "sink.parallelism",
];

/// A `filesystem` table's options.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct FileOptions {
    pub(crate) path: String,
    pub(crate) format: Format,
    /// What a NULL partition value is called in a path.
    pub(crate) default_partition: String,
    pub(crate) rolling: Rolling,
    /// How often new files are looked for; none: never.
    pub(crate) monitor: Option<Duration>,
    pub(crate) commit: Option<CommitOptions>,
}

/// When a file is ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Rolling {
    /// When it would be larger than this, in bytes.
    pub(crate) file_bytes: u64,
    /// When its first row is older than this.
    pub(crate) rollover: Duration,
    /// When its last row is older than this.
    pub(crate) inactivity: Duration,
    /// How often that is looked at.
    pub(crate) check: Duration,
}

impl FileOptions {
    /// Reads and checks the options.
    pub(crate) fn parse(table: &TableSpec) -> Result<FileOptions, OptionError> {
        let given = Given::new(table);
        let format = given.format("format", "")?;
        let prefix = format!("{}.", format.name());
        given.refuse_others(KEYS, std::slice::from_ref(&prefix))?;
        format.check(&file_columns(table)).map_err(|error| format_fault("format", &prefix, error))?;
        refuse_unsupported(&given)?;
        Ok(FileOptions {
            path: given.required("path", "data/orders.csv")?.to_owned(),
            format,
            default_partition: given.get("partition.default-name").unwrap_or("__DEFAULT_PARTITION__").to_owned(),
            rolling: rolling(&given)?,
            monitor: monitor(&given)?,
            commit: CommitOptions::parse(&given, table)?,
        })
    }

    /// Checks what only a sink needs.
    pub(crate) fn check_sink(&self, table: &TableSpec) -> Result<(), OptionError> {
        let columns = table.physical.fields.len();
        if columns > 0 && columns == table.partition_keys.len() {
            let message = "every column is a partition column, so that files would hold nothing";
            return Err(fault("connector", message, "leave a column out of `PARTITIONED BY`"));
        }
        Ok(())
    }
}

/// The columns that files hold: those that their folders' names don't.
pub(crate) fn file_columns(table: &TableSpec) -> RowType {
    let fields = table.physical.fields.iter().enumerate();
    let kept = fields.filter(|(place, _)| !table.partition_keys.contains(place));
    RowType::new(kept.map(|(_, field)| field.clone()).collect())
}

fn rolling(given: &Given<'_>) -> Result<Rolling, OptionError> {
    const MINUTE: Duration = Duration::from_secs(60);
    Ok(Rolling {
        file_bytes: given.bytes("sink.rolling-policy.file-size", 128 << 20)?,
        rollover: given.duration("sink.rolling-policy.rollover-interval", 30 * MINUTE)?,
        inactivity: given.duration("sink.rolling-policy.inactivity-interval", 30 * MINUTE)?,
        check: given.duration("sink.rolling-policy.check-interval", MINUTE)?,
    })
}

fn monitor(given: &Given<'_>) -> Result<Option<Duration>, OptionError> {
    const KEY: &str = "source.monitor-interval";
    if given.get(KEY).is_none() {
        return Ok(None);
    }
    let interval = given.duration(KEY, Duration::ZERO)?;
    if interval.is_zero() {
        return Err(fault(KEY, "the interval is 0", "write one such as '10 s'"));
    }
    Ok(Some(interval))
}

fn refuse_unsupported(given: &Given<'_>) -> Result<(), OptionError> {
    for key in ["source.path.regex-pattern", "sink.partition-commit.policy.class", "partition.time-extractor.class"] {
        if given.get(key).is_some() {
            let help = match key {
                "source.path.regex-pattern" => "remove it, and put the files into one folder",
                _ => "remove it: Java classes can't be loaded",
            };
            return Err(fault(key, format!("`{key}` is not supported yet"), help));
        }
    }
    if given.flag("auto-compaction", false)? {
        let help = "remove it, and raise `sink.rolling-policy.rollover-interval` for larger files";
        return Err(fault("auto-compaction", "compacting files is not supported yet", help));
    }
    given.flag("sink.shuffle-by-partition.enable", false)?;
    given.parallelism("sink.parallelism")?;
    given.integer("scan.parallelism")?;
    Ok(())
}
