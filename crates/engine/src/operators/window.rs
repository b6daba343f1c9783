//! Window table functions without aggregation: adds `window_start`, `window_end`, `window_time` to each row, once for
//! each of its windows; and the arithmetic of windows, which the window operators share.
//!
//! Windows begin and end in local time; all times here are milliseconds of it, but for what is compared with watermarks
//! ([`Windows::last_of`]). A *slice* is the longest stretch of time whose rows lie in the same windows: the whole
//! window of `TUMBLE`, the greatest common divisor of size and slide of `HOP`, the step of `CUMULATE`.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Int64Array, RecordBatch, UInt32Array};
use arrow::compute::cast;
use arrow::datatypes::{DataType, SchemaRef};
use chrono::{DateTime, NaiveDateTime, Offset, TimeZone};
use chrono_tz::Tz;
use yeoul_base::Clock;
use yeoul_row::{RowBatch, Watermarks};
use yeoul_sql::plan::{WindowKind, WindowSpec};

use crate::aggregate::cells::{from_millis, to_millis};
use crate::operator::{Operator, OperatorError, Output};
use crate::runtime::message::Signal;

/// The most rows of one emitted batch.
const EMIT_ROWS_MAX: usize = 8192;

/// Assigns rows to windows.
#[derive(Clone, Debug)]
pub(crate) struct Windows {
    /// The place of the time attribute.
    pub(crate) time: usize,
    /// The shape.
    pub(crate) kind: WindowKind,
    /// Whether rows go by event time; else by the clock.
    pub(crate) event_time: bool,
    /// The zone in whose local time windows begin, where the time attribute is an instant.
    zone: Option<Tz>,
}

/// The first end of a step of `step` behind `time`, steps beginning at `offset`; saturates.
fn end_behind(time: i64, step: i64, offset: i64) -> i64 {
    let step = i128::from(step.max(1));
    let into = i128::from(time).wrapping_sub(i128::from(offset)).rem_euclid(step);
    let end = i128::from(time) - into + step;
    i64::try_from(end).unwrap_or(if end < 0 { i64::MIN } else { i64::MAX })
}

fn divisor(a: i64, b: i64) -> i64 {
    if b == 0 { a } else { divisor(b, a % b) }
}

impl Windows {
    /// The windows of a plan node whose input has this schema.
    pub(crate) fn new(window: &WindowSpec, input: &SchemaRef, zone: Tz) -> Windows {
        let instant = matches!(input.field(window.time).data_type(), DataType::Timestamp(_, Some(_)));
        let zone = ((instant || !window.event_time) && zone != Tz::UTC).then_some(zone);
        Windows { time: window.time, kind: window.kind, event_time: window.event_time, zone }
    }

    /// The length of a slice; of sessions and attached windows, which have none, 1.
    pub(crate) fn slice(&self) -> i64 {
        match self.kind {
            WindowKind::Tumble { size, .. } => size,
            WindowKind::Hop { size, slide, .. } => divisor(size, slide),
            WindowKind::Cumulate { step, .. } => step,
            WindowKind::Session { .. } | WindowKind::Attached { .. } => 1,
        }
    }

    fn offset(&self) -> i64 {
        match self.kind {
            WindowKind::Tumble { offset, .. }
            | WindowKind::Hop { offset, .. }
            | WindowKind::Cumulate { offset, .. } => offset,
            WindowKind::Session { .. } | WindowKind::Attached { .. } => 0,
        }
    }

    /// The end of the slice that an instant falls into.
    pub(crate) fn slice_end(&self, time: i64) -> i64 {
        end_behind(self.to_local(time), self.slice(), self.offset())
    }

    /// The end of the first window that a slice lies in.
    pub(crate) fn first_end(&self, slice_end: i64) -> i64 {
        match self.kind {
            WindowKind::Hop { size, slide, offset } => {
                // Windows end where they begin plus the size: ends are shifted by the size's rest.
                end_behind(slice_end.saturating_sub(1), slide, offset.saturating_add(size % slide.max(1)))
            }
            _ => slice_end,
        }
    }

