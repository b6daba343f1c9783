//! A group of either protocol.

use std::time::Duration;

use kafka_protocol::ResponseError;
use yeoul_base::Timestamp;

use super::classic::{ClassicGroup, Effects};
use super::consumer::ConsumerGroup;
use super::consumer_heartbeat::{Beat, Heartbeat, Moment, Refusal};

const OTHER_PROTOCOL: Refusal = (
    ResponseError::GroupIdNotFound,
    "the group is a classic one that no member of the consumer protocol can join: its members are not consumers, say \
     what can't be read, or are too many",
);

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
            Group::Consumer(group) => {
                effects.store |= group.tick(now, time);
                self.go_back(now, time, effects);
            }
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

    /// A heartbeat of KIP-848's protocol. The first one of a member that joins makes a classic group one of that protocol;
    /// a group that can't become it, and one that refuses the heartbeat, stays as it is.
    pub(crate) fn beat(&mut self, at: Moment<'_>, beat: &Heartbeat, effects: &mut Effects) -> Result<Beat, Refusal> {
        match self {
            Group::Consumer(group) => {
                let answer = group.heartbeat(at, beat)?;
                if beat.epoch < 0 {
                    self.go_back(at.now, at.time, effects);
                }
                Ok(answer)
            }
            Group::Classic(classic) => {
                let upgraded = if beat.epoch == 0 { classic.upgraded(at) } else { None };
                let mut upgraded = upgraded.ok_or(OTHER_PROTOCOL)?;
                let answer = upgraded.heartbeat(at, beat)?;
                classic.call_again(effects);
                *self = Group::Consumer(upgraded);
                Ok(answer)
            }
        }
    }
}
