//! Topics of upserts.

use std::collections::BTreeMap;

use arrow::array::{Array, AsArray, UInt32Array};
use yeoul_base::Timestamp;
use yeoul_engine::catalog::{Connectors, TableSpec};
use yeoul_engine::connections::Connections;
use yeoul_engine::sink::Restored;
use yeoul_log::batch::BatchBuilder;
use yeoul_row::{RowBatch, RowKind};

use crate::support::{ADDRESS, Platform, drain, integers, job, numbered, rows, table};

fn upserts(include: &str) -> TableSpec {
    let options = [
        ("connector", "upsert-kafka"),
        ("topic", "u"),
        ("properties.bootstrap.servers", ADDRESS),
        ("key.format", "json"),
        ("value.format", "json"),
        ("value.fields-include", include),
    ];
    TableSpec { primary_key: vec![0], ..table("u", numbered(), &options) }
}

fn produce(platform: &Platform, records: &[(Option<&str>, Option<&str>)]) {
    let mut batch = BatchBuilder::new();
    for (key, value) in records {
        batch.push(key.map(str::as_bytes), value.map(str::as_bytes), Timestamp(7), &[]);
    }
    platform.append("u", 0, batch);
}

#[test]
fn a_tombstone_deletes_by_its_key_also_where_the_value_has_the_key() {
    for (include, first) in [("ALL", r#"{"n":1,"s":"a"}"#), ("EXCEPT_KEY", r#"{"s":"a"}"#)] {
        let dir = tempfile::tempdir().unwrap();
        let platform = Platform::open(dir.path());
        let table = upserts(include);
        let abilities = Connectors::source(&platform.connect, &table).unwrap();
        assert!(abilities.upsert && abilities.mode.deletes);
        produce(&platform, &[(Some(r#"{"n":1}"#), Some(first)), (None, Some(first)), (Some(r#"{"n":2}"#), None)]);
        let batches = drain(platform.source(&table).as_mut(), 100);
        let batch = &batches[0];
        assert_eq!(integers(batch.columns.column(0).as_ref()), [1, 2], "{include}");
        assert_eq!(batch.kinds.as_deref(), Some([RowKind::UpdateAfter, RowKind::Delete].as_slice()));
        let texts = batch.columns.column(1).as_string::<i32>();
        assert_eq!((texts.value(0), texts.is_null(1)), ("a", true));
        // A record without a key is an upsert of nothing.
        assert_eq!(batch.ignored, 1);
    }
}

#[test]
fn a_projection_without_the_key_still_knows_what_goes() {
    let dir = tempfile::tempdir().unwrap();
    let platform = Platform::open(dir.path());
    produce(&platform, &[(Some(r#"{"n":1}"#), Some(r#"{"n":1,"s":"a"}"#)), (Some(r#"{"n":1}"#), None)]);
    let batches = drain(platform.source_of(&upserts("ALL"), &[1], true).as_mut(), 100);
    assert_eq!(batches[0].kinds.as_deref(), Some([RowKind::UpdateAfter, RowKind::Delete].as_slice()));
    assert_eq!(batches[0].raw.as_ref().map(|raw| raw.len()), Some(2));
}

#[test]
fn rows_that_go_are_written_as_tombstones_and_old_images_only_where_nothing_takes_their_place() {
    let dir = tempfile::tempdir().unwrap();
    let platform = Platform::open(dir.path());
    let table = upserts("ALL");
    assert!(Connectors::sink(&platform.connect, &table).unwrap().upsert);
    let mut sink = Connections::sink(&platform.connect, &job(), "b", &table).unwrap();
    sink.open(Restored::default()).unwrap();
    let kinds = [RowKind::Insert, RowKind::UpdateBefore, RowKind::UpdateAfter, RowKind::Delete];
    sink.write(&RowBatch { kinds: Some(kinds.into()), ..rows(0..4) }).unwrap();
    let (twice, replaced) = (UInt32Array::from(vec![9, 9]), [RowKind::UpdateBefore, RowKind::UpdateAfter]);
    let update = rows(0..10).take(&twice).unwrap();
    sink.write(&RowBatch { kinds: Some(replaced.into()), ..update }).unwrap();
    let prepared = sink.prepare(false).unwrap();
    assert!(
        platform.log.topic("u").is_some_and(|topic| topic.config.get("cleanup.policy").as_deref() == Some("compact"))
    );
    platform.commit(1, prepared.outputs);
    let batches = drain(platform.source(&table).as_mut(), 100);
    // 1 was not replaced by 2: they have different keys.
    assert_eq!(integers(batches[0].columns.column(0).as_ref()), [0, 1, 2, 3, 9]);
    let goes = |row: usize| batches[0].kinds.as_ref().is_some_and(|kinds| kinds[row] == RowKind::Delete);
    assert_eq!([0, 1, 2, 3, 4].map(goes), [false, true, false, true, false]);
}

#[test]
fn a_keyed_topic_gives_no_row_for_a_record_without_a_key() {
    let dir = tempfile::tempdir().unwrap();
    let platform = Platform::open(dir.path());
    produce(&platform, &[(None, Some(r#"{"s":"a"}"#)), (Some(r#"{"n":5}"#), Some(r#"{"s":"b"}"#))]);
    let options: BTreeMap<&str, &str> = BTreeMap::from([
        ("connector", "kafka"),
        ("topic", "u"),
        ("properties.bootstrap.servers", ADDRESS),
        ("scan.startup.mode", "earliest-offset"),
        ("key.fields", "n"),
        ("value.format", "json"),
        ("value.fields-include", "EXCEPT_KEY"),
    ]);
    for (format, wanted) in [("json", vec![5]), ("raw", vec![0, 0])] {
        let all: Vec<_> = options.iter().map(|(key, value)| (*key, *value)).chain([("key.format", format)]).collect();
        let batches = drain(platform.source_of(&table("k", numbered(), &all), &[0], true).as_mut(), 100);
        let found: Vec<i64> = batches.iter().flat_map(|batch| integers(batch.columns.column(0).as_ref())).collect();
        // In `raw` a missing key is NULL; seven bytes of JSON are no number.
        assert_eq!(found, if format == "raw" { vec![wanted[0]] } else { wanted }, "{format}");
    }
}
