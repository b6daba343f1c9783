//! SQL/JSON functions: their clauses become constant arguments of the functions behind them.

use yeoul_row::{DataType, LogicalType};

use super::aggregate::Collected;
use super::aggregate_call::AggregateCall;
use super::cast::{can_store, coerce};
use super::expression::{ExprBinder, unsupported};
use super::operator::call;
use super::{Bound, literal};
use crate::ast::expression::{Expression, ExpressionKind};
use crate::ast::json::{JsonBehavior, JsonCall, JsonKind, JsonShape, JsonSource, JsonWrapper};
use crate::ast::query::OrderItem;
use crate::diagnostic::{Diagnostic, Span};
use crate::expr::{Expr, ExprKind, Literal};
use crate::plan::AggregateFunction;

/// The type of what aggregates of JSON give.
const AGGREGATED: LogicalType = LogicalType::Varchar(2000);

impl ExprBinder<'_> {
    /// A call of an SQL/JSON function.
    pub(crate) fn json(&mut self, json: &JsonCall, span: Span) -> Bound<Expr> {
        match &json.kind {
            JsonKind::Exists { source, on_error } => self.json_exists(source, on_error.as_ref()),
            JsonKind::Value { source, returning, on_empty, on_error } => {
                self.json_value(source, returning.as_ref(), [on_empty.as_ref(), on_error.as_ref()], span)
            }
            JsonKind::Query { source, returning, wrapper, on_empty, on_error } => {
                self.json_query(source, returning.as_ref(), *wrapper, [on_empty.as_ref(), on_error.as_ref()], span)
            }
            JsonKind::Object { pairs, absent_on_null } => self.json_object(pairs, absent_on_null.unwrap_or(false)),
            JsonKind::Array { values, absent_on_null } => self.json_array(values, absent_on_null.unwrap_or(true)),
            JsonKind::ObjectAgg { key, value, absent_on_null } => {
                self.json_objectagg(key, value, !absent_on_null.unwrap_or(false), span)
            }
            JsonKind::ArrayAgg { value, order_by, absent_on_null } => {
                self.json_arrayagg(value, order_by, !absent_on_null.unwrap_or(true), span)
            }
        }
    }

    /// Input and path.
    fn json_source(&mut self, source: &JsonSource) -> Bound<[Expr; 2]> {
        let path = self.json_text(&source.path)?;
        super::pattern::refuse_path(&path, source.path.span)?;
        Ok([self.bind(&source.input)?, path])
    }

    /// Input and path, the input a text of JSON or a `VARIANT`.
    fn json_or_variant(&mut self, source: &JsonSource) -> Bound<Vec<Expr>> {
        let [input, path] = self.json_source(source)?;
        if input.data_type.logical == LogicalType::Variant {
            return Ok(vec![variant_json(input), path]);
        }
        Ok(vec![json_checked(input, source.input.span)?, path])
    }

    fn json_text(&mut self, expression: &Expression) -> Bound<Expr> {
        let bound = self.bind(expression)?;
        json_checked(bound, expression.span)
    }

    fn json_exists(&mut self, source: &JsonSource, on_error: Option<&JsonBehavior>) -> Bound<Expr> {
        let [input, path] = self.json_source(source)?;
        if input.data_type.logical == LogicalType::Variant {
            return Err(Diagnostic::new("`JSON_EXISTS` doesn't take a VARIANT", source.input.span)
                .with_help("ask for the part: `v['a'] IS NOT NULL`"));
        }
        let mut args = vec![json_checked(input, source.input.span)?, path];
        args.push(literal::text(on_error.map_or("FALSE", behavior_word)));
        Ok(call("json_exists", args, LogicalType::Boolean.nullable()))
    }

    fn json_value(
        &mut self,
        source: &JsonSource,
        returning: Option<&DataType>,
        behaviors: [Option<&JsonBehavior>; 2],
        span: Span,
    ) -> Bound<Expr> {
        let mut args = self.json_or_variant(source)?;
        let logical = returning.map_or(LogicalType::STRING, |returning| returning.logical.clone());
        let known = matches!(logical, LogicalType::Boolean | LogicalType::Int | LogicalType::Double);
        if !known && !logical.is_character() {
            return Err(Diagnostic::new(format!("`JSON_VALUE` can't return `{logical}`"), span)
                .with_help("it returns STRING, BOOLEAN, INT or DOUBLE; cast the text"));
        }
        args.extend(behaviors.map(|behavior| literal::text(behavior.map_or("NULL", behavior_word))));
        for behavior in behaviors {
            let default = match behavior {
                Some(JsonBehavior::Default(default)) => self.bind(default)?,
                _ => literal::null(),
            };
            if !can_store(&default.data_type.logical, &logical) {
                return Err(Diagnostic::new(format!("`{}` is no default for `{logical}`", default.data_type), span));
            }
            args.push(coerce(default, &logical));
        }
        Ok(call("json_value", args, logical.nullable()))
    }

    fn json_query(
        &mut self,
        source: &JsonSource,
        returning: Option<&DataType>,
        wrapper: Option<JsonWrapper>,
        behaviors: [Option<&JsonBehavior>; 2],
        span: Span,
    ) -> Bound<Expr> {
        let mut args = self.json_or_variant(source)?;
        let logical = returning.map_or(LogicalType::STRING, |returning| returning.logical.clone());
        let texts = matches!(&logical, LogicalType::Array(item) if item.logical.is_character());
        if !texts && !logical.is_character() {
            return Err(Diagnostic::new(format!("`JSON_QUERY` can't return `{logical}`"), span)
                .with_help("it returns STRING or ARRAY<STRING>"));
        }
        args.push(literal::text(match wrapper {
            None | Some(JsonWrapper::Without) => "WITHOUT",
            Some(JsonWrapper::Conditional) => "CONDITIONAL",
            Some(JsonWrapper::Unconditional) => "UNCONDITIONAL",
        }));
        args.extend(behaviors.map(|behavior| literal::text(behavior.map_or("NULL", behavior_word))));
        Ok(call("json_query", args, logical.nullable()))
    }

    fn json_object(&mut self, pairs: &[(Expression, Expression)], absent: bool) -> Bound<Expr> {
        let mut args = Vec::with_capacity(pairs.len() * 2);
        let mut raw = String::new();
        for (key, value) in pairs {
            let bound = self.bind(key)?;
            if !matches!(bound.kind, ExprKind::Literal(Literal::String(_))) {
                return Err(Diagnostic::new("a key of `JSON_OBJECT` must be a constant text", key.span));
            }
            args.push(bound);
            args.push(self.json_part(value, &mut raw)?);
        }
        Ok(made("json_object", absent, &raw, args))
    }

    fn json_array(&mut self, values: &[Expression], absent: bool) -> Bound<Expr> {
        let mut raw = String::new();
        let args = values.iter().map(|value| self.json_part(value, &mut raw)).collect::<Bound<Vec<Expr>>>()?;
        Ok(made("json_array", absent, &raw, args))
    }

    fn json_objectagg(&mut self, key: &Expression, value: &Expression, nulls: bool, span: Span) -> Bound<Expr> {
        self.json_aggregate("JSON_OBJECTAGG", AggregateFunction::JsonObjectAgg { nulls }, span, |binder| {
            let bound = binder.bind(key)?;
            if !bound.data_type.logical.is_character() {
                return Err(Diagnostic::new(format!("a key can't be `{}`", bound.data_type), key.span)
                    .with_help("cast it to `STRING`"));
            }
            Ok(vec![bound, binder.json_member(value)?])
        })
    }

    fn json_arrayagg(&mut self, value: &Expression, order: &[OrderItem], nulls: bool, span: Span) -> Bound<Expr> {
        self.json_aggregate("JSON_ARRAYAGG", AggregateFunction::JsonArrayAgg { nulls }, span, |binder| {
            binder.without_effect(order)?;
            Ok(vec![binder.json_member(value)?])
        })
    }

    fn json_aggregate(
        &mut self,
        name: &'static str,
        function: AggregateFunction,
        span: Span,
        args: impl FnOnce(&mut Self) -> Bound<Vec<Expr>>,
    ) -> Bound<Expr> {
        let columns = self.collected(name, span, |binder| {
            let call = AggregateCall::new(function, args(binder)?, false, AGGREGATED.not_null());
            Ok(vec![Collected { call, filter: None }])
        })?;
        columns.into_iter().next().ok_or_else(|| Diagnostic::new(format!("`{name}` has no column"), span))
    }

    /// A value as JSON.
    fn json_member(&mut self, value: &Expression) -> Bound<Expr> {
        if matches!(&value.kind, ExpressionKind::Call(call) if call.name.last().eq_ignore_ascii_case("JSON")) {
            return Err(Diagnostic::new("`JSON` can only stand in `JSON_OBJECT` and `JSON_ARRAY`", value.span));
        }
        let mut raw = String::new();
        let bound = self.json_part(value, &mut raw)?;
        if raw == "r" {
            return Ok(bound);
        }
        let data_type = DataType { logical: LogicalType::STRING, nullable: bound.data_type.nullable };
        Ok(call("json_string", vec![bound], data_type))
    }

    /// A value within JSON: what `JSON_OBJECT`, `JSON_ARRAY` and `JSON` give is JSON already.
    fn json_part(&mut self, value: &Expression, raw: &mut String) -> Bound<Expr> {
        match &value.kind {
            ExpressionKind::Json(json) if matches!(json.kind, JsonKind::Object { .. } | JsonKind::Array { .. }) => {
                raw.push('r');
                self.bind(value)
            }
            ExpressionKind::Call(call) if call.name.last().eq_ignore_ascii_case("JSON") => {
                let [text] = call.args.as_slice() else {
                    return Err(Diagnostic::new("`JSON` takes one text", value.span));
                };
                raw.push('r');
                self.json_text(text)
            }
            _ => {
                raw.push('v');
                let bound = self.bind(value)?;
                check_writable(&bound.data_type.logical, value.span)?;
                Ok(bound)
            }
        }
    }

    /// `x IS JSON …`
    pub(crate) fn is_json(&mut self, value: &Expression, shape: JsonShape, negated: bool) -> Bound<Expr> {
        let shape = match shape {
            JsonShape::Value => "VALUE",
            JsonShape::Object => "OBJECT",
            JsonShape::Array => "ARRAY",
            JsonShape::Scalar => "SCALAR",
        };
        let args = vec![self.json_text(value)?, literal::text(shape)];
        let result = call("is_json", args, LogicalType::Boolean.not_null());
        Ok(if negated { super::operator::negated(result) } else { result })
    }
}

