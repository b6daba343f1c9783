//! Java's patterns of moments: `yyyy-MM-dd HH:mm:ss.SSS`, quoted text, names of months and days in English.

use std::fmt::Write;

use chrono::{Datelike, NaiveDate};

use super::calendar::{date, days};

/// A local moment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Moment {
    /// Days since 1970-01-01.
    pub(super) days: i64,
    /// Nanoseconds of the day.
    pub(super) nanos: i64,
}

/// A pattern, taken apart.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Pattern {
    parts: Vec<Part>,
}

/// A part of a pattern.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Part {
    /// A letter and how often it stands there.
    Field(char, usize),
    /// Text as it is.
    Text(String),
}

/// The months' names.
pub(super) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
/// The days' names, from Monday on.
pub(super) const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// The quarters' names.
const QUARTERS: [&str; 4] = ["1st quarter", "2nd quarter", "3rd quarter", "4th quarter"];
/// From 1 January of the year 1, which is day 1, to the first of the modified Julian days (1858-11-17).
const DAYS_BEFORE_JULIAN: i64 = 678_576;

impl Pattern {
    /// Takes a pattern apart.
    pub(super) fn new(pattern: &str) -> Pattern {
        let mut parts: Vec<Part> = Vec::new();
        let mut chars = pattern.chars().peekable();
        while let Some(c) = chars.next() {
            if c == '\'' {
                parts.push(Part::Text(quoted(&mut chars)));
            } else if c.is_ascii_alphabetic() {
                let mut count = 1;
                while chars.next_if_eq(&c).is_some() {
                    count += 1;
                }
                parts.push(Part::Field(c, count));
            } else {
                parts.push(Part::Text(c.to_string()));
            }
        }
        Pattern { parts }
    }

    /// Its parts, in order.
    pub(super) fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// Its letters.
    pub(super) fn letters(&self) -> impl Iterator<Item = char> {
        self.parts.iter().filter_map(|part| match part {
            Part::Field(letter, _) => Some(*letter),
            Part::Text(_) => None,
        })
    }

    /// Whether all its letters mean something to `java.time`.
    pub(super) fn is_known(&self) -> bool {
        self.letters().all(|letter| "GuyYDdMLQqwWEecFaBhKkHmsSAnNgVvzOXxZp".contains(letter))
    }

    /// Whether moments of one minute are written alike.
    pub(super) fn stops_at_minutes(&self) -> bool {
        self.parts.iter().all(|part| matches!(part, Part::Text(_) | Part::Field('y' | 'u' | 'M' | 'd' | 'H' | 'm', _)))
    }

    /// Writes a moment.
    pub(super) fn format(&self, moment: Moment, out: &mut String) -> Result<(), String> {
        let date = date(moment.days).ok_or_else(|| "a timestamp is too far away to be formatted".to_owned())?;
        for part in &self.parts {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Field(letter, count) => write_field(*letter, *count, date, moment.nanos, out)?,
            }
        }
        Ok(())
    }

    /// Reads a moment: days and nanoseconds of the day. The whole text must fit.
    pub(super) fn parse(&self, text: &str) -> Option<(i64, i64)> {
        let mut fields = Fields::default();
        let mut rest = text;
        for (place, part) in self.parts.iter().enumerate() {
            rest = match part {
                Part::Text(text) => rest.strip_prefix(text.as_str())?,
                Part::Field(letter, count) => {
                    let adjacent = matches!(self.parts.get(place + 1), Some(Part::Field(..)));
                    fields.read(*letter, *count, adjacent, rest)?
                }
            };
        }
        if rest.is_empty() { fields.moment() } else { None }
    }
}

