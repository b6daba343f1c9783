//! Queries: `WITH`, set operations, `SELECT`, `VALUES`, `ORDER BY`, `LIMIT`.

use super::{DEPTH_MAX, Parsed, Parser, not_supported, too_deep};
use crate::ast::query::{CommonTable, OrderItem, Query, QueryBody, Select, SelectItem, SetOperation, ValuesRow};
use crate::ast::{Ident, ObjectName};
use crate::diagnostic::Diagnostic;

impl Parser {
    /// Whether a query begins here (parentheses aside).
    pub(super) fn at_query(&self) -> bool {
        ["SELECT", "WITH", "VALUES"].iter().any(|word| self.at_word(word))
    }

    /// Whether a query in parentheses goes on behind them.
    pub(super) fn at_set_operation(&self) -> bool {
        ["UNION", "INTERSECT", "EXCEPT", "MINUS"].iter().any(|word| self.at_word(word))
    }

    /// `(SELECT …) UNION …`, its first query read already.
    pub(super) fn query_behind(&mut self, first: Query) -> Parsed<Query> {
        self.nested(|parser| {
            let start = first.span;
            let body = parser.set_operations(QueryBody::Nested(Box::new(first)))?;
            let order_by = if parser.at_words(&["ORDER", "BY"]) { parser.order_by()? } else { Vec::new() };
            let (offset, limit) = parser.row_limits()?;
            let span = parser.since(start);
            Ok(Query { with: Vec::new(), recursive: None, body, order_by, offset, limit, span })
        })
    }

    /// A query.
    pub(super) fn query(&mut self) -> Parsed<Query> {
        self.nested(|parser| {
            let start = parser.here();
            let recursive = parser.at_words(&["WITH", "RECURSIVE"]).then(|| parser.peek_at(1).span);
            let with = parser.common_tables()?;
            let body = parser.query_body()?;
            let order_by = if parser.at_words(&["ORDER", "BY"]) { parser.order_by()? } else { Vec::new() };
            let (offset, limit) = parser.row_limits()?;
            Ok(Query { with, recursive, body, order_by, offset, limit, span: parser.since(start) })
        })
    }

    fn common_tables(&mut self) -> Parsed<Vec<CommonTable>> {
        if !self.eat_word("WITH") {
            return Ok(Vec::new());
        }
        self.eat_word("RECURSIVE");
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

    fn query_body(&mut self) -> Parsed<QueryBody> {
        let first = self.query_term()?;
        self.set_operations(first)
    }

    /// `UNION` and `EXCEPT` bind alike, `INTERSECT` tighter.
    fn set_operations(&mut self, first: QueryBody) -> Parsed<QueryBody> {
        let mut left = self.intersections(first)?;
        loop {
            let operation = match () {
                () if self.at_word("UNION") => SetOperation::Union,
                () if self.at_word("EXCEPT") => SetOperation::Except,
                () if self.at_word("MINUS") => {
                    let fault = Diagnostic::new("`MINUS` is not Flink SQL", self.here());
                    return Err(fault.with_help("write `EXCEPT`"));
                }
                () => return Ok(left),
            };
            left = self.set_operation(left, operation, |parser| {
                let first = parser.query_term()?;
                parser.intersections(first)
            })?;
        }
    }

    fn intersections(&mut self, first: QueryBody) -> Parsed<QueryBody> {
        let mut left = first;
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
        if set_depth(&left) >= DEPTH_MAX {
            return Err(too_deep(span));
        }
        self.advance();
        let all = self.eat_word("ALL");
        if !all {
            self.eat_word("DISTINCT");
        }
        let right = next(self)?;
        Ok(match left {
            // A chain of one operation is one node, so that its length needs no stack.
            QueryBody::Set { operation: before, all: all_before, mut inputs, span }
                if before == operation && all_before == all && (all || operation == SetOperation::Union) =>
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
            self.advance();
            return self.object_name("a table").map(QueryBody::Table);
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
        if from.is_none() && ["WHERE", "GROUP", "HAVING", "WINDOW"].iter().any(|word| self.at_word(word)) {
            return Err(self.expected("`FROM`").with_help("without it a query has one row, and no such clause"));
        }
        let filter = if self.eat_word("WHERE") { Some(self.expression()?) } else { None };
        let group_by = self.group_by()?;
        let having = if self.eat_word("HAVING") { Some(self.expression()?) } else { None };
        let windows = self.named_windows()?;
        let qualify = if self.eat_word("QUALIFY") { Some(self.expression()?) } else { None };
        let span = self.since(start);
        Ok(Select { hints, distinct, items, from, filter, group_by, having, windows, qualify, span })
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

    /// `ORDER BY …`
    pub(super) fn order_by(&mut self) -> Parsed<Vec<OrderItem>> {
        self.expect_words(&["ORDER", "BY"])?;
        self.comma_list(Parser::order_item)
    }

    pub(super) fn order_item(&mut self) -> Parsed<OrderItem> {
        let value = self.expression()?;
        let descending = self.eat_word("DESC");
        if !descending {
            self.eat_word("ASC");
        }
        let nulls_first = match () {
            () if self.eat_words(&["NULLS", "FIRST"]) => Some(true),
            () if self.eat_words(&["NULLS", "LAST"]) => Some(false),
            () => None,
        };
        Ok(OrderItem { value, descending, nulls_first })
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
        let count = self.unsigned("a number of rows")?;
        if !self.eat_word("ROW") {
            self.expect_word("ROWS")?;
        }
        self.expect_word("ONLY")?;
        Ok(count)
    }
}

type RowCount = (u64, crate::diagnostic::Span);

/// How deep set operations nest at their left ends, where a text nests them without brackets.
fn set_depth(body: &QueryBody) -> u32 {
    let (mut depth, mut body) = (0, body);
    while let QueryBody::Set { inputs, .. } = body {
        depth += 1;
        match inputs.first() {
            Some(first) => body = first,
            None => break,
        }
    }
    depth
}
