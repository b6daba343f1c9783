//! `FROM`: tables, joins, table functions.

use super::{Parsed, Parser};
use crate::ast::expression::{Expression, ExpressionKind};
use crate::ast::query::{
    From, Join, JoinOn, JoinWord, OrderItem, Table, TableArgument, TableArgumentValue, TableFunction, TableKind,
};
use crate::ast::{Ident, ObjectName};
use crate::diagnostic::Span;

impl Parser {
    /// What stands behind `FROM`.
    pub(super) fn from(&mut self) -> Parsed<From> {
        self.nested(|parser| {
            let first = parser.table()?;
            let mut joins = Vec::new();
            while let Some((kind, natural, span)) = parser.join_words()? {
                let table = parser.table()?;
                let on = parser.join_condition()?;
                joins.push(Join { kind, natural, table, on, span });
            }
            Ok(From { first, joins })
        })
    }

    fn join_words(&mut self) -> Parsed<Option<(JoinWord, bool, Span)>> {
        let span = self.here();
        if self.eat_mark(",") {
            return Ok(Some((JoinWord::Cross, false, span)));
        }
        if self.at_words(&["ASOF", "JOIN"]) {
            return self.unsupported("ASOF JOIN");
        }
        let natural = self.eat_word("NATURAL");
        let kinds = [
            ("INNER", JoinWord::Inner),
            ("CROSS", JoinWord::Cross),
            ("LEFT", JoinWord::Left),
            ("RIGHT", JoinWord::Right),
            ("FULL", JoinWord::Full),
        ];
        let kind = kinds.into_iter().find(|(word, _)| self.at_word(word)).map(|(_, kind)| kind);
        if kind.is_some() {
            self.advance();
            if !self.eat_word("OUTER") && (self.at_word("SEMI") || self.at_word("ANTI")) {
                return self.unsupported("SEMI/ANTI JOIN");
            }
            self.expect_word("JOIN")?;
        } else if !self.eat_word("JOIN") {
            return if natural { Err(self.expected("`JOIN`")) } else { Ok(None) };
        }
        Ok(Some((kind.unwrap_or(JoinWord::Inner), natural, self.since(span))))
    }

    fn join_condition(&mut self) -> Parsed<JoinOn> {
        if self.eat_word("ON") {
            return self.expression().map(JoinOn::Condition);
        }
        if self.eat_word("USING") {
            return self.idents("a column's name").map(JoinOn::Using);
        }
        Ok(JoinOn::Nothing)
    }

    fn table(&mut self) -> Parsed<Table> {
        self.nested(|parser| {
            let start = parser.here();
            let kind = parser.table_kind()?;
            let system_time = parser.system_time()?;
            let matching = parser.match_recognize()?;
            let pivot = parser.pivot()?;
            let alias = parser.alias()?;
            let columns =
                if alias.is_some() && parser.at_mark("(") { parser.idents("a column's name")? } else { Vec::new() };
            let sample = parser.table_sample()?;
            let span = parser.since(start);
            Ok(Table { kind, system_time, matching, suffix: pivot.or(sample), alias, columns, span })
        })
    }

    fn table_kind(&mut self) -> Parsed<TableKind> {
        if self.at_mark("(") {
            return self.bracketed_table();
        }
        let lateral = self.eat_word("LATERAL");
        if lateral && self.eat_mark("(") {
            let query = self.query()?;
            self.expect_mark(")")?;
            return Ok(TableKind::Lateral(Box::new(query)));
        }
        if self.eat_word("UNNEST") {
            let values = self.bracketed_list(Parser::unnest_value)?;
            let ordinality = self.eat_words(&["WITH", "ORDINALITY"]);
            return Ok(TableKind::Unnest { values, ordinality });
        }
        if self.eat_word("TABLE") {
            return self.wrapped_function(lateral);
        }
        let name = self.object_name("a table")?;
        if self.at_mark("(") {
            return self.table_function(name, lateral).map(TableKind::Function);
        }
        if lateral {
            return Err(self.expected("`(`"));
        }
        let hints = self.hints()?;
        Ok(TableKind::Named(name, hints))
    }

    /// An argument of `UNNEST`: a value, or a query of one column.
    fn unnest_value(&mut self) -> Parsed<Expression> {
        if !self.at_query() {
            return self.expression();
        }
        let query = Box::new(self.query()?);
        let span = query.span;
        Ok(Expression::new(ExpressionKind::Subquery(query), span))
    }

    /// `(f(…))` behind `TABLE`.
    fn wrapped_function(&mut self, lateral: bool) -> Parsed<TableKind> {
        self.expect_mark("(")?;
        let name = self.object_name("a table function (`TUMBLE`, …)")?;
        let function = self.table_function(name, lateral)?;
        self.expect_mark(")")?;
        Ok(TableKind::Function(function))
    }

