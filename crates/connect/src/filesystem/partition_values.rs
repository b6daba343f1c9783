//! The values of partition columns: texts in folders' names, read as the columns' types.

use std::collections::BTreeMap;

use arrow::array::{ArrayRef, RecordBatch, UInt32Array};
use arrow::compute;
use arrow::error::ArrowError;
use yeoul_engine::catalog::TableSpec;
use yeoul_format::{Format, FormatError, RowDecoder};
use yeoul_row::{LogicalType, RowType};

/// Reads the values of a table's partition columns.
pub(super) struct PartitionValues {
    row: RowType,
    decoder: RowDecoder,
    /// What a NULL is called.
    default_name: String,
}

impl PartitionValues {
    pub(super) fn new(table: &TableSpec, default_name: &str) -> Result<PartitionValues, FormatError> {
        let fields = table.partition_keys.iter().filter_map(|place| table.physical.fields.get(*place).cloned());
        let row = RowType::new(fields.collect());
        let all: Vec<usize> = (0..row.fields.len()).collect();
        // Texts of every type are read as the JSON format reads them.
        let json = Format::parse("json", &BTreeMap::new())?;
        let decoder = RowDecoder::new(&json, &row, &all)?;
        Ok(PartitionValues { row, decoder, default_name: default_name.to_owned() })
    }

    /// The one row of a partition.
    ///
    /// # Errors
    /// A text that is no value of its column.
    pub(super) fn read(&mut self, texts: &[String]) -> Result<RecordBatch, String> {
        let mut object = Vec::from(*b"{");
        for (field, text) in self.row.fields.iter().zip(texts) {
            if *text == self.default_name {
                continue;
            }
            if object.len() > 1 {
                object.push(b',');
            }
            let text = if field.data_type.logical.is_timestamp() { spaced(text) } else { text.clone() };
            write_text(&field.name, &mut object);
            object.push(b':');
            write_text(&text, &mut object);
        }
        object.push(b'}');
        let pushed = self.decoder.push(&object);
        pushed.map_err(|error| format!("partition `{}`: {}", texts.join("/"), error.reason))?;
        self.decoder.finish().map_err(|error| error.to_string())
    }
}

/// One value, so many times.
pub(super) fn repeated(value: &ArrayRef, rows: usize) -> Result<ArrayRef, ArrowError> {
    compute::take(value, &UInt32Array::from(vec![0; rows]), None)
}

/// `2024-01-02T03:04` as SQL writes it.
fn spaced(text: &str) -> String {
    let spaced = text.replacen('T', " ", 1);
    if spaced.matches(':').count() == 1 { spaced + ":00" } else { spaced }
}

/// A text as JSON has it.
fn write_text(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    for character in text.chars() {
        match character {
            '"' | '\\' => out.extend([b'\\', character as u8]),
            '\0'..='\u{1f}' => out.extend(format!("\\u{:04x}", u32::from(character)).bytes()),
            plain => out.extend(plain.encode_utf8(&mut [0; 4]).bytes()),
        }
    }
    out.push(b'"');
}

/// Refuses partition columns of types that no folder can be named by.
pub(super) fn check_types(table: &TableSpec) -> Result<(), String> {
    let fields = table.partition_keys.iter().filter_map(|place| table.physical.fields.get(*place));
    for field in fields {
        let logical = &field.data_type.logical;
        let nested = matches!(
            logical,
            LogicalType::Array(_)
                | LogicalType::Map(..)
                | LogicalType::Multiset(_)
                | LogicalType::Row(_)
                | LogicalType::Binary(_)
                | LogicalType::Varbinary(_)
                | LogicalType::Variant
                | LogicalType::Bitmap
        );
        if nested {
            return Err(format!("column `{}` is `{logical}`, by which no folder can be named", field.name));
        }
    }
    Ok(())
}
