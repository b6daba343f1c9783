//! Kafka's record batches: every codec there and back, and bytes that are not batches.

#![allow(clippy::unwrap_used, reason = "what fails in a test's helper ends the test")]

mod common;

use std::sync::Arc;

use bytes::Bytes;
use common::{P0, batch, open, small, topic};
use proptest::collection::vec;
use proptest::prelude::*;
use yeoul_base::{RealDisk, SystemClock, Timestamp};
use yeoul_log::batch::{BatchBuilder, BatchError, BatchHeader, Compression, batches, records};
use yeoul_log::{AppendError, Log, LogConfig, Topic};

type Sample = (Option<Vec<u8>>, Option<Vec<u8>>, i64, Vec<(String, Option<Vec<u8>>)>);

fn samples() -> impl Strategy<Value = Vec<Sample>> {
    let bytes = || proptest::option::of(vec(any::<u8>(), 0..200));
    let headers = vec(("[a-z]{0,5}", bytes()), 0..4);
    vec((bytes(), bytes(), any::<i64>(), headers), 1..20)
}

fn build(samples: &[Sample], codec: Compression) -> Bytes {
    let mut builder = BatchBuilder::new().compression(codec);
    for (key, value, time, headers) in samples {
        let headers: Vec<(&str, Option<&[u8]>)> =
            headers.iter().map(|(key, value)| (key.as_str(), value.as_deref())).collect();
        builder.push(key.as_deref(), value.as_deref(), Timestamp(*time), &headers);
    }
    builder.finish().unwrap()
}

fn read_back(batch: &[u8]) -> Vec<Sample> {
    let records = records(batch, 1 << 20).unwrap();
    let sample = |record: yeoul_log::batch::Record<'_>| {
        let text = |key: &[u8]| String::from_utf8(key.to_vec()).unwrap();
        let headers = record.headers.map(|it| (text(it.key), it.value.map(<[u8]>::to_vec))).collect();
        (record.key.map(<[u8]>::to_vec), record.value.map(<[u8]>::to_vec), record.timestamp.0, headers)
    };
    records.iter().map(|record| sample(record.unwrap())).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn records_come_back_from_every_codec(samples in samples(), codec in 0..5_usize) {
        let batch = build(&samples, Compression::ALL[codec]);
        prop_assert_eq!(BatchHeader::parse(&batch).unwrap().compression().unwrap(), Compression::ALL[codec]);
        prop_assert_eq!(read_back(&batch), samples);
    }

    #[test]
    fn any_bytes_are_read_without_harm(bytes in vec(any::<u8>(), 0..300)) {
        for (_, batch) in batches(&bytes).flatten() {
            if let Ok(records) = records(batch, 1 << 16) {
                records.iter().for_each(|record| drop(record.map(|record| record.headers.count())));
            }
        }
    }

    #[test]
    fn a_changed_batch_is_read_without_harm(samples in samples(), codec in 0..5_usize, at in 17..2000_usize, to: u8) {
        let mut batch = build(&samples, Compression::ALL[codec]).to_vec();
        let at = at % batch.len();
        batch[at] = to;
        for (_, batch) in batches(&batch).flatten() {
            if let Ok(records) = records(batch, 1 << 16) {
                records.iter().for_each(|record| drop(record.map(|record| record.headers.collect::<Vec<_>>())));
            }
        }
    }
}

struct Door {
    _dir: tempfile::TempDir,
    log: Log,
    topic: Arc<Topic>,
}

fn door() -> Door {
    let dir = tempfile::tempdir().unwrap();
    let log = Log::open(LogConfig::new(dir.path()), Arc::new(RealDisk), Arc::new(SystemClock::new())).unwrap();
    let topic = topic(&log, "t");
    Door { _dir: dir, log, topic }
}

/// A batch with some bytes changed and the CRC made to fit.
fn changed(at: usize, bytes: &[u8]) -> Bytes {
    let mut batch = batch(&["first", "second"]).to_vec();
    batch[at..at + bytes.len()].copy_from_slice(bytes);
    let crc = crc32c::crc32c(&batch[21..]);
    batch[17..21].copy_from_slice(&crc.to_be_bytes());
    Bytes::from(batch)
}

