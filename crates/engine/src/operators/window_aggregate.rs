//! Aggregates per window and key; emits each window once, when the watermark (or the clock) passes its end. Windows whose
//! bounds follow from a row alone: `TUMBLE`, `HOP`, `CUMULATE`, and windows that rows carry. For sessions see
//! [`super::session_aggregate`].
//!
//! Rows are folded once, into their slice ([`super::window`]). A window of one slice is that slice. `HOP` merges the
//! slices of a window when it ends; `CUMULATE` merges what came since into the first slice, which grows step by step.
//!
//! A row is late when the last of its windows is over by the watermark *before* the row; it counts in those of its
//! windows that are not. Late rows are counted, and reported where the job has a topic for them.
//!
//! State: one entry per slice and key; the key is the grouping columns, then the slice's end and, of windows that rows
//! carry, the start (64-bit integers). Which groups a slice has is rebuilt from the keys. Besides the watermark, which
//! says which windows have been emitted.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::sync::Arc;

use arrow::array::{AsArray, BooleanArray, Int64Array, RecordBatch, UInt32Array};
use arrow::compute::kernels::aggregate::min;
use arrow::datatypes::{DataType, Int64Type, SchemaRef};
use hashbrown::HashMap;
use yeoul_base::{Clock, Timestamp};
use yeoul_row::{RowBatch, Watermarks};
use yeoul_sql::plan::WindowKind;

use super::combine::Combined;
use super::kept_watermark::KeptWatermark;
use super::window::Windows;
use crate::aggregate::AggregateColumns;
use crate::checkpoint::StateChange;
use crate::failures::Failures;
use crate::operator::{Operator, OperatorError, Output};
use crate::runtime::message::Signal;
use crate::state::{Budget, KeyEncoder, KeyedState, StateEntries, grouped_key, split_grouped_key};

/// The most rows of one emitted batch.
const EMIT_ROWS_MAX: usize = 8192;

/// A slice that a window still needs.
#[derive(Debug, Default)]
struct Open {
    slots: Vec<u32>,
    rows: u64,
}

/// A group whose window is over.
#[derive(Clone, Copy, Debug)]
struct Ready {
    /// The window's end.
    end: i64,
    /// Where its result is.
    slot: u32,
    /// A slot whose key holds the group's.
    key: u32,
}

/// How the operator is set up.
pub(crate) struct WindowAggregateSettings {
    /// The windows.
    pub(crate) windows: Windows,
    /// Places of the grouping columns in the rows that come.
    pub(crate) keys: Vec<usize>,
    /// The schema of the rows that come.
    pub(crate) input: SchemaRef,
    /// How they come if they were combined before; none: as they are.
    pub(crate) combined: Option<Combined>,
    /// The result's schema.
    pub(crate) schema: SchemaRef,
}

