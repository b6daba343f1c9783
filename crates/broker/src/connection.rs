//! One client's connection: a reader that takes requests in and a writer that sends responses out, in order.
//!
//! The reader goes on while earlier requests wait for the disk, up to [`IN_FLIGHT_MAX`] requests; then it stops
//! reading, which slows the client. What a request holds counts against the broker's budget until its response was
//! encoded. A client that announces a frame and does not send it within [`FRAME_TIME_MAX`], takes nothing of a response
//! for [`WRITE_TIME_MAX`], or says nothing for [`IDLE_TIME_MAX`], is disconnected.

use std::time::Duration;

use bytes::Bytes;
use thiserror::Error;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch};
use tokio::time::timeout;

use crate::api::api_versions;
use crate::apis;
use crate::context::Context;
use crate::dispatch::{self, Answer};
use crate::frame::{self, FrameError};
use crate::request::{Request, RequestError};

/// The most requests of one connection that are being worked on.
const IN_FLIGHT_MAX: usize = 32;
/// How long the content of a frame may take to arrive once its length has.
const FRAME_TIME_MAX: Duration = Duration::from_secs(60);
/// How long a client may take nothing of a response that waits for it.
const WRITE_TIME_MAX: Duration = Duration::from_secs(120);
/// How long a connection may say nothing (Kafka's `connections.max.idle.ms`).
const IDLE_TIME_MAX: Duration = Duration::from_secs(600);

/// Why a connection ended before the client closed it.
#[derive(Debug, Error)]
pub(crate) enum ConnectionError {
    #[error(transparent)]
    Frame(#[from] FrameError),
    #[error(transparent)]
    Request(#[from] RequestError),
    #[error("can't write to the connection: {0}")]
    Write(std::io::Error),
    #[error("a frame did not arrive within {} s", FRAME_TIME_MAX.as_secs())]
    Slow,
    #[error("nothing was said for {} s", IDLE_TIME_MAX.as_secs())]
    Idle,
}

/// A request that is being worked on.
struct InFlight {
    answer: Answer,
    /// Gives the request's bytes back to the budget.
    held: OwnedSemaphorePermit,
}

/// Serves a connection until the client closes it, it misbehaves, or the broker shuts down.
pub(crate) async fn serve(
    context: &Context,
    stream: TcpStream,
    hung_up: &watch::Sender<bool>,
) -> Result<(), ConnectionError> {
    let (reader, writer) = stream.into_split();
    let (requests, responses) = mpsc::channel(IN_FLIGHT_MAX);
    let reading = async {
        let read = read_until_closed(context, reader, requests).await;
        // What only waits for more records is answered with what there is.
        let _ = hung_up.send(true);
        read
    };
    let writing = write_responses(context, writer, responses);
    // The reader drops its end of the queue when it is done; what it queued is still answered.
    let (read, written) = tokio::join!(reading, writing);
    written.and(read)
}

/// Reads requests until the client is done, the writer is, or the broker is closing.
async fn read_until_closed(
    context: &Context,
    mut reader: impl AsyncRead + Unpin,
    requests: mpsc::Sender<InFlight>,
) -> Result<(), ConnectionError> {
    tokio::select! {
        read = read_requests(context, &mut reader, &requests) => read,
        () = requests.closed() => Ok(()),
        () = context.shared.closed() => Ok(()),
    }
}

async fn read_requests(
    context: &Context,
    reader: &mut (impl AsyncRead + Unpin),
    requests: &mpsc::Sender<InFlight>,
) -> Result<(), ConnectionError> {
    while let Some((frame, held)) = next_frame(context, reader).await? {
        context.log().room().await;
        let answer = begin(context, frame)?;
        if requests.send(InFlight { answer, held }).await.is_err() {
            break;
        }
    }
    Ok(())
}

/// The next frame, and its share of the budget; `None` when the client closed the connection.
async fn next_frame(
    context: &Context,
    reader: &mut (impl AsyncRead + Unpin),
) -> Result<Option<(Bytes, OwnedSemaphorePermit)>, ConnectionError> {
    let length = timeout(IDLE_TIME_MAX, frame::read_length(reader)).await.map_err(|_| ConnectionError::Idle)??;
    let Some(length) = length else { return Ok(None) };
    let head = in_time(frame::read_head(reader, length, apis::frame_bytes_max)).await?;
    // A small frame counts once it is there, so that one that dribbles in holds nothing that others need.
    let (content, held) = if length > frame::SMALL_FRAME_BYTES {
        let held = hold(context, length).await;
        (in_time(frame::read_content(reader, head, length)).await?, held)
    } else {
        let content = in_time(frame::read_content(reader, head, length)).await?;
        (content, hold(context, length).await)
    };
    context.shared.metrics.bytes_in.add(length + 4);
    Ok(Some((content, held)))
}

async fn in_time<T>(reading: impl Future<Output = Result<T, FrameError>>) -> Result<T, ConnectionError> {
    Ok(timeout(FRAME_TIME_MAX, reading).await.map_err(|_| ConnectionError::Slow)??)
}

/// Waits until the budget has room for a request of so many bytes.
async fn hold(context: &Context, bytes: usize) -> OwnedSemaphorePermit {
    let most = context.config().request_bytes_max;
    let permits = u32::try_from(bytes.min(most)).unwrap_or(u32::MAX);
    let budget = context.shared.request_bytes.clone();
    Semaphore::acquire_many_owned(budget, permits).await.expect("the budget is never closed")
}

fn begin(context: &Context, frame: Bytes) -> Result<Answer, ConnectionError> {
    let request = match Request::parse(frame) {
        Err(RequestError::ApiVersionsFallback { correlation }) => {
            let reply = api_versions::unsupported_version(correlation)?;
            return Ok(Box::pin(std::future::ready(Ok(Some(reply)))));
        }
        parsed => parsed?,
    };
    context.shared.metrics.count_request(request.api.key as i16);
    Ok(dispatch::begin(context, &request)?)
}

async fn write_responses(
    context: &Context,
    mut writer: impl AsyncWrite + Unpin,
    mut responses: mpsc::Receiver<InFlight>,
) -> Result<(), ConnectionError> {
    while let Some(InFlight { answer, held }) = responses.recv().await {
        let reply = answer.await?;
        drop(held);
        if let Some(reply) = reply {
            context.shared.metrics.bytes_out.add(reply.bytes());
            reply.write(&mut writer, WRITE_TIME_MAX).await.map_err(ConnectionError::Write)?;
        }
    }
    Ok(())
}
