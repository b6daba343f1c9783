//! Key compaction while the power goes: the last record of each key stays, at its offset; a deleted key does not come
//! back; what is read is what was written; and reading goes on from any offset.

#![allow(clippy::unwrap_used, reason = "what fails in a test's helper ends the test")]

use std::collections::{BTreeMap, HashMap, HashSet};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use yeoul_base::{Offset, PartitionId, Timestamp, TopicId};
use yeoul_log::batch::{BatchBuilder, Compression, batches, records};
use yeoul_log::{Driver, Log, LogConfig, Pending, TopicConfig};
use yeoul_sim::{Bug, Crash, Fault, SimClock, SimDisk};

const P0: PartitionId = PartitionId(0);
const KEYS: u32 = 12;
/// How long tombstones stay once compaction came upon them.
const DELETE_RETENTION_MS: i64 = 4000;

#[derive(Clone, PartialEq, Eq, Debug)]
struct Written {
    /// Told apart from every other record, tombstones too.
    number: u64,
    key: String,
    is_tombstone: bool,
}

/// What was promised of the partition.
#[derive(Default)]
struct Promised {
    sent: HashMap<u64, Written>,
    /// What was acknowledged or read, by offset, and when.
    kept: BTreeMap<i64, (Written, i64)>,
}

struct Life {
    disk: SimDisk,
    clock: Arc<SimClock>,
    random: SmallRng,
    running: Option<(Log, Driver)>,
    topic: Option<TopicId>,
    promised: Promised,
    numbers: u64,
    compacted: usize,
}

fn config() -> LogConfig {
    let mut config = LogConfig::new("/data/log");
    (config.file_bytes, config.group_bytes_max, config.hot_files) = (32 << 10, 8 << 10, 1);
    config.retention_interval = Duration::from_secs(1);
    config.clean_interval = Duration::from_secs(1);
    config
}

fn now<T>(mut pending: Pending<T>) -> Option<T> {
    let mut context = Context::from_waker(Waker::noop());
    match Pin::new(&mut pending).poll(&mut context) {
        Poll::Ready(answer) => Some(answer),
        Poll::Pending => None,
    }
}

impl Life {
    fn new(seed: u64) -> Life {
        Life {
            disk: SimDisk::new(),
            clock: Arc::new(SimClock::at(Timestamp(1_700_000_000_000))),
            random: SmallRng::seed_from_u64(seed),
            running: None,
            topic: None,
            promised: Promised::default(),
            numbers: 0,
            compacted: 0,
        }
    }

    fn time(&self) -> i64 {
        use yeoul_base::Clock;
        self.clock.now().0
    }

    fn open(&mut self) -> Result<(), String> {
        let clock: Arc<SimClock> = Arc::clone(&self.clock);
        let opened = Log::open_driven(config(), Arc::new(self.disk.clone()), clock);
        self.running = Some(opened.map_err(|error| error.to_string())?);
        Ok(())
    }

    fn write(&mut self) {
        if let Some((_, driver)) = &mut self.running {
            while driver.write() {}
        }
    }

    fn create(&mut self) {
        let mut settings = TopicConfig::default();
        for (key, value) in [
            ("cleanup.policy", "compact"),
            ("min.cleanable.dirty.ratio", "0.1"),
            ("segment.ms", "2000"),
            ("delete.retention.ms", &DELETE_RETENTION_MS.to_string()),
        ] {
            settings.set(key, value).unwrap();
        }
        let Some((log, _)) = &self.running else { return };
        let answer = log.create_topic("compacted", 1, settings);
        self.write();
        self.topic = now(answer).and_then(Result::ok).map(|topic| topic.id);
    }

    fn append(&mut self) {
        let (Some((log, _)), Some(topic)) = (&self.running, self.topic) else { return };
        let codec = Compression::ALL[self.random.random_range(0..Compression::ALL.len())];
        let mut builder = BatchBuilder::new().compression(codec);
        let mut batch = Vec::new();
        for _ in 0..self.random.random_range(1..5) {
            self.numbers += 1;
            let key = format!("key {}", self.random.random_range(0..KEYS));
            let is_tombstone = self.random.random_bool(0.2);
            let written = Written { number: self.numbers, key, is_tombstone };
            let filling = vec![b'x'; self.random.random_range(0..1500)];
            let value = (!is_tombstone).then_some(filling.as_slice());
            let number = self.numbers.to_be_bytes();
            builder.push(Some(written.key.as_bytes()), value, Timestamp(7), &[("number", Some(&number))]);
            self.promised.sent.insert(written.number, written.clone());
            batch.push(written);
        }
        let answer = log.append(topic, P0, builder.finish().unwrap());
        self.write();
        if let Some(Ok(appended)) = now(answer) {
            let time = self.time();
            let placed = (appended.base_offset.0..).zip(batch);
            self.promised.kept.extend(placed.map(|(offset, written)| (offset, (written, time))));
        }
    }

    fn keep(&mut self) {
        for _ in 0..2 {
            if let Some((_, driver)) = &mut self.running {
                driver.keep();
            }
            self.write();
        }
    }

    fn step(&mut self) {
        self.clock.advance(200);
        match self.random.random_range(0..10) {
            0..7 => self.append(),
            _ => self.keep(),
        }
    }

