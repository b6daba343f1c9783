//! The sum of squared deviations from the mean, which variances and standard deviations are made of: Welford's way, so
//! that large values with small differences keep their digits.
//!
//! Rows can be taken out, and groups merged (Chan, Golub and LeVeque). Where more was taken out than came, only the count
//! goes on, as in Flink. State of a group: count, mean and sum, 64 bits each.

use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array};
use yeoul_base::decode::{DecodeError, Decoder};

use super::accumulator::{Accumulator, Rows};
use super::cells::Cells;
use crate::operator::OperatorError;
use crate::state::StateColumns;

/// What is known of a group's values.
#[derive(Clone, Copy, Debug, Default)]
struct Spread {
    count: i64,
    mean: f64,
    squares: f64,
}

#[expect(clippy::cast_precision_loss, reason = "counts are divided by as DOUBLEs, as in Flink")]
impl Spread {
    fn add(&mut self, value: f64) {
        self.count += 1;
        if self.count <= 0 {
            return;
        }
        let before = value - self.mean;
        self.mean += before / self.count as f64;
        self.squares += before * (value - self.mean);
    }

    fn take_out(&mut self, value: f64) {
        self.count -= 1;
        if self.count <= 0 {
            if self.count == 0 {
                *self = Spread::default();
            }
            return;
        }
        let after = value - self.mean;
        self.mean -= after / self.count as f64;
        self.squares -= (value - self.mean) * after;
    }

    fn merge(&mut self, other: Spread) {
        if other.count <= 0 {
            self.count += other.count;
        } else if self.count == 0 {
            *self = other;
        } else {
            let count = (self.count + other.count) as f64;
            let apart = other.mean - self.mean;
            self.squares += other.squares + (self.count as f64) * (other.count as f64) / count * apart * apart;
            self.mean += other.count as f64 / count * apart;
            self.count += other.count;
        }
        if self.count <= 0 {
            (self.mean, self.squares) = (0.0, 0.0);
        }
    }
}

/// The sum of squared deviations of each group.
pub(crate) struct Deviations {
    /// By how much a decimal's unscaled value is too large.
    per_one: f64,
    groups: Vec<Spread>,
}

impl Deviations {
    /// Over numbers; `scale` is that of decimals.
    pub(crate) fn new(scale: i8) -> Deviations {
        Deviations { per_one: 10_f64.powi(i32::from(scale)), groups: Vec::new() }
    }
}

impl StateColumns for Deviations {
    fn grow(&mut self, slots: usize) {
        self.groups.resize(slots, Spread::default());
    }

    fn reset(&mut self, slot: usize) {
        self.groups[slot] = Spread::default();
    }

    fn write(&self, slot: usize, bytes: &mut Vec<u8>) {
        let Spread { count, mean, squares } = self.groups[slot];
        bytes.extend(count.to_be_bytes());
        bytes.extend(mean.to_bits().to_be_bytes());
        bytes.extend(squares.to_bits().to_be_bytes());
    }

    fn read(&mut self, slot: usize, bytes: &mut Decoder<'_>) -> Result<(), DecodeError> {
        let count = bytes.i64()?;
        let (mean, squares) = (f64::from_bits(bytes.u64()?), f64::from_bits(bytes.u64()?));
        self.groups[slot] = Spread { count, mean, squares };
        Ok(())
    }

    fn bytes(&self) -> usize {
        self.groups.len() * size_of::<Spread>()
    }
}

impl Accumulator for Deviations {
    fn merges(&self) -> bool {
        true
    }

    fn merge(&mut self, into: usize, from: usize) {
        let other = self.groups[from];
        self.groups[into].merge(other);
    }

    fn update(&mut self, rows: &Rows<'_>, inputs: &[Cells]) {
        let [cells, ..] = inputs else { return };
        let per_one = self.per_one;
        rows.without_nulls(cells).each(|row, slot, adds| {
            let value = to_double(cells, row, per_one);
            if adds { self.groups[slot].add(value) } else { self.groups[slot].take_out(value) }
        });
    }

    fn evaluate(&self, slots: &[u32]) -> Result<ArrayRef, OperatorError> {
        let sums = slots.iter().map(|slot| {
            let spread = self.groups[*slot as usize];
            // Below 0 if what was taken out had never come.
            let known = spread.squares >= 0.0 || spread.squares.is_nan();
            (spread.count > 0 && known).then_some(spread.squares)
        });
        Ok(Arc::new(sums.collect::<Float64Array>()))
    }
}

/// A number as a DOUBLE; `per_one` is ten to the power of a decimal's scale.
#[expect(clippy::cast_precision_loss, reason = "a DOUBLE is what is asked for")]
pub(super) fn to_double(cells: &Cells, row: usize, per_one: f64) -> f64 {
    match cells {
        Cells::Int(array) => array.value(row) as f64,
        Cells::Float(array) => array.value(row),
        Cells::Decimal(array) => array.value(row) as f64 / per_one,
        Cells::Bytes(_) | Cells::Nested(_) => f64::NAN,
    }
}
