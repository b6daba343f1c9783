//! From door to view at 10,000 events/s: how long after its event is sent does a reader of the view's changes see a row
//! that includes it?
//!
//! A producer sends 100 numbered events every 10 ms through the Kafka door. A served table holds the greatest number, and
//! a reader follows its changes over SSE. An event is seen with the first change whose number is not below its own. What a
//! view shows, it shows at a checkpoint; so half the checkpoint's interval is the least that the mean can be.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};
use yeoul_base::{Clock, Timestamp};
use yeoul_broker::client::{Client, ClientConfig, NewTopic, Producer};
use yeoul_log::batch::BatchBuilder;

use super::child::Platform;
use super::{Figure, scratch};
use crate::fault::Fault;

const TOPIC: &str = "landing.bench.numbers";
const EVENTS_PER_BATCH: u64 = 100;
const BATCH_PERIOD: Duration = Duration::from_millis(10);
/// Measured time of each interval; what is sent in the first second isn't counted.
const SECONDS: u64 = 11;
const INTERVALS: [(&str, &str); 2] = [("100 ms", "100_ms"), ("1 s", "1_s")];

const SQL: &str = "
CREATE TABLE numbers (`n` BIGINT) WITH (
  'connector' = 'kafka', 'topic' = 'landing.bench.numbers', 'properties.bootstrap.servers' = '127.0.0.1:9092',
  'scan.startup.mode' = 'earliest-offset', 'format' = 'json'
);
CREATE MATERIALIZED TABLE greatest AS SELECT MAX(`n`) AS `n` FROM numbers;
";

/// When a number was sent or seen.
type Moments = Arc<Mutex<Vec<(u64, Duration)>>>;

/// Runs it in a folder under `folder`.
///
/// # Errors
/// A platform that doesn't start or doesn't answer.
pub fn run(folder: &Path, clock: &Arc<dyn Clock>) -> Result<Figure, Fault> {
    let mut texts = Vec::new();
    let mut figures = serde_json::Map::new();
    for (interval, key) in INTERVALS {
        let (p50, p99) = measure(folder, interval, clock)?;
        texts.push(format!("checkpoint interval {interval}: p50 {p50:.0} ms, p99 {p99:.0} ms"));
        figures.insert(key.to_owned(), json!({ "p50_ms": p50, "p99_ms": p99 }));
    }
    let text = format!("from door to view at 10,000 events/s: {}", texts.join("; "));
    Ok(Figure { name: "latency", text, json: Value::Object(figures) })
}

fn measure(folder: &Path, interval: &str, clock: &Arc<dyn Clock>) -> Result<(f64, f64), Fault> {
    let scratch = scratch(folder, "latency")?;
    std::fs::write(scratch.path().join("latency.sql"), SQL)?;
    let setting = format!("execution.checkpointing.interval={interval}");
    let platform = Platform::run(scratch.path(), &[&setting])?;
    let seen = Moments::default();
    let reader = follow(&platform, seen.clone(), clock.clone())?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let sent = runtime.block_on(send(&platform.kafka, &**clock))?;
    let last = sent.last().map_or(0, |(number, _)| *number);
    let deadline = clock.elapsed() + Duration::from_secs(10);
    while greatest(&seen) < last && clock.elapsed() < deadline {
        std::thread::park_timeout(Duration::from_millis(5));
    }
    drop(platform);
    if reader.join().is_err() {
        return Err(Fault::failed("the reader of changes panicked"));
    }
    let seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
    quantiles(&sent, &seen).ok_or_else(|| Fault::failed("the view didn't show the last event"))
}

fn greatest(seen: &Moments) -> u64 {
    seen.lock().unwrap_or_else(PoisonError::into_inner).last().map_or(0, |(number, _)| *number)
}

/// The median and the 99th percentile of the events' times in milliseconds.
fn quantiles(sent: &[(u64, Duration)], seen: &[(u64, Duration)]) -> Option<(f64, f64)> {
    let skipped = EVENTS_PER_BATCH * 100;
    let mut times = Vec::new();
    let mut at = 0;
    for (number, sent_at) in sent.iter().filter(|(number, _)| *number >= skipped) {
        while seen.get(at)?.0 < *number {
            at += 1;
        }
        times.push(seen.get(at)?.1.saturating_sub(*sent_at).as_secs_f64() * 1000.0);
    }
    times.sort_by(f64::total_cmp);
    Some((*times.get(times.len() / 2)?, *times.get(times.len() * 99 / 100)?))
}

/// Sends numbered events at the rate; says when each batch began to be sent, by its last number.
async fn send(kafka: &str, clock: &dyn Clock) -> Result<Vec<(u64, Duration)>, Fault> {
    let mut client = Client::connect(ClientConfig::new(kafka)).await?;
    if client.topic(TOPIC).await?.is_none() {
        client.create_topic(&NewTopic::named(TOPIC)).await?;
    }
    let mut producer = Producer::new(client).await?;
    let mut ticks = tokio::time::interval(BATCH_PERIOD);
    let mut sent = Vec::new();
    let mut next = 1;
    let batches = SECONDS * 1000 / u64::try_from(BATCH_PERIOD.as_millis())?;
    for _ in 0..batches {
        ticks.tick().await;
        let mut batch = BatchBuilder::new();
        for number in next..next + EVENTS_PER_BATCH {
            batch.push(None, Some(format!("{{\"n\":{number}}}").as_bytes()), Timestamp(0), &[]);
        }
        next += EVENTS_PER_BATCH;
        sent.push((next - 1, clock.elapsed()));
        producer.send(TOPIC, 0, batch).await?;
    }
    Ok(sent)
}

/// Follows the view's changes until the platform ends.
fn follow(platform: &Platform, seen: Moments, clock: Arc<dyn Clock>) -> Result<std::thread::JoinHandle<()>, Fault> {
    let url = format!("{}/v1/views/greatest/changes", platform.http);
    let response = ureq::get(&url).call().map_err(|error| Fault::failed(format!("`{url}`: {error}")))?;
    let reader = BufReader::new(response.into_body().into_reader());
    Ok(std::thread::Builder::new().name("bench-reader".into()).spawn(move || {
        for line in reader.lines().map_while(Result::ok) {
            if let Some(number) = number_in(&line) {
                seen.lock().unwrap_or_else(PoisonError::into_inner).push((number, clock.elapsed()));
            }
        }
    })?)
}

/// The number in a line of the stream that holds a row.
fn number_in(line: &str) -> Option<u64> {
    let (_, behind) = line.strip_prefix("data:")?.rsplit_once("\"n\":")?;
    let end = behind.find(|c: char| !c.is_ascii_digit()).unwrap_or(behind.len());
    behind.get(..end)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_seen_with_the_first_change_that_is_not_below_it() {
        let ms = Duration::from_millis;
        let sent: Vec<(u64, Duration)> = (1..=200).map(|batch| (batch * EVENTS_PER_BATCH, ms(batch * 10))).collect();
        let seen = [(10_000, ms(1200)), (20_000, ms(2100))];
        let (p50, p99) = quantiles(&sent, &seen).expect("all were seen");
        assert!((p50 - 590.0).abs() < 11.0 && (p99 - 1080.0).abs() < 11.0, "{p50} {p99}");
        assert_eq!(quantiles(&sent, &seen[..1]), None);
    }

    #[test]
    fn numbers_are_found_in_lines_of_the_stream() {
        assert_eq!(number_in("data: {\"kind\":\"+U\",\"row\":{\"n\":1700}}"), Some(1700));
        assert_eq!(number_in(": heartbeat"), None);
    }
}
