//! Fetch sessions (KIP-227): what a client fetches again and again is remembered, so that a request names only what
//! changed, and a response only what moved.
//!
//! - Epoch -1 ends a session and fetches without one; epoch 0 begins a new one with all that the request names; a later
//!   epoch, each one more than the last, changes the session and fetches all of it.
//! - A session is a cache: it may be gone at any time, and its client then begins a new one. There are at most
//!   [`SESSIONS_MAX`], with at most [`PARTITIONS_MAX`] partitions in sum; a new one takes the place of one that was not
//!   used for [`KEPT`], or the client does without.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use kafka_protocol::ResponseError;
use kafka_protocol::messages::fetch_request::{FetchPartition, FetchTopic};
use kafka_protocol::messages::{FetchRequest, TopicName};
use tokio::time::Instant;
use uuid::Uuid;

use super::fetch_frame::{PartitionFound, TopicFound};

/// The most sessions at a time (Kafka's `max.incremental.fetch.session.cache.slots`).
const SESSIONS_MAX: usize = 1000;
/// The most partitions of all sessions.
const PARTITIONS_MAX: usize = 200_000;
/// How long a session that is not used stays though others want its place (Kafka's two minutes).
const KEPT: Duration = Duration::from_secs(120);
/// The epoch that begins a session.
const INITIAL: i32 = 0;
/// The epoch that ends one.
const FINAL: i32 = -1;

/// A topic, by name or by id.
type Key = (Uuid, TopicName);

/// What is known of a partition that was answered: its bounds, and whether it had an error.
type Told = (i64, i64, bool);

#[derive(Debug)]
struct Entry {
    wish: FetchPartition,
    told: Option<Told>,
}

#[derive(Debug)]
struct Session {
    /// The epoch that comes next.
    next: i32,
    used: Instant,
    topics: BTreeMap<Key, BTreeMap<i32, Entry>>,
    /// Whether its topics are named by id.
    by_id: bool,
    /// The topic that is read first the next time, so that each has its turn where there is too much for one response.
    turn: Option<Key>,
}

/// All sessions.
#[derive(Debug, Default)]
pub(crate) struct Sessions(Mutex<Cache>);

#[derive(Debug, Default)]
struct Cache {
    sessions: HashMap<i32, Session>,
    /// Of all sessions.
    partitions: usize,
}

/// How a fetch stands to sessions.
pub(crate) enum Fetching {
    Without,
    /// It begins a session with these partitions.
    New {
        by_id: bool,
        topics: Vec<FetchTopic>,
    },
    /// It goes on with one.
    Next(i32),
}

impl Sessions {
    fn lock(&self) -> MutexGuard<'_, Cache> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks at a request's session, and puts all that is to be fetched into the request. A client that begins to name
    /// topics by id, or ceases to, needs a new session.
    pub(crate) fn begin(&self, by_id: bool, request: &mut FetchRequest) -> Result<Fetching, ResponseError> {
        let id = request.session_id;
        match request.session_epoch {
            FINAL => {
                self.lock().remove(id);
                Ok(Fetching::Without)
            }
            INITIAL => {
                self.lock().remove(id);
                Ok(Fetching::New { by_id, topics: request.topics.clone() })
            }
            epoch => {
                let cache = &mut *self.lock();
                let session = cache.sessions.get_mut(&id).ok_or(ResponseError::FetchSessionIdNotFound)?;
                if session.next != epoch {
                    return Err(ResponseError::InvalidFetchSessionEpoch);
                }
                if session.by_id != by_id {
                    return Err(ResponseError::FetchSessionTopicIdError);
                }
                session.next = after(epoch);
                session.used = Instant::now();
                let before = session.len();
                session.change(request);
                let after = session.len();
                cache.partitions = cache.partitions.saturating_sub(before) + after;
                if after > before && cache.partitions > PARTITIONS_MAX {
                    // The client begins anew, and does without if there is no place.
                    cache.remove(id);
                    return Err(ResponseError::FetchSessionIdNotFound);
                }
                request.topics = session.wishes();
                Ok(Fetching::Next(id))
            }
        }
    }

