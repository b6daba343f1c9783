//! `EXTRACT`, `FLOOR(x TO unit)`, `TIMESTAMPADD` and `TIMESTAMPDIFF`: functions with a unit of time.

use yeoul_row::{DataType, LogicalType};

use super::cast::coerce;
use super::expression::{ExprBinder, unsupported};
use super::operator::{call, numbers};
use super::overload::{apply, known};
use super::types::common_type;
use super::{Bound, literal};
use crate::ast::expression::{BinaryOperator, Expression, TimeUnit};
use crate::diagnostic::{Diagnostic, Span};
use crate::expr::{Expr, Literal};

impl ExprBinder<'_> {
    pub(crate) fn extract(&mut self, unit: TimeUnit, value: &Expression, span: Span) -> Bound<Expr> {
        let function = match unit {
            TimeUnit::Year => "year",
            TimeUnit::Quarter => "quarter",
            TimeUnit::Month => "month",
            TimeUnit::Week => "week",
            TimeUnit::Day => "dayofmonth",
            TimeUnit::DayOfWeek => "dayofweek",
            TimeUnit::DayOfYear => "dayofyear",
            TimeUnit::IsoDayOfWeek => "isodow",
            TimeUnit::IsoYear => "isoyear",
            TimeUnit::Hour => "hour",
            TimeUnit::Minute => "minute",
            TimeUnit::Second => "second",
            TimeUnit::Millisecond => "millisecond",
            TimeUnit::Microsecond => "microsecond",
            TimeUnit::Nanosecond => "nanosecond",
            TimeUnit::Epoch => "epoch",
            TimeUnit::Decade => "decade",
            TimeUnit::Century => "century",
            TimeUnit::Millennium => "millennium",
        };
        apply(known(function, span)?, "EXTRACT", vec![self.bind(value)?], span)
    }

    /// `FLOOR(x TO unit)`, `CEIL(x TO unit)`
    pub(crate) fn round_to(&mut self, up: bool, value: &Expression, unit: TimeUnit, span: Span) -> Bound<Expr> {
        let bound = self.bind(value)?;
        let name = if up { "CEIL" } else { "FLOOR" };
        let supported = [
            TimeUnit::Year,
            TimeUnit::Quarter,
            TimeUnit::Month,
            TimeUnit::Week,
            TimeUnit::Day,
            TimeUnit::Hour,
            TimeUnit::Minute,
            TimeUnit::Second,
            TimeUnit::Millisecond,
            TimeUnit::Decade,
            TimeUnit::Century,
            TimeUnit::Millennium,
        ];
        if !supported.contains(&unit) {
            return Err(unsupported(&format!("{name}(… TO {})", unit.keyword()), span));
        }
        let function = known(if up { "datetime_ceil" } else { "datetime_floor" }, span)?;
        apply(function, name, vec![bound, literal::text(unit.keyword())], span)
    }

    /// `TIMESTAMPADD(unit, n, x)`, `TIMESTAMPDIFF(unit, a, b)`
    pub(crate) fn timestamp_call(
        &mut self,
        add: bool,
        unit: TimeUnit,
        first: &Expression,
        second: &Expression,
        span: Span,
    ) -> Bound<Expr> {
        let (first, second) = (self.bind(first)?, self.bind(second)?);
        if add { timestamp_add(unit, first, second, span) } else { timestamp_diff(unit, first, second, span) }
    }
}

impl ExprBinder<'_> {
    /// `(a - b) DAY`: two dates, times, timestamps, or instants.
    pub(crate) fn apart(&mut self, months: bool, first: &Expression, second: &Expression, span: Span) -> Bound<Expr> {
        let (first, second) = (self.bind(first)?, self.bind(second)?);
        if !alike(&first.data_type.logical, &second.data_type.logical) {
            let (first, second) = (&first.data_type, &second.data_type);
            return Err(Diagnostic::new(format!("`(a - b) DAY` can't subtract `{second}` from `{first}`"), span)
                .with_help("it takes two dates or two timestamps; cast one to the other's type"));
        }
        let function = known(if months { "months_apart" } else { "millis_apart" }, span)?;
        apply(function, "-", vec![first, second], span)
    }
}

/// Whether two moments are of one kind, whatever their precisions.
fn alike(a: &LogicalType, b: &LogicalType) -> bool {
    use LogicalType as T;
    matches!(
        (a, b),
        (T::Date, T::Date)
            | (T::Time(_), T::Time(_))
            | (T::Timestamp(_), T::Timestamp(_))
            | (T::TimestampLtz(_), T::TimestampLtz(_))
    )
}

