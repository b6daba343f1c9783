//! Casts: which are legal, which are made without being asked for, and constants cast at once.

use yeoul_row::{DataType, LogicalType};

use super::types::digits;
use crate::expr::{Expr, ExprKind, Literal};

/// What casts care about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Family {
    Null,
    Character,
    Boolean,
    Binary,
    Integer,
    Decimal,
    Approximate,
    Date,
    Time,
    Timestamp,
    Months,
    Millis,
    Nested,
    Variant,
    Bitmap,
}

fn family(logical: &LogicalType) -> Family {
    use LogicalType as T;
    match logical {
        T::Null => Family::Null,
        T::Char(_) | T::Varchar(_) => Family::Character,
        T::Boolean => Family::Boolean,
        T::Binary(_) | T::Varbinary(_) => Family::Binary,
        T::TinyInt | T::SmallInt | T::Int | T::BigInt => Family::Integer,
        T::Decimal(..) => Family::Decimal,
        T::Float | T::Double => Family::Approximate,
        T::Date => Family::Date,
        T::Time(_) => Family::Time,
        T::Timestamp(_) | T::TimestampLtz(_) => Family::Timestamp,
        T::IntervalYearMonth => Family::Months,
        T::IntervalDayTime => Family::Millis,
        T::Array(_) | T::Map(..) | T::Multiset(_) | T::Row(_) => Family::Nested,
        T::Variant => Family::Variant,
        T::Bitmap => Family::Bitmap,
    }
}

/// Whether values of one type can be made ones of the other. What is written as `CAST` is a little less, see
/// [`can_cast_explicitly`].
pub(crate) fn can_cast(from: &LogicalType, to: &LogicalType) -> bool {
    use Family as F;
    match (family(from), family(to)) {
        (F::Nested, F::Nested) => can_cast_nested(from, to),
        (F::Variant, F::Character) | (F::Character, F::Variant | F::Bitmap) => false,
        (F::Null, _) | (_, F::Character) => true,
        (a, b) if a == b => true,
        (F::Character, to) => !matches!(to, F::Months | F::Millis | F::Nested | F::Null),
        (F::Integer | F::Decimal | F::Approximate, F::Boolean)
        | (F::Boolean, F::Integer | F::Decimal | F::Approximate) => true,
        (F::Integer | F::Decimal | F::Approximate, F::Integer | F::Decimal | F::Approximate) => true,
        (F::Date | F::Time, F::Timestamp) | (F::Timestamp, F::Date | F::Time) => true,
        (F::Integer, F::Months) => *from == LogicalType::Int,
        (F::Integer, F::Millis) => *from == LogicalType::BigInt,
        _ => false,
    }
}

/// Whether `CAST` from one type to the other exists: a `VARIANT` or `BITMAP` can't even be cast to itself.
pub(crate) fn can_cast_explicitly(from: &LogicalType, to: &LogicalType) -> bool {
    *from != LogicalType::Variant && !(from == to && from.is_opaque()) && can_cast(from, to)
}

fn can_cast_nested(from: &LogicalType, to: &LogicalType) -> bool {
    use LogicalType as T;
    match (from, to) {
        (T::Array(a), T::Array(b)) | (T::Multiset(a), T::Multiset(b)) => can_cast(&a.logical, &b.logical),
        (T::Map(k, v), T::Map(l, w)) => can_cast(&k.logical, &l.logical) && can_cast(&v.logical, &w.logical),
        (T::Row(a), T::Row(b)) => {
            let pairs = a.fields.iter().zip(&b.fields);
            a.fields.len() == b.fields.len()
                && pairs.into_iter().all(|(a, b)| can_cast(&a.data_type.logical, &b.data_type.logical))
        }
        _ => false,
    }
}

