//! What is wrong with a table is said with the option at fault and a remedy.

use yeoul_engine::catalog::{Connectors, TableSpec};
use yeoul_row::LogicalType;

use crate::support::{ADDRESS, Platform, metadata, numbered, row, table, topic_table};

fn with_files(more: &[(&str, &str)]) -> TableSpec {
    let options = [("connector", "filesystem"), ("path", "data/a.csv"), ("format", "csv")];
    let kept = options.into_iter().filter(|(key, _)| !more.iter().any(|(other, _)| key == other));
    table("f", numbered(), &kept.chain(more.iter().copied()).filter(|(_, value)| !value.is_empty()).collect::<Vec<_>>())
}

fn upserts(topic: &str, key: &[usize], more: &[(&str, &str)]) -> TableSpec {
    let options = [
        ("connector", "upsert-kafka"),
        ("topic", topic),
        ("properties.bootstrap.servers", ADDRESS),
        ("key.format", "json"),
        ("value.format", "json"),
    ];
    let kept = options.into_iter().filter(|(key, _)| !more.iter().any(|(other, _)| key == other));
    let all: Vec<_> = kept.chain(more.iter().copied()).filter(|(_, value)| !value.is_empty()).collect();
    TableSpec { primary_key: key.to_vec(), ..table("u", numbered(), &all) }
}

fn generated(more: &[(&str, &str)]) -> TableSpec {
    let options = [("connector", "datagen")];
    table("g", numbered(), &options.into_iter().chain(more.iter().copied()).collect::<Vec<_>>())
}

fn socket(more: &[(&str, &str)]) -> TableSpec {
    let options = [("connector", "socket"), ("hostname", "127.0.0.1"), ("port", "9999"), ("format", "csv")];
    let kept = options.into_iter().filter(|(key, _)| !more.iter().any(|(other, _)| key == other));
    table("s", numbered(), &kept.chain(more.iter().copied()).collect::<Vec<_>>())
}

#[test]
fn a_wrong_source_is_refused_with_a_remedy() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("data")).unwrap();
    std::fs::write(dir.path().join("data/a.csv"), "1,x\n").unwrap();
    let platform = Platform::open(dir.path());
    let mut with_metadata = topic_table("t", &[]);
    with_metadata.metadata.push(metadata("o", "ofset", LogicalType::BigInt));
    let mut without_topic = topic_table("t", &[]);
    without_topic.options.remove("topic");
    let cases: Vec<(TableSpec, &str, &str)> = vec![
        (table("x", numbered(), &[]), "connector", "known are"),
        (table("x", numbered(), &[("connector", "kafak")]), "connector", "did you mean `kafka`?"),
        (table("x", numbered(), &[("connector", "print")]), "connector", "read from"),
        (without_topic, "topic", "add `'topic' = "),
        (topic_table("a b", &[]), "topic", "use letters"),
        (topic_table("t", &[("topc", "x")]), "topc", "did you mean `topic`?"),
        (topic_table("t", &[("scan.startup.mod", "x")]), "scan.startup.mod", "did you mean `scan.startup.mode`?"),
        (topic_table("t", &[("scan.startup.mode", "earliest")]), "scan.startup.mode", "known are"),
        (topic_table("t", &[("scan.startup.mode", "group-offsets")]), "scan.startup.mode", "'properties.group.id'"),
        (topic_table("t", &[("scan.startup.mode", "timestamp")]), "scan.startup.timestamp-millis", "add"),
        (
            topic_table("t", &[("scan.startup.mode", "specific-offsets"), ("scan.startup.specific-offsets", "0:5")]),
            "scan.startup.specific-offsets",
            "partition:0,offset:42",
        ),
        (
            topic_table("t", &[("properties.bootstrap.servers", "kafka.example.com:9092")]),
            "properties.bootstrap.servers",
            ADDRESS,
        ),
        (topic_table("t", &[("properties.security.protocol", "SSL")]), "properties.security.protocol", "remove"),
        (topic_table("t", &[("format", "jsn")]), "format", "did you mean `json`?"),
        (
            topic_table("t", &[("json.ignore-parse-error", "true")]),
            "json.ignore-parse-error",
            "did you mean `ignore-parse-errors`?",
        ),
        (topic_table("t", &[("csv.field-delimiter", ";")]), "csv.field-delimiter", ""),
        (topic_table("t", &[("value.format", "json")]), "value.format", "remove one"),
        (topic_table("t", &[("key.fields", "n")]), "key.fields", "key.format"),
        (topic_table("t", &[("key.format", "json"), ("key.fields", "m")]), "key.fields", "did you mean `n`?"),
        (with_metadata, "connector", "did you mean `offset`?"),
        (with_files(&[("path", "")]), "path", "add `'path' = "),
        (with_files(&[("path", "data/b.csv")]), "path", "check the path"),
        (with_files(&[("path", "/etc/passwd")]), "path", "put the files into the project"),
        (with_files(&[("path", "../x.csv")]), "path", "put the files into the project"),
        (with_files(&[("pth", "x")]), "pth", "did you mean `path`?"),
        (with_files(&[("source.monitor-interval", "0 s")]), "source.monitor-interval", "write one such as"),
        (with_files(&[("source.path.regex-pattern", ".*")]), "source.path.regex-pattern", "remove it"),
        (upserts("t", &[], &[]), "connector", "PRIMARY KEY"),
        (upserts("a;b", &[0], &[]), "topic", "name one topic"),
        (upserts("t", &[0], &[("scan.startup.mode", "latest-offset")]), "scan.startup.mode", "scan."),
        (upserts("t", &[0], &[("key.format", "")]), "key.format", "add"),
        (upserts("t", &[0], &[("key.fields-prefix", "k_")]), "key.fields-prefix", "prefix"),
        (generated(&[("fields.n.min", "5"), ("fields.n.max", "5")]), "fields.n.max", "more than `min`"),
        (generated(&[("fields.m.min", "5")]), "fields.m.min", "did you mean `fields.n.min`?"),
        (generated(&[("fields.s.length", "9999999")]), "fields.s.length", "is the most"),
        (generated(&[("fields.n.null-rate", "2")]), "fields.n.null-rate", "write one such as"),
        (generated(&[("fields.n.kind", "sequence"), ("fields.n.start", "1")]), "fields.n.end", "add"),
        (generated(&[("rows-per-second", "0")]), "rows-per-second", "1 is the least"),
        (socket(&[("hostname", "example.com")]), "hostname", "127.0.0.1"),
        (socket(&[("port", "99999")]), "port", "smaller"),
        (socket(&[("byte-delimiter", "300")]), "byte-delimiter", "smaller"),
    ];
    for (table, key, help) in cases {
        let error = Connectors::source(&platform.connect, &table).unwrap_err();
        assert_eq!(error.key, key, "{error:?}");
        assert!(error.help.contains(help), "{error:?}");
    }
}