/// `x + n * INTERVAL '1' unit`
fn timestamp_add(unit: TimeUnit, count: Expr, moment: Expr, span: Span) -> Bound<Expr> {
    let one = match unit {
        TimeUnit::Year => Literal::Months(12),
        TimeUnit::Quarter => Literal::Months(3),
        TimeUnit::Month => Literal::Months(1),
        TimeUnit::Week => Literal::Millis(7 * 86_400_000),
        TimeUnit::Day => Literal::Millis(86_400_000),
        TimeUnit::Hour => Literal::Millis(3_600_000),
        TimeUnit::Minute => Literal::Millis(60_000),
        TimeUnit::Second => Literal::Millis(1_000),
        TimeUnit::Millisecond => Literal::Millis(1),
        _ => return Err(unsupported(&format!("TIMESTAMPADD({}, …)", unit.keyword()), span)),
    };
    if !count.data_type.logical.is_integer() {
        return Err(Diagnostic::new(format!("`TIMESTAMPADD` needs an integer, this is `{}`", count.data_type), span));
    }
    let months = matches!(one, Literal::Months(_));
    let logical = if months { LogicalType::IntervalYearMonth } else { LogicalType::IntervalDayTime };
    let one = Expr::literal(one, logical.clone().not_null());
    let count = coerce(count, &LogicalType::BigInt);
    let nullable = count.data_type.nullable;
    let interval = call("interval_times", vec![one, count], DataType { logical, nullable });
    let moment = date_to_timestamp(moment, unit);
    apply(known("datetime_plus", span)?, "TIMESTAMPADD", vec![moment, interval], span)
}

/// A date plus hours is a timestamp.
fn date_to_timestamp(moment: Expr, unit: TimeUnit) -> Expr {
    let within_day = matches!(unit, TimeUnit::Hour | TimeUnit::Minute | TimeUnit::Second);
    if within_day && moment.data_type.logical == LogicalType::Date {
        return coerce(moment, &LogicalType::Timestamp(0));
    }
    moment
}

/// A date beside a timestamp is one, at midnight.
fn as_timestamp_beside(moment: Expr, other: &Expr) -> Expr {
    if moment.data_type.logical == LogicalType::Date && other.data_type.logical.is_timestamp() {
        return coerce(moment, &other.data_type.logical);
    }
    moment
}

/// Parts of a second are whole seconds times what a second has of them, as in Flink: the fraction is lost, and an INT wraps.
fn diff_of_seconds(unit: TimeUnit, from: Expr, to: Expr, span: Span) -> Bound<Expr> {
    let (per_second, logical) = match unit {
        TimeUnit::Millisecond => (1_000, LogicalType::Int),
        TimeUnit::Microsecond => (1_000_000, LogicalType::Int),
        _ => (1_000_000_000, LogicalType::BigInt),
    };
    let seconds = coerce(timestamp_diff(TimeUnit::Second, from, to, span)?, &logical);
    let factor = Expr::literal(Literal::Integer(per_second), logical.not_null());
    Ok(numbers(BinaryOperator::Times, seconds, factor))
}

fn timestamp_diff(unit: TimeUnit, from: Expr, to: Expr, span: Span) -> Bound<Expr> {
    if matches!(unit, TimeUnit::Millisecond | TimeUnit::Microsecond | TimeUnit::Nanosecond) {
        return diff_of_seconds(unit, from, to, span);
    }
    let supported = [
        TimeUnit::Year,
        TimeUnit::Quarter,
        TimeUnit::Month,
        TimeUnit::Week,
        TimeUnit::Day,
        TimeUnit::Hour,
        TimeUnit::Minute,
        TimeUnit::Second,
    ];
    if !supported.contains(&unit) {
        return Err(unsupported(&format!("TIMESTAMPDIFF({}, …)", unit.keyword()), span));
    }
    let instant = |moment: &Expr| matches!(moment.data_type.logical, LogicalType::TimestampLtz(_));
    if instant(&from) != instant(&to) {
        let (from, to) = (&from.data_type, &to.data_type);
        return Err(Diagnostic::new(format!("`TIMESTAMPDIFF` can't compare `{from}` and `{to}`"), span)
            .with_help("cast one to the other's type"));
    }
    let from = as_timestamp_beside(from, &to);
    let to = as_timestamp_beside(to, &from);
    let common = common_type([&from.data_type, &to.data_type]);
    if matches!(from.data_type.logical, LogicalType::Time(_)) {
        return Err(unsupported("TIMESTAMPDIFF of TIME", span));
    }
    let common = common.ok_or_else(|| {
        Diagnostic::new(format!("`TIMESTAMPDIFF` can't compare `{}` and `{}`", from.data_type, to.data_type), span)
    })?;
    // Timestamps keep their precisions: nanoseconds don't reach as far as milliseconds.
    let as_common = |moment: Expr| match (&moment.data_type.logical, &common.logical) {
        (LogicalType::Timestamp(_), LogicalType::Timestamp(_)) => moment,
        (LogicalType::TimestampLtz(_), LogicalType::TimestampLtz(_)) => moment,
        (_, common) => coerce(moment, common),
    };
    let args = vec![literal::text(unit.keyword()), as_common(from), as_common(to)];
    apply(known("timestamp_diff", span)?, "TIMESTAMPDIFF", args, span)
}
