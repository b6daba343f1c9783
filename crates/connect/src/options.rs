//! `WITH` options, read once into the typed struct of a connector.
//!
//! [`Given`] hands out values by key with Flink's syntax (`15 s`, `128 mb`, `true`) and refuses what nobody knows,
//! naming the nearest key that the connector has.

use std::collections::BTreeMap;
use std::time::Duration;

use yeoul_engine::catalog::{OptionError, TableSpec};
use yeoul_format::{Format, FormatError, suggest};

/// The keys that each table may have but for one on `datagen`, whose version is refused; it changes nothing, as in Flink.
const EVERY_TABLES: [&str; 2] = ["connector", "property-version"];

/// The options of a table.
pub(crate) struct Given<'a> {
    options: &'a BTreeMap<String, String>,
}

/// An error in the value of `key`.
pub(crate) fn fault(key: &str, message: impl Into<String>, help: impl Into<String>) -> OptionError {
    OptionError { key: key.to_owned(), message: message.into(), help: help.into() }
}

impl<'a> Given<'a> {
    pub(crate) fn new(table: &'a TableSpec) -> Given<'a> {
        Given { options: &table.options }
    }

    pub(crate) fn get(&self, key: &str) -> Option<&'a str> {
        self.options.get(key).map(String::as_str)
    }

    /// Every key and value.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.options.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }

