//! The HTTP server: doors and views behind one listener.
//!
//! Connections are bounded in number, and in the time that they may take to say what they want, so that clients that
//! dribble or say nothing keep nobody out for long (F2).
//!
//! Layers, from outside: [`guard`](yeoul_serve::guard) against foreign pages, then [`http_access`] where clients say who
//! they are, then doors and views.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::{Extension, Router};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::{JoinHandle, JoinSet};
use yeoul_broker::{Acceptor, Access};
use yeoul_log::Log;
use yeoul_serve::{AllowedHosts, Serve};

use crate::fault::Fault;
use crate::http_access::{self, Peer};
use crate::http_doors::{HttpDoor, HttpDoors};

/// The most connections at a time; one more is closed as soon as it is accepted.
const CONNECTIONS_MAX: usize = 1024;
/// How long a client may take to send a request's head, and to send the next one.
const HEAD_TIME_MAX: Duration = Duration::from_secs(15);
/// The most bytes of a request's head that are kept.
const HEAD_BYTES_MAX: usize = 64 << 10;
/// How long to wait after the system refused a connection before accepting again.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// What the server stands before.
pub struct Behind {
    /// Doors write to it.
    pub log: Log,
    /// What readers ask.
    pub serve: Arc<Serve>,
    /// The names that it answers to, besides loopback's.
    pub hosts: Vec<String>,
    /// Who may ask what, where clients say who they are.
    pub access: Option<Access>,
}

/// A running server.
pub struct HttpServer {
    url: String,
    own_url: String,
    /// Ends the streams of changes, which would never end by themselves.
    serve: Arc<Serve>,
    close: watch::Sender<bool>,
    serving: Vec<JoinHandle<()>>,
}

impl HttpServer {
    /// Serves doors and readers. Must be called within the runtime.
    ///
    /// # Errors
    /// A listener that can't be used.
    pub fn start(doors: HttpDoors, behind: &Behind) -> Result<HttpServer, Fault> {
        let url = doors.public.url()?;
        let own_url = doors.own.as_ref().map_or_else(|| Ok(url.clone()), HttpDoor::url)?;
        let router = router(behind);
        let (close, closed) = watch::channel(false);
        let mut serving = Vec::new();
        for HttpDoor { socket, tls } in std::iter::once(doors.public).chain(doors.own) {
            let listener = TcpListener::from_std(socket)?;
            serving.push(tokio::spawn(accept_until_closed(listener, tls, router.clone(), closed.clone())));
        }
        Ok(HttpServer { url, own_url, serve: behind.serve.clone(), close, serving })
    }

    /// Where it listens.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Where commands on this machine find it.
    #[must_use]
    pub fn own_url(&self) -> &str {
        &self.own_url
    }

    /// Takes no more requests and ends streams of changes; what else is under way has `patience`.
    pub async fn shutdown(mut self, patience: Duration) {
        self.serve.close();
        let _ = self.close.send(true);
        let deadline = tokio::time::Instant::now() + patience;
        for serving in &mut self.serving {
            if tokio::time::timeout_at(deadline, &mut *serving).await.is_err() {
                serving.abort();
            }
        }
    }
}

/// Accepts connections until the server closes, then waits for those that are open.
async fn accept_until_closed(
    listener: TcpListener,
    tls: Option<Arc<Acceptor>>,
    router: Router,
    closed: watch::Receiver<bool>,
) {
    let slots = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match (accepted, slots.clone().try_acquire_owned()) {
                (Ok((stream, peer)), Ok(slot)) => {
                    let router = router.clone().layer(Extension(Peer(peer.ip())));
                    let serving = serve_one(stream, tls.clone(), router, closed.clone());
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

async fn serve_one(stream: TcpStream, tls: Option<Arc<Acceptor>>, router: Router, closed: watch::Receiver<bool>) {
    let Some(tls) = tls else { return serve_stream(stream, router, closed).await };
    match tokio::time::timeout(HEAD_TIME_MAX, tls.accept(stream)).await {
        Ok(Ok(stream)) => serve_stream(stream, router, closed).await,
        Ok(Err(error)) => tracing::debug!(%error, "a client's tls handshake with http failed"),
        Err(_) => tracing::debug!("a client did not shake hands with http in time"),
    }
}

async fn serve_stream(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    router: Router,
    closed: watch::Receiver<bool>,
) {
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
fn router(behind: &Behind) -> Router {
    let Behind { log, serve, hosts, access } = behind;
    let doors = yeoul_collect::router(log.clone(), yeoul_collect::Limits::default());
    let mut all = yeoul_serve::router(serve.clone()).merge(doors);
    if let Some(access) = access {
        all = http_access::guard(all, access.clone(), log.clone());
    }
    yeoul_serve::guard(all, AllowedHosts { names: hosts.clone() })
}
