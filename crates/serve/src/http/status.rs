//! `GET /v1/status`: the whole platform at one moment.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde_json::{Value, json};
use yeoul_base::PartitionId;
use yeoul_log::{Health, Log, Topic};

use crate::http::fault::Fault;
use crate::http::{json_answer, list_views};
use crate::resident::resident_bytes;
use crate::serve::Serve;

pub(super) async fn status(State(serve): State<Arc<Serve>>) -> Result<Response, Fault> {
    let about = serve.platform.about();
    let now = serve.clock.now().0;
    let uptime = (now - about.started_at).max(0);
    let mut status = serde_json::to_value(about).map_err(Fault::internal)?;
    let rest = json!({
        "now": now,
        "uptime_ms": uptime,
        "resident_bytes": resident_bytes(),
        "not_ready": serve.not_ready(),
        "log": serve.log.as_ref().map(describe_log),
        "topics": serve.log.as_ref().map(describe_topics),
        "jobs": serde_json::to_value(serve.platform.jobs()).map_err(Fault::internal)?,
        "views": list_views::describe_all(&serve),
    });
    if let (Value::Object(status), Value::Object(rest)) = (&mut status, rest) {
        status.extend(rest);
    }
    Ok(json_answer(&status))
}

fn describe_log(log: &Log) -> Value {
    let figures = log.figures();
    let (health, reason) = match log.health() {
        Health::Serving => ("serving", None),
        Health::Full(reason) => ("full", Some(reason)),
        Health::Failed(reason) => ("failed", Some(reason)),
    };
    json!({
        "health": health,
        "reason": reason,
        "appended_records": figures.appended_records,
        "appended_bytes": figures.appended_bytes,
        "flushes": figures.flushes,
        "flush_micros": figures.flush_micros,
        "wal_files": figures.wal_files,
        "segments": figures.segments,
        "segment_bytes": figures.segment_bytes,
        "queued_bytes": figures.queued_bytes,
    })
}

fn describe_topics(log: &Log) -> Value {
    let mut topics = log.topics();
    topics.sort_by(|a, b| a.name.cmp(&b.name));
    topics.iter().map(|topic| describe_topic(log, topic)).collect()
}

fn describe_topic(log: &Log, topic: &Topic) -> Value {
    let partition = |number| {
        let bounds = log.bounds(topic.id, PartitionId(number))?;
        Some(json!({
            "partition": number,
            "log_start": bounds.log_start.0,
            "high_watermark": bounds.high_watermark.0,
            "bytes": bounds.bytes,
            "max_timestamp": bounds.max_timestamp.map(|time| time.0),
        }))
    };
    let partitions: Vec<Value> = (0..topic.partitions).filter_map(partition).collect();
    json!({ "name": topic.name, "id": topic.id.to_string(), "partitions": partitions })
}
