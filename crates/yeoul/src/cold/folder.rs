//! A folder as an object store: of another disk, or a share that is mounted. An object is a file below the folder, written
//! under a temporary name, flushed and renamed, so that it is whole or not there.

use std::fs;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use yeoul_base::DiskFile;
use yeoul_log::ObjectStore;

use crate::fault::Fault;

/// What is copied at once, in bytes.
const COPIED_BYTES: usize = 1 << 20;

pub(super) struct FolderStore {
    folder: PathBuf,
}

impl FolderStore {
    pub(super) fn open(folder: PathBuf) -> Result<FolderStore, Fault> {
        let made = fs::create_dir_all(&folder);
        let remedy = "make it writable, or name another `cold.folder`";
        made.map_err(|error| Fault::usage(format!("can't use `{}`: {error}; {remedy}", folder.display())))?;
        Ok(FolderStore { folder })
    }

    /// Names are the log's own: letters, digits, `-`, `_`, `.` and `/` between parts.
    fn path(&self, name: &str) -> io::Result<PathBuf> {
        let good = |part: &str| !part.is_empty() && part != "." && part != "..";
        if name.split('/').all(good) {
            return Ok(self.folder.join(name));
        }
        Err(io::Error::new(io::ErrorKind::InvalidInput, format!("`{name}` is no object's name")))
    }
}

impl ObjectStore for FolderStore {
    fn put(&self, name: &str, content: &dyn DiskFile) -> io::Result<()> {
        let path = self.path(name)?;
        let parent = path.parent().unwrap_or(&self.folder);
        fs::create_dir_all(parent)?;
        let temporary = path.with_extension("part");
        let mut file = fs::File::create(&temporary)?;
        copy(content, &mut file)?;
        file.sync_all()?;
        fs::rename(&temporary, &path)?;
        flush_folders(parent, &self.folder)
    }

    fn read(&self, name: &str, offset: u64, bytes: usize) -> io::Result<Bytes> {
        let mut file = fs::File::open(self.path(name)?)?;
        file.seek(SeekFrom::Start(offset))?;
        let mut buffer = vec![0; bytes];
        file.read_exact(&mut buffer)?;
        Ok(buffer.into())
    }

    fn size(&self, name: &str) -> io::Result<u64> {
        Ok(fs::metadata(self.path(name)?)?.len())
    }

    fn delete(&self, name: &str) -> io::Result<()> {
        match fs::remove_file(self.path(name)?) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    fn list(&self, prefix: &str) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        collect(&self.folder, "", &mut names)?;
        names.retain(|name| name.starts_with(prefix));
        Ok(names)
    }
}

fn copy(content: &dyn DiskFile, file: &mut fs::File) -> io::Result<()> {
    let size = content.len()?;
    let mut buffer = vec![0; COPIED_BYTES];
    let mut at = 0;
    while at < size {
        let length = usize::try_from(size - at).unwrap_or(usize::MAX).min(COPIED_BYTES);
        let part = buffer.get_mut(..length).unwrap_or_default();
        content.read_exact_at(part, at)?;
        file.write_all(part)?;
        at += length as u64;
    }
    Ok(())
}

/// Makes the names from a folder up to another durable.
fn flush_folders(from: &Path, to: &Path) -> io::Result<()> {
    for folder in from.ancestors().take_while(|folder| folder.starts_with(to)) {
        fs::File::open(folder)?.sync_all()?;
    }
    Ok(())
}

fn collect(folder: &Path, before: &str, names: &mut Vec<String>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{before}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), &format!("{name}/"), names)?;
        } else {
            names.push(name);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use yeoul_base::disk::OpenMode;
    use yeoul_base::{Disk, RealDisk};

    #[test]
    fn an_object_is_written_read_listed_and_removed() {
        let dir = tempfile::tempdir().expect("a folder");
        let store = FolderStore::open(dir.path().join("cold")).expect("a store");
        let source = dir.path().join("source");
        fs::write(&source, vec![7; 3 << 20]).expect("a file");
        let content = RealDisk.open(&source, OpenMode::Read).expect("the file");
        for _ in 0..2 {
            store.put("cluster/topic/0/00.seg", &*content).expect("it is put, again too");
        }
        assert_eq!(store.size("cluster/topic/0/00.seg").expect("its size"), 3 << 20);
        assert_eq!(store.read("cluster/topic/0/00.seg", (3 << 20) - 2, 2).expect("its end"), [7, 7].as_slice());
        let beyond = store.read("cluster/topic/0/00.seg", (3 << 20) - 2, 3).expect_err("it ends before");
        assert_eq!(beyond.kind(), io::ErrorKind::UnexpectedEof);
        assert_eq!(store.list("cluster/").expect("a list"), ["cluster/topic/0/00.seg"]);
        assert!(store.list("another/").expect("a list").is_empty());
        for _ in 0..2 {
            store.delete("cluster/topic/0/00.seg").expect("it goes, or is gone");
        }
        assert_eq!(store.size("cluster/topic/0/00.seg").expect_err("it is gone").kind(), io::ErrorKind::NotFound);
        for strange in ["../out", "a//b", "", "a/./b"] {
            assert!(store.size(strange).is_err(), "{strange}");
        }
    }
}
