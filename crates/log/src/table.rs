//! Durable keyed tables: what must survive and is not a record of a topic (groups, committed offsets, transactions,
//! users, …). The log knows a table's number, and keys and values as bytes; what is in them is their owner's.
//!
//! Rows are put together: [`Log::put`](crate::Log::put) writes all rows of a call in ONE entry of the write-ahead log,
//! so that a crash keeps all of them or none. They are visible to [`Log::row`](crate::Log::row) and
//! [`Log::rows`](crate::Log::rows) once they are durable, not before. Puts take effect in the order of the calls. Who
//! needs what it has put before the flush keeps its own copy.
//!
//! An entry's payload, and a table in an index checkpoint, byte for byte:
//! ```text
//! rows (4), each: table (1), key (4 + n), 1 and value (1 + 4 + n), or 0 for a row that is removed (1)
//! ```
//! Another kind of entry may carry rows, so that they are durable together with something else:
//! [`encode_rows`], [`decode_rows`] and [`rows_bytes`] are what it needs, [`check_rows`] before it is queued, and
//! `Shared::apply_rows` once it is durable, or replayed.
//!
//! Limits: [`TABLE_KEY_BYTES_MAX`], [`TABLE_VALUE_BYTES_MAX`], [`TABLE_ROWS_BYTES_MAX`] for one call and
//! [`TABLES_BYTES_MAX`] for all tables, which are held in memory.

use std::collections::BTreeMap;

use bytes::Bytes;
use thiserror::Error;
use yeoul_base::decode::{DecodeError, Decoder};
use yeoul_base::limits::{TABLE_KEY_BYTES_MAX, TABLE_ROWS_BYTES_MAX, TABLE_VALUE_BYTES_MAX, TABLES_BYTES_MAX};

use crate::encode::Encoder;
use crate::error::Unavailable;
use crate::shared::{Shared, read, write};

/// A table's number. Numbers are part of the format on disk: one that was given is never given to another table.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Table(pub u8);

impl Table {
    /// Consumer groups.
    pub const GROUPS: Table = Table(1);
    /// Committed offsets.
    pub const OFFSETS: Table = Table(2);
    /// Transactional ids and what is open in their transactions.
    pub const TRANSACTIONS: Table = Table(3);
    /// Users and their SCRAM credentials.
    pub const USERS: Table = Table(4);
    /// Access control lists.
    pub const ACLS: Table = Table(5);
    /// Client quotas.
    pub const QUOTAS: Table = Table(6);
    /// Settings of the broker that are changed while it runs.
    pub const BROKER_CONFIGS: Table = Table(7);
    /// Settings of single consumer groups.
    pub const GROUP_CONFIGS: Table = Table(8);
}

/// A row to be put, or removed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row {
    /// Its table.
    pub table: Table,
    /// Its key.
    pub key: Bytes,
    /// Its value; nothing removes the row.
    pub value: Option<Bytes>,
}

impl Row {
    /// A row that is to be there.
    pub fn new(table: Table, key: impl Into<Bytes>, value: impl Into<Bytes>) -> Row {
        Row { table, key: key.into(), value: Some(value.into()) }
    }

    /// A row that is to be gone.
    pub fn removed(table: Table, key: impl Into<Bytes>) -> Row {
        Row { table, key: key.into(), value: None }
    }

    /// What the row takes in an entry, in bytes.
    fn bytes(&self) -> usize {
        10 + self.key.len() + self.value.as_ref().map_or(0, Bytes::len)
    }
}

