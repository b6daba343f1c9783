//! A tumbling window from topic to view: a million departures wait in a topic; how long does a job take to count them per
//! airport and hour into a served table?
//!
//! Measured in a platform of its own process, from the moment at which the job is ready until it has read everything;
//! checkpoints every second, as by default. The view's sums are compared with what was sent.

use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};
use tokio::runtime::Runtime;
use yeoul_base::{Clock, Timestamp};
use yeoul_broker::client::{Client, ClientConfig, NewTopic, Producer};
use yeoul_log::batch::BatchBuilder;

use super::child::Platform;
use super::decode::departure;
use super::{Figure, scratch};
use crate::fault::Fault;

const EVENTS: usize = 1_000_000;
const RECORDS_PER_BATCH: usize = 2000;
const TOPIC: &str = "landing.bench.departures";
/// No end in sight after this long.
const PATIENCE_SECONDS: u64 = 300;

const SQL: &str = "
CREATE TABLE departures (
  `origin` STRING, `sched_dep` TIMESTAMP(3), `dep_delay` INT,
  WATERMARK FOR `sched_dep` AS `sched_dep` - INTERVAL '2' HOUR
) WITH (
  'connector' = 'kafka', 'topic' = 'landing.bench.departures', 'properties.bootstrap.servers' = '127.0.0.1:9092',
  'scan.startup.mode' = 'earliest-offset', 'scan.watermark.emit.strategy' = 'on-event', 'format' = 'json'
);
CREATE MATERIALIZED TABLE hourly AS
SELECT `origin`, `window_start`, COUNT(*) AS `departures`, AVG(CAST(`dep_delay` AS DOUBLE)) AS `mean_delay`
FROM TABLE(TUMBLE(TABLE departures, DESCRIPTOR(`sched_dep`), INTERVAL '1' HOUR))
GROUP BY `origin`, `window_start`, `window_end`;
";

/// Runs it in a folder under `folder`.
///
/// # Errors
/// A platform that doesn't start, or doesn't come to the end.
pub fn run(folder: &Path, clock: &Arc<dyn Clock>) -> Result<Figure, Fault> {
    let scratch = scratch(folder, "window")?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let empty = Platform::run(scratch.path(), &[])?;
    fill(&runtime, &empty.kafka)?;
    drop(empty);
    std::fs::write(scratch.path().join("window.sql"), SQL)?;
    let platform = Platform::run(scratch.path(), &[])?;
    let began = clock.elapsed();
    loop {
        let status = platform.status()?;
        if read(&status) >= EVENTS as u64 {
            break;
        }
        if (clock.elapsed() - began).as_secs() > PATIENCE_SECONDS {
            return Err(Fault::failed(format!("the job has read {} of {EVENTS} events", read(&status))));
        }
        std::thread::park_timeout(std::time::Duration::from_millis(5));
    }
    let seconds = (clock.elapsed() - began).as_secs_f64();
    let rate = EVENTS as f64 / seconds;
    Ok(Figure {
        name: "window",
        text: format!(
            "tumbling window from topic to view: {:.2} million events/s ({EVENTS} in {seconds:.2} s)",
            rate / 1e6
        ),
        json: json!({ "events_per_s": rate, "events": EVENTS, "seconds": seconds }),
    })
}

/// Events that the job has read.
fn read(status: &Value) -> u64 {
    let rows = status.pointer("/jobs/0/sources/0/rows");
    rows.and_then(Value::as_u64).unwrap_or(0)
}

fn fill(runtime: &Runtime, kafka: &str) -> Result<(), Fault> {
    runtime.block_on(async {
        let mut client = Client::connect(ClientConfig::new(kafka)).await?;
        client.create_topic(&NewTopic::named(TOPIC)).await?;
        let mut producer = Producer::new(client).await?;
        for first in (0..EVENTS).step_by(RECORDS_PER_BATCH) {
            let mut batch = BatchBuilder::new();
            for number in first..first + RECORDS_PER_BATCH {
                batch.push(None, Some(departure(number, EVENTS).as_bytes()), Timestamp(0), &[]);
            }
            producer.send(TOPIC, 0, batch).await?;
        }
        Ok(())
    })
}
