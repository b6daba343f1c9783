//! `yeoul group`: list, describe, delete, reset-offsets, delete-offsets. What is printed has the shape that
//! `kafka-consumer-groups.sh` prints, and it works against any Kafka.

mod describe;
mod reset;

use clap::Subcommand;
use serde_json::{Value, json};
use yeoul_broker::client::Client;

use super::client_runtime;
use super::target::KafkaTarget;
use crate::fault::{Fault, OrUsage};
use crate::output::print_text;

/// The states that groups of either protocol can be in, by Kafka's names.
const STATES: [&str; 7] =
    ["Assigning", "CompletingRebalance", "Dead", "Empty", "PreparingRebalance", "Reconciling", "Stable"];

/// Lists, describes, resets and deletes consumer groups
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  yeoul group describe shop\n  \
                  yeoul group reset-offsets shop --topic landing.shop.orders --to-earliest --execute")]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Lists all groups
    List {
        #[command(flatten)]
        target: KafkaTarget,
        /// Only groups in this state (`Stable`, `Empty`, …); may be repeated
        #[arg(long = "state", ignore_case = true, value_parser = STATES)]
        states: Vec<String>,
        /// Print JSON, with states and types
        #[arg(long)]
        json: bool,
    },
    /// Shows where groups stand, how far they are behind, and what they lost
    Describe {
        /// Its name [default: all]
        group: Option<String>,
        #[command(flatten)]
        target: KafkaTarget,
        /// Show members
        #[arg(long)]
        members: bool,
        /// Show the group's state
        #[arg(long, conflicts_with = "members")]
        state: bool,
        /// Show the age of the oldest record that is not read, too, in milliseconds; with `--members`, what each reads
        #[arg(long, conflicts_with = "state")]
        verbose: bool,
        /// Print JSON, with all of it
        #[arg(long)]
        json: bool,
    },
    /// Deletes groups without members, with their offsets
    Delete {
        /// Their names
        #[arg(required = true)]
        groups: Vec<String>,
        #[command(flatten)]
        target: KafkaTarget,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Sets where a group without members stands; only shows it unless told to `--execute`
    ResetOffsets(Box<reset::Args>),
    /// Deletes what a group committed for a topic that its members don't read
    DeleteOffsets {
        /// The group
        group: String,
        #[command(flatten)]
        target: KafkaTarget,
        /// A topic, or some of its partitions: `orders` or `orders:0,2`; may be repeated
        #[arg(long = "topic", required = true, value_parser = topic_partitions)]
        topics: Vec<TopicPartitions>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

/// A topic, and some of its partitions or, if none is named, all.
#[derive(Clone, Debug)]
struct TopicPartitions {
    topic: String,
    partitions: Vec<i32>,
}

fn topic_partitions(text: &str) -> Result<TopicPartitions, String> {
    let (topic, numbers) = text.split_once(':').unwrap_or((text, ""));
    let number = |number: &str| number.parse().map_err(|_| format!("`{number}` is not a partition's number"));
    let partitions: Result<Vec<i32>, String> = numbers.split(',').filter(|it| !it.is_empty()).map(number).collect();
    Ok(TopicPartitions { topic: topic.to_owned(), partitions: partitions? })
}

impl TopicPartitions {
    /// The partitions that are meant.
    async fn resolve(&self, client: &mut Client) -> Result<Vec<(String, i32)>, Fault> {
        let topic = client.topic(&self.topic).await?;
        let topic = topic.ok_or_else(|| {
            Fault::usage(format!("topic `{}` doesn't exist; `yeoul topic list` shows what there is", self.topic))
        })?;
        let there: Vec<i32> = topic.partitions.iter().map(|it| it.index).collect();
        if let Some(missing) = self.partitions.iter().find(|index| !there.contains(index)) {
            let count = there.len();
            return Err(Fault::usage(format!(
                "topic `{}` has no partition {missing}; it has {count}, from 0",
                self.topic
            )));
        }
        let wanted = |index: &i32| self.partitions.is_empty() || self.partitions.contains(index);
        Ok(there.into_iter().filter(wanted).map(|index| (self.topic.clone(), index)).collect())
    }
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
        Action::List { target, states, json } => list(&mut connect(&target).await?, &states, json).await,
        Action::Describe { group, target, members, state, verbose, json } => {
            let show = match (json, members, state) {
                (true, ..) => describe::Show::Json,
                (_, true, _) => describe::Show::Members { assignments: verbose },
                (_, _, true) => describe::Show::State,
                _ if verbose => describe::Show::Ages,
                _ => describe::Show::Offsets,
            };
            describe::describe(&mut connect(&target).await?, group, show).await
        }
        Action::Delete { groups, target, json } => delete(&mut connect(&target).await?, &groups, json).await,
        Action::ResetOffsets(args) => {
            let mut client = connect(args.target()).await?;
            reset::reset(&mut client, *args).await
        }
        Action::DeleteOffsets { group, target, topics, json } => {
            delete_offsets(&mut connect(&target).await?, &group, &topics, json).await
        }
    }
}

async fn connect(target: &KafkaTarget) -> Result<Client, Fault> {
    Client::connect(target.client_config()?).await.or_usage()
}

fn unknown(name: &str) -> Fault {
    Fault::usage(format!("group `{name}` doesn't exist; `yeoul group list` shows what there is"))
}

/// Rows in columns, left-aligned, as Kafka's tools print them.
fn columns(header: &[&str], rows: &[Vec<String>]) -> String {
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column)).map(String::len);
        cells.chain(header.get(column).map(|head| head.len())).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..header.len()).map(width).collect();
    let line = |cells: &mut dyn Iterator<Item = &str>| {
        let padded: Vec<String> = cells.zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        padded.join(" ").trim_end().to_owned()
    };
    let head = line(&mut header.iter().copied());
    let body = rows.iter().map(|row| line(&mut row.iter().map(String::as_str)));
    std::iter::once(head).chain(body).collect::<Vec<String>>().join("\n")
}

