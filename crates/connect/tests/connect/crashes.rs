//! S1: power cuts at any operation of the disk, with everything that a job does: state in files, rows to a topic, rows
//! into files, rows into folders that are marked when they are over. After the restart each row is in each target once.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use yeoul_base::Timestamp;
use yeoul_engine::catalog::TableSpec;
use yeoul_engine::checkpoint::{Checkpoint, CheckpointStore, Snapshot, StateChange, StateOwner};
use yeoul_engine::connections::Connections;
use yeoul_engine::sink::{Restored, Sink};
use yeoul_sim::{Crash, Fault, SimClock, SimDisk};

use crate::support::{Platform, job, numbered, rows, table, topic_table};

/// Rows in all, and in each checkpoint.
const ROWS: i64 = 60;
const STEP: i64 = 6;

fn output() -> TableSpec {
    let mut table = table(
        "f",
        numbered(),
        &[
            ("connector", "filesystem"),
            ("path", "out"),
            ("format", "csv"),
            ("sink.rolling-policy.rollover-interval", "2 s"),
            ("sink.rolling-policy.check-interval", "1 s"),
        ],
    );
    table.partition_keys = vec![];
    table
}

/// A folder for each row, marked with the checkpoint that its file belongs to.
fn marked() -> TableSpec {
    let options = [
        ("connector", "filesystem"),
        ("path", "marked"),
        ("format", "csv"),
        ("sink.partition-commit.policy.kind", "success-file"),
    ];
    TableSpec { partition_keys: vec![1], ..table("m", numbered(), &options) }
}

/// The folders that are marked; each has its row.
fn marks(disk: &SimDisk, folder: &Path) -> usize {
    let files: Vec<std::path::PathBuf> = disk.files().into_iter().map(|(path, _)| path).collect();
    let out = folder.join("marked");
    let marks = files.iter().filter(|path| path.starts_with(&out) && path.ends_with("_SUCCESS"));
    let has_row = |mark: &&std::path::PathBuf| {
        let beside = files.iter().filter(|path| path.parent() == mark.parent());
        let shown =
            beside.filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("part-")));
        assert_eq!(shown.count(), 1, "{} marks a folder without its row", mark.display());
        true
    };
    marks.filter(has_row).count()
}

fn restored(snapshot: &Snapshot, branch: u32) -> Restored {
    let mine = snapshot.state.iter().filter(|(owner, _, _)| *owner == StateOwner::Sink(branch));
    Restored {
        record: snapshot.records.get(&branch).cloned().unwrap_or_default(),
        state: mine.map(|(_, key, value)| (key.clone(), value.clone())).collect(),
    }
}

/// Runs the job from its last checkpoint to its end, or until something fails.
fn run(disk: &SimDisk, folder: &Path, clock: &Arc<SimClock>) -> Result<(), String> {
    let text = |error: &dyn std::fmt::Display| error.to_string();
    let platform = Platform::open_on(Arc::new(disk.clone()), folder, clock.clone())?;
    let snapshot = platform.store.load(&job()).map_err(|error| text(&error))?.unwrap_or_default();
    let mut sinks: Vec<Box<dyn Sink>> = Vec::new();
    for (branch, table) in [output(), topic_table("out", &[]), marked()].iter().enumerate() {
        let sink = Connections::sink(&platform.connect, &job(), &branch.to_string(), table);
        let mut sink = sink.map_err(|error| text(&error))?;
        sink.open(restored(&snapshot, branch as u32)).map_err(|error| text(&error))?;
        sinks.push(sink);
    }
    let mut next = snapshot.positions.get(&0).map_or(0, |splits| splits["s"]);
    let mut id = snapshot.id;
    while next < ROWS {
        let batch = rows(next..next + STEP);
        next += STEP;
        id += 1;
        clock.advance(1000);
        let mut checkpoint = Checkpoint { id, ..Checkpoint::default() };
        checkpoint.positions = BTreeMap::from([(0, BTreeMap::from([("s".to_owned(), next)]))]);
        for (branch, sink) in (0..).zip(&mut sinks) {
            sink.write(&batch).map_err(|error| text(&error))?;
            let prepared = sink.prepare(next == ROWS).map_err(|error| text(&error))?;
            let change = |(key, value)| StateChange { owner: StateOwner::Sink(branch), key, value, is_first: false };
            checkpoint.changes.extend(prepared.changes.into_iter().map(change));
            checkpoint.outputs.extend(prepared.outputs);
            checkpoint.records.insert(branch, prepared.record);
        }
        // Large enough that it needs a file of its own.
        let ballast = vec![id as u8; 30_000].into();
        checkpoint.changes.push(StateChange {
            owner: StateOwner::Operator(1),
            key: id.to_be_bytes().to_vec().into(),
            value: Some(ballast),
            is_first: true,
        });
        platform.store.commit(&job(), checkpoint).map_err(|error| text(&error))?;
        sinks.iter_mut().try_for_each(|sink| sink.committed()).map_err(|error| text(&error))?;
    }
    Ok(())
}