/// Whether a column of one type goes into a sink's column of the other without `CAST` (Flink's implicit casts).
pub(crate) fn can_store(from: &LogicalType, to: &LogicalType) -> bool {
    use LogicalType as T;
    match (from, to) {
        _ if from == to => true,
        (T::Null, _) => true,
        (_, T::Varchar(_)) => from.is_character(),
        (T::Char(_), T::Char(_)) | (T::Binary(_), T::Binary(_)) => true,
        (_, T::Varbinary(_)) => matches!(from, T::Binary(_) | T::Varbinary(_)),
        (_, T::Decimal(..) | T::Double) => from.is_numeric(),
        (_, T::Float) => from.is_integer() || matches!(from, T::Decimal(..)),
        (_, T::SmallInt | T::Int | T::BigInt) => from.is_integer() && digits(from).0 <= digits(to).0,
        (T::Timestamp(_), T::Date | T::Time(_)) => true,
        (T::Timestamp(_) | T::TimestampLtz(_), T::Timestamp(_) | T::TimestampLtz(_)) => true,
        (T::Time(_), T::Time(_)) => true,
        (T::Array(a), T::Array(b)) | (T::Multiset(a), T::Multiset(b)) => can_store(&a.logical, &b.logical),
        (T::Map(k, v), T::Map(l, w)) => can_store(&k.logical, &l.logical) && can_store(&v.logical, &w.logical),
        (T::Row(a), T::Row(b)) => {
            let pairs = a.fields.iter().zip(&b.fields);
            a.fields.len() == b.fields.len()
                && pairs.into_iter().all(|(a, b)| can_store(&a.data_type.logical, &b.data_type.logical))
        }
        _ => false,
    }
}

/// `expr` as a value of `logical`: itself, a constant of that type, or a cast. The caller knows that the cast exists.
pub(crate) fn coerce(expr: Expr, logical: &LogicalType) -> Expr {
    if expr.data_type.logical == *logical {
        return expr;
    }
    let data_type = DataType { logical: logical.clone(), nullable: expr.data_type.nullable };
    if let ExprKind::Literal(literal) = &expr.kind
        && let Some(literal) = coerce_literal(literal, &expr.data_type.logical, logical)
    {
        return Expr::literal(literal, data_type);
    }
    cast(expr, data_type, false)
}

/// A cast as a node.
pub(crate) fn cast(expr: Expr, data_type: DataType, try_cast: bool) -> Expr {
    Expr { kind: ExprKind::Cast { value: Box::new(expr), try_cast }, data_type }
}

/// A constant cast without loss.
fn coerce_literal(literal: &Literal, from: &LogicalType, to: &LogicalType) -> Option<Literal> {
    use LogicalType as T;
    match (literal, to) {
        (Literal::Null, _) => Some(Literal::Null),
        (Literal::Integer(value), T::TinyInt | T::SmallInt | T::Int | T::BigInt) => {
            fits(*value, to).then_some(Literal::Integer(*value))
        }
        (Literal::Integer(value), T::Decimal(precision, scale)) => scaled(i128::from(*value), 0, *precision, *scale),
        (Literal::Decimal(value), T::Decimal(precision, scale)) => scaled(*value, digits(from).1, *precision, *scale),
        (Literal::Integer(value), T::Double) => Some(Literal::Double(*value as f64)),
        (Literal::String(text), T::Varchar(length)) => {
            (text.chars().count() <= *length as usize).then(|| Literal::String(text.clone()))
        }
        _ => None,
    }
}

fn fits(value: i64, to: &LogicalType) -> bool {
    match to {
        LogicalType::TinyInt => i8::try_from(value).is_ok(),
        LogicalType::SmallInt => i16::try_from(value).is_ok(),
        LogicalType::Int => i32::try_from(value).is_ok(),
        _ => true,
    }
}

/// The unscaled value with another scale, where nothing is lost.
fn scaled(value: i128, from: u8, precision: u8, scale: u8) -> Option<Literal> {
    let shift = u32::from(scale.checked_sub(from)?);
    let value = value.checked_mul(10i128.checked_pow(shift)?)?;
    let bound = 10i128.checked_pow(u32::from(precision))?;
    (value.abs() < bound).then_some(Literal::Decimal(value))
}
