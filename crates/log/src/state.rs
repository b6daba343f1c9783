//! What the writer knows, the group that it is putting together included. Only the writer and, before it,
//! recovery change it. What of it is durable is in [`Shared`](crate::shared::Shared).

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use bytes::Bytes;
use uuid::Uuid;
use yeoul_base::{JobName, Offset, TopicId};

use crate::error::{AppendError, CommitError, CreateTopicError, DeleteTopicError, Unavailable};
use crate::job::JobCommit;
use crate::log::{Appended, ProducerId};
use crate::partition::{HotBatch, Partition};
use crate::pending::Reply;
use crate::producer::{Producers, Verdict};
use crate::queue::{Prepared, Request};
use crate::shared::{Shared, TopicParts, write};
use crate::snapshot::{Standing, topic_parts};
use crate::table::{PutError, Row, encode_rows};
use crate::topic::Topic;
use crate::topic_config::{TimestampType, TopicConfig};
use crate::wal::{CommitRecord, CommittedBatch, GroupBuilder, Kind, TopicRecord};

/// How many producer ids are reserved by one entry.
const PRODUCER_IDS_RESERVED: i64 = 1000;

/// A partition as the writer sees it.
pub(crate) struct Slot {
    pub(crate) partition: Arc<Partition>,
    pub(crate) next_offset: i64,
    pub(crate) producers: Producers,
    /// The transaction that the append in hand began here: its first offset, and its producer.
    opened: Option<(i64, i64)>,
}

struct StagedBatch {
    job: JobName,
    slot: u32,
    records: i32,
    hot: HotBatch,
}

/// What is done once the group is durable, or is known not to be.
pub(crate) type After = Box<dyn FnOnce(&Shared, Result<(), &Unavailable>) + Send>;

/// A group being put together: its bytes, and what follows from it.
pub(crate) struct Work {
    pub(crate) group: GroupBuilder,
    pub(crate) after: Vec<After>,
    /// Answers that are given as soon as the group is written, on topics whose settings relax durability.
    pub(crate) early: Vec<After>,
    /// The file that the group goes to.
    pub(crate) file: u32,
    /// The log's time, in milliseconds.
    pub(crate) time: i64,
    /// Whether a high watermark moves.
    pub(crate) moves: bool,
}

/// See the module.
#[derive(Default)]
pub(crate) struct State {
    pub(crate) standing: Standing,
    pub(crate) slots: HashMap<u32, Slot>,
    /// The topics, those of the group in the making too.
    pub(crate) topics: HashMap<TopicId, Arc<TopicParts>>,
    names: HashMap<String, TopicId>,
    staged: HashMap<u64, StagedBatch>,
    /// Where each producer's transaction is open, by slot.
    pub(crate) open: HashMap<i64, BTreeSet<u32>>,
    /// The last checkpoint per job.
    pub(crate) checkpoints: HashMap<JobName, u64>,
    /// The next producer id to hand out, of those reserved; zero before the first.
    producer_ids_given: i64,
}

impl State {
    pub(crate) fn new(standing: Standing) -> State {
        State { producer_ids_given: standing.next_producer_id, standing, ..State::default() }
    }

    /// Takes a topic in, with what its partitions hold already.
    pub(crate) fn add_topic(&mut self, parts: &Arc<TopicParts>) {
        for partition in &parts.partitions {
            // Partitions that were there before others were added stand where they stand.
            if self.slots.contains_key(&partition.slot) {
                continue;
            }
            let next_offset = partition.read().high_watermark;
            let slot =
                Slot { partition: Arc::clone(partition), next_offset, producers: Producers::default(), opened: None };
            self.slots.insert(partition.slot, slot);
            self.standing.next_slot = self.standing.next_slot.max(partition.slot + 1);
        }
        self.names.insert(parts.topic.name.clone(), parts.topic.id);
        self.topics.insert(parts.topic.id, Arc::clone(parts));
    }

    /// Takes ids below a number as handed out.
    pub(crate) fn reserve_producer_ids(&mut self, next: i64) {
        self.standing.next_producer_id = self.standing.next_producer_id.max(next);
        self.producer_ids_given = self.standing.next_producer_id;
    }

