//! Reading a body: bounded in bytes, before and after decompression, and in time.

use std::io::{self, Write};
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, StatusCode, header};
use bytes::Bytes;
use flate2::write::MultiGzDecoder;
use futures::StreamExt;

use crate::content::Content;
use crate::fault::Fault;

/// Reads a body, decompressed if `Content-Encoding` says `gzip`.
pub(crate) async fn read(
    headers: &HeaderMap,
    body: Body,
    bytes_max: usize,
    patience: Duration,
) -> Result<Content, Fault> {
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > bytes_max as u64) {
        return Err(too_large(bytes_max));
    }
    let mut target = Target::of(headers, bytes_max)?;
    let mut chunks = body.into_data_stream();
    while let Some(chunk) = tokio::time::timeout(patience, chunks.next()).await.map_err(|_| too_slow(patience))? {
        let chunk: Bytes = chunk.map_err(|_| Fault::bad("the body is cut off", "send it whole"))?;
        target.write(&chunk)?;
    }
    target.finish()
}

/// Where the bytes go.
enum Target {
    Plain(Capped),
    Gzip(MultiGzDecoder<Capped>),
}

impl Target {
    fn of(headers: &HeaderMap, bytes_max: usize) -> Result<Target, Fault> {
        let capped = Capped { content: Content::default(), bytes_max };
        let encoding = headers.get(header::CONTENT_ENCODING).map(|value| value.as_bytes().to_ascii_lowercase());
        match encoding.as_deref() {
            None | Some(b"identity") => Ok(Target::Plain(capped)),
            Some(b"gzip" | b"x-gzip") => Ok(Target::Gzip(MultiGzDecoder::new(capped))),
            Some(other) => {
                let error = format!("content encoding `{}` is not taken", String::from_utf8_lossy(other));
                Err(Fault::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, error, "send it plain, or with `gzip`"))
            }
        }
    }

    fn write(&mut self, chunk: &[u8]) -> Result<(), Fault> {
        match self {
            Target::Plain(capped) => capped.write_all(chunk).map_err(|_| too_large(capped.bytes_max)),
            Target::Gzip(decoder) => {
                let bytes_max = decoder.get_ref().bytes_max;
                decoder.write_all(chunk).map_err(|error| unpacking(&error, bytes_max))
            }
        }
    }

    fn finish(self) -> Result<Content, Fault> {
        match self {
            Target::Plain(capped) => Ok(capped.content),
            Target::Gzip(decoder) => {
                let bytes_max = decoder.get_ref().bytes_max;
                decoder.finish().map(|capped| capped.content).map_err(|error| unpacking(&error, bytes_max))
            }
        }
    }
}

fn unpacking(error: &io::Error, bytes_max: usize) -> Fault {
    if error.kind() == io::ErrorKind::FileTooLarge {
        return too_large(bytes_max);
    }
    Fault::bad("the body is not sound gzip", "send it whole, or plain without `Content-Encoding`")
}

fn too_large(bytes_max: usize) -> Fault {
    Fault::too_large(format!("the body is larger than {bytes_max} bytes"), "send the records in several requests")
}

fn too_slow(patience: Duration) -> Fault {
    let error = format!("nothing of the body came for {} s", patience.as_secs());
    Fault::new(StatusCode::REQUEST_TIMEOUT, error, "send it again")
}

/// Bytes up to a bound.
struct Capped {
    content: Content,
    bytes_max: usize,
}

impl Write for Capped {
    fn write(&mut self, chunk: &[u8]) -> io::Result<usize> {
        if self.content.len() + chunk.len() > self.bytes_max {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.content.push(chunk, self.bytes_max);
        Ok(chunk.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
