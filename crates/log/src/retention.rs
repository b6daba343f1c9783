//! Retention: letting partitions begin later, by time and size, and making files old enough for it.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::keeper::Keeper;
use crate::partition::{Partition, PartitionState};
use crate::queue::Request;
use crate::shared::{Shared, read};

/// A file is not left for the next one earlier than this, in milliseconds, whatever a topic asks for.
const FILE_AGE_MIN_MS: i64 = 1000;

/// The time that retention goes by for what lies at or behind an offset.
pub(crate) fn retention_time(shared: &Shared, state: &PartitionState, offset: i64) -> Option<i64> {
    if offset >= state.high_watermark {
        return None;
    }
    if let Some(segment) = state.segments.iter().find(|segment| offset < segment.end) {
        return Some(segment.appended);
    }
    let batch = state.hot.get(state.find_hot(offset))?;
    let files = read(&shared.files);
    files.get(&batch.file).map(|file| file.last_time.load(Ordering::Relaxed))
}

impl Keeper {
    /// Lets partitions begin later, where their topics' settings say so.
    pub(crate) fn apply_retention(&mut self) {
        let elapsed = self.shared.clock.elapsed();
        if elapsed.saturating_sub(self.last_retention) < self.shared.config.retention_interval {
            return;
        }
        self.last_retention = elapsed;
        let now = self.shared.trusted_now();
        let expiration = i64::try_from(self.shared.config.producer_expiration.as_millis()).unwrap_or(i64::MAX);
        self.shared.queue.push(Request::ExpireProducers { before: now.saturating_sub(expiration) });
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
        let topic = partition.topic();
        let config = &topic.config;
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

    /// Goes on to the next file when what is in this one is so old that a topic wants it in a segment, or gone. Else
    /// the records of a quiet log would stay until it has written a whole file.
    pub(crate) fn roll_old_file(&self) {
        let active = u32::try_from(self.shared.active_file.load(Ordering::Acquire)).unwrap_or(0);
        let Some(file) = read(&self.shared.files).get(&active).map(Arc::clone) else { return };
        let began = file.first_time.load(Ordering::Relaxed);
        if began == i64::MAX {
            return;
        }
        let age = self.shared.trusted_now().saturating_sub(began);
        let most = i64::try_from(self.shared.config.file_age_max.as_millis()).unwrap_or(i64::MAX);
        if age >= most || age >= self.least_roll_ms(active).max(FILE_AGE_MIN_MS) {
            self.shared.queue.push(Request::Roll { file: active });
        }
    }

    /// The least time that any topic with records in a file wants to wait before they go into a segment.
    fn least_roll_ms(&self, file: u32) -> i64 {
        let has_records = |partition: &Arc<Partition>| partition.read().hot.back().is_some_and(|it| it.file == file);
        let topics = self.shared.all_topics();
        let wanting = topics.iter().filter(|parts| parts.partitions.iter().any(has_records));
        wanting.map(|parts| parts.topic.config.roll_ms()).min().unwrap_or(i64::MAX)
    }
}
