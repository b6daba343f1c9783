//! Functions of dates, times and timestamps. Patterns are Java's (`yyyy-MM-dd HH:mm:ss`).

use super::Nulls::{Always, AnyArgument, Never};
use super::Param::{BigInt, Date, Int, Millis, Months, Number, Text, Time, Timestamp, TimestampLtz};
use super::{NOTHING, Param, ResultRule, ScalarFunction, function};

/// Moments, for units of a date.
const DATES: &[&[Param]] = &[&[Date], &[Timestamp], &[TimestampLtz], &[Months], &[Millis]];
/// Moments, for units of a time.
const TIMES: &[&[Param]] = &[&[Time], &[Timestamp], &[TimestampLtz], &[Date], &[Millis], &[Months]];
/// What has fractions of a millisecond.
const FRACTIONS: &[&[Param]] = &[&[Timestamp], &[TimestampLtz], &[Millis], &[Months]];
/// What has a place in the count of seconds.
const EPOCHS: &[&[Param]] = &[&[Timestamp], &[TimestampLtz], &[Date], &[Millis], &[Months]];
const MOMENT_AND_UNIT: &[&[Param]] = &[&[Timestamp, Text], &[TimestampLtz, Text], &[Date, Text], &[Time, Text]];
const ONE_OR_TWO_TEXTS: &[&[Param]] = &[&[Text], &[Text, Text]];
const DIFFERENCES: &[&[Param]] =
    &[&[Text, Timestamp, Timestamp], &[Text, TimestampLtz, TimestampLtz], &[Text, Date, Date], &[Text, Time, Time]];

/// Two moments of one kind.
const APART: &[&[Param]] = &[&[Timestamp, Timestamp], &[TimestampLtz, TimestampLtz], &[Date, Date], &[Time, Time]];

/// A part of a moment: `YEAR(x)`, `EXTRACT(YEAR FROM x)`.
const fn part(
    name: &'static str,
    sql: &'static str,
    from: &'static [&'static [Param]],
    doc: &'static str,
) -> ScalarFunction {
    function(name, sql, from, ResultRule::BigInt, AnyArgument).says(doc)
}

