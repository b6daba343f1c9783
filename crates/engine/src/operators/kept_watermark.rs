//! A watermark that outlives a restart: what has been emitted under it must not be emitted again.

use std::sync::Arc;

use super::watermark::Marks;
use crate::checkpoint::StateChange;
use crate::state::{Budget, KeyGroup, KeyedState, StateEntries, StateError};

/// One watermark in a table of its own.
pub(super) struct KeptWatermark {
    state: KeyedState<Marks>,
    slot: u32,
}

impl KeptWatermark {
    /// None yet, in the operator's `table`th table.
    pub(super) fn new(node: u32, table: u8, budget: Arc<Budget>) -> KeptWatermark {
        let mut state = KeyedState::new(node, table, budget, Marks::default()).in_groups(KeyGroup::Everywhere);
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
