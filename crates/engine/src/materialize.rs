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

/// Rows of `batches` from `start` on, `count` at most.
///
/// # Errors
/// Arrow's.
pub fn window<'a>(
    schema: &SchemaRef,
    batches: impl IntoIterator<Item = &'a RecordBatch>,
    start: usize,
    count: usize,
) -> Result<RecordBatch, ArrowError> {
    let (mut skip, mut wanted) = (start, count);
    let mut parts = Vec::new();
    for batch in batches {
        let from = skip.min(batch.num_rows());
        let taken = wanted.min(batch.num_rows() - from);
        skip -= from;
        wanted -= taken;
        if taken > 0 {
            parts.push(batch.slice(from, taken));
        }
        if wanted == 0 {
            break;
        }
    }
    concat_batches(schema, &parts)
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
    /// How many rows there are; the other places are free.
    live: usize,
}

/// How many places there are at least before free ones are taken out.
const PLACES_MIN: usize = 1024;

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

    /// How many rows there are.
    #[must_use]
    pub fn count(&self) -> usize {
        let appended: usize = self.appended.iter().map(RecordBatch::num_rows).sum();
        appended + self.changing.as_ref().map_or(0, |changing| changing.live)
    }

    /// Rows from `start` on, `count` at most.
    ///
    /// # Errors
    /// Arrow's.
    pub fn window(&self, start: usize, count: usize) -> Result<RecordBatch, ArrowError> {
        let Some(changing) = &self.changing else { return window(&self.schema, &self.appended, start, count) };
        let rows = changing.rows.iter().flatten().skip(start).take(count);
        RecordBatch::try_new(self.schema.clone(), changing.whole.decode(rows.map(|row| &**row))?)
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
        Ok(Changing { key, whole, rows: Vec::new(), places: HashMap::default(), upsert, vacated: None, live: 0 })
    }

    fn apply(&mut self, batch: &RowBatch) -> Result<(), ArrowError> {
        let (keys, rows) = (self.key.encode(&batch.columns)?, self.whole.encode(&batch.columns)?);
        for row in 0..batch.rows() {
            self.apply_row(batch.kind(row), &keys, &rows, row);
        }
        if self.rows.len() > PLACES_MIN && self.live < self.rows.len() / 2 {
            self.close_up();
        }
        Ok(())
    }

    /// Takes the free places out, so that rows that come and go take no more memory than those that are there.
    fn close_up(&mut self) {
        let vacated = self.vacated;
        let before = std::mem::take(&mut self.rows);
        let mut moved = vec![0; before.len()];
        for (place, row) in before.into_iter().enumerate() {
            if row.is_some() || vacated == Some(place) {
                moved[place] = self.rows.len();
                self.rows.push(row);
            }
        }
        self.vacated = vacated.map(|place| moved[place]);
        self.places.values_mut().flatten().for_each(|place| *place = moved[*place]);
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
        self.live += 1;
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
        self.live -= 1;
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

#[cfg(test)]
mod tests {
    use arrow::array::{AsArray, Int64Array};
    use arrow::datatypes::{Field, Int64Type, Schema};
    use yeoul_row::Watermarks;

    use super::*;

    fn schema() -> SchemaRef {
        Arc::new(Schema::new(vec![Field::new("a", DataType::Int64, true)]))
    }

    fn change(kind: RowKind, values: impl IntoIterator<Item = i64>) -> RowBatch {
        let column = Int64Array::from_iter_values(values);
        let rows = column.len();
        let columns = RecordBatch::try_new(schema(), vec![Arc::new(column)]).expect("one column");
        RowBatch { kinds: Some(vec![kind; rows].into()), ..RowBatch::inserts(columns, Watermarks::NONE) }
    }

    fn values(rows: &RecordBatch) -> Vec<i64> {
        rows.column(0).as_primitive::<Int64Type>().values().to_vec()
    }

    #[test]
    fn rows_that_come_and_go_leave_no_places_behind() {
        let mut rows = Materialized::new(schema(), &[]);
        for round in 0..20 {
            let all = round * 500..(round + 1) * 500;
            rows.apply(&change(RowKind::Insert, all.clone())).expect("rows");
            rows.apply(&change(RowKind::Delete, all.skip(1))).expect("rows");
        }
        assert_eq!(rows.count(), 20);
        assert!(rows.changing.as_ref().is_some_and(|changing| changing.rows.len() <= 2 * PLACES_MIN));
        assert_eq!(values(&rows.rows().expect("rows")), (0..20).map(|round| round * 500).collect::<Vec<_>>());
        rows.apply(&change(RowKind::Delete, [500])).expect("a row");
        assert_eq!(values(&rows.window(1, 3).expect("rows")), [1000, 1500, 2000]);
    }

    #[test]
    fn a_window_spans_batches() {
        let mut rows = Materialized::new(schema(), &[]);
        for start in [0, 3, 6] {
            let batch = change(RowKind::Insert, start..start + 3);
            rows.apply(&RowBatch { kinds: None, ..batch }).expect("rows");
        }
        assert_eq!(rows.count(), 9);
        assert_eq!(values(&rows.window(2, 5).expect("rows")), [2, 3, 4, 5, 6]);
        assert_eq!(values(&rows.window(8, 5).expect("rows")), [8]);
        assert!(values(&rows.window(9, 5).expect("rows")).is_empty());
    }
}
