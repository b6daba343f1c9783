//! Topics change, and stay changed: settings, partitions, deleted records; before and after an index checkpoint.

#![allow(clippy::unwrap_used, reason = "what fails in a test's helper ends the test")]

mod common;

use common::{P0, batch, open, small, topic, values};
use yeoul_base::{Offset, PartitionId, TopicId};
use yeoul_log::batch::{BatchBuilder, Compression};
use yeoul_log::{
    AddPartitionsError, AlterTopicError, AppendError, Change, ConfigChange, ConfigChanges, DeleteRecordsError,
    Residence,
};

fn set(key: &str, value: &str) -> ConfigChanges {
    let change = ConfigChange { key: key.to_owned(), change: Change::Set(value.to_owned()) };
    ConfigChanges { replace: false, changes: vec![change] }
}

#[test]
fn changed_settings_are_in_force_at_once_and_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(small(dir.path()));
    let made = topic(&log, "t");
    let altered = log.alter_topic(made.id, set("max.message.bytes", "100")).wait().unwrap();
    assert_eq!(altered.config.max_message_bytes(), 100);
    let large = log.append(made.id, P0, batch(&[&"x".repeat(200)])).wait();
    assert!(matches!(large, Err(AppendError::TooLarge { limit: 100, .. })), "{large:?}");
    log.alter_topic(made.id, set("retention.ms", "5")).wait().unwrap();
    let check = |log: &yeoul_log::Log| {
        let known = log.topic("t").unwrap();
        assert_eq!(known.config.max_message_bytes(), 100);
        assert_eq!(known.config.retention_ms(), Some(5));
    };
    check(&log);
    drop(log);
    // Once by the write-ahead log, once by the index checkpoint that a good end leaves.
    for _ in 0..2 {
        let log = open(small(dir.path()));
        check(&log);
        log.close();
    }
}

#[test]
fn a_change_that_can_not_be_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(small(dir.path()));
    let made = topic(&log, "t");
    let both = ConfigChanges {
        replace: false,
        changes: [set("retention.ms", "5").changes, set("segment.bytes", "-1").changes].concat(),
    };
    assert!(matches!(log.alter_topic(made.id, both).wait(), Err(AlterTopicError::InvalidConfig(_))));
    assert_eq!(log.topic("t").unwrap().config, made.config);
    let unknown = log.alter_topic(TopicId([7; 16]), set("retention.ms", "5")).wait();
    assert_eq!(unknown, Err(AlterTopicError::UnknownTopic(TopicId([7; 16]))));
}

#[test]
fn added_partitions_hold_records_and_stay_while_other_topics_come_between() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(small(dir.path()));
    let made = topic(&log, "t");
    let other = topic(&log, "other");
    log.append(made.id, P0, batch(&["first"])).wait().unwrap();
    let grown = log.add_partitions(made.id, 3).wait().unwrap();
    assert_eq!((grown.id, grown.partitions), (made.id, 3));
    log.append(made.id, PartitionId(2), batch(&["new"])).wait().unwrap();
    log.append(other.id, P0, batch(&["other"])).wait().unwrap();
    log.append(made.id, P0, batch(&["second"])).wait().unwrap();
    for asked in [3, 2, 0, -1, 10_001] {
        let refused = log.add_partitions(made.id, asked).wait();
        assert!(matches!(refused, Err(AddPartitionsError::InvalidPartitions { has: 3, .. })), "{asked}: {refused:?}");
    }
    log.close();
    for _ in 0..2 {
        let log = open(small(dir.path()));
        let grown = log.topic("t").unwrap();
        assert_eq!(values(&log, &grown, P0, 0), [(0, "first".to_owned()), (1, "second".to_owned())]);
        assert_eq!(values(&log, &grown, PartitionId(2), 0), [(0, "new".to_owned())]);
        assert_eq!(values(&log, &other, P0, 0), [(0, "other".to_owned())]);
        log.append(grown.id, PartitionId(1), batch(&["later"])).wait().unwrap();
        log.delete_records(grown.id, PartitionId(1), None).wait().unwrap();
        log.close();
    }
}

