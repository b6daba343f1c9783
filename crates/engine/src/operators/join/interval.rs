//! Joins of rows whose times lie within bounds of one another: `lower <= left time - right time <= upper`.
//!
//! A row is kept until the watermark (or the clock) says that no row can come that matches it; a row of an outer side
//! that has matched nothing by then is emitted with NULLs. Nothing is ever taken back. As rows are emitted behind their
//! time, the watermark that is passed on stays behind by the width of the bounds, as Flink's does.
//!
//! State: the rows of each side with their times ([`RowStore`], tables 0 and 1), the watermarks (table 2).

use std::sync::Arc;

use arrow::array::{Array, Int64Array, RecordBatch};
use yeoul_base::{Clock, Timestamp};
use yeoul_row::{RowBatch, RowKind};

use super::JoinSettings;
use super::pairs::{Emission, PAIRS_MAX, Pairs};
use super::rows::{Encoded, RowStore};
use crate::aggregate::cells::to_millis;
use crate::checkpoint::StateChange;
use crate::operator::{Operator, OperatorError, Output};
use crate::operators::merged_watermark::MergedWatermark;
use crate::runtime::message::Signal;
use crate::state::{Budget, StateEntries};

/// Which times match.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// For each side, the place of its time; `None`: the clock when the row comes.
    pub(crate) times: [Option<usize>; 2],
    /// The least of left time minus right time, in milliseconds.
    pub(crate) lower: i64,
    /// The most.
    pub(crate) upper: i64,
}

impl Bounds {
    fn matches(&self, side: usize, time: i64, other: i64) -> bool {
        let (left, right) = if side == 0 { (time, other) } else { (other, time) };
        let apart = i128::from(left) - i128::from(right);
        (i128::from(self.lower)..=i128::from(self.upper)).contains(&apart)
    }

    /// The latest time of the other side that matches a row of this time.
    fn last(&self, side: usize, time: i64) -> i64 {
        if side == 0 { time.saturating_sub(self.lower) } else { time.saturating_add(self.upper) }
    }

    /// The latest time of a row of a side whose last possible match lies before `now`.
    fn expired(&self, side: usize, now: i64) -> i64 {
        if now == i64::MAX {
            return i64::MAX;
        }
        let matched = if side == 0 { now.saturating_add(self.lower) } else { now.saturating_sub(self.upper) };
        matched.saturating_sub(1)
    }

    /// How far the result's watermark stays behind.
    fn delay(&self) -> i64 {
        self.upper.max(self.lower.saturating_neg()).max(0)
    }

    fn is_event_time(&self) -> bool {
        self.times[0].is_some()
    }
}

/// Joins rows by their times.
pub(crate) struct IntervalJoin {
    settings: JoinSettings,
    bounds: Bounds,
    sides: [RowStore; 2],
    watermark: MergedWatermark,
    clock: Arc<dyn Clock>,
}

/// A pair by places: of a row in its batch, and of a row of the other side among those that were read for it.
struct Found {
    /// Per pair, the row.
    rows: Vec<u32>,
    /// Per pair, the other row's slot.
    slots: Vec<u32>,
}

/// Rows that arrive at a side, with their times.
#[derive(Clone, Copy)]
struct Arrival<'a> {
    port: usize,
    batch: &'a RowBatch,
    encoded: &'a Encoded,
    times: &'a Int64Array,
}

impl IntervalJoin {
    /// Joins as `settings` and `bounds` say.
    pub(crate) fn new(
        node: u32,
        settings: JoinSettings,
        bounds: Bounds,
        budget: Arc<Budget>,
        clock: Arc<dyn Clock>,
    ) -> Result<IntervalJoin, OperatorError> {
        let store = |side: usize| {
            RowStore::new(node, side as u8, settings.keys(side), &settings.sides[side], budget.clone())
                .map(RowStore::expiring)
        };
        let sides = [store(0)?, store(1)?];
        let watermark = MergedWatermark::new(node, 2, 2, budget);
        Ok(IntervalJoin { settings, bounds, sides, watermark, clock })
    }

