//! The log as its users see it.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::watch;
use yeoul_base::disk::DiskSpace;
use yeoul_base::limits::{JOB_META_BYTES_MAX, JOB_NAME_BYTES_MAX, TOPIC_PARTITIONS_MAX};
use yeoul_base::{Clock, Disk, JobName, Offset, PartitionId, Timestamp, TopicId};

use crate::batch::{AbortedTransaction, BatchError};
use crate::error::{
    AddPartitionsError, AlterTopicError, AppendError, CommitError, CreateTopicError, DeleteRecordsError,
    DeleteTopicError, OpenError, ReadError, StageError, Unavailable,
};
use crate::folder::Folder;
use crate::job::{JobCommit, Staged};
use crate::keeper::Keeper;
use crate::pending::Pending;
use crate::prepare::prepare;
use crate::queue::Request;
use crate::ranges::{Range, ranges};
use crate::read;
use crate::recover::recover;
use crate::retention::retention_time;
use crate::shared::{Shared, lock, read as lock_read};
use crate::store::ColdStore;
use crate::table::{PutError, Row, Table, check_rows};
use crate::topic::{Topic, check_topic_name};
use crate::topic_config::{ConfigChanges, TopicConfig};
use crate::transaction::{EndTransaction, Isolation, OpenTransaction, ProducerState};
use crate::writer::{Turn, Writer};

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
    /// How often compaction looks for something to do.
    pub clean_interval: Duration,
    /// How old a write-ahead log file becomes before the next one is begun, so that what is in it can go in time;
    /// a topic's `segment.ms`, `retention.ms` or `max.compaction.lag.ms` makes it less.
    pub file_age_max: Duration,
    /// How much of the disk is kept for what has to go on when it is full, in bytes; producers are told to try again
    /// while there is less. Twice `file_bytes` if nobody says.
    pub reserve_bytes: Option<u64>,
    /// Where cold segments go; nothing: they stay in the data folder.
    pub cold: Option<ColdStore>,
    /// How long a partition remembers a producer that is silent (Kafka's `producer.id.expiration.ms`).
    pub producer_expiration: Duration,
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
            clean_interval: Duration::from_secs(15),
            file_age_max: Duration::from_secs(3600),
            reserve_bytes: None,
            cold: None,
            producer_expiration: Duration::from_secs(24 * 3600),
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
    /// The offset up to which all transactions are decided.
    pub last_stable: Offset,
    /// The aborted transactions that reach into what was asked for; only with [`Isolation::Committed`].
    pub aborted: Vec<AbortedTransaction>,
}

/// What a partition holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Bounds {
    /// The first offset that is kept.
    pub log_start: Offset,
    /// The offset behind the last durable record.
    pub high_watermark: Offset,
    /// The offset up to which all transactions are decided: the first record of one that is open, or else the high
    /// watermark.
    pub last_stable: Offset,
    /// The size of the kept batches in bytes.
    pub bytes: u64,
    /// The greatest timestamp of the kept records; nothing if there are none.
    pub max_timestamp: Option<Timestamp>,
}

impl Bounds {
    /// Where the records of a reader end.
    #[must_use]
    pub fn readable_end(&self, isolation: Isolation) -> Offset {
        match isolation {
            Isolation::Committed => self.last_stable,
            Isolation::Uncommitted => self.high_watermark,
        }
    }
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

/// The durable log. Cheap to clone; all clones are one log, which is closed when the last is dropped.
#[derive(Clone)]
pub struct Log {
    inner: Arc<Inner>,
}

struct Inner {
    shared: Arc<Shared>,
    /// Writer and keeper; none if the log is driven by hand.
    threads: Mutex<Vec<JoinHandle<()>>>,
}

/// Drives a log by hand, for tests: nothing happens but in its calls, so that a seed determines everything.
pub struct Driver {
    shared: Arc<Shared>,
    writer: Writer,
    keeper: Keeper,
}

impl Driver {
    /// Writes and flushes one group of what waits; tells whether there was anything.
    pub fn write(&mut self) -> bool {
        self.writer.turn(false) == Turn::Worked
    }

    /// Does what is to do in the background.
    pub fn keep(&mut self) {
        self.keeper.turn(false);
    }

