//! Dates and times as text: Flink's `SQL` and `ISO-8601` standards, and what `java.sql` reads out of CSV.
//!
//! Times are nanoseconds or milliseconds of a day, dates are days since 1970-01-01 (proleptic Gregorian).

use arrow::datatypes::TimeUnit;
use yeoul_row::text;
use yeoul_row::types::unit_of;

const SECONDS_OF_DAY: i64 = 86_400;
const NANOS_OF_SECOND: i64 = 1_000_000_000;

/// How timestamps are written (`…timestamp-format.standard`).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum TimestampFormat {
    /// `2013-02-08 05:00:00.123`
    #[default]
    Sql,
    /// `2013-02-08T05:00:00.123`
    Iso8601,
}

/// How Java puts a date or time together (`ResolverStyle`).
#[derive(Clone, Copy, PartialEq, Eq)]
enum Resolver {
    /// There is such a day and such a time.
    Strict,
    /// `02-30` is the last day of February, `24:00:00` midnight at the day's end.
    Smart,
}

/// Reads bytes from front to back.
struct Cursor<'a>(&'a [u8]);

impl Cursor<'_> {
    fn byte(&mut self, expected: u8) -> Option<()> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        (*first == expected).then_some(())
    }

    /// A number of `min` to `max` digits.
    fn digits(&mut self, min: usize, max: usize) -> Option<i64> {
        let count = self.0.iter().take(max).take_while(|byte| byte.is_ascii_digit()).count();
        let (digits, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        (count >= min).then(|| digits.iter().fold(0, |value, digit| value * 10 + i64::from(digit - b'0')))
    }

    fn starts_with(&self, byte: u8) -> bool {
        self.0.first() == Some(&byte)
    }

    /// `.` and up to nine digits, as nanoseconds; nothing there is zero.
    fn fraction(&mut self) -> Option<i64> {
        if !self.starts_with(b'.') {
            return Some(0);
        }
        self.byte(b'.')?;
        let before = self.0.len();
        let value = self.digits(0, 9)?;
        let count = u32::try_from(before - self.0.len()).ok()?;
        Some(value * 10_i64.pow(9 - count))
    }

    fn end<T>(&self, value: T) -> Option<T> {
        self.0.is_empty().then_some(value)
    }

    /// `2013-02-08`, with exactly the digits that `ISO_LOCAL_DATE` wants.
    fn date(&mut self, resolver: Resolver) -> Option<i64> {
        let signed = self.starts_with(b'+') || self.starts_with(b'-');
        let negative = self.starts_with(b'-');
        if signed {
            self.0 = self.0.get(1..)?;
        }
        let before = self.0.len();
        let year = self.digits(4, if signed { 9 } else { 4 })?;
        // A `+` is for years of more than four digits alone.
        if signed && !negative && before - self.0.len() == 4 {
            return None;
        }
        self.byte(b'-')?;
        let month = self.digits(2, 2)?;
        self.byte(b'-')?;
        let day = self.digits(2, 2)?;
        let year = if negative { -year } else { year };
        match days_from_civil(year, month, day) {
            None if resolver == Resolver::Smart && (29..=31).contains(&day) => {
                (28..day).rev().find_map(|earlier| days_from_civil(year, month, earlier))
            }
            days => days,
        }
    }

    /// `05:00[:00[.123]]` as nanoseconds of the day.
    fn time(&mut self, seconds_optional: bool, resolver: Resolver) -> Option<i64> {
        let hour = self.digits(2, 2)?;
        self.byte(b':')?;
        let minute = self.digits(2, 2)?;
        if seconds_optional && !self.starts_with(b':') {
            return nanos_of_day(hour, minute, 0, 0, resolver);
        }
        self.byte(b':')?;
        let second = self.digits(2, 2)?;
        let fraction = self.fraction()?;
        nanos_of_day(hour, minute, second, fraction, resolver)
    }
}

