//! The state machines of all transactional ids, and what they need of the log: rows, markers, ids.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use bytes::Bytes;
use yeoul_base::limits::TABLE_KEY_BYTES_MAX;
use yeoul_base::{Offset, PartitionId, TopicId};
use yeoul_log::batch::BatchHeader;
use yeoul_log::{
    AppendError, Appended, CommittedOffset, EndTransaction, Log, Pending, ProducerId, PutError, Row, Table, Topic,
};

use super::row;
use super::transaction::{ClientPath, Ending, GroupOffsets, Identity, Phase, Step, Transaction, TransactionError};

/// The epoch of the coordinator, for the markers: there is one node, and it is never another.
const COORDINATOR_EPOCH: i32 = 0;

/// What the broker's settings say about transactions.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// The longest `transaction.timeout.ms` that a producer may ask for.
    pub(crate) timeout_max: Duration,
    /// How long a transactional id without transactions is remembered.
    pub(crate) id_expiration: Duration,
}

/// See the module.
pub(crate) struct Coordinator {
    log: Log,
    limits: Limits,
    ids: RwLock<BTreeMap<String, Arc<Entry>>>,
}

/// One transactional id.
#[derive(Default)]
struct Entry(Mutex<State>);

#[derive(Default)]
struct State {
    /// Nothing until the first producer has its identity.
    transaction: Option<Transaction>,
    /// A step is on its way to the disk that nothing may come before.
    busy: bool,
    /// Counts changes that are to be written down, and the last that is.
    changes: u64,
    saved: u64,
    /// The id expired; it is to be looked up again.
    gone: bool,
}

/// A step whose first half is done.
enum Begun {
    Done(Identity),
    NeedsId,
    Writing(Pending<Result<(), PutError>>, Transaction),
}

/// What there is to say of a transactional id.
#[derive(Clone, Debug)]
pub(crate) struct Described {
    pub(crate) producer: Identity,
    pub(crate) phase: Phase,
    pub(crate) timeout_ms: i32,
    pub(crate) started_ms: i64,
    pub(crate) partitions: Vec<(TopicId, i32)>,
}

/// A transactional id in a list.
#[derive(Clone, Debug)]
pub(crate) struct Listed {
    pub(crate) id: String,
    pub(crate) producer: i64,
    pub(crate) phase: Phase,
    /// How long its transaction has been open, in milliseconds.
    pub(crate) open_ms: Option<i64>,
}

/// A producer's batch for a partition.
pub(crate) struct Batch<'a> {
    pub(crate) topic: &'a Topic,
    pub(crate) partition: i32,
    pub(crate) records: Bytes,
}

impl Entry {
    /// A thread that panicked with the lock left the state whole: each change is one step.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn of(transaction: Transaction) -> Entry {
        Entry(Mutex::new(State { transaction: Some(transaction), ..State::default() }))
    }

    /// Waits for a step's second half, in a task of its own: it must not be cut off when its client goes away.
    async fn finish(
        self: Arc<Self>,
        writing: Pending<Result<(), PutError>>,
        next: Transaction,
    ) -> Result<Identity, TransactionError> {
        let finishing = tokio::spawn(async move {
            let written = writing.await;
            let mut state = self.lock();
            state.busy = false;
            written.map_err(|error| failed(&error))?;
            let producer = next.producer;
            state.transaction = Some(next);
            state.saved = state.changes;
            Ok(producer)
        });
        finishing.await.unwrap_or(Err(TransactionError::Unavailable))
    }
}

impl State {
    /// The state for a step that may not come between another and the disk.
    fn ready(&mut self) -> Result<&mut Transaction, TransactionError> {
        if self.busy {
            return Err(TransactionError::Concurrent);
        }
        self.transaction.as_mut().ok_or(TransactionError::UnknownId)
    }
}

