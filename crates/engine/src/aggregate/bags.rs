//! `COLLECT`: a group's values, each with how often it is there, as a multiset.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Int32Array, MapArray, StructArray, new_empty_array};
use arrow::buffer::OffsetBuffer;
use arrow::datatypes::DataType;
use arrow::error::ArrowError;
use yeoul_base::decode::{DecodeError, Decoder};

use super::accumulator::{Accumulator, Rows};
use super::cells::Cells;
use super::counted::Counted;
use super::encoded::keys_of;
use crate::operator::OperatorError;
use crate::state::{KeyEncoder, StateColumns};

/// The multiset of each group's values.
pub(crate) struct Bags {
    encoder: KeyEncoder,
    value: DataType,
    result: DataType,
    counted: Counted,
}

impl Bags {
    /// Multisets of type `result` of values of type `value`.
    pub(crate) fn new(value: DataType, result: DataType) -> Result<Bags, ArrowError> {
        let encoder = KeyEncoder::new(&[0], vec![value.clone()])?;
        Ok(Bags { encoder, value, result, counted: Counted::default() })
    }
}

impl StateColumns for Bags {
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

impl Accumulator for Bags {
    fn merges(&self) -> bool {
        true
    }

    fn merge(&mut self, into: usize, from: usize) {
        self.counted.merge(into, from, |_| {});
    }

    fn update(&mut self, rows: &Rows<'_>, inputs: &[Cells]) {
        let [cells, ..] = inputs else { return };
        let Some(keys) = keys_of(&self.encoder, cells, &self.value) else { return };
        rows.without_nulls(cells).each(|row, slot, adds| {
            self.counted.change(slot, keys.key(row), if adds { 1 } else { -1 });
        });
    }

    fn evaluate(&self, slots: &[u32]) -> Result<ArrayRef, OperatorError> {
        let DataType::Map(entries, sorted) = &self.result else {
            return Err(OperatorError::Row("a multiset must be the result of `COLLECT`".to_owned()));
        };
        let DataType::Struct(fields) = entries.data_type() else {
            return Err(OperatorError::Row("a multiset must have entries".to_owned()));
        };
        let there = |slot: &u32| self.counted.of(*slot).iter().filter(|(_, count)| **count > 0);
        let keys = self.encoder.decode(slots.iter().flat_map(there).map(|(value, _)| &**value))?;
        let keys = keys.into_iter().next().unwrap_or_else(|| new_empty_array(&self.value));
        let counts = slots.iter().flat_map(there).map(|(_, count)| i32::try_from(*count).unwrap_or(i32::MAX));
        let counts: ArrayRef = Arc::new(Int32Array::from_iter_values(counts));
        let offsets = OffsetBuffer::from_lengths(slots.iter().map(|slot| there(slot).count()));
        let entry = StructArray::try_new(fields.clone(), vec![keys, counts], None)?;
        let map = MapArray::try_new(entries.clone(), offsets, entry, None, *sorted)?;
        debug_assert_eq!(map.len(), slots.len(), "one multiset per group");
        Ok(Arc::new(map))
    }
}
