//! `COUNT`, `SUM` and `AVG`: accumulators that can also take rows out.

use std::sync::Arc;

use arrow::array::{ArrayRef, Decimal128Array, Float64Array, Int64Array};
use arrow::datatypes::DataType;
use arrow::error::ArrowError;
use yeoul_base::decode::{DecodeError, Decoder};

use super::accumulator::{Accumulator, Rows};
use super::cells::Cells;
use crate::operator::OperatorError;
use crate::state::StateColumns;

/// `COUNT(*)`, `COUNT(x)`
#[derive(Debug, Default)]
pub(crate) struct Count {
    counts: Vec<i64>,
}

impl StateColumns for Count {
    fn grow(&mut self, slots: usize) {
        self.counts.resize(slots, 0);
    }

    fn reset(&mut self, slot: usize) {
        self.counts[slot] = 0;
    }

    fn write(&self, slot: usize, bytes: &mut Vec<u8>) {
        bytes.extend(self.counts[slot].to_be_bytes());
    }

    fn read(&mut self, slot: usize, bytes: &mut Decoder<'_>) -> Result<(), DecodeError> {
        self.counts[slot] = bytes.i64()?;
        Ok(())
    }

    fn bytes(&self) -> usize {
        self.counts.len() * 8
    }
}

impl Count {
    /// A group's count.
    pub(crate) fn get(&self, slot: u32) -> i64 {
        self.counts[slot as usize]
    }
}

impl Accumulator for Count {
    fn merges(&self) -> bool {
        true
    }

    fn merge(&mut self, into: usize, from: usize) {
        self.counts[into] += self.counts[from];
    }

    fn update(&mut self, rows: &Rows<'_>, inputs: &[Cells]) {
        let rows = inputs.first().map_or_else(|| rows.clone(), |input| rows.without_nulls(input));
        rows.each(|_, slot, adds| self.counts[slot] += if adds { 1 } else { -1 });
    }

    fn evaluate(&self, slots: &[u32]) -> Result<ArrayRef, OperatorError> {
        let counts = slots.iter().map(|slot| self.counts[*slot as usize]);
        Ok(Arc::new(Int64Array::from_iter_values(counts)))
    }
}

/// What a sum adds in, as Flink does.
pub(crate) trait Number: Copy + Default + Send + 'static {
    /// Adds, or takes away.
    fn plus(self, other: Self, adds: bool) -> Self;
    /// Eight or sixteen bytes.
    fn write(self, bytes: &mut Vec<u8>);
    /// What `write` wrote.
    fn read(bytes: &mut Decoder<'_>) -> Result<Self, DecodeError>;
    /// The number in row `row`.
    fn of(cells: &Cells, row: usize) -> Self;
}

impl Number for i64 {
    fn plus(self, other: i64, adds: bool) -> i64 {
        if adds { self.wrapping_add(other) } else { self.wrapping_sub(other) }
    }

    fn write(self, bytes: &mut Vec<u8>) {
        bytes.extend(self.to_be_bytes());
    }

    fn read(bytes: &mut Decoder<'_>) -> Result<i64, DecodeError> {
        bytes.i64()
    }

    #[inline]
    fn of(cells: &Cells, row: usize) -> i64 {
        match cells {
            Cells::Int(array) => array.value(row),
            _ => 0,
        }
    }
}

impl Number for f64 {
    fn plus(self, other: f64, adds: bool) -> f64 {
        if adds { self + other } else { self - other }
    }

    fn write(self, bytes: &mut Vec<u8>) {
        bytes.extend(self.to_bits().to_be_bytes());
    }

    fn read(bytes: &mut Decoder<'_>) -> Result<f64, DecodeError> {
        Ok(f64::from_bits(bytes.u64()?))
    }

    #[inline]
    fn of(cells: &Cells, row: usize) -> f64 {
        match cells {
            Cells::Float(array) => array.value(row),
            _ => 0.0,
        }
    }
}

/// A sum in single precision, as Flink adds `FLOAT`s.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Single(f32);

