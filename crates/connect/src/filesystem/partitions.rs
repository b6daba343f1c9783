//! Which folder a row's file lies in: `day=2013-02-08/hour=05`, named as Hive and Flink name them.

use std::collections::BTreeMap;

use arrow::array::RecordBatch;
use yeoul_engine::catalog::TableSpec;
use yeoul_format::EncodeError;
use yeoul_format::text::java_texts;
use yeoul_row::RowType;

/// The longest name that a folder can have, in bytes.
const NAME_BYTES_MAX: usize = 255;

/// Splits rows by the folder that they belong into.
pub(crate) struct Partitions {
    /// Places of the partition columns.
    keys: Vec<usize>,
    row: RowType,
    default_name: String,
}

/// A partition value that no folder can be named by.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PartitionError {
    #[error(transparent)]
    Layout(#[from] EncodeError),
    #[error("partition folder `{0}…` has a longer name than a folder can have")]
    TooLong(String),
}

impl Partitions {
    pub(crate) fn new(table: &TableSpec, default_name: &str) -> Partitions {
        let fields = table.partition_keys.iter().filter_map(|place| table.physical.fields.get(*place).cloned());
        Partitions {
            keys: table.partition_keys.clone(),
            row: RowType::new(fields.collect()),
            default_name: default_name.to_owned(),
        }
    }

    /// For each folder, from the table's own on, the rows that belong into it.
    pub(crate) fn split(&self, batch: &RecordBatch) -> Result<BTreeMap<String, Vec<u32>>, PartitionError> {
        let rows = u32::try_from(batch.num_rows()).unwrap_or(u32::MAX);
        if self.keys.is_empty() {
            return Ok(BTreeMap::from([(String::new(), (0..rows).collect())]));
        }
        let keys = batch.project(&self.keys).map_err(|error| EncodeError::Layout {
            column: "*".to_owned(),
            found: error.to_string(),
            expected: self.row.to_string(),
        })?;
        let texts = java_texts(&keys, &self.row)?;
        let mut folders: BTreeMap<String, Vec<u32>> = BTreeMap::new();
        for row in 0..rows {
            folders.entry(self.folder(&texts, row as usize)?).or_default().push(row);
        }
        Ok(folders)
    }

    fn folder(&self, texts: &[Vec<Option<String>>], row: usize) -> Result<String, PartitionError> {
        let mut path = String::new();
        for (field, column) in self.row.fields.iter().zip(texts) {
            let value = column.get(row).and_then(Option::as_deref).filter(|value| !value.is_empty());
            let name = format!("{}={}", escaped(&field.name), escaped(value.unwrap_or(&self.default_name)));
            if name.len() > NAME_BYTES_MAX {
                return Err(PartitionError::TooLong(name.chars().take(40).collect()));
            }
            if !path.is_empty() {
                path.push('/');
            }
            path.push_str(&name);
        }
        Ok(path)
    }
}

/// A text with everything that means something in a path, or to a shell, as `%` and two digits.
fn escaped(text: &str) -> String {
    let mut name = String::new();
    for character in text.chars() {
        let special = matches!(
            character,
            '"' | '#' | '%' | '\'' | '*' | '/' | ':' | '=' | '?' | '\\' | '{' | '[' | ']' | '^' | '\u{7f}'
        );
        match character {
            '\0'..='\u{1f}' => name.push_str(&format!("%{:02X}", u32::from(character))),
            _ if special => name.push_str(&format!("%{:02X}", u32::from(character))),
            plain => name.push(plain),
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_folders_cannot_lead_out_of_the_table() {
        for (value, name) in [
            ("2013-02-08", "2013-02-08"),
            ("../../etc", "..%2F..%2Fetc"),
            ("a=b:c\0\n", "a%3Db%3Ac%00%0A"),
            ("漢字", "漢字"),
        ] {
            assert_eq!(escaped(value), name);
        }
    }
}
