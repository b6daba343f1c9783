//! Types of results: the common type of several values, and Flink's rules for decimals.

use std::sync::Arc;

use yeoul_row::{DataType, Field, LogicalType, RowType};

/// The widest decimal.
const PRECISION_MAX: u8 = 38;
/// Digits behind the point that a result keeps when it has to give up some.
const SCALE_KEPT: u8 = 6;

/// The type that values of all these types can take, `None` if there is none (Calcite's least restrictive type).
pub(crate) fn common_type<'a>(types: impl IntoIterator<Item = &'a DataType>) -> Option<DataType> {
    let mut types = types.into_iter();
    let first = types.next()?.clone();
    types.try_fold(first, |common, next| {
        // Flink makes no VARIANT or BITMAP that may be NULL of one that can't.
        let opaque = common.logical.is_opaque() || next.logical.is_opaque();
        if opaque && common.nullable != next.nullable {
            return None;
        }
        let logical = common_logical(&common.logical, &next.logical)?;
        let nullable = common.nullable || next.nullable;
        Some(DataType { logical, nullable })
    })
}

fn common_logical(a: &LogicalType, b: &LogicalType) -> Option<LogicalType> {
    use LogicalType as T;
    if a == b {
        return Some(a.clone());
    }
    Some(match (a, b) {
        (T::Null, other) | (other, T::Null) => other.clone(),
        _ if a.is_numeric() && b.is_numeric() => common_number(a, b),
        _ if a.is_character() && b.is_character() => T::Varchar(length(a).max(length(b))),
        (T::Binary(a) | T::Varbinary(a), T::Binary(b) | T::Varbinary(b)) => T::Varbinary(*a.max(b)),
        (T::Time(a), T::Time(b)) => T::Time(*a.max(b)),
        (T::Timestamp(a), T::Timestamp(b)) => T::Timestamp(*a.max(b)),
        (T::TimestampLtz(a), T::TimestampLtz(b)) => T::TimestampLtz(*a.max(b)),
        (T::Array(a), T::Array(b)) => T::Array(Box::new(common_type([&**a, b])?)),
        (T::Map(k, v), T::Map(l, w)) => T::Map(Box::new(common_type([&**k, l])?), Box::new(common_type([&**v, w])?)),
        (T::Row(a), T::Row(b)) => T::Row(Arc::new(common_row(a, b)?)),
        _ => return None,
    })
}

fn common_row(a: &RowType, b: &RowType) -> Option<RowType> {
    if a.fields.len() != b.fields.len() {
        return None;
    }
    let pairs = a.fields.iter().zip(&b.fields);
    let fields: Option<Vec<Field>> =
        pairs.map(|(a, b)| Some(Field::new(&a.name, common_type([&a.data_type, &b.data_type])?))).collect();
    fields.map(RowType::new)
}

/// The number of characters of a text type; 0 for others.
pub(crate) fn length(logical: &LogicalType) -> u32 {
    match logical {
        LogicalType::Char(length) | LogicalType::Varchar(length) => *length,
        _ => 0,
    }
}

/// Both must be numbers.
fn common_number(a: &LogicalType, b: &LogicalType) -> LogicalType {
    use LogicalType as T;
    let approximate = |t: &T| matches!(t, T::Float | T::Double);
    let decimal = |t: &T| matches!(t, T::Decimal(..));
    if approximate(a) || approximate(b) {
        // Of two approximate types the first stays (Calcite compares their precisions, which are equal).
        return match (approximate(a), approximate(b)) {
            (true, true) => a.clone(),
            _ if decimal(a) || decimal(b) => T::Double,
            (true, false) => a.clone(),
            _ => b.clone(),
        };
    }
    if decimal(a) || decimal(b) {
        let ((p1, s1), (p2, s2)) = (digits(a), digits(b));
        let scale = s1.max(s2);
        let whole = (p1 - s1).max(p2 - s2);
        return T::Decimal((whole + scale).min(PRECISION_MAX), scale);
    }
    if integer_rank(a) >= integer_rank(b) { a.clone() } else { b.clone() }
}

