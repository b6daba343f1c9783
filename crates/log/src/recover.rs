//! Opening the log: the newest index checkpoint, then the groups behind it.
//!
//! - A group that is not whole is the tail that a power cut left, and is cleared, if no group of its sequence or a
//!   later one begins behind it; else it is damage, and nothing is opened or changed.
//! - What is kept is flushed before anything is served: a killed process may have left it in the page cache only.
//! - Everything here can be cut off and done again: the tail is cleared with zeros, and names that nothing refers
//!   to (segments of an unfinished rewrite, files of the write-ahead log that are not needed) are removed last.

use std::collections::{BTreeMap, HashSet};
use std::io::{self, IoSlice};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use yeoul_base::decode::Decoder;
use yeoul_base::disk::EntryKind;
use yeoul_base::{JobName, TopicId};

use crate::batch::BatchHeader;
use crate::error::OpenError;
use crate::partition::HotBatch;
use crate::segment::segment_name;
use crate::shared::{Shared, lock, write};
use crate::snapshot::{Standing, load_newest, topic_parts};
use crate::state::State;
use crate::table::decode_rows;
use crate::trusted_time::TrustedTime;
use crate::wal::{
    CommitRecord, EndRecord, Entry, GROUPS_FROM, GroupHeader, Kind, ScanStep, Scanner, TopicRecord, WalFile,
    file_number,
};
use crate::writer::make_file;

/// Brings the log's state back, and gives the file to go on with.
pub(crate) fn recover(shared: &Arc<Shared>) -> Result<(State, Arc<WalFile>), OpenError> {
    let mut state = load_index(shared)?;
    let files = open_files(shared, &state)?;
    let end = replay(shared, &mut state, &files)?;
    check_places(shared, &state, &files)?;
    let file = settle(shared, &mut state, &files, end)?;
    let in_log = (state.standing.sequence > 0).then_some(state.standing.time);
    *lock(&shared.time) = TrustedTime::start(in_log, shared.clock.now(), shared.clock.elapsed());
    remove_leftovers(shared, &state);
    Ok((state, file))
}

