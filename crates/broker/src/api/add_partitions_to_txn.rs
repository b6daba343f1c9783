//! `AddPartitionsToTxn`: partitions that a producer of the old path is about to write to. From version 4 on several
//! transactions at once, also only to be verified, which brokers ask each other.

use std::collections::BTreeSet;

use kafka_protocol::ResponseError;
use kafka_protocol::messages::add_partitions_to_txn_request::{AddPartitionsToTxnTopic, AddPartitionsToTxnTransaction};
use kafka_protocol::messages::add_partitions_to_txn_response::{
    AddPartitionsToTxnPartitionResult, AddPartitionsToTxnResult, AddPartitionsToTxnTopicResult,
};
use kafka_protocol::messages::{AddPartitionsToTxnRequest, AddPartitionsToTxnResponse};
use uuid::Uuid;
use yeoul_base::TopicId;

use crate::context::Context;
use crate::error_code;
use crate::transactions::{Identity, TransactionError};

/// The first version that asks for many transactions at a time.
const MANY: i16 = 4;
/// The first version whose clients know that a producer is fenced.
const FENCED: i16 = 2;
/// The first version whose clients know that a transaction can be aborted and tried again.
const ABORTABLE: i16 = 5;

pub(crate) async fn answer(
    context: Context,
    version: i16,
    request: AddPartitionsToTxnRequest,
) -> AddPartitionsToTxnResponse {
    if version < MANY {
        let only = AddPartitionsToTxnTransaction::default()
            .with_transactional_id(request.v3_and_below_transactional_id)
            .with_producer_id(request.v3_and_below_producer_id)
            .with_producer_epoch(request.v3_and_below_producer_epoch)
            .with_topics(request.v3_and_below_topics);
        let results = add(&context, version, &only).await;
        return AddPartitionsToTxnResponse::default().with_results_by_topic_v3_and_below(results);
    }
    let mut results = Vec::with_capacity(request.transactions.len());
    for transaction in request.transactions {
        let topics = add(&context, version, &transaction).await;
        let result = AddPartitionsToTxnResult::default().with_topic_results(topics);
        results.push(result.with_transactional_id(transaction.transactional_id));
    }
    AddPartitionsToTxnResponse::default().with_results_by_transaction(results)
}

/// A partition that there is, or is not.
fn resolve(context: &Context, topic: &AddPartitionsToTxnTopic, number: i32) -> Option<(TopicId, i32)> {
    let found = context.topic(&topic.name, Uuid::nil())?;
    (0..found.partitions).contains(&number).then_some((found.id, number))
}

/// Adds all partitions or, if one of them does not exist, none.
async fn add(
    context: &Context,
    version: i16,
    asked: &AddPartitionsToTxnTransaction,
) -> Vec<AddPartitionsToTxnTopicResult> {
    let who = Identity { id: asked.producer_id.0, epoch: asked.producer_epoch };
    let id = asked.transactional_id.as_str();
    let named = asked.topics.iter().flat_map(|topic| topic.partitions.iter().map(move |number| (topic, *number)));
    let resolved: Vec<Option<(TopicId, i32)>> = named.map(|(topic, number)| resolve(context, topic, number)).collect();
    let known: BTreeSet<(TopicId, i32)> = resolved.iter().flatten().copied().collect();
    let code_of = |error| {
        let code = error_code::transaction(error, version >= FENCED);
        if error == TransactionError::NotInTransaction && version >= ABORTABLE {
            return ResponseError::TransactionAbortable.code();
        }
        code.code()
    };
    if asked.verify_only {
        let verified = |partition| context.transactions().verify(id, who, partition).map_or_else(code_of, |()| 0);
        return results(asked, |at| resolved.get(at).copied().flatten().map_or(unknown(), verified));
    }
    if resolved.iter().any(Option::is_none) {
        let code = |there: Option<_>| there.map_or(unknown(), |_| ResponseError::OperationNotAttempted.code());
        return results(asked, |at| code(resolved.get(at).copied().flatten()));
    }
    let partitions: Vec<(TopicId, i32)> = known.into_iter().collect();
    let added = context.transactions().add_partitions(id, who, &partitions).await;
    let code = added.map_or_else(code_of, |()| 0);
    results(asked, |_| code)
}

fn unknown() -> i16 {
    ResponseError::UnknownTopicOrPartition.code()
}

/// The answer for all partitions; `code` gives each one's by its place among all of them.
fn results(asked: &AddPartitionsToTxnTransaction, code: impl Fn(usize) -> i16) -> Vec<AddPartitionsToTxnTopicResult> {
    let mut place = 0;
    let mut partition = |number: &i32| {
        let result = AddPartitionsToTxnPartitionResult::default().with_partition_index(*number);
        let result = result.with_partition_error_code(code(place));
        place += 1;
        result
    };
    let topic = |topic: &AddPartitionsToTxnTopic| {
        let partitions = topic.partitions.iter().map(&mut partition).collect();
        AddPartitionsToTxnTopicResult::default().with_name(topic.name.clone()).with_results_by_partition(partitions)
    };
    asked.topics.iter().map(topic).collect()
}
