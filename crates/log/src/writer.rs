//! The writer: one thread that takes what waits, writes it as one group, flushes, and only then makes it visible
//! and answers. No timer: what arrives during a flush is the next group.
//!
//! Invariants: one group is in flight; nothing is visible or acknowledged before its flush returned; after a
//! failed write or flush nothing is acknowledged any more, and the flush is not tried again.

use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::error::Unavailable;
use crate::queue::{Request, Taken};
use crate::shared::{Shared, lock, read, write};
use crate::snapshot::Snapshot;
use crate::space::full;
use crate::state::{After, State, Work};
use crate::wal::{BLOCK, GROUP_HEADER, GROUPS_FROM, GroupBuilder, VERSION, WalFile, align_block};

/// The most that a file keeps for requests that make room, in bytes: a few groups.
const RESERVE_BYTES_MAX: u64 = 64 << 10;

/// What a turn did.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Turn {
    Worked,
    Idle,
    Closed,
}

pub(crate) struct Writer {
    shared: Arc<Shared>,
    state: State,
    file: Arc<WalFile>,
}

impl Writer {
    /// Continues in a file where the state stands.
    pub(crate) fn new(shared: Arc<Shared>, state: State, file: Arc<WalFile>) -> Writer {
        shared.active_file.store(u64::from(file.number), Ordering::Release);
        Writer { shared, state, file }
    }

    /// Turns until the log is closed.
    pub(crate) fn run(mut self) {
        while self.turn(true) != Turn::Closed {}
    }

    /// Writes one group of what waits.
    pub(crate) fn turn(&mut self, wait: bool) -> Turn {
        match self.shared.queue.take(self.shared.config.group_bytes_max, wait) {
            Taken::Nothing => Turn::Idle,
            Taken::Closed => {
                self.finish();
                Turn::Closed
            }
            Taken::Group(requests, cost) => {
                self.write_group(requests, cost);
                self.shared.queue.done(cost);
                self.hand_in_snapshot(false);
                Turn::Worked
            }
        }
    }

    fn write_group(&mut self, requests: Vec<Request>, cost: usize) {
        self.roll_if_asked(&requests);
        let requests = self.admit(requests);
        let cost = cost + self.state.cost_of_markers(&requests);
        let requests = match self.make_room(cost) {
            Ok(()) => requests,
            Err(unavailable) => self.refuse(requests, &unavailable),
        };
        if requests.is_empty() {
            return;
        }
        let time = self.shared.trusted_now().max(self.state.standing.time);
        let mut work = Work {
            group: GroupBuilder::new(self.state.standing.position),
            after: Vec::with_capacity(requests.len()),
            early: Vec::new(),
            file: self.file.number,
            time,
            moves: false,
        };
        for request in requests {
            self.state.handle(request, &self.shared, &mut work);
        }
        let early = &mut work.early;
        let written = if work.group.is_empty() { Ok(()) } else { self.flush(work.group, time, early) };
        let result = written.map_err(|error| self.fail(&error));
        for answer in work.early {
            answer(&self.shared, result.as_ref().map(|&()| ()));
        }
        for after in work.after {
            after(&self.shared, result.as_ref().map(|&()| ()));
        }
        if work.moves && result.is_ok() {
            self.shared.announce();
        }
    }

    /// Refuses what a full or failed disk can't take. Returns what is done all the same, out of the file's reserve:
    /// requests that let room be made.
    fn refuse(&self, requests: Vec<Request>, why: &Unavailable) -> Vec<Request> {
        let (mut freeing, refused): (Vec<_>, Vec<_>) = requests.into_iter().partition(Request::makes_room);
        refused.into_iter().for_each(|request| request.refuse(why));
        let cost: usize = freeing.iter().map(Request::cost).sum();
        if !why.retriable || (cost > 0 && !self.fits(cost, 0)) {
            freeing.drain(..).for_each(|request| request.refuse(why));
        }
        freeing
    }

    /// Whether a group of so many bytes fits into the file, with so much left behind it. Nothing fits into a file
    /// of an earlier version.
    fn fits(&self, cost: usize, reserve: u64) -> bool {
        self.file.version == VERSION && self.state.standing.position + group_size(cost) + reserve <= self.file.bytes
    }

    /// Goes on to the next file if the keeper asked for it, so that what this one holds becomes old enough to go. A
    /// full disk leaves things as they are.
    fn roll_if_asked(&mut self, requests: &[Request]) {
        let number = self.file.number;
        let asked = requests.iter().any(|request| matches!(request, Request::Roll { file } if *file == number));
        if !asked || self.state.standing.position <= GROUPS_FROM || self.shared.unavailable().is_some() {
            return;
        }
        match self.roll(0) {
            Err(error) if error.kind() != io::ErrorKind::StorageFull => drop(self.fail(&error)),
            _ => {}
        }
    }

    /// Refuses records while the rest of the disk is kept for what has to go on.
    fn admit(&self, requests: Vec<Request>) -> Vec<Request> {
        if !self.shared.scarce.load(Ordering::Acquire) || self.shared.unavailable().is_some() {
            return requests;
        }
        let (records, others): (Vec<_>, Vec<_>) = requests.into_iter().partition(Request::brings_records);
        let why = full();
        records.into_iter().for_each(|request| request.refuse(&why));
        others
    }

