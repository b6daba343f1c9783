//! How a checkpoint is laid out in bytes: the manifest, which is the log's record of a job, and pieces of state.
//!
//! All numbers are big-endian; a text or byte string has its length (u32) before it.
//!
//! ```text
//! sealed   := magic (8 bytes) version u32  crc32c of the body u32  body
//! manifest := sealed "YEOULCPM" body:
//!             checkpoint u64, fingerprint [text], positions [scan u32, [split text, position i64]],
//!             records [branch u32, bytes], pieces [name text, bytes u64, crc32c u32], inline [bytes]
//! piece    := sealed "YEOULCPP" body: changes
//! changes  := { owner kind u8 (0 operator, 1 sink), owner u32, key bytes, there u8, value bytes if there = 1 }*
//! ```
//!
//! `[x]` is a count (u32) and so many x. State is what the pieces, in their order, and then the inline changes leave.

use std::collections::BTreeMap;

use bytes::Bytes;
use yeoul_base::decode::{DecodeError, Decoder};
use yeoul_engine::checkpoint::{StateChange, StateOwner};
use yeoul_engine::source::Positions;

const MANIFEST_MAGIC: &[u8; 8] = b"YEOULCPM";
const PIECE_MAGIC: &[u8; 8] = b"YEOULCPP";
const VERSION: u32 = 1;
/// Magic, version and checksum.
pub(crate) const SEAL_BYTES: usize = 16;

/// What the log keeps of a job.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Manifest {
    pub(crate) checkpoint: u64,
    pub(crate) fingerprint: Vec<String>,
    pub(crate) positions: BTreeMap<u32, Positions>,
    pub(crate) records: BTreeMap<u32, Bytes>,
    pub(crate) pieces: Vec<Piece>,
    /// Encoded changes behind the pieces.
    pub(crate) inline: Vec<Bytes>,
}

/// A file with state.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Piece {
    pub(crate) name: String,
    pub(crate) bytes: u64,
    pub(crate) crc: u32,
}

/// Encodes a manifest.
pub(crate) fn manifest(manifest: &Manifest) -> Bytes {
    let mut out = Vec::new();
    out.extend(manifest.checkpoint.to_be_bytes());
    list(&mut out, &manifest.fingerprint, |out, line| bytes(out, line.as_bytes()));
    list(&mut out, &manifest.positions, |out, (scan, positions)| {
        out.extend(scan.to_be_bytes());
        list(out, positions, |out, (split, position)| {
            bytes(out, split.as_bytes());
            out.extend(position.to_be_bytes());
        });
    });
    list(&mut out, &manifest.records, |out, (branch, record)| {
        out.extend(branch.to_be_bytes());
        bytes(out, record);
    });
    list(&mut out, &manifest.pieces, |out, piece| {
        bytes(out, piece.name.as_bytes());
        out.extend(piece.bytes.to_be_bytes());
        out.extend(piece.crc.to_be_bytes());
    });
    list(&mut out, &manifest.inline, |out, changes| bytes(out, changes));
    Bytes::from(sealed(MANIFEST_MAGIC, &out))
}

/// Decodes a manifest; the error says what is wrong with it.
pub(crate) fn read_manifest(sealed: &[u8]) -> Result<Manifest, String> {
    let mut decoder = Decoder::new(unsealed(MANIFEST_MAGIC, sealed)?);
    let manifest = manifest_body(&mut decoder).map_err(|error| error.to_string())?;
    if decoder.remaining() > 0 {
        return Err(format!("it has {} bytes too many", decoder.remaining()));
    }
    Ok(manifest)
}

fn manifest_body(decoder: &mut Decoder<'_>) -> Result<Manifest, DecodeError> {
    Ok(Manifest {
        checkpoint: decoder.u64()?,
        fingerprint: read_list(decoder, 4, |decoder| decoder.text().map(str::to_owned))?,
        positions: read_list(decoder, 8, |decoder| {
            let scan = decoder.u32()?;
            let splits = read_list(decoder, 12, |decoder| Ok((decoder.text()?.to_owned(), decoder.i64()?)))?;
            Ok((scan, splits.into_iter().collect()))
        })?
        .into_iter()
        .collect(),
        records: read_list(decoder, 8, |decoder| Ok((decoder.u32()?, read_bytes(decoder)?)))?.into_iter().collect(),
        pieces: read_list(decoder, 16, |decoder| {
            Ok(Piece { name: decoder.text()?.to_owned(), bytes: decoder.u64()?, crc: decoder.u32()? })
        })?,
        inline: read_list(decoder, 4, read_bytes)?,
    })
}

