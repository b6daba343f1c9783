//! Checks that bytes are one sound JSON value (RFC 8259), without building it: its bytes are stored as they came.
//!
//! Stricter than the grammar where readers disagree about what was meant: a key that an object has twice, half of a
//! surrogate pair, and nesting beyond [`DEPTH_MAX`] are refused. The checker keeps no recursion, so depth costs one bit
//! of memory a level.

use std::borrow::Cow;

use thiserror::Error;

/// The deepest nesting that is taken.
pub const DEPTH_MAX: usize = 512;

/// The most keys that the objects open at one place may have together.
pub const KEYS_MAX: usize = 65_536;

/// Why bytes are not a sound JSON value, and where.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
#[error("{problem}")]
pub struct JsonError {
    /// In bytes from the start of the text.
    pub at: usize,
    /// What is wrong there.
    pub problem: Problem,
}

/// What is wrong with a JSON text.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum Problem {
    /// The text is over in the middle of a value.
    #[error("the text ends in the middle of a value")]
    End,
    /// Something else should stand here.
    #[error("{0} is expected here")]
    Expected(&'static str),
    /// A number like `01`, `+1`, `.5` or `1e`.
    #[error("this is not a number of JSON")]
    Number,
    /// A backslash with a letter that means nothing.
    #[error("this escape does not exist")]
    Escape,
    /// A line end, tab or other control character inside a string.
    #[error("a control character must be escaped in a string")]
    Control,
    /// `\ud800` to `\udfff` without its other half.
    #[error("half of a surrogate pair is not a character")]
    Surrogate,
    /// Bytes that aren't UTF-8.
    #[error("these bytes are not UTF-8")]
    Utf8,
    /// More than [`DEPTH_MAX`] arrays and objects in each other.
    #[error("arrays and objects are nested deeper than {DEPTH_MAX}")]
    Depth,
    /// More than [`KEYS_MAX`] keys.
    #[error("the object has more than {KEYS_MAX} keys")]
    Keys,
    /// An object has the same key twice.
    #[error("the object has the key `{0}` twice")]
    Duplicate(String),
}

/// An open array or object.
enum Open {
    Array,
    /// Where its keys begin in the checker's list.
    Object(usize),
}

/// Reads a text from front to back.
pub(crate) struct Checker<'a> {
    text: &'a [u8],
    at: usize,
    open: Vec<Open>,
    /// The keys of all open objects, each with its place.
    keys: Vec<(Cow<'a, [u8]>, usize)>,
}

