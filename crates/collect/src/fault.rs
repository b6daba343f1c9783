//! Refusals: a status, and `{"error": …, "help": …}`, with `line` and `column` where the body is at fault.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// A request that is refused.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Fault {
    status: StatusCode,
    error: String,
    help: String,
    /// Line and column in the body, from 1, in bytes.
    place: Option<(usize, usize)>,
    /// In seconds.
    retry_after: Option<u32>,
}

impl Fault {
    pub(crate) fn new(status: StatusCode, error: impl Into<String>, help: impl Into<String>) -> Fault {
        Fault { status, error: error.into(), help: help.into(), place: None, retry_after: None }
    }

    pub(crate) fn bad(error: impl Into<String>, help: impl Into<String>) -> Fault {
        Fault::new(StatusCode::BAD_REQUEST, error, help)
    }

    pub(crate) fn too_large(error: impl Into<String>, help: impl Into<String>) -> Fault {
        Fault::new(StatusCode::PAYLOAD_TOO_LARGE, error, help)
    }

    /// The platform can't take it now.
    pub(crate) fn unavailable(error: impl Into<String>, retry_after: u32) -> Fault {
        let help = "nothing was acknowledged; send it again later";
        Fault { retry_after: Some(retry_after), ..Fault::new(StatusCode::SERVICE_UNAVAILABLE, error, help) }
    }

    /// Adds where in `body` it is.
    pub(crate) fn at(mut self, body: &[u8], offset: usize) -> Fault {
        let before = body.get(..offset).unwrap_or(body);
        let line = before.split(|byte| *byte == b'\n').count();
        let column = before.iter().rev().take_while(|byte| **byte != b'\n').count() + 1;
        self.place = Some((line, column));
        self
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let mut body = json!({ "error": self.error, "help": self.help });
        if let (Some((line, column)), Value::Object(body)) = (self.place, &mut body) {
            body.insert("line".to_owned(), line.into());
            body.insert("column".to_owned(), column.into());
        }
        let mut response = (self.status, body.to_string()).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
