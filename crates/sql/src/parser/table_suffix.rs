//! What Flink's grammar has behind tables and Yeoul doesn't execute: `PIVOT`, `UNPIVOT`, `TABLESAMPLE`.

use super::{Parsed, Parser};
use crate::ast::query::TableSuffix;

impl Parser {
    /// `PIVOT (…)`, `UNPIVOT (…)`
    pub(super) fn pivot(&mut self) -> Parsed<Option<TableSuffix>> {
        let start = self.here();
        let word = match () {
            () if self.eat_word("PIVOT") => "PIVOT",
            () if self.eat_word("UNPIVOT") => "UNPIVOT",
            () => return Ok(None),
        };
        if word == "PIVOT" {
            self.pivot_body()?;
        } else {
            self.unpivot_body()?;
        }
        Ok(Some(TableSuffix { word, span: self.since(start) }))
    }

    /// `(SUM(x) AS s, … FOR (axes) IN ((values) AS name, …))`
    fn pivot_body(&mut self) -> Parsed<()> {
        self.expect_mark("(")?;
        self.comma_list(Parser::aliased)?;
        self.expect_word("FOR")?;
        self.names()?;
        self.expect_word("IN")?;
        self.bracketed_list(Parser::aliased)?;
        self.expect_mark(")")
    }

    /// `([INCLUDE NULLS] names FOR names IN (names AS values, …))`
    fn unpivot_body(&mut self) -> Parsed<()> {
        if self.eat_word("INCLUDE") || self.eat_word("EXCLUDE") {
            self.expect_word("NULLS")?;
        }
        self.expect_mark("(")?;
        self.names()?;
        self.expect_word("FOR")?;
        self.names()?;
        self.expect_word("IN")?;
        self.bracketed_list(|parser| {
            parser.names()?;
            if parser.eat_word("AS") {
                parser.expression()?;
            }
            Ok(())
        })?;
        self.expect_mark(")")
    }

    fn aliased(&mut self) -> Parsed<()> {
        // `x FOR` and `x IN` end the value.
        self.expression_tighter_than_in()?;
        self.alias().map(drop)
    }

    /// `a`, `(a, b)`
    fn names(&mut self) -> Parsed<()> {
        if self.at_mark("(") { self.idents("a name").map(drop) } else { self.ident("a name").map(drop) }
    }

    /// `TABLESAMPLE BERNOULLI (10) [REPEATABLE (1)]`
    pub(super) fn table_sample(&mut self) -> Parsed<Option<TableSuffix>> {
        let start = self.here();
        if !self.eat_word("TABLESAMPLE") {
            return Ok(None);
        }
        if self.eat_word("SUBSTITUTE") {
            self.bracketed_list(|parser| parser.text("a name in single quotes"))?;
        } else {
            if !self.eat_word("BERNOULLI") {
                self.expect_word("SYSTEM")?;
            }
            self.bracketed_list(Parser::number)?;
            if self.eat_word("REPEATABLE") {
                self.bracketed_list(Parser::number)?;
            }
        }
        Ok(Some(TableSuffix { word: "TABLESAMPLE", span: self.since(start) }))
    }
}
