//! CSV records into columns, as Flink's `csv` format reads them: no header, columns by their place.
//!
//! An empty field is an empty text, and no number: it is NULL only where `csv.null-literal` is `''`, or where
//! `csv.ignore-parse-errors` makes NULL of what can't be read. A record has as many fields as the table has columns.

use std::borrow::Cow;

use yeoul_row::LogicalType;

use crate::column::{Column, Data, catch_up};
use crate::decimal::{self, Parsed};
use crate::error::RowError;
use crate::options::CsvOptions;
use crate::temporal::TimestampFormat;
use crate::{base64, number, temporal};

/// One field of a record.
struct Field<'a> {
    text: Cow<'a, [u8]>,
    at: usize,
}

/// Decodes records, one at a time.
pub(crate) struct CsvDecoder {
    options: CsvOptions,
    /// For each column of the table, its place among the decoded ones.
    slots: Vec<Option<usize>>,
}

impl CsvDecoder {
    pub(crate) fn new(options: CsvOptions, slots: Vec<Option<usize>>) -> CsvDecoder {
        CsvDecoder { options, slots }
    }

    /// Appends the first record of `text` to `columns`, which have `row` values each; false if it is a comment or
    /// an empty line.
    pub(crate) fn row(&self, text: &[u8], columns: &mut [Column], row: usize) -> Result<bool, RowError> {
        // With comments, blanks in front of a line are passed over, whatever it is.
        let blanks = text.iter().take_while(|byte| self.options.allow_comments && **byte == b' ').count();
        let text = text.get(blanks..).unwrap_or_default();
        if text.is_empty() || self.options.allow_comments && begins_comment(text) {
            return Ok(false);
        }
        let mut reader = Reader { text, at: 0, options: &self.options, ended: false };
        for (place, slot) in self.slots.iter().enumerate() {
            let field = reader.field()?;
            if let Some(column) = slot.and_then(|slot| columns.get_mut(slot)) {
                self.value(&field, column)?;
            }
            let last = place + 1 == self.slots.len();
            if reader.ended && !last {
                self.short(place + 1, columns, row)?;
                break;
            }
            if last && !reader.ended {
                self.long(&mut reader)?;
            }
        }
        Ok(true)
    }

    /// A record with fewer fields than columns.
    fn short(&self, fields: usize, columns: &mut [Column], row: usize) -> Result<(), RowError> {
        if !self.options.ignore_parse_errors {
            let expected = self.slots.len();
            return Err(RowError::new(format!("{expected} fields expected, {fields} found"), 0));
        }
        columns.iter_mut().filter(|column| column.len() == row).for_each(Column::push_null);
        Ok(())
    }

    /// A record goes on behind its last column: one delimiter more is let pass.
    fn long(&self, reader: &mut Reader<'_>) -> Result<(), RowError> {
        let at = reader.at;
        let field = reader.field()?;
        if field.text.is_empty() && reader.ended {
            return Ok(());
        }
        Err(RowError::new(format!("more than {} fields", self.slots.len()), at))
    }

    fn value(&self, field: &Field<'_>, column: &mut Column) -> Result<(), RowError> {
        // In an array or a row it is an element.
        let is_nested = matches!(column.data, Data::List(..) | Data::Row(..));
        if !is_nested && self.options.null_literal.as_ref().is_some_and(|null| null.as_bytes() == field.text.as_ref()) {
            column.push_null();
            return Ok(());
        }
        let rows = column.len();
        match self.not_null(&field.text, column) {
            Some(()) => Ok(()),
            None if self.options.ignore_parse_errors => {
                column.truncate(rows);
                column.push_null();
                Ok(())
            }
            None => {
                let text = String::from_utf8_lossy(&field.text).chars().take(64).collect::<String>();
                Err(RowError::new(format!("`{text}` is not a valid `{}`", column.logical), field.at))
            }
        }
    }

