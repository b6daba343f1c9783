//! The files of a listener's TLS, and what can be wrong with them.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::ClientCertVerifier;
use rustls::{RootCertStore, ServerConfig};
use thiserror::Error;

/// Where a listener's certificate and key lie, and what it wants of clients.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TlsFiles {
    /// The certificate, those of its issuers behind it (PEM).
    pub certificate: PathBuf,
    /// Its private key (PEM: PKCS#8, PKCS#1 or SEC1).
    pub key: PathBuf,
    /// What clients have to show.
    pub clients: ClientCertificates,
}

/// What clients have to show of themselves (Kafka's `ssl.client.auth`).
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ClientCertificates {
    /// Nothing.
    None,
    /// A certificate issued by one of these authorities (PEM), if they have one.
    Requested(PathBuf),
    /// A certificate issued by one of these authorities (PEM).
    Required(PathBuf),
}

/// Why TLS can't be set up.
#[derive(Debug, Error)]
pub enum TlsError {
    /// A file can't be read.
    #[error("can't read the {what} `{}`: {error}; name a file in PEM format that this process may read", .path.display())]
    Unreadable {
        /// What it should hold.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// A file holds something else.
    #[error("`{}` holds no {what} in PEM format: {reason}; it should begin with `-----BEGIN {label}-----`", .path.display())]
    NotPem {
        /// What it should hold.
        what: &'static str,
        /// How PEM calls it.
        label: &'static str,
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// Certificate and key are readable and useless.
    #[error("the certificate `{}` with the key `{}` can't be used: {reason}; check that the key is the certificate's", .certificate.display(), .key.display())]
    Unusable {
        /// The certificate.
        certificate: PathBuf,
        /// The key.
        key: PathBuf,
        /// What rustls says.
        reason: String,
    },
    /// The authorities are readable and useless.
    #[error("the authorities in `{}` can't be used: {reason}; name the certificates that issued those of the clients", .path.display())]
    Authorities {
        /// The file.
        path: PathBuf,
        /// What rustls says.
        reason: String,
    },
}

impl ClientCertificates {
    fn authorities(&self) -> Option<&Path> {
        match self {
            ClientCertificates::None => None,
            ClientCertificates::Requested(path) | ClientCertificates::Required(path) => Some(path),
        }
    }
}

/// What a file looked like: another one is read again.
pub(crate) type Look = Option<(SystemTime, u64)>;

impl TlsFiles {
    /// Reads the files.
    pub(crate) fn load(&self) -> Result<Arc<ServerConfig>, TlsError> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let chain = certificates("certificate", &self.certificate)?;
        let key = private_key(&self.key)?;
        let verifier = self.verifier()?;
        let unusable = |error: rustls::Error| TlsError::Unusable {
            certificate: self.certificate.clone(),
            key: self.key.clone(),
            reason: error.to_string(),
        };
        let builder = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let builder = builder.map_err(unusable)?.with_client_cert_verifier(verifier);
        Ok(Arc::new(builder.with_single_cert(chain, key).map_err(unusable)?))
    }

    fn verifier(&self) -> Result<Arc<dyn ClientCertVerifier>, TlsError> {
        let Some(path) = self.clients.authorities() else { return Ok(WebPkiClientVerifier::no_client_auth()) };
        let useless = |reason: String| TlsError::Authorities { path: path.to_owned(), reason };
        let mut roots = RootCertStore::empty();
        for authority in certificates("authorities", path)? {
            roots.add(authority).map_err(|error| useless(error.to_string()))?;
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
        let builder = match self.clients {
            ClientCertificates::Required(_) => builder,
            ClientCertificates::Requested(_) | ClientCertificates::None => builder.allow_unauthenticated(),
        };
        builder.build().map_err(|error| useless(error.to_string()))
    }

    /// What the files look like now.
    pub(crate) fn look(&self) -> Vec<Look> {
        let files = [Some(self.certificate.as_path()), Some(self.key.as_path()), self.clients.authorities()];
        files.into_iter().flatten().map(look).collect()
    }
}

fn look(path: &Path) -> Look {
    let about = fs::metadata(path).ok()?;
    Some((about.modified().ok()?, about.len()))
}

pub(crate) fn certificates(what: &'static str, path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    parse_certificates(what, path, &read(what, path)?)
}

pub(crate) fn parse_certificates(
    what: &'static str,
    path: &Path,
    text: &[u8],
) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let not_pem = |reason| TlsError::NotPem { what, label: "CERTIFICATE", path: path.to_owned(), reason };
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(text).collect();
    let found = found.map_err(|error| not_pem(error.to_string()))?;
    if found.is_empty() { Err(not_pem("there is none".to_owned())) } else { Ok(found) }
}

pub(crate) fn private_key(path: &Path) -> Result<PrivateKeyDer<'static>, TlsError> {
    parse_private_key(path, &read("private key", path)?)
}

pub(crate) fn parse_private_key(path: &Path, text: &[u8]) -> Result<PrivateKeyDer<'static>, TlsError> {
    PrivateKeyDer::from_pem_slice(text).map_err(|error| TlsError::NotPem {
        what: "private key",
        label: "PRIVATE KEY",
        path: path.to_owned(),
        // What the file holds is not repeated.
        reason: match error {
            rustls::pki_types::pem::Error::NoItemsFound => "there is none".to_owned(),
            _ => "it is damaged or encrypted".to_owned(),
        },
    })
}

fn read(what: &'static str, path: &Path) -> Result<Vec<u8>, TlsError> {
    fs::read(path).map_err(|error| TlsError::Unreadable { what, path: path.to_owned(), error })
}
