//! Rows of each key in an order, each one an entry of keyed state: what Top-N, sorting and window functions keep.
//!
//! Equal rows stand in the order in which they came. The state's key is the key's bytes, the row's place in the order
//! (bytes that sort as the rows do) and a number that counts arrivals; the value is the row. The order itself is rebuilt
//! from the keys: of a key it is a list of slots, or a tree where the rows are many.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, RecordBatchOptions};
use arrow::compute::SortOptions;
use arrow::datatypes::SchemaRef;
use arrow::error::ArrowError;
use arrow::row::{RowConverter, Rows, SortField};
use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use yeoul_base::decode::{DecodeError, Decoder};
use yeoul_sql::plan::SortKey;

use crate::checkpoint::StateChange;
use crate::operator::OperatorError;
use crate::state::{
    Budget, EncodedRows, KeyGroup, KeyedState, RowCodec, StateColumns, StateEntries, StateError, StateTtl, grouped_key,
    split_grouped_key,
};

/// The bytes of an arrival's number.
const ARRIVAL_BYTES: usize = 8;

/// Rows as bytes, indexed by slot.
#[derive(Debug, Default)]
pub(crate) struct RowBytes {
    rows: Vec<Box<[u8]>>,
    heap_bytes: usize,
}

impl RowBytes {
    /// The row of a slot.
    pub(crate) fn get(&self, slot: u32) -> &[u8] {
        &self.rows[slot as usize]
    }

    /// Sets the row of a slot.
    pub(crate) fn set(&mut self, slot: u32, row: &[u8]) {
        let place = &mut self.rows[slot as usize];
        self.heap_bytes = self.heap_bytes + row.len() - place.len();
        *place = row.into();
    }
}

impl StateColumns for RowBytes {
    fn grow(&mut self, slots: usize) {
        self.rows.resize(slots, Box::default());
    }

    fn reset(&mut self, slot: usize) {
        self.heap_bytes -= std::mem::take(&mut self.rows[slot]).len();
    }

    fn write(&self, slot: usize, bytes: &mut Vec<u8>) {
        bytes.extend(&*self.rows[slot]);
    }

    fn read(&mut self, slot: usize, bytes: &mut Decoder<'_>) -> Result<(), DecodeError> {
        let row = bytes.bytes(bytes.remaining())?.to_vec();
        self.set(u32::try_from(slot).unwrap_or(u32::MAX), &row);
        Ok(())
    }

    fn bytes(&self) -> usize {
        self.rows.len() * 16 + self.heap_bytes
    }
}

/// Turns the columns of an order into bytes that sort as it says.
pub(crate) struct OrderEncoder {
    places: Vec<usize>,
    converter: Option<RowConverter>,
}

impl OrderEncoder {
    /// The order of rows of this schema.
    pub(crate) fn new(order: &[SortKey], input: &SchemaRef) -> Result<OrderEncoder, ArrowError> {
        let field = |key: &SortKey| {
            let options = SortOptions { descending: key.descending, nulls_first: key.nulls_first };
            SortField::new_with_options(input.field(key.column).data_type().clone(), options)
        };
        let fields: Vec<SortField> = order.iter().map(field).collect();
        let converter = if fields.is_empty() { None } else { Some(RowConverter::new(fields)?) };
        Ok(OrderEncoder { places: order.iter().map(|key| key.column).collect(), converter })
    }

    /// Each row's place in the order.
    pub(crate) fn encode(&self, batch: &RecordBatch) -> Result<Places, ArrowError> {
        let columns: Vec<ArrayRef> = self.places.iter().map(|place| batch.column(*place).clone()).collect();
        Ok(Places(self.converter.as_ref().map(|converter| converter.convert_columns(&columns)).transpose()?))
    }
}

/// The places of a batch's rows in an order.
pub(crate) struct Places(Option<Rows>);

impl Places {
    /// The place of row `row`, as bytes that sort.
    pub(crate) fn get(&self, row: usize) -> &[u8] {
        self.0.as_ref().map_or(&[], |rows| rows.row(row).data())
    }
}

/// The most rows of a key whose order is a list.
const FEW_MAX: usize = 32;

/// The slots of one key's rows, in order. Their places stand in the state's keys.
enum Part {
    /// At most [`FEW_MAX`].
    Few(Vec<u32>),
    /// By their places.
    Many(BTreeMap<Box<[u8]>, u32>),
}