impl Coordinator {
    /// Brings back what the log holds. A transaction that the log has open though no id knows of it is aborted.
    pub(crate) fn open(log: Log, limits: Limits) -> Coordinator {
        let coordinator = Coordinator { log, limits, ids: RwLock::default() };
        let mut found = coordinator.stored();
        let now = coordinator.now();
        for open in coordinator.log.open_transactions() {
            let producer = open.producer.0;
            match found.values_mut().find(|transaction| transaction.producer.id == producer) {
                Some(transaction) => {
                    let who = transaction.producer;
                    let partitions: Vec<_> = open.partitions.iter().map(|(topic, number)| (*topic, number.0)).collect();
                    // The batches tell what a producer of the new path did not write down.
                    transaction.add_partitions(who, &partitions, now).map_or_else(
                        |error| tracing::error!(%error, producer, "can't take up a transaction that is open"),
                        |_| (),
                    );
                }
                None => coordinator.abort_orphan(open.producer),
            }
        }
        let entries = found.into_iter().map(|(id, transaction)| (id, Arc::new(Entry::of(transaction))));
        *coordinator.ids.write().unwrap_or_else(PoisonError::into_inner) = entries.collect();
        coordinator
    }

    fn stored(&self) -> BTreeMap<String, Transaction> {
        let mut found = BTreeMap::new();
        for (key, value) in self.log.rows(Table::TRANSACTIONS) {
            match (std::str::from_utf8(&key), row::decode(&value)) {
                (Ok(id), Ok(transaction)) => drop(found.insert(id.to_owned(), transaction)),
                _ => {
                    tracing::error!(id = %String::from_utf8_lossy(&key), "can't read what is kept of a transactional id")
                }
            }
        }
        found
    }

    fn abort_orphan(&self, producer: ProducerId) {
        tracing::warn!(producer = producer.0, "aborted a transaction whose transactional id is not known any more");
        let (epoch, coordinator_epoch) = (i16::MAX, COORDINATOR_EPOCH);
        let (partitions, rows) = (Vec::new(), Vec::new());
        let end = EndTransaction { producer, epoch, commit: false, coordinator_epoch, partitions, rows };
        drop(self.log.end_transaction(end));
    }

    fn now(&self) -> i64 {
        self.log.time().0
    }

    fn entry(&self, id: &str) -> Result<Arc<Entry>, TransactionError> {
        if id.is_empty() {
            return Err(TransactionError::InvalidId);
        }
        let ids = self.ids.read().unwrap_or_else(PoisonError::into_inner);
        ids.get(id).map(Arc::clone).ok_or(TransactionError::UnknownId)
    }

    fn entry_or_new(&self, id: &str) -> Arc<Entry> {
        if let Ok(entry) = self.entry(id) {
            return entry;
        }
        let mut ids = self.ids.write().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(ids.entry(id.to_owned()).or_default())
    }

    fn entries(&self) -> Vec<(String, Arc<Entry>)> {
        let ids = self.ids.read().unwrap_or_else(PoisonError::into_inner);
        ids.iter().map(|(id, entry)| (id.clone(), Arc::clone(entry))).collect()
    }

    /// The partitions whose offsets open transactions are to commit for a group, by topic and number.
    pub(crate) fn open_offsets(&self, group: &str) -> std::collections::BTreeSet<(String, i32)> {
        let mut open = std::collections::BTreeSet::new();
        for (_, entry) in self.entries() {
            let state = entry.lock();
            let transaction = state.transaction.as_ref().filter(|transaction| transaction.phase == Phase::Ongoing);
            let offsets = transaction.and_then(|transaction| transaction.groups.get(group));
            open.extend(offsets.into_iter().flat_map(|offsets| offsets.keys().cloned()));
        }
        open
    }

    /// Hands the first half of a step to the log.
    fn write(&self, id: &str, state: &mut State, step: Step) -> Begun {
        let (writing, next) = match step {
            Step::Done(producer) => return Begun::Done(producer),
            Step::NeedsId => return Begun::NeedsId,
            Step::Save(next) => (self.log.put(vec![stored_row(id, &next)]), next),
            Step::End(ending) => {
                let end = self.to_log(id, &ending);
                (self.log.end_transaction(end), ending.next)
            }
        };
        state.busy = true;
        Begun::Writing(writing, next)
    }

    fn to_log(&self, id: &str, ending: &Ending) -> EndTransaction {
        let mut rows = vec![stored_row(id, &ending.next)];
        for (group, offsets) in &ending.offsets {
            rows.extend(self.offset_rows(group, offsets));
        }
        EndTransaction {
            producer: ProducerId(ending.producer),
            epoch: ending.marker_epoch,
            commit: ending.commit,
            coordinator_epoch: COORDINATOR_EPOCH,
            partitions: ending.partitions.iter().map(|&(topic, number)| (topic, PartitionId(number))).collect(),
            rows,
        }
    }

