//! A checkpoint store in memory: for runs that end with their process, and for tests.

use std::collections::{BTreeMap, HashMap};
use std::sync::Mutex;

use bytes::Bytes;
use yeoul_base::JobName;

use crate::checkpoint::{Checkpoint, CheckpointError, CheckpointStore, Snapshot, StateOwner};
use crate::runtime::queue::lock;

/// Keeps each job's last checkpoint.
#[derive(Debug, Default)]
pub struct MemoryStore {
    jobs: Mutex<HashMap<JobName, Kept>>,
}

#[derive(Debug, Default)]
struct Kept {
    last: Checkpoint,
    state: BTreeMap<(StateOwner, Bytes), Bytes>,
}

impl MemoryStore {
    /// A store without checkpoints.
    #[must_use]
    pub fn new() -> MemoryStore {
        MemoryStore::default()
    }
}

impl CheckpointStore for MemoryStore {
    fn load(&self, job: &JobName) -> Result<Option<Snapshot>, CheckpointError> {
        Ok(lock(&self.jobs).get(job).map(|kept| Snapshot {
            id: kept.last.id,
            fingerprint: kept.last.fingerprint.clone(),
            positions: kept.last.positions.clone(),
            state: kept.state.iter().map(|((owner, key), value)| (*owner, key.clone(), value.clone())).collect(),
            records: kept.last.records.clone(),
        }))
    }

    fn commit(&self, job: &JobName, mut checkpoint: Checkpoint) -> Result<(), CheckpointError> {
        let mut jobs = lock(&self.jobs);
        let kept = jobs.entry(job.clone()).or_default();
        for change in std::mem::take(&mut checkpoint.changes) {
            match change.value {
                Some(value) => kept.state.insert((change.owner, change.key), value),
                None => kept.state.remove(&(change.owner, change.key)),
            };
        }
        kept.last = checkpoint;
        Ok(())
    }

    fn forget(&self, job: &JobName) -> Result<(), CheckpointError> {
        lock(&self.jobs).remove(job);
        Ok(())
    }
}
