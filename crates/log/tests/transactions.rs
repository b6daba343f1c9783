//! Transactions in the log: what readers of either isolation see, and what a restart, a rewrite into segments and a
//! crash leave of them.
#![allow(clippy::unwrap_used, reason = "what fails in a test's helper ends the test")]

mod common;

use std::path::{Path, PathBuf};
use std::time::Duration;

use bytes::Bytes;
use common::{P0, batch, open};
use yeoul_base::{Clock, Offset, PartitionId, SystemClock, Timestamp};
use yeoul_log::batch::{BatchBuilder, CommittedFilter, Marker, batches, records};
use yeoul_log::{
    AppendError, EndTransaction, Isolation, Log, LogConfig, OpenTransaction, ProducerId, Row, Table, Topic, TopicConfig,
};

const P1: PartitionId = PartitionId(1);

fn small(dir: &Path) -> LogConfig {
    let mut config = LogConfig::new(dir);
    (config.file_bytes, config.group_bytes_max, config.hot_files) = (16 << 10, 8 << 10, 0);
    config
}

/// A record of a producer's transaction.
fn part(id: i64, epoch: i16, sequence: i32, value: &str) -> Bytes {
    let mut builder = BatchBuilder::new().producer(id, epoch, sequence).transactional();
    builder.push(None, Some(value.as_bytes()), Timestamp(1000), &[]);
    builder.finish().unwrap()
}

struct Bench {
    log: Log,
    topic: std::sync::Arc<Topic>,
    dir: tempfile::TempDir,
}

impl Bench {
    fn new() -> Bench {
        let dir = tempfile::tempdir().unwrap();
        let log = open(small(dir.path()));
        let topic = log.create_topic("t", 2, TopicConfig::default()).wait().unwrap();
        Bench { log, topic, dir }
    }

    fn send(&self, partition: PartitionId, id: i64, epoch: i16, sequence: i32, value: &str) -> Offset {
        let sent = self.log.append_transactional(self.topic.id, partition, part(id, epoch, sequence, value));
        sent.wait().unwrap().base_offset
    }

    fn end(&self, id: i64, epoch: i16, commit: bool) {
        self.end_with(id, epoch, commit, Vec::new());
    }

    fn end_with(&self, id: i64, epoch: i16, commit: bool, rows: Vec<Row>) {
        let producer = ProducerId(id);
        let end = EndTransaction { producer, epoch, commit, coordinator_epoch: 0, partitions: Vec::new(), rows };
        self.log.end_transaction(end).wait().unwrap();
    }

    fn restart(self) -> Bench {
        self.log.close();
        let log = open(small(self.dir.path()));
        let topic = log.topic("t").unwrap();
        Bench { log, topic, dir: self.dir }
    }

    fn stable(&self, partition: PartitionId) -> i64 {
        self.log.bounds(self.topic.id, partition).unwrap().last_stable.0
    }

    /// The values that a reader of committed records sees, with their offsets.
    fn committed(&self, partition: PartitionId) -> Vec<(i64, String)> {
        let mut found = Vec::new();
        let mut at = Offset(0);
        loop {
            let read = self.log.read_isolated(self.topic.id, partition, at, 500, Isolation::Committed).unwrap();
            if read.data.is_empty() {
                assert_eq!(at, read.last_stable, "a reader gets as far as everything is decided");
                return found;
            }
            let mut filter = CommittedFilter::new(&read.aborted);
            for (header, batch) in read.data.iter().flat_map(|data| batches(data)).map(Result::unwrap) {
                at = header.last_offset().plus(1);
                if !filter.takes(&header, batch).unwrap() {
                    continue;
                }
                for record in &records(batch, 1 << 20).unwrap() {
                    let value = String::from_utf8_lossy(record.unwrap().value.unwrap()).into_owned();
                    found.push((header.base_offset.0, value));
                }
            }
        }
    }

    /// Writes until the first files are segments.
    fn cool(&self) {
        let filling = "x".repeat(3000);
        let topic = common::topic(&self.log, "filling");
        for _ in 0..30 {
            self.log.append(topic.id, P0, batch(&[&filling])).wait().unwrap();
        }
        let clock = SystemClock::new();
        while self.log.figures().segments == 0 || self.log.figures().wal_files > 4 {
            assert!(clock.elapsed() < Duration::from_secs(20), "nothing is rewritten: {:?}", self.log.figures());
            std::thread::yield_now();
        }
    }
}

