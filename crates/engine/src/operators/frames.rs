//! Window functions over the rows of one partition that is there as a whole, in order: any frame.

use std::ops::Range;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Float64Array, Int64Array, RecordBatch, UInt32Array};
use arrow::compute::{cast, concat, take};
use arrow::datatypes::{DataType, Schema};
use yeoul_row::RowKind;
use yeoul_sql::plan::{Aggregate, AggregateFunction, Frame, FrameBound, OverCall, OverFunction, SortKey};

use crate::aggregate::AggregateColumns;
use crate::aggregate::cells::Cells;
use crate::operator::OperatorError;
use crate::state::StateColumns;

/// The calls of one `OVER`.
pub(crate) struct Frames {
    /// The order within a partition.
    pub(crate) order: Vec<SortKey>,
    /// The frame.
    pub(crate) frame: Frame,
    /// The calls.
    pub(crate) calls: Vec<OverCall>,
}

/// Each row's neighbours.
struct Partition<'a> {
    rows: &'a RecordBatch,
    /// For each row, the rows that are equal to it in the order.
    peers: &'a [Range<usize>],
    /// For each row, its frame.
    frames: Vec<Range<usize>>,
}

impl Frames {
    /// The results of the calls for the rows of one partition, in order; `peers` holds for each row those that are
    /// equal to it in the order.
    pub(crate) fn compute(&self, rows: &RecordBatch, peers: &[Range<usize>]) -> Result<Vec<ArrayRef>, OperatorError> {
        let frames = self.bounds(rows, peers)?;
        let partition = Partition { rows, peers, frames };
        self.calls.iter().map(|call| self.call(call, &partition)).collect()
    }

    fn call(&self, call: &OverCall, partition: &Partition<'_>) -> Result<ArrayRef, OperatorError> {
        let data_type = call.data_type.logical.to_arrow();
        let (peers, len) = (partition.peers, partition.rows.num_rows());
        let numbers = |number: &dyn Fn(usize) -> i64| {
            let numbers: ArrayRef = Arc::new(Int64Array::from_iter_values((0..len).map(number)));
            cast(&numbers, &data_type)
        };
        Ok(match &call.function {
            OverFunction::Aggregate(aggregate) => return self.aggregate(aggregate, partition),
            OverFunction::RowNumber => numbers(&|row| row as i64 + 1)?,
            OverFunction::Rank => numbers(&|row| peers[row].start as i64 + 1)?,
            OverFunction::DenseRank => {
                let ranks = dense_ranks(peers);
                numbers(&|row| ranks[row])?
            }
            OverFunction::Ntile(parts) => numbers(&|row| tile(row, len, *parts))?,
            OverFunction::PercentRank => {
                fractions(
                    len,
                    &data_type,
                    |row| {
                        if len > 1 { peers[row].start as f64 / (len - 1) as f64 } else { 0.0 }
                    },
                )?
            }
            // Flink counts rows, not their equals.
            OverFunction::CumeDist => fractions(len, &data_type, |row| (row + 1) as f64 / len as f64)?,
            OverFunction::Lag { value, offset, default } => lag(partition.rows, *value, *offset, *default, &data_type)?,
        })
    }

    /// An aggregate over each row's frame, which only moves on: what enters is added, what leaves is taken out.
    fn aggregate(&self, aggregate: &Aggregate, partition: &Partition<'_>) -> Result<ArrayRef, OperatorError> {
        if matches!(aggregate.function, AggregateFunction::FirstValue | AggregateFunction::LastValue) {
            return first_or_last(aggregate, partition);
        }
        let slides = self.frame.start != FrameBound::UnboundedPreceding;
        let schema: &Schema = partition.rows.schema_ref();
        let columns = AggregateColumns::new(std::slice::from_ref(aggregate), schema, slides);
        let mut columns = columns.map_err(OperatorError::Row)?;
        columns.grow(1);
        let (mut results, mut of) = (Vec::new(), Vec::new());
        let mut held = 0..0;
        for frame in &partition.frames {
            if *frame != held || results.is_empty() {
                move_on(&mut columns, partition.rows, &mut held, frame)?;
                results.push(columns.evaluate(&[0])?.remove(0));
            }
            of.push(results.len() as u32 - 1);
        }
        let results: Vec<&dyn Array> = results.iter().map(|result| &**result).collect();
        if results.is_empty() {
            return Ok(arrow::array::new_empty_array(&aggregate.data_type.logical.to_arrow()));
        }
        Ok(take(&concat(&results)?, &UInt32Array::from(of), None)?)
    }

