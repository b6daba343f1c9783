//! The rows that a join keeps of one side: a multiset, found by join key, and by time where rows expire.
//!
//! State: one entry per distinct row.
//!
//! ```text
//! key     length of the join key u32 · join key · time i64 · row (both as sortable key bytes)
//! value   how often the row is there i64 · how many rows of the other side it matches i64
//! ```
//!
//! Which rows a join key (or a time) has is rebuilt from the entries' keys.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, RecordBatch};
use arrow::buffer::NullBuffer;
use arrow::datatypes::{DataType, SchemaRef};
use arrow::error::ArrowError;
use hashbrown::{HashMap, HashSet};
use yeoul_base::decode::{DecodeError, Decoder};

use crate::checkpoint::StateChange;
use crate::operator::OperatorError;
use crate::state::{Budget, EncodedKeys, KeyEncoder, KeyedState, StateColumns, StateEntries, StateError, StateTtl};

/// Bytes of an entry's key besides join key and row.
const PREFIX_BYTES: usize = 4;
const TIME_BYTES: usize = 8;
/// Bytes that a join key takes in the index besides its own.
const GROUP_BYTES: usize = 64;

/// How often each row is there, and how many rows of the other side it matches.
#[derive(Debug, Default)]
struct Counts {
    rows: Vec<i64>,
    matches: Vec<i64>,
    /// Bytes that the store's indexes take.
    index_bytes: usize,
}

impl StateColumns for Counts {
    fn grow(&mut self, slots: usize) {
        self.rows.resize(slots, 0);
        self.matches.resize(slots, 0);
    }

    fn reset(&mut self, slot: usize) {
        (self.rows[slot], self.matches[slot]) = (0, 0);
    }

    fn write(&self, slot: usize, bytes: &mut Vec<u8>) {
        bytes.extend(self.rows[slot].to_be_bytes());
        bytes.extend(self.matches[slot].to_be_bytes());
    }

    fn read(&mut self, slot: usize, bytes: &mut Decoder<'_>) -> Result<(), DecodeError> {
        (self.rows[slot], self.matches[slot]) = (bytes.i64()?, bytes.i64()?);
        Ok(())
    }

    fn bytes(&self) -> usize {
        self.rows.len() * 16 + self.index_bytes
    }
}

/// The rows of one side.
pub(crate) struct RowStore {
    key: KeyEncoder,
    whole: KeyEncoder,
    places: Vec<usize>,
    state: KeyedState<Counts>,
    by_key: HashMap<Vec<u8>, Vec<u32>, ahash::RandomState>,
    /// Only where rows expire.
    by_time: Option<BTreeMap<i64, BTreeSet<u32>>>,
    scratch: Vec<u8>,
}

/// A row as its store knows it.
#[derive(Clone, Copy)]
pub(crate) struct RowRef<'a> {
    /// Its join key.
    pub(crate) key: &'a [u8],
    /// Its time; 0 where rows don't expire.
    pub(crate) time: i64,
    /// Its bytes.
    pub(crate) row: &'a [u8],
}

/// The key and row bytes of a batch.
pub(crate) struct Encoded {
    pub(crate) keys: EncodedKeys,
    pub(crate) rows: EncodedKeys,
    /// Which rows have no NULL in their key; `None`: all.
    pub(crate) valid: Option<NullBuffer>,
}

impl Encoded {
    /// Whether a row's key can equal another.
    pub(crate) fn is_valid(&self, row: usize) -> bool {
        self.valid.as_ref().is_none_or(|valid| valid.is_valid(row))
    }

    /// A row with its time.
    pub(crate) fn row(&self, row: usize, time: i64) -> RowRef<'_> {
        RowRef { key: self.keys.key(row), time, row: self.rows.key(row) }
    }
}

fn types(places: impl Iterator<Item = usize>, schema: &SchemaRef) -> Vec<DataType> {
    places.map(|place| schema.field(place).data_type().clone()).collect()
}

impl RowStore {
    /// Rows of this schema by the columns at `places`, kept in the operator's table `table`.
    pub(crate) fn new(
        node: u32,
        table: u8,
        places: Vec<usize>,
        schema: &SchemaRef,
        budget: Arc<Budget>,
    ) -> Result<RowStore, ArrowError> {
        let key = KeyEncoder::new(&places, types(places.iter().copied(), schema))?;
        let all: Vec<usize> = (0..schema.fields().len()).collect();
        let whole = KeyEncoder::new(&all, types(all.iter().copied(), schema))?;
        let state = KeyedState::new(node, table, budget, Counts::default()).grouped();
        Ok(RowStore { key, whole, places, state, by_key: HashMap::default(), by_time: None, scratch: Vec::new() })
    }

