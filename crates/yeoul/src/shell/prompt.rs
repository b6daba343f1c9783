//! Statements that somebody types: at a terminal that can be drawn on with the line editor, else line by line.

use std::io::{self, BufRead, IsTerminal, Write};
use std::path::{Path, PathBuf};

use super::complete::Names;
use super::edit::history::History;
use super::edit::{Input, Lines};
use super::script::Source;
use super::terminal;
use super::{Next, Shell, command, is_data, state_folder};
use crate::fault::Fault;
use crate::output::print_text;
use crate::statements::is_complete;

/// What stands before a statement's first line.
const FIRST: &str = "yeoul> ";
/// What stands before each further one.
const FURTHER: &str = "    -> ";
/// What the text is called in faults.
const NAME: &str = "sql";
const HISTORY: &str = "sql_history";
const WELCOME: &str = "Statements end with `;`. `HELP` tells more, `QUIT` or Ctrl-D ends.";

impl Shell {
    /// Runs what is typed in, until somebody ends it. Faults are told, and the shell goes on.
    ///
    /// # Errors
    /// A terminal that can't be read or written.
    pub fn talk(&mut self) -> Result<(), Fault> {
        self.talks = true;
        self.runner.interrupt.listen()?;
        terminal::restore_in_any_case()?;
        if !terminal::is_capable() {
            return self.plainly();
        }
        print_text(WELCOME)?;
        let mut lines = Lines::new(self.open_history());
        loop {
            self.tell_failures();
            let jobs = self.job_names();
            let names = Names { session: &self.session, jobs };
            match lines.read(FIRST, FURTHER, &names)? {
                Input::End => return Ok(()),
                Input::Cancelled => {}
                Input::Text(text) => {
                    if let Err(error) = lines.history.add(&text) {
                        tracing::warn!(%error, "what is typed in can't be remembered");
                    }
                    self.keys = Some(std::mem::take(&mut lines.keys));
                    let next = self.typed(&text);
                    lines.keys = self.keys.take().unwrap_or_default();
                    if next == Next::End {
                        return Ok(());
                    }
                }
            }
        }
    }

    /// Line by line, as the terminal itself lets one edit.
    fn plainly(&mut self) -> Result<(), Fault> {
        let mut text = String::new();
        loop {
            self.tell_failures();
            ask(if text.is_empty() { FIRST } else { FURTHER })?;
            let read = io::stdin().lock().read_line(&mut text)?;
            if read == 0 {
                ask("\n")?;
                return Ok(());
            }
            if is_complete(&text) || command::bare(&text).is_some() {
                if self.typed(&text) == Next::End {
                    return Ok(());
                }
                text.clear();
            }
        }
    }

    /// Runs what was typed in; a fault is told.
    fn typed(&mut self, text: &str) -> Next {
        match self.text(&Source { name: NAME, text, line: 1 }) {
            Ok(next) => next,
            Err(fault) => {
                let _ = fault.report();
                Next::Read
            }
        }
    }

    fn open_history(&self) -> History {
        let opened = self.history.as_deref().map_or_else(|| Ok(History::default()), History::open);
        opened.unwrap_or_else(|error| {
            eprintln!("warning: what was typed before can't be read, and nothing is remembered: {error}");
            History::default()
        })
    }

    fn tell_failures(&mut self) {
        self.runner.failures().iter().for_each(|failure| eprintln!("error: {failure}"));
    }
}

/// Where what is typed in is remembered: with the data of the project, else with the user's state.
pub fn history_file(project: &Path, data: Option<&Path>) -> Option<PathBuf> {
    let own = project.join(".yeoul");
    let folder = match data {
        Some(data) => data.to_owned(),
        None if !project.as_os_str().is_empty() && is_data(&own) => own,
        None => state_folder()?,
    };
    Some(folder.join(HISTORY))
}

/// Shows a prompt: where results go to a file, on standard error.
fn ask(prompt: &str) -> io::Result<()> {
    if !io::stdout().is_terminal() {
        eprint!("{prompt}");
        return io::stderr().flush();
    }
    print!("{prompt}");
    io::stdout().flush()
}
