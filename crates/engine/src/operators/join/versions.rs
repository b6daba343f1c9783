//! The versions of rows by key and time: what a temporal join looks up.
//!
//! State: one entry per version.
//!
//! ```text
//! key     length of the join key u32 · join key · time i64
//! value   whether the row is there u8 · its bytes (none: it was deleted at that time)
//! ```
//!
//! Which versions a key has is rebuilt from the entries' keys.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array};
use arrow::datatypes::{DataType, SchemaRef};
use arrow::error::ArrowError;
use hashbrown::HashMap;
use yeoul_base::decode::{DecodeError, Decoder};
use yeoul_row::{RowBatch, RowKind};

use crate::checkpoint::StateChange;
use crate::operator::OperatorError;
use crate::state::{Budget, KeyEncoder, KeyedState, StateColumns, StateEntries, StateError};

/// Bytes that a version takes in the indexes.
const INDEX_BYTES: usize = 96;

/// The row of each version; none: it was deleted.
#[derive(Debug, Default)]
struct Rows {
    rows: Vec<Option<Box<[u8]>>>,
    heap_bytes: usize,
}

impl StateColumns for Rows {
    fn grow(&mut self, slots: usize) {
        self.rows.resize(slots, None);
    }

    fn reset(&mut self, slot: usize) {
        self.set(slot, None);
    }

    fn write(&self, slot: usize, bytes: &mut Vec<u8>) {
        bytes.push(u8::from(self.rows[slot].is_some()));
        bytes.extend(self.rows[slot].as_deref().unwrap_or_default());
    }

    fn read(&mut self, slot: usize, bytes: &mut Decoder<'_>) -> Result<(), DecodeError> {
        let there = bytes.u8()? == 1;
        let row = bytes.bytes(bytes.remaining())?;
        self.set(slot, there.then_some(row));
        Ok(())
    }

    fn bytes(&self) -> usize {
        self.rows.len() * (size_of::<Option<Box<[u8]>>>() + INDEX_BYTES) + self.heap_bytes
    }
}

impl Rows {
    fn set(&mut self, slot: usize, row: Option<&[u8]>) {
        self.heap_bytes -= self.rows[slot].as_ref().map_or(0, |row| row.len());
        self.heap_bytes += row.map_or(0, <[u8]>::len);
        self.rows[slot] = row.map(Into::into);
    }
}

/// The versions of one side's rows.
pub(crate) struct Versions {
    key: KeyEncoder,
    whole: KeyEncoder,
    state: KeyedState<Rows>,
    by_key: HashMap<Vec<u8>, BTreeMap<i64, u32>, ahash::RandomState>,
    /// The keys that have a version from each time on.
    by_time: BTreeMap<i64, Vec<Box<[u8]>>>,
    scratch: Vec<u8>,
}

impl Versions {
    /// Versions of rows of this schema by the columns at `places`, kept in the operator's table `table`.
    pub(crate) fn new(
        node: u32,
        table: u8,
        places: Vec<usize>,
        schema: &SchemaRef,
        budget: Arc<Budget>,
    ) -> Result<Versions, ArrowError> {
        let types = |places: &[usize]| -> Vec<DataType> {
            places.iter().map(|place| schema.field(*place).data_type().clone()).collect()
        };
        let all: Vec<usize> = (0..schema.fields().len()).collect();
        let (key, whole) = (KeyEncoder::new(&places, types(&places))?, KeyEncoder::new(&all, types(&all))?);
        let state = KeyedState::new(node, table, budget, Rows::default()).grouped();
        let (by_key, by_time, scratch) = (HashMap::default(), BTreeMap::new(), Vec::new());
        Ok(Versions { key, whole, state, by_key, by_time, scratch })
    }

    /// Takes back what the last checkpoint kept.
    pub(crate) fn restore(&mut self, entries: &StateEntries) -> Result<(), StateError> {
        self.state.restore(entries)?;
        let live: Vec<u32> = self.state.live().collect();
        for slot in live {
            let (key, time) = parts(self.state.key(slot));
            let key: Box<[u8]> = key.into();
            self.index(&key, time, slot);
        }
        Ok(())
    }