    /// Compares what is there with what was promised.
    fn check(&mut self) -> Result<(), String> {
        let (Some((log, _)), Some(topic)) = (&self.running, self.topic) else { return Ok(()) };
        let bounds = log.bounds(topic, P0).ok_or("the partition is lost")?;
        let found = read_all(log, topic, bounds.high_watermark.0)?;
        for (offset, number) in &found {
            let written = self.promised.sent.get(number).ok_or("nobody wrote it")?;
            match self.promised.kept.get(offset) {
                Some((kept, _)) if kept != written => {
                    return Err(format!("offset {offset} is {written:?}, not {kept:?}"));
                }
                Some(_) => {}
                None => drop(self.promised.kept.insert(*offset, (written.clone(), self.time()))),
            }
        }
        let there: HashSet<i64> = found.iter().map(|(offset, _)| *offset).collect();
        self.check_keys(&there)?;
        self.compacted = self.compacted.max(self.promised.kept.len() - there.len());
        for _ in 0..5 {
            let from = self.random.random_range(0..bounds.high_watermark.0.max(1));
            let read = log.read(topic, P0, Offset(from), 1).map_err(|error| error.to_string())?;
            let ends =
                read.data.iter().flat_map(|data| batches(data).flatten()).map(|(header, _)| header.last_offset().0);
            if bounds.high_watermark.0 > 0 && ends.max().is_none_or(|end| end < from) {
                return Err(format!("nothing is read from offset {from}"));
            }
        }
        Ok(())
    }

    fn check_keys(&self, there: &HashSet<i64>) -> Result<(), String> {
        let mut latest: HashMap<&str, (i64, &(Written, i64))> = HashMap::new();
        for (offset, kept) in &self.promised.kept {
            latest.insert(&kept.0.key, (*offset, kept));
        }
        for (key, (offset, (written, time))) in latest {
            if there.contains(&offset) {
                continue;
            }
            if !written.is_tombstone || self.time() - time < DELETE_RETENTION_MS {
                return Err(format!("the last of {key} is gone: {written:?} at offset {offset}"));
            }
            let of_key = |at: &&i64| self.promised.kept.get(at).is_some_and(|(older, _)| older.key == key);
            if let Some(back) = there.iter().find(of_key) {
                return Err(format!("{key} was deleted at offset {offset}, and is back at {back}"));
            }
        }
        Ok(())
    }
}

/// Offset and number of each record.
fn read_all(log: &Log, topic: TopicId, end: i64) -> Result<Vec<(i64, u64)>, String> {
    let mut found = Vec::new();
    let mut next = 0;
    while next < end {
        let read = log.read(topic, P0, Offset(next), 5000).map_err(|error| error.to_string())?;
        let before = next;
        for (header, batch) in read.data.iter().flat_map(|data| batches(data).flatten()) {
            let records = records(batch, 1 << 20).map_err(|error| error.to_string())?;
            for record in &records {
                let record = record.map_err(|error| error.to_string())?;
                let number = record.headers.into_iter().next().and_then(|header| header.value).ok_or("no number")?;
                let offset = header.base_offset.0 + i64::from(record.offset_delta);
                if found.last().is_some_and(|(last, _)| *last >= offset) {
                    return Err(format!("offset {offset} follows a later one"));
                }
                found.push((offset, u64::from_be_bytes(number.try_into().map_err(|_| "a strange number")?)));
            }
            next = header.last_offset().0 + 1;
        }
        if next == before {
            return Err(format!("reading stops at offset {next} of {end}"));
        }
    }
    Ok(found)
}

fn any_crash(random: &mut SmallRng) -> Crash {
    match random.random_range(0..6) {
        0 => Crash::Drop,
        1 => Crash::Keep,
        kind => Crash::Tear { block: if kind < 4 { 512 } else { 4096 }, seed: random.random() },
    }
}

/// Lives through some crashes; returns how many records compaction took at most.
fn live(seed: u64, bug: Option<Bug>) -> Result<usize, String> {
    let at = |error: String| format!("seed {seed}: {error}");
    let mut life = Life::new(seed);
    for _ in 0..life.random.random_range(2..5) {
        bug.into_iter().for_each(|bug| life.disk.plant(bug));
        life.open().map_err(at)?;
        if life.topic.is_none() {
            life.create();
        }
        life.check().map_err(at)?;
        let ends_at = life.disk.operations() + life.random.random_range(50..900);
        life.disk.inject(Fault::PowerOff(ends_at));
        while life.disk.operations() < ends_at {
            life.step();
        }
        let crash = any_crash(&mut life.random);
        life.running = None;
        life.disk = life.disk.after_crash(crash);
    }
    life.open().map_err(at)?;
    life.check().map_err(at)?;
    for _ in 0..60 {
        life.step();
    }
    life.check().map_err(at)?;
    Ok(life.compacted)
}

#[test]
fn the_last_of_each_key_stays_when_the_power_goes() {
    let seeds = if std::env::var_os("YEOUL_SLOW").is_some() { 1000 } else { 60 };
    let mut compacted = 0;
    for seed in 0..seeds {
        compacted += usize::from(live(seed, None).unwrap() > 20);
    }
    assert!(
        compacted * 2 > seeds as usize,
        "compaction did too little to prove anything: {compacted} of {seeds} lives"
    );
}

#[test]
fn planted_bugs_are_caught() {
    for bug in [Bug::SkippedFlush, Bug::EarlyAcknowledgement, Bug::MissingFolderFlush] {
        let caught = (0..40).filter(|&seed| live(seed, Some(bug)).is_err()).count();
        assert!(caught > 0, "{bug:?} was not caught by any of 40 seeds");
    }
}
