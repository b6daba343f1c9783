//! B4: batches that decompress to far more than a batch may have, of each codec and in several shapes. Each is refused with
//! an error for its client, and memory never grows by more than twice what a batch may decompress to.
#![allow(clippy::unwrap_used, reason = "a test that can't go on has failed")]

mod counting;
mod support;

use bytes::Bytes;
use counting::growth;
use kafka_protocol::messages::produce_request::{PartitionProduceData, TopicProduceData};
use kafka_protocol::messages::{ProduceRequest, TopicName};
use kafka_protocol::protocol::StrBytes;
use support::{TestBroker, Wire};
use yeoul_base::Timestamp;
use yeoul_base::limits::BATCH_DECOMPRESSED_BYTES_MAX;
use yeoul_log::TopicConfig;
use yeoul_log::batch::{BatchBuilder, Compression};

const CODECS: [Compression; 4] = [Compression::Gzip, Compression::Snappy, Compression::Lz4, Compression::Zstd];
/// More than a batch may decompress to.
const TOO_MUCH: usize = BATCH_DECOMPRESSED_BYTES_MAX + (8 << 20);

/// One record that is too much by itself.
fn one_record(codec: Compression) -> Bytes {
    let mut builder = BatchBuilder::new().compression(codec);
    builder.push(None, Some(&vec![0; TOO_MUCH]), Timestamp(0), &[]);
    builder.finish().unwrap()
}

/// Many records, each of which may be.
fn many_records(codec: Compression) -> Bytes {
    let mut builder = BatchBuilder::new().compression(codec);
    let value = vec![0; 1 << 20];
    for _ in 0..=TOO_MUCH >> 20 {
        builder.push(None, Some(&value), Timestamp(0), &[]);
    }
    builder.finish().unwrap()
}

/// A small batch by its header: the records that it names are there, and what follows them never ends.
fn endless_tail(codec: Compression) -> Bytes {
    let mut bytes = many_records(codec).to_vec();
    bytes[23..27].copy_from_slice(&0_i32.to_be_bytes());
    bytes[57..61].copy_from_slice(&1_i32.to_be_bytes());
    let crc = crc32c::crc32c(&bytes[21..]);
    bytes[17..21].copy_from_slice(&crc.to_be_bytes());
    bytes.into()
}

type Shape = fn(Compression) -> Bytes;

/// One test, since what it measures is the whole process.
#[tokio::test]
async fn a_bomb_is_refused_within_twice_what_a_batch_may_have() {
    let broker = TestBroker::start().await;
    let mut config = TopicConfig::default();
    config.set("max.message.bytes", "33554432").unwrap();
    let topic = broker.log.create_topic("t", 1, config).await.unwrap();
    let mut wire = Wire::connect(broker.addr()).await;
    let shapes: [(&str, Shape); 3] =
        [("one record", one_record), ("many records", many_records), ("an endless tail", endless_tail)];
    for codec in CODECS {
        for (what, shape) in shapes {
            let bomb = shape(codec);
            assert!(bomb.len() < TOO_MUCH / 10, "{codec:?}, {what}: {} bytes", bomb.len());
            let data = PartitionProduceData::default().with_index(0).with_records(Some(bomb));
            let name = TopicName(StrBytes::from_static_str("t"));
            let data = TopicProduceData::default().with_name(name).with_partition_data(vec![data]);
            let request = ProduceRequest::default().with_acks(-1).with_topic_data(vec![data]);
            let (bytes, answer) = growth(wire.call(&request, 9)).await;
            let refused = &answer.responses[0].partition_responses[0];
            assert_ne!(refused.error_code, 0, "{codec:?}, {what} was taken");
            assert!(bytes <= 2 * BATCH_DECOMPRESSED_BYTES_MAX, "{codec:?}, {what}: {bytes} bytes were allocated");
        }
    }
    assert_eq!(broker.bounds(topic.id, 0).high_watermark.0, 0);
}
