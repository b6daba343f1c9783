//! `VAR_POP`, `VAR_SAMP`, `VARIANCE`, `STDDEV_POP`, `STDDEV_SAMP`, made of other aggregates as Flink makes them: of a group,
//! the sum of squared deviations divided by the count; over a window, the sum of squares less the square of the sum, all
//! in the result's type, which is that of `AVG`.

use yeoul_row::{DataType, LogicalType};

use super::Bound;
use super::aggregate_call::AggregateCall;
use super::cast::coerce;
use super::expression::ExprBinder;
use super::operator::{compare, numbers};
use super::overload::{apply, known};
use super::types::{average_type, sum_type};
use crate::ast::expression::{BinaryOperator, Call};
use crate::diagnostic::{Diagnostic, Span};
use crate::expr::{Expr, ExprKind, Literal};
use crate::plan::AggregateFunction;

/// Which of them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Variance {
    /// Divided by the count less one.
    sample: bool,
    /// The root of it.
    root: bool,
}

impl Variance {
    /// The one of this name.
    pub(crate) fn named(name: &str) -> Option<Variance> {
        let (sample, root) = match name {
            "VAR_POP" => (false, false),
            "VAR_SAMP" | "VARIANCE" => (true, false),
            "STDDEV_POP" => (false, true),
            "STDDEV_SAMP" | "STDDEV" => (true, true),
            _ => return None,
        };
        Some(Variance { sample, root })
    }

    /// What is asked of a group: the squared deviations of `arg`, and its count.
    pub(crate) fn parts(self, arg: &Expr, distinct: bool) -> Vec<AggregateCall> {
        let call = |function, data_type| AggregateCall::new(function, vec![arg.clone()], distinct, data_type);
        vec![
            call(AggregateFunction::SquaredDeviations, LogicalType::Double.nullable()),
            call(AggregateFunction::Count, LogicalType::BigInt.not_null()),
        ]
    }

    /// The result for a group, of type `result`.
    pub(crate) fn of_group(self, parts: Vec<Expr>, result: &DataType, span: Span) -> Bound<Expr> {
        let Ok([squares, count]) = <[Expr; 2]>::try_from(parts) else { return Err(misplaced(span)) };
        let divisor = if self.sample { one_less(count, span)? } else { count };
        self.finished(numbers(BinaryOperator::Divide, squares, divisor), result, span)
    }

    /// What is asked of a window: the sums of the squares and of the values, and the count.
    pub(crate) fn window_parts(self, arg: Expr, distinct: bool) -> Vec<AggregateCall> {
        let value = coerce(arg.clone(), &result_type(&arg).logical);
        let square = numbers(BinaryOperator::Times, value.clone(), value.clone());
        let sum = |value: Expr| {
            let data_type = sum_type(&value.data_type.logical).nullable();
            AggregateCall::new(AggregateFunction::Sum, vec![value], distinct, data_type)
        };
        let count = LogicalType::BigInt.not_null();
        let count = AggregateCall::new(AggregateFunction::Count, vec![value.clone()], distinct, count);
        vec![sum(square), sum(value), count]
    }

    /// The result for a window, of type `result`.
    pub(crate) fn of_window(self, parts: Vec<Expr>, result: &DataType, span: Span) -> Bound<Expr> {
        let Ok([squares, sum, count]) = <[Expr; 3]>::try_from(parts) else { return Err(misplaced(span)) };
        let own_count = coerce(count.clone(), &result.logical);
        let square = numbers(BinaryOperator::Times, sum.clone(), sum);
        let mean = numbers(BinaryOperator::Divide, square, own_count.clone());
        let divisor = if self.sample { one_less(count, span)? } else { own_count };
        let rest = numbers(BinaryOperator::Minus, squares, mean);
        self.finished(numbers(BinaryOperator::Divide, rest, divisor), result, span)
    }

    fn finished(self, variance: Expr, result: &DataType, span: Span) -> Bound<Expr> {
        let value = if self.root {
            let half = Expr::literal(Literal::Double(0.5), LogicalType::Double.not_null());
            apply(known("power", span)?, "POWER", vec![variance, half], span)?
        } else {
            variance
        };
        Ok(coerce(value, &result.logical))
    }
}

/// The type of a variance of `arg`.
pub(crate) fn result_type(arg: &Expr) -> DataType {
    average_type(&arg.data_type.logical).nullable()
}

/// The count less one, NULL where it is one.
fn one_less(count: Expr, span: Span) -> Bound<Expr> {
    let one = Expr::literal(Literal::Integer(1), LogicalType::BigInt.not_null());
    let is_one = compare("equals", "=", count.clone(), one.clone(), span)?;
    let data_type = LogicalType::BigInt.nullable();
    let none = Expr::literal(Literal::Null, data_type.clone());
    let less = numbers(BinaryOperator::Minus, count, one);
    Ok(Expr { kind: ExprKind::Case { arms: vec![(is_one, none)], otherwise: Some(Box::new(less)) }, data_type })
}

fn misplaced(span: Span) -> Diagnostic {
    Diagnostic::new("a variance lost one of its parts", span)
}

impl ExprBinder<'_> {
    /// The one number that a variance takes.
    pub(crate) fn variance_argument(&mut self, call: &Call, name: &str, span: Span) -> Bound<Expr> {
        let [value] = call.args.as_slice() else {
            return Err(Diagnostic::new(format!("`{name}` takes one number"), span));
        };
        let arg = self.bind(value)?;
        if arg.data_type.logical.is_numeric() {
            return Ok(arg);
        }
        Err(Diagnostic::new(format!("`{name}` doesn't take `{}`", arg.data_type), span))
    }
}
