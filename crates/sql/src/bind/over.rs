//! Window functions: `f(…) OVER (PARTITION BY … ORDER BY … ROWS|RANGE …)`, named windows, and what streams can compute.
//!
//! A call becomes a column behind all others (from [`OVER_BASE`] on) while the items of a `SELECT` are bound; when the
//! relation below is known, [`Calls::place`] puts window functions on top and tells where their columns are.

use std::sync::Arc;

use yeoul_row::{DataType, LogicalType};

use super::aggregate::{aggregate_type, function_of};
use super::cast::coerce;
use super::expression::{ExprBinder, unsupported};
use super::types::common_type;
use super::{Bound, literal, node};
use crate::ast::Ident;
use crate::ast::expression::{
    Call, Expression, ExpressionKind, Frame as WrittenFrame, FrameBound as WrittenBound, Over,
};
use crate::ast::query::{NamedWindow, OrderItem};
use crate::diagnostic::{Diagnostic, Span};
use crate::expr::{Expr, ExprKind, Literal};
use crate::nearest::did_you_mean;
use crate::plan::{
    Aggregate, AggregateFunction, Frame, FrameBound, OverCall, OverFunction, Rel, SortKey, TimeAttribute,
};
use crate::walk;

/// The first place of columns that stand for window functions: no relation is so wide.
pub(crate) const OVER_BASE: usize = 1 << 40;

/// From the partition's first row to the current one and its equals: what a window with an order has without a frame.
const UP_TO_NOW: Frame = Frame { rows: false, start: FrameBound::UnboundedPreceding, end: FrameBound::CurrentRow };
/// Up to the current row: what row numbers look at.
const ROWS_UP_TO_NOW: Frame = Frame { rows: true, ..UP_TO_NOW };
/// The whole partition: what a window without an order has without a frame.
const WHOLE: Frame = Frame { rows: false, start: FrameBound::UnboundedPreceding, end: FrameBound::UnboundedFollowing };