fn nanos_of_day(hour: i64, minute: i64, second: i64, nanos: i64, resolver: Resolver) -> Option<i64> {
    let midnight = resolver == Resolver::Smart && hour == 24 && minute == 0 && second == 0 && nanos == 0;
    let valid = hour < 24 && minute < 60 && second < 60 || midnight;
    valid.then(|| ((hour * 60 + minute) * 60 + second) * NANOS_OF_SECOND + nanos)
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// Days since 1970-01-01 of a day of the proleptic Gregorian calendar, if there is such a day.
pub(crate) fn days_from_civil(year: i64, month: i64, day: i64) -> Option<i64> {
    let longest = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if is_leap(year) => 29,
        2 => 28,
        _ => return None,
    };
    if !(1..=longest).contains(&day) {
        return None;
    }
    // Years begin in March here, so that the leap day is their last.
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    Some(era * 146_097 + day_of_era - 719_468)
}

/// `2013-02-08` as days since 1970.
pub(crate) fn parse_date(text: &[u8]) -> Option<i32> {
    let mut cursor = Cursor(text);
    let days = cursor.date(Resolver::Strict)?;
    cursor.end(i32::try_from(days).ok()?)
}

/// `05:00:00[.123]` as milliseconds of the day; `24:00:00` is its beginning.
pub(crate) fn parse_time(text: &[u8]) -> Option<i32> {
    let mut cursor = Cursor(text);
    let nanos = cursor.time(false, Resolver::Smart)? % (SECONDS_OF_DAY * NANOS_OF_SECOND);
    cursor.end(i32::try_from(nanos / 1_000_000).ok()?)
}

/// `05:00[:00[.123]]` (`LocalTime.parse`) as milliseconds of the day, digits beyond `precision` cut off.
pub(crate) fn parse_iso_time(text: &[u8], precision: u8) -> Option<i32> {
    let mut cursor = Cursor(text);
    let nanos = cursor.time(true, Resolver::Strict)?;
    let cut = 10_i64.pow(3 - u32::from(precision.min(3)));
    cursor.end(i32::try_from(nanos / 1_000_000 / cut * cut).ok()?)
}

/// A timestamp in the unit of `precision`; with a `Z` behind it where it is an instant.
pub(crate) fn parse_timestamp(text: &[u8], format: TimestampFormat, instant: bool, precision: u8) -> Option<i64> {
    if precision == 3
        && format == TimestampFormat::Sql
        && !instant
        && let Some(millis) = usual_millis(text)
    {
        return Some(millis);
    }
    let mut cursor = Cursor(text);
    // `ISO_LOCAL_DATE_TIME` is strict, what Flink builds of parts isn't.
    let strict = format == TimestampFormat::Iso8601 && !instant;
    let resolver = if strict { Resolver::Strict } else { Resolver::Smart };
    let days = cursor.date(resolver)?;
    let nanos = match format {
        TimestampFormat::Sql => {
            cursor.byte(b' ')?;
            cursor.time(false, resolver)?
        }
        TimestampFormat::Iso8601 => {
            cursor.byte(b'T')?;
            cursor.time(true, resolver)?
        }
    };
    if instant {
        cursor.byte(b'Z')?;
    }
    cursor.end(())?;
    in_unit(days, nanos, precision)
}

/// `2013-02-08 05:00:00[.123…]` in milliseconds, as nearly all timestamps are written; none for any other text, valid or not.
fn usual_millis(text: &[u8]) -> Option<i64> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, b' ', h1, h2, b':', i1, i2, b':', s1, s2, fraction @ ..] = text
    else {
        return None;
    };
    let digits = [y1, y2, y3, y4, m1, m2, d1, d2, h1, h2, i1, i2, s1, s2];
    if !digits.iter().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let two = |tens: &u8, ones: &u8| i64::from(tens - b'0') * 10 + i64::from(ones - b'0');
    let days = days_from_civil(two(y1, y2) * 100 + two(y3, y4), two(m1, m2), two(d1, d2))?;
    let (hour, minute, second) = (two(h1, h2), two(i1, i2), two(s1, s2));
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    Some((days * SECONDS_OF_DAY + (hour * 60 + minute) * 60 + second) * 1000 + usual_fraction(fraction)?)
}

