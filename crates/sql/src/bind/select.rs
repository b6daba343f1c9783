//! `SELECT`: items, `WHERE`, `GROUP BY`, `HAVING`, `DISTINCT`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use yeoul_row::{Field, LogicalType, RowType};

use super::aggregate::{Collector, Grouping, group};
use super::dedup::{Rank, deduplicated, row_number, take_first_only};
use super::expression::ExprBinder;
use super::from::Relation;
use super::grouping::groupings;
use super::operator::balanced;
use super::scope::{Scope, ScopeColumn};
use super::{Binder, Bound, node, not_executed};
use crate::ast::Ident;
use crate::ast::expression::{Expression, ExpressionKind};
use crate::ast::query::{Select, SelectItem};
use crate::diagnostic::{Diagnostic, Span};
use crate::expr::{Expr, ExprKind, Literal};
use crate::plan::Rel;
use crate::walk;

/// One column of the result.
struct Item<'a> {
    expr: Expr,
    name: String,
    /// As written; absent for the columns of a star.
    source: Option<&'a Expression>,
}

impl Binder<'_> {
    /// One `SELECT` as a relation.
    pub(crate) fn select(&mut self, select: &Select) -> Bound<Relation> {
        not_executed::select_clauses(select)?;
        let input = self.input(select)?;
        if let Some((at, call, over)) = row_number(&select.items) {
            return numbered(input, select, at, call, over);
        }
        let mut relation = projected(input, select)?;
        if select.distinct {
            relation = distinct(relation, select)?;
        }
        Ok(relation)
    }
}

/// What a `SELECT` without `FROM` reads: one row.
pub(crate) fn one_row() -> Relation {
    let schema = RowType::new(vec![Field::new("ZERO", LogicalType::Int.not_null())]);
    let rel = node::values(vec![vec![Literal::Integer(0)]], schema);
    let scope = Scope { columns: Vec::new(), ..Scope::of(&rel, "") };
    Relation { rel, scope, rank: None }
}

/// Those rows for which all `conditions` hold, which also hold a row number to 1.
pub(crate) fn filtered(input: Relation, conditions: &[&Expression]) -> Bound<Relation> {
    let mut parts = Vec::new();
    for condition in conditions {
        parts.extend(walk::conjuncts(ExprBinder::new(&input.scope, "`WHERE`").condition(condition)?));
    }
    if let Some(rank) = &input.rank {
        take_first_only(&mut parts, rank)?;
    }
    let rel = if parts.is_empty() { input.rel } else { node::filter(input.rel, balanced("and", parts)) };
    Ok(Relation { rel, scope: input.scope, rank: None })
}

/// `SELECT …, ROW_NUMBER() OVER (…) AS n, …`
fn numbered(
    input: Relation,
    select: &Select,
    at: usize,
    call: &crate::ast::expression::Call,
    over: &crate::ast::expression::Over,
) -> Bound<Relation> {
    if select.group_by.is_some() || select.having.is_some() || select.distinct {
        return Err(super::expression::unsupported("ROW_NUMBER together with GROUP BY or DISTINCT", over.span));
    }
    let rel = deduplicated(input.rel, &input.scope, call, over)?;
    let number = rel.schema.fields.len() - 1;
    let mut exprs = Vec::new();
    let mut names = Vec::new();
    let mut place = 0;
    for (position, item) in select.items.iter().enumerate() {
        if position == at {
            place = exprs.len();
            exprs.push(node::column(&rel, number));
            names.push(item_name(item, place));
            continue;
        }
        for bound in expand(item, &input.scope, exprs.len(), |e| ExprBinder::new(&input.scope, "`SELECT`").bind(e))? {
            exprs.push(bound.expr);
            names.push(bound.name);
        }
    }
    let rel = node::project(rel, exprs, unique(names));
    let scope = Scope::of(&rel, "");
    Ok(Relation { rel, scope, rank: Some(Rank { place, span: over.span }) })
}

