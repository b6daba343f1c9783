//! Queries within expressions: `IN`, `EXISTS` and their negations as semi and anti joins, queries as values as left
//! joins.
//!
//! A query that names columns of the query around it is *correlated*. Its conditions on them become conditions of the
//! join; of a query as a value, which aggregates, they must be equalities, by whose own side it is then grouped.

use super::aggregate_call::function_of;
use super::expression::{ExprBinder, unsupported};
use super::from::Relation;
use super::join::Sides;
use super::operator::{balanced, call, compare};
use super::order::Ordering;
use super::scope::{Scope, ScopeColumn};
use super::select::one_row;
use super::variance::Variance;
use super::{Binder, Bound, node};
use crate::ast::Ident;
use crate::ast::expression::{BinaryOperator, Expression, ExpressionKind, UnaryOperator};
use crate::ast::query::{GroupBy, Query, QueryBody, Select, SelectItem};
use crate::diagnostic::{Diagnostic, Span};
use crate::expr::{Expr, ExprKind, Literal};
use crate::plan::{AggregateFunction, JoinKind, Rel, RelOp};
use crate::{settings, walk};
use yeoul_row::LogicalType;

/// A condition on the rows of a query.
struct Test<'a> {
    /// What is looked for among its rows; `None`: any row.
    value: Option<&'a Expression>,
    query: &'a Query,
    negated: bool,
    span: Span,
}

/// What `WHERE` asks, by how it is bound.
#[derive(Default)]
struct Conditions<'a> {
    plain: Vec<&'a Expression>,
    tests: Vec<Test<'a>>,
    /// Those that read queries as values.
    valued: Vec<&'a Expression>,
}

impl<'a> Conditions<'a> {
    fn of(filter: Option<&'a Expression>) -> Conditions<'a> {
        let mut conditions = Conditions::default();
        filter.into_iter().for_each(|filter| conditions.add(filter));
        conditions
    }

    fn add(&mut self, condition: &'a Expression) {
        if let ExpressionKind::Logical(true, parts) = &condition.kind {
            parts.iter().for_each(|part| self.add(part));
        } else if let Some(test) = test_of(condition, false) {
            self.tests.push(test);
        } else if queries_in(condition).is_empty() {
            self.plain.push(condition);
        } else {
            self.valued.push(condition);
        }
    }
}

fn test_of(condition: &Expression, not: bool) -> Option<Test<'_>> {
    let span = condition.span;
    match &condition.kind {
        ExpressionKind::Unary(UnaryOperator::Not, inner) => test_of(inner, !not),
        ExpressionKind::Exists(query) => Some(Test { value: None, query, negated: not, span }),
        ExpressionKind::InQuery { value, query, negated } => {
            Some(Test { value: Some(value), query, negated: *negated != not, span })
        }
        _ => None,
    }
}

/// The queries as values in an expression; those in rarer forms are left for the binder to refuse.
fn queries_in(expression: &Expression) -> Vec<(&Query, Span)> {
    let mut found = Vec::new();
    let mut open = vec![expression];
    while let Some(expression) = open.pop() {
        match &expression.kind {
            ExpressionKind::Subquery(query) => found.push((&**query, expression.span)),
            ExpressionKind::Unary(_, value)
            | ExpressionKind::Is { value, .. }
            | ExpressionKind::Cast { value, .. }
            | ExpressionKind::Field(value, _) => open.push(value),
            ExpressionKind::Binary(_, left, right) | ExpressionKind::Distinct { left, right, .. } => {
                open.extend([&**left, right]);
            }
            ExpressionKind::Logical(_, parts) | ExpressionKind::Row(parts) | ExpressionKind::Array(parts) => {
                open.extend(parts);
            }
            ExpressionKind::Between { value, low, high, .. } => open.extend([&**value, low, high]),
            ExpressionKind::InList { value, list, .. } => open.extend(std::iter::once(&**value).chain(list)),
            ExpressionKind::Case { operand, arms, otherwise } => {
                open.extend(operand.iter().chain(otherwise).map(|part| &**part));
                open.extend(arms.iter().flat_map(|(when, then)| [when, then]));
            }
            ExpressionKind::Call(call) if call.over.is_none() => open.extend(&call.args),
            _ => {}
        }
    }
    found
}

