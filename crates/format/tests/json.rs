//! What the JSON decoder makes of texts: values, coercions, faults, and rows that leave nothing behind.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;

use proptest::prelude::*;
use yeoul_format::{Format, RowDecoder, RowEncoder};
use yeoul_row::{DataType, Field, LogicalType, RowType};

fn format(options: &[(&str, &str)]) -> Format {
    let options: BTreeMap<String, String> =
        options.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    Format::parse("json", &options).unwrap()
}

fn row(fields: Vec<(&str, LogicalType)>) -> RowType {
    RowType::new(fields.into_iter().map(|(name, logical)| Field::new(name, logical.nullable())).collect())
}

/// Decodes `text` into one column `c` and encodes it again.
fn through(logical: LogicalType, value: &str, options: &[(&str, &str)]) -> Result<String, String> {
    let (format, row) = (format(options), row(vec![("c", logical)]));
    let mut decoder = RowDecoder::new(&format, &row, &[0]).unwrap();
    decoder.push(format!("{{\"c\":{value}}}").as_bytes()).map_err(|error| error.to_string())?;
    let batch = decoder.finish().unwrap();
    let mut out = Vec::new();
    RowEncoder::new(&format, &row).unwrap().bind(&batch).unwrap().write(0, &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    Ok(text.strip_prefix("{\"c\":").and_then(|text| text.strip_suffix('}')).unwrap().to_owned())
}

fn nested() -> LogicalType {
    LogicalType::Row(row(vec![("a", LogicalType::Int), ("b", LogicalType::STRING)]).into())
}

fn list(element: LogicalType) -> LogicalType {
    LogicalType::Array(Box::new(element.nullable()))
}

fn map(value: LogicalType) -> LogicalType {
    LogicalType::Map(Box::new(LogicalType::STRING.nullable()), Box::new(value.nullable()))
}

#[test]
fn values_become_what_flink_makes_of_them() {
    let cases: Vec<(LogicalType, &str, &str)> = vec![
        (LogicalType::Int, "7", "7"),
        (LogicalType::Int, " -7 ", "-7"),
        (LogicalType::Int, "1.9", "1"),
        (LogicalType::Int, "\" 12 \"", "12"),
        (LogicalType::Int, "null", "null"),
        (LogicalType::BigInt, "9223372036854775807", "9223372036854775807"),
        (LogicalType::BigInt, "\"-9223372036854775808\"", "-9223372036854775808"),
        (LogicalType::TinyInt, "127", "127"),
        (LogicalType::Boolean, "true", "true"),
        (LogicalType::Boolean, "\"TRUE\"", "true"),
        (LogicalType::Boolean, "\"yes\"", "false"),
        (LogicalType::Boolean, "1", "false"),
        (LogicalType::Double, "1", "1.0"),
        (LogicalType::Double, "1e10", "1.0E10"),
        (LogicalType::Double, "\"NaN\"", "\"NaN\""),
        (LogicalType::Float, "0.1", "0.1"),
        (LogicalType::STRING, "\"a\\u00e9\\n\\ud83d\\ude00\"", "\"aé\\n😀\""),
        (LogicalType::STRING, "\"a\\ud800\\u0062\"", "\"a?b\""),
        (LogicalType::STRING, "1.50", "\"1.50\""),
        (LogicalType::STRING, "true", "\"true\""),
        (LogicalType::STRING, "{ \"x\" : [ 1, \"\\u0041\" ] }", "\"{\\\"x\\\":[1,\\\"A\\\"]}\""),
        (LogicalType::STRING, "\"raw\ttab\"", "\"raw\\ttab\""),
        (LogicalType::BYTES, "\"YWJj\"", "\"YWJj\""),
        (LogicalType::Decimal(10, 2), "1.005", "1.01"),
        (LogicalType::Decimal(10, 2), "\" 12.5 \"", "12.5"),
        (LogicalType::Decimal(3, 1), "1000", "null"),
        (LogicalType::Date, "\"2013-02-08\"", "\"2013-02-08\""),
        (LogicalType::Time(3), "\"05:00:00.120\"", "\"05:00:00.12\""),
        (LogicalType::Timestamp(3), "\"2013-02-08 05:00:00.5\"", "\"2013-02-08 05:00:00.5\""),
        (LogicalType::TimestampLtz(3), "\"2013-02-08 05:00:00Z\"", "\"2013-02-08 05:00:00Z\""),
        (list(LogicalType::Int), "[1, null, 3]", "[1,null,3]"),
        (list(LogicalType::Int), "[ ]", "[]"),
        (list(list(LogicalType::STRING)), "[[\"a\"],[],null]", "[[\"a\"],[],null]"),
        (map(LogicalType::Int), "{\"x\": 1, \"y\": 2, \"x\": 3}", "{\"x\":3,\"y\":2}"),
        (nested(), "{\"b\":\"x\", \"z\": {\"deep\": [1, {}]}, \"a\": 1}", "{\"a\":1,\"b\":\"x\"}"),
        (nested(), "{}", "{\"a\":null,\"b\":null}"),
        (nested(), "{\"a\":1,\"a\":2}", "{\"a\":2,\"b\":null}"),
    ];
    for (logical, value, expected) in cases {
        assert_eq!(through(logical.clone(), value, &[]), Ok(expected.to_owned()), "{value} as {logical}");
    }
}

#[test]
fn what_does_not_fit_is_refused_with_its_place() {
    let cases: Vec<(LogicalType, &str, &str)> = vec![
        (LogicalType::Int, "3000000000", "field `c`: the value is not a valid `INT` at byte 5"),
        (LogicalType::Int, "\"x\"", "field `c`: the value is not a valid `INT` at byte 5"),
        (LogicalType::TinyInt, "1.5", "field `c`: the value is not a valid `TINYINT` at byte 5"),
        (LogicalType::Int, "tru", "not JSON: a value expected, `t` found at byte 5"),
        (LogicalType::Int, "01", "not JSON: `,` or `}` expected, `1` found at byte 6"),
        (LogicalType::Int, "1", ""),
        (LogicalType::STRING, "\"\\q\"", "not JSON: unknown escape in a string at byte 6"),
        (LogicalType::STRING, "\"open", "not JSON: a string isn't closed at byte 5"),
        (
            LogicalType::Timestamp(3),
            "\"2013-02-08T05:00:00\"",
            "field `c`: the value is not a valid `TIMESTAMP(3)` at byte 5",
        ),
        (
            LogicalType::TimestampLtz(3),
            "\"2013-02-08 05:00:00\"",
            "field `c`: the value is not a valid `TIMESTAMP_LTZ(3)` at byte 5",
        ),
        (LogicalType::Date, "\"2013-02-30\"", "field `c`: the value is not a valid `DATE` at byte 5"),
        (LogicalType::BYTES, "\"YWJ\"", "field `c`: the value is not valid base64 at byte 5"),
        (list(LogicalType::Int), "{}", "field `c`: the value is not an array at byte 5"),
        (nested(), "[1]", "not JSON: `{` expected, `[` found at byte 5"),
    ];
    for (logical, value, expected) in cases {
        let error = through(logical.clone(), value, &[]).err().unwrap_or_default();
        assert_eq!(error, expected, "{value} as {logical}");
    }
}

#[test]
fn an_array_of_objects_is_a_row_each_or_none() {
    let (format, row) = (format(&[]), row(vec![("a", LogicalType::Int)]));
    let mut decoder = RowDecoder::new(&format, &row, &[0]).unwrap();
    assert_eq!(decoder.push(b" [{\"a\":1}, {\"a\":2}]").ok(), Some(true));
    assert_eq!((decoder.pushed(), decoder.rows()), (2, 2));
    assert_eq!(decoder.push(b"[]").ok(), Some(false));
    assert!(decoder.push(b"[{\"a\":3}, {\"a\":\"x\"}]").is_err());
    assert_eq!(decoder.rows(), 2);
    assert_eq!(decoder.finish().unwrap().num_rows(), 2);
}

#[test]
fn texts_that_are_no_object_are_refused() {
    let (format, row) = (format(&[]), row(vec![("a", LogicalType::Int)]));
    let mut decoder = RowDecoder::new(&format, &row, &[0]).unwrap();
    let mut said = |text: &[u8]| decoder.push(text).map_err(|error| error.to_string());
    assert_eq!(said(b""), Ok(false));
    assert_eq!(said(b"{\"a\":1} and what follows"), Ok(true));
    assert_eq!(said(b"[1]"), Err("not JSON: `{` expected, `1` found at byte 1".to_owned()));
    assert_eq!(said(b"{\"a\":1"), Err("not JSON: `,` or `}` expected, but the text ends at byte 6".to_owned()));
    assert_eq!(said(b"{\"a\":\xff}"), Err("not UTF-8 at byte 5".to_owned()));
    assert_eq!(said(b"{\"b\":nope,\"a\":1}"), Err("not JSON: a value expected, `n` found at byte 5".to_owned()));
    let deep = format!("{{\"b\":{}}}", "[".repeat(10_000));
    assert!(said(deep.as_bytes()).unwrap_err().starts_with("nested more than 1000 levels deep"));
    let closed = format!("{{\"b\":{}{},\"a\":1}}", "[".repeat(900), "]".repeat(900));
    assert_eq!(said(closed.as_bytes()), Ok(true));
    assert_eq!(decoder.finish().unwrap().num_rows(), 2);
}

#[test]
fn ignored_errors_make_the_field_null_and_keep_the_row() {
    let ignore = [("ignore-parse-errors", "true")];
    assert_eq!(through(LogicalType::Int, "\"x\"", &ignore), Ok("null".to_owned()));
    assert_eq!(through(list(LogicalType::Int), "[1,\"x\",3]", &ignore), Ok("[1,null,3]".to_owned()));
    assert_eq!(through(nested(), "[1,{\"a\":2}]", &ignore), Ok("null".to_owned()));
    assert!(through(LogicalType::Int, "\"x", &ignore).is_err());
}

#[test]
fn a_missing_field_fails_only_if_told_to() {
    let row = row(vec![("a", LogicalType::Int), ("b", LogicalType::Int)]);
    let mut strict = RowDecoder::new(&format(&[("fail-on-missing-field", "true")]), &row, &[0, 1]).unwrap();
    assert!(strict.push(b"{\"a\":1}").is_err());
    assert_eq!(strict.push(b"{\"b\":null,\"a\":1}"), Ok(true));
}

#[test]
fn only_the_projected_columns_are_made_in_their_order() {
    let row = row(vec![("a", LogicalType::Int), ("b", LogicalType::STRING), ("c", LogicalType::Double)]);
    let mut decoder = RowDecoder::new(&format(&[]), &row, &[2, 0]).unwrap();
    decoder.push(b"{\"a\":1,\"b\":\"x\",\"c\":2.5}").unwrap();
    let batch = decoder.finish().unwrap();
    let names: Vec<String> = batch.schema().fields().iter().map(|field| field.name().clone()).collect();
    assert_eq!(names, ["c", "a"]);
    let mut none = RowDecoder::new(&format(&[]), &row, &[]).unwrap();
    none.push(b"{\"a\":1}").unwrap();
    assert_eq!(none.finish().unwrap().num_rows(), 1);
}

#[test]
fn null_keys_and_null_fields_follow_the_options() {
    assert_eq!(through(nested(), "{\"a\":1}", &[("encode.ignore-null-fields", "true")]), Ok("{\"a\":1}".to_owned()));
    assert_eq!(through(LogicalType::Decimal(10, 8), "0.00000001", &[]), Ok("1E-8".to_owned()));
    let plain = [("encode.decimal-as-plain-number", "true")];
    assert_eq!(through(LogicalType::Decimal(10, 8), "0.00000001", &plain), Ok("0.00000001".to_owned()));
    let iso = [("timestamp-format.standard", "ISO-8601")];
    assert_eq!(
        through(LogicalType::Timestamp(3), "\"2013-02-08T05:00\"", &iso),
        Ok("\"2013-02-08T05:00:00\"".to_owned())
    );
}

fn wide() -> RowType {
    row(vec![
        ("i", LogicalType::Int),
        ("s", LogicalType::STRING),
        ("d", LogicalType::Double),
        ("t", LogicalType::Timestamp(6)),
        ("l", list(LogicalType::STRING)),
        ("m", map(LogicalType::BigInt)),
        ("n", nested()),
        ("x", LogicalType::Decimal(20, 5)),
        ("b", LogicalType::BYTES),
    ])
}

/// A row's text, and whether it is sound.
fn any_row() -> impl Strategy<Value = String> {
    let string = "[ -~é漢😀\\PC]{0,12}";
    (
        any::<Option<i32>>(),
        string,
        any::<f64>(),
        0_i64..4_000_000_000,
        prop::collection::vec(string, 0..4),
        any::<i64>(),
    )
        .prop_map(|(i, s, d, t, l, n)| {
            let d = if d.is_finite() { d.to_string() } else { "null".to_owned() };
            let i = i.map_or("null".to_owned(), |i| i.to_string());
            let seconds = format!("{:02}:{:02}:{:02}.{:06}", t % 24, t % 60, t % 60, t % 1_000_000);
            format!(
                "{{\"i\":{i},\"s\":{s:?},\"d\":{d},\"t\":\"2013-02-08 {seconds}\",\"l\":{l:?},\"m\":{{\"k\":{n}}},\
                 \"n\":{{\"a\":{i},\"b\":{s:?}}},\"x\":{}.{},\"b\":\"YWJj\"}}",
                n % 1_000_000_000,
                t % 100_000
            )
            .replace("\\u{", "\\\\u{")
            .replace("\\'", "'")
            .replace("\\0", "")
        })
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(texts in prop::collection::vec(any_row(), 1..8)) {
        let (format, row) = (format(&[]), wide());
        let all: Vec<usize> = (0..row.fields.len()).collect();
        let mut decoder = RowDecoder::new(&format, &row, &all).unwrap();
        let decoded = texts.iter().filter(|text| decoder.push(text.as_bytes()) == Ok(true)).count();
        let batch = decoder.finish().unwrap();
        prop_assert_eq!(batch.num_rows(), decoded);
        let encoder = RowEncoder::new(&format, &row).unwrap();
        let rows = encoder.bind(&batch).unwrap();
        for row in 0..decoded {
            let mut out = Vec::new();
            rows.write(row, &mut out).unwrap();
            prop_assert_eq!(decoder.push(&out), Ok(true));
        }
        prop_assert_eq!(decoder.finish().unwrap(), batch);
    }

    #[test]
    fn bad_rows_leave_the_good_ones_as_they_are(texts in prop::collection::vec((any_row(), any::<prop::sample::Index>(), any::<u8>()), 1..8)) {
        let (format, row) = (format(&[]), wide());
        let all: Vec<usize> = (0..row.fields.len()).collect();
        let mut mixed = RowDecoder::new(&format, &row, &all).unwrap();
        let mut alone = RowDecoder::new(&format, &row, &all).unwrap();
        for (text, at, byte) in &texts {
            let mut broken = text.clone().into_bytes();
            let place = at.index(broken.len());
            broken[place] = *byte;
            if mixed.push(&broken) == Ok(true) {
                prop_assert_eq!(alone.push(&broken), Ok(true));
            }
            prop_assert_eq!(mixed.push(text.as_bytes()).is_ok(), alone.push(text.as_bytes()).is_ok());
        }
        prop_assert_eq!(mixed.finish().unwrap(), alone.finish().unwrap());
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..64), head in "\\{\"[isdtlmnxb]\":") {
        for name in Format::NAMES.iter().filter(|name| **name != "parquet") {
            let format = Format::parse(name, &BTreeMap::new()).unwrap();
            let row = if *name == "raw" { row(vec![("r", LogicalType::Int)]) } else if *name == "csv" {
                row(vec![("a", LogicalType::Int), ("b", LogicalType::STRING), ("c", list(LogicalType::Date))])
            } else { wide() };
            let all: Vec<usize> = (0..row.fields.len()).collect();
            let mut decoder = RowDecoder::new(&format, &row, &all).unwrap();
            let _ = decoder.push(&bytes);
            let _ = decoder.push(&[head.as_bytes(), &bytes].concat());
            let rows = decoder.rows();
            prop_assert_eq!(decoder.finish().unwrap().num_rows(), rows);
        }
    }
}

#[test]
fn types_that_a_format_cannot_carry_are_refused() {
    let key = LogicalType::Map(
        Box::new(DataType { logical: LogicalType::Int, nullable: false }),
        Box::new(LogicalType::Int.nullable()),
    );
    assert!(RowDecoder::new(&format(&[]), &row(vec![("m", key)]), &[0]).is_err());
}
