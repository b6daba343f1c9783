//! Rows as few bytes, to be kept one by one: equal rows have equal bytes, which don't sort as the rows do.
//!
//! ```text
//! row      which columns are NULL: a bit each, the first column's lowest · the columns that aren't, in order · the columns of
//!          other types as sortable key bytes, NULL or not
//! number   of 32 or 64 bits, or a time: zigzag, then LEB128
//! text     LEB128 of (bytes × 8 + alphabet) · the codes, or the bytes where the alphabet is 0
//! ```
//!
//! The alphabets ([`Alphabet`]) are fixed: of those that have all bytes of the text, the one with the shortest codes.

use std::sync::{Arc, LazyLock};

use arrow::array::{Array, ArrayData, ArrayRef, AsArray, RecordBatch, StringArray, make_array};
use arrow::buffer::{Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow::datatypes::{DataType, SchemaRef};
use arrow::error::ArrowError;
use arrow::row::{RowConverter, Rows, SortField};

use super::Alphabet;

/// The alphabets by number, from 1; those with shorter codes first.
static ALPHABETS: LazyLock<[Alphabet; 5]> = LazyLock::new(|| {
    [
        Alphabet::of_bytes(b"0123456789-.:, +"),
        Alphabet::of_bytes(b"abcdefghijklmnopqrstuvwxyz -_.,/"),
        Alphabet::of_bytes(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ -_.,/"),
        Alphabet::of_bytes(b"abcdefghijklmnopqrstuvwxyz0123456789 -_.,/:;?=&%+#@!$*()[]{}\"'<|"),
        Alphabet::of_bytes(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 -"),
    ]
});
/// For each byte, which alphabets have it: a bit each, that of the first is the lowest.
static MEMBERS: LazyLock<[u8; 256]> = LazyLock::new(|| {
    std::array::from_fn(|byte| {
        let has = |(number, alphabet): (usize, &Alphabet)| u8::from(alphabet.has(byte as u8)) << number;
        ALPHABETS.iter().enumerate().map(has).sum()
    })
});
/// How many bits of a text's head say which alphabet it has.
const ALPHABET_BITS: u32 = 3;

/// Turns rows of a schema into bytes and back.
pub(crate) struct RowCodec {
    columns: Vec<Kind>,
    schema: SchemaRef,
    /// For the columns of other types.
    others: Option<RowConverter>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Integer,
    Text,
    Other,
}

/// The bytes of a batch's rows.
pub(crate) struct EncodedRows {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

/// A column whose values are written one by one.
enum Values<'a> {
    Wide(ScalarBuffer<i64>),
    Narrow(ScalarBuffer<i32>),
    Texts(&'a StringArray),
    Others,
}

/// A column that is read.
struct Reading {
    integers: Vec<i64>,
    texts: Vec<u8>,
    ends: Vec<i32>,
    valid: Vec<bool>,
}

impl EncodedRows {
    /// The number of rows.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The bytes of row `row`.
    pub(crate) fn row(&self, row: usize) -> &[u8] {
        let start = row.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.bytes[start..self.ends[row]]
    }

    /// Rows from `start` on, one behind the other, each with its length (LEB128) before it: as many as have about so many bytes, and
    /// one at least. Also the place of the first that isn't among them.
    pub(crate) fn block(&self, start: usize, bytes_max: usize) -> (Vec<u8>, usize) {
        let from = start.checked_sub(1).map_or(0, |before| self.ends[before]);
        let end = self.ends.partition_point(|end| *end <= from + bytes_max).clamp(start + 1, self.len());
        const LENGTH_BYTES: usize = 2;
        let mut block = Vec::with_capacity(self.ends[end - 1] - from + (end - start) * LENGTH_BYTES);
        for row in start..end {
            let row = self.row(row);
            write_varint(row.len() as u64, &mut block);
            block.extend_from_slice(row);
        }
        (block, end)
    }

    /// The rows of a block; none if it is cut off.
    pub(crate) fn of_block(mut block: &[u8]) -> Option<Vec<&[u8]>> {
        let mut rows = Vec::new();
        while !block.is_empty() {
            let len = usize::try_from(read_varint(&mut block)?).ok()?;
            let (row, rest) = block.split_at_checked(len)?;
            rows.push(row);
            block = rest;
        }
        Some(rows)
    }
}

impl RowCodec {
    /// For rows of this schema.
    pub(crate) fn new(schema: &SchemaRef) -> Result<RowCodec, ArrowError> {
        let columns: Vec<Kind> = schema.fields().iter().map(|field| kind_of(field.data_type())).collect();
        let others = schema.fields().iter().zip(&columns).filter(|(_, kind)| **kind == Kind::Other);
        let others: Vec<SortField> = others.map(|(field, _)| SortField::new(field.data_type().clone())).collect();
        let others = if others.is_empty() { None } else { Some(RowConverter::new(others)?) };
        Ok(RowCodec { columns, schema: schema.clone(), others })
    }

    /// The bytes of a batch's rows.
    pub(crate) fn encode(&self, batch: &RecordBatch) -> Result<EncodedRows, ArrowError> {
        let values: Vec<Values<'_>> =
            batch.columns().iter().zip(&self.columns).map(|(column, kind)| values_of(column, *kind)).collect();
        let others = self.encode_others(batch)?;
        let nulls: Vec<Option<&NullBuffer>> =
            batch.columns().iter().map(|column| column.nulls().filter(|nulls| nulls.null_count() > 0)).collect();
        let head = values.len().div_ceil(8) * batch.num_rows();
        let most = head + values.iter().map(Values::bytes_most).sum::<usize>();
        let (mut bytes, mut ends) = (Vec::with_capacity(most), Vec::with_capacity(batch.num_rows()));
        for row in 0..batch.num_rows() {
            let head = bytes.len();
            bytes.resize(head + values.len().div_ceil(8), 0);
            for (place, (values, nulls)) in values.iter().zip(&nulls).enumerate() {
                if nulls.is_some_and(|nulls| nulls.is_null(row)) {
                    bytes[head + place / 8] |= 1 << (place % 8);
                } else {
                    values.write(row, &mut bytes);
                }
            }
            if let Some(others) = &others {
                bytes.extend_from_slice(others.row(row).data());
            }
            ends.push(bytes.len());
        }
        Ok(EncodedRows { bytes, ends })
    }

    fn encode_others(&self, batch: &RecordBatch) -> Result<Option<Rows>, ArrowError> {
        let Some(converter) = &self.others else { return Ok(None) };
        let others = batch.columns().iter().zip(&self.columns).filter(|(_, kind)| **kind == Kind::Other);
        let others: Vec<ArrayRef> = others.map(|(column, _)| column.clone()).collect();
        converter.convert_columns(&others).map(Some)
    }

    /// The columns that rows were made of.
    pub(crate) fn decode<'a>(&self, rows: impl Iterator<Item = &'a [u8]>) -> Result<Vec<ArrayRef>, ArrowError> {
        let mut reading: Vec<Reading> = self.columns.iter().map(|_| Reading::new()).collect();
        let mut others = Vec::new();
        for row in rows {
            let rest = self.read(row, &mut reading);
            others.push(rest.ok_or_else(|| ArrowError::ParseError("a row that is kept is cut off".to_owned()))?);
        }
        let mut others = self.decode_others(&others)?.into_iter();
        let columns = self.schema.fields().iter().zip(&self.columns).zip(reading);
        let columns = columns.filter_map(|((field, kind), reading)| match kind {
            Kind::Integer => Some(reading.integers(field.data_type())),
            Kind::Text => Some(reading.texts()),
            Kind::Other => others.next().map(Ok),
        });
        columns.collect()
    }

    fn decode_others(&self, rows: &[&[u8]]) -> Result<Vec<ArrayRef>, ArrowError> {
        let Some(converter) = &self.others else { return Ok(Vec::new()) };
        let parser = converter.parser();
        converter.convert_rows(rows.iter().map(|row| parser.parse(row)))
    }

    /// Reads the columns of a row that aren't of other types; the rest of its bytes.
    fn read<'a>(&self, row: &'a [u8], reading: &mut [Reading]) -> Option<&'a [u8]> {
        let (nulls, mut rest) = row.split_at_checked(self.columns.len().div_ceil(8))?;
        for (place, (kind, reading)) in self.columns.iter().zip(reading).enumerate() {
            let valid = nulls.get(place / 8)? & (1 << (place % 8)) == 0;
            match kind {
                Kind::Integer if valid => reading.integers.push(unzigzag(read_varint(&mut rest)?)),
                Kind::Integer => reading.integers.push(0),
                Kind::Text if valid => read_text(&mut rest, &mut reading.texts)?,
                Kind::Text | Kind::Other => {}
            }
            reading.valid.push(valid);
            reading.ends.push(i32::try_from(reading.texts.len()).ok()?);
        }
        Some(rest)
    }
}

impl Values<'_> {
    /// How many bytes they take at most, about: what isn't written costs nothing, and growing copies.
    fn bytes_most(&self) -> usize {
        const LENGTH_BYTES: usize = 3;
        match self {
            Values::Wide(values) => values.len() * 10,
            Values::Narrow(values) => values.len() * 5,
            Values::Texts(texts) => {
                let offsets = texts.value_offsets();
                let bytes = offsets.last().zip(offsets.first()).map_or(0, |(end, start)| end - start);
                bytes.unsigned_abs() as usize + texts.len() * LENGTH_BYTES
            }
            Values::Others => 0,
        }
    }

    fn write(&self, row: usize, bytes: &mut Vec<u8>) {
        match self {
            Values::Wide(values) => write_varlong(values[row], bytes),
            Values::Narrow(values) => write_varlong(i64::from(values[row]), bytes),
            Values::Texts(texts) => write_text(texts.value(row).as_bytes(), bytes),
            Values::Others => {}
        }
    }
}

