//! Window functions by time, streaming: each row with what its frame gives, once the watermark reaches its time (or at once,
//! by processing time).
//!
//! Frames end at the current row; they begin with the partition, so many rows back, or so much time back. What is late
//! follows Flink: with a frame from the beginning, a row that the watermark has passed; with a bounded frame, a row that
//! isn't ahead of the last timer of its key (at first 1970-01-01T00:00:00), so that a row behind the watermark may
//! still come, with the next watermark. Timers are the rows' times and, with a frame back in time, when Flink clears the
//! key: one and a half frames behind a row. A key that is cleared begins anew.
//!
//! Also as in Flink, `RANK` and `DENSE_RANK` by time count the rows up to the current one and its equals, and `LAG` looks
//! back from the last of these.
//!
//! Keys are computed in waves: the first due row (of `RANGE`: the first due time) of every key, then the second of every
//! key, and so on, so that aggregates are folded and read by batches of keys.
//!
//! State: the rows that wait or that a later frame needs ([`OrderedRows`], by key and time), and one entry per key: its
//! aggregates and how far it is; besides the watermark.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use arrow::array::{Array, Int64Array, RecordBatch};
use arrow::datatypes::{DataType, SchemaRef};
use yeoul_base::Clock;
use yeoul_row::{RowBatch, RowKind, Watermarks};
use yeoul_sql::plan::{Frame, FrameBound, OverCall};

use super::kept_watermark::KeptWatermark;
use super::ordered_rows::{OrderedRows, PartRows};
use super::over_keys::Keys;
use super::over_results::{Compute, Computed, computes_of};
use super::session_window::{time_bytes, time_of};
use crate::aggregate::AggregateColumns;
use crate::aggregate::cells::to_millis;
use crate::checkpoint::StateChange;
use crate::operator::{Operator, OperatorError, Output};
use crate::runtime::message::Signal;
use crate::state::{Budget, KeyEncoder, KeyedState, StateColumns, StateEntries};

/// What makes rows of a key due.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum OverTime {
    /// The watermark: the place of the event time.
    Event(usize),
    /// Their arrival.
    Processing,
}

/// How the operator is set up.
pub(crate) struct OverSettings {
    /// Places of the partition's columns.
    pub(crate) keys: Vec<usize>,
    /// The order.
    pub(crate) time: OverTime,
    /// The frame.
    pub(crate) frame: Frame,
    /// The calls.
    pub(crate) calls: Vec<OverCall>,
    /// The input's schema.
    pub(crate) input: SchemaRef,
    /// The result's schema.
    pub(crate) schema: SchemaRef,
}

/// Window functions by time.
pub(crate) struct Over {
    settings: OverSettings,
    computes: Vec<Compute>,
    keys: KeyEncoder,
    rows: OrderedRows,
    state: KeyedState<Keys>,
    /// Keys with rows that wait, by these rows' times.
    due: BTreeSet<(i64, u32)>,
    /// Keys with rows that are due.
    ready: BTreeSet<u32>,
    /// What is computed and not yet emitted.
    results: Vec<RecordBatch>,
    watermark: KeptWatermark,
    clock: Arc<dyn Clock>,
}

/// Rows that share their frame: each one's place and slot.
type Group = Vec<(Box<[u8]>, u32)>;

/// The due rows of a key.
struct Task {
    slot: u32,
    groups: std::vec::IntoIter<Group>,
}

impl Over {
    /// No rows.
    pub(crate) fn new(
        node: u32,
        settings: OverSettings,
        aggregates: AggregateColumns,
        budget: Arc<Budget>,
        clock: Arc<dyn Clock>,
    ) -> Result<Over, OperatorError> {
        let types = settings.keys.iter().map(|place| settings.input.field(*place).data_type().clone());
        let keys = KeyEncoder::new(&settings.keys, types.collect::<Vec<DataType>>())?;
        let rows = OrderedRows::new(node, 0, settings.input.clone(), budget.clone())?;
        let bounded = settings.frame.start != FrameBound::UnboundedPreceding;
        let first = if bounded && settings.time != OverTime::Processing { 0 } else { i64::MIN };
        let watermark = KeptWatermark::new(node, 2, budget.clone());
        let state = KeyedState::new(node, 1, budget, Keys::new(aggregates, first));
        let computes = computes_of(&settings.calls);
        let (due, ready, results) = (BTreeSet::new(), BTreeSet::new(), Vec::new());
        Ok(Over { settings, computes, keys, rows, state, due, ready, results, watermark, clock })
    }

