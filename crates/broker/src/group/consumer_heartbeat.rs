//! The heartbeat of a consumer group's member (KIP-848): joining, saying what it wants and holds, leaving.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use kafka_protocol::ResponseError;
use regex::Regex;
use yeoul_base::{Timestamp, TopicId};

use super::assignor::{self, ASSIGNORS, Assignment, Wish};
use super::consumer::{ConsumerGroup, ConsumerMember, LEAVES, LEAVES_FOR_NOW, MemberState};
use super::member::ClientIdentity;
use super::reconcile::{Target, is_within, reconcile};

/// How old what a pattern matched may be.
const MATCH_AGE_MAX: Duration = Duration::from_secs(2);
/// The largest program that a pattern may become, in bytes.
const PATTERN_BYTES_MAX: usize = 1 << 20;

/// The topics that there are.
pub(crate) trait Topics {
    /// A topic's id and how many partitions it has.
    fn topic(&self, name: &str) -> Option<(TopicId, i32)>;
    fn names(&self) -> Vec<String>;
    /// Whether the client that asks may know of a topic, so that its pattern may match it.
    fn may_see(&self, name: &str) -> bool;
}

/// What the broker's settings say about members.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ConsumerLimits {
    /// How long a member may be silent (`group.consumer.session.timeout.ms`).
    pub(crate) session: Duration,
    /// The most members (`group.consumer.max.size`).
    pub(crate) members_max: usize,
}

/// A heartbeat. What is `None` has not changed since the last.
#[derive(Clone, Debug, Default)]
pub(crate) struct Heartbeat {
    pub(crate) member: String,
    pub(crate) epoch: i32,
    pub(crate) instance: Option<String>,
    pub(crate) rack: Option<String>,
    pub(crate) client: ClientIdentity,
    pub(crate) rebalance_timeout: Option<Duration>,
    pub(crate) names: Option<BTreeSet<String>>,
    pub(crate) pattern: Option<String>,
    pub(crate) assignor: Option<String>,
    pub(crate) owned: Option<Assignment>,
}

impl Heartbeat {
    /// Whether it says everything, as after a lost answer: then it is told everything.
    fn is_full(&self) -> bool {
        let subscribes = self.names.is_some() || self.pattern.is_some();
        self.epoch == 0 || (self.rebalance_timeout.is_some() && subscribes && self.owned.is_some())
    }
}

/// Why a heartbeat is refused, in words too.
pub(crate) type Refusal = (ResponseError, &'static str);

/// What a heartbeat is answered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Beat {
    pub(crate) epoch: i32,
    /// What the member may hold, if it changed or the member asked for it.
    pub(crate) assignment: Option<Assignment>,
    /// Whether the group is to be stored before the answer.
    pub(crate) store: bool,
}

/// When a heartbeat comes, and within what.
#[derive(Clone, Copy)]
pub(crate) struct Moment<'a> {
    pub(crate) now: Duration,
    pub(crate) time: Timestamp,
    pub(crate) limits: &'a ConsumerLimits,
    pub(crate) topics: &'a dyn Topics,
}

impl ConsumerGroup {
    /// A member's heartbeat.
    pub(crate) fn heartbeat(&mut self, at: Moment<'_>, beat: &Heartbeat) -> Result<Beat, Refusal> {
        check(beat)?;
        if beat.epoch == LEAVES || beat.epoch == LEAVES_FOR_NOW {
            return self.leave(at, beat);
        }
        let (mut member, is_new) = self.admit(at, beat)?;
        member.expires = at.now + at.limits.session;
        let changed = apply(&mut member, beat) | is_new;
        let id = member.id.clone();
        let stored_before = self.members.insert(id.clone(), member);
        self.instances.extend(beat.instance.clone().map(|instance| (instance, id.clone())));
        self.empty_since = None;
        let moved = self.catch_up(at, &id, changed, beat.owned.as_ref());
        let Some(member) = self.members.get(&id) else { return Err((ResponseError::UnknownMemberId, "")) };
        let new_hold = stored_before.is_none_or(|before| before.assigned != member.assigned);
        Ok(Beat {
            epoch: member.epoch,
            assignment: (beat.is_full() || new_hold).then(|| member.assigned.clone()),
            store: moved || beat.epoch == 0,
        })
    }

