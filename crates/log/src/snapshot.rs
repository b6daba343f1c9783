//! Index checkpoints: the whole state of the log behind a group, so that a start reads only the groups after it.
//!
//! `index/<sequence of the group, 20 digits>.a.idx`, and the same bytes once more as `.b.idx`, since nothing else
//! holds what is in it once the write-ahead log's files are gone:
//! ```text
//! "YEOULIDX" (8), format version (4), key (8), size of the body (8), CRC-32C of the body (4), CRC-32C of what is before (4)
//! body: sequence (8), file (8), position behind the group (8), time of the log (8), next slot (4), next producer id (8)
//!       from version 3: topics whose slots are not in one row (4), each: id (16), slots (4), each 4 bytes
//!       topics (4), each: id (16), first slot (4), partitions (4), name, settings (`key=value` lines),
//!         and per partition: log start (8), high watermark (8),
//!           segments (4), each: first offset, end, bytes, greatest timestamp, time of the last append (8 each),
//!             from version 3: time of the first append (8), tombstones' horizon (8), generation (4), flags (4: 1 clean,
//!             2 in the data folder, 4 in the object store)
//!           hot batches (4), each: first offset (8), greatest timestamp (8), file (4), place (4), bytes (4)
//!           producers (4), each: id (8), epoch (2), time (8), batches (4), each: first and last sequence (4), offset (8)
//!       jobs (4), each: name, checkpoint (8), meta
//!       from version 2 on, sections (4), each: number (1), size (8), content. 1: rows, see `table`;
//!         2: partitions with transactions (4), each: slot (4),
//!           aborted ones (4), each: producer (8), offsets of the first record and of the marker (8 each),
//!           producers (4), each: id (8), offset where its transaction is open from or -1 (8), coordinator epoch (4)
//! ```
//! What comes to be stored later is a section of its own, with the next free number. One that is not known here was
//! written by a newer Yeoul, and is refused.
//! Numbers are big-endian; texts and bytes have their length (4) before them.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use yeoul_base::decode::{DecodeError, Decoder};
use yeoul_base::disk::{read_file, write_file_durable};
use yeoul_base::limits::INDEX_BYTES_MAX;
use yeoul_base::{Disk, JobName, PartitionId, TopicId};

use crate::batch::AbortedTransaction;
use crate::checksum;
use crate::encode::Encoder;
use crate::error::OpenError;
use crate::partition::{HotBatch, Partition, PartitionState, Place, SegmentRef};
use crate::producer::Producers;
use crate::shared::{Shared, TopicParts, read};
use crate::table::{Row, decode_rows};
use crate::topic::Topic;
use crate::topic_config::TopicConfig;
use crate::wal::TopicRecord;

const MAGIC: &[u8; 8] = b"YEOULIDX";
const VERSION: u32 = 3;
/// The section of the keyed tables.
const SECTION_TABLES: u8 = 1;
/// The section of transactions: what was aborted, and what is open.
const SECTION_TRANSACTIONS: u8 = 2;
const HEADER: usize = 36;

/// Where the log stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Standing {
    /// The sequence of the last group.
    pub(crate) sequence: u64,
    /// The file that groups go to.
    pub(crate) file: u32,
    /// Where the next group begins in it.
    pub(crate) position: u64,
    /// The log's time at the last group, in milliseconds.
    pub(crate) time: i64,
    pub(crate) next_slot: u32,
    pub(crate) next_producer_id: i64,
}

/// An index checkpoint in memory, encoded.
pub(crate) struct Snapshot {
    pub(crate) sequence: u64,
    /// The first write-ahead log file that is needed with it.
    pub(crate) first_file: u32,
    /// The file that groups go to.
    pub(crate) file: u32,
    /// How many replacements of segments are in it at least.
    pub(crate) replacements: u64,
    body: Vec<u8>,
}

/// What an index checkpoint says.
#[derive(Default)]
pub(crate) struct Loaded {
    pub(crate) standing: Standing,
    pub(crate) topics: Vec<Arc<TopicParts>>,
    pub(crate) producers: HashMap<u32, Producers>,
    pub(crate) jobs: Vec<(JobName, (u64, Bytes))>,
    pub(crate) rows: Vec<Row>,
}

