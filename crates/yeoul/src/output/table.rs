//! Rows as a table for people.

use std::fmt::Write as _;

use serde_json::Value;

use super::width::{cut, pad, width};
use crate::fault::Fault;

/// The widest a column gets, in columns of the terminal.
const COLUMN_WIDTH_MAX: usize = 60;

/// A table of texts with a header; numbers are aligned to the right.
#[must_use]
pub fn render(header: &[String], rows: &[Vec<String>]) -> String {
    let widths: Vec<usize> = (0..header.len()).map(|column| widest(header, rows, column)).collect();
    let right: Vec<bool> = (0..header.len()).map(|column| rows.iter().all(|row| is_number(row, column))).collect();
    let rule: Vec<String> = widths.iter().map(|width| "─".repeat(*width)).collect();
    let mut out = String::new();
    line(&mut out, header, &widths, &vec![false; header.len()]);
    line(&mut out, &rule, &widths, &right);
    rows.iter().for_each(|row| line(&mut out, row, &widths, &right));
    out
}

fn widest(header: &[String], rows: &[Vec<String>], column: usize) -> usize {
    let cells = std::iter::once(header.get(column)).chain(rows.iter().map(|row| row.get(column)));
    cells.flatten().map(|cell| width(cell)).max().unwrap_or(0).min(COLUMN_WIDTH_MAX)
}

fn is_number(row: &[String], column: usize) -> bool {
    row.get(column).is_some_and(|cell| cell.is_empty() || cell.parse::<f64>().is_ok())
}

fn line(out: &mut String, cells: &[String], widths: &[usize], right: &[bool]) {
    let mut text = String::new();
    for ((cell, width), right) in cells.iter().zip(widths).zip(right) {
        let cell = cut(&cell.replace(['\n', '\r', '\t'], " "), *width, "…");
        let _ = write!(text, "{}  ", pad(&cell, *width, *right));
    }
    let _ = writeln!(out, "{}", text.trim_end());
}

/// Prints lines of JSON objects as a table; the columns are those of the first object.
///
/// # Errors
/// Text that isn't such, or standard output that can't be written.
pub fn print_json_lines(text: &str) -> Result<(), Fault> {
    let objects: Vec<serde_json::Map<String, Value>> =
        text.lines().filter(|line| !line.is_empty()).map(serde_json::from_str).collect::<Result<_, _>>()?;
    let header: Vec<String> = objects.first().map(|object| object.keys().cloned().collect()).unwrap_or_default();
    let row = |object: &serde_json::Map<String, Value>| header.iter().map(|key| cell(object.get(key))).collect();
    let rows: Vec<Vec<String>> = objects.iter().map(row).collect();
    super::print_text(&format!("{}{}", render(&header, &rows), count(rows.len())))
}

/// `(3 rows)`
#[must_use]
pub fn count(rows: usize) -> String {
    if rows == 1 { "(1 row)\n".to_owned() } else { format!("({rows} rows)\n") }
}

fn cell(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => "NULL".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_right_and_texts_left() {
        let header = ["k".to_owned(), "sum".to_owned()];
        let rows = [vec!["a".to_owned(), "4".to_owned()], vec!["bcd".to_owned(), "16".to_owned()]];
        assert_eq!(render(&header, &rows), "k    sum\n───  ───\na      4\nbcd   16\n");
    }

    #[test]
    fn a_long_cell_is_cut() {
        let rows = [vec!["x".repeat(100)]];
        assert!(render(&["c".to_owned()], &rows).lines().all(|line| line.chars().count() <= COLUMN_WIDTH_MAX));
    }
}
