//! Assigns watermarks, record by record, one per split of the source.
//!
//! The watermark of a split is the greatest value of the expression so far; the operator's is the smallest over the
//! splits that aren't idle, and never goes back. A row is judged by the watermark before it. With
//! [`WatermarkEmit::Periodic`], the watermark moves only when it is more than the interval ahead of the last one, or
//! when the interval of the engine's clock is over; it begins at 1970 (Flink's `WatermarkAssignerOperator`). In batch it
//! moves at the end alone.
//!
//! A source that is divided among subtasks has this operator in each, over the subtask's splits; one that has no split is
//! idle. Who reads their rows merges what they emit.
//!
//! State: the watermark of each split (key: its name), and the one that was emitted (the empty key; of a further subtask a
//! zero byte and its number), so that a restart makes nothing late and nothing in time. With another number of subtasks, each
//! begins with the smallest that was emitted.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use arrow::array::{Array, BooleanArray, Int64Array};
use yeoul_base::decode::{DecodeError, Decoder};
use yeoul_base::{Clock, Timestamp};
use yeoul_row::{RowBatch, Watermarks};
use yeoul_sql::plan::WatermarkEmit;

use crate::aggregate::cells::to_millis;
use crate::checkpoint::StateChange;
use crate::compute::Compiled;
use crate::failures::Failures;
use crate::operator::{Operator, OperatorError, Output};
use crate::runtime::message::Signal;
use crate::runtime::queue::lock;
use crate::state::{Budget, KeyGroup, KeyedState, Share, StateColumns, StateEntries, StateError};

/// What a source tells the watermark operator above it; both run in one chain.
#[derive(Debug, Default)]
pub(crate) struct Splits {
    inner: Mutex<SplitsInner>,
}

#[derive(Debug, Default)]
struct SplitsInner {
    /// The split of the batch under way.
    current: Option<Arc<str>>,
    /// Splits that were found since the operator last looked.
    found: Vec<String>,
}

impl Splits {
    /// The next batch is of this split.
    pub(crate) fn set_current(&self, split: &Arc<str>) {
        lock(&self.inner).current = Some(split.clone());
    }

    /// These splits exist: those that are silent hold the watermark back.
    pub(crate) fn found(&self, names: impl Iterator<Item = String>) {
        lock(&self.inner).found.extend(names);
    }
}

/// Watermarks, in milliseconds.
#[derive(Debug, Default)]
pub(super) struct Marks(pub(super) Vec<i64>);

impl StateColumns for Marks {
    fn grow(&mut self, slots: usize) {
        self.0.resize(slots, i64::MIN);
    }

    fn reset(&mut self, slot: usize) {
        self.0[slot] = i64::MIN;
    }

    fn write(&self, slot: usize, bytes: &mut Vec<u8>) {
        bytes.extend(self.0[slot].to_be_bytes());
    }

    fn read(&mut self, slot: usize, bytes: &mut Decoder<'_>) -> Result<(), DecodeError> {
        self.0[slot] = bytes.i64()?;
        Ok(())
    }

    fn bytes(&self) -> usize {
        self.0.len() * 8
    }
}

struct Activity {
    last: Duration,
    idle: bool,
}

/// How the operator is set up.
pub(crate) struct WatermarkSettings {
    /// The place of the rowtime column.
    pub(crate) rowtime: usize,
    /// Its name.
    pub(crate) rowtime_name: String,
    /// The watermark for a row.
    pub(crate) expr: Compiled,
    /// When watermarks move.
    pub(crate) emit: WatermarkEmit,
    /// When a silent split stops to hold the others back.
    pub(crate) idle_timeout: Option<Duration>,
    /// Whether each split has a watermark of its own.
    pub(crate) per_split: bool,
    /// Whether the job runs in batch: no watermark before the end.
    pub(crate) batch: bool,
}

