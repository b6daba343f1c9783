//! Topics of the platform's own log as tables.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use arrow::array::{AsArray, RecordBatch, StringArray};
use arrow::datatypes::{Int64Type, TimestampMillisecondType};
use yeoul_base::{PartitionId, Timestamp};
use yeoul_engine::checkpoint::{Checkpoint, CheckpointStore};
use yeoul_engine::connections::Connections;
use yeoul_engine::sink::Restored;
use yeoul_engine::source::{Failure, Poll, SourceError};
use yeoul_log::TopicConfig;
use yeoul_log::batch::{BatchBuilder, Compression};
use yeoul_row::{LogicalType, RowBatch, RowKind, Watermarks};

use crate::support::{Platform, drain, job, metadata, numbers, position, row, rows, table, topic_table};

#[test]
fn rows_are_read_with_their_offsets() {
    let dir = tempfile::tempdir().unwrap();
    let platform = Platform::open(dir.path());
    platform.produce("in", &[r#"{"n":1,"s":"a"}"#, r#"{"n":2}"#]);
    platform.produce("in", &[r#"{"s":"c","n":"3"}"#]);
    let mut source = platform.source(&topic_table("in", &[]));
    let batches = drain(source.as_mut(), 100);
    assert_eq!(numbers(&batches), [1, 2, 3]);
    let offsets: Vec<i64> = batches.iter().flat_map(|batch| batch.positions.values().to_vec()).collect();
    assert_eq!(offsets, [0, 1, 2]);
    assert_eq!(position(source.as_ref()), 3);
    assert_eq!(source.lag()[0].end, Some(3));
    assert!(matches!(source.poll(100), Ok(Poll::Pending)));
    platform.produce("in", &[r#"{"n":4}"#]);
    source.wait(Duration::from_secs(10));
    assert_eq!(numbers(&drain(source.as_mut(), 100)), [4]);
}

#[test]
fn reading_goes_on_in_the_middle_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let platform = Platform::open(dir.path());
    let texts: Vec<String> = (0..100).map(|n| format!("{{\"n\":{n}}}")).collect();
    for (place, chunk) in texts.chunks(33).enumerate() {
        let codec = [Compression::None, Compression::Zstd, Compression::Lz4, Compression::Gzip][place];
        let mut batch = BatchBuilder::new().compression(codec);
        chunk.iter().for_each(|text| batch.push(None, Some(text.as_bytes()), Timestamp(0), &[]));
        platform.append("in", 0, batch);
    }
    for rows_max in [1, 7, 33, 1000] {
        let mut seen = Vec::new();
        let mut positions = platform.source(&topic_table("in", &[])).positions();
        loop {
            let mut source = platform.source(&topic_table("in", &[]));
            source.restore(&positions).unwrap();
            let Poll::Batch(batch) = source.poll(rows_max).unwrap() else { break };
            assert!(batch.columns.num_rows() <= rows_max);
            seen.extend(numbers(&[batch]));
            positions = source.positions();
        }
        assert_eq!(seen, (0..100).collect::<Vec<i64>>(), "{rows_max} rows at a time");
    }
}

#[test]
fn a_bad_row_fails_the_job_or_is_put_aside_with_its_bytes() {
    let dir = tempfile::tempdir().unwrap();
    let platform = Platform::open(dir.path());
    platform.produce("in", &[r#"{"n":1}"#, "no json", r#"{"n":3}"#]);
    let table = topic_table("in", &[]);
    let refused = platform.source(&table).poll(100);
    let Err(SourceError::Malformed { split, position: at, .. }) = refused else { panic!("{refused:?}") };
    assert_eq!((split.as_str(), at), ("in-0", 1));
    let mut source = platform.source_of(&table, &[0], true);
    let batches = drain(source.as_mut(), 100);
    assert_eq!((numbers(&batches), position(source.as_ref())), (vec![1, 3], 3));
    let failed = &batches[0].failed[0];
    assert_eq!((failed.position, failed.raw.as_ref(), failed.cause), (1, b"no json".as_slice(), "malformed"));
    assert_eq!(batches[0].raw.as_ref().unwrap().value(1), br#"{"n":3}"#);
    let ignoring = topic_table("in", &[("json.ignore-parse-errors", "true")]);
    let mut source = platform.source(&ignoring);
    let batches = drain(source.as_mut(), 100);
    assert_eq!((numbers(&batches), position(source.as_ref())), (vec![1, 3], 3));
    assert_eq!(batches.iter().map(|batch| batch.ignored).sum::<u64>(), 1, "what is passed over is counted");
}

#[test]
fn a_poll_of_nothing_but_bad_rows_moves_on() {
    let dir = tempfile::tempdir().unwrap();
    let platform = Platform::open(dir.path());
    platform.produce("in", &["x", "y", "z"]);
    let mut source = platform.source_of(&topic_table("in", &[]), &[], true);
    let Poll::Batch(batch) = source.poll(2).unwrap() else { panic!() };
    assert_eq!((batch.columns.num_rows(), batch.failed.len(), position(source.as_ref())), (0, 2, 2));
}

#[test]
fn a_record_without_a_value_has_no_row() {
    let dir = tempfile::tempdir().unwrap();
    let platform = Platform::open(dir.path());
    let mut batch = BatchBuilder::new();
    batch.push(Some(b"k"), None, Timestamp(0), &[]);
    batch.push(Some(b"k"), Some(br#"{"n":1}"#), Timestamp(0), &[]);
    platform.append("in", 0, batch);
    let mut source = platform.source(&topic_table("in", &[]));
    let batches = drain(source.as_mut(), 100);
    assert_eq!((numbers(&batches), position(source.as_ref()), batches[0].ignored), (vec![1], 2, 1));
}

/// Options, the numbers that they give, and whether the source ends.
type Case<'a> = (&'a [(&'a str, &'a str)], &'a [i64], bool);

#[test]
fn starting_points_and_ends_are_kept_to() {
    let dir = tempfile::tempdir().unwrap();
    let platform = Platform::open(dir.path());
    for n in 0..5_i64 {
        let mut batch = BatchBuilder::new();
        batch.push(None, Some(format!("{{\"n\":{n}}}").as_bytes()), Timestamp(1000 + n * 10), &[]);
        platform.append("in", 0, batch);
    }
    let cases: [Case<'_>; 6] = [
        (&[("scan.startup.mode", "latest-offset")], &[], false),
        (&[("scan.startup.mode", "timestamp"), ("scan.startup.timestamp-millis", "1015")], &[2, 3, 4], false),
        (&[("scan.startup.mode", "timestamp"), ("scan.startup.timestamp-millis", "9999")], &[], false),
        (
            &[("scan.startup.mode", "specific-offsets"), ("scan.startup.specific-offsets", "partition:0,offset:4")],
            &[4],
            false,
        ),
        (&[("scan.bounded.mode", "latest-offset")], &[0, 1, 2, 3, 4], true),
        (
            &[("scan.bounded.mode", "specific-offsets"), ("scan.bounded.specific-offsets", "partition:0,offset:2")],
            &[0, 1],
            true,
        ),
    ];
    for (options, expected, ends) in cases {
        let mut source = platform.source(&topic_table("in", options));
        assert_eq!(numbers(&drain(source.as_mut(), 100)), expected, "{options:?}");
        assert_eq!(matches!(source.poll(1), Ok(Poll::End)), ends, "{options:?}");
    }
}

#[test]
fn a_group_s_offsets_are_committed_with_checkpoints_and_say_where_to_begin() {
    let dir = tempfile::tempdir().unwrap();
    let platform = Platform::open(dir.path());
    platform.produce("in", &[r#"{"n":1}"#, r#"{"n":2}"#, r#"{"n":3}"#]);
    let by_group = [("scan.startup.mode", "group-offsets"), ("properties.group.id", "readers")];
    let reset = [by_group[0], by_group[1], ("properties.auto.offset.reset", "earliest")];
    let error = platform.source(&topic_table("in", &by_group)).poll(1).unwrap_err().to_string();
    assert!(
        error.contains("group `readers` has no committed offset") && error.contains("auto.offset.reset"),
        "{error}"
    );
    let mut source = platform.source(&topic_table("in", &reset));
    assert_eq!(numbers(&drain(source.as_mut(), 2)), [1, 2, 3]);
    let committed = || platform.log.committed_offset("readers", "in", PartitionId(0)).map(|it| it.offset.0);
    assert_eq!(committed(), None, "what was read is committed with a checkpoint only");
    let checkpoint =
        Checkpoint { id: 1, positions: BTreeMap::from([(0, source.positions())]), ..Checkpoint::default() };
    platform.store.commit(&job(), checkpoint).unwrap();
    // Nobody waits for it: another row is durable behind it.
    platform.produce("in", &[r#"{"n":4}"#]);
    assert_eq!(committed(), Some(3));
    assert_eq!(numbers(&drain(platform.source(&topic_table("in", &by_group)).as_mut(), 100)), [4]);
}

#[test]
fn reading_ends_where_a_group_stands() {
    let dir = tempfile::tempdir().unwrap();
    let platform = Platform::open(dir.path());
    platform.produce("in", &[r#"{"n":1}"#, r#"{"n":2}"#, r#"{"n":3}"#]);
    let options = [("scan.bounded.mode", "group-offsets"), ("properties.group.id", "readers")];
    let error = platform.source(&topic_table("in", &options)).poll(1).unwrap_err().to_string();
    assert!(
        error.contains("group `readers` has no committed offset") && error.contains("scan.bounded.mode"),
        "{error}"
    );
    let topic = platform.log.topic("in").unwrap().id;
    let committed = yeoul_log::CommittedOffset::new(yeoul_base::Offset(2), topic, yeoul_base::Timestamp(0));
    platform.log.put(vec![committed.row("readers", "in", PartitionId(0))]).wait().unwrap();
    let mut source = platform.source(&topic_table("in", &options));
    assert_eq!(numbers(&drain(source.as_mut(), 100)), [1, 2]);
    assert!(matches!(source.poll(1), Ok(Poll::End)));
}

#[test]
fn an_end_that_was_found_at_the_start_stays_where_it_was_over_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let platform = Platform::open(dir.path());
    platform.produce("in", &[r#"{"n":1}"#, r#"{"n":2}"#]);
    let table = topic_table("in", &[("scan.bounded.mode", "latest-offset")]);
    let mut source = platform.source(&table);
    let Poll::Batch(batch) = source.poll(1).unwrap() else { panic!() };
    let positions = source.positions();
    platform.produce("in", &[r#"{"n":3}"#]);
    let mut again = platform.source(&table);
    again.restore(&positions).unwrap();
    let rest = drain(again.as_mut(), 100);
    assert_eq!((numbers(&[batch]), numbers(&rest)), (vec![1], vec![2]));
    assert!(matches!(again.poll(1), Ok(Poll::End)));
    assert_eq!(again.splits(), ["in-0"]);
}

#[test]
fn a_position_that_is_gone_is_an_error_that_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let platform = Platform::open(dir.path());
    platform.produce("in", &[r#"{"n":1}"#]);
    let mut source = platform.source(&topic_table("in", &[]));
    source.restore(&[("in-0".to_owned(), 9)].into()).unwrap();
    let error = source.poll(1).unwrap_err().to_string();
    assert!(error.contains("created anew") && error.contains("--fresh"), "{error}");
}

#[test]
fn a_topic_that_was_created_anew_is_not_read_from_the_old_place() {
    let dir = tempfile::tempdir().unwrap();
    let platform = Platform::open(dir.path());
    platform.produce("in", &[r#"{"n":1}"#, r#"{"n":2}"#]);
    let mut source = platform.source(&topic_table("in", &[]));
    drain(source.as_mut(), 100);
    let positions = source.positions();
    platform.source(&topic_table("in", &[])).restore(&positions).unwrap();
    platform.log.delete_topic(platform.log.topic("in").unwrap().id).wait().unwrap();
    platform.produce("in", &[r#"{"n":3}"#, r#"{"n":4}"#, r#"{"n":5}"#]);
    let error = platform.source(&topic_table("in", &[])).restore(&positions).unwrap_err().to_string();
    assert!(error.contains("created anew") && error.contains("--fresh"), "{error}");
}

#[test]
fn metadata_and_keys_are_columns() {
    let dir = tempfile::tempdir().unwrap();
    let platform = Platform::open(dir.path());
    let mut batch = BatchBuilder::new();
    batch.push(Some(b"7"), Some(br#"{"s":"x"}"#), Timestamp(5), &[("h", Some(b"1")), ("h", Some(b"2"))]);
    batch.push(Some(b"8"), Some(br#"{"s":"y"}"#), Timestamp(6), &[]);
    // As in Flink: where a format makes no row of a key that is missing, there is none.
    batch.push(None, Some(br#"{"s":"z"}"#), Timestamp(7), &[]);
    platform.append("in", 0, batch);
    let keyed = [("key.format", "csv"), ("key.fields", "n"), ("value.fields-include", "EXCEPT_KEY")];
    let mut table = topic_table("in", &keyed);
    let headers = LogicalType::Map(Box::new(LogicalType::STRING.not_null()), Box::new(LogicalType::BYTES.nullable()));
    table.metadata = vec![
        metadata("at", "timestamp", LogicalType::TimestampLtz(3)),
        metadata("headers", "headers", headers),
        metadata("offset", "offset", LogicalType::STRING),
        metadata("topic", "topic", LogicalType::STRING),
    ];
    let mut source = platform.source_of(&table, &[5, 0, 2, 1, 3, 4], false);
    let batch = &drain(source.as_mut(), 100)[0].columns;
    assert_eq!(batch.column(0).as_string::<i32>().value(1), "in");
    assert_eq!(batch.column(1).as_primitive::<Int64Type>().values(), &[7, 8]);
    assert_eq!(batch.column(2).as_primitive::<TimestampMillisecondType>().values(), &[5, 6]);
    assert_eq!(batch.column(3).as_string::<i32>().value(0), "x");
    assert_eq!(batch.column(4).as_map().value(0).column(1).as_binary::<i32>().value(0), b"2");
    assert_eq!(batch.column(5).as_string::<i32>().value(1), "1");
}

#[test]
fn several_partitions_are_read_in_turn_and_waited_for() {
    let dir = tempfile::tempdir().unwrap();
    let platform = Platform::open(dir.path());
    platform.log.create_topic("in", 3, TopicConfig::default()).wait().unwrap();
    for partition in 0..3 {
        let mut batch = BatchBuilder::new();
        (0..10).for_each(|_| batch.push(None, Some(format!("{{\"n\":{partition}}}").as_bytes()), Timestamp(0), &[]));
        platform.append("in", partition, batch);
    }
    let mut source = platform.source(&topic_table("in", &[]));
    let batches = drain(source.as_mut(), 5);
    let splits: Vec<&str> = batches.iter().map(|batch| &*batch.split).collect();
    assert_eq!(splits, ["in-0", "in-1", "in-2", "in-0", "in-1", "in-2"]);
    let mut batch = BatchBuilder::new();
    batch.push(None, Some(b"{\"n\":9}"), Timestamp(0), &[]);
    platform.append("in", 2, batch);
    // Each partition is waited on for a while, by the clock, which someone must drive.
    let woken = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !woken.load(Ordering::Relaxed) {
                platform.clock.advance(1);
                platform.produce("other", &["{}"]);
            }
        });
        source.wait(Duration::from_secs(10));
        woken.store(true, Ordering::Relaxed);
    });
    assert_eq!(numbers(&drain(source.as_mut(), 5)), [9]);
}

#[test]
fn what_a_sink_writes_shows_up_with_the_checkpoint() {
    let dir = tempfile::tempdir().unwrap();
    let platform = Platform::open(dir.path());
    let mut sink = Connections::sink(&platform.connect, &job(), "b", &topic_table("out", &[])).unwrap();
    sink.open(Restored::default()).unwrap();
    sink.write(&rows(0..3)).unwrap();
    let prepared = sink.prepare(false).unwrap();
    assert!(platform.values("out").is_empty());
    platform.commit(1, prepared.outputs);
    sink.committed().unwrap();
    assert_eq!(platform.values("out"), [r#"{"n":0,"s":"s0"}"#, r#"{"n":1,"s":"s1"}"#, r#"{"n":2,"s":"s2"}"#]);
    sink.write(&rows(3..50_000)).unwrap();
    let prepared = sink.prepare(true).unwrap();
    assert!(prepared.outputs.len() > 1, "large output is staged in several batches");
    platform.commit(2, prepared.outputs);
    let values = platform.values("out");
    assert_eq!((values.len(), values[49_999].as_str()), (50_000, r#"{"n":49999,"s":"s49999"}"#));
}

#[test]
fn keys_choose_the_partition_and_metadata_the_time() {
    let dir = tempfile::tempdir().unwrap();
    let platform = Platform::open(dir.path());
    let table =
        topic_table("out", &[("key.format", "raw"), ("key.fields", "s"), ("properties.compression.type", "lz4")]);
    let mut sink = Connections::sink(&platform.connect, &job(), "b", &table).unwrap();
    sink.write(&rows(0..2)).unwrap();
    let outputs = sink.prepare(false).unwrap().outputs;
    platform.commit(1, outputs);
    let keys: Vec<Option<String>> = platform.records("out").into_iter().map(|(key, _, _)| key).collect();
    assert_eq!(keys, [Some("s0".to_owned()), Some("s1".to_owned())]);
}

#[test]
fn a_line_feed_at_a_value_s_end_is_the_value_s_own_but_in_csv() {
    let dir = tempfile::tempdir().unwrap();
    let platform = Platform::open(dir.path());
    let mut outputs = Vec::new();
    for (format, expected) in [("raw", "a\n"), ("csv", "\"a\n\"")] {
        let options = topic_table(format, &[("format", format)]).options;
        let options: Vec<(&str, &str)> = options.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        let spec = table("t", row(&[("s", LogicalType::STRING)]), &options);
        let mut sink = Connections::sink(&platform.connect, &job(), format, &spec).unwrap();
        let texts = StringArray::from_iter_values(["a\n"]);
        let columns = RecordBatch::try_new(spec.physical.to_arrow(), vec![Arc::new(texts)]).unwrap();
        sink.write(&RowBatch::inserts(columns, Watermarks::NONE)).unwrap();
        outputs.push((format, expected, sink.prepare(false).unwrap().outputs));
    }
    for (id, (topic, expected, outputs)) in (1..).zip(outputs) {
        platform.commit(id, outputs);
        assert_eq!(platform.values(topic), [expected]);
    }
}

#[test]
fn a_topic_takes_new_rows_only() {
    let dir = tempfile::tempdir().unwrap();
    let platform = Platform::open(dir.path());
    let mut sink = Connections::sink(&platform.connect, &job(), "b", &topic_table("out", &[])).unwrap();
    let mut batch = rows(0..1);
    batch.kinds = Some([RowKind::Delete].into());
    assert!(sink.write(&batch).unwrap_err().to_string().contains("`-D`"));
}

#[test]
fn refused_rows_go_to_their_topic_with_reason_and_place() {
    let dir = tempfile::tempdir().unwrap();
    let platform = Platform::open(dir.path());
    let mut sink = platform.connect.failures(&job(), "failed.in").unwrap();
    let failure = Failure {
        cause: "late",
        reason: "too late".to_owned(),
        split: "in-0".into(),
        position: 42,
        raw: "original".into(),
    };
    sink.write(&[failure]).unwrap();
    platform.commit(1, sink.prepare().unwrap());
    let (_, value, headers) = platform.records("failed.in").remove(0);
    assert_eq!(value, "original");
    for (key, expected) in
        [("cause", "late"), ("reason", "too late"), ("job", "test job"), ("source", "in-0"), ("position", "42")]
    {
        assert_eq!(headers[&format!("yeoul.{key}")], expected);
    }
}

#[test]
fn a_refused_row_that_its_topic_can_not_hold_is_cut_and_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let platform = Platform::open(dir.path());
    let mut small = TopicConfig::default();
    small.set("max.message.bytes", "3000").unwrap();
    platform.log.create_topic("small", 1, small).wait().unwrap();
    let failure = || Failure {
        cause: "malformed",
        reason: "no object".to_owned(),
        split: "in-0".into(),
        position: 42,
        raw: vec![b'x'; 5000].into(),
    };
    for (id, topic, cut) in [(1, "small", true), (2, "made", false)] {
        let mut sink = platform.connect.failures(&job(), topic).unwrap();
        sink.write(&[failure(), failure()]).unwrap();
        platform.commit(id, sink.prepare().unwrap());
        let records = platform.records(topic);
        assert_eq!(records.len(), 2);
        for (_, value, headers) in records {
            assert_eq!(headers.get("yeoul.truncated").map(String::as_str), cut.then_some("5000"));
            assert!(if cut { value.len() > 2000 } else { value.len() == 5000 }, "{}", value.len());
        }
    }
    assert_eq!(platform.log.topic("made").unwrap().config.max_message_bytes(), 64 << 20);
    let mut sink = platform.connect.failures(&job(), "small").unwrap();
    sink.write(&[Failure { reason: "é".repeat(9000), ..failure() }]).unwrap();
    platform.commit(3, sink.prepare().unwrap());
    let (_, _, headers) = platform.records("small").pop().unwrap();
    assert!(headers["yeoul.reason"].starts_with('é') && headers["yeoul.reason"].len() < 3000);
}
