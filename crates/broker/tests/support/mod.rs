//! A broker on a free port over a log in a temporary folder, and a client that speaks raw frames.
#![allow(dead_code, reason = "each test file uses a part of it")]

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::{BufMut, Bytes, BytesMut};
use kafka_protocol::messages::{RequestHeader, ResponseHeader};
use kafka_protocol::protocol::{Decodable, Encodable, HeaderVersion, Request, StrBytes};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use yeoul_base::{Disk, PartitionId, RealDisk, SystemClock, Timestamp, TopicId};
use yeoul_broker::client::{Client, ClientConfig};
use yeoul_broker::{Broker, BrokerConfig, BrokerHandle};
use yeoul_log::batch::{BatchBuilder, Compression};
use yeoul_log::{Bounds, Log, LogConfig, TopicConfig};

/// How long anything may take in a test.
pub const PATIENCE: Duration = Duration::from_secs(20);

pub struct TestBroker {
    pub handle: BrokerHandle,
    pub log: Log,
    _folder: tempfile::TempDir,
}

impl TestBroker {
    pub async fn start() -> TestBroker {
        TestBroker::start_with(BrokerConfig::default()).await
    }

    pub async fn start_with(config: BrokerConfig) -> TestBroker {
        TestBroker::start_on(Arc::new(RealDisk), config).await
    }

    pub async fn start_on(disk: Arc<dyn Disk>, config: BrokerConfig) -> TestBroker {
        let folder = tempfile::tempdir().unwrap();
        let mut log_config = LogConfig::new(folder.path().join("log"));
        log_config.file_bytes = 16 << 20;
        let log = Log::open(log_config, disk, Arc::new(SystemClock::new())).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let handle = Broker::start(listener, log.clone(), config).unwrap();
        TestBroker { handle, log, _folder: folder }
    }

    pub fn addr(&self) -> SocketAddr {
        self.handle.local_addr()
    }

    pub async fn client(&self) -> Client {
        Client::connect(ClientConfig::new(&self.addr().to_string())).await.unwrap()
    }

    pub async fn topic(&self, name: &str, partitions: i32) -> TopicId {
        self.log.create_topic(name, partitions, TopicConfig::default()).await.unwrap().id
    }

    pub fn bounds(&self, topic: TopicId, partition: i32) -> Bounds {
        self.log.bounds(topic, PartitionId(partition)).unwrap()
    }
}

/// A connection that sends and receives frames.
pub struct Wire {
    pub stream: TcpStream,
    correlation: i32,
}

impl Wire {
    pub async fn connect(addr: SocketAddr) -> Wire {
        Wire { stream: TcpStream::connect(addr).await.unwrap(), correlation: 0 }
    }

    /// Sends a request, and returns its number.
    pub async fn send<Q: Request>(&mut self, request: &Q, version: i16) -> i32 {
        self.correlation += 1;
        let frame = frame(request, version, self.correlation);
        self.stream.write_all(&frame).await.unwrap();
        self.correlation
    }

    /// Receives a frame; nothing when the broker closed the connection.
    pub async fn receive_frame(&mut self) -> Option<Bytes> {
        let length = tokio::time::timeout(PATIENCE, self.stream.read_i32()).await.expect("no answer came").ok()?;
        let mut content = vec![0; usize::try_from(length).unwrap()];
        self.stream.read_exact(&mut content).await.ok()?;
        Some(content.into())
    }

    pub async fn receive<Q: Request>(&mut self, version: i16) -> (i32, Q::Response) {
        let mut content = self.receive_frame().await.expect("the broker closed the connection");
        let header = ResponseHeader::decode(&mut content, <Q::Response as HeaderVersion>::header_version(version));
        let response = Q::Response::decode(&mut content, version).unwrap();
        assert!(content.is_empty(), "{} bytes are left of the response", content.len());
        (header.unwrap().correlation_id, response)
    }

    pub async fn call<Q: Request>(&mut self, request: &Q, version: i16) -> Q::Response {
        let sent = self.send(request, version).await;
        let (received, response) = self.receive::<Q>(version).await;
        assert_eq!(received, sent);
        response
    }

    /// Whether the broker closes the connection without a word.
    pub async fn is_closed(&mut self) -> bool {
        let mut byte = [0];
        let read = tokio::time::timeout(PATIENCE, self.stream.read(&mut byte)).await.expect("it stays open");
        matches!(read, Ok(0) | Err(_))
    }
}

/// A request's frame, length included.
pub fn frame<Q: Request>(request: &Q, version: i16, correlation: i32) -> BytesMut {
    let header = RequestHeader::default()
        .with_request_api_key(Q::KEY)
        .with_request_api_version(version)
        .with_correlation_id(correlation)
        .with_client_id(Some(StrBytes::from_static_str("test")));
    let mut frame = BytesMut::new();
    frame.put_i32(0);
    header.encode(&mut frame, Q::header_version(version)).unwrap();
    request.encode(&mut frame, version).unwrap();
    let length = i32::try_from(frame.len() - 4).unwrap();
    frame[..4].copy_from_slice(&length.to_be_bytes());
    frame
}

/// A batch of so many records, `value-0` and so on, with time 1000 and so on.
pub fn batch(records: usize, compression: Compression) -> BatchBuilder {
    let mut batch = BatchBuilder::new().compression(compression);
    for record in 0..records {
        let time = Timestamp(1000 + record as i64);
        batch.push(Some(b"key"), Some(format!("value-{record}").as_bytes()), time, &[("h", Some(b"1"))]);
    }
    batch
}

/// Waits until the condition holds.
pub async fn eventually(what: &str, condition: impl Fn() -> bool) {
    let waiting = async {
        while !condition() {
            tokio::task::yield_now().await;
        }
    };
    assert!(tokio::time::timeout(PATIENCE, waiting).await.is_ok(), "{what} did not happen");
}
