//! One call of an aggregate: which function, what it takes, the type of what it gives.

use yeoul_row::{DataType, LogicalType};

use super::Bound;
use super::cast::coerce;
use super::expression::{ExprBinder, unsupported};
use super::types::{average_type, sum_type};
use crate::ast::expression::{Call, Expression, ExpressionKind};
use crate::ast::query::OrderItem;
use crate::diagnostic::{Diagnostic, Span};
use crate::expr::{Expr, ExprKind, Literal};
use crate::plan::{Aggregate, AggregateFunction, BitmapFold};

/// One aggregate call over expressions.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct AggregateCall {
    pub(crate) function: AggregateFunction,
    pub(crate) args: Vec<Expr>,
    pub(crate) parameters: Vec<Literal>,
    pub(crate) distinct: bool,
    pub(crate) data_type: DataType,
}

impl AggregateCall {
    /// A call without constants.
    pub(crate) fn new(
        function: AggregateFunction,
        args: Vec<Expr>,
        distinct: bool,
        data_type: DataType,
    ) -> AggregateCall {
        AggregateCall { function, args, parameters: Vec::new(), distinct, data_type }
    }

    /// The same call over some rows only, if `some`: of none the result is NULL.
    pub(crate) fn filtered(self, some: bool) -> AggregateCall {
        if !some || never_null(self.function) {
            return self;
        }
        AggregateCall { data_type: self.data_type.with_nullable(true), ..self }
    }

    /// The call over columns at these places.
    pub(crate) fn placed(self, args: Vec<usize>, filter: Option<usize>, nullable: bool) -> Aggregate {
        let AggregateCall { function, parameters, distinct, data_type, .. } = self;
        Aggregate { function, args, parameters, distinct, filter, data_type: data_type.with_nullable(nullable) }
    }
}

/// The aggregate of a name in SQL; those with a syntax of their own are not among them.
pub(crate) fn function_of(name: &str) -> Option<AggregateFunction> {
    Some(match name {
        "COUNT" => AggregateFunction::Count,
        "SUM" => AggregateFunction::Sum,
        "AVG" => AggregateFunction::Avg,
        "MIN" => AggregateFunction::Min,
        "MAX" => AggregateFunction::Max,
        "FIRST_VALUE" => AggregateFunction::FirstValue,
        "LAST_VALUE" => AggregateFunction::LastValue,
        "COLLECT" => AggregateFunction::Collect,
        "LISTAGG" => AggregateFunction::ListAgg,
        "ARRAY_AGG" => AggregateFunction::ArrayAgg { nulls: true },
        "PERCENTILE" => AggregateFunction::Percentile,
        name => AggregateFunction::Bitmap(bitmap_fold(name)?),
    })
}

/// What an aggregate of this name makes of sets.
fn bitmap_fold(name: &str) -> Option<BitmapFold> {
    Some(match name {
        "BITMAP_BUILD_AGG" | "BITMAP_BUILD_CARDINALITY_AGG" => BitmapFold::Build,
        "BITMAP_AND_AGG" | "BITMAP_AND_CARDINALITY_AGG" => BitmapFold::And,
        "BITMAP_OR_AGG" | "BITMAP_OR_CARDINALITY_AGG" => BitmapFold::Or,
        "BITMAP_XOR_AGG" | "BITMAP_XOR_CARDINALITY_AGG" => BitmapFold::Xor,
        _ => return None,
    })
}

/// Whether a function's result is never NULL, whatever rows it has seen.
pub(crate) fn never_null(function: AggregateFunction) -> bool {
    use AggregateFunction as F;
    matches!(function, F::Count | F::Collect | F::JsonObjectAgg { .. } | F::JsonArrayAgg { .. })
}

/// The name of a function whose groups can't be merged, and what to use instead.
pub(crate) fn unmerged(function: AggregateFunction) -> Option<(&'static str, &'static str)> {
    match function {
        AggregateFunction::FirstValue => Some(("FIRST_VALUE", "`MIN`")),
        AggregateFunction::LastValue => Some(("LAST_VALUE", "`MAX`")),
        AggregateFunction::JsonArrayAgg { .. } => Some(("JSON_ARRAYAGG", "`ARRAY_AGG`")),
        _ => None,
    }
}

