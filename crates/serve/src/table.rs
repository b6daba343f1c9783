//! A served table's rows in memory: encoded, in the order of their keys.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;

use crate::change::ChangeKind;

/// What a checkpoint does to the rows of one key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Delta {
    /// The key's row is this one from now on.
    Put(Arc<[u8]>),
    /// The key's row goes.
    Remove,
    /// So many equal rows come (or go, if negative); the key is the row.
    Count(i64),
}

impl Delta {
    /// How many changes readers see, if it isn't one to what is there already.
    pub(crate) fn changes(&self) -> u32 {
        match self {
            Delta::Put(_) | Delta::Remove => 1,
            Delta::Count(times) => u32::try_from(times.unsigned_abs()).unwrap_or(u32::MAX),
        }
    }
}

/// The changes of one checkpoint, by key.
pub(crate) type Deltas = BTreeMap<Arc<[u8]>, Delta>;

/// What a row takes beside its bytes and its key's: the two headers, and a place in the tree.
const ROW_OVERHEAD_BYTES: usize = 120;

#[derive(Clone, Debug)]
struct Held {
    row: Arc<[u8]>,
    count: u64,
}

/// Rows by key; a multiset's key is the row.
#[derive(Debug, Default)]
pub(crate) struct Table {
    held: BTreeMap<Arc<[u8]>, Held>,
    rows: u64,
    bytes: usize,
}

impl Table {
    /// How many rows there are.
    pub(crate) fn rows(&self) -> u64 {
        self.rows
    }

    /// Bytes in memory, about.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes + self.held.len() * ROW_OVERHEAD_BYTES
    }

    /// How many rows a key has.
    pub(crate) fn count(&self, key: &[u8]) -> u64 {
        self.held.get(key).map_or(0, |held| held.count)
    }

    /// A key's row.
    pub(crate) fn row(&self, key: &[u8]) -> Option<Arc<[u8]>> {
        self.held.get(key).map(|held| held.row.clone())
    }

    /// The encoded rows, in the order of their keys.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        self.held.values().flat_map(|held| {
            let times = usize::try_from(held.count).unwrap_or(usize::MAX);
            std::iter::repeat_n(held.row.as_ref(), times)
        })
    }

    /// Puts a row without telling anyone, as a restart does.
    pub(crate) fn load(&mut self, key: Arc<[u8]>, row: Arc<[u8]>, count: u64) {
        if count > 0 {
            self.bytes += key.len() + row.len();
            self.rows += count;
            self.held.insert(key, Held { row, count });
        }
    }

    /// Takes a change of one key, and tells what it did: nothing, if the same row is there already.
    pub(crate) fn apply(&mut self, key: &Arc<[u8]>, delta: &Delta, mut tell: impl FnMut(ChangeKind, &Arc<[u8]>)) {
        match delta {
            Delta::Put(row) => self.put(key, row, tell),
            Delta::Remove => {
                if let Some(old) = self.take(key) {
                    tell(ChangeKind::Delete, &old);
                }
            }
            Delta::Count(times) => {
                self.add(key, *times);
                let kind = if *times > 0 { ChangeKind::Insert } else { ChangeKind::Delete };
                (0..times.unsigned_abs()).for_each(|_| tell(kind, key));
            }
        }
    }

    fn put(&mut self, key: &Arc<[u8]>, row: &Arc<[u8]>, mut tell: impl FnMut(ChangeKind, &Arc<[u8]>)) {
        let kind = match self.held.get(key) {
            Some(held) if held.row == *row => return,
            Some(_) => ChangeKind::Update,
            None => ChangeKind::Insert,
        };
        self.take(key);
        self.load(key.clone(), row.clone(), 1);
        tell(kind, row);
    }

    fn take(&mut self, key: &Arc<[u8]>) -> Option<Arc<[u8]>> {
        let held = self.held.remove(key)?;
        self.bytes -= key.len() + held.row.len();
        self.rows -= held.count;
        Some(held.row)
    }

    fn add(&mut self, key: &Arc<[u8]>, times: i64) {
        let Entry::Occupied(mut entry) = self.held.entry(key.clone()) else {
            return self.load(key.clone(), key.clone(), u64::try_from(times).unwrap_or(0));
        };
        let before = entry.get().count;
        let after = before.saturating_add_signed(times);
        self.rows = self.rows - before + after;
        if after == 0 {
            entry.remove();
            self.bytes -= 2 * key.len();
        } else {
            entry.get_mut().count = after;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(text: &str) -> Arc<[u8]> {
        text.as_bytes().into()
    }

    fn told(table: &mut Table, key: &str, delta: &Delta) -> Vec<(ChangeKind, String)> {
        let mut told = Vec::new();
        table.apply(&bytes(key), delta, |kind, row| told.push((kind, String::from_utf8_lossy(row).into_owned())));
        told
    }

    #[test]
    fn a_key_has_one_row_and_an_equal_one_is_no_change() {
        let mut table = Table::default();
        let put = |row| Delta::Put(bytes(row));
        assert_eq!(told(&mut table, "k", &put("a")), [(ChangeKind::Insert, "a".to_owned())]);
        assert_eq!(told(&mut table, "k", &put("a")), []);
        assert_eq!(told(&mut table, "k", &put("b")), [(ChangeKind::Update, "b".to_owned())]);
        assert_eq!(told(&mut table, "k", &Delta::Remove), [(ChangeKind::Delete, "b".to_owned())]);
        assert_eq!(told(&mut table, "k", &Delta::Remove), []);
        assert_eq!((table.rows(), table.bytes()), (0, 0));
    }

    #[test]
    fn a_multiset_counts_equal_rows() {
        let mut table = Table::default();
        assert_eq!(told(&mut table, "r", &Delta::Count(3)).len(), 3);
        assert_eq!(told(&mut table, "r", &Delta::Count(-1)), [(ChangeKind::Delete, "r".to_owned())]);
        assert_eq!((table.rows(), table.count(b"r"), table.iter().count()), (2, 2, 2));
        told(&mut table, "r", &Delta::Count(-2));
        assert_eq!((table.rows(), table.bytes()), (0, 0));
    }
}
