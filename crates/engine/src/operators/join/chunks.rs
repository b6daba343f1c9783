//! The rows that a join keeps of a side whose rows are never taken back: the batches as they came, found by join key.
//!
//! A row is its number. Rows of one key are a chain from the newest to the oldest; small chunks that follow one another are
//! put together, so that a trickle of rows does not end as a chunk each. A chunk that many rows came behind, and of which few
//! rows are asked for, is packed ([`PackedRows`]).
//!
//! State: blocks of rows in the order in which they came, each written once. A subtask that takes the blocks up keeps of them the
//! rows whose keys are its own, so that rows need no entry and no key each.
//!
//! ```text
//! key     number of the first row u64 · subtask u32
//! value   the rows ([`EncodedRows::block`])
//! ```

use std::cell::Cell;
use std::collections::VecDeque;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, BooleanArray, RecordBatch, RecordBatchOptions, new_empty_array};
use arrow::buffer::{NullBuffer, ScalarBuffer};
use arrow::compute::{concat_batches, filter_record_batch, interleave};
use arrow::datatypes::{DataType, SchemaRef};
use arrow::error::ArrowError;
use hashbrown::HashTable;
use hashbrown::hash_table::Entry;

use super::packed::{Alphabets, PackedRows};
use crate::checkpoint::StateChange;
use crate::operator::OperatorError;
use crate::state::{
    Budget, EncodedKeys, EncodedRows, KeyEncoder, KeyGroup, RowCodec, Share, StateEntries, StateError, change_in,
    key_group,
};

/// The most rows of a chunk that was put together of smaller ones; few in tests, so that these pack chunks.
const CHUNK_ROWS_MAX: usize = if cfg!(test) { 16 } else { 8192 };
/// How many rows come behind a chunk before it is packed, and between two looks at one that is read too often: more than are
/// put together with it.
const PACK_BEHIND_ROWS: usize = 2 * CHUNK_ROWS_MAX;
/// A chunk is not packed while one in so many of its rows is read between two looks.
const READ_SHARE_MAX: usize = 4;
/// Bytes that a row takes besides its columns: its place in its chain and in the index.
const ROW_BYTES: usize = 12;
/// A block has about so many bytes at most.
const BLOCK_BYTES: usize = if cfg!(test) { 256 } else { 256 << 10 };
/// The end of a chain.
const NONE: u32 = u32::MAX;

struct Chunk {
    rows: Rows,
    keys: Keys,
    bytes: usize,
    /// How many of its rows were read since it was last looked at.
    reads: Cell<usize>,
}

enum Rows {
    Plain(RecordBatch),
    Packed(PackedRows),
}

/// The join keys of rows.
enum Keys {
    /// Of one column of 64-bit numbers or times.
    Integers(ScalarBuffer<i64>),
    /// Those of packed rows: in this column.
    InColumn(usize),
    Encoded(EncodedKeys),
}

/// One key.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Key<'a> {
    Integer(i64),
    Encoded(&'a [u8]),
}

impl Keys {
    fn len(&self) -> usize {
        match self {
            Keys::Integers(keys) => keys.len(),
            Keys::InColumn(_) => 0,
            Keys::Encoded(keys) => keys.len(),
        }
    }

    fn key(&self, row: usize) -> Key<'_> {
        match self {
            Keys::Integers(keys) => Key::Integer(keys[row]),
            Keys::InColumn(_) => Key::Integer(0),
            Keys::Encoded(keys) => Key::Encoded(keys.key(row)),
        }
    }

    fn bytes(&self) -> usize {
        match self {
            Keys::Integers(_) | Keys::InColumn(_) => 0,
            Keys::Encoded(keys) => keys.bytes(),
        }
    }
}

impl Key<'_> {
    fn hash(self, hasher: &ahash::RandomState) -> u64 {
        match self {
            Key::Integer(key) => hasher.hash_one(key),
            Key::Encoded(key) => hasher.hash_one(key),
        }
    }
}

