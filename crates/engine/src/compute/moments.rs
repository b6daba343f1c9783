//! Functions of dates, times and timestamps.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Date32Array, Int32Array, Int64Array, StringArray, StringBuilder};
use arrow::compute::kernels::arity::binary;
use arrow::datatypes::DataType;
use chrono::Datelike;
use datafusion::error::Result;
use yeoul_row::{LogicalType, types::unit_of};

use super::calendar::{DAY, add_months, date, days, in_unit, parse_date, parse_timestamp, per_second, to_local};
use super::function::{Call, Kernel};
use super::java_pattern::{Moment, Pattern};
use super::row_error;
use super::texts::text_at;
use crate::aggregate::cells::{Cells, to_int};

/// The kernel of a function of moments.
pub(super) fn kernel(name: &str) -> Option<Kernel> {
    Some(match name {
        "datetime_plus" => |call| shift(call, 1),
        "datetime_minus" => |call| shift(call, -1),
        "to_timestamp" => to_timestamp,
        "to_date" => to_date,
        "to_timestamp_ltz" => to_timestamp_ltz,
        "date_format" => date_format,
        "year" => |call| extract(call, |days, _| Some(i64::from(date(days)?.year()))),
        "quarter" => |call| extract(call, |days, _| Some(i64::from(date(days)?.month0() / 3 + 1))),
        "month" => |call| extract(call, |days, _| Some(i64::from(date(days)?.month()))),
        "week" => |call| extract(call, |days, _| Some(i64::from(date(days)?.iso_week().week()))),
        "dayofmonth" => |call| extract(call, |days, _| Some(i64::from(date(days)?.day()))),
        "dayofweek" => |call| extract(call, |days, _| Some((days + 4).rem_euclid(7) + 1)),
        "dayofyear" => |call| extract(call, |days, _| Some(i64::from(date(days)?.ordinal()))),
        "hour" => |call| extract(call, |_, millis| Some(millis / 3_600_000)),
        "minute" => |call| extract(call, |_, millis| Some(millis / 60_000 % 60)),
        "second" => |call| extract(call, |_, millis| Some(millis / 1000 % 60)),
        "datetime_floor" => |call| round(call, false),
        "datetime_ceil" => |call| round(call, true),
        "timestamp_diff" => difference,
        "current_timestamp" | "proctime" => |call| now(call, false),
        "local_timestamp" => |call| now(call, true),
        "current_date" => |call| now(call, true),
        "current_time" => |call| now(call, true),
        // Replaced by a column where the expression is lowered.
        "current_watermark" => |call| call.array(0),
        _ => return None,
    })
}

fn from_ints(values: Int64Array, call: &Call<'_>) -> Result<ArrayRef> {
    Ok(Cells::Int(values).into_array(&call.result_arrow())?)
}

/// How many of a moment's units make a second: days count as none.
fn units(logical: &LogicalType) -> i64 {
    match logical {
        LogicalType::Timestamp(precision) | LogicalType::TimestampLtz(precision) => per_second(unit_of(*precision)),
        _ => 1000,
    }
}

/// A moment plus (or minus) an interval of months or milliseconds.
fn shift(call: &Call<'_>, sign: i64) -> Result<ArrayRef> {
    let (moments, intervals) = (to_int(&call.array(0)?)?, to_int(&call.array(1)?)?);
    let logical = &call.types[0].logical;
    let months = call.types[1].logical == LogicalType::IntervalYearMonth;
    let unit = units(logical);
    let shifted = |moment: i64, interval: i64| {
        let interval = interval.wrapping_mul(sign);
        match (logical, months) {
            (LogicalType::Date, true) => add_months(moment, interval).unwrap_or(moment),
            (LogicalType::Date, false) => moment.wrapping_add(interval / DAY),
            (LogicalType::Time(_), _) => moment.wrapping_add(interval).rem_euclid(DAY),
            (_, true) => months_later(moment, interval, unit),
            (_, false) => moment.saturating_add(interval.saturating_mul(unit / 1000)),
        }
    };
    let values: Int64Array = binary(&moments, &intervals, shifted)?;
    from_ints(values, call)
}

