//! A partition's index: which batch lies where, up to the high watermark. Nothing in it is not durable.
//!
//! Cold data first, in segment objects that carry their own sparse index; behind them the hot batches, each with
//! its place in the write-ahead log. Both are sorted by offset and leave no gap.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use yeoul_base::{Offset, PartitionId, Timestamp, TopicId};

use crate::batch::AbortedTransaction;
use crate::log::Bounds;
use crate::topic::Topic;

/// A batch in the write-ahead log; 32 bytes, since there is one per batch.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct HotBatch {
    pub(crate) base: i64,
    pub(crate) max_timestamp: i64,
    pub(crate) file: u32,
    /// Where its entry begins in the file.
    pub(crate) at: u32,
    /// The batch's size.
    pub(crate) bytes: u32,
}

/// A segment object.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct SegmentRef {
    pub(crate) base: i64,
    /// The offset behind its last record.
    pub(crate) end: i64,
    /// The size of its batches.
    pub(crate) bytes: u64,
    pub(crate) max_timestamp: i64,
    /// The log's time when its last batch was appended, at the latest; milliseconds.
    pub(crate) appended: i64,
    /// The log's time when its first batch was appended, at the earliest; milliseconds.
    pub(crate) began: i64,
    /// How often its records were written anew; it is part of the object's name, so that none is ever changed.
    pub(crate) generation: u32,
    /// Whether no key in it has a later record before its end.
    pub(crate) clean: bool,
    /// When the first of its tombstones may go, in the log's time; `i64::MAX` without one that waits.
    pub(crate) horizon: i64,
    /// Where it lies.
    pub(crate) place: Place,
}

impl SegmentRef {
    /// A segment in the data folder with nothing in it yet.
    pub(crate) fn new(base: i64, end: i64, appended: i64) -> SegmentRef {
        SegmentRef {
            base,
            end,
            bytes: 0,
            max_timestamp: i64::MIN,
            appended,
            began: appended,
            generation: 0,
            clean: false,
            horizon: i64::MAX,
            place: Place::Local,
        }
    }
}

/// Where a segment's object lies.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Place {
    /// In the data folder.
    Local,
    /// In the data folder, and verified in the object store.
    Both,
    /// In the object store.
    Remote,
}

impl Place {
    pub(crate) fn is_local(self) -> bool {
        self != Place::Remote
    }

    pub(crate) fn is_remote(self) -> bool {
        self != Place::Local
    }
}

/// What a partition holds.
#[derive(Clone, Debug, Default)]
pub(crate) struct PartitionState {
    pub(crate) log_start: i64,
    pub(crate) high_watermark: i64,
    pub(crate) segments: VecDeque<SegmentRef>,
    pub(crate) hot: VecDeque<HotBatch>,
    pub(crate) bytes: u64,
    /// The greatest timestamp of what is kept; nothing if there is nothing.
    pub(crate) max_timestamp: Option<i64>,
    /// The transactions that are open: the offset of the first record, and the producer.
    pub(crate) open: BTreeMap<i64, i64>,
    /// The transactions that were aborted, by their markers' offsets.
    pub(crate) aborted: VecDeque<AbortedTransaction>,
}

/// A partition.
pub(crate) struct Partition {
    pub(crate) slot: u32,
    pub(crate) number: PartitionId,
    pub(crate) topic_id: TopicId,
    topic: RwLock<Arc<Topic>>,
    state: RwLock<PartitionState>,
}

impl Partition {
    pub(crate) fn new(slot: u32, number: PartitionId, topic: Arc<Topic>) -> Partition {
        Partition { slot, number, topic_id: topic.id, topic: RwLock::new(topic), state: RwLock::default() }
    }

