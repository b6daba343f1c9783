//! The flags of `run` and `serve`, and what they come to together with `yeoul.toml`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::config::{Config, Listener};
use crate::fault::Fault;

/// Flags that start a platform.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct PlatformArgs {
    /// Data folder [default: `.yeoul` in the project, or in the current folder]
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Address of the Kafka door; port 0 takes any free one [default: 127.0.0.1:9092]
    #[arg(long, value_name = "ADDRESS")]
    pub kafka: Option<String>,
    /// Address of HTTP: doors, views and the page [default: 127.0.0.1:8150]
    #[arg(long, value_name = "ADDRESS")]
    pub http: Option<String>,
    /// Another Kafka listener, as NAME=PROTOCOL://ADDRESS, see docs/security.md; may be repeated
    #[arg(long = "listener", value_name = "LISTENER", value_parser = Listener::parse)]
    pub listeners: Vec<Listener>,
    /// Certificate of encrypted listeners (PEM), unless `yeoul.toml` names one
    #[arg(long, value_name = "FILE")]
    pub tls_certificate: Option<PathBuf>,
    /// Private key of the certificate (PEM)
    #[arg(long, value_name = "FILE")]
    pub tls_key: Option<PathBuf>,
    /// Authorities that issue client certificates (PEM)
    #[arg(long, value_name = "FILE")]
    pub tls_client_ca: Option<PathBuf>,
    /// Who may do everything, as User:NAME; may be repeated
    #[arg(long = "super-user", value_name = "PRINCIPAL")]
    pub super_users: Vec<String>,
    /// Default of a `SET` key; may be repeated
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = setting)]
    pub settings: Vec<(String, String)>,
    /// Print the ready line as JSON
    #[arg(long)]
    pub json: bool,
}

/// `key=value`
pub fn setting(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or_else(|| format!("`{text}` has no `=`; write `key=value`"))?;
    Ok((key.trim().to_owned(), value.trim().to_owned()))
}

impl PlatformArgs {
    /// The data folder.
    #[must_use]
    pub fn data_folder(&self, folder: &Path, config: &Config) -> PathBuf {
        let configured = || folder.join(config.data.as_deref().unwrap_or(Path::new(".yeoul")));
        self.data.clone().unwrap_or_else(configured)
    }

    /// The address to bind the Kafka door to.
    #[must_use]
    pub fn kafka_address<'a>(&'a self, config: &'a Config) -> &'a str {
        self.kafka.as_deref().unwrap_or(&config.listen.kafka)
    }

    /// The address to bind HTTP to.
    #[must_use]
    pub fn http_address<'a>(&'a self, config: &'a Config) -> &'a str {
        self.http.as_deref().unwrap_or(&config.listen.http)
    }

    /// The defaults of `SET`: the file's, then the flags'.
    ///
    /// # Errors
    /// An empty key.
    pub fn session_settings(&self, config: &Config) -> Result<BTreeMap<String, String>, Fault> {
        let mut settings = config.settings.clone();
        for (key, value) in &self.settings {
            if key.is_empty() {
                return Err(Fault::usage("`--set` needs a key: `--set table.local-time-zone=UTC`"));
            }
            settings.insert(key.clone(), value.clone());
        }
        Ok(settings)
    }
}
