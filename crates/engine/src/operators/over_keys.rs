//! What window functions by time keep of each key: how far it is, and its aggregates.
//!
//! A key's entry: the last timer that came (64 bits), rows kept and computed, rows computed, when the key is cleared (64 bits
//! each), the number of further timers (32 bits) and these, then the aggregates.

use yeoul_base::decode::{DecodeError, Decoder};

use crate::aggregate::AggregateColumns;
use crate::state::StateColumns;

/// How far a key is.
#[derive(Clone, Debug)]
pub(super) struct Progress {
    /// The last timer that came.
    pub(super) reached: i64,
    /// Rows kept that are computed.
    pub(super) held: u64,
    /// Rows computed.
    pub(super) rows: i64,
    /// When the key is cleared; `i64::MAX`: never.
    pub(super) clears: i64,
    /// Timers that are to come besides the rows' own.
    pub(super) timers: Vec<i64>,
}

/// What each key has so far.
pub(super) struct Keys {
    pub(super) progress: Vec<Progress>,
    pub(super) aggregates: AggregateColumns,
    /// What `reached` is before the first row.
    pub(super) first: i64,
}

impl Keys {
    /// No keys; `first` is what the first row of each has behind it.
    pub(super) fn new(aggregates: AggregateColumns, first: i64) -> Keys {
        Keys { progress: Vec::new(), aggregates, first }
    }

    fn fresh(&self) -> Progress {
        Progress { reached: self.first, held: 0, rows: 0, clears: i64::MAX, timers: Vec::new() }
    }
}

impl StateColumns for Keys {
    fn grow(&mut self, slots: usize) {
        self.progress.resize(slots, self.fresh());
        self.aggregates.grow(slots);
    }

    fn reset(&mut self, slot: usize) {
        self.progress[slot] = self.fresh();
        self.aggregates.reset(slot);
    }

    fn write(&self, slot: usize, bytes: &mut Vec<u8>) {
        let Progress { reached, held, rows, clears, timers } = &self.progress[slot];
        bytes.extend(reached.to_be_bytes());
        bytes.extend(held.to_be_bytes());
        bytes.extend(rows.to_be_bytes());
        bytes.extend(clears.to_be_bytes());
        bytes.extend(u32::try_from(timers.len()).unwrap_or(u32::MAX).to_be_bytes());
        timers.iter().for_each(|timer| bytes.extend(timer.to_be_bytes()));
        self.aggregates.write(slot, bytes);
    }

    fn read(&mut self, slot: usize, bytes: &mut Decoder<'_>) -> Result<(), DecodeError> {
        let (reached, held, rows, clears) = (bytes.i64()?, bytes.u64()?, bytes.i64()?, bytes.i64()?);
        let timers = (0..bytes.count(8)?).map(|_| bytes.i64()).collect::<Result<_, _>>()?;
        self.progress[slot] = Progress { reached, held, rows, clears, timers };
        self.aggregates.read(slot, bytes)
    }

    fn bytes(&self) -> usize {
        self.progress.len() * size_of::<Progress>() + self.aggregates.bytes()
    }
}
