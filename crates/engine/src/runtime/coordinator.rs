//! Takes a job through its checkpoints: barrier, parts of all chains, one commit, then the sinks show what it covers.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use yeoul_base::{Clock, JobName};

use super::chain::{Progress, TABLE_FATES};
use super::control::{Ack, Control};
use super::message::Barrier;
use super::queue::lock;
use crate::checkpoint::{Checkpoint, CheckpointError, CheckpointStore};
use crate::counters::Fates;
use crate::source::Positions;
use crate::state::change;

/// The longest that the coordinator sleeps without looking around.
const SLEEP_MAX: Duration = Duration::from_millis(500);

/// What a checkpoint says of the job, for people.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cut {
    /// The last committed checkpoint.
    pub(crate) id: u64,
    /// When it was committed, in milliseconds since 1970.
    pub(crate) at: i64,
    /// How long it took, in milliseconds.
    pub(crate) took_ms: u64,
    /// Figures of all nodes.
    pub(crate) fates: BTreeMap<u32, Fates>,
}

/// How a job ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum JobEnd {
    /// Its bounded input is read and everything is delivered.
    Finished,
    /// The user stopped it; it goes on from its last checkpoint.
    Stopped,
}

enum Phase {
    /// Nothing is under way.
    Between,
    /// Chains are doing their part.
    Collecting { barrier: Barrier, since: Duration, end: Option<JobEnd> },
    /// Sinks are showing what is committed.
    Showing { end: Option<JobEnd> },
}

/// Takes a job through its checkpoints.
pub(crate) struct Coordinator {
    job: JobName,
    fingerprint: Vec<String>,
    control: Arc<Control>,
    store: Arc<dyn CheckpointStore>,
    clock: Arc<dyn Clock>,
    interval: Option<Duration>,
    chains: usize,
    sink_chains: usize,
    phase: Phase,
    id: u64,
    due: Duration,
    positions: BTreeMap<u32, Positions>,
    records: BTreeMap<u32, Bytes>,
    /// The figures that the last checkpoint holds.
    noted: BTreeMap<u32, Fates>,
    cut: Arc<Mutex<Cut>>,
    ended: Option<JobEnd>,
}

/// What a coordinator is made of.
pub(crate) struct CoordinatorSettings {
    /// The job.
    pub(crate) job: JobName,
    /// The plan's fingerprint.
    pub(crate) fingerprint: Vec<String>,
    /// How often; `None`: only at the end.
    pub(crate) interval: Option<Duration>,
    /// How many chains take part.
    pub(crate) chains: usize,
    /// How many of them have sinks.
    pub(crate) sink_chains: usize,
    /// The checkpoint that the job starts from; 0: none.
    pub(crate) id: u64,
    /// Its positions.
    pub(crate) positions: BTreeMap<u32, Positions>,
    /// Its records.
    pub(crate) records: BTreeMap<u32, Bytes>,
}

impl Coordinator {
    /// A coordinator that has begun nothing.
    pub(crate) fn new(
        settings: CoordinatorSettings,
        control: Arc<Control>,
        store: Arc<dyn CheckpointStore>,
        clock: Arc<dyn Clock>,
        cut: Arc<Mutex<Cut>>,
    ) -> Coordinator {
        let noted = lock(&cut).fates.clone();
        let due = clock.elapsed() + settings.interval.unwrap_or_default();
        if settings.interval.is_some() {
            control.set_next_due(u64::try_from(due.as_millis()).unwrap_or(u64::MAX));
        }
        Coordinator {
            job: settings.job,
            fingerprint: settings.fingerprint,
            control,
            store,
            clock,
            interval: settings.interval,
            chains: settings.chains,
            sink_chains: settings.sink_chains,
            phase: Phase::Between,
            id: settings.id,
            due,
            positions: settings.positions,
            records: settings.records,
            noted,
            cut,
            ended: None,
        }
    }

    /// How the job ended.
    pub(crate) fn ended(&self) -> Option<JobEnd> {
        self.ended
    }

    /// Does one piece of work.
    pub(crate) fn step(&mut self) -> Result<Progress, CheckpointError> {
        if self.control.is_over() {
            return Ok(Progress::Over);
        }
        match self.phase {
            Phase::Between => Ok(self.begin()),
            Phase::Collecting { barrier, since, end } => self.collect(barrier, since, end),
            Phase::Showing { end } => Ok(self.show(end)),
        }
    }

