//! What of a request is let through to its handler, and the answer for the rest: one function for each API, by the
//! rights that [`permission`](super::permission) names.
//!
//! A request about several things is answered for each: those that the client may not touch are taken out before the
//! handler sees them, and put into its response with Kafka's error.

use kafka_protocol::messages::*;
use kafka_protocol::protocol;

use super::gate::Gate;

mod cluster;
mod configs;
mod groups;
mod offsets;
mod records;
mod topics;
mod transactions;

pub(crate) use records::fetch;

/// What is done to a response when the handler has made it.
pub(crate) type Finish<Q> = Box<dyn FnOnce(&Gate, &mut <Q as protocol::Request>::Response) + Send>;

/// A request behind its screen.
pub(crate) enum Screened<Q: protocol::Request> {
    /// As it came.
    Pass(Q),
    /// What is left of it; the response is to be finished.
    Part(Q, Finish<Q>),
    /// Nothing is left of it.
    Refused(Q::Response),
}

/// A request that can be screened.
pub(crate) trait Screen: protocol::Request {
    /// Takes out what the client may not touch.
    fn screen(self, gate: &Gate) -> Screened<Self>;

    /// Says in a response how long the client is to keep silent, if the response can say it.
    fn throttle(response: &mut Self::Response, milliseconds: i32);
}

impl<Q: protocol::Request> Screened<Q> {
    /// All of it or nothing.
    fn whole(allowed: bool, request: Q, refusal: impl FnOnce(Q) -> Q::Response) -> Screened<Q> {
        if allowed { Screened::Pass(request) } else { Screened::Refused(refusal(request)) }
    }

    /// What is left of a request, and what its response lacks because of `denied`.
    fn without<D: Send + 'static>(
        request: Q,
        denied: Vec<D>,
        add: impl FnOnce(&mut Q::Response, Vec<D>) + Send + 'static,
    ) -> Screened<Q> {
        if denied.is_empty() {
            return Screened::Pass(request);
        }
        Screened::Part(request, Box::new(|_, response| add(response, denied)))
    }

    /// The request as it came; its response is to be finished.
    fn finishing(request: Q, finish: impl FnOnce(&Gate, &mut Q::Response) + Send + 'static) -> Screened<Q> {
        Screened::Part(request, Box::new(finish))
    }
}

/// Kafka's codes of what was denied (`ResponseError::TopicAuthorizationFailed` and so on; its own codes are no constants).
const TOPIC: i16 = 29;
const GROUP: i16 = 30;
const CLUSTER: i16 = 31;
const TRANSACTIONAL_ID: i16 = 53;

/// Takes out of `items` what is not allowed.
fn take<T>(items: &mut Vec<T>, allowed: impl Fn(&T) -> bool) -> Vec<T> {
    // Most requests lose nothing.
    if items.iter().all(&allowed) {
        return Vec::new();
    }
    let (kept, denied) = std::mem::take(items).into_iter().partition(allowed);
    *items = kept;
    denied
}

/// Nobody is kept from it.
fn open<Q: protocol::Request>(request: Q, _: &Gate) -> Screened<Q> {
    Screened::Pass(request)
}

/// One line for each API.
macro_rules! screens {
    ($($request:ident $by:path $(, $never:ident)?;)*) => {
        $(impl Screen for $request {
            fn screen(self, gate: &Gate) -> Screened<Self> {
                $by(self, gate)
            }

            screens!(@throttle $($never)?);
        })*
    };
    (@throttle) => {
        fn throttle(response: &mut Self::Response, milliseconds: i32) {
            response.throttle_time_ms = milliseconds;
        }
    };
    (@throttle silent) => {
        fn throttle(_: &mut Self::Response, _: i32) {}
    };
}

