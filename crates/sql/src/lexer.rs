//! Text to tokens, as Flink reads it: backticks quote identifiers, `''` is a quote within a text, `--`, `//` and
//! `/* */` are comments, `/*+ … */` is a hint whose content is read as tokens.

use crate::diagnostic::{Diagnostic, Span};
use crate::token::{Token, TokenKind};

/// The longest text that is read, in bytes.
pub const TEXT_BYTES_MAX: usize = 64 << 20;

/// Longest first, so that the longest mark wins.
const MARKS: [&str; 30] = [
    "=>", "<>", "!=", "<=", ">=", "||", "->", "(", ")", "[", "]", "{", "}", ",", ";", ".", "=", "<", ">", "+", "-",
    "*", "/", "%", ":", "?", "|", "^", "$", "@",
];

/// The tokens of a text, the last one [`TokenKind::End`].
///
/// # Errors
/// A quote or comment that doesn't end, a character that begins no token.
pub fn tokens(text: &str) -> Result<Vec<Token>, Diagnostic> {
    if text.len() > TEXT_BYTES_MAX {
        return Err(Diagnostic::new("the text is too long", Span::default())
            .with_help(format!("{TEXT_BYTES_MAX} bytes are the most that is read at once")));
    }
    let mut lexer = Lexer { text, at: 0, line: 1, column: 1, in_hint: false };
    let mut tokens = Vec::new();
    loop {
        let token = lexer.next_token()?;
        let last = token.kind == TokenKind::End;
        tokens.push(token);
        if last {
            return Ok(tokens);
        }
    }
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    line: u32,
    column: u32,
    in_hint: bool,
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn bump(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        if c == '\n' {
            self.line += 1;
            self.column = 1;
        } else {
            self.column += 1;
        }
        Some(c)
    }

    fn skip(&mut self, bytes: usize) {
        let end = self.at + bytes;
        while self.at < end && self.bump().is_some() {}
    }

    fn bump_while(&mut self, mut wanted: impl FnMut(char) -> bool) {
        while self.peek().is_some_and(&mut wanted) {
            self.bump();
        }
    }

    fn here(&self) -> Span {
        Span { start: self.at, end: self.at, line: self.line, column: self.column }
    }

    fn since(&self, start: Span) -> Span {
        Span { end: self.at, ..start }
    }

    fn next_token(&mut self) -> Result<Token, Diagnostic> {
        self.skip_blank()?;
        let start = self.here();
        let kind = self.kind(start)?;
        Ok(Token { kind, span: self.since(start) })
    }

    fn skip_blank(&mut self) -> Result<(), Diagnostic> {
        loop {
            self.bump_while(|c| c.is_whitespace() || c == '\u{feff}');
            let rest = self.rest();
            if rest.starts_with("--") || rest.starts_with("//") {
                self.bump_while(|c| c != '\n');
            } else if rest.starts_with("/*") && !rest.starts_with("/*+") {
                self.skip_comment()?;
            } else {
                return Ok(());
            }
        }
    }

    fn skip_comment(&mut self) -> Result<(), Diagnostic> {
        let start = self.here();
        let Some(length) = self.rest().find("*/") else {
            self.skip(2);
            return Err(Diagnostic::new("the comment does not end", self.since(start)).with_help("close it with `*/`"));
        };
        self.skip(length + 2);
        Ok(())
    }

    fn kind(&mut self, start: Span) -> Result<TokenKind, Diagnostic> {
        let Some(c) = self.peek() else { return self.end(start) };
        match c {
            '\'' => self.quoted('\'', start).map(TokenKind::Text),
            '`' => self.quoted_name(start),
            '"' => Err(Diagnostic::new("double quotes are not used in Flink SQL", start)
                .with_help("quote identifiers with backticks, texts with single quotes")),
            'x' | 'X' if self.rest()[1..].starts_with('\'') => self.bytes(start),
            'u' | 'U' if self.rest()[1..].starts_with("&'") => self.unicode(start),
            '0'..='9' => Ok(self.number()),
            '.' if self.rest()[1..].starts_with(|c: char| c.is_ascii_digit()) => Ok(self.number()),
            c if c.is_alphabetic() || c == '_' => Ok(self.word()),
            _ => self.mark(start),
        }
    }

    fn end(&self, start: Span) -> Result<TokenKind, Diagnostic> {
        if self.in_hint {
            return Err(Diagnostic::new("the hint does not end", start).with_help("close it with `*/`"));
        }
        Ok(TokenKind::End)
    }

    fn quoted(&mut self, quote: char, start: Span) -> Result<String, Diagnostic> {
        self.bump();
        let mut content = String::new();
        while let Some(c) = self.bump() {
            if c != quote {
                content.push(c);
            } else if self.peek() == Some(quote) {
                self.bump();
                content.push(quote);
            } else {
                return Ok(content);
            }
        }
        let place = Span { end: start.start + 1, ..start };
        Err(Diagnostic::new("the quote does not end", place).with_help(format!("close it with `{quote}`")))
    }

    fn quoted_name(&mut self, start: Span) -> Result<TokenKind, Diagnostic> {
        let name = self.quoted('`', start)?;
        if name.is_empty() {
            return Err(Diagnostic::new("the identifier is empty", self.since(start)));
        }
        Ok(TokenKind::Quoted(name))
    }

    fn bytes(&mut self, start: Span) -> Result<TokenKind, Diagnostic> {
        self.bump();
        let digits = self.quoted('\'', start)?;
        let bytes = from_hex(&digits);
        bytes.map(TokenKind::Bytes).ok_or_else(|| {
            Diagnostic::new("the binary string is not made of pairs of hexadecimal digits", self.since(start))
                .with_help("write it like `X'0AFF'`")
        })
    }

    fn unicode(&mut self, start: Span) -> Result<TokenKind, Diagnostic> {
        self.skip(2);
        let escaped = self.quoted('\'', start)?;
        let text = unescape(&escaped);
        text.map(TokenKind::Text).ok_or_else(|| {
            Diagnostic::new("the text has an invalid Unicode escape", self.since(start))
                .with_help("a backslash and four hexadecimal digits stand for a character: `U&'\\00e9'`")
        })
    }

    fn number(&mut self) -> TokenKind {
        let start = self.at;
        self.bump_while(|c| c.is_ascii_digit());
        if self.peek() == Some('.') {
            self.bump();
            self.bump_while(|c| c.is_ascii_digit());
        }
        if let Some(length) = exponent_length(self.rest()) {
            self.skip(length);
        }
        TokenKind::Number(self.text[start..self.at].to_owned())
    }

    fn word(&mut self) -> TokenKind {
        let start = self.at;
        self.bump_while(|c| c.is_alphanumeric() || c == '_' || c == '$');
        TokenKind::Word(self.text[start..self.at].to_owned())
    }

    fn mark(&mut self, start: Span) -> Result<TokenKind, Diagnostic> {
        let rest = self.rest();
        if rest.starts_with("/*+") {
            self.in_hint = true;
            self.skip(3);
            return Ok(TokenKind::Mark("/*+"));
        }
        if self.in_hint && rest.starts_with("*/") {
            self.in_hint = false;
            self.skip(2);
            return Ok(TokenKind::Mark("*/"));
        }
        let Some(mark) = MARKS.into_iter().find(|mark| rest.starts_with(mark)) else {
            let c = self.bump().unwrap_or(' ');
            return Err(Diagnostic::new(
                format!("the character `{}` begins nothing", c.escape_debug()),
                self.since(start),
            ));
        };
        self.skip(mark.len());
        Ok(TokenKind::Mark(mark))
    }
}