impl Binder<'_> {
    /// The rows that a `SELECT` reads: those of `FROM` for which `WHERE` holds, with the values of its queries.
    pub(crate) fn input(&mut self, select: &Select) -> Bound<Relation> {
        let conditions = Conditions::of(select.filter.as_ref());
        let input = match &select.from {
            Some(from) => self.from(from, &conditions.plain)?,
            None => self.filtered(one_row(), &conditions.plain)?,
        };
        let mut input = self.tested(input, &conditions.tests)?;
        for condition in conditions.valued {
            input = self.with_values(input, condition)?;
            input = filtered_by(input, condition)?;
        }
        let items = select.items.iter().filter_map(|item| match item {
            SelectItem::Value(value, _) => Some(value),
            _ => None,
        });
        for value in items.chain(&select.having) {
            input = self.with_values(input, value)?;
        }
        Ok(input)
    }

    fn tested(&mut self, mut input: Relation, tests: &[Test<'_>]) -> Bound<Relation> {
        for test in tests {
            input.refuse_rank()?;
            input = self.test(input, test)?;
        }
        Ok(input)
    }

    /// Keeps the rows for which the test holds.
    fn test(&mut self, input: Relation, test: &Test<'_>) -> Bound<Relation> {
        let kind = if test.negated { JoinKind::Anti } else { JoinKind::Semi };
        let (right, parts) = match self.query(test.query) {
            Ok(relation) => {
                relation.refuse_rank()?;
                let parts = alone_parts(&input.scope, &relation, test)?;
                (relation.rel, parts)
            }
            Err(fault) => self.correlated(&input.scope, test, fault)?,
        };
        let dictionaries = settings::dictionaries(self.settings);
        let rel = Sides::new(input.rel, right, kind, test.span, dictionaries).joined(parts)?;
        Ok(after_join(rel, input.scope))
    }

    /// A query that names columns of `outer`: its rows, and the conditions over both. `fault` is why it can't stand alone.
    fn correlated(
        &mut self,
        outer: &Scope,
        test: &Test<'_>,
        fault: Diagnostic,
    ) -> Bound<(std::sync::Arc<Rel>, Vec<Expr>)> {
        let Some(select) = plain_select(test.query) else { return Err(fault) };
        let Some(from) = &select.from else { return Err(fault) };
        let names = self.from(from, &[]).map_err(|_| fault)?.scope;
        let conditions = Conditions::of(select.filter.as_ref());
        let (own, shared): (Vec<&Expression>, Vec<&Expression>) =
            conditions.plain.iter().partition(|part| ExprBinder::new(&names, "`WHERE`").condition(part).is_ok());
        let inner = self.from(from, &own)?;
        inner.refuse_rank()?;
        let inner = self.tested(inner, &conditions.tests)?;
        if let Some(valued) = conditions.valued.first() {
            return Err(unsupported("a query as a value within a correlated query", valued.span));
        }
        let both = Scope::nested(outer, &inner.scope);
        let mut parts = Vec::new();
        for part in shared {
            parts.extend(walk::conjuncts(ExprBinder::new(&both, "`WHERE`").condition(part)?));
        }
        if let Some(value) = test.value {
            let items = select.items.iter().map(|item| match item {
                SelectItem::Value(item, _) => ExprBinder::new(&both, "`SELECT`").bind(item),
                _ => Err(unsupported("`*` in a correlated IN (query)", test.span)),
            });
            let items = items.collect::<Bound<Vec<Expr>>>()?;
            parts.extend(membership(ExprBinder::new(outer, "`WHERE`").bind(value)?, items, test)?);
        }
        Ok((inner.rel, parts))
    }

    /// `input` with the values of the queries in `expression` as hidden columns.
    fn with_values(&mut self, mut input: Relation, expression: &Expression) -> Bound<Relation> {
        for (query, span) in queries_in(expression) {
            if input.scope.value_at(span).is_none() {
                input.refuse_rank()?;
                input = self.with_value(input, query, span)?;
            }
        }
        Ok(input)
    }

    fn with_value(&mut self, input: Relation, query: &Query, span: Span) -> Bound<Relation> {
        let (right, parts, counts) = match self.query(query) {
            Ok(relation) => {
                relation.refuse_rank()?;
                one_column(&relation, span)?;
                if !is_single_row(&relation.rel) {
                    return Err(unsupported("a query as a value that may give more than one row", span)
                        .with_help("aggregate it: `MAX(…)`, `FIRST_VALUE(…)`"));
                }
                (relation.rel, Vec::new(), false)
            }
            Err(fault) => self.correlated_value(&input.scope, query, span, fault)?,
        };
        let width = input.rel.schema.fields.len();
        let dictionaries = settings::dictionaries(self.settings);
        let rel = Sides::new(input.rel, right, JoinKind::Left, span, dictionaries).joined(parts)?;
        let mut scope = input.scope;
        let added = rel.schema.fields.len() - width;
        let column = ScopeColumn { qualifier: String::new(), name: String::new(), hidden: true };
        scope.columns.extend(std::iter::repeat_n(column, added));
        let mut value = node::column(&rel, width);
        if counts {
            let zero = Expr::literal(Literal::Integer(0), LogicalType::BigInt.not_null());
            value = super::operator::first_known(value, zero, span)?;
        }
        scope.values.push((span, value));
        Ok(after_join(rel, scope))
    }

    /// An aggregate of the rows that are correlated by equalities, by the values that they are equal to.
    fn correlated_value(
        &mut self,
        outer: &Scope,
        query: &Query,
        span: Span,
        fault: Diagnostic,
    ) -> Bound<(std::sync::Arc<Rel>, Vec<Expr>, bool)> {
        let Some(select) = aggregate_select(query) else { return Err(fault) };
        let (Some(from), [SelectItem::Value(item, _)]) = (&select.from, select.items.as_slice()) else {
            return Err(fault);
        };
        let names = self.from(from, &[]).map_err(|_| fault)?.scope;
        let both = Scope::nested(outer, &names);
        let (mut own, mut keys, mut outers) = (Vec::new(), Vec::new(), Vec::new());
        for part in conjuncts(select.filter.as_ref()) {
            let alone = test_of(part, false).is_some() || ExprBinder::new(&names, "`WHERE`").condition(part).is_ok();
            if alone {
                own.push(part.clone());
                continue;
            }
            let (key, value) = equality(part, &names, outer).ok_or_else(|| {
                unsupported("a correlated query as a value under another condition than `=`", part.span)
            })?;
            ExprBinder::new(&both, "`WHERE`").condition(part)?;
            keys.push(key.clone());
            outers.push(value);
        }
        let grouped = grouped_select(select, item, own, keys, span);
        let right = self.select(&grouped, Ordering::NONE)?;
        let width = outer.columns.len();
        let mut parts = Vec::with_capacity(outers.len());
        for (at, value) in outers.into_iter().enumerate() {
            let key = node::column(&right.rel, at + 1);
            let key = Expr { kind: ExprKind::Column(width + at + 1), ..key };
            parts.push(compare("equals", "=", ExprBinder::new(outer, "`WHERE`").bind(value)?, key, span)?);
        }
        Ok((right.rel, parts, is_count(item)))
    }
}