    /// Each row's frame.
    fn bounds(&self, rows: &RecordBatch, peers: &[Range<usize>]) -> Result<Vec<Range<usize>>, OperatorError> {
        let distances = self.distances(rows)?;
        let len = rows.num_rows();
        let bound = |bound: FrameBound, row: usize, end: bool| -> usize {
            let peer = &peers[row];
            match (bound, self.frame.rows) {
                (FrameBound::UnboundedPreceding, _) => 0,
                (FrameBound::UnboundedFollowing, _) => len,
                (FrameBound::CurrentRow, true) => row + usize::from(end),
                (FrameBound::CurrentRow, false) => {
                    if end {
                        peer.end
                    } else {
                        peer.start
                    }
                }
                (FrameBound::Preceding(by), true) => offset_row(row, by.saturating_neg(), end, len),
                (FrameBound::Following(by), true) => offset_row(row, by, end, len),
                (FrameBound::Preceding(by), false) => at_distance(&distances, peer, row, -i128::from(by), end),
                (FrameBound::Following(by), false) => at_distance(&distances, peer, row, i128::from(by), end),
            }
        };
        let mut low = Range::default();
        let frames = (0..len).map(|row| {
            let frame = bound(self.frame.start, row, false)..bound(self.frame.end, row, true);
            // An empty frame stands where the frames move on.
            let start = frame.start.min(len).max(low.start);
            low = start..frame.end.max(start).max(low.end);
            start..frame.end.max(start)
        });
        Ok(frames.collect())
    }

    /// Each row's value in the order, as distances count it; NULL where the row has none.
    fn distances(&self, rows: &RecordBatch) -> Result<Vec<Option<i128>>, OperatorError> {
        let by_distance = |bound| matches!(bound, FrameBound::Preceding(_) | FrameBound::Following(_));
        let Some(key) = self.order.first() else { return Ok(Vec::new()) };
        if self.frame.rows || !(by_distance(self.frame.start) || by_distance(self.frame.end)) {
            return Ok(Vec::new());
        }
        let column = rows.column(key.column);
        let cells = match column.data_type() {
            DataType::Timestamp(..) => Cells::Int(crate::aggregate::cells::to_millis(column)?),
            _ => Cells::of(column)?,
        };
        let sign = if key.descending { -1 } else { 1 };
        let value = |row: usize| match &cells {
            Cells::Int(values) => Some(i128::from(values.value(row)) * sign),
            Cells::Decimal(values) => Some(values.value(row).saturating_mul(sign)),
            _ => None,
        };
        Ok((0..rows.num_rows()).map(|row| if column.is_null(row) { None } else { value(row) }).collect())
    }
}

fn offset_row(row: usize, by: i64, end: bool, len: usize) -> usize {
    let at = i128::try_from(row).unwrap_or(i128::MAX) + i128::from(by) + i128::from(end);
    usize::try_from(at.max(0)).unwrap_or(usize::MAX).min(len)
}

/// The first row (or the end of the rows) whose distance from row `row` is `by` or more (or no more than `by`).
fn at_distance(values: &[Option<i128>], peer: &Range<usize>, row: usize, by: i128, end: bool) -> usize {
    let Some(Some(own)) = values.get(row) else { return if end { peer.end } else { peer.start } };
    let limit = own + by;
    let nulls_first = values.first().is_some_and(Option::is_none);
    // NULLs stand together at one end of the order and are near to nothing.
    values.partition_point(|value| match value {
        None => nulls_first,
        Some(value) => {
            if end {
                *value <= limit
            } else {
                *value < limit
            }
        }
    })
}

