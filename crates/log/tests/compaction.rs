//! Compaction by keys and segments put together, step by step; what the power does to it is in `sim`.

#![allow(clippy::unwrap_used, reason = "what fails in a test's helper ends the test")]

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use yeoul_base::{Clock, Offset, PartitionId, RealDisk, Timestamp, TopicId};
use yeoul_log::batch::{BatchBuilder, Compression, Marker, batches, records};
use yeoul_log::{Driver, Isolation, Log, LogConfig, Residence, TopicConfig};

const P0: PartitionId = PartitionId(0);

struct Hand {
    wall: AtomicI64,
    elapsed: AtomicU64,
}

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        Timestamp(self.wall.load(Ordering::Relaxed))
    }
    fn elapsed(&self) -> Duration {
        Duration::from_millis(self.elapsed.load(Ordering::Relaxed))
    }
}

struct Bench {
    dir: tempfile::TempDir,
    clock: Arc<Hand>,
    log: Log,
    driver: Driver,
    topic: TopicId,
}

fn config(dir: &std::path::Path) -> LogConfig {
    let mut config = LogConfig::new(dir);
    (config.file_bytes, config.group_bytes_max) = (64 << 10, 16 << 10);
    (config.clean_interval, config.retention_interval) = (Duration::from_secs(1), Duration::from_secs(1));
    config.file_age_max = Duration::from_secs(1);
    config
}

fn bench(settings: &[(&str, &str)]) -> Bench {
    let dir = tempfile::tempdir().unwrap();
    let clock = Arc::new(Hand { wall: AtomicI64::new(1_700_000_000_000), elapsed: AtomicU64::new(0) });
    let (log, mut driver) = Log::open_driven(config(dir.path()), Arc::new(RealDisk), clock.clone()).unwrap();
    let mut topic = TopicConfig::default();
    for (key, value) in [&[("segment.ms", "2000"), ("min.cleanable.dirty.ratio", "0.01")], settings].concat() {
        topic.set(key, value).unwrap();
    }
    let created = log.create_topic("t", 1, topic);
    while driver.write() {}
    let topic = created.wait().unwrap().id;
    Bench { dir, clock, log, driver, topic }
}

/// Key, value and timestamp; no value is a tombstone.
type Record<'a> = (&'a str, Option<&'a str>, i64);

impl Bench {
    fn append(&mut self, records: &[Record<'_>]) {
        let mut builder = BatchBuilder::new().compression(Compression::Lz4);
        for (key, value, time) in records {
            builder.push(Some(key.as_bytes()), value.map(str::as_bytes), Timestamp(*time), &[]);
        }
        let answer = self.log.append(self.topic, P0, builder.finish().unwrap());
        while self.driver.write() {}
        answer.wait().unwrap();
    }

    /// Lets time pass, and the keeper do what it does then.
    fn pass(&mut self, ms: i64) {
        self.clock.wall.fetch_add(ms, Ordering::Relaxed);
        self.clock.elapsed.fetch_add(ms.unsigned_abs(), Ordering::Relaxed);
        for _ in 0..4 {
            self.driver.keep();
            while self.driver.write() {}
        }
    }

    /// What lies in the write-ahead log goes into a segment, and compaction has its turn.
    fn settle(&mut self) {
        for _ in 0..4 {
            self.pass(2500);
        }
    }

    /// Offset, key, value and timestamp of all records.
    fn all(&self) -> Vec<(i64, String, Option<String>, i64)> {
        let mut found = Vec::new();
        let mut next = self.log.bounds(self.topic, P0).unwrap().log_start;
        loop {
            let read = self.log.read(self.topic, P0, next, 1000).unwrap();
            if read.data.is_empty() {
                assert_eq!(next, read.high_watermark);
                return found;
            }
            for (header, batch) in read.data.iter().flat_map(|data| batches(data)).map(Result::unwrap) {
                let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
                for record in &records(batch, 1 << 20).unwrap() {
                    let record = record.unwrap();
                    let offset = header.base_offset.0 + i64::from(record.offset_delta);
                    found.push((offset, text(record.key.unwrap()), record.value.map(text), record.timestamp.0));
                }
                next = header.last_offset().plus(1);
            }
        }
    }

    fn shown(&self) -> Vec<String> {
        let all = self.all().into_iter();
        all.map(|(offset, key, value, _)| format!("{offset} {key}={}", value.unwrap_or("-".into()))).collect()
    }

    fn segment_files(&self) -> usize {
        let dirs = walk(&self.dir.path().join("segments"));
        dirs.iter().filter(|name| name.ends_with(".seg")).count()
    }
}

fn walk(dir: &std::path::Path) -> Vec<String> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_dir() {
            names.extend(walk(&entry.path()));
        } else {
            names.push(entry.path().display().to_string());
        }
    }
    names
}

