//! HTTP: one file per request.

mod changes;
pub(crate) mod fault;
mod filter;
mod health;
mod list_views;
mod metrics;
mod order;
mod page;
mod query;
mod ranges;
pub(crate) mod read_view;
mod rows;
mod status;

use std::sync::Arc;

use axum::Router;
use axum::http::{HeaderValue, Method, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::Value;

use crate::serve::Serve;
use fault::Fault;

/// All that readers can ask, without the checks of [`guard`](crate::guard), which belong around all doors together.
pub fn router(serve: Arc<Serve>) -> Router {
    Router::new()
        .route("/", get(page::index))
        .route("/app.js", get(page::script))
        .route("/chart.js", get(page::chart))
        .route("/dom.js", get(page::dom))
        .route("/view.js", get(page::view))
        .route("/style.css", get(page::style))
        .route("/icon.svg", get(page::icon))
        .route("/v1/views", get(list_views::list_views))
        .route("/v1/views/{name}", get(read_view::read_view))
        .route("/v1/views/{name}/changes", get(changes::changes))
        .route("/v1/query", post(query::query))
        .route("/v1/status", get(status::status))
        .route("/v1/topics/{name}/ranges", get(ranges::ranges))
        .route("/metrics", get(metrics::metrics))
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .fallback(nothing_there)
        .method_not_allowed_fallback(wrong_method)
        .with_state(serve)
}

async fn nothing_there(uri: Uri) -> Fault {
    Fault::missing(format!("there is nothing at `{}`", uri.path()), "the page at `/` shows what there is")
}

async fn wrong_method(method: Method, uri: Uri) -> Fault {
    let error = format!("`{}` does not take {method}", uri.path());
    Fault::new(axum::http::StatusCode::METHOD_NOT_ALLOWED, error, "see `docs/http.md`")
}

fn json_answer(value: &Value) -> Response {
    let mut response = value.to_string().into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
