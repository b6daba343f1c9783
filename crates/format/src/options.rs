//! The formats and their options, with Flink's names (without the format's prefix: `ignore-parse-errors`).
//!
//! Options are parsed once, into one struct per format; an unknown key is refused with the nearest known one.

use std::collections::BTreeMap;

use yeoul_row::{LogicalType, RowType};

use crate::error::FormatError;
use crate::temporal::TimestampFormat;

/// A format with its options.
#[derive(Clone, PartialEq, Debug)]
pub enum Format {
    /// `json`: an object per row.
    Json(JsonOptions),
    /// `csv`: a line per row, without a header.
    Csv(CsvOptions),
    /// `raw`: the bytes of the only column.
    Raw(RawOptions),
    /// `parquet`: files of columns.
    Parquet(ParquetOptions),
}

/// Options of `json`.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct JsonOptions {
    /// `fail-on-missing-field`: a row without one of its fields is refused.
    pub fail_on_missing_field: bool,
    /// `ignore-parse-errors`: a field that can't be read is NULL, a row that can't be read is left out.
    pub ignore_parse_errors: bool,
    /// `timestamp-format.standard`
    pub timestamp_format: TimestampFormat,
    /// `encode.decimal-as-plain-number`: small decimals as `0.0000001`, not as `1E-7`.
    pub plain_decimals: bool,
    /// `encode.ignore-null-fields`: a NULL column is left out of the object.
    pub ignore_null_fields: bool,
    /// `map-null-key.mode` and `map-null-key.literal`
    pub map_null_key: MapNullKey,
}

/// What becomes of a NULL key of a map.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum MapNullKey {
    /// The row is refused.
    #[default]
    Fail,
    /// The entry is left out.
    Drop,
    /// The key is written as this text.
    Literal(String),
}

/// Options of `csv`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CsvOptions {
    /// `field-delimiter`
    pub field_delimiter: u8,
    /// `quote-character`; none with `disable-quote-character`.
    pub quote: Option<u8>,
    /// `allow-comments`: lines that begin with `#` are skipped.
    pub allow_comments: bool,
    /// `ignore-parse-errors`: a field that can't be read is NULL, a row that can't be read is left out.
    pub ignore_parse_errors: bool,
    /// `array-element-delimiter`
    pub array_delimiter: String,
    /// `escape-character`
    pub escape: Option<u8>,
    /// `null-literal`
    pub null_literal: Option<String>,
    /// `write-bigdecimal-in-scientific-notation`: small decimals as `1E-7`.
    pub scientific_decimals: bool,
    /// Whether decimals have all digits of their type: in records, not in files.
    pub plain_decimals: bool,
}

impl Default for CsvOptions {
    fn default() -> CsvOptions {
        CsvOptions {
            field_delimiter: b',',
            quote: Some(b'"'),
            allow_comments: false,
            ignore_parse_errors: false,
            array_delimiter: ";".to_owned(),
            escape: None,
            null_literal: None,
            scientific_decimals: true,
            plain_decimals: false,
        }
    }
}

/// Options of `raw`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RawOptions {
    /// `endianness`: whether numbers have their highest byte first.
    pub big_endian: bool,
}

impl Default for RawOptions {
    fn default() -> RawOptions {
        RawOptions { big_endian: true }
    }
}

/// Options of `parquet`.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ParquetOptions {
    /// `compression`
    pub compression: ParquetCompression,
}

/// How Parquet pages are compressed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum ParquetCompression {
    /// Not at all.
    Uncompressed,
    /// Snappy, Flink's default.
    #[default]
    Snappy,
    /// Zstandard.
    Zstd,
    /// Gzip.
    Gzip,
    /// LZ4, a bare block a page.
    Lz4Raw,
}

