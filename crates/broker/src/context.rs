//! What a request's handler can reach.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use kafka_protocol::messages::{BrokerId, TopicName};
use kafka_protocol::protocol::StrBytes;
use tokio::sync::{Semaphore, watch};
use tokio::time::Instant;
use uuid::Uuid;
use yeoul_base::TopicId;
use yeoul_log::{Log, Topic};

use crate::acl::gate::Client;
use crate::api::fetch_session::Sessions;
use crate::budget::RequestBudget;
use crate::config::{Advertised, BrokerConfig};
use crate::group::coordinator::Coordinator as GroupCoordinator;
use crate::listener::Door;
use crate::metrics::BrokerMetrics;
use crate::quota::User;
use crate::quota::limits::Kind;
use crate::sasl::authentication::Authentication;
use crate::security::Security;
use crate::transactions::Coordinator;
use crate::trouble::Warnings;

/// This node's id. There is one node.
pub(crate) const NODE: BrokerId = BrokerId(1);
/// The epoch of every partition's leader, which never changes.
pub(crate) const LEADER_EPOCH: i32 = 0;
/// The epoch of who knows of none.
pub(crate) const NO_EPOCH: i32 = -1;

/// What all connections share.
pub(crate) struct Shared {
    pub(crate) log: Log,
    pub(crate) config: BrokerConfig,
    pub(crate) metrics: Arc<BrokerMetrics>,
    pub(crate) transactions: Coordinator,
    pub(crate) groups: Arc<GroupCoordinator>,
    /// What requests may hold.
    pub(crate) requests: RequestBudget,
    /// One permit for each byte of records that responses may hold.
    pub(crate) response_bytes: Arc<Semaphore>,
    /// Users, rules, quotas.
    pub(crate) security: Security,
    /// One permit for each password that may be hashed at the same time, whichever door it came to: who guesses holds up who
    /// logs in, and not who reads the disk on the same threads.
    pub(crate) password_checks: Semaphore,
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
    /// Turns true when the client says nothing more: who waits for it need not.
    pub(crate) hung_up: watch::Receiver<bool>,
    /// The address that the client has.
    pub(crate) peer: SocketAddr,
    /// The listener that it came by.
    pub(crate) door: Arc<Door>,
    /// Who it is.
    pub(crate) client: Arc<Client>,
    /// How it logs in, where it has to.
    pub(crate) authentication: Option<Arc<Mutex<Authentication>>>,
    /// Until when nothing is read from it, for having used too much.
    pub(crate) silent_until: Arc<Mutex<Option<Instant>>>,
}

impl Context {
    /// Resolves when the client hung up.
    pub(crate) async fn hung_up(&self) {
        // An error means that the connection is gone, which is that, too.
        let _ = self.hung_up.clone().wait_for(|hung_up| *hung_up).await;
    }

    pub(crate) fn client(&self) -> Arc<Client> {
        self.client.clone()
    }

    /// Nothing is read from the client for so long.
    pub(crate) fn silence(&self, time: Duration) {
        if time.is_zero() {
            return;
        }
        let mut until = self.silent_until.lock().unwrap_or_else(PoisonError::into_inner);
        let new = Instant::now() + time;
        *until = Some(until.map_or(new, |old| old.max(new)));
    }

    /// Counts what the client used against its quota; how long it is to be silent for it, in milliseconds.
    pub(crate) fn used(&self, kind: Kind, client_id: &str, used: f64) -> i32 {
        let user = User { name: self.client.principal.name(), client_id };
        let throttle = self.shared.security.quotas.record(kind, user, used);
        self.silence(throttle);
        i32::try_from(throttle.as_millis()).unwrap_or(i32::MAX)
    }

    /// Counts what was fetched. It is delivered: the next fetch is the one to wait.
    pub(crate) fn count_fetched(&self, client_id: &str, bytes: usize) {
        let user = User { name: self.client.principal.name(), client_id };
        self.shared.security.quotas.record(Kind::Fetched, user, bytes as f64);
    }

    /// Until when nothing is to be read from the client.
    pub(crate) fn silent_until(&self) -> Option<Instant> {
        self.silent_until.lock().unwrap_or_else(PoisonError::into_inner).take()
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
        match self.door.advertised.as_ref().or(self.shared.config.advertised.as_ref()) {
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
