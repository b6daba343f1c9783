//! Members of a consumer group that speak the classic protocol, while a group goes over from one to the other (KIP-848).
//!
//! The server assigns, and each such member is brought to its target as the others are, in the words that it knows: a
//! heartbeat tells it to join again when there is something for it; with each join it says what it holds, and comes as far as
//! can be gone; its sync gives it what it may hold now. Its generation is its epoch, nobody leads, nobody waits for others.
//!
//! How a group becomes one of such members, or of them only, is in `migration`.

use std::time::Duration;

use bytes::Bytes;
use kafka_protocol::ResponseError;
use yeoul_base::TopicId;

use super::assignor::Assignment;
use super::classic::{Claim, Joined, Synced};
use super::classic_join::Join;
use super::classic_sync::Sync;
use super::consumer::{ConsumerGroup, ConsumerMember, MemberState};
use super::consumer_heartbeat::Moment;
use super::consumer_protocol::{self, NamedPartitions, Subscription};
use super::member::Protocol;

/// The type of the protocol that a consumer group's classic members speak.
pub(crate) const CONSUMER: &str = "consumer";

/// What a member has beside the others' if it speaks the classic protocol.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct ClassicSide {
    /// How long it may be silent.
    pub(crate) session: Duration,
    /// What it knows, the best first; what it says is the same in all.
    pub(crate) protocols: Vec<Protocol>,
    /// When it is thrown out if it has not joined again by then.
    pub(crate) join_until: Option<Duration>,
    /// When it is thrown out if it has not asked for its assignment by then.
    pub(crate) sync_until: Option<Duration>,
}

impl ClassicSide {
    /// The way to assign that it is told: its own first, since it is never asked to assign.
    fn protocol(&self) -> Option<String> {
        self.protocols.first().map(|(name, _)| name.clone())
    }

    fn metadata(&self) -> &[u8] {
        self.protocols.first().map_or(&[], |(_, metadata)| metadata)
    }

    fn knows(&self, protocol: &str) -> bool {
        self.protocols.iter().any(|(name, _)| name == protocol)
    }
}

impl ConsumerGroup {
    /// A classic member joins, or joins again; answered at once. Its answer goes out when the group is stored.
    pub(crate) fn join_classic(&mut self, at: Moment<'_>, join: &Join) -> Joined {
        let id = if join.member.is_empty() { join.new_id() } else { join.member.clone() };
        match self.try_join_classic(at, join, &id) {
            Ok(joined) => joined,
            Err(error) => Joined::refused(error, &id),
        }
    }

    fn try_join_classic(&mut self, at: Moment<'_>, join: &Join, id: &str) -> Result<Joined, ResponseError> {
        if self.members.len() >= at.limits.members_max && !self.members.contains_key(id) {
            return Err(ResponseError::GroupMaxSizeReached);
        }
        let wanted = self.understood(join)?;
        if join.member.is_empty() && join.wants_id_first && join.instance.is_none() {
            return Err(ResponseError::MemberIdRequired);
        }
        let before = self.place_of(join, id)?;
        let changed = before.names != wanted.topics || !before.pattern.is_empty() || !self.members.contains_key(id);
        let owned = self.known_partitions(at, &wanted.owned);
        self.members.insert(id.to_owned(), joining(at, before, join, wanted));
        self.instances.extend(join.instance.clone().map(|instance| (instance, id.to_owned())));
        self.empty_since = None;
        self.catch_up(at, id, changed, Some(&owned));
        let member = self.members.get(id).ok_or(ResponseError::UnknownMemberId)?;
        Ok(Joined {
            error: None,
            member_id: id.to_owned(),
            generation: member.epoch,
            protocol_type: Some(CONSUMER.to_owned()),
            protocol: member.classic.as_ref().and_then(ClassicSide::protocol),
            leader: String::new(),
            skip_assignment: false,
            members: Vec::new(),
        })
    }

