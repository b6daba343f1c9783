//! The settings of groups, under Kafka's names.

use std::ops::RangeInclusive;
use std::time::Duration;

use super::classic_join::JoinLimits;

/// How groups are kept.
#[derive(Clone, Debug)]
pub struct GroupConfig {
    /// The shortest session of a member (`group.min.session.timeout.ms`).
    pub session_min: Duration,
    /// The longest (`group.max.session.timeout.ms`).
    pub session_max: Duration,
    /// How long the first rebalance of a group waits for more members (`group.initial.rebalance.delay.ms`). Kafka's
    /// default is 3 s, for clusters whose members start over a while; here they start beside each other.
    pub initial_rebalance_delay: Duration,
    /// The most members of a group (`group.max.size`).
    pub members_max: usize,
    /// How long a member of a consumer group may be silent (`group.consumer.session.timeout.ms`).
    pub consumer_session: Duration,
    /// What a group may set it to (`group.consumer.min.session.timeout.ms`, `group.consumer.max.session.timeout.ms`).
    pub consumer_session_range: RangeInclusive<Duration>,
    /// How often it is to say something (`group.consumer.heartbeat.interval.ms`).
    pub consumer_heartbeat: Duration,
    /// What a group may set that to (`group.consumer.min.heartbeat.interval.ms`, `group.consumer.max.heartbeat.interval.ms`).
    pub consumer_heartbeat_range: RangeInclusive<Duration>,
    /// How long offsets are kept after a group's last member left, or of one without members after they were committed
    /// (`offsets.retention.minutes`).
    pub offsets_retention: Duration,
    /// How often it is looked which offsets have expired (`offsets.retention.check.interval.ms`).
    pub offsets_check: Duration,
    /// The longest note beside an offset, in bytes (`offset.metadata.max.bytes`).
    pub offset_metadata_max: usize,
}

impl Default for GroupConfig {
    fn default() -> Self {
        GroupConfig {
            session_min: Duration::from_secs(6),
            session_max: Duration::from_secs(30 * 60),
            initial_rebalance_delay: Duration::from_millis(300),
            members_max: 10_000,
            consumer_session: Duration::from_secs(45),
            consumer_session_range: Duration::from_secs(45)..=Duration::from_secs(60),
            consumer_heartbeat: Duration::from_secs(5),
            consumer_heartbeat_range: Duration::from_secs(5)..=Duration::from_secs(15),
            offsets_retention: Duration::from_secs(7 * 24 * 3600),
            offsets_check: Duration::from_secs(600),
            offset_metadata_max: 4096,
        }
    }
}

impl GroupConfig {
    pub(crate) fn join_limits(&self) -> JoinLimits {
        JoinLimits { initial_delay: self.initial_rebalance_delay, members_max: self.members_max }
    }
}
