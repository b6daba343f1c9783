//! The client's connections: to any broker for what any can answer, to a partition's leader for its records.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::time::Duration;

use kafka_protocol::messages::metadata_request::MetadataRequestTopic;
use kafka_protocol::messages::{MetadataRequest, MetadataResponse, TopicName};
use kafka_protocol::protocol::{Request, StrBytes};

use super::connection::Connection;
use super::error::ClientError;
use super::log_in::LogIn;
use super::tls::ClientTls;

/// The longest pause before trying again.
const RETRY_PAUSE_MAX: Duration = Duration::from_secs(1);

/// How a client is set up.
#[derive(Clone, Debug)]
pub struct ClientConfig {
    /// Brokers to begin with, each `host:port`.
    pub bootstrap: Vec<String>,
    /// What the client calls itself.
    pub client_id: String,
    /// For a listener that encrypts.
    pub tls: Option<ClientTls>,
    /// Who the client is, for a listener that asks.
    pub log_in: Option<LogIn>,
    /// How long to wait for an answer.
    pub patience: Duration,
    /// How often to try again after an error that may pass.
    pub retries: u32,
    /// How long to wait before trying again for the first time; each time twice as long, up to a second.
    pub retry_pause: Duration,
}

impl ClientConfig {
    /// The defaults: 30 s for an answer, twelve retries within about ten seconds. `bootstrap` is one or more `host:port`,
    /// separated by commas.
    #[must_use]
    pub fn new(bootstrap: &str) -> ClientConfig {
        ClientConfig {
            bootstrap: bootstrap.split(',').map(|address| address.trim().to_owned()).collect(),
            client_id: "yeoul".to_owned(),
            tls: None,
            log_in: None,
            patience: Duration::from_secs(30),
            retries: 12,
            retry_pause: Duration::from_millis(100),
        }
    }
}

/// A Kafka client.
#[derive(Debug)]
pub struct Client {
    config: ClientConfig,
    /// The connection for what any broker can answer.
    any: Option<Connection>,
    /// Connections to partition leaders, by the address that the cluster gave.
    leaders: HashMap<String, Connection>,
    /// The leader's address of each partition that was asked for.
    leader_of: HashMap<(String, i32), String>,
}

impl Client {
    /// Connects to one of the brokers.
    ///
    /// # Errors
    /// [`ClientError::Connect`] when none can be reached.
    pub async fn connect(config: ClientConfig) -> Result<Client, ClientError> {
        let mut client = Client { config, any: None, leaders: HashMap::new(), leader_of: HashMap::new() };
        client.any().await?;
        Ok(client)
    }

    /// Asks any broker.
    pub(super) async fn ask<Q: Request>(&mut self, request: &Q, version_max: i16) -> Result<Q::Response, ClientError> {
        let connection = self.any().await?;
        let version = connection.version::<Q>(version_max)?;
        let answer = connection.call_version(request, version).await;
        if answer.is_err() {
            self.any = None;
        }
        answer
    }

    /// Asks the partition's leader, in a version that is at most `version_max`. `wait` is how long the broker may
    /// hold the answer back.
    pub(super) async fn ask_leader<Q: Request>(
        &mut self,
        (topic, partition): (&str, i32),
        request: &Q,
        version_max: i16,
        wait: Duration,
    ) -> Result<Q::Response, ClientError> {
        let address = self.leader(topic, partition).await?;
        self.ask_address(&address, request, version_max, wait).await
    }

    /// Asks the broker at an address.
    pub(super) async fn ask_address<Q: Request>(
        &mut self,
        address: &str,
        request: &Q,
        version_max: i16,
        wait: Duration,
    ) -> Result<Q::Response, ClientError> {
        let connection = match self.leaders.remove(address) {
            Some(connection) => Ok(connection),
            None => Connection::open(address, &self.config).await,
        };
        let mut connection = connection.inspect_err(|_| self.leader_of.clear())?;
        let version = connection.version::<Q>(version_max)?;
        let answer = connection.call_waiting(request, version, wait).await;
        match &answer {
            Ok(_) => drop(self.leaders.insert(address.to_owned(), connection)),
            Err(_) => self.leader_of.clear(),
        }
        answer
    }

    /// Forgets who leads what, so that it is asked for again.
    pub(super) fn forget_leaders(&mut self) {
        self.leader_of.clear();
    }

    /// Whether to try again after an error, of which there were `tried` so far; waits first.
    pub(super) async fn again(&mut self, error: &ClientError, tried: &mut u32) -> bool {
        if !error.is_retriable() || *tried >= self.config.retries {
            return false;
        }
        let pause = self.config.retry_pause.saturating_mul(1 << (*tried).min(10));
        *tried += 1;
        self.forget_leaders();
        tokio::time::sleep(pause.min(RETRY_PAUSE_MAX)).await;
        true
    }

    /// What the cluster says of a topic, or of all.
    pub(super) async fn metadata(&mut self, topic: Option<&str>) -> Result<MetadataResponse, ClientError> {
        let wanted = topic.map(|name| {
            let name = TopicName(StrBytes::from_string(name.to_owned()));
            vec![MetadataRequestTopic::default().with_name(Some(name))]
        });
        let request = MetadataRequest::default().with_topics(wanted).with_allow_auto_topic_creation(false);
        // Before version 4, a broker may create what it is asked about.
        self.ask(&request, 12).await
    }

    async fn leader(&mut self, topic: &str, partition: i32) -> Result<String, ClientError> {
        let key = (topic.to_owned(), partition);
        if let Some(address) = self.leader_of.get(&key) {
            return Ok(address.clone());
        }
        let metadata = self.metadata(Some(topic)).await?;
        let unknown = || ClientError::UnknownPartition { topic: topic.to_owned(), partition };
        let mut partitions = metadata.topics.iter().flat_map(|topic| &topic.partitions);
        let found = partitions.find(|found| found.partition_index == partition).ok_or_else(unknown)?;
        let leader = metadata.brokers.iter().find(|broker| broker.node_id == found.leader_id);
        let leader = leader.ok_or_else(|| ClientError::Refused {
            doing: format!("topic `{topic}`, partition {partition}"),
            error: kafka_protocol::ResponseError::LeaderNotAvailable,
            message: None,
        })?;
        let address = address(&leader.host, leader.port);
        self.leader_of.insert(key, address.clone());
        Ok(address)
    }

    async fn any(&mut self) -> Result<&mut Connection, ClientError> {
        if self.any.is_none() {
            self.any = Some(self.open_any().await?);
        }
        Ok(self.any.as_mut().expect("it was opened just now"))
    }

    async fn open_any(&self) -> Result<Connection, ClientError> {
        let mut reasons = String::new();
        for address in &self.config.bootstrap {
            match Connection::open(address, &self.config).await {
                Ok(connection) => return Ok(connection),
                Err(ClientError::Disconnected { reason, .. }) => {
                    let separator = if reasons.is_empty() { "" } else { "; " };
                    let _ = write!(reasons, "{separator}{reason}");
                }
                Err(error) => return Err(error),
            }
        }
        Err(ClientError::Connect { addresses: self.config.bootstrap.join(","), reason: reasons })
    }
}

/// `host:port`, an IPv6 address in brackets.
pub(super) fn address(host: &str, port: i32) -> String {
    if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") }
}