/// Nothing, or `.` and one to nine digits, of which three count.
fn usual_fraction(text: &[u8]) -> Option<i64> {
    let [b'.', digits @ ..] = text else { return text.is_empty().then_some(0) };
    if !(1..=9).contains(&digits.len()) || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let digit = |place: usize| digits.get(place).map_or(0, |byte| i64::from(byte - b'0'));
    Some(digit(0) * 100 + digit(1) * 10 + digit(2))
}

/// `yyyy-[m]m-[d]d` (`java.sql.Date.valueOf`) as days since 1970.
pub(crate) fn parse_java_date(text: &[u8]) -> Option<i32> {
    let mut cursor = Cursor(text);
    let days = java_date(&mut cursor)?;
    cursor.end(i32::try_from(days).ok()?)
}

/// A day, which may be one that its month hasn't: then it is so far into the next one.
fn java_date(cursor: &mut Cursor<'_>) -> Option<i64> {
    let year = cursor.digits(4, 4)?;
    cursor.byte(b'-')?;
    let month = cursor.digits(1, 2)?;
    cursor.byte(b'-')?;
    let day = cursor.digits(1, 2)?;
    let first = days_from_civil(year, month, 1)?;
    (1..=31).contains(&day).then_some(first + day - 1)
}

/// A moment in the unit of `precision`; finer digits than the precision has are cut off.
fn in_unit(days: i64, nanos: i64, precision: u8) -> Option<i64> {
    let cut = 10_i64.pow(9 - u32::from(precision.min(9)));
    let nanos = nanos / cut * cut;
    let units = match unit_of(precision) {
        TimeUnit::Second => 1,
        TimeUnit::Millisecond => 1_000,
        TimeUnit::Microsecond => 1_000_000,
        TimeUnit::Nanosecond => NANOS_OF_SECOND,
    };
    days.checked_mul(SECONDS_OF_DAY)?.checked_mul(units)?.checked_add(nanos / (NANOS_OF_SECOND / units))
}

/// Days since 1970 and nanoseconds of the day of a moment in `unit`.
pub(crate) fn split(value: i64, unit: TimeUnit) -> (i64, i64) {
    let units = match unit {
        TimeUnit::Second => 1,
        TimeUnit::Millisecond => 1_000,
        TimeUnit::Microsecond => 1_000_000,
        TimeUnit::Nanosecond => NANOS_OF_SECOND,
    };
    let day = units * SECONDS_OF_DAY;
    (value.div_euclid(day), value.rem_euclid(day) * (NANOS_OF_SECOND / units))
}

/// Appends a timestamp; `Z` behind it where it is an instant.
pub(crate) fn write_timestamp(value: i64, unit: TimeUnit, format: TimestampFormat, instant: bool, out: &mut Vec<u8>) {
    let (days, nanos) = split(value, unit);
    text::write_date(days, out);
    out.push(if format == TimestampFormat::Sql { b' ' } else { b'T' });
    text::write_time(nanos, out);
    if instant {
        out.push(b'Z');
    }
}

