//! Correlated queries, computed for all rows of the query around at once.
//!
//! The columns that the query names of the query around are its *domain*: their distinct rows. They are joined in front
//! of the query's own `FROM`, group it, and stand behind its items; by them the result is joined to the query around.
//! (Neumann and Kemper, "Unnesting Arbitrary Queries", 2015.)
//!
//! Which columns those are is found by binding the query over all columns first.

use std::sync::Arc;

use yeoul_row::{Field, LogicalType, RowType};

use super::from::Relation;
use super::join::Sides;
use super::operator::call;
use super::order::Ordering;
use super::scope::Scope;
use super::select::distinct_rows;
use super::subquery::bare_select;
use super::{Binder, Bound, node};
use crate::ast::query::Query;
use crate::diagnostic::{Diagnostic, Span};
use crate::expr::{Expr, ExprKind, Literal};
use crate::plan::{JoinKind, Rel, RelOp};
use crate::walk::columns_of;

/// How many correlated queries are tried within one of them: each level of nesting tries those below several times.
const ATTEMPTS_MAX: u32 = 200;

/// The correlated queries that are being bound.
#[derive(Default)]
pub(crate) struct Attempts {
    depth: u32,
    count: u32,
}

/// The rows of the query around for which a query is computed.
pub(crate) struct Domain {
    pub(crate) relation: Relation,
    /// Whether an aggregate without `GROUP BY` has a result for rows that it finds nothing for.
    pub(crate) keeps_empty: bool,
}

/// A correlated query, computed for all rows of the query around.
pub(crate) struct Lifted {
    /// The items, then the columns of the domain.
    pub(crate) rel: Arc<Rel>,
    pub(crate) items: usize,
    /// Where the domain's columns are in the query around.
    keys: Vec<usize>,
}

impl Binder<'_> {
    /// Tries to bind a correlated query; `fault` where too many have been tried.
    pub(crate) fn attempt<T>(&mut self, fault: Diagnostic, bind: impl FnOnce(&mut Self) -> Bound<T>) -> Bound<T> {
        if self.correlated.count >= ATTEMPTS_MAX {
            return Err(fault.with_help("correlated queries nest too deeply here"));
        }
        self.correlated.depth += 1;
        self.correlated.count += 1;
        let bound = bind(self);
        self.correlated.depth -= 1;
        if self.correlated.depth == 0 {
            self.correlated.count = 0;
        }
        bound
    }

    /// `query` for each row of `outer`; `fault` is why it can't stand alone, and what is wrong if it names nothing of
    /// `outer`.
    pub(crate) fn lift(
        &mut self,
        outer: &Relation,
        query: &Query,
        keeps_empty: bool,
        fault: Diagnostic,
    ) -> Bound<Lifted> {
        let Some(select) = bare_select(query) else { return Err(fault) };
        if select.from.as_ref().is_some_and(|from| !from.joins.is_empty()) {
            return Err(fault.with_help("a correlated query over several tables is not supported yet at this place"));
        }
        self.attempt(fault.clone(), |binder| {
            let all: Vec<usize> = (0..outer.scope.columns.len()).collect();
            let trial = Domain { relation: domain_of(outer, &all), keeps_empty };
            let bound = binder.select_for(select, Ordering::NONE, Some(&trial));
            let keys = trial.relation.scope.named_of_domain();
            if keys.is_empty() {
                return Err(fault);
            }
            bound?;
            let mut domain = Domain { relation: domain_of(outer, &keys), keeps_empty };
            domain.relation.rel = distinct_rows(domain.relation.rel, query.span)?;
            domain.relation.scope = outer.scope.as_domain(&keys, &domain.relation.rel);
            let rel = binder.select_for(select, Ordering::NONE, Some(&domain))?.rel;
            keys.iter().for_each(|key| outer.scope.note(*key));
            Ok(Lifted { items: rel.schema.fields.len().saturating_sub(keys.len()), rel, keys })
        })
    }
}

impl Lifted {
    /// A query that stands alone.
    pub(crate) fn alone(rel: Arc<Rel>) -> Lifted {
        Lifted { items: rel.schema.fields.len(), rel, keys: Vec::new() }
    }

    /// Whether it names columns of the query around.
    pub(crate) fn is_correlated(&self) -> bool {
        !self.keys.is_empty()
    }

    /// What joins it to the relation that it was computed for; `null_safe`: also where the domain has NULLs.
    pub(crate) fn links(&self, outer: &Rel, null_safe: bool) -> Vec<Expr> {
        links(outer, &self.keys, &self.rel, self.items, null_safe)
    }

    /// The same rows under other items; the domain's columns stand behind `items` ones.
    pub(crate) fn with(&self, rel: Arc<Rel>, items: usize) -> Lifted {
        Lifted { rel, items, keys: self.keys.clone() }
    }

