//! Group windows of old: `GROUP BY TUMBLE(ts, …)`, `HOP`, `SESSION`, and the functions that ask for their bounds.
//!
//! The window's columns are put behind the input's; `GROUP BY` then groups by them, and `TUMBLE_START(ts, …)` is a column.

use super::expression::{ExprBinder, unsupported};
use super::from::Relation;
use super::scope::{Scope, ScopeColumn};
use super::window::no_attribute;
use super::window_function::{millis, positive_millis};
use super::{Binder, Bound, node};
use crate::ast::Ident;
use crate::ast::expression::{Call, Expression, ExpressionKind};
use crate::ast::query::Select;
use crate::diagnostic::{Diagnostic, Span};
use crate::expr::{Expr, ExprKind};
use crate::plan::{TimeAttribute, WindowKind, WindowSpec};

/// The group window of a `SELECT`.
#[derive(Clone, Debug)]
pub(crate) struct GroupWindow {
    name: String,
    /// The time attribute.
    time: Expr,
    /// The intervals as written.
    intervals: Vec<i64>,
    /// The place of `window_start`; end and time follow.
    start: usize,
    event_time: bool,
}

/// The window function that an expression of `GROUP BY` calls.
fn window_call(key: &Expression) -> Option<(&Call, String)> {
    let ExpressionKind::Call(call) = &key.kind else { return None };
    let name = call.name.last().to_ascii_uppercase();
    (call.over.is_none() && ["TUMBLE", "HOP", "SESSION"].contains(&name.as_str())).then_some((&**call, name))
}

/// Whether a key of `GROUP BY` is a group window.
pub(crate) fn is_group_window(key: &Expression) -> bool {
    window_call(key).is_some()
}

impl Binder<'_> {
    /// The input with the columns of the group window that `GROUP BY` names, if it does.
    pub(crate) fn with_group_window(&self, input: Relation, select: &Select) -> Bound<(Relation, Option<GroupWindow>)> {
        let keys = select.group_by.as_ref().map_or(&[][..], |group_by| &group_by.keys);
        let mut windows = keys.iter().filter_map(|key| window_call(key).map(|window| (window, key.span)));
        let Some(((call, name), span)) = windows.next() else { return Ok((input, None)) };
        if let Some((_, other)) = windows.next() {
            return Err(Diagnostic::new("`GROUP BY` can have one window only", other));
        }
        input.refuse_rank()?;
        let (time, intervals) = arguments(&input.scope, call, &name, span)?;
        let ExprKind::Column(place) = time.kind else {
            return Err(Diagnostic::new("the window needs a time attribute", call.args[0].span));
        };
        let event_time = match input.rel.time[place] {
            TimeAttribute::Rowtime => true,
            TimeAttribute::Proctime => false,
            TimeAttribute::None => return Err(plain_column(&input, &call.args[0], &time)),
        };
        let kind = kind_of(&name, &intervals);
        if matches!(kind, WindowKind::Session { .. }) && self.is_batch() {
            return Err(Diagnostic::new("`SESSION` is for streams: batch can't compute sessions", span));
        }
        let sets = select.group_by.as_ref().and_then(|group_by| group_by.sets.first());
        if let (WindowKind::Session { .. }, Some(sets)) = (kind, sets) {
            return Err(unsupported("SESSION together with GROUPING SETS, CUBE or ROLLUP", sets.span));
        }
        let others: Vec<&Expression> = keys.iter().filter(|key| !is_group_window(key)).collect();
        let (relation, partition) = match kind {
            WindowKind::Session { .. } => with_partition(input, &others)?,
            _ => (input, Vec::new()),
        };
        let rel = node::window(relation.rel, WindowSpec { time: place, event_time, kind, partition });
        let start = rel.schema.fields.len() - 3;
        let hidden = |name: &str| ScopeColumn { qualifier: String::new(), name: format!("{name}$"), hidden: true };
        let mut columns = relation.scope.columns;
        columns.extend(["start", "end", "time"].map(hidden));
        let scope = Scope { columns, schema: rel.schema.clone(), time: rel.time.clone(), ..relation.scope };
        Ok((Relation { rel, scope, rank: None }, Some(GroupWindow { name, time, intervals, start, event_time })))
    }
}

