//! The client against the broker: topics, idempotent producing, reading.
#![allow(clippy::unwrap_used, reason = "a test that can't go on has failed")]

mod support;

use std::time::Duration;

use bytes::Bytes;
use kafka_protocol::ResponseError;
use kafka_protocol::messages::produce_request::{PartitionProduceData, TopicProduceData};
use kafka_protocol::messages::{ProduceRequest, TopicName};
use kafka_protocol::protocol::StrBytes;
use support::{TestBroker, Wire, batch};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use yeoul_base::{Offset, PartitionId, Timestamp};
use yeoul_broker::BrokerConfig;
use yeoul_broker::client::{Client, ClientConfig, ClientError, NewTopic, OffsetAt, Producer};
use yeoul_log::batch::Compression;

#[tokio::test]
async fn topics_are_created_listed_and_deleted() {
    let broker = TestBroker::start().await;
    let mut client = broker.client().await;
    let new = NewTopic { partitions: Some(3), replication: Some(3), ..NewTopic::named("b") };
    client.create_topic(&new).await.unwrap();
    client.create_topic(&NewTopic::named("a")).await.unwrap();
    let listed = client.topics().await.unwrap();
    let listed: Vec<_> = listed.iter().map(|topic| (topic.name.as_str(), topic.partitions.len())).collect();
    assert_eq!(listed, [("a", 1), ("b", 3)]);
    let again = client.create_topic(&new).await.unwrap_err();
    assert!(matches!(again, ClientError::Refused { error: ResponseError::TopicAlreadyExists, .. }), "{again}");
    client.delete_topic("b").await.unwrap();
    assert_eq!(client.topic("b").await.unwrap(), None);
    let gone = client.delete_topic("b").await.unwrap_err();
    assert!(gone.to_string().contains("`b`"), "{gone}");
    let wrong = NewTopic { configs: vec![("retention.m".into(), "1".into())], ..NewTopic::named("c") };
    let wrong = client.create_topic(&wrong).await.unwrap_err();
    assert!(wrong.to_string().contains("the nearest is `retention.ms`"), "{wrong}");
}

#[tokio::test]
async fn what_a_producer_sends_is_read_back_with_each_codec() {
    let broker = TestBroker::start().await;
    broker.topic("t", 1).await;
    let mut producer = Producer::new(broker.client().await).await.unwrap();
    for (round, codec) in Compression::ALL.into_iter().enumerate() {
        let sent = producer.send("t", 0, batch(10, codec)).await.unwrap();
        assert_eq!(sent.base_offset, Some(Offset(10 * round as i64)));
    }
    let client = producer.client();
    let fetched = client.fetch("t", 0, Offset(5), Duration::ZERO, 1 << 20).await.unwrap();
    let (records, next) = fetched.records().unwrap();
    assert_eq!((records.len(), next, fetched.high_watermark), (45, Offset(50), Offset(50)));
    assert!(records.iter().zip(5..).all(|(record, offset)| record.offset == Offset(offset)));
    assert_eq!(records[0].value.as_deref(), Some(&b"value-5"[..]));
    assert_eq!(records[0].headers, [(b"h".to_vec(), Some(b"1".to_vec()))]);
    let last = client.last_record("t", 0).await.unwrap().unwrap();
    assert_eq!((last.offset, last.timestamp), (Offset(49), Timestamp(1009)));
    assert_eq!(client.offset("t", 0, OffsetAt::Earliest).await.unwrap(), Some(Offset(0)));
    assert_eq!(client.offset("t", 0, OffsetAt::Latest).await.unwrap(), Some(Offset(50)));
    assert_eq!(client.offset("t", 0, OffsetAt::Time(Timestamp(1007))).await.unwrap(), Some(Offset(7)));
    assert_eq!(client.offset("t", 0, OffsetAt::Time(Timestamp(5000))).await.unwrap(), None);
}

#[tokio::test]
async fn an_empty_partition_has_no_last_record_and_a_missing_one_is_named() {
    let broker = TestBroker::start().await;
    broker.topic("t", 1).await;
    let mut client = broker.client().await;
    assert_eq!(client.last_record("t", 0).await.unwrap(), None);
    let missing = client.last_record("t", 1).await.unwrap_err();
    assert!(matches!(missing, ClientError::UnknownPartition { partition: 1, .. }), "{missing}");
    let nowhere = Client::connect(ClientConfig::new("127.0.0.1:1")).await.unwrap_err();
    assert!(nowhere.to_string().contains("is it running there?"), "{nowhere}");
}

