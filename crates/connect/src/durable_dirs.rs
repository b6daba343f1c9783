//! Folders that files are written into durably. That a folder is there tells nothing of its name: a process that was
//! killed between making it and flushing the folder above, or a flush that failed, may have left it. So the folders
//! above are flushed once per process.

use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use yeoul_base::Disk;
use yeoul_base::disk::{create_dir_durable, parent_of};

/// The folders whose names this process has made durable.
#[derive(Default)]
pub(crate) struct DurableDirs(Mutex<HashSet<PathBuf>>);

impl DurableDirs {
    /// Makes a folder below or at `root`, unless it is there; its name, `root`'s and those between are durable then.
    pub(crate) fn make(&self, disk: &dyn Disk, root: &Path, dir: &Path) -> io::Result<()> {
        create_dir_durable(disk, dir)?;
        if self.0.lock().unwrap_or_else(PoisonError::into_inner).contains(dir) {
            return Ok(());
        }
        let is_below =
            |above: &&Path| !above.as_os_str().is_empty() && (root == Path::new(".") || above.starts_with(root));
        for named in dir.ancestors().take_while(is_below) {
            match disk.sync_dir(&parent_of(named)) {
                // A folder that this user can't open is not one that this user made names in.
                Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {}
                flushed => flushed?,
            }
        }
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(dir.to_path_buf());
        Ok(())
    }
}
