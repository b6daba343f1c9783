//! Serves a log folder on a port: `serve <folder> <address>`.

use std::sync::Arc;

use yeoul_base::{RealDisk, SystemClock};
use yeoul_broker::{Broker, BrokerConfig};
use yeoul_log::{Log, LogConfig};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("which folder?")?;
    let address = arguments.next().ok_or("which address?")?;
    let log = Log::open(LogConfig::new(folder), Arc::new(RealDisk), Arc::new(SystemClock::new()))?;
    let listener = tokio::net::TcpListener::bind(address).await?;
    let broker = Broker::start(listener, log.clone(), BrokerConfig::default())?;
    println!("{}", broker.local_addr());
    tokio::signal::ctrl_c().await?;
    broker.shutdown().await;
    log.close();
    Ok(())
}
