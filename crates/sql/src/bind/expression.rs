//! Expressions: dispatch by kind. Operators are in [`super::operator`], functions in [`super::call`].

use std::collections::BTreeMap;
use std::sync::Arc;

use yeoul_row::{DataType, Field, LogicalType, RowType};

use super::aggregate::Collector;
use super::cast::{can_cast_explicitly, cast, coerce};
use super::group_window::GroupWindow;
use super::over::Calls;
use super::scope::{Scope, field_of};
use super::types::common_type;
use super::{Bound, literal, node, not_executed, operator};
use crate::ast::expression::{Constant, Expression, ExpressionKind, InfixOperator, IsTest};
use crate::diagnostic::{Diagnostic, Span};
use crate::expr::{Expr, ExprKind, Literal};

/// Binds expressions over one scope.
pub(crate) struct ExprBinder<'a> {
    pub(crate) scope: &'a Scope,
    /// Takes the aggregate calls, where they are allowed.
    pub(crate) collector: Option<&'a mut Collector>,
    /// Where aggregates are not allowed: the clause's name for the refusal.
    pub(crate) clause: &'static str,
    /// Where each column was first named, for later refusals.
    pub(crate) named: BTreeMap<usize, Span>,
    /// Takes the window functions, where they are allowed.
    pub(crate) over: Option<&'a mut Calls>,
    /// The legacy group window whose bounds auxiliary functions ask for.
    pub(crate) group_window: Option<&'a GroupWindow>,
    /// Names of items, where a clause may use them, and whether they come before columns.
    pub(crate) aliases: (Vec<(String, Expr)>, bool),
}