    /// What one who joins wants, if the group's other classic members know one of its ways to assign: else these could not
    /// go on among themselves.
    fn understood(&self, join: &Join) -> Result<Subscription, ResponseError> {
        let others = || self.members.values().filter(|it| it.id != join.member).filter_map(|it| it.classic.as_ref());
        let common = |(name, _): &Protocol| others().all(|other| other.knows(name));
        if join.protocol_type != CONSUMER || !join.protocols.iter().any(common) {
            return Err(ResponseError::InconsistentGroupProtocol);
        }
        let metadata = join.protocols.first().map_or(&[][..], |(_, metadata)| metadata);
        Subscription::read(metadata).ok_or(ResponseError::InconsistentGroupProtocol)
    }

    /// The member that one who joins is, or takes the place of.
    fn place_of(&mut self, join: &Join, id: &str) -> Result<ConsumerMember, ResponseError> {
        let fresh =
            || ConsumerMember { id: id.to_owned(), instance: join.instance.clone(), ..ConsumerMember::default() };
        let Some(instance) = &join.instance else {
            return Ok(self.members.get(id).cloned().unwrap_or_else(fresh));
        };
        match self.instances.get(instance).and_then(|owner| self.members.get(owner)).cloned() {
            None if join.member.is_empty() => Ok(fresh()),
            None => Err(ResponseError::UnknownMemberId),
            Some(owner) if owner.id == id => Ok(owner),
            Some(owner) if join.member.is_empty() => Ok(self.take_place(&owner, id)),
            Some(_) => Err(ResponseError::FencedInstanceId),
        }
    }

    /// A classic member asks for what it may hold.
    pub(crate) fn sync_classic(&mut self, at: Moment<'_>, sync: &Sync<'_>) -> Result<Synced, ResponseError> {
        let id = self.classic_member(sync.claim)?.to_owned();
        let member = self.members.get(&id).ok_or(ResponseError::UnknownMemberId)?;
        let classic = member.classic.as_ref().ok_or(ResponseError::UnknownMemberId)?;
        let differs = |said: Option<&str>, own: Option<&str>| said.is_some_and(|said| own != Some(said));
        let protocol = classic.protocol();
        if differs(sync.protocol_type, Some(CONSUMER)) || differs(sync.protocol, protocol.as_deref()) {
            return Err(ResponseError::InconsistentGroupProtocol);
        }
        // One that is still to give back has joined already, and learns by this what it is to give back.
        if self.epoch > member.epoch && member.state != MemberState::Unrevoked {
            self.expect_join(at.now, &id);
            return Err(ResponseError::RebalanceInProgress);
        }
        let version = Subscription::read(classic.metadata()).map_or(0, |wanted| wanted.version);
        let assignment = consumer_protocol::assignment(version, &held(at, member));
        self.heard_classic(at.now, &id, |classic| classic.sync_until = None);
        Ok(Synced { protocol_type: Some(CONSUMER.to_owned()), protocol, assignment })
    }

    /// A classic member says that it lives; the answer tells it to join again if there is something for it.
    pub(crate) fn heartbeat_classic(&mut self, now: Duration, claim: Claim<'_>) -> Result<(), ResponseError> {
        let id = self.classic_member(claim)?.to_owned();
        self.heard_classic(now, &id, |_| ());
        let is_called = self.members.get(&id).is_some_and(|member| match member.state {
            _ if member.epoch < self.epoch => true,
            MemberState::Stable => false,
            MemberState::Unrevoked => true,
            MemberState::Unreleased => !self.waits_for_others(member),
        });
        if is_called {
            self.expect_join(now, &id);
            return Err(ResponseError::RebalanceInProgress);
        }
        Ok(())
    }

