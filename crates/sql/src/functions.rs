//! The scalar functions and operators: canonical name, names in SQL, arguments, result.
//!
//! The binder looks a call up here, casts its arguments as the matching overload says and computes the result's type;
//! the engine implements each canonical name for those argument types, and a test of the engine walks [`all`].
//!
//! Semantics are Flink's. Unless the line says otherwise a NULL argument gives NULL ([`Nulls::AnyArgument`]).

use yeoul_row::{DataType, LogicalType};

/// One scalar function or operator.
#[derive(Debug)]
pub struct ScalarFunction {
    /// The canonical name: what [`ExprKind::Call`](crate::expr::ExprKind::Call) carries.
    pub name: &'static str,
    /// Its names in SQL, upper case, separated by blanks; empty for an operator.
    pub sql: &'static str,
    /// The argument lists that it takes, best first.
    pub overloads: &'static [&'static [Param]],
    /// Whether the last argument may be repeated.
    pub variadic: bool,
    /// The type of its result.
    pub result: ResultRule,
    /// When its result may be NULL.
    pub nulls: Nulls,
}

/// What an argument is cast to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Param {
    /// `BOOLEAN`
    Boolean,
    /// Any text, left as it is (`CHAR`, `VARCHAR`).
    Text,
    /// `BYTES`, `BINARY`
    Binary,
    /// `INT`
    Int,
    /// `BIGINT`
    BigInt,
    /// `DOUBLE`
    Double,
    /// Any number, left as it is.
    Number,
    /// An integer or decimal, left as it is.
    Exact,
    /// `DATE`
    Date,
    /// `TIME`
    Time,
    /// `TIMESTAMP`, precision left as it is.
    Timestamp,
    /// `TIMESTAMP_LTZ`, precision left as it is.
    TimestampLtz,
    /// `INTERVAL … MONTH`
    Months,
    /// `INTERVAL … SECOND`
    Millis,
    /// Any type, left as it is.
    Any,
    /// The common type of all `Common` arguments.
    Common,
    /// The common type of all `CommonNumber` arguments, numbers all; decimals keep their precisions.
    CommonNumber,
}

/// The type of a function's result (its nullability apart).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ResultRule {
    /// `BOOLEAN`
    Boolean,
    /// `STRING`
    Text,
    /// `CHAR` of this length
    Fixed(u32),
    /// `VARCHAR` of the first argument's length
    Varying,
    /// `INT`
    Int,
    /// `BIGINT`
    BigInt,
    /// `DOUBLE`
    Double,
    /// `DATE`
    Date,
    /// `TIME(0)`
    Time,
    /// `TIMESTAMP(3)`
    Timestamp,
    /// `TIMESTAMP_LTZ(3)`
    TimestampLtz,
    /// The type of the argument at this place.
    Argument(usize),
    /// The common type.
    Common,
    /// Sum or difference: integers keep the wider type, decimals get a digit more.
    DecimalSum,
    /// Product.
    DecimalProduct,
    /// Quotient: integers divide as integers.
    DecimalQuotient,
    /// Remainder.
    DecimalRemainder,
    /// `ROUND`, `TRUNCATE`: decimals lose digits where the second argument is a constant.
    DecimalRound,
    /// `FLOOR`, `CEIL`: decimals lose their fraction.
    DecimalFloor,
    /// `ARRAY[…]`: an array of the common type.
    Array,
}

/// When a result may be NULL.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Nulls {
    /// Where any argument may be.
    AnyArgument,
    /// Where all arguments may be (`COALESCE`).
    AllArguments,
    /// Always.
    Always,
    /// Never.
    Never,
}

use Nulls::{AllArguments, Always, AnyArgument, Never};
use Param::{
    Any, BigInt, Binary, Boolean, Common, CommonNumber, Date, Double, Exact, Int, Millis, Months, Number, Text, Time,
    Timestamp, TimestampLtz,
};

