//! Window functions: `f(…) OVER (PARTITION BY … ORDER BY … ROWS|RANGE …)`, named windows, and what streams can compute.
//!
//! A call becomes a column behind all others (from [`OVER_BASE`] on) while the items of a `SELECT` are bound (see
//! [`super::over_call`]); when the relation below is known, [`Calls::place`] puts window functions on top and tells where their columns are.

use std::sync::Arc;

use yeoul_row::DataType;

use super::aggregate_call::AggregateCall;
use super::{Bound, node};
use crate::ast::query::NamedWindow;
use crate::diagnostic::{Diagnostic, Span};
use crate::expr::{Expr, ExprKind};
use crate::plan::{Frame, FrameBound, OverCall, OverFunction, Rel, SortKey, TimeAttribute};
use crate::walk;

/// The first place of columns that stand for window functions: no relation is so wide.
pub(crate) const OVER_BASE: usize = 1 << 40;

/// One window: over expressions of the relation below.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Window {
    pub(super) keys: Vec<Expr>,
    pub(super) order: Vec<Ordered>,
    pub(super) frame: Frame,
}

/// One key of an order, over an expression.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Ordered {
    pub(crate) value: Expr,
    pub(crate) descending: bool,
    pub(crate) nulls_first: bool,
}

/// A window function over expressions.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Function {
    Aggregate(AggregateCall),
    RowNumber,
    Rank,
    DenseRank,
    PercentRank,
    CumeDist,
    Ntile(i64),
    Lag(Expr, i64, Option<Expr>),
}

#[derive(Clone, PartialEq, Debug)]
pub(super) struct Collected {
    pub(super) window: Window,
    pub(super) function: Function,
    pub(super) data_type: DataType,
    pub(super) span: Span,
}

/// The window functions of one `SELECT`.
#[derive(Default)]
pub(crate) struct Calls {
    pub(super) windows: Vec<NamedWindow>,
    calls: Vec<Collected>,
}

impl Calls {
    /// None yet; `windows` are those that `WINDOW` names.
    pub(crate) fn new(windows: &[NamedWindow]) -> Calls {
        Calls { windows: windows.to_vec(), calls: Vec::new() }
    }

