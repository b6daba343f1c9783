//! L7: a folder that can't be opened, or is not a log's, or was damaged, is refused with path and remedy, and nothing
//! in it is deleted or changed.

#![allow(clippy::unwrap_used, reason = "what fails in a test's helper ends the test")]

mod common;

use std::collections::BTreeMap;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use common::{P0, batch, open, small, topic};
use yeoul_base::{Disk, RealDisk, SystemClock};
use yeoul_log::{Log, OpenError};
use yeoul_sim::{Hook, HookedDisk, Operation};

/// A folder with a log in it that was closed in good order.
fn folder() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let log = open(small(&dir.path().join("log")));
    let topic = topic(&log, "t");
    for _ in 0..40 {
        log.append(topic.id, P0, batch(&["some value", "another"])).wait().unwrap();
    }
    log.close();
    dir
}

fn try_open(dir: &Path, disk: Arc<dyn Disk>) -> Result<Log, OpenError> {
    Log::open(small(dir), disk, Arc::new(SystemClock::new()))
}

/// All files under a folder, with their bytes.
fn tree(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
        let path = entry.path();
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            found.extend(tree(&path));
        } else if kind.is_file() {
            found.insert(path.clone(), std::fs::read(&path).unwrap());
        } else {
            found.insert(path, Vec::new());
        }
    }
    found
}

/// Opens a folder that must be refused. Checks that the error names the path and that nothing has changed.
fn check(dir: &Path, disk: Arc<dyn Disk>, path_part: &str, text_part: &str) {
    let before = tree(dir);
    let error = try_open(dir, disk).err().unwrap_or_else(|| panic!("{path_part}: it was opened")).to_string();
    assert!(error.contains(path_part) && error.contains(text_part), "{path_part}, {text_part}: {error}");
    let after = tree(dir);
    for (path, bytes) in before {
        assert_eq!(after.get(&path), Some(&bytes), "{} was changed by a refusal: {error}", path.display());
    }
}

fn refused(change: impl FnOnce(&Path), path_part: &str, text_part: &str) {
    let root = folder();
    let dir = root.path().join("log");
    change(&dir);
    check(&dir, Arc::new(RealDisk), path_part, text_part);
}

fn wal_file(dir: &Path) -> PathBuf {
    let mut files: Vec<PathBuf> = std::fs::read_dir(dir.join("wal")).unwrap().map(|it| it.unwrap().path()).collect();
    files.sort();
    files.remove(0)
}

fn patch(path: &Path, at: usize, bytes: &[u8]) {
    let mut all = std::fs::read(path).unwrap();
    all[at..at + bytes.len()].copy_from_slice(bytes);
    std::fs::write(path, all).unwrap();
}

/// Sets a header's version and makes its checksum fit, as a newer Yeoul would.
fn make_newer(path: &Path, header: usize) {
    let mut bytes = std::fs::read(path).unwrap();
    bytes[8..12].copy_from_slice(&9_u32.to_be_bytes());
    let check = crc32c::crc32c(&bytes[..header - 4]);
    bytes[header - 4..header].copy_from_slice(&check.to_be_bytes());
    std::fs::write(path, bytes).unwrap();
}

fn indexes(dir: &Path) -> Vec<PathBuf> {
    std::fs::read_dir(dir.join("index")).unwrap().map(|it| it.unwrap().path()).collect()
}

#[test]
fn a_folder_with_strange_names_is_refused() {
    refused(
        |dir| std::fs::write(dir.join("notes.txt"), b"mine").unwrap(),
        "notes.txt",
        "name an empty or a new folder",
    );
    refused(|dir| std::fs::create_dir(dir.join("photos")).unwrap(), "photos", "is not Yeoul's");
    refused(|dir| std::fs::write(dir.join("wal/readme"), b"x").unwrap(), "wal/readme", "is not Yeoul's");
    refused(|dir| std::fs::write(dir.join("wal/1.wal"), b"x").unwrap(), "wal/1.wal", "is not Yeoul's");
    refused(|dir| std::fs::create_dir(dir.join("wal/00000000000000000099.wal")).unwrap(), "99.wal", "is not Yeoul's");
    let foreign = tempfile::tempdir().unwrap();
    std::fs::write(foreign.path().join("thesis.tex"), b"years of work").unwrap();
    check(foreign.path(), Arc::new(RealDisk), "thesis.tex", "name an empty or a new folder");
}

