//! JSON texts as `VARIANT` values: what `PARSE_JSON` does.
//!
//! As Flink reads them: the first value of the text counts and what follows it doesn't, but a number must be followed by a
//! blank or the end. Whole numbers take the narrowest of 1, 2, 4 and 8 bytes; numbers without an exponent and of at most 38
//! digits are decimals, all others doubles. An unpaired surrogate becomes `?`.

use std::collections::HashMap;

use thiserror::Error;

use crate::variant::{ARRAY, DEPTH_MAX, Kind, OBJECT, SCALAR, SHORT_TEXT, VERSION};

/// How long the keys, and the values, of one `VARIANT` may be: 16 MiB, as in Flink.
const BYTES_MAX: usize = 1 << 24;
/// How many characters a number may have, as in Jackson.
const NUMBER_CHARS_MAX: usize = 1000;
/// The most digits of a decimal, and of its fraction.
const DIGITS_MAX: usize = 38;
/// The longest text whose length is in its header.
const SHORT_TEXT_MAX: usize = 63;

/// Why a text is no `VARIANT`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
pub enum NoVariant {
    /// The text is not JSON.
    #[error("it is no JSON (byte {0})")]
    Syntax(usize),
    /// An object has a key twice.
    #[error("an object has a key twice (byte {0}); `PARSE_JSON(text, TRUE)` keeps the last")]
    DuplicateKey(usize),
    /// Arrays and objects nest too deep.
    #[error("it nests deeper than {DEPTH_MAX} levels")]
    TooDeep,
    /// The value is too long.
    #[error("it takes more than {BYTES_MAX} bytes")]
    TooLong,
}

/// The first JSON value of a text as a `VARIANT`. A key that comes twice in an object is refused, or its last value counts.
///
/// # Errors
/// The text is no JSON, has a key twice, nests too deep, or is too long.
pub fn parse(text: &str, keep_last: bool) -> Result<Vec<u8>, NoVariant> {
    let mut parser = Parser { text, at: 0, keep_last, keys: HashMap::new(), order: Vec::new(), out: Vec::new() };
    parser.value(0)?;
    parser.finish()
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    keep_last: bool,
    /// Each key's place in the metadata.
    keys: HashMap<String, usize>,
    order: Vec<String>,
    out: Vec<u8>,
}

/// A field of an object that is being read: its key, the key's place, where its value begins and ends.
struct Field {
    key: String,
    id: usize,
    start: usize,
    end: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn fault(&self) -> NoVariant {
        NoVariant::Syntax(self.at)
    }