/// The items over the input, or over its groups.
fn projected(input: Relation, select: &Select) -> Bound<Relation> {
    let mut collector = Collector::new(input.rel.schema.fields.len());
    let mut binder = ExprBinder::new(&input.scope, "`SELECT`");
    binder.collector = Some(&mut collector);
    let mut items = Vec::new();
    for item in &select.items {
        let place = items.len();
        items.extend(expand(item, &input.scope, place, |e| binder.bind(e))?);
    }
    let having = match &select.having {
        Some(having) => Some((binder.condition(having)?, having)),
        None => None,
    };
    let named = std::mem::take(&mut binder.named);
    if select.group_by.is_none() && collector.is_empty() && having.is_none() {
        return Ok(project_items(input.rel, items));
    }
    let span = select.group_by.as_ref().map_or(select.span, |group_by| group_by.span);
    let mut groupings = match &select.group_by {
        Some(group_by) => groupings(group_by)?,
        None => vec![Vec::new()],
    };
    let mut keys = groupings.drain(..).map(|keys| group_keys(&keys, &input.scope)).collect::<Bound<Vec<_>>>()?;
    // A query as a value is the same in all groups.
    let values = input.scope.values.iter().map(|(_, value)| value).filter(|value| used(value, &items, &having));
    let values: Vec<Expr> = values.flat_map(columns_in).collect();
    keys.iter_mut().for_each(|keys| keys.extend(values.iter().cloned()));
    let all: Vec<Expr> = keys.iter().flatten().cloned().collect();
    let mut results = Vec::with_capacity(keys.len());
    for keys in keys {
        let grouping = group(input.rel.clone(), keys, collector.clone(), span)?.among(&all);
        let grouped = Grouped { grouping, scope: &input.scope, named: &named, span };
        results.push(grouped.result(&items, having.as_ref())?);
    }
    let rel = match results.len() {
        1 => results.remove(0),
        _ => node::union(results).ok_or_else(|| Diagnostic::new("`GROUP BY` has no groupings", span))?,
    };
    Ok(Relation { scope: Scope::of(&rel, ""), rel, rank: None })
}

/// The items over one grouping.
struct Grouped<'a> {
    grouping: Grouping,
    scope: &'a Scope,
    named: &'a BTreeMap<usize, Span>,
    span: Span,
}

impl Grouped<'_> {
    fn result(&self, items: &[Item<'_>], having: Option<&(Expr, &Expression)>) -> Bound<Arc<Rel>> {
        let fallback = Expression::new(ExpressionKind::Name(Vec::new()), self.span);
        let rewrite = |expr: &Expr, written: &Expression| self.grouping.rewrite(expr, written, self.scope, self.named);
        let rel = match having {
            Some((condition, written)) => node::filter(self.grouping.rel.clone(), rewrite(condition, written)?),
            None => self.grouping.rel.clone(),
        };
        let exprs = items.iter().map(|item| rewrite(&item.expr, item.source.unwrap_or(&fallback)));
        let exprs = exprs.collect::<Bound<Vec<Expr>>>()?;
        let names = items.iter().map(|item| item.name.clone()).collect();
        Ok(node::project(rel, exprs, unique(names)))
    }
}

/// The columns that an expression reads.
fn columns_in(expr: &Expr) -> Vec<Expr> {
    if let ExprKind::Column(_) = expr.kind {
        return vec![expr.clone()];
    }
    let mut columns = Vec::new();
    walk::for_children(expr, |child| columns.extend(columns_in(child)));
    columns
}

