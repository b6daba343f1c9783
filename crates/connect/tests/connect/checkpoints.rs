//! What a job's checkpoints leave in the log, and in files beside it.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use yeoul_base::disk::OpenMode;
use yeoul_base::{Disk, Timestamp};
use yeoul_engine::checkpoint::{Checkpoint, CheckpointError, CheckpointStore, StateChange, StateOwner};
use yeoul_sim::{Fault, SimClock, SimDisk};

use crate::support::{Platform, files, job};

fn change(key: u32, value: Option<&[u8]>) -> StateChange {
    let owner = if key.is_multiple_of(2) { StateOwner::Operator(key) } else { StateOwner::Sink(key) };
    let value = value.map(Bytes::copy_from_slice);
    StateChange { owner, key: Bytes::copy_from_slice(&key.to_be_bytes()), value, is_first: false }
}

fn checkpoint(id: u64, changes: Vec<StateChange>) -> Checkpoint {
    Checkpoint {
        id,
        fingerprint: vec!["scan".to_owned(), "sink".to_owned()],
        positions: BTreeMap::from([(3, BTreeMap::from([("in-0".to_owned(), id as i64)]))]),
        changes,
        records: BTreeMap::from([(0, Bytes::from(format!("record {id}")))]),
        outputs: Vec::new(),
    }
}

#[test]
fn a_checkpoint_is_loaded_as_it_was_committed() {
    let dir = tempfile::tempdir().unwrap();
    let platform = Platform::open(dir.path());
    assert!(platform.store.load(&job()).unwrap().is_none());
    platform.store.commit(&job(), checkpoint(1, vec![change(1, Some(b"a")), change(2, Some(b""))])).unwrap();
    platform.store.commit(&job(), checkpoint(2, vec![change(1, None), change(4, Some(b"d"))])).unwrap();
    drop(platform);
    let platform = Platform::open(dir.path());
    let loaded = platform.store.load(&job()).unwrap().unwrap();
    assert_eq!((loaded.id, loaded.positions[&3]["in-0"]), (2, 2));
    assert_eq!(loaded.fingerprint, ["scan", "sink"]);
    assert_eq!(loaded.records[&0], "record 2");
    let state: Vec<(StateOwner, Bytes)> = loaded.state.into_iter().map(|(owner, _, value)| (owner, value)).collect();
    assert_eq!(state, [(StateOwner::Operator(2), Bytes::new()), (StateOwner::Operator(4), Bytes::from("d"))]);
    platform.store.forget(&job()).unwrap();
    assert!(platform.store.load(&job()).unwrap().is_none());
}

/// Commits random changes, restarting now and then; checks the state against a map; returns the most files there were.
#[test]
fn large_state_lives_in_few_files_and_is_never_lost() {
    let dir = tempfile::tempdir().unwrap();
    let mut platform = Platform::open(dir.path());
    let mut expected: BTreeMap<u32, Vec<u8>> = BTreeMap::new();
    let mut random = 1_u64;
    let mut next = || {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) as u32
    };
    for id in 1..=120 {
        let mut changes = Vec::new();
        for _ in 0..20 {
            let key = next() % 500;
            if next() % 4 == 0 {
                expected.remove(&key);
                changes.push(change(key, None));
            } else {
                let value = vec![(next() % 256) as u8; (next() % 20_000) as usize];
                changes.push(change(key, Some(&value)));
                expected.insert(key, value);
            }
        }
        platform.store.commit(&job(), checkpoint(id, changes)).unwrap();
        let pieces = files(&dir.path().join(".yeoul/jobs"));
        assert!(pieces.len() <= 64, "{} files", pieces.len());
        if id % 17 == 0 {
            drop(platform);
            platform = Platform::open(dir.path());
            let loaded = platform.store.load(&job()).unwrap().unwrap();
            let state: BTreeMap<u32, Vec<u8>> = loaded
                .state
                .iter()
                .map(|(_, key, value)| (u32::from_be_bytes(key.as_ref().try_into().unwrap()), value.to_vec()))
                .collect();
            assert!(state == expected, "the state after checkpoint {id}");
        }
    }
    let bytes: u64 = files(&dir.path().join(".yeoul/jobs")).values().map(|path| path.metadata().unwrap().len()).sum();
    assert!(bytes < 32 << 20, "{bytes} bytes of files");
}

