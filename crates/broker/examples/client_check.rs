//! The client against any broker.
use std::time::Duration;
use yeoul_base::{Offset, Timestamp};
use yeoul_broker::client::*;
use yeoul_log::batch::{BatchBuilder, Compression};
#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let address = std::env::args().nth(1).ok_or("address")?;
    let mut client = Client::connect(ClientConfig::new(&address)).await?;
    client.create_topic(&NewTopic { partitions: Some(2), configs: vec![("retention.ms".into(), "100000000".into())], ..NewTopic::named("cc") }).await?;
    println!("{:?}", client.topics().await?);
    println!("{:?}", client.last_record("cc", 0).await?);
    let mut producer = Producer::new(client).await?;
    for codec in Compression::ALL {
        let mut b = BatchBuilder::new().compression(codec);
        for i in 0..1000 { b.push(Some(b"k"), Some(format!("v{i}").as_bytes()), Timestamp(1_700_000_000_000 + i), &[("source", Some(b"7"))]); }
        println!("{:?}", producer.send("cc", 1, b).await?);
    }
    let client = producer.client();
    let mut from = Offset(0); let mut n = 0;
    while from < Offset(5000) { let f = client.fetch("cc", 1, from, Duration::from_secs(1), 100_000).await?; let (r, next) = f.records()?; n += r.len(); from = next; }
    println!("read {n}; last {:?}", client.last_record("cc", 1).await?);
    println!("{:?} {:?} {:?}", client.offset("cc", 1, OffsetAt::Earliest).await?, client.offset("cc", 1, OffsetAt::Latest).await?, client.offset("cc", 1, OffsetAt::Time(Timestamp(1_700_000_000_500))).await?);
    println!("{}", client.create_topic(&NewTopic::named("cc")).await.unwrap_err());
    client.delete_topic("cc").await?;
    println!("{}", client.delete_topic("nope").await.unwrap_err());
    Ok(())
}
