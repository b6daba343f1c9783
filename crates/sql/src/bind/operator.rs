//! Operators: comparison with Flink's implicit casts, arithmetic on numbers, moments and intervals, `BETWEEN`, `IN`,
//! `LIKE`.

use yeoul_row::{DataType, LogicalType};

use super::cast::{can_cast, coerce};
use super::expression::{ExprBinder, boolean_of};
use super::types::{Arithmetic, arithmetic_type, common_type};
use super::{Bound, node};
use crate::ast::expression::{BinaryOperator, Constant, Expression, ExpressionKind, UnaryOperator};
use crate::diagnostic::{Diagnostic, Span};
use crate::expr::{Expr, ExprKind, Literal};

/// A call of a scalar function.
pub(crate) fn call(function: &'static str, args: Vec<Expr>, data_type: DataType) -> Expr {
    Expr { kind: ExprKind::Call { function, args }, data_type }
}

/// `and` or `or` over all operands, as a balanced tree, so that long chains stay shallow.
pub(crate) fn balanced(function: &'static str, mut operands: Vec<Expr>) -> Expr {
    match operands.len() {
        0 => Expr::literal(Literal::Boolean(function == "and"), LogicalType::Boolean.not_null()),
        1 => operands.remove(0),
        count => {
            let right = operands.split_off(count / 2);
            let args = vec![balanced(function, operands), balanced(function, right)];
            let data_type = boolean_of(&args);
            call(function, args, data_type)
        }
    }
}

/// The type in which two values are compared, `None` if they can't be.
pub(crate) fn comparison_type(a: &DataType, b: &DataType) -> Option<LogicalType> {
    use LogicalType as T;
    let approximate = |t: &T| matches!(t, T::Float | T::Double);
    if a.logical.is_numeric()
        && b.logical.is_numeric()
        && a.logical != b.logical
        && (approximate(&a.logical) || approximate(&b.logical))
    {
        return Some(T::Double);
    }
    if let Some(common) = common_type([a, b]) {
        return Some(common.logical);
    }
    match (&a.logical, &b.logical) {
        (text, other) | (other, text) if text.is_character() => castable_from_text(other).then(|| other.clone()),
        (T::Timestamp(p), T::TimestampLtz(q)) | (T::TimestampLtz(q), T::Timestamp(p)) => {
            Some(T::TimestampLtz(*p.max(q)))
        }
        _ => None,
    }
}

/// What a text is cast to when it is compared with it.
fn castable_from_text(other: &LogicalType) -> bool {
    other.is_timestamp() || matches!(other, LogicalType::Boolean | LogicalType::Date | LogicalType::Time(_))
}

/// The parts of two rows that are written out, of the same length.
fn written_rows(left: &Expr, right: &Expr) -> Option<Vec<(Expr, Expr)>> {
    let parts = |row: &Expr| match &row.kind {
        ExprKind::Call { function: "row", args } => Some(args.clone()),
        _ => None,
    };
    let (left, right) = (parts(left)?, parts(right)?);
    (left.len() == right.len()).then(|| left.into_iter().zip(right).collect())
}

/// Rows that are written out are equal where their parts are; where a part's NULL decides, it is unknown.
fn equal_rows(sign: &str, parts: Vec<(Expr, Expr)>, span: Span) -> Bound<Expr> {
    let parts = parts.into_iter().map(|(left, right)| compare("equals", sign, left, right, span));
    Ok(balanced("and", parts.collect::<Bound<Vec<Expr>>>()?))
}

