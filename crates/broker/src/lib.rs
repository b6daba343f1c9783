//! The log's Kafka face: what librdkafka, kcat, the Java client and Flink's connector need to produce and to read.
//!
//! Reading order: [`server`](Broker) accepts connections; `connection` cuts them into frames and keeps responses in
//! order; `request` checks a frame against the shape of its API (`schema`, `apis`) before anything is decoded;
//! `dispatch` hands it to the module of its API in `api`; `error_code` is where the log's errors become Kafka's.
//!
//! Invariants:
//! - Memory is taken for bytes that have arrived, not for bytes that were announced.
//! - A produce request is answered after the flush that made its records durable, never before.
//! - A reader never sees a record behind the high watermark, which is the durable offset.
//! - Batches pass through unchanged, and uncopied from the log to the socket.
//!
//! Served: Produce 3-13 (0-2 are announced, and refused: older clients take their absence for a broker that can't
//! compress), Fetch 4-18, ListOffsets 1-10, Metadata 0-13, FindCoordinator 0-6, ApiVersions 0-4, CreateTopics 2-7,
//! DeleteTopics 1-6, DeleteRecords 0-2, JoinGroup 0-9, SyncGroup 0-5, Heartbeat 0-4, LeaveGroup 0-5,
//! OffsetCommit 2-9, OffsetFetch 1-9, DescribeGroups 0-6, ListGroups 0-5, DeleteGroups 0-2, OffsetDelete 0,
//! ConsumerGroupHeartbeat and -Describe 0-1, InitProducerId 0-5, OffsetForLeaderEpoch 2-4, DescribeConfigs 1-4,
//! AlterConfigs 0-2, DescribeLogDirs 1-4, CreatePartitions 0-3, ElectLeaders 0-2, IncrementalAlterConfigs 0-1,
//! AlterPartitionReassignments 0-1, ListPartitionReassignments 0, DescribeQuorum 0-2, DescribeCluster 0-2,
//! GetTelemetrySubscriptions 0, PushTelemetry 0, ListConfigResources 0-1, DescribeTopicPartitions 0,
//! AddPartitionsToTxn 0-5, AddOffsetsToTxn 0-4, EndTxn 0-5, TxnOffsetCommit 0-5, DescribeProducers 0,
//! WriteTxnMarkers 1, DescribeTransactions 0, ListTransactions 0-2; the feature `transaction.version` is 2. Groups are in
//! `group`, transactions in `transactions`.

mod access;
mod acl;
mod api;
mod apis;
mod budget;
pub mod client;
mod config;
mod config_resource;
mod config_source;
mod connection;
mod context;
mod dispatch;
mod error_code;
mod frame;
#[cfg(test)]
mod fuzz_seeds_test;
#[cfg(fuzzing)]
pub mod fuzzing;
mod group;
#[cfg(test)]
mod hostile_tests;
#[cfg(any(test, fuzzing))]
mod in_process;
mod listener;
mod log_in;
mod metrics;
mod quota;
mod reply;
mod request;
mod sasl;
mod schema;
mod security;
mod server;
mod settings;
mod tls;
mod transactions;
mod trouble;

pub use access::{Access, Visitor};
pub use acl::{Acl, AclFilter, NamePattern, Operation, Pattern, Permission, Principal, Resource, rights_table};
pub use config::{Advertised, BrokerConfig};
pub use group::{GroupConfig, GroupLag, Groups};
pub use listener::{CONNECTIONS_MAX, Listener, Protocol, StartError};
pub use metrics::{BrokerFigures, BrokerMetrics};
pub use sasl::{Credential, CredentialError, Mechanism, ScramHash, random_password};
pub use security::SecurityConfig;
pub use server::{Broker, BrokerHandle};
pub use tls::{Acceptor, ClientCertificates, PrincipalMapping, TlsError, TlsFiles};
