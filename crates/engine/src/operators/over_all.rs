//! Window functions over partitions as they are now: in batch, once all rows are there; streaming in an order that isn't
//! time, again whenever rows come or go, as an updating result.
//!
//! State: the rows ([`OrderedRows`]). Results are computed from them: before and after a batch for each partition that it
//! touches, so that only what differs is emitted.

use std::ops::Range;
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, UInt32Array};
use arrow::compute::{concat_batches, take_record_batch};
use arrow::datatypes::{DataType, SchemaRef};
use hashbrown::HashMap;
use yeoul_row::{RowBatch, RowKind, Watermarks};

use super::frames::Frames;
use super::ordered_rows::{OrderEncoder, OrderedRows, PartRows, place_of};
use crate::checkpoint::StateChange;
use crate::operator::{Operator, OperatorError, Output};
use crate::runtime::message::Signal;
use crate::state::{Budget, KeyEncoder, StateEntries};

/// How the operator is set up.
pub(crate) struct OverAllSettings {
    /// Places of the partition's columns.
    pub(crate) keys: Vec<usize>,
    /// The order, the frame, the calls.
    pub(crate) frames: Frames,
    /// Whether results wait for the end of the input.
    pub(crate) at_end: bool,
    /// The input's schema.
    pub(crate) input: SchemaRef,
    /// The result's schema.
    pub(crate) schema: SchemaRef,
}

/// A partition's key, and its rows with what they gave before a batch.
type Touched = (Box<[u8]>, RecordBatch);

/// Window functions over partitions as they are now.
pub(crate) struct OverAll {
    settings: OverAllSettings,
    keys: KeyEncoder,
    order: OrderEncoder,
    rows: OrderedRows,
    /// Tells result rows apart.
    whole: KeyEncoder,
}

impl OverAll {
    /// No rows.
    pub(crate) fn new(node: u32, settings: OverAllSettings, budget: Arc<Budget>) -> Result<OverAll, OperatorError> {
        let types = |schema: &SchemaRef, places: &[usize]| -> Vec<DataType> {
            places.iter().map(|place| schema.field(*place).data_type().clone()).collect()
        };
        let keys = KeyEncoder::new(&settings.keys, types(&settings.input, &settings.keys))?;
        let order = OrderEncoder::new(&settings.frames.order, &settings.input)?;
        let rows = OrderedRows::new(node, 0, settings.input.clone(), budget)?;
        let all: Vec<usize> = (0..settings.schema.fields().len()).collect();
        let whole = KeyEncoder::new(&all, types(&settings.schema, &all))?;
        Ok(OverAll { settings, keys, order, rows, whole })
    }

    /// The rows of a partition with their results.
    fn computed(&self, key: &[u8]) -> Result<RecordBatch, OperatorError> {
        let part = self.rows.part(key).into_iter().flat_map(PartRows::rows);
        let (places, slots): (Vec<&[u8]>, Vec<u32>) = part.map(|(place, slot)| (place_of(place), slot)).unzip();
        let rows = self.rows.decode(slots.iter().map(|slot| self.rows.row(*slot)))?;
        let mut columns: Vec<ArrayRef> = rows.columns().to_vec();
        columns.extend(self.settings.frames.compute(&rows, &peers(&places))?);
        Ok(RecordBatch::try_new(self.settings.schema.clone(), columns)?)
    }

    /// Applies a batch; the partitions that it touches with what they gave before.
    fn apply(&mut self, batch: &RowBatch) -> Result<Vec<Touched>, OperatorError> {
        let (keys, places) = (self.keys.encode(&batch.columns)?, self.order.encode(&batch.columns)?);
        let rows = self.rows.encode(&batch.columns)?;
        let mut touched: Vec<Touched> = Vec::new();
        let mut seen: HashMap<Box<[u8]>, ()> = HashMap::new();
        for row in 0..batch.rows() {
            let key = keys.key(row);
            if !self.settings.at_end && !seen.contains_key(key) {
                seen.insert(key.into(), ());
                touched.push((key.into(), self.computed(key)?));
            }
            if batch.kind(row).adds() {
                self.rows.insert(key, places.get(row), rows.row(row), false);
            } else {
                self.rows.remove_equal(key, places.get(row), rows.row(row));
            }
        }
        Ok(touched)
    }

