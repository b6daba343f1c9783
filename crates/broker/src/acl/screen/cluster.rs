//! What concerns the platform as a whole: rules, users, quotas, disks, leaders.

use kafka_protocol::messages::alter_client_quotas_response as quotas;
use kafka_protocol::messages::alter_user_scram_credentials_response::AlterUserScramCredentialsResult;
use kafka_protocol::messages::create_acls_response::AclCreationResult;
use kafka_protocol::messages::delete_acls_response::DeleteAclsFilterResult;
use kafka_protocol::messages::elect_leaders_response::{PartitionResult, ReplicaElectionResult};
use kafka_protocol::messages::*;

use super::{CLUSTER, Screened};
use crate::acl::gate::Gate;
use crate::acl::list;
use crate::acl::words::Operation::{Alter, AlterConfigs, Describe, DescribeConfigs};
use crate::acl::words::Resource;

pub(super) fn describe_cluster(request: DescribeClusterRequest, _: &Gate) -> Screened<DescribeClusterRequest> {
    if !request.include_cluster_authorized_operations {
        return Screened::Pass(request);
    }
    Screened::finishing(request, |gate, response| {
        response.cluster_authorized_operations = gate.operations(Resource::Cluster, list::CLUSTER);
    })
}

pub(super) fn describe_acls(request: DescribeAclsRequest, gate: &Gate) -> Screened<DescribeAclsRequest> {
    Screened::whole(gate.cluster(Describe), request, |_| {
        DescribeAclsResponse::default().with_error_code(CLUSTER).with_error_message(None)
    })
}

pub(super) fn create_acls(request: CreateAclsRequest, gate: &Gate) -> Screened<CreateAclsRequest> {
    Screened::whole(gate.cluster(Alter), request, |request| {
        let denied = AclCreationResult::default().with_error_code(CLUSTER).with_error_message(None);
        CreateAclsResponse::default().with_results(vec![denied; request.creations.len()])
    })
}

pub(super) fn delete_acls(request: DeleteAclsRequest, gate: &Gate) -> Screened<DeleteAclsRequest> {
    Screened::whole(gate.cluster(Alter), request, |request| {
        let denied = DeleteAclsFilterResult::default().with_error_code(CLUSTER).with_error_message(None);
        DeleteAclsResponse::default().with_filter_results(vec![denied; request.filters.len()])
    })
}

pub(super) fn describe_client_quotas(
    request: DescribeClientQuotasRequest,
    gate: &Gate,
) -> Screened<DescribeClientQuotasRequest> {
    Screened::whole(gate.cluster(DescribeConfigs), request, |_| {
        let denied = DescribeClientQuotasResponse::default().with_error_code(CLUSTER);
        denied.with_error_message(None).with_entries(None)
    })
}

pub(super) fn alter_client_quotas(
    request: AlterClientQuotasRequest,
    gate: &Gate,
) -> Screened<AlterClientQuotasRequest> {
    Screened::whole(gate.cluster(AlterConfigs), request, |request| {
        let entries = request.entries.into_iter().map(|entry| {
            let entity = entry.entity.into_iter().map(|part| {
                let named = quotas::EntityData::default().with_entity_type(part.entity_type);
                named.with_entity_name(part.entity_name)
            });
            let denied = quotas::EntryData::default().with_error_code(CLUSTER).with_error_message(None);
            denied.with_entity(entity.collect())
        });
        AlterClientQuotasResponse::default().with_entries(entries.collect())
    })
}

pub(super) fn describe_user_scram_credentials(
    request: DescribeUserScramCredentialsRequest,
    gate: &Gate,
) -> Screened<DescribeUserScramCredentialsRequest> {
    Screened::whole(gate.cluster(Describe), request, |_| {
        DescribeUserScramCredentialsResponse::default().with_error_code(CLUSTER).with_error_message(None)
    })
}

pub(super) fn alter_user_scram_credentials(
    request: AlterUserScramCredentialsRequest,
    gate: &Gate,
) -> Screened<AlterUserScramCredentialsRequest> {
    Screened::whole(gate.cluster(Alter), request, |request| {
        let deleted = request.deletions.into_iter().map(|deletion| deletion.name);
        let users = deleted.chain(request.upsertions.into_iter().map(|upsertion| upsertion.name));
        let denied = users.map(|user| {
            let denied = AlterUserScramCredentialsResult::default().with_error_code(CLUSTER);
            denied.with_error_message(None).with_user(user)
        });
        AlterUserScramCredentialsResponse::default().with_results(denied.collect())
    })
}

pub(super) fn describe_log_dirs(request: DescribeLogDirsRequest, gate: &Gate) -> Screened<DescribeLogDirsRequest> {
    Screened::whole(gate.cluster(Describe), request, |_| {
        // Before version 3 there is no place for an error: nothing is shown.
        DescribeLogDirsResponse::default().with_error_code(CLUSTER)
    })
}

pub(super) fn describe_quorum(request: DescribeQuorumRequest, gate: &Gate) -> Screened<DescribeQuorumRequest> {
    Screened::whole(gate.cluster(Describe), request, |_| DescribeQuorumResponse::default().with_error_code(CLUSTER))
}

pub(super) fn elect_leaders(request: ElectLeadersRequest, gate: &Gate) -> Screened<ElectLeadersRequest> {
    // Before version 1 there is no place for an error of the whole.
    let error = if gate.version >= 1 { CLUSTER } else { 0 };
    Screened::whole(gate.cluster(Alter), request, |request| {
        let results = request.topic_partitions.into_iter().flatten().map(|topic| {
            let partition = |index: &i32| {
                let denied = PartitionResult::default().with_error_code(CLUSTER).with_error_message(None);
                denied.with_partition_id(*index)
            };
            let partitions = topic.partitions.iter().map(partition).collect();
            ReplicaElectionResult::default().with_topic(topic.topic).with_partition_result(partitions)
        });
        ElectLeadersResponse::default().with_error_code(error).with_replica_election_results(results.collect())
    })
}

pub(super) fn alter_partition_reassignments(
    request: AlterPartitionReassignmentsRequest,
    gate: &Gate,
) -> Screened<AlterPartitionReassignmentsRequest> {
    Screened::whole(gate.cluster(Alter), request, |_| {
        AlterPartitionReassignmentsResponse::default().with_error_code(CLUSTER).with_error_message(None)
    })
}

pub(super) fn list_partition_reassignments(
    request: ListPartitionReassignmentsRequest,
    gate: &Gate,
) -> Screened<ListPartitionReassignmentsRequest> {
    Screened::whole(gate.cluster(Describe), request, |_| {
        ListPartitionReassignmentsResponse::default().with_error_code(CLUSTER).with_error_message(None)
    })
}

pub(super) fn update_features(request: UpdateFeaturesRequest, gate: &Gate) -> Screened<UpdateFeaturesRequest> {
    Screened::whole(gate.cluster(Alter), request, |_| {
        UpdateFeaturesResponse::default().with_error_code(CLUSTER).with_error_message(None)
    })
}
