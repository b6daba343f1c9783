//! Keyed state: the one place where operators keep anything between batches.
//!
//! A [`KeyedState`] is a table from keys to values that are laid out as columns ([`StateColumns`]). It is asked with
//! batches of keys, tracks what changed since the last checkpoint, and accounts its bytes against the job's
//! [`Budget`]. Everything is in memory for now; what is kept in a checkpoint is laid out so that spilling, savepoints
//! and rescaling have what they need:
//!
//! ```text
//! owner   the operator's node id (StateOwner::Operator)
//! key     version u8 (3) · table u8 · key group u8 (0-127, of the key's stable hash) · user key
//! value   as the columns write it
//! ```
//!
//! An operator that runs in several subtasks keeps in each the keys whose groups are that subtask's ([`Share`]): the same
//! groups by which rows are sent to it. So a checkpoint is taken up by any number of subtasks.

mod alphabet;
mod keys;
mod row_codec;
mod share;
mod table;
mod ttl;

pub(crate) use alphabet::{Alphabet, word_at};
pub(crate) use keys::{EncodedKeys, KeyEncoder};
pub(crate) use row_codec::{EncodedRows, RowCodec, write_varlong};
pub(crate) use share::{Share, subtask_of};
pub(crate) use table::KeyedState;
pub(crate) use ttl::StateTtl;

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use thiserror::Error;
use yeoul_base::decode::{DecodeError, Decoder};

use crate::checkpoint::{StateChange, StateOwner};

/// The version of the stored keys' and values' layout. 1 had whole rows as sortable key bytes, 2 had an entry for each row of a join of
/// inserts, and distinct numbers in 8 bytes each.
pub(crate) const STATE_VERSION: u8 = 3;
/// How many key groups keys fall into: the most subtasks that an operator can have.
pub(crate) const KEY_GROUPS: u64 = 128;
const PREFIX_BYTES: usize = 3;
/// What changed entries share a buffer of.
const SHARED_BYTES: usize = 256 << 10;

/// The values of a table: columns indexed by slot.
pub(crate) trait StateColumns: Send {
    /// Makes room for `slots` slots; new ones are empty.
    fn grow(&mut self, slots: usize);
    /// Empties a slot.
    fn reset(&mut self, slot: usize);
    /// Appends a slot's value to `bytes`.
    fn write(&self, slot: usize, bytes: &mut Vec<u8>);
    /// Sets an empty slot from what `write` wrote.
    fn read(&mut self, slot: usize, bytes: &mut Decoder<'_>) -> Result<(), DecodeError>;
    /// Bytes held, about.
    fn bytes(&self) -> usize;
}

/// Why state can't be kept or read.
#[derive(Debug, Error)]
pub(crate) enum StateError {
    /// More than the user allows.
    #[error(
        "state takes {used} bytes, more than `yeoul.state.memory` allows ({max}); \
         raise it with `SET 'yeoul.state.memory' = '…'`, or keep fewer keys"
    )]
    OverBudget {
        /// Bytes that the job's state takes.
        used: u64,
        /// Bytes that it may take.
        max: u64,
    },
    /// An entry of a checkpoint that this program can't read.
    #[error("state of operator {operator} can't be read: {reason}; start the job with `--fresh` to begin anew")]
    Unreadable {
        /// The operator's node id.
        operator: u32,
        /// What is wrong.
        reason: String,
    },
}

/// How many bytes a job's state may take, and takes; and whether anyone will ask for what changed.
#[derive(Debug)]
pub(crate) struct Budget {
    max: u64,
    used: AtomicU64,
    tracks: bool,
}

impl Budget {
    /// A budget of `max` bytes, none used.
    pub(crate) fn new(max: u64) -> Arc<Budget> {
        Arc::new(Budget { max, used: AtomicU64::new(0), tracks: true })
    }

    /// A budget of `max` bytes for state that ends with its process: tables don't remember what changed, and their
    /// snapshots are empty.
    pub(crate) fn untracked(max: u64) -> Arc<Budget> {
        Arc::new(Budget { max, used: AtomicU64::new(0), tracks: false })
    }

    /// Whether tables remember what changed since the last checkpoint.
    pub(crate) fn tracks(&self) -> bool {
        self.tracks
    }

