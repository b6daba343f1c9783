//! A log on a simulated disk, and a seeded workload on it, step by step.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use yeoul_base::{JobName, PartitionId, Timestamp, TopicId};
use yeoul_log::batch::{BatchBuilder, Compression};
use yeoul_log::{
    AppendError, Appended, Driver, EndTransaction, JobCommit, Log, LogConfig, OpenError, Pending, Row, Staged, Table,
    TopicConfig,
};

use crate::clock::SimClock;
use crate::disk::SimDisk;
use crate::history::{History, Output, Violation};

/// What a world's log is like.
#[derive(Clone, Copy, Debug)]
pub struct WorldConfig {
    /// The size of a write-ahead log file in bytes.
    pub file_bytes: u64,
    /// The longest value in bytes.
    pub value_bytes_max: usize,
}

impl Default for WorldConfig {
    fn default() -> Self {
        WorldConfig { file_bytes: 64 << 10, value_bytes_max: 6000 }
    }
}

struct Sent {
    topic: TopicId,
    partition: PartitionId,
    values: Vec<String>,
    answer: Pending<Result<Appended, AppendError>>,
}

/// A producer that sends a batch again until it is acknowledged.
struct Idempotent {
    id: i64,
    topic: TopicId,
    partition: PartitionId,
    sequence: i32,
    /// What was sent and not acknowledged.
    open: Option<(Bytes, Vec<String>)>,
}

/// A producer of transactions, one after the other, over all topics.
struct Transactional {
    id: i64,
    epoch: i16,
    /// The next sequence per partition.
    sequences: HashMap<(TopicId, PartitionId), i32>,
}

impl Transactional {
    fn begin_epoch(&mut self) {
        self.epoch += 1;
        self.sequences.clear();
    }
}

/// A log that runs, and what it is driven by.
struct Running {
    log: Log,
    driver: Driver,
}

/// See the module.
pub struct World {
    config: WorldConfig,
    /// The disk.
    pub disk: SimDisk,
    /// The clock.
    pub clock: Arc<SimClock>,
    /// What was promised.
    pub history: History,
    random: SmallRng,
    running: Option<Running>,
    topics: Vec<(TopicId, i32)>,
    staged: Vec<(Staged, Output)>,
    producer: Option<Idempotent>,
    transactional: Option<Transactional>,
    checkpoint: u64,
    values: u64,
}

impl World {
    /// A world on an empty disk.
    #[must_use]
    pub fn new(config: WorldConfig, seed: u64) -> World {
        World {
            config,
            disk: SimDisk::new(),
            clock: Arc::new(SimClock::at(Timestamp(1_700_000_000_000))),
            history: History::default(),
            random: SmallRng::seed_from_u64(seed),
            running: None,
            topics: Vec::new(),
            staged: Vec::new(),
            producer: None,
            transactional: None,
            checkpoint: 0,
            values: 0,
        }
    }

    fn log_config(&self) -> LogConfig {
        let mut config = LogConfig::new("/data/log");
        config.file_bytes = self.config.file_bytes;
        config.group_bytes_max = usize::try_from(self.config.file_bytes / 4).unwrap_or(usize::MAX);
        config.hot_files = 1;
        config.retention_interval = std::time::Duration::from_secs(1);
        // Often, so that segments are put together while the power goes.
        config.clean_interval = std::time::Duration::from_secs(2);
        config.file_age_max = std::time::Duration::from_secs(20);
        config
    }

    /// Opens the log and checks it against the history.
    ///
    /// # Errors
    /// The log's refusal.
    pub fn open(&mut self) -> Result<Result<(), Violation>, OpenError> {
        let clock = Arc::clone(&self.clock);
        let (log, driver) = Log::open_driven(self.log_config(), Arc::new(self.disk.clone()), clock)?;
        self.staged.clear();
        let checked = self.history.check_opened(&log);
        self.topics.retain(|(id, _)| log.topic_by_id(*id).is_some());
        self.checkpoint = log.job_meta(&job()).map_or(0, |(checkpoint, _)| checkpoint).max(self.checkpoint);
        let left = !log.open_transactions().is_empty() || self.history.transactions.open_values() > 0;
        self.running = Some(Running { log, driver });
        if left {
            // As a coordinator does it: whoever left it is fenced.
            self.end(false);
        }
        if let Some(producer) = &mut self.transactional {
            producer.begin_epoch();
        }
        Ok(checked)
    }