const JSON_KEYS: &[&str] = &[
    "fail-on-missing-field",
    "ignore-parse-errors",
    "map-null-key.mode",
    "map-null-key.literal",
    "timestamp-format.standard",
    "encode.decimal-as-plain-number",
    "encode.ignore-null-fields",
    "decode.json-parser.enabled",
];
const CSV_KEYS: &[&str] = &[
    "field-delimiter",
    "disable-quote-character",
    "quote-character",
    "allow-comments",
    "ignore-parse-errors",
    "array-element-delimiter",
    "escape-character",
    "null-literal",
    "write-bigdecimal-in-scientific-notation",
];
const RAW_KEYS: &[&str] = &["charset", "endianness"];
const PARQUET_KEYS: &[&str] = &["compression", "utc-timezone", "write.int64.timestamp"];

impl Format {
    /// The names of all formats.
    pub const NAMES: &'static [&'static str] = &["json", "csv", "raw", "parquet"];

    /// The format of this name, with its options, keys without the format's prefix.
    ///
    /// # Errors
    /// The option at fault; an empty key for an unknown format.
    pub fn parse(name: &str, options: &BTreeMap<String, String>) -> Result<Format, FormatError> {
        let given = Given { format: name, options };
        match name {
            "json" => given.json().map(Format::Json),
            "csv" => given.csv().map(Format::Csv),
            "raw" => given.raw().map(Format::Raw),
            "parquet" => given.parquet().map(Format::Parquet),
            _ => Err(FormatError {
                key: String::new(),
                message: format!("unknown format `{name}`"),
                help: suggest(name, Format::NAMES),
            }),
        }
    }

    /// The format's name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Format::Json(_) => "json",
            Format::Csv(_) => "csv",
            Format::Raw(_) => "raw",
            Format::Parquet(_) => "parquet",
        }
    }

    /// Whether rows that can't be read are left out.
    #[must_use]
    pub fn ignores_errors(&self) -> bool {
        match self {
            Format::Json(options) => options.ignore_parse_errors,
            Format::Csv(options) => options.ignore_parse_errors,
            Format::Raw(_) | Format::Parquet(_) => false,
        }
    }

    /// Checks that the format can carry these columns.
    ///
    /// # Errors
    /// The column at fault.
    pub fn check(&self, row: &RowType) -> Result<(), FormatError> {
        match self {
            Format::Raw(_) if row.fields.len() != 1 => Err(self.refuse("the `raw` format takes exactly one column")),
            _ => row.fields.iter().try_for_each(|field| {
                let fits = match self {
                    Format::Json(_) => json_carries(&field.data_type.logical),
                    Format::Csv(_) => csv_carries(&field.data_type.logical, true),
                    Format::Raw(_) => raw_carries(&field.data_type.logical),
                    Format::Parquet(_) => !holds_opaque(&field.data_type.logical),
                };
                let fault =
                    || format!("column `{}` is `{}`, which `{}` can't carry", field.name, field.data_type, self.name());
                if fits { Ok(()) } else { Err(self.refuse(&fault())) }
            }),
        }
    }

    fn refuse(&self, message: &str) -> FormatError {
        let help = match self {
            Format::Raw(_) => "declare one column of text, bytes, BOOLEAN or a number",
            Format::Csv(_) => "use `json`, or declare the column as STRING",
            Format::Parquet(_) => "write it as text or bytes: `JSON_STRING(v)`, `BITMAP_TO_BYTES(b)`",
            Format::Json(_) => {
                "maps need text as their keys, and a VARIANT or BITMAP is written as text: `JSON_STRING(v)`"
            }
        };
        FormatError { key: String::new(), message: message.to_owned(), help: help.to_owned() }
    }
}

fn holds_opaque(logical: &LogicalType) -> bool {
    match logical {
        LogicalType::Variant | LogicalType::Bitmap => true,
        LogicalType::Array(element) | LogicalType::Multiset(element) => holds_opaque(&element.logical),
        LogicalType::Map(key, value) => holds_opaque(&key.logical) || holds_opaque(&value.logical),
        LogicalType::Row(row) => row.fields.iter().any(|field| holds_opaque(&field.data_type.logical)),
        _ => false,
    }
}