/// The scope of a relation that was joined to, under its old names.
fn after_join(rel: std::sync::Arc<Rel>, scope: Scope) -> Relation {
    let scope = Scope { schema: rel.schema.clone(), time: rel.time.clone(), ..scope };
    Relation { rel, scope, rank: None }
}

fn filtered_by(input: Relation, condition: &Expression) -> Bound<Relation> {
    let condition = ExprBinder::new(&input.scope, "`WHERE`").condition(condition)?;
    let rel = node::filter(input.rel, condition);
    Ok(Relation { rel, ..input })
}

/// The conditions of a test whose query stands alone, over the columns of both.
fn alone_parts(outer: &Scope, relation: &Relation, test: &Test<'_>) -> Bound<Vec<Expr>> {
    let Some(value) = test.value else { return Ok(Vec::new()) };
    let width = outer.columns.len();
    let items = node::columns(&relation.rel).into_iter().enumerate();
    let items = items.map(|(place, item)| Expr { kind: ExprKind::Column(width + place), ..item }).collect();
    membership(ExprBinder::new(outer, "`WHERE`").bind(value)?, items, test)
}

/// That `value` equals the items of a row; negated, that it isn't known to differ.
fn membership(value: Expr, items: Vec<Expr>, test: &Test<'_>) -> Bound<Vec<Expr>> {
    let values = match (value.kind, items.len()) {
        (ExprKind::Call { function: "row", args }, count) if count > 1 || args.len() > 1 => args,
        (kind, _) => vec![Expr { kind, data_type: value.data_type }],
    };
    if values.len() != items.len() {
        let (values, items) = (values.len(), items.len());
        return Err(Diagnostic::new(
            format!("{values} values are looked for among rows of {items} columns"),
            test.span,
        ));
    }
    let pairs = values.into_iter().zip(items);
    pairs.map(|(value, item)| equal_or_unknown(value, item, test)).collect()
}