/// State that only grows has no cause to be written anew: its pieces are put together when there are many.
#[test]
fn state_that_only_grows_lives_in_few_files_and_is_never_lost() {
    const VALUE_BYTES: usize = 70_000;
    let dir = tempfile::tempdir().unwrap();
    let mut platform = Platform::open(dir.path());
    let mut written = BTreeMap::new();
    for id in 1..=300_u32 {
        let first = StateChange { is_first: true, ..change(id, Some(&[id as u8; VALUE_BYTES])) };
        platform.store.commit(&job(), checkpoint(u64::from(id), vec![first])).unwrap();
        let pieces = files(&dir.path().join(".yeoul/jobs"));
        assert!(pieces.len() <= 64, "{} files", pieces.len());
        written.extend(pieces.iter().map(|(name, path)| (name.clone(), path.metadata().unwrap().len())));
        if id % 97 == 0 {
            drop(platform);
            platform = Platform::open(dir.path());
            let loaded = platform.store.load(&job()).unwrap().unwrap();
            let state = loaded.state.iter().map(|(_, key, value)| (key.to_vec(), value.clone()));
            let expected = (1..=id).map(|id| (id.to_be_bytes().to_vec(), Bytes::from(vec![id as u8; VALUE_BYTES])));
            assert!(
                state.collect::<BTreeMap<_, _>>() == expected.collect::<BTreeMap<_, _>>(),
                "the state after checkpoint {id}"
            );
        }
    }
    let (bytes, once) = (written.values().sum::<u64>(), 300 * VALUE_BYTES as u64);
    assert!(bytes < 4 * once, "{bytes} bytes were written for {once}");
}

/// A piece goes to the disk in parts of a mebibyte: one of several parts, changes behind it, and both written anew as one.
#[test]
fn pieces_of_several_megabytes_are_loaded_as_they_were_committed() {
    const VALUE_BYTES: usize = 100_000;
    let dir = tempfile::tempdir().unwrap();
    let mut expected: BTreeMap<(StateOwner, Bytes), Bytes> = BTreeMap::new();
    for id in 1..=6_u32 {
        let values = (0..30).map(|key| (key + id * 10, vec![(key + id) as u8; VALUE_BYTES]));
        let mut changes: Vec<StateChange> = values.map(|(key, value)| change(key, Some(&value))).collect();
        changes.push(change(id, None));
        for StateChange { owner, key, value, .. } in changes.clone() {
            match value {
                Some(value) => drop(expected.insert((owner, key), value)),
                None => drop(expected.remove(&(owner, key))),
            }
        }
        Platform::open(dir.path()).store.commit(&job(), checkpoint(u64::from(id), changes)).unwrap();
        let loaded = Platform::open(dir.path()).store.load(&job()).unwrap().unwrap();
        let state = loaded.state.into_iter().map(|(owner, key, value)| ((owner, key), value));
        assert_eq!(state.collect::<BTreeMap<_, _>>(), expected, "behind checkpoint {id}");
    }
}

/// Values beyond what goes to the disk at once, between small ones.
#[test]
fn values_of_several_megabytes_are_loaded_as_they_were_committed() {
    let dir = tempfile::tempdir().unwrap();
    let lengths = [1, 1 << 20, (1 << 20) - 1, 0, 5 << 20, 7];
    let values: Vec<Vec<u8>> = lengths.iter().map(|len| (0..*len).map(|at| (at % 251) as u8).collect()).collect();
    let changes = (0..).zip(&values).map(|(key, value)| change(key, Some(value))).collect();
    Platform::open(dir.path()).store.commit(&job(), checkpoint(1, changes)).unwrap();
    let loaded = Platform::open(dir.path()).store.load(&job()).unwrap().unwrap();
    for (_, key, found) in &loaded.state {
        let value = &values[u32::from_be_bytes(key.as_ref().try_into().unwrap()) as usize];
        assert!(found == value, "value {key:?} has {} bytes, not {}", found.len(), value.len());
    }
    assert_eq!(loaded.state.len(), values.len());
}

