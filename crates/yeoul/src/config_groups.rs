//! The table `[groups]` of `yeoul.toml`: how consumer groups are kept, under Kafka's names without their common beginnings.

use std::ops::RangeInclusive;
use std::time::Duration;

use serde::Deserialize;
use yeoul_broker::GroupConfig;

/// How consumer groups are kept; what isn't set is as [`GroupConfig`] has it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Groups {
    /// How long the first rebalance of a group waits for more members, in milliseconds.
    pub initial_rebalance_delay_ms: Option<u64>,
    /// The shortest session that a member of the classic protocol may ask for, in milliseconds.
    pub min_session_timeout_ms: Option<u64>,
    /// The longest.
    pub max_session_timeout_ms: Option<u64>,
    /// How long a member of the consumer protocol may be silent, in milliseconds.
    pub consumer_session_timeout_ms: Option<u64>,
    /// The least that a group may set for it.
    pub consumer_min_session_timeout_ms: Option<u64>,
    /// The most.
    pub consumer_max_session_timeout_ms: Option<u64>,
    /// How often such a member says something, in milliseconds.
    pub consumer_heartbeat_interval_ms: Option<u64>,
    /// The least that a group may set for it.
    pub consumer_min_heartbeat_interval_ms: Option<u64>,
    /// The most.
    pub consumer_max_heartbeat_interval_ms: Option<u64>,
    /// How long offsets are kept after a group's last member left, in minutes.
    pub offsets_retention_minutes: Option<u64>,
    /// How often it is looked which of them have expired, in milliseconds.
    pub offsets_retention_check_interval_ms: Option<u64>,
}

/// A key, and what is wrong with it.
pub type Wrong = (&'static str, String);

impl Groups {
    /// What the broker goes by.
    #[must_use]
    pub fn for_broker(&self) -> GroupConfig {
        let default = GroupConfig::default();
        let range = |least, most, of: &RangeInclusive<Duration>| millis(least, *of.start())..=millis(most, *of.end());
        GroupConfig {
            session_min: millis(self.min_session_timeout_ms, default.session_min),
            session_max: millis(self.max_session_timeout_ms, default.session_max),
            initial_rebalance_delay: millis(self.initial_rebalance_delay_ms, default.initial_rebalance_delay),
            consumer_session: millis(self.consumer_session_timeout_ms, default.consumer_session),
            consumer_session_range: range(
                self.consumer_min_session_timeout_ms,
                self.consumer_max_session_timeout_ms,
                &default.consumer_session_range,
            ),
            consumer_heartbeat: millis(self.consumer_heartbeat_interval_ms, default.consumer_heartbeat),
            consumer_heartbeat_range: range(
                self.consumer_min_heartbeat_interval_ms,
                self.consumer_max_heartbeat_interval_ms,
                &default.consumer_heartbeat_range,
            ),
            offsets_retention: self
                .offsets_retention_minutes
                .map_or(default.offsets_retention, |minutes| Duration::from_secs(minutes.saturating_mul(60))),
            offsets_check: millis(self.offsets_retention_check_interval_ms, default.offsets_check),
            ..default
        }
    }

    /// What types can't say: times are above 0, and lie where they may, as Kafka checks them.
    ///
    /// # Errors
    /// The first that is wrong.
    pub fn check(&self) -> Result<(), Wrong> {
        let config = self.for_broker();
        let (sessions, heartbeats) = (&config.consumer_session_range, &config.consumer_heartbeat_range);
        at_least_a_milli("min-session-timeout-ms", config.session_min)?;
        at_least_a_milli("consumer-min-session-timeout-ms", *sessions.start())?;
        at_least_a_milli("consumer-min-heartbeat-interval-ms", *heartbeats.start())?;
        at_least_a_milli("offsets-retention-minutes", config.offsets_retention)?;
        at_least_a_milli("offsets-retention-check-interval-ms", config.offsets_check)?;
        within("max-session-timeout-ms", config.session_max, &(config.session_min..=Duration::MAX))?;
        within("consumer-session-timeout-ms", config.consumer_session, sessions)?;
        within("consumer-heartbeat-interval-ms", config.consumer_heartbeat, heartbeats)?;
        let before_session = Duration::ZERO..=config.consumer_session.saturating_sub(Duration::from_millis(1));
        within("consumer-heartbeat-interval-ms", config.consumer_heartbeat, &before_session)
    }
}

fn millis(given: Option<u64>, default: Duration) -> Duration {
    given.map_or(default, Duration::from_millis)
}

fn at_least_a_milli(key: &'static str, time: Duration) -> Result<(), Wrong> {
    if time.is_zero() { Err((key, format!("`{key}` is 0; write a number from 1 on"))) } else { Ok(()) }
}

fn within(key: &'static str, time: Duration, range: &RangeInclusive<Duration>) -> Result<(), Wrong> {
    if range.contains(&time) {
        return Ok(());
    }
    let bounds = match (range.start().as_millis(), *range.end()) {
        (least, Duration::MAX) => format!("from {least} on"),
        (least, most) => format!("from {least} to {}", most.as_millis()),
    };
    Err((key, format!("`{key}` is {}; write milliseconds {bounds}, or move the bounds", time.as_millis())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_set_is_what_the_broker_does_by_default() {
        let (default, config) = (GroupConfig::default(), Groups::default().for_broker());
        assert_eq!(format!("{config:?}"), format!("{default:?}"));
        Groups::default().check().expect("the defaults are good");
    }

    #[test]
    fn what_is_set_is_kept_to_its_bounds() {
        let check = |text: &str| toml::from_str::<Groups>(text).expect("known keys").check().map_err(|(key, _)| key);
        assert_eq!(check("consumer-session-timeout-ms = 44999"), Err("consumer-session-timeout-ms"));
        assert_eq!(check("consumer-session-timeout-ms = 9000\nconsumer-min-session-timeout-ms = 9000"), Ok(()));
        assert_eq!(check("min-session-timeout-ms = 0"), Err("min-session-timeout-ms"));
        assert_eq!(check("max-session-timeout-ms = 5999"), Err("max-session-timeout-ms"));
        assert_eq!(check("offsets-retention-minutes = 0"), Err("offsets-retention-minutes"));
        let heartbeat = "consumer-heartbeat-interval-ms = 50000\nconsumer-max-heartbeat-interval-ms = 50000";
        assert_eq!(check(heartbeat), Err("consumer-heartbeat-interval-ms"));
    }
}
