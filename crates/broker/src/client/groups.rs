//! Consumer groups: listing, describing, where they stand, setting and deleting that.

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use kafka_protocol::ResponseError;
use kafka_protocol::messages::offset_commit_request::{OffsetCommitRequestPartition, OffsetCommitRequestTopic};
use kafka_protocol::messages::offset_delete_request::{OffsetDeleteRequestPartition, OffsetDeleteRequestTopic};
use kafka_protocol::messages::{
    ConsumerGroupDescribeRequest, DeleteGroupsRequest, DescribeGroupsRequest, GroupId, ListGroupsRequest,
    OffsetCommitRequest, OffsetDeleteRequest, OffsetFetchRequest, TopicName,
};
use kafka_protocol::protocol::Request;
use yeoul_base::Offset;
use yeoul_base::decode::{DecodeError, Decoder};

use super::admin::text;
use super::coordinator::Coordinated;
use super::error::{ClientError, kafka_name};
use super::session::{Client, address};

/// A group in a list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GroupListing {
    /// Its name.
    pub name: String,
    /// Kafka's word for what it is doing.
    pub state: String,
    /// `classic` or `consumer`; empty if the broker doesn't say.
    pub kind: String,
    /// `consumer`, `connect`, …; empty if nobody ever joined.
    pub protocol_type: String,
}

/// A group with its members.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct GroupDescription {
    /// Its name.
    pub name: String,
    /// Kafka's word for what it is doing.
    pub state: String,
    /// `classic` or `consumer`.
    pub kind: String,
    /// How partitions are assigned.
    pub assignor: String,
    /// The broker that keeps it: `host:port`.
    pub coordinator: String,
    /// Its members.
    pub members: Vec<GroupMember>,
}

/// A member of a group.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct GroupMember {
    /// Its id.
    pub id: String,
    /// Its static name, if it has one.
    pub instance: Option<String>,
    /// What its client calls itself.
    pub client_id: String,
    /// Where it comes from.
    pub host: String,
    /// The partitions that it reads, by topic.
    pub assignment: BTreeMap<String, Vec<i32>>,
}

/// Where a group stands in a partition.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GroupPosition {
    /// The topic.
    pub topic: String,
    /// The partition.
    pub partition: i32,
    /// The next offset that it reads.
    pub offset: Offset,
}

fn group_id(name: &str) -> GroupId {
    GroupId(text(name))
}

fn topic_of(name: &str) -> TopicName {
    TopicName(text(name))
}

/// Partitions by topic, as requests have them.
fn by_topic<T>(items: impl Iterator<Item = (String, T)>) -> BTreeMap<String, Vec<T>> {
    let mut topics: BTreeMap<String, Vec<T>> = BTreeMap::new();
    items.for_each(|(topic, item)| topics.entry(topic).or_default().push(item));
    topics
}

