//! What the CSV decoder makes of records, and the encoder of rows.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;

use yeoul_format::{Format, RowDecoder, RowEncoder};
use yeoul_row::{Field, LogicalType, RowType};

fn format(options: &[(&str, &str)]) -> Format {
    let options: BTreeMap<String, String> =
        options.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    Format::parse("csv", &options).unwrap()
}

fn row() -> RowType {
    RowType::new(vec![
        Field::new("i", LogicalType::Int.nullable()),
        Field::new("s", LogicalType::STRING.nullable()),
        Field::new("d", LogicalType::Double.nullable()),
    ])
}

/// Decodes a record and shows it as JSON.
fn shown(record: &str, options: &[(&str, &str)]) -> Result<String, String> {
    let mut decoder = RowDecoder::new(&format(options), &row(), &[0, 1, 2]).unwrap();
    if !decoder.push(record.as_bytes()).map_err(|error| error.to_string())? {
        return Ok(String::new());
    }
    let batch = decoder.finish().unwrap();
    let json = Format::parse("json", &BTreeMap::new()).unwrap();
    let mut out = Vec::new();
    RowEncoder::new(&json, &row()).unwrap().bind(&batch).unwrap().write(0, &mut out).unwrap();
    Ok(String::from_utf8(out).unwrap())
}

#[test]
fn records_become_rows() {
    for (record, options, expected) in [
        ("1,a,2.5", vec![], r#"{"i":1,"s":"a","d":2.5}"#),
        (" 1 ,\"a, \"\"b\"\"\",2", vec![], r#"{"i":1,"s":"a, \"b\"","d":2.0}"#),
        ("1,,2", vec![], r#"{"i":1,"s":"","d":2.0}"#),
        ("1,a,2,", vec![], r#"{"i":1,"s":"a","d":2.0}"#),
        ("1,a,2\r\n", vec![], r#"{"i":1,"s":"a","d":2.0}"#),
        ("n/a,n/a,2", vec![("null-literal", "n/a")], r#"{"i":null,"s":null,"d":2.0}"#),
        (",,", vec![("null-literal", "")], r#"{"i":null,"s":null,"d":null}"#),
        ("x,a,2", vec![("ignore-parse-errors", "true")], r#"{"i":null,"s":"a","d":2.0}"#),
        ("1", vec![("ignore-parse-errors", "true")], r#"{"i":1,"s":null,"d":null}"#),
        ("1;a;2", vec![("field-delimiter", ";")], r#"{"i":1,"s":"a","d":2.0}"#),
        ("1,'a,b',2", vec![("quote-character", "'")], r#"{"i":1,"s":"a,b","d":2.0}"#),
        ("1,\"a\",2", vec![("disable-quote-character", "true")], r#"{"i":1,"s":"\"a\"","d":2.0}"#),
        ("1,a\\,b,2", vec![("escape-character", "\\")], r#"{"i":1,"s":"a,b","d":2.0}"#),
        ("# no row", vec![("allow-comments", "true")], ""),
    ] {
        assert_eq!(shown(record, &options), Ok(expected.to_owned()), "{record}");
    }
}

#[test]
fn broken_records_are_refused_with_their_place() {
    for (record, expected) in [
        ("x,a,2", "`x` is not a valid `INT` at byte 0"),
        (",a,2", "`` is not a valid `INT` at byte 0"),
        ("1,a", "3 fields expected, 2 found at byte 0"),
        ("1,a,2,3", "more than 3 fields at byte 6"),
        ("1,\"a,2", "a quoted field isn't closed at byte 2"),
        ("1,\"a\"b,2", "text behind the closing quote of a field at byte 5"),
    ] {
        assert_eq!(shown(record, &[]), Err(expected.to_owned()));
    }
}

#[test]
fn rows_are_written_with_the_quotes_that_they_need() {
    let mut decoder = RowDecoder::new(&format(&[("null-literal", "-")]), &row(), &[0, 1, 2]).unwrap();
    for record in ["1,a,2", "-,\"x,\"\"y\"\"\",1e10", "3,\"two words\",-", "4,abcdefghijklmnopqrstuvwxyz,0"] {
        decoder.push(record.as_bytes()).unwrap();
    }
    let batch = decoder.finish().unwrap();
    let encoder = RowEncoder::new(&format(&[]), &row()).unwrap();
    let rows = encoder.bind(&batch).unwrap();
    let mut out = Vec::new();
    for row in 0..4 {
        rows.write(row, &mut out).unwrap();
    }
    let expected = "1,a,2.0\n,\"x,\"\"y\"\"\",1.0E10\n3,\"two words\",\n4,\"abcdefghijklmnopqrstuvwxyz\",0.0\n";
    assert_eq!(String::from_utf8(out).unwrap(), expected);
}
