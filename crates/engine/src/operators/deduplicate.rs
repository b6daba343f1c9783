//! Keeps one row per key: the first or the last by a time attribute.
//!
//! By processing time rows come in order: the first of a key stays for good (append), the last replaces the one before
//! (updating). By event time the row with the greater or equal time replaces the other; the first is known, and emitted,
//! once the watermark has passed it ([`super::first_by_time`]).
//!
//! State: one entry per key: nothing for the first, else the kept row and its time.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, UInt32Array};
use arrow::datatypes::{DataType, SchemaRef};
use yeoul_base::Timestamp;
use yeoul_base::decode::{DecodeError, Decoder};
use yeoul_row::{RowBatch, RowKind, Watermarks};

use crate::aggregate::cells::to_millis;
use crate::checkpoint::StateChange;
use crate::operator::{Operator, OperatorError, Output};
use crate::state::{Budget, EncodedRows, KeyEncoder, KeyedState, RowCodec, StateColumns, StateEntries, StateTtl};

/// A set: keys without values.
pub(crate) struct Seen;

impl StateColumns for Seen {
    fn grow(&mut self, _slots: usize) {}

    fn reset(&mut self, _slot: usize) {}

    fn write(&self, _slot: usize, _bytes: &mut Vec<u8>) {}

    fn read(&mut self, _slot: usize, _bytes: &mut Decoder<'_>) -> Result<(), DecodeError> {
        Ok(())
    }

    fn bytes(&self) -> usize {
        0
    }
}

/// Adds the row number, always 1, where the query wants it.
#[derive(Clone, Debug)]
pub(crate) struct RowNumber {
    /// The result's schema.
    pub(crate) schema: SchemaRef,
    /// Whether the last column is the row number.
    pub(crate) wanted: bool,
}

impl RowNumber {
    /// The rows with their number.
    pub(super) fn add(&self, batch: &RecordBatch) -> Result<RecordBatch, OperatorError> {
        let mut columns = batch.columns().to_vec();
        if self.wanted {
            let ones: ArrayRef = Arc::new(Int64Array::from(vec![1; batch.num_rows()]));
            let data_type = self.schema.field(columns.len()).data_type();
            columns.push(arrow::compute::cast(&ones, data_type)?);
        }
        Ok(RecordBatch::try_new(self.schema.clone(), columns)?)
    }
}

/// Keeps the first row of each key, in the order of arrival.
pub(crate) struct KeepFirst {
    encoder: KeyEncoder,
    state: KeyedState<Seen>,
    number: RowNumber,
    slots: Vec<u32>,
}

impl KeepFirst {
    /// Keeps a row per value of the columns at `keys`.
    pub(crate) fn new(
        node: u32,
        keys: &[usize],
        input: &SchemaRef,
        number: RowNumber,
        budget: Arc<Budget>,
    ) -> Result<KeepFirst, OperatorError> {
        let encoder = KeyEncoder::new(keys, key_types(keys, input))?;
        Ok(KeepFirst { encoder, state: KeyedState::new(node, 0, budget, Seen), number, slots: Vec::new() })
    }

    /// The same operator, whose state lives for a time only, where one is given.
    pub(crate) fn living(mut self, ttl: Option<StateTtl>) -> KeepFirst {
        self.state = self.state.living(ttl);
        self
    }
}

pub(super) fn key_types(keys: &[usize], input: &SchemaRef) -> Vec<DataType> {
    keys.iter().map(|place| input.field(*place).data_type().clone()).collect()
}

impl Operator for KeepFirst {
    fn restore(&mut self, entries: &StateEntries) -> Result<(), OperatorError> {
        Ok(self.state.restore(entries)?)
    }

