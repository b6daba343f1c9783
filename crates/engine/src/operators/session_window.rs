//! Rows with their session: the `SESSION` table function without the aggregation of its own keys. A row waits until its
//! session is over, since only then its bounds are known; then it comes with `window_start`, `window_end`, `window_time`.
//!
//! Which rows make a session, and which are late, is as for [`super::session_aggregate`].
//!
//! State: the rows ([`OrderedRows`]), by key and in the order of time. Sessions are rebuilt from them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use arrow::array::{Int64Array, RecordBatch};
use arrow::datatypes::{DataType, SchemaRef};
use hashbrown::HashMap;
use yeoul_base::{Clock, Timestamp};
use yeoul_row::{RowBatch, Watermarks};

use super::ordered_rows::{OrderedRows, PartRows};
use super::window::Windows;
use crate::checkpoint::StateChange;
use crate::operator::{Operator, OperatorError, Output};
use crate::runtime::message::Signal;
use crate::state::{Budget, KeyEncoder, StateEntries};

/// How the operator is set up.
pub(crate) struct SessionWindowSettings {
    /// The windows.
    pub(crate) windows: Windows,
    /// The silence that ends a session, in milliseconds.
    pub(crate) gap: i64,
    /// Places of the columns by which sessions are told apart.
    pub(crate) partition: Vec<usize>,
    /// The input's schema.
    pub(crate) input: SchemaRef,
    /// The result's schema.
    pub(crate) schema: SchemaRef,
}

/// Gives rows their session.
pub(crate) struct SessionWindow {
    settings: SessionWindowSettings,
    keys: KeyEncoder,
    rows: OrderedRows,
    /// For each key, the end of each open session by its start.
    open: HashMap<Box<[u8]>, BTreeMap<i64, i64>>,
    /// The open sessions by their end: key and start.
    due: BTreeSet<(i64, Box<[u8]>, i64)>,
    watermark: i64,
    clock: Arc<dyn Clock>,
}

/// A time as bytes that sort.
pub(super) fn time_bytes(time: i64) -> [u8; 8] {
    (time.cast_unsigned() ^ (1 << 63)).to_be_bytes()
}

/// The time that [`time_bytes`] turned into the first bytes of a place.
pub(super) fn time_of(place: &[u8]) -> i64 {
    place.first_chunk::<8>().map_or(i64::MIN, |bytes| (u64::from_be_bytes(*bytes) ^ (1 << 63)).cast_signed())
}

impl SessionWindow {
    /// No sessions.
    pub(crate) fn new(
        node: u32,
        settings: SessionWindowSettings,
        budget: Arc<Budget>,
        clock: Arc<dyn Clock>,
    ) -> Result<SessionWindow, OperatorError> {
        let types = settings.partition.iter().map(|place| settings.input.field(*place).data_type().clone());
        let keys = KeyEncoder::new(&settings.partition, types.collect::<Vec<DataType>>())?;
        let rows = OrderedRows::new(node, 0, settings.input.clone(), budget)?;
        let (open, due) = (HashMap::new(), BTreeSet::new());
        Ok(SessionWindow { settings, keys, rows, open, due, watermark: i64::MIN, clock })
    }

    fn event_time(&self) -> bool {
        self.settings.windows.event_time
    }

    fn times(&self, batch: &RecordBatch) -> Result<Int64Array, OperatorError> {
        let windows = &self.settings.windows;
        if !self.event_time() {
            let now = windows.to_local(self.clock.now().0);
            return Ok(Int64Array::from_iter_values(std::iter::repeat_n(now, batch.num_rows())));
        }
        Ok(windows.times(batch)?.unary(|time| windows.to_local(time)))
    }

    fn keep(&mut self, batch: &RowBatch, out: &mut Output) -> Result<(), OperatorError> {
        let (times, keys) = (self.times(&batch.columns)?, self.keys.encode(&batch.columns)?);
        let rows = self.rows.encode(&batch.columns)?;
        let mut late = 0;
        for row in 0..batch.rows() {
            if self.event_time() {
                self.advance(batch.watermarks.before(row), out)?;
            }
            if self.join(keys.key(row), times.value(row)) {
                self.rows.insert(keys.key(row), &time_bytes(times.value(row)), rows.row(row), false);
            } else {
                late += 1;
            }
        }
        out.late(late);
        out.applied(batch.rows() - late);
        Ok(self.rows.account()?)
    }

