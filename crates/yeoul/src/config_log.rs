//! The table `[log]` of `yeoul.toml`: the durable log, and what the broker keeps in it.

use std::ops::RangeInclusive;

use serde::Deserialize;
use yeoul_base::limits::TOPIC_PARTITIONS_MAX;

use crate::config_groups::Wrong;

const HOUR_MS: u64 = 3_600_000;
/// What a write-ahead file may have, in bytes; as the log checks it.
const FILE_BYTES: RangeInclusive<i128> = 16 << 10..=2 << 30;

/// The durable log.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Log {
    /// Partitions of a topic that is created by being used.
    pub default_partitions: i32,
    /// Whether producing to an unknown topic creates it.
    pub auto_create_topics: bool,
    /// Bytes of one write-ahead file.
    pub file_bytes: Option<u64>,
    /// Bytes of the disk that are kept for what goes on when it is full; twice `file-bytes` by default.
    pub reserve_bytes: Option<u64>,
    /// How often retention is applied, in milliseconds.
    pub retention_interval_ms: Option<u64>,
    /// How often compaction looks for something to do, in milliseconds.
    pub clean_interval_ms: Option<u64>,
    /// The longest transaction timeout that a producer may ask for, in milliseconds.
    pub transaction_max_timeout_ms: u64,
    /// How long a transactional id without transactions is remembered, in milliseconds.
    pub transactional_id_expiration_ms: u64,
    /// How long a partition remembers a silent producer, in milliseconds.
    pub producer_id_expiration_ms: u64,
}

impl Default for Log {
    fn default() -> Log {
        Log {
            default_partitions: 1,
            auto_create_topics: true,
            file_bytes: None,
            reserve_bytes: None,
            retention_interval_ms: None,
            clean_interval_ms: None,
            transaction_max_timeout_ms: HOUR_MS,
            transactional_id_expiration_ms: 7 * 24 * HOUR_MS,
            producer_id_expiration_ms: 24 * HOUR_MS,
        }
    }
}

impl Log {
    /// What types can't say: intervals and times are above 0, sizes are where the log takes them.
    ///
    /// # Errors
    /// The first that is wrong.
    pub fn check(&self) -> Result<(), Wrong> {
        within("default-partitions", Some(self.default_partitions), &(1..=TOPIC_PARTITIONS_MAX.into()))?;
        within("file-bytes", self.file_bytes, &FILE_BYTES)?;
        let any = 1..=i128::MAX;
        within("retention-interval-ms", self.retention_interval_ms, &any)?;
        within("clean-interval-ms", self.clean_interval_ms, &any)?;
        within("transaction-max-timeout-ms", Some(self.transaction_max_timeout_ms), &any)?;
        within("transactional-id-expiration-ms", Some(self.transactional_id_expiration_ms), &any)?;
        within("producer-id-expiration-ms", Some(self.producer_id_expiration_ms), &any)
    }
}

fn within(key: &'static str, value: Option<impl Into<i128>>, range: &RangeInclusive<i128>) -> Result<(), Wrong> {
    let Some(value) = value.map(Into::into).filter(|value| !range.contains(value)) else { return Ok(()) };
    let bounds = match (range.start(), range.end()) {
        (least, &i128::MAX) => format!("from {least} on"),
        (least, most) => format!("from {least} to {most}"),
    };
    Err((key, format!("`{key}` is {value}; write a number {bounds}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_good_and_what_is_nothing_is_not() {
        assert_eq!(Log::default().check(), Ok(()));
        let check = |text: &str| toml::from_str::<Log>(text).expect("known keys").check().map_err(|(key, _)| key);
        for key in [
            "default-partitions",
            "file-bytes",
            "retention-interval-ms",
            "clean-interval-ms",
            "transaction-max-timeout-ms",
            "transactional-id-expiration-ms",
            "producer-id-expiration-ms",
        ] {
            assert_eq!(check(&format!("{key} = 0")), Err(key));
        }
        assert_eq!(check("default-partitions = -1"), Err("default-partitions"));
        assert_eq!(check("default-partitions = 10001"), Err("default-partitions"));
        assert_eq!(check("file-bytes = 16383"), Err("file-bytes"));
        assert_eq!(check("file-bytes = 16384\nreserve-bytes = 0\nretention-interval-ms = 1"), Ok(()));
    }
}
