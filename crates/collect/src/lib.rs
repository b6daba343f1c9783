//! Front doors besides Kafka's: HTTP today. A record is acknowledged once it is durable in the log, as it came.
//!
//! Reading order: `http` (the request), `body` (reading it within bounds), `json_check` and `split` (what is sound,
//! and where records begin and end), `key` and `partition` (where they go), `write` (into the log).
//!
//! Invariants: nothing is answered with success before its flush (C1); of a request that is refused with 4xx, nothing
//! was taken; what a request can cost in memory is bounded by the body's limit.
//!
//! This crate knows no SQL and no engine.

mod body;
mod content;
mod fault;
#[cfg(fuzzing)]
pub mod fuzzing;
mod http;
mod json_check;
mod key;
mod parameters;
mod partition;
mod split;
mod write;

pub use http::{Limits, router, router_with_clock};
pub use json_check::{DEPTH_MAX, JsonError, KEYS_MAX, Problem};
