//! The admin client: topics, their settings, partitions, groups, deletion.

use anyhow::{Context, Result, ensure};
use rdkafka::admin::{AdminOptions, AlterConfig, NewPartitions, NewTopic, ResourceSpecifier, TopicReplication};

use crate::{WAIT_MAX, admin_client};

const TOPIC: &str = "rust-admin";

pub async fn topics_are_administered(address: &str) -> Result<()> {
    let admin = admin_client(address)?;
    let options = AdminOptions::new().operation_timeout(Some(WAIT_MAX));
    let topic = NewTopic::new(TOPIC, 2, TopicReplication::Fixed(3)).set("retention.ms", "86400000");
    admin.create_topics(&[topic], &options).await?.pop().context("no answer")?.map_err(fault)?;
    ensure!(
        setting(address, "retention.ms").await? == "86400000",
        "the setting is not what the topic was created with"
    );
    let altered = AlterConfig::new(ResourceSpecifier::Topic(TOPIC)).set("retention.ms", "1000000");
    admin
        .alter_configs(&[altered], &options)
        .await?
        .pop()
        .context("no answer")?
        .map_err(|(_, code)| anyhow::anyhow!("{code}"))?;
    ensure!(setting(address, "retention.ms").await? == "1000000", "the setting was not altered");
    admin
        .create_partitions(&[NewPartitions::new(TOPIC, 5)], &options)
        .await?
        .pop()
        .context("no answer")?
        .map_err(fault)?;
    ensure!(partitions(address)? == 5, "there are {} partitions", partitions(address)?);
    admin.delete_topics(&[TOPIC], &options).await?.pop().context("no answer")?.map_err(fault)?;
    ensure!(partitions(address)? == 0, "the topic is still there");
    Ok(())
}

fn fault((name, code): (String, rdkafka::types::RDKafkaErrorCode)) -> anyhow::Error {
    anyhow::anyhow!("{name}: {code}")
}

async fn setting(address: &str, name: &str) -> Result<String> {
    let answer =
        admin_client(address)?.describe_configs([&ResourceSpecifier::Topic(TOPIC)], &AdminOptions::new()).await?;
    let resource = answer.into_iter().next().context("no answer")??;
    let entry = resource.get(name).with_context(|| format!("no setting `{name}`"))?;
    entry.value.clone().context("a setting without a value")
}

/// None if the broker doesn't know the topic.
fn partitions(address: &str) -> Result<usize> {
    let admin = admin_client(address)?;
    let metadata = admin.inner().fetch_metadata(None, WAIT_MAX)?;
    Ok(metadata.topics().iter().find(|it| it.name() == TOPIC).map_or(0, |it| it.partitions().len()))
}
