//! `BITMAP_BUILD_AGG`, `BITMAP_AND_AGG`, `BITMAP_OR_AGG`, `BITMAP_XOR_AGG`, and how many members what they give has.
//!
//! Over input that only grows a group keeps the folded set: state of a group is its bytes with their length in 32 bits,
//! none where no value came. Over input that takes rows back it keeps each value with its count, and folds when asked.

use std::sync::Arc;

use arrow::array::{ArrayRef, BinaryArray, BinaryViewArray, Int64Array};
use arrow::datatypes::DataType;
use arrow::error::ArrowError;
use yeoul_base::decode::{DecodeError, Decoder};
use yeoul_row::bitmap::{RoaringBitmap, decode, encode};
use yeoul_sql::plan::BitmapFold;

use super::accumulator::{Accumulator, Rows};
use super::cells::Cells;
use super::counted::{Counted, OfCounts, OverCounts};
use super::extremes::write_sized;
use crate::operator::OperatorError;
use crate::state::StateColumns;

/// Bytes that a number adds to a set, at most, but for the first of its block.
const MEMBER_BYTES: usize = 4;

/// One group's set, and about how many bytes it takes.
#[derive(Default)]
struct Group {
    set: Option<RoaringBitmap>,
    bytes: usize,
}

/// The folded sets of groups whose rows are never taken back.
pub(crate) struct Folded {
    fold: BitmapFold,
    result: DataType,
    groups: Vec<Group>,
    heap_bytes: usize,
}

impl Folded {
    /// Sets, or their sizes where `result` is a number.
    pub(crate) fn new(fold: BitmapFold, result: DataType) -> Folded {
        Folded { fold, result, groups: Vec::new(), heap_bytes: 0 }
    }

    fn put(&mut self, slot: usize, set: Option<RoaringBitmap>) {
        let bytes = set.as_ref().map_or(0, RoaringBitmap::serialized_size);
        let before = std::mem::replace(&mut self.groups[slot], Group { set, bytes });
        self.heap_bytes = self.heap_bytes + bytes - before.bytes;
    }

    fn add(&mut self, slot: usize, set: RoaringBitmap) {
        let before = self.groups[slot].set.take();
        self.put(slot, Some(folded(self.fold, before, set)));
    }

    /// A number is put into the set where it lies; nothing is copied.
    fn insert(&mut self, slot: usize, number: u32) {
        let group = &mut self.groups[slot];
        if group.set.get_or_insert_default().insert(number) {
            group.bytes += MEMBER_BYTES;
            self.heap_bytes += MEMBER_BYTES;
        }
    }
}

fn folded(fold: BitmapFold, before: Option<RoaringBitmap>, set: RoaringBitmap) -> RoaringBitmap {
    match (before, fold) {
        (None, _) => set,
        (Some(before), BitmapFold::And) => before & set,
        (Some(before), BitmapFold::Or | BitmapFold::Build) => before | set,
        (Some(before), BitmapFold::Xor) => before ^ set,
    }
}

/// The results of some groups: sets, or their sizes where `result` is a number.
fn results(sets: impl Iterator<Item = Option<RoaringBitmap>>, result: &DataType) -> ArrayRef {
    if *result == DataType::Int64 {
        let size = |set: Option<RoaringBitmap>| set.map(|set| i64::try_from(set.len()).unwrap_or(i64::MAX));
        return Arc::new(sets.map(size).collect::<Int64Array>());
    }
    Arc::new(sets.map(|set| set.map(encode)).collect::<BinaryViewArray>())
}

impl StateColumns for Folded {
    fn grow(&mut self, slots: usize) {
        self.groups.resize_with(slots, Group::default);
    }

    fn reset(&mut self, slot: usize) {
        self.put(slot, None);
    }

    fn write(&self, slot: usize, bytes: &mut Vec<u8>) {
        let set = self.groups[slot].set.clone().map(encode).unwrap_or_default();
        write_sized(&set, bytes);
    }

    fn read(&mut self, slot: usize, bytes: &mut Decoder<'_>) -> Result<(), DecodeError> {
        let set = decode(bytes.sized_bytes()?);
        self.put(slot, set);
        Ok(())
    }

    fn bytes(&self) -> usize {
        self.groups.len() * size_of::<Group>() + self.heap_bytes
    }
}

impl Accumulator for Folded {
    fn merges(&self) -> bool {
        true
    }

    fn merge(&mut self, into: usize, from: usize) {
        if let Some(set) = self.groups[from].set.clone() {
            self.add(into, set);
        }
    }

    fn update(&mut self, rows: &Rows<'_>, inputs: &[Cells]) {
        let [cells, ..] = inputs else { return };
        rows.without_nulls(cells).each(|row, slot, _| match cells {
            Cells::Int(numbers) => self.insert(slot, number_of(numbers.value(row))),
            Cells::Bytes(sets) => {
                if let Some(set) = decode(sets.value(row)) {
                    self.add(slot, set);
                }
            }
            _ => debug_assert!(false, "sets are made of integers and of sets"),
        });
    }

    fn evaluate(&self, slots: &[u32]) -> Result<ArrayRef, OperatorError> {
        Ok(results(slots.iter().map(|slot| self.groups[*slot as usize].set.clone()), &self.result))
    }
}

/// An INT as a member of a set.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the column is an INT; sets have no sign")]
fn number_of(value: i64) -> u32 {
    value as i32 as u32
}

/// Sets of groups whose rows may be taken back: each value counted.
pub(crate) struct Refolded {
    fold: BitmapFold,
    result: DataType,
}

impl Refolded {
    /// As [`Folded::new`].
    pub(crate) fn over(fold: BitmapFold, result: DataType) -> Result<OverCounts<Refolded>, ArrowError> {
        Ok(OverCounts::new(Refolded { fold, result }))
    }

    /// A group's set: a value counts as often as it is there, which matters for XOR alone.
    fn of(&self, counted: &Counted, slot: u32) -> Option<RoaringBitmap> {
        let there = counted.of(slot).iter().filter(|(_, count)| **count > 0);
        there.fold(None, |before, (value, count)| {
            let set = match self.fold {
                BitmapFold::Build => member(value),
                BitmapFold::Xor if count % 2 == 0 => RoaringBitmap::new(),
                _ => decode(value).unwrap_or_default(),
            };
            Some(folded(self.fold, before, set))
        })
    }
}

/// The set of one number, which is kept as four bytes.
fn member(value: &[u8]) -> RoaringBitmap {
    value.try_into().map(u32::from_be_bytes).into_iter().collect()
}

impl OfCounts for Refolded {
    fn count(&self, counted: &mut Counted, rows: &Rows<'_>, inputs: &[Cells]) {
        let [cells, ..] = inputs else { return };
        let values = match cells {
            Cells::Int(numbers) => {
                BinaryArray::from_iter_values(numbers.values().iter().map(|value| number_of(*value).to_be_bytes()))
            }
            Cells::Bytes(sets) => sets.clone(),
            _ => return,
        };
        rows.without_nulls(cells).each(|row, slot, adds| {
            counted.change(slot, values.value(row), if adds { 1 } else { -1 });
        });
    }

    fn evaluate(&self, counted: &Counted, slots: &[u32]) -> Result<ArrayRef, OperatorError> {
        Ok(results(slots.iter().map(|slot| self.of(counted, *slot)), &self.result))
    }
}
