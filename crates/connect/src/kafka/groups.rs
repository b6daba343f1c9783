//! Committed offsets of tables with a `properties.group.id`, as Flink commits them: with each checkpoint, so that lag can be
//! watched with Kafka's tools and a job that begins anew can begin there. A restart goes by the checkpoint, not by them.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};

use yeoul_base::{JobName, Offset, PartitionId, TopicId};
use yeoul_engine::source::Positions;
use yeoul_log::{CommittedOffset, Log};

/// A partition that a group reads.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Reads {
    pub(crate) group: String,
    pub(crate) topic: String,
    pub(crate) id: TopicId,
    pub(crate) partition: PartitionId,
}

/// Which split of which job a group reads; filled where sources are opened, used where checkpoints are committed.
#[derive(Debug, Default)]
pub(crate) struct Groups(Mutex<HashMap<JobName, BTreeMap<String, Vec<Reads>>>>);

impl Groups {
    /// A job reads a split, by its key among positions, for a group.
    pub(crate) fn reads(&self, job: &JobName, key: String, reads: Reads) {
        let mut jobs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let readers = jobs.entry(job.clone()).or_default().entry(key).or_default();
        if !readers.contains(&reads) {
            readers.push(reads);
        }
    }

    /// Commits what a durable checkpoint includes. Nobody waits for it: what isn't committed now is with the next one.
    pub(crate) fn commit(&self, log: &Log, job: &JobName, positions: &BTreeMap<u32, Positions>) {
        let jobs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(splits) = jobs.get(job) else { return };
        let time = log.time();
        let mut rows = Vec::new();
        for (key, readers) in splits {
            // Where two tables of a job read the same, the group has come as far as the slower.
            let Some(&position) = positions.values().filter_map(|positions| positions.get(key)).min() else { continue };
            for reads in readers {
                let known = log.committed_offset(&reads.group, &reads.topic, reads.partition);
                if known.is_none_or(|known| known.offset.0 != position) {
                    let committed = CommittedOffset::new(Offset(position), reads.id, time);
                    rows.push(committed.row(&reads.group, &reads.topic, reads.partition));
                }
            }
        }
        if !rows.is_empty() {
            drop(log.put(rows));
        }
    }
}
