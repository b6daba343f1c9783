//! Records on their way into topics: gathered into batches by partition, staged in the log (written ahead, invisible),
//! made visible by the checkpoint that names their tokens.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use yeoul_base::{JobName, PartitionId, Timestamp};
use yeoul_engine::sink::SinkError;
use yeoul_log::batch::{BatchBuilder, Compression};
use yeoul_log::{AppendError, CreateTopicError, Log, StageError, Topic, TopicConfig};

use crate::outputs::Outputs;

/// A batch is staged when it has this many bytes, before compression; less where the topic takes less.
const BATCH_BYTES: usize = 512 << 10;

/// A record to be written.
pub(crate) struct NewRecord<'a> {
    pub(crate) key: Option<&'a [u8]>,
    pub(crate) value: Option<&'a [u8]>,
    pub(crate) timestamp: Timestamp,
    pub(crate) headers: &'a [(&'a str, Option<&'a [u8]>)],
}

/// Writes records of one job into one topic.
pub(crate) struct Staging {
    log: Log,
    outputs: Arc<Outputs>,
    job: JobName,
    topic: Arc<Topic>,
    compression: Compression,
    open: BTreeMap<PartitionId, BatchBuilder>,
    tokens: Vec<Bytes>,
}

impl Staging {
    pub(crate) fn new(
        log: Log,
        outputs: Arc<Outputs>,
        job: &JobName,
        topic: Arc<Topic>,
        compression: Compression,
    ) -> Staging {
        Staging { log, outputs, job: job.clone(), topic, compression, open: BTreeMap::new(), tokens: Vec::new() }
    }

    /// The most that a record may have here, its batch's header included, in bytes.
    pub(crate) fn record_bytes_max(&self) -> usize {
        self.topic.config.max_message_bytes()
    }

    pub(crate) fn partitions(&self) -> i32 {
        self.topic.partitions
    }

    /// Takes a record; true if that ended a batch.
    pub(crate) fn push(&mut self, partition: PartitionId, record: &NewRecord<'_>) -> Result<bool, SinkError> {
        let limit = BATCH_BYTES.min(self.topic.config.max_message_bytes());
        let headers = record.headers.iter().map(|(name, value)| name.len() + value.map_or(0, <[u8]>::len));
        let bytes = record.key.map_or(0, <[u8]>::len) + record.value.map_or(0, <[u8]>::len) + headers.sum::<usize>();
        let open = self.open.get(&partition).map_or(0, BatchBuilder::bytes);
        // A record that would make the batch too large begins the next one.
        let mut ended = open > 0 && open + bytes >= limit;
        if ended {
            self.stage(partition)?;
        }
        let compression = self.compression;
        let batch = self.open.entry(partition).or_insert_with(|| BatchBuilder::new().compression(compression));
        batch.push(record.key, record.value, record.timestamp, record.headers);
        if batch.bytes() >= limit {
            self.stage(partition)?;
            ended = true;
        }
        Ok(ended)
    }

    fn stage(&mut self, partition: PartitionId) -> Result<(), SinkError> {
        let Some(batch) = self.open.remove(&partition).filter(|batch| !batch.is_empty()) else { return Ok(()) };
        let batch = batch.finish().map_err(|error| SinkError::Row(format!("topic `{}`: {error}", self.topic.name)))?;
        let staged = self.log.stage(&self.job, self.topic.id, partition, batch);
        let staged = staged.map_err(|error| sink_error(&self.topic.name, error))?;
        self.tokens.push(self.outputs.keep(&self.job, staged));
        Ok(())
    }

    /// Stages what is left; returns the tokens of everything since the last call.
    pub(crate) fn flush(&mut self) -> Result<Vec<Bytes>, SinkError> {
        let partitions: Vec<PartitionId> = self.open.keys().copied().collect();
        partitions.into_iter().try_for_each(|partition| self.stage(partition))?;
        Ok(std::mem::take(&mut self.tokens))
    }
}

fn sink_error(topic: &str, error: StageError) -> SinkError {
    match error {
        StageError::Append(error @ AppendError::TooLarge { .. }) => {
            SinkError::Row(format!("{error}; raise that setting of the topic, or make the row smaller"))
        }
        other => SinkError::Unwritable(format!("topic `{topic}`: {other}")),
    }
}

/// The topic of this name, created with these settings and the default number of partitions if there is none.
pub(crate) fn topic_or_new(log: &Log, name: &str, config: TopicConfig) -> Result<Arc<Topic>, CreateTopicError> {
    if let Some(topic) = log.topic(name) {
        return Ok(topic);
    }
    let partitions = log.config().default_partitions;
    match log.create_topic(name, partitions, config).wait() {
        // Another job, or a client, was faster.
        Err(CreateTopicError::Exists(_)) => log.topic(name).ok_or_else(|| CreateTopicError::Exists(name.to_owned())),
        created => created,
    }
}
