//! L10 over the wire: a small S3 that answers late, with 5xx, or not at all after it did what was asked, and lists less than
//! there is. The real log runs on it.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use yeoul_base::{Clock, Offset, PartitionId, RealDisk, SystemClock, Timestamp};
use yeoul_log::batch::{BatchBuilder, batches, records};
use yeoul_log::{ColdStore, Log, LogConfig, ObjectStore, Residence, TopicConfig};

use super::{S3Config, S3Store};

const PATIENCE: Duration = Duration::from_secs(60);

/// What the small S3 keeps, and how it misbehaves.
#[derive(Default)]
struct Bucket {
    objects: BTreeMap<String, Vec<u8>>,
    uploads: BTreeMap<String, BTreeMap<usize, Vec<u8>>>,
    requests: u64,
    /// Each so-many-th request is answered with 503 before anything is done.
    refuses_each: u64,
    /// Each so-many-th request is done, and the connection closed without an answer.
    loses_each: u64,
    signed: bool,
}

struct Request {
    method: String,
    path: String,
    query: BTreeMap<String, String>,
    headers: BTreeMap<String, String>,
    body: Vec<u8>,
}

fn start(bucket: &Arc<Mutex<Bucket>>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let bucket = Arc::clone(bucket);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let bucket = Arc::clone(&bucket);
            std::thread::spawn(move || serve(&stream, &bucket));
        }
    });
    format!("http://{address}")
}

fn serve(stream: &TcpStream, bucket: &Mutex<Bucket>) {
    let mut reader = BufReader::new(stream);
    while let Some(request) = read(&mut reader) {
        let mut bucket = bucket.lock().unwrap();
        bucket.requests += 1;
        let number = bucket.requests;
        let due = |each: u64| each > 0 && number.is_multiple_of(each);
        bucket.signed |= request.headers.get("authorization").is_some_and(|it| it.starts_with("AWS4-HMAC-SHA256"));
        let (refused, lost) = (due(bucket.refuses_each), due(bucket.loses_each));
        let (status, headers, body) =
            if refused { (503, String::new(), b"slow down".to_vec()) } else { bucket.answer(&request) };
        drop(bucket);
        if lost {
            return;
        }
        let reason = if status < 300 { "OK" } else { "No" };
        let length =
            if request.method == "HEAD" { String::new() } else { format!("content-length: {}\r\n", body.len()) };
        let head = format!("HTTP/1.1 {status} {reason}\r\n{headers}{length}\r\n");
        let body = if request.method == "HEAD" { &[][..] } else { &body[..] };
        if (&mut &*stream).write_all(&[head.as_bytes(), body].concat()).is_err() {
            return;
        }
    }
}

fn read(reader: &mut impl BufRead) -> Option<Request> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|&read| read > 0)?;
    let mut words = line.split_whitespace();
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let pair =
        |pair: &str| pair.split_once('=').map_or((pair.to_owned(), String::new()), |(k, v)| (k.into(), v.into()));
    let query = query.split('&').filter(|pair| !pair.is_empty()).map(pair).collect();
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((key, value)) = line.trim_end().split_once(':') else { break };
        headers.insert(key.to_lowercase(), value.trim().to_owned());
    }
    let length = headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Request { method, path: path.to_owned(), query, headers, body })
}

type Answer = (u16, String, Vec<u8>);

fn done(body: &str) -> Answer {
    (200, "etag: \"x\"\r\n".to_owned(), body.as_bytes().to_vec())
}

fn date() -> &'static str {
    "last-modified: Wed, 01 Jan 2025 00:00:00 GMT\r\netag: \"x\"\r\n"
}

impl Bucket {
    fn answer(&mut self, request: &Request) -> Answer {
        // `/bucket/name`.
        let name = request.path.splitn(3, '/').nth(2).unwrap_or_default().to_owned();
        let upload = request.query.get("uploadId");
        match (request.method.as_str(), upload) {
            ("PUT", Some(id)) => {
                let part = request.query.get("partNumber").and_then(|it| it.parse().ok()).unwrap();
                self.uploads.entry(id.clone()).or_default().insert(part, request.body.clone());
                done("")
            }
            ("PUT", None) => {
                self.objects.insert(name, request.body.clone());
                done("")
            }
            ("POST", Some(id)) => {
                let parts = self.uploads.remove(id).unwrap_or_default();
                self.objects.insert(name, parts.into_values().flatten().collect());
                done("<CompleteMultipartUploadResult><ETag>x</ETag></CompleteMultipartUploadResult>")
            }
            ("POST", None) if request.query.contains_key("delete") => self.delete_many(&request.body),
            ("POST", None) => {
                let id = format!("upload-{}", self.requests);
                done(&format!(
                    "<InitiateMultipartUploadResult><UploadId>{id}</UploadId></InitiateMultipartUploadResult>"
                ))
            }
            ("DELETE", _) => {
                self.objects.remove(&name);
                (204, String::new(), Vec::new())
            }
            ("GET", _) if request.query.contains_key("list-type") => self.list(request),
            ("GET" | "HEAD", _) => self.get(&name, request),
            _ => (405, String::new(), Vec::new()),
        }
    }

    fn delete_many(&mut self, body: &[u8]) -> Answer {
        let text = String::from_utf8_lossy(body).into_owned();
        let mut deleted = String::new();
        for key in text.split("<Key>").skip(1).filter_map(|rest| rest.split("</Key>").next()) {
            self.objects.remove(key);
            deleted += &format!("<Deleted><Key>{key}</Key></Deleted>");
        }
        done(&format!("<DeleteResult>{deleted}</DeleteResult>"))
    }