/// Appends a time as `LocalTime.toString` does: `05:00`, `05:00:01`, `05:00:01.120`.
pub(crate) fn write_local_time(nanos: i64, out: &mut Vec<u8>) {
    let (seconds, fraction) = (nanos / NANOS_OF_SECOND, nanos % NANOS_OF_SECOND);
    let hours_minutes = format!("{:02}:{:02}", seconds / 3600, seconds / 60 % 60);
    out.extend_from_slice(hours_minutes.as_bytes());
    if nanos % (60 * NANOS_OF_SECOND) > 0 {
        out.extend_from_slice(format!(":{:02}", seconds % 60).as_bytes());
    }
    if fraction > 0 {
        // Groups of three digits.
        let digits = format!("{fraction:09}");
        let shown = digits.trim_end_matches('0').len().div_ceil(3) * 3;
        out.push(b'.');
        out.extend_from_slice(digits.get(..shown).unwrap_or(&digits).as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_dates_are_each_others_inverse() {
        for days in (-1_000_000..1_000_000).step_by(97) {
            let (year, month, day) = text::civil_from_days(days);
            assert_eq!(days_from_civil(year, month, day), Some(days));
        }
        assert_eq!(days_from_civil(1970, 1, 1), Some(0));
        assert_eq!(days_from_civil(2013, 2, 29), None);
        assert_eq!(days_from_civil(2000, 2, 29), Some(11_016));
    }

    #[test]
    fn timestamps_are_read_as_flink_reads_them() {
        let sql = |text: &str| parse_timestamp(text.as_bytes(), TimestampFormat::Sql, false, 3);
        assert_eq!(sql("1970-01-02 00:00:00"), Some(86_400_000));
        assert_eq!(sql("1970-01-01 00:00:00.5"), Some(500));
        assert_eq!(sql("1970-01-01 00:00:00.123456789"), Some(123));
        assert_eq!(sql("1969-12-31 23:59:59.999"), Some(-1));
        for bad in [
            "1970-01-01",
            "1970-01-01T00:00:00",
            "1970-01-01 00:00",
            "1970-1-1 00:00:00",
            "1970-01-01 24:00:01",
            "1970-01-01 00:00:00Z",
            "1970-01-01 00:00:00 ",
            "",
            "1970-02-32 00:00:00",
        ] {
            assert_eq!(sql(bad), None, "{bad}");
        }
        assert_eq!(sql("1970-01-01 24:00:00"), Some(86_400_000));
        assert_eq!(sql("1970-02-30 00:00:00"), sql("1970-02-28 00:00:00"));
        assert_eq!(parse_timestamp(b"1970-02-30T00:01", TimestampFormat::Iso8601, false, 3), None);
        assert_eq!(parse_timestamp(b"1970-01-01T00:01", TimestampFormat::Iso8601, false, 3), Some(60_000));
        assert_eq!(parse_timestamp(b"1970-01-01 00:00:01Z", TimestampFormat::Sql, true, 6), Some(1_000_000));
        assert_eq!(parse_timestamp(b"9999-12-31 00:00:00", TimestampFormat::Sql, false, 9), None);
    }

    #[test]
    fn the_usual_way_to_write_a_timestamp_reads_as_all_others() {
        for text in [
            "2015-07-15 00:00:19.66",
            "1969-12-31 23:59:59.999",
            "0001-01-01 00:00:00",
            "9999-12-31 23:59:59.123456789",
            "2000-02-29 12:00:00.0",
        ] {
            let micros = parse_timestamp(text.as_bytes(), TimestampFormat::Sql, false, 6);
            assert_eq!(usual_millis(text.as_bytes()), micros.map(|micros| micros.div_euclid(1000)), "{text}");
        }
        for other in [
            "2015-07-15 00:00:19.",
            "2015-07-15 24:00:00",
            "2015-02-29 00:00:00",
            "2015-07-15 00:00:00.1234567890",
            "+12015-07-15 00:00:00",
        ] {
            assert_eq!(usual_millis(other.as_bytes()), None, "{other}");
        }
    }

    #[test]
    fn java_sql_dates_need_no_padding() {
        assert_eq!(parse_java_date(b"1970-1-2"), Some(1));
        assert_eq!((parse_java_date(b"1970-2-30"), parse_java_date(b"1970-2-32")), (Some(60), None));
    }

    #[test]
    fn local_times_leave_out_what_is_zero() {
        for (nanos, text) in [(0, "00:00"), (1_000_000_000, "00:00:01"), (18_000_120_000_000, "05:00:00.120")] {
            let mut out = Vec::new();
            write_local_time(nanos, &mut out);
            assert_eq!(out, text.as_bytes());
        }
    }
}
