//! A broker with a listener of each kind, users, and certificates of its own.
#![allow(dead_code, reason = "each test file uses a part of it")]

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use kafka_protocol::messages::ResponseHeader;
use kafka_protocol::protocol::{Decodable, HeaderVersion, Request};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use yeoul_base::{RealDisk, SystemClock};
use yeoul_broker::client::{Client, LogIn};
use yeoul_broker::{
    Acl, Broker, BrokerConfig, BrokerHandle, ClientCertificates, Credential, Listener, Mechanism, Operation, Pattern,
    Permission, Principal, PrincipalMapping, Resource, ScramHash, SecurityConfig, TlsFiles,
};
use yeoul_log::{Log, LogConfig};

/// A broker that asks its clients who they are.
pub struct Secured {
    pub handle: BrokerHandle,
    pub log: Log,
    folder: tempfile::TempDir,
    authority: Issuer<'static, KeyPair>,
}

/// A connection over TLS.
pub type Secret = TlsStream<TcpStream>;

/// Allows a user an operation on what is called so.
pub fn rule(user: &str, operation: Operation, resource: Resource, name: &str) -> Acl {
    Acl {
        resource,
        pattern: Pattern::Literal,
        name: name.to_owned(),
        principal: Principal::user(user),
        host: "*".to_owned(),
        operation,
        permission: Permission::Allow,
    }
}

impl Secured {
    /// Starts one with the users `admin`, who may do everything, and `alice`.
    pub async fn start() -> Secured {
        let folder = tempfile::tempdir().unwrap();
        let authority = write_certificates(folder.path());
        let broker = Secured::on(folder, authority).await;
        let mut operator = broker.operator().await;
        for user in ["admin", "alice"] {
            operator.set_password(user, &format!("{user}'s"), &ScramHash::ALL, 4096).await.unwrap();
        }
        broker
    }

    async fn on(folder: tempfile::TempDir, authority: Issuer<'static, KeyPair>) -> Secured {
        let mut log_config = LogConfig::new(folder.path().join("log"));
        log_config.file_bytes = 16 << 20;
        let log = Log::open(log_config, Arc::new(RealDisk), Arc::new(SystemClock::new())).unwrap();
        let security = SecurityConfig { authorize: true, super_users: vec![Principal::user("admin")] };
        let config = BrokerConfig { security, ..BrokerConfig::default() };
        let listeners = listeners(folder.path()).await;
        let handle = Broker::start_all(listeners, log.clone(), config).unwrap();
        Secured { handle, log, folder, authority }
    }

    /// Stops it, and starts it on the same folder.
    pub async fn restart(self) -> Secured {
        self.handle.shutdown().await;
        self.log.close();
        Secured::on(self.folder, self.authority).await
    }

    /// Where a listener listens.
    pub fn address(&self, listener: &str) -> SocketAddr {
        self.handle.locals().iter().find(|(name, _)| name == listener).unwrap().1
    }

    /// A client that may do everything.
    pub async fn operator(&self) -> Client {
        let address = self.address("operator").to_string();
        let log_in = LogIn::new("operator", "operator's");
        let config = yeoul_broker::client::ClientConfig::new(&address);
        Client::connect(yeoul_broker::client::ClientConfig { log_in: Some(log_in), ..config }).await.unwrap()
    }

    /// A connection over TLS, with a client certificate or without.
    pub async fn over_tls(&self, listener: &str, with_certificate: bool) -> std::io::Result<Secret> {
        let folder = self.folder.path();
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(folder.join("ca.pem")).unwrap()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        let builder = builder.with_root_certificates(roots);
        let config = if with_certificate {
            let chain = vec![CertificateDer::from_pem_file(folder.join("client.pem")).unwrap()];
            let key = PrivateKeyDer::from_pem_file(folder.join("client.key")).unwrap();
            builder.with_client_auth_cert(chain, key).unwrap()
        } else {
            builder.with_no_client_auth()
        };
        let stream = TcpStream::connect(self.address(listener)).await?;
        let name = ServerName::try_from("localhost").unwrap();
        TlsConnector::from(Arc::new(config)).connect(name, stream).await
    }

    /// The certificate that a listener shows.
    pub async fn certificate(&self, listener: &str) -> Vec<u8> {
        let stream = self.over_tls(listener, false).await.unwrap();
        stream.get_ref().1.peer_certificates().unwrap()[0].to_vec()
    }

    /// Writes another certificate of the same authority.
    pub fn change_certificate(&self) {
        write_certificate(self.folder.path(), "server", "localhost", &self.authority);
    }

    /// Writes something else in its place.
    pub fn break_certificate(&self) {
        std::fs::write(self.folder.path().join("server.pem"), "no certificate at all").unwrap();
    }
}

async fn listeners(folder: &Path) -> Vec<Listener> {
    let path = |name: &str| -> PathBuf { folder.join(name) };
    let tls = |clients| Some(TlsFiles { certificate: path("server.pem"), key: path("server.key"), clients });
    let operator = Credential::of_password(ScramHash::Sha512, "operator's", 4096).unwrap();
    let all = Mechanism::ALL.to_vec();
    let mtls = ClientCertificates::Required(path("ca.pem"));
    let mapping = PrincipalMapping::new(&["RULE:^CN=(.*?),.*$/$1/L", "RULE:^CN=(.*?)$/$1/L"]).unwrap();
    vec![
        Listener { mechanisms: all.clone(), ..listener("sasl").await },
        listener("plaintext").await,
        Listener {
            mechanisms: all.clone(),
            reauthenticate: Some(Duration::from_millis(300)),
            ..listener("brief").await
        },
        Listener { mechanisms: all.clone(), tls: tls(ClientCertificates::None), ..listener("sasl-ssl").await },
        Listener { tls: tls(mtls), principal_mapping: mapping, ..listener("mtls").await },
        Listener { mechanisms: all, operator: Some(("operator".to_owned(), operator)), ..listener("operator").await },
    ]
}

async fn listener(name: &str) -> Listener {
    let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
    Listener { name: name.to_owned(), ..Listener::plaintext(socket) }
}

/// An authority, a server's certificate and a client's.
fn write_certificates(folder: &Path) -> Issuer<'static, KeyPair> {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, "authority");
    let authority = params.self_signed(&key).unwrap();
    std::fs::write(folder.join("ca.pem"), authority.pem()).unwrap();
    let issuer = Issuer::new(params, key);
    write_certificate(folder, "server", "localhost", &issuer);
    write_certificate(folder, "client", "Device-7", &issuer);
    issuer
}

fn write_certificate(folder: &Path, file: &str, name: &str, issuer: &Issuer<'_, KeyPair>) {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    let certificate = params.signed_by(&key, issuer).unwrap();
    std::fs::write(folder.join(format!("{file}.key")), key.serialize_pem()).unwrap();
    std::fs::write(folder.join(format!("{file}.pem")), certificate.pem()).unwrap();
}

/// Asks over TLS; nothing when the connection ends.
pub async fn call<Q: Request>(stream: &mut Secret, request: &Q, version: i16) -> Option<Q::Response> {
    let frame = crate::support::frame(request, version, 1);
    stream.write_all(&frame).await.ok()?;
    let length =
        tokio::time::timeout(crate::support::PATIENCE, stream.read_i32()).await.expect("no answer came").ok()?;
    let mut content = vec![0; usize::try_from(length).unwrap()];
    stream.read_exact(&mut content).await.ok()?;
    let mut content = Bytes::from(content);
    ResponseHeader::decode(&mut content, <Q::Response as HeaderVersion>::header_version(version)).unwrap();
    Some(Q::Response::decode(&mut content, version).unwrap())
}
