//! `GET /v1/topics/{name}/ranges`: where a topic's records lie, partition by partition.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::{Value, json};
use yeoul_base::PartitionId;
use yeoul_log::{Range, Residence};

use crate::http::fault::Fault;
use crate::http::json_answer;
use crate::serve::Serve;

pub(super) async fn ranges(State(serve): State<Arc<Serve>>, Path(name): Path<String>) -> Result<Response, Fault> {
    let found = serve.log.as_ref().and_then(|log| Some((log, log.topic(&name)?)));
    let Some((log, topic)) = found else {
        return Err(Fault::missing(format!("there is no topic `{name}`"), "see `/v1/status` for those that there are"));
    };
    let partition = |number: i32| {
        let ranges: Vec<Value> = log.ranges(topic.id, PartitionId(number)).iter().map(describe).collect();
        json!({ "partition": number, "ranges": ranges })
    };
    let partitions: Vec<Value> = (0..topic.partitions).map(partition).collect();
    Ok(json_answer(&json!({ "name": topic.name, "id": topic.id.to_string(), "partitions": partitions })))
}

fn describe(range: &Range) -> Value {
    let place = match range.residence {
        Residence::WriteAhead => "write-ahead log",
        Residence::Local => "segment",
        Residence::LocalAndStore => "segment and object store",
        Residence::Store => "object store",
    };
    json!({
        "start": range.start.0,
        "end": range.end.0,
        "bytes": range.bytes,
        "place": place,
        "compacted": range.compacted,
    })
}