    /// The power goes: the log is gone, and the disk is what it left.
    pub fn lose(&mut self, disk: SimDisk) {
        self.running = None;
        self.disk = disk;
    }

    /// Closes the log in good order.
    pub fn close(&mut self) {
        if let Some(running) = self.running.take() {
            running.driver.close();
        }
    }

    /// The log, if it runs.
    #[must_use]
    pub fn log(&self) -> Option<&Log> {
        self.running.as_ref().map(|running| &running.log)
    }

    /// Checks the running log.
    ///
    /// # Errors
    /// The first violation.
    pub fn check(&mut self) -> Result<(), Violation> {
        match &self.running {
            Some(running) => self.history.check(&running.log),
            None => Ok(()),
        }
    }

    /// One step of the workload.
    ///
    /// # Errors
    /// A violation that shows at once.
    pub fn step(&mut self) -> Result<(), Violation> {
        self.clock.advance(300);
        if self.topics.len() < 2 {
            return self.create_topic();
        }
        match self.random.random_range(0..100) {
            0..28 => self.append_some(),
            28..40 => self.transact()?,
            40..45 => self.put(),
            45..60 => self.append_idempotent()?,
            60..75 => self.stage(),
            75..85 => self.commit(),
            85..94 => self.keep(),
            94..96 => {
                self.producer_id()?;
            }
            96..97 => self.delete_topic(),
            97..98 => self.discard(),
            98..99 => self.create_topic()?,
            _ => return self.check(),
        }
        Ok(())
    }

    fn write(&mut self) {
        if let Some(running) = &mut self.running {
            while running.driver.write() {}
        }
    }

    fn keep(&mut self) {
        if let Some(running) = &mut self.running {
            running.driver.keep();
        }
        self.write();
        if let Some(running) = &mut self.running {
            running.driver.keep();
        }
    }

    fn value(&mut self) -> String {
        self.values += 1;
        format!("v{}", self.values)
    }

    /// A batch of some new values, and the values.
    fn batch(&mut self, records: usize) -> (Bytes, Vec<String>) {
        let codec = Compression::ALL[self.random.random_range(0..Compression::ALL.len())];
        let mut builder = BatchBuilder::new().compression(codec);
        let values: Vec<String> = (0..records).map(|_| self.value()).collect();
        for value in &values {
            let filling = self.random.random_range(0..self.config.value_bytes_max / records);
            let long: String = (0..filling).map(|_| char::from(self.random.random_range(b'a'..=b'z'))).collect();
            builder.push(None, Some(format!("{value}.{long}").as_bytes()), Timestamp(self.values as i64), &[]);
        }
        (builder.finish().expect("a batch of some records can be made"), values)
    }

    fn any_place(&mut self) -> (TopicId, PartitionId) {
        let (topic, partitions) = self.topics[self.random.random_range(0..self.topics.len())];
        (topic, PartitionId(self.random.random_range(0..partitions)))
    }

    fn append_some(&mut self) {
        let mut sent = Vec::new();
        for _ in 0..self.random.random_range(1..5) {
            let (topic, partition) = self.any_place();
            let records = self.random.random_range(1..4);
            let (batch, values) = self.batch(records);
            self.history.sent(topic, partition, &values);
            let Some(running) = &self.running else { return };
            sent.push(Sent { topic, partition, values, answer: running.log.append(topic, partition, batch) });
        }
        self.write();
        for sent in sent {
            if let Some(Ok(appended)) = now(sent.answer) {
                self.history.kept(sent.topic, sent.partition, appended.base_offset, &sent.values);
            }
        }
    }

    fn stage(&mut self) {
        let (topic, partition) = self.any_place();
        let (batch, values) = self.batch(1);
        let Some(running) = &self.running else { return };
        if let (Ok(staged), Some(value)) = (running.log.stage(&job(), topic, partition, batch), values.first()) {
            self.staged.push((staged, Output { topic, partition, value: value.clone() }));
        }
        if self.random.random() {
            self.write();
        }
    }

