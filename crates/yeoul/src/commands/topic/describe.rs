//! `yeoul topic describe`: what `kafka-topics.sh --describe` prints, and behind it offsets, sizes, and where records lie.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64_URL;
use serde_json::{Map, Value, json};
use yeoul_base::TopicId;
use yeoul_broker::client::{Client, OffsetAt, TopicInfo, TopicSetting};

use super::unknown;
use crate::commands::target::{KafkaTarget, Target};
use crate::fault::Fault;
use crate::output::print_text;

/// What is asked for.
pub(super) struct What {
    pub(super) topic: Option<String>,
    pub(super) all: bool,
    pub(super) json: bool,
}

/// A topic, described.
struct Described {
    topic: TopicInfo,
    settings: Vec<TopicSetting>,
    partitions: Vec<Partition>,
}

struct Partition {
    index: i32,
    leader: i32,
    log_start: i64,
    high_watermark: i64,
    bytes: Option<i64>,
    /// Where its records lie, as the platform tells over HTTP.
    ranges: Vec<Value>,
}

pub(super) async fn describe(client: &mut Client, target: &KafkaTarget, what: &What) -> Result<(), Fault> {
    let topics = match &what.topic {
        Some(name) => vec![client.topic(name).await?.ok_or_else(|| unknown(name))?],
        None => client.topics().await?,
    };
    let mut described = Vec::new();
    for topic in topics {
        // Only the one that is asked for: all of them can be long.
        let ranges = if what.topic.is_some() { ranges_of(target, &topic.name) } else { HashMap::new() };
        described.push(look(client, topic, ranges).await?);
    }
    if what.json {
        let all: Vec<Value> = described.iter().map(|topic| as_json(topic, what.all)).collect();
        let one = all.first().filter(|_| what.topic.is_some()).cloned();
        return print_text(&one.unwrap_or(Value::Array(all)).to_string());
    }
    described.iter().try_for_each(|topic| print(topic, what.all))
}

async fn look(client: &mut Client, topic: TopicInfo, mut ranges: HashMap<i32, Vec<Value>>) -> Result<Described, Fault> {
    let settings = client.settings(&topic.name).await?;
    let count = i32::try_from(topic.partitions.len())?;
    // A broker may keep this to itself; all else is worth showing without it.
    let sizes = client.sizes(&topic.name, count).await.unwrap_or_default();
    let mut partitions = Vec::with_capacity(topic.partitions.len());
    for partition in &topic.partitions {
        let index = partition.index;
        let first = client.offset(&topic.name, index, OffsetAt::Earliest).await?;
        let end = client.offset(&topic.name, index, OffsetAt::Latest).await?;
        partitions.push(Partition {
            index,
            leader: partition.leader,
            log_start: first.map_or(0, |offset| offset.0),
            high_watermark: end.map_or(0, |offset| offset.0),
            bytes: sizes.get(&index).copied(),
            ranges: ranges.remove(&index).unwrap_or_default(),
        });
    }
    Ok(Described { topic, settings, partitions })
}

/// Where each partition's records lie, if the platform that runs here tells.
fn ranges_of(target: &KafkaTarget, topic: &str) -> HashMap<i32, Vec<Value>> {
    // Another broker's topics are not this platform's.
    let ours = Target { data: target.data.clone(), ..Target::default() };
    let presence = ours.presence().ok().filter(|it| target.kafka.as_ref().is_none_or(|asked| *asked == it.kafka));
    let Some(presence) = presence else { return HashMap::new() };
    let url = format!("{}/v1/topics/{topic}/ranges", presence.url());
    let answer = crate::ask::get(&url).ok().and_then(|text| serde_json::from_str::<Value>(&text).ok());
    let partitions = answer.as_ref().and_then(|answer| answer.get("partitions")).and_then(Value::as_array);
    let of = |partition: &Value| {
        let index = i32::try_from(partition.get("partition")?.as_i64()?).ok()?;
        Some((index, partition.get("ranges")?.as_array()?.clone()))
    };
    partitions.into_iter().flatten().filter_map(of).collect()
}

fn shown(topic: &Described, all: bool) -> impl Iterator<Item = (&str, &str)> {
    let settings = topic.settings.iter().filter(move |setting| all || setting.is_set);
    settings.map(|setting| (setting.key.as_str(), setting.value.as_deref().unwrap_or("")))
}

fn as_json(topic: &Described, all: bool) -> Value {
    let settings: Map<String, Value> =
        shown(topic, all).map(|(key, value)| (key.to_owned(), Value::String(value.to_owned()))).collect();
    let partitions = topic.partitions.iter().map(|it| {
        json!({
            "partition": it.index,
            "leader": it.leader,
            "log_start": it.log_start,
            "high_watermark": it.high_watermark,
            "bytes": it.bytes,
            "ranges": it.ranges,
        })
    });
    json!({
        "name": topic.topic.name,
        "id": shown_id(&topic.topic.id),
        "configs": settings,
        "partitions": partitions.collect::<Vec<_>>(),
    })
}

fn print(topic: &Described, all: bool) -> Result<(), Fault> {
    let name = &topic.topic.name;
    let configs: Vec<String> = shown(topic, all).map(|(key, value)| format!("{key}={value}")).collect();
    print_text(&format!(
        "Topic: {name}\tTopicId: {}\tPartitionCount: {}\tReplicationFactor: 1\tConfigs: {}",
        shown_id(&topic.topic.id),
        topic.partitions.len(),
        configs.join(",")
    ))?;
    for it in &topic.partitions {
        let bytes = it.bytes.map_or(String::new(), |bytes| format!("\tBytes: {bytes}"));
        print_text(&format!(
            "\tTopic: {name}\tPartition: {}\tLeader: {leader}\tReplicas: {leader}\tIsr: {leader}\tLogStart: {}\t\
             HighWatermark: {}{bytes}",
            it.index,
            it.log_start,
            it.high_watermark,
            leader = it.leader,
        ))?;
        it.ranges.iter().try_for_each(|range| print_text(&range_line(range)))?;
    }
    Ok(())
}

fn range_line(range: &Value) -> String {
    let number = |key| range.get(key).and_then(Value::as_i64).unwrap_or(0);
    let place = range.get("place").and_then(Value::as_str).unwrap_or("?");
    let compacted = if range.get("compacted").and_then(Value::as_bool) == Some(true) { "\tcompacted" } else { "" };
    let (start, end, bytes) = (number("start"), number("end"), number("bytes"));
    format!("\t\tOffsets: {start}..{end}\tBytes: {bytes}\tIn: {place}{compacted}")
}

/// A topic's id as Kafka's tools show it.
fn shown_id(id: &TopicId) -> String {
    BASE64_URL.encode(id.0)
}
