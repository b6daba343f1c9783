//! How long state lives that nobody writes (`table.exec.state.ttl`, `STATE_TTL`): Flink's rules (`StateTtlConfig`).
//!
//! The time of an entry begins anew whenever it is created or written, not when it is read, and goes by the engine's clock. An
//! entry that is over is never seen again, and nothing is emitted for it. In a checkpoint each value of such a table begins
//! with the time of the last write, so that a restart takes nothing back.

use std::collections::BTreeSet;
use std::sync::Arc;

use yeoul_base::Clock;

/// How long entries live.
#[derive(Clone)]
pub(crate) struct StateTtl {
    /// In milliseconds.
    pub(crate) millis: i64,
    /// Goes by it.
    pub(crate) clock: Arc<dyn Clock>,
}

/// What a slot that is free was written at.
const NEVER: i64 = i64::MIN;

/// When the slots of a table were written.
pub(super) struct Lifetimes {
    ttl: StateTtl,
    /// The clock when the table was looked after last: what writes count by.
    now: i64,
    /// For each slot, when it was written last.
    written: Vec<i64>,
    /// Each live slot, by a time at which it was written, not necessarily the last.
    queue: BTreeSet<(i64, u32)>,
}

impl Lifetimes {
    pub(super) fn new(ttl: StateTtl) -> Lifetimes {
        let now = ttl.clock.now().0;
        Lifetimes { ttl, now, written: Vec::new(), queue: BTreeSet::new() }
    }

    /// A slot gets an entry.
    pub(super) fn begin(&mut self, slot: u32) {
        self.begin_at(slot, self.now);
    }

    /// A slot gets an entry that was written at that time.
    pub(super) fn begin_at(&mut self, slot: u32, written: i64) {
        let place = slot as usize;
        if self.written.len() <= place {
            self.written.resize(place + 1, NEVER);
        }
        self.written[place] = written;
        self.queue.insert((written, slot));
    }

    /// A slot's entry is written.
    pub(super) fn touch(&mut self, slot: u32) {
        if let Some(written) = self.written.get_mut(slot as usize) {
            *written = self.now;
        }
    }

    /// A slot's entry goes.
    pub(super) fn end(&mut self, slot: u32) {
        if let Some(written) = self.written.get_mut(slot as usize) {
            *written = NEVER;
        }
    }

    /// When a slot's entry was written.
    pub(super) fn written(&self, slot: u32) -> i64 {
        self.written.get(slot as usize).copied().unwrap_or(NEVER)
    }

    /// Looks at the clock; the slots whose time is over, each once.
    pub(super) fn expired(&mut self) -> Vec<u32> {
        self.now = self.now.max(self.ttl.clock.now().0);
        let mut expired = Vec::new();
        while let Some((queued, slot)) = self.queue.first().copied() {
            if queued.saturating_add(self.ttl.millis) > self.now {
                break;
            }
            self.queue.pop_first();
            match self.written(slot) {
                NEVER => {}
                written if written > queued => {
                    self.queue.insert((written, slot));
                }
                _ => expired.push(slot),
            }
        }
        expired
    }

    /// Bytes held, about.
    pub(super) fn bytes(&self) -> usize {
        self.written.len() * size_of::<i64>() + self.queue.len() * size_of::<(i64, u32)>() * 2
    }
}
