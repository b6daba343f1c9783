//! `CreatePartitions`: more partitions for topics. Assignments are checked to be some that a cluster could have, and not
//! otherwise looked at: there is one broker.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use kafka_protocol::ResponseError;
use kafka_protocol::messages::create_partitions_request::CreatePartitionsTopic;
use kafka_protocol::messages::create_partitions_response::CreatePartitionsTopicResult;
use kafka_protocol::messages::{CreatePartitionsRequest, CreatePartitionsResponse, TopicName};
use kafka_protocol::protocol::StrBytes;
use yeoul_base::limits::TOPIC_PARTITIONS_MAX;
use yeoul_log::{AddPartitionsError, Pending, Topic};

use crate::api::create_topics::can_be_replicas;
use crate::context::Context;
use crate::error_code;

pub(crate) async fn answer(
    context: Context,
    _version: i16,
    request: CreatePartitionsRequest,
) -> CreatePartitionsResponse {
    let mut times_named: HashMap<TopicName, usize> = HashMap::new();
    for topic in &request.topics {
        *times_named.entry(topic.name.clone()).or_default() += 1;
    }
    // What is named twice is answered once.
    let mut told = HashSet::new();
    let adding: Vec<(TopicName, Adding)> = request
        .topics
        .into_iter()
        .filter(|topic| told.insert(topic.name.clone()))
        .map(|topic| {
            let named_once = times_named.get(&topic.name) == Some(&1);
            (
                topic.name.clone(),
                begin(&context, &topic, named_once, request.validate_only).unwrap_or_else(Adding::Done),
            )
        })
        .collect();
    let mut results = Vec::with_capacity(adding.len());
    for (name, adding) in adding {
        let (code, message) = match adding {
            Adding::Done(outcome) => outcome,
            Adding::Waiting(pending) => pending.await.map_or_else(|error| refused(&error), |_| (0, None)),
        };
        let result = CreatePartitionsTopicResult::default().with_name(name);
        results.push(result.with_error_code(code).with_error_message(message));
    }
    CreatePartitionsResponse::default().with_results(results)
}

/// A code, and what it means in words.
type Outcome = (i16, Option<StrBytes>);

enum Adding {
    Done(Outcome),
    Waiting(Pending<Result<Arc<Topic>, AddPartitionsError>>),
}

fn begin(
    context: &Context,
    asked: &CreatePartitionsTopic,
    named_once: bool,
    validate_only: bool,
) -> Result<Adding, Outcome> {
    let name = asked.name.as_str();
    let say = |error: ResponseError, text: String| (error.code(), Some(StrBytes::from_string(text)));
    if !named_once {
        let text = format!("topic `{name}` is in the request twice; name it once");
        return Err(say(ResponseError::InvalidRequest, text));
    }
    let unknown = || say(ResponseError::UnknownTopicOrPartition, format!("there is no topic `{name}`"));
    let topic = context.log().topic(name).ok_or_else(unknown)?;
    let (has, most) = (topic.partitions, TOPIC_PARTITIONS_MAX);
    if asked.count <= has || asked.count > most {
        let error = AddPartitionsError::InvalidPartitions { topic: topic.name.clone(), has, asked: asked.count, most };
        return Err(refused(&error));
    }
    let assigned = asked.assignments.as_ref().map(Vec::len);
    if assigned.is_some_and(|assigned| i32::try_from(assigned) != Ok(asked.count - has)) {
        let text = format!("{} partitions are new, and {} are assigned", asked.count - has, assigned.unwrap_or(0));
        return Err(say(ResponseError::InvalidReplicaAssignment, text));
    }
    if !asked.assignments.iter().flatten().all(|it| can_be_replicas(&it.broker_ids)) {
        let text = "a partition is assigned to no broker, or to one of them twice".to_owned();
        return Err(say(ResponseError::InvalidReplicaAssignment, text));
    }
    if validate_only {
        return Ok(Adding::Done((0, None)));
    }
    Ok(Adding::Waiting(context.log().add_partitions(topic.id, asked.count)))
}

fn refused(error: &AddPartitionsError) -> Outcome {
    (error_code::add_partitions(error).code(), Some(StrBytes::from_string(error.to_string())))
}
