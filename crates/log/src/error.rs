//! One error type per operation. What a caller does with each is in its text; the broker maps them to codes once.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use thiserror::Error;
use yeoul_base::{JobName, Offset, PartitionId, TopicId};

use crate::batch::BatchError;

/// The log takes nothing now. Nothing that was refused with this was acknowledged; it may or may not be in the
/// log after a restart.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
#[error("the log takes nothing: {reason}")]
pub struct Unavailable {
    /// Why, and what to do.
    pub reason: Arc<str>,
    /// Whether it can help to try again without a restart (a full disk: yes; a failed flush: no).
    pub retriable: bool,
}

impl Unavailable {
    pub(crate) fn closed() -> Unavailable {
        Unavailable { reason: "it is being closed".into(), retriable: false }
    }

    pub(crate) fn failed(reason: &str) -> Unavailable {
        Unavailable { reason: reason.into(), retriable: false }
    }
}

/// Why a data folder was not opened. Nothing in it was deleted.
#[derive(Debug, Error)]
pub enum OpenError {
    /// The system refused.
    #[error("can't {doing} `{path}`: {source}; {remedy}")]
    Io {
        /// What was being done.
        doing: &'static str,
        /// To which file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
        /// What the user can do.
        remedy: &'static str,
    },
    /// Another process has the folder open.
    #[error("the data folder `{path}` is in use by another process; stop it, or name another folder")]
    Locked {
        /// The folder.
        path: PathBuf,
    },
    /// The folder holds something that is not a log of Yeoul's.
    #[error("`{path}` is not Yeoul's: {reason}; name an empty or a new folder")]
    Foreign {
        /// The file or folder.
        path: PathBuf,
        /// What is strange about it.
        reason: String,
    },
    /// A newer Yeoul wrote the folder.
    #[error(
        "`{path}` has format version {found}, and this Yeoul knows versions up to {known}; use the Yeoul that wrote it"
    )]
    NewerVersion {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: u32,
        /// The newest version that is known here.
        known: u32,
    },
    /// Something that was durable is not readable any more.
    #[error("`{path}` is damaged at byte {position}: {reason}; restore the file from a copy (nothing was changed)")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Where in it, in bytes from its start.
        position: u64,
        /// What is wrong there.
        reason: String,
    },
    /// A setting that can't be.
    #[error("the log's configuration is wrong: {0}")]
    Config(String),
}

/// Why a topic was not created.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum CreateTopicError {
    /// There is one of that name.
    #[error("topic `{0}` exists")]
    Exists(String),
    /// The name is not one that Kafka allows.
    #[error("topic name `{name}` is not allowed: {reason}")]
    InvalidName {
        /// What was asked for.
        name: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// Zero, negative, or too many.
    #[error("a topic can't have {asked} partitions; ask for 1 to {most}")]
    InvalidPartitions {
        /// What was asked for.
        asked: i32,
        /// The most there can be.
        most: i32,
    },
    /// A setting that can't be.
    #[error(transparent)]
    InvalidConfig(#[from] ConfigError),
    /// The log takes nothing now.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Why a topic's setting was refused.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum ConfigError {
    /// No setting of that name.
    #[error("there is no topic setting `{key}`; the nearest is `{nearest}`")]
    UnknownKey {
        /// What was asked for.
        key: String,
        /// The most similar name that there is.
        nearest: &'static str,
    },
    /// A value that the setting can't have.
    #[error("topic setting `{key}` can't be `{value}`: {expected}")]
    InvalidValue {
        /// The setting.
        key: &'static str,
        /// What was asked for.
        value: String,
        /// What it can be.
        expected: &'static str,
    },
    /// Two settings that can't be together.
    #[error(
        "topic setting `min.compaction.lag.ms` can't be {min}, more than `max.compaction.lag.ms`, {max}; lower the first \
         or raise the second"
    )]
    CompactionLags {
        /// How long a record is safe from compaction.
        min: i64,
        /// How long it may wait for it.
        max: i64,
    },
    /// A setting without a value.
    #[error("topic setting `{key}` is to be set and has no value; name one, or leave the setting out")]
    NoValue {
        /// The setting.
        key: String,
    },
    /// Words are to be added to, or taken out of, what is not a list.
    #[error("topic setting `{key}` is not a list; set it instead of adding to it")]
    NotAList {
        /// The setting.
        key: &'static str,
    },
}

