//! Function calls: overloads, result types, and the functions with a syntax of their own.

use yeoul_row::{DataType, LogicalType};

use super::cast::coerce;
use super::expression::{ExprBinder, common_result, first_moment, unsupported, untyped_null};
use super::operator::{compare, numbers};
use super::overload::{apply, known, refuse_types};
use super::pattern::refuse_pattern;
use super::{Bound, literal, not_executed};
use crate::ast::expression::{BinaryOperator, Call, Constant, Expression, ExpressionKind, TrimSide};
use crate::diagnostic::{Diagnostic, Span};
use crate::expr::{Expr, ExprKind, Literal};
use crate::functions::{self, ScalarFunction};
use crate::nearest::did_you_mean;
use crate::plan::TimeAttribute;
use crate::session::DATABASE;

/// Functions that only exist over windows of rows.
const WINDOW_FUNCTIONS: [&str; 9] =
    ["ROW_NUMBER", "RANK", "DENSE_RANK", "LAG", "LEAD", "NTILE", "CUME_DIST", "PERCENT_RANK", "NTH_VALUE"];

/// Flink's group window functions of old.
const GROUP_WINDOWS: [&str; 15] = [
    "TUMBLE",
    "HOP",
    "SESSION",
    "TUMBLE_START",
    "TUMBLE_END",
    "TUMBLE_ROWTIME",
    "TUMBLE_PROCTIME",
    "HOP_START",
    "HOP_END",
    "HOP_ROWTIME",
    "HOP_PROCTIME",
    "SESSION_START",
    "SESSION_END",
    "SESSION_ROWTIME",
    "SESSION_PROCTIME",
];

/// Functions that take a bare `NULL`; the others' arguments need a type, as Flink's validator says.
const TAKE_NULL: &str = "BITMAP_BUILD BTRIM COALESCE ELT ENDSWITH IFNULL INET_ATON INET_NTOA JSON_QUOTE JSON_STRING JSON_UNQUOTE PARSE_JSON PRINTF \
    REGEXP_COUNT REGEXP_EXTRACT_ALL REGEXP_INSTR REGEXP_SUBSTR SPLIT STARTSWITH TO_TIMESTAMP_LTZ TRY_PARSE_JSON UNHEX URL_DECODE URL_ENCODE";

/// Functions of Flink that Yeoul has not yet.
const KNOWN: &str = "HASH_CODE KEYVALUE ML_PREDICT \
    OBJECT_OF OBJECT_UPDATE SOURCE_WATERMARK CONVERT OCTET_LENGTH FROM_CHANGELOG TO_CHANGELOG \
    APPROX_COUNT_DISTINCT SINGLE_VALUE";

