//! Joins: from the conditions over both sides to equal columns, a residual condition, and how long rows are kept.
//!
//! - equal bounds of equal windows: a *window join*;
//! - bounds on the distance of two time attributes: an *interval join*;
//! - a right side that ends and is not read on the left as well: a *dictionary*;
//! - everything else: a *regular* join.

use std::collections::BTreeSet;
use std::sync::Arc;

use yeoul_row::LogicalType;

use super::expression::{ExprBinder, unsupported};
use super::interval::{self, Distance};
use super::node::JoinParts;
use super::operator::balanced;
use super::scope::Scope;
use super::versions::{VersionedView, upserts, versioned_view};
use super::window::part_of;
use super::{Bound, node, state_ttl};
use crate::ast::expression::{BinaryOperator, Expression, ExpressionKind};
use crate::ast::query::{Join, JoinOn, JoinWord};
use crate::catalog::TableSpec;
use crate::diagnostic::{Diagnostic, Span};
use crate::expr::{Expr, ExprKind};
use crate::plan::{JoinHow, JoinKind, Rel, RelOp, TimeAttribute, WindowKind};
use crate::walk;

/// The conjuncts of `ON`, over both sides' columns.
pub(crate) fn on_parts(condition: &Expression, scope: &Scope) -> Bound<Vec<Expr>> {
    refuse_implicit_casts(condition, scope)?;
    Ok(walk::conjuncts(ExprBinder::new(scope, "ON").condition(condition)?))
}