    /// The same store, whose rows are also found by time.
    pub(crate) fn expiring(self) -> RowStore {
        RowStore { by_time: Some(BTreeMap::new()), ..self }
    }

    /// The same store, whose rows live for a time only, where one is given.
    pub(crate) fn living(mut self, ttl: Option<StateTtl>) -> RowStore {
        self.state = self.state.living(ttl);
        self
    }

    /// Whether rows live for a time only, so that one may be taken that is gone.
    pub(crate) fn expires(&self) -> bool {
        self.state.expires()
    }

    /// Forgets the rows whose time is over.
    pub(crate) fn forget_expired(&mut self) -> Result<(), StateError> {
        let expired = self.state.expired();
        if expired.is_empty() {
            return Ok(());
        }
        self.remove_all(&expired);
        self.state.account()
    }

    /// Takes back what the last checkpoint kept.
    pub(crate) fn restore(&mut self, entries: &StateEntries) -> Result<(), StateError> {
        self.state.restore(entries)?;
        let live: Vec<u32> = self.state.live().collect();
        live.into_iter().for_each(|slot| self.index(slot));
        self.state.account()
    }

    /// Adds what changed since the last call.
    pub(crate) fn snapshot(&mut self, changes: &mut Vec<StateChange>) {
        self.state.snapshot(changes);
    }

    /// Accounts what the rows take now; called behind each batch.
    pub(crate) fn account(&mut self) -> Result<(), StateError> {
        self.state.account()
    }

    /// The bytes of a batch's keys and rows.
    pub(crate) fn encode(&self, batch: &RecordBatch) -> Result<Encoded, OperatorError> {
        let nulls = self.places.iter().map(|place| batch.column(*place).logical_nulls());
        let valid = nulls.fold(None, |all, nulls| NullBuffer::union(all.as_ref(), nulls.as_ref()));
        Ok(Encoded { keys: self.key.encode(batch)?, rows: self.whole.encode(batch)?, valid })
    }

    /// The slots of the rows with a join key.
    pub(crate) fn matching(&self, key: &[u8]) -> &[u32] {
        self.by_key.get(key).map_or(&[], Vec::as_slice)
    }

    /// Adds a row, which matches so many rows of the other side; its slot.
    pub(crate) fn add(&mut self, row: RowRef<'_>, matches: i64) -> u32 {
        self.entry_key(row);
        let (slot, new) = self.state.slot(&self.scratch);
        self.state.mark(slot);
        let counts = self.state.values_mut();
        counts.rows[slot as usize] += 1;
        counts.matches[slot as usize] = matches;
        if new {
            self.index(slot);
        }
        slot
    }

    /// Takes a row out; whether it was there.
    pub(crate) fn take(&mut self, row: RowRef<'_>) -> bool {
        self.entry_key(row);
        let Some(slot) = self.state.find(&self.scratch) else { return false };
        self.state.mark(slot);
        let count = &mut self.state.values_mut().rows[slot as usize];
        *count -= 1;
        if *count == 0 {
            self.remove(slot);
        }
        true
    }

    fn entry_key(&mut self, row: RowRef<'_>) {
        self.scratch.clear();
        self.scratch.extend(u32::try_from(row.key.len()).unwrap_or(u32::MAX).to_be_bytes());
        self.scratch.extend(row.key);
        self.scratch.extend(row.time.to_be_bytes());
        self.scratch.extend(row.row);
    }

    /// How often a row is there.
    pub(crate) fn count(&self, slot: u32) -> i64 {
        self.state.values().rows[slot as usize]
    }

    /// How many rows of the other side a row matches.
    pub(crate) fn matches(&self, slot: u32) -> i64 {
        self.state.values().matches[slot as usize]
    }

    /// Notes that a row matches more or fewer rows of the other side.
    pub(crate) fn shift_matches(&mut self, slot: u32, by: i64) {
        self.state.mark(slot);
        self.state.values_mut().matches[slot as usize] += by;
    }

    /// The join key of a row that is kept.
    pub(crate) fn key_of(&self, slot: u32) -> &[u8] {
        parts(self.state.key(slot)).0
    }

