//! The client's side of TLS: whom it trusts, and what it shows of itself.

use std::fmt;
use std::io::{Read, Write};
use std::path::PathBuf;
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{CertificateError, ConfigBuilder, DigitallySignedStruct, RootCertStore, SignatureScheme};
use thiserror::Error;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::tls::TlsError;
use crate::tls::files::{certificates, parse_certificates, parse_private_key, private_key};

/// Text in PEM format, from a file or as it stands.
#[derive(Clone, PartialEq, Eq)]
pub enum Pem {
    /// A file.
    File(PathBuf),
    /// The text itself.
    Text(String),
}

/// Says nothing of the text, which may be a key.
impl fmt::Debug for Pem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Pem::File(path) => f.debug_tuple("File").field(path).finish(),
            Pem::Text(_) => f.write_str("Text"),
        }
    }
}

/// What a client brings to TLS.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TlsSettings {
    /// Whose certificates it trusts; the system's authorities by default.
    pub authorities: Option<Pem>,
    /// Its own certificate and the key, for a broker that asks.
    pub identity: Option<(Pem, Pem)>,
    /// Whether the certificate has to be for the broker's name.
    pub checks_name: bool,
}

impl Default for TlsSettings {
    fn default() -> TlsSettings {
        TlsSettings { authorities: None, identity: None, checks_name: true }
    }
}

/// Why a client can't speak TLS.
#[derive(Debug, Error)]
pub enum ClientTlsError {
    /// A file, or what it holds.
    #[error(transparent)]
    Files(#[from] TlsError),
    /// No authorities.
    #[error("the system names no authorities that certificates could be checked by; name a file with them")]
    NoAuthorities,
    /// What rustls says.
    #[error("the certificates can't be used: {0}")]
    Unusable(String),
}

/// A client's TLS, ready for connections.
#[derive(Clone)]
pub struct ClientTls(Arc<rustls::ClientConfig>);

impl fmt::Debug for ClientTls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClientTls")
    }
}

impl ClientTls {
    /// Reads the files.
    ///
    /// # Errors
    /// [`ClientTlsError`].
    pub fn new(settings: &TlsSettings) -> Result<ClientTls, ClientTlsError> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let unusable = |error: &dyn fmt::Display| ClientTlsError::Unusable(error.to_string());
        let roots = Arc::new(roots(settings.authorities.as_ref())?);
        let checked = WebPkiServerVerifier::builder_with_provider(roots, provider.clone()).build();
        let checked = checked.map_err(|error| unusable(&error))?;
        let verifier: Arc<dyn ServerCertVerifier> =
            if settings.checks_name { checked } else { Arc::new(AnyName(checked)) };
        let builder = rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let builder = builder.map_err(|error| unusable(&error))?;
        let builder = builder.dangerous().with_custom_certificate_verifier(verifier);
        Ok(ClientTls(Arc::new(with_identity(builder, settings.identity.as_ref())?)))
    }

    /// A stream that blocks, after shaking hands with a host over it.
    ///
    /// # Errors
    /// The stream's; what does not hold of the host's certificate.
    pub fn wrap<S: Read + Write>(&self, host: &str, mut stream: S) -> std::io::Result<TlsOver<S>> {
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let name = ServerName::try_from(host).map_err(std::io::Error::other)?;
        let mut connection = rustls::ClientConnection::new(self.0.clone(), name).map_err(std::io::Error::other)?;
        while connection.is_handshaking() {
            connection.complete_io(&mut stream)?;
        }
        Ok(TlsOver(rustls::StreamOwned::new(connection, stream)))
    }

    /// Shakes hands with a broker, by the host of its address.
    pub(super) async fn connect(&self, address: &str, stream: TcpStream) -> std::io::Result<TlsStream<TcpStream>> {
        let host = address.rsplit_once(':').map_or(address, |(host, _)| host);
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let name = ServerName::try_from(host).map_err(std::io::Error::other)?;
        TlsConnector::from(self.0.clone()).connect(name, stream).await
    }
}

/// TLS over a stream that blocks.
pub struct TlsOver<S: Read + Write>(rustls::StreamOwned<rustls::ClientConnection, S>);

impl<S: Read + Write> TlsOver<S> {
    /// The stream underneath.
    pub fn inner(&mut self) -> &mut S {
        &mut self.0.sock
    }
}

impl<S: Read + Write> fmt::Debug for TlsOver<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TlsOver")
    }
}

impl<S: Read + Write> Read for TlsOver<S> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        match self.0.read(into) {
            // Some servers close without saying so; HTTP says where an answer ends.
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => Ok(0),
            read => read,
        }
    }
}

impl<S: Read + Write> Write for TlsOver<S> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.0.flush()
    }
}

fn roots(authorities: Option<&Pem>) -> Result<RootCertStore, ClientTlsError> {
    let mut roots = RootCertStore::empty();
    match authorities {
        None => drop(roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs)),
        Some(pem) => {
            for authority in chain("authorities", pem)? {
                roots.add(authority).map_err(|error| ClientTlsError::Unusable(error.to_string()))?;
            }
        }
    }
    if roots.is_empty() { Err(ClientTlsError::NoAuthorities) } else { Ok(roots) }
}

fn chain(what: &'static str, pem: &Pem) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    match pem {
        Pem::File(path) => certificates(what, path),
        Pem::Text(text) => parse_certificates(what, &PathBuf::from("the settings"), text.as_bytes()),
    }
}

fn key(pem: &Pem) -> Result<PrivateKeyDer<'static>, TlsError> {
    match pem {
        Pem::File(path) => private_key(path),
        Pem::Text(text) => parse_private_key(&PathBuf::from("the settings"), text.as_bytes()),
    }
}

fn with_identity(
    builder: ConfigBuilder<rustls::ClientConfig, rustls::client::WantsClientCert>,
    identity: Option<&(Pem, Pem)>,
) -> Result<rustls::ClientConfig, ClientTlsError> {
    let Some((certificate, secret)) = identity else { return Ok(builder.with_no_client_auth()) };
    let config = builder.with_client_auth_cert(chain("certificate", certificate)?, key(secret)?);
    config.map_err(|error| ClientTlsError::Unusable(error.to_string()))
}

/// Checks a certificate, but not for whom it is (Kafka's empty `ssl.endpoint.identification.algorithm`).
#[derive(Debug)]
struct AnyName(Arc<WebPkiServerVerifier>);

impl ServerCertVerifier for AnyName {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        issuers: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        use CertificateError::{NotValidForName, NotValidForNameContext};
        match self.0.verify_server_cert(certificate, issuers, name, ocsp, now) {
            // The name is what is looked at last.
            Err(rustls::Error::InvalidCertificate(NotValidForName | NotValidForNameContext { .. })) => {
                Ok(ServerCertVerified::assertion())
            }
            verified => verified,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.0.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.0.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_verify_schemes()
    }
}