    fn begin(&mut self) -> Progress {
        let now = self.clock.elapsed();
        let ended = self.control.ended() == self.chains;
        let end = match (ended, self.control.stopping()) {
            (true, _) => Some(JobEnd::Finished),
            (false, true) => Some(JobEnd::Stopped),
            (false, false) => None,
        };
        let is_due = self.interval.is_some() && now >= self.due;
        if end.is_none() && !is_due {
            return Progress::Idle;
        }
        let barrier = Barrier { id: self.id + 1, last: ended };
        self.phase = Phase::Collecting { barrier, since: now, end };
        self.control.set_next_due(0);
        self.control.request(barrier);
        Progress::Worked
    }

    fn collect(&mut self, barrier: Barrier, since: Duration, end: Option<JobEnd>) -> Result<Progress, CheckpointError> {
        if self.control.ack_count() < self.chains {
            return Ok(Progress::Idle);
        }
        let (checkpoint, fates) = self.merge(barrier.id, self.control.take_acks());
        let is_new = self.is_new(&checkpoint);
        self.positions.clone_from(&checkpoint.positions);
        self.records.clone_from(&checkpoint.records);
        if is_new {
            self.store.commit(&self.job, checkpoint)?;
        }
        self.id = barrier.id;
        self.note(barrier.id, since, fates);
        self.phase = Phase::Showing { end };
        self.control.commit(barrier.id);
        Ok(Progress::Worked)
    }

    /// Whether a checkpoint holds anything that the one before doesn't.
    fn is_new(&self, checkpoint: &Checkpoint) -> bool {
        !checkpoint.changes.is_empty()
            || !checkpoint.outputs.is_empty()
            || checkpoint.positions != self.positions
            || checkpoint.records != self.records
    }

    fn merge(&mut self, id: u64, acks: Vec<Ack>) -> (Checkpoint, BTreeMap<u32, Fates>) {
        let mut checkpoint = Checkpoint { id, fingerprint: self.fingerprint.clone(), ..Checkpoint::default() };
        let mut fates = Vec::new();
        for ack in acks {
            debug_assert_eq!(ack.id, id);
            for (node, positions) in ack.positions {
                checkpoint.positions.entry(node).or_default().extend(positions);
            }
            // The first one's are taken as they are: there can be millions.
            if checkpoint.changes.is_empty() {
                checkpoint.changes = ack.changes;
            } else {
                checkpoint.changes.extend(ack.changes);
            }
            checkpoint.records.extend(ack.records);
            checkpoint.outputs.extend(ack.outputs);
            fates.extend(ack.fates);
        }
        let fates = sums(fates.into_iter());
        self.note_fates(&fates, &mut checkpoint);
        (checkpoint, fates)
    }

    /// Adds the figures that changed to a checkpoint.
    fn note_fates(&mut self, fates: &BTreeMap<u32, Fates>, checkpoint: &mut Checkpoint) {
        for (node, fates) in fates {
            if self.noted.get(node) != Some(fates) {
                checkpoint.changes.push(change(*node, TABLE_FATES, &[], Some(fates.encode().to_vec())));
                self.noted.insert(*node, fates.clone());
            }
        }
    }

    fn note(&self, id: u64, since: Duration, fates: BTreeMap<u32, Fates>) {
        let took = self.clock.elapsed().saturating_sub(since);
        let took_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        *lock(&self.cut) = Cut { id, at: self.clock.now().0, took_ms, fates };
    }

    fn show(&mut self, end: Option<JobEnd>) -> Progress {
        if self.control.shown() < self.sink_chains {
            return Progress::Idle;
        }
        self.phase = Phase::Between;
        if end.is_some() {
            self.ended = end;
            self.control.finish();
            return Progress::Over;
        }
        let now = self.clock.elapsed();
        self.due = (self.due + self.interval.unwrap_or_default()).max(now);
        if self.interval.is_some() {
            self.control.set_next_due(u64::try_from(self.due.as_millis()).unwrap_or(u64::MAX));
        }
        Progress::Worked
    }

    /// Sleeps until there may be something to do.
    pub(crate) fn wait(&self) {
        let to_due = self.due.saturating_sub(self.clock.elapsed());
        let between = matches!(self.phase, Phase::Between) && self.interval.is_some();
        let timeout = if between { to_due.clamp(Duration::from_millis(1), SLEEP_MAX) } else { SLEEP_MAX };
        self.control.coordinator.wait(timeout);
    }
}

/// The figures of each node, over its subtasks.
pub(crate) fn sums(fates: impl Iterator<Item = (u32, Fates)>) -> BTreeMap<u32, Fates> {
    let mut sums: BTreeMap<u32, Fates> = BTreeMap::new();
    for (node, fates) in fates {
        sums.entry(node).or_default().join(&fates);
    }
    sums
}
