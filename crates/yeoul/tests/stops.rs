//! R2: SIGTERM at any time, SIGSTOP for long, and memory that runs out. The platform ends within ten seconds, nothing
//! acknowledged is lost or doubled, and no second process writes while the first one only sleeps.

mod common;

use std::process::{Command, Stdio};
use std::time::Duration;

use common::producers::{PRODUCERS, Producers, create, start};
use common::{Platform, binary, folder, slow};
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use rustix::process::Signal;
use yeoul_base::{Clock, SystemClock};

/// How long a stop may take.
const STOP_MAX: Duration = Duration::from_secs(10);

#[test]
fn sigterm_at_any_time_stops_in_order() {
    let stops = if slow() { 100 } else { 6 };
    let data = folder(&[]);
    let mut platform = Platform::serve(data.path());
    let kafka = platform.kafka();
    create(&kafka);
    let producers = Producers::start(&kafka, PRODUCERS);
    let mut random = SmallRng::seed_from_u64(15);
    for stop in 0..stops {
        producers.wait();
        common::wait(Duration::from_millis(random.random_range(0..150)));
        let (status, time) = platform.terminate();
        assert!(status.success() && time <= STOP_MAX, "stop {stop}: {status} after {time:?}");
        assert!(!data.path().join("listen.json").exists(), "stop {stop}: it says where it listens, and does not");
        platform = start(data.path(), &kafka);
    }
    producers.check(&kafka);
}

/// While it starts, too: also before it listens.
#[test]
fn sigterm_while_it_starts_leaves_nothing_to_repair() {
    let starts = if slow() { 50 } else { 8 };
    let data = folder(&[]);
    drop(Platform::serve(data.path()));
    let mut random = SmallRng::seed_from_u64(16);
    for _ in 0..starts {
        let mut command = binary();
        command.args(["serve", "--kafka", "127.0.0.1:0", "--http", "127.0.0.1:0", "--data"]).arg(data.path());
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the binary is there");
        common::wait(Duration::from_millis(random.random_range(0..60)));
        rustix::process::kill_process(rustix::process::Pid::from_child(&child), Signal::TERM).expect("it runs");
        let clock = SystemClock::new();
        child.wait().expect("it ends");
        assert!(clock.elapsed() <= STOP_MAX);
    }
    Platform::serve(data.path());
}

#[test]
fn one_that_sleeps_keeps_others_out_and_goes_on() {
    let asleep = Duration::from_secs(if slow() { 300 } else { 3 });
    let data = folder(&[]);
    let platform = Platform::serve(data.path());
    let kafka = platform.kafka();
    create(&kafka);
    let producers = Producers::start(&kafka, PRODUCERS);
    producers.wait();
    platform.signal(Signal::STOP);
    let mut second = binary();
    second.args(["serve", "--kafka", "127.0.0.1:0", "--http", "127.0.0.1:0", "--data"]).arg(data.path());
    let second = second.stdin(Stdio::null()).output().expect("the binary is there");
    let said = String::from_utf8_lossy(&second.stderr);
    assert_eq!(second.status.code(), Some(2), "{said}");
    assert!(said.contains("in use by another process"), "{said}");
    common::wait(asleep);
    platform.signal(Signal::CONT);
    producers.wait();
    producers.check(&kafka);
}

#[test]
fn a_stop_with_an_open_connection_takes_at_most_ten_seconds() {
    let data = folder(&[]);
    let platform = Platform::serve(data.path());
    let clock = SystemClock::new();
    let address = platform.http().trim_start_matches("http://").to_owned();
    let mut stream = std::net::TcpStream::connect(address).expect("it serves");
    std::io::Write::write_all(&mut stream, b"GET /v1/status HTTP/1.1\r\nHost: localhost\r\n\r\n").expect("it reads");
    let (status, _) = platform.terminate();
    assert!(status.success() && clock.elapsed() <= STOP_MAX);
}

/// No memory is to be had any more, at a moment that nobody chose: the process ends, and what it acknowledged is there.
#[test]
fn memory_that_runs_out_loses_nothing() {
    let times = if slow() { 10 } else { 2 };
    let data = folder(&[]);
    // The allocator asks the system for a gibibyte ahead otherwise, which no limit takes back.
    let lean = |kafka: &str| {
        let environment = [("MIMALLOC_ARENA_RESERVE", "0"), ("MIMALLOC_ARENA_EAGER_COMMIT", "0")];
        Platform::start_in(&environment, &["serve"], data.path(), kafka, "127.0.0.1:0")
    };
    let mut platform = lean("127.0.0.1:0");
    let kafka = platform.kafka();
    create(&kafka);
    let producers = Producers::start(&kafka, PRODUCERS);
    for _ in 0..times {
        producers.wait();
        // Less than it has: the next stretch of memory that is asked for is refused.
        let pid = platform.pid_text();
        let limited = Command::new("prlimit").args(["--pid", &pid, "--data=1048576"]).status();
        assert!(limited.is_ok_and(|status| status.success()), "prlimit is there");
        common::until("it runs out of memory", || platform.has_ended() || !more_connections(&kafka));
        platform.kill();
        platform = lean(&kafka);
    }
    producers.check(&kafka);
}

/// Makes it ask for more memory; whether it could be reached.
fn more_connections(kafka: &str) -> bool {
    use std::io::Write;
    let frame = [0_u8, 0x10, 0, 0, 0, 0, 0, 9, 0, 0, 0, 1, 0, 0];
    let mut open = Vec::new();
    for _ in 0..100 {
        let Ok(mut stream) = std::net::TcpStream::connect(kafka) else { return false };
        let _ = stream.write_all(&frame).and_then(|()| stream.write_all(&vec![0; 1 << 20]));
        open.push(stream);
    }
    true
}