/// Assigns watermarks.
pub(crate) struct AssignWatermarks {
    settings: WatermarkSettings,
    splits: Arc<Splits>,
    state: KeyedState<Marks>,
    activity: HashMap<u32, Activity>,
    emitted: i64,
    /// What the active splits had reached when others fell silent.
    passed: i64,
    idle: bool,
    /// Whether the input had ended when the last checkpoint was taken.
    finished: bool,
    next_emit: Duration,
    share: Share,
    clock: Arc<dyn Clock>,
    failures: Option<Failures>,
}

/// What the key of a further subtask's emitted watermark begins with.
const OF_SUBTASK: u8 = 0;
/// The key of the only watermark of a source whose splits share one.
const SHARED: &[u8] = b"*";

impl AssignWatermarks {
    /// Assigns watermarks to what the source tells of in `splits`.
    pub(crate) fn new(
        node: u32,
        settings: WatermarkSettings,
        splits: Arc<Splits>,
        budget: Arc<Budget>,
        clock: Arc<dyn Clock>,
        failures: Option<Failures>,
    ) -> AssignWatermarks {
        AssignWatermarks {
            settings,
            splits,
            state: KeyedState::new(node, 0, budget, Marks::default()).in_groups(KeyGroup::OfSubtask),
            activity: HashMap::new(),
            emitted: i64::MIN,
            passed: i64::MIN,
            idle: false,
            finished: false,
            next_emit: Duration::ZERO,
            share: Share::default(),
            clock,
            failures,
        }
    }

    /// Whether the source is divided, and none of its splits is this subtask's.
    fn is_without_splits(&self) -> bool {
        self.share.of > 1 && self.activity.is_empty()
    }

    /// Takes back what the subtasks had emitted: its own where there were as many, else the smallest.
    fn restore_emitted(&mut self) {
        let slots: Vec<u32> = self.state.live().filter(|slot| is_emitted(self.state.key(*slot))).collect();
        let own = self.state.find(&emitted_key(self.share.subtask)).filter(|_| slots.len() == self.share.of);
        let marks = &self.state.values().0;
        let smallest = slots.iter().map(|slot| marks[*slot as usize]).min();
        if let Some(emitted) = own.map(|slot| marks[slot as usize]).or(smallest) {
            self.emitted = emitted;
            self.finished = smallest == Some(i64::MAX);
        }
        let there = |slot: &u32| (0..self.share.of).any(|subtask| *emitted_key(subtask) == *self.state.key(*slot));
        let gone: Vec<u32> = slots.into_iter().filter(|slot| self.share.is_first() && !there(slot)).collect();
        gone.into_iter().for_each(|slot| self.state.remove(slot));
    }

    /// Takes rows without event time out, but for those that go: a deletion needs none.
    fn refuse_nulls(&mut self, batch: RowBatch, out: &mut Output) -> Result<RowBatch, OperatorError> {
        let rowtime = batch.columns.column(self.settings.rowtime);
        let is_missing = |row: usize| rowtime.is_null(row) && batch.kind(row).adds();
        if rowtime.null_count() == 0 || !(0..rowtime.len()).any(is_missing) {
            return Ok(batch);
        }
        let name = &self.settings.rowtime_name;
        let Some(failures) = &mut self.failures else {
            return Err(OperatorError::Row(format!(
                "the rowtime column `{name}` is NULL in a row; set `yeoul.dead-letter.topic` to put such rows aside, \
                 or leave them out before they reach the table"
            )));
        };
        let missing: Vec<usize> = (0..rowtime.len()).filter(|row| is_missing(*row)).collect();
        failures.report(&batch, &missing, "null-rowtime", |_| format!("the rowtime column `{name}` is NULL"))?;
        out.failed(missing.len());
        let keep: BooleanArray = (0..rowtime.len()).map(|row| Some(!is_missing(row))).collect();
        Ok(batch.filter(&keep)?)
    }

