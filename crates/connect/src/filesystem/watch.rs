//! A folder that is looked at again and again for new files (`source.monitor-interval`).

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use yeoul_base::{Clock, Disk};

use super::listing::{Found, files_of};

/// Looks for files.
pub(super) struct Watch {
    pub(super) disk: Arc<dyn Disk>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) root: PathBuf,
    /// The names of the partition columns.
    pub(super) keys: Vec<String>,
    pub(super) interval: Duration,
    /// When to look next, by the clock's steady time.
    pub(super) next: Duration,
}

impl Watch {
    /// The files that are there, if it is time to look.
    pub(super) fn look(&mut self) -> Result<Vec<Found>, String> {
        let now = self.clock.elapsed();
        if now < self.next {
            return Ok(Vec::new());
        }
        self.next = now + self.interval;
        // The folder may come later: it is watched for what will be there.
        if self.disk.kind(&self.root).is_ok_and(|kind| kind.is_none()) {
            return Ok(Vec::new());
        }
        files_of(self.disk.as_ref(), &self.root, &self.keys)
    }

    /// How long until the next look.
    pub(super) fn pause(&self) -> Duration {
        self.next.saturating_sub(self.clock.elapsed())
    }
}
