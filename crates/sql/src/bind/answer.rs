//! Queries that answer a question within an expression: `EXISTS`, `IN`, `= ANY`, `> ALL`, wherever a BOOLEAN may stand.
//!
//! What is needed to know of the query's rows is joined to the relation that the expression is over: how many there are,
//! how many of them are no NULL, the least and the greatest; of `IN` whether there is an equal one. The answer is then
//! three-valued, as in SQL: unknown where a NULL decides.
//!
//! As in Flink, a comparison with a query that names nothing of the rows around waits for its first row: a global
//! aggregate of a stream without rows has no result.

use std::collections::BTreeSet;

use yeoul_row::LogicalType;

use super::cast::coerce;
use super::expression::{ExprBinder, unsupported};
use super::from::Relation;
use super::join::Sides;
use super::lift::Lifted;
use super::operator::{balanced, call, compare, comparison_type, first_known, negated};
use super::query::CommonQuery;
use super::scope::{QueryValue, Scope};
use super::select::distinct_rows;
use super::subquery::extended;
use super::{Binder, Bound, node, not_executed};
use crate::ast::expression::{BinaryOperator, Call, Expression, ExpressionKind, Quantified};
use crate::ast::query::{From, GroupBy, Query, QueryBody, Select, SelectItem, Table};
use crate::ast::{Ident, ObjectName};
use crate::diagnostic::{Diagnostic, Span};
use crate::expr::{Expr, ExprKind, Literal};
use crate::plan::JoinKind;
use crate::settings;
use crate::walk::columns_of;

/// The name under which a query's rows are read, no name of any text.
const ROWS: &str = "$rows";
const ITEM: &str = "$item";

/// What a query within an expression stands for.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    /// This value.
    Value(Expr),
    /// The answer of a comparison with all rows.
    Rows(Box<Summary>),
}

/// What a comparison must know of the rows that it compares with.
#[derive(Clone, Debug)]
pub(crate) struct Summary {
    /// How many there are, how many of them are no NULL.
    count: Expr,
    known: Expr,
    least: Expr,
    greatest: Expr,
}

impl Answer {
    /// The expressions that it is made of.
    pub(crate) fn exprs(&self) -> Vec<&Expr> {
        match self {
            Answer::Value(value) => vec![value],
            Answer::Rows(rows) => vec![&rows.count, &rows.known, &rows.least, &rows.greatest],
        }
    }
}

impl ExprBinder<'_> {
    /// The value of the expression whose query was answered.
    pub(crate) fn answer(&mut self, answer: &Answer, expression: &Expression) -> Bound<Expr> {
        match (answer, &expression.kind) {
            (Answer::Value(value), _) => Ok(value.clone()),
            (Answer::Rows(rows), ExpressionKind::Quantified { left, operator, all, .. }) => {
                let left = self.bind(left)?;
                rows.compared(left, *operator, *all, expression.span)
            }
            (Answer::Rows(_), other) => Err(not_executed::expression(other, expression.span)),
        }
    }
}

impl Summary {
    /// `left operator ANY | ALL rows`
    fn compared(&self, left: Expr, operator: BinaryOperator, all: bool, span: Span) -> Bound<Expr> {
        if all {
            let Some(inverse) = inverse(operator) else { return Err(Diagnostic::new("no comparison", span)) };
            return Ok(negated(self.compared(left, inverse, false, span)?));
        }
        use BinaryOperator as B;
        let test = |function, other: &Expr| compare(function, operator.text(), left.clone(), other.clone(), span);
        let found = match operator {
            B::Greater => test("greater_than", &self.least)?,
            B::GreaterOrEqual => test("greater_or_equal", &self.least)?,
            B::Less => test("less_than", &self.greatest)?,
            B::LessOrEqual => test("less_or_equal", &self.greatest)?,
            // Flink's own answers for `<> ANY` and `= ALL` differ from the standard's in ways of their own.
            _ => return Err(unsupported(&format!("{} ANY (query) here", operator.text()), span)),
        };
        Ok(self.known_answer(found, &left))
    }

    /// Whether something was `found`, unknown where a NULL might have been it.
    fn known_answer(&self, found: Expr, value: &Expr) -> Expr {
        let boolean = |value: bool| Expr::literal(Literal::Boolean(value), LogicalType::Boolean.not_null());
        let zero = Expr::literal(Literal::Integer(0), LogicalType::BigInt.not_null());
        let is = |function, args: Vec<Expr>| call(function, args, LogicalType::Boolean.not_null());
        let none = is("equals", vec![self.count.clone(), zero]);
        let found = is("is_true", vec![found]);
        let unknown = balanced(
            "or",
            vec![is("is_null", vec![value.clone()]), is("less_than", vec![self.known.clone(), self.count.clone()])],
        );
        let null = Expr::literal(Literal::Null, LogicalType::Boolean.nullable());
        let arms = vec![(none, boolean(false)), (found, boolean(true)), (unknown, null)];
        let kind = ExprKind::Case { arms, otherwise: Some(Box::new(boolean(false))) };
        Expr { kind, data_type: LogicalType::Boolean.nullable() }
    }
}

