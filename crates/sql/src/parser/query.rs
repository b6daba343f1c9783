//! Queries: `WITH`, set operations, `SELECT`, `VALUES`, `ORDER BY`, `LIMIT`.

use super::{Parsed, Parser, not_supported};
use crate::ast::query::{
    CommonTable, GroupBy, OrderItem, Query, QueryBody, Select, SelectItem, SetOperation, ValuesRow,
};
use crate::ast::{Ident, ObjectName};
use crate::token::TokenKind;

/// Clauses of `SELECT` that are not supported yet.
const UNSUPPORTED_CLAUSES: [&str; 2] = ["WINDOW", "QUALIFY"];

impl Parser {
    /// Whether a query begins here (parentheses aside).
    pub(super) fn at_query(&self) -> bool {
        ["SELECT", "WITH", "VALUES"].iter().any(|word| self.at_word(word))
    }

    /// A query.
    pub(super) fn query(&mut self) -> Parsed<Query> {
        self.nested(|parser| {
            let start = parser.here();
            let with = parser.common_tables()?;
            let body = parser.query_body()?;
            let order_by = if parser.at_words(&["ORDER", "BY"]) { parser.order_by()? } else { Vec::new() };
            let (offset, limit) = parser.row_limits()?;
            Ok(Query { with, body, order_by, offset, limit, span: parser.since(start) })
        })
    }

    fn common_tables(&mut self) -> Parsed<Vec<CommonTable>> {
        if !self.eat_word("WITH") {
            return Ok(Vec::new());
        }
        if self.at_word("RECURSIVE") {
            return self.unsupported("WITH RECURSIVE");
        }
        self.comma_list(|parser| {
            let name = parser.ident("a name")?;
            let columns = if parser.at_mark("(") { parser.idents("a column's name")? } else { Vec::new() };
            parser.expect_word("AS")?;
            parser.expect_mark("(")?;
            let query = parser.query()?;
            parser.expect_mark(")")?;
            Ok(CommonTable { name, columns, query })
        })
    }

    /// `UNION` and `EXCEPT` bind alike, `INTERSECT` tighter.
    fn query_body(&mut self) -> Parsed<QueryBody> {
        let mut left = self.intersections()?;
        loop {
            let operation = match () {
                () if self.at_word("UNION") => SetOperation::Union,
                () if self.at_word("EXCEPT") || self.at_word("MINUS") => SetOperation::Except,
                () => return Ok(left),
            };
            left = self.set_operation(left, operation, Parser::intersections)?;
        }
    }

    fn intersections(&mut self) -> Parsed<QueryBody> {
        let mut left = self.query_term()?;
        while self.at_word("INTERSECT") {
            left = self.set_operation(left, SetOperation::Intersect, Parser::query_term)?;
        }
        Ok(left)
    }

    fn set_operation(
        &mut self,
        left: QueryBody,
        operation: SetOperation,
        next: fn(&mut Parser) -> Parsed<QueryBody>,
    ) -> Parsed<QueryBody> {
        let span = self.here();
        self.advance();
        let all = self.eat_word("ALL");
        if !all {
            self.eat_word("DISTINCT");
        }
        let right = next(self)?;
        Ok(match left {
            // A chain of one operation is one node, so that its length needs no stack.
            QueryBody::Set { operation: before, all: all_before, mut inputs, span }
                if before == operation && all_before && all =>
            {
                inputs.push(right);
                QueryBody::Set { operation, all, inputs, span }
            }
            left => QueryBody::Set { operation, all, inputs: vec![left, right], span },
        })
    }

    fn query_term(&mut self) -> Parsed<QueryBody> {
        if self.at_word("SELECT") {
            return Ok(QueryBody::Select(Box::new(self.select()?)));
        }
        if self.at_word("VALUES") {
            return self.values();
        }
        if self.at_words(&["TABLE"]) {
            return self.unsupported("TABLE t as a query");
        }
        if self.eat_mark("(") {
            let query = self.query()?;
            self.expect_mark(")")?;
            return Ok(QueryBody::Nested(Box::new(query)));
        }
        Err(self.expected("`SELECT`, `VALUES` or `(`"))
    }

    fn values(&mut self) -> Parsed<QueryBody> {
        let start = self.here();
        self.advance();
        let rows = self.comma_list(Parser::values_row)?;
        Ok(QueryBody::Values(rows, self.since(start)))
    }

    fn values_row(&mut self) -> Parsed<ValuesRow> {
        let start = self.here();
        self.eat_word("ROW");
        let values = if self.eat_mark("(") {
            let values = self.comma_list(Parser::expression)?;
            self.expect_mark(")")?;
            values
        } else {
            vec![self.expression()?]
        };
        Ok(ValuesRow { values, span: self.since(start) })
    }

    fn select(&mut self) -> Parsed<Select> {
        let start = self.here();
        self.advance();
        let hints = self.hints()?;
        if self.at_word("STREAM") {
            return self.unsupported("SELECT STREAM");
        }
        let distinct = self.eat_word("DISTINCT");
        if !distinct {
            self.eat_word("ALL");
        }
        let items = self.comma_list(Parser::select_item)?;
        let from = if self.eat_word("FROM") { Some(self.from()?) } else { None };
        let filter = if self.eat_word("WHERE") { Some(self.expression()?) } else { None };
        let group_by = if self.at_words(&["GROUP", "BY"]) { Some(self.group_by()?) } else { None };
        let having = if self.eat_word("HAVING") { Some(self.expression()?) } else { None };
        if let Some(clause) = UNSUPPORTED_CLAUSES.into_iter().find(|clause| self.at_word(clause)) {
            return self.unsupported(clause);
        }
        Ok(Select { hints, distinct, items, from, filter, group_by, having, span: self.since(start) })
    }

