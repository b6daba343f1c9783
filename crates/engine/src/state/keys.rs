//! Keys of rows as bytes: equal keys have equal bytes, and bytes sort as the keys do (NULL first).

use arrow::array::{ArrayRef, RecordBatch};
use arrow::datatypes::DataType;
use arrow::error::ArrowError;
use arrow::row::{RowConverter, Rows, SortField};

/// Turns columns of a batch into keys and back.
pub(crate) struct KeyEncoder {
    places: Vec<usize>,
    converter: Option<RowConverter>,
}

/// The keys of a batch's rows.
pub(crate) struct EncodedKeys {
    rows: Option<Rows>,
    len: usize,
}

impl KeyEncoder {
    /// Keys made of the columns at `places`, which have these types. No places: one key for all rows.
    pub(crate) fn new(places: &[usize], types: Vec<DataType>) -> Result<KeyEncoder, ArrowError> {
        let fields: Vec<SortField> = types.into_iter().map(SortField::new).collect();
        let converter = if fields.is_empty() { None } else { Some(RowConverter::new(fields)?) };
        Ok(KeyEncoder { places: places.to_vec(), converter })
    }

    /// The keys of a batch.
    pub(crate) fn encode(&self, batch: &RecordBatch) -> Result<EncodedKeys, ArrowError> {
        let columns: Vec<ArrayRef> = self.places.iter().map(|place| batch.column(*place).clone()).collect();
        self.encode_columns(&columns, batch.num_rows())
    }

    /// The keys that these columns of `len` rows make.
    pub(crate) fn encode_columns(&self, columns: &[ArrayRef], len: usize) -> Result<EncodedKeys, ArrowError> {
        let rows = self.converter.as_ref().map(|converter| converter.convert_columns(columns)).transpose()?;
        Ok(EncodedKeys { rows, len })
    }

    /// The columns that keys were made of.
    pub(crate) fn decode<'a>(&self, keys: impl Iterator<Item = &'a [u8]>) -> Result<Vec<ArrayRef>, ArrowError> {
        let Some(converter) = &self.converter else { return Ok(Vec::new()) };
        let parser = converter.parser();
        converter.convert_rows(keys.map(|key| parser.parse(key)))
    }
}

impl EncodedKeys {
    /// The number of rows.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Bytes held, about.
    pub(crate) fn bytes(&self) -> usize {
        self.rows.as_ref().map_or(0, Rows::size)
    }

    /// The key of row `row`.
    pub(crate) fn key(&self, row: usize) -> &[u8] {
        match &self.rows {
            Some(rows) => rows.row(row).data(),
            None => &[],
        }
    }
}
