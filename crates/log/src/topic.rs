//! Topics and their settings, under Kafka's names.

use std::fmt::Write as _;

use yeoul_base::TopicId;
use yeoul_base::limits::{BATCH_BYTES_DEFAULT, BATCH_BYTES_MAX, TOPIC_NAME_BYTES_MAX};

use crate::error::{ConfigError, CreateTopicError};

/// A topic, as it was created.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Topic {
    /// The topic's incarnation.
    pub id: TopicId,
    /// Its name.
    pub name: String,
    /// How many partitions it has.
    pub partitions: i32,
    /// Its settings.
    pub config: TopicConfig,
}

/// Whose timestamps a topic's records carry.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TimestampType {
    /// The producer's.
    CreateTime,
    /// The log's, at the append.
    LogAppendTime,
}

/// A topic's settings; what was not set follows the default.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct TopicConfig {
    retention_ms: Option<i64>,
    retention_bytes: Option<i64>,
    max_message_bytes: Option<usize>,
    timestamp_type: Option<TimestampType>,
    cleanup_policy_set: bool,
}

/// A setting as it is shown to users.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ConfigEntry {
    /// Kafka's name for it.
    pub key: &'static str,
    /// Its value as text.
    pub value: String,
    /// Whether the topic has it from the defaults.
    pub is_default: bool,
}

/// The settings that there are.
const KEYS: [&str; 5] =
    ["cleanup.policy", "max.message.bytes", "message.timestamp.type", "retention.bytes", "retention.ms"];
/// Kafka's settings that have no meaning here: taken and ignored, so that tools that always send them work.
const KEYS_IGNORED: [&str; 6] =
    ["segment.bytes", "segment.ms", "min.insync.replicas", "compression.type", "flush.ms", "flush.messages"];
/// Seven days, Kafka's default.
const RETENTION_MS_DEFAULT: i64 = 7 * 24 * 3_600_000;

impl TopicConfig {
    /// Sets one key.
    ///
    /// # Errors
    /// [`ConfigError`]: no such key, or a value that it can't have. `compact` is refused for now.
    pub fn set(&mut self, key: &str, value: &str) -> Result<(), ConfigError> {
        match key {
            "cleanup.policy" => self.set_cleanup_policy(value)?,
            "max.message.bytes" => self.max_message_bytes = Some(max_message_bytes(value)?),
            "message.timestamp.type" => self.timestamp_type = Some(timestamp_type(value)?),
            "retention.bytes" => self.retention_bytes = Some(at_least_minus_one("retention.bytes", value)?),
            "retention.ms" => self.retention_ms = Some(at_least_minus_one("retention.ms", value)?),
            ignored if KEYS_IGNORED.contains(&ignored) => {}
            unknown => return Err(ConfigError::UnknownKey { key: unknown.to_owned(), nearest: nearest(unknown) }),
        }
        Ok(())
    }

    /// A setting's value as text, the default if it was not set; nothing for a key that there is not.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<String> {
        self.all().into_iter().find(|entry| entry.key == key).map(|entry| entry.value)
    }

    /// All settings.
    #[must_use]
    pub fn all(&self) -> Vec<ConfigEntry> {
        let timestamps = match self.timestamp_type() {
            TimestampType::CreateTime => "CreateTime",
            TimestampType::LogAppendTime => "LogAppendTime",
        };
        let entry = |key, value: String, is_default| ConfigEntry { key, value, is_default };
        vec![
            entry("cleanup.policy", "delete".to_owned(), !self.cleanup_policy_set),
            entry("max.message.bytes", self.max_message_bytes().to_string(), self.max_message_bytes.is_none()),
            entry("message.timestamp.type", timestamps.to_owned(), self.timestamp_type.is_none()),
            entry("retention.bytes", self.retention_bytes.unwrap_or(-1).to_string(), self.retention_bytes.is_none()),
            entry(
                "retention.ms",
                self.retention_ms.unwrap_or(RETENTION_MS_DEFAULT).to_string(),
                self.retention_ms.is_none(),
            ),
        ]
    }

    /// The largest batch that is taken, in bytes.
    #[must_use]
    pub fn max_message_bytes(&self) -> usize {
        self.max_message_bytes.unwrap_or(BATCH_BYTES_DEFAULT)
    }

    /// Whose timestamps the records carry.
    #[must_use]
    pub fn timestamp_type(&self) -> TimestampType {
        self.timestamp_type.unwrap_or(TimestampType::CreateTime)
    }

    /// How long records are kept after they were appended, in milliseconds; nothing: for ever.
    #[must_use]
    pub fn retention_ms(&self) -> Option<i64> {
        Some(self.retention_ms.unwrap_or(RETENTION_MS_DEFAULT)).filter(|&ms| ms >= 0)
    }

    /// How much of a partition is kept, in bytes; nothing: everything.
    #[must_use]
    pub fn retention_bytes(&self) -> Option<u64> {
        self.retention_bytes.and_then(|bytes| u64::try_from(bytes).ok())
    }

    fn set_cleanup_policy(&mut self, value: &str) -> Result<(), ConfigError> {
        if value.trim() != "delete" {
            let expected = "only `delete` is there so far, key compaction is not";
            return Err(ConfigError::InvalidValue { key: "cleanup.policy", value: value.to_owned(), expected });
        }
        self.cleanup_policy_set = true;
        Ok(())
    }

    /// The settings that were set, one `key=value` a line: how the log keeps them.
    pub(crate) fn to_text(&self) -> String {
        let mut text = String::new();
        for entry in self.all().iter().filter(|entry| !entry.is_default) {
            let _ = writeln!(text, "{}={}", entry.key, entry.value);
        }
        text
    }

    pub(crate) fn from_text(text: &str) -> Result<TopicConfig, ConfigError> {
        let mut config = TopicConfig::default();
        for (key, value) in text.lines().filter_map(|line| line.split_once('=')) {
            config.set(key, value)?;
        }
        Ok(config)
    }
}