/// What is damaged doesn't become sound by being copied under a new checksum.
#[test]
fn a_piece_that_is_damaged_is_not_put_together_with_others() {
    const PIECES: usize = 64;
    for (place, at) in [(5, 2), (20, 30), (40, 69_000)] {
        let dir = tempfile::tempdir().unwrap();
        let platform = Platform::open(dir.path());
        let commit = |id: u32| {
            let first = StateChange { is_first: true, ..change(id, Some(&[id as u8; 70_000])) };
            platform.store.commit(&job(), checkpoint(u64::from(id), vec![first]))
        };
        (1..=PIECES as u32).for_each(|id| commit(id).unwrap());
        let pieces = files(&dir.path().join(".yeoul/jobs"));
        assert_eq!(pieces.len(), PIECES);
        let (name, path) = pieces.iter().nth(place).unwrap();
        let mut damaged = std::fs::read(path).unwrap();
        damaged[at] ^= 1;
        std::fs::write(path, damaged).unwrap();
        let error = commit(PIECES as u32 + 1).unwrap_err().to_string();
        assert!(error.contains(name.as_str()) && error.contains("--fresh"), "{error}");
    }
}

#[test]
fn a_piece_that_is_damaged_or_missing_is_refused_by_name() {
    let dir = tempfile::tempdir().unwrap();
    let platform = Platform::open(dir.path());
    platform.store.commit(&job(), checkpoint(1, vec![change(2, Some(&[7; 100_000]))])).unwrap();
    let (name, path) = files(&dir.path().join(".yeoul/jobs")).pop_first().unwrap();
    let sound = std::fs::read(&path).unwrap();
    for at in [0, 9, 13, 50, sound.len() - 1] {
        let mut damaged = sound.clone();
        damaged[at] ^= 1;
        std::fs::write(&path, damaged).unwrap();
        refused(&platform, &name);
    }
    std::fs::write(&path, &sound[..sound.len() / 2]).unwrap();
    refused(&platform, &name);
    std::fs::remove_file(&path).unwrap();
    refused(&platform, &name);
    std::fs::write(&path, sound).unwrap();
    assert!(platform.store.load(&job()).unwrap().is_some());
}

fn refused(platform: &Platform, name: &str) {
    let error = platform.store.load(&job()).unwrap_err();
    assert!(matches!(error, CheckpointError::Damaged { .. }));
    assert!(error.to_string().contains(name) && error.to_string().contains("--fresh"), "{error}");
}

#[test]
fn output_that_nobody_staged_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let platform = Platform::open(dir.path());
    let mut foreign = checkpoint(1, Vec::new());
    foreign.outputs = vec![Bytes::from_static(&[0, 0, 0, 0, 0, 0, 0, 9])];
    assert!(matches!(platform.store.commit(&job(), foreign), Err(CheckpointError::Refused(_))));
}

#[test]
fn nothing_is_loaded_or_removed_while_a_commit_s_outcome_is_unknown() {
    let disk = SimDisk::new();
    let clock = Arc::new(SimClock::at(Timestamp(1_000_000)));
    let platform = Platform::open_on(Arc::new(disk.clone()), Path::new("/p"), clock).unwrap();
    platform.store.commit(&job(), checkpoint(1, vec![change(2, Some(&[7; 100_000]))])).unwrap();
    disk.inject(Fault::FlushForGood(disk.flushes()));
    let unknown = platform.store.commit(&job(), checkpoint(2, Vec::new()));
    assert!(matches!(unknown, Err(CheckpointError::Unknown(_))), "{unknown:?}");
    // What a record of unknown fate may name, as a sink or the store wrote it before.
    let named = Path::new("/p/.yeoul/jobs/test%20job/00000000000000000002.piece");
    disk.open(named, OpenMode::CreateNew).unwrap();
    assert!(matches!(platform.store.load(&job()), Err(CheckpointError::Unknown(_))));
    assert!(matches!(platform.store.forget(&job()), Err(CheckpointError::Unknown(_))));
    assert!(disk.files().iter().any(|(path, _)| path == named));
}
