//! Transactions as the log's users see them (KIP-98): records that count only once a marker says so.
//!
//! A producer's batches lie in their partitions as they came. The transaction is open in a partition from its first
//! batch there to its marker; readers of committed records read up to the *last stable offset*, the first record of an
//! open transaction or else the high watermark, and pass over what was aborted. The log knows by itself where a
//! producer's transaction is open, from the batches: also after a restart. Ending it is one record with all markers, so
//! that no crash tears it.

use yeoul_base::{PartitionId, TopicId};

use crate::log::ProducerId;
use crate::table::Row;

/// Which records a reader sees.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Isolation {
    /// All that is durable; of transactions also what is open or aborted.
    #[default]
    Uncommitted,
    /// What is before the last stable offset. The caller leaves out what is aborted, see
    /// [`CommittedFilter`](crate::batch::CommittedFilter).
    Committed,
}

/// The end of a producer's transaction: all of it takes effect, by one record in the log, or nothing.
#[derive(Clone, Debug)]
pub struct EndTransaction {
    /// The producer.
    pub producer: ProducerId,
    /// The epoch that the markers carry: batches of lower ones are fenced afterwards.
    pub epoch: i16,
    /// Whether its records count, or are passed over for ever.
    pub commit: bool,
    /// The epoch of the coordinator, for the markers.
    pub coordinator_epoch: i32,
    /// Partitions that get a marker even where none of its batches arrived, as Kafka's do: it fences what is on its way there.
    pub partitions: Vec<(TopicId, PartitionId)>,
    /// What else becomes true with it: the transactional id's new state, and the group offsets that it commits.
    pub rows: Vec<Row>,
}

/// A producer's transaction that is open, with the partitions that it has batches in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OpenTransaction {
    /// The producer.
    pub producer: ProducerId,
    /// The partitions, in no order.
    pub partitions: Vec<(TopicId, PartitionId)>,
}

/// What a partition remembers of a producer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ProducerState {
    /// Its id.
    pub id: i64,
    /// Its newest epoch.
    pub epoch: i16,
    /// The sequence of its last record, -1 if there is none in this epoch.
    pub last_sequence: i32,
    /// The log's time at its last batch or marker, in milliseconds.
    pub seen: i64,
    /// The epoch of the coordinator that wrote its last marker, -1 before the first.
    pub coordinator_epoch: i32,
    /// The offset of the first record of its open transaction.
    pub open_from: Option<i64>,
}