fn integer_rank(logical: &LogicalType) -> u8 {
    match logical {
        LogicalType::TinyInt => 1,
        LogicalType::SmallInt => 2,
        LogicalType::Int => 3,
        _ => 4,
    }
}

/// Precision and scale of an integer or decimal.
pub(crate) fn digits(logical: &LogicalType) -> (u8, u8) {
    match logical {
        LogicalType::Decimal(precision, scale) => (*precision, *scale),
        LogicalType::TinyInt => (3, 0),
        LogicalType::SmallInt => (5, 0),
        LogicalType::Int => (10, 0),
        _ => (19, 0),
    }
}

/// Fits a result into 38 digits: whole digits first, then at least six behind the point if there were so many.
fn adjusted(precision: u8, scale: u8) -> LogicalType {
    if precision <= PRECISION_MAX {
        return LogicalType::Decimal(precision, scale);
    }
    let whole = precision - scale;
    let kept = PRECISION_MAX.saturating_sub(whole).max(scale.min(SCALE_KEPT));
    LogicalType::Decimal(PRECISION_MAX, kept)
}

/// How the type of an arithmetic result follows from decimals.
#[derive(Clone, Copy)]
pub(crate) enum Arithmetic {
    Sum,
    Product,
    Quotient,
    Remainder,
}

/// The type of an arithmetic result over two numbers.
pub(crate) fn arithmetic_type(rule: Arithmetic, a: &LogicalType, b: &LogicalType) -> LogicalType {
    let decimal = |t: &LogicalType| matches!(t, LogicalType::Decimal(..));
    let approximate = |t: &LogicalType| matches!(t, LogicalType::Float | LogicalType::Double);
    if !(decimal(a) || decimal(b)) || approximate(a) || approximate(b) {
        return remainder_of_integers(rule, a, b).unwrap_or_else(|| common_number(a, b));
    }
    let ((p1, s1), (p2, s2)) = (digits(a), digits(b));
    match rule {
        Arithmetic::Sum => {
            let scale = s1.max(s2);
            adjusted((p1 - s1).max(p2 - s2) + scale + 1, scale)
        }
        Arithmetic::Product => adjusted(p1 + p2 + 1, s1 + s2),
        Arithmetic::Quotient => {
            let scale = (s1 + p2 + 1).max(SCALE_KEPT);
            adjusted(p1 - s1 + s2 + scale, scale)
        }
        Arithmetic::Remainder => {
            let scale = s1.max(s2);
            adjusted((p1 - s1).min(p2 - s2) + scale, scale)
        }
    }
}

/// The remainder of integers has the divisor's type.
fn remainder_of_integers(rule: Arithmetic, a: &LogicalType, b: &LogicalType) -> Option<LogicalType> {
    (matches!(rule, Arithmetic::Remainder) && a.is_integer() && b.is_integer()).then(|| b.clone())
}

/// The type of `SUM` over a number.
pub(crate) fn sum_type(logical: &LogicalType) -> LogicalType {
    match logical {
        LogicalType::Decimal(_, scale) => LogicalType::Decimal(PRECISION_MAX, *scale),
        other => other.clone(),
    }
}

/// The type of `AVG` over a number.
pub(crate) fn average_type(logical: &LogicalType) -> LogicalType {
    match logical {
        LogicalType::Decimal(_, scale) => LogicalType::Decimal(PRECISION_MAX, (*scale).max(SCALE_KEPT)),
        other => other.clone(),
    }
}

/// The type of `ROUND(x, places)`; `places` where it is a constant.
pub(crate) fn round_type(logical: &LogicalType, places: Option<i64>) -> LogicalType {
    let LogicalType::Decimal(precision, scale) = *logical else { return logical.clone() };
    let Some(places) = places else { return logical.clone() };
    if places >= i64::from(scale) {
        return logical.clone();
    }
    let whole = precision - scale;
    let scale = u8::try_from(places.max(0)).unwrap_or(scale);
    LogicalType::Decimal((whole + 1 + scale).min(PRECISION_MAX), scale)
}
