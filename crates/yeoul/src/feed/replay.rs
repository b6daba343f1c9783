//! Sends the sequence of a file to a topic, from behind what the topic holds already.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, anyhow};
use kafka_protocol::ResponseError;
use yeoul_base::Clock;
use yeoul_broker::client::{Client, ClientConfig, ClientError, FetchedRecord, NewTopic, Producer};
use yeoul_log::batch::BatchBuilder;

use super::emission::{Emission, Emissions, Kind, Shares};
use super::event_time::{event_time, find};
use super::lines::Lines;
use super::pace::Pace;
use crate::config::{Feed, Speed};
use crate::partitioner::partition;

/// The header that holds a record's place in the sequence, as decimal text.
pub const POSITION: &str = "yeoul.source-position";
/// A batch is sent when it is this large.
const BATCH_BYTES: usize = 256 << 10;
/// Lines that are due within this time are sent together.
const LINGER: Duration = Duration::from_millis(20);
/// How often a feed looks again at what the topic holds, after a batch whose fate isn't known.
const RESUMES_MAX: u32 = 5;
/// What comes before the topic's name in the transactional id of its feeds.
const TRANSACTIONAL_ID_PREFIX: &str = "yeoul-feed-";

/// One feed.
#[derive(Clone, Debug)]
pub struct Replay {
    /// The Kafka door.
    pub kafka: ClientConfig,
    /// The file.
    pub file: PathBuf,
    /// The topic.
    pub topic: String,
    /// The field with a line's event time.
    pub time: Option<String>,
    /// How fast.
    pub speed: Speed,
    /// The field with a record's key.
    pub key: Option<String>,
    /// What is mixed in.
    pub shares: Shares,
}

/// What a feed did.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Done {
    /// Records sent, duplicates and broken lines among them.
    pub sent: u64,
    /// Records that the topic held already.
    pub resumed_behind: u64,
    /// Duplicates among the sent.
    pub duplicates: u64,
    /// Broken lines among the sent.
    pub malformed: u64,
}

impl Replay {
    /// What `yeoul.toml` says, for a project in `folder` and the door at `kafka`.
    #[must_use]
    pub fn of(feed: &Feed, folder: &Path, kafka: ClientConfig) -> Replay {
        Replay {
            kafka,
            file: folder.join(&feed.file),
            topic: feed.topic.clone(),
            time: feed.time.clone(),
            speed: feed.speed,
            key: feed.key.clone(),
            shares: Shares { duplicates: feed.duplicates, malformed: feed.malformed, seed: feed.seed },
        }
    }

    /// Where it sends to.
    #[must_use]
    pub fn topic(&self) -> &str {
        &self.topic
    }

    /// Sends everything that the topic doesn't hold yet.
    ///
    /// # Errors
    /// A file that can't be read, a door that doesn't answer or refuses.
    pub async fn run(&self, clock: Arc<dyn Clock>) -> anyhow::Result<Done> {
        let mut done = Done::default();
        let mut pace = Pace::new(self.speed);
        for _ in 0..RESUMES_MAX {
            match self.run_once(&mut pace, &mut done, &*clock).await {
                Err(Stopped::Unsure(error)) => {
                    tracing::warn!(topic = self.topic, %error, "feed looks again at its topic")
                }
                Err(Stopped::Failed(error)) => return Err(self.explained(error)),
                Ok(()) => return Ok(done),
            }
        }
        Err(anyhow!("feed to topic `{}` lost its broker {RESUMES_MAX} times", self.topic))
    }

    async fn run_once(&self, pace: &mut Pace, done: &mut Done, clock: &dyn Clock) -> Result<(), Stopped> {
        let lines = Lines::open(&self.file).with_context(|| format!("can't read `{}`", self.file.display()))?;
        let config = ClientConfig { client_id: "yeoul-feed".into(), retries: 100, ..self.kafka.clone() };
        let mut client = Client::connect(config).await?;
        let partitions = self.partitions(&mut client).await?;
        // What a killed run sent last is there now, or never will be.
        let id = format!("{TRANSACTIONAL_ID_PREFIX}{}", self.topic);
        let mut producer = Producer::fencing(client, &id, &self.topic, partitions).await?;
        let held = self.held(producer.client(), partitions).await?;
        let mut sender = Sender::new(self, producer, partitions);
        done.resumed_behind = 0;
        for emission in Emissions::new(lines, self.shares) {
            let emission = emission.with_context(|| format!("can't read `{}`", self.file.display()))?;
            let key = self.key_of(&emission.line);
            let place = partition(key.as_deref(), emission.position, partitions);
            if held.get(place).copied().flatten().is_some_and(|last| emission.position <= last) {
                done.resumed_behind += 1;
                continue;
            }
            let time = self.time.as_deref().and_then(|field| event_time(&emission.line, field));
            let delay = pace.delay(time, clock.elapsed());
            if delay > LINGER {
                sender.flush(done).await?;
                tokio::time::sleep(delay).await;
            }
            sender.push(place, key.as_deref(), &emission, clock);
            if sender.bytes >= BATCH_BYTES {
                sender.flush(done).await?;
            }
        }
        sender.flush(done).await
    }

    fn key_of(&self, line: &[u8]) -> Option<Vec<u8>> {
        match find(line, self.key.as_deref()?)? {
            serde_json::Value::Null => None,
            serde_json::Value::String(text) => Some(text.into_bytes()),
            other => Some(other.to_string().into_bytes()),
        }
    }

