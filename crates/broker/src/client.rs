//! A small Kafka client on the broker's codec: for Yeoul's own commands (`feed`, `produce`, `consume`, `topic`) and
//! for tests. It works against any Kafka broker of version 2.1 or later, over TLS where it is told so, and logs in by SCRAM
//! or PLAIN where it is told a name and a password.
//!
//! A [`Client`] asks one thing at a time and reconnects by itself; errors that Kafka calls retriable are tried again,
//! a bounded number of times. A [`Producer`] is idempotent: what it sends again after a lost answer is stored once.

mod admin;
mod connection;
mod coordinator;
mod error;
mod fence;
mod fetch;
mod groups;
mod log_in;
mod produce;
mod security;
mod session;
mod settings;
mod tls;

pub use admin::{NewTopic, PartitionInfo, TopicInfo};
pub use error::ClientError;
pub use fetch::{Fetched, FetchedRecord, OffsetAt};
pub use groups::{GroupDescription, GroupListing, GroupMember, GroupPosition};
pub use log_in::LogIn;
pub use produce::{Delivered, Producer};
pub use security::UserInfo;
pub use session::{Client, ClientConfig};
pub use settings::TopicSetting;
pub use tls::{ClientTls, ClientTlsError, Pem, TlsOver, TlsSettings};
