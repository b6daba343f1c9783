//! The shell around groups: finds them, serialises what is asked of each, wakes them when they are due, stores them, and
//! answers who waits.
//!
//! Whatever a group's state says is pushed to the log's queue under the group's lock, so that the log has the same order.
//! An answer that tells of stored state is sent once that state is durable.

use std::collections::{BTreeSet, HashMap};
use std::future::Future;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use kafka_protocol::ResponseError;
use tokio::sync::{Notify, oneshot};
use yeoul_base::TopicId;
use yeoul_log::{Log, Pending, PutError, Table};

use super::classic::{Answer, Claim, Effects, Joined, Synced};
use super::classic_join::{At, Join};
use super::classic_sync::Sync;
use super::config::GroupConfig;
use super::consumer_heartbeat::{self, Beat, Heartbeat, Moment, Refusal, Topics};
use super::group::Group;
use super::lag::Ages;
use super::member::Ticket;
use super::settings::GroupSetting;
use super::store;

/// How often it is looked whether retention overtakes a group.
const LAG_CHECK: Duration = Duration::from_secs(60);

/// All groups of the broker.
pub(crate) struct Coordinator {
    pub(crate) log: Log,
    pub(crate) config: GroupConfig,
    groups: Mutex<HashMap<String, Arc<Cell>>>,
    tickets: AtomicU64,
    /// When which group is due; a group may be in it earlier than it is.
    timers: Mutex<BTreeSet<(Duration, String)>>,
    /// Something is due earlier than before.
    earlier: Notify,
    pub(super) ages: Ages,
    /// Held while a group's settings are changed.
    pub(super) changing_settings: tokio::sync::Mutex<()>,
}

/// A group with its name.
pub(crate) struct Cell {
    pub(crate) name: String,
    inner: Mutex<Inner>,
}

/// A group, and who waits for it.
pub(crate) struct Inner {
    pub(crate) group: Group,
    waiting: HashMap<Ticket, oneshot::Sender<Answer>>,
    /// When the group is in the timers.
    armed: Option<Duration>,
    /// It was deleted: who holds it has to look for it again.
    pub(crate) gone: bool,
    /// Commits that are on their way to the disk.
    pub(crate) commits: Arc<AtomicUsize>,
}

impl Inner {
    fn new(group: Group) -> Inner {
        Inner { group, waiting: HashMap::new(), armed: None, gone: false, commits: Arc::default() }
    }

    /// Whether nothing is on its way that would bring an offset into being.
    pub(crate) fn is_quiet(&self) -> bool {
        self.commits.load(Ordering::Acquire) == 0
    }
}