/// Aggregates per window and key.
pub(crate) struct WindowAggregate {
    settings: WindowAggregateSettings,
    encoder: KeyEncoder,
    state: KeyedState<AggregateColumns>,
    /// The open slices by their end.
    open: BTreeMap<i64, Open>,
    /// The ends of the next windows that hold open slices.
    due: BTreeSet<i64>,
    slots: Vec<u32>,
    key: Vec<u8>,
    watermark: KeptWatermark,
    /// The rows in open slices, as they are counted.
    waiting: u64,
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
        let types = settings.keys.iter().map(|place| settings.input.field(*place).data_type().clone());
        let types: Vec<DataType> = types.collect();
        let encoder = KeyEncoder::new(&settings.keys, types)?;
        Ok(WindowAggregate {
            settings,
            encoder,
            watermark: KeptWatermark::new(node, 1, budget.clone()),
            state: KeyedState::new(node, 0, budget, columns).grouped(),
            open: BTreeMap::new(),
            due: BTreeSet::new(),
            slots: Vec::new(),
            key: Vec::new(),
            waiting: 0,
            clock,
            failures,
        })
    }

    /// Whether windows share slices.
    fn shares(&self) -> bool {
        matches!(self.settings.windows.kind, WindowKind::Hop { .. } | WindowKind::Cumulate { .. })
    }

    /// The rows that lie in a window that isn't over, and their slices.
    fn in_time(
        &mut self,
        batch: RowBatch,
        slices: Int64Array,
        out: &mut Output,
    ) -> Result<(RowBatch, Int64Array), OperatorError> {
        let windows = &self.settings.windows;
        if !windows.event_time {
            return Ok((batch, slices));
        }
        let is_late = |row: usize| windows.last_of(windows.last_end(slices.value(row))) <= batch.watermarks.before(row);
        let late: Vec<usize> = (0..slices.len()).filter(|row| is_late(*row)).collect();
        if late.is_empty() {
            return Ok((batch, slices));
        }
        out.late(late.iter().map(|row| self.stands_for(&batch, *row)).sum());
        if let Some(failures) = &mut self.failures {
            let reason = |row: usize| reason_of(windows, slices.value(row), batch.watermarks.before(row));
            failures.report(&batch, &late, "late", reason)?;
        }
        let mut keep = vec![true; slices.len()];
        late.iter().for_each(|row| keep[*row] = false);
        filtered(&batch, &slices, keep)
    }

    /// Folds rows that are in time: those before a row that has lost some of its windows are folded, and these windows
    /// emitted, before it.
    fn fold_in_time(&mut self, batch: &RowBatch, slices: &Int64Array, out: &mut Output) -> Result<(), OperatorError> {
        let mut from = 0;
        for row in 0..slices.len() {
            let before = batch.watermarks.before(row);
            let windows = &self.settings.windows;
            if before > self.watermark.get() && windows.last_of(windows.first_end(slices.value(row))) <= before {
                self.fold_some(batch, slices, from..row)?;
                self.advance(before, out)?;
                out.watermark(Signal::active(before));
                from = row;
            }
        }
        self.fold_some(batch, slices, from..slices.len())
    }

    fn fold_some(
        &mut self,
        batch: &RowBatch,
        slices: &Int64Array,
        rows: std::ops::Range<usize>,
    ) -> Result<(), OperatorError> {
        if rows.len() == batch.rows() {
            return self.fold(batch, slices);
        }
        let places = UInt32Array::from_iter_values(rows.clone().map(|row| row as u32));
        self.fold(&batch.take(&places)?, &slices.slice(rows.start, rows.len()))
    }

    /// Folds rows into their slices.
    fn fold(&mut self, batch: &RowBatch, slices: &Int64Array) -> Result<(), OperatorError> {
        let parts = self.encoder.encode(&batch.columns)?;
        let starts = match self.settings.windows.kind {
            WindowKind::Attached { start, .. } => Some(self.starts(batch, start)?),
            _ => None,
        };
        self.slots.clear();
        for row in 0..batch.rows() {
            let end = slices.value(row).to_be_bytes();
            match &starts {
                Some(starts) => {
                    grouped_key(parts.key(row), &[&end, &starts.value(row).to_be_bytes()], &mut self.key);
                }
                None => grouped_key(parts.key(row), &[&end], &mut self.key),
            }
            let (slot, new) = self.state.slot(&self.key);
            if new {
                self.open(slices.value(row)).slots.push(slot);
            }
            self.slots.push(slot);
            self.state.mark(slot);
        }
        match self.settings.combined {
            Some(combined) => {
                for (end, rows) in slices.values().iter().zip(combined.rows(&batch.columns).values()) {
                    self.open(*end).rows += rows.cast_unsigned();
                }
                combined.merge(&batch.columns, &self.slots, &mut self.state)?;
            }
            None => {
                for run in slices.values().chunk_by(|a, b| a == b) {
                    self.open(run[0]).rows += run.len() as u64;
                }
                self.state.values_mut().update(&self.slots, &batch.columns, batch.kinds.as_deref())?;
            }
        }
        Ok(self.state.account()?)
    }

    /// The open slice that ends at `end`; a new one makes its first window due that isn't over.
    fn open(&mut self, end: i64) -> &mut Open {
        let windows = &self.settings.windows;
        self.open.entry(end).or_insert_with(|| {
            let last = windows.last_end(end);
            let mut first = windows.first_end(end);
            while first < last && windows.last_of(first) <= self.watermark.get() {
                first = windows.next_end(first);
            }
            self.due.insert(first);
            Open::default()
        })
    }

    /// Emits the windows whose last millisecond is not behind `time`.
    fn fire(&mut self, time: i64, out: &mut Output) -> Result<(), OperatorError> {
        let mut ready = Vec::new();
        while let Some(end) = self.due.first().copied() {
            if self.settings.windows.last_of(end) > time {
                break;
            }
            self.due.pop_first();
            match self.settings.windows.kind {
                WindowKind::Hop { size, .. } => self.fire_hop(end, size, out)?,
                WindowKind::Cumulate { step, .. } => self.fire_cumulate(end, step, out)?,
                _ => self.take_window(end, &mut ready, out),
            }
        }
        self.emit(&ready, out)?;
        ready.iter().for_each(|group| self.state.remove(group.slot));
        if out.counts {
            let waiting = self.open.values().map(|open| open.rows).sum();
            let before = std::mem::replace(&mut self.waiting, waiting);
            out.fates.waiting = out.fates.waiting.wrapping_add(waiting).wrapping_sub(before);
        }
        Ok(())
    }

    /// A window of one slice.
    fn take_window(&mut self, end: i64, ready: &mut Vec<Ready>, out: &mut Output) {
        let Some(open) = self.open.remove(&end) else { return };
        out.applied(usize::try_from(open.rows).unwrap_or(usize::MAX));
        ready.extend(open.slots.into_iter().map(|slot| Ready { end, slot, key: slot }));
    }

    /// Merges the slices of a window aside, and drops those that no later window needs.
    fn fire_hop(&mut self, end: i64, size: i64, out: &mut Output) -> Result<(), OperatorError> {
        let mut groups: HashMap<Vec<u8>, usize> = HashMap::new();
        let mut ready: Vec<Ready> = Vec::new();
        let from = end.saturating_sub(size).saturating_add(1).min(end);
        let slots: Vec<u32> = self.open.range(from..=end).flat_map(|(_, open)| open.slots.iter().copied()).collect();
        let mut merges: Vec<(usize, u32)> = Vec::with_capacity(slots.len());
        for slot in slots {
            let part = split_grouped_key(self.state.key(slot)).0.to_vec();
            let place = *groups.entry(part).or_insert_with(|| {
                ready.push(Ready { end, slot: self.state.borrow_slot(), key: slot });
                ready.len() - 1
            });
            merges.push((place, slot));
        }
        // Flink begins with the last slice: lists of values show it.
        for (place, slot) in merges.into_iter().rev() {
            self.state.values_mut().merge(ready[place].slot, slot);
        }
        self.emit(&ready, out)?;
        ready.iter().for_each(|group| self.state.give_back(group.slot));
        self.expire(end, out);
        let next = self.settings.windows.next_end(end);
        let next_from = next.saturating_sub(size).saturating_add(1).min(next);
        if next > end && self.open.range(next_from..=next).next().is_some() {
            self.due.insert(next);
        }
        Ok(())
    }

    /// Drops slices whose last window ends at or before `end`.
    fn expire(&mut self, end: i64, out: &mut Output) {
        while let Some(entry) = self.open.first_entry() {
            if self.settings.windows.last_end(*entry.key()) > end {
                break;
            }
            let open = entry.remove();
            out.applied(usize::try_from(open.rows).unwrap_or(usize::MAX));
            open.slots.iter().for_each(|slot| self.state.remove(*slot));
        }
    }

    /// Merges the slices that came since into the window's first one.
    fn fire_cumulate(&mut self, end: i64, step: i64, out: &mut Output) -> Result<(), OperatorError> {
        let start = self.settings.windows.start_of(end);
        let first = start.saturating_add(step).min(end);
        let later = (Bound::Excluded(first), Bound::Included(end));
        let later: Vec<i64> = match first < end {
            true => self.open.range(later).map(|(end, _)| *end).collect(),
            false => Vec::new(),
        };
        let mut base = self.open.remove(&first).unwrap_or_default();
        for slice in later {
            let Some(open) = self.open.remove(&slice) else { continue };
            base.rows += open.rows;
            open.slots.into_iter().for_each(|slot| self.merge_into_first(slot, first, &mut base));
        }
        let ready: Vec<Ready> = base.slots.iter().map(|slot| Ready { end, slot: *slot, key: *slot }).collect();
        self.emit(&ready, out)?;
        let next = self.settings.windows.next_end(end);
        if next > end && next <= self.settings.windows.last_end(first) {
            self.open.insert(first, base);
            self.due.insert(next);
        } else {
            out.applied(usize::try_from(base.rows).unwrap_or(usize::MAX));
            base.slots.iter().for_each(|slot| self.state.remove(*slot));
        }
        Ok(())
    }

    fn merge_into_first(&mut self, slot: u32, first: i64, base: &mut Open) {
        grouped_key(split_grouped_key(self.state.key(slot)).0, &[&first.to_be_bytes()], &mut self.key);
        let (into, new) = self.state.slot(&self.key);
        if new {
            base.slots.push(into);
        }
        self.state.mark(into);
        self.state.values_mut().merge(into, slot);
        self.state.remove(slot);
    }

    /// Emits groups; those that hold no rows any more have no result.
    fn emit(&self, ready: &[Ready], out: &mut Output) -> Result<(), OperatorError> {
        let there: Vec<Ready> =
            ready.iter().copied().filter(|group| self.state.values().rows(group.slot) > 0).collect();
        for groups in there.chunks(EMIT_ROWS_MAX) {
            let columns = self.result(groups)?;
            out.batch(RowBatch::inserts(columns, Watermarks::steady(self.watermark.get())));
        }
        Ok(())
    }

    fn result(&self, groups: &[Ready]) -> Result<RecordBatch, OperatorError> {
        let windows = &self.settings.windows;
        let keys = groups.iter().map(|group| split_grouped_key(self.state.key(group.key)));
        let ends = Int64Array::from_iter_values(groups.iter().map(|group| group.end));
        let starts = keys.clone().zip(groups).map(|((_, rest), group)| match windows.kind {
            WindowKind::Attached { .. } => bound_of(rest, 8).unwrap_or(group.end),
            _ => windows.start_of(group.end),
        });
        let starts = Int64Array::from_iter_values(starts);
        let slots: Vec<u32> = groups.iter().map(|group| group.slot).collect();
        let mut columns = self.encoder.decode(keys.map(|(part, _)| part))?;
        columns.extend(self.state.values().evaluate(&slots)?);
        columns.extend(windows.columns(starts, &ends, &self.settings.schema)?);
        Ok(RecordBatch::try_new(self.settings.schema.clone(), columns)?)
    }

    /// Takes the watermark on: emits what it closes.
    fn advance(&mut self, watermark: i64, out: &mut Output) -> Result<(), OperatorError> {
        if self.settings.windows.event_time && watermark > i64::MIN {
            self.fire(watermark, out)?;
        }
        self.watermark.raise(watermark);
        Ok(())
    }
}

