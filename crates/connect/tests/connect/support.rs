//! A platform in a folder: a log, its connectors, and shorthands for tables and rows.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use arrow::array::{Array, AsArray, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::Int64Type;
use bytes::Bytes;
use yeoul_base::{Clock, Disk, JobName, Offset, PartitionId, RealDisk, Timestamp};
use yeoul_connect::{Connect, ConnectConfig, LogCheckpointStore};
use yeoul_engine::catalog::{MetadataColumn, TableSpec};
use yeoul_engine::checkpoint::{Checkpoint, CheckpointStore};
use yeoul_engine::connections::{Connections, SourceRequest};
use yeoul_engine::source::{Poll, Source, SourceBatch};
use yeoul_log::batch::{self, BatchBuilder};
use yeoul_log::{Log, LogConfig, TopicConfig};
use yeoul_row::{Field, LogicalType, RowBatch, RowType, Watermarks};
use yeoul_sim::SimClock;

/// What a platform's Kafka listener is configured as.
pub const ADDRESS: &str = "127.0.0.1:9092";

/// A platform that runs.
pub struct Platform {
    pub log: Log,
    pub connect: Connect,
    pub store: LogCheckpointStore,
    pub clock: Arc<SimClock>,
    pub printed: Arc<Mutex<Vec<u8>>>,
}

impl Platform {
    /// One on the real disk.
    pub fn open(folder: &Path) -> Platform {
        Platform::open_on(Arc::new(RealDisk), folder, Arc::new(SimClock::at(Timestamp(1_000_000)))).unwrap()
    }

    /// One on any disk.
    pub fn open_on(disk: Arc<dyn Disk>, folder: &Path, clock: Arc<SimClock>) -> Result<Platform, String> {
        let data = folder.join(".yeoul");
        let steady: Arc<dyn Clock> = clock.clone();
        let mut config = LogConfig::new(data.join("log"));
        config.file_bytes = 4 << 20;
        config.group_bytes_max = 1 << 20;
        let log = Log::open(config, disk.clone(), steady.clone()).map_err(|error| error.to_string())?;
        let printed = Arc::new(Mutex::new(Vec::new()));
        let mut config = ConnectConfig::new(folder);
        config.kafka_addresses = vec![ADDRESS.to_owned()];
        config.log = Some(log.clone());
        config.disk = disk;
        config.clock = steady;
        config.terminal = printed.clone();
        let connect = Connect::new(config);
        let store = connect.checkpoint_store(data.join("jobs")).unwrap();
        Ok(Platform { log, connect, store, clock, printed })
    }

    /// Puts values into partition 0 of a topic, created if need be, in one batch.
    pub fn produce(&self, topic: &str, values: &[&str]) {
        let mut batch = BatchBuilder::new();
        values.iter().for_each(|value| batch.push(None, Some(value.as_bytes()), Timestamp(7), &[]));
        self.append(topic, 0, batch);
    }

    pub fn append(&self, topic: &str, partition: i32, batch: BatchBuilder) {
        if self.log.topic(topic).is_none() {
            self.log.create_topic(topic, 1, TopicConfig::default()).wait().unwrap();
        }
        let topic = self.log.topic(topic).unwrap();
        self.log.append(topic.id, PartitionId(partition), batch.finish().unwrap()).wait().unwrap();
    }

    /// Every value in partition 0 of a topic.
    pub fn values(&self, topic: &str) -> Vec<String> {
        self.records(topic).into_iter().map(|(_, value, _)| value).collect()
    }

    /// Key, value and headers of every record in partition 0 of a topic.
    pub fn records(&self, topic: &str) -> Vec<(Option<String>, String, BTreeMap<String, String>)> {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let Some(topic) = self.log.topic(topic) else { return Vec::new() };
        let end = self.log.bounds(topic.id, PartitionId(0)).unwrap().high_watermark;
        let mut records = Vec::new();
        let mut next = Offset(0);
        while next < end {
            for data in self.log.read(topic.id, PartitionId(0), next, 1 << 20).unwrap().data {
                for batch in batch::batches(&data) {
                    let (header, bytes) = batch.unwrap();
                    for record in &batch::records(bytes, 1 << 20).unwrap() {
                        let record = record.unwrap();
                        let headers = record.headers.map(|it| (text(it.key), text(it.value.unwrap_or_default())));
                        records.push((record.key.map(text), text(record.value.unwrap()), headers.collect()));
                    }
                    next = Offset(header.last_offset().0 + 1);
                }
            }
        }
        records
    }

