//! Java's `SimpleDateFormat`, which some of Flink's functions still read and write with: it reads leniently (numbers out of
//! range carry over, what follows is passed over), knows milliseconds only, and counts weeks and days in its own way.

use std::fmt::Write;

use chrono::Datelike;
use chrono::{Offset, TimeZone};
use chrono_tz::Tz;

use super::calendar::{DAY, date, day_of_month, days_of_month, to_local};
use super::java_pattern::{DAYS, MONTHS, Part, Pattern, week_of_year};

/// What cannot be read, for the functions that have no NULL for it.
pub(super) const UNREADABLE: i64 = i64::MIN;

/// Java's letters of these patterns.
const LETTERS: &str = "GyYMLwWDdFEuaHkKhmsSzZX";

/// Refuses a pattern with a letter that means nothing.
pub(super) fn check(pattern: &Pattern) -> Result<(), String> {
    match pattern.letters().find(|letter| !LETTERS.contains(*letter)) {
        Some(letter) => Err(format!("`{letter}` is no letter of this pattern")),
        None => Ok(()),
    }
}

/// Milliseconds since 1970 of a text in a zone; `None` where it can't be read.
pub(super) fn read(pattern: &Pattern, text: &str, zone: Tz) -> Option<i64> {
    let mut fields = Fields { year: 1970, month: 1, day: 1, ..Fields::default() };
    let mut rest = text;
    for (place, part) in pattern.parts().iter().enumerate() {
        rest = match part {
            Part::Text(text) => rest.strip_prefix(text.as_str())?,
            Part::Field(letter, count) => {
                let adjacent = matches!(pattern.parts().get(place + 1), Some(Part::Field(..)));
                fields.read(*letter, *count, adjacent, rest)?
            }
        };
    }
    Some(instant(fields.local()?, zone))
}

/// The instant of a local time: the later one where the clock goes back, shifted forward in a gap.
pub(super) fn instant(local: i64, zone: Tz) -> i64 {
    let Some(time) = chrono::DateTime::from_timestamp_millis(local).filter(|_| zone != Tz::UTC) else { return local };
    match zone.from_local_datetime(&time.naive_utc()).latest() {
        Some(found) => found.timestamp_millis(),
        None => super::calendar::to_instant(local, zone),
    }
}

#[derive(Debug, Default)]
struct Fields {
    year: i64,
    month: i64,
    day: i64,
    hour: i64,
    afternoon: Option<bool>,
    minute: i64,
    second: i64,
    millis: i64,
}

impl Fields {
    /// Reads one field; what is left.
    fn read<'a>(&mut self, letter: char, count: usize, adjacent: bool, text: &'a str) -> Option<&'a str> {
        let text = text.trim_start_matches([' ', '\t']);
        match letter {
            'a' => {
                let (half, rest) = text.split_at_checked(2)?;
                self.afternoon = Some(half.eq_ignore_ascii_case("pm"));
                return Some(rest).filter(|_| half.eq_ignore_ascii_case("pm") || half.eq_ignore_ascii_case("am"));
            }
            'M' | 'L' if count >= 3 => {
                let (place, rest) = name(&MONTHS, text)?;
                self.month = place + 1;
                return Some(rest);
            }
            'E' => return name(&DAYS, text).map(|(_, rest)| rest),
            _ => {}
        }
        let negative = text.starts_with('-');
        let digits = text.strip_prefix('-').unwrap_or(text);
        let width = if adjacent { count } else { 18 };
        let length = digits.bytes().take(width).take_while(u8::is_ascii_digit).count();
        let value: i64 = digits[..length].parse().ok()?;
        let value = if negative { -value } else { value };
        self.set(letter, count, value, length)?;
        Some(&digits[length..])
    }

    fn set(&mut self, letter: char, count: usize, value: i64, digits: usize) -> Option<()> {
        let field = match letter {
            // Two digits are a year within 80 years before and 20 after now.
            'y' if count <= 2 && digits == 2 => {
                self.year = if value > 45 { 1900 + value } else { 2000 + value };
                return Some(());
            }
            'y' | 'u' => &mut self.year,
            'M' | 'L' => &mut self.month,
            'd' => &mut self.day,
            'D' => {
                self.month = 1;
                &mut self.day
            }
            'H' => &mut self.hour,
            'k' => {
                self.hour = if value == 24 { 0 } else { value };
                return Some(());
            }
            'h' => {
                self.hour = if value == 12 { 0 } else { value };
                return Some(());
            }
            'K' => &mut self.hour,
            'm' => &mut self.minute,
            's' => &mut self.second,
            'S' => &mut self.millis,
            _ => return None,
        };
        *field = value;
        Some(())
    }

    fn local(&self) -> Option<i64> {
        let months = self.year.checked_mul(12)?.checked_add(self.month - 1)?;
        let first = days_of_month(months)?;
        let hour = self.hour + if self.afternoon == Some(true) { 12 } else { 0 };
        let seconds = hour.checked_mul(3600)?.checked_add(self.minute.checked_mul(60)?)?.checked_add(self.second)?;
        let days = day_of_month(first, self.day - 1)?;
        days.checked_mul(DAY)?.checked_add(seconds.checked_mul(1000)?)?.checked_add(self.millis)
    }
}

