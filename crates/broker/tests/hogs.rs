//! Clients that take room and don't use it keep nobody else out: large frames that are announced and don't come, and large
//! requests that wait for what never happens.
#![allow(clippy::unwrap_used, reason = "a test that can't go on has failed")]

mod support;

use std::time::Duration;

use kafka_protocol::messages::fetch_request::{FetchPartition, FetchTopic};
use kafka_protocol::messages::produce_request::{PartitionProduceData, TopicProduceData};
use kafka_protocol::messages::*;
use kafka_protocol::protocol::StrBytes;
use support::{TestBroker, Wire, batch};
use tokio::io::AsyncWriteExt;
use tokio::time::Instant;
use yeoul_base::limits::FRAME_BYTES_MAX;
use yeoul_broker::BrokerConfig;
use yeoul_log::batch::Compression;

/// How long what is answered at once may take, with everything else that a test machine does.
const AT_ONCE: Duration = Duration::from_secs(1);
/// How long it may take until room is made.
const SOON: Duration = Duration::from_secs(10);

fn topic(name: &'static str) -> TopicName {
    TopicName(StrBytes::from_static_str(name))
}

/// A produce request whose frame is large.
fn large_produce(name: &'static str) -> ProduceRequest {
    let records = batch(4000, Compression::None).finish().unwrap();
    assert!(records.len() > 64 << 10);
    let data = PartitionProduceData::default().with_index(0).with_records(Some(records));
    let data = TopicProduceData::default().with_name(topic(name)).with_partition_data(vec![data]);
    ProduceRequest::default().with_acks(-1).with_timeout_ms(10_000).with_topic_data(vec![data])
}

async fn stores(wire: &mut Wire, name: &'static str) -> Duration {
    let began = Instant::now();
    let answer = wire.call(&large_produce(name), 9).await;
    assert_eq!(answer.responses[0].partition_responses[0].error_code, 0);
    began.elapsed()
}

async fn is_answered_at_once(wire: &mut Wire) {
    let began = Instant::now();
    wire.call(&MetadataRequest::default(), 9).await;
    assert!(began.elapsed() < AT_ONCE, "{:?}", began.elapsed());
}

#[tokio::test]
async fn frames_that_are_announced_and_do_not_come_make_room_for_others() {
    let broker = TestBroker::start().await;
    broker.topic("t", 1).await;
    let mut healthy = Wire::connect(broker.addr()).await;
    is_answered_at_once(&mut healthy).await;
    let mut hogs = Vec::new();
    for _ in 0..6 {
        let mut hog = Wire::connect(broker.addr()).await;
        hog.stream.write_all(&i32::try_from(FRAME_BYTES_MAX).unwrap().to_be_bytes()).await.unwrap();
        hog.stream.write_all(&[0, 0, 0, 9, 0, 0, 0, 1]).await.unwrap();
        hogs.push(hog);
    }
    support::eventually("all are there", || broker.handle.metrics().figures().connections_open == 7).await;
    is_answered_at_once(&mut healthy).await;
    let took = stores(&mut healthy, "t").await;
    assert!(took < SOON, "{took:?} for a batch beside frames that do not come");
    is_answered_at_once(&mut healthy).await;
    assert!(stores(&mut healthy, "t").await < SOON);
    drop(hogs);
}

/// A fetch that finds nothing, and says so much that its frame is large.
fn large_fetch() -> FetchRequest {
    let partition = FetchPartition::default().with_partition(0).with_partition_max_bytes(1);
    let topic = FetchTopic::default().with_topic(topic("t")).with_partitions(vec![partition; 30_000]);
    let fetch = FetchRequest::default().with_max_wait_ms(60_000).with_min_bytes(1).with_max_bytes(1);
    fetch.with_session_epoch(-1).with_topics(vec![topic])
}

#[tokio::test]
async fn large_requests_that_wait_leave_room_for_others() {
    let config = BrokerConfig { request_bytes_max: 8 << 20, ..BrokerConfig::default() };
    let broker = TestBroker::start_with(config).await;
    broker.topic("t", 1).await;
    broker.topic("u", 1).await;
    let mut healthy = Wire::connect(broker.addr()).await;
    let mut hogs = Vec::new();
    for _ in 0..12 {
        let mut hog = Wire::connect(broker.addr()).await;
        hog.send(&large_fetch(), 11).await;
        hogs.push(hog);
    }
    is_answered_at_once(&mut healthy).await;
    // Those that there is no room for are closed; the others wait on.
    let open = || broker.handle.metrics().figures().connections_open;
    support::eventually("some were closed", || open() < 13).await;
    assert!(open() > 1, "and some wait");
    is_answered_at_once(&mut healthy).await;
    // A small one that waits is let wait, whatever others do.
    let wanted = FetchPartition::default().with_partition(0).with_partition_max_bytes(1 << 20);
    let wanted = FetchTopic::default().with_topic(topic("u")).with_partitions(vec![wanted]);
    let small = FetchRequest::default().with_max_wait_ms(1000).with_min_bytes(1).with_max_bytes(1 << 20);
    healthy.call(&small.with_session_epoch(-1).with_topics(vec![wanted]), 11).await;
    // What is stored ends the fetches that wait for it: it comes last.
    assert!(stores(&mut healthy, "t").await < SOON);
}

#[tokio::test]
async fn what_comes_behind_a_request_that_waits_takes_no_room() {
    let config = BrokerConfig { request_bytes_max: 8 << 20, ..BrokerConfig::default() };
    let broker = TestBroker::start_with(config).await;
    broker.topic("t", 1).await;
    broker.topic("u", 1).await;
    let mut healthy = Wire::connect(broker.addr()).await;
    let mut small = large_fetch();
    small.topics[0].partitions.truncate(1);
    let mut hogs = Vec::new();
    for _ in 0..12 {
        let mut hog = Wire::connect(broker.addr()).await;
        hog.send(&small, 11).await;
        hog.send(&small, 11).await;
        // More than the system takes from it while nobody reads: the test does not wait for its end.
        let frame = support::frame(&large_fetch(), 11, 3);
        let sending = async move {
            let _ = hog.stream.write_all(&frame).await;
            std::future::pending::<()>().await;
        };
        hogs.push(tokio::spawn(sending));
    }
    support::eventually("all are there", || broker.handle.metrics().figures().connections_open == 13).await;
    for _ in 0..5 {
        is_answered_at_once(&mut healthy).await;
        // Into another topic than that which the others wait for.
        assert!(stores(&mut healthy, "u").await < SOON);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let mut leaver = Wire::connect(broker.addr()).await;
    leaver.send(&small, 11).await;
    support::eventually("it is there", || broker.handle.metrics().figures().connections_open == 14).await;
    drop(leaver);
    support::eventually("that it left while it waited is noticed", || {
        broker.handle.metrics().figures().connections_open == 13
    })
    .await;
}
