//! `DISTINCT` around any aggregate: hands on a value when it comes for the first time, and when it goes for the last.
//!
//! The counts of the values are written in front of the inner aggregate's own state.

use arrow::array::ArrayRef;
use arrow::buffer::BooleanBuffer;
use arrow::datatypes::DataType;
use arrow::error::ArrowError;
use yeoul_base::decode::{DecodeError, Decoder};
use yeoul_row::RowKind;

use super::accumulator::{Accumulator, Rows};
use super::cells::Cells;
use super::counted::Counted;
use super::encoded::keys_of;
use crate::operator::OperatorError;
use crate::state::{KeyEncoder, StateColumns};

/// An aggregate over distinct values: hands on a value when it comes for the first time, and when it goes.
pub(crate) struct Distinct {
    encoder: KeyEncoder,
    data_type: DataType,
    counted: Counted,
    inner: Box<dyn Accumulator>,
    /// Whether NULL counts as a value.
    nulls: bool,
}

impl Distinct {
    /// `inner` over distinct values of this type; with NULL as one of them, if `nulls`.
    pub(crate) fn new(data_type: DataType, inner: Box<dyn Accumulator>, nulls: bool) -> Result<Distinct, ArrowError> {
        let encoder = KeyEncoder::new(&[0], vec![data_type.clone()])?;
        Ok(Distinct { encoder, data_type, counted: Counted::default(), inner, nulls })
    }
}

impl StateColumns for Distinct {
    fn grow(&mut self, slots: usize) {
        self.counted.grow(slots);
        self.inner.grow(slots);
    }

    fn reset(&mut self, slot: usize) {
        self.counted.reset(slot);
        self.inner.reset(slot);
    }

    fn write(&self, slot: usize, bytes: &mut Vec<u8>) {
        self.counted.write(slot, bytes);
        self.inner.write(slot, bytes);
    }

    fn read(&mut self, slot: usize, bytes: &mut Decoder<'_>) -> Result<(), DecodeError> {
        self.counted.read(slot, bytes)?;
        self.inner.read(slot, bytes)
    }

    fn bytes(&self) -> usize {
        self.counted.bytes() + self.inner.bytes()
    }
}

impl Accumulator for Distinct {
    fn merges(&self) -> bool {
        true
    }

    /// Values that both groups hold must count once: what is new to `into` is folded in again, as if it came now.
    fn merge(&mut self, into: usize, from: usize) {
        let mut fresh: Vec<Box<[u8]>> = Vec::new();
        self.counted.merge(into, from, |value| fresh.push(value.into()));
        let Ok(columns) = self.encoder.decode(fresh.iter().map(|value| &**value)) else { return };
        let Some(Ok(cells)) = columns.first().map(Cells::of) else { return };
        let slots = vec![u32::try_from(into).unwrap_or(u32::MAX); fresh.len()];
        self.inner.update(&Rows { slots: &slots, mask: None, kinds: None }, &[cells]);
    }

    fn update(&mut self, rows: &Rows<'_>, inputs: &[Cells]) {
        let [cells, ..] = inputs else { return };
        let Some(keys) = keys_of(&self.encoder, cells, &self.data_type) else { return };
        let mut kinds = vec![RowKind::Insert; rows.slots.len()];
        let mut counts = vec![false; rows.slots.len()];
        let counted = if self.nulls { rows.clone() } else { rows.without_nulls(cells) };
        counted.each(|row, slot, adds| {
            let (before, now) = self.counted.change(slot, keys.key(row), if adds { 1 } else { -1 });
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
