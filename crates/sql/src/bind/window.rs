//! What windows are over, and taking a window out from under an aggregation.

use std::sync::Arc;

use super::from::Relation;
use super::operator::balanced;
use super::scope::Scope;
use super::{Binder, Bound, node};
use crate::ast::{Ident, query::Table};
use crate::diagnostic::Diagnostic;
use crate::expr::{Expr, ExprKind};
use crate::plan::{Rel, RelOp, TimeAttribute, WindowKind, WindowSpec};
use crate::walk;

impl Binder<'_> {
    /// What a window table function reads.
    pub(crate) fn window_input(&mut self, table: &Table) -> Bound<Relation> {
        let input = self.table(table)?;
        input.refuse_rank()?;
        if let Some(taken) = ["window_start", "window_end", "window_time"]
            .into_iter()
            .find(|name| input.rel.schema.index_of(name).is_some())
        {
            return Err(Diagnostic::new(format!("the window's input has a column `{taken}` already"), table.span)
                .with_help("leave it out or rename it in a subquery"));
        }
        Ok(input)
    }
}

/// The place of the time attribute, and whether it is event time.
pub(crate) fn time_column(input: &Relation, column: &Ident) -> Bound<(usize, bool)> {
    let expr = Scope::of(&input.rel, "").resolve(std::slice::from_ref(column))?;
    let ExprKind::Column(place) = expr.kind else {
        return Err(Diagnostic::new("the window needs a column", column.span));
    };
    match input.rel.time[place] {
        TimeAttribute::Rowtime => Ok((place, true)),
        TimeAttribute::Proctime => Ok((place, false)),
        TimeAttribute::None => Err(no_attribute(&input.rel, column, &expr)),
    }
}

pub(crate) fn no_attribute(rel: &Rel, column: &Ident, expr: &Expr) -> Diagnostic {
    let help = if has_join(rel) {
        "a regular join turns time attributes into plain timestamps: put the window below the join"
    } else {
        "declare `WATERMARK FOR` on its table's column, or a computed column `AS PROCTIME()`; \
         functions and updating results lose the attribute"
    };
    let found = &expr.data_type;
    Diagnostic::new(
        format!("the window needs a time attribute, but `{}` is a plain `{found}`", column.name),
        column.span,
    )
    .with_help(help)
}

fn has_join(rel: &Rel) -> bool {
    match &rel.op {
        RelOp::Join { .. } => true,
        RelOp::Project { input, .. } | RelOp::Filter { input, .. } => has_join(input),
        _ => false,
    }
}

/// Which of the window's columns (0 start, 1 end, 2 time) a column is, looking through projections and filters.
pub(crate) fn part_of(rel: &Rel, place: usize) -> Option<usize> {
    match &rel.op {
        RelOp::Window { input, .. } => place.checked_sub(input.schema.fields.len()),
        RelOp::WindowAggregate { keys, aggregates, .. } => place.checked_sub(keys.len() + aggregates.len()),
        RelOp::Project { input, exprs } => match exprs.get(place)?.kind {
            ExprKind::Column(column) => part_of(input, column),
            _ => None,
        },
        RelOp::Filter { input, .. } => part_of(input, place),
        RelOp::WindowRank { input, .. } if place < input.schema.fields.len() => part_of(input, place),
        _ => None,
    }
}

/// Whether the windows below are windows of event time.
pub(crate) fn is_event_time(rel: &Rel) -> bool {
    match &rel.op {
        RelOp::Window { window, .. } | RelOp::WindowAggregate { window, .. } => window.event_time,
        RelOp::Project { input, .. } | RelOp::Filter { input, .. } | RelOp::WindowRank { input, .. } => {
            is_event_time(input)
        }
        _ => false,
    }
}

/// Whether `keys` hold a window's start and end.
pub(crate) fn bounds_of(rel: &Rel, keys: &[usize]) -> Option<()> {
    let parts: Vec<usize> = keys.iter().filter_map(|key| part_of(rel, *key)).collect();
    (parts.contains(&0) && parts.contains(&1)).then_some(())
}

/// A relation without the window below it.
pub(crate) struct Stripped {
    pub(crate) rel: Arc<Rel>,
    /// Where each of the old columns is now; the window's are gone.
    pub(crate) map: Vec<Option<usize>>,
    /// The window over the new relation.
    pub(crate) window: WindowSpec,
    /// Filters on the window's columns, over the old columns: they hold behind the aggregation.
    pub(crate) deferred: Vec<Expr>,
}

/// Takes the window out from under projections and filters, so that an aggregation can assign it; `None` where rows must
/// carry their windows instead.
pub(crate) fn strip(rel: &Arc<Rel>) -> Option<Stripped> {
    match &rel.op {
        RelOp::Window { input, window } => {
            let width = input.schema.fields.len();
            let map = (0..rel.schema.fields.len()).map(|place| (place < width).then_some(place)).collect();
            Some(Stripped { rel: input.clone(), map, window: window.clone(), deferred: Vec::new() })
        }
        RelOp::Filter { input, predicate } => Some(strip_filter(strip(input)?, predicate)),
        RelOp::Project { input, exprs } => strip_project(rel, strip(input)?, exprs),
        _ => None,
    }
}

/// The windows that the rows of `rel` carry, their bounds among the columns `keys`.
pub(crate) fn attached(rel: &Rel, keys: &[usize]) -> Option<WindowSpec> {
    let part = |part: usize| keys.iter().copied().find(|key| part_of(rel, *key) == Some(part));
    let (start, end) = (part(0)?, part(1)?);
    let times = (0..rel.schema.fields.len()).find(|place| part_of(rel, *place) == Some(2));
    let kind = WindowKind::Attached { start, end };
    Some(WindowSpec { time: times.unwrap_or(end), event_time: is_event_time(rel), kind, partition: Vec::new() })
}

/// What reads the window's columns waits, the rest filters below.
fn strip_filter(mut below: Stripped, predicate: &Expr) -> Stripped {
    let mut kept = Vec::new();
    for part in walk::conjuncts(predicate.clone()) {
        match walk::moved(&part, &|place| below.map[place]) {
            Some(part) => kept.push(part),
            None => below.deferred.push(part),
        }
    }
    if kept.is_empty() {
        return below;
    }
    Stripped { rel: node::filter(below.rel, balanced("and", kept)), ..below }
}

fn strip_project(rel: &Rel, below: Stripped, exprs: &[Expr]) -> Option<Stripped> {
    let above = |column: usize| exprs.iter().position(|expr| expr.kind == ExprKind::Column(column));
    let deferred: Option<Vec<Expr>> = below.deferred.iter().map(|part| walk::moved(part, &above)).collect();
    let deferred = deferred?;
    let mut kept = Vec::new();
    let mut names = Vec::new();
    let mut map = Vec::with_capacity(exprs.len());
    for (expr, field) in exprs.iter().zip(&rel.schema.fields) {
        let moved = walk::moved(expr, &|place| below.map[place]);
        map.push(moved.is_some().then_some(kept.len()));
        if let Some(expr) = moved {
            kept.push(expr);
            names.push(field.name.clone());
        }
    }
    let mut place = |column: usize| {
        let expr = node::column(&below.rel, column);
        kept.iter().position(|other| *other == expr).unwrap_or_else(|| {
            names.push(below.rel.schema.fields[column].name.clone());
            kept.push(expr);
            kept.len() - 1
        })
    };
    let time = place(below.window.time);
    let partition = below.window.partition.iter().map(|column| place(*column)).collect();
    let window = WindowSpec { time, partition, ..below.window };
    Some(Stripped { rel: node::project(below.rel, kept, names), map, window, deferred })
}
