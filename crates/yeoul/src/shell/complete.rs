//! What Tab offers: keywords, names of the catalog, functions, settings, and the options of connectors.

use std::collections::{BTreeMap, BTreeSet};

use yeoul_format::Format;
use yeoul_sql::functions;
use yeoul_sql::keyword::{is_reserved, reserved};
use yeoul_sql::lexer::tokens;
use yeoul_sql::session::Session;
use yeoul_sql::settings;
use yeoul_sql::token::{Token, TokenKind};

use super::command;
use super::edit::completion::{Candidate, Completer, Completion};
use crate::statements::{is_complete, open_quote, split};

/// What a statement begins with.
const BEGINNINGS: &str = "ALTER BEGIN CLEAR CREATE DESCRIBE DROP EXECUTE EXIT EXPLAIN HELP INSERT QUIT RESET SELECT SET SHOW STOP USE \
                          VALUES WITH";
/// What stands behind `SHOW`.
const SHOWN: &str =
    "CATALOGS COLUMNS CREATE CURRENT DATABASES FUNCTIONS JARS JOBS MATERIALIZED MODULES TABLES USER VIEWS";
/// Words of the grammar that are no reserved ones.
const MORE_WORDS: &str = "CATALOG CUMULATE DATABASE DESCRIPTOR FIRST HOP IF KEY LAST METADATA NULLS OPTIONS PLAN SESSION STATE_TTL \
                          TEMPORARY TUMBLE VIEW VIRTUAL ZONE";
/// Behind these stands a table or view.
const BEFORE_TABLES: [&str; 9] = ["FROM", "JOIN", "INTO", "OVERWRITE", "DESCRIBE", "DESC", "TABLE", "VIEW", "UPDATE"];

/// Knows the catalog of a session.
pub struct Names<'a> {
    /// The catalog.
    pub session: &'a Session,
    /// The jobs that run.
    pub jobs: Vec<String>,
}

impl Completer for Names<'_> {
    fn complete(&self, text: &str, at: usize) -> Completion {
        let before = text.get(..at).unwrap_or(text);
        let statement = split(before).last().filter(|statement| !statement.ended).map_or(at, |last| last.range.start);
        let own = before.get(statement..).unwrap_or("");
        match open_quote(own) {
            Some((place, '\'')) => self.in_text(own, place, statement),
            Some((place, _)) => self.in_name(text, own, place, statement),
            None => self.in_code(text, own, statement),
        }
    }

    fn is_whole(&self, text: &str) -> bool {
        is_complete(text) || command::bare(text).is_some()
    }
}