impl<'a> Checker<'a> {
    /// Begins at `at`.
    pub(crate) fn new(text: &'a [u8], at: usize) -> Checker<'a> {
        Checker { text, at, open: Vec::new(), keys: Vec::new() }
    }

    /// Where the checker stands.
    pub(crate) fn position(&self) -> usize {
        self.at
    }

    pub(crate) fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    pub(crate) fn skip_blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    pub(crate) fn fail<T>(&self, problem: Problem) -> Result<T, JsonError> {
        let problem = if self.at >= self.text.len() { Problem::End } else { problem };
        Err(JsonError { at: self.at.min(self.text.len()), problem })
    }

    pub(crate) fn byte(&mut self, byte: u8, name: &'static str) -> Result<(), JsonError> {
        if self.peek() != Some(byte) {
            return self.fail(Problem::Expected(name));
        }
        self.at += 1;
        Ok(())
    }

    /// Takes one value with all that is in it; blanks before it are skipped.
    pub(crate) fn value(&mut self) -> Result<(), JsonError> {
        loop {
            self.skip_blanks();
            if self.begin()? {
                continue;
            }
            if !self.end_of_value()? {
                return Ok(());
            }
        }
    }

    /// Takes a scalar or an empty container, or opens one; tells whether a value must follow.
    fn begin(&mut self) -> Result<bool, JsonError> {
        match self.peek() {
            Some(b'{') => self.begin_object(),
            Some(b'[') => self.begin_array(),
            Some(b'"') => self.string().map(|_| false),
            Some(b'-' | b'0'..=b'9') => self.number().map(|()| false),
            Some(b't') => self.word(b"true"),
            Some(b'f') => self.word(b"false"),
            Some(b'n') => self.word(b"null"),
            _ => self.fail(Problem::Expected("a value")),
        }
    }

    fn push(&mut self, open: Open) -> Result<(), JsonError> {
        if self.open.len() >= DEPTH_MAX {
            return self.fail(Problem::Depth);
        }
        self.open.push(open);
        self.at += 1;
        self.skip_blanks();
        Ok(())
    }

    fn begin_array(&mut self) -> Result<bool, JsonError> {
        self.push(Open::Array)?;
        if self.peek() == Some(b']') {
            self.close();
            return Ok(false);
        }
        Ok(true)
    }

    fn begin_object(&mut self) -> Result<bool, JsonError> {
        self.push(Open::Object(self.keys.len()))?;
        if self.peek() == Some(b'}') {
            self.close();
            return Ok(false);
        }
        self.key()?;
        Ok(true)
    }

    fn close(&mut self) {
        self.at += 1;
        self.open.pop();
    }

    fn key(&mut self) -> Result<(), JsonError> {
        self.skip_blanks();
        let at = self.at;
        if self.peek() != Some(b'"') {
            return self.fail(Problem::Expected("a key in quotes"));
        }
        if self.keys.len() >= KEYS_MAX {
            return self.fail(Problem::Keys);
        }
        let key = self.string()?;
        self.keys.push((key, at));
        self.skip_blanks();
        self.byte(b':', "`:`")
    }

    /// Behind a value: closes what ends here; tells whether another value must follow.
    fn end_of_value(&mut self) -> Result<bool, JsonError> {
        while let Some(open) = self.open.last() {
            let object = match open {
                Open::Array => None,
                Open::Object(keys) => Some(*keys),
            };
            self.skip_blanks();
            match (self.peek(), object) {
                (Some(b','), None) => {
                    self.at += 1;
                    return Ok(true);
                }
                (Some(b','), Some(_)) => {
                    self.at += 1;
                    self.key()?;
                    return Ok(true);
                }
                (Some(b']'), None) => self.close(),
                (Some(b'}'), Some(keys)) => {
                    self.end_keys(keys)?;
                    self.close();
                }
                (_, None) => return self.fail(Problem::Expected("`,` or `]`")),
                (_, Some(_)) => return self.fail(Problem::Expected("`,` or `}`")),
            }
        }
        Ok(false)
    }

    /// The object's keys are all there: none may be there twice.
    fn end_keys(&mut self, from: usize) -> Result<(), JsonError> {
        let mut keys = self.keys.split_off(from);
        keys.sort();
        let pairs = keys.windows(2);
        let mut twice = pairs.filter_map(|pair| match pair {
            [(first, _), (second, at)] if first == second => Some((second, *at)),
            _ => None,
        });
        match twice.next() {
            None => Ok(()),
            Some((key, at)) => {
                let key = String::from_utf8_lossy(key).chars().take(64).collect();
                Err(JsonError { at, problem: Problem::Duplicate(key) })
            }
        }
    }

    fn word(&mut self, word: &'static [u8]) -> Result<bool, JsonError> {
        if !self.text.get(self.at..).is_some_and(|rest| rest.starts_with(word)) {
            return self.fail(Problem::Expected("a value"));
        }
        self.at += word.len();
        Ok(false)
    }

    fn digits(&mut self) -> Result<(), JsonError> {
        let from = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        if self.at == from { self.fail(Problem::Number) } else { Ok(()) }
    }

    fn number(&mut self) -> Result<(), JsonError> {
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        if self.peek() == Some(b'0') {
            self.at += 1;
            if matches!(self.peek(), Some(b'0'..=b'9')) {
                return self.fail(Problem::Number);
            }
        } else {
            self.digits()?;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(())
    }

    /// Takes a string; returns what is between its quotes, unescaped.
    fn string(&mut self) -> Result<Cow<'a, [u8]>, JsonError> {
        let begin = self.at + 1;
        let mut unescaped: Option<Vec<u8>> = None;
        self.at = begin;
        loop {
            let from = self.at;
            while matches!(self.peek(), Some(byte) if byte >= 0x20 && !matches!(byte, b'"' | b'\\')) {
                self.at += 1;
            }
            let plain = self.text.get(from..self.at).unwrap_or_default();
            self.check_utf8(plain, from)?;
            if let Some(out) = &mut unescaped {
                out.extend_from_slice(plain);
            }
            match self.peek() {
                Some(b'"') => {
                    let raw = self.text.get(begin..self.at).unwrap_or_default();
                    self.at += 1;
                    return Ok(unescaped.map_or(Cow::Borrowed(raw), Cow::Owned));
                }
                Some(b'\\') => {
                    let before = self.text.get(begin..self.at).unwrap_or_default();
                    let character = self.escape()?;
                    let out = unescaped.get_or_insert_with(|| before.to_vec());
                    out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                }
                _ => return self.fail(Problem::Control),
            }
        }
    }

    fn check_utf8(&self, bytes: &[u8], from: usize) -> Result<(), JsonError> {
        match std::str::from_utf8(bytes) {
            Ok(_) => Ok(()),
            Err(error) => Err(JsonError { at: from + error.valid_up_to(), problem: Problem::Utf8 }),
        }
    }

    /// Takes `\n`, `\u00e9`, `\ud83d\ude00` and the like.
    fn escape(&mut self) -> Result<char, JsonError> {
        let begin = self.at;
        self.at += 1;
        let character = match self.peek() {
            Some(byte @ (b'"' | b'\\' | b'/')) => char::from(byte),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode(begin),
            _ => return self.fail(Problem::Escape),
        };
        self.at += 1;
        Ok(character)
    }

    fn unicode(&mut self, begin: usize) -> Result<char, JsonError> {
        let lone = JsonError { at: begin, problem: Problem::Surrogate };
        let first = self.hex()?;
        if let Some(character) = char::from_u32(first) {
            return Ok(character);
        }
        let follows = self.text.get(self.at..).is_some_and(|rest| rest.starts_with(b"\\u"));
        if first >= 0xdc00 || !follows {
            return Err(lone);
        }
        self.at += 1;
        let second = self.hex()?;
        if !(0xdc00..0xe000).contains(&second) {
            return Err(lone);
        }
        char::from_u32(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00)).ok_or(lone)
    }