    /// Appends a field's text as the column's type; nothing if it isn't one.
    fn not_null(&self, text: &[u8], column: &mut Column) -> Option<()> {
        let logical = &column.logical;
        match &mut column.data {
            Data::Boolean(values, valid) => {
                values.append(text.trim_ascii().eq_ignore_ascii_case(b"true"));
                valid.append_non_null();
            }
            Data::TinyInt(values) => values.push(integer(text)?),
            Data::SmallInt(values) => values.push(integer(text)?),
            Data::Int(values) => values.push(match logical {
                LogicalType::Date => temporal::parse_java_date(text)?,
                LogicalType::Time(precision) => temporal::parse_iso_time(text, *precision)?,
                _ => integer(text)?,
            }),
            Data::BigInt(values) => values.push(match *logical {
                LogicalType::Timestamp(precision) => {
                    temporal::parse_timestamp(text.trim_ascii(), TimestampFormat::Sql, false, precision)?
                }
                LogicalType::TimestampLtz(precision) => {
                    temporal::parse_timestamp(text, TimestampFormat::Sql, true, precision)?
                }
                _ => integer(text)?,
            }),
            Data::Float(values) => values.push(number::parse_float(std::str::from_utf8(text).ok()?.trim())?),
            Data::Double(values) => values.push(number::parse_double(std::str::from_utf8(text).ok()?.trim())?),
            Data::Decimal(values) => {
                let LogicalType::Decimal(precision, scale) = *logical else { return None };
                match decimal::parse(text, precision, scale) {
                    Parsed::Fits(unscaled) => values.push(unscaled),
                    Parsed::Overflows => column.push_null(),
                    Parsed::NotANumber => return None,
                }
            }
            Data::Text(texts) => texts.push(std::str::from_utf8(text).ok()?.as_bytes()),
            Data::Bytes(texts) => {
                if !base64::decode(text, texts.buffer()) {
                    return None;
                }
                texts.end();
            }
            Data::Null(rows) => *rows += 1,
            Data::List(spans, element) => {
                self.elements(text, |_, text| self.element(text, element))?;
                spans.end(element.len());
            }
            Data::Row(fields, valid, rows) => {
                catch_up(fields, *rows);
                match self.fields(text, fields, *rows)? {
                    0 => valid.append_null(),
                    _ => valid.append_non_null(),
                }
                *rows += 1;
            }
            Data::Map(..) | Data::Unread(_) => return None,
        }
        Some(())
    }

    /// Appends the elements of a row to its columns, which have `rows` values each; returns how many there are. Without any, the
    /// row is NULL.
    fn fields(&self, text: &[u8], columns: &mut [Column], rows: usize) -> Option<usize> {
        let any_number = self.options.ignore_parse_errors;
        let count = self.elements(text, |place, text| match columns.get_mut(place) {
            Some(column) => self.element(text, column),
            None => any_number.then_some(()),
        })?;
        if count != 0 && count != columns.len() && !any_number {
            return None;
        }
        catch_up(columns, rows + 1);
        Some(count)
    }

    fn element(&self, text: &[u8], column: &mut Column) -> Option<()> {
        if self.options.null_literal.as_ref().is_some_and(|null| null.as_bytes() == text) {
            column.push_null();
            return Some(());
        }
        let rows = column.len();
        match self.not_null(text, column) {
            None if self.options.ignore_parse_errors => {
                column.truncate(rows);
                column.push_null();
                Some(())
            }
            done => done,
        }
    }

    /// Visits the elements of an array or row; returns how many there are. Blanks alone are none.
    fn elements(&self, text: &[u8], mut visit: impl FnMut(usize, &[u8]) -> Option<()>) -> Option<usize> {
        let delimiter = self.options.array_delimiter.as_bytes();
        let finder = memchr::memmem::Finder::new(delimiter);
        if text.trim_ascii().is_empty() && finder.find(text).is_none() {
            return Some(0);
        }
        let mut rest = text;
        let mut place = 0;
        while !delimiter.is_empty()
            && let Some(found) = finder.find(rest)
        {
            visit(place, rest.get(..found)?)?;
            rest = rest.get(found + delimiter.len()..)?;
            place += 1;
        }
        visit(place, rest)?;
        Some(place + 1)
    }
}