/// Passes connections on to a broker, and swallows the answers of the first `swallow` produce requests: the client
/// can't know whether they were stored.
async fn faulty_proxy(broker: std::net::SocketAddr, swallow: usize) -> std::net::SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let left = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(swallow));
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            tokio::spawn(pass_on(client, broker, left.clone()));
        }
    });
    address
}

async fn pass_on(
    mut client: TcpStream,
    broker: std::net::SocketAddr,
    left: std::sync::Arc<std::sync::atomic::AtomicUsize>,
) -> std::io::Result<()> {
    use std::sync::atomic::Ordering::SeqCst;
    let mut server = TcpStream::connect(broker).await?;
    loop {
        let request = read_frame(&mut client).await?;
        let is_produce = request[4..6] == [0, 0];
        server.write_all(&request).await?;
        let answer = read_frame(&mut server).await?;
        if is_produce && left.fetch_update(SeqCst, SeqCst, |left| left.checked_sub(1)).is_ok() {
            return Ok(());
        }
        client.write_all(&answer).await?;
    }
}

async fn read_frame(stream: &mut TcpStream) -> std::io::Result<Vec<u8>> {
    let length = stream.read_i32().await?;
    let mut frame = length.to_be_bytes().to_vec();
    frame.resize(4 + length as usize, 0);
    stream.read_exact(&mut frame[4..]).await?;
    Ok(frame)
}

#[tokio::test]
async fn what_is_sent_again_after_a_lost_answer_is_stored_once() {
    let broker = TestBroker::start().await;
    let id = broker.topic("t", 1).await;
    let proxy = faulty_proxy(broker.addr(), 3).await;
    // A second broker over the same log tells its clients to come back through the proxy.
    let advertised = yeoul_broker::Advertised { host: "127.0.0.1".into(), port: proxy.port() };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let config = BrokerConfig { advertised: Some(advertised), ..BrokerConfig::default() };
    let second = yeoul_broker::Broker::start(listener, broker.log.clone(), config).unwrap();

    let client = Client::connect(ClientConfig::new(&second.local_addr().to_string())).await.unwrap();
    let mut producer = Producer::new(client).await.unwrap();
    for round in 0..5 {
        let sent = producer.send("t", 0, batch(7, Compression::None)).await.unwrap();
        assert_eq!(sent.base_offset, Some(Offset(7 * round)));
    }
    assert_eq!(broker.bounds(id, 0).high_watermark, Offset(35));
    second.shutdown().await;
}

#[tokio::test]
async fn pipelined_requests_are_answered_in_order() {
    let broker = TestBroker::start().await;
    let id = broker.topic("t", 1).await;
    let mut wire = Wire::connect(broker.addr()).await;
    let mut numbers = Vec::new();
    for _ in 0..100 {
        let records = batch(2, Compression::None).finish().unwrap();
        numbers.push(wire.send(&produce("t", records), 9).await);
    }
    for (round, number) in numbers.into_iter().enumerate() {
        let (received, answer) = wire.receive::<ProduceRequest>(9).await;
        let stored = &answer.responses[0].partition_responses[0];
        assert_eq!((received, stored.error_code, stored.base_offset), (number, 0, 2 * round as i64));
    }
    assert_eq!(broker.bounds(id, 0).high_watermark, Offset(200));
}

fn produce(topic: &'static str, records: Bytes) -> ProduceRequest {
    let data = PartitionProduceData::default().with_index(0).with_records(Some(records));
    let name = TopicName(StrBytes::from_static_str(topic));
    let data = TopicProduceData::default().with_name(name).with_partition_data(vec![data]);
    ProduceRequest::default().with_acks(-1).with_timeout_ms(1000).with_topic_data(vec![data])
}

#[tokio::test]
async fn a_producer_that_wants_no_answer_gets_none_and_a_refusal_closes_its_connection() {
    let broker = TestBroker::start().await;
    let id = broker.topic("t", 1).await;
    let mut wire = Wire::connect(broker.addr()).await;
    let records = batch(2, Compression::None).finish().unwrap();
    wire.send(&produce("t", records.clone()).with_acks(0), 9).await;
    let answer = wire.call(&produce("t", records.clone()), 9).await;
    assert_eq!(answer.responses[0].partition_responses[0].base_offset, 2, "the first answer is the second request's");
    wire.send(&produce("u", records).with_acks(0), 9).await;
    assert!(wire.is_closed().await);
    assert_eq!(broker.bounds(id, 0).high_watermark, Offset(4));
}