impl ExprBinder<'_> {
    /// A call of an aggregate, a special form or a scalar function.
    pub(crate) fn call(&mut self, call: &Call, span: Span) -> Bound<Expr> {
        let name = call.name.last().to_ascii_uppercase();
        if call.name.parts.len() > 1 {
            return Err(unsupported(&format!("functions of a catalog: {}", call.name.key()), call.name.span));
        }
        not_executed::call_suffixes(call)?;
        if let Some(over) = &call.over {
            return self.over_call(call, over, &name, span);
        }
        if let Some(aggregate) = self.aggregate_call(call, &name, span)? {
            return Ok(aggregate);
        }
        if call.star || call.distinct || call.filter.is_some() {
            return Err(Diagnostic::new(
                format!("`{name}` is no aggregate: `*`, `DISTINCT` and `FILTER` don't fit"),
                span,
            ));
        }
        self.scalar_call(&name, call, span)
    }

    fn scalar_call(&mut self, name: &str, call: &Call, span: Span) -> Bound<Expr> {
        match name {
            "IF" => return self.if_call(&call.args, span),
            "NULLIF" => return self.nullif(&call.args, span),
            "PROCTIME" | "CURRENT_WATERMARK" => {}
            "TYPEOF" => return self.type_of(&call.args, span),
            "CURRENT_DATABASE" if call.args.is_empty() => {
                return Ok(coerce(literal::text(DATABASE), &LogicalType::STRING));
            }
            _ if WINDOW_FUNCTIONS.contains(&name) => {
                return Err(Diagnostic::new(format!("`{name}` needs an `OVER (…)` clause"), span));
            }
            _ if GROUP_WINDOWS.contains(&name) => return self.group_window_part(name, call, span),
            _ => {}
        }
        let function = function_named(name).ok_or_else(|| unknown_function(name, call.name.span))?;
        let args = self.arguments(name, &call.args)?;
        if name == "CURRENT_WATERMARK" {
            self.check_rowtime(&args, span)?;
        }
        refuse_types(name, &args, span)?;
        refuse_pattern(name, &args, span)?;
        match (name, <[Expr; 2]>::try_from(args)) {
            ("MOD", Ok([left, right])) if [&left, &right].iter().all(|arg| arg.data_type.logical.is_numeric()) => {
                Ok(numbers(BinaryOperator::Modulo, left, right))
            }
            ("COALESCE" | "IFNULL", Ok(args)) if args.iter().all(is_untyped) => Err(untyped_null(span)),
            ("JSON_STRING", Err(args)) if args.iter().all(is_untyped) => {
                Ok(coerce(literal::null(), &LogicalType::STRING))
            }
            ("TO_TIMESTAMP_LTZ", Ok(args)) => to_timestamp_ltz(function, args, span),
            (_, Ok(args)) => apply(function, name, args.into(), span),
            (_, Err(args)) => apply(function, name, args, span),
        }
    }

    /// A function's arguments, among them a bare `NULL` where Flink's function takes one.
    fn arguments(&mut self, name: &str, args: &[Expression]) -> Bound<Vec<Expr>> {
        let elements = name.starts_with("ARRAY_") || name.starts_with("MAP_");
        let known = TAKE_NULL.split_whitespace().any(|known| known == name);
        let one = |(place, arg)| {
            if known || elements && place > 0 { self.bind_or_null(arg) } else { self.bind(arg) }
        };
        args.iter().enumerate().map(one).collect()
    }

    /// `CURRENT_WATERMARK` takes a rowtime attribute.
    fn check_rowtime(&self, args: &[Expr], span: Span) -> Bound<()> {
        let rowtime = |arg: &Expr| matches!(arg.kind, ExprKind::Column(place) if self.scope.time.get(place) == Some(&TimeAttribute::Rowtime));
        if args.len() == 1 && args.iter().all(rowtime) {
            return Ok(());
        }
        Err(Diagnostic::new("`CURRENT_WATERMARK` needs a rowtime attribute", span)
            .with_help("a column with `WATERMARK FOR`, unchanged since its table"))
    }

    fn if_call(&mut self, args: &[Expression], span: Span) -> Bound<Expr> {
        let [condition, then, otherwise] = args else {
            return Err(wrong_count("IF", "a condition and two values", span));
        };
        let condition = self.boolean(condition, "IF")?;
        let results = vec![self.bind(then)?, self.bind(otherwise)?];
        refuse_opaque(&results, "IF", span)?;
        let data_type = match first_moment(&results) {
            Some(first) => first,
            None => common_result(&results, "IF", span)?,
        };
        let data_type = data_type.with_nullable(true);
        let mut results = results.into_iter().map(|result| coerce(result, &data_type.logical));
        let (then, otherwise) = (results.next(), results.next().map(Box::new));
        let arms = then.into_iter().map(|then| (condition.clone(), then)).collect();
        Ok(Expr { kind: ExprKind::Case { arms, otherwise }, data_type })
    }

    /// `TYPEOF(x [, serializable])`: the type as a text.
    fn type_of(&mut self, args: &[Expression], span: Span) -> Bound<Expr> {
        let (value, serializable) = match args {
            [value] => (value, false),
            [value, flag] => (value, matches!(flag.kind, ExpressionKind::Constant(Constant::Boolean(true)))),
            _ => return Err(wrong_count("TYPEOF", "a value, and TRUE or FALSE", span)),
        };
        let data_type = self.bind_or_null(value)?.data_type;
        let name = summary(&data_type, serializable);
        Ok(coerce(literal::text(&name), &LogicalType::STRING))
    }

    /// `NULLIF(a, b)`: NULL where they are equal.
    fn nullif(&mut self, args: &[Expression], span: Span) -> Bound<Expr> {
        let [a, b] = args else { return Err(wrong_count("NULLIF", "two arguments", span)) };
        let (a, b) = (self.bind(a)?, self.bind_or_null(b)?);
        refuse_opaque(std::slice::from_ref(&a), "NULLIF", span)?;
        let data_type = a.data_type.clone().with_nullable(true);
        let equal = compare("equals", "NULLIF", a.clone(), b, span)?;
        let null = Expr::literal(Literal::Null, data_type.clone());
        Ok(Expr { kind: ExprKind::Case { arms: vec![(equal, null)], otherwise: Some(Box::new(a)) }, data_type })
    }

    pub(crate) fn trim(&mut self, side: TrimSide, what: Option<&Expression>, value: &Expression) -> Bound<Expr> {
        let bound = self.bind(value)?;
        let what = match what {
            Some(what) => self.bind(what)?,
            None => literal::text(" "),
        };
        let function = match side {
            TrimSide::Both => "trim",
            TrimSide::Leading => "ltrim",
            TrimSide::Trailing => "rtrim",
        };
        apply(known(function, value.span)?, "TRIM", vec![bound, what], value.span)
    }
}

