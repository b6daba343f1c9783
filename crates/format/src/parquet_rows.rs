//! Rows of a Parquet file, in the types of a table: columns are found by their names, a column that the file doesn't have
//! is NULL, as with Flink's `parquet` format.

use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, RecordBatchOptions, new_null_array};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use arrow::error::ArrowError;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
};
use parquet::basic::Type as PhysicalType;
use parquet::errors::ParquetError;
use parquet::file::reader::ChunkReader;
use parquet::schema::types::SchemaDescriptor;
use thiserror::Error;
use yeoul_row::{LogicalType, RowType};

use crate::conform::conform;

/// Reads one Parquet file, row group by row group.
pub struct ParquetRows {
    reader: ParquetRecordBatchReader,
    row: RowType,
    schema: SchemaRef,
    /// How many rows the file has.
    rows: u64,
}

/// Why a Parquet file can't be read.
#[derive(Debug, Error)]
pub enum ParquetRowsError {
    /// The bytes are no Parquet file, or a damaged one.
    #[error("{0}")]
    File(#[from] ParquetError),
    /// Pages that can't be read.
    #[error("{0}")]
    Page(#[from] ArrowError),
    /// A column of another type than the table says.
    #[error("column `{column}`: {reason}")]
    Column {
        /// The table's column.
        column: String,
        /// What the file has there.
        reason: String,
    },
}

impl ParquetRows {
    /// The rows of a file from row `start` on, `batch_rows` at a time: the columns of `row`.
    ///
    /// # Errors
    /// What is no Parquet file.
    pub fn new<C: ChunkReader + 'static>(
        chunks: C,
        row: &RowType,
        start: u64,
        batch_rows: usize,
    ) -> Result<ParquetRows, ParquetRowsError> {
        // Types follow from the file's own schema, not from what the Arrow library that wrote it noted besides.
        let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
        let metadata = ArrowReaderMetadata::load(&chunks, options.clone())?;
        let wide = with_wide_times(metadata.schema(), metadata.parquet_schema(), row);
        let metadata = match wide {
            Some(schema) => ArrowReaderMetadata::try_new(metadata.metadata().clone(), options.with_schema(schema))?,
            None => metadata,
        };
        let rows = u64::try_from(metadata.metadata().file_metadata().num_rows()).unwrap_or_default();
        let columns = metadata.schema().fields().iter().enumerate();
        let wanted = columns.filter(|(_, field)| row.index_of(field.name()).is_some()).map(|(place, _)| place);
        let mask = ProjectionMask::roots(metadata.parquet_schema(), wanted);
        let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(chunks, metadata)
            .with_projection(mask)
            .with_batch_size(batch_rows.max(1))
            .with_offset(usize::try_from(start).unwrap_or(usize::MAX))
            .build()?;
        Ok(ParquetRows { reader, row: row.clone(), schema: row.to_arrow(), rows })
    }

    /// How many rows the file has, also those before the first that is read.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// The next rows; none at the file's end.
    ///
    /// # Errors
    /// Damaged pages, and columns of other types than the table's.
    pub fn next_batch(&mut self) -> Result<Option<RecordBatch>, ParquetRowsError> {
        let Some(batch) = self.reader.next().transpose()? else { return Ok(None) };
        let columns = self.row.fields.iter().map(|field| -> Result<ArrayRef, ParquetRowsError> {
            let logical = &field.data_type.logical;
            let Some(array) = batch.column_by_name(&field.name) else {
                return Ok(new_null_array(&logical.to_arrow(), batch.num_rows()));
            };
            conform(array, logical)
                .map_err(|reason| ParquetRowsError::Column { column: field.name.clone(), reason: reason.to_string() })
        });
        let columns = columns.collect::<Result<Vec<_>, _>>()?;
        let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
        Ok(Some(RecordBatch::try_new_with_options(self.schema.clone(), columns, &options)?))
    }
}

/// The schema with times of the old 96-bit kind in microseconds, but where the table has finer ones: as nanoseconds they reach from
/// 1677 to 2262 only. None if there are none.
fn with_wide_times(schema: &SchemaRef, parquet: &SchemaDescriptor, row: &RowType) -> Option<SchemaRef> {
    let is_fine = |name: &str| {
        let field = row.index_of(name).and_then(|place| row.fields.get(place));
        field.is_some_and(|field| match field.data_type.logical {
            LogicalType::Timestamp(precision) | LogicalType::TimestampLtz(precision) => precision > 6,
            _ => false,
        })
    };
    let is_old = |name: &str| {
        let mut leaves = parquet.columns().iter().filter(|_| !is_fine(name));
        leaves.any(|leaf| {
            leaf.physical_type() == PhysicalType::INT96 && leaf.path().parts() == std::slice::from_ref(&name.to_owned())
        })
    };
    let old: Vec<bool> = schema.fields().iter().map(|field| is_old(field.name())).collect();
    if !old.contains(&true) {
        return None;
    }
    let widened = |(field, old): (&Arc<Field>, bool)| match old {
        true => Arc::new(field.as_ref().clone().with_data_type(DataType::Timestamp(TimeUnit::Microsecond, None))),
        false => field.clone(),
    };
    let fields: Vec<Arc<Field>> = schema.fields().iter().zip(old).map(widened).collect();
    Some(Arc::new(Schema::new(fields)))
}
