//! `POST /v1/query`: `{"sql": "…"}`, answered with rows as JSON, NDJSON or CSV.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Deserialize;

use crate::http::fault::Fault;
use crate::http::rows::{self, Format};
use crate::serve::Serve;

/// What is asked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Question {
    sql: String,
}

pub(super) async fn query(State(serve): State<Arc<Serve>>, headers: HeaderMap, body: Body) -> Result<Response, Fault> {
    let format = Format::wanted(&headers)?;
    let question = read(body, serve.limits.query_text_bytes).await?;
    let permit = serve.permit().await?;
    let answer = serve.adhoc.run(serve.views.clone(), question.sql, serve.limits, permit).await?;
    rows::answer(format, &answer.schema, answer.batches)
}

async fn read(body: Body, most: usize) -> Result<Question, Fault> {
    let bytes = axum::body::to_bytes(body, most).await.map_err(|_| {
        let error = format!("the query is longer than {most} bytes");
        Fault::new(StatusCode::PAYLOAD_TOO_LARGE, error, "write a shorter one")
    })?;
    serde_json::from_slice(&bytes)
        .map_err(|error| Fault::bad(format!("the body is not a question: {error}"), "send `{\"sql\": \"SELECT …\"}`"))
}
