//! `MIN`, `MAX`, `FIRST_VALUE`, `LAST_VALUE` over input that only grows: one value per group.

use arrow::array::{ArrayRef, BinaryArray, Decimal128Array, Float64Array, Int64Array};
use arrow::datatypes::DataType;
use yeoul_base::decode::{DecodeError, Decoder};

use super::accumulator::{Accumulator, Rows};
use super::cells::{CellKind, Cells};
use crate::operator::OperatorError;
use crate::state::StateColumns;

/// Which of a group's values stays.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Pick {
    /// The smallest.
    Min,
    /// The largest.
    Max,
    /// The first that is not NULL.
    First,
    /// The last that is not NULL.
    Last,
}

impl Pick {
    /// Whether `new` takes the place of `old`. NaN never wins, as in Java's comparisons.
    #[inline]
    fn replaces<T: PartialOrd + ?Sized>(self, new: &T, old: &T) -> bool {
        match self {
            Pick::Min => new < old,
            Pick::Max => new > old,
            Pick::First => false,
            Pick::Last => true,
        }
    }
}

#[derive(Debug)]
enum Values {
    Int(Vec<i64>),
    Float(Vec<f64>),
    Decimal(Vec<i128>),
    Bytes(Vec<Box<[u8]>>),
}

/// One value per group.
#[derive(Debug)]
pub(crate) struct Extreme {
    pick: Pick,
    result: DataType,
    values: Values,
    set: Vec<bool>,
    heap_bytes: usize,
}

impl Extreme {
    /// Accumulators of values of this type; `None` for nested types.
    pub(crate) fn new(pick: Pick, result: DataType) -> Option<Extreme> {
        let values = match CellKind::of(&result)? {
            CellKind::Int => Values::Int(Vec::new()),
            CellKind::Float => Values::Float(Vec::new()),
            CellKind::Decimal => Values::Decimal(Vec::new()),
            CellKind::Bytes => Values::Bytes(Vec::new()),
        };
        Some(Extreme { pick, result, values, set: Vec::new(), heap_bytes: 0 })
    }
}

impl StateColumns for Extreme {
    fn grow(&mut self, slots: usize) {
        self.set.resize(slots, false);
        match &mut self.values {
            Values::Int(values) => values.resize(slots, 0),
            Values::Float(values) => values.resize(slots, 0.0),
            Values::Decimal(values) => values.resize(slots, 0),
            Values::Bytes(values) => values.resize(slots, Box::default()),
        }
    }

    fn reset(&mut self, slot: usize) {
        self.set[slot] = false;
        if let Values::Bytes(values) = &mut self.values {
            self.heap_bytes -= std::mem::take(&mut values[slot]).len();
        }
    }

    fn write(&self, slot: usize, bytes: &mut Vec<u8>) {
        bytes.push(u8::from(self.set[slot]));
        if !self.set[slot] {
            return;
        }
        match &self.values {
            Values::Int(values) => bytes.extend(values[slot].to_be_bytes()),
            Values::Float(values) => bytes.extend(values[slot].to_bits().to_be_bytes()),
            Values::Decimal(values) => bytes.extend(values[slot].to_be_bytes()),
            Values::Bytes(values) => write_sized(&values[slot], bytes),
        }
    }

    fn read(&mut self, slot: usize, bytes: &mut Decoder<'_>) -> Result<(), DecodeError> {
        self.set[slot] = bytes.u8()? == 1;
        if !self.set[slot] {
            return Ok(());
        }
        match &mut self.values {
            Values::Int(values) => values[slot] = bytes.i64()?,
            Values::Float(values) => values[slot] = f64::from_bits(bytes.u64()?),
            Values::Decimal(values) => values[slot] = i128::from_be_bytes(bytes.array()?),
            Values::Bytes(values) => {
                values[slot] = bytes.sized_bytes()?.into();
                self.heap_bytes += values[slot].len();
            }
        }
        Ok(())
    }

