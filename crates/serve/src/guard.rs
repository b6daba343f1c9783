//! What stands before every request of every door: the checks that keep foreign web pages out, and the headers that
//! keep the own page safe.
//!
//! A browser on the same machine can be told by any web page to send requests to a loopback address. So a request
//! must name this platform as its host (a page that rebinds its own name to 127.0.0.1 doesn't), and one that changes
//! something must not come from another origin.

use std::net::IpAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::http::uri::Authority;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};

use crate::http::fault::Fault;

const SECURITY_HEADERS: [(HeaderName, &str); 4] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// The names under which a platform may be asked for.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct AllowedHosts {
    /// Besides `localhost` and loopback addresses: names or addresses without a port.
    pub names: Vec<String>,
}

impl AllowedHosts {
    fn allow(&self, host: &str) -> bool {
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let loopback = bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
        let named = |name: &String| name.eq_ignore_ascii_case(bare);
        loopback || bare.eq_ignore_ascii_case("localhost") || self.names.iter().any(named)
    }
}

/// Puts the checks before all routes of `router`: requests for another host, and requests of other origins that could
/// change something, are refused with 403.
pub fn guard(router: Router, allowed: AllowedHosts) -> Router {
    let allowed = Arc::new(allowed);
    router.layer(from_fn(move |request, next| check(allowed.clone(), request, next)))
}

async fn check(allowed: Arc<AllowedHosts>, request: Request, next: Next) -> Response {
    let mut response = match refusal(&allowed, &request) {
        Some(fault) => fault.into_response(),
        None => next.run(request).await,
    };
    for (name, value) in SECURITY_HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

fn refusal(allowed: &AllowedHosts, request: &Request) -> Option<Fault> {
    let Some(host) = host_of(request) else {
        return Some(forbidden("the request names no host", "send a `Host` header"));
    };
    if !allowed.allow(host.host()) {
        let error = format!("this platform is not `{}`", host.host());
        return Some(forbidden(error, "ask for `localhost`, or add the name to `listen.hosts` in `yeoul.toml`"));
    }
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    if !reads && foreign(request, &host) {
        return Some(forbidden(
            "the request comes from a page of another origin",
            "send it from the platform's own page",
        ));
    }
    None
}

fn forbidden(error: impl Into<String>, help: &str) -> Fault {
    Fault::new(StatusCode::FORBIDDEN, error, help)
}

fn host_of(request: &Request) -> Option<Authority> {
    if let Some(authority) = request.uri().authority() {
        return Some(authority.clone());
    }
    let mut hosts = request.headers().get_all(header::HOST).iter();
    let host = hosts.next()?;
    let single = hosts.next().is_none();
    Authority::try_from(host.as_bytes()).ok().filter(|_| single)
}

/// Whether a browser says that another page than the platform's own sent this.
fn foreign(request: &Request, host: &Authority) -> bool {
    let headers = request.headers();
    let site = headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
    if site.is_some_and(|site| !matches!(site, b"same-origin" | b"none")) {
        return true;
    }
    headers.get_all(header::ORIGIN).iter().any(|origin| {
        let origin = origin.to_str().unwrap_or_default();
        let page = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
        page.is_none_or(|page| !page.eq_ignore_ascii_case(host.as_str()))
    })
}
