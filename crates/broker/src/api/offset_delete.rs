//! `OffsetDelete`: takes back what a group committed for partitions that its members do not read.

use kafka_protocol::ResponseError;
use kafka_protocol::messages::offset_delete_request::OffsetDeleteRequestTopic;
use kafka_protocol::messages::offset_delete_response::{OffsetDeleteResponsePartition, OffsetDeleteResponseTopic};
use kafka_protocol::messages::{OffsetDeleteRequest, OffsetDeleteResponse};
use yeoul_base::PartitionId;

use crate::context::Context;

pub(crate) async fn answer(context: Context, _: i16, request: OffsetDeleteRequest) -> OffsetDeleteResponse {
    let name_all = |topic: &OffsetDeleteRequestTopic| {
        let name = topic.name.to_string();
        let numbers = topic.partitions.iter().map(|partition| PartitionId(partition.partition_index));
        numbers.map(|number| (name.clone(), number)).collect::<Vec<_>>()
    };
    let asked: Vec<(String, PartitionId)> = request.topics.iter().flat_map(name_all).collect();
    let results = match context.groups().delete_offsets(&request.group_id, &asked).await {
        Ok(results) => results,
        Err(error) => return OffsetDeleteResponse::default().with_error_code(error.code()),
    };
    let mut results = results.into_iter();
    let tell = |topic: OffsetDeleteRequestTopic| {
        let count = context.log().topic(&topic.name).map_or(0, |topic| topic.partitions);
        let partitions = topic.partitions.iter().map(|partition| {
            let number = partition.partition_index;
            let is_there = (0..count).contains(&number);
            let error = results.next().and_then(Result::err);
            let error = error.or((!is_there).then_some(ResponseError::UnknownTopicOrPartition));
            let code = error.map_or(0, |error| error.code());
            OffsetDeleteResponsePartition::default().with_partition_index(number).with_error_code(code)
        });
        OffsetDeleteResponseTopic::default().with_partitions(partitions.collect()).with_name(topic.name)
    };
    OffsetDeleteResponse::default().with_topics(request.topics.into_iter().map(tell).collect())
}
