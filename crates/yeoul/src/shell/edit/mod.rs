//! Editing statements at a terminal.
//!
//! Reading order: [`editor`] (what a key does), [`buffer`] (the text), [`layout`] and [`painter`] (how it is shown), [`history`],
//! [`search`], [`completion`]; this file joins them to the terminal.
//!
//! A line editor from a crate would turn on features of `libc` or `mio` that all else is compiled with; and statements of several
//! lines, ended by a semicolon that no quote or comment holds, are what those edit least well.

mod buffer;
pub mod completion;
mod editor;
pub mod history;
mod layout;
mod painter;
mod search;

use std::io;
use std::time::Duration;

use completion::Completer;
use editor::{Editor, Outcome};
use history::History;
use layout::{Layout, Prompts, lay_out};
use painter::Painter;

use super::terminal::{self, Keys, Raw, Size, show};
use crate::output::width::{pad, width};

/// How often the terminal's size is looked at.
const SIZE_EVERY: Duration = Duration::from_millis(200);
/// How many candidates are listed.
const CANDIDATES_MAX: usize = 120;

/// What was typed in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Input {
    /// Statements, or a command.
    Text(String),
    /// Nothing that is to be done.
    Cancelled,
    /// Nothing more comes.
    End,
}

/// Reads statements at a terminal.
pub struct Lines {
    /// The keys.
    pub keys: Keys,
    /// What was typed in before.
    pub history: History,
    /// What was taken out last.
    taken: String,
}

impl Lines {
    /// Reads nothing yet.
    #[must_use]
    pub fn new(history: History) -> Lines {
        Lines { keys: Keys::default(), history, taken: String::new() }
    }

    /// Reads statements; `first` and `next` stand before their first line and the further ones.
    ///
    /// # Errors
    /// A terminal that can't be read or written.
    pub fn read(&mut self, first: &str, next: &str, completer: &dyn Completer) -> io::Result<Input> {
        let raw = Raw::enter()?;
        let prompts = Prompts { first: first.to_owned(), next: next.to_owned() };
        let mut editor = Editor::new(&self.history, &mut self.taken, completer);
        let mut view = View { prompts, painter: Painter::default(), size: terminal::size() };
        view.draw(&editor)?;
        let outcome = loop {
            let Some(key) = self.keys.next(SIZE_EVERY)? else {
                view.look(&editor)?;
                continue;
            };
            match editor.press(key) {
                Outcome::Changed => view.draw(&editor)?,
                Outcome::Clear => view.clear(&editor)?,
                Outcome::Candidates(candidates) => view.list(&candidates, &editor)?,
                outcome => break outcome,
            }
        };
        editor.finish();
        view.draw(&editor)?;
        show(&view.painter.leave())?;
        let text = editor.buffer().text().to_owned();
        drop(raw);
        Ok(match outcome {
            Outcome::Submitted => Input::Text(text),
            Outcome::Ended => Input::End,
            _ => Input::Cancelled,
        })
    }
}

/// The part of the screen that is edited.
struct View {
    prompts: Prompts,
    painter: Painter,
    size: Size,
}

impl View {
    fn draw(&mut self, editor: &Editor<'_>) -> io::Result<()> {
        let layout = self.layout(editor);
        show(&self.painter.paint(&layout, self.size))
    }

    /// Draws anew where the terminal's size has changed.
    fn look(&mut self, editor: &Editor<'_>) -> io::Result<()> {
        let size = terminal::size();
        if size == self.size {
            return Ok(());
        }
        self.size = size;
        self.draw(editor)
    }

    fn clear(&mut self, editor: &Editor<'_>) -> io::Result<()> {
        self.painter.forget();
        show("\x1b[H\x1b[2J")?;
        self.draw(editor)
    }

    /// Shows candidates below the text, and the text again below them.
    fn list(&mut self, candidates: &[String], editor: &Editor<'_>) -> io::Result<()> {
        let below = self.painter.leave();
        show(&format!("{below}{}", columns(candidates, self.size.columns).replace('\n', "\r\n")))?;
        self.draw(editor)
    }

    fn layout(&self, editor: &Editor<'_>) -> Layout {
        let buffer = editor.buffer();
        let Some(search) = editor.search() else {
            return lay_out(&self.prompts, buffer.text(), buffer.at(), self.size.columns);
        };
        let found = search.found().and_then(|place| editor.entry(place));
        let what = if found.is_none() && !search.text().is_empty() { "not found" } else { "search" };
        let prompts = Prompts { first: format!("({what}) `{}`: ", search.text()), next: self.prompts.next.clone() };
        let text = found.unwrap_or("");
        let at = text.find(search.text()).unwrap_or(0);
        lay_out(&prompts, text, at, self.size.columns)
    }
}

/// Texts in columns, sorted downwards, as many as fit side by side.
fn columns(texts: &[String], room: usize) -> String {
    let shown = texts.get(..texts.len().min(CANDIDATES_MAX)).unwrap_or(texts);
    let widest = shown.iter().map(|text| width(text)).max().unwrap_or(0) + 2;
    let across = (room / widest).max(1);
    let down = shown.len().div_ceil(across);
    let mut out = String::new();
    for row in 0..down {
        let cells = shown.iter().skip(row).step_by(down.max(1)).map(|text| pad(text, widest, false));
        out.push_str(cells.collect::<String>().trim_end());
        out.push('\n');
    }
    if texts.len() > shown.len() {
        out.push_str(&format!("… and {} more\n", texts.len() - shown.len()));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::columns;

    #[test]
    fn candidates_stand_in_columns() {
        let texts: Vec<String> = ["a", "bb", "c", "d", "e"].map(str::to_owned).to_vec();
        assert_eq!(columns(&texts, 10), "a   d\nbb  e\nc\n");
        assert_eq!(columns(&texts, 1), "a\nbb\nc\nd\ne\n");
        let many = vec!["x".to_owned(); 200];
        assert!(columns(&many, 80).ends_with("… and 80 more\n"));
    }
}
