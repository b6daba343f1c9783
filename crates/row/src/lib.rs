//! What flows through Yeoul: Flink's types over Arrow's arrays, batches of rows with row kinds, and event time.
//!
//! Reading order: [`types`] (Flink's logical types and their Arrow layout), [`batch`] (a batch of a changelog),
//! [`watermark`] (which watermark was in force when each row of a batch arrived).
//!
//! [`json`] and [`text`] write rows and values for people and programs. [`variant`] and [`variant_parse`] read and make
//! `VARIANT` values, [`bitmap`] `BITMAP` values.
//!
//! This crate does no I/O and knows no SQL text.

pub mod batch;
pub mod bitmap;
pub mod json;
pub mod text;
pub mod types;
pub mod variant;
pub mod variant_parse;
pub mod watermark;

pub use batch::{Origin, RowBatch, RowKind};
pub use types::{DataType, Field, LogicalType, RowType};
pub use watermark::Watermarks;

#[cfg(test)]
mod tests;
