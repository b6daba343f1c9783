//! One transactional id as a state machine: no I/O, no clock, no locks. What a step decides is written down by the
//! coordinator before it takes effect.
//!
//! Two generations of clients meet here. The old path (librdkafka, Java up to 3.9) adds partitions by request and keeps
//! its epoch from transaction to transaction. The new one (KIP-890, `transaction.version` 2) adds them with the first
//! batch, and each end gives the producer its next epoch, so that a delayed batch of an ended transaction is fenced.

use std::collections::{BTreeMap, BTreeSet};

use thiserror::Error;
use yeoul_base::TopicId;

/// The last epoch that a producer is given; the one behind it is left for the marker that fences it.
const EPOCH_LAST: i16 = i16::MAX - 1;

/// A producer: its id, and which of its incarnations.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Identity {
    pub(crate) id: i64,
    pub(crate) epoch: i16,
}

impl Identity {
    /// No producer.
    pub(crate) const NONE: Identity = Identity { id: -1, epoch: -1 };

    fn next(self) -> Identity {
        Identity { epoch: self.epoch + 1, ..self }
    }
}

/// Where a transactional id stands, as Kafka names it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Phase {
    /// No transaction has begun since the producer came.
    Empty = 0,
    /// A transaction is open.
    Ongoing = 1,
    /// The last transaction was committed.
    CompleteCommit = 4,
    /// The last transaction was aborted.
    CompleteAbort = 5,
}

impl Phase {
    /// All there are. Kafka's `PrepareCommit` and `PrepareAbort` do not occur: an end is one step here.
    pub(crate) const ALL: [Phase; 4] = [Phase::Empty, Phase::Ongoing, Phase::CompleteCommit, Phase::CompleteAbort];

    /// Kafka's name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Phase::Empty => "Empty",
            Phase::Ongoing => "Ongoing",
            Phase::CompleteCommit => "CompleteCommit",
            Phase::CompleteAbort => "CompleteAbort",
        }
    }

    fn ended(commit: bool) -> Phase {
        if commit { Phase::CompleteCommit } else { Phase::CompleteAbort }
    }
}

/// An offset that a group commits with a transaction.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct PendingOffset {
    pub(crate) topic: TopicId,
    pub(crate) offset: i64,
    pub(crate) leader_epoch: i32,
    pub(crate) metadata: String,
}

/// The offsets of one group, by topic and partition.
pub(crate) type GroupOffsets = BTreeMap<(String, i32), PendingOffset>;

/// See the module.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Transaction {
    pub(crate) producer: Identity,
    /// What `producer` followed, so that a request whose answer was lost is answered again; none behind a fence.
    pub(crate) previous: Identity,
    /// How long a transaction may be open, in milliseconds.
    pub(crate) timeout_ms: i32,
    pub(crate) phase: Phase,
    pub(crate) partitions: BTreeSet<(TopicId, i32)>,
    /// The groups whose offsets are part of it.
    pub(crate) groups: BTreeMap<String, GroupOffsets>,
    /// When the open transaction began, in milliseconds of the log's time; -1 if none is open.
    pub(crate) started_ms: i64,
    /// When anything was last written down.
    pub(crate) changed_ms: i64,
}

/// Why a request of a transactional producer was refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
pub(crate) enum TransactionError {
    #[error("the transactional id is not known; initialise the producer")]
    UnknownId,
    #[error("the transactional id belongs to another producer id")]
    OtherProducer,
    #[error("a newer producer with the same transactional id has begun")]
    Fenced,
    #[error("another step of this transactional id is on its way to the disk; try again")]
    Concurrent,
    #[error("the step does not fit the transaction's state")]
    InvalidState,
    #[error("the partition is not part of the producer's transaction")]
    NotInTransaction,
    #[error("the batch is not transactional, and its request names a transactional id")]
    NotTransactional,
    #[error("`transaction.timeout.ms` is not positive, or more than the broker's `transaction.max.timeout.ms`")]
    InvalidTimeout,
    #[error("the transactional id is empty or longer than the log keeps")]
    InvalidId,
    #[error("the group offsets of the transaction are more than the log keeps")]
    TooLarge,
    #[error("the log takes nothing now")]
    Unavailable,
}

/// Which path a client goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum ClientPath {
    /// The epoch stays.
    Old,
    /// The epoch goes up with each end (KIP-890).
    Bumping,
}