/// Whether an item or `HAVING` reads the columns of `value`.
fn used(value: &Expr, items: &[Item<'_>], having: &Option<(Expr, &Expression)>) -> bool {
    let columns = walk::columns_of(value);
    let reads = |expr: &Expr| !walk::columns_of(expr).is_disjoint(&columns);
    items.iter().any(|item| reads(&item.expr)) || having.iter().any(|(condition, _)| reads(condition))
}

fn group_keys(written: &[&Expression], scope: &Scope) -> Bound<Vec<Expr>> {
    let mut binder = ExprBinder::new(scope, "`GROUP BY`");
    let mut keys: Vec<Expr> = Vec::new();
    for key in written {
        let bound = binder.bind(key)?;
        if !keys.contains(&bound) {
            keys.push(bound);
        }
    }
    Ok(keys)
}

fn project_items(rel: Arc<Rel>, items: Vec<Item<'_>>) -> Relation {
    let (exprs, names): (Vec<Expr>, Vec<String>) = items.into_iter().map(|item| (item.expr, item.name)).unzip();
    let rel = node::project(rel, exprs, unique(names));
    let scope = Scope::of(&rel, "");
    Relation { rel, scope, rank: None }
}

/// `SELECT DISTINCT`: a group per row.
fn distinct(relation: Relation, select: &Select) -> Bound<Relation> {
    let rel = distinct_rows(relation.rel, select.span)?;
    let scope = Scope::of(&rel, "");
    Ok(Relation { rel, scope, rank: None })
}

/// Each row once, the columns in their order.
pub(crate) fn distinct_rows(rel: Arc<Rel>, span: crate::diagnostic::Span) -> Bound<Arc<Rel>> {
    let keys = node::columns(&rel);
    let names: Vec<String> = rel.schema.fields.iter().map(|field| field.name.clone()).collect();
    let scope = Scope::of(&rel, "");
    let grouping: Grouping = group(rel, keys.clone(), Collector::new(keys.len()), span)?;
    let written = Expression::new(ExpressionKind::Name(Vec::new()), span);
    let exprs = keys.iter().map(|key| grouping.rewrite(key, &written, &scope, &Default::default()));
    let exprs = exprs.collect::<Bound<Vec<Expr>>>()?;
    Ok(node::project(grouping.rel.clone(), exprs, names))
}

/// The columns that an item stands for, from `place` on.
fn expand<'a>(
    item: &'a SelectItem,
    scope: &Scope,
    place: usize,
    bind: impl FnOnce(&'a Expression) -> Bound<Expr>,
) -> Bound<Vec<Item<'a>>> {
    match item {
        SelectItem::Star(span) if scope.columns.is_empty() => Err(Diagnostic::new("`*` needs a `FROM`", *span)),
        SelectItem::Star(_) => {
            let shown = (scope.outer..scope.columns.len()).filter(|place| !scope.columns[*place].hidden);
            Ok(shown.map(|place| star_item(scope, place)).collect())
        }
        SelectItem::TableStar(name) => {
            let places = scope.places_of(name.last()).or_else(|| scope.places_of(&name.key()));
            if let Some(places) = places {
                return Ok(places.into_iter().map(|place| star_item(scope, place)).collect());
            }
            row_star(&name.parts, scope)
        }
        SelectItem::Value(value, _) => {
            Ok(vec![Item { expr: bind(value)?, name: item_name(item, place), source: Some(value) }])
        }
    }
}

fn star_item<'a>(scope: &Scope, place: usize) -> Item<'a> {
    let ScopeColumn { name, .. } = &scope.columns[place];
    let data_type = scope.schema.fields[place].data_type.clone();
    Item { expr: Expr::column(place, data_type), name: name.clone(), source: None }
}

/// `r.*` of a column that is a ROW: its fields.
fn row_star<'a>(parts: &[Ident], scope: &Scope) -> Bound<Vec<Item<'a>>> {
    let Ok(row) = scope.resolve(parts) else {
        return Err(scope.unknown_star(&parts[0]));
    };
    let LogicalType::Row(fields) = row.data_type.logical.clone() else {
        return Err(scope.unknown_star(&parts[0]));
    };
    let fields = fields.fields.iter().enumerate().map(|(place, field)| {
        let data_type = field.data_type.clone().with_nullable(field.data_type.nullable || row.data_type.nullable);
        let kind = ExprKind::Field { row: Box::new(row.clone()), field: place };
        Item { expr: Expr { kind, data_type }, name: field.name.clone(), source: None }
    });
    Ok(fields.collect())
}

/// The alias, else the last part of a name, else `EXPR$n`.
fn item_name(item: &SelectItem, place: usize) -> String {
    match item {
        SelectItem::Value(_, Some(alias)) => alias.name.clone(),
        SelectItem::Value(Expression { kind: ExpressionKind::Name(parts), .. }, None) => {
            parts.last().map_or_else(String::new, |part| part.name.clone())
        }
        SelectItem::Value(Expression { kind: ExpressionKind::Field(_, field), .. }, None) => field.name.clone(),
        _ => format!("EXPR${place}"),
    }
}

/// Equal names get a number, as Flink's do: `a`, `a0`, `a1`.
fn unique(names: Vec<String>) -> Vec<String> {
    let mut taken: BTreeSet<String> = BTreeSet::new();
    let mut result = Vec::with_capacity(names.len());
    for name in names {
        let fresh = if taken.contains(&name) {
            (0..).map(|n| format!("{name}{n}")).find(|candidate| !taken.contains(candidate)).unwrap_or(name)
        } else {
            name
        };
        taken.insert(fresh.clone());
        result.push(fresh);
    }
    result
}
