//! `UNNEST`: a row per element of an array, a map or a multiset (which is laid out as a map from elements to counts).

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Int32Array, RecordBatch, RecordBatchOptions, UInt32Array};
use arrow::compute::take;
use arrow::datatypes::{DataType, Int32Type, SchemaRef};
use yeoul_row::RowBatch;

use crate::compute::Compiled;
use crate::operator::{Operator, OperatorError, Output};

/// Adds each element of a value to the row.
pub(crate) struct Unnest {
    value: Compiled,
    ordinality: bool,
    outer: bool,
    schema: SchemaRef,
    multiset: bool,
}

/// Elements by place: each one's row, its place among the elements, and its number within the row.
#[derive(Default)]
struct Elements {
    rows: Vec<u32>,
    places: Vec<Option<u32>>,
    numbers: Vec<Option<i32>>,
}

impl Elements {
    /// Adds the elements of a row, each as often as `times` says; a row without any once, if `outer`.
    fn add(&mut self, row: usize, range: std::ops::Range<usize>, outer: bool, times: impl Fn(usize) -> i32) {
        let before = self.rows.len();
        for place in range {
            for _ in 0..times(place) {
                self.rows.push(row as u32);
                self.places.push(Some(place as u32));
                self.numbers.push(i32::try_from(self.rows.len() - before).ok());
            }
        }
        if outer && self.rows.len() == before {
            self.rows.push(row as u32);
            self.places.push(None);
            self.numbers.push(None);
        }
    }
}

impl Unnest {
    /// Unnests `value`; see the plan's node. A multiset's elements come as often as they are in it.
    pub(crate) fn new(value: Compiled, ordinality: bool, outer: bool, multiset: bool, schema: SchemaRef) -> Unnest {
        Unnest { value, ordinality, outer, schema, multiset }
    }

    /// The elements of each row, and their columns.
    fn elements(&self, value: &ArrayRef) -> Result<(Elements, Vec<ArrayRef>), OperatorError> {
        let mut elements = Elements::default();
        match value.data_type() {
            DataType::List(_) => {
                let lists = value.as_list::<i32>();
                for row in 0..lists.len() {
                    elements.add(row, range(lists, lists.offsets(), row), self.outer, |_| 1);
                }
                Ok((elements, element_columns(lists.values())))
            }
            DataType::Map(..) => {
                let maps = value.as_map();
                let counts = self.multiset.then(|| maps.values().as_primitive::<Int32Type>());
                let times = |place: usize| counts.map_or(1, |counts| counts.value(place));
                for row in 0..maps.len() {
                    elements.add(row, range(maps, maps.offsets(), row), self.outer, times);
                }
                let columns = match self.multiset {
                    true => element_columns(maps.keys()),
                    false => vec![maps.keys().clone(), maps.values().clone()],
                };
                Ok((elements, columns))
            }
            other => Err(OperatorError::Row(format!("`{other}` can't be unnested"))),
        }
    }
}

/// Where the elements of a row lie; nowhere, if the value is NULL.
fn range(array: &dyn Array, offsets: &[i32], row: usize) -> std::ops::Range<usize> {
    if array.is_null(row) { 0..0 } else { offsets[row] as usize..offsets[row + 1] as usize }
}

/// A ROW's fields are columns of their own.
fn element_columns(values: &ArrayRef) -> Vec<ArrayRef> {
    match values.as_struct_opt() {
        Some(rows) => rows.columns().iter().map(|column| with_nulls_of(column, rows)).collect(),
        None => vec![values.clone()],
    }
}

/// A field is NULL where its row is.
fn with_nulls_of(column: &ArrayRef, rows: &arrow::array::StructArray) -> ArrayRef {
    let Some(nulls) = rows.nulls() else { return column.clone() };
    let places: UInt32Array = (0..column.len()).map(|row| nulls.is_valid(row).then_some(row as u32)).collect();
    take(column, &places, None).unwrap_or_else(|_| column.clone())
}

impl Operator for Unnest {
    fn process(&mut self, _port: usize, batch: RowBatch, out: &mut Output) -> Result<(), OperatorError> {
        out.applied(batch.rows());
        let value = self.value.evaluate(&batch)?;
        let (elements, columns) = self.elements(&value)?;
        let rows = batch.take(&UInt32Array::from(elements.rows))?;
        let places = UInt32Array::from(elements.places);
        let mut all = rows.columns.columns().to_vec();
        for column in columns {
            all.push(take(&column, &places, None)?);
        }
        if self.ordinality {
            all.push(Arc::new(Int32Array::from(elements.numbers)));
        }
        let options = RecordBatchOptions::new().with_row_count(Some(rows.rows()));
        let columns = RecordBatch::try_new_with_options(self.schema.clone(), all, &options)?;
        out.batch(rows.with_columns(columns));
        Ok(())
    }
}
