//! Committed offsets: who may commit them, how they become durable, when they go.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use kafka_protocol::ResponseError;
use tokio::sync::oneshot;
use yeoul_base::{PartitionId, Timestamp};
use yeoul_log::{CommittedOffset, GroupOffset, PutError, Row};

use super::classic::{Claim, State};
use super::consumer_protocol::Subscription;
use super::coordinator::{Coordinator, Inner};
use super::group::Group;
use super::store;

/// A commit that is on its way; counted until its answer has come.
struct OnItsWay(Arc<AtomicUsize>);

impl OnItsWay {
    fn of(inner: &Inner) -> OnItsWay {
        inner.commits.fetch_add(1, Ordering::AcqRel);
        OnItsWay(Arc::clone(&inner.commits))
    }
}

impl Drop for OnItsWay {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

fn rows(group: &str, offsets: &[GroupOffset]) -> Vec<Row> {
    offsets.iter().map(|it| it.committed.row(group, &it.topic, it.partition)).collect()
}

impl Inner {
    fn check_commit(
        &mut self,
        coordinator: &Coordinator,
        claim: Claim<'_>,
        transactional: bool,
    ) -> Result<(), ResponseError> {
        match &mut self.group {
            Group::Classic(group) => group.check_commit(coordinator.now(), claim, transactional),
            Group::Consumer(_) if transactional && claim.member.is_empty() => Ok(()),
            Group::Consumer(group) => group.check_commit(claim.member, claim.generation),
        }
    }
}

impl Coordinator {
    /// Commits offsets of a member, or of a group that has none; resolves when they are durable.
    pub(crate) async fn commit(
        &self,
        name: &str,
        claim: Claim<'_>,
        offsets: Vec<GroupOffset>,
    ) -> Result<(), ResponseError> {
        let began = self.with(name, claim.generation < 0, |_, inner| {
            inner.check_commit(self, claim, false)?;
            let on_its_way = OnItsWay::of(inner);
            Ok((self.log.put(rows(name, &offsets)), on_its_way))
        });
        let (pending, on_its_way) = began.unwrap_or(Err(ResponseError::GroupIdNotFound))?;
        let (sender, receiver) = oneshot::channel();
        // In a task of its own: the commit is counted until it is durable, also when its connection is gone.
        tokio::spawn(async move {
            let result = pending.await;
            drop(on_its_way);
            drop(sender.send(result));
        });
        match receiver.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(put_error(name, &error)),
            Err(_) => Err(ResponseError::CoordinatorNotAvailable),
        }
    }

    /// Checks who fetches offsets: a consumer group's member says its epoch, anyone else nothing.
    pub(crate) fn check_fetch(&self, name: &str, member: Option<&str>, epoch: i32) -> Result<(), ResponseError> {
        let Some(member) = member.filter(|member| !member.is_empty() || epoch >= 0) else { return Ok(()) };
        let checked = self.with(name, false, |_, inner| match &inner.group {
            Group::Consumer(group) => group.check_commit(member, epoch),
            Group::Classic(_) => Ok(()),
        });
        checked.unwrap_or(Ok(()))
    }

    /// Checks who commits with a transaction. One that isn't a member's is fenced by its producer's epoch.
    pub(crate) fn check_transactional(&self, name: &str, claim: Claim<'_>) -> Result<(), ResponseError> {
        let checked = self.with(name, claim.generation < 0, |_, inner| inner.check_commit(self, claim, true));
        checked.unwrap_or(Err(ResponseError::IllegalGeneration))
    }

    /// Deletes a group without members, with its offsets.
    pub(crate) async fn delete(&self, name: &str) -> Result<(), ResponseError> {
        loop {
            let deleted = self.with(name, false, |cell, inner| {
                if !inner.group.is_empty() {
                    return Some(Err(ResponseError::NonEmptyGroup));
                }
                inner.is_quiet().then(|| {
                    let offsets = self.log.all_committed_offsets(name);
                    let gone = offsets.iter().map(|it| CommittedOffset::removal(name, &it.topic, it.partition));
                    let pending = self.log.put(gone.chain([store::removal(name)]).collect());
                    self.forget(cell, inner);
                    Ok(pending)
                })
            });
            match deleted {
                None => return Err(ResponseError::GroupIdNotFound),
                Some(Some(Err(error))) => return Err(error),
                Some(Some(Ok(pending))) => return pending.await.map_err(|error| put_error(name, &error)),
                // Commits are on their way: an empty put is durable after them.
                Some(None) => self.log.put(Vec::new()).await.map_err(|error| put_error(name, &error))?,
            }
            tokio::task::yield_now().await;
        }
    }