fn move_on(
    columns: &mut AggregateColumns,
    rows: &RecordBatch,
    held: &mut Range<usize>,
    frame: &Range<usize>,
) -> Result<(), OperatorError> {
    let leaves = held.start..frame.start.min(held.end);
    if !leaves.is_empty() {
        let gone = rows.slice(leaves.start, leaves.len());
        columns.update(&vec![0; leaves.len()], &gone, Some(&vec![RowKind::Delete; leaves.len()]))?;
    }
    let enters = held.end.max(frame.start)..frame.end;
    if !enters.is_empty() {
        columns.update(&vec![0; enters.len()], &rows.slice(enters.start, enters.len()), None)?;
    }
    *held = frame.clone();
    Ok(())
}

/// The first or last value in each row's frame that isn't NULL.
fn first_or_last(aggregate: &Aggregate, partition: &Partition<'_>) -> Result<ArrayRef, OperatorError> {
    let place = aggregate.args.first().copied().unwrap_or_default();
    let column = partition.rows.column(place);
    let first = aggregate.function == AggregateFunction::FirstValue;
    let counts = |row: &usize| {
        let passes = aggregate.filter.is_none_or(|filter| {
            let filter = arrow::array::AsArray::as_boolean(partition.rows.column(filter));
            filter.is_valid(*row) && filter.value(*row)
        });
        passes && column.is_valid(*row)
    };
    let find = |frame: &Range<usize>| {
        let mut rows = frame.clone();
        let found = if first { rows.find(counts) } else { rows.rfind(counts) };
        found.and_then(|row| u32::try_from(row).ok())
    };
    let places: UInt32Array = partition.frames.iter().map(find).collect();
    Ok(take(column, &places, None)?)
}

fn dense_ranks(peers: &[Range<usize>]) -> Vec<i64> {
    let mut rank = 0;
    let next = |(row, peer): (usize, &Range<usize>)| {
        rank += i64::from(peer.start == row);
        rank
    };
    peers.iter().enumerate().map(next).collect()
}

/// The part, from 1, that a row falls into when `len` rows are cut into `parts` of nearly one size.
fn tile(row: usize, len: usize, parts: i64) -> i64 {
    let (row, len, parts) = (row as i64, len as i64, parts.max(1));
    let (size, longer) = (len / parts, len % parts);
    let in_longer = longer * (size + 1);
    if row < in_longer { row / (size + 1) + 1 } else { longer + (row - in_longer) / size.max(1) + 1 }
}

fn fractions(len: usize, data_type: &DataType, fraction: impl Fn(usize) -> f64) -> Result<ArrayRef, OperatorError> {
    let values: ArrayRef = Arc::new(Float64Array::from_iter_values((0..len).map(fraction)));
    Ok(cast(&values, data_type)?)
}

/// The value `offset` rows back (ahead, if negative), else the row's default, else NULL.
fn lag(
    rows: &RecordBatch,
    value: usize,
    offset: i64,
    default: Option<usize>,
    data_type: &DataType,
) -> Result<ArrayRef, OperatorError> {
    let values = cast(rows.column(value), data_type)?;
    let defaults = default.map(|place| cast(rows.column(place), data_type)).transpose()?;
    let len = rows.num_rows();
    let source = |row: usize| {
        let at = i128::try_from(row).unwrap_or(i128::MAX) - i128::from(offset);
        match usize::try_from(at) {
            Ok(at) if at < len => u32::try_from(at).ok(),
            _ => default.and_then(|_| u32::try_from(len + row).ok()),
        }
    };
    let sources: Vec<&dyn Array> = [Some(&values), defaults.as_ref()].into_iter().flatten().map(|a| &**a).collect();
    let places: UInt32Array = (0..len).map(source).collect();
    Ok(take(&concat(&sources)?, &places, None)?)
}
