//! A topic's settings: what was set, and the values in force.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::error::ConfigError;
use crate::topic_settings::{SETTINGS, find, words};

pub use crate::topic_settings::ConfigKind;

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
    /// What was set, in canonical text.
    set: BTreeMap<&'static str, String>,
    values: Values,
}

/// The values in force, as numbers.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Values {
    compact: bool,
    delete: bool,
    delete_retention_ms: i64,
    flush_messages: i64,
    flush_ms: i64,
    max_compaction_lag_ms: i64,
    max_message_bytes: usize,
    timestamp_after_max_ms: i64,
    timestamp_before_max_ms: i64,
    timestamp_type: TimestampType,
    /// In millionths.
    min_dirty_millionths: u64,
    min_compaction_lag_ms: i64,
    retention_bytes: i64,
    retention_ms: i64,
    segment_bytes: u64,
    segment_ms: i64,
}

impl Default for Values {
    fn default() -> Values {
        Values::of(&BTreeMap::new())
    }
}

/// A setting as it is shown to users.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ConfigEntry {
    /// Kafka's name for it.
    pub key: &'static str,
    /// Its value as text.
    pub value: String,
    /// The value that it has when nobody sets it.
    pub default: &'static str,
    /// Whether the topic has it from the defaults.
    pub is_default: bool,
    /// What kind of value it is.
    pub kind: ConfigKind,
}

/// One change of a topic's settings (KIP-339).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ConfigChange {
    /// The setting.
    pub key: String,
    /// What happens to it.
    pub change: Change,
}

/// What happens to a setting.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Change {
    /// It gets a value.
    Set(String),
    /// It follows the default again.
    Reset,
    /// Words are added to its list.
    Append(String),
    /// Words are taken out of its list.
    Subtract(String),
}

/// A change of a topic's settings as a whole.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ConfigChanges {
    /// Whether what is not named goes back to its default, instead of staying as it is.
    pub replace: bool,
    /// The changes, in order.
    pub changes: Vec<ConfigChange>,
}

impl ConfigChanges {
    /// Those that add words to lists, or take them out.
    #[must_use]
    pub fn of_lists(&self) -> ConfigChanges {
        let of_list = |one: &&ConfigChange| matches!(one.change, Change::Append(_) | Change::Subtract(_));
        ConfigChanges { replace: false, changes: self.changes.iter().filter(of_list).cloned().collect() }
    }

    /// The size of what is set, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        let value = |change: &Change| match change {
            Change::Set(value) | Change::Append(value) | Change::Subtract(value) => value.len(),
            Change::Reset => 0,
        };
        self.changes.iter().map(|one| one.key.len() + value(&one.change)).sum()
    }
}

impl TopicConfig {
    /// Sets one key.
    ///
    /// # Errors
    /// [`ConfigError`]: no such key, or a value that it can't have.
    pub fn set(&mut self, key: &str, value: &str) -> Result<(), ConfigError> {
        let setting = find(key)?;
        self.set.insert(setting.key, setting.check(value)?);
        self.values = Values::of(&self.set);
        Ok(())
    }

    /// The settings after some changes.
    ///
    /// # Errors
    /// [`ConfigError`]: no such key, a value that it can't have, words for what is not a list, or values that can't be
    /// together.
    pub fn changed(&self, changes: &ConfigChanges) -> Result<TopicConfig, ConfigError> {
        let mut config = if changes.replace { TopicConfig::default() } else { self.clone() };
        for ConfigChange { key, change } in &changes.changes {
            match change {
                Change::Set(value) => config.set(key, value)?,
                Change::Reset => config.reset(key)?,
                Change::Append(added) => config.change_list(key, |list| with(list, added))?,
                Change::Subtract(gone) => config.change_list(key, |list| without(list, gone))?,
            }
        }
        config.check()?;
        Ok(config)
    }

    /// Whether the settings can be together. Each by itself was checked when it was set.
    ///
    /// # Errors
    /// [`ConfigError::CompactionLags`].
    pub fn check(&self) -> Result<(), ConfigError> {
        let (min, max) = (self.values.min_compaction_lag_ms, self.values.max_compaction_lag_ms);
        if min > max { Err(ConfigError::CompactionLags { min, max }) } else { Ok(()) }
    }

    fn reset(&mut self, key: &str) -> Result<(), ConfigError> {
        self.set.remove(find(key)?.key);
        self.values = Values::of(&self.set);
        Ok(())
    }

    fn change_list(&mut self, key: &str, change: impl FnOnce(&str) -> String) -> Result<(), ConfigError> {
        let setting = find(key)?;
        if setting.kind() != ConfigKind::List {
            return Err(ConfigError::NotAList { key: setting.key });
        }
        let value = change(value_of(&self.set, setting.key));
        self.set(key, &value)
    }

