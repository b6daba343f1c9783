//! `ORDER BY`, `LIMIT`, `OFFSET`, `FETCH`: sorting by time, Top-N of all rows, the first rows; in batch any order.

use std::sync::Arc;

use super::expression::ExprBinder;
use super::from::Relation;
use super::over::{Ordered, sort_key};
use super::over_call::refuse_unordered;
use super::{Binder, Bound, node};
use crate::ast::expression::{Constant, Expression, ExpressionKind};
use crate::ast::query::{OrderItem, Query};
use crate::diagnostic::{Diagnostic, Span};
use crate::expr::Expr;
use crate::plan::{RankRange, Rel, SortKey, TimeAttribute};

/// A query's order and limits.
#[derive(Clone, Copy)]
pub(crate) struct Ordering<'a> {
    pub(crate) items: &'a [OrderItem],
    pub(crate) offset: Option<(u64, Span)>,
    pub(crate) limit: Option<(u64, Span)>,
    /// Whether the query is the whole text: an order alone means nothing within another query.
    pub(crate) outermost: bool,
}

impl<'a> Ordering<'a> {
    /// That of `query`.
    pub(crate) fn of(query: &'a Query, outermost: bool) -> Ordering<'a> {
        Ordering { items: &query.order_by, offset: query.offset, limit: query.limit, outermost }
    }

    /// Neither order nor limit.
    pub(crate) const NONE: Ordering<'static> = Ordering { items: &[], offset: None, limit: None, outermost: false };

    /// Whether there is neither order nor limit.
    pub(crate) fn is_none(&self) -> bool {
        self.items.is_empty() && self.offset.is_none() && self.limit.is_none()
    }
}

/// The item that a position in `ORDER BY` means, from 0.
pub(crate) fn position(item: &Expression, width: usize) -> Bound<Option<usize>> {
    let ExpressionKind::Constant(Constant::Number(number)) = &item.kind else { return Ok(None) };
    let place = number.parse::<usize>().ok().and_then(|number| number.checked_sub(1)).filter(|place| *place < width);
    place.map(Some).ok_or_else(|| {
        Diagnostic::new(format!("there is no item {number} to order by"), item.span)
            .with_help(format!("the query has {width} items"))
    })
}

impl Binder<'_> {
    /// `relation` in an order over its own columns.
    pub(crate) fn in_order(&self, relation: Relation, ordering: Ordering<'_>) -> Bound<Relation> {
        if ordering.is_none() {
            return Ok(relation);
        }
        relation.refuse_rank()?;
        let width = relation.rel.schema.fields.len();
        let mut keys: Vec<Ordered> = Vec::with_capacity(ordering.items.len());
        for item in ordering.items {
            let mut binder = ExprBinder::new(&relation.scope, "`ORDER BY`");
            let mut key = match position(&item.value, width)? {
                Some(place) => {
                    refuse_unordered(&node::column(&relation.rel, place), item.value.span)?;
                    Ordered { value: node::column(&relation.rel, place), descending: false, nulls_first: true }
                }
                None => binder.ordered(item)?,
            };
            key.descending = item.descending;
            key.nulls_first = item.nulls_first.unwrap_or(!item.descending);
            keys.push(key);
        }
        let rel = self.sorted(relation.rel, &keys, width, ordering)?;
        Ok(Relation { rel, scope: relation.scope, rank: None })
    }

    /// The first `width` columns of `rel` in the order of `keys`, limited.
    pub(crate) fn sorted(
        &self,
        rel: Arc<Rel>,
        keys: &[Ordered],
        width: usize,
        ordering: Ordering<'_>,
    ) -> Bound<Arc<Rel>> {
        let (prepared, order) = with_keys(rel, keys);
        let rel =
            if self.is_batch() { in_batch(prepared, order, ordering)? } else { streaming(prepared, order, ordering)? };
        if rel.schema.fields.len() == width {
            return Ok(rel);
        }
        let exprs = (0..width).map(|place| node::column(&rel, place)).collect();
        let names = rel.schema.fields.iter().take(width).map(|field| field.name.clone()).collect();
        Ok(node::project(rel, exprs, names))
    }

