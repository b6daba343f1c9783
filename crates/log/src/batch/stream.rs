//! Walking over a batch's records while they are decompressed, without keeping them: what a batch takes to be checked is the
//! decoder's window and a buffer, whatever it decompresses to.

use std::io::{BufRead, BufReader, ErrorKind};

use super::BatchError;
use super::compress::reader;
use super::header::{BATCH_HEADER_BYTES, BatchHeader};

/// What is decompressed at once, in bytes.
const BUFFER_BYTES: usize = 32 << 10;

/// What is seen of a record on the way.
pub(super) struct Seen {
    pub(super) offset_delta: i32,
    pub(super) timestamp_delta: i64,
    pub(super) has_key: bool,
}

/// Decompressed bytes, counted.
struct Walk<R> {
    bytes: R,
    /// How many bytes were walked over.
    at: u64,
    bound: u64,
    codec: &'static str,
}

/// Walks over a compressed batch's records, and calls the function with each. At most `bytes_max` bytes may come out.
pub(super) fn walk(
    header: &BatchHeader,
    batch: &[u8],
    bytes_max: usize,
    mut visit: impl FnMut(i32, Seen) -> Result<(), BatchError>,
) -> Result<(), BatchError> {
    let compressed = batch.get(BATCH_HEADER_BYTES..header.bytes).unwrap_or_default();
    let codec = header.compression()?;
    let failed = |error: std::io::Error| BatchError::Decompress { codec: codec.name(), reason: error.to_string() };
    let bytes = BufReader::with_capacity(BUFFER_BYTES, reader(codec, compressed, bytes_max).map_err(failed)?);
    let mut walk = Walk { bytes, at: 0, bound: bytes_max as u64, codec: codec.name() };
    for place in 0..header.records {
        let seen = walk.record(place)?;
        visit(place, seen)?;
    }
    walk.end()
}

impl<R: BufRead> Walk<R> {
    fn record(&mut self, place: i32) -> Result<Seen, BatchError> {
        let said = self.varlong()?;
        let from = self.at;
        self.skip(1)?;
        let timestamp_delta = self.varlong()?;
        let offset_delta = self.varint()?;
        let has_key = self.skip_sized()?;
        self.skip_sized()?;
        let headers = self.varint()?;
        if headers < 0 {
            return Err(self.strange(i64::from(headers)));
        }
        for _ in 0..headers {
            // A header's key is not null.
            if !self.skip_sized()? {
                return Err(self.strange(-1));
            }
            self.skip_sized()?;
        }
        let found = self.at - from;
        if u64::try_from(said) != Ok(found) {
            let found = usize::try_from(found).unwrap_or(usize::MAX);
            return Err(BatchError::RecordLength { place, said, found });
        }
        Ok(Seen { offset_delta, timestamp_delta, has_key })
    }

    /// Skips bytes with their length before them; tells whether they are not null.
    fn skip_sized(&mut self) -> Result<bool, BatchError> {
        match self.varint()? {
            -1 => Ok(false),
            length => {
                let length = u64::try_from(length).map_err(|_| self.strange(i64::from(length)))?;
                self.skip(length).map(|()| true)
            }
        }
    }

    fn skip(&mut self, mut bytes: u64) -> Result<(), BatchError> {
        while bytes > 0 {
            let there = self.fill()?;
            if there == 0 {
                return Err(self.ended());
            }
            let taken = bytes.min(there as u64);
            self.take(usize::try_from(taken).unwrap_or(there))?;
            bytes -= taken;
        }
        Ok(())
    }

    fn varint(&mut self) -> Result<i32, BatchError> {
        let value = self.varlong()?;
        i32::try_from(value).map_err(|_| self.strange(value))
    }

    fn varlong(&mut self) -> Result<i64, BatchError> {
        let mut value = 0_u64;
        for shift in (0..70).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            // The tenth byte has one bit.
            if shift == 63 && bits > 1 {
                break;
            }
            value |= bits << shift;
            if byte & 0x80 == 0 {
                return Ok((value >> 1).cast_signed() ^ -((value & 1).cast_signed()));
            }
        }
        Err(yeoul_base::decode::DecodeError::Varint { at: usize::try_from(self.at).unwrap_or(usize::MAX) }.into())
    }

    fn byte(&mut self) -> Result<u8, BatchError> {
        let codec = self.codec;
        let buffer = self.bytes.fill_buf();
        let buffer = buffer.map_err(|error| BatchError::Decompress { codec, reason: error.to_string() })?;
        let byte = buffer.first().copied();
        let byte = byte.ok_or_else(|| self.ended())?;
        self.take(1)?;
        Ok(byte)
    }

    fn fill(&mut self) -> Result<usize, BatchError> {
        let codec = self.codec;
        let buffer = self.bytes.fill_buf();
        buffer.map(<[u8]>::len).map_err(|error| BatchError::Decompress { codec, reason: error.to_string() })
    }

    fn take(&mut self, bytes: usize) -> Result<(), BatchError> {
        self.bytes.consume(bytes);
        self.at += bytes as u64;
        if self.at > self.bound {
            return Err(BatchError::Bomb(usize::try_from(self.bound).unwrap_or(usize::MAX)));
        }
        Ok(())
    }

    /// Counts what is behind the last record, up to the bound.
    fn end(mut self) -> Result<(), BatchError> {
        let before = self.at;
        loop {
            match self.fill()? {
                0 => break,
                there => self.take(there)?,
            }
        }
        match usize::try_from(self.at - before).unwrap_or(usize::MAX) {
            0 => Ok(()),
            left => Err(BatchError::Trailing(left)),
        }
    }

    fn ended(&self) -> BatchError {
        let reason = std::io::Error::from(ErrorKind::UnexpectedEof).to_string();
        BatchError::Decompress { codec: self.codec, reason }
    }

    fn strange(&self, count: i64) -> BatchError {
        yeoul_base::decode::DecodeError::Count { at: usize::try_from(self.at).unwrap_or(usize::MAX), count }.into()
    }
}
