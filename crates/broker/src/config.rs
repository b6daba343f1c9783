//! How the broker is set up.

use std::time::Duration;

use crate::group::GroupConfig;
use crate::security::SecurityConfig;

/// The address that clients are told to come back to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Advertised {
    /// A host name or an address.
    pub host: String,
    /// The port.
    pub port: u16,
}

/// The broker's settings.
#[derive(Clone, Debug)]
pub struct BrokerConfig {
    /// What clients are told to connect to; `None` tells each client the address that it came to.
    pub advertised: Option<Advertised>,
    /// Whether asking for a topic that does not exist creates it.
    pub auto_create_topics: bool,
    /// How many partitions a topic gets whose creator does not say.
    pub default_partitions: i32,
    /// The longest `transaction.timeout.ms` that a producer may ask for (Kafka's `transaction.max.timeout.ms`). An hour
    /// where Kafka has 15 minutes: Flink's sink asks for so much by default.
    pub transaction_timeout_max: Duration,
    /// How long a transactional id without transactions is remembered (Kafka's `transactional.id.expiration.ms`).
    pub transactional_id_expiration: Duration,
    /// The most connections at a time of the listener of [`Broker::start`](crate::Broker::start); one more is closed as
    /// soon as it is accepted. Other listeners say it themselves.
    pub connections_max: usize,
    /// Who may do what.
    pub security: SecurityConfig,
    /// The most bytes that requests being worked on may hold in sum; further ones wait to be read.
    pub request_bytes_max: usize,
    /// The most record bytes that responses may hold in sum before fetches get little at a time.
    pub response_bytes_max: usize,
    /// The most record bytes in one fetch response, whatever the client allows.
    pub fetch_bytes_max: usize,
    /// How consumer groups are kept.
    pub groups: GroupConfig,
}

impl Default for BrokerConfig {
    fn default() -> Self {
        BrokerConfig {
            advertised: None,
            auto_create_topics: true,
            default_partitions: 1,
            transaction_timeout_max: Duration::from_secs(3600),
            transactional_id_expiration: Duration::from_secs(7 * 24 * 3600),
            connections_max: crate::listener::CONNECTIONS_MAX,
            security: SecurityConfig::default(),
            request_bytes_max: 256 << 20,
            response_bytes_max: 256 << 20,
            fetch_bytes_max: 16 << 20,
            groups: GroupConfig::default(),
        }
    }
}