fn equal_or_unknown(value: Expr, item: Expr, test: &Test<'_>) -> Bound<Expr> {
    let unknown: Vec<Expr> = [&value, &item]
        .into_iter()
        .filter(|side| test.negated && side.data_type.nullable)
        .map(|side| call("is_null", vec![side.clone()], LogicalType::Boolean.not_null()))
        .collect();
    let equal = compare("equals", "IN", value, item, test.span)?;
    if unknown.is_empty() {
        return Ok(equal);
    }
    Ok(balanced("or", std::iter::once(equal).chain(unknown).collect()))
}

/// A query that is one `SELECT` of rows, so that its conditions can be those of a join.
fn plain_select(query: &Query) -> Option<&Select> {
    let select = bare_select(query)?;
    let aggregates = select.items.iter().any(|item| matches!(item, SelectItem::Value(value, _) if has_call(value)));
    let clauses = select.group_by.is_some() || select.having.is_some() || select.qualify.is_some();
    (!clauses && !aggregates).then_some(select)
}

/// A query that is one `SELECT` of an aggregate.
fn aggregate_select(query: &Query) -> Option<&Select> {
    let select = bare_select(query)?;
    let clauses = select.group_by.is_some() || select.having.is_some() || select.qualify.is_some();
    (!clauses && !select.distinct).then_some(select)
}

fn bare_select(query: &Query) -> Option<&Select> {
    let whole = query.order_by.is_empty() && query.limit.is_none() && query.offset.is_none() && query.with.is_empty();
    match &query.body {
        QueryBody::Select(select) if whole && select.hints.is_empty() => Some(select),
        QueryBody::Nested(query) if whole => bare_select(query),
        _ => None,
    }
}

/// Whether an aggregate is called at the top of an expression.
fn has_call(value: &Expression) -> bool {
    let ExpressionKind::Call(call) = &value.kind else { return false };
    let name = call.name.last().to_ascii_uppercase();
    // Of no rows COLLECT is empty, not NULL, which the joins that stand for such a query don't give.
    let aggregate = function_of(&name).is_some_and(|function| function != AggregateFunction::Collect);
    call.over.is_some() || aggregate || Variance::named(&name).is_some()
}

fn is_count(item: &Expression) -> bool {
    matches!(&item.kind, ExpressionKind::Call(call) if call.name.last().eq_ignore_ascii_case("COUNT"))
}

fn conjuncts(filter: Option<&Expression>) -> Vec<&Expression> {
    match filter {
        Some(Expression { kind: ExpressionKind::Logical(true, parts), .. }) => {
            parts.iter().flat_map(|part| conjuncts(Some(part))).collect()
        }
        Some(other) => vec![other],
        None => Vec::new(),
    }
}

/// The own and the outer side of `own = outer`.
fn equality<'a>(part: &'a Expression, own: &Scope, outer: &Scope) -> Option<(&'a Expression, &'a Expression)> {
    let ExpressionKind::Binary(BinaryOperator::Equals, left, right) = &part.kind else { return None };
    let binds = |scope: &Scope, side: &Expression| ExprBinder::new(scope, "`WHERE`").bind(side).is_ok();
    if binds(own, left) && binds(outer, right) {
        return Some((left, right));
    }
    (binds(own, right) && binds(outer, left)).then_some((right, left))
}

/// `SELECT item, keys FROM … WHERE own GROUP BY keys`
fn grouped_select(
    select: &Select,
    item: &Expression,
    own: Vec<Expression>,
    keys: Vec<Expression>,
    span: Span,
) -> Select {
    let filter = match own.len() {
        0 | 1 => own.into_iter().next(),
        _ => Some(Expression::new(ExpressionKind::Logical(true, own), span)),
    };
    let named = |(at, key): (usize, &Expression)| {
        SelectItem::Value(key.clone(), Some(Ident { name: format!("$key{at}"), span }))
    };
    let mut items = vec![SelectItem::Value(item.clone(), None)];
    items.extend(keys.iter().enumerate().map(named));
    Select {
        items,
        filter,
        group_by: Some(GroupBy { keys, sets: Vec::new(), distinct: false, span }),
        ..select.clone()
    }
}

fn one_column(relation: &Relation, span: Span) -> Bound<()> {
    match relation.rel.schema.fields.len() {
        1 => Ok(()),
        count => Err(Diagnostic::new(format!("a query as a value gives one column, this one has {count}"), span)),
    }
}

/// Whether a relation never holds more than one row.
fn is_single_row(rel: &Rel) -> bool {
    match &rel.op {
        RelOp::GroupAggregate { keys, .. } => keys.is_empty(),
        RelOp::Values { rows } => rows.len() <= 1,
        RelOp::Project { input, .. } | RelOp::Filter { input, .. } => is_single_row(input),
        _ => false,
    }
}
