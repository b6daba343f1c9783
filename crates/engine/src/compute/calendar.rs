//! Days, local times and their texts: the proleptic Gregorian calendar, as `java.time` has it.

use arrow::datatypes::TimeUnit;
use chrono::{DateTime, Datelike, NaiveDate, Offset, TimeZone};
use chrono_tz::Tz;

/// Milliseconds of a day.
pub(super) const DAY: i64 = 86_400_000;

/// How many of a unit make a second.
pub(super) fn per_second(unit: TimeUnit) -> i64 {
    match unit {
        TimeUnit::Second => 1,
        TimeUnit::Millisecond => 1_000,
        TimeUnit::Microsecond => 1_000_000,
        TimeUnit::Nanosecond => 1_000_000_000,
    }
}

/// Days since 1970-01-01 as a date.
pub(super) fn date(days: i64) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(1970, 1, 1)?.checked_add_signed(chrono::TimeDelta::try_days(days)?)
}

/// A date as days since 1970-01-01.
pub(super) fn days(date: NaiveDate) -> i64 {
    i64::from(date.num_days_from_ce()) - 719_163
}

/// 1582-10-15, before which the Julian calendar was in use.
const GREGORIAN: i64 = -141_427;

/// The day that is written as the Julian calendar wrote this one, before 1582-10-15; others as they are. Calcite and Java's
/// `SimpleDateFormat` know both calendars, `java.time` the newer one only.
pub(super) fn written(day: i64) -> i64 {
    if day >= GREGORIAN {
        return day;
    }
    // Days since the 1 March of a Julian year that all leap days of its four years end.
    let days = day + 719_470;
    let (cycle, rest) = (days.div_euclid(1461), days.rem_euclid(1461));
    let years = (rest / 365).min(3);
    let (year, of_year) = (cycle * 4 + years, rest - years * 365);
    let month = (5 * of_year + 2) / 153;
    let of_month = of_year - (153 * month + 2) / 5;
    // Months are counted from March.
    days_of_month(year * 12 + month + 2).map_or(day, |first| first + of_month)
}

/// The day that comes so many days behind the first of a month, as both calendars write it.
pub(super) fn day_of_month(first: i64, later: i64) -> Option<i64> {
    let day = first.checked_add(later)?;
    if day >= GREGORIAN {
        return Some(day);
    }
    let date = date(first)?;
    // Years and months from March on.
    let months = i64::from(date.year()) * 12 + i64::from(date.month0()) - 2;
    let (year, month) = (months.div_euclid(12), months.rem_euclid(12));
    (year * 365 + year.div_euclid(4) + (153 * month + 2) / 5 - 719_470).checked_add(later)
}

/// Days moved by months; the day is clamped to the month's last.
pub(super) fn add_months(from: i64, months: i64) -> Option<i64> {
    let date = date(from)?;
    let count = i64::from(date.year()) * 12 + i64::from(date.month0()) + months;
    let (year, month) = (i32::try_from(count.div_euclid(12)).ok()?, count.rem_euclid(12) as u32 + 1);
    let last = (28..=31).rev().find_map(|day| NaiveDate::from_ymd_opt(year, month, day))?;
    Some(days(NaiveDate::from_ymd_opt(year, month, date.day().min(last.day()))?))
}

/// The first day of a month, counted from January of the year 0.
pub(super) fn days_of_month(months: i64) -> Option<i64> {
    let (year, month) = (i32::try_from(months.div_euclid(12)).ok()?, months.rem_euclid(12) as u32 + 1);
    Some(days(NaiveDate::from_ymd_opt(year, month, 1)?))
}

/// Milliseconds of an instant as local milliseconds in a zone.
pub(super) fn to_local(instant: i64, zone: Tz) -> i64 {
    let Some(time) = DateTime::from_timestamp_millis(instant).filter(|_| zone != Tz::UTC) else { return instant };
    let offset = zone.offset_from_utc_datetime(&time.naive_utc()).fix().local_minus_utc();
    instant.saturating_add(i64::from(offset) * 1000)
}

/// Local milliseconds in a zone as an instant: the earlier one where the clock goes back, shifted forward in a gap.
pub(super) fn to_instant(local: i64, zone: Tz) -> i64 {
    let Some(time) = DateTime::from_timestamp_millis(local).filter(|_| zone != Tz::UTC) else { return local };
    if let Some(found) = zone.from_local_datetime(&time.naive_utc()).earliest() {
        return found.timestamp_millis();
    }
    let before = zone
        .offset_from_utc_datetime(&time.naive_utc().checked_sub_signed(chrono::TimeDelta::days(1)).unwrap_or_default());
    local.saturating_sub(i64::from(before.fix().local_minus_utc()) * 1000)
}

