//! Bringing a member from what it has to what it is to have (KIP-848): first it gives back, then it gets, and only what
//! nobody else holds any more.

use std::collections::BTreeMap;

use super::assignor::Assignment;
use super::consumer::{ConsumerMember, MemberState};

/// What a member is on its way to.
pub(crate) struct Target<'a> {
    pub(crate) epoch: i32,
    pub(crate) assignment: &'a Assignment,
}

/// Goes as far as can be gone now. `owned` is what the member says that it holds, if it says so; `is_held` tells whether
/// another member holds a partition.
pub(crate) fn reconcile(
    member: &ConsumerMember,
    target: &Target<'_>,
    owned: Option<&Assignment>,
    is_held: impl Fn(&yeoul_base::TopicId, i32) -> bool,
) -> ConsumerMember {
    let holds_back = || owned.is_none_or(|owned| intersects(owned, &member.revoking));
    match member.state {
        MemberState::Stable if member.epoch == target.epoch => member.clone(),
        MemberState::Unrevoked if holds_back() => member.clone(),
        _ => next(member, target, owned, is_held),
    }
}

fn next(
    member: &ConsumerMember,
    target: &Target<'_>,
    owned: Option<&Assignment>,
    is_held: impl Fn(&yeoul_base::TopicId, i32) -> bool,
) -> ConsumerMember {
    let kept = common(&member.assigned, target.assignment);
    let revoking = without(&member.assigned, target.assignment);
    let mut updated = ConsumerMember { assigned: kept, revoking: Assignment::new(), ..member.clone() };
    if !revoking.is_empty() && owned.is_none_or(|owned| intersects(owned, &revoking)) {
        updated.revoking = revoking;
        updated.state = MemberState::Unrevoked;
        return updated;
    }
    let wanted = without(target.assignment, &updated.assigned);
    let mut waits = false;
    for (topic, partitions) in wanted {
        for partition in partitions {
            if is_held(&topic, partition) {
                waits = true;
            } else {
                updated.assigned.entry(topic).or_default().insert(partition);
            }
        }
    }
    updated.state = if waits { MemberState::Unreleased } else { MemberState::Stable };
    if updated.epoch != target.epoch {
        updated.previous_epoch = updated.epoch;
        updated.epoch = target.epoch;
    }
    updated
}

fn common(one: &Assignment, other: &Assignment) -> Assignment {
    filtered(one, |topic, partition| other.get(topic).is_some_and(|partitions| partitions.contains(&partition)))
}

/// What the one has and the other has not.
pub(crate) fn without(one: &Assignment, other: &Assignment) -> Assignment {
    filtered(one, |topic, partition| !other.get(topic).is_some_and(|partitions| partitions.contains(&partition)))
}

fn filtered(one: &Assignment, keep: impl Fn(&yeoul_base::TopicId, i32) -> bool) -> Assignment {
    let kept = one.iter().map(|(topic, partitions)| {
        (*topic, partitions.iter().copied().filter(|partition| keep(topic, *partition)).collect())
    });
    let kept: BTreeMap<_, std::collections::BTreeSet<i32>> = kept.collect();
    kept.into_iter().filter(|(_, partitions)| !partitions.is_empty()).collect()
}

/// Whether two assignments have a partition in common.
fn intersects(one: &Assignment, other: &Assignment) -> bool {
    !common(one, other).is_empty()
}

/// Whether an assignment has nothing that the other lacks.
pub(crate) fn is_within(one: &Assignment, other: &Assignment) -> bool {
    without(one, other).is_empty()
}
