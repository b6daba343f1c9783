//! The table of committed offsets: where a consumer group stands in each partition.
//!
//! It is here and not in the Kafka face because sources that read the log in-process commit, too. Byte for byte:
//! ```text
//! key:   group (4 + n), topic (4 + n), partition (4)
//! value: 1 (1), offset (8), leader epoch (4), topic id (16), committed at (8), expires at (8; -1: by the broker's
//!        retention), metadata (4 + n)
//! ```
//! An offset belongs to an incarnation of its topic: one that was committed for a topic which was deleted since is
//! not there any more, also if a topic of that name was created anew.

use bytes::Bytes;
use yeoul_base::decode::{DecodeError, Decoder};
use yeoul_base::{Offset, PartitionId, Timestamp, TopicId};

use crate::encode::Encoder;
use crate::log::Log;
use crate::table::{Row, Table};

const VERSION: u8 = 1;

/// Where a group stands in a partition.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CommittedOffset {
    /// The next offset to read.
    pub offset: Offset,
    /// The leader epoch that the consumer knew; -1 if none.
    pub leader_epoch: i32,
    /// What the consumer noted beside it.
    pub metadata: String,
    /// When it was committed, by the log's time.
    pub committed_at: Timestamp,
    /// When it expires, if its consumer said so.
    pub expires_at: Option<Timestamp>,
    /// The topic's incarnation.
    pub topic: TopicId,
}

impl CommittedOffset {
    /// An offset without anything beside it.
    #[must_use]
    pub fn new(offset: Offset, topic: TopicId, committed_at: Timestamp) -> CommittedOffset {
        CommittedOffset { offset, leader_epoch: -1, metadata: String::new(), committed_at, expires_at: None, topic }
    }

    /// The row that commits it.
    #[must_use]
    pub fn row(&self, group: &str, topic: &str, partition: PartitionId) -> Row {
        Row { table: Table::OFFSETS, key: key(group, topic, partition), value: Some(self.encode()) }
    }

    /// The row that takes back what a group committed for a partition.
    #[must_use]
    pub fn removal(group: &str, topic: &str, partition: PartitionId) -> Row {
        Row { table: Table::OFFSETS, key: key(group, topic, partition), value: None }
    }

    fn encode(&self) -> Bytes {
        let mut out = Encoder::default();
        out.raw(&[VERSION]);
        out.i64(self.offset.0);
        out.i32(self.leader_epoch);
        out.raw(&self.topic.0);
        out.i64(self.committed_at.0);
        out.i64(self.expires_at.map_or(-1, |time| time.0));
        out.sized(self.metadata.as_bytes());
        out.0.into()
    }

    fn decode(value: &[u8]) -> Result<CommittedOffset, DecodeError> {
        let mut from = Decoder::new(value);
        from.u8()?;
        Ok(CommittedOffset {
            offset: Offset(from.i64()?),
            leader_epoch: from.i32()?,
            topic: TopicId(from.array()?),
            committed_at: Timestamp(from.i64()?),
            expires_at: Some(from.i64()?).filter(|time| *time >= 0).map(Timestamp),
            metadata: from.text()?.to_owned(),
        })
    }
}

/// A committed offset, and which one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GroupOffset {
    /// The topic's name.
    pub topic: String,
    /// The partition.
    pub partition: PartitionId,
    /// Where the group stands.
    pub committed: CommittedOffset,
}

fn group_prefix(group: &str) -> Encoder {
    let mut key = Encoder::default();
    key.sized(group.as_bytes());
    key
}

fn key(group: &str, topic: &str, partition: PartitionId) -> Bytes {
    let mut key = group_prefix(group);
    key.sized(topic.as_bytes());
    key.i32(partition.0);
    key.0.into()
}

fn decode_key(key: &[u8]) -> Result<(&str, &str, PartitionId), DecodeError> {
    let mut from = Decoder::new(key);
    Ok((from.text()?, from.text()?, PartitionId(from.i32()?)))
}

impl Log {
    /// Where a group stands in a partition, durably; nothing if it did not commit for this incarnation of the topic.
    #[must_use]
    pub fn committed_offset(&self, group: &str, topic: &str, partition: PartitionId) -> Option<CommittedOffset> {
        let value = self.row(Table::OFFSETS, &key(group, topic, partition))?;
        let committed = CommittedOffset::decode(&value).ok()?;
        self.topic(topic).is_some_and(|topic| topic.id == committed.topic).then_some(committed)
    }

    /// Where a group stands, durably, by topic and partition. Offsets of topics that were deleted are not among them.
    #[must_use]
    pub fn committed_offsets(&self, group: &str) -> Vec<GroupOffset> {
        let there =
            |offset: &GroupOffset| self.topic(&offset.topic).is_some_and(|topic| topic.id == offset.committed.topic);
        self.all_committed_offsets(group).into_iter().filter(there).collect()
    }

    /// As [`committed_offsets`](Log::committed_offsets), those of deleted topics too.
    #[must_use]
    pub fn all_committed_offsets(&self, group: &str) -> Vec<GroupOffset> {
        let rows = self.rows_with_prefix(Table::OFFSETS, &group_prefix(group).0);
        let read = |(key, value): (Bytes, Bytes)| {
            let (_, topic, partition) = decode_key(&key).ok()?;
            let committed = CommittedOffset::decode(&value).ok()?;
            Some(GroupOffset { topic: topic.to_owned(), partition, committed })
        };
        let mut offsets: Vec<GroupOffset> = rows.into_iter().filter_map(read).collect();
        offsets.sort_by(|one, other| (&one.topic, one.partition).cmp(&(&other.topic, other.partition)));
        offsets
    }

    /// The groups that have committed something.
    #[must_use]
    pub fn groups_with_offsets(&self) -> Vec<String> {
        let mut groups: Vec<String> = Vec::new();
        for (key, _) in self.rows(Table::OFFSETS) {
            let Ok((group, ..)) = decode_key(&key) else { continue };
            if groups.last().is_none_or(|last| last != group) {
                groups.push(group.to_owned());
            }
        }
        groups
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offset_is_read_as_it_was_written() {
        let mut offset = CommittedOffset::new(Offset(7), TopicId([3; 16]), Timestamp(5));
        assert_eq!(CommittedOffset::decode(&offset.encode()), Ok(offset.clone()));
        offset.metadata = "여울".to_owned();
        offset.expires_at = Some(Timestamp(9));
        offset.leader_epoch = 2;
        assert_eq!(CommittedOffset::decode(&offset.encode()), Ok(offset));
    }

    #[test]
    fn no_group_is_a_prefix_of_another() {
        let long = key("group-2", "t", PartitionId(0));
        assert!(!long.starts_with(&group_prefix("group").0));
        assert_eq!(decode_key(&long), Ok(("group-2", "t", PartitionId(0))));
    }
}
