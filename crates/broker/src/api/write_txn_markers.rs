//! `WriteTxnMarkers`: an operator aborts a transaction that hangs (KIP-664). Brokers send it to each other to end
//! transactions, too; there is one node, so nobody does.
//!
//! A transaction ends in all its partitions by one record here, so the abort of one partition is the abort of all: a
//! transactional id whose transaction it is goes on with it ended, and its producer fenced.

use kafka_protocol::ResponseError;
use kafka_protocol::messages::write_txn_markers_request::WritableTxnMarker;
use kafka_protocol::messages::write_txn_markers_response::{
    WritableTxnMarkerPartitionResult, WritableTxnMarkerResult, WritableTxnMarkerTopicResult,
};
use kafka_protocol::messages::{WriteTxnMarkersRequest, WriteTxnMarkersResponse};
use uuid::Uuid;
use yeoul_base::{PartitionId, TopicId};

use crate::context::Context;
use crate::error_code;
use crate::transactions::Identity;

pub(crate) async fn answer(context: Context, _: i16, request: WriteTxnMarkersRequest) -> WriteTxnMarkersResponse {
    let mut markers = Vec::with_capacity(request.markers.len());
    for marker in request.markers {
        markers.push(write(&context, marker).await);
    }
    WriteTxnMarkersResponse::default().with_markers(markers)
}

async fn write(context: &Context, marker: WritableTxnMarker) -> WritableTxnMarkerResult {
    let producer = Identity { id: marker.producer_id.0, epoch: marker.producer_epoch };
    let mut topics = Vec::with_capacity(marker.topics.len());
    for topic in marker.topics {
        let mut partitions = Vec::with_capacity(topic.partition_indexes.len());
        for index in topic.partition_indexes {
            let found = context.topic(&topic.name, Uuid::nil()).filter(|found| (0..found.partitions).contains(&index));
            let code = match found {
                None => ResponseError::UnknownTopicOrPartition.code(),
                // What hangs is undecided: only its producer may say that it is to be committed.
                Some(_) if marker.transaction_result => ResponseError::InvalidRequest.code(),
                Some(found) => abort(context, (found.id, PartitionId(index)), producer).await,
            };
            partitions
                .push(WritableTxnMarkerPartitionResult::default().with_partition_index(index).with_error_code(code));
        }
        topics.push(WritableTxnMarkerTopicResult::default().with_name(topic.name).with_partitions(partitions));
    }
    WritableTxnMarkerResult::default().with_producer_id(marker.producer_id).with_topics(topics)
}

/// Aborts what the producer has open in a partition; that there is nothing (any more) is no error.
async fn abort(context: &Context, (topic, partition): (TopicId, PartitionId), producer: Identity) -> i16 {
    let known = match context.log().producers(topic, partition).await {
        Ok(known) => known,
        Err(error) => return error_code::append(&error).code(),
    };
    let Some(state) = known.iter().find(|state| state.id == producer.id) else { return 0 };
    if producer.epoch < state.epoch {
        return ResponseError::InvalidProducerEpoch.code();
    }
    if state.open_from.is_none() {
        return 0;
    }
    let aborted = context.transactions().abort(producer).await;
    aborted.map_or_else(|error| error_code::transaction(error, true).code(), |()| 0)
}
