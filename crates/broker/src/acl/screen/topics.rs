//! Topics: what there is, making and deleting them.

use kafka_protocol::messages::create_partitions_response::CreatePartitionsTopicResult;
use kafka_protocol::messages::create_topics_response::CreatableTopicResult;
use kafka_protocol::messages::delete_topics_response::DeletableTopicResult;
use kafka_protocol::messages::describe_topic_partitions_response::DescribeTopicPartitionsResponseTopic;
use kafka_protocol::messages::metadata_request::MetadataRequestTopic;
use kafka_protocol::messages::metadata_response::MetadataResponseTopic;
use kafka_protocol::messages::*;

use super::{Screened, TOPIC, take};
use crate::acl::gate::Gate;
use crate::acl::words::Operation::{Alter, Create, Delete, Describe, DescribeConfigs};
use crate::acl::words::Resource;

/// The first version of `CreateTopics` that tells what was created.
const CREATED_DETAILS: i16 = 5;
/// The first version of `Metadata` with topic ids.
const METADATA_IDS: i16 = 10;

pub(super) fn metadata(mut request: MetadataRequest, gate: &Gate) -> Screened<MetadataRequest> {
    let creates = request.allow_auto_topic_creation;
    let allowed = |topic: &MetadataRequestTopic| {
        let name = topic.name.as_ref().map_or("", |name| name.as_str());
        gate.topic_or_id(Describe, name, topic.topic_id)
            && !(creates && gate.may_not_make(topic.name.as_ref(), topic.topic_id))
    };
    let before = request.topics.as_ref().map_or(0, Vec::len);
    let denied = request.topics.as_mut().map(|topics| take(topics, allowed)).unwrap_or_default();
    let all = before == 0 && (request.topics.is_none() || gate.version == 0);
    // In version 0, an empty list would ask for all.
    let nothing_left = gate.version == 0 && before > 0 && before == denied.len();
    let topic_operations = request.include_topic_authorized_operations;
    let cluster_operations = request.include_cluster_authorized_operations;
    Screened::finishing(request, move |gate, response| {
        if nothing_left {
            response.topics.clear();
        }
        if all {
            response.topics.retain(|topic| gate.topic(Describe, topic.name.as_ref().map_or("", |name| name)));
        }
        if topic_operations {
            response.topics.iter_mut().for_each(|topic| tell_operations(gate, topic));
        }
        if cluster_operations {
            response.cluster_authorized_operations = gate.operations(Resource::Cluster, crate::acl::list::CLUSTER);
        }
        response.topics.extend(denied.into_iter().map(|topic| denied_metadata(topic, gate.version)));
    })
}

fn tell_operations(gate: &Gate, topic: &mut MetadataResponseTopic) {
    if let Some(name) = topic.name.as_ref().filter(|_| topic.error_code == 0) {
        topic.topic_authorized_operations = gate.operations(Resource::Topic, name);
    }
}

fn denied_metadata(topic: MetadataRequestTopic, version: i16) -> MetadataResponseTopic {
    let denied = MetadataResponseTopic::default().with_error_code(TOPIC);
    let denied = if version >= METADATA_IDS { denied.with_topic_id(topic.topic_id) } else { denied };
    // Before version 12 a name must not be null.
    denied.with_name(Some(topic.name.unwrap_or_default()))
}

pub(super) fn describe_partitions(
    mut request: DescribeTopicPartitionsRequest,
    gate: &Gate,
) -> Screened<DescribeTopicPartitionsRequest> {
    let all = request.topics.is_empty();
    let denied = take(&mut request.topics, |topic| gate.topic(Describe, &topic.name));
    let nothing_left = !all && request.topics.is_empty();
    Screened::finishing(request, move |gate, response| {
        if nothing_left {
            response.topics.clear();
            response.next_cursor = None;
        }
        if all {
            response.topics.retain(|topic| gate.topic(Describe, topic.name.as_ref().map_or("", |name| name)));
        }
        for topic in &mut response.topics {
            let name = topic.name.as_ref().map_or("", |name| name);
            topic.topic_authorized_operations = gate.operations(Resource::Topic, name);
        }
        response.topics.extend(denied.into_iter().map(|topic| {
            DescribeTopicPartitionsResponseTopic::default().with_name(Some(topic.name)).with_error_code(TOPIC)
        }));
    })
}

pub(super) fn create(mut request: CreateTopicsRequest, gate: &Gate) -> Screened<CreateTopicsRequest> {
    let denied = if gate.cluster(Create) {
        Vec::new()
    } else {
        take(&mut request.topics, |topic| gate.topic(Create, &topic.name))
    };
    Screened::finishing(request, move |gate, response| {
        if gate.version >= CREATED_DETAILS {
            let hidden = response.topics.iter_mut();
            hidden.filter(|topic| topic.error_code == 0 && !gate.topic(DescribeConfigs, &topic.name)).for_each(hide);
        }
        let denied = denied.into_iter().map(|topic| {
            CreatableTopicResult::default().with_name(topic.name).with_error_code(TOPIC).with_error_message(None)
        });
        response.topics.extend(denied);
    })
}

/// Leaves out what only those may know who may see settings.
fn hide(topic: &mut CreatableTopicResult) {
    topic.topic_config_error_code = TOPIC;
    topic.num_partitions = -1;
    topic.replication_factor = -1;
    topic.configs = Some(Vec::new());
}

pub(super) fn delete(mut request: DeleteTopicsRequest, gate: &Gate) -> Screened<DeleteTopicsRequest> {
    let named = take(&mut request.topic_names, |name| gate.topic(Delete, name));
    let denied = take(&mut request.topics, |topic| {
        let name = topic.name.as_ref().map_or("", |name| name.as_str());
        gate.topic_or_id(Delete, name, topic.topic_id)
    });
    let named = named.into_iter().map(|name| DeletableTopicResult::default().with_name(Some(name)));
    let mut refused: Vec<_> = named.collect();
    refused.extend(denied.into_iter().map(|topic| {
        let known = gate.context.topic("", topic.topic_id).filter(|known| gate.topic(Describe, &known.name));
        let name = known.map(|known| crate::context::topic_name(&known.name)).or(topic.name);
        DeletableTopicResult::default().with_name(name).with_topic_id(topic.topic_id)
    }));
    Screened::without(request, refused, |response, refused| {
        let refused = refused.into_iter().map(|topic| topic.with_error_code(TOPIC).with_error_message(None));
        response.responses.extend(refused);
    })
}

pub(super) fn create_partitions(
    mut request: CreatePartitionsRequest,
    gate: &Gate,
) -> Screened<CreatePartitionsRequest> {
    let denied = take(&mut request.topics, |topic| gate.topic(Alter, &topic.name));
    Screened::without(request, denied, |response, denied| {
        response.results.extend(denied.into_iter().map(|topic| {
            CreatePartitionsTopicResult::default().with_name(topic.name).with_error_code(TOPIC).with_error_message(None)
        }));
    })
}
