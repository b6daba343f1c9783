//! The settings that a topic can have: Kafka's, with Kafka's defaults, one row for each.

use crate::error::ConfigError;

/// What kind of value a setting has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ConfigKind {
    /// `true` or `false`.
    Boolean,
    /// One of some words.
    Text,
    /// A whole number of 32 bits.
    Int,
    /// A whole number of 64 bits.
    Long,
    /// A number.
    Double,
    /// Words with commas between them.
    List,
}

/// What values a setting takes.
#[derive(Clone, Copy, Debug)]
enum Takes {
    Boolean,
    Int(i64, i64),
    Long(i64),
    Share,
    Word(&'static [&'static str]),
    Policies,
    Replicas,
}

/// A setting.
#[derive(Debug)]
pub(crate) struct Setting {
    pub(crate) key: &'static str,
    pub(crate) default: &'static str,
    takes: Takes,
    expected: &'static str,
}

const fn row(key: &'static str, default: &'static str, takes: Takes, expected: &'static str) -> Setting {
    Setting { key, default, takes, expected }
}

const NEVER: &str = "9223372036854775807";
const FROM_0: &str = "a whole number from 0 on is expected";
const FROM_1: &str = "a whole number from 1 on is expected";
const FROM_MINUS_1: &str = "a whole number from -1 on is expected, where -1 is no limit";
const FROM_MINUS_2: &str = "a whole number from -2 on is expected";
const BOOLEAN: &str = "`true` or `false` is expected";
const ALL_INTS: i64 = i32::MAX as i64;
const REPLICAS: &str = "`*`, or a list of `PARTITION:BROKER` of at most 1024 bytes, is expected";
/// The longest list.
const LIST_BYTES_MAX: usize = 1024;

/// Every setting, by name. Those of Kafka that steer what Yeoul does otherwise (index files, replication, tiering,
/// recompression) are kept and shown, so that tools that always send them work, and change nothing; see `docs/topics.md`.
pub(crate) const SETTINGS: &[Setting] = &[
    row("cleanup.policy", "delete", Takes::Policies, "`delete`, `compact`, `compact,delete` or nothing is expected"),
    row("compression.gzip.level", "-1", Takes::Int(-1, 9), "a whole number from -1 to 9 is expected"),
    row("compression.lz4.level", "9", Takes::Int(1, 17), "a whole number from 1 to 17 is expected"),
    row(
        "compression.type",
        "producer",
        Takes::Word(&["producer", "uncompressed", "gzip", "snappy", "lz4", "zstd"]),
        "`producer`, `uncompressed`, `gzip`, `snappy`, `lz4` or `zstd` is expected",
    ),
    row("compression.zstd.level", "3", Takes::Int(-131_072, 22), "a whole number from -131072 to 22 is expected"),
    row("delete.retention.ms", "86400000", Takes::Long(0), FROM_0),
    row("file.delete.delay.ms", "60000", Takes::Long(0), FROM_0),
    // Every group of records is flushed before it is acknowledged, unless the topic says otherwise.
    row("flush.messages", "1", Takes::Long(1), FROM_1),
    row("flush.ms", NEVER, Takes::Long(0), FROM_0),
    row("follower.replication.throttled.replicas", "", Takes::Replicas, REPLICAS),
    row("index.interval.bytes", "4096", Takes::Int(0, ALL_INTS), FROM_0),
    row("leader.replication.throttled.replicas", "", Takes::Replicas, REPLICAS),
    row("local.retention.bytes", "-2", Takes::Long(-2), FROM_MINUS_2),
    row("local.retention.ms", "-2", Takes::Long(-2), FROM_MINUS_2),
    row("max.compaction.lag.ms", NEVER, Takes::Long(1), FROM_1),
    row("max.message.bytes", "1048588", Takes::Int(0, 67_108_864), "a whole number from 0 to 67108864 is expected"),
    row("message.timestamp.after.max.ms", NEVER, Takes::Long(0), FROM_0),
    row("message.timestamp.before.max.ms", NEVER, Takes::Long(0), FROM_0),
    row(
        "message.timestamp.type",
        "CreateTime",
        Takes::Word(&["CreateTime", "LogAppendTime"]),
        "`CreateTime` or `LogAppendTime` is expected",
    ),
    row("min.cleanable.dirty.ratio", "0.5", Takes::Share, "a number from 0 to 1 is expected"),
    row("min.compaction.lag.ms", "0", Takes::Long(0), FROM_0),
    row("min.insync.replicas", "1", Takes::Int(1, ALL_INTS), FROM_1),
    row("preallocate", "false", Takes::Boolean, BOOLEAN),
    row("remote.log.copy.disable", "false", Takes::Boolean, BOOLEAN),
    row("remote.log.delete.on.disable", "false", Takes::Boolean, BOOLEAN),
    row("remote.storage.enable", "false", Takes::Boolean, BOOLEAN),
    row("retention.bytes", "-1", Takes::Long(-1), FROM_MINUS_1),
    row("retention.ms", "604800000", Takes::Long(-1), FROM_MINUS_1),
    row("segment.bytes", "1073741824", Takes::Int(14, ALL_INTS), "a whole number from 14 on is expected"),
    row("segment.index.bytes", "10485760", Takes::Int(4, ALL_INTS), "a whole number from 4 on is expected"),
    row("segment.jitter.ms", "0", Takes::Long(0), FROM_0),
    row("segment.ms", "604800000", Takes::Long(1), FROM_1),
    row("unclean.leader.election.enable", "false", Takes::Boolean, BOOLEAN),
];

