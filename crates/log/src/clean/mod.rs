//! Writing segments anew: compaction by keys (`cleanup.policy=compact`), and small segments put together.
//!
//! Compaction reads the dirty segments of a partition, the oldest first, and remembers the latest offset of each key,
//! as many keys as [`COMPACTION_KEYS_MAX`] allows; then it writes every segment up to there anew, without the records
//! that have a later one. What lies in the write-ahead log is not touched, as Kafka does not touch its active segment.
//! - Offsets stay. A batch that loses all its records goes, but for the last of a segment, whose place an empty one holds.
//! - A tombstone stays for `delete.retention.ms` from the compaction that came upon it, whose end is kept in its batch
//!   (KIP-534), so that a reader from the beginning sees it if it takes no longer than that.
//! - Of transactions only what is committed counts: no record goes for one that was aborted, what was aborted goes, and
//!   what lies at or behind an open transaction waits. A marker stays while its transaction has records here, and
//!   `delete.retention.ms` longer.
//! - Producers lose nothing: what is known of them is in the index checkpoint, not in their batches.
//! - Times are those of the append, by the log's own clock. Timestamps of records play no part, so that a wrong one
//!   neither stops compaction nor hurries it.
//!
//! The new segment takes the place of the old ones in the index, and these are removed once an index checkpoint without
//! them is durable. A cut before leaves the old ones in force, and the new one is removed at the next start.

mod filter;
mod keys;
mod plan;

use std::cell::RefCell;
use std::collections::HashSet;
use std::io;

use bytes::Bytes;
use yeoul_base::disk::create_dir_durable;

use crate::batch::{AbortedTransaction, BatchHeader, CommittedFilter, batches};
use crate::error::ReadError;
use crate::partition::{Partition, SegmentRef};
use crate::segment::{Segment, SegmentWriter};
use crate::shared::Shared;
use crate::topic_config::TopicConfig;

use filter::{Filter, Left, collect, placeholder};
use keys::LatestKeys;

/// Segments that another took the place of.
pub(crate) struct Replaced {
    pub(crate) old: Vec<SegmentRef>,
    /// How many replacements there were then: an index checkpoint that has so many is without the old ones.
    pub(crate) number: u64,
}

/// Does one thing to a partition's segments, if there is one to do.
pub(crate) fn clean(shared: &Shared, partition: &Partition, now: i64) -> io::Result<Vec<Replaced>> {
    let topic = partition.topic();
    let config = &topic.config;
    let (segments, log_start, last_stable, aborted) = {
        let state = partition.read();
        let aborted: Vec<AbortedTransaction> = state.aborted.iter().copied().collect();
        (state.segments.iter().copied().collect::<Vec<_>>(), state.log_start, state.last_stable(), aborted)
    };
    let cleaner = Cleaner { shared, partition, config, now, log_start, aborted };
    let decided = segments.iter().take_while(|segment| segment.end <= last_stable).count();
    let decided = segments.get(..decided).unwrap_or_default();
    let count = if config.is_compacted() { plan::to_compact(decided, config, now) } else { 0 };
    if count > 0 {
        return cleaner.compact(segments.get(..count).unwrap_or_default());
    }
    match plan::to_merge(&segments, config) {
        Some(range) => cleaner.merge(segments.get(range).unwrap_or_default()),
        None => Ok(Vec::new()),
    }
}

struct Cleaner<'a> {
    shared: &'a Shared,
    partition: &'a Partition,
    config: &'a TopicConfig,
    now: i64,
    log_start: i64,
    aborted: Vec<AbortedTransaction>,
}

/// What a new segment was filled with.
struct Filled {
    /// When the first of its tombstones and markers may go.
    horizon: i64,
    /// The offsets of the markers that went.
    markers_gone: HashSet<i64>,
}

/// Stops a walk over batches.
enum Step {
    On,
    Stop,
}