/// The comparison that holds where `operator` doesn't.
fn inverse(operator: BinaryOperator) -> Option<BinaryOperator> {
    use BinaryOperator as B;
    Some(match operator {
        B::Equals => B::NotEquals,
        B::NotEquals => B::Equals,
        B::Less => B::GreaterOrEqual,
        B::LessOrEqual => B::Greater,
        B::Greater => B::LessOrEqual,
        B::GreaterOrEqual => B::Less,
        _ => return None,
    })
}

impl Binder<'_> {
    /// `input` with what the query in `expression` answers as hidden columns.
    pub(crate) fn with_answer(&mut self, input: Relation, expression: &Expression) -> Bound<Relation> {
        let span = expression.span;
        match &expression.kind {
            ExpressionKind::Exists(query) => self.with_existence(input, query, span),
            ExpressionKind::InQuery { value, query, negated } => {
                self.with_membership(input, value, query, *negated, span)
            }
            ExpressionKind::Quantified { left, operator, all, right: Quantified::Query(query) } => {
                match (operator, all) {
                    (BinaryOperator::Equals, false) => self.with_membership(input, left, query, false, span),
                    (BinaryOperator::NotEquals, true) => self.with_membership(input, left, query, true, span),
                    _ => self.with_comparison(input, query, span),
                }
            }
            other => Err(not_executed::expression(other, span)),
        }
    }

    /// The rows of `query` for each row of `input`.
    fn rows_for(&mut self, input: &Relation, query: &Query) -> Bound<Lifted> {
        match self.query(query) {
            Ok(relation) => {
                relation.refuse_rank()?;
                Ok(Lifted::alone(relation.rel))
            }
            Err(fault) => self.lift(input, query, false, fault),
        }
    }

    fn with_existence(&mut self, input: Relation, query: &Query, span: Span) -> Bound<Relation> {
        let rows = self.rows_for(&input, query)?;
        let (mut input, places) = self.with_summary(input, &rows, &["COUNT"], span)?;
        let count = count_at(&input, places, span)?;
        let zero = Expr::literal(Literal::Integer(0), LogicalType::BigInt.not_null());
        let answer = call("greater_than", vec![count, zero], LogicalType::Boolean.not_null());
        let correlated = rows.is_correlated();
        let answer = Answer::Value(answer);
        input.scope.values.push(QueryValue { span, answer, correlated, reads: BTreeSet::new() });
        Ok(input)
    }

    fn with_comparison(&mut self, input: Relation, query: &Query, span: Span) -> Bound<Relation> {
        let rows = self.one_item(&input, query, span)?;
        let (mut input, at) = self.with_summary(input, &rows, &["COUNT", "KNOWN", "MIN", "MAX"], span)?;
        let column = |place: usize| node::column(&input.rel, place);
        let summary = Summary {
            count: count_at(&input, at, span)?,
            known: count_at(&input, at + 1, span)?,
            least: column(at + 2),
            greatest: column(at + 3),
        };
        let correlated = rows.is_correlated();
        let answer = Answer::Rows(Box::new(summary));
        input.scope.values.push(QueryValue { span, answer, correlated, reads: BTreeSet::new() });
        Ok(input)
    }

    fn with_membership(
        &mut self,
        input: Relation,
        value: &Expression,
        query: &Query,
        not: bool,
        span: Span,
    ) -> Bound<Relation> {
        let rows = self.one_item(&input, query, span)?;
        let value = ExprBinder::new(&input.scope, "`IN`").bind(value)?;
        let (input, at) = self.with_summary(input, &rows, &["COUNT", "KNOWN"], span)?;
        let (count, known) = (count_at(&input, at, span)?, count_at(&input, at + 1, span)?);
        let (mut input, found) = self.with_match(input, &rows, value.clone(), span)?;
        let (least, greatest) = (found.clone(), found.clone());
        let answer = Summary { count, known, least, greatest }.known_answer(found, &value);
        let answer = Answer::Value(if not { negated(answer) } else { answer });
        let (correlated, reads) = (rows.is_correlated(), columns_of(&value));
        input.scope.values.push(QueryValue { span, answer, correlated, reads });
        Ok(input)
    }

    fn one_item(&mut self, input: &Relation, query: &Query, span: Span) -> Bound<Lifted> {
        let rows = self.rows_for(input, query)?;
        match rows.items {
            1 => Ok(rows),
            _ => Err(unsupported("a comparison with rows of several columns at this place", span)),
        }
    }

    /// `input` with aggregates of the rows' first item: `COUNT` of all, `KNOWN` ones, `MIN`, `MAX`; and where they begin.
    fn with_summary(
        &mut self,
        input: Relation,
        rows: &Lifted,
        aggregates: &[&str],
        span: Span,
    ) -> Bound<(Relation, usize)> {
        let domain = rows.rel.schema.fields.len() - rows.items;
        let mut names = vec![ITEM.to_owned()];
        names.extend((0..domain).map(|place| format!("$outer{place}")));
        let places = std::iter::once(0).chain(rows.items..rows.items + domain);
        let exprs = places.map(|place| node::column(&rows.rel, place)).collect();
        let rel = node::project(rows.rel.clone(), exprs, names);
        let relation = Relation { scope: Scope::of(&rel, ""), rel, rank: None };
        self.common.push(CommonQuery { name: ROWS.to_owned(), relation });
        let summary = self.query(&summary_query(aggregates, domain, span));
        self.common.pop();
        let summary = rows.with(summary?.rel, aggregates.len());
        let width = input.rel.schema.fields.len();
        let parts = summary.links(&input.rel, true);
        let dictionaries = settings::dictionaries(self.settings);
        let kind = if rows.is_correlated() || aggregates.len() == 1 { JoinKind::Left } else { JoinKind::Inner };
        let joined = Sides::new(input.rel.clone(), summary.rel, kind, span, dictionaries).joined(parts)?;
        Ok((extended(joined, input.scope), width))
    }

    /// `input` with whether one of the rows' items equals `value`.
    fn with_match(&mut self, input: Relation, rows: &Lifted, value: Expr, span: Span) -> Bound<(Relation, Expr)> {
        let item = node::column(&rows.rel, 0);
        let Some(common) = comparison_type(&value.data_type, &item.data_type) else {
            return Err(Diagnostic::new(
                format!("`{}` can't be compared with `{}`", value.data_type, item.data_type),
                span,
            ));
        };
        let mut exprs = node::columns(&rows.rel);
        exprs[0] = coerce(item, &common);
        let names = |count: usize| (0..count).map(|place| format!("match{place}")).collect::<Vec<String>>();
        let rel = node::project(rows.rel.clone(), exprs, names(rows.rel.schema.fields.len()));
        let distinct = distinct_rows(rel, span)?;
        let mut exprs = node::columns(&distinct);
        exprs.push(Expr::literal(Literal::Boolean(true), LogicalType::Boolean.not_null()));
        let count = exprs.len();
        let matches = rows.with(node::project(distinct, exprs, names(count)), 1);
        let width = input.rel.schema.fields.len();
        let mut parts = matches.links(&input.rel, true);
        let item = Expr { kind: ExprKind::Column(width), ..node::column(&matches.rel, 0) };
        parts.push(compare("equals", "IN", value, item, span)?);
        let dictionaries = settings::dictionaries(self.settings);
        let joined = Sides::new(input.rel.clone(), matches.rel, JoinKind::Left, span, dictionaries).joined(parts)?;
        let found = node::column(&joined, width + count - 1);
        Ok((extended(joined, input.scope), found))
    }
}

