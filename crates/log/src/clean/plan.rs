//! What is to be done to a partition's segments: which are compacted, which are put together.

use std::ops::Range;

use crate::partition::{Place, SegmentRef};
use crate::topic_config::TopicConfig;

/// The size that written segments do not exceed by more than a batch.
pub(super) const SEGMENT_BYTES_MAX: u64 = 128 << 20;
/// So many neighbours of about a size are put together.
const MERGED_MIN: usize = 8;
/// Segments up to this size are small; up to eight times it, less so; and so on.
const SMALL_BYTES: u64 = 64 << 10;
/// Segments that are put together span at most this share of the time that records are kept.
const RETENTION_SHARE: i64 = 8;

/// How many segments from the first on are to be compacted; 0 if there is no reason to.
pub(super) fn to_compact(segments: &[SegmentRef], config: &TopicConfig, now: i64) -> usize {
    let safe_from = now.saturating_sub(config.min_compaction_lag_ms());
    let local = |segment: &&SegmentRef| segment.appended <= safe_from && segment.place == Place::Local;
    let count = segments.iter().take_while(local).count();
    let considered = segments.get(..count).unwrap_or_default();
    let all: u64 = considered.iter().map(|segment| segment.bytes).sum();
    let dirty: u64 = considered.iter().filter(|segment| !segment.clean).map(|segment| segment.bytes).sum();
    let first_dirty = considered.iter().find(|segment| !segment.clean);
    let overdue = first_dirty.is_some_and(|it| now.saturating_sub(it.began) >= config.max_compaction_lag_ms());
    let enough = dirty > 0 && config.is_dirty_enough(dirty, all);
    let tombstones = considered.iter().any(|segment| segment.horizon <= now);
    if enough || overdue || tombstones { count } else { 0 }
}

/// Segments that stand behind each other and become one; nothing if all are well as they are.
pub(super) fn to_merge(segments: &[SegmentRef], config: &TopicConfig) -> Option<Range<usize>> {
    let largest = segments.iter().map(class).max()?;
    (0..=largest).find_map(|class| run_of(segments, class, config))
}

/// How large a segment is, by powers of eight.
fn class(segment: &SegmentRef) -> u32 {
    (segment.bytes / SMALL_BYTES).checked_ilog(8).map_or(0, |power| power + 1)
}

/// The first run of enough segments that are not larger than a class, and fit into one.
fn run_of(segments: &[SegmentRef], most: u32, config: &TopicConfig) -> Option<Range<usize>> {
    let limit = config.segment_bytes().min(SEGMENT_BYTES_MAX);
    let span = config.retention_ms().map_or(i64::MAX, |ms| ms / RETENTION_SHARE).min(config.segment_ms());
    let mut start = 0;
    let mut bytes = 0;
    for (index, segment) in segments.iter().enumerate() {
        let began = segments.get(start).map_or(segment.began, |first| first.began);
        let fits = bytes + segment.bytes <= limit && segment.appended.saturating_sub(began) <= span;
        if class(segment) > most || segment.place != Place::Local || !fits {
            if index - start >= MERGED_MIN {
                return Some(start..index);
            }
            let begins_anew = class(segment) <= most && segment.place == Place::Local;
            (start, bytes) = if begins_anew { (index, segment.bytes) } else { (index + 1, 0) };
        } else {
            bytes += segment.bytes;
        }
    }
    (segments.len() - start >= MERGED_MIN).then_some(start..segments.len())
}

/// Splits segments that are to be written anew into groups, each to become one.
pub(super) fn groups<'a>(segments: &'a [SegmentRef], config: &TopicConfig) -> Vec<&'a [SegmentRef]> {
    let limit = config.segment_bytes().min(SEGMENT_BYTES_MAX);
    let mut groups = Vec::new();
    let mut rest = segments;
    while !rest.is_empty() {
        let mut bytes = 0;
        let fits = |segment: &&SegmentRef| {
            bytes += segment.bytes;
            bytes <= limit
        };
        let (group, behind) = rest.split_at(rest.iter().take_while(fits).count().max(1));
        groups.push(group);
        rest = behind;
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segment(base: i64, bytes: u64) -> SegmentRef {
        SegmentRef { bytes, ..SegmentRef::new(base, base + 10, base) }
    }

    fn config(settings: &[(&str, &str)]) -> TopicConfig {
        let mut config = TopicConfig::default();
        settings.iter().for_each(|(key, value)| config.set(key, value).unwrap());
        config
    }

    #[test]
    fn a_partition_is_compacted_when_it_is_dirty_enough_overdue_or_has_tombstones_to_drop() {
        let mut segments = vec![segment(0, 1000), segment(10, 100)];
        segments[0].clean = true;
        let compact = |extra: &[(&str, &str)]| config(&[&[("cleanup.policy", "compact")], extra].concat());
        assert_eq!(to_compact(&segments, &compact(&[]), 1000), 0);
        assert_eq!(to_compact(&segments, &compact(&[("min.cleanable.dirty.ratio", "0.05")]), 1000), 2);
        assert_eq!(to_compact(&segments, &compact(&[("max.compaction.lag.ms", "990")]), 1000), 2);
        assert_eq!(to_compact(&segments, &compact(&[("max.compaction.lag.ms", "991")]), 1000), 0);
        segments[0].horizon = 1000;
        assert_eq!(to_compact(&segments, &compact(&[]), 999), 0);
        assert_eq!(to_compact(&segments, &compact(&[]), 1000), 2);
        let young = compact(&[("min.compaction.lag.ms", "995"), ("min.cleanable.dirty.ratio", "0")]);
        assert_eq!(to_compact(&segments, &young, 1000), 1, "the second is too young");
    }

    #[test]
    fn the_limits_of_time_overflow_nothing() {
        let mut segments = vec![segment(0, 10)];
        for (appended, now) in [(i64::MIN, i64::MAX), (i64::MAX, i64::MIN), (0, 0)] {
            (segments[0].appended, segments[0].began) = (appended, appended);
            let config = config(&[("min.compaction.lag.ms", "9223372036854775807"), ("cleanup.policy", "compact")]);
            to_compact(&segments, &config, now);
            to_merge(&segments, &config);
        }
    }

    #[test]
    fn small_neighbours_are_put_together_by_size_and_a_large_one_is_left_alone() {
        let small: Vec<SegmentRef> = (0..8).map(|number| segment(number * 10, 100)).collect();
        assert_eq!(to_merge(&small, &TopicConfig::default()), Some(0..8));
        assert_eq!(to_merge(&small[..7], &TopicConfig::default()), None);
        let mut mixed = vec![segment(0, 100 << 20)];
        mixed.extend((1..9).map(|number| segment(number * 10, 100)));
        assert_eq!(to_merge(&mixed, &TopicConfig::default()), Some(1..9));
        mixed[4].bytes = 100 << 20;
        assert_eq!(to_merge(&mixed, &TopicConfig::default()), None);
    }

    #[test]
    fn what_is_put_together_fits_the_topics_segment_size_and_time() {
        let small: Vec<SegmentRef> = (0..40).map(|number| segment(number * 10, 100)).collect();
        assert_eq!(to_merge(&small, &config(&[("segment.bytes", "1000")])), Some(0..10));
        assert_eq!(to_merge(&small, &config(&[("segment.bytes", "500")])), None);
        assert_eq!(to_merge(&small, &config(&[("segment.ms", "95")])), Some(0..10));
        let parts = groups(&small, &config(&[("segment.bytes", "1000")]));
        assert_eq!(parts.iter().map(|part| part.len()).collect::<Vec<_>>(), [10; 4]);
    }
}
