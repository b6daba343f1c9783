//! Walking through JSON text: white space, strings, numbers, and values that nobody asked for.
//!
//! As strict as Flink's reader (Jackson): RFC 8259, but control characters may stand in strings unescaped. The text
//! is known to be UTF-8; nesting is bounded by [`DEPTH_MAX`].

use yeoul_row::text;

use crate::error::RowError;

/// What half of a surrogate pair becomes that stands alone: Java's replacement where a text is written as UTF-8.
const LONE_SURROGATE: char = '?';

/// How deep values may nest (Jackson's bound).
pub(crate) const DEPTH_MAX: usize = 1000;

/// Stands somewhere in a JSON text.
pub(crate) struct Scanner<'a> {
    bytes: &'a [u8],
    pub(crate) at: usize,
}

/// A string as it stands between its quotes.
#[derive(Clone, Copy)]
pub(crate) struct RawString<'a> {
    pub(crate) raw: &'a [u8],
    /// Where it begins in the text.
    pub(crate) at: usize,
    pub(crate) escaped: bool,
}

/// A number as it stands in the text.
#[derive(Clone, Copy)]
pub(crate) struct RawNumber<'a> {
    pub(crate) raw: &'a [u8],
    /// Whether it has a fraction or an exponent.
    pub(crate) float: bool,
}

