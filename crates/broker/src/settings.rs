//! Settings as admin clients read them. The broker's own are those that were configured, and what it does by default under
//! the names that Kafka has for it; none of them can be changed while it runs.

use std::time::Duration;

use yeoul_base::limits::{BATCH_BYTES_DEFAULT, FRAME_BYTES_MAX};
use yeoul_log::{ConfigKind, Topic};

use crate::config_source;
use crate::connection::IDLE_TIME_MAX;
use crate::context::{Context, NODE};
use crate::group::GroupConfig;
use crate::group::settings::GroupSetting;

/// A setting to be shown.
pub(crate) struct Setting {
    pub(crate) key: &'static str,
    pub(crate) value: String,
    /// Where it comes from, see `config_source`.
    pub(crate) source: i8,
    pub(crate) kind: ConfigKind,
    pub(crate) read_only: bool,
    /// The value that it has when nobody sets it.
    pub(crate) default: Option<&'static str>,
    /// Under which name the broker has its default.
    pub(crate) default_key: &'static str,
}

impl Setting {
    /// Whether it has a default that no broker's setting stands behind.
    pub(crate) fn is_unnamed_default(&self) -> bool {
        self.source == config_source::DEFAULT && !has_broker_default(self.key)
    }
}

/// What a broker of Kafka's would be asked for, and what holds here.
const DEFAULTS: &[(&str, &str, ConfigKind)] = &[
    ("broker.id.generation.enable", "false", ConfigKind::Boolean),
    ("compression.type", "producer", ConfigKind::Text),
    ("controlled.shutdown.enable", "true", ConfigKind::Boolean),
    ("default.replication.factor", "1", ConfigKind::Int),
    ("delete.topic.enable", "true", ConfigKind::Boolean),
    ("group.consumer.assignors", "uniform,range", ConfigKind::List),
    ("log.cleaner.enable", "true", ConfigKind::Boolean),
    ("log.cleanup.policy", "delete", ConfigKind::List),
    ("log.flush.interval.messages", "1", ConfigKind::Long),
    ("log.message.timestamp.type", "CreateTime", ConfigKind::Text),
    ("log.retention.bytes", "-1", ConfigKind::Long),
    ("log.retention.hours", "168", ConfigKind::Int),
    ("log.segment.bytes", "1073741824", ConfigKind::Int),
    ("max.incremental.fetch.session.cache.slots", "1000", ConfigKind::Int),
    ("min.insync.replicas", "1", ConfigKind::Int),
    ("offsets.topic.replication.factor", "1", ConfigKind::Int),
    ("process.roles", "broker,controller", ConfigKind::List),
    ("transaction.state.log.min.isr", "1", ConfigKind::Int),
    ("transaction.state.log.replication.factor", "1", ConfigKind::Int),
    ("unclean.leader.election.enable", "false", ConfigKind::Boolean),
];

/// What groups are kept by, and what a group's own settings can be.
fn group_settings(groups: &GroupConfig) -> Vec<(&'static str, u128, ConfigKind)> {
    let session = groups.consumer_session.as_millis();
    let heartbeat = groups.consumer_heartbeat.as_millis();
    let members = groups.members_max as u128;
    let (sessions, heartbeats) = (&groups.consumer_session_range, &groups.consumer_heartbeat_range);
    let int = [
        ("group.consumer.heartbeat.interval.ms", heartbeat),
        ("group.consumer.max.heartbeat.interval.ms", heartbeats.end().as_millis()),
        ("group.consumer.max.session.timeout.ms", sessions.end().as_millis()),
        ("group.consumer.max.size", members),
        ("group.consumer.min.heartbeat.interval.ms", heartbeats.start().as_millis()),
        ("group.consumer.min.session.timeout.ms", sessions.start().as_millis()),
        ("group.consumer.session.timeout.ms", session),
        ("group.initial.rebalance.delay.ms", groups.initial_rebalance_delay.as_millis()),
        ("group.max.session.timeout.ms", groups.session_max.as_millis()),
        ("group.max.size", members),
        ("group.min.session.timeout.ms", groups.session_min.as_millis()),
        ("offset.metadata.max.bytes", groups.offset_metadata_max as u128),
        ("offsets.retention.minutes", u128::from(groups.offsets_retention.as_secs() / 60)),
    ];
    let long = [
        ("connections.max.idle.ms", IDLE_TIME_MAX.as_millis()),
        ("offsets.retention.check.interval.ms", groups.offsets_check.as_millis()),
    ];
    let of = |kind| move |(key, value)| (key, value, kind);
    int.into_iter().map(of(ConfigKind::Int)).chain(long.into_iter().map(of(ConfigKind::Long))).collect()
}