    fn select_item(&mut self) -> Parsed<SelectItem> {
        if self.at_mark("*") {
            let span = self.here();
            self.advance();
            return Ok(SelectItem::Star(span));
        }
        if let Some(name) = self.table_star()? {
            return Ok(SelectItem::TableStar(name));
        }
        let value = self.expression()?;
        Ok(SelectItem::Value(value, self.alias()?))
    }

    /// `t.*`, if it stands here.
    fn table_star(&mut self) -> Parsed<Option<ObjectName>> {
        let parts = (1..=3).find(|parts| {
            let names = (0..*parts).all(|part| self.at_ident_ahead(2 * part));
            names && (0..*parts).all(|part| self.at_mark_ahead(2 * part + 1, ".")) && self.at_mark_ahead(2 * parts, "*")
        });
        let Some(parts) = parts else { return Ok(None) };
        let start = self.here();
        let mut names = Vec::new();
        for _ in 0..parts {
            names.push(self.ident("a table's name")?);
            self.advance();
        }
        let span = self.since(start);
        self.advance();
        Ok(Some(ObjectName { parts: names, span }))
    }

    /// `[AS] name`
    pub(super) fn alias(&mut self) -> Parsed<Option<Ident>> {
        if self.eat_word("AS") {
            return self.ident("a name").map(Some);
        }
        if self.at_ident_ahead(0) && !self.at_clause() {
            return self.ident("a name").map(Some);
        }
        Ok(None)
    }

    /// Words that aren't reserved and go on a query nevertheless.
    pub(super) fn at_clause(&self) -> bool {
        self.at_word("MINUS")
            || self.at_word("TABLESAMPLE")
            || self.at_word("PIVOT")
            || self.at_word("UNPIVOT")
            || self.at_words(&["ASOF", "JOIN"])
    }

    fn group_by(&mut self) -> Parsed<GroupBy> {
        let start = self.here();
        self.advance();
        self.advance();
        let set_words = [&["GROUPING", "SETS"][..], &["CUBE"], &["ROLLUP"]];
        if self.at_word("ALL") || self.at_word("DISTINCT") {
            self.advance();
        }
        if let Some(words) = set_words.into_iter().find(|words| self.at_words(words)) {
            return self.unsupported(&words.join(" "));
        }
        if self.at_mark("(") && self.at_mark_ahead(1, ")") {
            self.advance();
            self.advance();
            return Ok(GroupBy { keys: Vec::new(), span: self.since(start) });
        }
        let mut keys = Vec::new();
        for key in self.comma_list(Parser::group_key)? {
            keys.extend(key);
        }
        Ok(GroupBy { keys, span: self.since(start) })
    }

    /// One key, or `(a, b)`: both.
    fn group_key(&mut self) -> Parsed<Vec<crate::ast::expression::Expression>> {
        use crate::ast::expression::ExpressionKind;
        for words in [&["GROUPING", "SETS"][..], &["CUBE"], &["ROLLUP"]] {
            if self.at_words(words) {
                return self.unsupported(&words.join(" "));
            }
        }
        let bracketed = self.at_mark("(");
        let key = self.expression()?;
        Ok(match key.kind {
            ExpressionKind::Row(keys) if bracketed => keys,
            _ => vec![key],
        })
    }

    /// `ORDER BY …`
    pub(super) fn order_by(&mut self) -> Parsed<Vec<OrderItem>> {
        self.expect_words(&["ORDER", "BY"])?;
        self.comma_list(|parser| {
            let value = parser.expression()?;
            let descending = parser.eat_word("DESC");
            if !descending {
                parser.eat_word("ASC");
            }
            let nulls_first = match () {
                () if parser.eat_words(&["NULLS", "FIRST"]) => Some(true),
                () if parser.eat_words(&["NULLS", "LAST"]) => Some(false),
                () => None,
            };
            Ok(OrderItem { value, descending, nulls_first })
        })
    }

    fn row_limits(&mut self) -> Parsed<(Option<RowCount>, Option<RowCount>)> {
        let (mut offset, mut limit) = (None, None);
        if self.eat_word("LIMIT") && !self.eat_word("ALL") {
            limit = Some(self.unsigned("a number of rows")?);
            if self.at_mark(",") {
                return Err(
                    not_supported("LIMIT start, count", self.here()).with_help("write `LIMIT count OFFSET start`")
                );
            }
        }
        if self.eat_word("OFFSET") {
            offset = Some(self.unsigned("a number of rows")?);
            let _ = self.eat_word("ROW") || self.eat_word("ROWS");
        }
        if self.eat_word("FETCH") {
            limit = Some(self.fetch()?);
        }
        Ok((offset, limit))
    }

    fn fetch(&mut self) -> Parsed<RowCount> {
        if !self.eat_word("FIRST") {
            self.expect_word("NEXT")?;
        }
        let count = if matches!(self.peek().kind, TokenKind::Number(_)) {
            self.unsigned("a number of rows")?
        } else {
            (1, self.here())
        };
        if !self.eat_word("ROW") {
            self.expect_word("ROWS")?;
        }
        self.expect_word("ONLY")?;
        Ok(count)
    }
}

type RowCount = (u64, crate::diagnostic::Span);
