//! The keeper: a thread behind the writer that makes the next write-ahead log file, rewrites full ones into
//! segments, stores index checkpoints, applies retention, and removes what is not needed any more.
//!
//! What it does is in `cooling` (from the write-ahead log into segments), `clean` (segments written anew), `retention`
//! and `space`; this module says when, and removes what is not needed any more.

use std::collections::{HashMap, HashSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use yeoul_base::disk::{EntryKind, parent_of};
use yeoul_base::{PartitionId, TopicId};

use crate::clean::{Replaced, clean};
use crate::log::Health;
use crate::partition::{Partition, SegmentRef};
use crate::queue::Request;
use crate::segment::segment_name;
use crate::shared::{KeeperDesk, Shared, lock, read, write};
use crate::snapshot::Snapshot;
use crate::wal::WalFile;
use crate::writer::make_file;

/// How long the keeper waits after something failed.
pub(crate) const RETRY: Duration = Duration::from_secs(1);
/// How long the keeper waits at most before it looks how much room the disk has.
const LOOK: Duration = Duration::from_secs(5);
/// How long the keeper leaves a partition alone whose segments it could not write anew.
const LEFT_ALONE: Duration = Duration::from_secs(60);

pub(crate) struct Keeper {
    pub(crate) shared: Arc<Shared>,
    /// Something failed or was put off, and is to be tried again soon.
    pub(crate) retry: bool,
    pub(crate) last_retention: Duration,
    last_clean: Duration,
    /// The file that was active at the last index checkpoint that is stored.
    pub(crate) checkpointed: u32,
    /// Files were rewritten since: the next index checkpoint lets them go.
    pub(crate) rewrote: bool,
    /// An index checkpoint was asked for, and has not come.
    asked: bool,
    /// When it was last looked how much is written, and how much there was.
    pub(crate) looked: (Duration, u64),
    pub(crate) busy: bool,
    /// Partitions' folders that are known to be durable. That one is there tells nothing: a process that was
    /// killed, or a flush that failed, may have left it.
    pub(crate) durable_dirs: HashSet<PathBuf>,
    /// What is still to be removed.
    trimmed: Vec<(TopicId, PartitionId, SegmentRef)>,
    /// Files of the write-ahead log that nothing needs, and that are still to be removed.
    spent: Vec<Arc<WalFile>>,
    /// Segments that others took the place of, to be removed when an index checkpoint is without them.
    pub(crate) replaced: Vec<(TopicId, PartitionId, Replaced)>,
    /// Partitions whose segments could not be written anew, by slot, and until when they are left alone.
    pub(crate) left_alone: HashMap<u32, Duration>,
    /// Segments that are to be removed from the object store.
    pub(crate) stored_gone: Vec<(TopicId, PartitionId, SegmentRef)>,
    /// Whether the object store was looked through for what nothing names.
    pub(crate) swept: bool,
    deleted: Vec<TopicId>,
}

impl Keeper {
    pub(crate) fn new(shared: Arc<Shared>) -> Keeper {
        let last_retention = shared.clock.elapsed();
        Keeper {
            shared,
            retry: false,
            last_retention,
            last_clean: last_retention,
            checkpointed: 0,
            rewrote: false,
            asked: false,
            looked: (last_retention, 0),
            busy: false,
            durable_dirs: HashSet::new(),
            trimmed: Vec::new(),
            spent: Vec::new(),
            replaced: Vec::new(),
            left_alone: HashMap::new(),
            stored_gone: Vec::new(),
            swept: false,
            deleted: Vec::new(),
        }
    }

    /// Turns until the log is closed.
    pub(crate) fn run(mut self) {
        while self.wait_and_turn() {}
    }

    fn wait_and_turn(&mut self) -> bool {
        let config = &self.shared.config;
        let unwell = self.retry || *read(&self.shared.health) != Health::Serving;
        let patience = if unwell { RETRY } else { config.retention_interval.min(config.clean_interval).min(LOOK) };
        let (desk, called) = &self.shared.desk;
        let guard = lock(desk);
        let idle = |desk: &mut KeeperDesk| !desk.work && !desk.closing && desk.snapshot.is_none() && desk.is_clean();
        let waited = called.wait_timeout_while(guard, patience, idle).unwrap_or_else(PoisonError::into_inner);
        let closing = waited.0.closing;
        drop(waited);
        self.turn(closing);
        !closing
    }

    /// Does all that there is to do now.
    pub(crate) fn turn(&mut self, closing: bool) {
        let snapshot = self.take_desk();
        self.retry = false;
        let mut result = snapshot.map_or(Ok(()), |snapshot| self.store(&snapshot));
        result = result.and(self.remove_trimmed());
        result = result.and(self.remove_spent());
        if !closing && self.shared.unavailable().is_none() {
            self.shared.look_at_space();
            // Each for itself: what one lacks, room above all, another may give.
            result = result.and(self.make_spare());
            result = result.and(self.rewrite_full_files());
            self.apply_retention();
            result = result.and(self.clean());
        }
        if let Err(error) = result {
            self.retry = true;
            tracing::warn!(%error, "the log's keeper failed; it tries again");
        }
    }

    fn take_desk(&mut self) -> Option<Snapshot> {
        let mut desk = lock(&self.shared.desk.0);
        self.trimmed.append(&mut desk.trimmed);
        self.deleted.append(&mut desk.deleted);
        desk.work = false;
        desk.snapshot.take()
    }

    /// Asks the writer for an index checkpoint.
    pub(crate) fn want_snapshot(&mut self) {
        if self.asked {
            return;
        }
        self.asked = true;
        lock(&self.shared.desk.0).wanted = true;
        self.shared.queue.push(Request::Nudge);
    }

    /// Stores an index checkpoint and removes the files that are not needed with it.
    fn store(&mut self, snapshot: &Snapshot) -> io::Result<()> {
        let shared = &self.shared;
        self.asked = false;
        snapshot.store(&*shared.disk, &shared.folder.index(), shared.folder.key)?;
        self.checkpointed = snapshot.file;
        self.rewrote = false;
        let needed = self.needed_from(snapshot.first_file);
        let gone: Vec<u32> = read(&shared.files).range(..needed).map(|(&number, _)| number).collect();
        self.spent.extend(gone.iter().filter_map(|number| write(&shared.files).remove(number)));
        self.remove_spent()?;
        self.remove_replaced(snapshot.replacements)
    }

    /// Removes files of the write-ahead log that nothing needs; what fails is tried again.
    fn remove_spent(&mut self) -> io::Result<()> {
        if self.spent.is_empty() {
            return Ok(());
        }
        // The oldest first, so that what is left never has a gap.
        while let Some(file) = self.spent.first() {
            ignore_missing(self.shared.disk.remove_file(&file.path))?;
            self.spent.remove(0);
        }
        self.shared.disk.sync_dir(&self.shared.folder.wal())
    }

    /// Removes segments that others took the place of, as far as the index checkpoint that is stored knows of it.
    fn remove_replaced(&mut self, known: u64) -> io::Result<()> {
        for (topic, partition, replaced) in &mut self.replaced {
            let dir = self.shared.folder.topic(*topic).join(partition.to_string());
            while let Some(segment) = replaced.old.last().filter(|_| replaced.number <= known) {
                ignore_missing(self.shared.disk.remove_file(&dir.join(segment_name(segment))))?;
                replaced.old.pop();
            }
        }
        self.replaced.retain(|(_, _, replaced)| !replaced.old.is_empty());
        if !self.replaced.is_empty() {
            self.want_snapshot();
        }
        Ok(())
    }

    /// Compacts and puts together, now and then: as much as there is to do.
    fn clean(&mut self) -> io::Result<()> {
        let elapsed = self.shared.clock.elapsed();
        if elapsed.saturating_sub(self.last_clean) < self.shared.config.clean_interval {
            return Ok(());
        }
        self.last_clean = elapsed;
        self.roll_old_file();
        self.cool_compacted()?;
        for parts in self.shared.all_topics() {
            for partition in &parts.partitions {
                if self.shared.is_closed() {
                    return Ok(());
                }
                self.clean_partition(partition, elapsed);
            }
        }
        if let Err(error) = self.offload(elapsed) {
            tracing::warn!(%error, "the object store can't be used; tried again later");
        }
        if !self.replaced.is_empty() || self.rewrote {
            self.want_snapshot();
        }
        Ok(())
    }

    pub(crate) fn is_left_alone(&self, slot: u32, elapsed: Duration) -> bool {
        self.left_alone.get(&slot).is_some_and(|&until| elapsed < until)
    }

    fn clean_partition(&mut self, partition: &Partition, elapsed: Duration) {
        if self.is_left_alone(partition.slot, elapsed) {
            return;
        }
        match clean(&self.shared, partition, self.shared.trusted_now()) {
            Ok(replaced) => {
                self.left_alone.remove(&partition.slot);
                self.shared.close_segments(|slot, base| {
                    slot == partition.slot && replaced.iter().any(|it| it.old.iter().any(|old| old.base == base))
                });
                let owned = replaced.into_iter().map(|it| (partition.topic_id, partition.number, it));
                self.replaced.extend(owned);
            }
            Err(error) => {
                let (topic, number) = (&partition.topic().name, partition.number);
                tracing::warn!(%error, topic, partition = number.0, "segments can't be written anew; left as they are");
                self.left_alone.insert(partition.slot, left_alone_until(elapsed));
            }
        }
    }

    /// The first file that is needed: `most`, or one before it that holds visible or staged batches.
    pub(crate) fn needed_from(&self, most: u32) -> u32 {
        let active = u32::try_from(self.shared.active_file.load(Ordering::Acquire)).unwrap_or(0);
        let pinned = lock(&self.shared.pins).keys().copied().min();
        // After the pins: a commit makes its batches visible first, and lets go of the pins then.
        let topics = self.shared.all_topics();
        let hot = topics.iter().flat_map(|parts| &parts.partitions).filter_map(|partition| {
            let state = partition.read();
            state.hot.iter().map(|batch| batch.file).min()
        });
        hot.chain(pinned).fold(most.min(active), u32::min)
    }

    /// Makes the file behind the active one, so that the writer need not.
    fn make_spare(&self) -> io::Result<()> {
        let making = lock(&self.shared.making_file);
        let active = u32::try_from(self.shared.active_file.load(Ordering::Acquire)).unwrap_or(u32::MAX);
        if active > 0 && !read(&self.shared.files).contains_key(&(active + 1)) {
            make_file(&self.shared, active + 1, 0)?;
        }
        drop(making);
        Ok(())
    }

    /// Removes segments that retention let go, and folders of topics that are deleted.
    fn remove_trimmed(&mut self) -> io::Result<()> {
        while let Some((topic, partition, segment)) = self.trimmed.last() {
            let dir = self.shared.folder.topic(*topic).join(partition.to_string());
            if segment.place.is_local() {
                ignore_missing(self.shared.disk.remove_file(&dir.join(segment_name(segment))))?;
            }
            if segment.place.is_remote() {
                self.stored_gone.push((*topic, *partition, *segment));
            }
            self.trimmed.pop();
        }
        while let Some(&topic) = self.deleted.last() {
            let dir = self.shared.folder.topic(topic);
            ignore_missing(self.remove_tree(&dir))?;
            self.durable_dirs.retain(|made| !made.starts_with(&dir));
            self.deleted.pop();
        }
        Ok(())
    }

    /// Removes a topic's folder: partitions' folders, and segments in them.
    fn remove_tree(&self, dir: &Path) -> io::Result<()> {
        let disk = &*self.shared.disk;
        for partition in disk.list(dir)? {
            let inner = dir.join(&partition.name);
            if partition.kind == EntryKind::Folder {
                for segment in disk.list(&inner)? {
                    disk.remove_file(&inner.join(&segment.name))?;
                }
                disk.remove_dir(&inner)?;
            }
        }
        disk.remove_dir(dir)?;
        disk.sync_dir(&parent_of(dir))
    }
}

/// Until when a partition is left alone after something failed.
pub(crate) fn left_alone_until(elapsed: Duration) -> Duration {
    elapsed.saturating_add(LEFT_ALONE)
}

impl KeeperDesk {
    fn is_clean(&self) -> bool {
        self.trimmed.is_empty() && self.deleted.is_empty()
    }
}

fn ignore_missing(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "what fails in a test ends it")]
mod tests {
    use yeoul_base::{Clock, Disk, JobName, Offset, RealDisk, SystemClock, Timestamp};

