//! B5: batches that are not sound. Each is refused whole, with an error that says why, and the log does not grow.
#![allow(clippy::unwrap_used, reason = "a test that can't go on has failed")]

mod support;

use bytes::Bytes;
use kafka_protocol::messages::produce_request::{PartitionProduceData, TopicProduceData};
use kafka_protocol::messages::{ProduceRequest, TopicName};
use kafka_protocol::protocol::StrBytes;
use support::{TestBroker, Wire, batch};
use yeoul_log::batch::Compression;

/// A batch, put together without regard to sense.
#[derive(Clone)]
struct Crafted {
    magic: u8,
    attributes: i16,
    last_delta: i32,
    producer: (i64, i16, i32),
    count: i32,
    body: Vec<u8>,
    /// Added to the length that is true.
    length_off: i32,
    /// Flips a bit of the checksum that is true.
    wrong_crc: bool,
}

fn varint(out: &mut Vec<u8>, value: i64) {
    let mut raw = ((value << 1) ^ (value >> 63)).cast_unsigned();
    while raw >= 0x80 {
        out.push((raw & 0x7f) as u8 | 0x80);
        raw >>= 7;
    }
    out.push(raw as u8);
}

/// A record with a value, no key and no headers.
fn record(delta: i64, value: &[u8]) -> Vec<u8> {
    let mut fields = vec![0];
    varint(&mut fields, 0);
    varint(&mut fields, delta);
    varint(&mut fields, -1);
    varint(&mut fields, value.len() as i64);
    fields.extend_from_slice(value);
    varint(&mut fields, 0);
    sized(&fields)
}

/// A record of these fields.
fn sized(fields: &[u8]) -> Vec<u8> {
    let mut record = Vec::new();
    varint(&mut record, fields.len() as i64);
    record.extend_from_slice(fields);
    record
}

fn sound() -> Crafted {
    let body = [record(0, b"a"), record(1, b"b"), record(2, b"c")].concat();
    let producer = (-1, -1, -1);
    Crafted { magic: 2, attributes: 0, last_delta: 2, producer, count: 3, body, length_off: 0, wrong_crc: false }
}

impl Crafted {
    fn bytes(&self) -> Vec<u8> {
        let mut covered = self.attributes.to_be_bytes().to_vec();
        covered.extend_from_slice(&self.last_delta.to_be_bytes());
        covered.extend_from_slice(&1000_i64.to_be_bytes());
        covered.extend_from_slice(&1000_i64.to_be_bytes());
        covered.extend_from_slice(&self.producer.0.to_be_bytes());
        covered.extend_from_slice(&self.producer.1.to_be_bytes());
        covered.extend_from_slice(&self.producer.2.to_be_bytes());
        covered.extend_from_slice(&self.count.to_be_bytes());
        covered.extend_from_slice(&self.body);
        let length = i32::try_from(covered.len() + 9).unwrap().wrapping_add(self.length_off);
        let crc = crc32c::crc32c(&covered) ^ u32::from(self.wrong_crc);
        let mut bytes = 0_i64.to_be_bytes().to_vec();
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.extend_from_slice(&0_i32.to_be_bytes());
        bytes.push(self.magic);
        bytes.extend_from_slice(&crc.to_be_bytes());
        bytes.extend_from_slice(&covered);
        bytes
    }
}

/// A sound batch with something changed.
fn but(change: impl FnOnce(&mut Crafted)) -> Vec<u8> {
    let mut crafted = sound();
    change(&mut crafted);
    crafted.bytes()
}

/// A batch of one record whose fields are these bytes.
fn of_one(fields: &[u8]) -> Vec<u8> {
    but(|batch| {
        batch.body = sized(fields);
        batch.count = 1;
        batch.last_delta = 0;
    })
}

fn of_body(body: &[u8], count: i32) -> Vec<u8> {
    but(|batch| {
        batch.body = body.to_vec();
        batch.count = count;
        batch.last_delta = count - 1;
    })
}

fn cut(bytes: &[u8], end: usize) -> Vec<u8> {
    bytes[..end].to_vec()
}

