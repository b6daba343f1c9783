//! The page: files of `console/`, inside the binary.

use axum::http::header;
use axum::response::IntoResponse;

fn file(content_type: &'static str, text: &'static str) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, content_type), (header::CACHE_CONTROL, "no-cache")], text)
}

pub(super) async fn index() -> impl IntoResponse {
    file("text/html; charset=utf-8", include_str!("../../../../console/index.html"))
}

pub(super) async fn script() -> impl IntoResponse {
    file("text/javascript; charset=utf-8", include_str!("../../../../console/app.js"))
}

pub(super) async fn chart() -> impl IntoResponse {
    file("text/javascript; charset=utf-8", include_str!("../../../../console/chart.js"))
}

pub(super) async fn dom() -> impl IntoResponse {
    file("text/javascript; charset=utf-8", include_str!("../../../../console/dom.js"))
}

pub(super) async fn view() -> impl IntoResponse {
    file("text/javascript; charset=utf-8", include_str!("../../../../console/view.js"))
}

pub(super) async fn style() -> impl IntoResponse {
    file("text/css; charset=utf-8", include_str!("../../../../console/style.css"))
}

pub(super) async fn icon() -> impl IntoResponse {
    file("image/svg+xml", include_str!("../../../../console/icon.svg"))
}