fn json_carries(logical: &LogicalType) -> bool {
    match logical {
        LogicalType::Array(element) => json_carries(&element.logical),
        LogicalType::Map(key, value) => key.logical.is_character() && json_carries(&value.logical),
        LogicalType::Multiset(element) => element.logical.is_character(),
        LogicalType::Row(row) => row.fields.iter().all(|field| json_carries(&field.data_type.logical)),
        LogicalType::Variant | LogicalType::Bitmap => false,
        _ => true,
    }
}

fn csv_carries(logical: &LogicalType, top: bool) -> bool {
    match logical {
        LogicalType::Array(element) => top && csv_carries(&element.logical, false),
        LogicalType::Row(row) => top && row.fields.iter().all(|field| csv_carries(&field.data_type.logical, false)),
        LogicalType::Map(..) | LogicalType::Multiset(_) | LogicalType::Variant | LogicalType::Bitmap => false,
        LogicalType::Time(precision) => *precision <= 3,
        _ => true,
    }
}

fn raw_carries(logical: &LogicalType) -> bool {
    let bytes = matches!(logical, LogicalType::Binary(_) | LogicalType::Varbinary(_) | LogicalType::Boolean);
    let number = logical.is_integer() || matches!(logical, LogicalType::Float | LogicalType::Double);
    bytes || number || logical.is_character()
}

/// Options as the user gave them.
struct Given<'a> {
    format: &'a str,
    options: &'a BTreeMap<String, String>,
}

