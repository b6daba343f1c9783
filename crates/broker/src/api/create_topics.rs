//! `CreateTopics`. Any replication factor is accepted, since the same client has to run against a cluster, too; what
//! there is, one replica, is what is answered.

use std::collections::{HashMap, HashSet};

use kafka_protocol::ResponseError;
use kafka_protocol::messages::create_topics_request::{CreatableTopic, CreatableTopicConfig};
use kafka_protocol::messages::create_topics_response::{CreatableTopicConfigs, CreatableTopicResult};
use kafka_protocol::messages::{BrokerId, CreateTopicsRequest, CreateTopicsResponse, TopicName};
use kafka_protocol::protocol::StrBytes;
use yeoul_base::limits::TOPIC_PARTITIONS_MAX;
use yeoul_log::{ConfigError, CreateTopicError, Log, Pending, TopicConfig, check_topic_name};

use crate::api::acl_words::Wrong;
use crate::config_source;
use crate::context::{Context, topic_uuid};
use crate::error_code;

/// The first version that tells what was created.
const DETAILS: i16 = 5;
/// The first version with topic ids.
const TOPIC_IDS: i16 = 7;

/// The most partitions that one request may ask for in sum (Kafka's `MAX_PARTITIONS_PER_BATCH`).
pub(crate) const PARTITIONS_MAX: usize = TOPIC_PARTITIONS_MAX as usize;

pub(crate) async fn answer(context: Context, version: i16, request: CreateTopicsRequest) -> CreateTopicsResponse {
    let mut times_named: HashMap<TopicName, usize> = HashMap::new();
    for topic in &request.topics {
        *times_named.entry(topic.name.clone()).or_default() += 1;
    }
    let default = usize::try_from(context.config().default_partitions).unwrap_or(1);
    let asked = request.topics.iter().map(|topic| partitions_of(topic, default)).fold(0, usize::saturating_add);
    let begin = |topic: CreatableTopic| match times_named.get(&topic.name) {
        // One that has too many by itself is told so.
        Some(1) if asked > PARTITIONS_MAX && partitions_of(&topic, default) <= PARTITIONS_MAX => {
            Creating::Done(one_of_too_many(topic.name))
        }
        Some(1) => begin(&context, topic, request.validate_only),
        _ => Creating::Done(named_twice(topic.name)),
    };
    // What is named twice is answered once: clients match answers by the name.
    let mut told = HashSet::new();
    let once = request.topics.into_iter().filter(|topic| told.insert(topic.name.clone()));
    // Every creation is under way before the first is waited for: all of them take one flush.
    let creating: Vec<Creating> = once.map(begin).collect();
    let mut results = Vec::with_capacity(creating.len());
    for creating in creating {
        results.push(finish(creating, version).await);
    }
    CreateTopicsResponse::default().with_topics(results)
}

/// How many partitions a topic is to have.
fn partitions_of(topic: &CreatableTopic, default: usize) -> usize {
    match topic.assignments.len() {
        0 => usize::try_from(topic.num_partitions).unwrap_or(default),
        assigned => assigned,
    }
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
    if let Err((error, message)) = check_replicas(&asked).and_then(|()| check_collision(context, &name)) {
        return Creating::Done(refused_by(name, error, message));
    }
    match plan(context, asked) {
        Err(error) => Creating::Done(refused(name, &error)),
        Ok(plan) if validate_only => Creating::ValidOnly(plan),
        Ok(plan) => {
            let pending = context.log().create_topic(&plan.name, plan.partitions, plan.config.clone());
            Creating::Waiting(plan, pending)
        }
    }
}

/// How many replicas there are to be can be anything that a cluster could have; nowhere can it be none.
fn check_replicas(asked: &CreatableTopic) -> Result<(), Wrong> {
    if asked.assignments.is_empty() {
        let message = "the replication factor is 1 or more, or -1 for the default; here it comes to 1".to_owned();
        let could_be = asked.replication_factor > 0 || asked.replication_factor == -1;
        return if could_be { Ok(()) } else { Err((ResponseError::InvalidReplicationFactor, message)) };
    }
    if asked.num_partitions != -1 || asked.replication_factor != -1 {
        let message = "assignments say how many partitions and replicas there are to be; leave the numbers at -1";
        return Err((ResponseError::InvalidRequest, message.to_owned()));
    }
    let mut partitions: Vec<i32> = asked.assignments.iter().map(|it| it.partition_index).collect();
    partitions.sort_unstable();
    let wrong = |message: &str| Err((ResponseError::InvalidReplicaAssignment, message.to_owned()));
    if !partitions.iter().copied().eq(0..i32::try_from(partitions.len()).unwrap_or(i32::MAX)) {
        return wrong("assigned partitions are numbered from 0 on, each once");
    }
    if asked.assignments.iter().all(|it| can_be_replicas(&it.broker_ids)) {
        return Ok(());
    }
    wrong("a partition is assigned to no broker, or to one of them twice")
}

/// Whether a partition can be assigned to these brokers of some cluster: to one or more, each once.
pub(crate) fn can_be_replicas(brokers: &[BrokerId]) -> bool {
    let different: HashSet<&BrokerId> = brokers.iter().collect();
    !brokers.is_empty() && different.len() == brokers.len() && brokers.iter().all(|broker| broker.0 >= 0)
}

/// Kafka's names of metrics do not tell `.` from `_`, so that no cluster has both `a.b` and `a_b`.
fn check_collision(context: &Context, name: &str) -> Result<(), Wrong> {
    match colliding(context.log(), name) {
        None => Ok(()),
        Some(other) => Err((
            ResponseError::InvalidTopicException,
            format!(
                "topic `{name}` collides with topic `{other}`: names that differ in `.` and `_` only are the same in metrics"
            ),
        )),
    }
}

/// The topic whose name differs from this one in `.` and `_` only.
pub(crate) fn colliding(log: &Log, name: &str) -> Option<String> {
    if !name.contains(['.', '_']) {
        return None;
    }
    let alike = |one: u8, other: u8| one == other || (matches!(one, b'.' | b'_') && matches!(other, b'.' | b'_'));
    let collides = |other: &str| {
        other.len() == name.len() && other != name && other.bytes().zip(name.bytes()).all(|(one, own)| alike(one, own))
    };
    log.topics().iter().map(|topic| &topic.name).find(|other| collides(other)).cloned()
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
        let no_value = || ConfigError::NoValue { key: setting.name.to_string() };
        config.set(&setting.name, setting.value.as_ref().ok_or_else(no_value)?)?;
    }
    config.check()?;
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

fn one_of_too_many(name: TopicName) -> CreatableTopicResult {
    let message = format!("the request asks for more than {PARTITIONS_MAX} partitions in sum; send several requests");
    refused_by(name, ResponseError::PolicyViolation, message)
}

fn named_twice(name: TopicName) -> CreatableTopicResult {
    let message = format!("topic `{}` is in the request twice; name it once", name.as_str());
    refused_by(name, ResponseError::InvalidRequest, message)
}

fn refused_by(name: TopicName, error: ResponseError, message: String) -> CreatableTopicResult {
    CreatableTopicResult::default()
        .with_name(name)
        .with_error_code(error.code())
        .with_error_message(Some(StrBytes::from_string(message)))
}