    fn bounded(&self) -> bool {
        self.settings.frame.start != FrameBound::UnboundedPreceding
    }

    /// Keeps a batch's rows, and notes which keys are due on the way.
    fn keep(&mut self, batch: &RowBatch, out: &mut Output) -> Result<(), OperatorError> {
        let times = match self.settings.time {
            OverTime::Event(place) => to_millis(batch.columns.column(place))?,
            OverTime::Processing => Int64Array::from(vec![self.clock.now().0; batch.rows()]),
        };
        if times.null_count() > 0 {
            return Err(OperatorError::Row("the time column of `OVER` is NULL in a row".to_owned()));
        }
        let (keys, rows) = (self.keys.encode(&batch.columns)?, self.rows.encode(&batch.columns)?);
        let mut late = 0;
        for row in 0..batch.rows() {
            let (slot, _) = self.state.slot(keys.key(row));
            self.state.mark(slot);
            let time = times.value(row);
            if self.settings.time == OverTime::Processing {
                self.state.values_mut().progress[slot as usize].reached = i64::MAX;
                self.ready.insert(slot);
            } else {
                self.advance(batch.watermarks.before(row))?;
                if self.is_late(slot, time) {
                    late += 1;
                    continue;
                }
                self.due.insert((time, slot));
                self.set_clearing(slot, time);
            }
            self.rows.insert(keys.key(row), &time_bytes(time), rows.row(row), false);
        }
        out.late(late);
        out.applied(batch.rows() - late);
        Ok(self.rows.account()?)
    }

    fn is_late(&self, slot: u32, time: i64) -> bool {
        if self.bounded() {
            time <= self.state.values().progress[slot as usize].reached
        } else {
            time <= self.watermark.get()
        }
    }

    /// Takes the watermark on: rows that it reaches are due.
    fn advance(&mut self, watermark: i64) -> Result<(), OperatorError> {
        if watermark <= self.watermark.get() {
            return Ok(());
        }
        self.watermark.raise(watermark);
        while let Some((time, slot)) = self.due.first().copied().filter(|(time, _)| *time <= watermark) {
            self.due.pop_first();
            self.state.mark(slot);
            let progress = &mut self.state.values_mut().progress[slot as usize];
            progress.timers.retain(|timer| *timer != time);
            if progress.clears <= time {
                self.compute_ready()?;
                self.clear(slot);
                continue;
            }
            progress.reached = progress.reached.max(time);
            self.ready.insert(slot);
        }
        Ok(())
    }

    /// Sets the timer that clears a key some time behind a row of this time, unless a later one is set.
    fn set_clearing(&mut self, slot: u32, time: i64) {
        let FrameBound::Preceding(by) = self.settings.frame.start else { return };
        let progress = &mut self.state.values_mut().progress[slot as usize];
        let is_set = progress.clears != i64::MAX && progress.clears >= time.saturating_add(by).saturating_add(1);
        if self.settings.frame.rows || is_set {
            return;
        }
        let timer = time.saturating_add(by).saturating_add(by / 2).saturating_add(1);
        progress.clears = timer;
        if !progress.timers.contains(&timer) {
            progress.timers.push(timer);
        }
        self.due.insert((timer, slot));
    }

    /// Lets a key begin anew.
    fn clear(&mut self, slot: u32) {
        let key: Box<[u8]> = self.state.key(slot).into();
        self.rows.clear(&key);
        let timers = std::mem::take(&mut self.state.values_mut().progress[slot as usize].timers);
        self.state.values_mut().reset(slot as usize);
        self.state.values_mut().progress[slot as usize].timers = timers;
    }

    /// Computes what is due, and emits it under the watermark `before`.
    fn emit(&mut self, before: i64, out: &mut Output) -> Result<(), OperatorError> {
        self.compute_ready()?;
        for columns in std::mem::take(&mut self.results) {
            out.batch(RowBatch::inserts(columns, Watermarks::steady(before)));
        }
        Ok(())
    }