/// Refuses `VARIANT`s and `BITMAP`s where Flink has no rule for them.
fn refuse_opaque(args: &[Expr], name: &str, span: Span) -> Bound<()> {
    match args.iter().find(|arg| arg.data_type.logical.is_opaque()) {
        Some(arg) => Err(Diagnostic::new(format!("`{name}` doesn't take `{}`", arg.data_type), span)
            .with_help("write `CASE WHEN …`")),
        None => Ok(()),
    }
}

fn is_untyped(arg: &Expr) -> bool {
    arg.data_type.logical == LogicalType::Null
}

/// `TO_TIMESTAMP_LTZ(number, precision)`: a constant precision above milliseconds is the result's.
fn to_timestamp_ltz(function: &'static ScalarFunction, args: [Expr; 2], span: Span) -> Bound<Expr> {
    let precision = match &args[1].kind {
        ExprKind::Literal(Literal::Integer(precision)) => u8::try_from(*precision).ok(),
        _ => None,
    };
    let result = apply(function, "TO_TIMESTAMP_LTZ", args.into(), span)?;
    let logical = match precision {
        Some(precision @ 4..=9) => LogicalType::TimestampLtz(precision),
        _ => return Ok(result),
    };
    Ok(Expr { data_type: logical.nullable(), ..result })
}

/// A function by its name in SQL, or by `$` and its canonical name: what `CREATE FUNCTION` maps a class to.
fn function_named(name: &str) -> Option<&'static ScalarFunction> {
    match name.strip_prefix('$') {
        Some(canonical) => functions::by_name(&canonical.to_ascii_lowercase()),
        None => functions::by_sql_name(name),
    }
}

/// A type as Flink names it for people, or so that it can be read again.
fn summary(data_type: &DataType, serializable: bool) -> String {
    let name = data_type.to_string();
    if serializable {
        return name.replace("STRING", "VARCHAR(2147483647)").replace("BYTES", "VARBINARY(2147483647)");
    }
    name.replace("INTERVAL DAY TO SECOND(3)", "INTERVAL SECOND(3)").replace("INTERVAL YEAR TO MONTH", "INTERVAL MONTH")
}

fn wrong_count(name: &str, wanted: &str, span: Span) -> Diagnostic {
    Diagnostic::new(format!("`{name}` takes {wanted}"), span)
}

fn unknown_function(name: &str, span: Span) -> Diagnostic {
    if KNOWN.split_whitespace().any(|known| known == name) {
        return unsupported(name, span);
    }
    let names: Vec<&str> = functions::sql_names().collect();
    let help = crate::nearest::nearest(name, names.iter().copied())
        .map_or_else(|| "`SHOW FUNCTIONS` lists them".to_owned(), |_| did_you_mean(name, &names, "functions"));
    Diagnostic::new(format!("unknown function `{name}`"), span).with_help(help)
}
