//! The source: what has come over the connection, cut into rows. Its position counts bytes, for people.

use std::io::{ErrorKind, Read};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use arrow::array::{BinaryBuilder, Int64Array};
use bytes::Bytes;
use yeoul_engine::connections::SourceRequest;
use yeoul_engine::source::{Failure, Poll, Positions, Source, SourceBatch, SourceError, SplitLag};
use yeoul_format::RowDecoder;

use super::Options;
use crate::kafka::Malformed;

/// What one read takes.
const READ_BYTES: usize = 64 << 10;
/// The longest row.
const ROW_BYTES_MAX: usize = 16 << 20;
/// How long to wait for a connection.
const CONNECT_TIME_MAX: Duration = Duration::from_secs(3);

/// Reads rows from a connection.
pub(super) struct SocketSource {
    table: String,
    split: Arc<str>,
    stream: TcpStream,
    decoder: RowDecoder,
    delimiter: u8,
    keep_raw: bool,
    malformed: Malformed,
    /// What was received.
    buffer: Vec<u8>,
    /// How much of the buffer was taken.
    taken: usize,
    /// Whether the other side has closed the connection.
    closed: bool,
    /// How many bytes were taken.
    next: i64,
}

impl SocketSource {
    /// Connects.
    pub(super) fn open(
        options: &Options,
        request: &SourceRequest<'_>,
        malformed: Malformed,
    ) -> Result<SocketSource, String> {
        let table = request.table;
        let decoder = RowDecoder::new(&options.format, &table.physical, request.projection);
        let stream = connected(options.port)?;
        stream.set_nonblocking(true).map_err(|error| error.to_string())?;
        Ok(SocketSource {
            table: table.name.clone(),
            split: Arc::from(format!("127.0.0.1:{}", options.port)),
            stream,
            decoder: decoder.map_err(|error| error.to_string())?,
            delimiter: options.delimiter,
            keep_raw: request.keep_raw,
            malformed,
            buffer: Vec::new(),
            taken: 0,
            closed: false,
            next: 0,
        })
    }

    /// Takes in what has come.
    fn receive(&mut self) -> Result<(), SourceError> {
        self.buffer.drain(..std::mem::take(&mut self.taken));
        let mut piece = vec![0; READ_BYTES];
        match self.stream.read(&mut piece) {
            Ok(0) => self.closed = true,
            Ok(read) => self.buffer.extend_from_slice(piece.get(..read).unwrap_or_default()),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => {}
            Err(error) => return Err(SourceError::Unreadable(format!("can't read from `{}`: {error}", self.split))),
        }
        Ok(())
    }

    /// How many bytes the first row has, and where the next one begins.
    fn first_row(&self) -> Option<(usize, usize)> {
        let rest = self.buffer.get(self.taken..).unwrap_or_default();
        match rest.iter().position(|byte| *byte == self.delimiter) {
            Some(end) => {
                let ends_line = self.delimiter == b'\n' && end > 0 && rest.get(end - 1) == Some(&b'\r');
                Some((end - usize::from(ends_line), end + 1))
            }
            None if self.closed && !rest.is_empty() => Some((rest.len(), rest.len())),
            None => None,
        }
    }

    fn batch(&mut self, rows_max: usize) -> Result<Option<SourceBatch>, SourceError> {
        let mut positions = Vec::new();
        let (mut failed, mut ignored) = (Vec::new(), 0);
        let mut raw = self.keep_raw.then(BinaryBuilder::new);
        let start = self.next;
        while positions.len() + failed.len() < rows_max
            && let Some((length, next)) = self.first_row()
        {
            let row = self.buffer.get(self.taken..self.taken + length).unwrap_or_default();
            match self.decoder.push(row) {
                Ok(_) => (0..self.decoder.pushed()).for_each(|_| {
                    positions.push(self.next);
                    raw.iter_mut().for_each(|raw| raw.append_value(row));
                }),
                Err(error) => match self.malformed {
                    Malformed::Ignored => ignored += 1,
                    Malformed::Kept => {
                        let (split, raw) = (self.split.clone(), Bytes::copy_from_slice(row));
                        let (reason, position) = (error.to_string(), self.next);
                        failed.push(Failure { cause: "malformed", reason, split, position, raw });
                    }
                    Malformed::Refused => {
                        let (table, split) = (self.table.clone(), self.split.to_string());
                        let (position, reason) = (self.next, error.to_string());
                        return Err(SourceError::Malformed { table, split, position, reason });
                    }
                },
            }
            self.taken += next;
            self.next = self.next.saturating_add(i64::try_from(next).unwrap_or(i64::MAX));
        }
        if self.next == start {
            return Ok(None);
        }
        let columns = self.decoder.finish().map_err(|error| SourceError::Unreadable(error.to_string()))?;
        let (split, positions) = (self.split.clone(), Int64Array::from(positions));
        let raw = raw.map(|mut raw| raw.finish());
        Ok(Some(SourceBatch { split, columns, kinds: None, positions, raw, failed, ignored }))
    }
}

fn connected(port: u16) -> Result<TcpStream, String> {
    let four = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let six = SocketAddr::from((Ipv6Addr::LOCALHOST, port));
    let connect = |address: &SocketAddr| TcpStream::connect_timeout(address, CONNECT_TIME_MAX);
    connect(&four).or_else(|error| connect(&six).map_err(|_| error)).map_err(|error| {
        format!("can't connect to `{four}`: {error}; start what sends the rows first, such as `nc -lk {port}`")
    })
}

impl Source for SocketSource {
    fn restore(&mut self, _positions: &Positions) -> Result<(), SourceError> {
        Ok(())
    }

    fn poll(&mut self, rows_max: usize) -> Result<Poll, SourceError> {
        if let Some(batch) = self.batch(rows_max)? {
            return Ok(Poll::Batch(batch));
        }
        if self.closed {
            return Ok(Poll::End);
        }
        if self.buffer.len() - self.taken > ROW_BYTES_MAX {
            let text = format!("`{}`: a row is longer than {ROW_BYTES_MAX} bytes", self.split);
            return Err(SourceError::Unreadable(text));
        }
        self.receive()?;
        Ok(self.batch(rows_max)?.map_or(Poll::Pending, Poll::Batch))
    }

    fn wait(&mut self, timeout: Duration) {
        if self.closed || timeout.is_zero() {
            return;
        }
        let blocking = self.stream.set_nonblocking(false).and_then(|()| self.stream.set_read_timeout(Some(timeout)));
        if blocking.is_ok() {
            // Whether something has come, or an error, is found by the next poll.
            drop(self.stream.peek(&mut [0]));
        }
        drop(self.stream.set_nonblocking(true));
    }

    fn positions(&self) -> Positions {
        Positions::from([(self.split.to_string(), self.next)])
    }

    fn lag(&self) -> Vec<SplitLag> {
        vec![SplitLag { split: self.split.to_string(), position: self.next, end: None }]
    }
}
