//! A consumer group's own settings (KIP-848's dynamic configuration of groups): what members are told otherwise than the
//! broker's settings say. They stay when the group is deleted, and take effect with each member's next heartbeat.
//!
//! A row of the log's table of groups' settings, its key the group's name; no row where nothing is set:
//! ```text
//! version (1): 1, count (4), each: setting (1), milliseconds (8)
//! ```

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::time::Duration;

use kafka_protocol::ResponseError;
use yeoul_base::decode::{DecodeError, Decoder};
use yeoul_log::{Change, ConfigChange, ConfigChanges, PutError, Row, Table};

use super::GroupConfig;
use super::consumer_heartbeat::ConsumerLimits;
use super::coordinator::Coordinator;
use crate::error_code;

const VERSION: u8 = 1;
/// The longest name of a group that has settings, in bytes.
const NAME_BYTES_MAX: usize = 1024;

/// What can be set, under Kafka's names.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum GroupSetting {
    /// How long a member may be silent.
    Session = 1,
    /// How often a member is to say something.
    Heartbeat = 2,
}

impl GroupSetting {
    pub(crate) const ALL: [GroupSetting; 2] = [GroupSetting::Heartbeat, GroupSetting::Session];

    pub(crate) fn named(name: &str) -> Option<GroupSetting> {
        GroupSetting::ALL.into_iter().find(|setting| setting.name() == name)
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            GroupSetting::Session => "consumer.session.timeout.ms",
            GroupSetting::Heartbeat => "consumer.heartbeat.interval.ms",
        }
    }

    /// What holds for a group that sets nothing.
    pub(crate) fn default(self, config: &GroupConfig) -> Duration {
        match self {
            GroupSetting::Session => config.consumer_session,
            GroupSetting::Heartbeat => config.consumer_heartbeat,
        }
    }

    /// What it can be.
    pub(crate) fn range(self, config: &GroupConfig) -> RangeInclusive<Duration> {
        match self {
            GroupSetting::Session => config.consumer_session_range.clone(),
            GroupSetting::Heartbeat => config.consumer_heartbeat_range.clone(),
        }
    }
}