/// The end of a transaction: what the markers say, and what the state is then.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Ending {
    pub(crate) producer: i64,
    pub(crate) marker_epoch: i16,
    pub(crate) commit: bool,
    /// What it was to write to: each gets a marker, whether or not a batch came.
    pub(crate) partitions: BTreeSet<(TopicId, i32)>,
    /// The groups' offsets that are committed.
    pub(crate) offsets: BTreeMap<String, GroupOffsets>,
    pub(crate) next: Transaction,
}

/// What a request comes to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Step {
    /// It was done before; this is the producer's identity now.
    Done(Identity),
    /// A new state is to be written down.
    Save(Transaction),
    /// A transaction is to be ended.
    End(Box<Ending>),
    /// The producer's epochs are used up: the step needs a new producer id, and is to be taken again with it.
    NeedsId,
}

impl Transaction {
    /// A transactional id that was not known, for its first producer.
    pub(crate) fn new(id: i64, timeout_ms: i32, now: i64) -> Transaction {
        Transaction {
            producer: Identity { id, epoch: 0 },
            previous: Identity::NONE,
            timeout_ms,
            phase: Phase::Empty,
            partitions: BTreeSet::new(),
            groups: BTreeMap::new(),
            started_ms: -1,
            changed_ms: now,
        }
    }

    /// A producer comes (`InitProducerId`). `expected` is the identity that it says it has (KIP-360); without one it is
    /// new, and fences who was there. An open transaction is aborted.
    pub(crate) fn init(
        &self,
        expected: Option<Identity>,
        timeout_ms: i32,
        fresh_id: Option<i64>,
        now: i64,
    ) -> Result<Step, TransactionError> {
        if let Some(expected) = expected {
            let again = expected == self.previous && self.phase != Phase::Ongoing;
            if again {
                return Ok(Step::Done(self.producer));
            }
            if expected != self.producer {
                return Err(TransactionError::Fenced);
            }
        }
        let Some(producer) = self.successor(fresh_id) else { return Ok(Step::NeedsId) };
        let mut next = Transaction::new(producer.id, timeout_ms, now);
        next.producer = producer;
        // A new producer answers to nobody before it.
        next.previous = if expected.is_some() { self.producer } else { Identity::NONE };
        if self.phase == Phase::Ongoing {
            return Ok(Step::End(Box::new(self.ending(false, next))));
        }
        Ok(Step::Save(next))
    }

    /// The identity behind the current one; nothing if that takes a new id, and there is none.
    fn successor(&self, fresh_id: Option<i64>) -> Option<Identity> {
        if self.producer.epoch < EPOCH_LAST {
            return Some(self.producer.next());
        }
        fresh_id.map(|id| Identity { id, epoch: 0 })
    }

    /// The end of the open transaction, after which the producer is that of `next`.
    fn ending(&self, commit: bool, next: Transaction) -> Ending {
        // The marker carries the producer's next epoch, so that the partitions fence the one that is over.
        let bumped = next.producer != self.producer;
        let marker_epoch = if bumped { self.producer.epoch.saturating_add(1) } else { self.producer.epoch };
        let offsets = if commit { self.groups.clone() } else { BTreeMap::new() };
        let partitions = self.partitions.clone();
        Ending { producer: self.producer.id, marker_epoch, commit, partitions, offsets, next }
    }

    /// Checks that a request comes from the current producer.
    pub(crate) fn check(&self, who: Identity) -> Result<(), TransactionError> {
        if who.id != self.producer.id {
            return Err(TransactionError::OtherProducer);
        }
        if who.epoch != self.producer.epoch {
            return Err(TransactionError::Fenced);
        }
        Ok(())
    }

    /// Takes partitions in; tells whether that changed anything.
    pub(crate) fn add_partitions(
        &mut self,
        who: Identity,
        partitions: &[(TopicId, i32)],
        now: i64,
    ) -> Result<bool, TransactionError> {
        self.check(who)?;
        let before = self.partitions.len();
        self.partitions.extend(partitions);
        let begun = self.begin(now);
        Ok(begun || self.partitions.len() > before)
    }

    /// Takes a group in; tells whether that changed anything.
    pub(crate) fn add_group(&mut self, who: Identity, group: &str, now: i64) -> Result<bool, TransactionError> {
        self.check(who)?;
        let begun = self.begin(now);
        let new = !self.groups.contains_key(group);
        if new {
            self.groups.insert(group.to_owned(), GroupOffsets::new());
        }
        Ok(begun || new)
    }