    pub(crate) fn remove_topic(&mut self, id: TopicId) -> Option<Arc<TopicParts>> {
        let parts = self.topics.remove(&id)?;
        self.names.remove(&parts.topic.name);
        for partition in &parts.partitions {
            self.slots.remove(&partition.slot);
        }
        Some(parts)
    }

    /// Does what a request asks, as far as it can be done before the flush.
    pub(crate) fn handle(&mut self, request: Request, shared: &Shared, work: &mut Work) {
        match request {
            Request::Append { partition, batches, reply } => self.append(&partition, &batches, reply, work),
            Request::Stage { id, job, partition, batch } => self.stage(id, job, &partition, &batch, shared, work),
            Request::Commit { commit, reply } => self.commit(commit, reply, work),
            Request::Discard { job } => self.discard(&job, shared),
            Request::ForgetJob { job, reply } => self.forget(job, reply, shared, work),
            Request::CreateTopic { name, partitions, config, reply } => {
                self.create_topic(name, partitions, config, reply, work);
            }
            Request::DeleteTopic { id, reply } => self.delete_topic(id, reply, work),
            Request::ProducerId { reply } => self.producer_id(reply, work),
            Request::AlterTopic { id, changes, reply } => self.alter_topic(id, &changes, reply, work),
            Request::AddPartitions { id, total, reply } => self.add_partitions(id, total, reply, work),
            Request::DeleteRecords { partition, before, reply } => {
                self.delete_records(partition, before, reply, work);
            }
            Request::Trim { partition, start } => self.trim(partition, start, work),
            Request::Put { rows, reply } => put(rows, reply, work),
            Request::EndTransaction { end, slots, reply } => self.end_transaction(end, slots, reply, work),
            Request::ExpireProducers { before } => self.expire_producers(before),
            Request::Producers { partition, reply } => self.producers(&partition, reply, work),
            // What rolling does, the writer has done.
            Request::Nudge | Request::Roll { .. } => {}
        }
    }

    fn append(
        &mut self,
        partition: &Arc<Partition>,
        batches: &[Prepared],
        reply: Reply<Result<Appended, AppendError>>,
        work: &mut Work,
    ) {
        let Some(slot) = self.slots.get_mut(&partition.slot) else {
            let error = AppendError::UnknownTopic(partition.topic_id);
            return work.answer(reply, Err(error));
        };
        if let [only] = batches {
            match slot.producers.judge(&only.header) {
                Verdict::Append => {}
                Verdict::Refuse(error) => return work.answer(reply, Err(error)),
                Verdict::Duplicate(base) => return duplicate(partition, only, base, reply, work),
            }
        }
        let first = slot.next_offset;
        let hot: Vec<(HotBatch, i64)> = batches.iter().map(|batch| slot.push(batch, work)).collect();
        let opened = slot.opened.take();
        if let Some((_, producer)) = opened {
            self.open.entry(producer).or_default().insert(partition.slot);
        }
        let appended = Appended {
            base_offset: Offset(first),
            last_offset: Offset(slot.next_offset - 1),
            log_append_time: batches.first().and_then(|batch| batch.log_append_time),
            log_start: Offset(0),
        };
        let partition = Arc::clone(partition);
        work.moves = true;
        if partition.topic().config.acknowledges_early() {
            let log_start = Offset(partition.read().log_start);
            work.early.push(after(reply, move |_| Ok(Appended { log_start, ..appended })));
            work.after.push(Box::new(move |shared, result| {
                if result.is_ok() {
                    show(shared, &partition, &hot, opened, appended);
                }
            }));
        } else {
            work.then(reply, move |shared| Ok(show(shared, &partition, &hot, opened, appended)));
        }
    }

