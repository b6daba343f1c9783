//! The classic group by itself: scenes, and churn with invariants checked after each step.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use bytes::Bytes;
use kafka_protocol::ResponseError;
use yeoul_base::Timestamp;

use super::classic::{Answer, Claim, ClassicGroup, Effects, Joined, State, Synced};
use super::classic_join::{At, Join, JoinLimits};
use super::classic_sync::Sync;
use super::member::{ClientIdentity, Ticket};

const SESSION: Duration = Duration::from_secs(10);
const REBALANCE: Duration = Duration::from_secs(60);

/// A group, its clock, and what its callers were answered.
struct Scene {
    group: ClassicGroup,
    now: Duration,
    limits: JoinLimits,
    tickets: u64,
    answers: BTreeMap<Ticket, Answer>,
    stored: usize,
}

impl Scene {
    fn new() -> Scene {
        let limits = JoinLimits { initial_delay: Duration::ZERO, members_max: 1000 };
        let (group, now) = (ClassicGroup::default(), Duration::from_secs(1000));
        Scene { group, now, limits, tickets: 0, answers: BTreeMap::new(), stored: 0 }
    }

    fn take(&mut self, effects: Effects) {
        self.stored += usize::from(effects.store);
        for (ticket, answer) in effects.answers {
            assert!(self.answers.insert(ticket, answer).is_none(), "{ticket:?} is answered twice");
        }
        self.check();
    }

    fn check(&self) {
        let group = &self.group;
        let waits = group.members.values().any(|member| member.awaiting_join.is_some());
        assert!(!waits || group.state == State::Preparing, "who waits for a join waits in {:?}", group.state);
        let syncs = group.members.values().any(|member| member.awaiting_sync.is_some());
        assert!(!syncs || group.state == State::Completing, "who waits for a sync waits in {:?}", group.state);
        assert_eq!(group.state == State::Empty, group.members.is_empty(), "in {:?}", group.state);
        assert!(group.leader.as_ref().is_none_or(|leader| group.members.contains_key(leader)));
        assert_eq!(group.joining.is_some(), group.state == State::Preparing);
        for (instance, id) in &group.instances {
            assert_eq!(group.members[id].instance.as_ref(), Some(instance));
        }
        let named = group.members.values().filter(|member| member.instance.is_some()).count();
        assert_eq!(named, group.instances.len());
        assert!(group.unsynced.iter().all(|id| group.members.contains_key(id)));
    }

    fn asking(&self, member: &str) -> Join {
        Join {
            member: member.to_owned(),
            instance: None,
            client: ClientIdentity { id: "client".to_owned(), host: "/127.0.0.1".to_owned() },
            session_timeout: SESSION,
            rebalance_timeout: REBALANCE,
            protocol_type: "consumer".to_owned(),
            protocols: vec![("range".to_owned(), Bytes::from_static(b"topics"))],
            fresh: self.tickets.to_string(),
            wants_id_first: true,
            can_skip_assignment: true,
        }
    }

    fn join_as(&mut self, join: Join) -> Ticket {
        self.tickets += 1;
        let ticket = Ticket(self.tickets);
        let mut effects = Effects::default();
        let at = At { now: self.now, time: Timestamp(0), limits: &self.limits };
        self.group.join(at, join, ticket, &mut effects);
        self.take(effects);
        ticket
    }

    /// Joins as a client does: with an empty id, and then with the one that it is told to use.
    fn join_new(&mut self) -> (String, Ticket) {
        let ticket = self.join_as(self.asking(""));
        let told = self.joined(ticket);
        assert_eq!(told.error, Some(ResponseError::MemberIdRequired));
        let ticket = self.join_as(self.asking(&told.member_id));
        (told.member_id, ticket)
    }

    fn static_join(&mut self, instance: &str) -> Ticket {
        self.join_as(Join { instance: Some(instance.to_owned()), ..self.asking("") })
    }

    fn joined(&mut self, ticket: Ticket) -> Joined {
        match self.answers.remove(&ticket) {
            Some(Answer::Join(joined)) => joined,
            other => panic!("{ticket:?} should be answered with a join, not {other:?}"),
        }
    }

