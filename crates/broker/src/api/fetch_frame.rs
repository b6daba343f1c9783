//! The fetch response on the wire, put together around record batches that are not copied.
//!
//! ```text
//! throttle_time_ms:i32  [v7+: error_code:i16 session_id:i32]  topics[ name | v13+: id
//!     partitions[ what the codec writes for a partition, up to its records  records ] ]
//! ```
//! From version 12 on, lengths are unsigned varints of the value plus one, and every structure ends with a count of
//! tags, here 0. The codec writes a partition with empty records, whose encoding is then cut off and replaced.

use bytes::{BufMut, Bytes};
use kafka_protocol::ResponseError;
use kafka_protocol::messages::fetch_response::{AbortedTransaction as FetchedAborted, PartitionData};
use kafka_protocol::messages::{ProducerId, TopicName};
use uuid::Uuid;
use yeoul_base::Offset;
use yeoul_log::Isolation;
use yeoul_log::batch::AbortedTransaction;

use crate::reply::{Reply, ReplyTo, ReplyWriter};
use crate::request::{Request, RequestError};

/// The first version with an error code for the whole response.
const TOP_LEVEL_ERROR: i16 = 7;
/// The first version with compact lengths and tags.
const FLEXIBLE: i16 = 12;
/// The first version that names topics by id.
const TOPIC_IDS: i16 = 13;

/// A topic of the response.
pub(crate) struct TopicFound {
    pub(crate) name: TopicName,
    pub(crate) id: Uuid,
    pub(crate) partitions: Vec<PartitionFound>,
}

/// A partition of the response.
pub(crate) struct PartitionFound {
    pub(crate) index: i32,
    pub(crate) error: Option<ResponseError>,
    pub(crate) high_watermark: Offset,
    pub(crate) last_stable: Offset,
    /// What the client reads; only a reader of committed records is told what was aborted.
    pub(crate) isolation: Isolation,
    pub(crate) aborted: Vec<AbortedTransaction>,
    pub(crate) log_start: Offset,
    pub(crate) records: Vec<Bytes>,
}

impl PartitionFound {
    /// No records.
    pub(crate) fn empty(index: i32, high_watermark: Offset, log_start: Offset) -> PartitionFound {
        PartitionFound {
            index,
            error: None,
            high_watermark,
            last_stable: high_watermark,
            isolation: Isolation::Uncommitted,
            aborted: Vec::new(),
            log_start,
            records: Vec::new(),
        }
    }

    pub(crate) fn error(index: i32, error: ResponseError) -> PartitionFound {
        PartitionFound { error: Some(error), ..PartitionFound::empty(index, Offset(-1), Offset(-1)) }
    }

    /// The size of the records.
    pub(crate) fn bytes(&self) -> usize {
        self.records.iter().map(Bytes::len).sum()
    }
}

/// Encodes the response.
pub(crate) fn encode(
    to: &ReplyTo,
    error_code: i16,
    session_id: i32,
    topics: Vec<TopicFound>,
) -> Result<Reply, RequestError> {
    encode_all(to, 0, error_code, session_id, topics)
}

/// A response without records to a client that has to be silent for so many milliseconds.
pub(crate) fn throttled(to: &ReplyTo, throttle_ms: i32) -> Result<Reply, RequestError> {
    encode_all(to, throttle_ms, 0, 0, Vec::new())
}

fn encode_all(
    to: &ReplyTo,
    throttle_ms: i32,
    error_code: i16,
    session_id: i32,
    topics: Vec<TopicFound>,
) -> Result<Reply, RequestError> {
    let mut frame = FetchFrame { reply: ReplyWriter::new(to), to: *to };
    frame.reply.small().put_i32(throttle_ms);
    if to.version >= TOP_LEVEL_ERROR {
        frame.reply.small().put_i16(error_code);
        frame.reply.small().put_i32(session_id);
    }
    frame.count(topics.len())?;
    for topic in topics {
        frame.topic(topic)?;
    }
    frame.no_tags();
    frame.reply.finish()
}

/// What was aborted among the records: null for who reads everything.
fn aborted(partition: &PartitionFound) -> Option<Vec<FetchedAborted>> {
    let aborted = |transaction: &AbortedTransaction| {
        FetchedAborted::default()
            .with_producer_id(ProducerId(transaction.producer))
            .with_first_offset(transaction.first)
    };
    (partition.isolation == Isolation::Committed).then(|| partition.aborted.iter().map(aborted).collect())
}

struct FetchFrame {
    reply: ReplyWriter,
    to: ReplyTo,
}

impl FetchFrame {
    fn topic(&mut self, topic: TopicFound) -> Result<(), RequestError> {
        if self.to.version >= TOPIC_IDS {
            self.reply.small().put_slice(topic.id.as_bytes());
        } else {
            self.name(&topic.name)?;
        }
        self.count(topic.partitions.len())?;
        for partition in topic.partitions {
            self.partition(partition)?;
        }
        self.no_tags();
        Ok(())
    }

    fn partition(&mut self, partition: PartitionFound) -> Result<(), RequestError> {
        let data = PartitionData::default()
            .with_partition_index(partition.index)
            .with_error_code(partition.error.map_or(0, |error| error.code()))
            .with_high_watermark(partition.high_watermark.0)
            .with_last_stable_offset(partition.last_stable.0)
            .with_aborted_transactions(aborted(&partition))
            .with_log_start_offset(partition.log_start.0)
            .with_records(Some(Bytes::new()));
        self.reply.message(&data)?;
        // Empty records: a length of four bytes, or the varint 1 and the count of tags.
        let empty = if self.flexible() { 2 } else { 4 };
        let written = self.reply.small().len();
        self.reply.small().truncate(written - empty);
        self.count(partition.bytes())?;
        for records in partition.records {
            self.reply.pass(records);
        }
        self.no_tags();
        Ok(())
    }

    fn name(&mut self, name: &str) -> Result<(), RequestError> {
        if self.flexible() {
            self.count(name.len())?;
        } else {
            let length = i16::try_from(name.len()).map_err(|error| self.unencodable(&error))?;
            self.reply.small().put_i16(length);
        }
        self.reply.small().put_slice(name.as_bytes());
        Ok(())
    }

    /// A count of items or bytes.
    fn count(&mut self, count: usize) -> Result<(), RequestError> {
        let count = i32::try_from(count).map_err(|error| self.unencodable(&error))?;
        if self.flexible() {
            self.reply.unsigned(count.cast_unsigned() + 1);
        } else {
            self.reply.small().put_i32(count);
        }
        Ok(())
    }

    fn no_tags(&mut self) {
        if self.flexible() {
            self.reply.small().put_u8(0);
        }
    }

    fn flexible(&self) -> bool {
        self.to.version >= FLEXIBLE
    }

    fn unencodable(&self, error: &dyn std::fmt::Display) -> RequestError {
        Request::unencodable(self.to.api, self.to.version, error)
    }
}
