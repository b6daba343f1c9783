//! The cases under `tests/sql`, which Flink answered: what Flink refuses is refused here, what it accepts is bound or
//! refused as not supported yet, and derived types are Flink's.

mod support;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use yeoul_row::{DataType, LogicalType};
use yeoul_sql::catalog::{Connectors, OptionError, SinkAbilities, SourceAbilities, TableSpec};
use yeoul_sql::diagnostic::Diagnostic;
use yeoul_sql::expr::Literal;
use yeoul_sql::plan::{ChangelogMode, RelOp};
use yeoul_sql::session::{Session, Step};

/// Connectors by name alone: options are the connectors' own tests.
struct NamedConnectors;

fn name_of(table: &TableSpec) -> Result<&str, OptionError> {
    let name = table.options.get("connector").map(String::as_str);
    name.filter(|name| ["kafka", "filesystem", "datagen", "print", "blackhole"].contains(name)).ok_or_else(|| {
        OptionError { key: "connector".to_owned(), message: "unknown connector".to_owned(), help: String::new() }
    })
}

fn metadata(name: &str) -> Vec<(&'static str, DataType)> {
    match name {
        "kafka" => vec![
            ("offset", LogicalType::BigInt.not_null()),
            ("partition", LogicalType::Int.not_null()),
            ("timestamp", LogicalType::TimestampLtz(3).not_null()),
            ("topic", LogicalType::STRING.not_null()),
        ],
        _ => vec![
            ("file.name", LogicalType::STRING.not_null()),
            ("file.path", LogicalType::STRING.not_null()),
            ("file.size", LogicalType::BigInt.not_null()),
            ("file.modification-time", LogicalType::TimestampLtz(3).not_null()),
        ],
    }
}

impl Connectors for NamedConnectors {
    fn source(&self, table: &TableSpec) -> Result<SourceAbilities, OptionError> {
        let name = name_of(table)?;
        Ok(SourceAbilities {
            bounded: name == "filesystem",
            upsert: false,
            mode: ChangelogMode::APPEND,
            metadata: metadata(name),
        })
    }

    fn sink(&self, table: &TableSpec) -> Result<SinkAbilities, OptionError> {
        let name = name_of(table)?;
        let all = ChangelogMode { updates: true, deletes: true };
        let mode = if ["print", "blackhole"].contains(&name) { all } else { ChangelogMode::APPEND };
        Ok(SinkAbilities { mode, upsert: false, metadata: metadata(name) })
    }
}

fn read(text: &str) -> Result<(), Diagnostic> {
    Session::new(Arc::new(NamedConnectors), BTreeMap::new()).read(text).map(drop)
}

fn folder() -> PathBuf {
    PathBuf::from("../../tests/sql")
}

fn files(extension: &str) -> Vec<PathBuf> {
    let areas = std::fs::read_dir(folder()).expect("the cases are there").map(|entry| entry.expect("readable").path());
    let areas = areas.filter(|path| path.is_dir());
    let mut files: Vec<PathBuf> = areas
        .flat_map(|area| std::fs::read_dir(area).expect("readable").map(|entry| entry.expect("readable").path()))
        .filter(|path| path.extension().is_some_and(|found| found == extension))
        .collect();
    files.sort();
    files
}

/// What is refused by the connectors or while running, not by this crate.
const NOT_OURS: [&str; 17] = [
    "Invalid configured parallelism",
    "options",
    "required",
    "factory",
    "Kafka",
    "Unrecognized option",
    "can only be used as",
    "Custom length",
    "var-len",
    "Unsupported type",
    "Not support to parse type",
    "format doesn't supports",
    "must be a string with single character",
    "Unsupported generator kind",
    "Unsupported value 'sql' for timestamp-format",
    "ClassNotFoundException",
    "'round-robin' partitioner",
];

fn is_unsupported(fault: &Diagnostic) -> bool {
    fault.message.contains("is not supported yet")
}

#[derive(Default)]
struct Tally {
    same: usize,
    unsupported: BTreeMap<String, usize>,
    wrongly_accepted: Vec<String>,
    wrongly_refused: Vec<String>,
}