    /// Lets a row of this time into a session; whether it isn't late.
    fn join(&mut self, key: &[u8], time: i64) -> bool {
        let (mut start, mut end) = (time, time.saturating_add(self.settings.gap));
        let sessions = self.open.get(key).into_iter().flatten();
        let touched: Vec<(i64, i64)> =
            sessions.map(|(from, to)| (*from, *to)).filter(|(from, to)| *from <= end && *to >= start).collect();
        let is_over = self.settings.windows.last_of(end) <= self.watermark;
        if touched.is_empty() && self.event_time() && is_over {
            return false;
        }
        for (from, to) in touched {
            (start, end) = (start.min(from), end.max(to));
            self.forget(key, from, to);
        }
        self.remember(key, start, end);
        true
    }

    fn remember(&mut self, key: &[u8], start: i64, end: i64) {
        self.open.entry(key.into()).or_default().insert(start, end);
        self.due.insert((end, key.into(), start));
    }

    fn forget(&mut self, key: &[u8], start: i64, end: i64) {
        self.due.remove(&(end, key.into(), start));
        if let Some(sessions) = self.open.get_mut(key) {
            sessions.remove(&start);
            if sessions.is_empty() {
                self.open.remove(key);
            }
        }
    }

    /// Emits the sessions whose last millisecond is not behind `time`.
    fn fire(&mut self, time: i64, out: &mut Output) -> Result<(), OperatorError> {
        while let Some((end, key, start)) = self.due.first().cloned() {
            if self.settings.windows.last_of(end) > time {
                break;
            }
            self.forget(&key, start, end);
            self.emit(&key, start, end, out)?;
        }
        Ok(())
    }

    fn emit(&mut self, key: &[u8], start: i64, end: i64, out: &mut Output) -> Result<(), OperatorError> {
        let last = end.saturating_sub(self.settings.gap);
        let of_session = |place: &[u8]| (start..=last).contains(&time_of(place));
        let part = self.rows.part(key).into_iter().flat_map(PartRows::rows);
        let (places, slots): (Vec<Box<[u8]>>, Vec<u32>) =
            part.filter(|(place, _)| of_session(place)).map(|(place, slot)| (place.into(), slot)).unzip();
        let rows = self.rows.decode(slots.iter().map(|slot| self.rows.row(*slot)))?;
        let bound = |bound: i64| Int64Array::from_iter_values(std::iter::repeat_n(bound, rows.num_rows()));
        let mut columns = rows.columns().to_vec();
        columns.extend(self.settings.windows.columns(bound(start), &bound(end), &self.settings.schema)?);
        let columns = RecordBatch::try_new(self.settings.schema.clone(), columns)?;
        out.batch(RowBatch::inserts(columns, Watermarks::steady(self.watermark)));
        places.iter().for_each(|place| self.rows.remove(key, place));
        Ok(())
    }

    fn advance(&mut self, watermark: i64, out: &mut Output) -> Result<(), OperatorError> {
        if self.event_time() && watermark > self.watermark {
            self.fire(watermark, out)?;
            self.watermark = watermark;
            out.watermark(Signal::active(watermark));
        }
        Ok(())
    }
}

impl Operator for SessionWindow {
    fn restore(&mut self, entries: &StateEntries) -> Result<(), OperatorError> {
        self.rows.restore(entries)?;
        let gap = self.settings.gap;
        let mut sessions: Vec<(Box<[u8]>, i64, i64)> = Vec::new();
        for key in self.rows.keys() {
            for (place, _) in self.rows.part(key).into_iter().flat_map(PartRows::rows) {
                let time = time_of(place);
                match sessions.last_mut() {
                    Some((of, _, end)) if **of == *key && time <= *end => *end = time.saturating_add(gap),
                    _ => sessions.push((key.into(), time, time.saturating_add(gap))),
                }
            }
        }
        sessions.into_iter().for_each(|(key, start, end)| self.remember(&key, start, end));
        Ok(())
    }

    fn process(&mut self, _port: usize, batch: RowBatch, out: &mut Output) -> Result<(), OperatorError> {
        self.keep(&batch, out)?;
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
        if self.event_time() {
            return Ok(());
        }
        self.fire(now.0.saturating_sub(1), out)
    }

    fn next_tick(&self) -> Option<Timestamp> {
        let (end, ..) = self.due.first().filter(|_| !self.event_time())?;
        Some(Timestamp(self.settings.windows.last_of(*end).saturating_add(1)))
    }

    fn snapshot(&mut self, changes: &mut Vec<StateChange>) -> Result<(), OperatorError> {
        self.rows.snapshot(changes);
        Ok(())
    }
}
