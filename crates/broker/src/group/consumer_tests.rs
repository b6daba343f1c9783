//! The consumer group by itself: scenes, and churn in which no two members ever hold the same partition.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use kafka_protocol::ResponseError;
use yeoul_base::{Timestamp, TopicId};

use super::assignor::Assignment;
use super::consumer::{ConsumerGroup, LEAVES, LEAVES_FOR_NOW};
use super::consumer_heartbeat::{Beat, ConsumerLimits, Heartbeat, Moment, Topics};

pub(super) const SESSION: Duration = Duration::from_secs(45);
pub(super) const REBALANCE: Duration = Duration::from_secs(60);
pub(super) const LIMITS: ConsumerLimits = ConsumerLimits { session: SESSION, members_max: 100 };

/// Topics, and those that the client who asks may not know of.
pub(super) struct Fixed(pub(super) BTreeMap<String, (TopicId, i32)>, pub(super) BTreeSet<String>);

impl Topics for Fixed {
    fn topic(&self, name: &str) -> Option<(TopicId, i32)> {
        self.0.get(name).copied()
    }

    fn names(&self) -> Vec<String> {
        self.0.keys().cloned().collect()
    }

    fn may_see(&self, name: &str) -> bool {
        !self.1.contains(name)
    }
}

pub(super) fn topics(counts: &[(&str, i32)]) -> Fixed {
    let topic = |(name, count): &(&str, i32)| ((*name).to_owned(), (TopicId([name.as_bytes()[0]; 16]), *count));
    Fixed(counts.iter().map(topic).collect(), BTreeSet::new())
}

struct Scene {
    group: ConsumerGroup,
    topics: Fixed,
    now: Duration,
}

/// A client, and what it holds.
#[derive(Clone, Default)]
struct Client {
    id: String,
    instance: Option<String>,
    epoch: i32,
    names: BTreeSet<String>,
    pattern: Option<String>,
    owned: Assignment,
}

fn client(id: &str, names: &[&str]) -> Client {
    Client { id: id.to_owned(), names: names.iter().map(|&name| name.to_owned()).collect(), ..Client::default() }
}

impl Scene {
    fn new(counts: &[(&str, i32)]) -> Scene {
        Scene { group: ConsumerGroup::default(), topics: topics(counts), now: Duration::from_secs(1000) }
    }

    fn send(&mut self, beat: &Heartbeat) -> Result<Beat, ResponseError> {
        let at = Moment { now: self.now, time: Timestamp(1), limits: &LIMITS, topics: &self.topics };
        self.group.heartbeat(at, beat).map_err(|(error, _)| error)
    }

    /// A heartbeat that says everything; the client then holds what it is told, at once.
    fn beat(&mut self, client: &mut Client) -> Result<(), ResponseError> {
        let owned = if client.epoch == 0 { Assignment::new() } else { client.owned.clone() };
        let beat = Heartbeat {
            member: client.id.clone(),
            epoch: client.epoch,
            instance: client.instance.clone(),
            rebalance_timeout: Some(REBALANCE),
            names: Some(client.names.clone()),
            pattern: client.pattern.clone(),
            owned: Some(owned),
            ..Heartbeat::default()
        };
        let answer = self.send(&beat)?;
        client.epoch = answer.epoch;
        if let Some(assignment) = answer.assignment {
            client.owned = assignment;
        }
        Ok(())
    }

    /// Heartbeats of all until nothing changes.
    fn settle(&mut self, clients: &mut [Client]) {
        for _ in 0..10 {
            clients.iter_mut().for_each(|client| self.beat(client).unwrap());
        }
        assert_eq!(self.group.state_name(), "Stable");
    }

    fn leave(&mut self, client: &Client, epoch: i32) -> Result<Beat, ResponseError> {
        let beat =
            Heartbeat { member: client.id.clone(), epoch, instance: client.instance.clone(), ..Heartbeat::default() };
        self.send(&beat)
    }

    fn pass(&mut self, time: Duration) -> bool {
        self.now += time;
        self.group.tick(self.now, Timestamp(1))
    }
}

