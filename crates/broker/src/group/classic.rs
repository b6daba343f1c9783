//! The classic group: its members join, one of them (the leader) assigns partitions, and all learn what they got.
//! Kafka's protocol of JoinGroup, SyncGroup, Heartbeat and LeaveGroup, with member ids before the first join (KIP-394)
//! and static members (KIP-345, KIP-814).
//!
//! This is the state and what is asked of it at once (heartbeat, commit, leave); `classic_join` is how members come in,
//! `classic_rebalance` how a generation ends and the next begins, `classic_sync` how assignments get to members.
//!
//! No I/O and no clock: every call says what time it is, and adds to [`Effects`] who is to be answered what, and whether
//! the group is to be stored. [`ClassicGroup::due`] is when [`ClassicGroup::tick`] has something to do.
//!
//! Invariants, checked by the tests after each step: members that wait for a join's answer exist only while the group
//! prepares a rebalance; the leader is a member; each static name belongs to one member; a generation never goes back;
//! each ticket is answered exactly once.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use bytes::Bytes;
use kafka_protocol::ResponseError;
use yeoul_base::Timestamp;

use super::member::{Member, Ticket};

/// What the group is doing.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) enum State {
    /// No members.
    #[default]
    Empty,
    /// It waits for its members to join.
    Preparing,
    /// It waits for the leader's assignment.
    Completing,
    /// Everyone has, or can have, an assignment.
    Stable,
}

impl State {
    /// Kafka's word.
    pub(crate) fn name(self) -> &'static str {
        match self {
            State::Empty => "Empty",
            State::Preparing => "PreparingRebalance",
            State::Completing => "CompletingRebalance",
            State::Stable => "Stable",
        }
    }
}

/// A rebalance that waits for members to join.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Joining {
    /// When it goes on without those who have not come.
    pub(crate) until: Duration,
    /// It is the first of a group that had no members, which does not go on early.
    pub(crate) first: Option<FirstJoin>,
    /// A member came since the last step.
    pub(crate) came: bool,
}

/// The first rebalance waits in steps while members keep coming.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct FirstJoin {
    pub(crate) step: Duration,
    /// When it ends in any case.
    pub(crate) most: Duration,
}

/// The answer to a join.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Joined {
    pub(crate) error: Option<ResponseError>,
    pub(crate) member_id: String,
    pub(crate) generation: i32,
    pub(crate) protocol_type: Option<String>,
    pub(crate) protocol: Option<String>,
    pub(crate) leader: String,
    /// The leader need not assign: what it assigned before stands (KIP-814).
    pub(crate) skip_assignment: bool,
    /// For the leader, all members: id, static name, metadata.
    pub(crate) members: Vec<(String, Option<String>, Bytes)>,
}

impl Joined {
    pub(crate) fn refused(error: ResponseError, member_id: &str) -> Joined {
        Joined {
            error: Some(error),
            member_id: member_id.to_owned(),
            generation: -1,
            protocol_type: None,
            protocol: None,
            leader: String::new(),
            skip_assignment: false,
            members: Vec::new(),
        }
    }
}

/// What a member was assigned, by which protocol.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Synced {
    pub(crate) protocol_type: Option<String>,
    pub(crate) protocol: Option<String>,
    pub(crate) assignment: Bytes,
}

/// An answer for a caller who waits.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Answer {
    Join(Joined),
    Sync(Result<Synced, ResponseError>),
}

/// What follows from a call.
#[derive(Debug, Default)]
pub(crate) struct Effects {
    pub(crate) answers: Vec<(Ticket, Answer)>,
    /// The group is to be stored; the answers go out once it is.
    pub(crate) store: bool,
}

/// Who says that it is a member.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Claim<'a> {
    pub(crate) member: &'a str,
    pub(crate) instance: Option<&'a str>,
    pub(crate) generation: i32,
}

/// See the module.
#[derive(Clone, Debug, Default)]
pub(crate) struct ClassicGroup {
    pub(crate) state: State,
    /// Counts rebalances; zero before the first.
    pub(crate) generation: i32,
    /// `consumer`, `connect`, …; none while nobody ever joined.
    pub(crate) protocol_type: Option<String>,
    /// How partitions are assigned in this generation.
    pub(crate) protocol: Option<String>,
    pub(crate) leader: Option<String>,
    pub(crate) members: BTreeMap<String, Member>,
    /// Static names, and whose they are.
    pub(crate) instances: BTreeMap<String, String>,
    /// Ids that were handed out to members that have not joined with them yet, and until when.
    pub(crate) promised: BTreeMap<String, Duration>,
    /// Members that have not asked for their assignment in this generation, ...
    pub(crate) unsynced: BTreeSet<String>,
    /// ... and until when they may.
    pub(crate) sync_until: Option<Duration>,
    pub(crate) joining: Option<Joining>,
    /// When the group became empty, by the log's time.
    pub(crate) empty_since: Option<Timestamp>,
}

impl ClassicGroup {
    /// A group as it was stored: its members have as long as their sessions last to be heard of.
    pub(crate) fn restored(mut self, now: Duration) -> ClassicGroup {
        self.state = if self.members.is_empty() { State::Empty } else { State::Stable };
        for member in self.members.values_mut() {
            member.expires = now + member.session_timeout;
        }
        let named = self.members.values().filter_map(|member| Some((member.instance.clone()?, member.id.clone())));
        self.instances = named.collect();
        self
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.members.is_empty() && self.promised.is_empty()
    }

    /// Whether it is a member in this generation.
    pub(crate) fn check(&self, claim: Claim<'_>) -> Result<(), ResponseError> {
        self.check_member(claim.member, claim.instance)?;
        if claim.generation == self.generation { Ok(()) } else { Err(ResponseError::IllegalGeneration) }
    }