impl Snapshot {
    /// Encodes the state; `producers` gives those of a slot. Jobs and tables are taken as they are visible.
    pub(crate) fn take<'a>(
        standing: &Standing,
        topics: &[Arc<TopicParts>],
        producers: impl Fn(u32) -> Option<&'a Producers>,
        shared: &Shared,
    ) -> Snapshot {
        let mut out = Encoder::default();
        let mut first_file = standing.file;
        encode_standing(standing, &mut out);
        encode_slots(topics, &mut out);
        out.count(topics.len());
        for parts in topics {
            topic_record(parts).encode(&mut out);
            for partition in &parts.partitions {
                let state = partition.read();
                first_file = state.hot.iter().map(|batch| batch.file).fold(first_file, u32::min);
                encode_partition(&state, &mut out);
                producers(partition.slot).unwrap_or(&Producers::default()).encode(&mut out);
            }
        }
        encode_jobs(&read(&shared.jobs), &mut out);
        out.count(2);
        section(SECTION_TABLES, &mut out, |out| read(&shared.tables).encode(out));
        section(SECTION_TRANSACTIONS, &mut out, |out| encode_transactions(topics, producers, out));
        Snapshot { sequence: standing.sequence, first_file, file: standing.file, replacements: 0, body: out.0 }
    }

    /// Writes both copies, durable, and removes older checkpoints.
    pub(crate) fn store(&self, disk: &dyn Disk, dir: &Path, key: u64) -> io::Result<()> {
        let mut bytes = Encoder(Vec::with_capacity(HEADER + self.body.len()));
        bytes.raw(MAGIC);
        bytes.u32(VERSION);
        bytes.u64(key);
        bytes.u64(self.body.len() as u64);
        bytes.u32(crc32c::crc32c(&self.body));
        let check = crc32c::crc32c(&bytes.0);
        bytes.u32(check);
        bytes.raw(&self.body);
        for copy in ["a", "b"] {
            write_file_durable(disk, &dir.join(format!("{:020}.{copy}.idx", self.sequence)), &bytes.0)?;
        }
        for entry in disk.list(dir)? {
            if sequence_of(&entry.name).is_some_and(|sequence| sequence < self.sequence) {
                disk.remove_file(&dir.join(&entry.name))?;
            }
        }
        Ok(())
    }
}

/// The sequence in a checkpoint's name; nothing if the name is another.
fn sequence_of(name: &str) -> Option<u64> {
    let digits = name.strip_suffix(".a.idx").or_else(|| name.strip_suffix(".b.idx"))?;
    digits.parse().ok().filter(|_| digits.len() == 20)
}

/// Reads the newest checkpoint; nothing if there is none.
pub(crate) fn load_newest(disk: &dyn Disk, dir: &Path, key: u64) -> Result<Option<Loaded>, OpenError> {
    let failed = |path: &Path, source| OpenError::Io {
        doing: "read",
        path: path.to_path_buf(),
        source,
        remedy: "give this user the right to read it",
    };
    let names = disk.list(dir).map_err(|error| failed(dir, error))?;
    let newest = names.iter().filter_map(|entry| sequence_of(&entry.name)).max();
    let Some(newest) = newest else { return Ok(None) };
    let mut first_error = None;
    for copy in ["a", "b"] {
        let path = dir.join(format!("{newest:020}.{copy}.idx"));
        let loaded = match read_file(disk, &path, INDEX_BYTES_MAX) {
            Ok(bytes) => decode(&bytes, key, &path),
            Err(error) => Err(failed(&path, error)),
        };
        match loaded {
            Ok(loaded) => return Ok(Some(loaded)),
            Err(newer @ OpenError::NewerVersion { .. }) => return Err(newer),
            Err(error) => first_error = first_error.or(Some(error)),
        }
    }
    first_error.map_or(Ok(None), Err)
}

