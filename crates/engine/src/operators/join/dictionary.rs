//! Joins with a bounded side: the right side is read to its end first and kept as a dictionary in memory; then rows of
//! the left side are looked up as they come, and need no state. A restart reads the dictionary again.
//!
//! Accounting: a left row is left out (`no-match`) where an inner join finds nothing, else it is applied here; the rows
//! of the dictionary aren't input of the branch.

use std::collections::VecDeque;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, RecordBatchOptions, UInt32Array};
use arrow::compute::take;
use arrow::datatypes::{DataType, SchemaRef};
use hashbrown::HashMap;
use yeoul_row::RowBatch;
use yeoul_sql::plan::JoinKind;

use crate::compute::Compiled;
use crate::materialize::Materialized;
use crate::operator::{Operator, OperatorError, Output, WarmUp};
use crate::runtime::chain::Chain;
use crate::runtime::message::{Event, Signal};
use crate::state::{Budget, EncodedKeys, KeyEncoder};

/// The most pairs that are made at once.
const PAIRS_MAX: usize = 65_536;

/// How the operator is set up.
pub(crate) struct DictionarySettings {
    /// Inner, left, semi or anti.
    pub(crate) kind: JoinKind,
    /// Equal columns: place on the left, place on the right.
    pub(crate) on: Vec<(usize, usize)>,
    /// What must hold besides, over left and right columns.
    pub(crate) residual: Option<Compiled>,
    /// The left side's schema.
    pub(crate) left: SchemaRef,
    /// The right side's schema.
    pub(crate) right: SchemaRef,
    /// The columns of both sides: what `residual` reads.
    pub(crate) both: SchemaRef,
    /// The result's schema.
    pub(crate) schema: SchemaRef,
}

/// The right side, read to its end.
struct Dictionary {
    rows: RecordBatch,
    by_key: HashMap<Vec<u8>, Vec<u32>, ahash::RandomState>,
}

/// Looks rows of the left side up in the right side.
pub(crate) struct DictionaryJoin {
    settings: DictionarySettings,
    encoder: KeyEncoder,
    reader: Option<Box<Chain>>,
    reading: Materialized,
    dictionary: Dictionary,
    /// Bytes that the dictionary takes, of the job's budget.
    held: u64,
    budget: Arc<Budget>,
}

impl DictionaryJoin {
    /// Joins with what `reader` reads.
    pub(crate) fn new(
        settings: DictionarySettings,
        reader: Box<Chain>,
        budget: Arc<Budget>,
    ) -> Result<DictionaryJoin, OperatorError> {
        let left: Vec<usize> = settings.on.iter().map(|(left, _)| *left).collect();
        let types: Vec<DataType> = left.iter().map(|place| settings.left.field(*place).data_type().clone()).collect();
        let encoder = KeyEncoder::new(&left, types)?;
        let reading = Materialized::new(settings.right.clone(), &[]);
        let dictionary =
            Dictionary { rows: RecordBatch::new_empty(settings.right.clone()), by_key: HashMap::default() };
        Ok(DictionaryJoin { settings, encoder, reader: Some(reader), reading, dictionary, held: 0, budget })
    }

    fn keys(&self, batch: &RecordBatch, places: impl Iterator<Item = usize>) -> Result<EncodedKeys, OperatorError> {
        let columns: Vec<ArrayRef> = places.map(|place| batch.column(place).clone()).collect();
        Ok(self.encoder.encode_columns(&columns, batch.num_rows())?)
    }

    /// Accounts what the dictionary takes.
    fn hold(&mut self, bytes: u64) -> Result<(), OperatorError> {
        let before = std::mem::replace(&mut self.held, bytes);
        Ok(self.budget.exchange(before, bytes)?)
    }

    /// Makes the dictionary of what was read.
    fn finish(&mut self) -> Result<(), OperatorError> {
        let rows = self.reading.rows()?;
        let keys = self.keys(&rows, self.settings.on.iter().map(|(_, right)| *right))?;
        let mut by_key: HashMap<Vec<u8>, Vec<u32>, ahash::RandomState> = HashMap::default();
        let columns: Vec<&ArrayRef> = self.settings.on.iter().map(|(_, right)| rows.column(*right)).collect();
        for row in (0..rows.num_rows()).filter(|row| columns.iter().all(|column| column.is_valid(*row))) {
            by_key.entry_ref(keys.key(row)).or_default().push(row as u32);
        }
        let bytes = rows.get_array_memory_size() + by_key.keys().map(|key| key.len() + 64).sum::<usize>();
        self.hold(bytes as u64)?;
        self.dictionary = Dictionary { rows, by_key };
        self.reading = Materialized::new(self.settings.right.clone(), &[]);
        Ok(())
    }