impl Tally {
    fn judge(&mut self, name: &str, text: &str, refusal: Option<&str>) {
        match (read(text), refusal) {
            (Ok(()), None) | (Err(_), Some(_)) => self.same += 1,
            (Ok(()), Some(reason)) if NOT_OURS.iter().any(|word| reason.contains(word)) => self.same += 1,
            (Ok(()), Some(reason)) => self.wrongly_accepted.push(format!("{name}\n    Flink: {reason}")),
            (Err(fault), None) if is_unsupported(&fault) => *self.unsupported.entry(fault.message).or_default() += 1,
            (Err(fault), None) => self.wrongly_refused.push(format!("{name}\n    {fault}")),
        }
    }

    fn report(self) {
        println!("{} same, {} unsupported", self.same, self.unsupported.values().sum::<usize>());
        for (what, count) in &self.unsupported {
            println!("  {count:4} {what}");
        }
        for (what, list) in [("accepted", &self.wrongly_accepted), ("refused", &self.wrongly_refused)] {
            for case in list {
                println!("wrongly {what}: {case}");
            }
        }
        let (accepted, refused) = (self.wrongly_accepted.len(), self.wrongly_refused.len());
        assert_eq!((accepted, refused), (0, 0), "wrongly accepted, wrongly refused");
    }
}

#[test]
fn every_case_is_bound_or_refused_as_flink_does() {
    let mut tally = Tally::default();
    for file in files("sql") {
        let expected = std::fs::read_to_string(file.with_extension("expected")).unwrap_or_default();
        let text = std::fs::read_to_string(&file).expect("readable");
        let refusal = expected.strip_prefix("error refused ");
        // What fails in Flink may be known sooner here.
        if expected.starts_with("error failed") && read(&text).is_err() {
            tally.same += 1;
            continue;
        }
        tally.judge(&file.display().to_string(), &text, refusal);
    }
    tally.report();
}

/// The answer of `DESCRIBE` as Flink's JSON lines, sorted.
fn described(text: &str) -> Option<Vec<String>> {
    let steps = Session::new(Arc::new(NamedConnectors), BTreeMap::new()).read(text).ok()?;
    let Some(Step::Job(job)) = steps.last() else { return None };
    let input = &job.branches[0].input;
    let RelOp::Values { rows } = &input.op else { return None };
    let line = |row: &Vec<Literal>| {
        let pairs = input.schema.fields.iter().zip(row).map(|(field, value)| {
            let value = match value {
                Literal::Null => "null".to_owned(),
                Literal::Boolean(value) => value.to_string(),
                Literal::String(text) => format!("\"{text}\""),
                other => panic!("unexpected {other:?}"),
            };
            format!("\"{}\":{value}", field.name)
        });
        format!("{{{}}}", pairs.collect::<Vec<_>>().join(","))
    };
    let mut lines: Vec<String> = rows.iter().map(line).collect();
    lines.sort();
    Some(lines)
}

#[test]
fn derived_types_are_flinks() {
    let mut differences = Vec::new();
    for file in files("sql").into_iter().filter(|file| file.parent().is_some_and(|area| area.ends_with("types"))) {
        let expected = std::fs::read_to_string(file.with_extension("expected")).expect("readable");
        let mut expected: Vec<&str> = expected.lines().collect();
        expected.sort_unstable();
        let text = std::fs::read_to_string(&file).expect("readable");
        let Some(found) = described(&text) else { continue };
        for (found, expected) in found.iter().zip(&expected) {
            if found != expected {
                differences.push(format!("{}\n  {found}\n  {expected}", file.display()));
            }
        }
        assert_eq!(found.len(), expected.len(), "{}", file.display());
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

#[test]
fn every_statement_of_the_matrix_has_flinks_verdict() {
    let mut tally = Tally::default();
    // Those of the grammar and of plans have connectors and tests of their own.
    let own = |file: &PathBuf| file.parent().is_some_and(|area| area.ends_with("grammar") || area.ends_with("plans"));
    for file in files("statements").into_iter().filter(|file| !own(file)) {
        let statements = std::fs::read_to_string(&file).expect("readable");
        let verdicts = std::fs::read_to_string(file.with_extension("verdicts")).expect("readable");
        for (statement, verdict) in statements.lines().zip(verdicts.lines()) {
            if !statement.starts_with("--") {
                tally.judge(statement, statement, verdict.strip_prefix("refused "));
            }
        }
    }
    tally.report();
}
