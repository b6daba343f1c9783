//! Reads topics of the platform's own log, batch by batch as they are stored.
//!
//! A split is a partition, named `topic-0` (`topic-0@<topic id>` among the positions that are kept); its position is the
//! offset of the next record. Where a scan ends at an offset that was found at its start (`latest-offset`, `timestamp`), that
//! is kept as well, as `topic-0@<topic id>#end`, so that a restart ends there too. A position also moves over
//! records that gave no row (no value) or a failed one, and over offsets that don't exist. A position that can't be
//! read any more fails the job and says how much is gone: skipping it would lose rows without a word (C6).

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use yeoul_base::limits::BATCH_DECOMPRESSED_BYTES_MAX;
use yeoul_base::{JobName, Offset, PartitionId, Timestamp};
use yeoul_engine::source::{Poll, Positions, Source, SourceBatch, SourceError, SplitLag};
use yeoul_format::RowError;
use yeoul_log::batch::{self, BatchHeader, CommittedFilter};
use yeoul_log::{Isolation, Log, ReadError, Topic};

use super::groups::{Groups, Reads};
use super::options::{Bounded, Reset, ScanOptions, Startup};
use super::records::{Gathered, RecordColumns};

/// Ends the key of an offset at which reading ends.
const END_MARK: &str = "#end";
/// What one read of the log takes.
const READ_BYTES: usize = 1 << 20;
/// A poll ends behind the record with which it has decoded this much.
const POLL_BYTES_MAX: usize = 8 << 20;
/// A poll looks at so many slices of the log at most, also where no row comes of them.
const SLICES_MAX: usize = 64;
/// How long one partition of several is waited on before the next one is looked at.
const WAIT_SLICE_MAX: Duration = Duration::from_millis(10);

/// What becomes of rows that can't be decoded.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Malformed {
    /// They are put aside.
    Kept,
    /// They are left out, as the format's options say.
    Ignored,
    /// They fail the job.
    Refused,
}

/// Reads the topics of one table.
pub(crate) struct KafkaSource {
    log: Log,
    table: String,
    columns: RecordColumns,
    malformed: Malformed,
    splits: Vec<Split>,
    /// Whether reading ends at all, also where this subtask has no split.
    ends: bool,
    /// The split to look at first.
    turn: usize,
}

struct Split {
    topic: Arc<Topic>,
    topic_name: Arc<str>,
    partition: PartitionId,
    name: Arc<str>,
    /// The offset of the next record.
    next: i64,
    /// Where reading ends.
    stop: Option<i64>,
    /// Batches that were read and not taken yet.
    read: VecDeque<Bytes>,
    isolation: Isolation,
    /// Which of the batches that were read are to be taken.
    filter: CommittedFilter,
    /// The group that was to say where reading starts or ends, and has not been here; and what to do.
    nowhere: Option<(String, &'static str)>,
}

/// What a group that has not been here leaves open, and what to do.
const NO_BEGINNING: &str = "nothing says where to begin; set 'properties.auto.offset.reset' to 'earliest' or 'latest'";
const NO_END: &str = "reading is to end there; commit one, or set 'scan.bounded.mode' to 'latest-offset'";

impl KafkaSource {
    pub(crate) fn new(
        log: Log,
        table: &str,
        topics: &[Arc<Topic>],
        scan: &ScanOptions,
        columns: RecordColumns,
        malformed: Malformed,
    ) -> Result<KafkaSource, ReadError> {
        let mut splits = Vec::new();
        for topic in topics {
            let name: Arc<str> = Arc::from(topic.name.as_str());
            for partition in (0..topic.partitions).map(PartitionId) {
                splits.push(Split::new(&log, topic, &name, partition, scan)?);
            }
        }
        let ends = splits.iter().all(|split| split.stop.is_some());
        Ok(KafkaSource { log, table: table.to_owned(), columns, malformed, splits, ends, turn: 0 })
    }

