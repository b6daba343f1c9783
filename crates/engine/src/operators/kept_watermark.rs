//! A watermark that outlives a restart: what has been emitted under it must not be emitted again.

use std::sync::Arc;

use yeoul_base::decode::{DecodeError, Decoder};

use crate::checkpoint::StateChange;
use crate::state::{Budget, KeyGroup, KeyedState, StateColumns, StateEntries, StateError};

#[derive(Debug, Default)]
struct Watermark(Vec<i64>);

impl StateColumns for Watermark {
    fn grow(&mut self, slots: usize) {
        self.0.resize(slots, i64::MIN);
    }

    fn reset(&mut self, slot: usize) {
        self.0[slot] = i64::MIN;
    }

    fn write(&self, slot: usize, bytes: &mut Vec<u8>) {
        bytes.extend(self.0[slot].to_be_bytes());
    }

    fn read(&mut self, slot: usize, bytes: &mut Decoder<'_>) -> Result<(), DecodeError> {
        self.0[slot] = bytes.i64()?;
        Ok(())
    }

    fn bytes(&self) -> usize {
        self.0.len() * 8
    }
}

/// One watermark in a table of its own.
pub(super) struct KeptWatermark {
    state: KeyedState<Watermark>,
    slot: u32,
}

impl KeptWatermark {
    /// None yet, in the operator's `table`th table.
    pub(super) fn new(node: u32, table: u8, budget: Arc<Budget>) -> KeptWatermark {
        let mut state = KeyedState::new(node, table, budget, Watermark::default()).in_groups(KeyGroup::Everywhere);
        let (slot, _) = state.slot(&[]);
        KeptWatermark { state, slot }
    }

    /// The watermark; `i64::MIN`: none.
    pub(super) fn get(&self) -> i64 {
        self.state.values().0[self.slot as usize]
    }

    /// Takes it on; it never goes back.
    pub(super) fn raise(&mut self, watermark: i64) {
        if watermark > self.get() {
            self.state.mark(self.slot);
            self.state.values_mut().0[self.slot as usize] = watermark;
        }
    }

    /// Adds it if it changed since the last call.
    pub(super) fn snapshot(&mut self, changes: &mut Vec<StateChange>) {
        self.state.snapshot(changes);
    }

    /// Takes back what the last checkpoint kept.
    pub(super) fn restore(&mut self, entries: &StateEntries) -> Result<(), StateError> {
        self.state.restore(entries)?;
        (self.slot, _) = self.state.slot(&[]);
        Ok(())
    }
}