impl Reading {
    fn new() -> Reading {
        Reading { integers: Vec::new(), texts: Vec::new(), ends: vec![0], valid: Vec::new() }
    }

    fn integers(self, data_type: &DataType) -> Result<ArrayRef, ArrowError> {
        let len = self.integers.len();
        let buffer = if data_type.primitive_width() == Some(4) {
            // The values were of 32 bits.
            Buffer::from_vec(self.integers.into_iter().map(|value| value as i32).collect::<Vec<i32>>())
        } else {
            Buffer::from_vec(self.integers)
        };
        let data = ArrayData::builder(data_type.clone()).len(len).add_buffer(buffer).nulls(nulls_of(self.valid));
        Ok(make_array(data.build()?))
    }

    fn texts(self) -> Result<ArrayRef, ArrowError> {
        let ends = OffsetBuffer::new(ScalarBuffer::from(self.ends));
        Ok(Arc::new(StringArray::try_new(ends, Buffer::from_vec(self.texts), nulls_of(self.valid))?))
    }
}

fn nulls_of(valid: Vec<bool>) -> Option<NullBuffer> {
    valid.contains(&false).then(|| valid.into())
}

fn kind_of(data_type: &DataType) -> Kind {
    match (data_type, data_type.primitive_width()) {
        (DataType::Utf8, _) => Kind::Text,
        (_, Some(4 | 8)) if !data_type.is_floating() => Kind::Integer,
        _ => Kind::Other,
    }
}

