//! Arguments as texts and integers by row: a constant is not spread over the rows first.

use arrow::array::{Array, ArrayRef, AsArray, BinaryArray, BinaryBuilder, Int64Array, StringArray, StringBuilder};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use datafusion::error::Result;
use datafusion::logical_expr::ColumnarValue;
use datafusion::scalar::ScalarValue;
use std::sync::Arc;

use super::function::Call;
use crate::aggregate::cells::to_int;

/// Texts by row.
pub(super) enum Texts<'a> {
    /// One for each row.
    Column(StringArray),
    /// The same for all.
    Constant(Option<&'a str>),
}

impl Texts<'_> {
    /// The text of a row.
    pub(super) fn get(&self, row: usize) -> Option<&str> {
        match self {
            Texts::Column(texts) => texts.is_valid(row).then(|| texts.value(row)),
            Texts::Constant(text) => *text,
        }
    }
}

/// Integers by row.
pub(super) enum Ints {
    /// One for each row.
    Column(Int64Array),
    /// The same for all.
    Constant(Option<i64>),
}

impl Ints {
    /// The integer of a row.
    pub(super) fn get(&self, row: usize) -> Option<i64> {
        match self {
            Ints::Column(ints) => ints.is_valid(row).then(|| ints.value(row)),
            Ints::Constant(value) => *value,
        }
    }
}

impl Call<'_> {
    /// The texts at `place`.
    pub(super) fn texts(&self, place: usize) -> Result<Texts<'_>> {
        match self.args.get(place) {
            Some(ColumnarValue::Scalar(ScalarValue::Utf8(text))) => Ok(Texts::Constant(text.as_deref())),
            _ => Ok(Texts::Column(self.array(place)?.as_string::<i32>().clone())),
        }
    }

    /// The texts at `place`, where that argument is given.
    pub(super) fn optional_texts(&self, place: usize) -> Result<Option<Texts<'_>>> {
        (place < self.args.len()).then(|| self.texts(place)).transpose()
    }

    /// The integers at `place`, whatever their width.
    pub(super) fn ints(&self, place: usize) -> Result<Ints> {
        match self.args.get(place) {
            Some(ColumnarValue::Scalar(scalar)) => {
                let one = to_int(&scalar.to_array()?)?;
                Ok(Ints::Constant(one.is_valid(0).then(|| one.value(0))))
            }
            _ => Ok(Ints::Column(to_int(&self.array(place)?)?)),
        }
    }

    /// The integers at `place`, where that argument is given.
    pub(super) fn optional_ints(&self, place: usize) -> Result<Option<Ints>> {
        (place < self.args.len()).then(|| self.ints(place)).transpose()
    }

    /// The bytes at `place`; a text's are its UTF-8.
    pub(super) fn bytes(&self, place: usize) -> Result<BinaryArray> {
        Ok(cast(&self.array(place)?, &DataType::Binary)?.as_binary::<i32>().clone())
    }

    /// A text for each row: `write` appends it to an empty buffer, or says that there is none.
    pub(super) fn write_texts(&self, mut write: impl FnMut(usize, &mut String) -> Option<()>) -> Result<ArrayRef> {
        self.try_write_texts(|row, text| Ok(write(row, text)))
    }

    /// As [`Call::write_texts`], where a row can fail.
    pub(super) fn try_write_texts(
        &self,
        mut write: impl FnMut(usize, &mut String) -> Result<Option<()>>,
    ) -> Result<ArrayRef> {
        let mut builder = StringBuilder::with_capacity(self.rows, self.rows * 8);
        let mut text = String::new();
        for row in 0..self.rows {
            text.clear();
            match write(row, &mut text)? {
                Some(()) => builder.append_value(&text),
                None => builder.append_null(),
            }
        }
        Ok(Arc::new(builder.finish()))
    }

    /// Bytes for each row: `write` appends them to an empty buffer, or says that there are none.
    pub(super) fn write_bytes(
        &self,
        mut write: impl FnMut(usize, &mut Vec<u8>) -> Result<Option<()>>,
    ) -> Result<ArrayRef> {
        let mut builder = BinaryBuilder::new();
        let mut bytes = Vec::new();
        for row in 0..self.rows {
            bytes.clear();
            match write(row, &mut bytes)? {
                Some(()) => builder.append_value(&bytes),
                None => builder.append_null(),
            }
        }
        Ok(Arc::new(builder.finish()))
    }
}