/// Text between quotes, the first of which is read; two quotes are one.
fn quoted(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> String {
    if chars.next_if_eq(&'\'').is_some() {
        return "'".to_owned();
    }
    let mut text = String::new();
    while let Some(c) = chars.next() {
        match c {
            '\'' if chars.next_if_eq(&'\'').is_some() => text.push('\''),
            '\'' => break,
            c => text.push(c),
        }
    }
    text
}

/// Writes one field of a local moment.
pub(super) fn write_field(
    letter: char,
    count: usize,
    date: NaiveDate,
    nanos: i64,
    out: &mut String,
) -> Result<(), String> {
    let seconds = nanos / 1_000_000_000;
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let number = |value: i64, out: &mut String| {
        let _ = write!(out, "{value:0count$}");
    };
    match letter {
        'y' | 'u' if count == 2 => {
            let _ = write!(out, "{:02}", date.year().rem_euclid(100));
        }
        'y' | 'u' => {
            if count >= 4 && date.year() >= 10_i32.pow(u32::try_from(count).unwrap_or(9).min(9)) {
                out.push('+');
            }
            number(i64::from(date.year()), out);
        }
        'M' | 'L' if count >= 3 => name(MONTHS[date.month0() as usize], count, out),
        'M' | 'L' => number(i64::from(date.month()), out),
        'd' => number(i64::from(date.day()), out),
        'D' => number(i64::from(date.ordinal()), out),
        'Y' if count == 2 => {
            let _ = write!(out, "{:02}", week_year(date).rem_euclid(100));
        }
        'Y' => number(i64::from(week_year(date)), out),
        'Q' | 'q' if count <= 2 => number(i64::from(quarter(date)), out),
        'Q' | 'q' if count == 3 => {
            let _ = write!(out, "Q{}", quarter(date));
        }
        'Q' | 'q' if count == 4 => out.push_str(QUARTERS[date.month0() as usize / 3]),
        'w' => number(week_of_year(date), out),
        'W' => number(week_of_month(date), out),
        'F' if count == 1 => number(i64::from(date.day0() % 7 + 1), out),
        'g' => number(i64::from(date.num_days_from_ce()) - DAYS_BEFORE_JULIAN, out),
        'G' if count <= 3 => out.push_str(if date.year() > 0 { "AD" } else { "BC" }),
        'e' | 'c' if count >= 3 => day_name(date, count, out),
        'e' | 'c' if count <= 2 => number(i64::from(date.weekday().number_from_sunday()), out),
        'A' => number(nanos / 1_000_000, out),
        'n' => number(nanos % 1_000_000_000, out),
        'N' => number(nanos, out),
        'E' => day_name(date, count, out),
        'H' => number(hour, out),
        'k' => number(if hour == 0 { 24 } else { hour }, out),
        'h' => number(if hour % 12 == 0 { 12 } else { hour % 12 }, out),
        'K' => number(hour % 12, out),
        'm' => number(minute, out),
        's' => number(second, out),
        'S' => {
            let digits = format!("{:09}", nanos % 1_000_000_000);
            out.extend(digits.chars().chain(std::iter::repeat('0')).take(count));
        }
        'a' => out.push_str(if hour < 12 { "AM" } else { "PM" }),
        other => return Err(format!("the pattern letter `{other}` is not supported yet")),
    }
    Ok(())
}

/// The week of the year where weeks begin on Sunday and 1 January is in the first.
pub(super) fn week_of_year(date: NaiveDate) -> i64 {
    let saturday =
        date.checked_add_signed(chrono::TimeDelta::days(6 - i64::from(date.weekday().num_days_from_sunday())));
    saturday.map_or(1, |saturday| i64::from(saturday.ordinal0() / 7 + 1))
}

/// The year that the week of [`week_of_year`] belongs to.
fn week_year(date: NaiveDate) -> i32 {
    let saturday =
        date.checked_add_signed(chrono::TimeDelta::days(6 - i64::from(date.weekday().num_days_from_sunday())));
    saturday.map_or(date.year(), |saturday| saturday.year())
}

/// The week of the month where weeks begin on Sunday and the 1st is in the first.
fn week_of_month(date: NaiveDate) -> i64 {
    let before = date.with_day(1).map_or(0, |first| first.weekday().num_days_from_sunday());
    i64::from((date.day0() + before) / 7 + 1)
}

fn quarter(date: NaiveDate) -> u32 {
    date.month0() / 3 + 1
}

fn day_name(date: NaiveDate, count: usize, out: &mut String) {
    let day = DAYS[date.weekday().num_days_from_monday() as usize];
    if count == 5 { out.push_str(&day[..1]) } else { name(day, count, out) }
}

fn name(name: &str, count: usize, out: &mut String) {
    out.push_str(if count >= 4 { name } else { &name[..3] });
}

#[derive(Debug)]
struct Fields {
    year: i64,
    month: i64,
    day: i64,
    hour: i64,
    half: Option<i64>,
    minute: i64,
    second: i64,
    nanos: i64,
}

impl Default for Fields {
    fn default() -> Fields {
        Fields { year: 1970, month: 1, day: 1, hour: 0, half: None, minute: 0, second: 0, nanos: 0 }
    }
}

impl Fields {
    /// Reads one field; what is left. `adjacent`: whether another field follows at once, so that the width is fixed.
    fn read<'a>(&mut self, letter: char, count: usize, adjacent: bool, text: &'a str) -> Option<&'a str> {
        if letter == 'a' {
            let (half, rest) = text.split_at_checked(2)?;
            self.half = Some(match half.to_ascii_uppercase().as_str() {
                "AM" => 0,
                "PM" => 12,
                _ => return None,
            });
            return Some(rest);
        }
        if matches!(letter, 'M' | 'L') && count >= 3 {
            let found =
                MONTHS.iter().position(|month| text.starts_with(&month[..if count >= 4 { month.len() } else { 3 }]))?;
            self.month = found as i64 + 1;
            return text.get(if count >= 4 { MONTHS[found].len() } else { 3 }..);
        }
        let fixed = adjacent || count >= 2;
        let width = match letter {
            'S' => count,
            'y' | 'u' if !adjacent && count >= 4 => 19,
            _ if fixed => count,
            _ => 19,
        };
        let digits = text.bytes().take(width).take_while(u8::is_ascii_digit).count();
        if digits == 0 || (fixed && digits < count) {
            return None;
        }
        let value: i64 = text[..digits].parse().ok()?;
        self.set(letter, count, value, digits)?;
        Some(&text[digits..])
    }

    fn set(&mut self, letter: char, count: usize, value: i64, digits: usize) -> Option<()> {
        let (place, range) = match letter {
            'y' | 'u' if count == 2 => {
                self.year = 2000 + value;
                return Some(());
            }
            'y' | 'u' => (&mut self.year, 0..=999_999),
            'M' | 'L' => (&mut self.month, 1..=12),
            'd' => (&mut self.day, 1..=31),
            'H' => (&mut self.hour, 0..=23),
            'h' => {
                self.hour = value % 12;
                return (1..=12).contains(&value).then_some(());
            }
            'm' => (&mut self.minute, 0..=59),
            's' => (&mut self.second, 0..=59),
            'S' => {
                self.nanos = value.checked_mul(10_i64.checked_pow(9_u32.checked_sub(u32::try_from(digits).ok()?)?)?)?;
                return Some(());
            }
            _ => return None,
        };
        *place = value;
        range.contains(&value).then_some(())
    }

    fn moment(&self) -> Option<(i64, i64)> {
        let (year, month) = (i32::try_from(self.year).ok()?, u32::try_from(self.month).ok()?);
        let last = (28..=31).rev().find(|day| NaiveDate::from_ymd_opt(year, month, *day).is_some())?;
        let day = u32::try_from(self.day).ok()?.min(last);
        let hour = self.hour + self.half.unwrap_or_default();
        let nanos = (hour * 3600 + self.minute * 60 + self.second) * 1_000_000_000 + self.nanos;
        Some((days(NaiveDate::from_ymd_opt(year, month, day)?), nanos))
    }
}