/// The place of the name that a text begins with, in full or by its first three letters, and what is left.
fn name<'a>(names: &[&str], text: &'a str) -> Option<(i64, &'a str)> {
    let begins = |name: &str| text.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
    names.iter().enumerate().find_map(|(place, name)| {
        let length = if begins(name) { name.len() } else { Some(3).filter(|_| begins(&name[..3]))? };
        Some((i64::try_from(place).ok()?, &text[length..]))
    })
}

/// Writes an instant in a zone.
pub(super) fn write(pattern: &Pattern, instant: i64, zone: Tz, out: &mut String) -> Result<(), String> {
    let local = to_local(instant, zone);
    let day = date(local.div_euclid(DAY)).ok_or("a time is too far away to be formatted")?;
    let millis = local.rem_euclid(DAY);
    for part in pattern.parts() {
        match part {
            Part::Text(text) => out.push_str(text),
            Part::Field(letter, count) => {
                let count = *count;
                let number = match letter {
                    'S' => millis % 1000,
                    'u' => i64::from(day.weekday().number_from_monday()),
                    'w' => week_of_year(day),
                    'F' => i64::from(day.day0() / 7 + 1),
                    'z' | 'Z' | 'X' => {
                        write_zone(*letter, instant, zone, out);
                        continue;
                    }
                    'L' | 'Q' | 'q' | 'e' | 'c' | 'A' | 'n' | 'N' | 'x' | 'O' | 'V' => {
                        return Err(format!("`{letter}` is no letter of this pattern"));
                    }
                    _ => {
                        super::java_pattern::write_field(*letter, count, day, millis * 1_000_000, out)?;
                        continue;
                    }
                };
                let _ = write!(out, "{number:0count$}");
            }
        }
    }
    Ok(())
}

fn write_zone(letter: char, instant: i64, zone: Tz, out: &mut String) {
    let Some(time) = chrono::DateTime::from_timestamp_millis(instant) else { return };
    let offset = zone.offset_from_utc_datetime(&time.naive_utc());
    let seconds = offset.fix().local_minus_utc();
    let sign = if seconds < 0 { '-' } else { '+' };
    let (hours, minutes) = (seconds.abs() / 3600, seconds.abs() / 60 % 60);
    let _ = match letter {
        'z' => write!(out, "{offset}"),
        'Z' => write!(out, "{sign}{hours:02}{minutes:02}"),
        _ if seconds == 0 => write!(out, "Z"),
        _ => write!(out, "{sign}{hours:02}"),
    };
}