    /// Adds what changed since the last call.
    pub(crate) fn snapshot(&mut self, changes: &mut Vec<StateChange>) {
        self.state.snapshot(changes);
    }

    /// Folds a changelog in; each row is a version from its time on. The old image of an update says nothing. NULL is
    /// a key like any other, as in Flink's temporal join. `ascending`: a row that is older than its key's last says nothing.
    pub(crate) fn fold(&mut self, batch: &RowBatch, times: &Int64Array, ascending: bool) -> Result<(), OperatorError> {
        let (keys, rows) = (self.key.encode(&batch.columns)?, self.whole.encode(&batch.columns)?);
        for row in 0..batch.rows() {
            let kind = batch.kind(row);
            if kind == RowKind::UpdateBefore || ascending && self.is_older(keys.key(row), times.value(row)) {
                continue;
            }
            self.set(keys.key(row), times.value(row), kind.adds().then(|| rows.key(row)));
        }
        Ok(self.state.account()?)
    }

    /// Whether a key has a version after `time`; its last one is never forgotten.
    fn is_older(&self, key: &[u8], time: i64) -> bool {
        let last = self.by_key.get(key).and_then(BTreeMap::last_key_value);
        last.is_some_and(|(last, _)| time < *last)
    }

    fn set(&mut self, key: &[u8], time: i64, row: Option<&[u8]>) {
        self.scratch.clear();
        self.scratch.extend(u32::try_from(key.len()).unwrap_or(u32::MAX).to_be_bytes());
        self.scratch.extend(key);
        self.scratch.extend(time.to_be_bytes());
        let (slot, new) = self.state.slot(&self.scratch);
        self.state.mark(slot);
        self.state.values_mut().set(slot as usize, row);
        if new {
            self.index(key, time, slot);
        }
    }

    fn index(&mut self, key: &[u8], time: i64, slot: u32) {
        self.by_key.entry_ref(key).or_default().insert(time, slot);
        self.by_time.entry(time).or_default().push(key.into());
    }

    /// The slot of the version that is valid at a time, if the row is there then.
    pub(crate) fn at(&self, key: &[u8], time: i64) -> Option<u32> {
        let (_, slot) = self.by_key.get(key)?.range(..=time).next_back()?;
        self.state.values().rows[*slot as usize].as_ref().map(|_| *slot)
    }

    /// The columns of versions.
    pub(crate) fn decode(&self, slots: &[u32]) -> Result<Vec<ArrayRef>, ArrowError> {
        let row = |slot: &u32| self.state.values().rows[*slot as usize].as_deref().unwrap_or_default();
        self.whole.decode(slots.iter().map(row))
    }

    /// Forgets versions that were replaced at `time` or before.
    pub(crate) fn forget(&mut self, time: i64) -> Result<(), StateError> {
        let later = match time.checked_add(1) {
            Some(next) => self.by_time.split_off(&next),
            None => BTreeMap::new(),
        };
        let passed = std::mem::replace(&mut self.by_time, later);
        for key in passed.into_values().flatten() {
            let Some(versions) = self.by_key.get_mut(&*key) else { continue };
            let Some((valid, _)) = versions.range(..=time).next_back().map(|(from, slot)| (*from, *slot)) else {
                continue;
            };
            let kept = versions.split_off(&valid);
            let gone = std::mem::replace(versions, kept);
            gone.into_values().for_each(|slot| self.state.remove(slot));
        }
        self.state.account()
    }
}

/// Join key and time of an entry's key; empty where the key is not one of this store's.
fn parts(key: &[u8]) -> (&[u8], i64) {
    let Some((prefix, rest)) = key.split_first_chunk::<4>() else { return (&[], 0) };
    let Some((join_key, rest)) = rest.split_at_checked(u32::from_be_bytes(*prefix) as usize) else { return (&[], 0) };
    let Some((time, _)) = rest.split_first_chunk::<8>() else { return (&[], 0) };
    (join_key, i64::from_be_bytes(*time))
}
