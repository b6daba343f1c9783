//! `OffsetCommit`: how far a group has come. Answered when it is durable.

use kafka_protocol::ResponseError;
use kafka_protocol::messages::offset_commit_request::{OffsetCommitRequestPartition, OffsetCommitRequestTopic};
use kafka_protocol::messages::offset_commit_response::{OffsetCommitResponsePartition, OffsetCommitResponseTopic};
use kafka_protocol::messages::{OffsetCommitRequest, OffsetCommitResponse};
use yeoul_base::{Offset, PartitionId, Timestamp};
use yeoul_log::{CommittedOffset, GroupOffset, Topic};

use crate::context::Context;
use crate::group::classic::Claim;

/// The first version whose clients can be members of a consumer group (KIP-848).
const MEMBER_EPOCH: i16 = 9;

pub(crate) async fn answer(context: Context, version: i16, request: OffsetCommitRequest) -> OffsetCommitResponse {
    let expires_at = expiry(&context, request.retention_time_ms);
    let mut offsets = Vec::new();
    let mut judged: Vec<(OffsetCommitRequestTopic, Vec<Option<ResponseError>>)> = Vec::new();
    for topic in request.topics {
        let found = context.log().topic(&topic.name);
        let judge = |partition: &OffsetCommitRequestPartition| match judge(&context, found.as_deref(), partition) {
            Ok(committed) => {
                let committed = CommittedOffset { expires_at, ..committed };
                offsets.push(GroupOffset {
                    topic: topic.name.to_string(),
                    partition: PartitionId(partition.partition_index),
                    committed,
                });
                None
            }
            Err(error) => Some(error),
        };
        let errors = topic.partitions.iter().map(judge).collect();
        judged.push((topic, errors));
    }
    let claim = Claim {
        member: &request.member_id,
        instance: request.group_instance_id.as_deref(),
        generation: request.generation_id_or_member_epoch,
    };
    let committed = context.groups().commit(&request.group_id, claim, offsets).await;
    let error = committed.err().map(|error| in_version(version, error));
    OffsetCommitResponse::default().with_topics(judged.into_iter().map(|it| respond(it, error)).collect())
}

/// Who commits by an older version can't be a consumer group's member, whatever is wrong with its epoch.
fn in_version(version: i16, error: ResponseError) -> ResponseError {
    match error {
        ResponseError::StaleMemberEpoch if version < MEMBER_EPOCH => ResponseError::UnsupportedVersion,
        // That the group is not there is known since the same version.
        ResponseError::GroupIdNotFound if version < MEMBER_EPOCH => ResponseError::IllegalGeneration,
        other => other,
    }
}

/// When the offsets expire, if the client says so (-1: as the broker has it).
fn expiry(context: &Context, retention_ms: i64) -> Option<Timestamp> {
    (retention_ms >= 0).then(|| Timestamp(context.log().time().0.saturating_add(retention_ms)))
}

fn judge(
    context: &Context,
    topic: Option<&Topic>,
    partition: &OffsetCommitRequestPartition,
) -> Result<CommittedOffset, ResponseError> {
    let topic = topic.filter(|topic| (0..topic.partitions).contains(&partition.partition_index));
    let topic = topic.ok_or(ResponseError::UnknownTopicOrPartition)?;
    let metadata = partition.committed_metadata.as_deref().unwrap_or_default();
    if metadata.len() > context.config().groups.offset_metadata_max {
        return Err(ResponseError::OffsetMetadataTooLarge);
    }
    let committed = CommittedOffset::new(Offset(partition.committed_offset), topic.id, context.log().time());
    Ok(CommittedOffset { leader_epoch: partition.committed_leader_epoch, metadata: metadata.to_owned(), ..committed })
}

fn respond(
    (topic, errors): (OffsetCommitRequestTopic, Vec<Option<ResponseError>>),
    refused: Option<ResponseError>,
) -> OffsetCommitResponseTopic {
    let tell = |(partition, error): (&OffsetCommitRequestPartition, Option<ResponseError>)| {
        OffsetCommitResponsePartition::default()
            .with_partition_index(partition.partition_index)
            .with_error_code(refused.or(error).map_or(0, |error| error.code()))
    };
    let partitions = topic.partitions.iter().zip(errors).map(tell).collect();
    OffsetCommitResponseTopic::default().with_name(topic.name).with_partitions(partitions)
}
