//! Where cold segments go, as `yeoul.toml` says: the object store behind the log's narrow trait.

mod breaker;
mod folder;
mod s3;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use yeoul_log::{ColdStore, ObjectStore};

use crate::config;
use crate::fault::Fault;
use folder::FolderStore;
use s3::{S3Config, S3Store};

/// The store that is configured; nothing if none is. A relative folder is the project's.
///
/// # Errors
/// A folder or a bucket that can't be used, or both at once.
pub fn store(config: &config::Cold, project: &Path) -> Result<Option<ColdStore>, Fault> {
    let store: Arc<dyn ObjectStore> = match (&config.folder, &config.url) {
        (None, None) => return Ok(None),
        (Some(folder), None) => Arc::new(FolderStore::open(project.join(folder))?),
        (None, Some(url)) => {
            let config = S3Config { url, endpoint: config.endpoint.as_deref(), region: config.region.as_deref() };
            Arc::new(S3Store::open(&config).map_err(Fault::usage)?)
        }
        (Some(_), Some(_)) => return Err(Fault::usage("`cold.folder` and `cold.url` are both set; keep one of them")),
    };
    let hours = |hours: f64| Duration::try_from_secs_f64(hours * 3600.0).unwrap_or(Duration::MAX);
    Ok(Some(ColdStore { store, after: hours(config.after_hours), local: hours(config.local_hours) }))
}
