//! Keeps the rows of each window and key whose row number in an order lies in a range; emits each window once, when the
//! watermark passes its end. Window Top-N and window deduplication.
//!
//! A row is late when its window's last millisecond is not behind the watermark before it. Rows that can be taken back are
//! all kept until the window ends, others up to the last row number. State: the rows ([`OrderedRows`]); their key is the
//! grouping columns, then the window's end and start (64-bit integers).

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::Array;
use arrow::datatypes::{DataType, SchemaRef};
use yeoul_row::{RowBatch, Watermarks};
use yeoul_sql::plan::{RankRange, SortKey};

use super::ordered_rows::{OrderEncoder, OrderedRows, PartRows};
use super::rank::with_ranks;
use super::window_aggregate::clock_text;
use crate::aggregate::cells::to_millis;
use crate::checkpoint::StateChange;
use crate::failures::Failures;
use crate::operator::{Operator, OperatorError, Output};
use crate::runtime::message::Signal;
use crate::state::{Budget, KeyEncoder, StateEntries};

/// The most rows of one emitted batch.
const EMIT_ROWS_MAX: usize = 8192;

/// The bytes of a window's end and start at the end of a key.
const BOUNDS_BYTES: usize = 16;

/// How the operator is set up.
pub(crate) struct WindowRankSettings {
    /// The places of the window's start and end.
    pub(crate) window: (usize, usize),
    /// Gives a window's last instant.
    pub(crate) windows: super::window::Windows,
    /// Places of the key columns, without the window's.
    pub(crate) keys: Vec<usize>,
    /// The order.
    pub(crate) order: Vec<SortKey>,
    /// Which row numbers stay.
    pub(crate) range: RankRange,
    /// Whether the last of equal rows is first.
    pub(crate) last_wins: bool,
    /// Whether the last column is the row number.
    pub(crate) with_rank: bool,
    /// Whether rows can be taken back.
    pub(crate) retracts: bool,
    /// The input's schema.
    pub(crate) input: SchemaRef,
    /// The result's schema.
    pub(crate) schema: SchemaRef,
}

/// Keeps the rows of each window and key whose row number lies in a range.
pub(crate) struct WindowRank {
    settings: WindowRankSettings,
    keys: KeyEncoder,
    order: OrderEncoder,
    rows: OrderedRows,
    /// The keys of the windows by their end.
    open: BTreeMap<i64, Vec<Box<[u8]>>>,
    watermark: i64,
    failures: Option<Failures>,
}

impl WindowRank {
    /// An empty window Top-N.
    pub(crate) fn new(
        node: u32,
        settings: WindowRankSettings,
        budget: Arc<Budget>,
        failures: Option<Failures>,
    ) -> Result<WindowRank, OperatorError> {
        let types = settings.keys.iter().map(|place| settings.input.field(*place).data_type().clone());
        let keys = KeyEncoder::new(&settings.keys, types.collect::<Vec<DataType>>())?;
        let order = OrderEncoder::new(&settings.order, &settings.input)?;
        let rows = OrderedRows::new(node, 0, settings.input.clone(), budget)?.grouped_without(BOUNDS_BYTES);
        Ok(WindowRank { settings, keys, order, rows, open: BTreeMap::new(), watermark: i64::MIN, failures })
    }

    fn last(&self) -> usize {
        usize::try_from(self.settings.range.last).unwrap_or(usize::MAX)
    }

    fn fold(&mut self, batch: &RowBatch, out: &mut Output) -> Result<(), OperatorError> {
        let (starts, ends) = (self.bound(batch, self.settings.window.0)?, self.bound(batch, self.settings.window.1)?);
        let (keys, places) = (self.keys.encode(&batch.columns)?, self.order.encode(&batch.columns)?);
        let rows = self.rows.encode(&batch.columns)?;
        let mut late = Vec::new();
        for row in 0..batch.rows() {
            let end = ends.value(row);
            if self.settings.windows.last_of(end) <= batch.watermarks.before(row) {
                late.push(row);
                continue;
            }
            let key = [keys.key(row), &end.to_be_bytes(), &starts.value(row).to_be_bytes()].concat();
            if !batch.kind(row).adds() {
                self.rows.remove_equal(&key, places.get(row), rows.row(row));
                continue;
            }
            self.insert(&key, end, places.get(row), rows.row(row));
        }
        out.applied(batch.rows() - late.len());
        self.report(batch, &late, &ends, out)
    }

