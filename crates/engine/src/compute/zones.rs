//! Functions of seconds since 1970 and of zones: `FROM_UNIXTIME`, `UNIX_TIMESTAMP`, `CONVERT_TZ`.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array};
use chrono_tz::Tz;
use datafusion::error::Result;

use super::function::{Call, Kernel};
use super::java_pattern::Pattern;
use super::row_error;
use super::simple_date::{UNREADABLE, check, read, write};

/// What these functions read and write where no pattern is given.
pub(super) const USUAL: &str = "yyyy-MM-dd HH:mm:ss";

/// The kernel of a function of seconds and zones.
pub(super) fn kernel(name: &str) -> Option<Kernel> {
    Some(match name {
        "from_unixtime" => from_unixtime,
        "unix_timestamp" => unix_timestamp,
        "convert_tz" => convert_tz,
        _ => return None,
    })
}

/// The pattern of each row: one for all where it is a constant.
pub(super) struct Patterns<'a> {
    constant: Option<Pattern>,
    texts: Option<super::columns::Texts<'a>>,
}

impl<'a> Patterns<'a> {
    /// The patterns of the argument at `place`, the usual one where it isn't given.
    pub(super) fn of(call: &'a Call<'_>, place: usize) -> Result<Patterns<'a>> {
        let texts = call.optional_texts(place)?;
        let constant = match &texts {
            None => Some(Pattern::new(USUAL)),
            Some(_) => call.constant_text(place).map(Pattern::new),
        };
        Ok(Patterns { constant, texts })
    }

    /// The pattern of all rows, where there is one.
    pub(super) fn constant(&self) -> Option<&Pattern> {
        self.constant.as_ref()
    }

    /// The pattern of a row.
    pub(super) fn get(&self, row: usize) -> Option<std::borrow::Cow<'_, Pattern>> {
        match (&self.constant, &self.texts) {
            (Some(pattern), _) => Some(std::borrow::Cow::Borrowed(pattern)),
            (None, Some(texts)) => texts.get(row).map(|text| std::borrow::Cow::Owned(Pattern::new(text))),
            (None, None) => None,
        }
    }
}

fn from_unixtime(call: &Call<'_>) -> Result<ArrayRef> {
    let seconds = call.ints(0)?;
    let patterns = Patterns::of(call, 1)?;
    call.try_write_texts(|row, text| {
        let (Some(seconds), Some(pattern)) = (seconds.get(row), patterns.get(row)) else { return Ok(None) };
        write(&pattern, seconds.saturating_mul(1000), call.context.zone, text).map_err(row_error)?;
        Ok(Some(()))
    })
}

fn unix_timestamp(call: &Call<'_>) -> Result<ArrayRef> {
    if call.args.is_empty() {
        return Ok(Arc::new(Int64Array::from(vec![call.context.clock.now().0.div_euclid(1000); call.rows])));
    }
    let texts = call.texts(0)?;
    let patterns = Patterns::of(call, 1)?;
    let second = |row: usize| -> Result<Option<i64>> {
        let (Some(text), Some(pattern)) = (texts.get(row), patterns.get(row)) else { return Ok(None) };
        check(&pattern).map_err(row_error)?;
        Ok(Some(read(&pattern, text, call.context.zone).map_or(UNREADABLE, |millis| millis / 1000)))
    };
    Ok(Arc::new((0..call.rows).map(second).collect::<Result<Int64Array>>()?))
}

fn convert_tz(call: &Call<'_>) -> Result<ArrayRef> {
    let (texts, from, to) = (call.texts(0)?, call.texts(1)?, call.texts(2)?);
    let pattern = Pattern::new(USUAL);
    call.try_write_texts(|row, text| {
        let (Some(local), Some(from), Some(to)) = (texts.get(row), from.get(row), to.get(row)) else {
            return Ok(None);
        };
        let Some(instant) = in_zone(from).read(&pattern, local) else { return Ok(None) };
        in_zone(to).write(&pattern, instant, text).map_err(row_error)?;
        Ok(Some(()))
    })
}

/// A zone as `java.util.TimeZone` finds it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Zone {
    /// By name.
    Named(Tz),
    /// Milliseconds ahead of UTC.
    Fixed(i64),
}

impl Zone {
    /// The instant of a local time's text.
    pub(super) fn read(self, pattern: &Pattern, text: &str) -> Option<i64> {
        match self {
            Zone::Named(zone) => read(pattern, text, zone),
            Zone::Fixed(ahead) => read(pattern, text, Tz::UTC)?.checked_sub(ahead),
        }
    }

    fn write(self, pattern: &Pattern, instant: i64, out: &mut String) -> Result<(), String> {
        match self {
            Zone::Named(zone) => write(pattern, instant, zone, out),
            Zone::Fixed(ahead) => write(pattern, instant.saturating_add(ahead), Tz::UTC, out),
        }
    }

    /// The instant of local milliseconds: the earlier one where the clock goes back.
    pub(super) fn instant(self, local: i64) -> i64 {
        match self {
            Zone::Named(zone) => super::calendar::to_instant(local, zone),
            Zone::Fixed(ahead) => local.saturating_sub(ahead),
        }
    }
}

/// Short names that Java still knows.
const SHORT: [(&str, &str); 18] = [
    ("PST", "America/Los_Angeles"),
    ("CST", "America/Chicago"),
    ("IST", "Asia/Kolkata"),
    ("JST", "Asia/Tokyo"),
    ("CTT", "Asia/Shanghai"),
    ("ECT", "Europe/Paris"),
    ("ACT", "Australia/Darwin"),
    ("AET", "Australia/Sydney"),
    ("AGT", "America/Argentina/Buenos_Aires"),
    ("ART", "Africa/Cairo"),
    ("AST", "America/Anchorage"),
    ("BET", "America/Sao_Paulo"),
    ("BST", "Asia/Dhaka"),
    ("CAT", "Africa/Harare"),
    ("CNT", "America/St_Johns"),
    ("NST", "Pacific/Auckland"),
    ("PLT", "Asia/Karachi"),
    ("VST", "Asia/Ho_Chi_Minh"),
];

/// An unknown zone is GMT, as in Java.
pub(super) fn in_zone(name: &str) -> Zone {
    let long = SHORT.iter().find(|(short, _)| *short == name).map_or(name, |(_, long)| long);
    match long.parse::<Tz>() {
        Ok(zone) => Zone::Named(zone),
        Err(_) => Zone::Fixed(custom(name).unwrap_or(0)),
    }
}

/// `GMT+8`, `GMT-08:30`, `GMT+0830`
fn custom(name: &str) -> Option<i64> {
    let offset = name.strip_prefix("GMT")?;
    let (sign, digits) = match offset.as_bytes().first()? {
        b'+' => (1, &offset[1..]),
        b'-' => (-1, &offset[1..]),
        _ => return None,
    };
    let (hours, minutes) = match digits.split_once(':') {
        Some((hours, minutes)) => (hours, minutes),
        None if digits.len() > 2 => digits.split_at(digits.len() - 2),
        None => (digits, "0"),
    };
    let (hours, minutes): (i64, i64) = (hours.parse().ok()?, minutes.parse().ok()?);
    ((0..24).contains(&hours) && (0..60).contains(&minutes)).then_some(sign * (hours * 60 + minutes) * 60_000)
}