    /// A setting's value as text, the default if it was not set; nothing for a key that there is not.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<String> {
        find(key).ok().map(|setting| value_of(&self.set, setting.key).to_owned())
    }

    /// All settings, by name.
    #[must_use]
    pub fn all(&self) -> Vec<ConfigEntry> {
        let entry = |setting: &'static crate::topic_settings::Setting| ConfigEntry {
            key: setting.key,
            value: value_of(&self.set, setting.key).to_owned(),
            default: setting.default,
            is_default: !self.set.contains_key(setting.key),
            kind: setting.kind(),
        };
        SETTINGS.iter().map(entry).collect()
    }

    /// Whether old records go by time and size.
    #[must_use]
    pub fn is_deleted(&self) -> bool {
        self.values.delete
    }

    /// Whether only the last record of each key is kept.
    #[must_use]
    pub fn is_compacted(&self) -> bool {
        self.values.compact
    }

    /// The largest batch that is taken, in bytes.
    #[must_use]
    pub fn max_message_bytes(&self) -> usize {
        self.values.max_message_bytes
    }

    /// Whose timestamps the records carry.
    #[must_use]
    pub fn timestamp_type(&self) -> TimestampType {
        self.values.timestamp_type
    }

    /// How long records are kept after they were appended, in milliseconds; nothing: for ever, as far as time goes.
    #[must_use]
    pub fn retention_ms(&self) -> Option<i64> {
        Some(self.values.retention_ms).filter(|&ms| ms >= 0 && self.values.delete)
    }

    /// How much of a partition is kept, in bytes; nothing: everything, as far as size goes.
    #[must_use]
    pub fn retention_bytes(&self) -> Option<u64> {
        u64::try_from(self.values.retention_bytes).ok().filter(|_| self.values.delete)
    }

    /// Whether the topic's records may be acknowledged before they are flushed: `flush.messages` or `flush.ms` say so.
    #[must_use]
    pub fn acknowledges_early(&self) -> bool {
        self.values.flush_messages > 1 || self.values.flush_ms < i64::MAX
    }

    /// How long a tombstone stays once compaction came upon it, in milliseconds.
    pub(crate) fn delete_retention_ms(&self) -> i64 {
        self.values.delete_retention_ms
    }

    /// How long a record is safe from compaction, in milliseconds.
    pub(crate) fn min_compaction_lag_ms(&self) -> i64 {
        self.values.min_compaction_lag_ms
    }

    /// How long a record may wait for compaction, in milliseconds.
    pub(crate) fn max_compaction_lag_ms(&self) -> i64 {
        self.values.max_compaction_lag_ms
    }

    /// Whether so many bytes of a log are dirty that it is to be compacted.
    pub(crate) fn is_dirty_enough(&self, dirty: u64, all: u64) -> bool {
        u128::from(dirty) * 1_000_000 >= u128::from(all) * u128::from(self.values.min_dirty_millionths)
    }

    /// The size that a segment is not to exceed by much.
    pub(crate) fn segment_bytes(&self) -> u64 {
        self.values.segment_bytes
    }

    /// How much time a segment is to span at most, in milliseconds.
    pub(crate) fn segment_ms(&self) -> i64 {
        self.values.segment_ms
    }

    /// How old records may be, in milliseconds, before they go into a segment, so that what is to be done to segments
    /// is done to them.
    pub(crate) fn roll_ms(&self) -> i64 {
        let lag = if self.values.compact { self.values.max_compaction_lag_ms } else { i64::MAX };
        self.values.segment_ms.min(lag).min(self.retention_ms().unwrap_or(i64::MAX))
    }

    /// The earliest and the latest timestamp that a record may have at a time.
    pub(crate) fn timestamps(&self, now: i64) -> (i64, i64) {
        let earliest = now.saturating_sub(self.values.timestamp_before_max_ms);
        let no_limit = self.values.timestamp_before_max_ms == i64::MAX;
        (if no_limit { i64::MIN } else { earliest }, now.saturating_add(self.values.timestamp_after_max_ms))
    }

    /// The settings that were set, one `key=value` a line: how the log keeps them.
    pub(crate) fn to_text(&self) -> String {
        let mut text = String::new();
        for (key, value) in &self.set {
            let _ = writeln!(text, "{key}={value}");
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

/// A setting's value: what was set, or its default.
fn value_of<'a>(set: &'a BTreeMap<&'static str, String>, key: &str) -> &'a str {
    match set.get(key) {
        Some(value) => value,
        None => find(key).map_or("", |setting| setting.default),
    }
}

fn with(list: &str, added: &str) -> String {
    let mut all: Vec<&str> = words(list).collect();
    for word in words(added) {
        if !all.contains(&word) {
            all.push(word);
        }
    }
    all.join(",")
}

fn without(list: &str, gone: &str) -> String {
    let gone: Vec<&str> = words(gone).collect();
    words(list).filter(|word| !gone.contains(word)).collect::<Vec<_>>().join(",")
}

impl Values {
    /// The values of checked texts.
    fn of(set: &BTreeMap<&'static str, String>) -> Values {
        let text = |key| value_of(set, key);
        // A checked text is a number; the fallback is never taken.
        let number = |key| text(key).parse().unwrap_or(i64::MAX);
        let has = |word| words(text("cleanup.policy")).any(|policy| policy == word);
        let append_time = text("message.timestamp.type") == "LogAppendTime";
        Values {
            compact: has("compact"),
            delete: has("delete"),
            delete_retention_ms: number("delete.retention.ms"),
            flush_messages: number("flush.messages"),
            flush_ms: number("flush.ms"),
            max_compaction_lag_ms: number("max.compaction.lag.ms"),
            max_message_bytes: text("max.message.bytes").parse().unwrap_or(0),
            timestamp_after_max_ms: number("message.timestamp.after.max.ms"),
            timestamp_before_max_ms: number("message.timestamp.before.max.ms"),
            timestamp_type: if append_time { TimestampType::LogAppendTime } else { TimestampType::CreateTime },
            min_dirty_millionths: millionths(text("min.cleanable.dirty.ratio")),
            min_compaction_lag_ms: number("min.compaction.lag.ms"),
            retention_bytes: number("retention.bytes"),
            retention_ms: number("retention.ms"),
            segment_bytes: text("segment.bytes").parse().unwrap_or(u64::MAX),
            segment_ms: number("segment.ms"),
        }
    }
}

fn millionths(share: &str) -> u64 {
    let share: f64 = share.parse().unwrap_or(0.5);
    (share.clamp(0.0, 1.0) * 1_000_000.0) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(settings: &[(&str, &str)]) -> TopicConfig {
        let mut config = TopicConfig::default();
        settings.iter().for_each(|(key, value)| config.set(key, value).unwrap());
        config
    }

    fn change(key: &str, change: Change) -> ConfigChange {
        ConfigChange { key: key.to_owned(), change }
    }

    #[test]
    fn settings_survive_as_text() {
        let config =
            of(&[("retention.ms", "-1"), ("retention.bytes", "1000"), ("message.timestamp.type", "LogAppendTime")]);
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
    fn a_compacted_topic_keeps_its_records_however_old() {
        assert_eq!(of(&[("cleanup.policy", "compact")]).retention_ms(), None);
        assert_eq!(of(&[("cleanup.policy", "compact, delete")]).retention_ms(), Some(604_800_000));
    }

    #[test]
    fn changes_add_to_what_is_set_or_replace_it() {
        let old = of(&[("retention.ms", "5"), ("cleanup.policy", "delete")]);
        let changes =
            vec![change("cleanup.policy", Change::Append("compact".into())), change("retention.ms", Change::Reset)];
        let new = old.changed(&ConfigChanges { replace: false, changes }).unwrap();
        assert_eq!(new, of(&[("cleanup.policy", "delete,compact")]));
        let changes = vec![change("cleanup.policy", Change::Subtract("delete".into()))];
        let only = new.changed(&ConfigChanges { replace: false, changes }).unwrap();
        assert_eq!(only.get("cleanup.policy").as_deref(), Some("compact"));
        let changes = vec![change("segment.ms", Change::Set("7".into()))];
        let replaced = old.changed(&ConfigChanges { replace: true, changes }).unwrap();
        assert_eq!(replaced, of(&[("segment.ms", "7")]));
    }

    #[test]
    fn words_are_added_to_lists_only() {
        let changes =
            ConfigChanges { replace: false, changes: vec![change("retention.ms", Change::Append("5".into()))] };
        assert_eq!(TopicConfig::default().changed(&changes), Err(ConfigError::NotAList { key: "retention.ms" }));
        let gone = ConfigChanges {
            replace: false,
            changes: vec![change("cleanup.policy", Change::Subtract("delete".into()))],
        };
        let kept = TopicConfig::default().changed(&gone).unwrap();
        assert!(!kept.is_deleted() && !kept.is_compacted(), "without a policy, records stay");
        assert_eq!((kept.retention_ms(), kept.retention_bytes()), (None, None));
    }

    #[test]
    fn a_record_is_not_kept_from_compaction_for_longer_than_it_may_wait_for_it() {
        let lags = |min: &str, max: &str| {
            let set = |key: &str, value: &str| change(key, Change::Set(value.into()));
            let changes = vec![set("min.compaction.lag.ms", min), set("max.compaction.lag.ms", max)];
            TopicConfig::default().changed(&ConfigChanges { replace: false, changes })
        };
        assert!(lags("5", "5").is_ok());
        assert_eq!(lags("6", "5"), Err(ConfigError::CompactionLags { min: 6, max: 5 }));
    }

    #[test]
    fn acknowledgements_come_early_only_where_the_topic_says_so() {
        assert!(!TopicConfig::default().acknowledges_early());
        assert!(!of(&[("flush.messages", "1")]).acknowledges_early());
        assert!(of(&[("flush.messages", "10000")]).acknowledges_early());
        assert!(of(&[("flush.ms", "1000")]).acknowledges_early());
    }

    #[test]
    fn timestamps_are_bounded_only_where_the_topic_says_so() {
        assert_eq!(TopicConfig::default().timestamps(1000), (i64::MIN, i64::MAX));
        let config = of(&[("message.timestamp.after.max.ms", "10"), ("message.timestamp.before.max.ms", "20")]);
        assert_eq!(config.timestamps(1000), (980, 1010));
    }
}