    fn offset_rows(&self, group: &str, offsets: &GroupOffsets) -> Vec<Row> {
        let now = self.log.time();
        let row = |((topic, partition), pending): (&(String, i32), &super::PendingOffset)| {
            let mut committed = CommittedOffset::new(Offset(pending.offset), pending.topic, now);
            committed.leader_epoch = pending.leader_epoch;
            committed.metadata.clone_from(&pending.metadata);
            committed.row(group, topic, PartitionId(*partition))
        };
        offsets.iter().map(row).collect()
    }

    /// Takes a step with both halves; `decide` is asked again with a new producer id if it needs one.
    async fn step(
        &self,
        id: &str,
        entry: Arc<Entry>,
        decide: impl Fn(&mut State, Option<i64>) -> Result<Step, TransactionError>,
    ) -> Result<Identity, TransactionError> {
        let mut fresh = None;
        loop {
            let begun = {
                let mut state = entry.lock();
                if state.busy {
                    return Err(TransactionError::Concurrent);
                }
                let step = decide(&mut state, fresh)?;
                self.write(id, &mut state, step)
            };
            match begun {
                Begun::Done(producer) => return Ok(producer),
                Begun::Writing(writing, next) => return entry.finish(writing, next).await,
                Begun::NeedsId => fresh = Some(self.fresh_id().await?),
            }
        }
    }

    async fn fresh_id(&self) -> Result<i64, TransactionError> {
        self.log.allocate_producer_id().await.map(|id| id.0).map_err(|_| TransactionError::Unavailable)
    }

    /// A producer comes: see [`Transaction::init`].
    pub(crate) async fn init(
        &self,
        id: &str,
        expected: Option<Identity>,
        timeout_ms: i32,
    ) -> Result<Identity, TransactionError> {
        if id.is_empty() || id.len() > TABLE_KEY_BYTES_MAX {
            return Err(TransactionError::InvalidId);
        }
        let timeout = u64::try_from(timeout_ms).ok().filter(|&ms| ms > 0).map(Duration::from_millis);
        if timeout.is_none_or(|timeout| timeout > self.limits.timeout_max) {
            return Err(TransactionError::InvalidTimeout);
        }
        let now = self.now();
        let decide = |state: &mut State, fresh: Option<i64>| match (&state.transaction, fresh) {
            _ if state.gone => Err(TransactionError::Concurrent),
            (Some(transaction), fresh) => transaction.init(expected, timeout_ms, fresh, now),
            (None, None) => Ok(Step::NeedsId),
            (None, Some(fresh)) => Ok(Step::Save(Transaction::new(fresh, timeout_ms, now))),
        };
        self.step(id, self.entry_or_new(id), decide).await
    }

    /// A producer ends its transaction: see [`Transaction::end`].
    pub(crate) async fn end(
        &self,
        id: &str,
        who: Identity,
        commit: bool,
        path: ClientPath,
    ) -> Result<Identity, TransactionError> {
        let now = self.now();
        let decide = |state: &mut State, fresh| state.ready()?.end(who, commit, path, fresh, now);
        self.step(id, self.entry(id)?, decide).await
    }

    /// Changes what is part of a transaction, and waits until that is durable.
    async fn change(
        &self,
        id: &str,
        change: impl FnOnce(&mut Transaction, i64) -> Result<bool, TransactionError>,
    ) -> Result<(), TransactionError> {
        let entry = self.entry(id)?;
        let (writing, number) = {
            let mut state = entry.lock();
            let changed = change(state.ready()?, self.now())?;
            state.changes += u64::from(changed);
            if state.changes == state.saved {
                return Ok(());
            }
            let row = state.transaction.as_ref().map(|transaction| stored_row(id, transaction));
            (self.log.put(row.into_iter().collect()), state.changes)
        };
        writing.await.map_err(|error| failed(&error))?;
        let mut state = entry.lock();
        state.saved = state.saved.max(number);
        Ok(())
    }

