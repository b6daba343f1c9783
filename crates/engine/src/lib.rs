//! Running a bound plan: operators, watermarks, state, checkpoints.
//!
//! Reading order: [`source`] and [`sink`] (how data comes and goes), [`checkpoint`] (how it is made exactly once),
//! [`connections`] (where a job gets these from), [`status`] (what a job tells of itself), [`options`] and [`start`]
//! (running a job), [`materialize`] (final rows of a changelog); then, inside, `runtime` (chains, queues, checkpoints),
//! `operator` and `operators`, `aggregate`, `compute` (expressions), `state`.
//!
//! This crate knows no connector, no Kafka and no HTTP.

mod aggregate;
pub mod checkpoint;
mod compute;
pub mod connections;
mod counters;

mod failures;
pub mod materialize;
mod memory_store;
mod operator;
mod operators;
pub mod options;
mod runtime;
pub mod sink;
pub mod source;
mod state;
pub mod status;

pub use memory_store::MemoryStore;
pub use options::JobOptions;
pub use runtime::coordinator::JobEnd;
pub use runtime::job::{JobError, JobHandle, StartError, start};

/// The bound plan, for crates that may use the engine but not the SQL front end.
pub use yeoul_sql::{catalog, expr, plan};

#[cfg(test)]
mod join_tests;
#[cfg(test)]
mod order_tests;
#[cfg(test)]
mod parallel_tests;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod ttl_tests;
#[cfg(test)]
mod upsert_tests;
