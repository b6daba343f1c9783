//! `DescribeProducers`: what partitions remember of idempotent and transactional producers (KIP-664).

use kafka_protocol::ResponseError;
use kafka_protocol::messages::describe_producers_request::TopicRequest;
use kafka_protocol::messages::describe_producers_response::{PartitionResponse, ProducerState, TopicResponse};
use kafka_protocol::messages::{DescribeProducersRequest, DescribeProducersResponse, ProducerId, TopicName};
use kafka_protocol::protocol::StrBytes;
use uuid::Uuid;
use yeoul_base::PartitionId;

use crate::api::repeats::{Repeats, TOO_OFTEN, TOO_OFTEN_MESSAGE};
use crate::context::Context;
use crate::error_code;

pub(crate) async fn answer(context: Context, _: i16, request: DescribeProducersRequest) -> DescribeProducersResponse {
    let mut repeats = Repeats::new();
    let mut topics = Vec::with_capacity(request.topics.len());
    for asked in request.topics {
        topics.push(describe(&context, asked, &mut repeats).await);
    }
    DescribeProducersResponse::default().with_topics(topics)
}

async fn describe(context: &Context, asked: TopicRequest, repeats: &mut Repeats<(TopicName, i32)>) -> TopicResponse {
    let topic = context.topic(&asked.name, Uuid::nil());
    let mut partitions = Vec::with_capacity(asked.partition_indexes.len());
    for index in asked.partition_indexes {
        let response = PartitionResponse::default().with_partition_index(index).with_error_message(None);
        let Some(topic) = topic.as_deref() else {
            partitions.push(response.with_error_code(ResponseError::UnknownTopicOrPartition.code()));
            continue;
        };
        if !repeats.admits((asked.name.clone(), index)) {
            let message = Some(StrBytes::from_static_str(TOO_OFTEN_MESSAGE));
            partitions.push(response.with_error_code(TOO_OFTEN.code()).with_error_message(message));
            continue;
        }
        partitions.push(match context.log().producers(topic.id, PartitionId(index)).await {
            Ok(producers) => response.with_active_producers(producers.iter().map(state).collect()),
            Err(error) => response.with_error_code(error_code::append(&error).code()),
        });
    }
    TopicResponse::default().with_name(asked.name).with_partitions(partitions)
}

fn state(producer: &yeoul_log::ProducerState) -> ProducerState {
    ProducerState::default()
        .with_producer_id(ProducerId(producer.id))
        .with_producer_epoch(i32::from(producer.epoch))
        .with_last_sequence(producer.last_sequence)
        .with_last_timestamp(producer.seen)
        .with_coordinator_epoch(producer.coordinator_epoch)
        .with_current_txn_start_offset(producer.open_from.unwrap_or(-1))
}