pub(super) const MOMENTS: &[ScalarFunction] = &[
    function("to_timestamp", "TO_TIMESTAMP", ONE_OR_TWO_TEXTS, ResultRule::Timestamp, Always)
        .says("a text read by a pattern; NULL for what is no moment"),
    function("to_date", "TO_DATE", ONE_OR_TWO_TEXTS, ResultRule::Date, Always)
        .says("a text read by a pattern; NULL for what is no date"),
    function(
        "to_timestamp_ltz",
        "TO_TIMESTAMP_LTZ",
        &[&[Number, Int], &[Number], &[Text], &[Text, Text], &[Text, Text, Text]],
        ResultRule::TimestampLtz,
        Always,
    )
    .says("seconds (0) or milliseconds (3) since 1970; or a text read by a pattern, in a zone")
    .fails(),
    function(
        "date_format",
        "DATE_FORMAT",
        &[&[Timestamp, Text], &[TimestampLtz, Text], &[Text, Text]],
        ResultRule::Text,
        Always,
    )
    .says("a moment written by a pattern")
    .fails(),
    function("from_unixtime", "FROM_UNIXTIME", &[&[BigInt], &[BigInt, Text]], ResultRule::Text, AnyArgument)
        .says("seconds since 1970 written by a pattern, in the session's zone")
        .fails(),
    function("unix_timestamp", "UNIX_TIMESTAMP", &[&[], &[Text], &[Text, Text]], ResultRule::BigInt, AnyArgument)
        .says("seconds since 1970: now, or of a text read by a pattern in the session's zone"),
    function("convert_tz", "CONVERT_TZ", &[&[Text, Text, Text]], ResultRule::Text, Always)
        .says("a local time of one zone (`yyyy-MM-dd HH:mm:ss`) in another"),
    part("year", "YEAR", DATES, "`EXTRACT(YEAR FROM a)`"),
    part("quarter", "QUARTER", DATES, "`EXTRACT(QUARTER FROM a)`"),
    part("month", "MONTH", DATES, "`EXTRACT(MONTH FROM a)`"),
    part("week", "WEEK", DATES, "`EXTRACT(WEEK FROM a)`, as ISO 8601 numbers them"),
    part("dayofmonth", "DAYOFMONTH", DATES, "`EXTRACT(DAY FROM a)`"),
    part("dayofweek", "DAYOFWEEK", DATES, "`EXTRACT(DOW FROM a)`: Sunday is 1"),
    part("dayofyear", "DAYOFYEAR", DATES, "`EXTRACT(DOY FROM a)`"),
    part("isodow", "", DATES, "`EXTRACT(ISODOW FROM a)`: Monday is 1"),
    part("isoyear", "", DATES, "`EXTRACT(ISOYEAR FROM a)`: the year that the ISO week lies in"),
    part("hour", "HOUR", TIMES, "`EXTRACT(HOUR FROM a)`"),
    part("minute", "MINUTE", TIMES, "`EXTRACT(MINUTE FROM a)`"),
    part("second", "SECOND", TIMES, "`EXTRACT(SECOND FROM a)`"),
    part("millisecond", "", TIMES, "`EXTRACT(MILLISECOND FROM a)`, the second's included"),
    part("microsecond", "", FRACTIONS, "`EXTRACT(MICROSECOND FROM a)`, the second's included"),
    part("nanosecond", "", FRACTIONS, "`EXTRACT(NANOSECOND FROM a)`, the second's included"),
    part("epoch", "", EPOCHS, "`EXTRACT(EPOCH FROM a)`: seconds since 1970"),
    part("decade", "", DATES, "`EXTRACT(DECADE FROM a)`"),
    part("century", "", DATES, "`EXTRACT(CENTURY FROM a)`"),
    part("millennium", "", DATES, "`EXTRACT(MILLENNIUM FROM a)`"),
    // The unit is a constant text: `'HOUR'`.
    function("datetime_floor", "", MOMENT_AND_UNIT, ResultRule::Argument(0), AnyArgument)
        .says("`FLOOR(a TO unit)`: the beginning of the unit that it is in"),
    function("datetime_ceil", "", MOMENT_AND_UNIT, ResultRule::Argument(0), AnyArgument)
        .says("`CEIL(a TO unit)`: the end of the unit that it is in"),
    function("timestamp_diff", "", DIFFERENCES, ResultRule::Int, AnyArgument)
        .says("`TIMESTAMPDIFF(unit, a, b)`: whole units from a to b"),
    function("months_apart", "", APART, ResultRule::Months, AnyArgument)
        .says("`(a - b) MONTH`: whole months from b to a, as an interval"),
    function("millis_apart", "", APART, ResultRule::Millis, AnyArgument)
        .says("`(a - b) DAY`: milliseconds from b to a, as an interval"),
    // The engine's clock, at each row.
    function("current_timestamp", "CURRENT_TIMESTAMP NOW", NOTHING, ResultRule::TimestampLtz, Never)
        .says("the time, at each row"),
    function("current_row_timestamp", "CURRENT_ROW_TIMESTAMP", NOTHING, ResultRule::TimestampLtz, Never)
        .says("the time, at each row"),
    function("local_timestamp", "LOCALTIMESTAMP", NOTHING, ResultRule::Timestamp, Never)
        .says("the time in the session's zone"),
    function("current_date", "CURRENT_DATE", NOTHING, ResultRule::Date, Never).says("the date in the session's zone"),
    function("current_time", "CURRENT_TIME LOCALTIME", NOTHING, ResultRule::Time, Never)
        .says("the time of day in the session's zone"),
    function("proctime", "PROCTIME", NOTHING, ResultRule::TimestampLtz, Never)
        .says("the time at which a row is processed: a time attribute"),
    // In the type of the rowtime attribute; NULL before the first.
    function(
        "current_watermark",
        "CURRENT_WATERMARK",
        &[&[Timestamp], &[TimestampLtz]],
        ResultRule::Argument(0),
        Always,
    )
    .says("the watermark in force before the row"),
];
