//! `PRINTF`: the conversions of Java's `Formatter` that its values can take. What doesn't fit gives NULL.

use std::fmt::Write;

use arrow::array::{Array, ArrayRef, AsArray};
use datafusion::error::Result;
use yeoul_row::LogicalType;

use super::cast_text::write_value;
use super::function::{Call, Kernel};

/// The kernel of `PRINTF`.
pub(super) fn kernel(name: &str) -> Option<Kernel> {
    (name == "printf").then_some(printf as Kernel)
}

/// One `%[argument$][flags][width][.precision]conversion`.
#[derive(Debug, Default)]
struct Conversion {
    argument: Option<usize>,
    minus: bool,
    plus: bool,
    blank: bool,
    zero: bool,
    comma: bool,
    brackets: bool,
    alternative: bool,
    width: Option<usize>,
    precision: Option<usize>,
    letter: char,
}

/// The widest field, so that a pattern can't ask for gigabytes.
const WIDTH_MAX: usize = 1 << 16;

enum Value {
    Null,
    Boolean(bool),
    Integer(i64, u32),
    Double(f64),
    Other(String),
}

fn printf(call: &Call<'_>) -> Result<ArrayRef> {
    let patterns = call.texts(0)?;
    let columns: Vec<ArrayRef> = (1..call.args.len()).map(|place| call.array(place)).collect::<Result<_>>()?;
    call.write_texts(|row, text| {
        let value = |place: usize| value_of(call, columns.get(place)?, place + 1, row);
        format(patterns.get(row)?, value, text)
    })
}

fn value_of(call: &Call<'_>, column: &ArrayRef, place: usize, row: usize) -> Option<Value> {
    let data_type = call.types.get(place)?;
    if column.is_null(row) {
        return Some(Value::Null);
    }
    Some(match &data_type.logical {
        LogicalType::Boolean => Value::Boolean(column.as_boolean().value(row)),
        LogicalType::TinyInt | LogicalType::SmallInt | LogicalType::Int | LogicalType::BigInt => {
            let bits = match data_type.logical {
                LogicalType::TinyInt => 8,
                LogicalType::SmallInt => 16,
                LogicalType::Int => 32,
                _ => 64,
            };
            Value::Integer(crate::aggregate::cells::to_int(&column.slice(row, 1)).ok()?.value(0), bits)
        }
        LogicalType::Float | LogicalType::Double => {
            Value::Double(super::cast::doubles(&column.slice(row, 1)).ok()?.value(0))
        }
        _ => {
            let mut text = String::new();
            write_value(column, row, data_type, call.context, &mut text).ok()?;
            Value::Other(text)
        }
    })
}

fn format(pattern: &str, value: impl Fn(usize) -> Option<Value>, out: &mut String) -> Option<()> {
    let mut rest = pattern;
    let mut next = 0;
    while let Some(at) = rest.find('%') {
        out.push_str(&rest[..at]);
        let (conversion, behind) = Conversion::parse(&rest[at + 1..])?;
        rest = behind;
        let text = match conversion.letter {
            'n' => "\n".to_owned(),
            '%' => "%".to_owned(),
            _ => {
                let place = conversion.argument.unwrap_or_else(|| {
                    next += 1;
                    next - 1
                });
                conversion.text(value(place)?)?
            }
        };
        conversion.pad(&text, out);
    }
    out.push_str(rest);
    Some(())
}

impl Conversion {
    fn parse(text: &str) -> Option<(Conversion, &str)> {
        let mut conversion = Conversion::default();
        let mut rest = text;
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        if digits > 0 && text.as_bytes().get(digits) == Some(&b'$') {
            conversion.argument = Some(text[..digits].parse::<usize>().ok()?.checked_sub(1)?);
            rest = &text[digits + 1..];
        }
        while let Some(flag) = rest.chars().next().filter(|flag| "-+ 0,(#".contains(*flag)) {
            match flag {
                '-' => conversion.minus = true,
                '+' => conversion.plus = true,
                ' ' => conversion.blank = true,
                '0' => conversion.zero = true,
                ',' => conversion.comma = true,
                '(' => conversion.brackets = true,
                _ => conversion.alternative = true,
            }
            rest = &rest[1..];
        }
        (conversion.width, rest) = number(rest)?;
        if let Some(behind) = rest.strip_prefix('.') {
            (conversion.precision, rest) = number(behind)?;
            conversion.precision?;
        }
        conversion.letter = rest.chars().next()?;
        let fits = !(conversion.minus || conversion.zero) || conversion.width.is_some();
        Some((conversion, &rest[rest.chars().next()?.len_utf8()..])).filter(|_| fits)
    }

