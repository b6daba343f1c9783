//! How far the seeded random sequences of an operator's expressions are, so that a restart goes on with them.
//!
//! State: one entry per sequence; the key is the subtask and the sequence's place among the operator's (32 bits each), the
//! value the generator's state. Each subtask draws from sequences of its own, as in Flink; with another number of subtasks,
//! those that are new begin with the seed.

use std::sync::Arc;

use crate::checkpoint::StateChange;
use crate::compute::Sequence;
use crate::state::{Share, StateEntries, StateError, change};

/// The table in which positions are kept.
const TABLE_SEQUENCES: u8 = 253;

/// The sequences of one operator.
#[derive(Debug, Default)]
pub(crate) struct Sequences {
    sequences: Vec<Arc<Sequence>>,
    /// The positions that the last checkpoint holds.
    noted: Vec<Option<i64>>,
    share: Share,
}

impl Sequences {
    /// These sequences, none of which has begun.
    pub(crate) fn new(sequences: Vec<Arc<Sequence>>) -> Sequences {
        Sequences { noted: vec![None; sequences.len()], sequences, share: Share::default() }
    }

    fn key(&self, place: usize) -> Vec<u8> {
        [(self.share.subtask as u32).to_be_bytes(), (place as u32).to_be_bytes()].concat()
    }

    /// Takes back what the last checkpoint kept.
    pub(crate) fn restore(&mut self, entries: &StateEntries) -> Result<(), StateError> {
        self.share = entries.share();
        if self.sequences.is_empty() {
            return Ok(());
        }
        let kept = entries.table(TABLE_SEQUENCES)?;
        for place in 0..self.sequences.len() {
            let key = self.key(place);
            let value = kept.iter().find(|(kept, _)| **kept == *key).and_then(|(_, value)| value.first_chunk::<8>());
            if let Some(position) = value.map(|bytes| i64::from_be_bytes(*bytes)) {
                self.sequences[place].go_on(position);
                self.noted[place] = Some(position);
            }
        }
        Ok(())
    }

    /// Adds the positions that changed since the last call.
    pub(crate) fn snapshot(&mut self, node: u32, changes: &mut Vec<StateChange>) {
        for place in 0..self.sequences.len() {
            let position = self.sequences[place].position();
            if let Some(now) = position.filter(|_| position != self.noted[place]) {
                changes.push(change(node, TABLE_SEQUENCES, &self.key(place), Some(now.to_be_bytes().to_vec())));
                self.noted[place] = position;
            }
        }
    }
}
