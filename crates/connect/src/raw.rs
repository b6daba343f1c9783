//! Rows that have no bytes of their own (Parquet, made up ones), as JSON, for what reports them.

use std::collections::BTreeMap;

use arrow::array::{BinaryArray, BinaryBuilder, RecordBatch};
use yeoul_format::{Format, RowEncoder};
use yeoul_row::RowType;

/// Each row as a JSON object; empty where JSON can't express it.
pub(crate) fn as_json(columns: &RecordBatch, row: &RowType) -> BinaryArray {
    let json = Format::parse("json", &BTreeMap::new());
    let encoder = json.and_then(|json| RowEncoder::new(&json, row)).ok();
    let bound = encoder.as_ref().and_then(|encoder| encoder.bind(columns).ok());
    let mut rows = BinaryBuilder::new();
    let mut bytes = Vec::new();
    for row in 0..columns.num_rows() {
        bytes.clear();
        let written = bound.as_ref().is_some_and(|bound| bound.write(row, &mut bytes).is_ok());
        rows.append_value(if written { bytes.as_slice() } else { &[] });
    }
    rows.finish()
}