impl Names<'_> {
    /// Within single quotes: a key or value of `SET`, of `WITH (…)`, or a job.
    fn in_text(&self, own: &str, quote: usize, statement: usize) -> Completion {
        let typed = own.get(quote + 1..).unwrap_or("");
        let words = tokens(own.get(..quote).unwrap_or("")).unwrap_or_default();
        let words = code(&words);
        let found = match (words.first().map(word).as_deref(), words.last().map(|last| &last.kind)) {
            (Some("SET"), Some(TokenKind::Mark("="))) => values(values_of_setting(key_before(words))),
            (Some("SET"), _) => keys(settings::known()),
            (Some("RESET"), _) => values(settings::known()),
            (Some("STOP" | "DESCRIBE" | "DESC"), _) => values(self.jobs.iter().map(String::as_str)),
            _ if in_options(words) => options(words),
            _ => Vec::new(),
        };
        fitting(found, typed, statement + quote + 1)
    }

    /// Within backticks: a table or a column.
    fn in_name(&self, text: &str, own: &str, quote: usize, statement: usize) -> Completion {
        let typed = own.get(quote + 1..).unwrap_or("");
        // The open quote would swallow the tables that are named behind the cursor.
        let rest = text.get(statement + own.len()..).unwrap_or("");
        let whole = format!("{} {rest}", own.get(..quote).unwrap_or(""));
        let names = self.columns(&whole).into_iter().chain(self.session.table_names());
        let found = names.map(|name| Candidate { text: name.replace('`', "``"), end: "`" }).collect();
        fitting(found, typed, statement + quote + 1)
    }

    fn in_code(&self, text: &str, own: &str, statement: usize) -> Completion {
        let typed = typed_word(own);
        let lead = own.get(..own.len() - typed.len()).unwrap_or("");
        let words = tokens(lead).unwrap_or_default();
        let words = code(&words);
        let whole = text.get(statement..).unwrap_or("");
        let lower = is_lower(if typed.is_empty() { whole } else { typed });
        let start = statement + lead.len();
        if let [.., table, Token { kind: TokenKind::Mark("."), .. }] = words {
            return fitting(self.columns_of(whole, table).map(|name| plain(&name)).collect(), typed, start);
        }
        if is_creation(words) {
            return Completion::default();
        }
        let previous = words.last().map(word).unwrap_or_default();
        let found = match (words.len(), previous.as_str()) {
            (0, _) => keywords(BEGINNINGS.split_whitespace(), lower),
            (1, "SHOW") => keywords(SHOWN.split_whitespace(), lower),
            (_, before) if BEFORE_TABLES.contains(&before) => self.tables(),
            _ if typed.is_empty() => self.columns(whole).iter().map(|name| plain(name)).collect(),
            _ => self.anything(whole, lower),
        };
        // What stands where a table would may be a subquery's word all the same.
        let found = fitting(found, typed, start);
        match found.candidates.is_empty() && !typed.is_empty() {
            true => fitting(self.anything(whole, lower), typed, start),
            false => found,
        }
    }

    fn tables(&self) -> Vec<Candidate> {
        self.session.table_names().iter().map(|name| plain(name)).collect()
    }

    /// Columns, tables, keywords and functions.
    fn anything(&self, statement: &str, lower: bool) -> Vec<Candidate> {
        let mut found: Vec<Candidate> = self.columns(statement).iter().map(|name| plain(name)).collect();
        found.extend(self.tables());
        let words = reserved().chain(MORE_WORDS.split_whitespace()).map(|word| (cased(word, lower), " "));
        let aggregates = functions::AGGREGATES.iter().flat_map(|aggregate| aggregate.sql.split_whitespace());
        let functions = functions::sql_names().chain(aggregates).map(str::to_owned);
        let functions = functions.chain(self.session.user_function_names()).map(|name| (cased(&name, lower), "("));
        // What is both is meant as a function.
        let sorted: BTreeMap<String, &'static str> = words.chain(functions).collect();
        found.extend(sorted.into_iter().map(|(text, end)| Candidate { text, end }));
        found
    }

    /// The columns of the tables that a statement names.
    fn columns(&self, statement: &str) -> Vec<String> {
        let tables: BTreeSet<String> = self.session.table_names().into_iter().collect();
        let named = names(statement).into_iter().filter(|name| tables.contains(name)).collect::<BTreeSet<_>>();
        named.iter().flat_map(|table| self.session.column_names(table)).collect()
    }

    /// The columns of what a statement calls `table`: a table of the catalog, or another name for one.
    fn columns_of(&self, statement: &str, table: &Token) -> impl Iterator<Item = String> {
        let (TokenKind::Word(name) | TokenKind::Quoted(name)) = &table.kind else { return Vec::new().into_iter() };
        let columns = self.session.column_names(name);
        if !columns.is_empty() {
            return columns.into_iter();
        }
        let all = names(statement);
        let mut named = all.windows(3).filter_map(|three| match three {
            [table, other, _] if other == name => Some(table),
            [table, between, other] if other == name && between.eq_ignore_ascii_case("AS") => Some(table),
            _ => None,
        });
        let columns =
            named.find_map(|table| Some(self.session.column_names(table)).filter(|columns| !columns.is_empty()));
        columns.unwrap_or_default().into_iter()
    }
}

/// The tokens without the end.
fn code(tokens: &[Token]) -> &[Token] {
    match tokens {
        [rest @ .., Token { kind: TokenKind::End, .. }] => rest,
        all => all,
    }
}

/// A token as a keyword: upper case, nothing for what is no word.
fn word(token: &Token) -> String {
    match &token.kind {
        TokenKind::Word(word) => word.to_ascii_uppercase(),
        _ => String::new(),
    }
}

