//! Groups that go over from one protocol to the other, with clients of both kinds: no two ever hold the same partition, all
//! come to an even share, and nobody is fenced.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use bytes::{BufMut, Bytes, BytesMut};
use kafka_protocol::ResponseError;
use yeoul_base::{Timestamp, TopicId};

use super::assignor::Assignment;
use super::classic::{Answer, Claim, Effects, Joined, State};
use super::classic_join::{At, Join, JoinLimits};
use super::classic_sync::Sync;
use super::consumer::{ConsumerGroup, LEAVES};
use super::consumer_heartbeat::{Heartbeat, Moment};
use super::consumer_protocol::{self, NamedPartitions, Subscription, read_assignment};
use super::consumer_tests::{Fixed, LIMITS, Numbers, REBALANCE, topics};
use super::group::Group;
use super::member::{ClientIdentity, Ticket};

const PARTITIONS: i32 = 12;
const STEP: Duration = Duration::from_millis(100);
const JOIN: JoinLimits = JoinLimits { initial_delay: Duration::from_millis(100), members_max: 100 };

struct Scene {
    group: Group,
    topics: Fixed,
    now: Duration,
    tickets: u64,
    answers: HashMap<Ticket, Answer>,
}

/// How a client gives partitions back: all before it joins, those only that it is to, or as KIP-848 has it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Eager,
    Cooperative,
    Consumer,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Step {
    Out,
    Joining(Ticket),
    Syncing(Ticket),
    In,
}

#[derive(Clone, Debug)]
struct Client {
    kind: Kind,
    id: String,
    name: usize,
    instance: Option<String>,
    generation: i32,
    owned: NamedPartitions,
    step: Step,
    /// How often it was told that it is no member any more, or not of this generation.
    fenced: usize,
}

impl Client {
    fn new(kind: Kind, name: usize) -> Client {
        let id = if kind == Kind::Consumer { format!("new-{name}") } else { String::new() };
        let owned = NamedPartitions::new();
        Client { kind, id, name, instance: None, generation: -1, owned, step: Step::Out, fenced: 0 }
    }

    fn size(&self) -> usize {
        self.owned.values().map(BTreeSet::len).sum()
    }

    fn claim(&self) -> Claim<'_> {
        Claim { member: &self.id, instance: self.instance.as_deref(), generation: self.generation }
    }

    /// It is out, and holds nothing any more.
    fn lose(&mut self, forget_id: bool) {
        self.fenced += 1;
        self.owned.clear();
        self.generation = -1;
        self.step = Step::Out;
        if forget_id && self.kind != Kind::Consumer {
            self.id.clear();
        }
    }

    fn metadata(&self) -> Bytes {
        let mut out = BytesMut::new();
        out.put_i16(1);
        out.put_i32(1);
        out.put_slice(&[0, 1, b't']);
        out.put_i32(-1);
        out.put_slice(&consumer_protocol::assignment(0, &self.owned)[2..]);
        out.freeze()
    }
}

impl Scene {
    fn new() -> Scene {
        let topics = topics(&[("t", PARTITIONS)]);
        Scene { group: Group::simple(), topics, now: Duration::from_secs(1000), tickets: 0, answers: HashMap::new() }
    }

