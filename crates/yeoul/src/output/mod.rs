//! How rows are printed: a table for people, JSON lines, CSV, or the changelog with row kinds.

use std::io::{IsTerminal, Write};

use clap::ValueEnum;

use crate::fault::Fault;

pub mod collected;
pub mod grid;
pub mod rows;
pub mod table;
pub mod tableau;
pub mod texts;
pub mod width;

/// How rows are printed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Output {
    /// The final rows, aligned
    Table,
    /// The final rows, one JSON object a line
    Jsonl,
    /// The final rows, comma-separated, with a header
    Csv,
    /// Every change with its row kind, as it comes
    Changelog,
    /// As that, in a table that grows, as Flink's SQL client shows it
    Tableau,
}

impl Output {
    /// A table on a terminal, else JSON lines.
    #[must_use]
    pub fn for_stdout() -> Output {
        if std::io::stdout().is_terminal() { Output::Table } else { Output::Jsonl }
    }
}

/// Prints `text` to standard output, with a line break at its end.
///
/// # Errors
/// Standard output that can't be written; a reader that went away is none.
pub fn print_text(text: &str) -> Result<(), Fault> {
    let mut out = std::io::stdout().lock();
    let end = if text.ends_with('\n') || text.is_empty() { "" } else { "\n" };
    let written =
        out.write_all(text.as_bytes()).and_then(|()| out.write_all(end.as_bytes())).and_then(|()| out.flush());
    match written {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Fault::failed(format!("can't write to standard output: {error}")))
        }
        _ => Ok(()),
    }
}

/// Texts as a line of CSV.
fn csv_line(texts: &[String]) -> String {
    let quoted = |text: &String| {
        let plain = !text.contains([',', '"', '\n', '\r']);
        if plain { text.clone() } else { format!("\"{}\"", text.replace('"', "\"\"")) }
    };
    texts.iter().map(quoted).collect::<Vec<_>>().join(",") + "\n"
}
