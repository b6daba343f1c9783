//! The HTTP server: doors and views behind one listener.
//!
//! Connections are bounded in number, and in the time that they may take to say what they want, so that clients that
//! dribble or say nothing keep nobody out for long (F2).

use std::net::{SocketAddr, TcpListener};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpStream;
use tokio::sync::{Semaphore, watch};
use tokio::task::{JoinHandle, JoinSet};
use yeoul_log::Log;
use yeoul_serve::{AllowedHosts, Serve};

use crate::fault::Fault;

/// The most connections at a time; one more is closed as soon as it is accepted.
const CONNECTIONS_MAX: usize = 1024;
/// How long a client may take to send a request's head, and to send the next one.
const HEAD_TIME_MAX: Duration = Duration::from_secs(15);
/// The most bytes of a request's head that are kept.
const HEAD_BYTES_MAX: usize = 64 << 10;
/// How long to wait after the system refused a connection before accepting again.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// A running server.
pub struct HttpServer {
    address: SocketAddr,
    /// Ends the streams of changes, which would never end by themselves.
    serve: Arc<Serve>,
    close: watch::Sender<bool>,
    serving: JoinHandle<()>,
}

impl HttpServer {
    /// Serves doors and readers on `listener`, under the names `hosts` besides loopback's. Must be called within the
    /// runtime.
    ///
    /// # Errors
    /// A listener that can't be used.
    pub fn start(listener: TcpListener, log: &Log, serve: Arc<Serve>, hosts: &[String]) -> Result<HttpServer, Fault> {
        let address = listener.local_addr()?;
        let router = router(log, serve.clone(), hosts);
        let listener = tokio::net::TcpListener::from_std(listener)?;
        let (close, closed) = watch::channel(false);
        let serving = tokio::spawn(accept_until_closed(listener, router, closed));
        Ok(HttpServer { address, serve, close, serving })
    }

    /// Where it listens, as a URL.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Takes no more requests and ends streams of changes; what else is under way has `patience`.
    pub async fn shutdown(mut self, patience: Duration) {
        self.serve.close();
        let _ = self.close.send(true);
        if tokio::time::timeout(patience, &mut self.serving).await.is_err() {
            self.serving.abort();
        }
    }
}

/// Accepts connections until the server closes, then waits for those that are open.
async fn accept_until_closed(listener: tokio::net::TcpListener, router: Router, closed: watch::Receiver<bool>) {
    let slots = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match (accepted, slots.clone().try_acquire_owned()) {
                (Ok((stream, _)), Ok(slot)) => {
                    let serving = serve_one(stream, router.clone(), closed.clone());
                    connections.spawn(async move {
                        serving.await;
                        drop(slot);
                    });
                }
                // Too many: the connection is closed by being dropped.
                (Ok(_), Err(_)) => {}
                (Err(error), _) => {
                    tracing::warn!(%error, "can't accept an http connection");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            },
            Some(_) = connections.join_next() => {}
            () = wait(closed.clone()) => break,
        }
    }
    drop(listener);
    while connections.join_next().await.is_some() {}
}

async fn wait(mut closed: watch::Receiver<bool>) {
    // An error means that the server is gone, which is an end, too.
    let _ = closed.wait_for(|closed| *closed).await;
}

async fn serve_one(stream: TcpStream, router: Router, closed: watch::Receiver<bool>) {
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(HEAD_TIME_MAX).max_buf_size(HEAD_BYTES_MAX);
    let connection = builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    let mut connection = pin!(connection);
    let served = tokio::select! {
        served = connection.as_mut() => served,
        () = wait(closed) => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = served {
        tracing::debug!(%error, "an http connection ended");
    }
}

/// All doors and all that readers can ask, behind the checks that keep foreign web pages out.
fn router(log: &Log, serve: Arc<Serve>, hosts: &[String]) -> Router {
    let doors = yeoul_collect::router(log.clone(), yeoul_collect::Limits::default());
    let all = yeoul_serve::router(serve).merge(doors);
    yeoul_serve::guard(all, AllowedHosts { names: hosts.to_vec() })
}
