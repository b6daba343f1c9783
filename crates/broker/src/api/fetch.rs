//! `Fetch`: record batches out of the log, as they lie there. A request that finds less than the client's `min_bytes`
//! waits for the high watermark to move, up to the client's `max_wait_ms`.
//!
//! A client with a fetch session (KIP-227, see `fetch_session`) names only what changed since its last fetch, and is
//! answered only what did.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use kafka_protocol::ResponseError;
use kafka_protocol::messages::fetch_request::{FetchPartition, FetchTopic};
use kafka_protocol::messages::{FetchRequest, TopicName};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::Instant;
use uuid::Uuid;
use yeoul_base::{Offset, PartitionId};
use yeoul_log::{Isolation, Log, ReadError, Topic};

use crate::acl::screen;
use crate::api::fetch_frame::{PartitionFound, TopicFound, encode, throttled};
use crate::context::Context;
use crate::dispatch::{self, Answer};
use crate::error_code;
use crate::quota::limits::Kind;
use crate::reply::ReplyTo;
use crate::request::{Request, RequestError};

/// The longest that a fetch waits, whatever the client asks for.
const WAIT_MAX: Duration = Duration::from_secs(300);
/// How long to wait before looking again at records that were too few.
const LOOK_AGAIN: Duration = Duration::from_millis(10);
/// The first version that names topics by id.
const TOPIC_IDS: i16 = 13;
/// What a response may hold when the budget of all responses is used up.
const SCARCE_BYTES: usize = 64 << 10;

/// The future waits for records.
pub(crate) fn begin(context: &Context, request: &Request) -> Result<Answer, RequestError> {
    let to = ReplyTo::new(request);
    let mut fetch: FetchRequest = request.decode_unscreened()?;
    let gate = dispatch::gate(context, request);
    let by_id = request.version >= TOPIC_IDS;
    let context = context.clone();
    let client_id = request.client_id.clone();
    Ok(Box::pin(async move {
        // Who has fetched too much gets nothing for now, and is told for how long.
        let throttle = context.used(Kind::Fetched, &client_id, 0.0);
        if throttle > 0 {
            return throttled(&to, throttle).map(Some);
        }
        let session = match context.shared.sessions.begin(by_id, &mut fetch) {
            Ok(session) => session,
            Err(error) => return encode(&to, error.code(), 0, Vec::new()).map(Some),
        };
        // Behind the session, which may be another client's.
        let denied = screen::fetch(&mut fetch, &gate);
        let wish = Wish { answer_now: !denied.is_empty(), ..Wish::new(&context, by_id, fetch) };
        let (mut found, held) = wait_and_read(&context, Arc::new(wish)).await;
        context.count_fetched(&client_id, bytes_of(&found));
        let id = context.shared.sessions.end(session, &mut found);
        found.extend(denied.into_iter().map(denied_topic));
        encode(&to, 0, id, found).map(|reply| Some(reply.holding(held)))
    }))
}

fn denied_topic(topic: FetchTopic) -> TopicFound {
    let error = |partition: &FetchPartition| {
        PartitionFound::error(partition.partition, ResponseError::TopicAuthorizationFailed)
    };
    TopicFound { partitions: topic.partitions.iter().map(error).collect(), name: topic.topic, id: topic.topic_id }
}

/// What the client wants.
struct Wish {
    /// Whether there is an error to be told, which should not wait for records.
    answer_now: bool,
    topics: Vec<TopicWish>,
    bytes_min: usize,
    bytes_max: usize,
    wait: Duration,
    isolation: Isolation,
}

struct TopicWish {
    name: TopicName,
    id: Uuid,
    /// Whether the request names topics by id.
    by_id: bool,
    topic: Option<Arc<Topic>>,
    partitions: Vec<FetchPartition>,
}

