//! How far groups are behind: in records, and in time.
//!
//! The iterator age is the age of the oldest record that a group has not read. It is read from the log, one batch per
//! partition that a group is behind in, and kept while the group stands where it stood.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use yeoul_base::limits::BATCH_DECOMPRESSED_BYTES_MAX;
use yeoul_base::{Offset, PartitionId, TopicId};
use yeoul_log::batch::{batches, records};
use yeoul_log::{GroupOffset, Log};

use super::coordinator::Coordinator;

/// The most partitions whose iterator age is looked for at a time; of others the lag is told without it.
const AGES_MAX: usize = 10_000;

/// How far a group is behind in a partition.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GroupLag {
    /// The group.
    pub group: String,
    /// The topic.
    pub topic: String,
    /// The partition.
    pub partition: i32,
    /// Records that are there and not read.
    pub records: i64,
    /// Records that went before they were read.
    pub lost: i64,
    /// The age of the oldest record that is not read, in milliseconds; zero if all are, nothing if it is not known.
    pub age_ms: Option<i64>,
    /// How long it has been kept, in milliseconds, as retention counts: since it was appended, whatever its timestamp
    /// says. Nothing if all are read.
    pub kept_ms: Option<i64>,
}

/// The timestamps of records that groups stand before.
#[derive(Debug, Default)]
pub(crate) struct Ages(Mutex<HashMap<(TopicId, PartitionId, Offset), i64>>);

impl Coordinator {
    /// How far all groups are behind, by group, topic and partition.
    pub(crate) fn lags(&self) -> Vec<GroupLag> {
        let mut known = std::mem::take(&mut *self.ages.0.lock().unwrap_or_else(PoisonError::into_inner));
        let mut next = HashMap::new();
        let mut lags = Vec::new();
        for group in self.log.groups_with_offsets() {
            for offset in self.log.committed_offsets(&group) {
                lags.extend(self.lag(&group, &offset, &mut known, &mut next));
            }
        }
        *self.ages.0.lock().unwrap_or_else(PoisonError::into_inner) = next;
        lags
    }

    fn lag(
        &self,
        group: &str,
        offset: &GroupOffset,
        known: &mut HashMap<(TopicId, PartitionId, Offset), i64>,
        next: &mut HashMap<(TopicId, PartitionId, Offset), i64>,
    ) -> Option<GroupLag> {
        let topic = offset.committed.topic;
        let bounds = self.log.bounds(topic, offset.partition)?;
        let from = offset.committed.offset.max(bounds.log_start);
        let records = (bounds.high_watermark.0 - from.0).max(0);
        let place = (topic, offset.partition, from);
        let time = if records == 0 {
            None
        } else if next.len() < AGES_MAX {
            known.remove(&place).or_else(|| timestamp_at(&self.log, place))
        } else {
            known.remove(&place)
        };
        next.extend(time.map(|time| (place, time)));
        let age = |time: i64| self.log.clock().now().0.saturating_sub(time).max(0);
        let kept = self.log.retention_time(topic, offset.partition, from);
        Some(GroupLag {
            group: group.to_owned(),
            topic: offset.topic.clone(),
            partition: offset.partition.0,
            records,
            // What is committed below 0 stands for the beginning.
            lost: (bounds.log_start.0 - offset.committed.offset.0.max(0)).max(0),
            age_ms: if records == 0 { Some(0) } else { time.map(age) },
            kept_ms: kept.map(|kept| self.log.time().0.saturating_sub(kept.0).max(0)),
        })
    }

    /// Says where retention has overtaken a group, or is about to: once for each place.
    pub(crate) fn warn_of_retention(&self, said: &mut HashMap<(String, String, i32), i64>) {
        for lag in self.lags() {
            let (group, topic, partition) = (lag.group.clone(), lag.topic.clone(), lag.partition);
            let place = (group.clone(), topic.clone(), partition);
            if lag.lost > 0 {
                if said.insert(place, lag.lost) != Some(lag.lost) {
                    let lost = lag.lost;
                    tracing::warn!(group, topic, partition, lost, "records are gone before a group read them");
                }
                continue;
            }
            let retention = self.log.topic(&topic).and_then(|topic| topic.config.retention_ms());
            let Some(retention) = retention else { continue };
            let kept = lag.kept_ms.unwrap_or(0);
            // Four fifths of the time are over, and the fifth that is left is the time to do something.
            if lag.records > 0 && kept.saturating_mul(5) > retention.saturating_mul(4) {
                if said.insert(place, 0).is_none() {
                    let left_s = (retention - kept).max(0) / 1000;
                    tracing::warn!(
                        group,
                        topic,
                        partition,
                        left_s,
                        "retention is about to overtake a group; let it read faster, or raise `retention.ms`"
                    );
                }
            } else {
                said.remove(&place);
            }
        }
    }
}

/// The timestamp of the first record at or behind an offset.
fn timestamp_at(log: &Log, (topic, partition, from): (TopicId, PartitionId, Offset)) -> Option<i64> {
    let read = log.read(topic, partition, from, 1).ok()?;
    let (header, batch) = batches(read.data.first()?).next()?.ok()?;
    let records = records(batch, BATCH_DECOMPRESSED_BYTES_MAX).ok()?;
    for record in &records {
        let record = record.ok()?;
        if header.base_offset.0 + i64::from(record.offset_delta) >= from.0 {
            return Some(record.timestamp.0);
        }
    }
    None
}