    /// Remembers what is answered, leaves out what the client knows, and gives the session's id; 0 without one.
    pub(crate) fn end(&self, fetching: Fetching, found: &mut Vec<TopicFound>) -> i32 {
        match fetching {
            Fetching::Without => 0,
            Fetching::New { by_id, topics } => self.add(by_id, &topics, found),
            Fetching::Next(id) => {
                if let Some(session) = self.lock().sessions.get_mut(&id) {
                    session.leave_out_known(found);
                }
                id
            }
        }
    }

    fn add(&self, by_id: bool, topics: &[FetchTopic], found: &[TopicFound]) -> i32 {
        let cache = &mut *self.lock();
        let count = topics.iter().map(|topic| topic.partitions.len()).sum::<usize>();
        if count == 0 || !cache.make_place(count) {
            return 0;
        }
        let mut session = Session { next: 1, used: Instant::now(), topics: BTreeMap::new(), by_id, turn: None };
        session.put(topics);
        for topic in found {
            topic.partitions.iter().for_each(|partition| session.tell(topic, partition));
        }
        let id = loop {
            // Not to be guessed, so that nobody goes on with another's session by mistake.
            let (high, _) = Uuid::new_v4().as_u64_pair();
            let id = i32::try_from(high >> 33).unwrap_or(0);
            if id > 0 && !cache.sessions.contains_key(&id) {
                break id;
            }
        };
        cache.partitions += session.len();
        cache.sessions.insert(id, session);
        id
    }
}

impl Cache {
    fn remove(&mut self, id: i32) {
        if let Some(session) = self.sessions.remove(&id) {
            self.partitions = self.partitions.saturating_sub(session.len());
        }
    }

    /// Makes place for a session of so many partitions, if there is.
    fn make_place(&mut self, count: usize) -> bool {
        while self.sessions.len() >= SESSIONS_MAX || self.partitions + count > PARTITIONS_MAX {
            let oldest = self.sessions.iter().min_by_key(|(_, session)| session.used);
            let Some((&id, _)) = oldest.filter(|(_, session)| session.used.elapsed() >= KEPT) else { return false };
            self.remove(id);
        }
        true
    }
}

/// The epoch behind one; after the greatest comes 1.
fn after(epoch: i32) -> i32 {
    epoch.checked_add(1).unwrap_or(1)
}

impl Session {
    fn len(&self) -> usize {
        self.topics.values().map(BTreeMap::len).sum()
    }

    /// Adds, changes and forgets what a request says.
    fn change(&mut self, request: &FetchRequest) {
        self.put(&request.topics);
        for forgotten in &request.forgotten_topics_data {
            let key = (forgotten.topic_id, forgotten.topic.clone());
            let Some(partitions) = self.topics.get_mut(&key) else { continue };
            forgotten.partitions.iter().for_each(|index| drop(partitions.remove(index)));
            if partitions.is_empty() {
                self.topics.remove(&key);
            }
        }
    }

    fn put(&mut self, topics: &[FetchTopic]) {
        for topic in topics.iter().filter(|topic| !topic.partitions.is_empty()) {
            let partitions = self.topics.entry((topic.topic_id, topic.topic.clone())).or_default();
            for wish in &topic.partitions {
                let told = partitions.get(&wish.partition).and_then(|entry| entry.told);
                partitions.insert(wish.partition, Entry { wish: wish.clone(), told });
            }
        }
    }

    /// All that is to be fetched, from the topic on whose turn it is.
    fn wishes(&mut self) -> Vec<FetchTopic> {
        let turn = self.turn.clone();
        let behind = self.topics.iter().filter(|(key, _)| turn.as_ref().is_none_or(|turn| *key >= turn));
        let before = self.topics.iter().filter(|(key, _)| turn.as_ref().is_some_and(|turn| *key < turn));
        let ordered: Vec<_> = behind.chain(before).collect();
        let wishes = ordered.iter().map(|((id, name), partitions)| {
            let wishes = partitions.values().map(|entry| entry.wish.clone()).collect();
            FetchTopic::default().with_topic(name.clone()).with_topic_id(*id).with_partitions(wishes)
        });
        let wishes = wishes.collect();
        let next = ordered.get(1).map(|(key, _)| (*key).clone());
        self.turn = next;
        wishes
    }

