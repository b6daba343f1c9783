//! How often each distinct value of a group is there: what `DISTINCT`, `COLLECT`, `PERCENTILE`, and `MIN` and `MAX` over
//! input that takes rows back need.
//!
//! Values are kept as key bytes, which sort as the values do. A group's values are written as one state entry.

use std::collections::BTreeMap;

use arrow::array::ArrayRef;
use arrow::datatypes::DataType;
use arrow::error::ArrowError;
use yeoul_base::decode::{DecodeError, Decoder};

use super::accumulator::{Accumulator, Rows};
use super::cells::Cells;
use super::encoded::{keys_of, values_of};
use super::extremes::{Pick, write_sized};
use crate::operator::OperatorError;
use crate::state::{KeyEncoder, StateColumns};

/// Bytes that an entry of a map takes besides its key.
const ENTRY_BYTES: usize = 48;

/// For each group, its values and how often each is there (never 0; below 0 if a row was taken back before it came).
#[derive(Debug, Default)]
pub(super) struct Counted {
    groups: Vec<BTreeMap<Box<[u8]>, i64>>,
    heap_bytes: usize,
}

impl Counted {
    /// A group's values and their counts, by their key bytes.
    pub(super) fn of(&self, slot: u32) -> &BTreeMap<Box<[u8]>, i64> {
        &self.groups[slot as usize]
    }

    /// Counts a value `step` times more (less, if negative; not 0); its count before and now.
    pub(super) fn change(&mut self, slot: usize, value: &[u8], step: i64) -> (i64, i64) {
        let Some(count) = self.groups[slot].get_mut(value) else {
            self.groups[slot].insert(value.into(), step);
            self.heap_bytes += value.len() + ENTRY_BYTES;
            return (0, step);
        };
        *count += step;
        let now = *count;
        if now == 0 {
            self.groups[slot].remove(value);
            self.heap_bytes -= value.len() + ENTRY_BYTES;
        }
        (now - step, now)
    }
}

impl Counted {
    /// Adds the counts of group `from` to those of group `into`; calls `fresh` with each value that `into` had not.
    pub(super) fn merge(&mut self, into: usize, from: usize, mut fresh: impl FnMut(&[u8])) {
        let moved = self.groups[from].clone();
        for (value, count) in moved {
            let before = self.groups[into].get(&value).copied().unwrap_or_default();
            if before <= 0 && before + count > 0 {
                fresh(&value);
            }
            match before + count {
                0 => {
                    self.groups[into].remove(&value);
                    self.heap_bytes -= value.len() + ENTRY_BYTES;
                }
                now if before == 0 => {
                    self.heap_bytes += value.len() + ENTRY_BYTES;
                    self.groups[into].insert(value, now);
                }
                now => {
                    self.groups[into].insert(value, now);
                }
            }
        }
    }
}

impl StateColumns for Counted {
    fn grow(&mut self, slots: usize) {
        self.groups.resize_with(slots, BTreeMap::new);
    }

    fn reset(&mut self, slot: usize) {
        let gone = std::mem::take(&mut self.groups[slot]);
        self.heap_bytes -= gone.keys().map(|value| value.len() + ENTRY_BYTES).sum::<usize>();
    }

    fn write(&self, slot: usize, bytes: &mut Vec<u8>) {
        bytes.extend(u32::try_from(self.groups[slot].len()).unwrap_or(u32::MAX).to_be_bytes());
        for (value, count) in &self.groups[slot] {
            write_sized(value, bytes);
            bytes.extend(count.to_be_bytes());
        }
    }

    fn read(&mut self, slot: usize, bytes: &mut Decoder<'_>) -> Result<(), DecodeError> {
        for _ in 0..bytes.count(12)? {
            let value: Box<[u8]> = bytes.sized_bytes()?.into();
            self.heap_bytes += value.len() + ENTRY_BYTES;
            let count = bytes.i64()?;
            self.groups[slot].insert(value, count);
        }
        Ok(())
    }

