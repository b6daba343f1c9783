//! `yeoul group reset-offsets`: sets where a group stands, by an offset, a time, or a step.

use serde_json::json;
use yeoul_base::{Offset, Timestamp};
use yeoul_broker::client::{Client, GroupPosition, OffsetAt};

use super::{TopicPartitions, columns, refuse_members, topic_partitions};
use crate::commands::target::KafkaTarget;
use crate::fault::{Fault, OrUsage};
use crate::output::print_text;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The group
    group: String,
    #[command(flatten)]
    target: KafkaTarget,
    /// A topic, or some of its partitions: `orders` or `orders:0,2`; may be repeated
    #[arg(long = "topic", required_unless_present = "all_topics", value_parser = topic_partitions)]
    topics: Vec<TopicPartitions>,
    /// All topics that the group has committed for
    #[arg(long, conflicts_with = "topics")]
    all_topics: bool,
    #[command(flatten)]
    to: To,
    /// Do it; without it, the new offsets are only shown
    #[arg(long)]
    execute: bool,
    /// Only show the new offsets, as without `--execute`
    #[arg(long, conflicts_with = "execute")]
    dry_run: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Debug, clap::Args)]
#[group(required = true, multiple = false)]
struct To {
    /// To the first record that is kept
    #[arg(long)]
    to_earliest: bool,
    /// Behind the last record
    #[arg(long)]
    to_latest: bool,
    /// To where it stands, within what there is
    #[arg(long)]
    to_current: bool,
    /// To an offset, within what there is
    #[arg(long, value_name = "OFFSET")]
    to_offset: Option<i64>,
    /// By so many records, forward or (negative) back
    #[arg(long, value_name = "RECORDS", allow_hyphen_values = true)]
    shift_by: Option<i64>,
    /// To the first record at or behind a time: `2026-01-31T12:00:00.000`, in UTC unless it ends with an offset of hours
    #[arg(long, value_name = "TIME", value_parser = time)]
    to_datetime: Option<i64>,
}

fn time(text: &str) -> Result<i64, String> {
    // Kafka's tool takes a time without an offset for UTC.
    let without =
        chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").map(|time| time.and_utc().fixed_offset());
    let parsed = without.or_else(|_| chrono::DateTime::parse_from_rfc3339(text));
    // And it writes offsets as `+0200`, too.
    let parsed =
        parsed.or_else(|error| chrono::DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f%z").map_err(|_| error));
    parsed
        .map(|time| time.timestamp_millis())
        .map_err(|error| format!("`{text}`: {error}; write `2026-01-31T12:00:00.000`, in UTC, or an offset behind it"))
}

impl Args {
    pub fn target(&self) -> &KafkaTarget {
        &self.target
    }
}

/// Sets the offsets, or shows them.
pub async fn reset(client: &mut Client, args: Args) -> Result<(), Fault> {
    let group = &args.group;
    let current = client.group_positions(group).await.or_usage()?;
    let mut partitions = Vec::new();
    if args.all_topics {
        partitions.extend(current.iter().map(|position| (position.topic.clone(), position.partition)));
    }
    for topic in &args.topics {
        partitions.extend(topic.resolve(client).await?);
    }
    let mut positions = Vec::with_capacity(partitions.len());
    for (topic, partition) in partitions {
        let stands = current.iter().find(|it| it.topic == topic && it.partition == partition).map(|it| it.offset.0);
        let offset = args.to.resolve(client, &topic, partition, stands).await?;
        positions.push(GroupPosition { topic, partition, offset: Offset(offset) });
    }
    refuse_members(client, group).await?;
    if args.execute {
        client.set_group_positions(group, &positions).await.or_usage()?;
    }
    show(&args, &positions)
}

impl To {
    /// The offset that is meant; `stands` is where the group stands.
    async fn resolve(
        &self,
        client: &mut Client,
        topic: &str,
        partition: i32,
        stands: Option<i64>,
    ) -> Result<i64, Fault> {
        let earliest = client.offset(topic, partition, OffsetAt::Earliest).await?.unwrap_or(Offset::ZERO).0;
        let latest = client.offset(topic, partition, OffsetAt::Latest).await?.unwrap_or(Offset::ZERO).0;
        if self.to_earliest {
            return Ok(earliest);
        }
        if let Some(time) = self.to_datetime {
            let found = client.offset(topic, partition, OffsetAt::Time(Timestamp(time))).await?;
            return Ok(found.map_or(latest, |offset| offset.0));
        }
        let stands = stands.unwrap_or(latest);
        let wanted = match (self.to_current, self.to_offset, self.shift_by) {
            (true, ..) => stands,
            (_, Some(offset), _) => offset,
            (_, _, Some(step)) => stands.saturating_add(step),
            _ => latest,
        };
        Ok(wanted.clamp(earliest, latest))
    }
}

fn show(args: &Args, positions: &[GroupPosition]) -> Result<(), Fault> {
    if args.json {
        let told = positions
            .iter()
            .map(|it| json!({ "topic": it.topic, "partition": it.partition, "new_offset": it.offset.0 }));
        let told = json!({ "group": args.group, "executed": args.execute, "partitions": told.collect::<Vec<_>>() });
        return print_text(&told.to_string());
    }
    let row = |it: &GroupPosition| {
        vec![args.group.clone(), it.topic.clone(), it.partition.to_string(), it.offset.0.to_string()]
    };
    let rows: Vec<Vec<String>> = positions.iter().map(row).collect();
    if !args.execute {
        eprintln!("nothing is changed: add `--execute` to do it");
    }
    print_text(&format!("\n{}", columns(&["GROUP", "TOPIC", "PARTITION", "NEW-OFFSET"], &rows)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_kafkas_in_utc_unless_they_say_otherwise() {
        for text in [
            "2026-01-31T12:00:00.000",
            "2026-01-31T12:00:00",
            "2026-01-31T12:00:00Z",
            "2026-01-31T14:00:00.000+02:00",
            "2026-01-31T14:00:00.000+0200",
        ] {
            assert_eq!(time(text), Ok(1_769_860_800_000), "{text}");
        }
        for text in ["2026-13-31T12:00:00", "2026-01-31", "noon", ""] {
            assert!(time(text).is_err_and(|error| error.contains("2026-01-31T12:00:00.000")), "{text}");
        }
    }
}
