//! L10: an object store that fails, answers late or not at all, and lists what is not there. What is in the data folder
//! goes only when the store gives all of it back; what was acknowledged is read from wherever it lies.

#![allow(clippy::unwrap_used, reason = "what fails in a test's helper ends the test")]

use std::collections::BTreeMap;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use yeoul_base::{DiskFile, Offset, PartitionId, Timestamp, TopicId};
use yeoul_log::batch::{BatchBuilder, batches, records};
use yeoul_log::{ColdStore, Driver, Log, LogConfig, ObjectStore, Pending, Residence, TopicConfig};
use yeoul_sim::{Crash, SimClock, SimDisk};

const P0: PartitionId = PartitionId(0);

/// Objects in memory, and how often a call goes wrong, in percent.
struct Faulty {
    objects: Mutex<BTreeMap<String, Vec<u8>>>,
    /// Names that a listing still shows though they are gone.
    ghosts: Mutex<Vec<String>>,
    state: Mutex<(SmallRng, u32)>,
}

impl Faulty {
    fn new(seed: u64, percent: u32) -> Arc<Faulty> {
        let state = Mutex::new((SmallRng::seed_from_u64(seed), percent));
        Arc::new(Faulty { objects: Mutex::default(), ghosts: Mutex::default(), state })
    }

    fn set_percent(&self, percent: u32) {
        self.state.lock().unwrap().1 = percent;
    }

    fn goes_wrong(&self) -> bool {
        let (random, percent) = &mut *self.state.lock().unwrap();
        random.random_range(0..100) < *percent
    }

    fn fail<T>(&self) -> io::Result<T> {
        Err(io::Error::other("503 slow down"))
    }
}

impl ObjectStore for Faulty {
    fn put(&self, name: &str, content: &dyn DiskFile) -> io::Result<()> {
        if self.goes_wrong() {
            return self.fail();
        }
        let mut bytes = vec![0; usize::try_from(content.len()?).unwrap()];
        content.read_exact_at(&mut bytes, 0)?;
        // Worse than any store should be: it keeps other bytes than it was given.
        let at = bytes.len() / 2;
        if self.goes_wrong() {
            bytes[at] ^= 1;
        }
        self.objects.lock().unwrap().insert(name.to_owned(), bytes);
        // The answer may be lost after all was done.
        if self.goes_wrong() { self.fail() } else { Ok(()) }
    }

    fn read(&self, name: &str, offset: u64, bytes: usize) -> io::Result<Bytes> {
        if self.goes_wrong() {
            return self.fail();
        }
        let objects = self.objects.lock().unwrap();
        let object = objects.get(name).ok_or(io::ErrorKind::NotFound)?;
        let start = usize::try_from(offset).unwrap();
        let part = object.get(start..start + bytes).ok_or(io::ErrorKind::UnexpectedEof)?;
        Ok(Bytes::copy_from_slice(part))
    }

    fn size(&self, name: &str) -> io::Result<u64> {
        if self.goes_wrong() {
            return self.fail();
        }
        let objects = self.objects.lock().unwrap();
        Ok(objects.get(name).ok_or(io::ErrorKind::NotFound)?.len() as u64)
    }

    fn delete(&self, name: &str) -> io::Result<()> {
        if self.goes_wrong() {
            return self.fail();
        }
        if self.objects.lock().unwrap().remove(name).is_some() {
            self.ghosts.lock().unwrap().push(name.to_owned());
        }
        if self.goes_wrong() { self.fail() } else { Ok(()) }
    }

    fn list(&self, prefix: &str) -> io::Result<Vec<String>> {
        if self.goes_wrong() {
            return self.fail();
        }
        // Stale: what was deleted is still shown, and the newest may be missing.
        let mut names: Vec<String> = self.objects.lock().unwrap().keys().cloned().collect();
        if self.goes_wrong() {
            names.pop();
        }
        names.extend(self.ghosts.lock().unwrap().iter().cloned());
        Ok(names.into_iter().filter(|name| name.starts_with(prefix)).collect())
    }
}

fn now<T>(mut pending: Pending<T>) -> Option<T> {
    let mut context = Context::from_waker(Waker::noop());
    match Pin::new(&mut pending).poll(&mut context) {
        Poll::Ready(answer) => Some(answer),
        Poll::Pending => None,
    }
}

struct Life {
    store: Arc<Faulty>,
    disk: SimDisk,
    clock: Arc<SimClock>,
    running: Option<(Log, Driver)>,
    topic: Option<TopicId>,
    values: u64,
    kept: BTreeMap<i64, u64>,
}

impl Life {
    fn open(&mut self) {
        let mut config = LogConfig::new("/data/log");
        (config.file_bytes, config.group_bytes_max, config.hot_files) = (32 << 10, 8 << 10, 1);
        (config.clean_interval, config.retention_interval) = (Duration::from_secs(1), Duration::from_secs(1));
        let store: Arc<dyn ObjectStore> = self.store.clone();
        config.cold = Some(ColdStore { store, after: Duration::from_secs(3), local: Duration::from_secs(2) });
        let clock: Arc<SimClock> = Arc::clone(&self.clock);
        self.running = Some(Log::open_driven(config, Arc::new(self.disk.clone()), clock).unwrap());
    }