    fn stage(
        &mut self,
        id: u64,
        job: JobName,
        partition: &Partition,
        batch: &Prepared,
        shared: &Shared,
        work: &mut Work,
    ) {
        if !self.slots.contains_key(&partition.slot) {
            return;
        }
        let at = work.group.push_batch(Kind::Staged, partition.slot, Offset(0), &batch.bytes);
        let hot = hot_batch(batch, 0, work.file, at);
        shared.pin(work.file);
        self.staged.insert(id, StagedBatch { job, slot: partition.slot, records: batch.header.records, hot });
    }

    fn commit(&mut self, commit: JobCommit, reply: Reply<Result<Vec<Appended>, CommitError>>, work: &mut Work) {
        if let Err(error) = self.check_commit(&commit) {
            return work.answer(reply, Err(error));
        }
        let mut record = CommitRecord {
            job: commit.job.clone(),
            checkpoint: commit.checkpoint,
            batches: Vec::with_capacity(commit.staged.len()),
            meta: commit.meta.clone(),
        };
        let mut shown = Vec::with_capacity(commit.staged.len());
        for staged in &commit.staged {
            let Some(batch) = self.staged.remove(&staged.id) else { continue };
            let Some(slot) = self.slots.get_mut(&batch.slot) else { continue };
            let committed = slot.assign(&batch);
            record.batches.push(committed);
            shown.push((Arc::clone(&slot.partition), committed));
        }
        work.group.push(Kind::Commit, 0, &record.encode());
        self.checkpoints.insert(commit.job.clone(), commit.checkpoint);
        work.moves = true;
        work.then(reply, move |shared| {
            let appended = shown.iter().map(|(partition, batch)| show_committed(shared, partition, batch)).collect();
            shared.set_job(commit.job, commit.checkpoint, commit.meta);
            Ok(appended)
        });
    }

    fn check_commit(&self, commit: &JobCommit) -> Result<(), CommitError> {
        let job = || commit.job.clone();
        if let Some(&last) = self.checkpoints.get(&commit.job).filter(|&&last| last >= commit.checkpoint) {
            return Err(CommitError::Stale { job: job(), asked: commit.checkpoint, last });
        }
        let mut ids: Vec<u64> = commit.staged.iter().map(|staged| staged.id).collect();
        ids.sort_unstable();
        ids.dedup();
        if ids.len() != commit.staged.len() {
            return Err(CommitError::NotStaged(job()));
        }
        for staged in &commit.staged {
            if !self.topics.contains_key(&staged.topic) {
                return Err(CommitError::UnknownTopic { job: job(), topic: staged.topic });
            }
            if self.staged.get(&staged.id).is_none_or(|batch| batch.job != commit.job) {
                return Err(CommitError::NotStaged(job()));
            }
        }
        Ok(())
    }

    /// Lets go of what a job staged and did not commit; nothing on the disk changes by it.
    pub(crate) fn discard(&mut self, job: &JobName, shared: &Shared) {
        self.staged.retain(|_, batch| {
            let kept = batch.job != *job;
            if !kept {
                shared.unpin(batch.hot.file);
            }
            kept
        });
    }

    fn forget(&mut self, job: JobName, reply: Reply<Result<(), Unavailable>>, shared: &Shared, work: &mut Work) {
        self.discard(&job, shared);
        if self.checkpoints.remove(&job).is_some() {
            work.group.push(Kind::ForgetJob, 0, job.0.as_bytes());
        }
        work.then(reply, move |shared| {
            write(&shared.jobs).remove(&job);
            Ok(())
        });
    }

    fn create_topic(
        &mut self,
        name: String,
        partitions: i32,
        config: TopicConfig,
        reply: Reply<Result<Arc<Topic>, CreateTopicError>>,
        work: &mut Work,
    ) {
        if self.names.contains_key(&name) {
            return work.answer(reply, Err(CreateTopicError::Exists(name)));
        }
        let id = TopicId(*Uuid::new_v4().as_bytes());
        let first_slot = self.standing.next_slot.max(1);
        let record = TopicRecord { id, first_slot, partitions, name, config: config.to_text() };
        let mut payload = crate::encode::Encoder::default();
        record.encode(&mut payload);
        work.group.push(Kind::CreateTopic, 0, &payload.0);
        let parts = topic_parts(&record);
        self.add_topic(&parts);
        work.then(reply, move |shared| {
            let topic = Arc::clone(&parts.topic);
            shared.add_topic(parts);
            Ok(topic)
        });
    }