/// One window: over expressions of the relation below.
#[derive(Clone, PartialEq, Debug)]
struct Window {
    keys: Vec<Expr>,
    order: Vec<Ordered>,
    frame: Frame,
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
enum Function {
    Aggregate(AggregateFunction, Vec<Expr>, bool),
    RowNumber,
    Rank,
    DenseRank,
    PercentRank,
    CumeDist,
    Ntile(i64),
    Lag(Expr, i64, Option<Expr>),
}

#[derive(Clone, PartialEq, Debug)]
struct Collected {
    window: Window,
    function: Function,
    data_type: DataType,
    span: Span,
}

/// The window functions of one `SELECT`.
#[derive(Default)]
pub(crate) struct Calls {
    windows: Vec<NamedWindow>,
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
                Function::Aggregate(_, args, _) => {
                    args.iter_mut().try_for_each(|arg| change(arg).map(|new| *arg = new))?
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

    fn add(&mut self, call: Collected) -> Expr {
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
            Function::Aggregate(function, args, distinct) => OverFunction::Aggregate(Aggregate {
                function: *function,
                args: self.places(args),
                distinct: *distinct,
                filter: None,
                data_type: call.data_type.clone(),
            }),
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

impl ExprBinder<'_> {
    /// The call as a column behind all others.
    pub(crate) fn over_call(&mut self, call: &Call, over: &Over, name: &str, span: Span) -> Bound<Expr> {
        let Some(calls) = self.over.take() else {
            return Err(Diagnostic::new(
                format!("the window function `{name}` can't stand in {}", self.clause),
                over.span,
            )
            .with_help("compute it in a subquery, and use its column around it"));
        };
        let collected = self.collect_over(call, over, name, span, &calls.windows);
        let result = collected.map(|collected| calls.add(collected));
        self.over = Some(calls);
        result
    }

    fn collect_over(
        &mut self,
        call: &Call,
        over: &Over,
        name: &str,
        span: Span,
        windows: &[NamedWindow],
    ) -> Bound<Collected> {
        if call.filter.is_some() {
            return Err(Diagnostic::new("`OVER` and `FILTER` can't stand together", over.span)
                .with_help("write the condition as `CASE WHEN … THEN value END`"));
        }
        let args = call.args.iter().map(|arg| self.bind(arg)).collect::<Bound<Vec<Expr>>>()?;
        let (function, data_type) = self.over_function(call, name, args, span)?;
        let mut window = self.window(&spelt_out(over, windows)?)?;
        match function {
            Function::Aggregate(..) => {}
            _ if over.frame.is_some() => {
                let place = over.frame.as_ref().map_or(span, |frame| frame.span);
                return Err(Diagnostic::new(format!("`{name}` takes no frame"), place));
            }
            Function::RowNumber => window.frame = ROWS_UP_TO_NOW,
            _ => window.frame = UP_TO_NOW,
        }
        if window.order.is_empty() && !matches!(function, Function::Aggregate(..)) {
            return Err(Diagnostic::new(format!("`{name}` needs an `ORDER BY` in its window"), over.span));
        }
        Ok(Collected { window, function, data_type, span })
    }

    fn over_function(&mut self, call: &Call, name: &str, args: Vec<Expr>, span: Span) -> Bound<(Function, DataType)> {
        let ranked = |function, logical: LogicalType| {
            if args.is_empty() && !call.star && !call.distinct {
                Ok((function, logical.not_null()))
            } else {
                Err(Diagnostic::new(format!("`{name}` takes nothing"), span))
            }
        };
        match name {
            "ROW_NUMBER" => ranked(Function::RowNumber, LogicalType::BigInt),
            "RANK" => ranked(Function::Rank, LogicalType::BigInt),
            "DENSE_RANK" => ranked(Function::DenseRank, LogicalType::BigInt),
            "PERCENT_RANK" => ranked(Function::PercentRank, LogicalType::Double),
            "CUME_DIST" => ranked(Function::CumeDist, LogicalType::Double),
            "NTILE" => ntile(&args, span),
            "LAG" => lag(args, 1, name, span),
            "LEAD" => lag(args, -1, name, span),
            _ => {
                let function = function_of(name).ok_or_else(|| unsupported(&format!("{name} OVER"), span))?;
                let data_type = aggregate_type(function, &args, call.star, name, span)?;
                let nullable = data_type.nullable || function != AggregateFunction::Count;
                Ok((Function::Aggregate(function, args, call.distinct), data_type.with_nullable(nullable)))
            }
        }
    }

    fn window(&mut self, over: &Over) -> Bound<Window> {
        let keys = over.partition_by.iter().map(|key| self.bind(key)).collect::<Bound<Vec<Expr>>>()?;
        let order = over.order_by.iter().map(|item| self.ordered(item)).collect::<Bound<Vec<Ordered>>>()?;
        let frame = match &over.frame {
            Some(frame) => frame_of(frame, &order)?,
            None if order.is_empty() => WHOLE,
            None => UP_TO_NOW,
        };
        Ok(Window { keys, order, frame })
    }

    /// One key of an order; NULLs are the smallest unless the text says otherwise.
    pub(crate) fn ordered(&mut self, item: &OrderItem) -> Bound<Ordered> {
        let value = self.bind(&item.value)?;
        let nulls_first = item.nulls_first.unwrap_or(!item.descending);
        Ok(Ordered { value, descending: item.descending, nulls_first })
    }
}

/// A window with what the window that it names says.
fn spelt_out(over: &Over, windows: &[NamedWindow]) -> Bound<Over> {
    let Some(name) = &over.window else { return Ok(over.clone()) };
    let named = named(name, windows)?;
    let base = spelt_out(&named.over, &before(named, windows))?;
    if !over.partition_by.is_empty() {
        return Err(Diagnostic::new(format!("the window `{}` can't be partitioned anew", name.name), over.span));
    }
    if !over.order_by.is_empty() && !base.order_by.is_empty() {
        return Err(Diagnostic::new(format!("the window `{}` has an order already", name.name), over.span));
    }
    let order_by = if over.order_by.is_empty() { base.order_by } else { over.order_by.clone() };
    let frame = over.frame.clone().or(base.frame);
    Ok(Over { window: None, partition_by: base.partition_by, order_by, frame, span: over.span })
}

/// The windows that stand before one: it can only name those.
fn before(named: &NamedWindow, windows: &[NamedWindow]) -> Vec<NamedWindow> {
    windows.iter().take_while(|other| other.name.name != named.name.name).cloned().collect()
}

fn named<'a>(name: &Ident, windows: &'a [NamedWindow]) -> Bound<&'a NamedWindow> {
    windows.iter().find(|window| window.name.name == name.name).ok_or_else(|| {
        let names: Vec<&str> = windows.iter().map(|window| window.name.name.as_str()).collect();
        Diagnostic::new(format!("unknown window `{}`", name.name), name.span)
            .with_help(did_you_mean(&name.name, &names, "windows"))
    })
}

fn frame_of(frame: &WrittenFrame, order: &[Ordered]) -> Bound<Frame> {
    let start = bound_of(&frame.start, frame.rows, order)?;
    let end = frame.end.as_ref().map_or(Ok(FrameBound::CurrentRow), |end| bound_of(end, frame.rows, order))?;
    if matches!((start, end), (FrameBound::UnboundedFollowing, _) | (_, FrameBound::UnboundedPreceding)) {
        return Err(Diagnostic::new("the frame ends before it begins", frame.span));
    }
    let by_distance = |bound| matches!(bound, FrameBound::Preceding(_) | FrameBound::Following(_));
    if !frame.rows && (by_distance(start) || by_distance(end)) && order.len() != 1 {
        return Err(Diagnostic::new("`RANGE` with a distance needs an order by exactly one column", frame.span));
    }
    Ok(Frame { rows: frame.rows, start, end })
}

fn bound_of(bound: &WrittenBound, rows: bool, order: &[Ordered]) -> Bound<FrameBound> {
    Ok(match bound {
        WrittenBound::UnboundedPreceding => FrameBound::UnboundedPreceding,
        WrittenBound::Preceding(by) => FrameBound::Preceding(distance(by, rows, order)?),
        WrittenBound::CurrentRow => FrameBound::CurrentRow,
        WrittenBound::Following(by) => FrameBound::Following(distance(by, rows, order)?),
        WrittenBound::UnboundedFollowing => FrameBound::UnboundedFollowing,
    })
}

/// A constant number of rows, or a constant distance in the order's type.
fn distance(by: &Expression, rows: bool, order: &[Ordered]) -> Bound<i64> {
    let ExpressionKind::Constant(constant) = &by.kind else {
        return Err(Diagnostic::new("a frame's bound must be a constant", by.span));
    };
    let value = literal::bind_constant(constant, by.span)?;
    let timed = order.first().is_some_and(|key| key.value.data_type.logical.is_timestamp());
    match value.kind {
        ExprKind::Literal(Literal::Integer(value)) if value >= 0 && (rows || !timed) => Ok(value),
        ExprKind::Literal(Literal::Millis(value)) if value >= 0 && !rows && timed => Ok(value),
        _ if rows => Err(Diagnostic::new("`ROWS` counts rows: expected a number", by.span)),
        _ => Err(Diagnostic::new("this distance doesn't fit the order's type", by.span)
            .with_help("write an INTERVAL for a time, a number for a number")),
    }
}

fn ntile(args: &[Expr], span: Span) -> Bound<(Function, DataType)> {
    match args {
        [Expr { kind: ExprKind::Literal(Literal::Integer(parts)), .. }] if *parts > 0 => {
            Ok((Function::Ntile(*parts), LogicalType::BigInt.not_null()))
        }
        _ => Err(Diagnostic::new("`NTILE` takes a positive constant", span)),
    }
}

/// `LAG(x [, offset [, default]])`; `direction` -1: `LEAD`.
fn lag(args: Vec<Expr>, direction: i64, name: &str, span: Span) -> Bound<(Function, DataType)> {
    let mut args = args.into_iter();
    let (value, offset, default) = (args.next(), args.next(), args.next());
    let (Some(value), None) = (value, args.next()) else {
        return Err(Diagnostic::new(format!("`{name}` takes a value, an offset and a default"), span));
    };
    let offset = match offset.map(|offset| offset.kind) {
        None => 1,
        Some(ExprKind::Literal(Literal::Integer(offset))) if offset >= 0 => offset,
        Some(_) => return Err(Diagnostic::new(format!("`{name}`'s offset must be a constant number of rows"), span)),
    };
    let types = [Some(&value.data_type), default.as_ref().map(|default| &default.data_type)];
    let common = common_type(types.into_iter().flatten());
    let common = common.ok_or_else(|| Diagnostic::new(format!("`{name}`'s default is of another type"), span))?;
    let nullable = default.as_ref().is_none_or(|default| default.data_type.nullable) || value.data_type.nullable;
    let data_type = common.with_nullable(nullable);
    let value = coerce(value, &data_type.logical);
    let default = default.map(|default| coerce(default, &data_type.logical));
    Ok((Function::Lag(value, direction * offset, default), data_type))
}

/// `expr` with each placeholder of a window function replaced by its column.
pub(crate) fn placed(expr: &Expr, places: &[usize]) -> Expr {
    let moved = |column: usize| match column.checked_sub(OVER_BASE) {
        Some(at) => places.get(at).copied(),
        None => Some(column),
    };
    walk::moved(expr, &moved).unwrap_or_else(|| expr.clone())
}
