//! F1, F2 and B1 of the HTTP door, on the real binary: bodies and heads that lie or never end, bombs, connections that say
//! nothing. Each is refused or closed, memory grows by a few times what a body may have and goes back, and others are served.

mod common;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use common::{Platform, folder, slow};
use flate2::Compression;
use flate2::write::GzEncoder;
use yeoul_base::{Clock, SystemClock};

/// What a body may have (`yeoul_collect::Limits`).
const BODY_BYTES_MAX: usize = 8 << 20;
/// How long a client may take for a request's head.
const HEAD_TIME_MAX: Duration = Duration::from_secs(15);
const RECORDS: &str = "POST /v1/topics/t/records HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";

fn connect(platform: &Platform) -> TcpStream {
    let address = platform.http().trim_start_matches("http://").to_owned();
    let stream = TcpStream::connect(address).expect("it serves");
    stream.set_read_timeout(Some(Duration::from_secs(60))).expect("a time");
    stream
}

/// Sends as much as is taken, and returns what is answered until the connection ends.
fn say(platform: &Platform, parts: impl Iterator<Item = Vec<u8>>) -> String {
    let mut stream = connect(platform);
    for part in parts {
        if stream.write_all(&part).is_err() {
            break;
        }
    }
    let mut answer = Vec::new();
    // Reset, where it was closed before all was read.
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

/// Asks until each thread that serves has taken what it takes to serve, and returns what is resident then.
fn warm(platform: &Platform) -> u64 {
    for _ in 0..50 {
        platform.get("/v1/status");
    }
    platform.forget_peak();
    platform.resident()
}

/// Checks that at no time more was held beside what was held before, and that it goes back to the system: a body is one copy of at
/// most its limit, beside it are buffers, and what the allocator keeps of these for some milliseconds per thread.
fn costs_no_more_than(platform: &Platform, before: u64, most: u64, in_the_end: u64) {
    let peak = platform.peak().saturating_sub(before);
    assert!(peak <= most, "it took {peak} bytes, and may take {most}");
    common::until("memory has gone back", || {
        platform.get("/v1/status");
        platform.resident() <= before + in_the_end
    });
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

/// A request with this body, the connection closed behind it.
fn request(more: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("{RECORDS}Connection: close\r\nContent-Length: {}\r\n{more}\r\n", body.len());
    [head.as_bytes(), body].concat()
}

#[test]
fn bodies_that_lie_or_never_end_are_refused_and_cost_no_memory() {
    let data = folder(&[]);
    let platform = Platform::serve(data.path());
    assert!(say(&platform, std::iter::once(request("", b"1"))).starts_with("HTTP/1.1 200"));
    let before = warm(&platform);
    let deep = [b"[".repeat(10_000), b"]".repeat(10_000)].concat();
    let whole: [(&str, Vec<u8>, &str); 7] = [
        ("10 GiB announced", format!("{RECORDS}Content-Length: 10737418240\r\n\r\n1").into_bytes(), "413"),
        ("a length that is none", format!("{RECORDS}Content-Length: -1\r\n\r\n").into_bytes(), "400"),
        ("a bomb", request("Content-Encoding: gzip\r\n", &gzip(&vec![b' '; 400 << 20])), "413"),
        ("too deep", request("", &deep), "400"),
        ("half a character", request("", br#""\ud800""#), "400"),
        ("a key twice", request("", br#"{"a":1,"a":2}"#), "400"),
        ("larger than may be", request("", &vec![b' '; BODY_BYTES_MAX + 1]), "413"),
    ];
    for (what, request, code) in whole {
        let answer = say(&platform, std::iter::once(request));
        assert!(answer.starts_with(&format!("HTTP/1.1 {code}")), "{what}: {answer}");
    }
    let head = format!("{RECORDS}Transfer-Encoding: chunked\r\n\r\n").into_bytes();
    let chunk = [&b"10000\r\n"[..], &[b' '; 0x1_0000], b"\r\n"].concat();
    let endless = std::iter::once(head).chain(std::iter::repeat_n(chunk, 10_000));
    assert!(say(&platform, endless).starts_with("HTTP/1.1 413"), "a body without an end");
    costs_no_more_than(&platform, before, 4 * BODY_BYTES_MAX as u64, 8 << 20);
    let place = say(&platform, std::iter::once(request("", &deep)));
    assert!(place.contains(r#""line":1"#) && place.contains(r#""column":"#), "{place}");
    assert!(say(&platform, std::iter::once(request("", b"1"))).starts_with("HTTP/1.1 200"));
}

#[test]
fn heads_without_an_end_and_other_protocols_are_closed() {
    let data = folder(&[]);
    let platform = Platform::serve(data.path());
    let before = warm(&platform);
    let endless = std::iter::once(b"GET / HTTP/1.1\r\nHost: localhost\r\n".to_vec());
    let endless =
        endless.chain((0..100_000).map(|number| format!("X-{number}: {}\r\n", "y".repeat(1000)).into_bytes()));
    let answer = say(&platform, endless);
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer}");
    // HTTP/2 is not spoken, so that neither a flood of resets nor one of continuations has anything to begin with.
    let preface = [&b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"[..], &[0; 9]].concat();
    let answer = say(&platform, std::iter::once(preface));
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4") || answer.starts_with("HTTP/1.1 505"), "{answer}");
    costs_no_more_than(&platform, before, 8 << 20, 4 << 20);
    platform.get("/v1/status");
}

#[test]
fn connections_that_say_nothing_are_closed_and_hold_up_nobody() {
    let data = folder(&[]);
    let platform = Platform::serve(data.path());
    let before = platform.descriptors();
    // As many as may be at a time, half of them in the middle of a head.
    let mut open: Vec<TcpStream> = (0..1000).map(|_| connect(&platform)).collect();
    open.iter_mut().step_by(2).for_each(|stream| stream.write_all(b"GET / HT").expect("it is open"));
    platform.get("/v1/status");
    let mut last = open.pop().expect("there are many");
    let clock = SystemClock::new();
    let mut rest = Vec::new();
    let _ = last.read_to_end(&mut rest);
    let took = clock.elapsed();
    assert!(took <= HEAD_TIME_MAX + Duration::from_secs(5), "it was closed after {took:?}");
    common::until("its descriptors return", || platform.descriptors() <= before + 8);
    platform.get("/v1/status");
    if slow() {
        too_many_are_closed_at_once(&platform);
    }
}

/// One more than may be is closed as soon as it comes, and there is a place again when one goes.
fn too_many_are_closed_at_once(platform: &Platform) {
    let mut open: Vec<TcpStream> = (0..1024).map(|_| connect(platform)).collect();
    let refused = || {
        let mut one = connect(platform);
        let sent = one.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        let mut answer = Vec::new();
        sent.is_err() || one.read_to_end(&mut answer).is_err() || answer.is_empty()
    };
    common::until("one more is closed", refused);
    open.truncate(1000);
    common::until("there is a place again", || !refused());
}
