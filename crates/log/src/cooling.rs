//! From the write-ahead log into segments: the keeper's rewriting of full files, and of what has to go through compaction.
//!
//! Order, so that a cut at any point loses nothing: segments written, flushed, read back, their folders flushed; then
//! readers are turned to them; then an index checkpoint that names them, durable; only then the write-ahead log's file
//! goes. A failure leaves the file where it is, and is tried again.

use std::io;
use std::path::Path;
use std::sync::atomic::Ordering;

use yeoul_base::disk::{create_dir_durable, parent_of};

use crate::keeper::{Keeper, RETRY};
use crate::log::Health;
use crate::partition::{HotBatch, Partition, SegmentRef};
use crate::read::read_hot;
use crate::segment::{SegmentWriter, segment_name};
use crate::shared::{lock, read};

/// Hot batches beyond which files are rewritten though there are few: 32 MB of index.
const HOT_BATCHES_MAX: usize = 1 << 20;
/// While producers write more than this, in bytes a second, the disk is theirs: rewriting waits, ...
const BUSY_BYTES: u64 = 32 << 20;
/// ... unless there are so many times more full files than are to be kept.
const BUSY_FILES_FACTOR: usize = 4;
/// Batches that are read at once by a rewrite, in bytes.
const READ_BYTES: usize = 1 << 20;

impl Keeper {
    pub(crate) fn rewrite_full_files(&mut self) -> io::Result<()> {
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
        let dir = self.shared.partition_dir(partition);
        self.make_dir(&dir)?;
        let shared = &self.shared;
        let owner = (shared.folder.key, partition.topic_id, partition.number);
        let (began, appended) = self.times(hot);
        let segment = SegmentRef { began, ..SegmentRef::new(first.base, first.base, appended) };
        let mut writer = SegmentWriter::create(&*shared.disk, &dir, owner, segment)?;
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
        let segment = writer.finish()?;
        shared.disk.sync_dir(&dir)?;
        let mut state = partition.write();
        // What retention let go meanwhile is not brought back.
        if state.hot.front().is_some_and(|batch| batch.base == segment.base) {
            state.cool(segment);
            return Ok(());
        }
        drop(state);
        shared.disk.remove_file(&dir.join(segment_name(&segment)))
    }

    /// The log's time when the first of some batches was appended, at the earliest, and the last, at the latest.
    fn times(&self, hot: &[(HotBatch, i64)]) -> (i64, i64) {
        let files = read(&self.shared.files);
        let files: Vec<_> = hot.iter().filter_map(|(batch, _)| files.get(&batch.file)).collect();
        let appended = files.iter().map(|file| file.last_time.load(Ordering::Relaxed)).max().unwrap_or(i64::MAX);
        let began = files.iter().map(|file| file.first_time.load(Ordering::Relaxed)).min().unwrap_or(appended);
        (began.min(appended), appended)
    }

    /// Rewrites what partitions of compacted topics have in full files, so that compaction gets at it.
    pub(crate) fn cool_compacted(&mut self) -> io::Result<()> {
        let active = u32::try_from(self.shared.active_file.load(Ordering::Acquire)).unwrap_or(0);
        for parts in self.shared.all_topics() {
            if !parts.topic.config.is_compacted() {
                continue;
            }
            for partition in &parts.partitions {
                let hot = prefix(partition, active.saturating_sub(1));
                if !hot.is_empty() && !self.shared.is_closed() {
                    self.rewrite_partition(partition, &hot)?;
                    self.rewrote = true;
                }
            }
        }
        Ok(())
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