    /// Assigns anew if something changed that counts, and brings a member on; tells whether anything is other than before.
    pub(crate) fn catch_up(&mut self, at: Moment<'_>, id: &str, changed: bool, owned: Option<&Assignment>) -> bool {
        let changed = self.look_at_topics(at, id) | changed;
        if changed {
            self.epoch += 1;
        }
        let assigned = self.epoch > self.target_epoch;
        if assigned {
            self.assign();
        }
        self.bring_on(at, id, owned) || changed || assigned
    }

    /// The member that a heartbeat is of, and whether it is new.
    fn admit(&mut self, at: Moment<'_>, beat: &Heartbeat) -> Result<(ConsumerMember, bool), Refusal> {
        let full = self.members.len() >= at.limits.members_max && !self.members.contains_key(&beat.member);
        let (member, is_new) = match &beat.instance {
            Some(instance) => self.admit_static(instance, beat, full)?,
            None => match self.members.get(&beat.member) {
                Some(member) => (member.clone(), false),
                None if beat.epoch == 0 && !full => (newcomer(beat), true),
                None if beat.epoch == 0 => return Err(FULL),
                None => return Err((ResponseError::UnknownMemberId, "the group has no such member")),
            },
        };
        if beat.epoch > 0 {
            check_epoch(&member, beat)?;
        }
        Ok((member, is_new))
    }

    fn admit_static(
        &mut self,
        instance: &str,
        beat: &Heartbeat,
        full: bool,
    ) -> Result<(ConsumerMember, bool), Refusal> {
        let Some(owner) = self.instances.get(instance).and_then(|owner| self.members.get(owner)).cloned() else {
            return match (beat.epoch, full) {
                (0, false) => Ok((newcomer(beat), true)),
                (0, true) => Err(FULL),
                _ => Err((ResponseError::UnknownMemberId, "the group has no member of this static name")),
            };
        };
        if owner.id == beat.member {
            return Ok((owner, false));
        }
        if beat.epoch != 0 {
            return Err((ResponseError::FencedInstanceId, "another member has taken over this static name"));
        }
        // One of the classic protocol does not say that it leaves.
        if owner.epoch != LEAVES_FOR_NOW && owner.classic.is_none() {
            let why = "another member has this static name and has not left";
            return Err((ResponseError::UnreleasedInstanceId, why));
        }
        Ok((self.take_place(&owner, &beat.member), false))
    }

    /// A static member came back under a new id: it gets what it had.
    pub(crate) fn take_place(&mut self, owner: &ConsumerMember, id: &str) -> ConsumerMember {
        self.members.remove(&owner.id);
        let target = self.targets.remove(&owner.id).unwrap_or_default();
        self.targets.insert(id.to_owned(), target);
        let back = ConsumerMember { id: id.to_owned(), epoch: 0, previous_epoch: 0, ..owner.clone() };
        self.members.insert(back.id.clone(), back.clone());
        back
    }

    fn leave(&mut self, at: Moment<'_>, beat: &Heartbeat) -> Result<Beat, Refusal> {
        let id = match &beat.instance {
            None => beat.member.clone(),
            Some(instance) => match self.instances.get(instance) {
                None => return Err((ResponseError::UnknownMemberId, "the group has no member of this static name")),
                Some(owner) if *owner != beat.member => {
                    return Err((ResponseError::FencedInstanceId, "another member has taken over this static name"));
                }
                Some(owner) => owner.clone(),
            },
        };
        let unknown = (ResponseError::UnknownMemberId, "the group has no such member");
        let member = self.members.get_mut(&id).ok_or(unknown)?;
        if beat.epoch == LEAVES_FOR_NOW {
            member.epoch = LEAVES_FOR_NOW;
            member.revoking.clear();
            member.state = MemberState::Stable;
            member.revoke_until = None;
            member.expires = at.now + at.limits.session;
        } else {
            self.remove(&id, at.time);
        }
        Ok(Beat { epoch: beat.epoch, assignment: None, store: true })
    }

