//! The queue in front of the writer: bounded in bytes, drained a group at a time.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::sync::Notify;
use yeoul_base::{JobName, Offset, Timestamp, TopicId};

use crate::batch::BatchHeader;
use crate::error::{
    AddPartitionsError, AlterTopicError, AppendError, CommitError, CreateTopicError, DeleteRecordsError,
    DeleteTopicError, Unavailable,
};
use crate::job::JobCommit;
use crate::log::{Appended, ProducerId};
use crate::partition::Partition;
use crate::pending::Reply;
use crate::table::{PutError, Row, rows_bytes};
use crate::topic::Topic;
use crate::topic_config::{ConfigChanges, TopicConfig};
use crate::transaction::{EndTransaction, ProducerState};
use crate::wal::{CommitRecord, ENTRY_HEADER, EndRecord};

/// What a topic's settings take at most, beside those that a change brings: each key once, with a value.
const ALTERED_BYTES: usize = 4096;

/// A validated batch.
pub(crate) struct Prepared {
    pub(crate) header: BatchHeader,
    pub(crate) bytes: Bytes,
    /// The time that the log put in, on a topic that is so.
    pub(crate) log_append_time: Option<Timestamp>,
}

/// What the writer is asked to do.
pub(crate) enum Request {
    Append {
        partition: Arc<Partition>,
        batches: Vec<Prepared>,
        reply: Reply<Result<Appended, AppendError>>,
    },
    Stage {
        id: u64,
        job: JobName,
        partition: Arc<Partition>,
        batch: Prepared,
    },
    Commit {
        commit: JobCommit,
        reply: Reply<Result<Vec<Appended>, CommitError>>,
    },
    Discard {
        job: JobName,
    },
    ForgetJob {
        job: JobName,
        reply: Reply<Result<(), Unavailable>>,
    },
    CreateTopic {
        name: String,
        partitions: i32,
        config: TopicConfig,
        reply: Reply<Result<Arc<Topic>, CreateTopicError>>,
    },
    DeleteTopic {
        id: TopicId,
        reply: Reply<Result<(), DeleteTopicError>>,
    },
    ProducerId {
        reply: Reply<Result<ProducerId, Unavailable>>,
    },
    AlterTopic {
        id: TopicId,
        changes: ConfigChanges,
        reply: Reply<Result<Arc<Topic>, AlterTopicError>>,
    },
    AddPartitions {
        id: TopicId,
        total: i32,
        reply: Reply<Result<Arc<Topic>, AddPartitionsError>>,
    },
    DeleteRecords {
        partition: Arc<Partition>,
        /// Nothing: all that is durable.
        before: Option<Offset>,
        reply: Reply<Result<Offset, DeleteRecordsError>>,
    },
    Trim {
        partition: Arc<Partition>,
        start: i64,
    },
    /// Rows of tables, all or none.
    Put {
        rows: Vec<Row>,
        reply: Reply<Result<(), PutError>>,
    },
    /// Goes on to the next file, if this one is still the active one and something is in it.
    Roll {
        file: u32,
    },
    EndTransaction {
        end: EndTransaction,
        /// The slots of its partitions.
        slots: Vec<u32>,
        reply: Reply<Result<(), PutError>>,
    },
    /// Forgets producers that were silent since a time of the log.
    ExpireProducers {
        before: i64,
    },
    Producers {
        partition: Arc<Partition>,
        reply: Reply<Result<Vec<ProducerState>, AppendError>>,
    },
    /// Nothing but to look around: an index checkpoint is wanted.
    Nudge,
}

impl Request {
    /// The most that the request takes in a group, in bytes.
    pub(crate) fn cost(&self) -> usize {
        let entry = ENTRY_HEADER + 8;
        match self {
            Request::Append { batches, .. } => batches.iter().map(|batch| entry + batch.bytes.len()).sum(),
            Request::Stage { batch, .. } => entry + batch.bytes.len(),
            Request::Commit { commit, .. } => {
                entry + CommitRecord::size(&commit.job, commit.staged.len(), commit.meta.len())
            }
            Request::CreateTopic { name, config, .. } => entry + 64 + name.len() + config.to_text().len(),
            Request::AlterTopic { changes, .. } => entry + ALTERED_BYTES + changes.bytes(),
            Request::ForgetJob { job, .. } => entry + job.0.len(),
            Request::Put { rows, .. } => entry + rows_bytes(rows),
            // Its markers are counted when it is known how many there are, see `State::cost_of_markers`.
            Request::EndTransaction { end, .. } => entry + EndRecord::size(0, rows_bytes(&end.rows)),
            Request::Discard { .. }
            | Request::Nudge
            | Request::Roll { .. }
            | Request::ExpireProducers { .. }
            | Request::Producers { .. } => 0,
            Request::DeleteTopic { .. }
            | Request::ProducerId { .. }
            | Request::Trim { .. }
            | Request::DeleteRecords { .. }
            | Request::AddPartitions { .. } => entry + 24,
        }
    }

    /// Whether room on the disk may come of it, and little is written for it.
    pub(crate) fn makes_room(&self) -> bool {
        match self {
            Request::Discard { .. }
            | Request::ForgetJob { .. }
            | Request::DeleteTopic { .. }
            | Request::Trim { .. }
            | Request::DeleteRecords { .. }
            // Shorter retention is the usual remedy of a full disk.
            | Request::AlterTopic { .. }
            | Request::Roll { .. }
            | Request::ExpireProducers { .. }
            | Request::Producers { .. }
            | Request::Nudge => true,
            Request::Append { .. }
            | Request::Stage { .. }
            | Request::Commit { .. }
            | Request::CreateTopic { .. }
            | Request::Put { .. }
            | Request::AddPartitions { .. }
            | Request::EndTransaction { .. }
            | Request::ProducerId { .. } => false,
        }
    }