/// Each row is in the files and in the topic once.
fn check(disk: &SimDisk, folder: &Path, clock: &Arc<SimClock>, what: &str) {
    let platform = Platform::open_on(Arc::new(disk.clone()), folder, clock.clone()).unwrap();
    let expected: Vec<String> = (0..ROWS).map(|n| format!("{n},s{n}")).collect();
    let out = folder.join("out");
    let mut lines = Vec::new();
    for (path, bytes) in disk.files().iter().filter(|(path, _)| path.starts_with(&out)) {
        assert!(!path.file_name().unwrap().to_string_lossy().starts_with('.'), "{} is left", path.display());
        lines.extend(String::from_utf8(bytes.clone()).unwrap().lines().map(str::to_owned));
    }
    lines.sort_by_key(|line| line.split(',').next().unwrap().parse::<i64>().unwrap());
    assert_eq!(lines, expected, "rows in files, {what}");
    let values: Vec<String> = (0..ROWS).map(|n| format!("{{\"n\":{n},\"s\":\"s{n}\"}}")).collect();
    assert_eq!(platform.values("out"), values, "rows in the topic, {what}");
    assert_eq!(marks(disk, folder) as i64, ROWS, "folders that are marked, {what}");
    let state = platform.store.load(&job()).unwrap().unwrap().state;
    assert_eq!(state.len() as i64, ROWS / STEP, "entries of state, {what}");
}

#[test]
fn each_row_is_delivered_once_wherever_the_power_goes() {
    let dir = tempfile::tempdir().unwrap();
    let clock = || Arc::new(SimClock::at(Timestamp(1_000_000)));
    let undisturbed = SimDisk::new();
    run(&undisturbed, dir.path(), &clock()).unwrap();
    check(&undisturbed, dir.path(), &clock(), "undisturbed");
    let operations = undisturbed.operations();
    let points = if std::env::var_os("YEOUL_SLOW").is_some() { operations } else { 70 };
    let mut resumed = 0;
    for point in 0..points {
        let at = point * operations / points;
        for crash in [Crash::Drop, Crash::Keep, Crash::Tear { block: 512, seed: at }] {
            let disk = SimDisk::new();
            disk.inject(Fault::PowerOff(at));
            let clock = clock();
            resumed += u64::from(run(&disk, dir.path(), &clock).is_err());
            let disk = disk.after_crash(crash);
            marks(&disk, dir.path());
            let what = format!("after a cut at operation {at} ({crash:?})");
            let again = run(&disk, dir.path(), &clock);
            assert!(again.is_ok(), "{what}: {again:?}");
            check(&disk, dir.path(), &clock, &what);
        }
    }
    assert!(resumed > points, "{resumed} restarts");
}
