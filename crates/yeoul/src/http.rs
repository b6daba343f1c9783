//! The HTTP server: doors and views behind one listener.

use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use axum::Router;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::fault::Fault;

/// A running server.
pub struct HttpServer {
    address: SocketAddr,
    close: oneshot::Sender<()>,
    serving: JoinHandle<()>,
}

impl HttpServer {
    /// Serves `router` on `listener`. Must be called within the runtime.
    ///
    /// # Errors
    /// A listener that can't be used.
    pub fn start(listener: TcpListener, router: Router) -> Result<HttpServer, Fault> {
        let address = listener.local_addr()?;
        let listener = tokio::net::TcpListener::from_std(listener)?;
        let (close, closed) = oneshot::channel::<()>();
        let serving = tokio::spawn(async move {
            let closed = async { closed.await.unwrap_or_default() };
            if let Err(error) = axum::serve(listener, router).with_graceful_shutdown(closed).await {
                tracing::error!(%error, "http ended");
            }
        });
        Ok(HttpServer { address, close, serving })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The same, as a URL.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Takes no more requests; those under way (a stream of changes never ends) have `patience`.
    pub async fn shutdown(mut self, patience: Duration) {
        let _ = self.close.send(());
        if tokio::time::timeout(patience, &mut self.serving).await.is_err() {
            self.serving.abort();
        }
    }
}