/// A count that is NULL where there are no rows.
fn count_at(input: &Relation, place: usize, span: Span) -> Bound<Expr> {
    let zero = Expr::literal(Literal::Integer(0), LogicalType::BigInt.not_null());
    first_known(node::column(&input.rel, place), zero, span)
}

/// `SELECT aggregates, domain FROM rows GROUP BY domain`
fn summary_query(aggregates: &[&str], domain: usize, span: Span) -> Query {
    let ident = |name: &str| Ident { name: name.to_owned(), span };
    let object = |name: &str| ObjectName { parts: vec![ident(name)], span };
    let column = |name: &str| Expression::new(ExpressionKind::Name(vec![ident(name)]), span);
    let aggregate = |name: &&str| {
        let function = if *name == "KNOWN" { "COUNT" } else { name };
        let star = *name == "COUNT";
        let args = if star { Vec::new() } else { vec![column(ITEM)] };
        let call = Call { star, ..Call::new(object(function), args) };
        SelectItem::Value(Expression::new(ExpressionKind::Call(Box::new(call)), span), None)
    };
    let keys: Vec<Expression> = (0..domain).map(|place| column(&format!("$outer{place}"))).collect();
    let items = aggregates.iter().map(aggregate);
    let items = items.chain(keys.iter().map(|key| SelectItem::Value(key.clone(), None))).collect();
    let group_by = (!keys.is_empty()).then_some(GroupBy { keys, sets: Vec::new(), distinct: false, span });
    let from = Some(From { first: Table::named(object(ROWS)), joins: Vec::new() });
    let select = Select {
        hints: Vec::new(),
        distinct: false,
        items,
        from,
        filter: None,
        group_by,
        having: None,
        windows: Vec::new(),
        qualify: None,
        span,
    };
    Query {
        with: Vec::new(),
        recursive: None,
        body: QueryBody::Select(Box::new(select)),
        order_by: Vec::new(),
        offset: None,
        limit: None,
        span,
    }
}
