//! Constants with their types, as Flink gives them: `1` INT, `1.5` DECIMAL(2, 1), `1e3` DOUBLE, `'a'` CHAR(1).

use yeoul_row::{DataType, LogicalType};

use super::Bound;
use crate::ast::expression::Constant;
use crate::diagnostic::{Diagnostic, Span};
use crate::expr::{Expr, Literal};

/// A constant as a bound expression.
pub(crate) fn bind_constant(constant: &Constant, span: Span) -> Bound<Expr> {
    let (literal, logical) = match constant {
        Constant::Null => return Ok(null()),
        Constant::Boolean(value) => (Literal::Boolean(*value), LogicalType::Boolean),
        Constant::Number(digits) => return number(digits, span),
        Constant::Text(text) => (Literal::String(text.clone()), LogicalType::Char(length(text.chars().count()))),
        Constant::Bytes(bytes) => (Literal::Binary(bytes.clone()), LogicalType::Binary(length(bytes.len()))),
        Constant::Date(days) => (Literal::Date(*days), LogicalType::Date),
        Constant::Time(millis, precision) => (Literal::Time(*millis), LogicalType::Time(*precision)),
        Constant::Timestamp(millis, nanos, precision) => {
            (Literal::Timestamp(*millis, *nanos), LogicalType::Timestamp(*precision))
        }
        Constant::Months(months) => (Literal::Months(*months), LogicalType::IntervalYearMonth),
        Constant::Millis(millis) => (Literal::Millis(*millis), LogicalType::IntervalDayTime),
    };
    Ok(Expr::literal(literal, logical.not_null()))
}

/// A bare NULL.
pub(crate) fn null() -> Expr {
    Expr::literal(Literal::Null, LogicalType::Null.nullable())
}

/// A constant text, as an argument that the binder adds.
pub(crate) fn text(value: &str) -> Expr {
    let logical = LogicalType::Char(length(value.chars().count()));
    Expr::literal(Literal::String(value.to_owned()), logical.not_null())
}

fn length(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

fn number(digits: &str, span: Span) -> Bound<Expr> {
    if digits.contains(['e', 'E']) {
        return approximate(digits, span);
    }
    if digits.contains('.') {
        return decimal(digits, span);
    }
    match digits.parse::<i64>() {
        Ok(value) => {
            let narrow = i32::try_from(value).is_ok();
            let logical = if narrow { LogicalType::Int } else { LogicalType::BigInt };
            Ok(Expr::literal(Literal::Integer(value), logical.not_null()))
        }
        Err(_) => Err(out_of_range(digits, span)),
    }
}

fn approximate(digits: &str, span: Span) -> Bound<Expr> {
    let value: f64 = digits.parse().map_err(|_| out_of_range(digits, span))?;
    if !value.is_finite() {
        return Err(out_of_range(digits, span));
    }
    Ok(Expr::literal(Literal::Double(value), LogicalType::Double.not_null()))
}

/// The precision counts every digit that is written, leading zeros too.
fn decimal(digits: &str, span: Span) -> Bound<Expr> {
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let unscaled: i128 = format!("0{whole}{fraction}").parse().map_err(|_| out_of_range(digits, span))?;
    // As in Calcite, its digits have to fit a BIGINT.
    i64::try_from(unscaled).map_err(|_| out_of_range(digits, span))?;
    let precision = u8::try_from(whole.len() + fraction.len()).ok().filter(|precision| *precision <= 38);
    let precision = precision.ok_or_else(|| out_of_range(digits, span))?.max(1);
    let scale = u8::try_from(fraction.len()).map_err(|_| out_of_range(digits, span))?;
    let data_type: DataType = LogicalType::Decimal(precision, scale).not_null();
    Ok(Expr::literal(Literal::Decimal(unscaled), data_type))
}

/// A text that may be long, as a message shows it.
fn shortened(text: &str) -> String {
    const SHOWN: usize = 40;
    if text.chars().count() <= SHOWN {
        text.to_owned()
    } else {
        format!("{}…", text.chars().take(SHOWN).collect::<String>())
    }
}

fn out_of_range(digits: &str, span: Span) -> Diagnostic {
    Diagnostic::new(format!("the number `{}` is out of range", shortened(digits)), span)
        .with_help("the digits of a number reach to 9223372036854775807, doubles to 1.8e308; cast a text for more")
}
