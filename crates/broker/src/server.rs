//! The listeners: take connections in, up to a number, and end them all when the broker shuts down.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::{JoinHandle, JoinSet};
use yeoul_log::Log;

use crate::access::Access;
use crate::api::fetch_session::Sessions;
use crate::budget::RequestBudget;
use crate::client::LogIn;
use crate::config::BrokerConfig;
use crate::connection::{self, ConnectionError};
use crate::context::Shared;
use crate::group::Groups;
use crate::group::coordinator::Coordinator as GroupCoordinator;
use crate::listener::{Door, Entered, Listener, StartError};
use crate::metrics::BrokerMetrics;
use crate::security::Security;
use crate::transactions::{self, Coordinator, Limits};
use crate::trouble::{self, Warnings};

/// How long connections may take to send out what they owe when the broker shuts down.
const SHUTDOWN_TIME_MAX: Duration = Duration::from_secs(5);
/// How long to wait after the system refused a connection (no more descriptors, say) before accepting again.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// How many passwords are checked at the same time.
const PASSWORD_CHECKS_MAX: usize = 4;

/// The log's Kafka face.
#[derive(Debug)]
pub struct Broker;

/// A running broker. Dropping it shuts the broker down without waiting.
pub struct BrokerHandle {
    locals: Vec<(String, SocketAddr)>,
    first: SocketAddr,
    metrics: Arc<BrokerMetrics>,
    groups: Groups,
    shared: Arc<Shared>,
    closing: watch::Sender<bool>,
    accepting: Vec<JoinHandle<()>>,
}

impl std::fmt::Debug for BrokerHandle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BrokerHandle").field("locals", &self.locals).finish_non_exhaustive()
    }
}

impl Broker {
    /// Serves the log on one listener without encryption and authentication, see [`Broker::start_all`].
    ///
    /// # Errors
    /// [`StartError`].
    pub fn start(socket: TcpListener, log: Log, config: BrokerConfig) -> Result<BrokerHandle, StartError> {
        let most = config.connections_max;
        let listener =
            Listener { connections_max: most, connections_per_address_max: most, ..Listener::plaintext(socket) };
        Broker::start_all(vec![listener], log, config)
    }

    /// Serves the log on the listeners until the handle is shut down. Must be called within a tokio runtime
    /// that has timers and network.
    ///
    /// # Errors
    /// No listener; a listener that can't say its address, or whose certificate can't be used; users, rules or quotas
    /// in the log that can't be read.
    pub fn start_all(listeners: Vec<Listener>, log: Log, config: BrokerConfig) -> Result<BrokerHandle, StartError> {
        let doors = listeners.into_iter().map(Door::open).collect::<Result<Vec<_>, _>>()?;
        let mut locals = Vec::with_capacity(doors.len());
        for (socket, door) in &doors {
            locals.push((door.name.clone(), socket.local_addr()?));
        }
        let (_, first) = *locals.first().ok_or(StartError::NoListener)?;
        let (closing, closed) = watch::channel(false);
        let shared = shared(log, config, closed)?;
        let metrics = shared.metrics.clone();
        tokio::spawn(transactions::watch(Arc::clone(&shared)));
        let groups = Groups(Arc::clone(&shared.groups));
        let until_closed = Arc::clone(&shared);
        tokio::spawn(Arc::clone(&shared.groups).run(async move { until_closed.closed().await }));
        let accept = |(socket, door)| tokio::spawn(accept_until_closed(socket, door, shared.clone()));
        let accepting = doors.into_iter().map(accept).collect();
        Ok(BrokerHandle { locals, first, metrics, groups, shared, closing, accepting })
    }
}

/// What all connections share. `closing` turns true when the broker shuts down.
pub(crate) fn shared(
    log: Log,
    config: BrokerConfig,
    closing: watch::Receiver<bool>,
) -> Result<Arc<Shared>, StartError> {
    let limits =
        Limits { timeout_max: config.transaction_timeout_max, id_expiration: config.transactional_id_expiration };
    Ok(Arc::new(Shared {
        transactions: Coordinator::open(log.clone(), limits),
        groups: GroupCoordinator::load(log.clone(), config.groups.clone()),
        requests: RequestBudget::new(config.request_bytes_max),
        response_bytes: Arc::new(Semaphore::new(config.response_bytes_max)),
        security: Security::open(config.security.clone(), log.clone())?,
        password_checks: Semaphore::new(PASSWORD_CHECKS_MAX),
        metrics: Arc::default(),
        sessions: Sessions::default(),
        warnings: Warnings::new(),
        closing,
        log,
        config,
    }))
}

