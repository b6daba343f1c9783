//! Files as tables, read and written.

use std::path::Path;

use arrow::array::AsArray;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use yeoul_engine::catalog::TableSpec;
use yeoul_engine::connections::Connections;
use yeoul_engine::sink::{Prepared, Restored, Sink};
use yeoul_engine::source::Poll;
use yeoul_row::LogicalType;

use crate::support::{Platform, drain, files, integers, job, metadata, numbered, numbers, rows, table};

fn input(path: &str, format: &str) -> TableSpec {
    table("f", numbered(), &[("connector", "filesystem"), ("path", path), ("format", format)])
}

fn output(format: &str, more: &[(&str, &str)]) -> TableSpec {
    let options = [("connector", "filesystem"), ("path", "out"), ("format", format)];
    table("f", numbered(), &options.into_iter().chain(more.iter().copied()).collect::<Vec<_>>())
}

fn sink(platform: &Platform, table: &TableSpec, restored: Restored) -> Box<dyn Sink> {
    let mut sink = Connections::sink(&platform.connect, &job(), "b", table).unwrap();
    sink.open(restored).unwrap();
    sink
}

/// What the next start is given after some checkpoints.
fn restored(checkpoints: &[Prepared]) -> Restored {
    let mut state = std::collections::BTreeMap::new();
    for (key, value) in checkpoints.iter().flat_map(|prepared| prepared.changes.clone()) {
        match value {
            Some(value) => drop(state.insert(key, value)),
            None => drop(state.remove(&key)),
        }
    }
    let record = checkpoints.last().map(|prepared| prepared.record.clone()).unwrap_or_default();
    Restored { record, state: state.into_iter().collect() }
}

fn parquet_numbers(path: &Path) -> Vec<i64> {
    let reader = ParquetRecordBatchReaderBuilder::try_new(std::fs::File::open(path).unwrap()).unwrap().build().unwrap();
    reader.flat_map(|batch| integers(batch.unwrap().column(0).as_ref())).collect()
}

fn visible(folder: &Path) -> Vec<String> {
    files(&folder.join("out")).into_keys().filter(|name| !name.contains("/.") && !name.starts_with('.')).collect()
}

#[test]
fn files_of_a_folder_are_read_in_order_and_resumed_in_the_middle() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(dir.path().join("data/sub")).unwrap();
    std::fs::write(dir.path().join("data/b.json"), "{\"n\":3}\n\n{\"n\":4}").unwrap();
    std::fs::write(dir.path().join("data/a.json"), "{\"n\":1}\r\n{\"n\":2}\n").unwrap();
    std::fs::write(dir.path().join("data/sub/c.json"), "{\"n\":5}\n").unwrap();
    std::fs::write(dir.path().join("data/empty.json"), "").unwrap();
    std::fs::write(dir.path().join("data/_SUCCESS"), "no rows").unwrap();
    let platform = Platform::open(dir.path());
    for rows_max in [1, 2, 100] {
        let mut seen = Vec::new();
        let mut positions = std::collections::BTreeMap::new();
        loop {
            let mut source = platform.source(&input("data", "json"));
            source.restore(&positions).unwrap();
            let Poll::Batch(batch) = source.poll(rows_max).unwrap() else { break };
            seen.extend(numbers(&[batch]));
            positions = source.positions();
        }
        assert_eq!(seen, [1, 2, 3, 4, 5], "{rows_max} rows at a time");
        assert_eq!(positions["data/b.json"], 16);
    }
}

#[test]
fn long_files_are_read_in_pieces() {
    let dir = tempfile::tempdir().unwrap();
    let long = "x".repeat(3 << 20);
    let lines: Vec<String> = (0..200_000).map(|n| format!("{n},\"a\nb\"")).chain([format!("200000,{long}")]).collect();
    std::fs::write(dir.path().join("a.csv"), lines.join("\n")).unwrap();
    let platform = Platform::open(dir.path());
    let mut source = platform.source(&input("a.csv", "csv"));
    assert_eq!(numbers(&drain(source.as_mut(), 8192)), (0..=200_000).collect::<Vec<i64>>());
}

#[test]
fn bad_rows_of_files_are_put_aside_with_their_place() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("a.csv"), "1,x\nbad\n3,z\n").unwrap();
    let platform = Platform::open(dir.path());
    assert!(platform.source(&input("a.csv", "csv")).poll(10).is_err());
    let batches = drain(platform.source_of(&input("a.csv", "csv"), &[0], true).as_mut(), 10);
    let failed = &batches[0].failed[0];
    assert_eq!((failed.raw.as_ref(), failed.position, &*failed.split), (b"bad".as_slice(), 4, "a.csv"));
    assert_eq!(numbers(&batches), [1, 3]);
    std::fs::write(dir.path().join("a.json"), "{\"n\":1}\nbad\n{\"n\":3}\n").unwrap();
    let mut ignoring = input("a.json", "json");
    ignoring.options.insert("json.ignore-parse-errors".to_owned(), "true".to_owned());
    let batches = drain(platform.source_of(&ignoring, &[0], false).as_mut(), 10);
    assert_eq!((numbers(&batches), batches[0].ignored), (vec![1, 3], 1));
}

