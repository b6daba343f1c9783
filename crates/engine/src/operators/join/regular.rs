//! Joins of two changelogs: inner, outer, semi and anti, under any condition.
//!
//! Both sides' rows are kept, each with the number of rows of the other side that it matches, where that decides what
//! is emitted: a row of an outer side is emitted with NULLs for as long as it matches nothing, a row of the left side of
//! a semi (anti) join for as long as it matches something (nothing). What is taken back is emitted before what comes
//! in its place, so that at each point the changes so far are those of the join of the changes so far.
//!
//! State: the rows of each side ([`RowStore`], tables 0 and 1), the watermarks (table 2). A row with a NULL in its key
//! matches nothing and is not kept.

use std::sync::Arc;

use arrow::array::ArrayRef;
use yeoul_base::Timestamp;
use yeoul_row::{RowBatch, RowKind};
use yeoul_sql::plan::JoinKind;

use super::JoinSettings;
use super::pairs::{Emission, PAIRS_MAX, Pairs};
use super::rows::{Encoded, RowStore};
use crate::checkpoint::StateChange;
use crate::operator::{Operator, OperatorError, Output};
use crate::operators::merged_watermark::MergedWatermark;
use crate::runtime::message::Signal;
use crate::state::{Budget, StateEntries, StateTtl};

/// Joins two changelogs.
pub(crate) struct RegularJoin {
    settings: JoinSettings,
    sides: [RowStore; 2],
    watermark: MergedWatermark,
}

/// For some rows of a batch, the rows of the other side with their keys.
struct Candidates {
    /// The first of the rows.
    first: usize,
    /// For each row, where its candidates end among `slots`.
    ends: Vec<usize>,
    slots: Vec<u32>,
}

impl Candidates {
    /// The row of each candidate.
    fn rows(&self) -> Vec<u32> {
        let mut rows = Vec::with_capacity(self.slots.len());
        for (row, end) in (self.first as u32..).zip(&self.ends) {
            rows.resize(*end, row);
        }
        rows
    }

    /// The candidates that `hold`.
    fn that(self, hold: &[bool]) -> Candidates {
        let mut start = 0;
        let (mut ends, mut slots) = (Vec::with_capacity(self.ends.len()), Vec::new());
        for end in self.ends {
            let kept = (start..end).filter(|at| hold[*at]).map(|at| self.slots[at]);
            slots.extend(kept);
            ends.push(slots.len());
            start = end;
        }
        Candidates { first: self.first, ends, slots }
    }
}

/// Rows of the other side as columns.
struct Others {
    /// Their slots, sorted.
    slots: Vec<u32>,
    columns: Vec<ArrayRef>,
}

impl Others {
    fn place(&self, slot: u32) -> u32 {
        self.slots.binary_search(&slot).unwrap_or_default() as u32
    }
}

/// One row of a batch and what it matches.
struct Step<'a> {
    port: usize,
    row: usize,
    kind: RowKind,
    encoded: &'a Encoded,
    /// The slots of the rows of the other side.
    matched: &'a [u32],
    others: &'a Others,
}

impl RegularJoin {
    /// Joins as `settings` say.
    pub(crate) fn new(node: u32, settings: JoinSettings, budget: Arc<Budget>) -> Result<RegularJoin, OperatorError> {
        let store =
            |side: usize| RowStore::new(node, side as u8, settings.keys(side), &settings.sides[side], budget.clone());
        let sides = [store(0)?, store(1)?];
        let watermark = MergedWatermark::new(node, 2, 2, budget);
        Ok(RegularJoin { settings, sides, watermark })
    }

    /// The same join, whose sides' rows live for a time only, where one is given.
    pub(crate) fn living(self, [left_ttl, right_ttl]: [Option<StateTtl>; 2]) -> RegularJoin {
        let [left, right] = self.sides;
        RegularJoin { sides: [left.living(left_ttl), right.living(right_ttl)], ..self }
    }

