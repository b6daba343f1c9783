//! Generated values as Arrow arrays. A value follows from its key; an element's key from its collection's.

use std::collections::HashSet;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, BinaryArray, BooleanArray, Date32Array, Decimal128Array, Float32Array, Float64Array, Int8Array,
    Int16Array, Int32Array, Int64Array, ListArray, MapArray, StringArray, StructArray, Time32MillisecondArray,
    TimestampMillisecondArray,
};
use arrow::buffer::{NullBuffer, OffsetBuffer};
use arrow::compute;
use arrow::datatypes::{DataType as ArrowType, FieldRef};
use arrow::error::ArrowError;
use arrow::row::{RowConverter, SortField};
use yeoul_row::LogicalType;

use super::options::{Generator, Kind, TIMES_MAX};
use super::random::{Key, Random};

const MILLIS_PER_DAY: i64 = 86_400_000;

/// Whose value is made: its key, and the row's number.
#[derive(Clone, Copy, Debug)]
pub(super) struct Value {
    pub(super) key: Key,
    pub(super) row: i64,
}

/// Values that are made at one moment.
pub(super) struct Maker<'a> {
    pub(super) values: &'a [Value],
    /// The wall clock, in milliseconds.
    pub(super) now: i64,
}

impl Maker<'_> {
    /// The values of a column.
    pub(super) fn array(&self, generator: &Generator) -> Result<ArrayRef, ArrowError> {
        let logical = &generator.data_type.logical;
        Ok(match &generator.kind {
            Kind::Boolean => {
                let bits = self.drawn(generator, |random| random.bits() & 1 == 1);
                Arc::new(BooleanArray::from_iter(bits))
            }
            Kind::Whole(low, high) => whole(logical, self.drawn(generator, |random| random.between(*low, *high)))?,
            Kind::Real(low, high) => real(logical, self.drawn(generator, |random| between(random, *low, *high))),
            Kind::Text { length, varies } => {
                Arc::new(StringArray::from_iter(self.drawn(generator, |random| text(random, *length, *varies))))
            }
            Kind::Bytes { length, varies } => {
                Arc::new(BinaryArray::from_iter(self.drawn(generator, |random| bytes(random, *length, *varies))))
            }
            Kind::Past(most) => {
                let past = |random: &mut Random| random.between(0, i128::from((*most - 1).max(0)));
                let past = self.drawn(generator, past).map(|past| past.and_then(|past| i64::try_from(past).ok()));
                let times = past.map(|past| past.map(|past| self.now.saturating_sub(past)));
                compute::cast(&TimestampMillisecondArray::from_iter(times), &logical.to_arrow())?
            }
            Kind::Today => {
                let day = i32::try_from(self.now.div_euclid(MILLIS_PER_DAY)).unwrap_or_default();
                Arc::new(Date32Array::from(vec![day; self.values.len()]))
            }
            Kind::Now => {
                let time = i32::try_from(self.now.rem_euclid(MILLIS_PER_DAY)).unwrap_or_default();
                Arc::new(Time32MillisecondArray::from(vec![time; self.values.len()]))
            }
            Kind::Sequence(first, _) => sequence(logical, self.values.iter().map(|value| first + value.row))?,
            Kind::Row(fields) => self.rows(generator, fields)?,
            Kind::Array(length, element) => self.list(generator, *length, element)?,
            Kind::Map(length, key, value) => self.map(generator, *length, key, Some(value))?,
            Kind::Multiset(length, element) => self.map(generator, *length, element, None)?,
        })
    }

    /// A value for each key, NULLs among them.
    fn drawn<T>(&self, generator: &Generator, draw: impl Fn(&mut Random) -> T) -> impl Iterator<Item = Option<T>> {
        self.values.iter().map(move |value| {
            let mut random = value.key.random();
            (generator.null_rate <= 0.0 || random.unit() >= generator.null_rate).then(|| draw(&mut random))
        })
    }

    /// Which values are there; none if all are.
    fn valid(&self, generator: &Generator) -> Option<NullBuffer> {
        (generator.null_rate > 0.0).then(|| self.drawn(generator, |_| ()).map(|value| value.is_some()).collect())
    }

    /// The parts of a collection of `length` for each value.
    fn parts(&self, length: i64) -> Vec<Value> {
        let length = u64::try_from(length).unwrap_or_default();
        let parts = |value: &Value| {
            let (key, row) = (value.key, value.row);
            (1..=length).map(move |part| Value { key: key.part(part), row })
        };
        self.values.iter().flat_map(parts).collect()
    }

    fn of<'b>(&self, values: &'b [Value]) -> Maker<'b> {
        Maker { values, now: self.now }
    }

    fn rows(&self, generator: &Generator, fields: &[Generator]) -> Result<ArrayRef, ArrowError> {
        let ArrowType::Struct(types) = generator.data_type.logical.to_arrow() else { return Err(unexpected()) };
        let mut arrays = Vec::with_capacity(fields.len());
        for (part, field) in (1..).zip(fields) {
            let own: Vec<Value> =
                self.values.iter().map(|value| Value { key: value.key.part(part), row: value.row }).collect();
            arrays.push(self.of(&own).array(field)?);
        }
        if arrays.is_empty() {
            return Ok(Arc::new(StructArray::new_empty_fields(self.values.len(), self.valid(generator))));
        }
        Ok(Arc::new(StructArray::try_new(types, arrays, self.valid(generator))?))
    }

    fn list(&self, generator: &Generator, length: i64, element: &Generator) -> Result<ArrayRef, ArrowError> {
        let ArrowType::List(field) = generator.data_type.logical.to_arrow() else { return Err(unexpected()) };
        let elements = self.of(&self.parts(length)).array(element)?;
        let offsets = OffsetBuffer::from_lengths(vec![usize::try_from(length).unwrap_or_default(); self.values.len()]);
        Ok(Arc::new(ListArray::try_new(field, offsets, elements, self.valid(generator))?))
    }

    /// Maps, or multisets where there is no generator of values. As in Flink, a key that is drawn again takes no place of its
    /// own, so that a map may be smaller than asked for.
    fn map(
        &self,
        generator: &Generator,
        length: i64,
        key: &Generator,
        value: Option<&Generator>,
    ) -> Result<ArrayRef, ArrowError> {
        let ArrowType::Map(entries, sorted) = generator.data_type.logical.to_arrow() else { return Err(unexpected()) };
        let parts = self.parts(length);
        let keys = self.of(&of_part(&parts, 1)).array(key)?;
        let values = match value {
            Some(value) => self.of(&of_part(&parts, 2)).array(value)?,
            None => {
                let times = |part: &Value| part.key.part(2).random().between(0, i128::from(TIMES_MAX));
                Arc::new(Int32Array::from_iter(parts.iter().map(|part| i32::try_from(times(part)).ok())))
            }
        };
        let (kept, lengths) = distinct(&keys, self.values.len(), usize::try_from(length).unwrap_or_default())?;
        let kept = arrow::array::UInt32Array::from(kept);
        let (keys, values) = (compute::take(&keys, &kept, None)?, compute::take(&values, &kept, None)?);
        let entries = entry_struct(&entries, keys, values)?;
        let ArrowType::Map(field, _) = generator.data_type.logical.to_arrow() else { return Err(unexpected()) };
        let offsets = OffsetBuffer::from_lengths(lengths);
        Ok(Arc::new(MapArray::try_new(field, offsets, entries, self.valid(generator), sorted)?))
    }
}

