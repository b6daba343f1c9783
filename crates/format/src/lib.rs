//! Bytes to Arrow and back, in Flink's formats and with its option names: `json`, `csv`, `raw`, `parquet`.
//!
//! Reading order: [`options`] (the formats and what can be set), [`decoder`] (rows of bytes into record batches),
//! [`encoder`] (and back), [`split`] (where rows end in a file), [`parquet_file`] and [`parquet_rows`], [`text`] (rows for people).
//!
//! Invariants: a bad row says why and where, and leaves nothing behind in the batch; no input makes a decoder panic,
//! recurse without bound, or allocate more than a small multiple of what it was given. This crate does no I/O and
//! knows no SQL.

mod base64;
mod column;
mod conform;
mod csv_decode;
mod csv_encode;
mod decimal;
pub mod decoder;
pub mod encoder;
mod error;
mod json_decode;
mod json_encode;
mod json_scan;
mod number;
pub mod options;
pub mod parquet_file;
pub mod parquet_rows;
pub mod split;
mod temporal;
pub mod text;
mod view;

pub use decoder::RowDecoder;
pub use encoder::{BatchRows, RowEncoder};
pub use error::{EncodeError, FormatError, RowError};
pub use options::{Format, suggest};
pub use parquet_file::ParquetFile;
pub use parquet_rows::{ParquetRows, ParquetRowsError};
pub use split::{Split, Splitter};
pub use temporal::TimestampFormat;