fn decode(bytes: &[u8], key: u64, path: &Path) -> Result<Loaded, OpenError> {
    let damaged = |reason: String| OpenError::Damaged { path: PathBuf::from(path), position: 0, reason };
    let header = bytes.get(..HEADER).ok_or_else(|| damaged("it is cut off".to_owned()))?;
    let (checked, check) = header.split_at(HEADER - 4);
    if !checksum::fits_stored(checked, check) || !checked.starts_with(MAGIC) {
        return Err(damaged("its header is wrong".to_owned()));
    }
    let wrong = |error: DecodeError| damaged(format!("it {error}"));
    let mut from = Decoder::new(checked.get(8..).unwrap_or_default());
    let found = from.u32().map_err(wrong)?;
    if found > VERSION {
        return Err(OpenError::NewerVersion { path: path.to_path_buf(), found, known: VERSION });
    }
    if from.u64().map_err(wrong)? != key {
        return Err(damaged("it belongs to another data folder".to_owned()));
    }
    let size = from.u64().map_err(wrong)?;
    let crc = from.u32().map_err(wrong)?;
    let body = bytes.get(HEADER..).unwrap_or_default();
    if body.len() as u64 != size || !checksum::fits(body, crc) {
        return Err(damaged("its checksum is wrong".to_owned()));
    }
    match decode_body(body, found).map_err(wrong)? {
        Ok(loaded) => Ok(loaded),
        Err(UnknownSection(number)) => Err(damaged(format!("it has a section `{number}` that a newer Yeoul wrote"))),
    }
}

/// Writes the transactions of all partitions that have some.
fn encode_transactions<'a>(
    topics: &[Arc<TopicParts>],
    producers: impl Fn(u32) -> Option<&'a Producers>,
    out: &mut Encoder,
) {
    let at = out.0.len();
    out.u32(0);
    let mut count = 0_u32;
    for partition in topics.iter().flat_map(|parts| &parts.partitions) {
        let state = partition.read();
        let producers = producers(partition.slot).filter(|producers| producers.has_transactions());
        if state.aborted.is_empty() && producers.is_none() {
            continue;
        }
        count += 1;
        out.u32(partition.slot);
        out.count(state.aborted.len());
        for transaction in &state.aborted {
            out.i64(transaction.producer);
            out.i64(transaction.first);
            out.i64(transaction.last);
        }
        producers.unwrap_or(&Producers::default()).encode_transactions(out);
    }
    if let Some(place) = out.0.get_mut(at..at + 4) {
        place.copy_from_slice(&count.to_be_bytes());
    }
}

fn decode_transactions(loaded: &mut Loaded, from: &mut Decoder<'_>) -> Result<(), DecodeError> {
    let partitions = loaded.topics.iter().flat_map(|parts| &parts.partitions);
    let by_slot: HashMap<u32, &Arc<Partition>> = partitions.map(|partition| (partition.slot, partition)).collect();
    for _ in 0..from.count(12)? {
        let slot = from.u32()?;
        let mut aborted = VecDeque::new();
        for _ in 0..from.count(24)? {
            let (producer, first, last) = (from.i64()?, from.i64()?, from.i64()?);
            aborted.push_back(AbortedTransaction { producer, first, last });
        }
        if let Some(partition) = by_slot.get(&slot) {
            partition.write().aborted = aborted;
        }
        loaded.producers.entry(slot).or_default().restore_transactions(from)?;
    }
    Ok(())
}

/// A section that this version does not know.
struct UnknownSection(u8);

fn encode_jobs(jobs: &BTreeMap<JobName, (u64, Bytes)>, out: &mut Encoder) {
    out.count(jobs.len());
    for (name, (checkpoint, meta)) in jobs {
        out.sized(name.0.as_bytes());
        out.u64(*checkpoint);
        out.sized(meta);
    }
}

/// Writes a section; its size is put in when it is known.
fn section(number: u8, out: &mut Encoder, content: impl FnOnce(&mut Encoder)) {
    out.raw(&[number]);
    let at = out.0.len();
    out.u64(0);
    let from = out.0.len();
    content(out);
    let size = (out.0.len() - from) as u64;
    if let Some(place) = out.0.get_mut(at..from) {
        place.copy_from_slice(&size.to_be_bytes());
    }
}