fn sizes(clients: &[Client]) -> Vec<usize> {
    clients.iter().map(|client| client.owned.values().map(BTreeSet::len).sum()).collect()
}

fn disjoint(clients: &[Client]) -> bool {
    let mut held = BTreeSet::new();
    let all = clients.iter().flat_map(|client| &client.owned);
    all.flat_map(|(topic, partitions)| partitions.iter().map(move |partition| (*topic, *partition)))
        .all(|it| held.insert(it))
}

#[test]
fn a_second_member_gets_its_share_only_when_the_first_gave_it_back() {
    let mut scene = Scene::new(&[("t", 4)]);
    let mut clients = [client("a", &["t"]), client("b", &["t"])];
    let [a, b] = &mut clients;
    scene.beat(a).unwrap();
    assert_eq!((a.epoch, sizes(std::slice::from_ref(a))), (1, vec![4]));
    scene.beat(b).unwrap();
    assert_eq!(sizes(std::slice::from_ref(b)), [0], "the first still holds all");
    // The first learns that it is to give two back; it holds them while it does not say otherwise.
    let holding = a.owned.clone();
    scene.beat(a).unwrap();
    assert_eq!((a.epoch, sizes(std::slice::from_ref(a))), (1, vec![2]));
    scene.beat(b).unwrap();
    assert_eq!(sizes(std::slice::from_ref(b)), [0]);
    let given_back = std::mem::replace(&mut a.owned, holding);
    scene.beat(a).unwrap();
    scene.beat(b).unwrap();
    assert_eq!(sizes(std::slice::from_ref(b)), [0], "it has not given back");
    a.owned = given_back;
    scene.settle(&mut clients);
    assert_eq!(sizes(&clients), [2, 2]);
    assert!(disjoint(&clients));
}

#[test]
fn a_member_that_does_not_give_back_in_time_is_thrown_out() {
    let mut scene = Scene::new(&[("t", 2)]);
    let mut clients = [client("a", &["t"]), client("b", &["t"])];
    let [a, b] = &mut clients;
    scene.beat(a).unwrap();
    scene.beat(b).unwrap();
    let holding = a.owned.clone();
    scene.beat(a).unwrap();
    for _ in 0..3 {
        a.owned = holding.clone();
        scene.pass(REBALANCE / 3);
        let _ = scene.beat(a);
        let _ = scene.beat(b);
    }
    assert_eq!(scene.beat(a), Err(ResponseError::UnknownMemberId));
    scene.beat(b).unwrap();
    assert_eq!(sizes(std::slice::from_ref(b)), [2]);
}

#[test]
fn epochs_fence_who_is_behind_and_forgive_a_lost_answer() {
    let mut scene = Scene::new(&[("t", 2)]);
    let mut a = client("a", &["t"]);
    scene.beat(&mut a).unwrap();
    let mut b = client("b", &["t"]);
    let before = a.clone();
    scene.beat(&mut b).unwrap();
    let mut clients = [a, b];
    scene.settle(&mut clients);
    // The answer that brought it to this epoch was lost: it comes with the one before, and holds no more than it may.
    let mut behind = Client { epoch: before.epoch, ..clients[0].clone() };
    assert_eq!(scene.beat(&mut behind), Ok(()));
    let mut greedy = before;
    assert_eq!(scene.beat(&mut greedy), Err(ResponseError::FencedMemberEpoch));
    let mut ahead = Client { epoch: clients[0].epoch + 1, ..clients[0].clone() };
    assert_eq!(scene.beat(&mut ahead), Err(ResponseError::FencedMemberEpoch));
    let group = &scene.group;
    assert_eq!(group.check_commit("a", clients[0].epoch), Ok(()));
    assert_eq!(group.check_commit("a", clients[0].epoch - 1), Err(ResponseError::StaleMemberEpoch));
    assert_eq!(group.check_commit("nobody", 1), Err(ResponseError::UnknownMemberId));
}

