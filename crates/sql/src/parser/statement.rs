//! Statements by their leading words. What Flink has and Yeoul has not yet is named in [`UNSUPPORTED`].

use super::{Parsed, Parser, not_supported};
use crate::ast::OptionPair;
use crate::ast::statement::{Drop, DropKind, Insert, Show, Statement};
use crate::diagnostic::{Diagnostic, Span};
use crate::token::TokenKind;

/// Leading words of statements that are not supported yet.
const UNSUPPORTED: [&str; 17] = [
    "ALTER", "USE", "LOAD", "UNLOAD", "ADD", "REMOVE", "ANALYZE", "TRUNCATE", "UPDATE", "DELETE", "CALL", "STOP",
    "COMPILE", "MERGE", "UPSERT", "QUIT", "SOURCE",
];

impl Parser {
    /// One statement.
    pub(super) fn statement(&mut self) -> Parsed<Statement> {
        let start = self.here();
        let word = match &self.peek().kind {
            TokenKind::Word(word) => word.to_ascii_uppercase(),
            TokenKind::Mark("(") => return self.query().map(Statement::Query),
            _ => return Err(self.expected("a statement")),
        };
        match word.as_str() {
            "SET" => self.set(),
            "RESET" => self.reset(),
            "CREATE" => self.create(),
            "DROP" => self.drop_statement(),
            "INSERT" => self.insert().map(Statement::Insert),
            "EXECUTE" => self.execute(start),
            "BEGIN" => self.begin(start),
            "SELECT" | "WITH" | "VALUES" => self.query().map(Statement::Query),
            "EXPLAIN" => self.explain(),
            "SHOW" => self.show(start),
            "DESCRIBE" | "DESC" => self.describe(),
            other if UNSUPPORTED.contains(&other) => self.unsupported(other),
            other => Err(unknown_statement(&self.expected("a statement"), other)),
        }
    }

    fn set(&mut self) -> Parsed<Statement> {
        self.advance();
        if self.at_statement_end() {
            return Ok(Statement::Set(None));
        }
        self.option_pair().map(|pair: OptionPair| Statement::Set(Some(pair))).map_err(|fault| {
            if fault.help.is_empty() { fault.with_help("write `SET 'key' = 'value';`") } else { fault }
        })
    }

    fn reset(&mut self) -> Parsed<Statement> {
        self.advance();
        if self.at_statement_end() {
            return Ok(Statement::Reset(None));
        }
        self.text("a setting's key in single quotes").map(|key| Statement::Reset(Some(key)))
    }

    fn at_statement_end(&self) -> bool {
        self.at_mark(";") || self.peek().kind == TokenKind::End
    }

    fn drop_statement(&mut self) -> Parsed<Statement> {
        let start = self.here();
        self.advance();
        self.eat_word("TEMPORARY");
        let kind = match () {
            () if self.eat_word("TABLE") => DropKind::Table,
            () if self.eat_word("VIEW") => DropKind::View,
            () if self.eat_words(&["MATERIALIZED", "TABLE"]) => DropKind::MaterializedTable,
            () => return Err(self.unsupported_object("DROP", start)),
        };
        let if_exists = self.eat_words(&["IF", "EXISTS"]);
        let name = self.object_name("a name")?;
        Ok(Statement::Drop(Drop { kind, name, if_exists }))
    }

    /// `DROP FUNCTION`: named, where Flink has it; else what was expected.
    fn unsupported_object(&self, verb: &str, start: Span) -> Diagnostic {
        let objects = [
            "CATALOG",
            "CATALOGS",
            "DATABASE",
            "DATABASES",
            "FUNCTION",
            "SYSTEM",
            "MODEL",
            "MODELS",
            "CONNECTION",
            "CONNECTIONS",
            "JOBS",
            "JARS",
            "MODULES",
            "FULL",
            "USER",
            "CREATE",
            "CURRENT",
            "COLUMNS",
            "PARTITIONS",
            "PROCEDURES",
            "MATERIALIZED",
        ];
        match objects.into_iter().find(|word| self.at_word(word)) {
            Some(word) => not_supported(&format!("{verb} {word}"), start),
            None => self.expected(&format!("what to {}", verb.to_ascii_lowercase())),
        }
    }

    fn insert(&mut self) -> Parsed<Insert> {
        let start = self.here();
        self.expect_word("INSERT")?;
        if self.at_word("OVERWRITE") {
            return self.unsupported("INSERT OVERWRITE");
        }
        self.expect_word("INTO")?;
        let table = self.object_name("the target's name")?;
        let span = self.since(start);
        let hints = self.hints()?;
        if self.at_word("PARTITION") {
            return self.unsupported("INSERT INTO … PARTITION");
        }
        let has_columns = self.at_mark("(") && !self.at_column_query();
        let columns = if has_columns { self.idents("a column's name")? } else { Vec::new() };
        let query = self.query()?;
        if self.at_words(&["ON", "CONFLICT"]) {
            return self.unsupported("ON CONFLICT");
        }
        Ok(Insert { table, hints, columns, query, span })
    }