    pub(crate) fn check_member(&self, member: &str, instance: Option<&str>) -> Result<(), ResponseError> {
        match instance.map(|instance| self.instances.get(instance)) {
            None if self.members.contains_key(member) => Ok(()),
            None | Some(None) => Err(ResponseError::UnknownMemberId),
            Some(Some(owner)) if owner == member => Ok(()),
            Some(Some(_)) => Err(ResponseError::FencedInstanceId),
        }
    }

    /// A member says that it lives.
    pub(crate) fn heartbeat(&mut self, now: Duration, claim: Claim<'_>) -> Result<(), ResponseError> {
        self.check(claim)?;
        self.heard(now, claim.member);
        match self.state {
            State::Empty => Err(ResponseError::UnknownMemberId),
            State::Preparing => Err(ResponseError::RebalanceInProgress),
            State::Completing | State::Stable => Ok(()),
        }
    }

    /// Whether an offset may be committed. Who isn't a member (generation -1) may while the group is empty; a
    /// transaction's commit without a member is taken in any case, since its producer's epoch fences it.
    pub(crate) fn check_commit(
        &mut self,
        now: Duration,
        claim: Claim<'_>,
        transactional: bool,
    ) -> Result<(), ResponseError> {
        if claim.generation < 0 && self.state == State::Empty {
            return Ok(());
        }
        if claim.generation >= 0 || !claim.member.is_empty() || claim.instance.is_some() {
            self.check_member(claim.member, claim.instance)?;
            if !transactional && claim.generation != self.generation {
                return Err(ResponseError::IllegalGeneration);
            }
        } else if !transactional {
            return Err(ResponseError::UnknownMemberId);
        }
        if self.state == State::Completing {
            return Err(ResponseError::RebalanceInProgress);
        }
        self.heard(now, claim.member);
        Ok(())
    }

    pub(crate) fn heard(&mut self, now: Duration, member: &str) {
        if let Some(member) = self.members.get_mut(member) {
            member.expires = now + member.session_timeout;
        }
    }

    /// A member leaves: by its id, by its static name, or by both. The rebalance comes with [`left`](Self::left).
    pub(crate) fn leave(
        &mut self,
        member: &str,
        instance: Option<&str>,
        effects: &mut Effects,
    ) -> Result<(), ResponseError> {
        if self.promised.remove(member).is_some() {
            return Ok(());
        }
        let id = match instance {
            Some(instance) if member.is_empty() => self.instances.get(instance).cloned(),
            _ => self.check_member(member, instance).map(|()| Some(member.to_owned()))?,
        };
        self.remove(&id.ok_or(ResponseError::UnknownMemberId)?, effects);
        Ok(())
    }

    /// Members have left.
    pub(crate) fn left(&mut self, now: Duration, time: Timestamp, effects: &mut Effects) {
        match self.state {
            State::Stable | State::Completing => self.prepare(now, time, effects),
            State::Preparing => self.go_on_if_all_joined(now, time, effects),
            State::Empty => {}
        }
    }

    /// Takes a member out, and answers it if it waits.
    pub(crate) fn remove(&mut self, id: &str, effects: &mut Effects) {
        let Some(member) = self.members.remove(id) else { return };
        self.unsynced.remove(id);
        if let Some(instance) = &member.instance {
            self.instances.remove(instance);
        }
        if self.leader.as_deref() == Some(id) {
            self.leader = self.members.keys().next().cloned();
        }
        refuse(&member, ResponseError::UnknownMemberId, effects);
    }

    /// When there is something to do without being asked.
    pub(crate) fn due(&self) -> Option<Duration> {
        let silent = self.members.values().filter(|member| !member.is_waiting()).map(|member| member.expires);
        let promised = self.promised.values().copied();
        let joining = self.joining.map(|joining| joining.until);
        silent.chain(promised).chain(joining).chain(self.sync_until).min()
    }

    /// Does what time has come for.
    pub(crate) fn tick(&mut self, now: Duration, time: Timestamp, effects: &mut Effects) {
        if self.joining.is_some_and(|joining| joining.until <= now) {
            self.join_is_over(now, time, effects);
        }
        let forgotten = self.promised.len();
        self.promised.retain(|_, until| *until > now);
        let forgotten = forgotten != self.promised.len();
        let mut gone = self.silent(now);
        gone.extend(self.late_to_sync(now));
        gone.iter().for_each(|id| self.remove(id, effects));
        if forgotten || !gone.is_empty() {
            self.left(now, time, effects);
        }
    }

    fn silent(&self, now: Duration) -> BTreeSet<String> {
        let dead = |member: &&Member| member.expires <= now && !member.is_waiting();
        self.members.values().filter(dead).map(|member| member.id.clone()).collect()
    }

    /// Members that never asked for their assignment; each holds partitions that nobody reads.
    fn late_to_sync(&mut self, now: Duration) -> BTreeSet<String> {
        if self.sync_until.is_none_or(|until| until > now) {
            return BTreeSet::new();
        }
        self.sync_until = None;
        std::mem::take(&mut self.unsynced)
    }
}

/// Answers a member that is not one any more.
pub(crate) fn refuse(member: &Member, error: ResponseError, effects: &mut Effects) {
    if let Some(ticket) = member.awaiting_join {
        effects.answers.push((ticket, Answer::Join(Joined::refused(error, &member.id))));
    }
    if let Some(ticket) = member.awaiting_sync {
        effects.answers.push((ticket, Answer::Sync(Err(error))));
    }
}