#[tokio::test]
async fn a_reader_that_does_not_read_holds_up_nobody() {
    // The budget is one response large, so that the lazy reader takes all of it.
    let config = BrokerConfig { response_bytes_max: 16 << 20, ..BrokerConfig::default() };
    let broker = TestBroker::start_with(config).await;
    let id = broker.topic("t", 1).await;
    let mut big = yeoul_log::batch::BatchBuilder::new();
    big.push(None, Some(&vec![7; 900_000]), Timestamp(0), &[]);
    let big = big.finish().unwrap();
    for _ in 0..20 {
        broker.log.append(id, PartitionId(0), big.clone()).await.unwrap();
    }
    let mut lazy = Wire::connect(broker.addr()).await;
    use kafka_protocol::messages::FetchRequest;
    use kafka_protocol::messages::fetch_request::*;
    let wanted = FetchPartition::default().with_partition_max_bytes(1 << 25);
    let wanted =
        FetchTopic::default().with_topic(TopicName(StrBytes::from_static_str("t"))).with_partitions(vec![wanted]);
    let request = FetchRequest::default().with_max_bytes(1 << 25).with_topics(vec![wanted]);
    for _ in 0..10 {
        lazy.send(&request, 11).await;
    }
    let mut client = broker.client().await;
    let work = async {
        for round in 0..20 {
            let fetched = client.fetch("t", 0, Offset(round), Duration::ZERO, 1 << 20).await.unwrap();
            assert_eq!(fetched.records().unwrap().0[0].offset, Offset(round));
        }
    };
    tokio::time::timeout(support::PATIENCE, work).await.expect("the lazy reader holds up the others");
    let frame = lazy.receive_frame().await.unwrap();
    assert!(frame.len() <= BrokerConfig::default().fetch_bytes_max + 1000, "{}", frame.len());
}

#[tokio::test]
async fn one_connection_too_many_is_closed_at_once() {
    let config = BrokerConfig { connections_max: 2, ..BrokerConfig::default() };
    let broker = TestBroker::start_with(config).await;
    use kafka_protocol::messages::ApiVersionsRequest;
    let mut first = Wire::connect(broker.addr()).await;
    let mut second = Wire::connect(broker.addr()).await;
    first.call(&ApiVersionsRequest::default(), 0).await;
    second.call(&ApiVersionsRequest::default(), 0).await;
    assert!(Wire::connect(broker.addr()).await.is_closed().await);
    drop(second);
    support::eventually("a place is free", || broker.handle.metrics().figures().connections_open == 1).await;
    Wire::connect(broker.addr()).await.call(&ApiVersionsRequest::default(), 0).await;
    let figures = broker.handle.metrics().figures();
    assert_eq!((figures.connections_accepted, figures.connections_refused), (3, 1));
}

#[tokio::test]
async fn a_fencing_producer_takes_the_place_of_who_had_its_name_before() {
    let broker = TestBroker::start().await;
    broker.topic("t", 2).await;
    let fencing = async || Producer::fencing(broker.client().await, "feed", "t", 2).await.unwrap();
    let mut first = fencing().await;
    let sent = first.send("t", 0, batch(3, Compression::None)).await.unwrap();
    assert_eq!(sent.base_offset, Some(Offset(0)), "nobody is to be fenced by the first");
    let mut second = fencing().await;
    // Also where the first has not been yet.
    for partition in [0, 1] {
        let late = first.send("t", partition, batch(3, Compression::None)).await.unwrap_err();
        assert!(matches!(late, ClientError::Refused { error: ResponseError::InvalidProducerEpoch, .. }), "{late}");
    }
    let last = second.client().last_record("t", 0).await.unwrap().unwrap();
    assert_eq!(last.offset, Offset(2));
    assert_eq!(second.client().last_record("t", 1).await.unwrap(), None);
    for partition in [0, 1] {
        second.send("t", partition, batch(3, Compression::None)).await.unwrap();
    }
    // However often it comes and goes, the last record is found behind the markers.
    for _ in 0..40 {
        second = fencing().await;
    }
    let last = second.client().last_record("t", 0).await.unwrap().unwrap();
    assert_eq!((last.offset, last.timestamp), (Offset(6), Timestamp(1002)));
}
