//! Which files a table has: one file, or every file of a folder in the order of their names; of a partitioned table, those in
//! folders named `key=value`, a level per key. Names that begin with `.` or `_` are left out.

use std::path::{Path, PathBuf};

use yeoul_base::Disk;
use yeoul_base::disk::EntryKind;

/// A file of a table.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Found {
    pub(super) path: PathBuf,
    /// The values of the partition's columns, by their folders' names.
    pub(super) partition: Vec<String>,
}

/// The files of a table in reading order; `keys` are the names of its partition columns.
///
/// # Errors
/// Says what is missing or can't be read.
pub(super) fn files_of(disk: &dyn Disk, path: &Path, keys: &[String]) -> Result<Vec<Found>, String> {
    let mut found = Vec::new();
    add_files(disk, path, keys, &mut Vec::new(), &mut found)?;
    Ok(found)
}

fn add_files(
    disk: &dyn Disk,
    path: &Path,
    keys: &[String],
    partition: &mut Vec<String>,
    found: &mut Vec<Found>,
) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("can't read `{}`: {error}", path.display());
    match (disk.kind(path).map_err(failed)?, keys) {
        (Some(EntryKind::File), []) => found.push(Found { path: path.to_path_buf(), partition: partition.clone() }),
        (Some(EntryKind::File), [key, ..]) => {
            return Err(format!("`{}` is a file where a folder `{key}=…` of a partition should be", path.display()));
        }
        (None, _) => return Err(format!("there is no file or folder `{}`", path.display())),
        (Some(EntryKind::Other), _) => {
            return Err(format!("`{}` is a link or a device, which is not followed", path.display()));
        }
        (Some(EntryKind::Folder), keys) => {
            for entry in disk.list(path).map_err(failed)? {
                if entry.name.starts_with(['.', '_']) {
                    continue;
                }
                let below = path.join(&entry.name);
                let Some((key, rest)) = keys.split_first() else {
                    add_files(disk, &below, &[], partition, found)?;
                    continue;
                };
                partition.push(value_of(&entry.name, key, &below)?);
                add_files(disk, &below, rest, partition, found)?;
                partition.pop();
            }
        }
    }
    Ok(())
}

/// The value that a folder's name gives a partition column.
fn value_of(name: &str, key: &str, path: &Path) -> Result<String, String> {
    let value = name.split_once('=').filter(|(found, _)| unescaped(found).as_deref() == Some(key));
    let value = value.and_then(|(_, value)| unescaped(value));
    value.ok_or_else(|| {
        format!(
            "`{}` is no folder `{key}=…` of a partition; put its files into one, or leave `PARTITIONED BY` out",
            path.display()
        )
    })
}

/// A name with `%` and two digits turned back into characters.
pub(super) fn unescaped(name: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(name.len());
    let mut rest = name.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let code = behind.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        let code = code.filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
        match code.and_then(|digits| u8::from_str_radix(digits, 16).ok()).filter(|_| *first == b'%') {
            Some(byte) => {
                bytes.push(byte);
                rest = behind.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(*first);
                rest = behind;
            }
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_folders_are_read_as_they_are_written() {
        for (name, text) in [("2013-02-08", "2013-02-08"), ("a%2Fb c%3Dd", "a/b c=d"), ("100%", "100%"), ("%zz", "%zz")]
        {
            assert_eq!(unescaped(name).as_deref(), Some(text));
        }
        assert_eq!(unescaped("%ff"), None);
        assert_eq!(value_of("day=1", "day", Path::new("x")), Ok("1".to_owned()));
        assert!(value_of("dy=1", "day", Path::new("x")).is_err());
    }
}
