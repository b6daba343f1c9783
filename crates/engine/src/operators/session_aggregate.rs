//! Aggregates per session and key. A session lasts until no row came for the gap: it reaches from its first row's time to
//! its last row's time plus the gap, and two that touch become one.
//!
//! A row first joins (and merges) the open sessions of its key that it touches. It is late when it touches none and its own
//! session would be over by the watermark *before* it. A session is over, and takes no more rows, once the watermark has
//! reached its last millisecond; it is emitted at the end of the batch that brought the watermark.
//!
//! State: one entry per session; the key is the grouping columns, then a number that tells the key's sessions apart; the
//! value is the session's bounds and its aggregates.

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow::array::{Int64Array, RecordBatch};
use arrow::datatypes::DataType;
use hashbrown::HashMap;
use yeoul_base::decode::{DecodeError, Decoder};
use yeoul_base::{Clock, Timestamp};
use yeoul_row::{RowBatch, Watermarks};

use super::window::Windows;
use super::window_aggregate::{WindowAggregateSettings, clock_text};
use crate::aggregate::AggregateColumns;
use crate::checkpoint::StateChange;
use crate::failures::Failures;
use crate::operator::{Operator, OperatorError, Output};
use crate::runtime::message::Signal;
use crate::state::{Budget, KeyEncoder, KeyedState, StateColumns, StateEntries, grouped_key, split_grouped_key};

/// The most rows of one emitted batch.
const EMIT_ROWS_MAX: usize = 8192;

/// Sessions as columns indexed by slot.
struct Sessions {
    /// The first row's time, in local milliseconds.
    starts: Vec<i64>,
    /// The last row's time plus the gap.
    ends: Vec<i64>,
    aggregates: AggregateColumns,
}

impl StateColumns for Sessions {
    fn grow(&mut self, slots: usize) {
        self.starts.resize(slots, 0);
        self.ends.resize(slots, 0);
        self.aggregates.grow(slots);
    }

    fn reset(&mut self, slot: usize) {
        (self.starts[slot], self.ends[slot]) = (0, 0);
        self.aggregates.reset(slot);
    }

    fn write(&self, slot: usize, bytes: &mut Vec<u8>) {
        bytes.extend(self.starts[slot].to_be_bytes());
        bytes.extend(self.ends[slot].to_be_bytes());
        self.aggregates.write(slot, bytes);
    }

    fn read(&mut self, slot: usize, bytes: &mut Decoder<'_>) -> Result<(), DecodeError> {
        (self.starts[slot], self.ends[slot]) = (bytes.i64()?, bytes.i64()?);
        self.aggregates.read(slot, bytes)
    }

    fn bytes(&self) -> usize {
        self.starts.len() * 16 + self.aggregates.bytes()
    }
}

/// Aggregates per session and key.
pub(crate) struct SessionAggregate {
    settings: WindowAggregateSettings,
    gap: i64,
    encoder: KeyEncoder,
    state: KeyedState<Sessions>,
    /// The open sessions of each key.
    of_key: HashMap<Box<[u8]>, Vec<u32>>,
    /// The open sessions by their end.
    due: BTreeSet<(i64, u32)>,
    /// The number of the next session.
    next: u64,
    /// For each row of a batch, its session.
    slots: Vec<u32>,
    watermark: i64,
    clock: Arc<dyn Clock>,
    failures: Option<Failures>,
}

impl SessionAggregate {
    /// Aggregates sessions of this gap with these accumulators.
    pub(crate) fn new(
        node: u32,
        settings: WindowAggregateSettings,
        gap: i64,
        aggregates: AggregateColumns,
        budget: Arc<Budget>,
        clock: Arc<dyn Clock>,
        failures: Option<Failures>,
    ) -> Result<SessionAggregate, OperatorError> {
        let types = settings.keys.iter().map(|place| settings.input.field(*place).data_type().clone());
        let encoder = KeyEncoder::new(&settings.keys, types.collect::<Vec<DataType>>())?;
        let sessions = Sessions { starts: Vec::new(), ends: Vec::new(), aggregates };
        Ok(SessionAggregate {
            settings,
            gap,
            encoder,
            state: KeyedState::new(node, 0, budget, sessions).grouped(),
            of_key: HashMap::new(),
            due: BTreeSet::new(),
            next: 0,
            slots: Vec::new(),
            watermark: i64::MIN,
            clock,
            failures,
        })
    }

    fn windows(&self) -> &Windows {
        &self.settings.windows
    }

    /// The times of a batch's rows, in local milliseconds.
    fn times(&self, batch: &RecordBatch) -> Result<Int64Array, OperatorError> {
        if !self.windows().event_time {
            let now = self.windows().to_local(self.clock.now().0);
            return Ok(Int64Array::from_iter_values(std::iter::repeat_n(now, batch.num_rows())));
        }
        Ok(self.windows().times(batch)?.unary(|time| self.windows().to_local(time)))
    }

