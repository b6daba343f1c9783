//! Rows of keyed tables: durable before they are acknowledged or seen, together or not at all.

#![allow(clippy::unwrap_used, reason = "what fails in a test's helper ends the test")]

mod common;

use common::{open, small};
use yeoul_base::limits::{TABLE_KEY_BYTES_MAX, TABLE_VALUE_BYTES_MAX};
use yeoul_log::{PutError, Row, Table};

#[test]
fn rows_are_there_after_a_start_with_and_without_an_index() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(small(dir.path()));
    let row = |key: &str, value: &str| Row::new(Table::USERS, key.to_owned(), value.to_owned());
    log.put(vec![row("a", "1"), row("b", "1")]).wait().unwrap();
    log.put(vec![row("a", "2"), Row::removed(Table::USERS, "b")]).wait().unwrap();
    log.close();
    for round in 0..3 {
        let log = open(small(dir.path()));
        assert_eq!(log.row(Table::USERS, b"a"), Some("2".into()), "start {round}");
        assert_eq!(log.row(Table::USERS, b"b"), None, "start {round}");
        assert_eq!(log.row(Table::ACLS, b"a"), None, "another table has its own keys");
        log.close();
    }
}

#[test]
fn rows_outlive_the_write_ahead_log_files_that_they_came_in() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(small(dir.path()));
    let filling = vec![b'x'; 10_000];
    for number in 0..40 {
        let key = format!("row {}", number % 7);
        let value = [number.to_string().as_bytes(), &filling].concat();
        log.put(vec![Row::new(Table::OFFSETS, key, value)]).wait().unwrap();
    }
    log.close();
    let log = open(small(dir.path()));
    let rows = log.rows_with_prefix(Table::OFFSETS, b"row ");
    let numbers: Vec<&[u8]> = rows.iter().map(|(_, value)| value.split(|byte| *byte == b'x').next().unwrap()).collect();
    assert_eq!(numbers, [&b"35"[..], b"36", b"37", b"38", b"39", b"33", b"34"]);
    assert!(log.figures().wal_files < 8, "the tables keep no file from going");
}

#[test]
fn rows_that_are_too_large_are_refused_and_nothing_is_written() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(small(dir.path()));
    let key = Row::new(Table::USERS, vec![0; TABLE_KEY_BYTES_MAX + 1], "");
    let value = Row::new(Table::USERS, "value", vec![0; TABLE_VALUE_BYTES_MAX + 1]);
    let half = Row::new(Table::USERS, "half", vec![0; TABLE_VALUE_BYTES_MAX]);
    for rows in [vec![key], vec![value], vec![half.clone(), half]] {
        assert!(matches!(log.put(rows).wait(), Err(PutError::TooLarge { .. })));
    }
    assert!(log.rows(Table::USERS).is_empty());
    assert_eq!(log.figures().flushes, 0);
}
