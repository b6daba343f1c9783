//! Checkpoints in the log: source positions, state and output of a job become durable by ONE record (decision 1).
//!
//! The log keeps, for each job, the latest record's bytes: the [manifest](encode), with positions, the sinks' records,
//! and where the state is. Small changes of state are in the manifest itself, which is written whole each time, so they
//! are moved into a file (a *piece*) once they are more than [`INLINE_BYTES_MAX`]. Pieces are written and flushed,
//! file and folder, before the record that names them. When what was added to the oldest piece, a whole snapshot, outgrows it,
//! all is [written anew](rewrite) as one. Files that the durable manifest doesn't name are removed: after a commit, and at a start.
//!
//! A piece that is missing or damaged is refused by name; nothing is deleted then.

mod encode;
mod pieces;
mod rewrite;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use yeoul_base::{Disk, JobName};
use yeoul_engine::checkpoint::{Checkpoint, CheckpointError, CheckpointStore, Snapshot, StateChange};
use yeoul_log::{CommitError, Health, JobCommit, Log};

use crate::durable_dirs::DurableDirs;
use crate::kafka::Groups;
use crate::outputs::Outputs;
use encode::{Manifest, Piece, State};
use pieces::Pieces;
use rewrite::Rewrite;

/// The most changes, in bytes, that the manifest itself holds.
const INLINE_BYTES_MAX: usize = 64 << 10;
/// State is written anew when the changes since have more bytes than the snapshot, but not below this.
const COMPACT_BYTES_MIN: u64 = 4 << 20;
/// The most pieces before state is written anew.
const PIECES_MAX: usize = 64;

/// Keeps checkpoints in the log.
pub struct LogCheckpointStore {
    log: Log,
    disk: Arc<dyn Disk>,
    dir: PathBuf,
    outputs: Arc<Outputs>,
    groups: Arc<Groups>,
    durable_dirs: DurableDirs,
    /// The durable manifest of each job that was loaded or committed.
    manifests: Mutex<HashMap<JobName, Manifest>>,
}

impl LogCheckpointStore {
    pub(crate) fn new(
        log: Log,
        disk: Arc<dyn Disk>,
        dir: PathBuf,
        outputs: Arc<Outputs>,
        groups: Arc<Groups>,
    ) -> LogCheckpointStore {
        let (durable_dirs, manifests) = (DurableDirs::default(), Mutex::new(HashMap::new()));
        LogCheckpointStore { log, disk, dir, outputs, groups, durable_dirs, manifests }
    }

    fn manifests(&self) -> MutexGuard<'_, HashMap<JobName, Manifest>> {
        // Entries are put in and taken out whole, so that a panic elsewhere leaves nothing half done.
        self.manifests.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn pieces(&self, job: &JobName) -> Pieces {
        Pieces::new(self.disk.clone(), &self.dir, job)
    }

    /// What the log has of a job.
    fn manifest(&self, job: &JobName) -> Result<Option<Manifest>, CheckpointError> {
        let Some((_, meta)) = self.log.job_meta(job) else { return Ok(None) };
        let manifest = encode::read_manifest(&meta);
        manifest.map(Some).map_err(|reason| damaged(job, format!("its record in the log can't be used: {reason}")))
    }

    /// All state of a manifest.
    fn state(&self, job: &JobName, manifest: &Manifest) -> Result<State, CheckpointError> {
        let pieces = self.pieces(job);
        let mut state = State::new();
        for piece in &manifest.pieces {
            let changes = pieces.read(piece).map_err(|reason| damaged(job, reason))?;
            let applied = encode::apply(&mut state, &changes);
            applied.map_err(|reason| damaged(job, format!("`{}` can't be used: {reason}", piece.name)))?;
        }
        for changes in &manifest.inline {
            let applied = encode::apply(&mut state, changes);
            applied.map_err(|reason| damaged(job, format!("its record in the log can't be used: {reason}")))?;
        }
        Ok(state)
    }

    /// The manifest that a checkpoint makes of the one before; pieces are written here.
    fn next(&self, job: &JobName, last: Manifest, checkpoint: &Checkpoint) -> Result<Manifest, CheckpointError> {
        let mut next = Manifest {
            checkpoint: checkpoint.id,
            fingerprint: checkpoint.fingerprint.clone(),
            positions: checkpoint.positions.clone(),
            records: checkpoint.records.clone(),
            ..last
        };
        let changes = &checkpoint.changes;
        let inline = next.inline.iter().map(Bytes::len).sum::<usize>() + encode::changes_bytes(changes);
        if inline <= INLINE_BYTES_MAX {
            if !changes.is_empty() {
                next.inline.push(Bytes::from(encode::changes(changes)));
            }
            return Ok(next);
        }
        let name = Pieces::name(checkpoint.id);
        let refused = |error: std::io::Error| {
            CheckpointError::Refused(format!("can't write state of job `{job}` to `{}`: {error}", self.dir.display()))
        };
        let piece = if outgrown(&next, inline as u64) {
            let piece = self.rewrite(job, name, &next, changes).map_err(refused)??;
            next.pieces.clear();
            piece
        } else {
            self.addition(job, name, &next.inline, changes).map_err(refused)?
        };
        next.pieces.push(piece);
        next.inline.clear();
        Ok(next)
    }

