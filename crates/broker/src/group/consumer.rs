//! The consumer group of KIP-848: members say what they want and what they hold in heartbeats, the server assigns.
//!
//! Three epochs: the group's counts changes of members, subscriptions and topics; the target's is the group's when
//! partitions were last assigned; a member's is the target's that it has come to. A member comes to it in steps, see
//! `reconcile`: a partition is given to nobody while another member holds it. Members may still speak the classic protocol,
//! see `consumer_classic`.
//!
//! This is the state, and what is asked of it beside heartbeats; those are in `consumer_heartbeat`. No I/O and no clock, as
//! in `classic`.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use kafka_protocol::ResponseError;
use yeoul_base::{Timestamp, TopicId};

use super::assignor::Assignment;
use super::consumer_classic::ClassicSide;
use super::member::ClientIdentity;

/// The epoch by which a member leaves.
pub(crate) const LEAVES: i32 = -1;
/// The epoch by which a static member leaves for a while.
pub(crate) const LEAVES_FOR_NOW: i32 = -2;

/// How far a member has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) enum MemberState {
    /// It has what it is to have.
    #[default]
    Stable,
    /// It is to give something back first.
    Unrevoked,
    /// It waits for what others hold.
    Unreleased,
}

/// A member.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct ConsumerMember {
    pub(crate) id: String,
    pub(crate) instance: Option<String>,
    pub(crate) rack: Option<String>,
    pub(crate) client: ClientIdentity,
    /// How long it may take to give partitions back.
    pub(crate) rebalance_timeout: Duration,
    /// The topics that it subscribed to by name.
    pub(crate) names: BTreeSet<String>,
    /// The pattern that it subscribed to; empty if none.
    pub(crate) pattern: String,
    /// What the pattern matches and its client may not know of, as its last heartbeat found it; not stored.
    pub(crate) hidden: BTreeSet<String>,
    pub(crate) assignor: Option<String>,
    pub(crate) epoch: i32,
    pub(crate) previous_epoch: i32,
    pub(crate) state: MemberState,
    /// What it holds, or may take.
    pub(crate) assigned: Assignment,
    /// What it holds and is to give back.
    pub(crate) revoking: Assignment,
    /// When it is taken for dead.
    pub(crate) expires: Duration,
    /// When it is thrown out if it has not given back by then.
    pub(crate) revoke_until: Option<Duration>,
    /// It speaks the classic protocol, and this is what that adds.
    pub(crate) classic: Option<ClassicSide>,
}

impl ConsumerMember {
    /// When it is thrown out if nothing is heard of it.
    fn deadlines(&self) -> impl Iterator<Item = Duration> {
        let classic = self.classic.as_ref().map(|classic| [classic.join_until, classic.sync_until]);
        [Some(self.expires), self.revoke_until].into_iter().chain(classic.into_iter().flatten()).flatten()
    }

    fn holds(&self, topic: &TopicId, partition: i32) -> bool {
        let has = |own: &Assignment| own.get(topic).is_some_and(|partitions| partitions.contains(&partition));
        has(&self.assigned) || has(&self.revoking)
    }
}

/// See the module.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct ConsumerGroup {
    pub(crate) epoch: i32,
    pub(crate) target_epoch: i32,
    /// The assignor of the target.
    pub(crate) assignor: String,
    pub(crate) members: BTreeMap<String, ConsumerMember>,
    /// Static names, and whose they are.
    pub(crate) instances: BTreeMap<String, String>,
    pub(crate) targets: BTreeMap<String, Assignment>,
    /// The topics that members subscribed to, as they were when it was last looked.
    pub(crate) topics: BTreeMap<String, (TopicId, i32)>,
    /// What each pattern matched, ...
    pub(crate) matched: BTreeMap<String, BTreeSet<String>>,
    /// ... and when.
    pub(crate) matched_at: Option<Duration>,
    /// When the group became empty, by the log's time.
    pub(crate) empty_since: Option<Timestamp>,
}

