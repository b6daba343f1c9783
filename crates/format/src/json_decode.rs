//! JSON objects straight into columns.
//!
//! What a value of one JSON kind becomes in a column of another is Flink's choice (its `json` format, with
//! `json.decode.json-parser.enabled`): numbers and booleans may be quoted, whole numbers may have a fraction that is
//! cut off, `STRING` takes everything, an object there is taken as its text. A key that comes twice: the last counts.
//! What follows the object is ignored.
//!
//! Invariant: a row that fails leaves the columns as they were (the caller cuts them back).

use std::collections::HashMap;

use yeoul_row::{DataType, LogicalType, RowType};

use crate::column::{Column, Data, catch_up};
use crate::decimal::{self, Parsed};
use crate::error::RowError;
use crate::json_scan::{RawString, Scanner, unescape};
use crate::options::JsonOptions;
use crate::{base64, number, temporal};

/// The most keys of an object whose order is remembered.
const ORDER_MAX: usize = 512;

/// How to decode values of one type.
enum Plan {
    Scalar,
    List(Box<Plan>),
    Map(Box<Plan>),
    Row(RowPlan),
}

impl Plan {
    fn new(data_type: &DataType) -> Plan {
        match &data_type.logical {
            LogicalType::Array(element) => Plan::List(Box::new(Plan::new(element))),
            LogicalType::Map(_, value) => Plan::Map(Box::new(Plan::new(value))),
            LogicalType::Multiset(_) => Plan::Map(Box::new(Plan::Scalar)),
            LogicalType::Row(row) => Plan::Row(RowPlan::new(row)),
            _ => Plan::Scalar,
        }
    }
}

/// How to decode objects into the columns of a row.
pub(crate) struct RowPlan {
    slots: HashMap<Vec<u8>, usize>,
    plans: Vec<Plan>,
    /// The keys of the last object, in their order, and where each goes: most objects look like the one before.
    order: Vec<(Vec<u8>, Option<usize>)>,
}

impl RowPlan {
    pub(crate) fn new(row: &RowType) -> RowPlan {
        let names = row.fields.iter().map(|field| field.name.as_bytes().to_vec());
        let slots = names.enumerate().map(|(place, name)| (name, place)).collect();
        let plans = row.fields.iter().map(|field| Plan::new(&field.data_type)).collect();
        RowPlan { slots, plans, order: Vec::new() }
    }

    /// Where the value behind the `place`th key of an object goes; remembered for the next one.
    fn learn(&mut self, place: usize, key: RawString<'_>) -> Result<Option<usize>, RowError> {
        let slot = if key.escaped {
            let mut name = Vec::new();
            unescape(key, &mut name)?;
            self.slots.get(&name).copied()
        } else {
            self.slots.get(key.raw).copied()
        };
        let known = self.order.len();
        match self.order.get_mut(place) {
            Some(known) => *known = (key.raw.to_vec(), slot),
            None if place == known && place < ORDER_MAX => self.order.push((key.raw.to_vec(), slot)),
            None => {}
        }
        Ok(slot)
    }
}

/// Decodes one text at a time.
pub(crate) struct JsonDecoder<'a> {
    pub(crate) scanner: Scanner<'a>,
    pub(crate) options: &'a JsonOptions,
    pub(crate) scratch: &'a mut Vec<u8>,
}