    fn compute_ready(&mut self) -> Result<(), OperatorError> {
        if self.ready.is_empty() {
            return Ok(());
        }
        let mut tasks: Vec<Task> = Vec::new();
        for slot in std::mem::take(&mut self.ready) {
            tasks.push(Task { slot, groups: self.groups(slot).into_iter() });
        }
        let mut computed =
            Computed { lagged: self.computes.iter().map(|_| Vec::new()).collect(), ..Computed::default() };
        loop {
            let mut wave = Vec::with_capacity(tasks.len());
            tasks.retain_mut(|task| {
                task.groups.next().is_some_and(|group| {
                    wave.push((task.slot, group));
                    true
                })
            });
            if wave.is_empty() {
                break;
            }
            self.compute(&wave, &mut computed)?;
        }
        if !computed.rows.is_empty() {
            self.results.push(computed.into_batch(&self.computes, &self.rows, &self.settings.schema)?);
        }
        self.rows.account()?;
        Ok(self.state.account()?)
    }

    /// The due rows of a key that aren't computed, by groups that share their frame.
    fn groups(&self, slot: u32) -> Vec<Group> {
        let progress = &self.state.values().progress[slot as usize];
        let part = self.rows.part(self.state.key(slot)).into_iter().flat_map(PartRows::rows);
        let pending = part.skip(usize::try_from(progress.held).unwrap_or(usize::MAX));
        let due = pending.take_while(|(place, _)| time_of(place) <= progress.reached);
        let mut groups: Vec<Group> = Vec::new();
        for (place, row) in due {
            let joins = groups.last().and_then(|group| group.last()).is_some_and(|(last, _)| self.peers(last, place));
            match groups.last_mut().filter(|_| joins) {
                Some(group) => group.push((place.into(), row)),
                None => groups.push(vec![(place.into(), row)]),
            }
        }
        groups
    }

    /// Whether two rows see the same frame.
    fn peers(&self, one: &[u8], other: &[u8]) -> bool {
        // By processing time each row of a frame from the beginning is computed as it comes.
        let single = self.settings.frame.rows || (self.settings.time == OverTime::Processing && !self.bounded());
        !single && time_of(one) == time_of(other)
    }

    /// One group of rows of each key.
    fn compute(&mut self, wave: &[(u32, Group)], computed: &mut Computed) -> Result<(), OperatorError> {
        let (mut slots, mut kinds) = (Vec::new(), Vec::new());
        let mut rows: Vec<Box<[u8]>> = Vec::new();
        for (slot, group) in wave {
            for row in self.expired(*slot, group) {
                slots.push(*slot);
                rows.push(row);
                kinds.push(RowKind::Delete);
            }
            for (_, row) in group {
                slots.push(*slot);
                rows.push(self.rows.row(*row).into());
                kinds.push(RowKind::Insert);
            }
        }
        let batch = self.rows.decode(rows.iter().map(|row| &**row))?;
        let kinds = kinds.contains(&RowKind::Delete).then_some(&*kinds);
        self.state.values_mut().aggregates.update(&slots, &batch, kinds)?;
        let touched: Vec<u32> = wave.iter().map(|(slot, _)| *slot).collect();
        computed.aggregates.push(self.state.values().aggregates.evaluate(&touched)?);
        for (slot, group) in wave {
            self.note(*slot, group, computed);
            computed.aggregated += 1;
        }
        Ok(())
    }

    /// The rows that leave a key's frame when `group` comes; they are forgotten.
    fn expired(&mut self, slot: u32, group: &[(Box<[u8]>, u32)]) -> Vec<Box<[u8]>> {
        let FrameBound::Preceding(by) = self.settings.frame.start else { return Vec::new() };
        let key: Box<[u8]> = self.state.key(slot).into();
        let now = group.first().map_or(i64::MIN, |(place, _)| time_of(place));
        let mut gone = Vec::new();
        loop {
            let held = self.state.values().progress[slot as usize].held;
            let oldest = self.rows.part(&key).and_then(PartRows::first).filter(|_| held > 0);
            let Some((place, row)) = oldest else { break };
            let leaves = if self.settings.frame.rows {
                held > by.cast_unsigned()
            } else {
                time_of(place) < now.saturating_sub(by)
            };
            if !leaves {
                break;
            }
            gone.push(self.rows.row(row).into());
            let place: Box<[u8]> = place.into();
            self.rows.remove(&key, &place);
            self.state.values_mut().progress[slot as usize].held -= 1;
        }
        gone
    }