impl ConsumerGroup {
    /// Kafka's word for what the group is doing.
    pub(crate) fn state_name(&self) -> &'static str {
        let arrived =
            |member: &ConsumerMember| member.state == MemberState::Stable && member.epoch == self.target_epoch;
        if self.members.is_empty() {
            "Empty"
        } else if self.epoch > self.target_epoch {
            "Assigning"
        } else if self.members.values().all(arrived) {
            "Stable"
        } else {
            "Reconciling"
        }
    }

    /// A group as it was stored: its members have a session to be heard of.
    pub(crate) fn restored(mut self, now: Duration, session: Duration) -> ConsumerGroup {
        for member in self.members.values_mut() {
            let is_new = member.classic.is_none();
            member.expires = now + member.classic.as_ref().map_or(session, |classic| classic.session);
            member.revoke_until =
                (is_new && member.state == MemberState::Unrevoked).then(|| now + member.rebalance_timeout);
        }
        let named = self.members.values().filter_map(|member| Some((member.instance.clone()?, member.id.clone())));
        self.instances = named.collect();
        self
    }

    /// Whether another member holds a partition.
    pub(crate) fn is_held(&self, by_other_than: &str, topic: &TopicId, partition: i32) -> bool {
        let others = self.members.values().filter(|member| member.id != by_other_than);
        others.into_iter().any(|member| member.holds(topic, partition))
    }

    /// The names of the topics that a member subscribed to.
    pub(crate) fn subscribed<'a>(&'a self, member: &'a ConsumerMember) -> impl Iterator<Item = &'a String> {
        let matched = self.matched.get(&member.pattern).into_iter().flatten();
        member.names.iter().chain(matched.filter(|name| !member.hidden.contains(*name)))
    }

    /// Whether an offset may be committed or fetched by a member of this epoch; nobody's (-1) while the group is empty.
    pub(crate) fn check_commit(&self, member: &str, epoch: i32) -> Result<(), ResponseError> {
        if epoch < 0 && self.members.is_empty() {
            return Ok(());
        }
        let known = self.members.get(member).ok_or(ResponseError::UnknownMemberId)?;
        match &known.classic {
            _ if known.epoch == epoch => Ok(()),
            None => Err(ResponseError::StaleMemberEpoch),
            Some(_) => Err(ResponseError::IllegalGeneration),
        }
    }

    /// Takes a member out; what it held is free.
    pub(crate) fn remove(&mut self, id: &str, time: Timestamp) {
        let Some(member) = self.members.remove(id) else { return };
        self.targets.remove(id);
        if let Some(instance) = &member.instance {
            self.instances.remove(instance);
        }
        self.epoch += 1;
        if self.members.is_empty() {
            self.empty_since = Some(time);
        }
    }

    /// Takes a member out by its id, its static name or both, as tools ask for it.
    pub(crate) fn take_out(&mut self, id: &str, instance: Option<&str>, time: Timestamp) -> Result<(), ResponseError> {
        let owner = match instance {
            None => id.to_owned(),
            Some(instance) => self.instances.get(instance).cloned().ok_or(ResponseError::UnknownMemberId)?,
        };
        if !id.is_empty() && owner != id {
            return Err(ResponseError::FencedInstanceId);
        }
        if !self.members.contains_key(&owner) {
            return Err(ResponseError::UnknownMemberId);
        }
        self.remove(&owner, time);
        Ok(())
    }

    /// When there is something to do without being asked.
    pub(crate) fn due(&self) -> Option<Duration> {
        self.members.values().flat_map(ConsumerMember::deadlines).min()
    }

    /// Throws out who fell silent or does not give back; tells whether anyone.
    pub(crate) fn tick(&mut self, now: Duration, time: Timestamp) -> bool {
        let over = |member: &&ConsumerMember| member.deadlines().any(|deadline| deadline <= now);
        let gone: Vec<String> = self.members.values().filter(over).map(|member| member.id.clone()).collect();
        gone.iter().for_each(|id| self.remove(id, time));
        !gone.is_empty()
    }
}
