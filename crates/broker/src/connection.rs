//! One client's connection: a reader that takes requests in and a writer that sends responses out, in order.
//!
//! Before that, the client shakes hands and logs in, see [`log_in`]. The reader goes on while earlier requests wait for
//! the disk, up to [`IN_FLIGHT_MAX`] requests; then it stops reading, which slows the client. What a request holds
//! counts against the broker's budget until its response was encoded. A client that announces a frame and does not
//! send it within [`FRAME_TIME_MAX`], takes nothing of a response for [`WRITE_TIME_MAX`], or says nothing for
//! [`IDLE_TIME_MAX`], is disconnected.

use std::net::SocketAddr;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use kafka_protocol::messages::ApiKey;
use thiserror::Error;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot, watch};
use tokio::time::{Instant, timeout};

use crate::api::api_versions;
use crate::apis;
use crate::budget::FRAME_TIME_MAX;
use crate::context::{Context, Shared};
use crate::dispatch::{self, Answer};
use crate::frame::{self, FrameError};
use crate::listener::Door;
use crate::log_in::{self, LOG_IN_TIME_MAX};
use crate::reply::Reply;
use crate::request::{Request, RequestError};

/// The most requests of one connection that are being worked on.
const IN_FLIGHT_MAX: usize = 32;
/// How long a request that may wait for others keeps its share of the budget.
const AT_ONCE: Duration = Duration::from_millis(250);
/// How long a client may take nothing of a response that waits for it.
pub(crate) const WRITE_TIME_MAX: Duration = Duration::from_secs(120);
/// How long a connection may say nothing (Kafka's `connections.max.idle.ms`).
pub(crate) const IDLE_TIME_MAX: Duration = Duration::from_secs(600);

