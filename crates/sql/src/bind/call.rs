//! Function calls: overloads, result types, and the functions with a syntax of their own.

use yeoul_row::{DataType, LogicalType};

use super::cast::coerce;
use super::expression::{ExprBinder, common_result, unsupported};
use super::operator::{call, compare, numbers};
use super::types::{common_type, length, round_type};
use super::{Bound, literal, not_executed};
use crate::ast::expression::{BinaryOperator, Call, Expression, TimeUnit, TrimSide};
use crate::diagnostic::{Diagnostic, Span};
use crate::expr::{Expr, ExprKind, Literal};
use crate::functions::{self, Nulls, Param, ResultRule, ScalarFunction};
use crate::nearest::did_you_mean;
use crate::plan::TimeAttribute;

/// Functions that only exist over windows of rows.
const WINDOW_FUNCTIONS: [&str; 9] =
    ["ROW_NUMBER", "RANK", "DENSE_RANK", "LAG", "LEAD", "NTILE", "CUME_DIST", "PERCENT_RANK", "NTH_VALUE"];

/// Flink's group window functions of old.
const GROUP_WINDOWS: [&str; 12] = [
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
    "SESSION_START",
    "SESSION_END",
];

/// Scalar functions of Flink that Yeoul has not yet.
const KNOWN_SCALARS: &str = "ACOS ARRAY_APPEND ARRAY_CONCAT ARRAY_CONTAINS ARRAY_DISTINCT ARRAY_EXCEPT ARRAY_INTERSECT \
    ARRAY_JOIN ARRAY_MAX ARRAY_MIN ARRAY_POSITION ARRAY_PREPEND ARRAY_REMOVE ARRAY_REVERSE ARRAY_SLICE ARRAY_SORT \
    ARRAY_UNION ASCII ASIN ATAN ATAN2 BIN CARDINALITY CHR CONVERT_TZ COS COSH COT CURRENT_DATABASE \
    CURRENT_ROW_TIMESTAMP DECODE DEGREES E ELEMENT ELT ENCODE ENDSWITH FROM_BASE64 FROM_UNIXTIME HEX INET_ATON \
    INET_NTOA IS_ALPHA IS_DECIMAL IS_DIGIT JSON JSON_QUOTE JSON_STRING JSON_UNQUOTE LOG LOG2 MAP_ENTRIES \
    MAP_FROM_ARRAYS MAP_KEYS MAP_UNION MAP_VALUES OVERLAY PARSE_JSON PARSE_URL PI PRINTF RADIANS RAND RAND_INTEGER \
    REGEXP_COUNT REGEXP_EXTRACT_ALL REGEXP_INSTR REGEXP_SUBSTR SHA1 SHA2 SHA224 SHA384 SHA512 SIN SINH \
    SOURCE_WATERMARK SPLIT STARTSWITH STR_TO_MAP TAN TANH TO_BASE64 TRANSLATE TRY_PARSE_JSON TYPEOF UNHEX \
    UNIX_TIMESTAMP URL_DECODE URL_ENCODE UUID CONVERT OCTET_LENGTH";

