//! Tokens: what the lexer makes of a text.

use crate::diagnostic::Span;

/// One token and its place.
#[derive(Clone, PartialEq, Debug)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Where it stands.
    pub span: Span,
}

/// What a token is.
#[derive(Clone, PartialEq, Debug)]
pub enum TokenKind {
    /// A keyword or an identifier without quotes, as written.
    Word(String),
    /// An identifier in backticks, without them.
    Quoted(String),
    /// A number as written: `1`, `1.5`, `1e3`.
    Number(String),
    /// A character string, without its quotes and escapes.
    Text(String),
    /// A binary string, `X'…'`.
    Bytes(Vec<u8>),
    /// An operator, a bracket, or the marks of a hint (`/*+`, `*/`).
    Mark(&'static str),
    /// Behind the last token.
    End,
}

impl TokenKind {
    /// The token as an error message shows it, in backticks.
    #[must_use]
    pub fn describe(&self) -> String {
        match self {
            TokenKind::Word(word) | TokenKind::Number(word) => format!("`{word}`"),
            TokenKind::Quoted(name) => format!("identifier `{name}`"),
            TokenKind::Text(text) => format!("text `'{}'`", shortened(text)),
            TokenKind::Bytes(_) => "a binary string".to_owned(),
            TokenKind::Mark(mark) => format!("`{mark}`"),
            TokenKind::End => "the end of the text".to_owned(),
        }
    }
}

fn shortened(text: &str) -> String {
    const SHOWN_CHARS_MAX: usize = 40;
    if text.chars().count() <= SHOWN_CHARS_MAX {
        return text.to_owned();
    }
    text.chars().take(SHOWN_CHARS_MAX).chain(['…']).collect()
}
