//! What comes before a connection's requests are answered: TLS, and the proof of who the client is.
//!
//! Until then, a client may send `ApiVersions`, `SaslHandshake` and `SaslAuthenticate`, one at a time, in small frames
//! and within [`LOG_IN_TIME_MAX`]. After a `SaslHandshake` of version 0, the mechanism's messages come without Kafka's
//! header, as clients before KIP-152 send them:
//! ```text
//! frame = length:i32 (big-endian)  message
//! ```

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use kafka_protocol::messages::ApiKey;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::watch;
use tokio::time::Instant;

use crate::acl::Principal;
use crate::acl::gate::Client;
use crate::connection::{self, ConnectionError, WRITE_TIME_MAX};
use crate::context::{Context, Shared};
use crate::frame::{self, FrameError};
use crate::listener::Door;
use crate::request::{Request, RequestError};
use crate::sasl::authentication::{Authentication, AuthenticationError, Token};

/// How long a client may take to log in, TLS included.
pub(crate) const LOG_IN_TIME_MAX: Duration = Duration::from_secs(30);
/// How long a client that was refused waits for its connection's end, so that guessing is slow (Kafka's
/// `connection.failed.authentication.delay.ms`).
pub(crate) const REFUSED_PAUSE: Duration = Duration::from_millis(100);
/// The longest frame of a client that is not known yet.
const UNKNOWN_FRAME_BYTES_MAX: usize = 8 << 10;

/// A connection's context before it logged in: that of nobody; and where its reader says that the client hung up.
pub(crate) fn stranger(
    shared: &Arc<Shared>,
    door: &Arc<Door>,
    local: SocketAddr,
    peer: SocketAddr,
) -> (watch::Sender<bool>, Context) {
    let (says, hung_up) = watch::channel(false);
    let authentication = (!door.mechanisms.is_empty())
        .then(|| Arc::new(Mutex::new(Authentication::new(door.mechanisms.clone(), door.reauthenticate))));
    let context = Context {
        shared: shared.clone(),
        local,
        hung_up,
        peer,
        door: door.clone(),
        client: Arc::new(client(shared, door, Principal::anonymous(), peer)),
        authentication,
        silent_until: Arc::default(),
    };
    (says, context)
}

fn client(shared: &Shared, door: &Door, principal: Principal, peer: SocketAddr) -> Client {
    let is_super = shared.security.is_super(&principal);
    let is_operator = door.operator.is_some() && principal != Principal::anonymous();
    Client::new(principal, peer.ip(), is_super || is_operator)
}

/// The context of a client that may have shown a certificate. One whose name no rule gives is not let in.
pub(crate) fn by_certificate(context: Context, certificate: Option<&[u8]>) -> Result<Context, ConnectionError> {
    let Some(certificate) = certificate else { return Ok(context) };
    let principal = context.door.certificate_principal(certificate).ok_or(ConnectionError::Authentication)?;
    Ok(known(context, &principal))
}

fn known(context: Context, principal: &Principal) -> Context {
    let client = client(&context.shared, &context.door, principal.clone(), context.peer);
    Context { client: Arc::new(client), ..context }
}

/// Answers a client until it has shown who it is; nothing when it goes away.
pub(crate) async fn log_in(
    context: Context,
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
) -> Result<Option<Context>, ConnectionError> {
    let Some(authentication) = context.authentication.clone() else { return Ok(Some(context)) };
    loop {
        let Some(frame) = next_frame(stream).await? else { return Ok(None) };
        let raw = answer(&context, stream, frame).await?;
        if raw {
            exchange_raw(&context, stream, &authentication).await?;
        }
        if let Some(user) = user(&authentication) {
            return Ok(Some(known(context, &Principal::user(&user))));
        }
        if has_failed(&authentication) {
            tokio::time::sleep(REFUSED_PAUSE).await;
            return Err(ConnectionError::Authentication);
        }
    }
}

fn user(authentication: &Mutex<Authentication>) -> Option<String> {
    let authentication = authentication.lock().unwrap_or_else(PoisonError::into_inner);
    authentication.known().map(|known| known.user.clone())
}

