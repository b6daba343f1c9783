//! `yeoul feed` killed and started again: the topic holds the file's lines once, in order.

mod common;

use std::process::{Command, Stdio};
use std::time::Duration;

use common::{Platform, binary, folder, slow};
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use serde_json::Value;

const LINES: usize = 20_000;

/// Lines with an event time each second.
fn lines() -> String {
    let line =
        |i: usize| format!("{{\"id\":{i},\"k\":\"k{}\",\"t\":{}}}\n", i % 7, 1_600_000_000_000_u64 + i as u64 * 1000);
    (0..LINES).map(line).collect()
}

fn feed(platform: &Platform, file: &str, topic: &str, flags: &[&str]) -> Command {
    let mut command = binary();
    command.args(["feed", file, topic, "--kafka", &platform.kafka(), "--json"]).args(flags);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    command
}

fn consume(platform: &Platform, topic: &str) -> Vec<Value> {
    let output = binary().args(["consume", topic, "--kafka", &platform.kafka(), "--exit", "--json"]).output();
    let output = output.expect("the binary is there");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

fn ids(records: &[Value]) -> Vec<usize> {
    let value = |record: &Value| serde_json::from_str::<Value>(record["value"].as_str().expect("text")).expect("JSON");
    records.iter().map(|record| usize::try_from(value(record)["id"].as_u64().expect("an id")).expect("small")).collect()
}

#[test]
fn killed_at_random_moments_it_goes_on_behind_the_last_record() {
    let folder = folder(&[("lines.jsonl", &lines())]);
    let platform = Platform::serve(&folder.path().join("data"));
    let file = folder.path().join("lines.jsonl").display().to_string();
    let mut random = SmallRng::seed_from_u64(3);
    for _ in 0..if slow() { 30 } else { 6 } {
        let flags = ["--time-field", "t", "--speed", "10000"];
        let mut child = feed(&platform, &file, "lines", &flags).spawn().expect("the binary is there");
        common::wait(Duration::from_millis(random.random_range(50..250)));
        child.kill().expect("it runs");
        child.wait().expect("it ends");
    }
    let output = feed(&platform, &file, "lines", &[]).output().expect("the binary is there");
    let done: Value = serde_json::from_slice(&output.stdout).expect("it says what it did");
    assert!(done["resumed_behind"].as_u64() > Some(0), "{done}");
    assert_eq!(ids(&consume(&platform, "lines")), (0..LINES).collect::<Vec<_>>());
}

#[test]
fn with_keys_and_partitions_each_line_is_there_once() {
    let folder = folder(&[("lines.jsonl", &lines())]);
    let platform = Platform::serve(&folder.path().join("data"));
    let file = folder.path().join("lines.jsonl").display().to_string();
    let made = binary().args(["topic", "create", "keyed", "--partitions", "3", "--kafka", &platform.kafka()]).status();
    assert!(made.expect("the binary is there").success());
    for _ in 0..2 {
        let output = feed(&platform, &file, "keyed", &["--key-field", "k"]).output().expect("the binary is there");
        assert!(output.status.success());
    }
    let records = consume(&platform, "keyed");
    let mut ids = ids(&records);
    ids.sort_unstable();
    assert_eq!(ids, (0..LINES).collect::<Vec<_>>());
    let mut places: Vec<(String, i64)> = records
        .iter()
        .map(|record| (record["key"].to_string(), record["partition"].as_i64().expect("a number")))
        .collect();
    places.sort();
    places.dedup();
    assert_eq!(places.len(), 7, "a key lies in one partition: {places:?}");
}

#[test]
fn a_topic_that_others_write_to_is_not_fed() {
    let folder = folder(&[("lines.jsonl", "{\"id\":1}\n")]);
    let platform = Platform::serve(&folder.path().join("data"));
    let file = folder.path().join("lines.jsonl").display().to_string();
    let made = binary().args(["produce", "mixed", &file, "--kafka", &platform.kafka()]).status();
    assert!(made.expect("the binary is there").success());
    let output = feed(&platform, &file, "mixed", &[]).stderr(Stdio::piped()).output().expect("the binary is there");
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(told.contains("yeoul.source-position") && told.contains("`mixed`"), "{told}");
}

#[test]
fn lines_follow_the_pace_of_their_event_time() {
    let text: String = (0..11).map(|i| format!("{{\"id\":{i},\"t\":\"2013-02-01 00:00:{i:02}\"}}\n")).collect();
    let folder = folder(&[("lines.jsonl", &text)]);
    let platform = Platform::serve(&folder.path().join("data"));
    let file = folder.path().join("lines.jsonl").display().to_string();
    let output = feed(&platform, &file, "paced", &["--time-field", "t", "--speed", "10"]).output();
    assert!(output.expect("the binary is there").status.success());
    let times: Vec<i64> =
        consume(&platform, "paced").iter().map(|r| r["timestamp"].as_i64().expect("a time")).collect();
    let took = times.last().expect("records") - times.first().expect("records");
    assert!((900..5000).contains(&took), "ten seconds of event time in {took} ms");
}

#[test]
fn a_second_one_takes_the_place_of_the_first() {
    let folder = folder(&[("lines.jsonl", &lines())]);
    let platform = Platform::serve(&folder.path().join("data"));
    let file = folder.path().join("lines.jsonl").display().to_string();
    // At this speed the file takes a minute and a half: the first is in the middle of it when the second comes.
    let flags = ["--time-field", "t", "--speed", "200"];
    let mut first = feed(&platform, &file, "lines", &flags);
    let first = first.stderr(Stdio::piped()).spawn().expect("the binary is there");
    common::wait(Duration::from_millis(500));
    let second = feed(&platform, &file, "lines", &[]).output().expect("the binary is there");
    assert!(second.status.success());
    let first = first.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&first.stderr);
    assert_eq!(first.status.code(), Some(1), "{said}");
    assert!(said.contains("another feed of topic `lines` has begun"), "{said}");
    assert_eq!(ids(&consume(&platform, "lines")), (0..LINES).collect::<Vec<_>>());
}