impl<'a> ExprBinder<'a> {
    /// Expressions of a clause without aggregates.
    pub(crate) fn new(scope: &'a Scope, clause: &'static str) -> ExprBinder<'a> {
        let (collector, over, group_window) = (None, None, None);
        ExprBinder { scope, collector, clause, named: BTreeMap::new(), over, group_window, aliases: Default::default() }
    }

    /// An expression that has a type: no bare `NULL`.
    pub(crate) fn bind(&mut self, expression: &Expression) -> Bound<Expr> {
        if expression.kind == ExpressionKind::Constant(Constant::Null) {
            return Err(untyped_null(expression.span));
        }
        self.bind_or_null(expression)
    }

    /// An expression of any type, also a bare `NULL`, which takes its type from the values beside it.
    pub(crate) fn bind_or_null(&mut self, expression: &Expression) -> Bound<Expr> {
        let span = expression.span;
        match &expression.kind {
            ExpressionKind::Name(parts) => self.name(parts, span),
            ExpressionKind::Constant(constant) => literal::bind_constant(constant, span),
            ExpressionKind::Unary(operator, operand) => self.unary(*operator, operand, span),
            ExpressionKind::Binary(operator, left, right) => self.binary(*operator, left, right, span),
            ExpressionKind::Logical(and, operands) => self.logical(*and, operands),
            ExpressionKind::Is { value, test, negated } => self.is(value, *test, *negated),
            ExpressionKind::Distinct { left, right, negated } => self.distinct(left, right, *negated, span),
            ExpressionKind::Between { value, low, high, negated, symmetric } => {
                self.between(value, [low, high], *negated, *symmetric, span)
            }
            ExpressionKind::InList { value, list, negated } => self.in_list(value, list, *negated, span),
            ExpressionKind::Like { value, pattern, escape, negated } => {
                self.like("like", value, pattern, escape.as_deref(), *negated)
            }
            ExpressionKind::Case { operand, arms, otherwise } => {
                self.case(operand.as_deref(), arms, otherwise.as_deref(), span)
            }
            ExpressionKind::Cast { value, data_type, try_cast } => self.cast(value, data_type, *try_cast, span),
            ExpressionKind::Extract(unit, value) => self.extract(*unit, value, span),
            ExpressionKind::RoundTo(up, value, unit) => self.round_to(*up, value, *unit, span),
            ExpressionKind::Trim { side, what, value } => self.trim(*side, what.as_deref(), value),
            ExpressionKind::Apart { months, first, second } => self.apart(*months, first, second, span),
            ExpressionKind::TimestampCall { add, unit, first, second } => {
                self.timestamp_call(*add, *unit, first, second, span)
            }
            ExpressionKind::Call(call) => self.call(call, span),
            ExpressionKind::Field(value, name) => field_of(self.bind(value)?, name),
            ExpressionKind::Index(value, index) => self.index(value, index),
            ExpressionKind::Row(values) => self.row(values),
            ExpressionKind::Array(values) => self.array(values, span),
            ExpressionKind::Map(values) => self.map(values, span),
            ExpressionKind::Json(json) => self.json(json, span),
            ExpressionKind::Similar { value, pattern, escape, negated } => {
                self.like("similar", value, pattern, escape.as_deref(), *negated)
            }
            ExpressionKind::Infix { operator: InfixOperator::Overlaps, left, right, negated } => {
                self.overlaps(left, right, *negated, span)
            }
            other => match self.scope.value_at(span) {
                Some(value) => self.answer(&value.answer.clone(), expression),
                None => Err(not_executed::expression(other, span)),
            },
        }
    }

    /// A BOOLEAN for `clause`.
    pub(crate) fn condition(&mut self, expression: &Expression) -> Bound<Expr> {
        let bound = self.bind_or_null(expression)?;
        match bound.data_type.logical {
            LogicalType::Boolean => Ok(bound),
            LogicalType::Null => Ok(coerce(bound, &LogicalType::Boolean)),
            _ => Err(Diagnostic::new(
                format!("{} needs a BOOLEAN, this is `{}`", self.clause, bound.data_type),
                expression.span,
            )),
        }
    }

    fn name(&mut self, parts: &[crate::ast::Ident], span: Span) -> Bound<Expr> {
        let alias = match parts {
            [only] => self.aliases.0.iter().find(|(name, _)| *name == only.name).map(|(_, expr)| expr),
            _ => None,
        };
        let bound = match (self.scope.resolve(parts), alias) {
            (_, Some(item)) if self.aliases.1 => item.clone(),
            (Err(_), Some(item)) => item.clone(),
            (bound, _) => bound?,
        };
        if let Some(place) = root_column(&bound) {
            self.named.entry(place).or_insert(span);
        }
        Ok(bound)
    }

    fn logical(&mut self, and: bool, operands: &[Expression]) -> Bound<Expr> {
        let word = if and { "AND" } else { "OR" };
        let mut bound = Vec::with_capacity(operands.len());
        for operand in operands {
            bound.push(self.boolean(operand, word)?);
        }
        Ok(operator::balanced(if and { "and" } else { "or" }, bound))
    }

    /// A BOOLEAN operand of `word`.
    pub(crate) fn boolean(&mut self, expression: &Expression, word: &str) -> Bound<Expr> {
        let bound = self.bind(expression)?;
        match bound.data_type.logical {
            LogicalType::Boolean => Ok(bound),
            LogicalType::Null => Ok(coerce(bound, &LogicalType::Boolean)),
            _ => Err(Diagnostic::new(
                format!("`{word}` needs BOOLEAN operands, this is `{}`", bound.data_type),
                expression.span,
            )),
        }
    }

    fn is(&mut self, value: &Expression, test: IsTest, negated: bool) -> Bound<Expr> {
        if let IsTest::Json(shape) = test {
            return self.is_json(value, shape, negated);
        }
        not_executed::is_test(test, value.span)?;
        let null_test = matches!(test, IsTest::Null | IsTest::Unknown);
        let bound = if test == IsTest::Null { self.bind_or_null(value)? } else { self.boolean(value, "IS")? };
        let function = match (test, negated) {
            _ if null_test => {
                if negated {
                    "is_not_null"
                } else {
                    "is_null"
                }
            }
            (IsTest::True, false) => "is_true",
            (IsTest::True, true) => "is_not_true",
            (_, false) => "is_false",
            (_, true) => "is_not_false",
        };
        Ok(operator::call(function, vec![bound], LogicalType::Boolean.not_null()))
    }

    fn case(
        &mut self,
        operand: Option<&Expression>,
        arms: &[(Expression, Expression)],
        otherwise: Option<&Expression>,
        span: Span,
    ) -> Bound<Expr> {
        let mut conditions = Vec::new();
        let mut results = Vec::new();
        for (when, then) in arms {
            conditions.push(self.when(operand, when)?);
            results.push(self.bind_or_null(then)?);
        }
        results.push(match otherwise {
            Some(otherwise) => self.bind_or_null(otherwise)?,
            None => literal::null(),
        });
        let mixed = first_moment(&results).filter(|_| common_type(results.iter().map(|it| &it.data_type)).is_none());
        let data_type = match mixed {
            Some(first) => first,
            None => typed(common_result(&results, "CASE", span)?, span)?,
        };
        let mut results: Vec<Expr> = results.into_iter().map(|result| coerce(result, &data_type.logical)).collect();
        let otherwise = results.pop().map(Box::new);
        let arms = conditions.into_iter().zip(results).collect();
        Ok(Expr { kind: ExprKind::Case { arms, otherwise }, data_type })
    }

    fn when(&mut self, operand: Option<&Expression>, when: &Expression) -> Bound<Expr> {
        match operand {
            None if when.kind == ExpressionKind::Constant(Constant::Null) => self.condition(when),
            None => self.boolean(when, "WHEN"),
            Some(operand) => {
                let (left, right) = (self.bind_or_null(operand)?, self.bind_or_null(when)?);
                operator::compare("equals", "=", left, right, when.span)
            }
        }
    }

    fn cast(&mut self, value: &Expression, to: &DataType, try_cast: bool, span: Span) -> Bound<Expr> {
        let bound = self.bind_or_null(value)?;
        let from = &bound.data_type;
        if !can_cast_explicitly(&from.logical, &to.logical) {
            if from.logical.is_character() && matches!(to.logical, LogicalType::Array(_)) {
                return Err(unsupported("CAST of a text to an ARRAY", span));
            }
            let refusal = Diagnostic::new(format!("`{from}` can't be cast to `{to}`"), span);
            let number = from.logical.is_numeric() && to.logical.is_timestamp();
            return Err(if number { refusal.with_help("use `TO_TIMESTAMP_LTZ(number, precision)`") } else { refusal });
        }
        let data_type = DataType { logical: to.logical.clone(), nullable: from.nullable || try_cast };
        if from.logical == to.logical {
            return Ok(Expr { data_type, ..bound });
        }
        if from.logical == LogicalType::Null {
            return Ok(coerce(bound, &to.logical));
        }
        Ok(cast(bound, data_type, try_cast))
    }

    fn index(&mut self, value: &Expression, index: &Expression) -> Bound<Expr> {
        let (bound, at) = (self.bind(value)?, self.bind(index)?);
        match bound.data_type.logical.clone() {
            LogicalType::Array(_) if matches!(at.kind, ExprKind::Literal(Literal::Integer(..=0))) => {
                Err(Diagnostic::new("an array's elements are counted from 1", index.span))
            }
            LogicalType::Array(element) if at.data_type.logical.is_integer() => {
                let at = coerce(at, &LogicalType::Int);
                Ok(operator::call("array_get", vec![bound, at], element.logical.nullable()))
            }
            LogicalType::Map(key, element) if common_type([&*key, &at.data_type]).is_some() => {
                let at = coerce(at, &key.logical);
                Ok(operator::call("map_get", vec![bound, at], element.logical.nullable()))
            }
            LogicalType::Array(_) => Err(Diagnostic::new("an array's index must be an integer", index.span)),
            LogicalType::Map(key, _) => {
                Err(Diagnostic::new(format!("the map's key is `{key}`, this is `{}`", at.data_type), index.span))
            }
            LogicalType::Variant => variant_part(bound, at, index.span),
            LogicalType::Row(_) => Err(unsupported("an index into a ROW", index.span)),
            _ => Err(Diagnostic::new(format!("`{}` has no elements", bound.data_type), value.span)),
        }
    }

    fn row(&mut self, values: &[Expression]) -> Bound<Expr> {
        let args = values.iter().map(|value| self.bind(value)).collect::<Bound<Vec<Expr>>>()?;
        let fields = args.iter().enumerate();
        let fields = fields.map(|(place, arg)| Field::new(format!("EXPR${place}"), arg.data_type.clone())).collect();
        let logical = LogicalType::Row(Arc::new(RowType::new(fields)));
        Ok(operator::call("row", args, logical.not_null()))
    }

    fn array(&mut self, values: &[Expression], span: Span) -> Bound<Expr> {
        let args = values.iter().map(|value| self.bind_or_null(value)).collect::<Bound<Vec<Expr>>>()?;
        if args.is_empty() {
            return Err(Diagnostic::new("an array needs at least one element", span));
        }
        let element = typed(common_result(&args, "ARRAY", span)?, span)?;
        let args = args.into_iter().map(|arg| coerce(arg, &element.logical)).collect();
        Ok(operator::call("array", args, LogicalType::Array(Box::new(element)).not_null()))
    }
}

