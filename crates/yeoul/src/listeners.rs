//! The Kafka listeners of a platform: what `yeoul.toml` and the flags say of them, checked and bound.
//!
//! A listener is on loopback, or it authenticates its clients: one that does neither refuses to start (C8). A name is
//! resolved once; all addresses that it stands for are checked, and the one that is checked is the one that is bound.
//!
//! Where any listener authenticates, clients may do what access rules allow, and the platform has one more listener, on
//! a free port of loopback: for its own feeds and the commands of who may read its data folder, see
//! [`presence`](crate::presence).

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use yeoul_broker::client::LogIn;
use yeoul_broker::{
    Advertised, ClientCertificates, Credential, Listener, Mechanism, Principal, PrincipalMapping, Protocol, ScramHash,
    SecurityConfig, TlsFiles,
};

use crate::address;
use crate::commands::PlatformArgs;
use crate::config::{ClientAuth, Config, FILE, HttpAuthentication, Listener as Configured};
use crate::fault::Fault;

/// The name of the listener that there always is.
pub const MAIN: &str = "kafka";
/// The name of the platform's own user.
const OPERATOR: &str = "yeoul-operator";

/// All listeners, bound.
pub struct Listeners {
    /// The one that there always is, first.
    pub all: Vec<Bound>,
    /// What access rules are for.
    pub security: SecurityConfig,
    /// Whether the platform itself needs a door: where clients log in, at a listener or over HTTP.
    has_operator: bool,
}

/// A listener that is bound.
pub struct Bound {
    socket: std::net::TcpListener,
    settings: Settings,
}

/// What a listener does with its clients.
struct Settings {
    place: String,
    name: String,
    tls: Option<TlsFiles>,
    mechanisms: Vec<Mechanism>,
    principal_mapping: PrincipalMapping,
    advertised: Option<Advertised>,
    connections_max: usize,
    connections_per_address_max: usize,
    reauthenticate: Option<Duration>,
}

impl Listeners {
    /// Binds what file and flags say.
    ///
    /// # Errors
    /// A setting that can't be meant, an address that is open without authentication, or taken.
    pub fn bind(folder: &Path, config: &Config, args: &PlatformArgs) -> Result<Listeners, Fault> {
        let mut all = Vec::new();
        for configured in configured(config, args) {
            let settings = Settings::new(folder, &configured, args)?;
            let address = configured.address.clone().unwrap_or_default();
            let socket = address::bind(&configured.name, &address, settings.authenticates())?;
            all.push(Bound { socket, settings });
        }
        let mut super_users = Vec::new();
        for name in config.security.super_users.iter().chain(&args.super_users) {
            let wrong = |error| Fault::usage(format!("{FILE}: `security.super-users`: {error}"));
            super_users.push(name.parse::<Principal>().map_err(wrong)?);
        }
        let authorize = all.iter().any(|bound| bound.settings.authenticates());
        let has_operator = authorize || config.http.authentication != HttpAuthentication::None;
        Ok(Listeners { all, security: SecurityConfig { authorize, super_users }, has_operator })
    }

    /// The address of the listener that there always is.
    ///
    /// # Errors
    /// The system refuses.
    pub fn main_address(&self) -> Result<SocketAddr, Fault> {
        let main = self.all.first().ok_or_else(|| Fault::failed("a platform without a listener"))?;
        Ok(main.socket.local_addr()?)
    }

    /// The listeners for the broker, and how the platform itself comes in where clients have to log in.
    ///
    /// # Errors
    /// The system refuses.
    pub fn serve(self) -> Result<(Vec<Listener>, Option<Operator>), Fault> {
        let mut listeners = Vec::new();
        for Bound { socket, settings } in self.all {
            listeners.push(settings.listener(tokio::net::TcpListener::from_std(socket)?));
        }
        if !self.has_operator {
            return Ok((listeners, None));
        }
        let socket = address::bind("operator", "127.0.0.1:0", true)?;
        let address = socket.local_addr()?;
        let password = yeoul_broker::random_password().map_err(|error| Fault::failed(error.to_string()))?;
        let credential = Credential::of_password(ScramHash::Sha512, &password, 4096)?;
        listeners.push(Listener {
            name: "operator".to_owned(),
            mechanisms: vec![Mechanism::Scram(ScramHash::Sha512)],
            operator: Some((OPERATOR.to_owned(), credential)),
            ..Listener::plaintext(tokio::net::TcpListener::from_std(socket)?)
        });
        let log_in = LogIn::new(OPERATOR, &password);
        Ok((listeners, Some(Operator { address, log_in })))
    }
}

/// How the platform itself, and who may read its data folder, comes in.
#[derive(Clone, Debug)]
pub struct Operator {
    /// Where.
    pub address: SocketAddr,
    /// As whom.
    pub log_in: LogIn,
}

/// All listeners of file and flags, the main one first.
fn configured(config: &Config, args: &PlatformArgs) -> Vec<Configured> {
    let written = config.listener.iter().find(|listener| listener.name == MAIN).cloned();
    let mut main = written.unwrap_or_else(|| Configured::plaintext(MAIN));
    if main.address.is_none() || args.kafka.is_some() {
        main.address = Some(args.kafka_address(config).to_owned());
    }
    let mut all = vec![main];
    all.extend(config.listener.iter().filter(|listener| listener.name != MAIN).cloned());
    for flag in &args.listeners {
        match all.iter_mut().find(|listener| listener.name == flag.name) {
            Some(listener) => {
                listener.address.clone_from(&flag.address);
                listener.protocol.clone_from(&flag.protocol);
            }
            None => all.push(flag.clone()),
        }
    }
    all
}