    fn skip_blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn eat(&mut self, byte: u8) -> bool {
        self.skip_blanks();
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn value(&mut self, depth: usize) -> Result<(), NoVariant> {
        self.skip_blanks();
        match self.peek() {
            Some(b'{') => self.object(depth + 1),
            Some(b'[') => self.array(depth + 1),
            Some(b'"') => self.string_value(),
            Some(b't') => self.word("true", Kind::True),
            Some(b'f') => self.word("false", Kind::False),
            Some(b'n') => self.word("null", Kind::Null),
            _ => self.number(depth),
        }?;
        if self.out.len() > BYTES_MAX { Err(NoVariant::TooLong) } else { Ok(()) }
    }

    fn word(&mut self, word: &str, kind: Kind) -> Result<(), NoVariant> {
        let behind = self.text.get(self.at..).and_then(|rest| rest.strip_prefix(word)).ok_or_else(|| self.fault())?;
        if behind.chars().next().is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '$')) {
            return Err(self.fault());
        }
        self.at += word.len();
        self.scalar(kind, &[]);
        Ok(())
    }

    fn scalar(&mut self, kind: Kind, bytes: &[u8]) {
        self.out.push((kind as u8) << 2 | SCALAR);
        self.out.extend_from_slice(bytes);
    }

    fn string_value(&mut self) -> Result<(), NoVariant> {
        let text = self.string()?;
        match u8::try_from(text.len()) {
            Ok(length) if text.len() <= SHORT_TEXT_MAX => self.out.push(length << 2 | SHORT_TEXT),
            _ => {
                let length = u32::try_from(text.len()).map_err(|_| NoVariant::TooLong)?;
                self.scalar(Kind::Text, &length.to_le_bytes());
            }
        }
        self.out.extend_from_slice(text.as_bytes());
        Ok(())
    }

    /// The text of a string, from its first quote to behind its last.
    fn string(&mut self) -> Result<String, NoVariant> {
        self.at += 1;
        let mut text = String::new();
        loop {
            let rest = self.text.get(self.at..).unwrap_or_default();
            let plain = rest.find(|c: char| c == '"' || c == '\\' || c < ' ').ok_or_else(|| self.fault())?;
            text.push_str(rest.get(..plain).unwrap_or_default());
            self.at += plain;
            match self.peek() {
                Some(b'"') => break self.at += 1,
                Some(b'\\') => text.push(self.escape()?),
                _ => return Err(self.fault()),
            }
        }
        Ok(text)
    }

    fn escape(&mut self) -> Result<char, NoVariant> {
        let escaped = self.text.as_bytes().get(self.at + 1).copied();
        let plain = match escaped {
            Some(b'u') => return self.unit_escape(),
            Some(byte @ (b'"' | b'\\' | b'/')) => char::from(byte),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            _ => return Err(self.fault()),
        };
        self.at += 2;
        Ok(plain)
    }

    /// `\u20AC`, or two of them that make one character.
    fn unit_escape(&mut self) -> Result<char, NoVariant> {
        let first = self.unit().ok_or_else(|| self.fault())?;
        self.at += 6;
        if let Some(second) = self.unit()
            && let Some(Ok(whole)) = char::decode_utf16([first, second]).next()
            && (0xd800..0xdc00).contains(&first)
        {
            self.at += 6;
            return Ok(whole);
        }
        Ok(char::from_u32(u32::from(first)).unwrap_or('?'))
    }

    /// The unit that an escape here says.
    fn unit(&self) -> Option<u16> {
        let digits = self.text.get(self.at..self.at + 6)?.strip_prefix("\\u")?;
        let hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        hex.then(|| u16::from_str_radix(digits, 16).ok()).flatten()
    }

    fn digits(&mut self) -> Result<usize, NoVariant> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        if self.at == start { Err(self.fault()) } else { Ok(self.at - start) }
    }

    fn number(&mut self, depth: usize) -> Result<(), NoVariant> {
        let start = self.at;
        self.at += usize::from(self.peek() == Some(b'-'));
        let leading_zero = self.peek() == Some(b'0');
        if self.digits()? > 1 && leading_zero {
            return Err(self.fault());
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            self.at += usize::from(matches!(self.peek(), Some(b'+' | b'-')));
            self.digits()?;
        }
        let ends = depth > 0 || matches!(self.peek(), None | Some(b' ' | b'\t' | b'\n' | b'\r'));
        let number = self.text.get(start..self.at).unwrap_or_default();
        if !ends || number.len() > NUMBER_CHARS_MAX {
            return Err(self.fault());
        }
        self.write_number(number);
        Ok(())
    }

    fn write_number(&mut self, number: &str) {
        if let Ok(whole) = number.parse::<i64>() {
            return self.whole(whole);
        }
        match decimal(number) {
            Some((value, scale)) => self.decimal(value, scale),
            // The grammar has been checked, so that it is a number.
            None => self.scalar(Kind::Double, &number.parse::<f64>().unwrap_or(f64::NAN).to_le_bytes()),
        }
    }

    fn whole(&mut self, value: i64) {
        if let Ok(value) = i8::try_from(value) {
            self.scalar(Kind::Int8, &value.to_le_bytes())
        } else if let Ok(value) = i16::try_from(value) {
            self.scalar(Kind::Int16, &value.to_le_bytes())
        } else if let Ok(value) = i32::try_from(value) {
            self.scalar(Kind::Int32, &value.to_le_bytes())
        } else {
            self.scalar(Kind::Int64, &value.to_le_bytes())
        }
    }

    /// A decimal in the narrowest form that has room for its digits and its scale.
    fn decimal(&mut self, value: i128, scale: u8) {
        let digits = value.unsigned_abs().checked_ilog10().unwrap_or(0) + 1;
        let (kind, width) = match digits.max(u32::from(scale)) {
            0..=9 => (Kind::Decimal4, 4),
            10..=18 => (Kind::Decimal8, 8),
            _ => (Kind::Decimal16, 16),
        };
        self.scalar(kind, &[scale]);
        self.out.extend(value.to_le_bytes().into_iter().take(width));
    }

    fn array(&mut self, depth: usize) -> Result<(), NoVariant> {
        self.enter(depth)?;
        let start = self.out.len();
        let mut offsets = Vec::new();
        if !self.eat(b']') {
            loop {
                offsets.push(self.out.len() - start);
                self.value(depth)?;
                if self.eat(b']') {
                    break;
                }
                self.comma()?;
            }
        }
        let large = offsets.len() > 255;
        let size = self.out.len() - start;
        offsets.push(size);
        let width = width_of(size);
        let mut head = vec![u8::from(large) << 4 | (narrow(width) - 1) << 2 | ARRAY];
        push_count(offsets.len() - 1, large, &mut head);
        offsets.into_iter().for_each(|offset| push_number(offset, width, &mut head));
        self.out.splice(start..start, head);
        Ok(())
    }

    fn object(&mut self, depth: usize) -> Result<(), NoVariant> {
        self.enter(depth)?;
        let start = self.out.len();
        let mut fields = Vec::new();
        if !self.eat(b'}') {
            loop {
                fields.push(self.field(depth)?);
                if self.eat(b'}') {
                    break;
                }
                self.comma()?;
            }
        }
        // The order of keys is Java's, and stays that of the text among equal ones.
        fields.sort_by(|a, b| a.key.encode_utf16().cmp(b.key.encode_utf16()));
        let widest = fields.iter().map(|field| field.id).max().unwrap_or(0);
        let fields = self.distinct(fields, start)?;
        self.object_head(&fields, start, widest);
        Ok(())
    }

    fn enter(&mut self, depth: usize) -> Result<(), NoVariant> {
        self.at += 1;
        if depth > DEPTH_MAX { Err(NoVariant::TooDeep) } else { Ok(()) }
    }

    fn comma(&mut self) -> Result<(), NoVariant> {
        if self.eat(b',') { Ok(()) } else { Err(self.fault()) }
    }

    fn field(&mut self, depth: usize) -> Result<Field, NoVariant> {
        self.skip_blanks();
        if self.peek() != Some(b'"') {
            return Err(self.fault());
        }
        let key = self.string()?;
        if !self.eat(b':') {
            return Err(self.fault());
        }
        let next = self.order.len();
        let id = *self.keys.entry(key.clone()).or_insert(next);
        if id == next {
            self.order.push(key.clone());
        }
        let start = self.out.len();
        self.value(depth)?;
        Ok(Field { key, id, start, end: self.out.len() })
    }

    /// The fields with each key once; the values of those that are left out go.
    fn distinct(&mut self, fields: Vec<Field>, start: usize) -> Result<Vec<Field>, NoVariant> {
        let count = fields.len();
        let mut kept: Vec<Field> = Vec::with_capacity(count);
        for field in fields {
            match kept.last_mut() {
                Some(last) if last.id == field.id && self.keep_last => *last = field,
                Some(last) if last.id == field.id => return Err(NoVariant::DuplicateKey(self.at)),
                _ => kept.push(field),
            }
        }
        if kept.len() < count {
            self.close_gaps(&mut kept, start);
        }
        Ok(kept)
    }

    fn close_gaps(&mut self, fields: &mut [Field], start: usize) {
        let mut order: Vec<&mut Field> = fields.iter_mut().collect();
        order.sort_by_key(|field| field.start);
        let mut end = start;
        for field in order {
            let length = field.end - field.start;
            self.out.copy_within(field.start..field.end, end);
            (field.start, field.end) = (end, end + length);
            end += length;
        }
        self.out.truncate(end);
    }

    fn object_head(&mut self, fields: &[Field], start: usize, widest: usize) {
        let size = self.out.len() - start;
        let large = fields.len() > 255;
        let (id_width, width) = (width_of(widest), width_of(size));
        let mut head = vec![u8::from(large) << 6 | (narrow(id_width) - 1) << 4 | (narrow(width) - 1) << 2 | OBJECT];
        push_count(fields.len(), large, &mut head);
        fields.iter().for_each(|field| push_number(field.id, id_width, &mut head));
        fields.iter().for_each(|field| push_number(field.start - start, width, &mut head));
        push_number(size, width, &mut head);
        self.out.splice(start..start, head);
    }

    /// Metadata and value.
    fn finish(self) -> Result<Vec<u8>, NoVariant> {
        let texts: usize = self.order.iter().map(String::len).sum();
        if texts > BYTES_MAX || self.out.len() > BYTES_MAX {
            return Err(NoVariant::TooLong);
        }
        let width = width_of(texts.max(self.order.len()));
        let mut variant = vec![VERSION | (narrow(width) - 1) << 6];
        push_number(self.order.len(), width, &mut variant);
        let mut offset = 0;
        push_number(0, width, &mut variant);
        for key in &self.order {
            offset += key.len();
            push_number(offset, width, &mut variant);
        }
        self.order.iter().for_each(|key| variant.extend_from_slice(key.as_bytes()));
        variant.extend_from_slice(&self.out);
        Ok(variant)
    }
}

