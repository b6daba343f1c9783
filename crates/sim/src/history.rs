//! What was asked of a log, what it answered, and what must therefore hold after any crash.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};

use thiserror::Error;
use yeoul_base::{JobName, Offset, PartitionId, TopicId};
use yeoul_log::batch::{batches, records};
use yeoul_log::{Log, ReadError};

use crate::transactions::Transactions;
use crate::world::TABLES;

/// A promise that was not kept.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum Violation {
    /// A topic whose creation was acknowledged is not there.
    #[error("topic {0} is lost")]
    TopicLost(TopicId),
    /// A topic whose deletion was acknowledged is there.
    #[error("topic {0} is back")]
    TopicBack(TopicId),
    /// A record that was acknowledged or read is not there, or is another.
    #[error("offset {offset} of partition {partition} should hold `{expected}` and holds {found:?}")]
    Record {
        /// Its partition.
        partition: PartitionId,
        /// Its offset.
        offset: i64,
        /// What was acknowledged.
        expected: String,
        /// What is there.
        found: Option<String>,
    },
    /// A record that nobody sent, or that is there twice, or that belongs to a checkpoint that is not committed.
    #[error("offset {offset} of partition {partition} holds `{found}`: {why}")]
    Strange {
        /// Its partition.
        partition: PartitionId,
        /// Its offset.
        offset: i64,
        /// What is there.
        found: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// Offsets are not dense.
    #[error("offset {found} of partition {partition} follows where {expected} should")]
    Gap {
        /// The partition.
        partition: PartitionId,
        /// The offset that comes next.
        expected: i64,
        /// The offset that is there.
        found: i64,
    },
    /// Records went that no retention let go.
    #[error("partition {partition} begins at {start} though nothing may be removed")]
    Removed {
        /// The partition.
        partition: PartitionId,
        /// Where it begins.
        start: i64,
    },
    /// A job's checkpoint is older than one acknowledged, or was never asked for.
    #[error("job {job} stands at {found:?}, and checkpoint {acknowledged:?} was acknowledged")]
    Checkpoint {
        /// The job.
        job: JobName,
        /// What is there.
        found: Option<u64>,
        /// The last that was acknowledged.
        acknowledged: Option<u64>,
    },
    /// Output of a committed checkpoint is not there.
    #[error("job {job} committed checkpoint {checkpoint}, and its output `{value}` is missing")]
    OutputLost {
        /// The job.
        job: JobName,
        /// The checkpoint.
        checkpoint: u64,
        /// The value.
        value: String,
    },
    /// A producer id was handed out twice.
    #[error("producer id {0} was handed out twice")]
    ProducerId(i64),
    /// An idempotent producer that did all right was refused.
    #[error("an idempotent producer was refused: {0}")]
    Refused(String),
    /// A row is older than one acknowledged, or was never put.
    #[error("row `{key}` holds {found:?}, and of what was put from the last that was acknowledged on are {allowed:?}")]
    Row {
        /// Its key.
        key: String,
        /// What is there; nothing if the row is not.
        found: Option<String>,
        /// What may be there.
        allowed: Vec<Option<String>>,
    },
    /// Of rows that were put together, some are there.
    #[error("row `{0}` was put into two tables at a time, and they differ")]
    RowTorn(String),
    /// A transaction is there in part, or against what was said of it.
    #[error("a transaction is torn: {0}")]
    Torn(String),
    /// What should be readable is not.
    #[error("a read failed: {0}")]
    Read(String),
}

/// Where a committed value goes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Output {
    /// The topic.
    pub topic: TopicId,
    /// The partition.
    pub partition: PartitionId,
    /// The value.
    pub value: String,
}

#[derive(Default)]
struct TopicHistory {
    partitions: i32,
    trimmed: bool,
    created: bool,
    delete_asked: bool,
    deleted: bool,
}

#[derive(Default)]
struct JobHistory {
    acknowledged: Option<u64>,
    commits: BTreeMap<u64, Vec<Output>>,
}

type Place = (TopicId, PartitionId);

/// See the module. Values are unique over the whole history.
#[derive(Default)]
pub struct History {
    topics: HashMap<TopicId, TopicHistory>,
    sent: HashMap<Place, HashSet<String>>,
    kept: HashMap<Place, BTreeMap<i64, String>>,
    jobs: HashMap<JobName, JobHistory>,
    producer_ids: BTreeSet<i64>,
    /// Per row, what it may hold: the last that was acknowledged or seen, and what was asked for since.
    rows: BTreeMap<String, VecDeque<Option<String>>>,
    /// What was sent in transactions.
    pub(crate) transactions: Transactions,
    acknowledgements: u64,
}

impl History {
    /// A topic was created, and acknowledged. `trimmed`: retention may remove records of it.
    pub fn created(&mut self, id: TopicId, partitions: i32, trimmed: bool) {
        let topic = TopicHistory { partitions, trimmed, created: true, ..TopicHistory::default() };
        self.topics.insert(id, topic);
        self.acknowledgements += 1;
    }

