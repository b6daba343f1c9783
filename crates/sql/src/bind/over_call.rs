//! Calls of window functions as written: the function, its window spelt out, its frame.

use yeoul_row::{DataType, LogicalType};

use super::aggregate_call::{function_of, never_null};
use super::cast::coerce;
use super::expression::{ExprBinder, unsupported};
use super::over::{Calls, Collected, Function, Ordered, Window};
use super::types::common_type;
use super::variance::{Variance, result_type};
use super::{Bound, literal};
use crate::ast::Ident;
use crate::ast::expression::{
    Call, Expression, ExpressionKind, Frame as WrittenFrame, FrameBound as WrittenBound, Over,
};
use crate::ast::query::{NamedWindow, OrderItem};
use crate::diagnostic::{Diagnostic, Span};
use crate::expr::{Expr, ExprKind, Literal};
use crate::nearest::did_you_mean;
use crate::plan::{AggregateFunction, Frame, FrameBound};

/// From the partition's first row to the current one and its equals: what a window with an order has without a frame.
const UP_TO_NOW: Frame = Frame { rows: false, start: FrameBound::UnboundedPreceding, end: FrameBound::CurrentRow };
/// Up to the current row: what row numbers look at.
const ROWS_UP_TO_NOW: Frame = Frame { rows: true, ..UP_TO_NOW };
/// The whole partition: what a window without an order has without a frame.
const WHOLE: Frame = Frame { rows: false, start: FrameBound::UnboundedPreceding, end: FrameBound::UnboundedFollowing };

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
        let result = self.placed_over(call, over, name, span, calls);
        self.over = Some(calls);
        result
    }

    fn placed_over(&mut self, call: &Call, over: &Over, name: &str, span: Span, calls: &mut Calls) -> Bound<Expr> {
        if call.filter.is_some() {
            return Err(Diagnostic::new("`OVER` and `FILTER` can't stand together", over.span)
                .with_help("write the condition as `CASE WHEN … THEN value END`"));
        }
        let Some(variance) = Variance::named(name) else {
            return Ok(calls.add(self.collect_over(call, over, name, span, &calls.windows)?));
        };
        let arg = self.variance_argument(call, name, span)?;
        let (result, window) = (result_type(&arg), self.window(&spelt_out(over, &calls.windows)?)?);
        let parts = variance.window_parts(arg, call.distinct).into_iter().map(|part| {
            let data_type = part.data_type.clone();
            calls.add(Collected { window: window.clone(), function: Function::Aggregate(part), data_type, span })
        });
        variance.of_window(parts.collect(), &result, span)
    }

    fn collect_over(
        &mut self,
        call: &Call,
        over: &Over,
        name: &str,
        span: Span,
        windows: &[NamedWindow],
    ) -> Bound<Collected> {
        let (function, data_type) = match function_of(name) {
            Some(function) => self.over_aggregate(function, call, name, span)?,
            None => self.over_function(call, name, span)?,
        };
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

    fn over_aggregate(
        &mut self,
        function: AggregateFunction,
        call: &Call,
        name: &str,
        span: Span,
    ) -> Bound<(Function, DataType)> {
        let aggregate = self.aggregate(function, call, name, span)?;
        let nullable = aggregate.data_type.nullable || !never_null(function);
        let data_type = aggregate.data_type.clone().with_nullable(nullable);
        Ok((Function::Aggregate(aggregate), data_type))
    }

    fn over_function(&mut self, call: &Call, name: &str, span: Span) -> Bound<(Function, DataType)> {
        let args = call.args.iter().map(|arg| self.bind(arg)).collect::<Bound<Vec<Expr>>>()?;
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
            _ => Err(unsupported(&format!("{name} OVER"), span)),
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
        refuse_unordered(&value, item.value.span)?;
        let nulls_first = item.nulls_first.unwrap_or(!item.descending);
        Ok(Ordered { value, descending: item.descending, nulls_first })
    }
}

/// Refuses a key of an order that has none.
pub(crate) fn refuse_unordered(key: &Expr, span: Span) -> Bound<()> {
    if key.data_type.logical.is_opaque() {
        return Err(Diagnostic::new(format!("`{}` has no order", key.data_type), span)
            .with_help("order by a part or by its text: `JSON_STRING(v)`, `BITMAP_CARDINALITY(b)`"));
    }
    Ok(())
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