#[test]
fn deleted_records_are_gone_for_good_and_the_rest_keeps_its_offsets() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(small(dir.path()));
    let made = topic(&log, "t");
    for number in 0..10 {
        log.append(made.id, P0, batch(&[&format!("value {number}")])).wait().unwrap();
    }
    assert_eq!(log.delete_records(made.id, P0, Some(Offset(4))).wait(), Ok(Offset(4)));
    assert_eq!(log.delete_records(made.id, P0, Some(Offset(2))).wait(), Ok(Offset(4)), "they are deleted already");
    for asked in [11, -5] {
        let refused = log.delete_records(made.id, P0, Some(Offset(asked))).wait();
        assert!(matches!(refused, Err(DeleteRecordsError::OffsetOutOfRange { .. })), "{refused:?}");
    }
    log.close();
    let log = open(small(dir.path()));
    let kept = values(&log, &made, P0, 4);
    assert_eq!(kept.first().map(|(offset, value)| (*offset, value.as_str())), Some((4, "value 4")));
    assert_eq!(log.delete_records(made.id, P0, None).wait(), Ok(Offset(10)));
    assert!(values(&log, &made, P0, 10).is_empty());
    assert_eq!(log.append(made.id, P0, batch(&["next"])).wait().unwrap().base_offset, Offset(10));
    assert_eq!(log.ranges(made.id, P0).last().map(|range| range.residence), Some(Residence::WriteAhead));
}

#[test]
fn a_compacted_topic_refuses_records_without_keys_and_a_bounded_one_strange_times() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(small(dir.path()));
    let made = topic(&log, "t");
    log.alter_topic(made.id, set("cleanup.policy", "compact")).wait().unwrap();
    let refused = log.append(made.id, P0, batch(&["no key"])).wait();
    assert_eq!(refused, Err(AppendError::NoKey { topic: "t".to_owned(), records: vec![0] }));
    for codec in [Compression::None, Compression::Zstd] {
        let mut mixed = BatchBuilder::new().compression(codec);
        for key in [Some(&b"k"[..]), None, Some(b"l"), None] {
            mixed.push(key, Some(b"v"), yeoul_base::Timestamp(0), &[]);
        }
        let refused = log.append(made.id, P0, mixed.finish().unwrap()).wait().unwrap_err();
        assert_eq!(refused.records(), [1, 3], "{refused}");
    }
    log.alter_topic(made.id, set("cleanup.policy", "delete")).wait().unwrap();
    log.append(made.id, P0, batch(&["no key"])).wait().unwrap();
    log.alter_topic(made.id, set("message.timestamp.after.max.ms", "3600000")).wait().unwrap();
    let mut builder = BatchBuilder::new();
    builder.push(None, Some(b"x"), yeoul_base::Timestamp(i64::MAX), &[]);
    let refused = log.append(made.id, P0, builder.finish().unwrap()).wait();
    assert!(matches!(refused, Err(AppendError::TimestampOutOfRange { found: i64::MAX, .. })), "{refused:?}");
    assert_eq!(log.bounds(made.id, P0).unwrap().high_watermark, Offset(1));
}

#[test]
fn a_topic_that_relaxes_durability_is_acknowledged_and_read_like_any_other() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(small(dir.path()));
    let made = topic(&log, "t");
    log.alter_topic(made.id, set("flush.messages", "10000")).wait().unwrap();
    for number in 0..20 {
        let appended = log.append(made.id, P0, batch(&[&format!("value {number}")])).wait().unwrap();
        assert_eq!(appended.base_offset, Offset(number));
    }
    assert!(log.wait_past(made.id, P0, Offset(19), std::time::Duration::from_secs(10)));
    assert_eq!(values(&log, &made, P0, 0).len(), 20);
}