/// Why rows were not put. Nothing of them is in the log, except as [`PutError::Unavailable`] says.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum PutError {
    /// A key, a value, or all rows together are larger than the log takes.
    #[error("{what} of {bytes} bytes is more than the log's tables take at a time, {limit}")]
    TooLarge {
        /// What is too large.
        what: &'static str,
        /// Its size.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// The tables are full.
    #[error("the log's tables are full, they hold {limit} bytes at most; delete groups and users that nobody needs")]
    Full {
        /// The limit.
        limit: usize,
    },
    /// The log takes nothing now.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// All tables, as far as they are durable.
#[derive(Default)]
pub(crate) struct Tables {
    rows: BTreeMap<Table, BTreeMap<Bytes, Bytes>>,
    /// Keys and values, in bytes.
    bytes: usize,
}

impl Tables {
    pub(crate) fn get(&self, table: Table, key: &[u8]) -> Option<Bytes> {
        self.rows.get(&table)?.get(key).cloned()
    }

    /// The rows whose keys begin so, by key.
    pub(crate) fn with_prefix(&self, table: Table, prefix: &[u8]) -> Vec<(Bytes, Bytes)> {
        let Some(rows) = self.rows.get(&table) else { return Vec::new() };
        let from = rows.range(Bytes::copy_from_slice(prefix)..);
        let found = from.take_while(|(key, _)| key.starts_with(prefix));
        found.map(|(key, value)| (key.clone(), value.clone())).collect()
    }

    pub(crate) fn apply(&mut self, rows: &[Row]) {
        for row in rows {
            let table = self.rows.entry(row.table).or_default();
            let old = match &row.value {
                // Copied, so that a row does not hold on to the buffer that it came in.
                Some(value) => {
                    self.bytes += row.key.len() + value.len();
                    table.insert(Bytes::copy_from_slice(&row.key), Bytes::copy_from_slice(value))
                }
                None => table.remove(&row.key),
            };
            self.bytes -= old.map_or(0, |value| row.key.len() + value.len());
        }
    }

    /// All rows, as one list.
    pub(crate) fn encode(&self, out: &mut Encoder) {
        let all = self.rows.iter().flat_map(|(&table, rows)| rows.iter().map(move |row| (table, row)));
        out.count(self.rows.values().map(BTreeMap::len).sum());
        for (table, (key, value)) in all {
            encode_row(table, key, Some(value), out);
        }
    }
}

/// Checks the sizes of rows that are to be written together.
///
/// # Errors
/// [`PutError::TooLarge`], [`PutError::Full`].
pub(crate) fn check_rows(rows: &[Row], shared: &Shared) -> Result<(), PutError> {
    let too_large = |what, bytes, limit| Err(PutError::TooLarge { what, bytes, limit });
    for row in rows {
        let value = row.value.as_ref().map_or(0, Bytes::len);
        if row.key.len() > TABLE_KEY_BYTES_MAX {
            return too_large("a key", row.key.len(), TABLE_KEY_BYTES_MAX);
        }
        if value > TABLE_VALUE_BYTES_MAX {
            return too_large("a value", value, TABLE_VALUE_BYTES_MAX);
        }
    }
    let bytes = rows_bytes(rows);
    if bytes > TABLE_ROWS_BYTES_MAX {
        return too_large("a change", bytes, TABLE_ROWS_BYTES_MAX);
    }
    let grows = rows.iter().any(|row| row.value.is_some());
    if grows && read(&shared.tables).bytes + bytes > TABLES_BYTES_MAX {
        return Err(PutError::Full { limit: TABLES_BYTES_MAX });
    }
    Ok(())
}

/// What [`encode_rows`] writes, in bytes, at most.
pub(crate) fn rows_bytes(rows: &[Row]) -> usize {
    4 + rows.iter().map(Row::bytes).sum::<usize>()
}

/// Writes rows as an entry carries them.
pub(crate) fn encode_rows(rows: &[Row], out: &mut Encoder) {
    out.count(rows.len());
    for row in rows {
        encode_row(row.table, &row.key, row.value.as_ref(), out);
    }
}

fn encode_row(table: Table, key: &[u8], value: Option<&Bytes>, out: &mut Encoder) {
    out.raw(&[table.0]);
    out.sized(key);
    match value {
        None => out.raw(&[0]),
        Some(value) => {
            out.raw(&[1]);
            out.sized(value);
        }
    }
}

/// Reads what [`encode_rows`] or [`Tables::encode`] wrote.
pub(crate) fn decode_rows(from: &mut Decoder<'_>) -> Result<Vec<Row>, DecodeError> {
    let count = from.count(6)?;
    let mut rows = Vec::with_capacity(count);
    for _ in 0..count {
        let table = Table(from.u8()?);
        let key = Bytes::copy_from_slice(from.sized_bytes()?);
        let there = from.u8()? != 0;
        let value = if there { Some(Bytes::copy_from_slice(from.sized_bytes()?)) } else { None };
        rows.push(Row { table, key, value });
    }
    Ok(rows)
}

impl Shared {
    /// Makes durable rows visible.
    pub(crate) fn apply_rows(&self, rows: &[Row]) {
        write(&self.tables).apply(rows);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Vec<Row> {
        vec![
            Row::new(Table::OFFSETS, &b"g/a"[..], &b"1"[..]),
            Row::new(Table::OFFSETS, &b"g/b"[..], &b""[..]),
            Row::new(Table::GROUPS, &b"g"[..], &b"state"[..]),
            Row::removed(Table::OFFSETS, &b"g/a"[..]),
        ]
    }

    #[test]
    fn rows_are_read_as_they_were_written() {
        let mut out = Encoder::default();
        encode_rows(&rows(), &mut out);
        assert!(out.0.len() <= rows_bytes(&rows()));
        assert_eq!(decode_rows(&mut Decoder::new(&out.0)), Ok(rows()));
    }

    #[test]
    fn rows_that_are_cut_anywhere_are_refused() {
        let mut out = Encoder::default();
        encode_rows(&rows(), &mut out);
        for end in 0..out.0.len() {
            assert!(decode_rows(&mut Decoder::new(&out.0[..end])).is_err(), "cut at {end}");
        }
    }

    #[test]
    fn tables_know_their_size_whatever_replaces_what() {
        let mut tables = Tables::default();
        tables.apply(&rows());
        assert_eq!(tables.bytes, 3 + 6);
        tables.apply(&rows());
        assert_eq!(tables.bytes, 3 + 6);
        assert_eq!(tables.get(Table::OFFSETS, b"g/b"), Some(Bytes::new()));
        assert_eq!(tables.get(Table::OFFSETS, b"g/a"), None);
        tables.apply(&[Row::removed(Table::GROUPS, &b"g"[..]), Row::removed(Table::OFFSETS, &b"g/b"[..])]);
        assert_eq!(tables.bytes, 0);
    }

    #[test]
    fn a_prefix_finds_its_keys_and_no_others() {
        let mut tables = Tables::default();
        let keys: [&'static [u8]; 4] = [b"a", b"ab", b"abc", b"b"];
        tables.apply(&keys.map(|key| Row::new(Table::USERS, key, &b"x"[..])));
        let found: Vec<Bytes> = tables.with_prefix(Table::USERS, b"ab").into_iter().map(|(key, _)| key).collect();
        assert_eq!(found, [&b"ab"[..], b"abc"]);
        assert!(tables.with_prefix(Table::ACLS, b"").is_empty());
    }
}
