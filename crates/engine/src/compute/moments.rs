//! Functions of dates, times and timestamps.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int32Array, Int64Array};
use arrow::compute::kernels::arity::binary;
use chrono::Datelike;
use datafusion::error::Result;
use yeoul_row::{LogicalType, types::unit_of};

use super::calendar::{DAY, add_months, date, days, per_second, to_local, written};
use super::function::{Call, Kernel};
use super::row_error;
use crate::aggregate::cells::{Cells, to_int};

/// The kernel of a function of moments.
pub(super) fn kernel(name: &str) -> Option<Kernel> {
    Some(match name {
        "datetime_plus" => |call| shift(call, 1),
        "datetime_minus" => |call| shift(call, -1),
        "year" => |call| extract(call, "year", |days, _| Some(i64::from(date(days)?.year()))),
        "quarter" => |call| extract(call, "quarter", |days, _| Some(i64::from(date(days)?.month0() / 3 + 1))),
        "month" => |call| extract(call, "month", |days, _| Some(i64::from(date(days)?.month()))),
        "week" => |call| extract(call, "week", |days, _| Some(i64::from(date(days)?.iso_week().week()))),
        "dayofmonth" => |call| extract(call, "dayofmonth", |days, _| Some(i64::from(date(days)?.day()))),
        "dayofweek" => |call| extract(call, "dayofweek", |days, _| Some((days + 4).rem_euclid(7) + 1)),
        "isodow" => |call| extract(call, "isodow", |days, _| Some((days + 3).rem_euclid(7) + 1)),
        "isoyear" => |call| extract(call, "isoyear", |days, _| Some(i64::from(date(days)?.iso_week().year()))),
        "dayofyear" => |call| extract(call, "dayofyear", |days, _| Some(i64::from(date(days)?.ordinal()))),
        "decade" => |call| extract(call, "decade", |days, _| Some(i64::from(date(days)?.year()).div_euclid(10))),
        "century" => |call| extract(call, "century", |days, _| Some(era(date(days)?.year(), 100))),
        "millennium" => |call| extract(call, "millennium", |days, _| Some(era(date(days)?.year(), 1000))),
        "millisecond" => |call| extract(call, "millisecond", |_, millis| Some(millis % 1000)),
        "microsecond" => |call| fraction(call, 1_000),
        "nanosecond" => |call| fraction(call, 1),
        "epoch" => epoch,
        "hour" => |call| extract(call, "hour", |_, millis| Some(millis / 3_600_000)),
        "minute" => |call| extract(call, "minute", |_, millis| Some(millis / 60_000 % 60)),
        "second" => |call| extract(call, "second", |_, millis| Some(millis / 1000 % 60)),
        "datetime_floor" => |call| round(call, false),
        "datetime_ceil" => |call| round(call, true),
        "timestamp_diff" => difference,
        "months_apart" => |call| apart(call, months_between),
        "millis_apart" => |call| apart(call, |a, b| Some(a.saturating_sub(b))),
        "current_timestamp" | "current_row_timestamp" | "proctime" => |call| now(call, false),
        "local_timestamp" => |call| now(call, true),
        "current_date" => |call| now(call, true),
        "current_time" => |call| now(call, true),
        // Replaced by a column where the expression is lowered.
        "current_watermark" => |call| call.array(0),
        _ => return None,
    })
}

/// A column of the result's type.
pub(super) fn from_ints(values: Int64Array, call: &Call<'_>) -> Result<ArrayRef> {
    Ok(Cells::Int(values).into_array(&call.result_arrow())?)
}

