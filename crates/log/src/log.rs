//! The log as its users see it.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::watch;
use yeoul_base::{Clock, Disk, JobName, Offset, PartitionId, Timestamp, TopicId};

use crate::error::{
    AppendError, CommitError, CreateTopicError, DeleteTopicError, OpenError, ReadError, StageError, Unavailable,
};
use crate::job::{JobCommit, Staged};
use crate::pending::Pending;
use crate::topic::{Topic, TopicConfig};

/// How a log is kept.
#[derive(Clone, Debug)]
pub struct LogConfig {
    /// The folder; created if need be. Nothing else may be in it.
    pub dir: PathBuf,
    /// The size of a write-ahead log file, in bytes.
    pub file_bytes: u64,
    /// The most that is written by one flush, in bytes; one larger entry is written alone.
    pub group_bytes_max: usize,
    /// What may wait for the disk before writers are slowed, in bytes.
    pub queue_bytes_max: usize,
    /// How many full write-ahead log files are kept before the oldest is rewritten into segments.
    pub hot_files: usize,
    /// How many partitions a topic has when nobody says.
    pub default_partitions: i32,
    /// How often retention is applied.
    pub retention_interval: Duration,
}

impl LogConfig {
    /// The defaults, in a folder.
    #[must_use]
    pub fn new(dir: impl Into<PathBuf>) -> LogConfig {
        LogConfig {
            dir: dir.into(),
            file_bytes: 64 << 20,
            group_bytes_max: 8 << 20,
            queue_bytes_max: yeoul_base::limits::LOG_QUEUE_BYTES_MAX,
            hot_files: 2,
            default_partitions: 1,
            retention_interval: Duration::from_secs(60),
        }
    }
}

/// Where appended records lie.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Appended {
    /// The first record's offset.
    pub base_offset: Offset,
    /// The last record's offset.
    pub last_offset: Offset,
    /// When they were appended, on a topic whose timestamps are the log's.
    pub log_append_time: Option<Timestamp>,
    /// The first offset that the partition keeps.
    pub log_start: Offset,
}

/// What a read gives.
#[derive(Clone, Debug)]
pub struct ReadBatches {
    /// Whole batches in order, each slice one or more of them. The first may begin before the offset that was
    /// asked for. Nothing if that offset is the high watermark.
    pub data: Vec<Bytes>,
    /// The offset behind the last durable record.
    pub high_watermark: Offset,
    /// The first offset that the partition keeps.
    pub log_start: Offset,
}

/// What a partition holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Bounds {
    /// The first offset that is kept.
    pub log_start: Offset,
    /// The offset behind the last durable record.
    pub high_watermark: Offset,
    /// The size of the kept batches in bytes.
    pub bytes: u64,
    /// The greatest timestamp of the kept records; nothing if there are none.
    pub max_timestamp: Option<Timestamp>,
}

/// An idempotent producer's id, never handed out twice.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct ProducerId(pub i64);

/// Whether the log takes anything.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Health {
    /// It does.
    Serving,
    /// The disk is full: nothing is taken until there is room; reads go on.
    Full(String),
    /// A write or a flush failed: nothing is acknowledged any more until a restart; reads of what is durable go on.
    Failed(String),
}

/// Figures for metrics, since the log was opened unless they say otherwise.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct LogFigures {
    /// Bytes of batches that became durable.
    pub appended_bytes: u64,
    /// Records that became visible.
    pub appended_records: u64,
    /// Groups written, each with one flush.
    pub flushes: u64,
    /// Time spent writing and flushing, in microseconds.
    pub flush_micros: u64,
    /// Write-ahead log files that there are now.
    pub wal_files: u64,
    /// Segment objects that there are now.
    pub segments: u64,
    /// The size of the segment objects that there are now, in bytes.
    pub segment_bytes: u64,
    /// What waits for the disk now, in bytes.
    pub queued_bytes: u64,
}

/// The durable log. Cheap to clone; all clones are one log.
#[derive(Clone)]
pub struct Log {
    _never: std::convert::Infallible,
}

#[expect(clippy::missing_errors_doc, reason = "the signatures, published before what they do")]
#[expect(missing_docs, reason = "the signatures, published before what they do")]
#[expect(clippy::needless_pass_by_value, reason = "the signatures, published before what they do")]
#[expect(unused_variables, reason = "the signatures, published before what they do")]
impl Log {
    pub fn open(config: LogConfig, disk: Arc<dyn Disk>, clock: Arc<dyn Clock>) -> Result<Log, OpenError> {
        Err(OpenError::Config("not built yet".to_owned()))
    }
    pub fn cluster_id(&self) -> &str { match self._never {} }
    pub fn config(&self) -> &LogConfig { match self._never {} }
    pub fn create_topic(&self, name: &str, partitions: i32, config: TopicConfig) -> Pending<Result<Arc<Topic>, CreateTopicError>> { match self._never {} }
    pub fn delete_topic(&self, id: TopicId) -> Pending<Result<(), DeleteTopicError>> { match self._never {} }
    pub fn topic(&self, name: &str) -> Option<Arc<Topic>> { match self._never {} }
    pub fn topic_by_id(&self, id: TopicId) -> Option<Arc<Topic>> { match self._never {} }
    pub fn topics(&self) -> Vec<Arc<Topic>> { match self._never {} }
    pub fn append(&self, topic: TopicId, partition: PartitionId, batches: Bytes) -> Pending<Result<Appended, AppendError>> { match self._never {} }
    /// Resolves when the queue has room; await it before reading more from a client, so that producers are slowed.
    pub async fn room(&self) { match self._never {} }
    pub fn read(&self, topic: TopicId, partition: PartitionId, from: Offset, bytes_max: usize) -> Result<ReadBatches, ReadError> { match self._never {} }
    pub fn bounds(&self, topic: TopicId, partition: PartitionId) -> Option<Bounds> { match self._never {} }
    /// The first record whose timestamp is at or behind a time.
    pub fn offset_at(&self, topic: TopicId, partition: PartitionId, time: Timestamp) -> Result<Option<(Offset, Timestamp)>, ReadError> { match self._never {} }
    /// The record with the greatest timestamp.
    pub fn offset_of_max_timestamp(&self, topic: TopicId, partition: PartitionId) -> Result<Option<(Offset, Timestamp)>, ReadError> { match self._never {} }
    pub fn subscribe(&self) -> watch::Receiver<u64> { match self._never {} }
    /// Waits on this thread until the high watermark is past `offset`.
    pub fn wait_past(&self, topic: TopicId, partition: PartitionId, offset: Offset, patience: Duration) -> bool { match self._never {} }
    pub fn allocate_producer_id(&self) -> Pending<Result<ProducerId, Unavailable>> { match self._never {} }
    pub fn stage(&self, job: &JobName, topic: TopicId, partition: PartitionId, batch: Bytes) -> Result<Staged, StageError> { match self._never {} }
    pub fn commit_job(&self, commit: JobCommit) -> Pending<Result<Vec<Appended>, CommitError>> { match self._never {} }
    pub fn discard_staged(&self, job: &JobName) { match self._never {} }
    pub fn job_meta(&self, job: &JobName) -> Option<(u64, Bytes)> { match self._never {} }
    pub fn jobs(&self) -> Vec<JobName> { match self._never {} }
    pub fn forget_job(&self, job: &JobName) -> Pending<Result<(), Unavailable>> { match self._never {} }
    pub fn health(&self) -> Health { match self._never {} }
    pub fn figures(&self) -> LogFigures { match self._never {} }
    pub fn close(self) { match self._never {} }
}