    /// Closes the log in good order.
    pub fn close(mut self) {
        self.shared.queue.close();
        while self.writer.turn(false) != Turn::Closed {}
        self.keeper.turn(true);
    }
}

impl Log {
    /// Opens the log in a folder, or makes one where there is nothing. When this returns, all that was ever
    /// acknowledged is there and flushed.
    ///
    /// # Errors
    /// [`OpenError`]; nothing was deleted then.
    pub fn open(config: LogConfig, disk: Arc<dyn Disk>, clock: Arc<dyn Clock>) -> Result<Log, OpenError> {
        let dir = config.dir.clone();
        let (log, driver) = Log::open_driven(config, disk, clock)?;
        let Driver { writer, keeper, .. } = driver;
        let spawn = |name: &str, run: Box<dyn FnOnce() + Send>| {
            let spawned = std::thread::Builder::new().name(name.to_owned()).spawn(run);
            let remedy = "raise the limit of threads";
            spawned.map_err(|source| OpenError::Io { doing: "start a thread for", path: dir.clone(), source, remedy })
        };
        let guard = FailOnPanic(Arc::clone(&log.inner.shared));
        let write = move || {
            let _guard = guard;
            writer.run();
        };
        let threads = vec![spawn("log-writer", Box::new(write))?, spawn("log-keeper", Box::new(move || keeper.run()))?];
        *lock(&log.inner.threads) = threads;
        log.inner.shared.call_keeper(|desk| desk.work = true);
        Ok(log)
    }

    /// As [`open`](Log::open), without threads: see [`Driver`].
    ///
    /// # Errors
    /// As [`open`](Log::open).
    pub fn open_driven(
        config: LogConfig,
        disk: Arc<dyn Disk>,
        clock: Arc<dyn Clock>,
    ) -> Result<(Log, Driver), OpenError> {
        check_config(&config)?;
        let folder = Folder::open(&*disk, &config.dir)?;
        let shared = Arc::new(Shared::new(config, disk, clock, folder));
        let (state, file) = recover(&shared)?;
        let writer = Writer::new(Arc::clone(&shared), state, file);
        let keeper = Keeper::new(Arc::clone(&shared));
        Ok((Log::of(&shared), Driver { shared, writer, keeper }))
    }

    /// A handle, without threads.
    pub(crate) fn of(shared: &Arc<Shared>) -> Log {
        Log { inner: Arc::new(Inner { shared: Arc::clone(shared), threads: Mutex::default() }) }
    }

    fn shared(&self) -> &Shared {
        &self.inner.shared
    }

    /// The log's id: random, durable, made once; 22 characters, as Kafka shows its cluster's.
    #[must_use]
    pub fn cluster_id(&self) -> &str {
        &self.shared().folder.cluster_id
    }

    /// How the log is kept.
    #[must_use]
    pub fn config(&self) -> &LogConfig {
        &self.shared().config
    }

    /// The clock that the log runs by.
    #[must_use]
    pub fn clock(&self) -> &dyn Clock {
        &*self.shared().clock
    }

    /// The log's own time: the wall clock's, but it does not go back and does not leap while the log runs.
    #[must_use]
    pub fn time(&self) -> Timestamp {
        Timestamp(self.shared().trusted_now())
    }

    /// Creates a topic; -1 partitions are the default number.
    pub fn create_topic(
        &self,
        name: &str,
        partitions: i32,
        config: TopicConfig,
    ) -> Pending<Result<Arc<Topic>, CreateTopicError>> {
        if let Err(error) = check_topic_name(name) {
            return Pending::ready(Err(error));
        }
        let partitions = if partitions == -1 { self.config().default_partitions } else { partitions };
        if !(1..=TOPIC_PARTITIONS_MAX).contains(&partitions) {
            let error = CreateTopicError::InvalidPartitions { asked: partitions, most: TOPIC_PARTITIONS_MAX };
            return Pending::ready(Err(error));
        }
        let (reply, pending) = Pending::new();
        self.shared().queue.push(Request::CreateTopic { name: name.to_owned(), partitions, config, reply });
        pending
    }

    /// Deletes a topic with all its records.
    pub fn delete_topic(&self, id: TopicId) -> Pending<Result<(), DeleteTopicError>> {
        let (reply, pending) = Pending::new();
        self.shared().queue.push(Request::DeleteTopic { id, reply });
        pending
    }

    /// Changes a topic's settings.
    pub fn alter_topic(&self, id: TopicId, changes: ConfigChanges) -> Pending<Result<Arc<Topic>, AlterTopicError>> {
        let (reply, pending) = Pending::new();
        self.shared().queue.push(Request::AlterTopic { id, changes, reply });
        pending
    }