    fn text(&self, value: Value) -> Option<String> {
        let upper = self.letter.is_ascii_uppercase();
        let text = match (self.letter.to_ascii_lowercase(), value) {
            ('b', Value::Boolean(value)) => self.cut(value.to_string()),
            ('b', value) => self.cut((!matches!(value, Value::Null)).to_string()),
            ('s' | 'd' | 'x' | 'o' | 'f' | 'e' | 'c' | 'g', Value::Null) => self.cut("null".to_owned()),
            ('s', value) => self.cut(plain(value)),
            ('d', Value::Integer(value, _)) if self.precision.is_none() => {
                self.signed(value < 0, &self.grouped(value.unsigned_abs().to_string()))
            }
            ('x', Value::Integer(value, bits)) => format!("{:x}", masked(value, bits)),
            ('o', Value::Integer(value, bits)) => format!("{:o}", masked(value, bits)),
            ('c', Value::Integer(value, _)) => char::from_u32(u32::try_from(value).ok()?)?.to_string(),
            ('f', Value::Double(value)) => self.float(value, |value, digits| {
                let text = format!("{value:.digits$}");
                let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
                let dot = if fraction.is_empty() { "" } else { "." };
                format!("{}{dot}{fraction}", self.grouped(whole.to_owned()))
            }),
            ('e', Value::Double(value)) => self.float(value, scientific),
            _ => return None,
        };
        Some(if upper { text.to_uppercase() } else { text })
    }

    fn cut(&self, text: String) -> String {
        match self.precision {
            Some(precision) => text.chars().take(precision).collect(),
            None => text,
        }
    }

    fn float(&self, value: f64, digits: impl Fn(f64, usize) -> String) -> String {
        if value.is_nan() {
            return "NaN".to_owned();
        }
        if value.is_infinite() {
            return self.signed(value < 0.0, "Infinity");
        }
        self.signed(value.is_sign_negative(), &digits(value.abs(), self.precision.unwrap_or(6).min(WIDTH_MAX)))
    }

    fn grouped(&self, digits: String) -> String {
        if !self.comma {
            return digits;
        }
        let mut out = String::with_capacity(digits.len() * 4 / 3);
        for (place, digit) in digits.chars().enumerate() {
            if place > 0 && (digits.len() - place).is_multiple_of(3) {
                out.push(',');
            }
            out.push(digit);
        }
        out
    }

    /// The digits with their sign, and zeros where the width asks for them.
    fn signed(&self, negative: bool, digits: &str) -> String {
        let (before, behind) = match negative {
            true if self.brackets => ("(", ")"),
            true => ("-", ""),
            false if self.plus => ("+", ""),
            false if self.blank => (" ", ""),
            false => ("", ""),
        };
        let width = if self.zero { self.width.unwrap_or(0) } else { 0 };
        let missing = width.saturating_sub(before.len() + digits.len() + behind.len());
        format!("{before}{}{digits}{behind}", "0".repeat(missing))
    }

    fn pad(&self, text: &str, out: &mut String) {
        let missing = self.width.unwrap_or(0).saturating_sub(text.chars().count());
        let filling = std::iter::repeat_n(' ', missing);
        if self.minus {
            out.push_str(text);
            out.extend(filling);
        } else {
            out.extend(filling);
            out.push_str(text);
        }
    }
}

fn number(text: &str) -> Option<(Option<usize>, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if digits == 0 {
        return Some((None, text));
    }
    let value: usize = text[..digits].parse().ok().filter(|value| *value <= WIDTH_MAX)?;
    Some((Some(value), &text[digits..]))
}

fn plain(value: Value) -> String {
    let mut text = String::new();
    match value {
        Value::Null => text.push_str("null"),
        Value::Boolean(value) => {
            let _ = write!(text, "{value}");
        }
        Value::Integer(value, _) => {
            let _ = write!(text, "{value}");
        }
        Value::Double(value) => super::cast_text::double_text(value, &mut text),
        Value::Other(value) => text = value,
    }
    text
}

/// The number in two's complement of its width.
fn masked(value: i64, bits: u32) -> u64 {
    value.cast_unsigned() & (u64::MAX >> (64 - bits))
}

/// `1.500000e+00`
fn scientific(value: f64, digits: usize) -> String {
    let text = format!("{value:.digits$e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    format!("{mantissa}e{}{:02}", if exponent < 0 { '-' } else { '+' }, exponent.abs())
}