    /// Each row's time.
    fn times(&self, port: usize, batch: &RecordBatch) -> Result<Int64Array, OperatorError> {
        let Some(place) = self.bounds.times[port] else {
            let now = self.clock.now().0;
            return Ok(Int64Array::from_iter_values(std::iter::repeat_n(now, batch.num_rows())));
        };
        let times = to_millis(batch.column(place))?;
        if times.null_count() > 0 {
            return Err(OperatorError::Row("the time column of an interval join is NULL in a row".to_owned()));
        }
        Ok(times)
    }

    /// Until when rows can't come any more.
    fn now(&self) -> i64 {
        if self.bounds.is_event_time() { self.watermark.current() } else { self.clock.now().0.saturating_sub(1) }
    }

    /// The pairs of the rows from `first` on, as many rows as make a bounded number; the place of the next row.
    fn candidates(&self, port: usize, encoded: &Encoded, times: &Int64Array, first: usize) -> (Found, usize) {
        let other = &self.sides[1 - port];
        let mut found = Found { rows: Vec::new(), slots: Vec::new() };
        for row in first..times.len() {
            if encoded.is_valid(row) {
                let near = |slot: &u32| self.bounds.matches(port, times.value(row), other.time_of(*slot));
                found.slots.extend(other.matching(encoded.keys.key(row)).iter().copied().filter(near));
                found.rows.resize(found.slots.len(), row as u32);
            }
            if found.slots.len() >= PAIRS_MAX {
                return (found, row + 1);
            }
        }
        (found, times.len())
    }

    /// Emits the pairs that hold; how many each row from `first` to `next` has.
    fn pair(
        &mut self,
        port: usize,
        batch: &RowBatch,
        found: Found,
        rows: std::ops::Range<usize>,
        watermark: i64,
        out: &mut Output,
    ) -> Result<Vec<i64>, OperatorError> {
        let mut matched = vec![0; rows.len()];
        let mut slots = found.slots.clone();
        slots.sort_unstable();
        slots.dedup();
        let others = self.sides[1 - port].decode(&slots)?;
        let place = |slot: &u32| slots.binary_search(slot).unwrap_or_default() as u32;
        let places: Vec<u32> = found.slots.iter().map(place).collect();
        let own = batch.columns.columns();
        let (columns, pairs) = match port {
            0 => ([own, others.as_slice()], [found.rows.clone(), places.clone()]),
            _ => ([others.as_slice(), own], [places.clone(), found.rows.clone()]),
        };
        let hold = Pairs { columns, places: pairs }.hold(&self.settings)?;
        let mut emission = Emission::default();
        for pair in (0..places.len()).filter(|pair| hold.as_ref().is_none_or(|hold| hold[*pair])) {
            let (row, slot) = (found.rows[pair], found.slots[pair]);
            let times = self.sides[1 - port].count(slot);
            matched[row as usize - rows.start] += times;
            if self.settings.is_outer(1 - port) {
                self.sides[1 - port].shift_matches(slot, 1);
            }
            emission.push(port, Some(row), Some(places[pair]), RowKind::Insert, times);
        }
        emission.emit(columns, &self.settings.schema, watermark, out)?;
        Ok(matched)
    }

    /// Keeps rows that may still match; emits those of an outer side that can't and haven't.
    fn keep(
        &mut self,
        arrival: &Arrival<'_>,
        matched: &[i64],
        watermark: i64,
        out: &mut Output,
    ) -> Result<(), OperatorError> {
        let Arrival { port, batch, encoded, times } = *arrival;
        let now = self.now();
        let mut alone = Emission::default();
        for (row, matched) in matched.iter().enumerate() {
            let time = times.value(row);
            if encoded.is_valid(row) && now < i64::MAX && self.bounds.last(port, time) >= now {
                self.sides[port].add(encoded.row(row, time), *matched);
            } else if *matched == 0 && self.settings.is_outer(port) {
                alone.push(port, Some(row as u32), None, RowKind::Insert, 1);
            }
        }
        let own = batch.columns.columns();
        let other = self.sides[1 - port].decode(&[])?;
        let columns = if port == 0 { [own, other.as_slice()] } else { [other.as_slice(), own] };
        alone.emit(columns, &self.settings.schema, watermark, out)
    }