    fn commit(&mut self) {
        let Some(running) = &self.running else { return };
        let there = |(_, output): &(Staged, Output)| running.log.topic_by_id(output.topic).is_some();
        let (staged, outputs): (Vec<Staged>, Vec<Output>) = self.staged.drain(..).filter(there).unzip();
        self.checkpoint += 1;
        self.history.committing(&job(), self.checkpoint, outputs);
        let meta = Bytes::from(vec![7; self.random.random_range(0..5000)]);
        let commit = JobCommit { job: job(), checkpoint: self.checkpoint, meta, staged };
        let answer = running.log.commit_job(commit);
        self.write();
        if let Some(Ok(_)) = now(answer) {
            self.history.committed(&job(), self.checkpoint);
        }
    }

    /// Two rows together, that must stay together.
    fn put(&mut self) {
        let name = format!("row {}", self.random.random_range(0..6));
        let value = self.random.random_bool(0.8).then(|| self.value());
        let Some(running) = &self.running else { return };
        self.history.putting(&name, value.clone());
        let value = value.map(Bytes::from);
        let rows = TABLES.map(|table| Row { table, key: name.clone().into(), value: value.clone() });
        let answer = running.log.put(rows.to_vec());
        self.write();
        if let Some(Ok(())) = now(answer) {
            self.history.put(&name);
        }
    }

    fn discard(&mut self) {
        self.staged.clear();
        if let Some(running) = &self.running {
            running.log.discard_staged(&job());
        }
        self.write();
    }

    fn producer_id(&mut self) -> Result<Option<i64>, Violation> {
        let Some(running) = &self.running else { return Ok(None) };
        let answer = running.log.allocate_producer_id();
        self.write();
        let Some(Ok(id)) = now(answer) else { return Ok(None) };
        self.history.producer_id(id.0)?;
        Ok(Some(id.0))
    }

    /// The idempotent producer; a new one if there is none, or its topic is gone.
    fn producer(&mut self) -> Result<Option<Idempotent>, Violation> {
        let old = self.producer.take().filter(|it| self.topics.iter().any(|(topic, _)| *topic == it.topic));
        if old.is_some() {
            return Ok(old);
        }
        let (topic, partition) = self.any_place();
        let id = self.producer_id()?;
        Ok(id.map(|id| Idempotent { id, topic, partition, sequence: 0, open: None }))
    }

    fn append_idempotent(&mut self) -> Result<(), Violation> {
        let Some(mut producer) = self.producer()? else { return Ok(()) };
        let (topic, partition) = (producer.topic, producer.partition);
        let (batch, values) = producer.open.take().unwrap_or_else(|| self.sequenced(&producer));
        self.history.sent(topic, partition, &values);
        let Some(running) = &self.running else { return Ok(()) };
        // Sometimes sent twice, as after an answer that was lost.
        let times = 1 + usize::from(self.random.random_bool(0.3));
        let answers: Vec<_> = (0..times).map(|_| running.log.append(topic, partition, batch.clone())).collect();
        self.write();
        let mut acknowledged = false;
        for answer in answers {
            match now(answer) {
                Some(Ok(appended)) => {
                    acknowledged = true;
                    self.history.kept(topic, partition, appended.base_offset, &values);
                }
                Some(Err(AppendError::Unavailable(_))) | None => {}
                Some(Err(error)) => return Err(Violation::Refused(error.to_string())),
            }
        }
        if acknowledged {
            producer.sequence += i32::try_from(values.len()).unwrap_or(0);
        } else {
            producer.open = Some((batch, values));
        }
        self.producer = Some(producer);
        Ok(())
    }

    fn sequenced(&mut self, producer: &Idempotent) -> (Bytes, Vec<String>) {
        let values: Vec<String> = (0..self.random.random_range(1..4)).map(|_| self.value()).collect();
        let mut builder = BatchBuilder::new().producer(producer.id, 0, producer.sequence);
        for value in &values {
            builder.push(None, Some(value.as_bytes()), Timestamp(self.values as i64), &[]);
        }
        (builder.finish().expect("a batch of some records can be made"), values)
    }

