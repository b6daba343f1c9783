//! `yeoul topic`: list, create, delete, describe.

use clap::Subcommand;
use serde_json::{Value, json};
use yeoul_base::Offset;
use yeoul_broker::client::{Client, ClientConfig, NewTopic, OffsetAt};

use super::target::KafkaTarget;
use super::{client_runtime, setting};
use crate::fault::{Fault, OrUsage};
use crate::output::table;

/// Lists, creates, deletes and describes topics
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  yeoul topic create landing.shop.orders --partitions 4 --config retention.ms=86400000"
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
        /// Print JSON
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
        /// A setting by Kafka's name; may be repeated
        #[arg(long = "config", value_name = "KEY=VALUE", value_parser = setting)]
        configs: Vec<(String, String)>,
    },
    /// Deletes a topic and its records
    Delete {
        /// Its name
        topic: String,
        #[command(flatten)]
        target: KafkaTarget,
    },
    /// Shows a topic's partitions and offsets
    Describe {
        /// Its name
        topic: String,
        #[command(flatten)]
        target: KafkaTarget,
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
    let runtime = client_runtime()?;
    runtime.block_on(async {
        match args.action {
            Action::List { target, json } => list(&mut connect(&target).await?, json).await,
            Action::Create { topic, target, partitions, configs } => {
                let topic = NewTopic { partitions, configs, ..NewTopic::named(&topic) };
                connect(&target).await?.create_topic(&topic).await.or_usage()
            }
            Action::Delete { topic, target } => connect(&target).await?.delete_topic(&topic).await.or_usage(),
            Action::Describe { topic, target, json } => describe(&mut connect(&target).await?, &topic, json).await,
        }
    })
}

async fn connect(target: &KafkaTarget) -> Result<Client, Fault> {
    Client::connect(ClientConfig::new(&target.address()?)).await.or_usage()
}

async fn list(client: &mut Client, as_json: bool) -> Result<(), Fault> {
    let topics = client.topics().await?;
    if as_json {
        let topics = topics.iter().map(|topic| json!({ "name": topic.name, "partitions": topic.partitions.len() }));
        return crate::output::print_text(&Value::Array(topics.collect()).to_string());
    }
    let rows: Vec<Vec<String>> =
        topics.into_iter().map(|topic| vec![topic.name, topic.partitions.len().to_string()]).collect();
    crate::output::print_text(&table::render(&["topic".to_owned(), "partitions".to_owned()], &rows))
}

async fn describe(client: &mut Client, name: &str, as_json: bool) -> Result<(), Fault> {
    let Some(topic) = client.topic(name).await? else {
        return Err(Fault::usage(format!("topic `{name}` doesn't exist; `yeoul topic list` shows what there is")));
    };
    let mut partitions = Vec::new();
    for partition in &topic.partitions {
        let first = client.offset(name, partition.index, OffsetAt::Earliest).await?.unwrap_or(Offset::ZERO);
        let end = client.offset(name, partition.index, OffsetAt::Latest).await?.unwrap_or(Offset::ZERO);
        partitions.push((partition.index, first.0, end.0));
    }
    if as_json {
        let partitions = partitions
            .iter()
            .map(|(index, first, end)| json!({ "partition": index, "log_start": first, "high_watermark": end }));
        let said = json!({ "name": name, "id": topic.id.to_string(), "partitions": partitions.collect::<Vec<_>>() });
        return crate::output::print_text(&said.to_string());
    }
    let header = ["partition", "log start", "high watermark"].map(str::to_owned);
    let rows: Vec<Vec<String>> = partitions
        .iter()
        .map(|(index, first, end)| vec![index.to_string(), first.to_string(), end.to_string()])
        .collect();
    crate::output::print_text(&format!("{name} ({})\n{}", topic.id, table::render(&header, &rows)))
}
