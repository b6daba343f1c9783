//! Append with flush, against what the disk gives to `fdatasync` alone.
//!
//! The yardstick writes groups of 8 MiB into files of 64 MiB that were allocated before, and flushes each group. The log
//! gets batches of 1,000 records of 1,000 bytes, as a producer sends them, and acknowledges each behind its flush. The two
//! take turns, so that a disk that slows down slows both. Each figure is the best of its rounds, since a virtual disk is several
//! times slower where it is written for the first time.

use std::collections::VecDeque;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde_json::{Value, json};
use yeoul_base::{Clock, PartitionId, RealDisk, Timestamp};
use yeoul_log::batch::BatchBuilder;
use yeoul_log::{Log, LogConfig, Topic, TopicConfig};

use super::{Figure, scratch};
use crate::fault::Fault;

const GROUP_BYTES: usize = 8 << 20;
const FILE_BYTES: u64 = 64 << 20;
const ROUND_BYTES: usize = 256 << 20;
const ROUNDS: usize = 6;
const RECORDS_PER_BATCH: usize = 1000;
const RECORD_BYTES: usize = 1000;
/// Batches that a producer has sent and not yet heard of: two groups, so that one forms while the other is flushed.
const IN_FLIGHT: usize = 2 * GROUP_BYTES / (RECORDS_PER_BATCH * RECORD_BYTES);

/// Runs it in a folder under `folder`.
///
/// # Errors
/// A folder that can't be written.
pub fn run(folder: &Path, clock: &Arc<dyn Clock>) -> Result<Figure, Fault> {
    let scratch = scratch(folder, "append")?;
    let log = Log::open(LogConfig::new(scratch.path().join("log")), Arc::new(RealDisk), clock.clone())?;
    let topic = log.create_topic("bench", 1, TopicConfig::default()).wait()?;
    let batch = batch()?;
    let (mut disk, mut ours) = (0_f64, 0_f64);
    for round in 0..ROUNDS {
        disk = disk.max(disk_round(&scratch.path().join(format!("disk-{round}")), clock)?);
        ours = ours.max(log_round(&log, &topic, &batch, clock)?);
    }
    log.close();
    Ok(Figure {
        name: "append",
        text: format!(
            "append with flush: {ours:.0} MB/s, the disk's fdatasync in 8 MiB groups {disk:.0} MB/s, ratio {:.2}",
            ours / disk
        ),
        json: figures(disk, ours),
    })
}

fn figures(disk: f64, ours: f64) -> Value {
    json!({ "log_mb_per_s": ours, "disk_mb_per_s": disk, "ratio": ours / disk })
}

fn batch() -> Result<Bytes, Fault> {
    let mut builder = BatchBuilder::new();
    let mut value = vec![0; RECORD_BYTES];
    for i in 0..RECORDS_PER_BATCH {
        value.iter_mut().enumerate().for_each(|(at, byte)| *byte = (i * 31 + at * 7) as u8);
        builder.push(None, Some(&value), Timestamp(i as i64), &[]);
    }
    Ok(builder.finish()?)
}

/// Megabytes a second of flushed groups.
fn disk_round(path: &Path, clock: &Arc<dyn Clock>) -> Result<f64, Fault> {
    std::fs::create_dir_all(path)?;
    let group = vec![0xa5; GROUP_BYTES];
    let files = ROUND_BYTES as u64 / FILE_BYTES;
    let files: Vec<File> =
        (0..files).map(|number| allocate(&path.join(number.to_string()))).collect::<Result<_, _>>()?;
    let began = clock.elapsed();
    for mut file in &files {
        for _ in 0..FILE_BYTES / GROUP_BYTES as u64 {
            file.write_all(&group)?;
            file.sync_data()?;
        }
    }
    let rate = rate(ROUND_BYTES, clock.elapsed() - began);
    std::fs::remove_dir_all(path)?;
    Ok(rate)
}

fn allocate(path: &Path) -> Result<File, Fault> {
    let file = OpenOptions::new().write(true).create_new(true).open(path)?;
    rustix::fs::fallocate(&file, rustix::fs::FallocateFlags::empty(), 0, FILE_BYTES)?;
    file.sync_all()?;
    Ok(file)
}

/// Megabytes a second of acknowledged batches.
fn log_round(log: &Log, topic: &Topic, batch: &Bytes, clock: &Arc<dyn Clock>) -> Result<f64, Fault> {
    let began = clock.elapsed();
    let mut open = VecDeque::new();
    let batches = ROUND_BYTES / batch.len();
    for _ in 0..batches {
        if open.len() == IN_FLIGHT {
            acknowledge(&mut open)?;
        }
        open.push_back(log.append(topic.id, PartitionId(0), batch.clone()));
    }
    while !open.is_empty() {
        acknowledge(&mut open)?;
    }
    Ok(rate(batches * batch.len(), clock.elapsed() - began))
}

type Appending = yeoul_log::Pending<Result<yeoul_log::Appended, yeoul_log::AppendError>>;

fn acknowledge(open: &mut VecDeque<Appending>) -> Result<(), Fault> {
    if let Some(first) = open.pop_front() {
        first.wait()?;
    }
    Ok(())
}

fn rate(bytes: usize, time: Duration) -> f64 {
    bytes as f64 / 1e6 / time.as_secs_f64()
}
