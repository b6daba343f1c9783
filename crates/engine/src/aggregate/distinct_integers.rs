//! `DISTINCT` over values that are 64-bit integers inside (numbers, dates, timestamps): a hash table per group. Other types: see
//! [`super::distinct`].

use arrow::array::{ArrayRef, Int64Array};
use arrow::buffer::BooleanBuffer;
use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use yeoul_base::decode::{DecodeError, Decoder};
use yeoul_row::RowKind;

use super::accumulator::{Accumulator, Rows};
use super::cells::Cells;
use crate::operator::OperatorError;
use crate::state::{StateColumns, write_varlong};

/// Bytes that a value takes in its table.
const ENTRY_BYTES: usize = 20;
/// What a value and its count take in a checkpoint at least: the difference to the value before it, and the count, both zigzag LEB128.
const STORED_BYTES: usize = 2;

/// A value and how often it is there (never 0; below 0 if a row was taken back before it came).
type Counted = (i64, i64);

/// An aggregate over distinct integers: hands on a value when it comes for the first time, and when it goes.
pub(crate) struct DistinctIntegers {
    groups: Vec<HashTable<Counted>>,
    hasher: ahash::RandomState,
    values: usize,
    inner: Box<dyn Accumulator>,
}

impl DistinctIntegers {
    /// `inner` over distinct values.
    pub(crate) fn new(inner: Box<dyn Accumulator>) -> DistinctIntegers {
        DistinctIntegers { groups: Vec::new(), hasher: ahash::RandomState::new(), values: 0, inner }
    }

    /// Changes how often a value is there; before and now.
    fn change(&mut self, slot: usize, value: i64, by: i64) -> (i64, i64) {
        let hasher = &self.hasher;
        let hash = hasher.hash_one(value);
        match self.groups[slot].entry(hash, |(other, _)| *other == value, |(other, _)| hasher.hash_one(other)) {
            Entry::Occupied(mut entry) => {
                let count = &mut entry.get_mut().1;
                let before = *count;
                *count += by;
                if *count == 0 {
                    entry.remove();
                    self.values -= 1;
                }
                (before, before + by)
            }
            Entry::Vacant(entry) => {
                entry.insert((value, by));
                self.values += 1;
                (0, by)
            }
        }
    }
}

impl StateColumns for DistinctIntegers {
    fn grow(&mut self, slots: usize) {
        self.groups.resize_with(slots, HashTable::new);
        self.inner.grow(slots);
    }

    fn reset(&mut self, slot: usize) {
        self.values -= std::mem::take(&mut self.groups[slot]).len();
        self.inner.reset(slot);
    }

    /// Sorted, so that equal state has equal bytes.
    fn write(&self, slot: usize, bytes: &mut Vec<u8>) {
        let mut values: Vec<Counted> = self.groups[slot].iter().copied().collect();
        values.sort_unstable_by_key(|(value, _)| *value);
        bytes.extend(u32::try_from(values.len()).unwrap_or(u32::MAX).to_be_bytes());
        let mut before = 0_i64;
        for (value, count) in values {
            write_varlong(value.wrapping_sub(before), bytes);
            write_varlong(count, bytes);
            before = value;
        }
        self.inner.write(slot, bytes);
    }

    fn read(&mut self, slot: usize, bytes: &mut Decoder<'_>) -> Result<(), DecodeError> {
        let mut value = 0_i64;
        for _ in 0..bytes.count(STORED_BYTES)? {
            value = value.wrapping_add(bytes.varlong()?);
            self.change(slot, value, bytes.varlong()?);
        }
        self.inner.read(slot, bytes)
    }

    fn bytes(&self) -> usize {
        self.groups.len() * size_of::<HashTable<Counted>>() + self.values * ENTRY_BYTES + self.inner.bytes()
    }
}

impl Accumulator for DistinctIntegers {
    fn merges(&self) -> bool {
        true
    }

