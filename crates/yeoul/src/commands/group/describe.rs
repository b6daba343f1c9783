//! `yeoul group describe`: where groups stand, how far behind they are, who reads what, and what is gone unread.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};
use yeoul_base::{Clock, Offset, SystemClock};
use yeoul_broker::client::{Client, ClientError, GroupDescription, GroupMember, OffsetAt};

use super::{columns, unknown};
use crate::fault::Fault;
use crate::output::print_text;

/// What is read to find the oldest record that is not read.
const FETCH_BYTES_MAX: i32 = 1 << 20;

/// Which side of a group is shown.
#[derive(Clone, Copy)]
pub enum Show {
    Offsets,
    /// Offsets, and the age of what is not read.
    Ages,
    Members {
        /// What each of them reads, too.
        assignments: bool,
    },
    State,
    Json,
}

/// Where a group stands in a partition, beside what the partition holds.
struct Place {
    topic: String,
    partition: i32,
    /// None for a partition that a member reads and that nothing was committed for.
    committed: Option<i64>,
    log_start: i64,
    log_end: i64,
    reader: Option<GroupMember>,
    /// The age of the oldest record that is not read, in milliseconds; 0 if there is none, nothing if it was not asked for.
    age_ms: Option<i64>,
}

impl Place {
    fn lag(&self) -> Option<i64> {
        self.committed.map(|committed| (self.log_end - committed.max(self.log_start)).max(0))
    }

    /// How many records went before the group read them.
    fn lost(&self) -> i64 {
        self.committed.map_or(0, |committed| (self.log_start - committed).max(0))
    }

    /// What happened where the group's offset is outside of the partition.
    fn trouble(&self, group: &str) -> Option<String> {
        let place = format!("group `{group}`, topic `{}`, partition {}", self.topic, self.partition);
        let committed = self.committed?;
        if self.lost() > 0 {
            return Some(format!(
                "{place}: {} records from offset {committed} on went unread: retention (`retention.ms`, `retention.bytes`) or \
                 `DeleteRecords` removed what was before offset {}; `auto.offset.reset` decides where its consumers go on",
                self.lost(),
                self.log_start
            ));
        }
        (committed > self.log_end).then(|| {
            format!(
                "{place}: offset {committed} is behind the end, {}: the offset is of another log, or was set so; \
                 `yeoul group reset-offsets` sets it",
                self.log_end
            )
        })
    }
}

/// Describes a group, or all.
pub async fn describe(client: &mut Client, group: Option<String>, show: Show) -> Result<(), Fault> {
    let names = match group {
        Some(name) => vec![name],
        None => client.groups().await?.into_iter().map(|group| group.name).collect(),
    };
    let mut told = Vec::new();
    for name in names {
        let group = client.group(&name).await?.ok_or_else(|| unknown(&name))?;
        let mut places = places(client, &group).await?;
        if matches!(show, Show::Ages | Show::Json) {
            for place in &mut places {
                place.age_ms = iterator_age(client, place).await?;
            }
        }
        match show {
            Show::Offsets => print_offsets(&group, &places, false)?,
            Show::Ages => print_offsets(&group, &places, true)?,
            Show::Members { assignments } => print_text(&format!("\n{}", members(&group, assignments)))?,
            Show::State => print_text(&format!("\n{}", state(&group)))?,
            Show::Json => told.push(as_json(&group, &places)),
        }
        let is_table = !matches!(show, Show::Json);
        for trouble in places.iter().filter_map(|place| place.trouble(&name)).filter(|_| is_table) {
            eprintln!("warning: {trouble}");
        }
    }
    if matches!(show, Show::Json) { print_text(&Value::Array(told).to_string()) } else { Ok(()) }
}

/// Every partition that the group stands in or reads.
async fn places(client: &mut Client, group: &GroupDescription) -> Result<Vec<Place>, Fault> {
    let mut all: BTreeMap<(String, i32), (Option<i64>, Option<GroupMember>)> = BTreeMap::new();
    for position in client.group_positions(&group.name).await? {
        all.entry((position.topic, position.partition)).or_default().0 = Some(position.offset.0);
    }
    for member in &group.members {
        for (topic, partitions) in &member.assignment {
            for &partition in partitions {
                all.entry((topic.clone(), partition)).or_default().1 = Some(member.clone());
            }
        }
    }
    let mut places = Vec::with_capacity(all.len());
    for ((topic, partition), (committed, reader)) in all {
        let log_start = match client.offset(&topic, partition, OffsetAt::Earliest).await {
            // A member may still hold what was deleted under it.
            Err(ClientError::UnknownPartition { .. }) => {
                eprintln!(
                    "warning: group `{}`: topic `{topic}`, partition {partition} is not there any more",
                    group.name
                );
                continue;
            }
            start => start?.unwrap_or(Offset::ZERO).0,
        };
        let log_end = client.offset(&topic, partition, OffsetAt::Latest).await?.unwrap_or(Offset::ZERO).0;
        places.push(Place { topic, partition, committed, log_start, log_end, reader, age_ms: None });
    }
    Ok(places)
}

