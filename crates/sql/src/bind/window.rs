//! Window table functions: `TUMBLE` in all its spellings, and taking a window out from under an aggregation.

use std::sync::Arc;

use super::expression::unsupported;
use super::from::Relation;
use super::operator::balanced;
use super::scope::Scope;
use super::{Binder, Bound, literal, node, not_executed};
use crate::ast::expression::{Expression, ExpressionKind};
use crate::ast::query::{TableArgument, TableArgumentValue, TableFunction};
use crate::ast::{Ident, query::Table};
use crate::diagnostic::{Diagnostic, Span};
use crate::expr::{Expr, ExprKind, Literal};
use crate::plan::{Rel, RelOp, TimeAttribute, WindowKind, WindowSpec};
use crate::walk;

const PARAMETERS: [&str; 4] = ["DATA", "TIMECOL", "SIZE", "OFFSET"];

/// Table functions of Flink that Yeoul has not yet.
const UNSUPPORTED: [&str; 11] = [
    "HOP",
    "CUMULATE",
    "SESSION",
    "ML_PREDICT",
    "ML_FORECAST",
    "ML_EVALUATE",
    "VECTOR_SEARCH",
    "FROM_CHANGELOG",
    "TO_CHANGELOG",
    "UNNEST",
    "SNAPSHOT",
];

