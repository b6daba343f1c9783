//! `FIRST_VALUE` and `LAST_VALUE` over input that takes rows back: a group's values in the order in which they came.
//!
//! A value that is taken back goes where it came first, as in Flink. A group's values are written as one state entry.

use arrow::array::ArrayRef;
use arrow::datatypes::DataType;
use arrow::error::ArrowError;
use std::collections::VecDeque;
use yeoul_base::decode::{DecodeError, Decoder};

use super::accumulator::{Accumulator, Rows};
use super::cells::Cells;
use super::encoded::{keys_of, values_of};
use super::extremes::{Pick, write_sized};
use crate::operator::OperatorError;
use crate::state::{KeyEncoder, StateColumns};

/// Bytes that a value takes besides its own.
const VALUE_BYTES: usize = 16;

/// The first or the last of a group's values.
pub(crate) struct Ordered {
    pick: Pick,
    encoder: KeyEncoder,
    result: DataType,
    groups: Vec<VecDeque<Box<[u8]>>>,
    heap_bytes: usize,
}

impl Ordered {
    /// Accumulators of values of this type. `pick` is `First` or `Last`.
    pub(crate) fn new(pick: Pick, result: DataType) -> Result<Ordered, ArrowError> {
        let encoder = KeyEncoder::new(&[0], vec![result.clone()])?;
        Ok(Ordered { pick, encoder, result, groups: Vec::new(), heap_bytes: 0 })
    }

    fn push(&mut self, slot: usize, value: &[u8]) {
        self.heap_bytes += value.len() + VALUE_BYTES;
        self.groups[slot].push_back(value.into());
    }

    fn take_out(&mut self, slot: usize, value: &[u8]) {
        let Some(place) = self.groups[slot].iter().position(|other| **other == *value) else { return };
        if let Some(gone) = self.groups[slot].remove(place) {
            self.heap_bytes -= gone.len() + VALUE_BYTES;
        }
    }
}

impl StateColumns for Ordered {
    fn grow(&mut self, slots: usize) {
        self.groups.resize_with(slots, VecDeque::new);
    }

    fn reset(&mut self, slot: usize) {
        let gone = std::mem::take(&mut self.groups[slot]);
        self.heap_bytes -= gone.iter().map(|value| value.len() + VALUE_BYTES).sum::<usize>();
    }

    fn write(&self, slot: usize, bytes: &mut Vec<u8>) {
        bytes.extend(u32::try_from(self.groups[slot].len()).unwrap_or(u32::MAX).to_be_bytes());
        self.groups[slot].iter().for_each(|value| write_sized(value, bytes));
    }

    fn read(&mut self, slot: usize, bytes: &mut Decoder<'_>) -> Result<(), DecodeError> {
        for _ in 0..bytes.count(4)? {
            let value: Box<[u8]> = bytes.sized_bytes()?.into();
            self.push(slot, &value);
        }
        Ok(())
    }

    fn bytes(&self) -> usize {
        self.groups.len() * size_of::<VecDeque<Box<[u8]>>>() + self.heap_bytes
    }
}

impl Accumulator for Ordered {
    fn update(&mut self, rows: &Rows<'_>, inputs: &[Cells]) {
        let [cells, ..] = inputs else { return };
        let Some(keys) = keys_of(&self.encoder, cells, &self.result) else { return };
        rows.without_nulls(cells).each(|row, slot, adds| match adds {
            true => self.push(slot, keys.key(row)),
            false => self.take_out(slot, keys.key(row)),
        });
    }

    fn evaluate(&self, slots: &[u32]) -> Result<ArrayRef, OperatorError> {
        let group = |slot: &u32| &self.groups[*slot as usize];
        let picked = |slot: &u32| if self.pick == Pick::First { group(slot).front() } else { group(slot).back() };
        let picked: Vec<Option<&[u8]>> = slots.iter().map(|slot| picked(slot).map(|value| &**value)).collect();
        values_of(&self.encoder, &picked, &self.result)
    }
}
