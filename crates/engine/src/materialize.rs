//! Turns a changelog into the rows that it stands for: what a top-level `SELECT` prints, and what tests compare.

use std::sync::{Arc, Mutex};

use arrow::array::RecordBatch;
use arrow::compute::concat_batches;
use arrow::datatypes::{DataType, SchemaRef};
use arrow::error::ArrowError;
use hashbrown::HashMap;
use yeoul_row::{RowBatch, RowKind};

use crate::runtime::queue::lock;
use crate::sink::{Prepared, Restored, Sink, SinkError};
use crate::state::{EncodedKeys, KeyEncoder};

/// The rows that a changelog adds up to: by key, the last of each; without a key, all that were added and not taken.
///
/// Rows keep the order in which they came; an update takes the place of the row that it updates.
pub struct Materialized {
    schema: SchemaRef,
    key: Vec<usize>,
    /// Batches of inserts, as long as there is nothing else and no key.
    appended: Vec<RecordBatch>,
    changing: Option<Changing>,
}

/// Rows as bytes, found by key (or by all columns).
struct Changing {
    key: KeyEncoder,
    whole: KeyEncoder,
    rows: Vec<Option<Box<[u8]>>>,
    places: HashMap<Vec<u8>, Vec<usize>, ahash::RandomState>,
    /// Whether a new row takes the place of the one with its key.
    upsert: bool,
    /// The place of the row that the last `-U` took: the `+U` behind it goes there.
    vacated: Option<usize>,
}

impl Materialized {
    /// No rows of this schema. `key` holds the places of the columns that identify a row; empty: rows are a multiset.
    #[must_use]
    pub fn new(schema: SchemaRef, key: &[usize]) -> Materialized {
        Materialized { schema, key: key.to_vec(), appended: Vec::new(), changing: None }
    }

    /// Applies changes.
    ///
    /// # Errors
    /// Columns of types that can't be compared.
    pub fn apply(&mut self, batch: &RowBatch) -> Result<(), ArrowError> {
        if batch.kinds.is_none() && self.key.is_empty() && self.changing.is_none() {
            self.appended.push(batch.columns.clone());
            return Ok(());
        }
        self.change()?.apply(batch)
    }

    /// The rows.
    ///
    /// # Errors
    /// Arrow's.
    pub fn rows(&self) -> Result<RecordBatch, ArrowError> {
        let Some(changing) = &self.changing else { return concat_batches(&self.schema, &self.appended) };
        let columns = changing.whole.decode(changing.rows.iter().flatten().map(|row| &**row))?;
        RecordBatch::try_new(self.schema.clone(), columns)
    }

    fn change(&mut self) -> Result<&mut Changing, ArrowError> {
        if self.changing.is_none() {
            let mut changing = Changing::new(&self.schema, &self.key)?;
            for columns in std::mem::take(&mut self.appended) {
                changing.apply(&RowBatch::inserts(columns, yeoul_row::Watermarks::NONE))?;
            }
            self.changing = Some(changing);
        }
        self.changing.as_mut().ok_or_else(|| ArrowError::ComputeError("just made".to_owned()))
    }
}

impl Changing {
    fn new(schema: &SchemaRef, key: &[usize]) -> Result<Changing, ArrowError> {
        let types = |places: &[usize]| -> Vec<DataType> {
            places.iter().map(|place| schema.field(*place).data_type().clone()).collect()
        };
        let all: Vec<usize> = (0..schema.fields().len()).collect();
        let upsert = !key.is_empty();
        let key = if key.is_empty() { &all } else { key };
        let (key, whole) = (KeyEncoder::new(key, types(key))?, KeyEncoder::new(&all, types(&all))?);
        Ok(Changing { key, whole, rows: Vec::new(), places: HashMap::default(), upsert, vacated: None })
    }

    fn apply(&mut self, batch: &RowBatch) -> Result<(), ArrowError> {
        let (keys, rows) = (self.key.encode(&batch.columns)?, self.whole.encode(&batch.columns)?);
        for row in 0..batch.rows() {
            self.apply_row(batch.kind(row), &keys, &rows, row);
        }
        Ok(())
    }

    fn apply_row(&mut self, kind: RowKind, keys: &EncodedKeys, rows: &EncodedKeys, row: usize) {
        let key = keys.key(row);
        if !kind.adds() {
            let taken = self.take(key);
            self.vacated = taken.filter(|_| kind == RowKind::UpdateBefore);
            return;
        }
        let replaced = if self.upsert { self.take(key) } else { None };
        let place = replaced.or(self.vacated.take()).unwrap_or(self.rows.len());
        if place == self.rows.len() {
            self.rows.push(None);
        }
        self.rows[place] = Some(rows.key(row).into());
        self.places.entry_ref(key).or_default().push(place);
    }

    /// Takes the row of a key out; the place that it had.
    fn take(&mut self, key: &[u8]) -> Option<usize> {
        let places = self.places.get_mut(key)?;
        let place = places.pop();
        if places.is_empty() {
            self.places.remove(key);
        }
        self.rows[place?] = None;
        place
    }
}

/// A sink for a top-level `SELECT` that keeps the final rows; clone it to read them.
#[derive(Clone)]
pub struct MaterializeSink {
    rows: Arc<Mutex<Materialized>>,
}

impl MaterializeSink {
    /// Keeps rows of this schema; see [`Materialized::new`].
    #[must_use]
    pub fn new(schema: SchemaRef, key: &[usize]) -> MaterializeSink {
        MaterializeSink { rows: Arc::new(Mutex::new(Materialized::new(schema, key))) }
    }

    /// The rows so far.
    ///
    /// # Errors
    /// Arrow's.
    pub fn rows(&self) -> Result<RecordBatch, ArrowError> {
        lock(&self.rows).rows()
    }
}

impl Sink for MaterializeSink {
    fn open(&mut self, _restored: Restored) -> Result<(), SinkError> {
        Ok(())
    }

    fn write(&mut self, batch: &RowBatch) -> Result<(), SinkError> {
        lock(&self.rows).apply(batch).map_err(|error| SinkError::Row(error.to_string()))
    }

    fn prepare(&mut self, _last: bool) -> Result<Prepared, SinkError> {
        Ok(Prepared::default())
    }

    fn committed(&mut self) -> Result<(), SinkError> {
        Ok(())
    }
}