/// The words and names of a statement as they are written, in order; what is behind an open quote is left out.
fn names(statement: &str) -> Vec<String> {
    let closed = open_quote(statement).map_or(statement, |(place, _)| statement.get(..place).unwrap_or(""));
    let tokens = tokens(closed).unwrap_or_default();
    let name = |token: Token| match token.kind {
        TokenKind::Word(name) | TokenKind::Quoted(name) => name,
        _ => String::new(),
    };
    tokens.into_iter().map(name).collect()
}

/// The letters before the cursor.
fn typed_word(own: &str) -> &str {
    let rest = own.trim_end_matches(|c: char| c.is_alphanumeric() || c == '_' || c == '$' || c == '\\');
    own.get(rest.len()..).unwrap_or("")
}

fn is_lower(text: &str) -> bool {
    let first = text.split_whitespace().next().unwrap_or("");
    first.chars().any(char::is_lowercase) && !first.chars().any(char::is_uppercase)
}

fn cased(word: &str, lower: bool) -> String {
    if lower { word.to_lowercase() } else { word.to_uppercase() }
}

/// Whether what is being named is yet to be made.
fn is_creation(words: &[Token]) -> bool {
    words.first().is_some_and(|first| word(first) == "CREATE")
        && words.last().is_some_and(|last| ["TABLE", "VIEW"].contains(&word(last).as_str()))
}

/// Whether an option is being written: `WITH (…`, also of a hint.
fn in_options(words: &[Token]) -> bool {
    let opened = words.windows(2).rposition(|pair| match pair {
        [with, Token { kind: TokenKind::Mark("("), .. }] => ["WITH", "OPTIONS"].contains(&word(with).as_str()),
        _ => false,
    });
    let inside = opened.and_then(|opened| words.get(opened + 1..)).unwrap_or_default();
    !inside.is_empty() && !inside.iter().any(|token| token.kind == TokenKind::Mark(")"))
}

/// The key whose value is being written: `'key' =`.
fn key_before(words: &[Token]) -> &str {
    match words {
        [.., Token { kind: TokenKind::Text(key), .. }, _] => key,
        _ => "",
    }
}

fn values_of_setting(key: &str) -> Vec<&'static str> {
    match key {
        settings::RESULT_MODE => settings::RESULT_MODES.to_vec(),
        "execution.runtime-mode" => vec!["streaming", "batch"],
        "table.exec.sink.not-null-enforcer" => vec!["error", "drop"],
        "table.dml-sync" | "yeoul.join.bounded-side-first" => vec!["true", "false"],
        _ => Vec::new(),
    }
}

/// Keys, or values, of a table's options.
fn options(words: &[Token]) -> Vec<Candidate> {
    if words.last().is_some_and(|last| last.kind == TokenKind::Mark("=")) {
        return match key_before(words) {
            "connector" => values(yeoul_connect::connectors().iter().copied()),
            "format" | "key.format" | "value.format" => values(Format::NAMES.iter().copied()),
            _ => Vec::new(),
        };
    }
    let texts: Vec<&str> = words
        .iter()
        .filter_map(|token| if let TokenKind::Text(text) = &token.kind { Some(text.as_str()) } else { None })
        .collect();
    let connector = texts.windows(2).find_map(|pair| if let ["connector", name] = pair { Some(*name) } else { None });
    let known = yeoul_connect::option_keys(connector.unwrap_or("")).iter().copied();
    keys(std::iter::once("connector").chain(known).filter(|key| !texts.contains(key)))
}

fn keys<'a>(keys: impl IntoIterator<Item = &'a str>) -> Vec<Candidate> {
    keys.into_iter().map(|key| Candidate { text: key.to_owned(), end: "' = '" }).collect()
}

fn values<'a>(values: impl IntoIterator<Item = &'a str>) -> Vec<Candidate> {
    values.into_iter().map(|value| Candidate { text: value.to_owned(), end: "'" }).collect()
}

fn keywords<'a>(words: impl Iterator<Item = &'a str>, lower: bool) -> Vec<Candidate> {
    words.map(|word| Candidate { text: cased(word, lower), end: " " }).collect()
}

/// A name, in backticks where it needs them.
fn plain(name: &str) -> Candidate {
    let letters =
        name.chars().all(|c| c.is_alphanumeric() || c == '_') && !name.starts_with(|c: char| c.is_ascii_digit());
    let text = if letters && !is_reserved(name) { name.to_owned() } else { format!("`{}`", name.replace('`', "``")) };
    Candidate { text, end: " " }
}