    /// Values that both groups hold must count once: what is new to `into` is folded in again, as if it came now.
    fn merge(&mut self, into: usize, from: usize) {
        let moved: Vec<Counted> = self.groups[from].iter().copied().collect();
        let mut fresh = Vec::new();
        for (value, count) in moved {
            let (before, now) = self.change(into, value, count);
            if before <= 0 && now > 0 {
                fresh.push(value);
            }
        }
        let slots = vec![u32::try_from(into).unwrap_or(u32::MAX); fresh.len()];
        let cells = Cells::Int(Int64Array::from(fresh));
        self.inner.update(&Rows { slots: &slots, mask: None, kinds: None }, &[cells]);
    }

    fn update(&mut self, rows: &Rows<'_>, inputs: &[Cells]) {
        let [cells @ Cells::Int(values), ..] = inputs else { return };
        let mut kinds = vec![RowKind::Insert; rows.slots.len()];
        let mut counts = vec![false; rows.slots.len()];
        rows.without_nulls(cells).each(|row, slot, adds| {
            let (before, now) = self.change(slot, values.value(row), if adds { 1 } else { -1 });
            counts[row] = (before > 0) != (now > 0);
            kinds[row] = if now > 0 { RowKind::Insert } else { RowKind::Delete };
        });
        let mask = Some(BooleanBuffer::from(counts));
        self.inner.update(&Rows { slots: rows.slots, mask, kinds: Some(&kinds) }, inputs);
    }

    fn evaluate(&self, slots: &[u32]) -> Result<ArrayRef, OperatorError> {
        self.inner.evaluate(slots)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aggregate::sums::Count;

    fn distinct() -> DistinctIntegers {
        let mut distinct = DistinctIntegers::new(Box::new(Count::default()));
        distinct.grow(2);
        distinct
    }

    fn fold(distinct: &mut DistinctIntegers, slots: &[u32], values: Vec<Option<i64>>, kinds: Option<&[RowKind]>) {
        distinct.update(&Rows { slots, mask: None, kinds }, &[Cells::Int(Int64Array::from(values))]);
    }

    fn counts(distinct: &DistinctIntegers) -> Vec<i64> {
        use arrow::array::AsArray;
        let counts = distinct.evaluate(&[0, 1]).expect("counts");
        counts.as_primitive::<arrow::datatypes::Int64Type>().values().to_vec()
    }

    #[test]
    fn each_value_counts_once_until_its_last_row_goes() {
        let mut distinct = distinct();
        fold(&mut distinct, &[0, 0, 1, 0], vec![Some(5), Some(5), Some(5), None], None);
        assert_eq!(counts(&distinct), [1, 1]);
        fold(&mut distinct, &[0], vec![Some(5)], Some(&[RowKind::Delete]));
        assert_eq!(counts(&distinct), [1, 1]);
        fold(&mut distinct, &[0], vec![Some(5)], Some(&[RowKind::Delete]));
        assert_eq!(counts(&distinct), [0, 1]);
    }

    #[test]
    fn merged_groups_share_what_both_hold() {
        let mut distinct = distinct();
        fold(&mut distinct, &[0, 0, 1, 1], vec![Some(1), Some(2), Some(2), Some(3)], None);
        distinct.merge(0, 1);
        assert_eq!(counts(&distinct)[0], 3);
    }

    #[test]
    fn what_is_written_is_read_again() {
        let mut distinct = distinct();
        let values = [i64::MIN, 7, 7, i64::MAX, -1, 0].map(Some).to_vec();
        fold(&mut distinct, &[0; 6], values, None);
        let mut bytes = Vec::new();
        distinct.write(0, &mut bytes);
        distinct.read(1, &mut Decoder::new(&bytes)).expect("readable");
        assert_eq!(counts(&distinct), [5, 5]);
        fold(&mut distinct, &[1, 1], vec![Some(7), Some(7)], Some(&[RowKind::Delete, RowKind::Delete]));
        assert_eq!(counts(&distinct), [5, 4]);
        let gone = [i64::MIN, i64::MAX, -1, 0].map(Some).to_vec();
        fold(&mut distinct, &[1; 4], gone, Some(&[RowKind::Delete; 4]));
        assert_eq!(counts(&distinct), [5, 0]);
    }
}