#[test]
fn a_name_that_stands_for_something_else_is_refused() {
    let root = tempfile::tempdir().unwrap();
    std::fs::write(root.path().join("file"), b"x").unwrap();
    check(&root.path().join("file"), Arc::new(RealDisk), "file", "another folder");
    symlink(root.path().join("nowhere"), root.path().join("dangling")).unwrap();
    check(&root.path().join("dangling"), Arc::new(RealDisk), "dangling", "another folder");
    for name in ["wal", "index", "segments", "log.meta", "LOCK"] {
        refused(
            |dir| {
                std::fs::rename(dir.join(name), dir.parent().unwrap().join("moved")).unwrap();
                symlink(dir.parent().unwrap().join("moved"), dir.join(name)).unwrap();
            },
            name,
            "not a link",
        );
    }
    let to_link = |dir: &Path| {
        let file = wal_file(dir);
        std::fs::rename(&file, dir.parent().unwrap().join("moved")).unwrap();
        symlink(dir.parent().unwrap().join("moved"), &file).unwrap();
    };
    refused(to_link, ".wal", "is not Yeoul's");
}

#[test]
fn a_folder_reached_by_a_link_is_opened() {
    let root = folder();
    symlink(root.path().join("log"), root.path().join("link")).unwrap();
    assert!(try_open(&root.path().join("link"), Arc::new(RealDisk)).is_ok());
}

#[test]
fn a_second_log_on_the_folder_is_refused() {
    let root = folder();
    let dir = root.path().join("log");
    let first = open(small(&dir));
    let error = try_open(&dir, Arc::new(RealDisk)).err().unwrap().to_string();
    assert!(error.contains("in use by another process") && error.contains("log"), "{error}");
    first.close();
    assert!(try_open(&dir, Arc::new(RealDisk)).is_ok());
}

#[test]
fn a_folder_whose_files_are_empty_cut_or_gone_is_refused() {
    refused(|dir| std::fs::write(dir.join("log.meta"), b"").unwrap(), "log.meta", "restore the file");
    refused(|dir| std::fs::write(dir.join("log.meta"), b"YEOULLOG").unwrap(), "log.meta", "cut off");
    refused(|dir| patch(&dir.join("log.meta"), 20, b"!"), "log.meta", "checksum");
    refused(|dir| std::fs::remove_file(dir.join("log.meta")).unwrap(), "log.meta", "missing");
    refused(|dir| indexes(dir).iter().for_each(|it| std::fs::write(it, b"").unwrap()), ".idx", "cut off");
    refused(
        |dir| {
            let newest = std::fs::read_dir(dir.join("wal")).unwrap().map(|it| it.unwrap().path()).max().unwrap();
            let active = newest.with_file_name(format!("{:020}.wal", number(&newest) - 1));
            std::fs::write(active, b"").unwrap();
        },
        ".wal",
        "ends before what was durable",
    );
    refused(|dir| std::fs::remove_dir_all(dir.join("wal")).unwrap(), ".wal", "missing");
    refused(
        |dir| {
            std::fs::remove_dir_all(dir.join("wal")).unwrap();
            std::fs::remove_dir_all(dir.join("index")).unwrap();
            std::fs::create_dir_all(dir.join("segments/0/0")).unwrap();
            std::fs::write(dir.join("segments/0/0/00000000000000000000.seg"), b"cold").unwrap();
        },
        "index",
        "missing",
    );
}

fn number(path: &Path) -> u32 {
    path.file_stem().unwrap().to_string_lossy().parse().unwrap()
}

#[test]
fn a_folder_of_a_newer_version_is_refused_by_name() {
    let text = "version 9, and this Yeoul knows versions up to ";
    refused(|dir| make_newer(&dir.join("log.meta"), 46), "log.meta", text);
    refused(|dir| make_newer(&wal_file(dir), 32), ".wal", text);
    refused(|dir| indexes(dir).iter().for_each(|it| make_newer(it, 36)), ".idx", text);
}

/// A disk on which one kind of access to some paths fails.
struct Refusing {
    part: &'static str,
    writes_only: bool,
    kind: io::ErrorKind,
}

impl Hook for Refusing {
    fn before(&self, operation: Operation, path: &Path) -> io::Result<()> {
        let meant = path.to_string_lossy().contains(self.part) && operation != Operation::FlushFolder;
        let refused = meant && (operation.changes_something() || !self.writes_only);
        if refused { Err(self.kind.into()) } else { Ok(()) }
    }
}

#[test]
fn a_folder_without_the_rights_to_it_is_refused() {
    let cases = [("LOCK", true), (".wal", true), ("log.meta", false), ("/wal", false), ("/index", false)];
    let kinds = [
        (io::ErrorKind::PermissionDenied, "permission denied"),
        (io::ErrorKind::ReadOnlyFilesystem, "read-only filesystem"),
    ];
    for (part, writes_only) in cases {
        for (kind, text) in kinds {
            let root = folder();
            check(
                &root.path().join("log"),
                Arc::new(HookedDisk::new(Refusing { part, writes_only, kind })),
                part,
                text,
            );
        }
    }
    let root = tempfile::tempdir().unwrap();
    let kind = io::ErrorKind::ReadOnlyFilesystem;
    let disk = Arc::new(HookedDisk::new(Refusing { part: "new", writes_only: true, kind }));
    check(&root.path().join("new"), disk, "new", "mount the disk writable");
}