    /// Takes partitions into a producer's transaction.
    pub(crate) async fn add_partitions(
        &self,
        id: &str,
        who: Identity,
        partitions: &[(TopicId, i32)],
    ) -> Result<(), TransactionError> {
        self.change(id, |transaction, now| transaction.add_partitions(who, partitions, now)).await
    }

    /// Checks that a partition is part of a producer's transaction.
    pub(crate) fn verify(&self, id: &str, who: Identity, partition: (TopicId, i32)) -> Result<(), TransactionError> {
        self.entry(id)?.lock().ready()?.verify(who, partition)
    }

    /// Takes a group into a producer's transaction.
    pub(crate) async fn add_group(&self, id: &str, who: Identity, group: &str) -> Result<(), TransactionError> {
        self.change(id, |transaction, now| transaction.add_group(who, group, now)).await
    }

    /// Takes a group's offsets into a producer's transaction.
    pub(crate) async fn add_offsets(
        &self,
        id: &str,
        who: Identity,
        group: &str,
        offsets: GroupOffsets,
        path: ClientPath,
    ) -> Result<(), TransactionError> {
        let change =
            |transaction: &mut Transaction, now| transaction.add_offsets(who, group, offsets, path, now).map(|()| true);
        self.change(id, change).await
    }

    /// Hands a producer's batch to the log, if it is part of its transaction.
    pub(crate) fn append(
        &self,
        id: &str,
        batch: Batch<'_>,
        path: ClientPath,
    ) -> Result<Pending<Result<Appended, AppendError>>, TransactionError> {
        let (topic, number) = (batch.topic.id, PartitionId(batch.partition));
        let known = (0..batch.topic.partitions).contains(&batch.partition);
        let header = BatchHeader::parse(&batch.records).ok().filter(|_| known);
        // What is wrong with it, the log says.
        let Some(header) = header else { return Ok(self.log.append(topic, number, batch.records)) };
        if !header.is_transactional() {
            return Err(TransactionError::NotTransactional);
        }
        let who = Identity { id: header.producer_id, epoch: header.producer_epoch };
        let entry = self.entry(id)?;
        // Under the lock, so that the batch reaches the log before whatever ends the transaction.
        let mut state = entry.lock();
        state.ready()?.produce(who, (topic, batch.partition), path, self.now())?;
        Ok(self.log.append_transactional(topic, number, batch.records))
    }

    /// Aborts a producer's open transaction, whoever it belongs to, and fences the producer: an operator asks for it. One
    /// that no transactional id knows of is ended all the same. That there is none is no error.
    pub(crate) async fn abort(&self, producer: Identity) -> Result<(), TransactionError> {
        for (id, entry) in self.entries() {
            let begun = {
                let mut state = entry.lock();
                if state.transaction.as_ref().is_none_or(|transaction| transaction.producer.id != producer.id) {
                    continue;
                }
                let ending = state.ready()?.abort(producer, self.now())?;
                let Some(ending) = ending else { return Ok(()) };
                self.write(&id, &mut state, Step::End(Box::new(ending)))
            };
            tracing::warn!(id, producer = producer.id, "an operator aborted a transaction");
            return match begun {
                Begun::Writing(writing, next) => entry.finish(writing, next).await.map(drop),
                Begun::Done(_) | Begun::NeedsId => Ok(()),
            };
        }
        let (id, epoch) = (ProducerId(producer.id), producer.epoch.saturating_add(1));
        tracing::warn!(producer = producer.id, "an operator aborted a transaction that no transactional id knows of");
        let coordinator_epoch = COORDINATOR_EPOCH;
        let (partitions, rows) = (Vec::new(), Vec::new());
        let end = EndTransaction { producer: id, epoch, commit: false, coordinator_epoch, partitions, rows };
        self.log.end_transaction(end).await.map_err(|error| failed(&error))
    }

