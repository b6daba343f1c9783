//! Asking a running platform over HTTP.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::Value;
use ureq::Agent;
use ureq::http::Response;
use ureq::unversioned::resolver::DefaultResolver;
use ureq::unversioned::transport::{Connector as _, TcpConnector};
use yeoul_broker::client::ClientTls;

use crate::fault::Fault;

mod tls;

use tls::Tls;

/// The largest answer that is read.
const ANSWER_BYTES_MAX: u64 = 1 << 30;
/// How long a platform may take to accept a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Where a platform is asked.
#[derive(Clone, Debug)]
pub struct Place {
    /// Without a slash at the end; may hold a name and a password.
    pub url: String,
    /// For a URL of `https`: whose certificates are trusted, and what is shown.
    pub tls: Option<ClientTls>,
}

impl Place {
    /// The text at a path.
    ///
    /// # Errors
    /// Nobody answers, or the platform refuses.
    pub fn get(&self, path: &str) -> Result<String, Fault> {
        get_from(&format!("{}{path}", self.url), self.tls.clone())
    }

    /// What the platform answers to `body` at a path, in the format `accept`.
    ///
    /// # Errors
    /// Nobody answers, or the platform refuses.
    pub fn post(&self, path: &str, accept: &str, body: &Value) -> Result<String, Fault> {
        let (url, who) = split(&format!("{}{path}", self.url));
        let agent = agent(self.tls.clone());
        let mut request = agent.post(&url).header("Accept", accept).header("Content-Type", "application/json");
        if let Some(who) = who {
            request = request.header("Authorization", who);
        }
        let response = request.send(body.to_string().as_bytes()).map_err(|error| unreachable(&url, &error))?;
        read(&url, response)
    }
}

/// A platform is asked directly, also where a proxy is configured for what is outside.
fn agent(tls: Option<ClientTls>) -> Agent {
    let config = Agent::config_builder().timeout_connect(Some(CONNECT_TIMEOUT)).http_status_as_error(false).proxy(None);
    let connector = ().chain(TcpConnector::default()).chain(Tls(tls));
    Agent::with_parts(config.build(), connector, DefaultResolver::default())
}

/// `url` with a user's name and password, as these functions take it.
#[must_use]
pub fn with_log_in(url: &str, user: &str, password: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("http", url));
    format!("{scheme}://{}:{}@{rest}", escaped(user), escaped(password))
}

/// What is neither a letter nor a digit, by its number (RFC 3986).
fn escaped(text: &str) -> String {
    let one = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    text.bytes().map(one).collect()
}

fn unescaped(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                u8::from_str_radix(&format!("{}{}", char::from(rest.next()?), char::from(rest.next()?)), 16).ok()?
            }
            other => other,
        });
    }
    Some(bytes)
}

/// A URL without name and password, and these as the header that says them.
fn split(url: &str) -> (String, Option<String>) {
    let parts = url.split_once("://").and_then(|(scheme, rest)| {
        let (place, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let (who, host) = place.rsplit_once('@')?;
        let (user, password) = who.split_once(':').unwrap_or((who, ""));
        let pair = [unescaped(user)?, b":".to_vec(), unescaped(password)?].concat();
        Some((format!("{scheme}://{host}{path}"), format!("Basic {}", BASE64.encode(pair))))
    });
    parts.map_or((url.to_owned(), None), |(url, header)| (url, Some(header)))
}

/// The text at `url`, which may hold a name and a password.
///
/// # Errors
/// Nobody answers, or the platform refuses.
pub fn get(url: &str) -> Result<String, Fault> {
    get_from(url, None)
}

fn get_from(url: &str, tls: Option<ClientTls>) -> Result<String, Fault> {
    let (url, who) = split(url);
    let mut request = agent(tls).get(&url);
    if let Some(who) = who {
        request = request.header("Authorization", who);
    }
    read(&url, request.call().map_err(|error| unreachable(&url, &error))?)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_and_password_are_taken_out_of_a_url() {
        let url = with_log_in("http://127.0.0.1:8150", "a@b", "c:d/é%");
        let (plain, header) = split(&format!("{url}/v1/status?x=@"));
        assert_eq!(plain, "http://127.0.0.1:8150/v1/status?x=@");
        assert_eq!(header, Some(format!("Basic {}", BASE64.encode("a@b:c:d/é%"))));
        for without in ["http://localhost:1/v1/views/a@b", "http://[::1]:1"] {
            assert_eq!(split(without), (without.to_owned(), None));
        }
    }
}
