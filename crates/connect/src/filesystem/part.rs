//! Rows of one folder that are not in a file yet, and how they become one.

use std::io::Write;
use std::time::Duration;

use arrow::array::RecordBatch;
use arrow::compute;
use arrow::error::ArrowError;
use arrow::ipc::reader::StreamReader;
use arrow::ipc::writer::StreamWriter;
use bytes::Bytes;
use yeoul_format::{Format, ParquetFile, RowEncoder};
use yeoul_row::RowType;

use super::options::Rolling;

/// What saved rows take besides their columns, about.
const HEAD_BYTES: usize = 4 << 10;

/// Rows that wait for their file.
#[derive(Default)]
pub(crate) struct Part {
    batches: Vec<RecordBatch>,
    /// How many of the batches are in the sink's state already.
    saved: usize,
    /// The keys of the state that holds them.
    pub(crate) keys: Vec<Bytes>,
    /// What the batches take in memory.
    pub(crate) bytes: u64,
    /// When the first and the last row came, by the wall clock in milliseconds.
    opened: i64,
    touched: i64,
}

/// What made a file impossible.
pub(crate) type FileError = Box<dyn std::error::Error + Send + Sync>;

impl Part {
    pub(crate) fn push(&mut self, batch: RecordBatch, now: i64) {
        if self.batches.is_empty() {
            self.opened = now;
        }
        self.touched = now;
        self.bytes += batch.get_array_memory_size() as u64;
        self.batches.push(batch);
    }

    /// Whether the rows are to become a file now. A clock that went back makes nothing due.
    pub(crate) fn due(&self, rolling: &Rolling, now: i64) -> bool {
        let since = |then: i64| Duration::from_millis(u64::try_from(now.saturating_sub(then)).unwrap_or(0));
        self.bytes >= rolling.file_bytes
            || since(self.opened) >= rolling.rollover
            || since(self.touched) >= rolling.inactivity
    }

    /// What isn't in the sink's state yet, as a value for it; `key` is where it goes. None if nothing is new.
    pub(crate) fn save(&mut self, key: Bytes) -> Result<Option<Bytes>, ArrowError> {
        let Some(first) = self.batches.get(self.saved) else { return Ok(None) };
        let new = compute::concat_batches(&first.schema(), self.batches.iter().skip(self.saved))?;
        let mut value = Vec::with_capacity(HEAD_BYTES + new.get_array_memory_size());
        value.extend(self.opened.to_be_bytes());
        let mut writer = StreamWriter::try_new(&mut value, &new.schema())?;
        writer.write(&new)?;
        writer.finish()?;
        drop(writer);
        self.batches.truncate(self.saved);
        self.batches.push(new);
        self.saved = self.batches.len();
        self.keys.push(key);
        Ok(Some(Bytes::from(value)))
    }

    /// Takes rows back out of the sink's state.
    pub(crate) fn restore(&mut self, key: Bytes, value: &[u8]) -> Result<(), FileError> {
        let (opened, stream) = value.split_first_chunk::<8>().ok_or("the saved rows are cut off")?;
        let opened = i64::from_be_bytes(*opened);
        for batch in StreamReader::try_new(stream, None)? {
            let opened = if self.batches.is_empty() { opened } else { self.opened.min(opened) };
            self.push(batch?, opened);
            self.opened = opened;
        }
        self.saved = self.batches.len();
        self.keys.push(key);
        Ok(())
    }

    /// Writes the rows as a whole file; batches go as they are written. Returns the file.
    pub(crate) fn write<W: Write + Send>(self, format: &Format, row: &RowType, mut file: W) -> Result<W, FileError> {
        if let Format::Parquet(options) = format {
            let mut file = ParquetFile::new(file, row, options)?;
            self.batches.into_iter().try_for_each(|batch| file.write(&batch))?;
            return Ok(file.finish()?);
        }
        let encoder = RowEncoder::new(format, row)?;
        let mut line = Vec::new();
        for batch in self.batches {
            let rows = encoder.bind(&batch)?;
            for row in 0..batch.num_rows() {
                line.clear();
                rows.write(row, &mut line)?;
                line.extend_from_slice(encoder.row_end());
                file.write_all(&line)?;
            }
        }
        Ok(file)
    }
}
