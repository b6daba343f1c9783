//! L3 and L4: a bit flips at each byte of a write-ahead log file, an index checkpoint, a segment; the last file is cut
//! at each byte. What is damaged is found or harmless, and never served; what lies before it still is.

#![allow(clippy::unwrap_used, reason = "what fails in a test's helper ends the test")]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use yeoul_base::{Offset, PartitionId, Timestamp, TopicId};
use yeoul_log::batch::{BatchBuilder, batches, records};
use yeoul_log::{Driver, Log, LogConfig, OpenError, ReadError, TopicConfig};
use yeoul_sim::{SimClock, SimDisk};

const P0: PartitionId = PartitionId(0);
/// The samples of 12 values fill one file but for its reserve.
const FILE_BYTES: usize = 68 << 10;

/// Each byte in the slow tests; else each of the first, and then steps that meet every residue.
fn places(length: usize) -> Vec<usize> {
    let all = 0..length;
    if std::env::var_os("YEOUL_SLOW").is_some() {
        return all.collect();
    }
    all.filter(|place| place % 4096 < 160 && place % 3 == 0 || place % 61 == 0).collect()
}

fn config() -> LogConfig {
    let mut config = LogConfig::new("/data");
    config.file_bytes = FILE_BYTES as u64;
    config.group_bytes_max = 16 << 10;
    config.hot_files = 1;
    config
}

fn open(disk: &SimDisk) -> Result<(Log, Driver), OpenError> {
    Log::open_driven(config(), Arc::new(disk.clone()), Arc::new(SimClock::at(Timestamp(1_700_000_000_000))))
}

struct Sample {
    disk: SimDisk,
    topic: TopicId,
    values: Vec<String>,
}

/// A log with one record per group, each value long enough for its group to have more than one block or not.
fn sample(records: usize, clean: bool) -> Sample {
    let disk = SimDisk::new();
    let (log, mut driver) = open(&disk).unwrap();
    let created = log.create_topic("t", 1, TopicConfig::default());
    while driver.write() {}
    let topic = created.wait().unwrap().id;
    let mut values = Vec::new();
    for number in 0..records {
        let value = format!("value {number} {}", "x".repeat(number * 397 % 4500));
        let mut builder = BatchBuilder::new();
        builder.push(None, Some(value.as_bytes()), Timestamp(number as i64), &[]);
        let answer = log.append(topic, P0, builder.finish().unwrap());
        while driver.write() {}
        answer.wait().unwrap();
        values.push(value);
        driver.keep();
    }
    if clean {
        driver.close();
    }
    Sample { disk, topic, values }
}

fn file(disk: &SimDisk, ending: &str) -> (PathBuf, Vec<u8>) {
    let mut files = disk.files();
    files.retain(|(path, _)| path.to_string_lossy().ends_with(ending));
    files.into_iter().next().unwrap_or_else(|| panic!("there is no {ending}"))
}

/// What a log serves at an offset; nothing if it refuses.
fn value_at(log: &Log, topic: TopicId, offset: i64) -> Result<String, ReadError> {
    let read = log.read(topic, P0, Offset(offset), 1)?;
    let bytes: Vec<u8> = read.data.concat();
    let (_, batch) = batches(&bytes).next().unwrap().unwrap();
    let records = records(batch, 1 << 20).unwrap();
    let record = records.iter().next().unwrap().unwrap();
    Ok(String::from_utf8(record.value.unwrap().to_vec()).unwrap())
}

/// Where a value's bytes begin in a file.
fn find(bytes: &[u8], value: &str) -> Option<usize> {
    bytes.windows(value.len()).position(|window| window == value.as_bytes())
}

fn names_the_file(error: &OpenError, path: &Path) -> bool {
    error.to_string().contains(&*path.to_string_lossy())
}

#[test]
fn a_flipped_bit_in_the_write_ahead_log_is_found_or_harmless() {
    let sample = sample(12, false);
    let (path, bytes) = file(&sample.disk, "1.wal");
    assert_eq!(bytes.len(), FILE_BYTES);
    let at: Vec<usize> = sample.values.iter().map(|value| find(&bytes, value).unwrap()).collect();
    let (mut refused, mut cut) = (0, 0);
    for place in places(bytes.len()) {
        let disk = sample.disk.after_kill();
        let mut flipped = bytes.clone();
        flipped[place] ^= 1 << (place % 8);
        disk.overwrite(&path, &flipped);
        match open(&disk) {
            Err(error) => {
                refused += 1;
                assert!(names_the_file(&error, &path), "byte {place}: {error}");
            }
            Ok((log, _driver)) => {
                let end = log.bounds(sample.topic, P0).map_or(0, |bounds| bounds.high_watermark.0);
                cut += i32::from((end as usize) < sample.values.len());
                let before = at.iter().filter(|&&start| start < place.saturating_sub(4600)).count();
                assert!(end as usize >= before, "byte {place}: {end} of {before}");
                for (offset, value) in (0..end).zip(&sample.values) {
                    assert_eq!(&value_at(&log, sample.topic, offset).unwrap(), value, "byte {place}");
                }
            }
        }
    }
    assert!(refused > 100 && cut > 10, "refused {refused}, cut {cut}");
}