impl BrokerHandle {
    /// The address of the first listener.
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.first
    }

    /// The names and addresses of all listeners.
    #[must_use]
    pub fn locals(&self) -> &[(String, SocketAddr)] {
        &self.locals
    }

    /// What the broker counts about itself.
    #[must_use]
    pub fn metrics(&self) -> Arc<BrokerMetrics> {
        self.metrics.clone()
    }

    /// Its consumer groups.
    #[must_use]
    pub fn groups(&self) -> Groups {
        self.groups.clone()
    }

    /// Its users and rules, for other doors; the operator is who may do everything. Nothing if the system gives no random
    /// numbers.
    #[must_use]
    pub fn access(&self, operator: Option<&LogIn>) -> Option<Access> {
        Access::new(Arc::clone(&self.shared), operator)
    }

    /// Stops taking connections and requests, answers those that were taken, and returns when all connections
    /// are closed, after five seconds at most.
    pub async fn shutdown(self) {
        let _ = self.closing.send(true);
        for accepting in self.accepting {
            if let Err(error) = accepting.await {
                tracing::error!(%error, "a kafka listener ended badly");
            }
        }
    }
}

/// Accepts connections until the broker closes (or its handle is gone), then waits for those that are open.
async fn accept_until_closed(listener: TcpListener, door: Arc<Door>, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => admit(&mut connections, &shared, &door, stream, peer),
                Err(error) => pause_after(&error).await,
            },
            Some(_) = connections.join_next() => {}
            () = shared.closed() => break,
        }
    }
    drop(listener);
    let all_done = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(SHUTDOWN_TIME_MAX, all_done).await.is_err() {
        connections.shutdown().await;
    }
}

/// Serves the connection in a task of its own, or drops it when too many are open.
fn admit(connections: &mut JoinSet<()>, shared: &Arc<Shared>, door: &Arc<Door>, stream: TcpStream, peer: SocketAddr) {
    let Some(entered) = door.enter(peer) else {
        shared.metrics.connections_refused.add(1);
        return;
    };
    shared.metrics.connections_accepted.add(1);
    connections.spawn(serve_one(shared.clone(), door.clone(), stream, peer, entered));
}

async fn serve_one(shared: Arc<Shared>, door: Arc<Door>, stream: TcpStream, peer: SocketAddr, entered: Entered) {
    let _open = OpenConnection { metrics: shared.metrics.clone(), _entered: entered };
    let listener = door.name.clone();
    let served = match stream.set_nodelay(true) {
        Ok(()) => connection::serve(&shared, &door, stream, peer).await,
        Err(error) => Err(ConnectionError::Write(error)),
    };
    match served {
        Ok(()) => {}
        Err(error) if trouble::is_departure(&error) => tracing::debug!(%peer, %error, "a kafka connection ended"),
        Err(error @ (ConnectionError::Authentication | ConnectionError::Tls(_) | ConnectionError::Expired)) => {
            shared.metrics.authentication_failures.add(1);
            if let Some(kept_back) = shared.warnings.admit() {
                tracing::warn!(%peer, listener, %error, kept_back, "did not let a kafka client in");
            }
        }
        Err(error) => {
            shared.metrics.request_errors.add(1);
            if let Some(kept_back) = shared.warnings.admit() {
                tracing::warn!(%peer, listener, %error, kept_back, "closed a kafka connection");
            }
        }
    }
}

/// Counts a connection as open for as long as it lives, also when its task panics.
struct OpenConnection {
    metrics: Arc<BrokerMetrics>,
    _entered: Entered,
}

impl Drop for OpenConnection {
    fn drop(&mut self) {
        self.metrics.connections_closed.add(1);
    }
}

async fn pause_after(error: &io::Error) {
    tracing::warn!(%error, "can't accept a kafka connection");
    tokio::time::sleep(ACCEPT_PAUSE).await;
}