impl Part {
    fn first(&self) -> Option<u32> {
        match self {
            Part::Few(slots) => slots.first().copied(),
            Part::Many(slots) => slots.values().next().copied(),
        }
    }

    fn last(&self) -> Option<u32> {
        match self {
            Part::Few(slots) => slots.last().copied(),
            Part::Many(slots) => slots.values().next_back().copied(),
        }
    }

    fn len(&self) -> usize {
        match self {
            Part::Few(slots) => slots.len(),
            Part::Many(slots) => slots.len(),
        }
    }

    /// The slot of the row at this place.
    fn get(&self, place: &[u8], state: &KeyedState<RowBytes>) -> Option<u32> {
        match self {
            Part::Few(slots) => few_at(slots, place, state).ok().map(|at| slots[at]),
            Part::Many(slots) => slots.get(place).copied(),
        }
    }

    /// The slots of the rows from this place on.
    fn slots_from(&self, place: &[u8], state: &KeyedState<RowBytes>) -> impl Iterator<Item = u32> {
        let (few, many) = match self {
            Part::Few(slots) => (&slots[few_at(slots, place, state).unwrap_or_else(|at| at)..], None),
            Part::Many(slots) => (&[][..], Some(slots)),
        };
        let from = (Bound::Included(place), Bound::Unbounded);
        few.iter()
            .chain(many.into_iter().flat_map(move |many| many.range::<[u8], _>(from).map(|(_, slot)| slot)))
            .copied()
    }

    fn insert(&mut self, slot: u32, state: &KeyedState<RowBytes>) {
        let place = place_in(state, slot);
        match self {
            Part::Few(slots) if slots.len() < FEW_MAX => {
                let at = few_at(slots, place, state).unwrap_or_else(|at| at);
                slots.insert(at, slot);
            }
            Part::Few(slots) => {
                let all = slots.iter().chain(std::iter::once(&slot));
                *self = Part::Many(all.map(|slot| (place_in(state, *slot).into(), *slot)).collect());
            }
            Part::Many(slots) => {
                slots.insert(place.into(), slot);
            }
        }
    }

    fn remove(&mut self, place: &[u8], state: &KeyedState<RowBytes>) -> Option<u32> {
        match self {
            Part::Few(slots) => few_at(slots, place, state).ok().map(|at| slots.remove(at)),
            Part::Many(slots) => slots.remove(place),
        }
    }
}

/// Where the row at a place is in a list, or would be.
fn few_at(slots: &[u32], place: &[u8], state: &KeyedState<RowBytes>) -> Result<usize, usize> {
    slots.binary_search_by(|slot| place_in(state, *slot).cmp(place))
}

/// The place of the row in a slot, with the arrival.
fn place_in(state: &KeyedState<RowBytes>, slot: u32) -> &[u8] {
    split_grouped_key(state.key(slot)).1
}

/// The key of a part's rows.
fn key_of<'a>(state: &'a KeyedState<RowBytes>, part: &Part) -> &'a [u8] {
    part.first().map_or(&[], |slot| split_grouped_key(state.key(slot)).0)
}

/// The rows of one key that are kept, in order.
#[derive(Clone, Copy)]
pub(crate) struct PartRows<'a> {
    part: &'a Part,
    state: &'a KeyedState<RowBytes>,
}

impl<'a> PartRows<'a> {
    /// The slots.
    pub(crate) fn slots(self) -> impl Iterator<Item = u32> + 'a {
        let (few, many) = match self.part {
            Part::Few(slots) => (slots.as_slice(), None),
            Part::Many(slots) => (&[][..], Some(slots)),
        };
        few.iter().chain(many.into_iter().flat_map(BTreeMap::values)).copied()
    }

    /// The places, with the arrivals, and the slots.
    pub(crate) fn rows(self) -> impl Iterator<Item = (&'a [u8], u32)> + 'a {
        self.slots().map(move |slot| (place_in(self.state, slot), slot))
    }

    /// The first row: its place and slot.
    pub(crate) fn first(self) -> Option<(&'a [u8], u32)> {
        self.part.first().map(|slot| (place_in(self.state, slot), slot))
    }

    /// The slot of the row at this place.
    pub(crate) fn get(self, place: &[u8]) -> Option<u32> {
        self.part.get(place, self.state)
    }
}

