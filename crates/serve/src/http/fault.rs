//! Refusals, as every request gives them: a status, and `{"error": …, "help": …}`.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// A request that is refused, or that failed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Fault {
    status: StatusCode,
    error: String,
    help: String,
}

impl Fault {
    /// The request is wrong.
    pub(crate) fn bad(error: impl Into<String>, help: impl Into<String>) -> Fault {
        Fault::new(StatusCode::BAD_REQUEST, error, help)
    }

    /// What is asked for isn't there.
    pub(crate) fn missing(error: impl Into<String>, help: impl Into<String>) -> Fault {
        Fault::new(StatusCode::NOT_FOUND, error, help)
    }

    /// Something that should work does not.
    pub(crate) fn internal(error: impl std::fmt::Display) -> Fault {
        tracing::error!(%error, "a request failed");
        Fault::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string(), "see the platform's log")
    }

    pub(crate) fn new(status: StatusCode, error: impl Into<String>, help: impl Into<String>) -> Fault {
        Fault { status, error: error.into(), help: help.into() }
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let body = json!({ "error": self.error, "help": self.help }).to_string();
        let mut response = (self.status, body).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        response
    }
}