#[test]
fn batches_that_are_not_sound_are_refused_whole() {
    let door = door();
    let whole = batch(&["first", "second"]);
    let mut wrong_crc = whole.to_vec();
    wrong_crc[70] ^= 1;
    let cases: Vec<(Bytes, &str)> = vec![
        (Bytes::new(), "there is no batch"),
        (whole.slice(..whole.len() - 1), "cut off"),
        (whole.slice(..30), "cut off"),
        ([&whole[..], &whole[..40]].concat().into(), "cut off"),
        (wrong_crc.into(), "CRC"),
        (changed(8, &(-1_i32).to_be_bytes()), "says that it has"),
        (changed(8, &3_i32.to_be_bytes()), "says that it has"),
        (changed(16, &[1]), "format 1"),
        (changed(16, &[3]), "format 3"),
        (changed(21, &5_i16.to_be_bytes()), "codec 5"),
        (changed(21, &0x20_i16.to_be_bytes()), "control bit"),
        (changed(21, &0x10_i16.to_be_bytes()), "producer -1"),
        (changed(21, &1_i16.to_be_bytes()), "can't be decompressed as gzip"),
        (changed(21, &2_i16.to_be_bytes()), "snappy"),
        (changed(21, &3_i16.to_be_bytes()), "lz4"),
        (changed(21, &4_i16.to_be_bytes()), "zstd"),
        (changed(23, &7_i32.to_be_bytes()), "last offset delta of 7"),
        (changed(57, &0_i32.to_be_bytes()), "0 records"),
        (changed(57, &(-1_i32).to_be_bytes()), "-1 records"),
        (changed(57, &i32::MAX.to_be_bytes()), "2147483647 records"),
        (changed(43, &(-5_i64).to_be_bytes()), "producer -5"),
        (changed(43, &5_i64.to_be_bytes()), "producer 5"),
        (changed(61, &[0x7f]), "byte 0"),
        (changed(61, &[0x20]), "says 16 bytes"),
        (changed(64, &[6]), "offset delta 3"),
        (changed(66, &[0x7f]), "byte"),
    ];
    for (bytes, text) in cases {
        let error = door.log.append(door.topic.id, P0, bytes).wait().unwrap_err().to_string();
        assert!(error.contains(text), "{text}: {error}");
    }
    assert_eq!(door.log.bounds(door.topic.id, P0).unwrap().high_watermark.0, 0);
    assert_eq!(door.log.figures().flushes, 1, "only the topic was written");
}

#[test]
fn a_bomb_is_refused_within_its_bound() {
    let door = door();
    for codec in [Compression::Gzip, Compression::Lz4, Compression::Zstd] {
        let mut builder = BatchBuilder::new().compression(codec);
        builder.push(None, Some(&vec![0; 80 << 20]), Timestamp(0), &[]);
        let mut bytes = builder.finish().unwrap();
        assert!(bytes.len() < 1 << 20, "{codec:?}: {}", bytes.len());
        let error = door.log.append(door.topic.id, P0, bytes.split_off(0)).wait().unwrap_err();
        assert!(matches!(error, AppendError::Batch(BatchError::Bomb(_))), "{codec:?}: {error}");
    }
}

#[test]
fn a_lie_of_snappy_about_its_size_is_refused_before_it_is_allocated() {
    let announced = [0xff, 0xff, 0xff, 0x1f];
    let mut batch = batch(&["x"]).slice(..61).to_vec();
    batch.extend_from_slice(&announced);
    let length = batch.len() as i32 - 12;
    batch[8..12].copy_from_slice(&length.to_be_bytes());
    batch[21..23].copy_from_slice(&2_i16.to_be_bytes());
    assert!(records(&batch, usize::MAX).is_err());
}

#[test]
fn a_batch_larger_than_the_topic_takes_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(small(dir.path()));
    let mut config = yeoul_log::TopicConfig::default();
    config.set("max.message.bytes", "100").unwrap();
    let topic = log.create_topic("t", 1, config).wait().unwrap();
    log.append(topic.id, P0, batch(&["short"])).wait().unwrap();
    let error = log.append(topic.id, P0, batch(&[&"long".repeat(30)])).wait().unwrap_err();
    assert!(matches!(error, AppendError::TooLarge { limit: 100, .. }), "{error}");
}