/// The setting of a name.
pub(crate) fn find(key: &str) -> Result<&'static Setting, ConfigError> {
    let unknown = || ConfigError::UnknownKey { key: key.to_owned(), nearest: nearest(key) };
    SETTINGS.iter().find(|setting| setting.key == key).ok_or_else(unknown)
}

impl Setting {
    pub(crate) fn kind(&self) -> ConfigKind {
        match self.takes {
            Takes::Boolean => ConfigKind::Boolean,
            Takes::Int(..) => ConfigKind::Int,
            Takes::Long(_) => ConfigKind::Long,
            Takes::Share => ConfigKind::Double,
            Takes::Word(_) => ConfigKind::Text,
            Takes::Policies | Takes::Replicas => ConfigKind::List,
        }
    }

    /// The value as it is kept, if the setting takes it.
    pub(crate) fn check(&self, value: &str) -> Result<String, ConfigError> {
        let value = value.trim();
        let number = || value.parse::<i64>().ok();
        let good = match self.takes {
            Takes::Boolean => value.eq_ignore_ascii_case("true") || value.eq_ignore_ascii_case("false"),
            Takes::Int(least, most) => number().is_some_and(|number| (least..=most).contains(&number)),
            Takes::Long(least) => number().is_some_and(|number| number >= least),
            Takes::Share => value.parse().is_ok_and(|share: f64| (0.0..=1.0).contains(&share)),
            Takes::Word(words) => words.contains(&value),
            Takes::Policies => is_policy(value),
            Takes::Replicas => value.len() <= LIST_BYTES_MAX && are_replicas(value),
        };
        let invalid = || ConfigError::InvalidValue { key: self.key, value: value.to_owned(), expected: self.expected };
        match self.takes {
            _ if !good => Err(invalid()),
            Takes::Boolean => Ok(value.to_ascii_lowercase()),
            _ => Ok(value.to_owned()),
        }
    }
}

/// Each policy at most once; without one, records stay for ever.
fn is_policy(value: &str) -> bool {
    let words: Vec<&str> = words(value).collect();
    let known = words.iter().all(|word| matches!(*word, "compact" | "delete"));
    known && (words.len() <= 1 || (words.len() == 2 && words.first() != words.last()))
}

/// All replicas, or some: each a partition and a broker.
fn are_replicas(value: &str) -> bool {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_replica = |word: &str| word.split_once(':').is_some_and(|(one, other)| is_number(one) && is_number(other));
    value == "*" || (!value.contains(['\n', '\r']) && words(value).all(is_replica))
}

/// The words of a list.
pub(crate) fn words(value: &str) -> impl Iterator<Item = &str> {
    value.split(',').map(str::trim).filter(|word| !word.is_empty())
}

/// The key that shares the largest part of its pairs of letters with a wrong one (Dice's coefficient).
fn nearest(wrong: &str) -> &'static str {
    let pairs = |text: &str| -> Vec<[u8; 2]> {
        text.as_bytes().windows(2).filter_map(|pair| <[u8; 2]>::try_from(pair).ok()).collect()
    };
    let wrong_pairs = pairs(wrong);
    let shared = |setting: &&Setting| {
        let pairs = pairs(setting.key);
        let both = wrong_pairs.iter().filter(|pair| pairs.contains(pair)).count();
        both * 1_000_000 / (pairs.len() + wrong_pairs.len())
    };
    SETTINGS.iter().max_by_key(shared).map_or("retention.ms", |setting| setting.key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_sorted_and_take_their_own_defaults() {
        assert!(SETTINGS.is_sorted_by_key(|setting| setting.key));
        for setting in SETTINGS {
            assert_eq!(setting.check(setting.default).as_deref(), Ok(setting.default), "{}", setting.key);
        }
    }

    #[test]
    fn values_out_of_range_are_refused_with_what_is_expected() {
        for (key, value) in [
            ("cleanup.policy", "compact,compact"),
            ("cleanup.policy", "shred"),
            ("retention.ms", "-2"),
            ("retention.ms", "1.5"),
            ("min.cleanable.dirty.ratio", "1.1"),
            ("min.cleanable.dirty.ratio", "NaN"),
            ("max.message.bytes", "67108865"),
            ("preallocate", "yes"),
            ("compression.type", "brotli"),
            ("leader.replication.throttled.replicas", "0:1\nretention.ms=1"),
            ("leader.replication.throttled.replicas", "0"),
            ("leader.replication.throttled.replicas", "*,0:1"),
        ] {
            let refused = find(key).unwrap().check(value).unwrap_err();
            assert!(refused.to_string().contains("expected"), "{key}={value}: {refused}");
        }
    }
}