fn months_later(moment: i64, months: i64, per_second: i64) -> i64 {
    let per_day = per_second * 86_400;
    let (day, rest) = (moment.div_euclid(per_day), moment.rem_euclid(per_day));
    add_months(day, months).map_or(moment, |day| day.saturating_mul(per_day).saturating_add(rest))
}

/// The local milliseconds of each moment; times are of the first day, dates at midnight.
fn local_millis(call: &Call<'_>, place: usize) -> Result<Int64Array> {
    let logical = &call.types[place].logical;
    let values = to_int(&call.array(place)?)?;
    let per_milli = units(logical) / 1000;
    let zone = call.context.zone;
    Ok(values.unary(|value: i64| match logical {
        LogicalType::Date => value.saturating_mul(DAY),
        LogicalType::TimestampLtz(_) => to_local(value.div_euclid(per_milli), zone),
        _ => value.div_euclid(per_milli),
    }))
}

/// A part of each moment, from its days and its milliseconds of the day. Before 1970 both are cut off towards zero, as
/// Flink does (it takes 23:59:59.999 of 1969-12-31 for a moment of 1970-01-01).
fn extract(call: &Call<'_>, part: fn(i64, i64) -> Option<i64>) -> Result<ArrayRef> {
    let is_date = call.types[0].logical == LogicalType::Date;
    let parts = local_millis(call, 0)?;
    let parts = parts.iter().map(|millis| {
        let millis = millis?;
        if is_date { part(millis.div_euclid(DAY), 0) } else { part(millis / DAY, millis % DAY) }
    });
    from_ints(parts.collect(), call)
}

fn to_timestamp(call: &Call<'_>) -> Result<ArrayRef> {
    let LogicalType::Timestamp(precision) = call.result.logical else {
        return Err(row_error("TO_TIMESTAMP gives a TIMESTAMP"));
    };
    let read = |text: &str, pattern: Option<&Pattern>| {
        let with_pattern = pattern.and_then(|pattern| pattern.parse(text));
        let (days, nanos) = with_pattern.or_else(|| parse_timestamp(text))?;
        let step = 10_i64.pow(9 - u32::from(precision.min(9)));
        in_unit(days, nanos - nanos % step, unit_of(precision))
    };
    from_ints(read_texts(call, read)?, call)
}

fn to_date(call: &Call<'_>) -> Result<ArrayRef> {
    let read = |text: &str, pattern: Option<&Pattern>| match pattern {
        Some(pattern) => Some(pattern.parse(text)?.0),
        None => parse_date(text),
    };
    let values = read_texts(call, read)?;
    let values = values.iter().map(|value| value.and_then(|value| i32::try_from(value).ok()));
    Ok(Arc::new(values.collect::<Date32Array>()))
}

/// Reads the texts of the first argument, by the pattern of the second where there is one.
fn read_texts(call: &Call<'_>, read: impl Fn(&str, Option<&Pattern>) -> Option<i64>) -> Result<Int64Array> {
    let texts = call.array(0)?;
    let patterns = if call.args.len() > 1 { Some(call.array(1)?) } else { None };
    let constant = call.constant_text(1).map(Pattern::new);
    let values = (0..texts.len()).map(|row| {
        let text = text_at(&texts, row)?;
        match (&constant, &patterns) {
            (Some(pattern), _) => read(text, Some(pattern)),
            (None, Some(patterns)) => read(text, Some(&Pattern::new(text_at(patterns, row)?))),
            (None, None) => read(text, None),
        }
    });
    Ok(values.collect())
}

