//! What the log's users, its writer and its keeper share. Everything that is visible here is durable.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use bytes::Bytes;
use tokio::sync::watch;
use yeoul_base::{Clock, Disk, JobName, PartitionId, TopicId};

use crate::error::{ReadError, Unavailable};
use crate::folder::Folder;
use crate::log::{Health, LogConfig};
use crate::partition::{Partition, SegmentRef};
use crate::queue::Queue;
use crate::segment::Segment;
use crate::snapshot::Snapshot;
use crate::table::Tables;
use crate::topic::Topic;
use crate::trusted_time::TrustedTime;
use crate::wal::WalFile;

/// A topic with its partitions.
pub(crate) struct TopicParts {
    pub(crate) topic: Arc<Topic>,
    pub(crate) partitions: Vec<Arc<Partition>>,
}

/// The topics that there are.
#[derive(Default)]
pub(crate) struct Catalog {
    pub(crate) by_id: HashMap<TopicId, Arc<TopicParts>>,
    pub(crate) by_name: BTreeMap<String, TopicId>,
}

/// Counters behind [`LogFigures`](crate::LogFigures).
#[derive(Default)]
pub(crate) struct Counters {
    pub(crate) appended_bytes: AtomicU64,
    pub(crate) appended_records: AtomicU64,
    pub(crate) flushes: AtomicU64,
    pub(crate) flush_micros: AtomicU64,
}

/// What the keeper is told, and tells.
#[derive(Default)]
pub(crate) struct KeeperDesk {
    /// The keeper wants an index checkpoint.
    pub(crate) wanted: bool,
    /// One that the writer made.
    pub(crate) snapshot: Option<Snapshot>,
    /// A file became full, or something else to do came up.
    pub(crate) work: bool,
    /// Segments that retention let go, to be removed.
    pub(crate) trimmed: Vec<(TopicId, PartitionId, SegmentRef)>,
    /// Topics that were deleted, their folders to be removed.
    pub(crate) deleted: Vec<TopicId>,
    pub(crate) closing: bool,
}

/// The most segments that are held open.
const OPEN_SEGMENTS_MAX: usize = 64;

pub(crate) struct Shared {
    pub(crate) config: LogConfig,
    pub(crate) disk: Arc<dyn Disk>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) folder: Folder,
    pub(crate) catalog: RwLock<Catalog>,
    /// The last checkpoint per job, and what the job keeps with it.
    pub(crate) jobs: RwLock<BTreeMap<JobName, (u64, Bytes)>>,
    /// The keyed tables.
    pub(crate) tables: RwLock<Tables>,
    /// The write-ahead log's files.
    pub(crate) files: RwLock<BTreeMap<u32, Arc<WalFile>>>,
    /// The file that groups go to.
    pub(crate) active_file: AtomicU64,
    /// Per file, how many staged batches in it are neither committed nor discarded.
    pub(crate) pins: Mutex<HashMap<u32, usize>>,
    pub(crate) queue: Queue,
    pub(crate) progress: watch::Sender<u64>,
    pub(crate) moved: (Mutex<u64>, Condvar),
    pub(crate) health: RwLock<Health>,
    pub(crate) counters: Counters,
    pub(crate) desk: (Mutex<KeeperDesk>, Condvar),
    pub(crate) time: Mutex<TrustedTime>,
    pub(crate) next_stage: AtomicU64,
    pub(crate) closed: AtomicBool,
    /// Held by who makes the next write-ahead log file.
    pub(crate) making_file: Mutex<()>,
    /// How often segments were put in the place of others; see `keeper`.
    pub(crate) replacements: AtomicU64,
    /// Whether so little of the disk is left that producers wait.
    pub(crate) scarce: AtomicBool,
    /// Whether there was no room for the next file of the write-ahead log when it was needed.
    pub(crate) stuck: AtomicBool,
    segments: Mutex<Vec<OpenSegment>>,
}

/// An open segment, and whose it is.
struct OpenSegment {
    slot: u32,
    base: i64,
    generation: u32,
    segment: Arc<Segment>,
}

/// A lock whose holder can't leave it half changed, so that poison does not matter.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(crate) fn read<T>(shared: &RwLock<T>) -> RwLockReadGuard<'_, T> {
    shared.read().unwrap_or_else(PoisonError::into_inner)
}

