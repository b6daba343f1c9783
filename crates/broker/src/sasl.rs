//! SASL: how a client proves who it is (KIP-12, KIP-43, KIP-152, KIP-368).
//!
//! Reading order: [`mechanism`] (what can be used), [`credential`] (what is kept of a password), [`scram`] and
//! [`plain`] (the exchanges, without I/O), [`users`] (who there is), [`authentication`] (one connection's state).
//!
//! Invariants:
//! - A password is never kept, and appears in no error, log line or metric. What is kept (salted and hashed) does not
//!   allow to log in.
//! - Secrets are compared in constant time, and an unknown user costs the same work as a wrong password.

pub(crate) mod authentication;
pub(crate) mod credential;
pub(crate) mod mechanism;
pub(crate) mod plain;
pub(crate) mod scram;
pub(crate) mod scram_client;
pub(crate) mod users;

pub use credential::{Credential, CredentialError, random_password};
pub use mechanism::{Mechanism, ScramHash};
