//! Which folder a row's file lies in: `day=2013-02-08/hour=05`, named as Hive and Flink name them.

use std::collections::{BTreeMap, HashMap};

use arrow::array::{RecordBatch, UInt32Array};
use arrow::compute::take_record_batch;
use arrow::error::ArrowError;
use arrow::row::{Row, RowConverter, SortField};
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
        let unreadable = |error: ArrowError| EncodeError::Layout {
            column: "*".to_owned(),
            found: error.to_string(),
            expected: self.row.to_string(),
        };
        let keys = batch.project(&self.keys).map_err(unreadable)?;
        let groups = groups_of(&keys).map_err(unreadable)?;
        let firsts: UInt32Array = groups.iter().filter_map(|rows| rows.first().copied()).collect();
        let texts = java_texts(&take_record_batch(&keys, &firsts).map_err(unreadable)?, &self.row)?;
        let mut folders: BTreeMap<String, Vec<u32>> = BTreeMap::new();
        for (group, mut rows) in groups.into_iter().enumerate() {
            let folder = folders.entry(self.folder(&texts, group)?).or_default();
            // Values of the same text, such as NULL and an empty one, share a folder.
            let is_shared = !folder.is_empty();
            folder.append(&mut rows);
            if is_shared {
                folder.sort_unstable();
            }
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

/// The rows of each distinct row of some columns.
fn groups_of(keys: &RecordBatch) -> Result<Vec<Vec<u32>>, ArrowError> {
    let fields = keys.schema().fields().iter().map(|field| SortField::new(field.data_type().clone())).collect();
    let encoded = RowConverter::new(fields)?.convert_columns(keys.columns())?;
    let mut groups: Vec<Vec<u32>> = Vec::new();
    let mut known: HashMap<Row<'_>, usize> = HashMap::new();
    // Rows that follow one another are often of one group.
    let mut last: Option<(Row<'_>, usize)> = None;
    for (row, key) in (0..).zip(encoded.iter()) {
        let group = match last.filter(|(other, _)| *other == key) {
            Some((_, group)) => group,
            None => *known.entry(key).or_insert_with(|| {
                groups.push(Vec::new());
                groups.len() - 1
            }),
        };
        last = Some((key, group));
        if let Some(rows) = groups.get_mut(group) {
            rows.push(row);
        }
    }
    Ok(groups)
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
