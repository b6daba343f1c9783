//! Row numbers that a condition holds to a range: Top-N, deduplication, and both within windows.
//!
//! `ROW_NUMBER() OVER (…)` is bound as a plain window function ([`super::over`]). The relation then carries a [`Rank`]: the
//! column that a query around it may hold to a range. Where one does, the window function is replaced by what keeps these
//! rows alone; where none does, the plain window function stays, if it is one that streams can compute.

use std::sync::Arc;

use super::expression::unsupported;
use super::window::{bounds_of, is_event_time, part_of};
use super::{Bound, node};
use crate::diagnostic::{Diagnostic, Span};
use crate::expr::{Expr, ExprKind, Literal};
use crate::plan::{Keep, OverFunction, RankRange, Rel, RelOp, SortKey, TimeAttribute};

/// A row number that a query around may hold to a range.
#[derive(Clone, Debug)]
pub(crate) struct Rank {
    /// Its place.
    pub(crate) place: usize,
    /// Where the text asks for it.
    pub(crate) span: Span,
    /// Why it can't stand alone; `None`: it can.
    pub(crate) refusal: Option<Diagnostic>,
}

/// Takes the conditions on the column `place` out of a `WHERE`; the range that they leave, if they limit it.
pub(crate) fn take_range(conjuncts: &mut Vec<Expr>, place: usize, span: Span) -> Bound<Option<RankRange>> {
    let (mut first, mut last, mut limited) = (1, u64::MAX, false);
    conjuncts.retain(|conjunct| match limits_of(conjunct, place) {
        Some((low, high)) => {
            (first, last, limited) = (first.max(low), last.min(high), true);
            false
        }
        None => true,
    });
    if limited && last == u64::MAX {
        return Err(Diagnostic::new("the row number has a lower limit and no upper one", span)
            .with_help("add `AND n <= …`, n being the row number's name"));
    }
    Ok(limited.then_some(RankRange { first, last }))
}

/// The range of row numbers that `expr` lets through, if that is what it limits.
fn limits_of(expr: &Expr, place: usize) -> Option<(u64, u64)> {
    let ExprKind::Call { function, args } = &expr.kind else { return None };
    let [left, right] = args.as_slice() else { return None };
    let is_rank = |expr: &Expr| match &expr.kind {
        ExprKind::Column(column) => *column == place,
        ExprKind::Cast { value, .. } => value.kind == ExprKind::Column(place),
        _ => false,
    };
    let (function, limit) = match (is_rank(left), is_rank(right)) {
        (true, _) => (*function, integer(right)?),
        (_, true) => (mirrored(function)?, integer(left)?),
        _ => return None,
    };
    let number = |limit: i64| u64::try_from(limit).unwrap_or_default();
    match function {
        "equals" => Some((number(limit), number(limit))),
        "less_or_equal" => Some((1, number(limit))),
        "less_than" => Some((1, number(limit.saturating_sub(1)))),
        "greater_or_equal" => Some((number(limit), u64::MAX)),
        "greater_than" => Some((number(limit.saturating_add(1)), u64::MAX)),
        _ => None,
    }
}

fn mirrored(function: &str) -> Option<&'static str> {
    match function {
        "equals" => Some("equals"),
        "greater_or_equal" => Some("less_or_equal"),
        "greater_than" => Some("less_than"),
        "less_or_equal" => Some("greater_or_equal"),
        "less_than" => Some("greater_than"),
        _ => None,
    }
}

fn integer(expr: &Expr) -> Option<i64> {
    match &expr.kind {
        ExprKind::Literal(Literal::Integer(value)) => Some(*value),
        ExprKind::Cast { value, .. } => integer(value),
        _ => None,
    }
}

/// `rel` with the row number in column `place` held to `range`.
pub(crate) fn held(rel: &Arc<Rel>, place: usize, range: RankRange, span: Span) -> Bound<Arc<Rel>> {
    match &rel.op {
        RelOp::Project { input, exprs } => {
            let Some(ExprKind::Column(below)) = exprs.get(place).map(|expr| &expr.kind) else {
                return Err(unsupported("a row number within an expression", span));
            };
            let names = rel.schema.fields.iter().map(|field| field.name.clone()).collect();
            Ok(node::project(held(input, *below, range, span)?, exprs.clone(), names))
        }
        RelOp::Over { input, keys, order, calls, .. } => {
            let [call] = calls.as_slice() else {
                return Err(unsupported("a Top-N beside other window functions", span));
            };
            ranked(input, keys, order, &call.function, range, span)
        }
        _ => Err(unsupported("a Top-N over this", span)),
    }
}

fn ranked(
    input: &Arc<Rel>,
    keys: &[usize],
    order: &[SortKey],
    function: &OverFunction,
    range: RankRange,
    span: Span,
) -> Bound<Arc<Rel>> {
    match function {
        OverFunction::RowNumber => {}
        OverFunction::Rank => return Err(streaming_refuses("RANK", span)),
        _ => return Err(streaming_refuses("DENSE_RANK", span)),
    }
    let time = match order {
        [key] if input.time[key.column] != TimeAttribute::None => Some(*key),
        _ => None,
    };
    let one = range == RankRange { first: 1, last: 1 };
    if bounds_of(input, keys).is_some() {
        return in_window(input, keys, order, time.filter(|_| one), range, span);
    }
    match time {
        Some(key) if one && input.mode.is_append() => {
            let keep = if key.descending { Keep::Last } else { Keep::First };
            Ok(node::deduplicate(input.clone(), keys.to_vec(), key.column, keep))
        }
        _ => Ok(node::rank(input.clone(), keys.to_vec(), order.to_vec(), range, true)),
    }
}

fn streaming_refuses(function: &str, span: Span) -> Diagnostic {
    Diagnostic::new(format!("a Top-N on a stream can't be by `{function}`"), span).with_help("write `ROW_NUMBER()`")
}

/// A Top-N, or (with `time`) a deduplication, of each window.
fn in_window(
    input: &Arc<Rel>,
    keys: &[usize],
    order: &[SortKey],
    time: Option<SortKey>,
    range: RankRange,
    span: Span,
) -> Bound<Arc<Rel>> {
    if !input.mode.is_append() {
        return Err(Diagnostic::new("a Top-N of each window takes no updates or deletions", span)
            .with_help("aggregate by window first: what a window gives is not taken back"));
    }
    if !is_event_time(input) {
        return Err(unsupported("a Top-N of windows by processing time", span));
    }
    let part = |part: usize| keys.iter().copied().find(|key| part_of(input, *key) == Some(part));
    let (Some(start), Some(end)) = (part(0), part(1)) else {
        return Err(unsupported("a Top-N of a part of the window", span));
    };
    let plain = keys.iter().copied().filter(|key| part_of(input, *key).is_none()).collect();
    let last_wins = time.is_some_and(|key| key.descending);
    Ok(node::window_rank(input.clone(), (start, end), plain, order.to_vec(), range, last_wins, true))
}
