//! Aggregates per window and key; emits each window once, when the watermark (or the clock) passes its end.
//!
//! A row is late when its window's last millisecond is not behind the watermark *before* the row. Late rows are
//! counted, and reported where the job has a topic for them.
//!
//! State: one entry per window and key; the key is the window's end (a 64-bit integer) and the grouping columns. Which
//! groups a window has is rebuilt from the keys.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, BooleanArray, Int64Array, RecordBatch};
use arrow::compute::kernels::aggregate::min;
use arrow::datatypes::{DataType, Int64Type, SchemaRef};
use yeoul_base::{Clock, Timestamp};
use yeoul_row::{RowBatch, Watermarks};

use super::window::Windows;
use crate::aggregate::AggregateColumns;
use crate::checkpoint::StateChange;
use crate::failures::Failures;
use crate::operator::{Operator, OperatorError, Output};
use crate::runtime::message::Signal;
use crate::state::{Budget, KeyEncoder, KeyedState, StateEntries};

/// The most rows of one emitted batch.
const EMIT_ROWS_MAX: usize = 8192;

/// A window that is still open.
#[derive(Debug, Default)]
struct Open {
    slots: Vec<u32>,
    rows: u64,
}

/// How the operator is set up.
pub(crate) struct WindowAggregateSettings {
    /// The windows.
    pub(crate) windows: Windows,
    /// Places of the grouping columns.
    pub(crate) keys: Vec<usize>,
    /// The input's schema.
    pub(crate) input: SchemaRef,
    /// The result's schema.
    pub(crate) schema: SchemaRef,
    /// Whether the time is event time; else windows go by the clock.
    pub(crate) event_time: bool,
}

/// Aggregates per window and key.
pub(crate) struct WindowAggregate {
    settings: WindowAggregateSettings,
    encoder: KeyEncoder,
    state: KeyedState<AggregateColumns>,
    open: BTreeMap<i64, Open>,
    slots: Vec<u32>,
    watermark: i64,
    clock: Arc<dyn Clock>,
    failures: Option<Failures>,
}

impl WindowAggregate {
    /// Aggregates with these accumulators.
    pub(crate) fn new(
        node: u32,
        settings: WindowAggregateSettings,
        columns: AggregateColumns,
        budget: Arc<Budget>,
        clock: Arc<dyn Clock>,
        failures: Option<Failures>,
    ) -> Result<WindowAggregate, OperatorError> {
        let key_types = settings.keys.iter().map(|place| settings.input.field(*place).data_type().clone());
        let types: Vec<DataType> = std::iter::once(DataType::Int64).chain(key_types).collect();
        let encoder = KeyEncoder::new(&[], types)?;
        let state = KeyedState::new(node, 0, budget, columns);
        let (open, slots, watermark) = (BTreeMap::new(), Vec::new(), i64::MIN);
        Ok(WindowAggregate { settings, encoder, state, open, slots, watermark, clock, failures })
    }

    /// The rows that aren't late, and their windows' ends.
    fn in_time(
        &mut self,
        batch: RowBatch,
        ends: Int64Array,
        out: &mut Output,
    ) -> Result<(RowBatch, Int64Array), OperatorError> {
        let windows = &self.settings.windows;
        let earliest = min(&ends).map_or(i64::MAX, |end| windows.last_of(end));
        if !self.settings.event_time || earliest > batch.watermarks.end {
            return Ok((batch, ends));
        }
        let is_late = |row: usize| windows.last_of(ends.value(row)) <= batch.watermarks.before(row);
        let late: Vec<usize> = (0..ends.len()).filter(|row| is_late(*row)).collect();
        if late.is_empty() {
            return Ok((batch, ends));
        }
        out.late(late.len());
        if let Some(failures) = &mut self.failures {
            let reason = |row: usize| reason_of(windows, ends.value(row), batch.watermarks.before(row));
            failures.report(&batch, &late, "late", reason)?;
        }
        let mut keep = vec![true; ends.len()];
        late.iter().for_each(|row| keep[*row] = false);
        let keep = BooleanArray::from(keep);
        let ends = arrow::compute::filter(&ends, &keep)?.as_primitive::<Int64Type>().clone();
        Ok((batch.filter(&keep)?, ends))
    }

    /// Folds rows into their groups.
    fn fold(&mut self, batch: &RowBatch, ends: &Int64Array) -> Result<(), OperatorError> {
        let mut columns: Vec<ArrayRef> = vec![Arc::new(ends.clone())];
        columns.extend(self.settings.keys.iter().map(|place| batch.columns.column(*place).clone()));
        let keys = self.encoder.encode_columns(&columns, batch.rows())?;
        let created = self.state.slots(&keys, &mut self.slots);
        for row in created {
            let (end, slot) = (ends.value(row as usize), self.slots[row as usize]);
            self.open.entry(end).or_default().slots.push(slot);
        }
        for run in ends.values().chunk_by(|a, b| a == b) {
            self.open.entry(run[0]).or_default().rows += run.len() as u64;
        }
        self.slots.iter().for_each(|slot| self.state.mark(*slot));
        self.state.values_mut().update(&self.slots, &batch.columns, batch.kinds.as_deref())?;
        Ok(self.state.account()?)
    }