/// How many bytes a change of state takes, encoded.
pub(crate) fn change_bytes(key: &[u8], value: Option<&Bytes>) -> usize {
    const HEAD_BYTES: usize = 1 + 4 + 4 + 1;
    HEAD_BYTES + key.len() + value.map_or(0, |value| 4 + value.len())
}

/// How many bytes changes of state take, encoded.
pub(crate) fn changes_bytes(changes: &[StateChange]) -> usize {
    changes.iter().map(|change| change_bytes(&change.key, change.value.as_ref())).sum()
}

/// Encodes changes of state.
pub(crate) fn changes(changes: &[StateChange]) -> Vec<u8> {
    let mut out = Vec::new();
    for change in changes {
        put_change(&mut out, change.owner, &change.key, change.value.as_deref());
    }
    out
}

/// Appends one change.
pub(crate) fn put_change(out: &mut Vec<u8>, owner: StateOwner, key: &[u8], value: Option<&[u8]>) {
    match value {
        Some(value) => {
            put_change_head(out, owner, key, value.len());
            out.extend(value);
        }
        None => {
            put_entry(out, owner, key);
            out.push(0);
        }
    }
}

/// Appends what stands before a change's new value, which has so many bytes.
pub(crate) fn put_change_head(out: &mut Vec<u8>, owner: StateOwner, key: &[u8], value_bytes: usize) {
    put_entry(out, owner, key);
    out.push(1);
    count(out, value_bytes);
}

fn put_entry(out: &mut Vec<u8>, owner: StateOwner, key: &[u8]) {
    let (kind, number) = match owner {
        StateOwner::Operator(number) => (0, number),
        StateOwner::Sink(number) => (1, number),
    };
    out.push(kind);
    out.extend(number.to_be_bytes());
    bytes(out, key);
}

/// All state, by owner and key.
pub(crate) type State = BTreeMap<(StateOwner, Bytes), Bytes>;

/// Applies encoded changes to a state, which then holds on to them; the error says what is wrong with them.
pub(crate) fn apply(state: &mut State, encoded: &Bytes) -> Result<(), String> {
    let mut decoder = Decoder::new(encoded);
    while decoder.remaining() > 0 {
        let (owner, key, value) = change(&mut decoder, encoded).map_err(|error| error.to_string())?;
        let Some(owner) = owner else { return Err("it names an unknown kind of owner".to_owned()) };
        put(state, owner, key, value);
    }
    Ok(())
}

/// Encoded changes, the last first; the error says what is wrong with them.
pub(crate) fn last_first(encoded: &Bytes) -> Result<impl Iterator<Item = OwnedChange>, String> {
    let mut decoder = Decoder::new(encoded);
    let mut starts = Vec::new();
    while decoder.remaining() > 0 {
        starts.push(encoded.len() - decoder.remaining());
        let (owner, ..) = change(&mut decoder, encoded).map_err(|error| error.to_string())?;
        owner.ok_or("it names an unknown kind of owner")?;
    }
    let read = move |start: usize| {
        let (owner, key, value) = change(&mut Decoder::new(encoded.get(start..)?), encoded).ok()?;
        Some((owner?, key, value))
    };
    Ok(starts.into_iter().rev().filter_map(read))
}

fn put(state: &mut State, owner: StateOwner, key: Bytes, value: Option<Bytes>) {
    match value {
        Some(value) => drop(state.insert((owner, key), value)),
        None => drop(state.remove(&(owner, key))),
    }
}

type Change = (Option<StateOwner>, Bytes, Option<Bytes>);
/// A change of an entry: its owner, key and new value.
pub(crate) type OwnedChange = (StateOwner, Bytes, Option<Bytes>);