    /// Notes the results of a group's rows, and keeps those that a later frame needs.
    fn note(&mut self, slot: u32, group: &[(Box<[u8]>, u32)], computed: &mut Computed) {
        let key: Box<[u8]> = self.state.key(slot).into();
        let progress = &mut self.state.values_mut().progress[slot as usize];
        progress.rows += group.len() as i64;
        progress.held += group.len() as u64;
        let (rows, held) = (progress.rows, progress.held);
        for (_, row) in group {
            computed.counts.push(rows);
            computed.rows.push(self.rows.row(*row).into());
            computed.of.push(computed.aggregated);
            self.note_lags(&key, held.saturating_sub(1), computed);
        }
        self.forget_unneeded(slot, &key);
        self.state.mark(slot);
    }

    /// Notes for each `LAG` the row so far back from the one at `from` among the key's rows.
    fn note_lags(&self, key: &[u8], from: u64, computed: &mut Computed) {
        for (compute, lagged) in self.computes.iter().zip(&mut computed.lagged) {
            let Compute::Lag { offset, .. } = compute else { continue };
            let at = from.checked_sub(*offset).and_then(|at| usize::try_from(at).ok());
            let row = at.and_then(|at| self.rows.part(key)?.slots().nth(at));
            lagged.push(row.map(|row| self.rows.row(row).into()));
        }
    }

    /// Forgets computed rows that no frame and no `LAG` looks back at.
    fn forget_unneeded(&mut self, slot: u32, key: &[u8]) {
        if self.bounded() {
            return;
        }
        let lags = self.computes.iter().map(|compute| match compute {
            Compute::Lag { offset, .. } => *offset,
            _ => 0,
        });
        let needed = lags.max().unwrap_or_default();
        while self.state.values().progress[slot as usize].held > needed {
            let first: Option<Box<[u8]>> = self.rows.part(key).and_then(PartRows::first).map(|(place, _)| place.into());
            let Some(place) = first else { break };
            self.rows.remove(key, &place);
            self.state.values_mut().progress[slot as usize].held -= 1;
        }
    }
}

impl Operator for Over {
    fn restore(&mut self, entries: &StateEntries) -> Result<(), OperatorError> {
        self.rows.restore(entries)?;
        self.watermark.restore(entries)?;
        self.state.restore(entries)?;
        let waiting: BTreeMap<Vec<u8>, u32> =
            self.state.live().map(|slot| (self.state.key(slot).to_vec(), slot)).collect();
        for (key, slot) in waiting {
            let held = usize::try_from(self.state.values().progress[slot as usize].held).unwrap_or(usize::MAX);
            let part = self.rows.part(&key).into_iter().flat_map(PartRows::rows);
            self.due.extend(part.skip(held).map(|(place, _)| (time_of(place), slot)));
            self.due.extend(self.state.values().progress[slot as usize].timers.iter().map(|timer| (*timer, slot)));
        }
        Ok(())
    }

    fn process(&mut self, _port: usize, batch: RowBatch, out: &mut Output) -> Result<(), OperatorError> {
        let (before, end) = (self.watermark.get().max(batch.watermarks.start), batch.watermarks.end);
        self.keep(&batch, out)?;
        self.advance(end)?;
        self.emit(before.min(end), out)?;
        out.watermark(Signal::active(end));
        Ok(self.state.account()?)
    }

    fn watermark(&mut self, _port: usize, signal: Signal, out: &mut Output) -> Result<(), OperatorError> {
        let before = self.watermark.get();
        self.advance(signal.watermark)?;
        self.emit(before, out)?;
        out.watermark(signal);
        Ok(())
    }

    fn snapshot(&mut self, changes: &mut Vec<StateChange>) -> Result<(), OperatorError> {
        self.rows.snapshot(changes);
        self.state.snapshot(changes);
        self.watermark.snapshot(changes);
        Ok(())
    }
}