/// The 64-bit integer that begins at `at`.
fn bound_of(rest: &[u8], at: usize) -> Option<i64> {
    Some(i64::from_be_bytes(rest.get(at..)?.first_chunk::<8>().copied()?))
}

fn filtered(batch: &RowBatch, slices: &Int64Array, keep: Vec<bool>) -> Result<(RowBatch, Int64Array), OperatorError> {
    let keep = BooleanArray::from(keep);
    let slices = arrow::compute::filter(slices, &keep)?.as_primitive::<Int64Type>().clone();
    Ok((batch.filter(&keep)?, slices))
}

fn reason_of(windows: &Windows, slice_end: i64, watermark: i64) -> String {
    let end = windows.last_end(slice_end);
    let (start, end) = (clock_text(windows.start_of(end)), clock_text(end));
    format!("the window {start} to {end} was closed by the watermark {}", clock_text(watermark))
}

/// `2013-02-08 10:00:00.000`
pub(crate) fn clock_text(millis: i64) -> String {
    let time = chrono::DateTime::from_timestamp_millis(millis);
    time.map_or_else(|| millis.to_string(), |time| time.format("%Y-%m-%d %H:%M:%S%.3f").to_string())
}

impl Operator for WindowAggregate {
    fn restore(&mut self, entries: &StateEntries) -> Result<(), OperatorError> {
        self.watermark.restore(entries)?;
        self.state.restore(entries)?;
        let slots: Vec<u32> = self.state.live().collect();
        for slot in slots {
            let Some(end) = bound_of(split_grouped_key(self.state.key(slot)).1, 0) else { continue };
            let rows = u64::try_from(self.state.values().rows(slot)).unwrap_or_default();
            let open = self.open(end);
            open.slots.push(slot);
            open.rows += rows;
            self.waiting += rows;
        }
        Ok(())
    }

