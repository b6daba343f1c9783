//! L8: `kill -9` of the real binary under four idempotent producers. Nothing acknowledged is lost, nothing is there twice,
//! and the platform serves again within two seconds.

mod common;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use common::{Platform, folder, slow};
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use yeoul_base::{Clock, Offset, SystemClock, Timestamp};
use yeoul_broker::client::{Client, ClientConfig, NewTopic, Producer};
use yeoul_log::batch::BatchBuilder;

const PRODUCERS: u64 = 4;
const TOPIC: &str = "landing.kills";
const RECORDS_PER_BATCH: u64 = 20;
/// Serving again, from the process's start.
const SERVING_AGAIN_MAX: Duration = Duration::from_secs(2);
/// The log's size in the full test.
const LOG_BYTES: usize = 1 << 30;

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
}

fn config(address: &str) -> ClientConfig {
    let patience = Duration::from_secs(5);
    ClientConfig { retries: 3000, retry_pause: Duration::from_millis(20), patience, ..ClientConfig::new(address) }
}

/// Starts the platform again on the same folder and ports.
fn start(data: &Path, kafka: &str) -> Platform {
    Platform::start_at(&["serve"], data, kafka, "127.0.0.1:0")
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

/// Fills the log, so that recovery has something to read.
fn fill(address: &str) {
    runtime().block_on(async {
        let client = Client::connect(config(address)).await.expect("it serves");
        let mut producer = Producer::new(client).await.expect("it gives an identity");
        producer.client().create_topic(&NewTopic::named("filling")).await.expect("it is new");
        let value = vec![7; 1000];
        for _ in 0..LOG_BYTES / 1_000_000 {
            let mut batch = BatchBuilder::new();
            (0..1000).for_each(|_| batch.push(None, Some(&value), Timestamp(0), &[]));
            producer.send("filling", 0, batch).await.expect("it takes batches");
        }
    });
}

#[test]
fn nothing_acknowledged_is_lost_or_doubled_by_kills() {
    let kills = if slow() { 50 } else { 5 };
    let data = folder(&[]);
    let mut platform = Platform::serve(data.path());
    let kafka = platform.kafka();
    runtime().block_on(async {
        let mut client = Client::connect(config(&kafka)).await.expect("it serves");
        let topic = NewTopic { partitions: i32::try_from(PRODUCERS).ok(), ..NewTopic::named(TOPIC) };
        client.create_topic(&topic).await.expect("it is new");
    });
    if slow() {
        fill(&kafka);
    }
    let stop = Arc::new(AtomicBool::new(false));
    let acknowledged = Arc::new(AtomicU64::new(0));
    let producers: Vec<_> =
        (0..PRODUCERS).map(|number| produce(kafka.clone(), number, stop.clone(), acknowledged.clone())).collect();
    let mut random = SmallRng::seed_from_u64(8);
    for kill in 0..kills {
        let before = acknowledged.load(Ordering::Relaxed);
        common::until("producers are served", || acknowledged.load(Ordering::Relaxed) > before);
        common::wait(Duration::from_millis(random.random_range(0..300)));
        platform.kill();
        platform = start(data.path(), &kafka);
        assert!(platform.start <= SERVING_AGAIN_MAX, "kill {kill}: serving again after {:?}", platform.start);
    }
    stop.store(true, Ordering::Relaxed);
    let sent: Vec<u64> = producers.into_iter().map(|producer| producer.join().expect("it ends well")).collect();
    let counts = read_all(&kafka);
    for (number, sent) in sent.iter().enumerate() {
        for record in 0..*sent {
            assert_eq!(counts.get(&format!("{number}-{record}")), Some(&1), "record {record} of producer {number}");
        }
    }
    assert_eq!(counts.len() as u64, sent.iter().sum::<u64>(), "nothing is there that nobody sent");
}

#[test]
fn sigterm_stops_in_order_and_leaves_nothing_to_repair() {
    let data = folder(&[]);
    let platform = Platform::serve(data.path());
    let kafka = platform.kafka();
    let stop = Arc::new(AtomicBool::new(false));
    runtime().block_on(async {
        let mut client = Client::connect(config(&kafka)).await.expect("it serves");
        let topic = NewTopic { partitions: i32::try_from(PRODUCERS).ok(), ..NewTopic::named(TOPIC) };
        client.create_topic(&topic).await.expect("it is new");
    });
    let acknowledged = Arc::new(AtomicU64::new(0));
    let producer = produce(kafka.clone(), 0, stop.clone(), acknowledged.clone());
    common::until("a producer is served", || acknowledged.load(Ordering::Relaxed) > 0);
    let (status, time) = platform.terminate();
    assert!(status.success(), "{status}");
    assert!(time <= Duration::from_secs(10), "{time:?}");
    assert!(!data.path().join("listen.json").exists());
    let _again = start(data.path(), &kafka);
    stop.store(true, Ordering::Relaxed);
    let sent = producer.join().expect("it ends well");
    assert_eq!(read_all(&kafka).len() as u64, sent);
}

#[test]
fn a_stop_with_an_open_connection_takes_at_most_ten_seconds() {
    let data = folder(&[]);
    let platform = Platform::serve(data.path());
    let clock = SystemClock::new();
    let address = platform.http().trim_start_matches("http://").to_owned();
    let mut stream = std::net::TcpStream::connect(address).expect("it serves");
    std::io::Write::write_all(&mut stream, b"GET /v1/status HTTP/1.1\r\nHost: localhost\r\n\r\n").expect("it reads");
    let (status, _) = platform.terminate();
    assert!(status.success() && clock.elapsed() <= Duration::from_secs(10));
}
