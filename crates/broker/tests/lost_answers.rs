//! B7: a network that loses requests and answers, sends requests twice, and lets late ones arrive on other connections.
//! What an idempotent producer sends is there once, in its order. `YEOUL_SLOW=1`: 100,000 records.
#![allow(clippy::unwrap_used, reason = "a test that can't go on has failed")]

mod support;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Mutex;
use yeoul_base::{Offset, Timestamp};
use yeoul_broker::client::{Client, ClientConfig, Producer};
use yeoul_broker::{Advertised, Broker, BrokerConfig};
use yeoul_log::batch::BatchBuilder;

use support::TestBroker;

const RECORDS_PER_BATCH: usize = 10;
/// So many requests later, one that was held back arrives.
const LATE: usize = 7;

/// What the network did, and which requests are still under way.
#[derive(Default)]
struct Network {
    requests: AtomicUsize,
    late: Mutex<Vec<(usize, Vec<u8>)>>,
    faults: [AtomicUsize; 4],
}

/// What happens to a produce request.
#[derive(Clone, Copy, Debug)]
enum Fault {
    LostRequest,
    LostAnswer,
    Twice,
    LateAgain,
}

impl Network {
    /// The fault of a request, by its number: about one in four has one.
    fn fault(&self, number: usize) -> Option<Fault> {
        let fault = match number.wrapping_mul(2_654_435_761) >> 7 & 15 {
            0 => Fault::LostRequest,
            1 => Fault::LostAnswer,
            2 => Fault::Twice,
            3 => Fault::LateAgain,
            _ => return None,
        };
        self.faults[fault as usize].fetch_add(1, SeqCst);
        Some(fault)
    }

    /// Lets what is due arrive, on a connection of its own; nobody reads its answer.
    async fn deliver_late(&self, number: usize, to: SocketAddr) -> std::io::Result<()> {
        let due: Vec<_> = self.late.lock().await.extract_if(.., |(due, _)| *due <= number).collect();
        for (_, request) in due {
            exchange(&mut TcpStream::connect(to).await?, &request).await?;
        }
        Ok(())
    }

    async fn serve(&self, mut client: TcpStream, to: SocketAddr) -> std::io::Result<()> {
        let mut server = TcpStream::connect(to).await?;
        loop {
            let request = read_frame(&mut client).await?;
            if request[4..6] != [0, 0] {
                client.write_all(&exchange(&mut server, &request).await?).await?;
                continue;
            }
            let number = self.requests.fetch_add(1, SeqCst);
            self.deliver_late(number, to).await?;
            match self.fault(number) {
                Some(Fault::LostRequest) => return Ok(()),
                Some(Fault::LostAnswer) => return exchange(&mut server, &request).await.map(drop),
                Some(Fault::Twice) => drop(exchange(&mut TcpStream::connect(to).await?, &request).await?),
                Some(Fault::LateAgain) => self.late.lock().await.push((number + LATE, request.clone())),
                None => {}
            }
            client.write_all(&exchange(&mut server, &request).await?).await?;
        }
    }
}

async fn exchange(server: &mut TcpStream, request: &[u8]) -> std::io::Result<Vec<u8>> {
    server.write_all(request).await?;
    read_frame(server).await
}

async fn read_frame(stream: &mut TcpStream) -> std::io::Result<Vec<u8>> {
    let length = stream.read_i32().await?;
    let mut frame = length.to_be_bytes().to_vec();
    frame.resize(4 + usize::try_from(length).map_err(std::io::Error::other)?, 0);
    stream.read_exact(&mut frame[4..]).await?;
    Ok(frame)
}

#[tokio::test]
async fn what_an_idempotent_producer_sends_is_there_once_in_its_order() {
    let records = if std::env::var_os("YEOUL_SLOW").is_some() { 100_000 } else { 5_000 };
    let broker = TestBroker::start().await;
    broker.topic("t", 1).await;
    let door = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let proxy = door.local_addr().unwrap();
    // A second face of the same log tells its clients to come by the network.
    let advertised = Some(Advertised { host: "127.0.0.1".into(), port: proxy.port() });
    let config = BrokerConfig { advertised, ..BrokerConfig::default() };
    let second = Broker::start(TcpListener::bind("127.0.0.1:0").await.unwrap(), broker.log.clone(), config).unwrap();
    let network = Arc::new(Network::default());
    let (serving, to) = (network.clone(), second.local_addr());
    tokio::spawn(async move {
        loop {
            let (client, _) = door.accept().await.unwrap();
            let network = serving.clone();
            tokio::spawn(async move { network.serve(client, to).await });
        }
    });

    let patience = Duration::from_secs(5);
    let config = ClientConfig {
        retries: 50,
        retry_pause: Duration::from_millis(1),
        patience,
        ..ClientConfig::new(&to.to_string())
    };
    let mut producer = Producer::new(Client::connect(config).await.unwrap()).await.unwrap();
    for first in (0..records).step_by(RECORDS_PER_BATCH) {
        let mut batch = BatchBuilder::new();
        for number in first..first + RECORDS_PER_BATCH {
            batch.push(None, Some(number.to_string().as_bytes()), Timestamp(0), &[]);
        }
        producer.send("t", 0, batch).await.unwrap();
    }
    network.deliver_late(usize::MAX, to).await.unwrap();

    let mut client = broker.client().await;
    let mut next = 0;
    while next < records {
        let fetched = client.fetch("t", 0, Offset(next as i64), Duration::ZERO, 4 << 20).await.unwrap();
        let (found, _) = fetched.records().unwrap();
        assert!(!found.is_empty(), "{next} of {records} records are there");
        for record in found {
            assert_eq!(record.value.as_deref(), Some(next.to_string().as_bytes()), "at offset {next}");
            next += 1;
        }
    }
    let behind = client.fetch("t", 0, Offset(next as i64), Duration::ZERO, 4 << 20).await.unwrap();
    assert!(behind.records().unwrap().0.is_empty(), "nothing is there that was not sent");
    let faults: Vec<usize> = network.faults.iter().map(|fault| fault.load(SeqCst)).collect();
    assert!(faults.iter().all(|&count| count > records / RECORDS_PER_BATCH / 50), "too few faults: {faults:?}");
}