    /// Takes a group's offsets in. On the old path the group has been added before.
    pub(crate) fn add_offsets(
        &mut self,
        who: Identity,
        group: &str,
        offsets: GroupOffsets,
        path: ClientPath,
        now: i64,
    ) -> Result<(), TransactionError> {
        self.check(who)?;
        if path == ClientPath::Old && (self.phase != Phase::Ongoing || !self.groups.contains_key(group)) {
            return Err(TransactionError::InvalidState);
        }
        self.begin(now);
        self.groups.entry(group.to_owned()).or_default().extend(offsets);
        Ok(())
    }

    /// A batch comes for a partition: on the new path it takes the partition in, on the old one the partition is there.
    pub(crate) fn produce(
        &mut self,
        who: Identity,
        partition: (TopicId, i32),
        path: ClientPath,
        now: i64,
    ) -> Result<(), TransactionError> {
        match path {
            ClientPath::Old => self.verify(who, partition),
            ClientPath::Bumping => self.add_partitions(who, &[partition], now).map(drop),
        }
    }

    /// Checks that a partition is part of the producer's open transaction.
    pub(crate) fn verify(&self, who: Identity, partition: (TopicId, i32)) -> Result<(), TransactionError> {
        self.check(who)?;
        let there = self.phase == Phase::Ongoing && self.partitions.contains(&partition);
        if there { Ok(()) } else { Err(TransactionError::NotInTransaction) }
    }

    /// Begins a transaction if none is open; tells whether it did.
    fn begin(&mut self, now: i64) -> bool {
        if self.phase == Phase::Ongoing {
            return false;
        }
        self.phase = Phase::Ongoing;
        self.started_ms = now;
        true
    }

    /// The producer ends its transaction (`EndTxn`).
    pub(crate) fn end(
        &self,
        who: Identity,
        commit: bool,
        path: ClientPath,
        fresh_id: Option<i64>,
        now: i64,
    ) -> Result<Step, TransactionError> {
        let again = path == ClientPath::Bumping && who == self.previous;
        if again && self.phase == Phase::ended(commit) {
            return Ok(Step::Done(self.producer));
        }
        if again && matches!(self.phase, Phase::CompleteCommit | Phase::CompleteAbort) {
            return Err(TransactionError::InvalidState);
        }
        self.check(who)?;
        match (path, self.phase) {
            (ClientPath::Old, Phase::Ongoing) => {
                let next = self.after(commit, self.producer, Identity::NONE, now);
                Ok(Step::End(Box::new(self.ending(commit, next))))
            }
            (ClientPath::Old, phase) if phase == Phase::ended(commit) => Ok(Step::Done(self.producer)),
            (ClientPath::Bumping, phase) if phase == Phase::Ongoing || !commit => {
                self.end_bumping(commit, fresh_id, now)
            }
            _ => Err(TransactionError::InvalidState),
        }
    }

    /// Ends by the new path. An abort without a transaction bumps the epoch, too: a batch may be on its way.
    fn end_bumping(&self, commit: bool, fresh_id: Option<i64>, now: i64) -> Result<Step, TransactionError> {
        let Some(producer) = self.successor(fresh_id) else { return Ok(Step::NeedsId) };
        let next = self.after(commit, producer, self.producer, now);
        Ok(Step::End(Box::new(self.ending(commit, next))))
    }

    /// Aborts the open transaction of this producer and fences it; nothing if none is open.
    pub(crate) fn abort(&self, producer: Identity, now: i64) -> Result<Option<Ending>, TransactionError> {
        if self.phase != Phase::Ongoing {
            return Ok(None);
        }
        self.check(producer)?;
        let fence = Identity { id: self.producer.id, epoch: self.producer.epoch.saturating_add(1) };
        Ok(Some(self.ending(false, self.after(false, fence, Identity::NONE, now))))
    }

    /// Ends the open transaction if it takes longer than it may: aborted, and what its producer still sends is fenced. The
    /// producer itself may go on, as it does in Kafka: its abort, or its asking for an epoch, gives it the one it has now.
    pub(crate) fn expire(&self, now: i64) -> Option<Ending> {
        let late = now.saturating_sub(self.started_ms) > i64::from(self.timeout_ms);
        if self.phase != Phase::Ongoing || !late {
            return None;
        }
        let fence = Identity { id: self.producer.id, epoch: self.producer.epoch.saturating_add(1) };
        Some(self.ending(false, self.after(false, fence, self.producer, now)))
    }

    /// The state behind an end.
    fn after(&self, commit: bool, producer: Identity, previous: Identity, now: i64) -> Transaction {
        let mut next = Transaction::new(producer.id, self.timeout_ms, now);
        next.producer = producer;
        next.previous = previous;
        next.phase = Phase::ended(commit);
        next
    }
}

#[cfg(test)]
mod tests;