    /// `INSERT INTO t (SELECT …)`
    fn at_column_query(&self) -> bool {
        ["SELECT", "WITH", "VALUES"].iter().any(|word| self.at_word_ahead(1, word)) || self.at_mark_ahead(1, "(")
    }

    fn execute(&mut self, start: Span) -> Parsed<Statement> {
        self.advance();
        if self.eat_words(&["STATEMENT", "SET", "BEGIN"]) {
            return self.statement_set(start);
        }
        if self.at_word("INSERT") {
            return self.insert().map(Statement::Insert);
        }
        if self.at_query() {
            return self.query().map(Statement::Query);
        }
        if self.at_word("PLAN") {
            return Err(not_supported("EXECUTE PLAN", start));
        }
        Err(self.expected("`STATEMENT SET BEGIN`, `INSERT` or a query"))
    }

    fn begin(&mut self, start: Span) -> Parsed<Statement> {
        self.advance();
        self.expect_words(&["STATEMENT", "SET"])?;
        self.expect_mark(";")?;
        self.statement_set(start)
    }

    /// The statements of a set, up to `END`.
    fn statement_set(&mut self, start: Span) -> Parsed<Statement> {
        let mut inserts = Vec::new();
        while !self.eat_word("END") {
            if !self.at_word("INSERT") {
                return Err(self.expected("`INSERT` or `END`"));
            }
            inserts.push(self.insert()?);
            self.expect_mark(";")?;
        }
        if inserts.is_empty() {
            return Err(Diagnostic::new("the statement set is empty", self.since(start))
                .with_help("put an `INSERT INTO` in it"));
        }
        Ok(Statement::StatementSet(inserts, self.since(start)))
    }

    fn explain(&mut self) -> Parsed<Statement> {
        self.advance();
        if !self.eat_words(&["PLAN", "FOR"]) {
            self.explain_details()?;
        }
        let start = self.here();
        if self.eat_words(&["STATEMENT", "SET", "BEGIN"]) {
            return self.statement_set(start).map(|set| Statement::Explain(Box::new(set)));
        }
        if self.at_word("INSERT") {
            return self.insert().map(|insert| Statement::Explain(Box::new(Statement::Insert(insert))));
        }
        self.query().map(|query| Statement::Explain(Box::new(Statement::Query(query))))
    }

    /// `CHANGELOG_MODE`; the plan shows it in any case.
    fn explain_details(&mut self) -> Parsed<()> {
        for word in ["ESTIMATED_COST", "PLAN_ADVICE", "JSON_EXECUTION_PLAN"] {
            if self.at_word(word) {
                return self.unsupported(&format!("EXPLAIN {word}"));
            }
        }
        if self.eat_word("CHANGELOG_MODE") && self.eat_mark(",") {
            return self.explain_details();
        }
        Ok(())
    }

    fn show(&mut self, start: Span) -> Parsed<Statement> {
        self.advance();
        let show = match () {
            () if self.eat_word("TABLES") => Show::Tables,
            () if self.eat_word("VIEWS") => Show::Views,
            () if self.eat_word("FUNCTIONS") => Show::Functions,
            () => return Err(self.unsupported_object("SHOW", start)),
        };
        if !self.at_statement_end() {
            return self.unsupported("SHOW … with a filter");
        }
        Ok(Statement::Show(show))
    }

    fn describe(&mut self) -> Parsed<Statement> {
        self.advance();
        self.eat_word("EXTENDED");
        for word in ["CATALOG", "DATABASE", "FUNCTION", "MODEL", "JOB"] {
            if self.at_word(word) && self.at_ident_ahead(1) {
                return self.unsupported(&format!("DESCRIBE {word}"));
            }
        }
        self.object_name("a table").map(Statement::Describe)
    }
}

fn unknown_statement(fault: &Diagnostic, word: &str) -> Diagnostic {
    const STATEMENTS: [&str; 12] = [
        "SELECT", "INSERT", "CREATE", "DROP", "SET", "RESET", "WITH", "VALUES", "EXECUTE", "EXPLAIN", "SHOW",
        "DESCRIBE",
    ];
    Diagnostic::new(fault.message.clone(), fault.span).with_help(crate::nearest::did_you_mean(
        word,
        &STATEMENTS,
        "statements",
    ))
}
