//! Rows as bytes: Arrow's row format, one byte string per row, whose order is the order of the values.
//!
//! These bytes are what a view keeps in memory and what its checkpoints keep on disk. A test holds known bytes, so
//! that an Arrow release that changes the format is noticed before it reads old checkpoints wrongly.

use arrow::array::{ArrayRef, RecordBatch};
use arrow::datatypes::SchemaRef;
use arrow::error::ArrowError;
use arrow::row::{RowConverter, Rows, SortField};
use yeoul_row::RowType;

/// Encodes and decodes the rows of one view.
pub(crate) struct RowCodec {
    schema: SchemaRef,
    key: Vec<usize>,
    row_converter: RowConverter,
    key_converter: RowConverter,
}

impl RowCodec {
    /// A codec for rows of `columns`, identified by the columns at `key`; without any, by all.
    ///
    /// # Errors
    /// A column of a type that can't be ordered, or a key column that there is not.
    pub(crate) fn new(columns: &RowType, key: &[usize]) -> Result<RowCodec, ArrowError> {
        let schema = columns.to_arrow();
        let all: Vec<usize> = (0..schema.fields().len()).collect();
        let key = if key.is_empty() { all.clone() } else { key.to_vec() };
        let row_converter = converter(&schema, &all)?;
        let key_converter = converter(&schema, &key)?;
        Ok(RowCodec { schema, key, row_converter, key_converter })
    }

    /// The columns.
    pub(crate) fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// Whole rows.
    pub(crate) fn rows(&self, batch: &RecordBatch) -> Result<Rows, ArrowError> {
        self.row_converter.convert_columns(batch.columns())
    }

    /// The rows' keys.
    pub(crate) fn keys(&self, batch: &RecordBatch) -> Result<Rows, ArrowError> {
        let columns: Vec<ArrayRef> = self.key.iter().filter_map(|place| batch.columns().get(*place)).cloned().collect();
        self.key_converter.convert_columns(&columns)
    }

    /// Columns out of rows that this codec encoded.
    pub(crate) fn decode<'a>(&self, rows: impl Iterator<Item = &'a [u8]>) -> Result<RecordBatch, ArrowError> {
        let parser = self.row_converter.parser();
        let parsed: Vec<_> = rows.map(|bytes| parser.parse(bytes)).collect();
        RecordBatch::try_new(self.schema.clone(), self.row_converter.convert_rows(parsed)?)
    }
}

fn converter(schema: &SchemaRef, places: &[usize]) -> Result<RowConverter, ArrowError> {
    let field = |place: &usize| schema.fields().get(*place).map(|field| SortField::new(field.data_type().clone()));
    let fields: Option<Vec<SortField>> = places.iter().map(field).collect();
    RowConverter::new(fields.ok_or_else(|| ArrowError::SchemaError("a key column is missing".to_owned()))?)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{Int64Array, StringArray, TimestampMillisecondArray};
    use yeoul_row::{Field, LogicalType};

    use super::*;

    fn sample() -> (RowCodec, RecordBatch) {
        let columns = RowType::new(vec![
            Field::new("k", LogicalType::STRING.nullable()),
            Field::new("n", LogicalType::BigInt.nullable()),
            Field::new("t", LogicalType::Timestamp(3).nullable()),
        ]);
        let codec = RowCodec::new(&columns, &[0]).unwrap();
        let arrays: Vec<ArrayRef> = vec![
            Arc::new(StringArray::from(vec![Some("JFK"), None])),
            Arc::new(Int64Array::from(vec![-1, 2])),
            Arc::new(TimestampMillisecondArray::from(vec![Some(0), None])),
        ];
        let batch = RecordBatch::try_new(codec.schema().clone(), arrays).unwrap();
        (codec, batch)
    }

    #[test]
    fn rows_come_back_as_they_went() {
        let (codec, batch) = sample();
        let rows = codec.rows(&batch).unwrap();
        assert_eq!(codec.decode(rows.iter().map(|row| row.data())).unwrap(), batch);
    }

    #[test]
    fn the_bytes_on_disk_are_the_ones_of_the_first_release() {
        let (codec, batch) = sample();
        let rows = codec.rows(&batch).unwrap();
        let hex: String = rows.row(0).data().iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, "024a464b000000000003017fffffffffffffff018000000000000000");
    }
}
