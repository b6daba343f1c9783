//! Reading statements at a terminal, over as many lines as they have. Lines are edited as the terminal itself lets one.

use std::io::{BufRead, Write};
use std::process::{Command, Stdio};

use crate::fault::Fault;
use crate::faults::is_complete;
use crate::interrupt::Interrupt;

/// What a statement's first line begins with.
pub const FIRST: &str = "yeoul> ";
const NEXT: &str = "    -> ";
/// A terminal's size where it doesn't tell: columns, rows.
const SIZE: (usize, usize) = (80, 24);
/// What needs no semicolon.
const COMMANDS: [&str; 7] = ["quit", "exit", "help", "clear", "\\q", "\\h", "\\?"];

/// What was typed in.
pub enum Input {
    /// Statements, or a command.
    Text(String),
    /// The shell is to end.
    End,
}

/// Reads the next statements; Ctrl-C drops what was typed in so far.
///
/// # Errors
/// A terminal that can't be read or written.
pub fn read(interrupt: &Interrupt) -> Result<Input, Fault> {
    let mut text = String::new();
    loop {
        show(if text.is_empty() { FIRST } else { NEXT })?;
        let mut line = String::new();
        let read = std::io::stdin().lock().read_line(&mut line)?;
        if interrupt.came() {
            interrupt.clear();
            text.clear();
        }
        if read == 0 {
            show("\n")?;
            return Ok(if text.trim().is_empty() { Input::End } else { Input::Text(text) });
        }
        text.push_str(&line);
        let is_command = COMMANDS.iter().any(|command| text.trim().eq_ignore_ascii_case(command));
        if is_command || is_complete(&text) {
            return Ok(Input::Text(text));
        }
    }
}

/// Empties the screen.
///
/// # Errors
/// A terminal that can't be written.
pub fn clear() -> Result<(), Fault> {
    show("\x1b[H\x1b[2J")
}

/// The terminal's columns and rows, as `stty` tells them.
pub fn dimensions() -> (usize, usize) {
    let told = Command::new("stty").arg("size").stdin(Stdio::inherit()).stderr(Stdio::null()).output();
    let told = told.ok().and_then(|told| String::from_utf8(told.stdout).ok()).unwrap_or_default();
    let mut numbers =
        told.split_whitespace().filter_map(|number| number.parse::<usize>().ok()).filter(|size| *size > 0);
    match (numbers.next(), numbers.next()) {
        (Some(rows), Some(columns)) => (columns, rows),
        _ => SIZE,
    }
}

fn show(text: &str) -> Result<(), Fault> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())?;
    Ok(out.flush()?)
}
