//! Checkpoints in the log: source positions, state and output of a job become durable by ONE record (decision 1).
//!
//! The log keeps, for each job, the latest record's bytes: the [manifest](encode), with positions, the sinks' records,
//! and where the state is. Small changes of state are in the manifest itself, which is written whole each time, so they
//! are moved into a file (a *piece*) once they are more than [`INLINE_BYTES_MAX`]. Pieces are written and flushed,
//! file and folder, before the record that names them. When what later changes have superseded is [more](wear) than what they
//! haven't, all is [written anew](rewrite) as one; when there are many pieces, late ones are [put together](fold), as they are. Files that the
//! durable manifest doesn't name are removed: after a commit, and at a start.
//!
//! A piece that is missing or damaged is refused by name; nothing is deleted then.

mod encode;
mod fold;
mod pieces;
mod rewrite;
mod wear;

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
use wear::Wear;

/// The most changes, in bytes, that the manifest itself holds.
const INLINE_BYTES_MAX: usize = 64 << 10;
/// The most pieces before late ones are put together.
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
    manifests: Mutex<HashMap<JobName, Kept>>,
}

/// What the log keeps of a job, and what of it later changes have superseded.
#[derive(Default)]
struct Kept {
    manifest: Manifest,
    wear: Wear,
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

    fn manifests(&self) -> MutexGuard<'_, HashMap<JobName, Kept>> {
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

    /// What the log has of a job whose state nobody has read.
    fn unread(&self, job: &JobName) -> Result<Kept, CheckpointError> {
        let manifest = self.manifest(job)?.unwrap_or_default();
        Ok(Kept { wear: Wear::unknown(&manifest), manifest })
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

    /// What a checkpoint makes of what was kept before; pieces are written here.
    fn next(&self, job: &JobName, last: Kept, checkpoint: &Checkpoint) -> Result<Kept, CheckpointError> {
        let mut next = Manifest {
            checkpoint: checkpoint.id,
            fingerprint: checkpoint.fingerprint.clone(),
            positions: checkpoint.positions.clone(),
            records: checkpoint.records.clone(),
            ..last.manifest
        };
        let changes = &checkpoint.changes;
        let mut wear = last.wear;
        wear.add(changes);
        let inline = next.inline.iter().map(Bytes::len).sum::<usize>() + encode::changes_bytes(changes);
        if inline <= INLINE_BYTES_MAX {
            if !changes.is_empty() {
                next.inline.push(Bytes::from(encode::changes(changes)));
            }
            return Ok(Kept { manifest: next, wear });
        }
        let name = Pieces::name(checkpoint.id);
        let refused = |error: std::io::Error| {
            CheckpointError::Refused(format!("can't write state of job `{job}` to `{}`: {error}", self.dir.display()))
        };
        let piece = if wear.is_worn(next.pieces.first().map_or(0, |piece| piece.bytes)) {
            let (values, piece) = self.rewrite(job, name, &next, changes).map_err(refused)??;
            next.pieces.clear();
            wear = Wear::of_snapshot(values, piece.bytes);
            piece
        } else {
            let folded = fold::from(&next.pieces, PIECES_MAX);
            let piece =
                self.addition(job, name, (&next.pieces[folded..], &next.inline), changes).map_err(refused)??;
            next.pieces.truncate(folded);
            piece
        };
        next.pieces.push(piece);
        next.inline.clear();
        Ok(Kept { manifest: next, wear })
    }

    /// Writes all state as a piece: what these changes leave of a manifest's. Returns how many values it has. The inner error names what
    /// can't be read.
    fn rewrite(
        &self,
        job: &JobName,
        name: String,
        manifest: &Manifest,
        changes: &[StateChange],
    ) -> std::io::Result<Result<(u64, Piece), CheckpointError>> {
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
        rewrite.finish().map(Ok)
    }

    /// Writes the changes of some pieces, what the manifest has of changes, and these behind them, as a piece.
    fn addition(
        &self,
        job: &JobName,
        name: String,
        (folded, inline): (&[Piece], &[Bytes]),
        changes: &[StateChange],
    ) -> std::io::Result<Result<Piece, CheckpointError>> {
        let pieces = self.pieces(job);
        let mut piece = pieces.create(&self.durable_dirs, name)?;
        for earlier in folded {
            if let Err(reason) = pieces.copy(earlier, &mut piece)? {
                return Ok(Err(damaged(job, reason)));
            }
        }
        inline.iter().try_for_each(|encoded| piece.put_encoded(encoded))?;
        changes.iter().try_for_each(|change| piece.put(change.owner, &change.key, change.value.as_deref()))?;
        piece.finish().map(Ok)
    }

    /// Removes files that belong to no checkpoint. What can't be removed now is removed at another time.
    fn tidy(&self, job: &JobName, manifest: &Manifest) {
        if let Err(error) = self.pieces(job).remove_others(&manifest.pieces) {
            tracing::warn!(%job, %error, "can't remove state files that are no longer needed");
        }
    }
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
        let wear = Wear::of(&manifest, &state);
        self.tidy(job, &manifest);
        let snapshot = Snapshot {
            id: manifest.checkpoint,
            fingerprint: manifest.fingerprint.clone(),
            positions: manifest.positions.clone(),
            state: state.into_iter().map(|((owner, key), value)| (owner, key, value)).collect(),
            records: manifest.records.clone(),
        };
        self.manifests().insert(job.clone(), Kept { manifest, wear });
        Ok(Some(snapshot))
    }

    fn commit(&self, job: &JobName, checkpoint: Checkpoint) -> Result<(), CheckpointError> {
        let last = self.manifests().remove(job);
        let last = match last {
            Some(last) => last,
            None => self.unread(job)?,
        };
        let before = last.manifest.pieces.clone();
        let next = self.next(job, last, &checkpoint)?;
        let staged = self.outputs.take(job, &checkpoint.outputs).ok_or_else(|| {
            CheckpointError::Refused(format!("job `{job}` commits output that it has not staged; start it anew"))
        })?;
        let meta = encode::manifest(&next.manifest);
        let commit = JobCommit { job: job.clone(), checkpoint: checkpoint.id, meta, staged };
        self.log.commit_job(commit).wait().map_err(|error| match error {
            CommitError::Unavailable(reason) => CheckpointError::Unknown(reason.to_string()),
            other => CheckpointError::Refused(other.to_string()),
        })?;
        self.groups.commit(&self.log, job, &checkpoint.positions);
        // State was written anew, or pieces put together: those before are no longer needed.
        if next.manifest.pieces.len() <= before.len() && next.manifest.pieces != before {
            self.tidy(job, &next.manifest);
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
