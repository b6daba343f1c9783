//! Retention by size and time, and L9: clocks that jump and timestamps at their limits delete nothing wrongly.

#![allow(clippy::unwrap_used, reason = "what fails in a test's helper ends the test")]

use std::sync::Arc;
use std::time::Duration;

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use yeoul_base::{Clock, PartitionId, RealDisk, Timestamp, TopicId};
use yeoul_log::batch::BatchBuilder;
use yeoul_log::{Driver, Log, LogConfig, TopicConfig};

const P0: PartitionId = PartitionId(0);
const HOUR: i64 = 3_600_000;
const START: i64 = 1_700_000_000_000;

struct Hand {
    wall: AtomicI64,
    elapsed: AtomicU64,
}

impl Hand {
    fn pass(&self, ms: i64) {
        self.wall.fetch_add(ms, Ordering::Relaxed);
        self.elapsed.fetch_add(ms.unsigned_abs(), Ordering::Relaxed);
    }

    fn jump(&self, ms: i64) {
        let wall = self.wall.load(Ordering::Relaxed).saturating_add(ms);
        self.wall.store(wall, Ordering::Relaxed);
    }
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
    _dir: tempfile::TempDir,
    clock: Arc<Hand>,
    log: Log,
    driver: Driver,
    topic: TopicId,
}

fn config(dir: &std::path::Path) -> LogConfig {
    let mut config = LogConfig::new(dir);
    config.file_bytes = 64 << 10;
    config.group_bytes_max = 16 << 10;
    config.hot_files = 1;
    config
}

fn bench(key: &str, value: &str) -> Bench {
    let dir = tempfile::tempdir().unwrap();
    let clock = Arc::new(Hand { wall: AtomicI64::new(START), elapsed: AtomicU64::new(0) });
    let (log, mut driver) = Log::open_driven(config(dir.path()), Arc::new(RealDisk), clock.clone()).unwrap();
    let mut settings = TopicConfig::default();
    settings.set(key, value).unwrap();
    let created = log.create_topic("t", 1, settings);
    while driver.write() {}
    let topic = created.wait().unwrap().id;
    Bench { _dir: dir, clock, log, driver, topic }
}

impl Bench {
    fn append(&mut self, records: usize, timestamp: i64) {
        for _ in 0..records {
            let mut builder = BatchBuilder::new();
            builder.push(None, Some(&[7; 1000]), Timestamp(timestamp), &[]);
            let answer = self.log.append(self.topic, P0, builder.finish().unwrap());
            while self.driver.write() {}
            answer.wait().unwrap();
            self.keep();
        }
    }

    fn keep(&mut self) {
        for _ in 0..3 {
            self.driver.keep();
            while self.driver.write() {}
        }
    }

    /// The first offset that is kept once retention was applied.
    fn start(&mut self) -> i64 {
        self.clock.elapsed.fetch_add(60_000, Ordering::Relaxed);
        self.keep();
        self.log.bounds(self.topic, P0).unwrap().log_start.0
    }
}

#[test]
fn a_partition_is_kept_to_its_size() {
    let mut bench = bench("retention.bytes", "20000");
    bench.append(100, 0);
    let start = bench.start();
    let bounds = bench.log.bounds(bench.topic, P0).unwrap();
    assert!(bounds.bytes >= 20_000 && bounds.bytes < 40_000, "{bounds:?}");
    assert!(start > 60, "{bounds:?}");
    assert!(bench.log.read(bench.topic, P0, bounds.log_start, 1000).is_ok());
}

#[test]
fn records_are_kept_for_their_time_after_the_append() {
    let mut bench = bench("retention.ms", "3600000");
    bench.append(60, 0);
    bench.clock.pass(HOUR / 2);
    assert_eq!(bench.start(), 0);
    bench.append(30, 0);
    bench.clock.pass(HOUR / 2 + 120_000);
    let start = bench.start();
    assert!(start > 30 && start <= 60, "{start}");
    bench.clock.pass(2 * HOUR);
    assert_eq!(bench.start(), 90);
}

#[test]
fn what_expired_stays_away_after_a_restart() {
    let mut bench = bench("retention.ms", "1000");
    bench.append(60, 0);
    bench.clock.pass(HOUR);
    assert_eq!(bench.start(), 60);
    bench.driver.close();
    let dir = bench.log.config().dir.clone();
    drop(bench.log);
    let (log, _driver) = Log::open_driven(config(&dir), Arc::new(RealDisk), bench.clock).unwrap();
    let bounds = log.bounds(bench.topic, P0).unwrap();
    assert_eq!((bounds.log_start.0, bounds.high_watermark.0, bounds.bytes), (60, 60, 0));
}

#[test]
fn a_clock_that_jumps_deletes_nothing() {
    for jump in [-HOUR, -10 * 365 * 24 * HOUR, 10 * 365 * 24 * HOUR, i64::MAX, i64::MIN] {
        let mut bench = bench("retention.ms", "3600000");
        bench.append(60, 0);
        bench.clock.jump(jump);
        assert_eq!(bench.start(), 0, "after a jump by {jump}");
        bench.append(5, 0);
        assert_eq!(bench.start(), 0, "after a jump by {jump}");
    }
}

#[test]
fn a_clock_that_jumps_while_the_log_is_closed_deletes_nothing() {
    for jump in [-HOUR, 10 * 365 * 24 * HOUR] {
        let mut bench = bench("retention.ms", "3600000");
        bench.append(60, 0);
        bench.driver.close();
        let dir = bench.log.config().dir.clone();
        drop(bench.log);
        bench.clock.jump(jump);
        let (log, driver) = Log::open_driven(config(&dir), Arc::new(RealDisk), bench.clock.clone()).unwrap();
        let mut bench = Bench { log, driver, ..bench };
        assert_eq!(bench.start(), 0, "after a jump by {jump}");
    }
}

#[test]
fn timestamps_at_their_limits_delete_nothing_and_are_found() {
    for timestamp in [i64::MIN, -1, 0, i64::MAX] {
        let mut bench = bench("retention.ms", "3600000");
        bench.append(60, timestamp);
        assert_eq!(bench.start(), 0, "timestamp {timestamp}");
        let found = bench.log.offset_at(bench.topic, P0, Timestamp(timestamp)).unwrap();
        assert_eq!(found.map(|(offset, time)| (offset.0, time.0)), Some((0, timestamp)));
        assert_eq!(bench.log.bounds(bench.topic, P0).unwrap().max_timestamp, Some(Timestamp(timestamp)));
    }
}
