//! A listener's current TLS configuration. The files are looked at when a client comes, once a second at most; a change
//! that can't be used is logged, and the last good configuration stays.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::Instant;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::files::{Look, TlsError, TlsFiles};

/// How often the files are looked at, at most.
const LOOK_PERIOD: Duration = Duration::from_secs(1);

/// Accepts TLS connections.
pub struct Acceptor {
    files: TlsFiles,
    current: Mutex<Current>,
}

struct Current {
    config: Arc<ServerConfig>,
    looks: Vec<Look>,
    looked: Instant,
}

impl Acceptor {
    /// Reads the files.
    ///
    /// # Errors
    /// What can't be read or used.
    pub fn new(files: TlsFiles) -> Result<Acceptor, TlsError> {
        let looks = files.look();
        let current = Current { config: files.load()?, looks, looked: Instant::now() };
        Ok(Acceptor { files, current: Mutex::new(current) })
    }

    /// Shakes hands.
    ///
    /// # Errors
    /// The handshake fails.
    pub async fn accept<S: AsyncRead + AsyncWrite + Unpin>(&self, stream: S) -> std::io::Result<TlsStream<S>> {
        TlsAcceptor::from(self.config()).accept(stream).await
    }

    fn config(&self) -> Arc<ServerConfig> {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if current.looked.elapsed() >= LOOK_PERIOD {
            current.looked = Instant::now();
            let looks = self.files.look();
            if looks != current.looks {
                current.looks = looks;
                self.reload(&mut current);
            }
        }
        current.config.clone()
    }

    fn reload(&self, current: &mut Current) {
        let certificate = self.files.certificate.display();
        match self.files.load() {
            Ok(config) => {
                current.config = config;
                tracing::info!(%certificate, "took the changed certificate");
            }
            Err(error) => tracing::error!(%error, "kept the old certificate"),
        }
    }
}
