//! `DescribeConfigs`: the settings of topics and groups, and those of the broker that clients look at.

use kafka_protocol::ResponseError;
use kafka_protocol::messages::describe_configs_request::DescribeConfigsResource;
use kafka_protocol::messages::describe_configs_response::{
    DescribeConfigsResourceResult, DescribeConfigsResult, DescribeConfigsSynonym,
};
use kafka_protocol::messages::{DescribeConfigsRequest, DescribeConfigsResponse};
use kafka_protocol::protocol::StrBytes;

use crate::api::repeats::{Repeats, TOO_OFTEN, TOO_OFTEN_MESSAGE};
use crate::config_resource::{BROKER, GROUP, TOPIC};
use crate::config_source;
use crate::context::{Context, NODE};
use crate::error_code;
use crate::settings::{self, Setting};

pub(crate) fn answer(context: &Context, version: i16, request: DescribeConfigsRequest) -> DescribeConfigsResponse {
    let synonyms = request.include_synonyms;
    let mut repeats = Repeats::new();
    let results = request.resources.into_iter().map(|resource| {
        match repeats.admits((resource.resource_type, resource.resource_name.clone())) {
            true => describe(context, version, resource, synonyms),
            false => named_too_often(resource),
        }
    });
    DescribeConfigsResponse::default().with_results(results.collect())
}

fn named_too_often(asked: DescribeConfigsResource) -> DescribeConfigsResult {
    let refused = DescribeConfigsResult::default().with_resource_type(asked.resource_type);
    let message = Some(StrBytes::from_static_str(TOO_OFTEN_MESSAGE));
    refused.with_resource_name(asked.resource_name).with_error_code(TOO_OFTEN.code()).with_error_message(message)
}

fn describe(context: &Context, version: i16, asked: DescribeConfigsResource, synonyms: bool) -> DescribeConfigsResult {
    let result = DescribeConfigsResult::default().with_resource_type(asked.resource_type).with_error_message(None);
    let settings = match asked.resource_type {
        TOPIC => topic_settings(context, &asked.resource_name),
        BROKER => broker_settings(context, &asked.resource_name),
        GROUP => group_settings(context, &asked.resource_name),
        _ => Err((ResponseError::InvalidRequest, "only topics, brokers and groups have settings here".to_owned())),
    };
    let result = match settings {
        Err((error, message)) => {
            result.with_error_code(error.code()).with_error_message(Some(StrBytes::from_string(message)))
        }
        Ok(settings) => {
            let wanted = |key: &str| {
                let keys = asked.configuration_keys.as_ref();
                keys.is_none_or(|keys| keys.is_empty() || keys.iter().any(|asked| asked.as_str() == key))
            };
            let settings = settings.into_iter().filter(|setting| wanted(setting.key));
            result.with_configs(settings.map(|setting| shown(setting, version, synonyms)).collect())
        }
    };
    result.with_resource_name(asked.resource_name)
}

fn topic_settings(context: &Context, name: &str) -> Result<Vec<Setting>, (ResponseError, String)> {
    let topic = context.log().topic(name);
    let unknown = || (error_code::no_topic(name), format!("there is no topic `{name}`"));
    Ok(settings::of_topic(&*topic.ok_or_else(unknown)?))
}

fn broker_settings(context: &Context, name: &str) -> Result<Vec<Setting>, (ResponseError, String)> {
    // Without a name, what was set for all brokers while they ran is asked for, and nothing can be.
    if name.is_empty() {
        return Ok(Vec::new());
    }
    if name != NODE.0.to_string() {
        return Err((ResponseError::InvalidRequest, format!("there is no broker `{name}`, only `{}`", NODE.0)));
    }
    Ok(settings::of_broker(context))
}

fn group_settings(context: &Context, name: &str) -> Result<Vec<Setting>, (ResponseError, String)> {
    if name.is_empty() {
        return Err((ResponseError::InvalidRequest, "the group's name is empty".to_owned()));
    }
    Ok(settings::of_group(context, name))
}

fn shown(setting: Setting, version: i16, synonyms: bool) -> DescribeConfigsResourceResult {
    let value = Some(StrBytes::from_string(setting.value.clone()));
    let shown = DescribeConfigsResourceResult::default()
        .with_name(StrBytes::from_static_str(setting.key))
        .with_value(value)
        .with_read_only(setting.read_only)
        .with_config_source(setting.source)
        .with_synonyms(if synonyms { synonyms_of(&setting) } else { Vec::new() });
    if version >= 3 {
        shown.with_config_type(settings::kind_number(setting.kind)).with_documentation(None)
    } else {
        shown
    }
}

/// Where the value would come from, the first first.
fn synonyms_of(setting: &Setting) -> Vec<DescribeConfigsSynonym> {
    if setting.is_unnamed_default() {
        return Vec::new();
    }
    let synonym = |value: String, source| {
        let key = if source == config_source::DEFAULT { setting.default_key } else { setting.key };
        let synonym = DescribeConfigsSynonym::default().with_name(StrBytes::from_static_str(key));
        synonym.with_value(Some(StrBytes::from_string(value))).with_source(source)
    };
    let own = synonym(setting.value.clone(), setting.source);
    let default = setting.default.filter(|_| setting.source != config_source::DEFAULT);
    std::iter::once(own).chain(default.map(|value| synonym(value.to_string(), config_source::DEFAULT))).collect()
}
