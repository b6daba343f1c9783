//! The durable log.
pub mod batch;
mod error;
mod job;
mod log;
mod pending;
mod topic;
pub use error::{
    AppendError, CommitError, ConfigError, CreateTopicError, DeleteTopicError, OpenError, ReadError, StageError, Unavailable,
};
pub use job::{JobCommit, Staged};
pub use log::{Appended, Bounds, Health, Log, LogConfig, LogFigures, ProducerId, ReadBatches};
pub use pending::Pending;
pub use topic::{ConfigEntry, TimestampType, Topic, TopicConfig, check_topic_name};
