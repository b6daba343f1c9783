//! `ListOffsets`: the offset at a time. Negative times are names: the earliest, the latest, the greatest timestamp.
//!
//! For a reader of committed records the latest offset is the last stable one.

use std::collections::HashMap;

use kafka_protocol::ResponseError;
use kafka_protocol::messages::list_offsets_request::{ListOffsetsPartition, ListOffsetsTopic};
use kafka_protocol::messages::list_offsets_response::{ListOffsetsPartitionResponse, ListOffsetsTopicResponse};
use kafka_protocol::messages::{ListOffsetsRequest, ListOffsetsResponse, TopicName};
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
        let isolation = fetch::isolation(request.isolation_level);
        let mut named = Named::of(&request.topics);
        let topics = request.topics.into_iter();
        topics.filter_map(|topic| find_topic(&context, version, isolation, topic, &mut named)).collect()
    });
    ListOffsetsResponse::default().with_topics(topics.await.unwrap_or_default())
}

fn find_topic(
    context: &Context,
    version: i16,
    isolation: Isolation,
    asked: ListOffsetsTopic,
    named: &mut Named,
) -> Option<ListOffsetsTopicResponse> {
    let topic = context.topic(&asked.name, Uuid::nil());
    let answered = asked.partitions.iter().filter_map(|partition| {
        let place = (asked.name.clone(), partition.partition_index);
        if let Some(twice) = named.take(&place) {
            return twice;
        }
        let known = version >= known_since(partition.timestamp);
        let found = || find_partition(context.log(), topic.as_deref(), isolation, partition);
        let found = if known { found() } else { Err(ResponseError::UnsupportedVersion) };
        let response = ListOffsetsPartitionResponse::default().with_partition_index(partition.partition_index);
        Some(match found {
            Ok(Some((offset, time))) => {
                let response = response.with_offset(offset.0).with_timestamp(time.map_or(-1, |time| time.0));
                if version >= LEADER_EPOCHS { response.with_leader_epoch(LEADER_EPOCH) } else { response }
            }
            Ok(None) => response,
            Err(error) => response.with_error_code(error.code()),
        })
    });
    let answered: Vec<ListOffsetsPartitionResponse> = answered.collect();
    let nothing_left = answered.is_empty() && !asked.partitions.is_empty();
    let response = ListOffsetsTopicResponse::default().with_partitions(answered).with_name(asked.name);
    (!nothing_left).then_some(response)
}

/// How often a request names each partition: those that it names twice are refused, and answered once.
struct Named(HashMap<(TopicName, i32), usize>);

impl Named {
    fn of(topics: &[ListOffsetsTopic]) -> Named {
        let mut named = HashMap::new();
        for topic in topics {
            for partition in &topic.partitions {
                *named.entry((topic.name.clone(), partition.partition_index)).or_insert(0) += 1;
            }
        }
        named.retain(|_, times| *times > 1);
        Named(named)
    }

    /// What a partition that is named twice gets: its refusal, then nothing.
    fn take(&mut self, place: &(TopicName, i32)) -> Option<Option<ListOffsetsPartitionResponse>> {
        let times = self.0.get_mut(place)?;
        let first = std::mem::take(times) > 0;
        let refused = ListOffsetsPartitionResponse::default().with_partition_index(place.1);
        Some(first.then(|| refused.with_error_code(ResponseError::InvalidRequest.code())))
    }
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
