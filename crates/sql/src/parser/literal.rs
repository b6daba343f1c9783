//! Constants with a keyword: `DATE '…'`, `TIME '…'`, `TIMESTAMP '…'`, `INTERVAL '…' unit [TO unit]`.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, Timelike};

use super::{Parsed, Parser};
use crate::ast::expression::{Constant, Expression, ExpressionKind, TimeUnit};
use crate::diagnostic::{Diagnostic, Span};
use crate::keyword::is_reserved;
use crate::token::TokenKind;

/// Milliseconds of each unit of a day-time interval, largest first.
const DAY_TIME: [(TimeUnit, i64); 4] =
    [(TimeUnit::Day, 86_400_000), (TimeUnit::Hour, 3_600_000), (TimeUnit::Minute, 60_000), (TimeUnit::Second, 1_000)];

/// Whether intervals of this unit count months, not milliseconds.
pub(super) fn counts_months(unit: TimeUnit) -> bool {
    matches!(
        unit,
        TimeUnit::Millennium
            | TimeUnit::Century
            | TimeUnit::Decade
            | TimeUnit::Year
            | TimeUnit::Quarter
            | TimeUnit::Month
    )
}

/// The character sets that a text may name.
const CHARACTER_SETS: [&str; 3] = ["UTF8", "UTF16", "LATIN1"];

impl Parser {
    /// `_UTF8'…'`, `N'…'`: a text that names its character set, which changes nothing of it.
    pub(super) fn charset_literal(&mut self) -> Parsed<Option<Expression>> {
        let start = self.here();
        let TokenKind::Word(word) = self.peek().kind.clone() else { return Ok(None) };
        let national = word.eq_ignore_ascii_case("N");
        let Some(name) = word.strip_prefix('_').or(national.then_some("UTF8")) else { return Ok(None) };
        let next = self.peek_at(1);
        if !matches!(next.kind, TokenKind::Text(_)) || next.span.start != start.end {
            return Ok(None);
        }
        if !CHARACTER_SETS.iter().any(|known| known.eq_ignore_ascii_case(name)) {
            return Err(Diagnostic::new(format!("unknown character set `{name}`"), start)
                .with_help("leave it out: every text is Unicode"));
        }
        self.advance();
        let (text, _) = self.text("a text")?;
        Ok(Some(Expression::new(ExpressionKind::Constant(Constant::Text(text)), self.since(start))))
    }

    /// `DATE '…'` and the like, where one stands here.
    pub(super) fn moment_literal(&mut self) -> Parsed<Option<Expression>> {
        if !matches!(self.peek_at(1).kind, TokenKind::Text(_)) {
            return Ok(None);
        }
        let read: fn(&str) -> Option<Constant> = match () {
            () if self.at_word("DATE") => read_date,
            () if self.at_word("TIME") => read_time,
            () if self.at_word("TIMESTAMP") => read_timestamp,
            () => return Ok(None),
        };
        let start = self.here();
        self.advance();
        let (text, span) = self.text("a text")?;
        let constant = read(&text).ok_or_else(|| {
            Diagnostic::new(format!("`'{text}'` is not a date or time of this kind"), span)
                .with_help("write `DATE '2024-01-31'`, `TIME '10:20:30'`, `TIMESTAMP '2024-01-31 10:20:30.123'`")
        })?;
        Ok(Some(Expression::new(ExpressionKind::Constant(constant), self.since(start))))
    }

    /// `d '2024-01-31'`, `t '10:20:30'`, `ts '…'` within braces.
    pub(super) fn braced_moment(&mut self) -> Parsed<Expression> {
        let start = self.here();
        let read: fn(&str) -> Option<Constant> = match () {
            () if self.eat_word("D") => read_date,
            () if self.eat_word("T") => read_time,
            () if self.eat_word("TS") => read_timestamp,
            () => return Err(self.expected("`fn`, `d`, `t` or `ts`")),
        };
        let (text, span) = self.text("a text")?;
        let constant = read(&text).ok_or_else(|| Diagnostic::new(format!("`'{text}'` is not of this kind"), span))?;
        Ok(Expression::new(ExpressionKind::Constant(constant), self.since(start)))
    }

    /// `unit [TO unit]` behind an interval.
    pub(super) fn interval_qualifier(&mut self) -> Parsed<(TimeUnit, Option<TimeUnit>)> {
        let (from, _) = self.time_unit()?;
        self.unit_precision()?;
        let to = if self.eat_word("TO") { Some(self.time_unit()?.0) } else { None };
        self.unit_precision()?;
        Ok((from, to))
    }