/// Rows of each key in an order.
pub(crate) struct OrderedRows {
    state: KeyedState<RowBytes>,
    /// The keys that have rows, by their hash.
    parts: HashTable<Part>,
    hasher: ahash::RandomState,
    arrivals: u64,
    whole: RowCodec,
    schema: SchemaRef,
    key: Vec<u8>,
}

impl OrderedRows {
    /// No rows of this schema, in the operator's `table`th table.
    pub(crate) fn new(node: u32, table: u8, schema: SchemaRef, budget: Arc<Budget>) -> Result<OrderedRows, ArrowError> {
        let whole = RowCodec::new(&schema)?;
        let state = KeyedState::new(node, table, budget, RowBytes::default()).grouped();
        let (parts, hasher) = (HashTable::new(), ahash::RandomState::new());
        Ok(OrderedRows { state, parts, hasher, arrivals: 0, whole, schema, key: Vec::new() })
    }

    /// The same rows with keys of which the last `bytes` bytes say nothing of where rows are sent.
    pub(crate) fn grouped_without(mut self, bytes: usize) -> OrderedRows {
        self.state = self.state.in_groups(KeyGroup::OfPrefix { less: bytes });
        self
    }

    /// The same rows, each of which lives for a time only, where one is given.
    pub(crate) fn living(mut self, ttl: Option<StateTtl>) -> OrderedRows {
        self.state = self.state.living(ttl);
        self
    }

    /// Forgets the rows whose time is over.
    pub(crate) fn forget_expired(&mut self) -> Result<(), StateError> {
        let expired = self.state.expired();
        if expired.is_empty() {
            return Ok(());
        }
        for slot in expired {
            let (key, place) = split_grouped_key(self.state.key(slot));
            let (key, place): (Box<[u8]>, Box<[u8]>) = (key.into(), place.into());
            self.remove(&key, &place);
        }
        self.state.account()
    }

    /// Rows of a batch as bytes.
    pub(crate) fn encode(&self, batch: &RecordBatch) -> Result<EncodedRows, ArrowError> {
        self.whole.encode(batch)
    }

