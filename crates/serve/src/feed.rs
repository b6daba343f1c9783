//! The last changes of a view, so that a reader that was away resumes exactly.
//!
//! Invariants: ids grow; every change behind `since` is here; count and bytes are bounded, the oldest goes first.

use std::collections::VecDeque;

use crate::change::{Change, ChangeId};

/// How many changes are kept.
const CHANGES_MAX: usize = 65_536;
/// How many bytes of encoded rows are kept.
const BYTES_MAX: usize = 16 << 20;

/// A bounded history.
#[derive(Debug, Default)]
pub(crate) struct Feed {
    changes: VecDeque<Change>,
    bytes: usize,
    /// The id right before the first change that is here.
    since: ChangeId,
}

/// What a reader asked for is not kept any more, or never was.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Lost;

impl Feed {
    /// An empty history that begins behind `since`.
    pub(crate) fn begin(since: ChangeId) -> Feed {
        Feed { since, ..Feed::default() }
    }

    /// Adds a change, and forgets what is over the bounds.
    pub(crate) fn push(&mut self, change: Change) {
        debug_assert!(self.last() < change.id, "ids must grow");
        self.bytes += change.row.len();
        self.changes.push_back(change);
        while self.changes.len() > CHANGES_MAX || self.bytes > BYTES_MAX {
            let Some(oldest) = self.changes.pop_front() else { return };
            self.bytes -= oldest.row.len();
            self.since = oldest.id;
        }
    }

    /// The newest id.
    pub(crate) fn last(&self) -> ChangeId {
        self.changes.back().map_or(self.since, |change| change.id)
    }

    /// Bytes of encoded rows.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Up to `most` changes behind `after`.
    pub(crate) fn read(&self, after: ChangeId, most: usize) -> Result<Vec<Change>, Lost> {
        if after == self.since {
            return Ok(self.changes.iter().take(most).cloned().collect());
        }
        let place = self.changes.binary_search_by_key(&after, |change| change.id).map_err(|_| Lost)?;
        Ok(self.changes.iter().skip(place + 1).take(most).cloned().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::change::ChangeKind;

    fn id(sequence: u64) -> ChangeId {
        ChangeId { sequence, number: 1 }
    }

    fn change(sequence: u64, bytes: usize) -> Change {
        Change { id: id(sequence), kind: ChangeKind::Insert, row: vec![0; bytes].into() }
    }

    #[test]
    fn a_reader_resumes_behind_any_change_that_is_kept() {
        let mut feed = Feed::begin(id(5));
        (6..10).for_each(|sequence| feed.push(change(sequence, 1)));
        let ids = |after| feed.read(id(after), 2).map(|changes| changes.iter().map(|c| c.id.sequence).collect());
        assert_eq!(ids(5), Ok(vec![6, 7]));
        assert_eq!(ids(8), Ok(vec![9]));
        assert_eq!(ids(9), Ok(vec![]));
        assert_eq!(ids(4), Err(Lost));
        assert_eq!(ids(10), Err(Lost));
    }

    #[test]
    fn the_history_is_bounded_in_bytes_and_count() {
        let mut feed = Feed::begin(id(0));
        (1..=40).for_each(|sequence| feed.push(change(sequence, 1 << 20)));
        assert!(feed.bytes() <= BYTES_MAX);
        assert_eq!(feed.read(id(1), 1), Err(Lost));
        assert_eq!(feed.last(), id(40));
        let mut feed = Feed::begin(id(0));
        (1..=CHANGES_MAX as u64 + 9).for_each(|sequence| feed.push(change(sequence, 1)));
        assert_eq!(feed.read(id(9), usize::MAX).map(|changes| changes.len()), Ok(CHANGES_MAX));
    }
}
