//! Joins of rows that lie in equal windows: a window's rows are kept until the watermark passes its end, then joined
//! at once. Nothing is ever taken back; a row that comes behind its window is late.
//!
//! State: the rows of each side with their windows' ends ([`RowStore`], tables 0 and 1), the watermarks (table 2). A
//! row with a NULL in its key matches nothing; it is kept where it is emitted alone.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Int64Array};
use chrono_tz::Tz;
use hashbrown::HashSet;
use yeoul_row::{RowBatch, RowKind};
use yeoul_sql::plan::JoinKind;

use super::JoinSettings;
use super::pairs::{Emission, PAIRS_MAX, Pairs};
use super::rows::RowStore;
use crate::aggregate::cells::to_millis;
use crate::checkpoint::StateChange;
use crate::operator::{Operator, OperatorError, Output};
use crate::operators::merged_watermark::MergedWatermark;
use crate::operators::window::instant_of;
use crate::runtime::message::Signal;
use crate::state::{Budget, StateEntries};

/// Joins rows of equal windows.
pub(crate) struct WindowJoin {
    settings: JoinSettings,
    /// For each side, the place of the window's end.
    ends: [usize; 2],
    /// The zone in whose local time windows end, where the time attribute is an instant.
    zone: Option<Tz>,
    sides: [RowStore; 2],
    watermark: MergedWatermark,
}

/// The rows of one window of one side.
struct Side {
    slots: Vec<u32>,
    columns: Vec<ArrayRef>,
    matched: HashSet<u32>,
}

impl WindowJoin {
    /// Joins rows whose windows' ends are at `ends`.
    pub(crate) fn new(
        node: u32,
        settings: JoinSettings,
        ends: [usize; 2],
        zone: Option<Tz>,
        budget: Arc<Budget>,
    ) -> Result<WindowJoin, OperatorError> {
        let store = |side: usize| {
            RowStore::new(node, side as u8, settings.keys(side), &settings.sides[side], budget.clone())
                .map(RowStore::expiring)
        };
        let sides = [store(0)?, store(1)?];
        let watermark = MergedWatermark::new(node, 2, 2, budget);
        Ok(WindowJoin { settings, ends, zone, sides, watermark })
    }

    /// The last millisecond of the window that ends at `end`.
    fn last_of(&self, end: i64) -> i64 {
        instant_of(self.zone, end.saturating_sub(1))
    }

    /// Keeps the rows that aren't late.
    fn keep(
        &mut self,
        port: usize,
        batch: &RowBatch,
        ends: &Int64Array,
        out: &mut Output,
    ) -> Result<(), OperatorError> {
        let encoded = self.sides[port].encode(&batch.columns)?;
        let alone = self.settings.is_outer(port) || (port == 0 && self.settings.kind == JoinKind::Anti);
        let mut late = 0;
        for row in 0..batch.rows() {
            if self.last_of(ends.value(row)) <= batch.watermarks.before(row) {
                late += 1;
            } else if encoded.is_valid(row) || alone {
                self.sides[port].add(encoded.row(row, ends.value(row)), 0);
            }
        }
        if self.settings.decides[port] {
            out.late(late);
            out.applied(batch.rows() - late);
        }
        Ok(self.sides[port].account()?)
    }

    /// Joins the windows that the watermark has passed.
    fn fire(&mut self, now: i64, before: i64, out: &mut Output) -> Result<(), OperatorError> {
        loop {
            let first = self.sides.iter().filter_map(RowStore::first_time).min();
            let Some(end) = first.filter(|end| self.last_of(*end) <= now) else { break };
            self.join_window(end, before, out)?;
        }
        self.sides.iter_mut().try_for_each(RowStore::account)?;
        Ok(())
    }

    fn side(&self, side: usize, end: i64) -> Result<Side, OperatorError> {
        let mut slots = self.sides[side].up_to(end);
        slots.sort_unstable();
        let columns = self.sides[side].decode(&slots)?;
        Ok(Side { slots, columns, matched: HashSet::new() })
    }

    fn join_window(&mut self, end: i64, before: i64, out: &mut Output) -> Result<(), OperatorError> {
        let (mut left, mut right) = (self.side(0, end)?, self.side(1, end)?);
        let mut next = 0;
        while next < left.slots.len() {
            next = self.join_rows(&mut left, &mut right, next, before, out)?;
        }
        self.emit_alone(&left, &right, before, out)?;
        for (store, side) in self.sides.iter_mut().zip([left, right]) {
            store.remove_all(&side.slots);
        }
        Ok(())
    }