    /// Whether there is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.calls.is_empty()
    }

    /// Where the first stands.
    pub(crate) fn span(&self) -> Span {
        self.calls.first().map(|call| call.span).unwrap_or_default()
    }

    /// Whether the only call is a rank, which a condition may hold to a range.
    pub(crate) fn is_one_rank(&self) -> bool {
        matches!(&*self.calls, [call] if matches!(call.function, Function::RowNumber | Function::Rank | Function::DenseRank))
    }

    /// Changes each expression.
    pub(crate) fn rewrite(&mut self, mut change: impl FnMut(&Expr) -> Bound<Expr>) -> Bound<()> {
        for call in &mut self.calls {
            let Window { keys, order, .. } = &mut call.window;
            for expr in keys.iter_mut().chain(order.iter_mut().map(|key| &mut key.value)) {
                *expr = change(expr)?;
            }
            match &mut call.function {
                Function::Aggregate(call) => {
                    call.args.iter_mut().try_for_each(|arg| change(arg).map(|new| *arg = new))?
                }
                Function::Lag(value, _, default) => {
                    *value = change(value)?;
                    if let Some(default) = default {
                        *default = change(default)?;
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    pub(super) fn add(&mut self, call: Collected) -> Expr {
        let known =
            self.calls.iter().position(|other| (&other.window, &other.function) == (&call.window, &call.function));
        let data_type = call.data_type.clone();
        let at = known.unwrap_or_else(|| {
            self.calls.push(call);
            self.calls.len() - 1
        });
        Expr::column(OVER_BASE + at, data_type)
    }

    /// Puts the calls on top of `rel`: the relation, and each call's place in it.
    pub(crate) fn place(&self, rel: Arc<Rel>, batch: bool) -> Bound<(Arc<Rel>, Vec<usize>)> {
        let mut windows: Vec<&Window> = Vec::new();
        self.calls.iter().for_each(|call| {
            if !windows.contains(&&call.window) {
                windows.push(&call.window);
            }
        });
        if let (false, Some(other)) = (batch, windows.get(1)) {
            let call = self.calls.iter().find(|call| call.window == **other);
            let span = call.map(|call| call.span).unwrap_or_default();
            return Err(Diagnostic::new("on a stream all window functions must share one window", span)
                .with_help("compute the others in a subquery"));
        }
        let mut prepared = Prepared::new(rel);
        let windows: Vec<(&Window, Vec<usize>, Vec<SortKey>)> = windows
            .into_iter()
            .map(|window| (window, prepared.places(&window.keys), prepared.order(&window.order)))
            .collect();
        let functions: Vec<OverFunction> = self.calls.iter().map(|call| prepared.function(call)).collect();
        let mut rel = prepared.finish();
        let mut places = vec![0; self.calls.len()];
        for (window, keys, order) in windows {
            let base = rel.schema.fields.len();
            let mut calls = Vec::new();
            for (at, call) in self.calls.iter().enumerate().filter(|(_, call)| call.window == *window) {
                places[at] = base + calls.len();
                calls.push(OverCall { function: functions[at].clone(), data_type: call.data_type.clone() });
            }
            rel = node::over(rel, keys, order, window.frame, calls, batch);
        }
        Ok((rel, places))
    }

    /// Why a stream can't compute these calls over `input`; `None`: it can.
    pub(crate) fn refusal(&self, input: &Rel, batch: bool) -> Option<Diagnostic> {
        if batch {
            return None;
        }
        self.calls.iter().find_map(|call| streaming_fault(call, input))
    }
}

/// A relation with the columns that windows need, each once.
struct Prepared {
    rel: Arc<Rel>,
    exprs: Vec<Expr>,
}

impl Prepared {
    fn new(rel: Arc<Rel>) -> Prepared {
        Prepared { exprs: node::columns(&rel), rel }
    }

    fn place(&mut self, expr: &Expr) -> usize {
        let known = self.exprs.iter().position(|other| other == expr);
        known.unwrap_or_else(|| {
            self.exprs.push(expr.clone());
            self.exprs.len() - 1
        })
    }

    fn places(&mut self, exprs: &[Expr]) -> Vec<usize> {
        exprs.iter().map(|expr| self.place(expr)).collect()
    }

    fn order(&mut self, order: &[Ordered]) -> Vec<SortKey> {
        order.iter().map(|key| sort_key(key, self.place(&key.value))).collect()
    }

    fn function(&mut self, call: &Collected) -> OverFunction {
        match &call.function {
            Function::Aggregate(aggregate) => {
                let (places, nullable) = (self.places(&aggregate.args), call.data_type.nullable);
                OverFunction::Aggregate(aggregate.clone().placed(places, None, nullable))
            }
            Function::RowNumber => OverFunction::RowNumber,
            Function::Rank => OverFunction::Rank,
            Function::DenseRank => OverFunction::DenseRank,
            Function::PercentRank => OverFunction::PercentRank,
            Function::CumeDist => OverFunction::CumeDist,
            Function::Ntile(parts) => OverFunction::Ntile(*parts),
            Function::Lag(value, offset, default) => OverFunction::Lag {
                value: self.place(value),
                offset: *offset,
                default: default.as_ref().map(|default| self.place(default)),
            },
        }
    }

    fn finish(self) -> Arc<Rel> {
        let width = self.rel.schema.fields.len();
        if self.exprs.len() == width {
            return self.rel;
        }
        let own = self.rel.schema.fields.iter().map(|field| field.name.clone());
        let names = own.chain((width..self.exprs.len()).map(|place| format!("over{place}"))).collect();
        node::project(self.rel, self.exprs, names)
    }
}

/// A key of an order whose column is at `column`.
pub(crate) fn sort_key(key: &Ordered, column: usize) -> SortKey {
    SortKey { column, descending: key.descending, nulls_first: key.nulls_first }
}

/// Why a stream can't compute a call.
fn streaming_fault(call: &Collected, input: &Rel) -> Option<Diagnostic> {
    let fault = |message: &str, help: &str| Some(Diagnostic::new(message, call.span).with_help(help));
    let [key] = call.window.order.as_slice() else {
        return fault(
            "on a stream a window function needs an order by exactly one column",
            "order by a time attribute, or hold `ROW_NUMBER()` to a range: `WHERE n <= 10`",
        );
    };
    if key.descending {
        return fault("on a stream a window function's order must be ascending", "leave `DESC` out");
    }
    if matches!(call.function, Function::Lag(_, offset, _) if offset < 0) {
        return fault(
            "a stream can't look ahead: `LEAD` is for batch",
            "write `LAG`, or set the runtime mode to batch",
        );
    }
    if matches!(call.function, Function::Ntile(_) | Function::PercentRank | Function::CumeDist) {
        return fault("this window function is for batch: it needs all rows at once", "set the runtime mode to batch");
    }
    if call.window.frame.end != FrameBound::CurrentRow || matches!(call.window.frame.start, FrameBound::Following(_)) {
        return fault("on a stream a frame ends at the current row", "write `… AND CURRENT ROW`");
    }
    let timed = matches!(key.value.kind, ExprKind::Column(place) if input.time.get(place).is_some_and(|time| *time != TimeAttribute::None));
    if timed && !input.mode.is_append() {
        return fault("a window function by time needs rows that are not updated", "put it below what updates them");
    }
    if !timed && call.window.frame.start != FrameBound::UnboundedPreceding {
        return fault("on a stream a bounded frame needs an order by a time attribute", "order by one");
    }
    None
}

/// `expr` with each placeholder of a window function replaced by its column.
pub(crate) fn placed(expr: &Expr, places: &[usize]) -> Expr {
    let moved = |column: usize| match column.checked_sub(OVER_BASE) {
        Some(at) => places.get(at).copied(),
        None => Some(column),
    };
    walk::moved(expr, &moved).unwrap_or_else(|| expr.clone())
}