fn io_error(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> OpenError {
    let path = path.to_path_buf();
    move |source| OpenError::Io {
        doing,
        path,
        source,
        remedy: "check the disk and this user's rights, and start again",
    }
}

fn damaged(path: &Path, position: u64, reason: impl Into<String>) -> OpenError {
    OpenError::Damaged { path: path.to_path_buf(), position, reason: reason.into() }
}

/// The state of the newest index checkpoint, or an empty one.
fn load_index(shared: &Shared) -> Result<State, OpenError> {
    let dir = shared.folder.index();
    let loaded = load_newest(&*shared.disk, &dir, shared.folder.key)?.unwrap_or_default();
    let mut state = State::new(loaded.standing);
    let mut producers = loaded.producers;
    for parts in loaded.topics {
        state.add_topic(&parts);
        shared.add_topic(parts);
    }
    for (number, slot) in &mut state.slots {
        slot.producers = producers.remove(number).unwrap_or_default();
        for (producer, first) in slot.producers.open() {
            state.open.entry(producer).or_default().insert(*number);
            slot.partition.write().open.insert(first, producer);
        }
    }
    for (job, (checkpoint, meta)) in loaded.jobs {
        state.checkpoints.insert(job.clone(), checkpoint);
        shared.set_job(job, checkpoint, meta);
    }
    shared.apply_rows(&loaded.rows);
    shared.disk.sync_dir(&dir).map_err(io_error("flush", &dir))?;
    Ok(state)
}

/// The files of the write-ahead log, and whether each has a whole header.
type Files = BTreeMap<u32, (Arc<WalFile>, bool)>;

fn open_files(shared: &Shared, state: &State) -> Result<Files, OpenError> {
    let dir = shared.folder.wal();
    let names = shared.disk.list(&dir).map_err(io_error("list", &dir))?;
    let mut files = Files::new();
    for entry in names {
        let path = dir.join(&entry.name);
        let number = file_number(&entry.name).filter(|_| entry.kind == EntryKind::File);
        let Some(number) = number else {
            let reason = "the write-ahead log's folder does not hold such a name".to_owned();
            return Err(OpenError::Foreign { path, reason });
        };
        let (file, whole) = WalFile::open(&*shared.disk, &dir, number, shared.folder.key)?;
        // Of a file that is not replayed, or only in part, it is known that it was written before the checkpoint.
        file.last_time.store(state.standing.time, Ordering::Relaxed);
        if number <= state.standing.file {
            file.first_time.store(state.standing.time, Ordering::Relaxed);
        }
        files.insert(number, (Arc::new(file), whole));
    }
    let standing = &state.standing;
    if files.is_empty() && standing.file == 0 && !shared.folder.is_new {
        check_nothing_lost(shared)?;
    }
    if standing.file > 0 && !files.contains_key(&standing.file) {
        return Err(damaged(&dir.join(crate::wal::file_name(standing.file)), 0, "the file is missing"));
    }
    Ok(files)
}

/// Refuses to begin anew where segments tell that there was a log.
fn check_nothing_lost(shared: &Shared) -> Result<(), OpenError> {
    let dir = shared.folder.segments();
    let names = shared.disk.list(&dir).map_err(io_error("list", &dir))?;
    if names.is_empty() {
        return Ok(());
    }
    Err(damaged(&shared.folder.index(), 0, "index and write-ahead log are missing, and segments are there"))
}

/// Where the groups end, and what has to be cleared behind.
struct End {
    file: u32,
    position: u64,
    dirty_end: u64,
}

/// Replays the groups behind the checkpoint.
fn replay(shared: &Shared, state: &mut State, files: &Files) -> Result<Option<End>, OpenError> {
    let mut end: Option<End> = None;
    let first = state.standing.file;
    let start = |number| if number == first { state.standing.position } else { GROUPS_FROM };
    let starts: Vec<(u32, u64)> = files.range(first..).map(|(&number, _)| (number, start(number))).collect();
    check_numbers(shared, &starts)?;
    let mut broken: Option<(PathBuf, u64, &'static str)> = None;
    for (number, from) in starts {
        let Some((file, whole_header)) = files.get(&number) else { continue };
        if file.bytes < from && number == first && from > GROUPS_FROM {
            return Err(damaged(&file.path, file.bytes, "the file ends before what was durable in it"));
        }
        let mut scanner = Scanner::new(file, shared.folder.key, from);
        let groups_before = state.standing.sequence;
        let reason = replay_file(shared, state, file, &mut scanner)?;
        let replayed = state.standing.sequence > groups_before;
        if let Some((path, position, reason)) = broken.as_ref().filter(|_| replayed) {
            return Err(damaged(path, *position, *reason));
        }
        if replayed && !whole_header {
            return Err(damaged(&file.path, 0, "the file's header is wrong"));
        }
        let next = state.standing.sequence + 1;
        let (later, dirty_end) = scanner.look_behind(next).map_err(io_error("read", &file.path))?;
        if later.is_some() {
            let (path, position, reason) = broken.unwrap_or((file.path.clone(), scanner.position, reason));
            return Err(damaged(&path, position, format!("{reason}, and later groups follow")));
        }
        let is_dirty = dirty_end > scanner.position;
        if let Some((path, position, reason)) = broken.as_ref().filter(|_| is_dirty) {
            return Err(damaged(path, *position, format!("{reason}, and more follows in a later file")));
        }
        if is_dirty {
            broken = Some((file.path.clone(), scanner.position, reason));
        }
        // The tail may be the first group of a file.
        if end.is_none() || replayed || is_dirty {
            end = Some(End { file: number, position: scanner.position, dirty_end });
        }
    }
    Ok(end)
}

/// The files' numbers leave no gap.
fn check_numbers(shared: &Shared, starts: &[(u32, u64)]) -> Result<(), OpenError> {
    for pair in starts.windows(2) {
        let [(before, _), (after, _)] = pair else { continue };
        if *after != before + 1 {
            let path = shared.folder.wal().join(crate::wal::file_name(before + 1));
            return Err(damaged(&path, 0, "the file is missing"));
        }
    }
    Ok(())
}

/// Replays a file's groups; returns why it ends.
fn replay_file(
    shared: &Shared,
    state: &mut State,
    file: &Arc<WalFile>,
    scanner: &mut Scanner<'_>,
) -> Result<&'static str, OpenError> {
    loop {
        let at = scanner.position;
        let step = scanner.step(state.standing.sequence + 1).map_err(io_error("read", &file.path))?;
        match step {
            ScanStep::End(reason) => return Ok(reason),
            ScanStep::Group(header, bytes) => {
                let place = Place { file, group: at, time: header.time };
                replay_group(shared, state, &header, &bytes, &place)
                    .map_err(|reason| damaged(&file.path, at, reason))?;
                file.note_time(header.time);
                state.standing = Standing {
                    sequence: header.sequence,
                    file: file.number,
                    position: scanner.position,
                    time: header.time,
                    ..state.standing
                };
            }
        }
    }
}

/// Where a group being replayed lies.
struct Place<'a> {
    file: &'a WalFile,
    group: u64,
    time: i64,
}

fn replay_group(
    shared: &Shared,
    state: &mut State,
    header: &GroupHeader,
    bytes: &[u8],
    place: &Place<'_>,
) -> Result<(), &'static str> {
    for entry in header.entries(bytes)? {
        replay_entry(shared, state, &entry, place)?;
    }
    Ok(())
}