/// The candidates that begin with what was typed, the first of each text; whatever its case where no other does.
fn fitting(found: Vec<Candidate>, typed: &str, start: usize) -> Completion {
    let mut seen = BTreeSet::new();
    let distinct: Vec<Candidate> = found.into_iter().filter(|one| seen.insert(one.text.clone())).collect();
    let exact: Vec<Candidate> = distinct.iter().filter(|one| one.text.starts_with(typed)).cloned().collect();
    if !exact.is_empty() {
        return Completion { start, candidates: exact };
    }
    let typed = typed.to_lowercase();
    let candidates = distinct.into_iter().filter(|one| one.text.to_lowercase().starts_with(&typed)).collect();
    Completion { start, candidates }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::config::Config;
    use crate::connections;

    const TABLES: &str = "
        CREATE TABLE orders (id BIGINT, customer STRING, `order date` DATE) WITH ('connector' = 'datagen');
        CREATE TABLE order_items (id BIGINT, price DOUBLE) WITH ('connector' = 'datagen');
        CREATE VIEW totals AS SELECT id, SUM(price) AS total FROM order_items GROUP BY id;";

    /// What may stand at `|`.
    fn offered(text: &str) -> Vec<String> {
        let mut session = Session::new(connections::offline(Path::new(""), &Config::default(), None), BTreeMap::new());
        session.read(TABLES).expect("tables");
        let names = Names { session: &session, jobs: vec!["insert-into_t".to_owned()] };
        let at = text.find('|').expect("a cursor");
        names.complete(&text.replacen('|', "", 1), at).candidates.into_iter().map(|one| one.text).collect()
    }

    #[test]
    fn a_statement_begins_with_a_keyword_in_the_case_of_what_is_typed() {
        assert_eq!(offered("SE|"), ["SELECT", "SET"]);
        assert_eq!(offered("SELECT 1; se|"), ["select", "set"]);
        assert_eq!(offered("show ta|"), ["tables"]);
    }

    #[test]
    fn tables_stand_behind_from() {
        assert_eq!(offered("SELECT * FROM |"), ["order_items", "orders", "totals"]);
        assert_eq!(offered("SELECT * FROM ord|"), ["order_items", "orders"]);
        assert_eq!(offered("INSERT INTO to|"), ["totals"]);
        assert!(offered("CREATE TABLE ord|").is_empty());
    }

    #[test]
    fn columns_are_those_of_the_tables_named() {
        assert_eq!(offered("SELECT cus| FROM orders"), ["customer"]);
        assert_eq!(offered("SELECT | FROM totals"), ["id", "total"]);
        assert_eq!(offered("SELECT o.| FROM orders AS o"), ["id", "customer", "`order date`"]);
        assert_eq!(offered("SELECT i.p| FROM orders o JOIN order_items i ON"), ["price"]);
        assert_eq!(offered("SELECT `order| FROM orders").first().map(String::as_str), Some("order date"));
    }

    #[test]
    fn settings_and_options_are_completed_within_quotes() {
        assert_eq!(offered("SET 'sql-client.execution.r|"), ["sql-client.execution.result-mode"]);
        assert_eq!(offered("SET 'sql-client.execution.result-mode' = 'table|"), ["table", "tableau"]);
        assert_eq!(offered("CREATE TABLE t (a INT) WITH ('con|"), ["connector"]);
        assert_eq!(offered("CREATE TABLE t (a INT) WITH ('connector' = 'so|"), ["socket"]);
        assert_eq!(offered("CREATE TABLE t (a INT) WITH ('connector' = 'socket', 'ho|"), ["hostname"]);
        assert_eq!(offered("CREATE TABLE t (a INT) WITH ('connector' = 'socket', 'format' = 'j|"), ["json"]);
        assert_eq!(offered("STOP JOB '|"), ["insert-into_t"]);
        assert!(offered("SELECT 'con|").is_empty());
    }

    #[test]
    fn functions_open_their_bracket() {
        assert!(offered("SELECT CHAR_LEN|").contains(&"CHAR_LENGTH".to_owned()));
        assert!(offered("select char_len|").contains(&"char_length".to_owned()));
    }
}
