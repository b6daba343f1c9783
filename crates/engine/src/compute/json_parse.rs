//! JSON texts as trees that keep numbers as they are written: `1.50` stays `1.50`.
//!
//! As Flink reads them: the first value counts, what follows it doesn't; of a repeated key the last value stays.

use std::borrow::Cow;
use std::collections::BTreeMap;

/// How deep values may nest, as in Jackson.
const DEPTH_MAX: u32 = 1000;

/// A JSON value.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Json<'a> {
    /// `null`
    Null,
    /// `true`, `false`
    Boolean(bool),
    /// A number as it is written.
    Number(&'a str),
    /// A text.
    Text(Cow<'a, str>),
    /// `[…]`
    Array(Vec<Json<'a>>),
    /// `{…}`, in the order of keys.
    Object(BTreeMap<Cow<'a, str>, Json<'a>>),
}

impl Json<'_> {
    /// Whether it is neither an object nor an array.
    pub(super) fn is_scalar(&self) -> bool {
        !matches!(self, Json::Array(_) | Json::Object(_))
    }
}

/// The first value of a text; `None` where there is none.
pub(super) fn parse(text: &str) -> Option<Json<'_>> {
    let mut reader = Reader { text, at: 0 };
    let value = reader.value(0)?;
    // A word or number ends where another can't go on.
    let ends = !matches!(value, Json::Number(_) | Json::Null | Json::Boolean(_))
        || reader.peek().is_none_or(|byte| !byte.is_ascii_alphanumeric());
    ends.then_some(value)
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
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

    fn word(&mut self, word: &str, value: Json<'a>) -> Option<Json<'a>> {
        self.text[self.at..].starts_with(word).then(|| {
            self.at += word.len();
            value
        })
    }

    fn value(&mut self, depth: u32) -> Option<Json<'a>> {
        if depth > DEPTH_MAX {
            return None;
        }
        self.skip_blanks();
        match self.peek()? {
            b'{' => self.object(depth),
            b'[' => self.array(depth),
            b'"' => self.string().map(Json::Text),
            b't' => self.word("true", Json::Boolean(true)),
            b'f' => self.word("false", Json::Boolean(false)),
            b'n' => self.word("null", Json::Null),
            _ => self.number(),
        }
    }

    fn object(&mut self, depth: u32) -> Option<Json<'a>> {
        self.at += 1;
        let mut fields = BTreeMap::new();
        if self.eat(b'}') {
            return Some(Json::Object(fields));
        }
        loop {
            self.skip_blanks();
            if self.peek()? != b'"' {
                return None;
            }
            let key = self.string()?;
            if !self.eat(b':') {
                return None;
            }
            fields.insert(key, self.value(depth + 1)?);
            if self.eat(b'}') {
                return Some(Json::Object(fields));
            }
            if !self.eat(b',') {
                return None;
            }
        }
    }

    fn array(&mut self, depth: u32) -> Option<Json<'a>> {
        self.at += 1;
        let mut items = Vec::new();
        if self.eat(b']') {
            return Some(Json::Array(items));
        }
        loop {
            items.push(self.value(depth + 1)?);
            if self.eat(b']') {
                return Some(Json::Array(items));
            }
            if !self.eat(b',') {
                return None;
            }
        }
    }

    /// A string without escapes is a part of the text.
    fn string(&mut self) -> Option<Cow<'a, str>> {
        let start = self.at + 1;
        let mut end = start;
        let bytes = self.text.as_bytes();
        let mut escaped = false;
        loop {
            match bytes.get(end)? {
                b'"' => break,
                b'\\' => {
                    escaped = true;
                    end += 2;
                }
                byte if *byte < 0x20 => return None,
                _ => end += 1,
            }
        }
        self.at = end + 1;
        if escaped {
            return serde_json::from_str::<String>(&self.text[start - 1..=end]).ok().map(Cow::Owned);
        }
        Some(Cow::Borrowed(&self.text[start..end]))
    }

    fn digits(&mut self) -> usize {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        self.at - start
    }

    fn number(&mut self) -> Option<Json<'a>> {
        let start = self.at;
        self.at += usize::from(self.peek() == Some(b'-'));
        let leading_zero = self.peek() == Some(b'0');
        let whole = self.digits();
        if whole == 0 || (leading_zero && whole > 1) {
            return None;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            if self.digits() == 0 {
                return None;
            }
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            self.at += usize::from(matches!(self.peek(), Some(b'+' | b'-')));
            if self.digits() == 0 {
                return None;
            }
        }
        Some(Json::Number(&self.text[start..self.at]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_value_counts() {
        assert_eq!(parse("1.50 tail"), Some(Json::Number("1.50")));
        assert_eq!(parse("12tail"), None);
        assert_eq!(parse(" [1, 01]"), None);
    }

    #[test]
    fn deep_nesting_is_refused() {
        assert_eq!(parse(&"[".repeat(100_000)), None);
    }
}
