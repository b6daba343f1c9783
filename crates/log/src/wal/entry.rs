//! The kinds of entries, and the payloads of those that are not batches.

use bytes::Bytes;
use yeoul_base::decode::{DecodeError, Decoder};
use yeoul_base::limits::TOPIC_PARTITIONS_MAX;
use yeoul_base::{JobName, TopicId};

use crate::batch::BATCH_HEADER_BYTES;
use crate::encode::Encoder;

use super::ENTRY_HEADER;

/// What an entry is. The next kind takes the next free number; a number that was given stays given.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    /// A batch with its offsets, visible.
    Batch = 1,
    /// A batch that a job wrote ahead: without offsets, visible only by a commit.
    Staged = 2,
    /// A topic begins.
    CreateTopic = 3,
    /// A topic ends; payload: its id.
    DeleteTopic = 4,
    /// Producer ids below a number are handed out; payload: eight bytes.
    ProducerIds = 5,
    /// A job's checkpoint.
    Commit = 6,
    /// A job is forgotten; payload: its name.
    ForgetJob = 7,
    /// A partition begins later; payload: the offset, eight bytes.
    LogStart = 8,
    /// Rows of tables; payload: see [`table`](crate::table).
    Rows = 9,
    /// A transaction ends in all its partitions; see `end_record`.
    EndTransaction = 10,
    /// A topic has other settings; payload: its id, and all settings that are set.
    AlterTopic = 20,
    /// A topic has more partitions; payload: its id, the first new slot, how many.
    AddPartitions = 21,
}

impl Kind {
    pub(crate) fn from_number(number: u8) -> Option<Kind> {
        use Kind::{
            AddPartitions, AlterTopic, Batch, Commit, CreateTopic, DeleteTopic, EndTransaction, ForgetJob, LogStart,
            ProducerIds, Rows, Staged,
        };
        [
            Batch,
            Staged,
            CreateTopic,
            DeleteTopic,
            ProducerIds,
            Commit,
            ForgetJob,
            LogStart,
            Rows,
            EndTransaction,
            AlterTopic,
            AddPartitions,
        ]
        .into_iter()
        .find(|kind| *kind as u8 == number)
    }

    /// How much of the payload the entry's own checksum covers.
    pub(crate) fn checked_bytes(self, payload: usize) -> usize {
        match self {
            Kind::Batch | Kind::Staged => payload.min(BATCH_HEADER_BYTES),
            _ => payload,
        }
    }
}

/// An entry as it lies in a group's bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry<'a> {
    pub(crate) kind: Kind,
    pub(crate) slot: u32,
    /// Where the entry begins, from the group's start.
    pub(crate) at: usize,
    pub(crate) payload: &'a [u8],
}

/// An entry's header for a payload that begins with `checked`; the checksum is in it and beside it.
pub(crate) fn entry_header(kind: Kind, slot: u32, payload_bytes: usize, checked: &[u8]) -> ([u8; ENTRY_HEADER], u32) {
    let size = u32::try_from(payload_bytes).expect("limits keep payloads below 2^32 bytes").to_be_bytes();
    let mut rest = [0; 8];
    let [number, _, _, _, slot_place @ ..] = &mut rest;
    *number = kind as u8;
    *slot_place = slot.to_be_bytes();
    let check = crc32c::crc32c_append(crc32c::crc32c_append(crc32c::crc32c(&size), &rest), checked);
    let mut header = [0; ENTRY_HEADER];
    let mut write = |at: usize, bytes: &[u8]| {
        for (place, byte) in header.iter_mut().skip(at).zip(bytes) {
            *place = *byte;
        }
    };
    write(0, &size);
    write(4, &check.to_be_bytes());
    write(8, &rest);
    (header, check)
}

/// The payload of [`Kind::CreateTopic`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct TopicRecord {
    pub(crate) id: TopicId,
    pub(crate) first_slot: u32,
    pub(crate) partitions: i32,
    pub(crate) name: String,
    pub(crate) config: String,
}

impl TopicRecord {
    pub(crate) fn encode(&self, out: &mut Encoder) {
        out.raw(&self.id.0);
        out.u32(self.first_slot);
        out.i32(self.partitions);
        out.sized(self.name.as_bytes());
        out.sized(self.config.as_bytes());
    }

    pub(crate) fn decode(from: &mut Decoder<'_>) -> Result<TopicRecord, DecodeError> {
        let (id, first_slot, at) = (TopicId(from.array()?), from.u32()?, from.position());
        let partitions = from.i32()?;
        let within = |count: &i32| (0..=TOPIC_PARTITIONS_MAX).contains(count);
        let slots = u32::try_from(partitions).ok().filter(|_| within(&partitions));
        if slots.and_then(|slots| first_slot.checked_add(slots)).is_none() {
            return Err(DecodeError::Count { at, count: i64::from(partitions) });
        }
        Ok(TopicRecord { id, first_slot, partitions, name: from.text()?.to_owned(), config: from.text()?.to_owned() })
    }
}

/// A batch that a commit makes visible: where it lies, and the offsets that it gets.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct CommittedBatch {
    pub(crate) slot: u32,
    pub(crate) base: i64,
    pub(crate) records: i32,
    pub(crate) max_timestamp: i64,
    pub(crate) file: u32,
    /// Where its entry begins in the file.
    pub(crate) at: u32,
    /// The batch's size in bytes.
    pub(crate) bytes: u32,
}

const COMMITTED_BATCH_BYTES: usize = 36;

/// The payload of [`Kind::Commit`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct CommitRecord {
    pub(crate) job: JobName,
    pub(crate) checkpoint: u64,
    pub(crate) batches: Vec<CommittedBatch>,
    pub(crate) meta: Bytes,
}

impl CommitRecord {
    /// What [`encode`](CommitRecord::encode) makes, in bytes.
    pub(crate) fn size(job: &JobName, batches: usize, meta: usize) -> usize {
        20 + job.0.len() + batches * COMMITTED_BATCH_BYTES + meta
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let size = CommitRecord::size(&self.job, self.batches.len(), self.meta.len());
        let mut out = Encoder(Vec::with_capacity(size));
        out.sized(self.job.0.as_bytes());
        out.u64(self.checkpoint);
        out.count(self.batches.len());
        for batch in &self.batches {
            out.u32(batch.slot);
            out.i64(batch.base);
            out.i32(batch.records);
            out.i64(batch.max_timestamp);
            out.u32(batch.file);
            out.u32(batch.at);
            out.u32(batch.bytes);
        }
        out.sized(&self.meta);
        out.0
    }

    pub(crate) fn decode(payload: &[u8]) -> Result<CommitRecord, DecodeError> {
        let mut from = Decoder::new(payload);
        let job = JobName(from.text()?.to_owned());
        let checkpoint = from.u64()?;
        let count = from.count(COMMITTED_BATCH_BYTES)?;
        let mut batches = Vec::with_capacity(count);
        for _ in 0..count {
            batches.push(CommittedBatch {
                slot: from.u32()?,
                base: from.i64()?,
                records: from.i32()?,
                max_timestamp: from.i64()?,
                file: from.u32()?,
                at: from.u32()?,
                bytes: from.u32()?,
            });
        }
        Ok(CommitRecord { job, checkpoint, batches, meta: Bytes::copy_from_slice(from.sized_bytes()?) })
    }
}
