//! `CreateTopics`. Any replication factor is accepted, since the same client has to run against a cluster, too; what
//! there is, one replica, is what is answered.

use std::collections::HashMap;

use kafka_protocol::ResponseError;
use kafka_protocol::messages::create_topics_request::{CreatableTopic, CreatableTopicConfig};
use kafka_protocol::messages::create_topics_response::{CreatableTopicConfigs, CreatableTopicResult};
use kafka_protocol::messages::{CreateTopicsRequest, CreateTopicsResponse, TopicName};
use kafka_protocol::protocol::StrBytes;
use yeoul_base::limits::TOPIC_PARTITIONS_MAX;
use yeoul_log::{ConfigError, CreateTopicError, Pending, TopicConfig, check_topic_name};

use crate::config_source;
use crate::context::{Context, topic_uuid};
use crate::error_code;

/// The first version that tells what was created.
const DETAILS: i16 = 5;
/// The first version with topic ids.
const TOPIC_IDS: i16 = 7;

pub(crate) async fn answer(context: Context, version: i16, request: CreateTopicsRequest) -> CreateTopicsResponse {
    let mut times_named: HashMap<TopicName, usize> = HashMap::new();
    for topic in &request.topics {
        *times_named.entry(topic.name.clone()).or_default() += 1;
    }
    let begin = |topic: CreatableTopic| match times_named.get(&topic.name) {
        Some(1) => begin(&context, topic, request.validate_only),
        _ => Creating::Done(named_twice(topic.name)),
    };
    // Every creation is under way before the first is waited for: all of them take one flush.
    let creating: Vec<Creating> = request.topics.into_iter().map(begin).collect();
    let mut results = Vec::with_capacity(creating.len());
    for creating in creating {
        results.push(finish(creating, version).await);
    }
    CreateTopicsResponse::default().with_topics(results)
}

/// A topic that is being created, or was refused.
enum Creating {
    Done(CreatableTopicResult),
    Waiting(Plan, Pending<Result<std::sync::Arc<yeoul_log::Topic>, CreateTopicError>>),
    ValidOnly(Plan),
}

/// What is to be created.
struct Plan {
    name: TopicName,
    partitions: i32,
    config: TopicConfig,
}

fn begin(context: &Context, asked: CreatableTopic, validate_only: bool) -> Creating {
    let name = asked.name.clone();
    match plan(context, asked) {
        Err(error) => Creating::Done(refused(name, &error)),
        Ok(plan) if validate_only => Creating::ValidOnly(plan),
        Ok(plan) => {
            let pending = context.log().create_topic(&plan.name, plan.partitions, plan.config.clone());
            Creating::Waiting(plan, pending)
        }
    }
}

fn plan(context: &Context, asked: CreatableTopic) -> Result<Plan, CreateTopicError> {
    check_topic_name(&asked.name)?;
    if context.log().topic(&asked.name).is_some() {
        return Err(CreateTopicError::Exists(asked.name.to_string()));
    }
    let partitions = match (asked.num_partitions, asked.assignments.len()) {
        (-1, 0) => context.config().default_partitions,
        (-1, assigned) => i32::try_from(assigned).unwrap_or(i32::MAX),
        (asked, _) => asked,
    };
    if !(1..=TOPIC_PARTITIONS_MAX).contains(&partitions) {
        return Err(CreateTopicError::InvalidPartitions { asked: partitions, most: TOPIC_PARTITIONS_MAX });
    }
    Ok(Plan { name: asked.name, partitions, config: settings(&asked.configs)? })
}

fn settings(asked: &[CreatableTopicConfig]) -> Result<TopicConfig, ConfigError> {
    let mut config = TopicConfig::default();
    for setting in asked {
        // A null value leaves the default.
        if let Some(value) = &setting.value {
            config.set(&setting.name, value)?;
        }
    }
    Ok(config)
}

async fn finish(creating: Creating, version: i16) -> CreatableTopicResult {
    match creating {
        Creating::Done(result) => result,
        Creating::ValidOnly(plan) => details(plan, version),
        Creating::Waiting(plan, pending) => match pending.await {
            Err(error) => refused(plan.name, &error),
            Ok(topic) if version >= TOPIC_IDS => details(plan, version).with_topic_id(topic_uuid(topic.id)),
            Ok(_) => details(plan, version),
        },
    }
}

fn details(plan: Plan, version: i16) -> CreatableTopicResult {
    let result = CreatableTopicResult::default().with_name(plan.name).with_error_message(None);
    if version < DETAILS {
        return result;
    }
    let configs = plan.config.all().into_iter().map(|entry| {
        CreatableTopicConfigs::default()
            .with_name(StrBytes::from_static_str(entry.key))
            .with_value(Some(StrBytes::from_string(entry.value)))
            .with_config_source(config_source::of(entry.is_default))
    });
    result.with_num_partitions(plan.partitions).with_replication_factor(1).with_configs(Some(configs.collect()))
}

fn refused(name: TopicName, error: &CreateTopicError) -> CreatableTopicResult {
    CreatableTopicResult::default()
        .with_name(name)
        .with_error_code(error_code::create_topic(error).code())
        .with_error_message(Some(StrBytes::from_string(error.to_string())))
}

fn named_twice(name: TopicName) -> CreatableTopicResult {
    let message = format!("topic `{}` is in the request twice; name it once", name.as_str());
    CreatableTopicResult::default()
        .with_name(name)
        .with_error_code(ResponseError::InvalidRequest.code())
        .with_error_message(Some(StrBytes::from_string(message)))
}