#[test]
fn a_wrong_sink_is_refused_with_a_remedy() {
    let dir = tempfile::tempdir().unwrap();
    let platform = Platform::open(dir.path());
    let map = LogicalType::Map(Box::new(LogicalType::STRING.nullable()), Box::new(LogicalType::Int.nullable()));
    let cases: Vec<(TableSpec, &str, &str)> = vec![
        (topic_table("a;b", &[]), "topic", "name one topic"),
        (topic_table("t", &[("sink.delivery-guarantee", "twice")]), "sink.delivery-guarantee", "known are"),
        (
            table("f", row(&[("m", map)]), &[("connector", "filesystem"), ("path", "out"), ("format", "csv")]),
            "format",
            "use `json`",
        ),
        (with_files(&[("sink.rolling-policy.file-size", "big")]), "sink.rolling-policy.file-size", "128 mb"),
        (
            with_files(&[("sink.rolling-policy.rollover-interval", "15 parsecs")]),
            "sink.rolling-policy.rollover-interval",
            "15 s",
        ),
        (
            with_files(&[("sink.partition-commit.policy.kind", "metastore")]),
            "sink.partition-commit.policy.kind",
            "success-file",
        ),
        (
            with_files(&[
                ("sink.partition-commit.policy.kind", "success-file"),
                ("sink.partition-commit.success-file.name", "../x"),
            ]),
            "sink.partition-commit.success-file.name",
            "_SUCCESS",
        ),
        (with_files(&[("sink.partition-commit.trigger", "never")]), "sink.partition-commit.trigger", "known are"),
        (
            topic_table("t", &[("sink.delivery-guarantee", "exactly-once")]),
            "sink.delivery-guarantee",
            "sink.transactional-id-prefix",
        ),
        (upserts("t", &[], &[]), "connector", "PRIMARY KEY"),
        (generated(&[]), "connector", "write to"),
        (with_files(&[("auto-compaction", "true")]), "auto-compaction", "remove it"),
        (with_files(&[("path", "../out")]), "path", "put the files into the project"),
        (
            table("p", numbered(), &[("connector", "print"), ("print-identifer", "x")]),
            "print-identifer",
            "did you mean `print-identifier`?",
        ),
    ];
    for (table, key, help) in cases {
        let error = Connectors::sink(&platform.connect, &table).unwrap_err();
        assert_eq!(error.key, key, "{error:?}");
        assert!(error.help.contains(help), "{error:?}");
    }
}

#[test]
fn sound_tables_are_taken() {
    let dir = tempfile::tempdir().unwrap();
    let platform = Platform::open(dir.path());
    let scan = topic_table("t", &[("scan.watermark.emit.strategy", "on-event"), ("properties.fetch.max.wait.ms", "5")]);
    assert!(!Connectors::source(&platform.connect, &scan).unwrap().bounded);
    let bounded =
        topic_table("t", &[("scan.bounded.mode", "latest-offset"), ("properties.bootstrap.servers", "localhost:9092")]);
    assert!(Connectors::source(&platform.connect, &bounded).unwrap().bounded);
    let sink = topic_table("t", &[("sink.delivery-guarantee", "exactly-once"), ("sink.transactional-id-prefix", "x")]);
    assert!(Connectors::sink(&platform.connect, &sink).unwrap().mode.is_append());
    let print = table("p", numbered(), &[("connector", "print"), ("print-identifier", "x")]);
    assert!(Connectors::sink(&platform.connect, &print).unwrap().mode.deletes);
}
