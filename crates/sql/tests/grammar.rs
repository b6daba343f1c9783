//! The grammar against Flink's: `tests/sql/grammar/*.statements` holds a text a line, `.verdicts` what Flink says of it, and
//! `.messages` what Yeoul says.
//!
//! - What Flink refuses is refused.
//! - What Flink accepts is accepted, or refused by name as not supported yet; then the parser alone accepts it.
//! - What Yeoul says of what both refuse is the line of `.messages`. `UPDATE_MESSAGES=1` writes them anew, for people to read.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use yeoul_sql::catalog::{Connectors, OptionError, SinkAbilities, SourceAbilities, TableSpec};
use yeoul_sql::parser::Parser;
use yeoul_sql::plan::ChangelogMode;
use yeoul_sql::session::Session;

/// The connectors that the texts name, each with a few of its options.
struct NamedConnectors;

const KEYS: [&str; 7] =
    ["connector", "number-of-rows", "rows-per-second", "path", "format", "print-identifier", "standard-error"];

fn check(table: &TableSpec, names: &[&str]) -> Result<(), OptionError> {
    let fault = |key: &str, message: String| OptionError { key: key.to_owned(), message, help: String::new() };
    let Some(name) = table.options.get("connector") else {
        return Err(fault("connector", "the option `connector` is missing".to_owned()));
    };
    if !names.contains(&name.as_str()) {
        return Err(fault("connector", format!("unknown connector `{name}`")));
    }
    match table.options.keys().find(|key| !KEYS.contains(&key.as_str())) {
        Some(key) => Err(fault(key, format!("unknown option `{key}`"))),
        None => Ok(()),
    }
}

impl Connectors for NamedConnectors {
    fn source(&self, table: &TableSpec) -> Result<SourceAbilities, OptionError> {
        check(table, &["datagen", "filesystem"])?;
        Ok(SourceAbilities { bounded: false, upsert: false, mode: ChangelogMode::APPEND, metadata: Vec::new() })
    }

    fn sink(&self, table: &TableSpec) -> Result<SinkAbilities, OptionError> {
        check(table, &["print", "blackhole", "filesystem"])?;
        let mode = ChangelogMode { updates: true, deletes: true };
        Ok(SinkAbilities { mode, upsert: false, metadata: Vec::new() })
    }
}

fn folder() -> PathBuf {
    PathBuf::from("../../tests/sql/grammar")
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}

/// What Yeoul says: `accepted`, or `line:column: message (help)`.
fn answer(text: &str) -> String {
    match Session::new(Arc::new(NamedConnectors), BTreeMap::new()).read(text) {
        Ok(_) => "accepted".to_owned(),
        Err(fault) => fault.to_string(),
    }
}

/// The parser's refusal of a text, if it has one.
fn syntax_fault(text: &str) -> Option<String> {
    let mut parser = match Parser::new(text) {
        Ok(parser) => parser,
        Err(fault) => return Some(fault.to_string()),
    };
    loop {
        match parser.next_statement() {
            Ok(Some(_)) => {}
            Ok(None) => return None,
            Err(fault) => return Some(fault.to_string()),
        }
    }
}

/// What is wrong with an answer, seen from Flink's verdict.
fn fault_of(statement: &str, verdict: &str, answer: &str) -> Option<String> {
    match (verdict == "accepted", answer == "accepted") {
        (true, true) | (false, false) => None,
        (false, true) => Some("Flink refuses it".to_owned()),
        (true, false) if !answer.contains("not supported yet") => {
            Some(format!("Flink accepts it, Yeoul says {answer}"))
        }
        (true, false) => syntax_fault(statement).map(|fault| format!("Flink accepts it, Yeoul's parser says {fault}")),
    }
}

#[test]
fn the_grammar_is_flinks() {
    let files = ["ddl", "query", "dml", "types", "more", "names"];
    let (mut faults, mut asked, mut refused) = (Vec::new(), 0, 0);
    for name in files {
        let path = folder().join(format!("{name}.statements"));
        let (statements, verdicts) = (read(&path), read(&path.with_extension("verdicts")));
        let messages = read(&path.with_extension("messages"));
        assert_eq!(statements.lines().count(), verdicts.lines().count(), "{name}: ask Flink anew");
        let mut said = String::new();
        for (at, (statement, verdict)) in statements.lines().zip(verdicts.lines()).enumerate() {
            if statement.starts_with("--") || statement.is_empty() {
                said.push_str(&format!("{statement}\n"));
                continue;
            }
            let answer = answer(statement);
            asked += 1;
            refused += usize::from(verdict != "accepted");
            faults
                .extend(fault_of(statement, verdict, &answer).map(|fault| format!("{name}: {statement}\n    {fault}")));
            // What Flink accepts may be supported any day: only refusals that stay are written down.
            let answer = if verdict == "accepted" { verdict.to_owned() } else { answer };
            let expected = messages.lines().nth(at).unwrap_or("");
            let update = std::env::var_os("UPDATE_MESSAGES").is_some();
            if !update && expected != answer {
                faults.push(format!("{name}: {statement}\n    now:    {answer}\n    before: {expected}"));
            }
            said.push_str(&format!("{answer}\n"));
        }
        if std::env::var_os("UPDATE_MESSAGES").is_some() {
            std::fs::write(path.with_extension("messages"), said).expect("the messages are written");
        }
    }
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));
    assert!(asked >= 150 && refused >= 40, "{asked} texts, {refused} refused");
}
