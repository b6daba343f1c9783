//! The event time of a line: a field of its JSON, as text or as a number.

use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, Visitor};

/// The event time in milliseconds since 1970 that `field` of `line` holds; none if the line isn't a JSON object with a
/// time there. Reads `2013-02-08 05:00:00[.fff]`, the same with `T` and a zone, and numbers (milliseconds, or seconds below 1e11).
pub fn event_time(line: &[u8], field: &str) -> Option<i64> {
    match find(line, field)? {
        serde_json::Value::String(text) => parse(&text),
        serde_json::Value::Number(number) => number.as_f64().map(from_number),
        _ => None,
    }
}

/// The value of `field` in the JSON object `line`.
pub fn find(line: &[u8], field: &str) -> Option<serde_json::Value> {
    let mut json = serde_json::Deserializer::from_slice(line);
    Field(field).deserialize(&mut json).ok().flatten()
}

#[allow(clippy::cast_possible_truncation, reason = "a time beyond i64 saturates")]
fn from_number(number: f64) -> i64 {
    if number.abs() < 1e11 { (number * 1000.0) as i64 } else { number as i64 }
}

fn parse(text: &str) -> Option<i64> {
    let (date, time) = text.split_once(['T', ' '])?;
    let days = days_since_1970(date)?;
    let (time, zone_ms) = split_zone(time)?;
    Some(days.checked_mul(86_400_000)? + time_of_day(time)? - zone_ms)
}

/// Days since 1970-01-01 of `yyyy-MM-dd` in the Gregorian calendar.
fn days_since_1970(date: &str) -> Option<i64> {
    let mut parts = date.splitn(3, '-').map(|part| part.parse::<i64>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    if !(0..=9999).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    Some(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + (153 * month + 2) / 5 + day - 1 - 719_468)
}

/// Milliseconds of `HH:mm[:ss[.fff]]`.
fn time_of_day(time: &str) -> Option<i64> {
    let (whole, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let mut parts = whole.splitn(3, ':').map(|part| part.parse::<i64>().ok());
    let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next().unwrap_or(Some(0))?);
    let millis: i64 = format!("{fraction:0<3}").get(..3)?.parse().ok()?;
    Some(((hour * 60 + minute) * 60 + second) * 1000 + millis)
}

/// The time without its zone, and the zone's distance from UTC in milliseconds.
fn split_zone(time: &str) -> Option<(&str, i64)> {
    if let Some(time) = time.strip_suffix('Z') {
        return Some((time, 0));
    }
    let Some(at) = time.rfind(['+', '-']) else { return Some((time, 0)) };
    let (time, zone) = time.split_at(at);
    let sign = if zone.starts_with('-') { -1 } else { 1 };
    Some((time, sign * time_of_day(zone.get(1..)?)?))
}

/// Reads an object for one field and skips the others.
struct Field<'a>(&'a str);

impl<'de> DeserializeSeed<'de> for Field<'_> {
    type Value = Option<serde_json::Value>;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Field<'_> {
    type Value = Option<serde_json::Value>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut found = None;
        while let Some(key) = map.next_key::<std::borrow::Cow<'de, str>>()? {
            if key == self.0 {
                found = Some(map.next_value()?);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_in_each_spelling() {
        for (value, expected) in [
            ("\"1970-01-01 00:00:00\"", Some(0)),
            ("\"2013-02-08 05:00:00\"", Some(1_360_299_600_000)),
            ("\"2013-02-08T05:00:00Z\"", Some(1_360_299_600_000)),
            ("\"2013-02-08 05:00:00.25\"", Some(1_360_299_600_250)),
            ("\"2013-02-08T07:00:00+02:00\"", Some(1_360_299_600_000)),
            ("\"2000-02-29 00:00\"", Some(951_782_400_000)),
            ("1360299600000", Some(1_360_299_600_000)),
            ("1360299600", Some(1_360_299_600_000)),
            ("null", None),
            ("\"yesterday\"", None),
        ] {
            let line = format!("{{\"a\":[1,{{}}],\"t\":{value}}}");
            assert_eq!(event_time(line.as_bytes(), "t"), expected, "{value}");
        }
    }

    #[test]
    fn a_broken_line_has_no_time() {
        for line in ["", "{", "[1]", "{\"t\":", "\"t\""] {
            assert_eq!(event_time(line.as_bytes(), "t"), None, "{line}");
        }
    }
}