/// A comparison, both sides cast to one type.
pub(crate) fn compare(function: &'static str, sign: &str, left: Expr, right: Expr, span: Span) -> Bound<Expr> {
    // `<>` compares rows as values, in which NULLs are equal: so does Flink.
    if let ("equals", Some(parts)) = (function, written_rows(&left, &right)) {
        return equal_rows(sign, parts, span);
    }
    let distinct = function.ends_with("distinct_from");
    let opaque = both_opaque(&left, &right);
    let common = if opaque && distinct {
        Some(left.data_type.logical.clone())
    } else {
        comparison_type(&left.data_type, &right.data_type)
    };
    let common =
        common.filter(|common| can_cast(&left.data_type.logical, common) && can_cast(&right.data_type.logical, common));
    let ordering = !matches!(function, "equals" | "not_equals" | "is_distinct_from" | "is_not_distinct_from");
    let Some(common) = common else {
        return Err(if opaque {
            mixed_opaque(sign, &left, &right, span)
        } else {
            not_comparable(sign, ordering, &left, &right, span)
        });
    };
    if ordering && opaque {
        return Err(Diagnostic::new(format!("`{sign}` can't be applied to `{common}`, which has no order"), span));
    }
    let nested =
        matches!(common, LogicalType::Map(..) | LogicalType::Row(_) | LogicalType::Array(_) | LogicalType::Multiset(_));
    if ordering && nested {
        return Err(super::expression::unsupported(&format!("{sign} of {}", left.data_type.logical), span));
    }
    let args = vec![coerce(left, &common), coerce(right, &common)];
    let data_type = if distinct { LogicalType::Boolean.not_null() } else { boolean_of(&args) };
    Ok(call(function, args, data_type))
}

/// Whether both are VARIANTs, or both BITMAPs.
fn both_opaque(left: &Expr, right: &Expr) -> bool {
    left.data_type.logical == right.data_type.logical && left.data_type.logical.is_opaque()
}

/// Flink compares such values only where both may be NULL, or neither.
fn mixed_opaque(sign: &str, left: &Expr, right: &Expr, span: Span) -> Diagnostic {
    let (left, right) = (&left.data_type, &right.data_type);
    Diagnostic::new(format!("`{sign}` can't be applied to `{left}` and `{right}`"), span)
        .with_help("let both be able to be NULL (`TRY_PARSE_JSON` gives such a VARIANT), or neither")
}

/// Flink orders texts and numbers, though it finds none equal.
fn not_comparable(sign: &str, ordering: bool, left: &Expr, right: &Expr, span: Span) -> Diagnostic {
    let (a, b) = (&left.data_type.logical, &right.data_type.logical);
    if ordering && ((a.is_character() && b.is_numeric()) || (a.is_numeric() && b.is_character())) {
        let what = format!("{sign} between a text and a number");
        return super::expression::unsupported(&what, span).with_help("cast one side");
    }
    not_applicable(sign, left, right, span)
}

fn not_applicable(sign: &str, left: &Expr, right: &Expr, span: Span) -> Diagnostic {
    let (left, right) = (&left.data_type, &right.data_type);
    Diagnostic::new(format!("`{sign}` can't be applied to `{left}` and `{right}`"), span).with_help("cast one side")
}

/// The function behind a comparison.
fn comparison_of(operator: BinaryOperator) -> Option<&'static str> {
    Some(match operator {
        BinaryOperator::Equals => "equals",
        BinaryOperator::NotEquals => "not_equals",
        BinaryOperator::Less => "less_than",
        BinaryOperator::LessOrEqual => "less_or_equal",
        BinaryOperator::Greater => "greater_than",
        BinaryOperator::GreaterOrEqual => "greater_or_equal",
        _ => return None,
    })
}

