//! Who may ask what over HTTP, where its clients say who they are: names and passwords of Kafka's users (RFC 7617), and
//! Kafka's access rules, so that HTTP is no way around them.
//!
//! | request | needs |
//! |---|---|
//! | health | nothing |
//! | the page | a user |
//! | records into a topic | `Write` on the topic; `Create` on it or the cluster if it is not there |
//! | where a topic's records lie | `Describe` on the topic |
//! | a view and its changes | `Read` on the topic of the view's name |
//! | a query, which may read every view | `Read` on all topics (`*`) |
//! | status, figures, the list of views | `Describe` on the cluster |
//! | what has no row here | a super user |

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{MatchedPath, RawPathParams, Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Router, middleware};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::json;
use yeoul_broker::{Access, Operation, Resource, Visitor};
use yeoul_log::Log;

/// The address that a connection comes from.
#[derive(Clone, Copy)]
pub struct Peer(pub IpAddr);

struct Guarded {
    access: Access,
    log: Log,
}

/// What a request needs.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Needs {
    Nothing,
    User,
    Cluster(Operation),
    /// An operation on the topic of this name.
    Topic(Operation, String),
    /// `Write`, and `Create` where there is no such topic.
    Records(String),
    Super,
}

/// Puts the question before all routes. Each connection's requests carry a [`Peer`].
pub fn guard(router: Router, access: Access, log: Log) -> Router {
    let guarded = Arc::new(Guarded { access, log });
    router.route_layer(middleware::from_fn_with_state(guarded, check))
}

async fn check(
    State(guarded): State<Arc<Guarded>>,
    Extension(Peer(from)): Extension<Peer>,
    path: MatchedPath,
    parameters: RawPathParams,
    request: Request,
    next: Next,
) -> Response {
    let name = parameters.iter().next().map(|(_, value)| value.to_owned());
    let needs = needs(request.method(), path.as_str(), name);
    if needs == Needs::Nothing {
        return next.run(request).await;
    }
    let Some((user, password)) = request.headers().get(header::AUTHORIZATION).and_then(basic) else {
        return unknown("the request says not who sends it");
    };
    let Some(visitor) = guarded.access.log_in(&user, &password, from).await else {
        return unknown("the name or the password is wrong");
    };
    match guarded.refusal(&visitor, &needs) {
        None => next.run(request).await,
        Some(right) => denied(&visitor, &right),
    }
}

fn needs(method: &Method, path: &str, name: Option<String>) -> Needs {
    let name = name.unwrap_or_default();
    match (method.as_str(), path) {
        ("GET" | "HEAD", "/healthz" | "/readyz") => Needs::Nothing,
        ("GET" | "HEAD", "/" | "/app.js" | "/chart.js" | "/dom.js" | "/view.js" | "/style.css" | "/icon.svg") => {
            Needs::User
        }
        ("GET" | "HEAD", "/v1/views" | "/v1/status" | "/metrics") => Needs::Cluster(Operation::Describe),
        ("GET" | "HEAD", "/v1/views/{name}" | "/v1/views/{name}/changes") => Needs::Topic(Operation::Read, name),
        ("GET" | "HEAD", "/v1/topics/{name}/ranges") => Needs::Topic(Operation::Describe, name),
        ("POST", "/v1/topics/{topic}/records") => Needs::Records(name),
        ("POST", "/v1/query") => Needs::Topic(Operation::Read, "*".to_owned()),
        _ => Needs::Super,
    }
}

impl Guarded {
    /// The right that is missing.
    fn refusal(&self, visitor: &Visitor, needs: &Needs) -> Option<String> {
        let topic = |operation, name: &str| self.access.allows(visitor, operation, Resource::Topic, name);
        let cluster = |operation| self.access.allows(visitor, operation, Resource::Cluster, "");
        let missing = match needs {
            Needs::Nothing | Needs::User => return None,
            Needs::Super => return (!visitor.is_super()).then(|| "being a super user".to_owned()),
            Needs::Cluster(operation) if !cluster(*operation) => format!("`{operation}` on the cluster"),
            Needs::Topic(operation, name) if !topic(*operation, name) => format!("`{operation}` on the topic `{name}`"),
            Needs::Records(name) if !topic(Operation::Write, name) => format!("`Write` on the topic `{name}`"),
            Needs::Records(name)
                if self.log.topic(name).is_none() && !topic(Operation::Create, name) && !cluster(Operation::Create) =>
            {
                format!("`Create` on the topic `{name}`")
            }
            Needs::Cluster(_) | Needs::Topic(..) | Needs::Records(_) => return None,
        };
        Some(missing)
    }
}

/// Name and password of a header `Authorization: Basic …`.
fn basic(value: &HeaderValue) -> Option<(String, String)> {
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    let is_basic = scheme.eq_ignore_ascii_case("Basic");
    let text = String::from_utf8(BASE64.decode(token.trim()).ok().filter(|_| is_basic)?).ok()?;
    let (user, password) = text.split_once(':')?;
    Some((user.to_owned(), password.to_owned()))
}

fn unknown(error: &str) -> Response {
    let mut response =
        fault(StatusCode::UNAUTHORIZED, error, "send name and password of a user: `yeoul user list` shows them");
    let challenge = HeaderValue::from_static("Basic realm=\"yeoul\", charset=\"UTF-8\"");
    response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
    response
}

fn denied(visitor: &Visitor, right: &str) -> Response {
    let error = format!("`{}` may not: it needs {right}", visitor.principal());
    fault(StatusCode::FORBIDDEN, &error, "`yeoul acl add` gives rights, see docs/security.md")
}

/// As all of HTTP says it.
fn fault(status: StatusCode, error: &str, help: &str) -> Response {
    let json = HeaderValue::from_static("application/json");
    (status, [(header::CONTENT_TYPE, json)], json!({ "error": error, "help": help }).to_string()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_row_is_for_super_users() {
        let of = |method, path| needs(&method, path, Some("t".to_owned()));
        assert_eq!(of(Method::GET, "/healthz"), Needs::Nothing);
        assert_eq!(of(Method::POST, "/v1/topics/{topic}/records"), Needs::Records("t".to_owned()));
        assert_eq!(of(Method::GET, "/v1/views/{name}/changes"), Needs::Topic(Operation::Read, "t".to_owned()));
        for (method, path) in [
            (Method::DELETE, "/v1/views/{name}"),
            (Method::GET, "/v1/query"),
            (Method::POST, "/healthz"),
            (Method::GET, "/v1/something/new"),
        ] {
            assert_eq!(of(method, path), Needs::Super, "{path}");
        }
    }

    #[test]
    fn name_and_password_are_read_and_all_else_is_nobody() {
        let read = |text: &str| basic(&HeaderValue::from_str(text).unwrap());
        let token = BASE64.encode("alice:a:b");
        assert_eq!(read(&format!("basic {token}")), Some(("alice".to_owned(), "a:b".to_owned())));
        for other in
            ["Basic", "Bearer x", "Basic !!!", &format!("Basic {}", BASE64.encode("alice")), &format!("Digest {token}")]
        {
            assert_eq!(read(other), None, "{other}");
        }
    }
}
