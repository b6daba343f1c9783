//! Producers that go on over restarts of the platform, and what they find in the end.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use yeoul_base::{Offset, Timestamp};
use yeoul_broker::client::{Client, ClientConfig, NewTopic, Producer};
use yeoul_log::batch::BatchBuilder;

use super::Platform;

pub const PRODUCERS: u64 = 4;
const TOPIC: &str = "landing.kills";
const RECORDS_PER_BATCH: u64 = 20;

pub fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
}

pub fn config(address: &str) -> ClientConfig {
    let patience = Duration::from_secs(5);
    ClientConfig { retries: 3000, retry_pause: Duration::from_millis(20), patience, ..ClientConfig::new(address) }
}

/// Starts the platform again on the same folder and port.
pub fn start(data: &Path, kafka: &str) -> Platform {
    Platform::start_at(&["serve"], data, kafka, "127.0.0.1:0")
}

/// Creates the topic, a partition for each producer.
pub fn create(kafka: &str) {
    runtime().block_on(async {
        let mut client = Client::connect(config(kafka)).await.expect("it serves");
        let topic = NewTopic { partitions: i32::try_from(PRODUCERS).ok(), ..NewTopic::named(TOPIC) };
        client.create_topic(&topic).await.expect("it is new");
    });
}

/// Some producers that send until they are told to stop.
pub struct Producers {
    stop: Arc<AtomicBool>,
    acknowledged: Arc<AtomicU64>,
    running: Vec<JoinHandle<u64>>,
}

impl Producers {
    /// Starts so many, at most [`PRODUCERS`].
    pub fn start(kafka: &str, count: u64) -> Producers {
        let (stop, acknowledged) = <(Arc<AtomicBool>, Arc<AtomicU64>)>::default();
        let start = |number| produce(kafka.to_owned(), number, stop.clone(), acknowledged.clone());
        let running = (0..count).map(start).collect();
        Producers { stop, acknowledged, running }
    }

    /// Waits until something more is acknowledged.
    pub fn wait(&self) {
        let before = self.acknowledged.load(Ordering::Relaxed);
        super::until("producers are served", || self.acknowledged.load(Ordering::Relaxed) > before);
    }

    /// Stops them, and checks that all that they sent is there, once, and nothing else.
    pub fn check(self, kafka: &str) {
        self.stop.store(true, Ordering::Relaxed);
        let sent: Vec<u64> = self.running.into_iter().map(|producer| producer.join().expect("it ends well")).collect();
        let counts = read_all(kafka);
        for (number, sent) in sent.iter().enumerate() {
            for record in 0..*sent {
                assert_eq!(counts.get(&format!("{number}-{record}")), Some(&1), "record {record} of producer {number}");
            }
        }
        assert_eq!(counts.len() as u64, sent.iter().sum::<u64>(), "nothing is there that nobody sent");
    }
}

/// Sends numbered records of one producer to its own partition until told to stop; returns how many were acknowledged.
fn produce(address: String, number: u64, stop: Arc<AtomicBool>, acknowledged: Arc<AtomicU64>) -> JoinHandle<u64> {
    std::thread::spawn(move || {
        runtime().block_on(async {
            let client = Client::connect(config(&address)).await.expect("it serves");
            let mut producer = Producer::new(client).await.expect("it gives an identity");
            let mut next = 0;
            while !stop.load(Ordering::Relaxed) {
                let mut batch = BatchBuilder::new();
                for record in next..next + RECORDS_PER_BATCH {
                    let value = format!("{number}-{record}");
                    batch.push(None, Some(value.as_bytes()), Timestamp(0), &[]);
                }
                let partition = i32::try_from(number).expect("few producers");
                producer.send(TOPIC, partition, batch).await.expect("it serves again within the retries");
                next += RECORDS_PER_BATCH;
                acknowledged.fetch_add(RECORDS_PER_BATCH, Ordering::Relaxed);
            }
            next
        })
    })
}

/// How often each record is there.
fn read_all(address: &str) -> BTreeMap<String, u32> {
    let mut counts = BTreeMap::new();
    runtime().block_on(async {
        let mut client = Client::connect(config(address)).await.expect("it serves");
        for partition in 0..i32::try_from(PRODUCERS).expect("few producers") {
            let mut next = Offset::ZERO;
            loop {
                let fetched = client.fetch(TOPIC, partition, next, Duration::ZERO, 4 << 20).await.expect("it is there");
                let (records, behind) = fetched.records().expect("sound batches");
                if records.is_empty() {
                    break;
                }
                for record in records {
                    assert_eq!(record.offset, next, "offsets are dense");
                    next = record.offset.plus(1);
                    *counts.entry(String::from_utf8(record.value.expect("a value")).expect("text")).or_default() += 1;
                }
                assert_eq!(next, behind);
            }
        }
    });
    counts
}
