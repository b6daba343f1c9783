//! Rows that are kept for long and seldom read, in a fraction of the bytes of their columns: whole numbers and times by what
//! they are above the least, in as many bytes as the greatest needs; texts by an alphabet ([`Alphabet`]). Any row is read without
//! the others. Columns of other types stay as they are.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, StringArray, UInt32Array, make_array};
use arrow::buffer::{Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow::compute::take;
use arrow::datatypes::DataType;
use arrow::error::ArrowError;

use crate::state::{Alphabet, word_at};

/// Whole numbers, each `width` bytes above the least.
struct Integers {
    least: i64,
    width: usize,
    bytes: Box<[u8]>,
}

impl Integers {
    fn of(values: &[i64]) -> Integers {
        let (least, most) =
            values.iter().fold((i64::MAX, i64::MIN), |(least, most), value| (least.min(*value), most.max(*value)));
        let above = |value: i64| value.wrapping_sub(least).cast_unsigned();
        let width = if values.is_empty() { 0 } else { 8 - above(most).leading_zeros() as usize / 8 };
        let bytes = values.iter().flat_map(|value| above(*value).to_le_bytes().into_iter().take(width));
        let mut packed = Vec::with_capacity(values.len() * width);
        packed.extend(bytes);
        Integers { least, width, bytes: packed.into() }
    }

    fn get(&self, place: usize) -> i64 {
        let unused = 64 - 8 * self.width as u32;
        let above = word_at(&self.bytes, place * self.width).checked_shl(unused).unwrap_or_default();
        self.least.wrapping_add((above.checked_shr(unused).unwrap_or_default()).cast_signed())
    }
}

/// Texts one behind the other.
struct Texts {
    /// Where each text begins, in bytes of text, and where the last ends.
    bounds: Integers,
    /// None: the bytes are the texts'.
    alphabet: Option<Arc<Alphabet>>,
    bytes: Box<[u8]>,
}

impl Texts {
    /// Packs with the alphabet of texts before these, or with their own.
    fn of(array: &StringArray, known: &mut Option<Arc<Alphabet>>) -> Texts {
        let offsets = array.value_offsets();
        let (first, last) = (offsets.first().copied().unwrap_or_default(), offsets.last().copied().unwrap_or_default());
        let bounds: Vec<i64> = offsets.iter().map(|offset| i64::from(offset - first)).collect();
        let bounds = Integers::of(&bounds);
        let texts = array.value_data().get(first as usize..last as usize).unwrap_or_default();
        let mut packed = Vec::new();
        let fits = |alphabet: &Arc<Alphabet>, packed: &mut Vec<u8>| alphabet.pack(texts, packed);
        if !known.as_ref().is_some_and(|alphabet| fits(alphabet, &mut packed)) {
            *known = Alphabet::of(texts).map(Arc::new);
            if known.as_ref().is_none_or(|alphabet| !fits(alphabet, &mut packed)) {
                return Texts { bounds, alphabet: None, bytes: texts.into() };
            }
        }
        Texts { bounds, alphabet: known.clone(), bytes: packed.into() }
    }

    fn read(&self, place: usize, text: &mut Vec<u8>) {
        let bounds = self.bounds.get(place) as usize..self.bounds.get(place + 1) as usize;
        match &self.alphabet {
            Some(alphabet) => alphabet.unpack(&self.bytes, bounds, text),
            None => text.extend(self.bytes.get(bounds).unwrap_or_default()),
        }
    }
}

enum Values {
    Integers(Integers),
    Texts(Texts),
    Whole(ArrayRef),
}

struct Column {
    data_type: DataType,
    values: Values,
    nulls: Option<NullBuffer>,
}

/// Rows packed.
pub(crate) struct PackedRows {
    columns: Vec<Column>,
    rows: usize,
}

/// The alphabets of the text columns of rows packed before.
pub(crate) type Alphabets = Vec<Option<Arc<Alphabet>>>;

impl PackedRows {
    /// Packs rows. Alphabets that fit are used again.
    pub(crate) fn of(rows: &RecordBatch, alphabets: &mut Alphabets) -> PackedRows {
        alphabets.resize(rows.num_columns(), None);
        let columns = rows.columns().iter().zip(alphabets).map(|(column, known)| Column::of(column, known));
        PackedRows { columns: columns.collect(), rows: rows.num_rows() }
    }

    /// The number of rows.
    pub(crate) fn len(&self) -> usize {
        self.rows
    }

    /// A value of a column of 64-bit numbers or times.
    pub(crate) fn integer(&self, column: usize, place: usize) -> Option<i64> {
        match self.columns.get(column).map(|column| &column.values) {
            Some(Values::Integers(integers)) => Some(integers.get(place)),
            _ => None,
        }
    }

    /// A column's values at some places.
    pub(crate) fn column(&self, column: usize, places: &[u32]) -> Result<ArrayRef, ArrowError> {
        let Some(column) = self.columns.get(column) else {
            return Err(ArrowError::InvalidArgumentError("there is no such column".to_owned()));
        };
        column.take(places)
    }

    /// Bytes held, about.
    pub(crate) fn bytes(&self) -> usize {
        self.columns.iter().map(Column::bytes).sum()
    }
}

impl Column {
    fn of(array: &ArrayRef, known: &mut Option<Arc<Alphabet>>) -> Column {
        let values = match (array.as_string_opt::<i32>(), integers_of(array)) {
            (Some(texts), _) => Values::Texts(Texts::of(texts, known)),
            (None, Some(integers)) => Values::Integers(Integers::of(&integers)),
            (None, None) => {
                return Column {
                    data_type: array.data_type().clone(),
                    values: Values::Whole(array.clone()),
                    nulls: None,
                };
            }
        };
        let nulls = array.nulls().filter(|nulls| nulls.null_count() > 0).cloned();
        Column { data_type: array.data_type().clone(), values, nulls }
    }

    fn take(&self, places: &[u32]) -> Result<ArrayRef, ArrowError> {
        let nulls = self.nulls.as_ref();
        let nulls: Option<NullBuffer> =
            nulls.map(|nulls| places.iter().map(|place| nulls.is_valid(*place as usize)).collect::<Vec<bool>>().into());
        match &self.values {
            Values::Whole(array) => take(array, &UInt32Array::from(places.to_vec()), None),
            Values::Integers(integers) => {
                let values = places.iter().map(|place| integers.get(*place as usize));
                array_of(&self.data_type, values, nulls)
            }
            Values::Texts(texts) => {
                let (mut bytes, mut ends) = (Vec::new(), Vec::with_capacity(places.len() + 1));
                ends.push(0);
                for place in places {
                    texts.read(*place as usize, &mut bytes);
                    let end = i32::try_from(bytes.len());
                    ends.push(end.map_err(|_| ArrowError::OffsetOverflowError(bytes.len()))?);
                }
                let ends = OffsetBuffer::new(ScalarBuffer::from(ends));
                Ok(Arc::new(StringArray::try_new(ends, Buffer::from_vec(bytes), nulls)?))
            }
        }
    }

    fn bytes(&self) -> usize {
        let nulls = self.nulls.as_ref().map_or(0, |nulls| nulls.buffer().len());
        let values = match &self.values {
            Values::Integers(integers) => integers.bytes.len(),
            Values::Texts(texts) => texts.bounds.bytes.len() + texts.bytes.len(),
            Values::Whole(array) => array.get_array_memory_size(),
        };
        size_of::<Column>() + nulls + values
    }
}

/// The values of a column whose values are of 32 or 64 bits.
fn integers_of(array: &ArrayRef) -> Option<Vec<i64>> {
    let data = array.to_data();
    let (from, to) = (data.offset(), data.offset() + data.len());
    let buffer = data.buffers().first()?;
    match data.data_type().primitive_width()? {
        8 => Some(buffer.typed_data::<i64>().get(from..to)?.to_vec()),
        4 => Some(buffer.typed_data::<i32>().get(from..to)?.iter().map(|value| i64::from(*value)).collect()),
        _ => None,
    }
}

fn array_of(
    data_type: &DataType,
    values: impl Iterator<Item = i64>,
    nulls: Option<NullBuffer>,
) -> Result<ArrayRef, ArrowError> {
    let (buffer, len) = if data_type.primitive_width() == Some(4) {
        // The values were of 32 bits.
        let values: Vec<i32> = values.map(|value| value as i32).collect();
        let len = values.len();
        (Buffer::from_vec(values), len)
    } else {
        let values: Vec<i64> = values.collect();
        let len = values.len();
        (Buffer::from_vec(values), len)
    };
    let data = arrow::array::ArrayData::builder(data_type.clone()).len(len).add_buffer(buffer).nulls(nulls);
    Ok(make_array(data.build()?))
}

#[cfg(test)]
mod tests {
    use arrow::array::{BooleanArray, Date32Array, Float64Array, Int32Array, Int64Array, TimestampMillisecondArray};

    use super::*;

    fn check(array: ArrayRef) {
        let batch = RecordBatch::try_from_iter_with_nullable([("c", array.clone(), true)]).unwrap();
        for batch in [batch.clone(), batch.slice(1, batch.num_rows() - 2)] {
            let packed = PackedRows::of(&batch, &mut Vec::new());
            let places: Vec<u32> = (0..batch.num_rows() as u32).rev().chain([0, 0]).collect();
            let wanted = take(batch.column(0), &UInt32Array::from(places.clone()), None).unwrap();
            assert_eq!(&packed.column(0, &places).unwrap(), &wanted);
            assert_eq!(packed.column(0, &[]).unwrap().len(), 0);
        }
    }

    #[test]
    fn packed_rows_are_read_as_they_were() {
        check(Arc::new(Int64Array::from(vec![5, 5, 5, 5])));
        check(Arc::new(Int64Array::from(vec![i64::MIN, i64::MAX, 0, -1, 7])));
        check(Arc::new(Int64Array::from(vec![Some(1000), None, Some(1255), Some(1256), None])));
        check(Arc::new(Int32Array::from(vec![i32::MIN, i32::MAX, 0, -1])));
        check(Arc::new(Date32Array::from(vec![Some(19000), None, Some(-3)])));
        check(Arc::new(TimestampMillisecondArray::from(vec![1_709_280_000_000, 1_709_280_000_001, 1_709_280_070_000])));
        check(Arc::new(Float64Array::from(vec![0.5, f64::NAN, f64::NEG_INFINITY, -0.0])));
        check(Arc::new(BooleanArray::from(vec![Some(true), None, Some(false)])));
        check(Arc::new(StringArray::from(vec![Some("abc"), None, Some(""), Some("ccba"), Some("b")])));
        check(Arc::new(StringArray::from(vec!["", "", ""])));
        let many: Vec<String> = (0..100).map(|n| char::from_u32(0x400 + n * 7).into_iter().collect()).collect();
        check(Arc::new(StringArray::from(many)));
    }

    #[test]
    fn an_alphabet_that_fits_is_used_again_and_one_that_does_not_is_replaced() {
        let batch = |text: &str| {
            let column: ArrayRef = Arc::new(StringArray::from(vec![text]));
            RecordBatch::try_from_iter([("c", column)]).unwrap()
        };
        let mut alphabets = Vec::new();
        let packed = ["abcd", "cccc", "xyz"].map(|text| (text, PackedRows::of(&batch(text), &mut alphabets)));
        for (text, packed) in &packed {
            assert_eq!(packed.column(0, &[0]).unwrap().as_string::<i32>().value(0), *text);
        }
    }
}