impl<'a> JsonDecoder<'a> {
    /// Appends the object, or the objects of the array, that is the whole text to `columns`, which have `row` values
    /// each; returns how many there are.
    pub(crate) fn rows(&mut self, plan: &mut RowPlan, columns: &mut [Column], row: usize) -> Result<usize, RowError> {
        if self.scanner.peek() != Some(b'[') {
            return self.row(plan, columns, row).map(|()| 1);
        }
        self.scanner.at += 1;
        let mut rows = 0;
        let mut more = self.scanner.opened(b']');
        while more {
            let item = self.row(plan, columns, row + rows);
            rows += usize::from(item.is_ok());
            match item.and_then(|()| self.scanner.another(b']')) {
                Ok(another) => more = another,
                // As in Flink, what stands in front of the fault counts.
                Err(_) if self.options.ignore_parse_errors && rows > 0 => {
                    columns.iter_mut().for_each(|column| column.truncate(row + rows));
                    more = false;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(rows)
    }

    /// Appends the object that stands here to `columns`, which have `row` values each. As Flink, it stops looking for
    /// fields when it has met as many as there are columns; until then, the last of equal keys counts.
    pub(crate) fn row(&mut self, plan: &mut RowPlan, columns: &mut [Column], row: usize) -> Result<(), RowError> {
        self.scanner.expect(b'{')?;
        let (mut filled, mut again) = (0, false);
        let mut place = 0;
        let mut more = self.scanner.opened(b'}');
        while more {
            let (key, known) = self.key(plan, place)?;
            let slot = match known {
                _ if filled == columns.len() => None,
                Some(slot) => slot,
                None => plan.learn(place, key)?,
            };
            match slot.and_then(|slot| Some((columns.get_mut(slot)?, plan.plans.get_mut(slot)?))) {
                Some((column, plan)) => {
                    if column.len() > row {
                        again = true;
                        column.truncate(row);
                    }
                    filled += 1;
                    self.value(plan, column).map_err(|error| in_field(error, key))?;
                }
                None => self.scanner.skip_value()?,
            }
            place += 1;
            more = self.scanner.another(b'}')?;
        }
        let complete = filled == columns.len() && !again;
        if complete || columns.iter().all(|column| column.len() > row) { Ok(()) } else { self.fill(columns, row) }
    }

    /// Steps over the `place`th key of an object and the colon behind it; where its value goes if it is the key that stood there
    /// in the object before: then it is not searched for its end.
    #[inline]
    fn key(&mut self, plan: &RowPlan, place: usize) -> Result<(RawString<'a>, Option<Option<usize>>), RowError> {
        if self.scanner.peek() == Some(b'"')
            && let Some((known, slot)) = plan.order.get(place)
            && let Some(key) = self.scanner.known_key(known)
        {
            return Ok((key, Some(*slot)));
        }
        let key = self.scanner.string()?;
        self.scanner.expect(b':')?;
        Ok((key, None))
    }

    fn fill(&mut self, columns: &mut [Column], row: usize) -> Result<(), RowError> {
        if self.options.fail_on_missing_field {
            return Err(RowError::new("a field is missing, and `json.fail-on-missing-field` is set", self.scanner.at));
        }
        columns.iter_mut().filter(|column| column.len() == row).for_each(Column::push_null);
        Ok(())
    }

    /// Appends the value that stands here to `column`.
    fn value(&mut self, plan: &mut Plan, column: &mut Column) -> Result<(), RowError> {
        if self.scanner.peek() == Some(b'n') {
            self.scanner.literal("null")?;
            column.push_null();
            return Ok(());
        }
        let (start, rows) = (self.scanner.at, column.len());
        match self.not_null(plan, column) {
            Err(_) if self.options.ignore_parse_errors => {
                column.truncate(rows);
                self.scanner.at = start;
                self.scanner.skip_value()?;
                column.push_null();
                Ok(())
            }
            done => done,
        }
    }

    fn not_null(&mut self, plan: &mut Plan, column: &mut Column) -> Result<(), RowError> {
        let logical = &column.logical;
        match &mut column.data {
            Data::Boolean(values, valid) => {
                values.append(self.boolean()?);
                valid.append_non_null();
            }
            Data::TinyInt(values) => values.push(self.integer(logical, false)?),
            Data::SmallInt(values) => values.push(self.integer(logical, false)?),
            Data::Int(values) => values.push(match logical {
                LogicalType::Date => self.parsed(logical, temporal::parse_date)?,
                LogicalType::Time(_) => self.parsed(logical, temporal::parse_time)?,
                _ => self.integer(logical, true)?,
            }),
            Data::BigInt(values) => values.push(match *logical {
                LogicalType::Timestamp(precision) => self.timestamp(logical, false, precision)?,
                LogicalType::TimestampLtz(precision) => self.timestamp(logical, true, precision)?,
                _ => self.integer(logical, true)?,
            }),
            Data::Float(values) => values.push(self.float()?),
            Data::Double(values) => values.push(self.double()?),
            Data::Decimal(_) => self.decimal(column)?,
            Data::Text(texts) => {
                self.text_into(texts.buffer())?;
                texts.end();
            }
            Data::Bytes(texts) => {
                self.bytes_into(texts.buffer())?;
                texts.end();
            }
            Data::Null(rows) => {
                self.scanner.skip_value()?;
                *rows += 1;
            }
            Data::Unread(rows) => {
                self.checked(logical)?;
                *rows += 1;
            }
            Data::List(spans, element) => {
                self.list(plan, element)?;
                spans.end(element.len());
            }
            Data::Map(spans, key, value) => {
                self.map(plan, key, value)?;
                spans.end(key.len());
            }
            Data::Row(fields, valid, rows) => {
                let Plan::Row(plan) = plan else { return Err(self.misfit("a row")) };
                catch_up(fields, *rows);
                self.row(plan, fields, *rows)?;
                valid.append_non_null();
                *rows += 1;
            }
        }
        Ok(())
    }

    /// Steps over a value that nobody reads, if it is one of its type.
    fn checked(&mut self, logical: &LogicalType) -> Result<(), RowError> {
        match *logical {
            LogicalType::Int => self.integer::<i32>(logical, true).map(drop),
            LogicalType::BigInt => self.integer::<i64>(logical, true).map(drop),
            LogicalType::Timestamp(precision) => self.timestamp(logical, false, precision).map(drop),
            LogicalType::TimestampLtz(precision) => self.timestamp(logical, true, precision).map(drop),
            _ => self.scanner.skip_value(),
        }
    }

    #[cold]
    fn misfit(&self, what: &str) -> RowError {
        RowError::new(format!("the value is not {what}"), self.scanner.at)
    }

    #[cold]
    fn not_a(&self, logical: &LogicalType, at: usize) -> RowError {
        RowError::new(format!("the value is not a valid `{logical}`"), at)
    }

    /// A scalar as text, blanks around it kept.
    fn with_text<T>(&mut self, logical: &LogicalType, parse: impl FnOnce(&[u8]) -> Option<T>) -> Result<T, RowError> {
        let at = self.scanner.at;
        let parsed = match self.scanner.peek() {
            Some(b'"') => {
                let string = self.scanner.string()?;
                if string.escaped {
                    self.scratch.clear();
                    unescape(string, self.scratch)?;
                    parse(self.scratch)
                } else {
                    parse(string.raw)
                }
            }
            Some(b't') => self.scanner.literal("true").map(|()| parse(b"true"))?,
            Some(b'f') => self.scanner.literal("false").map(|()| parse(b"false"))?,
            Some(b'{' | b'[') => None,
            _ => parse(self.scanner.number()?.raw),
        };
        parsed.ok_or_else(|| self.not_a(logical, at))
    }

    fn parsed<T>(&mut self, logical: &LogicalType, parse: impl FnOnce(&[u8]) -> Option<T>) -> Result<T, RowError> {
        self.with_text(logical, parse)
    }

    fn boolean(&mut self) -> Result<bool, RowError> {
        match self.scanner.peek() {
            Some(b't') => self.scanner.literal("true").map(|()| true),
            Some(b'f') => self.scanner.literal("false").map(|()| false),
            // `Boolean.parseBoolean`: whatever isn't `true` is false.
            _ => self.with_text(&LogicalType::Boolean, |text| Some(text.trim_ascii().eq_ignore_ascii_case(b"true"))),
        }
    }

    fn integer<T: TryFrom<i64>>(&mut self, logical: &LogicalType, cut_fraction: bool) -> Result<T, RowError> {
        let at = self.scanner.at;
        let value = match self.scanner.peek() {
            Some(b'-' | b'0'..=b'9') => {
                let raw = self.scanner.number()?;
                match raw.float {
                    false => number::parse_integer(raw.raw),
                    true if cut_fraction => lexical_core::parse(raw.raw).ok().and_then(whole_of),
                    true => None,
                }
            }
            _ => self.with_text(logical, |text| number::parse_integer(text.trim_ascii())).map(Some)?,
        };
        let fitting = value.and_then(|value| T::try_from(value).ok());
        fitting.ok_or_else(|| self.not_a(logical, at))
    }

    fn double(&mut self) -> Result<f64, RowError> {
        if matches!(self.scanner.peek(), Some(b'-' | b'0'..=b'9')) {
            let (at, raw) = (self.scanner.at, self.scanner.number()?);
            return lexical_core::parse(raw.raw).map_err(|_| self.not_a(&LogicalType::Double, at));
        }
        self.with_text(&LogicalType::Double, |text| number::parse_double(std::str::from_utf8(text).ok()?.trim()))
    }

    fn float(&mut self) -> Result<f32, RowError> {
        if matches!(self.scanner.peek(), Some(b'-' | b'0'..=b'9')) {
            let (at, raw) = (self.scanner.at, self.scanner.number()?);
            return lexical_core::parse(raw.raw).map_err(|_| self.not_a(&LogicalType::Float, at));
        }
        self.with_text(&LogicalType::Float, |text| number::parse_float(std::str::from_utf8(text).ok()?.trim()))
    }

    fn decimal(&mut self, column: &mut Column) -> Result<(), RowError> {
        let LogicalType::Decimal(precision, scale) = column.logical else {
            return Err(self.misfit("a decimal"));
        };
        if matches!(self.scanner.peek(), Some(b't' | b'f')) {
            return Err(self.not_a(&column.logical, self.scanner.at));
        }
        let parsed = self.with_text(&column.logical, |text| {
            Some(decimal::parse(text.trim_ascii(), precision, scale)).filter(|parsed| *parsed != Parsed::NotANumber)
        })?;
        match (parsed, &mut column.data) {
            (Parsed::Fits(unscaled), Data::Decimal(values)) => values.push(unscaled),
            _ => column.push_null(),
        }
        Ok(())
    }

    fn timestamp(&mut self, logical: &LogicalType, instant: bool, precision: u8) -> Result<i64, RowError> {
        let format = self.options.timestamp_format;
        self.with_text(logical, |text| temporal::parse_timestamp(text, format, instant, precision))
    }

    fn text_into(&mut self, out: &mut Vec<u8>) -> Result<(), RowError> {
        match self.scanner.peek() {
            Some(b'"') => {
                let string = self.scanner.string()?;
                if string.escaped {
                    return unescape(string, out);
                }
                out.extend_from_slice(string.raw);
                Ok(())
            }
            _ => self.scanner.transcribe(0, out),
        }
    }

    fn bytes_into(&mut self, out: &mut Vec<u8>) -> Result<(), RowError> {
        let at = self.scanner.at;
        let string = self.scanner.string()?;
        self.scratch.clear();
        unescape(string, self.scratch)?;
        if base64::decode(self.scratch, out) { Ok(()) } else { Err(RowError::new("the value is not valid base64", at)) }
    }

    fn list(&mut self, plan: &mut Plan, element: &mut Column) -> Result<(), RowError> {
        let Plan::List(plan) = plan else { return Err(self.misfit("an array")) };
        if self.scanner.peek() != Some(b'[') {
            return Err(self.misfit("an array"));
        }
        self.scanner.at += 1;
        let mut more = self.scanner.opened(b']');
        while more {
            self.value(plan, element)?;
            more = self.scanner.another(b']')?;
        }
        Ok(())
    }

    fn map(&mut self, plan: &mut Plan, key: &mut Column, value: &mut Column) -> Result<(), RowError> {
        let Plan::Map(plan) = plan else { return Err(self.misfit("a map")) };
        if self.scanner.peek() != Some(b'{') {
            return Err(self.misfit("an object"));
        }
        let entries = self.entries()?;
        let end = self.scanner.at;
        let Data::Text(keys) = &mut key.data else { return Err(self.misfit("a map with text keys")) };
        for (name, at) in entries {
            keys.push(&name);
            self.scanner.at = at;
            self.value(plan, value)?;
        }
        self.scanner.at = end;
        Ok(())
    }

    /// The keys of the object that stands here, each once, and where their (last) values begin; steps over it.
    fn entries(&mut self) -> Result<Vec<(Vec<u8>, usize)>, RowError> {
        self.scanner.expect(b'{')?;
        let mut places: HashMap<Vec<u8>, usize> = HashMap::new();
        let mut entries: Vec<(Vec<u8>, usize)> = Vec::new();
        let mut more = self.scanner.opened(b'}');
        while more {
            let mut name = Vec::new();
            unescape(self.scanner.string()?, &mut name)?;
            self.scanner.expect(b':')?;
            let place = *places.entry(name.clone()).or_insert(entries.len());
            match entries.get_mut(place) {
                Some(entry) => entry.1 = self.scanner.at,
                None => entries.push((name, self.scanner.at)),
            }
            self.scanner.skip_value()?;
            more = self.scanner.another(b'}')?;
        }
        Ok(entries)
    }
}

/// A number without its fraction, where it fits 64 bits.
fn whole_of(value: f64) -> Option<i64> {
    // 2^63 and its negative are exact as doubles.
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    (-LIMIT..LIMIT).contains(&value).then_some(value as i64)
}

#[cold]
fn in_field(error: RowError, key: RawString<'_>) -> RowError {
    if error.reason.starts_with("field ") || error.reason.starts_with("not JSON") {
        return error;
    }
    RowError { reason: format!("field `{}`: {}", String::from_utf8_lossy(key.raw), error.reason), at: error.at }
}
