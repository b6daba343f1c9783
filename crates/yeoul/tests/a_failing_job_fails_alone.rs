//! A job that meets a row that it can't decode, with nowhere to put it, fails by name; the others go on. With a topic for
//! such rows it takes them there, and begins where it was.

mod common;

use std::io::Write;
use std::process::Stdio;

use common::{Platform, binary, folder, until, write};
use serde_json::Value;

const TABLES: &str = "
CREATE TABLE numbers (n INT) WITH ('connector' = 'kafka', 'topic' = 'landing.numbers', 'format' = 'json',
  'properties.bootstrap.servers' = '127.0.0.1:9092', 'scan.startup.mode' = 'earliest-offset');
CREATE TABLE words (w STRING) WITH ('connector' = 'kafka', 'topic' = 'landing.words', 'format' = 'json',
  'properties.bootstrap.servers' = '127.0.0.1:9092', 'scan.startup.mode' = 'earliest-offset');
CREATE MATERIALIZED TABLE counted AS SELECT COUNT(*) AS c FROM words;
";
const SUM: &str = "CREATE MATERIALIZED TABLE summed AS SELECT SUM(n) AS s FROM numbers;";

fn produce(platform: &Platform, topic: &str, lines: &str) {
    let mut child = binary()
        .args(["produce", topic, "--kafka", &platform.kafka()])
        .stdin(Stdio::piped())
        .spawn()
        .expect("the binary is there");
    child.stdin.take().expect("it is piped").write_all(lines.as_bytes()).expect("it reads");
    assert!(child.wait().expect("it ends").success());
}

fn view(platform: &Platform, name: &str) -> Value {
    platform.get(&format!("/v1/views/{name}"))
}

fn job<'a>(status: &'a Value, view: &str) -> &'a Value {
    let writes = |job: &&Value| job["branches"][0]["writes"] == view;
    status["jobs"].as_array().expect("jobs").iter().find(writes).expect("it is there")
}

#[test]
fn the_others_go_on_and_a_topic_for_broken_rows_heals_it() {
    let project = folder(&[("a.sql", &format!("{TABLES}{SUM}"))]);
    let data = project.path().join("data");
    let platform = Platform::run(project.path(), &data);
    produce(&platform, "landing.numbers", "{\"n\":1}\n{\"n\":2}\n");
    until("the sum is 3", || view(&platform, "summed")[0]["s"] == 3);
    produce(&platform, "landing.numbers", "broken\n{\"n\":4}\n");
    until("the job has failed", || job(&platform.get("/v1/status"), "summed")["state"] == "failed");
    let status = platform.get("/v1/status");
    let error = job(&status, "summed")["error"].as_str().expect("it says why").to_owned();
    assert!(error.contains("yeoul.dead-letter.topic") && error.contains("2"), "{error}");
    produce(&platform, "landing.words", "{\"w\":\"still\"}\n{\"w\":\"here\"}\n");
    until("the other job has counted", || view(&platform, "counted")[0]["c"] == 2);
    assert_eq!(view(&platform, "summed")[0]["s"], 3, "what was committed stays visible");
    let (ended, _) = platform.terminate();
    assert!(ended.success());

    write(project.path(), "a.sql", &format!("SET 'yeoul.dead-letter.topic' = 'failed.numbers';\n{TABLES}{SUM}"));
    let platform = Platform::run(project.path(), &data);
    until("the sum is 7", || view(&platform, "summed")[0]["s"] == 7);
    let status = platform.get("/v1/status");
    assert_eq!(job(&status, "summed")["branches"][0]["failed"], 1, "{status}");
    let output = binary().args(["consume", "failed.numbers", "--exit", "--kafka", &platform.kafka()]).output();
    assert_eq!(String::from_utf8_lossy(&output.expect("the binary is there").stdout), "broken\n");
}

#[test]
fn edited_sql_that_does_not_fit_the_state_is_refused_until_told_to_begin_anew() {
    let project = folder(&[("a.sql", &format!("{TABLES}{SUM}"))]);
    let data = project.path().join("data");
    let platform = Platform::run(project.path(), &data);
    produce(&platform, "landing.numbers", "{\"n\":1}\n{\"n\":2}\n");
    until("the sum is 3", || view(&platform, "summed")[0]["s"] == 3);
    platform.kill();

    let edited = "CREATE MATERIALIZED TABLE summed AS SELECT n, SUM(n) AS s FROM numbers GROUP BY n;";
    write(project.path(), "a.sql", &format!("{TABLES}{edited}"));
    let arguments = ["run", "--kafka", "127.0.0.1:0", "--http", "127.0.0.1:0"];
    let output = binary().args(arguments).arg(project.path()).arg("--data").arg(&data).output();
    let output = output.expect("the binary is there");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(told.contains("--fresh") && told.contains("summed"), "{told}");

    let folder = project.path().display().to_string();
    let platform = Platform::start(&["run", &folder, "--fresh"], &data);
    until("both rows are there", || view(&platform, "summed").as_array().is_some_and(|rows| rows.len() == 2));
}
