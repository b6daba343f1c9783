//! What the log makes durable in a second, against what the disk does with `fdatasync` in groups of 8 MiB; and how
//! long a start takes afterwards. `cargo run --release -p yeoul-log --example append_rate [folder] [MiB]`

use std::collections::VecDeque;
use std::io::{IoSlice, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use yeoul_base::disk::OpenMode;
use yeoul_base::{Clock, Disk, PartitionId, RealDisk, SystemClock, Timestamp};
use yeoul_log::batch::BatchBuilder;
use yeoul_log::{Log, LogConfig, TopicConfig};

const GROUP: usize = 8 << 20;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let dir = std::env::args().nth(1).map_or_else(std::env::temp_dir, PathBuf::from).join("yeoul-append-rate");
    let megabytes = std::env::args().nth(2).and_then(|text| text.parse().ok()).unwrap_or(384);
    std::fs::create_dir_all(&dir)?;
    let disk_rate = raw(&dir.join("raw"), megabytes)?;
    let log_rate = through_log(&dir.join("log"), megabytes)?;
    let clock = SystemClock::new();
    let log = Log::open(LogConfig::new(dir.join("log")), Arc::new(RealDisk), Arc::new(SystemClock::new()))?;
    let start = clock.elapsed();
    log.close();
    std::fs::remove_dir_all(&dir)?;
    let ratio = log_rate / disk_rate;
    let report = format!("disk {disk_rate:.0} MiB/s, log {log_rate:.0} MiB/s, ratio {ratio:.2}; start {start:?}");
    Ok(writeln!(std::io::stdout(), "{report}")?)
}

/// MiB a second, written in groups and flushed by `fdatasync`, into a file made before.
fn raw(path: &Path, megabytes: usize) -> std::io::Result<f64> {
    let file = RealDisk.open(path, OpenMode::CreateNew)?;
    file.allocate((megabytes << 20) as u64)?;
    file.sync_all()?;
    let group = vec![7; GROUP];
    let clock = SystemClock::new();
    for index in 0..(megabytes << 20) / GROUP {
        file.write_all_at(&[IoSlice::new(&group)], (index * GROUP) as u64)?;
        file.sync_data()?;
    }
    let rate = megabytes as f64 / clock.elapsed().as_secs_f64();
    std::fs::remove_file(path)?;
    Ok(rate)
}

fn through_log(dir: &Path, megabytes: usize) -> Result<f64, Box<dyn std::error::Error>> {
    let log = Log::open(LogConfig::new(dir), Arc::new(RealDisk), Arc::new(SystemClock::new()))?;
    let topic = log.create_topic("bench", 4, TopicConfig::default()).wait()?;
    let mut builder = BatchBuilder::new();
    for _ in 0..1000 {
        builder.push(None, Some(&[7; 1024]), Timestamp(0), &[]);
    }
    let batch: Bytes = builder.finish()?;
    let clock = SystemClock::new();
    let mut waiting = VecDeque::new();
    for index in 0..megabytes {
        waiting.push_back(log.append(topic.id, PartitionId((index % 4) as i32), batch.clone()));
        if waiting.len() >= 16 {
            waiting.pop_front().map(yeoul_log::Pending::wait).transpose()?;
        }
    }
    for answer in waiting {
        answer.wait()?;
    }
    let rate = (megabytes * batch.len()) as f64 / (1 << 20) as f64 / clock.elapsed().as_secs_f64();
    Ok(rate)
}