    /// The end of the last window that a slice lies in.
    pub(crate) fn last_end(&self, slice_end: i64) -> i64 {
        match self.kind {
            WindowKind::Hop { size, slide, offset } => {
                let start = slice_end.saturating_sub(self.slice());
                // The last window to begin at or before the slice.
                end_behind(start, slide, offset).saturating_sub(slide).saturating_add(size)
            }
            WindowKind::Cumulate { size, offset, .. } => end_behind(slice_end.saturating_sub(1), size, offset),
            _ => slice_end,
        }
    }

    /// The end of the window behind the one that ends at `end`.
    pub(crate) fn next_end(&self, end: i64) -> i64 {
        match self.kind {
            WindowKind::Hop { slide, .. } => end.saturating_add(slide),
            WindowKind::Cumulate { step, .. } => end.saturating_add(step),
            _ => end.saturating_add(self.slice()),
        }
    }

    /// The start of the window that ends at `end`.
    pub(crate) fn start_of(&self, end: i64) -> i64 {
        match self.kind {
            WindowKind::Tumble { size, .. } | WindowKind::Hop { size, .. } => end.saturating_sub(size),
            WindowKind::Cumulate { size, offset, .. } => {
                end_behind(end.saturating_sub(1), size, offset).saturating_sub(size)
            }
            WindowKind::Session { gap } => end.saturating_sub(gap),
            WindowKind::Attached { .. } => end,
        }
    }

    /// The last millisecond of the window that ends at `end`, as an instant: what the watermark must reach.
    pub(crate) fn last_of(&self, end: i64) -> i64 {
        self.to_instant(end.saturating_sub(1))
    }

    /// An instant in the windows' local time.
    pub(crate) fn to_local(&self, instant: i64) -> i64 {
        let Some((zone, time)) = self.zone.zip(DateTime::from_timestamp_millis(instant)) else { return instant };
        let offset = zone.offset_from_utc_datetime(&time.naive_utc()).fix().local_minus_utc();
        instant.saturating_add(i64::from(offset) * 1000)
    }

    fn to_instant(&self, local: i64) -> i64 {
        instant_of(self.zone, local)
    }

    /// Each row's event time, an instant in milliseconds.
    pub(crate) fn times(&self, batch: &RecordBatch) -> Result<Int64Array, OperatorError> {
        let times = to_millis(batch.column(self.time))?;
        if times.null_count() > 0 {
            return Err(OperatorError::Row("the time column of a window is NULL in a row".to_owned()));
        }
        Ok(times)
    }

    /// The end of each row's slice; of attached windows, the window's.
    pub(crate) fn slice_ends(&self, batch: &RecordBatch, clock: &dyn Clock) -> Result<Int64Array, OperatorError> {
        if let WindowKind::Attached { end, .. } = self.kind {
            return self.attached(batch, end);
        }
        if !self.event_time {
            let end = self.slice_end(clock.now().0);
            return Ok(Int64Array::from_iter_values(std::iter::repeat_n(end, batch.num_rows())));
        }
        Ok(self.times(batch)?.unary(|time| self.slice_end(time)))
    }

    /// A window's bound that the rows carry.
    pub(crate) fn attached(&self, batch: &RecordBatch, place: usize) -> Result<Int64Array, OperatorError> {
        let bounds = to_millis(batch.column(place))?;
        if bounds.null_count() > 0 {
            return Err(OperatorError::Row("the window of a row is NULL".to_owned()));
        }
        Ok(bounds)
    }

