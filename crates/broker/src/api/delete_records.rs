//! `DeleteRecords` (KIP-107): a partition begins later. Offset -1 is all that is durable.

use kafka_protocol::ResponseError;
use kafka_protocol::messages::delete_records_request::{DeleteRecordsPartition, DeleteRecordsTopic};
use kafka_protocol::messages::delete_records_response::{DeleteRecordsPartitionResult, DeleteRecordsTopicResult};
use kafka_protocol::messages::{DeleteRecordsRequest, DeleteRecordsResponse, TopicName};
use yeoul_base::{Offset, PartitionId};
use yeoul_log::{DeleteRecordsError, Pending, Topic};

use crate::context::Context;
use crate::error_code;

/// All that is durable.
const HIGH_WATERMARK: i64 = -1;

pub(crate) async fn answer(context: Context, _version: i16, request: DeleteRecordsRequest) -> DeleteRecordsResponse {
    let deleting: Vec<(TopicName, Vec<Deleting>)> =
        request.topics.into_iter().map(|asked| begin_topic(&context, asked)).collect();
    let mut topics = Vec::with_capacity(deleting.len());
    for (name, deleting) in deleting {
        let mut partitions = Vec::with_capacity(deleting.len());
        for (index, pending) in deleting {
            let outcome = match pending {
                Err(error) => Err(error),
                Ok(pending) => pending.await.map_err(|error| error_code::delete_records(&error)),
            };
            let result = DeleteRecordsPartitionResult::default().with_partition_index(index);
            partitions.push(match outcome {
                Ok(start) => result.with_low_watermark(start.0),
                Err(error) => result.with_low_watermark(-1).with_error_code(error.code()),
            });
        }
        topics.push(DeleteRecordsTopicResult::default().with_name(name).with_partitions(partitions));
    }
    DeleteRecordsResponse::default().with_topics(topics)
}

/// A partition, and what comes of it, or why nothing does.
type Deleting = (i32, Result<Pending<Result<Offset, DeleteRecordsError>>, ResponseError>);

/// From a topic that is compacted and no more, records go by their keys only.
fn may_delete(topic: &Topic) -> bool {
    topic.config.get("cleanup.policy").is_none_or(|policy| policy.contains("delete"))
}

fn begin_topic(context: &Context, asked: DeleteRecordsTopic) -> (TopicName, Vec<Deleting>) {
    let topic = context.log().topic(&asked.name);
    let begin = |partition: DeleteRecordsPartition| {
        let delete = |topic: &Topic| {
            let before = (partition.offset != HIGH_WATERMARK).then_some(Offset(partition.offset));
            context.log().delete_records(topic.id, PartitionId(partition.partition_index), before)
        };
        let topic = topic.as_deref().ok_or(ResponseError::UnknownTopicOrPartition);
        let allowed =
            topic.and_then(|topic| if may_delete(topic) { Ok(topic) } else { Err(ResponseError::PolicyViolation) });
        (partition.partition_index, allowed.map(delete))
    };
    let deleting = asked.partitions.into_iter().map(begin).collect();
    (asked.name, deleting)
}