const UNREADABLE: &str = "an entry can't be read though its checksum is right";

fn replay_entry(shared: &Shared, state: &mut State, entry: &Entry<'_>, place: &Place<'_>) -> Result<(), &'static str> {
    let mut from = Decoder::new(entry.payload);
    match entry.kind {
        Kind::Batch => replay_batch(state, entry, place),
        Kind::Staged => Ok(()),
        Kind::CreateTopic => {
            let parts = topic_parts(&TopicRecord::decode(&mut from).map_err(|_| UNREADABLE)?);
            state.add_topic(&parts);
            shared.add_topic(parts);
            Ok(())
        }
        Kind::DeleteTopic => {
            let id = TopicId(from.array().map_err(|_| UNREADABLE)?);
            state.remove_topic(id);
            shared.remove_topic(id);
            Ok(())
        }
        Kind::ProducerIds => {
            let next = from.i64().map_err(|_| UNREADABLE)?;
            state.reserve_producer_ids(next);
            Ok(())
        }
        Kind::Commit => replay_commit(shared, state, entry.payload),
        Kind::Rows => {
            shared.apply_rows(&decode_rows(&mut from).map_err(|_| UNREADABLE)?);
            Ok(())
        }
        Kind::EndTransaction => {
            let record = EndRecord::decode(entry.payload).map_err(|_| UNREADABLE)?;
            let at = u32::try_from(place.group + entry.at as u64).map_err(|_| UNREADABLE)?;
            shared.apply_rows(&record.rows);
            state.replay_end(&record, place.file.number, at)
        }
        Kind::ForgetJob => {
            let name = std::str::from_utf8(entry.payload).map_err(|_| UNREADABLE)?;
            let job = JobName(name.to_owned());
            state.checkpoints.remove(&job);
            write(&shared.jobs).remove(&job);
            Ok(())
        }
        Kind::AlterTopic => state.replay_altered(shared, entry.payload).map_err(|_| UNREADABLE),
        Kind::AddPartitions => state.replay_added(shared, entry.payload).map_err(|_| UNREADABLE),
        Kind::LogStart => {
            let start = from.i64().map_err(|_| UNREADABLE)?;
            if let Some(slot) = state.slots.get(&entry.slot) {
                slot.partition.write().trim(start);
            }
            Ok(())
        }
    }
}

fn replay_batch(state: &mut State, entry: &Entry<'_>, place: &Place<'_>) -> Result<(), &'static str> {
    let header = BatchHeader::parse(entry.payload).map_err(|_| UNREADABLE)?;
    let Some(slot) = state.slots.get_mut(&entry.slot) else { return Ok(()) };
    if header.base_offset.0 != slot.next_offset {
        return Err("a batch does not follow the one before it");
    }
    let at = place.group + entry.at as u64;
    let hot = HotBatch {
        base: slot.next_offset,
        max_timestamp: header.max_timestamp.0,
        file: place.file.number,
        at: u32::try_from(at).map_err(|_| UNREADABLE)?,
        bytes: u32::try_from(header.bytes).map_err(|_| UNREADABLE)?,
    };
    if slot.producers.record(&header, slot.next_offset, place.time) {
        state.open.entry(header.producer_id).or_default().insert(entry.slot);
        slot.partition.write().open.insert(slot.next_offset, header.producer_id);
    }
    slot.next_offset += i64::from(header.records);
    slot.partition.write().push(hot, slot.next_offset);
    Ok(())
}

fn replay_commit(shared: &Shared, state: &mut State, payload: &[u8]) -> Result<(), &'static str> {
    let record = CommitRecord::decode(payload).map_err(|_| UNREADABLE)?;
    for batch in &record.batches {
        let Some(slot) = state.slots.get_mut(&batch.slot) else { continue };
        if batch.base != slot.next_offset {
            return Err("a committed batch does not follow the one before it");
        }
        slot.next_offset += i64::from(batch.records);
        slot.partition.write().push(batch.hot(), slot.next_offset);
    }
    state.checkpoints.insert(record.job.clone(), record.checkpoint);
    shared.set_job(record.job, record.checkpoint, record.meta);
    Ok(())
}