fn json_checked(bound: Expr, span: Span) -> Bound<Expr> {
    match &bound.data_type.logical {
        logical if logical.is_character() => Ok(bound),
        // Flink takes some of the other types as their texts.
        _ => Err(unsupported(&format!("JSON in a `{}`", bound.data_type), span)
            .with_help("JSON is a text: cast it to STRING")),
    }
}

/// A `VARIANT` as the text of its JSON.
fn variant_json(variant: Expr) -> Expr {
    let data_type = DataType { logical: LogicalType::STRING, nullable: variant.data_type.nullable };
    call("json_string", vec![variant], data_type)
}

/// A call that makes JSON.
fn made(function: &'static str, absent: bool, raw: &str, values: Vec<Expr>) -> Expr {
    let mut args = vec![literal::text(if absent { "ABSENT" } else { "NULL" }), literal::text(raw)];
    args.extend(values);
    call(function, args, LogicalType::STRING.not_null())
}

/// Refuses what has no JSON form in Flink.
pub(crate) fn check_writable(logical: &LogicalType, span: Span) -> Bound<()> {
    use LogicalType as T;
    match logical {
        T::Array(item) => check_writable(&item.logical, span),
        T::Map(key, value) if key.logical.is_character() => check_writable(&value.logical, span),
        T::Row(row) => row.fields.iter().try_for_each(|field| check_writable(&field.data_type.logical, span)),
        T::Date | T::Time(_) | T::IntervalDayTime | T::IntervalYearMonth | T::Map(..) | T::Multiset(_) | T::Bitmap => {
            Err(Diagnostic::new(format!("`{logical}` can't be made JSON"), span).with_help("cast it to `STRING`"))
        }
        _ => Ok(()),
    }
}

fn behavior_word(behavior: &JsonBehavior) -> &'static str {
    match behavior {
        JsonBehavior::Null => "NULL",
        JsonBehavior::Error => "ERROR",
        JsonBehavior::True => "TRUE",
        JsonBehavior::False => "FALSE",
        JsonBehavior::Unknown => "UNKNOWN",
        JsonBehavior::EmptyArray => "EMPTY ARRAY",
        JsonBehavior::EmptyObject => "EMPTY OBJECT",
        JsonBehavior::Default(_) => "DEFAULT",
    }
}