    /// Drops rows that nothing can match any more.
    fn expire(&mut self, now: i64, watermark: i64, out: &mut Output) -> Result<(), OperatorError> {
        if now == i64::MIN {
            return Ok(());
        }
        for side in [0, 1] {
            let gone = self.sides[side].up_to(self.bounds.expired(side, now));
            if gone.is_empty() {
                continue;
            }
            if self.settings.is_outer(side) {
                self.emit_alone(side, &gone, watermark, out)?;
            }
            self.sides[side].remove_all(&gone);
            self.sides[side].account()?;
        }
        Ok(())
    }

    fn emit_alone(&self, side: usize, slots: &[u32], watermark: i64, out: &mut Output) -> Result<(), OperatorError> {
        let store = &self.sides[side];
        let alone: Vec<u32> = slots.iter().copied().filter(|slot| store.matches(*slot) == 0).collect();
        let own = store.decode(&alone)?;
        let other = self.sides[1 - side].decode(&[])?;
        let mut emission = Emission::default();
        for (place, slot) in (0..).zip(&alone) {
            emission.push(side, Some(place), None, RowKind::Insert, store.count(*slot));
        }
        let columns = if side == 0 { [own.as_slice(), other.as_slice()] } else { [other.as_slice(), own.as_slice()] };
        emission.emit(columns, &self.settings.schema, watermark, out)
    }

    /// The watermark of the result.
    fn behind(&self, watermark: i64) -> i64 {
        match watermark {
            i64::MAX => i64::MAX,
            watermark if self.bounds.is_event_time() => watermark.saturating_sub(self.bounds.delay()),
            watermark => watermark,
        }
    }
}

impl Operator for IntervalJoin {
    fn restore(&mut self, entries: &StateEntries) -> Result<(), OperatorError> {
        for side in &mut self.sides {
            side.restore(entries)?;
        }
        Ok(self.watermark.restore(entries)?)
    }

    fn process(&mut self, port: usize, batch: RowBatch, out: &mut Output) -> Result<(), OperatorError> {
        if self.settings.decides[port] {
            out.applied(batch.rows());
        }
        let times = self.times(port, &batch.columns)?;
        let encoded = self.sides[port].encode(&batch.columns)?;
        let before = self.behind(self.watermark.current());
        let mut matched = Vec::with_capacity(batch.rows());
        while matched.len() < batch.rows() {
            let first = matched.len();
            let (found, next) = self.candidates(port, &encoded, &times, first);
            matched.extend(self.pair(port, &batch, found, first..next, before, out)?);
        }
        let arrival = Arrival { port, batch: &batch, encoded: &encoded, times: &times };
        self.keep(&arrival, &matched, before, out)?;
        self.sides[port].account()?;
        let watermarks = self.watermark.merge(port, &batch.watermarks);
        self.expire(self.now(), before, out)?;
        out.watermark(Signal::active(self.behind(watermarks.end)));
        Ok(())
    }

    fn watermark(&mut self, port: usize, signal: Signal, out: &mut Output) -> Result<(), OperatorError> {
        let before = self.behind(self.watermark.current());
        if let Some(signal) = self.watermark.advance(port, signal) {
            // At the end of the input no row can come, whatever the clock says.
            let now = if signal.watermark == i64::MAX { i64::MAX } else { self.now() };
            self.expire(now, before, out)?;
            out.watermark(Signal { watermark: self.behind(signal.watermark), ..signal });
        }
        Ok(())
    }

    fn tick(&mut self, _now: Timestamp, out: &mut Output) -> Result<(), OperatorError> {
        if self.bounds.is_event_time() {
            return Ok(());
        }
        let watermark = self.watermark.current();
        self.expire(self.now(), watermark, out)
    }

    fn next_tick(&self) -> Option<Timestamp> {
        if self.bounds.is_event_time() {
            return None;
        }
        let lasts = [0, 1].into_iter().filter_map(|side| Some(self.bounds.last(side, self.sides[side].first_time()?)));
        lasts.min().map(|last| Timestamp(last.saturating_add(2)))
    }

    fn snapshot(&mut self, changes: &mut Vec<StateChange>) -> Result<(), OperatorError> {
        for side in &mut self.sides {
            side.snapshot(changes);
        }
        self.watermark.snapshot(changes);
        Ok(())
    }
}