#[test]
fn a_static_member_that_comes_back_gets_what_it_had() {
    let mut scene = Scene::new(&[("t", 4)]);
    let named = |id: &str, name: &str| Client { instance: Some(name.to_owned()), ..client(id, &["t"]) };
    let mut clients = [named("a", "one"), named("b", "two")];
    scene.settle_from_empty(&mut clients);
    let epoch = scene.group.epoch;
    let had = clients[0].owned.clone();
    let mut thief = named("c", "one");
    assert_eq!(scene.beat(&mut thief), Err(ResponseError::UnreleasedInstanceId));
    scene.leave(&clients[0], LEAVES_FOR_NOW).unwrap();
    scene.beat(&mut thief).unwrap();
    assert_eq!((thief.owned.clone(), scene.group.epoch), (had, epoch), "nothing was assigned anew");
    let [a, _] = &mut clients;
    assert_eq!(scene.beat(a), Err(ResponseError::FencedInstanceId));
}

impl Scene {
    fn settle_from_empty(&mut self, clients: &mut [Client]) {
        for _ in 0..3 {
            clients.iter_mut().for_each(|client| self.beat(client).unwrap());
        }
        self.settle(clients);
    }
}

#[test]
fn a_pattern_finds_no_topic_that_its_client_may_not_know_of() {
    let mut scene = Scene::new(&[("a", 2), ("b", 2)]);
    let pattern = |id: &str| Client { pattern: Some("a|b".to_owned()), ..client(id, &[]) };
    let mut clients = [pattern("restricted"), pattern("trusted")];
    let beat_all = |scene: &mut Scene, clients: &mut [Client; 2]| {
        for _ in 0..10 {
            let [restricted, trusted] = clients;
            scene.topics.1 = BTreeSet::from(["b".to_owned()]);
            scene.beat(restricted).unwrap();
            scene.topics.1.clear();
            scene.beat(trusted).unwrap();
            // Older than what a pattern matched may be.
            scene.now += Duration::from_secs(3);
        }
    };
    let secret = scene.topics.topic("b").unwrap().0;
    let [restricted, _] = &mut clients;
    scene.topics.1 = BTreeSet::from(["b".to_owned()]);
    scene.beat(restricted).unwrap();
    assert_eq!(sizes(std::slice::from_ref(restricted)), [2], "it gets the other topic, at once");
    beat_all(&mut scene, &mut clients);
    assert_eq!(scene.group.state_name(), "Stable");
    assert!(!clients[0].owned.contains_key(&secret) && disjoint(&clients));
    assert_eq!(sizes(&clients).iter().sum::<usize>(), 4, "the trusted one reads the rest");
    let epoch = scene.group.epoch;
    beat_all(&mut scene, &mut clients);
    assert_eq!(scene.group.epoch, epoch, "members that may see different topics do not rebalance for ever");
}

#[test]
fn a_pattern_finds_topics_that_come_later() {
    let mut scene = Scene::new(&[("t1", 1)]);
    let mut a = Client { pattern: Some("t.*".to_owned()), ..client("a", &[]) };
    scene.beat(&mut a).unwrap();
    assert_eq!(sizes(std::slice::from_ref(&a)), [1]);
    scene.topics = topics(&[("t1", 1), ("u", 3)]);
    scene.topics.0.insert("t2".to_owned(), (TopicId([9; 16]), 2));
    scene.now += Duration::from_secs(5);
    scene.beat(&mut a).unwrap();
    assert_eq!(sizes(std::slice::from_ref(&a)), [3]);
    let escaping = Client { pattern: Some("a)|(t.*".to_owned()), ..client("c", &[]) };
    assert_eq!(scene.beat(&mut escaping.clone()), Err(ResponseError::InvalidRegularExpression));
    let mut broken = Client { pattern: Some("t(".to_owned()), ..client("b", &[]) };
    assert_eq!(scene.beat(&mut broken), Err(ResponseError::InvalidRegularExpression));
}

#[test]
fn who_joins_may_subscribe_to_nothing_yet() {
    let mut scene = Scene::new(&[("a", 2)]);
    // A client that matches a pattern itself says an empty one, or no names (KAFKA-18095).
    let empty = Heartbeat {
        member: "x".to_owned(),
        rebalance_timeout: Some(REBALANCE),
        pattern: Some(String::new()),
        owned: Some(Assignment::new()),
        ..Heartbeat::default()
    };
    assert_eq!(scene.send(&empty).unwrap().assignment, Some(Assignment::new()));
    let mut client = client("y", &[]);
    scene.beat(&mut client).unwrap();
    assert!(client.owned.is_empty());
}