impl ExprBinder<'_> {
    pub(crate) fn unary(&mut self, operator: UnaryOperator, operand: &Expression, span: Span) -> Bound<Expr> {
        if operator == UnaryOperator::Not {
            let bound = self.boolean(operand, "NOT")?;
            return Ok(negated(bound));
        }
        if operator == UnaryOperator::Minus
            && let ExpressionKind::Constant(Constant::Number(digits)) = &operand.kind
            && let Ok(value) = format!("-{digits}").parse::<i64>()
        {
            return Ok(negative_constant(value));
        }
        let bound = self.bind(operand)?;
        let interval = matches!(bound.data_type.logical, LogicalType::IntervalDayTime | LogicalType::IntervalYearMonth);
        if !bound.data_type.logical.is_numeric() && !interval {
            return Err(Diagnostic::new(format!("a sign can't be applied to `{}`", bound.data_type), span));
        }
        if operator == UnaryOperator::Plus {
            return Ok(bound);
        }
        Ok(negate(bound))
    }

    pub(crate) fn binary(
        &mut self,
        operator: BinaryOperator,
        left: &Expression,
        right: &Expression,
        span: Span,
    ) -> Bound<Expr> {
        if let Some(function) = comparison_of(operator) {
            let (left, right) = (self.bind_or_null(left)?, self.bind_or_null(right)?);
            return compare(function, operator.text(), left, right, span);
        }
        let (left, right) = (self.bind(left)?, self.bind(right)?);
        if operator == BinaryOperator::Divide && is_zero_as_double(&left, &right) {
            return Err(Diagnostic::new("division by zero", span));
        }
        if operator == BinaryOperator::Concat {
            return concat(left, right, span);
        }
        arithmetic(operator, left, right, span)
    }

    pub(crate) fn distinct(&mut self, left: &Expression, right: &Expression, not: bool, span: Span) -> Bound<Expr> {
        let (left, right) = (self.bind_or_null(left)?, self.bind_or_null(right)?);
        let function = if not { "is_not_distinct_from" } else { "is_distinct_from" };
        compare(function, "IS DISTINCT FROM", left, right, span)
    }

    pub(crate) fn between(
        &mut self,
        value: &Expression,
        bounds: [&Expression; 2],
        not: bool,
        symmetric: bool,
        span: Span,
    ) -> Bound<Expr> {
        let value = self.bind_or_null(value)?;
        let [low, high] = bounds;
        let (low, high) = (self.bind_or_null(low)?, self.bind_or_null(high)?);
        let within = |low: &Expr, high: &Expr| -> Bound<Expr> {
            let above = compare("greater_or_equal", "BETWEEN", value.clone(), low.clone(), span)?;
            let below = compare("less_or_equal", "BETWEEN", value.clone(), high.clone(), span)?;
            Ok(balanced("and", vec![above, below]))
        };
        let mut result = within(&low, &high)?;
        if symmetric {
            result = balanced("or", vec![result, within(&high, &low)?]);
        }
        Ok(if not { negated(result) } else { result })
    }

    pub(crate) fn in_list(&mut self, value: &Expression, list: &[Expression], not: bool, span: Span) -> Bound<Expr> {
        let mut args = vec![self.bind_or_null(value)?];
        for item in list {
            args.push(self.bind_or_null(item)?);
        }
        if args.iter().skip(1).all(|item| written_rows(&args[0], item).is_some()) {
            let equal = |item: &Expr| compare("equals", "IN", args[0].clone(), item.clone(), span);
            let found = balanced("or", args.iter().skip(1).map(equal).collect::<Bound<Vec<Expr>>>()?);
            return Ok(if not { negated(found) } else { found });
        }
        let opaque = |arg: &Expr| arg.data_type.logical.is_opaque();
        // A VARIANT may be NULL among ones that can't.
        let alike = args.get(usize::from(args.iter().all(opaque))..).unwrap_or_default();
        let common = match common_type(alike.iter().map(|arg| &arg.data_type)) {
            Some(common) => common.logical,
            None => in_type(&args).ok_or_else(|| not_applicable("IN", &args[0], &args[1], span))?,
        };
        let args: Vec<Expr> = args.into_iter().map(|arg| coerce(arg, &common)).collect();
        let data_type = boolean_of(&args);
        let result = call("in", args, data_type);
        Ok(if not { negated(result) } else { result })
    }

    /// `LIKE` and `SIMILAR TO`.
    pub(crate) fn like(
        &mut self,
        function: &'static str,
        value: &Expression,
        pattern: &Expression,
        escape: Option<&Expression>,
        not: bool,
    ) -> Bound<Expr> {
        let mut args = Vec::new();
        for part in [Some(value), Some(pattern), escape].into_iter().flatten() {
            let bound = self.bind(part)?;
            if !bound.data_type.logical.is_character() {
                return Err(Diagnostic::new(format!("`LIKE` needs texts, this is `{}`", bound.data_type), part.span));
            }
            args.push(bound);
        }
        let data_type = boolean_of(&args);
        let result = call(function, args, data_type);
        Ok(if not { negated(result) } else { result })
    }
}