    /// The columns `window_start`, `window_end`, `window_time`, whose types are the last three of `schema`.
    pub(crate) fn columns(
        &self,
        starts: Int64Array,
        ends: &Int64Array,
        schema: &SchemaRef,
    ) -> Result<[ArrayRef; 3], OperatorError> {
        let types = |from_end: usize| schema.field(schema.fields().len() - from_end).data_type();
        let times: Int64Array = ends.unary(|end| self.last_of(end));
        let time: ArrayRef = match types(1) {
            DataType::Timestamp(..) => from_millis(times, types(1))?,
            other => cast(&(Arc::new(times) as ArrayRef), other)?,
        };
        Ok([from_millis(starts, types(3))?, from_millis(ends.clone(), types(2))?, time])
    }
}

/// The instant of a local time in a zone, both in milliseconds; without a zone, they are the same.
pub(crate) fn instant_of(zone: Option<Tz>, local: i64) -> i64 {
    let Some((zone, time)) = zone.zip(naive(local)) else { return local };
    zone.from_local_datetime(&time).earliest().map_or(local, |time| time.timestamp_millis())
}

fn naive(millis: i64) -> Option<NaiveDateTime> {
    DateTime::from_timestamp_millis(millis).map(|time| time.naive_utc())
}

/// Adds the window's columns to each row, which comes once for each of its windows.
pub(crate) struct Window {
    windows: Windows,
    schema: SchemaRef,
    clock: Arc<dyn Clock>,
}

impl Window {
    /// Adds the columns of `windows`; the result has this schema.
    pub(crate) fn new(windows: Windows, schema: SchemaRef, clock: Arc<dyn Clock>) -> Window {
        Window { windows, schema, clock }
    }

    fn widened(&self, columns: &RecordBatch, ends: &Int64Array) -> Result<RecordBatch, OperatorError> {
        let starts = ends.unary(|end| self.windows.start_of(end));
        let mut all = columns.columns().to_vec();
        all.extend(self.windows.columns(starts, ends, &self.schema)?);
        Ok(RecordBatch::try_new(self.schema.clone(), all)?)
    }

    /// Emits each row once for each window, in batches of a bounded size.
    fn emit_all(&self, batch: &RowBatch, slices: &Int64Array, out: &mut Output) -> Result<(), OperatorError> {
        let (mut rows, mut ends) = (Vec::new(), Vec::new());
        for row in 0..batch.rows() {
            let last = self.windows.last_end(slices.value(row));
            let mut end = self.windows.first_end(slices.value(row));
            while end <= last {
                rows.push(row as u32);
                ends.push(end);
                let next = self.windows.next_end(end);
                if next <= end {
                    break;
                }
                end = next;
                if rows.len() >= EMIT_ROWS_MAX {
                    self.emit(batch, &mut rows, &mut ends, out)?;
                }
            }
        }
        self.emit(batch, &mut rows, &mut ends, out)
    }

    /// Emits these rows under the watermarks before them.
    fn emit(
        &self,
        batch: &RowBatch,
        rows: &mut Vec<u32>,
        ends: &mut Vec<i64>,
        out: &mut Output,
    ) -> Result<(), OperatorError> {
        let Some(last) = rows.last().copied() else { return Ok(()) };
        let taken = batch.take(&UInt32Array::from(std::mem::take(rows)))?;
        let end = batch.watermarks.before(last as usize);
        let columns = self.widened(&taken.columns, &Int64Array::from(std::mem::take(ends)))?;
        out.batch(RowBatch { columns, watermarks: Watermarks { end, ..taken.watermarks }, origin: None, ..taken });
        Ok(())
    }
}

impl Operator for Window {
    fn process(&mut self, _port: usize, batch: RowBatch, out: &mut Output) -> Result<(), OperatorError> {
        let slices = self.windows.slice_ends(&batch.columns, &*self.clock)?;
        if matches!(self.windows.kind, WindowKind::Tumble { .. }) {
            let columns = self.widened(&batch.columns, &slices)?;
            out.batch(batch.with_columns(columns));
            return Ok(());
        }
        out.applied(batch.rows());
        self.emit_all(&batch, &slices, out)?;
        out.watermark(Signal::active(batch.watermarks.end));
        Ok(())
    }
}