const fn function(
    name: &'static str,
    sql: &'static str,
    overloads: &'static [&'static [Param]],
    result: ResultRule,
    nulls: Nulls,
) -> ScalarFunction {
    ScalarFunction { name, sql, overloads, variadic: false, result, nulls }
}

const fn variadic(
    name: &'static str,
    sql: &'static str,
    overloads: &'static [&'static [Param]],
    result: ResultRule,
    nulls: Nulls,
) -> ScalarFunction {
    ScalarFunction { name, sql, overloads, variadic: true, result, nulls }
}

const TWO_COMMON: &[&[Param]] = &[&[Common, Common]];
const TWO_NUMBERS: &[&[Param]] = &[&[CommonNumber, CommonNumber]];
const ONE_BOOLEAN: &[&[Param]] = &[&[Boolean]];
const ONE_TEXT: &[&[Param]] = &[&[Text]];
const ONE_DOUBLE: &[&[Param]] = &[&[Double]];
const NOTHING: &[&[Param]] = &[&[]];
/// Moments, for units of a date.
const DATES: &[&[Param]] = &[&[Date], &[Timestamp], &[TimestampLtz]];
/// Moments, for units of a time.
const TIMES: &[&[Param]] = &[&[Time], &[Timestamp], &[TimestampLtz], &[Date]];
const TEXT_AND_LENGTH: &[&[Param]] = &[&[Text, Int]];
const MOMENT_AND_UNIT: &[&[Param]] = &[&[Timestamp, Text], &[TimestampLtz, Text], &[Date, Text], &[Time, Text]];

/// Operators: comparison, logic, arithmetic.
const OPERATORS: &[ScalarFunction] = &[
    function("equals", "", TWO_COMMON, ResultRule::Boolean, AnyArgument),
    function("not_equals", "", TWO_COMMON, ResultRule::Boolean, AnyArgument),
    function("less_than", "", TWO_COMMON, ResultRule::Boolean, AnyArgument),
    function("less_or_equal", "", TWO_COMMON, ResultRule::Boolean, AnyArgument),
    function("greater_than", "", TWO_COMMON, ResultRule::Boolean, AnyArgument),
    function("greater_or_equal", "", TWO_COMMON, ResultRule::Boolean, AnyArgument),
    // NULL is a value here: never NULL.
    function("is_distinct_from", "", TWO_COMMON, ResultRule::Boolean, Never),
    function("is_not_distinct_from", "", TWO_COMMON, ResultRule::Boolean, Never),
    function("is_null", "", &[&[Any]], ResultRule::Boolean, Never),
    function("is_not_null", "", &[&[Any]], ResultRule::Boolean, Never),
    function("is_true", "", ONE_BOOLEAN, ResultRule::Boolean, Never),
    function("is_not_true", "", ONE_BOOLEAN, ResultRule::Boolean, Never),
    function("is_false", "", ONE_BOOLEAN, ResultRule::Boolean, Never),
    function("is_not_false", "", ONE_BOOLEAN, ResultRule::Boolean, Never),
    // Three-valued: `FALSE AND NULL` is FALSE, `TRUE OR NULL` is TRUE. Two arguments.
    function("and", "", &[&[Boolean, Boolean]], ResultRule::Boolean, AnyArgument),
    function("or", "", &[&[Boolean, Boolean]], ResultRule::Boolean, AnyArgument),
    function("not", "", ONE_BOOLEAN, ResultRule::Boolean, AnyArgument),
    // `in(value, a, b, …)`: TRUE if equal to any, else NULL if any side is NULL, else FALSE.
    variadic("in", "", TWO_COMMON, ResultRule::Boolean, AnyArgument),
    // Integers wrap. Mixed numbers are cast to the common type; decimals keep their own precisions, the node's type is
    // the result's.
    function("plus", "", TWO_NUMBERS, ResultRule::DecimalSum, AnyArgument),
    function("minus", "", TWO_NUMBERS, ResultRule::DecimalSum, AnyArgument),
    function("times", "", TWO_NUMBERS, ResultRule::DecimalProduct, AnyArgument),
    // Division by zero fails, for doubles too; integers truncate.
    function("divide", "", TWO_NUMBERS, ResultRule::DecimalQuotient, AnyArgument),
    // The sign of the dividend.
    function("mod", "MOD", TWO_NUMBERS, ResultRule::DecimalRemainder, AnyArgument),
    function("negate", "", &[&[Number], &[Months], &[Millis]], ResultRule::Argument(0), AnyArgument),
    // A moment plus or minus an interval; months are clamped to the month's last day.
    function("datetime_plus", "", DATETIME_AND_INTERVAL, ResultRule::Argument(0), AnyArgument),
    function("datetime_minus", "", DATETIME_AND_INTERVAL, ResultRule::Argument(0), AnyArgument),
    function("interval_plus", "", &[&[Months, Months], &[Millis, Millis]], ResultRule::Argument(0), AnyArgument),
    function("interval_minus", "", &[&[Months, Months], &[Millis, Millis]], ResultRule::Argument(0), AnyArgument),
    function("interval_times", "", &[&[Months, BigInt], &[Millis, BigInt]], ResultRule::Argument(0), AnyArgument),
    // `like(value, pattern [, escape])`: `%`, `_`.
    function("like", "", &[&[Text, Text], &[Text, Text, Text]], ResultRule::Boolean, AnyArgument),
    variadic("coalesce", "COALESCE IFNULL", &[&[Common]], ResultRule::Common, AllArguments),
    // `array_get(array, index from 1)`, `map_get(map, key)`: NULL where there is none.
    function("array_get", "", &[&[Any, Int]], ResultRule::Common, Always),
    function("map_get", "", &[&[Any, Any]], ResultRule::Common, Always),
    variadic("array", "", &[&[Common]], ResultRule::Array, Never),
    variadic("row", "", &[&[Any]], ResultRule::Common, Never),
];

