//! Top-N: keeps the rows of each key whose rank in an order lies in a range; updating.
//!
//! Among equal rows the one that came first ranks first, as in Flink. Rows that only come are kept up to the last rank;
//! rows that can be taken back are all kept, since any may rank later. The changes of one key within a batch are folded
//! into one: first what goes, then what comes.
//!
//! State: the rows ([`OrderedRows`]).

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, UInt32Array};
use arrow::datatypes::{DataType, SchemaRef};
use hashbrown::HashMap;
use yeoul_base::Timestamp;
use yeoul_row::{RowBatch, RowKind, Watermarks};
use yeoul_sql::plan::{RankRange, SortKey};

use super::ordered_rows::{OrderEncoder, OrderedRows, PartRows};
use crate::checkpoint::StateChange;
use crate::operator::{Operator, OperatorError, Output};
use crate::runtime::message::Signal;
use crate::state::{Budget, KeyEncoder, StateEntries, StateTtl};

/// How the operator is set up.
pub(crate) struct RankSettings {
    /// Places of the key columns.
    pub(crate) keys: Vec<usize>,
    /// The order.
    pub(crate) order: Vec<SortKey>,
    /// Which ranks stay.
    pub(crate) range: RankRange,
    /// Whether the last column is the rank.
    pub(crate) with_rank: bool,
    /// Whether rows can be taken back.
    pub(crate) retracts: bool,
    /// The input's schema.
    pub(crate) input: SchemaRef,
    /// The result's schema.
    pub(crate) schema: SchemaRef,
}

/// Keeps the rows of each key whose rank lies in a range.
pub(crate) struct Rank {
    settings: RankSettings,
    keys: KeyEncoder,
    order: OrderEncoder,
    rows: OrderedRows,
}

/// The visible rows of a key, in order: slot-independent bytes.
type Visible = Vec<Box<[u8]>>;

/// A key, and what was visible of it before a batch.
type Touched = (Box<[u8]>, Visible);

impl Rank {
    /// An empty Top-N.
    pub(crate) fn new(node: u32, settings: RankSettings, budget: Arc<Budget>) -> Result<Rank, OperatorError> {
        let types = settings.keys.iter().map(|place| settings.input.field(*place).data_type().clone());
        let keys = KeyEncoder::new(&settings.keys, types.collect::<Vec<DataType>>())?;
        let order = OrderEncoder::new(&settings.order, &settings.input)?;
        let rows = OrderedRows::new(node, 0, settings.input.clone(), budget)?;
        Ok(Rank { settings, keys, order, rows })
    }

    /// The same operator, whose state lives for a time only, where one is given.
    pub(crate) fn living(mut self, ttl: Option<StateTtl>) -> Rank {
        self.rows = self.rows.living(ttl);
        self
    }

    fn last(&self) -> usize {
        usize::try_from(self.settings.range.last).unwrap_or(usize::MAX)
    }

    fn visible(&self, key: &[u8]) -> Visible {
        let skip = usize::try_from(self.settings.range.first.saturating_sub(1)).unwrap_or(usize::MAX);
        let rows = self.rows.part(key).into_iter().flat_map(PartRows::slots);
        rows.take(self.last()).skip(skip).map(|slot| self.rows.row(slot).into()).collect()
    }

    /// The batch without the rows that rank behind all that are kept of a full key, as most do; how many these are. What they
    /// lose against only gets better.
    fn contenders(&self, batch: &RowBatch) -> Result<(RowBatch, usize), OperatorError> {
        if self.settings.retracts {
            return Ok((batch.clone(), 0));
        }
        let (keys, places) = (self.keys.encode(&batch.columns)?, self.order.encode(&batch.columns)?);
        let loses = |row: usize| self.rows.is_full_before(keys.key(row), self.last(), places.get(row));
        let kept: Vec<u32> = (0..batch.rows()).filter(|row| !loses(*row)).map(|row| row as u32).collect();
        let lost = batch.rows() - kept.len();
        Ok(if lost == 0 { (batch.clone(), 0) } else { (batch.take(&UInt32Array::from(kept))?, lost) })
    }

    /// Applies a batch; the keys that it touches with what was visible before, in the order in which they came.
    fn apply(&mut self, batch: &RowBatch, out: &mut Output) -> Result<Vec<Touched>, OperatorError> {
        let (batch, mut lost) = self.contenders(batch)?;
        let (keys, places) = (self.keys.encode(&batch.columns)?, self.order.encode(&batch.columns)?);
        let rows = self.rows.encode(&batch.columns)?;
        let (mut touched, rows_in): (Vec<Touched>, usize) = (Vec::new(), batch.rows() + lost);
        let mut seen: HashMap<Box<[u8]>, ()> = HashMap::new();
        for row in 0..batch.rows() {
            let (key, place) = (keys.key(row), places.get(row));
            let adds = batch.kind(row).adds();
            let full = !self.settings.retracts && self.rows.len(key) >= self.last();
            if adds && full && self.rows.is_behind_all(key, place) {
                lost += 1;
                continue;
            }
            if !seen.contains_key(key) {
                seen.insert(key.into(), ());
                touched.push((key.into(), self.visible(key)));
            }
            if !adds {
                self.rows.remove_equal(key, place, rows.row(row));
                continue;
            }
            self.rows.insert(key, place, rows.row(row), false);
            if full {
                self.rows.remove_last(key);
            }
        }
        out.filtered("below the last rank", lost);
        out.applied(rows_in - lost);
        Ok(touched)
    }

