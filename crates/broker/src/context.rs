//! What a request's handler can reach.

use std::net::SocketAddr;
use std::sync::Arc;

use kafka_protocol::messages::{BrokerId, TopicName};
use kafka_protocol::protocol::StrBytes;
use tokio::sync::{Semaphore, watch};
use uuid::Uuid;
use yeoul_base::TopicId;
use yeoul_log::{Log, Topic};

use crate::api::fetch_session::Sessions;
use crate::config::{Advertised, BrokerConfig};
use crate::group::coordinator::Coordinator as GroupCoordinator;
use crate::metrics::BrokerMetrics;
use crate::transactions::Coordinator;
use crate::trouble::Warnings;

/// This node's id. There is one node.
pub(crate) const NODE: BrokerId = BrokerId(1);
/// The epoch of every partition's leader, which never changes.
pub(crate) const LEADER_EPOCH: i32 = 0;

/// What all connections share.
pub(crate) struct Shared {
    pub(crate) log: Log,
    pub(crate) config: BrokerConfig,
    pub(crate) metrics: Arc<BrokerMetrics>,
    pub(crate) transactions: Coordinator,
    pub(crate) groups: Arc<GroupCoordinator>,
    /// One permit for each byte that requests may hold.
    pub(crate) request_bytes: Arc<Semaphore>,
    /// One permit for each byte of records that responses may hold.
    pub(crate) response_bytes: Arc<Semaphore>,
    /// Turns true when the broker shuts down.
    pub(crate) closing: watch::Receiver<bool>,
    /// What clients fetch again and again.
    pub(crate) sessions: Sessions,
    /// What is said of connections that end badly.
    pub(crate) warnings: Warnings,
}

impl Shared {
    /// Resolves when the broker shuts down.
    pub(crate) async fn closed(&self) {
        // An error means that the handle is gone, which is a shutdown, too.
        let _ = self.closing.clone().wait_for(|closing| *closing).await;
    }
}

/// What one connection's requests see.
#[derive(Clone)]
pub(crate) struct Context {
    pub(crate) shared: Arc<Shared>,
    /// The address that the client came to.
    pub(crate) local: SocketAddr,
    /// The address that the client has.
    pub(crate) peer: SocketAddr,
    /// Turns true when the client says nothing more: who waits for it need not.
    hung_up: watch::Receiver<bool>,
}

impl Context {
    /// What a connection's requests see, and where its reader says that the client hung up.
    pub(crate) fn of_connection(
        shared: Arc<Shared>,
        local: SocketAddr,
        peer: SocketAddr,
    ) -> (watch::Sender<bool>, Context) {
        let (says, hung_up) = watch::channel(false);
        (says, Context { shared, local, peer, hung_up })
    }

    /// Resolves when the client hung up.
    pub(crate) async fn hung_up(&self) {
        // An error means that the connection is gone, which is that, too.
        let _ = self.hung_up.clone().wait_for(|hung_up| *hung_up).await;
    }

    pub(crate) fn log(&self) -> &Log {
        &self.shared.log
    }

    pub(crate) fn transactions(&self) -> &Coordinator {
        &self.shared.transactions
    }

    pub(crate) fn groups(&self) -> &GroupCoordinator {
        &self.shared.groups
    }

    pub(crate) fn config(&self) -> &BrokerConfig {
        &self.shared.config
    }

    /// The host and port that the client is told to use.
    pub(crate) fn advertised(&self) -> (StrBytes, i32) {
        match &self.shared.config.advertised {
            Some(Advertised { host, port }) => (StrBytes::from_string(host.clone()), i32::from(*port)),
            None => (StrBytes::from_string(self.local.ip().to_canonical().to_string()), i32::from(self.local.port())),
        }
    }

    /// A topic by its id if the client gave one, else by its name.
    pub(crate) fn topic(&self, name: &str, id: Uuid) -> Option<Arc<Topic>> {
        if id.is_nil() { self.log().topic(name) } else { self.log().topic_by_id(TopicId(id.into_bytes())) }
    }
}

/// A topic's name as the codec wants it.
pub(crate) fn topic_name(name: &str) -> TopicName {
    TopicName(StrBytes::from_string(name.to_owned()))
}

/// A topic's id as the codec wants it.
pub(crate) fn topic_uuid(id: TopicId) -> Uuid {
    Uuid::from_bytes(id.0)
}
