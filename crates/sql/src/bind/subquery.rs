//! Queries within expressions: `IN`, `EXISTS` and their negations as semi and anti joins where `WHERE` asks for nothing
//! else, queries as values as left joins. Those at other places are in [`super::answer`].
//!
//! A query that names columns of the query around it is *correlated*. Its conditions on them become conditions of the
//! join; of a query as a value that is one aggregate, if they are equalities, their own sides are what it is grouped by.
//! All others are computed for the rows around, see [`super::lift`].

use super::aggregate_call::function_of;
use super::answer::Answer;
use super::expression::{ExprBinder, unsupported};
use super::from::Relation;
use super::join::Sides;
use super::lift::Domain;
use super::operator::{balanced, call, compare};
use super::order::Ordering;
use super::scope::{QueryValue, Scope, ScopeColumn};
use super::select::one_row;
use super::variance::Variance;
use super::{Binder, Bound, node};
use crate::ast::Ident;
use crate::ast::expression::{BinaryOperator, Expression, ExpressionKind, Quantified, UnaryOperator};
use crate::ast::query::{From, GroupBy, Join, JoinOn, JoinWord, Query, QueryBody, Select, SelectItem};
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
        ExpressionKind::Quantified { left, operator, all, right: Quantified::Query(query) } => {
            let negated = match (operator, all) {
                (BinaryOperator::Equals, false) => false,
                (BinaryOperator::NotEquals, true) => true,
                _ => return None,
            };
            Some(Test { value: Some(left), query, negated: negated != not, span })
        }
        _ => None,
    }
}

/// The expressions within `expression` that hold a query, inner ones first.
fn queries_in(expression: &Expression) -> Vec<&Expression> {
    let (mut found, mut open) = (Vec::new(), vec![expression]);
    while let Some(expression) = open.pop() {
        let holds = matches!(
            expression.kind,
            ExpressionKind::Subquery(_)
                | ExpressionKind::Exists(_)
                | ExpressionKind::InQuery { .. }
                | ExpressionKind::Quantified { right: Quantified::Query(_), .. }
        );
        if holds {
            found.push(expression);
        }
        open.extend(expression.children());
    }
    found.reverse();
    found
}

/// What `ON` of inner joins asks by queries as values: the same as if `WHERE` asked it.
fn asked_on(from: &From) -> Vec<&Expression> {
    let keeps_rows = |join: &Join| matches!(join.kind, JoinWord::Cross | JoinWord::Inner | JoinWord::Left);
    if !from.joins.iter().all(keeps_rows) {
        return Vec::new();
    }
    let inner = from.joins.iter().filter(|join| join.kind == JoinWord::Inner);
    let conditions = inner.filter_map(|join| match &join.on {
        JoinOn::Condition(condition) => Some(condition),
        _ => None,
    });
    conditions.flat_map(|condition| conjuncts(Some(condition))).filter(|part| asks_value(part)).collect()
}

/// Whether a condition reads queries as values and nothing else of queries.
fn asks_value(condition: &Expression) -> bool {
    let queries = queries_in(condition);
    !queries.is_empty() && queries.iter().all(|query| matches!(query.kind, ExpressionKind::Subquery(_)))
}

/// `FROM` without the conditions that [`asked_on`] has.
fn without_asked(from: &From) -> From {
    let mut from = from.clone();
    for join in from.joins.iter_mut().filter(|join| join.kind == JoinWord::Inner) {
        let JoinOn::Condition(condition) = &join.on else { continue };
        let span = condition.span;
        let mut rest: Vec<Expression> =
            conjuncts(Some(condition)).into_iter().filter(|part| !asks_value(part)).cloned().collect();
        let kind = match rest.len() {
            0 => ExpressionKind::Constant(crate::ast::expression::Constant::Boolean(true)),
            1 => rest.remove(0).kind,
            _ => ExpressionKind::Logical(true, rest),
        };
        join.on = JoinOn::Condition(Expression::new(kind, span));
    }
    from
}

