//! Changes of topics: how the writer makes them, and how a start replays them.
//!
//! Each is an entry of its own in the write-ahead log: `AlterTopic` carries the settings as they are afterwards, not
//! the change, so that a replay needs no other state; `AddPartitions` carries the slots of the new partitions.

use std::sync::Arc;

use yeoul_base::decode::{DecodeError, Decoder};
use yeoul_base::limits::TOPIC_PARTITIONS_MAX;
use yeoul_base::{Offset, PartitionId, TopicId};

use crate::encode::Encoder;
use crate::error::{AddPartitionsError, AlterTopicError, DeleteRecordsError};
use crate::partition::Partition;
use crate::pending::Reply;
use crate::shared::{Shared, TopicParts};
use crate::state::{State, Work};
use crate::topic::Topic;
use crate::topic_config::{ConfigChanges, TopicConfig};
use crate::wal::Kind;

/// The answer to a change of a topic.
pub(crate) type Changed<E> = Reply<Result<Arc<Topic>, E>>;

impl TopicParts {
    /// The topic with other settings.
    fn with_config(&self, config: TopicConfig) -> TopicParts {
        let topic = Topic { config, ..(*self.topic).clone() };
        TopicParts { topic: Arc::new(topic), partitions: self.partitions.clone() }
    }

    /// The topic with more partitions, whose slots begin at a number.
    fn with_partitions(&self, first_slot: u32, count: i32) -> TopicParts {
        let has = self.topic.partitions;
        let topic = Arc::new(Topic { partitions: has + count, ..(*self.topic).clone() });
        let new = (has..has + count).zip(first_slot..);
        let new = new.map(|(number, slot)| Arc::new(Partition::new(slot, PartitionId(number), Arc::clone(&topic))));
        let partitions = self.partitions.iter().cloned().chain(new).collect();
        TopicParts { topic, partitions }
    }
}

impl State {
    pub(crate) fn alter_topic(
        &mut self,
        id: TopicId,
        changes: &ConfigChanges,
        reply: Changed<AlterTopicError>,
        work: &mut Work,
    ) {
        let Some(parts) = self.topics.get(&id) else {
            return work.answer(reply, Err(AlterTopicError::UnknownTopic(id)));
        };
        match parts.topic.config.changed(changes) {
            Err(error) => work.answer(reply, Err(error.into())),
            Ok(config) => {
                work.group.push(Kind::AlterTopic, 0, &altered(id, &config));
                let parts = Arc::new(parts.with_config(config));
                self.topics.insert(id, Arc::clone(&parts));
                work.then(reply, move |shared| Ok(shared.change_topic(parts)));
            }
        }
    }

    pub(crate) fn add_partitions(
        &mut self,
        id: TopicId,
        total: i32,
        reply: Changed<AddPartitionsError>,
        work: &mut Work,
    ) {
        let Some(parts) = self.topics.get(&id) else {
            return work.answer(reply, Err(AddPartitionsError::UnknownTopic(id)));
        };
        let has = parts.topic.partitions;
        if total <= has || total > TOPIC_PARTITIONS_MAX {
            let topic = parts.topic.name.clone();
            let error = AddPartitionsError::InvalidPartitions { topic, has, asked: total, most: TOPIC_PARTITIONS_MAX };
            return work.answer(reply, Err(error));
        }
        let first_slot = self.standing.next_slot.max(1);
        let record = AddedPartitions { id, first_slot, count: total - has };
        work.group.push(Kind::AddPartitions, 0, &record.encode());
        let parts = Arc::new(parts.with_partitions(first_slot, total - has));
        self.add_topic(&parts);
        work.moves = true;
        work.then(reply, move |shared| Ok(shared.change_topic(parts)));
    }

    pub(crate) fn delete_records(
        &mut self,
        partition: Arc<Partition>,
        before: Option<Offset>,
        reply: Reply<Result<Offset, DeleteRecordsError>>,
        work: &mut Work,
    ) {
        if !self.slots.contains_key(&partition.slot) {
            return work.answer(reply, Err(DeleteRecordsError::UnknownTopic(partition.topic_id)));
        }
        let bounds = partition.read().bounds();
        let (log_start, high_watermark) = (bounds.log_start, bounds.high_watermark);
        let asked = before.unwrap_or(high_watermark);
        if asked < Offset::ZERO || asked > high_watermark {
            return work.answer(reply, Err(DeleteRecordsError::OffsetOutOfRange { asked, log_start, high_watermark }));
        }
        // What is before the first offset is deleted already.
        if asked > log_start {
            self.trim(Arc::clone(&partition), asked.0, work);
        }
        work.then(reply, move |_| Ok(Offset(partition.read().log_start)));
    }

    pub(crate) fn replay_altered(&mut self, shared: &Shared, payload: &[u8]) -> Result<(), DecodeError> {
        let mut from = Decoder::new(payload);
        let id = TopicId(from.array()?);
        let text = from.text()?;
        if let Some(parts) = self.topics.get(&id) {
            let parts = Arc::new(parts.with_config(TopicConfig::from_text(text).unwrap_or_default()));
            self.topics.insert(id, Arc::clone(&parts));
            shared.change_topic(parts);
        }
        Ok(())
    }

    pub(crate) fn replay_added(&mut self, shared: &Shared, payload: &[u8]) -> Result<(), DecodeError> {
        let record = AddedPartitions::decode(payload)?;
        if let Some(parts) = self.topics.get(&record.id) {
            let parts = Arc::new(parts.with_partitions(record.first_slot, record.count));
            self.add_topic(&parts);
            shared.change_topic(parts);
        }
        Ok(())
    }
}

fn altered(id: TopicId, config: &TopicConfig) -> Vec<u8> {
    let mut out = Encoder::default();
    out.raw(&id.0);
    out.sized(config.to_text().as_bytes());
    out.0
}

/// The payload of [`Kind::AddPartitions`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct AddedPartitions {
    id: TopicId,
    first_slot: u32,
    count: i32,
}

impl AddedPartitions {
    fn encode(&self) -> Vec<u8> {
        let mut out = Encoder::default();
        out.raw(&self.id.0);
        out.u32(self.first_slot);
        out.i32(self.count);
        out.0
    }

    fn decode(payload: &[u8]) -> Result<AddedPartitions, DecodeError> {
        let mut from = Decoder::new(payload);
        let (id, first_slot) = (TopicId(from.array()?), from.u32()?);
        let at = from.position();
        let count = from.i32()?;
        if !(1..=TOPIC_PARTITIONS_MAX).contains(&count) {
            return Err(DecodeError::Count { at, count: i64::from(count) });
        }
        Ok(AddedPartitions { id, first_slot, count })
    }
}
