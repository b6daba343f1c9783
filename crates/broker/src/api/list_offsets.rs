//! `ListOffsets`: the offset at a time. Negative times are names: the earliest, the latest, the greatest timestamp.
//!
//! For a reader of committed records the latest offset is the last stable one.

use kafka_protocol::ResponseError;
use kafka_protocol::messages::list_offsets_request::{ListOffsetsPartition, ListOffsetsTopic};
use kafka_protocol::messages::list_offsets_response::{ListOffsetsPartitionResponse, ListOffsetsTopicResponse};
use kafka_protocol::messages::{ListOffsetsRequest, ListOffsetsResponse};
use uuid::Uuid;
use yeoul_base::{Offset, PartitionId, Timestamp};
use yeoul_log::{Bounds, Isolation, Log, ReadError, Topic};

use crate::api::fetch;
use crate::context::{Context, LEADER_EPOCH};
use crate::error_code;

const LATEST: i64 = -1;
const EARLIEST: i64 = -2;
const MAX_TIMESTAMP: i64 = -3;
/// The earliest that is on this machine's disk; everything is.
const EARLIEST_LOCAL: i64 = -4;
/// The latest that is elsewhere; nothing is.
const LATEST_TIERED: i64 = -5;
/// The first version whose answers carry the leader's epoch.
const LEADER_EPOCHS: i16 = 4;

/// The first version that knows the name of a time.
fn known_since(time: i64) -> i16 {
    match time {
        MAX_TIMESTAMP => 7,
        EARLIEST_LOCAL => 8,
        LATEST_TIERED => 9,
        _ => 0,
    }
}

pub(crate) async fn answer(context: Context, version: i16, request: ListOffsetsRequest) -> ListOffsetsResponse {
    // Finding a time may read the disk.
    let topics = tokio::task::spawn_blocking(move || {
        let topics = request.topics.into_iter();
        let isolation = fetch::isolation(request.isolation_level);
        topics.map(|topic| find_topic(&context, version, isolation, topic)).collect()
    });
    ListOffsetsResponse::default().with_topics(topics.await.unwrap_or_default())
}

fn find_topic(
    context: &Context,
    version: i16,
    isolation: Isolation,
    asked: ListOffsetsTopic,
) -> ListOffsetsTopicResponse {
    let topic = context.topic(&asked.name, Uuid::nil());
    let partitions = asked.partitions.iter().map(|partition| {
        let known = version >= known_since(partition.timestamp);
        let found = || find_partition(context.log(), topic.as_deref(), isolation, partition);
        let found = if known { found() } else { Err(ResponseError::UnsupportedVersion) };
        let response = ListOffsetsPartitionResponse::default().with_partition_index(partition.partition_index);
        match found {
            Ok(Some((offset, time))) => {
                let response = response.with_offset(offset.0).with_timestamp(time.map_or(-1, |time| time.0));
                if version >= LEADER_EPOCHS { response.with_leader_epoch(LEADER_EPOCH) } else { response }
            }
            Ok(None) => response,
            Err(error) => response.with_error_code(error.code()),
        }
    });
    ListOffsetsTopicResponse::default().with_partitions(partitions.collect()).with_name(asked.name)
}

/// An offset, and the time of its record where the question was about time.
type Found = Option<(Offset, Option<Timestamp>)>;

fn find_partition(
    log: &Log,
    topic: Option<&Topic>,
    isolation: Isolation,
    asked: &ListOffsetsPartition,
) -> Result<Found, ResponseError> {
    let partition = PartitionId(asked.partition_index);
    let topic = topic.ok_or(ResponseError::UnknownTopicOrPartition)?;
    let bounds = log.bounds(topic.id, partition).ok_or(ResponseError::UnknownTopicOrPartition)?;
    if let Some(error) = error_code::leader_epoch(asked.current_leader_epoch) {
        return Err(error);
    }
    let end = bounds.readable_end(isolation);
    let found = at_time(log, topic, partition, &bounds, end, asked.timestamp)?;
    // What is not decided yet is not there for a reader of committed records.
    Ok(found.filter(|(offset, time)| time.is_none() || *offset < end))
}

fn at_time(
    log: &Log,
    topic: &Topic,
    partition: PartitionId,
    bounds: &Bounds,
    end: Offset,
    time: i64,
) -> Result<Found, ResponseError> {
    let found = match time {
        LATEST => return Ok(Some((end, None))),
        EARLIEST | EARLIEST_LOCAL => return Ok(Some((bounds.log_start, None))),
        LATEST_TIERED => return Ok(None),
        MAX_TIMESTAMP => log.offset_of_max_timestamp(topic.id, partition),
        0.. => log.offset_at(topic.id, partition, Timestamp(time)),
        _ => return Err(ResponseError::UnsupportedVersion),
    };
    let found = found.map_err(|error: ReadError| error_code::read(&error))?;
    Ok(found.map(|(offset, time)| (offset, Some(time))))
}
