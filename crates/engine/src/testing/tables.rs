//! Tables of text, in memory, and sinks that keep what is committed.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use arrow::array::{ArrayRef, BinaryArray, Int64Array, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use bytes::Bytes;
use yeoul_base::JobName;
use yeoul_row::{RowBatch, RowKind, RowType};
use yeoul_sql::catalog::{Connectors, OptionError, SinkAbilities, SourceAbilities, TableSpec};
use yeoul_sql::plan::{ChangelogMode, ViewSpec};

use crate::connections::{ConnectError, Connections, SourceRequest};
use crate::runtime::queue::lock;
use crate::sink::{FailureSink, Prepared, Restored, Sink, SinkError};
use crate::source::{Failure, Poll, Positions, Source, SourceBatch, SourceError, SplitLag};
use crate::state::Share;

/// Rows of one split, as text: columns separated by `|`, nothing for NULL, `!` for a row that can't be decoded; of a table with
/// the option `upserts`, `-` before a row that goes.
pub(crate) type Rows = Vec<String>;

/// What the world outside of a job holds.
#[derive(Default)]
pub(crate) struct World {
    /// For each table, its splits.
    pub(crate) tables: Mutex<HashMap<String, BTreeMap<String, Rows>>>,
    /// For each sink, the committed changes: kind and row.
    pub(crate) committed: Mutex<HashMap<String, Vec<(String, bool)>>>,
    /// Changes that are prepared, by token.
    staged: Mutex<HashMap<u64, Staged>>,
    /// The next token.
    tokens: Mutex<u64>,
    /// For each topic, the failures.
    pub(crate) failures: Mutex<HashMap<String, Vec<Failure>>>,
}

/// A sink's name and its changes.
type Staged = (String, Vec<(String, bool)>);

/// Opens tables of a [`World`].
pub(crate) struct WorldConnections(pub(crate) Arc<World>);

impl Connectors for WorldConnections {
    fn source(&self, table: &TableSpec) -> Result<SourceAbilities, OptionError> {
        let bounded = table.options.get("bounded").is_none_or(|bounded| bounded == "true");
        let upsert = table.options.contains_key("upserts");
        let mode = ChangelogMode { updates: upsert, deletes: upsert };
        Ok(SourceAbilities { bounded, upsert, mode, metadata: Vec::new() })
    }

    fn sink(&self, table: &TableSpec) -> Result<SinkAbilities, OptionError> {
        let upsert = table.options.contains_key("updates");
        let mode = ChangelogMode { updates: upsert, deletes: upsert };
        Ok(SinkAbilities { mode, upsert: false, metadata: Vec::new() })
    }
}

impl Connections for WorldConnections {
    fn source(&self, request: SourceRequest<'_>) -> Result<Box<dyn Source>, ConnectError> {
        let splits = lock(&self.0.tables).get(&request.table.name).cloned().unwrap_or_default();
        let world = self.0.clone();
        let ends = request.table.options.get("bounded").is_none_or(|bounded| bounded == "true");
        let positions = splits.keys().map(|name| (name.clone(), 0)).collect();
        let (table, projection) = (request.table.readable(), request.projection.to_vec());
        let keep_malformed = request.keep_malformed;
        Ok(Box::new(WorldSource {
            world,
            name: request.table.name.clone(),
            positions,
            table,
            projection,
            ends,
            keep_malformed,
            upserts: request.table.options.contains_key("upserts"),
            share: Share::default(),
            turn: 0,
        }))
    }

    fn sink(&self, _job: &JobName, branch: &str, _table: &TableSpec) -> Result<Box<dyn Sink>, ConnectError> {
        Ok(Box::new(WorldSink::new(branch, self.0.clone())))
    }

    fn view(&self, _job: &JobName, view: &ViewSpec) -> Result<Box<dyn Sink>, ConnectError> {
        Ok(Box::new(WorldSink::new(&view.name, self.0.clone())))
    }

    fn failures(&self, _job: &JobName, topic: &str) -> Result<Box<dyn FailureSink>, ConnectError> {
        Ok(Box::new(WorldFailures { topic: topic.to_owned(), world: self.0.clone() }))
    }
}

struct WorldSource {
    world: Arc<World>,
    name: String,
    positions: Positions,
    table: RowType,
    projection: Vec<usize>,
    ends: bool,
    keep_malformed: bool,
    upserts: bool,
    share: Share,
    turn: usize,
}

impl WorldSource {
    fn owns(&self, split: &str) -> bool {
        split.bytes().map(usize::from).sum::<usize>() % self.share.of == self.share.subtask
    }

    /// A row's columns, without what says that it goes.
    fn bare<'a>(&self, row: &'a str) -> &'a str {
        row.strip_prefix('-').filter(|_| self.upserts).unwrap_or(row)
    }

    fn decode(&self, rows: &[&String]) -> RecordBatch {
        let schema = RowType::new(self.projection.iter().map(|place| self.table.fields[*place].clone()).collect());
        let columns: Vec<ArrayRef> = self
            .projection
            .iter()
            .map(|place| {
                let texts =
                    rows.iter().map(|row| self.bare(row).split('|').nth(*place).filter(|text| !text.is_empty()));
                cast(&texts.collect::<StringArray>(), &self.table.fields[*place].data_type.logical.to_arrow()).unwrap()
            })
            .collect();
        let options = arrow::array::RecordBatchOptions::new().with_row_count(Some(rows.len()));
        RecordBatch::try_new_with_options(schema.to_arrow(), columns, &options).unwrap()
    }
}

impl Source for WorldSource {
    fn divide(&mut self, subtask: usize, of: usize) -> bool {
        self.share = Share { subtask, of };
        self.positions = self.positions.clone().into_iter().filter(|(split, _)| self.owns(split)).collect();
        true
    }