    /// Lets the offsets of a group be committed with the job's checkpoints.
    pub(crate) fn commit_for(&self, groups: &Groups, job: &JobName, group: &str) {
        for split in &self.splits {
            let reads = Reads {
                group: group.to_owned(),
                topic: split.topic.name.clone(),
                id: split.topic.id,
                partition: split.partition,
            };
            groups.reads(job, split.key(), reads);
        }
    }

    /// Takes rows of the split at `place`; none if there is nothing now.
    fn take(&mut self, place: usize, rows_max: usize) -> Result<Option<SourceBatch>, SourceError> {
        let Some(split) = self.splits.get_mut(place) else { return Ok(None) };
        if let Some((group, remedy)) = &split.nowhere {
            return Err(SourceError::Unreadable(format!(
                "group `{group}` has no committed offset in partition {} of topic `{}`, and {remedy}",
                split.partition, split.topic_name
            )));
        }
        let start = split.next;
        let mut gathered = self.columns.begin(&split.name, &split.topic_name, split.partition.0);
        let mut slices = 0;
        while gathered.records() < rows_max && self.columns.bytes() < POLL_BYTES_MAX && !split.ended() {
            slices += 1;
            if slices > SLICES_MAX {
                break;
            }
            let Some(bytes) = split.next_batch(&self.log)? else { break };
            let mut taker = Taker {
                table: &self.table,
                columns: &mut self.columns,
                malformed: self.malformed,
                split: &mut *split,
                gathered: &mut gathered,
                rows_max,
            };
            if !taker.batch(&bytes)? {
                split.read.push_front(bytes);
            }
        }
        if split.next == start {
            return Ok(None);
        }
        self.columns.finish(gathered).map(Some).map_err(|error| SourceError::Unreadable(error.to_string()))
    }
}

impl Source for KafkaSource {
    fn divide(&mut self, subtask: usize, of: usize) -> bool {
        self.splits.retain(|split| split.subtask(of) == subtask);
        true
    }

    fn restore(&mut self, positions: &Positions) -> Result<(), SourceError> {
        for split in &mut self.splits {
            if let Some(position) = split.position_in(positions)? {
                split.next = position;
                split.nowhere = None;
                split.stop = positions.get(&split.end_key()).copied().or(split.stop);
                split.read.clear();
            }
        }
        Ok(())
    }

    fn poll(&mut self, rows_max: usize) -> Result<Poll, SourceError> {
        for step in 0..self.splits.len() {
            let place = (self.turn + step) % self.splits.len();
            if let Some(batch) = self.take(place, rows_max)? {
                self.turn = place + 1;
                return Ok(Poll::Batch(batch));
            }
        }
        Ok(if self.ends && self.splits.iter().all(Split::ended) { Poll::End } else { Poll::Pending })
    }

    fn wait(&mut self, timeout: Duration) {
        let waiting: Vec<&Split> = self.splits.iter().filter(|split| !split.ended()).collect();
        let slice = if waiting.len() > 1 { timeout.min(WAIT_SLICE_MAX) } else { timeout };
        let mut left = timeout;
        loop {
            for split in &waiting {
                let behind = Offset(split.next);
                if self.log.wait_readable(split.topic.id, split.partition, behind, split.isolation, slice.min(left)) {
                    return;
                }
                left = left.saturating_sub(slice);
            }
            if left.is_zero() || waiting.is_empty() {
                return;
            }
        }
    }

    fn positions(&self) -> Positions {
        let ends = self.splits.iter().filter_map(|split| Some((split.end_key(), split.stop?)));
        self.splits.iter().map(|split| (split.key(), split.next)).chain(ends).collect()
    }

    fn splits(&self) -> Vec<String> {
        self.splits.iter().map(|split| split.name.to_string()).collect()
    }

