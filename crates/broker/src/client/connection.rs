//! One connection to one broker: a request, its response, the next request.

use std::time::Duration;

use bytes::{BufMut, Bytes, BytesMut};
use kafka_protocol::messages::{ApiKey, ApiVersionsRequest, ApiVersionsResponse, RequestHeader};
use kafka_protocol::protocol::{Decodable, Encodable, HeaderVersion, Request, StrBytes};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::error::ClientError;
use super::session::ClientConfig;

/// The longest response that is read.
const RESPONSE_BYTES_MAX: usize = 256 << 20;
/// The version in which a broker's versions are asked for: every broker since Kafka 0.10 answers it.
const API_VERSIONS: i16 = 0;

/// What a connection's bytes go through.
trait Stream: AsyncRead + AsyncWrite + Unpin + Send + Sync {}

impl<S: AsyncRead + AsyncWrite + Unpin + Send + Sync> Stream for S {}

/// A connection whose broker's versions are known.
pub(super) struct Connection {
    stream: Box<dyn Stream>,
    address: String,
    client_id: StrBytes,
    patience: Duration,
    correlation: i32,
    versions: Vec<(i16, i16, i16)>,
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connection").field("address", &self.address).finish_non_exhaustive()
    }
}

impl Connection {
    /// Connects, and asks for the broker's versions.
    pub(super) async fn open(address: &str, config: &ClientConfig) -> Result<Connection, ClientError> {
        let patience = config.patience;
        let lost = |reason: String| ClientError::Disconnected { address: address.to_owned(), reason };
        let connecting = timeout(patience, TcpStream::connect(address)).await;
        let stream = connecting.map_err(|_| lost("it does not answer".to_owned()))?;
        let stream = stream.map_err(|error| lost(error.to_string()))?;
        stream.set_nodelay(true).map_err(|error| lost(error.to_string()))?;
        let stream: Box<dyn Stream> = match &config.tls {
            None => Box::new(stream),
            Some(tls) => {
                let shaking = timeout(patience, tls.connect(address, stream)).await;
                let shaken = shaking.map_err(|_| lost("it does not shake hands; does it speak TLS?".to_owned()))?;
                Box::new(shaken.map_err(|error| ClientError::Tls { address: address.to_owned(), error })?)
            }
        };
        let mut connection = Connection {
            stream,
            address: address.to_owned(),
            client_id: StrBytes::from_string(config.client_id.clone()),
            patience,
            correlation: 0,
            versions: Vec::new(),
        };
        let versions: ApiVersionsResponse =
            connection.call_version(&ApiVersionsRequest::default(), API_VERSIONS).await?;
        let ranges = versions.api_keys.iter().map(|api| (api.api_key, api.min_version, api.max_version));
        connection.versions = ranges.collect();
        if let Some(log_in) = &config.log_in {
            connection.log_in(log_in).await?;
        }
        Ok(connection)
    }

    /// The highest version that both sides speak, at most `most`.
    pub(super) fn version<Q: Request>(&self, most: i16) -> Result<i16, ClientError> {
        let range = self.versions.iter().find(|(key, _, _)| *key == Q::KEY);
        let best = range.map(|&(_, min, max)| (min.max(Q::VERSIONS.min), max.min(Q::VERSIONS.max).min(most)));
        match (best, ApiKey::try_from(Q::KEY)) {
            (Some((min, max)), _) if min <= max => Ok(max),
            (_, Ok(api)) => Err(ClientError::Unsupported { address: self.address.clone(), api }),
            (_, Err(())) => Err(self.strange(&"no such API")),
        }
    }

    /// Sends a request in a version that both sides speak, and waits for the response.
    pub(super) async fn call_version<Q: Request>(
        &mut self,
        request: &Q,
        version: i16,
    ) -> Result<Q::Response, ClientError> {
        self.call_waiting(request, version, Duration::ZERO).await
    }

    /// As [`Connection::call_version`], for a request that the broker may hold back so long.
    pub(super) async fn call_waiting<Q: Request>(
        &mut self,
        request: &Q,
        version: i16,
        wait: Duration,
    ) -> Result<Q::Response, ClientError> {
        self.correlation = self.correlation.wrapping_add(1);
        let frame = self.frame(request, version)?;
        let patience = self.patience + wait;
        let answer = timeout(patience, self.exchange(&frame)).await;
        let mut response = match answer {
            Ok(response) => response.map_err(|error| self.lost(&error))?,
            Err(_) => return Err(self.lost(&format!("no answer within {patience:?}"))),
        };
        self.read_header::<Q>(&mut response, version)?;
        Q::Response::decode(&mut response, version).map_err(|error| self.strange(&error))
    }

    fn frame<Q: Request>(&self, request: &Q, version: i16) -> Result<Bytes, ClientError> {
        let header = RequestHeader::default()
            .with_request_api_key(Q::KEY)
            .with_request_api_version(version)
            .with_correlation_id(self.correlation)
            .with_client_id(Some(self.client_id.clone()));
        let mut frame = BytesMut::new();
        frame.put_i32(0);
        header.encode(&mut frame, Q::header_version(version)).map_err(|error| self.strange(&error))?;
        request.encode(&mut frame, version).map_err(|error| self.strange(&error))?;
        let length = i32::try_from(frame.len() - 4).map_err(|error| self.strange(&error))?;
        frame[..4].copy_from_slice(&length.to_be_bytes());
        Ok(frame.freeze())
    }

    async fn exchange(&mut self, frame: &[u8]) -> std::io::Result<Bytes> {
        self.stream.write_all(frame).await?;
        self.stream.flush().await?;
        let length = self.stream.read_i32().await?;
        let length = usize::try_from(length).ok().filter(|&length| length <= RESPONSE_BYTES_MAX);
        let length = length.ok_or_else(|| {
            let reason = "it answers, and not in Kafka's protocol; is this the Kafka door, and does it want TLS (`--command-config`)?";
            std::io::Error::new(std::io::ErrorKind::InvalidData, reason)
        })?;
        let mut response = BytesMut::with_capacity(length.min(1 << 20));
        while response.len() < length {
            let missing = length - response.len();
            if self.stream.read_buf(&mut (&mut response).limit(missing)).await? == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
        }
        Ok(response.freeze())
    }

    fn read_header<Q: Request>(&self, response: &mut Bytes, version: i16) -> Result<(), ClientError> {
        let header_version = <Q::Response as HeaderVersion>::header_version(version);
        let header = kafka_protocol::messages::ResponseHeader::decode(response, header_version);
        let header = header.map_err(|error| self.strange(&error))?;
        if header.correlation_id == self.correlation {
            Ok(())
        } else {
            Err(self.strange(&format!("number {} to request {}", header.correlation_id, self.correlation)))
        }
    }

    fn lost(&self, reason: &dyn std::fmt::Display) -> ClientError {
        ClientError::Disconnected { address: self.address.clone(), reason: reason.to_string() }
    }

    pub(super) fn strange(&self, reason: &dyn std::fmt::Display) -> ClientError {
        ClientError::Answer { address: self.address.clone(), reason: reason.to_string() }
    }
}
