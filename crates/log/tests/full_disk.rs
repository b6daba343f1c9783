//! L6, in small: while the disk has no room, producers get an error that says to try again, reads go on, and the log
//! goes on by itself when there is room.

#![allow(clippy::unwrap_used, reason = "what fails in a test's helper ends the test")]

mod common;

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use common::{P0, batch, small, values};
use yeoul_base::{JobName, SystemClock};
use yeoul_log::{AppendError, Driver, Health, Log, Topic, TopicConfig};
use yeoul_sim::{HookedDisk, Operation};

/// Whether there is no room for a new file.
#[derive(Clone, Default)]
struct Full(Arc<AtomicBool>);

fn open(dir: &Path, disk: &Full) -> (Log, Driver) {
    let full = Arc::clone(&disk.0);
    let hooked = HookedDisk::new(move |operation, _: &Path| match operation {
        Operation::Allocate if full.load(Ordering::Relaxed) => Err(io::ErrorKind::StorageFull.into()),
        _ => Ok(()),
    });
    Log::open_driven(small(dir), Arc::new(hooked), Arc::new(SystemClock::new())).unwrap()
}

#[test]
fn a_full_disk_refuses_for_a_while_and_loses_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let disk = Full::default();
    let (log, mut driver) = open(dir.path(), &disk);
    let created = log.create_topic("t", 1, TopicConfig::default());
    while driver.write() {}
    let topic = created.wait().unwrap();
    let (mut kept, mut refused) = (0, 0);
    for number in 0..300 {
        disk.0.store((100..200).contains(&number), Ordering::Relaxed);
        let answer = log.append(topic.id, P0, batch(&[&format!("value {kept}")]));
        while driver.write() {}
        driver.keep();
        match answer.wait() {
            Ok(_) => kept += 1,
            Err(AppendError::Unavailable(why)) => {
                refused += 1;
                assert!(why.retriable && why.reason.contains("full"), "{why}");
                assert!(matches!(log.health(), Health::Full(_)));
                assert_eq!(values(&log, &topic, P0, 0).len(), kept, "reads go on");
            }
            Err(error) => panic!("{error}"),
        }
    }
    assert!(refused > 50, "{refused}");
    assert_eq!(log.health(), Health::Serving);
    disk.0.store(true, Ordering::Relaxed);
    driver.close();
    drop(log);
    let (log, _driver) = open(dir.path(), &disk);
    assert_eq!(values(&log, &topic, P0, 0).len(), kept, "a log is opened on a full disk");
}

/// Appends until the disk is full; returns how many values were kept.
fn fill(log: &Log, driver: &mut Driver, topic: &Topic, disk: &Full) -> usize {
    disk.0.store(true, Ordering::Relaxed);
    let mut kept = 0;
    while log.health() == Health::Serving {
        let answer = log.append(topic.id, P0, batch(&[&format!("value {kept}")]));
        while driver.write() {}
        kept += usize::from(answer.wait().is_ok());
    }
    kept
}

fn create(log: &Log, driver: &mut Driver, name: &str) -> Arc<Topic> {
    let created = log.create_topic(name, 1, TopicConfig::default());
    while driver.write() {}
    created.wait().unwrap()
}

#[test]
fn a_next_file_that_is_too_small_for_a_request_is_not_written_to_without_a_name() {
    let dir = tempfile::tempdir().unwrap();
    let disk = Full::default();
    let (log, mut driver) = open(dir.path(), &disk);
    let topic = create(&log, &mut driver, "t");
    driver.keep();
    disk.0.store(true, Ordering::Relaxed);
    let large = log.append(topic.id, P0, batch(&[&"x".repeat(200_000)]));
    while driver.write() {}
    assert!(matches!(large.wait(), Err(AppendError::Unavailable(why)) if why.retriable));
    let mut kept = 0;
    for number in 0..40 {
        disk.0.store(number < 30, Ordering::Relaxed);
        let answer = log.append(topic.id, P0, batch(&[&format!("value {kept}")]));
        while driver.write() {}
        kept += usize::from(answer.wait().is_ok());
    }
    assert!(kept > 15, "{kept}");
    driver.close();
    drop(log);
    let (log, _driver) = open(dir.path(), &disk);
    assert_eq!(values(&log, &topic, P0, 0).len(), kept, "what was acknowledged is there");
}

#[test]
fn what_makes_room_is_done_while_the_disk_is_full() {
    let dir = tempfile::tempdir().unwrap();
    let disk = Full::default();
    let (log, mut driver) = open(dir.path(), &disk);
    let (gone, staged) = (create(&log, &mut driver, "gone"), create(&log, &mut driver, "staged"));
    let job = JobName("job".to_owned());
    log.stage(&job, staged.id, P0, batch(&["staged"])).unwrap();
    for _ in 0..3 {
        fill(&log, &mut driver, &gone, &disk);
        disk.0.store(false, Ordering::Relaxed);
        driver.keep();
        drop(log.append(gone.id, P0, batch(&["on"])));
        while driver.write() {}
    }
    fill(&log, &mut driver, &gone, &disk);
    let deleted = log.delete_topic(gone.id);
    while driver.write() {}
    deleted.wait().unwrap();
    let mut keep = || {
        for _ in 0..4 {
            driver.keep();
            while driver.write() {}
        }
        log.figures().wal_files
    };
    assert!(keep() > 1, "a staged batch holds its file");
    log.discard_staged(&job);
    assert_eq!(keep(), 1, "files that nothing needs go, though the disk is full");
}