    fn changes(&self, touched: &[Touched], watermarks: Watermarks) -> Result<RowBatch, OperatorError> {
        let after: Vec<Visible> = touched.iter().map(|(key, _)| self.visible(key)).collect();
        let mut changes = Changes::default();
        for ((_, before), after) in touched.iter().zip(&after) {
            if self.settings.with_rank {
                changes.by_rank(before, after, self.settings.range.first);
            } else {
                changes.by_row(before, after);
            }
        }
        let columns = self.columns(&changes)?;
        let kinds = changes.kinds.iter().any(|kind| *kind != RowKind::Insert).then(|| changes.kinds.into());
        Ok(RowBatch { columns, kinds, watermarks, origin: None })
    }

    fn columns(&self, changes: &Changes<'_>) -> Result<RecordBatch, OperatorError> {
        let columns = self.rows.decode(changes.rows.iter().copied())?;
        if !self.settings.with_rank {
            return Ok(RecordBatch::try_new(self.settings.schema.clone(), columns.columns().to_vec())?);
        }
        with_ranks(&columns, &changes.ranks, &self.settings.schema)
    }
}

/// Rows with their ranks as a last column.
pub(super) fn with_ranks(rows: &RecordBatch, ranks: &[i64], schema: &SchemaRef) -> Result<RecordBatch, OperatorError> {
    let ranks: ArrayRef = Arc::new(Int64Array::from(ranks.to_vec()));
    let mut columns = rows.columns().to_vec();
    columns.push(arrow::compute::cast(&ranks, schema.field(columns.len()).data_type())?);
    Ok(RecordBatch::try_new(schema.clone(), columns)?)
}

/// What goes and what comes.
#[derive(Default)]
struct Changes<'a> {
    rows: Vec<&'a [u8]>,
    ranks: Vec<i64>,
    kinds: Vec<RowKind>,
}

impl<'a> Changes<'a> {
    fn push(&mut self, row: &'a [u8], rank: i64, kind: RowKind) {
        self.rows.push(row);
        self.ranks.push(rank);
        self.kinds.push(kind);
    }

    /// A row is told by its rank: each rank whose row differs is updated.
    fn by_rank(&mut self, before: &'a [Box<[u8]>], after: &'a [Box<[u8]>], first: u64) {
        let first = i64::try_from(first).unwrap_or(i64::MAX);
        for place in 0..before.len().max(after.len()) {
            let rank = first.saturating_add(place as i64);
            match (before.get(place), after.get(place)) {
                (Some(old), Some(new)) if old != new => {
                    self.push(old, rank, RowKind::UpdateBefore);
                    self.push(new, rank, RowKind::UpdateAfter);
                }
                (Some(old), None) => self.push(old, rank, RowKind::Delete),
                (None, Some(new)) => self.push(new, rank, RowKind::Insert),
                _ => {}
            }
        }
    }

    /// Rows are a multiset: first what goes, then what comes.
    fn by_row(&mut self, before: &'a [Box<[u8]>], after: &'a [Box<[u8]>]) {
        let mut counts: HashMap<&[u8], i64> = HashMap::new();
        after.iter().for_each(|row| *counts.entry(row).or_default() += 1);
        for row in before {
            let count = counts.entry(row).or_default();
            *count -= 1;
            if *count < 0 {
                self.push(row, 0, RowKind::Delete);
            }
        }
        let mut kept: HashMap<&[u8], i64> = HashMap::new();
        before.iter().for_each(|row| *kept.entry(row).or_default() += 1);
        for row in after {
            let count = kept.entry(row).or_default();
            *count -= 1;
            if *count < 0 {
                self.push(row, 0, RowKind::Insert);
            }
        }
    }
}

impl Operator for Rank {
    fn restore(&mut self, entries: &StateEntries) -> Result<(), OperatorError> {
        Ok(self.rows.restore(entries)?)
    }

    fn process(&mut self, _port: usize, batch: RowBatch, out: &mut Output) -> Result<(), OperatorError> {
        self.rows.forget_expired()?;
        let touched = self.apply(&batch, out)?;
        let watermarks = Watermarks { before: None, ..batch.watermarks };
        if touched.is_empty() {
            out.watermark(Signal::active(watermarks.end));
        } else {
            out.batch(self.changes(&touched, watermarks)?);
        }
        Ok(self.rows.account()?)
    }

    fn tick(&mut self, _now: Timestamp, _out: &mut Output) -> Result<(), OperatorError> {
        Ok(self.rows.forget_expired()?)
    }

    fn snapshot(&mut self, changes: &mut Vec<StateChange>) -> Result<(), OperatorError> {
        self.rows.snapshot(changes);
        Ok(())
    }
}
