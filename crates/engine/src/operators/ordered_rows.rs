//! Rows of each key in an order, each one an entry of keyed state: what Top-N, sorting and window functions keep.
//!
//! Equal rows stand in the order in which they came. The state's key is the key's bytes, the row's place in the order
//! (bytes that sort as the rows do) and a number that counts arrivals; the value is the row. The order itself is rebuilt
//! from the keys.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, RecordBatchOptions};
use arrow::compute::SortOptions;
use arrow::datatypes::{DataType, SchemaRef};
use arrow::error::ArrowError;
use arrow::row::{RowConverter, Rows, SortField};
use hashbrown::HashMap;
use yeoul_base::decode::{DecodeError, Decoder};
use yeoul_sql::plan::SortKey;

use crate::checkpoint::StateChange;
use crate::operator::OperatorError;
use crate::state::{
    Budget, KeyEncoder, KeyGroup, KeyedState, StateColumns, StateEntries, StateError, StateTtl, grouped_key,
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

/// The rows of one key: their places (with the arrival behind) and slots.
pub(crate) type Part = BTreeMap<Box<[u8]>, u32>;

/// Rows of each key in an order.
pub(crate) struct OrderedRows {
    state: KeyedState<RowBytes>,
    parts: HashMap<Box<[u8]>, Part>,
    arrivals: u64,
    whole: KeyEncoder,
    schema: SchemaRef,
    key: Vec<u8>,
}

impl OrderedRows {
    /// No rows of this schema, in the operator's `table`th table.
    pub(crate) fn new(node: u32, table: u8, schema: SchemaRef, budget: Arc<Budget>) -> Result<OrderedRows, ArrowError> {
        let all: Vec<usize> = (0..schema.fields().len()).collect();
        let types: Vec<DataType> = schema.fields().iter().map(|field| field.data_type().clone()).collect();
        let whole = KeyEncoder::new(&all, types)?;
        let state = KeyedState::new(node, table, budget, RowBytes::default()).grouped();
        Ok(OrderedRows { state, parts: HashMap::new(), arrivals: 0, whole, schema, key: Vec::new() })
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
    pub(crate) fn encode(&self, batch: &RecordBatch) -> Result<crate::state::EncodedKeys, ArrowError> {
        self.whole.encode(batch)
    }

    /// The rows of a key; none: it has none.
    pub(crate) fn part(&self, key: &[u8]) -> Option<&Part> {
        self.parts.get(key)
    }

    /// The keys that have rows, in no order.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &[u8]> {
        self.parts.keys().map(|key| &**key)
    }

    /// The number of a key's rows.
    pub(crate) fn len(&self, key: &[u8]) -> usize {
        self.parts.get(key).map_or(0, BTreeMap::len)
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
        let place: Box<[u8]> = [place, &arrival].concat().into();
        self.parts.entry(key.into()).or_default().insert(place, slot);
        slot
    }

    /// Takes out the first row of a key at this place in the order with these bytes; whether there was one.
    pub(crate) fn remove_equal(&mut self, key: &[u8], place: &[u8], row: &[u8]) -> bool {
        let low = [place, &[0; ARRIVAL_BYTES]].concat();
        let high = [place, &[0xff; ARRIVAL_BYTES]].concat();
        let found = self.parts.get(key).and_then(|part| {
            let range = (std::ops::Bound::Included(&*low), std::ops::Bound::Included(&*high));
            part.range::<[u8], _>(range).find(|(_, slot)| self.state.values().get(**slot) == row)
        });
        let Some(found) = found.map(|(place, _)| place.clone()) else { return false };
        self.remove(key, &found);
        true
    }

    /// Takes out a row by its place with the arrival.
    pub(crate) fn remove(&mut self, key: &[u8], place: &[u8]) {
        let Some(part) = self.parts.get_mut(key) else { return };
        if let Some(slot) = part.remove(place) {
            self.state.remove(slot);
        }
        if part.is_empty() {
            self.parts.remove(key);
        }
    }

    /// Takes out the last row of a key.
    pub(crate) fn remove_last(&mut self, key: &[u8]) {
        let last = self.parts.get(key).and_then(|part| part.last_key_value()).map(|(place, _)| place.clone());
        if let Some(place) = last {
            self.remove(key, &place);
        }
    }

    /// Takes out all rows of a key.
    pub(crate) fn clear(&mut self, key: &[u8]) {
        let part = self.parts.remove(key).unwrap_or_default();
        part.values().for_each(|slot| self.state.remove(*slot));
    }

    /// Whether a row at this place would stand behind all rows of its key.
    pub(crate) fn is_behind_all(&self, key: &[u8], place: &[u8]) -> bool {
        let last = self.parts.get(key).and_then(|part| part.last_key_value());
        last.is_none_or(|(last, _)| place_of(last) <= place)
    }

    /// Whether a key has at least `last` rows, all of which stand before a row that comes to this place.
    pub(crate) fn is_full_before(&self, key: &[u8], last: usize, place: &[u8]) -> bool {
        let part = self.parts.get(key).filter(|part| part.len() >= last);
        part.and_then(|part| part.last_key_value()).is_some_and(|(last, _)| place_of(last) <= place)
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
        for slot in self.state.live() {
            let (key, place) = split_grouped_key(self.state.key(slot));
            self.arrivals = self.arrivals.max(arrival_of(place).abs_diff(u64::MAX / 2) + 1);
            self.parts.entry(key.into()).or_default().insert(place.into(), slot);
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
