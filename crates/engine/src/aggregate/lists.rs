//! `ARRAY_AGG`, `LISTAGG` and `JSON_ARRAYAGG`: a group's values in the order in which they came.
//!
//! A value that is taken back goes where it came first, as in Flink; one that is taken back before it came is owed, and
//! stays so: Flink settles such debts only where it merges groups. State of a group, in one entry: the number of values
//! (32 bits) and each with its length (32 bits), then the same of what is owed.

use std::collections::VecDeque;
use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, ListArray, StringArray};
use arrow::buffer::{NullBuffer, OffsetBuffer};
use arrow::datatypes::{DataType, FieldRef};
use arrow::error::ArrowError;
use yeoul_base::decode::{DecodeError, Decoder};

use super::accumulator::{Accumulator, Rows};
use super::cells::Cells;
use super::encoded::keys_of;
use super::extremes::write_sized;
use crate::operator::OperatorError;
use crate::state::{KeyEncoder, StateColumns};

/// Bytes that a value takes besides its own.
const VALUE_BYTES: usize = 16;

/// What becomes of a group's values.
#[derive(Clone, Debug)]
pub(crate) enum Shape {
    /// An array of them; NULL where there are none.
    Array(FieldRef),
    /// One text, with a separator between them; NULL where there are none.
    Text(String),
    /// A JSON array of texts that are JSON already, NULLs being `null`.
    Json,
}

/// Values in their order.
type Values = VecDeque<Box<[u8]>>;

/// The values of each group, in order.
pub(crate) struct Lists {
    shape: Shape,
    /// Whether NULLs are kept.
    nulls: bool,
    encoder: KeyEncoder,
    value: DataType,
    groups: Vec<Values>,
    owed: Vec<Values>,
    heap_bytes: usize,
}

impl Lists {
    /// Lists of values of this type, with NULLs if `nulls`.
    pub(crate) fn new(shape: Shape, nulls: bool, value: DataType) -> Result<Lists, ArrowError> {
        let encoder = KeyEncoder::new(&[0], vec![value.clone()])?;
        Ok(Lists { shape, nulls, encoder, value, groups: Vec::new(), owed: Vec::new(), heap_bytes: 0 })
    }

    fn push(&mut self, slot: usize, value: Box<[u8]>) {
        self.heap_bytes += value.len() + VALUE_BYTES;
        self.groups[slot].push_back(value);
    }

    fn take_out(&mut self, slot: usize, value: &[u8]) {
        match self.groups[slot].iter().position(|other| **other == *value) {
            Some(place) => {
                self.groups[slot].remove(place);
                self.heap_bytes -= value.len() + VALUE_BYTES;
            }
            None => {
                self.heap_bytes += value.len() + VALUE_BYTES;
                self.owed[slot].push_back(value.into());
            }
        }
    }

    /// Takes out what is owed and is there now.
    fn settle(&mut self, slot: usize) {
        for value in std::mem::take(&mut self.owed[slot]) {
            self.heap_bytes -= value.len() + VALUE_BYTES;
            self.take_out(slot, &value);
        }
    }

    /// The values of some groups, one behind the other, and how many each has.
    fn decoded(&self, slots: &[u32]) -> Result<(ArrayRef, Vec<usize>), OperatorError> {
        let groups = slots.iter().map(|slot| &self.groups[*slot as usize]);
        let counts = groups.clone().map(VecDeque::len).collect();
        let values = self.encoder.decode(groups.flatten().map(|value| &**value))?;
        let none = || arrow::array::new_empty_array(&self.value);
        Ok((values.into_iter().next().unwrap_or_else(none), counts))
    }

    fn texts(
        &self,
        slots: &[u32],
        text: impl Fn(&[Option<&str>]) -> Option<String>,
    ) -> Result<ArrayRef, OperatorError> {
        let (values, counts) = self.decoded(slots)?;
        let values: Vec<Option<&str>> = values.as_string::<i32>().iter().collect();
        let mut rest = &values[..];
        let texts = counts.into_iter().map(|count| {
            let (own, others) = rest.split_at(count);
            rest = others;
            text(own)
        });
        Ok(Arc::new(texts.collect::<StringArray>()))
    }
}

fn write_values(values: &Values, bytes: &mut Vec<u8>) {
    bytes.extend(u32::try_from(values.len()).unwrap_or(u32::MAX).to_be_bytes());
    values.iter().for_each(|value| write_sized(value, bytes));
}

fn bytes_of(values: &Values) -> usize {
    values.iter().map(|value| value.len() + VALUE_BYTES).sum()
}

impl StateColumns for Lists {
    fn grow(&mut self, slots: usize) {
        self.groups.resize_with(slots, VecDeque::new);
        self.owed.resize_with(slots, VecDeque::new);
    }

    fn reset(&mut self, slot: usize) {
        let (gone, owed) = (std::mem::take(&mut self.groups[slot]), std::mem::take(&mut self.owed[slot]));
        self.heap_bytes -= bytes_of(&gone) + bytes_of(&owed);
    }

    fn write(&self, slot: usize, bytes: &mut Vec<u8>) {
        write_values(&self.groups[slot], bytes);
        write_values(&self.owed[slot], bytes);
    }

    fn read(&mut self, slot: usize, bytes: &mut Decoder<'_>) -> Result<(), DecodeError> {
        for _ in 0..bytes.count(4)? {
            let value = bytes.sized_bytes()?.into();
            self.push(slot, value);
        }
        for _ in 0..bytes.count(4)? {
            let value: Box<[u8]> = bytes.sized_bytes()?.into();
            self.heap_bytes += value.len() + VALUE_BYTES;
            self.owed[slot].push_back(value);
        }
        Ok(())
    }

    fn bytes(&self) -> usize {
        self.groups.len() * 2 * size_of::<Values>() + self.heap_bytes
    }
}

impl Accumulator for Lists {
    fn merges(&self) -> bool {
        !matches!(self.shape, Shape::Json)
    }

    fn merge(&mut self, into: usize, from: usize) {
        for value in self.groups[from].clone() {
            self.push(into, value);
        }
        for value in self.owed[from].clone() {
            self.heap_bytes += value.len() + VALUE_BYTES;
            self.owed[into].push_back(value);
        }
        self.settle(into);
    }

    fn update(&mut self, rows: &Rows<'_>, inputs: &[Cells]) {
        let [cells, ..] = inputs else { return };
        let Some(keys) = keys_of(&self.encoder, cells, &self.value) else { return };
        let rows = if self.nulls { rows.clone() } else { rows.without_nulls(cells) };
        rows.each(|row, slot, adds| match adds {
            true => self.push(slot, keys.key(row).into()),
            false => self.take_out(slot, keys.key(row)),
        });
    }

    fn evaluate(&self, slots: &[u32]) -> Result<ArrayRef, OperatorError> {
        match &self.shape {
            Shape::Array(item) => {
                let (values, counts) = self.decoded(slots)?;
                let there: NullBuffer = counts.iter().map(|count| *count > 0).collect();
                let offsets = OffsetBuffer::from_lengths(counts);
                Ok(Arc::new(ListArray::try_new(item.clone(), offsets, values, Some(there))?))
            }
            Shape::Text(separator) => self.texts(slots, |values| {
                let texts: Vec<&str> = values.iter().copied().flatten().collect();
                (!texts.is_empty()).then(|| texts.join(separator))
            }),
            Shape::Json => self.texts(slots, |values| {
                let texts: Vec<&str> = values.iter().map(|value| value.unwrap_or("null")).collect();
                Some(format!("[{}]", texts.join(",")))
            }),
        }
    }
}