/// Why a connection ended before the client closed it.
#[derive(Debug, Error)]
pub(crate) enum ConnectionError {
    #[error(transparent)]
    Frame(#[from] FrameError),
    #[error(transparent)]
    Request(RequestError),
    #[error("can't write to the connection: {0}")]
    Write(std::io::Error),
    #[error("a frame did not arrive within {} s", FRAME_TIME_MAX.as_secs())]
    Slow,
    #[error("a frame of `{0}` bytes came so slowly that it gave its room to others")]
    Displaced(usize),
    #[error("too many requests wait for records and groups")]
    TooManyWait,
    #[error("nothing was said for {} s", IDLE_TIME_MAX.as_secs())]
    Idle,
    #[error("the TLS handshake failed: {0}")]
    Tls(std::io::Error),
    #[error("it did not log in within {} s", LOG_IN_TIME_MAX.as_secs())]
    LogInTime,
    #[error("it sent `{0:?}` before it logged in")]
    Unknown(ApiKey),
    #[error("it did not prove who it is")]
    Authentication,
    #[error("it did not prove again in time who it is")]
    Expired,
}

/// A request that is being worked on.
struct InFlight {
    answer: Answer,
    /// The share of the budget that the request has.
    held: Held,
    /// There is one where others decide when it is answered: dropped when it is, see [`Waiting`].
    waits: Option<oneshot::Sender<()>>,
}

/// Resolves when the last request that may wait for others is answered. Of what comes behind it no more is read than a
/// length, which tells that the client is there: it would hold room that others need for as long as that waits.
type Waiting = Option<oneshot::Receiver<()>>;

/// Gives a request's bytes back to the budget.
struct Held {
    bytes: usize,
    share: OwnedSemaphorePermit,
}

/// Serves a connection until the client closes it, it misbehaves, or the broker shuts down.
pub(crate) async fn serve(
    shared: &Arc<Shared>,
    door: &Arc<Door>,
    stream: TcpStream,
    peer: SocketAddr,
) -> Result<(), ConnectionError> {
    let local = stream.local_addr().map_err(ConnectionError::Write)?;
    let (hung_up, context) = log_in::stranger(shared, door, local, peer);
    let Some(acceptor) = &door.tls else {
        return match log_in_plain(context, stream).await? {
            None => Ok(()),
            Some((context, stream)) => {
                let (reader, writer) = stream.into_split();
                serve_known(&context, &hung_up, reader, writer).await
            }
        };
    };
    let entering = async {
        let mut stream = acceptor.accept(stream).await.map_err(ConnectionError::Tls)?;
        let certificate = stream.get_ref().1.peer_certificates().and_then(|chain| chain.first());
        let context = match door.mechanisms.is_empty() {
            true => log_in::by_certificate(context, certificate.map(AsRef::as_ref))?,
            // Who logs in is who he says there.
            false => context,
        };
        Ok(log_in::log_in(context, &mut stream).await?.map(|context| (context, stream)))
    };
    let Some((context, stream)) = within_log_in_time(&shared.clone(), entering).await? else { return Ok(()) };
    let (reader, writer) = tokio::io::split(stream);
    serve_known(&context, &hung_up, reader, writer).await
}

async fn log_in_plain(
    context: Context,
    mut stream: TcpStream,
) -> Result<Option<(Context, TcpStream)>, ConnectionError> {
    if context.authentication.is_none() {
        return Ok(Some((context, stream)));
    }
    let shared = context.shared.clone();
    let entering = async { log_in::log_in(context, &mut stream).await };
    Ok(within_log_in_time(&shared, entering).await?.map(|context| (context, stream)))
}

/// Waits for a client to log in; nothing when it went away, or the broker closes.
async fn within_log_in_time<T>(
    shared: &Shared,
    entering: impl Future<Output = Result<Option<T>, ConnectionError>>,
) -> Result<Option<T>, ConnectionError> {
    tokio::select! {
        entered = timeout(LOG_IN_TIME_MAX, entering) => entered.map_err(|_| ConnectionError::LogInTime)?,
        () = shared.closed() => Ok(None),
    }
}

/// Serves a client that needs to say no more of itself.
async fn serve_known(
    context: &Context,
    hung_up: &watch::Sender<bool>,
    reader: impl AsyncRead + Unpin,
    writer: impl AsyncWrite + Unpin,
) -> Result<(), ConnectionError> {
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
    let mut waiting = None;
    while let Some((frame, held)) = next_frame(context, reader, &mut waiting).await? {
        context.log().room().await;
        let request = Request::parse(frame);
        let logs_in = request.as_ref().is_ok_and(|request| is_about_log_in(request.api.key));
        if !logs_in && is_expired(context) {
            return Err(ConnectionError::Expired);
        }
        let may_wait = request.as_ref().is_ok_and(|request| may_wait(request.api.key));
        let mut answer = begin(context, request)?;
        if logs_in {
            // What follows is answered to who the client is then.
            let reply = answer.await;
            answer = Box::pin(std::future::ready(reply));
        }
        let (waits, until) = if may_wait { oneshot_pair() } else { (None, None) };
        waiting = until.or(waiting);
        if requests.send(InFlight { answer, held, waits }).await.is_err() {
            break;
        }
        if logs_in && context.authentication.as_deref().is_some_and(log_in::has_failed) {
            return Err(ConnectionError::Authentication);
        }
        // Who used too much is not listened to for a while.
        if let Some(until) = context.silent_until() {
            tokio::time::sleep_until(until).await;
        }
    }
    Ok(())
}

fn oneshot_pair() -> (Option<oneshot::Sender<()>>, Waiting) {
    let (sender, receiver) = oneshot::channel();
    (Some(sender), Some(receiver))
}

/// Whether the answer may wait for records, or for a group's other members.
fn may_wait(key: ApiKey) -> bool {
    matches!(key, ApiKey::Fetch | ApiKey::JoinGroup | ApiKey::SyncGroup)
}

fn is_about_log_in(key: ApiKey) -> bool {
    matches!(key, ApiKey::ApiVersions | ApiKey::SaslHandshake | ApiKey::SaslAuthenticate)
}

fn is_expired(context: &Context) -> bool {
    let authentication = context.authentication.as_ref();
    authentication.is_some_and(|authentication| {
        authentication.lock().unwrap_or_else(PoisonError::into_inner).is_expired(Instant::now())
    })
}

/// The next frame, and its share of the budget; `None` when the client closed the connection.
async fn next_frame(
    context: &Context,
    reader: &mut (impl AsyncRead + Unpin),
    waiting: &mut Waiting,
) -> Result<Option<(Bytes, Held)>, ConnectionError> {
    let length = timeout(IDLE_TIME_MAX, frame::read_length(reader)).await.map_err(|_| ConnectionError::Idle)??;
    let Some(length) = length else { return Ok(None) };
    if let Some(answered) = waiting.take() {
        // An error says that it is gone, which is an answer, too.
        let _ = answered.await;
    }
    let head = in_time(frame::read_head(reader, length, apis::frame_bytes_max)).await?;
    let budget = &context.shared.requests;
    let (content, share) = if length > frame::SMALL_FRAME_BYTES {
        let (share, arriving) = budget.take_large(length).await;
        let arrival = &arriving.arrival;
        let content = tokio::select! {
            content = in_time(frame::read_content(reader, head, length, |bytes| arrival.received(bytes))) => content?,
            () = arrival.given_up() => return Err(ConnectionError::Displaced(length)),
        };
        (content, share)
    } else {
        let content = in_time(frame::read_content(reader, head, length, |_| {})).await?;
        (content, budget.take_small(length).await)
    };
    context.shared.metrics.bytes_in.add(length + 4);
    Ok(Some((content, Held { bytes: length, share })))
}

async fn in_time<T>(reading: impl Future<Output = Result<T, FrameError>>) -> Result<T, ConnectionError> {
    Ok(timeout(FRAME_TIME_MAX, reading).await.map_err(|_| ConnectionError::Slow)??)
}

/// Starts working on a request, or answers that its version is unknown.
pub(crate) fn begin(context: &Context, request: Result<Request, RequestError>) -> Result<Answer, RequestError> {
    let request = match request {
        Err(RequestError::ApiVersionsFallback { correlation }) => {
            let reply = api_versions::unsupported_version(correlation)?;
            return Ok(Box::pin(std::future::ready(Ok(Some(reply)))));
        }
        parsed => parsed?,
    };
    context.shared.metrics.count_request(request.api.key as i16);
    dispatch::begin(context, &request)
}

/// Waits for a request's answer; one that has to wait for others lets go of its share meanwhile.
async fn finished(context: &Context, in_flight: InFlight) -> Result<Option<Reply>, ConnectionError> {
    let InFlight { mut answer, held, waits } = in_flight;
    if waits.is_none() {
        let reply = answer.await?;
        drop(held);
        return Ok(reply);
    }
    if let Ok(reply) = timeout(AT_ONCE, &mut answer).await {
        return Ok(reply?);
    }
    let _share = match context.shared.requests.wait(held.bytes) {
        Some(waiting) => waiting,
        None if held.bytes <= frame::SMALL_FRAME_BYTES => held.share,
        None => return Err(ConnectionError::TooManyWait),
    };
    Ok(answer.await?)
}

async fn write_responses(
    context: &Context,
    mut writer: impl AsyncWrite + Unpin,
    mut responses: mpsc::Receiver<InFlight>,
) -> Result<(), ConnectionError> {
    while let Some(in_flight) = responses.recv().await {
        if let Some(reply) = finished(context, in_flight).await? {
            context.shared.metrics.bytes_out.add(reply.bytes());
            reply.write(&mut writer, WRITE_TIME_MAX).await.map_err(ConnectionError::Write)?;
        }
    }
    Ok(())
}
