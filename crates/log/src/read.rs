//! Reading: batches from where they lie, checked, never past the high watermark.

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use yeoul_base::limits::BATCH_DECOMPRESSED_BYTES_MAX;
use yeoul_base::{Offset, Timestamp};

use crate::batch::{BatchHeader, batches, records};
use crate::error::ReadError;
use crate::log::ReadBatches;
use crate::partition::{HotBatch, Partition, PartitionState, SegmentRef};
use crate::segment::Segment;
use crate::shared::{Shared, read as lock_read};
use crate::transaction::Isolation;
use crate::wal::{ENTRY_HEADER, read_entry_batch};

/// Batches that lie so near to each other are read at once, in bytes ...
const GAP_BYTES_MAX: u64 = 16 << 10;
/// ... as long as what is read has at most so many times their bytes, ...
const SPREAD_MAX: u64 = 4;
/// ... and so many more. Both bound what a read takes, whatever lies between its batches.
const SPREAD_FREE: u64 = 64 << 10;
/// How often a read starts again because its data moved to a segment, or were removed, meanwhile: its file is gone then.
const ATTEMPTS_MAX: usize = 16;

/// Where the data of a read lie.
enum Source {
    Nothing,
    Segment(SegmentRef),
    /// Hot batches, and the offset behind the last.
    Hot(Vec<HotBatch>),
}

/// Reads whole batches from the one that holds `from`, at least one, up to `bytes_max`.
pub(crate) fn read(
    shared: &Shared,
    partition: &Partition,
    from: Offset,
    bytes_max: usize,
    isolation: Isolation,
) -> Result<ReadBatches, ReadError> {
    let mut last_error = None;
    for _ in 0..ATTEMPTS_MAX {
        let (source, mut answer) = locate(&partition.read(), from, bytes_max, isolation)?;
        let data = match source {
            Source::Nothing => Ok(Some(Vec::new())),
            Source::Segment(segment) => read_segment(shared, partition, segment, from, bytes_max).map(Some),
            Source::Hot(hot) => read_hot(shared, &hot),
        };
        match data {
            Ok(Some(data)) => {
                answer.data = if isolation == Isolation::Committed { cut_at(data, answer.last_stable) } else { data };
                answer.drop_aborted_behind();
                return Ok(answer);
            }
            Ok(None) => {}
            Err(error) if error.is_gone() => last_error = Some(error),
            Err(error) => return Err(error),
        }
    }
    Err(last_error.unwrap_or(ReadError::UnknownTopic(partition.topic_id)))
}

fn locate(
    state: &PartitionState,
    from: Offset,
    bytes_max: usize,
    isolation: Isolation,
) -> Result<(Source, ReadBatches), ReadError> {
    let (log_start, high_watermark) = (Offset(state.log_start), Offset(state.high_watermark));
    if from < log_start || from > high_watermark {
        return Err(ReadError::OffsetOutOfRange { asked: from, log_start, high_watermark });
    }
    let last_stable = Offset(state.last_stable());
    let committed = isolation == Isolation::Committed;
    let source = if from == high_watermark || (committed && from >= last_stable) {
        Source::Nothing
    } else if from.0 < state.hot_start() {
        state.find_segment(from.0).map_or(Source::Nothing, Source::Segment)
    } else {
        Source::Hot(choose_hot(state, from, bytes_max))
    };
    let aborted = if committed { state.aborted_in(from.0, last_stable.0) } else { Vec::new() };
    Ok((source, ReadBatches { data: Vec::new(), high_watermark, log_start, last_stable, aborted }))
}

/// The batches before an offset, at which one begins.
fn cut_at(data: Vec<Bytes>, end: Offset) -> Vec<Bytes> {
    let before = |bytes: Bytes| {
        let kept = batches(&bytes).flatten().take_while(|(header, _)| header.base_offset < end);
        let length: usize = kept.map(|(header, _)| header.bytes).sum();
        if length == bytes.len() { bytes } else { bytes.slice(..length) }
    };
    data.into_iter().map(before).filter(|bytes| !bytes.is_empty()).collect()
}

impl ReadBatches {
    /// Leaves out the aborted transactions that begin behind what was read.
    fn drop_aborted_behind(&mut self) {
        if self.aborted.is_empty() {
            return;
        }
        let last = self.data.last().and_then(|bytes| batches(bytes).flatten().last());
        let end = last.map_or(i64::MIN, |(header, _)| header.last_offset().0);
        self.aborted.retain(|transaction| transaction.first <= end);
    }
}

