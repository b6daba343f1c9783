//! How a group goes over from one protocol to the other while it works (KIP-848): its members are started anew one by one
//! with the other protocol, and both kinds read side by side for as long as that takes.
//!
//! The first member of the new protocol makes the group one of that protocol; its classic members stay in it, see
//! `consumer_classic`. When the last member of the new protocol has gone and classic ones are there, the group is theirs
//! again. Members keep their ids, what they hold, and their epoch, which is the generation: nobody is fenced by it, and no
//! partition is taken from its owner before it has given it back. Kafka calls the policy `bidirectional`; it is its default.

use std::time::Duration;

use bytes::Bytes;
use kafka_protocol::ResponseError;
use yeoul_base::Timestamp;

use super::assignor::Assignment;
use super::classic::{ClassicGroup, Effects, Joined, State, refuse};
use super::classic_join::Join;
use super::consumer::{ConsumerGroup, ConsumerMember, MemberState};
use super::consumer_classic::{CONSUMER, ClassicSide, said};
use super::consumer_heartbeat::Moment;
use super::consumer_protocol::{self, Subscription, read_assignment};
use super::group::Group;
use super::member::Member;
use super::reconcile::without;

impl ClassicGroup {
    /// This group as one of KIP-848's protocol with classic members. Nothing if they are not consumers, or say what can't be
    /// read. This group is left as it is: whoever waits in it is answered by [`call_again`](Self::call_again).
    pub(crate) fn upgraded(&self, at: Moment<'_>) -> Option<ConsumerGroup> {
        let are_consumers = self.members.is_empty() || self.protocol_type.as_deref() == Some(CONSUMER);
        if !are_consumers || self.members.len() > at.limits.members_max {
            return None;
        }
        let mut upgraded = ConsumerGroup {
            epoch: self.generation,
            target_epoch: self.generation,
            instances: self.instances.clone(),
            empty_since: self.empty_since,
            ..ConsumerGroup::default()
        };
        for member in self.members.values() {
            let member = self.upgraded_member(at, &upgraded, member)?;
            upgraded.targets.insert(member.id.clone(), member.assigned.clone());
            upgraded.members.insert(member.id.clone(), member);
        }
        Some(upgraded)
    }

    /// A member, which holds what it was assigned, and is to give back what else it said that it holds: it may not have
    /// learnt of its assignment yet. While a generation begins, there is no assignment but what it said.
    fn upgraded_member(&self, at: Moment<'_>, group: &ConsumerGroup, member: &Member) -> Option<ConsumerMember> {
        let wanted = Subscription::read(&said(&member.protocols, self.protocol.as_deref()))?;
        let owned = group.known_partitions(at, &wanted.owned);
        let given = group.known_partitions(at, &read_assignment(&member.assignment)?);
        let (assigned, revoking) = match member.assignment.is_empty() {
            true => (owned, Assignment::new()),
            false => (given.clone(), without(&owned, &given)),
        };
        Some(ConsumerMember {
            id: member.id.clone(),
            instance: member.instance.clone(),
            rack: wanted.rack,
            client: member.client.clone(),
            rebalance_timeout: member.rebalance_timeout,
            names: wanted.topics,
            epoch: self.generation,
            previous_epoch: self.generation,
            state: if revoking.is_empty() { MemberState::Stable } else { MemberState::Unrevoked },
            assigned,
            revoking,
            expires: at.now + member.session_timeout,
            classic: Some(ClassicSide {
                session: member.session_timeout,
                protocols: member.protocols.clone(),
                ..ClassicSide::default()
            }),
            ..ConsumerMember::default()
        })
    }

    /// Whoever waits is to join again, as the group is another now.
    pub(crate) fn call_again(&self, effects: &mut Effects) {
        self.members.values().for_each(|member| refuse(member, ResponseError::RebalanceInProgress, effects));
    }
}

impl ConsumerGroup {
    /// Whether it has members, and all speak the classic protocol.
    fn is_classic(&self) -> bool {
        !self.members.is_empty() && self.members.values().all(|member| member.classic.is_some())
    }

    /// This group as a classic one. Its generation is the epoch that members are at, so that they are heard of in it.
    fn downgraded(&self, now: Duration) -> ClassicGroup {
        let mut downgraded = ClassicGroup {
            state: State::Stable,
            generation: self.target_epoch,
            protocol_type: Some(CONSUMER.to_owned()),
            instances: self.instances.clone(),
            ..ClassicGroup::default()
        };
        let members = self.members.values().filter_map(|member| self.downgraded_member(now, member));
        downgraded.members = members.map(|member| (member.id.clone(), member)).collect();
        downgraded.protocol = downgraded.choose_protocol();
        downgraded.leader = downgraded.members.keys().next().cloned();
        downgraded
    }

    fn downgraded_member(&self, now: Duration, member: &ConsumerMember) -> Option<Member> {
        let classic = member.classic.as_ref()?;
        Some(Member {
            id: member.id.clone(),
            instance: member.instance.clone(),
            client: member.client.clone(),
            rebalance_timeout: member.rebalance_timeout,
            session_timeout: classic.session,
            protocols: classic.protocols.clone(),
            assignment: self.target_of(member, classic),
            awaiting_join: None,
            awaiting_sync: None,
            is_new: false,
            expires: now + classic.session,
        })
    }

    fn target_of(&self, member: &ConsumerMember, classic: &ClassicSide) -> Bytes {
        let version = Subscription::read(&said(&classic.protocols, None)).map_or(0, |wanted| wanted.version);
        let target = self.targets.get(&member.id).cloned().unwrap_or_else(Assignment::new);
        consumer_protocol::assignment(version, &self.named(&target))
    }
}

impl Group {
    /// A classic member joins a consumer group. One that takes the place of the last static member of the other protocol
    /// makes the group a classic one, which has no need to rebalance if all had come to the same epoch.
    pub(crate) fn join_classic(&mut self, at: Moment<'_>, join: &Join, effects: &mut Effects) -> Joined {
        let Group::Consumer(group) = self else {
            return Joined::refused(ResponseError::InconsistentGroupProtocol, &join.member);
        };
        let joined = group.join_classic(at, join);
        effects.store |= joined.error.is_none();
        if group.is_classic() {
            let settled = group.state_name() == "Stable";
            let mut classic = group.downgraded(at.now);
            if !settled {
                classic.prepare(at.now, at.time, effects);
            }
            *self = Group::Classic(classic);
        }
        joined
    }

    /// Makes a consumer group whose last member of KIP-848's protocol has gone a classic one, which rebalances.
    pub(crate) fn go_back(&mut self, now: Duration, time: Timestamp, effects: &mut Effects) {
        if let Group::Consumer(group) = self
            && group.is_classic()
        {
            let mut classic = group.downgraded(now);
            classic.prepare(now, time, effects);
            effects.store = true;
            *self = Group::Classic(classic);
        }
    }
}
