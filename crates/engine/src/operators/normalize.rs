//! Makes a whole changelog of upserts: the last row of each key is kept, so that an upsert becomes an insertion or an update
//! with its old image, and a deletion names the row that goes (Flink's `ChangelogNormalize`).
//!
//! An upsert that changes nothing and a deletion of what isn't there give nothing.
//!
//! State: one entry per key: its row.

use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use yeoul_base::Timestamp;
use yeoul_row::{RowBatch, RowKind, Watermarks};

use super::deduplicate::{Kept, key_types};
use crate::checkpoint::StateChange;
use crate::operator::{Operator, OperatorError, Output};
use crate::state::{Budget, KeyEncoder, KeyedState, StateEntries, StateTtl};

/// Emits, for each upsert or deletion of a key, what it changes.
pub(crate) struct Normalize {
    key: KeyEncoder,
    whole: KeyEncoder,
    state: KeyedState<Kept>,
    schema: SchemaRef,
    /// Whether the state lives for a time only.
    lives: bool,
}

impl Normalize {
    /// Rows of this schema by the columns at `keys`.
    pub(crate) fn new(
        node: u32,
        keys: &[usize],
        schema: SchemaRef,
        budget: Arc<Budget>,
    ) -> Result<Normalize, OperatorError> {
        let all: Vec<usize> = (0..schema.fields().len()).collect();
        let key = KeyEncoder::new(keys, key_types(keys, &schema))?;
        let whole = KeyEncoder::new(&all, key_types(&all, &schema))?;
        Ok(Normalize { key, whole, state: KeyedState::new(node, 0, budget, Kept::default()), schema, lives: false })
    }

    /// The same operator, whose state lives for a time only, where one is given.
    pub(crate) fn living(mut self, ttl: Option<StateTtl>) -> Normalize {
        self.lives = ttl.is_some();
        self.state = self.state.living(ttl);
        self
    }

    fn upsert(&mut self, key: &[u8], row: &[u8], emitted: &mut Vec<(RowKind, Box<[u8]>)>) {
        let (slot, _) = self.state.slot(key);
        match self.state.values().row(slot) {
            // What lives for a time only tells its readers, too, that it is still there (Flink's rule).
            Some(before) if before == row && !self.lives => return,
            Some(before) => {
                emitted.push((RowKind::UpdateBefore, before.into()));
                emitted.push((RowKind::UpdateAfter, row.into()));
            }
            None => emitted.push((RowKind::Insert, row.into())),
        }
        self.state.mark(slot);
        self.state.values_mut().set(slot as usize, row, i64::MIN);
    }

    fn delete(&mut self, key: &[u8], emitted: &mut Vec<(RowKind, Box<[u8]>)>) {
        let Some(slot) = self.state.find(key) else { return };
        emitted.extend(self.state.values().row(slot).map(|before| (RowKind::Delete, before.into())));
        self.state.remove(slot);
    }
}

impl Operator for Normalize {
    fn restore(&mut self, entries: &StateEntries) -> Result<(), OperatorError> {
        Ok(self.state.restore(entries)?)
    }

    fn process(&mut self, _port: usize, batch: RowBatch, out: &mut Output) -> Result<(), OperatorError> {
        out.applied(batch.rows());
        self.state.forget_expired();
        let (keys, rows) = (self.key.encode(&batch.columns)?, self.whole.encode(&batch.columns)?);
        let mut emitted = Vec::with_capacity(batch.rows());
        for row in 0..batch.rows() {
            match batch.kind(row) {
                RowKind::Insert | RowKind::UpdateAfter => self.upsert(keys.key(row), rows.key(row), &mut emitted),
                RowKind::Delete => self.delete(keys.key(row), &mut emitted),
                // What an update replaces is known.
                RowKind::UpdateBefore => {}
            }
        }
        let columns = self.whole.decode(emitted.iter().map(|(_, row)| &**row))?;
        let columns = RecordBatch::try_new(self.schema.clone(), columns)?;
        let kinds = emitted.iter().any(|(kind, _)| *kind != RowKind::Insert);
        let kinds = kinds.then(|| emitted.iter().map(|(kind, _)| *kind).collect());
        let watermarks = Watermarks { before: None, ..batch.watermarks };
        out.batch(RowBatch { columns, kinds, watermarks, origin: None });
        Ok(self.state.account()?)
    }

    fn tick(&mut self, _now: Timestamp, _out: &mut Output) -> Result<(), OperatorError> {
        self.state.forget_expired();
        Ok(())
    }

    fn snapshot(&mut self, changes: &mut Vec<StateChange>) -> Result<(), OperatorError> {
        self.state.snapshot(changes);
        Ok(())
    }
}
