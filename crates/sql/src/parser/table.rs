//! `FROM`: tables, joins, table functions.

use super::{Parsed, Parser, not_supported};
use crate::ast::ObjectName;
use crate::ast::query::{
    From, Join, JoinOn, JoinWord, Table, TableArgument, TableArgumentValue, TableFunction, TableKind,
};
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
            parser.refuse_table_suffixes()?;
            let alias = parser.alias()?;
            let columns =
                if alias.is_some() && parser.at_mark("(") { parser.idents("a column's name")? } else { Vec::new() };
            parser.refuse_table_suffixes()?;
            Ok(Table { kind, alias, columns, span: parser.since(start) })
        })
    }

    fn table_kind(&mut self) -> Parsed<TableKind> {
        if self.at_mark("(") {
            return self.bracketed_table();
        }
        if self.eat_word("TABLE") {
            self.expect_mark("(")?;
            let name = self.table_function_name()?;
            let function = self.table_function(name)?;
            self.expect_mark(")")?;
            return Ok(TableKind::Function(function));
        }
        for word in ["LATERAL", "UNNEST"] {
            if self.at_word(word) {
                return self.unsupported(word);
            }
        }
        let name = self.object_name("a table")?;
        if self.at_mark("(") {
            return self.table_function(name).map(TableKind::Function);
        }
        let hints = self.hints()?;
        Ok(TableKind::Named(name, hints))
    }

    fn table_function_name(&mut self) -> Parsed<ObjectName> {
        self.object_name("a table function (`TUMBLE`, …)")
    }

    fn bracketed_table(&mut self) -> Parsed<TableKind> {
        self.advance();
        if self.at_query() || self.at_bracketed_query() {
            let query = self.query()?;
            self.expect_mark(")")?;
            return Ok(TableKind::Query(Box::new(query)));
        }
        let from = self.from()?;
        self.expect_mark(")")?;
        Ok(TableKind::Joined(Box::new(from)))
    }

    /// `((SELECT …) UNION …)`
    fn at_bracketed_query(&self) -> bool {
        let depth = (0..).take_while(|ahead| self.at_mark_ahead(*ahead, "(")).take(super::DEPTH_MAX as usize).count();
        depth > 0 && ["SELECT", "WITH", "VALUES"].iter().any(|word| self.at_word_ahead(depth, word))
    }

    fn refuse_table_suffixes(&mut self) -> Parsed<()> {
        let clauses: [&[&str]; 5] =
            [&["FOR", "SYSTEM_TIME"], &["MATCH_RECOGNIZE"], &["TABLESAMPLE"], &["PIVOT"], &["UNPIVOT"]];
        match clauses.into_iter().find(|words| self.at_words(words)) {
            Some(words) => self.unsupported(&words.join(" ")),
            None => Ok(()),
        }
    }

    /// `(argument, …)` behind a table function's name.
    fn table_function(&mut self, name: ObjectName) -> Parsed<TableFunction> {
        self.expect_mark("(")?;
        let args = if self.at_mark(")") { Vec::new() } else { self.comma_list(Parser::table_argument)? };
        self.expect_mark(")")?;
        Ok(TableFunction { name, args })
    }

    fn table_argument(&mut self) -> Parsed<TableArgument> {
        let start = self.here();
        let name = if self.at_mark_ahead(1, "=>") { Some(self.argument_name()?) } else { None };
        let value = self.table_argument_value()?;
        Ok(TableArgument { name, value, span: self.since(start) })
    }

    fn argument_name(&mut self) -> Parsed<crate::ast::Ident> {
        let name = self.ident("an argument's name")?;
        self.expect_mark("=>")?;
        Ok(name)
    }

    fn table_argument_value(&mut self) -> Parsed<TableArgumentValue> {
        if self.at_word("DESCRIPTOR") && self.at_mark_ahead(1, "(") {
            self.advance();
            return self.idents("a column's name").map(TableArgumentValue::Descriptor);
        }
        if self.at_word("TABLE") || (self.at_mark("(") && self.at_bracketed_query()) {
            return self.argument_table().map(|table| TableArgumentValue::Table(Box::new(table)));
        }
        if self.at_word("MODEL") {
            return self.unsupported("MODEL arguments");
        }
        self.expression().map(TableArgumentValue::Scalar)
    }

    /// `TABLE t`, `TABLE (query)`, `(query)`
    fn argument_table(&mut self) -> Parsed<Table> {
        let start = self.here();
        self.eat_word("TABLE");
        let kind = if self.at_mark("(") {
            self.bracketed_table()?
        } else {
            let name = self.object_name("a table")?;
            TableKind::Named(name, self.hints()?)
        };
        if self.at_words(&["PARTITION", "BY"]) || self.at_words(&["ORDER", "BY"]) {
            return Err(not_supported("PARTITION BY of a table argument", self.here()));
        }
        Ok(Table { kind, alias: None, columns: Vec::new(), span: self.since(start) })
    }
}