impl ExprBinder<'_> {
    /// `MAP[k, v, …]`
    fn map(&mut self, values: &[Expression], span: Span) -> Bound<Expr> {
        if values.is_empty() || values.len() % 2 == 1 {
            return Err(Diagnostic::new("a map needs keys and values: `MAP[k, v, …]`", span));
        }
        let args = values.iter().map(|value| self.bind_or_null(value)).collect::<Bound<Vec<Expr>>>()?;
        let every_second = |first: usize| args.iter().skip(first).step_by(2).cloned().collect::<Vec<Expr>>();
        let key = typed(common_result(&every_second(0), "MAP", span)?, span)?;
        let value = common_result(&every_second(1), "MAP", span)?;
        let target = |place: usize| if place.is_multiple_of(2) { &key.logical } else { &value.logical };
        let args = args.iter().enumerate().map(|(place, arg)| coerce(arg.clone(), target(place))).collect();
        let logical = LogicalType::Map(Box::new(key.clone()), Box::new(value.clone()));
        Ok(operator::call("map", args, logical.not_null()))
    }
}

/// A type that at least one value has given.
fn typed(data_type: DataType, span: Span) -> Bound<DataType> {
    if data_type.logical == LogicalType::Null { Err(untyped_null(span)) } else { Ok(data_type) }
}

