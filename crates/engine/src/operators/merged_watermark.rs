//! The watermark of an operator with several inputs: the smallest of the inputs' that aren't idle, never falling.
//!
//! State: each input's watermark (key: its number) and the one that was emitted (the empty key), so that a restart does
//! not begin with none. Of an input that itself comes in several channels, one per subtask of its sender, each channel is an
//! input here, and the keys begin with the number of the input that they make up.

use std::sync::Arc;

use yeoul_base::decode::{DecodeError, Decoder};
use yeoul_row::Watermarks;

use crate::checkpoint::StateChange;
use crate::runtime::message::Signal;
use crate::state::{Budget, KeyGroup, KeyedState, StateColumns, StateEntries, StateError};

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

/// The table in which the watermarks of channels are kept, of all inputs of an operator.
const TABLE_CHANNELS: u8 = 254;

/// Merges the watermarks of a fixed number of inputs.
pub(crate) struct MergedWatermark {
    state: KeyedState<Signals>,
    /// What all its keys begin with.
    prefix: Vec<u8>,
    inputs: usize,
    /// For each input, its slot; then the slot of what was emitted.
    slots: Vec<u32>,
}

impl MergedWatermark {
    /// Merges as many `inputs`, kept in the operator's table `table`.
    pub(crate) fn new(node: u32, table: u8, inputs: usize, budget: Arc<Budget>) -> MergedWatermark {
        MergedWatermark::with_prefix(node, table, Vec::new(), inputs, budget)
    }

    /// Merges the channels that input `port` of an operator comes in.
    pub(crate) fn of_channels(node: u32, port: usize, channels: usize, budget: Arc<Budget>) -> MergedWatermark {
        MergedWatermark::with_prefix(node, TABLE_CHANNELS, (port as u32).to_be_bytes().to_vec(), channels, budget)
    }

    fn with_prefix(node: u32, table: u8, prefix: Vec<u8>, inputs: usize, budget: Arc<Budget>) -> MergedWatermark {
        let state = KeyedState::new(node, table, budget, Signals::default()).in_groups(KeyGroup::Everywhere);
        let mut merged = MergedWatermark { state, prefix, inputs, slots: Vec::new() };
        merged.find_slots();
        merged
    }

    fn find_slots(&mut self) {
        let inputs = 0..self.inputs as u32;
        let keys: Vec<Vec<u8>> = inputs.map(|input| self.key(input)).chain([self.prefix.clone()]).collect();
        self.slots = keys.iter().map(|key| self.state.slot(key).0).collect();
    }

    fn key(&self, input: u32) -> Vec<u8> {
        [&self.prefix[..], &input.to_be_bytes()].concat()
    }

    /// The slots of inputs that were kept: others than now where the sender ran in another number of subtasks.
    fn kept_inputs(&self) -> Vec<u32> {
        let of_input = |slot: &u32| {
            let key = self.state.key(*slot).strip_prefix(&self.prefix[..]);
            key.is_some_and(|input| input.len() == size_of::<u32>()) && self.state.values().0[*slot as usize].is_some()
        };
        self.state.live().filter(of_input).collect()
    }

    /// Lets every input stand where the merged watermark does, and forgets inputs that there are no more.
    fn begin_at(&mut self, signal: Signal) {
        self.kept_inputs().into_iter().for_each(|slot| self.state.remove(slot));
        self.find_slots();
        (0..=self.inputs).for_each(|input| self.set(input, signal));
    }

    /// Lets every input stand at this watermark, unless they are further: rows behind it were late before a restart.
    pub(crate) fn raise(&mut self, watermark: i64) {
        if watermark > self.current() {
            self.begin_at(Signal::active(watermark));
        }
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
        self.signal(self.inputs)
    }

    /// The watermark that was emitted last; `i64::MIN`: none.
    pub(crate) fn current(&self) -> i64 {
        self.emitted().watermark
    }

    /// The smallest watermark of the active inputs without input `port`; `i64::MAX` if none is active.
    fn others(&self, port: usize) -> i64 {
        let inputs = (0..self.inputs).filter(|input| *input != port).map(|input| self.signal(input));
        inputs.filter(|signal| !signal.idle).map(|signal| signal.watermark).min().unwrap_or(i64::MAX)
    }

    /// The watermarks around the rows of a batch that arrives at input `port`, as the merged flow has them.
    pub(crate) fn merge(&mut self, port: usize, watermarks: &Watermarks) -> Watermarks {
        let (others, floor) = (self.others(port), self.current());
        let merged = |watermark: i64| watermark.min(others).max(floor);
        let before = watermarks.before.as_ref();
        let before = before.map(|before| before.iter().map(|watermark| merged(*watermark)).collect::<Arc<[i64]>>());
        let (start, end) = (merged(watermarks.start), merged(watermarks.end));
        self.set(port, Signal::active(watermarks.end));
        self.set(self.inputs, Signal::active(end));
        Watermarks { start, before, end }
    }

    /// A watermark without rows at input `port`; what is to be emitted, if anything changes.
    pub(crate) fn advance(&mut self, port: usize, signal: Signal) -> Option<Signal> {
        self.set(port, signal);
        let emitted = self.emitted();
        let idle = (0..self.inputs).all(|input| self.signal(input).idle);
        let watermark = if idle { emitted.watermark } else { self.others(usize::MAX).max(emitted.watermark) };
        let signal = Signal { watermark, idle };
        if signal == emitted {
            return None;
        }
        self.set(self.inputs, signal);
        Some(signal)
    }

    /// Takes back what the last checkpoint kept.
    pub(crate) fn restore(&mut self, entries: &StateEntries) -> Result<(), StateError> {
        self.state.restore(entries)?;
        let kept = self.kept_inputs().len();
        self.find_slots();
        if kept > 0 && kept != self.inputs {
            self.begin_at(Signal::active(self.current()));
        }
        Ok(())
    }

    /// Adds what changed since the last call.
    pub(crate) fn snapshot(&mut self, changes: &mut Vec<StateChange>) {
        self.state.snapshot(changes);
    }
}