/// The age of the oldest record that a group has not read in a partition; nothing where the group does not stand.
async fn iterator_age(client: &mut Client, place: &Place) -> Result<Option<i64>, Fault> {
    let Some(committed) = place.committed else { return Ok(None) };
    if place.lag() == Some(0) {
        return Ok(Some(0));
    }
    let from = Offset(committed.max(place.log_start));
    let fetched = client.fetch(&place.topic, place.partition, from, Duration::ZERO, FETCH_BYTES_MAX).await?;
    let mut oldest = None;
    fetched.each(|_, record| {
        oldest.get_or_insert(record.timestamp.0);
    })?;
    let now = SystemClock::new().now().0;
    // Where nothing but markers of transactions is left, nothing waits.
    Ok(Some(oldest.map_or(0, |time| (now - time).max(0))))
}

fn print_offsets(group: &GroupDescription, places: &[Place], with_ages: bool) -> Result<(), Fault> {
    if group.members.is_empty() {
        eprintln!("\nConsumer group '{}' has no active members.", group.name);
    }
    let maybe = |value: Option<i64>| value.map_or("-".to_owned(), |value| value.to_string());
    let row = |place: &Place| {
        let reader = |text: fn(&GroupMember) -> &str| place.reader.as_ref().map_or("-", text).to_owned();
        let mut row = vec![
            group.name.clone(),
            place.topic.clone(),
            place.partition.to_string(),
            maybe(place.committed),
            place.log_end.to_string(),
            maybe(place.lag()),
            reader(|member| &member.id),
            reader(|member| &member.host),
            reader(|member| &member.client_id),
        ];
        if with_ages {
            row.push(maybe(place.age_ms));
        }
        row
    };
    let mut header = vec![
        "GROUP",
        "TOPIC",
        "PARTITION",
        "CURRENT-OFFSET",
        "LOG-END-OFFSET",
        "LAG",
        "CONSUMER-ID",
        "HOST",
        "CLIENT-ID",
    ];
    if with_ages {
        header.push("ITERATOR-AGE-MS");
    }
    let rows: Vec<Vec<String>> = places.iter().map(row).collect();
    print_text(&format!("\n{}", columns(&header, &rows)))
}

fn members(group: &GroupDescription, assignments: bool) -> String {
    let row = |member: &GroupMember| {
        let partitions: usize = member.assignment.values().map(Vec::len).sum();
        let texts = [&group.name, &member.id, &member.host, &member.client_id];
        let assignment = assignments.then(|| assignment(member));
        texts.into_iter().cloned().chain([partitions.to_string()]).chain(assignment).collect()
    };
    let rows: Vec<Vec<String>> = group.members.iter().map(row).collect();
    let mut header = vec!["GROUP", "CONSUMER-ID", "HOST", "CLIENT-ID", "#PARTITIONS"];
    if assignments {
        header.push("ASSIGNMENT");
    }
    columns(&header, &rows)
}

/// What a member reads, as Kafka's tool writes it: `orders(0,2), returns(1)`.
fn assignment(member: &GroupMember) -> String {
    let topic = |(topic, partitions): (&String, &Vec<i32>)| {
        let numbers: Vec<String> = partitions.iter().map(i32::to_string).collect();
        format!("{topic}({})", numbers.join(","))
    };
    let topics: Vec<String> = member.assignment.iter().map(topic).collect();
    if topics.is_empty() { "-".to_owned() } else { topics.join(", ") }
}

fn state(group: &GroupDescription) -> String {
    let texts = [&group.name, &group.coordinator, &group.assignor, &group.state];
    let row = texts.into_iter().cloned().chain([group.members.len().to_string()]).collect();
    columns(&["GROUP", "COORDINATOR (ID)", "ASSIGNMENT-STRATEGY", "STATE", "#MEMBERS"], &[row])
}

fn as_json(group: &GroupDescription, places: &[Place]) -> Value {
    let place = |place: &Place| {
        json!({
            "topic": place.topic, "partition": place.partition, "current_offset": place.committed,
            "log_start_offset": place.log_start, "log_end_offset": place.log_end, "lag": place.lag(),
            "iterator_age_ms": place.age_ms, "lost": place.lost(), "trouble": place.trouble(&group.name),
            "consumer_id": place.reader.as_ref().map(|member| &member.id),
        })
    };
    let member = |member: &GroupMember| {
        json!({
            "consumer_id": member.id, "instance_id": member.instance, "client_id": member.client_id,
            "host": member.host, "assignment": member.assignment,
        })
    };
    json!({
        "group": group.name, "state": group.state, "type": group.kind, "assignor": group.assignor,
        "coordinator": group.coordinator,
        "members": group.members.iter().map(member).collect::<Vec<_>>(),
        "partitions": places.iter().map(place).collect::<Vec<_>>(),
    })
}
