//! `GROUP BY`: plain keys, `GROUPING SETS`, `CUBE`, `ROLLUP`.

use super::{Parsed, Parser};
use crate::ast::expression::{Expression, ExpressionKind};
use crate::ast::query::{GroupBy, GroupingSet, GroupingSets, GroupingSetsKind};

impl Parser {
    /// `GROUP BY …`, if it stands here.
    pub(super) fn group_by(&mut self) -> Parsed<Option<GroupBy>> {
        let start = self.here();
        if !self.eat_words(&["GROUP", "BY"]) {
            return Ok(None);
        }
        let distinct = self.eat_word("DISTINCT");
        if !distinct {
            self.eat_word("ALL");
        }
        let (mut keys, mut sets) = (Vec::new(), Vec::new());
        for set in self.comma_list(Parser::grouping_set)? {
            match set {
                GroupingSet::Keys(more) => keys.extend(more),
                GroupingSet::Nested(more) => sets.push(more),
            }
        }
        Ok(Some(GroupBy { keys, sets, distinct, span: self.since(start) }))
    }

    /// `a`, `(a, b)`, `()`, `CUBE (…)`, …
    fn grouping_set(&mut self) -> Parsed<GroupingSet> {
        let start = self.here();
        let kind = match () {
            () if self.eat_words(&["GROUPING", "SETS"]) => {
                GroupingSetsKind::Sets(self.nested(|parser| parser.bracketed_list(Parser::grouping_set))?)
            }
            () if self.eat_word("CUBE") => GroupingSetsKind::Cube(self.bracketed_list(Parser::group_keys)?),
            () if self.eat_word("ROLLUP") => GroupingSetsKind::Rollup(self.bracketed_list(Parser::group_keys)?),
            () => return self.group_keys().map(GroupingSet::Keys),
        };
        Ok(GroupingSet::Nested(GroupingSets { kind, span: self.since(start) }))
    }

    /// One key, `(a, b)`: both, `()`: none.
    fn group_keys(&mut self) -> Parsed<Vec<Expression>> {
        if self.at_mark("(") && self.at_mark_ahead(1, ")") {
            self.advance();
            self.advance();
            return Ok(Vec::new());
        }
        let bracketed = self.at_mark("(");
        let key = self.expression()?;
        Ok(match key.kind {
            ExpressionKind::Row(keys) if bracketed => keys,
            _ => vec![key],
        })
    }

    /// `(item, item, …)`
    pub(super) fn bracketed_list<T>(&mut self, item: impl FnMut(&mut Parser) -> Parsed<T>) -> Parsed<Vec<T>> {
        self.expect_mark("(")?;
        let list = self.comma_list(item)?;
        self.expect_mark(")")?;
        Ok(list)
    }
}