fn encode_standing(standing: &Standing, out: &mut Encoder) {
    out.u64(standing.sequence);
    out.u64(u64::from(standing.file));
    out.u64(standing.position);
    out.i64(standing.time);
    out.u32(standing.next_slot);
    out.i64(standing.next_producer_id);
}

/// The slots of topics that got partitions later, or of another first slot than a row would have.
fn encode_slots(topics: &[Arc<TopicParts>], out: &mut Encoder) {
    let scattered: Vec<_> = topics.iter().filter(|parts| !is_row(parts)).collect();
    out.count(scattered.len());
    for parts in scattered {
        out.raw(&parts.topic.id.0);
        out.count(parts.partitions.len());
        for partition in &parts.partitions {
            out.u32(partition.slot);
        }
    }
}

fn is_row(parts: &TopicParts) -> bool {
    parts.partitions.iter().map(|partition| partition.slot).eq((first_slot(parts)..).take(parts.partitions.len()))
}

fn first_slot(parts: &TopicParts) -> u32 {
    parts.partitions.first().map_or(0, |partition| partition.slot)
}

fn decode_slots(from: &mut Decoder<'_>) -> Result<HashMap<TopicId, Vec<u32>>, DecodeError> {
    let count = from.count(20)?;
    let mut scattered = HashMap::with_capacity(count);
    for _ in 0..count {
        let id = TopicId(from.array()?);
        let slots = (0..from.count(4)?).map(|_| from.u32()).collect::<Result<_, _>>()?;
        scattered.insert(id, slots);
    }
    Ok(scattered)
}

fn topic_record(parts: &TopicParts) -> TopicRecord {
    TopicRecord {
        id: parts.topic.id,
        first_slot: first_slot(parts),
        partitions: parts.topic.partitions,
        name: parts.topic.name.clone(),
        config: parts.topic.config.to_text(),
    }
}

fn encode_partition(state: &PartitionState, out: &mut Encoder) {
    out.i64(state.log_start);
    out.i64(state.high_watermark);
    out.count(state.segments.len());
    for segment in &state.segments {
        out.i64(segment.base);
        out.i64(segment.end);
        out.u64(segment.bytes);
        out.i64(segment.max_timestamp);
        out.i64(segment.appended);
        out.i64(segment.began);
        out.i64(segment.horizon);
        out.u32(segment.generation);
        out.u32(flags(segment));
    }
    out.count(state.hot.len());
    for batch in &state.hot {
        out.i64(batch.base);
        out.i64(batch.max_timestamp);
        out.u32(batch.file);
        out.u32(batch.at);
        out.u32(batch.bytes);
    }
}

fn decode_body(body: &[u8], version: u32) -> Result<Result<Loaded, UnknownSection>, DecodeError> {
    let mut from = Decoder::new(body);
    let mut loaded = Loaded { standing: decode_standing(&mut from)?, ..Loaded::default() };
    let scattered = if version >= 3 { decode_slots(&mut from)? } else { HashMap::new() };
    for _ in 0..from.count(32)? {
        let record = TopicRecord::decode(&mut from)?;
        let parts = match scattered.get(&record.id) {
            Some(slots) => scattered_parts(&record, slots.iter().copied()),
            None => topic_parts(&record),
        };
        for partition in &parts.partitions {
            *partition.write() = decode_partition(&mut from, version)?;
            loaded.producers.insert(partition.slot, Producers::decode(&mut from)?);
        }
        loaded.topics.push(parts);
    }
    for _ in 0..from.count(16)? {
        let name = JobName(from.text()?.to_owned());
        let checkpoint = from.u64()?;
        loaded.jobs.push((name, (checkpoint, Bytes::copy_from_slice(from.sized_bytes()?))));
    }
    let sections = if version >= 2 { from.count(9)? } else { 0 };
    for _ in 0..sections {
        let number = from.u8()?;
        let size = usize::try_from(from.u64()?).unwrap_or(usize::MAX);
        let mut content = Decoder::new(from.bytes(size)?);
        match number {
            SECTION_TABLES => loaded.rows = decode_rows(&mut content)?,
            SECTION_TRANSACTIONS => decode_transactions(&mut loaded, &mut content)?,
            unknown => return Ok(Err(UnknownSection(unknown))),
        }
    }
    Ok(Ok(loaded))
}