fn values(found: &[(i64, String)]) -> Vec<&str> {
    found.iter().map(|(_, value)| value.as_str()).collect()
}

#[test]
fn a_reader_of_committed_records_waits_for_the_first_open_transaction() {
    let bench = Bench::new();
    bench.send(P0, 7, 0, 0, "a");
    bench.log.append(bench.topic.id, P0, batch(&["plain"])).wait().unwrap();
    bench.send(P0, 8, 0, 0, "b");
    assert_eq!((bench.stable(P0), bench.committed(P0)), (0, vec![]));
    bench.end(8, 0, true);
    assert_eq!(bench.stable(P0), 0, "the other one is open still");
    bench.end(7, 0, true);
    assert_eq!(bench.stable(P0), 5);
    assert_eq!(values(&bench.committed(P0)), ["a", "plain", "b"]);
}

#[test]
fn what_was_aborted_is_passed_over_and_nothing_else() {
    let bench = Bench::new();
    bench.send(P0, 7, 0, 0, "aborted");
    bench.send(P0, 8, 0, 0, "kept");
    bench.send(P0, 7, 0, 1, "aborted too");
    bench.end(7, 0, false);
    bench.send(P0, 7, 0, 2, "committed");
    bench.end(7, 0, true);
    bench.end(8, 0, true);
    assert_eq!(values(&bench.committed(P0)), ["kept", "committed"]);
    let everything = bench.log.read(bench.topic.id, P0, Offset(0), 1 << 20).unwrap();
    assert_eq!((everything.high_watermark, everything.aborted.len()), (Offset(7), 0));
}

#[test]
fn one_end_is_in_all_partitions_with_its_rows() {
    let bench = Bench::new();
    bench.send(P0, 7, 0, 0, "zero");
    bench.send(P1, 7, 0, 0, "one");
    let open =
        [OpenTransaction { producer: ProducerId(7), partitions: vec![(bench.topic.id, P0), (bench.topic.id, P1)] }];
    assert_eq!(bench.log.open_transactions(), open);
    bench.end_with(7, 1, true, vec![Row::new(Table::TRANSACTIONS, "id", "over")]);
    assert!(bench.log.open_transactions().is_empty());
    assert_eq!((values(&bench.committed(P0)), values(&bench.committed(P1))), (vec!["zero"], vec!["one"]));
    let marker = bench.log.read(bench.topic.id, P1, Offset(1), 100).unwrap().data.concat();
    let (header, marker) = batches(&marker).next().unwrap().unwrap();
    assert_eq!((header.producer_id, header.producer_epoch, header.base_offset), (7, 1, Offset(1)));
    assert_eq!(Marker::read(marker).unwrap(), Some(Marker { commit: true, coordinator_epoch: 0 }));
    let bench = bench.restart();
    assert_eq!(bench.log.row(Table::TRANSACTIONS, b"id"), Some("over".into()));
    assert_eq!(values(&bench.committed(P1)), ["one"]);
}

#[test]
fn transactions_survive_a_restart_open_aborted_and_committed() {
    let bench = Bench::new();
    bench.send(P0, 7, 0, 0, "aborted");
    bench.end(7, 0, false);
    bench.send(P0, 7, 0, 1, "committed");
    bench.end(7, 0, true);
    bench.send(P0, 7, 0, 2, "open");
    // Twice: from the write-ahead log, and from an index checkpoint.
    let bench = bench.restart().restart();
    assert_eq!(bench.stable(P0), 4);
    assert_eq!(values(&bench.committed(P0)), ["committed"]);
    assert_eq!(bench.log.open_transactions().len(), 1);
    assert_eq!(bench.send(P0, 7, 0, 3, "goes on"), Offset(5));
    bench.end(7, 0, true);
    assert_eq!(values(&bench.committed(P0)), ["committed", "open", "goes on"]);
}

