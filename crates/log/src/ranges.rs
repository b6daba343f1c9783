//! Where a partition's records lie.

use yeoul_base::Offset;

use crate::partition::{PartitionState, Place};

/// Where some records lie.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Residence {
    /// In the write-ahead log.
    WriteAhead,
    /// In a segment in the data folder.
    Local,
    /// In a segment in the data folder, and verified in the object store.
    LocalAndStore,
    /// In a segment in the object store.
    Store,
}

/// Some of a partition's records that lie together.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Range {
    /// The first offset.
    pub start: Offset,
    /// The offset behind the last.
    pub end: Offset,
    /// The size of the batches in bytes.
    pub bytes: u64,
    /// Where they lie.
    pub residence: Residence,
    /// Whether compaction has been through them.
    pub compacted: bool,
}

/// A partition's ranges, by offset; what lies in the write-ahead log is one.
pub(crate) fn ranges(state: &PartitionState) -> Vec<Range> {
    let mut ranges: Vec<Range> = Vec::with_capacity(state.segments.len() + 1);
    for segment in &state.segments {
        let residence = match segment.place {
            Place::Local => Residence::Local,
            Place::Both => Residence::LocalAndStore,
            Place::Remote => Residence::Store,
        };
        let (start, end) = (Offset(segment.base), Offset(segment.end));
        ranges.push(Range { start, end, bytes: segment.bytes, residence, compacted: segment.clean });
    }
    if !state.hot.is_empty() {
        let bytes = state.hot.iter().map(|batch| u64::from(batch.bytes)).sum();
        let (start, end) = (Offset(state.hot_start()), Offset(state.high_watermark));
        ranges.push(Range { start, end, bytes, residence: Residence::WriteAhead, compacted: false });
    }
    ranges
}
