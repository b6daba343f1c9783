//! B1: frames whose length is a lie. The connection is closed, others go on, and memory grows by 1 MiB at most.
#![allow(clippy::unwrap_used, reason = "a test that can't go on has failed")]

mod counting;
mod support;

use counting::growth;
use kafka_protocol::messages::{ApiVersionsRequest, MetadataRequest};
use support::{TestBroker, Wire, eventually, frame};
use tokio::io::AsyncWriteExt;
use yeoul_base::limits::FRAME_BYTES_MAX;

/// One test, since what it measures is the whole process.
#[tokio::test]
async fn a_frame_that_lies_about_its_length_costs_its_connection_and_no_memory() {
    let broker = TestBroker::start().await;
    let mut healthy = Wire::connect(broker.addr()).await;
    healthy.call(&ApiVersionsRequest::default(), 3).await;
    let produce_head = [0, 0, 0, 9, 0, 0, 0, 1];
    let lies: [(&str, i32, &[u8]); 8] = [
        ("negative", -1, &[]),
        ("nothing", 0, &[]),
        ("shorter than a header", 7, &[0; 7]),
        ("one more than may be", i32::try_from(FRAME_BYTES_MAX + 1).unwrap(), &produce_head),
        ("the greatest number", i32::MAX, &produce_head),
        ("the greatest number, for an API that is not there", i32::MAX, &[0x7f; 8]),
        (
            "as much as a produce may have, for metadata",
            i32::try_from(FRAME_BYTES_MAX).unwrap(),
            &[0, 3, 0, 9, 0, 0, 0, 1],
        ),
        ("the smallest number", i32::MIN, &[]),
    ];
    for (what, length, content) in lies {
        for _ in 0..5 {
            let attempt = async {
                let mut liar = Wire::connect(broker.addr()).await;
                liar.stream.write_all(&length.to_be_bytes()).await.unwrap();
                liar.stream.write_all(content).await.unwrap();
                liar.is_closed().await
            };
            let (bytes, closed) = growth(attempt).await;
            assert!(closed, "{what}: the connection is open");
            assert!(bytes <= 1 << 20, "{what}: {bytes} bytes were allocated");
        }
    }
    more_is_announced_than_sent(&broker).await;
    counts_that_cannot_be(&broker).await;
    let answer = healthy.call(&MetadataRequest::default(), 9).await;
    assert_eq!(answer.brokers.len(), 1, "the healthy client goes on");
    drop(healthy);
    eventually("every connection is closed", || broker.handle.metrics().figures().connections_open == 0).await;
}

/// Arrays of more items than bytes could hold them.
async fn counts_that_cannot_be(broker: &TestBroker) {
    let rigid: &[u8] = &[0, 0, 0, 1, 0xff, 0xff];
    let flexible: &[u8] = &[0, 0, 0, 1, 0xff, 0xff, 0];
    let most = i32::MAX.to_be_bytes();
    let millions = 20_000_000_i32.to_be_bytes();
    let compact = [0x80, 0xda, 0xc4, 0x09];
    let counts: [(&str, Vec<u8>); 6] = [
        ("metadata 0", [&[0, 3, 0, 0], rigid, &most].concat()),
        ("metadata 4", [&[0, 3, 0, 4], rigid, &millions].concat()),
        ("metadata 12", [&[0, 3, 0, 12], flexible, &compact].concat()),
        ("produce 3", [&[0, 0, 0, 3], rigid, &[0xff, 0xff, 0, 1, 0, 0, 0, 9], &most].concat()),
        ("produce 9", [&[0, 0, 0, 9], flexible, &[0, 0, 1, 0, 0, 0, 9], &compact].concat()),
        ("tags of a header", [&[0, 3, 0, 12, 0, 0, 0, 1, 0xff, 0xff][..], &compact].concat()),
    ];
    for (what, content) in counts {
        let attempt = async {
            let mut liar = Wire::connect(broker.addr()).await;
            liar.stream.write_all(&i32::try_from(content.len()).unwrap().to_be_bytes()).await.unwrap();
            liar.stream.write_all(&content).await.unwrap();
            liar.is_closed().await
        };
        let (bytes, closed) = growth(attempt).await;
        assert!(closed, "{what}: the connection is open");
        assert!(bytes <= 1 << 20, "{what}: {bytes} bytes were allocated");
    }
}

/// A client that announces 100 MiB, sends a little, and waits; then one that goes away.
async fn more_is_announced_than_sent(broker: &TestBroker) {
    let mut open = Vec::new();
    let (bytes, ()) = growth(async {
        for _ in 0..5 {
            let mut liar = Wire::connect(broker.addr()).await;
            let mut start = frame(&ApiVersionsRequest::default(), 3, 1);
            start[..4].copy_from_slice(&i32::try_from(FRAME_BYTES_MAX).unwrap().to_be_bytes());
            // The key of produce, the one API that may be so long.
            start[4..6].copy_from_slice(&[0, 0]);
            liar.stream.write_all(&start).await.unwrap();
            liar.stream.write_all(&[0; 4000]).await.unwrap();
            open.push(liar);
        }
        let accepted = || broker.handle.metrics().figures().connections_open >= 6;
        eventually("the liars are accepted", accepted).await;
    })
    .await;
    assert!(bytes <= 1 << 20, "{bytes} bytes were allocated for what was only announced");
}