    /// A topic's deletion was asked for, or acknowledged.
    pub fn deleted(&mut self, id: TopicId, acknowledged: bool) {
        let topic = self.topics.entry(id).or_default();
        topic.delete_asked = true;
        topic.deleted |= acknowledged;
        self.acknowledgements += u64::from(acknowledged);
    }

    /// Values were sent, one record each.
    pub fn sent(&mut self, topic: TopicId, partition: PartitionId, values: &[String]) {
        self.sent.entry((topic, partition)).or_default().extend(values.iter().cloned());
    }

    /// Values were acknowledged, from an offset on.
    pub fn kept(&mut self, topic: TopicId, partition: PartitionId, base: Offset, values: &[String]) {
        let kept = self.kept.entry((topic, partition)).or_default();
        kept.extend((base.0..).zip(values.iter().cloned()));
        self.acknowledgements += 1;
    }

    /// A checkpoint was asked for.
    pub fn committing(&mut self, job: &JobName, checkpoint: u64, outputs: Vec<Output>) {
        self.jobs.entry(job.clone()).or_default().commits.insert(checkpoint, outputs);
    }

    /// A checkpoint was acknowledged.
    pub fn committed(&mut self, job: &JobName, checkpoint: u64) {
        self.jobs.entry(job.clone()).or_default().acknowledged = Some(checkpoint);
        self.acknowledgements += 1;
    }

    /// A producer id was handed out.
    ///
    /// # Errors
    /// [`Violation::ProducerId`].
    pub fn producer_id(&mut self, id: i64) -> Result<(), Violation> {
        self.acknowledgements += 1;
        if self.producer_ids.insert(id) { Ok(()) } else { Err(Violation::ProducerId(id)) }
    }

    /// A row was asked for; nothing removes it.
    pub fn putting(&mut self, key: &str, value: Option<String>) {
        self.rows.entry(key.to_owned()).or_insert_with(|| VecDeque::from([None])).push_back(value);
    }

    /// The row that was asked for last was acknowledged.
    pub fn put(&mut self, key: &str) {
        if let Some(allowed) = self.rows.get_mut(key) {
            allowed.drain(..allowed.len() - 1);
        }
        self.acknowledgements += 1;
    }

    /// The values that have been acknowledged or read.
    #[must_use]
    pub fn kept_count(&self) -> usize {
        self.kept.values().map(BTreeMap::len).sum()
    }

    /// How often something was acknowledged.
    #[must_use]
    pub fn acknowledgements(&self) -> u64 {
        self.acknowledgements
    }

    /// Compares a log that was just opened with the history, see [`check`](History::check). What was asked for and is not
    /// there was cut off, and must not come back.
    ///
    /// # Errors
    /// The first [`Violation`].
    pub fn check_opened(&mut self, log: &Log) -> Result<(), Violation> {
        self.check_jobs(log)?;
        for history in self.jobs.values_mut() {
            history.commits.retain(|&checkpoint, _| Some(checkpoint) <= history.acknowledged);
        }
        self.check_rows(log)?;
        self.rows.values_mut().for_each(|allowed| allowed.truncate(1));
        self.transactions.check_opened(log)?;
        self.check(log)
    }

    /// Compares a log with the history. What is visible in it must stay from now on.
    ///
    /// # Errors
    /// The first [`Violation`].
    pub fn check(&mut self, log: &Log) -> Result<(), Violation> {
        self.check_jobs(log)?;
        self.check_rows(log)?;
        let ids: Vec<TopicId> = self.topics.keys().copied().collect();
        let mut visible = HashSet::new();
        for id in ids {
            self.check_topic(log, id, &mut visible)?;
        }
        let keeps = |id| self.topics.get(&id).is_some_and(|topic| !topic.trimmed && !topic.delete_asked);
        self.transactions.check(log, keeps)?;
        self.check_outputs(log, &visible)
    }

    fn check_jobs(&mut self, log: &Log) -> Result<(), Violation> {
        for (job, history) in &mut self.jobs {
            let found = log.job_meta(job).map(|(checkpoint, _)| checkpoint);
            let asked = found.is_none_or(|checkpoint| history.commits.contains_key(&checkpoint));
            if found < history.acknowledged || !asked {
                return Err(Violation::Checkpoint { job: job.clone(), found, acknowledged: history.acknowledged });
            }
            history.acknowledged = found;
        }
        Ok(())
    }

    /// What is visible of a row must not go back.
    fn check_rows(&mut self, log: &Log) -> Result<(), Violation> {
        for (key, allowed) in &mut self.rows {
            let [found, twin] = TABLES.map(|table| log.row(table, key.as_bytes()));
            if found != twin {
                return Err(Violation::RowTorn(key.clone()));
            }
            let found = found.map(|value| String::from_utf8_lossy(&value).into_owned());
            let Some(index) = allowed.iter().position(|state| *state == found) else {
                return Err(Violation::Row { key: key.clone(), found, allowed: allowed.iter().cloned().collect() });
            };
            allowed.drain(..index);
        }
        Ok(())
    }