impl ExprBinder<'_> {
    /// A call of `function`, of which `DISTINCT` and what stands in the parentheses count.
    pub(crate) fn aggregate(
        &mut self,
        function: AggregateFunction,
        call: &Call,
        name: &str,
        span: Span,
    ) -> Bound<AggregateCall> {
        let bound = match function {
            AggregateFunction::ListAgg => self.listagg(call, span)?,
            AggregateFunction::Percentile => self.percentile(call, span)?,
            AggregateFunction::ArrayAgg { .. } => {
                let nulls = !matches!(call.ignore_nulls, Some((true, _)));
                self.without_effect(&call.order_by)?;
                self.plain(AggregateFunction::ArrayAgg { nulls }, call, name, span)?
            }
            function => self.plain(function, call, name, span)?,
        };
        if bound.distinct {
            refuse_distinct(&bound.args, name, span)?;
        }
        Ok(bound)
    }

    /// An order within an aggregate: Flink checks it, and takes the values in order of arrival all the same.
    pub(crate) fn without_effect(&mut self, order: &[OrderItem]) -> Bound<()> {
        order.iter().try_for_each(|item| self.bind(&item.value).map(drop))
    }

    /// An aggregate of one value, or `COUNT(*)`.
    fn plain(&mut self, function: AggregateFunction, call: &Call, name: &str, span: Span) -> Bound<AggregateCall> {
        let args = call.args.iter().map(|arg| self.bind(arg)).collect::<Bound<Vec<Expr>>>()?;
        let data_type = aggregate_type(function, &args, call.star, name, span)?;
        Ok(AggregateCall::new(function, args, call.distinct, data_type))
    }

    /// `LISTAGG(text [, constant text])`
    fn listagg(&mut self, call: &Call, span: Span) -> Bound<AggregateCall> {
        let args = call.args.iter().map(|arg| self.bind(arg)).collect::<Bound<Vec<Expr>>>()?;
        let mut args = args.into_iter();
        let (Some(text), separator, None) = (args.next(), args.next(), args.next()) else {
            return Err(Diagnostic::new("`LISTAGG` takes a text, and a constant separator", span));
        };
        if !text.data_type.logical.is_character() {
            return Err(Diagnostic::new(format!("`LISTAGG` doesn't take `{}`", text.data_type), span)
                .with_help("cast it to `STRING`"));
        }
        let parameters = match separator.map(|separator| separator.kind) {
            None => vec![Literal::String(",".to_owned())],
            Some(ExprKind::Literal(literal @ Literal::String(_))) => vec![literal],
            Some(_) => return Err(Diagnostic::new("the separator of `LISTAGG` must be a constant text", span)),
        };
        let data_type = text.data_type.clone();
        Ok(AggregateCall {
            parameters,
            ..AggregateCall::new(AggregateFunction::ListAgg, vec![text], call.distinct, data_type)
        })
    }

    /// `PERCENTILE(number, fraction or array of fractions [, frequency])`
    fn percentile(&mut self, call: &Call, span: Span) -> Bound<AggregateCall> {
        let (value, fractions, frequency) = match call.args.as_slice() {
            [value, fractions] => (value, fractions, None),
            [value, fractions, frequency] => (value, fractions, Some(frequency)),
            _ => {
                let message = "`PERCENTILE` takes a number, a fraction or an array of fractions, and a frequency";
                return Err(Diagnostic::new(message, span));
            }
        };
        if let Some(frequency) = frequency.filter(|_| call.distinct) {
            return Err(unsupported("PERCENTILE(DISTINCT …) with a frequency", frequency.span));
        }
        let number = self.bind(value)?;
        if !number.data_type.logical.is_numeric() {
            return Err(Diagnostic::new(format!("`PERCENTILE` doesn't take `{}`", number.data_type), value.span));
        }
        let double = LogicalType::Double.nullable();
        let (parameters, data_type) = match &fractions.kind {
            ExpressionKind::Array(values) => {
                let fractions = values.iter().map(|value| self.fraction(value)).collect::<Bound<_>>()?;
                (fractions, LogicalType::Array(Box::new(double)).nullable())
            }
            _ => (vec![self.fraction(fractions)?], double),
        };
        let mut args = vec![number];
        if let Some(frequency) = frequency {
            args.push(self.frequency(frequency)?);
        }
        Ok(AggregateCall {
            parameters,
            ..AggregateCall::new(AggregateFunction::Percentile, args, call.distinct, data_type)
        })
    }

    /// A constant from 0 to 1.
    fn fraction(&mut self, expression: &Expression) -> Bound<Literal> {
        let bound = self.bind(expression)?;
        let logical = &bound.data_type.logical;
        let value = match (&bound.kind, logical) {
            (ExprKind::Literal(Literal::Integer(value)), _) => *value as f64,
            (ExprKind::Literal(Literal::Double(value)), _) => *value,
            (ExprKind::Literal(Literal::Decimal(value)), LogicalType::Decimal(_, scale)) => {
                *value as f64 / 10_f64.powi(i32::from(*scale))
            }
            _ if !logical.is_numeric() => {
                return Err(Diagnostic::new(format!("a fraction can't be `{}`", bound.data_type), expression.span));
            }
            _ => return Err(unsupported("PERCENTILE with a fraction that is no constant", expression.span)),
        };
        if (0.0..=1.0).contains(&value) {
            return Ok(Literal::Double(value));
        }
        Err(unsupported("PERCENTILE with a fraction outside of 0 to 1", expression.span))
    }

    fn frequency(&mut self, expression: &Expression) -> Bound<Expr> {
        let bound = self.bind(expression)?;
        if bound.data_type.logical.is_integer() {
            return Ok(coerce(bound, &LogicalType::BigInt));
        }
        Err(Diagnostic::new(format!("a frequency must be an integer, this is `{}`", bound.data_type), expression.span))
    }
}

