//! Output that is staged in the log and not committed yet, by the tokens that sinks give to checkpoints.
//!
//! The log hands out [`Staged`] handles that have a meaning in this process alone; a token is the number under which
//! such a handle is kept here until the checkpoint's commit takes it.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use yeoul_base::JobName;
use yeoul_log::Staged;

/// The staged output of all jobs.
#[derive(Default)]
pub(crate) struct Outputs {
    staged: Mutex<Table>,
}

#[derive(Default)]
struct Table {
    next: u64,
    by_token: HashMap<u64, (JobName, Staged)>,
}

impl Outputs {
    fn table(&self) -> MutexGuard<'_, Table> {
        // The table is whole after each operation, so that a panic elsewhere leaves nothing half done.
        self.staged.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a handle; returns its token.
    pub(crate) fn keep(&self, job: &JobName, staged: Staged) -> Bytes {
        let mut table = self.table();
        table.next += 1;
        let token = table.next;
        table.by_token.insert(token, (job.clone(), staged));
        Bytes::copy_from_slice(&token.to_be_bytes())
    }

    /// Takes the handles of these tokens, in their order; none if one of them isn't a token of this job.
    pub(crate) fn take(&self, job: &JobName, tokens: &[Bytes]) -> Option<Vec<Staged>> {
        let mut table = self.table();
        let take = |token: &Bytes| {
            let token = u64::from_be_bytes(token.as_ref().try_into().ok()?);
            table.by_token.remove(&token).filter(|(owner, _)| owner == job).map(|(_, staged)| staged)
        };
        tokens.iter().map(take).collect()
    }

    /// Forgets what a job staged: it starts anew.
    pub(crate) fn forget(&self, job: &JobName) {
        self.table().by_token.retain(|_, (owner, _)| owner != job);
    }
}