screens! {
    AddOffsetsToTxnRequest transactions::add_offsets;
    AddPartitionsToTxnRequest transactions::add_partitions;
    AlterClientQuotasRequest cluster::alter_client_quotas;
    AlterConfigsRequest configs::alter;
    AlterPartitionReassignmentsRequest cluster::alter_partition_reassignments;
    AlterUserScramCredentialsRequest cluster::alter_user_scram_credentials;
    ApiVersionsRequest open;
    ConsumerGroupDescribeRequest groups::describe_consumer_groups;
    ConsumerGroupHeartbeatRequest groups::consumer_heartbeat;
    CreateAclsRequest cluster::create_acls;
    CreatePartitionsRequest topics::create_partitions;
    CreateTopicsRequest topics::create;
    DeleteAclsRequest cluster::delete_acls;
    DeleteGroupsRequest groups::delete;
    DeleteRecordsRequest records::delete;
    DeleteTopicsRequest topics::delete;
    DescribeAclsRequest cluster::describe_acls;
    DescribeClientQuotasRequest cluster::describe_client_quotas;
    DescribeClusterRequest cluster::describe_cluster;
    DescribeConfigsRequest configs::describe;
    DescribeGroupsRequest groups::describe;
    DescribeLogDirsRequest cluster::describe_log_dirs;
    DescribeProducersRequest records::describe_producers;
    DescribeQuorumRequest cluster::describe_quorum, silent;
    DescribeTopicPartitionsRequest topics::describe_partitions;
    DescribeTransactionsRequest transactions::describe;
    DescribeUserScramCredentialsRequest cluster::describe_user_scram_credentials;
    ElectLeadersRequest cluster::elect_leaders;
    EndTxnRequest transactions::end;
    FindCoordinatorRequest groups::find_coordinator;
    GetTelemetrySubscriptionsRequest open;
    HeartbeatRequest groups::heartbeat;
    IncrementalAlterConfigsRequest configs::alter_incrementally;
    InitProducerIdRequest transactions::init_producer_id;
    JoinGroupRequest groups::join;
    LeaveGroupRequest groups::leave;
    ListConfigResourcesRequest configs::list_resources;
    ListGroupsRequest groups::list;
    ListOffsetsRequest records::list_offsets;
    ListPartitionReassignmentsRequest cluster::list_partition_reassignments;
    ListTransactionsRequest transactions::list;
    MetadataRequest topics::metadata;
    OffsetCommitRequest offsets::commit;
    OffsetDeleteRequest offsets::delete;
    OffsetFetchRequest offsets::fetch;
    OffsetForLeaderEpochRequest records::offset_for_leader_epoch;
    ProduceRequest records::produce;
    PushTelemetryRequest open;
    SaslAuthenticateRequest open, silent;
    SaslHandshakeRequest open, silent;
    SyncGroupRequest groups::sync;
    TxnOffsetCommitRequest transactions::commit_offsets;
    UpdateFeaturesRequest cluster::update_features;
    WriteTxnMarkersRequest transactions::write_markers, silent;
}

#[cfg(test)]
mod tests {
    use kafka_protocol::ResponseError;

    use super::*;

    #[test]
    fn the_codes_are_kafkas() {
        for (code, error) in [
            (TOPIC, ResponseError::TopicAuthorizationFailed),
            (GROUP, ResponseError::GroupAuthorizationFailed),
            (CLUSTER, ResponseError::ClusterAuthorizationFailed),
            (TRANSACTIONAL_ID, ResponseError::TransactionalIdAuthorizationFailed),
            (transactions::NOT_ATTEMPTED, ResponseError::OperationNotAttempted),
        ] {
            assert_eq!(code, error.code());
        }
    }

    #[test]
    fn what_is_denied_is_taken_out_in_order() {
        let mut items = vec![1, 2, 3, 4, 5];
        assert_eq!(take(&mut items, |item| item % 2 == 1), [2, 4]);
        assert_eq!(items, [1, 3, 5]);
        assert!(take(&mut items, |_| true).is_empty());
        assert_eq!(items.len(), 3);
    }
}