    /// A step of the transactional producer: a batch, or the end of its transaction.
    fn transact(&mut self) -> Result<(), Violation> {
        if self.transactional.is_none() {
            let id = self.producer_id()?;
            self.transactional = id.map(|id| Transactional { id, epoch: 0, sequences: HashMap::new() });
            return Ok(());
        }
        if self.history.transactions.is_ending() {
            // Nobody knows whether it has ended until the log is opened anew.
            return Ok(());
        }
        if self.history.transactions.open_values() > self.random.random_range(0..6) {
            let commit = self.random.random_bool(0.7);
            self.end(commit);
            return Ok(());
        }
        self.append_transactional()
    }

    fn append_transactional(&mut self) -> Result<(), Violation> {
        let place = self.any_place();
        let value = self.value();
        let (Some(running), Some(producer)) = (&self.running, &mut self.transactional) else { return Ok(()) };
        let sequence = producer.sequences.entry(place).or_default();
        let builder = BatchBuilder::new().producer(producer.id, producer.epoch, *sequence);
        let mut builder = builder.transactional();
        builder.push(None, Some(value.as_bytes()), Timestamp(self.values as i64), &[]);
        let batch = builder.finish().expect("a batch of a record can be made");
        *sequence += 1;
        self.history.sent(place.0, place.1, std::slice::from_ref(&value));
        self.history.transactions.sent(place, &value);
        let answer = running.log.append_transactional(place.0, place.1, batch);
        self.write();
        match now(answer) {
            Some(Ok(appended)) => self.history.kept(place.0, place.1, appended.base_offset, &[value]),
            Some(Err(AppendError::Unavailable(_))) | None => {}
            Some(Err(error)) => return Err(Violation::Refused(error.to_string())),
        }
        Ok(())
    }

    /// Ends the open transaction.
    fn end(&mut self, commit: bool) {
        let Some(producer) = &mut self.transactional else { return };
        // Each end begins an epoch, as by KIP-890.
        let epoch = producer.epoch + 1;
        let rows = vec![self.history.transactions.ending(commit)];
        let producer = yeoul_log::ProducerId(producer.id);
        let end = EndTransaction { producer, epoch, commit, coordinator_epoch: 0, partitions: Vec::new(), rows };
        let Some(running) = &self.running else { return };
        let answer = running.log.end_transaction(end);
        self.write();
        if let Some(Ok(())) = now(answer) {
            self.history.transactions.ended(commit);
            if let Some(producer) = &mut self.transactional {
                producer.begin_epoch();
            }
        }
    }

    fn create_topic(&mut self) -> Result<(), Violation> {
        let partitions = self.random.random_range(1..4);
        let trimmed = self.random.random_bool(0.3);
        let mut config = TopicConfig::default();
        if trimmed {
            config.set("retention.bytes", "30000").expect("the setting is there");
        }
        let name = self.value();
        let Some(running) = &self.running else { return Ok(()) };
        let answer = running.log.create_topic(&name, partitions, config);
        self.write();
        if let Some(Ok(topic)) = now(answer) {
            self.history.created(topic.id, partitions, trimmed);
            self.topics.push((topic.id, partitions));
        }
        Ok(())
    }

    fn delete_topic(&mut self) {
        let index = self.random.random_range(0..self.topics.len());
        let (id, _) = self.topics.swap_remove(index);
        let Some(running) = &self.running else { return };
        self.history.deleted(id, false);
        let answer = running.log.delete_topic(id);
        self.write();
        if let Some(Ok(())) = now(answer) {
            self.history.deleted(id, true);
        }
    }
}

/// Where rows go, each of them to both.
pub(crate) const TABLES: [Table; 2] = [Table::GROUPS, Table::OFFSETS];

fn job() -> JobName {
    JobName("job".to_owned())
}

/// The answer, if it has come.
fn now<T>(mut pending: Pending<T>) -> Option<T> {
    let mut context = Context::from_waker(Waker::noop());
    match Pin::new(&mut pending).poll(&mut context) {
        Poll::Ready(answer) => Some(answer),
        Poll::Pending => None,
    }
}