fn choose_hot(state: &PartitionState, from: Offset, bytes_max: usize) -> Vec<HotBatch> {
    let mut chosen: Vec<HotBatch> = Vec::new();
    let mut bytes = 0;
    for &batch in state.hot.range(state.find_hot(from.0)..) {
        bytes += batch.bytes as usize;
        if !chosen.is_empty() && bytes > bytes_max {
            break;
        }
        chosen.push(batch);
    }
    chosen
}

/// Reads hot batches; nothing if a file is gone, since its batches are in segments now.
pub(crate) fn read_hot(shared: &Shared, hot: &[HotBatch]) -> Result<Option<Vec<Bytes>>, ReadError> {
    let mut data = Vec::with_capacity(hot.len());
    for run in runs(hot) {
        let batches = hot.get(run).unwrap_or_default();
        let (Some(first), Some(last)) = (batches.first(), batches.last()) else { continue };
        let file = lock_read(&shared.files).get(&first.file).map(Arc::clone);
        let Some(file) = file else { return Ok(None) };
        let wanted: Vec<(u64, usize, Offset)> =
            batches.iter().map(|batch| (u64::from(batch.at), batch.bytes as usize, Offset(batch.base))).collect();
        let found = read_entry_batch(&file, u64::from(first.at), entry_end(last), &wanted)?;
        let span = entry_end(last) - u64::from(first.at);
        if span > 2 * batches.iter().map(|batch| u64::from(batch.bytes)).sum::<u64>() {
            // Copied, so that what lies between them is not kept with them.
            data.extend(found.iter().map(|batch| Bytes::copy_from_slice(batch)));
        } else {
            data.extend(found);
        }
    }
    Ok(Some(data))
}

fn entry_end(batch: &HotBatch) -> u64 {
    u64::from(batch.at) + ENTRY_HEADER as u64 + u64::from(batch.bytes)
}

/// Splits batches into stretches that lie near to each other in one file, in ascending order.
fn runs(hot: &[HotBatch]) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    // Where the last run begins, and its batches' bytes.
    let (mut from, mut bytes) = (0, 0);
    for (index, batch) in hot.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|index| hot.get(index));
        let near = before.is_some_and(|before| {
            let gap = u64::from(batch.at).checked_sub(entry_end(before));
            before.file == batch.file && gap.is_some_and(|gap| gap <= GAP_BYTES_MAX)
        });
        bytes += u64::from(batch.bytes);
        let near = near && entry_end(batch).saturating_sub(from) <= SPREAD_MAX * bytes + SPREAD_FREE;
        if !near {
            (from, bytes) = (u64::from(batch.at), u64::from(batch.bytes));
        }
        match runs.last_mut().filter(|_| near) {
            Some(run) => run.end = index + 1,
            None => runs.push(index..index + 1),
        }
    }
    runs
}

fn read_segment(
    shared: &Shared,
    partition: &Partition,
    segment: SegmentRef,
    from: Offset,
    bytes_max: usize,
) -> Result<Vec<Bytes>, ReadError> {
    let segment = shared.open_segment(partition, &segment)?;
    let mut data = Vec::new();
    let mut bytes = 0;
    for block in segment.blocks.get(segment.find(from.0)..).unwrap_or_default() {
        if bytes > 0 && bytes + block.bytes as usize > bytes_max {
            break;
        }
        let whole = segment.read(block)?;
        let (part, is_whole) = cut(&whole, from, bytes_max.saturating_sub(bytes));
        bytes += part.len();
        // Behind a gap, a block may hold nothing from the offset on.
        if !part.is_empty() {
            data.push(part);
        }
        if !is_whole {
            break;
        }
    }
    Ok(data)
}

/// The batches of a block from the one that holds an offset, at least one, up to `bytes_max`; tells whether these are
/// all to the block's end.
fn cut(block: &Bytes, from: Offset, bytes_max: usize) -> (Bytes, bool) {
    let mut start = 0;
    let mut end = 0;
    for (header, _) in batches(block).flatten() {
        if header.last_offset() < from {
            start += header.bytes;
            end = start;
        } else if end == start || end + header.bytes - start <= bytes_max {
            end += header.bytes;
        } else {
            break;
        }
    }
    (block.slice(start..end), end == block.len())
}