/// Flink joins no text with anything else unless the cast is written out.
fn refuse_implicit_casts(condition: &Expression, scope: &Scope) -> Bound<()> {
    match &condition.kind {
        ExpressionKind::Logical(true, parts) => parts.iter().try_for_each(|part| refuse_implicit_casts(part, scope)),
        ExpressionKind::Binary(BinaryOperator::Equals, left, right) => {
            let mut binder = ExprBinder::new(scope, "ON");
            let (left, right) = (binder.bind(left)?.data_type, binder.bind(right)?.data_type);
            let mixed = left.logical.is_character() != right.logical.is_character();
            if mixed && left.logical != LogicalType::Null && right.logical != LogicalType::Null {
                return Err(Diagnostic::new(format!("a join can't compare `{left}` with `{right}`"), condition.span)
                    .with_help("cast one side"));
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

/// Which rows the join emits.
pub(crate) fn join_kind(join: &Join) -> Bound<JoinKind> {
    let conditioned = join.natural || join.on != JoinOn::Nothing;
    match join.kind {
        JoinWord::Cross if conditioned => Err(Diagnostic::new("a cross join takes no condition", join.span)),
        JoinWord::Cross => Ok(JoinKind::Inner),
        _ if !conditioned => Err(Diagnostic::new("the join has no condition", join.span).with_help("add `ON …`")),
        JoinWord::Inner => Ok(JoinKind::Inner),
        JoinWord::Left => Ok(JoinKind::Left),
        JoinWord::Right => Ok(JoinKind::Right),
        JoinWord::Full => Ok(JoinKind::Full),
    }
}

/// The table that a relation reads and changes nothing of but columns and rows.
fn table_of(rel: &Rel) -> Option<&TableSpec> {
    match &rel.op {
        RelOp::Scan { table, .. } => Some(table),
        RelOp::Project { input, .. } | RelOp::Filter { input, .. } | RelOp::Watermark { input, .. } => table_of(input),
        _ => None,
    }
}

/// The two sides of a join, with the computed keys that it needs.
pub(crate) struct Sides {
    left: Arc<Rel>,
    right: Arc<Rel>,
    kind: JoinKind,
    left_keys: Vec<Expr>,
    right_keys: Vec<Expr>,
    residual: Vec<Expr>,
    /// Where the join stands in the text.
    span: Span,
    /// Whether a bounded right side may be read to its end first.
    dictionaries: bool,
    /// For each side, how long its state lives, where a hint says so.
    state_ttl: [Option<u64>; 2],
}

impl Sides {
    pub(crate) fn new(left: Arc<Rel>, right: Arc<Rel>, kind: JoinKind, span: Span, dictionaries: bool) -> Sides {
        let (left_keys, right_keys, residual) = (Vec::new(), Vec::new(), Vec::new());
        Sides { left, right, kind, left_keys, right_keys, residual, span, dictionaries, state_ttl: [None; 2] }
    }

    /// The same sides, of which state lives so long where it is kept.
    pub(crate) fn living(self, state_ttl: [Option<u64>; 2]) -> Sides {
        Sides { state_ttl, ..self }
    }

    fn width(&self) -> usize {
        self.left.schema.fields.len()
    }

    /// The join under the conjunction of `parts`, which are over left and right columns.
    pub(crate) fn joined(mut self, parts: Vec<Expr>) -> Bound<Arc<Rel>> {
        let parts = self.filter_right(parts);
        let (parts, distance) = self.distance(parts)?;
        self.split(parts);
        let how = match (distance, self.window_ends()?) {
            (Some(how), _) => how,
            (None, Some(how)) => how,
            (None, None) => self.kept(),
        };
        self.build(how)
    }

    /// The join with the version of the right side that is valid at the left side's time at `moment`. Conditions on the
    /// right side alone are asked of the version that was found.
    pub(crate) fn versioned(mut self, moment: usize, parts: Vec<Expr>) -> Bound<Arc<Rel>> {
        if !matches!(self.kind, JoinKind::Inner | JoinKind::Left) {
            return Err(Diagnostic::new("`FOR SYSTEM_TIME AS OF` stands in an inner or left join only", self.span));
        }
        let view = versioned_view(&self.right).filter(|_| self.left.time.get(moment) == Some(&TimeAttribute::Rowtime));
        if let Some(view) = &view {
            self.right = view.rows.clone();
        } else if let Some(rows) = upserts(&self.right) {
            self.right = rows;
        }
        let mut how = self.lookup(moment)?;
        self.split(parts);
        match (&mut how, view) {
            (JoinHow::Temporal { ascending, .. }, Some(view)) => {
                self.check_view_key(&view)?;
                *ascending = true;
            }
            (JoinHow::Temporal { .. }, None) => self.check_version_key()?,
            _ => {}
        }
        self.build(how)
    }

    /// A view that keeps the last row per key is joined by all of that key, and by nothing else.
    fn check_view_key(&self, view: &VersionedView) -> Bound<()> {
        let joined = self.joined_columns();
        let has = |key: &usize| joined.contains(key);
        if !view.keys.iter().all(has) {
            return Err(Diagnostic::new(
                "a temporal join needs equality with the columns that the view keeps the last row of",
                self.span,
            )
            .with_help("join by the columns of its `PARTITION BY`"));
        }
        match self.right_keys.len() == view.keys.len() {
            true => Ok(()),
            false => Err(unsupported("a temporal join by more columns than the view keeps the last row of", self.span)),
        }
    }

    /// The right side's columns that equal something.
    fn joined_columns(&self) -> Vec<usize> {
        let place = |key: &Expr| match key.kind {
            ExprKind::Column(place) => Some(place),
            _ => None,
        };
        self.right_keys.iter().filter_map(place).collect()
    }

    /// How the version at a time is found.
    fn lookup(&self, moment: usize) -> Bound<JoinHow> {
        match self.left.time.get(moment) {
            Some(TimeAttribute::Rowtime) => {
                let times: Vec<usize> =
                    (0..self.right.time.len()).filter(|at| self.right.time[*at] == TimeAttribute::Rowtime).collect();
                let [time] = times.as_slice() else {
                    return Err(Diagnostic::new("a versioned table needs one event time column", self.span)
                        .with_help("declare `WATERMARK FOR` and `PRIMARY KEY` on it, or keep its last row per key"));
                };
                if !self.left.mode.is_append() {
                    return Err(unsupported("a temporal join of updating rows", self.span));
                }
                if !is_read(&self.right) {
                    return Err(unsupported(
                        "a temporal join with the versions of a query that keeps state",
                        self.span,
                    )
                    .with_help("join with the table itself; `PRIMARY KEY` and `WATERMARK FOR` make it versioned"));
                }
                Ok(JoinHow::Temporal { times: (moment, *time), ascending: false })
            }
            Some(TimeAttribute::Proctime) => self.looked_up(),
            _ => Err(Diagnostic::new("`FOR SYSTEM_TIME AS OF` takes a time attribute of the left side", self.span)),
        }
    }

    /// Looks rows up as they are now: what Flink does in other systems only. None of its connectors that Yeoul has can be
    /// asked for a key, but the `filesystem` of old (`'connector.type'`).
    fn looked_up(&self) -> Bound<JoinHow> {
        match table_of(&self.right) {
            Some(table) if table.options.contains_key("connector.type") && self.right.bounded => {
                Ok(JoinHow::Dictionary)
            }
            Some(table) => {
                let connector = table.options.get("connector").map_or("", String::as_str);
                let message = format!("rows of `{}` can't be looked up: `{connector}` isn't asked by key", table.name);
                Err(Diagnostic::new(message, self.span)
                    .with_help("leave `FOR SYSTEM_TIME AS OF` out, or join by event time with a versioned table"))
            }
            None => {
                Err(Diagnostic::new("`FOR SYSTEM_TIME AS OF` a processing time needs a table to look up in", self.span)
                    .with_help("leave it out"))
            }
        }
    }

    /// A version is found by the key that its table keeps rows by.
    fn check_version_key(&self) -> Bound<()> {
        let keys = self.joined_columns();
        if self.right.upsert_keys.iter().any(|key| key.iter().all(|column| keys.contains(column))) {
            return Ok(());
        }
        Err(Diagnostic::new("a temporal join needs equality with the versioned table's primary key", self.span)
            .with_help("declare `PRIMARY KEY (…) NOT ENFORCED` and join by its columns"))
    }

    /// What is asked of the right side alone filters it, where its other rows are not emitted.
    fn filter_right(&mut self, parts: Vec<Expr>) -> Vec<Expr> {
        if self.kind.keeps_right() {
            return parts;
        }
        let (own, rest): (Vec<Expr>, Vec<Expr>) = parts.into_iter().partition(|part| self.side(part) == Some(true));
        let width = self.width();
        let own: Vec<Expr> =
            own.iter().filter_map(|part| walk::moved(part, &|place| place.checked_sub(width))).collect();
        if !own.is_empty() {
            self.right = node::filter(self.right.clone(), balanced("and", own));
        }
        rest
    }

    /// Equalities of one side's value with the other's become keys, the rest stays a condition.
    fn split(&mut self, parts: Vec<Expr>) {
        for part in parts {
            match self.key_pair(&part) {
                Some((left, right)) => {
                    self.left_keys.push(left);
                    self.right_keys.push(right);
                }
                None => self.residual.push(part),
            }
        }
    }

    /// The bounds on the distance of two time attributes, if there are both, and the other parts.
    fn distance(&self, parts: Vec<Expr>) -> Bound<(Vec<Expr>, Option<JoinHow>)> {
        if self.kind.is_half() {
            return Ok((parts, None));
        }
        let Some(Distance { times: (left, right), lower, upper, rest }) =
            interval::distance(&self.left, &self.right, &parts)
        else {
            return Ok((parts, None));
        };
        if !self.left.mode.is_append() || !self.right.mode.is_append() {
            return Err(Diagnostic::new("an interval join takes no updates or deletions", self.span)
                .with_help("join tables that only grow by their time attributes"));
        }
        let event_time = self.left.time[left] == TimeAttribute::Rowtime;
        Ok((rest, Some(JoinHow::Interval { times: (left, right), event_time, lower, upper })))
    }

    /// The ends of the windows, where both bounds of equal windows are compared.
    fn window_ends(&self) -> Bound<Option<JoinHow>> {
        let pair = |part: usize| {
            self.left_keys.iter().zip(&self.right_keys).find_map(|(left, right)| {
                let (ExprKind::Column(l), ExprKind::Column(r)) = (&left.kind, &right.kind) else { return None };
                let fits = part_of(&self.left, *l) == Some(part) && part_of(&self.right, *r) == Some(part);
                fits.then_some((*l, *r))
            })
        };
        let (Some(_), Some(ends)) = (pair(0), pair(1)) else { return Ok(None) };
        let (Some(left), Some(right)) = (window_of(&self.left), window_of(&self.right)) else { return Ok(None) };
        // Windows of two kinds are joined by their bounds as by any other columns.
        if left.kind != right.kind || left.event_time != right.event_time {
            return Ok(None);
        }
        if !left.event_time {
            return Err(unsupported("a window join in processing time", self.span));
        }
        if !self.left.mode.is_append() || !self.right.mode.is_append() {
            return Err(Diagnostic::new("a window join takes no updates or deletions", self.span));
        }
        Ok(Some(JoinHow::Window { ends, instant: left.instant }))
    }

    /// A bounded right side is a dictionary, unless its table is read on the left as well: then it's read once.
    fn kept(&self) -> JoinHow {
        let looked_up = matches!(self.kind, JoinKind::Inner | JoinKind::Left | JoinKind::Semi | JoinKind::Anti);
        if looked_up && self.dictionaries && self.right.bounded && !shares_table(&self.left, &self.right) {
            return JoinHow::Dictionary;
        }
        JoinHow::Regular
    }

    /// Both sides of an equality, the right one over the right side's columns.
    fn key_pair(&self, part: &Expr) -> Option<(Expr, Expr)> {
        let ExprKind::Call { function: "equals", args } = &part.kind else { return None };
        let [a, b] = args.as_slice() else { return None };
        let (left, right) = match (self.side(a)?, self.side(b)?) {
            (false, true) => (a, b),
            (true, false) => (b, a),
            _ => return None,
        };
        let width = self.width();
        Some((left.clone(), walk::moved(right, &|place| place.checked_sub(width))?))
    }

    /// Whether an expression lies on the right side (true), the left (false), or both or neither (`None`).
    fn side(&self, expr: &Expr) -> Option<bool> {
        let columns: BTreeSet<usize> = walk::columns_of(expr);
        let rights = columns.iter().filter(|place| **place >= self.width()).count();
        match rights {
            0 if !columns.is_empty() => Some(false),
            n if n > 0 && n == columns.len() => Some(true),
            _ => None,
        }
    }

    fn build(self, how: JoinHow) -> Bound<Arc<Rel>> {
        let (width, right_width) = (self.width(), self.right.schema.fields.len());
        let (left, left_places) = with_columns(self.left, self.left_keys);
        let (right, right_places) = with_columns(self.right, self.right_keys);
        let on = left_places.into_iter().zip(right_places).collect();
        let shift = left.schema.fields.len() - width;
        let place = |column: usize| Some(if column < width { column } else { column + shift });
        let residual: Vec<Expr> = self.residual.iter().filter_map(|part| walk::moved(part, &place)).collect();
        let residual = if residual.is_empty() { None } else { Some(balanced("and", residual)) };
        let start = left.schema.fields.len();
        let kind = self.kind;
        let joined = node::join(left, right, JoinParts { kind, on, residual, how });
        let joined = state_ttl::living(joined, self.state_ttl.to_vec());
        let wanted: Vec<usize> = match kind.is_half() {
            true => (0..width).collect(),
            false => (0..width).chain(start..start + right_width).collect(),
        };
        if wanted.len() == joined.schema.fields.len() {
            return Ok(joined);
        }
        let exprs = wanted.iter().map(|place| node::column(&joined, *place)).collect();
        let names = wanted.iter().map(|place| joined.schema.fields[*place].name.clone()).collect();
        Ok(node::project(joined, exprs, names))
    }
}

/// Whether a relation has each change of a table: operators that keep state fold changes that come together into one.
fn is_read(rel: &Rel) -> bool {
    match &rel.op {
        RelOp::Scan { .. } => true,
        RelOp::Project { input, .. } | RelOp::Filter { input, .. } | RelOp::Watermark { input, .. } => is_read(input),
        _ => false,
    }
}

/// What a window join must know of a side's windows.
struct SideWindow {
    kind: WindowKind,
    event_time: bool,
    instant: bool,
}

/// The windows that a relation's window columns come from.
fn window_of(rel: &Rel) -> Option<SideWindow> {
    match &rel.op {
        // Windows that rows carry are those of the input.
        RelOp::WindowAggregate { input, window, .. } if matches!(window.kind, WindowKind::Attached { .. }) => {
            window_of(input)
        }
        RelOp::Window { input, window } | RelOp::WindowAggregate { input, window, .. } => {
            let time = &input.schema.fields.get(window.time)?.data_type.logical;
            let instant = matches!(time, LogicalType::TimestampLtz(_));
            Some(SideWindow { kind: window.kind, event_time: window.event_time, instant })
        }
        RelOp::Project { input, .. } | RelOp::Filter { input, .. } | RelOp::WindowRank { input, .. } => {
            window_of(input)
        }
        _ => None,
    }
}

/// Whether both relations read one table.
fn shares_table(left: &Rel, right: &Rel) -> bool {
    !tables(left).is_disjoint(&tables(right))
}

/// The names of the tables that a relation reads.
fn tables(rel: &Rel) -> BTreeSet<&str> {
    let (mut names, mut seen, mut open) = (BTreeSet::new(), BTreeSet::new(), vec![rel]);
    while let Some(rel) = open.pop() {
        if let RelOp::Scan { table, .. } = &rel.op {
            names.insert(table.name.as_str());
        }
        open.extend(
            rel.inputs().into_iter().map(AsRef::as_ref).filter(|input| seen.insert(std::ptr::from_ref(*input))),
        );
    }
    names
}

/// `rel` with each of `exprs` as a column, and their places.
fn with_columns(rel: Arc<Rel>, keys: Vec<Expr>) -> (Arc<Rel>, Vec<usize>) {
    let mut exprs = node::columns(&rel);
    let mut names: Vec<String> = rel.schema.fields.iter().map(|field| field.name.clone()).collect();
    let width = exprs.len();
    let mut places = Vec::with_capacity(keys.len());
    for key in keys {
        let known = exprs.iter().position(|expr| expr.kind == key.kind);
        places.push(known.unwrap_or(exprs.len()));
        if known.is_none() {
            names.push(format!("key{}", exprs.len()));
            exprs.push(key);
        }
    }
    let rel = if exprs.len() == width { rel } else { node::project(rel, exprs, names) };
    (rel, places)
}