impl Binder<'_> {
    /// The rows that a `SELECT` reads: those of `FROM` for which `WHERE` holds, with the values of its queries; for each
    /// row of a domain, if there is one.
    pub(crate) fn input(
        &mut self,
        select: &Select,
        ordering: Ordering<'_>,
        domain: Option<&Domain>,
    ) -> Bound<Relation> {
        let mut conditions = Conditions::of(select.filter.as_ref());
        let asked = select.from.as_ref().map_or(Vec::new(), asked_on);
        let changed = select.from.as_ref().filter(|_| !asked.is_empty()).map(without_asked);
        let input = match (changed.as_ref().or(select.from.as_ref()), domain) {
            (Some(from), None) => self.from(from, &conditions.plain)?,
            (Some(from), Some(domain)) => self.bind_from_for(&domain.known(), from, &conditions.plain)?,
            (None, None) => self.filtered(one_row(), &conditions.plain)?,
            (None, Some(domain)) => self.filtered(domain.relation.clone(), &conditions.plain)?,
        };
        let mut input = self.tested(input, &conditions.tests)?;
        conditions.valued.extend(&asked);
        for condition in conditions.valued {
            input = self.with_values(input, condition)?;
            if asked.iter().any(|other| std::ptr::eq(*other, condition)) {
                refuse_correlated(&input.scope)?;
            }
            input = filtered_by(input, condition)?;
        }
        let items = select.items.iter().filter_map(|item| match item {
            SelectItem::Value(value, _) => Some(value),
            _ => None,
        });
        let keys = select.group_by.iter().flat_map(|group_by| &group_by.keys);
        let order = ordering.items.iter().map(|item| &item.value);
        for value in items.chain(&select.having).chain(keys).chain(order) {
            input = self.with_values(input, value)?;
        }
        Ok(input)
    }

    fn tested(&mut self, mut input: Relation, tests: &[Test<'_>]) -> Bound<Relation> {
        for test in tests {
            input.refuse_rank()?;
            let before = input.scope.take_named();
            input = self.test(input, test)?;
            let own = input.scope.take_named();
            if test.negated && !own.is_empty() {
                return Err(unsupported("NOT EXISTS or NOT IN over columns of two queries around it", test.span));
            }
            before.into_iter().chain(own).for_each(|place| input.scope.note(place));
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
            Err(fault) => {
                let first = self.attempt(fault.clone(), |binder| binder.correlated(&input.scope, test, fault));
                first.or_else(|fault| self.lifted_test(&input, test, fault))?
            }
        };
        let dictionaries = settings::dictionaries(self.settings);
        let rel = Sides::new(input.rel, right, kind, test.span, dictionaries).joined(parts)?;
        Ok(after_join(rel, input.scope))
    }

    /// A query that is computed for the rows of `outer`, and what joins it to them.
    fn lifted_test(
        &mut self,
        outer: &Relation,
        test: &Test<'_>,
        fault: Diagnostic,
    ) -> Bound<(std::sync::Arc<Rel>, Vec<Expr>)> {
        let query = test.query;
        if test.value.is_none() && is_global_aggregate(query) {
            return Err(unsupported("EXISTS of an aggregate, which always has a row,", test.span));
        }
        let lifted = self.lift(outer, query, false, fault)?;
        let mut parts = lifted.links(&outer.rel, true);
        if let Some(value) = test.value {
            let width = outer.rel.schema.fields.len();
            let items = node::columns(&lifted.rel).into_iter().take(lifted.items).enumerate();
            let items = items.map(|(place, item)| Expr { kind: ExprKind::Column(width + place), ..item }).collect();
            parts.extend(membership(ExprBinder::new(&outer.scope, "`WHERE`").bind(value)?, items, test)?);
        }
        Ok((lifted.rel, parts))
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
        let names = self.from(from, &[]).map_err(|_| fault.clone())?.scope;
        let conditions = Conditions::of(select.filter.as_ref());
        let (own, shared): (Vec<&Expression>, Vec<&Expression>) =
            conditions.plain.iter().partition(|part| ExprBinder::new(&names, "`WHERE`").condition(part).is_ok());
        let inner = self.from(from, &own)?;
        inner.refuse_rank()?;
        let inner = self.tested(inner, &conditions.tests)?;
        if !conditions.valued.is_empty() {
            return Err(fault);
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
        for holder in queries_in(expression) {
            if input.scope.value_at(holder.span).is_some() {
                continue;
            }
            input.refuse_rank()?;
            input = match &holder.kind {
                ExpressionKind::Subquery(query) => self.with_value(input, query, holder.span)?,
                _ => self.with_answer(input, holder)?,
            };
        }
        Ok(input)
    }

    fn with_value(&mut self, input: Relation, query: &Query, span: Span) -> Bound<Relation> {
        let mut correlated = true;
        let (right, parts, counts) = match self.query(query) {
            Ok(relation) => {
                relation.refuse_rank()?;
                one_column(&relation, span)?;
                if !is_single_row(&relation.rel) {
                    return Err(several_rows(span));
                }
                correlated = false;
                (relation.rel, Vec::new(), false)
            }
            Err(fault) => {
                let outer = &input.scope;
                let first = self.attempt(fault.clone(), |binder| binder.correlated_value(outer, query, span, fault));
                first.or_else(|fault| self.lifted_value(&input, query, span, fault))?
            }
        };
        let width = input.rel.schema.fields.len();
        let dictionaries = settings::dictionaries(self.settings);
        let rel = Sides::new(input.rel, right, JoinKind::Left, span, dictionaries).joined(parts)?;
        let mut value = node::column(&rel, width);
        if counts {
            let zero = Expr::literal(Literal::Integer(0), LogicalType::BigInt.not_null());
            value = super::operator::first_known(value, zero, span)?;
        }
        let mut relation = extended(rel, input.scope);
        let (answer, reads) = (Answer::Value(value), Default::default());
        relation.scope.values.push(QueryValue { span, answer, correlated, reads });
        Ok(relation)
    }

    /// A query as a value that is computed for the rows of `outer`, and what joins it to them.
    fn lifted_value(
        &mut self,
        outer: &Relation,
        query: &Query,
        span: Span,
        fault: Diagnostic,
    ) -> Bound<(std::sync::Arc<Rel>, Vec<Expr>, bool)> {
        let lifted = self.lift(outer, query, true, fault)?;
        if lifted.items != 1 {
            return Err(several_columns(lifted.items, span));
        }
        if !lifted.is_single() {
            return Err(several_rows(span));
        }
        let parts = lifted.links(&outer.rel, true);
        Ok((lifted.rel, parts, false))
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
        if !has_call(item) {
            return Err(fault);
        }
        let names = self.from(from, &[]).map_err(|_| fault.clone())?.scope;
        let both = Scope::nested(outer, &names);
        let (mut own, mut keys, mut outers) = (Vec::new(), Vec::new(), Vec::new());
        for part in conjuncts(select.filter.as_ref()) {
            let alone = test_of(part, false).is_some() || ExprBinder::new(&names, "`WHERE`").condition(part).is_ok();
            if alone {
                own.push(part.clone());
                continue;
            }
            let (key, value) = equality(part, &names, outer).ok_or_else(|| fault.clone())?;
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

/// The scope of a relation that hidden columns were joined to.
pub(crate) fn extended(rel: std::sync::Arc<Rel>, mut scope: Scope) -> Relation {
    let added = rel.schema.fields.len().saturating_sub(scope.columns.len());
    let column = ScopeColumn { qualifier: String::new(), name: String::new(), hidden: true };
    scope.columns.extend(std::iter::repeat_n(column, added));
    after_join(rel, scope)
}

/// Fails where a condition of a join asks a query that names columns of the joined tables, as Flink does.
fn refuse_correlated(scope: &Scope) -> Bound<()> {
    match scope.values.iter().find(|value| value.correlated) {
        Some(value) => {
            Err(Diagnostic::new("a correlated query can't stand in `ON`", value.span).with_help("ask it in `WHERE`"))
        }
        None => Ok(()),
    }
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

pub(crate) fn bare_select(query: &Query) -> Option<&Select> {
    let whole = query.order_by.is_empty() && query.limit.is_none() && query.offset.is_none() && query.with.is_empty();
    match &query.body {
        QueryBody::Select(select) if whole && select.hints.is_empty() => Some(select),
        QueryBody::Nested(query) if whole => bare_select(query),
        _ => None,
    }
}

/// Whether a query is an aggregate of all its rows.
pub(crate) fn is_global_aggregate(query: &Query) -> bool {
    let aggregates = |item: &SelectItem| matches!(item, SelectItem::Value(value, _) if has_call(value));
    bare_select(query).is_some_and(|select| select.group_by.is_none() && select.items.iter().any(aggregates))
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
        count => Err(several_columns(count, span)),
    }
}

fn several_columns(count: usize, span: Span) -> Diagnostic {
    Diagnostic::new(format!("a query as a value gives one column, this one has {count}"), span)
}

fn several_rows(span: Span) -> Diagnostic {
    unsupported("a query as a value that may give more than one row", span)
        .with_help("aggregate it: `MAX(…)`, `FIRST_VALUE(…)`")
}

/// Whether a relation never holds more than one row.
fn is_single_row(rel: &Rel) -> bool {
    match &rel.op {
        RelOp::GroupAggregate { keys, .. } => keys.is_empty(),
        RelOp::Values { rows } => rows.len() <= 1,
        RelOp::Rank { keys, range, .. } => keys.is_empty() && range.first >= range.last,
        RelOp::Limit { count, .. } => count.is_some_and(|count| count <= 1),
        RelOp::Project { input, .. } | RelOp::Filter { input, .. } => is_single_row(input),
        _ => false,
    }
}