impl Chunk {
    fn plain(columns: RecordBatch, keys: Keys) -> Chunk {
        let bytes = columns.get_array_memory_size() + keys.bytes();
        Chunk { rows: Rows::Plain(columns), keys, bytes, reads: Cell::new(0) }
    }

    fn key(&self, place: usize) -> Key<'_> {
        match (&self.keys, &self.rows) {
            (Keys::InColumn(column), Rows::Packed(rows)) => {
                Key::Integer(rows.integer(*column, place).unwrap_or_default())
            }
            (keys, _) => keys.key(place),
        }
    }

    fn len(&self) -> usize {
        match &self.rows {
            Rows::Plain(columns) => columns.num_rows(),
            Rows::Packed(rows) => rows.len(),
        }
    }

    /// All columns, of all rows.
    fn columns(&self, schema: &SchemaRef) -> Result<RecordBatch, ArrowError> {
        match &self.rows {
            Rows::Plain(columns) => Ok(columns.clone()),
            Rows::Packed(rows) => {
                let places: Vec<u32> = (0..rows.len() as u32).collect();
                let columns = (0..schema.fields().len()).map(|column| rows.column(column, &places));
                RecordBatch::try_new(schema.clone(), columns.collect::<Result<_, _>>()?)
            }
        }
    }

    fn wanted(&self) -> Wanted<'_> {
        match &self.rows {
            Rows::Plain(columns) => Wanted::Plain(columns),
            Rows::Packed(rows) => Wanted::Packed(rows, Vec::new()),
        }
    }

    fn pack(&mut self, key: &[usize], alphabets: &mut Alphabets) {
        let Rows::Plain(columns) = &self.rows else { return };
        let rows = PackedRows::of(columns, alphabets);
        if let (Keys::Integers(_), [column]) = (&self.keys, key) {
            self.keys = Keys::InColumn(*column);
        }
        self.bytes = rows.bytes() + self.keys.bytes();
        self.rows = Rows::Packed(rows);
    }
}

/// Some rows of a chunk: those of packed ones are made anew, and stand in the order in which they were asked for.
enum Wanted<'a> {
    Plain(&'a RecordBatch),
    Packed(&'a PackedRows, Vec<u32>),
}

impl Wanted<'_> {
    fn column(&self, column: usize) -> Result<ArrayRef, ArrowError> {
        match self {
            Wanted::Plain(columns) => Ok(columns.column(column).clone()),
            Wanted::Packed(rows, places) => rows.column(column, places),
        }
    }
}

/// The rows of one side.
pub(crate) struct ChunkStore {
    operator: u32,
    table: u8,
    key: KeyEncoder,
    whole: RowCodec,
    places: Vec<usize>,
    schema: SchemaRef,
    chunks: Vec<Chunk>,
    /// The number of each chunk's first row.
    firsts: Vec<u32>,
    /// The newest row of each key.
    newest: HashTable<u32>,
    /// For each row, the one of the same key before it.
    before: Vec<u32>,
    hasher: ahash::RandomState,
    /// How many rows the last checkpoint has, and what is added to a row's number to tell it from those of earlier runs.
    kept: usize,
    shift: u64,
    bytes: usize,
    /// The chunks that may be packed once so many rows have come, the first to come first; and the first that isn't among them.
    due: VecDeque<(usize, usize)>,
    sealed: usize,
    alphabets: Alphabets,
    /// Bytes that are accounted.
    share: u64,
    /// Whose rows these are.
    subtasks: Share,
    budget: Arc<Budget>,
}

/// Rows that come, those with a NULL in their key left out: they match nothing.
pub(crate) struct Arrival {
    pub(crate) columns: RecordBatch,
    keys: Keys,
    hashes: Vec<u64>,
}

impl Arrival {
    pub(crate) fn len(&self) -> usize {
        self.hashes.len()
    }
}