impl Client {
    /// All groups of all brokers, by name.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn groups(&mut self) -> Result<Vec<GroupListing>, ClientError> {
        let brokers = self.metadata(None).await?.brokers;
        let mut groups = Vec::new();
        for broker in brokers {
            let at = address(&broker.host, broker.port);
            let response = self.ask_at(&at, &ListGroupsRequest::default(), 5).await?;
            ClientError::check(response.error_code, || "to list groups".to_owned(), None)?;
            groups.extend(response.groups.into_iter().map(|group| GroupListing {
                name: group.group_id.0.to_string(),
                state: group.group_state.to_string(),
                kind: group.group_type.to_string().to_lowercase(),
                protocol_type: group.protocol_type.to_string(),
            }));
        }
        groups.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(groups)
    }

    /// A group with its members; nothing if it is not there.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn group(&mut self, name: &str) -> Result<Option<GroupDescription>, ClientError> {
        let coordinator = self.coordinator(name).await?;
        let found = match self.consumer_group(&coordinator, name).await {
            Err(ClientError::Unsupported { .. }) => None,
            found => found?,
        };
        match found {
            Some(group) => Ok(Some(group)),
            None => self.classic_group(&coordinator, name).await,
        }
    }

    async fn consumer_group(&mut self, at: &str, name: &str) -> Result<Option<GroupDescription>, ClientError> {
        let request = ConsumerGroupDescribeRequest::default().with_group_ids(vec![group_id(name)]);
        let response = self.ask_at(at, &request, 1).await?;
        let Some(group) = response.groups.into_iter().next() else { return Ok(None) };
        if ResponseError::try_from_code(group.error_code) == Some(ResponseError::GroupIdNotFound) {
            return Ok(None);
        }
        ClientError::check(group.error_code, || format!("to describe group `{name}`"), group.error_message.as_deref())?;
        let members = group.members.into_iter().map(|member| {
            let topics = member.assignment.topic_partitions.into_iter();
            GroupMember {
                id: member.member_id.to_string(),
                instance: member.instance_id.map(|instance| instance.to_string()),
                client_id: member.client_id.to_string(),
                host: member.client_host.to_string(),
                assignment: topics.map(|it| (it.topic_name.0.to_string(), it.partitions)).collect(),
            }
        });
        Ok(Some(GroupDescription {
            name: name.to_owned(),
            state: group.group_state.to_string(),
            kind: "consumer".to_owned(),
            assignor: group.assignor_name.to_string(),
            coordinator: at.to_owned(),
            members: members.collect(),
        }))
    }

    async fn classic_group(&mut self, at: &str, name: &str) -> Result<Option<GroupDescription>, ClientError> {
        let request = DescribeGroupsRequest::default().with_groups(vec![group_id(name)]);
        let response = self.ask_at(at, &request, 5).await?;
        let Some(group) = response.groups.into_iter().next() else { return Ok(None) };
        ClientError::check(group.error_code, || format!("to describe group `{name}`"), None)?;
        if group.group_state.as_str() == "Dead" {
            return Ok(None);
        }
        let members = group.members.into_iter().map(|member| GroupMember {
            id: member.member_id.to_string(),
            instance: member.group_instance_id.map(|instance| instance.to_string()),
            client_id: member.client_id.to_string(),
            host: member.client_host.to_string(),
            // Another protocol's members (Connect's) have assignments of another format: none are shown.
            assignment: assigned(&member.member_assignment).unwrap_or_default(),
        });
        Ok(Some(GroupDescription {
            name: name.to_owned(),
            state: group.group_state.to_string(),
            kind: "classic".to_owned(),
            assignor: group.protocol_data.to_string(),
            coordinator: at.to_owned(),
            members: members.collect(),
        }))
    }

    /// Where a group stands, by topic and partition.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn group_positions(&mut self, name: &str) -> Result<Vec<GroupPosition>, ClientError> {
        let coordinator = self.coordinator(name).await?;
        // Before version 8, one group is asked for.
        let request = OffsetFetchRequest::default().with_group_id(group_id(name)).with_topics(None);
        let response = self.ask_at(&coordinator, &request, 7).await?;
        ClientError::check(response.error_code, || format!("to say where group `{name}` stands"), None)?;
        let mut positions = Vec::new();
        for topic in response.topics {
            for partition in topic.partitions.iter().filter(|partition| partition.committed_offset >= 0) {
                positions.push(GroupPosition {
                    topic: topic.name.0.to_string(),
                    partition: partition.partition_index,
                    offset: Offset(partition.committed_offset),
                });
            }
        }
        positions.sort_by(|one, other| (&one.topic, one.partition).cmp(&(&other.topic, other.partition)));
        Ok(positions)
    }

    /// Sets where a group stands; it must have no members.
    ///
    /// # Errors
    /// [`ClientError::Refused`] with [`ResponseError::UnknownMemberId`] if it has some.
    pub async fn set_group_positions(&mut self, name: &str, positions: &[GroupPosition]) -> Result<(), ClientError> {
        let coordinator = self.coordinator(name).await?;
        let partition = |position: &GroupPosition| {
            OffsetCommitRequestPartition::default()
                .with_partition_index(position.partition)
                .with_committed_offset(position.offset.0)
                .with_committed_metadata(None)
        };
        let topics = by_topic(positions.iter().map(|position| (position.topic.clone(), partition(position))));
        let topics = topics.into_iter().map(|(topic, partitions)| {
            OffsetCommitRequestTopic::default().with_name(topic_of(&topic)).with_partitions(partitions)
        });
        let request = OffsetCommitRequest::default()
            .with_group_id(group_id(name))
            .with_generation_id_or_member_epoch(-1)
            .with_topics(topics.collect());
        let response = self.ask_at(&coordinator, &request, 8).await?;
        response.topics.iter().flat_map(|topic| topic.partitions.iter().map(move |it| (topic, it))).try_for_each(
            |(topic, partition)| {
                let doing = || {
                    format!("to set group `{name}` in partition {} of `{}`", partition.partition_index, topic.name.0)
                };
                ClientError::check(partition.error_code, doing, None)
            },
        )
    }

    /// Deletes a group with its offsets; it must have no members.
    ///
    /// # Errors
    /// [`ClientError::Refused`] with [`ResponseError::NonEmptyGroup`] or [`ResponseError::GroupIdNotFound`].
    pub async fn delete_group(&mut self, name: &str) -> Result<(), ClientError> {
        let coordinator = self.coordinator(name).await?;
        let request = DeleteGroupsRequest::default().with_groups_names(vec![group_id(name)]);
        let response = self.ask_at(&coordinator, &request, 2).await?;
        let doing = || format!("to delete group `{name}`");
        response.results.iter().try_for_each(|result| ClientError::check(result.error_code, doing, None))
    }

    /// Deletes what a group committed for partitions. Returns what was refused, by partition.
    ///
    /// # Errors
    /// [`ClientError`] for the whole.
    pub async fn delete_group_positions(
        &mut self,
        name: &str,
        partitions: &[(String, i32)],
    ) -> Result<Vec<(String, i32, Option<String>)>, ClientError> {
        let coordinator = self.coordinator(name).await?;
        let topics = by_topic(partitions.iter().cloned()).into_iter().map(|(topic, numbers)| {
            let numbers = numbers.into_iter();
            let partition = |number| OffsetDeleteRequestPartition::default().with_partition_index(number);
            OffsetDeleteRequestTopic::default()
                .with_name(topic_of(&topic))
                .with_partitions(numbers.map(partition).collect())
        });
        let request = OffsetDeleteRequest::default().with_group_id(group_id(name)).with_topics(topics.collect());
        let response = self.ask_at(&coordinator, &request, 0).await?;
        ClientError::check(response.error_code, || format!("to delete offsets of group `{name}`"), None)?;
        let result = |topic: &str, number: i32, code: i16| {
            (topic.to_owned(), number, ResponseError::try_from_code(code).map(kafka_name))
        };
        let topics = response.topics.iter();
        Ok(topics
            .flat_map(|topic| {
                topic.partitions.iter().map(|it| result(&topic.name.0, it.partition_index, it.error_code))
            })
            .collect())
    }

    /// The broker that keeps a group; asked again for a while if none does yet.
    async fn coordinator(&mut self, group: &str) -> Result<String, ClientError> {
        self.coordinator_of(Coordinated::Group, group).await
    }

    async fn ask_at<Q: Request>(
        &mut self,
        at: &str,
        request: &Q,
        version_max: i16,
    ) -> Result<Q::Response, ClientError> {
        self.ask_address(at, request, version_max, Duration::ZERO).await
    }
}

/// The partitions of a classic consumer's assignment (Kafka's `ConsumerProtocolAssignment`).
///
/// ```text
/// version (2), topics (4), each: length (2), name, partitions (4), each: number (4); user data
/// ```
fn assigned(assignment: &Bytes) -> Result<BTreeMap<String, Vec<i32>>, DecodeError> {
    let mut from = Decoder::new(assignment);
    from.i16()?;
    let mut topics = BTreeMap::new();
    for _ in 0..from.count(6)? {
        let length = usize::try_from(from.i16()?).unwrap_or(0);
        let name = String::from_utf8_lossy(from.bytes(length)?).into_owned();
        let count = from.count(4)?;
        let partitions: Result<Vec<i32>, DecodeError> = (0..count).map(|_| from.i32()).collect();
        topics.insert(name, partitions?);
    }
    Ok(topics)
}
