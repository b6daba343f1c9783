//! The sink that maintains a served table: what it is given becomes visible with the checkpoint, not before.
//!
//! State in checkpoints, one entry per key: for a table with a key, the key's bytes and the row's; for a multiset,
//! the row's bytes and how many equal ones there are (8 bytes, big-endian). The record:
//!
//! ```text
//! at   bytes
//!  0     1   version, 1
//!  1     8   sequence of the last checkpoint that changed the view   ┐ big-endian
//!  9     4   number of its last change                               ┘
//! 13         the columns and the key's places, as text
//! ```

use std::collections::VecDeque;
use std::sync::Arc;

use arrow::error::ArrowError;
use bytes::{BufMut, Bytes, BytesMut};
use yeoul_base::Clock;
use yeoul_base::decode::Decoder;
use yeoul_engine::sink::{Prepared, Restored, Sink, SinkError};
use yeoul_row::RowBatch;

use crate::change::ChangeId;
use crate::table::{Delta, Deltas, Table};
use crate::view::{Generation, View};

const VERSION: u8 = 1;

/// Writes one view for one job.
pub(crate) struct ViewSink {
    view: Arc<View>,
    clock: Arc<dyn Clock>,
    /// Written since the last `prepare`.
    pending: Deltas,
    /// Prepared and not yet committed, the oldest first.
    prepared: VecDeque<Generation>,
    /// What pending and prepared changes take, at most.
    waiting_bytes: usize,
    /// Where the last prepared change stands.
    at: ChangeId,
}

impl ViewSink {
    pub(crate) fn new(view: Arc<View>, clock: Arc<dyn Clock>) -> ViewSink {
        let (pending, prepared) = (Deltas::new(), VecDeque::new());
        ViewSink { view, clock, pending, prepared, waiting_bytes: 0, at: ChangeId::default() }
    }

    fn keyed(&self) -> bool {
        !self.view.spec.key.is_empty()
    }

    fn shape(&self) -> String {
        format!("{} key {:?}", self.view.spec.schema, self.view.spec.key)
    }

    fn record(&self) -> Bytes {
        let shape = self.shape();
        let mut record = BytesMut::with_capacity(13 + shape.len());
        record.put_u8(VERSION);
        record.put_u64(self.at.sequence);
        record.put_u32(self.at.number);
        record.put_slice(shape.as_bytes());
        record.freeze()
    }

    /// Where the last checkpoint left the view; for a new one, right before anything that it can ever show.
    fn position(&self, record: &[u8]) -> Result<ChangeId, SinkError> {
        if record.is_empty() {
            return Ok(ChangeId { sequence: self.clock.now().0.max(0).cast_unsigned(), number: 0 });
        }
        let damaged = |error: yeoul_base::decode::DecodeError| self.damaged(&error.to_string());
        let mut decoder = Decoder::new(record);
        let version = decoder.u8().map_err(damaged)?;
        if version != VERSION {
            return Err(self.damaged(&format!("format version {version} is not known here; use a newer Yeoul")));
        }
        let sequence = decoder.i64().map_err(damaged)?.cast_unsigned();
        let number = decoder.i32().map_err(damaged)?.cast_unsigned();
        if record.get(13..) != Some(self.shape().as_bytes()) {
            return Err(self.damaged("its columns or key changed; start the job with `--fresh`"));
        }
        Ok(ChangeId { sequence, number })
    }

    fn damaged(&self, reason: &str) -> SinkError {
        SinkError::Unwritable(format!("state of view `{}` can't be read: {reason}", self.view.spec.name))
    }

    fn load(&self, state: &[(Bytes, Bytes)]) -> Result<Table, SinkError> {
        let mut table = Table::default();
        for (key, value) in state {
            let key: Arc<[u8]> = Arc::from(key.as_ref());
            if self.keyed() {
                table.load(key, Arc::from(value.as_ref()), 1);
            } else {
                let count = <[u8; 8]>::try_from(value.as_ref()).map_err(|_| self.damaged("a count is not 8 bytes"))?;
                table.load(key.clone(), key, u64::from_be_bytes(count));
            }
        }
        Ok(table)
    }

    fn write_keyed(&mut self, batch: &RowBatch) -> Result<(), ArrowError> {
        let keys = self.view.codec.keys(&batch.columns)?;
        let rows = self.view.codec.rows(&batch.columns)?;
        for (place, (key, row)) in keys.iter().zip(rows.iter()).enumerate() {
            let delta = if batch.kind(place).adds() { Delta::Put(row.data().into()) } else { Delta::Remove };
            self.waiting_bytes += key.data().len() + row.data().len();
            self.pending.insert(key.data().into(), delta);
        }
        Ok(())
    }

