//! A data folder with bytes changed at any place, its checksums fitting all the same: it is opened or refused, and what it
//! gives can be read and gone on with, or is refused; nothing panics, and no lie about a size is believed (L3).
//!
//! An input is a list of edits: file (1 byte), place (3 bytes), length (1 byte, at most 15), bytes.
#![no_main]

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use libfuzzer_sys::fuzz_target;
use yeoul_base::{JobName, Offset, PartitionId, Timestamp};
use yeoul_log::batch::{BatchBuilder, Compression, Marker, batches, records};
use yeoul_log::{Driver, EndTransaction, Isolation, JobCommit, Log, LogConfig, OpenError, ProducerId, Row, Table, TopicConfig};
use yeoul_sim::{SimClock, SimDisk};

const P0: PartitionId = PartitionId(0);
/// The most edits of one input.
const EDITS_MAX: usize = 16;
/// The most reads of one partition: a damaged log may promise any number of offsets.
const READS_MAX: usize = 64;

struct Sample {
    disk: SimDisk,
    files: Vec<(PathBuf, Vec<u8>)>,
}

fn open(disk: &SimDisk) -> Result<(Log, Driver), OpenError> {
    let mut config = LogConfig::new("/data");
    (config.file_bytes, config.group_bytes_max, config.hot_files) = (32 << 10, 8 << 10, 1);
    Log::open_driven(config, Arc::new(disk.clone()), Arc::new(SimClock::at(Timestamp(1_700_000_000_000))))
}

fn batch(number: i64, codec: Compression) -> BatchBuilder {
    let mut builder = BatchBuilder::new().compression(codec);
    for key in 0..3 {
        let value = vec![b'v'; 700 * key];
        builder.push(Some(format!("key {key}").as_bytes()), Some(&value), Timestamp(number), &[("h", Some(b"x"))]);
    }
    builder
}

/// A folder with everything that has a place in the format: batches in the write-ahead log and in segments, compacted
/// ones, transactions, staged output and its commit, rows, a changed and a deleted topic.
fn sample() -> Sample {
    let disk = SimDisk::new();
    let (log, mut driver) = open(&disk).expect("an empty disk");
    let mut compacted = TopicConfig::default();
    compacted.set("cleanup.policy", "compact").expect("a setting");
    let created = [log.create_topic("t", 2, TopicConfig::default()), log.create_topic("c", 1, compacted)];
    let gone = log.create_topic("gone", 1, TopicConfig::default());
    while driver.write() {}
    let [t, c] = created.map(|created| created.wait().expect("it is new").id);
    drop(log.delete_topic(gone.wait().expect("it is new").id));
    let id = log.allocate_producer_id();
    while driver.write() {}
    let producer = id.wait().expect("an id");
    for number in 0..40 {
        let codec = Compression::ALL[usize::try_from(number).unwrap_or(0) % Compression::ALL.len()];
        drop(log.append(t, P0, batch(number, codec).finish().expect("a batch")));
        drop(log.append(c, P0, batch(number, codec).finish().expect("a batch")));
        let sequence = i32::try_from(number).unwrap_or(0) * 3;
        let open = batch(number, codec).producer(producer.0, 0, sequence).transactional().finish().expect("a batch");
        drop(log.append_transactional(t, PartitionId(1), open));
        if number % 5 == 4 {
            drop(log.end_transaction(EndTransaction {
                producer,
                epoch: 0,
                commit: number % 2 == 0,
                coordinator_epoch: 0,
                partitions: vec![(t, P0)],
                rows: vec![Row::new(Table::TRANSACTIONS, "id", "state")],
            }));
        }
        while driver.write() {}
        driver.keep();
    }
    let job = JobName("job".to_owned());
    let staged = log.stage(&job, t, P0, batch(7, Compression::None).finish().expect("a batch")).expect("staged");
    while driver.write() {}
    drop(log.commit_job(JobCommit { job, checkpoint: 3, meta: "positions".into(), staged: vec![staged] }));
    drop(log.add_partitions(t, 3));
    drop(log.delete_records(t, P0, Some(Offset(5))));
    while driver.write() {}
    assert!(log.figures().segments > 0, "the sample has segments");
    let disk = disk.after_kill();
    let files = disk.files();
    Sample { disk, files }
}

fn edited(sample: &Sample, mut input: &[u8]) -> SimDisk {
    let disk = sample.disk.after_kill();
    let mut files = sample.files.clone();
    for _ in 0..EDITS_MAX {
        let Some(([file, high, middle, low, length], rest)) = input.split_first_chunk() else { break };
        let (bytes, behind) = rest.split_at(usize::from(length & 15).min(rest.len()));
        let count = files.len();
        let content = &mut files[usize::from(*file) % count].1;
        let place = u32::from_be_bytes([0, *high, *middle, *low]) as usize % content.len().max(1);
        for (to, from) in content.iter_mut().skip(place).zip(bytes) {
            *to = *from;
        }
        input = behind;
    }
    for ((path, new), (_, old)) in files.iter().zip(&sample.files) {
        if new != old {
            disk.overwrite(path, new);
        }
    }
    disk
}

fn read_all(log: &Log) {
    for topic in log.topics() {
        for number in 0..topic.partitions.min(8) {
            let partition = PartitionId(number);
            let Some(bounds) = log.bounds(topic.id, partition) else { continue };
            let mut next = bounds.log_start;
            for _ in 0..READS_MAX {
                let Ok(read) = log.read_isolated(topic.id, partition, next, 20_000, Isolation::Committed) else { break };
                let before = next;
                for (header, batch) in read.data.iter().flat_map(|data| batches(data).flatten()) {
                    if header.is_control() {
                        let _ = Marker::read(batch);
                    } else if let Ok(records) = records(batch, 1 << 20) {
                        records.iter().take_while(Result::is_ok).for_each(drop);
                    }
                    next = header.last_offset().plus(1);
                }
                if next <= before {
                    break;
                }
            }
            let _ = log.offset_at(topic.id, partition, Timestamp(20));
        }
    }
}

fn live(input: &[u8]) {
    static SAMPLE: OnceLock<Sample> = OnceLock::new();
    let sample = SAMPLE.get_or_init(sample);
    let Ok((log, mut driver)) = open(&edited(sample, input)) else { return };
    read_all(&log);
    for topic in log.topics() {
        drop(log.append(topic.id, P0, batch(9, Compression::Lz4).finish().expect("a batch")));
    }
    drop(log.end_transaction(EndTransaction {
        producer: ProducerId(0),
        epoch: 0,
        commit: true,
        coordinator_epoch: 0,
        partitions: Vec::new(),
        rows: Vec::new(),
    }));
    for _ in 0..2 {
        while driver.write() {}
        driver.keep();
    }
    read_all(&log);
}

fuzz_target!(init: yeoul_fuzz::no_allocation_beyond(130 << 20), |input: &[u8]| live(input));
