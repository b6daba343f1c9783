//! A request as it lies in its frame, its header read, its body checked but not yet decoded.

use bytes::Bytes;
use kafka_protocol::messages::ApiKey;
use kafka_protocol::protocol::Decodable;
use thiserror::Error;
use yeoul_base::decode::{DecodeError, Decoder};

use crate::apis::{self, Api};
use crate::schema;

/// Why a request can't be answered; the connection is closed, since nothing behind it could be understood either.
#[derive(Debug, Error)]
pub(crate) enum RequestError {
    #[error("a request with the unknown API key `{0}`")]
    UnknownApi(i16),
    #[error("a `{api:?}` request of version `{version}`, which is not supported")]
    Version { api: ApiKey, version: i16 },
    #[error("a request header that {0}")]
    Header(DecodeError),
    #[error("a `{api:?}` request of version `{version}` that {error}")]
    Body { api: ApiKey, version: i16, error: DecodeError },
    #[error("a `{api:?}` request of version `{version}` that can't be decoded: {reason}")]
    Undecodable { api: ApiKey, version: i16, reason: String },
    #[error("can't encode the answer to `{api:?}` version `{version}`: {reason}")]
    Unencodable { api: ApiKey, version: i16, reason: String },
    #[error("records that their client wants no answer about were refused with code `{code}`")]
    Unacknowledged { code: i16 },
    #[error("an `ApiVersions` answer is due in version 0")]
    ApiVersionsFallback { correlation: i32 },
}

/// A request whose body has the right shape.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) api: &'static Api,
    pub(crate) version: i16,
    pub(crate) correlation: i32,
    /// What the client calls itself; empty if it does not say.
    pub(crate) client_id: String,
    body: Bytes,
}

impl Request {
    /// Reads the header and checks the body's shape.
    pub(crate) fn parse(mut frame: Bytes) -> Result<Request, RequestError> {
        let mut head = Decoder::new(&frame);
        let key = head.i16().map_err(RequestError::Header)?;
        let version = head.i16().map_err(RequestError::Header)?;
        let correlation = head.i32().map_err(RequestError::Header)?;
        let api = apis::find(key).ok_or(RequestError::UnknownApi(key))?;
        if version > api.max || version < api.min {
            return Err(unsupported(api, version, correlation));
        }
        let flexible = api.key.request_header_version(version) >= 2;
        let client_id = rest_of_header(&mut head, flexible).map_err(RequestError::Header)?;
        let client_id = String::from_utf8_lossy(client_id).into_owned();
        let body = frame.split_off(head.position());
        schema::check(&body, api.shape, version, flexible).map_err(|error| RequestError::Body {
            api: api.key,
            version,
            error,
        })?;
        Ok(Request { api, version, correlation, client_id, body })
    }

    /// Decodes the body: what the client asks for, whether it may or not. Only the screen is to see it so, see
    /// [`dispatch`](crate::dispatch::screened).
    pub(crate) fn decode_unscreened<Q: Decodable>(&self) -> Result<Q, RequestError> {
        Q::decode(&mut self.body.clone(), self.version).map_err(|error| RequestError::Undecodable {
            api: self.api.key,
            version: self.version,
            reason: format!("{error:#}"),
        })
    }

    /// The body, for the fuzz targets.
    #[cfg(fuzzing)]
    pub(crate) fn body(&self) -> Bytes {
        self.body.clone()
    }

    /// That the answer could not be encoded.
    pub(crate) fn unencodable(api: ApiKey, version: i16, reason: &dyn std::fmt::Display) -> RequestError {
        RequestError::Unencodable { api, version, reason: reason.to_string() }
    }
}

fn unsupported(api: &Api, version: i16, correlation: i32) -> RequestError {
    match api.key {
        ApiKey::ApiVersions => RequestError::ApiVersionsFallback { correlation },
        key => RequestError::Version { api: key, version },
    }
}

/// The client id (its length is two bytes in all versions), then the tags of a flexible header.
fn rest_of_header<'a>(head: &mut Decoder<'a>, flexible: bool) -> Result<&'a [u8], DecodeError> {
    let at = head.position();
    let length = i64::from(head.i16()?.max(0));
    let length = head.check_count(at, length, 1)?;
    let client_id = head.bytes(length)?;
    if !flexible {
        return Ok(client_id);
    }
    for _ in 0..head.unsigned_varlong()? {
        head.unsigned_varlong()?;
        let at = head.position();
        let length = i64::try_from(head.unsigned_varlong()?).unwrap_or(i64::MAX);
        let length = head.check_count(at, length, 1)?;
        head.bytes(length)?;
    }
    Ok(client_id)
}
