//! `yeoul topic`: list, create, describe, alter, delete, and records deleted from the front. What is printed has the shape
//! that `kafka-topics.sh`, `kafka-configs.sh` and `kafka-delete-records.sh` print.

mod describe;

use clap::Subcommand;
use serde_json::{Value, json};
use yeoul_broker::client::{Client, NewTopic};

use super::target::KafkaTarget;
use super::{client_runtime, setting};
use crate::fault::{Fault, OrUsage};
use crate::nearest::nearest;
use crate::output::print_text;

/// Lists, creates, describes, alters and deletes topics
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  yeoul topic create landing.shop.orders --partitions 4 --config retention.ms=86400000\n  \
                  yeoul topic alter landing.shop.orders --config cleanup.policy=compact\n  \
                  yeoul topic delete-records landing.shop.orders --partition 0 --before 1000"
)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Lists all topics
    List {
        #[command(flatten)]
        target: KafkaTarget,
        /// Print JSON, with the number of partitions
        #[arg(long)]
        json: bool,
    },
    /// Creates a topic
    Create {
        /// Its name
        topic: String,
        #[command(flatten)]
        target: KafkaTarget,
        /// How many partitions [default: what the platform says]
        #[arg(short, long)]
        partitions: Option<i32>,
        /// How many replicas a cluster keeps; Yeoul takes any number and has one
        #[arg(long)]
        replication_factor: Option<i16>,
        /// Do nothing if there is one of that name
        #[arg(long)]
        if_not_exists: bool,
        /// A setting by Kafka's name; may be repeated
        #[arg(long = "config", value_name = "KEY=VALUE", value_parser = setting)]
        configs: Vec<(String, String)>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Shows topics: partitions, offsets, settings, and where records lie
    Describe {
        /// Its name [default: all]
        topic: Option<String>,
        #[command(flatten)]
        target: KafkaTarget,
        /// Show every setting, not only those that the topic itself has
        #[arg(long)]
        all: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Changes a topic's settings, or gives it more partitions
    Alter {
        /// Its name
        topic: String,
        #[command(flatten)]
        target: KafkaTarget,
        /// A setting by Kafka's name; may be repeated
        #[arg(long = "config", value_name = "KEY=VALUE", value_parser = setting)]
        configs: Vec<(String, String)>,
        /// A setting that is to follow the default again; may be repeated
        #[arg(long = "delete-config", value_name = "KEY")]
        deleted: Vec<String>,
        /// How many partitions it has afterwards, more than now
        #[arg(short, long)]
        partitions: Option<i32>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Deletes a topic and its records
    Delete {
        /// Its name
        topic: String,
        #[command(flatten)]
        target: KafkaTarget,
        /// Do nothing if there is none
        #[arg(long)]
        if_exists: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Deletes a topic's first records
    DeleteRecords {
        /// Its name
        topic: String,
        #[command(flatten)]
        target: KafkaTarget,
        /// The partition [default: all]
        #[arg(short, long)]
        partition: Option<i32>,
        /// The first offset that stays; -1 deletes all that there are now
        #[arg(long, allow_hyphen_values = true)]
        before: i64,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

/// Does one of them.
///
/// # Errors
/// A door that doesn't answer or refuses.
pub fn run(args: Args) -> Result<(), Fault> {
    client_runtime()?.block_on(act(args.action))
}

async fn act(action: Action) -> Result<(), Fault> {
    match action {
        Action::List { target, json } => list(&mut connect(&target).await?, json).await,
        Action::Create { topic, target, partitions, replication_factor, if_not_exists, configs, json } => {
            let topic = NewTopic { name: topic, partitions, replication: replication_factor, configs };
            create(&mut connect(&target).await?, &topic, if_not_exists, json).await
        }
        Action::Describe { topic, target, all, json } => {
            let what = describe::What { topic, all, json };
            describe::describe(&mut connect(&target).await?, &target, &what).await
        }
        Action::Alter { topic, target, configs, deleted, partitions, json } => {
            let changes = Changes { configs, deleted, partitions };
            alter(&mut connect(&target).await?, &topic, changes, json).await
        }
        Action::Delete { topic, target, if_exists, json } => {
            delete(&mut connect(&target).await?, &topic, if_exists, json).await
        }
        Action::DeleteRecords { topic, target, partition, before, json } => {
            delete_records(&mut connect(&target).await?, &topic, partition, before, json).await
        }
    }
}

async fn connect(target: &KafkaTarget) -> Result<Client, Fault> {
    Client::connect(target.client_config()?).await.or_usage()
}

/// Prints what was done, as a sentence or as JSON.
fn say(json: bool, value: &Value, sentence: &str) -> Result<(), Fault> {
    if json { print_text(&value.to_string()) } else { print_text(sentence) }
}

fn unknown(name: &str) -> Fault {
    Fault::usage(format!("topic `{name}` doesn't exist; `yeoul topic list` shows what there is"))
}

async fn list(client: &mut Client, as_json: bool) -> Result<(), Fault> {
    let topics = client.topics().await?;
    if as_json {
        let topics = topics.iter().map(|topic| json!({ "name": topic.name, "partitions": topic.partitions.len() }));
        return print_text(&Value::Array(topics.collect()).to_string());
    }
    topics.iter().try_for_each(|topic| print_text(&topic.name))
}

async fn create(client: &mut Client, topic: &NewTopic, if_not_exists: bool, json: bool) -> Result<(), Fault> {
    let name = &topic.name;
    if if_not_exists && client.topic(name).await?.is_some() {
        return say(json, &json!({ "topic": name, "created": false }), &format!("Topic {name} exists."));
    }
    client.create_topic(topic).await.or_usage()?;
    say(json, &json!({ "topic": name, "created": true }), &format!("Created topic {name}."))
}

/// What is to be changed of a topic.
struct Changes {
    configs: Vec<(String, String)>,
    deleted: Vec<String>,
    partitions: Option<i32>,
}

/// A broker takes it for done when what there is not is taken away; here it is a slip of the pen.
async fn check_deleted(client: &mut Client, name: &str, changes: &[(String, Option<String>)]) -> Result<(), Fault> {
    let known: Vec<String> = client.settings(name).await.or_usage()?.into_iter().map(|setting| setting.key).collect();
    match changes.iter().find(|(key, value)| value.is_none() && !known.contains(key)) {
        None => Ok(()),
        Some((key, _)) => {
            let near = nearest(key, known.iter().map(String::as_str));
            let near = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
            Err(Fault::usage(format!("there is no topic setting `{key}`{near}")))
        }
    }
}

async fn alter(client: &mut Client, name: &str, changes: Changes, json: bool) -> Result<(), Fault> {
    let Changes { configs, deleted, partitions } = changes;
    if configs.is_empty() && deleted.is_empty() && partitions.is_none() {
        let remedy = "name a `--config key=value`, a `--delete-config key`, or `--partitions`";
        return Err(Fault::usage(format!("nothing of topic `{name}` is to be altered; {remedy}")));
    }
    let set = configs.into_iter().map(|(key, value)| (key, Some(value)));
    let changes: Vec<(String, Option<String>)> = set.chain(deleted.into_iter().map(|key| (key, None))).collect();
    if changes.iter().any(|(_, value)| value.is_none()) {
        check_deleted(client, name, &changes).await?;
    }
    if !changes.is_empty() {
        client.change_settings(name, &changes).await.or_usage()?;
    }
    if let Some(total) = partitions {
        client.add_partitions(name, total).await.or_usage()?;
    }
    say(json, &json!({ "topic": name, "altered": true }), &format!("Completed updating topic {name}."))
}

async fn delete(client: &mut Client, name: &str, if_exists: bool, json: bool) -> Result<(), Fault> {
    if if_exists && client.topic(name).await?.is_none() {
        return say(json, &json!({ "topic": name, "deleted": false }), &format!("There is no topic {name}."));
    }
    client.delete_topic(name).await.or_usage()?;
    say(json, &json!({ "topic": name, "deleted": true }), &format!("Deleted topic {name}."))
}

async fn delete_records(
    client: &mut Client,
    name: &str,
    partition: Option<i32>,
    before: i64,
    json: bool,
) -> Result<(), Fault> {
    let topic = client.topic(name).await?.ok_or_else(|| unknown(name))?;
    let wanted = topic.partitions.iter().map(|it| it.index).filter(|index| partition.is_none_or(|it| it == *index));
    let wanted: Vec<i32> = wanted.collect();
    if wanted.is_empty() {
        return Err(Fault::usage(format!("topic `{name}` has {} partitions, from 0", topic.partitions.len())));
    }
    let mut done = Vec::new();
    for index in wanted {
        let start = client.delete_records(name, index, before).await.or_usage()?;
        done.push((index, start.0));
    }
    if json {
        let done = done.iter().map(|(index, start)| json!({ "partition": index, "low_watermark": start }));
        return print_text(&json!({ "topic": name, "partitions": done.collect::<Vec<_>>() }).to_string());
    }
    done.iter().try_for_each(|(index, start)| print_text(&format!("partition: {name}-{index}\tlow_watermark: {start}")))
}