    /// Whether `unit [TO unit]` counts months, not milliseconds.
    pub(super) fn interval_months(&mut self) -> Parsed<bool> {
        use TimeUnit::{Day, Hour, Minute, Month, Quarter, Second, Week, Year};
        let start = self.here();
        let units = self.interval_qualifier()?;
        let known = match units {
            (Year | Quarter | Month | Week | Day | Hour | Minute | Second, None) | (Year, Some(Month)) => true,
            (from, Some(to)) => {
                let place = |unit| DAY_TIME.iter().position(|(known, _)| *known == unit);
                matches!((place(from), place(to)), (Some(from), Some(to)) if from < to)
            }
            _ => false,
        };
        if known {
            return Ok(counts_months(units.0));
        }
        Err(Diagnostic::new("intervals don't have this unit", self.since(start))
            .with_help("write `YEAR`, `YEAR TO MONTH`, `MONTH`, `DAY`, `DAY TO SECOND`, `HOUR`, `MINUTE` or `SECOND`"))
    }

    /// `INTERVAL [+|-] 'value' unit [TO unit]`
    pub(super) fn interval_literal(&mut self) -> Parsed<Expression> {
        let start = self.here();
        self.advance();
        let negative = self.eat_mark("-");
        if !negative {
            self.eat_mark("+");
        }
        let (text, span) = self.interval_value()?;
        let (from, to) = self.interval_qualifier()?;
        let constant = interval(&text, from, to, negative).ok_or_else(|| bad_interval(&text, from, to, span))?;
        Ok(Expression::new(ExpressionKind::Constant(constant), self.since(start)))
    }

    /// `'1 12'`, or a number as it stands.
    fn interval_value(&mut self) -> Parsed<(String, Span)> {
        let span = self.here();
        if matches!(self.peek().kind, TokenKind::Number(_)) {
            return Ok((self.number()?, span));
        }
        self.text("the interval's value in single quotes")
    }

    /// `(2)`, `(2, 3)` behind a unit: how many digits it may have.
    fn unit_precision(&mut self) -> Parsed<()> {
        if self.eat_mark("(") {
            self.comma_list(|parser| parser.unsigned("a number of digits"))?;
            self.expect_mark(")")?;
        }
        Ok(())
    }

    /// `HOUR`, `HOURS`, …
    pub(super) fn time_unit(&mut self) -> Parsed<(TimeUnit, Span)> {
        let token = self.peek().clone();
        let unit = match &token.kind {
            TokenKind::Word(word) => unit_of(word),
            _ => None,
        };
        let unit = unit.ok_or_else(|| self.expected("a unit of time (`DAY`, `HOUR`, `MINUTE`, `SECOND`, …)"))?;
        self.advance();
        Ok((unit, token.span))
    }

    /// The unit of `INTERVAL unit`, where such a type of a single unit stands here.
    pub(super) fn interval_unit(&self) -> Option<TimeUnit> {
        let TokenKind::Word(word) = &self.peek_at(1).kind else { return None };
        let single = self.at_word("INTERVAL") && self.at_mark_ahead(2, ")");
        unit_of(word).filter(|_| single)
    }

    /// Whether a unit of intervals stands here, also one that can be a name.
    pub(super) fn at_interval_unit(&self) -> bool {
        matches!(&self.peek().kind, TokenKind::Word(word) if unit_of(word).is_some_and(|unit| matches!(unit, TimeUnit::Week | TimeUnit::Quarter)))
    }

    /// Whether a unit of time stands here that can't be a name.
    pub(super) fn at_time_unit(&self) -> bool {
        matches!(&self.peek().kind, TokenKind::Word(word) if unit_of(word).is_some() && is_reserved(word))
    }
}

fn unit_of(word: &str) -> Option<TimeUnit> {
    let upper = word.to_ascii_uppercase();
    let find = |name: &str| TimeUnit::ALL.into_iter().find(|(keyword, _)| *keyword == name).map(|(_, unit)| unit);
    find(&upper).or_else(|| find(upper.strip_suffix('S')?))
}

/// A constant number as an interval: so many of its unit. A number that is no constant counts months or milliseconds.
pub(super) fn interval_of_number(digits: &str, unit: TimeUnit) -> Option<Constant> {
    if counts_months(unit) {
        return interval(digits, unit, None, false);
    }
    let (_, millis) = DAY_TIME.into_iter().find(|(known, _)| *known == unit)?;
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let scale = 10_i64.checked_pow(u32::try_from(fraction.len()).ok()?)?;
    let whole = self::digits(whole)?.checked_mul(millis)?;
    Some(Constant::Millis(whole.checked_add(self::digits(fraction)?.checked_mul(millis)? / scale)?))
}

fn bad_interval(text: &str, from: TimeUnit, to: Option<TimeUnit>, span: Span) -> Diagnostic {
    let units = to.map_or(from.keyword().to_owned(), |to| format!("{} TO {}", from.keyword(), to.keyword()));
    Diagnostic::new(format!("`'{text}'` is not an interval of `{units}`"), span)
        .with_help("write `INTERVAL '2' HOUR`, `INTERVAL '1 12' DAY TO HOUR`, `INTERVAL '1-6' YEAR TO MONTH`")
}

