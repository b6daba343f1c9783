//! How assignments get from the leader to the members of a classic group.

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use kafka_protocol::ResponseError;

use super::classic::{Answer, Claim, ClassicGroup, Effects, State, Synced};
use super::member::Ticket;

/// A request for one's assignment; the leader's brings everyone's.
#[derive(Clone, Debug)]
pub(crate) struct Sync<'a> {
    pub(crate) claim: Claim<'a>,
    /// What the member takes the group's protocol type and protocol to be, if it says so.
    pub(crate) protocol_type: Option<&'a str>,
    pub(crate) protocol: Option<&'a str>,
    pub(crate) assignments: BTreeMap<String, Bytes>,
}

impl ClassicGroup {
    /// A member asks for its assignment. The ticket is answered now, or when the leader has assigned.
    pub(crate) fn sync(&mut self, now: Duration, sync: Sync<'_>, ticket: Ticket, effects: &mut Effects) {
        if let Err(error) = self.check_sync(&sync) {
            effects.answers.push((ticket, Answer::Sync(Err(error))));
            return;
        }
        let id = sync.claim.member;
        self.synced_once(id);
        self.heard(now, id);
        if self.state == State::Stable {
            self.answer_sync(id, ticket, effects);
            return;
        }
        if let Some(before) = self.members.get_mut(id).and_then(|member| member.awaiting_sync.replace(ticket)) {
            effects.answers.push((before, Answer::Sync(Err(ResponseError::RebalanceInProgress))));
        }
        if self.leader.as_deref() == Some(id) {
            self.assign(now, sync.assignments, effects);
        }
    }

    fn check_sync(&self, sync: &Sync<'_>) -> Result<(), ResponseError> {
        self.check(sync.claim)?;
        let differs = |said: Option<&str>, own: &Option<String>| said.is_some_and(|said| own.as_deref() != Some(said));
        if differs(sync.protocol_type, &self.protocol_type) || differs(sync.protocol, &self.protocol) {
            return Err(ResponseError::InconsistentGroupProtocol);
        }
        match self.state {
            State::Empty => Err(ResponseError::UnknownMemberId),
            State::Preparing => Err(ResponseError::RebalanceInProgress),
            State::Completing | State::Stable => Ok(()),
        }
    }

    fn synced_once(&mut self, id: &str) {
        self.unsynced.remove(id);
        if self.unsynced.is_empty() {
            self.sync_until = None;
        }
    }

    /// The leader's word: who is not in it gets nothing.
    fn assign(&mut self, now: Duration, mut assignments: BTreeMap<String, Bytes>, effects: &mut Effects) {
        self.state = State::Stable;
        effects.store = true;
        for member in self.members.values_mut() {
            member.assignment = assignments.remove(&member.id).unwrap_or_default();
        }
        let waiting: Vec<(String, Ticket)> = self
            .members
            .values_mut()
            .filter_map(|member| Some((member.id.clone(), member.awaiting_sync.take()?)))
            .collect();
        for (id, ticket) in waiting {
            self.heard(now, &id);
            self.answer_sync(&id, ticket, effects);
        }
    }

    fn answer_sync(&self, id: &str, ticket: Ticket, effects: &mut Effects) {
        let assignment = self.members.get(id).map(|member| member.assignment.clone()).unwrap_or_default();
        let synced = Synced { protocol_type: self.protocol_type.clone(), protocol: self.protocol.clone(), assignment };
        effects.answers.push((ticket, Answer::Sync(Ok(synced))));
    }
}