fn exponent_length(rest: &str) -> Option<usize> {
    let after = rest.strip_prefix(['e', 'E'])?;
    let digits = after.strip_prefix(['+', '-']).unwrap_or(after);
    let count = digits.bytes().take_while(u8::is_ascii_digit).count();
    (count > 0).then(|| rest.len() - digits.len() + count)
}

fn from_hex(digits: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u32>> = digits.chars().map(|c| c.to_digit(16)).collect();
    let digits = digits?;
    if digits.len() % 2 != 0 {
        return None;
    }
    digits.chunks(2).map(|pair| u8::try_from(pair[0] * 16 + pair[1]).ok()).collect()
}

fn unescape(escaped: &str) -> Option<String> {
    let mut units: Vec<u16> = Vec::with_capacity(escaped.len());
    let mut rest = escaped;
    while let Some(c) = rest.chars().next() {
        let (taken, unit) = match rest.strip_prefix('\\') {
            Some(after) if after.starts_with('\\') => (2, None),
            Some(after) => (5, Some(u16::from_str_radix(after.get(..4)?, 16).ok()?)),
            None => (c.len_utf8(), None),
        };
        match unit {
            Some(unit) => units.push(unit),
            None => units.extend_from_slice(c.encode_utf16(&mut [0; 2])),
        }
        rest = rest.get(taken..)?;
    }
    String::from_utf16(&units).ok()
}
