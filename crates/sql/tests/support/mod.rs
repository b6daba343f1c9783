//! Connectors for tests, and one `check` per feature.
#![allow(dead_code, reason = "each test file uses its part")]

use std::collections::BTreeMap;
use std::sync::Arc;

use yeoul_row::{DataType, LogicalType};
use yeoul_sql::catalog::{Connectors, OptionError, SinkAbilities, SourceAbilities, TableSpec};
use yeoul_sql::plan::{ChangelogMode, JobPlan};
use yeoul_sql::render::plan_text;
use yeoul_sql::session::{Session, Step};

/// `kafka` never ends, `filesystem` ends; both append. `upsert` keeps rows by key, `changes` takes anything.
pub struct TestConnectors;

const ALL: ChangelogMode = ChangelogMode { updates: true, deletes: true };

fn connector(table: &TableSpec) -> Result<&str, OptionError> {
    let name = table.options.get("connector").map(String::as_str);
    name.ok_or_else(|| OptionError {
        key: "connector".to_owned(),
        message: "the option `connector` is missing".to_owned(),
        help: "add `'connector' = '…'`".to_owned(),
    })
}

fn unknown(name: &str) -> OptionError {
    OptionError {
        key: "connector".to_owned(),
        message: format!("unknown connector `{name}`"),
        help: "did you mean `kafka`?".to_owned(),
    }
}

fn metadata() -> Vec<(&'static str, DataType)> {
    vec![
        ("offset", LogicalType::BigInt.not_null()),
        ("partition", LogicalType::Int.not_null()),
        ("timestamp", LogicalType::TimestampLtz(3).not_null()),
        ("key", LogicalType::BYTES.nullable()),
    ]
}

impl Connectors for TestConnectors {
    fn source(&self, table: &TableSpec) -> Result<SourceAbilities, OptionError> {
        let (bounded, mode) = match connector(table)? {
            "kafka" => (false, ChangelogMode::APPEND),
            "filesystem" => (true, ChangelogMode::APPEND),
            "changes" | "upsert" => (false, ALL),
            other => return Err(unknown(other)),
        };
        let upsert = connector(table)? == "upsert";
        Ok(SourceAbilities { bounded, upsert, mode, metadata: metadata() })
    }

    fn sink(&self, table: &TableSpec) -> Result<SinkAbilities, OptionError> {
        let (mode, upsert) = match connector(table)? {
            "kafka" | "filesystem" => (ChangelogMode::APPEND, false),
            "upsert" => (ALL, true),
            "changes" | "print" | "blackhole" => (ALL, false),
            other => return Err(unknown(other)),
        };
        Ok(SinkAbilities { mode, upsert, metadata: metadata() })
    }
}

/// An empty session.
pub fn session() -> Session {
    Session::new(Arc::new(TestConnectors), BTreeMap::new())
}

/// Tables that the tests share.
pub const TABLES: &str = "
CREATE TABLE t (a INT, b BIGINT, s STRING, d DECIMAL(10, 2), f DOUBLE, flag BOOLEAN, dt DATE, clock TIME(0),
  ts TIMESTAMP(3), ltz TIMESTAMP_LTZ(3), r ROW<x INT, y ROW<z STRING>>, arr ARRAY<INT>, m MAP<STRING, INT>, bin BYTES,
  ti TINYINT, si SMALLINT, fl FLOAT, nn INT NOT NULL) WITH ('connector' = 'kafka');
CREATE TABLE e (k STRING, v INT, ts TIMESTAMP(3), p AS PROCTIME(), WATERMARK FOR ts AS ts - INTERVAL '1' SECOND)
  WITH ('connector' = 'kafka', 'scan.watermark.emit.strategy' = 'on-event');
CREATE TABLE dim (k STRING, name STRING) WITH ('connector' = 'filesystem');
CREATE TABLE out_append (k STRING, n BIGINT) WITH ('connector' = 'kafka');
CREATE TABLE out_upsert (k STRING, n BIGINT, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector' = 'upsert');
CREATE TABLE out_changes (k STRING, n BIGINT) WITH ('connector' = 'changes');
";

/// A session with [`TABLES`].
pub fn with_tables() -> Session {
    let mut session = session();
    if let Err(fault) = session.read(TABLES) {
        panic!("{}", fault.render("tables", TABLES));
    }
    session
}

/// The steps of a text over [`TABLES`].
pub fn steps(text: &str) -> Vec<Step> {
    with_tables().read(text).unwrap_or_else(|fault| panic!("{}", fault.render("test", text)))
}

/// The jobs of a text over [`TABLES`].
pub fn jobs(text: &str) -> Vec<JobPlan> {
    steps(text)
        .into_iter()
        .filter_map(|step| match step {
            Step::Job(job) => Some(job),
            Step::Print { .. } => None,
        })
        .collect()
}

/// The plan of the last job of a text over [`TABLES`].
pub fn plan(text: &str) -> String {
    let jobs = jobs(text);
    plan_text(&jobs.last().expect("the text has a job").branches)
}

/// Checks the plan of a text; lines are compared without leading and trailing blanks of the whole.
pub fn check_plan(text: &str, expected: &str) {
    let found = plan(text);
    let (found, wanted) = (outdented(&found), outdented(expected));
    assert_eq!(found, wanted, "\n--- found\n{found}\n--- expected\n{wanted}\n");
}

fn outdented(text: &str) -> String {
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    let indent = lines.iter().map(|line| line.len() - line.trim_start().len()).min().unwrap_or(0);
    lines.iter().map(|line| line[indent..].trim_end()).collect::<Vec<_>>().join("\n")
}

/// The refusal of a text over [`TABLES`]: `line:column: message`, and the help.
pub fn refusal(text: &str) -> (String, String) {
    match with_tables().read(text) {
        Ok(_) => panic!("should have been refused: {text}"),
        Err(fault) => (format!("{}:{}: {}", fault.span.line, fault.span.column, fault.message), fault.help),
    }
}

/// Checks that a text is refused with this place and message.
pub fn check_refusal(text: &str, expected: &str) {
    let (found, help) = refusal(text);
    assert_eq!(found, expected, "text: {text}\nhelp: {help}");
}

/// The type of an expression over `t`.
pub fn type_of(expression: &str) -> String {
    let text = format!("SELECT {expression} FROM t");
    let jobs = jobs(&text);
    jobs[0].branches[0].input.schema.fields[0].data_type.to_string()
}

/// Checks the type of an expression over `t`.
pub fn check_type(expression: &str, expected: &str) {
    assert_eq!(type_of(expression), expected, "{expression}");
}
