//! Cold segments go to an object store: written there, read back whole and compared; named by an index checkpoint that is
//! durable; and only then the copy in the data folder goes. A failure at any step leaves that copy, and is tried again.
//!
//! Segments of compacted topics stay, since they are written anew again and again.

use std::collections::{HashMap, HashSet};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use yeoul_base::disk::OpenMode;
use yeoul_base::{PartitionId, TopicId};

use crate::clean::Replaced;
use crate::error::ReadError;
use crate::keeper::{Keeper, left_alone_until};
use crate::partition::{Partition, Place, SegmentRef};
use crate::segment::{Segment, segment_name};
use crate::shared::Shared;
use crate::store::{ColdStore, StoredFile};

/// So many segments are moved in one go: the write-ahead log's files are not to wait for long.
const MOVES_MAX: usize = 8;

impl Shared {
    /// A segment's name in the object store.
    fn object_name(&self, topic: TopicId, partition: PartitionId, segment: &SegmentRef) -> String {
        format!("{}/{topic}/{partition}/{}", self.folder.cluster_id, segment_name(segment))
    }

    /// Opens a segment that lies in the object store.
    pub(crate) fn load_stored(&self, partition: &Partition, wanted: &SegmentRef) -> Result<Segment, ReadError> {
        let name = self.object_name(partition.topic_id, partition.number, wanted);
        let path = PathBuf::from(&name);
        let failed = |source: io::Error| ReadError::Io { path: path.clone(), source: Arc::new(source) };
        let missing = || failed(io::Error::other("no object store is configured; name the one that it was moved to"));
        let cold = self.config.cold.as_ref().ok_or_else(missing)?;
        let file = StoredFile::open(Arc::clone(&cold.store), name.clone()).map_err(failed)?;
        Segment::load(path.clone(), Arc::new(file))
    }

    /// Removes a segment from the object store.
    pub(crate) fn delete_stored(&self, topic: TopicId, partition: PartitionId, segment: &SegmentRef) -> io::Result<()> {
        match &self.config.cold {
            Some(cold) if segment.place.is_remote() => cold.store.delete(&self.object_name(topic, partition, segment)),
            _ => Ok(()),
        }
    }
}

impl Keeper {
    /// Moves what is cold, as much as there is.
    pub(crate) fn offload(&mut self, elapsed: Duration) -> io::Result<()> {
        let Some(cold) = self.shared.config.cold.clone() else { return Ok(()) };
        self.sweep(&cold)?;
        while let Some((topic, partition, segment)) = self.stored_gone.last() {
            self.shared.delete_stored(*topic, *partition, segment)?;
            self.stored_gone.pop();
        }
        let mut moves = MOVES_MAX;
        for parts in self.shared.all_topics() {
            if parts.topic.config.is_compacted() {
                continue;
            }
            for partition in &parts.partitions {
                if self.shared.is_closed() || moves == 0 {
                    return Ok(());
                }
                if self.is_left_alone(partition.slot, elapsed) {
                    continue;
                }
                if let Err(error) = self.offload_partition(&cold, partition, &mut moves) {
                    tracing::warn!(%error, topic = parts.topic.name, partition = partition.number.0,
                        "a segment can't be moved to the object store; tried again later");
                    self.left_alone.insert(partition.slot, left_alone_until(elapsed));
                }
            }
        }
        Ok(())
    }

    fn offload_partition(&mut self, cold: &ColdStore, partition: &Arc<Partition>, moves: &mut usize) -> io::Result<()> {
        let now = self.shared.trusted_now();
        let older = |segment: &SegmentRef, than: Duration| {
            now.saturating_sub(segment.appended) >= i64::try_from(than.as_millis()).unwrap_or(i64::MAX)
        };
        let segments: Vec<SegmentRef> = partition.read().segments.iter().copied().collect();
        for segment in segments {
            if segment.place == Place::Local && older(&segment, cold.after) && *moves > 0 {
                *moves -= 1;
                self.upload(cold, partition, &segment)?;
                self.change_place(partition, &segment, Place::Both);
            } else if segment.place == Place::Both && older(&segment, cold.after.saturating_add(cold.local)) {
                self.change_place(partition, &segment, Place::Remote);
            }
        }
        Ok(())
    }

    /// Writes a segment to the store, and reads it back whole.
    fn upload(&self, cold: &ColdStore, partition: &Partition, segment: &SegmentRef) -> io::Result<()> {
        let path = self.shared.partition_dir(partition).join(segment_name(segment));
        let file = self.shared.disk.open(&path, OpenMode::Read)?;
        let here = Segment::load(path, Arc::clone(&file)).map_err(unreadable)?;
        // What is damaged here is not spread.
        here.check().map_err(unreadable)?;
        let name = self.shared.object_name(partition.topic_id, partition.number, segment);
        cold.store.put(&name, &*file)?;
        let there = self.shared.load_stored(partition, segment).map_err(unreadable)?;
        there.check().map_err(unreadable)?;
        if there.blocks != here.blocks {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "the object store gives back another segment"));
        }
        Ok(())
    }

    /// Names a segment's new place; the file in the data folder goes once an index checkpoint without it is durable.
    fn change_place(&mut self, partition: &Arc<Partition>, segment: &SegmentRef, place: Place) {
        let mut state = partition.write();
        if !state.replace(std::slice::from_ref(segment), SegmentRef { place, ..*segment }) {
            // Retention let it go meanwhile, or it was written anew.
            return;
        }
        let number = self.shared.replacements.fetch_add(1, Ordering::AcqRel) + 1;
        drop(state);
        if place == Place::Remote {
            let old = vec![*segment];
            self.replaced.push((partition.topic_id, partition.number, Replaced { old, number }));
            self.shared.close_segments(|slot, base| (slot, base) == (partition.slot, segment.base));
        }
        self.want_snapshot();
    }

    /// Once after a start: removes objects that retention let go and a cut kept from being removed. Others that nothing
    /// names stay, since a copy of this data folder may name them: those of a cut upload are written again under their
    /// names, and those of topics that are not known here are told of.
    fn sweep(&mut self, cold: &ColdStore) -> io::Result<()> {
        if self.swept {
            return Ok(());
        }
        let mut starts = HashMap::new();
        let mut named = HashSet::new();
        for parts in self.shared.all_topics() {
            for partition in &parts.partitions {
                let state = partition.read();
                let name = |segment| self.shared.object_name(partition.topic_id, partition.number, segment);
                named.extend(state.segments.iter().filter(|it| it.place.is_remote()).map(name));
                starts.insert(format!("{}/{}", partition.topic_id, partition.number), state.log_start);
            }
        }
        let prefix = format!("{}/", self.shared.folder.cluster_id);
        let mut unknown = 0_usize;
        for name in cold.store.list(&prefix)?.iter().filter(|name| !named.contains(*name)) {
            let start = name.strip_prefix(&prefix).and_then(|rest| rest.rsplit_once('/'));
            match start.map(|(partition, segment)| (starts.get(partition), first_offset(segment))) {
                Some((Some(log_start), Some(base))) if base < *log_start => cold.store.delete(name)?,
                Some((Some(_), _)) => {}
                _ => unknown += 1,
            }
        }
        if unknown > 0 {
            tracing::warn!(
                unknown,
                prefix,
                "the object store has objects of topics that are not known here; left alone"
            );
        }
        self.swept = true;
        Ok(())
    }
}

/// The first offset in a segment's name.
fn first_offset(segment: &str) -> Option<i64> {
    segment.get(..20)?.parse().ok()
}

fn unreadable(error: ReadError) -> io::Error {
    io::Error::other(error.to_string())
}