impl ExprBinder<'_> {
    /// A call of an aggregate, a special form or a scalar function.
    pub(crate) fn call(&mut self, call: &Call, span: Span) -> Bound<Expr> {
        let name = call.name.last().to_ascii_uppercase();
        if call.name.parts.len() > 1 {
            return Err(unsupported(&format!("functions of a catalog: {}", call.name.key()), call.name.span));
        }
        if let Some(over) = &call.over {
            return Err(unsupported(&format!("{name} OVER"), over.span).with_help(
                "only `ROW_NUMBER() OVER (PARTITION BY … ORDER BY a time attribute) AS n` with `WHERE n = 1` is",
            ));
        }
        not_executed::call_suffixes(call)?;
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
            "IFNULL" if call.args.len() != 2 => return Err(wrong_count(name, "two arguments", span)),
            _ if WINDOW_FUNCTIONS.contains(&name) => {
                return Err(Diagnostic::new(format!("`{name}` needs an `OVER (…)` clause"), span));
            }
            _ if GROUP_WINDOWS.contains(&name) => {
                return Err(unsupported(&format!("{name} as a group window function"), span)
                    .with_help("use the table function: `FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL …))`"));
            }
            _ => {}
        }
        let function = function_named(name).ok_or_else(|| unknown_function(name, call.name.span))?;
        let args = call.args.iter().map(|arg| self.bind(arg)).collect::<Bound<Vec<Expr>>>()?;
        if name == "CURRENT_WATERMARK" {
            self.check_rowtime(&args, span)?;
        }
        refuse_types(name, &args, span)?;
        match (name, <[Expr; 2]>::try_from(args)) {
            ("MOD", Ok([left, right])) if [&left, &right].iter().all(|arg| arg.data_type.logical.is_numeric()) => {
                Ok(numbers(BinaryOperator::Modulo, left, right))
            }
            ("TO_TIMESTAMP_LTZ", Ok([number, precision])) if number.data_type.logical.is_numeric() => {
                apply(function, name, vec![coerce(number, &LogicalType::BigInt), precision], span)
            }
            (_, Ok(args)) => apply(function, name, args.into(), span),
            (_, Err(args)) => apply(function, name, args, span),
        }
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
        let data_type = common_result(&results, "IF", span)?.with_nullable(true);
        let mut results = results.into_iter().map(|result| coerce(result, &data_type.logical));
        let (then, otherwise) = (results.next(), results.next().map(Box::new));
        let arms = then.into_iter().map(|then| (condition.clone(), then)).collect();
        Ok(Expr { kind: ExprKind::Case { arms, otherwise }, data_type })
    }

    /// `NULLIF(a, b)`: NULL where they are equal.
    fn nullif(&mut self, args: &[Expression], span: Span) -> Bound<Expr> {
        let [a, b] = args else { return Err(wrong_count("NULLIF", "two arguments", span)) };
        let (a, b) = (self.bind(a)?, self.bind(b)?);
        let data_type = a.data_type.clone().with_nullable(true);
        let equal = compare("equals", "NULLIF", a.clone(), b, span)?;
        let null = Expr::literal(Literal::Null, data_type.clone());
        Ok(Expr { kind: ExprKind::Case { arms: vec![(equal, null)], otherwise: Some(Box::new(a)) }, data_type })
    }

    pub(crate) fn extract(&mut self, unit: TimeUnit, value: &Expression, span: Span) -> Bound<Expr> {
        let function = match unit {
            TimeUnit::Year => "year",
            TimeUnit::Quarter => "quarter",
            TimeUnit::Month => "month",
            TimeUnit::Week => "week",
            TimeUnit::Day => "dayofmonth",
            TimeUnit::DayOfWeek => "dayofweek",
            TimeUnit::DayOfYear => "dayofyear",
            TimeUnit::Hour => "hour",
            TimeUnit::Minute => "minute",
            TimeUnit::Second => "second",
            _ => return Err(unsupported(&format!("EXTRACT({} FROM …)", unit.keyword()), span)),
        };
        let bound = self.bind(value)?;
        let function = functions::by_name(function).ok_or_else(|| unknown_function(function, span))?;
        apply(function, "EXTRACT", vec![bound], span)
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
        ];
        if !supported.contains(&unit) {
            return Err(unsupported(&format!("{name}(… TO {})", unit.keyword()), span));
        }
        let function = if up { "datetime_ceil" } else { "datetime_floor" };
        let function = functions::by_name(function).ok_or_else(|| unknown_function(function, span))?;
        apply(function, name, vec![bound, literal::text(unit.keyword())], span)
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
        let function = functions::by_name(function).ok_or_else(|| unknown_function("TRIM", value.span))?;
        apply(function, "TRIM", vec![bound, what], value.span)
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

/// Refuses what Flink's functions refuse though their signatures would take it.
fn refuse_types(name: &str, args: &[Expr], span: Span) -> Bound<()> {
    use LogicalType as T;
    let refused = |logical: &LogicalType| match name {
        "MOD" => matches!(logical, T::Float | T::Double),
        "SIGN" => matches!(logical, T::TinyInt | T::SmallInt),
        "GREATEST" | "LEAST" => {
            matches!(logical, T::Binary(_) | T::Varbinary(_) | T::Array(_) | T::Map(..) | T::Multiset(_) | T::Row(_))
        }
        _ => false,
    };
    match args.iter().find(|arg| refused(&arg.data_type.logical)) {
        Some(arg) => Err(Diagnostic::new(format!("`{name}` doesn't take `{}`", arg.data_type), span)),
        None => Ok(()),
    }
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
    let function = functions::by_name("datetime_plus").ok_or_else(|| unknown_function("TIMESTAMPADD", span))?;
    apply(function, "TIMESTAMPADD", vec![moment, interval], span)
}

/// A date plus hours is a timestamp.
fn date_to_timestamp(moment: Expr, unit: TimeUnit) -> Expr {
    let within_day = matches!(unit, TimeUnit::Hour | TimeUnit::Minute | TimeUnit::Second);
    if within_day && moment.data_type.logical == LogicalType::Date {
        return coerce(moment, &LogicalType::Timestamp(0));
    }
    moment
}