const DATETIME_AND_INTERVAL: &[&[Param]] = &[
    &[Timestamp, Millis],
    &[TimestampLtz, Millis],
    &[Date, Millis],
    &[Time, Millis],
    &[Timestamp, Months],
    &[TimestampLtz, Months],
    &[Date, Months],
];

/// Functions of texts. Lengths and places count characters, from 1.
const TEXTS: &[ScalarFunction] = &[
    function("upper", "UPPER UCASE", ONE_TEXT, ResultRule::Argument(0), AnyArgument),
    function("lower", "LOWER LCASE", ONE_TEXT, ResultRule::Argument(0), AnyArgument),
    function("initcap", "INITCAP", ONE_TEXT, ResultRule::Text, AnyArgument),
    function("reverse", "REVERSE", ONE_TEXT, ResultRule::Text, AnyArgument),
    function("char_length", "CHAR_LENGTH CHARACTER_LENGTH", ONE_TEXT, ResultRule::Int, AnyArgument),
    // `trim(value, what)`: any of the characters of `what`, at both ends, the front, the back.
    function("trim", "", &[&[Text, Text]], ResultRule::Varying, AnyArgument),
    function("ltrim", "LTRIM", &[&[Text], &[Text, Text]], ResultRule::Text, AnyArgument),
    function("rtrim", "RTRIM", &[&[Text], &[Text, Text]], ResultRule::Text, AnyArgument),
    function("btrim", "BTRIM", &[&[Text], &[Text, Text]], ResultRule::Text, AnyArgument),
    // From 0 is from 1; a negative start counts from the end.
    function("substring", "SUBSTRING SUBSTR", &[&[Text, Int], &[Text, Int, Int]], ResultRule::Varying, AnyArgument),
    function("left", "LEFT", TEXT_AND_LENGTH, ResultRule::Text, AnyArgument),
    function("right", "RIGHT", TEXT_AND_LENGTH, ResultRule::Text, AnyArgument),
    function("repeat", "REPEAT", TEXT_AND_LENGTH, ResultRule::Text, AnyArgument),
    function("replace", "REPLACE", &[&[Text, Text, Text]], ResultRule::Text, AnyArgument),
    // `||` and CONCAT: NULL if any argument is.
    variadic("concat", "CONCAT", &[&[Text]], ResultRule::Text, AnyArgument),
    // NULL arguments behind the separator are skipped; NULL only where the separator is.
    variadic("concat_ws", "CONCAT_WS", &[&[Text, Text]], ResultRule::Text, AnyArgument),
    // NULL for a negative length or an empty pad.
    function("lpad", "LPAD", &[&[Text, Int, Text]], ResultRule::Text, Always),
    function("rpad", "RPAD", &[&[Text, Int, Text]], ResultRule::Text, Always),
    // `position(needle, hay)`, `locate(needle, hay [, from])`, `instr(hay, needle)`: 0 where there is none.
    function("position", "POSITION", &[&[Text, Text]], ResultRule::Int, AnyArgument),
    function("locate", "LOCATE", &[&[Text, Text], &[Text, Text, Int]], ResultRule::Int, AnyArgument),
    function("instr", "INSTR", &[&[Text, Text]], ResultRule::Int, AnyArgument),
    // The part at this place, from 0; NULL where there is none.
    function("split_index", "SPLIT_INDEX", &[&[Text, Text, Int], &[Text, Int, Int]], ResultRule::Text, Always),
    // Java's regular expressions. REGEXP: whether the pattern is found anywhere. REGEXP_EXTRACT: NULL without a match.
    function("regexp", "REGEXP", &[&[Text, Text]], ResultRule::Boolean, AnyArgument),
    function("regexp_extract", "REGEXP_EXTRACT", &[&[Text, Text], &[Text, Text, Int]], ResultRule::Text, Always),
    function("regexp_replace", "REGEXP_REPLACE", &[&[Text, Text, Text]], ResultRule::Text, AnyArgument),
    // Hexadecimal, lower case.
    function("md5", "MD5", &[&[Text], &[Binary]], ResultRule::Fixed(32), AnyArgument),
    function("sha256", "SHA256", &[&[Text], &[Binary]], ResultRule::Fixed(64), AnyArgument),
];