impl ChunkStore {
    /// Rows of this schema by the columns at `places`, kept in the operator's table `table`. Stores that look for each
    /// other's rows share a hasher.
    pub(crate) fn new(
        operator: u32,
        table: u8,
        places: Vec<usize>,
        schema: &SchemaRef,
        hasher: ahash::RandomState,
        budget: Arc<Budget>,
    ) -> Result<ChunkStore, ArrowError> {
        let types = |places: &[usize]| -> Vec<DataType> {
            places.iter().map(|place| schema.field(*place).data_type().clone()).collect()
        };
        Ok(ChunkStore {
            operator,
            table,
            key: KeyEncoder::new(&places, types(&places))?,
            whole: RowCodec::new(schema)?,
            places,
            schema: schema.clone(),
            chunks: Vec::new(),
            firsts: Vec::new(),
            newest: HashTable::new(),
            before: Vec::new(),
            hasher,
            kept: 0,
            shift: 0,
            bytes: 0,
            due: VecDeque::new(),
            sealed: 0,
            alphabets: Alphabets::new(),
            share: 0,
            subtasks: Share::default(),
            budget,
        })
    }

    /// The rows of a batch that can match any.
    pub(crate) fn arrival(&self, batch: &RecordBatch) -> Result<Arrival, OperatorError> {
        let nulls = self.places.iter().map(|place| batch.column(*place).logical_nulls());
        let valid = nulls.fold(None, |all, nulls| NullBuffer::union(all.as_ref(), nulls.as_ref()));
        let columns = match valid.filter(|valid| valid.null_count() > 0) {
            Some(valid) => filter_record_batch(batch, &BooleanArray::new(valid.into_inner(), None))?,
            None => batch.clone(),
        };
        let keys = self.keys(&columns)?;
        let hashes = (0..keys.len()).map(|row| keys.key(row).hash(&self.hasher)).collect();
        Ok(Arrival { columns, keys, hashes })
    }

    /// The keys of rows without a NULL in them.
    fn keys(&self, columns: &RecordBatch) -> Result<Keys, ArrowError> {
        if let [place] = self.places.as_slice()
            && let column = columns.column(*place)
            && matches!(column.data_type(), DataType::Int64 | DataType::Timestamp(..))
            && let data = column.to_data()
            && let Some(buffer) = data.buffers().first()
        {
            return Ok(Keys::Integers(ScalarBuffer::new(buffer.clone(), data.offset(), data.len())));
        }
        Ok(Keys::Encoded(self.key.encode(columns)?))
    }

    /// Appends the rows with the key of a row that has come on the other side, the newest first.
    pub(crate) fn matching(&self, arrival: &Arrival, row: usize, rows: &mut Vec<u32>) {
        let key = arrival.keys.key(row);
        let newest = self.newest.find(arrival.hashes[row], |other| self.key_of(*other) == key);
        let mut next = newest.copied().unwrap_or(NONE);
        while next != NONE {
            rows.push(next);
            next = self.before[next as usize];
        }
    }

    /// The chunk of a row, and its place there.
    fn place_of(&self, row: u32) -> (usize, usize) {
        let chunk = self.firsts.partition_point(|first| *first <= row) - 1;
        (chunk, (row - self.firsts[chunk]) as usize)
    }