    fn bound(&self, batch: &RowBatch, place: usize) -> Result<arrow::array::Int64Array, OperatorError> {
        let bounds = to_millis(batch.columns.column(place))?;
        if bounds.null_count() > 0 {
            return Err(OperatorError::Row("the window of a row is NULL".to_owned()));
        }
        Ok(bounds)
    }

    fn insert(&mut self, key: &[u8], end: i64, place: &[u8], row: &[u8]) {
        let full = !self.settings.retracts && self.rows.len(key) >= self.last();
        if full && !self.settings.last_wins && self.rows.is_behind_all(key, place) {
            return;
        }
        if self.rows.len(key) == 0 {
            let keys = self.open.entry(end).or_default();
            // A key whose rows were all taken back is there already.
            if !self.settings.retracts || !keys.iter().any(|known| **known == *key) {
                keys.push(key.into());
            }
        }
        self.rows.insert(key, place, row, self.settings.last_wins);
        if full {
            self.rows.remove_last(key);
        }
    }

    fn report(
        &mut self,
        batch: &RowBatch,
        late: &[usize],
        ends: &arrow::array::Int64Array,
        out: &mut Output,
    ) -> Result<(), OperatorError> {
        out.late(late.len());
        let Some(failures) = self.failures.as_mut().filter(|_| !late.is_empty()) else { return Ok(()) };
        let reason = |row: usize| {
            let watermark = clock_text(batch.watermarks.before(row));
            format!("the window that ends at {} was closed by the watermark {watermark}", clock_text(ends.value(row)))
        };
        failures.report(batch, late, "late", reason)
    }

    /// Emits the windows whose last millisecond is not behind the watermark.
    fn advance(&mut self, watermark: i64, out: &mut Output) -> Result<(), OperatorError> {
        while let Some(entry) = self.open.first_entry() {
            if watermark == i64::MIN || self.settings.windows.last_of(*entry.key()) > watermark {
                break;
            }
            let keys = entry.remove();
            self.emit(&keys, out)?;
            keys.iter().for_each(|key| self.rows.clear(key));
        }
        self.watermark = self.watermark.max(watermark);
        Ok(())
    }

    fn emit(&self, keys: &[Box<[u8]>], out: &mut Output) -> Result<(), OperatorError> {
        let first = self.settings.range.first.max(1);
        let skip = usize::try_from(first - 1).unwrap_or(usize::MAX);
        let ranked = keys.iter().flat_map(|key| {
            let rows = self.rows.part(key).into_iter().flat_map(PartRows::slots);
            rows.take(self.last()).enumerate().skip(skip)
        });
        let ranked: Vec<(usize, u32)> = ranked.collect();
        for ranked in ranked.chunks(EMIT_ROWS_MAX) {
            let columns = self.rows.decode(ranked.iter().map(|(_, slot)| self.rows.row(*slot)))?;
            let ranks: Vec<i64> = ranked.iter().map(|(place, _)| *place as i64 + 1).collect();
            let columns = if self.settings.with_rank {
                with_ranks(&columns, &ranks, &self.settings.schema)?
            } else {
                arrow::array::RecordBatch::try_new(self.settings.schema.clone(), columns.columns().to_vec())?
            };
            out.batch(RowBatch::inserts(columns, Watermarks::steady(self.watermark)));
        }
        Ok(())
    }
}

impl Operator for WindowRank {
    fn restore(&mut self, entries: &StateEntries) -> Result<(), OperatorError> {
        self.rows.restore(entries)?;
        for key in self.rows.keys() {
            let end = key.len().checked_sub(BOUNDS_BYTES).and_then(|at| key.get(at..)?.first_chunk::<8>().copied());
            self.open.entry(end.map_or(i64::MAX, i64::from_be_bytes)).or_default().push(key.into());
        }
        Ok(())
    }

    fn process(&mut self, _port: usize, batch: RowBatch, out: &mut Output) -> Result<(), OperatorError> {
        self.fold(&batch, out)?;
        self.rows.account()?;
        self.advance(batch.watermarks.end, out)?;
        out.watermark(Signal::active(batch.watermarks.end));
        Ok(())
    }

    fn watermark(&mut self, _port: usize, signal: Signal, out: &mut Output) -> Result<(), OperatorError> {
        self.advance(signal.watermark, out)?;
        out.watermark(signal);
        Ok(())
    }

    fn snapshot(&mut self, changes: &mut Vec<StateChange>) -> Result<(), OperatorError> {
        self.rows.snapshot(changes);
        Ok(())
    }

    fn prepare(&mut self) -> Result<Vec<bytes::Bytes>, OperatorError> {
        self.failures.as_mut().map_or_else(|| Ok(Vec::new()), Failures::prepare)
    }
}
