//! Running a bound plan: operators, watermarks, state, checkpoints.
//!
//! Reading order: [`source`] and [`sink`] (how data comes and goes), [`checkpoint`] (how it is made exactly once),
//! [`connections`] (where a job gets these from), [`status`] (what a job tells of itself).
//!
//! This crate knows no connector, no Kafka and no HTTP.

pub mod checkpoint;
pub mod connections;
pub mod sink;
pub mod source;
pub mod status;

/// The bound plan, for crates that may use the engine but not the SQL front end.
pub use yeoul_sql::{catalog, expr, plan};