/// How many of a moment's units make a second: days count as none.
pub(super) fn units(logical: &LogicalType) -> i64 {
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
pub(super) fn local_millis(call: &Call<'_>, place: usize) -> Result<Int64Array> {
    let millis = written_millis(call, place)?;
    let zone = call.context.zone;
    Ok(match &call.types[place].logical {
        LogicalType::TimestampLtz(_) => millis.unary(|value: i64| to_local(value, zone)),
        _ => millis,
    })
}

/// Milliseconds since 1970 of a column of moments: of its local time, where it is one, and of the instant, where it is that.
fn written_millis(call: &Call<'_>, place: usize) -> Result<Int64Array> {
    let logical = &call.types[place].logical;
    let values = to_int(&call.array(place)?)?;
    let per_milli = units(logical) / 1000;
    Ok(values.unary(|value: i64| match logical {
        LogicalType::Date => value.saturating_mul(DAY),
        _ => value.div_euclid(per_milli),
    }))
}

/// A part of each moment, from its days and its milliseconds of the day. Before 1970 both are cut off towards zero, as
/// Flink does (it takes 23:59:59.999 of 1969-12-31 for a moment of 1970-01-01).
fn extract(call: &Call<'_>, name: &str, part: fn(i64, i64) -> Option<i64>) -> Result<ArrayRef> {
    if matches!(call.types[0].logical, LogicalType::IntervalYearMonth | LogicalType::IntervalDayTime) {
        return interval_part(call, name);
    }
    let is_date = call.types[0].logical == LogicalType::Date;
    let parts = local_millis(call, 0)?;
    let parts = parts.iter().map(|millis| {
        let millis = millis?;
        // Flink takes a date's days for the milliseconds that hours, minutes and seconds are made of.
        let days = millis.div_euclid(DAY);
        if is_date { part(days, days) } else { part(millis / DAY, millis % DAY) }
    });
    from_ints(parts.collect(), call)
}

/// Centuries and millennia begin with their first year.
fn era(year: i32, years: i64) -> i64 {
    let year = i64::from(year);
    if year > 0 { (year + years - 1) / years } else { (year - years + 1) / years }
}

/// The part of a second behind the point, in units of so many nanoseconds. Before 1970 the milliseconds are cut off towards
/// it, what is finer is not.
fn fraction(call: &Call<'_>, nanos: i64) -> Result<ArrayRef> {
    let per_milli = units(&call.types[0].logical) / 1000;
    let values = to_int(&call.array(0)?)?;
    let part = |value: i64| match per_milli {
        0 => 0,
        _ => {
            let (millis, finer) = (value.div_euclid(per_milli), value.rem_euclid(per_milli));
            millis % 1000 * (1_000_000 / nanos) + finer * (1_000_000 / per_milli) / nanos
        }
    };
    from_ints(values.unary(part), call)
}

/// Seconds since 1970, cut off towards it.
fn epoch(call: &Call<'_>) -> Result<ArrayRef> {
    let per_second = units(&call.types[0].logical);
    let is_date = call.types[0].logical == LogicalType::Date;
    let values = to_int(&call.array(0)?)?;
    from_ints(values.unary(|value: i64| if is_date { value.saturating_mul(86_400) } else { value / per_second }), call)
}

/// A part of an interval.
fn interval_part(call: &Call<'_>, name: &str) -> Result<ArrayRef> {
    let (unit, modulus) = match name {
        "year" => (12, i64::MAX),
        "quarter" => (3, 4),
        "month" => (1, 12),
        "dayofmonth" => (DAY, i64::MAX),
        "hour" => (3_600_000, 24),
        "minute" => (60_000, 60),
        "second" => (1000, 60),
        "millisecond" => (1, 1000),
        "epoch" => (1000, i64::MAX),
        other => return Err(row_error(format!("an interval has no `{other}`"))),
    };
    let values = to_int(&call.array(0)?)?;
    let part = |value: i64| value / unit % modulus + i64::from(name == "quarter");
    from_ints(values.unary(part), call)
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
    let next_milli = up && unit == "MILLISECOND" && matches!(logical, LogicalType::Timestamp(_));
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
        // What is finer than a millisecond doesn't count, but for the next millisecond.
        let finer = if next_milli { 0 } else { value.rem_euclid((per_second / 1000).max(1)) };
        let value = value - finer;
        let day = written(value / per_day);
        let down = match step {
            Some(_) if is_date && unit == "DAY" => day.saturating_mul(per_day),
            Some(step) => value - value.rem_euclid(step.max(1)),
            // Days before 1970 are cut off towards it here, as in EXTRACT.
            None => begin_of(value / per_day, unit, 0)? * per_day,
        };
        let result = match (up && (down != value || is_date || step.is_none()), step) {
            // The day of a date ends with the next, whatever the day.
            (true, _) if is_date && unit == "DAY" => down.saturating_add(per_day),
            (false, _) => down,
            (true, Some(step)) => down.saturating_add(step),
            // Only the day counts.
            (true, None) if !is_long(unit) && begin_of(value / per_day, unit, 0)? == day => down,
            (true, None) => begin_of(value / per_day, unit, 1)? * per_day,
        };
        Some(if is_date { result.div_euclid(per_day) } else { result - shift })
    };
    let values: Int64Array = values.iter().map(|value| value.and_then(rounded)).collect();
    if matches!(logical, LogicalType::Time(_)) && values.iter().flatten().any(|time| time >= DAY) {
        return Err(row_error(format!("CEIL(… TO {unit}) of a TIME is 24:00, which is no time of a day")));
    }
    from_ints(values, call)
}

/// Whether a unit is longer than a year: those end with the next, whatever the moment.
fn is_long(unit: &str) -> bool {
    matches!(unit, "DECADE" | "CENTURY" | "MILLENNIUM")
}

/// The first day of the week, month, quarter, year … that a day is in, or of a later one.
fn begin_of(day: i64, unit: &str, later: i64) -> Option<i64> {
    let from = date(written(day))?;
    let months = match unit {
        "WEEK" => return Some(written(day) - (day + 4).rem_euclid(7) + later * 7),
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
    let (from, to) = (written_millis(call, 1)?, written_millis(call, 2)?);
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

/// `(a - b) DAY`: an interval, of what is between two moments in milliseconds.
fn apart(call: &Call<'_>, between: fn(i64, i64) -> Option<i64>) -> Result<ArrayRef> {
    let (a, b) = (written_millis(call, 0)?, written_millis(call, 1)?);
    from_ints(a.iter().zip(b.iter()).map(|(a, b)| between(a?, b?)).collect(), call)
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
