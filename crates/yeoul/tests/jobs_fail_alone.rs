//! A job that fails leaves the others alone, says why, and goes on where it was once the cause is gone. A job whose SQL was
//! edited is not started on the state of its old text.

mod common;

use std::path::Path;

use common::{Platform, binary, folder, until, write};
use serde_json::Value;

const TABLES: &str = "
CREATE TABLE numbers (n INT) WITH (
  'connector' = 'kafka', 'topic' = 'numbers', 'properties.bootstrap.servers' = '127.0.0.1:9092',
  'scan.startup.mode' = 'earliest-offset', 'format' = 'json');
CREATE TABLE copies (n INT) WITH (
  'connector' = 'kafka', 'topic' = 'copies', 'properties.bootstrap.servers' = '127.0.0.1:9092', 'format' = 'json');
CREATE TABLE shares (share INT) WITH (
  'connector' = 'kafka', 'topic' = 'shares', 'properties.bootstrap.servers' = '127.0.0.1:9092', 'format' = 'json');
CREATE TABLE files (n INT) WITH (
  'connector' = 'filesystem', 'path' = 'files', 'format' = 'json',
  'sink.rolling-policy.rollover-interval' = '1 ms', 'sink.rolling-policy.check-interval' = '1 ms');
SET 'execution.checkpointing.interval' = '50 ms';
";

const COPY: &str = "SET 'pipeline.name' = 'copy';\nINSERT INTO copies SELECT n FROM numbers;\n";

fn produce(platform: &Platform, number: i32) {
    let url = format!("{}/v1/topics/numbers/records", platform.http());
    ureq::post(url).content_type("application/json").send(format!("{{\"n\":{number}}}")).expect("it takes records");
}

/// The field of each record in a topic.
fn numbers(platform: &Platform, topic: &str, field: &str) -> Vec<i64> {
    let output = binary().args(["consume", topic, "--kafka", &platform.kafka(), "--exit", "--json"]).output();
    let output = output.expect("the binary is there");
    let number = |line: &str| {
        let record: Value = serde_json::from_str(line).expect("JSON");
        let value: Value = serde_json::from_str(record["value"].as_str().expect("text")).expect("JSON");
        value[field].as_i64().expect("a number")
    };
    String::from_utf8_lossy(&output.stdout).lines().map(number).collect()
}

/// A job's state and its error.
fn state(platform: &Platform, job: &str) -> (String, String) {
    let status = platform.get("/v1/status");
    let jobs = status["jobs"].as_array().expect("it has jobs");
    let found = jobs.iter().find(|it| it["name"] == job).unwrap_or_else(|| panic!("no job `{job}` in {status}"));
    let text = |key: &str| found[key].as_str().unwrap_or_default().to_owned();
    (text("state"), text("error"))
}

fn files_hold(project: &Path) -> Vec<String> {
    let mut lines = Vec::new();
    for entry in std::fs::read_dir(project.join("files")).into_iter().flatten() {
        let path = entry.expect("an entry").path();
        if path.file_name().is_some_and(|name| !name.to_string_lossy().starts_with('.')) {
            lines.extend(std::fs::read_to_string(path).unwrap_or_default().lines().map(str::to_owned));
        }
    }
    lines.sort();
    lines
}

