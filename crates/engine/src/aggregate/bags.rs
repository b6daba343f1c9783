//! `COLLECT`: a group's values, each with how often it is there, as a multiset.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Int32Array, MapArray, StructArray, new_empty_array};
use arrow::buffer::OffsetBuffer;
use arrow::datatypes::DataType;
use arrow::error::ArrowError;

use super::accumulator::Rows;
use super::cells::Cells;
use super::counted::{Counted, OfCounts, OverCounts, count_values};
use crate::operator::OperatorError;
use crate::state::KeyEncoder;

/// The multiset of each group's values.
pub(crate) struct Bags {
    encoder: KeyEncoder,
    value: DataType,
    result: DataType,
}

impl Bags {
    /// Multisets of type `result` of values of type `value`.
    pub(crate) fn over(value: DataType, result: DataType) -> Result<OverCounts<Bags>, ArrowError> {
        let encoder = KeyEncoder::new(&[0], vec![value.clone()])?;
        Ok(OverCounts::new(Bags { encoder, value, result }))
    }
}

impl OfCounts for Bags {
    fn count(&self, counted: &mut Counted, rows: &Rows<'_>, inputs: &[Cells]) {
        count_values(&self.encoder, &self.value, counted, rows, inputs);
    }

    fn evaluate(&self, counted: &Counted, slots: &[u32]) -> Result<ArrayRef, OperatorError> {
        let DataType::Map(entries, sorted) = &self.result else {
            return Err(OperatorError::Row("a multiset must be the result of `COLLECT`".to_owned()));
        };
        let DataType::Struct(fields) = entries.data_type() else {
            return Err(OperatorError::Row("a multiset must have entries".to_owned()));
        };
        let there = |slot: &u32| counted.of(*slot).iter().filter(|(_, count)| **count > 0);
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
