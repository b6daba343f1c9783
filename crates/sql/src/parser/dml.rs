//! `INSERT`, statement sets, `EXPLAIN`, and the statements on jobs, plans and rows that Yeoul has nothing for.

use super::{Parsed, Parser};
use crate::ast::Ident;
use crate::ast::expression::{Constant, ExpressionKind, UnaryOperator};
use crate::ast::statement::{ExplainDetail, Insert, OnConflict, Statement};
use crate::diagnostic::{Diagnostic, Span};

impl Parser {
    pub(super) fn insert(&mut self) -> Parsed<Insert> {
        let start = self.here();
        self.expect_word("INSERT")?;
        let here = self.here();
        let overwrite = self.eat_word("OVERWRITE").then_some(here);
        if overwrite.is_none() && !self.eat_word("INTO") {
            return Err(self.expected("`INTO` or `OVERWRITE`"));
        }
        let table = self.object_name("the target's name")?;
        let span = self.since(start);
        let hints = self.hints()?;
        let partition = if self.eat_word("PARTITION") { self.partition_constants()? } else { Vec::new() };
        let has_columns = self.at_mark("(") && !self.at_column_query();
        let columns = if has_columns { self.idents("a column's name")? } else { Vec::new() };
        let query = self.query()?;
        let on_conflict = self.on_conflict()?;
        Ok(Insert { table, hints, overwrite, partition, columns, query, on_conflict, span })
    }

    /// `INSERT INTO t (SELECT …)`
    fn at_column_query(&self) -> bool {
        ["SELECT", "WITH", "VALUES"].iter().any(|word| self.at_word_ahead(1, word)) || self.at_mark_ahead(1, "(")
    }

    /// `ON CONFLICT DO {ERROR | NOTHING | DEDUPLICATE}`
    fn on_conflict(&mut self) -> Parsed<Option<(OnConflict, Span)>> {
        let start = self.here();
        if !self.eat_words(&["ON", "CONFLICT"]) {
            return Ok(None);
        }
        self.expect_word("DO")?;
        let action = match () {
            () if self.eat_word("ERROR") => OnConflict::Error,
            () if self.eat_word("NOTHING") => OnConflict::Nothing,
            () if self.eat_word("DEDUPLICATE") => OnConflict::Deduplicate,
            () => return Err(self.expected("`ERROR`, `NOTHING` or `DEDUPLICATE`")),
        };
        Ok(Some((action, self.since(start))))
    }

    /// `(column = value, …)`, each with its value.
    fn partition_constants(&mut self) -> Parsed<Vec<(Ident, Constant)>> {
        self.bracketed_list(|parser| {
            let column = parser.ident("a column's name")?;
            parser.expect_mark("=")?;
            Ok((column, parser.literal()?))
        })
    }

    /// `(column [= value], …)`
    pub(super) fn partition_values(&mut self) -> Parsed<()> {
        self.bracketed_list(|parser| {
            parser.ident("a column's name")?;
            if parser.eat_mark("=") {
                parser.literal()?;
            }
            Ok(())
        })
        .map(drop)
    }

    /// A constant, a sign before it.
    fn literal(&mut self) -> Parsed<Constant> {
        let start = self.here();
        let value = self.expression_tighter_than_in()?;
        match value.kind {
            ExpressionKind::Constant(constant) => Ok(constant),
            ExpressionKind::Unary(UnaryOperator::Minus, inner) => match inner.kind {
                ExpressionKind::Constant(Constant::Number(digits)) => Ok(Constant::Number(format!("-{digits}"))),
                _ => Err(Diagnostic::new("expected a constant", self.since(start))),
            },
            _ => Err(Diagnostic::new("expected a constant", self.since(start))),
        }
    }

    pub(super) fn execute(&mut self, start: Span) -> Parsed<Statement> {
        self.advance();
        if self.eat_words(&["STATEMENT", "SET", "BEGIN"]) {
            return self.statement_set(start);
        }
        if self.at_word("INSERT") {
            return self.insert().map(|insert| Statement::Insert(Box::new(insert)));
        }
        if self.at_query() {
            return self.query().map(|query| Statement::Query(Box::new(query)));
        }
        if self.eat_word("PLAN") {
            self.text("the plan's path in single quotes")?;
            return Ok(self.not_executed("EXECUTE PLAN", "run the SQL itself", start));
        }
        Err(self.expected("`STATEMENT SET BEGIN`, `INSERT` or a query"))
    }

    pub(super) fn begin(&mut self, start: Span) -> Parsed<Statement> {
        self.advance();
        self.expect_words(&["STATEMENT", "SET"])?;
        self.expect_mark(";")?;
        self.statement_set(start)
    }

