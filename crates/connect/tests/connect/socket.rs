//! Rows from a connection.

use std::io::Write;
use std::net::TcpListener;
use std::time::{Duration, Instant};

use arrow::array::AsArray;
use yeoul_engine::connections::{Connections, SourceRequest};
use yeoul_engine::source::{Poll, Source};
use yeoul_row::LogicalType;

use crate::support::{Platform, job, row, table};

/// All texts until the source ends.
#[allow(clippy::disallowed_methods, reason = "a connection needs a real deadline")]
fn texts(source: &mut dyn Source) -> Vec<String> {
    let deadline = Instant::now() + Duration::from_secs(10);
    let mut texts = Vec::new();
    while Instant::now() < deadline {
        match source.poll(100).unwrap() {
            Poll::End => return texts,
            Poll::Pending => source.wait(Duration::from_millis(50)),
            Poll::Batch(batch) => {
                texts.extend(batch.columns.column(0).as_string::<i32>().iter().flatten().map(str::to_owned));
            }
        }
    }
    panic!("no end after {texts:?}")
}

#[test]
fn lines_come_until_the_other_side_closes() {
    let dir = tempfile::tempdir().unwrap();
    let platform = Platform::open(dir.path());
    for (delimiter, sent) in [("10", "a b\r\n\nc\nlast"), ("59", "a b;;c;last")] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port().to_string();
        let options = [
            ("connector", "socket"),
            ("hostname", "localhost"),
            ("port", &*port),
            ("format", "raw"),
            ("byte-delimiter", delimiter),
        ];
        let table = table("s", row(&[("line", LogicalType::STRING)]), &options);
        let mut source = platform.source(&table);
        let (mut stream, _) = listener.accept().unwrap();
        assert!(matches!(source.poll(10).unwrap(), Poll::Pending));
        let (first, second) = sent.split_at(2);
        stream.write_all(first.as_bytes()).unwrap();
        stream.write_all(second.as_bytes()).unwrap();
        drop(stream);
        assert_eq!(texts(source.as_mut()), ["a b", "", "c", "last"]);
    }
}

#[test]
fn nobody_there_is_said_with_what_to_do() {
    let dir = tempfile::tempdir().unwrap();
    let platform = Platform::open(dir.path());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    drop(listener);
    let options = [("connector", "socket"), ("hostname", "127.0.0.1"), ("port", &*port), ("format", "raw")];
    let table = table("s", row(&[("line", LogicalType::STRING)]), &options);
    let job = job();
    let (table, projection) = (&table, [0]);
    let (keep_raw, keep_malformed, seed) = (false, false, None);
    let request = SourceRequest {
        job: &job,
        table,
        projection: &projection,
        fields: &[],
        keep_raw,
        keep_malformed,
        prune: None,
        seed,
    };
    let error = Connections::source(&platform.connect, request).err().unwrap().to_string();
    assert!(error.contains(&port) && error.contains("nc -lk"), "{error}");
}
