//! Consumer groups: who reads which partitions, and how far they have come.
//!
//! Reading order: [`classic`] and its neighbours are Kafka's first group protocol as a state machine without I/O and
//! clock; [`consumer`] and its neighbours are the second (KIP-848); `group` is either of them; [`coordinator`] is the
//! shell: who waits, timers, what is stored; `store` is how a group is written down; `offsets` commits and expires offsets.
//!
//! Invariants: an offset is durable before its commit is answered, and what is fetched is durable (both are the log's
//! tables). An assignment is stored before a member learns it. Nothing here holds on to a request's frame.

mod assignor;
pub(crate) mod classic;
pub(crate) mod classic_join;
mod classic_rebalance;
pub(crate) mod classic_sync;
#[cfg(test)]
mod classic_tests;
mod config;
pub(crate) mod consumer;
pub(crate) mod consumer_heartbeat;
#[cfg(test)]
mod consumer_tests;
pub(crate) mod coordinator;
#[allow(clippy::module_inception, reason = "a group is what the module is about")]
pub(crate) mod group;
pub(crate) mod member;
mod offsets;
mod reconcile;
mod store;
mod subscription;

pub(crate) use assignor::Assignment;
pub use config::GroupConfig;