impl Number for Single {
    fn plus(self, other: Single, adds: bool) -> Single {
        Single(if adds { self.0 + other.0 } else { self.0 - other.0 })
    }

    fn write(self, bytes: &mut Vec<u8>) {
        bytes.extend(self.0.to_bits().to_be_bytes());
    }

    fn read(bytes: &mut Decoder<'_>) -> Result<Single, DecodeError> {
        Ok(Single(f32::from_bits(bytes.u32()?)))
    }

    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "the cell was widened from a FLOAT")]
    fn of(cells: &Cells, row: usize) -> Single {
        Single(f64::of(cells, row) as f32)
    }
}

impl Number for i128 {
    fn plus(self, other: i128, adds: bool) -> i128 {
        // Past the limit the result is NULL (see `DECIMAL_LIMIT`); saturating keeps it past.
        if adds { self.saturating_add(other) } else { self.saturating_sub(other) }
    }

    fn write(self, bytes: &mut Vec<u8>) {
        bytes.extend(self.to_be_bytes());
    }

    fn read(bytes: &mut Decoder<'_>) -> Result<i128, DecodeError> {
        Ok(i128::from_be_bytes(bytes.array()?))
    }

    #[inline]
    fn of(cells: &Cells, row: usize) -> i128 {
        match cells {
            Cells::Decimal(array) => array.value(row),
            _ => 0,
        }
    }
}

/// Ten to the 38th: decimals have at most 38 digits.
const DECIMAL_LIMIT: i128 = 10_i128.pow(38);

/// `SUM` and `AVG` over one kind of number: a sum, and how many values are in it.
pub(crate) struct Sum<N> {
    sums: Vec<N>,
    counts: Vec<i64>,
    finish: Finish<N>,
}

/// Makes the result column of sums and counts; a count of 0 means NULL.
pub(crate) type Finish<N> = Box<dyn Fn(&mut dyn Iterator<Item = (N, i64)>) -> Result<ArrayRef, ArrowError> + Send>;

impl<N: Number> Sum<N> {
    /// Sums that are finished by `finish`.
    pub(crate) fn new(finish: Finish<N>) -> Sum<N> {
        Sum { sums: Vec::new(), counts: Vec::new(), finish }
    }
}

impl<N: Number> StateColumns for Sum<N> {
    fn grow(&mut self, slots: usize) {
        self.sums.resize(slots, N::default());
        self.counts.resize(slots, 0);
    }

    fn reset(&mut self, slot: usize) {
        self.sums[slot] = N::default();
        self.counts[slot] = 0;
    }

    fn write(&self, slot: usize, bytes: &mut Vec<u8>) {
        self.sums[slot].write(bytes);
        bytes.extend(self.counts[slot].to_be_bytes());
    }

    fn read(&mut self, slot: usize, bytes: &mut Decoder<'_>) -> Result<(), DecodeError> {
        self.sums[slot] = N::read(bytes)?;
        self.counts[slot] = bytes.i64()?;
        Ok(())
    }

    fn bytes(&self) -> usize {
        self.sums.len() * (size_of::<N>() + 8)
    }
}

impl<N: Number> Accumulator for Sum<N> {
    fn merges(&self) -> bool {
        true
    }

    fn merge(&mut self, into: usize, from: usize) {
        self.sums[into] = self.sums[into].plus(self.sums[from], true);
        self.counts[into] += self.counts[from];
    }

    fn update(&mut self, rows: &Rows<'_>, inputs: &[Cells]) {
        let [cells, ..] = inputs else { return };
        rows.without_nulls(cells).each(|row, slot, adds| {
            self.sums[slot] = self.sums[slot].plus(N::of(cells, row), adds);
            self.counts[slot] += if adds { 1 } else { -1 };
        });
    }

    fn evaluate(&self, slots: &[u32]) -> Result<ArrayRef, OperatorError> {
        let mut groups = slots.iter().map(|slot| (self.sums[*slot as usize], self.counts[*slot as usize]));
        Ok((self.finish)(&mut groups)?)
    }
}