    fn get(&self, name: &str, request: &Request) -> Answer {
        let Some(object) = self.objects.get(name) else { return (404, String::new(), b"<Error/>".to_vec()) };
        let total = object.len();
        if request.method == "HEAD" {
            return (200, format!("content-length: {total}\r\n{}", date()), Vec::new());
        }
        let range = request.headers.get("range").and_then(|range| range.strip_prefix("bytes=")?.split_once('-'));
        let Some((start, end)) = range else { return (200, date().to_owned(), object.clone()) };
        let start: usize = start.parse().unwrap();
        let end = end.parse::<usize>().unwrap_or(total).min(total - 1);
        let Some(part) = object.get(start..=end) else { return (416, String::new(), Vec::new()) };
        (206, format!("content-range: bytes {start}-{end}/{total}\r\n{}", date()), part.to_vec())
    }

    fn list(&self, request: &Request) -> Answer {
        let prefix = request.query.get("prefix").map(|it| it.replace("%2F", "/")).unwrap_or_default();
        let entry = |(name, bytes): (&String, &Vec<u8>)| {
            let time = "2025-01-01T00:00:00.000Z";
            format!(
                "<Contents><Key>{name}</Key><Size>{}</Size><LastModified>{time}</LastModified><ETag>x</ETag></Contents>",
                bytes.len()
            )
        };
        let found: String = self.objects.iter().filter(|(name, _)| name.starts_with(&prefix)).map(entry).collect();
        done(&format!("<ListBucketResult>{found}</ListBucketResult>"))
    }
}

fn open(endpoint: &str) -> S3Store {
    let config = S3Config { url: "s3://bucket/some/prefix", endpoint: Some(endpoint), region: Some("us-east-1") };
    let keys = Some(("id", "secret"));
    S3Store::open_as(&config, keys).unwrap()
}

#[test]
fn objects_small_and_in_parts_come_back_through_lost_answers() {
    use yeoul_base::Disk;
    use yeoul_base::disk::OpenMode;
    let bucket = Arc::new(Mutex::new(Bucket { refuses_each: 5, loses_each: 7, ..Bucket::default() }));
    let store = open(&start(&bucket));
    let dir = tempfile::tempdir().unwrap();
    for (name, size) in [("cluster/topic/0/small.seg", 5000), ("cluster/topic/0/large.seg", (20 << 20) + 7)] {
        let bytes: Vec<u8> = (0..size).map(|at: u32| (at % 251) as u8).collect();
        let path = dir.path().join("file");
        std::fs::write(&path, &bytes).unwrap();
        store.put(name, &*RealDisk.open(&path, OpenMode::Read).unwrap()).unwrap();
        assert_eq!(store.size(name).unwrap(), bytes.len() as u64);
        assert_eq!(store.read(name, 4000, 1000).unwrap(), bytes[4000..5000]);
        assert_eq!(store.read(name, bytes.len() as u64 - 5, 6).unwrap_err().kind(), std::io::ErrorKind::UnexpectedEof);
    }
    let mut listed = store.list("cluster/").unwrap();
    listed.sort();
    assert_eq!(listed, ["cluster/topic/0/large.seg", "cluster/topic/0/small.seg"]);
    assert!(bucket.lock().unwrap().objects.keys().all(|name| name.starts_with("some/prefix/cluster/")));
    for _ in 0..2 {
        store.delete("cluster/topic/0/small.seg").unwrap();
    }
    assert_eq!(store.size("cluster/topic/0/small.seg").unwrap_err().kind(), std::io::ErrorKind::NotFound);
    assert!(bucket.lock().unwrap().signed);
}

#[test]
fn a_log_moves_to_a_faulty_store_and_reads_on_through_it() {
    let bucket = Arc::new(Mutex::new(Bucket { refuses_each: 6, loses_each: 11, ..Bucket::default() }));
    let endpoint = start(&bucket);
    let dir = tempfile::tempdir().unwrap();
    let mut config = LogConfig::new(dir.path());
    (config.file_bytes, config.group_bytes_max, config.hot_files) = (64 << 10, 16 << 10, 1);
    config.clean_interval = Duration::from_millis(50);
    let store: Arc<dyn ObjectStore> = Arc::new(open(&endpoint));
    config.cold = Some(ColdStore { store, after: Duration::ZERO, local: Duration::ZERO });
    let log = Log::open(config, Arc::new(RealDisk), Arc::new(SystemClock::new())).unwrap();
    let topic = log.create_topic("t", 1, TopicConfig::default()).wait().unwrap();
    for number in 0..60 {
        let mut builder = BatchBuilder::new();
        builder.push(None, Some(format!("{number}.{}", "x".repeat(5000)).as_bytes()), Timestamp(1), &[]);
        log.append(topic.id, PartitionId(0), builder.finish().unwrap()).wait().unwrap();
    }
    let clock = SystemClock::new();
    let deadline = clock.elapsed() + PATIENCE;
    let stored = || {
        let ranges = log.ranges(topic.id, PartitionId(0));
        ranges.iter().filter(|range| range.residence == Residence::Store).count()
    };
    while stored() < 2 {
        assert!(clock.elapsed() < deadline, "nothing is moved: {:?}", log.ranges(topic.id, PartitionId(0)));
        std::thread::yield_now();
    }
    let mut next = Offset(0);
    while next < Offset(60) {
        let read = log.read(topic.id, PartitionId(0), next, 10_000).unwrap();
        for (header, batch) in read.data.iter().flat_map(|data| batches(data)).map(Result::unwrap) {
            for record in &records(batch, 1 << 20).unwrap() {
                let value = String::from_utf8_lossy(record.unwrap().value.unwrap()).into_owned();
                assert_eq!(value.split('.').next(), Some(next.0.to_string().as_str()));
            }
            next = header.last_offset().plus(1);
        }
    }
    log.close();
}
