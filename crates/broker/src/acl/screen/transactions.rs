//! Producer ids and transactions.

use kafka_protocol::messages::add_partitions_to_txn_request::AddPartitionsToTxnTopic;
use kafka_protocol::messages::add_partitions_to_txn_response::{
    AddPartitionsToTxnPartitionResult, AddPartitionsToTxnResult, AddPartitionsToTxnTopicResult,
};
use kafka_protocol::messages::describe_transactions_response::TransactionState;
use kafka_protocol::messages::txn_offset_commit_request::TxnOffsetCommitRequestTopic;
use kafka_protocol::messages::txn_offset_commit_response::{
    TxnOffsetCommitResponsePartition, TxnOffsetCommitResponseTopic,
};
use kafka_protocol::messages::write_txn_markers_request::{WritableTxnMarker, WritableTxnMarkerTopic};
use kafka_protocol::messages::write_txn_markers_response::{
    WritableTxnMarkerPartitionResult, WritableTxnMarkerResult, WritableTxnMarkerTopicResult,
};
use kafka_protocol::messages::*;

use super::{CLUSTER, GROUP, Screened, TOPIC, TRANSACTIONAL_ID, take};
use crate::acl::gate::Gate;
use crate::acl::words::Operation::{Alter, Describe, IdempotentWrite, Read, Write};
use crate::acl::words::Resource;

/// The first version of `AddPartitionsToTxn` with many transactions.
const MANY_TRANSACTIONS: i16 = 4;
/// For topics beside one that may not be written to.
pub(super) const NOT_ATTEMPTED: i16 = 55;

pub(super) fn init_producer_id(request: InitProducerIdRequest, gate: &Gate) -> Screened<InitProducerIdRequest> {
    let (allowed, error) = match &request.transactional_id {
        Some(id) => (gate.transactional_id(Write, id), TRANSACTIONAL_ID),
        None => (gate.cluster(IdempotentWrite) || gate.any(Write, Resource::Topic), CLUSTER),
    };
    Screened::whole(allowed, request, |_| {
        let none = InitProducerIdResponse::default().with_producer_id(ProducerId(-1)).with_producer_epoch(-1);
        none.with_error_code(error)
    })
}

pub(super) fn add_partitions(request: AddPartitionsToTxnRequest, gate: &Gate) -> Screened<AddPartitionsToTxnRequest> {
    if gate.version >= MANY_TRANSACTIONS { add_to_many(request, gate) } else { add_to_one(request, gate) }
}

fn add_to_one(request: AddPartitionsToTxnRequest, gate: &Gate) -> Screened<AddPartitionsToTxnRequest> {
    let refused = refusals(gate, &request.v3_and_below_transactional_id, &request.v3_and_below_topics);
    match refused {
        None => Screened::Pass(request),
        Some(topics) => {
            Screened::Refused(AddPartitionsToTxnResponse::default().with_results_by_topic_v3_and_below(topics))
        }
    }
}

fn add_to_many(mut request: AddPartitionsToTxnRequest, gate: &Gate) -> Screened<AddPartitionsToTxnRequest> {
    let mut denied = Vec::new();
    request.transactions.retain(|transaction| {
        let Some(topics) = refusals(gate, &transaction.transactional_id, &transaction.topics) else { return true };
        let id = transaction.transactional_id.clone();
        denied.push(AddPartitionsToTxnResult::default().with_transactional_id(id).with_topic_results(topics));
        false
    });
    Screened::without(request, denied, |response, denied| response.results_by_transaction.extend(denied))
}

/// The answer to a transaction of which something is denied: then nothing is added.
fn refusals(
    gate: &Gate,
    id: &TransactionalId,
    topics: &[AddPartitionsToTxnTopic],
) -> Option<Vec<AddPartitionsToTxnTopicResult>> {
    let with = |error: &dyn Fn(&AddPartitionsToTxnTopic) -> i16| {
        Some(topics.iter().map(|topic| added(topic, error(topic))).collect())
    };
    if !gate.transactional_id(Write, id) {
        return with(&|_| TRANSACTIONAL_ID);
    }
    let allowed = |topic: &AddPartitionsToTxnTopic| gate.topic(Write, &topic.name);
    if topics.iter().all(allowed) {
        return None;
    }
    with(&|topic| if allowed(topic) { NOT_ATTEMPTED } else { TOPIC })
}

