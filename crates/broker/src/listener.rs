//! Where the broker listens: several named listeners, each with its own protocol, as Kafka's `listeners`.

use std::collections::HashMap;
use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use thiserror::Error;
use tokio::net::TcpListener;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::acl::Principal;
use crate::config::Advertised;
use crate::sasl::users::Users;
use crate::sasl::{Credential, Mechanism};
use crate::tls::acceptor::Acceptor;
use crate::tls::{PrincipalMapping, TlsError, TlsFiles};

/// What a listener speaks, by Kafka's names.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Protocol {
    /// Neither encrypted nor authenticated: for loopback.
    Plaintext,
    /// Encrypted; authenticated where client certificates are required.
    Ssl,
    /// Authenticated, not encrypted.
    SaslPlaintext,
    /// Encrypted and authenticated.
    SaslSsl,
}

impl Protocol {
    /// All of them.
    pub const ALL: [Protocol; 4] = [Protocol::Plaintext, Protocol::Ssl, Protocol::SaslPlaintext, Protocol::SaslSsl];

    /// Kafka's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Protocol::Plaintext => "PLAINTEXT",
            Protocol::Ssl => "SSL",
            Protocol::SaslPlaintext => "SASL_PLAINTEXT",
            Protocol::SaslSsl => "SASL_SSL",
        }
    }

    /// Whether it is encrypted.
    #[must_use]
    pub fn is_encrypted(self) -> bool {
        matches!(self, Protocol::Ssl | Protocol::SaslSsl)
    }

    /// Whether clients log in.
    #[must_use]
    pub fn has_sasl(self) -> bool {
        matches!(self, Protocol::SaslPlaintext | Protocol::SaslSsl)
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Protocol {
    type Err = String;

    fn from_str(text: &str) -> Result<Protocol, String> {
        let found = Protocol::ALL.into_iter().find(|protocol| protocol.name().eq_ignore_ascii_case(text));
        let known = || Protocol::ALL.map(Protocol::name).join("`, `");
        found.ok_or_else(|| format!("`{text}` is not a protocol; known: `{}`", known()))
    }
}

/// A listener to be served.
#[derive(Debug)]
pub struct Listener {
    /// Its name, for people.
    pub name: String,
    /// Where its settings stand, for people who mend them.
    pub place: String,
    /// Where it is bound.
    pub socket: TcpListener,
    /// Certificate and key; needed for TLS, unused without.
    pub tls: Option<TlsFiles>,
    /// The mechanisms by which clients log in; without any, they don't.
    pub mechanisms: Vec<Mechanism>,
    /// From a client certificate's subject to a user's name.
    pub principal_mapping: PrincipalMapping,
    /// What clients are told to connect to; `None` tells each client the address that it came to.
    pub advertised: Option<Advertised>,
    /// The most connections at a time; one more is closed as soon as it is accepted.
    pub connections_max: usize,
    /// The most connections of one address at a time.
    pub connections_per_address_max: usize,
    /// After so long, a client has to log in again (KIP-368); never by default.
    pub reauthenticate: Option<Duration>,
    /// Makes this the platform's own door: one user, who may do everything.
    pub operator: Option<(String, Credential)>,
}

impl Listener {
    /// A listener that is neither encrypted nor authenticated.
    #[must_use]
    pub fn plaintext(socket: TcpListener) -> Listener {
        Listener {
            name: "kafka".to_owned(),
            place: "listener `kafka`".to_owned(),
            socket,
            tls: None,
            mechanisms: Vec::new(),
            principal_mapping: PrincipalMapping::default(),
            advertised: None,
            connections_max: CONNECTIONS_MAX,
            connections_per_address_max: CONNECTIONS_MAX,
            reauthenticate: None,
            operator: None,
        }
    }
}

/// The most connections of a listener whose configuration does not say.
pub const CONNECTIONS_MAX: usize = 10_000;

/// Why the broker can't start.
#[derive(Debug, Error)]
pub enum StartError {
    /// No listener was given.
    #[error("there is no listener")]
    NoListener,
    /// A listener's TLS can't be set up.
    #[error("{place}: {error}")]
    Tls {
        /// Where its settings stand.
        place: String,
        /// What is wrong.
        error: TlsError,
    },
    /// What the log holds of users, rules or quotas can't be read.
    #[error("can't read the {what} that the log holds: {reason}")]
    Stored {
        /// What can't be read.
        what: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// The system refuses.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// A listener's rules, shared by its connections.
pub(crate) struct Door {
    pub(crate) name: String,
    pub(crate) tls: Option<Acceptor>,
    pub(crate) mechanisms: Vec<Mechanism>,
    pub(crate) principal_mapping: PrincipalMapping,
    pub(crate) advertised: Option<Advertised>,
    pub(crate) reauthenticate: Option<Duration>,
    /// Who may come in by this door alone, and do everything then.
    pub(crate) operator: Option<Users>,
    slots: Arc<Semaphore>,
    per_address_max: usize,
    per_address: Mutex<HashMap<IpAddr, usize>>,
}

impl Door {
    /// Reads the listener's files.
    pub(crate) fn open(listener: Listener) -> Result<(TcpListener, Arc<Door>), StartError> {
        let tls = listener.tls.map(Acceptor::new).transpose();
        let tls = tls.map_err(|error| StartError::Tls { place: listener.place.clone(), error })?;
        let operator =
            listener.operator.map(|(name, credential)| Users::new([((name, credential.hash), credential)].into()));
        let door = Door {
            name: listener.name,
            tls,
            mechanisms: listener.mechanisms,
            principal_mapping: listener.principal_mapping,
            advertised: listener.advertised,
            reauthenticate: listener.reauthenticate,
            operator,
            slots: Arc::new(Semaphore::new(listener.connections_max.min(Semaphore::MAX_PERMITS))),
            per_address_max: listener.connections_per_address_max,
            per_address: Mutex::default(),
        };
        Ok((listener.socket, Arc::new(door)))
    }

    /// A place for one more connection; nothing when there are too many.
    pub(crate) fn enter(self: &Arc<Door>, peer: SocketAddr) -> Option<Entered> {
        let slot = self.slots.clone().try_acquire_owned().ok()?;
        let address = peer.ip().to_canonical();
        let mut per_address = self.per_address.lock().unwrap_or_else(PoisonError::into_inner);
        let open = per_address.entry(address).or_default();
        if *open >= self.per_address_max {
            return None;
        }
        *open += 1;
        Some(Entered { door: self.clone(), address, _slot: slot })
    }

    /// The name of the client whose certificate this is.
    pub(crate) fn certificate_principal(&self, certificate: &[u8]) -> Option<Principal> {
        let subject = crate::tls::distinguished_name::subject(certificate)?;
        self.principal_mapping.name(&subject).map(|name| Principal::user(&name))
    }
}

/// A connection's place, given back when it is dropped.
pub(crate) struct Entered {
    door: Arc<Door>,
    address: IpAddr,
    _slot: OwnedSemaphorePermit,
}

impl Drop for Entered {
    fn drop(&mut self) {
        let mut per_address = self.door.per_address.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(open) = per_address.get_mut(&self.address) {
            *open -= 1;
            if *open == 0 {
                per_address.remove(&self.address);
            }
        }
    }
}
