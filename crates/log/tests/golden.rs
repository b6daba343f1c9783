//! A data folder of each format is kept, and every later version opens it. The folder of the newest, `fixtures/v2`, was
//! made by `YEOUL_MAKE_GOLDEN=1 cargo test -p yeoul-log --test golden`; those before it are never made again.

#![allow(clippy::unwrap_used, reason = "what fails in a test's helper ends the test")]

mod common;

use std::path::{Path, PathBuf};

use common::{P0, batch, open, values};
use yeoul_base::{JobName, Offset, PartitionId, Timestamp};
use yeoul_log::batch::{BatchBuilder, Compression};
use yeoul_log::{JobCommit, Log, LogConfig, ProducerId, Row, Table, TopicConfig};

const P1: PartitionId = PartitionId(1);

const NEWEST: u32 = 2;

fn fixture(version: u32) -> PathBuf {
    PathBuf::from(format!("tests/fixtures/v{version}"))
}

fn config(dir: &Path) -> LogConfig {
    let mut config = LogConfig::new(dir);
    config.file_bytes = 16 << 10;
    config.group_bytes_max = 8 << 10;
    config.hot_files = 1;
    config
}

fn sequenced(id: ProducerId, sequence: i32) -> bytes::Bytes {
    let mut builder = BatchBuilder::new().producer(id.0, 0, sequence).compression(Compression::Lz4);
    builder.push(Some(b"key"), Some(format!("sequenced {sequence}").as_bytes()), Timestamp(7), &[("h", Some(b"v"))]);
    builder.finish().unwrap()
}

/// Fills a log with everything that has a place in the format: batches, staged ones, a commit, producers, segments, a
/// deleted topic, settings. Ends without closing in good order, so that the write-ahead log has a tail.
fn make(dir: &Path) {
    let mut settings = TopicConfig::default();
    settings.set("retention.ms", "-1").unwrap();
    let log = open(config(dir));
    let topic = log.create_topic("golden", 2, settings).wait().unwrap();
    let gone = log.create_topic("gone", 1, TopicConfig::default()).wait().unwrap();
    for number in 0..12 {
        log.append(topic.id, P0, batch(&[&format!("value {number}")])).wait().unwrap();
    }
    log.delete_topic(gone.id).wait().unwrap();
    let id = log.allocate_producer_id().wait().unwrap();
    for sequence in 0..2 {
        log.append(topic.id, P1, sequenced(id, sequence)).wait().unwrap();
    }
    let rows = vec![Row::new(Table::GROUPS, "kept", "in the index"), Row::new(Table::GROUPS, "gone", "once")];
    log.put(rows).wait().unwrap();
    log.close();
    let log = open(config(dir));
    let job = JobName("golden job".to_owned());
    let staged = vec![log.stage(&job, topic.id, P0, batch(&["value 12", "value 13"])).unwrap()];
    let commit = JobCommit { job, checkpoint: 3, meta: "positions".into(), staged };
    log.commit_job(commit).wait().unwrap();
    let rows = vec![Row::new(Table::OFFSETS, "late", "in the tail"), Row::removed(Table::GROUPS, "gone")];
    log.put(rows).wait().unwrap();
    copy(dir, &fixture(NEWEST));
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn check(log: &Log) {
    let topic = log.topic("golden").unwrap();
    let expected: Vec<(i64, String)> = (0..14).map(|number| (number, format!("value {number}"))).collect();
    assert_eq!(values(log, &topic, P0, 0), expected);
    let sequenced_values = [(0, "sequenced 0".to_owned()), (1, "sequenced 1".to_owned())];
    assert_eq!(values(log, &topic, P1, 0), sequenced_values);
    assert_eq!(topic.config.retention_ms(), None);
    assert!(log.topic("gone").is_none());
    assert_eq!(log.job_meta(&JobName("golden job".to_owned())), Some((3, "positions".into())));
    assert!(log.figures().segments > 0, "the fixture has segments");
}

/// Opens a copy of a fixture, writes to it, and opens it once more.
fn open_and_go_on(version: u32) -> (Log, tempfile::TempDir) {
    let kept = tempfile::tempdir().unwrap();
    let dir = kept.path().join("copy");
    copy(&fixture(version), &dir);
    let log = open(config(&dir));
    check(&log);
    let topic = log.topic("golden").unwrap();
    let again = log.append(topic.id, P1, sequenced(ProducerId(0), 1)).wait().unwrap();
    assert_eq!(again.base_offset, Offset(1), "the producer is remembered");
    let next = log.append(topic.id, P1, sequenced(ProducerId(0), 2)).wait().unwrap();
    assert_eq!(next.base_offset, Offset(2));
    assert!(log.allocate_producer_id().wait().unwrap() > ProducerId(0));
    log.put(vec![Row::new(Table::USERS, "new", "row")]).wait().unwrap();
    log.close();
    let log = open(config(&dir));
    assert_eq!(log.row(Table::USERS, b"new"), Some("row".into()));
    assert_eq!(values(&log, &log.topic("golden").unwrap(), P0, 0).len(), 14);
    (log, kept)
}

#[test]
fn a_folder_of_version_1_is_opened() {
    let (log, _dir) = open_and_go_on(1);
    assert!(log.rows(Table::GROUPS).is_empty());
}

#[test]
fn a_folder_of_version_2_is_opened() {
    if std::env::var_os("YEOUL_MAKE_GOLDEN").is_some() {
        make(&tempfile::tempdir().unwrap().path().join("made"));
    }
    let (log, _dir) = open_and_go_on(2);
    assert_eq!(log.rows(Table::GROUPS), [("kept".into(), "in the index".into())]);
    assert_eq!(log.row(Table::OFFSETS, b"late"), Some("in the tail".into()));
}