#[test]
fn partitions_that_are_added_are_assigned() {
    let mut scene = Scene::new(&[("t", 1)]);
    let mut clients = [client("a", &["t"]), client("b", &["t"])];
    scene.settle_from_empty(&mut clients);
    scene.topics = topics(&[("t", 6)]);
    scene.settle_from_empty(&mut clients);
    assert_eq!(sizes(&clients), [3, 3]);
}

#[test]
fn what_is_wrong_with_a_heartbeat_is_said() {
    let mut scene = Scene::new(&[("t", 1)]);
    let joining = Heartbeat {
        member: "a".to_owned(),
        rebalance_timeout: Some(REBALANCE),
        names: Some(BTreeSet::from(["t".to_owned()])),
        owned: Some(Assignment::new()),
        ..Heartbeat::default()
    };
    let mut refused = |beat: Heartbeat, error| assert_eq!(scene.send(&beat).unwrap_err(), error);
    refused(Heartbeat { member: String::new(), ..joining.clone() }, ResponseError::InvalidRequest);
    refused(Heartbeat { owned: None, ..joining.clone() }, ResponseError::InvalidRequest);
    refused(Heartbeat { names: None, ..joining.clone() }, ResponseError::InvalidRequest);
    refused(Heartbeat { rebalance_timeout: None, ..joining.clone() }, ResponseError::InvalidRequest);
    refused(Heartbeat { epoch: 3, ..joining.clone() }, ResponseError::UnknownMemberId);
    refused(Heartbeat { epoch: LEAVES_FOR_NOW, ..joining.clone() }, ResponseError::InvalidRequest);
    refused(Heartbeat { assignor: Some("best".to_owned()), ..joining }, ResponseError::UnsupportedAssignor);
}

/// A small generator of numbers (xorshift), so that a failure can be repeated.
pub(super) struct Numbers(pub(super) u64);

impl Numbers {
    pub(super) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }
}

#[test]
fn churn_never_gives_a_partition_to_two_members_and_always_settles() {
    for seed in 1..=200 {
        let mut numbers = Numbers(seed);
        let mut scene = Scene::new(&[("t", 7), ("u", 5)]);
        let mut clients: Vec<Client> = (0..6).map(|number| client(&format!("m{number}"), &["t", "u"])).collect();
        for _ in 0..300 {
            let at = numbers.below(clients.len());
            match numbers.below(20) {
                0 => {
                    let _ = scene.leave(&clients[at], LEAVES);
                    clients[at] =
                        Client { id: format!("m{at}-{}", numbers.below(1_000_000)), ..client("", &["t", "u"]) };
                }
                1 => clients[at].names = client("", [&["t"][..], &["u"], &["t", "u"]][numbers.below(3)]).names,
                // It dies; what it held is nobody's when its session is over.
                2 => {
                    clients[at] =
                        Client { id: format!("m{at}-{}", numbers.below(1_000_000)), ..client("", &["t", "u"]) };
                    scene.pass(SESSION);
                    clients.iter_mut().for_each(|client| (client.epoch, client.owned) = (0, Assignment::new()));
                }
                _ => {
                    scene.now += Duration::from_millis(100);
                    if scene.beat(&mut clients[at]).is_err() {
                        (clients[at].epoch, clients[at].owned) = (0, Assignment::new());
                    }
                }
            }
            assert!(disjoint(&clients), "seed {seed}: a partition is held twice");
        }
        clients.iter_mut().for_each(|client| client.names = BTreeSet::from(["t".to_owned(), "u".to_owned()]));
        for _ in 0..10 {
            for client in &mut clients {
                let _ = scene.beat(client);
            }
        }
        scene.pass(SESSION - Duration::from_secs(1));
        scene.settle_from_empty(&mut clients);
        assert_eq!(sizes(&clients), [2; 6], "seed {seed}");
    }
}