    /// Pairs the left rows from `first` on with right rows; the place of the next row.
    fn join_rows(
        &self,
        left: &mut Side,
        right: &mut Side,
        first: usize,
        before: i64,
        out: &mut Output,
    ) -> Result<usize, OperatorError> {
        let mut places = [Vec::new(), Vec::new()];
        let mut next = first;
        while next < left.slots.len() && places[0].len() < PAIRS_MAX {
            let key = self.sides[0].key_of(left.slots[next]);
            for slot in self.sides[1].matching(key).iter().filter(|_| self.can_match(left, next)) {
                places[0].push(next as u32);
                places[1].push(right.slots.binary_search(slot).unwrap_or_default() as u32);
            }
            next += 1;
        }
        let pairs = Pairs { columns: [&left.columns, &right.columns], places };
        let hold = pairs.hold(&self.settings)?;
        let mut emission = Emission::default();
        for pair in (0..pairs.places[0].len()).filter(|pair| hold.as_ref().is_none_or(|hold| hold[*pair])) {
            let (l, r) = (pairs.places[0][pair], pairs.places[1][pair]);
            let times = self.sides[0].count(left.slots[l as usize]) * self.sides[1].count(right.slots[r as usize]);
            left.matched.insert(l);
            right.matched.insert(r);
            if !self.settings.is_half() {
                emission.push(0, Some(l), Some(r), RowKind::Insert, times);
            }
        }
        emission.emit([&left.columns, &right.columns], &self.settings.schema, before, out)?;
        Ok(next)
    }

    /// Whether no column of a left row's key is NULL: NULL equals nothing.
    fn can_match(&self, left: &Side, place: usize) -> bool {
        self.settings.on.iter().all(|(column, _)| left.columns[*column].is_valid(place))
    }

    /// Rows that are emitted by themselves: unmatched ones of outer sides, and those of a semi or anti join.
    fn emit_alone(&self, left: &Side, right: &Side, before: i64, out: &mut Output) -> Result<(), OperatorError> {
        let mut emission = Emission::default();
        for (number, side) in [left, right].into_iter().enumerate() {
            let half = self.settings.is_half();
            let skipped = if half { number == 1 } else { !self.settings.is_outer(number) };
            if skipped {
                continue;
            }
            let wanted = self.settings.kind == JoinKind::Semi;
            for (place, slot) in (0..).zip(&side.slots) {
                if side.matched.contains(&place) == wanted {
                    emission.push(number, Some(place), None, RowKind::Insert, self.sides[number].count(*slot));
                }
            }
        }
        emission.emit([&left.columns, &right.columns], &self.settings.schema, before, out)
    }
}

impl Operator for WindowJoin {
    fn restore(&mut self, entries: &StateEntries) -> Result<(), OperatorError> {
        for side in &mut self.sides {
            side.restore(entries)?;
        }
        Ok(self.watermark.restore(entries)?)
    }

    fn process(&mut self, port: usize, batch: RowBatch, out: &mut Output) -> Result<(), OperatorError> {
        let before = self.watermark.current();
        let watermarks = self.watermark.merge(port, &batch.watermarks);
        let ends = to_millis(batch.columns.column(self.ends[port]))?;
        let batch = RowBatch { watermarks: watermarks.clone(), ..batch };
        self.keep(port, &batch, &ends, out)?;
        self.fire(watermarks.end, before, out)?;
        out.watermark(Signal::active(watermarks.end));
        Ok(())
    }

    fn watermark(&mut self, port: usize, signal: Signal, out: &mut Output) -> Result<(), OperatorError> {
        let before = self.watermark.current();
        if let Some(signal) = self.watermark.advance(port, signal) {
            self.fire(signal.watermark, before, out)?;
            out.watermark(signal);
        }
        Ok(())
    }

    fn snapshot(&mut self, changes: &mut Vec<StateChange>) -> Result<(), OperatorError> {
        for side in &mut self.sides {
            side.snapshot(changes);
        }
        self.watermark.snapshot(changes);
        Ok(())
    }
}