fn entry_struct(entries: &FieldRef, keys: ArrayRef, values: ArrayRef) -> Result<StructArray, ArrowError> {
    let ArrowType::Struct(fields) = entries.data_type() else { return Err(unexpected()) };
    StructArray::try_new(fields.clone(), vec![keys, values], None)
}

/// The places of keys that are there and that their map doesn't have yet, and how many each map has.
fn distinct(keys: &ArrayRef, maps: usize, length: usize) -> Result<(Vec<u32>, Vec<usize>), ArrowError> {
    let encoder = RowConverter::new(vec![SortField::new(keys.data_type().clone())])?;
    let encoded = encoder.convert_columns(std::slice::from_ref(keys))?;
    let (mut kept, mut lengths) = (Vec::new(), Vec::with_capacity(maps));
    for map in 0..maps {
        let (before, mut seen) = (kept.len(), HashSet::new());
        for place in map * length..(map + 1) * length {
            if !keys.is_null(place) && seen.insert(encoded.row(place)) {
                kept.push(u32::try_from(place).unwrap_or(u32::MAX));
            }
        }
        lengths.push(kept.len() - before);
    }
    Ok((kept, lengths))
}

fn of_part(values: &[Value], part: u64) -> Vec<Value> {
    values.iter().map(|value| Value { key: value.key.part(part), row: value.row }).collect()
}