fn timestamp_diff(unit: TimeUnit, from: Expr, to: Expr, span: Span) -> Bound<Expr> {
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
    let common = common_type([&from.data_type, &to.data_type]);
    if matches!(from.data_type.logical, LogicalType::Time(_)) {
        return Err(unsupported("TIMESTAMPDIFF of TIME", span));
    }
    let common = common.ok_or_else(|| {
        Diagnostic::new(format!("`TIMESTAMPDIFF` can't compare `{}` and `{}`", from.data_type, to.data_type), span)
    })?;
    let args = vec![literal::text(unit.keyword()), coerce(from, &common.logical), coerce(to, &common.logical)];
    let function = functions::by_name("timestamp_diff").ok_or_else(|| unknown_function("TIMESTAMPDIFF", span))?;
    apply(function, "TIMESTAMPDIFF", args, span)
}

/// Applies a function under the first of its argument lists that fits.
fn apply(function: &'static ScalarFunction, name: &str, args: Vec<Expr>, span: Span) -> Bound<Expr> {
    let fitting = function.overloads.iter().find_map(|overload| {
        let params = function.params(overload, args.len())?;
        let targets: Option<Vec<LogicalType>> =
            params.iter().zip(&args).map(|(param, arg)| param.cast_target(&arg.data_type)).collect();
        Some((params, targets?))
    });
    let Some((params, targets)) = fitting else { return Err(no_overload(function, name, &args, span)) };
    let args: Vec<Expr> = args.into_iter().zip(&targets).map(|(arg, target)| coerce(arg, target)).collect();
    let args = with_common_type(&params, args, name, span)?;
    let logical = result_type(function.result, &args);
    let nullable = match function.nulls {
        Nulls::AnyArgument => args.iter().any(|arg| arg.data_type.nullable),
        Nulls::AllArguments => args.iter().all(|arg| arg.data_type.nullable),
        Nulls::Always => true,
        Nulls::Never => false,
    };
    Ok(call(function.name, args, DataType { logical, nullable }))
}

fn with_common_type(params: &[Param], args: Vec<Expr>, name: &str, span: Span) -> Bound<Vec<Expr>> {
    if !params.contains(&Param::Common) {
        return Ok(args);
    }
    let common = common_result(&args, name, span)?;
    Ok(args.into_iter().map(|arg| coerce(arg, &common.logical)).collect())
}

fn result_type(rule: ResultRule, args: &[Expr]) -> LogicalType {
    let argument = |place: usize| args.get(place).map_or(LogicalType::Null, |arg| arg.data_type.logical.clone());
    match rule {
        ResultRule::Boolean => LogicalType::Boolean,
        ResultRule::Text => LogicalType::STRING,
        ResultRule::Fixed(length) => LogicalType::Char(length),
        ResultRule::Varying => LogicalType::Varchar(length(&argument(0)).max(1)),
        ResultRule::Int => LogicalType::Int,
        ResultRule::BigInt => LogicalType::BigInt,
        ResultRule::Double => LogicalType::Double,
        ResultRule::Date => LogicalType::Date,
        ResultRule::Time => LogicalType::Time(0),
        ResultRule::Timestamp => LogicalType::Timestamp(3),
        ResultRule::TimestampLtz => LogicalType::TimestampLtz(3),
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
    }
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
    Diagnostic::new(format!("`{name}` doesn't take ({})", types.join(", ")), span)
        .with_help(format!("it takes {}", function.usage()))
}

/// A function by its name in SQL, or by `$` and its canonical name: what `CREATE FUNCTION` maps a class to.
fn function_named(name: &str) -> Option<&'static ScalarFunction> {
    match name.strip_prefix('$') {
        Some(canonical) => functions::by_name(&canonical.to_ascii_lowercase()),
        None => functions::by_sql_name(name),
    }
}

fn wrong_count(name: &str, wanted: &str, span: Span) -> Diagnostic {
    Diagnostic::new(format!("`{name}` takes {wanted}"), span)
}

fn unknown_function(name: &str, span: Span) -> Diagnostic {
    if KNOWN_SCALARS.split_whitespace().any(|known| known == name) {
        return unsupported(name, span);
    }
    let names: Vec<&str> = functions::all().flat_map(ScalarFunction::sql_names).collect();
    let aggregates = ["COUNT", "SUM", "AVG", "MIN", "MAX", "FIRST_VALUE", "LAST_VALUE"];
    let names: Vec<&str> = names.into_iter().chain(aggregates).chain(["IF", "NULLIF"]).collect();
    let help = crate::nearest::nearest(name, names.iter().copied())
        .map_or_else(|| "`SHOW FUNCTIONS` lists them".to_owned(), |_| did_you_mean(name, &names, "functions"));
    Diagnostic::new(format!("unknown function `{name}`"), span).with_help(help)
}