    /// Gives a topic more partitions; `total` is how many it has then. Records stay in the partitions that they are in.
    pub fn add_partitions(&self, id: TopicId, total: i32) -> Pending<Result<Arc<Topic>, AddPartitionsError>> {
        let (reply, pending) = Pending::new();
        self.shared().queue.push(Request::AddPartitions { id, total, reply });
        pending
    }

    /// Deletes a partition's records before an offset, or all that are durable. Answers with the first offset that is
    /// kept then.
    pub fn delete_records(
        &self,
        topic: TopicId,
        partition: PartitionId,
        before: Option<Offset>,
    ) -> Pending<Result<Offset, DeleteRecordsError>> {
        match self.shared().partition(topic, partition) {
            Err(ReadError::UnknownPartition { topic, partition }) => {
                Pending::ready(Err(DeleteRecordsError::UnknownPartition { topic, partition }))
            }
            Err(_) => Pending::ready(Err(DeleteRecordsError::UnknownTopic(topic))),
            Ok(partition) => {
                let (reply, pending) = Pending::new();
                self.shared().queue.push(Request::DeleteRecords { partition, before, reply });
                pending
            }
        }
    }

    /// Where a partition's records lie, by offset.
    #[must_use]
    pub fn ranges(&self, topic: TopicId, partition: PartitionId) -> Vec<Range> {
        let partition = self.shared().partition(topic, partition);
        partition.map(|partition| ranges(&partition.read())).unwrap_or_default()
    }

    /// The log's time that retention goes by for the record at an offset, or the one behind it: when the last of those that
    /// it goes with was appended. Nothing if there is none.
    #[must_use]
    pub fn retention_time(&self, topic: TopicId, partition: PartitionId, offset: Offset) -> Option<Timestamp> {
        let partition = self.shared().partition(topic, partition).ok()?;
        retention_time(self.shared(), &partition.read(), offset.0).map(Timestamp)
    }

    /// The room on the disk that holds the log; nothing where that is not known.
    #[must_use]
    pub fn space(&self) -> Option<DiskSpace> {
        self.shared().disk.space(&self.shared().folder.dir).ok().flatten()
    }

    /// The topic of a name.
    #[must_use]
    pub fn topic(&self, name: &str) -> Option<Arc<Topic>> {
        let catalog = lock_read(&self.shared().catalog);
        catalog.by_name.get(name).and_then(|id| catalog.by_id.get(id)).map(|parts| Arc::clone(&parts.topic))
    }

    /// The topic of an id.
    #[must_use]
    pub fn topic_by_id(&self, id: TopicId) -> Option<Arc<Topic>> {
        self.shared().topic(id).map(|parts| Arc::clone(&parts.topic))
    }

    /// All topics, by name.
    #[must_use]
    pub fn topics(&self) -> Vec<Arc<Topic>> {
        self.shared().all_topics().iter().map(|parts| Arc::clone(&parts.topic)).collect()
    }

    /// Appends one or more batches, all or none. They are validated before this returns; the answer comes when they
    /// are flushed. An idempotent producer's batch that is there already is answered with its offsets.
    pub fn append(
        &self,
        topic: TopicId,
        partition: PartitionId,
        batches: Bytes,
    ) -> Pending<Result<Appended, AppendError>> {
        self.append_some(topic, partition, batches, false)
    }

    /// As [`append`](Log::append), also for a batch that is part of its producer's transaction. The caller has checked
    /// that the producer is in one; from the first batch in a partition on it is open there, until
    /// [`end_transaction`](Log::end_transaction).
    pub fn append_transactional(
        &self,
        topic: TopicId,
        partition: PartitionId,
        batches: Bytes,
    ) -> Pending<Result<Appended, AppendError>> {
        self.append_some(topic, partition, batches, true)
    }

    /// Ends a producer's transaction in all partitions where it is open, and in those that the end names: one record in the log holds all markers. What
    /// was appended before is part of it, also if it is not durable yet.
    pub fn end_transaction(&self, end: EndTransaction) -> Pending<Result<(), PutError>> {
        if let Err(error) = check_rows(&end.rows, self.shared()) {
            return Pending::ready(Err(error));
        }
        let (reply, pending) = Pending::new();
        // Those of a topic that was deleted meanwhile need none.
        let slots = end.partitions.iter().filter_map(|&(topic, partition)| self.find(topic, partition).ok());
        let slots = slots.map(|partition| partition.slot).collect();
        self.shared().queue.push(Request::EndTransaction { end, slots, reply });
        pending
    }