/// The first record that is kept whose timestamp is at or behind a time.
pub(crate) fn offset_at(
    shared: &Shared,
    partition: &Partition,
    time: Timestamp,
) -> Result<Option<(Offset, Timestamp)>, ReadError> {
    let mut last_error = None;
    for _ in 0..ATTEMPTS_MAX {
        let state = partition.read();
        let start = Offset(state.log_start);
        let late = |timestamp: i64| timestamp >= time.0;
        let segments: Vec<SegmentRef> = state.segments.iter().copied().filter(|it| late(it.max_timestamp)).collect();
        // In offset order: a segment's first, and then the first few hot batches that can hold it.
        let hot: Vec<HotBatch> = state.hot.iter().copied().filter(|it| late(it.max_timestamp)).take(16).collect();
        drop(state);
        match find_time(shared, partition, &segments, &hot, (start, time)) {
            Ok(Some(found)) => return Ok(found),
            Ok(None) => {}
            Err(error) if error.is_gone() => last_error = Some(error),
            Err(error) => return Err(error),
        }
    }
    Err(last_error.unwrap_or(ReadError::UnknownTopic(partition.topic_id)))
}

type Found = Option<(Offset, Timestamp)>;

/// Searches what can hold the record; the outer nothing means that a file is gone meanwhile.
fn find_time(
    shared: &Shared,
    partition: &Partition,
    segments: &[SegmentRef],
    hot: &[HotBatch],
    wanted: (Offset, Timestamp),
) -> Result<Option<Found>, ReadError> {
    for segment in segments {
        let segment = shared.open_segment(partition, segment)?;
        if let Some(found) = find_in_segment(&segment, wanted)? {
            return Ok(Some(Some(found)));
        }
    }
    for batch in hot {
        let Some(data) = read_hot(shared, std::slice::from_ref(batch))? else { return Ok(None) };
        for batch in &data {
            if let Some(found) = find_in_batches(batch, wanted) {
                return Ok(Some(Some(found)));
            }
        }
    }
    Ok(Some(None))
}

fn find_in_segment(segment: &Segment, wanted: (Offset, Timestamp)) -> Result<Found, ReadError> {
    for block in segment.blocks.iter().filter(|block| block.max_timestamp >= wanted.1.0) {
        let bytes = segment.read(block)?;
        if let Some(found) = find_in_batches(&bytes, wanted) {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

fn find_in_batches(bytes: &[u8], wanted: (Offset, Timestamp)) -> Found {
    let candidates = batches(bytes).flatten().filter(|(header, _)| header.max_timestamp >= wanted.1);
    candidates.filter_map(|(header, batch)| find_in_batch(&header, batch, wanted)).next()
}

fn find_in_batch(header: &BatchHeader, batch: &[u8], (start, time): (Offset, Timestamp)) -> Found {
    // The batch was walked when it was appended, so that nothing here fails.
    let records = records(batch, BATCH_DECOMPRESSED_BYTES_MAX).ok()?;
    let offset_of = |delta| header.base_offset.plus(i64::from(delta));
    let mut placed = (&records).into_iter().flatten().map(|record| (offset_of(record.offset_delta), record.timestamp));
    placed.find(|&(offset, timestamp)| offset >= start && timestamp >= time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_far_apart_are_read_in_stretches_of_bounded_size() {
        let batch =
            |index: u32| HotBatch { base: i64::from(index), max_timestamp: 0, file: 1, at: index * 4096, bytes: 80 };
        let hot: Vec<HotBatch> = (0..10_000).map(batch).collect();
        let runs = runs(&hot);
        assert_eq!(runs.iter().map(ExactSizeIterator::len).sum::<usize>(), hot.len());
        for run in runs {
            let hot = hot.get(run).unwrap_or_default();
            let span = hot.last().map_or(0, entry_end) - hot.first().map_or(0, |batch| u64::from(batch.at));
            assert!(span <= SPREAD_FREE + SPREAD_MAX * 80 * hot.len() as u64, "{span}");
        }
    }

    #[test]
    fn batches_that_lie_dense_are_read_at_once() {
        let batch =
            |index: u32| HotBatch { base: i64::from(index), max_timestamp: 0, file: 1, at: index * 4096, bytes: 4000 };
        assert_eq!(runs(&(0..1000).map(batch).collect::<Vec<_>>()).len(), 1);
    }
}
