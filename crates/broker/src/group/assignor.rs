//! The server's assignors (KIP-848): who reads which partitions.
//!
//! Both are functions of what members want, what there is, and, for `uniform`, what they have, so that the same group
//! always comes to the same assignment.

use std::collections::{BTreeMap, BTreeSet};

use yeoul_base::TopicId;

/// Partitions by topic.
pub(crate) type Assignment = BTreeMap<TopicId, BTreeSet<i32>>;

/// The assignors by name, the default first.
pub(crate) const ASSIGNORS: [&str; 2] = ["uniform", "range"];

/// A member that gets partitions.
#[derive(Clone, Debug)]
pub(crate) struct Wish {
    pub(crate) id: String,
    pub(crate) instance: Option<String>,
    /// The topics that it subscribed to and that are there.
    pub(crate) topics: BTreeSet<TopicId>,
    /// What it was to have before.
    pub(crate) before: Assignment,
}

/// Assigns by the assignor of a name; `partitions` says how many each topic has.
pub(crate) fn assign(
    assignor: &str,
    wishes: &[Wish],
    partitions: &BTreeMap<TopicId, i32>,
) -> BTreeMap<String, Assignment> {
    if assignor == "range" { range(wishes, partitions) } else { uniform(wishes, partitions) }
}

/// Of each topic, each subscriber gets one stretch, those at the front one more where it doesn't come out even: topics of
/// as many partitions with the same subscribers are divided alike. Static members come first, by name.
fn range(wishes: &[Wish], partitions: &BTreeMap<TopicId, i32>) -> BTreeMap<String, Assignment> {
    let mut assigned: BTreeMap<String, Assignment> =
        wishes.iter().map(|wish| (wish.id.clone(), Assignment::new())).collect();
    let mut order: Vec<&Wish> = wishes.iter().collect();
    order.sort_by_key(|wish| (wish.instance.is_none(), &wish.instance, &wish.id));
    for (&topic, &count) in partitions {
        let readers: Vec<&&Wish> = order.iter().filter(|wish| wish.topics.contains(&topic)).collect();
        let Ok(number) = i32::try_from(readers.len()) else { continue };
        let mut from = 0;
        for (place, wish) in (0..number).zip(readers) {
            let length = count / number + i32::from(place < count % number);
            if let Some(own) = assigned.get_mut(&wish.id).filter(|_| length > 0) {
                own.insert(topic, (from..from + length).collect());
            }
            from += length;
        }
    }
    assigned
}

/// As even as subscriptions allow, and as much as before stays where it was.
fn uniform(wishes: &[Wish], partitions: &BTreeMap<TopicId, i32>) -> BTreeMap<String, Assignment> {
    let mut loads = Loads::keep(wishes, partitions);
    for (&topic, &count) in partitions {
        for partition in 0..count {
            if !loads.taken.contains(&(topic, partition)) {
                loads.give_to_least(topic, partition);
            }
        }
    }
    while loads.even_out() {}
    wishes.iter().map(|wish| wish.id.clone()).zip(loads.given).collect()
}

/// An assignment being made; members by their place in the list of wishes.
struct Loads<'a> {
    wishes: &'a [Wish],
    given: Vec<Assignment>,
    taken: BTreeSet<(TopicId, i32)>,
    /// How many partitions each has, the least first.
    order: BTreeSet<(usize, usize)>,
}