    /// The statements of a set, up to `END`.
    pub(super) fn statement_set(&mut self, start: Span) -> Parsed<Statement> {
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

    pub(super) fn explain(&mut self) -> Parsed<Statement> {
        self.advance();
        let details = if self.eat_words(&["PLAN", "FOR"]) { Vec::new() } else { self.explain_details()? };
        let start = self.here();
        let inner = match () {
            () if self.eat_words(&["STATEMENT", "SET", "BEGIN"]) => self.statement_set(start)?,
            () if self.at_word("INSERT") => Statement::Insert(Box::new(self.insert()?)),
            () if self.at_word("CREATE") => self.create()?,
            () if self.at_word("UPDATE") || self.at_word("DELETE") => self.row_statement(start)?,
            () => Statement::Query(Box::new(self.query()?)),
        };
        Ok(Statement::Explain(Box::new(inner), details))
    }

    fn explain_details(&mut self) -> Parsed<Vec<ExplainDetail>> {
        let known = [
            ("ESTIMATED_COST", ExplainDetail::EstimatedCost),
            ("CHANGELOG_MODE", ExplainDetail::ChangelogMode),
            ("PLAN_ADVICE", ExplainDetail::PlanAdvice),
            ("JSON_EXECUTION_PLAN", ExplainDetail::JsonExecutionPlan),
        ];
        let mut details = Vec::new();
        while let Some((_, detail)) = known.into_iter().find(|(word, _)| self.eat_word(word)) {
            if details.contains(&detail) {
                return Err(Diagnostic::new("the detail is asked for twice", self.here()));
            }
            details.push(detail);
            if !self.eat_mark(",") {
                break;
            }
        }
        Ok(details)
    }

    /// `COMPILE PLAN 'path' [IF NOT EXISTS] FOR …`, `COMPILE AND EXECUTE PLAN 'path' FOR …`
    pub(super) fn compile(&mut self, start: Span) -> Parsed<Statement> {
        self.advance();
        let and_execute = self.eat_words(&["AND", "EXECUTE"]);
        self.expect_word("PLAN")?;
        self.text("the plan's path in single quotes")?;
        let name = if and_execute { "COMPILE AND EXECUTE PLAN" } else { "COMPILE PLAN" };
        let statement = self.not_executed(name, "run the SQL itself", start);
        if !and_execute {
            self.if_not_exists();
        }
        self.expect_word("FOR")?;
        let inner = self.here();
        if self.eat_words(&["STATEMENT", "SET", "BEGIN"]) {
            self.statement_set(inner)?;
        } else {
            self.insert()?;
        }
        Ok(statement)
    }

    /// `UPDATE t SET c = v, … [WHERE …]`, `DELETE FROM t [WHERE …]`
    pub(super) fn row_statement(&mut self, start: Span) -> Parsed<Statement> {
        let help = "a table is changed by what its query reads, or by `INSERT INTO`";
        let update = self.at_word("UPDATE");
        self.advance();
        if !update {
            self.expect_word("FROM")?;
        }
        self.object_name("a table")?;
        self.hints()?;
        let statement = self.not_executed(if update { "UPDATE" } else { "DELETE" }, help, start);
        self.alias()?;
        if update {
            self.expect_word("SET")?;
            self.comma_list(|parser| {
                parser.path("a column's name")?;
                parser.expect_mark("=")?;
                parser.expression()
            })?;
        }
        if self.eat_word("WHERE") {
            self.expression()?;
        }
        Ok(statement)
    }

    /// `ANALYZE TABLE t [PARTITION (…)] COMPUTE STATISTICS [FOR {COLUMNS a, b | ALL COLUMNS}]`
    pub(super) fn analyze(&mut self, start: Span) -> Parsed<Statement> {
        self.advance();
        self.expect_word("TABLE")?;
        self.object_name("a table")?;
        let statement = self.not_executed("ANALYZE TABLE", "leave it out: plans need no statistics", start);
        if self.eat_word("PARTITION") {
            self.partition_values()?;
        }
        self.expect_words(&["COMPUTE", "STATISTICS"])?;
        if self.eat_word("FOR") {
            if self.eat_word("ALL") {
                self.expect_word("COLUMNS")?;
            } else {
                self.expect_word("COLUMNS")?;
                self.comma_list(|parser| parser.ident("a column's name"))?;
            }
        }
        Ok(statement)
    }

    pub(super) fn truncate(&mut self, start: Span) -> Parsed<Statement> {
        self.advance();
        self.expect_word("TABLE")?;
        self.object_name("a table")?;
        Ok(self.not_executed("TRUNCATE TABLE", "", start))
    }

    /// `CALL procedure(arguments)`
    pub(super) fn call_procedure(&mut self, start: Span) -> Parsed<Statement> {
        self.advance();
        let call = self.name_or_call()?;
        if !matches!(call.kind, ExpressionKind::Call(_)) {
            return Err(self.expected("`(`"));
        }
        Ok(self.not_executed("CALL", "there are no procedures", start))
    }

    /// `STOP JOB 'id' [WITH SAVEPOINT] [WITH DRAIN]`
    pub(super) fn stop_job(&mut self, start: Span) -> Parsed<Statement> {
        self.advance();
        self.expect_word("JOB")?;
        self.text("the job's id in single quotes")?;
        for word in ["SAVEPOINT", "DRAIN"] {
            self.eat_words(&["WITH", word]);
        }
        Ok(self.not_executed("STOP JOB", "stop the process that runs it", start))
    }

    /// `LOAD MODULE m [WITH (…)]`, `UNLOAD MODULE m`
    pub(super) fn module(&mut self, start: Span) -> Parsed<Statement> {
        let load = self.at_word("LOAD");
        self.advance();
        self.expect_word("MODULE")?;
        self.ident("a module's name")?;
        let statement = self.not_executed(if load { "LOAD MODULE" } else { "UNLOAD MODULE" }, "", start);
        if load {
            self.with_options()?;
        }
        Ok(statement)
    }

    /// `ADD JAR 'path'`, `REMOVE JAR 'path'`
    pub(super) fn jar(&mut self, start: Span) -> Parsed<Statement> {
        let name = if self.at_word("ADD") { "ADD JAR" } else { "REMOVE JAR" };
        self.advance();
        self.expect_word("JAR")?;
        self.text("the jar's path in single quotes")?;
        Ok(self.not_executed(name, "Yeoul runs no Java: leave it out if a built-in has what it is for", start))
    }
}
