//! The options of a `datagen` table: how many rows, how fast, and what makes each column.

use std::collections::BTreeSet;
use std::time::Duration;

use yeoul_engine::catalog::{OptionError, TableSpec};
use yeoul_format::suggest;
use yeoul_row::{DataType, Field, LogicalType, RowType};

use crate::options::{Given, fault};

/// Flink's default of `rows-per-second`.
const ROWS_PER_SECOND: i64 = 10_000;
/// Flink's default length of a STRING or BYTES.
const LENGTH_OF_TEXT: i64 = 100;
/// Flink's default length of an array, map or multiset.
const LENGTH_OF_COLLECTION: i64 = 3;
/// The longest text or collection that is generated.
const LENGTH_MAX: i64 = 1 << 20;
/// What one row takes in memory at most, about.
const ROW_BYTES_MAX: i64 = 16 << 20;
/// How often an element is in a multiset, at most.
pub(super) const TIMES_MAX: i64 = 10;

/// A `datagen` table's options.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Options {
    /// How fast rows come.
    pub(super) rows_per_second: i64,
    /// `number-of-rows`
    pub(super) rows: Option<i64>,
    /// What makes each of the physical columns.
    pub(super) columns: Vec<Generator>,
}

/// What makes the values of one column, or of one part of them.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Generator {
    pub(super) data_type: DataType,
    /// How many of the values are NULL, from 0 to 1.
    pub(super) null_rate: f64,
    pub(super) kind: Kind,
}

/// How a value is made.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Kind {
    Boolean,
    /// Whole numbers, or unscaled decimals: both bounds inclusive.
    Whole(i128, i128),
    /// Approximate numbers from the first to the second.
    Real(f64, f64),
    /// Hexadecimal digits: of this length, or of any from 1 up to it.
    Text {
        length: i64,
        varies: bool,
    },
    Bytes {
        length: i64,
        varies: bool,
    },
    /// The clock's date.
    Today,
    /// The clock's time.
    Now,
    /// A time so many milliseconds back at most.
    Past(i64),
    Array(i64, Box<Generator>),
    Map(i64, Box<Generator>, Box<Generator>),
    Multiset(i64, Box<Generator>),
    Row(Vec<Generator>),
    /// One number after the other, first and last.
    Sequence(i64, i64),
}

impl Generator {
    /// What a value takes in memory, about.
    pub(super) fn bytes(&self) -> i64 {
        match &self.kind {
            Kind::Text { length, .. } | Kind::Bytes { length, .. } => *length,
            Kind::Row(fields) => fields.iter().map(Generator::bytes).fold(0, i64::saturating_add),
            Kind::Array(length, element) | Kind::Multiset(length, element) => length.saturating_mul(element.bytes()),
            Kind::Map(length, key, value) => length.saturating_mul(key.bytes().saturating_add(value.bytes())),
            _ => 16,
        }
    }
}

impl Options {
    /// Reads and checks the options.
    pub(super) fn parse(table: &TableSpec) -> Result<Options, OptionError> {
        if let Some(column) = table.metadata.first() {
            let message = format!("column `{}`: the connector has no metadata", column.name);
            return Err(fault("connector", message, "leave the METADATA column out"));
        }
        let mut reader = Reader { given: Given::new(table), known: BTreeSet::new() };
        let rows_per_second = reader.at_least("rows-per-second", 1)?.unwrap_or(ROWS_PER_SECOND);
        let rows = reader.at_least("number-of-rows", 0)?;
        reader.at_least("scan.parallelism", 1)?;
        let columns = table.physical.fields.iter().map(|field| reader.column(field));
        let columns = columns.collect::<Result<Vec<_>, _>>()?;
        reader.refuse_others()?;
        let bytes = columns.iter().map(Generator::bytes).fold(0, i64::saturating_add);
        if bytes > ROW_BYTES_MAX {
            let message = format!("a row takes about {bytes} bytes, {ROW_BYTES_MAX} is the most");
            return Err(fault("connector", message, "set smaller `fields.….length` options"));
        }
        Ok(Options { rows_per_second, rows, columns })
    }