    /// The transactions that are open, by producer.
    #[must_use]
    pub fn open_transactions(&self) -> Vec<OpenTransaction> {
        let mut open: BTreeMap<i64, Vec<(TopicId, PartitionId)>> = BTreeMap::new();
        for parts in self.shared().all_topics() {
            for partition in &parts.partitions {
                for &producer in partition.read().open.values() {
                    open.entry(producer).or_default().push((parts.topic.id, partition.number));
                }
            }
        }
        let transaction = |(producer, partitions)| OpenTransaction { producer: ProducerId(producer), partitions };
        open.into_iter().map(transaction).collect()
    }

    /// What a partition remembers of its producers, by id.
    pub fn producers(
        &self,
        topic: TopicId,
        partition: PartitionId,
    ) -> Pending<Result<Vec<ProducerState>, AppendError>> {
        match self.find(topic, partition) {
            Err(error) => Pending::ready(Err(error)),
            Ok(partition) => {
                let (reply, pending) = Pending::new();
                self.shared().queue.push(Request::Producers { partition, reply });
                pending
            }
        }
    }

    fn append_some(
        &self,
        topic: TopicId,
        partition: PartitionId,
        batches: Bytes,
        transactional: bool,
    ) -> Pending<Result<Appended, AppendError>> {
        let limit = self.config().queue_bytes_max.saturating_mul(2);
        let request = self.find(topic, partition).and_then(|partition| {
            if self.shared().queue.bytes() > limit {
                return Err(AppendError::Busy { limit });
            }
            let batches = prepare(&partition.topic(), &batches, self.shared().clock.now())?;
            if !transactional && batches.iter().any(|batch| batch.header.is_transactional()) {
                return Err(BatchError::Transactional.into());
            }
            Ok((partition, batches))
        });
        match request {
            Err(error) => Pending::ready(Err(error)),
            Ok((partition, batches)) => {
                let (reply, pending) = Pending::new();
                self.shared().queue.push(Request::Append { partition, batches, reply });
                pending
            }
        }
    }

    fn find(&self, topic: TopicId, partition: PartitionId) -> Result<Arc<crate::partition::Partition>, AppendError> {
        self.shared().partition(topic, partition).map_err(|error| match error {
            ReadError::UnknownPartition { topic, partition } => AppendError::UnknownPartition { topic, partition },
            _ => AppendError::UnknownTopic(topic),
        })
    }

    /// Resolves when the queue has room. Await it before reading more from a client, so that producers are slowed;
    /// who does not is refused with [`AppendError::Busy`] at twice the bound.
    pub async fn room(&self) {
        self.shared().queue.room(self.config().queue_bytes_max).await;
    }

    /// Reads whole batches from the one that holds `from` on: at least one, then up to `bytes_max`; never past the
    /// high watermark. Each is checked against its checksums.
    ///
    /// # Errors
    /// [`ReadError`]; what is damaged is not served.
    pub fn read(
        &self,
        topic: TopicId,
        partition: PartitionId,
        from: Offset,
        bytes_max: usize,
    ) -> Result<ReadBatches, ReadError> {
        self.read_isolated(topic, partition, from, bytes_max, Isolation::Uncommitted)
    }

    /// As [`read`](Log::read); for [`Isolation::Committed`] only up to the last stable offset, with the aborted
    /// transactions in it.
    ///
    /// # Errors
    /// [`ReadError`]; what is damaged is not served.
    pub fn read_isolated(
        &self,
        topic: TopicId,
        partition: PartitionId,
        from: Offset,
        bytes_max: usize,
        isolation: Isolation,
    ) -> Result<ReadBatches, ReadError> {
        let partition = self.shared().partition(topic, partition)?;
        read::read(self.shared(), &partition, from, bytes_max, isolation)
    }

    /// What a partition holds; nothing if there is no such partition.
    #[must_use]
    pub fn bounds(&self, topic: TopicId, partition: PartitionId) -> Option<Bounds> {
        let partition = self.shared().partition(topic, partition).ok()?;
        let bounds = partition.read().bounds();
        Some(bounds)
    }

    /// The first record whose timestamp is at or behind a time; nothing if there is none.
    ///
    /// # Errors
    /// [`ReadError`], but for an offset.
    pub fn offset_at(
        &self,
        topic: TopicId,
        partition: PartitionId,
        time: Timestamp,
    ) -> Result<Option<(Offset, Timestamp)>, ReadError> {
        let partition = self.shared().partition(topic, partition)?;
        read::offset_at(self.shared(), &partition, time)
    }