fn to_timestamp_ltz(call: &Call<'_>) -> Result<ArrayRef> {
    let (values, precisions) = (to_int(&call.array(0)?)?, to_int(&call.array(1)?)?);
    let per_milli = units(&call.result.logical) / 1000;
    let instants = values.iter().zip(precisions.iter()).map(|(value, precision)| {
        let millis = match precision? {
            0 => value?.checked_mul(1000)?,
            3 => value?,
            _ => return None,
        };
        millis.checked_mul(per_milli)
    });
    from_ints(instants.collect(), call)
}

fn date_format(call: &Call<'_>) -> Result<ArrayRef> {
    let moments = moments_of(call)?;
    let patterns = call.array(1)?;
    let constant = call.constant_text(1).map(Pattern::new);
    let mut builder = StringBuilder::new();
    let mut text = String::new();
    for (row, moment) in moments.iter().enumerate() {
        let own = if constant.is_some() { None } else { text_at(&patterns, row).map(Pattern::new) };
        let (Some(moment), Some(pattern)) = (moment, constant.as_ref().or(own.as_ref())) else {
            builder.append_null();
            continue;
        };
        text.clear();
        pattern.format(*moment, &mut text).map_err(row_error)?;
        builder.append_value(&text);
    }
    Ok(Arc::new(builder.finish()))
}

/// Days and nanoseconds of the day of the first argument, local; texts are read.
fn moments_of(call: &Call<'_>) -> Result<Vec<Option<Moment>>> {
    let array = call.array(0)?;
    if array.data_type() == &DataType::Utf8 {
        let texts: &StringArray = array.as_string::<i32>();
        let read = |text: &str| parse_timestamp(text).map(|(days, nanos)| Moment { days, nanos });
        return Ok(texts.iter().map(|text| text.and_then(read)).collect());
    }
    let millis = local_millis(call, 0)?;
    let values = to_int(&array)?;
    let per_milli = units(&call.types[0].logical) / 1000;
    let finer = |value: i64| value.rem_euclid(per_milli) * (1_000_000 / per_milli);
    let is_date = call.types[0].logical == LogicalType::Date;
    let moment = |millis: i64, value: i64| Moment {
        days: millis.div_euclid(DAY),
        nanos: millis.rem_euclid(DAY) * 1_000_000 + if is_date { 0 } else { finer(value) },
    };
    Ok(millis.iter().zip(values.iter()).map(|(millis, value)| Some(moment(millis?, value?))).collect())
}

/// `FLOOR(x TO unit)`, `CEIL(x TO unit)`
fn round(call: &Call<'_>, up: bool) -> Result<ArrayRef> {
    let unit = call.constant_text(1).ok_or_else(|| row_error("the unit of FLOOR and CEIL is a constant"))?;
    let logical = &call.types[0].logical;
    let values = to_int(&call.array(0)?)?;
    let per_second = units(logical);
    let (per_day, is_date) = (per_second * 86_400, *logical == LogicalType::Date);
    let step = match unit {
        "MILLISECOND" => Some(per_second / 1000),
        "SECOND" => Some(per_second),
        "MINUTE" => Some(per_second * 60),
        "HOUR" => Some(per_second * 3600),
        "DAY" => Some(per_day),
        _ => None,
    };
    // Instants are rounded in the session's zone.
    let offset = |value: i64| match logical {
        LogicalType::TimestampLtz(_) => {
            let millis = value.div_euclid(per_second / 1000);
            (to_local(millis, call.context.zone) - millis) * (per_second / 1000)
        }
        _ => 0,
    };
    let rounded = |value: i64| {
        let shift = offset(value);
        let value = if is_date { value.saturating_mul(per_day) } else { value.saturating_add(shift) };
        let down = match step {
            Some(step) => value - value.rem_euclid(step.max(1)),
            // Days before 1970 are cut off towards it here, as in EXTRACT.
            None => begin_of(value / per_day, unit, 0)? * per_day,
        };
        let result = match (up && down != value, step) {
            (false, _) => down,
            (true, Some(step)) => down.saturating_add(step),
            (true, None) => begin_of(value / per_day, unit, 1)? * per_day,
        };
        Some(if is_date { result.div_euclid(per_day) } else { result - shift })
    };
    let values: Int64Array = values.iter().map(|value| value.and_then(rounded)).collect();
    from_ints(values, call)
}

