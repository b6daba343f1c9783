//! `POST /v1/topics/{topic}/records`: one JSON value, an array of them, or one a line.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use yeoul_base::{Clock, PartitionId, SystemClock};
use yeoul_log::{Log, Topic};

use crate::body;
use crate::fault::Fault;
use crate::key::KeySource;
use crate::parameters::parameters;
use crate::partition::{Partitioner, of_key};
use crate::split::{self, Shape};
use crate::write::{self, Record, RecordHeaders, Written};

/// What senders may cost.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The largest body, decompressed, in bytes.
    pub body_bytes: usize,
    /// How many requests are worked on at the same time; more wait.
    pub requests: usize,
    /// After so long without a byte of its body, a request is given up.
    pub patience: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { body_bytes: 8 << 20, requests: 32, patience: Duration::from_secs(30) }
    }
}

struct Door {
    log: Log,
    clock: Arc<dyn Clock>,
    limits: Limits,
    requests: Semaphore,
    partitioner: Partitioner,
}

/// The HTTP door, without checks of host and origin, which belong around all doors together.
pub fn router(log: Log, limits: Limits) -> Router {
    router_with_clock(log, limits, Arc::new(SystemClock::new()))
}

/// [`router`], its records' timestamps from a clock.
pub fn router_with_clock(log: Log, limits: Limits, clock: Arc<dyn Clock>) -> Router {
    let requests = Semaphore::new(limits.requests);
    let door = Door { log, clock, limits, requests, partitioner: Partitioner::default() };
    let router = Router::new().route("/v1/topics/{topic}/records", post(records));
    router.method_not_allowed_fallback(wrong_method).with_state(Arc::new(door))
}

async fn wrong_method(method: Method, uri: Uri) -> Fault {
    let error = format!("`{}` does not take {method}", uri.path());
    Fault::new(StatusCode::METHOD_NOT_ALLOWED, error, "send records with POST")
}

async fn records(
    State(door): State<Arc<Door>>,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Fault> {
    let shape = Shape::of(&headers)?;
    let keys = KeySource::parse(&parameters(query.as_deref().unwrap_or_default()), &headers)?;
    let record_headers = record_headers(&headers);
    yeoul_log::check_topic_name(&name)
        .map_err(|error| Fault::bad(error.to_string(), "name a topic like `landing.shop.orders`"))?;
    let _permit = door.requests.acquire().await.map_err(|_| Fault::unavailable("the platform is stopping", 5))?;
    let body = body::read(&headers, body, door.limits.body_bytes, door.limits.patience).await?;
    let values = split::records(shape, &body)?;
    let topic = write::topic(&door.log, &name).await?;
    let values = values.into_iter().map(|range| body.get(range).unwrap_or_default());
    let records = door.assign(&topic, &keys, values);
    let written = write::append(&door.log, &topic, records, &record_headers, door.clock.now()).await?;
    Ok(acknowledgement(&name, &written))
}

impl Door {
    fn assign<'a>(
        &self,
        topic: &Topic,
        keys: &'a KeySource,
        values: impl Iterator<Item = &'a [u8]>,
    ) -> Vec<(PartitionId, Record<'a>)> {
        let mut keyless = None;
        let assign = |value| {
            let key = keys.key_of(value);
            let partition = match &key {
                Some(key) => of_key(key, topic.partitions),
                None => *keyless.get_or_insert_with(|| self.partitioner.next(topic.partitions)),
            };
            (partition, Record { key, value })
        };
        values.map(assign).collect()
    }
}

/// Headers `Yeoul-Header-<name>` go to the records. HTTP's names have no case: they arrive in lower case.
fn record_headers(headers: &HeaderMap) -> RecordHeaders {
    let ours = headers.iter().filter_map(|(name, value)| {
        let name = name.as_str().strip_prefix("yeoul-header-").filter(|name| !name.is_empty())?;
        Some((name.to_owned(), value.as_bytes().to_vec()))
    });
    ours.collect()
}

fn acknowledgement(topic: &str, written: &[Written]) -> Response {
    let partitions: Vec<Value> = written
        .iter()
        .map(|part| json!({ "partition": part.partition, "offset": part.offset, "records": part.records }))
        .collect();
    let first = written.first();
    let body = json!({
        "topic": topic,
        "partition": first.map(|part| part.partition),
        "offset": first.map(|part| part.offset),
        "records": written.iter().map(|part| part.records).sum::<usize>(),
        "partitions": partitions,
    });
    let mut response = body.to_string().into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
