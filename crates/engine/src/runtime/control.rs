//! What the threads of one job share: requests of the coordinator, and answers of the chains.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use bytes::Bytes;

use super::message::Barrier;
use super::queue::{Wake, lock};
use crate::checkpoint::StateChange;
use crate::counters::Fates;
use crate::source::Positions;

/// What a chain adds to a checkpoint.
#[derive(Debug, Default)]
pub(crate) struct Ack {
    /// The checkpoint's number.
    pub(crate) id: u64,
    /// Positions of its sources.
    pub(crate) positions: BTreeMap<u32, Positions>,
    /// Changed state of its operators and sinks.
    pub(crate) changes: Vec<StateChange>,
    /// Records of its sinks.
    pub(crate) records: BTreeMap<u32, Bytes>,
    /// Tokens of staged output.
    pub(crate) outputs: Vec<Bytes>,
    /// Figures of its nodes.
    pub(crate) fates: Vec<(u32, Fates)>,
}

/// Shared by the threads of one job.
#[derive(Debug, Default)]
pub(crate) struct Control {
    /// The checkpoint that sources begin; 0: none yet.
    requested: AtomicU64,
    /// Whether that is the last one of ended input.
    last: AtomicBool,
    /// The checkpoint that is committed.
    committed: AtomicU64,
    /// Whether threads are to end.
    over: AtomicBool,
    /// Whether the user wants the job to stop.
    stop: AtomicBool,
    /// Chains whose input has ended.
    ended: AtomicUsize,
    /// Sink chains that have shown the committed checkpoint.
    shown: AtomicUsize,
    /// When the next checkpoint is due, in milliseconds of the clock's `elapsed`; 0: one is under way, or none is due.
    next_due: AtomicU64,
    acks: Mutex<Vec<Ack>>,
    failure: Mutex<Option<String>>,
    /// Whether that comes of the rows themselves.
    of_rows: AtomicBool,
    wakes: Mutex<Vec<Arc<Wake>>>,
    /// Wakes the coordinator.
    pub(crate) coordinator: Wake,
}

impl Control {
    /// Adds a thread that is to be woken by news.
    pub(crate) fn add_wake(&self, wake: Arc<Wake>) {
        lock(&self.wakes).push(wake);
    }

    fn notify_all(&self) {
        lock(&self.wakes).iter().for_each(|wake| wake.notify());
        self.coordinator.notify();
    }

    /// Asks for a checkpoint.
    pub(crate) fn request(&self, barrier: Barrier) {
        self.shown.store(0, Ordering::Release);
        self.last.store(barrier.last, Ordering::Release);
        self.requested.store(barrier.id, Ordering::Release);
        self.notify_all();
    }

    /// The checkpoint that is asked for.
    pub(crate) fn requested(&self) -> Barrier {
        let id = self.requested.load(Ordering::Acquire);
        Barrier { id, last: self.last.load(Ordering::Acquire) }
    }

    /// A chain has done its part.
    pub(crate) fn ack(&self, ack: Ack) {
        lock(&self.acks).push(ack);
        self.coordinator.notify();
    }

    /// How many chains have done their part.
    pub(crate) fn ack_count(&self) -> usize {
        lock(&self.acks).len()
    }

    /// The chains' parts.
    pub(crate) fn take_acks(&self) -> Vec<Ack> {
        std::mem::take(&mut lock(&self.acks))
    }

    /// The checkpoint is durable.
    pub(crate) fn commit(&self, id: u64) {
        self.committed.store(id, Ordering::Release);
        self.notify_all();
    }

    /// The last durable checkpoint.
    pub(crate) fn committed(&self) -> u64 {
        self.committed.load(Ordering::Acquire)
    }

    /// A sink chain has shown the committed checkpoint.
    pub(crate) fn show(&self) {
        self.shown.fetch_add(1, Ordering::AcqRel);
        self.coordinator.notify();
    }

    /// How many sink chains have.
    pub(crate) fn shown(&self) -> usize {
        self.shown.load(Ordering::Acquire)
    }

    /// A chain's input has ended.
    pub(crate) fn end(&self) {
        self.ended.fetch_add(1, Ordering::AcqRel);
        self.coordinator.notify();
    }

    /// How many chains' input has ended.
    pub(crate) fn ended(&self) -> usize {
        self.ended.load(Ordering::Acquire)
    }

    /// Asks the job to stop.
    pub(crate) fn stop(&self) {
        self.stop.store(true, Ordering::Release);
        self.coordinator.notify();
    }

    /// Whether the job is to stop.
    pub(crate) fn stopping(&self) -> bool {
        self.stop.load(Ordering::Acquire)
    }

    /// Ends all threads.
    pub(crate) fn finish(&self) {
        self.over.store(true, Ordering::Release);
        self.notify_all();
    }

    /// Ends all threads for this reason; the first one counts.
    pub(crate) fn fail(&self, reason: String) {
        lock(&self.failure).get_or_insert(reason);
        self.finish();
    }

    /// Notes whether what the job is about to fail for comes again with the same rows; what failed before counts.
    pub(crate) fn note_fault(&self, of_rows: bool) {
        if self.failure().is_none() {
            self.of_rows.store(of_rows, Ordering::Release);
        }
    }

    /// Whether the job failed for its rows.
    pub(crate) fn fault_of_rows(&self) -> bool {
        self.of_rows.load(Ordering::Acquire)
    }

    /// Why the job failed.
    pub(crate) fn failure(&self) -> Option<String> {
        lock(&self.failure).clone()
    }

    /// Whether threads are to end.
    pub(crate) fn is_over(&self) -> bool {
        self.over.load(Ordering::Acquire)
    }

    /// Notes when the next checkpoint is due, in milliseconds of the clock's `elapsed`; 0: not before the current one
    /// is done.
    pub(crate) fn set_next_due(&self, millis: u64) {
        self.next_due.store(millis, Ordering::Release);
    }

    /// When the next checkpoint is due; 0: not before the current one is done.
    pub(crate) fn next_due(&self) -> u64 {
        self.next_due.load(Ordering::Acquire)
    }
}
