//! Which running platform a command speaks to: `--http`, else the data folder.

use std::path::{Path, PathBuf};

use yeoul_broker::client::{ClientConfig, LogIn};

use crate::config::Config;
use crate::fault::Fault;
use crate::presence::{OperatorDoor, Presence};

/// Flags that name a running platform.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Target {
    /// Address of the running platform's HTTP
    #[arg(long, value_name = "ADDRESS")]
    pub http: Option<String>,
    /// Data folder of the running platform [default: `.yeoul` here, or what `yeoul.toml` says]
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
}

impl Target {
    /// The URL of the platform's HTTP, without a slash at the end.
    ///
    /// # Errors
    /// No platform is found.
    pub fn url(&self) -> Result<String, Fault> {
        match &self.http {
            Some(address) => Ok(as_url(address)),
            None => Ok(self.presence()?.http.trim_end_matches('/').to_owned()),
        }
    }

    /// What the platform on the data folder wrote.
    pub fn presence(&self) -> Result<Presence, Fault> {
        Presence::find(&self.data_folder()?)
    }

    fn data_folder(&self) -> Result<PathBuf, Fault> {
        if let Some(data) = &self.data {
            return Ok(data.clone());
        }
        let here = Path::new(".");
        Ok(here.join(Config::load(here)?.data.unwrap_or_else(|| PathBuf::from(".yeoul"))))
    }
}

fn as_url(address: &str) -> String {
    let address = address.trim_end_matches('/');
    if address.contains("://") { address.to_owned() } else { format!("http://{address}") }
}

/// Where the Kafka door is: `--kafka`, else what a running platform says.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct KafkaTarget {
    /// Address of the Kafka door; also a real Kafka's [default: the platform's on the data folder, else 127.0.0.1:9092]
    #[arg(long, value_name = "ADDRESS")]
    pub kafka: Option<String>,
    /// Data folder of the running platform [default: `.yeoul` here, or what `yeoul.toml` says]
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
}

impl KafkaTarget {
    /// How to speak to the door: at its address, or as the platform's own operator where clients have to log in and the
    /// data folder says how.
    ///
    /// # Errors
    /// A data folder was named, and no platform runs there.
    pub fn client_config(&self) -> Result<ClientConfig, Fault> {
        let target = Target { http: None, data: self.data.clone() };
        let presence = if self.kafka.is_none() { target.presence().ok() } else { None };
        match presence.and_then(|presence| presence.operator) {
            None => Ok(ClientConfig::new(&self.address()?)),
            Some(OperatorDoor { kafka, user, password }) => {
                Ok(ClientConfig { log_in: Some(LogIn { user, password }), ..ClientConfig::new(&kafka) })
            }
        }
    }

    /// The door's address.
    ///
    /// # Errors
    /// A data folder was named, and no platform runs there.
    pub fn address(&self) -> Result<String, Fault> {
        if let Some(address) = &self.kafka {
            return Ok(address.clone());
        }
        let target = Target { http: None, data: self.data.clone() };
        match target.presence() {
            Ok(presence) => Ok(presence.kafka),
            Err(fault) if self.data.is_some() => Err(fault),
            Err(_) => Ok(Config::default().listen.kafka),
        }
    }
}
