//! Rows at the edge of what their types hold, and beyond: each is taken as declared or put aside with its reason; the job goes on, and
//! no row beside it is touched.

mod common;

use std::collections::BTreeMap;
use std::io::Write;

use common::{Platform, binary, folder, until};
use serde_json::Value;

const PROJECT: &str = "
SET 'execution.checkpointing.interval' = '50 ms';
SET 'yeoul.dead-letter.topic' = 'failed.rows';
CREATE TABLE hostile (
  id BIGINT, d DOUBLE, f FLOAT, i INT, t TINYINT, l BIGINT, m DECIMAL(5, 2), s STRING, b BOOLEAN, y BYTES,
  ts TIMESTAMP(3), dt DATE, tm TIME, a ARRAY<INT>, r ROW<x INT>
) WITH ('connector' = 'kafka', 'topic' = 'hostile', 'properties.bootstrap.servers' = '127.0.0.1:9092',
  'scan.startup.mode' = 'earliest-offset', 'format' = 'json');
CREATE TABLE copies (
  id BIGINT, d DOUBLE, f FLOAT, i INT, t TINYINT, l BIGINT, m DECIMAL(5, 2), s STRING, b BOOLEAN, y BYTES,
  ts TIMESTAMP(3), dt DATE, tm TIME, a ARRAY<INT>, r ROW<x INT>
) WITH ('connector' = 'kafka', 'topic' = 'copies', 'properties.bootstrap.servers' = '127.0.0.1:9092', 'format' = 'json');
INSERT INTO copies SELECT * FROM hostile;
";