impl ExprBinder<'_> {
    /// `(a, b) OVERLAPS (c, d)`: whether two spans of time meet. An end may be an interval, and come before its start.
    pub(crate) fn overlaps(&mut self, left: &Expression, right: &Expression, not: bool, span: Span) -> Bound<Expr> {
        let (a, b) = self.period(left, span)?;
        let (c, d) = self.period(right, span)?;
        let [a, b, c, d] = in_one_type([a, b, c, d]);
        let at_or_after = |x: &Expr, y: &Expr| compare("greater_or_equal", "OVERLAPS", x.clone(), y.clone(), span);
        let later = |x: &Expr, y: &Expr| -> Bound<Expr> { greater_of(at_or_after(x, y)?, x, y) };
        let earlier = |x: &Expr, y: &Expr| -> Bound<Expr> { greater_of(at_or_after(y, x)?, x, y) };
        let first = at_or_after(&later(&a, &b)?, &earlier(&c, &d)?)?;
        let second = at_or_after(&later(&c, &d)?, &earlier(&a, &b)?)?;
        let result = balanced("and", vec![first, second]);
        Ok(if not { negated(result) } else { result })
    }

    /// The two ends of `(start, end)` or `(start, interval)`.
    fn period(&mut self, period: &Expression, span: Span) -> Bound<(Expr, Expr)> {
        let ExpressionKind::Row(ends) = &period.kind else { return Err(no_period(span)) };
        let [start, end] = ends.as_slice() else { return Err(no_period(span)) };
        let (start, end) = (self.bind(start)?, self.bind(end)?);
        let interval = matches!(end.data_type.logical, LogicalType::IntervalDayTime | LogicalType::IntervalYearMonth);
        let end = if interval { arithmetic(BinaryOperator::Plus, start.clone(), end, span)? } else { end };
        Ok((start, end))
    }
}

/// Ends of several precisions in the finest.
fn in_one_type(ends: [Expr; 4]) -> [Expr; 4] {
    match common_type(ends.iter().map(|end| &end.data_type)) {
        Some(common) => ends.map(|end| coerce(end, &common.logical)),
        None => ends,
    }
}

fn no_period(span: Span) -> Diagnostic {
    Diagnostic::new("`OVERLAPS` compares two periods", span).with_help("write `(start, end) OVERLAPS (start, end)`")
}

/// `CASE WHEN condition THEN x ELSE y END`
fn greater_of(condition: Expr, x: &Expr, y: &Expr) -> Bound<Expr> {
    let data_type = x.data_type.clone().with_nullable(x.data_type.nullable || y.data_type.nullable);
    let arms = vec![(condition, x.clone())];
    Ok(Expr { kind: ExprKind::Case { arms, otherwise: Some(Box::new(y.clone())) }, data_type })
}

/// A value among constants of other types: theirs are cast to its type.
fn in_type(args: &[Expr]) -> Option<LogicalType> {
    let value = &args.first()?.data_type;
    let types: Option<Vec<LogicalType>> = args[1..].iter().map(|arg| comparison_type(value, &arg.data_type)).collect();
    let first = types?.into_iter().next()?;
    args.iter().all(|arg| can_cast(&arg.data_type.logical, &first)).then_some(first)
}

/// `NOT x`
pub(crate) fn negated(expr: Expr) -> Expr {
    let args = vec![expr];
    let data_type = boolean_of(&args);
    call("not", args, data_type)
}

/// `-9223372036854775808` is a BIGINT, though its digits alone are not.
fn negative_constant(value: i64) -> Expr {
    let logical = if i32::try_from(value).is_ok() { LogicalType::Int } else { LogicalType::BigInt };
    Expr::literal(Literal::Integer(value), logical.not_null())
}

fn negate(expr: Expr) -> Expr {
    let data_type = expr.data_type.clone();
    match expr.kind {
        ExprKind::Literal(Literal::Decimal(value)) => Expr::literal(Literal::Decimal(-value), data_type),
        // A literal is exact until it is cast, and there is no exact negative zero.
        ExprKind::Literal(Literal::Double(0.0)) => Expr::literal(Literal::Double(0.0), data_type),
        ExprKind::Literal(Literal::Double(value)) => Expr::literal(Literal::Double(-value), data_type),
        ExprKind::Literal(Literal::Months(value)) if value > i32::MIN => {
            Expr::literal(Literal::Months(-value), data_type)
        }
        ExprKind::Literal(Literal::Millis(value)) if value > i64::MIN => {
            Expr::literal(Literal::Millis(-value), data_type)
        }
        _ => call("negate", vec![expr], data_type),
    }
}