/// Functions of numbers.
const NUMBERS: &[ScalarFunction] = &[
    function("abs", "ABS", &[&[Number]], ResultRule::Argument(0), AnyArgument),
    function("ceil", "CEIL CEILING", &[&[Number]], ResultRule::DecimalFloor, AnyArgument),
    function("floor", "FLOOR", &[&[Number]], ResultRule::DecimalFloor, AnyArgument),
    // Half away from zero.
    function("round", "ROUND", &[&[Number], &[Number, Int]], ResultRule::DecimalRound, AnyArgument),
    function("truncate", "TRUNCATE", &[&[Number], &[Number, Int]], ResultRule::DecimalRound, AnyArgument),
    function("sign", "SIGN", &[&[Number]], ResultRule::Argument(0), AnyArgument),
    function("power", "POWER", &[&[Double, Double]], ResultRule::Double, AnyArgument),
    function("sqrt", "SQRT", ONE_DOUBLE, ResultRule::Double, AnyArgument),
    function("ln", "LN", ONE_DOUBLE, ResultRule::Double, AnyArgument),
    function("log10", "LOG10", ONE_DOUBLE, ResultRule::Double, AnyArgument),
    function("exp", "EXP", ONE_DOUBLE, ResultRule::Double, AnyArgument),
    // NULL if any argument is.
    variadic("greatest", "GREATEST", &[&[Common]], ResultRule::Common, Always),
    variadic("least", "LEAST", &[&[Common]], ResultRule::Common, Always),
];