#[test]
fn a_flipped_bit_under_a_running_log_is_not_served() {
    let sample = sample(12, false);
    let (path, bytes) = file(&sample.disk, "1.wal");
    let disk = sample.disk.after_kill();
    let (log, _driver) = open(&disk).unwrap();
    let starts: Vec<usize> = sample.values.iter().map(|value| find(&bytes, value).unwrap()).collect();
    let mut found = 0;
    for place in places(bytes.len()) {
        let mut flipped = bytes.clone();
        flipped[place] ^= 1 << (place % 8);
        disk.overwrite(&path, &flipped);
        for ((offset, value), start) in (0..).zip(&sample.values).zip(&starts) {
            // From the entry's header to the record's end.
            let mine = start.saturating_sub(100)..start + value.len() + 8;
            match value_at(&log, sample.topic, offset) {
                Ok(served) => assert_eq!(&served, value, "byte {place}"),
                Err(error) => {
                    found += 1;
                    assert!(mine.contains(&place), "byte {place}: offset {offset}: {error}");
                    assert!(matches!(error, ReadError::Damaged { .. }), "byte {place}: {error}");
                }
            }
        }
    }
    assert!(found > 100, "{found}");
}

#[test]
fn a_flipped_bit_in_one_copy_of_the_index_is_harmless() {
    let sample = sample(12, true);
    let (path, bytes) = file(&sample.disk, ".a.idx");
    for place in 0..bytes.len() {
        let disk = sample.disk.after_kill();
        let mut flipped = bytes.clone();
        flipped[place] ^= 1 << (place % 8);
        disk.overwrite(&path, &flipped);
        let (log, _driver) = open(&disk).unwrap_or_else(|error| panic!("byte {place}: {error}"));
        for (offset, value) in (0..).zip(&sample.values) {
            assert_eq!(&value_at(&log, sample.topic, offset).unwrap(), value, "byte {place}");
        }
    }
}

#[test]
fn damage_in_both_copies_of_the_index_is_refused_by_name() {
    let sample = sample(3, true);
    for ending in [".a.idx", ".b.idx"] {
        let (path, mut bytes) = file(&sample.disk, ending);
        bytes[50] ^= 1;
        sample.disk.overwrite(&path, &bytes);
    }
    let disk = sample.disk.after_kill();
    let error = open(&disk).err().unwrap();
    assert!(names_the_file(&error, &file(&sample.disk, ".a.idx").0), "{error}");
}

#[test]
fn a_flipped_bit_in_a_segment_is_found_or_harmless() {
    let sample = sample(60, true);
    let (path, bytes) = file(&sample.disk, ".seg");
    let mut found = 0;
    for place in places(bytes.len()) {
        let disk = sample.disk.after_kill();
        let mut flipped = bytes.clone();
        flipped[place] ^= 1 << (place % 8);
        disk.overwrite(&path, &flipped);
        let (log, _driver) = open(&disk).unwrap();
        for offset in [0, 7, 59] {
            match value_at(&log, sample.topic, offset) {
                Ok(served) => assert_eq!(served, sample.values[offset as usize], "byte {place}"),
                Err(ReadError::Damaged { .. }) => found += 1,
                Err(error) => panic!("byte {place}: {error}"),
            }
        }
        assert_eq!(value_at(&log, sample.topic, 59).unwrap(), sample.values[59], "what lies elsewhere is served");
    }
    assert!(found > 100, "{found}");
}

#[test]
fn the_last_file_cut_anywhere_is_cut_back_to_its_last_whole_group() {
    let sample = sample(12, false);
    let (path, bytes) = file(&sample.disk, "1.wal");
    let ends: Vec<usize> = sample.values.iter().map(|value| find(&bytes, value).unwrap() + value.len()).collect();
    for place in places(bytes.len()) {
        let disk = sample.disk.after_kill();
        disk.overwrite(&path, &bytes[..place]);
        let (log, _driver) = open(&disk).unwrap_or_else(|error| panic!("cut at {place}: {error}"));
        let end = log.bounds(sample.topic, P0).map_or(0, |bounds| bounds.high_watermark.0);
        // A record's group ends a few bytes behind its value: a record's end, and padding of the entry to 8.
        let whole = ends.iter().filter(|&&end| end + 16 <= place).count();
        assert!(end as usize >= whole, "cut at {place}: {end} of {whole}");
        for (offset, value) in (0..end).zip(&sample.values) {
            assert_eq!(&value_at(&log, sample.topic, offset).unwrap(), value, "cut at {place}");
        }
    }
}
