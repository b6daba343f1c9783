//! Deduplication: `SELECT … FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY t) AS n FROM …) WHERE n = 1`.
//!
//! The inner query is bound as a deduplication at once; the relation then carries a [`Rank`], a column that the query
//! around it must hold to 1.

use std::sync::Arc;

use super::expression::{ExprBinder, unsupported};
use super::scope::Scope;
use super::{Bound, node, not_executed};
use crate::ast::expression::{Call, ExpressionKind, Over};
use crate::ast::query::SelectItem;
use crate::diagnostic::{Diagnostic, Span};
use crate::expr::{Expr, ExprKind, Literal};
use crate::plan::{Keep, Rel, TimeAttribute};

/// A row number that must still be held to 1.
#[derive(Clone, Debug)]
pub(crate) struct Rank {
    /// Its place.
    pub(crate) place: usize,
    /// Where the text asks for it.
    pub(crate) span: Span,
}

/// The `ROW_NUMBER() OVER (…)` among the items: its place among them, and the call.
pub(crate) fn row_number(items: &[SelectItem]) -> Option<(usize, &Call, &Over)> {
    items.iter().enumerate().find_map(|(place, item)| match item {
        SelectItem::Value(value, _) => match &value.kind {
            ExpressionKind::Call(call) if call.name.last().eq_ignore_ascii_case("ROW_NUMBER") => {
                call.over.as_ref().map(|over| (place, &**call, over))
            }
            _ => None,
        },
        _ => None,
    })
}

/// Deduplicates `input` as `over` says; the row number is the result's last column.
pub(crate) fn deduplicated(input: Arc<Rel>, scope: &Scope, call: &Call, over: &Over) -> Bound<Arc<Rel>> {
    if !call.args.is_empty() || call.star || call.distinct || call.filter.is_some() {
        return Err(Diagnostic::new("`ROW_NUMBER` takes nothing", call.name.span));
    }
    not_executed::named_window(over)?;
    if let Some(frame) = &over.frame {
        return Err(Diagnostic::new("`ROW_NUMBER` takes no frame", frame.span));
    }
    let [order] = over.order_by.as_slice() else {
        return Err(unsupported("ROW_NUMBER ordered by other than one time attribute", over.span));
    };
    if !input.mode.is_append() {
        return Err(unsupported("ROW_NUMBER over updating rows", over.span));
    }
    let mut binder = ExprBinder::new(scope, "OVER");
    let keys = over.partition_by.iter().map(|key| binder.bind(key)).collect::<Bound<Vec<Expr>>>()?;
    let value = binder.bind(&order.value)?;
    let place = time_attribute(&input, &value).ok_or_else(|| {
        unsupported("ROW_NUMBER ordered by other than a time attribute", order.value.span)
            .with_help("order by a rowtime column (`WATERMARK FOR`) or one `AS PROCTIME()`")
    })?;
    let keep = if order.descending { Keep::Last } else { Keep::First };
    let (prepared, keys) = with_keys(input, keys);
    Ok(node::deduplicate(prepared, keys, place, keep))
}

fn time_attribute(input: &Rel, value: &Expr) -> Option<usize> {
    match value.kind {
        ExprKind::Column(place) if input.time[place] != TimeAttribute::None => Some(place),
        _ => None,
    }
}

/// The input with every key as a column.
fn with_keys(input: Arc<Rel>, keys: Vec<Expr>) -> (Arc<Rel>, Vec<usize>) {
    let mut exprs = node::columns(&input);
    let mut names: Vec<String> = input.schema.fields.iter().map(|field| field.name.clone()).collect();
    let width = exprs.len();
    let mut places = Vec::with_capacity(keys.len());
    for key in keys {
        let known = exprs.iter().position(|expr| *expr == key);
        places.push(known.unwrap_or(exprs.len()));
        if known.is_none() {
            names.push(format!("key{}", exprs.len()));
            exprs.push(key);
        }
    }
    let prepared = if exprs.len() == width { input } else { node::project(input, exprs, names) };
    (prepared, places)
}

/// Takes the conjunct that holds the row number to 1 out of a `WHERE`.
pub(crate) fn take_first_only(conjuncts: &mut Vec<Expr>, rank: &Rank) -> Bound<()> {
    if let Some(at) = conjuncts.iter().position(|conjunct| bound_of(conjunct, rank.place) == Some(1)) {
        conjuncts.remove(at);
        return Ok(());
    }
    if conjuncts.iter().any(|conjunct| bound_of(conjunct, rank.place).is_some()) {
        return Err(unsupported("Top-N (`ROW_NUMBER` held to more than 1)", rank.span));
    }
    Err(not_held(rank))
}

/// The refusal of a row number that nothing holds to 1.
pub(crate) fn not_held(rank: &Rank) -> Diagnostic {
    unsupported("ROW_NUMBER on its own", rank.span).with_help(
        "the query around it must say `WHERE n = 1`, n being the row number's name: that keeps one row per key",
    )
}

/// The greatest row number that `expr` lets through, if that is what it limits.
fn bound_of(expr: &Expr, place: usize) -> Option<i64> {
    let ExprKind::Call { function, args } = &expr.kind else { return None };
    let [left, right] = args.as_slice() else { return None };
    let is_rank = |expr: &Expr| expr.kind == ExprKind::Column(place);
    let (function, limit) = match (is_rank(left), is_rank(right)) {
        (true, _) => (*function, integer(right)?),
        (_, true) => (mirrored(function)?, integer(left)?),
        _ => return None,
    };
    match function {
        "equals" if limit == 1 => Some(1),
        "equals" => Some(i64::MAX),
        "less_or_equal" => Some(limit),
        "less_than" => Some(limit - 1),
        _ => None,
    }
}

fn mirrored(function: &str) -> Option<&'static str> {
    match function {
        "equals" => Some("equals"),
        "greater_or_equal" => Some("less_or_equal"),
        "greater_than" => Some("less_than"),
        _ => None,
    }
}

fn integer(expr: &Expr) -> Option<i64> {
    match expr.kind {
        ExprKind::Literal(Literal::Integer(value)) => Some(value),
        _ => None,
    }
}
