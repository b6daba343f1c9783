//! Folders that are over are marked.

use std::path::Path;
use std::sync::Arc;

use arrow::array::{Int64Array, RecordBatch, StringArray};
use yeoul_engine::catalog::TableSpec;
use yeoul_engine::connections::Connections;
use yeoul_engine::sink::{Prepared, Restored, Sink};
use yeoul_row::{LogicalType, RowBatch, Watermarks};

use crate::support::{Platform, files, job, row, table};

fn output(more: &[(&str, &str)]) -> TableSpec {
    let options = [
        ("connector", "filesystem"),
        ("path", "out"),
        ("format", "csv"),
        ("sink.partition-commit.policy.kind", "success-file"),
        ("sink.partition-commit.success-file.name", "_DONE"),
    ];
    let physical = row(&[("n", LogicalType::BigInt), ("day", LogicalType::STRING)]);
    let options: Vec<_> = options.into_iter().chain(more.iter().copied()).collect();
    TableSpec { partition_keys: vec![1], ..table("o", physical, &options) }
}

fn sink(platform: &Platform, table: &TableSpec, restored: Restored) -> Box<dyn Sink> {
    let mut sink = Connections::sink(&platform.connect, &job(), "b", table).unwrap();
    sink.open(restored).unwrap();
    sink
}

fn rows(table: &TableSpec, days: &[&str]) -> RowBatch {
    let numbers = Int64Array::from_iter_values(0..days.len() as i64);
    let texts = StringArray::from_iter_values(days);
    let columns = RecordBatch::try_new(table.physical.to_arrow(), vec![Arc::new(numbers), Arc::new(texts)]).unwrap();
    RowBatch::inserts(columns, Watermarks::NONE)
}

fn marks(folder: &Path) -> Vec<String> {
    files(&folder.join("out")).into_keys().filter(|name| name.ends_with("_DONE")).collect()
}

fn data(folder: &Path, day: &str) -> usize {
    let shown = files(&folder.join("out").join(format!("day={day}"))).into_keys();
    shown.filter(|name| name.starts_with("part-")).count()
}

fn checkpoint(sink: &mut dyn Sink) -> Prepared {
    let prepared = sink.prepare(false).unwrap();
    sink.committed().unwrap();
    prepared
}

#[test]
fn a_day_is_marked_when_the_watermark_has_passed_it_and_its_delay() {
    let dir = tempfile::tempdir().unwrap();
    let platform = Platform::open(dir.path());
    let table = output(&[
        ("sink.partition-commit.trigger", "partition-time"),
        ("sink.partition-commit.delay", "1 d"),
        ("partition.time-extractor.timestamp-pattern", "$day 00:00:00"),
    ]);
    let day: i64 = 86_400_000;
    let second = 19_725 * day;
    let mut sink = sink(&platform, &table, Restored::default());
    sink.write(&rows(&table, &["2024-01-02", "2024-01-03"])).unwrap();
    sink.watermark(second);
    checkpoint(sink.as_mut());
    assert_eq!((marks(dir.path()), data(dir.path(), "2024-01-02")), (Vec::new(), 0));
    sink.watermark(second + 1);
    sink.prepare(false).unwrap();
    assert!(marks(dir.path()).is_empty(), "the checkpoint isn't durable yet");
    sink.committed().unwrap();
    // Its rows are in a file although no rolling policy asked for one.
    assert_eq!((marks(dir.path()), data(dir.path(), "2024-01-02")), (vec!["day=2024-01-02/_DONE".to_owned()], 1));
    sink.prepare(true).unwrap();
    sink.committed().unwrap();
    assert_eq!(marks(dir.path()).len(), 2, "the end of the input ends all");
}

#[test]
fn a_crash_between_the_record_and_the_mark_is_made_up_for() {
    let dir = tempfile::tempdir().unwrap();
    let platform = Platform::open(dir.path());
    let table = output(&[("sink.partition-commit.delay", "1 min")]);
    let mut first = sink(&platform, &table, Restored::default());
    first.write(&rows(&table, &["a", "a"])).unwrap();
    let pending = checkpoint(first.as_mut());
    assert!(marks(dir.path()).is_empty());
    drop(first);
    let restored = |prepared: &Prepared| Restored {
        record: prepared.record.clone(),
        state: pending.changes.iter().filter_map(|(key, value)| Some((key.clone(), value.clone()?))).collect(),
    };
    let mut second = sink(&platform, &table, restored(&pending));
    platform.clock.advance(60_000);
    let due = second.prepare(false).unwrap();
    drop(second);
    assert!(marks(dir.path()).is_empty());
    let gone = Restored { record: due.record, state: Vec::new() };
    let mut third = sink(&platform, &table, gone);
    assert_eq!((marks(dir.path()), data(dir.path(), "a")), (vec!["day=a/_DONE".to_owned()], 1));
    // Rows that come later are of a new commit.
    third.write(&rows(&table, &["a"])).unwrap();
    platform.clock.advance(60_000);
    checkpoint(third.as_mut());
    assert_eq!(data(dir.path(), "a"), 2);
}

#[test]
fn a_folder_that_is_no_time_fails_by_name() {
    let dir = tempfile::tempdir().unwrap();
    let platform = Platform::open(dir.path());
    let table = output(&[("sink.partition-commit.trigger", "partition-time")]);
    let mut sink = sink(&platform, &table, Restored::default());
    sink.write(&rows(&table, &["monday"])).unwrap();
    let error = sink.prepare(false).unwrap_err().to_string();
    assert!(error.contains("`monday`") && error.contains("timestamp-pattern"), "{error}");
}
