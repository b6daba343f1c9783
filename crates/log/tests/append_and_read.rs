//! The road of a record through the log: appended, read, after a restart too.

#![allow(clippy::unwrap_used, reason = "what fails in a test's helper ends the test")]

mod common;

use common::{P0, batch, open, small, topic, values};
use yeoul_base::{JobName, Offset, Timestamp};
use yeoul_log::batch::{BatchBuilder, Compression};
use yeoul_log::{AppendError, CommitError, CreateTopicError, JobCommit, ReadError, TopicConfig};

fn numbered(range: std::ops::Range<i64>) -> Vec<(i64, String)> {
    range.map(|number| (number, format!("value {number}"))).collect()
}

#[test]
fn records_are_read_as_they_were_appended_also_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(small(dir.path()));
    let topic = topic(&log, "t");
    for number in 0..20 {
        let appended = log.append(topic.id, P0, batch(&[&format!("value {number}")])).wait().unwrap();
        assert_eq!(appended.base_offset, Offset(number));
    }
    assert_eq!(values(&log, &topic, P0, 0), numbered(0..20));
    let cluster = log.cluster_id().to_owned();
    log.close();
    let log = open(small(dir.path()));
    assert_eq!(log.cluster_id(), cluster);
    assert_eq!(values(&log, &topic, P0, 0), numbered(0..20));
    assert_eq!(log.append(topic.id, P0, batch(&["value 20"])).wait().unwrap().base_offset, Offset(20));
    assert_eq!(values(&log, &topic, P0, 5), numbered(5..21));
}

#[test]
fn full_files_become_segments_and_reads_do_not_notice() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(small(dir.path()));
    let topic = topic(&log, "t");
    for number in 0..200 {
        log.append(topic.id, P0, batch(&[&format!("value {number}")])).wait().unwrap();
    }
    let deadline = std::time::Duration::from_secs(20);
    let clock = yeoul_base::SystemClock::new();
    while log.figures().segments == 0 {
        assert!(yeoul_base::Clock::elapsed(&clock) < deadline, "no segment was made: {:?}", log.figures());
        std::thread::yield_now();
    }
    assert_eq!(values(&log, &topic, P0, 0), numbered(0..200));
    assert_eq!(values(&log, &topic, P0, 17), numbered(17..200));
    log.close();
    let log = open(small(dir.path()));
    assert_eq!(values(&log, &topic, P0, 0), numbered(0..200));
    assert!(log.figures().wal_files < 10, "{:?}", log.figures());
}

#[test]
fn output_of_a_job_is_visible_only_by_its_commit() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(small(dir.path()));
    let topic = topic(&log, "out");
    let job = JobName("j".to_owned());
    let first = log.stage(&job, topic.id, P0, batch(&["value 1", "value 2"])).unwrap();
    log.append(topic.id, P0, batch(&["value 0"])).wait().unwrap();
    let second = log.stage(&job, topic.id, P0, batch(&["value 3"])).unwrap();
    assert_eq!(values(&log, &topic, P0, 0), numbered(0..1));
    let commit = JobCommit { job: job.clone(), checkpoint: 1, meta: "positions".into(), staged: vec![first, second] };
    let appended = log.commit_job(commit.clone()).wait().unwrap();
    assert_eq!(appended.iter().map(|it| it.base_offset.0).collect::<Vec<_>>(), [1, 3]);
    assert_eq!(values(&log, &topic, P0, 0), numbered(0..4));
    assert!(matches!(log.commit_job(commit.clone()).wait(), Err(CommitError::Stale { last: 1, .. })));
    let again = JobCommit { checkpoint: 2, ..commit };
    assert!(matches!(log.commit_job(again).wait(), Err(CommitError::NotStaged(_))));
    log.stage(&job, topic.id, P0, batch(&["never"])).unwrap();
    log.close();
    let log = open(small(dir.path()));
    assert_eq!(values(&log, &topic, P0, 0), numbered(0..4));
    assert_eq!(log.job_meta(&job), Some((1, "positions".into())));
    assert_eq!(log.jobs(), std::slice::from_ref(&job));
    log.forget_job(&job).wait().unwrap();
    assert_eq!(log.jobs(), []);
}

