//! Emits rows in an order.
//!
//! Streaming, by event time: a row waits until the watermark reaches its time; rows of one time follow the rest of the
//! order, then their arrival. As in Flink, what is late is decided by the last time that was emitted, not by the watermark:
//! a row behind the watermark, but ahead of all that was emitted, still comes (with the next watermark). By processing time
//! rows are in order as they come, but for those of one batch. In batch everything waits for the end.
//!
//! State: the rows ([`OrderedRows`], one key for all), and one entry: the last time emitted and the watermark.

use std::sync::Arc;

use arrow::array::{Array, Int64Array, UInt32Array};
use arrow::datatypes::SchemaRef;
use yeoul_base::decode::{DecodeError, Decoder};
use yeoul_row::{RowBatch, Watermarks};
use yeoul_sql::plan::SortKey;

use super::ordered_rows::{OrderEncoder, OrderedRows, PartRows};
use crate::aggregate::cells::to_millis;
use crate::checkpoint::StateChange;
use crate::operator::{Operator, OperatorError, Output};
use crate::runtime::message::Signal;
use crate::state::{Budget, KeyedState, StateColumns, StateEntries};

/// The most rows of one emitted batch.
const EMIT_ROWS_MAX: usize = 8192;

/// What rows wait for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum SortBy {
    /// The watermark: the place of the event time, the first key of the order.
    EventTime(usize),
    /// Nothing.
    ProcessingTime,
    /// The end of the input.
    End,
}

/// How far sorting is.
#[derive(Clone, Copy, Debug)]
struct Reached {
    /// The last time emitted.
    emitted: i64,
    /// The watermark.
    watermark: i64,
}

const NOTHING: Reached = Reached { emitted: i64::MIN, watermark: i64::MIN };

impl StateColumns for Vec<Reached> {
    fn grow(&mut self, slots: usize) {
        self.resize(slots, NOTHING);
    }

    fn reset(&mut self, slot: usize) {
        self[slot] = NOTHING;
    }

    fn write(&self, slot: usize, bytes: &mut Vec<u8>) {
        bytes.extend(self[slot].emitted.to_be_bytes());
        bytes.extend(self[slot].watermark.to_be_bytes());
    }

    fn read(&mut self, slot: usize, bytes: &mut Decoder<'_>) -> Result<(), DecodeError> {
        self[slot] = Reached { emitted: bytes.i64()?, watermark: bytes.i64()? };
        Ok(())
    }

    fn bytes(&self) -> usize {
        self.len() * size_of::<Reached>()
    }
}

/// Emits rows in an order.
pub(crate) struct Sort {
    by: SortBy,
    order: OrderEncoder,
    rows: OrderedRows,
    reached: KeyedState<Vec<Reached>>,
    slot: u32,
    /// The times of the rows that wait, with how many there are.
    waiting: std::collections::BTreeMap<i64, usize>,
    /// Places of rows that are due, in order.
    due: Vec<Box<[u8]>>,
}

impl Sort {
    /// Sorts rows of this schema.
    pub(crate) fn new(
        node: u32,
        by: SortBy,
        order: &[SortKey],
        input: &SchemaRef,
        budget: Arc<Budget>,
    ) -> Result<Sort, OperatorError> {
        let encoder = OrderEncoder::new(order, input)?;
        let rows = OrderedRows::new(node, 0, input.clone(), budget.clone())?;
        let mut reached = KeyedState::new(node, 1, budget, Vec::new());
        let (slot, _) = reached.slot(&[]);
        let (waiting, due) = (std::collections::BTreeMap::new(), Vec::new());
        Ok(Sort { by, order: encoder, rows, reached, slot, waiting, due })
    }

    fn now(&self) -> Reached {
        self.reached.values()[self.slot as usize]
    }

    fn reach(&mut self, reached: Reached) {
        self.reached.mark(self.slot);
        self.reached.values_mut()[self.slot as usize] = reached;
    }

