//! Where cold segments may go: a narrow, blocking view of an object store, so that the log needs no runtime for it.
//!
//! Objects are written once under a name that is never used for other bytes, `<cluster id>/<topic id>/<partition>/<segment>`,
//! so that writing one again after a lost answer does no harm.

use std::fmt;
use std::io::{self, IoSlice};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use yeoul_base::DiskFile;

/// What is read at once, in bytes, though less is asked for: the next reads go on behind.
const READ_AHEAD: u64 = 1 << 20;

/// An object store. Each call waits on its thread, which may wait; how often it tries again, and for how long, is its own.
pub trait ObjectStore: Send + Sync + 'static {
    /// Stores an object, whole or not at all. After an error it may be there all the same.
    ///
    /// # Errors
    /// Those of the store.
    fn put(&self, name: &str, content: &dyn DiskFile) -> io::Result<()>;

    /// Reads a part of an object; `UnexpectedEof` if it ends before, `NotFound` if there is none.
    ///
    /// # Errors
    /// Those of the store.
    fn read(&self, name: &str, offset: u64, bytes: usize) -> io::Result<Bytes>;

    /// The size of an object in bytes; `NotFound` if there is none.
    ///
    /// # Errors
    /// Those of the store.
    fn size(&self, name: &str) -> io::Result<u64>;

    /// Removes an object; that there is none is no error.
    ///
    /// # Errors
    /// Those of the store.
    fn delete(&self, name: &str) -> io::Result<()>;

    /// The names of the objects whose names begin so; a listing that lags behind does no harm.
    ///
    /// # Errors
    /// Those of the store.
    fn list(&self, prefix: &str) -> io::Result<Vec<String>>;
}

/// Cold segments go to an object store.
#[derive(Clone)]
pub struct ColdStore {
    /// The store.
    pub store: Arc<dyn ObjectStore>,
    /// How old a segment's last record is when it goes there.
    pub after: Duration,
    /// How much longer the copy in the data folder stays.
    pub local: Duration,
}

impl fmt::Debug for ColdStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ColdStore").field("after", &self.after).field("local", &self.local).finish_non_exhaustive()
    }
}

/// An object, as a file that can only be read.
pub(crate) struct StoredFile {
    store: Arc<dyn ObjectStore>,
    name: String,
    size: u64,
    /// What was read last, and where it begins.
    ahead: Mutex<(u64, Bytes)>,
}

impl StoredFile {
    pub(crate) fn open(store: Arc<dyn ObjectStore>, name: String) -> io::Result<StoredFile> {
        let size = store.size(&name)?;
        Ok(StoredFile { store, name, size, ahead: Mutex::default() })
    }
}

fn read_only<T>() -> io::Result<T> {
    Err(io::Error::new(io::ErrorKind::Unsupported, "an object is not changed"))
}

impl DiskFile for StoredFile {
    fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        let mut ahead = self.ahead.lock().unwrap_or_else(PoisonError::into_inner);
        let end = offset.saturating_add(buffer.len() as u64);
        if offset < ahead.0 || end > ahead.0 + ahead.1.len() as u64 {
            if end > self.size {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let length = (buffer.len() as u64).max(READ_AHEAD.min(self.size - offset));
            let read = self.store.read(&self.name, offset, usize::try_from(length).unwrap_or(usize::MAX))?;
            *ahead = (offset, read);
        }
        let start = usize::try_from(offset - ahead.0).unwrap_or(usize::MAX);
        let part = ahead.1.get(start..start.saturating_add(buffer.len())).ok_or(io::ErrorKind::UnexpectedEof)?;
        buffer.copy_from_slice(part);
        Ok(())
    }

    fn write_all_at(&self, _parts: &[IoSlice<'_>], _offset: u64) -> io::Result<()> {
        read_only()
    }

    fn allocate(&self, _bytes: u64) -> io::Result<()> {
        read_only()
    }

    fn set_len(&self, _bytes: u64) -> io::Result<()> {
        read_only()
    }

    fn len(&self) -> io::Result<u64> {
        Ok(self.size)
    }

    fn sync_data(&self) -> io::Result<()> {
        read_only()
    }

    fn sync_all(&self) -> io::Result<()> {
        read_only()
    }
}