#[test]
fn transactions_survive_being_rewritten_into_segments() {
    let bench = Bench::new();
    bench.send(P0, 7, 0, 0, "aborted");
    bench.send(P0, 8, 0, 0, "kept");
    bench.end(7, 0, false);
    bench.send(P0, 9, 0, 0, "open");
    bench.end(8, 0, true);
    bench.cool();
    let check = |bench: &Bench| {
        assert_eq!(bench.stable(P0), 3);
        assert_eq!(values(&bench.committed(P0)), ["kept"]);
        for offset in (0..5).map(Offset) {
            let read = bench.log.read(bench.topic.id, P0, offset, 1).unwrap().data.concat();
            let (header, _) = batches(&read).next().unwrap().unwrap();
            assert_eq!((header.base_offset, header.is_control()), (offset, [2, 4].contains(&offset.0)));
        }
    };
    check(&bench);
    let bench = bench.restart();
    check(&bench);
    let fenced = bench.log.append_transactional(bench.topic.id, P0, part(7, 0, 2, "gap")).wait();
    assert!(matches!(fenced, Err(AppendError::OutOfOrderSequence { expected: 1, .. })), "{fenced:?}");
    bench.end(9, 0, true);
    assert_eq!(values(&bench.committed(P0)), ["kept", "open"]);
}

#[test]
fn a_batch_of_a_transaction_comes_only_where_it_is_said_to() {
    let bench = Bench::new();
    let refused = bench.log.append(bench.topic.id, P0, part(7, 0, 0, "x")).wait();
    assert!(matches!(refused, Err(AppendError::Batch(_))), "{refused:?}");
    bench.send(P0, 7, 0, 0, "x");
    let mut plain = BatchBuilder::new().producer(7, 0, 1);
    plain.push(None, Some(b"plain"), Timestamp(1), &[]);
    let refused = bench.log.append(bench.topic.id, P0, plain.finish().unwrap()).wait();
    assert_eq!(refused, Err(AppendError::TransactionOpen { producer: 7 }));
}

#[test]
fn a_marker_of_the_next_epoch_fences_what_is_late() {
    let bench = Bench::new();
    bench.send(P0, 7, 0, 0, "x");
    bench.end(7, 1, false);
    let late = bench.log.append_transactional(bench.topic.id, P0, part(7, 0, 1, "late")).wait();
    assert_eq!(late, Err(AppendError::FencedEpoch { producer: 7, current: 1, found: 0 }));
    bench.send(P0, 7, 1, 0, "next");
    let states = bench.log.producers(bench.topic.id, P0).wait().unwrap();
    assert_eq!((states[0].epoch, states[0].last_sequence, states[0].open_from), (1, 0, Some(2)));
}

#[test]
fn an_end_in_many_partitions_is_one_entry_though_it_is_larger_than_a_group() {
    let bench = Bench::new();
    let wide = bench.log.create_topic("wide", 400, TopicConfig::default()).wait().unwrap();
    for number in (0..400).map(PartitionId) {
        drop(bench.log.append_transactional(wide.id, number, part(7, 0, 0, "x")));
    }
    bench.end(7, 0, true);
    let bench = bench.restart();
    for number in (0..400).map(PartitionId) {
        let bounds = bench.log.bounds(wide.id, number).unwrap();
        assert_eq!((bounds.last_stable, bounds.high_watermark), (Offset(2), Offset(2)), "partition {number}");
    }
}

fn fixture() -> PathBuf {
    PathBuf::from("tests/fixtures/v2-transactions")
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

/// As `golden`, for what that folder has not: transactions in the index, in segments and in the write-ahead log's tail.
/// `fixtures/v2-transactions` was made by `YEOUL_MAKE_GOLDEN=1`.
#[test]
fn a_folder_of_version_2_with_transactions_is_opened() {
    if std::env::var_os("YEOUL_MAKE_GOLDEN").is_some() {
        let bench = Bench::new();
        bench.send(P0, 7, 0, 0, "aborted");
        bench.end(7, 1, false);
        bench.cool();
        bench.send(P0, 7, 1, 0, "open in the index");
        let bench = bench.restart();
        bench.send(P1, 8, 0, 0, "committed in the tail");
        bench.end_with(8, 0, true, vec![Row::new(Table::TRANSACTIONS, "id", "over")]);
        copy(bench.dir.path(), &fixture());
    }
    let dir = tempfile::tempdir().unwrap();
    copy(&fixture(), dir.path());
    let log = open(small(dir.path()));
    let topic = log.topic("t").unwrap();
    let bench = Bench { log, topic, dir };
    assert_eq!((bench.stable(P0), bench.committed(P0)), (2, vec![]));
    assert_eq!(values(&bench.committed(P1)), ["committed in the tail"]);
    assert_eq!(bench.log.row(Table::TRANSACTIONS, b"id"), Some("over".into()));
    bench.end(7, 2, true);
    assert_eq!(values(&bench.committed(P0)), ["open in the index"]);
}
