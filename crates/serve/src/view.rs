//! One served table: the rows that the last checkpoint made visible, and the changes that led there.
//!
//! Invariants: content changes in one step per checkpoint, under one lock, so no reader sees half of it (C2); a reader
//! takes a [`Snapshot`] and works on that, so it holds the lock only while rows are decoded; equal snapshots are
//! shared by all readers for as long as one of them is in use.

use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard, Weak};

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use arrow::error::ArrowError;
use tokio::sync::watch;
use yeoul_base::{JobName, Timestamp};
use yeoul_engine::plan::ViewSpec;

use crate::change::{Change, ChangeId};
use crate::feed::{Feed, Lost};
use crate::row_codec::RowCodec;
use crate::table::{Deltas, Table};

/// Rows are decoded so many at a time.
const BATCH_ROWS: usize = 8192;

/// A served table. Shared between the sink that changes it and its readers.
pub(crate) struct View {
    pub(crate) job: JobName,
    pub(crate) spec: ViewSpec,
    pub(crate) codec: RowCodec,
    content: RwLock<Content>,
    shown: watch::Sender<ChangeId>,
    cached: Mutex<Weak<Snapshot>>,
}

/// What readers may see.
#[derive(Default)]
struct Content {
    table: Table,
    feed: Feed,
    at: ChangeId,
    committed_at: Option<Timestamp>,
}

/// All rows of a view at one moment.
pub(crate) struct Snapshot {
    /// The rows, decoded.
    pub(crate) batches: Vec<RecordBatch>,
    /// How many there are.
    pub(crate) rows: usize,
    /// The last change that they include.
    pub(crate) at: ChangeId,
    /// When that became visible.
    pub(crate) committed_at: Option<Timestamp>,
}

/// A view's figures.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ViewFigures {
    pub(crate) rows: u64,
    /// In memory, of rows and kept changes.
    pub(crate) bytes: usize,
    pub(crate) at: ChangeId,
    pub(crate) committed_at: Option<Timestamp>,
}

/// What one checkpoint does to a view.
#[derive(Debug)]
pub(crate) struct Generation {
    pub(crate) sequence: u64,
    pub(crate) deltas: Deltas,
}

impl View {
    pub(crate) fn new(job: JobName, spec: ViewSpec) -> Result<View, ArrowError> {
        let codec = RowCodec::new(&spec.schema, &spec.key)?;
        let (shown, _) = watch::channel(ChangeId::default());
        Ok(View { job, spec, codec, content: RwLock::default(), shown, cached: Mutex::default() })
    }

    pub(crate) fn schema(&self) -> &SchemaRef {
        self.codec.schema()
    }

    fn read(&self) -> RwLockReadGuard<'_, Content> {
        self.content.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Content> {
        self.content.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many visible rows a key has.
    pub(crate) fn count(&self, key: &[u8]) -> u64 {
        self.read().table.count(key)
    }

    /// A key's visible row.
    pub(crate) fn row(&self, key: &[u8]) -> Option<Arc<[u8]>> {
        self.read().table.row(key)
    }

    pub(crate) fn figures(&self) -> ViewFigures {
        let content = self.read();
        let bytes = content.table.bytes() + content.feed.bytes();
        ViewFigures { rows: content.table.rows(), bytes, at: content.at, committed_at: content.committed_at }
    }

    /// Puts the rows of the last checkpoint in place, as a starting job finds them. Changes that readers know stay
    /// known if these are the rows that they see.
    pub(crate) fn restore(&self, table: Table, at: ChangeId) {
        let mut content = self.write();
        if content.at != at {
            content.feed = Feed::begin(at);
        }
        content.table = table;
        content.at = at;
        drop(content);
        self.shown.send_replace(at);
    }

    /// Makes a checkpoint's changes visible, all at once.
    pub(crate) fn show(&self, generation: &Generation, now: Timestamp) {
        let mut guard = self.write();
        let content = &mut *guard;
        let mut id = ChangeId { sequence: generation.sequence, number: 0 };
        for (key, delta) in &generation.deltas {
            content.table.apply(key, delta, |kind, row| {
                id.number = id.number.saturating_add(1);
                content.feed.push(Change { id, kind, row: row.clone() });
            });
        }
        if id.number > 0 {
            content.at = id;
        }
        content.committed_at = Some(now);
        let at = content.at;
        drop(guard);
        self.shown.send_replace(at);
    }

    /// Up to `most` changes behind `after`.
    pub(crate) fn changes(&self, after: ChangeId, most: usize) -> Result<Vec<Change>, Lost> {
        self.read().feed.read(after, most)
    }

    /// Tells whenever something became visible.
    pub(crate) fn watch(&self) -> watch::Receiver<ChangeId> {
        self.shown.subscribe()
    }

    /// All rows as of now.
    pub(crate) fn snapshot(&self) -> Result<Arc<Snapshot>, ArrowError> {
        let mut cached = self.cached.lock().unwrap_or_else(PoisonError::into_inner);
        let content = self.read();
        if let Some(snapshot) = cached.upgrade().filter(|snapshot| snapshot.at == content.at) {
            return Ok(snapshot);
        }
        let snapshot = Arc::new(self.decode(&content)?);
        *cached = Arc::downgrade(&snapshot);
        Ok(snapshot)
    }

    fn decode(&self, content: &Content) -> Result<Snapshot, ArrowError> {
        let mut batches = Vec::new();
        let mut rows = content.table.iter().peekable();
        while rows.peek().is_some() {
            batches.push(self.codec.decode(rows.by_ref().take(BATCH_ROWS))?);
        }
        let rows = batches.iter().map(RecordBatch::num_rows).sum();
        Ok(Snapshot { batches, rows, at: content.at, committed_at: content.committed_at })
    }
}