    fn restore(&mut self, positions: &Positions) -> Result<(), SourceError> {
        let own = positions.clone().into_iter().filter(|(split, _)| self.owns(split));
        self.positions = self.positions.clone().into_iter().chain(own).collect();
        Ok(())
    }

    fn poll(&mut self, rows_max: usize) -> Result<Poll, SourceError> {
        let splits = lock(&self.world.tables).get(&self.name).cloned().unwrap_or_default();
        let names: Vec<String> = splits.keys().filter(|split| self.owns(split)).cloned().collect();
        for turn in 0..names.len() {
            let name = &names[(self.turn + turn) % names.len()];
            let from = self.positions[name];
            let rows: Vec<(i64, &String)> =
                (from..).zip(splits[name].iter().skip(usize::try_from(from).unwrap())).take(rows_max).collect();
            if rows.is_empty() {
                continue;
            }
            let to = from + rows.len() as i64;
            self.turn += turn + 1;
            let split: Arc<str> = Arc::from(name.as_str());
            let (bad, good): (Vec<_>, Vec<_>) = rows.into_iter().partition(|(_, row)| row.starts_with('!'));
            let failed: Vec<Failure> = bad
                .iter()
                .map(|(position, row)| Failure {
                    cause: "malformed",
                    reason: "it begins with `!`".to_owned(),
                    split: split.clone(),
                    position: *position,
                    raw: Bytes::copy_from_slice(row.as_bytes()),
                })
                .collect();
            assert!(failed.is_empty() || self.keep_malformed);
            let texts: Vec<&String> = good.iter().map(|(_, row)| *row).collect();
            let kind = |row: &&String| if row.starts_with('-') { RowKind::Delete } else { RowKind::UpdateAfter };
            let kinds = self.upserts.then(|| texts.iter().map(kind).collect());
            let columns = self.decode(&texts);
            let positions = good.iter().map(|(position, _)| *position).collect::<Int64Array>();
            let raw = Some(BinaryArray::from_iter_values(texts.iter().map(|row| row.as_bytes())));
            self.positions.insert(name.clone(), to);
            return Ok(Poll::Batch(SourceBatch { split, columns, kinds, positions, raw, failed, ignored: 0 }));
        }
        Ok(if self.ends { Poll::End } else { Poll::Pending })
    }

    fn wait(&mut self, _timeout: Duration) {}

    fn positions(&self) -> Positions {
        self.positions.clone()
    }

    fn lag(&self) -> Vec<SplitLag> {
        Vec::new()
    }
}

/// A sink that shows rows only once they are committed, and checks that nothing is written between `prepare` and
/// `committed`.
struct WorldSink {
    name: String,
    world: Arc<World>,
    written: Vec<(String, bool)>,
    prepared: Option<u64>,
    last: u64,
}

impl WorldSink {
    fn new(name: &str, world: Arc<World>) -> WorldSink {
        WorldSink { name: name.to_owned(), world, written: Vec::new(), prepared: None, last: 0 }
    }

    fn show(&self, token: u64) {
        if let Some((name, rows)) = lock(&self.world.staged).remove(&token) {
            lock(&self.world.committed).entry(name).or_default().extend(rows);
        }
    }
}

/// Rows as text, and whether each is added.
pub(crate) fn texts(batch: &RowBatch) -> Vec<(String, bool)> {
    let options = FormatOptions::new().with_null("NULL");
    let columns: Vec<ArrayFormatter<'_>> =
        batch.columns.columns().iter().map(|column| ArrayFormatter::try_new(column, &options).unwrap()).collect();
    let row = |row: usize| columns.iter().map(|column| column.value(row).to_string()).collect::<Vec<_>>().join("|");
    (0..batch.rows()).map(|place| (row(place), batch.kind(place).adds())).collect()
}

impl Sink for WorldSink {
    fn open(&mut self, restored: Restored) -> Result<(), SinkError> {
        if let Ok(token) = <[u8; 8]>::try_from(&restored.record[..]) {
            self.last = u64::from_be_bytes(token);
            self.show(self.last);
        }
        lock(&self.world.staged).retain(|_, (name, _)| *name != self.name);
        Ok(())
    }

    fn write(&mut self, batch: &RowBatch) -> Result<(), SinkError> {
        assert!(self.prepared.is_none(), "written between prepare and committed");
        self.written.extend(texts(batch));
        Ok(())
    }

    fn prepare(&mut self, _last: bool) -> Result<Prepared, SinkError> {
        assert!(self.prepared.is_none(), "prepared twice");
        if !self.written.is_empty() {
            let mut tokens = lock(&self.world.tokens);
            *tokens += 1;
            self.last = *tokens;
            let rows = std::mem::take(&mut self.written);
            lock(&self.world.staged).insert(self.last, (self.name.clone(), rows));
        }
        self.prepared = Some(self.last);
        Ok(Prepared { record: Bytes::copy_from_slice(&self.last.to_be_bytes()), ..Prepared::default() })
    }

    fn committed(&mut self) -> Result<(), SinkError> {
        if let Some(token) = self.prepared.take() {
            self.show(token);
        }
        Ok(())
    }
}

struct WorldFailures {
    topic: String,
    world: Arc<World>,
}

impl FailureSink for WorldFailures {
    fn write(&mut self, failures: &[Failure]) -> Result<(), SinkError> {
        lock(&self.world.failures).entry(self.topic.clone()).or_default().extend(failures.iter().cloned());
        Ok(())
    }

    fn prepare(&mut self) -> Result<Vec<Bytes>, SinkError> {
        Ok(Vec::new())
    }
}
