//! `order=column.desc,…`, `limit` and `offset`: which rows come first, and how many.

use arrow::array::{RecordBatch, UInt32Array};
use arrow::compute::{self, SortColumn, SortOptions};
use arrow::datatypes::Schema;

use crate::http::fault::Fault;
use crate::http::filter::unknown_column;

/// A column to sort by.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct OrderBy {
    column: usize,
    descending: bool,
}

impl OrderBy {
    /// Reads `column`, `column.asc`, `column.desc`, separated by commas.
    pub(crate) fn parse(schema: &Schema, text: &str) -> Result<Vec<OrderBy>, Fault> {
        text.split(',').map(|part| OrderBy::parse_one(schema, part)).collect()
    }

    fn parse_one(schema: &Schema, part: &str) -> Result<OrderBy, Fault> {
        let (name, descending) = match part.rsplit_once('.') {
            Some((name, "desc")) => (name, true),
            Some((name, "asc")) => (name, false),
            _ => (part, false),
        };
        let column = schema.index_of(name).map_err(|_| unknown_column(schema, name))?;
        Ok(OrderBy { column, descending })
    }
}

/// The first `most` rows, at least, in the order asked for. As in Flink, NULL is less than every value.
pub(crate) fn sort(batch: &RecordBatch, order: &[OrderBy], most: Option<usize>) -> Result<RecordBatch, Fault> {
    let column = |by: &OrderBy| SortColumn {
        values: batch.column(by.column).clone(),
        options: Some(SortOptions { descending: by.descending, nulls_first: !by.descending }),
    };
    let columns: Vec<SortColumn> = order.iter().map(column).collect();
    let places = compute::lexsort_to_indices(&columns, most);
    let places: UInt32Array = places.map_err(|error| Fault::bad(error.to_string(), "sort by another column"))?;
    compute::take_record_batch(batch, &places).map_err(Fault::internal)
}

/// `limit` rows from row `offset` on.
pub(crate) fn page(batches: Vec<RecordBatch>, mut offset: usize, limit: Option<usize>) -> Vec<RecordBatch> {
    let mut left = limit.unwrap_or(usize::MAX);
    let mut page = Vec::new();
    for batch in batches {
        let skipped = offset.min(batch.num_rows());
        offset -= skipped;
        let taken = left.min(batch.num_rows() - skipped);
        left -= taken;
        if taken > 0 {
            page.push(batch.slice(skipped, taken));
        }
    }
    page
}
