//! The transaction coordinator (KIP-98, KIP-360, KIP-890): which producer a transactional id belongs to, and what is
//! part of its transaction.
//!
//! Reading order: `transaction` decides, without I/O or clock; `row` is how that is kept; `coordinator` puts both
//! together with the log; `timeouts` aborts what takes too long. Each API of the protocol is a module of `api`.
//!
//! Invariants:
//! - What a producer was told is durable: its identity, the partitions and offsets that it added. Only partitions that
//!   a batch adds by itself (KIP-890) are not written down, since the batch tells it.
//! - A transaction ends by ONE record of the log: the markers of all partitions, the group offsets that it commits,
//!   and the new state of the transactional id. After a crash all of it holds, or nothing.
//! - One transactional id's requests take effect one after the other, in the order in which they reach the log; while
//!   an end is on its way to the disk, others are told to come again (`CONCURRENT_TRANSACTIONS`).
//! - A batch of an epoch that is not the current one is refused before it reaches the log, and again by the partition.

mod coordinator;
mod row;
mod timeouts;
mod transaction;

pub(crate) use coordinator::{Batch, Coordinator, Limits};
pub(crate) use timeouts::watch;
pub(crate) use transaction::{ClientPath, GroupOffsets, Identity, PendingOffset, Phase, TransactionError};
