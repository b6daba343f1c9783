//! `DescribeConfigs`: the settings of topics, and those of the broker that clients look at.

use kafka_protocol::ResponseError;
use kafka_protocol::messages::describe_configs_request::DescribeConfigsResource;
use kafka_protocol::messages::describe_configs_response::{
    DescribeConfigsResourceResult, DescribeConfigsResult, DescribeConfigsSynonym,
};
use kafka_protocol::messages::{DescribeConfigsRequest, DescribeConfigsResponse};
use kafka_protocol::protocol::StrBytes;
use yeoul_base::limits::BATCH_BYTES_DEFAULT;

use crate::config_source;
use crate::context::{Context, NODE};

const TOPIC: i8 = 2;
const BROKER: i8 = 4;

/// A setting to be shown.
struct Setting {
    key: &'static str,
    value: String,
    source: i8,
    kind: i8,
}

pub(crate) fn answer(context: &Context, version: i16, request: DescribeConfigsRequest) -> DescribeConfigsResponse {
    let synonyms = request.include_synonyms;
    let results = request.resources.into_iter().map(|resource| describe(context, version, resource, synonyms));
    DescribeConfigsResponse::default().with_results(results.collect())
}

fn describe(context: &Context, version: i16, asked: DescribeConfigsResource, synonyms: bool) -> DescribeConfigsResult {
    let result = DescribeConfigsResult::default().with_resource_type(asked.resource_type).with_error_message(None);
    let settings = match asked.resource_type {
        TOPIC => topic_settings(context, &asked.resource_name),
        BROKER => broker_settings(context, &asked.resource_name),
        _ => Err((ResponseError::InvalidRequest, "only topics and brokers have settings here".to_owned())),
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
    let unknown = || (ResponseError::UnknownTopicOrPartition, format!("there is no topic `{name}`"));
    let entries = topic.ok_or_else(unknown)?.config.all().into_iter();
    let setting = |entry: yeoul_log::ConfigEntry| Setting {
        key: entry.key,
        value: entry.value,
        source: config_source::of(entry.is_default),
        kind: kind(entry.key),
    };
    Ok(entries.map(setting).collect())
}

fn broker_settings(context: &Context, name: &str) -> Result<Vec<Setting>, (ResponseError, String)> {
    if !name.is_empty() && name != NODE.0.to_string() {
        return Err((ResponseError::InvalidRequest, format!("there is no broker `{name}`, only `{}`", NODE.0)));
    }
    let config = context.config();
    let setting = |key, value: String| Setting { key, value, source: config_source::STATIC_BROKER, kind: kind(key) };
    Ok(vec![
        setting("auto.create.topics.enable", config.auto_create_topics.to_string()),
        setting("broker.id", NODE.0.to_string()),
        setting("default.replication.factor", "1".to_owned()),
        setting("message.max.bytes", BATCH_BYTES_DEFAULT.to_string()),
        setting("num.partitions", config.default_partitions.to_string()),
    ])
}

/// The type of a setting's value, as admin clients number it.
fn kind(key: &str) -> i8 {
    const BOOLEAN: i8 = 1;
    const STRING: i8 = 2;
    const INT: i8 = 3;
    const LONG: i8 = 5;
    const LIST: i8 = 7;
    match key {
        "auto.create.topics.enable" => BOOLEAN,
        "broker.id" | "default.replication.factor" | "max.message.bytes" | "message.max.bytes" | "num.partitions" => {
            INT
        }
        "retention.bytes" | "retention.ms" => LONG,
        "cleanup.policy" => LIST,
        _ => STRING,
    }
}

fn shown(setting: Setting, version: i16, synonyms: bool) -> DescribeConfigsResourceResult {
    let value = Some(StrBytes::from_string(setting.value));
    let name = StrBytes::from_static_str(setting.key);
    let synonym =
        DescribeConfigsSynonym::default().with_name(name.clone()).with_value(value.clone()).with_source(setting.source);
    let shown = DescribeConfigsResourceResult::default()
        .with_name(name)
        .with_value(value)
        .with_read_only(true)
        .with_config_source(setting.source)
        .with_synonyms(if synonyms { vec![synonym] } else { Vec::new() });
    if version >= 3 { shown.with_config_type(setting.kind).with_documentation(None) } else { shown }
}
