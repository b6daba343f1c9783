//! `DescribeTransactions`: where transactional ids stand (KIP-664).

use std::collections::BTreeMap;

use kafka_protocol::ResponseError;
use kafka_protocol::messages::describe_transactions_response::{TopicData, TransactionState};
use kafka_protocol::messages::{
    DescribeTransactionsRequest, DescribeTransactionsResponse, ProducerId, TransactionalId,
};
use kafka_protocol::protocol::StrBytes;

use crate::api::repeats::{Repeats, TOO_OFTEN};
use crate::context::{Context, topic_name};

pub(crate) fn answer(context: &Context, _: i16, request: DescribeTransactionsRequest) -> DescribeTransactionsResponse {
    let mut repeats = Repeats::new();
    let states = request.transactional_ids.into_iter().map(|id| match repeats.admits(id.clone()) {
        true => describe(context, id),
        false => TransactionState::default().with_transactional_id(id).with_error_code(TOO_OFTEN.code()),
    });
    DescribeTransactionsResponse::default().with_transaction_states(states.collect())
}

fn describe(context: &Context, id: TransactionalId) -> TransactionState {
    let (is_named, found) = (!id.is_empty(), context.transactions().describe(&id));
    let state = TransactionState::default().with_transactional_id(id);
    let Some(found) = found else {
        let error = if is_named { ResponseError::TransactionalIdNotFound } else { ResponseError::InvalidRequest };
        return state.with_error_code(error.code());
    };
    let mut topics: BTreeMap<String, Vec<i32>> = BTreeMap::new();
    for (topic, number) in found.partitions {
        if let Some(topic) = context.log().topic_by_id(topic) {
            topics.entry(topic.name.clone()).or_default().push(number);
        }
    }
    let topic = |(name, partitions): (String, _)| {
        TopicData::default().with_topic(topic_name(&name)).with_partitions(partitions)
    };
    state
        .with_transaction_state(StrBytes::from_static_str(found.phase.name()))
        .with_transaction_timeout_ms(found.timeout_ms)
        .with_transaction_start_time_ms(found.started_ms)
        .with_producer_id(ProducerId(found.producer.id))
        .with_producer_epoch(found.producer.epoch)
        .with_topics(topics.into_iter().map(topic).collect())
}