/// A field, the value that a row has there, and the value that comes out; none: the row is put aside.
type Case = (&'static str, &'static str, Option<&'static str>);

const CASES: [Case; 72] = [
    ("d", "\"NaN\"", Some("\"NaN\"")),
    ("d", "-0.0", Some("-0.0")),
    ("d", "\"Infinity\"", Some("\"Infinity\"")),
    ("d", "\"-Infinity\"", Some("\"-Infinity\"")),
    ("d", "1e308", Some("1.0E308")),
    ("d", "1e309", Some("\"Infinity\"")),
    ("d", "4.9e-324", Some("4.9E-324")),
    ("d", "NaN", None),
    ("d", "\"\"", None),
    ("d", "true", None),
    ("d", "1.", None),
    ("d", "null", Some("null")),
    ("f", "1e39", Some("\"Infinity\"")),
    ("f", "\"NaN\"", Some("\"NaN\"")),
    ("f", "0.1", Some("0.1")),
    ("i", "2147483647", Some("2147483647")),
    ("i", "-2147483648", Some("-2147483648")),
    ("i", "2147483648", None),
    ("i", "1.9", Some("1")),
    ("i", "\" 12 \"", Some("12")),
    ("i", "\"1.5\"", None),
    ("i", "true", None),
    ("i", "[]", None),
    ("i", "{}", None),
    ("i", "01", None),
    ("i", "+1", None),
    ("i", "-", None),
    ("t", "127", Some("127")),
    ("t", "128", None),
    ("t", "-129", None),
    ("l", "9223372036854775807", Some("9223372036854775807")),
    ("l", "-9223372036854775808", Some("-9223372036854775808")),
    ("l", "9223372036854775808", None),
    ("l", "99999999999999999999999999999999999999999", None),
    ("m", "999.99", Some("999.99")),
    ("m", "999.994", Some("999.99")),
    ("m", "999.996", Some("null")),
    ("m", "1e400", Some("null")),
    ("m", "\"x\"", None),
    ("m", "false", None),
    ("s", "\"\"", Some("\"\"")),
    ("s", "\"\\u0000\"", Some("\"\\u0000\"")),
    ("s", "\"\\ud83d\\ude00\"", Some("\"\u{1f600}\"")),
    ("s", "\"\\ud800\"", Some("\"?\"")),
    ("s", "\"\\x\"", None),
    ("s", "\"open", None),
    ("s", "17", Some("\"17\"")),
    ("s", "{\"a\":[1,{}]}", Some("\"{\\\"a\\\":[1,{}]}\"")),
    ("b", "\"TRUE\"", Some("true")),
    ("b", "\"yes\"", Some("false")),
    ("b", "tru", None),
    ("y", "\"AP8=\"", Some("\"AP8=\"")),
    ("y", "\"*\"", None),
    ("ts", "\"9999-12-31 23:59:59.999\"", Some("\"9999-12-31 23:59:59.999\"")),
    ("ts", "\"0001-01-01 00:00:00\"", Some("\"0001-01-01 00:00:00\"")),
    ("ts", "\"2024-02-30 00:00:00\"", Some("\"2024-02-29 00:00:00\"")),
    ("ts", "\"2024-02-32 00:00:00\"", None),
    ("ts", "\"2024-01-01T00:00:00\"", None),
    ("ts", "1700000000000", None),
    ("dt", "\"2024-02-29\"", Some("\"2024-02-29\"")),
    ("dt", "\"2023-02-29\"", None),
    ("tm", "\"23:59:59\"", Some("\"23:59:59\"")),
    ("tm", "\"24:00:00\"", Some("\"00:00:00\"")),
    ("tm", "\"24:00:01\"", None),
    ("a", "[]", Some("[]")),
    ("a", "[1,null,2]", Some("[1,null,2]")),
    ("a", "[1,\"x\"]", None),
    ("a", "{\"0\":1}", None),
    ("r", "{\"x\":7,\"new\":[1]}", Some("{\"x\":7}")),
    ("r", "{}", Some("{\"x\":null}")),
    ("r", "{\"x\":{}}", None),
    ("r", "[7]", None),
];

/// Texts that are no row at all.
const NO_ROWS: [&[u8]; 8] =
    [b"{\"id\":1,\"s\":\"\xff\"}", b"\xc3\x28", b"{", b"null x", b"[[1]]", b"17", b"{\"id\":}", b"\"text\""];

fn produce(platform: &Platform, lines: &[Vec<u8>]) {
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    for line in lines {
        file.write_all(line).and_then(|()| file.write_all(b"\n")).expect("it can be written");
    }
    let path = file.path().display().to_string();
    let output = binary().args(["produce", "hostile", &path, "-p", "0", "--kafka", &platform.kafka()]).output();
    let output = output.expect("the binary is there");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// The records of a topic.
fn records(platform: &Platform, topic: &str) -> Vec<Value> {
    let output = binary().args(["consume", topic, "--kafka", &platform.kafka(), "--exit", "--json"]).output();
    let output = output.expect("the binary is there");
    let lines = String::from_utf8_lossy(&output.stdout).into_owned();
    lines.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

/// The rows that came out.
fn copies(platform: &Platform) -> Vec<Value> {
    let value = |record: &Value| serde_json::from_str(record["value"].as_str().expect("text")).expect("JSON");
    records(platform, "copies").iter().map(value).collect()
}

/// How many rows have come out or been put aside.
fn outcome(platform: &Platform) -> (usize, usize) {
    (records(platform, "copies").len(), records(platform, "failed.rows").len())
}

#[test]
fn each_row_is_taken_as_declared_or_put_aside_and_the_job_goes_on() {
    let project = folder(&[("hostile.sql", PROJECT)]);
    let data = folder(&[]);
    let platform = Platform::run(project.path(), data.path());
    // A good row stands between any two.
    let mut lines = Vec::new();
    for (id, (field, value, _)) in CASES.iter().enumerate() {
        lines.push(format!("{{\"id\":{id},\"{field}\":{value}}}").into_bytes());
        lines.push(format!("{{\"id\":{}}}", 1000 + id).into_bytes());
    }
    lines.extend(NO_ROWS.iter().map(|line| line.to_vec()));
    produce(&platform, &lines);
    let taken = CASES.iter().filter(|(.., out)| out.is_some()).count();
    let refused = CASES.len() - taken + NO_ROWS.len();
    until("all rows are through", || {
        let (came, aside) = outcome(&platform);
        came + aside >= lines.len()
    });
    let copied: BTreeMap<u64, Value> =
        copies(&platform).into_iter().map(|row| (row["id"].as_u64().expect("an id"), row)).collect();
    for (id, (field, value, wanted)) in CASES.iter().enumerate() {
        let found = copied.get(&(id as u64)).map(|row| row[*field].to_string());
        let wanted = wanted.map(|text| serde_json::from_str::<Value>(text).expect("JSON").to_string());
        assert_eq!(found, wanted, "`{field}` of {value}");
        assert!(copied.contains_key(&(1000 + id as u64)), "the good row behind `{field}` of {value}");
    }
    assert_eq!(outcome(&platform), (taken + CASES.len(), refused));
    // The job still runs.
    produce(&platform, &[b"{\"id\":7777}".to_vec()]);
    until("a later row comes through", || copies(&platform).iter().any(|row| row["id"] == 7777));
}

#[test]
fn a_row_of_sixteen_mebibytes_and_fields_that_come_and_go_pass_from_a_file() {
    let long = "x".repeat(16 << 20);
    let rows =
        format!("{{\"id\":1}}\n{{\"id\":2,\"s\":\"{long}\",\"more\":[1,2]}}\n{{\"s\":\"y\"}}\n{{\"other\":1}}\n");
    let sql = "CREATE TABLE t (id BIGINT, s STRING) WITH ('connector' = 'filesystem', 'path' = 'rows.json', 'format' = 'json');
        SELECT id, CHAR_LENGTH(s) AS n FROM t;";
    let project = folder(&[("rows.json", &rows), ("q.sql", sql)]);
    let query = project.path().join("q.sql").display().to_string();
    let output = binary().args(["run", &query, "--output", "csv"]).output().expect("the binary is there");
    let out = String::from_utf8_lossy(&output.stdout);
    assert_eq!(out.lines().collect::<Vec<_>>(), ["id,n", "1,", "2,16777216", ",1", ","]);
}

#[test]
fn what_a_row_makes_impossible_fails_its_job_and_what_overflows_wraps() {
    let rows = "{\"n\":2147483647,\"z\":0}\n";
    let table =
        "CREATE TABLE t (n INT, z INT) WITH ('connector' = 'filesystem', 'path' = 'rows.json', 'format' = 'json');";
    for (query, wanted) in [
        ("n + 1", Some("-2147483648")),
        ("-n - 2", Some("2147483647")),
        ("n * 2", Some("-2")),
        ("CAST(n AS DOUBLE) / z", Some("Infinity")),
        ("n / z", None),
        ("n % z", None),
        ("CAST(CAST(n AS STRING) || 'x' AS INT)", None),
        ("TRY_CAST(CAST(n AS STRING) || 'x' AS INT)", Some("")),
    ] {
        let project = folder(&[("rows.json", rows), ("q.sql", &format!("{table} SELECT {query} AS v FROM t;"))]);
        let file = project.path().join("q.sql").display().to_string();
        let output = binary().args(["run", &file, "--output", "csv"]).output().expect("the binary is there");
        let out = String::from_utf8_lossy(&output.stdout);
        match wanted {
            Some(wanted) => assert_eq!(out.lines().nth(1), Some(wanted), "{query}"),
            None => assert_eq!(output.status.code(), Some(1), "{query}: {out}"),
        }
    }
}
