//! `UNION ALL`: all rows of all inputs; the watermark is the smallest of the inputs'.
//!
//! State: each input's watermark (key: its number) and the one that was emitted (the empty key), so that a restart does
//! not begin with none.

use std::sync::Arc;

use yeoul_base::decode::{DecodeError, Decoder};
use yeoul_row::{RowBatch, Watermarks};

use crate::checkpoint::StateChange;
use crate::operator::{Operator, OperatorError, Output};
use crate::runtime::message::Signal;
use crate::state::{Budget, KeyedState, StateColumns, StateEntries};

#[derive(Debug, Default)]
struct Signals(Vec<Option<Signal>>);

impl StateColumns for Signals {
    fn grow(&mut self, slots: usize) {
        self.0.resize(slots, None);
    }

    fn reset(&mut self, slot: usize) {
        self.0[slot] = None;
    }

    fn write(&self, slot: usize, bytes: &mut Vec<u8>) {
        let signal = self.0[slot].unwrap_or(NONE);
        bytes.extend(signal.watermark.to_be_bytes());
        bytes.push(u8::from(signal.idle));
    }

    fn read(&mut self, slot: usize, bytes: &mut Decoder<'_>) -> Result<(), DecodeError> {
        self.0[slot] = Some(Signal { watermark: bytes.i64()?, idle: bytes.u8()? == 1 });
        Ok(())
    }

    fn bytes(&self) -> usize {
        self.0.len() * size_of::<Option<Signal>>()
    }
}

const NONE: Signal = Signal { watermark: i64::MIN, idle: false };

/// Merges inputs of equal column types.
pub(crate) struct Union {
    state: KeyedState<Signals>,
    /// For each input, its slot; then the slot of what was emitted.
    slots: Vec<u32>,
    /// For each input, whether this node decides the fates of its rows.
    decides: Vec<bool>,
}

impl Union {
    /// Merges as many inputs as `decides` has entries: whether the fates of an input's rows are decided here.
    pub(crate) fn new(node: u32, decides: Vec<bool>, budget: Arc<Budget>) -> Union {
        let state = KeyedState::new(node, 0, budget, Signals::default());
        let mut union = Union { state, slots: Vec::new(), decides };
        union.find_slots();
        union
    }

    fn find_slots(&mut self) {
        let inputs = 0..self.decides.len() as u32;
        let keys = inputs.map(|input| input.to_be_bytes().to_vec()).chain([Vec::new()]);
        self.slots = keys.map(|key| self.state.slot(&key).0).collect();
    }

    fn signal(&self, input: usize) -> Signal {
        self.state.values().0[self.slots[input] as usize].unwrap_or(NONE)
    }

    fn set(&mut self, input: usize, signal: Signal) {
        if self.signal(input) != signal {
            let slot = self.slots[input];
            self.state.mark(slot);
            self.state.values_mut().0[slot as usize] = Some(signal);
        }
    }

    fn emitted(&self) -> Signal {
        self.signal(self.decides.len())
    }

    /// The smallest watermark of the active inputs without input `port`; `i64::MAX` if none is active.
    fn others(&self, port: usize) -> i64 {
        let inputs = (0..self.decides.len()).filter(|input| *input != port).map(|input| self.signal(input));
        inputs.filter(|signal| !signal.idle).map(|signal| signal.watermark).min().unwrap_or(i64::MAX)
    }
}

impl Operator for Union {
    fn restore(&mut self, entries: &StateEntries) -> Result<(), OperatorError> {
        self.state.restore(entries)?;
        self.find_slots();
        Ok(())
    }

    fn process(&mut self, port: usize, batch: RowBatch, out: &mut Output) -> Result<(), OperatorError> {
        if self.decides[port] {
            out.applied(batch.rows());
        }
        let (others, floor) = (self.others(port), self.emitted().watermark);
        let merged = |watermark: i64| watermark.min(others).max(floor);
        let before = batch.watermarks.before.as_ref();
        let before = before.map(|before| before.iter().map(|watermark| merged(*watermark)).collect::<Arc<[i64]>>());
        let (start, end) = (merged(batch.watermarks.start), merged(batch.watermarks.end));
        self.set(port, Signal::active(batch.watermarks.end));
        self.set(self.decides.len(), Signal::active(end));
        out.batch(RowBatch { watermarks: Watermarks { start, before, end }, ..batch });
        Ok(())
    }

    fn watermark(&mut self, port: usize, signal: Signal, out: &mut Output) -> Result<(), OperatorError> {
        self.set(port, signal);
        let emitted = self.emitted();
        let idle = (0..self.decides.len()).all(|input| self.signal(input).idle);
        let watermark = if idle { emitted.watermark } else { self.others(usize::MAX).max(emitted.watermark) };
        let signal = Signal { watermark, idle };
        if signal != emitted {
            self.set(self.decides.len(), signal);
            out.watermark(signal);
        }
        Ok(())
    }

    fn snapshot(&mut self, changes: &mut Vec<StateChange>) -> Result<(), OperatorError> {
        self.state.snapshot(changes);
        Ok(())
    }
}