impl<'a> Scanner<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Scanner<'a> {
        Scanner { bytes, at: 0 }
    }

    /// The next byte, white space skipped.
    #[inline]
    pub(crate) fn peek(&mut self) -> Option<u8> {
        loop {
            let byte = *self.bytes.get(self.at)?;
            if !matches!(byte, b' ' | b'\n' | b'\r' | b'\t') {
                return Some(byte);
            }
            self.at += 1;
        }
    }

    /// Steps over `byte`, white space before it skipped.
    #[inline]
    pub(crate) fn expect(&mut self, byte: u8) -> Result<(), RowError> {
        if self.peek() != Some(byte) {
            return Err(self.unexpected(&format!("`{}`", char::from(byte))));
        }
        self.at += 1;
        Ok(())
    }

    /// Behind an item of an object or array: whether another one follows; steps over `,` or `close`.
    #[inline]
    pub(crate) fn another(&mut self, close: u8) -> Result<bool, RowError> {
        let more = match self.peek() {
            Some(b',') => true,
            Some(byte) if byte == close => false,
            _ => return Err(self.unexpected(&format!("`,` or `{}`", char::from(close)))),
        };
        self.at += 1;
        Ok(more)
    }

    /// Behind the opening of an object or array: whether it has items; steps over `close` if not.
    #[inline]
    pub(crate) fn opened(&mut self, close: u8) -> bool {
        let empty = self.peek() == Some(close);
        self.at += usize::from(empty);
        !empty
    }

    #[cold]
    pub(crate) fn unexpected(&self, expected: &str) -> RowError {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let found = std::str::from_utf8(rest).ok().and_then(|rest| rest.chars().next());
        let reason = match found {
            Some(found) => format!("not JSON: {expected} expected, `{}` found", found.escape_default()),
            None => format!("not JSON: {expected} expected, but the text ends"),
        };
        RowError::new(reason, self.at)
    }

    /// Steps over the string `key`, quotes around it, and the colon right behind it; `None`, and stays, where something else
    /// stands here.
    #[inline]
    pub(crate) fn known_key(&mut self, key: &[u8]) -> Option<RawString<'a>> {
        let at = self.at + 1;
        let end = at + key.len();
        let raw = self.bytes.get(at..end)?;
        if raw != key || self.bytes.get(end..end + 2)? != b"\":" {
            return None;
        }
        self.at = end + 2;
        Some(RawString { raw, at, escaped: false })
    }

    /// Steps over a string.
    #[inline]
    pub(crate) fn string(&mut self) -> Result<RawString<'a>, RowError> {
        if self.peek() != Some(b'"') {
            return Err(self.unexpected("a string"));
        }
        let at = self.at + 1;
        let mut end = at;
        let mut escaped = false;
        loop {
            let rest = self.bytes.get(end..).unwrap_or_default();
            let Some(found) = memchr::memchr2(b'"', b'\\', rest) else {
                return Err(RowError::new("not JSON: a string isn't closed", self.at));
            };
            end += found;
            if self.bytes.get(end) == Some(&b'"') {
                break;
            }
            escaped = true;
            end += 2;
        }
        self.at = end + 1;
        Ok(RawString { raw: self.bytes.get(at..end).unwrap_or_default(), at, escaped })
    }

    /// Steps over a number.
    #[inline]
    pub(crate) fn number(&mut self) -> Result<RawNumber<'a>, RowError> {
        let start = self.at;
        self.at += usize::from(self.bytes.get(self.at) == Some(&b'-'));
        match self.bytes.get(self.at) {
            Some(b'0') => self.at += 1,
            Some(b'1'..=b'9') => self.digits()?,
            _ => return Err(self.unexpected("a value")),
        }
        let mut float = false;
        if self.bytes.get(self.at) == Some(&b'.') {
            float = true;
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.bytes.get(self.at), Some(b'e' | b'E')) {
            float = true;
            self.at += 1;
            self.at += usize::from(matches!(self.bytes.get(self.at), Some(b'+' | b'-')));
            self.digits()?;
        }
        Ok(RawNumber { raw: self.bytes.get(start..self.at).unwrap_or_default(), float })
    }

    fn digits(&mut self) -> Result<(), RowError> {
        let start = self.at;
        while self.bytes.get(self.at).is_some_and(u8::is_ascii_digit) {
            self.at += 1;
        }
        if self.at == start { Err(self.unexpected("a digit")) } else { Ok(()) }
    }

    /// Steps over `true`, `false` or `null`.
    #[inline]
    pub(crate) fn literal(&mut self, word: &'static str) -> Result<(), RowError> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let ends = !rest.get(word.len()).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
        if !rest.starts_with(word.as_bytes()) || !ends {
            return Err(self.unexpected("a value"));
        }
        self.at += word.len();
        Ok(())
    }

    /// Steps over a value of any kind.
    pub(crate) fn skip_value(&mut self) -> Result<(), RowError> {
        // What closes each container that is open.
        let mut open: Vec<u8> = Vec::new();
        loop {
            let opened = self.skip_scalar_or_open()?;
            if let Some(close) = opened
                && self.opened(close)
            {
                if open.len() >= DEPTH_MAX {
                    return Err(too_deep(self.at));
                }
                open.push(close);
                self.skip_key(close)?;
                continue;
            }
            loop {
                let Some(close) = open.last().copied() else { return Ok(()) };
                if self.another(close)? {
                    self.skip_key(close)?;
                    break;
                }
                open.pop();
            }
        }
    }

    fn skip_key(&mut self, close: u8) -> Result<(), RowError> {
        if close == b'}' {
            self.skip_string()?;
            self.expect(b':')?;
        }
        Ok(())
    }

    fn skip_string(&mut self) -> Result<(), RowError> {
        let string = self.string()?;
        if string.escaped { check_escapes(string) } else { Ok(()) }
    }

    /// Steps over a scalar, or over the opening of a container; then says what closes it.
    fn skip_scalar_or_open(&mut self) -> Result<Option<u8>, RowError> {
        match self.peek() {
            Some(b'"') => self.skip_string()?,
            Some(b'{') => {
                self.at += 1;
                return Ok(Some(b'}'));
            }
            Some(b'[') => {
                self.at += 1;
                return Ok(Some(b']'));
            }
            Some(b't') => self.literal("true")?,
            Some(b'f') => self.literal("false")?,
            Some(b'n') => self.literal("null")?,
            _ => drop(self.number()?),
        }
        Ok(None)
    }

    /// Appends the value that stands here in the shortest form: what Flink makes of an object in a `STRING` column.
    pub(crate) fn transcribe(&mut self, depth: usize, out: &mut Vec<u8>) -> Result<(), RowError> {
        if depth > DEPTH_MAX {
            return Err(too_deep(self.at));
        }
        match self.peek() {
            Some(open @ (b'{' | b'[')) => {
                self.at += 1;
                let close = if open == b'{' { b'}' } else { b']' };
                out.push(open);
                let mut more = self.opened(close);
                while more {
                    if open == b'{' {
                        self.transcribe_string(out)?;
                        self.expect(b':')?;
                        out.push(b':');
                    }
                    self.transcribe(depth + 1, out)?;
                    more = self.another(close)?;
                    if more {
                        out.push(b',');
                    }
                }
                out.push(close);
                Ok(())
            }
            Some(b'"') => self.transcribe_string(out),
            _ => {
                let start = self.at;
                self.skip_scalar_or_open()?;
                out.extend_from_slice(self.bytes.get(start..self.at).unwrap_or_default());
                Ok(())
            }
        }
    }

    fn transcribe_string(&mut self, out: &mut Vec<u8>) -> Result<(), RowError> {
        let string = self.string()?;
        let mut text = Vec::new();
        unescape(string, &mut text)?;
        text::write_quoted(&String::from_utf8_lossy(&text), out);
        Ok(())
    }
}

