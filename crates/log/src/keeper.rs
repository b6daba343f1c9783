//! The keeper: a thread behind the writer that makes the next write-ahead log file, rewrites full ones into
//! segments, stores index checkpoints, applies retention, and removes what is not needed any more.
//!
//! Order of a rewrite, so that a cut at any point loses nothing: segments written, flushed, read back, their folders
//! flushed; then readers are turned to them; then an index checkpoint that names them, durable; only then the
//! write-ahead log's file goes. A failure leaves the file where it is, and is tried again.

use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use yeoul_base::disk::{EntryKind, create_dir_durable, parent_of};
use yeoul_base::{PartitionId, TopicId};

use crate::log::Health;
use crate::partition::{HotBatch, Partition, SegmentRef};
use crate::queue::Request;
use crate::read::read_hot;
use crate::segment::{SegmentWriter, segment_name};
use crate::shared::{KeeperDesk, Shared, lock, read, write};
use crate::snapshot::Snapshot;
use crate::writer::make_file;

/// Hot batches beyond which files are rewritten though there are few: 32 MB of index.
const HOT_BATCHES_MAX: usize = 1 << 20;
/// How long the keeper waits after something failed.
const RETRY: Duration = Duration::from_secs(1);
/// While producers write more than this, in bytes a second, the disk is theirs: rewriting waits, ...
const BUSY_BYTES: u64 = 32 << 20;
/// ... unless there are so many times more full files than are to be kept.
const BUSY_FILES_FACTOR: usize = 4;
/// Batches that are read at once by a rewrite, in bytes.
const READ_BYTES: usize = 1 << 20;

pub(crate) struct Keeper {
    shared: Arc<Shared>,
    /// Something failed or was put off, and is to be tried again soon.
    retry: bool,
    last_retention: Duration,
    /// The file that was active at the last index checkpoint that is stored.
    checkpointed: u32,
    /// Files were rewritten since: the next index checkpoint lets them go.
    rewrote: bool,
    /// An index checkpoint was asked for, and has not come.
    asked: bool,
    /// When it was last looked how much is written, and how much there was.
    looked: (Duration, u64),
    busy: bool,
    /// Partitions' folders that are known to be durable. That one is there tells nothing: a process that was
    /// killed, or a flush that failed, may have left it.
    durable_dirs: HashSet<PathBuf>,
    /// What is still to be removed.
    trimmed: Vec<(TopicId, PartitionId, SegmentRef)>,
    deleted: Vec<TopicId>,
}

impl Keeper {
    pub(crate) fn new(shared: Arc<Shared>) -> Keeper {
        let last_retention = shared.clock.elapsed();
        Keeper {
            shared,
            retry: false,
            last_retention,
            checkpointed: 0,
            rewrote: false,
            asked: false,
            looked: (last_retention, 0),
            busy: false,
            durable_dirs: HashSet::new(),
            trimmed: Vec::new(),
            deleted: Vec::new(),
        }
    }

    /// Turns until the log is closed.
    pub(crate) fn run(mut self) {
        while self.wait_and_turn() {}
    }