fn added(topic: &AddPartitionsToTxnTopic, error: i16) -> AddPartitionsToTxnTopicResult {
    let partition = |index: &i32| {
        AddPartitionsToTxnPartitionResult::default().with_partition_index(*index).with_partition_error_code(error)
    };
    AddPartitionsToTxnTopicResult::default()
        .with_name(topic.name.clone())
        .with_results_by_partition(topic.partitions.iter().map(partition).collect())
}

pub(super) fn add_offsets(request: AddOffsetsToTxnRequest, gate: &Gate) -> Screened<AddOffsetsToTxnRequest> {
    let error = if !gate.transactional_id(Write, &request.transactional_id) {
        TRANSACTIONAL_ID
    } else if !gate.group(Read, &request.group_id) {
        GROUP
    } else {
        return Screened::Pass(request);
    };
    Screened::Refused(AddOffsetsToTxnResponse::default().with_error_code(error))
}

pub(super) fn end(request: EndTxnRequest, gate: &Gate) -> Screened<EndTxnRequest> {
    Screened::whole(gate.transactional_id(Write, &request.transactional_id), request, |_| {
        EndTxnResponse::default().with_error_code(TRANSACTIONAL_ID)
    })
}

pub(super) fn commit_offsets(mut request: TxnOffsetCommitRequest, gate: &Gate) -> Screened<TxnOffsetCommitRequest> {
    let all = |topics: Vec<TxnOffsetCommitRequestTopic>, error| {
        let topics = topics.into_iter().map(|topic| denied_commit(topic, error)).collect();
        Screened::Refused(TxnOffsetCommitResponse::default().with_topics(topics))
    };
    if !gate.transactional_id(Write, &request.transactional_id) {
        return all(request.topics, TRANSACTIONAL_ID);
    }
    if !gate.group(Read, &request.group_id) {
        return all(request.topics, GROUP);
    }
    let denied = take(&mut request.topics, |topic| gate.topic(Read, &topic.name));
    Screened::without(request, denied, |response, denied| {
        response.topics.extend(denied.into_iter().map(|topic| denied_commit(topic, TOPIC)));
    })
}

fn denied_commit(topic: TxnOffsetCommitRequestTopic, error: i16) -> TxnOffsetCommitResponseTopic {
    let partition =
        |index| TxnOffsetCommitResponsePartition::default().with_partition_index(index).with_error_code(error);
    let partitions = topic.partitions.iter().map(|committed| partition(committed.partition_index));
    TxnOffsetCommitResponseTopic::default().with_partitions(partitions.collect()).with_name(topic.name)
}

pub(super) fn describe(mut request: DescribeTransactionsRequest, gate: &Gate) -> Screened<DescribeTransactionsRequest> {
    let denied = take(&mut request.transactional_ids, |id| gate.transactional_id(Describe, id));
    Screened::finishing(request, move |gate, response| {
        for transaction in &mut response.transaction_states {
            transaction.topics.retain(|topic| gate.topic(Describe, &topic.topic));
        }
        response.transaction_states.extend(
            denied
                .into_iter()
                .map(|id| TransactionState::default().with_transactional_id(id).with_error_code(TRANSACTIONAL_ID)),
        );
    })
}

pub(super) fn list(request: ListTransactionsRequest, _: &Gate) -> Screened<ListTransactionsRequest> {
    Screened::finishing(request, |gate, response| {
        response.transaction_states.retain(|state| gate.transactional_id(Describe, &state.transactional_id));
    })
}

pub(super) fn write_markers(request: WriteTxnMarkersRequest, gate: &Gate) -> Screened<WriteTxnMarkersRequest> {
    Screened::whole(gate.cluster(Alter), request, |request| {
        let partition =
            |index| WritableTxnMarkerPartitionResult::default().with_partition_index(index).with_error_code(CLUSTER);
        let topic = |topic: WritableTxnMarkerTopic| {
            let partitions = topic.partition_indexes.into_iter().map(partition).collect();
            WritableTxnMarkerTopicResult::default().with_name(topic.name).with_partitions(partitions)
        };
        let marker = |marker: WritableTxnMarker| {
            let topics = marker.topics.into_iter().map(topic).collect();
            WritableTxnMarkerResult::default().with_producer_id(marker.producer_id).with_topics(topics)
        };
        WriteTxnMarkersResponse::default().with_markers(request.markers.into_iter().map(marker).collect())
    })
}