    /// Whether it is a member that speaks the classic protocol, in this generation; its id.
    fn classic_member<'a>(&self, claim: Claim<'a>) -> Result<&'a str, ResponseError> {
        match claim.instance.map(|instance| self.instances.get(instance)) {
            Some(None) => return Err(ResponseError::UnknownMemberId),
            Some(Some(owner)) if owner != claim.member => return Err(ResponseError::FencedInstanceId),
            None | Some(Some(_)) => {}
        }
        let member = self.members.get(claim.member).filter(|member| member.classic.is_some());
        let member = member.ok_or(ResponseError::UnknownMemberId)?;
        if member.epoch == claim.generation { Ok(claim.member) } else { Err(ResponseError::IllegalGeneration) }
    }

    fn heard_classic(&mut self, now: Duration, id: &str, and: impl FnOnce(&mut ClassicSide)) {
        let Some(member) = self.members.get_mut(id) else { return };
        if let Some(classic) = &mut member.classic {
            member.expires = now + classic.session;
            and(classic);
        }
    }

    /// A member was told to join again: it has as long as it asked for.
    fn expect_join(&mut self, now: Duration, id: &str) {
        let Some(member) = self.members.get_mut(id) else { return };
        if let Some(classic) = &mut member.classic {
            classic.join_until.get_or_insert(now + member.rebalance_timeout);
        }
    }

    /// Whether others hold something that a member is to have.
    fn waits_for_others(&self, member: &ConsumerMember) -> bool {
        let target = self.targets.get(&member.id).into_iter().flatten();
        let mut wanted = target.flat_map(|(topic, partitions)| partitions.iter().map(move |number| (topic, *number)));
        let has = |topic: &TopicId, number: i32| member.assigned.get(topic).is_some_and(|own| own.contains(&number));
        wanted.any(|(topic, number)| !has(topic, number) && self.is_held(&member.id, topic, number))
    }

    /// Partitions by the ids of their topics; those of topics that are not there are left out.
    pub(crate) fn known_partitions(&self, at: Moment<'_>, named: &NamedPartitions) -> Assignment {
        let known = |(name, numbers): (&String, &std::collections::BTreeSet<i32>)| {
            at.topics.topic(name).map(|(id, _)| (id, numbers.clone()))
        };
        named.iter().filter(|(_, numbers)| !numbers.is_empty()).filter_map(known).collect()
    }

    /// Partitions by the names of their topics, among those that members subscribed to.
    pub(crate) fn named(&self, assignment: &Assignment) -> NamedPartitions {
        let own = |(name, (id, _)): (&String, &(TopicId, i32))| Some((name.clone(), assignment.get(id)?.clone()));
        self.topics.iter().filter_map(own).collect()
    }
}

/// What a member may hold, by the names of the topics that it subscribed to.
fn held(at: Moment<'_>, member: &ConsumerMember) -> NamedPartitions {
    let own = |name: &String| {
        let (id, _) = at.topics.topic(name)?;
        Some((name.clone(), member.assigned.get(&id)?.clone()))
    };
    member.names.iter().filter_map(own).collect()
}

/// A member as its join describes it.
fn joining(at: Moment<'_>, before: ConsumerMember, join: &Join, wanted: Subscription) -> ConsumerMember {
    ConsumerMember {
        rack: wanted.rack.or(before.rack),
        client: join.client.clone(),
        rebalance_timeout: join.rebalance_timeout,
        names: wanted.topics,
        pattern: String::new(),
        assignor: None,
        expires: at.now + join.session_timeout,
        classic: Some(ClassicSide {
            session: join.session_timeout,
            protocols: join.protocols.clone(),
            join_until: None,
            sync_until: Some(at.now + join.rebalance_timeout),
        }),
        ..before
    }
}

/// What a member of a classic group says in the way of assigning that counts, or in the one that it likes best.
pub(crate) fn said(protocols: &[Protocol], counts: Option<&str>) -> Bytes {
    let counting = protocols.iter().find(|(name, _)| Some(name.as_str()) == counts);
    counting.or(protocols.first()).map(|(_, metadata)| metadata.clone()).unwrap_or_default()
}
