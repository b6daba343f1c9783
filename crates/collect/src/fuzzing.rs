//! What the fuzz targets call; built with `--cfg fuzzing` only.

use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, header};
use serde_json::value::RawValue;

use crate::body;
use crate::key::KeySource;
use crate::split::{self, Shape};

/// What a body may have, in bytes, decompressed.
const BODY_BYTES_MAX: usize = 1 << 20;

/// Takes any bytes for a body, and does all with it that the door does before it writes.
///
/// # Panics
/// A record that was found sound is no JSON for another parser.
pub fn body(is_lines: bool, is_gzip: bool, bytes: &[u8]) {
    let mut headers = HeaderMap::new();
    if is_gzip {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    let content = Body::from(bytes.to_vec());
    let read = runtime.block_on(body::read(&headers, content, BODY_BYTES_MAX, Duration::from_secs(1)));
    let Ok(content) = read else { return };
    let Ok(found) = split::records(if is_lines { Shape::Lines } else { Shape::Json }, &content) else { return };
    let key = KeySource::Field("k".to_owned());
    for record in found {
        let record = content.get(record).expect("a record lies in its body");
        let _ = key.key_of(record);
        serde_json::from_slice::<&RawValue>(record).expect("what is sound is sound for all");
    }
}