fn decode_standing(from: &mut Decoder<'_>) -> Result<Standing, DecodeError> {
    Ok(Standing {
        sequence: from.u64()?,
        file: u32::try_from(from.u64()?).unwrap_or(u32::MAX),
        position: from.u64()?,
        time: from.i64()?,
        next_slot: from.u32()?,
        next_producer_id: from.i64()?,
    })
}

/// 1 clean, 2 in the data folder, 4 in the object store.
fn flags(segment: &SegmentRef) -> u32 {
    u32::from(segment.clean) | u32::from(segment.place.is_local()) << 1 | u32::from(segment.place.is_remote()) << 2
}

fn place(at: usize, flags: u32) -> Result<Place, DecodeError> {
    match flags >> 1 {
        1 => Ok(Place::Local),
        2 => Ok(Place::Remote),
        3 => Ok(Place::Both),
        _ => Err(DecodeError::Count { at, count: i64::from(flags) }),
    }
}

fn decode_segment(from: &mut Decoder<'_>, version: u32) -> Result<SegmentRef, DecodeError> {
    let (base, end, bytes) = (from.i64()?, from.i64()?, from.u64()?);
    let (max_timestamp, appended) = (from.i64()?, from.i64()?);
    let mut segment = SegmentRef::new(base, end, appended);
    (segment.bytes, segment.max_timestamp) = (bytes, max_timestamp);
    if version >= 3 {
        (segment.began, segment.horizon, segment.generation) = (from.i64()?, from.i64()?, from.u32()?);
        let at = from.position();
        let flags = from.u32()?;
        (segment.clean, segment.place) = (flags & 1 == 1, place(at, flags)?);
    }
    Ok(segment)
}

fn decode_partition(from: &mut Decoder<'_>, version: u32) -> Result<PartitionState, DecodeError> {
    let mut state = PartitionState { log_start: from.i64()?, high_watermark: from.i64()?, ..PartitionState::default() };
    for _ in 0..from.count(40)? {
        state.segments.push_back(decode_segment(from, version)?);
    }
    for _ in 0..from.count(28)? {
        state.hot.push_back(HotBatch {
            base: from.i64()?,
            max_timestamp: from.i64()?,
            file: from.u32()?,
            at: from.u32()?,
            bytes: from.u32()?,
        });
    }
    let cold = state.segments.iter().map(|segment| segment.bytes);
    let mut all = cold.chain(state.hot.iter().map(|batch| u64::from(batch.bytes)));
    let bytes = all.try_fold(0_u64, u64::checked_add);
    state.bytes = bytes.ok_or(DecodeError::Count { at: from.position(), count: i64::MAX })?;
    state.find_max_timestamp();
    Ok(state)
}

/// A topic without records, its slots in a row.
pub(crate) fn topic_parts(record: &TopicRecord) -> Arc<TopicParts> {
    scattered_parts(record, record.first_slot..)
}

/// A topic without records, its partitions at these slots.
fn scattered_parts(record: &TopicRecord, slots: impl IntoIterator<Item = u32>) -> Arc<TopicParts> {
    // What was taken when the topic was created is taken again; a setting that is gone since follows the default.
    let config = TopicConfig::from_text(&record.config).unwrap_or_default();
    let topic = Arc::new(Topic { id: record.id, name: record.name.clone(), partitions: record.partitions, config });
    let partition =
        |(number, slot): (i32, u32)| Arc::new(Partition::new(slot, PartitionId(number), Arc::clone(&topic)));
    let partitions = (0..record.partitions).zip(slots).map(partition).collect();
    Arc::new(TopicParts { topic, partitions })
}
