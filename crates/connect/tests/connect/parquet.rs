//! Parquet files, partitions and watched folders as tables.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Int32Array, Int64Array, RecordBatch, StringArray, StructArray};
use arrow::datatypes::{DataType, Field, Schema};
use parquet::arrow::ArrowWriter;
use parquet::file::properties::WriterProperties;
use yeoul_engine::catalog::{Connectors, TableSpec};
use yeoul_engine::connections::{Connections, Prune, SourceRequest};
use yeoul_engine::source::{Poll, SourceError};
use yeoul_row::LogicalType;

use crate::support::{Platform, drain, integers, job, metadata, numbered, numbers, row, table};

fn input(more: &[(&str, &str)]) -> TableSpec {
    let options = [("connector", "filesystem"), ("path", "data"), ("format", "parquet")];
    table("f", numbered(), &options.into_iter().chain(more.iter().copied()).collect::<Vec<_>>())
}

/// A file of `n` and `s` in row groups of ten.
fn write(path: &std::path::Path, numbers: std::ops::Range<i64>) {
    let texts = StringArray::from_iter_values(numbers.clone().map(|n| format!("s{n}")));
    let columns: Vec<(&str, ArrayRef)> =
        vec![("s", Arc::new(texts)), ("n", Arc::new(Int64Array::from_iter_values(numbers)))];
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let properties = WriterProperties::builder().set_max_row_group_row_count(Some(10)).build();
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    let mut writer =
        ArrowWriter::try_new(std::fs::File::create(path).unwrap(), batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

#[test]
fn rows_of_all_row_groups_are_read_and_resumed_in_the_middle() {
    let dir = tempfile::tempdir().unwrap();
    write(&dir.path().join("data/a.parquet"), 0..25);
    write(&dir.path().join("data/b.parquet"), 25..25);
    write(&dir.path().join("data/c.parquet"), 25..40);
    let platform = Platform::open(dir.path());
    for rows_max in [1, 7, 100] {
        let mut seen = Vec::new();
        let mut positions = std::collections::BTreeMap::new();
        loop {
            let mut source = platform.source(&input(&[]));
            source.restore(&positions).unwrap();
            let Poll::Batch(batch) = source.poll(rows_max).unwrap() else { break };
            assert_eq!(batch.positions.len(), batch.columns.num_rows());
            seen.extend(numbers(&[batch]));
            positions = source.positions();
        }
        assert_eq!(seen, (0..40).collect::<Vec<i64>>(), "{rows_max} rows at a time");
        assert_eq!(positions["data/c.parquet"], 15);
    }
}

#[test]
fn a_damaged_file_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("data/a.parquet");
    write(&path, 0..25);
    let bytes = std::fs::read(&path).unwrap();
    let platform = Platform::open(dir.path());
    let mut damaged = vec![b"no parquet file at all".to_vec(), bytes[..bytes.len() / 2].to_vec(), Vec::new()];
    let mut flipped = bytes.clone();
    let end = flipped.len();
    flipped[end - 6] ^= 0x40;
    damaged.push(flipped);
    for bytes in damaged {
        std::fs::write(&path, &bytes).unwrap();
        let mut source = platform.source(&input(&[]));
        let found = loop {
            match source.poll(100) {
                Ok(Poll::Batch(_) | Poll::Pending) => {}
                Ok(Poll::End) => panic!("{} bytes were read as a file", bytes.len()),
                Err(error) => break error,
            }
        };
        assert!(matches!(&found, SourceError::Unreadable(text) if text.contains("data/a.parquet")), "{found}");
    }
}

#[test]
fn a_column_of_another_type_is_named_with_both_types() {
    let dir = tempfile::tempdir().unwrap();
    write(&dir.path().join("data/a.parquet"), 0..5);
    let platform = Platform::open(dir.path());
    let mut other = input(&[]);
    other.physical = row(&[("s", LogicalType::BigInt)]);
    let error = platform.source(&other).poll(10).unwrap_err().to_string();
    for part in ["data/a.parquet", "`s`", "Utf8", "BIGINT"] {
        assert!(error.contains(part), "{error}");
    }
}

#[test]
fn nested_columns_are_read_by_the_names_of_their_fields() {
    let dir = tempfile::tempdir().unwrap();
    let fields = vec![
        (Arc::new(Field::new("y", DataType::Utf8, true)), Arc::new(StringArray::from(vec!["a"])) as ArrayRef),
        (Arc::new(Field::new("x", DataType::Int32, true)), Arc::new(Int32Array::from(vec![7])) as ArrayRef),
    ];
    let nested = StructArray::from(fields);
    let schema = Arc::new(Schema::new(vec![Field::new("r", nested.data_type().clone(), true)]));
    let batch = RecordBatch::try_new(schema.clone(), vec![Arc::new(nested)]).unwrap();
    std::fs::create_dir(dir.path().join("data")).unwrap();
    let file = std::fs::File::create(dir.path().join("data/a.parquet")).unwrap();
    let mut writer = ArrowWriter::try_new(file, schema, None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    let inner = row(&[("x", LogicalType::BigInt), ("z", LogicalType::Int)]);
    let mut wanted = input(&[]);
    wanted.physical = row(&[("r", LogicalType::Row(Arc::new(inner)))]);
    let platform = Platform::open(dir.path());
    let batches = drain(platform.source(&wanted).as_mut(), 10);
    let found = batches[0].columns.column(0).as_struct();
    assert_eq!((integers(found.column(0).as_ref()), found.column(1).is_null(0)), (vec![7], true));
}

#[test]
fn partition_columns_come_from_folders_names() {
    let dir = tempfile::tempdir().unwrap();
    write(&dir.path().join("data/day=2024-01-02/hour=5/a.parquet"), 0..2);
    write(&dir.path().join("data/day=__DEFAULT_PARTITION__/hour=6/sub/a.parquet"), 2..3);
    std::fs::write(dir.path().join("data/_SUCCESS"), "").unwrap();
    let platform = Platform::open(dir.path());
    let mut partitioned = input(&[]);
    partitioned.physical = row(&[
        ("day", LogicalType::Date),
        ("n", LogicalType::BigInt),
        ("hour", LogicalType::BigInt),
        ("s", LogicalType::STRING),
    ]);
    partitioned.partition_keys = vec![0, 2];
    partitioned.metadata = vec![metadata("file", "file.name", LogicalType::STRING)];
    let batches = drain(platform.source(&partitioned).as_mut(), 10);
    let columns = |place: usize| batches.iter().map(move |batch| batch.columns.column(place));
    let hours: Vec<i64> = columns(2).flat_map(|column| integers(column.as_ref())).collect();
    let found: Vec<i64> = columns(1).flat_map(|column| integers(column.as_ref())).collect();
    assert_eq!((found, hours), (vec![0, 1, 2], vec![5, 5, 6]));
    assert_eq!(columns(0).map(|column| column.null_count()).sum::<usize>(), 1);
    assert_eq!(columns(4).next().unwrap().as_string::<i32>().value(0), "a.parquet");
    // What is no partition is not passed over.
    write(&dir.path().join("data/stray.parquet"), 0..1);
    let refusal = Connectors::source(&platform.connect, &partitioned).unwrap_err();
    assert!(refusal.message.contains("stray.parquet"), "{}", refusal.message);
}

#[test]
fn partitions_that_are_not_wanted_are_not_opened() {
    let dir = tempfile::tempdir().unwrap();
    write(&dir.path().join("data/hour=5/a.parquet"), 0..2);
    std::fs::create_dir_all(dir.path().join("data/hour=6")).unwrap();
    std::fs::write(dir.path().join("data/hour=6/a.parquet"), "broken").unwrap();
    let platform = Platform::open(dir.path());
    let mut partitioned = input(&[]);
    partitioned.physical = row(&[("n", LogicalType::BigInt), ("hour", LogicalType::BigInt)]);
    partitioned.partition_keys = vec![1];
    let prune = Prune(Arc::new(|row: &RecordBatch| integers(row.column(1).as_ref()) == [5]));
    let (job, table, projection) = (job(), &partitioned, [0, 1]);
    let (keep_raw, keep_malformed, seed) = (false, false, None);
    let request = |prune| SourceRequest {
        job: &job,
        table,
        projection: &projection,
        fields: &[],
        keep_raw,
        keep_malformed,
        prune,
        seed,
    };
    let mut source = Connections::source(&platform.connect, request(Some(&prune))).unwrap();
    assert_eq!(numbers(&drain(source.as_mut(), 10)), [0, 1]);
    let mut whole = Connections::source(&platform.connect, request(None)).unwrap();
    assert!((0..3).any(|_| whole.poll(10).is_err()));
}

#[test]
fn a_watched_folder_gives_new_files_once_also_over_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let platform = Platform::open(dir.path());
    let watched = input(&[("source.monitor-interval", "10 s")]);
    assert!(!Connectors::source(&platform.connect, &watched).unwrap().bounded);
    let mut source = platform.source(&watched);
    assert!(matches!(source.poll(100).unwrap(), Poll::Pending));
    write(&dir.path().join("data/a.parquet"), 0..3);
    assert!(matches!(source.poll(100).unwrap(), Poll::Pending), "it is not time to look yet");
    platform.clock.advance(10_000);
    assert_eq!(numbers(&drain(source.as_mut(), 100)), [0, 1, 2]);
    write(&dir.path().join("data/b.parquet"), 3..5);
    platform.clock.advance(10_000);
    let Poll::Batch(first) = source.poll(1).unwrap() else { panic!("the new file is not found") };
    assert_eq!(numbers(&[first]), [3]);
    let positions = source.positions();
    assert_eq!(positions["data/a.parquet#end"], 3);
    // What was read up may go; what wasn't may not.
    std::fs::remove_file(dir.path().join("data/a.parquet")).unwrap();
    let mut source = platform.source(&watched);
    source.restore(&positions).unwrap();
    assert_eq!(numbers(&drain(source.as_mut(), 100)), [4]);
    assert!(source.has_one_watermark());
    std::fs::remove_file(dir.path().join("data/b.parquet")).unwrap();
    assert!(platform.source(&watched).restore(&positions).is_err());
}
