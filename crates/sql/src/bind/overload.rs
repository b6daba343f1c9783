//! Calls by signature: which argument list fits, implicit casts, the result's type.

use std::sync::Arc;

use yeoul_row::{DataType, Field, LogicalType, RowType};

use super::Bound;
use super::cast::{can_store, coerce};
use super::expression::common_result;
use super::operator::call;
use super::types::{common_type, length, round_type};
use crate::diagnostic::{Diagnostic, Span};
use crate::expr::{Expr, ExprKind, Literal};
use crate::functions::{self, Nulls, Param, ResultRule, ScalarFunction};

/// The function of a canonical name, which the tables have.
pub(crate) fn known(name: &'static str, span: Span) -> Bound<&'static ScalarFunction> {
    functions::by_name(name).ok_or_else(|| Diagnostic::new(format!("unknown function `{name}`"), span))
}

/// Refuses what Flink's functions refuse though their signatures would take it.
pub(crate) fn refuse_types(name: &str, args: &[Expr], span: Span) -> Bound<()> {
    use LogicalType as T;
    if name == "JSON_STRING" {
        args.iter().try_for_each(|arg| super::json::check_writable(&arg.data_type.logical, span))?;
    }
    let is_decimal = |arg: &&Expr| matches!(arg.data_type.logical, T::Decimal(..));
    let decimals = args.iter().filter(is_decimal).count();
    let refused = |logical: &LogicalType| match name {
        // Decimals are taken in both places only.
        "ATAN2" => decimals == 1 && matches!(logical, T::Decimal(..)),
        "MOD" => matches!(logical, T::Float | T::Double),
        "SIGN" | "TRUNCATE" => matches!(logical, T::TinyInt | T::SmallInt),
        "GREATEST" | "LEAST" => !logical_has_order(logical),
        "ARRAY_SORT" | "ARRAY_MAX" | "ARRAY_MIN" => {
            matches!(logical, T::Array(element) if element.logical.is_opaque())
        }
        _ => false,
    };
    match args.iter().find(|arg| refused(&arg.data_type.logical)) {
        Some(arg) => Err(Diagnostic::new(format!("`{name}` doesn't take `{}`", arg.data_type), span)),
        None => Ok(()),
    }
}

/// Whether `GREATEST` and `LEAST` take a type.
fn logical_has_order(logical: &LogicalType) -> bool {
    use LogicalType as T;
    let bytes = matches!(logical, T::Binary(_) | T::Varbinary(_));
    !bytes && !logical.is_opaque() && !matches!(logical, T::Array(_) | T::Map(..) | T::Multiset(_) | T::Row(_))
}

/// Applies a function under the first of its argument lists that fits.
pub(crate) fn apply(function: &'static ScalarFunction, name: &str, args: Vec<Expr>, span: Span) -> Bound<Expr> {
    let fitting = function.overloads.iter().find_map(|overload| {
        let params = function.params(overload, args.len())?;
        let targets = targets_of(&params, &args)?;
        Some((params, targets))
    });
    let Some((params, targets)) = fitting else { return Err(no_overload(function, name, &args, span)) };
    let args: Vec<Expr> = args.into_iter().zip(&targets).map(|(arg, target)| coerce(arg, target)).collect();
    let args = with_common_type(&params, args, name, span)?;
    let logical = result_type(function.result, &args);
    let nullable = match function.nulls {
        Nulls::AnyArgument => args.iter().any(|arg| arg.data_type.nullable),
        Nulls::AllArguments => args.iter().all(|arg| arg.data_type.nullable),
        Nulls::FirstArgument => args.first().is_some_and(|arg| arg.data_type.nullable),
        Nulls::Always => true,
        Nulls::Never => false,
    };
    Ok(call(function.name, args, DataType { logical, nullable }))
}

/// What each argument is cast to; `None` where one isn't taken.
fn targets_of(params: &[Param], args: &[Expr]) -> Option<Vec<LogicalType>> {
    let target = |(param, arg): (&Param, &Expr)| match param {
        Param::Element => element_target(args.first()?, arg),
        param => param.cast_target(&arg.data_type),
    };
    params.iter().zip(args).map(target).collect()
}

/// An element is cast to the array's element type where that loses nothing.
fn element_target(array: &Expr, arg: &Expr) -> Option<LogicalType> {
    let LogicalType::Array(element) = &array.data_type.logical else { return None };
    can_store(&arg.data_type.logical, &element.logical).then(|| element.logical.clone())
}

fn with_common_type(params: &[Param], args: Vec<Expr>, name: &str, span: Span) -> Bound<Vec<Expr>> {
    let is_common = |place: usize| params.get(place).is_some_and(|param| param.is_common());
    let concerned: Vec<Expr> =
        args.iter().enumerate().filter(|(place, _)| is_common(*place)).map(|(_, arg)| arg.clone()).collect();
    if concerned.is_empty() {
        return Ok(args);
    }
    let first = concerned.first().map(|arg| &arg.data_type.logical);
    if concerned.iter().all(|arg| arg.data_type.logical.is_opaque() && Some(&arg.data_type.logical) == first) {
        return Ok(args);
    }
    let common = match merged(name, &concerned) {
        Some(common) => common,
        None => common_result(&concerned, name, span)?,
    };
    let cast = |(place, arg)| if is_common(place) { with_type(arg, &common) } else { arg };
    Ok(args.into_iter().enumerate().map(cast).collect())
}

/// Where the functions of the newer type system have another common type than operators: the wider of two approximate
/// numbers, an approximate one behind a decimal, the instant beside a timestamp, the date beside either.
fn merged(name: &str, args: &[Expr]) -> Option<DataType> {
    use LogicalType as T;
    if !matches!(name, "COALESCE" | "IFNULL" | "GREATEST" | "LEAST") {
        return None;
    }
    let dates = matches!(name, "COALESCE" | "IFNULL");
    let both = |a: &DataType, b: &DataType| {
        let logical = match (&a.logical, &b.logical) {
            (T::Float, T::Double) => T::Double,
            (T::Decimal(..), approximate @ (T::Float | T::Double)) => approximate.clone(),
            (T::Timestamp(a), T::TimestampLtz(b)) | (T::TimestampLtz(a), T::Timestamp(b)) => T::TimestampLtz(*a.max(b)),
            (T::Date, T::Timestamp(_)) | (T::Timestamp(_), T::Date) if dates => T::Date,
            _ => return common_type([a, b]),
        };
        Some(DataType { logical, nullable: a.nullable || b.nullable })
    };
    let (first, rest) = args.split_first()?;
    rest.iter().try_fold(first.data_type.clone(), |common, arg| both(&common, &arg.data_type))
}

/// The argument in the common type; of nested types the parts' nullability is the common one too.
fn with_type(arg: Expr, common: &DataType) -> Expr {
    let nullable = arg.data_type.nullable;
    let arg = coerce(arg, &common.logical);
    Expr { data_type: DataType { logical: common.logical.clone(), nullable }, ..arg }
}

fn result_type(rule: ResultRule, args: &[Expr]) -> LogicalType {
    let argument = |place: usize| args.get(place).map_or(LogicalType::Null, |arg| arg.data_type.logical.clone());
    match rule {
        ResultRule::Boolean => LogicalType::Boolean,
        ResultRule::Text => LogicalType::STRING,
        ResultRule::Fixed(length) => LogicalType::Char(length),
        ResultRule::Varchar(length) => LogicalType::Varchar(length),
        ResultRule::Varying => LogicalType::Varchar(length(&argument(0)).max(1)),
        ResultRule::Bytes => LogicalType::BYTES,
        ResultRule::Variant => LogicalType::Variant,
        ResultRule::Bitmap => LogicalType::Bitmap,
        ResultRule::Ints => LogicalType::Array(Box::new(LogicalType::Int.nullable())),
        ResultRule::Int => LogicalType::Int,
        ResultRule::BigInt => LogicalType::BigInt,
        ResultRule::Double => LogicalType::Double,
        ResultRule::Date => LogicalType::Date,
        ResultRule::Time => LogicalType::Time(0),
        ResultRule::Timestamp => LogicalType::Timestamp(3),
        ResultRule::TimestampLtz => LogicalType::TimestampLtz(3),
        ResultRule::Months => LogicalType::IntervalYearMonth,
        ResultRule::Millis => LogicalType::IntervalDayTime,
        ResultRule::Argument(place) => argument(place),
        ResultRule::DecimalRound => round_type(&argument(0), round_places(args)),
        ResultRule::DecimalFloor => floor_type(&argument(0)),
        // The operators' own rules are applied where operators are bound.
        ResultRule::Common
        | ResultRule::Array
        | ResultRule::DecimalSum
        | ResultRule::DecimalProduct
        | ResultRule::DecimalQuotient
        | ResultRule::DecimalRemainder => argument(0),
        rule => collection_type(rule, &argument(0), args.get(1).map(|arg| &arg.data_type)),
    }
}

/// The type of a result that is made of the parts of a collection.
fn collection_type(rule: ResultRule, first: &LogicalType, second: Option<&DataType>) -> LogicalType {
    let array = |element: DataType| LogicalType::Array(Box::new(element));
    match (rule, first) {
        (ResultRule::Texts, _) => array(LogicalType::STRING.nullable()),
        (ResultRule::TextMap, _) => text_map(),
        (ResultRule::Element, LogicalType::Array(element)) => element.logical.clone(),
        (ResultRule::Extended, LogicalType::Array(element)) => {
            let nullable = element.nullable || second.is_some_and(|second| second.nullable);
            array(element.as_ref().clone().with_nullable(nullable))
        }
        (ResultRule::MapKeys, LogicalType::Map(key, _)) => array(key.as_ref().clone()),
        (ResultRule::MapValues, LogicalType::Map(_, value)) => array(value.as_ref().clone()),
        (ResultRule::MapEntries, LogicalType::Map(key, value)) => {
            let fields = vec![Field::new("key", key.as_ref().clone()), Field::new("value", value.as_ref().clone())];
            array(LogicalType::Row(Arc::new(RowType::new(fields))).nullable())
        }
        (ResultRule::MapOfArrays, LogicalType::Array(key)) => match second.map(|second| &second.logical) {
            Some(LogicalType::Array(value)) => LogicalType::Map(key.clone(), value.clone()),
            _ => LogicalType::Null,
        },
        _ => first.clone(),
    }
}

/// `MAP<STRING, STRING>`
fn text_map() -> LogicalType {
    let text = || Box::new(LogicalType::STRING.nullable());
    LogicalType::Map(text(), text())
}

/// The constant number of places; 0 where none is given.
fn round_places(args: &[Expr]) -> Option<i64> {
    match args.get(1).map(|arg| &arg.kind) {
        None => Some(0),
        Some(ExprKind::Literal(Literal::Integer(places))) => Some(*places),
        Some(_) => None,
    }
}

fn floor_type(logical: &LogicalType) -> LogicalType {
    match logical {
        LogicalType::Decimal(precision, _) => LogicalType::Decimal(*precision, 0),
        other => other.clone(),
    }
}

fn no_overload(function: &ScalarFunction, name: &str, args: &[Expr], span: Span) -> Diagnostic {
    let types: Vec<String> = args.iter().map(|arg| arg.data_type.to_string()).collect();
    if name == "ELT"
        && args.iter().any(|arg| matches!(arg.data_type.logical, LogicalType::Binary(_) | LogicalType::Varbinary(_)))
    {
        return super::expression::unsupported("ELT of BYTES", span);
    }
    Diagnostic::new(format!("`{name}` doesn't take ({})", types.join(", ")), span)
        .with_help(format!("it takes {}", function.usage()))
}
