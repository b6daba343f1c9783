//! `AlterConfigs` and `IncrementalAlterConfigs` (KIP-339): changes of topics' and groups' settings. The first replaces all that was
//! set, the second changes what it names.

use std::collections::HashSet;
use std::sync::Arc;

use kafka_protocol::ResponseError;
use kafka_protocol::messages::alter_configs_response::AlterConfigsResourceResponse as Altered;
use kafka_protocol::messages::incremental_alter_configs_request::AlterableConfig;
use kafka_protocol::messages::incremental_alter_configs_response::AlterConfigsResourceResponse as IncrementallyAltered;
use kafka_protocol::messages::{
    AlterConfigsRequest, AlterConfigsResponse, IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse,
};
use kafka_protocol::protocol::StrBytes;
use yeoul_log::{AlterTopicError, Change, ConfigChange, ConfigChanges, Pending, Topic, TopicConfig, check_topic_name};

use crate::config_resource;
use crate::context::Context;
use crate::error_code;
use crate::group::settings::GroupSetting;

pub(crate) async fn answer(context: Context, _version: i16, request: AlterConfigsRequest) -> AlterConfigsResponse {
    let asked = request.resources.into_iter().map(|resource| {
        let set = |setting: kafka_protocol::messages::alter_configs_request::AlterableConfig| {
            let key = setting.name.to_string();
            let value = setting.value.ok_or_else(|| no_value(&key))?;
            Ok(ConfigChange { key, change: Change::Set(value.to_string()) })
        };
        let changes = resource.configs.into_iter().map(set).collect::<Result<_, _>>().and_then(each_once);
        Asked { kind: resource.resource_type, name: resource.resource_name, replace: true, changes }
    });
    let results = alter(&context, asked, request.validate_only).await;
    let response = |(asked, result): (Resource, Result<(), Refused>)| {
        let (code, message) = outcome(result);
        let response = Altered::default().with_resource_type(asked.0).with_resource_name(asked.1);
        response.with_error_code(code).with_error_message(message)
    };
    AlterConfigsResponse::default().with_responses(results.into_iter().map(response).collect())
}

pub(crate) async fn answer_incremental(
    context: Context,
    _version: i16,
    request: IncrementalAlterConfigsRequest,
) -> IncrementalAlterConfigsResponse {
    let asked = request.resources.into_iter().map(|resource| Asked {
        kind: resource.resource_type,
        name: resource.resource_name,
        replace: false,
        changes: resource.configs.into_iter().map(change).collect::<Result<_, _>>().and_then(each_once),
    });
    let results = alter(&context, asked, request.validate_only).await;
    let response = |(asked, result): (Resource, Result<(), Refused>)| {
        let (code, message) = outcome(result);
        let response = IncrementallyAltered::default().with_resource_type(asked.0).with_resource_name(asked.1);
        response.with_error_code(code).with_error_message(message)
    };
    IncrementalAlterConfigsResponse::default().with_responses(results.into_iter().map(response).collect())
}

fn change(asked: AlterableConfig) -> Result<ConfigChange, Refused> {
    let key = asked.name.to_string();
    let value = || asked.value.as_ref().map(|value| value.to_string());
    let needed = || value().ok_or_else(|| no_value(&key));
    let change = match asked.config_operation {
        0 => Change::Set(needed()?),
        1 => Change::Reset,
        2 => Change::Append(needed()?),
        3 => Change::Subtract(needed()?),
        other => {
            let message = format!("setting `{key}` is to be changed by operation {other}, which there is not");
            return Err(Refused { error: ResponseError::InvalidRequest, message });
        }
    };
    Ok(ConfigChange { key, change })
}

fn no_value(key: &str) -> Refused {
    let message = format!("setting `{key}` is to be changed and has no value; name one");
    Refused { error: ResponseError::InvalidRequest, message }
}

/// The changes, if none is of what another is of.
fn each_once(changes: Vec<ConfigChange>) -> Result<Vec<ConfigChange>, Refused> {
    let mut keys = HashSet::new();
    let twice = changes.iter().find(|change| !keys.insert(change.key.as_str())).map(|change| change.key.clone());
    let Some(key) = twice else { return Ok(changes) };
    let message = format!("setting `{key}` is in the request twice; name it once");
    Err(Refused { error: ResponseError::InvalidRequest, message })
}

/// Type and name of what has the settings.
type Resource = (i8, StrBytes);

/// What is to be changed.
struct Asked {
    kind: i8,
    name: StrBytes,
    replace: bool,
    changes: Result<Vec<ConfigChange>, Refused>,
}

impl Asked {
    fn resource(&self) -> Resource {
        (self.kind, self.name.clone())
    }
}

struct Refused {
    error: ResponseError,
    message: String,
}