    pub(crate) fn required(&self, key: &str, example: &str) -> Result<&'a str, OptionError> {
        let missing = || fault(key, format!("option `{key}` is missing"), format!("add `'{key}' = '{example}'`"));
        self.get(key).filter(|value| !value.trim().is_empty()).ok_or_else(missing)
    }

    pub(crate) fn flag(&self, key: &str, default: bool) -> Result<bool, OptionError> {
        match self.get(key).map(str::to_ascii_lowercase).as_deref() {
            None => Ok(default),
            Some("true") => Ok(true),
            Some("false") => Ok(false),
            Some(other) => Err(fault(key, format!("`{other}` is not a boolean"), "write 'true' or 'false'")),
        }
    }

    /// The value, one of `choices` in any case; the first of them if nothing is given.
    pub(crate) fn one_of(&self, key: &str, choices: &[&'static str]) -> Result<&'static str, OptionError> {
        let Some(value) = self.get(key) else { return Ok(choices.first().copied().unwrap_or_default()) };
        let found = choices.iter().find(|choice| choice.eq_ignore_ascii_case(value)).copied();
        found.ok_or_else(|| fault(key, format!("`{value}` is not a value of `{key}`"), suggest(value, choices)))
    }

    /// As [`one_of`](Given::one_of), spelled as it stands in `choices`: other words may be the names of Java classes.
    pub(crate) fn exactly_one_of(&self, key: &str, choices: &[&'static str]) -> Result<&'static str, OptionError> {
        let found = self.one_of(key, choices)?;
        match self.get(key).filter(|value| *value != found) {
            Some(value) => {
                Err(fault(key, format!("`{value}` is not a value of `{key}`"), format!("did you mean `{found}`?")))
            }
            None => Ok(found),
        }
    }

    pub(crate) fn integer(&self, key: &str) -> Result<Option<i64>, OptionError> {
        let parse = |value: &str| {
            value
                .trim()
                .parse()
                .map_err(|_| fault(key, format!("`{value}` is not a whole number"), "write digits only"))
        };
        self.get(key).map(parse).transpose()
    }

    /// A number of subtasks, which is looked at and goes unused: a sink is one.
    pub(crate) fn parallelism(&self, key: &str) -> Result<(), OptionError> {
        match self.integer(key)? {
            Some(count @ ..=0) => Err(fault(key, format!("`{count}` is no number of subtasks"), "write 1 or more")),
            _ => Ok(()),
        }
    }

    pub(crate) fn duration(&self, key: &str, default: Duration) -> Result<Duration, OptionError> {
        let Some(value) = self.get(key) else { return Ok(default) };
        let help = "write a number and a unit, such as '15 s', '5 min' or '1 h'";
        duration_of(value).ok_or_else(|| fault(key, format!("`{value}` is not a duration"), help))
    }

    pub(crate) fn bytes(&self, key: &str, default: u64) -> Result<u64, OptionError> {
        let Some(value) = self.get(key) else { return Ok(default) };
        let help = "write a number and a unit, such as '128 mb'";
        bytes_of(value).ok_or_else(|| fault(key, format!("`{value}` is not a size"), help))
    }

    /// The format that `key` names, with its options under `prefix` (`json.…`, `value.json.…`).
    pub(crate) fn format(&self, key: &str, prefix: &str) -> Result<Format, OptionError> {
        let name = self.required(key, "json")?;
        let full = format!("{prefix}{name}.");
        let options =
            self.iter().filter_map(|(key, value)| Some((key.strip_prefix(&full)?.to_owned(), value.to_owned())));
        Format::parse(name, &options.collect()).map_err(|error| format_fault(key, &full, error))
    }

    /// Refuses every key that isn't one of `known`, nor begins with one of `prefixes`.
    pub(crate) fn refuse_others(&self, known: &[&str], prefixes: &[String]) -> Result<(), OptionError> {
        let is_known = |key: &str| {
            EVERY_TABLES.contains(&key)
                || known.contains(&key)
                || prefixes.iter().any(|prefix| key.starts_with(prefix.as_str()))
        };
        match self.iter().find(|(key, _)| !is_known(key)) {
            Some((key, _)) => Err(fault(key, format!("unknown option `{key}`"), suggest(key, known))),
            None => Ok(()),
        }
    }
}

/// A format's own complaint, as an option of the table.
pub(crate) fn format_fault(format_key: &str, prefix: &str, error: FormatError) -> OptionError {
    let key = if error.key.is_empty() { format_key.to_owned() } else { format!("{prefix}{}", error.key) };
    OptionError { key, message: error.message, help: error.help }
}

/// A number and its unit: `15 s`.
fn number_and_unit(text: &str) -> Option<(u64, String)> {
    let text = text.trim();
    let end = text.find(|character: char| !character.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    Some((number.parse().ok()?, unit.trim().to_ascii_lowercase()))
}

/// A duration in Flink's syntax; without a unit, milliseconds.
fn duration_of(text: &str) -> Option<Duration> {
    let (number, unit) = number_and_unit(text)?;
    let nanos: u64 = match unit.as_str() {
        "d" | "day" | "days" => 86_400_000_000_000,
        "h" | "hour" | "hours" => 3_600_000_000_000,
        "min" | "m" | "minute" | "minutes" => 60_000_000_000,
        "s" | "sec" | "secs" | "second" | "seconds" => 1_000_000_000,
        "" | "ms" | "milli" | "millis" | "millisecond" | "milliseconds" => 1_000_000,
        "µs" | "us" | "micro" | "micros" | "microsecond" | "microseconds" => 1_000,
        "ns" | "nano" | "nanos" | "nanosecond" | "nanoseconds" => 1,
        _ => return None,
    };
    number.checked_mul(nanos).map(Duration::from_nanos)
}

/// A size in Flink's syntax; without a unit, bytes.
fn bytes_of(text: &str) -> Option<u64> {
    let (number, unit) = number_and_unit(text)?;
    let bytes = match unit.as_str() {
        "" | "b" | "bytes" => 1,
        "k" | "kb" | "kibibytes" => 1 << 10,
        "m" | "mb" | "mebibytes" => 1 << 20,
        "g" | "gb" | "gibibytes" => 1 << 30,
        "t" | "tb" | "tebibytes" => 1 << 40,
        _ => return None,
    };
    number.checked_mul(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_and_sizes_have_flinks_units() {
        assert_eq!(duration_of("15 s"), Some(Duration::from_secs(15)));
        assert_eq!(duration_of("5min"), Some(Duration::from_secs(300)));
        assert_eq!(duration_of("250"), Some(Duration::from_millis(250)));
        assert_eq!((duration_of("s"), duration_of("5 parsecs"), duration_of("")), (None, None, None));
        assert_eq!((bytes_of("128 MB"), bytes_of("1k"), bytes_of("7")), (Some(128 << 20), Some(1024), Some(7)));
        assert_eq!(bytes_of("99999999999999 tb"), None);
    }
}
