//! Transactions: offsets move with the records, aborted records are not read, an old producer is fenced.

use std::time::Instant;

use anyhow::{Context, Result, ensure};
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaError;
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};
use rdkafka::{Message, Offset, TopicPartitionList};

use crate::{WAIT_MAX, config, create};

const PER_TRANSACTION: i64 = 10;
const TRANSACTIONS: i64 = 9;

pub async fn commits_with_offsets_and_aborts(address: &str) -> Result<()> {
    create(address, "rust-transactions").await?;
    create(address, "rust-source").await?;
    let producer = producer(address, "rust")?;
    let group: BaseConsumer = config(address).set("group.id", "rust-copy").create()?;
    let metadata = group.group_metadata().context("no group")?;
    for number in 0..TRANSACTIONS {
        producer.begin_transaction()?;
        write(&producer, number)?;
        producer.send_offsets_to_transaction(&place(number + 1)?, &metadata, WAIT_MAX)?;
        if number % 3 == 1 {
            producer.flush(WAIT_MAX)?;
            producer.abort_transaction(WAIT_MAX)?;
        } else {
            producer.commit_transaction(WAIT_MAX)?;
        }
    }
    let committed = group.committed_offsets(place(0)?, WAIT_MAX)?;
    ensure!(committed.elements()[0].offset() == Offset::Offset(TRANSACTIONS), "{committed:?}");
    let wanted: Vec<i64> = (0..TRANSACTIONS * PER_TRANSACTION).filter(|it| it / PER_TRANSACTION % 3 != 1).collect();
    ensure!(read(address, "rust-transactions")? == wanted, "other records than those that were committed");
    Ok(())
}

fn producer(address: &str, id: &str) -> Result<BaseProducer> {
    let producer: BaseProducer = config(address).set("transactional.id", id).create()?;
    producer.init_transactions(WAIT_MAX)?;
    Ok(producer)
}

fn write(producer: &BaseProducer, transaction: i64) -> Result<()> {
    for number in 0..PER_TRANSACTION {
        let value = (transaction * PER_TRANSACTION + number).to_string();
        producer
            .send(BaseRecord::<(), _>::to("rust-transactions").partition(0).payload(&value))
            .map_err(|(fault, _)| fault)?;
    }
    Ok(())
}

fn place(offset: i64) -> Result<TopicPartitionList> {
    let mut places = TopicPartitionList::new();
    places.add_partition_offset("rust-source", 0, Offset::Offset(offset))?;
    Ok(places)
}

/// All committed values of partition 0, up to its end.
fn read(address: &str, topic: &str) -> Result<Vec<i64>> {
    let settings =
        [("group.id", "rust-reader"), ("isolation.level", "read_committed"), ("enable.partition.eof", "true")];
    let mut config = config(address);
    config.extend(settings.map(|(key, value)| (key.to_owned(), value.to_owned())));
    let consumer: BaseConsumer = config.create()?;
    let mut places = TopicPartitionList::new();
    places.add_partition_offset(topic, 0, Offset::Beginning)?;
    consumer.assign(&places)?;
    let (mut values, began) = (Vec::new(), Instant::now());
    while began.elapsed() < WAIT_MAX {
        match consumer.poll(WAIT_MAX) {
            Some(Err(KafkaError::PartitionEOF(_))) => return Ok(values),
            Some(message) => values.push(std::str::from_utf8(message?.payload().context("no value")?)?.parse()?),
            None => {}
        }
    }
    anyhow::bail!("`{topic}` has no end after {} records", values.len())
}

pub async fn a_zombie_is_fenced(address: &str) -> Result<()> {
    create(address, "rust-zombie").await?;
    let old = producer(address, "rust-zombie")?;
    old.begin_transaction()?;
    let send = |producer: &BaseProducer, value: &str| {
        producer.send(BaseRecord::<(), str>::to("rust-zombie").partition(0).payload(value)).map_err(|(fault, _)| fault)
    };
    send(&old, "1")?;
    old.flush(WAIT_MAX)?;
    let new = producer(address, "rust-zombie")?;
    ensure!(old.commit_transaction(WAIT_MAX).is_err(), "the zombie's transaction was committed");
    new.begin_transaction()?;
    send(&new, "2")?;
    new.commit_transaction(WAIT_MAX)?;
    ensure!(read(address, "rust-zombie")? == [2], "the zombie's record is read");
    Ok(())
}
