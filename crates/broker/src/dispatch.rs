//! From a request to the handler of its API.
//!
//! A handler is called when the request is read, in the order of the connection, and returns a future for its
//! response. Produce hands its batches to the log in the call itself, so that pipelined requests keep their order;
//! the futures are awaited one after the other, which keeps the responses in order.

use std::future::Future;
use std::pin::Pin;

use kafka_protocol::messages::ApiKey;
use kafka_protocol::protocol;

use crate::api::{
    add_offsets_to_txn, add_partitions_to_txn, alter_configs, api_versions, consumer_group_describe,
    consumer_group_heartbeat, create_partitions, create_topics, delete_groups, delete_records, delete_topics,
    describe_cluster, describe_configs, describe_groups, describe_log_dirs, describe_producers, describe_quorum,
    describe_topic_partitions, describe_transactions, elect_leaders, end_txn, fetch, find_coordinator, heartbeat,
    init_producer_id, join_group, leave_group, list_config_resources, list_groups, list_offsets, list_transactions,
    metadata, offset_commit, offset_delete, offset_fetch, offset_for_leader_epoch, produce, reassignments, sync_group,
    telemetry, txn_offset_commit,
};
use crate::context::Context;
use crate::group::member::ClientIdentity;
use crate::reply::{Reply, ReplyTo};
use crate::request::{Request, RequestError};

/// A response to come; `None` when the client asked for none.
pub(crate) type Answer = Pin<Box<dyn Future<Output = Result<Option<Reply>, RequestError>> + Send>>;

/// Starts working on a request.
pub(crate) fn begin(context: &Context, request: &Request) -> Result<Answer, RequestError> {
    match request.api.key {
        ApiKey::Produce => produce::begin(context, request),
        ApiKey::Fetch => fetch::begin(context, request),
        ApiKey::ListOffsets => answer(context, request, list_offsets::answer),
        ApiKey::Metadata => answer(context, request, metadata::answer),
        ApiKey::FindCoordinator => at_once(context, request, find_coordinator::answer),
        ApiKey::OffsetCommit => answer(context, request, offset_commit::answer),
        ApiKey::OffsetFetch => at_once(context, request, offset_fetch::answer),
        ApiKey::JoinGroup => answer_client(context, request, join_group::answer),
        ApiKey::Heartbeat => at_once(context, request, heartbeat::answer),
        ApiKey::LeaveGroup => at_once(context, request, leave_group::answer),
        ApiKey::SyncGroup => answer(context, request, sync_group::answer),
        ApiKey::DescribeGroups => at_once(context, request, describe_groups::answer),
        ApiKey::ListGroups => at_once(context, request, list_groups::answer),
        ApiKey::DeleteGroups => answer(context, request, delete_groups::answer),
        ApiKey::OffsetDelete => answer(context, request, offset_delete::answer),
        ApiKey::ConsumerGroupHeartbeat => answer_client(context, request, consumer_group_heartbeat::answer),
        ApiKey::ConsumerGroupDescribe => at_once(context, request, consumer_group_describe::answer),
        ApiKey::ApiVersions => at_once(context, request, api_versions::answer),
        ApiKey::CreateTopics => answer(context, request, create_topics::answer),
        ApiKey::DeleteTopics => answer(context, request, delete_topics::answer),
        ApiKey::AddPartitionsToTxn => answer(context, request, add_partitions_to_txn::answer),
        ApiKey::AddOffsetsToTxn => answer(context, request, add_offsets_to_txn::answer),
        ApiKey::EndTxn => answer(context, request, end_txn::answer),
        ApiKey::TxnOffsetCommit => answer(context, request, txn_offset_commit::answer),
        ApiKey::DescribeProducers => answer(context, request, describe_producers::answer),
        ApiKey::DescribeTransactions => at_once(context, request, describe_transactions::answer),
        ApiKey::ListTransactions => at_once(context, request, list_transactions::answer),
        ApiKey::InitProducerId => answer(context, request, init_producer_id::answer),
        ApiKey::OffsetForLeaderEpoch => at_once(context, request, offset_for_leader_epoch::answer),
        ApiKey::DeleteRecords => answer(context, request, delete_records::answer),
        ApiKey::AlterConfigs => answer(context, request, alter_configs::answer),
        ApiKey::IncrementalAlterConfigs => answer(context, request, alter_configs::answer_incremental),
        ApiKey::DescribeLogDirs => at_once(context, request, describe_log_dirs::answer),
        ApiKey::CreatePartitions => answer(context, request, create_partitions::answer),
        ApiKey::ElectLeaders => at_once(context, request, elect_leaders::answer),
        ApiKey::AlterPartitionReassignments => at_once(context, request, reassignments::alter),
        ApiKey::ListPartitionReassignments => at_once(context, request, reassignments::list),
        ApiKey::DescribeQuorum => at_once(context, request, describe_quorum::answer),
        ApiKey::GetTelemetrySubscriptions => at_once(context, request, telemetry::subscriptions),
        ApiKey::PushTelemetry => at_once(context, request, telemetry::push),
        ApiKey::ListConfigResources => at_once(context, request, list_config_resources::answer),
        ApiKey::DescribeConfigs => at_once(context, request, describe_configs::answer),
        ApiKey::DescribeCluster => at_once(context, request, describe_cluster::answer),
        ApiKey::DescribeTopicPartitions => at_once(context, request, describe_topic_partitions::answer),
        other => Err(RequestError::UnknownApi(other as i16)),
    }
}

/// Decodes, and encodes what the handler's future gives. The handler also learns the request's version.
fn answer<Q, F>(
    context: &Context,
    request: &Request,
    handler: impl FnOnce(Context, i16, Q) -> F,
) -> Result<Answer, RequestError>
where
    Q: protocol::Request,
    F: Future<Output = Q::Response> + Send + 'static,
{
    let to = ReplyTo::new(request);
    let response = handler(context.clone(), request.version, request.decode()?);
    Ok(Box::pin(async move { to.encode(&response.await).map(Some) }))
}

/// As [`answer`], for handlers that want to know who asks.
fn answer_client<Q, F>(
    context: &Context,
    request: &Request,
    handler: impl FnOnce(Context, i16, ClientIdentity, Q) -> F,
) -> Result<Answer, RequestError>
where
    Q: protocol::Request,
    F: Future<Output = Q::Response> + Send + 'static,
{
    let host = format!("/{}", context.peer.ip().to_canonical());
    let client = ClientIdentity { id: request.client_id.clone(), host };
    answer(context, request, |context, version, body| handler(context, version, client, body))
}

/// As [`answer`], for handlers that wait for nothing.
fn at_once<Q: protocol::Request>(
    context: &Context,
    request: &Request,
    handler: impl FnOnce(&Context, i16, Q) -> Q::Response,
) -> Result<Answer, RequestError> {
    let reply = ReplyTo::new(request).encode(&handler(context, request.version, request.decode()?));
    Ok(Box::pin(std::future::ready(reply.map(Some))))
}