    fn process(&mut self, _port: usize, batch: RowBatch, out: &mut Output) -> Result<(), OperatorError> {
        let watermark = batch.watermarks.end;
        let slices = self.slices(&batch)?;
        let windows = &self.settings.windows;
        let earliest = min(&slices).map_or(i64::MAX, |end| windows.last_of(windows.first_end(end)));
        if earliest > watermark && !self.has_gaps() {
            self.fold(&batch, &slices)?;
            self.count_waiting(&batch, out);
        } else {
            let (batch, slices) = self.in_a_window(batch, slices, out)?;
            let (batch, slices) = self.in_time(batch, slices, out)?;
            self.count_waiting(&batch, out);
            if self.shares() && self.settings.windows.event_time {
                self.fold_in_time(&batch, &slices, out)?;
            } else {
                self.fold(&batch, &slices)?;
            }
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
        if !self.settings.windows.event_time {
            // A window's last millisecond must be over.
            self.fire(now.0.saturating_sub(1), out)?;
        }
        Ok(())
    }

    fn next_tick(&self) -> Option<Timestamp> {
        let end = self.due.first().filter(|_| !self.settings.windows.event_time)?;
        Some(Timestamp(self.settings.windows.last_of(*end).saturating_add(1)))
    }

    fn snapshot(&mut self, changes: &mut Vec<StateChange>) -> Result<(), OperatorError> {
        self.state.snapshot(changes);
        self.watermark.snapshot(changes);
        Ok(())
    }

    fn prepare(&mut self) -> Result<Vec<bytes::Bytes>, OperatorError> {
        self.failures.as_mut().map_or_else(|| Ok(Vec::new()), Failures::prepare)
    }
}

impl WindowAggregate {
    /// Whether windows leave gaps between them, so that a row may lie in none.
    fn has_gaps(&self) -> bool {
        matches!(self.settings.windows.kind, WindowKind::Hop { size, slide, .. } if slide > size)
    }