/// Whether a line is a comment: blanks may stand before its `#`.
pub(crate) fn begins_comment(line: &[u8]) -> bool {
    line.iter().find(|byte| **byte != b' ') == Some(&b'#')
}

fn integer<T: TryFrom<i64>>(text: &[u8]) -> Option<T> {
    T::try_from(number::parse_integer(text.trim_ascii())?).ok()
}

/// Reads the fields of one record.
struct Reader<'a> {
    text: &'a [u8],
    at: usize,
    options: &'a CsvOptions,
    /// The record has no more fields: its line or the text ended.
    ended: bool,
}

impl<'a> Reader<'a> {
    /// The next field; stands behind its delimiter then, or at the end of the record.
    fn field(&mut self) -> Result<Field<'a>, RowError> {
        let at = self.at;
        let text = match self.options.quote {
            Some(quote) if self.text.get(at) == Some(&quote) => self.quoted(quote)?,
            _ => self.unquoted(),
        };
        Ok(Field { text, at })
    }

    fn unquoted(&mut self) -> Cow<'a, [u8]> {
        let start = self.at;
        let mut unescaped: Option<Vec<u8>> = None;
        while let Some(byte) = self.text.get(self.at).copied() {
            if byte == self.options.field_delimiter || matches!(byte, b'\n' | b'\r') {
                break;
            }
            if Some(byte) == self.options.escape {
                let text = unescaped.get_or_insert_with(|| self.text.get(start..self.at).unwrap_or_default().to_vec());
                self.at += 1;
                text.extend(self.text.get(self.at).map(|byte| escaped(*byte)));
            } else if let Some(text) = &mut unescaped {
                text.push(byte);
            }
            self.at = (self.at + 1).min(self.text.len());
        }
        let end = self.at;
        self.step_over_delimiter();
        unescaped.map_or_else(|| Cow::Borrowed(self.text.get(start..end).unwrap_or_default()), Cow::Owned)
    }

    fn quoted(&mut self, quote: u8) -> Result<Cow<'a, [u8]>, RowError> {
        let opened = self.at;
        self.at += 1;
        let mut text = Vec::new();
        loop {
            let Some(byte) = self.text.get(self.at).copied() else {
                return Err(RowError::new("a quoted field isn't closed", opened));
            };
            self.at += 1;
            if Some(byte) == self.options.escape {
                text.extend(self.text.get(self.at).map(|byte| escaped(*byte)));
                self.at += 1;
            } else if byte != quote {
                text.push(byte);
            } else if self.text.get(self.at) == Some(&quote) {
                text.push(quote);
                self.at += 1;
            } else {
                break;
            }
        }
        while matches!(self.text.get(self.at), Some(b' ' | b'\t'))
            && self.text.get(self.at) != Some(&self.options.field_delimiter)
        {
            self.at += 1;
        }
        match self.text.get(self.at) {
            None | Some(b'\n' | b'\r') => {}
            Some(byte) if *byte == self.options.field_delimiter => {}
            Some(_) => return Err(RowError::new("text behind the closing quote of a field", self.at)),
        }
        self.step_over_delimiter();
        Ok(Cow::Owned(text))
    }

    fn step_over_delimiter(&mut self) {
        self.ended = self.text.get(self.at) != Some(&self.options.field_delimiter);
        self.at += usize::from(!self.ended);
    }
}

/// The character behind an escape character.
fn escaped(byte: u8) -> u8 {
    match byte {
        b'0' => 0,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        other => other,
    }
}
