//! Consumer groups: who reads which partitions, and how far they have come.
//!
//! Reading order: [`classic`] and its neighbours are Kafka's first group protocol as a state machine without I/O and
//! clock; [`consumer`] and its neighbours are the second (KIP-848); `group` is either of them, `migration` how one becomes
//! the other, `consumer_classic` how members of both are in one; [`coordinator`] is the shell: who waits, timers, what is stored; `store` is how a group is written down; `offsets` commits and expires offsets;
//! `lag` tells how far groups are behind; `settings` is what single groups set otherwise.
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
mod consumer_classic;
pub(crate) mod consumer_heartbeat;
mod consumer_protocol;
#[cfg(test)]
mod consumer_tests;
pub(crate) mod coordinator;
#[allow(clippy::module_inception, reason = "a group is what the module is about")]
pub(crate) mod group;
mod lag;
pub(crate) mod member;
mod migration;
#[cfg(test)]
mod migration_tests;
mod offsets;
mod reconcile;
pub(crate) mod settings;
mod store;

pub(crate) use assignor::Assignment;
pub use config::GroupConfig;
pub use lag::GroupLag;

/// The groups of a running broker, as others may look at them. Cheap to clone.
#[derive(Clone)]
pub struct Groups(pub(crate) std::sync::Arc<coordinator::Coordinator>);

impl Groups {
    /// How far all groups are behind, by group, topic and partition. Reads a batch for each partition that a group is
    /// behind in and has moved on in since the last call.
    #[must_use]
    pub fn lags(&self) -> Vec<GroupLag> {
        self.0.lags()
    }
}

impl std::fmt::Debug for Groups {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Groups")
    }
}