    pub fn source(&self, table: &TableSpec) -> Box<dyn Source> {
        let projection: Vec<usize> = (0..table.readable().fields.len()).collect();
        self.source_of(table, &projection, false)
    }

    pub fn source_of(&self, table: &TableSpec, projection: &[usize], keep: bool) -> Box<dyn Source> {
        let job = job();
        let (keep_raw, keep_malformed) = (keep, keep);
        let request = SourceRequest {
            job: &job,
            table,
            projection,
            fields: &[],
            keep_raw,
            keep_malformed,
            prune: None,
            seed: Some(7),
        };
        Connections::source(&self.connect, request).unwrap()
    }

    /// Commits what sinks staged.
    pub fn commit(&self, id: u64, outputs: Vec<Bytes>) {
        self.store.commit(&job(), Checkpoint { id, outputs, ..Checkpoint::default() }).unwrap();
    }
}

pub fn job() -> JobName {
    JobName("test job".to_owned())
}

pub fn row(fields: &[(&str, LogicalType)]) -> RowType {
    RowType::new(fields.iter().map(|(name, logical)| Field::new(*name, logical.clone().nullable())).collect())
}

/// `n BIGINT, s STRING`
pub fn numbered() -> RowType {
    row(&[("n", LogicalType::BigInt), ("s", LogicalType::STRING)])
}

pub fn table(name: &str, physical: RowType, options: &[(&str, &str)]) -> TableSpec {
    TableSpec {
        name: name.to_owned(),
        physical,
        metadata: Vec::new(),
        primary_key: Vec::new(),
        partition_keys: Vec::new(),
        options: options.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect(),
    }
}

/// A JSON table over a topic, read from its beginning.
pub fn topic_table(topic: &str, more: &[(&str, &str)]) -> TableSpec {
    let mut options = vec![
        ("connector", "kafka"),
        ("topic", topic),
        ("properties.bootstrap.servers", ADDRESS),
        ("scan.startup.mode", "earliest-offset"),
        ("format", "json"),
    ];
    options.retain(|(key, _)| !more.iter().any(|(other, _)| key == other));
    options.extend(more);
    table("t", numbered(), &options)
}

pub fn metadata(name: &str, key: &str, logical: LogicalType) -> MetadataColumn {
    MetadataColumn { name: name.to_owned(), key: key.to_owned(), data_type: logical.nullable(), is_virtual: true }
}

/// Rows of [`numbered`].
pub fn rows(numbers: std::ops::Range<i64>) -> RowBatch {
    let texts = StringArray::from_iter_values(numbers.clone().map(|n| format!("s{n}")));
    let numbers = Int64Array::from_iter_values(numbers);
    let columns = RecordBatch::try_new(numbered().to_arrow(), vec![Arc::new(numbers), Arc::new(texts)]).unwrap();
    RowBatch::inserts(columns, Watermarks::NONE)
}

/// Polls a source until it ends or has nothing, `rows_max` rows at a time.
pub fn drain(source: &mut dyn Source, rows_max: usize) -> Vec<SourceBatch> {
    let mut batches = Vec::new();
    while let Poll::Batch(batch) = source.poll(rows_max).unwrap() {
        batches.push(batch);
    }
    batches
}

/// Where a source stands in partition 0 of the topic `in`.
pub fn position(source: &dyn Source) -> i64 {
    *source.positions().iter().find(|(key, _)| key.starts_with("in-0@")).unwrap().1
}

/// The numbers in the first column of batches.
pub fn numbers(batches: &[SourceBatch]) -> Vec<i64> {
    batches.iter().flat_map(|batch| integers(batch.columns.column(0).as_ref())).collect()
}

pub fn integers(array: &dyn Array) -> Vec<i64> {
    array.as_primitive::<Int64Type>().iter().map(Option::unwrap_or_default).collect()
}

/// Every file below a folder, by its path from there on.
pub fn files(folder: &Path) -> BTreeMap<String, PathBuf> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(dir) = folders.pop() {
        for entry in std::fs::read_dir(dir).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.insert(path.strip_prefix(folder).unwrap().display().to_string(), path);
            }
        }
    }
    found
}
