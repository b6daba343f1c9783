//! Idempotent producing in each codec, read back by offset with keys, headers and timestamps.

use anyhow::{Context, Result, ensure};
use rdkafka::consumer::{Consumer, StreamConsumer};
use rdkafka::message::{Header, Headers, OwnedHeaders};
use rdkafka::producer::{FutureProducer, FutureRecord};
use rdkafka::{Message, Offset, Timestamp, TopicPartitionList};
use tokio::time::timeout;

use crate::{WAIT_MAX, config, create};

const RECORDS: i64 = 500;
const TIME: i64 = 1_700_000_000_000;

pub async fn records_come_back_in_every_codec(address: &str) -> Result<()> {
    for codec in ["none", "gzip", "snappy", "lz4"] {
        let topic = format!("rust-{codec}");
        create(address, &topic).await?;
        write(address, &topic, codec).await.context(codec)?;
        read(address, &topic).await.context(codec)?;
    }
    Ok(())
}

async fn write(address: &str, topic: &str, codec: &str) -> Result<()> {
    let producer: FutureProducer = config(address)
        .set("enable.idempotence", "true")
        .set("compression.type", codec)
        .set("linger.ms", "5")
        .create()?;
    let mut waiting = Vec::new();
    for number in 0..RECORDS {
        let (key, value) = (number.to_string(), value(number));
        let headers = OwnedHeaders::new()
            .insert(Header { key: "n", value: Some(&key) })
            .insert(Header { key: "n", value: Some("2") });
        let record =
            FutureRecord::to(topic).partition(0).key(&key).payload(&value).timestamp(TIME + number).headers(headers);
        waiting.push(producer.send_result(record).map_err(|(fault, _)| fault)?);
    }
    for (number, delivery) in (0..).zip(waiting) {
        let delivered = timeout(WAIT_MAX, delivery).await??.map_err(|(fault, _)| fault)?;
        ensure!(delivered.offset == number, "record {number} is at {}", delivered.offset);
    }
    Ok(())
}

fn value(number: i64) -> String {
    format!("value {number} ").repeat(20)
}

async fn read(address: &str, topic: &str) -> Result<()> {
    let consumer: StreamConsumer =
        config(address).set("group.id", "rust").set("enable.auto.commit", "false").create()?;
    let mut places = TopicPartitionList::new();
    places.add_partition_offset(topic, 0, Offset::Offset(0))?;
    consumer.assign(&places)?;
    for number in 0..RECORDS {
        let message = timeout(WAIT_MAX, consumer.recv()).await??;
        ensure!(
            message.offset() == number && message.timestamp() == Timestamp::CreateTime(TIME + number),
            "{message:?}"
        );
        ensure!(message.payload() == Some(value(number).as_bytes()), "value of {number}");
        ensure!(message.key() == Some(number.to_string().as_bytes()), "key of {number}");
        ensure!(message.headers().is_some_and(|it| it.count() == 2), "headers of {number}");
    }
    Ok(())
}