/// `SUM` of a type; `None` if it can't be summed.
pub(crate) fn sum_of(input: &DataType, result: DataType) -> Option<Box<dyn Accumulator>> {
    Some(match input {
        DataType::Float64 => Box::new(Sum::new(finish_float(result, |sum: f64, _| sum))),
        DataType::Float32 => Box::new(Sum::new(finish_float(result, |sum: Single, _| f64::from(sum.0)))),
        DataType::Decimal128(_, scale) => Box::new(Sum::new(finish_decimal(*scale, result, |sum, _| Some(sum)))),
        integer if integer.is_integer() => Box::new(Sum::new(finish_int(result, |sum, _| sum))),
        _ => return None,
    })
}

/// `AVG` of a type; `None` if it has no mean.
pub(crate) fn avg_of(input: &DataType, result: DataType) -> Option<Box<dyn Accumulator>> {
    Some(match input {
        #[expect(clippy::cast_precision_loss, reason = "Flink divides by the count as a DOUBLE")]
        DataType::Float64 | DataType::Float32 => {
            Box::new(Sum::new(finish_float(result, |sum: f64, count| sum / count as f64)))
        }
        DataType::Decimal128(_, scale) => {
            let scale_up = match &result {
                DataType::Decimal128(_, to) => i32::from(*to) - i32::from(*scale),
                _ => 0,
            };
            let to_scale = *scale + scale_up as i8;
            Box::new(Sum::new(finish_decimal(to_scale, result, move |sum, count| divide(sum, count, scale_up))))
        }
        integer if integer.is_integer() => Box::new(Sum::new(finish_int(result, |sum, count| sum.wrapping_div(count)))),
        _ => return None,
    })
}

/// `sum * 10^scale_up / count`, rounded half away from zero; `None` where that overflows.
fn divide(sum: i128, count: i64, scale_up: i32) -> Option<i128> {
    let scaled = sum.checked_mul(10_i128.checked_pow(u32::try_from(scale_up).ok()?)?)?;
    let count = i128::from(count);
    let (quotient, rest) = (scaled / count, scaled % count);
    let round_up = rest.unsigned_abs() * 2 >= count.unsigned_abs();
    Some(if round_up { quotient + scaled.signum() * count.signum() } else { quotient })
}

fn finish_int(result: DataType, value: fn(i64, i64) -> i64) -> Finish<i64> {
    Box::new(move |groups| {
        let values: Int64Array =
            groups.map(|(sum, count)| (count != 0).then(|| wrap(value(sum, count), &result))).collect();
        Cells::Int(values).into_array(&result)
    })
}

/// The number in the width of a type, as Java narrows it.
#[expect(clippy::cast_possible_truncation, reason = "narrowing is what Flink does")]
fn wrap(value: i64, data_type: &DataType) -> i64 {
    match data_type {
        DataType::Int8 => i64::from(value as i8),
        DataType::Int16 => i64::from(value as i16),
        DataType::Int32 => i64::from(value as i32),
        _ => value,
    }
}

fn finish_float<N: Number>(result: DataType, value: fn(N, i64) -> f64) -> Finish<N> {
    Box::new(move |groups| {
        let values: Float64Array = groups.map(|(sum, count)| (count != 0).then(|| value(sum, count))).collect();
        Cells::Float(values).into_array(&result)
    })
}

fn finish_decimal(
    scale: i8,
    result: DataType,
    value: impl Fn(i128, i64) -> Option<i128> + Send + 'static,
) -> Finish<i128> {
    Box::new(move |groups| {
        let finished = groups.map(|(sum, count)| {
            let sum = Some(sum).filter(|sum| count != 0 && sum.unsigned_abs() < DECIMAL_LIMIT.unsigned_abs())?;
            value(sum, count).filter(|value| value.unsigned_abs() < DECIMAL_LIMIT.unsigned_abs())
        });
        let values: Decimal128Array = finished.collect();
        arrow::compute::cast(&values.with_precision_and_scale(38, scale)?, &result)
    })
}