impl Binder<'_> {
    /// A table function in `FROM`.
    pub(crate) fn table_function(&mut self, function: &TableFunction, span: Span) -> Bound<Relation> {
        let name = function.name.last().to_ascii_uppercase();
        if function.lateral {
            return Err(unsupported("LATERAL", function.name.span));
        }
        if UNSUPPORTED.contains(&name.as_str()) {
            return Err(unsupported(&name, function.name.span));
        }
        if name != "TUMBLE" {
            return Err(Diagnostic::new(format!("unknown table function `{name}`"), function.name.span)
                .with_help("`TUMBLE(TABLE t, DESCRIPTOR(column), INTERVAL …)` is the only one yet"));
        }
        let [data, time, size, offset] = arguments(function, span)?;
        let data = data.ok_or_else(|| missing("DATA", span))?;
        let time = time.ok_or_else(|| missing("TIMECOL", span))?;
        let size = size.ok_or_else(|| missing("SIZE", span))?;
        not_executed::argument_clauses(data, "TUMBLE")?;
        let input = self.window_input(table_of(data)?)?;
        let (place, event_time) = time_column(&input, descriptor_of(time)?)?;
        let size = millis_of(size, false)?;
        let offset = offset.map_or(Ok(0), |offset| millis_of(offset, true))?;
        let window = WindowSpec { time: place, event_time, kind: WindowKind::Tumble { size, offset } };
        let rel = node::window(input.rel, window);
        let scope = Scope::of(&rel, "");
        Ok(Relation { rel, scope, rank: None })
    }

    fn window_input(&mut self, table: &Table) -> Bound<Relation> {
        let input = self.table(table)?;
        input.refuse_rank()?;
        if !input.rel.mode.is_append() {
            return Err(unsupported("a window over updating rows", table.span));
        }
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

/// The arguments by parameter, whether given by place or by name.
fn arguments(function: &TableFunction, span: Span) -> Bound<[Option<&TableArgument>; 4]> {
    let mut slots = [None; 4];
    if function.args.len() > PARAMETERS.len() {
        return Err(Diagnostic::new("`TUMBLE` takes three or four arguments", span));
    }
    for (place, argument) in function.args.iter().enumerate() {
        let slot = match &argument.name {
            None => place,
            Some(name) => parameter(name)?,
        };
        if slots[slot].replace(argument).is_some() {
            return Err(Diagnostic::new(format!("`{}` is given twice", PARAMETERS[slot]), argument.span));
        }
    }
    Ok(slots)
}

fn parameter(name: &Ident) -> Bound<usize> {
    let place = PARAMETERS.iter().position(|parameter| parameter.eq_ignore_ascii_case(&name.name));
    place.ok_or_else(|| {
        Diagnostic::new(format!("`TUMBLE` has no parameter `{}`", name.name), name.span)
            .with_help(crate::nearest::did_you_mean(&name.name, &PARAMETERS, "parameters"))
    })
}

fn missing(parameter: &str, span: Span) -> Diagnostic {
    Diagnostic::new(format!("`TUMBLE` misses its argument `{parameter}`"), span)
        .with_help("write `TUMBLE(TABLE t, DESCRIPTOR(column), INTERVAL '1' HOUR)`")
}

fn table_of(argument: &TableArgument) -> Bound<&Table> {
    match &argument.value {
        TableArgumentValue::Table(table) => Ok(table),
        _ => Err(Diagnostic::new("expected `TABLE t` or a query in parentheses", argument.span)),
    }
}

fn descriptor_of(argument: &TableArgument) -> Bound<&Ident> {
    match &argument.value {
        TableArgumentValue::Descriptor(columns) if columns.len() == 1 => Ok(&columns[0]),
        _ => Err(Diagnostic::new("expected `DESCRIPTOR(column)`", argument.span)),
    }
}

/// The place of the time attribute, and whether it is event time.
fn time_column(input: &Relation, column: &Ident) -> Bound<(usize, bool)> {
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

fn no_attribute(rel: &Rel, column: &Ident, expr: &Expr) -> Diagnostic {
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

/// A constant interval in milliseconds.
fn millis_of(argument: &TableArgument, may_be_negative: bool) -> Bound<i64> {
    let TableArgumentValue::Scalar(Expression { kind: ExpressionKind::Constant(constant), span, .. }) = &argument.value
    else {
        return Err(Diagnostic::new("expected a constant interval", argument.span));
    };
    match literal::bind_constant(constant, *span)?.kind {
        ExprKind::Literal(Literal::Millis(millis)) if millis > 0 || may_be_negative => Ok(millis),
        ExprKind::Literal(Literal::Millis(_)) => Err(Diagnostic::new("the window's size must be positive", *span)),
        ExprKind::Literal(Literal::Months(_)) => {
            Err(Diagnostic::new("the window's size must be days, hours, minutes or seconds", *span)
                .with_help("months and years are not of equal length"))
        }
        _ => Err(Diagnostic::new("expected a constant interval", *span)),
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
        _ => None,
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

/// Takes the window out from under projections and filters, so that an aggregation can assign it.
pub(crate) fn strip(rel: &Arc<Rel>, span: Span) -> Bound<Stripped> {
    match &rel.op {
        RelOp::Window { input, window } => {
            let width = input.schema.fields.len();
            let map = (0..rel.schema.fields.len()).map(|place| (place < width).then_some(place)).collect();
            Ok(Stripped { rel: input.clone(), map, window: window.clone(), deferred: Vec::new() })
        }
        RelOp::WindowAggregate { window, .. } => Ok(attached(rel, window)),
        RelOp::Filter { input, predicate } => Ok(strip_filter(strip(input, span)?, predicate)),
        RelOp::Project { input, exprs } => strip_project(rel, strip(input, span)?, exprs, span),
        _ => Err(unsupported("this use of a window", span)),
    }
}

/// A window aggregation over the windows of another: each of its rows lies in its window by `window_time`.
fn attached(rel: &Arc<Rel>, window: &WindowSpec) -> Stripped {
    let width = rel.schema.fields.len();
    let map = (0..width).map(Some).collect();
    let window = WindowSpec { time: width - 1, ..window.clone() };
    Stripped { rel: rel.clone(), map, window, deferred: Vec::new() }
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

fn strip_project(rel: &Rel, below: Stripped, exprs: &[Expr], span: Span) -> Bound<Stripped> {
    let above = |column: usize| exprs.iter().position(|expr| expr.kind == ExprKind::Column(column));
    let deferred: Option<Vec<Expr>> = below.deferred.iter().map(|part| walk::moved(part, &above)).collect();
    let deferred =
        deferred.ok_or_else(|| unsupported("a filter on a window's bounds that are not grouped by", span))?;
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
    let attribute = node::column(&below.rel, below.window.time);
    let time = kept.iter().position(|expr| *expr == attribute).unwrap_or_else(|| {
        names.push(below.rel.schema.fields[below.window.time].name.clone());
        kept.push(attribute);
        kept.len() - 1
    });
    let window = WindowSpec { time, ..below.window };
    Ok(Stripped { rel: node::project(below.rel, kept, names), map, window, deferred })
}