    fn bytes(&self) -> usize {
        let each = match &self.values {
            Values::Int(_) | Values::Float(_) => 8,
            Values::Decimal(_) | Values::Bytes(_) => 16,
        };
        self.set.len() * (each + 1) + self.heap_bytes
    }
}

/// Appends a length of four bytes, and the bytes.
pub(super) fn write_sized(value: &[u8], bytes: &mut Vec<u8>) {
    bytes.extend(u32::try_from(value.len()).unwrap_or(u32::MAX).to_be_bytes());
    bytes.extend(value);
}

impl Accumulator for Extreme {
    fn merges(&self) -> bool {
        true
    }

    fn merge(&mut self, into: usize, from: usize) {
        if !self.set[from] {
            return;
        }
        let (pick, set) = (self.pick, &mut self.set[into]);
        match &mut self.values {
            Values::Int(values) => merge_value(pick, set, values, into, from),
            Values::Float(values) => merge_value(pick, set, values, into, from),
            Values::Decimal(values) => merge_value(pick, set, values, into, from),
            Values::Bytes(values) => {
                let new = values[from].clone();
                if !*set || pick.replaces(&*new, &*values[into]) {
                    self.heap_bytes = self.heap_bytes + new.len() - values[into].len();
                    (*set, values[into]) = (true, new);
                }
            }
        }
    }

    fn update(&mut self, rows: &Rows<'_>, inputs: &[Cells]) {
        let [cells, ..] = inputs else { return };
        let (pick, set) = (self.pick, &mut self.set);
        let rows = rows.without_nulls(cells);
        match (&mut self.values, cells) {
            (Values::Int(values), Cells::Int(array)) => {
                rows.each(|row, slot, _| keep(pick, &mut set[slot], &mut values[slot], array.value(row)));
            }
            (Values::Float(values), Cells::Float(array)) => {
                rows.each(|row, slot, _| keep(pick, &mut set[slot], &mut values[slot], array.value(row)));
            }
            (Values::Decimal(values), Cells::Decimal(array)) => {
                rows.each(|row, slot, _| keep(pick, &mut set[slot], &mut values[slot], array.value(row)));
            }
            (Values::Bytes(values), Cells::Bytes(array)) => rows.each(|row, slot, _| {
                let new = array.value(row);
                if !set[slot] || pick.replaces(new, &*values[slot]) {
                    self.heap_bytes = self.heap_bytes + new.len() - values[slot].len();
                    (set[slot], values[slot]) = (true, new.into());
                }
            }),
            _ => debug_assert!(false, "the plan gives the argument the type of the result"),
        }
    }

    fn evaluate(&self, slots: &[u32]) -> Result<ArrayRef, OperatorError> {
        let set = |slot: &u32| self.set[*slot as usize];
        let cells = match &self.values {
            Values::Int(values) => {
                let array = slots.iter().map(|slot| set(slot).then(|| values[*slot as usize]));
                Cells::Int(array.collect::<Int64Array>())
            }
            Values::Float(values) => {
                let array = slots.iter().map(|slot| set(slot).then(|| values[*slot as usize]));
                Cells::Float(array.collect::<Float64Array>())
            }
            Values::Decimal(values) => {
                let array = slots.iter().map(|slot| set(slot).then(|| values[*slot as usize]));
                Cells::Decimal(array.collect::<Decimal128Array>())
            }
            Values::Bytes(values) => {
                let array = slots.iter().map(|slot| set(slot).then(|| &*values[*slot as usize]));
                Cells::Bytes(array.collect::<BinaryArray>())
            }
        };
        Ok(cells.into_array(&self.result)?)
    }
}

/// Lets the value of slot `from`, which is set, compete with that of slot `into`.
fn merge_value<T: PartialOrd + Copy>(pick: Pick, set: &mut bool, values: &mut [T], into: usize, from: usize) {
    let new = values[from];
    keep(pick, set, &mut values[into], new);
}

#[inline]
fn keep<T: PartialOrd>(pick: Pick, set: &mut bool, value: &mut T, new: T) {
    if !*set || pick.replaces(&new, value) {
        *set = true;
        *value = new;
    }
}
