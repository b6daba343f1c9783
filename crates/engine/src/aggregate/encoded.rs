//! Values as key bytes (see [`KeyEncoder`]): how accumulators keep values of any type, nested ones too.

use arrow::array::{ArrayRef, BinaryArray, UInt32Array, new_null_array};
use arrow::compute::take;
use arrow::datatypes::DataType;
use arrow::error::ArrowError;
use yeoul_base::decode::{DecodeError, Decoder};

use super::accumulator::{Accumulator, Rows};
use super::cells::Cells;
use super::extremes::{Extreme, Pick};
use crate::operator::OperatorError;
use crate::state::{EncodedKeys, KeyEncoder, StateColumns};

/// The key bytes of an argument's values.
pub(super) fn keys_of(encoder: &KeyEncoder, cells: &Cells, data_type: &DataType) -> Option<EncodedKeys> {
    let array = cells.clone().into_array(data_type).ok()?;
    let len = array.len();
    encoder.encode_columns(&[array], len).ok()
}

/// The column of type `result` of values as key bytes; `None` is NULL.
pub(super) fn values_of(
    encoder: &KeyEncoder,
    keys: &[Option<&[u8]>],
    result: &DataType,
) -> Result<ArrayRef, OperatorError> {
    let values = encoder.decode(keys.iter().copied().flatten())?;
    let mut next = 0..;
    let places: UInt32Array = keys.iter().map(|value| value.and_then(|_| next.next())).collect();
    Ok(match values.first() {
        Some(values) => take(values, &places, None)?,
        None => new_null_array(result, keys.len()),
    })
}

/// `FIRST_VALUE` and `LAST_VALUE` of arrays, maps and rows over input that only grows.
pub(crate) struct NestedExtreme {
    encoder: KeyEncoder,
    result: DataType,
    inner: Extreme,
}

impl NestedExtreme {
    /// Accumulators of values of this type. `pick` is `First` or `Last`.
    pub(crate) fn new(pick: Pick, result: DataType) -> Result<NestedExtreme, ArrowError> {
        let encoder = KeyEncoder::new(&[0], vec![result.clone()])?;
        let inner = Extreme::new(pick, DataType::Binary);
        let inner = inner.ok_or_else(|| ArrowError::CastError("bytes can't be kept".to_owned()))?;
        Ok(NestedExtreme { encoder, result, inner })
    }
}

impl StateColumns for NestedExtreme {
    fn grow(&mut self, slots: usize) {
        self.inner.grow(slots);
    }

    fn reset(&mut self, slot: usize) {
        self.inner.reset(slot);
    }

    fn write(&self, slot: usize, bytes: &mut Vec<u8>) {
        self.inner.write(slot, bytes);
    }

    fn read(&mut self, slot: usize, bytes: &mut Decoder<'_>) -> Result<(), DecodeError> {
        self.inner.read(slot, bytes)
    }

    fn bytes(&self) -> usize {
        self.inner.bytes()
    }
}

impl Accumulator for NestedExtreme {
    fn update(&mut self, rows: &Rows<'_>, inputs: &[Cells]) {
        let [cells, ..] = inputs else { return };
        let Some(keys) = keys_of(&self.encoder, cells, &self.result) else { return };
        let bytes = BinaryArray::from_iter_values((0..keys.len()).map(|row| keys.key(row)));
        self.inner.update(&rows.without_nulls(cells), &[Cells::Bytes(bytes)]);
    }

    fn evaluate(&self, slots: &[u32]) -> Result<ArrayRef, OperatorError> {
        let bytes = self.inner.evaluate(slots)?;
        let bytes: &BinaryArray = arrow::array::AsArray::as_binary(&bytes);
        let keys: Vec<Option<&[u8]>> = bytes.iter().collect();
        values_of(&self.encoder, &keys, &self.result)
    }
}
