//! `GET /v1/views`: what is served, with columns and figures.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde_json::{Value, json};

use crate::http::json_answer;
use crate::serve::Serve;
use crate::view::View;

pub(super) async fn list_views(State(serve): State<Arc<Serve>>) -> Response {
    json_answer(&describe_all(&serve))
}

/// All views, for people and programs.
pub(super) fn describe_all(serve: &Serve) -> Value {
    let now = serve.clock.now().0;
    serve.views.all().iter().map(|view| describe(view, now)).collect()
}

fn describe(view: &View, now: i64) -> Value {
    let figures = view.figures();
    let columns: Vec<Value> = view.spec.schema.fields.iter().map(column).collect();
    let key = view.spec.key.iter().filter_map(|place| view.spec.schema.fields.get(*place));
    json!({
        "name": view.spec.name,
        "job": view.job.0,
        "columns": columns,
        "key": key.map(|field| field.name.as_str()).collect::<Vec<_>>(),
        "query": view.spec.query,
        "rows": figures.rows,
        "bytes": figures.bytes,
        "change": figures.at.to_string(),
        "committed_at": figures.committed_at.map(|time| time.0),
        "freshness_ms": figures.committed_at.map(|time| (now - time.0).max(0)),
    })
}

fn column(field: &yeoul_row::Field) -> Value {
    let logical = field.data_type.logical.to_string();
    json!({ "name": field.name, "type": logical, "nullable": field.data_type.nullable })
}