    /// The slot of the split that the current batch is of, made active.
    fn current(&mut self) -> u32 {
        let name = lock(&self.splits.inner).current.clone();
        let name = name.filter(|_| self.settings.per_split);
        let key = name.as_ref().map_or(SHARED, |name| name.as_bytes());
        let (slot, _) = self.state.slot(key);
        let last = self.clock.elapsed();
        self.activity.insert(slot, Activity { last, idle: false });
        self.idle = false;
        slot
    }

    /// Learns of splits that the source has found.
    fn look_for_splits(&mut self) {
        let found = std::mem::take(&mut lock(&self.splits.inner).found);
        let last = self.clock.elapsed();
        for name in found.iter().filter(|_| self.settings.per_split) {
            let (slot, _) = self.state.slot(name.as_bytes());
            self.activity.entry(slot).or_insert(Activity { last, idle: false });
        }
    }

    /// The smallest watermark of the active splits without `slot`; `i64::MAX` if there is none.
    fn others(&self, slot: Option<u32>) -> i64 {
        let active = self.activity.iter().filter(|(other, activity)| Some(**other) != slot && !activity.idle);
        active.map(|(other, _)| self.state.values().0[*other as usize]).min().unwrap_or(i64::MAX)
    }

    /// Moves the watermark over the rows of one split; the watermark before each.
    fn advance(&mut self, slot: u32, marks: &Int64Array) -> Vec<i64> {
        let others = if self.settings.batch { i64::MIN } else { self.others(Some(slot)) };
        let emit = self.settings.emit;
        let mut split = self.state.values().0[slot as usize];
        let mut before = Vec::with_capacity(marks.len());
        for row in 0..marks.len() {
            before.push(self.emitted);
            if marks.is_valid(row) {
                split = split.max(marks.value(row));
            }
            let reached = split.min(others);
            if reached > self.emitted && moves(emit, self.emitted, reached) {
                self.emitted = reached;
            }
        }
        self.state.mark(slot);
        self.state.values_mut().0[slot as usize] = split;
        before
    }

    /// Emits the watermark that the splits have reached, and whether all are idle, if either is new.
    fn emit(&mut self, out: &mut Output) {
        let has_part = !self.activity.is_empty() || self.is_without_splits();
        let idle = has_part && self.activity.values().all(|activity| activity.idle);
        let reached = if idle { self.emitted } else { self.others(None) };
        let reached = reached.max(self.passed);
        let reached = if self.activity.is_empty() { self.emitted } else { reached.max(self.emitted) };
        let before_1970 = reached <= 0 && matches!(self.settings.emit, WatermarkEmit::Periodic(_));
        let reached = if before_1970 { self.emitted } else { reached };
        if reached > self.emitted || idle != self.idle {
            (self.emitted, self.idle) = (reached, idle);
            out.watermark(Signal { watermark: reached, idle });
        }
    }

    /// Marks silent splits idle, those that fell silent first before the others: the watermark that the others had
    /// reached when they were alone counts, also where they are idle by now.
    fn find_idle(&mut self, now: Duration) {
        let Some(timeout) = self.settings.idle_timeout else { return };
        let silent = |activity: &Activity| !activity.idle && now.saturating_sub(activity.last) >= timeout;
        let since = self.activity.values().filter(|activity| silent(activity)).map(|activity| activity.last);
        for last in since.collect::<BTreeSet<Duration>>() {
            self.activity
                .values_mut()
                .filter(|activity| activity.last == last)
                .for_each(|activity| activity.idle = true);
            let reached = self.others(None);
            if reached != i64::MAX {
                self.passed = self.passed.max(reached);
            }
        }
    }
}

/// The key of the watermark that a subtask has emitted.
fn emitted_key(subtask: usize) -> Vec<u8> {
    match subtask {
        0 => Vec::new(),
        _ => [&[OF_SUBTASK][..], &(subtask as u32).to_be_bytes()].concat(),
    }
}

