//! How a classic group's generation ends and the next begins.

use std::collections::BTreeMap;
use std::time::Duration;

use kafka_protocol::ResponseError;
use yeoul_base::Timestamp;

use super::classic::{Answer, ClassicGroup, Effects, FirstJoin, Joining, State};
use super::classic_join::At;
use super::member::Member;

impl ClassicGroup {
    /// Begins a rebalance, or completes the one that waits if everyone is here.
    pub(crate) fn prepare_or_go_on(&mut self, at: At<'_>, effects: &mut Effects) {
        match self.state {
            State::Empty => {
                let first = FirstJoin { step: at.limits.initial_delay, most: at.now + self.rebalance_timeout() };
                self.state = State::Preparing;
                let until = first.most.min(at.now + first.step);
                self.joining = Some(Joining { until, first: Some(first), came: false });
                if until <= at.now {
                    self.join_is_over(at.now, at.time, effects);
                }
            }
            State::Stable | State::Completing => self.prepare(at.now, at.time, effects),
            State::Preparing => self.go_on_if_all_joined(at.now, at.time, effects),
        }
    }

    /// Begins a rebalance of a group that has members.
    pub(crate) fn prepare(&mut self, now: Duration, time: Timestamp, effects: &mut Effects) {
        for member in self.members.values_mut() {
            if self.state == State::Completing {
                member.assignment.clear();
            }
            if let Some(ticket) = member.awaiting_sync.take() {
                member.expires = now + member.session_timeout;
                effects.answers.push((ticket, Answer::Sync(Err(ResponseError::RebalanceInProgress))));
            }
        }
        self.unsynced.clear();
        self.sync_until = None;
        self.state = State::Preparing;
        self.joining = Some(Joining { until: now + self.rebalance_timeout(), first: None, came: false });
        self.go_on_if_all_joined(now, time, effects);
    }

    /// How long the slowest member may take.
    fn rebalance_timeout(&self) -> Duration {
        self.members.values().map(|member| member.rebalance_timeout).max().unwrap_or_default()
    }

    pub(crate) fn go_on_if_all_joined(&mut self, now: Duration, time: Timestamp, effects: &mut Effects) {
        let waits_for_more = self.joining.is_none_or(|joining| joining.first.is_some() && !self.members.is_empty());
        let all = self.promised.is_empty() && self.members.values().all(|member| member.awaiting_join.is_some());
        if self.state == State::Preparing && !waits_for_more && (all || self.members.is_empty()) {
            self.complete_join(now, time, effects);
        }
    }

    /// The time to join is over; the first rebalance waits on while members keep coming.
    pub(crate) fn join_is_over(&mut self, now: Duration, time: Timestamp, effects: &mut Effects) {
        if let Some(joining) = &mut self.joining
            && let Some(first) = joining.first.filter(|first| joining.came && now < first.most)
        {
            joining.came = false;
            joining.until = first.most.min(now + first.step);
            return;
        }
        self.complete_join(now, time, effects);
    }

    fn complete_join(&mut self, now: Duration, time: Timestamp, effects: &mut Effects) {
        let missing = |member: &&Member| member.awaiting_join.is_none() && member.instance.is_none();
        let gone: Vec<String> = self.members.values().filter(missing).map(|member| member.id.clone()).collect();
        gone.iter().for_each(|id| self.remove(id, effects));
        if !self.members.is_empty() && !self.elect() {
            // Static members only, and none has come back: they keep their places until their sessions end.
            self.joining = Some(Joining { until: now + self.rebalance_timeout(), first: None, came: false });
            return;
        }
        self.joining = None;
        self.generation += 1;
        if self.members.is_empty() {
            self.become_empty(time, effects);
        } else {
            self.begin_generation(now, effects);
        }
    }

    fn become_empty(&mut self, time: Timestamp, effects: &mut Effects) {
        self.state = State::Empty;
        self.protocol = None;
        self.leader = None;
        self.sync_until = None;
        self.unsynced.clear();
        self.empty_since = Some(time);
        effects.store = true;
    }

    fn begin_generation(&mut self, now: Duration, effects: &mut Effects) {
        self.state = State::Completing;
        self.protocol = self.choose_protocol();
        self.empty_since = None;
        self.sync_until = Some(now + self.rebalance_timeout());
        self.unsynced = self.members.keys().cloned().collect();
        let ids: Vec<String> = self.members.keys().cloned().collect();
        for id in ids {
            let joined = self.joined(&id);
            let Some(member) = self.members.get_mut(&id) else { continue };
            member.assignment.clear();
            member.is_new = false;
            if let Some(ticket) = member.awaiting_join.take() {
                member.expires = now + member.session_timeout;
                effects.answers.push((ticket, Answer::Join(joined)));
            }
        }
    }

    /// Sees to it that the leader is one who has joined; false if nobody has.
    fn elect(&mut self) -> bool {
        let has_joined = |member: &Member| member.awaiting_join.is_some();
        let leads = self.leader.as_ref().and_then(|leader| self.members.get(leader)).is_some_and(has_joined);
        if leads {
            return true;
        }
        let next = self.members.values().find(|member| has_joined(member)).map(|member| member.id.clone());
        let found = next.is_some();
        self.leader = next.or(self.leader.take());
        found
    }

    /// The protocol that all know and most prefer.
    pub(crate) fn choose_protocol(&self) -> Option<String> {
        let mut votes: BTreeMap<&str, usize> = BTreeMap::new();
        for member in self.members.values() {
            let favourite = member.protocols.iter().map(|(name, _)| name.as_str()).find(|name| self.all_know(name));
            *votes.entry(favourite?).or_default() += 1;
        }
        // The first of those with the most votes, so that the choice does not depend on the members' order.
        let most = votes.values().copied().max()?;
        votes.into_iter().find(|(_, count)| *count == most).map(|(name, _)| name.to_owned())
    }

    fn all_know(&self, protocol: &str) -> bool {
        self.members.values().all(|member| member.protocols.iter().any(|(name, _)| name == protocol))
    }
}
