//! All faults of a SQL text, not the first alone.
//!
//! The session stops at a fault; what stands before it is in the catalog. So the text is read again with everything up to
//! the end of the faulty statement blanked out, line breaks kept, so that places stay true. Faults that only follow from
//! an earlier one (a table that isn't there since its `CREATE` is faulty) are left out.

use std::ops::Range;

use yeoul_sql::diagnostic::Diagnostic;
use yeoul_sql::session::{Session, Step};

use crate::statements::{blank_comments, ends};

/// The most faults that are told of one text.
const FAULTS_MAX: usize = 20;

/// What a text holds: its steps, and its faults.
#[derive(Default)]
pub struct Reading {
    /// The statements that are sound.
    pub steps: Vec<Step>,
    /// The faults, in the order of the text.
    pub faults: Vec<Diagnostic>,
}

/// Reads `text` to its end. `missing` holds the names that faulty statements would have created, of this text and those
/// before it.
pub fn read_all(session: &mut Session, text: &str, missing: &mut Vec<String>) -> Reading {
    let mut reading = Reading::default();
    let mut rest = text.to_owned();
    for _ in 0..FAULTS_MAX {
        match session.read(&rest) {
            Ok(steps) => {
                reading.steps.extend(steps);
                return reading;
            }
            Err(fault) => {
                let statement = statement_around(&rest, fault.span.start.max(session.reached()));
                let own = rest.get(statement.clone()).and_then(created);
                if !missing.iter().any(|name| Some(name) != own.as_ref() && is_about(&fault, name)) {
                    reading.faults.push(fault);
                }
                missing.extend(own);
                rest = blank(&rest, statement.end);
            }
        }
    }
    reading
}

/// Whether a fault is about `name`.
fn is_about(fault: &Diagnostic, name: &str) -> bool {
    fault.message.contains(&format!("`{name}`"))
}

/// The name that a `CREATE … TABLE` or `CREATE … VIEW` statement gives.
fn created(statement: &str) -> Option<String> {
    let code = blank_comments(statement);
    let mut words = code.split(|c: char| c.is_whitespace() || c == '(').filter(|word| !word.is_empty());
    if !words.next()?.eq_ignore_ascii_case("CREATE") {
        return None;
    }
    words.find(|word| word.eq_ignore_ascii_case("TABLE") || word.eq_ignore_ascii_case("VIEW"))?;
    let name = words.find(|word| !["IF", "NOT", "EXISTS"].iter().any(|skipped| word.eq_ignore_ascii_case(skipped)))?;
    Some(name.trim_matches('`').to_owned())
}

/// The statement that holds byte `at`, with its semicolon.
fn statement_around(text: &str, at: usize) -> Range<usize> {
    let mut start = 0;
    for end in ends(text) {
        if end > at {
            return start..end;
        }
        start = end;
    }
    start..text.len()
}

/// The text with its first `until` bytes blank, line breaks kept.
fn blank(text: &str, until: usize) -> String {
    let blanked = text.bytes().enumerate();
    let bytes = blanked.map(|(at, byte)| if at < until && byte != b'\n' { b' ' } else { byte }).collect();
    String::from_utf8(bytes).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_end_at_semicolons_outside_quotes_and_comments() {
        let text = "SELECT ';' -- ;\n;SELECT `a;b` /* ; */;SELECT 1";
        let found: Vec<&str> = [0, 20, text.len() - 1].iter().map(|at| &text[statement_around(text, *at)]).collect();
        assert_eq!(found, ["SELECT ';' -- ;\n;", "SELECT `a;b` /* ; */;", "SELECT 1"]);
    }

    #[test]
    fn a_create_statement_says_its_name() {
        for (statement, name) in [
            ("CREATE TABLE t (a INT)", Some("t")),
            ("-- a\ncreate temporary view IF NOT EXISTS `v` AS", Some("v")),
            ("CREATE MATERIALIZED TABLE m\nAS", Some("m")),
            ("INSERT INTO t", None),
        ] {
            assert_eq!(created(statement).as_deref(), name, "{statement}");
        }
    }

    #[test]
    fn blanking_keeps_places() {
        assert_eq!(blank("ab\ncd", 4), "  \n d");
        assert_eq!(blank("é;x", 3), "   x");
    }
}
