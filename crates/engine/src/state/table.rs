//! A table of keyed state: an index from keys to slots, and columns of values indexed by slot.
//!
//! Invariants: a slot is either live (its key is in the index) or free; `changed` names each live slot whose value
//! differs from the last snapshot once, unless nobody will ask; a slot that is freed is emptied at once.

use std::sync::Arc;

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use yeoul_base::decode::{DecodeError, Decoder};

use super::ttl::{Lifetimes, StateTtl};
use super::{Budget, Changes, EncodedKeys, KeyGroup, Share, StateColumns, StateEntries, StateError, change_in};
use crate::checkpoint::StateChange;

/// Bytes that a slot takes besides its key and its value: index, hash, key's pointer, flags.
const SLOT_BYTES: usize = 40;

/// What happened to a slot since the last snapshot.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Since {
    /// Nothing: it isn't in `changed`.
    Same,
    Changed,
    /// It has a key that the last snapshot did not have.
    First,
}

/// A table of one operator.
pub(crate) struct KeyedState<V> {
    operator: u32,
    table: u8,
    index: HashTable<u32>,
    hasher: ahash::RandomState,
    keys: Vec<Box<[u8]>>,
    hashes: Vec<u64>,
    since: Vec<Since>,
    changed: Vec<u32>,
    removed: Vec<Box<[u8]>>,
    free: Vec<u32>,
    /// How the key's group follows from the key.
    group: KeyGroup,
    /// Whose keys these are.
    share: Share,
    /// Where entries live for a time only.
    lifetimes: Option<Box<Lifetimes>>,
    key_bytes: usize,
    accounted: u64,
    budget: Arc<Budget>,
    /// Whether changes are remembered for the next checkpoint ([`Budget::tracks`]).
    tracks: bool,
    values: V,
}

impl<V: StateColumns> KeyedState<V> {
    /// An empty table, the operator's `table`th.
    pub(crate) fn new(operator: u32, table: u8, budget: Arc<Budget>, values: V) -> KeyedState<V> {
        KeyedState {
            operator,
            table,
            index: HashTable::new(),
            hasher: ahash::RandomState::new(),
            keys: Vec::new(),
            hashes: Vec::new(),
            since: Vec::new(),
            changed: Vec::new(),
            removed: Vec::new(),
            free: Vec::new(),
            group: KeyGroup::OfWhole,
            lifetimes: None,
            key_bytes: 0,
            share: Share::default(),
            accounted: 0,
            tracks: budget.tracks(),
            budget,
            values,
        }
    }

    /// The same table with keys that begin with what their group follows from ([`grouped_key`]).
    pub(crate) fn grouped(self) -> KeyedState<V> {
        self.in_groups(KeyGroup::OfPrefix { less: 0 })
    }

    /// The same table with keys whose group follows as `group` says.
    pub(crate) fn in_groups(mut self, group: KeyGroup) -> KeyedState<V> {
        self.group = group;
        self
    }

    /// The same table with entries that live for a time only, where one is given.
    pub(crate) fn living(mut self, ttl: Option<StateTtl>) -> KeyedState<V> {
        self.lifetimes = ttl.map(|ttl| Box::new(Lifetimes::new(ttl)));
        self
    }

    /// Whether entries live for a time only.
    pub(crate) fn expires(&self) -> bool {
        self.lifetimes.is_some()
    }

    /// The live slots whose time is over: they are to be removed, or [kept](Self::keep).
    pub(crate) fn expired(&mut self) -> Vec<u32> {
        self.lifetimes.as_mut().map(|lifetimes| lifetimes.expired()).unwrap_or_default()
    }

    /// Removes the entries whose time is over.
    pub(crate) fn forget_expired(&mut self) {
        self.expired().into_iter().for_each(|slot| self.remove(slot));
    }

    /// Lets the time of a live slot begin anew.
    pub(crate) fn keep(&mut self, slot: u32) {
        if let Some(lifetimes) = &mut self.lifetimes {
            lifetimes.begin(slot);
        }
        self.mark(slot);
    }

    /// The values.
    pub(crate) fn values(&self) -> &V {
        &self.values
    }

    /// The values, to be changed at slots that are marked.
    pub(crate) fn values_mut(&mut self) -> &mut V {
        &mut self.values
    }

    /// The key of a live slot.
    pub(crate) fn key(&self, slot: u32) -> &[u8] {
        &self.keys[slot as usize]
    }

    /// The slot of each key, in order; keys that aren't there get an empty one. Returns the rows that got one.
    pub(crate) fn slots(&mut self, keys: &EncodedKeys, slots: &mut Vec<u32>) -> Vec<u32> {
        slots.clear();
        slots.reserve(keys.len());
        let mut created = Vec::new();
        for row in 0..keys.len() {
            let (slot, new) = self.slot(keys.key(row));
            slots.push(slot);
            if new {
                created.push(row as u32);
            }
        }
        created
    }

    /// The slot of a key, and whether it is new.
    pub(crate) fn slot(&mut self, key: &[u8]) -> (u32, bool) {
        let hash = self.hasher.hash_one(key);
        let (keys, hashes) = (&self.keys, &self.hashes);
        let equal = |slot: &u32| *keys[*slot as usize] == *key;
        match self.index.entry(hash, equal, |slot| hashes[*slot as usize]) {
            Entry::Occupied(entry) => (*entry.get(), false),
            Entry::Vacant(entry) => {
                let slot = self.free.pop().unwrap_or(self.keys.len() as u32);
                entry.insert(slot);
                self.occupy(slot, key, hash);
                (slot, true)
            }
        }
    }

