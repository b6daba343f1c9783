//! Window table functions without aggregation: adds `window_start`, `window_end`, `window_time` to each row; and the
//! arithmetic of windows, which the window aggregation shares.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Int64Array, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, SchemaRef};
use chrono::{DateTime, NaiveDateTime, Offset, TimeZone};
use chrono_tz::Tz;
use yeoul_row::RowBatch;
use yeoul_sql::plan::{WindowKind, WindowSpec};

use crate::aggregate::cells::{from_millis, to_millis};
use crate::operator::{Operator, OperatorError, Output};

/// Assigns rows to windows.
#[derive(Clone, Debug)]
pub(crate) struct Windows {
    /// The place of the time attribute.
    pub(crate) time: usize,
    /// The shape.
    pub(crate) kind: WindowKind,
    /// The zone in whose local time windows begin, where the time attribute is an instant.
    zone: Option<Tz>,
}

impl Windows {
    /// The windows of a plan node whose input has this schema.
    pub(crate) fn new(window: &WindowSpec, input: &SchemaRef, zone: Tz) -> Windows {
        let instant = matches!(input.field(window.time).data_type(), DataType::Timestamp(_, Some(_)));
        let zone = (instant && zone != Tz::UTC).then_some(zone);
        Windows { time: window.time, kind: window.kind, zone }
    }

    /// The end of the window that a time of milliseconds falls into, in local milliseconds.
    pub(crate) fn end_of(&self, time: i64) -> i64 {
        let WindowKind::Tumble { size, offset } = self.kind;
        let local = self.to_local(time);
        let into = i128::from(local).wrapping_sub(i128::from(offset)).rem_euclid(i128::from(size.max(1)));
        let end = i128::from(local) - into + i128::from(size);
        i64::try_from(end).unwrap_or(if end < 0 { i64::MIN } else { i64::MAX })
    }

    /// The start of the window that ends at `end`.
    pub(crate) fn start_of(&self, end: i64) -> i64 {
        let WindowKind::Tumble { size, .. } = self.kind;
        end.saturating_sub(size)
    }

    /// The last millisecond of the window that ends at `end`: what the watermark must reach.
    pub(crate) fn last_of(&self, end: i64) -> i64 {
        self.to_instant(end.saturating_sub(1))
    }

    fn to_local(&self, instant: i64) -> i64 {
        let Some((zone, time)) = self.zone.zip(DateTime::from_timestamp_millis(instant)) else { return instant };
        let offset = zone.offset_from_utc_datetime(&time.naive_utc()).fix().local_minus_utc();
        instant.saturating_add(i64::from(offset) * 1000)
    }

    fn to_instant(&self, local: i64) -> i64 {
        instant_of(self.zone, local)
    }

    /// The end of each row's window.
    pub(crate) fn ends(&self, batch: &RecordBatch) -> Result<Int64Array, OperatorError> {
        let times = to_millis(batch.column(self.time))?;
        if times.null_count() > 0 {
            return Err(OperatorError::Row("the time column of a window is NULL in a row".to_owned()));
        }
        Ok(times.unary(|time| self.end_of(time)))
    }

    /// The columns `window_start`, `window_end`, `window_time`, whose types are the last three of `schema`.
    pub(crate) fn columns(&self, ends: &Int64Array, schema: &SchemaRef) -> Result<[ArrayRef; 3], OperatorError> {
        let types = |from_end: usize| schema.field(schema.fields().len() - from_end).data_type();
        let starts: Int64Array = ends.unary(|end| self.start_of(end));
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

/// Adds the window's columns to each row.
pub(crate) struct Window {
    windows: Windows,
    schema: SchemaRef,
}

impl Window {
    /// Adds the columns of `windows`; the result has this schema.
    pub(crate) fn new(windows: Windows, schema: SchemaRef) -> Window {
        Window { windows, schema }
    }
}

impl Operator for Window {
    fn process(&mut self, _port: usize, batch: RowBatch, out: &mut Output) -> Result<(), OperatorError> {
        let ends = self.windows.ends(&batch.columns)?;
        let mut columns = batch.columns.columns().to_vec();
        columns.extend(self.windows.columns(&ends, &self.schema)?);
        out.batch(batch.with_columns(RecordBatch::try_new(self.schema.clone(), columns)?));
        Ok(())
    }
}