    /// Whether it brings records of producers, which wait while the disk is nearly full.
    pub(crate) fn brings_records(&self) -> bool {
        matches!(self, Request::Append { .. } | Request::Stage { .. })
    }

    /// Answers that the log takes nothing.
    pub(crate) fn refuse(self, why: &Unavailable) {
        let why = why.clone();
        match self {
            Request::Append { reply, .. } => drop(reply.send(Err(why.into()))),
            Request::Commit { reply, .. } => drop(reply.send(Err(why.into()))),
            Request::ForgetJob { reply, .. } => drop(reply.send(Err(why))),
            Request::CreateTopic { reply, .. } => drop(reply.send(Err(why.into()))),
            Request::DeleteTopic { reply, .. } => drop(reply.send(Err(why.into()))),
            Request::ProducerId { reply } => drop(reply.send(Err(why))),
            Request::Put { reply, .. } => drop(reply.send(Err(why.into()))),
            Request::AlterTopic { reply, .. } => drop(reply.send(Err(why.into()))),
            Request::AddPartitions { reply, .. } => drop(reply.send(Err(why.into()))),
            Request::DeleteRecords { reply, .. } => drop(reply.send(Err(why.into()))),
            Request::EndTransaction { reply, .. } => drop(reply.send(Err(why.into()))),
            Request::Producers { reply, .. } => drop(reply.send(Err(why.into()))),
            Request::Stage { .. }
            | Request::ExpireProducers { .. }
            | Request::Discard { .. }
            | Request::Trim { .. }
            | Request::Roll { .. }
            | Request::Nudge => {}
        }
    }
}

#[derive(Default)]
struct Waiting {
    requests: VecDeque<Request>,
    closing: bool,
    /// Why nothing is taken any more.
    refused: Option<Unavailable>,
}

/// The queue.
#[derive(Default)]
pub(crate) struct Queue {
    waiting: Mutex<Waiting>,
    arrived: Condvar,
    drained: Condvar,
    drained_async: Notify,
    bytes: AtomicUsize,
}

/// What the writer got from the queue.
pub(crate) enum Taken {
    Group(Vec<Request>, usize),
    Nothing,
    Closed,
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Bytes that wait or are being written.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes.load(Ordering::Relaxed)
    }

    /// Puts a request in, or answers it if nothing is taken any more.
    pub(crate) fn push(&self, request: Request) {
        let cost = request.cost();
        let mut waiting = self.lock();
        if let Some(why) = &waiting.refused {
            request.refuse(why);
            return;
        }
        if waiting.closing {
            request.refuse(&Unavailable::closed());
            return;
        }
        self.bytes.fetch_add(cost, Ordering::Relaxed);
        waiting.requests.push_back(request);
        drop(waiting);
        self.arrived.notify_one();
    }

    /// Waits on this thread until at most so many bytes wait.
    pub(crate) fn wait_for_room(&self, bytes_max: usize) -> Result<(), Unavailable> {
        let mut waiting = self.lock();
        loop {
            if let Some(why) = &waiting.refused {
                return Err(why.clone());
            }
            if waiting.closing {
                return Err(Unavailable::closed());
            }
            if self.bytes() <= bytes_max {
                return Ok(());
            }
            waiting = self.drained.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Resolves when at most so many bytes wait, or nothing is taken any more.
    pub(crate) async fn room(&self, bytes_max: usize) {
        loop {
            let drained = self.drained_async.notified();
            let takes = {
                let waiting = self.lock();
                waiting.refused.is_none() && !waiting.closing
            };
            if !takes || self.bytes() <= bytes_max {
                return;
            }
            drained.await;
        }
    }

    /// Takes what fits into one group, at least one request; waits for it if asked to.
    pub(crate) fn take(&self, bytes_max: usize, wait: bool) -> Taken {
        let mut waiting = self.lock();
        while waiting.requests.is_empty() {
            if waiting.closing {
                return Taken::Closed;
            }
            if !wait {
                return Taken::Nothing;
            }
            waiting = self.arrived.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
        let mut taken = Vec::new();
        let mut bytes = 0;
        while let Some(request) = waiting.requests.front() {
            let cost = request.cost();
            if !taken.is_empty() && bytes + cost > bytes_max {
                break;
            }
            bytes += cost;
            taken.extend(waiting.requests.pop_front());
        }
        Taken::Group(taken, bytes)
    }

    /// Tells that a group is done with.
    pub(crate) fn done(&self, bytes: usize) {
        self.bytes.fetch_sub(bytes, Ordering::Relaxed);
        drop(self.lock());
        self.drained.notify_all();
        self.drained_async.notify_waiters();
    }

    /// Takes nothing any more; what is in is still drained.
    pub(crate) fn close(&self) {
        self.lock().closing = true;
        self.arrived.notify_all();
        self.drained.notify_all();
        self.drained_async.notify_waiters();
    }

    /// Refuses everything from now on, what waits too.
    pub(crate) fn refuse(&self, why: &Unavailable) {
        let requests = {
            let mut waiting = self.lock();
            waiting.refused = Some(why.clone());
            std::mem::take(&mut waiting.requests)
        };
        for request in requests {
            request.refuse(why);
        }
        self.drained.notify_all();
        self.drained_async.notify_waiters();
    }
}