pub(crate) fn write<T>(shared: &RwLock<T>) -> RwLockWriteGuard<'_, T> {
    shared.write().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    pub(crate) fn new(config: LogConfig, disk: Arc<dyn Disk>, clock: Arc<dyn Clock>, folder: Folder) -> Shared {
        let time = TrustedTime::start(None, clock.now(), clock.elapsed());
        Shared {
            config,
            disk,
            clock,
            folder,
            catalog: RwLock::default(),
            jobs: RwLock::default(),
            tables: RwLock::default(),
            files: RwLock::default(),
            active_file: AtomicU64::new(0),
            pins: Mutex::default(),
            queue: Queue::default(),
            progress: watch::Sender::new(0),
            moved: (Mutex::new(0), Condvar::new()),
            health: RwLock::new(Health::Serving),
            counters: Counters::default(),
            desk: (Mutex::default(), Condvar::new()),
            time: Mutex::new(time),
            next_stage: AtomicU64::new(1),
            closed: AtomicBool::new(false),
            making_file: Mutex::default(),
            replacements: AtomicU64::new(0),
            scarce: AtomicBool::new(false),
            stuck: AtomicBool::new(false),
            segments: Mutex::default(),
        }
    }

    pub(crate) fn topic(&self, id: TopicId) -> Option<Arc<TopicParts>> {
        read(&self.catalog).by_id.get(&id).map(Arc::clone)
    }

    /// All topics with their partitions, by name.
    pub(crate) fn all_topics(&self) -> Vec<Arc<TopicParts>> {
        let catalog = read(&self.catalog);
        catalog.by_name.values().filter_map(|id| catalog.by_id.get(id)).map(Arc::clone).collect()
    }

    pub(crate) fn partition(&self, id: TopicId, number: PartitionId) -> Result<Arc<Partition>, ReadError> {
        let parts = self.topic(id).ok_or(ReadError::UnknownTopic(id))?;
        let found = usize::try_from(number.0).ok().and_then(|index| parts.partitions.get(index));
        found
            .map(Arc::clone)
            .ok_or_else(|| ReadError::UnknownPartition { topic: parts.topic.name.clone(), partition: number })
    }

    /// Adds a topic to what is visible.
    pub(crate) fn add_topic(&self, parts: Arc<TopicParts>) {
        let mut catalog = write(&self.catalog);
        catalog.by_name.insert(parts.topic.name.clone(), parts.topic.id);
        catalog.by_id.insert(parts.topic.id, parts);
    }

    /// Shows a topic with other settings or more partitions, unless it is gone.
    pub(crate) fn change_topic(&self, parts: Arc<TopicParts>) -> Arc<Topic> {
        let topic = Arc::clone(&parts.topic);
        for partition in &parts.partitions {
            partition.set_topic(Arc::clone(&topic));
        }
        if let Some(place) = write(&self.catalog).by_id.get_mut(&topic.id) {
            *place = parts;
        }
        topic
    }

    pub(crate) fn remove_topic(&self, id: TopicId) {
        let mut catalog = write(&self.catalog);
        if let Some(parts) = catalog.by_id.remove(&id) {
            catalog.by_name.remove(&parts.topic.name);
        }
    }

    /// The log's own time in milliseconds; see `trusted_time`.
    pub(crate) fn trusted_now(&self) -> i64 {
        lock(&self.time).now(self.clock.now(), self.clock.elapsed())
    }

    /// Why nothing is taken, if so.
    pub(crate) fn unavailable(&self) -> Option<Unavailable> {
        match &*read(&self.health) {
            Health::Failed(reason) => Some(Unavailable::failed(reason)),
            Health::Serving | Health::Full(_) => None,
        }
    }

    /// Takes nothing any more.
    pub(crate) fn fail(&self, reason: &str) -> Unavailable {
        tracing::error!(reason, "the log failed");
        *write(&self.health) = Health::Failed(reason.to_owned());
        let unavailable = Unavailable::failed(reason);
        self.queue.refuse(&unavailable);
        unavailable
    }

    /// Tells everyone who waits that a high watermark moved.
    pub(crate) fn announce(&self) {
        self.progress.send_modify(|count| *count += 1);
        *lock(&self.moved.0) += 1;
        self.moved.1.notify_all();
    }

    /// Wakes the keeper.
    pub(crate) fn call_keeper(&self, change: impl FnOnce(&mut KeeperDesk)) {
        change(&mut lock(&self.desk.0));
        self.desk.1.notify_all();
    }

    pub(crate) fn pin(&self, file: u32) {
        *lock(&self.pins).entry(file).or_default() += 1;
    }

    pub(crate) fn unpin(&self, file: u32) {
        let mut pins = lock(&self.pins);
        if let Some(count) = pins.get_mut(&file) {
            *count -= 1;
            if *count == 0 {
                pins.remove(&file);
            }
        }
    }

    /// An open segment; those used last are kept open.
    pub(crate) fn open_segment(&self, partition: &Partition, wanted: &SegmentRef) -> Result<Arc<Segment>, ReadError> {
        let mut open = lock(&self.segments);
        let is_it =
            |it: &OpenSegment| (it.slot, it.base, it.generation) == (partition.slot, wanted.base, wanted.generation);
        if let Some(index) = open.iter().position(is_it) {
            let entry = open.remove(index);
            let segment = Arc::clone(&entry.segment);
            open.push(entry);
            return Ok(segment);
        }
        drop(open);
        let segment = Arc::new(self.load_segment(partition, wanted)?);
        let mut open = lock(&self.segments);
        if open.len() >= OPEN_SEGMENTS_MAX {
            open.remove(0);
        }
        let (slot, base, generation) = (partition.slot, wanted.base, wanted.generation);
        open.push(OpenSegment { slot, base, generation, segment: Arc::clone(&segment) });
        Ok(segment)
    }

    /// Opens a segment where it lies.
    pub(crate) fn load_segment(&self, partition: &Partition, wanted: &SegmentRef) -> Result<Segment, ReadError> {
        if wanted.place.is_local() {
            Segment::open(&*self.disk, &self.partition_dir(partition), wanted)
        } else {
            self.load_stored(partition, wanted)
        }
    }

    /// The folder of a partition's segments.
    pub(crate) fn partition_dir(&self, partition: &Partition) -> PathBuf {
        self.folder.topic(partition.topic_id).join(partition.number.to_string())
    }

    /// Lets go of open segments that were removed.
    pub(crate) fn close_segments(&self, gone: impl Fn(u32, i64) -> bool) {
        lock(&self.segments).retain(|it| !gone(it.slot, it.base));
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }
}