    /// Pairs of a left row and a right row (none: no match).
    fn pairs(&self, batch: &RowBatch) -> Result<(Vec<u32>, Vec<Option<u32>>), OperatorError> {
        let places = || self.settings.on.iter().map(|(left, _)| *left);
        let keys = self.keys(&batch.columns, places())?;
        let columns: Vec<&ArrayRef> = places().map(|place| batch.columns.column(place)).collect();
        let (mut left, mut right) = (Vec::with_capacity(batch.rows()), Vec::with_capacity(batch.rows()));
        for row in 0..batch.rows() {
            let known = columns.iter().all(|column| column.is_valid(row));
            let found = if known { self.dictionary.by_key.get(keys.key(row)) } else { None };
            for place in found.into_iter().flatten() {
                left.push(row as u32);
                right.push(Some(*place));
            }
        }
        Ok((left, right))
    }

    /// Drops the pairs for which the residual condition does not hold.
    fn check(
        &self,
        batch: &RowBatch,
        pairs: (Vec<u32>, Vec<Option<u32>>),
    ) -> Result<(Vec<u32>, Vec<Option<u32>>), OperatorError> {
        let Some(residual) = &self.settings.residual else { return Ok(pairs) };
        let joined = self.joined(batch, &pairs.0, &pairs.1, &self.settings.both)?;
        let holds = residual.evaluate(&joined)?;
        let holds = holds.as_boolean();
        let kept = (0..holds.len()).filter(|pair| holds.is_valid(*pair) && holds.value(*pair));
        Ok(kept.map(|pair| (pairs.0[pair], pairs.1[pair])).unzip())
    }

    /// Pairs as rows of `schema`: the columns of both sides, or of the left only.
    fn joined(
        &self,
        batch: &RowBatch,
        left: &[u32],
        right: &[Option<u32>],
        schema: &SchemaRef,
    ) -> Result<RowBatch, OperatorError> {
        let rows = batch.take(&UInt32Array::from(left.to_vec()))?;
        let places = UInt32Array::from(right.to_vec());
        let mut columns = rows.columns.columns().to_vec();
        for column in self.dictionary.rows.columns().iter().take(schema.fields().len() - columns.len()) {
            columns.push(take(column, &places, None)?);
        }
        let options = RecordBatchOptions::new().with_row_count(Some(left.len()));
        let columns = RecordBatch::try_new_with_options(schema.clone(), columns, &options)?;
        Ok(rows.with_columns(columns))
    }

    /// The left rows that match something (semi), or nothing (anti), once each.
    fn halves(&self, matched: &[bool], out: &mut Output) -> (Vec<u32>, Vec<Option<u32>>) {
        let wanted = self.settings.kind == JoinKind::Semi;
        let rows: Vec<u32> =
            (0..).zip(matched).filter(|(_, matched)| **matched == wanted).map(|(row, _)| row).collect();
        out.filtered("no-match", matched.len() - rows.len());
        out.applied(rows.len());
        let none = vec![None; rows.len()];
        (rows, none)
    }

    /// Puts left rows without a match in their places (left join), or counts them.
    fn complete(
        &self,
        rows: usize,
        pairs: (Vec<u32>, Vec<Option<u32>>),
        out: &mut Output,
    ) -> (Vec<u32>, Vec<Option<u32>>) {
        let mut matched = vec![false; rows];
        pairs.0.iter().for_each(|row| matched[*row as usize] = true);
        if self.settings.kind.is_half() {
            return self.halves(&matched, out);
        }
        let missing = matched.iter().filter(|matched| !**matched).count();
        if self.settings.kind == JoinKind::Inner {
            out.filtered("no-match", missing);
            out.applied(rows - missing);
            return pairs;
        }
        out.applied(rows);
        if missing == 0 {
            return pairs;
        }
        let alone = (0..rows as u32).filter(|row| !matched[*row as usize]).map(|row| (row, None));
        let mut all: Vec<(u32, Option<u32>)> = pairs.0.into_iter().zip(pairs.1).chain(alone).collect();
        all.sort_by_key(|(row, _)| *row);
        all.into_iter().unzip()
    }
}

impl Operator for DictionaryJoin {
    fn warm_up(&mut self) -> Result<WarmUp, OperatorError> {
        let Some(reader) = &mut self.reader else { return Ok(WarmUp::Done) };
        let mut read = VecDeque::new();
        let more = reader.read_alone(&mut read)?;
        for event in read {
            if let Event::Batch(batch) = event {
                self.reading.apply(&batch)?;
                self.hold(self.held + batch.columns.get_array_memory_size() as u64)?;
            }
        }
        if more == WarmUp::Done {
            self.reader = None;
            self.finish()?;
        }
        Ok(more)
    }

    fn process(&mut self, _port: usize, batch: RowBatch, out: &mut Output) -> Result<(), OperatorError> {
        let pairs = self.check(&batch, self.pairs(&batch)?)?;
        let (left, right) = self.complete(batch.rows(), pairs, out);
        let end = batch.watermarks.end;
        for (left, right) in left.chunks(PAIRS_MAX).zip(right.chunks(PAIRS_MAX)) {
            out.batch(self.joined(&batch, left, right, &self.settings.schema)?);
        }
        if left.is_empty() {
            out.watermark(Signal::active(end));
        }
        Ok(())
    }
}
