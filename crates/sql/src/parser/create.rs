//! `CREATE`: tables, views, materialized tables, functions. What Yeoul has nothing for: [`super::create_other`].

use super::{Parsed, Parser};
use crate::ast::OptionPair;
use crate::ast::create::{CreateFunction, CreateMaterializedTable, CreateTable, CreateView};
use crate::ast::statement::Statement;
use crate::diagnostic::{Diagnostic, Span};

impl Parser {
    pub(super) fn create(&mut self) -> Parsed<Statement> {
        let start = self.here();
        self.advance();
        let replace = self.or_word("REPLACE");
        let or_alter = if replace.is_none() { self.or_word("ALTER") } else { None };
        let temporary = self.eat_word("TEMPORARY");
        if or_alter.is_none() && self.eat_word("TABLE") {
            return self.create_table(start, temporary, replace);
        }
        if replace.is_none() && !temporary && self.eat_words(&["MATERIALIZED", "TABLE"]) {
            return self.create_materialized_table(or_alter);
        }
        if let Some(span) = or_alter {
            return Err(Diagnostic::new("only a materialized table can be created or altered", span)
                .with_help("write `CREATE OR ALTER MATERIALIZED TABLE … AS`"));
        }
        // Flink's grammar lets `OR REPLACE` pass here, and what exists already is refused all the same.
        if self.eat_word("VIEW") {
            return self.create_view(temporary);
        }
        if self.at_word("FUNCTION") || (temporary && self.at_words(&["SYSTEM", "FUNCTION"])) {
            return self.create_function();
        }
        self.create_other(start, temporary)
    }

    /// `OR word`
    fn or_word(&mut self, word: &str) -> Option<Span> {
        let start = self.here();
        self.eat_words(&["OR", word]).then(|| self.since(start))
    }

    pub(super) fn if_not_exists(&mut self) -> bool {
        self.eat_words(&["IF", "NOT", "EXISTS"])
    }

    fn create_table(&mut self, start: Span, temporary: bool, replace: Option<Span>) -> Parsed<Statement> {
        let if_not_exists = self.if_not_exists();
        let name = self.object_name("the table's name")?;
        let span = self.since(start);
        let elements = if self.at_mark("(") { self.table_elements()? } else { Default::default() };
        let comment = self.comment()?;
        let distribution = self.distributed()?;
        let partitioned_by = self.partitioned_by()?;
        let options = self.with_options()?;
        let like = self.like()?;
        let query = if like.is_none() && self.eat_word("AS") { Some(self.query()?) } else { None };
        Ok(Statement::CreateTable(Box::new(CreateTable {
            name,
            temporary,
            replace,
            if_not_exists,
            columns: elements.columns,
            watermark: elements.watermark,
            primary_key: elements.primary_key,
            comment,
            distribution,
            partitioned_by,
            options,
            like,
            query,
            span,
        })))
    }

    /// `COMMENT 'text'`, which says nothing to the planner.
    pub(super) fn comment(&mut self) -> Parsed<Option<String>> {
        if !self.eat_word("COMMENT") {
            return Ok(None);
        }
        self.text("the comment in single quotes").map(|(text, _)| Some(text))
    }

    pub(super) fn with_options(&mut self) -> Parsed<Vec<OptionPair>> {
        if !self.eat_word("WITH") {
            return Ok(Vec::new());
        }
        self.option_list()
    }

    fn create_view(&mut self, temporary: bool) -> Parsed<Statement> {
        let if_not_exists = self.if_not_exists();
        let name = self.object_name("the view's name")?;
        let columns = if self.at_mark("(") { self.idents("a column's name")? } else { Vec::new() };
        let comment = self.comment()?;
        self.expect_word("AS")?;
        let query = self.query()?;
        Ok(Statement::CreateView(Box::new(CreateView { name, temporary, if_not_exists, columns, comment, query })))
    }

    fn create_materialized_table(&mut self, or_alter: Option<Span>) -> Parsed<Statement> {
        let if_not_exists = self.if_not_exists();
        let name = self.object_name("the materialized table's name")?;
        let elements = if self.at_mark("(") { self.table_elements()? } else { Default::default() };
        self.comment()?;
        let distribution = self.distributed()?;
        let partitioned_by = self.partitioned_by()?;
        let options = self.with_options()?;
        if self.eat_word("FRESHNESS") {
            self.freshness()?;
        }
        let full_refresh = if self.eat_word("REFRESH_MODE") { self.refresh_mode()? } else { None };
        let start_mode = if self.at_word("START_MODE") { Some(self.start_mode()?) } else { None };
        self.expect_word("AS")?;
        let query = self.query()?;
        Ok(Statement::CreateMaterializedTable(Box::new(CreateMaterializedTable {
            name,
            or_alter,
            if_not_exists,
            columns: elements.columns,
            watermark: elements.watermark,
            primary_key: elements.primary_key,
            distribution,
            partitioned_by,
            options,
            full_refresh,
            start_mode,
            query,
        })))
    }

    /// `= INTERVAL '…' unit`
    pub(super) fn freshness(&mut self) -> Parsed<()> {
        self.expect_mark("=")?;
        if !self.at_word("INTERVAL") {
            return Err(self.expected("`INTERVAL '…' unit`"));
        }
        self.interval_literal().map(drop)
    }

    /// `= CONTINUOUS`, `= FULL`: where `FULL` is asked for.
    pub(super) fn refresh_mode(&mut self) -> Parsed<Option<Span>> {
        self.expect_mark("=")?;
        let span = self.here();
        if self.eat_word("CONTINUOUS") {
            return Ok(None);
        }
        self.expect_word("FULL")?;
        Ok(Some(span))
    }

    /// `START_MODE = FROM_BEGINNING | FROM_NOW[(interval)] | FROM_TIMESTAMP(moment) | RESUME_OR_…`
    fn start_mode(&mut self) -> Parsed<Span> {
        let start = self.here();
        self.advance();
        self.expect_mark("=")?;
        self.ident("where the table begins (`FROM_BEGINNING`, `FROM_NOW`, …)")?;
        if self.at_mark("(") {
            self.bracketed_list(Parser::expression)?;
        }
        Ok(self.since(start))
    }

    /// `[SYSTEM] FUNCTION [IF NOT EXISTS] name AS 'class' [LANGUAGE word] [USING JAR 'path', …] [WITH (…)]`
    fn create_function(&mut self) -> Parsed<Statement> {
        self.eat_word("SYSTEM");
        self.expect_word("FUNCTION")?;
        let if_not_exists = self.if_not_exists();
        let name = self.object_name("the function's name")?;
        let class = self.function_class()?;
        self.with_options()?;
        Ok(Statement::CreateFunction(CreateFunction { name, if_not_exists, class }))
    }

    /// `AS 'class' [LANGUAGE word] [USING JAR 'path', …]`
    pub(super) fn function_class(&mut self) -> Parsed<(String, Span)> {
        self.expect_word("AS")?;
        let class = self.text("the class that implements it, in single quotes")?;
        if self.eat_word("LANGUAGE") && !["JAVA", "SCALA", "SQL", "PYTHON"].iter().any(|word| self.eat_word(word)) {
            return Err(self.expected("`JAVA`, `SCALA`, `SQL` or `PYTHON`"));
        }
        if self.eat_word("USING") {
            self.comma_list(|parser| {
                if !parser.eat_word("JAR") && !parser.eat_word("ARTIFACT") {
                    parser.expect_word("FILE")?;
                }
                parser.text("the file's path in single quotes")
            })?;
        }
        Ok(class)
    }
}