    fn process(&mut self, _port: usize, batch: RowBatch, out: &mut Output) -> Result<(), OperatorError> {
        self.state.forget_expired();
        let keys = self.encoder.encode(&batch.columns)?;
        let first = self.state.slots(&keys, &mut self.slots);
        out.filtered("duplicate", batch.rows() - first.len());
        let kept = if first.len() == batch.rows() { batch } else { batch.take(&UInt32Array::from(first))? };
        let columns = self.number.add(&kept.columns)?;
        out.batch(kept.with_columns(columns));
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

/// The kept row of each key, as bytes, and its time in milliseconds.
#[derive(Default)]
pub(crate) struct Kept {
    rows: Vec<Option<Box<[u8]>>>,
    times: Vec<i64>,
    heap_bytes: usize,
}

impl StateColumns for Kept {
    fn grow(&mut self, slots: usize) {
        self.rows.resize(slots, None);
        self.times.resize(slots, i64::MIN);
    }

    fn reset(&mut self, slot: usize) {
        self.heap_bytes -= self.rows[slot].take().map_or(0, |row| row.len());
    }

    fn write(&self, slot: usize, bytes: &mut Vec<u8>) {
        bytes.extend(self.times[slot].to_be_bytes());
        bytes.extend(self.rows[slot].as_deref().unwrap_or_default());
    }

    fn read(&mut self, slot: usize, bytes: &mut Decoder<'_>) -> Result<(), DecodeError> {
        let time = bytes.i64()?;
        let row = bytes.bytes(bytes.remaining())?;
        // A key whose rows were all late has none.
        if !row.is_empty() {
            self.set(slot, row, time);
        }
        Ok(())
    }

    fn bytes(&self) -> usize {
        self.rows.len() * 24 + self.heap_bytes
    }
}

impl Kept {
    /// The row of a slot, if it has one.
    pub(super) fn row(&self, slot: u32) -> Option<&[u8]> {
        self.rows[slot as usize].as_deref()
    }

    /// The time of a slot's row.
    pub(super) fn time(&self, slot: u32) -> i64 {
        self.times[slot as usize]
    }

    /// Sets a slot's row and its time.
    pub(super) fn set(&mut self, slot: usize, row: &[u8], time: i64) {
        self.heap_bytes = self.heap_bytes + row.len() - self.rows[slot].as_ref().map_or(0, |row| row.len());
        self.rows[slot] = Some(row.into());
        self.times[slot] = time;
    }
}

/// Keeps the last row of each key; updating.
pub(crate) struct KeepLast {
    encoder: KeyEncoder,
    whole: RowCodec,
    input: SchemaRef,
    state: KeyedState<Kept>,
    /// The place of the event time; none for processing time, where the last row to come is the last.
    order: Option<usize>,
    number: RowNumber,
    slots: Vec<u32>,
}

impl KeepLast {
    /// Keeps a row per value of the columns at `keys`; `order`: the place of the event time, none for processing time.
    pub(crate) fn new(
        node: u32,
        keys: &[usize],
        input: &SchemaRef,
        order: Option<usize>,
        number: RowNumber,
        budget: Arc<Budget>,
    ) -> Result<KeepLast, OperatorError> {
        let encoder = KeyEncoder::new(keys, key_types(keys, input))?;
        let whole = RowCodec::new(input)?;
        let state = KeyedState::new(node, 0, budget, Kept::default());
        Ok(KeepLast { encoder, whole, input: input.clone(), state, order, number, slots: Vec::new() })
    }

    /// The same operator, whose state lives for a time only, where one is given.
    pub(crate) fn living(mut self, ttl: Option<StateTtl>) -> KeepLast {
        self.state = self.state.living(ttl);
        self
    }

    fn times(&self, batch: &RowBatch) -> Result<Option<Int64Array>, OperatorError> {
        let column = self.order.map(|place| batch.columns.column(place));
        Ok(column.map(to_millis).transpose()?)
    }

    fn replaces(&self, time: Option<i64>, slot: usize) -> bool {
        let kept = self.state.values();
        match (time, &kept.rows[slot]) {
            (Some(time), Some(_)) => time >= kept.times[slot],
            _ => true,
        }
    }

    /// Folds the batch in. The slots that changed, each once, with the row that was kept before.
    fn fold(
        &mut self,
        rows: &EncodedRows,
        times: Option<&Int64Array>,
        out: &mut Output,
    ) -> Vec<(u32, Option<Box<[u8]>>)> {
        let mut touched: Vec<(u32, Option<Box<[u8]>>)> = Vec::new();
        let mut seen = hashbrown::HashSet::new();
        let mut lost = 0;
        for row in 0..rows.len() {
            let slot = self.slots[row];
            let time = times.map(|times| times.value(row));
            if !self.replaces(time, slot as usize) {
                lost += 1;
                continue;
            }
            if seen.insert(slot) {
                touched.push((slot, self.state.values().rows[slot as usize].clone()));
            }
            self.state.mark(slot);
            self.state.values_mut().set(slot as usize, rows.row(row), time.unwrap_or(i64::MIN));
        }
        out.filtered("duplicate", lost);
        out.applied(rows.len() - lost);
        touched
    }

    fn changes(&self, touched: &[(u32, Option<Box<[u8]>>)], watermarks: Watermarks) -> Result<RowBatch, OperatorError> {
        let mut rows: Vec<&[u8]> = Vec::with_capacity(touched.len() * 2);
        let mut kinds = Vec::with_capacity(touched.len() * 2);
        for (slot, before) in touched {
            let after = self.state.values().rows[*slot as usize].as_deref().unwrap_or_default();
            match before {
                None => kinds.push(RowKind::Insert),
                Some(before) => {
                    rows.push(before);
                    kinds.extend([RowKind::UpdateBefore, RowKind::UpdateAfter]);
                }
            }
            rows.push(after);
        }
        let columns = RecordBatch::try_new(self.input.clone(), self.whole.decode(rows.into_iter())?)?;
        let kinds = kinds.iter().any(|kind| *kind != RowKind::Insert).then(|| kinds.into());
        Ok(RowBatch { columns: self.number.add(&columns)?, kinds, watermarks, origin: None })
    }
}

impl Operator for KeepLast {
    fn restore(&mut self, entries: &StateEntries) -> Result<(), OperatorError> {
        Ok(self.state.restore(entries)?)
    }

    fn process(&mut self, _port: usize, batch: RowBatch, out: &mut Output) -> Result<(), OperatorError> {
        self.state.forget_expired();
        let keys = self.encoder.encode(&batch.columns)?;
        let rows = self.whole.encode(&batch.columns)?;
        let times = self.times(&batch)?;
        self.state.slots(&keys, &mut self.slots);
        let touched = self.fold(&rows, times.as_ref(), out);
        let watermarks = Watermarks { before: None, ..batch.watermarks };
        out.batch(self.changes(&touched, watermarks)?);
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