    /// The open session that a row of this time belongs to, made or merged where needed; none: the row is late.
    fn session(&mut self, part: &[u8], time: i64, before: i64) -> Option<u32> {
        let (start, end) = (time, time.saturating_add(self.gap));
        let touched: Vec<u32> = self.of_key.get(part).into_iter().flatten().copied().collect();
        let values = self.state.values();
        let touches = |slot: &u32| {
            let place = *slot as usize;
            values.starts[place] <= end && values.ends[place] >= start && self.is_open(values.ends[place], before)
        };
        let touched: Vec<u32> = touched.into_iter().filter(touches).collect();
        let Some((first, others)) = touched.split_first() else {
            return self.is_open(end, before).then(|| self.begin(part, start, end));
        };
        let bounds = others.iter().fold((start, end), |bounds, slot| self.merge(part, *first, *slot, bounds));
        self.stretch(*first, bounds);
        Some(*first)
    }

    fn is_open(&self, end: i64, watermark: i64) -> bool {
        !self.windows().event_time || self.windows().last_of(end) > watermark
    }

    fn begin(&mut self, part: &[u8], start: i64, end: i64) -> u32 {
        let mut key = Vec::new();
        grouped_key(part, &[&self.next.to_be_bytes()], &mut key);
        self.next += 1;
        let (slot, _) = self.state.slot(&key);
        let values = self.state.values_mut();
        (values.starts[slot as usize], values.ends[slot as usize]) = (start, end);
        self.of_key.entry(part.into()).or_default().push(slot);
        self.due.insert((end, slot));
        slot
    }

    /// Makes session `other` part of `first`; the bounds with its own.
    fn merge(&mut self, part: &[u8], first: u32, other: u32, bounds: (i64, i64)) -> (i64, i64) {
        let values = self.state.values_mut();
        let (start, end) = (values.starts[other as usize], values.ends[other as usize]);
        values.aggregates.merge(first, other);
        self.due.remove(&(end, other));
        self.state.remove(other);
        if let Some(slots) = self.of_key.get_mut(part) {
            slots.retain(|slot| *slot != other);
        }
        (bounds.0.min(start), bounds.1.max(end))
    }

    fn stretch(&mut self, slot: u32, (start, end): (i64, i64)) {
        let place = slot as usize;
        let values = self.state.values_mut();
        let before = values.ends[place];
        values.starts[place] = values.starts[place].min(start);
        values.ends[place] = before.max(end);
        if end > before {
            self.due.remove(&(before, slot));
            self.due.insert((end, slot));
        }
        self.state.mark(slot);
    }

    /// Folds a batch's rows into their sessions; late ones are left out and reported.
    fn fold(&mut self, batch: &RowBatch, out: &mut Output) -> Result<(), OperatorError> {
        let (times, parts) = (self.times(&batch.columns)?, self.encoder.encode(&batch.columns)?);
        let (mut kept, mut late) = (Vec::with_capacity(batch.rows()), Vec::new());
        self.slots.clear();
        for row in 0..batch.rows() {
            let open = self.of_key.get(parts.key(row)).map_or(0, Vec::len);
            let found = self.session(parts.key(row), times.value(row), batch.watermarks.before(row));
            let Some(slot) = found else {
                late.push(row);
                continue;
            };
            let merged = self.of_key.get(parts.key(row)).map_or(0, Vec::len) < open;
            if merged {
                self.redirect(slot, &kept, &parts);
            }
            self.slots.push(slot);
            kept.push(row);
        }
        self.report(batch, &times, &late, out)?;
        let rows = arrow::array::UInt32Array::from_iter_values(kept.iter().map(|row| *row as u32));
        let batch = if late.is_empty() { batch.clone() } else { batch.take(&rows)? };
        let slots = std::mem::take(&mut self.slots);
        self.state.values_mut().aggregates.update(&slots, &batch.columns, batch.kinds.as_deref())?;
        self.slots = slots;
        if out.counts {
            out.fates.waiting = out.fates.waiting.wrapping_add(batch.rows() as u64);
        }
        Ok(self.state.account()?)
    }

    /// Rows of this batch whose session was merged away go with it.
    fn redirect(&mut self, into: u32, kept: &[usize], parts: &crate::state::EncodedKeys) {
        let key = split_grouped_key(self.state.key(into)).0.to_vec();
        let open: Vec<u32> = self.of_key.get(&*key).cloned().unwrap_or_default();
        for (slot, row) in self.slots.iter_mut().zip(kept) {
            if parts.key(*row) == key && !open.contains(slot) {
                *slot = into;
            }
        }
    }

    fn report(
        &mut self,
        batch: &RowBatch,
        times: &Int64Array,
        late: &[usize],
        out: &mut Output,
    ) -> Result<(), OperatorError> {
        out.late(late.len());
        let Some(failures) = self.failures.as_mut().filter(|_| !late.is_empty()) else { return Ok(()) };
        let reason = |row: usize| {
            let (start, end) = (times.value(row), times.value(row).saturating_add(self.gap));
            let watermark = clock_text(batch.watermarks.before(row));
            format!("the session {} to {} was over by the watermark {watermark}", clock_text(start), clock_text(end))
        };
        failures.report(batch, late, "late", reason)
    }

