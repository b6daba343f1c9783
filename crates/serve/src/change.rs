//! One change of a served table, and the id by which a reader resumes behind it.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// Where a change stands in a view's history: the checkpoint that made it visible, and its place there.
///
/// As text `<sequence>-<number>`. Ids only grow. The sequence counts the checkpoints that changed the view, from the
/// wall clock's milliseconds at the view's birth on, so that the ids of a view that is begun anew are behind all ids
/// of the one before it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct ChangeId {
    /// The checkpoint.
    pub sequence: u64,
    /// The place within it, from 1; 0 before the first change.
    pub number: u32,
}

impl fmt::Display for ChangeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.sequence, self.number)
    }
}

impl FromStr for ChangeId {
    type Err = NotAChangeId;

    fn from_str(text: &str) -> Result<ChangeId, NotAChangeId> {
        let (sequence, number) = text.split_once('-').ok_or(NotAChangeId)?;
        let sequence = sequence.parse().map_err(|_| NotAChangeId)?;
        let number = number.parse().map_err(|_| NotAChangeId)?;
        Ok(ChangeId { sequence, number })
    }
}

/// A text that isn't a change's id.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NotAChangeId;

/// What a change does to a served table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ChangeKind {
    /// A row that was not there.
    Insert,
    /// A row in the place of the one with the same key.
    Update,
    /// A row goes; it is the old one.
    Delete,
}

impl ChangeKind {
    /// Flink's short text: `+I`, `+U`, `-D`.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            ChangeKind::Insert => "+I",
            ChangeKind::Update => "+U",
            ChangeKind::Delete => "-D",
        }
    }
}

/// A change that a checkpoint has made visible.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Change {
    pub(crate) id: ChangeId,
    pub(crate) kind: ChangeKind,
    /// The row as [`crate::row_codec`] encodes it.
    pub(crate) row: Arc<[u8]>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_back_from_its_text() {
        let id = ChangeId { sequence: 1_700_000_000_001, number: 7 };
        assert_eq!(id.to_string().parse(), Ok(id));
        for bad in ["", "-", "1", "1-", "-1", "1-2-3", "a-b", "99999999999999999999-1"] {
            assert_eq!(bad.parse::<ChangeId>(), Err(NotAChangeId), "{bad}");
        }
    }
}