/// Why settings are not changed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SettingsError {
    #[error("a group whose settings are changed has a name of 1 to {NAME_BYTES_MAX} bytes")]
    NoName,
    #[error("there is no group setting `{key}`; known: `{}`", GroupSetting::ALL.map(GroupSetting::name).join("`, `"))]
    UnknownKey { key: String },
    #[error("group setting `{key}` can't be `{value}`: write milliseconds from {} to {}", range.start().as_millis(), range.end().as_millis())]
    InvalidValue { key: &'static str, value: String, range: RangeInclusive<Duration> },
    #[error("group setting `{key}` is not a list; set it instead of adding to it")]
    NotAList { key: &'static str },
    #[error(transparent)]
    Put(#[from] PutError),
}

impl SettingsError {
    pub(crate) fn code(&self) -> ResponseError {
        match self {
            SettingsError::NoName => ResponseError::InvalidRequest,
            SettingsError::UnknownKey { .. } | SettingsError::InvalidValue { .. } | SettingsError::NotAList { .. } => {
                ResponseError::InvalidConfig
            }
            SettingsError::Put(error) => error_code::put(error),
        }
    }
}

/// What one group sets.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct GroupSettings(BTreeMap<GroupSetting, Duration>);

impl GroupSettings {
    pub(crate) fn get(&self, setting: GroupSetting) -> Option<Duration> {
        self.0.get(&setting).copied()
    }

    /// The settings after a change.
    pub(crate) fn changed(
        &self,
        changes: &ConfigChanges,
        config: &GroupConfig,
    ) -> Result<GroupSettings, SettingsError> {
        let mut changed = if changes.replace { GroupSettings::default() } else { self.clone() };
        for change in &changes.changes {
            changed.apply(change, config)?;
        }
        Ok(changed)
    }

    fn apply(&mut self, change: &ConfigChange, config: &GroupConfig) -> Result<(), SettingsError> {
        let setting =
            GroupSetting::named(&change.key).ok_or_else(|| SettingsError::UnknownKey { key: change.key.clone() })?;
        match &change.change {
            Change::Set(value) => self.0.insert(setting, read(setting, value, config)?),
            Change::Reset => self.0.remove(&setting),
            Change::Append(_) | Change::Subtract(_) => {
                return Err(SettingsError::NotAList { key: setting.name() });
            }
        };
        Ok(())
    }

    fn row(&self, group: &str) -> Row {
        if self.0.is_empty() {
            return Row::removed(Table::GROUP_CONFIGS, group.to_owned());
        }
        let mut value = vec![VERSION];
        value.extend(u32::try_from(self.0.len()).unwrap_or(u32::MAX).to_be_bytes());
        for (setting, time) in &self.0 {
            value.push(*setting as u8);
            value.extend(u64::try_from(time.as_millis()).unwrap_or(u64::MAX).to_be_bytes());
        }
        Row::new(Table::GROUP_CONFIGS, group.to_owned(), value)
    }

    /// Reads what [`GroupSettings::row`] wrote; a setting of a later release has no effect.
    fn decode(value: &[u8]) -> Result<GroupSettings, DecodeError> {
        let mut from = Decoder::new(value);
        from.u8()?;
        let mut settings = GroupSettings::default();
        for _ in 0..from.count(9)? {
            let (number, time) = (from.u8()?, Duration::from_millis(from.u64()?));
            let known = GroupSetting::ALL.into_iter().find(|setting| *setting as u8 == number);
            settings.0.extend(known.map(|setting| (setting, time)));
        }
        Ok(settings)
    }
}

fn read(setting: GroupSetting, value: &str, config: &GroupConfig) -> Result<Duration, SettingsError> {
    let range = setting.range(config);
    let time = value.trim().parse().ok().map(Duration::from_millis);
    let wrong = || SettingsError::InvalidValue { key: setting.name(), value: value.to_owned(), range: range.clone() };
    time.filter(|time| range.contains(time)).ok_or_else(wrong)
}

impl Coordinator {
    /// What a group sets, as it is durable. Settings that can't be read are logged, and hold no more.
    pub(crate) fn settings(&self, group: &str) -> GroupSettings {
        let Some(value) = self.log.row(Table::GROUP_CONFIGS, group.as_bytes()) else {
            return GroupSettings::default();
        };
        GroupSettings::decode(&value).unwrap_or_else(|error| {
            tracing::error!(group, %error, "a group's settings can't be read; set them anew");
            GroupSettings::default()
        })
    }

    /// The groups that set something.
    pub(crate) fn groups_with_settings(&self) -> Vec<String> {
        let rows = self.log.rows(Table::GROUP_CONFIGS).into_iter();
        rows.map(|(name, _)| String::from_utf8_lossy(&name).into_owned()).collect()
    }

    /// Changes what a group sets, whether there is such a group or not; resolves when that is durable.
    pub(crate) async fn alter_settings(
        &self,
        group: &str,
        changes: &ConfigChanges,
        validate_only: bool,
    ) -> Result<(), SettingsError> {
        GroupSettings::default().changed(&changes.of_lists(), &self.config)?;
        if group.is_empty() || group.len() > NAME_BYTES_MAX {
            return Err(SettingsError::NoName);
        }
        let _one_at_a_time = self.changing_settings.lock().await;
        let changed = self.settings(group).changed(changes, &self.config)?;
        if validate_only {
            return Ok(());
        }
        Ok(self.log.put(vec![changed.row(group)]).await?)
    }

    /// What holds for a group's members.
    pub(crate) fn consumer_limits(&self, group: &str) -> ConsumerLimits {
        ConsumerLimits { session: self.member_time(group, GroupSetting::Session), members_max: self.config.members_max }
    }

    /// How long a group's members have for something.
    pub(crate) fn member_time(&self, group: &str, setting: GroupSetting) -> Duration {
        self.settings(group).get(setting).unwrap_or_else(|| setting.default(&self.config))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(key: &str, change: Change) -> ConfigChanges {
        ConfigChanges { replace: false, changes: vec![ConfigChange { key: key.to_owned(), change }] }
    }

    fn changed(settings: &GroupSettings, changes: &ConfigChanges) -> Result<GroupSettings, SettingsError> {
        settings.changed(changes, &GroupConfig::default())
    }

    fn set(key: &str, value: &str) -> ConfigChanges {
        change(key, Change::Set(value.to_owned()))
    }

    #[test]
    fn settings_are_changed_one_by_one_and_survive_the_log() {
        let one = changed(&GroupSettings::default(), &set("consumer.session.timeout.ms", "50000")).unwrap();
        let both = changed(&one, &set("consumer.heartbeat.interval.ms", " 6000")).unwrap();
        assert_eq!(both.get(GroupSetting::Session), Some(Duration::from_secs(50)));
        let value = both.row("g").value.unwrap();
        assert_eq!(GroupSettings::decode(&value).unwrap(), both);
        for end in 0..value.len() {
            assert!(GroupSettings::decode(&value[..end]).is_err(), "cut at {end}");
        }
        let reset = changed(&both, &change("consumer.session.timeout.ms", Change::Reset)).unwrap();
        assert_eq!((reset.get(GroupSetting::Session), reset.0.len()), (None, 1));
        let replaced = ConfigChanges { replace: true, ..set("consumer.session.timeout.ms", "45000") };
        assert_eq!(changed(&both, &replaced).unwrap().get(GroupSetting::Heartbeat), None);
        assert_eq!(GroupSettings::default().row("g").value, None);
    }

    #[test]
    fn what_a_setting_can_not_be_is_refused_with_what_it_can_be() {
        for (changes, word) in [
            (set("consumer.session.timeout.ms", "44999"), "45000 to 60000"),
            (set("consumer.session.timeout.ms", "60001"), "45000 to 60000"),
            (set("consumer.heartbeat.interval.ms", "x"), "5000 to 15000"),
            (set("share.session.timeout.ms", "50000"), "known: `consumer.heartbeat.interval.ms`"),
            (change("consumer.session.timeout.ms", Change::Append("1".to_owned())), "not a list"),
        ] {
            let error = changed(&GroupSettings::default(), &changes).unwrap_err();
            assert!(error.to_string().contains(word), "{error}");
            assert_eq!(error.code(), ResponseError::InvalidConfig);
        }
    }
}