    /// Looks which topics there are for the group, and for the member that asks; tells whether they changed.
    fn look_at_topics(&mut self, at: Moment<'_>, id: &str) -> bool {
        self.match_patterns(at);
        let hidden_changed = self.hide(at, id);
        let members = self.members.values();
        let names: BTreeSet<&String> = members.flat_map(|member| self.subscribed(member)).collect();
        let found = names.into_iter().filter_map(|name| Some((name.clone(), at.topics.topic(name)?)));
        let found: BTreeMap<String, (TopicId, i32)> = found.collect();
        let changed = found != self.topics;
        self.topics = found;
        changed || hidden_changed
    }

    /// Leaves out what a member's pattern matches and its client may not know of; tells whether that is other than before.
    fn hide(&mut self, at: Moment<'_>, id: &str) -> bool {
        let Some(member) = self.members.get_mut(id) else { return false };
        let matched = self.matched.get(&member.pattern).into_iter().flatten();
        let hidden: BTreeSet<String> = matched.filter(|name| !at.topics.may_see(name)).cloned().collect();
        let changed = hidden != member.hidden;
        member.hidden = hidden;
        changed
    }

    fn match_patterns(&mut self, at: Moment<'_>) {
        let patterns = self.members.values().map(|member| &member.pattern).filter(|pattern| !pattern.is_empty());
        let patterns: BTreeSet<String> = patterns.cloned().collect();
        let known = patterns.iter().all(|pattern| self.matched.contains_key(pattern));
        let fresh = self.matched_at.is_some_and(|then| at.now < then + MATCH_AGE_MAX);
        if patterns.is_empty() || (known && fresh) {
            self.matched.retain(|pattern, _| patterns.contains(pattern));
            return;
        }
        let names = at.topics.names();
        let matching = |pattern: String| {
            let compiled = compile(&pattern);
            let matches = |name: &&String| compiled.as_ref().is_ok_and(|pattern| pattern.is_match(name));
            let found = names.iter().filter(matches).cloned().collect();
            (pattern, found)
        };
        self.matched = patterns.into_iter().map(matching).collect();
        self.matched_at = Some(at.now);
    }

    /// Makes the group's epoch the target's.
    fn assign(&mut self) {
        let wish = |member: &ConsumerMember| Wish {
            id: member.id.clone(),
            instance: member.instance.clone(),
            topics: self.subscribed(member).filter_map(|name| self.topics.get(name)).map(|(id, _)| *id).collect(),
            before: self.targets.get(&member.id).cloned().unwrap_or_default(),
        };
        let wishes: Vec<Wish> = self.members.values().map(wish).collect();
        let partitions = self.topics.values().copied().collect();
        self.assignor = self.preferred_assignor().to_owned();
        self.targets = assignor::assign(&self.assignor, &wishes, &partitions);
        self.target_epoch = self.epoch;
    }

    /// The assignor that most members ask for.
    fn preferred_assignor(&self) -> &'static str {
        let votes = |name: &str| self.members.values().filter(|it| it.assignor.as_deref() == Some(name)).count();
        let [first, second] = ASSIGNORS;
        if votes(second) > votes(first) { second } else { first }
    }

    /// Brings a member on towards the target; tells whether it moved.
    fn bring_on(&mut self, at: Moment<'_>, id: &str, owned: Option<&Assignment>) -> bool {
        let (Some(member), Some(assignment)) = (self.members.get(id), self.targets.get(id)) else { return false };
        let target = Target { epoch: self.target_epoch, assignment };
        let mut next = reconcile(member, &target, owned, |topic, partition| self.is_held(id, topic, partition));
        let moved = next != *member;
        // One of the classic protocol has until it is to join again.
        next.revoke_until = (next.state == MemberState::Unrevoked && next.classic.is_none())
            .then(|| member.revoke_until.unwrap_or(at.now + next.rebalance_timeout));
        self.members.insert(id.to_owned(), next);
        moved
    }
}