    /// Bytes in use.
    pub(crate) fn used(&self) -> u64 {
        self.used.load(Ordering::Relaxed)
    }

    /// Replaces a share of `before` bytes by one of `now` bytes.
    pub(crate) fn exchange(&self, before: u64, now: u64) -> Result<(), StateError> {
        let used = if now >= before {
            self.used.fetch_add(now - before, Ordering::Relaxed) + (now - before)
        } else {
            self.used.fetch_sub(before - now, Ordering::Relaxed) - (before - now)
        };
        if now > before && used > self.max {
            return Err(StateError::OverBudget { used, max: self.max });
        }
        Ok(())
    }
}

/// A user key and its value.
pub(crate) type Entry<'a> = (&'a [u8], &'a [u8]);

/// What the last checkpoint kept for one operator, and which part of it this subtask takes up.
#[derive(Clone, Debug, Default)]
pub(crate) struct StateEntries {
    operator: u32,
    entries: Arc<Vec<(Bytes, Bytes)>>,
    share: Share,
}

impl StateEntries {
    /// No entries, for the subtask of this share.
    pub(crate) fn none(share: Share) -> StateEntries {
        StateEntries { share, ..StateEntries::default() }
    }

    /// The same entries, to be taken up by the subtask of this share.
    pub(crate) fn of(&self, share: Share) -> StateEntries {
        StateEntries { share, ..self.clone() }
    }

    /// Which subtask takes these entries up.
    pub(crate) fn share(&self) -> Share {
        self.share
    }

    /// User keys and values of one of the operator's tables.
    pub(crate) fn table(&self, table: u8) -> Result<Vec<Entry<'_>>, StateError> {
        let mut found = Vec::new();
        for (key, value) in self.entries.iter() {
            let mut decoder = Decoder::new(key);
            let (version, of) = (decoder.u8(), decoder.u8());
            let ((Ok(STATE_VERSION), Ok(of)), Ok(_group)) = ((version, of), decoder.u8()) else {
                let reason = "an entry was written by another version of Yeoul".to_owned();
                return Err(StateError::Unreadable { operator: self.operator, reason });
            };
            if of == table {
                found.push((&key[PREFIX_BYTES..], &value[..]));
            }
        }
        Ok(found)
    }

    /// Those of a table whose keys are this subtask's.
    pub(crate) fn own(&self, table: u8, group: KeyGroup) -> Result<Vec<Entry<'_>>, StateError> {
        let mut entries = self.table(table)?;
        entries.retain(|(key, _)| group.of(key).is_none_or(|group| self.share.owns(group)));
        Ok(entries)
    }
}

/// A checkpoint's state by operator.
pub(crate) fn by_operator(state: Vec<(StateOwner, Bytes, Bytes)>) -> HashMap<u32, StateEntries> {
    let mut operators: HashMap<u32, Vec<(Bytes, Bytes)>> = HashMap::new();
    for (owner, key, value) in state {
        if let StateOwner::Operator(operator) = owner {
            operators.entry(operator).or_default().push((key, value));
        }
    }
    let entries = |(operator, entries)| {
        (operator, StateEntries { operator, entries: Arc::new(entries), share: Share::default() })
    };
    operators.into_iter().map(entries).collect()
}

/// How a stored key's group follows from the user key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum KeyGroup {
    /// From all of it.
    OfWhole,
    /// From the part that [`grouped_key`] puts first, without so many bytes at its end, so that all entries of one key of
    /// the query stay together.
    OfPrefix {
        /// How many bytes of the part don't belong to the key of the query.
        less: usize,
    },
    /// From nothing: the entries are of no key. All subtasks have the same, and the first one writes them.
    Everywhere,
    /// From nothing: the entries are of no key, and each subtask writes its own; each takes all of them up.
    OfSubtask,
}

impl KeyGroup {
    /// The group of a user key; none: it is of no key.
    fn of(self, key: &[u8]) -> Option<u8> {
        match self {
            KeyGroup::OfWhole => Some(key_group(key)),
            KeyGroup::OfPrefix { less } => {
                let part = split_grouped_key(key).0;
                Some(key_group(part.get(..part.len().saturating_sub(less)).unwrap_or(part)))
            }
            KeyGroup::Everywhere | KeyGroup::OfSubtask => None,
        }
    }
}

