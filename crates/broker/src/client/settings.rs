//! Topics as they are now: their settings, more partitions, deleted records, what they take on the disk.

use std::collections::HashMap;

use kafka_protocol::ResponseError;
use kafka_protocol::messages::create_partitions_request::CreatePartitionsTopic;
use kafka_protocol::messages::delete_records_request::{DeleteRecordsPartition, DeleteRecordsTopic};
use kafka_protocol::messages::describe_configs_request::DescribeConfigsResource;
use kafka_protocol::messages::describe_configs_response::DescribeConfigsResourceResult;
use kafka_protocol::messages::describe_log_dirs_request::DescribableLogDirTopic;
use kafka_protocol::messages::incremental_alter_configs_request::{AlterConfigsResource, AlterableConfig};
use kafka_protocol::messages::{
    CreatePartitionsRequest, DeleteRecordsRequest, DescribeConfigsRequest, DescribeLogDirsRequest,
    IncrementalAlterConfigsRequest, TopicName,
};
use yeoul_base::Offset;

use super::admin::{TOPIC_TIMEOUT_MS, text};
use super::error::ClientError;
use super::session::Client;
use crate::config_resource::TOPIC;

/// The source of a setting that the topic itself has.
const SET_ON_TOPIC: i8 = 1;
/// Operations of KIP-339.
const SET: i8 = 0;
const RESET: i8 = 1;

/// A topic's setting.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TopicSetting {
    /// Kafka's name for it.
    pub key: String,
    /// Its value; nothing if it is kept secret.
    pub value: Option<String>,
    /// Whether the topic itself has it, not the broker's defaults.
    pub is_set: bool,
}

impl Client {
    /// A topic's settings, by name.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn settings(&mut self, topic: &str) -> Result<Vec<TopicSetting>, ClientError> {
        let resource = DescribeConfigsResource::default()
            .with_resource_type(TOPIC)
            .with_resource_name(text(topic))
            .with_configuration_keys(None);
        let response = self.ask(&DescribeConfigsRequest::default().with_resources(vec![resource]), 4).await?;
        let mut settings = Vec::new();
        for result in response.results {
            let doing = || format!("to describe topic `{topic}`");
            ClientError::check(result.error_code, doing, result.error_message.as_deref())?;
            settings.extend(result.configs.into_iter().map(setting));
        }
        settings.sort_by(|one, other| one.key.cmp(&other.key));
        Ok(settings)
    }

    /// Changes a topic's settings; one without a value follows the default again.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn change_settings(
        &mut self,
        topic: &str,
        changes: &[(String, Option<String>)],
    ) -> Result<(), ClientError> {
        let change = |(key, value): &(String, Option<String>)| {
            let operation = if value.is_some() { SET } else { RESET };
            let change = AlterableConfig::default().with_name(text(key)).with_config_operation(operation);
            change.with_value(value.as_deref().map(text))
        };
        let resource = AlterConfigsResource::default()
            .with_resource_type(TOPIC)
            .with_resource_name(text(topic))
            .with_configs(changes.iter().map(change).collect());
        let response = self.ask(&IncrementalAlterConfigsRequest::default().with_resources(vec![resource]), 1).await?;
        response.responses.iter().try_for_each(|result| {
            let doing = || format!("to change topic `{topic}`");
            ClientError::check(result.error_code, doing, result.error_message.as_deref())
        })
    }

    /// Gives a topic more partitions; `total` is how many it has then.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn add_partitions(&mut self, topic: &str, total: i32) -> Result<(), ClientError> {
        let asked =
            CreatePartitionsTopic::default().with_name(TopicName(text(topic))).with_count(total).with_assignments(None);
        let request = CreatePartitionsRequest::default().with_topics(vec![asked]).with_timeout_ms(TOPIC_TIMEOUT_MS);
        let response = self.ask(&request, 3).await?;
        self.forget_leaders();
        response.results.iter().try_for_each(|result| {
            let doing = || format!("to add partitions to topic `{topic}`");
            ClientError::check(result.error_code, doing, result.error_message.as_deref())
        })
    }

    /// Deletes a partition's records before an offset, -1 for all. Returns the first offset that is kept then.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn delete_records(&mut self, topic: &str, partition: i32, before: i64) -> Result<Offset, ClientError> {
        let asked = DeleteRecordsPartition::default().with_partition_index(partition).with_offset(before);
        let asked = DeleteRecordsTopic::default().with_name(TopicName(text(topic))).with_partitions(vec![asked]);
        let request = DeleteRecordsRequest::default().with_topics(vec![asked]).with_timeout_ms(TOPIC_TIMEOUT_MS);
        let response = self.ask(&request, 2).await?;
        let mut start = Offset::ZERO;
        for result in response.topics.iter().flat_map(|topic| &topic.partitions) {
            let doing = || format!("to delete records before offset {before} of `{topic}` partition {partition}");
            // Only one cause of it, which the answer has no words for.
            let message = (result.error_code == ResponseError::PolicyViolation.code()).then_some(
                "records of a compacted topic are not deleted by offset; `cleanup.policy=compact,delete` would let them",
            );
            ClientError::check(result.error_code, doing, message)?;
            start = Offset(result.low_watermark);
        }
        Ok(start)
    }

    /// What each partition of a topic takes on the disk, in bytes.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn sizes(&mut self, topic: &str, partitions: i32) -> Result<HashMap<i32, i64>, ClientError> {
        let asked = DescribableLogDirTopic::default()
            .with_topic(TopicName(text(topic)))
            .with_partitions((0..partitions).collect());
        let response = self.ask(&DescribeLogDirsRequest::default().with_topics(Some(vec![asked])), 4).await?;
        let topics = response.results.into_iter().flat_map(|result| result.topics);
        let partitions = topics.flat_map(|topic| topic.partitions);
        Ok(partitions.map(|partition| (partition.partition_index, partition.partition_size)).collect())
    }
}

fn setting(found: DescribeConfigsResourceResult) -> TopicSetting {
    TopicSetting {
        key: found.name.to_string(),
        value: found.value.map(|value| value.to_string()),
        is_set: found.config_source == SET_ON_TOPIC,
    }
}
