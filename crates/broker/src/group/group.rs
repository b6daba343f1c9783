//! A group of either protocol.

use std::time::Duration;

use yeoul_base::Timestamp;

use super::classic::{ClassicGroup, Effects, State};
use super::consumer::ConsumerGroup;

/// See the module.
#[derive(Clone, Debug)]
pub(crate) enum Group {
    Classic(ClassicGroup),
    Consumer(ConsumerGroup),
}

impl Group {
    /// A group that nobody has joined, as one who only commits makes it.
    pub(crate) fn simple() -> Group {
        Group::Classic(ClassicGroup::default())
    }

    pub(crate) fn is_empty(&self) -> bool {
        match self {
            Group::Classic(group) => group.is_empty(),
            Group::Consumer(group) => group.members.is_empty(),
        }
    }

    /// Kafka's word for what it is doing.
    pub(crate) fn state_name(&self) -> &'static str {
        match self {
            Group::Classic(group) => group.state.name(),
            Group::Consumer(group) => group.state_name(),
        }
    }

    /// Kafka's word for its protocol.
    pub(crate) fn type_name(&self) -> &'static str {
        match self {
            Group::Classic(_) => "classic",
            Group::Consumer(_) => "consumer",
        }
    }

    pub(crate) fn protocol_type(&self) -> &str {
        match self {
            Group::Classic(group) => group.protocol_type.as_deref().unwrap_or_default(),
            Group::Consumer(_) => "consumer",
        }
    }

    /// Since when it has no members; nothing if it has some, or never had.
    pub(crate) fn empty_since(&self) -> Option<Timestamp> {
        match self {
            Group::Classic(group) => group.empty_since,
            Group::Consumer(group) => group.empty_since,
        }
    }

    /// When there is something to do without being asked.
    pub(crate) fn due(&self) -> Option<Duration> {
        match self {
            Group::Classic(group) => group.due(),
            Group::Consumer(group) => group.due(),
        }
    }

    /// Does what time has come for.
    pub(crate) fn tick(&mut self, now: Duration, time: Timestamp, effects: &mut Effects) {
        match self {
            Group::Classic(group) => group.tick(now, time, effects),
            Group::Consumer(group) => effects.store |= group.tick(now, time),
        }
    }

    /// The group as one of the classic protocol. One of the other becomes it if it has no members.
    pub(crate) fn as_classic(&mut self) -> Option<&mut ClassicGroup> {
        if let Group::Consumer(group) = self
            && group.members.is_empty()
        {
            let (generation, empty_since) = (group.epoch, group.empty_since);
            *self = Group::Classic(ClassicGroup { generation, empty_since, ..ClassicGroup::default() });
        }
        match self {
            Group::Classic(group) => Some(group),
            Group::Consumer(_) => None,
        }
    }

    /// The group as one of KIP-848's. One of the classic protocol becomes it if it has no members.
    pub(crate) fn as_consumer(&mut self) -> Option<&mut ConsumerGroup> {
        if let Group::Classic(group) = self
            && group.is_empty()
            && group.state == State::Empty
        {
            let (epoch, empty_since) = (group.generation, group.empty_since);
            *self =
                Group::Consumer(ConsumerGroup { epoch, target_epoch: epoch, empty_since, ..ConsumerGroup::default() });
        }
        match self {
            Group::Classic(_) => None,
            Group::Consumer(group) => Some(group),
        }
    }
}
