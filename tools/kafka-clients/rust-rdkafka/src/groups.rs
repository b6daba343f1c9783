//! Two members of a group, of either protocol: they share the partitions, and one takes over what the other had.

use std::collections::BTreeSet;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use rdkafka::consumer::{CommitMode, Consumer, StreamConsumer};
use rdkafka::producer::{FutureProducer, FutureRecord};
use rdkafka::{ClientConfig, Message, TopicPartitionList};
use tokio::time::{Duration, timeout};

use crate::{PARTITIONS, WAIT_MAX, config, create};

const RECORDS: i32 = 300;
const POLL: Duration = Duration::from_millis(100);

pub async fn two_members_share_and_one_takes_over(address: &str, protocol: &str) -> Result<()> {
    let topic = format!("rust-groups-{protocol}");
    create(address, &topic).await?;
    fill(address, &topic).await?;
    let settings = settings(address, protocol);
    let (first, second) = (member(&settings, &topic)?, member(&settings, &topic)?);
    let mut seen = BTreeSet::new();
    let began = Instant::now();
    while assigned(&first)?.is_empty()
        || assigned(&second)?.is_empty()
        || assigned(&first)?.len() + assigned(&second)?.len() != PARTITIONS as usize
    {
        ensure!(began.elapsed() < WAIT_MAX, "{:?} and {:?}", assigned(&first)?, assigned(&second)?);
        take(&first, &mut seen).await?;
        take(&second, &mut seen).await?;
    }
    ensure!(assigned(&first)?.is_disjoint(&assigned(&second)?), "a partition has two owners");
    drop(first);
    while seen.len() < RECORDS as usize || assigned(&second)?.len() != PARTITIONS as usize {
        ensure!(began.elapsed() < WAIT_MAX, "{} of {RECORDS} records, {:?}", seen.len(), assigned(&second)?);
        take(&second, &mut seen).await?;
    }
    stands_at_the_end(&second)
}

async fn fill(address: &str, topic: &str) -> Result<()> {
    let producer: FutureProducer = config(address).set("enable.idempotence", "true").create()?;
    for number in 0..RECORDS {
        let value = number.to_string();
        let record = FutureRecord::<(), _>::to(topic).partition(number % PARTITIONS).payload(&value);
        producer.send_result(record).map_err(|(fault, _)| fault)?.await?.map_err(|(fault, _)| fault)?;
    }
    Ok(())
}

fn settings(address: &str, protocol: &str) -> ClientConfig {
    let mut settings = config(address);
    settings.set("group.id", format!("rust-{protocol}")).set("group.protocol", protocol);
    settings.set("auto.offset.reset", "earliest").set("enable.auto.commit", "false");
    if protocol == "classic" {
        settings.set("partition.assignment.strategy", "cooperative-sticky").set("session.timeout.ms", "6000");
    }
    settings
}

fn member(settings: &ClientConfig, topic: &str) -> Result<StreamConsumer> {
    let member: StreamConsumer = settings.create()?;
    member.subscribe(&[topic])?;
    Ok(member)
}

fn assigned(member: &StreamConsumer) -> Result<BTreeSet<i32>> {
    Ok(member.assignment()?.elements().iter().map(|it| it.partition()).collect())
}

/// Reads what comes at once, and commits it.
async fn take(member: &StreamConsumer, seen: &mut BTreeSet<String>) -> Result<()> {
    while let Ok(message) = timeout(POLL, member.recv()).await {
        let message = message?;
        seen.insert(String::from_utf8(message.payload().context("no value")?.to_vec())?);
        // A rebalance may fence a commit: what it meant is read again.
        let _ = member.commit_message(&message, CommitMode::Async);
    }
    Ok(())
}

/// The group has committed everything. Where the first member had read to the end, the second has no position of its own.
fn stands_at_the_end(member: &StreamConsumer) -> Result<()> {
    let end = rdkafka::Offset::Offset(i64::from(RECORDS / PARTITIONS));
    let mut places = TopicPartitionList::new();
    for it in member.position()?.elements() {
        if matches!(it.offset(), rdkafka::Offset::Offset(_)) {
            places.add_partition_offset(it.topic(), it.partition(), it.offset())?;
        }
    }
    if places.count() > 0 {
        member.commit(&places, CommitMode::Sync)?;
    }
    let committed = member.committed(WAIT_MAX)?;
    ensure!(committed.count() == PARTITIONS as usize, "it holds {committed:?}");
    ensure!(committed.elements().iter().all(|it| it.offset() == end), "it has committed {committed:?}");
    Ok(())
}