    /// Whether an item is computed of columns of the query around.
    pub(crate) fn computes_of_outer(&self) -> bool {
        let RelOp::Project { input, exprs } = &self.rel.op else { return false };
        let grouped = matches!(input.op, RelOp::GroupAggregate { .. });
        let outer = |expr: &Expr| columns_of(expr).first().is_some_and(|place| *place < self.keys.len());
        !grouped && exprs.iter().take(self.items).any(outer)
    }

    /// Whether it has one row at most for each row of the domain.
    pub(crate) fn is_single(&self) -> bool {
        is_grouped_by(&self.rel, self.keys.len())
    }
}

impl Domain {
    /// `input`, which was computed for this domain, with a row for each row of the domain that has none; behind its
    /// columns stands whether a row counts: TRUE or NULL.
    pub(crate) fn completed(&self, input: Relation, span: Span) -> Bound<Relation> {
        let (outer, width) = (input.scope.outer, input.rel.schema.fields.len());
        let mut exprs = node::columns(&input.rel);
        let mut names: Vec<String> = input.rel.schema.fields.iter().map(|field| field.name.clone()).collect();
        exprs.push(Expr::literal(Literal::Boolean(true), LogicalType::Boolean.not_null()));
        names.push("present".to_owned());
        let marked = node::project(input.rel, exprs, names.clone());
        let left = self.relation.rel.clone();
        let keys: Vec<usize> = (0..outer).collect();
        let parts = links(&left, &keys, &marked, 0, true);
        let joined = Sides::new(left, marked, JoinKind::Left, span, false).joined(parts)?;
        let wanted = (0..outer).chain(2 * outer..=outer + width);
        let rel = node::project(joined.clone(), wanted.map(|place| node::column(&joined, place)).collect(), names);
        let scope = Scope { schema: rel.schema.clone(), time: rel.time.clone(), ..input.scope };
        Ok(Relation { rel, scope, rank: None })
    }
}

impl Domain {
    /// The rows of the domain that rows can be found for. As in Flink, none is found for a NULL.
    pub(crate) fn known(&self) -> Relation {
        let known = |column: Expr| {
            let nullable = column.data_type.nullable;
            nullable.then(|| call("is_not_null", vec![column], LogicalType::Boolean.not_null()))
        };
        let conditions = node::columns(&self.relation.rel).into_iter().filter_map(known).collect();
        let rel = node::filtered(self.relation.rel.clone(), conditions);
        Relation { rel, ..self.relation.clone() }
    }
}

/// The columns at `keys` of `outer`, not yet distinct.
fn domain_of(outer: &Relation, keys: &[usize]) -> Relation {
    let exprs = keys.iter().map(|key| node::column(&outer.rel, *key)).collect();
    let names = (0..keys.len()).map(|place| format!("outer{place}")).collect();
    let rel = node::project(outer.rel.clone(), exprs, names);
    Relation { scope: outer.scope.as_domain(keys, &rel), rel, rank: None }
}

/// That the columns `keys` of `left` equal those of `right` from place `from` on, over the columns of both.
fn links(left: &Rel, keys: &[usize], right: &Rel, from: usize, null_safe: bool) -> Vec<Expr> {
    let width = left.schema.fields.len();
    let lefts: Vec<Expr> = keys.iter().map(|key| node::column(left, *key)).collect();
    let right = |at: usize| Expr { kind: ExprKind::Column(width + from + at), ..node::column(right, from + at) };
    let rights: Vec<Expr> = (0..keys.len()).map(right).collect();
    let nullable = lefts.iter().chain(&rights).any(|column| column.data_type.nullable);
    if null_safe && nullable {
        // A row of NULLs is no NULL.
        return vec![equal(row(lefts), row(rights))];
    }
    lefts.into_iter().zip(rights).map(|(left, right)| equal(left, right)).collect()
}

fn equal(left: Expr, right: Expr) -> Expr {
    let args = vec![left, right];
    let data_type = super::expression::boolean_of(&args);
    call("equals", args, data_type)
}

fn row(values: Vec<Expr>) -> Expr {
    let field =
        |(place, value): (usize, &Expr)| Field::new(format!("f{place}"), value.data_type.clone().with_nullable(true));
    let fields = values.iter().enumerate().map(field).collect();
    call("row", values, LogicalType::Row(Arc::new(RowType::new(fields))).not_null())
}

/// Whether a relation is grouped by so many keys and nothing else.
fn is_grouped_by(rel: &Rel, count: usize) -> bool {
    match &rel.op {
        RelOp::GroupAggregate { keys, .. } => keys.len() == count,
        RelOp::Project { input, .. } | RelOp::Filter { input, .. } => is_grouped_by(input, count),
        _ => false,
    }
}