    fn write(&mut self) {
        if let Some((_, driver)) = &mut self.running {
            while driver.write() {}
        }
    }

    fn create(&mut self, settings: &TopicConfig) {
        let answer = self.running.as_ref().map(|(log, _)| log.create_topic("t", 1, settings.clone())).unwrap();
        self.write();
        self.topic = Some(now(answer).unwrap().unwrap().id);
    }

    fn append(&mut self) {
        self.values += 1;
        let mut builder = BatchBuilder::new();
        builder.push(None, Some(format!("{}.{}", self.values, "x".repeat(3000)).as_bytes()), Timestamp(1), &[]);
        let (log, _) = self.running.as_ref().unwrap();
        let answer = log.append(self.topic.unwrap(), P0, builder.finish().unwrap());
        self.write();
        if let Some(Ok(appended)) = now(answer) {
            self.kept.insert(appended.base_offset.0, self.values);
        }
    }

    fn keep(&mut self) {
        self.clock.advance(500);
        for _ in 0..2 {
            if let Some((_, driver)) = &mut self.running {
                driver.keep();
            }
            self.write();
        }
    }

    /// Reads everything, with a store that works; tells how many ranges lie in it alone.
    fn check(&self, seed: u64) -> usize {
        let (log, _) = self.running.as_ref().unwrap();
        let topic = self.topic.unwrap();
        let bounds = log.bounds(topic, P0).unwrap();
        let mut found = BTreeMap::new();
        let mut next = bounds.log_start;
        while next < bounds.high_watermark {
            let read = log.read(topic, P0, next, 20_000).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
            for (header, batch) in read.data.iter().flat_map(|data| batches(data).flatten()) {
                for record in &records(batch, 1 << 20).unwrap() {
                    let record = record.unwrap();
                    let text = String::from_utf8_lossy(record.value.unwrap()).into_owned();
                    let value = text.split('.').next().unwrap().parse::<u64>().unwrap();
                    found.insert(header.base_offset.0 + i64::from(record.offset_delta), value);
                }
                next = header.last_offset().plus(1);
            }
        }
        for (offset, value) in self.kept.range(bounds.log_start.0..) {
            assert_eq!(found.get(offset), Some(value), "seed {seed}: offset {offset}");
        }
        log.ranges(topic, P0).iter().filter(|range| range.residence == Residence::Store).count()
    }
}

fn live(seed: u64) -> usize {
    let mut random = SmallRng::seed_from_u64(seed);
    let percent = random.random_range(1..20);
    let mut life = Life {
        store: Faulty::new(seed, percent),
        disk: SimDisk::new(),
        clock: Arc::new(SimClock::at(Timestamp(1_700_000_000_000))),
        running: None,
        topic: None,
        values: 0,
        kept: BTreeMap::new(),
    };
    life.open();
    let mut settings = TopicConfig::default();
    if random.random_bool(0.5) {
        settings.set("retention.bytes", "200000").unwrap();
    }
    life.create(&settings);
    let mut stored = 0;
    for _ in 0..3 {
        for _ in 0..random.random_range(20..120) {
            life.append();
            life.keep();
        }
        if random.random_bool(0.7) {
            let crash = if random.random() { Crash::Drop } else { Crash::Tear { block: 4096, seed: random.random() } };
            life.running = None;
            life.disk = life.disk.after_crash(crash);
            life.open();
        }
        life.store.set_percent(0);
        stored = stored.max(life.check(seed));
        life.store.set_percent(percent);
    }
    stored
}

#[test]
fn what_is_in_the_data_folder_goes_only_when_the_store_has_it() {
    let seeds = if std::env::var_os("YEOUL_SLOW").is_some() { 500 } else { 60 };
    let moved = (0..seeds).filter(|&seed| live(seed) > 0).count();
    assert!(moved * 2 > seeds as usize, "too little was moved to prove anything: {moved} of {seeds}");
}

#[test]
fn objects_of_deleted_topics_and_records_go() {
    let mut life = Life {
        store: Faulty::new(1, 0),
        disk: SimDisk::new(),
        clock: Arc::new(SimClock::at(Timestamp(1_700_000_000_000))),
        running: None,
        topic: None,
        values: 0,
        kept: BTreeMap::new(),
    };
    life.open();
    life.create(&TopicConfig::default());
    for _ in 0..80 {
        life.append();
        life.keep();
    }
    assert!(life.check(1) > 0);
    let (log, _) = life.running.as_ref().unwrap();
    let topic = life.topic.unwrap();
    let before = life.store.objects.lock().unwrap().len();
    drop(log.delete_records(topic, P0, Some(Offset(30))));
    (0..8).for_each(|_| life.keep());
    let after = life.store.objects.lock().unwrap().len();
    assert!(after < before, "{after} of {before} are left");
    let (log, _) = life.running.as_ref().unwrap();
    drop(log.delete_topic(topic));
    (0..8).for_each(|_| life.keep());
    assert_eq!(life.store.objects.lock().unwrap().len(), 0);
}