    /// Whether the job runs in batch.
    pub(crate) fn is_batch(&self) -> bool {
        self.settings.get("execution.runtime-mode").is_some_and(|mode| mode.eq_ignore_ascii_case("batch"))
    }
}

/// `rel` with every key as a column.
fn with_keys(rel: Arc<Rel>, keys: &[Ordered]) -> (Arc<Rel>, Vec<SortKey>) {
    let mut exprs = node::columns(&rel);
    let width = exprs.len();
    let mut order = Vec::with_capacity(keys.len());
    for key in keys {
        let known = exprs.iter().position(|expr: &Expr| *expr == key.value);
        let place = known.unwrap_or_else(|| {
            exprs.push(key.value.clone());
            exprs.len() - 1
        });
        order.push(sort_key(key, place));
    }
    if exprs.len() == width {
        return (rel, order);
    }
    let own = rel.schema.fields.iter().map(|field| field.name.clone());
    let names = own.chain((width..exprs.len()).map(|place| format!("key{place}"))).collect();
    (node::project(rel, exprs, names), order)
}

fn in_batch(rel: Arc<Rel>, order: Vec<SortKey>, ordering: Ordering<'_>) -> Bound<Arc<Rel>> {
    if let (Some((_, span)), None, false) = (ordering.offset, ordering.limit, order.is_empty()) {
        return Err(Diagnostic::new("`OFFSET` behind `ORDER BY` needs a limit", span).with_help("add `LIMIT n`"));
    }
    let limited = ordering.offset.is_some() || ordering.limit.is_some();
    // Rows that may be taken back can't be counted before the end.
    let waits = !order.is_empty() && (limited || ordering.outermost) || limited && !rel.mode.is_append();
    let rel = if waits { node::sort(rel, order, true) } else { rel };
    let offset = ordering.offset.map_or(0, |(offset, _)| offset);
    Ok(if limited { node::limit(rel, offset, ordering.limit.map(|(limit, _)| limit)) } else { rel })
}

fn streaming(rel: Arc<Rel>, order: Vec<SortKey>, ordering: Ordering<'_>) -> Bound<Arc<Rel>> {
    let offset = ordering.offset.map_or(0, |(offset, _)| offset);
    match (ordering.limit, ordering.offset) {
        (None, Some((_, span))) => {
            Err(Diagnostic::new("`OFFSET` on a stream needs a limit", span).with_help("add `LIMIT n`"))
        }
        (Some((limit, _)), _) if order.is_empty() && rel.mode.is_append() => Ok(node::limit(rel, offset, Some(limit))),
        (Some((limit, _)), _) => {
            let range = RankRange { first: offset.saturating_add(1), last: offset.saturating_add(limit) };
            Ok(node::rank(rel, Vec::new(), order, range, false))
        }
        // An order alone says nothing to the query around it.
        (None, None) if !ordering.outermost => Ok(rel),
        (None, None) => by_time(rel, order, ordering.items),
    }
}

fn by_time(rel: Arc<Rel>, order: Vec<SortKey>, items: &[OrderItem]) -> Bound<Arc<Rel>> {
    let first = order.first().filter(|key| rel.time[key.column] != TimeAttribute::None && !key.descending);
    let span = items.first().map(|item| item.value.span).unwrap_or_default();
    if first.is_none() {
        return Err(Diagnostic::new("a stream can only be ordered by a time attribute, ascending", span)
            .with_help("add `LIMIT n` for the first rows of another order, or set the runtime mode to batch"));
    }
    if !rel.mode.is_append() {
        return Err(Diagnostic::new("a stream that is updated can't be ordered by time", span));
    }
    Ok(node::sort(rel, order, false))
}