    fn sync(&mut self, member: &str, generation: i32, assignments: &[(&str, &'static str)]) -> Ticket {
        self.tickets += 1;
        let ticket = Ticket(self.tickets);
        let assignments =
            assignments.iter().map(|(id, bytes)| ((*id).to_owned(), Bytes::from_static(bytes.as_bytes())));
        let claim = Claim { member, instance: None, generation };
        let sync = Sync { claim, protocol_type: None, protocol: None, assignments: assignments.collect() };
        let mut effects = Effects::default();
        self.group.sync(self.now, sync, ticket, &mut effects);
        self.take(effects);
        ticket
    }

    fn synced(&mut self, ticket: Ticket) -> Result<Bytes, ResponseError> {
        match self.answers.remove(&ticket) {
            Some(Answer::Sync(synced)) => synced.map(|Synced { assignment, .. }| assignment),
            other => panic!("{ticket:?} should be answered with an assignment, not {other:?}"),
        }
    }

    fn heartbeat(&mut self, member: &str, generation: i32) -> Result<(), ResponseError> {
        self.group.heartbeat(self.now, Claim { member, instance: None, generation })
    }

    fn pass(&mut self, time: Duration) {
        self.now += time;
        let mut effects = Effects::default();
        self.group.tick(self.now, Timestamp(0), &mut effects);
        self.take(effects);
    }

    fn leave(&mut self, member: &str) -> Result<(), ResponseError> {
        let mut effects = Effects::default();
        let left = self.group.leave(member, None, &mut effects);
        self.group.left(self.now, Timestamp(0), &mut effects);
        self.take(effects);
        left
    }

    /// Two members in a stable generation, the leader first.
    fn stable_pair(&mut self) -> (String, String, i32) {
        let (one, ticket) = self.join_new();
        self.joined(ticket);
        let (two, waiting) = self.join_new();
        assert_eq!(self.heartbeat(&one, 1), Err(ResponseError::RebalanceInProgress));
        let again = self.join_as(self.asking(&one));
        let (first, second) = (self.joined(again), self.joined(waiting));
        assert_eq!((first.members.len(), second.members.len()), (2, 0));
        assert_eq!((first.leader.as_str(), first.generation), (one.as_str(), second.generation));
        let follower = self.sync(&two, first.generation, &[]);
        assert!(!self.answers.contains_key(&follower), "it waits for the leader");
        let leader = self.sync(&one, first.generation, &[(&one, "a"), (&two, "b")]);
        assert_eq!(self.synced(leader).unwrap(), "a");
        assert_eq!(self.synced(follower).unwrap(), "b");
        (one, two, first.generation)
    }
}

#[test]
fn two_members_come_together_and_get_what_the_leader_assigns() {
    let mut scene = Scene::new();
    let (one, two, generation) = scene.stable_pair();
    assert_eq!(scene.group.state, State::Stable);
    assert!(scene.stored > 0, "the assignment is stored");
    assert_eq!(scene.heartbeat(&one, generation), Ok(()));
    assert_eq!(scene.heartbeat(&two, generation - 1), Err(ResponseError::IllegalGeneration));
    assert_eq!(scene.heartbeat("nobody", generation), Err(ResponseError::UnknownMemberId));
}

#[test]
fn a_lost_answer_to_a_join_is_given_again_without_a_rebalance() {
    let mut scene = Scene::new();
    let (_, two, generation) = scene.stable_pair();
    let again = scene.join_as(scene.asking(&two));
    assert_eq!(scene.joined(again).generation, generation);
    assert_eq!(scene.group.state, State::Stable);
}

#[test]
fn a_silent_member_is_taken_out_and_its_commits_are_refused() {
    let mut scene = Scene::new();
    let (one, two, generation) = scene.stable_pair();
    scene.pass(SESSION / 2);
    assert_eq!(scene.heartbeat(&one, generation), Ok(()));
    scene.pass(SESSION / 2);
    assert_eq!(scene.heartbeat(&one, generation), Err(ResponseError::RebalanceInProgress));
    let commit = |scene: &mut Scene, member: &str| {
        let claim = Claim { member, instance: None, generation };
        scene.group.check_commit(scene.now, claim, false)
    };
    assert_eq!(commit(&mut scene, &two), Err(ResponseError::UnknownMemberId));
    assert_eq!(commit(&mut scene, &one), Ok(()), "what was read before the rebalance may still be committed");
    let again = scene.join_as(scene.asking(&one));
    assert_eq!(scene.joined(again).generation, generation + 1);
    assert_eq!(commit(&mut scene, &one), Err(ResponseError::IllegalGeneration));
}

#[test]
fn a_member_that_does_not_rejoin_is_left_behind_when_the_time_is_over() {
    let mut scene = Scene::new();
    let (one, two, generation) = scene.stable_pair();
    let (_, waiting) = scene.join_new();
    let again = scene.join_as(scene.asking(&one));
    for _ in 0..REBALANCE.as_secs() {
        // It is alive, but does not join.
        let _ = scene.heartbeat(&two, generation);
        scene.pass(Duration::from_secs(1));
    }
    assert_eq!(scene.joined(again).members.len(), 2);
    assert_eq!(scene.joined(waiting).generation, generation + 1);
    assert_eq!(scene.heartbeat(&two, generation), Err(ResponseError::UnknownMemberId));
}

#[test]
fn the_first_rebalance_waits_while_members_keep_coming() {
    let mut scene = Scene::new();
    scene.limits.initial_delay = Duration::from_secs(3);
    let (_, first) = scene.join_new();
    scene.pass(Duration::from_secs(2));
    let (_, second) = scene.join_new();
    scene.pass(Duration::from_secs(1));
    assert!(scene.answers.is_empty(), "a member came, so it waits once more");
    scene.pass(Duration::from_secs(3));
    assert_eq!((scene.joined(first).generation, scene.joined(second).generation), (1, 1));
}

#[test]
fn a_static_member_comes_back_without_a_rebalance_and_its_zombie_is_fenced() {
    let mut scene = Scene::new();
    let ticket = scene.static_join("a");
    let first = scene.joined(ticket);
    let synced = scene.sync_static(&first, "a");
    assert_eq!(scene.synced(synced).unwrap(), "mine");
    let back = scene.static_join("a");
    let back = scene.joined(back);
    assert_eq!((back.error, back.generation, back.skip_assignment), (None, first.generation, true));
    assert_ne!(back.member_id, first.member_id);
    assert_eq!(scene.group.state, State::Stable);
    let claim = Claim { member: &first.member_id, instance: Some("a"), generation: first.generation };
    assert_eq!(scene.group.heartbeat(scene.now, claim), Err(ResponseError::FencedInstanceId));
    assert_eq!(scene.group.check_commit(scene.now, claim, false), Err(ResponseError::FencedInstanceId));
    let synced = scene.sync_static(&back, "a");
    assert_eq!(scene.synced(synced).unwrap(), "mine", "its assignment stands");
}

impl Scene {
    fn sync_static(&mut self, joined: &Joined, instance: &str) -> Ticket {
        self.tickets += 1;
        let ticket = Ticket(self.tickets);
        let claim = Claim { member: &joined.member_id, instance: Some(instance), generation: joined.generation };
        let assignments = BTreeMap::from([(joined.member_id.clone(), Bytes::from_static(b"mine"))]);
        let mut effects = Effects::default();
        let sync = Sync { claim, protocol_type: Some("consumer"), protocol: Some("range"), assignments };
        self.group.sync(self.now, sync, ticket, &mut effects);
        self.take(effects);
        ticket
    }
}

#[test]
fn a_member_that_speaks_no_common_protocol_is_refused() {
    let mut scene = Scene::new();
    scene.stable_pair();
    let mut other = scene.asking("");
    other.protocols = vec![("sticky".to_owned(), Bytes::new())];
    let ticket = scene.join_as(other);
    assert_eq!(scene.joined(ticket).error, Some(ResponseError::InconsistentGroupProtocol));
    let mut connect = scene.asking("");
    connect.protocol_type = "connect".to_owned();
    let ticket = scene.join_as(connect);
    assert_eq!(scene.joined(ticket).error, Some(ResponseError::InconsistentGroupProtocol));
}

#[test]
fn the_protocol_that_most_prefer_is_chosen_among_those_that_all_know() {
    let mut scene = Scene::new();
    scene.limits.initial_delay = Duration::from_secs(1);
    let protocols = |names: &[&str]| names.iter().map(|name| ((*name).to_owned(), Bytes::new())).collect();
    let wishes: [&[&str]; 3] = [&["cooperative", "range", "sticky"], &["range", "sticky"], &["sticky", "range"]];
    for names in wishes {
        let join = Join { protocols: protocols(names), wants_id_first: false, ..scene.asking("") };
        scene.join_as(join);
    }
    scene.pass(Duration::from_secs(1));
    scene.pass(Duration::from_secs(1));
    assert_eq!(scene.group.protocol.as_deref(), Some("range"));
}

#[test]
fn a_group_whose_members_all_left_is_empty_and_says_since_when() {
    let mut scene = Scene::new();
    let (one, two, _) = scene.stable_pair();
    assert_eq!(scene.leave(&one), Ok(()));
    assert_eq!(scene.leave(&two), Ok(()));
    assert_eq!((scene.group.state, scene.group.empty_since), (State::Empty, Some(Timestamp(0))));
    let simple = Claim { member: "", instance: None, generation: -1 };
    assert_eq!(scene.group.check_commit(scene.now, simple, false), Ok(()));
}

#[test]
fn a_group_that_is_full_takes_nobody_in() {
    let mut scene = Scene::new();
    scene.limits.members_max = 2;
    scene.stable_pair();
    let ticket = scene.join_as(scene.asking(""));
    assert_eq!(scene.joined(ticket).error, Some(ResponseError::GroupMaxSizeReached));
}

/// A small generator of numbers (xorshift), so that a failure can be repeated.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }
}

/// What one client of the churn believes.
#[derive(Clone, Default)]
struct Believer {
    id: String,
    instance: Option<String>,
    generation: i32,
    leads: bool,
    members: Vec<String>,
    waits: Option<Ticket>,
}

/// Clients that join, sync, fall silent, leave and come back, as far as their answers let them.
struct Churn {
    scene: Scene,
    numbers: Numbers,
    clients: Vec<Believer>,
    generations: BTreeSet<i32>,
}

impl Churn {
    fn step(&mut self) {
        let at = self.numbers.below(self.clients.len());
        let before = self.scene.group.generation;
        self.hear(at);
        match self.numbers.below(12) {
            0..4 => self.join(at),
            4..7 => self.sync(at),
            7..9 => {
                let client = self.clients[at].clone();
                let claim =
                    Claim { member: &client.id, instance: client.instance.as_deref(), generation: client.generation };
                let _ = self.scene.group.heartbeat(self.scene.now, claim);
            }
            9 => {
                let id = std::mem::take(&mut self.clients[at].id);
                let _ = self.scene.leave(&id);
                self.clients[at].waits = None;
            }
            _ => {
                let millis = self.numbers.below(4000) as u64;
                self.scene.pass(Duration::from_millis(millis));
            }
        }
        assert!(self.scene.group.generation >= before, "a generation went back");
        self.generations.insert(self.scene.group.generation);
    }