impl Wish {
    fn new(context: &Context, by_id: bool, request: FetchRequest) -> Wish {
        let topic = |wish: FetchTopic| TopicWish {
            topic: context.topic(&wish.topic, wish.topic_id),
            by_id,
            name: wish.topic,
            id: wish.topic_id,
            partitions: wish.partitions,
        };
        let bytes_max = usize::try_from(request.max_bytes).unwrap_or(0).min(context.config().fetch_bytes_max);
        Wish {
            answer_now: false,
            topics: request.topics.into_iter().map(topic).collect(),
            bytes_min: usize::try_from(request.min_bytes).unwrap_or(0).min(bytes_max),
            bytes_max,
            isolation: isolation(request.isolation_level),
            wait: Duration::from_millis(u64::try_from(request.max_wait_ms).unwrap_or(0)).min(WAIT_MAX),
        }
    }

    /// Whether reading gives anything: records, or an error to be told. Looks at no disk.
    fn has_something(&self, log: &Log) -> bool {
        self.topics.iter().any(|wish| {
            let Some(topic) = wish.topic.as_deref() else { return true };
            wish.partitions.iter().any(|partition| has_something(log, topic, partition, self.isolation))
        })
    }

    /// Reads all partitions, in the client's order, until the limit is reached.
    fn read(&self, log: &Log, limit: usize) -> Vec<TopicFound> {
        let mut left = limit;
        let mut first = true;
        let mut found = Vec::with_capacity(self.topics.len());
        for wish in &self.topics {
            let read = |partition| read_partition(log, wish, partition, self.isolation, &mut left, &mut first);
            let partitions = wish.partitions.iter().map(read).collect();
            found.push(TopicFound { name: wish.name.clone(), id: wish.id, partitions });
        }
        found
    }
}

/// What a client's isolation level means: 1 is `read_committed`.
pub(crate) fn isolation(level: i8) -> Isolation {
    if level == 1 { Isolation::Committed } else { Isolation::Uncommitted }
}

fn has_something(log: &Log, topic: &Topic, wish: &FetchPartition, isolation: Isolation) -> bool {
    let bounds = log.bounds(topic.id, PartitionId(wish.partition));
    bounds.is_none_or(|bounds| {
        let end = bounds.readable_end(isolation);
        // Between the last stable offset and the high watermark there is nothing yet, and nothing wrong.
        let waits = (end..=bounds.high_watermark).contains(&Offset(wish.fetch_offset));
        !waits || error_code::fetching_epoch(wish.current_leader_epoch).is_some()
    })
}

/// Reads one partition. The first that has records gives at least one batch, however large, so that every client
/// gets on; the others nothing once the limit is reached.
fn read_partition(
    log: &Log,
    wish: &TopicWish,
    partition: &FetchPartition,
    isolation: Isolation,
    left: &mut usize,
    first: &mut bool,
) -> PartitionFound {
    let index = partition.partition;
    let Some(topic) = wish.topic.as_deref() else {
        let unknown = if wish.by_id { ResponseError::UnknownTopicId } else { ResponseError::UnknownTopicOrPartition };
        return PartitionFound::error(index, unknown);
    };
    if let Some(error) = error_code::fetching_epoch(partition.current_leader_epoch) {
        return PartitionFound::error(index, error);
    }
    let limit = usize::try_from(partition.partition_max_bytes).unwrap_or(0).min(*left);
    match read_up_to(log, topic, partition, isolation, limit, *first) {
        Ok(found) => {
            let bytes = found.bytes();
            *left = left.saturating_sub(bytes);
            *first &= bytes == 0;
            found
        }
        Err(error) => failed(index, &error),
    }
}

