//! Parquet files, with the types that Flink's `parquet` format writes; Snappy unless told otherwise.

use std::io::Write;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, GzipLevel, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use yeoul_row::RowType;

use crate::options::{ParquetCompression, ParquetOptions};

/// Writes one Parquet file.
pub struct ParquetFile<W: Write + Send> {
    writer: ArrowWriter<W>,
    schema: SchemaRef,
}

impl<W: Write + Send> ParquetFile<W> {
    /// A file of these columns, written to `target`.
    ///
    /// # Errors
    /// A column that Parquet can't hold.
    pub fn new(target: W, row: &RowType, options: &ParquetOptions) -> Result<ParquetFile<W>, ParquetError> {
        let schema = row.to_arrow();
        let compression = match options.compression {
            ParquetCompression::Uncompressed => Compression::UNCOMPRESSED,
            ParquetCompression::Snappy => Compression::SNAPPY,
            ParquetCompression::Zstd => Compression::ZSTD(ZstdLevel::default()),
            ParquetCompression::Gzip => Compression::GZIP(GzipLevel::default()),
            ParquetCompression::Lz4Raw => Compression::LZ4_RAW,
        };
        let properties = WriterProperties::builder().set_compression(compression).build();
        let writer = ArrowWriter::try_new(target, Arc::clone(&schema), Some(properties))?;
        Ok(ParquetFile { writer, schema })
    }

    /// Appends rows of the announced columns.
    ///
    /// # Errors
    /// Other columns, or those of the target.
    pub fn write(&mut self, batch: &RecordBatch) -> Result<(), ParquetError> {
        let batch = RecordBatch::try_new(self.schema.clone(), batch.columns().to_vec())?;
        self.writer.write(&batch)
    }

    /// Ends the file; returns the target.
    ///
    /// # Errors
    /// Those of the target.
    pub fn finish(self) -> Result<W, ParquetError> {
        self.writer.into_inner()
    }
}