    fn lag(&self) -> Vec<SplitLag> {
        let lag = |split: &Split| {
            let bounds = self.log.bounds(split.topic.id, split.partition);
            let end = bounds.map(|bounds| bounds.high_watermark.0);
            let end = end.map(|end| split.stop.map_or(end, |stop| stop.min(end)));
            SplitLag { split: split.name.to_string(), position: split.next, end }
        };
        self.splits.iter().map(lag).collect()
    }
}

impl Split {
    fn new(
        log: &Log,
        topic: &Arc<Topic>,
        topic_name: &Arc<str>,
        partition: PartitionId,
        scan: &ScanOptions,
    ) -> Result<Split, ReadError> {
        let bounds = log.bounds(topic.id, partition).ok_or(ReadError::UnknownTopic(topic.id))?;
        let (first, end) = (bounds.log_start.0, bounds.readable_end(scan.isolation).0);
        let at = |time: i64| -> Result<i64, ReadError> {
            let found = log.offset_at(topic.id, partition, Timestamp(time))?;
            Ok(found.map_or(end, |(offset, _)| offset.0))
        };
        let committed = scan.group.as_deref().and_then(|group| log.committed_offset(group, topic_name, partition));
        let mut nowhere = None;
        let next = match &scan.startup {
            Startup::Group(reset) => match (&committed, reset) {
                (Some(committed), _) => committed.offset.0,
                (None, Reset::Earliest) => first,
                (None, Reset::Latest) => end,
                (None, Reset::None) => {
                    nowhere = scan.group.clone().map(|group| (group, NO_BEGINNING));
                    first
                }
            },
            Startup::Earliest => first,
            Startup::Latest => end,
            Startup::Timestamp(time) => at(*time)?,
            Startup::Offsets(offsets) => offsets.get(&partition.0).copied().unwrap_or(first),
        };
        let stop = match &scan.bounded {
            Bounded::Never => None,
            Bounded::Latest => Some(end),
            Bounded::Timestamp(time) => Some(at(*time)?),
            Bounded::Offsets(offsets) => Some(offsets.get(&partition.0).copied().unwrap_or(end)),
            Bounded::Group => {
                if committed.is_none() {
                    nowhere = scan.group.clone().map(|group| (group, NO_END));
                }
                committed.map(|committed| committed.offset.0)
            }
        };
        let name = Arc::from(format!("{topic_name}-{partition}"));
        let (topic, topic_name) = (topic.clone(), topic_name.clone());
        let (isolation, filter) = (scan.isolation, CommittedFilter::default());
        Ok(Split { topic, topic_name, partition, name, next, stop, read: VecDeque::new(), isolation, filter, nowhere })
    }

    /// The subtask, of so many, that reads the split: a topic's partitions go around, beginning at one that its name says.
    fn subtask(&self, of: usize) -> usize {
        let first = self.topic_name.bytes().fold(0_usize, |hash, byte| (hash * 31 + usize::from(byte)) % of);
        (first + usize::try_from(self.partition.0).unwrap_or_default()) % of
    }

    /// What the split is called among a checkpoint's positions: by its name, and by the id of the topic that they are
    /// of, since a topic that was created anew under the name begins again at 0.
    fn key(&self) -> String {
        format!("{}@{}", self.name, self.topic.id)
    }

    /// What the offset at which the split ends is called among a checkpoint's positions.
    fn end_key(&self) -> String {
        format!("{}{END_MARK}", self.key())
    }

    /// The split's position in a checkpoint, if it has one; one without an id is taken for this topic's.
    fn position_in(&self, positions: &Positions) -> Result<Option<i64>, SourceError> {
        if let Some(position) = positions.get(&self.key()) {
            return Ok(Some(*position));
        }
        let of_another = |key: &String| key.strip_prefix(&*self.name).is_some_and(|rest| rest.starts_with('@'));
        if positions.keys().any(of_another) {
            return Err(SourceError::Unreadable(format!(
                "topic `{}` was deleted and created anew since the job read it; start the job with `--fresh`",
                self.topic_name
            )));
        }
        Ok(positions.get(&*self.name).copied())
    }

    fn ended(&self) -> bool {
        self.stop.is_some_and(|stop| self.next >= stop)
    }