    /// Takes in what a client was answered meanwhile.
    fn hear(&mut self, at: usize) {
        let Some(ticket) = self.clients[at].waits else { return };
        let Some(answer) = self.scene.answers.remove(&ticket) else { return };
        let client = &mut self.clients[at];
        client.waits = None;
        match answer {
            Answer::Join(joined) => {
                client.id = if joined.error == Some(ResponseError::UnknownMemberId) {
                    String::new()
                } else {
                    joined.member_id.clone()
                };
                client.generation = joined.generation;
                client.leads = joined.leader == joined.member_id && joined.error.is_none();
                client.members = joined.members.into_iter().map(|(id, ..)| id).collect();
            }
            Answer::Sync(Err(ResponseError::UnknownMemberId)) => client.id.clear(),
            Answer::Sync(_) => {}
        }
    }

    fn join(&mut self, at: usize) {
        let client = self.clients[at].clone();
        let topics = Bytes::from(vec![self.numbers.below(2) as u8]);
        let join = Join {
            instance: client.instance,
            protocols: vec![("range".to_owned(), topics)],
            wants_id_first: self.numbers.below(2) == 0,
            ..self.scene.asking(&client.id)
        };
        self.clients[at].waits = Some(self.scene.join_as(join));
    }

    fn sync(&mut self, at: usize) {
        let client = self.clients[at].clone();
        let assignments = client.members.iter().map(|id| (id.clone(), Bytes::from(id.clone().into_bytes())));
        let assignments = if client.leads { assignments.collect() } else { BTreeMap::new() };
        let claim = Claim { member: &client.id, instance: client.instance.as_deref(), generation: client.generation };
        self.scene.tickets += 1;
        let ticket = Ticket(self.scene.tickets);
        let mut effects = Effects::default();
        let sync = Sync { claim, protocol_type: None, protocol: None, assignments };
        self.scene.group.sync(self.scene.now, sync, ticket, &mut effects);
        self.scene.take(effects);
        self.clients[at].waits = Some(ticket);
    }
}

#[test]
fn churn_keeps_the_invariants_over_a_thousand_rebalances() {
    for seed in 1..=10 {
        let mut clients = vec![Believer::default(); 7];
        clients[0].instance = Some("static-0".to_owned());
        clients[1].instance = Some("static-1".to_owned());
        let mut churn = Churn { scene: Scene::new(), numbers: Numbers(seed), clients, generations: BTreeSet::new() };
        churn.scene.limits.initial_delay = Duration::from_millis(500);
        let mut steps = 0;
        while churn.generations.len() < 1000 {
            churn.step();
            steps += 1;
            assert!(steps < 1_000_000, "the group came to a standstill in generation {}", churn.scene.group.generation);
        }
        // Nobody waits for ever: with everyone silent, all are answered and the group is empty in the end.
        churn.scene.pass(Duration::from_secs(1));
        for _ in 0..20 {
            churn.scene.pass(Duration::from_secs(120));
        }
        assert_eq!(churn.scene.group.state, State::Empty, "seed {seed}");
        assert!(churn.scene.group.is_empty());
    }
}