    /// Takes back what a group committed for partitions; of topics that its members subscribe to, nothing is.
    pub(crate) async fn delete_offsets(
        &self,
        name: &str,
        partitions: &[(String, PartitionId)],
    ) -> Result<Vec<Result<(), ResponseError>>, ResponseError> {
        if name.is_empty() {
            return Err(ResponseError::InvalidGroupId);
        }
        let begun = self.with(name, false, |_, inner| {
            let subscribed = subscriptions(&inner.group)?;
            let check = |(topic, _): &(String, PartitionId)| {
                if subscribed.contains(topic) { Err(ResponseError::GroupSubscribedToTopic) } else { Ok(()) }
            };
            let results: Vec<Result<(), ResponseError>> = partitions.iter().map(check).collect();
            let allowed = partitions.iter().zip(&results).filter(|(_, result)| result.is_ok());
            let rows = allowed.map(|((topic, number), _)| CommittedOffset::removal(name, topic, *number)).collect();
            Ok((results, self.log.put(rows), OnItsWay::of(inner)))
        });
        let (results, pending, _on_its_way) = begun.unwrap_or(Err(ResponseError::GroupIdNotFound))?;
        pending.await.map_err(|error| put_error(name, &error))?;
        Ok(results)
    }

    /// Lets offsets go that have expired, and groups that nothing is left of.
    pub(crate) fn expire_offsets(&self) {
        for name in self.names() {
            self.with(&name, false, |cell, inner| {
                if !inner.is_quiet() {
                    return;
                }
                let offsets = self.log.all_committed_offsets(&name);
                let expired: Vec<&GroupOffset> =
                    offsets.iter().filter(|offset| self.has_expired(offset, &inner.group)).collect();
                let is_over = inner.group.is_empty() && expired.len() == offsets.len();
                if !expired.is_empty() {
                    tracing::info!(group = name, offsets = expired.len(), "committed offsets have expired");
                }
                let gone = expired.iter().map(|it| CommittedOffset::removal(&name, &it.topic, it.partition));
                let mut rows: Vec<Row> = gone.collect();
                if is_over {
                    rows.push(store::removal(&name));
                    self.forget(cell, inner);
                }
                if !rows.is_empty() {
                    // Nobody waits for it; what did not go now goes the next time.
                    drop(self.log.put(rows));
                }
            });
        }
    }

    /// Whether an offset's time is over (KIP-211): of a group with members only where they do not read the topic.
    fn has_expired(&self, offset: &GroupOffset, group: &Group) -> bool {
        let now = self.log.time().0;
        let topic_is_there = self.log.topic(&offset.topic).is_some_and(|topic| topic.id == offset.committed.topic);
        if !topic_is_there {
            return true;
        }
        if let Some(Timestamp(at)) = offset.committed.expires_at {
            return at <= now;
        }
        let retention = i64::try_from(self.config.offsets_retention.as_millis()).unwrap_or(i64::MAX);
        let committed = offset.committed.committed_at.0;
        let since = match (group.is_empty(), group.empty_since()) {
            (true, Some(Timestamp(empty))) => committed.max(empty),
            (true, None) => committed,
            (false, _) => match subscriptions(group) {
                Ok(topics) if !topics.contains(&offset.topic) => committed,
                _ => return false,
            },
        };
        since.saturating_add(retention) <= now
    }
}

/// The topics that a group's members read; an error where that can't be known.
fn subscriptions(group: &Group) -> Result<BTreeSet<String>, ResponseError> {
    match group {
        Group::Consumer(group) => {
            Ok(group.members.values().flat_map(|member| group.subscribed(member)).cloned().collect())
        }
        Group::Classic(group) if group.members.is_empty() => Ok(BTreeSet::new()),
        Group::Classic(group) => {
            let is_known = group.protocol_type.as_deref() == Some("consumer") && group.state == State::Stable;
            let metadata = group.members.values().map(|member| member.metadata(group.protocol.as_deref()));
            let topics: Option<Vec<BTreeSet<String>>> =
                metadata.map(|metadata| Subscription::read(&metadata).map(|wanted| wanted.topics)).collect();
            let topics = topics.filter(|_| is_known).ok_or(ResponseError::NonEmptyGroup)?;
            Ok(topics.into_iter().flatten().collect())
        }
    }
}

fn put_error(group: &str, error: &PutError) -> ResponseError {
    tracing::warn!(group, %error, "offsets were not committed");
    match error {
        PutError::TooLarge { .. } => ResponseError::InvalidCommitOffsetSize,
        // Both are tried again by clients.
        PutError::Full { .. } | PutError::Unavailable(_) => ResponseError::CoordinatorNotAvailable,
    }
}