    fn occupy(&mut self, slot: u32, key: &[u8], hash: u64) {
        let place = slot as usize;
        if place == self.keys.len() {
            self.keys.push(Box::default());
            self.hashes.push(0);
            self.since.push(Since::Same);
            self.values.grow(place + 1);
        }
        self.keys[place] = key.into();
        self.hashes[place] = hash;
        self.key_bytes += key.len();
        if let Some(lifetimes) = &mut self.lifetimes {
            lifetimes.begin(slot);
        }
        self.mark(slot);
        if self.tracks {
            self.since[place] = Since::First;
        }
    }

    /// The slot of a key, if it is there.
    pub(crate) fn find(&self, key: &[u8]) -> Option<u32> {
        let hash = self.hasher.hash_one(key);
        self.index.find(hash, |slot| *self.keys[*slot as usize] == *key).copied()
    }

    /// Notes that a slot's value changes.
    pub(crate) fn mark(&mut self, slot: u32) {
        if let Some(lifetimes) = &mut self.lifetimes {
            lifetimes.touch(slot);
        }
        let since = &mut self.since[slot as usize];
        if *since == Since::Same && self.tracks {
            *since = Since::Changed;
            self.changed.push(slot);
        }
    }

    /// Removes a live slot.
    pub(crate) fn remove(&mut self, slot: u32) {
        let place = slot as usize;
        let found = self.index.find_entry(self.hashes[place], |other| *other == slot);
        if let Ok(entry) = found {
            entry.remove();
            let key = std::mem::take(&mut self.keys[place]);
            self.key_bytes -= key.len();
            // What no snapshot has need not be taken out of one.
            if self.tracks && self.since[place] != Since::First {
                self.removed.push(key);
            }
            if let Some(lifetimes) = &mut self.lifetimes {
                lifetimes.end(slot);
            }
            self.values.reset(place);
            self.free.push(slot);
        }
    }

    /// An empty slot that no key has, for a value that lives within one call; give it back with [`Self::give_back`].
    pub(crate) fn borrow_slot(&mut self) -> u32 {
        self.free.pop().unwrap_or_else(|| {
            let place = self.keys.len();
            self.keys.push(Box::default());
            self.hashes.push(0);
            self.since.push(Since::Same);
            self.values.grow(place + 1);
            place as u32
        })
    }

    /// Empties a slot that was borrowed.
    pub(crate) fn give_back(&mut self, slot: u32) {
        self.values.reset(slot as usize);
        self.free.push(slot);
    }

    /// The live slots, in no order.
    pub(crate) fn live(&self) -> impl Iterator<Item = u32> {
        self.index.iter().copied()
    }

    /// Accounts what the table takes now; called behind each batch.
    pub(crate) fn account(&mut self) -> Result<(), StateError> {
        let lifetimes = self.lifetimes.as_ref().map_or(0, |lifetimes| lifetimes.bytes());
        let now = (self.keys.len() * SLOT_BYTES + self.key_bytes + self.values.bytes() + lifetimes) as u64;
        let before = std::mem::replace(&mut self.accounted, now);
        self.budget.exchange(before, now)
    }

    /// Adds what changed since the last call.
    pub(crate) fn snapshot(&mut self, changes: &mut Vec<StateChange>) {
        if self.group == KeyGroup::Everywhere && !self.share.is_first() {
            return self.forget_changes();
        }
        for key in std::mem::take(&mut self.removed) {
            match self.find(&key) {
                Some(slot) => self.since[slot as usize] = Since::Changed,
                None => changes.push(change_in(self.operator, self.table, &key, self.group, None)),
            }
        }
        let changed = std::mem::take(&mut self.changed);
        let mut changes = Changes::new((self.operator, self.table, self.group), changed.len(), changes);
        for slot in changed {
            let place = slot as usize;
            let since = std::mem::replace(&mut self.since[place], Since::Same);
            if since == Since::Same || self.is_free(slot) {
                continue;
            }
            changes.put(&self.keys[place], since == Since::First, |value| {
                if let Some(lifetimes) = &self.lifetimes {
                    value.extend(lifetimes.written(slot).to_be_bytes());
                }
                self.values.write(place, value);
            });
        }
    }

    /// Leaves to the first subtask to write what changed.
    fn forget_changes(&mut self) {
        self.removed.clear();
        for slot in std::mem::take(&mut self.changed) {
            self.since[slot as usize] = Since::Same;
        }
    }

    fn is_free(&self, slot: u32) -> bool {
        self.index.find(self.hashes[slot as usize], |other| *other == slot).is_none()
    }

    /// Fills the empty table with what the last checkpoint kept.
    pub(crate) fn restore(&mut self, entries: &StateEntries) -> Result<(), StateError> {
        self.share = entries.share();
        for (key, value) in entries.own(self.table, self.group)? {
            let (slot, _) = self.slot(key);
            let read = self.read(slot, &mut Decoder::new(value));
            read.map_err(|error| StateError::Unreadable { operator: self.operator, reason: error.to_string() })?;
        }
        self.changed.clear();
        self.since.fill(Since::Same);
        self.account()
    }
}

impl<V: StateColumns> KeyedState<V> {
    fn read(&mut self, slot: u32, value: &mut Decoder<'_>) -> Result<(), DecodeError> {
        if let Some(lifetimes) = &mut self.lifetimes {
            lifetimes.begin_at(slot, value.i64()?);
        }
        self.values.read(slot as usize, value)
    }
}

impl<V> Drop for KeyedState<V> {
    fn drop(&mut self) {
        // Giving back never exceeds the budget.
        let _ = self.budget.exchange(self.accounted, 0);
    }
}