impl Cleaner<'_> {
    fn compact(&self, segments: &[SegmentRef]) -> io::Result<Vec<Replaced>> {
        let (keys, mapped_end) = self.map(segments)?;
        let horizon = self.now.saturating_add(self.config.delete_retention_ms());
        let waiting = RefCell::default();
        let filter = Filter { keys: &keys, log_start: self.log_start, now: self.now, horizon, waiting };
        let reached = segments.iter().take_while(|segment| segment.base < mapped_end).count();
        let mut replaced = Vec::new();
        for group in plan::groups(segments.get(..reached).unwrap_or_default(), self.config) {
            if self.shared.is_closed() {
                break;
            }
            let clean = group.iter().all(|segment| segment.end <= mapped_end);
            replaced.extend(self.rewrite(group, clean, |header, batch| filter.apply(header, batch).map_err(invalid))?);
        }
        Ok(replaced)
    }

    /// The latest offset of each key in the dirty segments, and up to where that is known.
    fn map(&self, segments: &[SegmentRef]) -> io::Result<(LatestKeys, i64)> {
        let mut keys = LatestKeys::new();
        let mut mapped_end = segments.last().map_or(0, |segment| segment.end);
        for segment in segments.iter().filter(|segment| !segment.clean) {
            let mut full_at = None;
            let mut committed = self.committed_from(segment);
            self.walk(segment, |header, batch| {
                if !committed.takes(header, batch).map_err(invalid)? {
                    return Ok(Step::On);
                }
                if collect(&mut keys, header, batch).map_err(invalid)? {
                    return Ok(Step::On);
                }
                full_at = Some(header.base_offset.0);
                Ok(Step::Stop)
            })?;
            if let Some(offset) = full_at {
                mapped_end = offset;
                break;
            }
        }
        Ok((keys, mapped_end))
    }

    /// Tells which batches of a segment count.
    fn committed_from(&self, segment: &SegmentRef) -> CommittedFilter {
        let ends_here = |transaction: &&AbortedTransaction| transaction.last >= segment.base;
        CommittedFilter::new(&self.aborted.iter().filter(ends_here).copied().collect::<Vec<_>>())
    }

    fn merge(&self, segments: &[SegmentRef]) -> io::Result<Vec<Replaced>> {
        let clean = segments.iter().all(|segment| segment.clean);
        let horizon = segments.iter().map(|segment| segment.horizon).min().unwrap_or(i64::MAX);
        let keep = |header: &BatchHeader, batch: &Bytes| {
            // A batch without records only held the place of the last of its segment.
            Ok(Left { batch: (header.records > 0).then(|| batch.clone()), horizon })
        };
        Ok(self.rewrite(segments, clean, keep)?.into_iter().collect())
    }

    /// Writes some segments into one, with what is left of each batch, and puts it in their place.
    fn rewrite(
        &self,
        group: &[SegmentRef],
        clean: bool,
        left_of: impl Fn(&BatchHeader, &Bytes) -> io::Result<Left>,
    ) -> io::Result<Option<Replaced>> {
        let (Some(first), Some(last)) = (group.first(), group.last()) else { return Ok(None) };
        let dir = self.shared.partition_dir(self.partition);
        let disk = &*self.shared.disk;
        create_dir_durable(disk, &dir)?;
        let generation = group.iter().map(|segment| segment.generation).max().unwrap_or(0) + 1;
        let mut segment = SegmentRef::new(first.base, last.end, group.iter().map(|it| it.appended).max().unwrap_or(0));
        (segment.began, segment.generation, segment.clean) = (first.began, generation, clean);
        let owner = (self.shared.folder.key, self.partition.topic_id, self.partition.number);
        let mut writer = SegmentWriter::create(disk, &dir, owner, segment)?;
        let filled = match self.fill(group, &mut writer, left_of) {
            Ok(filled) => filled,
            Err(error) => {
                writer.abandon(disk);
                return Err(error);
            }
        };
        let written = writer.finish()?;
        disk.sync_dir(&dir)?;
        if written.end != last.end {
            return Err(invalid(format!("partition {} has a segment that ends within a batch", self.partition.number)));
        }
        self.put_in_place(group, SegmentRef { horizon: filled.horizon, ..written }, &filled.markers_gone, &dir)
    }

    /// Writes what is left of each batch; the last of all keeps its place, though it may have no records any more.
    fn fill(
        &self,
        group: &[SegmentRef],
        writer: &mut SegmentWriter,
        left_of: impl Fn(&BatchHeader, &Bytes) -> io::Result<Left>,
    ) -> io::Result<Filled> {
        let end = group.last().map_or(0, |segment| segment.end);
        let mut horizon = i64::MAX;
        let mut markers_gone = HashSet::new();
        for segment in group {
            let mut committed = self.committed_from(segment);
            self.walk(segment, |header, batch| {
                let counts = committed.takes(header, batch).map_err(invalid)?;
                let is_aborted = !counts && !header.is_control() && self.config.is_compacted();
                let nothing = Left { batch: None, horizon: i64::MAX };
                let left = if is_aborted { nothing } else { left_of(header, batch)? };
                horizon = horizon.min(left.horizon);
                if header.is_control() && left.batch.is_none() {
                    markers_gone.insert(header.base_offset.0);
                }
                let behind = header.last_offset().0 + 1;
                let left = match left.batch {
                    None if behind == end => Some(placeholder(header).map_err(invalid)?),
                    left => left,
                };
                if let Some(bytes) = left {
                    let timestamp = BatchHeader::parse(&bytes).map_err(invalid)?.max_timestamp.0;
                    writer.push(&bytes, header.base_offset.0, behind, timestamp)?;
                }
                Ok(Step::On)
            })?;
        }
        Ok(Filled { horizon, markers_gone })
    }

    fn put_in_place(
        &self,
        group: &[SegmentRef],
        new: SegmentRef,
        markers_gone: &HashSet<i64>,
        dir: &std::path::Path,
    ) -> io::Result<Option<Replaced>> {
        use std::sync::atomic::Ordering;
        let mut state = self.partition.write();
        if !state.replace(group, new) {
            // Retention let one of them go meanwhile.
            drop(state);
            self.shared.disk.remove_file(&dir.join(crate::segment::segment_name(&new)))?;
            return Ok(None);
        }
        // Nothing is left of these transactions: a reader who were told of one would wait for its end.
        state.aborted.retain(|transaction| !markers_gone.contains(&transaction.last));
        // Under the lock that an index checkpoint takes too, so that whoever sees the number sees the new segment.
        let number = self.shared.replacements.fetch_add(1, Ordering::AcqRel) + 1;
        Ok(Some(Replaced { old: group.to_vec(), number }))
    }

    /// Walks over a segment's batches.
    fn walk(
        &self,
        segment: &SegmentRef,
        mut each: impl FnMut(&BatchHeader, &Bytes) -> io::Result<Step>,
    ) -> io::Result<()> {
        let open: Segment = self.shared.load_segment(self.partition, segment).map_err(unreadable)?;
        for block in &open.blocks {
            let bytes = open.read(block).map_err(unreadable)?;
            for found in batches(&bytes) {
                let (header, batch) = found.map_err(invalid)?;
                if let Step::Stop = each(&header, &bytes.slice_ref(batch))? {
                    return Ok(());
                }
            }
        }
        Ok(())
    }
}

fn unreadable(error: ReadError) -> io::Error {
    io::Error::other(error.to_string())
}

fn invalid(error: impl std::fmt::Display) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error.to_string())
}