    /// Emits the windows whose last millisecond is not behind `time`.
    fn fire(&mut self, time: i64, out: &mut Output) -> Result<(), OperatorError> {
        let (mut ends, mut slots) = (Vec::new(), Vec::new());
        while let Some(entry) = self.open.first_entry() {
            if self.settings.windows.last_of(*entry.key()) > time {
                break;
            }
            let (end, window) = entry.remove_entry();
            out.applied(usize::try_from(window.rows).unwrap_or(usize::MAX));
            ends.resize(ends.len() + window.slots.len(), end);
            slots.extend(window.slots);
        }
        for (ends, slots) in ends.chunks(EMIT_ROWS_MAX).zip(slots.chunks(EMIT_ROWS_MAX)) {
            let columns = self.result(ends, slots)?;
            out.batch(RowBatch::inserts(columns, Watermarks::steady(self.watermark)));
        }
        slots.iter().for_each(|slot| self.state.remove(*slot));
        if out.counts {
            out.fates.waiting = self.open.values().map(|window| window.rows).sum();
        }
        Ok(())
    }

    fn result(&self, ends: &[i64], slots: &[u32]) -> Result<RecordBatch, OperatorError> {
        let ends = Int64Array::from_iter_values(ends.iter().copied());
        let mut columns = self.encoder.decode(slots.iter().map(|slot| self.state.key(*slot)))?;
        columns.remove(0);
        columns.extend(self.state.values().evaluate(slots)?);
        columns.extend(self.settings.windows.columns(&ends, &self.settings.schema)?);
        Ok(RecordBatch::try_new(self.settings.schema.clone(), columns)?)
    }

    /// Takes the watermark on: emits what it closes.
    fn advance(&mut self, watermark: i64, out: &mut Output) -> Result<(), OperatorError> {
        if self.settings.event_time && watermark > i64::MIN {
            self.fire(watermark, out)?;
        }
        self.watermark = self.watermark.max(watermark);
        Ok(())
    }

    /// Folds rows by the clock: all fall into the current window.
    fn by_clock(&self, rows: usize) -> Int64Array {
        let end = self.settings.windows.end_of(self.clock.now().0);
        Int64Array::from_iter_values(std::iter::repeat_n(end, rows))
    }
}

fn reason_of(windows: &Windows, end: i64, watermark: i64) -> String {
    let (start, end) = (clock_text(windows.start_of(end)), clock_text(end));
    format!("the window {start} to {end} was closed by the watermark {}", clock_text(watermark))
}

/// `2013-02-08 10:00:00.000`
fn clock_text(millis: i64) -> String {
    let time = chrono::DateTime::from_timestamp_millis(millis);
    time.map_or_else(|| millis.to_string(), |time| time.format("%Y-%m-%d %H:%M:%S%.3f").to_string())
}

impl Operator for WindowAggregate {
    fn restore(&mut self, entries: &StateEntries) -> Result<(), OperatorError> {
        self.state.restore(entries)?;
        let slots: Vec<u32> = self.state.live().collect();
        let keys = self.encoder.decode(slots.iter().map(|slot| self.state.key(*slot)))?;
        let Some(ends) = keys.first().map(|ends| ends.as_primitive::<Int64Type>()) else { return Ok(()) };
        for (slot, end) in slots.iter().zip(ends.values()) {
            let window = self.open.entry(*end).or_default();
            window.slots.push(*slot);
            window.rows += u64::try_from(self.state.values().rows(*slot)).unwrap_or_default();
        }
        Ok(())
    }

    fn process(&mut self, _port: usize, batch: RowBatch, out: &mut Output) -> Result<(), OperatorError> {
        let watermark = batch.watermarks.end;
        let ends = match self.settings.event_time {
            true => self.settings.windows.ends(&batch.columns)?,
            false => self.by_clock(batch.rows()),
        };
        let (batch, ends) = self.in_time(batch, ends, out)?;
        self.fold(&batch, &ends)?;
        if out.counts {
            out.fates.waiting += batch.rows() as u64;
        }
        self.advance(watermark, out)?;
        out.watermark(Signal::active(watermark));
        Ok(())
    }

    fn watermark(&mut self, _port: usize, signal: Signal, out: &mut Output) -> Result<(), OperatorError> {
        self.advance(signal.watermark, out)?;
        out.watermark(signal);
        Ok(())
    }

    fn tick(&mut self, now: Timestamp, out: &mut Output) -> Result<(), OperatorError> {
        if !self.settings.event_time {
            // A window's last millisecond must be over.
            self.fire(now.0.saturating_sub(1), out)?;
        }
        Ok(())
    }

    fn next_tick(&self) -> Option<Timestamp> {
        let (end, _) = self.open.first_key_value().filter(|_| !self.settings.event_time)?;
        Some(Timestamp(self.settings.windows.last_of(*end).saturating_add(1)))
    }

    fn snapshot(&mut self, changes: &mut Vec<StateChange>) -> Result<(), OperatorError> {
        self.state.snapshot(changes);
        Ok(())
    }

    fn prepare(&mut self) -> Result<Vec<bytes::Bytes>, OperatorError> {
        self.failures.as_mut().map_or_else(|| Ok(Vec::new()), Failures::prepare)
    }
}