/// A change that is under way, or was decided at once.
enum Altering {
    Done(Result<(), Refused>),
    Waiting(Pending<Result<Arc<Topic>, AlterTopicError>>),
    /// Of a group's settings, which are changed one after the other.
    Group(ConfigChanges),
}

async fn alter(
    context: &Context,
    asked: impl Iterator<Item = Asked>,
    validate_only: bool,
) -> Vec<(Resource, Result<(), Refused>)> {
    let asked: Vec<Asked> = asked.collect();
    let mut resources = HashSet::new();
    let twice: HashSet<Resource> =
        asked.iter().map(Asked::resource).filter(|resource| !resources.insert(resource.clone())).collect();
    let begin = |asked: Asked| {
        let resource = asked.resource();
        if twice.contains(&resource) {
            let message = format!("`{}` is in the request twice; name it once", resource.1.as_str());
            return (resource, Altering::Done(Err(Refused { error: ResponseError::InvalidRequest, message })));
        }
        (resource, begin(context, asked, validate_only).unwrap_or_else(|refused| Altering::Done(Err(refused))))
    };
    // Every change is under way before the first is waited for: all of them take one flush.
    let altering: Vec<(Resource, Altering)> = asked.into_iter().map(begin).collect();
    let mut results = Vec::with_capacity(altering.len());
    for (resource, altering) in altering {
        let result = match altering {
            Altering::Done(result) => result,
            Altering::Waiting(pending) => pending.await.map(drop).map_err(|error| refused(&error)),
            Altering::Group(changes) => alter_group(context, &resource.1, &changes, validate_only).await,
        };
        results.push((resource, result));
    }
    results
}

async fn alter_group(
    context: &Context,
    group: &str,
    changes: &ConfigChanges,
    validate_only: bool,
) -> Result<(), Refused> {
    let altered = context.groups().alter_settings(group, changes, validate_only).await;
    altered.map_err(|error| Refused { error: error.code(), message: error.to_string() })
}

fn begin(context: &Context, asked: Asked, validate_only: bool) -> Result<Altering, Refused> {
    let mut changes = ConfigChanges { replace: asked.replace, changes: asked.changes? };
    // What there is not is not set: to reset it changes nothing, as a tool that cleans up counts on.
    changes.changes.retain(|change| change.change != Change::Reset || is_known(asked.kind, &change.key));
    if asked.kind == config_resource::GROUP {
        return Ok(Altering::Group(changes));
    }
    if asked.kind != config_resource::TOPIC {
        let message = format!("{} can't be changed while it runs; `yeoul.toml` has them", kind_name(asked.kind));
        return Err(Refused { error: ResponseError::InvalidRequest, message });
    }
    let default_changed = |changes: &ConfigChanges| {
        let changed = TopicConfig::default().changed(changes).map(drop);
        changed.map_err(|error| refused(&error.into()))
    };
    default_changed(&changes.of_lists())?;
    if asked.name.is_empty() {
        let message = "the topic's name is empty; defaults of all topics can't be changed".to_owned();
        return Err(Refused { error: ResponseError::InvalidRequest, message });
    }
    let unknown = || {
        let message = format!("there is no topic `{}`", asked.name.as_str());
        Refused { error: error_code::no_topic(&asked.name), message }
    };
    let topic = context.log().topic(&asked.name);
    if topic.is_none() && check_topic_name(&asked.name).is_ok() {
        // What is wrong with the change comes before that there is nothing to change.
        default_changed(&changes)?;
    }
    let topic = topic.ok_or_else(unknown)?;
    if validate_only {
        let checked = topic.config.changed(&changes).map(drop);
        return Ok(Altering::Done(checked.map_err(|error| refused(&error.into()))));
    }
    Ok(Altering::Waiting(context.log().alter_topic(topic.id, changes)))
}

/// Whether a kind of resource has a setting; of those that can't be changed at all, any.
fn is_known(kind: i8, key: &str) -> bool {
    match kind {
        config_resource::TOPIC => TopicConfig::default().get(key).is_some(),
        config_resource::GROUP => GroupSetting::named(key).is_some(),
        _ => true,
    }
}

fn kind_name(kind: i8) -> &'static str {
    match kind {
        config_resource::BROKER => "a broker's settings",
        config_resource::BROKER_LOGGER => "the loggers' levels",
        config_resource::CLIENT_METRICS => "subscriptions of clients' metrics",
        _ => "settings of an unknown type of resource",
    }
}

fn refused(error: &AlterTopicError) -> Refused {
    Refused { error: error_code::alter_topic(error), message: error.to_string() }
}

fn outcome(result: Result<(), Refused>) -> (i16, Option<StrBytes>) {
    match result {
        Ok(()) => (0, None),
        Err(refused) => (refused.error.code(), Some(StrBytes::from_string(refused.message))),
    }
}
