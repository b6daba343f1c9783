//! Which running platform a command speaks to: `--http`, else the data folder.

use std::path::{Path, PathBuf};

use yeoul_broker::client::{ClientConfig, ClientTls, LogIn, TlsSettings};

use crate::ask::{Place, with_log_in};
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
    /// With `--http`: settings of the connection under Kafka's names, as the commands of the log take them (`ssl.…`, `sasl.…`)
    #[arg(long, value_name = "FILE", requires = "http")]
    pub command_config: Option<PathBuf>,
}

impl Target {
    /// Where the platform's HTTP is, and how to come in: as the settings say, else as the data folder does.
    ///
    /// # Errors
    /// No platform is found; settings that can't be meant.
    pub fn place(&self) -> Result<Place, Fault> {
        let Some(address) = &self.http else {
            return Ok(Place { url: self.presence()?.url(), tls: None });
        };
        let Some(file) = &self.command_config else {
            let url = as_url(address, false);
            let tls = url.starts_with("https://").then(|| ClientTls::new(&TlsSettings::default())).transpose();
            return Ok(Place { url, tls: tls.map_err(|error| Fault::usage(error.to_string()))? });
        };
        // The log's own words for a connection are those of HTTP's, too.
        let ClientConfig { tls, log_in, .. } = ClientProperties::load(file)?.client_config(address)?;
        let url = as_url(address, tls.is_some());
        if url.starts_with("https://") && tls.is_none() {
            let name = file.display();
            return Err(Fault::usage(format!(
                "`{url}` is encrypted; write `security.protocol=SSL`, or `SASL_SSL`, in `{name}`"
            )));
        }
        let url = log_in.iter().fold(url, |url, log_in| with_log_in(&url, &log_in.user, &log_in.password));
        Ok(Place { url, tls })
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

fn as_url(address: &str, encrypted: bool) -> String {
    let address = address.trim_end_matches('/');
    let scheme = if encrypted { "https" } else { "http" };
    if address.contains("://") { address.to_owned() } else { format!("{scheme}://{address}") }
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
        let target = Target { data: self.data.clone(), ..Target::default() };
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
        let target = Target { data: self.data.clone(), ..Target::default() };
        match target.presence() {
            Ok(presence) => Ok(presence.kafka),
            Err(fault) if self.data.is_some() => Err(fault),
            Err(_) => Ok(Config::default().listen.kafka),
        }
    }
}
