//! Keeps the rows of a changelog by a key that need not identify them, so that a sink with one row per key holds the
//! last that was added and not taken back (Flink's upsert materialisation).
//!
//! State: one entry per key: its rows as bytes, in the order in which they were added.

use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::{DataType, SchemaRef};
use yeoul_base::Timestamp;
use yeoul_base::decode::{DecodeError, Decoder};
use yeoul_row::{RowBatch, RowKind, Watermarks};

use crate::checkpoint::StateChange;
use crate::operator::{Operator, OperatorError, Output};
use crate::state::{Budget, KeyEncoder, KeyedState, StateColumns, StateEntries, StateTtl};

/// The rows of each key, the last at the end.
#[derive(Default)]
struct Stacks {
    rows: Vec<Vec<Box<[u8]>>>,
    heap_bytes: usize,
}

/// Bytes that a row takes besides its own.
const ROW_BYTES: usize = 16;

impl StateColumns for Stacks {
    fn grow(&mut self, slots: usize) {
        self.rows.resize(slots, Vec::new());
    }

    fn reset(&mut self, slot: usize) {
        let gone = std::mem::take(&mut self.rows[slot]);
        self.heap_bytes -= gone.iter().map(|row| row.len() + ROW_BYTES).sum::<usize>();
    }

    fn write(&self, slot: usize, bytes: &mut Vec<u8>) {
        bytes.extend(u32::try_from(self.rows[slot].len()).unwrap_or(u32::MAX).to_be_bytes());
        for row in &self.rows[slot] {
            bytes.extend(u32::try_from(row.len()).unwrap_or(u32::MAX).to_be_bytes());
            bytes.extend(&**row);
        }
    }

    fn read(&mut self, slot: usize, bytes: &mut Decoder<'_>) -> Result<(), DecodeError> {
        for _ in 0..bytes.count(4)? {
            let row = bytes.sized_bytes()?.into();
            self.push(slot, row);
        }
        Ok(())
    }

    fn bytes(&self) -> usize {
        self.rows.len() * size_of::<Vec<Box<[u8]>>>() + self.heap_bytes
    }
}

impl Stacks {
    fn push(&mut self, slot: usize, row: Box<[u8]>) {
        self.heap_bytes += row.len() + ROW_BYTES;
        self.rows[slot].push(row);
    }

    /// Takes a row out, the last of those that are equal; whether it was there.
    fn take(&mut self, slot: usize, row: &[u8]) -> bool {
        let Some(place) = self.rows[slot].iter().rposition(|other| **other == *row) else { return false };
        let gone = self.rows[slot].remove(place);
        self.heap_bytes -= gone.len() + ROW_BYTES;
        true
    }
}

/// Emits, for each key, the last row that is there.
pub(crate) struct Materialize {
    key: KeyEncoder,
    whole: KeyEncoder,
    state: KeyedState<Stacks>,
    schema: SchemaRef,
}

impl Materialize {
    /// Rows of this schema by the columns at `keys`.
    pub(crate) fn new(
        node: u32,
        keys: &[usize],
        schema: SchemaRef,
        budget: Arc<Budget>,
    ) -> Result<Materialize, OperatorError> {
        let types = |places: &[usize]| -> Vec<DataType> {
            places.iter().map(|place| schema.field(*place).data_type().clone()).collect()
        };
        let all: Vec<usize> = (0..schema.fields().len()).collect();
        let (key, whole) = (KeyEncoder::new(keys, types(keys))?, KeyEncoder::new(&all, types(&all))?);
        let state = KeyedState::new(node, 0, budget, Stacks::default());
        Ok(Materialize { key, whole, state, schema })
    }

    /// The same operator, whose state lives for a time only, where one is given.
    pub(crate) fn living(mut self, ttl: Option<StateTtl>) -> Materialize {
        self.state = self.state.living(ttl);
        self
    }

    /// Folds one row in; what is emitted in place of what was.
    fn change(&mut self, key: &[u8], row: &[u8], kind: RowKind, emitted: &mut Vec<(RowKind, Box<[u8]>)>) {
        let (slot, _) = self.state.slot(key);
        self.state.mark(slot);
        let place = slot as usize;
        let before = self.state.values().rows[place].last().cloned();
        if kind.adds() {
            self.state.values_mut().push(place, row.into());
        } else {
            self.state.values_mut().take(place, row);
        }
        let after = self.state.values().rows[place].last().cloned();
        if after.is_none() {
            self.state.remove(slot);
        }
        match (before, after) {
            (None, Some(after)) => emitted.push((RowKind::Insert, after)),
            (Some(before), None) => emitted.push((RowKind::Delete, before)),
            (Some(before), Some(after)) if before != after => {
                emitted.push((RowKind::UpdateBefore, before));
                emitted.push((RowKind::UpdateAfter, after));
            }
            _ => {}
        }
    }
}

impl Operator for Materialize {
    fn restore(&mut self, entries: &StateEntries) -> Result<(), OperatorError> {
        Ok(self.state.restore(entries)?)
    }

    fn process(&mut self, _port: usize, batch: RowBatch, out: &mut Output) -> Result<(), OperatorError> {
        out.applied(batch.rows());
        self.state.forget_expired();
        let (keys, rows) = (self.key.encode(&batch.columns)?, self.whole.encode(&batch.columns)?);
        let mut emitted = Vec::new();
        for row in 0..batch.rows() {
            self.change(keys.key(row), rows.key(row), batch.kind(row), &mut emitted);
        }
        let columns = self.whole.decode(emitted.iter().map(|(_, row)| &**row))?;
        let columns = RecordBatch::try_new(self.schema.clone(), columns)?;
        let kinds = emitted.iter().map(|(kind, _)| *kind).collect();
        let watermarks = Watermarks { before: None, ..batch.watermarks };
        out.batch(RowBatch { columns, kinds: Some(kinds), watermarks, origin: None });
        Ok(self.state.account()?)
    }

    fn tick(&mut self, _now: Timestamp, _out: &mut Output) -> Result<(), OperatorError> {
        self.state.forget_expired();
        Ok(())
    }

    fn snapshot(&mut self, changes: &mut Vec<StateChange>) -> Result<(), OperatorError> {
        self.state.snapshot(changes);
        Ok(())
    }
}