    /// Emits the sessions whose last millisecond is not behind `time`.
    fn fire(&mut self, time: i64, out: &mut Output) -> Result<(), OperatorError> {
        let mut ready = Vec::new();
        while let Some((end, slot)) = self.due.first().copied() {
            if self.windows().last_of(end) > time {
                break;
            }
            self.due.pop_first();
            ready.push(slot);
        }
        for slots in ready.chunks(EMIT_ROWS_MAX) {
            let there: Vec<u32> = slots.iter().copied().filter(|slot| self.rows(*slot) > 0).collect();
            if !there.is_empty() {
                let columns = self.result(&there)?;
                out.batch(RowBatch::inserts(columns, Watermarks::steady(self.watermark)));
            }
        }
        ready.into_iter().for_each(|slot| self.close(slot, out));
        Ok(())
    }

    fn rows(&self, slot: u32) -> i64 {
        self.state.values().aggregates.rows(slot)
    }

    fn close(&mut self, slot: u32, out: &mut Output) {
        let rows = u64::try_from(self.rows(slot)).unwrap_or_default();
        if out.counts {
            out.fates.applied += rows;
            out.fates.waiting = out.fates.waiting.wrapping_sub(rows);
        }
        let part = split_grouped_key(self.state.key(slot)).0;
        if let Some(slots) = self.of_key.get_mut(part) {
            slots.retain(|other| *other != slot);
            if slots.is_empty() {
                self.of_key.remove(part);
            }
        }
        self.state.remove(slot);
    }

    fn result(&self, slots: &[u32]) -> Result<RecordBatch, OperatorError> {
        let values = self.state.values();
        let bound = |bounds: &[i64]| Int64Array::from_iter_values(slots.iter().map(|slot| bounds[*slot as usize]));
        let keys = slots.iter().map(|slot| split_grouped_key(self.state.key(*slot)).0);
        let mut columns = self.encoder.decode(keys)?;
        columns.extend(values.aggregates.evaluate(slots)?);
        let (starts, ends) = (bound(&values.starts), bound(&values.ends));
        columns.extend(self.windows().columns(starts, &ends, &self.settings.schema)?);
        Ok(RecordBatch::try_new(self.settings.schema.clone(), columns)?)
    }

    fn advance(&mut self, watermark: i64, out: &mut Output) -> Result<(), OperatorError> {
        if self.windows().event_time && watermark > i64::MIN {
            self.fire(watermark, out)?;
        }
        self.watermark = self.watermark.max(watermark);
        Ok(())
    }
}

impl Operator for SessionAggregate {
    fn restore(&mut self, entries: &StateEntries) -> Result<(), OperatorError> {
        self.state.restore(entries)?;
        let mut slots: Vec<u32> = self.state.live().collect();
        slots.sort_unstable_by(|a, b| self.state.key(*a).cmp(self.state.key(*b)));
        for slot in slots {
            let (part, rest) = split_grouped_key(self.state.key(slot));
            let number = rest.first_chunk::<8>().map_or(0, |bytes| u64::from_be_bytes(*bytes));
            self.next = self.next.max(number + 1);
            self.of_key.entry(part.into()).or_default().push(slot);
            self.due.insert((self.state.values().ends[slot as usize], slot));
        }
        Ok(())
    }

    fn process(&mut self, _port: usize, batch: RowBatch, out: &mut Output) -> Result<(), OperatorError> {
        self.fold(&batch, out)?;
        self.advance(batch.watermarks.end, out)?;
        out.watermark(Signal::active(batch.watermarks.end));
        Ok(())
    }

    fn watermark(&mut self, _port: usize, signal: Signal, out: &mut Output) -> Result<(), OperatorError> {
        self.advance(signal.watermark, out)?;
        out.watermark(signal);
        Ok(())
    }

    fn tick(&mut self, now: Timestamp, out: &mut Output) -> Result<(), OperatorError> {
        if self.windows().event_time {
            return Ok(());
        }
        self.fire(now.0.saturating_sub(1), out)
    }

    fn next_tick(&self) -> Option<Timestamp> {
        let (end, _) = self.due.first().filter(|_| !self.windows().event_time)?;
        Some(Timestamp(self.windows().last_of(*end).saturating_add(1)))
    }

    fn snapshot(&mut self, changes: &mut Vec<StateChange>) -> Result<(), OperatorError> {
        self.state.snapshot(changes);
        Ok(())
    }

    fn prepare(&mut self) -> Result<Vec<bytes::Bytes>, OperatorError> {
        self.failures.as_mut().map_or_else(|| Ok(Vec::new()), Failures::prepare)
    }
}
