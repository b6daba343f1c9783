//! B6: thousands of connections that say nothing or a byte a second, and hundreds a second that come and go. Who works is
//! served as before, and the descriptors return. `YEOUL_SLOW=1`: 5,000 connections, and 200 a second for a minute.

mod common;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use common::producers::{config, runtime};
use common::{Platform, folder, slow};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use yeoul_base::{Clock, SystemClock, Timestamp};
use yeoul_broker::client::{Client, NewTopic, Producer};
use yeoul_log::batch::BatchBuilder;

/// What the system's own unrest may add to a latency.
const UNREST: Duration = Duration::from_millis(30);
/// `ApiVersions` of version 0.
const API_VERSIONS: [u8; 14] = [0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 1, 0xff, 0xff];

/// Raises the number of descriptors that this process may have, as far as it may.
fn allow_descriptors() {
    let limit = getrlimit(Resource::Nofile);
    // Where it may not, the test fails by what it can't open.
    let _ = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit });
}

/// The 99th percentile of what a record takes from being sent to being acknowledged.
fn p99(kafka: &str) -> Duration {
    let rounds = if slow() { 1000 } else { 200 };
    let mut times: Vec<Duration> = runtime().block_on(async {
        let mut client = Client::connect(config(kafka)).await.expect("it serves");
        // There already, from the second round on.
        let _ = client.create_topic(&NewTopic::named("healthy")).await;
        let mut producer = Producer::new(client).await.expect("an identity");
        let mut times = Vec::new();
        for _ in 0..rounds {
            let mut batch = BatchBuilder::new();
            batch.push(None, Some(b"value"), Timestamp(0), &[]);
            let clock = SystemClock::new();
            producer.send("healthy", 0, batch).await.expect("it is taken");
            times.push(clock.elapsed());
        }
        times
    });
    times.sort_unstable();
    times[times.len() * 99 / 100]
}

/// Waits until it has hardly more descriptors than before.
fn descriptors_return(platform: &Platform, before: usize) {
    common::until("its descriptors return", || platform.descriptors() <= before + 8);
}

#[test]
fn connections_that_say_nothing_or_little_hold_up_nobody() {
    allow_descriptors();
    let count = if slow() { 5000 } else { 500 };
    let data = folder(&[]);
    let platform = Platform::serve(data.path());
    let quiet = p99(&platform.kafka());
    let before = platform.descriptors();
    let mut open: Vec<TcpStream> =
        (0..count).map(|_| TcpStream::connect(platform.kafka()).expect("a connection")).collect();
    common::until("all are taken in", || platform.descriptors() + 8 >= before + count);
    let memory = platform.resident();
    // Half of them begin a frame, and go on by a byte at a time.
    let dribbling = std::thread::spawn(move || {
        for byte in API_VERSIONS.iter().take(API_VERSIONS.len() - 1) {
            open.iter_mut().step_by(2).for_each(|stream| stream.write_all(&[*byte]).expect("it is open"));
            common::wait(Duration::from_millis(if slow() { 1000 } else { 50 }));
        }
        open
    });
    let busy = p99(&platform.kafka());
    let open = dribbling.join().expect("they dribble");
    assert!(busy <= 2 * quiet + UNREST, "{busy:?} among {count} connections, {quiet:?} without");
    let each = platform.resident().saturating_sub(memory) / count as u64;
    assert!(each <= 64 << 10, "a connection that dribbles takes {each} bytes");
    drop(open);
    descriptors_return(&platform, before);
}

#[test]
fn connections_that_come_and_go_hold_up_nobody() {
    allow_descriptors();
    let time = Duration::from_secs(if slow() { 60 } else { 3 });
    let data = folder(&[]);
    let platform = Platform::serve(data.path());
    let quiet = p99(&platform.kafka());
    let before = platform.descriptors();
    let address = platform.kafka();
    let coming = std::thread::spawn(move || {
        let (clock, mut count) = (SystemClock::new(), 0);
        while clock.elapsed() < time {
            let mut stream = TcpStream::connect(&address).expect("a connection");
            stream.write_all(&API_VERSIONS).expect("it is open");
            // Some wait for the answer, and some don't.
            if count % 2 == 0 {
                stream.read_exact(&mut [0; 8]).expect("an answer");
            }
            count += 1;
            common::wait(Duration::from_millis(5 * count).saturating_sub(clock.elapsed()));
        }
        count
    });
    let mut busy = Vec::new();
    while !coming.is_finished() {
        busy.push(p99(&platform.kafka()));
    }
    let count = coming.join().expect("they come and go");
    assert!(u128::from(count) * 5 >= time.as_millis() / 2, "only {count} connections came");
    busy.sort_unstable();
    let busy = busy[busy.len() / 2];
    assert!(busy <= 2 * quiet + UNREST, "{busy:?} among {count} connections, {quiet:?} without");
    descriptors_return(&platform, before);
}
