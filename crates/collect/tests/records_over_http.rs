//! The HTTP door over a real log: what it takes is there as it came, what it refuses is not.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::Write as _;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use flate2::{Compression, write::GzEncoder};
use serde_json::Value;
use tower::ServiceExt;
use yeoul_base::{Offset, PartitionId, RealDisk, SystemClock};
use yeoul_collect::{Limits, router_with_clock};
use yeoul_log::batch::{batches, records};
use yeoul_log::{Log, LogConfig, TopicConfig};

const BODY_MAX: usize = 100_000;

struct Door {
    log: Log,
    router: Router,
    _dir: tempfile::TempDir,
}

type Stored = (Option<Vec<u8>>, Vec<u8>, Vec<(String, Vec<u8>)>);

impl Door {
    fn open() -> Door {
        let dir = tempfile::tempdir().unwrap();
        let clock = Arc::new(SystemClock::new());
        let mut config = LogConfig::new(dir.path().join("log"));
        config.file_bytes = 4 << 20;
        config.group_bytes_max = 1 << 20;
        let log = Log::open(config, Arc::new(RealDisk), clock.clone()).unwrap();
        let limits = Limits { body_bytes: BODY_MAX, requests: 4, patience: Duration::from_secs(5) };
        let router = router_with_clock(log.clone(), limits, clock);
        Door { log, router, _dir: dir }
    }