/// A user key that begins with what its group follows from: length (32 bits), that part, the rest.
pub(crate) fn grouped_key(part: &[u8], rest: &[&[u8]], key: &mut Vec<u8>) {
    key.clear();
    key.extend(u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
    key.extend(part);
    rest.iter().for_each(|rest| key.extend(*rest));
}

/// The part that the group follows from, and the rest; all and nothing for a key that is too short.
pub(crate) fn split_grouped_key(key: &[u8]) -> (&[u8], &[u8]) {
    let Some((len, rest)) = key.split_first_chunk::<4>() else { return (key, &[]) };
    rest.split_at_checked(u32::from_be_bytes(*len) as usize).unwrap_or((rest, &[]))
}

/// One changed entry of an operator's table, of no key.
pub(crate) fn change(operator: u32, table: u8, key: &[u8], value: Option<Vec<u8>>) -> StateChange {
    change_in(operator, table, key, KeyGroup::Everywhere, value)
}

/// One changed entry of a table whose keys' groups follow as `group` says.
pub(crate) fn change_in(operator: u32, table: u8, key: &[u8], group: KeyGroup, value: Option<Vec<u8>>) -> StateChange {
    let mut stored = Vec::with_capacity(PREFIX_BYTES + key.len());
    stored.extend([STATE_VERSION, table, group.of(key).unwrap_or_else(|| key_group(key))]);
    stored.extend(key);
    let value = value.map(Bytes::from);
    StateChange { owner: StateOwner::Operator(operator), key: stored.into(), value, is_first: false }
}

/// Changed entries of one table, in buffers that many share instead of two of their own each.
pub(crate) struct Changes<'a> {
    operator: u32,
    table: u8,
    group: KeyGroup,
    /// Keys and values one behind the other; where each entry's key and value end, and whether it is its key's first.
    bytes: Vec<u8>,
    ends: Vec<(usize, usize, bool)>,
    changes: &'a mut Vec<StateChange>,
}

impl<'a> Changes<'a> {
    /// About so many entries of a table whose keys' groups follow as `group` says.
    pub(crate) fn new(
        (operator, table, group): (u32, u8, KeyGroup),
        entries: usize,
        changes: &'a mut Vec<StateChange>,
    ) -> Changes<'a> {
        changes.reserve(entries);
        Changes { operator, table, group, bytes: Vec::new(), ends: Vec::new(), changes }
    }

    /// Adds an entry with its new value, which `write` appends. `is_first`: the checkpoint before has none of this key.
    pub(crate) fn put(&mut self, key: &[u8], is_first: bool, write: impl FnOnce(&mut Vec<u8>)) {
        if self.bytes.capacity() == 0 {
            self.bytes.reserve_exact(SHARED_BYTES);
        }
        let group = self.group.of(key).unwrap_or_else(|| key_group(key));
        self.bytes.extend([STATE_VERSION, self.table, group]);
        self.bytes.extend_from_slice(key);
        let key_end = self.bytes.len();
        write(&mut self.bytes);
        self.ends.push((key_end, self.bytes.len(), is_first));
        // The next entry likely fits as well, or the buffer grows once.
        if self.bytes.len() + SHARED_BYTES / 64 > SHARED_BYTES {
            self.share();
        }
    }

    /// Hands the entries of the buffer over.
    fn share(&mut self) {
        let bytes = Bytes::from(std::mem::take(&mut self.bytes));
        let mut start = 0;
        for (key_end, end, is_first) in self.ends.drain(..) {
            let (key, value) = (bytes.slice(start..key_end), Some(bytes.slice(key_end..end)));
            self.changes.push(StateChange { owner: StateOwner::Operator(self.operator), key, value, is_first });
            start = end;
        }
    }
}

impl Drop for Changes<'_> {
    fn drop(&mut self) {
        self.bytes.shrink_to_fit();
        self.share();
    }
}

/// A key's group: its stable hash (64-bit FNV-1a, then mixed), modulo the number of groups.
pub(crate) fn key_group(key: &[u8]) -> u8 {
    let hash = key
        .iter()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
    ((hash ^ (hash >> 32)) % KEY_GROUPS) as u8
}