    fn bytes(&self) -> usize {
        self.groups.len() * size_of::<BTreeMap<Box<[u8]>, i64>>() + self.heap_bytes
    }
}

/// What is made of the counts of a group's values.
pub(super) trait OfCounts: Send {
    /// Counts these rows' values.
    fn count(&self, counted: &mut Counted, rows: &Rows<'_>, inputs: &[Cells]);

    /// The results of some groups.
    ///
    /// # Errors
    /// A group whose values have no result.
    fn evaluate(&self, counted: &Counted, slots: &[u32]) -> Result<ArrayRef, OperatorError>;
}

/// An accumulator that keeps nothing but counts.
pub(crate) struct OverCounts<F> {
    of: F,
    counted: Counted,
}

impl<F> OverCounts<F> {
    pub(super) fn new(of: F) -> OverCounts<F> {
        OverCounts { of, counted: Counted::default() }
    }
}

impl<F: OfCounts> StateColumns for OverCounts<F> {
    fn grow(&mut self, slots: usize) {
        self.counted.grow(slots);
    }

    fn reset(&mut self, slot: usize) {
        self.counted.reset(slot);
    }

    fn write(&self, slot: usize, bytes: &mut Vec<u8>) {
        self.counted.write(slot, bytes);
    }

    fn read(&mut self, slot: usize, bytes: &mut Decoder<'_>) -> Result<(), DecodeError> {
        self.counted.read(slot, bytes)
    }

    fn bytes(&self) -> usize {
        self.counted.bytes()
    }
}

impl<F: OfCounts> Accumulator for OverCounts<F> {
    fn merges(&self) -> bool {
        true
    }

    fn merge(&mut self, into: usize, from: usize) {
        self.counted.merge(into, from, |_| {});
    }

    fn update(&mut self, rows: &Rows<'_>, inputs: &[Cells]) {
        self.of.count(&mut self.counted, rows, inputs);
    }

    fn evaluate(&self, slots: &[u32]) -> Result<ArrayRef, OperatorError> {
        self.of.evaluate(&self.counted, slots)
    }
}

/// Counts the values of the one argument, by their key bytes.
pub(super) fn count_values(
    encoder: &KeyEncoder,
    value: &DataType,
    counted: &mut Counted,
    rows: &Rows<'_>,
    inputs: &[Cells],
) {
    let [cells, ..] = inputs else { return };
    let Some(keys) = keys_of(encoder, cells, value) else { return };
    rows.without_nulls(cells).each(|row, slot, adds| {
        counted.change(slot, keys.key(row), if adds { 1 } else { -1 });
    });
}

/// `MIN` and `MAX` over input that takes rows back.
pub(crate) struct RetractableExtreme {
    pick: Pick,
    encoder: KeyEncoder,
    result: DataType,
}

impl RetractableExtreme {
    /// Accumulators of values of this type. `pick` is `Min` or `Max`.
    pub(crate) fn over(pick: Pick, result: DataType) -> Result<OverCounts<RetractableExtreme>, ArrowError> {
        let encoder = KeyEncoder::new(&[0], vec![result.clone()])?;
        Ok(OverCounts::new(RetractableExtreme { pick, encoder, result }))
    }

    fn best<'a>(&self, counted: &'a Counted, slot: u32) -> Option<&'a [u8]> {
        let there = counted.of(slot).iter().filter(|(_, count)| **count > 0);
        let mut values = there.map(|(value, _)| &**value);
        if self.pick == Pick::Min { values.next() } else { values.next_back() }
    }
}

impl OfCounts for RetractableExtreme {
    fn count(&self, counted: &mut Counted, rows: &Rows<'_>, inputs: &[Cells]) {
        count_values(&self.encoder, &self.result, counted, rows, inputs);
    }

    fn evaluate(&self, counted: &Counted, slots: &[u32]) -> Result<ArrayRef, OperatorError> {
        let best: Vec<Option<&[u8]>> = slots.iter().map(|slot| self.best(counted, *slot)).collect();
        values_of(&self.encoder, &best, &self.result)
    }
}