/// The first day of the week, month, quarter, year … that a day is in, or of a later one.
fn begin_of(day: i64, unit: &str, later: i64) -> Option<i64> {
    let from = date(day)?;
    let months = match unit {
        "WEEK" => return Some(day - (day + 4).rem_euclid(7) + later * 7),
        "MONTH" => 1,
        "QUARTER" => 3,
        "YEAR" => 12,
        "DECADE" => 120,
        "CENTURY" => 1200,
        "MILLENNIUM" => 12_000,
        _ => return None,
    };
    let count = i64::from(from.year()) * 12 + i64::from(from.month0());
    // Centuries and millennia begin with their first year: 2001.
    let shift = if months >= 1200 { 12 } else { 0 };
    let first = (count - shift).div_euclid(months) * months + shift + later * months;
    let year = i32::try_from(first.div_euclid(12)).ok()?;
    Some(days(chrono::NaiveDate::from_ymd_opt(year, first.rem_euclid(12) as u32 + 1, 1)?))
}

/// Whole units between two moments, cut off towards zero.
fn difference(call: &Call<'_>) -> Result<ArrayRef> {
    let unit = call.constant_text(0).ok_or_else(|| row_error("the unit of TIMESTAMPDIFF is a constant"))?.to_owned();
    let (from, to) = (local_millis(call, 1)?, local_millis(call, 2)?);
    let between = |from: i64, to: i64| {
        let millis = to.saturating_sub(from);
        Some(match unit.as_str() {
            "MILLISECOND" => millis,
            "SECOND" => millis / 1000,
            "MINUTE" => millis / 60_000,
            "HOUR" => millis / 3_600_000,
            "DAY" => millis / DAY,
            "WEEK" => millis / (7 * DAY),
            "MONTH" => months_between(to, from)?,
            "QUARTER" => months_between(to, from)? / 3,
            "YEAR" => months_between(to, from)? / 12,
            _ => return None,
        })
    };
    let values = from.iter().zip(to.iter()).map(|(from, to)| between(from?, to?));
    #[expect(clippy::cast_possible_truncation, reason = "Flink narrows the difference to an INT")]
    let values: Int32Array = values.map(|value| value.map(|value| value as i32)).collect();
    Ok(Arc::new(values))
}

/// Whole months from `b` to `a`, as Calcite counts them.
fn months_between(a: i64, b: i64) -> Option<i64> {
    let ((day_a, rest_a), (day_b, rest_b)) =
        ((a.div_euclid(DAY), a.rem_euclid(DAY)), (b.div_euclid(DAY), b.rem_euclid(DAY)));
    let months = if day_a < day_b { -whole_months(day_b, day_a)? } else { whole_months(day_a, day_b)? };
    let back = add_months(day_b, months)? == day_a && rest_a < rest_b;
    Some(if back { months - 1 } else { months })
}

/// The most months that lead from `first` to no later than `last`.
fn whole_months(last: i64, first: i64) -> Option<i64> {
    let (to, from) = (date(last)?, date(first)?);
    let estimate = i64::from(to.year() - from.year()) * 12 + i64::from(to.month0()) - i64::from(from.month0());
    Some(if add_months(first, estimate)? > last { estimate - 1 } else { estimate })
}

/// The clock's time at each row, in the result's type.
fn now(call: &Call<'_>, local: bool) -> Result<ArrayRef> {
    let millis = call.context.clock.now().0;
    let millis = if local { to_local(millis, call.context.zone) } else { millis };
    let value = match &call.result.logical {
        LogicalType::Date => millis.div_euclid(DAY),
        LogicalType::Time(_) => millis.rem_euclid(DAY),
        logical => millis.saturating_mul(units(logical) / 1000),
    };
    from_ints(Int64Array::from(vec![value; call.rows]), call)
}