    use super::*;
    use crate::batch::BatchBuilder;
    use crate::folder::Folder;
    use crate::job::JobCommit;
    use crate::log::{Log, LogConfig};
    use crate::recover::recover;
    use crate::topic_config::TopicConfig;
    use crate::writer::{Turn, Writer};

    struct Parts {
        log: Log,
        writer: Writer,
        keeper: Keeper,
    }

    fn open(dir: &Path) -> Parts {
        let mut config = LogConfig::new(dir);
        (config.file_bytes, config.group_bytes_max, config.hot_files) = (32 << 10, 8 << 10, 0);
        let (disk, clock): (Arc<dyn Disk>, Arc<dyn Clock>) = (Arc::new(RealDisk), Arc::new(SystemClock::new()));
        let folder = Folder::open(&*disk, dir).unwrap();
        let shared = Arc::new(Shared::new(config, disk, clock, folder));
        let (state, file) = recover(&shared).unwrap();
        let writer = Writer::new(Arc::clone(&shared), state, file);
        Parts { log: Log::of(&shared), writer, keeper: Keeper::new(shared) }
    }

    fn batch(value: &str) -> bytes::Bytes {
        let mut builder = BatchBuilder::new();
        builder.push(None, Some(value.as_bytes()), Timestamp(1), &[]);
        builder.finish().unwrap()
    }