    fn check_topic(&mut self, log: &Log, id: TopicId, visible: &mut HashSet<String>) -> Result<(), Violation> {
        let Some(topic) = self.topics.get_mut(&id) else { return Ok(()) };
        match log.topic_by_id(id) {
            None if topic.created && !topic.delete_asked => return Err(Violation::TopicLost(id)),
            None => {
                // A deletion that was asked for has happened: it must stay so.
                topic.deleted = true;
                return Ok(());
            }
            Some(_) if topic.deleted => return Err(Violation::TopicBack(id)),
            Some(_) => {}
        }
        let (partitions, trimmed) = (topic.partitions, topic.trimmed);
        for number in 0..partitions {
            self.check_partition(log, (id, PartitionId(number)), trimmed, visible)?;
        }
        Ok(())
    }

    fn check_partition(
        &mut self,
        log: &Log,
        place: Place,
        trimmed: bool,
        visible: &mut HashSet<String>,
    ) -> Result<(), Violation> {
        let partition = place.1;
        let (start, found) = read_all(log, place)?;
        if start > 0 && !trimmed {
            return Err(Violation::Removed { partition, start });
        }
        let kept = self.kept.entry(place).or_default();
        for (&offset, expected) in kept.range(start..) {
            let there = found.get(&offset);
            if there != Some(expected) {
                let (expected, found) = (expected.clone(), there.cloned());
                return Err(Violation::Record { partition, offset, expected, found });
            }
        }
        let committed = committed_values(&self.jobs, place);
        let sent = self.sent.get(&place);
        for (&offset, value) in &found {
            let strange = |why| Violation::Strange { partition, offset, found: value.clone(), why };
            if !sent.is_some_and(|sent| sent.contains(value)) && !committed.contains(value.as_str()) {
                return Err(strange("nobody sent it, or it is not committed"));
            }
            if !visible.insert(value.clone()) {
                return Err(strange("it is there twice"));
            }
        }
        kept.extend(found);
        Ok(())
    }

    fn check_outputs(&self, log: &Log, visible: &HashSet<String>) -> Result<(), Violation> {
        for (job, history) in &self.jobs {
            let done = history.commits.range(..=history.acknowledged.unwrap_or(0));
            for (&checkpoint, output) in done.flat_map(|(number, outputs)| outputs.iter().map(move |it| (number, it))) {
                let kept = self.topics.get(&output.topic).is_none_or(|topic| !topic.trimmed && !topic.delete_asked);
                if kept && log.topic_by_id(output.topic).is_some() && !visible.contains(&output.value) {
                    return Err(Violation::OutputLost { job: job.clone(), checkpoint, value: output.value.clone() });
                }
            }
        }
        Ok(())
    }
}

/// The values of committed checkpoints for a partition.
fn committed_values(jobs: &HashMap<JobName, JobHistory>, place: Place) -> HashSet<&str> {
    let done = jobs.values().flat_map(|job| job.commits.range(..=job.acknowledged.unwrap_or(0)));
    let outputs = done.flat_map(|(_, outputs)| outputs);
    outputs.filter(|it| (it.topic, it.partition) == place).map(|it| it.value.as_str()).collect()
}

/// All records of a partition, by offset, and where it begins; checks that they are dense.
fn read_all(log: &Log, (topic, partition): Place) -> Result<(i64, BTreeMap<i64, String>), Violation> {
    let failed = |error: ReadError| Violation::Read(error.to_string());
    let Some(bounds) = log.bounds(topic, partition) else {
        return Err(Violation::Read("a partition is not there".to_owned()));
    };
    let start = bounds.log_start.0;
    let mut found = BTreeMap::new();
    let mut next = start;
    loop {
        let read = log.read(topic, partition, Offset(next), 8192).map_err(failed)?;
        if read.data.is_empty() {
            break;
        }
        for (header, batch) in read.data.iter().flat_map(|data| batches(data).flatten()) {
            // The first batch may begin before what is kept.
            if header.base_offset.0 != next && !(found.is_empty() && header.base_offset.0 <= start) {
                return Err(Violation::Gap { partition, expected: next, found: header.base_offset.0 });
            }
            let records = if header.is_control() { Vec::new() } else { values(batch)? };
            for value in records.into_iter().enumerate() {
                found.insert(header.base_offset.0 + value.0 as i64, value.1);
            }
            next = header.last_offset().0 + 1;
        }
    }
    if next == bounds.high_watermark.0 {
        Ok((start, found.split_off(&start)))
    } else {
        Err(Violation::Gap { partition, expected: bounds.high_watermark.0, found: next })
    }
}

pub(crate) fn values(batch: &[u8]) -> Result<Vec<String>, Violation> {
    let failed = |error| Violation::Read(format!("{error}"));
    let records = records(batch, 1 << 24).map_err(failed)?;
    let mut values = Vec::new();
    for record in &records {
        let record = record.map_err(failed)?;
        // The value's name comes before the filling that makes it long.
        let text = String::from_utf8_lossy(record.value.unwrap_or_default()).into_owned();
        values.push(text.split('.').next().unwrap_or_default().to_owned());
    }
    Ok(values)
}
