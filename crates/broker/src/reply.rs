//! Responses: the encoded frame as a list of byte strings, so that record batches travel without being copied.

use std::io::IoSlice;
use std::time::Duration;

use bytes::{BufMut, Bytes, BytesMut};
use kafka_protocol::messages::ApiKey;
use kafka_protocol::protocol::Encodable;
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::timeout;

use crate::request::{Request, RequestError};

/// Which request a response answers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ReplyTo {
    pub(crate) api: ApiKey,
    pub(crate) version: i16,
    pub(crate) correlation: i32,
}

impl ReplyTo {
    pub(crate) fn new(request: &Request) -> ReplyTo {
        ReplyTo { api: request.api.key, version: request.version, correlation: request.correlation }
    }

    /// Encodes a response that is one message.
    pub(crate) fn encode(&self, response: &impl Encodable) -> Result<Reply, RequestError> {
        let mut writer = ReplyWriter::new(self);
        writer.message(response)?;
        writer.finish()
    }
}

/// An encoded response.
#[derive(Debug)]
pub(crate) struct Reply {
    /// The frame's length field.
    length: [u8; 4],
    parts: Vec<Bytes>,
    /// The share of the broker's budget that the records take, given back when the response is gone.
    _held: Option<OwnedSemaphorePermit>,
}

impl Reply {
    /// The length in bytes, with the frame's own four.
    pub(crate) fn bytes(&self) -> usize {
        self.length.len() + self.parts.iter().map(Bytes::len).sum::<usize>()
    }

    /// Ties a share of the budget to the response.
    pub(crate) fn holding(self, held: Option<OwnedSemaphorePermit>) -> Reply {
        Reply { _held: held, ..self }
    }

    /// Writes the whole response. Gives up when the client takes nothing for so long.
    pub(crate) async fn write(
        &self,
        stream: &mut (impl AsyncWrite + Unpin),
        patience: Duration,
    ) -> std::io::Result<()> {
        let parts = std::iter::once(&self.length[..]).chain(self.parts.iter().map(|part| &part[..]));
        let mut slices: Vec<IoSlice<'_>> = parts.map(IoSlice::new).collect();
        let mut rest = slices.as_mut_slice();
        while !rest.is_empty() {
            let written = timeout(patience, stream.write_vectored(rest)).await??;
            if written == 0 {
                return Err(std::io::ErrorKind::WriteZero.into());
            }
            IoSlice::advance_slices(&mut rest, written);
        }
        stream.flush().await
    }
}

/// Puts a response together from encoded pieces and from bytes that are passed on as they are.
#[derive(Debug)]
pub(crate) struct ReplyWriter {
    to: ReplyTo,
    parts: Vec<Bytes>,
    /// What follows the last part.
    open: BytesMut,
    bytes: usize,
}

impl ReplyWriter {
    /// Begins with the header.
    pub(crate) fn new(to: &ReplyTo) -> ReplyWriter {
        let mut open = BytesMut::with_capacity(256);
        open.put_i32(to.correlation);
        if to.api.response_header_version(to.version) >= 1 {
            open.put_u8(0);
        }
        ReplyWriter { to: *to, parts: Vec::new(), open, bytes: 0 }
    }

    /// Where small things are written.
    pub(crate) fn small(&mut self) -> &mut BytesMut {
        &mut self.open
    }

    /// Writes a message, or a structure within one.
    pub(crate) fn message(&mut self, message: &impl Encodable) -> Result<(), RequestError> {
        let ReplyTo { api, version, .. } = self.to;
        message.encode(&mut self.open, version).map_err(|error| Request::unencodable(api, version, &error))
    }

    /// Passes bytes on without copying them.
    pub(crate) fn pass(&mut self, payload: Bytes) {
        if payload.is_empty() {
            return;
        }
        self.close_part();
        self.bytes += payload.len();
        self.parts.push(payload);
    }

    /// A count or a length plus one, as flexible versions write it.
    pub(crate) fn unsigned(&mut self, mut value: u32) {
        while value >= 0x80 {
            self.open.put_u8((value & 0x7f) as u8 | 0x80);
            value >>= 7;
        }
        self.open.put_u8(value as u8);
    }

    /// The response, its length known now.
    pub(crate) fn finish(mut self) -> Result<Reply, RequestError> {
        self.close_part();
        let ReplyTo { api, version, .. } = self.to;
        let length = i32::try_from(self.bytes).map_err(|error| Request::unencodable(api, version, &error))?;
        Ok(Reply { length: length.to_be_bytes(), parts: self.parts, _held: None })
    }

    fn close_part(&mut self) {
        if !self.open.is_empty() {
            self.bytes += self.open.len();
            self.parts.push(self.open.split().freeze());
        }
    }
}