    fn flush(&mut self, group: GroupBuilder, time: i64, early: &mut Vec<After>) -> io::Result<()> {
        let standing = &mut self.state.standing;
        let sealed = group.seal(standing.sequence + 1, time, self.shared.folder.key, self.file.number);
        let before = self.shared.clock.elapsed();
        self.file.file.write_all_at(&sealed.parts(), sealed.start)?;
        for answer in early.drain(..) {
            answer(&self.shared, Ok(()));
        }
        self.file.file.sync_data()?;
        let took = self.shared.clock.elapsed().saturating_sub(before);
        standing.sequence += 1;
        standing.position = sealed.end;
        standing.time = time;
        self.file.note_time(time);
        let counters = &self.shared.counters;
        counters.flushes.fetch_add(1, Ordering::Relaxed);
        counters.flush_micros.fetch_add(u64::try_from(took.as_micros()).unwrap_or(0), Ordering::Relaxed);
        Ok(())
    }

    /// Makes sure that a group of so many bytes fits into the file, or goes on to the next one.
    fn make_room(&mut self, cost: usize) -> Result<(), Unavailable> {
        if let Some(unavailable) = self.shared.unavailable() {
            return Err(unavailable);
        }
        if self.fits(cost, reserve(&self.shared)) {
            return Ok(());
        }
        match self.roll(group_size(cost)) {
            Ok(()) => {
                self.shared.set_stuck(false);
                self.shared.look_at_space();
                Ok(())
            }
            Err(error) if error.kind() == io::ErrorKind::StorageFull => {
                self.shared.set_stuck(true);
                self.shared.call_keeper(|desk| desk.work = true);
                Err(full())
            }
            Err(error) => {
                let unavailable = self.fail(&error);
                Err(unavailable)
            }
        }
    }

    fn roll(&mut self, needed: u64) -> io::Result<()> {
        let number = self.file.number + 1;
        let making = lock(&self.shared.making_file);
        let ready = read(&self.shared.files).get(&number).map(Arc::clone);
        let least = GROUPS_FROM + needed + reserve(&self.shared);
        let next = match ready.filter(|file| file.bytes >= least && file.version == VERSION) {
            Some(file) => file,
            None => make_file(&self.shared, number, needed)?,
        };
        drop(making);
        self.shared.active_file.store(u64::from(number), Ordering::Release);
        self.file = next;
        self.state.standing.file = number;
        self.state.standing.position = GROUPS_FROM;
        self.shared.call_keeper(|desk| desk.work = true);
        Ok(())
    }

    /// Stops taking anything: what the disk holds is known no more.
    fn fail(&self, error: &io::Error) -> Unavailable {
        let path = self.file.path.display();
        self.shared.fail(&format!("can't write `{path}`: {error}; check the disk and start again"))
    }

    /// Gives the keeper the index checkpoint that it waits for.
    fn hand_in_snapshot(&self, always: bool) {
        let wanted = std::mem::take(&mut lock(&self.shared.desk.0).wanted);
        if (wanted || always) && self.shared.unavailable().is_none() {
            let snapshot = self.snapshot();
            self.shared.call_keeper(|desk| desk.snapshot = Some(snapshot));
        }
    }

    fn snapshot(&self) -> Snapshot {
        let producers = |slot| self.state.slots.get(&slot).map(|slot| &slot.producers);
        let topics = self.shared.all_topics();
        // Before the index is looked at: what is put in place meanwhile may be in it, or not.
        let replacements = self.shared.replacements.load(Ordering::Acquire);
        let mut snapshot = Snapshot::take(&self.state.standing, &topics, producers, &self.shared);
        // A commit behind this checkpoint names what is staged now: a start from here needs those files.
        let pinned = lock(&self.shared.pins).keys().copied().min();
        snapshot.first_file = pinned.map_or(snapshot.first_file, |file| file.min(snapshot.first_file));
        snapshot.replacements = replacements;
        snapshot
    }

    fn finish(&mut self) {
        self.hand_in_snapshot(true);
        self.shared.call_keeper(|desk| desk.closing = true);
    }
}

/// Makes a write-ahead log file that holds at least one group of so many bytes. The caller holds `making_file`.
///
/// One of that number that is too small is given up first: it loses its name here, and whoever wrote to it after a
/// failure would write what no start finds.
pub(crate) fn make_file(shared: &Shared, number: u32, needed: u64) -> io::Result<Arc<WalFile>> {
    write(&shared.files).remove(&number);
    let bytes = shared.config.file_bytes.max(GROUPS_FROM + needed + reserve(shared));
    let file = WalFile::create(&*shared.disk, &shared.folder.wal(), number, shared.folder.key, bytes)?;
    let file = Arc::new(file);
    write(&shared.files).insert(number, Arc::clone(&file));
    Ok(file)
}

/// What a group takes in the file, in bytes, at most.
fn group_size(cost: usize) -> u64 {
    align_block((GROUP_HEADER + cost) as u64)
}

/// What each file keeps at its end, in bytes, for requests that let room be made when the disk is full.
fn reserve(shared: &Shared) -> u64 {
    align_block((shared.config.file_bytes / 1024).clamp(BLOCK, RESERVE_BYTES_MAX))
}
