//! Which requests the broker answers, in which versions: one row for each.

use kafka_protocol::messages::ApiKey;
use yeoul_base::limits::FRAME_BYTES_MAX;

use crate::acl::permission;
use crate::schema::{self, Field};

/// The longest frame of a request that carries no records.
const SMALL_FRAME_BYTES_MAX: usize = 4 << 20;

/// One API.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Api {
    pub(crate) key: ApiKey,
    /// The lowest version that is announced. Produce announces versions that it refuses: clients built before
    /// 2025 take a missing version 0 for a broker that can't compress.
    pub(crate) announced_min: i16,
    /// The lowest version that is answered.
    pub(crate) min: i16,
    pub(crate) max: i16,
    /// The shape of the request's body.
    pub(crate) shape: &'static [Field],
    /// The longest frame, in bytes.
    pub(crate) frame_bytes_max: usize,
}

const fn api(key: ApiKey, min: i16, max: i16, shape: &'static [Field]) -> Api {
    assert!(permission::is_served(key), "an API that is served needs its row in the table of `acl::permission`");
    Api { key, announced_min: min, min, max, shape, frame_bytes_max: SMALL_FRAME_BYTES_MAX }
}

/// Every API that is answered, by key.
pub(crate) const APIS: &[Api] = &[
    Api { announced_min: 0, frame_bytes_max: FRAME_BYTES_MAX, ..api(ApiKey::Produce, 3, 13, schema::PRODUCE) },
    api(ApiKey::Fetch, 4, 18, schema::FETCH),
    api(ApiKey::ListOffsets, 1, 10, schema::LIST_OFFSETS),
    api(ApiKey::Metadata, 0, 13, schema::METADATA),
    api(ApiKey::OffsetCommit, 2, 9, schema::OFFSET_COMMIT),
    api(ApiKey::OffsetFetch, 1, 9, schema::OFFSET_FETCH),
    api(ApiKey::FindCoordinator, 0, 6, schema::FIND_COORDINATOR),
    api(ApiKey::JoinGroup, 0, 9, schema::JOIN_GROUP),
    api(ApiKey::Heartbeat, 0, 4, schema::HEARTBEAT),
    api(ApiKey::LeaveGroup, 0, 5, schema::LEAVE_GROUP),
    api(ApiKey::SyncGroup, 0, 5, schema::SYNC_GROUP),
    api(ApiKey::DescribeGroups, 0, 6, schema::DESCRIBE_GROUPS),
    api(ApiKey::ListGroups, 0, 5, schema::LIST_GROUPS),
    api(ApiKey::SaslHandshake, 0, 1, schema::SASL_HANDSHAKE),
    api(ApiKey::ApiVersions, 0, 4, schema::API_VERSIONS),
    api(ApiKey::CreateTopics, 2, 7, schema::CREATE_TOPICS),
    api(ApiKey::DeleteTopics, 1, 6, schema::DELETE_TOPICS),
    api(ApiKey::DeleteRecords, 0, 2, schema::DELETE_RECORDS),
    api(ApiKey::InitProducerId, 0, 5, schema::INIT_PRODUCER_ID),
    api(ApiKey::OffsetForLeaderEpoch, 2, 4, schema::OFFSET_FOR_LEADER_EPOCH),
    api(ApiKey::AddPartitionsToTxn, 0, 5, schema::ADD_PARTITIONS_TO_TXN),
    api(ApiKey::AddOffsetsToTxn, 0, 4, schema::ADD_OFFSETS_TO_TXN),
    api(ApiKey::EndTxn, 0, 5, schema::END_TXN),
    api(ApiKey::WriteTxnMarkers, 1, 1, schema::WRITE_TXN_MARKERS),
    api(ApiKey::TxnOffsetCommit, 0, 5, schema::TXN_OFFSET_COMMIT),
    api(ApiKey::DescribeAcls, 1, 3, schema::DESCRIBE_ACLS),
    api(ApiKey::CreateAcls, 1, 3, schema::CREATE_ACLS),
    api(ApiKey::DeleteAcls, 1, 3, schema::DELETE_ACLS),
    api(ApiKey::DescribeConfigs, 1, 4, schema::DESCRIBE_CONFIGS),
    api(ApiKey::AlterConfigs, 0, 2, schema::ALTER_CONFIGS),
    api(ApiKey::DescribeLogDirs, 1, 4, schema::DESCRIBE_LOG_DIRS),
    api(ApiKey::SaslAuthenticate, 0, 2, schema::SASL_AUTHENTICATE),
    api(ApiKey::CreatePartitions, 0, 3, schema::CREATE_PARTITIONS),
    api(ApiKey::DeleteGroups, 0, 2, schema::DELETE_GROUPS),
    api(ApiKey::ElectLeaders, 0, 2, schema::ELECT_LEADERS),
    api(ApiKey::IncrementalAlterConfigs, 0, 1, schema::INCREMENTAL_ALTER_CONFIGS),
    api(ApiKey::AlterPartitionReassignments, 0, 1, schema::ALTER_PARTITION_REASSIGNMENTS),
    api(ApiKey::ListPartitionReassignments, 0, 0, schema::LIST_PARTITION_REASSIGNMENTS),
    api(ApiKey::OffsetDelete, 0, 0, schema::OFFSET_DELETE),
    api(ApiKey::DescribeClientQuotas, 0, 1, schema::DESCRIBE_CLIENT_QUOTAS),
    api(ApiKey::AlterClientQuotas, 0, 1, schema::ALTER_CLIENT_QUOTAS),
    api(ApiKey::DescribeUserScramCredentials, 0, 0, schema::DESCRIBE_USER_SCRAM_CREDENTIALS),
    api(ApiKey::AlterUserScramCredentials, 0, 0, schema::ALTER_USER_SCRAM_CREDENTIALS),
    api(ApiKey::DescribeQuorum, 0, 2, schema::DESCRIBE_QUORUM),
    api(ApiKey::DescribeCluster, 0, 2, schema::DESCRIBE_CLUSTER),
    api(ApiKey::DescribeProducers, 0, 0, schema::DESCRIBE_PRODUCERS),
    api(ApiKey::DescribeTransactions, 0, 0, schema::DESCRIBE_TRANSACTIONS),
    api(ApiKey::ListTransactions, 0, 2, schema::LIST_TRANSACTIONS),
    api(ApiKey::ConsumerGroupHeartbeat, 0, 1, schema::CONSUMER_GROUP_HEARTBEAT),
    api(ApiKey::ConsumerGroupDescribe, 0, 1, schema::CONSUMER_GROUP_DESCRIBE),
    api(ApiKey::GetTelemetrySubscriptions, 0, 0, schema::GET_TELEMETRY_SUBSCRIPTIONS),
    api(ApiKey::PushTelemetry, 0, 0, schema::PUSH_TELEMETRY),
    api(ApiKey::ListConfigResources, 0, 1, schema::LIST_CONFIG_RESOURCES),
    api(ApiKey::DescribeTopicPartitions, 0, 0, schema::DESCRIBE_TOPIC_PARTITIONS),
];

/// The API of this key, if it is answered at all.
pub(crate) fn find(key: i16) -> Option<&'static Api> {
    APIS.iter().find(|api| api.key as i16 == key)
}

/// How long a frame may be that begins so.
pub(crate) fn frame_bytes_max([high, low, ..]: [u8; 4]) -> usize {
    find(i16::from_be_bytes([high, low])).map_or(SMALL_FRAME_BYTES_MAX, |api| api.frame_bytes_max)
}
