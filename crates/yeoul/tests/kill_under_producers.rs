//! L8: `kill -9` of the real binary under four idempotent producers. Nothing acknowledged is lost, nothing is there twice,
//! and the platform serves again within two seconds.

mod common;

use std::time::Duration;

use common::producers::{PRODUCERS, Producers, config, create, runtime, start};
use common::{Platform, folder, slow};
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use yeoul_base::Timestamp;
use yeoul_broker::client::{Client, NewTopic, Producer};
use yeoul_log::batch::BatchBuilder;

/// Serving again, from the process's start.
const SERVING_AGAIN_MAX: Duration = Duration::from_secs(2);
/// The log's size in the full test.
const LOG_BYTES: usize = 1 << 30;

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
    create(&kafka);
    if slow() {
        fill(&kafka);
    }
    let producers = Producers::start(&kafka, PRODUCERS);
    let mut random = SmallRng::seed_from_u64(8);
    for kill in 0..kills {
        producers.wait();
        common::wait(Duration::from_millis(random.random_range(0..300)));
        platform.kill();
        platform = start(data.path(), &kafka);
        assert!(platform.start <= SERVING_AGAIN_MAX, "kill {kill}: serving again after {:?}", platform.start);
    }
    producers.check(&kafka);
}