    /// The next stored batch or batches, some of which may lie before `next`.
    fn next_batch(&mut self, log: &Log) -> Result<Option<Bytes>, SourceError> {
        if self.read.is_empty() {
            let from = Offset(self.next);
            let read = log.read_isolated(self.topic.id, self.partition, from, READ_BYTES, self.isolation);
            let read = read.map_err(|error| self.unreadable(&error))?;
            self.filter = CommittedFilter::new(&read.aborted);
            self.read = read.data.into();
        }
        Ok(self.read.pop_front())
    }

    fn unreadable(&self, error: &ReadError) -> SourceError {
        let text = match error {
            ReadError::OffsetOutOfRange { asked, log_start, .. } if asked < log_start => format!(
                "records {asked} to {} of `{}` are gone (the topic's retention removed them) before the job read them; \
                 raise `retention.ms` of the topic, and start the job with `--fresh`",
                log_start.0 - 1,
                self.name
            ),
            ReadError::OffsetOutOfRange { asked, high_watermark, .. } => format!(
                "the job has read `{}` up to {asked}, but it ends at {high_watermark}: the topic was created anew; \
                 start the job with `--fresh`",
                self.name
            ),
            ReadError::UnknownTopic(_) => {
                format!("topic `{}` was deleted while the job read it; start the job with `--fresh`", self.topic_name)
            }
            other => format!("`{}`: {other}", self.name),
        };
        SourceError::Unreadable(text)
    }
}

/// Takes the records of stored batches.
struct Taker<'a> {
    table: &'a str,
    columns: &'a mut RecordColumns,
    malformed: Malformed,
    split: &'a mut Split,
    gathered: &'a mut Gathered,
    rows_max: usize,
}

impl Taker<'_> {
    /// Takes what a slice of the log holds from the split's position on; false if it is to be looked at again.
    fn batch(&mut self, bytes: &[u8]) -> Result<bool, SourceError> {
        for batch in batch::batches(bytes) {
            let (header, batch) = batch.map_err(|error| self.damaged(&error.to_string()))?;
            if header.last_offset().0 < self.split.next {
                continue;
            }
            let takes = self.split.filter.takes(&header, batch).map_err(|error| self.damaged(&error.to_string()))?;
            if !takes {
                self.split.next = header.last_offset().0 + 1;
                continue;
            }
            if !self.records(&header, batch)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Takes the records of one batch; false if they aren't all taken.
    fn records(&mut self, header: &BatchHeader, batch: &[u8]) -> Result<bool, SourceError> {
        let records = batch::records(batch, BATCH_DECOMPRESSED_BYTES_MAX);
        let records = records.map_err(|error| self.damaged(&error.to_string()))?;
        for record in &records {
            let record = record.map_err(|error| self.damaged(&error.to_string()))?;
            let offset = header.base_offset.0 + i64::from(record.offset_delta);
            if offset < self.split.next {
                continue;
            }
            if self.full() || self.split.ended() {
                return Ok(false);
            }
            let pushed = self.columns.push(self.gathered, header, &record);
            if let Err(error) = pushed.map_err(|error| SourceError::Unreadable(error.to_string()))? {
                self.failed(error, offset, record.value)?;
            }
            self.split.next = offset + 1;
        }
        self.split.next = self.split.next.max(header.last_offset().0 + 1);
        Ok(true)
    }

    fn full(&self) -> bool {
        self.gathered.records() >= self.rows_max || self.columns.bytes() >= POLL_BYTES_MAX
    }

    fn failed(&mut self, error: RowError, position: i64, raw: Option<&[u8]>) -> Result<(), SourceError> {
        match self.malformed {
            Malformed::Kept => self.gathered.fail("malformed", error.to_string(), position, raw),
            Malformed::Ignored => self.gathered.ignore(),
            Malformed::Refused => {
                let (table, split) = (self.table.to_owned(), self.split.name.to_string());
                return Err(SourceError::Malformed { table, split, position, reason: error.to_string() });
            }
        }
        Ok(())
    }

    fn damaged(&self, reason: &str) -> SourceError {
        SourceError::Unreadable(format!("`{}` is damaged near offset {}: {reason}", self.split.name, self.split.next))
    }
}