fn interval(text: &str, from: TimeUnit, to: Option<TimeUnit>, negative: bool) -> Option<Constant> {
    let text = text.trim();
    let (minus, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let sign = if minus == negative { 1 } else { -1 };
    if counts_months(from) {
        let months = months(text, from, to)?.checked_mul(sign)?;
        return Some(Constant::Months(i32::try_from(months).ok()?));
    }
    Some(Constant::Millis(millis(text, from, to)?.checked_mul(sign)?))
}

fn months(text: &str, from: TimeUnit, to: Option<TimeUnit>) -> Option<i64> {
    let factor = match from {
        TimeUnit::Millennium => 12_000,
        TimeUnit::Century => 1_200,
        TimeUnit::Decade => 120,
        TimeUnit::Year => 12,
        TimeUnit::Quarter => 3,
        _ => 1,
    };
    match to {
        None => digits(text)?.checked_mul(factor),
        Some(TimeUnit::Month) if from == TimeUnit::Year => {
            let (years, months) = text.split_once('-')?;
            let months = digits(months).filter(|months| *months < 12)?;
            digits(years)?.checked_mul(12)?.checked_add(months)
        }
        Some(_) => None,
    }
}

fn millis(text: &str, from: TimeUnit, to: Option<TimeUnit>) -> Option<i64> {
    if from == TimeUnit::Week && to.is_none() {
        return digits(text)?.checked_mul(7 * 86_400_000);
    }
    let first = DAY_TIME.iter().position(|(unit, _)| *unit == from)?;
    let last = DAY_TIME.iter().position(|(unit, _)| *unit == to.unwrap_or(from))?;
    let parts: Vec<&str> = text.split([' ', ':']).filter(|part| !part.is_empty()).collect();
    if last < first || parts.len() != last - first + 1 {
        return None;
    }
    let units = DAY_TIME[first..=last].iter().zip(parts);
    units.enumerate().try_fold(0i64, |sum, (place, ((unit, size), part))| {
        let count = part_millis(part, *unit, *size, place > 0)?;
        sum.checked_add(count)
    })
}

fn part_millis(part: &str, unit: TimeUnit, size: i64, follows: bool) -> Option<i64> {
    let (whole, fraction) =
        if unit == TimeUnit::Second { part.split_once('.').unwrap_or((part, "")) } else { (part, "") };
    let limit = match unit {
        TimeUnit::Hour => 24,
        _ => 60,
    };
    let whole = digits(whole).filter(|whole| !follows || *whole < limit)?;
    whole.checked_mul(size)?.checked_add(fraction_millis(fraction)?)
}

fn fraction_millis(fraction: &str) -> Option<i64> {
    if fraction.is_empty() {
        return Some(0);
    }
    let padded: String = fraction.chars().chain("000".chars()).take(3).collect();
    digits(fraction)?;
    digits(&padded)
}

fn digits(text: &str) -> Option<i64> {
    let all_digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if all_digits { text.parse().ok() } else { None }
}

fn read_date(text: &str) -> Option<Constant> {
    days(date(text.trim())?).map(Constant::Date)
}

fn date(text: &str) -> Option<NaiveDate> {
    let mut parts = text.splitn(3, '-');
    let year = parts.next().filter(|year| year.len() == 4).and_then(digits)?;
    let month = parts.next().and_then(digits)?;
    let day = parts.next().and_then(digits)?;
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, u32::try_from(month).ok()?, u32::try_from(day).ok()?)
}

fn days(date: NaiveDate) -> Option<i32> {
    i32::try_from(date.and_time(NaiveTime::MIN).and_utc().timestamp().div_euclid(86_400)).ok()
}

fn read_time(text: &str) -> Option<Constant> {
    let (time, precision) = time(text.trim())?;
    let millis = i64::from(time.num_seconds_from_midnight()) * 1000 + i64::from(time.nanosecond() / 1_000_000);
    Some(Constant::Time(i32::try_from(millis).ok()?, precision))
}

/// A time and the number of its fractional digits.
fn time(text: &str) -> Option<(NaiveTime, u8)> {
    let (clock, fraction) = text.split_once('.').unwrap_or((text, ""));
    if fraction.len() > 9 || (!fraction.is_empty() && digits(fraction).is_none()) {
        return None;
    }
    let nanos: String = fraction.chars().chain("000000000".chars()).take(9).collect();
    let mut parts = clock.splitn(3, ':').map(|part| digits(part).and_then(|part| u32::try_from(part).ok()));
    let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next()??);
    let time = NaiveTime::from_hms_nano_opt(hour, minute, second, u32::try_from(digits(&nanos)?).ok()?)?;
    Some((time, u8::try_from(fraction.len()).ok()?))
}

fn read_timestamp(text: &str) -> Option<Constant> {
    let text = text.trim();
    let (day, clock) = text.split_once(' ').unwrap_or((text, "00:00:00"));
    let (time, precision) = time(clock.trim())?;
    let moment: NaiveDateTime = date(day)?.and_time(time);
    let millis = moment.and_utc().timestamp_millis();
    Some(Constant::Timestamp(millis, time.nanosecond() % 1_000_000, precision))
}