/// The time attribute and the intervals of a call.
fn arguments(scope: &Scope, call: &Call, name: &str, span: Span) -> Bound<(Expr, Vec<i64>)> {
    let [time, intervals @ ..] = &*call.args else {
        return Err(Diagnostic::new(format!("`{name}` needs a time attribute and an interval"), span));
    };
    let fits = match name {
        "HOP" => (2..=3).contains(&intervals.len()),
        "TUMBLE" => (1..=2).contains(&intervals.len()),
        _ => intervals.len() == 1,
    };
    if !fits {
        return Err(Diagnostic::new(format!("`{name}` doesn't take {} intervals", intervals.len()), span));
    }
    let time = ExprBinder::new(scope, "`GROUP BY`").bind(time)?;
    let required = if name == "HOP" { 2 } else { 1 };
    let interval = |(place, value)| if place < required { positive_millis(value) } else { millis(value) };
    let intervals = intervals.iter().enumerate().map(interval).collect::<Bound<Vec<i64>>>()?;
    Ok((time, intervals))
}

fn plain_column(input: &Relation, written: &Expression, time: &Expr) -> Diagnostic {
    let name = match &written.kind {
        ExpressionKind::Name(parts) => parts.last().map_or_else(String::new, |part| part.name.clone()),
        _ => String::new(),
    };
    no_attribute(&input.rel, &Ident { name, span: written.span }, time)
}

fn kind_of(name: &str, intervals: &[i64]) -> WindowKind {
    let interval = |place: usize| intervals.get(place).copied().unwrap_or_default();
    match name {
        "HOP" => WindowKind::Hop { slide: interval(0), size: interval(1), offset: interval(2) },
        "SESSION" => WindowKind::Session { gap: interval(0) },
        _ => WindowKind::Tumble { size: interval(0), offset: interval(1) },
    }
}

/// The input with the other keys of `GROUP BY` as columns, and their places: they tell sessions apart.
fn with_partition(input: Relation, keys: &[&Expression]) -> Bound<(Relation, Vec<usize>)> {
    let mut exprs = node::columns(&input.rel);
    let width = exprs.len();
    let mut places = Vec::with_capacity(keys.len());
    for key in keys {
        let bound = ExprBinder::new(&input.scope, "`GROUP BY`").bind(key)?;
        let known = exprs.iter().position(|expr| *expr == bound);
        places.push(known.unwrap_or(exprs.len()));
        if known.is_none() {
            exprs.push(bound);
        }
    }
    if exprs.len() == width {
        return Ok((input, places));
    }
    Err(unsupported("GROUP BY an expression beside SESSION", keys[0].span).with_help("compute the key in a subquery"))
}

impl GroupWindow {
    /// The window's columns, to be grouped by.
    pub(crate) fn columns(&self, scope: &Scope) -> Vec<Expr> {
        (self.start..self.start + 3).map(|place| self.column(scope, place)).collect()
    }

    fn column(&self, scope: &Scope, place: usize) -> Expr {
        Expr::column(place, scope.schema.fields[place].data_type.clone())
    }
}

impl ExprBinder<'_> {
    /// `TUMBLE_START(ts, …)` and its like: a column of the window that `GROUP BY` names.
    pub(crate) fn group_window_part(&mut self, name: &str, call: &Call, span: Span) -> Bound<Expr> {
        let Some(window) = self.group_window else {
            return Err(Diagnostic::new(format!("`{name}` needs a `GROUP BY` with its window"), span)
                .with_help("use the table function: `FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL …))`"));
        };
        let part = name.strip_prefix(&*window.name).and_then(|rest| rest.strip_prefix('_'));
        let (time, intervals) = arguments(self.scope, call, &window.name, span)?;
        if time != window.time || intervals != window.intervals {
            return Err(Diagnostic::new(format!("`{name}` asks for another window than `GROUP BY` names"), span)
                .with_help("write the same arguments in both"));
        }
        let place = match part {
            Some("START") => window.start,
            Some("END") => window.start + 1,
            Some("ROWTIME") if window.event_time => window.start + 2,
            Some("PROCTIME") if !window.event_time => window.start + 2,
            _ => return Err(Diagnostic::new(format!("`{name}` doesn't fit the window that `GROUP BY` names"), span)),
        };
        Ok(window.column(self.scope, place))
    }
}
