//! TLS by rustls: certificates and keys from files, read again when they change, and who a client's certificate names.
//!
//! Reading order: [`files`] (what is read, and what can be wrong with it), [`acceptor`] (the current configuration of a
//! listener), [`distinguished_name`] and [`principal_mapping`] (from a certificate to a principal).

pub(crate) mod acceptor;
pub(crate) mod distinguished_name;
pub(crate) mod files;
pub(crate) mod principal_mapping;

pub use acceptor::Acceptor;
pub use files::{ClientCertificates, TlsError, TlsFiles};
pub use principal_mapping::PrincipalMapping;