    fn key_of(&self, row: u32) -> Key<'_> {
        let (chunk, place) = self.place_of(row);
        self.chunks[chunk].key(place)
    }

    /// Keeps rows.
    pub(crate) fn add(&mut self, arrival: Arrival) -> Result<(), OperatorError> {
        let Arrival { columns, keys, hashes } = arrival;
        if hashes.is_empty() {
            return Ok(());
        }
        let first = self.before.len();
        if u32::try_from(first + hashes.len()).is_err() {
            return Err(OperatorError::Row("a side of a join has more than 4294967295 rows".to_owned()));
        }
        let chunk = Chunk::plain(columns, keys);
        self.bytes += chunk.bytes;
        self.chunks.push(chunk);
        self.firsts.push(first as u32);
        (first as u32..).zip(hashes).for_each(|(row, hash)| self.index(row, hash));
        self.join_small_chunks()?;
        self.pack_cold_chunks();
        Ok(())
    }

    /// Packs the chunks that many rows have come behind, and that are seldom read.
    fn pack_cold_chunks(&mut self) {
        let rows = self.before.len();
        while self.firsts.get(self.sealed + 1).is_some_and(|next| *next as usize + PACK_BEHIND_ROWS <= rows) {
            self.due.push_back((rows, self.sealed));
            self.sealed += 1;
        }
        while let Some((_, place)) = self.due.pop_front_if(|(due, _)| *due <= rows) {
            let chunk = &mut self.chunks[place];
            if chunk.reads.take() * READ_SHARE_MAX > chunk.len() {
                self.due.push_back((rows + PACK_BEHIND_ROWS, place));
                continue;
            }
            let before = chunk.bytes;
            chunk.pack(&self.places, &mut self.alphabets);
            self.bytes = self.bytes - before + chunk.bytes;
        }
    }

    fn index(&mut self, row: u32, hash: u64) {
        // The index is taken out for the call, since it asks for keys.
        let mut newest = std::mem::take(&mut self.newest);
        let key = self.key_of(row);
        let equal = |other: &u32| self.key_of(*other) == key;
        let before = match newest.entry(hash, equal, |other| self.key_of(*other).hash(&self.hasher)) {
            Entry::Occupied(mut entry) => std::mem::replace(entry.get_mut(), row),
            Entry::Vacant(entry) => {
                entry.insert(row);
                NONE
            }
        };
        self.newest = newest;
        self.before.push(before);
    }

    /// Puts the last chunks together while the last is not much smaller than the one before it: each row is moved a few times.
    fn join_small_chunks(&mut self) -> Result<(), ArrowError> {
        while let [.., one, two] = self.chunks.as_slice() {
            let (Rows::Plain(first), Rows::Plain(second)) = (&one.rows, &two.rows) else { break };
            let (first_rows, second_rows) = (first.num_rows(), second.num_rows());
            if first_rows + second_rows > CHUNK_ROWS_MAX || second_rows * 2 < first_rows {
                break;
            }
            let columns = concat_batches(&self.schema, [first, second])?;
            let before = one.bytes + two.bytes;
            let keys = self.keys(&columns)?;
            self.chunks.truncate(self.chunks.len() - 2);
            self.firsts.pop();
            let chunk = Chunk::plain(columns, keys);
            self.bytes = self.bytes - before + chunk.bytes;
            self.chunks.push(chunk);
        }
        Ok(())
    }

    /// Columns of rows: those at `wanted`, in that order.
    pub(crate) fn columns(&self, rows: &[u32], wanted: &[usize]) -> Result<Vec<ArrayRef>, ArrowError> {
        let mut dense = vec![NONE; self.chunks.len()];
        let mut used: Vec<Wanted<'_>> = Vec::new();
        let places = rows.iter().map(|row| {
            let (chunk, place) = self.place_of(*row);
            if dense[chunk] == NONE {
                dense[chunk] = used.len() as u32;
                used.push(self.chunks[chunk].wanted());
            }
            let reads = &self.chunks[chunk].reads;
            reads.set(reads.get() + 1);
            let dense = dense[chunk] as usize;
            match &mut used[dense] {
                Wanted::Plain(_) => (dense, place),
                Wanted::Packed(_, places) => {
                    places.push(place as u32);
                    (dense, places.len() - 1)
                }
            }
        });
        let places: Vec<(usize, usize)> = places.collect();
        let column = |column: &usize| -> Result<ArrayRef, ArrowError> {
            if rows.is_empty() {
                return Ok(new_empty_array(self.schema.field(*column).data_type()));
            }
            let arrays = used.iter().map(|chunk| chunk.column(*column)).collect::<Result<Vec<_>, _>>()?;
            let arrays: Vec<&dyn Array> = arrays.iter().map(AsRef::as_ref).collect();
            interleave(&arrays, &places)
        };
        wanted.iter().map(column).collect()
    }

    /// Accounts what the rows take now; called behind each batch.
    pub(crate) fn account(&mut self) -> Result<(), StateError> {
        let now = (self.bytes + self.before.len() * ROW_BYTES) as u64;
        let before = std::mem::replace(&mut self.share, now);
        self.budget.exchange(before, now)
    }

    /// Adds the rows that came since the last call.
    pub(crate) fn snapshot(&mut self, changes: &mut Vec<StateChange>) -> Result<(), OperatorError> {
        let from = std::mem::replace(&mut self.kept, self.before.len());
        if !self.budget.tracks() || from == self.before.len() {
            return Ok(());
        }
        let (first_chunk, _) = self.place_of(from as u32);
        for (chunk, first) in self.chunks.iter().zip(&self.firsts).skip(first_chunk) {
            let columns = chunk.columns(&self.schema)?;
            let skipped = from.saturating_sub(*first as usize);
            let rows = self.whole.encode(&columns.slice(skipped, columns.num_rows() - skipped))?;
            let number = self.shift + u64::from(*first) + skipped as u64;
            self.put_blocks(&rows, number, changes);
        }
        Ok(())
    }

    /// Adds rows, the first of which has this number.
    fn put_blocks(&self, rows: &EncodedRows, number: u64, changes: &mut Vec<StateChange>) {
        let mut start = 0;
        while start < rows.len() {
            let (block, end) = rows.block(start, BLOCK_BYTES);
            let subtask = u32::try_from(self.subtasks.subtask).unwrap_or(u32::MAX);
            let key = [&(number + start as u64).to_be_bytes()[..], &subtask.to_be_bytes()].concat();
            let change = change_in(self.operator, self.table, &key, KeyGroup::OfSubtask, Some(block));
            changes.push(StateChange { is_first: true, ..change });
            start = end;
        }
    }

    /// Takes back what the last checkpoint kept.
    pub(crate) fn restore(&mut self, entries: &StateEntries) -> Result<(), OperatorError> {
        self.subtasks = entries.share();
        let mut blocks = entries.own(self.table, KeyGroup::OfSubtask)?;
        blocks.sort_unstable();
        let mut next = 0;
        for (key, block) in blocks {
            let (Some(number), Some(rows)) = (key.first_chunk(), EncodedRows::of_block(block)) else {
                let reason = "rows of a join are cut off".to_owned();
                return Err(StateError::Unreadable { operator: self.operator, reason }.into());
            };
            next = next.max(u64::from_be_bytes(*number) + rows.len() as u64);
            self.take_up(&rows)?;
        }
        self.kept = self.before.len();
        self.shift = next.saturating_sub(self.kept as u64);
        Ok(self.account()?)
    }

    /// Keeps those of some rows whose keys are this subtask's.
    fn take_up(&mut self, rows: &[&[u8]]) -> Result<(), OperatorError> {
        let columns = self.whole.decode(rows.iter().copied())?;
        let options = RecordBatchOptions::new().with_row_count(Some(rows.len()));
        let mut columns = RecordBatch::try_new_with_options(self.schema.clone(), columns, &options)?;
        if self.subtasks.of > 1 {
            let keys = self.key.encode(&columns)?;
            let own = (0..keys.len()).map(|row| Some(self.subtasks.owns(key_group(keys.key(row)))));
            columns = filter_record_batch(&columns, &own.collect())?;
        }
        let arrival = self.arrival(&columns)?;
        self.add(arrival)
    }
}

impl Drop for ChunkStore {
    fn drop(&mut self) {
        // Giving back never exceeds the budget.
        let _ = self.budget.exchange(self.share, 0);
    }
}
