//! Samples of the requests that administer topics, for the tests of the shapes.

use bytes::Bytes;
use kafka_protocol::messages::*;
use uuid::Uuid;

use super::tests::{encoded, text, topic};

pub(super) fn sample(key: ApiKey, version: i16) -> Option<Bytes> {
    Some(match key {
        ApiKey::AlterConfigs => alter_configs(version),
        ApiKey::IncrementalAlterConfigs => incremental_alter_configs(version),
        ApiKey::CreatePartitions => create_partitions(version),
        ApiKey::DeleteRecords => delete_records(version),
        ApiKey::DescribeLogDirs => describe_log_dirs(version),
        ApiKey::ElectLeaders => elect_leaders(version),
        ApiKey::AlterPartitionReassignments => alter_partition_reassignments(version),
        ApiKey::ListPartitionReassignments => list_partition_reassignments(version),
        ApiKey::DescribeQuorum => describe_quorum(version),
        ApiKey::ListConfigResources => list_config_resources(version),
        ApiKey::GetTelemetrySubscriptions => {
            let id = Uuid::from_u128(7);
            encoded(&GetTelemetrySubscriptionsRequest::default().with_client_instance_id(id), version)
        }
        ApiKey::PushTelemetry => {
            encoded(&PushTelemetryRequest::default().with_metrics(Bytes::from_static(b"metrics")), version)
        }
        _ => return None,
    })
}

fn alter_configs(version: i16) -> Bytes {
    use kafka_protocol::messages::alter_configs_request::*;
    let set = AlterableConfig::default().with_name(text("retention.ms")).with_value(Some(text("1")));
    let reset = AlterableConfig::default().with_name(text("segment.ms")).with_value(None);
    let resource = AlterConfigsResource::default().with_resource_name(text("t")).with_configs(vec![set, reset]);
    encoded(&AlterConfigsRequest::default().with_resources(vec![resource.clone(), resource]), version)
}

fn incremental_alter_configs(version: i16) -> Bytes {
    use kafka_protocol::messages::incremental_alter_configs_request::*;
    let set = AlterableConfig::default().with_name(text("retention.ms")).with_value(Some(text("1")));
    let reset = AlterableConfig::default().with_name(text("segment.ms")).with_config_operation(1).with_value(None);
    let resource = AlterConfigsResource::default().with_resource_name(text("t")).with_configs(vec![set, reset]);
    encoded(&IncrementalAlterConfigsRequest::default().with_resources(vec![resource.clone(), resource]), version)
}

fn create_partitions(version: i16) -> Bytes {
    use kafka_protocol::messages::create_partitions_request::*;
    let assignment = CreatePartitionsAssignment::default().with_broker_ids(vec![BrokerId(1), BrokerId(2)]);
    let assigned = CreatePartitionsTopic::default()
        .with_name(topic("t"))
        .with_assignments(Some(vec![assignment.clone(), assignment]));
    let free = CreatePartitionsTopic::default().with_name(topic("u")).with_assignments(None);
    encoded(&CreatePartitionsRequest::default().with_topics(vec![assigned, free]), version)
}

fn delete_records(version: i16) -> Bytes {
    use kafka_protocol::messages::delete_records_request::*;
    let partition = DeleteRecordsPartition::default().with_partition_index(3).with_offset(5);
    let asked = DeleteRecordsTopic::default().with_name(topic("t")).with_partitions(vec![partition.clone(), partition]);
    encoded(&DeleteRecordsRequest::default().with_topics(vec![asked]), version)
}

fn describe_log_dirs(version: i16) -> Bytes {
    use kafka_protocol::messages::describe_log_dirs_request::*;
    let asked = DescribableLogDirTopic::default().with_topic(topic("t")).with_partitions(vec![1, 2]);
    encoded(&DescribeLogDirsRequest::default().with_topics(Some(vec![asked])), version)
}

fn elect_leaders(version: i16) -> Bytes {
    use kafka_protocol::messages::elect_leaders_request::*;
    let asked = TopicPartitions::default().with_topic(topic("t")).with_partitions(vec![1, 2]);
    encoded(&ElectLeadersRequest::default().with_topic_partitions(Some(vec![asked])), version)
}

fn alter_partition_reassignments(version: i16) -> Bytes {
    use kafka_protocol::messages::alter_partition_reassignments_request::*;
    let moved = ReassignablePartition::default().with_replicas(Some(vec![BrokerId(1), BrokerId(2)]));
    let cancelled = ReassignablePartition::default().with_partition_index(1).with_replicas(None);
    let asked = ReassignableTopic::default().with_name(topic("t")).with_partitions(vec![moved, cancelled]);
    encoded(&AlterPartitionReassignmentsRequest::default().with_topics(vec![asked]), version)
}

fn list_partition_reassignments(version: i16) -> Bytes {
    use kafka_protocol::messages::list_partition_reassignments_request::*;
    let asked = ListPartitionReassignmentsTopics::default().with_name(topic("t")).with_partition_indexes(vec![1, 2]);
    encoded(&ListPartitionReassignmentsRequest::default().with_topics(Some(vec![asked])), version)
}

fn describe_quorum(version: i16) -> Bytes {
    use kafka_protocol::messages::describe_quorum_request::*;
    let partition = PartitionData::default().with_partition_index(0);
    let asked = TopicData::default().with_topic_name(topic("__cluster_metadata")).with_partitions(vec![partition]);
    encoded(&DescribeQuorumRequest::default().with_topics(vec![asked]), version)
}

fn list_config_resources(version: i16) -> Bytes {
    let request = ListConfigResourcesRequest::default();
    encoded(&if version >= 1 { request.with_resource_types(vec![2, 4]) } else { request }, version)
}