/// `2013-02-08`
pub(super) fn date_text(days: i64, out: &mut String) {
    use std::fmt::Write;
    let (year, month, day) = yeoul_row::text::civil_from_days(days);
    let sign = if year > 9999 { "+" } else { "" };
    let _ = write!(out, "{sign}{year:04}-{month:02}-{day:02}");
}

/// `10:07:00`, with `digits` digits of the second's fraction.
pub(super) fn time_text(nanos_of_day: i64, digits: u8, out: &mut String) {
    use std::fmt::Write;
    let seconds = nanos_of_day.div_euclid(1_000_000_000);
    let _ = write!(out, "{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    if digits > 0 {
        let digits = digits.min(9);
        let fraction = nanos_of_day.rem_euclid(1_000_000_000) / 10_i64.pow(9 - u32::from(digits));
        let _ = write!(out, ".{fraction:0width$}", width = usize::from(digits));
    }
}

/// `2013-02-08 10:07:00.000`, of a timestamp in its unit, with `digits` digits of the second's fraction.
pub(super) fn timestamp_text(value: i64, unit: TimeUnit, digits: u8, out: &mut String) {
    let per_day = per_second(unit) * 86_400;
    date_text(value.div_euclid(per_day), out);
    out.push(' ');
    time_text(value.rem_euclid(per_day) * (1_000_000_000 / per_second(unit)), digits, out);
}

/// Year, month and day of `2013-02-08`, `2013-2-8`; `2013-02` and `2013` are first days.
fn parse_parts(text: &str) -> Option<(i32, u32, u32)> {
    let mut parts = text.splitn(3, '-');
    let number = |part: Option<&str>, otherwise: u32| match part {
        None => Some(otherwise),
        Some(part) if !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()) => part.parse().ok(),
        Some(_) => None,
    };
    let year = i32::try_from(number(parts.next(), 0)?).ok().filter(|year| *year <= 9999)?;
    Some((year, number(parts.next(), 1)?, number(parts.next(), 1)?))
}

/// The days of a date, also where a blank and a time follow.
pub(super) fn parse_date(text: &str) -> Option<i64> {
    let (year, month, day) = parse_parts(text.trim().split(' ').next()?)?;
    Some(days(NaiveDate::from_ymd_opt(year, month, day)?))
}

/// The days of a date whose day may lie behind the month's last, which is meant then (Java's `SMART` resolver). Both dashes
/// must be there, the numbers behind them needn't: `2024-3-` is the month's first day.
fn parse_date_clamped(text: &str) -> Option<i64> {
    if text.matches('-').count() != 2 {
        return None;
    }
    let (year, month, day) = parse_parts(text.trim_end_matches('-'))?;
    let clamped = (28..=day.min(31)).rev().find_map(|day| NaiveDate::from_ymd_opt(year, month, day));
    Some(days(if day > 28 { clamped? } else { NaiveDate::from_ymd_opt(year, month, day)? })).filter(|_| day <= 31)
}

/// The nanoseconds of the day of `10:07:00.123`, `10:07`.
pub(super) fn parse_time(text: &str) -> Option<i64> {
    let (clock, fraction) = text.split_once('.').unwrap_or((text, ""));
    let mut parts = clock.splitn(3, ':').map(|part| {
        (!part.is_empty() && part.len() <= 2 && part.bytes().all(|b| b.is_ascii_digit()))
            .then(|| part.parse::<i64>().ok())?
    });
    let hour = parts.next()??;
    let minute = parts.next().unwrap_or(Some(0))?;
    let second = parts.next().unwrap_or(Some(0))?;
    if hour > 23 || minute > 59 || second > 59 || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let digits: String = fraction.chars().chain(std::iter::repeat('0')).take(9).collect();
    Some((hour * 3600 + minute * 60 + second) * 1_000_000_000 + digits.parse::<i64>().ok()?)
}

/// Days and nanoseconds of the day of `2013-02-08 10:07:00.123`, or of a date.
pub(super) fn parse_timestamp(text: &str) -> Option<(i64, i64)> {
    let text = text.trim_start();
    let Some((date, time)) = text.split_once(' ') else { return Some((parse_date_clamped(text)?, 0)) };
    let complete = time.split('.').next().is_some_and(|clock| clock.matches(':').count() == 2);
    // Behind the last colon the seconds needn't be there.
    let time = time.strip_suffix(':').unwrap_or(time);
    Some((parse_date_clamped(date)?, parse_time(time).filter(|_| complete)?))
}

/// A local date and time in a unit; `None` where it doesn't fit.
pub(super) fn in_unit(days: i64, nanos: i64, unit: TimeUnit) -> Option<i64> {
    let per_second = per_second(unit);
    days.checked_mul(86_400)?.checked_mul(per_second)?.checked_add(nanos / (1_000_000_000 / per_second))
}