    /// `u` and four digits.
    fn hex(&mut self) -> Result<u32, JsonError> {
        self.at += 1;
        let mut value = 0;
        for _ in 0..4 {
            let digit = self.peek().and_then(|byte| char::from(byte).to_digit(16));
            let Some(digit) = digit else { return self.fail(Problem::Escape) };
            value = value * 16 + digit;
            self.at += 1;
        }
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(text: &[u8]) -> Result<(), JsonError> {
        let mut checker = Checker::new(text, 0);
        checker.value()?;
        checker.skip_blanks();
        if checker.peek().is_some() { checker.fail(Problem::Expected("the end")) } else { Ok(()) }
    }

    #[test]
    fn sound_values_are_taken() {
        let sound: [&[u8]; 12] = [
            b"1",
            b"-0.5e+10",
            b"\"\\ud83d\\ude00 \\u0000 \xc3\xa9\"",
            b"[]",
            b" { } ",
            b"[1, [2, {}], {\"a\": [null, true, false]}]",
            b"{\"a\":{\"a\":1},\"b\":{\"a\":1}}",
            b"{\"\":0}",
            b"0",
            b"\"\\/\\b\"",
            b"[[[[]]]]",
            b"{\"a\":1,\"A\":2}",
        ];
        for text in sound {
            assert_eq!(check(text), Ok(()), "{}", String::from_utf8_lossy(text));
        }
    }

    #[test]
    fn unsound_values_are_refused_with_their_place() {
        let unsound: [(&[u8], usize); 21] = [
            (b"", 0),
            (b"{", 1),
            (b"[1,]", 3),
            (b"[1 2]", 3),
            (b"{\"a\" 1}", 5),
            (b"{a:1}", 1),
            (b"{\"a\":1,}", 7),
            (b"01", 1),
            (b"-", 1),
            (b"1.", 2),
            (b"1e+", 3),
            (b"nul", 0),
            (b"\"\\x\"", 2),
            (b"\"a\nb\"", 2),
            (b"\"\\ud800\"", 1),
            (b"\"\\udc00\\ud800\"", 1),
            (b"\"\\ud800\\u0041\"", 1),
            (b"\"a\xff\"", 2),
            (b"{\"a\":1,\"b\":2,\"\\u0061\":3}", 13),
            (b"1 1", 2),
            (b"\"open", 5),
        ];
        for (text, at) in unsound {
            let error = check(text).unwrap_err();
            assert_eq!(error.at, at, "{} in {}", error, String::from_utf8_lossy(text));
        }
    }

    #[test]
    fn nesting_is_bounded() {
        let nested = |depth: usize| [vec![b'['; depth], vec![b']'; depth]].concat();
        assert_eq!(check(&nested(DEPTH_MAX)), Ok(()));
        assert_eq!(check(&nested(10_000)), Err(JsonError { at: DEPTH_MAX, problem: Problem::Depth }));
    }

    proptest! {
        #[test]
        fn whatever_serde_takes_is_taken_and_the_other_way_round(text in "[\\[\\]{}:, \"a1.e\\\\ntruefalse-]{0,24}") {
            // Serde's map keeps the last of equal keys, which is refused here.
            let serde = serde_json::from_str::<serde_json::Value>(&text).is_ok();
            match check(text.as_bytes()) {
                Ok(()) => prop_assert!(serde),
                Err(JsonError { problem: Problem::Duplicate(_), .. }) => {}
                // Serde refuses numbers beyond a double.
                Err(error) => prop_assert!(!serde, "{}", error),
            }
        }

        #[test]
        fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            let _ = check(&bytes);
        }
    }
}