fn unexpected() -> ArrowError {
    ArrowError::SchemaError("a generated column has another layout than its type".to_owned())
}

fn between(random: &mut Random, low: f64, high: f64) -> f64 {
    let unit = random.unit();
    // Not `low + unit * (high - low)`, whose difference may be infinite.
    high.mul_add(unit, low * (1.0 - unit)).clamp(low, high)
}

/// As many hexadecimal digits.
fn text(random: &mut Random, length: i64, varies: bool) -> String {
    let length = length_of(random, length, varies);
    let mut text = String::with_capacity(length);
    while text.len() < length {
        let digits = format!("{:016x}", random.bits());
        text.extend(digits.chars().take(length - text.len()));
    }
    text
}

fn bytes(random: &mut Random, length: i64, varies: bool) -> Vec<u8> {
    let length = length_of(random, length, varies);
    let mut bytes = Vec::with_capacity(length + 8);
    while bytes.len() < length {
        bytes.extend(random.bits().to_be_bytes());
    }
    bytes.truncate(length);
    bytes
}

fn length_of(random: &mut Random, longest: i64, varies: bool) -> usize {
    // Flink's are shorter than the longest.
    let length = if varies && longest > 1 { random.between(1, i128::from(longest - 1)) } else { i128::from(longest) };
    usize::try_from(length).unwrap_or_default()
}

/// Whole numbers, or unscaled decimals, in their type.
fn whole(logical: &LogicalType, numbers: impl Iterator<Item = Option<i128>>) -> Result<ArrayRef, ArrowError> {
    Ok(match logical {
        LogicalType::TinyInt => Arc::new(Int8Array::from_iter(numbers.map(fitted::<i8>))),
        LogicalType::SmallInt => Arc::new(Int16Array::from_iter(numbers.map(fitted::<i16>))),
        LogicalType::Int => Arc::new(Int32Array::from_iter(numbers.map(fitted::<i32>))),
        LogicalType::BigInt => Arc::new(Int64Array::from_iter(numbers.map(fitted::<i64>))),
        LogicalType::Decimal(precision, scale) => {
            let scale = i8::try_from(*scale).unwrap_or(i8::MAX);
            Arc::new(Decimal128Array::from_iter(numbers).with_precision_and_scale(*precision, scale)?)
        }
        _ => return Err(unexpected()),
    })
}

fn fitted<T: TryFrom<i128>>(number: Option<i128>) -> Option<T> {
    number.and_then(|number| T::try_from(number).ok())
}

fn real(logical: &LogicalType, numbers: impl Iterator<Item = Option<f64>>) -> ArrayRef {
    #[allow(clippy::cast_possible_truncation, reason = "the bounds are those of the type")]
    let narrow = |number: Option<f64>| number.map(|number| number as f32);
    match logical {
        LogicalType::Float => Arc::new(Float32Array::from_iter(numbers.map(narrow))),
        _ => Arc::new(Float64Array::from_iter(numbers)),
    }
}

/// The numbers of a sequence in their column's type.
fn sequence(logical: &LogicalType, numbers: impl Iterator<Item = i64>) -> Result<ArrayRef, ArrowError> {
    #[allow(clippy::cast_precision_loss, reason = "Flink's sequences of DOUBLE are of 32 bits, of FLOAT of 16")]
    let real = |number: i64| Some(number as f64);
    Ok(match logical {
        LogicalType::Char(_) | LogicalType::Varchar(_) => {
            Arc::new(StringArray::from_iter_values(numbers.map(|number| number.to_string())))
        }
        LogicalType::Binary(_) | LogicalType::Varbinary(_) => {
            Arc::new(BinaryArray::from_iter_values(numbers.map(i64::to_be_bytes)))
        }
        LogicalType::Float | LogicalType::Double => self::real(logical, numbers.map(real)),
        LogicalType::Decimal(_, scale) => {
            let unit = 10i128.checked_pow(u32::from(*scale)).unwrap_or(1);
            whole(logical, numbers.map(|number| i128::from(number).checked_mul(unit)))?
        }
        _ => whole(logical, numbers.map(|number| Some(i128::from(number))))?,
    })
}
