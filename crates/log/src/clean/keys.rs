//! The latest offset per key: what compaction goes by.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

use yeoul_base::limits::COMPACTION_KEYS_MAX;

/// Keys by a fingerprint of 128 bits. Both halves are keyed with random numbers of this map, so that nobody can send
/// keys that collide, and with the most keys there are, that any two do has a chance below 10^-26.
pub(super) struct LatestKeys {
    halves: [RandomState; 2],
    offsets: HashMap<(u64, u64), i64>,
}

impl LatestKeys {
    pub(super) fn new() -> LatestKeys {
        LatestKeys { halves: [RandomState::new(), RandomState::new()], offsets: HashMap::new() }
    }

    fn fingerprint(&self, key: &[u8]) -> (u64, u64) {
        let [first, second] = &self.halves;
        (first.hash_one(key), second.hash_one(key))
    }

    /// Takes a key's later offset. False, and nothing is taken, if there are too many keys.
    pub(super) fn put(&mut self, key: &[u8], offset: i64) -> bool {
        let fingerprint = self.fingerprint(key);
        if let Some(latest) = self.offsets.get_mut(&fingerprint) {
            *latest = (*latest).max(offset);
            return true;
        }
        let fits = self.offsets.len() < COMPACTION_KEYS_MAX;
        if fits {
            self.offsets.insert(fingerprint, offset);
        }
        fits
    }

    /// Whether a key's record at an offset has a later one.
    pub(super) fn has_later(&self, key: &[u8], offset: i64) -> bool {
        self.offsets.get(&self.fingerprint(key)).is_some_and(|&latest| latest > offset)
    }
}