    /// How many rows there are at most: as many as are asked for, and as the shortest sequence has.
    pub(super) fn rows_max(&self) -> i64 {
        let sequences = self.columns.iter().filter_map(|column| match column.kind {
            Kind::Sequence(start, end) => Some(end.saturating_sub(start).saturating_add(1)),
            _ => None,
        });
        sequences.chain(self.rows).min().unwrap_or(i64::MAX)
    }
}

/// Reads options, and notes which there are.
struct Reader<'a> {
    given: Given<'a>,
    known: BTreeSet<String>,
}

impl Reader<'_> {
    fn refuse_others(&self) -> Result<(), OptionError> {
        let known: Vec<&str> = self.known.iter().map(String::as_str).collect();
        let message = |key: &str| match key.starts_with("fields.") {
            true => format!("no column of this table takes `{key}`"),
            false => format!("unknown option `{key}`"),
        };
        match self.given.iter().find(|(key, _)| *key != "connector" && !self.known.contains(*key)) {
            Some((key, _)) => Err(fault(key, message(key), suggest(key, &known))),
            None => Ok(()),
        }
    }

    /// The key, which is known from now on.
    fn key(&mut self, path: &str, option: &str) -> String {
        let key = format!("fields.{path}.{option}");
        self.known.insert(key.clone());
        key
    }

    fn at_least(&mut self, key: &str, least: i64) -> Result<Option<i64>, OptionError> {
        self.known.insert(key.to_owned());
        let value = self.given.integer(key)?;
        match value.filter(|value| *value < least) {
            Some(value) => Err(fault(key, format!("`{value}` is too small"), format!("{least} is the least"))),
            None => Ok(value),
        }
    }

    fn column(&mut self, field: &Field) -> Result<Generator, OptionError> {
        let kind = self.key(&field.name, "kind");
        match self.given.exactly_one_of(&kind, &["random", "sequence"])? {
            "sequence" => self.sequence(field, &kind),
            _ => self.random(&field.name, &field.data_type),
        }
    }

    fn sequence(&mut self, field: &Field, kind_key: &str) -> Result<Generator, OptionError> {
        let logical = &field.data_type.logical;
        let (start, end) = (self.key(&field.name, "start"), self.key(&field.name, "end"));
        self.given.required(&start, "1")?;
        self.given.required(&end, "1000")?;
        let (first, last) =
            (self.given.integer(&start)?.unwrap_or_default(), self.given.integer(&end)?.unwrap_or_default());
        if first > last {
            return Err(fault(&end, format!("`{last}` is before the start, {first}"), "let a sequence count up"));
        }
        let kind = match logical {
            LogicalType::Boolean => Kind::Boolean,
            LogicalType::Date => Kind::Today,
            LogicalType::Time(_) => Kind::Now,
            _ => {
                let Some((low, high)) = counted(logical) else {
                    let message = format!("column `{}` is `{logical}`, which can't be counted up", field.name);
                    return Err(fault(kind_key, message, "write 'random', or declare the column as BIGINT"));
                };
                for (key, value) in [(&start, first), (&end, last)] {
                    if !(low..=high).contains(&i128::from(value)) {
                        let message = format!("`{value}` doesn't fit into `{logical}`");
                        return Err(fault(key, message, "write a number that the column can hold"));
                    }
                }
                Kind::Sequence(first, last)
            }
        };
        Ok(Generator { data_type: field.data_type.clone(), null_rate: 0.0, kind })
    }

    fn random(&mut self, path: &str, data_type: &DataType) -> Result<Generator, OptionError> {
        let kind = self.random_kind(path, &data_type.logical)?;
        let null_rate = if matches!(kind, Kind::Today | Kind::Now) { 0.0 } else { self.null_rate(path, data_type)? };
        Ok(Generator { data_type: data_type.clone(), null_rate, kind })
    }

    fn random_kind(&mut self, path: &str, logical: &LogicalType) -> Result<Kind, OptionError> {
        Ok(match logical {
            LogicalType::Boolean => Kind::Boolean,
            LogicalType::TinyInt | LogicalType::SmallInt | LogicalType::Int | LogicalType::BigInt => {
                let (low, high) = counted(logical).unwrap_or_default();
                self.whole(path, low, high)?
            }
            LogicalType::Decimal(precision, scale) => self.decimal(path, *precision, *scale)?,
            LogicalType::Float => self.real(path, f64::from(f32::from_bits(1)), f64::from(f32::MAX))?,
            LogicalType::Double => self.real(path, f64::from_bits(1), f64::MAX)?,
            LogicalType::Char(length) => Kind::Text { length: i64::from(*length), varies: false },
            LogicalType::Binary(length) => Kind::Bytes { length: i64::from(*length), varies: false },
            LogicalType::Varchar(longest) => {
                let (length, varies) = self.text_length(path, *longest)?;
                Kind::Text { length, varies }
            }
            LogicalType::Varbinary(longest) => {
                let (length, varies) = self.text_length(path, *longest)?;
                Kind::Bytes { length, varies }
            }
            LogicalType::Date => Kind::Today,
            LogicalType::Time(_) => Kind::Now,
            LogicalType::Timestamp(_) | LogicalType::TimestampLtz(_) => {
                let key = self.key(path, "max-past");
                let past = self.given.duration(&key, Duration::ZERO)?;
                Kind::Past(i64::try_from(past.as_millis()).unwrap_or(i64::MAX))
            }
            LogicalType::Row(row) => Kind::Row(self.row(path, row)?),
            LogicalType::Array(element) => {
                let length = self.length(path)?;
                Kind::Array(length, Box::new(self.random(&format!("{path}.element"), element)?))
            }
            LogicalType::Multiset(element) => {
                let length = self.length(path)?;
                Kind::Multiset(length, Box::new(self.random(&format!("{path}.element"), element)?))
            }
            LogicalType::Map(key, value) => {
                let length = self.length(path)?;
                let key = self.random(&format!("{path}.key"), key)?;
                Kind::Map(length, Box::new(key), Box::new(self.random(&format!("{path}.value"), value)?))
            }
            LogicalType::IntervalYearMonth
            | LogicalType::IntervalDayTime
            | LogicalType::Variant
            | LogicalType::Bitmap
            | LogicalType::Null => {
                let message = format!("column `{path}` is `{logical}`, which can't be generated");
                return Err(fault("connector", message, "declare another type"));
            }
        })
    }

    fn row(&mut self, path: &str, row: &RowType) -> Result<Vec<Generator>, OptionError> {
        row.fields.iter().map(|field| self.random(&format!("{path}.{}", field.name), &field.data_type)).collect()
    }

    fn null_rate(&mut self, path: &str, data_type: &DataType) -> Result<f64, OptionError> {
        let key = self.key(path, "null-rate");
        let Some(text) = self.given.get(&key) else { return Ok(0.0) };
        let rate = text.trim().parse().ok().filter(|rate| (0.0..=1.0).contains(rate));
        let rate: f64 = rate.ok_or_else(|| fault(&key, format!("`{text}` is no rate"), "write one such as '0.1'"))?;
        if rate > 0.0 && !data_type.nullable {
            return Err(fault(&key, format!("`{path}` is NOT NULL"), "remove the rate, or let the column be NULL"));
        }
        Ok(rate)
    }

    fn whole(&mut self, path: &str, low: i128, high: i128) -> Result<Kind, OptionError> {
        let (least, most) = (self.key(path, "min"), self.key(path, "max"));
        let (min, max) = (self.given.integer(&least)?, self.given.integer(&most)?);
        for (key, value) in [(&least, min), (&most, max)] {
            if let Some(value) = value.filter(|value| !(low..=high).contains(&i128::from(*value))) {
                let help = format!("write a number from {low} to {high}");
                return Err(fault(key, format!("`{value}` is no value of column `{path}`"), help));
            }
        }
        let (min, max) = (min.map_or(low, i128::from), max.map_or(high, i128::from));
        // As in Flink, those of a BIGINT are not the same.
        if min == max && high < i128::from(i64::MAX) {
            return Ok(Kind::Whole(min, max));
        }
        ordered(&most, min, max).map(|()| Kind::Whole(min, max))
    }

    fn decimal(&mut self, path: &str, precision: u8, scale: u8) -> Result<Kind, OptionError> {
        let (least, most) = (self.key(path, "min"), self.key(path, "max"));
        let largest = 10i128.pow(u32::from(precision)) - 1;
        let unscaled = |number: f64| {
            #[allow(clippy::cast_possible_truncation, reason = "it saturates, and is cut to the type's bounds")]
            let unscaled = (number * 10f64.powi(i32::from(scale))).round() as i128;
            unscaled.clamp(-largest, largest)
        };
        let (min, max) = (self.number(&least)?.map_or(0, unscaled), self.number(&most)?.map_or(largest, unscaled));
        ordered(&most, min, max).map(|()| Kind::Whole(min, max))
    }

    fn real(&mut self, path: &str, low: f64, high: f64) -> Result<Kind, OptionError> {
        let (least, most) = (self.key(path, "min"), self.key(path, "max"));
        let (min, max) = (self.number(&least)?.unwrap_or(low), self.number(&most)?.unwrap_or(high));
        ordered(&most, min, max).map(|()| Kind::Real(min, max))
    }

    fn number(&self, key: &str) -> Result<Option<f64>, OptionError> {
        let parse = |text: &str| {
            let number = text.trim().parse().ok().filter(|number: &f64| number.is_finite());
            number.ok_or_else(|| fault(key, format!("`{text}` is not a number"), "write one such as '0.5'"))
        };
        self.given.get(key).map(parse).transpose()
    }

    /// The length of a text of `longest` characters or bytes at most, and whether it varies.
    fn text_length(&mut self, path: &str, longest: u32) -> Result<(i64, bool), OptionError> {
        let varies = self.key(path, "var-len");
        let varies = self.given.flag(&varies, false)?;
        let key = format!("fields.{path}.length");
        let default = if longest == i32::MAX.cast_unsigned() { LENGTH_OF_TEXT } else { i64::from(longest) };
        let length = self.bounded_length(&key)?.unwrap_or(default.min(LENGTH_MAX));
        if length > i64::from(longest) {
            return Err(fault(&key, format!("`{length}` is longer than the column"), format!("{longest} is the most")));
        }
        Ok((length, varies))
    }

    fn length(&mut self, path: &str) -> Result<i64, OptionError> {
        let key = format!("fields.{path}.length");
        Ok(self.bounded_length(&key)?.unwrap_or(LENGTH_OF_COLLECTION))
    }

    fn bounded_length(&mut self, key: &str) -> Result<Option<i64>, OptionError> {
        let length = self.at_least(key, 0)?;
        match length.filter(|length| *length > LENGTH_MAX) {
            Some(length) => Err(fault(key, format!("`{length}` is too long"), format!("{LENGTH_MAX} is the most"))),
            None => Ok(length),
        }
    }
}