fn read_up_to(
    log: &Log,
    topic: &Topic,
    wish: &FetchPartition,
    isolation: Isolation,
    limit: usize,
    at_least_one: bool,
) -> Result<PartitionFound, ReadError> {
    let partition = PartitionId(wish.partition);
    let unknown = || ReadError::UnknownPartition { topic: topic.name.clone(), partition };
    let bounds = log.bounds(topic.id, partition).ok_or_else(unknown)?;
    let mut found = PartitionFound::empty(wish.partition, bounds.high_watermark, bounds.log_start);
    found.last_stable = bounds.last_stable;
    found.isolation = isolation;
    let from = Offset(wish.fetch_offset);
    if from == bounds.high_watermark || (limit == 0 && !at_least_one) {
        return Ok(found);
    }
    let read = log.read_isolated(topic.id, partition, from, limit, isolation)?;
    found.high_watermark = read.high_watermark;
    found.last_stable = read.last_stable;
    found.log_start = read.log_start;
    found.aborted = read.aborted;
    if at_least_one || read.data.iter().map(Bytes::len).sum::<usize>() <= limit {
        found.records = read.data;
    }
    Ok(found)
}

fn failed(index: i32, error: &ReadError) -> PartitionFound {
    if matches!(error, ReadError::Damaged { .. } | ReadError::Io { .. }) {
        tracing::error!(%error, "can't serve records");
    }
    PartitionFound::error(index, error_code::read(error))
}

/// What was read, and the share of the budget that it takes.
type Held = (Vec<TopicFound>, Option<OwnedSemaphorePermit>);

/// Reads as soon as there is enough, or the time is over, or the broker closes.
async fn wait_and_read(context: &Context, wish: Arc<Wish>) -> Held {
    let deadline = Instant::now() + wish.wait;
    let mut moved = context.log().subscribe();
    let mut last_look = wish.answer_now || wish.topics.is_empty() || wish.bytes_min == 0;
    loop {
        moved.borrow_and_update();
        if last_look || wish.has_something(context.log()) {
            let (found, held) = read(context, wish.clone()).await;
            if last_look || is_enough(&found, wish.bytes_min) {
                return (found, held);
            }
            // Too little: the next look is not worth it at once.
            tokio::time::sleep_until(deadline.min(Instant::now() + LOOK_AGAIN)).await;
        }
        tokio::select! {
            changed = moved.changed() => last_look = changed.is_err(),
            () = tokio::time::sleep_until(deadline) => last_look = true,
            () = context.shared.closed() => last_look = true,
            () = context.hung_up() => last_look = true,
        }
    }
}

/// Enough bytes, or an error, which the client should learn of at once.
fn is_enough(found: &[TopicFound], bytes_min: usize) -> bool {
    let mut partitions = found.iter().flat_map(|topic| &topic.partitions);
    let bytes = bytes_of(found);
    bytes >= bytes_min || partitions.any(|partition| partition.error.is_some())
}

fn bytes_of(found: &[TopicFound]) -> usize {
    found.iter().flat_map(|topic| &topic.partitions).map(PartitionFound::bytes).sum()
}

/// Reads on a thread that may wait for the disk, unless there is nothing to read.
async fn read(context: &Context, wish: Arc<Wish>) -> Held {
    let log = context.log().clone();
    if !wish.has_something(&log) {
        return (wish.read(&log, 0), None);
    }
    let (limit, held) = reserve(context, wish.bytes_max);
    let found = tokio::task::spawn_blocking(move || wish.read(&log, limit)).await.unwrap_or_default();
    let bytes = bytes_of(&found);
    // What was reserved and not used goes back at once.
    (found, held.and_then(|mut held| held.split(bytes.min(limit))))
}

/// How much may be read: as much as was asked for while the budget lasts, which slow readers may use up; little then,
/// so that everybody gets on.
fn reserve(context: &Context, bytes: usize) -> (usize, Option<OwnedSemaphorePermit>) {
    let budget = context.shared.response_bytes.clone();
    let permits = u32::try_from(bytes).unwrap_or(u32::MAX);
    match budget.try_acquire_many_owned(permits) {
        Ok(held) => (bytes, Some(held)),
        Err(_) => (bytes.min(SCARCE_BYTES), None),
    }
}