    /// The rows that lie in a window at all.
    fn in_a_window(
        &self,
        batch: RowBatch,
        slices: Int64Array,
        out: &mut Output,
    ) -> Result<(RowBatch, Int64Array), OperatorError> {
        if !self.has_gaps() {
            return Ok((batch, slices));
        }
        let windows = &self.settings.windows;
        let keep: Vec<bool> =
            slices.values().iter().map(|slice| windows.first_end(*slice) <= windows.last_end(*slice)).collect();
        out.filtered("between windows", keep.iter().filter(|keep| !**keep).count());
        filtered(&batch, &slices, keep)
    }

    fn count_waiting(&mut self, batch: &RowBatch, out: &mut Output) {
        if out.counts {
            let rows = self.settings.combined.map_or(batch.rows(), |combined| combined.count(&batch.columns)) as u64;
            self.waiting += rows;
            out.fates.waiting = out.fates.waiting.wrapping_add(rows);
        }
    }

    /// The end of each row's slice.
    fn slices(&self, batch: &RowBatch) -> Result<Int64Array, OperatorError> {
        match self.settings.combined {
            Some(combined) => Ok(combined.ends(&batch.columns)),
            None => self.settings.windows.slice_ends(&batch.columns, &*self.clock),
        }
    }

    /// The start of each row's window, which the rows carry at `place` if they weren't combined.
    fn starts(&self, batch: &RowBatch, place: usize) -> Result<Int64Array, OperatorError> {
        match self.settings.combined {
            Some(combined) => Ok(combined.starts(&batch.columns)),
            None => self.settings.windows.attached(&batch.columns, place),
        }
    }

    /// How many rows a row stands for.
    fn stands_for(&self, batch: &RowBatch, row: usize) -> usize {
        let rows = self.settings.combined.map(|combined| combined.rows(&batch.columns).value(row));
        rows.map_or(1, |rows| usize::try_from(rows).unwrap_or_default())
    }
}
