//! Operators: comparison, logic, arithmetic, construction and access.

use super::Nulls::{Always, AnyArgument, Never};
use super::Param::{
    Any, BigInt, Boolean, Common, CommonNumber, Date, Int, Millis, Months, Number, Text, Time, Timestamp, TimestampLtz,
};
use super::{ONE_BOOLEAN, Param, ResultRule, ScalarFunction, TWO_COMMON, function, variadic};

const TWO_NUMBERS: &[&[Param]] = &[&[CommonNumber, CommonNumber]];
const DATETIME_AND_INTERVAL: &[&[Param]] = &[
    &[Timestamp, Millis],
    &[TimestampLtz, Millis],
    &[Date, Millis],
    &[Time, Millis],
    &[Timestamp, Months],
    &[TimestampLtz, Months],
    &[Date, Months],
];

/// Operators have no name in SQL; how they are written is in their line for users.
pub(super) const OPERATORS: &[ScalarFunction] = &[
    function("equals", "", TWO_COMMON, ResultRule::Boolean, AnyArgument).says("`a = b`"),
    function("not_equals", "", TWO_COMMON, ResultRule::Boolean, AnyArgument).says("`a <> b`"),
    function("less_than", "", TWO_COMMON, ResultRule::Boolean, AnyArgument).says("`a < b`"),
    function("less_or_equal", "", TWO_COMMON, ResultRule::Boolean, AnyArgument).says("`a <= b`"),
    function("greater_than", "", TWO_COMMON, ResultRule::Boolean, AnyArgument).says("`a > b`"),
    function("greater_or_equal", "", TWO_COMMON, ResultRule::Boolean, AnyArgument).says("`a >= b`"),
    function("is_distinct_from", "", TWO_COMMON, ResultRule::Boolean, Never)
        .says("`a IS DISTINCT FROM b`: NULL is a value here"),
    function("is_not_distinct_from", "", TWO_COMMON, ResultRule::Boolean, Never).says("`a IS NOT DISTINCT FROM b`"),
    function("is_null", "", &[&[Any]], ResultRule::Boolean, Never).says("`a IS NULL`, `a IS UNKNOWN`"),
    function("is_not_null", "", &[&[Any]], ResultRule::Boolean, Never).says("`a IS NOT NULL`, `a IS NOT UNKNOWN`"),
    function("is_true", "", ONE_BOOLEAN, ResultRule::Boolean, Never).says("`a IS TRUE`"),
    function("is_not_true", "", ONE_BOOLEAN, ResultRule::Boolean, Never).says("`a IS NOT TRUE`"),
    function("is_false", "", ONE_BOOLEAN, ResultRule::Boolean, Never).says("`a IS FALSE`"),
    function("is_not_false", "", ONE_BOOLEAN, ResultRule::Boolean, Never).says("`a IS NOT FALSE`"),
    function("and", "", &[&[Boolean, Boolean]], ResultRule::Boolean, AnyArgument)
        .says("`a AND b`: FALSE if one is, whatever the other"),
    function("or", "", &[&[Boolean, Boolean]], ResultRule::Boolean, AnyArgument)
        .says("`a OR b`: TRUE if one is, whatever the other"),
    function("not", "", ONE_BOOLEAN, ResultRule::Boolean, AnyArgument).says("`NOT a`"),
    variadic("in", "", TWO_COMMON, ResultRule::Boolean, AnyArgument)
        .says("`a IN (b, c)`: TRUE if equal to any, else NULL if any is NULL, else FALSE"),
    // Mixed numbers are cast to the common type; decimals keep their own precisions, the node's type is the result's.
    function("plus", "", TWO_NUMBERS, ResultRule::DecimalSum, AnyArgument).says("`a + b`; integers wrap"),
    function("minus", "", TWO_NUMBERS, ResultRule::DecimalSum, AnyArgument).says("`a - b`; integers wrap"),
    function("times", "", TWO_NUMBERS, ResultRule::DecimalProduct, AnyArgument).says("`a * b`; integers wrap"),
    function("divide", "", TWO_NUMBERS, ResultRule::DecimalQuotient, AnyArgument)
        .says("`a / b`; integers truncate, division by zero fails")
        .fails(),
    function("mod", "MOD", TWO_NUMBERS, ResultRule::DecimalRemainder, AnyArgument)
        .says("the remainder, with the sign of the dividend; `a % b`")
        .fails(),
    function("negate", "", &[&[Number], &[Months], &[Millis]], ResultRule::Argument(0), AnyArgument).says("`-a`"),
    function("datetime_plus", "", DATETIME_AND_INTERVAL, ResultRule::Argument(0), AnyArgument)
        .says("`a + INTERVAL …`; months are clamped to the month's last day"),
    function("datetime_minus", "", DATETIME_AND_INTERVAL, ResultRule::Argument(0), AnyArgument)
        .says("`a - INTERVAL …`; months are clamped to the month's last day"),
    function("interval_plus", "", &[&[Months, Months], &[Millis, Millis]], ResultRule::Argument(0), AnyArgument)
        .says("the sum of two intervals"),
    function("interval_minus", "", &[&[Months, Months], &[Millis, Millis]], ResultRule::Argument(0), AnyArgument)
        .says("the difference of two intervals"),
    function("interval_times", "", &[&[Months, BigInt], &[Millis, BigInt]], ResultRule::Argument(0), AnyArgument)
        .says("an interval, several times"),
    function("exact_decimal", "", &[&[Number]], ResultRule::Argument(0), Always)
        .says("`CAST(a AS DECIMAL)` of a double in `VALUES`: its binary value, digit for digit"),
    function("like", "", &[&[Text, Text], &[Text, Text, Text]], ResultRule::Boolean, AnyArgument)
        .says("`a LIKE pattern [ESCAPE c]`: `%` is any text, `_` any character")
        .fails(),
    function("similar", "", &[&[Text, Text], &[Text, Text, Text]], ResultRule::Boolean, AnyArgument)
        .says("`a SIMILAR TO pattern [ESCAPE c]`: SQL's regular expressions")
        .fails(),
    function("array_get", "", &[&[Any, Int]], ResultRule::Common, Always)
        .says("`array[i]`, from 1; NULL where there is none"),
    function("map_get", "", &[&[Any, Any]], ResultRule::Common, Always).says("`map[key]`; NULL where there is none"),
    function("variant_get", "", &[&[Any, Any]], ResultRule::Variant, Always)
        .says("`variant['field']`, `variant[i]` from 1; NULL where there is none, other shapes fail")
        .fails(),
    variadic("array", "", &[&[Common]], ResultRule::Array, Never).says("`ARRAY[a, b]`"),
    variadic("map", "", &[&[Any, Any]], ResultRule::Common, Never).says("`MAP[k, v, …]`"),
    variadic("row", "", &[&[Any]], ResultRule::Common, Never).says("`ROW(a, b)`, `(a, b)`"),
];