/// Why a topic's settings were not changed.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum AlterTopicError {
    /// There is none of that id.
    #[error("there is no topic with id `{0}`")]
    UnknownTopic(TopicId),
    /// A setting that can't be.
    #[error(transparent)]
    InvalidConfig(#[from] ConfigError),
    /// The log takes nothing now.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Why a topic did not get more partitions.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum AddPartitionsError {
    /// There is none of that id.
    #[error("there is no topic with id `{0}`")]
    UnknownTopic(TopicId),
    /// As many or fewer than there are, or too many.
    #[error("topic `{topic}` has {has} partitions and can't have {asked}; ask for more than there are, at most {most}")]
    InvalidPartitions {
        /// The topic's name.
        topic: String,
        /// How many it has.
        has: i32,
        /// What was asked for.
        asked: i32,
        /// The most there can be.
        most: i32,
    },
    /// The log takes nothing now.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Why a partition's first records were not deleted.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum DeleteRecordsError {
    /// No such topic (any more).
    #[error("there is no topic with id `{0}`")]
    UnknownTopic(TopicId),
    /// The topic has no such partition.
    #[error("topic `{topic}` has no partition {partition}")]
    UnknownPartition {
        /// The topic's name.
        topic: String,
        /// What was asked for.
        partition: PartitionId,
    },
    /// Behind what is durable, or no offset at all.
    #[error("offset {asked} is outside {log_start} to {high_watermark}")]
    OffsetOutOfRange {
        /// What was asked for.
        asked: Offset,
        /// The first offset that is kept.
        log_start: Offset,
        /// The offset behind the last durable record.
        high_watermark: Offset,
    },
    /// The log takes nothing now.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Why a topic was not deleted.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum DeleteTopicError {
    /// There is none of that id.
    #[error("there is no topic with id `{0}`")]
    UnknownTopic(TopicId),
    /// The log takes nothing now.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Why batches were not appended. Nothing of them is in the log, except as [`AppendError::Unavailable`] says.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum AppendError {
    /// No such topic (any more).
    #[error("there is no topic with id `{0}`")]
    UnknownTopic(TopicId),
    /// The topic has no such partition.
    #[error("topic `{topic}` has no partition {partition}")]
    UnknownPartition {
        /// The topic's name.
        topic: String,
        /// What was asked for.
        partition: PartitionId,
    },
    /// A batch is larger than the topic takes.
    #[error("a batch of {bytes} bytes is larger than topic `{topic}` takes, {limit} bytes (`max.message.bytes`)")]
    TooLarge {
        /// The topic's name.
        topic: String,
        /// The batch's size.
        bytes: usize,
        /// The topic's limit.
        limit: usize,
    },
    /// A record without a key, on a topic that is compacted by keys.
    #[error("a record without a key came for topic `{topic}`, which is compacted by keys; give each record a key")]
    NoKey {
        /// The topic's name.
        topic: String,
        /// Which records of the batch have none, counted from 0; the first 10,000.
        records: Vec<i32>,
    },
    /// A record's timestamp is further from now than the topic takes.
    #[error(
        "timestamp {found} is outside {earliest} to {latest}, which topic `{topic}` takes now (`message.timestamp.before.max.ms`, `message.timestamp.after.max.ms`)"
    )]
    TimestampOutOfRange {
        /// The topic's name.
        topic: String,
        /// The record's timestamp.
        found: i64,
        /// The earliest that is taken.
        earliest: i64,
        /// The latest that is taken.
        latest: i64,
        /// Which records of the batch are outside, counted from 0; the first 10,000.
        records: Vec<i32>,
    },
    /// The bytes are not whole, sound batches.
    #[error(transparent)]
    Batch(#[from] BatchError),
    /// A producer's batch does not follow the one before.
    #[error("producer {producer} sent sequence {found}, where {expected} comes next")]
    OutOfOrderSequence {
        /// The producer's id.
        producer: i64,
        /// The sequence that comes next.
        expected: i32,
        /// The batch's first sequence.
        found: i32,
    },
    /// A batch that was appended before the last five: its offset is not known any more.
    #[error("producer {producer} sent sequence {found} again, too late to tell its offset")]
    DuplicateSequence {
        /// The producer's id.
        producer: i64,
        /// The batch's first sequence.
        found: i32,
    },
    /// A newer instance of the producer has written.
    #[error("producer {producer} wrote with epoch {found}, and epoch {current} has begun")]
    FencedEpoch {
        /// The producer's id.
        producer: i64,
        /// The epoch that is current.
        current: i16,
        /// The batch's epoch.
        found: i16,
    },
    /// A batch outside of a transaction from a producer whose transaction is open.
    #[error("producer {producer} sent a batch outside of its transaction while that is open; end it first")]
    TransactionOpen {
        /// The producer's id.
        producer: i64,
    },
    /// Too much waits for the disk already; try again.
    #[error("more than {limit} bytes wait for the disk; send again a little later")]
    Busy {
        /// The queue's limit in bytes.
        limit: usize,
    },
    /// The log takes nothing now.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl AppendError {
    /// Which records of the batch are wrong, counted from 0; none where it isn't about single records.
    #[must_use]
    pub fn records(&self) -> &[i32] {
        match self {
            AppendError::NoKey { records, .. } | AppendError::TimestampOutOfRange { records, .. } => records,
            _ => &[],
        }
    }
}