/// The next change, as slices of `whole`, which is what the decoder reads.
fn change(decoder: &mut Decoder<'_>, whole: &Bytes) -> Result<Change, DecodeError> {
    let kind = decoder.u8()?;
    let number = decoder.u32()?;
    let owner = match kind {
        0 => Some(StateOwner::Operator(number)),
        1 => Some(StateOwner::Sink(number)),
        _ => None,
    };
    let key = whole.slice_ref(decoder.sized_bytes()?);
    let value = if decoder.u8()? == 1 { Some(whole.slice_ref(decoder.sized_bytes()?)) } else { None };
    Ok((owner, key, value))
}

/// What a piece file begins with, by its body's checksum.
pub(crate) fn piece_head(body_crc: u32) -> Vec<u8> {
    head(PIECE_MAGIC, body_crc)
}

/// The changes in a piece file; the error says what is wrong with it.
pub(crate) fn read_piece(piece: &Piece, file: &Bytes) -> Result<Bytes, String> {
    if file.len() as u64 != piece.bytes || crc32c::crc32c(file) != piece.crc {
        return Err(OTHER_FILE.to_owned());
    }
    unsealed(PIECE_MAGIC, file).map(|body| file.slice_ref(body))
}

/// What is wrong with a file whose length or checksum is another.
pub(crate) const OTHER_FILE: &str = "it is not the file that the checkpoint wrote";

/// Whether a file begins as a piece of a known version; the error says what is wrong with it.
pub(crate) fn check_piece_head(file: &[u8]) -> Result<(), String> {
    read_head(PIECE_MAGIC, file).map(|_| ())
}

fn sealed(magic: &[u8; 8], body: &[u8]) -> Vec<u8> {
    let mut out = head(magic, crc32c::crc32c(body));
    out.extend(body);
    out
}

fn head(magic: &[u8; 8], body_crc: u32) -> Vec<u8> {
    [&magic[..], &VERSION.to_be_bytes(), &body_crc.to_be_bytes()].concat()
}

fn unsealed<'a>(magic: &[u8; 8], sealed: &'a [u8]) -> Result<&'a [u8], String> {
    let crc = read_head(magic, sealed)?;
    let body = sealed.get(SEAL_BYTES..).unwrap_or_default();
    if crc32c::crc32c(body) != crc {
        return Err("its checksum is wrong".to_owned());
    }
    Ok(body)
}

/// The checksum in a head.
fn read_head(magic: &[u8; 8], sealed: &[u8]) -> Result<u32, String> {
    let mut decoder = Decoder::new(sealed);
    let head = decoder.array::<8>().and_then(|found| Ok((found, decoder.u32()?, decoder.u32()?)));
    let (found, version, crc) = head.map_err(|error| error.to_string())?;
    if found != *magic {
        return Err("it is no part of a checkpoint".to_owned());
    }
    if version > VERSION {
        return Err(format!(
            "its format has version {version}, and versions to {VERSION} are known; use a newer Yeoul"
        ));
    }
    Ok(crc)
}

fn count(out: &mut Vec<u8>, count: usize) {
    // What is kept of a job is bounded far below 4 GiB (`JOB_META_BYTES_MAX`, the state's budget).
    out.extend(u32::try_from(count).unwrap_or(u32::MAX).to_be_bytes());
}

fn bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    count(out, bytes.len());
    out.extend(bytes);
}

fn list<I: IntoIterator<IntoIter: ExactSizeIterator>>(
    out: &mut Vec<u8>,
    items: I,
    mut put: impl FnMut(&mut Vec<u8>, I::Item),
) {
    let items = items.into_iter();
    count(out, items.len());
    items.for_each(|item| put(out, item));
}

fn read_list<T>(
    decoder: &mut Decoder<'_>,
    item_bytes_min: usize,
    read: impl Fn(&mut Decoder<'_>) -> Result<T, DecodeError>,
) -> Result<Vec<T>, DecodeError> {
    let count = decoder.count(item_bytes_min)?;
    (0..count).map(|_| read(decoder)).collect()
}

fn read_bytes(decoder: &mut Decoder<'_>) -> Result<Bytes, DecodeError> {
    decoder.sized_bytes().map(Bytes::copy_from_slice)
}