/// A bare `NULL` where nothing says of which type it is; Flink refuses it there, too.
pub(crate) fn untyped_null(span: Span) -> Diagnostic {
    Diagnostic::new("`NULL` has no type here", span).with_help("give it one: `CAST(NULL AS INT)`")
}

/// The common type of several results.
pub(crate) fn common_result(results: &[Expr], what: &str, span: Span) -> Bound<DataType> {
    common_type(results.iter().map(|result| &result.data_type)).ok_or_else(|| {
        let moment = |t: &LogicalType| t.is_timestamp() || matches!(t, LogicalType::Date | LogicalType::Time(_));
        if results.iter().all(|result| moment(&result.data_type.logical)) {
            return unsupported(&format!("{what} over dates and times of several types"), span);
        }
        let mut types: Vec<String> = results.iter().map(|result| format!("`{}`", result.data_type)).collect();
        types.dedup();
        Diagnostic::new(format!("the values of `{what}` have no common type: {}", types.join(", ")), span)
            .with_help("cast them to one type")
    })
}

/// The first's type where all are timestamps or instants: `IF` takes that one whatever the others' precisions, `CASE` where
/// they have no common type.
pub(crate) fn first_moment(results: &[Expr]) -> Option<DataType> {
    let first = results.first().filter(|_| results.iter().all(|result| result.data_type.logical.is_timestamp()))?;
    let nullable = results.iter().any(|result| result.data_type.nullable);
    Some(first.data_type.clone().with_nullable(nullable))
}

/// The field or element of a `VARIANT`.
fn variant_part(value: Expr, at: Expr, span: Span) -> Bound<Expr> {
    let wanted = match &at.data_type.logical {
        logical if logical.is_character() => LogicalType::STRING,
        logical if logical.is_integer() => LogicalType::Int,
        other => {
            return Err(Diagnostic::new(format!("a VARIANT has no part at a `{other}`"), span)
                .with_help("give a field's name or an element's place, from 1"));
        }
    };
    Ok(operator::call("variant_get", vec![value, coerce(at, &wanted)], LogicalType::Variant.nullable()))
}

/// The column below fields.
pub(crate) fn root_column(expr: &Expr) -> Option<usize> {
    match &expr.kind {
        ExprKind::Column(place) => Some(*place),
        ExprKind::Field { row, .. } => root_column(row),
        _ => None,
    }
}

/// The refusal of what Flink has and Yeoul has not yet.
pub(crate) fn unsupported(what: &str, span: Span) -> Diagnostic {
    Diagnostic::new(format!("`{what}` is not supported yet"), span)
}

/// `BOOLEAN`, nullable where an argument is.
pub(crate) fn boolean_of(args: &[Expr]) -> DataType {
    node::nullable_with(LogicalType::Boolean, args)
}
