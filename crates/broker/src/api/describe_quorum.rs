//! `DescribeQuorum` (KIP-595): this node is the only voter, and leads. Kafka's admin tools ask for it; there is no
//! metadata topic to be read behind it.

use kafka_protocol::ResponseError;
use kafka_protocol::messages::describe_quorum_request::TopicData as Asked;
use kafka_protocol::messages::describe_quorum_response::{Listener, Node, PartitionData, ReplicaState, TopicData};
use kafka_protocol::messages::{DescribeQuorumRequest, DescribeQuorumResponse};
use kafka_protocol::protocol::StrBytes;

use crate::context::{Context, LEADER_EPOCH, NODE};

/// The topic that a Kafka cluster keeps its metadata in.
const METADATA_TOPIC: &str = "__cluster_metadata";
/// The first version that says in words what was wrong, and names the nodes.
const NODES: i16 = 2;

pub(crate) fn answer(context: &Context, version: i16, request: DescribeQuorumRequest) -> DescribeQuorumResponse {
    let topics = request.topics.into_iter().map(|topic| describe(version, topic)).collect();
    let response = DescribeQuorumResponse::default().with_topics(topics).with_error_message(None);
    if version < NODES {
        return response;
    }
    let (host, port) = context.advertised();
    let listener = Listener::default()
        .with_name(StrBytes::from_static_str("PLAINTEXT"))
        .with_host(host)
        .with_port(u16::try_from(port).unwrap_or(0));
    response.with_nodes(vec![Node::default().with_node_id(NODE).with_listeners(vec![listener])])
}

fn describe(version: i16, asked: Asked) -> TopicData {
    let is_metadata = asked.topic_name.as_str() == METADATA_TOPIC;
    let partition = |index: i32| {
        let partition = PartitionData::default().with_partition_index(index).with_error_message(None);
        if !is_metadata || index != 0 {
            let unknown = partition.with_error_code(ResponseError::UnknownTopicOrPartition.code());
            let message = StrBytes::from_static_str("only partition 0 of `__cluster_metadata` has a quorum");
            return if version >= NODES { unknown.with_error_message(Some(message)) } else { unknown };
        }
        let voter = ReplicaState::default().with_replica_id(NODE);
        partition.with_leader_id(NODE).with_leader_epoch(LEADER_EPOCH).with_current_voters(vec![voter])
    };
    let partitions = asked.partitions.iter().map(|asked| partition(asked.partition_index)).collect();
    TopicData::default().with_topic_name(asked.topic_name).with_partitions(partitions)
}