    fn tell(&mut self, topic: &TopicFound, partition: &PartitionFound) {
        let entry = self.topics.get_mut(&(topic.id, topic.name.clone()));
        if let Some(entry) = entry.and_then(|partitions| partitions.get_mut(&partition.index)) {
            entry.told = Some(told(partition));
        }
    }

    fn leave_out_known(&mut self, found: &mut Vec<TopicFound>) {
        for topic in found.iter_mut() {
            let Some(known) = self.topics.get_mut(&(topic.id, topic.name.clone())) else { continue };
            topic.partitions.retain(|partition| {
                let Some(entry) = known.get_mut(&partition.index) else { return true };
                let now = told(partition);
                let before = entry.told.replace(now);
                // An error is told until it is gone.
                partition.bytes() > 0 || partition.error.is_some() || before != Some(now)
            });
        }
        found.retain(|topic| !topic.partitions.is_empty());
    }
}

fn told(partition: &PartitionFound) -> Told {
    (partition.high_watermark.0, partition.log_start.0, partition.error.is_some())
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use kafka_protocol::messages::fetch_request::ForgottenTopic;
    use kafka_protocol::protocol::StrBytes;
    use yeoul_base::Offset;

    use super::*;

    fn name(name: &str) -> TopicName {
        TopicName(StrBytes::from_string(name.to_owned()))
    }

    fn wish(topic: &str, partition: i32, offset: i64) -> FetchTopic {
        let partition = FetchPartition::default().with_partition(partition).with_fetch_offset(offset);
        FetchTopic::default().with_topic(name(topic)).with_partitions(vec![partition])
    }

    fn request(id: i32, epoch: i32, topics: Vec<FetchTopic>) -> FetchRequest {
        FetchRequest::default().with_session_id(id).with_session_epoch(epoch).with_topics(topics)
    }

    /// Answers everything that is wished for, with records on one topic.
    fn answer(request: &FetchRequest, with_records: &str, end: i64) -> Vec<TopicFound> {
        let found = request.topics.iter().map(|topic| {
            let partitions = topic.partitions.iter().map(|wish| {
                let mut found = PartitionFound::empty(wish.partition, Offset(end), Offset(0));
                if topic.topic.as_str() == with_records {
                    found.records = vec![Bytes::from_static(b"records")];
                }
                found
            });
            TopicFound { name: topic.topic.clone(), id: topic.topic_id, partitions: partitions.collect() }
        });
        found.collect()
    }

    fn names(found: &[TopicFound]) -> Vec<&str> {
        found.iter().map(|topic| topic.name.as_str()).collect()
    }

    fn run(sessions: &Sessions, mut request: FetchRequest, with_records: &str, end: i64) -> (i32, Vec<TopicFound>) {
        let session = sessions.begin(false, &mut request).map_err(|error| format!("{error:?}")).unwrap();
        let mut found = answer(&request, with_records, end);
        (sessions.end(session, &mut found), found)
    }

    #[test]
    fn a_session_remembers_what_is_wished_for_and_tells_what_moved() {
        let sessions = Sessions::default();
        let (id, found) = run(&sessions, request(0, 0, vec![wish("a", 0, 5), wish("b", 0, 5)]), "", 5);
        assert!(id > 0);
        assert_eq!(names(&found), ["a", "b"]);
        let (same, found) = run(&sessions, request(id, 1, vec![]), "b", 5);
        assert_eq!((same, names(&found)), (id, vec!["b"]));
        let (_, found) = run(&sessions, request(id, 2, vec![]), "", 5);
        assert!(found.is_empty());
        let (_, found) = run(&sessions, request(id, 3, vec![wish("c", 1, 0)]), "", 5);
        assert_eq!(names(&found), ["c"], "it is new");
        let (_, found) = run(&sessions, request(id, 4, vec![]), "", 9);
        assert_eq!(found.len(), 3, "the high watermark moved");
        let forgotten = ForgottenTopic::default().with_topic(name("a")).with_partitions(vec![0]);
        let forgetting = request(id, 5, vec![]).with_forgotten_topics_data(vec![forgotten]);
        let (_, found) = run(&sessions, forgetting, "", 10);
        assert_eq!(found.len(), 2);
    }

    #[test]
    fn a_wrong_epoch_and_an_unknown_session_are_refused_by_their_codes() {
        let sessions = Sessions::default();
        let (id, _) = run(&sessions, request(0, 0, vec![wish("a", 0, 5)]), "", 5);
        let code = |id, epoch| sessions.begin(false, &mut request(id, epoch, vec![])).err();
        assert_eq!(code(id, 2), Some(ResponseError::InvalidFetchSessionEpoch));
        assert_eq!(code(id ^ 1, 1), Some(ResponseError::FetchSessionIdNotFound));
        let other_names = sessions.begin(true, &mut request(id, 1, vec![])).err();
        assert_eq!(other_names, Some(ResponseError::FetchSessionTopicIdError));
        assert!(matches!(sessions.begin(false, &mut request(id, -1, vec![])), Ok(Fetching::Without)));
        assert_eq!(code(id, 1), Some(ResponseError::FetchSessionIdNotFound), "it was ended");
    }

    #[test]
    fn there_are_no_more_sessions_than_may_be() {
        let sessions = Sessions::default();
        let begin = || run(&sessions, request(0, 0, vec![wish("a", 0, 5)]), "", 5).0;
        assert!((0..SESSIONS_MAX).all(|_| begin() > 0));
        assert_eq!(begin(), 0, "the client does without");
    }

    #[test]
    fn a_session_does_not_grow_beyond_what_all_may_have() {
        let sessions = Sessions::default();
        let (id, _) = run(&sessions, request(0, 0, vec![wish("a", 0, 5)]), "", 5);
        let many = |topic: &str, count: i32| {
            let partitions = (0..count).map(|index| FetchPartition::default().with_partition(index)).collect();
            vec![FetchTopic::default().with_topic(name(topic)).with_partitions(partitions)]
        };
        let most = i32::try_from(PARTITIONS_MAX).unwrap();
        run(&sessions, request(id, 1, many("b", most - 1)), "", 5);
        assert_eq!(sessions.lock().partitions, PARTITIONS_MAX);
        run(&sessions, request(id, 2, many("b", most - 1)), "", 5);
        let refused = sessions.begin(false, &mut request(id, 3, vec![wish("c", 0, 5)])).err();
        assert_eq!(refused, Some(ResponseError::FetchSessionIdNotFound));
        let left = sessions.lock().sessions.len();
        assert_eq!((sessions.lock().partitions, left), (0, 0), "its place is free");
        // What is named without a partition takes none, and what is forgotten gives its own back.
        let nothing = FetchTopic::default().with_topic(name("d"));
        let (id, _) = run(&sessions, request(0, 0, vec![wish("a", 0, 5), nothing]), "", 5);
        let forgotten = ForgottenTopic::default().with_topic(name("a")).with_partitions(vec![0, 0, 7]);
        run(&sessions, request(id, 1, vec![]).with_forgotten_topics_data(vec![forgotten]), "", 5);
        assert_eq!(sessions.lock().partitions, 0);
    }

    #[test]
    fn each_topic_has_its_turn_to_be_first() {
        let sessions = Sessions::default();
        let (id, _) = run(&sessions, request(0, 0, vec![wish("a", 0, 5), wish("b", 0, 5), wish("c", 0, 5)]), "", 5);
        let mut first = |epoch| {
            let mut request = request(id, epoch, vec![]);
            let _ = sessions.begin(false, &mut request);
            request.topics.first().map(|topic| topic.topic.to_string())
        };
        let firsts: Vec<_> = (1..5).filter_map(&mut first).collect();
        assert_eq!(firsts, ["a", "b", "c", "a"]);
    }
}
