//! Lets the first rows pass, in the order of arrival. State: one entry, how many rows came.

use std::sync::Arc;

use arrow::array::UInt32Array;
use yeoul_base::decode::{DecodeError, Decoder};
use yeoul_row::RowBatch;

use crate::checkpoint::StateChange;
use crate::operator::{Operator, OperatorError, Output};
use crate::state::{Budget, KeyedState, StateColumns, StateEntries};

/// A count per slot.
#[derive(Debug, Default)]
struct Seen(Vec<u64>);

impl StateColumns for Seen {
    fn grow(&mut self, slots: usize) {
        self.0.resize(slots, 0);
    }

    fn reset(&mut self, slot: usize) {
        self.0[slot] = 0;
    }

    fn write(&self, slot: usize, bytes: &mut Vec<u8>) {
        bytes.extend(self.0[slot].to_be_bytes());
    }

    fn read(&mut self, slot: usize, bytes: &mut Decoder<'_>) -> Result<(), DecodeError> {
        self.0[slot] = bytes.u64()?;
        Ok(())
    }

    fn bytes(&self) -> usize {
        self.0.len() * 8
    }
}

/// Lets `count` rows behind the first `offset` ones pass.
pub(crate) struct Limit {
    state: KeyedState<Seen>,
    slot: u32,
    offset: u64,
    end: u64,
}

impl Limit {
    /// No rows so far.
    pub(crate) fn new(node: u32, offset: u64, count: Option<u64>, budget: Arc<Budget>) -> Limit {
        let mut state = KeyedState::new(node, 0, budget, Seen::default());
        let (slot, _) = state.slot(&[]);
        Limit { state, slot, offset, end: count.map_or(u64::MAX, |count| offset.saturating_add(count)) }
    }
}

impl Operator for Limit {
    fn restore(&mut self, entries: &StateEntries) -> Result<(), OperatorError> {
        self.state.restore(entries)?;
        (self.slot, _) = self.state.slot(&[]);
        Ok(())
    }

    fn process(&mut self, _port: usize, batch: RowBatch, out: &mut Output) -> Result<(), OperatorError> {
        let seen = self.state.values().0[self.slot as usize];
        let passes = |row: &u32| (self.offset..self.end).contains(&(seen.saturating_add(u64::from(*row))));
        let kept: Vec<u32> = (0..batch.rows() as u32).filter(passes).collect();
        self.state.mark(self.slot);
        self.state.values_mut().0[self.slot as usize] = seen.saturating_add(batch.rows() as u64);
        out.filtered("beyond the limit", batch.rows() - kept.len());
        let kept = if kept.len() == batch.rows() { batch } else { batch.take(&UInt32Array::from(kept))? };
        out.batch(kept);
        Ok(())
    }

    fn snapshot(&mut self, changes: &mut Vec<StateChange>) -> Result<(), OperatorError> {
        self.state.snapshot(changes);
        Ok(())
    }
}