    /// The candidates of the rows from `first` on, as many rows as make a bounded number of pairs.
    fn candidates(&self, port: usize, encoded: &Encoded, first: usize) -> Candidates {
        let other = &self.sides[1 - port];
        let mut candidates = Candidates { first, ends: Vec::new(), slots: Vec::new() };
        for row in first..encoded.keys.len() {
            if encoded.is_valid(row) {
                candidates.slots.extend(other.matching(encoded.keys.key(row)));
            }
            candidates.ends.push(candidates.slots.len());
            if candidates.slots.len() >= PAIRS_MAX {
                break;
            }
        }
        candidates
    }

    fn others(&self, port: usize, candidates: &Candidates) -> Result<Others, OperatorError> {
        let emitted = !self.settings.is_half() || port == 1;
        if !emitted && self.settings.residual.is_none() {
            return Ok(Others { slots: Vec::new(), columns: Vec::new() });
        }
        let mut slots = candidates.slots.clone();
        slots.sort_unstable();
        slots.dedup();
        let columns = self.sides[1 - port].decode(&slots)?;
        Ok(Others { slots, columns })
    }

    /// The candidates for which the residual condition holds.
    fn checked(
        &self,
        port: usize,
        batch: &RowBatch,
        candidates: Candidates,
        others: &Others,
    ) -> Result<Candidates, OperatorError> {
        if self.settings.residual.is_none() || candidates.slots.is_empty() {
            return Ok(candidates);
        }
        let places = candidates.slots.iter().map(|slot| others.place(*slot)).collect();
        let own = (batch.columns.columns(), candidates.rows());
        let other = (others.columns.as_slice(), places);
        let (left, right) = if port == 0 { (own, other) } else { (other, own) };
        let pairs = Pairs { columns: [left.0, right.0], places: [left.1, right.1] };
        let hold = pairs.hold(&self.settings)?;
        Ok(match hold {
            Some(hold) => candidates.that(&hold),
            None => candidates,
        })
    }

    /// Folds one row in.
    fn step(&mut self, step: &Step<'_>, emission: &mut Emission) {
        match (self.settings.is_half(), step.port) {
            (false, _) => self.step_full(step, emission),
            (true, 0) => self.step_left_half(step, emission),
            (true, _) => self.step_right_half(step, emission),
        }
    }

    /// Keeps the row, or takes it out; false where there is none to take out, unless it may be gone because its time was over:
    /// what it was part of is taken back all the same, as in Flink.
    fn keep(&mut self, step: &Step<'_>, matches: i64) -> bool {
        let side = &mut self.sides[step.port];
        let row = step.encoded.row(step.row, 0);
        match (step.encoded.is_valid(step.row), step.kind.adds()) {
            (false, _) => true,
            (true, true) => {
                side.add(row, matches);
                true
            }
            (true, false) => side.take(row) || side.expires(),
        }
    }

    fn partners(&self, step: &Step<'_>) -> i64 {
        step.matched.iter().map(|slot| self.sides[1 - step.port].count(*slot)).sum()
    }

    /// Inner and outer joins.
    fn step_full(&mut self, step: &Step<'_>, emission: &mut Emission) {
        let port = step.port;
        if !self.keep(step, self.partners(step)) {
            return;
        }
        let own = Some(step.row as u32);
        if step.matched.is_empty() && self.settings.is_outer(port) {
            let kind = if step.kind.adds() { RowKind::Insert } else { RowKind::Delete };
            emission.push(port, own, None, kind, 1);
        }
        let outer = self.settings.kind != JoinKind::Inner;
        let kind = match (outer, step.kind.adds()) {
            (false, _) => step.kind,
            (true, true) => RowKind::Insert,
            (true, false) => RowKind::Delete,
        };
        for slot in step.matched {
            let (times, place) = (self.sides[1 - port].count(*slot), Some(step.others.place(*slot)));
            if !self.settings.is_outer(1 - port) {
                emission.push(port, own, place, kind, times);
                continue;
            }
            let other = &mut self.sides[1 - port];
            if step.kind.adds() {
                if other.matches(*slot) == 0 {
                    emission.push(port, None, place, RowKind::Delete, times);
                }
                other.shift_matches(*slot, 1);
                emission.push(port, own, place, kind, times);
            } else {
                emission.push(port, own, place, kind, times);
                other.shift_matches(*slot, -1);
                if other.matches(*slot) == 0 {
                    emission.push(port, None, place, RowKind::Insert, times);
                }
            }
        }
    }