/// A lock whose holder can't leave it half changed, so that poison does not matter.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Coordinator {
    /// The groups as they were stored. One that can't be read is logged and left alone; its offsets are there.
    pub(crate) fn load(log: Log, config: GroupConfig) -> Arc<Coordinator> {
        let coordinator = Coordinator {
            groups: Mutex::default(),
            tickets: AtomicU64::new(1),
            timers: Mutex::default(),
            earlier: Notify::new(),
            ages: Ages::default(),
            changing_settings: tokio::sync::Mutex::default(),
            log,
            config,
        };
        let now = coordinator.now();
        for (name, value) in coordinator.log.rows(Table::GROUPS) {
            let name = String::from_utf8_lossy(&name).into_owned();
            match store::read(&value, now, coordinator.member_time(&name, GroupSetting::Session)) {
                Err(error) => {
                    tracing::error!(group = name, %error, "a stored group can't be read; its members join anew")
                }
                Ok(group) => {
                    let cell = coordinator.insert(&name, group);
                    let mut inner = lock(&cell.inner);
                    coordinator.arm(&cell.name, &mut inner);
                }
            }
        }
        Arc::new(coordinator)
    }

    pub(crate) fn now(&self) -> Duration {
        self.log.clock().elapsed()
    }

    fn insert(&self, name: &str, group: Group) -> Arc<Cell> {
        let cell = Arc::new(Cell { name: name.to_owned(), inner: Mutex::new(Inner::new(group)) });
        lock(&self.groups).insert(name.to_owned(), Arc::clone(&cell));
        cell
    }

    /// A group; one of which there are offsets only is made on the way.
    fn find(&self, name: &str, create: bool) -> Option<Arc<Cell>> {
        if let Some(cell) = lock(&self.groups).get(name) {
            return Some(Arc::clone(cell));
        }
        let is_known = create || !self.log.all_committed_offsets(name).is_empty();
        let mut groups = lock(&self.groups);
        if let Some(cell) = groups.get(name) {
            return Some(Arc::clone(cell));
        }
        is_known.then(|| {
            let cell = Arc::new(Cell { name: name.to_owned(), inner: Mutex::new(Inner::new(Group::simple())) });
            groups.insert(name.to_owned(), Arc::clone(&cell));
            cell
        })
    }

    /// Does something with a group under its lock; nothing if there is no such group and none is to be made.
    pub(crate) fn with<R>(&self, name: &str, create: bool, act: impl FnOnce(&Cell, &mut Inner) -> R) -> Option<R> {
        loop {
            let cell = self.find(name, create)?;
            let mut inner = lock(&cell.inner);
            if inner.gone {
                continue;
            }
            let result = act(&cell, &mut inner);
            self.arm(name, &mut inner);
            return Some(result);
        }
    }

    /// The names of all groups, sorted.
    pub(crate) fn names(&self) -> Vec<String> {
        let known = lock(&self.groups).keys().cloned().collect::<BTreeSet<String>>();
        known.into_iter().chain(self.log.groups_with_offsets()).collect::<BTreeSet<String>>().into_iter().collect()
    }

    /// Takes a group out; the caller has pushed the rows that forget it.
    pub(crate) fn forget(&self, cell: &Cell, inner: &mut Inner) {
        inner.gone = true;
        lock(&self.groups).remove(&cell.name);
    }

    /// Sees to it that the group is woken when it is due.
    fn arm(&self, name: &str, inner: &mut Inner) {
        let Some(due) = inner.group.due() else { return };
        if inner.armed.is_none_or(|armed| due < armed) {
            inner.armed = Some(due);
            lock(&self.timers).insert((due, name.to_owned()));
            self.earlier.notify_one();
        }
    }

    /// Wakes groups when they are due, and expires offsets, until told to stop.
    pub(crate) async fn run(self: Arc<Self>, closed: impl Future<Output = ()>) {
        tokio::pin!(closed);
        let mut check_at = self.now() + self.config.offsets_check;
        let mut look_at = self.now() + LAG_CHECK;
        let mut said = HashMap::new();
        loop {
            let sweep = check_at.min(look_at);
            let next = lock(&self.timers).first().map_or(sweep, |(due, _)| sweep.min(*due));
            tokio::select! {
                () = tokio::time::sleep(next.saturating_sub(self.now())) => {}
                () = self.earlier.notified() => {}
                () = &mut closed => return,
            }
            self.wake_due();
            if self.now() >= check_at {
                check_at = self.now() + self.config.offsets_check;
                self.expire_offsets();
            }
            if self.now() >= look_at {
                look_at = self.now() + LAG_CHECK;
                self.warn_of_retention(&mut said);
            }
        }
    }

    fn wake_due(&self) {
        let now = self.now();
        loop {
            let name = {
                let mut timers = lock(&self.timers);
                match timers.first() {
                    Some((due, _)) if *due <= now => timers.pop_first().map(|(_, name)| name),
                    _ => None,
                }
            };
            let Some(name) = name else { return };
            let Some(cell) = lock(&self.groups).get(&name).cloned() else { continue };
            let mut inner = lock(&cell.inner);
            // Entries for later times that are left over from before wake it in vain, once each.
            inner.armed = None;
            let mut effects = Effects::default();
            inner.group.tick(now, self.log.time(), &mut effects);
            self.settle(&cell, &mut inner, effects);
            self.arm(&name, &mut inner);
        }
    }

    /// Stores the group if it is to be stored, and answers who waits; after the flush, if so.
    fn settle(&self, cell: &Cell, inner: &mut Inner, effects: Effects) {
        let stored = effects.store.then(|| self.log.put(vec![store::row(&cell.name, &inner.group)]));
        let mut answers = Vec::with_capacity(effects.answers.len());
        for (ticket, answer) in effects.answers {
            answers.extend(inner.waiting.remove(&ticket).map(|waiter| (waiter, answer)));
        }
        match stored {
            None => send(answers),
            Some(stored) => {
                let group = cell.name.clone();
                tokio::spawn(async move { send_when_stored(&group, stored, answers).await });
            }
        }
    }

    /// A caller who waits: what names it, and where its answer comes.
    fn ticket(&self) -> (Ticket, oneshot::Sender<Answer>, oneshot::Receiver<Answer>) {
        let (sender, receiver) = oneshot::channel();
        (Ticket(self.tickets.fetch_add(1, Ordering::Relaxed)), sender, receiver)
    }

    /// A member joins a group; resolves when the group has come together.
    pub(crate) async fn join(&self, name: &str, join: Join) -> Joined {
        let member = join.member.clone();
        let refused = |error| Joined::refused(error, &member);
        if name.is_empty() {
            return refused(ResponseError::InvalidGroupId);
        }
        if join.session_timeout < self.config.session_min || join.session_timeout > self.config.session_max {
            return refused(ResponseError::InvalidSessionTimeout);
        }
        let (ticket, sender, receiver) = self.ticket();
        let limits = self.config.join_limits();
        let began = self.with(name, join.member.is_empty(), |cell, inner| {
            let at = At { now: self.now(), time: self.log.time(), limits: &limits };
            let mut effects = Effects::default();
            match inner.group.as_classic() {
                Some(group) => group.join(at, join, ticket, &mut effects),
                None => self.join_classic(name, &mut inner.group, &join, ticket, &mut effects),
            }
            inner.waiting.insert(ticket, sender);
            self.settle(cell, inner, effects);
        });
        match began {
            None => refused(ResponseError::UnknownMemberId),
            Some(()) => match receiver.await {
                Ok(Answer::Join(joined)) => joined,
                _ => refused(ResponseError::CoordinatorNotAvailable),
            },
        }
    }

    /// A classic member joins a group of KIP-848's protocol, which may become a classic one by it.
    fn join_classic(&self, name: &str, group: &mut Group, join: &Join, ticket: Ticket, effects: &mut Effects) {
        let (limits, topics) = (self.consumer_limits(name), LogTopics::all(&self.log));
        let at = Moment { now: self.now(), time: self.log.time(), limits: &limits, topics: &topics };
        let joined = group.join_classic(at, join, effects);
        effects.answers.push((ticket, Answer::Join(joined)));
    }

    /// A member asks for its assignment; resolves when the leader has assigned.
    pub(crate) async fn sync(&self, name: &str, sync: Sync<'_>) -> Result<Synced, ResponseError> {
        let (ticket, sender, receiver) = self.ticket();
        let began = self.with(name, false, |cell, inner| {
            let mut effects = Effects::default();
            match &mut inner.group {
                Group::Classic(group) => group.sync(self.now(), sync, ticket, &mut effects),
                Group::Consumer(group) => {
                    let (limits, topics) = (self.consumer_limits(name), LogTopics::all(&self.log));
                    let at = Moment { now: self.now(), time: self.log.time(), limits: &limits, topics: &topics };
                    effects.answers.push((ticket, Answer::Sync(group.sync_classic(at, &sync))));
                }
            }
            inner.waiting.insert(ticket, sender);
            self.settle(cell, inner, effects);
        });
        began.ok_or(ResponseError::UnknownMemberId)?;
        match receiver.await {
            Ok(Answer::Sync(synced)) => synced,
            _ => Err(ResponseError::CoordinatorNotAvailable),
        }
    }

    /// A member of a classic group says that it lives.
    pub(crate) fn heartbeat(&self, name: &str, claim: Claim<'_>) -> Result<(), ResponseError> {
        if name.is_empty() {
            return Err(ResponseError::InvalidGroupId);
        }
        let heard = self.with(name, false, |_, inner| match &mut inner.group {
            Group::Classic(group) => group.heartbeat(self.now(), claim),
            Group::Consumer(group) => group.heartbeat_classic(self.now(), claim),
        });
        heard.unwrap_or(Err(ResponseError::UnknownMemberId))
    }

    /// Members leave, each by its id, its static name, or both. Those of a consumer group can be taken out so, too, as
    /// tools do.
    pub(crate) fn leave(&self, name: &str, members: &[(&str, Option<&str>)]) -> Vec<Result<(), ResponseError>> {
        let left = self.with(name, false, |cell, inner| {
            let mut effects = Effects::default();
            let results = match &mut inner.group {
                Group::Classic(group) => {
                    let leave = |(id, instance): &(&str, Option<&str>)| group.leave(id, *instance, &mut effects);
                    let results: Vec<_> = members.iter().map(leave).collect();
                    // One who is fenced, or was never here, takes nobody's partitions away.
                    if results.iter().any(Result::is_ok) {
                        group.left(self.now(), self.log.time(), &mut effects);
                    }
                    results
                }
                Group::Consumer(group) => {
                    effects.store = true;
                    let take_out =
                        |(id, instance): &(&str, Option<&str>)| group.take_out(id, *instance, self.log.time());
                    let results = members.iter().map(take_out).collect();
                    inner.group.go_back(self.now(), self.log.time(), &mut effects);
                    results
                }
            };
            self.settle(cell, inner, effects);
            results
        });
        left.unwrap_or_else(|| vec![Err(ResponseError::UnknownMemberId); members.len()])
    }

    /// The heartbeat of a consumer group's member, whose client may know of the topics that `may_see` says; answered when
    /// what it is told is stored.
    pub(crate) async fn consumer_heartbeat(
        &self,
        name: &str,
        beat: Heartbeat,
        may_see: &(dyn Fn(&str) -> bool + Send + std::marker::Sync),
    ) -> Result<Beat, Refusal> {
        if name.is_empty() {
            return Err((ResponseError::InvalidRequest, "`group_id` is empty"));
        }
        // Before a group is made, or missed, for what can't be.
        consumer_heartbeat::check(&beat)?;
        let limits = self.consumer_limits(name);
        let topics = LogTopics { log: &self.log, may_see };
        let done = self.with(name, beat.epoch == 0, |cell, inner| {
            let at = Moment { now: self.now(), time: self.log.time(), limits: &limits, topics: &topics };
            let mut effects = Effects::default();
            let beat = inner.group.beat(at, &beat, &mut effects)?;
            let stored = beat.store.then(|| self.log.put(vec![store::row(&cell.name, &inner.group)]));
            // What the heartbeat changed is stored by it; who waits in a group that has become another is answered.
            self.settle(cell, inner, Effects { store: false, ..effects });
            Ok((beat, stored))
        });
        let (beat, stored) = done.unwrap_or(Err((ResponseError::GroupIdNotFound, "there is no such group")))?;
        if let Some(stored) = stored
            && let Err(error) = stored.await
        {
            tracing::warn!(group = name, %error, "can't store a group");
            return Err((ResponseError::CoordinatorNotAvailable, "the group can't be stored"));
        }
        Ok(beat)
    }
}

