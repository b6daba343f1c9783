//! What the tests of the log share.
#![allow(clippy::unwrap_used, reason = "what fails in a test's helper ends the test")]
#![allow(dead_code, reason = "each test file uses its own part")]

use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use yeoul_base::{Offset, PartitionId, RealDisk, SystemClock, Timestamp};
use yeoul_log::batch::{BatchBuilder, batches, records};
use yeoul_log::{Log, LogConfig, Topic, TopicConfig};

pub const P0: PartitionId = PartitionId(0);

pub fn small(dir: &Path) -> LogConfig {
    let mut config = LogConfig::new(dir);
    config.file_bytes = 64 << 10;
    config.group_bytes_max = 16 << 10;
    config
}

pub fn open(config: LogConfig) -> Log {
    Log::open(config, Arc::new(RealDisk), Arc::new(SystemClock::new())).unwrap()
}

pub fn topic(log: &Log, name: &str) -> Arc<Topic> {
    log.topic(name).unwrap_or_else(|| log.create_topic(name, 1, TopicConfig::default()).wait().unwrap())
}

pub fn batch(values: &[&str]) -> Bytes {
    let mut builder = BatchBuilder::new();
    for (index, value) in values.iter().enumerate() {
        builder.push(None, Some(value.as_bytes()), Timestamp(1000 + index as i64), &[]);
    }
    builder.finish().unwrap()
}

/// All values from an offset on, each with its offset.
pub fn values(log: &Log, topic: &Topic, partition: PartitionId, from: i64) -> Vec<(i64, String)> {
    let mut at = Offset(from);
    let mut found = Vec::new();
    loop {
        let read = log.read(topic.id, partition, at, 10_000).unwrap();
        if read.data.is_empty() {
            return found;
        }
        for (header, batch) in read.data.iter().flat_map(|data| batches(data)).map(Result::unwrap) {
            for record in &records(batch, 1 << 20).unwrap() {
                let record = record.unwrap();
                let offset = header.base_offset.0 + i64::from(record.offset_delta);
                let value = String::from_utf8_lossy(record.value.unwrap()).into_owned();
                if offset >= from {
                    found.push((offset, value));
                }
            }
            at = header.last_offset().plus(1);
        }
    }
}
