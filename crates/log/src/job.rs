//! What a job hands to the log: output that is written ahead, and the record that commits it with its checkpoint.

use bytes::Bytes;
use yeoul_base::{JobName, PartitionId, TopicId};

/// A batch that is written ahead: in the log's files, or on its way there, without offsets, invisible to every
/// reader. Only a [`JobCommit`] of the same job in the same process makes it visible.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Staged {
    pub(crate) id: u64,
    /// The topic it is for.
    pub topic: TopicId,
    /// The partition it is for.
    pub partition: PartitionId,
    /// How many records it has.
    pub records: i64,
    /// Its size in bytes.
    pub bytes: usize,
}

/// A job's checkpoint: all of it takes effect, by one record in the log, or nothing.
#[derive(Clone, Debug)]
pub struct JobCommit {
    /// The job.
    pub job: JobName,
    /// The checkpoint's number, greater than that of the job's last commit.
    pub checkpoint: u64,
    /// The job's source positions and state, as it wrote them; the log keeps the latest per job.
    pub meta: Bytes,
    /// The output that becomes visible, in this order within each partition.
    pub staged: Vec<Staged>,
}
