//! rust-rdkafka against the broker at ADDRESS: administration, producing, groups of both protocols, transactions.
//!
//! `rust-rdkafka ADDRESS` says `ok NAME` for each case that holds and ends with 1 at the first that doesn't.

mod admin;
mod groups;
mod produce;
mod transactions;

use std::time::Duration;

use anyhow::{Context, Result};
use rdkafka::ClientConfig;
use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use rdkafka::client::DefaultClientContext;

pub const WAIT_MAX: Duration = Duration::from_secs(60);
pub const PARTITIONS: i32 = 3;

#[tokio::main]
async fn main() -> Result<()> {
    let address = std::env::args().nth(1).context("usage: rust-rdkafka ADDRESS")?;
    say("administration", admin::topics_are_administered(&address).await)?;
    say("produce", produce::records_come_back_in_every_codec(&address).await)?;
    for protocol in ["classic", "consumer"] {
        say(protocol, groups::two_members_share_and_one_takes_over(&address, protocol).await)?;
    }
    say("transactions", transactions::commits_with_offsets_and_aborts(&address).await)?;
    say("zombie", transactions::a_zombie_is_fenced(&address).await)
}

fn say(name: &'static str, outcome: Result<()>) -> Result<()> {
    outcome.context(name)?;
    println!("ok {name}");
    Ok(())
}

pub fn config(address: &str) -> ClientConfig {
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", address);
    config
}

pub fn admin_client(address: &str) -> Result<AdminClient<DefaultClientContext>> {
    Ok(config(address).create()?)
}

pub async fn create(address: &str, topic: &str) -> Result<()> {
    let topics = [NewTopic::new(topic, PARTITIONS, TopicReplication::Fixed(1))];
    let made = admin_client(address)?.create_topics(&topics, &AdminOptions::new()).await?;
    made.into_iter().collect::<Result<Vec<_>, _>>().map_err(|(name, code)| anyhow::anyhow!("{name}: {code}"))?;
    Ok(())
}