    async fn send(&self, uri: &str, headers: &[(&str, &str)], body: impl Into<Body>) -> (StatusCode, Value) {
        let mut request = Request::post(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = self.router.clone().oneshot(request.body(body.into()).unwrap()).await.unwrap();
        let status = response.status();
        let body = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
        (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
    }

    async fn json(&self, uri: &str, body: &str) -> (StatusCode, Value) {
        self.send(uri, &[("content-type", "application/json")], body.to_owned()).await
    }

    fn stored(&self, topic: &str, partition: i32) -> Vec<Stored> {
        let Some(topic) = self.log.topic(topic) else { return Vec::new() };
        let read = self.log.read(topic.id, PartitionId(partition), Offset(0), 1 << 20).unwrap();
        let mut stored = Vec::new();
        for data in &read.data {
            for batch in batches(data) {
                let (_, bytes) = batch.unwrap();
                let batch = records(bytes, 1 << 20).unwrap();
                for record in batch.iter() {
                    let record = record.unwrap();
                    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
                    let headers =
                        record.headers.map(|header| (text(header.key), header.value.unwrap_or_default().to_vec()));
                    let headers: Vec<_> = headers.collect();
                    stored.push((record.key.map(<[u8]>::to_vec), record.value.unwrap_or_default().to_vec(), headers));
                }
            }
        }
        stored
    }

    fn values(&self, topic: &str) -> Vec<String> {
        self.stored(topic, 0).into_iter().map(|(_, value, _)| String::from_utf8(value).unwrap()).collect()
    }
}

#[tokio::test]
async fn values_arrays_and_lines_are_stored_as_they_came() {
    let door = Door::open();
    let uri = "/v1/topics/landing.t/records";
    let (status, answer) = door.json(uri, " {\"n\": 1.50,\"s\":\"\\u00e9\"} ").await;
    assert_eq!((status, &answer["offset"], &answer["records"]), (StatusCode::OK, &0.into(), &1.into()), "{answer}");
    let (_, answer) = door.json(uri, "[1e5, {\"a\":[ ]},\"x\"]").await;
    assert_eq!((&answer["offset"], &answer["records"], &answer["partition"]), (&1.into(), &3.into(), &0.into()));
    let lines = [("content-type", "application/x-ndjson; charset=UTF-8")];
    let (status, _) = door.send(uri, &lines, "{\"l\":1}\n\n{\"l\": 2}\r\n").await;
    assert_eq!(status, StatusCode::OK);
    let expected = ["{\"n\": 1.50,\"s\":\"\\u00e9\"}", "1e5", "{\"a\":[ ]}", "\"x\"", "{\"l\":1}", "{\"l\": 2}"];
    assert_eq!(door.values("landing.t"), expected);
}

#[tokio::test]
async fn keys_and_headers_go_with_the_records() {
    let door = Door::open();
    door.log.create_topic("keyed", 5, TopicConfig::default()).await.unwrap();
    let (status, answer) =
        door.json("/v1/topics/keyed/records?key-field=k", r#"[{"k":"21"},{"k":"foobar"},{"k":null}]"#).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    let keys = |partition| door.stored("keyed", partition).into_iter().filter_map(|(key, ..)| key).collect::<Vec<_>>();
    // Kafka's murmur2: -973932308 and -790332482, without the sign bit, modulo 5.
    assert_eq!(keys((-973_932_308 & i32::MAX) % 5), [b"21".to_vec()]);
    assert_eq!(keys((-790_332_482 & i32::MAX) % 5), [b"foobar".to_vec()]);
    let headers = [("content-type", "application/json"), ("yeoul-key", "a"), ("yeoul-header-Trace", "t 1")];
    door.send("/v1/topics/one/records", &headers, "1").await;
    assert_eq!(
        door.stored("one", 0),
        [(Some(b"a".to_vec()), b"1".to_vec(), vec![("trace".to_owned(), b"t 1".to_vec())])]
    );
}

#[tokio::test]
async fn what_is_unsound_is_refused_with_its_place_and_nothing_is_taken() {
    let door = Door::open();
    let uri = "/v1/topics/t/records";
    let deep = "[".repeat(10_000);
    let long = format!("\"{}\"", "x".repeat(BODY_MAX));
    type Case<'a> = (&'a str, &'a str, StatusCode, Option<(u64, u64)>);
    let cases: [Case<'_>; 12] = [
        (uri, "[1,\n{\"a\" 1}]", StatusCode::BAD_REQUEST, Some((2, 6))),
        (uri, "", StatusCode::BAD_REQUEST, None),
        (uri, "[]", StatusCode::BAD_REQUEST, None),
        (uri, &deep, StatusCode::BAD_REQUEST, Some((1, 514))),
        (uri, "\"\\ud800\"", StatusCode::BAD_REQUEST, Some((1, 2))),
        (uri, "{\"a\":1,\"a\":2}", StatusCode::BAD_REQUEST, Some((1, 8))),
        (uri, "{} {}", StatusCode::BAD_REQUEST, Some((1, 4))),
        (uri, &long, StatusCode::PAYLOAD_TOO_LARGE, None),
        ("/v1/topics/a%20b/records", "1", StatusCode::BAD_REQUEST, None),
        ("/v1/topics/../records", "1", StatusCode::BAD_REQUEST, None),
        ("/v1/topics/t/records?keys=1", "1", StatusCode::BAD_REQUEST, None),
        ("/v1/topics/t/records?key=1&key-field=a", "1", StatusCode::BAD_REQUEST, None),
    ];
    for (uri, body, expected, place) in cases {
        let (status, answer) = door.json(uri, body).await;
        let start: String = body.chars().take(20).collect();
        assert_eq!(status, expected, "{uri} {start} {answer}");
        let found = answer["line"].as_u64().zip(answer["column"].as_u64());
        assert_eq!(found, place, "{uri} {start} {answer}");
    }
    assert_eq!(door.log.topics().len(), 0);
}

#[tokio::test]
async fn a_key_in_the_address_may_be_any_bytes() {
    let door = Door::open();
    for (written, key) in [("%FF%00", &b"\xff\0"[..]), ("a+b%2B", b"a b+"), ("%C3%A9", "é".as_bytes())] {
        let (status, answer) = door.json(&format!("/v1/topics/t/records?key={written}"), "1").await;
        assert_eq!(status, StatusCode::OK, "{written} {answer}");
        assert_eq!(door.stored("t", 0).pop().unwrap().0.as_deref(), Some(key), "{written}");
    }
    assert_eq!(door.json("/v1/topics/t/records?key-field=%FF", "1").await.0, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn another_method_is_refused_in_json_too() {
    let door = Door::open();
    let request = Request::get("/v1/topics/t/records").body(Body::empty()).unwrap();
    let response = door.router.clone().oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
    let body = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
    let answer: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(answer["help"], "send records with POST");
}

#[tokio::test]
async fn only_json_in_utf_8_is_taken() {
    let door = Door::open();
    for content_type in ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin1"] {
        let (status, _) = door.send("/v1/topics/t/records", &[("content-type", content_type)], "1").await;
        assert_eq!(status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{content_type}");
    }
    let (status, _) = door.send("/v1/topics/t/records", &[], "1").await;
    assert_eq!(status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let headers = [("content-type", "application/json"), ("content-encoding", "br")];
    assert_eq!(door.send("/v1/topics/t/records", &headers, "1").await.0, StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[tokio::test]
async fn gzip_is_unpacked_within_the_limit() {
    let door = Door::open();
    let headers = [("content-type", "application/json"), ("content-encoding", "gzip")];
    let uri = "/v1/topics/t/records";
    assert_eq!(door.send(uri, &headers, gzip(b"[1,2]")).await.0, StatusCode::OK);
    let bomb = gzip(&vec![b' '; 200 << 20]);
    assert!(bomb.len() < 1 << 20);
    assert_eq!(door.send(uri, &headers, bomb).await.0, StatusCode::PAYLOAD_TOO_LARGE);
    let mut cut = gzip(b"[1,2,3]");
    cut.truncate(12);
    assert_eq!(door.send(uri, &headers, cut).await.0, StatusCode::BAD_REQUEST);
    assert_eq!(door.send(uri, &headers, "plain").await.0, StatusCode::BAD_REQUEST);
    assert_eq!(door.values("t"), ["1", "2"]);
}

#[tokio::test]
async fn an_endless_or_huge_body_is_refused_before_it_is_read() {
    let door = Door::open();
    let announced = [("content-type", "application/json"), ("content-length", "10737418240")];
    let (status, _) = door.send("/v1/topics/t/records", &announced, "1").await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    let endless = futures::stream::repeat_with(|| Ok::<_, std::io::Error>(vec![b' '; 1000]));
    let json = [("content-type", "application/json")];
    let (status, _) = door.send("/v1/topics/t/records", &json, Body::from_stream(endless)).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn a_record_larger_than_its_topic_takes_is_refused_with_all_others() {
    let door = Door::open();
    let mut config = TopicConfig::default();
    config.set("max.message.bytes", "1000").unwrap();
    door.log.create_topic("small", 1, config).await.unwrap();
    let large = format!("[1,\"{}\"]", "x".repeat(2000));
    assert_eq!(door.json("/v1/topics/small/records", &large).await.0, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(door.values("small").len(), 0);
    let many: Vec<String> = (0..200).map(|n| format!("\"{n:050}\"")).collect();
    let (status, answer) = door.json("/v1/topics/small/records", &format!("[{}]", many.join(","))).await;
    assert_eq!((status, &answer["records"]), (StatusCode::OK, &200.into()), "{answer}");
    assert_eq!(door.values("small"), many);
}