    fn bracketed_table(&mut self) -> Parsed<TableKind> {
        self.advance();
        if self.at_query() {
            let query = self.query()?;
            self.expect_mark(")")?;
            return Ok(TableKind::Query(Box::new(query)));
        }
        let from = self.from()?;
        let kind = match from {
            From { first: Table { kind: TableKind::Query(query), alias: None, .. }, joins } if joins.is_empty() => {
                let more = self.at_set_operation();
                TableKind::Query(if more { Box::new(self.query_behind(*query)?) } else { query })
            }
            from => TableKind::Joined(Box::new(from)),
        };
        self.expect_mark(")")?;
        Ok(kind)
    }

    /// `FOR SYSTEM_TIME AS OF moment`
    fn system_time(&mut self) -> Parsed<Option<Expression>> {
        if !self.eat_words(&["FOR", "SYSTEM_TIME"]) {
            return Ok(None);
        }
        self.expect_words(&["AS", "OF"])?;
        self.expression().map(Some)
    }

    /// `(argument, …)` behind a table function's name.
    fn table_function(&mut self, name: ObjectName, lateral: bool) -> Parsed<TableFunction> {
        self.expect_mark("(")?;
        let args = if self.at_mark(")") { Vec::new() } else { self.comma_list(Parser::table_argument)? };
        self.expect_mark(")")?;
        Ok(TableFunction { name, args, lateral })
    }

    /// `[name =>] value [PARTITION BY …] [ORDER BY …]`
    pub(super) fn table_argument(&mut self) -> Parsed<TableArgument> {
        let start = self.here();
        let name = if self.at_mark_ahead(1, "=>") { Some(self.argument_name()?) } else { None };
        let value = self.nested(Parser::table_argument_value)?;
        let is_table = matches!(value, TableArgumentValue::Table(_));
        let (mut partition_by, mut order_by) = (Vec::new(), Vec::new());
        if is_table && self.eat_words(&["PARTITION", "BY"]) {
            let bracketed = self.at_mark("(");
            partition_by = self.partition_keys(bracketed)?;
        }
        if is_table && self.at_words(&["ORDER", "BY"]) {
            order_by = self.order_by_one_level()?;
        }
        Ok(TableArgument { name, value, partition_by, order_by, span: self.since(start) })
    }

    /// `a`, `(a, b)`: several keys need parentheses, since a comma ends the argument.
    fn partition_keys(&mut self, bracketed: bool) -> Parsed<Vec<Expression>> {
        let key = self.expression()?;
        Ok(match key.kind {
            ExpressionKind::Row(keys) if bracketed => keys,
            _ => vec![key],
        })
    }

    /// `ORDER BY a`, `ORDER BY (a, b)`
    fn order_by_one_level(&mut self) -> Parsed<Vec<OrderItem>> {
        self.expect_words(&["ORDER", "BY"])?;
        if !self.at_mark("(") {
            return Ok(vec![self.order_item()?]);
        }
        self.bracketed_list(Parser::order_item)
    }

    /// `name =>`
    pub(super) fn argument_name(&mut self) -> Parsed<Ident> {
        let name = self.ident("an argument's name")?;
        self.expect_mark("=>")?;
        Ok(name)
    }

    fn table_argument_value(&mut self) -> Parsed<TableArgumentValue> {
        if self.at_word("DESCRIPTOR") && self.at_mark_ahead(1, "(") {
            self.advance();
            return self.bracketed_list(Parser::descriptor_column).map(TableArgumentValue::Descriptor);
        }
        if self.at_word("TABLE") || self.at_query() {
            return self.argument_table().map(|table| TableArgumentValue::Table(Box::new(table)));
        }
        if self.at_word("MODEL") && self.at_ident_ahead(1) {
            self.advance();
            return self.object_name("a model").map(TableArgumentValue::Model);
        }
        if self.at_word("DEFAULT") {
            self.advance();
            return Ok(TableArgumentValue::Default);
        }
        let value = self.expression()?;
        Ok(match value.kind {
            ExpressionKind::Subquery(query) => {
                TableArgumentValue::Table(Box::new(plain(TableKind::Query(query), value.span)))
            }
            _ => TableArgumentValue::Scalar(value),
        })
    }

    /// One column of a descriptor; a type behind it is allowed by the grammar alone.
    fn descriptor_column(&mut self) -> Parsed<Ident> {
        let column = self.ident("a column's name")?;
        if !self.at_mark(",") && !self.at_mark(")") {
            self.data_type()?;
        }
        Ok(column)
    }

    /// `TABLE t`, `TABLE f(…)`, `query`
    fn argument_table(&mut self) -> Parsed<Table> {
        let start = self.here();
        if self.at_query() {
            let query = Box::new(self.query()?);
            return Ok(plain(TableKind::Query(query), self.since(start)));
        }
        self.advance();
        let name = self.object_name("a table")?;
        let kind = if self.at_mark("(") {
            TableKind::Function(self.table_function(name, false)?)
        } else {
            TableKind::Named(name, self.hints()?)
        };
        Ok(plain(kind, self.since(start)))
    }
}

/// A table with nothing behind it.
fn plain(kind: TableKind, span: Span) -> Table {
    Table { kind, system_time: None, matching: None, suffix: None, alias: None, columns: Vec::new(), span }
}
