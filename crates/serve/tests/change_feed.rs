//! The change feed over a real listener: rows, changes, resuming, slow readers.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::net::SocketAddr;
use std::time::Duration;

use support::{Row, World, commit, rows};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use yeoul_engine::sink::{Restored, Sink};
use yeoul_row::RowKind;

const PATIENCE: Duration = Duration::from_secs(10);

/// An event: name, id, data.
type Event = (String, String, String);

struct Reader {
    lines: BufReader<TcpStream>,
}

async fn listen(world: &World) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = world.router.clone();
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    address
}

impl Reader {
    async fn open(address: SocketAddr, view: &str, after: Option<&str>) -> Reader {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let resume = after.map(|id| format!("Last-Event-ID: {id}\r\n")).unwrap_or_default();
        // HTTP/1.0, so that the body isn't chunked.
        let request = format!("GET /v1/views/{view}/changes HTTP/1.0\r\nHost: localhost\r\n{resume}\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        Reader { lines: BufReader::new(stream) }
    }

    async fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        let read =
            tokio::time::timeout(PATIENCE, self.lines.read_line(&mut line)).await.expect("a line in time").unwrap();
        (read > 0).then(|| line.trim_end().to_owned())
    }

    /// The next event, comments and headers skipped; nothing at the end.
    async fn event(&mut self) -> Option<Event> {
        let mut event: Event = Default::default();
        loop {
            let line = self.line().await?;
            match line.split_once(':').map(|(field, value)| (field, value.trim_start())) {
                Some(("event", name)) => event.0 = name.to_owned(),
                Some(("id", id)) => event.1 = id.to_owned(),
                Some(("data", data)) => {
                    event.2 = data.to_owned();
                    return Some(event);
                }
                _ => {}
            }
        }
    }

    /// Reads up to `ready`; returns how many rows came.
    async fn snapshot(&mut self) -> (usize, String) {
        assert_eq!(self.event().await.unwrap().0, "reset");
        let mut count = 0;
        loop {
            let (name, id, data) = self.event().await.unwrap();
            match name.as_str() {
                "rows" => count += serde_json::from_str::<Vec<serde_json::Value>>(&data).unwrap().len(),
                "ready" => return (count, id),
                other => panic!("`{other}` in a snapshot"),
            }
        }
    }

    async fn change(&mut self) -> (String, String, i64) {
        let (name, id, data) = self.event().await.unwrap();
        assert_eq!(name, "change");
        let data: serde_json::Value = serde_json::from_str(&data).unwrap();
        (id, data["kind"].as_str().unwrap().to_owned(), data["row"]["departures"].as_i64().unwrap())
    }
}

