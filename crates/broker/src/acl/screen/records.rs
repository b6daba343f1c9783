//! Records and where they lie: produce, fetch, offsets, deletion.

use kafka_protocol::messages::delete_records_response::{DeleteRecordsPartitionResult, DeleteRecordsTopicResult};
use kafka_protocol::messages::describe_producers_response::{PartitionResponse, TopicResponse};
use kafka_protocol::messages::fetch_request::FetchTopic;
use kafka_protocol::messages::list_offsets_response::{ListOffsetsPartitionResponse, ListOffsetsTopicResponse};
use kafka_protocol::messages::offset_for_leader_epoch_response::{EpochEndOffset, OffsetForLeaderTopicResult};
use kafka_protocol::messages::produce_request::TopicProduceData;
use kafka_protocol::messages::produce_response::{PartitionProduceResponse, TopicProduceResponse};
use kafka_protocol::messages::*;

use super::{Screened, TOPIC, TRANSACTIONAL_ID, take};
use crate::acl::gate::Gate;
use crate::acl::words::Operation::{Delete, Describe, Read, Write};

pub(super) fn produce(mut request: ProduceRequest, gate: &Gate) -> Screened<ProduceRequest> {
    if let Some(id) = &request.transactional_id
        && !gate.transactional_id(Write, id)
    {
        let denied = request.topic_data.into_iter().map(|topic| denied_produce(topic, TRANSACTIONAL_ID));
        return Screened::Refused(ProduceResponse::default().with_responses(denied.collect()));
    }
    let allowed = |topic: &TopicProduceData| gate.topic_or_id(Write, &topic.name, topic.topic_id);
    let denied = take(&mut request.topic_data, allowed);
    Screened::without(request, denied, |response, denied| {
        response.responses.extend(denied.into_iter().map(|topic| denied_produce(topic, TOPIC)));
    })
}

fn denied_produce(topic: TopicProduceData, error: i16) -> TopicProduceResponse {
    let partitions = topic.partition_data.iter().map(|partition| {
        PartitionProduceResponse::default().with_index(partition.index).with_error_code(error).with_base_offset(-1)
    });
    TopicProduceResponse::default()
        .with_partition_responses(partitions.collect())
        .with_name(topic.name)
        .with_topic_id(topic.topic_id)
}

/// Takes out of a fetch what the client may not read. Its response is written piece by piece, so that its handler
/// answers for the rest.
pub(crate) fn fetch(request: &mut FetchRequest, gate: &Gate) -> Vec<FetchTopic> {
    take(&mut request.topics, |topic| gate.topic_or_id(Read, &topic.topic, topic.topic_id))
}

pub(super) fn list_offsets(mut request: ListOffsetsRequest, gate: &Gate) -> Screened<ListOffsetsRequest> {
    let denied = take(&mut request.topics, |topic| gate.topic(Describe, &topic.name));
    Screened::without(request, denied, |response, denied| {
        response.topics.extend(denied.into_iter().map(|topic| {
            let partition = |index| {
                let none = ListOffsetsPartitionResponse::default().with_offset(-1).with_timestamp(-1);
                none.with_partition_index(index).with_error_code(TOPIC)
            };
            let partitions = topic.partitions.iter().map(|asked| partition(asked.partition_index));
            ListOffsetsTopicResponse::default().with_partitions(partitions.collect()).with_name(topic.name)
        }));
    })
}

pub(super) fn offset_for_leader_epoch(
    mut request: OffsetForLeaderEpochRequest,
    gate: &Gate,
) -> Screened<OffsetForLeaderEpochRequest> {
    let denied = take(&mut request.topics, |topic| gate.topic(Describe, &topic.topic));
    Screened::without(request, denied, |response, denied| {
        response.topics.extend(denied.into_iter().map(|topic| {
            let ends = topic.partitions.iter();
            let ends =
                ends.map(|asked| EpochEndOffset::default().with_partition(asked.partition).with_error_code(TOPIC));
            OffsetForLeaderTopicResult::default().with_partitions(ends.collect()).with_topic(topic.topic)
        }));
    })
}

pub(super) fn delete(mut request: DeleteRecordsRequest, gate: &Gate) -> Screened<DeleteRecordsRequest> {
    let denied = take(&mut request.topics, |topic| gate.topic(Delete, &topic.name));
    Screened::without(request, denied, |response, denied| {
        response.topics.extend(denied.into_iter().map(|topic| {
            let partition = |index| {
                let none = DeleteRecordsPartitionResult::default().with_low_watermark(-1);
                none.with_partition_index(index).with_error_code(TOPIC)
            };
            let partitions = topic.partitions.iter().map(|asked| partition(asked.partition_index));
            DeleteRecordsTopicResult::default().with_partitions(partitions.collect()).with_name(topic.name)
        }));
    })
}

pub(super) fn describe_producers(
    mut request: DescribeProducersRequest,
    gate: &Gate,
) -> Screened<DescribeProducersRequest> {
    let denied = take(&mut request.topics, |topic| gate.topic(Read, &topic.name));
    Screened::without(request, denied, |response, denied| {
        response.topics.extend(denied.into_iter().map(|topic| {
            let partition = |index| {
                let none = PartitionResponse::default().with_error_message(None);
                none.with_partition_index(index).with_error_code(TOPIC)
            };
            let partitions = topic.partition_indexes.iter().copied().map(partition);
            TopicResponse::default().with_partitions(partitions.collect()).with_name(topic.name)
        }));
    })
}
