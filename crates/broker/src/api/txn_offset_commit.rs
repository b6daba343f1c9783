//! `TxnOffsetCommit`: offsets of a group that become committed with the producer's transaction. They are durable with
//! the answer, and count once the transaction is committed. From version 5 on the group need not be added before
//! (KIP-890).

use kafka_protocol::ResponseError;
use kafka_protocol::messages::txn_offset_commit_request::{
    TxnOffsetCommitRequestPartition, TxnOffsetCommitRequestTopic,
};
use kafka_protocol::messages::txn_offset_commit_response::{
    TxnOffsetCommitResponsePartition, TxnOffsetCommitResponseTopic,
};
use kafka_protocol::messages::{TxnOffsetCommitRequest, TxnOffsetCommitResponse};
use uuid::Uuid;
use yeoul_log::Topic;

use crate::context::Context;
use crate::error_code;
use crate::group::classic::Claim;
use crate::transactions::{ClientPath, GroupOffsets, Identity, PendingOffset};

/// The first version that takes the group in by itself.
const IMPLICIT: i16 = 5;
/// The longest text that a consumer may note beside an offset (Kafka's `offset.metadata.max.bytes`).
const METADATA_BYTES_MAX: usize = 4096;

pub(crate) async fn answer(context: Context, version: i16, request: TxnOffsetCommitRequest) -> TxnOffsetCommitResponse {
    let mut offsets = GroupOffsets::new();
    let codes: Vec<Vec<i16>> = request.topics.iter().map(|topic| gather(&context, topic, &mut offsets)).collect();
    let code = match check_group(&context, &request) {
        Some(error) => error.code(),
        None if offsets.is_empty() => 0,
        None => add(&context, version, &request, offsets).await,
    };
    let topics = request.topics.iter().zip(codes).map(|(topic, codes)| {
        let partition = |(asked, own): (&TxnOffsetCommitRequestPartition, i16)| {
            TxnOffsetCommitResponsePartition::default()
                .with_partition_index(asked.partition_index)
                .with_error_code(if own == 0 { code } else { own })
        };
        let partitions = topic.partitions.iter().zip(codes).map(partition).collect();
        TxnOffsetCommitResponseTopic::default().with_name(topic.name.clone()).with_partitions(partitions)
    });
    TxnOffsetCommitResponse::default().with_topics(topics.collect())
}

/// Takes a topic's offsets, as far as they can be taken; tells what is wrong with each partition's.
fn gather(context: &Context, asked: &TxnOffsetCommitRequestTopic, offsets: &mut GroupOffsets) -> Vec<i16> {
    let topic = context.topic(&asked.name, Uuid::nil());
    let take = |partition: &TxnOffsetCommitRequestPartition| match pending(topic.as_deref(), partition) {
        Ok(pending) => {
            offsets.insert((asked.name.to_string(), partition.partition_index), pending);
            0
        }
        Err(error) => error.code(),
    };
    asked.partitions.iter().map(take).collect()
}

fn pending(topic: Option<&Topic>, asked: &TxnOffsetCommitRequestPartition) -> Result<PendingOffset, ResponseError> {
    let topic = topic.filter(|topic| (0..topic.partitions).contains(&asked.partition_index));
    let topic = topic.ok_or(ResponseError::UnknownTopicOrPartition)?;
    let metadata = asked.committed_metadata.as_deref().unwrap_or_default();
    if metadata.len() > METADATA_BYTES_MAX {
        return Err(ResponseError::OffsetMetadataTooLarge);
    }
    Ok(PendingOffset {
        topic: topic.id,
        offset: asked.committed_offset,
        leader_epoch: asked.committed_leader_epoch,
        metadata: metadata.to_owned(),
    })
}

/// What is wrong with the group or its member.
fn check_group(context: &Context, request: &TxnOffsetCommitRequest) -> Option<ResponseError> {
    if request.group_id.is_empty() {
        return Some(ResponseError::InvalidGroupId);
    }
    let claim = Claim {
        member: &request.member_id,
        instance: request.group_instance_id.as_deref(),
        generation: request.generation_id,
    };
    context.groups().check_transactional(&request.group_id, claim).err()
}

async fn add(context: &Context, version: i16, request: &TxnOffsetCommitRequest, offsets: GroupOffsets) -> i16 {
    let who = Identity { id: request.producer_id.0, epoch: request.producer_epoch };
    let path = if version >= IMPLICIT { ClientPath::Bumping } else { ClientPath::Old };
    let id = &request.transactional_id;
    let added = context.transactions().add_offsets(id, who, &request.group_id, offsets, path).await;
    // This API tells of fencing by the epoch, in all versions.
    added.map_or_else(|error| error_code::transaction(error, false).code(), |()| 0)
}