    /// The time of a row that is kept.
    pub(crate) fn time_of(&self, slot: u32) -> i64 {
        parts(self.state.key(slot)).1
    }

    /// The columns of rows that are kept.
    pub(crate) fn decode(&self, slots: &[u32]) -> Result<Vec<ArrayRef>, ArrowError> {
        self.whole.decode(slots.iter().map(|slot| parts(self.state.key(*slot)).2))
    }

    /// The earliest time of a row.
    pub(crate) fn first_time(&self) -> Option<i64> {
        self.by_time.as_ref().and_then(|times| times.first_key_value()).map(|(time, _)| *time)
    }

    /// The slots of the rows at or before a time, the earliest first.
    pub(crate) fn up_to(&self, time: i64) -> Vec<u32> {
        self.by_time
            .iter()
            .flat_map(|times| times.range(..=time))
            .flat_map(|(_, slots)| slots.iter().copied())
            .collect()
    }

    /// Removes a row, however often it is there.
    pub(crate) fn remove(&mut self, slot: u32) {
        let (key, time, _) = parts(self.state.key(slot));
        let mut freed = 0;
        if let Some(slots) = self.by_key.get_mut(key) {
            slots.retain(|other| *other != slot);
            freed += size_of::<u32>();
            if slots.is_empty() {
                self.by_key.remove(key);
                freed += key.len() + GROUP_BYTES;
            }
        }
        if let Some(times) = &mut self.by_time
            && let Some(slots) = times.get_mut(&time)
        {
            slots.remove(&slot);
            if slots.is_empty() {
                times.remove(&time);
            }
        }
        self.state.values_mut().index_bytes -= freed;
        self.state.remove(slot);
    }

    /// Removes rows, however often they are there: the list of each key is gone through once.
    pub(crate) fn remove_all(&mut self, slots: &[u32]) {
        let gone: HashSet<u32, ahash::RandomState> = slots.iter().copied().collect();
        let mut cut: HashSet<Box<[u8]>, ahash::RandomState> = HashSet::default();
        for slot in slots {
            let (key, time, _) = parts(self.state.key(*slot));
            if !cut.contains(key) {
                cut.insert(key.into());
                let freed = cut_list(&mut self.by_key, key, &gone);
                self.state.values_mut().index_bytes -= freed;
            }
            if let Some(times) = &mut self.by_time
                && let Some(slots) = times.get_mut(&time)
            {
                slots.remove(slot);
                if slots.is_empty() {
                    times.remove(&time);
                }
            }
            self.state.remove(*slot);
        }
    }

    fn index(&mut self, slot: u32) {
        let (key, time, _) = parts(self.state.key(slot));
        let mut added = size_of::<u32>();
        let slots = self.by_key.entry_ref(key).or_insert_with(|| {
            added += key.len() + GROUP_BYTES;
            Vec::new()
        });
        slots.push(slot);
        if let Some(times) = &mut self.by_time {
            times.entry(time).or_default().insert(slot);
        }
        self.state.values_mut().index_bytes += added;
    }
}

/// Takes rows that are gone out of the list of a key; the bytes that this frees.
fn cut_list(
    by_key: &mut HashMap<Vec<u8>, Vec<u32>, ahash::RandomState>,
    key: &[u8],
    gone: &HashSet<u32, ahash::RandomState>,
) -> usize {
    let Some(slots) = by_key.get_mut(key) else { return 0 };
    let before = slots.len();
    slots.retain(|slot| !gone.contains(slot));
    let freed = (before - slots.len()) * size_of::<u32>();
    if !slots.is_empty() {
        return freed;
    }
    by_key.remove(key);
    freed + key.len() + GROUP_BYTES
}

/// Join key, time and row of an entry's key; empty where the key is not one of this store's.
fn parts(key: &[u8]) -> (&[u8], i64, &[u8]) {
    let Some((prefix, rest)) = key.split_first_chunk::<PREFIX_BYTES>() else { return (&[], 0, &[]) };
    let Some((join_key, rest)) = rest.split_at_checked(u32::from_be_bytes(*prefix) as usize) else {
        return (&[], 0, &[]);
    };
    let Some((time, row)) = rest.split_first_chunk::<TIME_BYTES>() else { return (&[], 0, &[]) };
    (join_key, i64::from_be_bytes(*time), row)
}