/// Batches that are wrong as a whole: length, format, checksum, codec, flags, counts, producer.
fn wrong_headers() -> Vec<(&'static str, Vec<u8>)> {
    let good = sound().bytes();
    vec![
        ("no bytes", Vec::new()),
        ("one byte", vec![0]),
        ("cut within the header", cut(&good, 60)),
        ("only the header", cut(&good, 61)),
        ("cut before the last byte", cut(&good, good.len() - 1)),
        ("a byte behind the batch", [&good[..], &[0]].concat()),
        ("a length of -1", but(|batch| batch.length_off = -1 - (good.len() as i32 - 12))),
        ("a length of 0", but(|batch| batch.length_off = -(good.len() as i32 - 12))),
        ("a length shorter than a header", but(|batch| batch.length_off = 48 - (good.len() as i32 - 12))),
        ("a length one too long", but(|batch| batch.length_off = 1)),
        ("a length one too short", but(|batch| batch.length_off = -1)),
        ("the greatest length", but(|batch| batch.length_off = i32::MAX - (good.len() as i32 - 12))),
        ("format 0", but(|batch| batch.magic = 0)),
        ("format 1", but(|batch| batch.magic = 1)),
        ("format 3", but(|batch| batch.magic = 3)),
        ("format -1", but(|batch| batch.magic = 0xff)),
        ("a checksum with a flipped bit", but(|batch| batch.wrong_crc = true)),
        ("codec 5", but(|batch| batch.attributes = 5)),
        ("codec 7", but(|batch| batch.attributes = 7)),
        ("gzip that is none", but(|batch| batch.attributes = 1)),
        ("snappy that is none", but(|batch| batch.attributes = 2)),
        ("lz4 that is none", but(|batch| batch.attributes = 3)),
        ("zstd that is none", but(|batch| batch.attributes = 4)),
        ("the control bit", but(|batch| batch.attributes = 0x20)),
        ("the transactional bit", but(|batch| batch.attributes = 0x10)),
        ("a last delta of -1", but(|batch| batch.last_delta = -1)),
        ("a last delta one too small", but(|batch| batch.last_delta = 1)),
        ("a last delta one too great", but(|batch| batch.last_delta = 3)),
        ("the greatest last delta", but(|batch| batch.last_delta = i32::MAX)),
        ("no records", of_body(&[], 0)),
        ("a count of -1", but(|batch| batch.count = -1)),
        ("a count one too small", but(|batch| batch.count = 2)),
        ("a count one too great", but(|batch| batch.count = 4)),
        ("the greatest count", but(|batch| batch.count = i32::MAX)),
        ("the greatest count and delta", but(|batch| (batch.count, batch.last_delta) = (i32::MAX, i32::MAX - 1))),
        ("a producer without an epoch", but(|batch| batch.producer = (5, -1, 0))),
        ("a producer without a sequence", but(|batch| batch.producer = (5, 0, -1))),
        ("a producer of -2", but(|batch| batch.producer = (-2, 0, 0))),
    ]
}