    fn wait_and_turn(&mut self) -> bool {
        let patience = if self.retry { RETRY } else { self.shared.config.retention_interval };
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
        if !closing && self.shared.unavailable().is_none() {
            // Each for itself: what one lacks, room above all, another may give.
            result = result.and(self.make_spare());
            result = result.and(self.rewrite_full_files());
            self.apply_retention();
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
    fn want_snapshot(&mut self) {
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
        for number in &gone {
            let Some(file) = write(&shared.files).remove(number) else { continue };
            shared.disk.remove_file(&file.path)?;
        }
        if gone.is_empty() { Ok(()) } else { shared.disk.sync_dir(&shared.folder.wal()) }
    }

    /// The first file that is needed: `most`, or one before it that holds visible or staged batches.
    fn needed_from(&self, most: u32) -> u32 {
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

    fn rewrite_full_files(&mut self) -> io::Result<()> {
        let active = u32::try_from(self.shared.active_file.load(Ordering::Acquire)).unwrap_or(0);
        let full: Vec<u32> = read(&self.shared.files).range(..active).map(|(&number, _)| number).collect();
        if full.is_empty() {
            return Ok(());
        }
        let rewritten = self.rewrite_too_many(full);
        if self.rewrote || self.checkpointed < active || self.can_free() {
            self.want_snapshot();
        }
        rewritten
    }

    /// Whether the disk is full, and the next index checkpoint lets files go.
    fn can_free(&self) -> bool {
        let full = matches!(*read(&self.shared.health), Health::Full(_));
        full && read(&self.shared.files).range(..self.needed_from(u32::MAX)).next().is_some()
    }

    /// Rewrites the oldest of some full files, as long as there are more than are to be kept.
    fn rewrite_too_many(&mut self, full: Vec<u32>) -> io::Result<()> {
        let hot_files = self.shared.config.hot_files;
        let mut left = full.len();
        for number in full {
            let pinned = lock(&self.shared.pins).contains_key(&number);
            let too_many = left > hot_files || self.hot_batches() > HOT_BATCHES_MAX;
            if pinned || !too_many || self.shared.is_closed() {
                break;
            }
            if left <= hot_files * BUSY_FILES_FACTOR && self.is_busy() {
                self.retry = true;
                break;
            }
            self.rewrite(number)?;
            self.rewrote = true;
            left -= 1;
        }
        Ok(())
    }

    /// Whether producers need the disk now.
    fn is_busy(&mut self) -> bool {
        let now = self.shared.clock.elapsed();
        let bytes = self.shared.counters.appended_bytes.load(Ordering::Relaxed);
        let passed = now.saturating_sub(self.looked.0);
        let written = bytes.saturating_sub(self.looked.1);
        if passed < RETRY {
            return self.busy || written > BUSY_BYTES;
        }
        self.looked = (now, bytes);
        self.busy = written.saturating_mul(1000) / u64::try_from(passed.as_millis()).unwrap_or(u64::MAX) > BUSY_BYTES;
        self.busy
    }

    fn hot_batches(&self) -> usize {
        let topics = self.shared.all_topics();
        topics.iter().flat_map(|parts| &parts.partitions).map(|partition| partition.read().hot.len()).sum()
    }

    /// Makes a partition's folder, durable up to the data folder.
    fn make_dir(&mut self, dir: &Path) -> io::Result<()> {
        if self.durable_dirs.contains(dir) {
            return Ok(());
        }
        create_dir_durable(&*self.shared.disk, dir)?;
        let topic = parent_of(dir);
        self.shared.disk.sync_dir(&topic)?;
        self.shared.disk.sync_dir(&parent_of(&topic))?;
        self.durable_dirs.insert(dir.to_path_buf());
        Ok(())
    }

    /// Rewrites what a file holds, and all that lies before it in its partitions, into segments.
    fn rewrite(&mut self, number: u32) -> io::Result<()> {
        for parts in self.shared.all_topics() {
            for partition in &parts.partitions {
                let hot = prefix(partition, number);
                if self.shared.is_closed() {
                    // What is not rewritten yet stays where it is.
                    return Ok(());
                }
                if hot.is_empty() {
                    continue;
                }
                self.rewrite_partition(partition, &hot)?;
            }
        }
        Ok(())
    }

    fn rewrite_partition(&mut self, partition: &Partition, hot: &[(HotBatch, i64)]) -> io::Result<()> {
        let Some((first, _)) = hot.first() else { return Ok(()) };
        let dir = self.shared.folder.topic(partition.topic.id).join(partition.number.to_string());
        self.make_dir(&dir)?;
        let shared = &self.shared;
        let owner = (shared.folder.key, partition.topic.id, partition.number);
        let mut writer = SegmentWriter::create(&*shared.disk, &dir, owner, first.base)?;
        let mut rest = hot;
        while !rest.is_empty() {
            let (now, later) = rest.split_at(chunk_length(rest));
            rest = later;
            let batches: Vec<HotBatch> = now.iter().map(|(batch, _)| *batch).collect();
            let data = read_hot(shared, &batches).map_err(|error| io::Error::other(error.to_string()))?;
            let data = data.ok_or_else(|| io::Error::other("a file of the write-ahead log is gone"))?;
            for (bytes, (batch, end)) in data.iter().zip(now) {
                writer.push(bytes, batch.base, *end, batch.max_timestamp)?;
            }
        }
        let segment = writer.finish(self.appended(hot))?;
        shared.disk.sync_dir(&dir)?;
        let mut state = partition.write();
        // What retention let go meanwhile is not brought back.
        if state.hot.front().is_some_and(|batch| batch.base == segment.base) {
            state.cool(segment);
            return Ok(());
        }
        drop(state);
        shared.disk.remove_file(&dir.join(segment_name(segment.base)))
    }

    /// The log's time when the last of some batches was appended, at the latest.
    fn appended(&self, hot: &[(HotBatch, i64)]) -> i64 {
        let files = read(&self.shared.files);
        let time = |(batch, _): &(HotBatch, i64)| files.get(&batch.file).map(|it| it.last_time.load(Ordering::Relaxed));
        hot.iter().filter_map(time).max().unwrap_or(i64::MAX)
    }

    /// Removes segments that retention let go, and folders of topics that are deleted.
    fn remove_trimmed(&mut self) -> io::Result<()> {
        while let Some((topic, partition, segment)) = self.trimmed.last() {
            let dir = self.shared.folder.topic(*topic).join(partition.to_string());
            ignore_missing(self.shared.disk.remove_file(&dir.join(segment_name(segment.base))))?;
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

    /// Lets partitions begin later, where their topics' settings say so.
    fn apply_retention(&mut self) {
        let elapsed = self.shared.clock.elapsed();
        if elapsed.saturating_sub(self.last_retention) < self.shared.config.retention_interval {
            return;
        }
        self.last_retention = elapsed;
        let now = self.shared.trusted_now();
        for parts in self.shared.all_topics() {
            for partition in &parts.partitions {
                if let Some(start) = self.retained_from(partition, now) {
                    self.shared.queue.push(Request::Trim { partition: Arc::clone(partition), start });
                }
            }
        }
    }

    /// The offset from which on a partition is to be kept; nothing if it begins there.
    fn retained_from(&self, partition: &Partition, now: i64) -> Option<i64> {
        let config = &partition.topic.config;
        let state = partition.read();
        let expired = |appended: i64| config.retention_ms().is_some_and(|ms| now.saturating_sub(appended) > ms);
        let mut excess = config.retention_bytes().map_or(0, |most| state.bytes.saturating_sub(most));
        let mut start = state.log_start;
        for segment in &state.segments {
            if !expired(segment.appended) && segment.bytes > excess {
                return (start > state.log_start).then_some(start);
            }
            excess = excess.saturating_sub(segment.bytes);
            start = segment.end;
        }
        let files = read(&self.shared.files);
        let time = |file| files.get(&file).map_or(i64::MAX, |file| file.last_time.load(Ordering::Relaxed));
        for (index, batch) in state.hot.iter().enumerate() {
            let bytes = u64::from(batch.bytes);
            if !expired(time(batch.file)) && bytes > excess {
                break;
            }
            excess = excess.saturating_sub(bytes);
            start = state.hot_end(index);
        }
        (start > state.log_start).then_some(start)
    }
}

impl KeeperDesk {
    fn is_clean(&self) -> bool {
        self.trimmed.is_empty() && self.deleted.is_empty()
    }
}

/// A partition's hot batches up to the last that lies in a file or one before it, each with the offset behind it.
fn prefix(partition: &Partition, number: u32) -> Vec<(HotBatch, i64)> {
    let state = partition.read();
    let count = state.hot.iter().rposition(|batch| batch.file <= number).map_or(0, |index| index + 1);
    state.hot.iter().take(count).enumerate().map(|(index, batch)| (*batch, state.hot_end(index))).collect()
}

/// How many of some batches are read at once; at least one.
fn chunk_length(hot: &[(HotBatch, i64)]) -> usize {
    let mut bytes = 0;
    let fits = |(batch, _): &&(HotBatch, i64)| {
        bytes += batch.bytes as usize;
        bytes <= READ_BYTES
    };
    hot.iter().take_while(fits).count().max(1)
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
    use crate::topic::TopicConfig;
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
