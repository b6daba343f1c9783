//! Where HTTP listens: one address, as configured, and where that one encrypts, one more for the platform's own commands,
//! on a free port of loopback. On another address than loopback it asks who its clients are, over TLS, or it refuses to
//! start (C8).

use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;

use yeoul_broker::{Acceptor, ClientCertificates, TlsFiles};

use crate::address;
use crate::commands::PlatformArgs;
use crate::config::{Config, FILE, HttpAuthentication};
use crate::fault::{Fault, OrUsage};

/// HTTP's listeners, bound.
pub struct HttpDoors {
    /// As configured.
    pub public: HttpDoor,
    /// For commands on this machine.
    pub own: Option<HttpDoor>,
    /// Whether clients say who they are.
    pub authenticates: bool,
}

/// One listener.
pub struct HttpDoor {
    /// Bound.
    pub socket: TcpListener,
    /// Shakes hands, where it encrypts.
    pub tls: Option<Arc<Acceptor>>,
}

impl HttpDoors {
    /// Binds what file and flags say.
    ///
    /// # Errors
    /// A certificate that can't be used, an address that is open without authentication, or taken.
    pub fn bind(folder: &Path, config: &Config, args: &PlatformArgs) -> Result<HttpDoors, Fault> {
        let authenticates = config.http.authentication == HttpAuthentication::Basic;
        let tls = tls(folder, config)?.map(|files| Acceptor::new(files).map(Arc::new)).transpose().or_usage()?;
        let is_safe = authenticates && (tls.is_some() || config.http.behind_tls_proxy);
        let socket = address::bind("http", args.http_address(config), is_safe)?;
        let own = match &tls {
            Some(_) => Some(HttpDoor { socket: address::bind("http", "127.0.0.1:0", false)?, tls: None }),
            None => None,
        };
        Ok(HttpDoors { public: HttpDoor { socket, tls }, own, authenticates })
    }
}

impl HttpDoor {
    /// Its URL.
    ///
    /// # Errors
    /// The system refuses.
    pub fn url(&self) -> Result<String, Fault> {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        Ok(format!("{scheme}://{}", self.socket.local_addr()?))
    }
}

fn tls(folder: &Path, config: &Config) -> Result<Option<TlsFiles>, Fault> {
    let missing = |key| Fault::usage(format!("{FILE}: `http.{key}` is missing; name a file in PEM format"));
    match (&config.http.certificate, &config.http.key) {
        (None, None) => Ok(None),
        (Some(_), None) => Err(missing("key")),
        (None, Some(_)) => Err(missing("certificate")),
        (Some(certificate), Some(key)) => {
            let (certificate, key) = (folder.join(certificate), folder.join(key));
            Ok(Some(TlsFiles { certificate, key, clients: ClientCertificates::None }))
        }
    }
}