    /// How many partitions the topic has; creates it if need be.
    async fn partitions(&self, client: &mut Client) -> Result<usize, Stopped> {
        if let Some(topic) = client.topic(&self.topic).await? {
            return Ok(topic.partitions.len());
        }
        let created = client.create_topic(&NewTopic::named(&self.topic)).await;
        match client.topic(&self.topic).await? {
            Some(topic) => Ok(topic.partitions.len()),
            None => created.map(|()| 1).map_err(Stopped::from),
        }
    }

    /// The place in the sequence of each partition's last record.
    async fn held(&self, client: &mut Client, partitions: usize) -> Result<Vec<Option<u64>>, Stopped> {
        let mut held = Vec::with_capacity(partitions);
        for partition in 0..i32::try_from(partitions).unwrap_or(i32::MAX) {
            let last = client.last_record(&self.topic, partition).await?;
            held.push(last.map(|record| self.position_of(&record)).transpose()?);
        }
        Ok(held)
    }

    fn position_of(&self, record: &FetchedRecord) -> Result<u64, Stopped> {
        let header = record.headers.iter().find(|(key, _)| key == POSITION.as_bytes());
        let text = header.and_then(|(_, value)| value.as_deref()).and_then(|value| std::str::from_utf8(value).ok());
        text.and_then(|text| text.parse().ok()).ok_or_else(|| {
            Stopped::Failed(anyhow!(
                "topic `{}` ends with a record that no feed sent (no header `{POSITION}`); feed another topic",
                self.topic
            ))
        })
    }
}

impl Replay {
    /// What a user lacks who may not feed.
    fn explained(&self, error: anyhow::Error) -> anyhow::Error {
        let lacks_a_right = matches!(
            error.downcast_ref(),
            Some(ClientError::Refused {
                error: ResponseError::TopicAuthorizationFailed
                    | ResponseError::TransactionalIdAuthorizationFailed
                    | ResponseError::ClusterAuthorizationFailed,
                ..
            })
        );
        if !lacks_a_right {
            return error;
        }
        let topic = &self.topic;
        error.context(format!(
            "a feed needs `Read`, `Write` and `Create` on topic `{topic}`, and `Write` on transactional id \
             `{TRANSACTIONAL_ID_PREFIX}{topic}`: `yeoul acl add --allow-principal User:NAME --producer --topic {topic} \
             --transactional-id {TRANSACTIONAL_ID_PREFIX}{topic}`, and `--operation Read --topic {topic}`"
        ))
    }

    fn stopped_by(&self, error: ClientError) -> Stopped {
        let fenced = |error| matches!(error, ResponseError::InvalidProducerEpoch | ResponseError::ProducerFenced);
        match error {
            ClientError::Refused { error, .. } if fenced(error) => Stopped::Failed(anyhow!(
                "another feed of topic `{}` has begun, and goes on behind this one; run one at a time",
                self.topic
            )),
            other => other.into(),
        }
    }
}

/// Collects records and sends them, one batch per partition at a time.
struct Sender<'a> {
    replay: &'a Replay,
    producer: Producer,
    batches: Vec<BatchBuilder>,
    bytes: usize,
    unsent: Done,
}

impl<'a> Sender<'a> {
    fn new(replay: &'a Replay, producer: Producer, partitions: usize) -> Sender<'a> {
        let batches = vec![BatchBuilder::new(); partitions.max(1)];
        Sender { replay, producer, batches, bytes: 0, unsent: Done::default() }
    }

    fn push(&mut self, place: usize, key: Option<&[u8]>, emission: &Emission, clock: &dyn Clock) {
        let Some(batch) = self.batches.get_mut(place) else { return };
        let position = emission.position.to_string();
        batch.push(key, Some(&emission.line), clock.now(), &[(POSITION, Some(position.as_bytes()))]);
        self.bytes += emission.line.len();
        self.unsent.sent += 1;
        self.unsent.duplicates += u64::from(emission.kind == Kind::Duplicate);
        self.unsent.malformed += u64::from(emission.kind == Kind::Malformed);
    }

    /// Sends what is collected; counts it when it is acknowledged.
    async fn flush(&mut self, done: &mut Done) -> Result<(), Stopped> {
        for (place, batch) in self.batches.iter_mut().enumerate() {
            let batch = std::mem::take(batch);
            if !batch.is_empty() {
                let place = i32::try_from(place).unwrap_or(i32::MAX);
                let sent = self.producer.send(&self.replay.topic, place, batch).await;
                sent.map_err(|error| self.replay.stopped_by(error))?;
            }
        }
        let unsent = std::mem::take(&mut self.unsent);
        self.bytes = 0;
        done.sent += unsent.sent;
        done.duplicates += unsent.duplicates;
        done.malformed += unsent.malformed;
        Ok(())
    }
}

/// Why a run ended early.
enum Stopped {
    /// Whether the last batch was stored isn't known: look at the topic.
    Unsure(ClientError),
    /// Going on makes no sense.
    Failed(anyhow::Error),
}

impl From<ClientError> for Stopped {
    fn from(error: ClientError) -> Stopped {
        if error.is_retriable() { Stopped::Unsure(error) } else { Stopped::Failed(error.into()) }
    }
}

impl From<anyhow::Error> for Stopped {
    fn from(error: anyhow::Error) -> Stopped {
        Stopped::Failed(error)
    }
}