/// Whether a key is of an emitted watermark, not of a split.
fn is_emitted(key: &[u8]) -> bool {
    key.first().is_none_or(|first| *first == OF_SUBTASK)
}

/// The smallest watermark that an operator's subtasks had emitted at the last checkpoint; `i64::MIN`: none.
pub(crate) fn emitted_in(entries: &StateEntries) -> Result<i64, StateError> {
    let emitted = entries.table(0)?.into_iter().filter(|(key, _)| is_emitted(key));
    let marks = emitted.filter_map(|(_, value)| value.first_chunk::<8>().map(|bytes| i64::from_be_bytes(*bytes)));
    Ok(marks.min().unwrap_or(i64::MIN))
}

/// Whether a watermark moves at once.
fn moves(emit: WatermarkEmit, emitted: i64, reached: i64) -> bool {
    match emit {
        WatermarkEmit::OnEvent => true,
        WatermarkEmit::Periodic(interval) => {
            reached.saturating_sub(emitted.max(0)) > i64::try_from(interval).unwrap_or(i64::MAX)
        }
    }
}

impl Operator for AssignWatermarks {
    fn restore(&mut self, entries: &StateEntries) -> Result<(), OperatorError> {
        self.share = entries.share();
        self.state.restore(entries)?;
        self.restore_emitted();
        // Of a divided source it says which splits are this subtask's.
        if self.share.of == 1 {
            let last = self.clock.elapsed();
            let splits = self.state.live().filter(|slot| !is_emitted(self.state.key(*slot)));
            self.activity.extend(splits.map(|slot| (slot, Activity { last, idle: false })));
        }
        Ok(())
    }

    fn process(&mut self, _port: usize, batch: RowBatch, out: &mut Output) -> Result<(), OperatorError> {
        if self.finished {
            // Its windows are closed: the rows would all be late.
            let reason = "the job had finished, and its input has grown since; start it with `--fresh`";
            return Err(OperatorError::Row(reason.to_owned()));
        }
        self.look_for_splits();
        let batch = self.refuse_nulls(batch, out)?;
        let marks = to_millis(&self.settings.expr.evaluate(&batch)?)?;
        let slot = self.current();
        let start = self.emitted;
        let before = self.advance(slot, &marks);
        let end = self.emitted;
        let before = (start != end).then(|| before.into());
        out.batch(RowBatch { watermarks: Watermarks { start, before, end }, ..batch });
        Ok(())
    }

    fn watermark(&mut self, _port: usize, signal: Signal, out: &mut Output) -> Result<(), OperatorError> {
        if signal.watermark == i64::MAX {
            self.emitted = i64::MAX;
            out.watermark(signal);
        }
        Ok(())
    }

    fn tick(&mut self, _now: Timestamp, out: &mut Output) -> Result<(), OperatorError> {
        let now = self.clock.elapsed();
        self.look_for_splits();
        self.find_idle(now);
        if self.settings.batch {
            return Ok(());
        }
        match self.settings.emit {
            WatermarkEmit::Periodic(_) if now < self.next_emit => return Ok(()),
            WatermarkEmit::Periodic(interval) => self.next_emit = now + Duration::from_millis(interval),
            WatermarkEmit::OnEvent => {}
        }
        self.emit(out);
        Ok(())
    }

    fn snapshot(&mut self, changes: &mut Vec<StateChange>) -> Result<(), OperatorError> {
        if !self.is_without_splits() {
            let (slot, new) = self.state.slot(&emitted_key(self.share.subtask));
            if new || self.state.values().0[slot as usize] != self.emitted {
                self.state.mark(slot);
                self.state.values_mut().0[slot as usize] = self.emitted;
            }
        }
        self.state.snapshot(changes);
        Ok(())
    }

    fn prepare(&mut self) -> Result<Vec<bytes::Bytes>, OperatorError> {
        self.failures.as_mut().map_or_else(|| Ok(Vec::new()), Failures::prepare)
    }
}