    /// The topic, with the settings that are in force.
    pub(crate) fn topic(&self) -> Arc<Topic> {
        Arc::clone(&self.topic.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The topic's settings or its number of partitions changed.
    pub(crate) fn set_topic(&self, topic: Arc<Topic>) {
        *self.topic.write().unwrap_or_else(PoisonError::into_inner) = topic;
    }

    /// The index, to be read. A thread that panicked with it left it whole: each change is one step.
    pub(crate) fn read(&self) -> RwLockReadGuard<'_, PartitionState> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn write(&self) -> RwLockWriteGuard<'_, PartitionState> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl PartitionState {
    /// Makes a durable batch visible.
    pub(crate) fn push(&mut self, batch: HotBatch, end: i64) {
        self.bytes += u64::from(batch.bytes);
        self.max_timestamp = self.max_timestamp.max(Some(batch.max_timestamp));
        self.hot.push_back(batch);
        self.high_watermark = end;
    }

    /// Makes a transaction's marker visible, as a durable batch of one record.
    pub(crate) fn end_transaction(&mut self, marker: HotBatch, first: Option<i64>, producer: i64, commit: bool) {
        first.map(|first| self.open.remove(&first));
        if let Some(first) = first.filter(|_| !commit) {
            self.aborted.push_back(AbortedTransaction { producer, first, last: marker.base });
        }
        self.push(marker, marker.base + 1);
    }

    /// The offset up to which all transactions are decided.
    pub(crate) fn last_stable(&self) -> i64 {
        self.open.first_key_value().map_or(self.high_watermark, |(&first, _)| first.max(self.log_start))
    }

    /// The aborted transactions that have records or markers from one offset on and before another.
    pub(crate) fn aborted_in(&self, from: i64, end: i64) -> Vec<AbortedTransaction> {
        let behind = self.aborted.partition_point(|transaction| transaction.last < from);
        self.aborted.range(behind..).filter(|transaction| transaction.first < end).copied().collect()
    }

    /// The offset behind a hot batch's last record.
    pub(crate) fn hot_end(&self, index: usize) -> i64 {
        self.hot.get(index + 1).map_or(self.high_watermark, |next| next.base)
    }

    /// Begins the partition later: what lies wholly before is forgotten. Returns the segments that went.
    pub(crate) fn trim(&mut self, start: i64) -> Vec<SegmentRef> {
        self.log_start = self.log_start.max(start.min(self.high_watermark));
        let mut gone = Vec::new();
        while let Some(segment) = self.segments.front().copied().filter(|segment| segment.end <= self.log_start) {
            self.segments.pop_front();
            self.bytes -= segment.bytes;
            gone.push(segment);
        }
        while self.segments.is_empty() && !self.hot.is_empty() && self.hot_end(0) <= self.log_start {
            let batch = self.hot.pop_front();
            self.bytes -= batch.map_or(0, |batch| u64::from(batch.bytes));
        }
        let before = self.aborted.partition_point(|transaction| transaction.last < self.log_start);
        self.aborted.drain(..before);
        self.find_max_timestamp();
        gone
    }

    /// Computes the greatest timestamp from the index.
    pub(crate) fn find_max_timestamp(&mut self) {
        let segments = self.segments.iter().map(|segment| segment.max_timestamp);
        self.max_timestamp = segments.chain(self.hot.iter().map(|batch| batch.max_timestamp)).max();
    }

    /// Puts a segment in the place of the hot batches that it holds.
    pub(crate) fn cool(&mut self, segment: SegmentRef) {
        let mut hot_bytes = 0;
        while let Some(batch) = self.hot.front().filter(|batch| batch.base < segment.end) {
            hot_bytes += u64::from(batch.bytes);
            self.hot.pop_front();
        }
        self.bytes = self.bytes - hot_bytes + segment.bytes;
        self.segments.push_back(segment);
    }

    /// Puts one segment in the place of some that stand behind each other. Tells whether they were all still there:
    /// nothing changes if retention let one go meanwhile.
    pub(crate) fn replace(&mut self, old: &[SegmentRef], new: SegmentRef) -> bool {
        let Some(at) = old.first().and_then(|first| self.segments.iter().position(|it| it == first)) else {
            return false;
        };
        if !self.segments.range(at..).take(old.len()).eq(old) {
            return false;
        }
        self.segments.drain(at..at + old.len());
        self.segments.insert(at, new);
        self.bytes = self.bytes + new.bytes - old.iter().map(|segment| segment.bytes).sum::<u64>();
        self.find_max_timestamp();
        true
    }

    pub(crate) fn bounds(&self) -> Bounds {
        Bounds {
            log_start: Offset(self.log_start),
            high_watermark: Offset(self.high_watermark),
            last_stable: Offset(self.last_stable()),
            bytes: self.bytes,
            max_timestamp: self.max_timestamp.map(Timestamp),
        }
    }

    /// The first offset whose data are kept in the write-ahead log.
    pub(crate) fn hot_start(&self) -> i64 {
        self.hot.front().map_or(self.high_watermark, |batch| batch.base)
    }

    /// The place among the hot batches of the one that holds an offset.
    pub(crate) fn find_hot(&self, offset: i64) -> usize {
        self.hot.partition_point(|batch| batch.base <= offset).saturating_sub(1)
    }

    /// The segment that holds an offset.
    pub(crate) fn find_segment(&self, offset: i64) -> Option<SegmentRef> {
        let index = self.segments.partition_point(|segment| segment.end <= offset);
        self.segments.get(index).copied()
    }
}