/// Why nothing was read.
#[derive(Clone, Debug, Error)]
pub enum ReadError {
    /// No such topic (any more).
    #[error("there is no topic with id `{0}`")]
    UnknownTopic(TopicId),
    /// The topic has no such partition.
    #[error("topic `{topic}` has no partition {partition}")]
    UnknownPartition {
        /// The topic's name.
        topic: String,
        /// What was asked for.
        partition: PartitionId,
    },
    /// The offset is before what is kept, or behind what is durable.
    #[error("offset {asked} is outside {log_start} to {high_watermark}")]
    OffsetOutOfRange {
        /// What was asked for.
        asked: Offset,
        /// The first offset that is kept.
        log_start: Offset,
        /// The offset behind the last durable record.
        high_watermark: Offset,
    },
    /// What the disk gave back is not what was written. It is not served.
    #[error("`{path}` is damaged at byte {position}: {reason}; restore it from a copy, or delete the topic")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Where in it, in bytes from its start.
        position: u64,
        /// What is wrong there.
        reason: &'static str,
    },
    /// The system refused.
    #[error("can't read `{path}`: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: Arc<io::Error>,
    },
}

impl ReadError {
    /// Whether the file is not there: its data lie elsewhere meanwhile, or were removed.
    pub(crate) fn is_gone(&self) -> bool {
        matches!(self, ReadError::Io { source, .. } if source.kind() == io::ErrorKind::NotFound)
    }
}

/// Why a job's output was not written ahead.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum StageError {
    /// As for any batch; [`AppendError::Busy`] does not occur, since staging waits.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// The log takes nothing now.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Why a checkpoint was not committed. Nothing of it is in the log, except as [`CommitError::Unavailable`] says.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum CommitError {
    /// Output that was not staged by this job, or was discarded or committed since.
    #[error("job `{0}` commits output that is not staged (any more); start the job anew")]
    NotStaged(JobName),
    /// A topic of the output was deleted since.
    #[error("job `{job}` writes to a topic that was deleted, id `{topic}`; create it and start the job anew")]
    UnknownTopic {
        /// The job.
        job: JobName,
        /// The topic that is gone.
        topic: TopicId,
    },
    /// A checkpoint of that number or a later one is committed: two instances of the job run.
    #[error("job `{job}` commits checkpoint {asked} after checkpoint {last}; does it run twice?")]
    Stale {
        /// The job.
        job: JobName,
        /// The checkpoint's number.
        asked: u64,
        /// The last that is committed.
        last: u64,
    },
    /// The checkpoint's state or name is larger than the log keeps.
    #[error("checkpoint of job `{job}` has {bytes} bytes, more than the log keeps, {limit}")]
    TooLarge {
        /// The job.
        job: JobName,
        /// What it has.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// The log takes nothing now.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}