    /// What differs between before and now: first what goes, then what comes.
    fn changes(&self, touched: &[Touched]) -> Result<Option<RowBatch>, OperatorError> {
        let mut before = Vec::with_capacity(touched.len());
        let mut after = Vec::with_capacity(touched.len());
        for (key, old) in touched {
            before.push(old.clone());
            after.push(self.computed(key)?);
        }
        let before = concat_batches(&self.settings.schema, &before)?;
        let after = concat_batches(&self.settings.schema, &after)?;
        let (old, new) = (self.whole.encode(&before)?, self.whole.encode(&after)?);
        let gone = missing(before.num_rows(), |row| old.key(row), after.num_rows(), |row| new.key(row));
        let come = missing(after.num_rows(), |row| new.key(row), before.num_rows(), |row| old.key(row));
        if gone.is_empty() && come.is_empty() {
            return Ok(None);
        }
        let mut kinds = vec![RowKind::Delete; gone.len()];
        kinds.resize(gone.len() + come.len(), RowKind::Insert);
        let gone = take_record_batch(&before, &UInt32Array::from(gone))?;
        let come = take_record_batch(&after, &UInt32Array::from(come))?;
        let columns = concat_batches(&self.settings.schema, [&gone, &come])?;
        let kinds = kinds.contains(&RowKind::Delete).then(|| kinds.into());
        Ok(Some(RowBatch { columns, kinds, watermarks: Watermarks::NONE, origin: None }))
    }

    fn emit_all(&mut self, out: &mut Output) -> Result<(), OperatorError> {
        let mut keys: Vec<Box<[u8]>> = self.rows.keys().map(Into::into).collect();
        keys.sort_unstable();
        for key in keys {
            out.batch(RowBatch::inserts(self.computed(&key)?, Watermarks::NONE));
            self.rows.clear(&key);
        }
        Ok(())
    }
}

/// The rows, as a multiset, that are here and not there.
fn missing<'a>(
    here: usize,
    row: impl Fn(usize) -> &'a [u8],
    there: usize,
    other: impl Fn(usize) -> &'a [u8],
) -> Vec<u32> {
    let mut counts: HashMap<&[u8], usize> = HashMap::new();
    (0..there).for_each(|place| *counts.entry(other(place)).or_default() += 1);
    let is_missing = |place: &u32| match counts.get_mut(row(*place as usize)) {
        Some(count) if *count > 0 => {
            *count -= 1;
            false
        }
        _ => true,
    };
    (0..here as u32).filter(is_missing).collect()
}

/// For each row, those that are equal to it in the order.
fn peers(places: &[&[u8]]) -> Vec<Range<usize>> {
    let mut peers = Vec::with_capacity(places.len());
    for group in places.chunk_by(|a, b| a == b) {
        let start = peers.len();
        peers.extend(std::iter::repeat_n(start..start + group.len(), group.len()));
    }
    peers
}

impl Operator for OverAll {
    fn restore(&mut self, entries: &StateEntries) -> Result<(), OperatorError> {
        Ok(self.rows.restore(entries)?)
    }

    fn process(&mut self, _port: usize, batch: RowBatch, out: &mut Output) -> Result<(), OperatorError> {
        out.applied(batch.rows());
        let touched = self.apply(&batch)?;
        let watermarks = Watermarks { before: None, ..batch.watermarks };
        match self.changes(&touched)? {
            Some(changes) => out.batch(RowBatch { watermarks, ..changes }),
            None => out.watermark(Signal::active(watermarks.end)),
        }
        Ok(self.rows.account()?)
    }

    fn watermark(&mut self, _port: usize, signal: Signal, out: &mut Output) -> Result<(), OperatorError> {
        if self.settings.at_end && signal.watermark == i64::MAX {
            self.emit_all(out)?;
        }
        out.watermark(signal);
        Ok(())
    }

    fn snapshot(&mut self, changes: &mut Vec<StateChange>) -> Result<(), OperatorError> {
        self.rows.snapshot(changes);
        Ok(())
    }
}
