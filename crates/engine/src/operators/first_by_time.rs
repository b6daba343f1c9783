//! Keeps the first row of each key by event time; append only.
//!
//! A row waits until the watermark has passed it: then no row with a smaller time can come that isn't late, and it is
//! emitted. Of rows of one time, the one that came first wins. A row that the watermark has passed is late.
//!
//! State: one entry per key: the row that waits and its time; nothing once it is emitted.

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow::array::{Array, RecordBatch};
use arrow::datatypes::SchemaRef;
use yeoul_base::Timestamp;
use yeoul_row::{RowBatch, Watermarks};

use super::deduplicate::{Kept, RowNumber, key_types};
use crate::aggregate::cells::to_millis;
use crate::checkpoint::StateChange;
use crate::operator::{Operator, OperatorError, Output};
use crate::runtime::message::Signal;
use crate::state::{Budget, KeyEncoder, KeyedState, RowCodec, StateColumns, StateEntries, StateTtl};

/// Keeps the first row of each key by event time.
pub(crate) struct FirstByTime {
    encoder: KeyEncoder,
    whole: RowCodec,
    input: SchemaRef,
    state: KeyedState<Kept>,
    /// The place of the event time.
    order: usize,
    number: RowNumber,
    /// The rows that wait, by their times.
    due: BTreeSet<(i64, u32)>,
    ready: Vec<u32>,
}

impl FirstByTime {
    /// Keeps a row per value of the columns at `keys`, the first by the column at `order`.
    pub(crate) fn new(
        node: u32,
        keys: &[usize],
        input: &SchemaRef,
        order: usize,
        number: RowNumber,
        budget: Arc<Budget>,
    ) -> Result<FirstByTime, OperatorError> {
        let encoder = KeyEncoder::new(keys, key_types(keys, input))?;
        let whole = RowCodec::new(input)?;
        let state = KeyedState::new(node, 0, budget, Kept::default());
        let (due, ready) = (BTreeSet::new(), Vec::new());
        Ok(FirstByTime { encoder, whole, input: input.clone(), state, order, number, due, ready })
    }

    /// The same operator, whose state lives for a time only, where one is given.
    pub(crate) fn living(mut self, ttl: Option<StateTtl>) -> FirstByTime {
        self.state = self.state.living(ttl);
        self
    }

    /// Forgets keys whose time is over; of those whose row still waits it begins anew.
    fn forget_expired(&mut self) {
        for slot in self.state.expired() {
            if self.state.values().row(slot).is_some() {
                self.state.keep(slot);
            } else {
                self.state.remove(slot);
            }
        }
    }

    fn fold(&mut self, batch: &RowBatch, out: &mut Output) -> Result<(), OperatorError> {
        let (keys, rows) = (self.encoder.encode(&batch.columns)?, self.whole.encode(&batch.columns)?);
        let times = to_millis(batch.columns.column(self.order))?;
        if times.null_count() > 0 {
            return Err(OperatorError::Row("the time column of a deduplication is NULL in a row".to_owned()));
        }
        let (mut late, mut lost) = (0, 0);
        for row in 0..batch.rows() {
            let (time, before) = (times.value(row), batch.watermarks.before(row));
            self.advance(before);
            if time <= before {
                late += 1;
                continue;
            }
            let (slot, new) = self.state.slot(keys.key(row));
            let waits = self.due.contains(&(self.state.values().time(slot), slot));
            let first = new || waits && time < self.state.values().time(slot);
            if !first {
                lost += 1;
                continue;
            }
            self.due.remove(&(self.state.values().time(slot), slot));
            self.due.insert((time, slot));
            self.state.mark(slot);
            self.state.values_mut().set(slot as usize, rows.row(row), time);
        }
        out.late(late);
        out.filtered("duplicate", lost);
        out.applied(batch.rows() - late - lost);
        Ok(())
    }

    /// Takes the watermark on: rows that it has passed are the first of their keys.
    fn advance(&mut self, watermark: i64) {
        while let Some((_, slot)) = self.due.first().copied().filter(|(time, _)| *time <= watermark) {
            self.due.pop_first();
            self.ready.push(slot);
        }
    }

    fn emit(&mut self, before: i64, out: &mut Output) -> Result<(), OperatorError> {
        let ready = std::mem::take(&mut self.ready);
        if ready.is_empty() {
            return Ok(());
        }
        let rows = ready.iter().map(|slot| self.state.values().row(*slot).unwrap_or_default());
        let columns = RecordBatch::try_new(self.input.clone(), self.whole.decode(rows)?)?;
        out.batch(RowBatch::inserts(self.number.add(&columns)?, Watermarks::steady(before)));
        for slot in ready {
            self.state.mark(slot);
            self.state.values_mut().reset(slot as usize);
        }
        Ok(())
    }
}

impl Operator for FirstByTime {
    fn restore(&mut self, entries: &StateEntries) -> Result<(), OperatorError> {
        self.state.restore(entries)?;
        let values = self.state.values();
        let waiting = self.state.live().filter(|slot| values.row(*slot).is_some());
        self.due = waiting.map(|slot| (values.time(slot), slot)).collect();
        Ok(())
    }

    fn process(&mut self, _port: usize, batch: RowBatch, out: &mut Output) -> Result<(), OperatorError> {
        let (start, end) = (batch.watermarks.start, batch.watermarks.end);
        self.forget_expired();
        self.fold(&batch, out)?;
        self.advance(end);
        self.emit(start, out)?;
        out.watermark(Signal::active(end));
        Ok(self.state.account()?)
    }

    fn watermark(&mut self, _port: usize, signal: Signal, out: &mut Output) -> Result<(), OperatorError> {
        self.advance(signal.watermark);
        self.emit(i64::MIN, out)?;
        out.watermark(signal);
        Ok(())
    }

    fn tick(&mut self, _now: Timestamp, _out: &mut Output) -> Result<(), OperatorError> {
        self.forget_expired();
        Ok(())
    }

    fn snapshot(&mut self, changes: &mut Vec<StateChange>) -> Result<(), OperatorError> {
        self.state.snapshot(changes);
        Ok(())
    }
}