/// Functions of moments. Patterns are Java's (`yyyy-MM-dd HH:mm:ss`).
const MOMENTS: &[ScalarFunction] = &[
    // NULL for what is no moment.
    function("to_timestamp", "TO_TIMESTAMP", &[&[Text], &[Text, Text]], ResultRule::Timestamp, Always),
    function("to_date", "TO_DATE", &[&[Text], &[Text, Text]], ResultRule::Date, Always),
    // The second argument: 0 (seconds) or 3 (milliseconds).
    function("to_timestamp_ltz", "TO_TIMESTAMP_LTZ", &[&[BigInt, Int]], ResultRule::TimestampLtz, Always),
    function(
        "date_format",
        "DATE_FORMAT",
        &[&[Timestamp, Text], &[TimestampLtz, Text], &[Text, Text]],
        ResultRule::Text,
        AnyArgument,
    ),
    // EXTRACT(unit FROM x): one function per unit. `dayofweek`: Sunday is 1.
    function("year", "YEAR", DATES, ResultRule::BigInt, AnyArgument),
    function("quarter", "QUARTER", DATES, ResultRule::BigInt, AnyArgument),
    function("month", "MONTH", DATES, ResultRule::BigInt, AnyArgument),
    function("week", "WEEK", DATES, ResultRule::BigInt, AnyArgument),
    function("dayofmonth", "DAYOFMONTH", DATES, ResultRule::BigInt, AnyArgument),
    function("dayofweek", "DAYOFWEEK", DATES, ResultRule::BigInt, AnyArgument),
    function("dayofyear", "DAYOFYEAR", DATES, ResultRule::BigInt, AnyArgument),
    function("hour", "HOUR", TIMES, ResultRule::BigInt, AnyArgument),
    function("minute", "MINUTE", TIMES, ResultRule::BigInt, AnyArgument),
    function("second", "SECOND", TIMES, ResultRule::BigInt, AnyArgument),
    // FLOOR(x TO unit), CEIL(x TO unit); the unit is a constant text: `'HOUR'`.
    function("datetime_floor", "", MOMENT_AND_UNIT, ResultRule::Argument(0), AnyArgument),
    function("datetime_ceil", "", MOMENT_AND_UNIT, ResultRule::Argument(0), AnyArgument),
    // `timestamp_diff(unit as a constant text, a, b)`: whole units from a to b.
    function("timestamp_diff", "", DIFFERENCES, ResultRule::Int, AnyArgument),
    // The engine's clock, at each row.
    function("current_timestamp", "CURRENT_TIMESTAMP NOW", NOTHING, ResultRule::TimestampLtz, Never),
    function("local_timestamp", "LOCALTIMESTAMP", NOTHING, ResultRule::Timestamp, Never),
    function("current_date", "CURRENT_DATE", NOTHING, ResultRule::Date, Never),
    function("current_time", "CURRENT_TIME LOCALTIME", NOTHING, ResultRule::Time, Never),
    function("proctime", "PROCTIME", NOTHING, ResultRule::TimestampLtz, Never),
    // The watermark in force before the row, in the type of the rowtime attribute; NULL before the first.
    function(
        "current_watermark",
        "CURRENT_WATERMARK",
        &[&[Timestamp], &[TimestampLtz]],
        ResultRule::Argument(0),
        Always,
    ),
];

const DIFFERENCES: &[&[Param]] =
    &[&[Text, Timestamp, Timestamp], &[Text, TimestampLtz, TimestampLtz], &[Text, Date, Date]];

/// Every function, by family.
const FAMILIES: [&[ScalarFunction]; 4] = [OPERATORS, TEXTS, NUMBERS, MOMENTS];

/// Every scalar function and operator.
pub fn all() -> impl Iterator<Item = &'static ScalarFunction> {
    FAMILIES.into_iter().flatten()
}

/// The function of this canonical name.
#[must_use]
pub fn by_name(name: &str) -> Option<&'static ScalarFunction> {
    all().find(|function| function.name == name)
}

/// The function of this name in SQL, whatever its case.
#[must_use]
pub fn by_sql_name(name: &str) -> Option<&'static ScalarFunction> {
    all().find(|function| function.sql_names().any(|sql| sql.eq_ignore_ascii_case(name)))
}

