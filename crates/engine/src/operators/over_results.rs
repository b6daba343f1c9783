//! The results of window functions by time: what was computed in waves, put together behind the rows' own columns.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Int64Array, RecordBatch, UInt32Array};
use arrow::compute::{cast, concat, take};
use arrow::datatypes::{DataType, SchemaRef};
use yeoul_sql::plan::{OverCall, OverFunction};

use super::ordered_rows::OrderedRows;
use crate::operator::OperatorError;

/// A call, with the place of its result among the aggregates' where it is one.
pub(super) enum Compute {
    Aggregate(usize),
    Count,
    Lag { value: usize, offset: u64, default: Option<usize> },
}

/// What each call computes.
pub(super) fn computes_of(calls: &[OverCall]) -> Vec<Compute> {
    let mut aggregates = 0..;
    let compute = |call: &OverCall| match &call.function {
        OverFunction::Aggregate(_) => Compute::Aggregate(aggregates.next().unwrap_or_default()),
        OverFunction::Lag { value, offset, default } => {
            Compute::Lag { value: *value, offset: offset.unsigned_abs(), default: *default }
        }
        // Row numbers and ranks; others are refused by the plan in streaming.
        _ => Compute::Count,
    };
    calls.iter().map(compute).collect()
}

/// What waves have computed.
#[derive(Default)]
pub(super) struct Computed {
    /// The result rows, as bytes.
    pub(super) rows: Vec<Box<[u8]>>,
    /// For each of them, its row among the aggregates.
    pub(super) of: Vec<u32>,
    /// Results of the aggregates, wave by wave.
    pub(super) aggregates: Vec<Vec<ArrayRef>>,
    /// How many rows those have.
    pub(super) aggregated: u32,
    /// For each result row, how many rows there are up to it and its equals.
    pub(super) counts: Vec<i64>,
    /// For each `LAG` call and result row, the row so far back.
    pub(super) lagged: Vec<Vec<Option<Box<[u8]>>>>,
}

impl Computed {
    /// The result: the rows' columns, then one per call.
    pub(super) fn into_batch(
        self,
        computes: &[Compute],
        kept: &OrderedRows,
        schema: &SchemaRef,
    ) -> Result<RecordBatch, OperatorError> {
        let rows = kept.decode(self.rows.iter().map(|row| &**row))?;
        let of = UInt32Array::from(self.of);
        let mut columns = rows.columns().to_vec();
        for (compute, lagged) in computes.iter().zip(&self.lagged) {
            let data_type = schema.field(columns.len()).data_type();
            columns.push(match compute {
                Compute::Aggregate(at) => {
                    let waves: Vec<&dyn Array> = self.aggregates.iter().map(|wave| &*wave[*at] as &dyn Array).collect();
                    take(&concat(&waves)?, &of, None)?
                }
                Compute::Count => {
                    let counts: ArrayRef = Arc::new(Int64Array::from(self.counts.clone()));
                    cast(&counts, data_type)?
                }
                Compute::Lag { value, default, .. } => lag_column(kept, &rows, lagged, (*value, *default), data_type)?,
            });
        }
        Ok(RecordBatch::try_new(schema.clone(), columns)?)
    }
}

/// The value of the row so far back; where there is none, or it is NULL, the current row's default, else NULL.
fn lag_column(
    kept: &OrderedRows,
    rows: &RecordBatch,
    lagged: &[Option<Box<[u8]>>],
    (value, default): (usize, Option<usize>),
    data_type: &DataType,
) -> Result<ArrayRef, OperatorError> {
    let before = kept.decode(lagged.iter().flatten().map(|row| &**row))?;
    let values = cast(before.column(value), data_type)?;
    let defaults = default.map(|place| cast(rows.column(place), data_type)).transpose()?;
    let sources: Vec<&dyn Array> = [Some(&values), defaults.as_ref()].into_iter().flatten().map(|a| &**a).collect();
    let all = concat(&sources)?;
    let found = u32::try_from(values.len()).unwrap_or(u32::MAX);
    let mut next = 0..;
    let places: UInt32Array = (0_u32..)
        .zip(lagged)
        .map(|(row, lagged)| match lagged {
            Some(_) => next.next().map(|at: u32| match default {
                Some(_) if values.is_null(at as usize) => found + row,
                _ => at,
            }),
            None => default.map(|_| found + row),
        })
        .collect();
    Ok(take(&all, &places, None)?)
}