#[test]
fn metadata_names_the_file() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("a.csv"), "1,x\n").unwrap();
    let platform = Platform::open(dir.path());
    let mut table = input("a.csv", "csv");
    table.metadata =
        vec![metadata("file", "file.name", LogicalType::STRING), metadata("size", "file.size", LogicalType::BigInt)];
    let batch = &drain(platform.source(&table).as_mut(), 10)[0].columns;
    assert_eq!((batch.column(2).as_string::<i32>().value(0), integers(batch.column(3).as_ref())), ("a.csv", vec![4]));
}

#[test]
fn rows_wait_in_state_until_their_file_is_due() {
    let dir = tempfile::tempdir().unwrap();
    let platform = Platform::open(dir.path());
    let rolling = [("sink.rolling-policy.rollover-interval", "15 s"), ("sink.rolling-policy.check-interval", "5 s")];
    let table = output("parquet", &rolling);
    let mut sink = sink(&platform, &table, Restored::default());
    let mut checkpoints = Vec::new();
    for second in 0..20 {
        sink.write(&rows(second..second + 1)).unwrap();
        checkpoints.push(sink.prepare(false).unwrap());
        sink.committed().unwrap();
        platform.clock.advance(1000);
        assert_eq!(visible(dir.path()).len(), usize::from(second >= 15), "after {second} s");
    }
    let file = visible(dir.path()).remove(0);
    assert_eq!(parquet_numbers(&dir.path().join("out").join(&file)), (0..16).collect::<Vec<i64>>());
    assert!(file.starts_with("part-") && file.ends_with("-0-0.parquet"), "{file}");
    assert_eq!(restored(&checkpoints).state.len(), 4);
    drop(sink);
    let mut sink = self::sink(&platform, &table, restored(&checkpoints));
    sink.write(&rows(20..21)).unwrap();
    sink.prepare(true).unwrap();
    sink.committed().unwrap();
    let second = visible(dir.path()).remove(1);
    assert_eq!(parquet_numbers(&dir.path().join("out").join(second)), [16, 17, 18, 19, 20]);
}

#[test]
fn partitions_are_folders_and_their_columns_not_in_the_files() {
    let dir = tempfile::tempdir().unwrap();
    let platform = Platform::open(dir.path());
    let mut table = output("json", &[]);
    table.partition_keys = vec![1];
    let mut sink = sink(&platform, &table, Restored::default());
    sink.write(&rows(0..2)).unwrap();
    sink.write(&rows(0..1)).unwrap();
    sink.prepare(true).unwrap();
    assert!(visible(dir.path()).is_empty(), "nothing shows before the commit");
    sink.committed().unwrap();
    let shown = visible(dir.path());
    assert!(shown[0].starts_with("s=s0/part-") && shown[1].starts_with("s=s1/part-"), "{shown:?}");
    let text = std::fs::read_to_string(dir.path().join("out").join(&shown[0])).unwrap();
    assert_eq!(text, "{\"n\":0}\n{\"n\":0}\n");
}

#[test]
fn a_start_finishes_the_commit_and_removes_what_no_checkpoint_knows() {
    let dir = tempfile::tempdir().unwrap();
    let platform = Platform::open(dir.path());
    let table = output("csv", &[]);
    let mut first = sink(&platform, &table, Restored::default());
    first.write(&rows(0..1)).unwrap();
    let prepared = first.prepare(true).unwrap();
    // Killed before the commit: the file is nobody's.
    drop(sink(&platform, &table, Restored::default()));
    assert!(files(&dir.path().join("out")).is_empty());
    let mut again = sink(&platform, &table, Restored::default());
    again.write(&rows(0..1)).unwrap();
    assert_eq!(again.prepare(true).unwrap(), prepared);
    // Killed behind the commit: the file is shown.
    drop(sink(&platform, &table, restored(std::slice::from_ref(&prepared))));
    assert_eq!(visible(dir.path()).len(), 1);
    drop(sink(&platform, &table, restored(&[prepared])));
    assert_eq!(visible(dir.path()).len(), 1);
    // A job that begins anew doesn't overwrite what is there.
    let mut anew = sink(&platform, &table, Restored::default());
    anew.write(&rows(5..6)).unwrap();
    anew.prepare(true).unwrap();
    anew.committed().unwrap();
    assert_eq!(visible(dir.path()).len(), 2);
}

#[test]
fn printed_rows_look_as_flinks() {
    let dir = tempfile::tempdir().unwrap();
    let platform = Platform::open(dir.path());
    let table = table("p", numbered(), &[("connector", "print"), ("print-identifier", "x")]);
    sink(&platform, &table, Restored::default()).write(&rows(0..2)).unwrap();
    assert_eq!(platform.printed.lock().unwrap().as_slice(), b"x> +I[0, s0]\nx> +I[1, s1]\n");
}
