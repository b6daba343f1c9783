//! Which stored batches a reader of committed records takes: neither markers nor what was aborted.

use std::collections::HashSet;

use super::{BatchError, BatchHeader, Marker};

/// A transaction that was aborted, as a partition remembers it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct AbortedTransaction {
    /// Its producer.
    pub producer: i64,
    /// The offset of its first record in the partition.
    pub first: i64,
    /// The offset of its marker.
    pub last: i64,
}

/// Goes over batches in their order and tells which are to be taken; Kafka's consumers do the same (KIP-98).
#[derive(Clone, Debug, Default)]
pub struct CommittedFilter {
    /// The aborted transactions that are still to come, the first one last.
    coming: Vec<AbortedTransaction>,
    /// The producers whose aborted transactions are open here.
    aborting: HashSet<i64>,
}

impl CommittedFilter {
    /// A filter for what one read gave; `aborted` came with it.
    #[must_use]
    pub fn new(aborted: &[AbortedTransaction]) -> CommittedFilter {
        let mut coming = aborted.to_vec();
        coming.sort_unstable_by_key(|transaction| std::cmp::Reverse(transaction.first));
        CommittedFilter { coming, aborting: HashSet::new() }
    }

    /// Whether a batch's records are to be taken.
    ///
    /// # Errors
    /// [`BatchError`] for a control batch that can't be read.
    pub fn takes(&mut self, header: &BatchHeader, batch: &[u8]) -> Result<bool, BatchError> {
        while let Some(next) = self.coming.pop_if(|next| next.first <= header.last_offset().0) {
            self.aborting.insert(next.producer);
        }
        if header.is_control() {
            if Marker::read(batch)?.is_some_and(|marker| !marker.commit) {
                self.aborting.remove(&header.producer_id);
            }
            return Ok(false);
        }
        Ok(!header.is_transactional() || !self.aborting.contains(&header.producer_id))
    }
}