/// `a || b`
fn concat(left: Expr, right: Expr, span: Span) -> Bound<Expr> {
    if let (LogicalType::Char(a), LogicalType::Char(b)) = (&left.data_type.logical, &right.data_type.logical) {
        let fixed = LogicalType::Char(a.saturating_add(*b));
        let args = vec![left, right];
        let data_type = node::nullable_with(fixed, &args);
        return Ok(call("concat", args, data_type));
    }
    let text = |expr: Expr| match &expr.data_type.logical {
        logical if logical.is_character() => Ok(expr),
        _ => Err(Diagnostic::new(format!("`||` needs texts, this is `{}`", expr.data_type), span)
            .with_help("cast it to `STRING`")),
    };
    let args = vec![text(left)?, text(right)?];
    let total = args.iter().map(|arg| super::types::length(&arg.data_type.logical)).fold(0, u32::saturating_add);
    let logical = LogicalType::Varchar(total.min(yeoul_row::types::LENGTH_UNBOUNDED));
    let data_type = node::nullable_with(logical, &args);
    Ok(call("concat", args, data_type))
}

fn arithmetic(operator: BinaryOperator, left: Expr, right: Expr, span: Span) -> Bound<Expr> {
    let (left, right) = typed_nulls(left, right);
    refuse_approximate(operator, &left, &right, span)?;
    if left.data_type.logical.is_numeric() && right.data_type.logical.is_numeric() {
        return Ok(numbers(operator, left, right));
    }
    if let Some(moved) = moments(operator, &left, &right) {
        return Ok(moved);
    }
    let time = matches!(left.data_type.logical, LogicalType::Time(_));
    if time && right.data_type.logical == LogicalType::IntervalYearMonth {
        return Err(super::expression::unsupported("months added to a TIME", span));
    }
    Err(not_applicable(operator.text(), &left, &right, span))
}

/// Whether a constant is divided by a constant zero, one of them approximate. Flink computes constants while it plans, and
/// fails there, while a row's value divided by zero is an infinity.
fn is_zero_as_double(left: &Expr, right: &Expr) -> bool {
    let approximate = |expr: &Expr| matches!(expr.data_type.logical, LogicalType::Float | LogicalType::Double);
    (approximate(left) || approximate(right)) && constant(left).is_some() && is_zero(right)
}

/// The constant behind casts.
fn constant(expr: &Expr) -> Option<&Literal> {
    match &expr.kind {
        ExprKind::Literal(literal) => Some(literal),
        ExprKind::Cast { value, .. } => constant(value),
        _ => None,
    }
}

fn is_zero(expr: &Expr) -> bool {
    match constant(expr) {
        Some(Literal::Integer(0) | Literal::Decimal(0)) => true,
        Some(Literal::Double(value)) => *value == 0.0,
        _ => false,
    }
}

/// `%` is for exact numbers only.
fn refuse_approximate(operator: BinaryOperator, left: &Expr, right: &Expr, span: Span) -> Bound<()> {
    let approximate = |expr: &&Expr| matches!(expr.data_type.logical, LogicalType::Float | LogicalType::Double);
    match [left, right].into_iter().find(approximate) {
        Some(expr) if operator == BinaryOperator::Modulo => {
            Err(Diagnostic::new(format!("`%` doesn't take `{}`", expr.data_type), span)
                .with_help("cast it to a DECIMAL or an integer"))
        }
        _ => Ok(()),
    }
}

/// A bare NULL takes the other side's type.
fn typed_nulls(left: Expr, right: Expr) -> (Expr, Expr) {
    let is_null = |expr: &Expr| expr.data_type.logical == LogicalType::Null;
    match (is_null(&left), is_null(&right)) {
        (true, true) => (coerce(left, &LogicalType::Int), coerce(right, &LogicalType::Int)),
        (true, false) if right.data_type.logical.is_numeric() => (coerce(left, &right.data_type.logical), right),
        (false, true) if left.data_type.logical.is_numeric() => {
            let right = coerce(right, &left.data_type.logical);
            (left, right)
        }
        _ => (left, right),
    }
}

