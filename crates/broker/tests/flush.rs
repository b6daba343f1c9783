//! C1 and C2 through the Kafka door: no answer before the flush, no reader sees what is not flushed, and after a failed
//! flush nothing is acknowledged any more while what was durable is still served. (L5, as a client sees it.)
#![allow(clippy::unwrap_used, reason = "a test that can't go on has failed")]

mod support;

use std::io;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use kafka_protocol::ResponseError;
use kafka_protocol::messages::list_offsets_request::{ListOffsetsPartition, ListOffsetsTopic};
use kafka_protocol::messages::produce_request::{PartitionProduceData, TopicProduceData};
use kafka_protocol::messages::{ListOffsetsRequest, ProduceRequest, TopicName};
use kafka_protocol::protocol::StrBytes;
use support::{TestBroker, Wire, batch, eventually};
use tokio::io::AsyncReadExt;
use yeoul_base::Offset;
use yeoul_broker::BrokerConfig;
use yeoul_log::batch::Compression;
use yeoul_sim::{HookedDisk, Operation};

/// What happens to a flush.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Gate {
    Open,
    Closed,
    Failing,
}

/// The gate, and how many flushes wait before it.
struct Flushes {
    state: Mutex<(Gate, usize)>,
    changed: Condvar,
}

impl Flushes {
    fn new() -> Arc<Flushes> {
        Arc::new(Flushes { state: Mutex::new((Gate::Open, 0)), changed: Condvar::new() })
    }

    fn set(&self, gate: Gate) {
        self.state.lock().unwrap().0 = gate;
        self.changed.notify_all();
    }

    fn waiting(&self) -> usize {
        self.state.lock().unwrap().1
    }

    fn pass(&self) -> io::Result<()> {
        let mut state = self.state.lock().unwrap();
        state.1 += 1;
        let mut state = self.changed.wait_while(state, |(gate, _)| *gate == Gate::Closed).unwrap();
        state.1 -= 1;
        if state.0 == Gate::Failing { Err(io::Error::other("the disk is broken")) } else { Ok(()) }
    }
}

/// The real disk with a gate before each flush of a file.
fn gated(flushes: &Arc<Flushes>) -> Arc<HookedDisk> {
    let flushes = Arc::clone(flushes);
    Arc::new(HookedDisk::new(move |operation, _: &Path| match operation {
        Operation::Flush => flushes.pass(),
        _ => Ok(()),
    }))
}

fn produce() -> ProduceRequest {
    let records = batch(2, Compression::None).finish().unwrap();
    let data = PartitionProduceData::default().with_index(0).with_records(Some(records));
    let name = TopicName(StrBytes::from_static_str("t"));
    let data = TopicProduceData::default().with_name(name).with_partition_data(vec![data]);
    ProduceRequest::default().with_acks(1).with_timeout_ms(1000).with_topic_data(vec![data])
}

async fn latest(wire: &mut Wire) -> i64 {
    let wanted = ListOffsetsPartition::default().with_partition_index(0).with_timestamp(-1);
    let name = TopicName(StrBytes::from_static_str("t"));
    let wanted = ListOffsetsTopic::default().with_name(name).with_partitions(vec![wanted]);
    let answer = wire.call(&ListOffsetsRequest::default().with_topics(vec![wanted]), 5).await;
    answer.topics[0].partitions[0].offset
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_acknowledged_or_read_before_its_flush() {
    let flushes = Flushes::new();
    let broker = TestBroker::start_on(gated(&flushes), BrokerConfig::default()).await;
    broker.topic("t", 1).await;
    let mut writer = Wire::connect(broker.addr()).await;
    let mut reader = Wire::connect(broker.addr()).await;
    flushes.set(Gate::Closed);
    for _ in 0..3 {
        writer.send(&produce(), 7).await;
    }
    eventually("the flush begins", || flushes.waiting() > 0).await;
    assert_eq!(latest(&mut reader).await, 0, "a reader sees what a power cut could take");
    let fetched = broker.client().await.fetch("t", 0, Offset(0), Duration::ZERO, 1000).await.unwrap();
    assert!(fetched.batches.is_empty() && fetched.high_watermark == Offset(0));
    let early = tokio::time::timeout(Duration::from_millis(100), writer.stream.read_u8()).await;
    assert!(early.is_err(), "an answer came before the flush");
    flushes.set(Gate::Open);
    for offset in [0, 2, 4] {
        let (_, answer) = writer.receive::<ProduceRequest>(7).await;
        assert_eq!(answer.responses[0].partition_responses[0].base_offset, offset);
    }
    assert_eq!(latest(&mut reader).await, 6);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_failed_flush_nothing_is_acknowledged_and_what_was_durable_is_served() {
    let flushes = Flushes::new();
    let broker = TestBroker::start_on(gated(&flushes), BrokerConfig::default()).await;
    broker.topic("t", 1).await;
    let mut wire = Wire::connect(broker.addr()).await;
    let stored = wire.call(&produce(), 7).await;
    assert_eq!(stored.responses[0].partition_responses[0].error_code, 0);
    flushes.set(Gate::Failing);
    for _ in 0..3 {
        let answer = wire.call(&produce(), 7).await;
        let code = answer.responses[0].partition_responses[0].error_code;
        assert_eq!(code, ResponseError::KafkaStorageError.code());
        // The disk works again: what it did with the flush that failed can't be known, so nothing is taken.
        flushes.set(Gate::Open);
    }
    assert_eq!(latest(&mut wire).await, 2);
    let fetched = broker.client().await.fetch("t", 0, Offset(0), Duration::ZERO, 1000).await.unwrap();
    assert_eq!(fetched.records().unwrap().0.len(), 2);
}
