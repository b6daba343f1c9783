//! `Metadata`: the node and its topics. Asking for a topic that does not exist creates it, if both the broker's
//! settings and the client agree.

use std::collections::HashSet;
use std::sync::Arc;

use kafka_protocol::ResponseError;
use kafka_protocol::messages::metadata_request::MetadataRequestTopic;
use kafka_protocol::messages::metadata_response::{
    MetadataResponseBroker, MetadataResponsePartition, MetadataResponseTopic,
};
use kafka_protocol::messages::{MetadataRequest, MetadataResponse, TopicName};
use kafka_protocol::protocol::StrBytes;
use uuid::Uuid;
use yeoul_log::{CreateTopicError, Pending, Topic, TopicConfig};

use crate::api::create_topics::{PARTITIONS_MAX, colliding};
use crate::context::{Context, LEADER_EPOCH, NODE, topic_name, topic_uuid};
use crate::error_code;

/// The first version that asks for topics by their ids, and in whose answers a name may be null.
const TOPIC_IDS: i16 = 12;

pub(crate) async fn answer(context: Context, version: i16, request: MetadataRequest) -> MetadataResponse {
    let create = context.config().auto_create_topics && request.allow_auto_topic_creation;
    let topics = match request.topics {
        Some(asked) if version > 0 || !asked.is_empty() => asked_topics(&context, version, asked, create).await,
        // A null list, and in version 0 an empty one, asks for all topics.
        _ => context.log().topics().iter().map(|topic| known(topic)).collect(),
    };
    let (host, port) = context.advertised();
    let node = MetadataResponseBroker::default().with_node_id(NODE).with_host(host).with_port(port);
    MetadataResponse::default()
        .with_brokers(vec![node])
        .with_cluster_id(Some(StrBytes::from_string(context.log().cluster_id().to_owned())))
        .with_controller_id(NODE)
        .with_topics(topics)
}

/// A topic that was asked for: it is there, it is not, or it is being created.
enum Asked {
    Found(MetadataResponseTopic),
    Creating(TopicName, Pending<Result<Arc<Topic>, CreateTopicError>>),
}

async fn asked_topics(
    context: &Context,
    version: i16,
    asked: Vec<MetadataRequestTopic>,
    create: bool,
) -> Vec<MetadataResponseTopic> {
    if version < TOPIC_IDS && asked.iter().any(|topic| topic.name.is_none() || !topic.topic_id.is_nil()) {
        let refuse = |topic: MetadataRequestTopic| {
            missing(Some(topic.name.unwrap_or_default()), topic.topic_id, ResponseError::InvalidRequest)
        };
        return asked.into_iter().map(refuse).collect();
    }
    // What is asked for twice is answered once.
    let mut told = HashSet::new();
    let once = asked.into_iter().filter(|topic| told.insert((topic.name.clone(), topic.topic_id)));
    // All topics are created in one flush: every creation is under way before the first is waited for.
    let mut room = PARTITIONS_MAX;
    let asked: Vec<Asked> = once.map(|topic| look_up(context, topic, create, &mut room)).collect();
    let mut topics = Vec::with_capacity(asked.len());
    for topic in asked {
        topics.push(match topic {
            Asked::Found(topic) => topic,
            Asked::Creating(name, creating) => created(context, name, creating.await),
        });
    }
    topics
}

/// Looks for a topic; creates it if it is to be, and there is `room` for its partitions among those that one request may make.
fn look_up(context: &Context, asked: MetadataRequestTopic, create: bool, room: &mut usize) -> Asked {
    let Some(name) = asked.name.filter(|_| asked.topic_id.is_nil()) else {
        let topic = context.topic("", asked.topic_id);
        let unknown = || missing(None, asked.topic_id, ResponseError::UnknownTopicId);
        return Asked::Found(topic.map_or_else(unknown, |topic| known(&topic)));
    };
    match context.log().topic(&name) {
        Some(topic) => Asked::Found(known(&topic)),
        None if create && colliding(context.log(), &name).is_some() => {
            Asked::Found(missing(Some(name), Uuid::nil(), ResponseError::InvalidTopicException))
        }
        None if create && take_room(context, room) => {
            let creating =
                context.log().create_topic(&name, context.config().default_partitions, TopicConfig::default());
            Asked::Creating(name, creating)
        }
        None => {
            let error = error_code::no_topic(&name);
            Asked::Found(missing(Some(name), Uuid::nil(), error))
        }
    }
}

fn take_room(context: &Context, room: &mut usize) -> bool {
    let wanted = usize::try_from(context.config().default_partitions).unwrap_or(1);
    let left = room.checked_sub(wanted);
    *room = left.unwrap_or(*room);
    left.is_some()
}

fn created(context: &Context, name: TopicName, result: Result<Arc<Topic>, CreateTopicError>) -> MetadataResponseTopic {
    match result {
        Ok(topic) => known(&topic),
        // Another client was faster.
        Err(CreateTopicError::Exists(_)) => match context.log().topic(&name) {
            Some(topic) => known(&topic),
            None => missing(Some(name), Uuid::nil(), ResponseError::UnknownTopicOrPartition),
        },
        Err(error) => missing(Some(name), Uuid::nil(), error_code::create_topic(&error)),
    }
}

fn missing(name: Option<TopicName>, id: Uuid, error: ResponseError) -> MetadataResponseTopic {
    MetadataResponseTopic::default().with_name(name).with_topic_id(id).with_error_code(error.code())
}

fn known(topic: &Topic) -> MetadataResponseTopic {
    let partitions = (0..topic.partitions).map(|partition| {
        MetadataResponsePartition::default()
            .with_partition_index(partition)
            .with_leader_id(NODE)
            .with_leader_epoch(LEADER_EPOCH)
            .with_replica_nodes(vec![NODE])
            .with_isr_nodes(vec![NODE])
    });
    MetadataResponseTopic::default()
        .with_name(Some(topic_name(&topic.name)))
        .with_topic_id(topic_uuid(topic.id))
        .with_partitions(partitions.collect())
}