#[test]
fn a_job_that_its_rows_fail_stays_failed_and_the_others_go_on() {
    let divide = "SET 'pipeline.name' = 'divide';\nINSERT INTO shares SELECT 100 / n FROM numbers;\n";
    let project = folder(&[("job.sql", &format!("{TABLES}{COPY}{divide}"))]);
    let data = project.path().join("data");
    let platform = Platform::run(project.path(), &data);
    [1, 2].iter().for_each(|number| produce(&platform, *number));
    until("both jobs have delivered", || numbers(&platform, "shares", "share") == [100, 50]);
    produce(&platform, 0);
    until("the division fails for good", || {
        let (state, error) = state(&platform, "divide");
        state == "failed" && error.contains("zero")
    });
    produce(&platform, 5);
    until("the other job goes on", || numbers(&platform, "copies", "n") == [1, 2, 0, 5]);
    assert_eq!(state(&platform, "copy").0, "running");
    assert_eq!(numbers(&platform, "shares", "share"), [100, 50], "nothing of what failed shows");
    assert!(platform.terminate().0.success());

    // The repaired text fits what the job keeps, its position: it goes on there.
    let repaired = divide.replace("numbers;", "numbers WHERE n <> 0;");
    write(project.path(), "job.sql", &format!("{TABLES}{COPY}{repaired}"));
    let platform = Platform::run(project.path(), &data);
    until("the repaired job goes on", || numbers(&platform, "shares", "share") == [100, 50, 20]);
    assert_eq!(numbers(&platform, "copies", "n"), [1, 2, 0, 5]);
}

#[test]
fn a_query_that_does_not_fit_the_state_of_its_old_text_is_refused_until_told_to_begin_anew() {
    let sums = |aggregate: &str| {
        format!(
            "{TABLES}SET 'pipeline.name' = 'sums';\n\
             CREATE MATERIALIZED TABLE totals AS SELECT MOD(n, 2) AS k, {aggregate}(n) AS total FROM numbers GROUP BY MOD(n, 2);\n"
        )
    };
    let project = folder(&[("job.sql", &sums("SUM"))]);
    let (data, folder) = (project.path().join("data"), project.path().display().to_string());
    let platform = Platform::run(project.path(), &data);
    [1, 2, 3].iter().for_each(|number| produce(&platform, *number));
    let totals = |platform: &Platform| {
        let rows = platform.get("/v1/views/totals");
        let rows = rows.as_array().expect("rows").iter().map(|row| (row["k"].as_i64(), row["total"].as_i64()));
        rows.collect::<std::collections::BTreeSet<_>>()
    };
    until("the sums are there", || totals(&platform) == [(Some(0), Some(2)), (Some(1), Some(4))].into());
    assert!(platform.terminate().0.success());

    write(project.path(), "job.sql", &sums("MAX"));
    let free = ["--kafka", "127.0.0.1:0", "--http", "127.0.0.1:0"];
    let refused = binary().args(["run", &folder, "--data", &data.display().to_string()]).args(free).output();
    let refused = refused.expect("the binary is there");
    let text = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(2), "{text}");
    assert!(text.contains("job `sums` has state of another query") && text.contains("--fresh"), "{text}");
    let platform = Platform::start(&["run", &folder, "--fresh"], &data);
    until("the new query has read all anew", || totals(&platform) == [(Some(0), Some(2)), (Some(1), Some(3))].into());
}

#[test]
fn a_job_whose_target_was_away_goes_on_when_it_is_back() {
    let keep = "SET 'pipeline.name' = 'keep';\nINSERT INTO files SELECT n FROM numbers;\n";
    let project = folder(&[("job.sql", &format!("{TABLES}{COPY}{keep}"))]);
    let platform = Platform::run(project.path(), &project.path().join("data"));
    produce(&platform, 1);
    until("the first row is in a file", || files_hold(project.path()) == [r#"{"n":1}"#]);
    let (files, away) = (project.path().join("files"), project.path().join("away"));
    std::fs::rename(&files, &away).expect("it can be renamed");
    std::fs::write(&files, "in the way").expect("it can be written");
    produce(&platform, 2);
    until("the job has failed", || state(&platform, "keep").0 == "failed");
    let (_, error) = state(&platform, "keep");
    assert!(error.contains("files"), "{error}");
    std::fs::remove_file(&files).expect("it is there");
    std::fs::rename(&away, &files).expect("it can be renamed");
    until("the second row is in a file", || files_hold(project.path()) == [r#"{"n":1}"#, r#"{"n":2}"#]);
    assert_eq!(state(&platform, "keep").0, "running");
    assert_eq!(numbers(&platform, "copies", "n"), [1, 2]);
}
