//! B1 on each listener, before anybody has said who he is: frames whose length is a lie, under TLS and in its place. The
//! connection is closed, memory grows by 1 MiB at most, and who means well is served.
#![allow(clippy::unwrap_used, reason = "a test that can't go on has failed")]

mod counting;
mod secured;
mod support;

use counting::growth;
use kafka_protocol::messages::ApiVersionsRequest;
use kafka_protocol::protocol::StrBytes;
use secured::{Secured, call};
use support::{PATIENCE, Wire, eventually};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use yeoul_base::limits::FRAME_BYTES_MAX;

const TIMES: usize = 5;

/// What a liar says: the length, and what follows.
fn lies() -> Vec<(&'static str, Vec<u8>)> {
    let with = |length: i32, content: &[u8]| [&length.to_be_bytes()[..], content].concat();
    let produce = [0, 0, 0, 9, 0, 0, 0, 1];
    vec![
        ("negative", with(-1, &[])),
        ("nothing", with(0, &[])),
        ("one more than any request may have", with(i32::try_from(FRAME_BYTES_MAX + 1).unwrap(), &produce)),
        ("the greatest number", with(i32::MAX, &produce)),
        ("more than was sent", with(1000, &produce)),
    ]
}

/// Says a lie, stops sending, and waits until nothing more comes.
async fn lie(mut stream: impl AsyncRead + AsyncWrite + Unpin, said: &[u8]) {
    stream.write_all(said).await.unwrap();
    // It may be closed already.
    let _ = stream.shutdown().await;
    let mut rest = Vec::new();
    let _ = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut rest)).await.expect("it stays open");
    assert!(rest.len() < 100, "{} bytes were answered", rest.len());
}

/// One test, since what it measures is the whole process.
#[tokio::test]
async fn a_frame_that_lies_costs_its_connection_and_no_memory_on_each_listener() {
    let broker = Secured::start().await;
    // (name, over TLS, with a certificate)
    let listeners =
        [("plaintext", None), ("sasl", None), ("operator", None), ("sasl-ssl", Some(false)), ("mtls", Some(true))];
    for (listener, tls) in listeners {
        for (what, said) in lies() {
            for _ in 0..TIMES {
                let (bytes, ()) = growth(async {
                    match tls {
                        None => lie(TcpStream::connect(broker.address(listener)).await.unwrap(), &said).await,
                        Some(certificate) => {
                            lie(broker.over_tls(listener, certificate).await.unwrap(), &said).await;
                        }
                    }
                })
                .await;
                assert!(bytes <= 1 << 20, "{listener}, {what}: {bytes} bytes were allocated");
            }
        }
    }
    what_is_no_tls_is_closed(&broker).await;
    let mut healthy = Wire::connect(broker.address("sasl")).await;
    let named = ApiVersionsRequest::default()
        .with_client_software_name(StrBytes::from_static_str("test"))
        .with_client_software_version(StrBytes::from_static_str("1"));
    assert_eq!(healthy.call(&named, 3).await.error_code, 0);
    let mut healthy = broker.over_tls("sasl-ssl", false).await.unwrap();
    assert!(call(&mut healthy, &named, 3).await.is_some());
    drop(healthy);
    eventually("connections are closed", || broker.handle.metrics().figures().connections_open <= 1).await;
}

/// The same bytes where a TLS handshake is due, and a TLS record that announces the most and never comes.
async fn what_is_no_tls_is_closed(broker: &Secured) {
    let mut said = lies();
    said.push(("a TLS record without content", vec![22, 3, 1, 0xff, 0xff]));
    said.push(("a TLS handshake of 16 MiB", vec![22, 3, 1, 0, 4, 1, 0xff, 0xff, 0xff]));
    for listener in ["sasl-ssl", "mtls"] {
        for (what, said) in &said {
            for _ in 0..TIMES {
                let (bytes, ()) = growth(async {
                    lie(TcpStream::connect(broker.address(listener)).await.unwrap(), said).await;
                })
                .await;
                assert!(bytes <= 1 << 20, "{listener}, {what}: {bytes} bytes were allocated");
            }
        }
    }
}