    #[test]
    fn a_file_stays_that_a_commit_behind_the_index_checkpoint_names() {
        let dir = tempfile::tempdir().unwrap();
        let Parts { log, mut writer, mut keeper } = open(dir.path());
        let mut write = || while writer.turn(false) == Turn::Worked {};
        let created = log.create_topic("t", 1, TopicConfig::default());
        write();
        let topic = created.wait().unwrap();
        let job = JobName("job".to_owned());
        // So many that the first file holds nothing else.
        let mut staged = Vec::new();
        for _ in 0..12 {
            staged.push(log.stage(&job, topic.id, PartitionId(0), batch(&"s".repeat(3000))).unwrap());
            write();
        }
        for _ in 0..20 {
            drop(log.append(topic.id, PartitionId(0), batch(&"x".repeat(3000))));
            write();
        }
        // The checkpoint is taken, then the commit comes, and what it names is rewritten before the checkpoint is stored.
        keeper.turn(false);
        write();
        let snapshot = keeper.take_desk().unwrap();
        let meta = bytes::Bytes::new();
        drop(log.commit_job(JobCommit { job, checkpoint: 1, meta, staged }));
        write();
        keeper.rewrite_full_files().unwrap();
        keeper.store(&snapshot).unwrap();
        drop((log, writer, keeper));
        let Parts { log, .. } = open(dir.path());
        let read = log.read(topic.id, PartitionId(0), Offset(20), 1000).unwrap();
        assert_eq!(read.high_watermark, Offset(32));
        assert_eq!(read.data.len(), 1);
    }
}
