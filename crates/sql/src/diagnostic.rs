//! What is wrong with a SQL text: the place, the cause, the remedy.

use std::fmt;

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

    /// The fault as people read it: `file:line:column: message`, the line of `text`, a caret below the place, the help.
    #[must_use]
    pub fn render(&self, file: &str, text: &str) -> String {
        let line = text.lines().nth(self.span.line.saturating_sub(1) as usize).unwrap_or("");
        let lead: String = line.chars().take(self.span.column.saturating_sub(1) as usize).map(blank).collect();
        let width = text
            .get(self.span.start..self.span.end)
            .map_or(1, |part| part.lines().next().map_or(1, |l| l.chars().count()));
        let caret = "^".repeat(width.max(1));
        let Diagnostic { message, span, help } = self;
        let mut out = format!("{file}:{}:{}: {message}\n  {line}\n  {lead}{caret}", span.line, span.column);
        if !help.is_empty() {
            out.push_str("\n  ");
            out.push_str(help);
        }
        out
    }
}

fn blank(c: char) -> char {
    if c == '\t' { '\t' } else { ' ' }
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