#[test]
fn the_last_record_of_each_key_stays_at_its_offset_with_its_time() {
    let mut bench = bench(&[("cleanup.policy", "compact")]);
    bench.append(&[("a", Some("1"), 10), ("b", Some("1"), 20), ("a", Some("2"), 5)]);
    bench.append(&[("c", Some("1"), i64::MAX), ("b", Some("2"), i64::MIN)]);
    bench.settle();
    assert_eq!(bench.shown(), ["2 a=2", "3 c=1", "4 b=2"]);
    assert_eq!(bench.all().iter().map(|it| it.3).collect::<Vec<_>>(), [5, i64::MAX, i64::MIN]);
    bench.append(&[("a", Some("3"), 30)]);
    bench.settle();
    assert_eq!(bench.shown(), ["3 c=1", "4 b=2", "5 a=3"]);
    assert_eq!(bench.segment_files(), 1, "what was replaced is removed");
    let ranges = bench.log.ranges(bench.topic, P0);
    assert!(ranges.iter().all(|range| range.compacted && range.residence == Residence::Local), "{ranges:?}");
    for from in 0..6 {
        let read = bench.log.read(bench.topic, P0, Offset(from), 1).unwrap();
        let last = read.data.iter().flat_map(|data| batches(data)).map(|it| it.unwrap().0.last_offset().0).max();
        assert!(last >= Some(from), "a read from {from} gets on");
    }
}

#[test]
fn a_tombstone_stays_for_its_time_and_then_goes() {
    let mut bench = bench(&[("cleanup.policy", "compact"), ("delete.retention.ms", "60000")]);
    bench.append(&[("a", Some("1"), 10), ("b", Some("1"), 10)]);
    bench.append(&[("a", None, 20)]);
    bench.settle();
    assert_eq!(bench.shown(), ["1 b=1", "2 a=-"]);
    bench.pass(30_000);
    assert_eq!(bench.shown(), ["1 b=1", "2 a=-"], "a slow reader still learns of it");
    bench.pass(40_000);
    assert_eq!(bench.shown(), ["1 b=1"]);
    assert_eq!(bench.log.bounds(bench.topic, P0).unwrap().high_watermark, Offset(3));
    bench.append(&[("c", Some("1"), 10)]);
    assert_eq!(bench.shown(), ["1 b=1", "3 c=1"], "its offset is not given again");
}

#[test]
fn records_are_safe_from_compaction_for_the_least_lag_whatever_their_timestamps_say() {
    let mut bench = bench(&[("cleanup.policy", "compact"), ("min.compaction.lag.ms", "100000")]);
    bench.append(&[("a", Some("1"), i64::MIN), ("a", Some("2"), i64::MAX)]);
    bench.settle();
    assert_eq!(bench.shown(), ["0 a=1", "1 a=2"]);
    bench.pass(120_000);
    assert_eq!(bench.shown(), ["1 a=2"]);
}

#[test]
fn a_clock_set_ten_years_forward_drops_no_tombstone_early() {
    let mut bench = bench(&[("cleanup.policy", "compact"), ("delete.retention.ms", "86400000")]);
    bench.append(&[("a", Some("1"), 10), ("a", None, 20), ("b", Some("1"), 1)]);
    bench.settle();
    bench.clock.wall.fetch_add(10 * 365 * 86_400_000, Ordering::Relaxed);
    bench.pass(5000);
    bench.pass(5000);
    assert_eq!(bench.shown(), ["1 a=-", "2 b=1"]);
}

#[test]
fn compact_and_delete_does_both() {
    let mut bench = bench(&[("cleanup.policy", "compact,delete"), ("retention.ms", "600000")]);
    bench.append(&[("a", Some("1"), 10), ("a", Some("2"), 10)]);
    bench.settle();
    assert_eq!(bench.shown(), ["1 a=2"]);
    bench.append(&[("b", Some("1"), 10)]);
    bench.pass(700_000);
    bench.settle();
    assert!(bench.shown().is_empty(), "{:?}", bench.shown());
}

#[test]
fn records_of_a_quiet_log_go_in_time_though_no_file_is_full() {
    let mut bench = bench(&[("retention.ms", "60000")]);
    bench.append(&[("a", Some("1"), 10)]);
    bench.pass(50_000);
    assert_eq!(bench.shown().len(), 1);
    // Others write on into what would be the same file.
    bench.append(&[("b", Some("1"), 10)]);
    bench.pass(20_000);
    assert_eq!(bench.shown(), ["1 b=1"]);
}

#[test]
fn small_segments_of_a_quiet_topic_are_put_together() {
    let mut bench = bench(&[("retention.ms", "-1"), ("segment.ms", "86400000")]);
    for number in 0..40 {
        bench.append(&[(&format!("key {number}"), Some("x"), 10)]);
        bench.pass(1100);
    }
    let large = bench.all().len();
    let segments = bench.log.ranges(bench.topic, P0).len();
    assert_eq!(large, 40);
    assert!(segments < 16, "{segments} segments of one record or two");
    assert_eq!(bench.segment_files(), segments - 1, "what was replaced is removed");
}