    /// A row of the left side of a semi or anti join.
    fn step_left_half(&mut self, step: &Step<'_>, emission: &mut Emission) {
        let partners = self.partners(step);
        let kept = self.keep(step, partners);
        if kept && (partners > 0) == (self.settings.kind == JoinKind::Semi) {
            emission.push(0, Some(step.row as u32), None, step.kind, 1);
        }
    }

    /// A row of the right side of a semi or anti join: left rows get their first match, or lose their last.
    fn step_right_half(&mut self, step: &Step<'_>, emission: &mut Emission) {
        if !self.keep(step, 0) {
            return;
        }
        let adds = step.kind.adds();
        let left = &mut self.sides[0];
        for slot in step.matched {
            left.shift_matches(*slot, if adds { 1 } else { -1 });
            if left.matches(*slot) != i64::from(adds) {
                continue;
            }
            let comes = adds == (self.settings.kind == JoinKind::Semi);
            let kind = if comes { RowKind::Insert } else { RowKind::Delete };
            emission.push(0, Some(step.others.place(*slot)), None, kind, left.count(*slot));
        }
    }

    fn forget_expired(&mut self) -> Result<(), OperatorError> {
        self.sides.iter_mut().try_for_each(RowStore::forget_expired)?;
        Ok(())
    }

    /// Joins the rows of a batch from `first` on; the place of the next row.
    fn piece(
        &mut self,
        port: usize,
        batch: &RowBatch,
        encoded: &Encoded,
        first: usize,
        watermark: i64,
        out: &mut Output,
    ) -> Result<usize, OperatorError> {
        let candidates = self.candidates(port, encoded, first);
        let others = self.others(port, &candidates)?;
        let candidates = self.checked(port, batch, candidates, &others)?;
        let mut emission = Emission::default();
        let mut start = 0;
        for (row, end) in (first..).zip(&candidates.ends) {
            let matched = &candidates.slots[start..*end];
            let step = Step { port, row, kind: batch.kind(row), encoded, matched, others: &others };
            self.step(&step, &mut emission);
            start = *end;
        }
        let own = batch.columns.columns();
        let columns = if port == 0 { [own, others.columns.as_slice()] } else { [others.columns.as_slice(), own] };
        emission.emit(columns, &self.settings.schema, watermark, out)?;
        Ok(first + candidates.ends.len())
    }
}

impl Operator for RegularJoin {
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
        self.forget_expired()?;
        let watermarks = self.watermark.merge(port, &batch.watermarks);
        let encoded = self.sides[port].encode(&batch.columns)?;
        let mut first = 0;
        while first < batch.rows() {
            first = self.piece(port, &batch, &encoded, first, watermarks.start, out)?;
        }
        self.sides[port].account()?;
        out.watermark(Signal::active(watermarks.end));
        Ok(())
    }

    fn watermark(&mut self, port: usize, signal: Signal, out: &mut Output) -> Result<(), OperatorError> {
        if let Some(signal) = self.watermark.advance(port, signal) {
            out.watermark(signal);
        }
        Ok(())
    }

    fn tick(&mut self, _now: Timestamp, _out: &mut Output) -> Result<(), OperatorError> {
        self.forget_expired()
    }

    fn snapshot(&mut self, changes: &mut Vec<StateChange>) -> Result<(), OperatorError> {
        for side in &mut self.sides {
            side.snapshot(changes);
        }
        self.watermark.snapshot(changes);
        Ok(())
    }
}
