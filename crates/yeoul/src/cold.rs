//! Where cold segments go, as `yeoul.toml` says: the object store behind the log's narrow trait.

mod folder;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use yeoul_log::ColdStore;

use crate::config;
use crate::fault::Fault;
use folder::FolderStore;

/// The store that is configured; nothing if none is. A relative folder is the project's.
///
/// # Errors
/// A folder that can't be used.
pub fn store(config: &config::Cold, project: &Path) -> Result<Option<ColdStore>, Fault> {
    let Some(folder) = &config.folder else { return Ok(None) };
    let store = FolderStore::open(project.join(folder))?;
    let hours = |hours: f64| Duration::try_from_secs_f64(hours * 3600.0).unwrap_or(Duration::MAX);
    Ok(Some(ColdStore { store: Arc::new(store), after: hours(config.after_hours), local: hours(config.local_hours) }))
}