    fn keep(&mut self, batch: &RowBatch, out: &mut Output) -> Result<(), OperatorError> {
        let (places, rows) = (self.order.encode(&batch.columns)?, self.rows.encode(&batch.columns)?);
        let times = match self.by {
            SortBy::EventTime(place) => to_millis(batch.columns.column(place))?,
            _ => Int64Array::from(vec![i64::MAX; batch.rows()]),
        };
        if times.null_count() > 0 {
            return Err(OperatorError::Row("the time column of `ORDER BY` is NULL in a row".to_owned()));
        }
        let mut late = 0;
        for row in 0..batch.rows() {
            self.advance(batch.watermarks.before(row));
            if !batch.kind(row).adds() {
                self.rows.remove_equal(&[], places.get(row), rows.row(row));
            } else if matches!(self.by, SortBy::EventTime(_)) && times.value(row) <= self.now().emitted {
                late += 1;
            } else {
                *self.waiting.entry(times.value(row)).or_default() += 1;
                self.rows.insert(&[], places.get(row), rows.row(row), false);
            }
        }
        out.late(late);
        out.applied(batch.rows() - late);
        Ok(self.rows.account()?)
    }

    /// Takes the watermark on: rows that it reaches are due.
    fn advance(&mut self, watermark: i64) {
        let now = self.now();
        if watermark <= now.watermark {
            return;
        }
        let mut emitted = now.emitted;
        let mut count = 0;
        let reached = |time: i64| self.by != SortBy::End && time <= watermark || watermark == i64::MAX;
        while let Some(entry) = self.waiting.first_entry() {
            if !reached(*entry.key()) {
                break;
            }
            emitted = *entry.key();
            count += entry.remove();
        }
        self.reach(Reached { emitted, watermark });
        let due = self.rows.part(&[]).into_iter().flat_map(PartRows::rows);
        let due: Vec<Box<[u8]>> = due.skip(self.due.len()).take(count).map(|(place, _)| place.into()).collect();
        self.due.extend(due);
    }

    /// Emits what is due.
    fn emit(&mut self, watermark: i64, out: &mut Output) -> Result<(), OperatorError> {
        let due = std::mem::take(&mut self.due);
        for places in due.chunks(EMIT_ROWS_MAX) {
            let slots: Vec<u32> = match self.rows.part(&[]) {
                Some(part) => places.iter().filter_map(|place| part.get(place)).collect(),
                None => Vec::new(),
            };
            let columns = self.rows.decode(slots.iter().map(|slot| self.rows.row(*slot)))?;
            out.batch(RowBatch::inserts(columns, Watermarks::steady(watermark)));
            places.iter().for_each(|place| self.rows.remove(&[], place));
        }
        Ok(())
    }

    /// Rows that came at one time, in the order of the other keys.
    fn in_batch(&self, batch: &RowBatch) -> Result<RowBatch, OperatorError> {
        let places = self.order.encode(&batch.columns)?;
        let mut rows: Vec<u32> = (0..batch.rows() as u32).collect();
        rows.sort_by(|a, b| places.get(*a as usize).cmp(places.get(*b as usize)));
        let watermarks = Watermarks { before: None, ..batch.watermarks.clone() };
        Ok(RowBatch { watermarks, ..batch.take(&UInt32Array::from(rows))? })
    }
}

impl Operator for Sort {
    fn restore(&mut self, entries: &StateEntries) -> Result<(), OperatorError> {
        self.rows.restore(entries)?;
        self.reached.restore(entries)?;
        (self.slot, _) = self.reached.slot(&[]);
        if let SortBy::EventTime(place) = self.by {
            let part = self.rows.part(&[]).into_iter().flat_map(PartRows::slots);
            let rows = self.rows.decode(part.map(|slot| self.rows.row(slot)))?;
            for time in to_millis(rows.column(place))?.values() {
                *self.waiting.entry(*time).or_default() += 1;
            }
        } else if self.rows.len(&[]) > 0 {
            self.waiting.insert(i64::MAX, self.rows.len(&[]));
        }
        Ok(())
    }

    fn process(&mut self, _port: usize, batch: RowBatch, out: &mut Output) -> Result<(), OperatorError> {
        if self.by == SortBy::ProcessingTime {
            out.applied(batch.rows());
            out.batch(self.in_batch(&batch)?);
            return Ok(());
        }
        let (before, end) = (self.now().watermark, batch.watermarks.end);
        self.keep(&batch, out)?;
        self.advance(end);
        self.emit(before, out)?;
        out.watermark(Signal::active(end));
        Ok(())
    }

    fn watermark(&mut self, _port: usize, signal: Signal, out: &mut Output) -> Result<(), OperatorError> {
        let before = self.now().watermark;
        self.advance(signal.watermark);
        self.emit(before, out)?;
        out.watermark(signal);
        Ok(())
    }

    fn snapshot(&mut self, changes: &mut Vec<StateChange>) -> Result<(), OperatorError> {
        self.rows.snapshot(changes);
        self.reached.snapshot(changes);
        Ok(())
    }
}
