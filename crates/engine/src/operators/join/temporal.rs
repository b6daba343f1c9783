//! `JOIN versions FOR SYSTEM_TIME AS OF left.time`: each left row meets the version of the right side that was valid at
//! its time, as soon as the watermark says that both are known. Inner and left joins.
//!
//! State: left rows that wait, with their times ([`RowStore`], table 0), the versions ([`Versions`], table 1), the
//! watermarks (table 2).

use std::sync::Arc;

use arrow::array::{Array, Int64Array};
use yeoul_row::{RowBatch, RowKind};

use super::JoinSettings;
use super::pairs::{Emission, Pairs};
use super::rows::RowStore;
use super::versions::Versions;
use crate::aggregate::cells::to_millis;
use crate::checkpoint::StateChange;
use crate::operator::{Operator, OperatorError, Output};
use crate::operators::merged_watermark::MergedWatermark;
use crate::runtime::message::Signal;
use crate::state::{Budget, StateEntries};

/// The most left rows that are joined at once.
const ROWS_MAX: usize = 8192;

/// Joins rows with versions.
pub(crate) struct TemporalJoin {
    settings: JoinSettings,
    /// For each side, the place of its time.
    times: [usize; 2],
    /// Whether a row is a version only if it isn't older than its key's last.
    ascending: bool,
    waiting: RowStore,
    versions: Versions,
    watermark: MergedWatermark,
}

impl TemporalJoin {
    /// Joins by the times at `times`.
    pub(crate) fn new(
        node: u32,
        settings: JoinSettings,
        times: [usize; 2],
        ascending: bool,
        budget: Arc<Budget>,
    ) -> Result<TemporalJoin, OperatorError> {
        let waiting = RowStore::new(node, 0, settings.keys(0), &settings.sides[0], budget.clone())?.expiring();
        let versions = Versions::new(node, 1, settings.keys(1), &settings.sides[1], budget.clone())?;
        let watermark = MergedWatermark::new(node, 2, 2, budget);
        Ok(TemporalJoin { settings, times, ascending, waiting, versions, watermark })
    }

    fn times(&self, port: usize, batch: &RowBatch) -> Result<Int64Array, OperatorError> {
        let times = to_millis(batch.columns.column(self.times[port]))?;
        if times.null_count() == 0 {
            return Ok(times);
        }
        // A tombstone holds its key alone: without a time of the record it deletes in 1970, as in Flink.
        let tombstone = |row: usize| (port == 1 && batch.kind(row) == RowKind::Delete).then_some(0);
        let times: Option<Vec<i64>> =
            times.iter().enumerate().map(|(row, time)| time.or_else(|| tombstone(row))).collect();
        let missing = || OperatorError::Row("the time column of a temporal join is NULL in a row".to_owned());
        times.map(Int64Array::from).ok_or_else(missing)
    }

    /// Joins the rows that the watermark `now` has passed.
    fn advance(&mut self, now: i64, before: i64, out: &mut Output) -> Result<(), OperatorError> {
        if now == i64::MIN {
            return Ok(());
        }
        let due = self.waiting.up_to(now);
        for slots in due.chunks(ROWS_MAX) {
            self.join_rows(slots, before, out)?;
        }
        self.waiting.remove_all(&due);
        self.waiting.account()?;
        Ok(self.versions.forget(now)?)
    }

    fn join_rows(&self, slots: &[u32], before: i64, out: &mut Output) -> Result<(), OperatorError> {
        let version = |slot: &u32| self.versions.at(self.waiting.key_of(*slot), self.waiting.time_of(*slot));
        let found: Vec<(u32, u32)> =
            (0..).zip(slots).filter_map(|(place, slot)| version(slot).map(|version| (place, version))).collect();
        let left = self.waiting.decode(slots)?;
        let right = self.versions.decode(&found.iter().map(|(_, version)| *version).collect::<Vec<u32>>())?;
        let places = [found.iter().map(|(place, _)| *place).collect(), (0..found.len() as u32).collect()];
        let hold = Pairs { columns: [&left, &right], places }.hold(&self.settings)?;
        let mut matched: Vec<Option<u32>> = vec![None; slots.len()];
        for (pair, (place, _)) in found.iter().enumerate() {
            if hold.as_ref().is_none_or(|hold| hold[pair]) {
                matched[*place as usize] = Some(pair as u32);
            }
        }
        let mut emission = Emission::default();
        for ((place, slot), version) in (0..).zip(slots).zip(matched) {
            if version.is_some() || self.settings.is_outer(0) {
                emission.push(0, Some(place), version, RowKind::Insert, self.waiting.count(*slot));
            }
        }
        emission.emit([&left, &right], &self.settings.schema, before, out)
    }
}

impl Operator for TemporalJoin {
    fn restore(&mut self, entries: &StateEntries) -> Result<(), OperatorError> {
        self.waiting.restore(entries)?;
        self.versions.restore(entries)?;
        Ok(self.watermark.restore(entries)?)
    }

    fn process(&mut self, port: usize, batch: RowBatch, out: &mut Output) -> Result<(), OperatorError> {
        if self.settings.decides[port] {
            out.applied(batch.rows());
        }
        let times = self.times(port, &batch)?;
        if port == 0 {
            let encoded = self.waiting.encode(&batch.columns)?;
            for row in 0..batch.rows() {
                self.waiting.add(encoded.row(row, times.value(row)), 0);
            }
            self.waiting.account()?;
        } else {
            self.versions.fold(&batch, &times, self.ascending)?;
        }
        let before = self.watermark.current();
        let watermarks = self.watermark.merge(port, &batch.watermarks);
        self.advance(watermarks.end, before, out)?;
        out.watermark(Signal::active(watermarks.end));
        Ok(())
    }

    fn watermark(&mut self, port: usize, signal: Signal, out: &mut Output) -> Result<(), OperatorError> {
        let before = self.watermark.current();
        if let Some(signal) = self.watermark.advance(port, signal) {
            self.advance(signal.watermark, before, out)?;
            out.watermark(signal);
        }
        Ok(())
    }

    fn snapshot(&mut self, changes: &mut Vec<StateChange>) -> Result<(), OperatorError> {
        self.waiting.snapshot(changes);
        self.versions.snapshot(changes);
        self.watermark.snapshot(changes);
        Ok(())
    }
}