impl Settings {
    fn new(folder: &Path, configured: &Configured, args: &PlatformArgs) -> Result<Settings, Fault> {
        let place = configured.place();
        let wrong = |key: &str, error: String| Fault::usage(format!("{place}: `{key}`: {error}"));
        let protocol: Protocol = configured.protocol.parse().map_err(|error| wrong("protocol", error))?;
        if configured.address.is_none() {
            return Err(wrong("address", "is missing; write one like `127.0.0.1:9093`".to_owned()));
        }
        let mapping = PrincipalMapping::new(&configured.principal_mapping);
        Ok(Settings {
            name: configured.name.clone(),
            tls: protocol.is_encrypted().then(|| tls(folder, configured, args, &wrong)).transpose()?,
            mechanisms: mechanisms(configured, protocol, &wrong)?,
            principal_mapping: mapping.map_err(|error| wrong("principal-mapping", error))?,
            advertised: configured
                .advertised
                .as_deref()
                .map(advertised)
                .transpose()
                .map_err(|error| wrong("advertised", error))?,
            connections_max: configured.connections_max.unwrap_or(yeoul_broker::CONNECTIONS_MAX),
            connections_per_address_max: configured
                .connections_per_address_max
                .unwrap_or(yeoul_broker::CONNECTIONS_MAX),
            reauthenticate: configured.reauthenticate_seconds.map(Duration::from_secs),
            place,
        })
    }

    /// Whether every client says who it is, and proves it.
    fn authenticates(&self) -> bool {
        let by_certificate =
            self.tls.as_ref().is_some_and(|tls| matches!(tls.clients, ClientCertificates::Required(_)));
        by_certificate || !self.mechanisms.is_empty()
    }

    fn listener(self, socket: tokio::net::TcpListener) -> Listener {
        Listener {
            name: self.name,
            place: self.place,
            socket,
            tls: self.tls,
            mechanisms: self.mechanisms,
            principal_mapping: self.principal_mapping,
            advertised: self.advertised,
            connections_max: self.connections_max,
            connections_per_address_max: self.connections_per_address_max,
            reauthenticate: self.reauthenticate,
            operator: None,
        }
    }
}

fn tls(
    folder: &Path,
    configured: &Configured,
    args: &PlatformArgs,
    wrong: &dyn Fn(&str, String) -> Fault,
) -> Result<TlsFiles, Fault> {
    // Paths of the file are the project's, those of flags the shell's.
    let from_file = |path: &Option<std::path::PathBuf>| path.as_ref().map(|path| folder.join(path));
    let missing = |flag: &str| format!("is missing; name a file in PEM format, or use `{flag}`");
    let certificate = from_file(&configured.certificate).or_else(|| args.tls_certificate.clone());
    let key = from_file(&configured.key).or_else(|| args.tls_key.clone());
    let authorities = from_file(&configured.client_ca).or_else(|| args.tls_client_ca.clone());
    let default = if authorities.is_some() && configured.protocol.eq_ignore_ascii_case("SSL") {
        ClientAuth::Required
    } else {
        ClientAuth::None
    };
    let authorities = || authorities.clone().ok_or_else(|| wrong("client-ca", missing("--tls-client-ca")));
    let clients = match configured.client_auth.unwrap_or(default) {
        ClientAuth::None => ClientCertificates::None,
        ClientAuth::Requested => ClientCertificates::Requested(authorities()?),
        ClientAuth::Required => ClientCertificates::Required(authorities()?),
    };
    Ok(TlsFiles {
        certificate: certificate.ok_or_else(|| wrong("certificate", missing("--tls-certificate")))?,
        key: key.ok_or_else(|| wrong("key", missing("--tls-key")))?,
        clients,
    })
}

/// The mechanisms that are offered: those that are named, else all; but a password goes unencrypted over a network
/// only if that was asked for by name.
fn mechanisms(
    configured: &Configured,
    protocol: Protocol,
    wrong: &dyn Fn(&str, String) -> Fault,
) -> Result<Vec<Mechanism>, Fault> {
    let Some(named) = &configured.mechanisms else {
        let encrypted = |mechanism: &Mechanism| protocol.is_encrypted() || *mechanism != Mechanism::Plain;
        let all = Mechanism::ALL.into_iter().filter(encrypted);
        return Ok(if protocol.has_sasl() { all.collect() } else { Vec::new() });
    };
    if !protocol.has_sasl() {
        let error = format!("are for `SASL_PLAINTEXT` and `SASL_SSL`, not for `{protocol}`; remove the key");
        return Err(wrong("mechanisms", error));
    }
    if named.is_empty() {
        return Err(wrong("mechanisms", "is empty; name one, or remove the key".to_owned()));
    }
    named.iter().map(|name| name.parse().map_err(|error| wrong("mechanisms", error))).collect()
}

/// `host:port`, an IPv6 address in brackets.
fn advertised(text: &str) -> Result<Advertised, String> {
    let wrong = || format!("`{text}` is not `host:port`");
    let (host, port) = text.rsplit_once(':').ok_or_else(wrong)?;
    let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    let port = port.parse().ok().filter(|port| *port != 0).ok_or_else(wrong)?;
    if host.is_empty() { Err(wrong()) } else { Ok(Advertised { host: host.to_owned(), port }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_advertised_address_is_a_host_and_a_port() {
        let read = |text: &str| advertised(text).map(|at| (at.host, at.port));
        assert_eq!(read("kafka.example.com:9093"), Ok(("kafka.example.com".to_owned(), 9093)));
        assert_eq!(read("[::1]:9093"), Ok(("::1".to_owned(), 9093)));
        for wrong in ["", "host", "host:", ":9093", "host:0", "host:99999"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