/// The type of the result of an aggregate of one value.
fn aggregate_type(function: AggregateFunction, args: &[Expr], star: bool, name: &str, span: Span) -> Bound<DataType> {
    if function == AggregateFunction::Count {
        let fits = if star { args.is_empty() } else { args.len() == 1 };
        return if fits {
            Ok(LogicalType::BigInt.not_null())
        } else {
            Err(unsupported("COUNT of anything but `*` or one value", span))
        };
    }
    let [arg] = args else { return Err(Diagnostic::new(format!("`{name}` takes one value"), span)) };
    let logical = &arg.data_type.logical;
    if !takes(function, logical) {
        return Err(Diagnostic::new(format!("`{name}` doesn't take `{}`", arg.data_type), span));
    }
    let result = match function {
        AggregateFunction::Sum => sum_type(logical),
        AggregateFunction::Avg => average_type(logical),
        AggregateFunction::Collect => return Ok(LogicalType::Multiset(Box::new(arg.data_type.clone())).not_null()),
        AggregateFunction::ArrayAgg { .. } => LogicalType::Array(Box::new(arg.data_type.clone())),
        AggregateFunction::Bitmap(_) if name.ends_with("_CARDINALITY_AGG") => return Ok(LogicalType::BigInt.nullable()),
        AggregateFunction::Bitmap(_) => return Ok(LogicalType::Bitmap.nullable()),
        _ => logical.clone(),
    };
    Ok(DataType { logical: result, nullable: arg.data_type.nullable })
}

fn takes(function: AggregateFunction, logical: &LogicalType) -> bool {
    use LogicalType as T;
    match function {
        AggregateFunction::Sum | AggregateFunction::Avg => logical.is_numeric(),
        AggregateFunction::Min | AggregateFunction::Max => {
            let nested = matches!(logical, T::Array(_) | T::Map(..) | T::Multiset(_) | T::Row(_));
            !nested && !logical.is_opaque() && !matches!(logical, T::Binary(_) | T::Varbinary(_) | T::Null)
        }
        AggregateFunction::Bitmap(BitmapFold::Build) => *logical == T::Int,
        AggregateFunction::Bitmap(_) => *logical == T::Bitmap,
        _ => *logical != T::Null,
    }
}

/// `DISTINCT` over values that Flink can't tell apart.
fn refuse_distinct(args: &[Expr], name: &str, span: Span) -> Bound<()> {
    use LogicalType as T;
    let refused =
        |logical: &T| matches!(logical, T::Binary(_) | T::Varbinary(_) | T::Map(..) | T::Multiset(_) | T::Row(_));
    match args.iter().find(|arg| refused(&arg.data_type.logical)) {
        Some(arg) => Err(Diagnostic::new(format!("`{name}(DISTINCT …)` doesn't take `{}`", arg.data_type), span)),
        None => Ok(()),
    }
}
