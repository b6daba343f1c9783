//! `OffsetForLeaderEpoch`: where an epoch ends. There is one epoch, which ends at the high watermark.

use kafka_protocol::ResponseError;
use kafka_protocol::messages::offset_for_leader_epoch_request::OffsetForLeaderPartition;
use kafka_protocol::messages::offset_for_leader_epoch_response::{EpochEndOffset, OffsetForLeaderTopicResult};
use kafka_protocol::messages::{OffsetForLeaderEpochRequest, OffsetForLeaderEpochResponse};
use uuid::Uuid;
use yeoul_base::PartitionId;
use yeoul_log::Topic;

use crate::context::{Context, LEADER_EPOCH, NO_EPOCH};
use crate::error_code;

pub(crate) fn answer(context: &Context, _: i16, request: OffsetForLeaderEpochRequest) -> OffsetForLeaderEpochResponse {
    let topics = request.topics.into_iter().map(|asked| {
        let topic = context.topic(&asked.topic, Uuid::nil());
        let ends = asked.partitions.iter().map(|partition| end(context, topic.as_deref(), partition));
        OffsetForLeaderTopicResult::default().with_partitions(ends.collect()).with_topic(asked.topic)
    });
    OffsetForLeaderEpochResponse::default().with_topics(topics.collect())
}

fn end(context: &Context, topic: Option<&Topic>, asked: &OffsetForLeaderPartition) -> EpochEndOffset {
    let end = EpochEndOffset::default().with_partition(asked.partition);
    let bounds = topic.and_then(|topic| context.log().bounds(topic.id, PartitionId(asked.partition)));
    let Some(bounds) = bounds else {
        return end.with_error_code(ResponseError::UnknownTopicOrPartition.code());
    };
    if let Some(error) = error_code::leader_epoch(asked.current_leader_epoch) {
        return end.with_error_code(error.code());
    }
    match asked.leader_epoch {
        LEADER_EPOCH => end.with_leader_epoch(LEADER_EPOCH).with_end_offset(bounds.high_watermark.0),
        // Before the first epoch: that ended where the first began.
        epoch if epoch < NO_EPOCH => end.with_leader_epoch(epoch).with_end_offset(bounds.log_start.0),
        _ => end,
    }
}