    /// The first record with the greatest timestamp; nothing if there are no records.
    ///
    /// # Errors
    /// [`ReadError`], but for an offset.
    pub fn offset_of_max_timestamp(
        &self,
        topic: TopicId,
        partition: PartitionId,
    ) -> Result<Option<(Offset, Timestamp)>, ReadError> {
        let partition = self.shared().partition(topic, partition)?;
        let greatest = partition.read().bounds().max_timestamp;
        greatest.map_or(Ok(None), |time| read::offset_at(self.shared(), &partition, time))
    }

    /// Changes whenever a high watermark moved, or a topic went.
    #[must_use]
    pub fn subscribe(&self) -> watch::Receiver<u64> {
        self.shared().progress.subscribe()
    }

    /// Waits on this thread until a partition's high watermark is greater than `offset`; false if it is not after
    /// `patience`, or the partition is gone.
    #[must_use]
    pub fn wait_past(&self, topic: TopicId, partition: PartitionId, offset: Offset, patience: Duration) -> bool {
        self.wait_readable(topic, partition, offset, Isolation::Uncommitted, patience)
    }

    /// As [`wait_past`](Log::wait_past), until a reader of that isolation finds something behind `offset`.
    #[must_use]
    pub fn wait_readable(
        &self,
        topic: TopicId,
        partition: PartitionId,
        offset: Offset,
        isolation: Isolation,
        patience: Duration,
    ) -> bool {
        let shared = self.shared();
        let Ok(partition) = shared.partition(topic, partition) else { return false };
        let deadline = shared.clock.elapsed().saturating_add(patience);
        let mut guard = lock(&shared.moved.0);
        loop {
            if partition.read().bounds().readable_end(isolation) > offset {
                return true;
            }
            let left = deadline.saturating_sub(shared.clock.elapsed());
            if left.is_zero() || shared.is_closed() {
                return false;
            }
            guard = shared.moved.1.wait_timeout(guard, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// A producer id that is never handed out twice.
    pub fn allocate_producer_id(&self) -> Pending<Result<ProducerId, Unavailable>> {
        let (reply, pending) = Pending::new();
        self.shared().queue.push(Request::ProducerId { reply });
        pending
    }

    /// Writes a job's batch ahead, without offsets, invisible. Waits on this thread while the queue is full. That it
    /// is durable is known only from the commit.
    ///
    /// # Errors
    /// [`StageError`]; nothing was staged then.
    pub fn stage(
        &self,
        job: &JobName,
        topic: TopicId,
        partition: PartitionId,
        batch: Bytes,
    ) -> Result<Staged, StageError> {
        let number = partition;
        let partition = self.find(topic, partition)?;
        let mut prepared = prepare(&partition.topic(), &batch, self.shared().clock.now())?;
        let (Some(batch), true) = (prepared.pop(), prepared.is_empty()) else {
            return Err(AppendError::from(BatchError::Several).into());
        };
        if batch.header.is_transactional() {
            return Err(AppendError::from(BatchError::Transactional).into());
        }
        self.shared().queue.wait_for_room(self.config().queue_bytes_max)?;
        let id = self.shared().next_stage.fetch_add(1, Ordering::Relaxed);
        let records = i64::from(batch.header.records);
        let staged = Staged { id, topic, partition: number, records, bytes: batch.bytes.len() };
        self.shared().queue.push(Request::Stage { id, job: job.clone(), partition, batch });
        Ok(staged)
    }

    /// Commits a checkpoint: one record in the log gives the staged output its offsets, makes it visible, and keeps
    /// the job's state. All of it happens, or nothing. The answers are in the order of the staged batches.
    pub fn commit_job(&self, commit: JobCommit) -> Pending<Result<Vec<Appended>, CommitError>> {
        if commit.meta.len() > JOB_META_BYTES_MAX || commit.job.0.len() > JOB_NAME_BYTES_MAX {
            let bytes = commit.meta.len().max(commit.job.0.len());
            let limit = if bytes > JOB_META_BYTES_MAX { JOB_META_BYTES_MAX } else { JOB_NAME_BYTES_MAX };
            return Pending::ready(Err(CommitError::TooLarge { job: commit.job, bytes, limit }));
        }
        let (reply, pending) = Pending::new();
        self.shared().queue.push(Request::Commit { commit, reply });
        pending
    }

    /// A job starts anew: what it staged and did not commit is garbage.
    pub fn discard_staged(&self, job: &JobName) {
        self.shared().queue.push(Request::Discard { job: job.clone() });
    }

    /// A job's last checkpoint: its number, and what the job keeps with it.
    #[must_use]
    pub fn job_meta(&self, job: &JobName) -> Option<(u64, Bytes)> {
        lock_read(&self.shared().jobs).get(job).cloned()
    }

    /// The jobs that have a checkpoint, by name.
    #[must_use]
    pub fn jobs(&self) -> Vec<JobName> {
        lock_read(&self.shared().jobs).keys().cloned().collect()
    }

    /// Forgets a job's checkpoint and what it staged; its output stays.
    pub fn forget_job(&self, job: &JobName) -> Pending<Result<(), Unavailable>> {
        let (reply, pending) = Pending::new();
        self.shared().queue.push(Request::ForgetJob { job: job.clone(), reply });
        pending
    }

    /// Puts rows into tables, all or none; the answer comes when they are durable. See [`Table`].
    pub fn put(&self, rows: Vec<Row>) -> Pending<Result<(), PutError>> {
        if let Err(error) = check_rows(&rows, self.shared()) {
            return Pending::ready(Err(error));
        }
        let (reply, pending) = Pending::new();
        self.shared().queue.push(Request::Put { rows, reply });
        pending
    }

    /// The value of a durable row.
    #[must_use]
    pub fn row(&self, table: Table, key: &[u8]) -> Option<Bytes> {
        lock_read(&self.shared().tables).get(table, key)
    }

    /// All durable rows of a table, keys and values, by key.
    #[must_use]
    pub fn rows(&self, table: Table) -> Vec<(Bytes, Bytes)> {
        self.rows_with_prefix(table, &[])
    }

    /// The durable rows of a table whose keys begin so, by key.
    #[must_use]
    pub fn rows_with_prefix(&self, table: Table, prefix: &[u8]) -> Vec<(Bytes, Bytes)> {
        lock_read(&self.shared().tables).with_prefix(table, prefix)
    }

    /// Whether the log takes anything.
    #[must_use]
    pub fn health(&self) -> Health {
        lock_read(&self.shared().health).clone()
    }

    /// Figures for metrics.
    #[must_use]
    pub fn figures(&self) -> LogFigures {
        let shared = self.shared();
        let counters = &shared.counters;
        let mut figures = LogFigures {
            appended_bytes: counters.appended_bytes.load(Ordering::Relaxed),
            appended_records: counters.appended_records.load(Ordering::Relaxed),
            flushes: counters.flushes.load(Ordering::Relaxed),
            flush_micros: counters.flush_micros.load(Ordering::Relaxed),
            wal_files: lock_read(&shared.files).len() as u64,
            queued_bytes: shared.queue.bytes() as u64,
            ..LogFigures::default()
        };
        for parts in shared.all_topics() {
            for partition in &parts.partitions {
                let state = partition.read();
                figures.segments += state.segments.len() as u64;
                figures.segment_bytes += state.segments.iter().map(|segment| segment.bytes).sum::<u64>();
            }
        }
        figures
    }

    /// Writes what waits, flushes, and ends the threads; clones of this log take nothing afterwards.
    pub fn close(self) {
        self.inner.close();
    }
}

/// Lets the log fail if its writer panics, so that nobody waits for an answer for ever.
struct FailOnPanic(Arc<Shared>);

impl Drop for FailOnPanic {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.fail("its writer panicked, which is a bug; start again");
        }
    }
}

impl Inner {
    fn close(&self) {
        self.shared.closed.store(true, Ordering::Release);
        self.shared.queue.close();
        let threads = std::mem::take(&mut *lock(&self.threads));
        for thread in threads {
            if thread.join().is_err() {
                tracing::error!("a thread of the log panicked");
            }
            // The writer, which is joined first, says so too; unless it panicked.
            self.shared.call_keeper(|desk| desk.closing = true);
        }
        self.shared.announce();
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.close();
    }
}

fn check_config(config: &LogConfig) -> Result<(), OpenError> {
    let wrong = |text: &str| Err(OpenError::Config(text.to_owned()));
    if !((16 << 10)..=(2 << 30)).contains(&config.file_bytes) {
        return wrong("a write-ahead log file has from 16 KiB to 2 GiB");
    }
    if config.group_bytes_max as u64 > config.file_bytes || config.group_bytes_max == 0 {
        return wrong("a group is not larger than a file, nor empty");
    }
    if !(1..=TOPIC_PARTITIONS_MAX).contains(&config.default_partitions) {
        return wrong("a topic has from 1 to 10000 partitions");
    }
    Ok(())
}