fn values_of(column: &ArrayRef, kind: Kind) -> Values<'_> {
    let data = column.to_data();
    let buffer = || data.buffers().first().cloned().unwrap_or_else(|| Buffer::from_vec(Vec::<i64>::new()));
    match (kind, column.as_string_opt::<i32>()) {
        (Kind::Text, Some(texts)) => Values::Texts(texts),
        (Kind::Integer, _) if column.data_type().primitive_width() == Some(4) => {
            Values::Narrow(ScalarBuffer::new(buffer(), data.offset(), data.len()))
        }
        (Kind::Integer, _) => Values::Wide(ScalarBuffer::new(buffer(), data.offset(), data.len())),
        _ => Values::Others,
    }
}

/// Appends a number as [`Decoder::varlong`](yeoul_base::decode::Decoder::varlong) reads it: zigzag, then LEB128.
pub(crate) fn write_varlong(value: i64, bytes: &mut Vec<u8>) {
    write_varint(zigzag(value), bytes);
}

fn zigzag(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)).cast_unsigned()
}

fn unzigzag(value: u64) -> i64 {
    (value >> 1).cast_signed() ^ -(value & 1).cast_signed()
}

fn write_varint(mut value: u64, bytes: &mut Vec<u8>) {
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

fn read_varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for place in 0..10 {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

fn write_text(text: &[u8], bytes: &mut Vec<u8>) {
    let members = &*MEMBERS;
    let having = text.iter().fold(u8::MAX, |having, byte| having & members[usize::from(*byte)]);
    let number = having.trailing_zeros() as usize;
    let alphabet = ALPHABETS.get(number);
    let head = (text.len() as u64) << ALPHABET_BITS;
    write_varint(head | alphabet.map_or(0, |_| number as u64 + 1), bytes);
    if !alphabet.is_some_and(|alphabet| alphabet.pack(text, bytes)) {
        bytes.extend(text);
    }
}

fn read_text(bytes: &mut &[u8], text: &mut Vec<u8>) -> Option<()> {
    let head = read_varint(bytes)?;
    let len = usize::try_from(head >> ALPHABET_BITS).ok()?;
    let number = (head & ((1 << ALPHABET_BITS) - 1)) as usize;
    let Some(number) = number.checked_sub(1) else {
        let (plain, rest) = bytes.split_at_checked(len)?;
        text.extend(plain);
        *bytes = rest;
        return Some(());
    };
    let alphabet = ALPHABETS.get(number)?;
    let rest = bytes.get(alphabet.packed_len(len)?..)?;
    alphabet.unpack(bytes, 0..len, text);
    *bytes = rest;
    Some(())
}

#[cfg(test)]
mod tests {
    use arrow::array::{BooleanArray, Date32Array, Float64Array, Int32Array, Int64Array, TimestampMillisecondArray};

    use super::*;

    fn rows() -> RecordBatch {
        let texts =
            ["", "2024-03-01 10:00:00.5", "lower case", "UPPER", "https://a.b/c?d=1&e=f", "Ab 9-", "née Ω", "x\0y"];
        let texts = texts.iter().map(|text| Some(*text)).chain([None]);
        let columns: [(&str, ArrayRef); 7] = [
            ("a", Arc::new(Int64Array::from_iter((0..9).map(|n| (n != 3).then_some(i64::MIN >> (n * 7)))))),
            ("b", Arc::new(StringArray::from_iter(texts.clone()))),
            ("c", Arc::new(Int32Array::from_iter((0..9).map(|n| (n != 4).then_some(i32::MAX >> (n * 3)))))),
            ("d", Arc::new(Float64Array::from_iter((0..9).map(|n| (n != 5).then_some(f64::from(n) - 0.5))))),
            ("e", Arc::new(BooleanArray::from_iter((0..9).map(|n| (n != 6).then_some(n % 2 == 0))))),
            ("f", Arc::new(TimestampMillisecondArray::from_iter_values((0..9).map(|n| 1_709_280_000_000 + n)))),
            ("g", Arc::new(Date32Array::from_iter_values((0..9).map(|n| 19_000 - n)))),
        ];
        RecordBatch::try_from_iter_with_nullable(columns.map(|(name, column)| (name, column, true))).unwrap()
    }

    #[test]
    fn rows_come_back_as_they_were_and_equal_rows_have_equal_bytes() {
        let batch = rows();
        let codec = RowCodec::new(&batch.schema()).unwrap();
        for batch in [batch.clone(), batch.slice(2, 5), batch.slice(0, 0)] {
            let rows = codec.encode(&batch).unwrap();
            let columns = codec.decode((0..rows.len()).map(|row| rows.row(row))).unwrap();
            assert_eq!(columns, batch.columns());
        }
        let (whole, part) = (codec.encode(&batch).unwrap(), codec.encode(&batch.slice(4, 3)).unwrap());
        (0..3).for_each(|row| assert_eq!(whole.row(row + 4), part.row(row)));
        assert_ne!(whole.row(0), whole.row(1));
    }

    #[test]
    fn a_row_that_is_cut_off_is_refused() {
        let batch = rows().project(&[0, 1, 2, 5, 6]).unwrap();
        let codec = RowCodec::new(&batch.schema()).unwrap();
        let rows = codec.encode(&batch).unwrap();
        for row in 0..rows.len() {
            for len in 0..rows.row(row).len() {
                assert!(codec.decode(std::iter::once(&rows.row(row)[..len])).is_err(), "row {row} cut to {len}");
            }
        }
    }

    #[test]
    fn blocks_have_all_rows_and_what_is_cut_off_is_no_block() {
        let batch = rows();
        let rows = RowCodec::new(&batch.schema()).unwrap().encode(&batch).unwrap();
        for bytes_max in [0, 1, 30, 100, 10_000] {
            let (mut start, mut found) = (0, Vec::new());
            while start < rows.len() {
                let (block, end) = rows.block(start, bytes_max);
                assert!(end > start);
                let of_block = EncodedRows::of_block(&block).unwrap();
                assert!(of_block.len() == 1 || of_block.iter().map(|row| row.len()).sum::<usize>() <= bytes_max);
                found.extend(of_block.into_iter().map(<[u8]>::to_vec));
                start = end;
            }
            assert!(found.iter().enumerate().all(|(at, row)| row == rows.row(at)) && found.len() == rows.len());
        }
        let (block, _) = rows.block(0, 10_000);
        let whole = (0..block.len()).filter(|len| EncodedRows::of_block(&block[..*len]).is_some());
        assert_eq!(whole.count(), rows.len(), "only where a row ends");
    }

    #[test]
    fn a_text_of_few_kinds_of_bytes_takes_fewer_than_its_own() {
        for (text, len) in
            [("lowercase", 1 + 6), ("2024-03-01 10:00", 2 + 8), ("https://a.b/c?d=1&e=f", 2 + 16), ("Ω", 1 + 2)]
        {
            let mut bytes = Vec::new();
            write_text(text.as_bytes(), &mut bytes);
            assert_eq!(bytes.len(), len, "{text}");
        }
    }
}