impl<'a> Loads<'a> {
    /// What members had, of what is there and still wanted; nothing twice.
    fn keep(wishes: &'a [Wish], partitions: &BTreeMap<TopicId, i32>) -> Loads<'a> {
        let mut loads = Loads {
            wishes,
            given: vec![Assignment::new(); wishes.len()],
            taken: BTreeSet::new(),
            order: BTreeSet::new(),
        };
        for (place, wish) in wishes.iter().enumerate() {
            let mut kept = 0;
            for (topic, before) in wish.before.iter().filter(|(topic, _)| wish.topics.contains(topic)) {
                let count = partitions.get(topic).copied().unwrap_or(0);
                let there: BTreeSet<i32> = before.iter().copied().filter(|partition| *partition < count).collect();
                let free: BTreeSet<i32> =
                    there.into_iter().filter(|partition| loads.taken.insert((*topic, *partition))).collect();
                kept += free.len();
                if let Some(own) = loads.given.get_mut(place).filter(|_| !free.is_empty()) {
                    own.insert(*topic, free);
                }
            }
            loads.order.insert((kept, place));
        }
        loads
    }

    fn wants(&self, place: usize, topic: TopicId) -> bool {
        self.wishes.get(place).is_some_and(|wish| wish.topics.contains(&topic))
    }

    fn give_to_least(&mut self, topic: TopicId, partition: i32) {
        let Some((load, place)) = self.order.iter().copied().find(|(_, place)| self.wants(*place, topic)) else {
            return;
        };
        self.reorder(place, load, load + 1);
        if let Some(own) = self.given.get_mut(place) {
            own.entry(topic).or_default().insert(partition);
        }
    }

    fn reorder(&mut self, place: usize, from: usize, to: usize) {
        self.order.remove(&(from, place));
        self.order.insert((to, place));
    }

    /// Moves one partition to a member that has at least two fewer than its owner. Each move makes the loads more even,
    /// so that there is an end to it.
    fn even_out(&mut self) -> bool {
        let receivers: Vec<(usize, usize)> = self.order.iter().copied().collect();
        for &(least, receiver) in &receivers {
            for &(load, donor) in receivers.iter().rev().take_while(|(load, _)| *load >= least + 2) {
                if let Some((topic, partition)) = self.movable(donor, receiver) {
                    self.give(donor, receiver, topic, partition);
                    self.reorder(donor, load, load - 1);
                    self.reorder(receiver, least, least + 1);
                    return true;
                }
            }
        }
        false
    }

    fn movable(&self, donor: usize, receiver: usize) -> Option<(TopicId, i32)> {
        let wanted = self.given.get(donor)?.iter().rev().find(|(topic, _)| self.wants(receiver, **topic))?;
        wanted.1.last().map(|partition| (*wanted.0, *partition))
    }

    fn give(&mut self, donor: usize, receiver: usize, topic: TopicId, partition: i32) {
        if let Some(own) = self.given.get_mut(donor) {
            let left = own.get_mut(&topic).map_or(0, |partitions| {
                partitions.remove(&partition);
                partitions.len()
            });
            if left == 0 {
                own.remove(&topic);
            }
        }
        if let Some(own) = self.given.get_mut(receiver) {
            own.entry(topic).or_default().insert(partition);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: TopicId = TopicId([1; 16]);
    const B: TopicId = TopicId([2; 16]);

    fn wish(id: &str, topics: &[TopicId]) -> Wish {
        let topics = topics.iter().copied().collect();
        Wish { id: id.to_owned(), instance: None, topics, before: Assignment::new() }
    }

    fn sizes(assigned: &BTreeMap<String, Assignment>) -> Vec<usize> {
        assigned.values().map(|own| own.values().map(BTreeSet::len).sum()).collect()
    }

    fn again(wishes: Vec<Wish>, before: &BTreeMap<String, Assignment>) -> Vec<Wish> {
        let had = |id: &str| before.get(id).cloned().unwrap_or_default();
        wishes.into_iter().map(|wish| Wish { before: had(&wish.id), ..wish }).collect()
    }

    #[test]
    fn a_range_is_one_stretch_of_each_topic() {
        let partitions = BTreeMap::from([(A, 7), (B, 7)]);
        let assigned = assign("range", &[wish("x", &[A, B]), wish("y", &[A, B]), wish("z", &[A])], &partitions);
        let stretch = |range: std::ops::Range<i32>| range.collect::<BTreeSet<i32>>();
        assert_eq!(assigned["x"], BTreeMap::from([(A, stretch(0..3)), (B, stretch(0..4))]));
        assert_eq!(assigned["y"], BTreeMap::from([(A, stretch(3..5)), (B, stretch(4..7))]));
        assert_eq!(assigned["z"], BTreeMap::from([(A, stretch(5..7))]));
    }

    #[test]
    fn uniform_is_even_and_moves_only_what_it_must() {
        let partitions = BTreeMap::from([(A, 6), (B, 4)]);
        let one = assign("uniform", &[wish("x", &[A, B])], &partitions);
        assert_eq!(sizes(&one), [10]);
        let both = || vec![wish("x", &[A, B]), wish("y", &[A, B])];
        let two = assign("uniform", &again(both(), &one), &partitions);
        assert_eq!(sizes(&two), [5, 5]);
        let three = [both(), vec![wish("z", &[A, B])]].concat();
        let three = assign("uniform", &again(three, &two), &partitions);
        assert_eq!(sizes(&three), [4, 3, 3]);
        for id in ["x", "y"] {
            for (topic, partitions) in &three[id] {
                assert!(partitions.is_subset(&two[id][topic]), "{id} got what it did not have");
            }
        }
        let back = assign("uniform", &again(both(), &three), &partitions);
        assert_eq!(sizes(&back), [5, 5]);
    }

    #[test]
    fn uniform_gives_only_what_was_asked_for() {
        let partitions = BTreeMap::from([(A, 2), (B, 8)]);
        let assigned = assign("uniform", &[wish("x", &[A]), wish("y", &[A, B]), wish("z", &[])], &partitions);
        assert_eq!(sizes(&assigned), [2, 8, 0]);
        assert!(!assigned["y"].contains_key(&A));
    }

    #[test]
    fn a_partition_that_two_had_goes_to_one() {
        let partitions = BTreeMap::from([(A, 2)]);
        let all = BTreeMap::from([(A, BTreeSet::from([0, 1, 7]))]);
        let before = BTreeMap::from([("x".to_owned(), all.clone()), ("y".to_owned(), all)]);
        let assigned = assign("uniform", &again(vec![wish("x", &[A]), wish("y", &[A])], &before), &partitions);
        assert_eq!(sizes(&assigned), [1, 1]);
    }
}
