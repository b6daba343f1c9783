//! `GET /healthz` and `GET /readyz`: whether the process lives, and whether it takes and answers everything.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;

use crate::http::fault::Fault;
use crate::serve::Serve;

pub(super) async fn healthz() -> &'static str {
    "ok\n"
}

pub(super) async fn readyz(State(serve): State<Arc<Serve>>) -> Result<&'static str, Fault> {
    match serve.not_ready() {
        None => Ok("ready\n"),
        Some(reason) => Err(Fault::new(StatusCode::SERVICE_UNAVAILABLE, reason, "see `/v1/status`")),
    }
}
