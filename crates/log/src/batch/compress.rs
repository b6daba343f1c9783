//! The codecs, each within a bound on what comes out. Memory is taken as output appears, never by what the
//! compressed bytes announce.

use std::borrow::Cow;
use std::io::{self, Read, Write};

use super::BatchError;

/// How a batch's records are compressed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Compression {
    /// Not at all.
    #[default]
    None,
    /// RFC 1952.
    Gzip,
    /// Snappy, in the frames of the Java client (xerial) or bare.
    Snappy,
    /// The LZ4 frame format.
    Lz4,
    /// RFC 8878.
    Zstd,
}

/// How the Java client's snappy frames begin.
const XERIAL_MAGIC: &[u8] = b"\x82SNAPPY\0";
/// Magic, version and the lowest compatible version.
const XERIAL_HEADER_BYTES: usize = 16;
/// The size of a snappy frame when we write them (the Java client's).
const XERIAL_BLOCK_BYTES: usize = 32 << 10;

impl Compression {
    /// All codecs, by their number in a batch's attributes.
    pub const ALL: [Compression; 5] =
        [Compression::None, Compression::Gzip, Compression::Snappy, Compression::Lz4, Compression::Zstd];

    /// The codec's number in a batch's attributes.
    #[must_use]
    pub fn number(self) -> i16 {
        self as i16
    }

    /// Kafka's name for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Compression::None => "none",
            Compression::Gzip => "gzip",
            Compression::Snappy => "snappy",
            Compression::Lz4 => "lz4",
            Compression::Zstd => "zstd",
        }
    }

    /// The codec of a name; nothing if there is none.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Compression> {
        Compression::ALL.into_iter().find(|codec| codec.name() == name)
    }

    pub(super) fn from_attributes(attributes: i16) -> Result<Compression, BatchError> {
        let number = attributes & 0x07;
        Compression::ALL.into_iter().find(|codec| codec.number() == number).ok_or(BatchError::Codec(number))
    }
}

/// What compressed bytes stand for, at most `bound` bytes.
pub(super) fn decompress(codec: Compression, bytes: &[u8], bound: usize) -> Result<Cow<'_, [u8]>, BatchError> {
    let decoded = match codec {
        Compression::None if bytes.len() > bound => return Err(BatchError::Bomb(bound)),
        Compression::None => return Ok(Cow::Borrowed(bytes)),
        Compression::Gzip => read_bounded(flate2::read::MultiGzDecoder::new(bytes), bound),
        Compression::Snappy => unsnap(bytes, bound),
        Compression::Lz4 => read_bounded(lz4_flex::frame::FrameDecoder::new(bytes), bound),
        Compression::Zstd => unzstd(bytes, bound),
    };
    let decoded = decoded
        .map_err(|error| BatchError::Decompress { codec: codec.name(), reason: error.to_string() })?
        .ok_or(BatchError::Bomb(bound))?;
    Ok(Cow::Owned(decoded))
}

/// What compressed bytes stand for, decompressed as it is read: a window of at most 8 MiB, and for snappy's bare blocks,
/// which can't be read in parts, at most `bound` bytes.
pub(super) fn reader(codec: Compression, bytes: &[u8], bound: usize) -> io::Result<Box<dyn Read + '_>> {
    Ok(match codec {
        Compression::None => Box::new(bytes),
        Compression::Gzip => Box::new(flate2::read::MultiGzDecoder::new(bytes)),
        Compression::Snappy => {
            let decoded = unsnap(bytes, bound)?;
            let decoded = decoded.ok_or_else(|| io::Error::other(format!("it holds more than {bound} bytes")))?;
            Box::new(io::Cursor::new(decoded))
        }
        Compression::Lz4 => Box::new(lz4_flex::frame::FrameDecoder::new(bytes)),
        Compression::Zstd => {
            let mut decoder = zstd::stream::read::Decoder::with_buffer(bytes)?;
            decoder.window_log_max(23)?;
            Box::new(decoder)
        }
    })
}

/// Reads to the end; nothing if there is more than the bound.
fn read_bounded(reader: impl Read, bound: usize) -> io::Result<Option<Vec<u8>>> {
    let mut decoded = Vec::new();
    let read = reader.take(bound as u64 + 1).read_to_end(&mut decoded)?;
    Ok((read <= bound).then_some(decoded))
}

fn unzstd(bytes: &[u8], bound: usize) -> io::Result<Option<Vec<u8>>> {
    let mut decoder = zstd::stream::read::Decoder::with_buffer(bytes)?;
    // 8 MiB: the window that RFC 8878 asks every decoder to support, and the most that a batch can make us hold.
    decoder.window_log_max(23)?;
    read_bounded(decoder, bound)
}

fn unsnap(bytes: &[u8], bound: usize) -> io::Result<Option<Vec<u8>>> {
    if !bytes.starts_with(XERIAL_MAGIC) {
        return unsnap_block(bytes, bound);
    }
    let mut rest = bytes.get(XERIAL_HEADER_BYTES..).unwrap_or_default();
    let mut decoded = Vec::new();
    while !rest.is_empty() {
        let (length, behind) = rest.split_first_chunk::<4>().ok_or(io::ErrorKind::UnexpectedEof)?;
        let length = usize::try_from(u32::from_be_bytes(*length)).unwrap_or(usize::MAX);
        let block = behind.get(..length).ok_or(io::ErrorKind::UnexpectedEof)?;
        let Some(more) = unsnap_block(block, bound - decoded.len())? else { return Ok(None) };
        decoded.extend_from_slice(&more);
        rest = behind.get(length..).unwrap_or_default();
    }
    Ok(Some(decoded))
}

fn unsnap_block(block: &[u8], bound: usize) -> io::Result<Option<Vec<u8>>> {
    let announced = snap::raw::decompress_len(block)?;
    if announced > bound {
        return Ok(None);
    }
    // Snappy's longest copy makes 64 bytes of 3, so that more is a lie: refused before it is allocated.
    if announced / 32 > block.len() {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "it announces more than its bytes can hold"));
    }
    Ok(Some(snap::raw::Decoder::new().decompress_vec(block)?))
}

/// Compresses a batch's records.
pub(super) fn compress(codec: Compression, bytes: &[u8]) -> io::Result<Vec<u8>> {
    match codec {
        Compression::None => Ok(bytes.to_vec()),
        Compression::Gzip => {
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
            encoder.write_all(bytes)?;
            encoder.finish()
        }
        Compression::Snappy => snap_blocks(bytes),
        Compression::Lz4 => {
            let mut encoder = lz4_flex::frame::FrameEncoder::new(Vec::new());
            encoder.write_all(bytes)?;
            encoder.finish().map_err(io::Error::other)
        }
        Compression::Zstd => zstd::bulk::compress(bytes, zstd::DEFAULT_COMPRESSION_LEVEL),
    }
}

fn snap_blocks(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut out = Vec::from(XERIAL_MAGIC);
    out.extend_from_slice(&1_u32.to_be_bytes());
    out.extend_from_slice(&1_u32.to_be_bytes());
    let mut encoder = snap::raw::Encoder::new();
    for block in bytes.chunks(XERIAL_BLOCK_BYTES) {
        let compressed = encoder.compress_vec(block)?;
        let length = u32::try_from(compressed.len()).map_err(io::Error::other)?;
        out.extend_from_slice(&length.to_be_bytes());
        out.extend_from_slice(&compressed);
    }
    Ok(out)
}
