//! State written anew, without having it in memory: from the newest change to the oldest, of each entry the first that is met.
//!
//! Of the entries that were met a digest is kept, and one file of state at a time. Two entries with the same digest would be one:
//! it has 128 bits, under keys drawn for the run.

use ahash::RandomState;
use bytes::Bytes;
use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use yeoul_engine::checkpoint::StateOwner;

use super::encode::{self, Piece};
use super::pieces::PieceWriter;

/// A piece that is written with each entry's newest value.
pub(super) struct Rewrite {
    piece: PieceWriter,
    met: HashTable<u128>,
    values: u64,
    hashers: [RandomState; 2],
}

impl Rewrite {
    /// Into this piece.
    pub(super) fn new(piece: PieceWriter) -> Rewrite {
        Rewrite { piece, met: HashTable::new(), values: 0, hashers: [RandomState::new(), RandomState::new()] }
    }

    /// Takes a change that is older than those before.
    pub(super) fn older(&mut self, owner: StateOwner, key: &[u8], value: Option<&[u8]>) -> std::io::Result<()> {
        let [low, high] = self.hashers.each_ref().map(|hasher| u128::from(hasher.hash_one((owner, key))));
        let is_newest = self.meet(high << 64 | low);
        match value.filter(|_| is_newest) {
            Some(value) => {
                self.values += 1;
                self.piece.put(owner, key, Some(value))
            }
            None => Ok(()),
        }
    }

    /// Whether a digest is met for the first time.
    fn meet(&mut self, digest: u128) -> bool {
        match self.met.entry(low_half(&digest), |other| *other == digest, low_half) {
            Entry::Occupied(_) => false,
            Entry::Vacant(entry) => {
                entry.insert(digest);
                true
            }
        }
    }

    /// Takes encoded changes, all older than those before; the inner error says what is wrong with them.
    pub(super) fn older_encoded(&mut self, encoded: &Bytes) -> std::io::Result<Result<(), String>> {
        let changes = match encode::last_first(encoded) {
            Ok(changes) => changes,
            Err(reason) => return Ok(Err(reason)),
        };
        for (owner, key, value) in changes {
            self.older(owner, &key, value.as_deref())?;
        }
        Ok(Ok(()))
    }

    /// Ends the piece, and says how many values it has.
    pub(super) fn finish(self) -> std::io::Result<(u64, Piece)> {
        Ok((self.values, self.piece.finish()?))
    }
}

/// What a digest is found by.
fn low_half(digest: &u128) -> u64 {
    (*digest & u128::from(u64::MAX)) as u64
}