    fn write_counted(&mut self, batch: &RowBatch) -> Result<(), ArrowError> {
        let rows = self.view.codec.rows(&batch.columns)?;
        for (place, row) in rows.iter().enumerate() {
            let times = if batch.kind(place).adds() { 1 } else { -1 };
            match self.pending.get_mut(row.data()) {
                Some(Delta::Count(count)) => *count += times,
                _ => {
                    self.waiting_bytes += row.data().len();
                    self.pending.insert(row.data().into(), Delta::Count(times));
                }
            }
        }
        Ok(())
    }

    /// Whether a change leaves the key otherwise than it was. The others are dropped, so that a checkpoint knows how
    /// many changes readers will see.
    fn changes_something(&self, key: &[u8], delta: &Delta) -> bool {
        match delta {
            Delta::Put(row) => self.row(key).as_ref() != Some(row),
            Delta::Remove => self.row(key).is_some(),
            Delta::Count(times) => *times != 0,
        }
    }

    /// A key's row, as it will be once all that waits is committed.
    fn row(&self, key: &[u8]) -> Option<Arc<[u8]>> {
        let waiting = self.prepared.iter().rev().find_map(|generation| generation.deltas.get(key));
        match waiting {
            Some(Delta::Put(row)) => Some(row.clone()),
            Some(_) => None,
            None => self.view.row(key),
        }
    }

    /// A key's value in the checkpoint, `None` where it goes.
    fn value(&self, key: &[u8], delta: &Delta) -> Result<Option<Bytes>, SinkError> {
        match delta {
            Delta::Put(row) => Ok(Some(Bytes::copy_from_slice(row))),
            Delta::Remove => Ok(None),
            Delta::Count(times) => {
                let count = self.count(key).checked_add_signed(*times).ok_or_else(|| self.not_there())?;
                Ok((count > 0).then(|| Bytes::copy_from_slice(&count.to_be_bytes())))
            }
        }
    }

    /// How many rows like this there are, with those that wait for their commit.
    fn count(&self, key: &[u8]) -> u64 {
        let waiting = self.prepared.iter().filter_map(|generation| match generation.deltas.get(key) {
            Some(Delta::Count(times)) => Some(*times),
            _ => None,
        });
        waiting.fold(self.view.count(key), u64::saturating_add_signed)
    }

    fn not_there(&self) -> SinkError {
        SinkError::Row(format!("view `{}` is to lose a row that it does not have", self.view.spec.name))
    }
}

impl Sink for ViewSink {
    fn open(&mut self, restored: Restored) -> Result<(), SinkError> {
        self.at = self.position(&restored.record)?;
        let table = self.load(&restored.state)?;
        self.pending.clear();
        self.prepared.clear();
        self.waiting_bytes = 0;
        self.view.restore(table, self.at);
        Ok(())
    }

    fn write(&mut self, batch: &RowBatch) -> Result<(), SinkError> {
        let written = if self.keyed() { self.write_keyed(batch) } else { self.write_counted(batch) };
        written.map_err(|error| SinkError::Row(format!("view `{}`: {error}", self.view.spec.name)))
    }

    fn prepare(&mut self, _last: bool) -> Result<Prepared, SinkError> {
        let mut deltas = std::mem::take(&mut self.pending);
        deltas.retain(|key, delta| self.changes_something(key, delta));
        let values = deltas.iter().map(|(key, delta)| Ok((Bytes::copy_from_slice(key), self.value(key, delta)?)));
        let changes = values.collect::<Result<Vec<_>, SinkError>>()?;
        let number = deltas.values().map(Delta::changes).fold(0, u32::saturating_add);
        if number > 0 {
            self.at = ChangeId { sequence: self.at.sequence + 1, number };
        }
        self.prepared.push_back(Generation { sequence: self.at.sequence, deltas });
        Ok(Prepared { outputs: Vec::new(), record: self.record(), changes })
    }

    fn committed(&mut self) -> Result<(), SinkError> {
        if let Some(generation) = self.prepared.pop_front() {
            self.view.show(&generation, self.clock.now());
        }
        if self.prepared.is_empty() && self.pending.is_empty() {
            self.waiting_bytes = 0;
        }
        Ok(())
    }

    fn held_bytes(&self) -> u64 {
        (self.view.figures().bytes + self.waiting_bytes) as u64
    }
}
