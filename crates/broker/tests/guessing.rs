//! Hundreds that guess passwords at a time hold up each other, and not the threads on which others read the disk.
#![allow(clippy::unwrap_used, reason = "a test that can't go on has failed")]

mod secured;
mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use kafka_protocol::ResponseError;
use kafka_protocol::messages::*;
use kafka_protocol::protocol::StrBytes;
use secured::Secured;
use support::Wire;

/// How many guess at the same time.
const GUESSERS: usize = 200;
/// The threads that may be there beyond those before: for the checks, for the disk, and what the system adds.
const THREADS_MORE_MAX: usize = 24;

fn threads() -> usize {
    std::fs::read_dir("/proc/self/task").unwrap().count()
}

/// The most threads that there were, until told to stop.
async fn most_threads(over: Arc<AtomicBool>) -> usize {
    let mut most = 0;
    while !over.load(Ordering::Relaxed) {
        most = most.max(threads());
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    most
}

async fn guess(at: std::net::SocketAddr, number: usize) -> i16 {
    let mut wire = Wire::connect(at).await;
    let plain = SaslHandshakeRequest::default().with_mechanism(StrBytes::from_static_str("PLAIN"));
    assert_eq!(wire.call(&plain, 1).await.error_code, 0);
    let token = format!("\0alice\0guess {number}").into_bytes();
    wire.call(&SaslAuthenticateRequest::default().with_auth_bytes(token.into()), 2).await.error_code
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_guesses_passwords_takes_few_threads() {
    let broker = Secured::start().await;
    let at = broker.address("sasl");
    let before = threads();
    let over = Arc::new(AtomicBool::new(false));
    let watching = tokio::spawn(most_threads(over.clone()));
    let guessing: Vec<_> = (0..GUESSERS).map(|number| tokio::spawn(guess(at, number))).collect();
    for one in guessing {
        assert_eq!(one.await.unwrap(), ResponseError::SaslAuthenticationFailed.code(), "each is told");
    }
    over.store(true, Ordering::Relaxed);
    let most = watching.await.unwrap();
    assert!(most <= before + THREADS_MORE_MAX, "{most} threads, {before} before");
}