#[test]
fn an_idempotent_producers_batch_is_appended_once_also_over_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(small(dir.path()));
    let topic = topic(&log, "t");
    let id = log.allocate_producer_id().wait().unwrap();
    let sequenced = |sequence| {
        let mut builder = BatchBuilder::new().producer(id.0, 0, sequence);
        builder.push(None, Some(b"x"), Timestamp(0), &[]);
        builder.finish().unwrap()
    };
    assert_eq!(log.append(topic.id, P0, sequenced(0)).wait().unwrap().base_offset, Offset(0));
    assert_eq!(log.append(topic.id, P0, sequenced(1)).wait().unwrap().base_offset, Offset(1));
    assert_eq!(log.append(topic.id, P0, sequenced(0)).wait().unwrap().base_offset, Offset(0));
    let gap = log.append(topic.id, P0, sequenced(3)).wait();
    assert!(matches!(gap, Err(AppendError::OutOfOrderSequence { expected: 2, found: 3, .. })));
    drop(log);
    let log = open(small(dir.path()));
    assert_eq!(log.append(topic.id, P0, sequenced(1)).wait().unwrap().base_offset, Offset(1));
    assert_eq!(log.append(topic.id, P0, sequenced(2)).wait().unwrap().base_offset, Offset(2));
    assert_ne!(log.allocate_producer_id().wait().unwrap(), id);
}

#[test]
fn topics_are_created_once_and_deleted_with_their_records() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(small(dir.path()));
    let topic = log.create_topic("t", 3, TopicConfig::default()).wait().unwrap();
    let again = log.create_topic("t", 3, TopicConfig::default()).wait();
    assert_eq!(again, Err(CreateTopicError::Exists("t".to_owned())));
    log.append(topic.id, P0, batch(&["x"])).wait().unwrap();
    log.delete_topic(topic.id).wait().unwrap();
    assert!(log.topic("t").is_none());
    let refused = log.append(topic.id, P0, batch(&["x"])).wait();
    assert_eq!(refused, Err(AppendError::UnknownTopic(topic.id)));
    let new = log.create_topic("t", 1, TopicConfig::default()).wait().unwrap();
    assert_ne!(new.id, topic.id);
    assert_eq!(values(&log, &new, P0, 0), []);
    drop(log);
    let log = open(small(dir.path()));
    assert_eq!(log.topics(), [new]);
}

#[test]
fn offsets_are_found_by_time() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(small(dir.path()));
    let topic = topic(&log, "t");
    let at = |times: &[i64]| {
        let mut builder = BatchBuilder::new().compression(Compression::Zstd);
        times.iter().for_each(|&time| builder.push(None, Some(b"x"), Timestamp(time), &[]));
        builder.finish().unwrap()
    };
    for times in [&[10, 30, 20][..], &[5, 40], &[39]] {
        log.append(topic.id, P0, at(times)).wait().unwrap();
    }
    let find = |time| log.offset_at(topic.id, P0, Timestamp(time)).unwrap().map(|(offset, time)| (offset.0, time.0));
    assert_eq!(find(0), Some((0, 10)));
    assert_eq!(find(11), Some((1, 30)));
    assert_eq!(find(31), Some((4, 40)));
    assert_eq!(find(41), None);
    assert_eq!(log.offset_of_max_timestamp(topic.id, P0).unwrap().unwrap(), (Offset(4), Timestamp(40)));
}

#[test]
fn an_offset_outside_the_log_is_refused_and_its_end_is_empty() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(small(dir.path()));
    let topic = topic(&log, "t");
    log.append(topic.id, P0, batch(&["x"])).wait().unwrap();
    assert!(log.read(topic.id, P0, Offset(1), 100).unwrap().data.is_empty());
    for outside in [-1, 2] {
        let refused = log.read(topic.id, P0, Offset(outside), 100);
        assert!(matches!(refused, Err(ReadError::OffsetOutOfRange { .. })));
    }
}

#[test]
fn the_logs_own_time_is_put_in_where_the_topic_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(small(dir.path()));
    let mut config = TopicConfig::default();
    config.set("message.timestamp.type", "LogAppendTime").unwrap();
    let topic = log.create_topic("t", 1, config).wait().unwrap();
    let appended = log.append(topic.id, P0, batch(&["x", "y"])).wait().unwrap();
    let time = appended.log_append_time.unwrap();
    assert!(time.0 > 1_600_000_000_000);
    assert_eq!(log.offset_at(topic.id, P0, time).unwrap(), Some((Offset(0), time)));
}