/// Arithmetic on two numbers. Decimals keep their own types; everything else is cast to the result's.
pub(crate) fn numbers(operator: BinaryOperator, left: Expr, right: Expr) -> Expr {
    let (function, rule) = match operator {
        BinaryOperator::Minus => ("minus", Arithmetic::Sum),
        BinaryOperator::Times => ("times", Arithmetic::Product),
        BinaryOperator::Divide => ("divide", Arithmetic::Quotient),
        BinaryOperator::Modulo => ("mod", Arithmetic::Remainder),
        _ => ("plus", Arithmetic::Sum),
    };
    let result = arithmetic_type(rule, &left.data_type.logical, &right.data_type.logical);
    let args: Vec<Expr> = if matches!(result, LogicalType::Decimal(..)) {
        [left, right].into_iter().map(as_decimal).collect()
    } else {
        let common = common_type([&left.data_type, &right.data_type]).map_or(result.clone(), |common| common.logical);
        [left, right].into_iter().map(|arg| coerce(arg, &common)).collect()
    };
    let data_type = node::nullable_with(result.clone(), &args);
    narrowed(call(function, args, data_type), &result)
}

/// The remainder of integers is computed in the wider type, then narrowed to the divisor's.
fn narrowed(expr: Expr, result: &LogicalType) -> Expr {
    let ExprKind::Call { function: "mod", args } = &expr.kind else { return expr };
    let wide = args[0].data_type.logical.clone();
    if wide == *result || !result.is_integer() {
        return expr;
    }
    let data_type = DataType { logical: wide, nullable: expr.data_type.nullable };
    coerce(Expr { data_type, ..expr }, result)
}

/// An integer as the decimal that holds all its values.
fn as_decimal(expr: Expr) -> Expr {
    if matches!(expr.data_type.logical, LogicalType::Decimal(..)) {
        return expr;
    }
    let (precision, scale) = super::types::digits(&expr.data_type.logical);
    coerce(expr, &LogicalType::Decimal(precision, scale))
}

/// Arithmetic on moments and intervals, `None` if there is none on these.
fn moments(operator: BinaryOperator, left: &Expr, right: &Expr) -> Option<Expr> {
    let is_interval = |t: &LogicalType| matches!(t, LogicalType::IntervalDayTime | LogicalType::IntervalYearMonth);
    let is_moment = |t: &LogicalType| t.is_timestamp() || matches!(t, LogicalType::Date | LogicalType::Time(_));
    let (a, b) = (&left.data_type.logical, &right.data_type.logical);
    let count = |expr: &Expr| coerce(expr.clone(), &LogicalType::BigInt);
    let (left, right) = (left.clone(), right.clone());
    let (function, args) = match operator {
        BinaryOperator::Plus if is_moment(a) && is_interval(b) => ("datetime_plus", vec![left, right]),
        BinaryOperator::Plus if is_interval(a) && is_moment(b) => ("datetime_plus", vec![right, left]),
        BinaryOperator::Minus if is_moment(a) && is_interval(b) => ("datetime_minus", vec![left, right]),
        BinaryOperator::Plus if is_interval(a) && a == b => ("interval_plus", vec![left, right]),
        BinaryOperator::Minus if is_interval(a) && a == b => ("interval_minus", vec![left, right]),
        BinaryOperator::Times if is_interval(a) && b.is_integer() => ("interval_times", vec![left, count(&right)]),
        BinaryOperator::Times if a.is_integer() && is_interval(b) => ("interval_times", vec![right, count(&left)]),
        _ => return None,
    };
    let result = args[0].data_type.logical.clone();
    if matches!((&result, &args[1].data_type.logical), (LogicalType::Time(_), LogicalType::IntervalYearMonth)) {
        return None;
    }
    let data_type = node::nullable_with(result, &args);
    Some(call(function, args, data_type))
}

/// The first of two values that isn't NULL, in their common type.
pub(crate) fn first_known(first: Expr, second: Expr, span: Span) -> Bound<Expr> {
    let common = common_type([&first.data_type, &second.data_type])
        .ok_or_else(|| not_applicable("COALESCE", &first, &second, span))?;
    let nullable = first.data_type.nullable && second.data_type.nullable;
    let (first, second) = (coerce(first, &common.logical), coerce(second, &common.logical));
    let known = call("is_not_null", vec![first.clone()], LogicalType::Boolean.not_null());
    let kind = ExprKind::Case { arms: vec![(known, first)], otherwise: Some(Box::new(second)) };
    Ok(Expr { kind, data_type: common.with_nullable(nullable) })
}