    /// A group was deleted: what open transactions were to commit for it is forgotten. False if one is just being ended
    /// that may bring offsets back: the group is to be deleted once more.
    pub(crate) async fn forget_group(&self, group: &str) -> Result<bool, TransactionError> {
        let mut settled = true;
        for (id, entry) in self.entries() {
            let concerned =
                |transaction: &Transaction| transaction.groups.get(group).is_some_and(|offsets| !offsets.is_empty());
            let writing = {
                let mut state = entry.lock();
                let busy = state.busy;
                let Some(transaction) = state.transaction.as_mut().filter(|transaction| concerned(transaction)) else {
                    continue;
                };
                if busy {
                    settled = false;
                    continue;
                }
                // The group stays added: its producer may commit offsets for it anew.
                transaction.groups.insert(group.to_owned(), GroupOffsets::new());
                let row = stored_row(&id, transaction);
                state.changes += 1;
                self.log.put(vec![row])
            };
            writing.await.map_err(|error| failed(&error))?;
        }
        Ok(settled)
    }

    /// Aborts what takes too long, and forgets transactional ids that were silent for long.
    pub(crate) async fn expire(&self) {
        let now = self.now();
        for (id, entry) in self.entries() {
            if let Some((writing, next)) = self.begin_abort(&id, &entry, now) {
                tracing::warn!(id, "aborted a transaction that was open for longer than its producer's timeout");
                if let Err(error) = entry.finish(writing, next).await {
                    tracing::warn!(id, %error, "the abort is tried again");
                }
            } else if let Some(writing) = self.begin_forget(&id, &entry, now) {
                self.forget(&id, &entry, writing.await.is_ok());
            }
        }
    }

    fn begin_abort(&self, id: &str, entry: &Entry, now: i64) -> Option<(Pending<Result<(), PutError>>, Transaction)> {
        let mut state = entry.lock();
        let ending = state.ready().ok()?.expire(now)?;
        match self.write(id, &mut state, Step::End(Box::new(ending))) {
            Begun::Writing(writing, next) => Some((writing, next)),
            Begun::Done(_) | Begun::NeedsId => None,
        }
    }

    fn begin_forget(&self, id: &str, entry: &Entry, now: i64) -> Option<Pending<Result<(), PutError>>> {
        let mut state = entry.lock();
        let transaction = state.ready().ok()?;
        let silent = now.saturating_sub(transaction.changed_ms);
        let long = u128::try_from(silent).is_ok_and(|silent| silent > self.limits.id_expiration.as_millis());
        if transaction.phase == Phase::Ongoing || !long {
            return None;
        }
        state.busy = true;
        Some(self.log.put(vec![Row::removed(Table::TRANSACTIONS, id.as_bytes().to_vec())]))
    }

    fn forget(&self, id: &str, entry: &Entry, removed: bool) {
        let mut ids = self.ids.write().unwrap_or_else(PoisonError::into_inner);
        let mut state = entry.lock();
        state.busy = false;
        if removed {
            (state.gone, state.transaction) = (true, None);
            ids.remove(id);
        }
    }

    /// What there is to say of a transactional id.
    pub(crate) fn describe(&self, id: &str) -> Option<Described> {
        let entry = self.entry(id).ok()?;
        let state = entry.lock();
        state.transaction.as_ref().map(|transaction| Described {
            producer: transaction.producer,
            phase: transaction.phase,
            timeout_ms: transaction.timeout_ms,
            started_ms: transaction.started_ms,
            partitions: transaction.partitions.iter().copied().collect(),
        })
    }

    /// All transactional ids, by name.
    pub(crate) fn list(&self) -> Vec<Listed> {
        let now = self.now();
        let listed = |(id, entry): (String, Arc<Entry>)| {
            let state = entry.lock();
            let transaction = state.transaction.as_ref()?;
            let open = transaction.phase == Phase::Ongoing;
            let open_ms = open.then(|| now.saturating_sub(transaction.started_ms));
            Some(Listed { id, producer: transaction.producer.id, phase: transaction.phase, open_ms })
        };
        self.entries().into_iter().filter_map(listed).collect()
    }
}

/// A transactional id as it is kept.
fn stored_row(id: &str, transaction: &Transaction) -> Row {
    Row::new(Table::TRANSACTIONS, id.as_bytes().to_vec(), row::encode(transaction))
}

fn failed(error: &PutError) -> TransactionError {
    match error {
        PutError::TooLarge { .. } | PutError::Full { .. } => TransactionError::TooLarge,
        PutError::Unavailable(_) => TransactionError::Unavailable,
    }
}
