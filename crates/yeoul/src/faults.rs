//! All faults of a SQL text, not the first alone.
//!
//! The session stops at a fault; what stands before it is in the catalog. So the text is read again with everything up to
//! the end of the faulty statement blanked out, line breaks kept, so that places stay true. Faults that only follow from
//! an earlier one (a table that isn't there since its `CREATE` is faulty) are left out.

use std::ops::Range;

use yeoul_sql::diagnostic::Diagnostic;
use yeoul_sql::session::{Session, Step};

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
                let statement = statement_around(&rest, fault.span.start);
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

/// Whether a text ends where a statement does: with a semicolon, or with nothing in it. A set of statements ends with its `END;`.
#[must_use]
pub fn is_complete(text: &str) -> bool {
    let code = blank_comments(text);
    let code = code.trim();
    let Some(body) = code.strip_suffix(';') else { return code.is_empty() };
    let semicolon_counts = ends(code).last() == Some(code.len());
    let upper = body.to_ascii_uppercase();
    let words: Vec<&str> = upper.split_whitespace().collect();
    let opens = words.windows(2).any(|pair| pair == ["STATEMENT", "SET"] || pair == ["STATEMENT", "SET;"]);
    semicolon_counts
        && (!opens || words.last() == Some(&"END") || words.last().is_some_and(|word| word.ends_with(";END")))
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

/// Behind each semicolon that is in no literal, name or comment.
fn ends(text: &str) -> impl Iterator<Item = usize> {
    pieces(text).filter(|(piece, _)| *piece == Piece::End).map(|(_, range)| range.end)
}

fn blank_comments(text: &str) -> String {
    let mut out = text.to_owned();
    for (piece, range) in pieces(text) {
        if piece == Piece::Comment {
            out.replace_range(range.clone(), &" ".repeat(range.len()));
        }
    }
    out
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Piece {
    Code,
    Quoted,
    Comment,
    End,
}

/// A text cut into code, quoted parts, comments and semicolons.
fn pieces(text: &str) -> impl Iterator<Item = (Piece, Range<usize>)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = text.get(at..).filter(|rest| !rest.is_empty())?;
        let (piece, length) = piece_of(rest);
        let range = at..at + length;
        at = range.end;
        Some((piece, range))
    })
}

/// The first piece of a text that isn't empty, and its bytes.
fn piece_of(rest: &str) -> (Piece, usize) {
    let until = |open: usize, close: &str| {
        rest.get(open..).and_then(|inner| inner.find(close)).map_or(rest.len(), |found| open + found + close.len())
    };
    match rest.chars().next().unwrap_or(' ') {
        ';' => (Piece::End, 1),
        '\'' => (Piece::Quoted, until(1, "'")),
        '`' => (Piece::Quoted, until(1, "`")),
        _ if rest.starts_with("--") => (Piece::Comment, until(2, "\n")),
        _ if rest.starts_with("/*") => (Piece::Comment, until(2, "*/")),
        first => (Piece::Code, first.len_utf8()),
    }
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
    fn a_text_is_complete_behind_its_last_semicolon() {
        for text in [
            "",
            "  -- nothing\n",
            "SELECT 1;",
            "SELECT ';'; -- x;",
            "BEGIN STATEMENT SET; INSERT INTO a SELECT 1; END;",
        ] {
            assert!(is_complete(text), "{text}");
        }
        for text in [
            "SELECT 1",
            "SELECT ';",
            "SELECT 1 -- ;",
            "BEGIN STATEMENT SET;",
            "EXECUTE STATEMENT SET BEGIN INSERT INTO a SELECT 1;",
        ] {
            assert!(!is_complete(text), "{text}");
        }
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