/// Checks that every file that the index names is there.
fn check_places(shared: &Shared, state: &State, files: &Files) -> Result<(), OpenError> {
    for slot in state.slots.values() {
        let partition = &slot.partition;
        let index = partition.read();
        if let Some(batch) = index.hot.iter().find(|batch| !files.contains_key(&batch.file)) {
            let path = shared.folder.wal().join(crate::wal::file_name(batch.file));
            return Err(damaged(&path, u64::from(batch.at), "the file is missing"));
        }
        if index.segments.is_empty() {
            continue;
        }
        let dir = shared.folder.topic(partition.topic_id).join(partition.number.to_string());
        if index.segments.iter().all(|segment| !segment.place.is_local()) {
            continue;
        }
        let names = shared.disk.list(&dir).map_err(io_error("list", &dir))?;
        let names: HashSet<&str> = names.iter().map(|entry| entry.name.as_str()).collect();
        for segment in index.segments.iter().filter(|segment| segment.place.is_local()) {
            let name = segment_name(segment);
            if !names.contains(name.as_str()) {
                return Err(damaged(&dir.join(name), 0, "the file is missing"));
            }
        }
    }
    Ok(())
}

/// Clears the broken tail, flushes what is kept, and gives the file to go on with.
fn settle(shared: &Shared, state: &mut State, files: &Files, end: Option<End>) -> Result<Arc<WalFile>, OpenError> {
    let dir = shared.folder.wal();
    {
        let mut open = write(&shared.files);
        open.extend(files.iter().map(|(&number, (file, _))| (number, Arc::clone(file))));
    }
    let end = end.unwrap_or(End { file: 0, position: GROUPS_FROM, dirty_end: 0 });
    state.standing.file = end.file;
    state.standing.position = end.position;
    for (number, (file, whole)) in files.range(end.file..) {
        let sound = *whole && file.bytes >= shared.config.file_bytes;
        if *number > end.file && !sound {
            // The next file, whose making was cut off: no group was ever in it, and it is made when it is needed.
            write(&shared.files).remove(number);
            shared.disk.remove_file(&file.path).map_err(io_error("remove", &file.path))?;
        } else if end.position == GROUPS_FROM && !sound {
            make_file(shared, *number, 0).map_err(io_error("write", &file.path))?;
        }
    }
    if let Some((file, _)) = files.get(&end.file) {
        clear(file, &end).map_err(io_error("write", &file.path))?;
    }
    for (file, _) in files.range(..=end.file).map(|(_, entry)| entry) {
        file.file.sync_data().map_err(io_error("flush", &file.path))?;
    }
    if end.file == 0 {
        make_file(shared, 1, 0).map_err(io_error("create a file in", &dir))?;
        state.standing.file = 1;
    }
    shared.disk.sync_dir(&dir).map_err(io_error("flush", &dir))?;
    let open = write(&shared.files);
    let file = open.get(&state.standing.file).map(Arc::clone);
    file.ok_or_else(|| damaged(&dir, 0, "there is no file to go on with"))
}

/// Overwrites what a cut group left, so that it can't be taken for a part of a later one.
fn clear(file: &WalFile, end: &End) -> io::Result<()> {
    let left = end.dirty_end.saturating_sub(end.position);
    let zeros = vec![0; usize::try_from(left.min(1 << 20)).unwrap_or(0)];
    let mut at = end.position;
    while at < end.dirty_end {
        let length = (end.dirty_end - at).min(zeros.len() as u64);
        let part = zeros.get(..usize::try_from(length).unwrap_or(0)).unwrap_or_default();
        file.file.write_all_at(&[IoSlice::new(part)], at)?;
        at += length;
    }
    Ok(())
}

/// Removes what nothing refers to. What can't be removed now is tried again at the next start.
fn remove_leftovers(shared: &Shared, state: &State) {
    let mut segments: HashSet<PathBuf> = HashSet::new();
    for slot in state.slots.values() {
        let index = slot.partition.read();
        let dir = shared.folder.topic(slot.partition.topic_id).join(slot.partition.number.to_string());
        let local = index.segments.iter().filter(|segment| segment.place.is_local());
        segments.extend(local.map(|segment| dir.join(segment_name(segment))));
    }
    if let Err(error) = remove_segments(shared, &shared.folder.segments(), &segments, 0) {
        tracing::warn!(%error, "can't remove segments that nothing refers to");
    }
}

/// Removes the files under a folder that are not kept, and the folders that are empty then.
fn remove_segments(shared: &Shared, dir: &Path, keep: &HashSet<PathBuf>, depth: usize) -> io::Result<()> {
    for entry in shared.disk.list(dir)? {
        let path = dir.join(&entry.name);
        match entry.kind {
            EntryKind::Folder if depth < 2 => {
                remove_segments(shared, &path, keep, depth + 1)?;
                if shared.disk.list(&path)?.is_empty() {
                    shared.disk.remove_dir(&path)?;
                }
            }
            EntryKind::File if entry.name.ends_with(".seg") && !keep.contains(&path) => {
                shared.disk.remove_file(&path)?;
            }
            _ => {}
        }
    }
    Ok(())
}