/// Whether a message of the client was refused.
pub(crate) fn has_failed(authentication: &Mutex<Authentication>) -> bool {
    authentication.lock().unwrap_or_else(PoisonError::into_inner).has_failed()
}

async fn next_frame(stream: &mut (impl AsyncRead + Unpin)) -> Result<Option<Bytes>, ConnectionError> {
    let Some(length) = frame::read_length(stream).await? else { return Ok(None) };
    let head = frame::read_head(stream, length, |_| UNKNOWN_FRAME_BYTES_MAX).await?;
    Ok(Some(frame::read_content(stream, head, length, |_| {}).await?))
}

/// Answers one request; whether messages without headers follow.
async fn answer(
    context: &Context,
    stream: &mut (impl AsyncWrite + Unpin),
    frame: Bytes,
) -> Result<bool, ConnectionError> {
    let parsed = Request::parse(frame);
    let raw = match &parsed {
        Ok(request) => {
            let (key, version) = (request.api.key, request.version);
            if !matches!(key, ApiKey::ApiVersions | ApiKey::SaslHandshake | ApiKey::SaslAuthenticate) {
                return Err(ConnectionError::Unknown(key));
            }
            key == ApiKey::SaslHandshake && version == 0
        }
        Err(_) => false,
    };
    let answer = connection::begin(context, parsed)?;
    if let Some(reply) = answer.await? {
        context.shared.metrics.bytes_out.add(reply.bytes());
        reply.write(stream, WRITE_TIME_MAX).await.map_err(ConnectionError::Write)?;
    }
    let agreed = || context.authentication.as_ref().is_some_and(|authentication| !has_failed(authentication));
    Ok(raw && agreed())
}

/// The mechanism's messages without headers, until it is over.
async fn exchange_raw(
    context: &Context,
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
    authentication: &Arc<Mutex<Authentication>>,
) -> Result<(), ConnectionError> {
    loop {
        let message = read_raw(stream).await?;
        let token = match step(context, authentication, message).await {
            Ok(token) => token,
            // There is no place for an error: the end of the connection says it.
            Err(_) => return Ok(()),
        };
        let length = i32::try_from(token.bytes.len()).map_err(|_| ConnectionError::Authentication)?;
        let frame = [&length.to_be_bytes()[..], &token.bytes].concat();
        stream.write_all(&frame).await.map_err(ConnectionError::Write)?;
        stream.flush().await.map_err(ConnectionError::Write)?;
        if token.done {
            return Ok(());
        }
    }
}

async fn read_raw(stream: &mut (impl AsyncRead + Unpin)) -> Result<Bytes, ConnectionError> {
    let length = stream.read_i32().await.map_err(FrameError::Io)?;
    let bytes = usize::try_from(length).ok().filter(|bytes| *bytes <= UNKNOWN_FRAME_BYTES_MAX);
    let mut message = vec![0; bytes.ok_or(FrameError::Length(length))?];
    stream.read_exact(&mut message).await.map_err(FrameError::Io)?;
    Ok(message.into())
}

/// Takes the client's next message, on a thread that may compute for a while.
pub(crate) async fn step(
    context: &Context,
    authentication: &Arc<Mutex<Authentication>>,
    message: Bytes,
) -> Result<Token, AuthenticationError> {
    let (shared, door) = (context.shared.clone(), context.door.clone());
    let awaits_password = authentication.lock().unwrap_or_else(PoisonError::into_inner).awaits_password();
    // A few at a time: guessing is not to take all the threads that others need to read the disk.
    let _turn = match awaits_password {
        true => context.shared.password_checks.acquire().await.ok(),
        false => None,
    };
    let authentication = authentication.clone();
    let taken = tokio::task::spawn_blocking(move || {
        let users = door.operator.as_ref().unwrap_or(&shared.security.users);
        let mut authentication = authentication.lock().unwrap_or_else(PoisonError::into_inner);
        authentication.step(users, &message, Instant::now())
    });
    taken.await.unwrap_or(Err(AuthenticationError::Order))
}

impl From<RequestError> for ConnectionError {
    fn from(error: RequestError) -> ConnectionError {
        ConnectionError::Request(error)
    }
}