fn send(answers: Vec<(oneshot::Sender<Answer>, Answer)>) {
    for (waiter, answer) in answers {
        // Who asked may have gone away.
        drop(waiter.send(answer));
    }
}

async fn send_when_stored(
    group: &str,
    stored: Pending<Result<(), PutError>>,
    answers: Vec<(oneshot::Sender<Answer>, Answer)>,
) {
    match stored.await {
        Ok(()) => send(answers),
        // Dropped unanswered, which their callers take for a coordinator that is not available.
        Err(error) => tracing::warn!(group, %error, "can't store a group"),
    }
}

/// The log's topics, as far as a client may know of them.
struct LogTopics<'a> {
    log: &'a Log,
    may_see: &'a (dyn Fn(&str) -> bool + Send + std::marker::Sync),
}

impl<'a> LogTopics<'a> {
    /// All of them: for who names topics, which is screened before.
    fn all(log: &'a Log) -> LogTopics<'a> {
        LogTopics { log, may_see: &|_| true }
    }
}

impl Topics for LogTopics<'_> {
    fn topic(&self, name: &str) -> Option<(TopicId, i32)> {
        self.log.topic(name).map(|topic| (topic.id, topic.partitions))
    }

    fn names(&self) -> Vec<String> {
        self.log.topics().iter().map(|topic| topic.name.clone()).collect()
    }

    fn may_see(&self, name: &str) -> bool {
        (self.may_see)(name)
    }
}
