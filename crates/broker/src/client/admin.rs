//! Topics: listing, creating, deleting.

use kafka_protocol::ResponseError;
use kafka_protocol::messages::create_topics_request::{CreatableTopic, CreatableTopicConfig};
use kafka_protocol::messages::delete_topics_request::DeleteTopicState;
use kafka_protocol::messages::metadata_response::MetadataResponseTopic;
use kafka_protocol::messages::{CreateTopicsRequest, DeleteTopicsRequest, TopicName};
use kafka_protocol::protocol::StrBytes;
use yeoul_base::TopicId;

use super::error::ClientError;
use super::session::Client;

/// How long a broker may take to create or delete a topic, in milliseconds.
pub(super) const TOPIC_TIMEOUT_MS: i32 = 30_000;

/// A topic, as the cluster describes it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TopicInfo {
    /// Its name.
    pub name: String,
    /// Its incarnation; zero when the broker is too old to say.
    pub id: TopicId,
    /// Whether it is one of the cluster's own.
    pub internal: bool,
    /// Its partitions, by number.
    pub partitions: Vec<PartitionInfo>,
}

/// A partition, as the cluster describes it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PartitionInfo {
    /// Its number.
    pub index: i32,
    /// The node that leads it; -1 if none does.
    pub leader: i32,
}

/// A topic to be created.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewTopic {
    /// Its name.
    pub name: String,
    /// How many partitions; nothing leaves it to the broker.
    pub partitions: Option<i32>,
    /// How many replicas; nothing leaves it to the broker.
    pub replication: Option<i16>,
    /// Settings under Kafka's names.
    pub configs: Vec<(String, String)>,
}

impl NewTopic {
    /// A topic with everything but its name left to the broker.
    #[must_use]
    pub fn named(name: &str) -> NewTopic {
        NewTopic { name: name.to_owned(), partitions: None, replication: None, configs: Vec::new() }
    }
}

impl Client {
    /// All topics, by name.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn topics(&mut self) -> Result<Vec<TopicInfo>, ClientError> {
        let metadata = self.metadata(None).await?;
        let mut topics: Vec<TopicInfo> = metadata.topics.into_iter().map(info).collect();
        topics.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(topics)
    }

    /// One topic; nothing if it is not there.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn topic(&mut self, name: &str) -> Result<Option<TopicInfo>, ClientError> {
        let metadata = self.metadata(Some(name)).await?;
        let Some(topic) = metadata.topics.into_iter().next() else { return Ok(None) };
        if ResponseError::try_from_code(topic.error_code) == Some(ResponseError::UnknownTopicOrPartition) {
            return Ok(None);
        }
        ClientError::check(topic.error_code, || format!("topic `{name}`"), None)?;
        Ok(Some(info(topic)))
    }

    /// Creates a topic.
    ///
    /// # Errors
    /// [`ClientError::Refused`] with [`ResponseError::TopicAlreadyExists`] if there is one of that name.
    pub async fn create_topic(&mut self, topic: &NewTopic) -> Result<(), ClientError> {
        let configs = topic
            .configs
            .iter()
            .map(|(key, value)| CreatableTopicConfig::default().with_name(text(key)).with_value(Some(text(value))));
        let creatable = CreatableTopic::default()
            .with_name(TopicName(text(&topic.name)))
            .with_num_partitions(topic.partitions.unwrap_or(-1))
            .with_replication_factor(topic.replication.unwrap_or(-1))
            .with_configs(configs.collect());
        let request = CreateTopicsRequest::default().with_topics(vec![creatable]).with_timeout_ms(TOPIC_TIMEOUT_MS);
        let response = self.ask(&request, 7).await?;
        self.forget_leaders();
        response.topics.iter().try_for_each(|result| {
            let doing = || format!("to create topic `{}`", topic.name);
            ClientError::check(result.error_code, doing, result.error_message.as_deref())
        })
    }

    /// Deletes a topic.
    ///
    /// # Errors
    /// [`ClientError::Refused`] with [`ResponseError::UnknownTopicOrPartition`] if there is none.
    pub async fn delete_topic(&mut self, name: &str) -> Result<(), ClientError> {
        // Both spellings: version 6 has the first, older ones the second.
        let version_five = DeleteTopicsRequest::default()
            .with_topic_names(vec![TopicName(text(name))])
            .with_timeout_ms(TOPIC_TIMEOUT_MS);
        let version_six = DeleteTopicsRequest::default()
            .with_topics(vec![DeleteTopicState::default().with_name(Some(TopicName(text(name))))])
            .with_timeout_ms(TOPIC_TIMEOUT_MS);
        let response = match self.ask(&version_five, 5).await {
            Err(ClientError::Unsupported { .. }) => self.ask(&version_six, 6).await?,
            answer => answer?,
        };
        self.forget_leaders();
        response.responses.iter().try_for_each(|result| {
            let doing = || format!("to delete topic `{name}`");
            ClientError::check(result.error_code, doing, result.error_message.as_deref())
        })
    }
}

fn info(topic: MetadataResponseTopic) -> TopicInfo {
    let partitions = topic.partitions.iter();
    let mut partitions: Vec<PartitionInfo> = partitions
        .map(|partition| PartitionInfo { index: partition.partition_index, leader: partition.leader_id.0 })
        .collect();
    partitions.sort_by_key(|partition| partition.index);
    TopicInfo {
        name: topic.name.map(|name| name.to_string()).unwrap_or_default(),
        id: TopicId(topic.topic_id.into_bytes()),
        internal: topic.is_internal,
        partitions,
    }
}

pub(super) fn text(text: &str) -> StrBytes {
    StrBytes::from_string(text.to_owned())
}
