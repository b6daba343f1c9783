//! Which running platform a command speaks to: `--http`, else the data folder.

use std::path::{Path, PathBuf};

use yeoul_broker::client::{ClientConfig, LogIn};

use crate::client_properties::ClientProperties;
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
    /// The URL of the platform's HTTP, without a slash at the end; with the name and password to come in by, where the data
    /// folder says them. [`ask`](crate::ask) takes both.
    ///
    /// # Errors
    /// No platform is found.
    pub fn url(&self) -> Result<String, Fault> {
        match &self.http {
            Some(address) => Ok(as_url(address)),
            None => Ok(self.presence()?.url()),
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

/// Where the Kafka door is: `--kafka`, else what the settings or a running platform say.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct KafkaTarget {
    /// Address of the Kafka door; also a real Kafka's [default: the platform's on the data folder, else 127.0.0.1:9092]
    #[arg(long, visible_alias = "bootstrap-server", value_name = "ADDRESS")]
    pub kafka: Option<String>,
    /// Settings of the connection under Kafka's names: `security.protocol`, `sasl.…`, `ssl.…`
    #[arg(long, value_name = "FILE")]
    pub command_config: Option<PathBuf>,
    /// Data folder of the running platform [default: `.yeoul` here, or what `yeoul.toml` says]
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
}

impl KafkaTarget {
    /// How to speak to the door: as the settings say, else as the platform's own operator where clients have to log in and
    /// the data folder says how, else at its address.
    ///
    /// # Errors
    /// Settings that can't be meant; a data folder was named, and no platform runs there.
    pub fn client_config(&self) -> Result<ClientConfig, Fault> {
        if let Some(file) = &self.command_config {
            let properties = ClientProperties::load(file)?;
            let address = self.kafka.clone().or_else(|| properties.bootstrap.clone());
            return properties.client_config(&address.map_or_else(|| self.address(), Ok)?);
        }
        let target = Target { http: None, data: self.data.clone() };
        let presence = if self.kafka.is_none() { target.presence().ok() } else { None };
        match presence.and_then(|presence| presence.operator) {
            None => Ok(ClientConfig::new(&self.address()?)),
            Some(OperatorDoor { kafka, user, password }) => {
                Ok(ClientConfig { log_in: Some(LogIn::new(&user, &password)), ..ClientConfig::new(&kafka) })
            }
        }
    }

    /// The door's address.
    fn address(&self) -> Result<String, Fault> {
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