impl ScalarFunction {
    /// Its names in SQL.
    pub fn sql_names(&self) -> impl Iterator<Item = &'static str> {
        self.sql.split_whitespace()
    }

    /// The argument list for this many arguments, with its last argument repeated where that is allowed.
    #[must_use]
    pub fn params(&self, overload: &[Param], count: usize) -> Option<Vec<Param>> {
        let mut params = overload.to_vec();
        if self.variadic && count > params.len() {
            params.resize(count, *overload.last()?);
        }
        (params.len() == count).then_some(params)
    }

    /// The argument lists as people read them: `(STRING, INT) or (STRING, INT, INT)`.
    #[must_use]
    pub fn usage(&self) -> String {
        let lists: Vec<String> = self.overloads.iter().map(|overload| self.usage_of(overload)).collect();
        lists.join(" or ")
    }

    fn usage_of(&self, overload: &[Param]) -> String {
        let mut params: Vec<&str> = overload.iter().map(|param| param.describe()).collect();
        if self.variadic {
            params.push("…");
        }
        format!("({})", params.join(", "))
    }
}

impl Param {
    /// As people read it.
    #[must_use]
    pub fn describe(self) -> &'static str {
        match self {
            Boolean => "BOOLEAN",
            Text => "STRING",
            Binary => "BYTES",
            Int => "INT",
            BigInt => "BIGINT",
            Double => "DOUBLE",
            Number | CommonNumber => "a number",
            Exact => "an integer or decimal",
            Date => "DATE",
            Time => "TIME",
            Timestamp => "TIMESTAMP",
            TimestampLtz => "TIMESTAMP_LTZ",
            Months => "INTERVAL MONTH",
            Millis => "INTERVAL SECOND",
            Any | Common => "any type",
        }
    }

    /// Whether a value of this type is taken as it is.
    #[must_use]
    pub fn takes(self, logical: &LogicalType) -> bool {
        match self {
            Boolean => *logical == LogicalType::Boolean,
            Text => logical.is_character(),
            Binary => matches!(logical, LogicalType::Binary(_) | LogicalType::Varbinary(_)),
            Int => *logical == LogicalType::Int,
            BigInt => *logical == LogicalType::BigInt,
            Double => *logical == LogicalType::Double,
            Number | CommonNumber => logical.is_numeric(),
            Exact => logical.is_integer() || matches!(logical, LogicalType::Decimal(..)),
            Date => *logical == LogicalType::Date,
            Time => matches!(logical, LogicalType::Time(_)),
            Timestamp => matches!(logical, LogicalType::Timestamp(_)),
            TimestampLtz => matches!(logical, LogicalType::TimestampLtz(_)),
            Months => *logical == LogicalType::IntervalYearMonth,
            Millis => *logical == LogicalType::IntervalDayTime,
            Any | Common => true,
        }
    }

    /// The type to which a value of type `from` is cast implicitly to be taken; `None`: it isn't.
    #[must_use]
    pub fn cast_target(self, from: &DataType) -> Option<LogicalType> {
        let logical = &from.logical;
        if *logical == LogicalType::Null {
            return Some(self.type_of_null());
        }
        match self {
            _ if self.takes(logical) => Some(logical.clone()),
            Int if matches!(logical, LogicalType::TinyInt | LogicalType::SmallInt) => Some(LogicalType::Int),
            BigInt if logical.is_integer() => Some(LogicalType::BigInt),
            Double if logical.is_numeric() => Some(LogicalType::Double),
            _ => None,
        }
    }

    fn type_of_null(self) -> LogicalType {
        match self {
            Boolean => LogicalType::Boolean,
            Text => LogicalType::STRING,
            Binary => LogicalType::BYTES,
            Int | Number | CommonNumber | Exact => LogicalType::Int,
            BigInt => LogicalType::BigInt,
            Double => LogicalType::Double,
            Date => LogicalType::Date,
            Time => LogicalType::Time(0),
            Timestamp => LogicalType::Timestamp(3),
            TimestampLtz => LogicalType::TimestampLtz(3),
            Months => LogicalType::IntervalYearMonth,
            Millis => LogicalType::IntervalDayTime,
            Any | Common => LogicalType::Null,
        }
    }
}
