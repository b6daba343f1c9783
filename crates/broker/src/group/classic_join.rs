//! How members come into a classic group.

use std::time::Duration;

use kafka_protocol::ResponseError;
use yeoul_base::Timestamp;

use super::classic::{Answer, ClassicGroup, Effects, Joined, State, refuse};
use super::member::{ClientIdentity, Member, Protocol, Ticket};

/// How long a member that never had an answer may be waited for: it can't send heartbeats, so that the end of its
/// process can't be seen otherwise.
const NEW_MEMBER_TIME_MAX: Duration = Duration::from_secs(300);

/// What the broker's settings say about joining.
#[derive(Clone, Copy, Debug)]
pub(crate) struct JoinLimits {
    /// How long the first rebalance waits for more members (`group.initial.rebalance.delay.ms`).
    pub(crate) initial_delay: Duration,
    /// The most members (`group.max.size`).
    pub(crate) members_max: usize,
}

/// A request to join.
#[derive(Clone, Debug)]
pub(crate) struct Join {
    /// Empty for one that has no id yet.
    pub(crate) member: String,
    pub(crate) instance: Option<String>,
    pub(crate) client: ClientIdentity,
    pub(crate) session_timeout: Duration,
    pub(crate) rebalance_timeout: Duration,
    pub(crate) protocol_type: String,
    pub(crate) protocols: Vec<Protocol>,
    /// Something random: an id that is made of it is nobody else's.
    pub(crate) fresh: String,
    /// Whether it comes back with the id that it is given, before it is taken in (KIP-394; from version 4 on).
    pub(crate) wants_id_first: bool,
    /// Whether it knows how to lead without assigning (KIP-814; from version 9 on).
    pub(crate) can_skip_assignment: bool,
}

impl Join {
    pub(crate) fn new_id(&self) -> String {
        format!("{}-{}", self.instance.as_deref().unwrap_or(&self.client.id), self.fresh)
    }

    fn into_member(self, id: String, ticket: Ticket, expires: Duration) -> Member {
        Member {
            id,
            instance: self.instance,
            client: self.client,
            rebalance_timeout: self.rebalance_timeout,
            session_timeout: self.session_timeout,
            protocols: self.protocols,
            assignment: bytes::Bytes::new(),
            awaiting_join: Some(ticket),
            awaiting_sync: None,
            is_new: true,
            expires,
        }
    }
}

/// When a call comes, and within what.
#[derive(Clone, Copy)]
pub(crate) struct At<'a> {
    pub(crate) now: Duration,
    /// The log's time.
    pub(crate) time: Timestamp,
    pub(crate) limits: &'a JoinLimits,
}

impl ClassicGroup {
    /// A member joins, or joins again. The ticket is answered now or when the group has come together.
    pub(crate) fn join(&mut self, at: At<'_>, join: Join, ticket: Ticket, effects: &mut Effects) {
        let refused = |error, effects: &mut Effects| {
            effects.answers.push((ticket, Answer::Join(Joined::refused(error, &join.member))));
        };
        if !self.speaks(&join) {
            return refused(ResponseError::InconsistentGroupProtocol, effects);
        }
        if !self.has_room(&join.member, at.limits.members_max) {
            self.promised.remove(&join.member);
            return refused(ResponseError::GroupMaxSizeReached, effects);
        }
        if join.member.is_empty() {
            return self.join_unknown(at, join, ticket, effects);
        }
        if self.promised.contains_key(&join.member) {
            if join.instance.is_some() {
                return refused(ResponseError::UnknownMemberId, effects);
            }
            let id = join.member.clone();
            return self.add(at, id, join, ticket, effects);
        }
        match self.check_member(&join.member, join.instance.as_deref()) {
            Err(error) => refused(error, effects),
            Ok(()) => self.join_again(at, join, ticket, effects),
        }
    }

    /// Whether the group and the one who joins have a protocol in common.
    fn speaks(&self, join: &Join) -> bool {
        if join.protocol_type.is_empty() || join.protocols.is_empty() {
            return false;
        }
        let others = || self.members.values().filter(|member| member.id != join.member);
        if others().next().is_none() {
            return true;
        }
        let known_by_all = |name: &str| others().all(|member| member.protocols.iter().any(|(own, _)| own == name));
        self.protocol_type.as_deref() == Some(&join.protocol_type)
            && join.protocols.iter().any(|(name, _)| known_by_all(name))
    }

    fn has_room(&self, member: &str, most: usize) -> bool {
        match self.state {
            State::Empty => true,
            State::Preparing => {
                let waits = |member: &Member| member.awaiting_join.is_some();
                self.members.get(member).is_some_and(waits)
                    || self.members.values().filter(|member| waits(member)).count() < most
            }
            State::Completing | State::Stable => self.members.contains_key(member) || self.members.len() < most,
        }
    }

    fn join_unknown(&mut self, at: At<'_>, join: Join, ticket: Ticket, effects: &mut Effects) {
        let id = join.new_id();
        if let Some(old) = join.instance.as_ref().and_then(|instance| self.instances.get(instance)) {
            let old = old.clone();
            return self.replace(at, &old, id, join, ticket, effects);
        }
        if join.wants_id_first && join.instance.is_none() {
            self.promised.insert(id.clone(), at.now + join.session_timeout);
            effects.answers.push((ticket, Answer::Join(Joined::refused(ResponseError::MemberIdRequired, &id))));
            return;
        }
        self.add(at, id, join, ticket, effects);
    }

