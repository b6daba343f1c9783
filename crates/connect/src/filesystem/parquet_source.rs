//! A Parquet file of a table: its row groups are read through `Disk`, in batches.

use std::io::{self, Read};
use std::sync::Arc;

use arrow::array::RecordBatch;
use bytes::Bytes;
use parquet::errors::ParquetError;
use parquet::file::reader::{ChunkReader, Length};
use yeoul_base::DiskFile;
use yeoul_format::{ParquetRows, ParquetRowsError};
use yeoul_row::RowType;

/// What a batch has at most.
const BATCH_ROWS: usize = 8192;
/// A file that claims to have a larger piece is damaged: what is read at once is a page, a column of a row group or the footer.
const PIECE_BYTES_MAX: usize = 1 << 30;

/// A Parquet file that is being read.
pub(super) struct ParquetSource {
    rows: ParquetRows,
    /// Read and not handed out.
    pending: Option<RecordBatch>,
}

impl ParquetSource {
    /// The columns of `row` of a file, from row `start` on.
    pub(super) fn new(
        file: Arc<dyn DiskFile>,
        bytes: u64,
        row: &RowType,
        start: u64,
    ) -> Result<ParquetSource, ParquetRowsError> {
        let rows = ParquetRows::new(Chunks { file, bytes }, row, start, BATCH_ROWS)?;
        Ok(ParquetSource { rows, pending: None })
    }

    /// How many rows the file has.
    pub(super) fn rows(&self) -> u64 {
        self.rows.rows()
    }

    /// The next rows, so many at most; none at the end of the file.
    pub(super) fn take(&mut self, rows_max: usize) -> Result<Option<RecordBatch>, ParquetRowsError> {
        let next = match self.pending.take() {
            Some(batch) => Some(batch),
            None => self.rows.next_batch()?,
        };
        let Some(batch) = next else { return Ok(None) };
        if batch.num_rows() > rows_max {
            self.pending = Some(batch.slice(rows_max, batch.num_rows() - rows_max));
            return Ok(Some(batch.slice(0, rows_max)));
        }
        Ok(Some(batch))
    }
}

/// A file as the Parquet library reads it.
struct Chunks {
    file: Arc<dyn DiskFile>,
    bytes: u64,
}

impl Length for Chunks {
    fn len(&self) -> u64 {
        self.bytes
    }
}

impl ChunkReader for Chunks {
    type T = Tail;

    fn get_read(&self, start: u64) -> Result<Tail, ParquetError> {
        Ok(Tail { file: self.file.clone(), next: start, end: self.bytes })
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes, ParquetError> {
        let end = start.checked_add(length as u64).filter(|end| *end <= self.bytes && length <= PIECE_BYTES_MAX);
        if end.is_none() {
            return Err(ParquetError::EOF(format!(
                "it names {length} bytes at {start}, and has {} in all",
                self.bytes
            )));
        }
        let mut bytes = vec![0; length];
        self.file.read_exact_at(&mut bytes, start).map_err(|error| ParquetError::External(Box::new(error)))?;
        Ok(Bytes::from(bytes))
    }
}

/// A file from some place on.
struct Tail {
    file: Arc<dyn DiskFile>,
    next: u64,
    end: u64,
}

impl Read for Tail {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.end.saturating_sub(self.next)).unwrap_or(usize::MAX);
        let wanted = left.min(buffer.len());
        let Some(part) = buffer.get_mut(..wanted).filter(|part| !part.is_empty()) else { return Ok(0) };
        self.file.read_exact_at(part, self.next)?;
        self.next += wanted as u64;
        Ok(wanted)
    }
}