    fn with<R>(&mut self, act: impl FnOnce(&mut Group, Moment<'_>, Ticket, &mut Effects) -> R) -> (Ticket, R) {
        self.tickets += 1;
        let ticket = Ticket(self.tickets);
        let mut effects = Effects::default();
        let at = Moment { now: self.now, time: Timestamp(1), limits: &LIMITS, topics: &self.topics };
        let result = act(&mut self.group, at, ticket, &mut effects);
        self.answers.extend(effects.answers);
        (ticket, result)
    }

    fn join(&mut self, client: &mut Client) {
        if client.kind == Kind::Eager {
            client.owned.clear();
        }
        let join = Join {
            member: client.id.clone(),
            instance: client.instance.clone(),
            client: ClientIdentity::default(),
            session_timeout: Duration::from_secs(3600),
            rebalance_timeout: REBALANCE,
            protocol_type: "consumer".to_owned(),
            protocols: vec![("any".to_owned(), client.metadata())],
            fresh: format!("{}-{}", client.name, self.tickets),
            wants_id_first: true,
            can_skip_assignment: true,
        };
        let (ticket, ()) = self.with(|group, at, ticket, effects| match group.as_classic() {
            Some(group) => {
                group.join(At { now: at.now, time: at.time, limits: &JOIN }, join, ticket, effects);
            }
            None => {
                let joined = group.join_classic(at, &join, effects);
                effects.answers.push((ticket, Answer::Join(joined)));
            }
        });
        client.step = Step::Joining(ticket);
    }

    fn joined(&mut self, client: &mut Client, joined: &Joined) {
        client.id.clone_from(&joined.member_id);
        match joined.error {
            Some(ResponseError::MemberIdRequired | ResponseError::RebalanceInProgress) => client.step = Step::Out,
            Some(_) => client.lose(true),
            None => {
                client.generation = joined.generation;
                self.sync(client, joined);
            }
        }
    }

    fn sync(&mut self, client: &mut Client, joined: &Joined) {
        let assignments = if joined.leader == client.id { lead(client.kind, joined) } else { BTreeMap::new() };
        let (ticket, ()) = self.with(|group, at, ticket, effects| {
            let sync = Sync { claim: client.claim(), protocol_type: None, protocol: Some("any"), assignments };
            match group {
                Group::Classic(group) => group.sync(at.now, sync, ticket, effects),
                Group::Consumer(group) => {
                    effects.answers.push((ticket, Answer::Sync(group.sync_classic(at, &sync))));
                }
            }
        });
        client.step = Step::Syncing(ticket);
    }

    fn synced(&mut self, client: &mut Client, result: Result<Bytes, ResponseError>) {
        match result {
            Err(ResponseError::RebalanceInProgress) => client.step = Step::Out,
            Err(error) => client.lose(error == ResponseError::UnknownMemberId),
            Ok(assignment) => {
                let before = std::mem::replace(&mut client.owned, read_assignment(&assignment).unwrap());
                let kept =
                    before.iter().all(|(topic, own)| client.owned.get(topic).is_some_and(|it| own.is_subset(it)));
                // Who gave something back joins again, so that others can have it.
                client.step = if kept || client.kind == Kind::Eager { Step::In } else { Step::Out };
            }
        }
    }

    fn heartbeat(&mut self, client: &mut Client) {
        let (_, heard) = self.with(|group, at, _, _| match group {
            Group::Classic(group) => group.heartbeat(at.now, client.claim()),
            Group::Consumer(group) => group.heartbeat_classic(at.now, client.claim()),
        });
        match heard {
            Ok(()) => {}
            Err(ResponseError::RebalanceInProgress) => self.join(client),
            Err(error) => client.lose(error == ResponseError::UnknownMemberId),
        }
    }

    fn beat(&mut self, client: &mut Client) {
        let id = self.topics.0["t"].0;
        let own = client.owned.get("t").filter(|own| !own.is_empty());
        let owned: Assignment = own.map(|own| (id, own.clone())).into_iter().collect();
        let beat = Heartbeat {
            member: client.id.clone(),
            epoch: client.generation.max(0),
            instance: client.instance.clone(),
            rebalance_timeout: Some(REBALANCE),
            names: Some(BTreeSet::from(["t".to_owned()])),
            owned: Some(owned),
            ..Heartbeat::default()
        };
        match self.with(|group, at, _, effects| group.beat(at, &beat, effects)).1 {
            Err(_) => client.lose(true),
            Ok(answer) => {
                client.generation = answer.epoch;
                let own = answer.assignment.map(|it| it.get(&id).cloned().unwrap_or_default());
                client.owned.extend(own.map(|own| ("t".to_owned(), own)));
                client.step = Step::In;
            }
        }
    }

    fn step(&mut self, client: &mut Client) {
        self.now += STEP;
        let now = self.now;
        self.with(|group, _, _, effects| group.tick(now, Timestamp(1), effects));
        match client.step {
            _ if client.kind == Kind::Consumer => self.beat(client),
            Step::Out => self.join(client),
            Step::In => self.heartbeat(client),
            Step::Joining(ticket) | Step::Syncing(ticket) => match self.answers.remove(&ticket) {
                None => {}
                Some(Answer::Join(joined)) => self.joined(client, &joined),
                Some(Answer::Sync(synced)) => self.synced(client, synced.map(|synced| synced.assignment)),
            },
        }
    }

    fn steps(&mut self, clients: &mut [Client], count: usize, seed: u64) {
        let mut numbers = Numbers(seed);
        for _ in 0..count {
            let at = numbers.below(clients.len());
            self.step(&mut clients[at]);
            assert!(disjoint(clients), "seed {seed}: a partition is held twice: {clients:?}\n{:?}", self.group);
        }
    }

    fn settle(&mut self, clients: &mut [Client]) {
        for round in 1..=30 {
            self.steps(clients, clients.len() * 5, round);
        }
        let sizes: Vec<usize> = clients.iter().map(Client::size).collect();
        let share = usize::try_from(PARTITIONS).unwrap() / clients.len();
        assert!(sizes.iter().all(|size| *size == share), "{sizes:?} {clients:?}\n{:?}", self.group);
        assert_eq!(self.group.state_name(), "Stable");
    }

    fn leave(&mut self, client: &Client) {
        let (_, left) = self.with(|group, at, _, effects| match group {
            Group::Classic(group) => {
                let left = group.leave(&client.id, None, effects);
                group.left(at.now, at.time, effects);
                left
            }
            Group::Consumer(_) if client.kind == Kind::Consumer => {
                let beat = Heartbeat { member: client.id.clone(), epoch: LEAVES, ..Heartbeat::default() };
                group.beat(at, &beat, effects).map(|_| ()).map_err(|(error, _)| error)
            }
            Group::Consumer(consumer) => {
                let left = consumer.take_out(&client.id, None, at.time);
                group.go_back(at.now, at.time, effects);
                left
            }
        });
        assert_eq!(left, Ok(()), "{client:?}");
    }

    /// A client is stopped and started anew with another protocol.
    fn roll(&mut self, client: &mut Client, kind: Kind, name: usize) {
        self.leave(client);
        *client = Client::new(kind, name);
    }
}

/// A leader's assignment: everyone gets as much. A cooperative one leaves out what another still holds.
fn lead(kind: Kind, joined: &Joined) -> BTreeMap<String, Bytes> {
    let said = joined.members.iter().map(|(id, _, metadata)| (id, Subscription::read(metadata).unwrap()));
    let said: Vec<(&String, Subscription)> = said.collect();
    let holder = |number: i32| {
        let holds = |it: &&(&String, Subscription)| it.1.owned.get("t").is_some_and(|own| own.contains(&number));
        said.iter().find(holds).map(|(id, _)| (*id).clone())
    };
    let mut given: BTreeMap<String, NamedPartitions> =
        said.iter().map(|(id, _)| ((*id).clone(), NamedPartitions::new())).collect();
    for number in 0..PARTITIONS {
        let (id, _) = &said[usize::try_from(number).unwrap() % said.len()];
        let is_free = holder(number).is_none_or(|holder| holder == **id);
        if kind == Kind::Eager || is_free {
            given.get_mut(*id).unwrap().entry("t".to_owned()).or_default().insert(number);
        }
    }
    given.into_iter().map(|(id, own)| (id, consumer_protocol::assignment(1, &own))).collect()
}

fn disjoint(clients: &[Client]) -> bool {
    let mut held = BTreeSet::new();
    clients.iter().flat_map(|client| client.owned.values().flatten()).all(|number| held.insert(*number))
}

fn clients(kind: Kind, count: usize) -> Vec<Client> {
    (0..count).map(|name| Client::new(kind, name)).collect()
}

fn there_and_back(kind: Kind, seed: u64) {
    let mut scene = Scene::new();
    let mut clients = clients(kind, 4);
    scene.settle(&mut clients);
    let mut numbers = Numbers(seed);
    for (to, type_name) in [(Kind::Consumer, "consumer"), (kind, "classic")] {
        for at in 0..clients.len() {
            scene.roll(&mut clients[at], to, at + 10 * usize::from(to == kind));
            // Sometimes the next one is rolled before the group has settled.
            scene.steps(&mut clients, numbers.below(60), seed + at as u64);
        }
        scene.settle(&mut clients);
        assert_eq!(scene.group.type_name(), type_name);
    }
}

#[test]
fn members_are_rolled_to_the_other_protocol_one_by_one_and_back() {
    for seed in 1..=100 {
        there_and_back(Kind::Eager, seed);
        there_and_back(Kind::Cooperative, seed);
    }
}

#[test]
fn a_settled_group_goes_over_without_fencing_anyone() {
    for kind in [Kind::Eager, Kind::Cooperative] {
        let mut scene = Scene::new();
        let mut clients = clients(kind, 3);
        scene.settle(&mut clients);
        clients.push(Client::new(Kind::Consumer, 9));
        scene.settle(&mut clients);
        assert_eq!(scene.group.type_name(), "consumer");
        let newcomer = clients.pop().unwrap();
        scene.leave(&newcomer);
        scene.settle(&mut clients);
        assert_eq!(scene.group.type_name(), "classic");
        assert_eq!(clients.iter().map(|client| client.fenced).collect::<Vec<_>>(), [0; 3]);
    }
}

#[test]
fn a_static_member_comes_back_with_the_other_protocol_and_gets_what_it_had() {
    let mut scene = Scene::new();
    let mut clients = clients(Kind::Eager, 2);
    clients[0].instance = Some("one".to_owned());
    scene.settle(&mut clients);
    let (had, generation) = (clients[0].owned.clone(), clients[1].generation);
    // One of the classic protocol does not say that it goes.
    clients[0] = Client { instance: clients[0].instance.clone(), ..Client::new(Kind::Consumer, 7) };
    scene.step(&mut clients[0]);
    assert_eq!((scene.group.type_name(), &clients[0].owned), ("consumer", &had));
    scene.settle(&mut clients);
    let had = clients[0].owned.clone();
    clients[0] = Client { instance: clients[0].instance.clone(), ..Client::new(Kind::Eager, 8) };
    let before = clients[1].generation;
    for _ in 0..4 {
        scene.step(&mut clients[0]);
    }
    assert_eq!((scene.group.type_name(), &clients[0].owned), ("classic", &had));
    scene.settle(&mut clients);
    assert_eq!((clients[1].generation, clients[1].fenced), (before, 0), "nobody else notices");
    assert!(before >= generation);
}

#[test]
fn a_group_of_another_kind_does_not_go_over() {
    let mut scene = Scene::new();
    let mut connect = Client::new(Kind::Eager, 0);
    for _ in 0..8 {
        scene.step(&mut connect);
    }
    let Group::Classic(group) = &mut scene.group else { panic!("{:?}", scene.group) };
    assert_eq!(group.state, State::Stable);
    group.protocol_type = Some("connect".to_owned());
    let mut newcomer = Client::new(Kind::Consumer, 1);
    scene.step(&mut newcomer);
    assert_eq!((scene.group.type_name(), newcomer.fenced), ("classic", 1));
}

#[test]
fn a_classic_member_that_is_called_and_does_not_come_is_thrown_out() {
    let mut scene = Scene::new();
    let mut clients = clients(Kind::Cooperative, 2);
    scene.settle(&mut clients);
    clients.push(Client::new(Kind::Consumer, 9));
    scene.step(&mut clients[2]);
    let (_, called) = scene.with(|group, at, _, _| match group {
        Group::Consumer(group) => group.heartbeat_classic(at.now, clients[0].claim()),
        Group::Classic(_) => Ok(()),
    });
    assert_eq!(called, Err(ResponseError::RebalanceInProgress));
    for _ in 0..3 {
        scene.now += REBALANCE / 2;
        scene.step(&mut clients[1]);
        scene.step(&mut clients[2]);
    }
    let Group::Consumer(group) = &scene.group else { panic!("{:?}", scene.group) };
    assert!(!group.members.contains_key(&clients[0].id));
    let [_, rest @ ..] = &mut clients[..] else { panic!() };
    scene.settle(rest);
}

#[test]
fn a_classic_member_that_asks_for_its_assignment_after_a_restart_gets_what_it_had() {
    let mut scene = Scene::new();
    let mut clients = clients(Kind::Cooperative, 1);
    scene.settle(&mut clients);
    clients.push(Client::new(Kind::Consumer, 9));
    scene.settle(&mut clients);
    let Group::Consumer(group) = &scene.group else { panic!("{:?}", scene.group) };
    let stored = ConsumerGroup { topics: BTreeMap::new(), ..group.clone() };
    scene.group = Group::Consumer(stored.restored(scene.now, Duration::from_secs(45)));
    let had = clients[0].owned.clone();
    let joined = Joined { error: None, ..Joined::refused(ResponseError::UnknownServerError, &clients[0].id) };
    scene.sync(&mut clients[0], &joined);
    scene.step(&mut clients[0]);
    assert_eq!((&clients[0].owned, clients[0].step), (&had, Step::In));
    scene.settle(&mut clients);
}

#[test]
fn a_commit_of_a_classic_member_counts_its_epoch_as_its_generation() {
    let mut scene = Scene::new();
    let mut clients = clients(Kind::Eager, 1);
    scene.settle(&mut clients);
    clients.push(Client::new(Kind::Consumer, 9));
    scene.settle(&mut clients);
    let Group::Consumer(group) = &scene.group else { panic!("{:?}", scene.group) };
    let old = &clients[0];
    assert_eq!(group.check_commit(&old.id, old.generation), Ok(()));
    assert_eq!(group.check_commit(&old.id, old.generation - 1), Err(ResponseError::IllegalGeneration));
    assert_eq!(group.check_commit("new-9", clients[1].generation - 1), Err(ResponseError::StaleMemberEpoch));
    let unknown = TopicId([9; 16]);
    assert!(!group.is_held("nobody", &unknown, 0));
}
