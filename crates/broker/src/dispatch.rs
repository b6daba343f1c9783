//! From a request to the handler of its API, past the screen.
//!
//! A handler is called when the request is read, in the order of the connection, and returns a future for its
//! response. Produce hands its batches to the log in the call itself, so that pipelined requests keep their order;
//! the futures are awaited one after the other, which keeps the responses in order.
//!
//! A request is decoded here and nowhere else: a handler gets what the [screen](crate::acl::screen) lets through.

use std::future::Future;
use std::pin::Pin;

use kafka_protocol::messages::ApiKey;
use kafka_protocol::protocol;

use crate::acl::gate::Gate;
use crate::acl::screen::{Finish, Screen, Screened};
use crate::api::{
    add_offsets_to_txn, add_partitions_to_txn, alter_client_quotas, alter_configs, alter_user_scram_credentials,
    api_versions, consumer_group_describe, consumer_group_heartbeat, create_acls, create_partitions, create_topics,
    delete_acls, delete_groups, delete_records, delete_topics, describe_acls, describe_client_quotas, describe_cluster,
    describe_configs, describe_groups, describe_log_dirs, describe_producers, describe_quorum,
    describe_topic_partitions, describe_transactions, describe_user_scram_credentials, elect_leaders, end_txn, fetch,
    find_coordinator, heartbeat, init_producer_id, join_group, leave_group, list_config_resources, list_groups,
    list_offsets, list_transactions, metadata, offset_commit, offset_delete, offset_fetch, offset_for_leader_epoch,
    produce, reassignments, sasl_authenticate, sasl_handshake, sync_group, telemetry, txn_offset_commit,
    write_txn_markers,
};
use crate::context::Context;
use crate::group::member::ClientIdentity;
use crate::quota::timer::Timer;
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
        ApiKey::SaslHandshake => at_once(context, request, sasl_handshake::answer),
        ApiKey::ApiVersions => at_once(context, request, api_versions::answer),
        ApiKey::CreateTopics => answer(context, request, create_topics::answer),
        ApiKey::DeleteTopics => answer(context, request, delete_topics::answer),
        ApiKey::AddPartitionsToTxn => answer(context, request, add_partitions_to_txn::answer),
        ApiKey::AddOffsetsToTxn => answer(context, request, add_offsets_to_txn::answer),
        ApiKey::EndTxn => answer(context, request, end_txn::answer),
        ApiKey::WriteTxnMarkers => answer(context, request, write_txn_markers::answer),
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
        ApiKey::DescribeAcls => at_once(context, request, describe_acls::answer),
        ApiKey::CreateAcls => answer(context, request, create_acls::answer),
        ApiKey::DeleteAcls => answer(context, request, delete_acls::answer),
        ApiKey::DescribeConfigs => at_once(context, request, describe_configs::answer),
        ApiKey::SaslAuthenticate => answer(context, request, sasl_authenticate::answer),
        ApiKey::DescribeClientQuotas => at_once(context, request, describe_client_quotas::answer),
        ApiKey::AlterClientQuotas => answer(context, request, alter_client_quotas::answer),
        ApiKey::DescribeUserScramCredentials => at_once(context, request, describe_user_scram_credentials::answer),
        ApiKey::AlterUserScramCredentials => answer(context, request, alter_user_scram_credentials::answer),
        ApiKey::DescribeCluster => at_once(context, request, describe_cluster::answer),
        ApiKey::DescribeTopicPartitions => at_once(context, request, describe_topic_partitions::answer),
        other => Err(RequestError::UnknownApi(other as i16)),
    }
}

/// What a handler gets of a request, and what its response lacks.
pub(crate) enum Let<Q: protocol::Request> {
    /// To the handler.
    In(Q, Option<Finish<Q>>),
    /// The whole answer.
    Refused(Q::Response),
}

/// Decodes a request, and takes out what its client may not touch.
pub(crate) fn screened<Q: Screen>(gate: &Gate, request: &Request) -> Result<Let<Q>, RequestError> {
    let asked: Q = request.decode_unscreened()?;
    Ok(match asked.screen(gate) {
        Screened::Pass(asked) => Let::In(asked, None),
        Screened::Part(asked, finish) => Let::In(asked, Some(finish)),
        Screened::Refused(response) => Let::Refused(response),
    })
}

/// The gate before a request.
pub(crate) fn gate(context: &Context, request: &Request) -> Gate {
    Gate::new(context, request.api.key, request.version)
}

/// Screens, and encodes what the handler's future gives. The handler also learns the request's version.
fn answer<Q, F>(
    context: &Context,
    request: &Request,
    handler: impl FnOnce(Context, i16, Q) -> F,
) -> Result<Answer, RequestError>
where
    Q: Screen + Send + 'static,
    Q::Response: Send,
    F: Future<Output = Q::Response> + Send + 'static,
{
    let to = ReplyTo::new(request);
    let gate = gate(context, request);
    let (asked, finish) = match screened(&gate, request)? {
        Let::In(asked, finish) => (asked, finish),
        Let::Refused(response) => return ready(to.encode(&response)),
    };
    let timer = Timer::start(context, request);
    let response = handler(context.clone(), request.version, asked);
    Ok(Box::pin(async move {
        let (mut response, timer) = timer.during(response).await;
        if let Some(finish) = finish {
            finish(&gate, &mut response);
        }
        Q::throttle(&mut response, timer.throttle_ms());
        to.encode(&response).map(Some)
    }))
}

/// As [`answer`], for handlers that want to know who asks.
fn answer_client<Q, F>(
    context: &Context,
    request: &Request,
    handler: impl FnOnce(Context, i16, ClientIdentity, Q) -> F,
) -> Result<Answer, RequestError>
where
    Q: Screen + Send + 'static,
    Q::Response: Send,
    F: Future<Output = Q::Response> + Send + 'static,
{
    let host = format!("/{}", context.peer.ip().to_canonical());
    let client = ClientIdentity { id: request.client_id.clone(), host };
    answer(context, request, |context, version, body| handler(context, version, client, body))
}

/// As [`answer`], for handlers that wait for nothing.
fn at_once<Q: Screen>(
    context: &Context,
    request: &Request,
    handler: impl FnOnce(&Context, i16, Q) -> Q::Response,
) -> Result<Answer, RequestError> {
    let gate = gate(context, request);
    let response = match screened(&gate, request)? {
        Let::Refused(response) => response,
        Let::In(asked, finish) => {
            let timer = Timer::start(context, request);
            let mut response = handler(context, request.version, asked);
            if let Some(finish) = finish {
                finish(&gate, &mut response);
            }
            Q::throttle(&mut response, timer.throttle_ms());
            response
        }
    };
    ready(ReplyTo::new(request).encode(&response))
}

fn ready(reply: Result<Reply, RequestError>) -> Result<Answer, RequestError> {
    Ok(Box::pin(std::future::ready(reply.map(Some))))
}
