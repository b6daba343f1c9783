//! A file of the write-ahead log that nothing needs, and that can't be removed for a while, is not forgotten.

#![allow(clippy::unwrap_used, reason = "what fails in a test's helper ends the test")]

mod common;

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use common::{P0, batch, open, small, values};
use yeoul_base::SystemClock;
use yeoul_log::{Log, TopicConfig};
use yeoul_sim::{HookedDisk, Operation};

#[test]
fn a_file_that_can_not_be_removed_is_removed_later() {
    let dir = tempfile::tempdir().unwrap();
    let failing = Arc::new(AtomicBool::new(false));
    let fails = Arc::clone(&failing);
    let disk = HookedDisk::new(move |operation, path: &Path| {
        let removes =
            operation == Operation::ChangeName && path.extension().is_some_and(|it| it == "wal") && path.exists();
        if removes && fails.load(Ordering::Relaxed) { Err(io::Error::other("busy")) } else { Ok(()) }
    });
    let mut config = small(dir.path());
    config.hot_files = 0;
    let (log, mut driver) = Log::open_driven(config, Arc::new(disk), Arc::new(SystemClock::new())).unwrap();
    let created = log.create_topic("t", 1, TopicConfig::default());
    while driver.write() {}
    let topic = created.wait().unwrap();
    let files = || std::fs::read_dir(dir.path().join("wal")).unwrap().count();
    let mut keep = |times: usize| {
        for _ in 0..times {
            driver.keep();
            while driver.write() {}
        }
    };
    failing.store(true, Ordering::Relaxed);
    for number in 0..40 {
        drop(log.append(topic.id, P0, batch(&[&format!("{number}.{}", "x".repeat(5000))])));
        keep(1);
    }
    keep(4);
    let held = files();
    assert!(held > 3, "{held} files are held by the disk");
    failing.store(false, Ordering::Relaxed);
    keep(4);
    assert!(files() <= 2, "{} of {held} files are left", files());
    assert_eq!(values(&log, &topic, P0, 0).len(), 40);
    driver.close();
    drop(log);
    assert_eq!(values(&open(small(dir.path())), &topic, P0, 0).len(), 40);
}