#[test]
fn a_compacted_log_is_the_same_after_a_restart() {
    let Bench { dir, clock, log, driver, topic } = {
        let mut bench = bench(&[("cleanup.policy", "compact")]);
        for number in 0..50 {
            bench.append(&[(["a", "b", "c"][number % 3], Some(&format!("{number}")), 10)]);
            bench.pass(300);
        }
        bench.settle();
        bench
    };
    driver.close();
    drop(log);
    let (log, driver) = Log::open_driven(config(dir.path()), Arc::new(RealDisk), clock.clone()).unwrap();
    let mut bench = Bench { dir, clock, log, driver, topic };
    assert_eq!(bench.shown(), ["47 c=47", "48 a=48", "49 b=49"]);
    bench.append(&[("a", Some("next"), 10)]);
    bench.settle();
    assert_eq!(bench.shown(), ["47 c=47", "49 b=49", "50 a=next"]);
}

impl Bench {
    /// A record of producer 7's transaction.
    fn transact(&mut self, sequence: i32, key: &str, value: &str) {
        let mut builder = BatchBuilder::new().producer(7, 0, sequence).transactional();
        builder.push(Some(key.as_bytes()), Some(value.as_bytes()), Timestamp(1), &[]);
        let answer = self.log.append_transactional(self.topic, P0, builder.finish().unwrap());
        while self.driver.write() {}
        answer.wait().unwrap();
    }

    fn end(&mut self, commit: bool) {
        let (producer, rows) = (yeoul_log::ProducerId(7), Vec::new());
        let end = yeoul_log::EndTransaction {
            producer,
            epoch: 0,
            commit,
            coordinator_epoch: 0,
            partitions: Vec::new(),
            rows,
        };
        let answer = self.log.end_transaction(end);
        while self.driver.write() {}
        answer.wait().unwrap();
    }

    fn values(&self) -> Vec<String> {
        let named = |value: &String| value.bytes().all(|byte| byte.is_ascii_lowercase());
        self.all().into_iter().filter_map(|(_, _, value, _)| value).filter(named).collect()
    }
}

#[test]
fn what_was_aborted_takes_nothing_away_and_an_open_transaction_is_waited_for() {
    let mut bench = bench(&[("cleanup.policy", "compact")]);
    bench.append(&[("a", Some("kept"), 1)]);
    bench.transact(0, "a", "aborted");
    bench.end(false);
    bench.transact(1, "b", "first");
    bench.end(true);
    bench.transact(2, "b", "second");
    bench.append(&[("c", Some("behind"), 1)]);
    bench.settle();
    assert_eq!(bench.values(), ["kept", "aborted", "first", "second", "behind"]);
    bench.end(true);
    bench.append(&[("c", Some("last"), 1)]);
    bench.settle();
    assert_eq!(bench.values(), ["kept", "second", "last"], "what was aborted went itself");
}

/// How many markers of transactions there are, and what a reader of committed records is told was aborted.
fn markers(bench: &Bench) -> (usize, usize) {
    let (mut markers, mut aborted, mut next) = (0, 0, bench.log.bounds(bench.topic, P0).unwrap().log_start);
    loop {
        let read = bench.log.read_isolated(bench.topic, P0, next, 1000, Isolation::Committed).unwrap();
        aborted = aborted.max(read.aborted.len());
        if read.data.is_empty() {
            return (markers, aborted);
        }
        for (header, batch) in read.data.iter().flat_map(|data| batches(data)).map(Result::unwrap) {
            markers += usize::from(Marker::read(batch).is_ok_and(|marker| header.is_control() && marker.is_some()));
            next = header.last_offset().plus(1);
        }
    }
}

#[test]
fn a_marker_goes_some_time_after_the_last_record_of_its_transaction() {
    let mut bench = bench(&[("cleanup.policy", "compact"), ("delete.retention.ms", "100000")]);
    bench.transact(0, "a", "kept");
    bench.end(true);
    bench.transact(1, "b", "aborted");
    bench.end(false);
    bench.transact(2, "c", "replaced");
    bench.end(true);
    bench.append(&[("c", Some("last"), 1)]);
    bench.settle();
    assert_eq!(markers(&bench), (3, 1), "for a while");
    assert_eq!(bench.values(), ["kept", "last"]);
    bench.pass(110_000);
    bench.append(&[("d", Some("new"), 1)]);
    bench.settle();
    assert_eq!(markers(&bench), (1, 0), "what is kept keeps its marker");
    assert_eq!(bench.values(), ["kept", "last", "new"]);
    bench.append(&[("a", Some("newer"), 1)]);
    bench.settle();
    bench.pass(110_000);
    bench.settle();
    assert_eq!(markers(&bench), (0, 0));
    // A later transaction of the same producer is read whole.
    bench.transact(3, "e", "after");
    bench.end(true);
    bench.settle();
    assert_eq!(bench.values(), ["last", "new", "newer", "after"]);
    assert_eq!(markers(&bench), (1, 0));
}