    fn add(&mut self, at: At<'_>, id: String, join: Join, ticket: Ticket, effects: &mut Effects) {
        if self.members.is_empty() {
            self.protocol_type = Some(join.protocol_type.clone());
        }
        self.promised.remove(&id);
        if let Some(instance) = &join.instance {
            self.instances.insert(instance.clone(), id.clone());
        }
        let expires = at.now + NEW_MEMBER_TIME_MAX.max(join.session_timeout);
        let member = join.into_member(id.clone(), ticket, expires);
        self.leader.get_or_insert_with(|| id.clone());
        self.members.insert(id, member);
        if let Some(joining) = &mut self.joining {
            joining.came = true;
        }
        self.prepare_or_go_on(at, effects);
    }

    /// A known member joins again: because the group rebalances, because its answer was lost, or because it wants
    /// something else than before.
    fn join_again(&mut self, at: At<'_>, join: Join, ticket: Ticket, effects: &mut Effects) {
        let same = self.members.get(&join.member).is_some_and(|member| member.protocols == join.protocols);
        let is_leader = self.leader.as_deref() == Some(&join.member);
        match self.state {
            State::Empty => {
                let refused = Joined::refused(ResponseError::UnknownMemberId, &join.member);
                effects.answers.push((ticket, Answer::Join(refused)));
            }
            State::Completing if same => self.answer_join(&join.member, ticket, effects),
            State::Stable if same && !is_leader => {
                self.heard(at.now, &join.member);
                self.answer_join(&join.member, ticket, effects);
            }
            State::Preparing | State::Completing | State::Stable => {
                let id = join.member.clone();
                self.update(at.now, &id, join, ticket, effects);
                self.prepare_or_go_on(at, effects);
            }
        }
    }

    /// Takes over what a member now says of itself, and lets it wait.
    fn update(&mut self, now: Duration, id: &str, join: Join, ticket: Ticket, effects: &mut Effects) {
        let Some(member) = self.members.get_mut(id) else { return };
        // Who waited before has gone away, or asks anew: it has its answer, too.
        if let Some(before) = member.awaiting_join.replace(ticket) {
            let refused = Joined::refused(ResponseError::RebalanceInProgress, id);
            effects.answers.push((before, Answer::Join(refused)));
        }
        member.client = join.client;
        member.rebalance_timeout = join.rebalance_timeout;
        member.session_timeout = join.session_timeout;
        member.protocols = join.protocols;
        member.expires = now + member.session_timeout;
    }

    /// The process behind a static name was started anew: it takes the place of the one before.
    fn replace(&mut self, at: At<'_>, old: &str, id: String, join: Join, ticket: Ticket, effects: &mut Effects) {
        let Some(mut member) = self.members.remove(old) else { return };
        refuse(&member, ResponseError::FencedInstanceId, effects);
        member.awaiting_join = None;
        member.awaiting_sync = None;
        member.id.clone_from(&id);
        let was_leader = self.leader.as_deref() == Some(old);
        if was_leader {
            self.leader = Some(id.clone());
        }
        if self.unsynced.remove(old) {
            self.unsynced.insert(id.clone());
        }
        self.instances.extend(member.instance.clone().map(|instance| (instance, id.clone())));
        self.members.insert(id.clone(), member);
        let can_skip = join.can_skip_assignment;
        self.update(at.now, &id, join, ticket, effects);
        match self.state {
            State::Stable if self.choose_protocol() == self.protocol => {
                self.take_over(&id, old, was_leader, can_skip, effects);
            }
            State::Stable | State::Completing => self.prepare(at.now, at.time, effects),
            State::Preparing | State::Empty => self.go_on_if_all_joined(at.now, at.time, effects),
        }
    }

    /// A static member came back and nothing changes by it: no rebalance, its assignment stands.
    fn take_over(&mut self, id: &str, old: &str, was_leader: bool, can_skip: bool, effects: &mut Effects) {
        let Some(ticket) = self.members.get_mut(id).and_then(|member| member.awaiting_join.take()) else { return };
        let mut joined = self.joined(id);
        if was_leader && can_skip {
            joined.skip_assignment = true;
        } else if was_leader {
            // It must not assign: what it would assign is thrown away. So it isn't told that it leads.
            old.clone_into(&mut joined.leader);
            joined.members.clear();
        }
        effects.store = true;
        effects.answers.push((ticket, Answer::Join(joined)));
    }

    fn answer_join(&self, id: &str, ticket: Ticket, effects: &mut Effects) {
        effects.answers.push((ticket, Answer::Join(self.joined(id))));
    }

    /// What a member is told of this generation; the leader learns the members.
    pub(crate) fn joined(&self, id: &str) -> Joined {
        let leader = self.leader.clone().unwrap_or_default();
        let protocol = self.protocol.as_deref();
        let tell = |member: &Member| (member.id.clone(), member.instance.clone(), member.metadata(protocol));
        let members = if leader == id { self.members.values().map(tell).collect() } else { Vec::new() };
        Joined {
            error: None,
            member_id: id.to_owned(),
            generation: self.generation,
            protocol_type: self.protocol_type.clone(),
            protocol: self.protocol.clone(),
            leader,
            skip_assignment: false,
            members,
        }
    }
}