fn at_least_minus_one(key: &'static str, value: &str) -> Result<i64, ConfigError> {
    let expected = "a whole number from -1 on is expected, where -1 is no limit";
    let number = value.trim().parse().ok().filter(|&number: &i64| number >= -1);
    number.ok_or_else(|| ConfigError::InvalidValue { key, value: value.to_owned(), expected })
}

fn max_message_bytes(value: &str) -> Result<usize, ConfigError> {
    let number = value.trim().parse().ok().filter(|&bytes: &usize| bytes <= BATCH_BYTES_MAX);
    number.ok_or_else(|| ConfigError::InvalidValue {
        key: "max.message.bytes",
        value: value.to_owned(),
        expected: "a whole number from 0 to 67108864 is expected",
    })
}

fn timestamp_type(value: &str) -> Result<TimestampType, ConfigError> {
    match value.trim() {
        "CreateTime" => Ok(TimestampType::CreateTime),
        "LogAppendTime" => Ok(TimestampType::LogAppendTime),
        other => Err(ConfigError::InvalidValue {
            key: "message.timestamp.type",
            value: other.to_owned(),
            expected: "`CreateTime` or `LogAppendTime` is expected",
        }),
    }
}

/// The key that shares the most pairs of letters with a wrong one.
fn nearest(wrong: &str) -> &'static str {
    let pairs = |text: &str| -> Vec<[u8; 2]> {
        text.as_bytes().windows(2).filter_map(|pair| <[u8; 2]>::try_from(pair).ok()).collect()
    };
    let wrong_pairs = pairs(wrong);
    let shared = |key: &&&str| pairs(key).iter().filter(|pair| wrong_pairs.contains(pair)).count();
    KEYS.iter().max_by_key(shared).copied().unwrap_or("retention.ms")
}

/// Checks a topic's name by Kafka's rules.
///
/// # Errors
/// [`CreateTopicError::InvalidName`].
pub fn check_topic_name(name: &str) -> Result<(), CreateTopicError> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    let reason = if name.is_empty() {
        "it is empty"
    } else if name == "." || name == ".." {
        "`.` and `..` are not names"
    } else if name.len() > TOPIC_NAME_BYTES_MAX {
        "it is longer than 249 bytes"
    } else if !name.bytes().all(allowed) {
        "only ASCII letters, digits, `.`, `_` and `-` may be in it"
    } else {
        return Ok(());
    };
    Err(CreateTopicError::InvalidName { name: name.chars().take(TOPIC_NAME_BYTES_MAX).collect(), reason })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_survive_as_text() {
        let mut config = TopicConfig::default();
        config.set("retention.ms", "-1").unwrap();
        config.set("retention.bytes", "1000").unwrap();
        config.set("message.timestamp.type", "LogAppendTime").unwrap();
        config.set("segment.bytes", "5").unwrap();
        assert_eq!(TopicConfig::from_text(&config.to_text()).unwrap(), config);
        assert_eq!(config.retention_ms(), None);
        assert_eq!(config.get("retention.bytes").as_deref(), Some("1000"));
    }

    #[test]
    fn an_unknown_setting_names_the_nearest() {
        let error = TopicConfig::default().set("retention.m", "1").unwrap_err();
        assert_eq!(error.to_string(), "there is no topic setting `retention.m`; the nearest is `retention.ms`");
    }

    #[test]
    fn compaction_is_refused_by_name() {
        let error = TopicConfig::default().set("cleanup.policy", "compact").unwrap_err();
        assert!(error.to_string().contains("key compaction is not"), "{error}");
    }

    #[test]
    fn names_follow_kafkas_rules() {
        for bad in ["", ".", "..", "a b", "a/b", "한", &"x".repeat(250)] {
            assert!(check_topic_name(bad).is_err(), "{bad}");
        }
        for good in ["a", "landing.airport.departures", "_x-1", &"x".repeat(249)] {
            assert!(check_topic_name(good).is_ok(), "{good}");
        }
    }
}
