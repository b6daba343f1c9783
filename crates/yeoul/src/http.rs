//! The HTTP server: doors and views behind one listener.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use yeoul_log::Log;
use yeoul_serve::{AllowedHosts, Serve};

use crate::fault::Fault;

/// A running server.
pub struct HttpServer {
    address: SocketAddr,
    /// Ends the streams of changes, which would never end by themselves.
    serve: Arc<Serve>,
    close: oneshot::Sender<()>,
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
        let (close, closed) = oneshot::channel::<()>();
        let serving = tokio::spawn(async move {
            let closed = async { closed.await.unwrap_or_default() };
            if let Err(error) = axum::serve(listener, router).with_graceful_shutdown(closed).await {
                tracing::error!(%error, "http ended");
            }
        });
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
        let _ = self.close.send(());
        if tokio::time::timeout(patience, &mut self.serving).await.is_err() {
            self.serving.abort();
        }
    }
}

/// All doors and all that readers can ask, behind the checks that keep foreign web pages out.
fn router(log: &Log, serve: Arc<Serve>, hosts: &[String]) -> Router {
    let doors = yeoul_collect::router(log.clone(), yeoul_collect::Limits::default());
    let all = yeoul_serve::router(serve).merge(doors);
    yeoul_serve::guard(all, AllowedHosts { names: hosts.to_vec() })
}