/// A number without an exponent as a decimal: unscaled value and scale.
fn decimal(number: &str) -> Option<(i128, u8)> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits = [whole, fraction].concat();
    let significant = digits.trim_start_matches(['-', '0']);
    let fits = significant.len() <= DIGITS_MAX && fraction.len() <= DIGITS_MAX;
    if !fits || number.contains(['e', 'E']) {
        return None;
    }
    Some((digits.parse().ok()?, u8::try_from(fraction.len()).ok()?))
}

/// How many bytes numbers up to `value` take: 1 to 4.
fn width_of(value: usize) -> usize {
    match value {
        0..=0xff => 1,
        0x100..=0xffff => 2,
        0x1_0000..=0xff_ffff => 3,
        _ => 4,
    }
}

/// A width as a byte.
fn narrow(width: usize) -> u8 {
    u8::try_from(width).unwrap_or(4)
}

fn push_count(count: usize, large: bool, out: &mut Vec<u8>) {
    push_number(count, if large { 4 } else { 1 }, out);
}

fn push_number(value: usize, width: usize, out: &mut Vec<u8>) {
    out.extend(value.to_le_bytes().into_iter().take(width));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::variant::write_json;

    fn shown(text: &str) -> String {
        match parse(text, true) {
            Ok(variant) => {
                let mut out = Vec::new();
                write_json(&variant, &mut out).unwrap();
                String::from_utf8(out).unwrap()
            }
            Err(refusal) => refusal.to_string(),
        }
    }

    #[test]
    fn numbers_keep_their_digits_but_not_their_zeros() {
        let cases = [
            ("-128", "-128"),
            ("70000", "70000"),
            ("1.50", "1.5"),
            ("1200.00", "1200"),
            ("-0", "0"),
            ("1e2", "100.0"),
            ("12345678901234567890", "12345678901234567890"),
            ("999999999999999999999999999999999999999", "1.0E39"),
            ("1e400", "Infinity"),
        ];
        for (text, expected) in cases {
            assert_eq!(shown(text), expected);
        }
    }

    #[test]
    fn the_first_value_counts() {
        assert_eq!(shown("[1] x"), "[1]");
        assert_eq!(shown("null,"), "null");
        assert_eq!(shown("1 2"), "1");
        for text in ["1x", "1,", "nullx", "", "{a:1}", "[1,]", "01", "\"\t\"", "\"\\a\""] {
            assert!(matches!(parse(text, true), Err(NoVariant::Syntax(_))), "{text}");
        }
    }

    #[test]
    fn a_key_that_comes_twice_is_refused_or_its_last_value_counts() {
        let text = r#"{"b":[1],"a":"long enough","b":2,"c":null,"a":{}}"#;
        assert_eq!(shown(text), r#"{"a":{},"b":2,"c":null}"#);
        assert!(matches!(parse(text, false), Err(NoVariant::DuplicateKey(_))));
    }

    #[test]
    fn depth_has_a_bound() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(parse(&nested(DEPTH_MAX), false).is_ok());
        assert_eq!(parse(&nested(DEPTH_MAX + 1), false), Err(NoVariant::TooDeep));
    }

    #[test]
    fn unpaired_surrogates_are_question_marks() {
        assert_eq!(shown(r#""\ud83d\ude00 \ud83dA\ude00 \u00e9""#), "\"\u{1f600} ?A? é\"");
    }
}
