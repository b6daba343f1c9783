//! The first of two phases of an aggregation whose rows come from several subtasks: the rows of a batch become one per group
//! before they change subtasks, and the aggregation itself puts these together. Flink says local and global aggregation.
//!
//! Nothing is kept between batches, so that checkpoints hold nothing of it. A combined row has the grouping columns, of
//! windows the slice's end and (where rows carry their windows) the start as 64-bit integers, how many rows it stands for,
//! and what the accumulators hold, as bytes ([`Combined`] says where).

use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, BinaryArray, BinaryBuilder, Int64Array, RecordBatch, UInt32Array};
use arrow::compute::kernels::aggregate::min;
use arrow::compute::take;
use arrow::datatypes::{DataType, Field, Int64Type, Schema, SchemaRef};
use hashbrown::HashMap;
use yeoul_base::Clock;
use yeoul_row::{RowBatch, Watermarks};
use yeoul_sql::plan::WindowKind;

use super::window::Windows;
use crate::aggregate::AggregateColumns;
use crate::operator::OperatorError;
use crate::state::{KeyEncoder, KeyedState, StateColumns};

/// Where what belongs to a combined row is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Combined {
    /// How many grouping columns there are; they are the first.
    keys: usize,
    /// How many columns behind them say the window: 0, 1 (the slice's end) or 2 (the start, too).
    bounds: usize,
}

impl Combined {
    /// Of an aggregation with so many grouping columns, and of these windows.
    pub(crate) fn new(keys: usize, windows: Option<&Windows>) -> Combined {
        let bounds = windows.map_or(0, |windows| if attached(windows).is_some() { 2 } else { 1 });
        Combined { keys, bounds }
    }

    /// The places of the grouping columns.
    pub(crate) fn keys(self) -> Vec<usize> {
        (0..self.keys).collect()
    }

    /// The end of each row's slice.
    pub(crate) fn ends(self, batch: &RecordBatch) -> Int64Array {
        batch.column(self.keys).as_primitive::<Int64Type>().clone()
    }

    /// The start of each row's window, where rows carry theirs.
    pub(crate) fn starts(self, batch: &RecordBatch) -> Int64Array {
        batch.column(self.keys + 1).as_primitive::<Int64Type>().clone()
    }

    /// How many rows each row stands for.
    pub(crate) fn rows(self, batch: &RecordBatch) -> Int64Array {
        batch.column(self.keys + self.bounds).as_primitive::<Int64Type>().clone()
    }

    /// How many rows a batch stands for.
    pub(crate) fn count(self, batch: &RecordBatch) -> usize {
        self.rows(batch).values().iter().map(|rows| usize::try_from(*rows).unwrap_or_default()).sum()
    }

    fn values(self, batch: &RecordBatch) -> &BinaryArray {
        batch.column(self.keys + self.bounds + 1).as_binary()
    }

    /// Adds combined rows to the groups at `slots`.
    pub(crate) fn merge(
        self,
        batch: &RecordBatch,
        slots: &[u32],
        state: &mut KeyedState<AggregateColumns>,
    ) -> Result<(), OperatorError> {
        let aside = state.borrow_slot();
        for (slot, bytes) in slots.iter().zip(self.values(batch).iter()) {
            let read = state.values_mut().merge_written(*slot, aside, bytes.unwrap_or_default());
            read.map_err(|error| OperatorError::Row(format!("a combined row can't be read: {error}")))?;
        }
        state.give_back(aside);
        Ok(())
    }

    /// The columns of combined rows of an input with this schema, grouped by the columns at `keys`.
    pub(crate) fn schema(self, input: &Schema, keys: &[usize]) -> SchemaRef {
        let mut fields: Vec<Field> = keys.iter().map(|place| input.field(*place).clone()).collect();
        let names = ["end", "start"].into_iter().take(self.bounds).chain(["rows"]);
        fields.extend(names.map(|name| Field::new(name, DataType::Int64, false)));
        fields.push(Field::new("accumulators", DataType::Binary, false));
        Arc::new(Schema::new(fields))
    }
}

/// The place of the start of windows that rows carry.
fn attached(windows: &Windows) -> Option<usize> {
    match windows.kind {
        WindowKind::Attached { start, .. } => Some(start),
        _ => None,
    }
}

/// Combines the rows of each batch.
pub(crate) struct Combiner {
    keys: Vec<usize>,
    encoder: KeyEncoder,
    windows: Option<Windows>,
    columns: AggregateColumns,
    /// How many slots `columns` has room for; all are empty between batches.
    slots: usize,
    schema: SchemaRef,
    clock: Arc<dyn Clock>,
}

