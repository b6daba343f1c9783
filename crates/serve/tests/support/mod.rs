//! A view with its sink, driven by hand, and a router to ask.

#![allow(dead_code, reason = "each file of tests uses its part")]

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray, TimestampMillisecondArray};
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use serde_json::Value;
use tower::ServiceExt;
use yeoul_base::{Clock, JobName, Timestamp};
use yeoul_engine::plan::ViewSpec;
use yeoul_engine::sink::{Restored, Sink};
use yeoul_engine::status::{BranchStatus, JobState, JobStatus, SourceStatus};
use yeoul_row::{Field, LogicalType, RowBatch, RowKind, RowType, Watermarks};
use yeoul_serve::{About, AllowedHosts, Limits, PlatformStatus, Serve, Views, guard, router};

/// A clock that stands until it is moved.
pub struct Hand(pub AtomicI64);

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::Relaxed))
    }

    fn elapsed(&self) -> Duration {
        Duration::ZERO
    }
}

pub struct Platform;

impl PlatformStatus for Platform {
    fn about(&self) -> About {
        About { version: "1.2.3".to_owned(), started_at: 500, ..About::default() }
    }

    fn jobs(&self) -> Vec<JobStatus> {
        let source = SourceStatus {
            table: "t".to_owned(),
            reads: "landing.<b>".to_owned(),
            rows: 5,
            lag: Some(2),
            watermark: None,
        };
        let filtered = [("where".to_owned(), 1)].into();
        let branch = BranchStatus {
            name: "b".to_owned(),
            writes: "v".to_owned(),
            input: 5,
            applied: 3,
            late: 1,
            filtered,
            output: 2,
            ..BranchStatus::default()
        };
        let state = JobState::Running;
        vec![JobStatus {
            name: "job\"1".to_owned(),
            state,
            checkpoint: 4,
            checkpoint_at: 900,
            sources: vec![source],
            branches: vec![branch],
            ..JobStatus::default()
        }]
    }

    fn not_ready(&self) -> Option<String> {
        None
    }
}

pub struct World {
    pub views: Views,
    pub serve: Arc<Serve>,
    pub router: Router,
    pub clock: Arc<Hand>,
}

pub fn columns() -> Arc<RowType> {
    Arc::new(RowType::new(vec![
        Field::new("origin", LogicalType::STRING.nullable()),
        Field::new("window_start", LogicalType::Timestamp(3).nullable()),
        Field::new("departures", LogicalType::BigInt.nullable()),
        Field::new("mean_delay", LogicalType::Double.nullable()),
    ]))
}

pub fn spec(name: &str, key: &[usize]) -> ViewSpec {
    ViewSpec { name: name.to_owned(), schema: columns(), key: key.to_vec(), query: "SELECT 1".to_owned() }
}

pub type Row<'a> = (&'a str, i64, i64, Option<f64>);

/// Rows with their kinds.
pub fn rows(rows: &[(RowKind, Row<'_>)]) -> RowBatch {
    let arrays: Vec<ArrayRef> = vec![
        Arc::new(rows.iter().map(|(_, row)| Some(row.0)).collect::<StringArray>()),
        Arc::new(TimestampMillisecondArray::from_iter_values(rows.iter().map(|(_, row)| row.1 * 3_600_000))),
        Arc::new(Int64Array::from_iter_values(rows.iter().map(|(_, row)| row.2))),
        Arc::new(rows.iter().map(|(_, row)| row.3).collect::<Float64Array>()),
    ];
    let batch = RecordBatch::try_new(columns().to_arrow(), arrays).unwrap();
    let mut batch = RowBatch::inserts(batch, Watermarks::NONE);
    batch.kinds = Some(rows.iter().map(|(kind, _)| *kind).collect());
    batch
}

impl World {
    pub fn new() -> World {
        World::with(Limits { heartbeat: Duration::from_millis(50), ..Limits::default() })
    }

    pub fn with(limits: Limits) -> World {
        let clock = Arc::new(Hand(AtomicI64::new(1_000)));
        let views = Views::new(clock.clone());
        let serve = Serve::new(views.clone(), None, Arc::new(Platform), clock.clone(), limits);
        let router = guard(router(serve.clone()), AllowedHosts { names: vec!["data.example".to_owned()] });
        World { views, serve, router, clock }
    }

    /// A sink of a new view.
    pub fn sink(&self, name: &str, key: &[usize]) -> Box<dyn Sink> {
        let mut sink = self.views.sink(&JobName(name.to_owned()), &spec(name, key)).unwrap();
        sink.open(Restored::default()).unwrap();
        sink
    }

    /// A view of four rows.
    pub fn sample(&self) -> Box<dyn Sink> {
        let mut sink = self.sink("hourly", &[0, 1]);
        let insert = RowKind::Insert;
        let sample = [
            (insert, ("EWR", 0, 10, Some(1.5))),
            (insert, ("JFK", 0, 20, None)),
            (insert, ("JFK", 1, 30, Some(-2.0))),
            (insert, ("LGA", 1, 5, Some(7.25))),
        ];
        sink.write(&rows(&sample)).unwrap();
        commit(sink.as_mut());
        sink
    }

    pub async fn request(&self, request: Request<Body>) -> (StatusCode, HeaderMap, String) {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let body = axum::body::to_bytes(response.into_body(), 1 << 26).await.unwrap();
        (status, headers, String::from_utf8(body.to_vec()).unwrap())
    }

    pub async fn get(&self, uri: &str) -> (StatusCode, String) {
        let request = Request::get(uri).header("host", "127.0.0.1:8150").body(Body::empty()).unwrap();
        let (status, _, body) = self.request(request).await;
        (status, body)
    }

    pub async fn json(&self, uri: &str) -> Value {
        let (status, body) = self.get(uri).await;
        assert_eq!(status, StatusCode::OK, "{uri}: {body}");
        serde_json::from_str(&body).unwrap()
    }

    pub async fn query(&self, sql: &str, accept: &str) -> (StatusCode, String) {
        let body = serde_json::json!({ "sql": sql }).to_string();
        let request = Request::post("/v1/query").header("host", "localhost").header("accept", accept);
        let (status, _, body) = self.request(request.body(Body::from(body)).unwrap()).await;
        (status, body)
    }
}

/// A checkpoint.
pub fn commit(sink: &mut dyn Sink) -> yeoul_engine::sink::Prepared {
    let prepared = sink.prepare(false).unwrap();
    sink.committed().unwrap();
    prepared
}
