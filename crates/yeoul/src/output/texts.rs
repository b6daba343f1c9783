//! Printing a table of texts: the answer of `SHOW`, `EXPLAIN`, a bare `SET`.

use serde_json::{Map, Value};

use super::grid::boxed;
use super::{Output, csv_line, table};
use crate::fault::Fault;

/// Prints `rows` under `header`.
///
/// # Errors
/// Standard output that can't be written.
pub fn print(header: &[String], rows: &[Vec<String>], output: Output) -> Result<(), Fault> {
    let lines = |line: &dyn Fn(&Vec<String>) -> String| rows.iter().map(line).collect::<String>();
    super::print_text(&match output {
        // A text of its own, of many lines: a plan, a statement.
        Output::Table | Output::Tableau if header == ["result"] => {
            lines(&|row| row.join("").trim_end().to_owned() + "\n")
        }
        // As a query's rows are shown.
        Output::Table | Output::Tableau => boxed(header, rows) + &table::count(rows.len()),
        Output::Jsonl => lines(&|row| object(header, row) + "\n"),
        Output::Csv => csv_line(header) + &lines(&|row| csv_line(row)),
        Output::Changelog => lines(&|row| format!("+I[{}]\n", row.join(", "))),
    })
}

fn object(header: &[String], row: &[String]) -> String {
    let fields = header.iter().zip(row).map(|(name, text)| (name.clone(), Value::String(text.clone())));
    Value::Object(fields.collect::<Map<_, _>>()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_boxed() {
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let table = boxed(&texts(&["key", "v"]), &[texts(&["a", "여울\nb"])]);
        assert_eq!(table, "+-----+--------+\n| key | v      |\n+-----+--------+\n| a   | 여울 b |\n+-----+--------+\n");
    }

    #[test]
    fn a_row_is_an_object_of_texts() {
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        assert_eq!(object(&texts(&["table name"]), &texts(&["a\"b"])), r#"{"table name":"a\"b"}"#);
    }
}