/// Which rows of a batch belong together.
struct Groups {
    /// Each row's group.
    slots: Vec<u32>,
    /// The first row of each group.
    firsts: Vec<u32>,
}

impl Combiner {
    /// Combines rows of schema `input` by the columns at `keys`, and by their slices.
    pub(crate) fn new(
        input: &SchemaRef,
        keys: &[usize],
        windows: Option<Windows>,
        columns: AggregateColumns,
        clock: Arc<dyn Clock>,
    ) -> Result<Combiner, OperatorError> {
        let types = keys.iter().map(|place| input.field(*place).data_type().clone()).collect();
        let schema = Combined::new(keys.len(), windows.as_ref()).schema(input, keys);
        let encoder = KeyEncoder::new(keys, types)?;
        Ok(Combiner { keys: keys.to_vec(), encoder, windows, columns, slots: 0, schema, clock })
    }

    /// The combined rows of a batch. Where its watermarks may close a window of its rows, each row stands for itself, under
    /// the watermark that was in force before it: whether it is late is decided as without combining.
    pub(crate) fn combine(&mut self, batch: &RowBatch) -> Result<RowBatch, OperatorError> {
        let bounds = self.bounds(&batch.columns)?;
        let (groups, watermarks) = if self.closes(&bounds, batch.watermarks.end) {
            let rows: Vec<u32> = (0..batch.rows() as u32).collect();
            (Groups { slots: rows.clone(), firsts: rows }, batch.watermarks.clone())
        } else {
            let watermarks = Watermarks { before: None, ..batch.watermarks };
            (self.group(batch, &bounds)?, watermarks)
        };
        let firsts = UInt32Array::from(groups.firsts);
        let of_groups = |column: &ArrayRef| take(column, &firsts, None);
        let keys = self.keys.iter().map(|place| batch.columns.column(*place).clone());
        let bounds = bounds.into_iter().map(|bound| Arc::new(bound) as ArrayRef);
        let mut columns = keys.chain(bounds).map(|column| of_groups(&column)).collect::<Result<Vec<_>, _>>()?;
        columns.extend(self.fold(&batch.columns, &groups.slots, firsts.len())?);
        Ok(RowBatch::inserts(RecordBatch::try_new(self.schema.clone(), columns)?, watermarks))
    }

    /// The columns that say the rows' windows.
    fn bounds(&self, batch: &RecordBatch) -> Result<Vec<Int64Array>, OperatorError> {
        let Some(windows) = &self.windows else { return Ok(Vec::new()) };
        let ends = windows.slice_ends(batch, &*self.clock)?;
        let start = attached(windows).map(|start| windows.attached(batch, start)).transpose()?;
        Ok(std::iter::once(ends).chain(start).collect())
    }

    /// Whether a watermark is behind the first window of any row.
    fn closes(&self, bounds: &[Int64Array], watermark: i64) -> bool {
        let Some((windows, end)) = self.windows.as_ref().zip(bounds.first().and_then(min)) else { return false };
        windows.last_of(windows.first_end(end)) <= watermark
    }

    fn group(&self, batch: &RowBatch, bounds: &[Int64Array]) -> Result<Groups, OperatorError> {
        let keys = self.encoder.encode(&batch.columns)?;
        let mut groups = Groups { slots: Vec::with_capacity(batch.rows()), firsts: Vec::new() };
        let mut known: HashMap<(&[u8], [i64; 2]), u32> = HashMap::new();
        for row in 0..batch.rows() {
            let bound = |number: usize| bounds.get(number).map_or(0, |bound| bound.value(row));
            let slot = *known.entry((keys.key(row), [bound(0), bound(1)])).or_insert_with(|| {
                groups.firsts.push(row as u32);
                groups.firsts.len() as u32 - 1
            });
            groups.slots.push(slot);
        }
        Ok(groups)
    }

    /// Folds rows into `count` groups: how many rows each has, and what its accumulators hold.
    fn fold(&mut self, batch: &RecordBatch, slots: &[u32], count: usize) -> Result<[ArrayRef; 2], OperatorError> {
        if count > self.slots {
            self.columns.grow(count);
            self.slots = count;
        }
        self.columns.update(slots, batch, None)?;
        let rows = Int64Array::from_iter_values((0..count as u32).map(|slot| self.columns.rows(slot)));
        let (mut values, mut bytes) = (BinaryBuilder::new(), Vec::new());
        for slot in 0..count {
            bytes.clear();
            self.columns.write(slot, &mut bytes);
            values.append_value(&bytes);
            self.columns.reset(slot);
        }
        Ok([Arc::new(rows), Arc::new(values.finish())])
    }
}
