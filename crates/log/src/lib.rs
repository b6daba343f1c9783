//! The durable log: topics of Kafka's record batches, and everything else that must be durable, behind one
//! write-ahead log with one flush barrier.
//!
//! Contracts: what was acknowledged is flushed (C1); nobody reads what a power cut could still remove (C2); a job's
//! output, source positions and state move by one record (C3). What is neither a record nor a job's (groups, offsets,
//! users, …) is rows of keyed tables, see `table`. Limits of memory: the queue in bytes, an index entry
//! per batch that is still in the write-ahead log, the last checkpoint per job.
//!
//! Where to start reading: [`Log`] for what it does; `wal` for the bytes on disk; `writer` for the one thread that
//! writes; `recover` for what a start does; `keeper` for what happens behind; `batch` for Kafka's format.
//!
//! This crate knows no API of Kafka's protocol, no SQL and no Arrow.

pub mod batch;
mod checksum;
mod clean;
mod cooling;
mod encode;
mod end_transaction;
mod error;
mod folder;
#[cfg(fuzzing)]
pub mod fuzzing;
mod job;
mod keeper;
mod log;
mod offload;
mod partition;
mod pending;
mod prepare;
mod producer;
mod queue;
mod ranges;
mod read;
mod recover;
mod retention;
mod segment;
mod shared;
mod snapshot;
mod space;
mod state;
mod store;
mod table;
mod table_offsets;
mod topic;
mod topic_config;
mod topic_settings;
mod topics;
mod transaction;
mod trusted_time;
mod wal;
mod writer;

pub use error::{
    AddPartitionsError, AlterTopicError, AppendError, CommitError, ConfigError, CreateTopicError, DeleteRecordsError,
    DeleteTopicError, OpenError, ReadError, StageError, Unavailable,
};
pub use job::{JobCommit, Staged};
pub use log::{Appended, Bounds, Driver, Health, Log, LogConfig, LogFigures, ProducerId, ReadBatches};
pub use pending::Pending;
pub use ranges::{Range, Residence};
pub use store::{ColdStore, ObjectStore};
pub use table::{PutError, Row, Table};
pub use table_offsets::{CommittedOffset, GroupOffset};
pub use topic::{Topic, check_topic_name};
pub use topic_config::{Change, ConfigChange, ConfigChanges, ConfigEntry, ConfigKind, TimestampType, TopicConfig};
pub use transaction::{EndTransaction, Isolation, OpenTransaction, ProducerState};