/// The broker's settings, by name.
pub(crate) fn of_broker(context: &Context) -> Vec<Setting> {
    let config = context.config();
    let (host, port) = context.advertised();
    let shown = |key, value: String, kind, source| Setting {
        key,
        value,
        source,
        kind,
        read_only: true,
        default: None,
        default_key: key,
    };
    let configured = |key, value, kind| shown(key, value, kind, config_source::STATIC_BROKER);
    let fixed = |key, value, kind| shown(key, value, kind, config_source::DEFAULT);
    // Of the listener that the client came by.
    let reauthenticate = context.door.reauthenticate.unwrap_or_default().as_millis().to_string();
    let producers = context.log().config().producer_expiration;
    let (transactions, ids) = (config.transaction_timeout_max, config.transactional_id_expiration);
    let mut settings = vec![
        configured("advertised.listeners", format!("PLAINTEXT://{}:{port}", host.as_str()), ConfigKind::Text),
        configured("auto.create.topics.enable", config.auto_create_topics.to_string(), ConfigKind::Boolean),
        configured("connections.max.reauth.ms", reauthenticate, ConfigKind::Long),
        configured("broker.id", NODE.0.to_string(), ConfigKind::Int),
        fixed("fetch.max.bytes", config.fetch_bytes_max.to_string(), ConfigKind::Int),
        configured("log.dirs", context.log().config().dir.display().to_string(), ConfigKind::Text),
        fixed("max.connections", config.connections_max.to_string(), ConfigKind::Int),
        fixed("message.max.bytes", BATCH_BYTES_DEFAULT.to_string(), ConfigKind::Int),
        configured("node.id", NODE.0.to_string(), ConfigKind::Int),
        configured("num.partitions", config.default_partitions.to_string(), ConfigKind::Int),
        configured("producer.id.expiration.ms", producers.as_millis().to_string(), ConfigKind::Int),
        configured("transaction.max.timeout.ms", transactions.as_millis().to_string(), ConfigKind::Int),
        configured("transactional.id.expiration.ms", ids.as_millis().to_string(), ConfigKind::Int),
        fixed("socket.request.max.bytes", FRAME_BYTES_MAX.to_string(), ConfigKind::Int),
    ];
    let groups = group_settings(&config.groups);
    settings.extend(groups.into_iter().map(|(key, value, kind)| fixed(key, value.to_string(), kind)));
    let default = |&(key, value, kind): &(&'static str, &str, ConfigKind)| fixed(key, value.to_owned(), kind);
    settings.extend(DEFAULTS.iter().map(default));
    settings.sort_by_key(|setting| setting.key);
    settings
}

/// Under which name a broker has the default of a topic's setting.
fn broker_key(topic_key: &'static str) -> &'static str {
    match topic_key {
        "cleanup.policy" => "log.cleanup.policy",
        "delete.retention.ms" => "log.cleaner.delete.retention.ms",
        "file.delete.delay.ms" => "log.segment.delete.delay.ms",
        "flush.messages" => "log.flush.interval.messages",
        "flush.ms" => "log.flush.interval.ms",
        "index.interval.bytes" => "log.index.interval.bytes",
        "local.retention.bytes" => "log.local.retention.bytes",
        "local.retention.ms" => "log.local.retention.ms",
        "max.compaction.lag.ms" => "log.cleaner.max.compaction.lag.ms",
        "max.message.bytes" => "message.max.bytes",
        "message.timestamp.after.max.ms" => "log.message.timestamp.after.max.ms",
        "message.timestamp.before.max.ms" => "log.message.timestamp.before.max.ms",
        "message.timestamp.type" => "log.message.timestamp.type",
        "min.cleanable.dirty.ratio" => "log.cleaner.min.cleanable.ratio",
        "min.compaction.lag.ms" => "log.cleaner.min.compaction.lag.ms",
        "preallocate" => "log.preallocate",
        "retention.bytes" => "log.retention.bytes",
        "retention.ms" => "log.retention.ms",
        "segment.bytes" => "log.segment.bytes",
        "segment.index.bytes" => "log.index.size.max.bytes",
        "segment.jitter.ms" => "log.roll.jitter.ms",
        "segment.ms" => "log.roll.ms",
        same => same,
    }
}

/// Whether a broker shows where a topic's setting has its default from: Kafka's has several names for some of these (hours,
/// minutes, milliseconds), of which it tells none that is not set.
fn has_broker_default(topic_key: &str) -> bool {
    !matches!(
        topic_key,
        "flush.ms"
            | "follower.replication.throttled.replicas"
            | "leader.replication.throttled.replicas"
            | "remote.log.copy.disable"
            | "remote.log.delete.on.disable"
            | "remote.storage.enable"
            | "retention.ms"
            | "segment.jitter.ms"
            | "segment.ms"
    )
}

/// A topic's settings, by name.
pub(crate) fn of_topic(topic: &Topic) -> Vec<Setting> {
    let shown = |entry: yeoul_log::ConfigEntry| Setting {
        key: entry.key,
        value: entry.value,
        source: config_source::of(entry.is_default),
        kind: entry.kind,
        read_only: false,
        default: Some(entry.default).filter(|_| has_broker_default(entry.key)),
        default_key: broker_key(entry.key),
    };
    topic.config.all().into_iter().map(shown).collect()
}

/// A consumer group's settings, by name, whether there is such a group or not.
pub(crate) fn of_group(context: &Context, group: &str) -> Vec<Setting> {
    let own = context.groups().settings(group);
    let shown = |setting: GroupSetting| {
        let (value, default) = (own.get(setting), setting.default(&context.config().groups));
        let source = if value.is_some() { config_source::GROUP } else { config_source::DEFAULT };
        let millis = |time: Duration| time.as_millis().to_string();
        let value = millis(value.unwrap_or(default));
        Setting {
            key: setting.name(),
            value,
            source,
            kind: ConfigKind::Int,
            read_only: false,
            // As Kafka has it, what is set for a group does not tell what it would be otherwise.
            default: None,
            default_key: setting.name(),
        }
    };
    GroupSetting::ALL.map(shown).into()
}

/// The type of a setting's value, as admin clients number it.
pub(crate) fn kind_number(kind: ConfigKind) -> i8 {
    match kind {
        ConfigKind::Boolean => 1,
        ConfigKind::Text => 2,
        ConfigKind::Int => 3,
        ConfigKind::Long => 5,
        ConfigKind::Double => 6,
        ConfigKind::List => 7,
    }
}