impl Given<'_> {
    fn json(&self) -> Result<JsonOptions, FormatError> {
        self.known(JSON_KEYS)?;
        if !self.flag("decode.json-parser.enabled", true)? {
            let message =
                "reading JSON as trees of nodes is not supported yet, of which numbers come out spelled otherwise";
            return Err(self.fault("decode.json-parser.enabled", message, "remove the option"));
        }
        let options = JsonOptions {
            fail_on_missing_field: self.flag("fail-on-missing-field", false)?,
            ignore_parse_errors: self.flag("ignore-parse-errors", false)?,
            timestamp_format: self.timestamp_format()?,
            plain_decimals: self.flag("encode.decimal-as-plain-number", false)?,
            ignore_null_fields: self.flag("encode.ignore-null-fields", false)?,
            map_null_key: self.map_null_key()?,
        };
        if options.fail_on_missing_field && options.ignore_parse_errors {
            return Err(self.fault(
                "ignore-parse-errors",
                "it can't be set together with `fail-on-missing-field`",
                "set one of them to 'false'",
            ));
        }
        Ok(options)
    }

    fn csv(&self) -> Result<CsvOptions, FormatError> {
        self.known(CSV_KEYS)?;
        let unquoted = self.flag("disable-quote-character", false)?;
        if unquoted && self.options.contains_key("quote-character") {
            return Err(self.fault(
                "quote-character",
                "it can't be set together with `disable-quote-character`",
                "remove one of them",
            ));
        }
        let quote = self.character("quote-character")?.unwrap_or(b'"');
        Ok(CsvOptions {
            field_delimiter: self.character("field-delimiter")?.unwrap_or(b','),
            quote: (!unquoted).then_some(quote),
            allow_comments: self.flag("allow-comments", false)?,
            ignore_parse_errors: self.flag("ignore-parse-errors", false)?,
            array_delimiter: self.array_delimiter()?,
            escape: self.character("escape-character")?,
            null_literal: self.options.get("null-literal").cloned(),
            scientific_decimals: self.flag("write-bigdecimal-in-scientific-notation", true)?,
            plain_decimals: false,
        })
    }

    fn array_delimiter(&self) -> Result<String, FormatError> {
        const KEY: &str = "array-element-delimiter";
        let delimiter = self.options.get(KEY).map_or(";", String::as_str);
        if delimiter.chars().count() == 1 {
            return Ok(delimiter.to_owned());
        }
        Err(self.fault(KEY, &format!("`{delimiter}` is not one character"), "write one, such as ';' or '|'"))
    }

    fn raw(&self) -> Result<RawOptions, FormatError> {
        self.known(RAW_KEYS)?;
        self.one_of("charset", &["UTF-8"])?;
        let endianness = self.one_of("endianness", &["big-endian", "little-endian"])?;
        Ok(RawOptions { big_endian: endianness == "big-endian" })
    }

    fn parquet(&self) -> Result<ParquetOptions, FormatError> {
        self.known(PARQUET_KEYS)?;
        self.flag("utc-timezone", false)?;
        if !self.flag("write.int64.timestamp", true)? {
            let message = "timestamps of the old 96-bit kind are read, but not written";
            return Err(self.fault("write.int64.timestamp", message, "remove the option, or write 'true'"));
        }
        let compression = match self.one_of("compression", &["SNAPPY", "ZSTD", "GZIP", "LZ4_RAW", "UNCOMPRESSED"])? {
            "ZSTD" => ParquetCompression::Zstd,
            "GZIP" => ParquetCompression::Gzip,
            "LZ4_RAW" => ParquetCompression::Lz4Raw,
            "UNCOMPRESSED" => ParquetCompression::Uncompressed,
            _ => ParquetCompression::Snappy,
        };
        Ok(ParquetOptions { compression })
    }

    fn known(&self, keys: &[&str]) -> Result<(), FormatError> {
        match self.options.keys().find(|key| !keys.contains(&key.as_str())) {
            Some(key) => Err(self.fault(key, "no such option", &suggest(key, keys))),
            None => Ok(()),
        }
    }

    fn fault(&self, key: &str, message: &str, help: &str) -> FormatError {
        let message = format!("format `{}`: {message}", self.format);
        FormatError { key: key.to_owned(), message, help: help.to_owned() }
    }

    fn flag(&self, key: &str, default: bool) -> Result<bool, FormatError> {
        match self.options.get(key).map(|value| value.to_ascii_lowercase()).as_deref() {
            None => Ok(default),
            Some("true") => Ok(true),
            Some("false") => Ok(false),
            Some(other) => Err(self.fault(key, &format!("`{other}` is not a boolean"), "write 'true' or 'false'")),
        }
    }

    /// The value, one of `choices` in any case; the first of them if nothing is given.
    fn one_of(&self, key: &str, choices: &[&'static str]) -> Result<&'static str, FormatError> {
        let default = choices.first().copied().unwrap_or_default();
        let Some(value) = self.options.get(key) else { return Ok(default) };
        let found = choices.iter().find(|choice| choice.eq_ignore_ascii_case(value));
        found.copied().ok_or_else(|| self.fault(key, &format!("`{value}` is not supported"), &one_of_text(choices)))
    }

    fn timestamp_format(&self) -> Result<TimestampFormat, FormatError> {
        const KEY: &str = "timestamp-format.standard";
        let standard = self.one_of(KEY, &["SQL", "ISO-8601"])?;
        if let Some(other) = self.options.get(KEY).filter(|value| *value != standard) {
            return Err(self.fault(KEY, &format!("`{other}` is not supported"), &format!("write '{standard}'")));
        }
        Ok(if standard == "SQL" { TimestampFormat::Sql } else { TimestampFormat::Iso8601 })
    }

    fn map_null_key(&self) -> Result<MapNullKey, FormatError> {
        let literal = self.options.get("map-null-key.literal").cloned().unwrap_or_else(|| "null".to_owned());
        Ok(match self.one_of("map-null-key.mode", &["FAIL", "DROP", "LITERAL"])? {
            "DROP" => MapNullKey::Drop,
            "LITERAL" => MapNullKey::Literal(literal),
            _ => MapNullKey::Fail,
        })
    }

    /// One ASCII character, which may be written as Java escapes it (`\t`, `\u0001`).
    fn character(&self, key: &str) -> Result<Option<u8>, FormatError> {
        let Some(value) = self.options.get(key) else { return Ok(None) };
        let character = unescaped(value).filter(u8::is_ascii);
        let fault =
            || self.fault(key, &format!("`{value}` is not one ASCII character"), "write one, such as ';' or '\\t'");
        character.map(Some).ok_or_else(fault)
    }
}

fn unescaped(value: &str) -> Option<u8> {
    match value.as_bytes() {
        [byte] => Some(*byte),
        [b'\\', escape] => match escape {
            b't' => Some(b'\t'),
            b'n' => Some(b'\n'),
            b'r' => Some(b'\r'),
            b'f' => Some(0x0c),
            b'b' => Some(0x08),
            b'\\' | b'"' | b'\'' => Some(*escape),
            _ => None,
        },
        [b'\\', b'u', digits @ ..] if digits.len() == 4 => {
            u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
        }
        _ => None,
    }
}

fn one_of_text(choices: &[&str]) -> String {
    let quoted: Vec<String> = choices.iter().map(|choice| format!("'{choice}'")).collect();
    format!("write {}", quoted.join(" or "))
}

/// Help for an unknown word: the nearest known one, or all of them.
#[must_use]
pub fn suggest(word: &str, known: &[&str]) -> String {
    let nearest = known.iter().map(|known| (distance(word, known), *known)).min();
    match nearest {
        Some((distance, known)) if distance <= (word.len() / 3).max(2) => format!("did you mean `{known}`?"),
        _ if known.is_empty() => "remove it".to_owned(),
        _ => format!("known are {}", known.iter().map(|known| format!("`{known}`")).collect::<Vec<_>>().join(", ")),
    }
}

/// How many characters must be changed, added or removed to make one word of the other (Levenshtein).
fn distance(left: &str, right: &str) -> usize {
    // Longer words than any key has can't be near one.
    const CHARS_MAX: usize = 200;
    let right: Vec<char> = right.chars().take(CHARS_MAX).collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (place, from) in left.chars().take(CHARS_MAX).enumerate() {
        let mut diagonal = place;
        let mut before = place + 1;
        for (cell, to) in row.iter_mut().skip(1).zip(&right) {
            let changed = diagonal + usize::from(from != *to);
            diagonal = *cell;
            before = changed.min(before + 1).min(diagonal + 1);
            *cell = before;
        }
        if let Some(first) = row.first_mut() {
            *first = place + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(name: &str, options: &[(&str, &str)]) -> Result<Format, FormatError> {
        let options = options.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        Format::parse(name, &options)
    }

    #[test]
    fn a_wrong_option_is_refused_with_a_remedy() {
        for (name, options, key, help) in [
            ("jsn", vec![], "", "did you mean `json`?"),
            ("json", vec![("ignore-parse-error", "true")], "ignore-parse-error", "did you mean `ignore-parse-errors`?"),
            ("json", vec![("ignore-parse-errors", "yes")], "ignore-parse-errors", "write 'true' or 'false'"),
            (
                "json",
                vec![("timestamp-format.standard", "rfc")],
                "timestamp-format.standard",
                "write 'SQL' or 'ISO-8601'",
            ),
            ("csv", vec![("field-delimiter", ",,")], "field-delimiter", "write one, such as ';' or '\\t'"),
            (
                "csv",
                vec![("quote-character", "'"), ("disable-quote-character", "true")],
                "quote-character",
                "remove one of them",
            ),
            ("raw", vec![("charset", "latin1")], "charset", "write 'UTF-8'"),
        ] {
            let error = parse(name, &options).unwrap_err();
            assert_eq!((error.key.as_str(), error.help.as_str()), (key, help));
        }
    }

    #[test]
    fn characters_may_be_escaped() {
        for (text, byte) in [(";", b';'), ("\\t", b'\t'), ("\\u0001", 1)] {
            let Ok(Format::Csv(options)) = parse("csv", &[("field-delimiter", text)]) else { panic!("{text}") };
            assert_eq!(options.field_delimiter, byte);
        }
    }

    #[test]
    fn distances_count_edits() {
        assert_eq!((distance("", "abc"), distance("topc", "topic"), distance("kitten", "sitting")), (3, 1, 3));
    }
}