    /// The rows of a key; none: it has none.
    pub(crate) fn part(&self, key: &[u8]) -> Option<PartRows<'_>> {
        let part = self.parts.find(self.hasher.hash_one(key), |part| key_of(&self.state, part) == key)?;
        Some(PartRows { part, state: &self.state })
    }

    /// The keys that have rows, in no order.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &[u8]> {
        self.parts.iter().map(|part| key_of(&self.state, part))
    }

    /// The number of a key's rows.
    pub(crate) fn len(&self, key: &[u8]) -> usize {
        self.part(key).map_or(0, |rows| rows.part.len())
    }

    /// The bytes of the row in a slot.
    pub(crate) fn row(&self, slot: u32) -> &[u8] {
        self.state.values().get(slot)
    }

    /// Adds a row behind all that are equal to it in the order; `first`: before them.
    pub(crate) fn insert(&mut self, key: &[u8], place: &[u8], row: &[u8], first: bool) -> u32 {
        let number = if first { u64::MAX / 2 - self.arrivals } else { u64::MAX / 2 + self.arrivals };
        self.arrivals += 1;
        let arrival = number.to_be_bytes();
        grouped_key(key, &[place, &arrival], &mut self.key);
        let (slot, _) = self.state.slot(&self.key);
        self.state.mark(slot);
        self.state.values_mut().set(slot, row);
        self.index(slot);
        slot
    }

    /// Puts a row that the state has where it belongs among those of its key.
    fn index(&mut self, slot: u32) {
        let OrderedRows { state, parts, hasher, .. } = self;
        let key = split_grouped_key(state.key(slot)).0;
        let same = |part: &Part| key_of(state, part) == key;
        match parts.entry(hasher.hash_one(key), same, |part| hasher.hash_one(key_of(state, part))) {
            Entry::Occupied(mut entry) => entry.get_mut().insert(slot, state),
            Entry::Vacant(entry) => {
                entry.insert(Part::Few(vec![slot]));
            }
        }
    }

    /// Takes out the first row of a key at this place in the order with these bytes; whether there was one.
    pub(crate) fn remove_equal(&mut self, key: &[u8], place: &[u8], row: &[u8]) -> bool {
        let low = [place, &[0; ARRIVAL_BYTES]].concat();
        let found = self.part(key).and_then(|rows| {
            let from = rows.part.slots_from(&low, rows.state);
            let mut equal = from.take_while(|slot| place_of(place_in(rows.state, *slot)) == place);
            equal.find(|slot| self.state.values().get(*slot) == row)
        });
        let Some(slot) = found else { return false };
        let found: Box<[u8]> = place_in(&self.state, slot).into();
        self.remove(key, &found);
        true
    }

    /// Takes out a row by its place with the arrival.
    pub(crate) fn remove(&mut self, key: &[u8], place: &[u8]) {
        let OrderedRows { state, parts, hasher, .. } = self;
        let same = |part: &Part| key_of(state, part) == key;
        let Ok(mut entry) = parts.find_entry(hasher.hash_one(key), same) else { return };
        let Some(slot) = entry.get_mut().remove(place, state) else { return };
        if entry.get().len() == 0 {
            entry.remove();
        }
        state.remove(slot);
    }

    /// Takes out the last row of a key.
    pub(crate) fn remove_last(&mut self, key: &[u8]) {
        let last: Option<Box<[u8]>> = self.last(key).map(Box::from);
        if let Some(place) = last {
            self.remove(key, &place);
        }
    }

    /// Takes out all rows of a key.
    pub(crate) fn clear(&mut self, key: &[u8]) {
        let slots: Vec<u32> = self.part(key).into_iter().flat_map(PartRows::slots).collect();
        let OrderedRows { state, parts, hasher, .. } = self;
        if let Ok(entry) = parts.find_entry(hasher.hash_one(key), |part| key_of(state, part) == key) {
            entry.remove();
        }
        slots.into_iter().for_each(|slot| state.remove(slot));
    }

    /// The place of a key's last row, with the arrival.
    fn last(&self, key: &[u8]) -> Option<&[u8]> {
        self.part(key).and_then(|rows| rows.part.last()).map(|slot| place_in(&self.state, slot))
    }

    /// Whether a row at this place would stand behind all rows of its key.
    pub(crate) fn is_behind_all(&self, key: &[u8], place: &[u8]) -> bool {
        self.last(key).is_none_or(|last| place_of(last) <= place)
    }

    /// Whether a key has at least `last` rows, all of which stand before a row that comes to this place.
    pub(crate) fn is_full_before(&self, key: &[u8], last: usize, place: &[u8]) -> bool {
        let rows = self.part(key).filter(|rows| rows.part.len() >= last);
        let slot = rows.and_then(|rows| rows.part.last());
        slot.is_some_and(|slot| place_of(place_in(&self.state, slot)) <= place)
    }

    /// Rows as columns.
    pub(crate) fn decode<'a>(&self, rows: impl Iterator<Item = &'a [u8]>) -> Result<RecordBatch, OperatorError> {
        let mut count = 0;
        let columns = self.whole.decode(rows.inspect(|_| count += 1))?;
        let options = RecordBatchOptions::new().with_row_count(Some(count));
        Ok(RecordBatch::try_new_with_options(self.schema.clone(), columns, &options)?)
    }

    /// Accounts what the rows take; called behind each batch.
    pub(crate) fn account(&mut self) -> Result<(), StateError> {
        self.state.account()
    }

    /// Adds what changed since the last call.
    pub(crate) fn snapshot(&mut self, changes: &mut Vec<StateChange>) {
        self.state.snapshot(changes);
    }

    /// Fills the empty rows with what the last checkpoint kept.
    pub(crate) fn restore(&mut self, entries: &StateEntries) -> Result<(), StateError> {
        self.state.restore(entries)?;
        for slot in self.state.live().collect::<Vec<u32>>() {
            self.arrivals = self.arrivals.max(arrival_of(place_in(&self.state, slot)).abs_diff(u64::MAX / 2) + 1);
            self.index(slot);
        }
        Ok(())
    }
}

/// A place without the arrival behind it.
pub(crate) fn place_of(place: &[u8]) -> &[u8] {
    place.len().checked_sub(ARRIVAL_BYTES).and_then(|len| place.get(..len)).unwrap_or_default()
}

fn arrival_of(place: &[u8]) -> u64 {
    place.last_chunk::<ARRIVAL_BYTES>().map_or(u64::MAX / 2, |bytes| u64::from_be_bytes(*bytes))
}