/// Batches whose records are wrong.
fn wrong_records() -> Vec<(&'static str, Vec<u8>)> {
    let three = |deltas: [i64; 3]| of_body(&deltas.map(|delta| record(delta, b"v")).concat(), 3);
    let gzip = batch(100, Compression::Gzip).finish().unwrap();
    let mut torn_gzip = sound();
    torn_gzip.attributes = 1;
    torn_gzip.body = gzip[61..gzip.len() - 20].to_vec();
    (torn_gzip.count, torn_gzip.last_delta) = (100, 99);
    vec![
        ("deltas with a gap", three([0, 1, 3])),
        ("a delta twice", three([0, 1, 1])),
        ("deltas from 1 on", three([1, 2, 3])),
        ("deltas backwards", three([2, 1, 0])),
        ("a negative delta", three([0, -1, 2])),
        ("a delta beyond 32 bits", three([0, 1, 1 << 40])),
        ("a record length that does not end", of_body(&[0xff; 12], 1)),
        ("a negative record length", of_body(&[1, 0, 0, 0, 1, 1, 0], 1)),
        ("a record longer than the batch", of_body(&[100, 0, 0, 0, 1, 1, 0], 1)),
        ("a record with bytes behind its fields", of_one(&[0, 0, 0, 1, 1, 0, 9])),
        ("a record shorter than its fields", of_body(&[8, 0, 0, 0, 1, 1, 0], 1)),
        ("a key longer than the record", of_one(&[0, 0, 0, 100, 1, 0])),
        ("a key length of -2", of_one(&[0, 0, 0, 3, 1, 0])),
        ("a value longer than the record", of_one(&[0, 0, 0, 1, 100, 0])),
        ("a negative count of headers", of_one(&[0, 0, 0, 1, 1, 1])),
        ("more headers than bytes", of_one(&[0, 0, 0, 1, 1, 0xfe, 0xff, 0xff, 0xff, 0x0f])),
        ("a header without a key", of_one(&[0, 0, 0, 1, 1, 2, 1, 1])),
        ("bytes behind the last record", of_body(&[record(0, b"v"), vec![7]].concat(), 1)),
        ("gzip that is cut off", torn_gzip.bytes()),
    ]
}

fn request(topic: &str, records: Option<Bytes>) -> ProduceRequest {
    let data = PartitionProduceData::default().with_index(0).with_records(records);
    let name = TopicName(StrBytes::from_string(topic.to_owned()));
    let data = TopicProduceData::default().with_name(name).with_partition_data(vec![data]);
    ProduceRequest::default().with_acks(-1).with_timeout_ms(1000).with_topic_data(vec![data])
}

#[tokio::test]
async fn a_malformed_batch_is_refused_whole_and_the_log_does_not_change() {
    let broker = TestBroker::start().await;
    let id = broker.topic("t", 1).await;
    let mut wire = Wire::connect(broker.addr()).await;
    let good = Bytes::from(sound().bytes());
    let stored = wire.call(&request("t", Some(good.clone())), 9).await;
    assert_eq!(stored.responses[0].partition_responses[0].error_code, 0, "what is sound is taken");
    let before = (broker.bounds(id, 0), broker.log.figures().appended_bytes);

    let mut variants = wrong_headers();
    variants.extend(wrong_records());
    assert!(variants.len() >= 40);
    for (what, bytes) in &variants {
        // Alone, and behind a sound batch, which must not be stored either.
        for bytes in [bytes.clone(), [&good[..], bytes].concat()] {
            if bytes == good[..] {
                continue;
            }
            let answer = wire.call(&request("t", Some(bytes.into())), 9).await;
            let refused = &answer.responses[0].partition_responses[0];
            assert_ne!(refused.error_code, 0, "{what} was taken");
            assert_eq!(refused.base_offset, -1, "{what}");
            assert!(refused.error_message.as_ref().is_some_and(|text| !text.is_empty()), "{what}: no reason");
        }
    }
    let null = wire.call(&request("t", None), 9).await;
    assert_ne!(null.responses[0].partition_responses[0].error_code, 0, "null records");
    assert_eq!((broker.bounds(id, 0), broker.log.figures().appended_bytes), before);
    assert_eq!(broker.handle.metrics().figures().produce_errors, 2 * variants.len() as u64);
}

#[tokio::test]
async fn a_request_that_no_broker_could_meet_is_refused_for_every_partition() {
    let broker = TestBroker::start().await;
    let id = broker.topic("t", 1).await;
    let mut wire = Wire::connect(broker.addr()).await;
    let good = Bytes::from(sound().bytes());
    for (acks, transactional) in [(2, false), (-2, false), (-1, true)] {
        let asked = request("t", Some(good.clone())).with_acks(acks);
        let name = StrBytes::from_static_str("tx");
        let asked = asked.with_transactional_id(transactional.then_some(name.into()));
        let answer = wire.call(&asked, 9).await;
        assert_ne!(answer.responses[0].partition_responses[0].error_code, 0);
    }
    assert_eq!(broker.bounds(id, 0).high_watermark.0, 0);
}
