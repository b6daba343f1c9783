//! Statements by their leading words, and the small ones.

use super::{Parsed, Parser, not_supported};
use crate::ast::OptionPair;
use crate::ast::statement::{Drop, DropKind, Statement};
use crate::diagnostic::Diagnostic;
use crate::token::TokenKind;

impl Parser {
    /// One statement.
    pub(super) fn statement(&mut self) -> Parsed<Statement> {
        let start = self.here();
        let word = match &self.peek().kind {
            TokenKind::Word(word) => word.to_ascii_uppercase(),
            TokenKind::Mark("(") => return self.query().map(|query| Statement::Query(Box::new(query))),
            _ => return Err(self.expected("a statement")),
        };
        match word.as_str() {
            "SET" => self.set(),
            "RESET" => self.reset(),
            "CREATE" => self.create(),
            "ALTER" => self.alter(),
            "DROP" => self.drop_statement(),
            "INSERT" => self.insert().map(|insert| Statement::Insert(Box::new(insert))),
            "EXECUTE" => self.execute(start),
            "BEGIN" => self.begin(start),
            "SELECT" | "WITH" | "VALUES" | "TABLE" => self.query().map(|query| Statement::Query(Box::new(query))),
            "EXPLAIN" => self.explain(),
            "SHOW" => self.show(start),
            "DESCRIBE" | "DESC" => self.describe(),
            "USE" => self.use_statement(),
            "COMPILE" => self.compile(start),
            "UPDATE" | "DELETE" => self.row_statement(start),
            "ANALYZE" => self.analyze(start),
            "TRUNCATE" => self.truncate(start),
            "CALL" => self.call_procedure(start),
            "STOP" => self.stop_job(start),
            "LOAD" | "UNLOAD" => self.module(start),
            "ADD" | "REMOVE" => self.jar(start),
            "MERGE" | "UPSERT" => Err(not_supported(&word, start)),
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
        let temporary = self.eat_word("TEMPORARY");
        let kind = match () {
            () if self.eat_word("TABLE") => DropKind::Table,
            () if self.eat_word("VIEW") => DropKind::View,
            () if !temporary && self.eat_words(&["MATERIALIZED", "TABLE"]) => DropKind::MaterializedTable,
            () if self.eat_word("FUNCTION") => DropKind::Function,
            () if temporary && self.eat_words(&["SYSTEM", "FUNCTION"]) => DropKind::Function,
            () => return self.drop_other(start),
        };
        let if_exists = self.if_exists();
        let name = self.object_name("a name")?;
        Ok(Statement::Drop(Drop { kind, temporary, name, if_exists }))
    }
}

fn unknown_statement(fault: &Diagnostic, word: &str) -> Diagnostic {
    const STATEMENTS: [&str; 14] = [
        "SELECT", "INSERT", "CREATE", "ALTER", "DROP", "SET", "RESET", "WITH", "VALUES", "EXECUTE", "EXPLAIN", "SHOW",
        "DESCRIBE", "USE",
    ];
    Diagnostic::new(fault.message.clone(), fault.span).with_help(crate::nearest::did_you_mean(
        word,
        &STATEMENTS,
        "statements",
    ))
}
