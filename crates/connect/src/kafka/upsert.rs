//! The options of the `upsert-kafka` connector, with the keys of Flink's: records are upserts by the table's primary key, which
//! is the record's key; a record without a value (a tombstone) deletes.
//!
//! Reading begins at the topic's beginning, always: what a key holds follows from all of its records.

use std::time::Duration;

use yeoul_engine::catalog::{OptionError, TableSpec};

use super::options::{Formats, KafkaOptions, Partitioner, check_address, check_client, compression, topics};
use crate::options::{Given, fault};

/// The connector's name.
pub(super) const NAME: &str = "upsert-kafka";

/// The keys that the connector has, without the formats' and the client's own.
pub(crate) const KEYS: &[&str] = &[
    "topic",
    "properties.bootstrap.servers",
    "properties.group.id",
    "properties.compression.type",
    "properties.isolation.level",
    "key.format",
    "key.fields-prefix",
    "value.format",
    "value.fields-include",
    "scan.bounded.mode",
    "scan.bounded.specific-offsets",
    "scan.bounded.timestamp-millis",
    "scan.parallelism",
    "scan.watermark.emit.strategy",
    "scan.watermark.alignment.group",
    "scan.watermark.alignment.max-drift",
    "scan.watermark.alignment.update-interval",
    "scan.watermark.idle-timeout",
    "sink.parallelism",
    "sink.delivery-guarantee",
    "sink.transactional-id-prefix",
    "sink.transaction-naming-strategy",
    "sink.buffer-flush.max-rows",
    "sink.buffer-flush.interval",
];

/// Reads and checks the options of a table.
pub(super) fn parse(given: &Given<'_>, table: &TableSpec, own: &[String]) -> Result<KafkaOptions, OptionError> {
    let (value, key) = (given.format("value.format", "value.")?, given.format("key.format", "key.")?);
    let formats = Formats::new("value.format", "value.", value, Some(key))?;
    given.refuse_others(KEYS, &formats.prefixes())?;
    check_key(table)?;
    check_address(given, own)?;
    check_client(given)?;
    check_sink(given)?;
    let topics = topics(given)?;
    if let [_, second, ..] = topics.as_slice() {
        let message = format!("a table of upserts has one topic (`{second}` is the second)");
        return Err(fault("topic", message, "name one topic"));
    }
    let (layout, compression) = (formats.by_primary_key(given, table)?, compression(given)?);
    Ok(KafkaOptions { upsert: true, topics, layout, partitioner: Partitioner::Default, compression })
}

fn check_key(table: &TableSpec) -> Result<(), OptionError> {
    if !table.primary_key.is_empty() {
        return Ok(());
    }
    let message = "an `upsert-kafka` table needs a primary key: it is the key of the records";
    Err(fault("connector", message, "declare `PRIMARY KEY (…) NOT ENFORCED`"))
}

/// Options that tune the sink: rows of one checkpoint show up together, so that there is nothing to buffer.
fn check_sink(given: &Given<'_>) -> Result<(), OptionError> {
    given.one_of("sink.delivery-guarantee", &["at-least-once", "exactly-once", "none"])?;
    given.parallelism("sink.parallelism")?;
    given.integer("scan.parallelism")?;
    given.integer("sink.buffer-flush.max-rows")?;
    given.duration("sink.buffer-flush.interval", Duration::ZERO)?;
    Ok(())
}
