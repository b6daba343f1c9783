//! Texts of statements, from a file, an argument, or what another program writes: run one by one, to the first fault.

use std::io::BufRead;
use std::ops::Range;

use yeoul_sql::diagnostic::{Diagnostic, Span};
use yeoul_sql::lexer::TEXT_BYTES_MAX;

use super::{Next, Shell, command};
use crate::fault::Fault;
use crate::project::SqlFile;
use crate::statements::{is_complete, split};

/// A text, and where it is from.
pub struct Source<'a> {
    /// What it is called in faults.
    pub name: &'a str,
    /// The text.
    pub text: &'a str,
    /// The number of its first line.
    pub line: usize,
}

impl Shell {
    /// Runs a file.
    ///
    /// # Errors
    /// The first fault of the text, or the first job that fails.
    pub fn file(&mut self, file: &SqlFile) -> Result<Next, Fault> {
        self.text(&Source { name: &file.name(), text: &file.text, line: 1 })
    }

    /// Runs what another program writes, each statement as soon as it is whole.
    ///
    /// # Errors
    /// As [`file`](Shell::file); a text that isn't UTF-8, or is too long.
    pub fn stream(&mut self, name: &str, mut input: impl BufRead) -> Result<Next, Fault> {
        self.runner.interrupt.ends_when_idle()?;
        let (mut text, mut first, mut line) = (String::new(), 1, 0);
        loop {
            let from = text.len();
            let read = input.read_line(&mut text).map_err(|error| unreadable(name, line + 1, &error))?;
            line += 1;
            if text.len() > TEXT_BYTES_MAX {
                return Err(Fault::usage(format!(
                    "{name}:{first}: the statement is longer than {TEXT_BYTES_MAX} bytes; is a `;` missing?"
                )));
            }
            let may_end = text.get(from..).is_some_and(|read| read.contains(';')) && is_complete(&text);
            if read > 0 && !may_end {
                continue;
            }
            if self.text(&Source { name, text: &text, line: first })? == Next::End || read == 0 {
                return Ok(Next::End);
            }
            text.clear();
            first = line + 1;
        }
    }

    /// Runs the statements of a text, to the first fault.
    ///
    /// # Errors
    /// That fault, with its place.
    pub fn text(&mut self, source: &Source<'_>) -> Result<Next, Fault> {
        for statement in split(source.text) {
            if self.statement(source, statement.range)? == Next::End {
                return Ok(Next::End);
            }
        }
        Ok(Next::Read)
    }

    /// Runs one statement.
    fn statement(&mut self, source: &Source<'_>, range: Range<usize>) -> Result<Next, Fault> {
        let text = source.text.get(range.clone()).unwrap_or("");
        self.runner.interrupt.clear();
        let read = match command::of_statement(text) {
            Ok(Some(command)) => return self.command(command).map_err(|fault| source.placed(fault, range.start)),
            Ok(None) => self.session.read(text),
            Err(fault) => Err(fault),
        };
        let steps = read.map_err(|fault| {
            eprintln!("error: {}", source.rendered(fault, range.start));
            Fault::Told
        })?;
        let silent = steps.is_empty();
        for step in steps {
            self.step(step, text).map_err(|fault| source.placed(fault, range.start))?;
        }
        if silent && self.talks {
            println!("ok");
        }
        Ok(if self.runner.interrupt.came() && !self.talks { Next::End } else { Next::Read })
    }
}

impl Source<'_> {
    /// A fault of the statement at byte `start`, as people read it.
    fn rendered(&self, fault: Diagnostic, start: usize) -> String {
        let shift = self.line.saturating_sub(1);
        let fault = Diagnostic { span: shifted(fault.span, self.text, start), ..fault };
        if shift == 0 {
            return fault.render(self.name, self.text);
        }
        let line = u32::try_from(shift).unwrap_or(u32::MAX).saturating_add(fault.span.line);
        let span = Span { line, start: fault.span.start + shift, end: fault.span.end + shift, ..fault.span };
        Diagnostic { span, ..fault }.render(self.name, &("\n".repeat(shift) + self.text))
    }

    /// A fault that has no place, at the statement at byte `start`.
    fn placed(&self, fault: Fault, start: usize) -> Fault {
        let place = shifted(Span { line: 1, column: 1, ..Span::default() }, self.text, start);
        let line = place.line as usize + self.line - 1;
        let message = |error: anyhow::Error| anyhow::anyhow!("{}:{line}:{}: {error:#}", self.name, place.column);
        match fault {
            Fault::Usage(error) => Fault::Usage(message(error)),
            Fault::Failed(error) => Fault::Failed(message(error)),
            Fault::Told => Fault::Told,
        }
    }
}

/// A place of the statement that begins at byte `start` of `text`, as a place of `text`.
fn shifted(span: Span, text: &str, start: usize) -> Span {
    let before = text.get(..start).unwrap_or("");
    let lines = before.matches('\n').count();
    let column = before.rsplit('\n').next().unwrap_or("").chars().count();
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    Span {
        start: span.start + start,
        end: span.end + start,
        line: span.line.saturating_add(count(lines)),
        column: if span.line <= 1 { span.column.saturating_add(count(column)) } else { span.column },
    }
}

fn unreadable(name: &str, line: usize, error: &std::io::Error) -> Fault {
    match error.kind() {
        std::io::ErrorKind::InvalidData => Fault::usage(format!("{name}:{line}: the text is not UTF-8")),
        _ => Fault::failed(format!("{name}: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(start: usize, end: usize, line: u32, column: u32) -> Diagnostic {
        Diagnostic::new("unknown column `b`", Span { start, end, line, column })
    }

    #[test]
    fn a_fault_is_placed_in_the_whole_text() {
        let source = Source { name: "a.sql", text: "SELECT 1;\n  여; SELECT b;", line: 1 };
        let start = source.text.rfind("SELECT").expect("a statement");
        assert_eq!(
            source.rendered(fault(7, 8, 1, 8), start),
            "a.sql:2:13: unknown column `b`\n    여; SELECT b;\n               ^"
        );
    }

    #[test]
    fn lines_that_are_gone_count() {
        let source = Source { name: "stdin", text: "SELECT\n  b;", line: 41 };
        assert_eq!(source.rendered(fault(9, 10, 2, 3), 0), "stdin:42:3: unknown column `b`\n    b;\n    ^");
        let placed = source.placed(Fault::failed("no such file"), 0);
        assert!(matches!(placed, Fault::Failed(error) if error.to_string() == "stdin:41:1: no such file"));
    }
}