    fn delete_topic(&mut self, id: TopicId, reply: Reply<Result<(), DeleteTopicError>>, work: &mut Work) {
        let Some(parts) = self.remove_topic(id) else {
            return work.answer(reply, Err(DeleteTopicError::UnknownTopic(id)));
        };
        work.group.push(Kind::DeleteTopic, 0, &id.0);
        work.moves = true;
        work.then(reply, move |shared| {
            shared.remove_topic(id);
            let slots: HashSet<u32> = parts.partitions.iter().map(|partition| partition.slot).collect();
            shared.close_segments(|slot, _| slots.contains(&slot));
            // Those in the data folder go with the topic's folder, those in the object store one by one.
            let stored = |partition: &Arc<Partition>| {
                let segments: Vec<_> = partition.read().segments.iter().copied().collect();
                let stored = segments.into_iter().filter(|segment| segment.place.is_remote());
                let (topic, number) = (partition.topic_id, partition.number);
                stored.map(move |segment| (topic, number, segment))
            };
            let stored: Vec<_> = parts.partitions.iter().flat_map(stored).collect();
            shared.call_keeper(|desk| desk.trimmed.extend(stored));
            shared.call_keeper(|desk| desk.deleted.push(id));
            Ok(())
        });
    }

    fn producer_id(&mut self, reply: Reply<Result<ProducerId, Unavailable>>, work: &mut Work) {
        if self.producer_ids_given >= self.standing.next_producer_id {
            self.standing.next_producer_id = self.producer_ids_given + PRODUCER_IDS_RESERVED;
            work.group.push(Kind::ProducerIds, 0, &self.standing.next_producer_id.to_be_bytes());
        }
        let id = ProducerId(self.producer_ids_given);
        self.producer_ids_given += 1;
        work.answer(reply, Ok(id));
    }

    pub(crate) fn trim(&mut self, partition: Arc<Partition>, start: i64, work: &mut Work) {
        if !self.slots.contains_key(&partition.slot) {
            return;
        }
        work.group.push(Kind::LogStart, partition.slot, &start.to_be_bytes());
        work.after.push(Box::new(move |shared, result| {
            if result.is_ok() {
                let gone = partition.write().trim(start);
                shared.close_segments(|slot, base| {
                    slot == partition.slot && gone.iter().any(|segment| segment.base == base)
                });
                let owner = |segment| (partition.topic_id, partition.number, segment);
                shared.call_keeper(|desk| desk.trimmed.extend(gone.into_iter().map(owner)));
            }
        }));
    }
}

impl Slot {
    /// Puts a batch into the group, at the next offsets. Returns it with the offset behind it.
    fn push(&mut self, batch: &Prepared, work: &mut Work) -> (HotBatch, i64) {
        let base = self.next_offset;
        let at = work.group.push_batch(Kind::Batch, self.partition.slot, Offset(base), &batch.bytes);
        self.next_offset += i64::from(batch.header.records);
        if self.producers.record(&batch.header, base, work.time) {
            self.opened = Some((base, batch.header.producer_id));
        }
        (hot_batch(batch, base, work.file, at), self.next_offset)
    }

    /// Gives a staged batch the next offsets.
    fn assign(&mut self, batch: &StagedBatch) -> CommittedBatch {
        let base = self.next_offset;
        self.next_offset += i64::from(batch.records);
        CommittedBatch {
            slot: batch.slot,
            base,
            records: batch.records,
            max_timestamp: batch.hot.max_timestamp,
            file: batch.hot.file,
            at: batch.hot.at,
            bytes: batch.hot.bytes,
        }
    }
}

impl Work {
    /// Answers once the group is durable; with the log's failure if it is not.
    pub(crate) fn answer<T: Send + 'static, E: From<Unavailable> + Send + 'static>(
        &mut self,
        reply: Reply<Result<T, E>>,
        value: Result<T, E>,
    ) {
        self.then(reply, move |_| value);
    }