fn too_deep(at: usize) -> RowError {
    RowError::new(format!("nested more than {DEPTH_MAX} levels deep"), at)
}

/// Appends the text that a string stands for.
pub(crate) fn unescape(string: RawString<'_>, out: &mut Vec<u8>) -> Result<(), RowError> {
    let mut rest = string.raw;
    while let Some(found) = memchr::memchr(b'\\', rest) {
        let (plain, escape) = rest.split_at(found);
        out.extend_from_slice(plain);
        let at = string.at + string.raw.len() - escape.len();
        let (decoded, length) = escape_of(escape, at)?;
        out.extend_from_slice(decoded.encode_utf8(&mut [0; 4]).as_bytes());
        rest = escape.get(length..).unwrap_or_default();
    }
    out.extend_from_slice(rest);
    Ok(())
}

fn check_escapes(string: RawString<'_>) -> Result<(), RowError> {
    unescape(string, &mut Vec::new())
}

/// The character that an escape (`\n`, `\u00e9`, a pair of surrogates) stands for, and the escape's length.
fn escape_of(escape: &[u8], at: usize) -> Result<(char, usize), RowError> {
    let simple = match escape.get(1) {
        Some(b'"') => '"',
        Some(b'\\') => '\\',
        Some(b'/') => '/',
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(b'u') => return unicode_of(escape, at),
        _ => return Err(RowError::new("not JSON: unknown escape in a string", at)),
    };
    Ok((simple, 2))
}

fn unicode_of(escape: &[u8], at: usize) -> Result<(char, usize), RowError> {
    let first = hex_of(escape, at)?;
    if let Some(character) = char::from_u32(first) {
        return Ok((character, 6));
    }
    let second = match escape.get(6..).filter(|second| second.starts_with(b"\\u")) {
        Some(second) => hex_of(second, at + 6)?,
        None => 0,
    };
    if !(0xd800..0xdc00).contains(&first) || !(0xdc00..0xe000).contains(&second) {
        return Ok((LONE_SURROGATE, 6));
    }
    let joined = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
    Ok(char::from_u32(joined).map_or((LONE_SURROGATE, 6), |character| (character, 12)))
}

fn hex_of(escape: &[u8], at: usize) -> Result<u32, RowError> {
    let digits = escape.get(2..6).filter(|digits| digits.iter().all(u8::is_ascii_hexdigit));
    let text = digits.and_then(|digits| std::str::from_utf8(digits).ok());
    let value = text.and_then(|text| u32::from_str_radix(text, 16).ok());
    value.ok_or_else(|| RowError::new("not JSON: `\\u` needs four hexadecimal digits", at))
}
