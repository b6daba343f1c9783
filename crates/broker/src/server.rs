//! The listener: takes connections in, up to a number, and ends them all when the broker shuts down.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::{JoinHandle, JoinSet};
use yeoul_log::Log;

use crate::api::fetch_session::Sessions;
use crate::config::BrokerConfig;
use crate::connection::{self, ConnectionError};
use crate::context::{Context, Shared};
use crate::group::Groups;
use crate::group::coordinator::Coordinator as GroupCoordinator;
use crate::metrics::BrokerMetrics;
use crate::transactions::{self, Coordinator, Limits};
use crate::trouble::{self, Warnings};

/// How long connections may take to send out what they owe when the broker shuts down.
const SHUTDOWN_TIME_MAX: Duration = Duration::from_secs(5);
/// How long to wait after the system refused a connection (no more descriptors, say) before accepting again.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// The log's Kafka face.
#[derive(Debug)]
pub struct Broker;

/// A running broker. Dropping it shuts the broker down without waiting.
#[derive(Debug)]
pub struct BrokerHandle {
    local: SocketAddr,
    metrics: Arc<BrokerMetrics>,
    groups: Groups,
    closing: watch::Sender<bool>,
    accepting: JoinHandle<()>,
}

impl Broker {
    /// Serves the log on the listener until the handle is shut down. Must be called within a tokio runtime
    /// that has timers and network.
    ///
    /// # Errors
    /// When the listener can't say its address.
    pub fn start(listener: TcpListener, log: Log, config: BrokerConfig) -> io::Result<BrokerHandle> {
        let local = listener.local_addr()?;
        let metrics = Arc::new(BrokerMetrics::default());
        let (closing, closed) = watch::channel(false);
        let request_bytes = Arc::new(Semaphore::new(config.request_bytes_max));
        let response_bytes = Arc::new(Semaphore::new(config.response_bytes_max));
        let groups = GroupCoordinator::load(log.clone(), config.groups.clone());
        let limits =
            Limits { timeout_max: config.transaction_timeout_max, id_expiration: config.transactional_id_expiration };
        let shared = Arc::new(Shared {
            transactions: Coordinator::open(log.clone(), limits),
            log,
            config,
            metrics: metrics.clone(),
            groups: groups.clone(),
            request_bytes,
            response_bytes,
            closing: closed,
            sessions: Sessions::default(),
            warnings: Warnings::new(),
        });
        tokio::spawn(transactions::watch(Arc::clone(&shared)));
        let until_closed = Arc::clone(&shared);
        let told = Groups(groups.clone());
        tokio::spawn(groups.run(async move { until_closed.closed().await }));
        let accepting = tokio::spawn(accept_until_closed(listener, shared));
        Ok(BrokerHandle { local, metrics, groups: told, closing, accepting })
    }
}

impl BrokerHandle {
    /// The address that the broker listens on.
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.local
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

    /// Stops taking connections and requests, answers those that were taken, and returns when all connections
    /// are closed, after five seconds at most.
    pub async fn shutdown(self) {
        let _ = self.closing.send(true);
        if let Err(error) = self.accepting.await {
            tracing::error!(%error, "the kafka listener ended badly");
        }
    }
}

/// Accepts connections until the broker closes (or its handle is gone), then waits for those that are open.
async fn accept_until_closed(listener: TcpListener, shared: Arc<Shared>) {
    let slots = Arc::new(Semaphore::new(shared.config.connections_max));
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => admit(&mut connections, &shared, &slots, stream, peer),
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
fn admit(
    connections: &mut JoinSet<()>,
    shared: &Arc<Shared>,
    slots: &Arc<Semaphore>,
    stream: TcpStream,
    peer: SocketAddr,
) {
    let Ok(slot) = slots.clone().try_acquire_owned() else {
        shared.metrics.connections_refused.add(1);
        return;
    };
    shared.metrics.connections_accepted.add(1);
    connections.spawn(serve_one(shared.clone(), stream, peer, slot));
}

async fn serve_one(shared: Arc<Shared>, stream: TcpStream, peer: SocketAddr, slot: OwnedSemaphorePermit) {
    let _open = OpenConnection { metrics: shared.metrics.clone(), _slot: slot };
    let served = match prepare(&stream) {
        Ok(local) => {
            let (hung_up, context) = Context::of_connection(shared.clone(), local, peer);
            connection::serve(&context, stream, &hung_up).await
        }
        Err(error) => Err(ConnectionError::Write(error)),
    };
    match served {
        Ok(()) => {}
        Err(error) if trouble::is_departure(&error) => tracing::debug!(%peer, %error, "a kafka connection ended"),
        Err(error) => {
            shared.metrics.request_errors.add(1);
            if let Some(kept_back) = shared.warnings.admit() {
                tracing::warn!(%peer, %error, kept_back, "closed a kafka connection");
            }
        }
    }
}

fn prepare(stream: &TcpStream) -> io::Result<SocketAddr> {
    stream.set_nodelay(true)?;
    stream.local_addr()
}

/// Counts a connection as open for as long as it lives, also when its task panics.
struct OpenConnection {
    metrics: Arc<BrokerMetrics>,
    _slot: OwnedSemaphorePermit,
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
