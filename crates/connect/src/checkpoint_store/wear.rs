//! How much of what is kept of state later changes have superseded: when it is more than what they haven't, state is written anew.
//!
//! Counted in bytes of encoded changes. What a change supersedes isn't looked up, but taken to be as large as the change, and what a
//! removal supersedes as large as changes are on average. So this is an estimate, and growth beyond a multiple of the last snapshot ends it.

use yeoul_engine::checkpoint::StateChange;

use super::encode::{self, Manifest, State};

/// State is not written anew for less than this.
const COMPACT_BYTES_MIN: u64 = 4 << 20;
/// Nor is more than so many times the first piece kept, whatever the estimate says, if one of so many values was superseded.
const GROWTH_MAX: u64 = 8;
const REPLACED_SHARE: u64 = 8;

/// Of all changes that are kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Wear {
    /// How many have a value.
    values: u64,
    bytes: u64,
    superseded: u64,
    /// How many changes superseded one.
    replaced: u64,
}

impl Wear {
    /// A manifest's, by the state that it leaves.
    pub(super) fn of(manifest: &Manifest, state: &State) -> Wear {
        let bytes = bytes_of(manifest);
        let live: usize = state.iter().map(|((_, key), value)| encode::change_bytes(key, Some(value))).sum();
        let superseded = bytes.saturating_sub(live as u64);
        let replaced = if superseded > 0 { state.len() as u64 } else { 0 };
        Wear { values: state.len() as u64, bytes, superseded, replaced }
    }

    /// A manifest's, of which nothing is known.
    pub(super) fn unknown(manifest: &Manifest) -> Wear {
        let bytes = bytes_of(manifest);
        Wear { values: 1, bytes, superseded: bytes, replaced: 1 }
    }

    /// Of one snapshot with so many values.
    pub(super) fn of_snapshot(values: u64, bytes: u64) -> Wear {
        Wear { values, bytes, superseded: 0, replaced: 0 }
    }

    /// Counts changes in.
    pub(super) fn add(&mut self, changes: &[StateChange]) {
        for change in changes {
            let bytes = encode::change_bytes(&change.key, change.value.as_ref()) as u64;
            self.values += u64::from(change.value.is_some());
            self.bytes += bytes;
            self.replaced += u64::from(!change.is_first);
            self.superseded += match change.value {
                Some(_) if change.is_first => 0,
                Some(_) => bytes,
                None => bytes + self.bytes / self.values.max(1),
            };
        }
    }

    /// Whether state is to be written anew, if the first piece, a snapshot, has so many bytes.
    pub(super) fn is_worn(&self, snapshot: u64) -> bool {
        let live = self.bytes.saturating_sub(self.superseded);
        let grown = snapshot > 0 && self.bytes > snapshot.max(COMPACT_BYTES_MIN).saturating_mul(GROWTH_MAX);
        (grown && self.replaced.saturating_mul(REPLACED_SHARE) > self.values)
            || self.superseded > live.max(COMPACT_BYTES_MIN)
    }
}

fn bytes_of(manifest: &Manifest) -> u64 {
    let inline: usize = manifest.inline.iter().map(bytes::Bytes::len).sum();
    manifest.pieces.iter().map(|piece| piece.bytes).sum::<u64>() + inline as u64
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use yeoul_engine::checkpoint::StateOwner;

    use super::*;

    fn change(value: Option<usize>, is_first: bool) -> StateChange {
        let value = value.map(|bytes| Bytes::from(vec![0; bytes]));
        StateChange { owner: StateOwner::Operator(1), key: Bytes::from_static(b"key"), value, is_first }
    }

    /// How many changes of 1 MiB, one in `share` of which supersedes one, it takes.
    fn added_until_worn(share: u64) -> u64 {
        let mut wear = Wear::of_snapshot(8, 8 << 20);
        let mut added = 0;
        while added < 1_000 && !wear.is_worn(8 << 20) {
            wear.add(&[change(Some(1 << 20), added % share != 0)]);
            added += 1;
        }
        added
    }

    #[test]
    fn what_mostly_grows_is_written_anew_when_it_has_grown_eightfold_and_what_only_grows_never() {
        assert_eq!(added_until_worn(6), 56, "8 MiB and 56 more, and what keys take");
        assert_eq!(added_until_worn(2), 56);
        assert_eq!(added_until_worn(1_001), 1_000);
    }

    #[test]
    fn what_is_written_over_is_written_anew_when_half_is_superseded() {
        let mut wear = Wear::of_snapshot(8, 8 << 20);
        let mut added = 0;
        while !wear.is_worn(8 << 20) {
            wear.add(&[change(Some(1 << 20), false)]);
            added += 1;
        }
        assert_eq!(added, 8);
    }

    #[test]
    fn removals_count_as_much_as_changes_are_on_average() {
        let mut wear = Wear::default();
        wear.add(&vec![change(Some(10_000), true); 1_000]);
        assert!(!wear.is_worn(0));
        wear.add(&vec![change(None, false); 1_000]);
        assert!(wear.is_worn(0), "{wear:?}");
    }

    #[test]
    fn what_nobody_has_read_is_written_anew_if_it_is_large() {
        let piece = |bytes| encode::Piece { name: "p".to_owned(), bytes, crc: 0 };
        let manifest = |bytes| Manifest { pieces: vec![piece(bytes)], ..Manifest::default() };
        assert!(Wear::unknown(&manifest(5 << 20)).is_worn(5 << 20));
        assert!(!Wear::unknown(&manifest(1 << 20)).is_worn(1 << 20));
    }
}