async fn list(client: &mut Client, states: &[String], as_json: bool) -> Result<(), Fault> {
    let groups = client.groups().await.or_usage()?;
    let wanted = |state: &str| states.is_empty() || states.iter().any(|wanted| wanted.eq_ignore_ascii_case(state));
    let mut groups = groups.into_iter().filter(|group| wanted(&group.state));
    if as_json {
        let told = groups.map(|group| {
            json!({ "group": group.name, "state": group.state, "type": group.kind, "protocol_type": group.protocol_type })
        });
        return print_text(&Value::Array(told.collect()).to_string());
    }
    groups.try_for_each(|group| print_text(&group.name))
}

/// Refuses to change a group that has members.
async fn refuse_members(client: &mut Client, name: &str) -> Result<(), Fault> {
    let members = client.group(name).await.or_usage()?.map_or(0, |group| group.members.len());
    if members == 0 {
        return Ok(());
    }
    Err(Fault::usage(format!("group `{name}` is not empty, it has {members} members; stop its members first")))
}

async fn delete(client: &mut Client, groups: &[String], as_json: bool) -> Result<(), Fault> {
    // All are looked at before any is deleted.
    for group in groups {
        client.group(group).await.or_usage()?.ok_or_else(|| unknown(group))?;
        refuse_members(client, group).await?;
    }
    for group in groups {
        client.delete_group(group).await.or_usage()?;
    }
    if as_json {
        return print_text(&json!({ "deleted": groups }).to_string());
    }
    let names: Vec<String> = groups.iter().map(|group| format!("'{group}'")).collect();
    print_text(&format!("Deletion of requested consumer groups ({}) was successful.", names.join(", ")))
}

async fn delete_offsets(
    client: &mut Client,
    group: &str,
    topics: &[TopicPartitions],
    as_json: bool,
) -> Result<(), Fault> {
    let mut partitions = Vec::new();
    for topic in topics {
        partitions.extend(topic.resolve(client).await?);
    }
    let results = client.delete_group_positions(group, &partitions).await.or_usage()?;
    let status =
        |error: &Option<String>| error.as_ref().map_or("Successful".to_owned(), |error| format!("Error: {error}"));
    if as_json {
        let told = results.iter().map(
            |(topic, partition, error)| json!({ "topic": topic, "partition": partition, "status": status(error) }),
        );
        return print_text(&json!({ "group": group, "partitions": told.collect::<Vec<_>>() }).to_string());
    }
    let rows: Vec<Vec<String>> = results
        .iter()
        .map(|(topic, partition, error)| vec![topic.clone(), partition.to_string(), status(error)])
        .collect();
    print_text(&columns(&["TOPIC", "PARTITION", "STATUS"], &rows))?;
    match results.iter().any(|(.., error)| error.is_some()) {
        true => Err(Fault::usage(format!(
            "some offsets of group `{group}` were not deleted; stop the members that read the topic"
        ))),
        false => Ok(()),
    }
}