const FULL: Refusal = (ResponseError::GroupMaxSizeReached, "the group has as many members as it may have");

fn newcomer(beat: &Heartbeat) -> ConsumerMember {
    ConsumerMember { id: beat.member.clone(), instance: beat.instance.clone(), ..ConsumerMember::default() }
}

/// Takes over what a heartbeat says; tells whether partitions are to be assigned anew for it.
fn apply(member: &mut ConsumerMember, beat: &Heartbeat) -> bool {
    let before = (member.names.clone(), member.pattern.clone(), member.assignor.clone());
    member.client = beat.client.clone();
    member.classic = None;
    member.rebalance_timeout = beat.rebalance_timeout.unwrap_or(member.rebalance_timeout);
    member.rack = beat.rack.clone().or(member.rack.take());
    member.instance = beat.instance.clone().or(member.instance.take());
    member.names = beat.names.clone().unwrap_or(std::mem::take(&mut member.names));
    member.pattern = beat.pattern.clone().unwrap_or(std::mem::take(&mut member.pattern));
    member.assignor = beat.assignor.clone().or(member.assignor.take());
    before != (member.names.clone(), member.pattern.clone(), member.assignor.clone())
}

/// A member that is behind is let go on if it may have missed the last answer, and holds no more than it may.
fn check_epoch(member: &ConsumerMember, beat: &Heartbeat) -> Result<(), Refusal> {
    let missed = beat.epoch == member.previous_epoch
        && beat.owned.as_ref().is_some_and(|owned| is_within(owned, &member.assigned));
    if beat.epoch == member.epoch || (beat.epoch < member.epoch && missed) {
        return Ok(());
    }
    Err((
        ResponseError::FencedMemberEpoch,
        "the member's epoch is not the group's: it is to give up all and join again",
    ))
}

/// What can be said of a heartbeat without the group.
pub(crate) fn check(beat: &Heartbeat) -> Result<(), Refusal> {
    let invalid = |why| Err((ResponseError::InvalidRequest, why));
    if beat.member.is_empty() {
        return invalid("a member chooses its id itself: `member_id` is empty");
    }
    if beat.instance.as_ref().is_some_and(String::is_empty) || beat.rack.as_ref().is_some_and(String::is_empty) {
        return invalid("`instance_id` and `rack_id` can be left out, and not be empty");
    }
    if beat.epoch < LEAVES_FOR_NOW {
        return invalid("`member_epoch` is -2 at least");
    }
    if beat.epoch == LEAVES_FOR_NOW && beat.instance.is_none() {
        return invalid("only a member with an `instance_id` leaves for a while");
    }
    if beat.epoch == 0 {
        if beat.rebalance_timeout.is_none() {
            return invalid("who joins says its `rebalance_timeout_ms`");
        }
        if beat.owned.as_ref().is_none_or(|owned| !owned.is_empty()) {
            return invalid("who joins holds no partitions: `topic_partitions` is to be empty");
        }
        // An empty subscription is one: of a pattern that the client matches itself, and that matches nothing yet.
        if beat.names.is_none() && beat.pattern.is_none() {
            return invalid("who joins says what it subscribes to");
        }
    }
    if beat.assignor.as_ref().is_some_and(|assignor| !ASSIGNORS.contains(&assignor.as_str())) {
        return Err((ResponseError::UnsupportedAssignor, "the server's assignors are `uniform` and `range`"));
    }
    if beat.pattern.as_ref().is_some_and(|pattern| compile(pattern).is_err()) {
        let why = "the pattern is not one of RE2's syntax, or too large";
        return Err((ResponseError::InvalidRegularExpression, why));
    }
    Ok(())
}

/// A pattern that matches whole names. It has to be one by itself, too: what closes a group that it did not open is none.
fn compile(pattern: &str) -> Result<Regex, regex::Error> {
    regex::RegexBuilder::new(pattern).size_limit(PATTERN_BYTES_MAX).build()?;
    regex::RegexBuilder::new(&format!("^(?:{pattern})$")).size_limit(PATTERN_BYTES_MAX).build()
}