/// Refuses bounds with nothing between them; as in Flink, fractions' bounds are not the same either.
fn ordered<T: PartialOrd + std::fmt::Display>(key: &str, min: T, max: T) -> Result<(), OptionError> {
    if min < max {
        return Ok(());
    }
    Err(fault(key, format!("the largest value is {max}, the smallest {min}"), "let `max` be more than `min`"))
}

/// What a type that can be counted up holds; of a decimal, in whole numbers.
fn counted(logical: &LogicalType) -> Option<(i128, i128)> {
    let bits = |bits: u32| (-(1i128 << (bits - 1)), (1i128 << (bits - 1)) - 1);
    Some(match logical {
        LogicalType::TinyInt => bits(8),
        LogicalType::SmallInt => bits(16),
        LogicalType::Int | LogicalType::Double => bits(32),
        LogicalType::Float => bits(16),
        LogicalType::BigInt | LogicalType::Char(_) | LogicalType::Varchar(_) => bits(64),
        LogicalType::Binary(_) | LogicalType::Varbinary(_) => bits(64),
        LogicalType::Decimal(precision, scale) => {
            let largest = 10i128.checked_pow(u32::from(precision.saturating_sub(*scale))).unwrap_or(i128::MAX) - 1;
            (-largest, largest)
        }
        _ => return None,
    })
}
