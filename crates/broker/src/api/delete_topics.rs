//! `DeleteTopics`, by name or by id.

use std::collections::HashSet;
use std::sync::Arc;

use kafka_protocol::ResponseError;
use kafka_protocol::messages::delete_topics_request::DeleteTopicState;
use kafka_protocol::messages::delete_topics_response::DeletableTopicResult;
use kafka_protocol::messages::{DeleteTopicsRequest, DeleteTopicsResponse};
use kafka_protocol::protocol::StrBytes;
use yeoul_log::{DeleteTopicError, Pending, Topic};

use crate::context::{Context, topic_name, topic_uuid};
use crate::error_code;

/// The first version that says in words what was wrong.
const ERROR_MESSAGES: i16 = 5;
/// The first version with topic ids.
const TOPIC_IDS: i16 = 6;

pub(crate) async fn answer(context: Context, version: i16, request: DeleteTopicsRequest) -> DeleteTopicsResponse {
    let by_name = request.topic_names.into_iter().map(|name| DeleteTopicState::default().with_name(Some(name)));
    let asked = request.topics.into_iter().chain(by_name);
    let mut asked: Vec<DeleteTopicState> = asked.collect();
    let twice = named_twice(&context, &asked);
    // What is named twice is answered once.
    let mut told = HashSet::new();
    asked.retain(|topic| told.insert((topic.name.clone(), topic.topic_id)));
    let begin = |topic: DeleteTopicState| match check(&context, &topic, &twice) {
        Some(message) => Deleting::Refused(topic, message),
        None => begin(&context, topic),
    };
    let deleting: Vec<Deleting> = asked.into_iter().map(begin).collect();
    let mut results = Vec::with_capacity(deleting.len());
    for deleting in deleting {
        results.push(finish(deleting, version).await);
    }
    DeleteTopicsResponse::default().with_responses(results)
}

/// The names of the topics that a request means more than once, be it by name or by id.
fn named_twice(context: &Context, asked: &[DeleteTopicState]) -> HashSet<String> {
    let mut once = HashSet::new();
    let names = asked.iter().filter_map(|topic| name_of(context, topic));
    names.filter(|name| !once.insert(name.clone())).collect()
}

/// What a topic is called that is meant; one that is not there has the name that it is asked for by.
fn name_of(context: &Context, asked: &DeleteTopicState) -> Option<String> {
    match &asked.name {
        Some(name) => Some(name.to_string()),
        None => context.topic("", asked.topic_id).map(|topic| topic.name.clone()),
    }
}

/// Why nothing is deleted for what a request says, if that is so.
fn check(context: &Context, asked: &DeleteTopicState, twice: &HashSet<String>) -> Option<&'static str> {
    match (&asked.name, asked.topic_id.is_nil()) {
        (None, true) => Some("neither name nor id says which topic is meant; give one of them"),
        (Some(_), false) => Some("both name and id say which topic is meant; give one of them"),
        _ => {
            let is_twice = name_of(context, asked).is_some_and(|name| twice.contains(&name));
            is_twice.then_some("the topic is in the request twice; name it once")
        }
    }
}

/// A topic that is being deleted, was not found, or is named in a way that is refused.
enum Deleting {
    Refused(DeleteTopicState, &'static str),
    Unknown(DeleteTopicState),
    Waiting(Arc<Topic>, Pending<Result<(), DeleteTopicError>>),
}

fn begin(context: &Context, asked: DeleteTopicState) -> Deleting {
    let name = asked.name.as_ref().map_or("", |name| name.as_str());
    match context.topic(name, asked.topic_id) {
        None => Deleting::Unknown(asked),
        Some(topic) => {
            let pending = context.log().delete_topic(topic.id);
            Deleting::Waiting(topic, pending)
        }
    }
}

async fn finish(deleting: Deleting, version: i16) -> DeletableTopicResult {
    let (topic, pending) = match deleting {
        Deleting::Refused(asked, message) => {
            let result = DeletableTopicResult::default().with_name(asked.name).with_topic_id(asked.topic_id);
            return with_error(result, version, ResponseError::InvalidRequest, message.to_owned());
        }
        Deleting::Unknown(asked) => return unknown(asked, version),
        Deleting::Waiting(topic, pending) => (topic, pending),
    };
    let mut result = DeletableTopicResult::default().with_name(Some(topic_name(&topic.name)));
    if version >= TOPIC_IDS {
        result = result.with_topic_id(topic_uuid(topic.id));
    }
    match pending.await {
        Ok(()) => result,
        Err(error) => with_error(result, version, error_code::delete_topic(&error), error.to_string()),
    }
}

fn unknown(asked: DeleteTopicState, version: i16) -> DeletableTopicResult {
    let result = DeletableTopicResult::default();
    if asked.topic_id.is_nil() {
        let name = asked.name.unwrap_or_default();
        let message = format!("there is no topic `{}`", name.as_str());
        return with_error(result.with_name(Some(name)), version, ResponseError::UnknownTopicOrPartition, message);
    }
    let message = format!("there is no topic with id `{}`", asked.topic_id);
    let result = result.with_name(None).with_topic_id(asked.topic_id);
    with_error(result, version, ResponseError::UnknownTopicId, message)
}

fn with_error(
    result: DeletableTopicResult,
    version: i16,
    error: ResponseError,
    message: String,
) -> DeletableTopicResult {
    let result = result.with_error_code(error.code());
    if version >= ERROR_MESSAGES { result.with_error_message(Some(StrBytes::from_string(message))) } else { result }
}