fn put(sink: &mut dyn Sink, changes: &[(RowKind, Row<'_>)]) {
    sink.write(&rows(changes)).unwrap();
    commit(sink);
}

#[tokio::test]
async fn rows_come_first_and_then_every_change_in_order() {
    let world = World::new();
    let mut sink = world.sample();
    let mut reader = Reader::open(listen(&world).await, "hourly", None).await;
    assert_eq!(reader.snapshot().await, (4, "1001-4".to_owned()));
    let changes = [
        (RowKind::UpdateBefore, ("EWR", 0, 10, Some(1.5))),
        (RowKind::UpdateAfter, ("EWR", 0, 11, Some(1.5))),
        (RowKind::Delete, ("LGA", 1, 5, Some(7.25))),
        (RowKind::Insert, ("LGA", 2, 6, None)),
    ];
    put(sink.as_mut(), &changes);
    let mut found = Vec::new();
    for _ in 0..3 {
        let (id, kind, departures) = reader.change().await;
        found.push(format!("{id} {kind} {departures}"));
    }
    assert_eq!(found, ["1002-1 +U 11", "1002-2 -D 5", "1002-3 +I 6"]);
}

#[tokio::test]
async fn a_reader_that_comes_back_gets_exactly_what_it_missed() {
    let world = World::new();
    let mut sink = world.sample();
    let address = listen(&world).await;
    let (_, at) = Reader::open(address, "hourly", None).await.snapshot().await;
    for hour in 10..20 {
        put(sink.as_mut(), &[(RowKind::Insert, ("JFK", hour, hour, None))]);
    }
    let mut reader = Reader::open(address, "hourly", Some(&at)).await;
    let first = reader.change().await;
    assert_eq!((first.1.as_str(), first.2), ("+I", 10));
    drop(reader);
    let mut reader = Reader::open(address, "hourly", Some(&first.0)).await;
    for hour in 11..20 {
        assert_eq!(reader.change().await.2, hour);
    }
    let mut stranger = Reader::open(address, "hourly", Some("7-7")).await;
    assert_eq!(stranger.snapshot().await.0, 14);
}

#[tokio::test]
async fn a_reader_resumes_over_a_restart_of_the_platform() {
    for key in [&[0_usize, 1][..], &[]] {
        let world = World::new();
        let mut sink = world.sink("v", key);
        let mut state = std::collections::BTreeMap::new();
        let mut record = bytes::Bytes::new();
        for hour in 0..5 {
            sink.write(&rows(&[(RowKind::Insert, ("JFK", hour, hour, None)), (RowKind::Insert, ("EWR", 0, 1, None))]))
                .unwrap();
            let prepared = commit(sink.as_mut());
            record = prepared.record;
            for (key, value) in prepared.changes {
                match value {
                    Some(value) => drop(state.insert(key, value)),
                    None => drop(state.remove(&key)),
                }
            }
        }
        let before = world.get("/v1/views/v").await;
        let (_, at) = Reader::open(listen(&world).await, "v", None).await.snapshot().await;

        let world = World::new();
        let mut sink = world.views.sink(&yeoul_base::JobName("v".to_owned()), &support::spec("v", key)).unwrap();
        sink.open(Restored { record, state: state.into_iter().collect() }).unwrap();
        assert_eq!(world.get("/v1/views/v").await, before);
        let mut reader = Reader::open(listen(&world).await, "v", Some(&at)).await;
        put(sink.as_mut(), &[(RowKind::Insert, ("LGA", 9, 99, None))]);
        let (id, _, departures) = reader.change().await;
        assert_eq!((id.as_str(), departures), ("1006-1", 99));
    }
}

#[tokio::test]
async fn a_job_that_starts_again_shows_its_checkpoint_and_no_more() {
    let world = World::new();
    let mut sink = world.sink("v", &[]);
    sink.write(&rows(&[(RowKind::Insert, ("JFK", 0, 1, None))])).unwrap();
    let prepared = commit(sink.as_mut());
    sink.write(&rows(&[(RowKind::Insert, ("JFK", 0, 2, None))])).unwrap();
    sink.prepare(false).unwrap();
    drop(sink);
    let mut sink = world.views.sink(&yeoul_base::JobName("v".to_owned()), &support::spec("v", &[])).unwrap();
    let state = prepared.changes.into_iter().filter_map(|(key, value)| Some((key, value?))).collect();
    sink.open(Restored { record: prepared.record, state }).unwrap();
    assert_eq!(world.json("/v1/views/v").await.as_array().unwrap().len(), 1);
    let other = world.views.sink(&yeoul_base::JobName("other".to_owned()), &support::spec("v", &[]));
    assert!(other.err().unwrap().to_string().contains("job `v` serves a view of that name"));
    let changed = support::spec("v", &[0]);
    let mut sink = world.views.sink(&yeoul_base::JobName("v".to_owned()), &changed).unwrap();
    let record = prepared_record(&world);
    assert!(sink.open(Restored { record, state: Vec::new() }).unwrap_err().to_string().contains("--fresh"));
}

/// The record of a view without a key.
fn prepared_record(world: &World) -> bytes::Bytes {
    let mut sink = world.sink("other", &[]);
    sink.prepare(false).unwrap().record
}

#[tokio::test]
async fn taking_back_a_row_that_is_not_there_fails_the_job() {
    let world = World::new();
    let mut sink = world.sink("v", &[]);
    sink.write(&rows(&[(RowKind::Delete, ("JFK", 0, 1, None))])).unwrap();
    assert!(sink.prepare(false).unwrap_err().to_string().contains("does not have"));
}

#[tokio::test]
async fn a_reader_that_takes_nothing_is_cut_off_and_holds_nobody_back() {
    let limits = yeoul_serve::Limits { feed_patience: Duration::from_millis(200), ..yeoul_serve::Limits::default() };
    let world = World::with(limits);
    let mut sink = world.sink("v", &[]);
    let address = listen(&world).await;
    let mut slow = Reader::open(address, "v", None).await;
    assert_eq!(slow.snapshot().await.0, 0);
    for start in 0..60 {
        let part: Vec<_> = (0..5_000)
            .map(|n| (RowKind::Insert, ("a rather long name of an airport", start * 5_000 + n, n, None)))
            .collect();
        put(sink.as_mut(), &part);
        tokio::task::yield_now().await;
    }
    // Cut off, though it still holds its connection.
    let cut = async {
        while !world.get("/metrics").await.1.lines().any(|line| line == "yeoul_change_feeds 0") {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(PATIENCE, cut).await.expect("the reader is cut off");
    // What was on its way still comes, and then the end.
    let mut rest = Vec::new();
    tokio::time::timeout(PATIENCE, slow.lines.read_to_end(&mut rest)).await.expect("the feed ends").unwrap();
}

#[tokio::test]
async fn feeds_end_when_the_platform_stops_and_silence_is_broken_by_comments() {
    let world = World::new();
    let _sink = world.sample();
    let mut reader = Reader::open(listen(&world).await, "hourly", None).await;
    reader.snapshot().await;
    loop {
        if reader.line().await.unwrap() == ": alive" {
            break;
        }
    }
    world.serve.close();
    assert_eq!(reader.event().await, None);
}