    /// Writes all state as a piece: what these changes leave of a manifest's. The inner error names what can't be read of it.
    fn rewrite(
        &self,
        job: &JobName,
        name: String,
        manifest: &Manifest,
        changes: &[StateChange],
    ) -> std::io::Result<Result<Piece, CheckpointError>> {
        let pieces = self.pieces(job);
        let mut rewrite = Rewrite::new(pieces.create(&self.durable_dirs, name)?);
        for change in changes.iter().rev() {
            rewrite.older(change.owner, &change.key, change.value.as_deref())?;
        }
        for inline in manifest.inline.iter().rev() {
            if let Err(reason) = rewrite.older_encoded(inline)? {
                return Ok(Err(damaged(job, format!("its record in the log can't be used: {reason}"))));
            }
        }
        for piece in manifest.pieces.iter().rev() {
            let changes = match pieces.read(piece) {
                Ok(changes) => changes,
                Err(reason) => return Ok(Err(damaged(job, reason))),
            };
            if let Err(reason) = rewrite.older_encoded(&changes)? {
                return Ok(Err(damaged(job, format!("`{}` can't be used: {reason}", piece.name))));
            }
        }
        rewrite.into_piece().finish().map(Ok)
    }

    /// Writes what the manifest has of changes, and these behind them, as a piece.
    fn addition(
        &self,
        job: &JobName,
        name: String,
        inline: &[Bytes],
        changes: &[StateChange],
    ) -> std::io::Result<Piece> {
        let mut piece = self.pieces(job).create(&self.durable_dirs, name)?;
        inline.iter().try_for_each(|encoded| piece.put_encoded(encoded))?;
        changes.iter().try_for_each(|change| piece.put(change.owner, &change.key, change.value.as_deref()))?;
        piece.finish()
    }

    /// Removes files that belong to no checkpoint. What can't be removed now is removed at another time.
    fn tidy(&self, job: &JobName, manifest: &Manifest) {
        if let Err(error) = self.pieces(job).remove_others(&manifest.pieces) {
            tracing::warn!(%job, %error, "can't remove state files that are no longer needed");
        }
    }
}

/// Whether the changes behind the first piece, a snapshot, have more bytes than it.
fn outgrown(manifest: &Manifest, inline: u64) -> bool {
    let Some((snapshot, changes)) = manifest.pieces.split_first() else { return false };
    let added: u64 = changes.iter().map(|piece| piece.bytes).sum::<u64>() + inline;
    added > snapshot.bytes.max(COMPACT_BYTES_MIN) || manifest.pieces.len() >= PIECES_MAX
}

fn damaged(job: &JobName, reason: String) -> CheckpointError {
    CheckpointError::Damaged { job: job.to_string(), reason }
}

impl LogCheckpointStore {
    /// Refuses what builds on a job's last checkpoint while nobody knows which one that is: a log that failed may have
    /// written a record whose outcome it could not tell. Files that it names are kept until a restart has read it.
    fn known(&self) -> Result<(), CheckpointError> {
        match self.log.health() {
            Health::Failed(reason) => Err(CheckpointError::Unknown(reason)),
            Health::Serving | Health::Full(_) => Ok(()),
        }
    }
}

impl CheckpointStore for LogCheckpointStore {
    fn load(&self, job: &JobName) -> Result<Option<Snapshot>, CheckpointError> {
        self.known()?;
        self.manifests().remove(job);
        // A job that starts goes on behind its last commit: what it staged since then is void.
        self.log.discard_staged(job);
        self.outputs.forget(job);
        let Some(manifest) = self.manifest(job)? else { return Ok(None) };
        let state = self.state(job, &manifest)?;
        self.tidy(job, &manifest);
        let snapshot = Snapshot {
            id: manifest.checkpoint,
            fingerprint: manifest.fingerprint.clone(),
            positions: manifest.positions.clone(),
            state: state.into_iter().map(|((owner, key), value)| (owner, key, value)).collect(),
            records: manifest.records.clone(),
        };
        self.manifests().insert(job.clone(), manifest);
        Ok(Some(snapshot))
    }

    fn commit(&self, job: &JobName, checkpoint: Checkpoint) -> Result<(), CheckpointError> {
        let last = self.manifests().remove(job);
        let last = match last {
            Some(last) => last,
            None => self.manifest(job)?.unwrap_or_default(),
        };
        let before = last.pieces.clone();
        let next = self.next(job, last, &checkpoint)?;
        let staged = self.outputs.take(job, &checkpoint.outputs).ok_or_else(|| {
            CheckpointError::Refused(format!("job `{job}` commits output that it has not staged; start it anew"))
        })?;
        let meta = encode::manifest(&next);
        let commit = JobCommit { job: job.clone(), checkpoint: checkpoint.id, meta, staged };
        self.log.commit_job(commit).wait().map_err(|error| match error {
            CommitError::Unavailable(reason) => CheckpointError::Unknown(reason.to_string()),
            other => CheckpointError::Refused(other.to_string()),
        })?;
        self.groups.commit(&self.log, job, &checkpoint.positions);
        // State was written anew: the pieces before are no longer needed.
        if next.pieces.len() <= before.len() && next.pieces != before {
            self.tidy(job, &next);
        }
        self.manifests().insert(job.clone(), next);
        Ok(())
    }

    fn forget(&self, job: &JobName) -> Result<(), CheckpointError> {
        self.known()?;
        self.manifests().remove(job);
        self.log.discard_staged(job);
        self.outputs.forget(job);
        self.log.forget_job(job).wait().map_err(|error| CheckpointError::Unknown(error.to_string()))?;
        self.tidy(job, &Manifest::default());
        Ok(())
    }
}