    pub(crate) fn then<T: Send + 'static, E: From<Unavailable> + Send + 'static>(
        &mut self,
        reply: Reply<Result<T, E>>,
        value: impl FnOnce(&Shared) -> Result<T, E> + Send + 'static,
    ) {
        self.after.push(after(reply, value));
    }
}

fn put(rows: Vec<Row>, reply: Reply<Result<(), PutError>>, work: &mut Work) {
    let mut payload = crate::encode::Encoder::default();
    encode_rows(&rows, &mut payload);
    work.group.push(Kind::Rows, 0, &payload.0);
    work.then(reply, move |shared| {
        shared.apply_rows(&rows);
        Ok(())
    });
}

/// Answers with a value, or with the log's failure.
fn after<T: Send + 'static, E: From<Unavailable> + Send + 'static>(
    reply: Reply<Result<T, E>>,
    value: impl FnOnce(&Shared) -> Result<T, E> + Send + 'static,
) -> After {
    Box::new(move |shared, result| {
        let answer = match result {
            Ok(()) => value(shared),
            Err(unavailable) => Err(E::from(unavailable.clone())),
        };
        // Who asked may have gone away; the thing is done all the same.
        drop(reply.send(answer));
    })
}

fn hot_batch(batch: &Prepared, base: i64, file: u32, at: u32) -> HotBatch {
    let bytes = u32::try_from(batch.bytes.len()).expect("a batch's length is an i32");
    HotBatch { base, max_timestamp: batch.header.max_timestamp.0, file, at, bytes }
}

fn duplicate(
    partition: &Arc<Partition>,
    batch: &Prepared,
    base: i64,
    reply: Reply<Result<Appended, AppendError>>,
    work: &mut Work,
) {
    let partition = Arc::clone(partition);
    let last_offset = Offset(base + i64::from(batch.header.last_offset_delta));
    work.then(reply, move |_| {
        let log_start = Offset(partition.read().log_start);
        Ok(Appended { base_offset: Offset(base), last_offset, log_append_time: None, log_start })
    });
}

/// Makes durable batches visible.
fn show(
    shared: &Shared,
    partition: &Partition,
    hot: &[(HotBatch, i64)],
    opened: Option<(i64, i64)>,
    appended: Appended,
) -> Appended {
    let mut state = partition.write();
    state.open.extend(opened);
    for &(batch, end) in hot {
        state.push(batch, end);
    }
    let bytes: u64 = hot.iter().map(|(batch, _)| u64::from(batch.bytes)).sum();
    shared.count(bytes, appended.last_offset.0 - appended.base_offset.0 + 1);
    Appended { log_start: Offset(state.log_start), ..appended }
}

fn show_committed(shared: &Shared, partition: &Partition, batch: &CommittedBatch) -> Appended {
    let end = batch.base + i64::from(batch.records);
    let log_append = partition.topic().config.timestamp_type() == TimestampType::LogAppendTime;
    let appended = Appended {
        base_offset: Offset(batch.base),
        last_offset: Offset(end - 1),
        log_append_time: log_append.then_some(yeoul_base::Timestamp(batch.max_timestamp)),
        log_start: Offset(0),
    };
    let shown = show(shared, partition, &[(batch.hot(), end)], None, appended);
    shared.unpin(batch.file);
    shown
}

impl CommittedBatch {
    pub(crate) fn hot(&self) -> HotBatch {
        HotBatch { base: self.base, max_timestamp: self.max_timestamp, file: self.file, at: self.at, bytes: self.bytes }
    }
}

impl Shared {
    pub(crate) fn set_job(&self, job: JobName, checkpoint: u64, meta: Bytes) {
        write(&self.jobs).insert(job, (checkpoint, meta));
    }

    fn count(&self, bytes: u64, records: i64) {
        use std::sync::atomic::Ordering::Relaxed;
        self.counters.appended_bytes.fetch_add(bytes, Relaxed);
        self.counters.appended_records.fetch_add(u64::try_from(records).unwrap_or(0), Relaxed);
    }
}
