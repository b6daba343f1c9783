//! Frames: how requests and responses are cut out of a connection's bytes.
//!
//! ```text
//! frame    = length:i32 (big-endian, of what follows)  content
//! request  = api_key:i16  api_version:i16  correlation_id:i32  client_id:nullable_string  [tags]  body
//! ```
//!
//! Invariants: a length is checked against the limit of the request's API before the content is read, and memory
//! is taken as bytes arrive, never for bytes that were only announced.

use bytes::{BufMut, Bytes, BytesMut};
use thiserror::Error;
use tokio::io::{AsyncRead, AsyncReadExt};

/// What is taken for a frame before its content has arrived; a longer one grows with what arrives.
pub(crate) const SMALL_FRAME_BYTES: usize = 16 << 10;
/// The fewest bytes that a request's header takes: key, version, correlation id.
const HEADER_BYTES_MIN: usize = 8;

/// Why no frame could be read; the connection is closed.
#[derive(Debug, Error)]
pub(crate) enum FrameError {
    /// Negative, or too short for a request header.
    #[error("a frame of `{0}` bytes can't hold a request")]
    Length(i32),
    /// More than the API may take.
    #[error("a frame of `{length}` bytes is longer than the `{limit}` that this request may have")]
    TooLong { length: usize, limit: usize },
    /// The peer went away in the middle.
    #[error("the connection ended within a frame")]
    Torn,
    #[error("can't read from the connection: {0}")]
    Io(#[from] std::io::Error),
}

/// Reads the length of the next frame; `None` when the peer closed the connection between two frames.
pub(crate) async fn read_length(stream: &mut (impl AsyncRead + Unpin)) -> Result<Option<usize>, FrameError> {
    let mut length = [0; 4];
    if stream.read(&mut length[..1]).await? == 0 {
        return Ok(None);
    }
    stream.read_exact(&mut length[1..]).await.map_err(torn)?;
    let length = i32::from_be_bytes(length);
    match usize::try_from(length) {
        Ok(bytes) if bytes >= HEADER_BYTES_MIN => Ok(Some(bytes)),
        _ => Err(FrameError::Length(length)),
    }
}

/// The first bytes of a frame's content: API key and version.
pub(crate) type Head = [u8; 4];

/// Reads the beginning of a frame, and checks the length against what `limit` says that such a frame may have.
pub(crate) async fn read_head(
    stream: &mut (impl AsyncRead + Unpin),
    length: usize,
    limit: impl Fn(Head) -> usize,
) -> Result<Head, FrameError> {
    let mut head = Head::default();
    stream.read_exact(&mut head).await.map_err(torn)?;
    let limit = limit(head);
    if length > limit { Err(FrameError::TooLong { length, limit }) } else { Ok(head) }
}

/// Reads the rest of a frame, and tells on the way how much of it is there. Returns its content, the beginning included.
pub(crate) async fn read_content(
    stream: &mut (impl AsyncRead + Unpin),
    head: Head,
    length: usize,
    progress: impl Fn(usize),
) -> Result<Bytes, FrameError> {
    let mut content = BytesMut::with_capacity(length.min(SMALL_FRAME_BYTES));
    content.put_slice(&head);
    fill(stream, &mut content, length, progress).await?;
    Ok(content.freeze())
}

/// Reads until `content` holds `length` bytes; its capacity grows with what has arrived.
async fn fill(
    stream: &mut (impl AsyncRead + Unpin),
    content: &mut BytesMut,
    length: usize,
    progress: impl Fn(usize),
) -> Result<(), FrameError> {
    while content.len() < length {
        progress(content.len());
        let missing = length - content.len();
        if content.len() == content.capacity() {
            content.reserve(missing.min(content.len() * 3));
        }
        let read = stream.read_buf(&mut content.limit(missing)).await?;
        if read == 0 {
            return Err(FrameError::Torn);
        }
    }
    Ok(())
}

fn torn(error: std::io::Error) -> FrameError {
    match error.kind() {
        std::io::ErrorKind::UnexpectedEof => FrameError::Torn,
        _ => FrameError::Io(error),
    }
}
