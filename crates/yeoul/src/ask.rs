//! Asking a running platform over HTTP.

use std::time::Duration;

use serde_json::Value;
use ureq::Agent;
use ureq::http::Response;

use crate::fault::Fault;

/// The largest answer that is read.
const ANSWER_BYTES_MAX: u64 = 1 << 30;
/// How long a platform may take to accept a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

fn agent() -> Agent {
    let config = Agent::config_builder().timeout_connect(Some(CONNECT_TIMEOUT)).http_status_as_error(false);
    config.build().new_agent()
}

/// The text at `url`.
///
/// # Errors
/// Nobody answers, or the platform refuses.
pub fn get(url: &str) -> Result<String, Fault> {
    let response = agent().get(url).call().map_err(|error| unreachable(url, &error))?;
    read(url, response)
}

/// What the platform answers to `body` in the format `accept`.
///
/// # Errors
/// Nobody answers, or the platform refuses.
pub fn post(url: &str, accept: &str, body: &Value) -> Result<String, Fault> {
    let request = agent().post(url).header("Accept", accept).header("Content-Type", "application/json");
    let response = request.send(body.to_string().as_bytes()).map_err(|error| unreachable(url, &error))?;
    read(url, response)
}

fn unreachable(url: &str, error: &ureq::Error) -> Fault {
    Fault::usage(format!("nobody answers at `{url}`: {error}; start a platform, or say where it is with `--http`"))
}

fn read(url: &str, mut response: Response<ureq::Body>) -> Result<String, Fault> {
    let text = response.body_mut().with_config().limit(ANSWER_BYTES_MAX).read_to_string();
    let text = text.map_err(|error| Fault::failed(format!("`{url}`: {error}")))?;
    let status = response.status();
    if status.is_success() {
        return Ok(text);
    }
    let message = refusal(&text).unwrap_or_else(|| format!("`{url}` answers {status}"));
    Err(if status.is_client_error() { Fault::usage(message) } else { Fault::failed(message) })
}

/// `error` and `help` of the platform's JSON.
fn refusal(text: &str) -> Option<String> {
    let answer: Value = serde_json::from_str(text).ok()?;
    let error = answer.get("error")?.as_str()?;
    Some(match answer.get("help").and_then(Value::as_str) {
        Some(help) if !help.is_empty() => format!("{error}; {help}"),
        _ => error.to_owned(),
    })
}
