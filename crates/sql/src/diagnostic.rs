//! What is wrong with a SQL text: the place, the cause, the remedy.

use std::fmt;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// A place in a text: byte range and, for people, line and column (both from 1; columns count characters).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// Behind the last byte.
    pub end: usize,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

/// One fault of a SQL text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Diagnostic {
    /// What is wrong, the object in backticks.
    pub message: String,
    /// Where.
    pub span: Span,
    /// What was expected, or what to do; empty if the message says it all.
    pub help: String,
}

impl Diagnostic {
    /// A fault at `span`.
    pub fn new(message: impl Into<String>, span: Span) -> Diagnostic {
        Diagnostic { message: message.into(), span, help: String::new() }
    }

    /// The same fault with a remedy.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Diagnostic {
        self.help = help.into();
        self
    }

    /// The fault as people read it: `file:line:column: message`, the line of `text`, a caret below the place, the help. Of a
    /// long line only what is around the place is shown, and what steers a terminal is shown as a sign.
    #[must_use]
    pub fn render(&self, file: &str, text: &str) -> String {
        let Diagnostic { message, span, help } = self;
        let line: Vec<char> =
            text.lines().nth(span.line.saturating_sub(1) as usize).unwrap_or("").chars().map(visible).collect();
        let place = (span.column.saturating_sub(1) as usize).min(line.len());
        let width =
            text.get(span.start..span.end).map_or(1, |part| part.lines().next().map_or(1, |l| l.chars().count()));
        let from = if line.len() <= LINE_CHARS_MAX { 0 } else { place.saturating_sub(LINE_CHARS_MAX / 3) };
        let to = line.len().min(from + LINE_CHARS_MAX);
        let (before, after) = (if from > 0 { "…" } else { "" }, if to < line.len() { "…" } else { "" });
        let shown: String = line[from..to].iter().collect();
        let lead: String = before.chars().chain(line[from..place].iter().copied()).map(blank).collect();
        let marked: String = line[place..to.min(place + width)].iter().collect();
        let caret = "^".repeat(marked.width().max(1));
        let message: String = message.chars().map(visible).collect();
        let mut out =
            format!("{file}:{}:{}: {message}\n  {before}{shown}{after}\n  {lead}{caret}", span.line, span.column);
        if !help.is_empty() {
            out.push_str("\n  ");
            out.push_str(help);
        }
        out
    }
}

/// How much of a line is shown.
const LINE_CHARS_MAX: usize = 240;

/// A character as it can be shown: what steers a terminal is U+FFFD.
fn visible(c: char) -> char {
    if c.is_control() && c != '\t' && c != '\n' { char::REPLACEMENT_CHARACTER } else { c }
}

/// As many columns of blank as a character takes on a terminal: Hangul and Han take two.
fn blank(c: char) -> String {
    if c == '\t' { "\t".to_owned() } else { " ".repeat(c.width().unwrap_or(1)) }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.span.line, self.span.column, self.message)?;
        if !self.help.is_empty() {
            write!(f, " ({})", self.help)?;
        }
        Ok(())
    }
}

impl std::error::Error for Diagnostic {}
